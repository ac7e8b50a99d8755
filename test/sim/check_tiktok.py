#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TikTok on adsim, from outside: consent, both kinds of tokens, permissions, advertisers, limits, refusals, faults."""
import http.client
import re
import sys
import urllib.parse

import harness
from harness import CALLBACK, Adsim, equal, true
from tiktok_client import (
    ADS,
    API,
    APP,
    OPEN,
    SANDBOX,
    SECRET,
    WWW,
    advertiser,
    consent,
    data,
    exchange,
    get,
    headers,
    mint,
    post,
    refused,
    report,
)

OFF = dict(tier='off')


# ---- consent and the token that does not end


def the_consent_page_is_a_form_that_a_person_can_send(path):
    with Adsim(path, **OFF) as sim:
        answer, _ = consent(sim, auto=None, scope='44,7133464587805982722')
        page = answer.body.decode()
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        equal((answer.status, fields['app_id'], fields['state']), (200, APP, 's t'))
        true('scope_44' in page and 'scope_7133464587805982722' in page)
        answer = sim.ask(API, '/portal/auth', form=dict(fields, auto='1', scope_44='1', user='1'))
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.header('Location')).query))
        equal((back['state'], sorted(back)), ('s t', ['auth_code', 'state']))
        equal(data(exchange(sim, back['auth_code']))['scope'], [44])


def a_code_gives_a_token_without_an_end_once(path):
    with Adsim(path, users=2, accounts=3, **OFF) as sim:
        code = consent(sim, ADS, '/marketing_api/auth', user='1')[1]['auth_code']
        given = data(exchange(sim, code, grant_type='ignored'))
        equal(sorted(given), ['access_token', 'advertiser_ids', 'scope'])
        equal(given['advertiser_ids'], [advertiser(g) for g in (3, 4, 5)])
        true(any(scope > 2**53 for scope in given['scope']) and all(isinstance(scope, int) for scope in given['scope']))
        refused(exchange(sim, code), 40110)
        sim.control('now.advance', seconds=10 * 365 * 86400)
        equal(data(get(sim, given['access_token'], 'user/info/'))['display_name'], 'Person 1')


def a_code_is_refused_in_every_way(path):
    with Adsim(path, app='tiktok=77:two', **OFF) as sim:
        equal(consent(sim)[0].status, 400)
        mine = dict(app_id='77', secret='two')
        code = consent(sim, app_id='77')[1]['auth_code']
        for wrong, refusal in (
            (dict(app_id='78'), 40113),
            (dict(secret='three'), 40113),
            (dict(auth_code='x'), 40101),
            (dict(auth_code=None), 40002),
            (dict(secret=None), 40002),
        ):
            refused(exchange(sim, code, **dict(mine, **wrong)), refusal)
        refused(sim.ask(API, OPEN + 'oauth2/access_token/', form=dict(mine, auth_code=code)), 40002, 'Content-Type')
        sim.control('now.advance', seconds=3600)
        refused(exchange(sim, code, **mine), 40115)
        refused(post(sim, None, 'oauth2/refresh_token/', refresh_token='x', **mine), 40107)


def a_consent_can_be_refused_in_every_way(path):
    with Adsim(path, redirect_uri=CALLBACK, **OFF) as sim:
        equal(consent(sim, deny='1')[1], {'state': 's t'})
        equal(consent(sim, scope='44', untick='44')[1], {'state': 's t'})
        for wrong, what in (
            (dict(app_id='other'), 'app_id'),
            (dict(redirect_uri='https://evil.example/'), 'redirect_uri'),
            (dict(redirect_uri=None), 'redirect_uri'),
            (dict(scope='999'), 'scope'),
        ):
            answer, _ = consent(sim, **wrong)
            true(answer.status == 400 and what in answer.body.decode(), answer.body)
        sim.control('set', name='tiktok-code-copy', value='1')
        back = consent(sim)[1]
        equal(back['code'], back['auth_code'])


def many_accounts_make_the_exchange_too_slow(path):
    with Adsim(path, accounts=5, tiktok_ids_most=4, **OFF) as sim:
        code = consent(sim)[1]['auth_code']
        equal(exchange(sim, code).status, 504)
        true('advertiser_ids' not in data(exchange(sim, code, return_advertiser_ids=False)))


