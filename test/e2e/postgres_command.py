# SPDX-License-Identifier: MIT
"""The command on PostgreSQL: python3 postgres_command.py ADSYNC SERVE BIN"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
from harness import equal, true  # noqa: E402
from places import Postgres  # noqa: E402

ADSYNC = os.path.abspath(sys.argv[1])
folder = tempfile.mkdtemp(prefix='adsync-command-')
place = Postgres(*sys.argv[2:4])


def run(store, *args):
    return subprocess.run([ADSYNC, '--store', 'postgres:' + store, '--keys', os.path.join(folder, 'keys'), *args], capture_output=True, text=True,
                          timeout=60)


try:
    store = place.make('ads')
    early = run(store, 'connections')
    true(early.returncode != 0 and 'there are no tables yet' in early.stderr, early.stderr)
    equal(place.query(store, "select count(*) from pg_tables where schemaname = 'public'"), [(0,)], 'only init makes tables')
    made = run(store, 'init')
    equal(made.returncode, 0, made.stderr)
    equal(place.query(store, 'select name, org from adsync_orgs'), [('default', 1)])
    listed = run(store, '--json', 'connections')
    equal(listed.returncode, 0, listed.stderr)
    away = run('host=/nonexistent', 'connections')
    true(away.returncode != 0 and 'cannot be reached' in away.stderr and away.stderr.count('\n') == 1, away.stderr)
    parted = place.make('parted')
    made = run('partitions=1 ' + parted, 'init')
    equal(made.returncode, 0, made.stderr)
    kinds = place.query(parted, "select relname from pg_class where relkind = 'p' order by 1")
    equal(kinds, [('adsync_api_calls',), ('adsync_metrics',)])
    equal(run(parted, '--json', 'connections').returncode, 0, 'who does not ask finds them')
    refused = run('partitions=1 ' + store, 'connections')
    true(refused.returncode == 1 and 'not in partitions' in refused.stderr, refused.stderr)
    print('ok       the command keeps its store in PostgreSQL')
finally:
    place.end()
    shutil.rmtree(folder, ignore_errors=True)
