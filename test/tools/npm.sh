#!/bin/sh
# SPDX-License-Identifier: MIT
# npm.sh SOURCE FOLDER: installs what SOURCE/package-lock.json names into FOLDER, only when it has changed.
set -eu
mkdir -p "$2"
cmp -s "$1/package-lock.json" "$2/installed" && exit 0
cp "$1/package.json" "$1/package-lock.json" "$2/"
npm ci --prefix "$2" --ignore-scripts --no-audit --no-fund --loglevel=error
cp "$1/package-lock.json" "$2/installed"