def permissions_are_what_was_ticked_and_what_stands_below_it(path):
    with Adsim(path, **OFF) as sim:
        back = consent(sim, scope='2,44,3', untick='44')[1]
        token = data(exchange(sim, back['auth_code']))['access_token']
        for name in ('campaign/get/', 'adgroup/get/', 'ad/get/', 'dmp/custom_audience/list/'):
            data(get(sim, token, name, advertiser_id=advertiser(0)))
        answer = get(sim, token, 'report/integrated/get/')
        refused(answer, 40001, "lacks the required scope for endpoint '/report/integrated/get/(method=GET)'")
        equal(answer.json['data'], {})
        refused(get(sim, token, 'page/get/', advertiser_id=advertiser(0)), 40001)
        sim.control('scopes', platform='tiktok', user=0, decline='2')
        refused(get(sim, token, 'campaign/get/', advertiser_id=advertiser(0)), 40001)


def a_dead_token_says_how_it_died(path):
    with Adsim(path, **OFF) as sim:
        for reason, code in (
            ('deauthorized', 40105),
            ('password', 40106),
            ('logged_out', 40114),
            ('checkpoint', 40120),
            ('unconfirmed', 40309),
            ('inactive', 40113),
            ('expired', 40102),
        ):
            token = mint(sim)
            data(get(sim, token, 'user/info/'))
            sim.control('token.kill', platform='tiktok', token=token, reason=reason)
            answer = get(sim, token, 'user/info/')
            refused(answer, code)
            equal('data' in answer.json, code != 40105)
        refused(get(sim, 'x', 'user/info/'), 40105)
        refused(get(sim, None, 'user/info/'), 40104, 'http header with key Access-Token')
        refused(get(sim, None, 'user/info/', access_token=mint(sim)), 40104)
        refused(sim.ask(API, OPEN + 'user/info/', mint(sim)), 40104)
        lives = mint(sim, life=60)
        sim.control('now.advance', seconds=60)
        refused(get(sim, lives, 'user/info/'), 40102)


def a_revoked_token_is_dead_and_another_of_the_person_lives(path):
    with Adsim(path, accounts=2, **OFF) as sim:
        one, two = mint(sim), mint(sim)
        refused(post(sim, None, 'oauth2/revoke_token/', app_id=APP, secret='x', access_token=one), 40113)
        given = data(post(sim, None, 'oauth2/revoke_token/', app_id=APP, secret=SECRET, access_token=one))
        equal(given, {'app_id': APP, 'advertiser_ids': [advertiser(0), advertiser(1)]})
        refused(get(sim, one, 'user/info/'), 40105)
        refused(post(sim, None, 'oauth2/revoke_token/', app_id=APP, secret=SECRET, access_token=one), 40105)
        data(get(sim, two, 'user/info/'))


# ---- tokens of TikTok accounts


def account_consent(sim, **params):
    query = dict(client_key=APP, response_type='code', scope='user.info.basic,video.list', redirect_uri=CALLBACK, state='st')
    query.update(params)
    return sim.agree(WWW, '/v2/auth/authorize/', **query)


def account_token(sim, code, **body):
    given = dict(client_id=APP, client_secret=SECRET, grant_type='authorization_code', auth_code=code, redirect_uri=CALLBACK)
    given.update(body)
    return post(sim, None, 'tt_user/oauth2/token/', **given)


def account_refresh(sim, token, **body):
    given = dict(client_id=APP, client_secret=SECRET, grant_type='refresh_token', refresh_token=token)
    given.update(body)
    return post(sim, None, 'tt_user/oauth2/refresh_token/', **given)


def an_accounts_token_lives_a_day_and_its_year_counts_from_the_consent(path):
    with Adsim(path, **OFF) as sim:
        code = account_consent(sim)[1]['code']
        refused(account_token(sim, code, grant_type='x'), 40108)
        refused(account_token(sim, code, redirect_uri=CALLBACK + '/'), 40101)
        first = data(account_token(sim, code))
        equal((first['expires_in'], first['refresh_token_expires_in'], first['token_type']), (86400, 31536000, 'Bearer'))
        equal(first['scope'], 'user.info.basic,video.list')
        refused(account_token(sim, code), 40110)
        inspect = dict(app_id=APP, access_token=first['access_token'])
        equal(data(post(sim, None, 'tt_user/token_info/get/', **inspect))['creator_id'], first['open_id'])
        sim.control('now.advance', seconds=86400)
        refused(post(sim, None, 'tt_user/token_info/get/', **inspect), 40102)
        second = data(account_refresh(sim, first['refresh_token']))
        equal((second['refresh_token_expires_in'], second['refresh_token']), (31536000 - 86400, first['refresh_token']))
        sim.control('set', name='tiktok-rotate', value='1')
        third = data(account_refresh(sim, first['refresh_token']))
        refused(account_refresh(sim, first['refresh_token']), 40107)
        refused(account_refresh(sim, 'x'), 40107)
        sim.control('now.advance', seconds=31536000 - 86400)
        refused(account_refresh(sim, third['refresh_token']), 40103)
        equal(account_consent(sim, deny='1')[1]['error'], 'access_denied')
        equal(account_consent(sim, response_type='token')[0].status, 400)


