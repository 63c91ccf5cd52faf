# bash.sh: the hooks of bash 4.4 and later. Read by a login bash from a descriptor (ENV in
# POSIX mode), before anything of the user's, so that no file is needed on the host. Behind it
# come bash_complete.sh, where the server takes so long a command, and bash_profile.sh.
# __tt_n is the nonce, __tt_profile as in boot.sh.

exec 9<&-
set +o posix
shopt -u inherit_errexit
unset ENV
[[ $HISTFILE == "$HOME/.sh_history" ]] && HISTFILE=$HOME/.bash_history

__tt_w0=- __tt_w1=- __tt_w2=-

# A mark: __tt_mark LETTER [DATA]
__tt_mark() { printf '\e]7770;%s;%s\a' "$__tt_n" "$1"; }

# Percent-code $1 into __tt_r: controls, and '%' itself.
__tt_code() {
    local LC_ALL=C i c
    __tt_r=${1//%/%25}
    [[ $__tt_r == *[[:cntrl:]]* ]] || return 0
    local s=$__tt_r
    __tt_r=
    for ((i = 0; i < ${#s}; i++)); do
        c=${s:i:1}
        [[ $c == [[:cntrl:]] ]] && printf -v c '%%%02X' "'$c"
        __tt_r+=$c
    done
}

# Nothing of this shell's options is to act on our own functions, or on what they show.
# (`local -` must be said in the function itself, so each says: { local -; set +eux; } 2>/dev/null)

# PROMPT_COMMAND's last: the directory, and the marks in PS1, PS2 and PS0 put back where the
# user, a prompt framework or a sourced file has set them anew. The nonce is a variable's, so
# that a nested shell, which may inherit PS1, marks nothing.
__tt_last() {
    { local -; set +eux; } 2>/dev/null
    local __tt_r __tt_m='\e]7770;${__tt_n-};'
    __tt_code "$PWD"
    __tt_mark "P;$__tt_r"
    [[ ${PS1-} == "$__tt_w1" || ${PS1@a} == *r* ]] || { PS1='\['$__tt_m'D;$?\a'$__tt_m'A\a\]'${PS1-}'\['$__tt_m'B\a\]'; __tt_w1=$PS1; }
    [[ ${PS2-} == "$__tt_w2" || ${PS2@a} == *r* ]] || { PS2='\['$__tt_m'F\a\]'${PS2-}'\['$__tt_m'G\a\]'; __tt_w2=$PS2; }
    # (In PS0 the nonce loses a prefix that it never has: a PROMPT_COMMAND that was unset is put
    # back on the way.)
    __tt_m='\e]7770;${__tt_n#"_${PROMPT_COMMAND:=__tt_last}"};'
    [[ ${PS0-} == "$__tt_w0" || ${PS0@a} == *r* ]] || { PS0=${PS0-}$__tt_m'C\a'; __tt_w0=$PS0; }
    __tt_hooked || __tt_hook
    # The end of a line's echo is told by the end of bracketed paste.
    bind 'set enable-bracketed-paste on' 2>/dev/null
}

__tt_hooked() { [[ "${PROMPT_COMMAND[*]-}" == *__tt_last || " ${precmd_functions[*]-} " == *' __tt_last '* ]]; }

__tt_hook() {
    # bash-preexec takes a command behind its own in PROMPT_COMMAND for the person's.
    if [[ ${bash_preexec_imported-}${__bp_imported-} ]]; then
        precmd_functions+=(__tt_last)
        return
    fi
    [[ ${PROMPT_COMMAND@a} == *r* ]] && return
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
        local a=() x
        for x in "${PROMPT_COMMAND[@]}"; do
            [[ $x == __tt_last ]] || a+=("$x")
        done
        PROMPT_COMMAND=("${a[@]}" __tt_last)
    else
        local p=${PROMPT_COMMAND//__tt_last/}
        PROMPT_COMMAND="${p:+$p;}__tt_last"
    fi
}

# The take key: give back what is in the edit buffer, and empty it. It comes at every prompt,
# so this is also where hooks are put back that the user has taken away whole, and where their
# work is done while PROMPT_COMMAND is readonly.
__tt_take() {
    { local -; set +eux; } 2>/dev/null
    local __tt_r
    __tt_hooked || __tt_last
    __tt_code "$READLINE_LINE"
    __tt_mark "T;$READLINE_POINT;$__tt_r"
    READLINE_LINE= READLINE_POINT=0
}

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
    __tt_hook
    # In every keymap, so that `set -o vi` changes nothing.
    for __tt_m in emacs-standard vi-insert vi-command; do
        bind -m $__tt_m '"\e[7771~": accept-line'
        bind -m $__tt_m '"\e[7774~": redraw-current-line'
        bind -m $__tt_m '"\e[7775~": kill-whole-line'
        bind -m $__tt_m -x '"\e[7773~": __tt_take'
    done 2>/dev/null
    __tt_mark "R;bash-small"
else
    __tt_mark "R;plain"
fi
