# SPDX-License-Identifier: MIT
"""The adsync command as people use it, against adsim: every command as a table and as JSON, wrong usage, what is not there, keys,
states, a network that is gone, a token that ended. Whatever is printed is searched for secrets.

    python3 command.py ADSIM ADSYNC DOC"""
import base64, contextlib, json, os, pty, re, select, shutil, signal, sqlite3, subprocess, sys, tempfile, time, urllib.parse
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'sim'))
import harness
from harness import equal, true

ADSYNC, DOC = (os.path.abspath(path) for path in sys.argv[2:4])
NOW = '2026-03-15T12:00:00Z'
ACCOUNT, OTHER = '300000000000000', '300000001000003'
LOOKS_SECRET = re.compile(r'EAA[A-Za-z0-9]{60,}|%s|k1:[A-Za-z0-9+/]{40}' % harness.SECRET)


class Person:
    """somebody at a shell, in a folder of their own"""

    def __init__(self, sim, folder):
        self.sim, self.folder, self.started = sim, folder, []
        self.env = dict(os.environ, ADSYNC_META_CLIENT_ID=harness.APP, ADSYNC_META_CLIENT_SECRET=harness.SECRET)
        self.to, self.now = '127.0.0.1:%d' % sim.ports['port'], NOW

    def args(self, words):
        return [ADSYNC, '--connect-to', self.to, '--ca', os.path.join(self.sim.folder, 'ca.pem'), '--now', self.now, *words.split()]

    def run(self, words, stdin='', **env):
        done = subprocess.run(self.args(words), cwd=self.folder, env=dict(self.env, **env), input=stdin, capture_output=True, text=True, timeout=60)
        no_secret(done.stdout + done.stderr)
        return done

    def good(self, words, **more):
        done = self.run(words, **more)
        equal((done.returncode, done.stderr), (0, ''), words)
        return done.stdout

    def json(self, words, **more):
        return json.loads(self.good(words + ' --json', **more))

    def fails(self, words, code, *says, **more):
        done = self.run(words, **more)
        equal((done.returncode, done.stdout), (code, ''), '%s: %s' % (words, done.stderr))
        for word in says:
            true(word in done.stderr, '%s: %r does not say %r' % (words, done.stderr, word))
        return done.stderr

    def start(self, words, **more):
        self.started.append(subprocess.Popen(self.args(words), cwd=self.folder, env=self.env, text=True, **more))
        return self.started[-1]

    def connected(self, *accounts):
        self.good('init')
        token = self.sim.control('token.mint', user=0, long=True)['token']
        self.good('connect meta --token-stdin', stdin=token + '\n')
        for account in accounts:
            self.good('add meta %s --manual' % account)
        return self

    def sql(self, text):
        db = sqlite3.connect(os.path.join(self.folder, 'adsync.db'))
        with db:
            rows = db.execute(text).fetchall()
        db.close()
        return rows


def no_secret(text):
    found = LOOKS_SECRET.search(text)
    true(not found, 'a secret is printed: %s' % (found and found.group(0)[:12]))


@contextlib.contextmanager
def person(path, **options):
    folder = tempfile.mkdtemp(prefix='adsync-command-')
    try:
        with harness.Adsim(path, now=NOW, campaigns=3, seed=11, tier='off', **options) as sim:
            somebody = Person(sim, folder)
            try:
                yield somebody
            finally:
                for command in somebody.started:
                    command.kill()  # one that a failed test left
    finally:
        shutil.rmtree(folder)


def table(text):
    """titles and rows; every column begins or ends in one place"""
    lines = text.splitlines()
    true(len(lines) > 1 and all(line == line.rstrip() for line in lines), text)
    return re.split('  +', lines[0].strip()), [re.split('  +', line.strip()) for line in lines[1:]]


