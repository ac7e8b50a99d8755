# SPDX-License-Identifier: MIT
"""The PHP examples, run as a reader would run them, against adsim.

    python3 examples.py ADSIM"""
import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..', '..')
sys.path[:0] = [os.path.join(ROOT, 'test', 'sim'), os.path.join(ROOT, 'test', 'e2e')]
ADSIM = sys.argv[1]
sys.argv[1:] = [ADSIM, os.path.join(HERE, 'quickstart.sh'), os.devnull, os.devnull]  # what the C examples' test runs
import examples as of_c
import harness
from harness import equal, true

PACKAGE = os.path.join(HERE, '..')


def php(*args, **options):
    return subprocess.run(['php', '-d', 'ffi.enable=1', *args], capture_output=True, text=True, timeout=120, **options)


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Web:
    """web.php under PHP's own server, whose FFI is open to preloaded code alone"""

    def __init__(self, folder, env, *settings):
        headers = os.path.join(folder, 'ffi')
        made = php(os.path.join(PACKAGE, 'bin', 'adsync-preload'), headers, env=env)
        equal((made.returncode, made.stderr), (0, ''))
        settings = settings or ('ffi.preload=%s/*.h' % headers, 'opcache.preload=' + os.path.join(PACKAGE, 'preload.php'), 'opcache.preload_user=root')
        if os.geteuid():  # only root may, and has to, say who loads
            settings = [setting for setting in settings if 'user' not in setting]
        self.log = open(os.path.join(folder, 'web.log'), 'w+')
        self.cookie = None
        for _ in range(5):  # somebody may take the port meanwhile
            self.port = free_port()
            options = [part for setting in (*settings, 'session.save_path=' + folder, 'display_errors=1', 'error_log=') for part in ('-d', setting)]
            self.process = subprocess.Popen(['php', *options, '-S', '127.0.0.1:%d' % self.port, os.path.join(PACKAGE, 'examples', 'web.php')],
                                            cwd=folder, env=env, stdout=self.log, stderr=subprocess.STDOUT)
            if self.is_up():
                return
            self.process.wait(10)
        raise AssertionError('it did not start: ' + self.said())

    def is_up(self):
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(('127.0.0.1', self.port), timeout=5).close()
                return True
            time.sleep(0.05)
        return False

    def said(self):
        with open(self.log.name) as file:
            return file.read()

    def ask(self, path, cookie=True, **form):
        headers = {'Cookie': self.cookie} if cookie and self.cookie else {}
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        if form:
            headers['Content-Type'] = 'application/x-www-form-urlencoded'
        connection.request('POST' if form else 'GET', path, urllib.parse.urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        if cookie and answer.getheader('Set-Cookie'):
            self.cookie = answer.getheader('Set-Cookie').split(';')[0]
        return answer.status, answer.getheader('Location') or (json.loads(body) if body.startswith('{') else body)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


@contextlib.contextmanager
def site(path):
    with of_c.reader(path) as (sim, folder, env):
        env = dict(env, ADSYNC_META_CLIENT_ID=harness.APP, ADSYNC_META_CLIENT_SECRET=harness.SECRET)
        web = Web(folder, env)
        try:
            yield sim, folder, env, web
        finally:
            web.stop()


def consented(sim, web, press='auto'):
    """what a browser does: the consent page, and the address it is sent back to"""
    status, url = web.ask('/connect')
    equal(status, 302, url)
    parts = urllib.parse.urlsplit(url)
    back = sim.call(parts.hostname, 'GET', parts.path + '?' + parts.query + '&' + press + '=1').header('Location')
    back = urllib.parse.urlsplit(back)
    equal(back.netloc, '127.0.0.1:%d' % web.port)
    return back.path + '?' + back.query


class Worker:
    def __init__(self, folder, env):
        self.out = open(os.path.join(folder, 'worker.out'), 'w+')
        self.process = subprocess.Popen(['php', '-d', 'ffi.enable=1', os.path.join(PACKAGE, 'examples', 'worker.php')], cwd=folder, env=env,
                                        stdout=self.out, stderr=subprocess.STDOUT)

    def events(self):
        with open(self.out.name) as file:
            text = file.read()
        return [json.loads(line) for line in text[:text.rfind('\n') + 1].splitlines()]

    def wait(self, enough, what):
        until = time.monotonic() + 90
        while not enough(self.events()):
            true(time.monotonic() < until and self.process.poll() is None, '%s: %s' % (what, self.events()))
            time.sleep(0.1)

    def stop(self):
        """SIGTERM, and after its turn it is gone"""
        self.process.send_signal(signal.SIGTERM)
        equal(self.process.wait(20), 0, self.events())
        self.out.close()


def php_quickstart_prints_ninety_days_that_equal_the_truth(path):
    of_c.quickstart_prints_ninety_days_that_equal_the_truth(path)


def php_quickstart_says_what_is_wrong(path):
    of_c.quickstart_says_what_is_wrong(path)


def two_routes_connect_an_account_and_a_worker_syncs_it(path):
    with site(path) as (sim, folder, env, web):
        back = consented(sim, web)
        equal(web.ask(back, cookie=False)[0], 400, 'another browser')
        status, connected = web.ask(back)
        equal(status, 200, connected)
        equal(web.ask(back)[0], 400, 'the same link again')
        true(len(connected['accounts']) > 1, connected)
        status, chosen = web.ask('/accounts', grant=connected['grant'], account_id=of_c.some_account(sim)['id'])
        equal(status, 202, chosen)
        worker = Worker(folder, env)
        worker.wait(lambda events: any(e['type'] == 'job' and e['job'] == chosen['job'] for e in events), 'the end of the job')
        worker.stop()
        db = sqlite3.connect(os.path.join(folder, 'ads.db'))
        equal(db.execute('select state from adsync_v_jobs where job = ?', (chosen['job'],)).fetchone()[0], 'succeeded')
        true(db.execute('select count(distinct day) from adsync_v_metrics').fetchone()[0] > 20, 'days are here')
        db.close()


def a_person_who_says_no_is_told_so(path):
    with site(path) as (sim, _, _, web):
        status, said = web.ask(consented(sim, web, press='deny'))
        equal(status, 403, said)


def a_worker_on_pdo_syncs_too_and_keeps_to_the_tables_of_the_c_adapter(path):
    with site(path) as (sim, folder, env, web):
        status, connected = web.ask(consented(sim, web))
        equal(status, 200, connected)
        _, chosen = web.ask('/accounts', grant=connected['grant'], account_id=of_c.some_account(sim)['id'])
        worker = Worker(folder, dict(env, ADSYNC_PDO='sqlite:ads.db'))
        worker.wait(lambda events: any(e['type'] == 'job' and e['job'] == chosen['job'] for e in events), 'the end of the job')
        worker.stop()
        db = sqlite3.connect(os.path.join(folder, 'ads.db'))
        true(db.execute('select count(distinct day) from adsync_v_metrics').fetchone()[0] > 20, 'days are here')
        db.close()


def without_preloading_a_web_server_is_told_what_to_do(path):
    with of_c.reader(path) as (_, folder, env):
        web = Web(folder, env, 'ffi.enable=preload')
        try:
            status, said = web.ask('/connect')
            equal(status, 500, said)
            true('preload' in said['message'], said)
        finally:
            web.stop()


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), ADSIM)
