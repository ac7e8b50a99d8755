#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the libraries show is what the maps list, and what the maps list is what the headers document:

    check_exports.py ROOT LIBRARY.so=MAP=HEADER.h .."""
import os
import re
import subprocess
import sys
import checks
import headers

SYMBOL = re.compile(r'^\s+(adsync_\w+);', re.M)
NODE = re.compile(r'^(ADSYNC\w*_[\d.]+)\s*\{', re.M)


def exported(library):
    """(name, node) of every symbol that a program can bind to"""
    out = subprocess.run(['nm', '-D', '--defined-only', '--with-symbol-versions', library], check=True, stdout=subprocess.PIPE,
                         universal_newlines=True).stdout
    for line in out.split('\n'):
        parts = line.split()
        if len(parts) == 3 and parts[1] != 'A':  # A: the node's own name
            name, _, node = parts[2].partition('@')
            yield name, node.lstrip('@')


def compare(what, listed, there, nodes=()):
    for name in sorted(set(there) - set(listed)):
        yield '%s: %s is exported but not in the map' % (what, name)
    for name in sorted(set(listed) - set(there)):
        yield '%s: %s is in the map but not in the library' % (what, name)
    for name, node in there.items():
        if name in listed and node not in nodes:
            yield '%s: %s belongs to "%s", not to a node of the map' % (what, name, node)


def documented(what, listed, functions):
    for name in sorted(set(functions) - set(listed)):
        yield '%s: %s is in a header but not in the map' % (what, name)
    for name in sorted(set(listed) - set(functions)):
        yield '%s: %s is in the map but in no header' % (what, name)


def check_map(what, text, library, functions):
    listed = SYMBOL.findall(text)
    if listed != sorted(listed):
        yield '%s: not in alphabetical order' % what
    if not listed:
        yield '%s: an empty map' % what
    yield from compare(what, listed, library, NODE.findall(text))
    yield from documented(what, listed, functions)


def check(root, *triples):
    for triple in triples:
        library, where, header = triple.split('=')
        face = headers.face(root, header)
        yield from check_map(os.path.basename(library), checks.read(root, where), dict(exported(library)), face.functions)


def prove():
    good = 'ADSYNC_0.1 {\nglobal:\n    adsync_a;\n    adsync_b;\nlocal:\n    *;\n};\n'
    both = {'adsync_a': 'ADSYNC_0.1', 'adsync_b': 'ADSYNC_0.1'}
    samples = [
        (good, both, both, None),
        (good, dict(both, adsync__hidden='ADSYNC_0.1'), both, 'not in the map'),
        (good, {'adsync_a': 'ADSYNC_0.1'}, both, 'not in the library'),
        (good, dict(both, adsync_b=''), both, 'not to a node'),
        (good, both, ['adsync_a'], 'in no header'),
        (good, both, list(both) + ['adsync_c'], 'in a header but not in the map'),
        (good.replace('adsync_a', 'adsync_c'), dict(adsync_c='ADSYNC_0.1', adsync_b='ADSYNC_0.1'), ['adsync_b', 'adsync_c'], 'alphabetical'),
        ('', {}, {}, 'empty map'),
    ]
    wrong = 0
    for text, library, functions, words in samples:
        problems = list(check_map('sample', text, library, functions))
        if bool(problems) != bool(words) or (words and not any(words in p for p in problems)):
            wrong += 1
            print('the check is blind: expected %s, got %s' % (words, problems))
    print('%d samples, %d wrong' % (len(samples), wrong))
    return 1 if wrong else 0


if __name__ == '__main__':
    if sys.argv[1:] == ['--prove']:
        sys.exit(prove())
    checks.main(check, [])
