#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The arrows of the house: a room may use the rooms above it, never one below."""
import os
import re
import checks

ROOMS = ['base', 'crypto', 'json', 'rows', 'http', 'storage', 'vault', 'limiter', 'connectors', 'platform', 'connect', 'sync', 'webhook',
         'insight', 'engine', 'adapters']
NARROW = {'connectors': {'base', 'json', 'rows'}, 'adapters': set()}  # rooms that see less than all above them
PEERS = {'connectors', 'adapters'}  # whose folders do not see each other
SHARED = 'src/connectors/common/'  # but this one, which sees none of them
OUTSIDE = [  # who may include what is not ours
    (re.compile(r'^openssl/'), 'src/crypto/'),
    (re.compile(r'^(curl/|zlib)'), 'src/http/'),
    (re.compile(r'^simdjson'), 'src/json/'),
    (re.compile(r'^sqlite3'), 'src/adapters/sqlite/'),
    (re.compile(r'^(libpq|postgres|pg_)'), 'src/adapters/postgres/'),
]
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
SYSTEM_OF_PUBLIC = {'stddef.h', 'stdint.h'}


def room_of(path):
    parts = path.split('/')
    return parts[1] if len(parts) > 2 and parts[0] == 'src' else None


def source_problem(root, path, target):
    """why src/.../path may not include target, a path below root"""
    mine, theirs = room_of(path), room_of(target)
    if target.startswith('include/adsync/'):
        return None
    if theirs is None:
        return 'is neither a room nor a public header'
    if mine == theirs:
        same = path.split('/')[2] == target.split('/')[2] or target.count('/') == 2 or target.startswith(SHARED)
        return None if mine not in PEERS or same else 'belongs to a neighbour that %s/ may not know' % '/'.join(path.split('/')[1:3])
    if theirs not in ROOMS or mine not in ROOMS:
        return 'is in no room of the house'
    if target.endswith('_int.h'):
        return 'stays inside its room'
    if mine in NARROW and theirs not in NARROW[mine]:
        return '%s/ may use only %s' % (mine, ', '.join(sorted(NARROW[mine])) + ' and public headers' if NARROW[mine] else 'public headers')
    if ROOMS.index(theirs) > ROOMS.index(mine):
        return '%s/ lies below %s/' % (theirs, mine)
    return None


def resolve(root, path, name):
    """where an include leads, relative to root; None if that is not ours"""
    for base in (os.path.dirname(path), 'include'):
        there = os.path.normpath(os.path.join(base, name))
        if os.path.isfile(os.path.join(root, there)):
            return there
    return os.path.normpath(os.path.join(os.path.dirname(path), name)) if name.startswith('..') else None


def problem_of(root, path, quote, name):
    if path.startswith('include/'):
        fine = '/' not in name if quote == '"' else name in SYSTEM_OF_PUBLIC
        return None if fine else 'a public header includes only its siblings, stddef.h and stdint.h'
    target = resolve(root, path, name)
    if not path.startswith('src/'):
        public = target is None or target.startswith(('include/', path.split('/')[0] + '/'))
        return None if public else 'an example or binding sees only what is installed'
    for pattern, allowed in OUTSIDE:
        if pattern.match(name) and not path.startswith(allowed):
            return 'only %s may include it' % allowed
    if target is None:
        return None if quote == '<' else 'is not there'
    return source_problem(root, path, target)


def check(root):
    for path in checks.files(root, 'src', 'include', 'examples', 'bindings'):
        if path.startswith('src/') and path.count('/') > 1 and room_of(path) not in ROOMS:
            yield '%s: %s is no room of the house' % (path, room_of(path))
        text = checks.read(root, path)
        for match in INCLUDE.finditer(text):
            why = problem_of(root, path, match.group(1), match.group(2))
            if why:
                yield '%s:%d: include of %s: %s' % (path, checks.line_of(text, match.start()), match.group(2), why)


BASE = {'src/base/base.h': '', 'src/rows/rows.h': '', 'src/storage/storage.h': '', 'src/storage/storage_int.h': '',
        'src/connectors/common/common.h': '', 'src/adapters/sqlite/lite.h': '', 'src/connectors/meta/meta.h': '', 'include/adsync/base.h': ''}
SAMPLES = [
    ('upward', dict(BASE, **{'src/storage/a.c': '#include "../rows/rows.h"\n#include <adsync/base.h>\n#include <string.h>\n'}), None),
    ('a room below', dict(BASE, **{'src/rows/a.c': '#include "../storage/storage.h"\n'}), 'lies below'),
    ('inner header', dict(BASE, **{'src/vault/a.c': '#include "../storage/storage_int.h"\n'}), 'stays inside'),
    ('narrow room', dict(BASE, **{'src/connectors/x/a.c': '#include "../../storage/storage.h"\n'}), 'may use only'),
    ('neighbour', dict(BASE, **{'src/connectors/x/a.c': '#include "../meta/meta.h"\n'}), 'neighbour'),
    ('what platforms share', dict(BASE, **{'src/connectors/x/a.c': '#include "../common/common.h"\n'}), None),
    ('what platforms share, back', dict(BASE, **{'src/connectors/common/a.c': '#include "../meta/meta.h"\n'}), 'neighbour'),
    ('adapter', dict(BASE, **{'src/adapters/sqlite/a.c': '#include "../../base/base.h"\n'}), 'public headers'),
    ('adapter, public', dict(BASE, **{'src/adapters/sqlite/a.c': '#include <adsync/base.h>\n#include "lite.h"\n#include <sqlite3.h>\n'}), None),
    ('sqlite in the core', dict(BASE, **{'src/storage/a.c': '#include <sqlite3.h>\n'}), 'only src/adapters/sqlite/'),
    ('openssl outside', dict(BASE, **{'src/vault/a.c': '#include <openssl/evp.h>\n'}), 'only src/crypto/'),
    ('curl outside', dict(BASE, **{'src/sync/a.c': '#include <curl/curl.h>\n'}), 'only src/http/'),
    ('unknown room', dict(BASE, **{'src/misc/a.c': ''}), 'no room'),
    ('missing', dict(BASE, **{'src/rows/a.c': '#include "gone.h"\n'}), 'is not there'),
    ('example inside', dict(BASE, **{'examples/a.c': '#include "../src/base/base.h"\n'}), 'only what is installed'),
    ('public header', dict(BASE, **{'include/adsync/a.h': '#include <stdio.h>\n'}), 'only its siblings'),
]

if __name__ == '__main__':
    checks.main(check, SAMPLES)