def every_command_prints_a_table_and_json(path):
    with person(path) as p:
        p.connected()
        equal([row['platform'] for row in p.json('grants')], ['meta'])
        equal(table(p.good('grants'))[0][:2], ['grant', 'platform'])
        titles, rows = table(p.good('accounts meta'))
        equal((titles[0], [row[0] for row in rows]), ('account', [row['account_id'] for row in p.json('accounts meta')]))
        true(re.fullmatch(r'connection \d+  account act_%s\n' % ACCOUNT, p.good('add meta act_' + ACCOUNT)))
        equal(json.loads(p.good('add meta %s --days 30 --json' % OTHER))['account_id'], OTHER)
        equal({row['account_id']: row['timeframe_days'] for row in p.json('connections')}, {ACCOUNT: 90, OTHER: 30})
        equal(p.run('add meta %s --days x' % OTHER).returncode, 2)
        equal([row[2] for row in table(p.good('connections'))[1]], [ACCOUNT, OTHER])
        equal(p.good('sync act_%s --days 30 --wait' % ACCOUNT), 'act_%s: succeeded\n' % ACCOUNT)
        equal(p.json('sync %s --days 5 --data metrics --wait' % OTHER)[0]['state'], 'succeeded')
        for part in ('grants', 'connections', 'health', 'statistics', 'jobs', 'limits'):
            true(p.json('status')[part], part)
        true('succeeded' in p.good('status') and 'ads_insights' in p.good('status'))
        equal(p.json('coverage ' + ACCOUNT)[0]['level'], 'account')
        equal(len(table(p.good('coverage ' + ACCOUNT))[1]), 4 * 30)
        equal(table(p.good('audit --limit 3'))[0][:4], ['called', 'action', 'method', 'endpoint'])
        equal(len(p.json('audit --limit 3')), 3)
        true('fresh' in p.good('refresh meta') and p.json('refresh meta')['result'] == 'ok')
        true('new data key' in p.good('rotate-keys') and p.json('rotate-keys')['result'] == 'ok')
        true(p.json('accounts meta'), 'tokens open after the keys were rotated')
        true('disconnected' in p.good('disconnect ' + OTHER))
        equal([row['status'] for row in p.json('connections')], ['active', 'disconnected'])
        true(len(p.json('metrics --connection %s --by day' % OTHER)) > 0, 'what was synced stays')


def an_organisation_is_erased_and_no_other(path):
    with person(path) as p:
        p.connected(ACCOUNT)
        p.good('sync %s --days 5 --wait' % ACCOUNT)
        p.good('--org other connect meta --token-stdin', stdin=p.sim.control('token.mint', user=0, long=True)['token'])
        kept = p.sql('select count(*) from adsync_secrets where org = 2')
        p.fails('erase default', 2, '--yes', 'nothing was done')
        p.fails('erase nobody --yes', 1, 'no organisation of that name')
        true(len(p.json('metrics --by day')) == 5, 'all is there still')
        equal(p.good('erase default --yes'), 'default is erased\n')
        equal(p.json('erase default --yes'), {'state': 'erased'})
        tables = [row[0] for row in p.sql("select m.name from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and c.name = 'org'")]
        left = {name: p.sql('select count(*) from %s where org = 1' % name)[0][0] for name in tables}
        equal({name: n for name, n in left.items() if n}, {'adsync_keys': 1, 'adsync_orgs': 1}, 'the marks are left')
        equal(p.sql('select state from adsync_keys where org = 1'), [('forgotten',)])
        equal(p.sql('select name, state from adsync_orgs where org = 1'), [('default', 'erased')])
        equal((p.json('grants'), p.json('connections')), ([], []))
        equal(p.sql('select count(*) from adsync_secrets where org = 2'), kept)
        p.connected(ACCOUNT)
        equal(p.sql("select org from adsync_orgs where name = 'default'"), [(3,)], 'another one of that name')


