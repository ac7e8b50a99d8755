#!/bin/sh
# SPDX-License-Identifier: MIT
# The built libraries have the checked-in ABI (P8): check_abi.sh ROOT LIBRARY.so ..
set -eu
root=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# differ OLD.abi NEW.abi: shows any difference, an addition too
differ() { abidiff --no-show-locs "$1" "$2"; }

# the check sees a struct that grew in the middle and a function that is new
mkdir -p "$folder/include/adsync"
library() {
    printf 'typedef struct adsync_a { unsigned size; %s long b; } adsync_a;\nint adsync_go(const adsync_a *a);\n' "$1" >"$folder/include/adsync/a.h"
    printf '#include <adsync/a.h>\nint adsync_go(const adsync_a *a) { return (int)a->b; }\n%s\n' "$2" >"$folder/a.c"
    gcc -g -shared -fPIC -I "$folder/include" -o "$folder/lib.so" "$folder/a.c"
    sh "$root/test/tools/abi.sh" "$folder" "$folder/lib.so" >"$folder/$3.abi"
}
library '' '' first
library '' '' same
library 'long c;' '' member
library '' 'int adsync_more(void); int adsync_more(void) { return 1; }' function
differ "$folder/first.abi" "$folder/same.abi" || { echo "the check sees what is not there"; exit 1; }
for bad in member function; do
    if differ "$folder/first.abi" "$folder/$bad.abi" >/dev/null; then
        echo "the check is blind: a new $bad"
        exit 1
    fi
done

failed=0
for library in "$@"; do
    name=$(basename "$library" | sed 's/\.so.*//')
    sh "$root/test/tools/abi.sh" "$root" "$library" >"$folder/$name.abi"
    if [ ! -f "$root/test/abi/$name.abi" ]; then
        echo "test/abi/$name.abi is missing: run test/abi/renew.sh on purpose"
        failed=1
    elif ! differ "$root/test/abi/$name.abi" "$folder/$name.abi"; then
        echo "the ABI of $name changed: run test/abi/renew.sh on purpose"
        failed=1
    fi
done
exit $failed
