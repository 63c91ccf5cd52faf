# fish.sh: fish 3.2 and later.

#: start
# fish runs what -C says, behind the person's files. It comes in a variable: arguments are for
# everybody to read.
__tt_hooks="set -g __tt_n $__tt_nonce
set -g __tt_want $__tt_want
function __tt_cd
$__tt_cd
end
$__tt_text"
export __tt_hooks
[ "$__tt_profile" = 1 ] || __tt_l=--no-config
exec "$SHELL" $__tt_l -i -C 'echo $__tt_hooks | source'

#: fields
# As in bash.sh.
function __tt_git
    set -l d $PWD
    set -l h
    while not test -e $d/.git
        test "$d" = /
        and return
        set d (string replace -r '/[^/]*$' '' -- $d)
        test -z "$d"
        and set d /
    end
    if test -f $d/.git
        read -n 4096 h <$d/.git
        set h (string replace -r '^gitdir: ' '' -- $h)
        string match -q '/*' -- $h
        and set d $h
        or set d $d/$h
    else
        set d $d/.git
    end
    test -f $d/HEAD
    or return
    read -n 300 h <$d/HEAD
    string replace -r '^(?:ref: (?:refs/heads/)?(.*)|([0-9a-f]{7})[0-9a-f]{33}.*)$' '$1$2' -- $h
end
function __tt_fields
    for f in $__tt_want
        set -l r
        switch $f
            case home
                set r $HOME
            case git
                set r (__tt_git)
            case jobs
                set r (count (jobs -p))
            case venv
                set r $VIRTUAL_ENV $CONDA_DEFAULT_ENV
                set r (string replace -r '^.*/' '' -- "$r[1]")
        end
        __tt_mark "V;$f;"(string replace -ra '[[:cntrl:]]' '?' -- "$r")
    end 2>/dev/null
end

#: nested
set -g __tt_n NONCE
set -g __tt_want WANT
function __tt_cd
end

#: hooks
# __tt_n is the nonce, __tt_want as in boot.sh.
set -e __tt_hooks
set -g __tt_m \e]7770\;$__tt_n\;
set -g __tt_s 0
set -g __tt_more ''
set -g __tt_wraps 0

# A mark: __tt_mark LETTER[;DATA]. Each is written at once, as in bash.sh.
function __tt_mark
    set -l t "$argv[1]"
    if test (string length -- $t) -gt 100
        set -l parts (string sub -s 3 -- $t | string match -ar '[ -~\x1f]{1,420}|.{1,110}')
        for part in $parts[1..-2]
            printf '%s+;%s\a' $__tt_m $part
        end
        set t (string sub -l 2 -- $t)$parts[-1]
    end
    printf '%s%s\a' $__tt_m $t
end

# From 4 on it asks the terminal at its prompt too, and acts on no key before the answer.
string match -qr '^([4-9]|\d\d)' -- $version
and __tt_mark 'V;asks;1'

# In the prompt functions: what is the shell's own stands in marks, the status unchanged before it.
function __tt_between
    __tt_mark $argv[1]
    __tt_status $__tt_s
    $argv[3]
    __tt_mark $argv[2]
end
function __tt_status
    return $argv[1]
end

# __tt_wrap FUNCTION BEGIN END: put the marks about what it prints, unless they are there. Its
# copy gets a name of its own: a new prompt may call the one before it, ours.
function __tt_wrap
    functions -q $argv[1]
    or return
    string match -q '*__tt_between*' -- (functions $argv[1])
    and return
    set -g __tt_wraps (math $__tt_wraps + 1)
    functions -c $argv[1] __tt_$argv[1]_$__tt_wraps
    eval "function $argv[1]; __tt_between '$argv[2]' $argv[3] __tt_$argv[1]_$__tt_wraps; end"
end

function __tt_prompt --on-event fish_prompt
    if functions -q __tt_cd
        __tt_cd
        functions -e __tt_cd
    end
    __tt_wrap fish_mode_prompt 'H;mode' I
    __tt_wrap fish_prompt A B
    __tt_wrap fish_right_prompt H I
    __tt_keys
    __tt_mark "P;"(string escape --style=url -- $PWD)
    functions -q __tt_fields
    and __tt_fields
    # Whose keys its editor has, when that changes.
    set -l k (string match -r 'vi|hybrid' -- "$fish_key_bindings" | string replace hybrid vi)
    if test "$k" != "$__tt_k"
        set -g __tt_k $k
        __tt_mark "V;keys;$k"
    end
