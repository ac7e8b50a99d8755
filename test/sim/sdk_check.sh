#!/bin/sh
# SPDX-License-Identifier: MIT
# sdk_check.sh ADSIM FOLDER: installs what package-lock.json names into FOLDER (only when it has changed), then runs the check.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
adsim=$1 folder=$2

mkdir -p "$folder"
if ! cmp -s "$here/package-lock.json" "$folder/installed"; then
    cp "$here/package.json" "$here/package-lock.json" "$folder/"
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error
    cp "$here/package-lock.json" "$folder/installed"
fi
NODE_PATH=$folder/node_modules exec node "$here/sdk_check.js" "$adsim"
