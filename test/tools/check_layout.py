#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sizes, offsets and constants of the public headers equal the checked-in test/abi/layout.txt (P8)."""
import difflib
import checks
import layout
from check_headers import OPTIONS, sample


def check(root):
    pinned = checks.read(root, 'test/abi/layout.txt').split('\n')
    found = layout.layout(root).split('\n')
    for line in difflib.unified_diff(pinned, found, 'pinned', 'built', lineterm='', n=0):
        if not line.startswith(('---', '+++', '@@')):
            yield line
    if pinned != found:
        yield 'the public layout changed: run test/abi/renew.sh on purpose'


PINNED = 'struct adsync_options 16\n    size 0\n    flags 4\n    a_us 8\nADSYNC_A 1\n'
BODY = OPTIONS % '    int64_t a_us;\n' + 'enum { ADSYNC_A = 1 };\n'


def pinned(body):
    return dict(sample(body), **{'test/abi/layout.txt': PINNED})


SAMPLES = [
    ('the same', pinned(BODY), None),
    ('longer', pinned(BODY.replace('a_us;', 'a_us;\n    int64_t b;')), 'struct adsync_options 24'),
    ('moved', pinned(BODY.replace('flags', 'other').replace('a_us;', 'a_us; ')), '    other 4'),
    ('another number', pinned(BODY.replace('= 1', '= 2')), 'ADSYNC_A 2'),
    ('a new number', pinned(BODY.replace('= 1', '= 1, ADSYNC_B = 2')), 'on purpose'),
]

if __name__ == '__main__':
    checks.main(check, SAMPLES)
