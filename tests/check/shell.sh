#!/bin/sh
# shell.sh ROOT: the project's own scripts pass shellcheck, and what is sent to hosts parses in
# the shells it is for.
cd "$1" || exit 1
status=0
shellcheck .ci/run scripts/*.sh cmake/*.sh tests/check/*.sh || status=1

# parses SHELL FILE [SECTION]
parses() {
    awk -v want="$3" '/^#: / { name = $2 } name == want' "$2" >"$part"
    $1 -n "$part" || {
        echo "$1 does not parse $2 $3" >&2
        status=1
    }
}

part=$(mktemp)
trap 'rm -f "$part"' EXIT
for script in share/shell/*.sh; do
    for shell in dash "busybox ash" bash; do
        parses "$shell" "$script"
        parses "$shell" "$script" start
    done
done
for shell in dash "busybox ash" bash; do
    parses "$shell" share/shell/sh.sh fields
    parses "$shell" share/shell/sh.sh nested
    parses "$shell" share/shell/sh.sh hooks
done
for shell in bash fish zsh; do
    for section in fields nested hooks complete; do
        parses $shell share/shell/$shell.sh $section
    done
done
exit $status
