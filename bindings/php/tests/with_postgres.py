# SPDX-License-Identifier: MIT
"""Runs a program with the DSN of an empty database on a PostgreSQL server of its own: with_postgres.py PG_SERVE PG_BIN PROGRAM .."""
import os
import subprocess
import sys

serve, pg_bin, *program = sys.argv[1:]
server = subprocess.Popen([serve], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
try:
    folder = server.stdout.readline().strip()
    for database, sql in (('postgres', 'create database php owner engine'), ('php', 'alter schema public owner to engine')):
        subprocess.run([os.path.join(pg_bin, 'psql'), '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', 'host=%s user=super dbname=%s' % (folder, database), '-c', sql],
                       check=True, timeout=60)
    done = subprocess.run(program + ['pgsql:host=%s;user=engine;dbname=php' % folder], timeout=240)
finally:
    server.stdin.close()
    server.wait(60)
sys.exit(done.returncode)
