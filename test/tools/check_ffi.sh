#!/bin/sh
# SPDX-License-Identifier: MIT
# The headers, preprocessed, load in PHP's FFI against the built library, and so do the plain declarations that are installed:
#   check_ffi.sh ROOT VERSION PLAIN.h LIBRARY.so [PLAIN.h LIBRARY.so].. (the core first; an adapter's file follows the core's)
set -eu
root=$1 version=$2
shift 2
core=$1 library=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/load.php" <<'PHP'
<?php
[, $declarations, $library, $version] = $argv;
$ffi = FFI::cdef(file_get_contents($declarations), $library);
[$major, $minor, $patch] = array_map('intval', explode('.', $version));
$expected = $major * 10000 + $minor * 100 + $patch;
if ($ffi->adsync_version() !== $expected) { echo "version ", $ffi->adsync_version(), ", expected $expected\n"; exit(1); }
if ($ffi->adsync_status_name(-5) !== "E_CONFLICT") { echo "status -5 is ", $ffi->adsync_status_name(-5), "\n"; exit(1); }
$options = $ffi->new("adsync_host");
$options->size = FFI::sizeof($options);
$error = $ffi->new("adsync_error *");
$status = $ffi->adsync_error_set(FFI::addr($error), -17, "from PHP", 7);
if ($status !== -17 || $ffi->adsync_error_host_code($error) !== 7) { echo "the error did not come back\n"; exit(1); }
$ffi->adsync_error_free($error);
PHP
load() { php -d ffi.enable=1 -d opcache.enable_cli=0 "$folder/load.php" "$@" "$version"; }

printf '#include <adsync/adsync.h>\n' >"$folder/all.h"
gcc -E -P -I "$root/include" "$folder/all.h" >"$folder/all.i"
load "$folder/all.i" "$2"

while [ $# -ge 2 ]; do
    cat "$core" >"$folder/plain.h"
    [ "$1" = "$core" ] || cat "$1" >>"$folder/plain.h"
    load "$folder/plain.h" "$2"
    shift 2
done

# and the check sees what does not load
{ cat "$core"; echo 'adsync_status adsync_never_was(int32_t a);'; } >"$folder/bad.h"
if load "$folder/bad.h" "$library" >"$folder/log" 2>&1 || ! grep -q adsync_never_was "$folder/log"; then
    echo "the check is blind to a function that the library lacks"
    exit 1
fi
