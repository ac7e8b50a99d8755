#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A platform is its folder, a line in the registry and its sources in the build, nothing else: no other file below src/ names one, neither
in its code nor in a comment. What counts as naming it: its title ("TikTok"), its word as a text ("tiktok", "tiktok.40100"), its functions and
constants (tiktok_, TIKTOK_, adsync__tiktok), its folder in an include, its hosts. Public headers explain by examples and are not looked at."""
import os
import re
import checks

FOLDERS = 'src/connectors'
SHARED = 'common'
REGISTRY = {'src/engine/builtin.c', 'src/meson.build'}
TABLES = {('src/storage/tables.c', 'meta')}  # a table of the store has this name
HOST = re.compile(r'\{ "[a-z0-9_]+", "([a-z0-9.-]+\.[a-z]+)"')
TITLE = re.compile(r'\.title = "([^"]+)"')


def platforms(root):
    """word -> (its title, its hosts)"""
    found = {}
    for word in sorted(os.listdir(os.path.join(root, FOLDERS))):
        folder = FOLDERS + '/' + word
        if word == SHARED or not os.path.isdir(os.path.join(root, folder)):
            continue
        text = ''.join(checks.read(root, path) for path in checks.files(root, folder))
        title = TITLE.search(text)
        found[word] = (title.group(1) if title else word.capitalize(), set(HOST.findall(text)))
    return found


def patterns(word, title, hosts):
    text = r'"%s[".]' if len(word) > 1 else r'cmp\([^;"]*"%s"'  # a single letter is a name of everything: compared with, it is meant
    named = [text % re.escape(word), r'\badsync__%s\b' % re.escape(word), r'connectors/%s/' % re.escape(word)]
    if len(word) > 1:
        named += [r'\b%s\b' % re.escape(title), r'\b%s_[a-z]' % re.escape(word), r'\b%s_[A-Z]' % re.escape(word.upper())]
    named += [r'\b%s\b' % re.escape('.'.join(host.split('.')[-2:])) for host in hosts]
    return re.compile('|'.join(named))


def check(root):
    known = platforms(root)
    if not known:
        yield '%s: no platforms found' % FOLDERS
    named = {word: patterns(word, *about) for word, about in known.items()}
    for path in checks.files(root, 'src', ends=('.c', '.h', '.cpp', '.build')):
        own = path.split('/')[2] if path.startswith(FOLDERS + '/') else None
        if path in REGISTRY:
            continue
        text = checks.read(root, path)
        for word, pattern in named.items():
            for found in pattern.finditer(text):
                if word == own or (path, word) in TABLES:
                    continue
                yield '%s:%d: names the platform %s (%s), which belongs into %s/%s/' % (
                    path, checks.line_of(text, found.start()), word, found.group(0).strip('".'), FOLDERS, word)


ACME = {'src/connectors/acme/acme_tables.c': '{ "api", "api.acme-ads.test", 1 }, .title = "Acme",', 'src/connectors/x/x.c': '.title = "X"'}


def tree(path=None, text=''):
    return dict(ACME, **({path: text} if path else {}))


SAMPLES = [
    ('a platform in its own folder', tree(), None),
    ('the registry', tree('src/engine/builtin.c', '{ "acme", &adsync__acme },'), None),
    ('the build', tree('src/meson.build', "'connectors/acme/acme_tables.c'"), None),
    ('a word that is only alike', tree('src/sync/lane.c', 'int acmes; /* x */ char *p = "xx";'), None),
    ('a table of that name', dict(tree('src/storage/tables.c', '"meta"'), **{'src/connectors/meta/meta.c': '.title = "Meta"'}), None),
    ('nothing to check', {'src/connectors/common/common.c': ''}, 'no platforms'),
    ('a text in another room', tree('src/sync/lane.c', 'if (!strcmp(platform, "acme")) return;'), 'lane.c:1: names the platform acme'),
    ('an error of it', tree('src/sync/lane.c', 'strcmp(name, "acme.40100")'), 'acme'),
    ('a single letter as a sample', tree('src/storage/kit.c', 'text("x")'), None),
    ('a single letter as text', tree('src/sync/lane.c', '\nstrcmp(platform, "x")'), 'lane.c:2: names the platform x'),
    ('a function of it', tree('src/connect/oauth.c', 'acme_begin(task);'), 'acme_b'),
    ('a constant of it', tree('src/connect/oauth.c', 'if (n > ACME_MOST)'), 'ACME_M'),
    ('a host of it', tree('src/http/curl.c', '"other.acme-ads.test"'), 'acme-ads.test'),
    ('a comment', tree('src/connectors/common/row.c', '/* as Acme does */'), 'Acme'),
    ('a neighbour', tree('src/connectors/x/x_read.c', '#include "../../connectors/acme/acme.h"'), 'x_read.c'),
]


if __name__ == '__main__':
    checks.main(check, SAMPLES)