def a_connection_is_synced_by_itself(path):
    with person(path) as p:
        p.connected().good('add meta %s' % ACCOUNT)
        p.good('worker --until-idle')
        row = p.json('connections')[0]
        equal((row['last_status'], row['next_sync_us'] > row['last_sync_us']), ('success', True))
        equal(sorted({job['type'] for job in p.json('jobs')}), ['initial-backfill', 'scheduled-sync'])
        equal([row['name'] for row in p.json('schedule ' + ACCOUNT)], ['backfill', 'campaigns', 'daily', 'leads', 'metrics', 'posts', 'weekly'])
        titles, rows = table(p.good('schedule %s --every 15 --days 30' % ACCOUNT))
        equal((titles, rows[0][:2]), (['sync', 'due', 'last begun', 'job'], ['backfill', '-' if rows[0][1] == '-' else rows[0][1]]))
        row = p.json('connections')[0]
        equal((row['frequency_minutes'], row['timeframe_days']), (15, 30))
        equal([(row['state'], row.get('advice')) for row in p.json('status')['health']], [('success', None)])
        true(re.search(r'scheduled-sync +succeeded +1', p.good('status')), p.good('status'))
        before = len(p.json('jobs'))
        p.good('schedule %s --force' % ACCOUNT)
        p.good('worker --until-idle')
        equal(len(p.json('jobs')), before + 3)
        p.good('schedule %s --manual' % ACCOUNT)
        equal({row.get('due_us') for row in p.json('schedule ' + ACCOUNT)}, {None})
        p.fails('schedule %s --every often' % ACCOUNT, 2, '--every takes')
        p.fails('schedule %s --every 1' % ACCOUNT, 1, 'connection.frequency')
        p.fails('schedule %s --auto --manual' % ACCOUNT, 1, 'connection.flags')
        p.fails('schedule 7', 1, 'no connection 7')


def entities_of_each_kind_are_those_of_the_truth(path):
    with person(path) as p:
        p.connected(ACCOUNT).good('sync %s --data campaigns --mode full --wait' % ACCOUNT)
        equal(p.good('entities %s lead' % ACCOUNT), 'None.\n')
        p.good('sync %s --data leads --wait' % ACCOUNT)
        p.fails('sync %s --data posts' % ACCOUNT, 1, 'meta has no posts to sync', 'job.data')
        for kind, name in (('campaign', 'campaigns'), ('adset', 'adsets'), ('ad', 'ads'), ('creative', 'creatives'), ('audience', 'audiences')):
            true_ids = sorted(line['row']['id'] for line in p.sim.truth(name, account=ACCOUNT))
            equal(sorted(row['id'] for row in p.json('entities %s %s' % (ACCOUNT, kind))), true_ids, kind)
            equal(sorted(row[0] for row in table(p.good('entities %s %s' % (ACCOUNT, kind)))[1]), true_ids, kind)
        for kind in ('lead_form', 'lead'):
            true(p.json('entities %s %s' % (ACCOUNT, kind)), kind)
        for kind, column in (('campaign', 'objective'), ('ad', 'review'), ('creative', 'leads to'), ('audience', 'people'), ('lead', 'submitted')):
            true(column in p.good('entities %s %s' % (ACCOUNT, kind)).split('\n')[0], kind)
        equal(p.good('entities %s keyword' % ACCOUNT), 'None.\n')


def a_campaign_that_is_named_comes_with_all_below_it(path):
    with person(path) as p:
        truth = {name: [line['row'] for line in p.sim.truth(name, account=ACCOUNT)] for name in ('campaigns', 'adsets', 'ads')}
        one = truth['campaigns'][0]['id']
        p.connected(ACCOUNT).good('sync %s --entity campaign:%s --wait' % (ACCOUNT, one))
        equal([row['id'] for row in p.json('entities %s campaign' % ACCOUNT)], [one])
        for kind, name in (('adset', 'adsets'), ('ad', 'ads')):
            below = {row['id'] for row in truth[name] if row['campaign_id'] == one}
            true(below and below <= {row['id'] for row in p.json('entities %s %s' % (ACCOUNT, kind))}, kind)
        for wrong in ('campaign', 'campaign:', 'thing:1', 'ad:1 --mode full', 'ad:1 --data all'):
            p.fails('sync %s --entity %s' % (ACCOUNT, wrong), 2, '--entity')
        p.fails('sync %s --entity account:1' % ACCOUNT, 1, 'job.kind')


