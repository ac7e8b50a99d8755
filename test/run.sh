#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, runs every test and ends with "N passed, M failed".
#   sh test/run.sh          everything that fits into minutes; a second run builds only what changed
#   sh test/run.sh --long   also longer fuzzing, and the whole thing again in a bare Debian 12
# Logs are kept in build-logs/.
set -u
cd "$(dirname "$0")/.." || exit 1

long=no
case "${1-}" in
    '') ;;
    --long) long=yes ;;
    *)
        echo "usage: sh test/run.sh [--long]" >&2
        exit 2
        ;;
esac

export LC_ALL=C.UTF-8
logs=$PWD/build-logs
cores=$(nproc)
passed_total=0
failed_total=0
started=$(date +%s)

# a line per group: what, outcome, seconds
say() { printf '%-34s %-26s %5s s\n' "$1" "$2" "$(($(date +%s) - begun))"; }

# suite LABEL BUILD [meson test arguments]: runs tests, counts functions, shows what failed; PROCESSES: how many at a time
suite() {
    label=$1 build=$2
    shift 2
    begun=$(date +%s)
    base=$(echo "$label" | tr -cs 'A-Za-z0-9\n' '-')
    rm -f "$build/meson-logs/$base"*.json
    meson test -C "$build" --no-rebuild --num-processes "${PROCESSES:-$cores}" --logbase "$base" "$@" >"$logs/$base.log" 2>&1
    if grep -q '^No tests defined\|^No suitable tests' "$logs/$base.log"; then
        failed_total=$((failed_total + 1))
        say "$label" "FAILED: no tests"
        return
    fi
    # with --wrap the log carries the wrapper's name too
    python3 test/tools/tally.py "$build/meson-logs/$base"*.json >"$logs/$base.count" 2>"$logs/$base.failures"
    read -r passed failed <"$logs/$base.count" || { passed=0 failed=1; }
    passed_total=$((passed_total + passed))
    failed_total=$((failed_total + failed))
    say "$label" "$passed passed, $failed failed"
    [ "$failed" = 0 ] || cat "$logs/$base.failures"
}

# step LABEL command..: one thing that works or not; COUNT=1 counts it as a test
step() {
    label=$1
    shift
    begun=$(date +%s)
    base=$(echo "$label" | tr -cs 'A-Za-z0-9\n' '-')
    if "$@" >"$logs/$base.log" 2>&1; then
        passed_total=$((passed_total + ${COUNT:-0}))
        say "$label" ok
        return 0
    fi
    failed_total=$((failed_total + 1))
    say "$label" FAILED
    # a compiler's first errors say more than the last lines
    grep -E 'error:|ERROR:|FAILED:' "$logs/$base.log" | head -20
    echo "--- the end of build-logs/$base.log"
    tail -40 "$logs/$base.log"
    return 1
}

# build DIR COMPILER COMPILER++ [meson setup arguments]: set up once, then only what changed
build() {
    dir=$1 c=$2 cpp=$3
    shift 3
    if [ ! -f "$dir/build.ninja" ]; then
        rm -rf "$dir"
        CC=$c CXX=$cpp meson setup "$dir" -Dsqlite=enabled -Dpostgres=enabled "$@" || return 1
    fi
    ninja -C "$dir"
}

sh scripts/install.sh || exit 1
mkdir -p "$logs"

if step 'gcc: build' build build-test gcc g++; then
    suite 'gcc: units' build-test --suite units
    # one after the other these would mostly wait: several processes for each other, the simulator for its clients; so one more of them at a time than there are cores
    PROCESSES=$((cores + 1))
    suite 'gcc: faults, processes, sim, fuzz' build-test --suite faults --suite processes --suite sim --suite fuzz
    unset PROCESSES
    suite 'gcc: simulation' build-test --suite dst
    suite 'gcc: checks' build-test --suite checks
    # valgrind runs the plain build: it and ASan exclude each other
    suite 'valgrind: units' build-test --suite units --no-suite heavy --timeout-multiplier 10 --wrap "sh '$PWD/test/tools/valgrind.sh'"
fi

# clang's UBSan sees what gcc's does not
if step 'clang with ubsan: build' build build-clang clang clang++ -Db_sanitize=undefined -Db_lundef=false; then
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    suite 'clang with ubsan: fuzz' build-clang --suite fuzz
    unset UBSAN_OPTIONS
fi

if step 'asan and ubsan: build' build build-asan gcc g++ -Db_sanitize=address,undefined -Db_lundef=false; then
    # LeakSanitizer looks at its own process with ptrace, which some containers forbid; valgrind has then seen the leaks alone
    leaks=1
    gcc -fsanitize=address -o "$logs/leak" test/tools/leak.c && ASAN_OPTIONS=detect_leaks=1 "$logs/leak" >/dev/null 2>&1 || leaks=0
    [ "$leaks" = 1 ] || echo '(no leak check with ASan: this machine forbids ptrace)'
    export ASAN_OPTIONS="detect_leaks=$leaks:detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1"
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    suite 'asan and ubsan: all of these' build-asan --timeout-multiplier 4 --suite units --suite faults --suite processes --suite fuzz
    unset ASAN_OPTIONS UBSAN_OPTIONS
fi

if [ -f examples/demo.sh ]; then
    COUNT=1
    step 'demo' sh examples/demo.sh
    COUNT=0
fi

if [ "$long" = yes ]; then
    if step 'fuzzing: build' build build-fuzz clang clang++ -Dfuzzing=true -Db_sanitize=address,undefined -Db_lundef=false; then
        COUNT=1
        for target in build-fuzz/test/fuzz/fuzz_*; do
            if [ -f "$target" ] && [ -x "$target" ]; then
                step "fuzzing: $(basename "$target")" sh test/tools/fuzz.sh "$target" "${FUZZ_SECONDS:-60}"
            fi
        done
    fi
    COUNT=1
    step 'bare Debian 12' sh test/tools/bare.sh
fi

echo "took $(($(date +%s) - started)) s; logs are in build-logs/"
echo "$passed_total passed, $failed_total failed"
[ "$failed_total" = 0 ] && [ "$passed_total" -gt 0 ]
