# SPDX-License-Identifier: MIT
"""The whole story on SQLite, against a simulator on this machine. Each claim that is printed is checked.

    python3 demo_story.py ADSYNC ADSIM [README]
    python3 demo_story.py ADSYNC ADSIM --languages BUILD

Numbers that are drawn at random show as GRANT and JOB, so that every run prints the same. With README that text must stand
in there. With --languages the same little program follows in C, PHP and Go, today. The exit status is 0 if everything was as
claimed."""
import base64, html.parser, json, os, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'test', 'sim'))
import harness

NOW, LATER = '2026-03-15T12:00:00Z', '2026-05-10T12:00:00Z'
DAYS = 90
STEADY, KILLED = '300000000000000', '300000001000003'
LEVELS = ['account', 'campaign', 'adset', 'ad']
OF = "connection = (select connection from adsync_connections where account_id = '%s')"
said = []


def say(text=''):
    for line in text.split('\n'):
        said.append(line.rstrip())
        print(line.rstrip(), flush=True)


class Claim(Exception):
    """something that was said and is not so"""


def check(claim, good, seen=''):
    if not good:
        raise Claim('%s: %s' % (claim, seen))
    say('   checked: ' + claim)


class Form(html.parser.HTMLParser):
    """what a browser sends when somebody changes nothing on a page and presses the first button"""

    def __init__(self, page):
        super().__init__()
        self.fields, self.select, self.pressed = [], None, False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == 'select':
            self.select = attrs['name']
        elif tag == 'option' and self.select:
            self.fields.append((self.select, attrs['value']))
            self.select = None
        elif tag == 'input' and (attrs.get('type') != 'checkbox' or 'checked' in attrs):
            self.fields.append((attrs['name'], attrs['value']))
        elif tag == 'button' and not self.pressed:
            self.fields.append((attrs['name'], attrs['value']))
            self.pressed = True


class Story:
    def __init__(self, adsync, sim, folder):
        self.adsync, self.sim, self.folder = adsync, sim, folder
        self.env = dict(os.environ, ADSYNC_META_CLIENT_ID=harness.APP, ADSYNC_META_CLIENT_SECRET=harness.SECRET)
        self.now, self.grants, self.jobs = NOW, [], set()
        self.place = 'ads'

    # ---- the command

    def args(self, words):
        return [self.adsync, '--store', 'sqlite:%s.db' % self.place, '--connect-to', '127.0.0.1:%d' % self.sim.ports['port'],
                '--ca', os.path.join(self.sim.folder, 'ca.pem'), '--now', self.now] + words.split()

    def quiet(self, words, good=0):
        done = subprocess.run(self.args(words), cwd=self.folder, env=self.env, stdout=subprocess.PIPE, text=True, timeout=60)
        if done.returncode != good:
            raise Claim('adsync %s ended with %d' % (words, done.returncode))
        return done.stdout

    def show(self, words):
        say('   $ adsync ' + words)
        self.told(self.quiet(words))

    def told(self, text):
        """what a command printed, without what differs from run to run"""
        for number in self.grants:
            text = re.sub(r'(?m)^ *%s(?=  )' % number, 'GRANT'.rjust(16), text).replace(number, 'GRANT')
        text = re.sub(r'(?m)^ +grant  ', 'grant'.rjust(16) + '  ', text)
        self.jobs |= set(re.findall(r'\bjob (\d+)', text))
        for number in self.jobs:
            text = re.sub(r'(?m)^ *%s(?=  )' % number, 'JOB'.rjust(16), text).replace(number, 'JOB')
        text = re.sub(r'(?m)^ +job  ', 'job'.rjust(16) + '  ', text)
        text = re.sub(r'\bjob \d+', 'job JOB', re.sub(r'(\d\d:\d\d):\d\dZ', r'\1Z', text))
        for line in text.splitlines():
            say('   ' + line)
        say()

    def start(self, words):
        return subprocess.Popen(self.args(words), cwd=self.folder, env=self.env, stdout=subprocess.PIPE, text=True)

    def curl(self, *words):
        return subprocess.run(['curl', '-sS', '--max-time', '30', '--cacert', os.path.join(self.sim.folder, 'ca.pem'), '--connect-to',
                               'www.facebook.com:443:127.0.0.1:%d' % self.sim.ports['port'], *words], capture_output=True, text=True, check=True).stdout

    # ---- what is stored, what is true

    def query(self, sql):
        db = sqlite3.connect(os.path.join(self.folder, self.place + '.db'))
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def figures(self, account):
        rows = self.query('select level, entity_id, day, spend, impressions, clicks from adsync_metrics where ' + OF % account)
        return sorted((LEVELS[level - 1], *row) for level, *row in rows)

    def covered(self, account):
        """per level, how many days are here"""
        return dict(self.query('select level, count(*) from adsync_v_coverage where %s group by 1' % OF % account))

    def truth(self, account):
        rows = []
        for level in LEVELS:
            for line in self.sim.truth('insights', level=level, account=account):
                row = line['row']
                rows.append((level, row['account_id' if level == 'account' else level + '_id'], int(row['date_start'].replace('-', '')),
                             int(Decimal(row['spend']) * 1000000), int(row['impressions']), int(row.get('clicks', 0))))
        return sorted(rows)

    def calls(self):
        return sum(line['host'] == harness.GRAPH for line in self.sim.requests())


