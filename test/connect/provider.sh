#!/bin/sh
# SPDX-License-Identifier: MIT
# provider.sh TEST FOLDER STORAGE ..: installs what package-lock.json names into FOLDER (only when it has changed), then runs the test.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$1

sh "$here/../tools/npm.sh" "$here" "$2"
folder=$(cd "$2" && pwd)
shift 2
exec timeout 150 "$program" node "$here/op.mjs" "$folder" "$@"
