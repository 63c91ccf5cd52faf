# complete.sh: completion for shells without one, beside the session: paths from the session's
# directory, commands of PATH, variables of the environment. Of what lives in the shell only, the
# names that it has told are known.
#   $__tt_dir   the session's directory     $__tt_line  the line up to the cursor
#   $__tt_names  names of the shell's own commands, with blanks between
# Prints: bytes to replace LF options LF candidate NUL candidate NUL ...

cd -- "$__tt_dir" 2>/dev/null || exit
LC_ALL=C
export LC_ALL

# The last word, as typed and unquoted, and whether it stands where a command does.
__tt_typed=$(printf '%s' "$__tt_line" | awk '
    BEGIN { RS = "\001"; q = sprintf("%c", 39) }
    {
        n = length($0); first = 1; start = 1; open = ""
        for (i = 1; i <= n; i++) {
            c = substr($0, i, 1)
            if (open != "") {
                if (c == open) open = ""
                else if (c == "\\" && open == "\"") i++
            } else if (c == "\\") i++
            else if (c == q || c == "\"") open = c
            else if (c == " " || c == "\t") {
                if (i > start) first = 0
                start = i + 1
            } else if (index("|&;(\n`", c)) { first = 1; start = i + 1 }
            else if (index("<>", c)) { first = 0; start = i + 1 }
        }
        word = substr($0, start); raw = ""; open = ""
        for (i = 1; i <= length(word); i++) {
            c = substr(word, i, 1)
            if (open == q) { if (c == q) open = ""; else raw = raw c }
            else if (c == "\\") { i++; raw = raw substr(word, i, 1) }
            else if (open == "\"") { if (c == open) open = ""; else raw = raw c }
            else if (c == q || c == "\"") open = c
            else raw = raw c
        }
        printf "%d %d %s", length(word), first, raw
    }')
__tt_len=${__tt_typed%% *}
__tt_typed=${__tt_typed#* }
__tt_first=${__tt_typed%% *}
__tt_raw=${__tt_typed#* }

case $__tt_raw in
\$*)
    printf '%s\nvariable\n' "$__tt_len"
    env | sed -n 's/^\([A-Za-z_][A-Za-z_0-9]*\)=.*/$\1/p' | sort -u | while IFS= read -r __tt_c; do
        case $__tt_c in "$__tt_raw"*) printf '%s\0' "$__tt_c" ;; esac
    done
    exit
    ;;
esac
if [ "$__tt_first" = 1 ] && [ "${__tt_raw#*/}" = "$__tt_raw" ]; then
    printf '%s\ncommand\n' "$__tt_len"
    {
        printf '%s\n' cd echo eval exec exit export read set test trap type ulimit umask unset wait \
            $__tt_names
        IFS=:
        for __tt_p in $PATH; do
            ls "$__tt_p" 2>/dev/null
        done
    } | sort -u | while IFS= read -r __tt_c; do
        case $__tt_c in "$__tt_raw"*) printf '%s\0' "$__tt_c" ;; esac
    done
    exit
fi
printf '%s\nfilenames\n' "$__tt_len"
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
    [ -d "$__tt_c" ] && __tt_s=$__tt_s/
    printf '%s\0' "$__tt_s"
done
