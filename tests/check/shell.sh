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
for section in fields nested hooks complete; do
    parses ksh93 share/shell/ksh.sh $section
done
parses yash share/shell/yash.sh hooks
for section in fields nested hooks; do
    parses tcsh share/shell/tcsh.sh $section
done
# PowerShell, where there is one: its parser alone.
for pwsh in "${TETHER_TEST_PWSH-}" "$(command -v pwsh)" /opt/pwsh/pwsh "$HOME/.dotnet/tools/pwsh" \
    build/pwsh/pwsh; do
    [ -x "$pwsh" ] || continue
    awk '/^#: / { code = $2 != "start" } code' share/shell/pwsh.sh >"$part"
    # shellcheck disable=SC2016 # PowerShell's variables
    PART=$part "$pwsh" -NoProfile -Command '
        $errors = $null
        [void][Management.Automation.Language.Parser]::ParseFile($env:PART, [ref]$null, [ref]$errors)
        $errors | ForEach-Object { "pwsh.sh: $_" }
        exit $errors.Count' || status=1
    break
done
exit $status
