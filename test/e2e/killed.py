# SPDX-License-Identifier: MIT
"""P1, P4: workers are killed in the middle of their work, 200 times, and paused past their lease; in the end everything is as if nothing
had happened.

    python3 killed.py WORKER ADSIM [--postgres SERVE BIN] [SEED]

Half of the kills come at an exact look at a clock, half at a moment. A worker that is paused wakes up when others have gone on or
ended. Rows, coverage, jobs, audit and tokens are held against an undisturbed run. The seed is printed; what is drawn follows from it."""
import base64
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
from harness import Adsim, equal, true  # noqa: E402
from places import Postgres, Sqlite  # noqa: E402

WORKER, ADSIM, *MORE = sys.argv[1:]
WORKER, ADSIM = os.path.abspath(WORKER), os.path.abspath(ADSIM)
POSTGRES, MORE = (MORE[1:3], MORE[3:]) if MORE[:1] == ['--postgres'] else (None, MORE)
SEED = int(MORE[0]) if MORE else int.from_bytes(os.urandom(4), 'big')
KILLS, REFRESH_KILLS, SLEEPERS = (30, 8, 4) if POSTGRES else (200, 30, 8)
NOW = 1773578096  # adsim's
FROM, TO = '20260101', '20260121'
# what may differ between two runs: versions, numbers drawn, times, what is sealed
FREE = {'_version', 'seen_run', 'pulled_at', 'pull', 'answers'}
dice = random.Random(SEED)
starts = 0
place = None


class Store:
    def __init__(self, sim, folder, name, token, account):
        self.sim, self.path, self.keys = sim, place.make(name), os.path.join(folder, 'keys')
        done = self.run('add', account, stdin=token + '\n')
        equal(done.returncode, 0, done.stderr)
        made = json.loads(done.stdout.splitlines()[0])
        self.connection, self.grant = str(made['connection']), str(made['grant'])

    def command(self, *args, kill=0):
        global starts
        starts += 1  # ten minutes later by every clock but the simulator's
        place = '127.0.0.1:%d' % self.sim.ports['port'], os.path.join(self.sim.folder, 'ca.pem')
        return [WORKER, self.path, self.keys, *place, str(NOW + 600 * starts), str(kill), *args]

    def run(self, *args, kill=0, stdin=None):
        return subprocess.run(self.command(*args, kill=kill), input=stdin, capture_output=True, text=True, timeout=60)

    def start(self, *args, kill=0):
        return subprocess.Popen(self.command(*args, kill=kill), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def sync(self):
        return ('sync', self.connection, FROM, TO)

    def query(self, sql, *values):
        return place.query(self.path, sql, *values)

    def rows(self, table):
        kept = [name for name in place.columns(self.path, 'adsync_' + table) if name not in FREE]
        return sorted(self.query('select %s from adsync_%s' % (', '.join('"%s"' % name for name in kept), table)), key=repr)

    def content(self):
        return {table: self.rows(table) for table in ('entities', 'metrics', 'coverage')}

    def dump(self):
        """with versions: who wrote anything changed this"""
        return {table: self.query('select * from adsync_' + table) for table in ('entities', 'metrics', 'coverage', 'lanes', 'jobs', 'queue', 'seen')}

    def open_jobs(self):
        return self.query("select job, state from adsync_jobs where state in ('queued', 'running')")

    def pauses(self):
        """three workers in a row died on a job before it moved: it waited a while, and was tried again"""
        return self.query('select coalesce(sum(attempt - 1), 0) from adsync_jobs where parent is not null')[0][0]

    def generation(self):
        return self.query('select generation, state from adsync_grants')[0]


def ended(process, seconds):
    """waits so long at most; whether it ended by itself"""
    try:
        process.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False


def asleep(store, most):
    """a worker that stopped somewhere in the middle of its sync, and whether it did"""
    process = store.start(*store.sync(), kill=-dice.randrange(1, most))
    stopped = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT).si_code == os.CLD_STOPPED
    return process, stopped


