#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plain matters of text: the licence line, ends of lines and files, no notes to ourselves, no tabs."""
import os
import re
import checks

TOPS = ['src', 'include', 'test', 'examples', 'scripts', 'doc', 'bindings', 'meson.build', 'meson_options.txt', 'README.md',
        'CONTRIBUTING.md', 'CHANGELOG.md', '.ci/run']
TEXT = ('.c', '.h', '.cc', '.cpp', '.py', '.sh', '.md', '.build', '.map', '.txt', '.php', '.go', '.sql', 'run', 'Doxyfile')
LICENSED = ('.c', '.h', '.cc', '.cpp', '.py', '.sh', '.php', '.go')
TABS = ('.go',)
NOTE = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b')


def check(root):
    for path in checks.files(root, *TOPS, ends=TEXT):
        text = checks.read(root, path)
        lines = text.split('\n')
        if path.endswith(LICENSED) and not any('SPDX-License-Identifier: MIT' in line for line in lines[:3]):
            yield '%s:1: no line SPDX-License-Identifier: MIT' % path
        if text and not text.endswith('\n'):
            yield '%s: does not end with a newline' % path
        if text.endswith('\n\n'):
            yield '%s: empty lines at the end' % path
        for number, line in enumerate(lines, 1):
            if line != line.rstrip():
                yield '%s:%d: blanks at the end of the line' % (path, number)
            if '\t' in line and not path.endswith(TABS):
                yield '%s:%d: a tab' % (path, number)
            note = NOTE.search(line)
            if note and not path.startswith(os.path.join('test', 'tools')):
                yield '%s:%d: %s: do it, or leave it out' % (path, number, note.group(1))


SPDX = '/* SPDX-License-Identifier: MIT */\n'
SAMPLES = [
    ('fine', {'src/base/a.c': SPDX + 'int a;\n'}, None),
    ('no licence', {'src/base/a.c': 'int a;\n'}, 'SPDX'),
    ('no newline', {'src/base/a.c': SPDX + 'int a;'}, 'newline'),
    ('blanks', {'src/base/a.c': SPDX + 'int a; \n'}, 'blanks at the end'),
    ('carriage returns', {'src/base/a.c': SPDX + 'int a;\r\n'}, 'blanks at the end'),
    ('tab', {'src/base/a.c': SPDX + '\tint a;\n'}, 'a tab'),
    ('note', {'src/base/a.c': SPDX + '/* TODO: later */\n'}, 'TODO'),
    ('note in a document', {'doc/a.md': 'FIXME\n'}, 'FIXME'),
]

if __name__ == '__main__':
    checks.main(check, SAMPLES)
