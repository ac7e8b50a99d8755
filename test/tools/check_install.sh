#!/bin/sh
# SPDX-License-Identifier: MIT
# What a person does after cloning: meson install, then a program with pkg-config, shared and static. check_install.sh ROOT
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset DESTDIR MESON_BUILD_ROOT || true

meson setup "$work/build" "$root" --prefix="$work/tree" --libdir=lib -Dtests=false -Dsqlite=enabled -Dpostgres=enabled -Dbuildtype=release >"$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }
meson install -C "$work/build" >"$work/log" 2>&1 || { tail -40 "$work/log"; exit 1; }
export PKG_CONFIG_PATH="$work/tree/lib/pkgconfig"
cd "$work"

for file in lib/libadsync.so lib/libadsync.a lib/libadsync-sqlite.so lib/libadsync-sqlite.a lib/libadsync-postgres.so \
    lib/libadsync-postgres.a lib/pkgconfig/adsync.pc lib/pkgconfig/adsync-sqlite.pc lib/pkgconfig/adsync-postgres.pc \
    include/adsync/adsync.h include/adsync/sqlite.h include/adsync/postgres.h share/adsync/adsync.ffi.h \
    share/adsync/adsync-sqlite.ffi.h share/adsync/adsync-postgres.ffi.h; do
    [ -e "tree/$file" ] || { echo "not installed: $file"; exit 1; }
done
if find tree -name '*_int.h' -o -name '*test*' | grep .; then
    echo "installed although nobody but us needs it"
    exit 1
fi

warnings='-Wall -Wextra -Wpedantic -Werror'
all='-DWITH_SQLITE -DWITH_POSTGRES'
adapters='adsync-sqlite adsync-postgres'
# shellcheck disable=SC2046,SC2086
gcc -std=c11 $warnings $all -o shared "$root/test/tools/program.c" $(pkg-config --cflags --libs adsync $adapters)
LD_LIBRARY_PATH=tree/lib ./shared
readelf -d shared | grep -q 'NEEDED.*libadsync\.so\.0' || { echo "the program does not ask for the SONAME"; exit 1; }
# shellcheck disable=SC2046,SC2086
gcc -std=c11 $warnings -o core "$root/test/tools/program.c" $(pkg-config --cflags --libs adsync)
if readelf -d core | grep -q 'libadsync-\|libsqlite3\|libpq'; then
    echo "the core drags a database along"
    exit 1
fi
# shellcheck disable=SC2046,SC2086
g++ -std=c++11 $warnings -x c++ $all -o plus "$root/test/tools/program.c" -x none $(pkg-config --cflags --libs adsync $adapters)
LD_LIBRARY_PATH=tree/lib ./plus

# Go builds against what is installed, and links no adapter that it does not import
if command -v go >/dev/null 2>&1; then
    export GOCACHE="$work/go/cache" GOPATH="$work/go" GOFLAGS=-mod=mod GOPROXY=off GOENV=off
    mkdir go-program
    printf 'package main\n\nimport "adsync"\n\nfunc main() { println(adsync.Version()) }\n' >go-program/main.go
    (cd go-program && go mod init program && go mod edit -require=adsync@v0.1.0 -replace="adsync=$root/bindings/go" && go build -o ../go-core .) >log 2>&1 ||
        { cat log; exit 1; }
    LD_LIBRARY_PATH=tree/lib ./go-core
    if readelf -d go-core | grep -q 'libadsync-\|libsqlite3\|libpq'; then
        echo "the program in Go drags a database along"
        exit 1
    fi
fi

# the linker prefers shared libraries where both are there: without them the archives have to be enough
rm tree/lib/*.so*
# shellcheck disable=SC2046,SC2086
gcc -std=c11 $warnings $all -o static "$root/test/tools/program.c" $(pkg-config --cflags --libs --static adsync $adapters)
./static
if readelf -d static | grep -q libadsync; then
    echo "linked statically, yet it asks for libadsync"
    exit 1
fi
# and the .pc files name everything that any part of the archives needs
# shellcheck disable=SC2046,SC2086
gcc -o whole "$root/test/tools/program.c" $all $(pkg-config --cflags adsync) \
    -Wl,--whole-archive tree/lib/libadsync.a tree/lib/libadsync-sqlite.a -Wl,--no-whole-archive \
    $(pkg-config --libs --static adsync $adapters | sed 's/-ladsync\(-sqlite\)\?\( \|$\)/ /g')
./whole
