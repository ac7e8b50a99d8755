#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""adsim from outside: consent, tokens, lists. What comes over the wire is compared with the truth that adsim computes."""
import hashlib
import hmac
import json
import sys
import urllib.parse
import zoneinfo
from datetime import datetime, timezone

import harness
from harness import Adsim, equal, refused, true

STATUSES = [
    'ACTIVE',
    'PAUSED',
    'ARCHIVED',
    'DELETED',
    'CAMPAIGN_PAUSED',
    'ADSET_PAUSED',
    'DISAPPROVED',
    'PENDING_REVIEW',
    'PREAPPROVED',
    'PENDING_BILLING_INFO',
    'WITH_ISSUES',
    'IN_PROCESS',
]
FIRST = 'act_300000000000000'


def proof(token, secret=harness.SECRET, at=None):
    text = token if at is None else '%s|%s' % (token, at)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


# ---- the world


def the_same_seed_and_clock_give_the_same_world(path):
    with Adsim(path, seed=7) as one, Adsim(path, seed=7) as two, Adsim(path, seed=8) as other:
        for kind in ('accounts', 'campaigns', 'ads', 'leads', 'insights'):
            level = dict(level='campaign') if kind == 'insights' else {}
            rows = one.truth(kind, **level)
            true(rows, kind)
            equal(rows, two.truth(kind, **level), kind)
            if kind != 'accounts':
                true(rows != other.truth(kind, **level), kind + ' do not follow the seed')


def ids_have_nineteen_digits_and_do_not_fit_a_double(path):
    with Adsim(path) as sim:
        ids = [r['row']['id'] for r in sim.truth('ads')]
        true(all(len(i) == 19 for i in ids) and len(set(ids)) == len(ids))
        true(len({float(i) for i in ids}) < len(ids), 'a client that reads ids as doubles would not be found out')
        numbers = [r['row']['account_id'] for r in sim.truth('accounts')]
        true(any(int(n) > 2**53 for n in numbers) and any(int(n) < 2**53 for n in numbers))


def zones_agree_with_the_systems(path):
    with Adsim(path, users=1, accounts=14, campaigns=30) as sim:
        zones = {r['row']['account_id']: r['row']['timezone_name'] for r in sim.truth('accounts')}
        equal(len(set(zones.values())), 14)
        seen = 0
        for line in sim.truth('campaigns'):
            zone = zoneinfo.ZoneInfo(zones[line['account_id']])
            for name in ('created_time', 'updated_time', 'start_time', 'stop_time'):
                if name not in line['row']:
                    continue
                at = datetime.strptime(line['row'][name], '%Y-%m-%dT%H:%M:%S%z')
                if at.year >= 2023:  # the rules before are others in some zones
                    equal(at.astimezone(zone).strftime('%Y-%m-%dT%H:%M:%S%z'), line['row'][name], zone.key)
                    seen += 1
        true(seen > 500, seen)


def currencies_have_metas_units(path):
    with Adsim(path, users=1, accounts=12) as sim:
        currency = {r['row']['account_id']: r['row']['currency'] for r in sim.truth('accounts')}
        true({'USD', 'EUR', 'JPY', 'IDR', 'BHD'} <= set(currency.values()))
        for line in sim.truth('insights', level='account'):
            whole = '.' not in line['row']['spend']
            if currency[line['account_id']] in ('JPY', 'IDR', 'KRW', 'CLP', 'HUF', 'TWD'):
                true(whole, line)
            else:
                true(len(line['row']['spend'].partition('.')[2]) <= 2, line)
        budgets = [r['row'].get('daily_budget') for r in sim.truth('campaigns')]
        true(any(budgets) and all(b is None or b.isdigit() for b in budgets))


# ---- consent and tokens


