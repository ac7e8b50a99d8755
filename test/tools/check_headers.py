#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The public headers are what a binding can use (P8): each compiles alone in C and C++ with gcc and clang and has no padding; structs
begin with their size; nothing in them that C++, cgo or PHP's FFI stumbles over."""
import os
import re
import subprocess
import tempfile
import checks
import headers

FROZEN = {'adsync_value', 'adsync_change', 'adsync_range', 'adsync_json_field'}
WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wpadded', '-Wstrict-prototypes', '-Werror', '-fsyntax-only']
LANGUAGES = [('gcc', ['-x', 'c', '-std=c11']), ('clang', ['-x', 'c', '-std=c11']), ('g++', ['-x', 'c++', '-std=c++11']),
             ('clang++', ['-x', 'c++', '-std=c++11'])]
RESERVED = {'type', 'func', 'range', 'var', 'package', 'map', 'chan', 'go', 'select', 'interface', 'import', 'defer', 'class', 'namespace',
            'new', 'delete', 'this', 'template', 'private', 'public', 'virtual', 'operator'}  # Go's and C++'s, not C's
FORBIDDEN = [(r'\.\.\.', 'a variadic function'), (r'\bunion\b', 'a union'), (r'\binline\b', 'an inline function'), (r'__attribute__|_Static_assert', 'attribute syntax'),
             (r'\b(long|short|unsigned|bool|_Bool|time_t|ssize_t|float|double|FILE|off_t|int)\b', 'a type of no fixed width'),
             (r'\bextern\s+(?!")', 'an exported variable')]
MACRO = re.compile(r'^[ \t]*#[ \t]*define[ \t]+(\w+)(.*)$', re.M)


def compiles(root, header):
    """what the compilers say of a header alone"""
    with tempfile.TemporaryDirectory(prefix='adsync-check-') as folder:
        for compiler, language in LANGUAGES:
            source = os.path.join(folder, 'alone.c')
            with open(source, 'w', encoding='utf-8') as file:
                file.write('#include <adsync/%s>\n#include <adsync/%s>\n' % (header, header))
            command = [compiler] + language + WARNINGS + ['-I', os.path.join(root, 'include')]
            if '++' in compiler:
                command.remove('-Wstrict-prototypes')
            done = subprocess.run(command + [source], stderr=subprocess.PIPE, universal_newlines=True, check=False)
            if done.returncode:
                first = [line for line in done.stderr.split('\n') if 'error' in line][:1] or [done.stderr]
                yield '%s alone, %s: %s' % (header, compiler, first[0])


def words(root, header):
    """what the text of a header must not hold"""
    text = checks.code(checks.read(root, os.path.join('include', 'adsync', header)))
    for match in MACRO.finditer(text):
        if not re.match(r'ADSYNC_(\w+_)?H$', match.group(1)):
            yield '%s:%d: macro %s: bindings have no preprocessor' % (header, checks.line_of(text, match.start()), match.group(1))
    plain = checks.DIRECTIVE.sub(checks.blank, text)
    for pattern, what in FORBIDDEN:
        for match in re.finditer(pattern, plain):
            yield '%s:%d: %s: %s' % (header, checks.line_of(plain, match.start()), match.group(0), what)


def shapes(face):
    for name, members in face.structs.items():
        if name not in FROZEN and (not members or members[0][1] != 'uint32_t size'):
            yield 'struct %s does not begin with uint32_t size' % name
        for member, declaration in members:
            if re.search(r':\s*\d+$', declaration):
                yield 'struct %s: %s is a bit-field' % (name, member)
            if member in RESERVED:
                yield 'struct %s: %s is a keyword elsewhere' % (name, member)
    for name, (result, parameters) in face.functions.items():
        if re.sub(r'[\s*]|const|struct', '', result) in face.structs and '*' not in result:
            yield '%s returns a struct by value' % name
        for parameter in parameters:
            if any(re.match(r'(const )?%s \w+$' % s, parameter) for s in face.structs):
                yield '%s takes a struct by value: %s' % (name, parameter)
        if any('adsync_error **' in p for p in parameters[1:-1]):
            yield '%s: the error is not the last parameter' % name
    for handle in face.handles:
        made = any(re.search(r'\b%s \*\*\w+$' % handle, p) for _, ps in face.functions.values() for p in ps)
        if made and handle + '_free' not in face.functions:
            yield 'handle %s is given out but there is no %s_free' % (handle, handle)
    left = re.sub(r'typedef int32_t adsync_status;|\s', '', face.rest)
    if left:
        yield 'not understood, so no binding will either: %s' % left[:100]


