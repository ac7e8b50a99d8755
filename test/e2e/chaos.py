# SPDX-License-Identifier: MIT
"""P1, P4, P6a: workers share the connections of six platforms while they are killed and paused past their lease, while the platforms go
away and come back, and while the database hangs up on them. In the end everything is as if nothing had happened.

    python3 chaos.py ADSYNC ADSIM [--postgres SERVE BIN] [--size few|many|soak] [--seed N] [--off GUARD ADSYNC_WITH_SWITCHES]

What is done when follows from the seed; what it meets does not, as processes run as they like. --off runs workers without one of their
guards (src/base/switch.h): whoever judges then has to find out. verdicts.py judges."""
import argparse
import collections
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
import harness  # noqa: E402
import truths  # noqa: E402
import verdicts  # noqa: E402
from harness import equal, true  # noqa: E402
from places import Postgres, Sqlite  # noqa: E402

NOW = 1773576010  # 2026-03-15T12:00:10Z: today's figures grow with each quarter of an hour, so all of it fits into one
LEASE = 2
# connections by platform, as (people, accounts of each): by what the limits of a platform let through, which for X are each person's
MANY = {'meta': (2, 38), 'google': (2, 30), 'snapchat': (2, 15), 'x': (5, 4), 'tiktok': (1, 10), 'linkedin': (1, 4)}
FEW = {'meta': (1, 9), 'google': (1, 8), 'snapchat': (1, 5), 'x': (1, 3), 'tiktok': (1, 3), 'linkedin': (1, 2)}
SMALL = dict(campaigns=2, adsets=1, ads=1, audiences=1, pages=1, forms=1, leads=1, posts=1)
LARGE = dict(campaigns=6, adsets=2, ads=2, audiences=3, pages=2, forms=2, leads=2, posts=4)
Size = collections.namedtuple('Size', 'workers awake who world days disturbed patience')  # awake: at least so many work at any time
SIZES = {
    'few': Size(3, 1, FEW, SMALL, 5, 12, 150),
    'many': Size(8, 3, MANY, SMALL, 5, 25, 240),
    'soak': Size(8, 3, MANY, LARGE, 30, 360, 780),
}
# what the network does by itself: answers that are lost behind their work, or made up by a gateway; an access token that ends
FAULTS = (dict(kind='cut_after', probability=0.004), dict(kind='html', status=502, probability=0.004))
DEATHS = (dict(platform='google', host='googleads.googleapis.com', skip=40), dict(platform='snapchat', host='adsapi.snapchat.com', skip=60))

parser = argparse.ArgumentParser()
parser.add_argument('adsync', type=os.path.abspath)
parser.add_argument('adsim', type=os.path.abspath)
parser.add_argument('--postgres', nargs=2)
parser.add_argument('--size', choices=SIZES, default='few')
parser.add_argument('--seed', type=int, default=int.from_bytes(os.urandom(4), 'big'))
parser.add_argument('--off', nargs=2)
given = parser.parse_args()
size, dice = SIZES[given.size], random.Random(given.seed)


def ports_of(pid):
    """the local ports of a process' connections"""
    sockets = set()
    for name in os.listdir('/proc/%d/fd' % pid):
        try:
            sockets.add(os.readlink('/proc/%d/fd/%s' % (pid, name)))
        except OSError:
            continue  # closed meanwhile
    with open('/proc/net/tcp', encoding='ascii') as file:
        lines = [line.split() for line in file][1:]
    return {int(line[1].rsplit(':', 1)[1], 16) for line in lines if 'socket:[%s]' % line[9] in sockets}


