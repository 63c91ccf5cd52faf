# bash.sh: bash 4.4 and later; and 3.2 to 4.3, as a plain sh.

#: start
# In POSIX mode bash reads the file that ENV names, a login bash too, and before anything of
# the user's: so no file is needed on the host.
exec 9<<EOF
exec 9<&-
set +o posix
shopt -u inherit_errexit
unset ENV
[[ \$HISTFILE == "\$HOME/.sh_history" ]] && HISTFILE=\$HOME/.bash_history
__tt_n=$__tt_nonce __tt_profile=$__tt_profile __tt_want='$__tt_want'
__tt_cd() { $__tt_cd; }
$__tt_text
EOF
# A name that begins with "-" makes it a login shell, as sshd does. (--norc: a bash that thinks
# sshd has run it would read ~/.bashrc for the -c, too. 3.2 reads no ENV as a login
# shell, nor from a pipe: there it is a file, which removes itself.)
ENV=/dev/fd/9 exec "$SHELL" --norc -c 'case $BASH_VERSION in
[1-3].*)
f=$(mktemp) || exec "$0" -l
{ echo "rm -f $f"; cat <&9; } >"$f"
ENV=$f exec "$0" --posix -i
;;
*) exec -a "-${0##*/}" "$0" --posix -i ;;
esac' "$SHELL"

#: fields
# Sent before the hooks, and only if the prompt wants any of this. Before each prompt, by the
# shell itself: no program is started.

# The branch, or the first digits of the commit, into __tt_r: from .git/HEAD, nothing else is
# read. Of a worktree and a submodule .git is a file that names the folder.
__tt_git() {
    local d=$PWD h=
    while [[ ! -e $d/.git ]]; do
        [[ $d == /* ]] || return
        d=${d%/*}
    done
    if [[ -f $d/.git ]]; then
        IFS= read -r -n 4096 h <"$d/.git"
        h=${h#gitdir: }
        [[ $h == /* ]] && d=$h || d+=/$h
    else
        d+=/.git
    fi
    [[ -f $d/HEAD ]] || return
    h=
    IFS= read -r -n 300 h <"$d/HEAD"
    [[ $h =~ ^[0-9a-f]{40} ]] && h=${h:0:7}
    h=${h#ref: }
    __tt_r=${h#refs/heads/}
}

# A mark for each: V ; NAME ; VALUE
__tt_fields() {
    local f __tt_r j='\j' IFS=' '
    for f in $__tt_want; do
        __tt_r=
        case $f in
        home) __tt_r=$HOME ;;
        git) __tt_git ;;
        jobs) __tt_r=${j@P} ;;
        venv) __tt_r=${VIRTUAL_ENV:-${CONDA_DEFAULT_ENV-}} __tt_r=${__tt_r##*/} ;;
        esac
        __tt_mark "V;$f;${__tt_r//[[:cntrl:]]/?}"
    done 2>/dev/null
}

#: nested
while [[ $(HISTTIMEFORMAT= builtin history 1) =~ ^\ *([0-9]+).*TOKEN ]]; do
    builtin history -d "${BASH_REMATCH[1]}" || break
done
# A restricted shell may not even write to /dev/null: the rest of this text is not for it.
case $- in *r*) printf '\033]7770;NONCE;R;restricted\007' && kill -INT $$ ;; esac
__tt_n=NONCE __tt_profile= __tt_want='WANT'
__tt_cd() { :; }

#: hooks
# __tt_n is the nonce, __tt_profile and __tt_want as in boot.sh.
__tt_w0=- __tt_w1=- __tt_w2=- __tt_u=:= __tt_b=0 __tt_y=('' 1)
__tt_pd=$'\001\e]7770;'$__tt_n';D;' __tt_pa=$'\a\e]7770;'$__tt_n$';A\a\002'
__tt_pb=$'\001\e]7770;'$__tt_n$';B\a\002'
__tt_pf=$'\001\e]7770;'$__tt_n$';F\a\002' __tt_pg=$'\001\e]7770;'$__tt_n$';G\a\002'

