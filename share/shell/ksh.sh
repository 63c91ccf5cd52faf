# ksh.sh: ksh93u+m. Its editor runs the trap KEYBD for each key, which may put others in its place:
# so it has private keys, as bash has. (`f()` acts on the shell's own traps and options; of these
# `function f` knows nothing: there no `set -x` or DEBUG trap of the person's heeds what we do.)

#: start
# (An older ksh93 counts the marks as columns of its prompt: it is started as it is.)
case $("$SHELL" -c 'echo ${.sh.version}' 2>/dev/null) in
*93u+m*) ;;
*) return ;;
esac
# ENV is read after the profile, if that does not set it anew: see sh.sh.
__tt_p=
[ -n "$__tt_l" ] && grep -qs '^[^#]*\<ENV=' /etc/profile /etc/profile.d/*.sh "$HOME/.profile" && __tt_p=1 __tt_l=
exec 9<<EOF
exec 9<&-
unset ENV
if [[ -n "$__tt_p" ]]; then
    [[ ! -r /etc/profile ]] || . /etc/profile
    [[ ! -r ~/.profile ]] || . ~/.profile
fi
__tt_n=$__tt_nonce __tt_profile=$__tt_profile __tt_want='$__tt_want'
__tt_w=\$(\\alias -p)
\\unalias -a
__tt_cd() { $__tt_cd; }
$__tt_text
EOF
ENV=/dev/fd/9 exec "$SHELL" $__tt_l -i

#: fields
# As in bash.sh.
function __tt_git {
    typeset d=$PWD h=
    while [[ ! -e $d/.git ]]; do
        [[ $d == /* ]] || return 0
        d=${d%/*}
    done
    if [[ -f $d/.git ]]; then
        IFS= read -r -n 4096 h <"$d/.git" || :
        h=${h#gitdir: }
        [[ $h == /* ]] && d=$h || d+=/$h
    else
        d+=/.git
    fi
    [[ -f $d/HEAD ]] || return 0
    h=
    IFS= read -r -n 300 h <"$d/HEAD" || :
    [[ $h == {40}([0-9a-f])* ]] && h=${h:0:7}
    h=${h#ref: }
    __tt_r=${h#refs/heads/}
}
function __tt_fields {
    typeset f IFS=' '
    typeset -a j
    for f in $__tt_want; do
        __tt_r=
        case $f in
        home) __tt_r=$HOME ;;
        git) __tt_git ;;
        jobs)
            IFS=$'\n'
            j=(${ jobs -p; })
            __tt_r=${#j[@]}
            ;;
        venv) __tt_r=${VIRTUAL_ENV:-${CONDA_DEFAULT_ENV-}} __tt_r=${__tt_r##*/} ;;
        esac
        __tt_mark "V;$f;${__tt_r//[[:cntrl:]]/?}"
    done 2>/dev/null
}

#: nested
case $- in *r*) printf '\033]7770;NONCE;R;restricted\007' && kill -INT $$ ;; esac
__tt_n=NONCE __tt_profile= __tt_want='WANT' __tt_w=$(\alias -p)
\unalias -a
__tt_cd() { :; }
# (It takes back the last line of the history, that of the typed TOKEN.)
hist -p 2>/dev/null || :

#: hooks
# __tt_n is the nonce, __tt_profile and __tt_want as in boot.sh, __tt_w the person's aliases, which
# are not to stand in what is read here. And these:
#   __tt_at   the shell reads a line of its own     __tt_raw   it was handed to the person
#   __tt_h    the line that is run                  __tt_p     one that is not a whole yet
#   __tt_s    the status before it                  __tt_u     the person's own trap KEYBD
__tt_m=$'\E]7770;'$__tt_n';' __tt_at= __tt_raw= __tt_quiet= __tt_p= __tt_u= __tt_k= __tt_a= __tt_b=
__tt_x= __tt_d= __tt_t= __tt_i=0
# (It puts the trap back where the person has set another.)
__tt_e='${ case $- in *x*) ;; *) case $(\trap -p KEYBD) in *__tt_key*) ;; *) __tt_hook ;; esac ;; esac; }${__tt_b}'