def the_consent_page_is_a_form_that_a_person_can_send(path):
    with Adsim(path) as sim:
        answer, _ = sim.dialog(auto=None)
        equal(answer.status, 200)
        page = answer.body.decode()
        true('<form method="post">' in page and 'name="scope_ads_read"' in page)
        form = dict(
            client_id=harness.APP,
            redirect_uri=harness.CALLBACK,
            state='a b&c',
            scope='ads_read,leads_retrieval',
            form='1',
            user='1',
            scope_ads_read='1',
            auto='1',
        )
        answer = sim.call(
            harness.LOGIN,
            'POST',
            '/v25.0/dialog/oauth',
            urllib.parse.urlencode(form),
            {'Content-Type': 'application/x-www-form-urlencoded'},
        )
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.header('Location')).query))
        equal(query['state'], 'a b&c')
        token = sim.exchange(query['code']).json['access_token']
        permissions = {p['permission']: p['status'] for p in sim.graph('me/permissions', token).json['data']}
        equal(permissions, {'public_profile': 'granted', 'ads_read': 'granted', 'leads_retrieval': 'declined'})
        equal(sim.graph('me', token).json['id'], '10223344556677001')


def a_denial_comes_back_with_the_state(path):
    with Adsim(path) as sim:
        answer, query = sim.dialog(auto=None, deny='1')
        equal((answer.status, query['error'], query['state'], 'code' in query), (302, 'access_denied', 'st', False))


def the_dialog_refuses_strangers(path):
    with Adsim(path, redirect_uri='https://app.example/cb') as sim:
        for wrong in (
            dict(client_id='1'),
            dict(redirect_uri='https://evil.example/cb'),
            dict(redirect_uri='https://app.example/cb', scope='fly'),
        ):
            answer, query = sim.dialog(**wrong)
            equal((answer.status, query), (400, {}), wrong)
        answer, query = sim.dialog(redirect_uri='https://app.example/cb')
        true(query['code'])


def a_code_works_once_for_its_own_redirect_and_ten_minutes(path):
    with Adsim(path) as sim:
        code = sim.dialog()[1]['code']
        refused(sim.exchange(code, redirect_uri=harness.CALLBACK + '2'), 100, 36008)
        refused(sim.exchange(code, client_secret='x'), 1)
        answer = sim.exchange(code)
        equal((answer.status, answer.json['token_type'], answer.json['expires_in']), (200, 'bearer', 5400))
        true(
            answer.json['access_token'].startswith('EAA')
            and answer.json['access_token'].isalnum()
            and len(answer.json['access_token']) > 170
        )
        refused(sim.exchange(code), 100, 36009)
        late = sim.dialog()[1]['code']
        sim.control('now.advance', seconds=601)
        refused(sim.exchange(late), 100, 36007)


def an_exchanged_token_lives_sixty_days_and_the_old_one_too(path):
    with Adsim(path) as sim:
        short = sim.exchange(sim.dialog()[1]['code']).json['access_token']
        answer = sim.lengthen(short)
        equal(answer.json['expires_in'], 5183944)
        long = answer.json['access_token']
        true(long != short)
        equal([sim.graph('me', t).status for t in (short, long)], [200, 200])
        sim.control('now.advance', seconds=5400)
        refused(sim.graph('me', short), 190, 463)
        refused(sim.lengthen(short), 190, 463)
        again = sim.lengthen(long).json
        equal(again['expires_in'], 5183944)
        sim.control('now.advance', seconds=5183944)
        refused(sim.graph('me', again['access_token']), 190, 463)


def data_access_ends_after_ninety_days_whatever_the_token_says(path):
    with Adsim(path, long_life=100 * 86400) as sim:
        token = sim.consent()
        sim.control('now.advance', seconds=90 * 86400 + 1)
        refused(sim.graph('me/adaccounts', token), 190, 493)
        sim.dialog()
        equal(sim.graph('me/adaccounts', token).status, 200)


def every_death_of_a_token_has_its_subcode(path):
    with Adsim(path) as sim:
        for reason, subcode in (
            ('password', 460),
            ('deauthorized', 458),
            ('logged_out', 467),
            ('checkpoint', 459),
            ('unconfirmed', 464),
            ('unused', 492),
            ('inactive', 493),
            ('expired', 463),
        ):
            token = sim.consent()
            sim.control('token.kill', user=0, reason=reason)
            answer = sim.graph('me/adaccounts', token)
            refused(answer, 190, subcode)
            true(answer.header('WWW-Authenticate').startswith('OAuth "Facebook Platform" "invalid_token"'))
            data = sim.debug(token).json['data']
            equal((data['is_valid'], data['error']['subcode']), (False, subcode))
            equal(sim.graph('me', sim.consent()).status, 200, 'a new consent heals ' + reason)
        one, two = sim.consent(), sim.consent()
        sim.control('token.kill', token=one, reason='password')
        equal([sim.graph('me', t).status for t in (one, two)], [400, 200])