def figures_by_anything_add_up_to_the_truth(path):
    with person(path) as p:
        p.connected(ACCOUNT).good('sync %s --days 20 --wait' % ACCOUNT)
        rows = [line['row'] for line in p.sim.truth('insights', account=ACCOUNT, level='account', **{'from': '2026-02-24', 'to': '2026-03-15'})]
        spend = sum(round(float(row['spend']) * 1000000) for row in rows)
        for by in ('', 'day', 'connection', 'platform', 'campaign', 'adset', 'ad', 'day,campaign'):
            words = 'metrics' + (' --by ' + by if by else '')
            equal(sum(row['spend'] for row in p.json(words)), spend, words)
            true(all(' USD' in row for row in p.good(words).splitlines()[1:]), 'the currency stands with the amount')
        records = [json.loads(line, parse_float=Decimal) for line in p.good('metrics --payload --connection %s' % ACCOUNT).splitlines()]
        days = {row['day']: row['spend'] for row in p.json('metrics --by day --connection %s' % ACCOUNT)}
        equal({record['date'] for record in records}, {day for day, spend in days.items() if spend})
        equal(sum(record['spend'] for record in records), Decimal(sum(days.values())) / 1000000)
        true(all(list(record) == ['providerId', 'date', 'currencyCode', 'spend', 'impressions', 'clicks', 'conversions', 'revenue', 'creatives',
                                  'campaign', 'rawPayloadRef'] and record['providerId'] == 'meta' for record in records), records[:1])
        names = {row['id']: row['name'] for row in p.json('entities %s campaign --removed' % ACCOUNT)}
        true(all(record['campaign']['name'] == names[record['campaign']['id']] and record['creatives'][0]['id'] for record in records), records[:1])
        equal([row['day'] for row in p.json('metrics --from 2026-03-01 --to 2026-03-05')],
              [row['date_start'] for row in rows if '2026-03-01' <= row['date_start'] <= '2026-03-05'])


FIGURES = ('spend', 'impressions', 'clicks', 'conversions', 'revenue', 'link_clicks', 'click_conversions', 'view_conversions',
           'conversions_by_event_day', 'purchases', 'leads', 'installs', 'engagements', 'video_views', 'reach')


def what_a_restated_day_said_is_kept_P1(path):
    """Conversions arrive late: every row that says something else five days on left what it said, once, and no other did.
    Nor did the day that was not over when it was fetched."""
    with person(path) as p:
        def stored():
            rows = p.sql('select level, entity_id, day, %s from adsync_metrics' % ', '.join(FIGURES))
            return {row[:3]: row[3:] for row in rows}

        p.connected(ACCOUNT).good('sync %s --data metrics --days 14 --wait' % ACCOUNT)
        before = stored()
        equal(p.json('revisions ' + ACCOUNT), [], 'nothing was said before')
        p.sim.control('now.advance', seconds=5 * 86400)
        p.now = '2026-03-20T12:00:00Z'
        for _ in range(2):
            p.good('sync %s --data metrics --days 19 --wait' % ACCOUNT)
        after = stored()
        changed = {key: said for key, said in before.items() if after.get(key) != said and key[2] < 20260315}
        true(any(key[2] == 20260315 and after.get(key) != said for key, said in before.items()), 'the last day went on')
        true(len(changed) > 20 and all(after[key][3] >= changed[key][3] for key in changed), 'more conversions, never fewer')
        noted = p.sql('select level, entity_id, day, %s from adsync_revisions' % ', '.join(FIGURES))
        equal(sorted((row[:3], row[3:]) for row in noted), sorted(changed.items()))
        rows = p.json('revisions %s --level campaign --limit 100000' % ACCOUNT)
        equal(len(rows), sum(key[0] == 2 for key in changed))
        true(all(row['state'] == 'changed' and row['found_us'] > row['pulled_at'] and row['level'] == 'campaign' for row in rows))
        day = p.json('revisions %s --from 2026-03-09 --to 2026-03-09' % ACCOUNT)
        true(day and {row['day'] for row in day} == {'2026-03-09'})
        equal(table(p.good('revisions %s --limit 5' % ACCOUNT))[0][:5], ['found', 'level', 'day', 'id', 'state'])
        equal(p.sql("select count(*) from adsync_v_revisions where state = 'changed' and org = 'default'")[0][0], len(changed))


