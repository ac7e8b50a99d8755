#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lantern Ads on adsim, from outside: keys and tokens, pages, figures, the limit and what tells of it, refusals, faults. It has no sheet
and no recorded answers: what it promises stands at the head of lantern_platform.c."""
import sys

import harness
from harness import Adsim, equal, true

HOST, FORM = 'api.lantern.example', dict(client_id='lantern-app', client_secret='lantern-secret')
WORDS = ('token_expired', 'token_revoked', 'no_access', 'unknown', 'bad_page', 'bad_days', 'slow_down', 'broken')


def mint(sim, **more):
    return sim.control('token.mint', platform='lantern', user=0, **more)


def get(sim, token, path):
    return sim.ask(HOST, '/v1/' + path, headers={'Authorization': 'Lantern ' + token})


def listed(sim, token, path, size):
    rows, page, pages = [], None, 0
    while page is not None or not pages:
        answer = get(sim, token, '%s%ssize=%d%s' % (path, '&' if '?' in path else '?', size, '&page=' + page if page else ''))
        equal(answer.status, 200, answer.body)
        rows, page, pages = rows + answer.json['items'], answer.json['next'], pages + 1
        true(len(answer.json['items']) <= size)
    return rows, pages


def truth(sim, kind, **more):
    return [line['row'] for line in sim.truth(kind, platform='lantern', **more)]


def refused(answer, status, kind):
    equal((answer.status, answer.error['kind'], sorted(answer.error)), (status, kind, ['kind', 'text']))


def a_key_gives_tokens_that_live_an_hour(path):
    with Adsim(path) as sim:
        key = mint(sim)['key']
        fresh = sim.ask(HOST, '/v1/token', form=dict(FORM, key=key)).json
        equal((get(sim, fresh['token'], 'accounts').status, fresh['lives']), (200, 3600))
        sim.control('now.advance', seconds=3600)
        refused(get(sim, fresh['token'], 'accounts'), 401, 'token_expired')
        refused(get(sim, 'lt_none', 'accounts'), 401, 'token_revoked')
        refused(get(sim, key, 'accounts'), 401, 'token_revoked')
        refused(sim.ask(HOST, '/v1/token', form=dict(FORM, key=fresh['token'])), 400, 'bad_key')
        refused(sim.ask(HOST, '/v1/token', form=dict(FORM, key=key, client_secret='other')), 400, 'bad_key')
        sim.control('token.kill', platform='lantern', user=0, reason='deauthorized')
        refused(sim.ask(HOST, '/v1/token', form=dict(FORM, key=key)), 401, 'token_revoked')


def lists_and_figures_equal_the_truth_whatever_the_pages(path):
    with Adsim(path, accounts=3, campaigns=9, adsets=2, ads=2, lantern_minute=100000) as sim:
        token = mint(sim)['token']
        accounts = truth(sim, 'accounts')[:3]
        equal(listed(sim, token, 'accounts', 2), (accounts, 2))
        for account in accounts[:2]:
            place = 'accounts/%d' % account['id']
            equal(get(sim, token, place).json, account)
            campaigns = truth(sim, 'campaigns', account=str(account['id']))
            for size in (1, 4, 100):
                equal(listed(sim, token, place + '/campaigns', size)[0], campaigns)
            for level in ('account', 'campaign'):
                days = dict({'from': '2026-02-20', 'to': '2026-03-15'})
                rows = truth(sim, 'insights', level=level, account=str(account['id']), **days)
                mine, _ = listed(sim, token, '%s/days?by=%s&from=%s&to=%s' % (place, level, days['from'], days['to']), 7)
                equal(sorted(mine, key=str), sorted(rows, key=str))
                true(len(rows) > 5 and all(row['views'] > 0 for row in rows), rows[:2])


def the_limit_is_told_before_and_when_it_is_reached(path):
    with Adsim(path, lantern_minute=3) as sim:
        token = mint(sim)['token']
        equal([get(sim, token, 'accounts').header('Lantern-Left') for _ in range(3)], ['2', '1', '0'])
        over = get(sim, token, 'accounts')
        refused(over, 429, 'slow_down')
        true(1 <= int(over.header('Retry-After')) <= 60 and over.header('Lantern-Reset') == over.header('Retry-After'))
        sim.control('now.advance', seconds=int(over.header('Retry-After')))
        equal(get(sim, token, 'accounts').status, 200)


def what_is_wrong_is_said_in_one_shape(path):
    with Adsim(path, users=2, accounts=2) as sim:
        token, other = mint(sim)['token'], truth(sim, 'accounts')[2]['id']
        mine = truth(sim, 'accounts')[0]['id']
        refused(get(sim, token, 'accounts/%d' % other), 403, 'no_access')
        refused(get(sim, token, 'accounts/5'), 404, 'unknown')
        refused(get(sim, token, 'accounts/%d/ads' % mine), 404, 'unknown')
        refused(get(sim, token, 'accounts/%d/days?by=account' % mine), 400, 'bad_days')
        refused(get(sim, token, 'accounts/%d/days?by=account&from=2026-01-01&to=2026-02-01' % mine), 400, 'bad_days')
        page = get(sim, token, 'accounts?size=1').json['next']
        refused(get(sim, token, 'accounts/%d/campaigns?page=%s' % (mine, page)), 400, 'bad_page')


def faults_come_in_the_platforms_own_shape(path):
    with Adsim(path) as sim:
        token = mint(sim)['token']
        for word in WORDS:
            sim.fault('error', platform='lantern', error=word, count=1)
            equal(get(sim, token, 'accounts').error['kind'], word)
        sim.fault('throttle', platform='lantern', seconds=7, count=1)
        equal(get(sim, token, 'accounts').header('Retry-After'), '7')
        sim.fault('token_death', platform='lantern', count=1)
        refused(get(sim, token, 'accounts'), 401, 'token_expired')
        equal(get(sim, token, 'accounts').status, 401)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
