#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every status, kind, column and table has the name of its constant, every number that is none has no name, and every _free takes
NULL: check_names.py ROOT LIBRARY.so (asked of the built library itself)"""
import ctypes
import re
import sys
import headers

STATUSES = r'ADSYNC_(OK|ROW|PENDING|IDLE|PARTIAL|PASSTHROUGH|E_\w+)$'
FAMILIES = [  # constants, the function that names them, how, the answer for a number that is none
    (STATUSES, 'adsync_status_name', str, 'UNKNOWN'),
    (r'ADSYNC_KIND_(\w+)$', 'adsync_kind_name', str.lower, None),
    (r'ADSYNC_C_(\w+)$', 'adsync_column_name', str.lower, None),
    (r'ADSYNC_T_(\w+)$', 'adsync_table_name', str.lower, None),
]


def names_of(constants, pattern):
    for constant, number in constants.items():
        found = re.match(pattern, constant)
        if found:
            yield int(number), found.group(1)


def check_family(pairs, ask, function, spell, none):
    """pairs: number and name of each constant; ask(number) -> text or None"""
    seen = {}
    for number, name in pairs:
        if number in seen:
            yield '%s: %s and %s are both %d' % (function, seen[number], name, number)
        seen[number] = name
        if ask(number) != spell(name):
            yield '%s(%d) is %s, not %s' % (function, number, ask(number), spell(name))
    if not seen:
        yield '%s: no constants found' % function
        return
    for number in (min(seen) - 1, max(seen) + 1, 2**31 - 1):
        if number not in seen and ask(number) != none:
            yield '%s(%d) is %s although there is no such constant' % (function, number, ask(number))


def asker(library, function):
    call = getattr(library, function)
    call.restype = ctypes.c_char_p

    def ask(number):
        text = call(ctypes.c_int32(number))
        return text.decode() if text is not None else None
    return ask


def check(root, path):
    face = headers.face(root, headers.UMBRELLA)
    library = ctypes.CDLL(path)
    for pattern, function, spell, none in FAMILIES:
        ask = asker(library, function)
        yield from check_family(list(names_of(face.constants, pattern)), ask, function, spell, none)
    for name, (_, parameters) in face.functions.items():
        if name.endswith('_free') and len(parameters) == 1:
            getattr(library, name)(None)


def prove():
    names = {0: 'OK', -1: 'E_A'}
    samples = [([(0, 'OK'), (-1, 'E_A')], None), ([(0, 'OK'), (-2, 'E_B')], 'is UNKNOWN, not E_B'), ([(0, 'OK'), (0, 'YES')], 'both 0'),
               ([(0, 'OK')], 'no such constant'), ([], 'no constants')]
    wrong = 0
    for pairs, words in samples:
        problems = list(check_family(pairs, lambda n: names.get(n, 'UNKNOWN'), 'name', str, 'UNKNOWN'))
        if bool(problems) != bool(words) or (words and not any(words in p for p in problems)):
            wrong += 1
            print('the check is blind: expected %s, got %s' % (words, problems))
    print('%d samples, %d wrong' % (len(samples), wrong))
    return 1 if wrong else 0


if __name__ == '__main__':
    if sys.argv[1:] == ['--prove']:
        sys.exit(prove())
    PROBLEMS = list(check(*sys.argv[1:]))
    print('\n'.join(PROBLEMS))
    sys.exit(1 if PROBLEMS else 0)
