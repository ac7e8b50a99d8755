#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, runs every test and ends with "N passed, M failed".
#   sh test/run.sh          everything that fits into minutes; a second run builds only what changed
#   sh test/run.sh --long   also minutes of chaos, longer fuzzing, and the whole thing again in a bare Debian 12
# Logs are kept in build-logs/.
set -u
cd "$(dirname "$0")/.." || exit 1

long=no
lane=
case "${1-}" in
    '') ;;
    --long) long=yes ;;
    --lane) lane=$2 ;; # this script's own
    *)
        echo "usage: sh test/run.sh [--long]" >&2
        exit 2
        ;;
esac

export LC_ALL=C.UTF-8
logs=$PWD/build-logs
cores=$(nproc)
started=$(date +%s)

# a line per group: what, outcome, seconds; since groups run side by side, what one says is put down first and then told at once
say() { printf '%-34s %-26s %5s s\n' "$1" "$2" "$(($(date +%s) - begun))"; }
tell() { (flock 9 && cat "$logs/$1.said") 9>"$logs/lock"; }
score() { (flock 9 && echo "$1 $2" >&9) 9>>"$logs/scores"; } # passed, failed
sum() { awk -v which="$1" '{ n += $which } END { print n + 0 }' "$logs/scores"; }

# suite LABEL BUILD [meson test arguments]: runs tests, counts functions, shows what failed; PROCESSES: how many at a time
suite() {
    label=$1 build=$2
    shift 2
    begun=$(date +%s)
    base=$(echo "$label" | tr -cs 'A-Za-z0-9\n' '-')
    rm -f "$build/meson-logs/$base"*.json
    meson test -C "$build" --no-rebuild --num-processes "${PROCESSES:-$cores}" --logbase "$base" "$@" >"$logs/$base.log" 2>&1
    if grep -q '^No tests defined\|^No suitable tests' "$logs/$base.log"; then
        passed=0 failed=1
        say "$label" "FAILED: no tests" >"$logs/$base.said"
    else
        # with --wrap the log carries the wrapper's name too
        python3 test/tools/tally.py "$build/meson-logs/$base"*.json >"$logs/$base.count" 2>"$logs/$base.failures"
        read -r passed failed <"$logs/$base.count" || { passed=0 failed=1; }
        say "$label" "$passed passed, $failed failed" >"$logs/$base.said"
        [ "$failed" = 0 ] || cat "$logs/$base.failures" >>"$logs/$base.said"
    fi
    score "$passed" "$failed"
    tell "$base"
}

# step LABEL command..: one thing that works or not; COUNT=1 counts it as a test
step() {
    label=$1
    shift
    begun=$(date +%s)
    base=$(echo "$label" | tr -cs 'A-Za-z0-9\n' '-')
    if "$@" >"$logs/$base.log" 2>&1; then
        score "${COUNT:-0}" 0
        say "$label" ok >"$logs/$base.said"
        tell "$base"
        return 0
    fi
    score 0 1
    {
        say "$label" FAILED
        # a compiler's first errors say more than the last lines
        grep -E 'error:|ERROR:|FAILED:' "$logs/$base.log" | head -20
        echo "--- the end of build-logs/$base.log"
        tail -40 "$logs/$base.log"
    } >"$logs/$base.said"
    tell "$base"
    return 1
}

# configure DIR COMPILER COMPILER++ [meson setup arguments]: once
configure() {
    dir=$1 c=$2 cpp=$3
    shift 3
    if [ ! -f "$dir/build.ninja" ]; then
        rm -rf "$dir"
        CC=$c CXX=$cpp meson setup "$dir" -Dsqlite=enabled -Dpostgres=enabled "$@"
    fi
}

# build DIR ..: as configure, then only what changed
build() { configure "$@" && ninja -C "$1"; }

# build_for SUITE,SUITE.. DIR ..: likewise, but of the programs only those that the suites run
build_for() {
    suites=$1
    shift
    configure "$@" && programs=$(python3 test/tools/programs.py "$1" "$suites") && echo "$programs" | xargs ninja -C "$1"
}

