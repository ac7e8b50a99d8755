#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""adsim from outside: limits, faults, the log, and how the process begins and ends."""
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time

import harness
from harness import Adsim, equal, refused, true

FIRST = 'act_300000000000000'


def usage(answer, kind='ads_management'):
    rows = json.loads(answer.header('X-Business-Use-Case-Usage'))[FIRST[4:]]
    return next(r for r in rows if r['type'] == kind)


def breaks(call):
    """what a client sees of a connection that ends: an exception"""
    try:
        call()
    except (http.client.HTTPException, OSError) as problem:
        return problem
    raise AssertionError('the answer came whole')


# ---- limits


def the_score_of_an_account_blocks_and_calls_while_blocked_prolong_it(path):
    with Adsim(path, tier='limited') as sim:
        token = sim.consent()
        percents = []
        for _ in range(60):
            answer = sim.graph(FIRST, token)
            equal(answer.status, 200)
            percents.append(json.loads(answer.header('X-Ad-Account-Usage'))['acc_id_util_pct'])
        equal((percents[0], percents[-1]), (1.67, 100))
        answer = sim.graph(FIRST, token)
        refused(answer, 17, 2446079)
        true(answer.error['is_transient'])
        told = json.loads(answer.header('X-Ad-Account-Usage'))
        true(
            told['acc_id_util_pct'] > 100 and told['reset_time_duration'] == 300 and told['ads_api_access_tier'] == 'development_access',
            told,
        )
        equal(sim.graph('act_300000001000003', token).status, 200, 'other accounts go on')
        sim.control('now.advance', seconds=290)
        refused(sim.graph(FIRST, token), 17, 2446079)
        sim.control('now.advance', seconds=200)
        refused(sim.graph(FIRST, token), 17, 2446079)
        sim.control('now.advance', seconds=301)
        equal(sim.graph(FIRST, token).status, 200)


def every_class_has_its_own_hour(path):
    with Adsim(path, tier='limited', ads=0, campaigns=3) as sim:
        token = sim.consent()
        n = 0
        for edge, kind, code, allowed in (('campaigns', 'ads_management', 80004, 300), ('insights', 'ads_insights', 80000, 600)):
            sim.control('limits.clear')
            for n in range(1, allowed + 1):
                if n % 60 == 0:
                    sim.control('now.advance', seconds=301)  # the score forgets, the hour does not
                answer = sim.graph('%s/%s' % (FIRST, edge), token, fields='id' if edge == 'campaigns' else 'spend')
                equal(answer.status, 200, '%d %s' % (n, answer.body))
            equal(usage(answer, kind)['call_count'], 100)
            sim.control('now.advance', seconds=301)
            answer = sim.graph('%s/%s' % (FIRST, edge), token)
            equal((answer.status, answer.error['code'], answer.error['type']), (400, code, 'OAuthException'))
            true(usage(answer, kind)['call_count'] >= 100 and 1 <= usage(answer, kind)['estimated_time_to_regain_access'] <= 60)
            equal(answer.error.get('is_transient'), True if code == 80004 else None)
            equal(sim.graph(FIRST + '/customaudiences', token).status, 200, 'another class goes on')
            sim.control('now.advance', seconds=3700)
            equal(sim.graph('%s/%s' % (FIRST, edge), token).status, 200)
        true(json.loads(sim.graph(FIRST + '/insights', token).header('x-fb-ads-insights-throttle'))['acc_id_util_pct'] >= 0)


def the_app_has_an_allowance_of_its_own(path):
    with Adsim(path, daily_users=1) as sim:
        token = sim.consent()
        for _ in range(200):
            answer = sim.graph('me', token)
            equal(answer.status, 200)
        equal(json.loads(answer.header('X-App-Usage'))['call_count'], 100)
        refused(sim.graph('me', token), 4)
        sim.control('set', name='tier', value='off')
        equal(sim.graph('me', token).status, 200, 'told, but not refused')
        true(json.loads(sim.graph('me', token).header('X-App-Usage'))['call_count'] > 100)


