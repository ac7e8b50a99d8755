#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes public headers as plain declarations, for bindings that have no preprocessor (PHP's FFI::cdef, cffi, ffigen):

    ffi.py INCLUDE_DIR HEADER.h HEADER_ALREADY_GIVEN.h,.. COMPILER.. > plain.h

What the headers already given declare is left out, so that an adapter's file can be appended to the core's."""
import os
import subprocess
import sys


def plain(include, header, given, compiler):
    guards = ['-DADSYNC_%s_H' % os.path.basename(name)[:-2].upper() for name in given]
    command = compiler + ['-E', '-P', '-nostdinc', '-I', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'plain'),
                          '-I', include] + guards + ['-x', 'c', os.path.join(include, 'adsync', header)]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout
    lines = [line.rstrip() for line in text.split('\n')]
    return '\n'.join(line for line in lines if line and not line.startswith('#')) + '\n'


def main():
    include, header, given = sys.argv[1:4]
    names = [name for name in given.split(',') if name]
    print('/* SPDX-License-Identifier: MIT */')
    print('/* adsync/%s as plain declarations%s. Made by scripts/ffi.py; the documented headers are the real ones. */'
          % (header, ', to follow those of ' + ', '.join('adsync/' + n for n in names) if names else ''))
    print(plain(include, header, names, sys.argv[4:]), end='')


if __name__ == '__main__':
    main()