def an_accounts_token_can_be_revoked(path):
    with Adsim(path, **OFF) as sim:
        both = sim.control('token.mint', platform='tiktok', user=0, long=False)
        body = dict(client_id=APP, client_secret=SECRET, access_token=both['access_token'])
        equal(data(post(sim, None, 'tt_user/oauth2/revoke/', **body)), {})
        refused(post(sim, None, 'tt_user/oauth2/revoke/', **body), 40105)
        refused(account_refresh(sim, both['refresh_token']), 40107)
        refused(get(sim, both['access_token'], 'user/info/'), 40105)


# ---- advertisers


def listed(sim, token, **params):
    query = dict(app_id=APP, secret=SECRET)
    query.update(params)
    return get(sim, token, 'oauth2/advertiser/get/', **query)


def accounts_are_listed_whole_and_told_in_batches(path):
    with Adsim(path, users=2, accounts=15, **OFF) as sim:
        token = mint(sim)
        ids = [row['advertiser_id'] for row in data(listed(sim, token))['list']]
        equal(ids, [advertiser(g) for g in range(15)])
        truth = {r['account_id']: r['row'] for r in sim.truth('accounts', platform='tiktok')}
        equal(data(get(sim, token, 'advertiser/info/', advertiser_ids=ids))['list'], [truth[i] for i in ids])
        states = {row['status'] for row in truth.values()}
        true({'STATUS_ENABLE', 'STATUS_LIMIT', 'STATUS_DISABLE', 'STATUS_PENDING_CONFIRM', 'STATUS_CONTRACT_PENDING'} <= states, states)
        tokyo = truth[advertiser(2)]
        equal((tokyo['display_timezone'], tokyo['timezone'], tokyo['currency']), ('Asia/Tokyo', 'Etc/GMT-9', 'JPY'))
        few = data(get(sim, token, 'advertiser/info/', advertiser_ids=ids[:2], fields=['name', 'currency']))['list']
        equal(few, [{k: truth[i][k] for k in ('name', 'currency')} for i in ids[:2]])
        refused(get(sim, token, 'advertiser/info/', advertiser_ids=ids[:1], fields=['nmae']), 40002, 'nmae')
        refused(get(sim, token, 'advertiser/info/', advertiser_ids=ids * 7), 40011)
        refused(get(sim, token, 'advertiser/info/', advertiser_ids=[int(ids[0])]), 40002)
        refused(listed(sim, token, secret='x'), 40113)


def an_account_that_may_not_be_read_is_still_listed_and_spoils_a_batch(path):
    with Adsim(path, users=2, accounts=8, **OFF) as sim:
        token = mint(sim)
        sim.control('access', platform='tiktok', user=0, account=advertiser(1), allow=False)
        true(advertiser(1) in [row['advertiser_id'] for row in data(listed(sim, token))['list']])
        refused(get(sim, token, 'advertiser/info/', advertiser_ids=[advertiser(0), advertiser(1)]), 40001)
        refused(get(sim, token, 'campaign/get/', advertiser_id=advertiser(1)), 40001)
        refused(get(sim, token, 'campaign/get/', advertiser_id=advertiser(8)), 40001)
        refused(get(sim, token, 'campaign/get/', advertiser_id='12'), 40002, "doesn't exist")
        refused(get(sim, token, 'campaign/get/', advertiser_id='1x'), 40002)
        refused(get(sim, token, 'campaign/get/'), 40002, 'advertiser_id')
        refused(get(sim, token, 'campaign/get/', advertiser_id=advertiser(7)), 40001, 'closed')
        only = data(exchange(sim, consent(sim, user='1', accounts=advertiser(9))[1]['auth_code']))
        equal(only['advertiser_ids'], [advertiser(9)])
        data(get(sim, only['access_token'], 'campaign/get/', advertiser_id=advertiser(9)))
        refused(get(sim, only['access_token'], 'campaign/get/', advertiser_id=advertiser(8)), 40001)