def reports_of_the_whole_app_can_have_a_limit(path):
    with Adsim(path, app_insights=10) as sim:
        token = sim.consent()
        for n in range(10):
            answer = sim.graph(FIRST + '/insights', token, level='account')
            equal(json.loads(answer.header('x-fb-ads-insights-throttle'))['app_id_util_pct'], (n + 1) * 10)
        refused(sim.graph('act_300000001000003/insights', token, level='account'), 4, 1504022)
        equal(sim.graph(FIRST + '/campaigns', token).status, 200)


def the_log_counts_what_the_limits_count(path):
    with Adsim(path, tier='limited') as sim:
        token = sim.consent()
        for _ in range(70):
            sim.graph(FIRST, token)
        lines = [r for r in sim.requests() if r.get('account') == FIRST[4:]]
        equal([r['permits']['score']['used'] for r in lines], list(range(1, 71)))
        equal([r['permits']['score']['refused'] for r in lines], [False] * 60 + [True] * 10)


# ---- faults


def an_answer_can_be_late(path):
    with Adsim(path) as sim:
        token = sim.consent()
        sim.fault('latency', ms=700, count=1, path='*/me')
        began = time.monotonic()
        equal(sim.graph('me', token).status, 200)
        true(time.monotonic() - began >= 0.7)
        equal(sim.graph('me', token).status, 200)


def a_connection_can_be_cut_before_or_after_the_work_is_done(path):
    with Adsim(path) as sim:
        token = sim.consent()
        for kind, applied in (('cut_before', False), ('cut_after', True)):
            sim.fault(kind, count=1, path='*/insights', method='POST')
            breaks(lambda: sim.graph(FIRST + '/insights', token, 'POST', level='account'))
            line = sim.requests()[-1]
            equal((line['fault'], line['applied'], line['status']), (kind, applied, 0))
        answer = sim.graph(FIRST + '/insights', token, 'POST', level='account')
        equal(int(answer.json['report_run_id']) % 1000, 2, 'the second run was made, the first was not')


def a_body_can_be_cut_short_or_promise_too_much(path):
    with Adsim(path) as sim:
        token = sim.consent()
        whole = sim.graph(FIRST, token, fields='id,name').body
        sim.fault('truncate', count=1, percent=50)
        true(isinstance(breaks(lambda: sim.graph(FIRST, token, fields='id,name')), http.client.IncompleteRead))
        sim.fault('truncate', count=1, bytes=0)
        breaks(lambda: sim.graph(FIRST, token, fields='id,name'))
        sim.fault('length', count=1, delta=10)
        true(isinstance(breaks(lambda: sim.graph(FIRST, token, fields='id,name')), http.client.IncompleteRead))
        sim.fault('length', count=1, delta=-10)
        equal(sim.graph(FIRST, token, fields='id,name').body, whole[:-10])
        sim.fault('stall', count=1, ms=500)
        began = time.monotonic()
        equal(sim.graph(FIRST, token, fields='id,name').body, whole)
        true(time.monotonic() - began >= 0.5, 'it waits in the middle')


def answers_can_be_anything_but_what_was_asked_for(path):
    with Adsim(path) as sim:
        token = sim.consent()
        sim.fault('html', count=1)
        answer = sim.graph('me', token)
        true(answer.status == 503 and b'<html' in answer.body and answer.header('Content-Type').startswith('text/html'))
        sim.fault('status', status=502, body='Bad Gateway', count=1)
        equal((lambda a: (a.status, a.body))(sim.graph('me', token)), (502, b'Bad Gateway'))
        sim.fault('status', status=500, count=1)
        equal((lambda a: (a.status, a.body))(sim.graph('me', token)), (500, b''))
        sim.fault('body', text='{"data":[],"data":[{"id":1}]}', count=1)
        equal(sim.graph('me', token).body, b'{"data":[],"data":[{"id":1}]}')
        sim.fault('body', base64='AAEC/w==', count=1)
        equal(sim.graph('me', token).body, b'\x00\x01\x02\xff')
        sim.fault('deep', depth=50000, count=1)
        true(sim.graph('me', token).body.count(b'[') == 50000)
        sim.fault('replace', count=1, **{'from': '"data":[', 'to': '"data":"x","rows":['})
        equal(sim.graph('me/adaccounts', token).json['data'], 'x')


