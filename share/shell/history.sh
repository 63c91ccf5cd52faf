# history.sh: the end of a history file, for shells that cannot be asked: one line for each command.
#   $__tt_file  its name, to be expanded

eval "__tt_file=$__tt_file"
# (Before the time of a command tcsh writes #+, where others write #.)
[ -f "$__tt_file" ] && tail -c 65536 -- "$__tt_file" | sed 's/^#+\([0-9]*\)$/#\1/'
