#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""X Ads on adsim, from outside: accounts, every list through all its pages and states against the truth, recorded shapes."""
import sys

import harness
from harness import Adsim, equal, fits, sample, true
from x_client import FIRST, advance, by_id, call, get, mint, refused, rows, truth

ACCOUNT = 'accounts/%s/' % FIRST
WORLD = dict(users=2, accounts=2, campaigns=40, adsets=2, ads=2, audiences=24, posts=7, odd_pages=30, seed=3)
ALL = dict(with_deleted=True, with_draft=True)

# list, kind of truth, name of a row there, parameters that show all of it
LISTS = [
    ('funding_instruments', 'accounts', 'funding_instrument', [{}]),
    ('campaigns', 'campaigns', 'campaign', [{}]),
    ('line_items', 'adsets', 'adset', [{}]),
    ('promoted_tweets', 'ads', 'ad', [{}]),
    ('promoted_accounts', 'ads', 'promoted_account', [{}]),
    ('media_creatives', 'ads', 'media_creative', [{}]),
    ('custom_audiences', 'audiences', 'audience', [dict(permission_scope='OWNER'), dict(permission_scope='SHARED')]),
    ('cards', 'creatives', 'card', [dict(include_legacy_cards=True)]),
    ('tweets', 'creatives', 'creative', [dict(tweet_type=t) for t in ('PUBLISHED', 'SCHEDULED', 'DRAFT')]),
    ('tweets', 'posts', 'post', [dict(tweet_type='PUBLISHED', timeline_type='ORGANIC')]),
]


def accounts_are_those_of_the_person(path):
    with Adsim(path, users=2, accounts=12) as sim:
        for user in (0, 1):
            keys = mint(sim, user)
            got = rows(sim, keys, 'accounts', with_deleted=True, count=5)
            known = [line['row'] for line in truth(sim, 'accounts', 'account')]
            equal(got, known[12 * user : 12 * user + 12])
            equal(rows(sim, keys, 'accounts', count=5), [row for row in got if not row['deleted']])
        equal({row['approval_status'] for row in got}, {'ACCEPTED', 'UNDER_REVIEW'})
        true('currency' not in got[0], 'which only its parts tell')
        two = [got[0]['id'], got[3]['id']]
        equal([row['id'] for row in rows(sim, keys, 'accounts', account_ids=two)], two)
        equal(get(sim, keys, 'accounts/' + two[0])['data'], got[0])
        for row in got[:4]:
            access = get(sim, keys, 'accounts/%s/authenticated_user_access' % row['id'])['data']
            true(keys[0].startswith(access['user_id'] + '-') and access['permissions'])
        equal(get(sim, keys, 'accounts/%s/promotable_users' % two[0])['data'][0]['promotable_user_type'], 'FULL')
        true(get(sim, keys, 'accounts/%s/features' % two[0])['data'])
        refused(call(sim, keys, '/12/accounts/%s/account_history' % two[0]), 400, 'FEATURE_NOT_AVAILABLE')
        tags = get(sim, keys, 'accounts/%s/web_event_tags' % two[0])['data']
        equal([(t['click_window'], t['view_through_window']) for t in tags], [(14, 1), (14, 1)])


