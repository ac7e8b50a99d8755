#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Snapchat on adsim, from outside: consent, tokens, organizations, lists, limits, refusals, faults."""
import http.client
import json
import re
import sys
import urllib.parse

import harness
from harness import CALLBACK, Adsim, equal, true
from snapchat_client import (
    API,
    CLIENT,
    LOGIN,
    SCOPE,
    SECRET,
    SINGULAR,
    accounts,
    consent,
    daily,
    exchange,
    flat,
    get,
    mint,
    missing,
    objects,
    pages,
    quiet,
    refresh,
    refused,
    unwrapped,
)

IN_ACCOUNT = ('campaigns', 'adsquads', 'ads', 'creatives', 'segments', 'lead_generation_forms')
TRUTHS = dict(zip(IN_ACCOUNT, ('campaigns', 'adsets', 'ads', 'creatives', 'audiences', 'forms')))


# ---- consent and tokens


def the_consent_page_is_a_form_that_a_person_can_send(path):
    with Adsim(path) as sim:
        answer, _ = consent(sim, auto=None)
        equal(answer.status, 200)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.body.decode()))
        equal((fields['client_id'], fields['scope'], fields['state']), (CLIENT, SCOPE, 's t'))
        fields.update({'auto': '1', 'scope_' + SCOPE: '1', 'user': '1'})
        answer = sim.ask(LOGIN, '/login/oauth2/authorize', form=fields)
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.header('Location')).query))
        equal((back['state'], sorted(back)), ('s t', ['code', 'state']))
        token = exchange(sim, back['code']).json['access_token']
        equal(get(sim, token, 'me').json['me']['display_name'], 'Person 1')