# A mark: __tt_mark LETTER [DATA]
function __tt_mark { print -rn -- "$__tt_m$1"$'\a' >/dev/tty; }

# Percent-code $1 into __tt_r: controls, and '%' itself.
function __tt_code {
    typeset i c
    __tt_r=${1//\%/%25}
    [[ $__tt_r == *[[:cntrl:]]* ]] || return 0
    for i in 0{1..9} 0{A,B,C,D,E,F} 1{0..9} 1{A,B,C,D,E,F} 7F; do
        eval "c=\$'\\x$i'"
        __tt_r=${__tt_r//"$c"/%$i}
    done
}

# When a prompt is drawn that has the marks in it, as variables: see __tt_hook. (In it a "!" is the
# number of the line.)
function __tt_a.get {
    typeset __tt_s=$?
    # Of a signal ksh says 256 and its number.
    ((__tt_s < 256 || (__tt_s -= 128)))
    __tt_at=1 __tt_p=
    [[ -o emacs || -o gmacs || -o vi ]] || set -o emacs
    [[ ! $__tt_want ]] || __tt_fields
    __tt_r=
    [[ -o vi ]] && __tt_r=vi
    [[ $__tt_r == "$__tt_k" ]] || { __tt_k=$__tt_r; __tt_mark "V;keys;$__tt_r"; }
    __tt_code "$PWD"
    .sh.value="${__tt_m}D;$__tt_s"$'\a'"${__tt_m}P;${__tt_r//!/%21}"$'\a'"${__tt_m}A"$'\a'
}
function __tt_b.get { .sh.value=${__tt_m}B$'\a'; }

# What KEYBD runs. What a program of the shell's own reads is not for us.
__tt_key() {
    case ${__tt_at}${.sh.edchar} in
    1$'\E[777'?\~ | 1$'\r' | 1$'\n')
        case $__tt_quiet in
        '') __tt_hush ;;
        esac
        __tt_own
        [[ $__tt_at || ! $__tt_raw ]] || __tt_loud
        ;;
    $'\E[777'?\~) .sh.edchar= ;;
    *) [[ ! $__tt_u ]] || eval "$__tt_u" ;;
    esac
}
# From the first of our keys to the begin of a command nothing of ours is traced.
__tt_hush() {
    # (`case` is not traced. More is not to be, with `set -x`.)
    case $- in
    *x*) set +x; __tt_x=1 ;;
    esac
    # (No other shell is to inherit such prompts.)
    typeset +x PS1 PS2
    __tt_quiet=1 __tt_d=$(\trap -p DEBUG)
    [[ ! $__tt_d ]] || trap - DEBUG
}
__tt_loud() {
    __tt_quiet=
    case $__tt_x,$__tt_d in
    1,*) __tt_x=; set -x ;;
    esac
    case $__tt_d in
    ?*) eval "trap -- $__tt_d DEBUG" ;;
    esac
}
# A line that is run: what was typed to the editor for it leaves the history.
__tt_c() {
    __tt_s=$?
    unalias __tt_l
    hist -p 2>/dev/null && print -rs -- "$__tt_h" 2>/dev/null
    __tt_code "${__tt_h:0:1000}"
    __tt_mark "C;$__tt_r"
    # (With `set -e` a status would be the end.)
    if [[ $__tt_s == 0 || $- == *e* ]]; then
        __tt_loud
    else
        __tt_loud
        return $__tt_s
    fi
}

