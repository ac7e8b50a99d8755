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

    def columns(self, path, table):
        return [row[0] for row in self.query(path, 'select column_name from information_schema.columns where table_name = ?'
                                             ' order by ordinal_position', table)]

    def remove(self, path):
        name = path.rsplit('=', 1)[1]
        self.ask('host=%s user=super dbname=postgres' % self.folder, 'drop database "%s" with (force)' % name)

    def end(self):
        self.server.stdin.close()
        self.server.wait(60)
