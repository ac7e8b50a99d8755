# SPDX-License-Identifier: MIT
"""What the check scripts share. A check is a function that takes the root of a tree and yields problems, one line each. Each is
proven by samples: small trees of which the bad ones must yield the problem they are made for and the good ones nothing."""
import os
import re
import sys
import tempfile

SKIPPED = re.compile(r'^(build.*|\.git|node_modules|__pycache__|corpus|vendor)$')


def files(root, *tops, ends=('.c', '.h', '.cc', '.cpp')):
    """paths relative to root, sorted"""
    found = []
    for top in tops:
        start = os.path.join(root, top)
        if os.path.isfile(start):
            found.append(top)
        for folder, folders, names in os.walk(start):
            folders[:] = [f for f in folders if not SKIPPED.match(f)]
            found += [os.path.relpath(os.path.join(folder, n), root) for n in names if n.endswith(ends)]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8', errors='surrogateescape', newline='') as file:
        return file.read()


def blank(match):
    """keeps the lines of what is cut out"""
    return re.sub(r'[^\n]', ' ', match.group(0))


TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r'^[ \t]*#(?:\\\n|[^\n])*', re.M)


def code(text):
    """C without comments, with empty strings; every line stays where it is"""
    def cut(match):
        token = match.group(0)
        if token[0] in '"\'':
            return token[0] + ' ' * (len(token) - 2) + token[0]
        return blank(match)
    return TOKENS.sub(cut, text)


def line_of(text, position):
    return text.count('\n', 0, position) + 1


def prove(check, samples):
    """samples: (what, {path: text}, words of the problem or None where there must be none)"""
    wrong = 0
    for what, tree, words in samples:
        with tempfile.TemporaryDirectory(prefix='adsync-check-') as root:
            for path, text in tree.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), 'w', encoding='utf-8', newline='') as file:
                    file.write(text)
            problems = list(check(root))
        good = not problems if words is None else any(words in p for p in problems)
        if not good:
            wrong += 1
            print('the check is blind: %s: expected %s, got %s' % (what, words or 'no problem', problems))
    print('%d samples, %d wrong' % (len(samples), wrong))
    return 1 if wrong else 0


def main(check, samples):
    """ROOT: look at a tree; --prove: look at the samples"""
    if sys.argv[1:] == ['--prove']:
        sys.exit(prove(check, samples))
    problems = list(check(*sys.argv[1:]))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
