#!/bin/sh
# test.sh: install what is missing, build everything, run every test.
#
# Three builds: release (gcc), asan (gcc, AddressSanitizer and UndefinedBehaviorSanitizer) and
# fuzz (clang). Their tests run in one ctest, whose summary is the last thing printed and
# whose exit status is this script's.
set -eu
cd "$(dirname "$0")/.."

sh scripts/install-deps.sh test
jobs=$(nproc)

# The tests start an sshd of their own. Installing Debian's openssh-server would also start
# one on port 22: where it is not installed, it is unpacked into the build folder instead.
if [ ! -x /usr/sbin/sshd ]; then
    TETHER_TEST_SSHD=$PWD/build/openssh/usr/sbin/sshd
    export TETHER_TEST_SSHD
    if [ ! -x "$TETHER_TEST_SSHD" ]; then
        mkdir -p build/openssh
        (cd build/openssh && apt-get -qq download openssh-server && dpkg-deb -x ./*.deb .)
    fi
fi

for preset in release asan fuzz; do
    echo "Building $preset"
    cmake --preset $preset -DBUILD_TESTING=ON --log-level=WARNING >/dev/null
    cmake --build --preset $preset -j "$jobs" -- --quiet
done

mkdir -p build/all
for preset in release asan fuzz; do
    echo "subdirs(\"$PWD/build/$preset\")"
done >build/all/CTestTestfile.cmake
cd build/all
# Most tests wait for a peer three times as long as they compute. One that fails is run once more, with both
# runs in the output: what only a busy machine breaks is seen, and does not fail the whole.
exec ctest --output-on-failure --repeat until-pass:2 -j $((jobs * 3))