# ---- paths


def a_path_without_its_slash_is_no_path(path):
    with Adsim(path, **OFF) as sim:
        token = mint(sim)
        for wrong in ('/open_api/v1.3/user/info', '/open_api/v1.3/nothing/', '/', '/open_api/v1.3/campaign/create/'):
            answer = sim.call(API, 'GET', wrong, None, headers(token))
            equal((answer.status, answer.body), (404, b'404 page not found'))
        equal(post(sim, token, 'user/info/').status, 405)
        for old in ('v1.2', 'v1.4'):
            refused(sim.call(API, 'GET', '/open_api/%s/user/info/' % old, None, headers(token)), 40051)


def the_sandbox_knows_one_account_and_less(path):
    with Adsim(path, users=1, accounts=2, campaigns=4, **OFF) as sim:
        token = mint(sim)
        answer = data(get(sim, token, 'campaign/get/', SANDBOX, advertiser_id=advertiser(0)))
        true(answer['list'] and all('secondary_status' not in row and 'operation_status' in row for row in answer['list']))
        refused(get(sim, token, 'campaign/get/', SANDBOX, advertiser_id=advertiser(1)), 40001)
        refused(get(sim, token, 'oauth2/advertiser/get/', SANDBOX, app_id=APP, secret=SECRET), 40008)
        query = report(sim, token, 'campaign', days=('2020-12-01', '2020-12-25'))
        days = {r['dimensions']['stat_time_day'][:10] for r in data(get(sim, token, 'report/integrated/get/', SANDBOX, page_size=1000, **query))['list']}
        true(days and min(days) >= '2020-12-08' and max(days) <= '2020-12-19', days)
        query = report(sim, token, 'campaign')
        equal(data(get(sim, token, 'report/integrated/get/', SANDBOX, **query))['list'], [])
        for more in (dict(order_field='spend'), dict(enable_total_metrics='true')):
            refused(get(sim, token, 'report/integrated/get/', SANDBOX, **dict(query, **more)), 40009)
        refused(post(sim, token, 'report/task/create/', SANDBOX), 40008)


# ---- limits


def an_app_has_so_many_calls_in_a_second(path):
    with Adsim(path, tiktok_level='basic') as sim:
        token = mint(sim)
        for _ in range(10):
            data(get(sim, token, 'user/info/'))
        answers = [get(sim, token, 'user/info/') for _ in range(2)]
        for answer in answers:
            refused(answer, 40100, 'App reaches the QPS limit.')
            true(not [n for n, _ in answer.headers if 'ratelimit' in n.lower() or n.lower() == 'retry-after'])
        equal({len(answer.json) for answer in answers}, {2, 4}, 'one of them comes without an id and without data')
        sim.control('now.advance', seconds=1)
        data(get(sim, token, 'user/info/'))
        sim.control('set', name='tier', value='off')
        for _ in range(15):
            data(get(sim, token, 'user/info/'))


def over_the_minute_the_app_is_out_for_five(path):
    with Adsim(path, tiktok_level='basic', limit_scale=10) as sim:  # 1 in a second, 60 in a minute
        token = mint(sim)

        def burst(count):
            for _ in range(count):
                sim.control('now.advance', seconds=1)
                last = get(sim, token, 'user/info/')
            return last

        data(burst(50))
        sim.control('set', name='tier', value='off')
        for _ in range(15):
            data(get(sim, token, 'user/info/'))
        sim.control('set', name='tier', value='full')
        sim.control('now.advance', seconds=2)
        refused(get(sim, token, 'user/info/'), 40100, 'temporarily restricted')
        sim.control('now.advance', seconds=200)
        refused(get(sim, token, 'user/info/'), 40100, 'temporarily restricted')
        sim.control('now.advance', seconds=101)
        data(get(sim, token, 'user/info/'))


def a_day_ends_at_midnight_of_utc(path):
    with Adsim(path, tiktok_level='basic', limit_scale=1, now='2026-03-15T23:58:00Z') as sim:
        token = mint(sim)
        for _ in range(45):  # 45 tasks a day, one of which in a second
            sim.control('limits.clear')
            refused(post(sim, token, 'report/task/create/'), 40002)
        sim.control('limits.clear')
        sim.control('set', name='tier', value='off')
        for _ in range(45):
            refused(post(sim, token, 'report/task/create/'), 40002)
        sim.control('set', name='tier', value='full')
        refused(post(sim, token, 'report/task/create/'), 40100, 'QPD')
        sim.control('now.set', now='2026-03-16T00:10:00Z')
        refused(post(sim, token, 'report/task/create/'), 40002)