def a_report_that_lost_rows_is_told_until_it_has_them(path):
    with person(path) as p:
        def gaps():
            return [row for row in p.json('coverage ' + ACCOUNT) if 'gap' in row]

        p.connected(ACCOUNT).good('sync %s --data metrics --days 14 --wait' % ACCOUNT)
        equal(gaps(), [])
        p.sim.control('fault.add', kind='body', path='*/insights', contains='level=adset', status=200, text='{"data":[]}', type='application/json')
        p.good('sync %s --data metrics --days 14 --wait' % ACCOUNT)
        days = {row[0]: row[1] for row in p.sql('select day, spend from adsync_metrics where level = 1 and day <= 20260312')}
        equal({int(row['day'].replace('-', '')): (row['level'], row['gap']['spend']) for row in gaps()},
              {day: ('adset', {'sum': 0, 'account': spend}) for day, spend in days.items()})
        true('metrics.gap: ' in p.good('status') and 'does not add up' in p.good('coverage ' + ACCOUNT))
        equal(p.sql('select count(*) from adsync_v_coverage where gap is not null')[0][0], len(days))
        p.sim.control('fault.clear')
        p.good('sync %s --data metrics --days 14 --wait' % ACCOUNT)
        true(not gaps() and 'metrics.gap' not in p.good('status'))


def wrong_usage_does_nothing_and_ends_with_2(path):
    with person(path) as p:
        p.connected(ACCOUNT)
        calls = len(p.sim.requests())
        for words, says in (('', 'usage'), ('fly', 'no command fly'), ('--fly', 'no option --fly'), ('sync', 'usage: adsync sync CONNECTION'),
                            ('sync %s %s' % (ACCOUNT, OTHER), 'usage'), ('sync %s --dyas 3' % ACCOUNT, 'no option --dyas of sync'),
                            ('sync %s --days' % ACCOUNT, '--days needs a value'), ('sync %s --days 0' % ACCOUNT, '--days'),
                            ('sync %s --data pictures' % ACCOUNT, '--data takes'), ('sync %s --mode slow' % ACCOUNT, '--mode takes'),
                            ('entities %s pictures' % ACCOUNT, 'KIND is'), ('metrics --by moon', '--by takes'), ('metrics --from today', '--from takes'),
                            ('audit --limit few', '--limit takes'), ('revisions %s --level moon' % ACCOUNT, '--level takes'),
                            ('revisions %s --limit few' % ACCOUNT, '--limit takes'), ('revisions %s --from x' % ACCOUNT, '--from takes'), ('connect meta --port 70000', '--port'), ('connect', 'usage'),
                            ('connect meta --port 1 --token-stdin', 'not both'), ('connect meta --token-stdin', 'no token came'),
                            ('--store mysql:x status', 'sqlite:FILE'), ('--now soon status', '--now takes'), ('add meta', 'usage')):
            p.fails(words, 2, says)
        equal(len(p.sim.requests()), calls, 'nothing was called')
        equal(p.json('status')['jobs'], [], 'nothing was asked for')