# A mark: __tt_mark LETTER[;DATA]. A job that prints meanwhile is not to print into it, so each is
# written at once: with no newline in it and, what is too long for that, in parts. Where there is a
# list in it, _ stands below for the character US.
__tt_mark() {
    local t=$1
    if ((${#t} > 250)); then
        local LC_ALL=C i
        for ((i = 2; i + 900 < ${#t}; i += 900)); do
            printf '\e]7770;%s;+;%s\a' "$__tt_n" "${t:i:900}"
        done
        t=${t:0:2}${t:i}
    fi
    printf '\e]7770;%s;%s\a' "$__tt_n" "$t"
}

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
# user, a prompt framework or a sourced file has set them anew. In PS1 and PS2 they are variables'
# (with ^A and ^B for \[ and \], which are not read there), so that a nested shell of whatever
# kind, which may inherit PS1, shows nothing of them.
__tt_last() {
    { local -; set +eux; } 2>/dev/null
    local __tt_r __tt_m
    __tt_b=0
    __tt_code "$PWD"
    __tt_mark "P;$__tt_r"
    [[ $__tt_want ]] && __tt_fields
    # Whose keys its editor has, when that changes.
    __tt_r=
    [[ -o vi ]] && __tt_r=vi
    [[ $__tt_r == "${__tt_k-}" ]] || { __tt_k=$__tt_r; __tt_mark "V;keys;$__tt_r"; }
    [[ ${PS1-} == "$__tt_w1" || ${PS1@a} == *r* ]] || { __tt_wrap PS1 '${__tt_n:+$__tt_pd$?$__tt_pa}' '${__tt_n:+$__tt_pb}'; __tt_w1=$PS1; }
    [[ ${PS2-} == "$__tt_w2" || ${PS2@a} == *r* ]] || { __tt_wrap PS2 '${__tt_n:+$__tt_pf}' '${__tt_n:+$__tt_pg}'; __tt_w2=$PS2; }
    # (In PS0 the nonce loses a prefix that it never has: a PROMPT_COMMAND that was unset is put
    # back on the way.)
    __tt_m='\e]7770;${__tt_n#"_${PROMPT_COMMAND'$__tt_u'__tt_last}"};'
    [[ ${PS0-} == "$__tt_w0" || ${PS0@a} == *r* ]] || { PS0='${__tt_y[__tt_b++&&$?==130]:+$(__tt_stop)}'${PS0-}$__tt_m'C\a'; __tt_w0=$PS0; }
    __tt_hooked || __tt_hook
    # The end of a line's echo is told by the end of bracketed paste.
    bind 'set enable-bracketed-paste on' 2>/dev/null
}

# A Ctrl-C that ends a command of a block ends the block: bash would go on with its next line. Of
# the lines that one prompt has run __tt_b is the number.
__tt_stop() { __tt_hooked && kill -INT $$ $BASHPID; }

# __tt_wrap VARIABLE BEFORE AFTER: put the marks about a prompt. Something may have been put
# before a prompt that had them (an environment's name), so that they stand in it still.
__tt_wrap() {
    local p=${!1-}
    p=${p//"$2"/}
    printf -v "$1" %s "$2" "${p//"$3"/}" "$3"
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
        # (Never the first, which is all that PROMPT_COMMAND=... sets.)
        PROMPT_COMMAND=("${a[@]:-}" __tt_last) __tt_u==
    else
        local p=${PROMPT_COMMAND//__tt_last/}
        PROMPT_COMMAND="${p:+$p;}__tt_last"
    fi
}

# Keys that ask. They return 124, so that readline draws the whole prompt anew behind them: its
# last row alone would be without a mark of where it begins. (With "&& :" behind them that is no
# failure to `set -e` and traps.)

# The load key: run the code that comes behind it, up to ^G, unseen.
__tt_load() {
    { local -; set +eux; } 2>/dev/null
    local a= __tt_r
    IFS= read -rs -d $'\a' __tt_r
    shopt -q expand_aliases && a=1
    shopt -u expand_aliases
    eval "$__tt_r"
    [[ $a ]] && shopt -s expand_aliases
    return 124
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
    return 124
}

# The history key: the newest of this shell's own history, at most 64 KiB.
#   L ; 0 ; 0 ; <when the shell began> _ <number> ^A <seconds> ^A <line> _ ...
# What a file without times has is as old as the shell to bash. A line that stands in several rows
# goes on in those without a ^A.
__tt_list() {
    { local -; set +eux; } 2>/dev/null
    local LC_ALL=C h start c x
    printf -v start '%(%s)T' -2
    h=$(HISTTIMEFORMAT=$'\1%s\1' builtin history 1000 2>/dev/null)
    ((${#h} > 65536)) && h=${h: -65536}
    h=${h//%/%25}
    for c in {1..9} {11..31} 127; do
        printf -v x '%02X' "$c"
        printf -v c "\\x$x"
        [[ $h == *"$c"* ]] && h=${h//"$c"/%$x}
    done
    __tt_mark "L;0;0;$start"$'\37'"${h//$'\n'/$'\37'}"
    return 124
}

# The names key: what commands this shell has besides those in PATH, and PATH.
#   M ; 0 ; 0 ; <PATH> _ <options> _ <name> _ ...
__tt_names() {
    { local -; set +eux; } 2>/dev/null
    local __tt_r m=
    shopt -q autocd && m=autocd
    __tt_code "$PATH"
    m=$__tt_r$'\37'$m
    __tt_code "$(compgen -abk -A function -X '[_%]*')"
    __tt_mark "M;0;0;$m"$'\37'"${__tt_r//%0A/$'\37'}"
    return 124
}

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
    __tt_hook
    # In every keymap, so that `set -o vi` changes nothing. (An Escape may have been typed ahead.)
    for __tt_m in emacs-standard vi-insert vi-command; do
        bind -m $__tt_m '"\e[7771~": accept-line'
        bind -m $__tt_m '"\e[7774~": redraw-current-line'
        bind -m $__tt_m '"\e[7775~": kill-whole-line'
        bind -m $__tt_m '"\e[7777~": edit-and-execute-command'
        bind -m $__tt_m -x '"\e[7773~": __tt_take "$_" && :'
        bind -m $__tt_m -x '"\e\e[7773~": __tt_take "$_" && :'
        bind -m $__tt_m -x '"\e[7776~": __tt_load "$_" && :'
        # (What these print is shown: `set -x` is not to name them.)
        bind -m $__tt_m -x '"\e[7778~": { __tt_list "$_" && :; } 2>/dev/null'
        bind -m $__tt_m -x '"\e[7779~": { __tt_names "$_" && :; } 2>/dev/null'
    done 2>/dev/null
    __tt_mark "R;bash"
else
    # Nothing tells here that a command begins, and 3.2 gives no key a way to its line. Without its
    # own line editor it is a plain sh: see sh.sh.
    __tt_nl=$'\n' __tt_tab=$'\t' __tt_k=
    __tt_pw=$'\a\e]7770;'$__tt_n';W;'
    __tt_c() { __tt_mark C; return $__tt_s; }
    __tt_last() {
        local x=$-
        { set +x +o emacs +o vi; } 2>/dev/null
        [[ ${PS1-} == "$__tt_w1" ]] || { PS1='${__tt_n:+$__tt_pd$?$__tt_pw$PWD$__tt_pa}'${PS1-}'${__tt_n:+$__tt_pb}'; __tt_w1=$PS1; }
        [[ ${PS2-} == "$__tt_w2" ]] || { PS2='${__tt_n:+$__tt_pf}'${PS2-}'${__tt_n:+$__tt_pg}'; __tt_w2=$PS2; }
        local k="$PATH"$'\n'$(shopt -q autocd && echo ..; compgen -abk -A function) IFS=$'\n' n=
        if [[ $k != "$__tt_k" ]]; then
            __tt_k=$k
            for k in ${k#*$'\n'}; do
                [[ $k == *[[:cntrl:]\ ]* || $k == __tt_* ]] || n+=" $k"
            done
            k=$PATH
            [[ $k == *[[:cntrl:]]* ]] && k=
            __tt_mark "V;path;$k"
            __tt_mark "V;names;$n"
        fi
        [[ ${PROMPT_COMMAND-} == *__tt_last ]] || __tt_hook
        [[ $x == *x* ]] && set -x
        [[ ! $__tt_want ]] || __tt_fields
    }
    __tt_pd=${__tt_pd#?} __tt_pa=${__tt_pa%?} __tt_pb=$'\e]7770;'$__tt_n$';B\a'
    __tt_pf=$'\e]7770;'$__tt_n$';F\a' __tt_pg=$'\e]7770;'$__tt_n$';G\a'
    __tt_hook() { PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND;}__tt_last"; }
    __tt_hook
    __tt_mark "R;sh"
fi

# What bash itself would have read as a login shell: see INVOCATION in bash(1). Last, so that a
# Ctrl-C in the middle of it leaves the hooks in place; the prompt puts back what it changes.
if [[ $__tt_profile == 1 ]]; then
    [[ -r /etc/profile ]] && . /etc/profile
    for __tt_f in ~/.bash_profile ~/.bash_login ~/.profile; do
        [[ -r $__tt_f ]] && { . "$__tt_f"; break; }
    done
fi
__tt_last
__tt_cd
unset -f __tt_cd
unset __tt_f __tt_profile __tt_m

#: complete
# What Tab offers, from the live shell. A subshell takes longer than all the rest, so there is but
# one for the completion of a word, besides those of its own function; and what is done with each
# candidate is done with all of them at once.

# The folders of a path as typed, as a path, into __tt_r: ~, ~user and plain variables.
__tt_expand() {
    local name i
    __tt_r=$1
    if [[ $__tt_r =~ ^~([A-Za-z0-9._-]*)/ ]]; then
        eval "name=~${BASH_REMATCH[1]}"
        __tt_r=$name/${__tt_r#*/}
    fi
    for i in 1 2 3 4; do
        [[ $__tt_r =~ \$\{?([A-Za-z_][A-Za-z0-9_]*)\}? ]] || break
        name=${BASH_REMATCH[1]}
        __tt_r=${__tt_r/"${BASH_REMATCH[0]}"/"${!name-}"}
    done
}

# Names of files in COMPREPLY, of which the typed word has the folders $1, $2 without its quotes:
# into `out` only the last part of each, behind the letter of its kind.
__tt_files() {
    local k=0 c x dir odd=() tail=/
    __tt_expand "$2"
    dir=$__tt_r
    if [[ $1 != "$2" || $2 != "$dir" ]]; then
        for k in "${!COMPREPLY[@]}"; do
            for x in "$1" "$2" "$dir"; do
                [[ ${COMPREPLY[k]} == "$x"* ]] || continue
                COMPREPLY[k]=${COMPREPLY[k]#"$x"}
                break
            done
        done
    elif [[ $dir ]]; then
        COMPREPLY=("${COMPREPLY[@]#"$dir"}")
    fi
    # Some functions give the open quote back before a bare name.
    [[ $cur == \'* && $raw != \'* ]] && COMPREPLY=("${COMPREPLY[@]#\'}")
    out=("${COMPREPLY[@]/#/f}")
    k=0
    for x in "${COMPREPLY[@]/#/"$dir"}"; do
        [[ -f $x && ! -x $x && ! -L $x ]] || odd+=($k)
        ((++k))
    done
    for k in "${odd[@]}"; do
        c=${COMPREPLY[k]} x=$dir$c
        # A name is ended at its newline by completion functions, and its tail is one more.
        if [[ ! -e $x && ! -L $x ]]; then
            if [[ $c == "$tail" ]]; then
                unset "out[k]"
                ((less++))
                continue
            fi
            shopt -q failglob || for x in "$x"$'\n'*; do
                [[ -e $x ]] && c=${x#"$dir"} tail=${x##*$'\n'}
            done
        fi
        if [[ -d $x ]]; then
            out[k]=d${c%/}/
        elif [[ -L $x ]]; then
            out[k]=l$c
        elif [[ -f $x ]]; then
            [[ -x $x ]] && out[k]=x$c || out[k]=f$c
        else
            [[ -e $x ]] && out[k]=s$c || out[k]=-$c
        fi
    done
}

# The completion key: what Tab would offer at the end of the line that comes behind it, up to ^G.
#   K ; <bytes to replace> ; <how many> ; <options> _ <candidate> _ ...
# The line is split as readline does; then the word's own completion (complete -p), or files.
__tt_complete() {
    { local -; set +eux; } 2>/dev/null
    local line IFS=
    READLINE_LINE= READLINE_POINT=0
    read -rs -d $'\a' line
    IFS=$' \t\n'
    local -a COMP_WORDS=() COMPREPLY=() out
    local COMP_CWORD COMP_LINE=$line COMP_POINT COMP_TYPE=9 COMP_KEY=9
    local c t w= raw= q= have=0 b=0 brk=${COMP_WORDBREAKS//[$' \t\n"\'']/}
    while [[ $line ]]; do
        # What has no meaning here, at once.
        case $q in
        \') t=${line%%\'*} ;;
        \") t=${line%%[\\\"]*} ;;
        *) t=${line%%[$' \t\n\\\'"|&;(`'"$brk"]*} ;;
        esac
        if [[ $t ]]; then
            ((b)) && [[ ! $q ]] && { COMP_WORDS+=("$w"); w= raw= b=0; }
            w+=$t raw+=$t have=1 line=${line:${#t}}
            [[ $line ]] || break
        fi
        c=${line::1} line=${line:1}
        if [[ $c == "$q" ]]; then
            w+=$c q=
            continue
        fi
        case $c in
        \\)
            w+=$c${line::1} raw+=${line::1} have=1 line=${line:1}
            continue
            ;;
        [\'\"]) q=$c w+=$c have=1 ;;
        [\ $'\t']) ((have)) && { COMP_WORDS+=("$w"); w= raw= have=0; } ;;
        [\|\&\;\(\`$'\n']) COMP_WORDS=(); w= raw= have=0; COMP_LINE=$line ;;
        *)
            ((have && !b)) && { COMP_WORDS+=("$w"); w= raw=; }
            w+=$c raw+=$c have=1 b=1
            continue
            ;;
        esac
        b=0
    done
    ((b)) && { COMP_WORDS+=("$w"); w= raw=; }
    COMP_WORDS+=("$w")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMP_LINE=${COMP_LINE#"${COMP_LINE%%[! ]*}"}
    COMP_POINT=${#COMP_LINE}
    local cmd=${COMP_WORDS[0]} cur=$w prev= spec= fn= __tt_opts= try n r x kind=-
    ((COMP_CWORD)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
    # compgen takes quotes away in readline's own completion only: for functions a word that has
    # some is one behind an open quote, which they know to take away.
    if [[ $cur == *[\\\"]* ]]; then
        COMP_LINE=${COMP_LINE%"$cur"}\'$raw COMP_POINT=${#COMP_LINE}
        cur=\'$raw COMP_WORDS[COMP_CWORD]=$cur
    fi
    # The real compopt fails outside of readline's completion. (Completion functions have locals
    # of their own, `opts` among them, so this name is ours alone.)
    compopt() {
        local o s
        for o; do
            case $o in
            [-+]o) s=$o ;;
            *)
                __tt_opts=${__tt_opts/ $o/}
                [[ $s == -o ]] && __tt_opts+=" $o"
                ;;
            esac
        done
        return 0
    }
    if [[ $raw == \$* && $raw != */* && $q != "'" ]]; then
        if [[ $raw == \${* ]]; then
            COMPREPLY=($(compgen -v -P "$q\${" -S '}' -- "${raw#??}"))
        else
            COMPREPLY=($(compgen -v -P "$q\$" -- "${raw#$}"))
        fi
        __tt_opts=' variable' kind=v
    elif [[ $raw == \~* && $raw != */* && -z $q ]]; then
        COMPREPLY=($(compgen -u -P '~' -S / -- "${raw#\~}"))
        __tt_opts=' user nospace' kind=u
    elif ((COMP_CWORD == 0)) && [[ $raw != */* ]]; then
        # Each name once, as what would be run.
        kind=
        local -A seen=()
        mapfile -t out < <(
            for x in 'a alias' 'k keyword' 'n function' 'b builtin' 'c command'; do
                compgen -P ${x% *} -A ${x#* } -- "$raw"
            done
        )
        for x in "${out[@]}"; do
            [[ ${seen["${x:1}"]-} ]] || COMPREPLY+=("$x")
            seen["${x:1}"]=1
        done
    elif ((COMP_CWORD)) && [[ ${COMP_WORDS[1]} != '=' ]]; then
        for try in 1 2; do
            spec=$(complete -p -- "$cmd" 2>/dev/null || complete -p -- "${cmd##*/}" 2>/dev/null || complete -p -D 2>/dev/null) || break
            fn=
            [[ $spec =~ \ -F\ ([^ ]+) ]] && fn=${BASH_REMATCH[1]}
            while [[ $spec =~ \ -o\ ([a-z]+) ]]; do
                __tt_opts+=" ${BASH_REMATCH[1]}"
                spec=${spec/"${BASH_REMATCH[0]}"/}
            done
            [[ $spec =~ \ -([df]|A\ (file|directory))\  ]] && __tt_opts+=' filenames'
            if [[ $fn ]]; then
                "$fn" "$cmd" "$cur" "$prev" </dev/null >/dev/null 2>&1
                r=$?
                # 124: the loader has found the command's own completion; ask again.
                ((r == 124)) && { COMPREPLY=(); __tt_opts=; continue; }
            else
                spec=${spec#complete}
                spec=${spec% *}
                mapfile -t COMPREPLY < <(eval "compgen $spec -- \"\$raw\"" 2>/dev/null)
            fi
            break
        done
    fi
    if ((COMP_CWORD == 0)) && [[ $raw == */* ]]; then
        # What can be run, and folders, which lead to it.
        __tt_opts=' filenames'
        mapfile -t COMPREPLY < <(compgen -f -- "$raw")
        for x in "${!COMPREPLY[@]}"; do
            [[ -d ${COMPREPLY[x]} || -x ${COMPREPLY[x]} ]] || unset "COMPREPLY[x]"
        done
        COMPREPLY=("${COMPREPLY[@]}")
    elif ((${#COMPREPLY[@]} == 0)) && [[ -z $spec || $q || $spec == *\ -D* || $__tt_opts == *default* || $raw == */* ]]; then
        __tt_opts+=' filenames'
        [[ $__tt_opts == *dirnames* ]] && c=-d || c=-f
        mapfile -t COMPREPLY < <(compgen $c -- "$raw")
    fi
    unset -f compopt
    # Of a file's name only the last part is replaced: the folders stay as they were typed, with
    # their quotes, ~ and variables.
    local less=0 __tt_r
    n=${#COMPREPLY[@]}
    ((n > 10000)) && COMPREPLY=("${COMPREPLY[@]::10000}")
    if [[ $__tt_opts == *filenames* ]]; then
        __tt_files "${w%"${w##*/}"}" "${raw%"${raw##*/}"}"
        w=${w##*/}
    else
        out=("${COMPREPLY[@]/#/$kind}")
        # What begins with a "-" is an option.
        [[ $kind && " ${out[*]}" == *" $kind-"* ]] && out=("${out[@]/#$kind-/o-}")
    fi
    local LC_ALL=C
    if [[ ${out[*]} =~ [[:cntrl:]%] ]]; then
        for x in "${!out[@]}"; do
            [[ ${out[x]} == *[[:cntrl:]%]* ]] || continue
            __tt_code "${out[x]}"
            out[x]=$__tt_r
        done
    fi
    IFS=$'\37'
    t=${out[*]}
    ((${#t} > 200000)) && t=${t::200000} && t=${t%$IFS*}
    __tt_mark "K;${#w};$((n - less));typed$__tt_opts${t:+$IFS$t}"
    return 124
}

for __tt_m in emacs-standard vi-insert vi-command; do
    bind -m $__tt_m -x '"\e[7772~": __tt_complete "$_" && :'
done 2>/dev/null
unset __tt_m
