#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a command here, with an environment in which Go finds the library in a build directory and leaves nothing behind elsewhere:
#   sh bindings/go/env.sh build go test ./...
set -eu
build=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")"
export PKG_CONFIG_PATH="$build/meson-uninstalled"
export LD_LIBRARY_PATH="$build/src:$build/src/adapters/sqlite:$build/src/adapters/postgres"
export GOCACHE="$build/go/cache" GOPATH="$build/go" GOFLAGS=-mod=mod GOPROXY=off GOENV=off CGO_ENABLED=1
exec "$@"
