# zsh.sh: zsh 5.1 and later.

#: start
# zsh reads no file that a variable names, but .zshenv in the folder that ZDOTDIR names: it is
# ours, and removes that folder before anything else. (Where the host's own zshenv names
# another folder, there is no way in.)
grep -qs '^[^#]*ZDOTDIR=' /etc/zshenv /etc/zsh/zshenv && return
__tt_z=$(mktemp -d 2>/dev/null) || return
cat >"$__tt_z/.zshenv" <<EOF
() {
    command rm -rf -- "\$ZDOTDIR"
    [[ -n \$__tt_z0 ]] && ZDOTDIR=\$__tt_z0 || unset ZDOTDIR
    unset __tt_z0
}
__tt_n=$__tt_nonce __tt_profile=$__tt_profile __tt_want='$__tt_want'
__tt_cd() { $__tt_cd; }
$__tt_text
EOF
__tt_z0=${ZDOTDIR-} ZDOTDIR=$__tt_z exec "$SHELL" -l

#: fields
# As in bash.sh.
__tt_git() {
    local d=$PWD h=
    while [[ ! -e $d/.git ]]; do
        [[ $d == /* ]] || return
        d=${d%/*}
    done
    if [[ -f $d/.git ]]; then
        IFS= read -r -k 4096 -u 0 h <$d/.git
        h=${${h%%$'\n'*}#gitdir: }
        [[ $h == /* ]] && d=$h || d+=/$h
    else
        d+=/.git
    fi
    [[ -f $d/HEAD ]] || return
    h=
    IFS= read -r -k 300 -u 0 h <$d/HEAD
    h=${h%%$'\n'*}
    [[ $h == [0-9a-f](#c40)* ]] && h=${h[1,7]}
    h=${h#ref: }
    __tt_r=${h#refs/heads/}
}
__tt_fields() {
    setopt localoptions extendedglob
    local f __tt_r
    for f in ${=__tt_want}; do
        __tt_r=
        case $f in
        home) __tt_r=$HOME ;;
        git) __tt_git ;;
        jobs) __tt_r=${(%):-%j} ;;
        venv) __tt_r=${${VIRTUAL_ENV:-$CONDA_DEFAULT_ENV}##*/} ;;
        esac
        __tt_mark "V;$f;${__tt_r//[[:cntrl:]]/?}"
    done
}

#: nested
# As in bash.sh.
case $- in *r*) printf '\033]7770;NONCE;R;restricted\007' && kill -INT $$ ;; esac
__tt_n=NONCE __tt_profile= __tt_want='WANT'
__tt_cd() { : }
# zsh forgets a line that begins with a blank only if it is set to. Else this one is written at
# the end of the file now, which marks it as saved, and cut off there.
() {
    local f=${HISTFILE-}
    [[ -o histignorespace || -z $f || ${SAVEHIST:-0} -le 0 ]] && return
    fc -AI
    [[ $(command tail -n 1 -- $f) == *TOKEN* ]] || return
    command truncate -s -$(command tail -n 1 -- $f | command wc -c) -- $f
} 2>/dev/null

#: hooks
# __tt_n is the nonce, __tt_profile and __tt_want as in boot.sh.
__tt_m=$'\e]7770;'$__tt_n';'
unsetopt promptsp promptcr