def a_code_gives_tokens_once(path):
    with Adsim(path) as sim:
        back = consent(sim)[1]
        first = exchange(sim, back['code'])
        equal(list(first.json), ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope', 'id_token'])
        equal([first.json[k] for k in ('token_type', 'expires_in', 'scope', 'id_token')], ['Bearer', 3600, SCOPE, ''])
        true(800 < len(first.json['access_token']) < 1200 and first.json['access_token'].count('.') > 1)
        equal(first.header('X-Rate-Limit-Limit'), None)
        flat(exchange(sim, back['code']), 400, 'invalid_grant')
        equal(get(sim, first.json['access_token'], 'me').status, 200)


def a_consent_can_be_refused_in_every_way(path):
    with Adsim(path, redirect_uri=CALLBACK) as sim:
        equal(consent(sim, deny='1')[1], {'error': 'access_denied', 'state': 's t'})
        equal(consent(sim, untick=SCOPE)[1]['error'], 'access_denied')
        equal(consent(sim, scope='nonsense')[1]['error'], 'invalid_scope')
        equal(consent(sim, scope=None)[1]['error'], 'invalid_scope')
        equal(consent(sim, response_type='token')[1]['error'], 'unsupported_response_type')
        for wrong in (dict(client_id='other'), dict(redirect_uri=CALLBACK + '/'), dict(redirect_uri=None)):
            answer, back = consent(sim, **wrong)
            equal((answer.status, back), (400, {}))
        answer = sim.agree(LOGIN, '/accounts/oauth2/auth', client_id=CLIENT, redirect_uri=CALLBACK, response_type='code', scope=SCOPE)[0]
        equal((answer.status, b'Login Kit' in answer.body), (400, True))
        back = consent(sim, scope=SCOPE + ' snapchat-profile-api', untick=SCOPE)[1]
        given = exchange(sim, back['code']).json
        equal(given['scope'], 'snapchat-profile-api')
        refused(get(sim, given['access_token'], 'me'), 403, 'E3002')


def the_token_host_takes_a_form_and_nothing_else(path):
    with Adsim(path, app='snapchat=other:two\nsnapchat=' + CLIENT + ':' + SECRET, code_life=60) as sim:
        code, to = consent(sim)[1]['code'], '/login/oauth2/access_token'
        form = dict(grant_type='authorization_code', code=code, client_id=CLIENT, client_secret=SECRET, redirect_uri=CALLBACK)
        flat(sim.ask(LOGIN, to + '?' + urllib.parse.urlencode(form), form={}), 400, 'invalid_request')
        flat(sim.ask(LOGIN, to, json_body=form), 400, 'invalid_request')
        bare = {k: v for k, v in form.items() if not k.startswith('client_')}
        flat(sim.ask(LOGIN, to, form=bare, headers={'Authorization': 'Basic eDp5'}), 401, 'invalid_client')
        flat(exchange(sim, code, client_secret='x'), 401, 'invalid_client')
        flat(exchange(sim, code, client_id='x'), 401, 'invalid_client')
        flat(exchange(sim, code, client_id='other', client_secret='two'), 400, 'invalid_grant')
        flat(exchange(sim, code, redirect_uri=CALLBACK + '/'), 400, 'invalid_grant')
        flat(exchange(sim, code, redirect_uri=None), 400, 'invalid_request')
        flat(exchange(sim, None), 400, 'invalid_request')
        flat(exchange(sim, 'x'), 400, 'invalid_grant')
        flat(exchange(sim, code, grant_type='password'), 400, 'unsupported_grant_type')
        flat(refresh(sim, 'x'), 400, 'invalid_grant')
        flat(refresh(sim, mint(sim, app=CLIENT)['refresh_token'], client_id='other', client_secret='two'), 400, 'invalid_grant')
        flat(refresh(sim, mint(sim, app=CLIENT)['access_token']), 400, 'invalid_grant')
        sim.control('now.advance', seconds=60)
        flat(exchange(sim, code), 400, 'invalid_grant')
        equal(sim.ask(LOGIN, to).status, 404)
        for nothing in ('/login/oauth2/revoke', '/.well-known/oauth-authorization-server', '/login/oauth2/introspect'):
            equal(sim.ask(LOGIN, nothing, form={'token': 'x'}).status, 404, nothing)


def a_refresh_answers_in_four_ways(path):
    with Adsim(path) as sim:
        both = mint(sim)
        for _ in range(3):
            answer = refresh(sim, both['refresh_token']).json
            equal((answer['refresh_token'], answer['expires_in']), (both['refresh_token'], 3600))
        equal(get(sim, both['access_token'], 'me').status, 200, 'the old one lives on')
        sim.control('set', name='snapchat-refresh', value='empty')
        equal(refresh(sim, both['refresh_token']).json['refresh_token'], '')
        sim.control('set', name='snapchat-refresh', value='absent')
        true('refresh_token' not in refresh(sim, both['refresh_token']).json)
        sim.control('set', name='snapchat-refresh', value='new')
        fresh = refresh(sim, both['refresh_token']).json
        true(fresh['refresh_token'] not in ('', both['refresh_token']))
        flat(refresh(sim, both['refresh_token']), 400, 'invalid_grant')
        equal(get(sim, refresh(sim, fresh['refresh_token']).json['access_token'], 'me').status, 200)


def a_token_that_ended_is_refused_in_plain_text(path):
    with Adsim(path) as sim:
        both = mint(sim)
        sim.control('now.advance', seconds=3600)
        answer = get(sim, both['access_token'], 'me')
        equal((answer.status, answer.body, answer.header('Content-Type')), (401, b'unauthorized', 'text/plain'))
        equal(answer.header('WWW-Authenticate'), 'Bearer error="invalid_token", error_description="The access token expired"')
        sim.control('now.advance', seconds=400 * 86400)
        fresh = refresh(sim, both['refresh_token']).json['access_token']
        equal(get(sim, fresh, 'me').status, 200, 'a refresh token has no end')
        for bad in ('x', both['refresh_token'], None):
            equal(get(sim, bad, 'me').status, 401)
        sim.control('token.kill', platform='snapchat', user=0, reason='deauthorized')
        equal(get(sim, fresh, 'me').status, 401)
        flat(refresh(sim, both['refresh_token']), 400, 'invalid_grant')


# ---- organizations and accounts


def accounts_are_found_in_the_organizations_or_below_them(path):
    with quiet(path, users=2, accounts=7) as sim:
        token = mint(sim)['access_token']
        plain = unwrapped(get(sim, token, 'me/organizations').json, 'organizations', 'organization')
        true(len(plain) == 3 and not any('ad_accounts' in o for o in plain))
        with_them = unwrapped(get(sim, token, 'me/organizations', with_ad_accounts='true').json, 'organizations', 'organization')
        equal(['ad_accounts' in o for o in with_them], [True, False, False])
        true('paging' not in get(sim, token, 'me/organizations').json)
        facts = {a['id']: a for a in accounts(sim)}
        found = {}
        for organization in with_them:
            below = objects(sim, token, 'organizations/%s/adaccounts' % organization['id'])
            for nested in organization.get('ad_accounts', below):
                found[nested['id']] = nested
            for account in below:
                equal(account, facts[account['id']])
                equal(account['organization_id'], organization['id'])
                equal(unwrapped(get(sim, token, 'adaccounts/' + account['id']).json, 'adaccounts', 'adaccount'), [account])
        equal(len(found), 7)
        for name in ('currency', 'timezone', 'status', 'type', 'name'):
            equal([a[name] for a in found.values()], [facts[i][name] for i in found])
        true(
            {a['status'] for a in found.values()} == {'ACTIVE', 'PENDING'} and {a['type'] for a in found.values()} == {'PARTNER', 'DIRECT'}
        )
        equal(
            unwrapped(get(sim, token, 'organizations/' + plain[1]['id']).json, 'organizations', 'organization')[0]['name'], plain[1]['name']
        )
        equal(objects(sim, token, 'organizations/%s/adaccounts' % plain[2]['id']), [])
        hidden = with_them[0]['ad_accounts'][1]['id']
        sim.control('access', platform='snapchat', user=0, account=hidden, allow=False)
        left = [o for o in get(sim, token, 'me/organizations', with_ad_accounts='true').json['organizations']][0]['organization'][
            'ad_accounts'
        ]
        true(hidden not in [a['id'] for a in left] and len(left) == 3)
        refused(get(sim, token, 'adaccounts/' + hidden), 403, 'E3002')
        refused(get(sim, token, 'adaccounts/%s/campaigns' % hidden, limit=50), 403, 'E3002')
        other = mint(sim, 1)['access_token']
        for what in ('adaccounts/' + hidden, 'organizations/' + plain[0]['id'], 'organizations/%s/adaccounts' % plain[0]['id']):
            refused(get(sim, other, what), 403, 'E3002', 'Caller does not have permission')


def an_organization_pays_and_has_members(path):
    with quiet(path, accounts=8) as sim:
        token = mint(sim)['access_token']
        first = get(sim, token, 'me/organizations').json['organizations'][0]['organization']['id']
        funding = [f for f in objects(sim, token, 'organizations/%s/fundingsources' % first, limit=50)]
        equal({f['type'] for f in funding}, {'CREDIT_CARD', 'COUPON'})
        card = next(f for f in funding if f['type'] == 'CREDIT_CARD')
        equal((card['last_4'], card['expiration_month']), ('4242', '12'))
        equal(
            {'daily_spend_limit_currency', 'daily_spend_currency'},
            {k for f in funding for k in f if k.startswith('daily') and 'micro' not in k},
        )
        true('paging' not in get(sim, token, 'organizations/%s/members' % first).json)
        me = get(sim, token, 'me').json
        true(me['me']['id'] in [m['id'] for m in objects(sim, token, 'organizations/%s/members' % first)] and len(me['members']) == 2)
        equal(len(objects(sim, token, 'organizations/%s/billingcenters' % first)), 2)


# ---- lists


def alike(o):
    """without what comes in another order or changes by itself"""
    return json.dumps({k: sorted(v) if k == 'delivery_status' else v for k, v in o.items()}, sort_keys=True)


def every_object_is_read_through_all_its_pages(path):
    for odd in (0, 60):
        with quiet(path, accounts=2, campaigns=20, snapchat_page_rows=7, odd_pages=odd) as sim:
            token = mint(sim)['access_token']
            for account in accounts(sim):
                for plural in IN_ACCOUNT:
                    lines = sim.truth(TRUTHS[plural], platform='snapchat', account=account['id'])
                    lists = 'adaccounts/%s/%s' % (account['id'], plural)
                    shown = objects(sim, token, lists)
                    equal(sorted(map(alike, shown)), sorted(alike(r['row']) for r in lines if r['shown'] == 'always'), plural)
                    every = objects(sim, token, lists, read_deleted_entities='true')
                    equal(sorted(map(alike, every)), sorted(alike(r['row']) for r in lines), plural)
                    true(every and all(o.get('deleted', True) is True for o in every))
                    equal('deleted' in {k for o in every for k in o}, plural in ('campaigns', 'adsquads', 'ads'), plural)
                    true('deleted' not in {k for o in shown for k in o})
                equal(
                    len(objects(sim, token, 'adaccounts/%s/media' % account['id'])),
                    len(objects(sim, token, 'adaccounts/%s/creatives' % account['id'])),
                )


def a_page_may_be_short_or_empty_and_still_have_a_next(path):
    with quiet(path, accounts=1, campaigns=40, snapchat_page_rows=9, odd_pages=50) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]['id']
        seen = [(len(p['adsquads']), bool(p['paging'])) for p in pages(sim, token, 'adaccounts/%s/adsquads' % account, limit=50)]
        true((0, True) in seen, 'an empty page')
        true(any(0 < n < 9 and more for n, more in seen), 'a short page')
        true(seen[-1][1] is False and len(seen) > 12, seen)