class Shop:
    """the store with its connections, and commands on it"""

    def __init__(self, sim, place, folder):
        self.sim, self.place, self.folder, self.began = sim, place, folder, time.time()
        self.path = place.make('chaos')
        self.store = ('postgres:' if given.postgres else 'sqlite:') + self.path
        self.env = dict(os.environ, ADSYNC_LINKEDIN_SCOPES=truths.LINKEDIN_SCOPES, **harness.apps())
        self.good('init')

    def args(self, words, program=given.adsync):
        return [program, '--store', self.store, '--keys', os.path.join(self.folder, 'keys'), '--connect-to', '127.0.0.1:%d' % self.sim.ports['port'],
                '--ca', os.path.join(self.sim.folder, 'ca.pem'), '--now', str(int(NOW + time.time() - self.began)), '--json', *words.split()]

    def start(self, words):
        return subprocess.Popen(self.args(words), env=self.env, stdout=subprocess.PIPE, text=True)

    def good(self, words):
        done = subprocess.run(self.args(words), env=self.env, capture_output=True, text=True, timeout=60)
        equal((done.returncode, done.stderr), (0, ''), words)
        return done.stdout

    def query(self, sql):
        return self.place.query(self.path, sql)

    def connect(self):
        for platform, (people, each) in size.who.items():
            known = set()
            for person in range(people):
                accounts, code = harness.connect(self.sim, self.start('connect ' + platform), person)
                true(code in (0, 3) and len(accounts) >= each, '%s, person %d: %d accounts, exit %d' % (platform, person, len(accounts), code))
                grants = {row[0] for row in self.query('select "grant" from adsync_grants where platform = \'%s\'' % platform)}
                equal(len(grants - known), 1, 'a consent is a grant')
                self.good('add %d %s --days %d' % (*(grants - known), ' '.join(accounts[:each]), size.days))
                known = grants
        return self.query('select count(*) from adsync_connections')[0][0]


class Worker:
    """one process after the other in the same place"""

    def __init__(self, shop, number):
        self.shop, self.number, self.lives, self.process = shop, number, 0, None
        self.asleep = self.wake_at = self.start_at = None
        self.start()

    def start(self):
        self.lives += 1
        self.start_at = None
        program, env = given.adsync, self.shop.env
        if given.off:
            program, env = os.path.abspath(given.off[1]), dict(env, ADSYNC_SWITCHED_OFF=given.off[0])
        with open(os.path.join(self.shop.folder, 'worker-%d' % self.number), 'ab') as log:
            self.process = subprocess.Popen(self.shop.args('worker --lease %d' % LEASE, program), env=env, stdout=subprocess.DEVNULL, stderr=log)

    def works(self):
        return self.process is not None and not self.asleep

    def stop(self):
        """not while it holds a file of SQLite's: nobody can hang up on it there, and all would wait for it"""
        while not self.asleep:
            self.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if self.shop.place.free(self.shop.path):
                self.asleep = time.monotonic()
            else:
                self.process.send_signal(signal.SIGCONT)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)
        self.asleep = self.wake_at = None

    def kill(self, again):
        self.process.kill()
        self.process.wait()
        self.process = self.asleep = self.wake_at = None
        self.start_at = time.monotonic() + again


