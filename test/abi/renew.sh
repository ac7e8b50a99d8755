#!/bin/sh
# SPDX-License-Identifier: MIT
# Renews the checked-in ABI on purpose: test/abi/*.abi (what programs link against) and test/abi/layout.txt (sizes, offsets,
# constants), and Go's constants. Run it after a change of the public face that is meant, look at the diff, and write the change into CHANGELOG.md.
# Before 1.0 it may be anything; from 1.0 on only additions.
set -eu
cd "$(dirname "$0")/../.."
[ -f build-test/build.ninja ] || meson setup build-test -Dsqlite=enabled -Dpostgres=enabled >/dev/null
ninja -C build-test >/dev/null || { ninja -C build-test; exit 1; }
python3 test/tools/layout.py . >test/abi/layout.txt
for library in $(find build-test/src -name 'libadsync*.so' | sort); do
    sh test/tools/abi.sh "$PWD" "$library" >"test/abi/$(basename "$library" .so).abi"
done
if command -v go >/dev/null 2>&1; then
    sh bindings/go/env.sh build-test go run gen.go ../../include/adsync >bindings/go/constants.go
fi
git diff --stat -- test/abi bindings/go 2>/dev/null || true