def without_a_limit_all_comes_at_once_in_no_order(path):
    with quiet(path, accounts=1, campaigns=20, snapchat_page_rows=5, odd_pages=0) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]['id']
        path_of = 'adaccounts/%s/campaigns' % account
        body = get(sim, token, path_of).json
        equal(body['paging'], {})
        at_once, paged = unwrapped(body, 'campaigns', 'campaign'), objects(sim, token, path_of)
        equal(sorted(map(alike, at_once)), sorted(map(alike, paged)))
        times = [o['created_at'] for o in paged]
        true(times == sorted(times) and [o['created_at'] for o in at_once] != times)
        newest = [o['updated_at'] for o in objects(sim, token, path_of, sort='updated_at-desc')]
        equal(newest, sorted(newest, reverse=True))
        for wrong in (
            dict(limit=49),
            dict(limit=1001),
            dict(limit='x'),
            dict(limit=50, cursor='x'),
            dict(sort='name'),
            dict(updated_since='1'),
        ):
            refused(get(sim, token, path_of, **wrong), 400, 'E2002')
        link = urllib.parse.urlsplit(get(sim, token, path_of, limit=50).json['paging']['next_link'])
        query = dict(urllib.parse.parse_qsl(link.query))
        equal((link.netloc, link.path, query['limit']), (API, '/v1/' + path_of, '50'))
        true(harness.urllib.parse.unquote(query['cursor']).startswith('Q2FtcGFpZ25zL'), 'base64 of Campaigns/')
        refused(get(sim, token, 'adaccounts/%s/adsquads' % account, **query), 400, 'E2002')
        refused(get(sim, token, path_of, read_deleted_entities='true', **query), 400, 'E2002')
        forms = get(sim, token, 'adaccounts/%s/lead_generation_forms' % account, limit=50).json
        true('paging' not in forms and forms['lead_generation_forms'])


