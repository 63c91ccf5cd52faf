#!/bin/sh
# install-deps.sh build|test: the Debian packages that the program needs, or that its tests
# need too. Installs only what is missing; where nothing is, neither network nor root is used.
set -eu

build="gcc libc6-dev cmake ninja-build pkg-config
    libssh-dev libedit-dev libncurses-dev libssl-dev libinih-dev"
demo="python3 python3-pyte less vim procps"
test="clang-14 libclang-rt-14-dev clang-format-14 mandoc shellcheck
    libcmocka-dev libvterm-dev ncurses-term
    openssh-client openssl dropbear-bin busybox zsh fish tmux mc htop bash-completion
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
