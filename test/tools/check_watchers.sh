#!/bin/sh
# SPDX-License-Identifier: MIT
# The sanitizers and valgrind see what they are there for, and let a good program pass: check_watchers.sh ROOT
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# sees WHAT COMMAND..: the command must fail
sees() {
    what=$1
    shift
    if "$@" >log 2>&1; then
        echo "nobody saw the $what: $*"
        exit 1
    fi
}

gcc -g -O0 -o plain "$root/test/tools/leak.c"
gcc -g -O0 -fsanitize=address,undefined -fno-sanitize-recover=all -o watched "$root/test/tools/leak.c"
memory='valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect'

./plain && ASAN_OPTIONS=detect_leaks=0 ./watched
# shellcheck disable=SC2086
$memory ./plain
# shellcheck disable=SC2086
sees leak $memory ./plain leak
# shellcheck disable=SC2086
sees overrun $memory ./plain overrun
sees overrun ./watched overrun
sees overflow ./watched overflow
if ASAN_OPTIONS=detect_leaks=1 ./watched >log 2>&1; then
    ASAN_OPTIONS=detect_leaks=1 sees leak ./watched leak
else # LeakSanitizer needs ptrace, which some containers forbid; valgrind has then to see the leaks alone, and did
    grep -q 'LeakSanitizer' log
fi