def lists_below_campaigns_and_squads_are_parts_of_the_whole(path):
    with quiet(path, accounts=1, campaigns=6) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]['id']
        whole = {
            k: objects(sim, token, 'adaccounts/%s/%s' % (account, k), read_deleted_entities='true')
            for k in ('campaigns', 'adsquads', 'ads')
        }
        below = {'adsquads': [], 'ads': [], 'of squads': []}
        for campaign in whole['campaigns']:
            for plural in ('adsquads', 'ads'):
                below[plural] += objects(sim, token, 'campaigns/%s/%s' % (campaign['id'], plural), read_deleted_entities='true')
        for squad in whole['adsquads']:
            found = objects(sim, token, 'adsquads/%s/ads' % squad['id'], read_deleted_entities='true')
            true(all(ad['ad_squad_id'] == squad['id'] for ad in found))
            below['of squads'] += found
        equal(sorted(map(alike, below['adsquads'])), sorted(map(alike, whole['adsquads'])))
        equal(sorted(map(alike, below['ads'])), sorted(map(alike, whole['ads'])))
        equal(sorted(map(alike, below['of squads'])), sorted(map(alike, whole['ads'])))
        creatives = {c['id']: c for c in objects(sim, token, 'adaccounts/%s/creatives' % account)}
        table = {'SNAP_AD': 'SNAP_AD', 'WEB_VIEW': 'REMOTE_WEBPAGE', 'COMPOSITE': 'STORY'}
        for ad in whole['ads']:
            kind = creatives[ad['creative_id']]['type']
            equal(ad['type'], table.get(kind, kind))


