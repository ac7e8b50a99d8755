# SPDX-License-Identifier: MIT
"""The way from a platform's pages to a table: what it costs and how much memory it takes, against adsim.

    python3 pipeline.py ADSIM BENCH_PIPELINE PIPELINE_LOAD [--quick] [options of bench_pipeline]

First the ratios of bench_pipeline. Then peak memory: pages that were all written before the engine reads the first of them, 50 and more
exchanges at once over TLS, a page of 7 MB, a report ten times as long. --quick, as a test: one short pair, fewer exchanges, and bounds
that a busy machine does not break but a mistake does."""
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
import harness  # noqa: E402

ADSIM, BENCH, LOAD = sys.argv[1:4]
OPTIONS = sys.argv[4:]
QUICK = '--quick' in OPTIONS
KIB_50, KIB_EACH, KIB_7MB = (35 if QUICK else 32) * 1024, 140 if QUICK else 96, 64 * 1024  # of few, much is noise: 82 to 119 were seen
RATIO = 0.3  # of a quick run
failed = 0


def simulator(**options):
    world = dict(plain=True, adsets=3, ads=5, tier='off', sync_rows=10**9, odd_pages=0)
    return harness.Adsim(ADSIM, **dict(world, **options))


def asked(sim):
    with open(sim.log, encoding='utf-8') as log:
        return log.read().count('"level":"ad"')


def stop_until_written(process, sim, accounts):
    """Answers of the largest level wait in the sockets, all of them, before one is read."""
    end = time.monotonic() + 120
    while asked(sim) < accounts and process.poll() is None and time.monotonic() < end:
        time.sleep(0.2)
    process.send_signal(signal.SIGSTOP)
    time.sleep(3 + accounts / 100)
    process.send_signal(signal.SIGCONT)


def peak_kib(accounts, noise=0, weeks=1, campaigns=10, floor=False):
    """noise: bytes added to each row, under a name that nobody knows; pages have up to 500 rows of 1.4 kB."""
    with simulator(accounts=accounts, campaigns=campaigns) as sim:
        if noise:
            sim.fault('replace', **{'from': '"account_currency"', 'to': '"noise":"%s","account_currency"' % ('x' * noise)})
        sim.fault('latency', path='*insights*', contains='level=ad&', ms=2000, count=accounts)
        ids = [row['account_id'] for row in sim.truth('accounts')][:accounts]
        wish = ['floor', str(accounts)] if floor else [str(weeks)] + ids
        with subprocess.Popen([LOAD] + wish, stdout=subprocess.PIPE, text=True, env=harness.environment(sim)) as process:
            stop_until_written(process, sim, accounts)
            words = process.stdout.read().split()
        if process.returncode:
            raise SystemExit('pipeline_load ended with %d' % process.returncode)
        return int(words[-1])


def least(most, measure):
    """What disturbs a measurement of memory only adds to it: as a test, one that is too much is repeated twice."""
    kib = measure()
    for _ in range(2 if QUICK else 0):
        kib = min(kib, measure()) if kib > most else kib
    return kib


def judge(what, kib, most):
    global failed
    failed += kib > most
    print('%-72s %8.0f KiB, at most %6.0f%s' % (what, kib, most, '' if kib <= most else '   TOO MUCH'), flush=True)


def memory():
    first = 50
    points = [(first, least(KIB_50, lambda: peak_kib(first, 650)))]
    judge('50 exchanges over TLS, pages of up to 1 MiB', points[0][1], KIB_50)
    judge('a page of 7 MB', peak_kib(1, 13000, campaigns=40), KIB_7MB)
    points += [(n, least(points[0][1] + KIB_EACH * (n - first), lambda: peak_kib(n, 650))) for n in ((200,) if QUICK else (200, 350, 500))]
    for n, kib in points[1:]:
        judge('each exchange beyond 50, with %d in one engine (peak %d KiB)' % (n, kib), (kib - points[0][1]) / (n - first), KIB_EACH)
    if QUICK:
        return
    bare = [peak_kib(n, 650, floor=True) for n in (first, 500)]
    print('each connection beyond 50 of bare libcurl, with 500: %d KiB, of which nothing is ours' % ((bare[1] - bare[0]) / (500 - first)))
    short, long = peak_kib(1, campaigns=20, weeks=10), peak_kib(1, campaigns=20, weeks=100)  # the shorter one fills SQLite's pages already
    judge('a hundred weeks instead of ten: %d and %d KiB, the difference' % (short, long), long - short, 1024)


def ratios():
    global failed
    with simulator(accounts=1, campaigns=40) as sim:
        with subprocess.Popen([BENCH] + OPTIONS, stdout=subprocess.PIPE, text=True, env=harness.environment(sim)) as process:
            for line in process.stdout:
                print(line, end='', flush=True)
                failed += QUICK and line.startswith('bench ') and float(line.split('ratio=')[1]) < RATIO
        failed += process.returncode != 0


ratios()
if not any(option.startswith('--case') for option in OPTIONS):
    memory()
sys.exit(failed > 0)
