#!/bin/sh
# SPDX-License-Identifier: MIT
# provider.sh TEST FOLDER STORAGE ..: installs what package-lock.json names into FOLDER (only when it has changed), then runs the test.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$1

mkdir -p "$2"
folder=$(cd "$2" && pwd)
if ! cmp -s "$here/package-lock.json" "$folder/installed"; then
    cp "$here/package.json" "$here/package-lock.json" "$folder/"
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error
    cp "$here/package-lock.json" "$folder/installed"
fi
shift 2
exec timeout 150 "$program" node "$here/op.mjs" "$folder" "$@"