def single_objects_and_those_that_are_gone(path):
    with quiet(path, users=2, accounts=1, campaigns=30) as sim:
        token, other = mint(sim)['access_token'], mint(sim, 1)['access_token']
        account = accounts(sim)[0]['id']
        for plural in IN_ACCOUNT + ('media', 'pixels'):
            one = objects(sim, token, 'adaccounts/%s/%s' % (account, plural))[0]
            body = get(sim, token, plural + '/' + one['id']).json
            equal((list(map(alike, unwrapped(body, plural, SINGULAR[plural]))), 'paging' in body), ([alike(one)], False))
            missing(get(sim, other, plural + '/' + one['id']), plural)
        missing(get(sim, token, 'campaigns/00000000-0000-4000-8000-000000000000'), 'campaigns')
        missing(get(sim, token, 'campaigns/nonsense'), 'campaigns')
        missing(get(sim, token, 'segments/1234567890123456'), 'segments')
        gone = next(o for o in objects(sim, token, 'adaccounts/%s/campaigns' % account, read_deleted_entities='true') if 'deleted' in o)
        true(gone['status'] in ('ACTIVE', 'PAUSED'))
        missing(get(sim, token, 'campaigns/' + gone['id']), 'campaigns')
        equal(get(sim, token, 'campaigns/' + gone['id'], read_deleted_entities='true').json['campaigns'][0]['campaign']['deleted'], True)
        ids = [o['id'] for o in objects(sim, token, 'adaccounts/%s/campaigns' % account)][:2]
        by_ids = 'adaccounts/%s/get_campaigns_by_ids' % account
        both = sim.ask(API, '/v1/' + by_ids, token, json_body={'entity_ids': [{'id': i} for i in ids]}).json
        equal([o['id'] for o in unwrapped(both, 'campaigns', 'campaign')], ids)
        mixed = sim.ask(API, '/v1/' + by_ids, token, json_body={'entity_ids': [{'id': ids[0]}, {'id': gone['id']}]}).json
        equal((mixed['request_status'], [i['sub_request_status'] for i in mixed['campaigns']]), ('ERROR', ['SUCCESS', 'ERROR']))
        refused(sim.ask(API, '/v1/' + by_ids, token, json_body={'campaign_ids': ids}), 400, 'E2025')


def values_look_as_they_were_recorded(path):
    with quiet(path, accounts=1, campaigns=30, audiences=12) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]['id']
        of = lambda plural: objects(sim, token, 'adaccounts/%s/%s' % (account, plural))
        orders = {tuple(o['delivery_status']) for _ in range(4) for o in of('campaigns') if len(o['delivery_status']) > 1}
        true(len({tuple(sorted(o)) for o in orders}) < len(orders), 'a set has no order')
        squads, segments, creatives = of('adsquads'), of('segments'), of('creatives')
        true(any(re.fullmatch(r'\d+', d['min_age']) for s in squads for d in s['targeting'].get('demographics', [])))
        for squad in squads:
            equal('bid_micro' in squad, squad['bid_strategy'] != 'AUTO_BID')
            true(('daily_budget_micro' in squad) != ('lifetime_budget_micro' in squad))
            true('lifetime_budget_micro' not in squad or 'end_time' in squad)
            true(type(squad['delivery_properties_version']) is int and squad['delivery_properties_version'] > 10**12)
            true(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', squad['created_at']))
        true(all(re.fullmatch(r'\d{16}', s['id']) for s in segments))
        true(9999 in {s['retention_in_days'] for s in segments})
        likes = [s['creation_spec'] for s in segments if s['source_type'] == 'LOOKALIKE']
        true(likes and all(('country' in c) != ('countries' in c) for c in likes))
        body = get(sim, token, 'adaccounts/%s/segments' % account).json
        equal((body['request_status'], body['segments'][0]['sub_request_status']), ('success', 'success'))
        true(all(type(c['semantic_id']) is str and len(c['headline']) <= 34 for c in creatives))
        equal({c['review_status'] for c in creatives}, {'PENDING_REVIEW', 'APPROVED', 'REJECTED'})
        equal({a['review_status'] for a in of('ads')}, {'PENDING', 'APPROVED', 'REJECTED'})
        true(all(v is not None for o in squads + segments + creatives for v in o.values()), 'absent, never null')


# ---- refusals, limits


def wrong_calls_are_refused_as_the_sheet_says(path):
    with quiet(path, accounts=1) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]['id']
        for method, at in (
            ('PUT', 'creatives'),
            ('DELETE', 'campaigns/x'),
            ('GET', 'nonsense'),
            ('GET', 'adaccounts/%s/nonsense' % account),
        ):
            refused(sim.ask(API, '/v1/' + at, token, method=method), 405, 'E0001')
        refused(sim.ask(API, '/v1/adaccounts/%s/campaigns' % account, token, json_body={'campaigns': []}), 405, 'E0001')
        refused(get(sim, token, 'adaccounts/%s/leads_report' % account), 405, 'E0001')
        refused(get(sim, token, 'adaccounts/00000000-0000-4000-8000-000000000000/campaigns', limit=50), 404, 'E3003', 'can not be found')
        refused(get(sim, token, 'organizations/x'), 404, 'E3003')
        refused(sim.ask(API, '/v2/me', token), 404, 'E3003')
        equal(sim.ask(API, '/v1/me', token, headers={'Accept': 'text/html'}).status, 406)
        equal(sim.ask(API, '/v1/me', token, headers={'Accept': 'application/json'}).status, 200)


