#!/bin/sh
# man.sh ROOT: mandoc has nothing to say about the manual pages.
cd "$1" || exit 1
exec mandoc -T lint -W warning doc/*.1