def connect(story):
    say('1. Connect Meta, pick ad accounts\n')
    story.show('init')
    connect_quietly(story, lambda text: say('   ' + text))
    say()
    story.show('add meta %s %s --manual' % (STEADY, KILLED))


def connect_quietly(story, tell=lambda text: None):
    tell('$ adsync connect meta')
    command = story.start('connect meta')
    url = ''
    while not url.startswith('https://'):
        url = command.stdout.readline().strip()
    tell('Open this in a browser: %s..' % url[:72])
    page = story.curl(url)
    fields = Form(page).fields
    tell('(curl plays the browser: %d permissions are asked for, "Continue" is pressed)' % sum(name.startswith('scope_') for name, _ in fields))
    page = story.curl('-L', url, *(word for name, value in fields for word in ('--data-urlencode', '%s=%s' % (name, value))))
    tell('the browser shows: ' + re.sub('<.*?>', '', page))
    rest, code = command.stdout.read().strip(), command.wait(30)
    if code:
        raise Claim('adsync connect ended with %d' % code)
    story.grants += re.findall(r'grant (\d+)', rest)
    for line in rest.replace(story.grants[0], 'GRANT').splitlines():
        tell(line)


def sync(story):
    say('2. Sync %d days; a terminal shows the progress\n' % DAYS)
    story.show('sync %s --days %d --wait' % (STEADY, DAYS))
    story.show('entities %s campaign' % STEADY)
    story.show('metrics --connection %s --by campaign' % STEADY)
    check('%d days are here on four levels' % DAYS, list(story.covered(STEADY).values()) == [DAYS] * 4, story.covered(STEADY))
    have, want = story.figures(STEADY), story.truth(STEADY)
    check('all %d rows are those of the simulator' % len(want), have == want, '%d rows' % len(have))
    spent = {level: sum(row[3] for row in have if row[0] == level) for level in LEVELS}
    check('account, campaigns, ad sets and ads add up to the same spend', len(set(spent.values())) == 1, spent)
    say()


def kill(story):
    say('3. Kill a worker in the middle; another one finishes what it had begun\n')
    fault = story.sim.fault('latency', ms=60000, account=KILLED, path='*/insights', skip=20)  # so the middle is always the same
    story.show('sync %s --data metrics --days %d' % (KILLED, DAYS))
    say('   $ adsync worker --lease 1 &\n')
    first = story.start('worker --lease 1')
    before, until = None, time.monotonic() + 30
    while time.monotonic() < until:
        time.sleep(0.5)
        now = story.covered(KILLED), story.calls()
        if now == before and now[0]:
            break
        before = now
    story.show('jobs --state running')
    say('   $ kill -9 %1')
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    story.sim.control('fault.clear', id=fault)
    halfway = story.covered(KILLED)
    check('some days are here and some are not', halfway and min(halfway.values()) < DAYS, halfway)
    say('   days here: ' + ', '.join('%s %d' % (level, halfway.get(level, 0)) for level in LEVELS) + '\n')
    calls, began = story.calls(), time.monotonic()
    say('   $ adsync worker --lease 1')
    second = story.start('worker --lease 1')
    for line in second.stdout:
        story.told(line)
        if ': succeeded' in line:
            break
    took = time.monotonic() - began
    second.send_signal(signal.SIGTERM)
    code = second.wait(30)
    second.stdout.close()
    check('nobody told the second; it saw the first one stand still for its lease, and went on', 1 < took < 30 and not code, (took, code))
    say()
    story.show('jobs --connection ' + KILLED)
    return story.calls() - calls


