#!/bin/sh
# SPDX-License-Identifier: MIT
# sh test.sh BUILD: form, go vet and the tests under the race detector; counts like the other test programs.
set -eu
if [ $# = 1 ]; then exec sh "$(dirname "$0")/env.sh" "$1" sh ./test.sh; fi

unformed=$(gofmt -l .)
[ -z "$unformed" ] || { echo "gofmt -w $unformed"; exit 1; }
# names and values: what a comment says may lag until the next test/abi/renew.sh
wanted=$(go run gen.go ../../include/adsync | sed 's| *//.*||')
[ "$wanted" = "$(sed 's| *//.*||' constants.go)" ] || { echo "sh test/abi/renew.sh: the constants are not those of the headers"; exit 1; }
go vet ./...
status=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# cgocheck=2: no pointer of Go's is left in C's memory
GODEBUG=cgocheck=2 go test -race -count=1 -timeout 150s -v ./... >"$log" 2>&1 || status=$?
cat "$log"
awk '
/^--- PASS: / { passed++ }
/^--- (FAIL|SKIP): / { failed = failed "\n" $3; n++ }
END {
    printf "[==========] %d test(s) run.\n[  PASSED  ] %d test(s).\n", passed + n, passed
    if (n) printf "[  FAILED  ] %d test(s), listed below:%s\n", n, failed
}' "$log"
exit $status
