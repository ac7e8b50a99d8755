# SPDX-License-Identifier: MIT
"""The example programs, run as a reader would run them, against adsim: what they print is held against adsim's truth.

    python3 examples.py ADSIM QUICKSTART EVENT_LOOP CUSTOM_CONNECTOR"""
import base64, contextlib, datetime, json, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time, zoneinfo
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
import harness
from harness import equal, true

QUICKSTART, EVENT_LOOP, CUSTOM_CONNECTOR = (os.path.abspath(path) for path in sys.argv[2:5])
ACTIVE, STARTED = 1, []


@contextlib.contextmanager
def reader(path):
    """someone with a key file, a token and one ad account, in a folder of their own"""
    folder = tempfile.mkdtemp(prefix='adsync-examples-')
    with harness.Adsim(path, now=int(time.time()), tier='off', campaigns=4, seed=11) as sim:
        token = sim.control('token.mint', user=0, long=True)['token']
        keys = os.open(os.path.join(folder, 'ads.keys'), os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(keys, b'k1:' + base64.b64encode(os.urandom(32)) + b'\n')
        os.close(keys)
        env = dict(os.environ, ADSYNC_TOKEN=token, ADSYNC_CONNECT_TO='127.0.0.1:%d' % sim.ports['port'], ADSYNC_CA=os.path.join(sim.folder, 'ca.pem'),
                   ADSYNC_CLIENT_ID=harness.APP, ADSYNC_CLIENT_SECRET=harness.SECRET)
        try:
            yield sim, folder, env
        finally:
            while STARTED:
                STARTED.pop().kill()  # one that a failed test left
            shutil.rmtree(folder)


def some_account(sim):
    """an active one where no midnight passes during the test"""
    for line in sim.truth('accounts'):
        row = line['row']
        if row['account_status'] == ACTIVE and 1 <= datetime.datetime.now(zoneinfo.ZoneInfo(row['timezone_name'])).hour <= 22:
            return row
    raise AssertionError('no account')


def quickstart(folder, env, *args):
    return subprocess.run([QUICKSTART, *args], cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def digits(amount):
    return Decimal(amount).normalize()


def quickstart_prints_ninety_days_that_equal_the_truth(path):
    with reader(path) as (sim, folder, env):
        account = some_account(sim)
        ran = quickstart(folder, env, 'meta', account['id'])
        equal((ran.returncode, ran.stderr), (0, ''))
        lines = [line.split() for line in ran.stdout.splitlines()]
        today = datetime.datetime.now(zoneinfo.ZoneInfo(account['timezone_name'])).date()
        days = [str(today - datetime.timedelta(days=back)) for back in range(89, -1, -1)]
        rows = {line['row']['date_start']: line['row'] for line in sim.truth('insights', account=account['account_id'], level='account')}
        wanted = [(day, digits(rows[day]['spend']), account['currency'], int(rows[day]['impressions']), int(rows[day]['clicks'])) for day in days if day in rows]
        equal([(day, digits(spend), unit, int(seen), int(clicks)) for day, spend, unit, seen, _, clicks, _ in lines], wanted)
        true(len(wanted) > 60, 'the world has %d days' % len(wanted))
        again = quickstart(folder, env, 'meta', account['account_id'])
        equal((again.returncode, again.stdout), (0, ran.stdout), 'a second run, the account spelled otherwise')
        true(env['ADSYNC_TOKEN'].encode() not in open(os.path.join(folder, 'ads.db'), 'rb').read(), 'the token lies in the file')


def quickstart_says_what_is_wrong(path):
    with reader(path) as (sim, folder, env):
        account = some_account(sim)['id']
        equal(quickstart(folder, env).returncode, 2)
        sim.control('token.kill', user=0, reason='deauthorized')
        ran = quickstart(folder, env, 'meta', account)
        equal((ran.returncode, ran.stdout), (1, ''))
        true('meta.190' in ran.stderr and env['ADSYNC_TOKEN'] not in ran.stderr, ran.stderr)
        os.unlink(os.path.join(folder, 'ads.keys'))
        ran = quickstart(folder, env, 'meta', account)
        true(ran.returncode == 1 and 'ads.keys' in ran.stderr, ran.stderr)


class Loop:
    """the event loop in a folder where the quickstart was"""

    def __init__(self, folder, env, stdin):
        self.out = open(os.path.join(folder, 'out'), 'w+')
        self.process = subprocess.Popen([EVENT_LOOP, 'ads.db', 'ads.keys', 'my-company', 'meta'], cwd=folder, env=env, stdin=stdin,
                                        stdout=self.out, stderr=subprocess.STDOUT)
        STARTED.append(self.process)

    def lines(self):
        with open(self.out.name) as file:
            return file.read().splitlines()

    def wait(self, enough, what):
        until = time.monotonic() + 60
        while not enough(self.lines()):
            true(time.monotonic() < until and self.process.poll() is None, '%s: %s' % (what, self.lines()))
            time.sleep(0.05)
        return self.lines()

    def cpu(self):
        with open('/proc/%d/stat' % self.process.pid) as file:
            return sum(int(n) for n in file.read().split()[13:15]) / os.sysconf('SC_CLK_TCK')

    def stop(self):
        """SIGTERM, and after its turn it is gone"""
        self.process.send_signal(signal.SIGTERM)
        equal(self.process.wait(20), 0, self.lines())
        self.out.close()


def ended(lines):
    """both classes of data and the job over them"""
    return sum(line.endswith((' succeeded', ' partial')) or ' partial: ' in line for line in lines) >= 3


def prepared(sim, folder, env):
    """the number of a connection that the quickstart made"""
    equal(quickstart(folder, env, 'meta', some_account(sim)['id']).returncode, 0)
    db = sqlite3.connect(os.path.join(folder, 'ads.db'))
    number = db.execute('select connection from adsync_v_connections').fetchone()[0]
    db.close()
    return number


def the_event_loop_takes_several_lines_and_parts_of_lines(path):
    with reader(path) as (sim, folder, env):
        number = prepared(sim, folder, env)
        loop = Loop(folder, env, subprocess.PIPE)
        loop.process.stdin.write(b'sync %d\nsync 7\nnonsense\nsy' % number)
        loop.process.stdin.flush()
        seen = ('nonsense', 'queued')  # the answer about the job may come after what is refused at once
        lines = loop.wait(lambda l: all(any(word in line for line in l) for word in seen), 'several lines at once')
        true('connection.not_found: there is no connection 7' in lines, lines)
        loop.wait(ended, 'the end of a job comes as an event')
        loop.process.stdin.write(b'nc %d' % number)
        loop.process.stdin.close()  # the last line ends without a newline
        loop.wait(lambda l: sum('queued' in line for line in l) == 2, 'a line in two parts')
        loop.stop()


def the_event_loop_rests_when_its_input_ended(path):
    with reader(path) as (sim, folder, env):
        number = prepared(sim, folder, env)
        for stdin in (subprocess.DEVNULL, subprocess.PIPE):
            loop = Loop(folder, env, stdin)
            if stdin == subprocess.PIPE:
                loop.process.stdin.close()
            time.sleep(0.5)
            before = loop.cpu()
            time.sleep(2)
            spent = loop.cpu() - before
            true(loop.process.poll() is None, loop.lines())
            loop.stop()
            true(spent < 0.3, '%.2f s of CPU in 2 s with nothing to do' % spent)


def the_event_loop_reads_a_file_of_commands(path):
    with reader(path) as (sim, folder, env):
        number = prepared(sim, folder, env)
        with open(os.path.join(folder, 'commands'), 'w') as file:
            file.write('sync %d' % number)
        with open(file.name) as stdin:
            loop = Loop(folder, env, stdin)
            loop.wait(ended, 'a file as input')
            loop.stop()
        db = sqlite3.connect(os.path.join(folder, 'ads.db'))
        true(db.execute('select count(*) from adsync_v_campaigns').fetchone()[0] > 0, 'campaigns are here')
        db.close()


# ---- a platform by a host


def lantern(folder, env, account):
    return subprocess.run([CUSTOM_CONNECTOR, str(account)], cwd=folder, env=env, capture_output=True, text=True, timeout=120)


@contextlib.contextmanager
def lantern_reader(path, **options):
    """someone with a token and a key of the platform that the library does not know, and what that platform holds"""
    with reader(path) as (_, folder, env):
        with harness.Adsim(path, now=int(time.time()), campaigns=5, seed=11, **options) as sim:
            minted = sim.control('token.mint', platform='lantern', user=0)
            env.update(LANTERN_TOKEN=minted['token'], LANTERN_KEY=minted['key'], ADSYNC_CLIENT_ID='lantern-app', ADSYNC_CLIENT_SECRET='lantern-secret',
                       ADSYNC_CONNECT_TO='127.0.0.1:%d' % sim.ports['port'], ADSYNC_CA=os.path.join(sim.folder, 'ca.pem'))
            midday = (row for row in truth_of(sim, 'accounts') if 1 <= datetime.datetime.now(zoneinfo.ZoneInfo(row['zone'])).hour <= 22)
            yield sim, folder, env, next(midday)


def truth_of(sim, kind, **more):
    return [line['row'] for line in sim.truth(kind, platform='lantern', **more)]


def stored(folder, query):
    db = sqlite3.connect(os.path.join(folder, 'ads.db'))
    rows = db.execute(query).fetchall()
    db.close()
    return rows


def micro(text):
    return None if text is None else int(Decimal(text) * 1000000)


def lantern_table_is_true(sim, account, table):
    rows = truth_of(sim, 'insights', account=str(account['id']), level='account')
    equal([(day, digits(spend), unit) for day, spend, unit in (line.split() for line in table.splitlines())],
          [(row['day'], digits(row['spend']), account['currency']) for row in rows])
    true(len(rows) > 60, 'the world has %d days' % len(rows))


def a_host_connector_prints_a_table_that_equals_the_truth(path):
    with lantern_reader(path) as (sim, folder, env, account):
        ran = lantern(folder, env, account['id'])
        equal((ran.returncode, ran.stderr), (0, ''))
        lantern_table_is_true(sim, account, ran.stdout)
        campaigns = truth_of(sim, 'campaigns', account=str(account['id']))
        words = {'live': 'ACTIVE', 'resting': 'PAUSED', 'closed': 'ARCHIVED'}
        equal(stored(folder, 'select id, name, status, budget_daily, currency from adsync_entities where kind = 2 order by id'),
              sorted((str(row['id']), row['title'], words[row['state']], micro(row['daily']), account['currency']) for row in campaigns))
        days = truth_of(sim, 'insights', account=str(account['id']), level='campaign')
        mine = stored(folder, 'select entity_id, day, spend, impressions, clicks, conversions, revenue from adsync_metrics where level = 2 order by 1, 2')
        equal(mine, sorted((str(row['id']), int(row['day'].replace('-', '')), micro(row['spend']), row['views'], row['clicks'], micro(row['sales']),
                            micro(row['sales_value'])) for row in days))
        again = lantern(folder, env, account['id'])
        equal((again.returncode, again.stdout), (0, ran.stdout), 'a second run')
        held = open(os.path.join(folder, 'ads.db'), 'rb').read()
        true(env['LANTERN_TOKEN'].encode() not in held and env['LANTERN_KEY'].encode() not in held, 'a token lies in the file')


def a_host_connector_gets_tokens_refreshed_and_trouble_repeated_like_the_others(path):
    with lantern_reader(path) as (sim, folder, env, account):
        sim.control('now.advance', seconds=3600)  # the token is over, the key is not
        sim.fault('throttle', platform='lantern', seconds=1, skip=3, count=1)
        sim.fault('html', platform='lantern', status=502, skip=6, count=1)
        sim.fault('cut_after', platform='lantern', skip=7, count=1)
        sim.fault('error', platform='lantern', error='bad_page', contains='page=', count=1)  # the slice begins again
        ran = lantern(folder, env, account['id'])
        equal((ran.returncode, ran.stderr), (0, ''))
        lantern_table_is_true(sim, account, ran.stdout)
        with open(sim.log, encoding='utf-8') as log:
            asked = [json.loads(line) for line in log]
        equal(sum('/v1/token' in line['path'] for line in asked), 1, 'one refresh')
        met = '+'.join(line['fault'] for line in asked if line.get('fault'))
        equal(sorted(met.split('+')), ['cut_after', 'error', 'html', 'throttle'], 'each fault met somebody')


def a_host_connector_names_what_the_platform_refuses(path):
    with lantern_reader(path) as (sim, folder, env, account):
        ran = lantern(folder, env, 'act_5')
        equal((ran.returncode, ran.stdout), (1, ''))
        ran = lantern(folder, env, 5)
        true(ran.returncode == 1 and 'lantern.unknown' in ran.stderr, (ran.returncode, ran.stderr))
        sim.control('token.kill', platform='lantern', user=0, reason='deauthorized')
        ran = lantern(folder, env, account['id'])
        true(ran.returncode == 1 and 'lantern.token_revoked' in ran.stderr, (ran.returncode, ran.stderr))
        true(env['LANTERN_TOKEN'] not in ran.stderr, ran.stderr)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