def compare(story, resumed):
    have = story.figures(KILLED)
    other = Story(story.adsync, story.sim, story.folder)
    other.place = 'undisturbed'
    other.quiet('init')
    connect_quietly(other)
    other.quiet('add meta %s --manual' % KILLED)
    calls = story.calls()
    other.quiet('sync %s --days %d --wait' % (KILLED, DAYS))
    whole = story.calls() - calls
    runs = (('two workers', have), ('undisturbed', other.figures(KILLED)), ('the truth', story.truth(KILLED)))
    say('   %-16s  %8s  %8s  %8s  %8s  %14s  %11s' % ('rows of', *(level + 's' for level in LEVELS), 'spend', 'impressions'))
    for name, rows in runs:
        count = [sum(row[0] == level for row in rows) for level in LEVELS]
        own = [row for row in rows if row[0] == 'ad']
        say('   %-16s  %8d  %8d  %8d  %8d  %14s  %11d' % (name, *count, '%.2f EUR' % (sum(r[3] for r in own) / Decimal(1000000)), sum(r[4] for r in own)))
    say()
    check('nothing is lost and nothing is twice: the three are equal, row by row', have and have == runs[1][1] == runs[2][1])
    check('the second went on where the first was, it did not begin again', 0 < resumed < whole, '%d calls, %d in a whole run' % (resumed, whole))
    say()


