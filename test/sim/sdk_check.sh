#!/bin/sh
# SPDX-License-Identifier: MIT
# sdk_check.sh ADSIM FOLDER: installs what package-lock.json names into FOLDER (only when it has changed), then runs the check.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
adsim=$1 folder=$2

sh "$here/../tools/npm.sh" "$here" "$folder"
NODE_PATH=$folder/node_modules exec node "$here/sdk_check.js" "$adsim"
