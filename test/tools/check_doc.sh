#!/bin/sh
# SPDX-License-Identifier: MIT
# Doxygen has nothing to say against the public headers, and does against a bad one: check_doc.sh ROOT BUILD
set -eu
root=$1 out=$2
cd "$root"

# document INPUT..: quiet, warnings are errors
document() {
    mkdir -p "$out"
    { cat doc/Doxyfile; echo "OUTPUT_DIRECTORY = \"$out\""; echo "PROJECT_NUMBER ="; [ $# = 0 ] || echo "INPUT = $*"; } | doxygen -
}

document
[ -f "$out/html/index.html" ] || { echo "Doxygen wrote nothing"; exit 1; }

# bad samples, each of which must fail
bad=$(mktemp -d)
trap 'rm -rf "$bad"' EXIT
out=$bad/out
sample() {
    printf '/** @file bad.h\n * Bad. */\n/** @defgroup bad Bad\n * @{ */\n%s\n/** @} */\n' "$1" >"$bad/bad.h"
    if document "$bad/bad.h" >"$bad/log" 2>&1; then
        echo "the check is blind: $2"
        exit 1
    fi
}
sample '/** Does. @param a one
 * @return a number */
int f(int a, int b);' 'a parameter without words'
sample '/** Does. @param a one */
int f(int a);' 'an answer without words'
sample 'int f(int a);' 'a function without words'
sample '/** Does. @param b one
 * @return a number */
int f(int a);' 'a parameter that is not there'
sample '/** Does #ADSYNC_NEVER_WAS. */
enum { A = 1 };' 'a constant without words'
printf '/** @file bad.h\n * Bad. */\n/** Does.\n * @param a one\n * @return a number */\nint f(int a);\n' >"$bad/bad.h"
document "$bad/bad.h" >"$bad/log" 2>&1 || { echo "the check fails what is good:"; cat "$bad/log"; exit 1; }
