# yash.sh: yash, without its own line editor, so that the terminal hands over lines, as with sh.sh.

#: start
exec 9<<EOF
exec 9<&-
if [ "$__tt_profile" = 1 ]; then
    if [ -r ~/.yashrc ]; then
        . ~/.yashrc
    else
        . --autoload initialization/default
    fi
fi
! [ -o vi ] || __tt_v=vi
__tt_n=$__tt_nonce __tt_want='$__tt_want' __tt_e='$(printf '\033')' __tt_b='$(printf '\007')'
__tt_cd() { $__tt_cd; }
$__tt_text
EOF
exec "$SHELL" --rcfile=/dev/fd/9 $__tt_l -i +o vi

#: hooks
# __tt_n is the nonce, __tt_e and __tt_b are ESC and BEL, __tt_want as in boot.sh.
__tt_nl='
'
__tt_tab=$(printf '\t') __tt_m="${__tt_e}]7770;$__tt_n;" __tt_k= __tt_v=${__tt_v-}

# A text that had to be sent in pieces is in __tt_l, as in sh.sh.
__tt_c() { printf '%sC%s' "$__tt_m" "$__tt_b"; return $__tt_s; }

# Before each prompt, last of all: what it can run besides what is in PATH, and PATH, are told
# when they have changed, and the marks put about what the person has made of the prompts. (There no
# other shell looks for one. Of a signal yash says 384 and its number.)
__tt_prompt() {
    case $- in *x*) return ;; esac
    [ -o vi ] && __tt_v=vi
    [ -o emacs ] && __tt_v=
    set +o emacs +o vi
    printf '%sV;keys;%s%s' "$__tt_m" "$__tt_v" "$__tt_b"
    typeset k="$PATH$__tt_nl$(alias -p; typeset -fp)"
    if [ "$k" != "$__tt_k" ]; then
        __tt_k=$k
        __tt_names
    fi
    case ${YASH_PS1-${PS1-}} in
    *__tt_m*) ;;
    *) YASH_PS1='${__tt_m}D;$(($? > 384 ? $? - 256 : $?))${__tt_b}${__tt_m}W;$PWD${__tt_b}${__tt_want:+$(__tt_fields)}${__tt_m}A${__tt_b}'"${YASH_PS1-${PS1-}}"'${__tt_m}B${__tt_b}' ;;
    esac
    case ${YASH_PS2-${PS2-}} in
    *__tt_m*) ;;
    *) YASH_PS2='${__tt_m}F${__tt_b}'"${YASH_PS2-${PS2-}}"'${__tt_m}G${__tt_b}' ;;
    esac
    # (The style of a line that is edited.)
    YASH_PS1S= YASH_PS2S=
}
__tt_names() {
    typeset f g=+f IFS="$__tt_nl"
    typeset n=". : [ [[ ! { } alias array bg bindkey break case cd command complete continue dirs"
    n="$n disown do done echo elif else esac eval exec exit export false fc fg fi for function"
    n="$n getopts hash help history if in jobs kill popd printf pushd pwd read readonly return set"
    n="$n shift suspend test then times trap true type typeset ulimit umask unalias unset until"
    n="$n wait while"
    case $- in *f*) g=-f ;; esac
    set -f
    for f in ${__tt_k#*"$__tt_nl"}; do
        case $f in
        __tt_*) continue ;;
        'alias '*=*) f=${f#alias } f=${f%%=*} ;;
        *'()') f=${f%??} ;;
        *) continue ;;
        esac
        case $f in *[[:cntrl:]\ ]*) ;; *) n="$n $f" ;; esac
    done
    set $g
    printf '%sV;names; %s%s' "$__tt_m" "$n" "$__tt_b"
    case $PATH in *[[:cntrl:]]*) f= ;; *) f=$PATH ;; esac
    printf '%sV;path;%s%s' "$__tt_m" "$f" "$__tt_b"
}
PROMPT_COMMAND=("${PROMPT_COMMAND-}" __tt_prompt)
# (vi's keys that nobody asked for are the default of every yash at a terminal.)
set +o vi
__tt_prompt
__tt_cd
unset -f __tt_cd
printf '%sR;yash%s' "$__tt_m" "$__tt_b"