def inspection_tells_scopes_ids_and_times(path):
    with Adsim(path) as sim:
        token = sim.consent(scope='ads_read,business_management', untick='business_management', accounts='300000000000000')
        answer = sim.debug(token)
        data = answer.json['data']
        equal((data['is_valid'], data['type'], str(data['app_id']), str(data['user_id'])), (True, 'USER', harness.APP, '10223344556677000'))
        equal((data['scopes'], data['expires_at'] - data['issued_at']), (['public_profile', 'ads_read'], 5183944))
        equal(data['granular_scopes'], [{'scope': 'ads_read', 'target_ids': ['300000000000000']}])
        equal([r['id'] for r in sim.rows('me/adaccounts', token)], [FIRST])
        refused(sim.graph('act_300000001000003', token), 100, 33)
        kinds = {type(sim.debug(sim.consent()).json['data']['user_id']) for _ in range(3)} | {type(data['user_id'])}
        kinds |= {type(sim.debug(sim.exchange(sim.dialog()[1]['code']).json['access_token']).json['data']['user_id'])}
        equal(kinds, {int, str}, 'ids come as numbers and as text')
        equal(sim.debug('EAAnonsense').json['data']['is_valid'], False)


def taking_the_app_away_kills_its_tokens(path):
    with Adsim(path) as sim:
        token = sim.consent()
        equal(sim.graph('me/permissions/leads_retrieval', token, 'DELETE').json, {'success': True})
        equal({p['permission']: p['status'] for p in sim.graph('me/permissions', token).json['data']}['leads_retrieval'], 'declined')
        equal(sim.graph('me/permissions', token, 'DELETE').json, {'success': True})
        refused(sim.graph('me', token), 190, 458)
        other = sim.consent(user='1')
        answer = sim.graph('oauth/revoke', client_id=harness.APP, client_secret=harness.SECRET, revoke_token=other, access_token=other)
        equal(answer.json, {'success': 'true'})
        refused(sim.graph('me', other), 190, 458)


def the_proof_is_checked_and_can_be_required(path):
    with Adsim(path) as sim:
        token = sim.consent()
        equal(sim.graph('me', token, appsecret_proof=proof(token)).status, 200)
        equal(sim.graph('me', token, appsecret_proof=proof(token, at=1773578000), appsecret_time='1773578000').status, 200)
        refused(sim.graph('me', token, appsecret_proof=proof(token, 'other')), 104)
        equal(sim.graph('me', token).status, 200)
        sim.control('set', name='require-proof', value='1')
        refused(sim.graph('me', token), 100)
        page, page_token = 0, None
        answer = sim.graph('me/accounts', token, appsecret_proof=proof(token))
        page, page_token = answer.json['data'][0]['id'], answer.json['data'][0]['access_token']
        refused(sim.graph(page + '/leadgen_forms', page_token, appsecret_proof=proof(token)), 104)
        equal(sim.graph(page + '/leadgen_forms', page_token, appsecret_proof=proof(page_token)).status, 200)


def tokens_outlive_the_simulator(path):
    with Adsim(path, seed=3) as sim:
        token = sim.consent()
    with Adsim(path, seed=3) as sim:
        equal(sim.graph('me/adaccounts', token).status, 200)
        true(sim.consent() != token)
    with Adsim(path, seed=4) as sim:
        refused(sim.graph('me', token), 190)


def a_call_without_a_token_is_refused(path):
    with Adsim(path) as sim:
        refused(sim.graph('me'), 2500)
        refused(sim.graph('me', 'nonsense'), 190)
        refused(sim.graph(FIRST + '/campaigns', sim.consent(scope='pages_show_list', user='1')), 100, 33)
        refused(sim.graph(FIRST + '/campaigns', sim.consent(scope='pages_show_list')), 200, None, 403)


# ---- lists