def an_advertiser_and_a_sandbox_have_their_own(path):
    with Adsim(path, tiktok_account_qps=2, tier='limited') as sim:
        token = mint(sim)
        for _ in range(2):
            data(get(sim, token, 'campaign/get/', advertiser_id=advertiser(0)))
        refused(get(sim, token, 'campaign/get/', advertiser_id=advertiser(0)), 40133, "Advertiser (%s)'s QPS" % advertiser(0))
        data(get(sim, token, 'campaign/get/', advertiser_id=advertiser(1)))
        data(get(sim, token, 'ad/get/', advertiser_id=advertiser(0)))
        data(get(sim, token, 'user/info/', SANDBOX))
        refused(get(sim, token, 'user/info/', SANDBOX), 40100, 'QPS')
        line = next(r for r in sim.requests() if r.get('code') == 40133)
        equal(line['permits']['advertiser']['refused'], True)


# ---- faults

CODES = (
    '20001 40000 40001 40002 40003 40006 40007 40008 40010 40011 40012 40016 40050 40051 40052 40053 40061 40100 40102 40103 40105 40106 '
    '40107 40113 40114 40118 40120 40132 40133 40200 40201 40202 40300 40309 40400 40502 40700 40900 40901 40911 41000 41001 41002 50000 '
    '50002 51008 52000 60001 61000'
)


def every_code_can_be_asked_for(path):
    with Adsim(path, **OFF) as sim:
        token = mint(sim)
        for code in CODES.split():
            sim.fault('error', platform='tiktok', code=int(code), count=1, account=advertiser(0))
            answer = get(sim, token, 'campaign/get/', advertiser_id=advertiser(0))
            refused(answer, int(code))
            true(answer.json['message'])
        data(get(sim, token, 'campaign/get/', advertiser_id=advertiser(0)))
        sim.fault('throttle', platform='tiktok', count=1)
        refused(get(sim, token, 'user/info/'), 40100)
        sim.fault('throttle', platform='tiktok', count=1, code=61000, message='slow')
        refused(get(sim, token, 'user/info/'), 61000, 'slow')


def faults_on_the_bytes_do_what_they_say(path):
    with Adsim(path, **OFF) as sim:
        token = mint(sim)
        ask = lambda: get(sim, token, 'campaign/get/', advertiser_id=advertiser(0))
        whole = len(ask().body)
        for fault, status in ((dict(kind='html', status=502), 502), (dict(kind='status', status=503), 503)):
            sim.control('fault.add', host=API, count=1, **fault)
            equal(ask().status, status)
        sim.fault('deep', count=1, depth=500)
        equal(ask().body.count(b'['), 500)
        sim.fault('replace', count=1, **{'from': '"list"', 'to': '"lost"'})
        true('lost' in ask().json['data'])
        for kind, more in (('truncate', dict(percent=50)), ('cut_before', {}), ('cut_after', {}), ('stall', dict(percent=50, ms=50))):
            sim.fault(kind, count=1, **more)
            try:
                answer = ask()
                true(kind == 'stall' and len(answer.body) == whole, kind)
            except (http.client.HTTPException, OSError):
                true(kind != 'stall', kind)
        other = mint(sim)
        sim.fault('token_death', platform='tiktok', count=1)
        refused(ask(), 40105)
        refused(ask(), 40105)
        data(get(sim, other, 'user/info/'))
        token = other
        sim.fault('token_death', platform='tiktok', count=1, code=40113, grant=True)
        refused(ask(), 40113)
        refused(ask(), 40113)


def the_log_tells_what_arrived_and_no_secret(path):
    with Adsim(path, **OFF) as sim:
        code = consent(sim)[1]['auth_code']
        token = data(exchange(sim, code))['access_token']
        data(get(sim, token, 'campaign/get/', advertiser_id=advertiser(0)))
        data(get(sim, token, 'oauth2/advertiser/get/', app_id=APP, secret=SECRET))
        with open(sim.log, encoding='utf-8') as file:
            text = file.read()
        for secret in (token, code, SECRET):
            true(secret not in text)
        line = next(r for r in sim.requests() if r['path'].endswith('/campaign/get/'))
        equal((line['account'], line['action'], line['status'], line['rows'] > 0), (advertiser(0), 'campaign/get/', 200, True))
        equal(line['permits']['second']['used'], 1)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