def a_huge_body_costs_the_simulator_nothing(path):
    with Adsim(path) as sim:
        token = sim.consent()
        before = sim.resident_mib()
        sim.fault('huge', bytes=100 * 1000 * 1000, count=1)
        answer = sim.graph('me', token)
        true(len(answer.body) > 100 * 1000 * 1000 and answer.body.startswith(b'{"data":[]') and answer.body.endswith(b'"}'))
        true(sim.resident_mib() < before + 8, (before, sim.resident_mib()))


def errors_have_the_platforms_shape(path):
    with Adsim(path) as sim:
        token = sim.consent()
        sim.fault('error', code=2, count=1)
        answer = sim.graph('me', token)
        refused(answer, 2)
        true(answer.error['is_transient'] and answer.error['fbtrace_id'])
        sim.fault('error', status=200, code=190, subcode=463, count=1)
        answer = sim.graph('me', token)
        equal((answer.status, answer.error['code']), (200, 190))
        sim.fault('error', code=100, subcode=1487301, count=1, error_data='{"blame_field_specs":[["name"]]}')
        equal(sim.graph('me', token).error['error_data'], '{"blame_field_specs":[["name"]]}')
        sim.fault('error', code=100, count=1, error_data={'blame_field_specs': [['name']]})
        equal(sim.graph('me', token).error['error_data'], {'blame_field_specs': [['name']]})
        for code, subcode in (
            (4, 1504022),
            (17, 2446079),
            (32, None),
            (341, None),
            (613, 1487742),
            (80000, 2446079),
            (80004, None),
            (80014, None),
            (368, 1390008),
        ):
            sim.fault('throttle', code=code, count=1, minutes=7, percent=140, **({'subcode': subcode} if subcode else {}))
            answer = sim.graph(FIRST, token)
            refused(answer, code, subcode)
            equal(json.loads(answer.header('X-Business-Use-Case-Usage'))[FIRST[4:]][0]['estimated_time_to_regain_access'], 7)
        sim.fault('throttle', code=80004, status=429, count=1)
        equal(sim.graph(FIRST, token).status, 429)


def a_token_dies_in_the_middle(path):
    with Adsim(path) as sim:
        token = sim.consent()
        sim.fault('token_death', subcode=460, skip=2, count=1, path='*/me')
        equal([sim.graph('me', token).status for _ in range(4)], [200, 200, 400, 400])
        refused(sim.graph('me', token), 190, 460)
        equal(sim.graph('me', sim.consent()).status, 200)


def a_header_can_be_added(path):
    with Adsim(path) as sim:
        token = sim.consent()
        sim.fault('header', name='X-Ad-Api-Version-Warning', value='soon', count=1)
        equal([sim.graph('me', token).header('X-Ad-Api-Version-Warning') for _ in range(2)], ['soon', None])


def redirects_and_next_links_can_lead_elsewhere(path):
    with Adsim(path, odd_pages=0) as sim:
        token = sim.consent()
        sim.fault('redirect', count=1)
        answer = sim.graph('me', token)
        equal((answer.status, answer.header('Location')), (302, 'https://collector.example/take'))
        sim.fault('next_host', count=1)
        page = sim.graph(FIRST + '/campaigns', token, limit='2').json
        true(page['paging']['next'].startswith('https://collector.example/v25.0/' + FIRST), page['paging']['next'])
        equal(len(page['data']), 2)