# A mark, to the terminal itself: a prompt framework may have taken standard output.
# (Each written at once, as in bash.sh.)
__tt_mark() {
    setopt localoptions nomultibyte
    local t=$1
    {
        if (( $#t > 4000 )); then
            t=${t:2}
            while (( $#t > 4000 )); do
                print -rn -- "$__tt_m+;${t:0:4000}"$'\a'
                t=${t:4000}
            done
            t=${1:0:2}$t
        fi
        print -rn -- $__tt_m$t$'\a'
    } >/dev/tty
}

# Percent-code $1 into __tt_r: controls, and '%' itself.
__tt_code() {
    __tt_r=$1
    [[ $1 == *[%[:cntrl:]]* ]] || return 0
    emulate -L zsh
    setopt extendedglob nomultibyte
    __tt_r=${1//\%/%25}
    __tt_r=${__tt_r//(#m)[[:cntrl:]]/%${(l.2..0.)$(([##16]#MATCH))}}
}

# Nothing of this shell's options acts on our own functions, or on what they show. (A trace goes
# where standard error goes.)

# Before each prompt, last of all: the status, the directory, and the marks in the prompts put
# back where the user or a prompt framework has set them anew.
__tt_precmd() {
    {
        local __tt_s=$?
        unsetopt promptsp promptcr
        [[ -o autocd ]] && __tt_auto=autocd || __tt_auto=
        __tt_prompt
    } 2>/dev/null
}
__tt_prompt() {
    emulate -L zsh
    setopt noxtrace
    local __tt_r e=$'\a%}'
    if (( $+functions[__tt_cd] )); then
        __tt_cd
        unfunction __tt_cd
    fi
    # A framework that came later sets its prompt after us: once more, behind all of them.
    if [[ $precmd_functions[-1] != __tt_precmd ]]; then
        precmd_functions=(${precmd_functions:#__tt_precmd} __tt_precmd)
        zmodload zsh/sched 2>/dev/null && sched +0 __tt_precmd && return
    fi
    [[ -n ${preexec_functions[(r)__tt_preexec]} ]] || preexec_functions+=(__tt_preexec)
    __tt_code $PWD
    __tt_mark "D;$__tt_s"
    __tt_mark "P;$__tt_r"
    [[ -n $__tt_want ]] && __tt_fields
    # Whose keys its editor has, when that changes.
    __tt_r=
    [[ $(bindkey -lL main) == *vi* ]] && __tt_r=vi
    [[ $__tt_r == "$__tt_k" ]] || { typeset -g __tt_k=$__tt_r; __tt_mark "V;keys;$__tt_r" }
    # (Not exported: a nested shell would mark its prompts with our nonce.)
    typeset -g +x PS1 PS2 RPS1
    # The end of a line's echo is told by the end of bracketed paste.
    typeset -ga zle_bracketed_paste=($'\e[?2004h' $'\e[?2004l')
    [[ $PS1 == $__tt_w1 ]] || __tt_wrap PS1 "%{${__tt_m}A$e" "%{${__tt_m}B$e"
    [[ $PS2 == $__tt_w2 ]] || __tt_wrap PS2 "%{${__tt_m}F$e" "%{${__tt_m}G$e"
    # (One value, of which only the name is set that was assigned to.)
    RPS1=${RPS1:-$RPROMPT}
    [[ -z $RPS1 || $RPS1 == $__tt_w3 ]] || __tt_wrap RPS1 "%{${__tt_m}H$e" "%{${__tt_m}I$e"
    __tt_w1=$PS1 __tt_w2=$PS2 __tt_w3=$RPS1
    local k
    for k in main emacs viins vicmd; do
        bindkey -M $k '\e[7771~' __tt_submit '\e[7773~' __tt_take '\e[7774~' __tt_hand
        bindkey -M $k '\e[7776~' __tt_load '\e[7777~' __tt_external '\e[7778~' __tt_list
        bindkey -M $k '\e[7779~' __tt_names '\e\e[7773~' __tt_take
    done
}
# As in bash.sh.
__tt_wrap() {
    local p=${(P)1}
    : ${(P)1::=$2${${p//$2}//$3}$3}
}
__tt_preexec() {
    { emulate -L zsh; setopt noxtrace } 2>/dev/null
    local __tt_r
    __tt_code "${${1:-$3}[1,1000]}"
    __tt_mark "C;$__tt_r"
}

# The keys. A text comes behind its key, up to the end of a paste.
__tt_submit() {
    local t
    zle .bracketed-paste t
    BUFFER=$t
    zle .accept-line
}
__tt_hand() {
    local t
    zle .bracketed-paste t
    BUFFER=$t CURSOR=$#t
    zle .reset-prompt
}
__tt_external() {
    autoload -Uz edit-command-line
    zle -N edit-command-line
    zle edit-command-line
    zle .accept-line
}
__tt_load() {
    { emulate -L zsh; setopt noxtrace noaliases } 2>/dev/null
    local t
    zle .bracketed-paste t
    eval $t
}
# Give back what is in the edit buffer, and empty it.
__tt_take() {
    { emulate -L zsh; setopt noxtrace } 2>/dev/null
    local __tt_r
    __tt_code $BUFFER
    local c=$CURSOR
    BUFFER=
    zle -R
    __tt_mark "T;$c;$__tt_r"
}
# The newest of this shell's own history, at most 64 KiB.
#   L ; 0 ; 0 ; <when the shell began> newest _ ^A <seconds> ^A <line> _ ...
# What a file without times has is as old as the shell to zsh.
__tt_list() {
    { emulate -L zsh; setopt noxtrace extendedglob nomultibyte } 2>/dev/null
    local t out= __tt_r now='%D{%s}'
    integer n=0 size=0
    local -A times
    for t in ${(f)"$(builtin fc -l -t %s -1000 2>/dev/null)"}; do
        [[ $t == (#b)\ #(<->)(\*|)\ ##(<->)\ * ]] && times[$match[1]]=$match[3]
    done
    for n in ${(Onk)times}; do
        __tt_code "$history[$n]"
        (( (size += $#__tt_r + 16) > 65536 )) && break
        out+=$'\37%01'$times[$n]%01$__tt_r
    done
    __tt_mark "L;0;0;$(( ${(%)now} - SECONDS )) newest$out"
}
# The names key: what commands this shell has besides those in PATH, and PATH.
#   M ; 0 ; 0 ; <PATH> _ <options> _ <name> _ ...
__tt_names() {
    { emulate -L zsh; setopt noxtrace } 2>/dev/null
    local -a n
    local p __tt_r o=$__tt_auto
    (( $#saliases )) && o=unsure
    n=(${(k)aliases} ${(k)galiases} ${(k)builtins} ${(k)functions} $reswords)
    n=(${n:#[_%]*})
    __tt_code $PATH
    p=$__tt_r
    __tt_code ${(F)n}
    __tt_r=${__tt_r//\%0A/$'\37'}
    __tt_mark "M;0;0;$p"$'\37'"$o"$'\37'"$__tt_r"
}
() {
    local w
    for w in submit take hand load external list names; do
        zle -N __tt_$w
    done
}

precmd_functions+=(__tt_precmd)
preexec_functions+=(__tt_preexec)
# A profile may set these anew; what is due is done behind them.
__tt_late() { [[ ${precmd_functions[(r)__tt_precmd]-} ]] || __tt_precmd }
zmodload zsh/sched 2>/dev/null && sched +0 __tt_late
__tt_mark R\;zsh
if [[ $__tt_profile == 1 ]]; then
    [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]] && . ${ZDOTDIR:-$HOME}/.zshenv
elif [[ $__tt_profile == 0 ]]; then
    unsetopt rcs
fi

#: complete
# In place of compadd, while what it would add is wanted as text: into __tt_out, three lines for
# each match: what is put in for the word, behind the letter of its kind; what is said about it;
# what is shown.
__tt_compadd() {
    local -a __tt_P __tt_p __tt_S __tt_s __tt_i __tt_I __tt_d __tt_W __tt_Q __tt_f __tt_O __tt_x
    local -a __tt_hits __tt_texts __tt_said
    zparseopts -E -a __tt_x P:=__tt_P p:=__tt_p S:=__tt_S s:=__tt_s i:=__tt_i I:=__tt_I \
        d:=__tt_d W:=__tt_W Q=__tt_Q f=__tt_f O:=__tt_O A:=__tt_O D:=__tt_O \
        J: V: X: x: F: r: R: M: o: E: 1 2 l q e a k n C U
    if (( $#__tt_O )); then
        builtin compadd "$@"
        return
    fi
    if (( $#__tt_d )); then
        __tt_said=("${(@P)__tt_d[2]}")
        builtin compadd -A __tt_hits -D __tt_said "$@"
    else
        builtin compadd -A __tt_hits "$@"
    fi
    builtin compadd "$@"
    local __tt_st=$? __tt_n=0
    __tt_texts=("$__tt_hits[@]")
    if (( $#__tt_Q )); then
        __tt_hits=("${(@Q)__tt_hits}")
    else
        compquote __tt_texts
    fi
    local __tt_head=$QIPREFIX$IPREFIX$__tt_P[2]$__tt_i[2]$__tt_p[2] __tt_tail=$__tt_s[2]$__tt_I[2]
    local __tt_quote=${compstate[quote][-1]} __tt_dir=${(Q)__tt_W[2]-${(Q)__tt_p[2]}}
    local __tt_end __tt_h __tt_r __tt_kind=- __tt_k
    case ${curtag-} in
    commands) __tt_kind=c ;;
    *aliases) __tt_kind=a ;;
    functions) __tt_kind=n ;;
    builtins) __tt_kind=b ;;
    reserved-words) __tt_kind=k ;;
    parameters) __tt_kind=v ;;
    users) __tt_kind=u ;;
    hosts) __tt_kind=h ;;
    *options) __tt_kind=o ;;
    esac
    (( __tt_all += $#__tt_hits ))
    while (( ++__tt_n <= $#__tt_hits && __tt_count < 10000 && __tt_size < 300000 )); do
        (( ++__tt_count ))
        __tt_h=$__tt_hits[__tt_n] __tt_k=$__tt_kind
        if [[ -n $__tt_f ]]; then
            __tt_k=${~__tt_dir}$__tt_h
            if [[ -d $__tt_k ]]; then __tt_k=d
            elif [[ -L $__tt_k ]]; then __tt_k=l
            elif [[ ! -f $__tt_k ]]; then __tt_k=s
            elif [[ -x $__tt_k ]]; then __tt_k=x
            else __tt_k=f
            fi
        fi
        __tt_end="$__tt_quote "
        if (( $#__tt_S )); then
            __tt_end=$__tt_S[2]
        elif [[ $__tt_k == d ]]; then
            __tt_end=/
        fi
        __tt_code "$__tt_k$__tt_head$__tt_texts[__tt_n]$__tt_tail$__tt_end"
        __tt_out+=("$__tt_r")
        (( __tt_size += $#__tt_r ))
        # What is shown for a match with a description begins with the match itself.
        __tt_h=${${__tt_said[__tt_n]#$__tt_hits[__tt_n]}##[[:space:]]#}
        __tt_code "${__tt_h#-- }"
        __tt_out+=("${__tt_r[1,200]}")
        (( __tt_size += ${#${__tt_r[1,200]}} ))
        __tt_h=$__tt_hits[__tt_n]
        [[ $__tt_end == / ]] && __tt_h+=/
        __tt_code "$__tt_h"
        __tt_out+=("$__tt_r")
    done
    return __tt_st
}

# The completion key: what Tab would offer at the end of the text that comes behind it.
#   K ; <bytes to replace> ; <how many> ; exact typed _ <text> _ <description> _ <label> _ ...
__tt_complete() {
    # (Not all of zsh's defaults: what completes heeds the person's, such as globdots. A job that
    # ends meanwhile is told of at the next prompt: the line would be shown for it.)
    {
        setopt localoptions noxtrace noaliases noksharrays noshwordsplit glob unset
        setopt noerrexit noerrreturn nonotify
    } 2>/dev/null
    local t __tt_word=
    local -a __tt_out=()
    integer __tt_count=0 __tt_all=0 __tt_size=0
    zle .bracketed-paste t
    # (One that was interrupted has to be begun anew.)
    if (( ! $+functions[_main_complete] || $+__tt_begun )); then
        __tt_begun=1
        autoload -Uz compinit && compinit -i -D
        unset __tt_begun
    fi
    BUFFER=$t CURSOR=$#t
    zle __tt_capture
    BUFFER=
    setopt nomultibyte
    __tt_mark "K;$#__tt_word;$__tt_all;exact typed"$'\37'"${(pj:\37:)__tt_out}"
}
__tt_capture() {
    # (Grouped, what is said of a match is a match of its own.)
    local -a __tt_grouped
    zstyle -g __tt_grouped ':completion:*' list-grouped
    zstyle ':completion:*' list-grouped false
    __tt_word=$QIPREFIX$IPREFIX$PREFIX
    functions[compadd]=$functions[__tt_compadd]
    {
        _main_complete
    } always {
        unfunction compadd
        zstyle -d ':completion:*' list-grouped
        (( $#__tt_grouped )) && zstyle ':completion:*' list-grouped $__tt_grouped
        compstate[insert]= compstate[list]=
    }
}
zle -N __tt_complete
zle -C __tt_capture complete-word __tt_capture
() {
    local k
    for k in main emacs viins vicmd; do
        bindkey -M $k '\e[7772~' __tt_complete
    done
}