# The keys that empty the editor's buffer, into __tt_r. In vi's mode inserting goes on.
function __tt_erase {
    if [[ -o vi ]]; then
        __tt_r=${.sh.edmode}0Da
    else
        __tt_r=$'\001\013'
    fi
}
# The text behind a key, into __tt_r: 100000000 and its length, in digits, and then it itself,
# percent-coded. (More than 255 bytes at once ksh does not hold.)
function __tt_read {
    typeset n x t=
    trap - KEYBD
    read -rN 9 n
    ((n -= 100000000)) || :
    while ((n > 0)); do
        read -rN $((n > 250 ? 250 : n)) x || break
        t+=$x
        ((n -= ${#x})) || :
    done
    eval "__tt_r=\$'${t//\%@(??)/\\x\1\'\$\'}'"
}
# Is $1 a whole? Else it wants to go on, or is wrong: ksh says what it has found open at the end.
function __tt_parse {
    __tt_r=$(\eval $'function __tt_f { :\n'"$1"$'\n}' 2>&1) && return 0
    __tt_r=$(\eval $'function __tt_f { :\n'"$1" 2>&1) || :
    return 1
}
# Run the text. Its first lines may have come before. As an alias it is as if it were typed; a
# block of lines is to be one command.
function __tt_submit {
    __tt_h=$__tt_p$1
    if [[ $__tt_h != *[![:space:]]* ]]; then
        __tt_at=
        .sh.edchar=$'\n'
        return
    elif __tt_parse "$__tt_h"; then
        __tt_l=$__tt_h
        [[ $__tt_h != *$'\n'* ]] || __tt_l='\eval "$__tt_h"'
    elif [[ $__tt_r == *unmatched* ]]; then
        __tt_p=$__tt_h$'\n'
        print -rn -- "$PS2" >/dev/tty
        __tt_erase
        .sh.edchar=$__tt_r
        return
    else
        __tt_l='\eval "$__tt_h"'
    fi
    alias __tt_l="$__tt_l"
    __tt_at=
    __tt_erase
    .sh.edchar=$__tt_r$'\\__tt_c;__tt_l\n'
}
# The prompt as it is drawn, for a line that the person edits on the host: its first piece.
function __tt_draw {
    typeset p=${PS1#'${__tt_a}'}
    eval '\read -rd "" p <<__tt_end'$'\n'"${p%"$__tt_e"}"$'\n__tt_end' || :
    __tt_mark A
    print -rn -- "${p%$'\n'}" >/dev/tty
    __tt_mark B
}

function __tt_own {
    typeset t=${.sh.edtext} c
    case ${.sh.edchar} in
    $'\E[7773~')
        # Give back what is in the edit buffer, and empty it: first that, and at the next key,
        # when nothing more is drawn for it, say so.
        __tt_t=$t __tt_i=${.sh.edcol} __tt_raw=
        __tt_erase
        .sh.edchar=$__tt_r
        ;;
    $'\E[7770~')
        .sh.edchar=
        __tt_code "$__tt_t"
        __tt_mark "T;$__tt_i;$__tt_r"
        ;;
    $'\E[7771~')
        __tt_read
        __tt_submit "$__tt_r"
        ;;
    $'\E[7772~')
        __tt_read
        .sh.edchar=
        __tt_complete "$__tt_r"
        ;;
    $'\E[7774~')
        __tt_read
        [[ $t ]] || __tt_draw
        __tt_raw=1 t=$__tt_r
        .sh.edchar=
        # (Behind ^V: a tab would complete, a newline run it.)
        while [[ $t ]]; do
            c=${t:0:1} t=${t:1}
            [[ $c == [[:cntrl:]] ]] && c=$'\026'$c
            .sh.edchar+=$c
        done
        ;;
    $'\E[7776~')
        __tt_read
        .sh.edchar=
        eval "$__tt_r"
        ;;
    $'\E[7778~')
        .sh.edchar=
        __tt_list
        ;;
    $'\E[7779~')
        .sh.edchar=
        __tt_names
        ;;
    [$'\r\n'])
        if [[ ! $__tt_raw ]]; then
            __tt_submit "$t"
        elif [[ $t == *[![:space:]]* ]]; then
            __tt_at=
            __tt_code "${t:0:1000}"
            __tt_mark "C;$__tt_r"
        fi
        ;;
    esac
}

