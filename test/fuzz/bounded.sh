#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a fuzz target for a bounded number of inputs, and leaves nothing behind: bounded.sh RUNS PROGRAM CORPUS
# The same words serve libFuzzer and the standalone driver; libFuzzer writes what it finds into its first folder, an empty one.
set -eu
found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
mkdir "$found/corpus"
if grep -q LLVMFuzzerRunDriver "$2"; then
    "$2" -runs="$1" -seed=20261120 -max_total_time=10 -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$found/" "$found/corpus" "$3"
else
    "$2" -runs="$1" "$3"
fi
