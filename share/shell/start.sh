# start.sh: become the login shell. __tt_d is its dialect, __tt_start what starts it, and its
# hooks are to be read from descriptor 8. A shell we have no dialect for is started as it is,
# and the announcement says `plain`.

[ "$__tt_again" = 1 ] || __tt_motd
[ -e /dev/fd/0 ] || __tt_d=plain
__tt_hello "$__tt_d"
__tt_l=-l
[ "$__tt_profile" = 1 ] || __tt_l=
if [ "$__tt_d" != plain ]; then
    __tt_text=$(cat <&8)
    exec 8<&-
    __tt_start
fi
exec "${SHELL:-/bin/sh}" $__tt_l