# The newest of this shell's own history, at most 64 KiB. It knows of no times.
#   L ; 0 ; 0 ; LF ^A 0 ^A <line> LF ...
function __tt_list {
    typeset h=$'\n'$(\fc -l -1000 2>/dev/null)
    ((${#h} > 65536)) && h=${h:${#h}-65536}
    h=${h//$'\n'+([0-9])$'\t'/$'\n\1'0$'\1'}
    __tt_code "${h//$'\n\t'/$'\n'}"
    __tt_mark "L;0;0;${__tt_r//\%0A/$'\n'}"
}

# What commands this shell has besides those in PATH, into __tt_r, a line each behind the letter
# of its kind.
function __tt_commands {
    typeset x IFS=$'\n'
    __tt_r=
    for x in ${ alias; }; do
        __tt_r+=a${x%%=*}$'\n'
    done
    for x in ${ typeset +f; }; do
        [[ $x == *([!a-zA-Z])__tt_* || $x == *.* ]] || __tt_r+=n${x%%'()'*}$'\n'
    done
    for x in ${ builtin; }; do
        [[ $x == */* ]] || __tt_r+=b$x$'\n'
    done
    for x in if then else elif fi case esac for select while until do done function time '{' '}' '[[' ']]' '!'; do
        __tt_r+=k$x$'\n'
    done
}
# The names key: those, and PATH. (What is not found is looked for in FPATH, too.)
#   M ; 0 ; 0 ; <PATH> LF <options> LF <name> LF ...
function __tt_names {
    typeset p n=
    __tt_code "$PATH"
    p=$__tt_r
    __tt_commands
    n=$'\n'$__tt_r
    __tt_code "${n//$'\n'?/$'\n'}"
    __tt_mark "M;0;0;$p"$'\n'"${FPATH:+unsure}${__tt_r//\%0A/$'\n'}"
}

# The person's own trap goes on for all other keys. What the prompts are is asked of these
# functions: the marks are put about them whatever they are set to. (One that was made of another
# may have them already.)
__tt_hook() {
    __tt_r=$(\trap -p KEYBD)
    case $__tt_r in
    '' | *__tt_key*) ;;
    *) eval "__tt_u=$__tt_r" ;;
    esac
    trap __tt_key KEYBD
    # (Of the person's own the text is known, which was in a file. Ours shows itself.)
    __tt_r=
    [[ ${PS1-} == *'${__tt_a}'* ]] || __tt_r=$(\typeset -f PS1.get) || :
    [[ $__tt_r != function*PS1.get*\} ]] || eval "${__tt_r/PS1.get/__tt_ps1}"
    function PS1.get {
        typeset p
        .sh.value=${PS1-}
        __tt_ps1
        p=${.sh.value//'${__tt_a}'/}
        .sh.value='${__tt_a}'${p//"$__tt_e"/}$__tt_e
    }
    function PS2.get { .sh.value=${__tt_m}F$'\a'${PS2-}${__tt_m}G$'\a' __tt_at=1; }
}
function __tt_ps1 { :; }
# (ksh sets the first when it finds none, which it would not: "/" is root's. One that stands in the
# environment must be another, or ksh dies when it is to stand there no longer.)
__tt_r=${PS1-} __tt_k=${PS2-}
[[ ${PS1+set} ]] || { __tt_r='$ '; [[ ! -O / ]] || __tt_r='# '; }
unset PS1 PS2
PS1=$__tt_r PS2=$__tt_k __tt_k=
__tt_hook
__tt_mark "R;ksh"

# What it would have read itself. Last, as in bash.sh.
eval "$__tt_w"
if [[ $__tt_profile == 1 ]]; then
    \eval "__tt_r=${ENV:-~/.kshrc}"
    [[ ! -r $__tt_r ]] || \. "$__tt_r"
fi
__tt_hook
\typeset +x PS1 PS2
__tt_cd
\unset -f __tt_cd
\unset __tt_profile __tt_w

#: complete
# What Tab offers, from the live shell.

# The folders of a path as typed, as a path, into __tt_r: ~, ~user and plain variables.
function __tt_expand {
    typeset i v
    __tt_r=$1
    if [[ $__tt_r == \~*([A-Za-z0-9._-])/* ]]; then
        eval "v=${__tt_r%%/*}"
        __tt_r=$v/${__tt_r#*/}
    fi
    for i in 1 2 3 4; do
        [[ $__tt_r == *\$* ]] || break
        v=${__tt_r#*\$}
        v=${v#\{}
        v=${v%%[!A-Za-z0-9_]*}
        [[ $v == [A-Za-z_]* ]] || break
        eval "__tt_r=\${__tt_r/@(\\\$$v|\\\$\\{$v\\})/\"\${$v-}\"}"
    done
}

# (Those that follow act on the variables of __tt_complete.) What the last word of $line is like:
#   w  as it was typed    raw  without quotes    q  one that is open    first  it is a command
__tt_word() {
    for ((i = 0; i < ${#line}; i++)); do
        c=${line:i:1}
        if [[ $q ]]; then
            w+=$c
            if [[ $c == "$q" ]]; then
                q=
            elif [[ $c$q == '\"' ]]; then
                ((++i))
                w+=${line:i:1} raw+=${line:i:1}
            else
                raw+=$c
            fi
            continue
        fi
        case $c in
        \\)
            ((++i))
            w+=$c${line:i:1} raw+=${line:i:1}
            ;;
        [\'\"]) q=$c w+=$c ;;
        [$' \t'])
            [[ ! $w ]] || first=
            w= raw=
            ;;
        [$'|&;(`\n']) first=1 w= raw= ;;
        [\<\>]) first= w= raw= ;;
        *) w+=$c raw+=$c ;;
        esac
    done
}

function __tt_bytes {
    typeset LC_ALL=C
    __tt_r=${#1}
}

# The letter for the kind of the file $1, into __tt_r.
function __tt_kind {
    if [[ -d $1 ]]; then
        __tt_r=d
    elif [[ -L $1 ]]; then
        __tt_r=l
    elif [[ ! -f $1 ]]; then
        __tt_r=s
    elif [[ -x $1 ]]; then
        __tt_r=x
    else
        __tt_r=f
    fi
}

# Those that begin with $raw, of a kind, into the caller's `kinds`.
__tt_find_commands() {
    IFS=$'\n'
    __tt_commands
    for x in $__tt_r; do
        [[ $x != ?"$raw"* ]] || kinds[${x:1}]=${x:0:1}
    done
    IFS=:
    for c in $PATH; do
        for x in "${c:-.}/$raw"*; do
            [[ ! -f $x || ! -x $x || ${kinds[${x##*/}]-} ]] || kinds[${x##*/}]=c
        done
    done
}
# (In a function of its own none of ours are to be seen.)
function __tt_variables {
    __tt_r=
    for __tt_t in ${1:-_ $(\print {a..z} {A..Z})}; do
        [[ $__tt_t != [A-Za-z_]*([A-Za-z0-9_]) ]] || eval "__tt_r+=\" \${!$__tt_t@}\""
    done
}
__tt_find_variables() {
    c=${raw#\$}
    __tt_variables "${c#\{}"
    for x in $__tt_r; do
        [[ $x != __tt_* ]] || continue
        [[ $c != \{* ]] || x={$x}
        kinds[\$$x]=v
    done
}
__tt_find_files() {
    dir=${raw%"${raw##*/}"} typed=${w##*/}
    [[ $q == \' ]] || { __tt_expand "$dir"; dir=$__tt_r; }
    for x in "$dir${raw##*/}"*; do
        c=${x#"$dir"}
        [[ $c != . && $c != .. && ( -e $x || -L $x ) ]] || continue
        __tt_kind "$x"
        # As a command: what can be run, and folders, which lead to it.
        [[ ! $first || $__tt_r == d || -x $x ]] || continue
        [[ $__tt_r != d ]] || c=${c%/}/
        kinds[$c]=$__tt_r
    done
}

# The completion key: what Tab would offer at the end of $1.
#   K ; <bytes to replace> ; <how many> ; <options> LF <candidate> LF ...
function __tt_complete {
    typeset line=$1 w= raw= q= first=1 typed dir options= out= x c glob= IFS=$' \t\n'
    typeset -A kinds
    typeset -i i n=0
    __tt_word
    typed=$w
    [[ ! -o noglob ]] || { glob=1; set +f; }
    if [[ $raw == \$* && $raw != */* && $q != \' ]]; then
        options=' variable'
        __tt_find_variables
    elif [[ $first && $raw != */* ]]; then
        __tt_find_commands
    else
        options=' filenames'
        __tt_find_files
    fi
    [[ ! $glob ]] || set -f
    for x in "${!kinds[@]}"; do
        ((++n <= 10000 && ${#out} < 200000)) || break
        __tt_code "$x"
        out+=$'\n'${kinds[$x]}$__tt_r
    done
    __tt_bytes "$typed"
    __tt_mark "K;$__tt_r;${#kinds[@]};typed$options$out"
}
