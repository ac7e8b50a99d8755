# SPDX-License-Identifier: MIT
"""Many connections that are due, in one worker process, against adsim.

    python3 scale.py ADSIM BENCH_SCALE [--quick]

How long a connection takes with 100 to 10,000 of them that are due at once, how much memory the process takes at most, how many exchanges
it has in flight at most (the simulator counts them), and that all of them were served. --quick, as a test: up to 1,000."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
import harness  # noqa: E402

ADSIM, BENCH = sys.argv[1:3]
QUICK = '--quick' in sys.argv
COUNTS = (100, 1000) if QUICK else (100, 316, 1000, 3162, 10000)
ACCOUNTS = 1000  # of the simulator; more connections are the same accounts in further organisations
PEAK_MIB, IN_FLIGHT, FLAT = 96, 500, 2.0 if QUICK else 1.25
failed = 0


def asked(ids, n, env):
    """A folder with a store in which n connections are due."""
    folder = tempfile.mkdtemp(prefix='adsync-bench-')
    orgs = -(-n // ACCOUNTS)
    subprocess.run([BENCH, 'ask', folder, str(orgs)] + ids[:n // orgs], check=True, env=env)
    return folder, n // orgs * orgs


def served(folder):
    db = sqlite3.connect(os.path.join(folder, 'a.db'))
    counts = [db.execute(words).fetchone()[0] for words in (
        "SELECT count(*) FROM adsync_jobs WHERE state = 'succeeded'", "SELECT count(DISTINCT connection * 100 + org) FROM adsync_coverage",
        'SELECT count(*) FROM adsync_queue', 'SELECT count(*) FROM adsync_metrics')]
    db.close()
    return counts


def judge(what, value, most, unit):
    global failed
    failed += value > most
    print('%-64s %8.1f %s, at most %.1f%s' % (what, value, unit, most, '' if value <= most else '   TOO MUCH'), flush=True)


def measure(sim, ids, n, env):
    global failed
    folder, n = asked(ids, n, env)
    sim.control('stats')
    words = subprocess.run([BENCH, 'work', folder], check=True, env=env, stdout=subprocess.PIPE, text=True).stdout.split()
    told = dict(zip(words[::2], map(float, words[1::2])))
    told['in_flight'] = sim.control('stats')['most_at_once']
    jobs, connections, left, rows = served(folder)
    shutil.rmtree(folder)
    if (jobs, connections, left) != (n, n, 0) or rows < n:
        failed += 1
        print('%d connections were due: %d jobs succeeded, figures of %d came, %d wait, %d rows' % (n, jobs, connections, left, rows))
    print('%8d %12.0f %12.0f %12d %12.1f %12.1f' % (n, told['wall'] / n * 1e6, told['cpu'] / n * 1e6, told['in_flight'],
                                                  told['begun'] / 1024, told['peak'] / 1024), flush=True)
    return n, told


with harness.Adsim(ADSIM, plain=True, tier='off', users=1, accounts=ACCOUNTS, campaigns=1, adsets=1, ads=2, odd_pages=0, latency=20) as simulator:
    accounts = [row['account_id'] for row in simulator.truth('accounts')][:ACCOUNTS]
    world = harness.environment(simulator)
    print('%8s %12s %12s %12s %12s %12s' % ('due', 'wall us each', 'cpu us each', 'in flight', 'begun MiB', 'peak MiB'))
    seen = [measure(simulator, accounts, n, world) for n in COUNTS]
judge('peak memory with %d' % seen[-1][0], seen[-1][1]['peak'] / 1024, PEAK_MIB, 'MiB')
judge('exchanges in flight', max(told['in_flight'] for _, told in seen), IN_FLIGHT, '')
each = [told['cpu'] / n for n, told in seen]
judge('processor time of one with %d, by that with %d' % (seen[-1][0], seen[0][0]), each[-1] / each[0], FLAT, '')
print('bench scale cpu ours=%.1f floor=%.1f ratio=%.3f' % (1 / each[-1], 1 / each[0], each[0] / each[-1]))
sys.exit(failed > 0)
