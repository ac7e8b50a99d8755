#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the tests of some suites need: usage programs.py BUILD SUITE,SUITE..

Prints the files that ninja has to make, a line each; fails where a suite has no tests."""
import json
import os
import subprocess
import sys


def introspect(build, what):
    return json.loads(subprocess.run(['meson', 'introspect', '--' + what, build], check=True, stdout=subprocess.PIPE).stdout)


def main(build, suites):
    wanted = set(suites.split(','))
    tests = introspect(build, 'tests')
    names = {id(test): {suite.split(':', 1)[-1] for suite in test['suite']} for test in tests}
    empty = wanted - set().union(*names.values())
    if empty:
        sys.exit('no tests: %s' % ', '.join(sorted(empty)))
    needed = set().union(*(test['depends'] for test in tests if names[id(test)] & wanted))
    made = [name for target in introspect(build, 'targets') if target['id'] in needed for name in target['filename']]
    for name in sorted(os.path.relpath(name, os.path.realpath(build)) for name in made):
        print(name)


main(*sys.argv[1:])