def check(root):
    umbrella = checks.read(root, 'include/adsync/adsync.h')
    for header in headers.names(root):
        yield from compiles(root, header)
        yield from words(root, header)
        inside = '#include "%s"' % header in umbrella
        if header != headers.UMBRELLA and inside == headers.is_adapter(header):
            yield '%s %s' % (header, 'is an adapter\'s and does not belong into adsync.h' if inside else 'is missing in adsync.h')
        source = checks.read(root, 'include/adsync/' + header)
        functions = len(headers.face(root, header).functions) if header != headers.UMBRELLA and headers.is_adapter(header) else \
            len(re.findall(r'^[a-z][\w *]*\badsync_\w+\(', checks.code(source), re.M))
        if source.count('@since') < functions:
            yield '%s: %d functions, %d times @since' % (header, functions, source.count('@since'))
    yield from shapes(headers.face(root))


TOP = '#ifndef ADSYNC_%s_H\n#define ADSYNC_%s_H\n#include <stddef.h>\n#include <stdint.h>\n'


def sample(body, more=''):
    umbrella = TOP.replace('_%s', '') + '#include "base.h"\n#endif\n'
    base = TOP % ('BASE', 'BASE') + 'typedef int32_t adsync_status;\ntypedef struct adsync_error adsync_error;\n' \
        'void adsync_error_free(adsync_error *error); /* @since */\n' + body + '\n#endif\n'
    tree = {'include/adsync/adsync.h': umbrella, 'include/adsync/base.h': base}
    if more:
        tree['include/adsync/more.h'] = more
    return tree


OPTIONS = 'typedef struct adsync_options {\n    uint32_t size;\n    uint32_t flags;\n%s} adsync_options;\n'
SAMPLES = [
    ('fine', sample(OPTIONS % '    int64_t a_us;\n    const char *b;\n    adsync_status (*run)(void *user);\n'
                    + 'adsync_status adsync_go(const adsync_options *options, adsync_error **error); /* @since */'), None),
    ('padding', sample(OPTIONS % '    uint32_t a;\n    int64_t b_us;\n'), 'padding'),
    ('does not compile', sample('adsync_status adsync_go(adsync_gone *gone); /* @since */'), 'alone'),
    ('a keyword of C++', sample('adsync_status adsync_go(int64_t new); /* @since */'), 'g++'),
    ('bit-field', sample(OPTIONS % '    uint32_t a : 16;\n    uint32_t b : 16;\n'), 'bit-field'),
    ('no size', sample('typedef struct adsync_options {\n    int64_t a;\n} adsync_options;'), 'begin with uint32_t size'),
    ('a keyword of Go', sample(OPTIONS % '    int64_t type;\n'), 'keyword elsewhere'),
    ('union', sample('typedef union adsync_any {\n    int64_t i;\n    void *p;\n} adsync_any;'), 'union'),
    ('variadic', sample('adsync_status adsync_go(const char *format, ...); /* @since */'), 'variadic'),
    ('long', sample('long adsync_go(void); /* @since */'), 'fixed width'),
    ('variable', sample('extern const char *adsync_last;'), 'exported variable'),
    ('macro', sample('#define ADSYNC_MANY 10'), 'macro ADSYNC_MANY'),
    ('by value', sample(OPTIONS % '' + 'adsync_status adsync_go(adsync_options options); /* @since */'), 'struct by value'),
    ('error in the middle', sample('adsync_status adsync_go(int64_t b, adsync_error **error, int64_t a); /* @since */'), 'last parameter'),
    ('no free', sample('typedef struct adsync_x adsync_x;\nadsync_status adsync_x_new(adsync_x **out); /* @since */'), 'no adsync_x_free'),
    ('no since', sample('adsync_status adsync_go(int64_t a);'), 'times @since'),
    ('outside the umbrella', sample('', TOP % ('MORE', 'MORE') + '#endif\n'), 'missing in adsync.h'),
]

if __name__ == '__main__':
    checks.main(check, SAMPLES)
