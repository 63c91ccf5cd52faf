# boot.sh: what the host's login shell is asked to run, under plain sh, before the session's
# own shell. It announces the session, shows what a login shows, and becomes the login shell
# with the hooks of its dialect. It leaves no file, no descriptor and no variable behind.
#
# tether puts these assignments in front:
#   __tt_token    the one-time token that proves the announcement is ours
#   __tt_profile  1: the user's profile is run as at a login; 0: --no-profile
#   __tt_again    1: a lost link's session is made anew, so the login texts are not repeated
#   __tt_want     what the prompt wants to be told beside the rest: home git jobs venv, or less
#   __tt_cd       a command that goes to the wanted directory, or ":"
# and behind it the choice of a dialect by $__tt_shell, and start.sh.

__tt_nonce=$(od -An -N16 -tx1 /dev/urandom | tr -cd 0-9a-f)
# What the login shell is, by its name. A ksh may be ksh93, or mksh and the like.
__tt_shell=${SHELL##*/}
[ "$__tt_shell" != ksh ] || case $("$SHELL" -c 'echo "$KSH_VERSION"' 2>/dev/null) in
*93*) ;;
*) __tt_shell=mksh ;;
esac
# The login shell that read our command has counted itself; the session's shell counts anew.
unset SHLVL
# What the terminal can do; sshd passes on no such word by itself.
export COLORTERM=truecolor
stty iutf8 echoe echok echoke echoctl 2>/dev/null

# Percent-code what could end a mark or be taken for its syntax.
__tt_safe() { printf %s "$1" | LC_ALL=C tr -cd '[:print:]' | sed 's/%/%25/g; s/;/%3B/g'; }

# sshd is quiet when it is given a command, so the login texts are shown here (login(1)).
__tt_motd() {
    [ -e "$HOME/.hushlogin" ] && return
    for __tt_f in /run/motd.dynamic /etc/motd; do
        [ -s "$__tt_f" ] && cat "$__tt_f"
    done
    # The newest record is this very login: the one before it is the last.
    last -w -n 2 "${USER:-$LOGNAME}" 2>/dev/null | awk 'NR == 2 && NF >= 7 {
        print "Last login:", $4, $5, $6, $7, "from", $3, "on", $2
    }'
}

__tt_hello() {
    printf '\033]7770;%s;N;%s;%s;%s;%s;%s;%s\007' "$__tt_token" "$__tt_nonce" "$1" "$$" \
        "$(__tt_safe "$(id -un)")" "$(__tt_safe "${SHELL:-/bin/sh}")" "$(__tt_safe "$(uname -n)")"
}
