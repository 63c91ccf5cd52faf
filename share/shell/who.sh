# who.sh: say what the shell $__tt_pid has become, what has its terminal's foreground (the shell
# itself, at a prompt), and whether that reads keys, "raw", or lines: three lines. (Of another user's
# program only its own word for itself is to be read.)

__tt_name() {
    __tt_n=$(readlink "/proc/$1/exe" || cat "/proc/$1/comm" || ps -o comm= -p "$1")
    __tt_n=${__tt_n##*/}
    printf '%s\n' "${__tt_n%% *}"
}
# Its process group and its terminal's foreground one (proc(5)).
__tt_groups() {
    sed 's/.*) //' "/proc/$1/stat" | cut -d " " -f 3,6 || ps -o pgid= -o tpgid= -p "$1"
}
{
    set -- $(__tt_groups "$__tt_pid")
    __tt_front=$2
    if [ "$1" = "$2" ]; then
        # What a start-up file runs is in the shell's own group.
        __tt_front=$__tt_pid
        for __tt_c in $(cat "/proc/$__tt_pid/task/$__tt_pid/children" || ps -o pid= --ppid "$__tt_pid"); do
            set -- "$1" $(__tt_groups "$__tt_c")
            [ "$1" = "$2" ] && __tt_front=$__tt_c
        done
    fi
    __tt_name "$__tt_pid"
    __tt_name "$__tt_front"
    case $(stty -a <"/proc/$__tt_pid/fd/0") in *-icanon*) echo raw ;; esac
} 2>/dev/null
