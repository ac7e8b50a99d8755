# SPDX-License-Identifier: MIT
"""`adsync worker`, `jobs` and `cancel`: processes that share one store, one of them killed, stopped or asked to stop.

    python3 workers.py ADSYNC ADSIM [--postgres SERVE BIN]"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
import harness  # noqa: E402
from harness import equal, true  # noqa: E402
from places import Postgres, Sqlite  # noqa: E402

ADSYNC, ADSIM, *MORE = sys.argv[1:]
ADSYNC, ADSIM = os.path.abspath(ADSYNC), os.path.abspath(ADSIM)
NOW = '2026-03-15T12:00:00Z'
LEASE = 2
# the promise is 60 s for a lease of 30 s: a look at a third of it, the lease itself, a turn; here a loaded machine is paid for as well
WITHIN = 60 / 30 * LEASE + 4


class Shop:
    """a store with some connected accounts, and commands on it"""

    def __init__(self, sim, place, folder, name):
        self.sim, self.place, self.folder, self.started = sim, place, folder, []
        self.path = place.make(name)
        self.store = ('postgres:' if isinstance(place, Postgres) else 'sqlite:') + self.path
        self.env = dict(os.environ, ADSYNC_META_CLIENT_ID=harness.APP, ADSYNC_META_CLIENT_SECRET=harness.SECRET)
        self.good('init')
        self.good('connect meta --token-stdin', stdin=sim.control('token.mint', user=0, long=True)['token'] + '\n')
        self.accounts = [row['account_id'] for row in self.json('accounts meta')]
        self.good('add meta --manual ' + ' '.join(self.accounts))  # nothing but what is asked for

    def args(self, words):
        return [ADSYNC, '--store', self.store, '--keys', os.path.join(self.folder, 'keys'), '--connect-to', '127.0.0.1:%d' % self.sim.ports['port'],
                '--ca', os.path.join(self.sim.folder, 'ca.pem'), '--now', NOW, *words.split()]

    def run(self, words, stdin=''):
        return subprocess.run(self.args(words), env=self.env, input=stdin, capture_output=True, text=True, timeout=60)

    def good(self, words, stdin=''):
        done = self.run(words, stdin)
        equal((done.returncode, done.stderr), (0, ''), words)
        return done.stdout

    def json(self, words):
        return json.loads(self.good(words + ' --json'))

    def worker(self, words=''):
        self.started.append(subprocess.Popen(self.args('worker --lease %d %s' % (LEASE, words)), env=self.env, stdout=subprocess.PIPE,
                                             stderr=subprocess.PIPE, text=True))
        return self.started[-1]

    def one(self, sql):
        return self.place.query(self.path, sql)[0][0]

    def until(self, sql, wanted, seconds, what):
        """how long it took"""
        began = time.monotonic()
        while self.one(sql) != wanted:
            true(time.monotonic() - began < seconds, '%s: still %r after %.1f s' % (what, self.one(sql), time.monotonic() - began))
            time.sleep(0.02)
        return time.monotonic() - began

    def end(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


OPEN = "select count(*) from adsync_jobs where state in ('queued', 'running')"


def asked(worker):
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=30)
    equal((worker.returncode, err), (0, ''), 'a worker that is asked to stop')
    return out


def engines_share_the_work_until_nothing_is_due(shop):
    for account in shop.accounts:
        shop.good('sync %s --days 10' % account)
    jobs = shop.json('jobs')
    equal(len(jobs), 4 * len(shop.accounts))  # all, campaigns, figures, leads
    equal(len(shop.json('jobs --state queued')), 3 * len(shop.accounts))
    connection = jobs[0]['connection']
    equal({job['connection'] for job in shop.json('jobs --connection %d' % connection)}, {connection})
    done = shop.run('worker --until-idle --engines 3')
    equal((done.returncode, done.stderr), (0, ''))
    shop.until(OPEN, 0, 10, 'jobs are open')
    equal(len(shop.json('jobs --state succeeded')), 4 * len(shop.accounts))
    equal(done.stdout.count(': succeeded'), 4 * len(shop.accounts), 'each end is told once')
    true('succeeded' in shop.good('jobs') and shop.good('jobs --state failed') == 'There is no such job.\n')
    equal(shop.one('select count(*) from adsync_engines'), 0, 'no engine leaves its row')
    for wrong in ('jobs --state done', 'cancel x', 'worker --engines 0', 'worker --lease no'):
        equal(shop.run(wrong).returncode, 2, wrong)


def another_worker_goes_on_where_one_was_killed(shop):
    shop.sim.fault('latency', ms=60000, path='*/insights', skip=8)
    shop.good('sync %s --days 90' % shop.accounts[0])
    first = shop.worker()
    shop.until("select count(*) from adsync_jobs where data = 2 and state = 'running' and progress > 0", 1, 20, 'figures are being fetched')
    dead = shop.one('select engine from adsync_lanes where engine is not null')
    second = shop.worker()
    shop.until('select count(*) from adsync_engines', 2, 20, 'the second works')
    shop.sim.control('fault.clear')
    first.kill()
    took = shop.until('select count(*) from adsync_lanes where engine = %d' % dead, 0, WITHIN, 'lanes of the dead')
    shop.until(OPEN, 0, 20, 'jobs are open')
    shop.until('select count(*) from adsync_engines', 1, 20, 'rows of engines')
    equal(len(shop.json('jobs --state succeeded')), 4)
    print('ok       lanes of a killed worker were taken over after %.1f s with a lease of %d s' % (took, LEASE), flush=True)
    asked(second)


def a_killed_engine_among_several_is_told(shop):
    several = shop.worker('--engines 2')
    shop.until('select count(*) from adsync_engines', 2, 20, 'two work')
    with open('/proc/%d/task/%d/children' % (several.pid, several.pid), encoding='ascii') as file:
        children = [int(pid) for pid in file.read().split()]
    equal(len(children), 2)
    os.kill(children[0], signal.SIGKILL)
    shop.good('sync %s --data campaigns' % shop.accounts[0])
    shop.until(OPEN, 0, 20, 'the other one works')
    several.send_signal(signal.SIGTERM)
    _, err = several.communicate(timeout=30)
    equal(several.returncode, 1)
    true('ended by signal 9' in err, err)
    shop.until('select count(*) from adsync_engines', 1, 5, 'its row waits for somebody to find it silent')
    shop.worker()
    shop.until('select count(*) from adsync_engines', 1, 5, 'the next one')


def a_running_job_is_called_off_from_elsewhere(shop):
    shop.sim.fault('latency', ms=2000, path='*/insights', skip=4)
    shop.good('sync %s --data metrics --days 90' % shop.accounts[0])
    worker = shop.worker()
    shop.until("select count(*) from adsync_jobs where state = 'running' and progress > 0", 1, 20, 'figures are being fetched')
    job = shop.json('jobs --state running')[0]['job']
    equal(shop.good('cancel %d' % job), 'job %d is called off\n' % job)
    equal(shop.json('jobs --state cancelled')[0]['job'], job)
    covered = shop.one('select count(*) from adsync_coverage')
    shop.sim.control('fault.clear')
    time.sleep(3)  # the answer on its way arrives and is thrown away
    equal(shop.one('select count(*) from adsync_coverage'), covered)
    equal(shop.one('select count(*) from adsync_lanes where engine is not null'), 0)
    again = shop.run('cancel %d' % job)
    true(again.returncode == 1 and 'it is cancelled' in again.stderr, again.stderr)
    equal(shop.run('cancel 1').returncode, 1)
    asked(worker)


def schedules_become_jobs_once_whoever_looks_and_dies(shop):
    """P1: all connections are due at once; three look, one is killed"""
    workers = [shop.worker() for _ in range(3)]
    shop.until("select count(*) from adsync_engines where state = 'alive'", 3, 20, 'three work')
    for account in shop.accounts:
        shop.good('schedule %s --auto --days 20' % account)
    shop.until('select count(*) > 0 from adsync_jobs', 1, 20, 'a schedule became a job')
    workers[0].kill()
    wanted = 3 * len(shop.accounts)  # figures, campaigns, leads
    shop.until("select count(*) from adsync_jobs where state = 'succeeded'", wanted, 40, 'all that is due is done')
    equal(shop.one('select count(*) from adsync_jobs'), wanted, 'each once')
    equal(shop.one("select count(*) from adsync_jobs where type = 'initial-backfill'"), len(shop.accounts))
    equal({row['state'] for row in shop.json('status')['health']}, {'success'})
    equal(shop.one('select count(*) from adsync_connections where next_sync_us is null'), 0)
    for worker in workers[1:]:
        asked(worker)


TESTS = (engines_share_the_work_until_nothing_is_due, another_worker_goes_on_where_one_was_killed, a_killed_engine_among_several_is_told,
         a_running_job_is_called_off_from_elsewhere, schedules_become_jobs_once_whoever_looks_and_dies)


def main():
    folder = tempfile.mkdtemp(prefix='adsync-workers-')
    place = Postgres(*MORE[1:3]) if MORE[:1] == ['--postgres'] else Sqlite(folder)
    try:
        with harness.Adsim(ADSIM, now=NOW, accounts=4, campaigns=3, seed=11, tier='off') as sim:
            for test in TESTS:
                where = os.path.join(folder, test.__name__)
                os.mkdir(where)
                shop = Shop(sim, place, where, test.__name__[:40] if MORE else os.path.join(test.__name__, 'store'))
                try:
                    test(shop)
                finally:
                    shop.end()
                    sim.control('fault.clear')
                print('ok       ' + test.__name__.replace('_', ' '), flush=True)
    finally:
        place.end()
        shutil.rmtree(folder, ignore_errors=True)


main()
