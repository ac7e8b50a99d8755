# SPDX-License-Identifier: MIT
"""What other languages cost: the same sync from adsim by a C program, by each language with the C adapter for SQLite, and by each language
with a storage of its own behind the library's callbacks.

    python3 bindings.py ADSIM BENCH_BINDINGS [--quick] [--pairs=N] [--case=CASE]

A program is given a folder, how many days and which store, and prints the seconds of CPU that it took, the seconds that passed and, where
its store is no file, the rows that it synced. Judged is the C adapter: at most 1.1 times the C program; what a storage of one's own costs
is printed."""
import base64
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'sim'))
import harness

ADSIM, IN_C = (os.path.abspath(path) for path in sys.argv[1:3])
BUILD = os.path.join(os.path.dirname(IN_C), '..', '..')
OPTIONS = sys.argv[3:]
QUICK = '--quick' in OPTIONS
PAIRS = 1 if QUICK else max([5] + [int(option[8:]) for option in OPTIONS if option.startswith('--pairs=')])
ONLY = [option[7:] for option in OPTIONS if option.startswith('--case=')]
DAYS, CAMPAIGNS = (10, 2) if QUICK else (90, 20)
PHP = ['php', '-d', 'ffi.enable=1', os.path.join(HERE, 'bindings.php')]
GO = [os.path.join(BUILD, 'go', 'bench')]
STORES = ('sqlite', 'pdo', 'memory', 'own')
FOLDERS = [os.path.join(BUILD, 'src', *part) for part in ((), ('adapters', 'sqlite'), ('adapters', 'postgres'))]

# case, ours, what it is held against, the least ratio that is promised (0: none)
CASES = [
    ('php', PHP + ['sqlite'], [IN_C], 1 / 1.1),
    ('php-storage', PHP + ['pdo'], PHP + ['sqlite'], 0),
    ('go', GO + ['sqlite'], [IN_C], 1 / 1.1),
    ('go-storage', GO + ['own'], GO + ['memory'], 0),
    ('go-storage-file', GO + ['own'], GO + ['sqlite'], 0),
]


def run(program, sim, token, account):
    """rows per second of CPU"""
    folder = tempfile.mkdtemp(prefix='adsync-bench-')
    try:
        with open(os.open(os.path.join(folder, 'ads.keys'), os.O_WRONLY | os.O_CREAT, 0o600), 'w', encoding='ascii') as file:
            file.write('k1:%s\n' % base64.b64encode(bytes(range(32))).decode())
        store = program[-1:] if program[-1] in STORES else []
        command = program[:len(program) - len(store)] + [folder, str(DAYS)] + store
        env = dict(os.environ, ADSYNC_TOKEN=token, ADSYNC_ACCOUNT=account, ADSYNC_CONNECT_TO='127.0.0.1:%d' % sim.ports['plain_port'],
                   ADSYNC_LIBRARIES=':'.join(FOLDERS), LD_LIBRARY_PATH=':'.join(FOLDERS), ADSYNC_DECLARATIONS=os.path.join(BUILD, 'scripts'))
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise SystemExit('%s: %s%s' % (command, done.stdout, done.stderr))
        words = done.stdout.split()
        return (int(words[2]) if len(words) > 2 else rows_in(folder)) / float(words[0])
    finally:
        shutil.rmtree(folder)


def build_go():
    subprocess.run(['sh', os.path.join(HERE, '..', '..', 'bindings', 'go', 'env.sh'), BUILD, 'go', 'build', '-o', GO[0], './bench'], check=True)


def rows_in(folder):
    db = sqlite3.connect(os.path.join(folder, 'ads.db'))
    rows = db.execute('select count(*) from adsync_metrics').fetchone()[0]
    db.close()
    if not rows:
        raise SystemExit('nothing was synced')
    return rows


def case(name, ours, floor, least, *world):
    print('%-6s %14s %14s %8s   bindings %s, rows per second of CPU' % ('pair', 'ours', 'floor', 'ratio', name))
    mine, theirs = [], []
    for pair in range(PAIRS):
        for program, rates in ((ours, mine), (floor, theirs)) if pair % 2 else ((floor, theirs), (ours, mine)):
            rates.append(run(program, *world))
        print('%-6d %14.1f %14.1f %8.3f' % (pair + 1, mine[-1], theirs[-1], mine[-1] / theirs[-1]), flush=True)
    ratio = statistics.median(a / b for a, b in zip(mine, theirs))
    print('bench bindings %s ours=%.1f floor=%.1f ratio=%.3f' % (name, statistics.median(mine), statistics.median(theirs), ratio), flush=True)
    if QUICK or ratio >= least:
        return 0
    print('bindings %s: a ratio of %.3f, at least %.2f is promised' % (name, ratio, least), file=sys.stderr)
    return 1


selected = [one for one in CASES if not ONLY or one[0] in ONLY]
if any(one[0].startswith('go') for one in selected):
    build_go()
with harness.Adsim(ADSIM, plain=True, tier='off', accounts=1, campaigns=CAMPAIGNS, now=int(time.time()), sync_rows=10**9, odd_pages=0) as simulator:
    minted = simulator.control('token.mint', user=0, long=True)['token']
    first = simulator.truth('accounts')[0]['row']['account_id']
    below = sum(case(*one, simulator, minted, first) for one in selected)
sys.exit(below > 0)
