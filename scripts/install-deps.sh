#!/bin/sh
# install-deps.sh build|test: the Debian packages that the program needs, or that its tests
# need too. Installs only what is missing; where nothing is, neither network nor root is used.
set -eu

build="gcc libc6-dev cmake ninja-build pkg-config
    libssh-dev libedit-dev libncurses-dev libssl-dev libinih-dev"
demo="python3 python3-pyte less vim procps"
test="clang-14 libclang-rt-14-dev clang-format-14 mandoc shellcheck
    libcmocka-dev libvterm-dev ncurses-term
    openssh-client openssl dropbear-bin busybox zsh fish ksh93u+m mksh yash
    tcsh csh posh rc tmux mc htop bash-completion wine64 sudo
    python3-pytest python3-pexpect python3-cryptography libnss-wrapper libwrap0"

case ${1-} in
build) wanted="$build $demo" ;;
test) wanted="$build $demo $test" ;;
*)
    echo "usage: install-deps.sh build|test" >&2
    exit 2
    ;;
esac

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "install-deps.sh: as root, run: $*" >&2
        return 1
    fi
}

# apt-get is quiet unless it fails.
quietly() {
    log=$(mktemp)
    if as_root env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null; then
        rm -f "$log"
    else
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
# Debian has no PowerShell; where dotnet is, its tests' own comes as a tool of that. Without it
# they are skipped.
install_pwsh() {
    [ "${1-}" = test ] && command -v dotnet >/dev/null || return 0
    for pwsh in "${TETHER_TEST_PWSH-}" "$(command -v pwsh || true)" /opt/pwsh/pwsh \
        "$HOME/.dotnet/tools/pwsh" build/pwsh/pwsh; do
        [ -x "$pwsh" ] && return 0
    done
    echo "Installing: powershell (by dotnet)"
    DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 timeout 300 \
        dotnet tool install --tool-path build/pwsh powershell --version 7.6.9 \
        >/dev/null 2>&1 </dev/null ||
        echo "install-deps.sh: no PowerShell for its tests: they will be skipped" >&2
}
(cd "$(dirname "$0")/.." && install_pwsh "$1")

[ -n "$missing" ] || exit 0

echo "Installing:$missing"
# The lists are fetched when there are none, or when what they name is gone from the mirror.
# shellcheck disable=SC2086 # a list of words
if ! apt-cache show $missing >/dev/null 2>&1; then
    quietly apt-get -q update
fi
# shellcheck disable=SC2086
as_installed() { quietly apt-get -qy --no-install-recommends install $missing; }
if ! as_installed 2>/dev/null; then
    quietly apt-get -q update
    as_installed
fi
