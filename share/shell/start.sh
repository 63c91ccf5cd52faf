# start.sh: become the login shell. __tt_bash and __tt_sh hold the dialects' files; __tt_cd is
# the command that goes to the wanted directory, or ":". A shell we have no dialect for is
# started as it is, and the announcement says `plain`.

[ "$__tt_again" = 1 ] || __tt_motd
case ${SHELL##*/} in
bash) __tt_d=bash __tt_text=$__tt_bash ;;
sh | dash | ash) __tt_d=sh __tt_text=$__tt_sh ;;
*) __tt_d=plain ;;
esac
[ -e /dev/fd/0 ] || __tt_d=plain
__tt_hello "$__tt_d"

[ "$__tt_d" = plain ] || exec 9<<EOF
__tt_n=$__tt_nonce __tt_profile=$__tt_profile
__tt_e='$(printf '\033')' __tt_b='$(printf '\007')'
__tt_cd() { $__tt_cd; }
$__tt_text
EOF
__tt_l=-l
[ "$__tt_profile" = 1 ] || __tt_l=
case $__tt_d in
# A name that begins with "-" makes it a login shell, as sshd does. (--norc: a bash that thinks
# sshd has run it would read ~/.bashrc for the -c, too.)
bash) ENV=/dev/fd/9 exec "$SHELL" --norc -c 'exec -a "-${0##*/}" "$0" --posix -i' "$SHELL" ;;
sh) ENV=/dev/fd/9 exec "$SHELL" $__tt_l -i ;;
*) exec "${SHELL:-/bin/sh}" $__tt_l ;;
esac
