# SPDX-License-Identifier: MIT
"""The public face, read from the plain declarations that scripts/ffi.py makes of the headers."""
import glob
import os
import re
import subprocess
import sys

FFI = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'scripts', 'ffi.py')
ADAPTERS = ('sqlite', 'postgres')  # their headers are no part of the umbrella
UMBRELLA = 'adsync.h'


def names(root):
    """the public headers, the umbrella first"""
    found = sorted(os.path.basename(p) for p in glob.glob(os.path.join(root, 'include', 'adsync', '*.h')))
    return [UMBRELLA] + [n for n in found if n != UMBRELLA]


def is_adapter(name):
    return name[:-2] in ADAPTERS


def core(root):
    return [n for n in names(root) if not is_adapter(n)]


def plain(root, header):
    given = [] if not is_adapter(header) else [n for n in core(root) if n != UMBRELLA]
    command = [sys.executable, FFI, os.path.join(root, 'include'), header, ','.join(given), os.environ.get('CC', 'cc')]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout


class Face:
    """what some plain declarations declare"""

    def __init__(self, text):
        text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
        self.constants = {}  # name -> number, in order
        self.structs = {}    # name -> [(member, declaration)]
        self.handles = []
        self.functions = {}  # name -> (what it returns, [parameters])
        self.rest = re.sub(r'typedef struct (\w+) \{(.*?)\} \1;', self._struct, text, flags=re.S)
        self.rest = re.sub(r'enum \{(.*?)\};', self._enum, self.rest, flags=re.S)
        self.rest = re.sub(r'typedef struct (\w+) \1;', self._handle, self.rest)
        self.rest = re.sub(r'([\w ]+[ *]+)(adsync_\w+)\(([^()]*)\);', self._function, self.rest)

    def _struct(self, match):
        members = []
        for declaration in match.group(2).split(';'):
            declaration = ' '.join(declaration.split())
            found = re.search(r'\(\*(\w+)\)', declaration) or re.search(r'(\w+)(?:\[\d+\])?(?: : \d+)?$', declaration)
            if found:
                members.append((found.group(1), declaration))
        self.structs[match.group(1)] = members
        return ''

    def _enum(self, match):
        for entry in match.group(1).split(','):
            name, _, number = entry.partition('=')
            if name.strip():
                self.constants[name.strip()] = number.strip()
        return ''

    def _handle(self, match):
        self.handles.append(match.group(1))
        return ''

    def _function(self, match):
        parameters = [' '.join(p.split()) for p in match.group(3).split(',')]
        self.functions[match.group(2)] = (' '.join(match.group(1).split()), [] if parameters == ['void'] else parameters)
        return ''


def face(root, header=None):
    """the face of one header, or of the core's and all adapters'"""
    if header:
        return Face(plain(root, header))
    return Face(''.join(plain(root, n) for n in names(root) if n == UMBRELLA or is_adapter(n)))