class Chaos:
    def __init__(self, shop, connections):
        self.shop, self.connections = shop, connections
        self.workers = [Worker(shop, n) for n in range(size.workers)]
        self.counts = collections.Counter()
        self.silences, self.outages, self.cuts = [], [], []  # what verdicts.py asks: who fell silent when, with which connections; when nobody was there
        self.waiting, self.takeovers = [], []
        self.engines = {}  # number: pid; that is how a worker which was declared dead shows: it goes on under another number
        self.seen = None

    # ---- looking

    def look(self):
        rows = self.shop.query(
            "select 'open' as what, count(*) as n, '' as words from adsync_jobs where state in ('queued', 'running') union all"
            " select 'ended', count(*), '' from adsync_jobs where type = 'initial-backfill' and parent is null and ended_us is not null union all"
            # where this is the second death without anything brought, one of all runs it alone, one after the other
            " select 'lane', engine, '' from adsync_lanes where engine is not null and takeovers = 0 group by engine union all"
            " select 'engine', engine, worker from adsync_engines union all select 'queue', count(*), '' from adsync_queue")
        now, seen = time.monotonic(), {}
        for what, n, words in rows:
            seen.setdefault(what, {})[n] = words
        self.seen = seen
        pids = {worker.process.pid: worker for worker in self.workers if worker.process}
        for number, words in seen.get('engine', {}).items():
            pid = int(words.split(':')[-2])
            if number in self.engines:
                continue
            if pid in self.engines.values() and pid in pids:
                self.counts['declared dead'] += 1
                self.silences.append((time.time(), ports_of(pid), 'dead'))
            self.engines[number] = pid
        for silence in list(self.waiting):
            if silence['engines'] & set(seen.get('lane', {})):
                continue
            self.waiting.remove(silence)
            self.takeovers.append((now - silence['at'], silence['how']))
        for worker in self.workers:
            if worker.works() and worker.process.poll() is not None:
                raise AssertionError('worker %d ended by itself with %d' % (worker.number, worker.process.returncode))
        return next(iter(seen['open'])), next(iter(seen['ended']))

    def falls_silent(self, worker, how):
        """its connections, and from when on others have to take its lanes"""
        self.silences.append((time.time(), ports_of(worker.process.pid), how))
        engines = {number for number, pid in self.engines.items() if pid == worker.process.pid}
        if engines & set(self.seen.get('lane', {})):
            self.waiting.append({'engines': engines, 'at': time.monotonic(), 'how': how, 'worker': how == 'paused' and (worker.number, worker.lives)})

    def due(self):
        """who is to wake up or to begin again"""
        now = time.monotonic()
        for worker in self.workers:
            if worker.wake_at and now >= worker.wake_at:
                self.waiting = [silence for silence in self.waiting if silence['worker'] != (worker.number, worker.lives)]  # it may go on with them
                self.silences.append((time.time(), set(), 'woke'))
                worker.wake()
            if worker.start_at and now >= worker.start_at:
                worker.start()

    # ---- what is done to them

    def awake(self):
        return [worker for worker in self.workers if worker.works()]

    def kill(self):
        worker = dice.choice(self.workers)
        again = dice.uniform(0, 2 * LEASE)
        if worker.process is None or (worker.works() and len(self.awake()) <= size.awake):
            return
        if not worker.asleep:
            worker.stop()  # so that its connections can be counted
            self.falls_silent(worker, 'killed')
        self.counts['kills'] += 1
        worker.kill(again)

    def pause(self):
        worker = dice.choice(self.workers)
        seconds = dice.choice((0.3, 1.4, 2.2)) * LEASE * dice.uniform(0.8, 1.2)
        if not worker.works() or len(self.awake()) <= size.awake:
            return
        self.counts['pauses'] += 1
        worker.stop()
        if seconds > LEASE:
            self.falls_silent(worker, 'paused')
        else:
            self.silences.append((time.time(), ports_of(worker.process.pid), 'paused'))
        worker.wake_at = time.monotonic() + seconds

    def outage(self):
        seconds = dice.uniform(0.1, 1)
        self.counts['outages'] += 1
        faults = self.shop.sim.control('fault.list')['faults']
        began = time.time()
        self.shop.sim.end()
        self.outages.append((began, time.time()))
        time.sleep(seconds)
        self.shop.sim.start()
        for fault in faults:  # of the network, not of the platforms; what was to come once and came does not come again
            if fault['hits'] < fault['fault'].get('count', fault['hits'] + 1):
                self.shop.sim.control(**fault['fault'])

    def cut(self):
        """the database hangs up, on one or on all"""
        one = dice.random() < 0.7
        if given.postgres:
            self.cuts.append(time.time())
            self.counts['cuts'] += self.shop.place.hang_up(self.shop.path, 1 if one else 1000, dice.randrange(1000))

    def disturb(self, until):
        # three deaths without anything brought in between cost a job a minute: not more of them than that
        ways = (self.kill, self.kill, self.pause, self.pause, self.cut, self.cut, self.outage)
        while time.monotonic() < until:
            self.look()
            self.due()
            dice.choice(ways)()
            time.sleep(dice.uniform(0.3, 1.2))

    def sleepers(self):
        """two with lanes of their own fall asleep and do not wake up before everything is done"""
        chosen, until = [], time.monotonic() + 2 * LEASE
        while len(chosen) < (2 if size.workers > 3 else 1) and time.monotonic() < until:
            self.look()
            owners = {self.engines.get(number) for number in self.seen.get('lane', {})}
            chosen += [worker for worker in self.awake() if worker.process.pid in owners][:1]
            for worker in chosen[-1:]:
                if not worker.asleep:
                    worker.stop()
                    self.falls_silent(worker, 'paused')
            time.sleep(0.1)
        true(chosen, 'nobody was at work any more')
        return chosen

    def rest(self):
        """nothing is done to them any more: all jobs end"""
        began = time.monotonic()
        for worker in self.workers:
            if worker.asleep:
                worker.wake_at = 1
            if worker.process is None:
                worker.start_at = 1
        self.due()
        self.look()
        asleep = self.sleepers()
        while True:
            still, ended = self.look()
            if not still and ended == self.connections and not self.waiting:
                return asleep
            true(time.monotonic() - began < size.patience, '%d jobs are open, %d of %d connections have their days, lanes of %r; %r'
                 % (still, ended, self.connections, self.waiting, self.shop.query("select state, message, count(*) as n from adsync_jobs group by 1, 2")))
            time.sleep(0.4)

    def wakes_up_to_nothing(self, asleep):
        """P1b: who slept through the end writes nothing of what it held"""
        self.asked_to_stop([worker for worker in self.workers if worker not in asleep])
        self.shop.query('update adsync_schedules set due_us = null')  # or they would begin what is due by now
        before = verdicts.everything(self.shop)
        dead = {number for number, pid in self.engines.items() if pid in [worker.process.pid for worker in asleep]}
        for worker in asleep:
            worker.wake()
        time.sleep(1.5 * LEASE)
        self.look()
        alive = dead & set(self.seen.get('engine', {}))
        equal(alive, set(), 'engines that were declared dead live again')
        for table, rows in verdicts.everything(self.shop).items():
            true(rows == before[table], 'who woke up wrote %s: %r' % (table, list(set(map(repr, rows)) ^ set(map(repr, before[table])))[:3]))
        print('ok       %d workers slept through the end: they wrote nothing afterwards' % len(asleep), flush=True)

    def end(self):
        for worker in self.workers:
            if worker.process and worker.process.poll() is None:
                worker.process.kill()
                worker.process.wait()

    def asked_to_stop(self, workers):
        for worker in workers:
            worker.process.send_signal(signal.SIGTERM)
        for worker in workers:
            equal(worker.process.wait(20), 0, 'worker %d that is asked to stop' % worker.number)
            worker.process = None


