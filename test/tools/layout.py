#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every size, offset and constant of the public headers, as the compiler sees them: layout.py ROOT > test/abi/layout.txt

The list is checked in. A released struct only grows at its end, and a released number never changes (P8)."""
import os
import subprocess
import sys
import tempfile
import headers


def program(face, includes):
    lines = ['#include <stdio.h>'] + ['#include <adsync/%s>' % n for n in includes] + ['int main(void)', '{']
    for struct, members in sorted(face.structs.items()):
        lines.append('    printf("struct %s %%zu\\n", sizeof(%s));' % (struct, struct))
        for member, _ in members:
            lines.append('    printf("    %s %%zu\\n", offsetof(%s, %s));' % (member, struct, member))
    for constant in face.constants:
        lines.append('    printf("%s %%d\\n", (int)%s);' % (constant, constant))
    return '\n'.join(lines + ['    return 0;', '}', ''])


def layout(root):
    face = headers.face(root)
    with tempfile.TemporaryDirectory(prefix='adsync-layout-') as folder:
        source, binary = os.path.join(folder, 'layout.c'), os.path.join(folder, 'layout')
        with open(source, 'w', encoding='utf-8') as file:
            file.write(program(face, headers.names(root)))
        subprocess.run([os.environ.get('CC', 'cc'), '-I', os.path.join(root, 'include'), '-o', binary, source], check=True)
        return subprocess.run([binary], check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout


if __name__ == '__main__':
    print(layout(sys.argv[1]), end='')