def what_is_not_there_is_named(path):
    with person(path) as p:
        for words in ('status', 'connections', 'sync 1', 'accounts meta'):
            p.fails(words, 1, 'there is no store adsync.db', 'adsync init')
        true(not os.path.exists(os.path.join(p.folder, 'adsync.db')), 'a store appeared')
        p.connected(ACCOUNT)
        p.fails('accounts 7', 1, 'no grant 7', 'adsync grants')
        p.fails('accounts tiktok', 1, 'no grant tiktok')
        for words in ('sync 7', 'entities 7 ad', 'coverage 7', 'metrics --connection 7', 'disconnect 7'):
            p.fails(words, 1, 'no connection 7', 'adsync connections')
        p.fails('--org other sync ' + ACCOUNT, 1, 'organisation other')
        p.fails('connect myspace --token-stdin', 1, 'myspace', stdin='x\n')
        p.fails('connect meta', 1, 'CLIENT_ID', ADSYNC_META_CLIENT_ID='')
        p.fails('add meta 999', 1, 'reaches no ad account 999', 'adsync accounts meta', '--unchecked')
        equal(len(p.json('connections')), 1)
        p.good('add meta 999 --unchecked')
        p.fails('sync 999 --data campaigns --wait', 1, 'act_999')
        with open(os.path.join(p.folder, 'junk'), 'wb') as file:
            file.write(os.urandom(5000))
        p.fails('--store sqlite:junk status', 1, 'not an SQLite database')
        token = p.sim.control('token.mint', user=1, long=True)['token']
        p.good('connect meta --token-stdin', stdin=token)
        p.fails('accounts meta', 1, 'more than one grant meta')


def keys_that_are_missing_open_or_wrong_are_said(path):
    with person(path) as p:
        p.connected(ACCOUNT)
        keys = os.path.join(p.folder, 'adsync.keys')
        equal(os.stat(keys).st_mode & 0o777, 0o600)
        p.fails('--keys none accounts meta', 1, 'no key file none')
        p.fails('--keys none init', 1, 'put it back')
        true(not os.path.exists(os.path.join(p.folder, 'none')), 'a key file that opens nothing was made')
        os.chmod(keys, 0o644)
        p.fails('accounts meta', 1, 'chmod 600')
        os.chmod(keys, 0o600)
        before = open(keys, 'rb').read()
        p.good('init')
        equal(open(keys, 'rb').read(), before, 'init leaves keys alone')
        with open(keys, 'wb') as file:
            file.write(b'k1:' + base64.b64encode(os.urandom(32)) + b'\n')
        for words in ('accounts meta', 'sync %s --wait' % ACCOUNT, 'refresh meta', 'rotate-keys'):
            p.fails(words, 1, "does not open with the master key 'k1'")


