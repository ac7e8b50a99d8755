#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzes with one libFuzzer program for a while, starting from its checked-in corpus; what it finds is kept: fuzz.sh PROGRAM SECONDS
set -eu
program=$1 seconds=$2
name=$(basename "$program")
root=$(cd "$(dirname "$0")/../.." && pwd)
found=$root/build-fuzz/found/$name
mkdir -p "$found/corpus"
set --
for seed in "$root/test/fuzz/corpus/${name#fuzz_}" "$root/test/fuzz/corpus/$name"; do
    if [ -d "$seed" ]; then set -- "$@" "$seed"; fi
done
"$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found/" "$found/corpus" "$@"
