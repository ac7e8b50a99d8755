#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds for speed and runs one bench: a table, then a line per case
#   bench NAME CASE ours=.. floor=.. ratio=..
# It fails where a ratio is below its floor. doc/benchmarks.md says what the cases are.
#   sh test/bench/run.sh NAME            the real thing; stop what else the machine does
#   sh test/bench/run.sh NAME --quick    one short pair, not judged: it runs
#   sh test/bench/run.sh NAME --pairs=N --case=CASE
set -eu
cd "$(dirname "$0")/../.."
name=${1-}
if [ -z "$name" ] || [ ! -f "test/bench/bench_$name.c" ]; then
    echo "usage: sh test/bench/run.sh NAME [--quick] [--pairs=N] [--case=CASE]; NAME is one of:" >&2
    for file in test/bench/bench_*.c; do basename "$file" .c | sed 's/^bench_/  /' >&2; done
    exit 2
fi
shift
if [ ! -f build-bench/build.ninja ]; then
    meson setup build-bench -Dbuildtype=release -Dsqlite=enabled -Dpostgres=enabled >build-bench.log 2>&1 || { cat build-bench.log >&2; exit 2; }
    rm -f build-bench.log
fi
others= load=
[ ! -f "test/bench/${name}_load.c" ] || load="build-bench/test/bench/${name}_load"
# the declarations are for languages without a preprocessor
[ ! -f "test/bench/$name.py" ] || others="${load#build-bench/} test/sim/adsim scripts/adsync.ffi.h scripts/adsync-sqlite.ffi.h"
ninja -C build-bench "test/bench/bench_$name" $others >build-bench/bench.log 2>&1 || { tail -40 build-bench/bench.log >&2; exit 2; }
if [ -n "$others" ]; then
    exec python3 "test/bench/$name.py" build-bench/test/sim/adsim "build-bench/test/bench/bench_$name" $load "$@"
fi
exec "build-bench/test/bench/bench_$name" "$@"
