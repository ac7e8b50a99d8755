#!/bin/sh
# SPDX-License-Identifier: MIT
# Passes if the program fails, and says why: must_fail.sh WORDS PROGRAM [arguments]
set -u
words=$1
shift
if said=$("$@" 2>&1); then
    echo "it worked, which it must not: $*"
    exit 1
fi
case $said in
    *"$words"*) exit 0 ;;
esac
echo "it failed, but not by: $words"
echo "$said"
exit 1