def a_fault_fires_where_it_matches_and_as_often_as_it_may(path):
    with Adsim(path) as sim:
        token = sim.consent()
        one = sim.fault('status', account='300000001000003')
        equal([sim.graph(a, token).status for a in (FIRST, 'act_300000001000003', '1210000010000000001')], [200, 500, 500])
        sim.control('fault.clear', id=one)
        sim.fault('status', contains='fields=name')
        equal([sim.graph(FIRST, token, fields=f).status for f in ('id', 'name')], [200, 500])
        sim.control('fault.clear')
        sim.fault('status', path='*/me', skip=1, count=2)
        equal([sim.graph('me', token).status for _ in range(5)], [200, 500, 500, 200, 200])
        equal([(f['seen'], f['hits']) for f in sim.control('fault.list')['faults']], [(3, 2)])


def chance_is_drawn_from_the_seed(path):
    patterns = []
    for seed in (1, 1, 2):
        with Adsim(path, seed=seed) as sim:
            token = sim.consent()
            sim.fault('status', probability=0.3)
            patterns.append([sim.graph('me', token).status for _ in range(60)])
            true(5 < patterns[-1].count(500) < 40)
    equal(patterns[0], patterns[1])
    true(patterns[0] != patterns[2])


def faults_come_from_a_file_as_well(path):
    with Adsim(path) as sim:
        name = os.path.join(sim.folder, 'faults')
        for text in (
            '[{"kind":"status","status":418,"path":"*/me","count":1}]',
            '{"kind":"status","status":418,"path":"*/me","count":1}\n\n{"kind":"latency","ms":1}\n',
        ):
            with open(name, 'w', encoding='ascii') as file:
                file.write(text)
            with Adsim(path, faults=name) as other:
                equal(other.graph('me', other.consent()).status, 418)
        with open(name, 'w', encoding='ascii') as file:
            file.write('[{"kind":"nonsense"}]')
        equal(subprocess.run([path, '--faults', name], capture_output=True, check=False).returncode, 2)


# ---- the log and the process


def the_log_knows_no_secret(path):
    with Adsim(path) as sim:
        token = sim.consent()
        page, page_token = sim.page_token(token)
        sim.graph('', token, 'POST', batch=[{'method': 'GET', 'relative_url': '%s/leadgen_forms?access_token=%s' % (page, page_token)}])
        list(sim.pages(FIRST + '/campaigns', token, limit='3'))
        sim.graph('me?access_token=' + token)
        sim.debug(token)
        with open(sim.log, encoding='utf-8') as file:
            text = file.read()
        for secret in (token, page_token, harness.SECRET):
            true(secret not in text)
        lines = sim.requests()
        equal([r['n'] for r in lines if not r.get('element')], list(range(1, 1 + len([r for r in lines if not r.get('element')]))))
        true(all(r['host'] and r['path'] and 'permits' in r for r in lines))


def other_hosts_and_methods_are_refused(path):
    with Adsim(path, plain=True) as sim:
        equal(sim.call('localhost', 'GET', '/v25.0/me').status, 400, 'loopback stands for graph.facebook.com')
        connection = http.client.HTTPConnection('127.0.0.1', sim.ports['plain_port'], timeout=20)
        connection.request('GET', '/v25.0/' + FIRST + '/campaigns?limit=1&access_token=' + sim.consent())
        page = json.loads(connection.getresponse().read())
        true(page['paging']['next'].startswith('http://127.0.0.1:%d/v25.0/' % sim.ports['plain_port']))
        connection.request('GET', '/v25.0/me', headers={'Host': 'example.com'})
        equal(connection.getresponse().status, 404)
        connection.close()
        connection = http.client.HTTPConnection('127.0.0.1', sim.ports['control_port'], timeout=20)
        for method, target, body in (
            ('GET', '/control', None),
            ('POST', '/', '{}'),
            ('POST', '/control', 'x'),
            ('POST', '/control', '{"op":"fly"}'),
        ):
            connection.request(method, target, body)
            answer = connection.getresponse()
            answer.read()
            equal(answer.status, 400, (method, target, body))
        connection.close()


