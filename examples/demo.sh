#!/bin/sh
# SPDX-License-Identifier: MIT
# Tells the story of the library against a simulator of six platforms, in a folder of its own that is gone afterwards: connect, sync, kill -9,
# go on, compare, all six in one table; then the same small program in C, PHP and Go. With `parts` it shows the storage, the conformance kit, the vault and
# the rate limiter instead. Installs and builds what is missing, in the build directory ADSYNC_DEMO_BUILD, else in one of its own.
set -eu
cd "$(dirname "$0")/.."
sh scripts/install.sh

build=${ADSYNC_DEMO_BUILD:-build-demo}
[ -d "$build/test/sim" ] || { rm -rf "$build" && meson setup "$build" -Dsqlite=enabled >/dev/null; }
targets='examples/adsync test/sim/adsim examples/quickstart scripts/adsync.ffi.h scripts/adsync-sqlite.ffi.h'
[ "${1:-}" != parts ] || targets='examples/demo_storage examples/demo_kit examples/limiter examples/vault'
[ -f "$build/examples/adsync" ] || echo 'building, a minute or two ..' >&2
# shellcheck disable=SC2086
ninja -C "$build" $targets >"$build/build.log" || { cat "$build/build.log"; exit 1; }
[ "${1:-}" = parts ] || PYTHONDONTWRITEBYTECODE=1 exec python3 examples/demo_story.py "$build/examples/adsync" "$build/test/sim/adsim" --languages "$build"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
number=0
failed=0

# section TITLE COMMAND..: one part of the show
section() {
    number=$((number + 1))
    printf '\n%s. %s\n\n' "$number" "$1"
    shift
    if ! "$@"; then
        failed=1
        printf '\n   THIS WENT WRONG\n'
    fi
}

sql() {
    python3 - "$work/store.db" <<'PYTHON'
import sqlite3
import sys

QUERY = '''SELECT org, day, spend, currency, clicks FROM adsync_v_metrics WHERE day >= '2026-11-05' ORDER BY org, day'''
print('   ' + QUERY + '\n')
rows = sqlite3.connect(sys.argv[1]).execute(QUERY)
lines = [[column[0] for column in rows.description]] + [[str(value) for value in row] for row in rows]
widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
for line in lines:
    print('   ' + '  '.join(value.ljust(width) for value, width in zip(line, widths)).rstrip())
sys.exit(0 if len(lines) == 7 else 1)
PYTHON
}

# a limit of 3 requests in 100 ms, with the time at which each went out
limiter() {
    python3 - "$build/examples/limiter" <<'PYTHON'
import subprocess
import sys
import time

started = None
ran = subprocess.Popen(['stdbuf', '-oL', sys.argv[1]], stdout=subprocess.PIPE, universal_newlines=True)
for line in ran.stdout:
    started = started or time.monotonic()
    print('   %4d ms  %s' % ((time.monotonic() - started) * 1000, line.strip()))
sys.exit(ran.wait())
PYTHON
}

# a key file of our own, a token sealed under it and what does not open
vault() {
    (umask 077 && printf 'k1:%s\n' "$(openssl rand -base64 32)" >"$work/keys")
    "$build/examples/vault" "$work/keys" >"$work/vault" || return 1
    sed 's/^/   /' "$work/vault"
}

echo "libadsync $(meson introspect "$build" --projectinfo | python3 -c 'import json, sys; print(json.load(sys.stdin)["version"])'): its parts"
section 'A store in an SQLite file, shared by two organisations' "$build/examples/demo_storage" "$work/store.db"
section 'The same figures in plain SQL, through a view' sql
section 'The conformance kit: what a storage promises, tried out' "$build/examples/demo_kit" "$work/kit.db"
section 'A secret that opens for its own organisation only, and never once it is forgotten' vault
section 'A rate limit: 3 requests in 100 ms, however fast they are wanted' limiter

printf '\n'
[ $failed = 0 ] && echo 'All of this worked.' || echo 'Not all of this worked.'
exit $failed