def every_list_read_to_its_end_is_the_truth(path):
    with Adsim(path, odd_pages=30) as sim:
        token = sim.consent()
        accounts = [r['account_id'] for r in sim.rows('me/adaccounts', token, fields='account_id')]
        equal(len(accounts), 3)
        for edge, kind in (
            ('campaigns', 'campaigns'),
            ('adsets', 'adsets'),
            ('ads', 'ads'),
            ('adcreatives', 'creatives'),
            ('customaudiences', 'audiences'),
        ):
            for account in accounts:
                truth = sim.truth(kind, account=account)
                shown = [r['row']['id'] for r in truth if r['shown'] == 'always']
                equal([r['id'] for r in sim.rows('act_%s/%s' % (account, edge), token, limit='7')], shown, edge)
                if kind in ('campaigns', 'adsets', 'ads'):
                    every = sim.rows('act_%s/%s' % (account, edge), token, effective_status=STATUSES)
                    equal([r['id'] for r in every], [r['row']['id'] for r in truth], edge)
        fields = ','.join(k for k in sim.truth('campaigns', account=accounts[0])[1]['row'])
        rows = {r['id']: r for r in sim.rows('act_%s/campaigns' % accounts[0], token, fields=fields)}
        for line in sim.truth('campaigns', account=accounts[0]):
            if line['shown'] == 'always':
                equal(rows[line['row']['id']], {k: v for k, v in line['row'].items() if k in fields.split(',')})


def pages_come_short_and_empty_and_still_have_a_next(path):
    with Adsim(path, odd_pages=40, campaigns=100) as sim:
        token = sim.consent()
        pages = list(sim.pages(FIRST + '/ads', token, limit='10'))
        true(any(not p['data'] and 'next' in p['paging'] for p in pages), 'no empty page')
        true(any(0 < len(p['data']) < 10 and 'next' in p['paging'] for p in pages), 'no short page')
        true('after' in pages[-1]['paging']['cursors'] and 'next' not in pages[-1]['paging'])
        equal(sim.graph(FIRST + '/campaigns', token, filtering=[{'field': 'id', 'operator': 'IN', 'value': ['1']}]).json, {'data': []})


def a_summary_counts_all_pages(path):
    with Adsim(path) as sim:
        token = sim.consent()
        page = sim.graph(FIRST + '/ads', token, limit='3', summary='total_count').json
        equal(page['summary'], {'total_count': len(sim.rows(FIRST + '/ads', token))})
        true('summary' not in sim.graph(FIRST + '/ads', token, limit='3').json)


def previous_leads_back(path):
    with Adsim(path, odd_pages=0, campaigns=40) as sim:
        token = sim.consent()
        first = sim.graph(FIRST + '/campaigns', token, limit='10').json
        second = sim.follow(first['paging']['next'], token).json
        true('previous' not in first['paging'])
        equal(sim.follow(second['paging']['previous'], token).json['data'], first['data'])
        after = sim.graph(FIRST + '/campaigns', token, limit='10', after=first['paging']['cursors']['after']).json
        equal(after['data'], second['data'])


def the_next_link_holds_the_token_and_the_question(path):
    with Adsim(path, odd_pages=0) as sim:
        token = sim.consent()
        link = sim.graph(FIRST + '/campaigns', token, limit='3', fields='id,name').json['paging']['next']
        parts = urllib.parse.urlsplit(link)
        query = dict(urllib.parse.parse_qsl(parts.query))
        equal(
            (parts.scheme, parts.hostname, query['access_token'], query['limit'], query['fields']),
            ('https', harness.GRAPH, token, '3', 'id,name'),
        )


