# sh.sh: a plain POSIX sh: dash, busybox ash, mksh, and others as sh. There is no hook but the prompt,
# so status, directory and prompt are marked there, and the end of the echo of a line says that
# its command begins.

#: start
# ENV is read after the profile. Where that sets it anew, it is not ours that would be read: then
# this shell reads the profile itself, and what that names.
__tt_p=
[ -n "$__tt_l" ] && grep -qs '^[^#]*\<ENV=' /etc/profile /etc/profile.d/*.sh "$HOME/.profile" && __tt_p=1 __tt_l=
exec 9<<EOF
exec 9<&-
unset ENV
if [ -n "$__tt_p" ]; then
    [ ! -r /etc/profile ] || command . /etc/profile
    [ ! -r ~/.profile ] || command . ~/.profile
    eval "__tt_f=\"\${ENV-}\""
    [ ! -r "\$__tt_f" ] || command . "\$__tt_f"
fi
__tt_n=$__tt_nonce __tt_want='$__tt_want'
__tt_e='$(printf '\033')' __tt_b='$(printf '\007')'
__tt_cd() { $__tt_cd; }
$__tt_text
EOF
ENV=/dev/fd/9 exec "$SHELL" $__tt_l -i

#: fields
# As in bash.sh, but what is printed is put into the prompt by a subshell, which knows of no jobs.
__tt_git() {
    d=$PWD h=
    while [ ! -e "$d/.git" ]; do
        case $d in /*) d=${d%/*} ;; *) return ;; esac
    done
    if [ -f "$d/.git" ]; then
        h=$(head -c 4096 "$d/.git")
        h=${h#gitdir: }
        case $h in /*) d=$h ;; *) d=$d/$h ;; esac
    else
        d=$d/.git
    fi
    [ -f "$d/HEAD" ] || return
    h=$(head -c 300 "$d/HEAD")
    h=${h%%"$__tt_nl"*}
    case $h in
    *[!0-9a-f]*) ;;
    *) h=$(printf %.7s "$h") ;;
    esac
    h=${h#ref: }
    r=${h#refs/heads/}
}
__tt_fields() {
    IFS=' '
    for f in $__tt_want; do
        r=
        case $f in
        home) r=$HOME ;;
        git) __tt_git ;;
        venv) r=${VIRTUAL_ENV:-${CONDA_DEFAULT_ENV-}} r=${r##*/} ;;
        esac
        case $r in *[[:cntrl:]]*) r= ;; esac
        printf '%sV;%s;%s%s' "$__tt_m" "$f" "$r" "$__tt_b"
    done 2>/dev/null
}

#: nested
# As in bash.sh.
case $- in *r*) printf '\033]7770;NONCE;R;restricted\007' && kill -INT $$ ;; esac
__tt_n=NONCE __tt_e=$(printf '\033') __tt_b=$(printf '\007') __tt_want='WANT'
__tt_cd() { :; }

#: hooks
# __tt_n is the nonce, __tt_e and __tt_b are ESC and BEL, __tt_want as in boot.sh.
# A line must not be edited here; that vi's keys were asked for is the word of who asks for them.
case ${KSH_VERSION-}$- in
*MIRBSD* | *LEGACY*) ! [[ -o vi ]] || __tt_v=vi ;;
*V*) __tt_v=V ;;
esac
set +o emacs 2>/dev/null
set +o vi 2>/dev/null
__tt_cd
unset -f __tt_cd

__tt_nl='
'
__tt_tab=$(printf '\t')
__tt_m="${__tt_e}]7770;$__tt_n;"

# The prompts mark nothing where __tt_m is unknown: a nested shell may inherit them.

# A text that had to be sent in pieces is in __tt_l, and run by: __tt_c; eval "$__tt_l". Then
# the status before it is in __tt_s.
__tt_c() { printf '%sC%s' "$__tt_m" "$__tt_b"; return $__tt_s; }