def run(place, folder):
    accounts = 2 * max(each for _, each in size.who.values())
    truths.instant[0] = '2026-03-15T12:00:10Z'
    with harness.Adsim(given.adsim, now=NOW, tick=True, users=max(people for people, _ in size.who.values()), accounts=accounts, seed=11, run_polls=1,
                       tiktok_level='basic', **size.world) as sim:
        shop = Shop(sim, place, folder)
        connections = shop.connect()
        for fault in FAULTS:
            for platform in harness.APPS:
                sim.fault(platform=platform, host=verdicts.HOSTS[platform], **fault)
        for death in DEATHS:
            sim.fault('token_death', count=1, **death)
        began = time.monotonic()
        chaos = Chaos(shop, connections)
        try:
            chaos.disturb(began + size.disturbed)
            asleep = chaos.rest()
            print('ok       %d connections, %d workers: %s; all jobs ended after %.0f s' % (
                connections, size.workers, ', '.join('%d %s' % (n, what) for what, n in sorted(chaos.counts.items())), time.monotonic() - began), flush=True)
            chaos.wakes_up_to_nothing(asleep)
            chaos.asked_to_stop(asleep)
            verdicts.judge(shop, chaos, size, LEASE)
        finally:
            chaos.end()


def main():
    print('seed %d; again: python3 %s --seed %d' % (given.seed, ' '.join(word for word in sys.argv if word not in ('--seed', str(given.seed))), given.seed),
          flush=True)
    folder = tempfile.mkdtemp(prefix='adsync-chaos-')
    place = Postgres(*given.postgres) if given.postgres else Sqlite(folder)
    try:
        run(place, folder)
    finally:
        place.end()
        shutil.rmtree(folder, ignore_errors=True)


main()