def every_answer_names_itself(path):
    with quiet(path, accounts=1) as sim:
        token, kinds = mint(sim)['access_token'], set()
        for _ in range(4):
            answer = get(sim, token, 'me')
            equal(answer.header('X-Request-Id'), answer.json['request_id'])
            equal(
                (answer.header('Server'), answer.header('Via'), answer.header('Content-Type')),
                ('API Gateway', '1.1 google', 'application/json'),
            )
            equal((answer.header('Retry-After'), answer.header('X-Rate-Limit-Limit')), (None, None))
            kinds.add((answer.header('Content-Length') is None, answer.header('Transfer-Encoding')))
        equal(kinds, {(True, 'chunked'), (False, None)})


def requests_of_a_second_run_out_by_token_and_by_application(path):
    with Adsim(path) as sim:
        tokens = [mint(sim, user)['access_token'] for user in (0, 0, 1)]
        for _ in range(50):
            equal(get(sim, tokens[0], 'me').status, 200)
        answer = get(sim, tokens[0], 'me')
        equal((answer.status, answer.body, answer.header('Retry-After')), (429, b'Too Many Requests', None))
        equal(answer.header('X-Rate-Limit-Reset'), None)
        for token in tokens[1:]:
            equal([get(sim, token, 'me').status for _ in range(25)], [200] * 25)
        equal(get(sim, tokens[1], 'me').status, 429, 'twice as much for all of the application')
        sim.control('now.advance', seconds=6)
        equal(get(sim, tokens[0], 'me').status, 200)
        sim.control('set', name='tier', value='off')
        equal({get(sim, tokens[0], 'me').status for _ in range(60)}, {200})


def stats_tell_of_their_window(path):
    with Adsim(path, now='2026-03-15T12:34:56Z', snapchat_second=1000, limit_scale=1) as sim:  # 16 in five seconds
        token, account = mint(sim)['access_token'], accounts(sim)[0]
        ask = lambda what=account['id'], kind='adaccounts': daily(
            sim, token, '%s/%s' % (kind, what), account['timezone'], '2026-03-01', '2026-03-02'
        )
        for used in range(16):
            answer = ask()
            told = [answer.header('X-Rate-Limit-' + n) for n in ('Limit', 'Remaining', 'Reset')]
            equal((answer.status, told), (200, ['16', str(15 - used), '1773578100000']))  # 12:35:00, in milliseconds
        answer = ask()
        equal((answer.status, answer.header('X-Rate-Limit-Remaining'), answer.header('X-Rate-Limit-Reset')), (429, '0', '1773578100000'))
        campaign = objects(sim, token, 'adaccounts/%s/campaigns' % account['id'])[0]['id']
        equal(ask(campaign, 'campaigns').status, 200, 'another resource has its own')
        sim.control('now.set', now='2026-03-15T12:35:00Z')
        equal((ask().status, ask().header('X-Rate-Limit-Reset')), (200, '1773578105000'))


# ---- faults