def reap(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def fate(code, err):
    """ended by itself, killed"""
    true(code in (0, -signal.SIGKILL), 'a worker ended with %d: %s' % (code, err))
    return code == 0, int(code != 0)


def killed_at_an_effect(store, calm):
    done = store.run(*store.sync(), kill=dice.randrange(1, calm['effects'] // 4))
    return fate(done.returncode, done.stderr)


def killed_at_a_moment(store, calm):
    process = store.start(*store.sync())
    if not ended(process, dice.uniform(0, calm['seconds'] / 4)):
        process.send_signal(signal.SIGKILL)
    code, _, err = reap(process)
    return fate(code, err)


def paused(store, calm):
    """one is paused in the middle, another takes over and is killed or ends, then the first wakes up beside a third"""
    sleeper, _ = asleep(store, calm['effects'])
    fates = [killed_at_a_moment(store, calm)]
    third = store.start(*store.sync())
    sleeper.send_signal(signal.SIGCONT)
    time.sleep(dice.uniform(0, calm['seconds'] / 4))
    for process in (sleeper, third):
        process.send_signal(signal.SIGKILL)
        code, _, err = reap(process)
        fates.append(fate(code, err))
    return any(over for over, _ in fates), sum(kills for _, kills in fates)


def whole(store, calm, name):
    content = store.content()
    for table, rows in calm['content'].items():
        mine = content[table]
        equal(mine == rows, True, '%s: %s: %d rows, undisturbed %d; %r' % (name, table, len(mine), len(rows), [r for r in mine if r not in rows][:2]
                                                                       + [r for r in rows if r not in mine][:2]))
    equal(store.open_jobs(), [], name + ': no job is left open')
    for table, what in (('queue', '1 = 1'), ('seen', '1 = 1'), ('lanes', 'engine is not null')):
        equal(store.query('select count(*) from adsync_%s where %s' % (table, what)), [(0,)], name + ': nothing is left in ' + table)
    equal(store.query("select job, state, message from adsync_jobs where state <> 'succeeded'"), [], name + ': every job succeeded')
    parents = store.query('select count(*) from adsync_jobs where parent is null')[0][0]
    equal(store.query('select count(*) from adsync_jobs')[0][0], 4 * parents, name + ': each sync has three children')
    equal(store.query('select last_status from adsync_connections'), [('success',)], name + ': the connection says so')
    equal(store.query('select count(*) - count(distinct called_us || endpoint || request_id) from adsync_api_calls'), [(0,)], name + ': no call is in the audit twice')
    return parents


WAYS = [killed_at_an_effect] * 3 + [killed_at_a_moment] * 3 + [paused]


def kills(sim, folder, token, account, calm):
    """stores are synced one after the other, each to its end, until there were enough kills"""
    count = stores = syncs = audited = pauses = 0
    arrived = len(sim.requests())
    while count < KILLS:
        stores += 1
        store, over = Store(sim, folder, 'store-%d' % stores, token, account), False
        while not over and count < KILLS:
            over, killed = dice.choice(WAYS)(store, calm)
            count += killed
        if over and not store.open_jobs():
            whole(store, calm, 'store %d' % stores)  # before another sync could mend what is missing
        last = store.run(*store.sync())
        equal(last.returncode, 0, last.stderr)
        syncs += whole(store, calm, 'store %d' % stores)
        pauses += store.pauses()
        audited += store.query('select count(*) from adsync_api_calls')[0][0]
        place.remove(store.path)
    arrived = len(sim.requests()) - arrived
    # three lanes, each with one call under way: what was under way when a worker died was not written down
    true(audited <= arrived <= audited + 4 * count, 'the audit holds %d calls, %d arrived' % (audited, arrived))
    print('ok       %d kills over %d stores, %d syncs: rows, coverage, jobs equal the undisturbed run\'s; %d calls arrived, %d are in the audit; %d pauses after three in a row'
          % (count, stores, syncs, arrived, audited, pauses), flush=True)


def sleepers(sim, folder, token, account, calm):
    """P1b: a worker is paused, others end its sync and make another, it wakes up: not a row is written any more"""
    store, caught = Store(sim, folder, 'slept', token, account), 0
    for n in range(SLEEPERS):
        sleeper, stopped = asleep(store, calm['effects'] * 2 // 3)  # where nothing changed a sync is shorter than the first
        at_work = stopped and bool(store.open_jobs())  # else it is over, or has yet to ask for a sync and makes one of its own later
        caught += at_work
        for _ in range(2):
            done = store.run(*store.sync())
            equal(done.returncode, 0, done.stderr)
        before = store.dump()
        sleeper.send_signal(signal.SIGCONT)
        code, _, err = reap(sleeper)
        equal(code, 0, err)
        for table, rows in store.dump().items():
            true(rows == before[table] or not at_work, 'round %d: a worker that woke up wrote %s' % (n, table))
    true(caught > SLEEPERS // 3, 'only %d workers were paused at work' % caught)
    print('ok       %d of %d workers slept through others\' syncs: they wrote nothing afterwards' % (caught, SLEEPERS), flush=True)


def refreshes(sim, folder, token, account):
    """P4: a refresh is killed anywhere; two minutes later the next one works, and what it stores is in force"""
    store = Store(sim, folder, 'refreshed', token, account)
    probe = store.run('refresh', store.grant)
    equal(probe.returncode, 0, probe.stderr)
    effects, before = json.loads(probe.stdout)['effects'], store.generation()
    unknown = 0
    for n in range(REFRESH_KILLS):
        done = store.run('refresh', store.grant, kill=dice.randrange(1, effects + 1))
        true(done.returncode in (0, -signal.SIGKILL), done.stderr)
        after = store.generation()
        true(after[0] in (before[0], before[0] + 1), 'generation %d after %d' % (after[0], before[0]))
        unknown += after[1] == 'refreshing'
        store.query('update adsync_grants set deadline_us = 1 where deadline_us is not null')
        again = store.run('refresh', store.grant)
        equal(again.returncode, 0, again.stderr)
        before = store.generation()
        equal(before, (after[0] + 1, 'active'), 'the refresh after kill %d' % n)
    true(unknown > 0, 'no kill came between asking and storing')
    equal(store.query('select count(*) from adsync_secrets where field = ? and alternate = 0', 'access_token'), [(1,)])
    done = store.run(*store.sync())
    equal(done.returncode, 0, done.stderr)
    print('ok       %d kills in refreshes, %d between asking and storing: each next one was stored, and the last token works' % (REFRESH_KILLS, unknown))


def main():
    global place
    folder = tempfile.mkdtemp(prefix='adsync-killed-')
    print('seed %d' % SEED, flush=True)
    place = Postgres(*POSTGRES) if POSTGRES else Sqlite(folder)
    try:
        with open(os.open(os.path.join(folder, 'keys'), os.O_WRONLY | os.O_CREAT, 0o600), 'w', encoding='ascii') as file:
            file.write('k1:%s\n' % base64.b64encode(bytes(range(32))).decode())
        with Adsim(ADSIM, now=NOW, accounts=1, campaigns=6, tier='off', seed=5) as sim:
            token = sim.control('token.mint', user=0, long=True)['token']
            account = sim.truth('accounts')[0]['row']['account_id']
            store = Store(sim, folder, 'calm', token, account)
            began = time.monotonic()
            done = store.run(*store.sync())
            equal(done.returncode, 0, done.stderr)
            calm = {'seconds': time.monotonic() - began, 'effects': json.loads(done.stdout)['effects'], 'content': store.content()}
            equal(whole(store, calm, 'undisturbed'), 1)
            print('ok       undisturbed: %s in %.2f s, %d effects' % (', '.join('%d %s' % (len(rows), table) for table, rows in calm['content'].items()),
                                                                       calm['seconds'], calm['effects']), flush=True)
            kills(sim, folder, token, account, calm)
            sleepers(sim, folder, token, account, calm)
            refreshes(sim, folder, token, account)
    finally:
        place.end()
        shutil.rmtree(folder, ignore_errors=True)


main()
