# complete.sh: completion for shells without one, beside the session: paths from the session's
# directory, commands of PATH, variables of the environment. Of what lives in the shell only, the
# names that it has told are known. Comes behind word.sh.
#   $__tt_names  what it has besides the programs in PATH, with blanks between
# Prints: bytes to replace LF options LF candidate NUL candidate NUL ..., each candidate behind
# the letter of its kind.

# The kind of the file $1, into __tt_k: d directory, l link, x executable, f file, s special.
__tt_kind() {
    __tt_k=s
    [ -f "$1" ] && __tt_k=f
    [ -f "$1" ] && [ -x "$1" ] && __tt_k=x
    [ -L "$1" ] && __tt_k=l
    [ -d "$1" ] && __tt_k=d
}

case $__tt_raw in
\$*)
    printf '%s\nvariable typed\n' "$__tt_len"
    env | sed -n 's/^\([A-Za-z_][A-Za-z_0-9]*\)=.*/$\1/p' | sort -u | while IFS= read -r __tt_c; do
        case $__tt_c in "$__tt_raw"*) printf 'v%s\0' "$__tt_c" ;; esac
    done
    exit
    ;;
esac
if [ "$__tt_first" = 1 ] && [ "${__tt_raw#*/}" = "$__tt_raw" ]; then
    printf '%s\ncommand typed\n' "$__tt_len"
    {
        printf '%s\n' $__tt_names
        IFS=:
        for __tt_p in $PATH; do
            ls "$__tt_p" 2>/dev/null
        done
    } | sort -u | while IFS= read -r __tt_c; do
        case $__tt_c in "$__tt_raw"*) printf 'c%s\0' "$__tt_c" ;; esac
    done
    exit
fi
printf '%s\nfilenames typed\n' "$__tt_len"
__tt_home=
case $__tt_raw in
"~/"*) __tt_home=$HOME/ __tt_raw=${__tt_raw#"~/"} ;;
esac
for __tt_c in "$__tt_home$__tt_raw"* "$__tt_home$__tt_raw".*; do
    [ -e "$__tt_c" ] || [ -L "$__tt_c" ] || continue
    __tt_base=${__tt_c##*/}
    case $__tt_base in . | ..) continue ;; esac
    # Hidden files only when asked for.
    case $__tt_base in .*) case ${__tt_raw##*/} in .*) ;; *) continue ;; esac ;; esac
    [ -n "$__tt_home" ] && __tt_s="~/${__tt_c#"$__tt_home"}" || __tt_s=$__tt_c
    __tt_kind "$__tt_c"
    [ "$__tt_k" = d ] && __tt_s=$__tt_s/
    printf '%s%s\0' "$__tt_k" "$__tt_s"
done