def a_network_that_is_gone_is_said(path):
    with person(path) as p:
        p.connected(ACCOUNT)
        p.to = '127.0.0.1:1'
        sync = p.start('sync %s --wait' % ACCOUNT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = sync.stderr.readline()
        true('is tried again' in line and 'connect to 127.0.0.1 port 1' in line, line)
        sync.send_signal(signal.SIGTERM)
        rest = sync.communicate(timeout=30)
        equal(sync.returncode, 4, rest)
        no_secret(line + rest[0] + rest[1])
        rows = [row for row in p.json('audit') if row.get('job')]
        true(rows and all(row['success'] == 0 and row['code'] == 'network' for row in rows), rows[:1])


def a_call_that_nobody_repeats_is_not_said_to_be_tried_again(path):
    with person(path) as p:
        p.connected(ACCOUNT)
        p.sim.fault('error', path='*/customaudiences', code=200, status=403, message='Permissions error', count=99)
        p.sim.fault('latency', ms=500, path='*/accounts', count=1)  # what comes next: so that the refusal is the newest for a while
        sync = p.start('sync %s --data campaigns --wait' % ACCOUNT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, told = sync.communicate(timeout=60)
        equal(sync.returncode, 3, told)
        true('partial' in out + told and 'Permissions error' in out + told, out + told)
        true('a call failed: ' in told and 'tried again' not in told, told)


def a_token_that_ended_asks_for_a_person_and_ends_with_5(path):
    with person(path) as p:
        p.connected(ACCOUNT)
        p.sim.control('token.kill', user=0, reason='expired')
        for words in ('accounts meta', 'sync %s --wait' % ACCOUNT, 'refresh meta'):
            p.fails(words, 5, 'connect again')
        true('expired' in p.good('connections') or 'expired' in p.good('grants'))


def begin(p):
    command = p.start('connect meta --json', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    url = json.loads(command.stdout.readline())['url']
    answer = p.sim.call(harness.LOGIN, 'GET', url.split(harness.LOGIN)[1] + '&auto=1')
    back = urllib.parse.urlsplit(answer.header('Location'))
    return command, back.netloc, back.query


def bring(p, command, place, query):
    """a browser comes back; the page that it is shown, the exit status, the words"""
    page = subprocess.run(['curl', '-sS', '--max-time', '30', 'http://%s/callback?%s' % (place, query)], capture_output=True, text=True).stdout
    out, err = command.communicate(timeout=40)
    no_secret(err)
    return re.sub('<.*?>', '', page), command.returncode, err


def a_state_is_good_once_in_its_session_for_ten_minutes(path):
    with person(path) as p:
        p.good('init')
        command, place, query = begin(p)
        equal(bring(p, command, place, query), ('Connected. This window can be closed.', 0, ''))
        others = begin(p), begin(p), begin(p)
        p.sql('update adsync_oauth_states set expires_us = expires_us - 700000000')
        last = begin(p)
        tries = (('replayed', others[0], query), ("another session's", others[1], last[2]), ('expired', others[2], others[2][2]))
        for name, (command, place, _), wrong in tries:
            page, code, err = bring(p, command, place, wrong)
            equal((page, code), ('Not connected; the terminal says why.', 1), name)
            true('state' in err and len(err) > 40, '%s: %s' % (name, err))
        last[0].terminate()
        last[0].communicate()
        equal(len(p.json('grants')), 1)


def progress_is_for_terminals_only(path):
    with person(path, latency=30) as p:
        p.connected(ACCOUNT, OTHER)
        master, slave = pty.openpty()
        sync = p.start('sync %s --days 90 --wait' % ACCOUNT, stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        seen = b''
        while sync.poll() is None or select.select([master], [], [], 0)[0]:
            if select.select([master], [], [], 0.1)[0]:
                try:
                    seen += os.read(master, 4096)
                except OSError:  # its other end is closed
                    break
        os.close(master)
        equal((sync.wait(30), sync.stdout.read()), (0, '%s: succeeded\n' % ACCOUNT))
        sync.stdout.close()
        true(re.search(rb'metrics +[1-9]\d* %', seen) and re.search(rb'metrics: \d+ of \d+ reports, [\d,]+ rows', seen), seen[-300:])
        done = p.run('sync %s --days 90 --wait' % OTHER)
        equal((done.returncode, done.stdout, done.stderr), (0, '%s: succeeded\n' % OTHER, ''))


def an_interrupt_hands_the_job_back(path):
    with person(path) as p:
        p.connected(ACCOUNT)
        p.sim.fault('latency', ms=60000, path='*/insights', skip=10)
        sync = p.start('sync %s --days 90 --wait' % ACCOUNT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until = time.monotonic() + 30
        while not p.sql('select count(*) from adsync_coverage')[0][0]:
            true(time.monotonic() < until, 'nothing comes')
            time.sleep(0.1)
        sync.send_signal(signal.SIGINT)
        out, err = sync.communicate(timeout=30)
        equal((sync.returncode, out), (4, ''), err)
        true('interrupted' in err, err)
        equal(p.sql('select count(*) from adsync_lanes where engine is not null'), [(0,)], 'no lane is held')
        p.sim.control('fault.clear')
        done = p.run('sync %s --days 90 --wait' % ACCOUNT)
        equal((done.returncode, done.stdout.splitlines()[-1]), (0, ACCOUNT + ': succeeded'), done.stderr)


def help_names_every_command_and_the_doc_shows_it(path):
    with person(path) as p:
        text = p.good('help')
        for word in ('init', 'connect', 'accounts', 'add', 'connections', 'sync', 'entities', 'metrics', 'coverage', 'revisions', 'audit', 'schedule', 'worker', 'jobs', 'cancel', 'status',
                     'refresh', 'disconnect', 'erase', 'rotate-keys', 'exit status'):
            true(re.search('(?m)^ *%s' % word, text), word)
        shown = ''.join(('    ' + line).rstrip() + '\n' for line in text.splitlines())
        with open(DOC, encoding='utf-8') as file:
            true(shown in file.read(), 'doc/command.md shows another text')


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
