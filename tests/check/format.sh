#!/bin/sh
# format.sh ROOT: the C sources are as .clang-format has them.
cd "$1" || exit 1
find src tests -name '*.[ch]' ! -name '*_table.h' -exec clang-format-14 --dry-run -Werror {} +