def every_list_is_the_truth_on_all_its_pages(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        for months in range(2):
            for name, kind, called, passes in LISTS:
                lines = truth(sim, kind, called, account=FIRST)
                true(lines, name)
                for count in (7, None, 200):
                    got = [row for one in passes for row in rows(sim, keys, ACCOUNT + name, count=count, **dict(ALL, **one))]
                    equal(by_id(got), by_id([line['row'] for line in lines]), name)
                shown = rows(sim, keys, ACCOUNT + name, **(passes[0] if name == 'tweets' else {}))
                equal(by_id(shown), by_id([line['row'] for line in lines if line['shown'] == 'always']), name)
            advance(sim, 200 * 86400)


def states_show_only_when_they_are_asked_for(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        campaigns = rows(sim, keys, ACCOUNT + 'campaigns', **ALL)
        equal({row['entity_status'] for row in campaigns}, {'ACTIVE', 'PAUSED', 'DRAFT'})
        reasons = {reason for row in campaigns for reason in row['reasons_not_servable']}
        equal(reasons, {'PAUSED_BY_ADVERTISER', 'INCOMPLETE', 'EXPIRED', 'FUNDING_PROBLEM'})
        true({row['servable'] for row in campaigns} == {True, False, None})
        true({'UNKNOWN', 'RUNNING', 'PAUSED', 'ACTIVE'} == {row['effective_status'] for row in campaigns})
        drafts = [row['id'] for row in campaigns if row['entity_status'] == 'DRAFT']
        equal([row['id'] for row in rows(sim, keys, ACCOUNT + 'campaigns', with_deleted=True, campaign_ids=drafts)], [])
        deleted = next(row for row in campaigns if row['deleted'])
        children = rows(sim, keys, ACCOUNT + 'line_items', campaign_ids=[deleted['id']], **ALL)
        true(children and any(not row['deleted'] for row in children), 'a deletion does not go down')
        equal(rows(sim, keys, ACCOUNT + 'line_items', campaign_ids=[deleted['id']], with_draft=True), [])
        at = ACCOUNT + 'campaigns/' + deleted['id']
        refused(call(sim, keys, '/12/' + at), 404, 'NOT_FOUND')
        equal(get(sim, keys, at, with_deleted=True)['data'], deleted)
        ads = rows(sim, keys, ACCOUNT + 'promoted_tweets', **ALL)
        equal({row['entity_status'] for row in ads}, {'ACTIVE'})
        true({'ACCEPTED', 'REJECTED', 'UNDER_REVIEW'} >= {row['approval_status'] for row in ads} > {'ACCEPTED'})
        audiences = rows(sim, keys, ACCOUNT + 'custom_audiences')
        true({row['targetable'] for row in audiences} == {True, False} and any(row['audience_size'] is None for row in audiences))
        lines = rows(sim, keys, ACCOUNT + 'line_items', **ALL)
        equal({row['product_type'] for row in lines}, {'PROMOTED_TWEETS', 'PROMOTED_ACCOUNT', 'MEDIA'})
        true({row['bid_strategy'] for row in lines} == {'AUTO', 'MAX', 'TARGET'})
        true(any('funding_instrument_id' not in row for row in lines), 'some lack it')
        for row in lines:
            equal(row['bid_amount_local_micro'] is None, row['bid_strategy'] == 'AUTO')
            equal(row['primary_web_event_tag'] is not None, row['goal'] == 'WEBSITE_CONVERSIONS')


def criteria_need_line_items_and_hold_the_keywords(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        error = refused(call(sim, keys, '/12/' + ACCOUNT + 'targeting_criteria'), 400, 'MISSING_PARAMETER')
        equal(error['parameter'], 'line_item_ids')
        lines = [row['id'] for row in rows(sim, keys, ACCOUNT + 'line_items', **ALL)]
        got = rows(sim, keys, ACCOUNT + 'targeting_criteria', line_item_ids=lines, count=50, with_deleted=True)
        known = truth(sim, 'keywords', account=FIRST)
        equal(by_id(got), by_id([line['row'] for line in known]))
        words = [line['row'] for line in known if line['kind'] == 'keyword']
        equal({w['targeting_type'] for w in words}, {'BROAD_KEYWORD', 'PHRASE_KEYWORD', 'EXACT_KEYWORD', 'UNORDERED_KEYWORD'})
        equal({w.get('operator_type') for w in words}, {'EQ', 'NE', None})
        equal({line['row']['targeting_type'] for line in known if line['kind'] != 'keyword'}, {'LOCATION', 'AGE', 'CUSTOM_AUDIENCE', 'LANGUAGE'})
        refused(call(sim, keys, '/12/' + ACCOUNT + 'targeting_criteria', line_item_ids=['a'] * 201), 400, 'INVALID_PARAMETER')


def posts_cards_and_ads_lead_to_each_other(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        posts = rows(sim, keys, ACCOUNT + 'tweets', tweet_type='PUBLISHED', timeline_type='ALL')
        known = {row['tweet_id']: row for row in posts}
        ads = rows(sim, keys, ACCOUNT + 'promoted_tweets', **ALL)
        true(all(row['tweet_id'] in known for row in ads), 'each ad shows a post')
        shows = [row['tweet_id'] for row in ads]
        true(len(set(shows)) < len(shows), 'some post is shown by two')
        true({row['nullcast'] for row in posts} == {True, False})
        uris = [row['card_uri'] for row in posts if row['card_uri']]
        cards = get(sim, keys, ACCOUNT + 'cards/all', card_uris=uris[:200], count=200)['data']
        equal(sorted(row['card_uri'] for row in cards), sorted(uris[:200]))
        one = get(sim, keys, ACCOUNT + 'cards/' + cards[0]['id'])['data']
        equal(one, [cards[0]], 'a list of one')
        ids = [row['tweet_id'] for row in posts[:3]]
        page = get(sim, keys, ACCOUNT + 'tweets', tweet_type='PUBLISHED', timeline_type='ALL', tweet_ids=ids, trim_user=True)
        equal(page['request']['params']['tweet_ids'], [int(i) for i in ids])
        equal(([row['tweet_id'] for row in page['data']], {len(row['user']) for row in page['data']}), (ids, {2}))
        true(int(ids[0]) > 2**53 and str(page['data'][0]['id']) == ids[0])
        media = rows(sim, keys, ACCOUNT + 'media_library')
        true({row['media_key'].split('_')[0] for row in media} == {'3', '13', '16', '7'})
        equal(get(sim, keys, ACCOUNT + 'media_library/' + media[0]['media_key'])['data'], media[0])
        refused(call(sim, keys, '/12/' + ACCOUNT + 'tweets'), 400, 'MISSING_PARAMETER')
        for wrong in (dict(tweet_type='X'), dict(tweet_type='PUBLISHED', timeline_type='X'), dict(tweet_type='PUBLISHED', tweet_ids='abc')):
            refused(call(sim, keys, '/12/' + ACCOUNT + 'tweets', **wrong), 400, 'INVALID_PARAMETER')


def order_counts_and_cursors(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        whole = rows(sim, keys, ACCOUNT + 'campaigns', **ALL)
        for field in ('created_at', 'updated_at', 'deleted', 'name'):
            for way in ('asc', 'desc'):
                got = [row[field] for row in rows(sim, keys, ACCOUNT + 'campaigns', sort_by='%s-%s' % (field, way), count=7, **ALL)]
                equal(got, sorted((row[field] for row in whole), reverse=way == 'desc'), field + way)
        several = rows(sim, keys, ACCOUNT + 'campaigns', sort_by=['deleted-desc', 'created_at-asc'], **ALL)
        equal(several, sorted(whole, key=lambda row: (not row['deleted'], row['created_at'])))
        page = get(sim, keys, ACCOUNT + 'campaigns', with_total_count=True, **ALL)
        equal(page['total_count'], len(whole))
        cursor = get(sim, keys, ACCOUNT + 'campaigns', count=3)['next_cursor']
        refused(call(sim, keys, '/12/' + ACCOUNT + 'campaigns', with_total_count=True, cursor=cursor), 400, 'EXCLUSIVE_PARAMETERS')
        refused(call(sim, keys, '/12/' + ACCOUNT + 'campaigns', count=4, cursor=cursor), 400, 'INVALID_PARAMETER')
        refused(call(sim, keys, '/12/' + ACCOUNT + 'line_items', count=3, cursor=cursor), 400, 'INVALID_PARAMETER')
        equal(call(sim, keys, '/12/' + ACCOUNT + 'campaigns', count=3, cursor=cursor).status, 200)
        names = [row['name'] for row in whole if row['name'].lower().startswith('br')]
        equal([row['name'] for row in rows(sim, keys, ACCOUNT + 'campaigns', q='bR', **ALL)], names)
        true(names)


def a_short_page_is_not_the_end(path):
    with Adsim(path, **dict(WORLD, odd_pages=100)) as sim:
        keys, cursor, sizes = mint(sim), None, []
        while True:
            page = get(sim, keys, ACCOUNT + 'campaigns', cursor=cursor, count=10, **ALL)
            sizes.append(len(page['data']))
            cursor = page['next_cursor']
            if cursor is None or len(sizes) > 200:
                break
        true(len(sizes) > 5 and sum(sizes) == 40 and max(sizes[:-1]) < 10, sizes)


def what_cannot_be_read_is_refused(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        for name, params, code in (
            ('campaigns', dict(fields='id'), 'UNKNOWN_PARAMETER'),
            ('campaigns', dict(line_item_ids='a'), 'UNKNOWN_PARAMETER'),
            ('campaigns', dict(count=0), 'INVALID_PARAMETER'),
            ('campaigns', dict(count=1001), 'INVALID_PARAMETER'),
            ('campaigns', dict(count='x'), 'INVALID_PARAMETER'),
            ('cards', dict(count=201), 'INVALID_PARAMETER'),
            ('media_library', dict(count=51), 'INVALID_PARAMETER'),
            ('campaigns', dict(with_deleted='yes'), 'INVALID_PARAMETER'),
            ('campaigns', dict(cursor='x'), 'INVALID_PARAMETER'),
            ('campaigns', dict(sort_by='id-asc'), 'INVALID_PARAMETER'),
            ('campaigns', dict(campaign_ids=''), 'INVALID_PARAMETER'),
            ('campaigns', dict(campaign_ids=['a'] * 201), 'INVALID_PARAMETER'),
            ('custom_audiences', dict(permission_scope='X'), 'INVALID_PARAMETER'),
            ('cards/all', dict(), 'MISSING_PARAMETER'),
        ):
            refused(call(sim, keys, '/12/' + ACCOUNT + name, **params), 400, code)
        equal(get(sim, keys, ACCOUNT + 'campaigns', campaign_ids=['a'] * 200)['data'], [])
        for name in ('campaigns', 'line_items', 'promoted_tweets', 'custom_audiences', 'cards', 'funding_instruments'):
            for wrong in ('x', '1', 'zzzzzzzzzz', '-1'):
                refused(call(sim, keys, '/12/' + ACCOUNT + name + '/' + wrong), 404, 'NOT_FOUND')
        other = truth(sim, 'campaigns')[-1]['row']['id']
        refused(call(sim, keys, '/12/' + ACCOUNT + 'campaigns/' + other), 404, 'NOT_FOUND')


def money_is_micro_in_every_currency_and_times_are_utc(path):
    with Adsim(path, users=1, accounts=6, campaigns=6) as sim:
        keys = mint(sim)
        for account in rows(sim, keys, 'accounts'):
            base = 'accounts/%s/' % account['id']
            currency = {row['currency'] for row in rows(sim, keys, base + 'funding_instruments')}
            for row in rows(sim, keys, base + 'campaigns') + rows(sim, keys, base + 'line_items'):
                equal({row['currency']}, currency)
                for name in ('daily_budget_amount_local_micro', 'total_budget_amount_local_micro'):
                    true(row[name] is None or row[name] % 5500000 == 0, row)
                for name in ('created_at', 'updated_at'):
                    true(row[name].endswith('Z') and len(row[name]) == 20)


# ---- recorded shapes


PAGE = {'request': {'params': {'account_id': 'a'}}, 'next_cursor': None}
TIMES = {'created_at': '', 'updated_at': '', 'deleted': False}
STANDINS = {
    'accounts_list': {'request': {'params': {'account_ids': ['a']}}, 'next_cursor': None, 'data': [dict(
        TIMES, name='', business_name=None, timezone='', timezone_switch_at='', id='', business_id=None, approval_status='')]},
    'funding_instruments_list': dict(PAGE, data=[dict(
        TIMES, start_time='', description='', credit_limit_local_micro=1, end_time=None, id='', entity_status='', account_id='',
        io_header=None, currency='', funded_amount_local_micro=1, type='', able_to_fund=True, credit_remaining_local_micro=None)]),
    'campaigns_list': dict(PAGE, data=[dict(
        TIMES, name='', budget_optimization='', reasons_not_servable=[''], servable=False, effective_status='', funding_instrument_id='',
        duration_in_days=None, standard_delivery=None, id='', entity_status='', frequency_cap=None, currency='')]),
    'line_items_list': dict(PAGE, data=[dict(
        TIMES, advertiser_user_id='', name='', placements=[''], start_time='', goal='', product_type='', bid_strategy='', objective='',
        id='', entity_status='', categories=[], currency='', pay_by='', campaign_id='', creative_source='')]),
    'cards_page_with_next_cursor': {'request': {'params': {'count': 1, 'account_id': ''}}, 'next_cursor': '', 'data': [dict(
        TIMES, name='', components=[{}], card_uri='', id='', card_type='')]},
    'promoted_tweets_create': {'data': [dict(TIMES, line_item_id='', id='', entity_status='', approval_status='', tweet_id='')]},
    'custom_audience_create': {'data': dict(
        TIMES, targetable=False, name='', targetable_types=[''], audience_type='', description=None, permission_level='',
        owner_account_id='', id='', reasons_not_targetable=[''], partner_source='', audience_size=None)},
    'targeting_criteria_batch': {'data': [dict(
        TIMES, line_item_id='', name='', id='', location_type='', operator_type='', targeting_value='', targeting_type='')]},
}


def like(real, ours):
    """the one of ours that has null where the real one has, as far as that can be"""
    differs = lambda row: sum(k not in row or (row[k] is None) != (v is None) or (isinstance(v, list) and bool(v) != bool(row[k])) for k, v in real.items())
    return min(ours, key=differs)


def recorded_lists_have_our_shape(path):
    with Adsim(path, **dict(WORLD, campaigns=150)) as sim:
        keys = mint(sim)
        for name, at, params in (
            ('accounts_list', 'accounts', dict(account_ids=[FIRST])),
            ('funding_instruments_list', ACCOUNT + 'funding_instruments', {}),
            ('campaigns_list', ACCOUNT + 'campaigns', dict(count=1000)),
            ('line_items_list', ACCOUNT + 'line_items', dict(count=1000)),
            ('cards_page_with_next_cursor', ACCOUNT + 'cards', {}),
        ):
            real = sample('x', name, STANDINS)
            page = get(sim, keys, at, **params)
            given = {k: v for k, v in real['request']['params'].items() if k in params or k == 'account_id'}
            fits(given, page['request']['params'], name)
            true('next_cursor' in page, name)
            fits(real['data'][0], like(real['data'][0], page['data']), name)
        first = get(sim, keys, ACCOUNT + 'cards', count=1)
        fits({'count': 1, 'account_id': ''}, first['request']['params'], 'cards')


def recorded_objects_have_our_shape(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        lines = [row['id'] for row in rows(sim, keys, ACCOUNT + 'line_items')]
        for name, at, params in (
            ('campaign_create', 'campaigns', {}),
            ('promoted_tweets_create', 'promoted_tweets', {}),
            ('custom_audience_create', 'custom_audiences', {}),
            ('targeting_criteria_batch', 'targeting_criteria', dict(line_item_ids=lines)),
        ):
            data = sample('x', name, dict(STANDINS, campaign_create=STANDINS['campaigns_list']))['data']
            for real in data if isinstance(data, list) else [data]:
                ours = rows(sim, keys, ACCOUNT + at, count=1000, **params)
                if 'targeting_type' in real:
                    ours = [row for row in ours if ('location_type' in row) == ('location_type' in real)]
                fits(real, like(real, ours), name)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
