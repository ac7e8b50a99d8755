#!/bin/sh
# SPDX-License-Identifier: MIT
# The quickstart as one program, for tests that run the other languages' the same way.
exec php -d ffi.enable=1 "$(dirname "$0")/../examples/quickstart.php" "$@"