def faults_come_in_the_platforms_own_shapes(path):
    with quiet(path, accounts=1) as sim:
        both, account = mint(sim), accounts(sim)[0]['id']
        token, at = both['access_token'], 'adaccounts/%s/campaigns' % account
        ask = lambda: get(sim, token, at, limit=50)
        for code, status in (
            ('E3002', 403),
            ('E3003', 404),
            ('E1004', 400),
            ('E1008', 400),
            ('E2002', 400),
            ('E0001', 405),
            ('E25012', 400),
            ('E9999', 500),
        ):
            sim.fault('error', platform='snapchat', account=account, error=code, count=1)
            refused(ask(), status, code)
            equal(ask().status, 200)
        sim.fault('error', error='E4242', status=200, count=1, message='flat, and yet 200')
        refused(ask(), 200, 'E4242', 'flat')
        for status in (410, 418, 503):
            sim.fault('error', error='E9998', status=status, count=1)
            refused(ask(), status, 'E9998')
        sim.fault('error', item='campaigns', error='E2002', message='Property value is not allowed : [x]', count=1)
        missing(ask(), 'campaigns', 'E2002')
        sim.fault('error', status=403, text='None of the requested actions [READ_CONTAINER_ENTITY, READ_AD] can be authorized', count=1)
        equal((ask().status, ask().status), (403, 200))
        sim.fault('throttle', count=1)
        answer = ask()
        equal((answer.status, answer.header('X-Rate-Limit-Reset')), (429, None))
        sim.fault('throttle', count=1, seconds=5)
        equal((ask().header('X-Rate-Limit-Reset') or '')[-3:], '000')
        sim.fault('throttle', count=1, ms=1754000000000000)
        equal(ask().header('X-Rate-Limit-Reset'), '1754000000000000', 'a time in the far future')
        sim.fault('next_host', count=1)
        sim.control('set', name='snapchat-page-rows', value='1')
        sim.control('set', name='odd-pages', value='0')
        true(ask().json['paging']['next_link'].startswith('https://collector.example/v1/'))
        sim.fault('replace', count=1, **{'from': '"SUCCESS"', 'to': '"FAILED"'})
        equal(ask().json['request_status'], 'FAILED')
        for kind, more in (('truncate', dict(percent=50)), ('cut_before', {}), ('cut_after', {})):
            sim.fault(kind, count=1, **more)
            try:
                ask()
                raise AssertionError(kind)
            except (http.client.HTTPException, OSError):
                pass
        sim.fault('html', count=1, status=502)
        true(ask().body.startswith(b'<!DOCTYPE html>'))
        sim.fault('token_death', host=API, count=1)
        equal((ask().status, ask().status), (401, 401))
        token = refresh(sim, both['refresh_token']).json['access_token']
        equal(ask().status, 200)
        sim.fault('token_death', host=API, count=1, grant=True)
        equal(ask().status, 401)
        flat(refresh(sim, both['refresh_token']), 400, 'invalid_grant')


def the_token_host_fails_as_it_is_told(path):
    with Adsim(path) as sim:
        token = mint(sim)['refresh_token']
        sim.fault('throttle', host=LOGIN, count=1)
        answer = refresh(sim, token)
        equal((answer.status, answer.header('X-Rate-Limit-Reset')), (429, None))
        sim.fault('error', host=LOGIN, count=1)
        flat(refresh(sim, token), 500, 'server_error')
        sim.fault('error', host=LOGIN, count=1, status=400, error='temporarily_unavailable')
        flat(refresh(sim, token), 400, 'temporarily_unavailable')
        equal(refresh(sim, token).status, 200)
        sim.fault('token_death', host=LOGIN, count=1)
        flat(refresh(sim, token), 400, 'invalid_grant')
        flat(refresh(sim, token), 400, 'invalid_grant')


def the_log_tells_what_arrived_and_no_secret(path):
    with Adsim(path) as sim:
        back = consent(sim)[1]
        both, account = exchange(sim, back['code']).json, accounts(sim)[0]['id']
        campaign = objects(sim, both['access_token'], 'adaccounts/%s/campaigns' % account)[0]['id']
        get(sim, both['access_token'], 'campaigns/' + campaign)
        refresh(sim, both['refresh_token'])
        with open(sim.log, encoding='utf-8') as file:
            text = file.read()
        for secret in (both['access_token'], both['refresh_token'], back['code'], SECRET):
            true(secret not in text)
        lines = [r for r in sim.requests() if r['host'] == API]
        equal({r['account'] for r in lines}, {account})
        equal(
            (lines[0]['action'], lines[0]['status'], lines[0]['rows'] > 5, lines[0]['permits']['token']['used']),
            ('campaigns', 200, True, 1),
        )


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