end
function __tt_keys
    for k in default insert visual replace replace_one
        bind -M $k \e\[24\;57~ __tt_submit
        bind -M $k \e\[24\;58~ __tt_complete
        bind -M $k \e\[24\;59~ __tt_take
        bind -M $k \e\[24\;60~ __tt_hand
        bind -M $k \e\[24\;61~ __tt_drop
        bind -M $k \e\[24\;62~ __tt_load
        bind -M $k \e\[24\;64~ __tt_list
        bind -M $k \e\[24\;63~ __tt_external
        bind -M $k \e\[23\;57~ __tt_names
    end
end
function __tt_preexec --on-event fish_preexec
    __tt_mark "C;"(string sub -l 1000 -- "$argv" | string collect | string escape --style=url)
end
function __tt_postexec --on-event fish_postexec
    set -g __tt_s $status
    __tt_mark "D;$__tt_s"
end

# The keys. A text that is run or edited comes before its key, percent-coded, so that nothing acts
# on the way.
function __tt_text
    commandline | string collect | string unescape --style=url | string collect
end
# One that is only asked about comes behind it, up to a NUL: so nothing of it is ever shown.
function __tt_asked
    read -z -l t
    string unescape --style=url -- $t | string collect --allow-empty
end
# An unfinished line is kept until the rest comes; a wrong one is run for what fish says of it.
function __tt_submit
    set -l t $__tt_more(__tt_text | string collect --allow-empty)
    set -g __tt_more ''
    if not string match -qr '\S' -- $t
        __tt_again
        return
    end
    commandline -r -- $t
    commandline --is-valid
    switch $status
        case 2
            set -g __tt_more $t\n
            commandline -r ''
            __tt_mark F
            __tt_mark G
            return
        case 1
            commandline -r -- " eval "(string escape -- $t)
        case '*'
            # The first word's abbreviation, which a blank behind it would have expanded.
            commandline -C (string match -r '^\s*\S+' -- $t | string collect | string length)
            commandline -f expand-abbr end-of-buffer
    end
    commandline -f execute
end
function __tt_drop
    set -g __tt_more ''
    set -g __tt_s 130
    __tt_again
end
# As if it had drawn its prompt.
function __tt_again
    commandline -r ''
    __tt_mark "D;$__tt_s"
    __tt_mark A
    __tt_mark B
end
function __tt_hand
    commandline -r -- (__tt_text | string collect --allow-empty)
    commandline -f repaint
end
function __tt_external
    edit_command_buffer
    commandline -f execute
end
function __tt_load
    set -l t (__tt_asked)
    eval "$t"
end
# The newest of this shell's own history, at most 64 Ki characters.
#   L ; 0 ; 0 ; 0 newest _ ^A <seconds> ^A <line> _ ...
# A newline in a line is a ^_ here, so that what runs by rows leaves it whole.
function __tt_list
    set -l h (builtin history search -z -n 1000 --show-time=(printf '\1%%s\1') | string split0 |
        string replace -a \n \x1f)
    set h (string match -rv '[\x02-\x08\x0b-\x1e\x7f]' -- $h | string replace -a % %25 |
        string replace -a \t %09 | string replace -a \x01 %01 | string replace -a \x1f %1F)
    set h (string join \x1f -- $h)
    test (string length -- "$h") -gt 65536
    and set h (string sub -l 65536 -- "$h" | string replace -r '\x1f[^\x1f]*$' '')
    __tt_mark "L;0;0;0 newest"\x1f"$h"
end
# The names key: what commands this shell has besides those in PATH, and PATH.
#   M ; 0 ; 0 ; <PATH> _ <options> _ <name> _ ...
function __tt_names
    set -l n (builtin -n) (functions -an) (abbr --list)
    set n (string match -rv '^_|[[:cntrl:]]' -- $n | string replace -a % %25)
    # Some abbreviations are a pattern.
    set -l o (abbr --show | string match -q -- '*--regex*'; and echo unsure)
    __tt_mark "M;0;0;"(string join : -- $PATH | string escape --style=url)\x1f"$o"\x1f(string join \x1f -- $n)
end
# Give back what is in the edit buffer, and empty it.
function __tt_take
    set -l t (commandline | string collect | string escape --style=url)
    set -l c (commandline -C)
    commandline -r ''
    __tt_mark "T;$c;$t"
end

__tt_mark R\;fish

#: complete
# The completion key: what Tab would offer at the end of the text behind it.
#   K ; <bytes to replace> ; <how many> ; exact typed _ <text> _ <description> _ <label> _ ...
function __tt_complete
    set -l t (__tt_asked | string collect --allow-empty)
    commandline -r -- $t
    set -l word (commandline -ct | string collect --allow-empty)
    commandline -r ''
    set -l found (complete --escape -C "$t")
    set -l all (count $found)
    set found $found[1..10000]
    set -l text (string replace -r '\t.*' '' -- $found)
    set -l said (string replace -r '^[^\t]*\t?(.{0,200}).*' '$1' -- $found | string escape --style=url)
    set -l shown (string replace -r '^.*/(?=.)' '' -- $text | string trim -c '"\'' |
        string replace -ra '\\\\([^a-z])' '$1' | string escape --style=url)
    set text (string replace -r '([^/=@:.,])$' '$1 ' -- $text | string escape --style=url)
    set -l out 'exact typed'
    for i in (seq (count $text))
        set -l kind -
        switch $text[$i]
            case '-*'
                set kind o
            case '*/'
                set kind d
            case '%24*'
                set kind v
            case '*'
                switch $said[$i]
                    case command 'command%20*'
                        set kind c
                    case 'alias%20*'
                        set kind a
                end
        end
        set -a out $kind$text[$i] $said[$i] $shown[$i]
    end
    set -l bytes (string escape --style=url -- $word | string replace -ra '%..' x | string length)
    __tt_mark "K;$bytes;$all;"(string join \x1f -- $out)
end
