#!/bin/sh
# shell.sh ROOT: the project's own scripts pass shellcheck, and what is sent to hosts parses in
# the shells it is for.
cd "$1" || exit 1
status=0
shellcheck .ci/run scripts/*.sh cmake/*.sh tests/check/*.sh || status=1
for script in share/shell/*.sh; do
    case $script in
    *bash*) set -- "bash --posix" bash ;;
    *) set -- dash "busybox ash" bash ;;
    esac
    for shell; do
        $shell -n "$script" || {
            echo "$shell does not parse $script" >&2
            status=1
        }
    done
done
exit $status
