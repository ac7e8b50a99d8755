#!/bin/sh
# SPDX-License-Identifier: MIT
# The ABI of a built library as text, public types only: abi.sh ROOT LIBRARY.so
set -eu
abidw --exported-interfaces-only --headers-dir "$1/include/adsync" --drop-private-types --type-id-style hash --no-corpus-path --no-comp-dir-path --no-show-locs "$2"
