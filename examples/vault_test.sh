#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the example with a key file of its own and holds what it says against what it should say.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(umask 077 && printf 'k1:%s\n' "$(openssl rand -base64 32)" >"$folder/keys")
"$1" "$folder/keys" >"$folder/said"
diff - "$folder/said" <<'SAID'
64 bytes sealed
opened: the token
for another customer it does not open
once forgotten it never opens again
SAID
SAID_WRONG=$("$1" "$folder/none" 2>&1) && exit 1
echo "$SAID_WRONG" | grep -q 'no key file'