# compile SUITE,SUITE.. DIR ..: likewise, and beside it every source is compiled
compile() {
    build_for "$@" && ninja -C "$2" -t targets all | sed -n 's/: *c[a-z]*_COMPILER$//p' | xargs ninja -C "$2"
}

# What mostly waits: several processes for each other, the simulator for its clients; so two more of them at a time than there are cores.
waiting() {
    suite 'gcc: units' build-test --suite units
    PROCESSES=$((cores + 2))
    suite 'gcc: faults, processes, sim, fuzz' build-test --suite faults --suite processes --suite sim --suite fuzz
    unset PROCESSES
    COUNT=1
    ADSYNC_DEMO_BUILD=build-test step 'demo' sh examples/demo.sh
    COUNT=0
    suite 'gcc: checks' build-test --suite checks
}

# ASan's build is for these suites alone: its optimizer has less to do and so sees fewer ranges, its debug information names lines only.
sanitized() {
    step 'asan and ubsan: build' build_for units,faults,processes,fuzz build-asan gcc g++ -Db_sanitize=address,undefined -Db_lundef=false \
        -Doptimization=1 -Dc_args='-g1 -Wno-format-truncation' -Dcpp_args=-g1 || return
    # LeakSanitizer looks at its own process with ptrace, which some containers forbid; valgrind has then seen the leaks alone
    leaks=1
    gcc -fsanitize=address -o "$logs/leak" test/tools/leak.c && ASAN_OPTIONS=detect_leaks=1 "$logs/leak" >/dev/null 2>&1 || leaks=0
    [ "$leaks" = 1 ] || echo '(no leak check with ASan: this machine forbids ptrace)'
    export ASAN_OPTIONS="detect_leaks=$leaks:detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1"
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    suite 'asan and ubsan: all of these' build-asan --timeout-multiplier 4 --suite units --suite faults --suite processes --suite fuzz
}

# What mostly computes. Valgrind runs the plain build: it and ASan exclude each other.
computing() {
    suite 'valgrind: units' build-test --suite units --no-suite heavy --timeout-multiplier 10 --wrap "sh '$PWD/test/tools/valgrind.sh'"
    # clang's UBSan sees what gcc's does not, and its warnings are others
    if step 'clang with ubsan: build' compile fuzz build-clang clang clang++ -Db_sanitize=undefined -Db_lundef=false -Doptimization=0 -Dc_args=-g1 \
        -Dcpp_args=-g1; then
        (
            export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
            suite 'clang with ubsan: fuzz' build-clang --suite fuzz
        )
    fi
    suite 'gcc: simulation' build-test --suite dst
}

if [ -n "$lane" ]; then
    "$lane"
    exit 0
fi

sh scripts/install.sh || exit 1
mkdir -p "$logs"
: >"$logs/scores"
others=
trap 'for other in $others; do kill -s TERM -- "-$other" 2>/dev/null; done' EXIT
trap 'exit 130' INT TERM
if step 'gcc: build' build build-test gcc g++; then
    # side by side; those that compute give way, and can be ended with all that they started
    for other in sanitized computing; do
        nice -n 10 setsid sh test/run.sh --lane $other &
        others="$others $!"
    done
    waiting
    for other in $others; do
        wait "$other" || { echo 'a lane was ended from outside' && score 0 1; }
    done
fi
others=

if [ "$long" = yes ]; then
    PROCESSES=1 # each measures
    suite 'gcc: soak' build-test --suite soak
    unset PROCESSES
    if step 'fuzzing: build' build build-fuzz clang clang++ -Dfuzzing=true -Db_sanitize=address,undefined -Db_lundef=false; then
        COUNT=1
        for target in build-fuzz/test/fuzz/fuzz_*; do
            if [ -f "$target" ] && [ -x "$target" ]; then
                step "fuzzing: $(basename "$target")" sh test/tools/fuzz.sh "$target" "${FUZZ_SECONDS:-60}"
            fi
        done
    fi
    COUNT=1
    step 'demo, in a build of its own' sh examples/demo.sh
    step 'bare Debian 12' sh test/tools/bare.sh
fi

echo "took $(($(date +%s) - started)) s; logs are in build-logs/"
echo "$(sum 1) passed, $(sum 2) failed"
[ "$(sum 2)" = 0 ] && [ "$(sum 1)" -gt 0 ]
