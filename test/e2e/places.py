# SPDX-License-Identifier: MIT
"""Stores as workers name them, and a look into them past the library: on SQLite, or in databases of a PostgreSQL server of one's own."""
import json
import os
import sqlite3
import subprocess


class Sqlite:
    def __init__(self, folder):
        self.folder = folder

    def make(self, name):
        return os.path.join(self.folder, name)

    def query(self, path, sql, *values):
        db = sqlite3.connect(path, timeout=20)
        try:
            with db:
                return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def columns(self, path, table):
        return [row[0] for row in self.query(path, 'select name from pragma_table_info(?)', table)]

    def free(self, path):
        """whether nobody is inside of a transaction that writes"""
        db = sqlite3.connect(path, timeout=0.05, isolation_level=None)
        try:
            db.execute('begin immediate')
            db.execute('rollback')
            return True
        except sqlite3.OperationalError:
            return False
        finally:
            db.close()

    def remove(self, path):
        os.remove(path)

    def end(self):
        pass


class Postgres:
    def __init__(self, serve, bin_folder):
        self.psql = os.path.join(bin_folder, 'psql')
        self.server = subprocess.Popen([serve], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.folder = self.server.stdout.readline().strip()

    def ask(self, conninfo, sql):
        done = subprocess.run([self.psql, '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', conninfo, '-c', sql], capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(sql + ': ' + done.stderr)
        return done.stdout

    def make(self, name):
        self.ask('host=%s user=super dbname=postgres' % self.folder, 'create database "%s" owner engine' % name)
        self.ask('host=%s user=super dbname=%s' % (self.folder, name), 'alter schema public owner to engine')
        self.ask('host=%s user=super dbname=postgres' % self.folder, "alter role engine set idle_in_transaction_session_timeout = '500ms'")
        return 'host=%s user=engine dbname=%s' % (self.folder, name)

    def query(self, path, sql, *values):
        for value in values:
            sql = sql.replace('?', "'%s'" % value, 1)
        if not sql.startswith('select'):
            self.ask(path, sql)
            return []
        # a row is an object whose names may repeat: its values in their order are the row
        return json.loads(self.ask(path, 'select to_json(array(select row_to_json(q) from (%s) q))' % sql),
                          object_pairs_hook=lambda pairs: tuple(value for _, value in pairs))

    def free(self, path):
        return True  # whoever stands still in a transaction is hung up on

    def hang_up(self, path, most, first):
        """on some of those who are connected, from any place in their order; how many"""
        name = path.rsplit('=', 1)[1]
        there = "select pid from pg_stat_activity where datname = '%s' and usename = 'engine' order by pid" % name
        pids = self.ask('host=%s user=super dbname=postgres' % self.folder, there).split()
        first = first % len(pids) if pids else 0
        chosen = (pids[first:] + pids[:first])[:most]
        if chosen:
            self.ask('host=%s user=super dbname=postgres' % self.folder, 'select pg_terminate_backend(pid) from unnest(array[%s]) pid' % ', '.join(chosen))
        return len(chosen)

    def columns(self, path, table):
        return [row[0] for row in self.query(path, 'select column_name from information_schema.columns where table_name = ?'
                                             ' order by ordinal_position', table)]

    def remove(self, path):
        name = path.rsplit('=', 1)[1]
        self.ask('host=%s user=super dbname=postgres' % self.folder, 'drop database "%s" with (force)' % name)

    def end(self):
        self.server.stdin.close()
        self.server.wait(60)