def changed_since_finds_exactly_what_changed(path):
    with Adsim(path, campaigns=60, growth=30) as sim:
        token = sim.consent()
        now = 1773578096
        for edge, prefix in (('campaigns', 'campaign'), ('adsets', 'adset'), ('ads', 'ad')):
            since = now - 20 * 86400
            wanted = [
                r['row']['id']
                for r in sim.truth(edge, account='300000000000000')
                if datetime.strptime(r['row']['updated_time'], '%Y-%m-%dT%H:%M:%S%z').timestamp() > since
            ]
            rows = sim.rows(
                '%s/%s' % (FIRST, edge),
                token,
                effective_status=STATUSES,
                filtering=[{'field': prefix + '.updated_time', 'operator': 'GREATER_THAN', 'value': since}],
            )
            true(0 < len(wanted) < 200)
            equal([r['id'] for r in rows], wanted, edge)
        before = {r['row']['id']: r['row'] for r in sim.truth('campaigns', account='300000000000000')}
        sim.control('now.advance', seconds=40 * 86400)
        after = {r['row']['id']: r['row'] for r in sim.truth('campaigns', account='300000000000000')}
        true(set(before) < set(after), 'nothing came to life')
        moved = [i for i in before if before[i]['updated_time'] != after[i]['updated_time']]
        true(
            moved
            and any(before[i]['name'] != after[i]['name'] for i in moved)
            and any(before[i]['status'] != after[i]['status'] for i in moved)
        )


def what_was_deleted_shows_only_when_asked_for(path):
    with Adsim(path, campaigns=200) as sim:
        token = sim.consent()
        plain = sim.rows(FIRST + '/campaigns', token, fields='effective_status')
        true(plain and not [r for r in plain if r['effective_status'] in ('ARCHIVED', 'DELETED')])
        asked = sim.rows(
            FIRST + '/campaigns',
            token,
            fields='effective_status',
            filtering=[{'field': 'campaign.delivery_info', 'operator': 'IN', 'value': ['archived', 'deleted', 'recently_completed']}],
        )
        equal({r['effective_status'] for r in asked}, {'ARCHIVED', 'DELETED'})
        words = {r['row']['effective_status'] for kind in ('campaigns', 'adsets', 'ads') for r in sim.truth(kind)}
        equal(words, set(STATUSES))
        switched = {(r['row']['status'], r['row']['effective_status']) for r in sim.truth('campaigns')}
        true({('PAUSED', 'WITH_ISSUES'), ('ACTIVE', 'WITH_ISSUES'), ('ACTIVE', 'ACTIVE'), ('PAUSED', 'PAUSED')} <= switched)


def campaigns_are_scheduled_running_and_over(path):
    with Adsim(path, campaigns=600, adsets=1, ads=1, growth=50) as sim:
        token = sim.consent()
        for word, when in (('scheduled', 'start_time'), ('completed', 'stop_time')):
            delivery = [{'field': 'campaign.delivery_info', 'operator': 'IN', 'value': [word]}]
            found = sim.rows(FIRST + '/campaigns', token, fields='effective_status,start_time,stop_time', filtering=delivery)
            true(found and all(r['effective_status'] == 'ACTIVE' for r in found), word)
            true(all((r[when] > '2026-03-15') == (word == 'scheduled') for r in found), word)
        starts = {r['row']['id']: r['row']['start_time'][:10] for r in sim.truth('campaigns', account=FIRST)}
        for line in sim.truth('insights', account=FIRST, level='campaign', fields='campaign_id'):
            true(line['row']['date_start'] >= starts[line['row']['campaign_id']], 'it delivered before it began')


def too_much_on_one_page_is_refused_and_half_of_it_is_not(path):
    with Adsim(path) as sim:
        token = sim.consent()
        fields = (
            'id,name,status,effective_status,objective,daily_budget,created_time,updated_time,spend_cap,start_time,stop_time,bid_strategy'
        )
        answer = sim.graph(FIRST + '/campaigns', token, limit='500', fields=fields)
        equal(
            (answer.status, answer.json),
            (
                500,
                {
                    'error': {
                        'message': "Please reduce the amount of data you're asking for, then retry your request",
                        'type': 'OAuthException',
                        'code': 1,
                    }
                },
            ),
        )
        equal(sim.graph(FIRST + '/campaigns', token, limit='250', fields=fields).status, 200)
        equal(sim.graph(FIRST + '/campaigns', token, limit='500', fields='id').status, 200)


def one_wrong_or_forbidden_field_fails_the_whole_read(path):
    with Adsim(path) as sim:
        token = sim.consent(scope='ads_read')
        refused(sim.graph('me/adaccounts', token, fields='id,colour'), 100)
        refused(sim.graph('me/adaccounts', token, fields='id,business'), 200, None, 403)
        refused(sim.graph('me/adaccounts', token, fields='id,funding_source_details'), 100)
        refused(sim.graph(FIRST + '/ads', token, fields='id,creative{id,colour}'), 100)
        refused(sim.graph('me/adaccounts', token, fields='id,{'), 2500)
        refused(sim.graph('me/adaccounts', token, fields='id', limit='0'), 100)
        refused(sim.graph(FIRST + '/unicorns', token), 2500)
        refused(sim.graph('1210000000000099999', token), 100, 33)
        refused(sim.graph(FIRST, token, 'POST', name='new'), 100, 33)