def refresh(story):
    say('4. Eight weeks later the token is about to end\n')
    story.now = LATER
    story.sim.control('now.set', now=LATER)
    story.show('grants')
    before = story.query('select access_expires_us from adsync_grants')[0][0]
    asked = story.calls()
    story.show('refresh meta')
    story.show('grants')
    after = story.query('select access_expires_us from adsync_grants')[0][0]
    check('the new one lives %d days longer' % ((after - before) // 86400000000), after - before > 50 * 86400000000, (before, after))
    check('it works: the accounts can be listed', STEADY in story.quiet('accounts meta'))
    check('the platform was asked for a token once', sum(line['path'].endswith('/oauth/access_token') for line in story.sim.requests()[asked:]) == 1)
    say()


def audit(story):
    say('5. Every call is in the audit; this is one\n')
    say('   $ adsync audit --json')
    rows = json.loads(story.quiet('audit --json --limit 1000'))
    row = next(row for row in rows if row['action'] == 'report ad')
    for name in ('platform', 'action', 'method', 'endpoint', 'http_status', 'success', 'connection', 'grant', 'job', 'request_id', 'duration_us'):
        say('   %-12s %s' % (name, 'GRANT' if name == 'grant' else '..' if name in ('job', 'request_id', 'duration_us') else row[name]))
    say()
    seen = [line for line in story.sim.requests() if line['host'] == harness.GRAPH and line['wall_us']]
    check('no call is in it that the simulator did not see', 0 < len(rows) <= len(seen), (len(rows), len(seen)))
    stored = b''.join(open(os.path.join(story.folder, name), 'rb').read() for name in os.listdir(story.folder) if name.startswith('ads.db'))
    tokens = [word for word in re.findall(rb'EAA[A-Za-z0-9]{40,}', stored)]
    check('no token lies in the store in clear, nor the app secret', not tokens and harness.SECRET.encode() not in stored, len(tokens))
    say()


def consent(story, platform):
    """the accounts that are active; the person says yes without a look"""
    accounts, code = harness.connect(story.sim, story.start('--json connect ' + platform))
    if code:
        raise Claim('adsync connect %s ended with %d' % (platform, code))
    return accounts


def six(story):
    say('6. All six platforms in one table; currencies are never added up\n')
    story.place, accounts = 'six', 0
    story.env.update(harness.apps())
    story.quiet('init')
    for platform in harness.APPS:
        chosen = consent(story, platform)[:2 if platform in ('meta', 'google') else 1]
        story.quiet('add %s %s' % (platform, ' '.join(chosen)))
        for account in chosen:
            story.quiet('sync %s --data metrics --days 7 --wait' % account)
        accounts += len(chosen)
        say('   connect %-9s add %s, sync 7 days' % (platform, ', '.join(chosen)))
    say()
    story.show('metrics --by platform')
    rows = json.loads(story.quiet('--json metrics --by platform'))
    each = json.loads(story.quiet('--json metrics --by platform,connection'))
    sums = {}
    for row in each:
        key = row['platform'], row['currency']
        sums[key] = sums.get(key, 0) + row['spend']
    check('%d accounts on %d platforms, a row for each platform and currency' % (accounts, len(harness.APPS)),
          {row['platform'] for row in rows} == set(harness.APPS) and {(row['platform'], row['currency']): row['spend'] for row in rows} == sums, rows)
    say()


def tell(story):
    say('libadsync, against a simulator of six platforms on this machine\n')
    connect(story)
    sync(story)
    compare(story, kill(story))
    refresh(story)
    audit(story)
    six(story)


# ---- the same in three languages

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')


def programs(build):
    """the quickstart of each language as it is run, and what it needs around it"""
    made = os.path.join(build, 'go', 'bin', 'quickstart')
    subprocess.run(['sh', os.path.join(ROOT, 'bindings', 'go', 'env.sh'), build, 'go', 'build', '-o', made, './examples/quickstart'], check=True)
    libraries = ':'.join(os.path.join(build, 'src', path) for path in ('', 'adapters/sqlite'))
    yield 'C', [os.path.join(build, 'examples', 'quickstart')], {}
    yield 'PHP', ['php', '-d', 'ffi.enable=1', os.path.join(ROOT, 'bindings', 'php', 'examples', 'quickstart.php')], \
        {'ADSYNC_LIBRARIES': libraries, 'ADSYNC_DECLARATIONS': os.path.join(build, 'scripts')}
    yield 'Go', [made], {'LD_LIBRARY_PATH': libraries}


def languages(folder, adsim, build):
    print('7. The same 90 days by a small program in C, in PHP and in Go (the last five of them)\n')
    tables = {}
    with harness.Adsim(os.path.abspath(adsim), now=int(time.time()), tier='off', campaigns=4, seed=11) as sim:
        account = next(line['row'] for line in sim.truth('accounts') if line['row']['account_status'] == 1)['id']
        env = dict(os.environ, ADSYNC_TOKEN=sim.control('token.mint', user=0, long=True)['token'], ADSYNC_CLIENT_ID=harness.APP,
                   ADSYNC_CLIENT_SECRET=harness.SECRET, ADSYNC_CA=os.path.join(sim.folder, 'ca.pem'),
                   ADSYNC_CONNECT_TO='127.0.0.1:%d' % sim.ports['port'])
        for name, program, around in programs(build):
            place = os.path.join(folder, name)
            os.mkdir(place)
            with open(os.open(os.path.join(place, 'ads.keys'), os.O_WRONLY | os.O_CREAT, 0o600), 'w') as keys:
                keys.write('k1:' + base64.b64encode(os.urandom(32)).decode() + '\n')
            ran = subprocess.run(program + ['meta', account], cwd=place, env=dict(env, **around), capture_output=True, text=True, timeout=120)
            tables[name] = (ran.returncode, ran.stdout)
            print('\n'.join('   %-3s  %s' % (name, line) for line in (ran.stdout + ran.stderr).splitlines()[-5:]) + '\n', flush=True)
    if any(table != tables['C'] for table in tables.values()) or tables['C'][0] or len(tables['C'][1].splitlines()) < 60:
        raise Claim('the three print the same: they do not')
    print('   checked: all three print the same\n')


def in_readme(path):
    wanted = ''.join(('    ' + line).rstrip() + '\n' for line in said)
    with open(path, encoding='utf-8') as file:
        return wanted in file.read()


def main(adsync, adsim, readme=None, build=None):
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(143))  # so that what was started and made goes, too
    folder = tempfile.mkdtemp(prefix='adsync-demo-')
    try:
        with harness.Adsim(os.path.abspath(adsim), now=NOW, campaigns=6, seed=11) as sim:
            tell(Story(os.path.abspath(adsync), sim, folder))
        if readme == '--languages':
            languages(folder, adsim, os.path.abspath(build))
            readme = None
        say('All of this was checked.')
        if readme and not in_readme(readme):
            raise Claim('%s shows another text: put in what stands above' % readme)
    except Claim as claim:
        print('\n   THIS IS NOT SO: %s' % claim, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
