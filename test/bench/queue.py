# SPDX-License-Identifier: MIT
"""Empty jobs beside queues for PostgreSQL that are npm packages: installs them, then runs the bench.

    python3 queue.py ADSIM BENCH_QUEUE [options of bench_queue]"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BENCH = os.path.abspath(sys.argv[2])
FOLDER = os.path.join(os.path.dirname(BENCH), 'queue')

subprocess.run(['sh', os.path.join(HERE, '..', 'tools', 'npm.sh'), os.path.join(HERE, 'queue'), FOLDER], check=True)
os.environ.update(BENCH_QUEUE_SCRIPT=os.path.join(HERE, 'queue', 'queue.js'), NODE_PATH=os.path.join(FOLDER, 'node_modules'))
sys.exit(subprocess.call([BENCH] + sys.argv[3:]))