def braces_reach_into_other_objects(path):
    with Adsim(path) as sim:
        token = sim.consent()
        row = sim.rows(FIRST + '/ads', token, fields='id,adset_id,creative{id,object_story_spec},adset{id,name},campaign')[0]
        equal(row['adset']['id'], row['adset_id'])
        equal(
            (list(row['campaign']), row['creative']['object_story_spec']['link_data']['message']),
            (['id'], 'Gr\u00f6\u00dfte Auswahl \U0001f680'),
        )
        inner = sim.graph(FIRST + '/campaigns', token, fields='id,adsets.limit(2){id,campaign_id}', limit='1').json['data'][0]
        true(inner['adsets']['data'][0]['campaign_id'] == inner['id'] and 'cursors' in inner['adsets']['paging'])
        equal(sim.graph(FIRST, token, fields=['id', 'name', 'business']).json['business'], {'id': '200000000000000', 'name': 'Business 0'})


def text_is_escaped_as_php_escapes_it(path):
    with Adsim(path, campaigns=100) as sim:
        token = sim.consent()
        answer = sim.graph(FIRST + '/campaigns', token, fields='name', limit='100')
        body = answer.body.decode('ascii')  # nothing beyond ASCII on the wire
        true('\\/' in body and '\\u' in body and '\\ud83d\\udda4' in body)
        true(any('\U0001f5a4' in r['name'] for r in answer.json['data']))


def several_ids_at_the_root_and_their_end(path):
    with Adsim(path) as sim:
        token = sim.consent()
        ids = [r['id'] for r in sim.rows(FIRST + '/campaigns', token)][:2]
        equal(sorted(sim.graph('', token, ids=','.join(ids), fields='id,name').json), sorted(ids))
        equal(sim.call(harness.GRAPH, 'GET', '/v26.0/?ids=' + ids[0], None, {'Authorization': 'Bearer ' + token}).error['code'], 12)
        sim.control('now.set', now='2026-10-28')
        refused(sim.graph('', sim.consent(), ids=','.join(ids)), 12)


def a_batch_answers_each_in_its_place(path):
    with Adsim(path) as sim:
        token = sim.consent()
        ops = [
            {'method': 'GET', 'relative_url': '2?fields=id'},
            {'method': 'GET', 'relative_url': FIRST + '/campaigns?fields=id&limit=2'},
            {'method': 'GET', 'relative_url': 'me'},
        ]
        answer = sim.graph('', token, 'POST', batch=ops).json
        equal([e['code'] for e in answer], [400, 200, 200])
        equal(json.loads(answer[0]['body'])['error']['error_subcode'], 33)
        equal(len(json.loads(answer[1]['body'])['data']), 2)
        true(any(h['name'] == 'X-App-Usage' for h in answer[1]['headers']))
        slim = sim.graph('', token, 'POST', batch=ops, include_headers='false').json
        true(all(sorted(e) == ['body', 'code'] for e in slim))
        sim.fault('null_element', path='*me', count=1)
        equal([e and e['code'] for e in sim.graph('', token, 'POST', batch=ops).json], [400, 200, None])
        refused(sim.graph('', token, 'POST', batch=ops * 17), 100)
        page, page_token = sim.page_token(token)
        mixed = sim.graph(
            '',
            token,
            'POST',
            batch=[
                {'method': 'GET', 'relative_url': page + '/leadgen_forms?access_token=' + page_token},
                {'method': 'GET', 'relative_url': page + '/leadgen_forms'},
            ],
        ).json
        equal([e['code'] for e in mixed], [200, 400])
        elements = [r for r in sim.requests() if r.get('element')]
        equal(len(elements), 3 + 3 + 2 + 2)


