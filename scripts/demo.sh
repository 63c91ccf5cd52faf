#!/bin/sh
# demo.sh: install what is missing, build, and enter a host that needs no server.
# Without a terminal, a short tour of the same is driven and its screens are printed.
set -eu
cd "$(dirname "$0")/.."

sh scripts/install-deps.sh build
if [ ! -f build/release/CMakeCache.txt ]; then
    cmake --preset release -DBUILD_TESTING=OFF --log-level=WARNING >/dev/null
fi
cmake --build --preset release --target tether -j "$(nproc)" -- --quiet

if [ -t 0 ] && [ -t 1 ]; then
    exec build/release/tether demo
fi
exec /usr/bin/python3 tests/support/tour.py build/release/tether
