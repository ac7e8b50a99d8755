#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files, functions and lines stay readable: at most 700 lines a file, 80 a function, complexity 15, 140 signs a line. (The aim is 400
and 50.)"""
import re
import checks

FILE, FUNCTION, COMPLEXITY, LINE = 700, 80, 15, 140
BRANCH = re.compile(r'\b(?:if|for|while|case|catch)\b|&&|\|\||\?')
TRANSPARENT = re.compile(r'(?:\bextern\s*" *"|\bnamespace\b[\w\s:]*)\s*$')  # braces that hold functions
HEAD = re.compile(r'(\w+)\s*\([^{}]*\)(?:\s*(?:const|noexcept|override))*\s*$')


def functions(text):
    """(name, first line, last line, body) of every function of some C"""
    text = checks.DIRECTIVE.sub(checks.blank, checks.code(text))
    depth, start, begin = 0, 0, None  # start: where the declaration begins; begin: (name, position) of the function we are in
    for match in re.finditer(r'[{};]', text):
        sign, at = match.group(0), match.start()
        if sign == '{':
            head = text[start:at]
            if depth == 0 and TRANSPARENT.search(head):
                start = at + 1
                continue
            if depth == 0:
                found = HEAD.search(head)
                begin = (found.group(1), start + len(head) - len(head.lstrip())) if found and '=' not in head else None
                opened = at
            depth += 1
        elif sign == '}' and depth:
            depth -= 1
            if depth == 0 and begin:
                yield begin[0], checks.line_of(text, begin[1]), checks.line_of(text, at), text[opened:at]
                begin = None
        if depth == 0:
            start = at + 1


def check(root):
    for path in checks.files(root, 'src', 'include', 'examples', 'test', 'bindings'):
        text = checks.read(root, path)
        lines = text.split('\n')
        if len(lines) - 1 > FILE:
            yield '%s: %d lines, at most %d' % (path, len(lines) - 1, FILE)
        for number, line in enumerate(lines, 1):
            if len(line) > LINE:
                yield '%s:%d: a line of %d signs, at most %d' % (path, number, len(line), LINE)
        for name, first, last, body in functions(text):
            branches = 1 + len(BRANCH.findall(body))
            if last - first + 1 > FUNCTION:
                yield '%s:%d: %s has %d lines, at most %d' % (path, first, name, last - first + 1, FUNCTION)
            if branches > COMPLEXITY:
                yield '%s:%d: %s has a complexity of %d, at most %d' % (path, first, name, branches, COMPLEXITY)


def function(lines, signature='int f(int a)'):
    return '%s\n{\n%s}\n' % (signature, lines)


SAMPLES = [
    ('short', {'src/base/a.c': '/* { */\nstatic const int t[] = { 1 };\n' + function('    return a ? "{" : 0;\n' * 3)}, None),
    ('file', {'src/base/a.c': '\n' * 701}, '701 lines'),
    ('file just fits', {'src/base/a.c': '\n' * 700}, None),
    ('function', {'src/base/a.c': function('    a++;\n' * 78)}, 'f has 81 lines'),
    ('function just fits', {'src/base/a.c': function('    a++;\n' * 77)}, None),
    ('the second function', {'src/base/a.c': function('', 'void g(void)') + function('    a++;\n' * 78)}, 'f has 81 lines'),
    ('inside extern "C"', {'src/json/a.cc': 'extern "C" {\n' + function('    a++;\n' * 78) + '}\n'}, 'f has 81 lines'),
    ('complexity', {'src/base/a.c': function('    if (a && a) a++;\n' * 8)}, 'complexity of 17'),
    ('comment is no branch', {'src/base/a.c': function('    /* if for while && || ? */\n' * 20)}, None),
    ('line', {'src/base/a.c': 'int a; /* %s */\n' % ('x' * 140)}, 'signs'),
]

if __name__ == '__main__':
    checks.main(check, SAMPLES)