def many_connections_at_once_are_served(path):
    with Adsim(path) as sim:
        token = sim.consent()
        sim.fault('latency', ms=300)
        held = [sim.connection(harness.GRAPH) for _ in range(100)]
        began = time.monotonic()
        for connection in held:
            connection.request('GET', '/v25.0/me', headers={'Authorization': 'Bearer ' + token})
        for connection in held:
            equal(connection.getresponse().status, 200)
            connection.close()
        true(time.monotonic() - began < 10, 'they wait side by side')


def compressed_answers_are_the_same(path):
    with Adsim(path, gzip=6) as sim:
        import gzip

        token = sim.consent()
        plain = sim.graph(FIRST + '/campaigns', token, fields='id,name')
        packed = sim.graph(FIRST + '/campaigns', token, fields='id,name', headers={'Accept-Encoding': 'gzip, deflate'})
        equal((plain.header('Content-Encoding'), packed.header('Content-Encoding')), (None, 'gzip'))
        equal(gzip.decompress(packed.body), plain.body)


def nothing_that_is_asked_brings_it_down(path):
    chance = random.Random(7)
    pieces = [
        'act_300000000000000',
        'me',
        '1210000000000000001',
        '5000000000000001',
        'insights',
        'campaigns',
        'leads',
        '',
        '9' * 30,
        '-1',
        'act_',
        '..',
        '%00',
        '%',
    ]
    names = [
        'fields',
        'filtering',
        'limit',
        'after',
        'before',
        'time_range',
        'time_ranges',
        'time_increment',
        'level',
        'ids',
        'batch',
        'effective_status',
        'summary',
    ]
    values = [
        '[',
        '[]',
        '{}',
        '{"since":"2026-01-01","until":"2026-13-01"}',
        'id,{',
        'a{b{c{d{e{f{g{h}}}}}}}',
        '[{"field":1}]',
        '[{"field":"id","operator":"IN"}]',
        '-1',
        '0',
        '9' * 25,
        'ZZZZ',
        'QVFIUz',
        'MAZDZD',
        '1e9',
        'null',
        '"',
        '\\u12',
        '[["a"]]',
        'ads.limit(',
        'ads.limit(9999999){id}',
        'creative{}',
        ',',
        '\x00',
        'é',
        '[{"relative_url":"?"}]',
        '[{"field":"campaign.id","operator":"IN","value":{}}]',
        '[{"field":"spend","operator":"GREATER_THAN","value":[]}]',
        '2026-01-01',
        '[' * 100,
        'monthly',
        '90',
    ]
    with Adsim(path) as sim:
        token = sim.consent()
        for _ in range(1500):
            target = '/'.join(chance.choice(pieces) for _ in range(chance.randint(0, 3)))
            query = {chance.choice(names): chance.choice(values) for _ in range(chance.randint(0, 4))}
            method = chance.choice(['GET', 'GET', 'GET', 'POST', 'DELETE'])
            answer = sim.graph(target, token, method, **query)
            true(answer.status in (200, 302, 400, 403, 500), answer.status)
            json.loads(answer.body)
        for body in (b'{', b'[1]', b'{"a":' * 200, b'\xff\xfe', b''):
            answer = sim.call(harness.GRAPH, 'POST', '/v25.0/act_300000000000000/insights', body, {'Content-Type': 'application/json'})
            equal(answer.status, 400)
        equal(sim.graph('me', token).status, 200)


def runs(process, program):
    """is it there, and still that program?"""
    try:
        return os.path.samefile('/proc/%d/exe' % process, program)
    except OSError:
        return False


