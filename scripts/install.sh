#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages of scripts/packages.txt that are missing. As root with apt-get; otherwise it prints the one line to
# run and fails. Silent and fast where nothing is missing.
set -u
cd "$(dirname "$0")/.." || exit 1

# A second word on a line is a command: where it is there already, from wherever, its package is not asked for.
missing=
while read -r package command; do
    case $package in '' | '#'*) continue ;; esac
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
    [ "$state" = installed ] || { [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; } || missing="$missing $package"
done <scripts/packages.txt
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "This needs Debian 12 or a system with the same packages. What is missing here:$missing" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "Some packages are missing. Run this once, then start again:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
echo "installing:$missing"
# what apt knows may be empty (a fresh container) or stale: ask again only if it does not work as it is
# shellcheck disable=SC2086
if ! apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1; then
    apt-get update -q >&2 || exit 1
    apt-get install -y -q --no-install-recommends $missing >&2 || exit 1
fi
