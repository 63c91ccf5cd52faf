# signal.sh: send $__tt_signal to the foreground job of the terminal that the shell $__tt_pid
# has, and say what was done. A job is a process group; the terminal knows which is in front
# (tcgetpgrp(3); proc(5): fields 5 and 8 of stat).

# A nested shell may count in a namespace of its own, so that its number is another's here: it is
# below the session's first shell, $__tt_first.
__tt_up=$__tt_pid
while [ "$__tt_up" != "$__tt_first" ]; do
    __tt_up=$(sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$__tt_up/stat" 2>/dev/null || ps -o ppid= -p "$__tt_up")
    if [ "${__tt_up:-0}" -le 1 ]; then
        echo "the shell is not to be found among this host's processes"
        exit 1
    fi
done

__tt_stat=$(sed 's/.*) //' "/proc/$__tt_pid/stat" 2>/dev/null)
if [ -n "$__tt_stat" ]; then
    set -- $__tt_stat
    __tt_group=$3 __tt_front=$6
else
    set -- $(ps -o pgid= -o tpgid= -p "$__tt_pid" 2>/dev/null)
    __tt_group=$1 __tt_front=$2
fi
if [ -z "$__tt_front" ]; then
    echo "the shell's foreground job is not to be found out on this host"
    exit 1
fi
if [ "$__tt_front" = "$__tt_group" ] || [ "$__tt_front" -le 1 ]; then
    echo "no command runs in the foreground"
    exit 1
fi
kill -s "$__tt_signal" -- "-$__tt_front" && echo "$__tt_signal to the foreground job (group $__tt_front)"
