#!/bin/sh
# SPDX-License-Identifier: MIT
# test/tools/wire from the shell: one document, and an exit status that tells the tool's own trouble from the platform's.
set -eu
wire=$1
fixtures=$2
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

task() { printf '%s' "$1" > "$here/task.json"; }
has() { case $out in *"$1"*) ;; *) echo "no $1 in: $out"; exit 1 ;; esac; }
fails_with() {
    wanted=$1
    shift
    status=0
    "$@" > "$here/out" 2> "$here/err" || status=$?
    [ "$status" = "$wanted" ] || { echo "exit status $status, not $wanted: $*"; cat "$here/err"; exit 1; }
}

task '{"task":"list","kind":"campaign","account_id":"123","now_us":1767225600000000,"facts":{"currency":"USD"},"secrets":{"access_token":"T","client_secret":"S"}}'
out=$("$wire" request meta "$here/task.json")
has '"effect":"read","method":"GET","url":"https://graph.facebook.com/v25.0/act_123/campaigns?'
has '["Authorization","Bearer T"]'
out=$("$wire" response meta "$here/task.json" "$fixtures/campaigns_page.json")
has '"outcome":"next"'
has '"table":"entities","kind":"campaign"'
has '"id":"120245452617390604"'
out=$("$wire" response meta "$here/task.json" --status 400 --header 'X-App-Usage: {"call_count":99}' - < "$fixtures/error_80004.json")
has '"class":"throttled","code":"meta.80004.2446079"'
has '"key":"meta/default/app:-/platform"'
has '"used_percent":99'
out=$("$wire" webhook meta "$here/task.json" --query 'hub.mode=subscribe' --method GET "$fixtures/token.json")
has '"class":"unsupported"'
out=$("$wire" response meta "$here/task.json" "$fixtures/page.html")
has '"class":"transient"'

fails_with 2 "$wire"
fails_with 2 "$wire" nothing meta "$here/task.json"
fails_with 2 "$wire" response meta "$here/task.json"
fails_with 2 "$wire" response meta "$here/task.json" --status
fails_with 1 "$wire" request meta "$here/no-such-file"
fails_with 1 "$wire" request nowhere "$here/task.json"
task '{"task":'
fails_with 1 "$wire" request meta "$here/task.json"
task '{"task":"list","kind":"campaign","account_id":"123"}'
fails_with 0 "$wire" request meta "$here/task.json" # a secret that is missing is an answer, not trouble of the tool's
out=$(cat "$here/out")
has '"need":["access_token"]'
task '{"task":"no such task"}'
fails_with 0 "$wire" request meta "$here/task.json"
out=$(cat "$here/out")
has '"class":"unsupported"'