def pages_forms_and_leads_take_the_pages_token(path):
    with Adsim(path, leads=5) as sim:
        token = sim.consent()
        page, page_token = sim.page_token(token)
        refused(sim.graph(page + '/leadgen_forms', token), 190, 2069032)
        forms = sim.rows(page + '/leadgen_forms', page_token, fields='id,name,status,leads_count,questions,page_id,created_time')
        equal((len(forms), forms[0]['page_id']), (2, page))
        refused(sim.graph(forms[0]['id'] + '/leads', token), 190)
        leads = sim.rows(
            forms[0]['id'] + '/leads', page_token, fields='id,created_time,ad_id,campaign_id,form_id,is_organic,field_data', limit='20'
        )
        equal(len(leads), forms[0]['leads_count'])
        wanted = [r['row']['id'] for r in sim.truth('leads') if r['row']['form_id'] == forms[0]['id']]
        equal(sorted(r['id'] for r in leads), sorted(wanted))
        true(all(('ad_id' in r) != r['is_organic'] for r in leads) and {r['is_organic'] for r in leads} == {True, False})
        true(all(isinstance(a['values'], list) for r in leads for a in r['field_data']))
        since = 1773578096 - 10 * 86400
        recent = sim.rows(
            forms[0]['id'] + '/leads',
            page_token,
            fields='created_time',
            filtering=[{'field': 'time_created', 'operator': 'GREATER_THAN', 'value': since}],
        )
        true(0 < len(recent) < len(leads))
        equal(sim.graph(leads[0]['id'], page_token, fields='id').json['id'], leads[0]['id'])
        equal(sim.debug(page_token).json['data']['expires_at'], 0, 'a page token from a long-lived one does not expire')
        sim.control('now.advance', seconds=91 * 86400 - 86400 * 5)
        equal(sim.graph(leads[-1]['id'], page_token).error['error_subcode'], 33, 'leads are kept for ninety days')


def businesses_own_some_accounts_and_work_for_others(path):
    with Adsim(path, accounts=6) as sim:
        token = sim.consent()
        business = sim.rows('me/businesses', token)[0]['id']
        owned, client = (sim.rows('%s/%s' % (business, e), token) for e in ('owned_ad_accounts', 'client_ad_accounts'))
        everything = sim.rows('me/adaccounts', token)
        equal(sorted(r['id'] for r in owned + client), sorted(r['id'] for r in everything))
        true(owned and client)
        sim.control('access', user=0, account=everything[0]['id'], allow=False)
        equal(len(sim.rows('me/adaccounts', token)), 5)
        refused(sim.graph(everything[0]['id'] + '/campaigns', token), 100, 33)
        sim.control('access', user=0, account=everything[0]['id'], allow=True)
        equal(len(sim.rows('me/adaccounts', token)), 6)


def versions_are_told_upgraded_and_refused(path):
    with Adsim(path) as sim:
        token = sim.consent()
        bearer = {'Authorization': 'Bearer ' + token}
        equal(sim.graph(FIRST, token).header('facebook-api-version'), 'v25.0')
        equal(sim.call(harness.GRAPH, 'GET', '/%s' % FIRST, None, bearer).header('facebook-api-version'), 'v25.0')
        equal(sim.call(harness.GRAPH, 'GET', '/v99.0/me', None, bearer).error['code'], 2500)
        sim.control('now.set', now='2026-07-01')
        token = sim.consent()
        bearer = {'Authorization': 'Bearer ' + token}
        equal(sim.call(harness.GRAPH, 'GET', '/v23.0/' + FIRST, None, bearer).error['code'], 2635)
        equal(sim.call(harness.GRAPH, 'GET', '/v23.0/me', None, bearer).header('facebook-api-version'), 'v23.0')
        sim.control('now.set', now='2026-08-01')
        answer = sim.call(harness.GRAPH, 'GET', '/v23.0/' + FIRST, None, bearer)
        equal(
            (answer.status, answer.header('facebook-api-version'), answer.header('X-Ad-Api-Version-Warning')),
            (200, 'v24.0', 'The call has been auto-upgraded to v24.0'),
        )
        sim.control('set', name='expired-version', value='1')
        equal(sim.call(harness.GRAPH, 'GET', '/v23.0/' + FIRST, None, bearer).error['code'], 2635)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
