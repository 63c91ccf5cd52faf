# bash_complete.sh: what Tab offers, from the live shell. Behind bash.sh.

__tt_bytes() {
    local LC_ALL=C
    __tt_r=${#1}
}

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

# The completion key: what Tab would offer at the end of the edit buffer, which is emptied.
#   K ; <bytes to replace> ; <how many> ; <options> LF <candidate> LF ...
# The line is split as readline does; then the word's own completion (complete -p), or files.
__tt_complete() {
    { local -; set +eux; } 2>/dev/null
    local line=${READLINE_LINE:0:READLINE_POINT} IFS=$' \t\n'
    READLINE_LINE= READLINE_POINT=0
    local -a COMP_WORDS=() COMPREPLY=()
    local COMP_CWORD COMP_LINE COMP_POINT COMP_TYPE=9 COMP_KEY=9
    local i c w= raw= q= n=${#line} st=0 have=0 b=0 brk=${COMP_WORDBREAKS//[$' \t\n"\'']/}
    for ((i = 0; i < n; i++)); do
        c=${line:i:1}
        if [[ $q == "'" ]]; then
            w+=$c
            [[ $c == "'" ]] && q= || raw+=$c
            continue
        fi
        if [[ $c == \\ ]]; then
            w+=$c${line:i+1:1} raw+=${line:i+1:1} have=1
            ((i++))
            continue
        fi
        if [[ $q == '"' ]]; then
            w+=$c
            [[ $c == '"' ]] && q= || raw+=$c
            continue
        fi
        case $c in
        [\'\"]) q=$c w+=$c have=1 ;;
        [\ $'\t']) ((have)) && { COMP_WORDS+=("$w"); w= raw= have=0; } ;;
        [\|\&\;\(\`$'\n']) COMP_WORDS=(); w= raw= have=0; st=$((i + 1)) ;;
        *)
            if [[ $brk == *"$c"* ]]; then
                ((have && !b)) && { COMP_WORDS+=("$w"); w= raw=; }
                w+=$c raw+=$c have=1 b=1
                continue
            elif ((b)); then
                COMP_WORDS+=("$w")
                w=$c raw=$c have=1
            else
                w+=$c raw+=$c have=1
            fi
            ;;
        esac
        b=0
    done
    ((b)) && { COMP_WORDS+=("$w"); w= raw=; }
    COMP_WORDS+=("$w")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMP_LINE=${line:st}
    COMP_LINE=${COMP_LINE#"${COMP_LINE%%[! ]*}"}
    COMP_POINT=${#COMP_LINE}
    local cmd=${COMP_WORDS[0]} cur=$w prev= spec= fn= __tt_opts= try r
    ((COMP_CWORD)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
    # The real compopt fails outside of readline's completion. (Completion functions have locals
    # of their own, `opts` among them, so this name is ours alone.)
    compopt() { local o; for o; do case $o in [-+]o) ;; *) __tt_opts+=" $o" ;; esac; done; return 0; }
    if [[ $raw == \$* && $raw != */* && $q != "'" ]]; then
        if [[ $raw == \${* ]]; then
            COMPREPLY=($(compgen -v -P '${' -S '}' -- "${raw#??}"))
        else
            COMPREPLY=($(compgen -v -P '$' -- "${raw#$}"))
        fi
        __tt_opts=variable
    elif [[ $raw == \~* && $raw != */* && -z $q ]]; then
        COMPREPLY=($(compgen -u -P '~' -S / -- "${raw#\~}"))
        __tt_opts='user nospace'
    elif ((COMP_CWORD == 0)) && [[ $raw != */* ]]; then
        COMPREPLY=($(compgen -A command -- "$raw" | sort -u))
    elif ((COMP_CWORD)) && [[ ${COMP_WORDS[1]} != '=' ]]; then
        for try in 1 2; do
            spec=$(complete -p -- "$cmd" 2>/dev/null || complete -p -- "${cmd##*/}" 2>/dev/null || complete -p -D 2>/dev/null) || break
            fn=
            [[ $spec =~ \ -F\ ([^ ]+) ]] && fn=${BASH_REMATCH[1]}
            while [[ $spec =~ \ -o\ ([a-z]+) ]]; do
                __tt_opts+=" ${BASH_REMATCH[1]}"
                spec=${spec/"${BASH_REMATCH[0]}"/}
            done
            if [[ $fn ]]; then
                "$fn" "$cmd" "$cur" "$prev" </dev/null 2>/dev/null
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
    if ((${#COMPREPLY[@]} == 0)) && [[ -z $spec || $q || $spec == *\ -D* || $__tt_opts == *default* || $raw == */* ]]; then
        __tt_opts+=' filenames'
        [[ $__tt_opts == *dirnames* ]] && c=-d || c=-f
        mapfile -t COMPREPLY < <(compgen $c -- "$raw")
    fi
    unset -f compopt
    # Of a file's name only the last part is replaced: the folders stay as they were typed, with
    # their quotes, ~ and variables.
    local file= word=$w wd= rd= dir= out= k=0 x tail=/ __tt_r
    if [[ $__tt_opts == *filenames* ]]; then
        file=1 word=${w##*/} wd=${w%"${w##*/}"} rd=${raw%"${raw##*/}"}
        __tt_expand "$rd"
        dir=$__tt_r
    fi
    for c in "${COMPREPLY[@]}"; do
        ((++k > 2000)) && break
        if [[ $file ]]; then
            if [[ $c == "$wd"* ]]; then
                c=${c#"$wd"}
            elif [[ $c == "$rd"* ]]; then
                c=${c#"$rd"}
            fi
            # Some functions give the open quote back before a bare name.
            [[ $q && $word == "$q"* && $c == "$q"* ]] && c=${c:1}
            x=$dir$c
            # A name is ended at its newline by completion functions, and its tail is one more.
            if [[ ! -e $x && ! -L $x ]]; then
                [[ $c == "$tail" ]] && continue
                shopt -q failglob || for x in "$x"$'\n'*; do
                    [[ -e $x ]] && c=${x#"$dir"} tail=${x##*$'\n'}
                done
            fi
            [[ $c != */ && -d $dir$c ]] && c+=/
        fi
        __tt_code "$c"
        out+=$'\n'$__tt_r
    done
    __tt_bytes "$word"
    printf '\e]7770;%s;K;%s;%s;%s%s\a' "$__tt_n" "$__tt_r" "${#COMPREPLY[@]}" "${__tt_opts# }" "$out"
}

if [[ $__tt_m ]]; then
    for __tt_m in emacs-standard vi-insert vi-command; do
        bind -m $__tt_m -x '"\e[7772~": __tt_complete'
    done 2>/dev/null
    __tt_mark "R;bash"
fi
