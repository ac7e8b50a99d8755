#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts what `meson test` ran: usage tally.py testlog.json

Prints one line "PASSED FAILED"; what failed, with its output, goes to stderr. A program of cmocka counts with each of its test
functions, any other program as one. A test that did not run (skipped, timed out, crashed) is a failed one."""
import json
import re
import sys

RAN = re.compile(r'^\[=+\] (?:.*: )?(\d+) test\(s\) run\.', re.M)
PASSED = re.compile(r'^\[  PASSED  \] (\d+) test\(s\)\.', re.M)
FAILED = re.compile(r'^\[  FAILED  \] (?:.*: )?(\d+) test\(s\), listed below', re.M)
SKIPPED = re.compile(r'^\[  SKIPPED \] (?:.*: )?(\d+) test\(s\), listed below', re.M)


def total(pattern, text):
    return sum(int(n) for n in pattern.findall(text))


def count(entry):
    """passed and failed of one program"""
    text = (entry.get('stdout') or '') + '\n' + (entry.get('stderr') or '')
    passed, failed = total(PASSED, text), total(FAILED, text) + total(SKIPPED, text)
    good = entry['result'] in ('OK', 'EXPECTEDFAIL')
    if not RAN.search(text):
        return (1, 0) if good else (passed, max(failed, 1))
    if not good:
        failed = max(failed, 1)
    if not passed and not failed:
        failed = 1  # a program that ran and tested nothing
    return passed, failed


def show(entry):
    print('--- %s: %s after %.1f s' % (entry['name'], entry['result'], entry.get('duration') or 0), file=sys.stderr)
    for stream in ('stdout', 'stderr'):
        text = (entry.get(stream) or '').strip('\n')
        if text:
            lines = text.split('\n')
            if len(lines) > 120:
                lines = ['(%d lines before)' % (len(lines) - 120)] + lines[-120:]
            print('\n'.join(lines), file=sys.stderr)


HEAD, TAIL = '[==========] Running 3 test(s).\n', '[==========] 3 test(s) run.\n'
SAMPLES = [  # a program's log, what it counts
    ({'result': 'OK', 'stdout': 'fine\n'}, (1, 0)),
    ({'result': 'FAIL', 'stdout': 'not fine\n'}, (0, 1)),
    ({'result': 'SKIP', 'stdout': ''}, (0, 1)),
    ({'result': 'TIMEOUT', 'stdout': HEAD}, (0, 1)),
    ({'result': 'OK', 'stdout': HEAD + TAIL, 'stderr': '[  PASSED  ] 3 test(s).\n'}, (3, 0)),
    ({'result': 'OK', 'stdout': 2 * (HEAD + TAIL + '[  PASSED  ] 3 test(s).\n')}, (6, 0)),
    ({'result': 'FAIL', 'stdout': HEAD + TAIL, 'stderr': '[  PASSED  ] 1 test(s).\n[  FAILED  ] 2 test(s), listed below:\n'}, (1, 2)),
    ({'result': 'OK', 'stdout': HEAD + TAIL, 'stderr': '[  PASSED  ] 2 test(s).\n[  SKIPPED ] 1 test(s), listed below:\n'}, (2, 1)),
    ({'result': 'FAIL', 'stdout': HEAD + TAIL + '[  PASSED  ] 3 test(s).\n', 'stderr': 'a leak\n'}, (3, 1)),
    ({'result': 'OK', 'stdout': HEAD.replace('3', '0') + TAIL.replace('3', '0') + '[  PASSED  ] 0 test(s).\n'}, (0, 1)),
]


def prove():
    wrong = [(entry, expected, count(entry)) for entry, expected in SAMPLES if count(entry) != expected]
    for entry, expected, got in wrong:
        print('counted wrongly: %s is %s, not %s' % (entry, expected, got))
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ['--prove']:
        sys.exit(prove())
    passed = failed = 0
    try:
        with open(sys.argv[1], encoding='utf-8', errors='replace') as log:
            entries = [json.loads(line) for line in log if line.strip()]
    except (OSError, ValueError) as problem:
        print('no readable test log: %s' % problem, file=sys.stderr)
        entries = []
        failed = 1
    for entry in entries:
        p, f = count(entry)
        passed += p
        failed += f
        if f:
            show(entry)
    print(passed, failed)


main()