def it_ends_by_signal_by_order_and_with_its_parent(path):
    sim = Adsim(path)
    sim.process.terminate()
    equal(sim.process.wait(20), 0)
    sim.close()
    sim = Adsim(path)
    sim.control('shutdown')
    equal(sim.process.wait(20), 0)
    sim.close()
    parent = (
        'import subprocess as s, sys; '
        'p = s.Popen([sys.argv[1]], stdout=s.PIPE, stderr=s.DEVNULL); p.stdout.readline(); print(p.pid, flush=True)'
    )
    child = int(subprocess.run([sys.executable, '-c', parent, path], capture_output=True, check=True, timeout=60).stdout)
    deadline = time.monotonic() + 20
    while runs(child, path) and time.monotonic() < deadline:
        time.sleep(0.02)
    if runs(child, path):
        os.kill(child, signal.SIGTERM)
        raise AssertionError('it outlived its parent')


def an_outage_leaves_the_world_as_it_was(path):
    """dead tokens stay dead, counts go on, a report is where it was, and nothing is numbered or named twice"""
    with Adsim(path, run_race=0, run_polls=4, tier='limited', tick=True) as sim:
        token, dead = sim.consent(), sim.consent(user=1)
        sim.control('token.kill', user=1, reason='password')
        sim.control('access', user=0, account='300000001000003', allow=False)
        run = str(sim.graph(FIRST + '/insights', token, 'POST', level='campaign', fields='spend', date_preset='last_7d').json['report_run_id'])
        equal(sim.graph(run, token).json['async_status'], 'Job Not Started')
        percent = json.loads(sim.graph(FIRST, token).header('X-Ad-Account-Usage'))['acc_id_util_pct']
        ports, before, now = sim.ports, sim.requests(), sim.control('stats')['now']
        breaks(lambda: (sim.end(), sim.graph('me', token)))
        sim.start()
        true(sim.control('stats')['now'] - now in (0, 1, 2, 3), 'its clock goes on, and does not begin again')
        equal({**sim.ports, 'now': 0}, {**ports, 'now': 0})
        equal(sim.graph('me', token).status, 200)
        refused(sim.graph('me', dead), 190, 460)
        equal(sim.graph('act_300000001000003', token).status, 400, 'who lost an account did not get it back')
        equal(sim.graph(run, token).json['async_status'], 'Job Started')
        told = json.loads(sim.graph(FIRST, token).header('X-Ad-Account-Usage'))['acc_id_util_pct']
        equal((percent > 1, told > percent), (True, True), (percent, told))
        lines = sim.requests()
        equal(lines[:len(before)], before)
        for name in ('n', 'request_id'):
            named = [line[name] for line in lines if name in line]
            true(named and len(set(named)) == len(named), name)
        true(sim.consent() not in (token, dead), 'a token is given out once')
        other = subprocess.run([*sim.args, '--seed', '2'], capture_output=True, text=True, timeout=20, check=False)
        true(other.returncode == 2 and 'not of this world' in other.stderr, other)


def wrong_options_are_told(path):
    for wrong in (['--colour', 'red'], ['--seed', 'x'], ['--users', '0'], ['--tier', 'gold'], ['--truth', 'unicorns']):
        ran = subprocess.run([path] + wrong, capture_output=True, text=True, check=False, timeout=20)
        true(ran.returncode == 2 and 'adsim:' in ran.stderr, wrong)
    shown = subprocess.run([path, '--help'], capture_output=True, text=True, check=True).stdout
    true('--seed' in shown and '--truth' in shown)


def the_truth_on_the_command_line_is_that_of_the_control_port(path):
    with Adsim(path, seed=5) as sim:
        text = subprocess.run(
            [
                path,
                '--seed',
                '5',
                '--truth',
                'insights',
                '--level',
                'campaign',
                '--account',
                FIRST,
                '--fields',
                'campaign_id,spend',
                '--from',
                '2026-03-01',
                '--to',
                '2026-03-03',
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        rows = sim.truth(
            'insights', level='campaign', account=FIRST, fields='campaign_id,spend', **{'from': '2026-03-01', 'to': '2026-03-03'}
        )
        equal([json.loads(line) for line in text.splitlines()], rows)
        true(len(rows) > 10 and sorted(rows[0]['row']) == ['campaign_id', 'date_start', 'date_stop', 'spend'])


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