# What this shell can run besides what is in PATH goes with the prompt. Those of its own words are
# found once, and busybox's programs, where its shell runs them without any file.
__tt_w=$(
    IFS=" $__tt_nl"
    set -f
    w=". : [ [[ ! { } alias bg bind break builtin case cd chdir command continue dirs do done echo
        elif else enable esac eval exec exit export false fc fg fi for function getopts global hash
        help history if in jobs kill let local mknod print printf pwd read readonly realpath rename
        return select set shift sleep source suspend test then time times trap true type typeset
        ulimit umask unalias unset until wait whence while"
    case ${KSH_VERSION-} in
    '') command type $w ;;
    *) command whence -v $w ;;
    esac 2>/dev/null | while read -r n r; do
        case $r in *found | "is "*/*) ;; *) printf ' %s' "$n" ;; esac
    done
    ! (PATH=/nonexistent && command -v od) >/dev/null || printf ' %s' $(busybox --list)
)
# dash and busybox list their aliases, but "()": not their functions. By a subshell: nothing is kept.
__tt_tell() {
    set +eu -f
    IFS=$__tt_nl
    n=
    for f in $(alias); do
        f=${f#alias } f=${f%%=*}
        case $f in *[[:cntrl:]\ ]* | __tt_*) ;; *) n="$n $f" ;; esac
    done
    printf '%sV;names;()%s%s' "$__tt_m" "$__tt_w$n" "$__tt_b"
    case $PATH in *[[:cntrl:]]*) f= ;; *) f=$PATH ;; esac
    printf '%sV;path;%s%s' "$__tt_m" "$f" "$__tt_b"
    [ -z "$__tt_want" ] || __tt_fields
}

# (Without /proc: dash has no `help`.)
case $(readlink "/proc/$$/exe" 2>/dev/null || type help 2>/dev/null)${BB_ASH_VERSION:+busybox}${KSH_VERSION-} in
*busybox* | *builtin*)
    # busybox counts the prompt's columns, and knows \[ \] for what has none.
    PS1='\[${__tt_m:+${__tt_m}D;$?${__tt_b}${__tt_m}W;$PWD${__tt_b}$({ __tt_tell; } 2>/dev/null)${__tt_m}A${__tt_b}}\]'"$PS1"'\[${__tt_m:+${__tt_m}B${__tt_b}}\]'
    PS2='\[${__tt_m:+${__tt_m}F${__tt_b}}\]'"$PS2"'\[${__tt_m:+${__tt_m}G${__tt_b}}\]'
    printf '%sR;ash%s' "$__tt_m" "$__tt_b"
    ;;
*MIRBSD* | *LEGACY*)
    # A function within the prompt acts on the shell itself: it tells the names of aliases and
    # functions, and PATH, when they have changed. Such a prompt is no other shell's to
    # inherit, and the second one's variables stay as they are.
    __tt_prompt() {
        set +x
        if [[ -o vi ]]; then
            __tt_v=vi
        elif [[ -o emacs || -o gmacs ]]; then
            __tt_v=
        fi
        set +o emacs +o vi +o gmacs
        print -rn -- "${__tt_m}V;keys;${__tt_v-}$__tt_b"
        typeset k="$PATH$__tt_nl$(alias; typeset +f)" n= f IFS="$__tt_nl"
        if [[ $k != "$__tt_k" ]]; then
            set -f
            __tt_names
            [[ $2 == *f* ]] || set +f
        fi
        [[ $2 == *x* ]] && set -x
        return $1
    }
    __tt_names() {
        __tt_k=$k
        for f in ${k#*"$__tt_nl"}; do
            f=${f%%[=\(]*}
            [[ $f == *[[:cntrl:]\ ]* || $f == __tt_* ]] || n="$n $f"
        done
        f=$PATH
        [[ $f == *[[:cntrl:]]* ]] && f=
        # (What is not found is looked for in FPATH, too.)
        print -rn -- "${__tt_m}V;path;$f$__tt_b${__tt_m}V;names;$__tt_w$n${FPATH:+ ..}$__tt_b"
    }
    typeset +x PS1
    PS1='${__tt_m}D;$?${__tt_b}${__tt_m}W;$PWD${__tt_b}${ __tt_prompt $? $-;}${__tt_want:+$(__tt_fields)}${__tt_m}A${__tt_b}'"$PS1"'${__tt_m}B${__tt_b}'
    PS2="${__tt_m}F$__tt_b$PS2${__tt_m}G$__tt_b"
    printf '%sR;sh%s' "$__tt_m" "$__tt_b"
    ;;
*)
    # (dash tells vi's keys among its options, V, also where it has no editor of its own.)
    PS1='${__tt_m:+${__tt_m}D;$?${__tt_b}${__tt_m}V;flags;$-${__tt_v-}${__tt_b}${__tt_m}W;$PWD${__tt_b}$({ __tt_tell; } 2>/dev/null)${__tt_m}A${__tt_b}}'"$PS1"'${__tt_m:+${__tt_m}B${__tt_b}}'
    PS2='${__tt_m:+${__tt_m}F${__tt_b}}'"$PS2"'${__tt_m:+${__tt_m}G${__tt_b}}'
    printf '%sR;sh%s' "$__tt_m" "$__tt_b"
    ;;
esac
