#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test program under valgrind; a test that is a script runs as it is, since its interpreter is not ours to watch.
case $1 in
    */sh | */bash | */python3 | *.sh | *.py) exec "$@" ;;
esac
export ADSYNC_TEST_SLOW=yes # loops that draw at random, or count far, take a tenth of their rounds
exec valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect --num-callers=24 "$@"
