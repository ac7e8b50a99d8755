#!/bin/sh
# SPDX-License-Identifier: MIT
# A Meson project takes libadsync as a subproject; its own tests and examples stay out of the way. check_subproject.sh ROOT
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset DESTDIR MESON_BUILD_ROOT || true

mkdir -p "$work/subprojects"
ln -s "$root" "$work/subprojects/adsync"
cp "$root/test/tools/program.c" "$work/program.c"
cat >"$work/meson.build" <<'MESON'
project('host', 'c', default_options: ['c_std=c11', 'warning_level=3', 'werror=true'])
program = executable('program', 'program.c', c_args: ['-DWITH_SQLITE', '-DWITH_POSTGRES'],
  dependencies: [dependency('adsync', fallback: 'adsync'), dependency('adsync-sqlite', fallback: 'adsync'),
    dependency('adsync-postgres', fallback: 'adsync')])
test('program', program)
MESON
cd "$work"
PKG_CONFIG_PATH='' meson setup build --wrap-mode=forcefallback >log 2>&1 || { cat log; exit 1; }
if grep -q 'cmocka' log; then
    echo "a subproject looks for what only its own tests need"
    exit 1
fi
ninja -C build >log 2>&1 || { tail -40 log; exit 1; }
meson test -C build --no-rebuild >log 2>&1 || { cat log build/meson-logs/testlog.txt; exit 1; }
