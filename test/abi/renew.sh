#!/bin/sh
# SPDX-License-Identifier: MIT
# Renews the checked-in ABI on purpose: test/abi/*.abi (what programs link against) and test/abi/layout.txt (sizes, offsets,
# constants). Run it after a change of the public face that is meant, look at the diff, and write the change into CHANGELOG.md.
# Before 1.0 it may be anything; from 1.0 on only additions.
set -eu
cd "$(dirname "$0")/../.."
[ -f build-test/build.ninja ] || meson setup build-test -Dsqlite=enabled -Dpostgres=enabled >/dev/null
ninja -C build-test >/dev/null || { ninja -C build-test; exit 1; }
python3 test/tools/layout.py . >test/abi/layout.txt
for library in $(find build-test/src -name 'libadsync*.so' | sort); do
    sh test/tools/abi.sh "$PWD" "$library" >"test/abi/$(basename "$library" .so).abi"
done
git diff --stat -- test/abi 2>/dev/null || true
