# SPDX-License-Identifier: MIT
"""A million rows of figures from adsim into SQLite and PostgreSQL.

    python3 million.py ADSIM BENCH_MILLION [options of bench_million]

One account of 6,000 ads, nineteen weeks. --quick, as a test: 600 ads, a week; bounds that a busy machine does not break."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
import harness  # noqa: E402

ADSIM, BENCH, *OPTIONS = sys.argv[1:]
QUICK = '--quick' in OPTIONS
RATIO = 0.2  # of a quick run
failed = 0

with harness.Adsim(ADSIM, plain=True, tier='off', users=1, accounts=1, campaigns=40 if QUICK else 400, adsets=3, ads=5, sync_rows=10**9,
                   odd_pages=0) as sim:
    with subprocess.Popen([BENCH] + OPTIONS, stdout=subprocess.PIPE, text=True, env=harness.environment(sim)) as process:
        for line in process.stdout:
            print(line, end='', flush=True)
            failed += QUICK and line.startswith('bench ') and 'server' not in line and float(line.split('ratio=')[1]) < RATIO
    failed += process.returncode != 0
sys.exit(failed > 0)
