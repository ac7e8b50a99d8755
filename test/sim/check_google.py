#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Google Ads on adsim, from outside: consent, tokens, the tree of managers, GAQL, figures, refusals, quotas, faults, recorded answers."""
import base64
import hashlib
import http.client
import json
import re
import sys
import urllib.parse
import zoneinfo
from datetime import date, datetime, timedelta

import harness
from harness import CALLBACK, Adsim, equal, fits, true

ADS, ACCOUNTS, TOKENS, OLD = 'googleads.googleapis.com', 'accounts.google.com', 'oauth2.googleapis.com', 'www.googleapis.com'
CLIENT, SECRET = 'adsim-client.apps.googleusercontent.com', 'adsim-app-secret'
ADWORDS = 'https://www.googleapis.com/auth/adwords'
DEVELOPER = 'abcdefghijklmnopqrstuv'
DIRECT, BELOW, DEEP = '3100000000', '7100100003', '3100200006'  # of the first person, below R, below S
ROOT, AGENCY = '5200000000', '1780000000'
DEAD = '7100500015'  # canceled
CREATED = "WHERE segments.date BETWEEN '2026-02-10' AND '2026-03-15'"


def mint(sim, user=0, **more):
    return sim.control('token.mint', platform='google', user=user, **more)


def headers(login=None, developer=DEVELOPER):
    given = {'developer-token': developer, 'login-customer-id': login}
    return {k: v for k, v in given.items() if v is not None}


def search(sim, token, cid, query, login=None, call='search', version='v25', developer=DEVELOPER, **body):
    path = '/%s/customers/%s/googleAds:%s' % (version, cid, call)
    return sim.ask(ADS, path, token, json_body=dict(body, query=query), headers=headers(login, developer))


def rows(sim, token, cid, query, login=None):
    """all pages of search, which must agree with what searchStream gives"""
    got, body, pages = [], {}, 0
    while True:
        answer = search(sim, token, cid, query, login, **body)
        equal(answer.status, 200, answer.body[:500])
        got += answer.json.get('results', [])
        pages += 1
        if 'nextPageToken' not in answer.json:
            break
        body = {'pageToken': answer.json['nextPageToken']}
    stream = search(sim, token, cid, query, login, call='searchStream')
    equal(stream.status, 200, stream.body[:500])
    equal([r for batch in stream.json for r in batch.get('results', [])], got, query)
    return got


def refused(answer, status, category, name, stream=False):
    body = answer.json[0] if stream else answer.json
    error = body['error']
    failure = error['details'][0]
    true(failure['@type'].endswith('.errors.GoogleAdsFailure'), answer.body)
    equal((answer.status, error['code'], failure['errors'][0]['errorCode']), (status, status, {category: name}), answer.body)
    equal(answer.header('request-id'), failure['requestId'])
    return failure['errors'][0]


def flat(answer, status, error, description=None):
    equal((answer.status, answer.json['error']), (status, error), answer.body)
    if description:
        equal(answer.json['error_description'], description)


# ---- consent and tokens


def consent(sim, **params):
    query = dict(client_id=CLIENT, redirect_uri=CALLBACK, response_type='code', scope=ADWORDS, access_type='offline', prompt='consent', state='s t')
    query.update(params)
    return sim.agree(ACCOUNTS, '/o/oauth2/v2/auth', **query)


def exchange(sim, code, **params):
    form = dict(grant_type='authorization_code', code=code, client_id=CLIENT, client_secret=SECRET, redirect_uri=CALLBACK)
    form.update(params)
    return sim.ask(TOKENS, '/token', form={k: v for k, v in form.items() if v is not None})


def refresh(sim, token, host=TOKENS, path='/token', **params):
    form = dict(grant_type='refresh_token', refresh_token=token, client_id=CLIENT, client_secret=SECRET)
    form.update(params)
    return sim.ask(host, path, form=form)


def the_consent_page_is_a_form_that_a_person_can_send(path):
    with Adsim(path) as sim:
        answer, _ = consent(sim, auto=None)
        equal(answer.status, 200)
        page = answer.body.decode()
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        equal((fields['client_id'], fields['access_type'], fields['state']), (CLIENT, 'offline', 's t'))
        true('scope_' + ADWORDS in page)
        fields.update({'auto': '1', 'scope_' + ADWORDS: '1', 'user': '1'})
        answer = sim.ask(ACCOUNTS, '/o/oauth2/v2/auth', form=fields)
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.header('Location')).query))
        equal((back['state'], back['scope']), ('s t', ADWORDS))
        equal(exchange(sim, back['code']).status, 200)


def a_code_gives_tokens_once(path):
    with Adsim(path) as sim:
        back = consent(sim)[1]
        first = exchange(sim, back['code'])
        equal((first.json['expires_in'], first.json['token_type'], first.json['scope']), (3599, 'Bearer', ADWORDS))
        true(first.json['access_token'].startswith('ya29.') and first.json['refresh_token'].startswith('1//'))
        true('refresh_token_expires_in' not in first.json)
        flat(exchange(sim, back['code']), 400, 'invalid_grant', 'Bad Request')
        equal(search(sim, first.json['access_token'], DIRECT, 'SELECT customer.id FROM customer').status, 200)


def a_refresh_token_comes_with_offline_and_again_only_with_prompt(path):
    with Adsim(path) as sim:
        true('refresh_token' not in exchange(sim, consent(sim, access_type=None)[1]['code']).json)
        true('refresh_token' not in exchange(sim, consent(sim, prompt=None)[1]['code']).json, 'a person who came back')
        true('refresh_token' in exchange(sim, consent(sim)[1]['code']).json)
        true('refresh_token' in exchange(sim, consent(sim, prompt=None, user=1)[1]['code']).json, 'the first time')


def the_verifier_must_fit_the_challenge(path):
    verifier = 'v' * 43
    s256 = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip('=')
    with Adsim(path) as sim:
        for challenge, method in ((s256, 'S256'), (verifier, 'plain'), (verifier, None)):
            given = dict(code_challenge=challenge, code_challenge_method=method)
            flat(exchange(sim, consent(sim, **given)[1]['code']), 400, 'invalid_grant', 'Missing code verifier.')
            flat(exchange(sim, consent(sim, **given)[1]['code'], code_verifier='w' * 43), 400, 'invalid_grant', 'Invalid code verifier.')
            equal(exchange(sim, consent(sim, **given)[1]['code'], code_verifier=verifier).status, 200, method)
        flat(exchange(sim, consent(sim, code_challenge=s256)[1]['code'], code_verifier=verifier), 400, 'invalid_grant')


def a_consent_can_be_refused_in_every_way(path):
    with Adsim(path, redirect_uri=CALLBACK) as sim:
        equal(consent(sim, deny='1')[1], {'error': 'access_denied', 'state': 's t'})
        equal(consent(sim, untick=ADWORDS)[1]['error'], 'access_denied')
        two = ADWORDS + ' https://www.googleapis.com/auth/datamanager'
        back = consent(sim, scope=two, untick=ADWORDS)[1]
        equal(back['scope'], 'https://www.googleapis.com/auth/datamanager')
        token = exchange(sim, back['code']).json['access_token']
        answer = search(sim, token, DIRECT, 'SELECT customer.id FROM customer')
        equal((answer.status, answer.json['error']['details'][0]['reason']), (403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'))
        for wrong, what in (
            (dict(client_id='other'), 'invalid_client'),
            (dict(redirect_uri='https://evil.example/'), 'redirect_uri_mismatch'),
            (dict(scope='nonsense'), 'invalid_scope'),
            (dict(response_type='token'), 'invalid_request'),
            (dict(scope=None), 'invalid_request'),
        ):
            answer, _ = consent(sim, **wrong)
            true(answer.status == 400 and what in answer.body.decode(), answer.body)


def the_token_endpoint_refuses_what_is_wrong(path):
    with Adsim(path, app='google=other:two', code_life=60) as sim:
        equal(consent(sim, client_id=CLIENT)[0].status, 400)  # --app takes the place of the platform's own
        mine = dict(client_id='other', client_secret='two')
        code = consent(sim, client_id='other')[1]['code']
        flat(exchange(sim, code), 401, 'invalid_client')
        flat(exchange(sim, code, client_id='other'), 401, 'invalid_client', 'Unauthorized')
        flat(exchange(sim, code, redirect_uri=CALLBACK + '/', **mine), 400, 'redirect_uri_mismatch')
        flat(exchange(sim, code, redirect_uri=None, **mine), 400, 'invalid_request')
        flat(exchange(sim, 'x', **mine), 400, 'invalid_grant')
        flat(exchange(sim, code, grant_type='password', **mine), 400, 'unsupported_grant_type')
        sim.control('now.advance', seconds=60)
        flat(exchange(sim, code, **mine), 400, 'invalid_grant', 'Bad Request')
    with Adsim(path, app=CLIENT + ':' + SECRET + '\nother:two') as sim:
        token = mint(sim)['refresh_token']
        flat(refresh(sim, token, client_id='other', client_secret='two'), 401, 'unauthorized_client')


def a_refresh_gives_no_new_refresh_token_and_three_aliases_answer_alike(path):
    with Adsim(path) as sim:
        token = mint(sim)['refresh_token']
        for host, at in ((TOKENS, '/token'), (OLD, '/oauth2/v3/token'), (OLD, '/oauth2/v4/token'), (ACCOUNTS, '/o/oauth2/token')):
            answer = refresh(sim, token, host, at)
            equal(sorted(answer.json), ['access_token', 'expires_in', 'scope', 'token_type'])
            equal(search(sim, answer.json['access_token'], DIRECT, 'SELECT customer.id FROM customer').status, 200)
        flat(refresh(sim, 'nothing'), 400, 'invalid_grant', 'Bad Request')


def tokens_end_by_time_by_revocation_and_by_the_persons_will(path):
    with Adsim(path, google_testing=1) as sim:
        both = mint(sim)
        sim.control('now.advance', seconds=3600)
        answer = search(sim, both['access_token'], DIRECT, 'SELECT customer.id FROM customer')
        equal((answer.status, answer.json['error']['status'], 'details' in answer.json['error']), (401, 'UNAUTHENTICATED', False))
        equal(refresh(sim, both['refresh_token']).status, 200)
        given = exchange(sim, consent(sim)[1]['code']).json
        equal(given['refresh_token_expires_in'], 604799)
        sim.control('now.advance', seconds=604800)
        flat(refresh(sim, given['refresh_token']), 400, 'invalid_grant', 'Token has been expired or revoked.')
        for way in ('access_token', 'refresh_token'):
            both = mint(sim)
            equal(sim.ask(TOKENS, '/revoke', form={'token': both[way]}).status, 200)
            equal(search(sim, both['access_token'], DIRECT, 'SELECT customer.id FROM customer').status, 401)
            flat(refresh(sim, both['refresh_token']), 400, 'invalid_grant', 'Token has been expired or revoked.')
            flat(sim.ask(TOKENS, '/revoke?token=' + both[way], form={}), 400, 'invalid_token')
        both = mint(sim)
        sim.control('token.kill', platform='google', user=0, reason='deauthorized')
        flat(refresh(sim, both['refresh_token']), 400, 'invalid_grant')


def tokeninfo_tells_of_a_living_token(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        answer = sim.ask(TOKENS, '/tokeninfo?access_token=' + token)
        equal((answer.json['aud'], answer.json['scope'], answer.json['expires_in']), (CLIENT, ADWORDS, '3600'))
        equal(sim.ask(OLD, '/oauth2/v1/tokeninfo', token).json['expires_in'], 3600)
        equal(sim.ask(TOKENS, '/tokeninfo?access_token=x').status, 400)


# ---- headers, versions, accounts


def the_developer_token_is_needed_until_september(path):
    with Adsim(path) as sim:
        token = mint(sim, life=10**9)['access_token']
        query = 'SELECT customer.id FROM customer'
        refused(search(sim, token, DIRECT, query, developer=None), 400, 'requestError', 'DEVELOPER_TOKEN_PARAMETER_MISSING')
        refused(search(sim, token, DIRECT, query, developer='short'), 401, 'authenticationError', 'DEVELOPER_TOKEN_INVALID')
        sim.control('now.set', now='2026-09-09')
        equal(search(sim, token, DIRECT, query, developer=None).status, 200)


def a_version_ends_and_an_unknown_one_is_a_page_of_html(path):
    with Adsim(path) as sim:
        token = mint(sim, life=10**9)['access_token']
        query = 'SELECT customer.id FROM customer'
        equal(search(sim, token, DIRECT, query, version='v20').status, 200)
        sim.control('now.set', now='2026-06-10')
        refused(search(sim, token, DIRECT, query, version='v20'), 400, 'requestError', 'UNSUPPORTED_VERSION')
        equal(search(sim, token, DIRECT, query, version='v21').status, 200)
        for wrong in ('v7', 'v25.1'):
            answer = search(sim, token, DIRECT, query, version=wrong)
            true(answer.status == 404 and answer.body.startswith(b'<!DOCTYPE html>'), answer.body)
        equal(sim.ask(ADS, '/v25/customers/%s:searchStream' % DIRECT, token, json_body={'query': query}, headers=headers()).status, 404)


def fields_come_and_go_with_the_versions(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        for version, there, gone in (('v22', 'campaign.start_date', 'campaign.start_date_time'), ('v23', 'campaign.start_date_time', 'campaign.start_date')):
            equal(search(sim, token, DIRECT, 'SELECT %s FROM campaign' % there, version=version).status, 200)
            error = refused(search(sim, token, DIRECT, 'SELECT %s FROM campaign' % gone, version=version), 400, 'queryError', 'UNRECOGNIZED_FIELD')
            true(gone in error['message'])


TREE = (
    'SELECT customer_client.client_customer, customer_client.id, customer_client.level, customer_client.manager, customer_client.status, '
    'customer_client.currency_code, customer_client.time_zone FROM customer_client'
)


def the_tree_leads_from_what_is_accessible_to_every_account(path):
    with Adsim(path, users=2, accounts=6) as sim:
        token = mint(sim)['access_token']
        answer = sim.ask(ADS, '/v25/customers:listAccessibleCustomers', token, headers=headers())
        equal(answer.json['resourceNames'], ['customers/' + c for c in (ROOT, DIRECT, '7100300009')])
        true(answer.header('request-id'))
        tree = [r['customerClient'] for r in rows(sim, token, ROOT, TREE, ROOT)]
        equal(tree[0]['level'], '0')
        levels = {}
        for client in tree:
            levels.setdefault(client['id'], []).append(client['level'])
        equal(levels[BELOW], ['1', '2'], 'one leaf below two managers')
        equal(levels[DEEP], ['2'])
        equal((levels[AGENCY], len(levels)), (['1'], 8))
        known = {r['account_id']: r['row']['customer'] for r in sim.truth('accounts', platform='google')}
        for client in tree:
            facts = known[client['id']]
            for name in ('currencyCode', 'timeZone', 'manager', 'status'):
                equal(client[name], facts[name], client['id'])
        equal([r['customerClient']['id'] for r in rows(sim, token, ROOT, TREE + ' WHERE customer_client.level = 0', ROOT)], [ROOT])
        equal({r['customerClient']['id'] for r in rows(sim, token, AGENCY, TREE, ROOT)}, {AGENCY, BELOW, DEEP, DEAD})


def the_login_customer_decides_who_may_enter(path):
    with Adsim(path, users=2, accounts=6) as sim:
        token, query = mint(sim)['access_token'], 'SELECT customer.id FROM customer'
        for cid, login, fine in (
            (DIRECT, None, True),
            (DIRECT, ROOT, True),
            (DIRECT, DIRECT, True),
            (ROOT, ROOT, True),
            (ROOT, None, True),
            (BELOW, ROOT, True),
            (BELOW, AGENCY, True),
            (DEEP, ROOT, True),
            (DEEP, AGENCY, True),
            (BELOW, None, False),
            (AGENCY, None, False),
            (BELOW, DIRECT, False),
            (BELOW, '5200007919', False),
            ('3100600018', '5200007919', False),
        ):
            answer = search(sim, token, cid, query, login)
            if fine:
                equal((answer.status, answer.json['results'][0]['customer']['id']), (200, cid), login)
            else:
                refused(answer, 403, 'authorizationError', 'USER_PERMISSION_DENIED')
        refused(search(sim, token, DIRECT, query, AGENCY), 403, 'authorizationError', 'INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION')
        for wrong in ('', 'null', '520-000-0000'):
            refused(search(sim, token, BELOW, query, wrong), 400, 'headerError', 'INVALID_LOGIN_CUSTOMER_ID')
        refused(search(sim, token, '1234567890', query), 401, 'authenticationError', 'CUSTOMER_NOT_FOUND')
        refused(search(sim, token, '310-000-0000', query), 400, 'requestError', 'INVALID_CUSTOMER_ID')
        refused(search(sim, token, DEAD, query, ROOT, call='searchStream'), 403, 'authorizationError', 'CUSTOMER_NOT_ENABLED', stream=True)
        sim.control('access', platform='google', user=0, account=DIRECT, allow=False)
        refused(search(sim, token, DIRECT, query), 403, 'authorizationError', 'USER_PERMISSION_DENIED')


def a_project_for_tests_opens_no_real_account(path):
    with Adsim(path, google_approved=0) as sim:
        token, query = mint(sim)['access_token'], 'SELECT customer.id FROM customer'
        refused(search(sim, token, DIRECT, query, version='v24'), 403, 'authorizationError', 'DEVELOPER_TOKEN_NOT_APPROVED')
        refused(search(sim, token, DIRECT, query), 403, 'authorizationError', 'CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION')


# ---- objects


def select(sim, token, resource, *more):
    """every field of a resource, from the catalogue"""
    answer = sim.ask(ADS, '/v25/googleAdsFields:search', token, json_body={'query': "SELECT name WHERE name LIKE '%s.%%'" % resource}, headers=headers())
    names = [f['name'] for f in answer.json['results'] if f['name'].startswith(resource + '.')]
    true(names)
    return 'SELECT %s FROM %s' % (', '.join(names + list(more)), resource)


KINDS = {
    'accounts': ('customer', ''),
    'campaigns': ('campaign', ''),
    'adsets': ('ad_group', ''),
    'ads': ('ad_group_ad', ''),
    'creatives': ('asset', " WHERE asset.type != 'LEAD_FORM'"),
    'audiences': ('user_list', ''),
    'keywords': ('ad_group_criterion', ''),
    'forms': ('asset', " WHERE asset.type IN ('LEAD_FORM')"),
    'leads': ('lead_form_submission_data', ''),
}


def by_text(lines):
    return sorted(json.dumps(line, sort_keys=True) for line in lines)


def every_object_is_read_through_all_its_pages(path):
    with Adsim(path, users=1, accounts=4, google_page_rows=7) as sim:
        token = mint(sim)['access_token']
        for kind, (resource, where) in KINDS.items():
            query = select(sim, token, resource) + where
            if kind == 'campaigns':
                budget = select(sim, token, 'campaign_budget')[7:].partition(' FROM')[0]
                query = query.replace(' FROM', ', ' + budget + ' FROM')
            for cid in (DIRECT, BELOW, DEEP):
                wanted = [r['row'] for r in sim.truth(kind, platform='google', account=cid)]
                equal(by_text(rows(sim, token, cid, query, ROOT)), by_text(wanted), kind)
                true(wanted, kind)


def every_state_is_visible_until_it_is_filtered(path):
    with Adsim(path, users=1, accounts=1, campaigns=60) as sim:
        token = mint(sim)['access_token']
        got = rows(sim, token, DIRECT, 'SELECT campaign.id, campaign.status, campaign.primary_status FROM campaign')
        equal({r['campaign']['status'] for r in got}, {'ENABLED', 'PAUSED', 'REMOVED'})
        primary = {r['campaign']['primaryStatus'] for r in got}
        true({'ELIGIBLE', 'PAUSED', 'REMOVED', 'ENDED', 'MISCONFIGURED'} <= primary, primary)
        left = rows(sim, token, DIRECT, "SELECT campaign.id, campaign.status FROM campaign WHERE campaign.status != 'REMOVED'")
        equal(len(left), sum(r['campaign']['status'] != 'REMOVED' for r in got))
        ads = rows(sim, token, DIRECT, 'SELECT ad_group_ad.policy_summary.approval_status, ad_group_ad.policy_summary.review_status FROM ad_group_ad')
        words = {r['adGroupAd']['policySummary'].get('approvalStatus') for r in ads}
        equal(words, {None, 'APPROVED', 'APPROVED_LIMITED', 'DISAPPROVED'})


def performance_max_has_no_ad_groups_and_budgets_can_be_shared(path):
    with Adsim(path, users=1, accounts=1, campaigns=30) as sim:
        token = mint(sim)['access_token']
        kinds = {r['campaign']['id']: r['campaign'] for r in rows(sim, token, DIRECT, 'SELECT campaign.id, campaign.advertising_channel_type, campaign.campaign_budget FROM campaign')}
        full = {i for i, c in kinds.items() if c['advertisingChannelType'] == 'PERFORMANCE_MAX'}
        true(full)
        having = {r['campaign']['id'] for r in rows(sim, token, DIRECT, 'SELECT ad_group.id, campaign.id FROM ad_group')}
        true(having and not having & full)
        equal({r['campaign']['id'] for r in rows(sim, token, DIRECT, 'SELECT asset_group.id, campaign.id FROM asset_group')}, full)
        shared = {}
        for campaign in kinds.values():
            shared.setdefault(campaign['campaignBudget'], []).append(campaign)
        for row in rows(sim, token, DIRECT, 'SELECT campaign_budget.id, campaign_budget.reference_count, campaign_budget.explicitly_shared FROM campaign_budget'):
            budget = row['campaignBudget']
            equal(budget['explicitlyShared'], budget['referenceCount'] == '2')
            true(len(shared[budget['resourceName']]) <= int(budget['referenceCount']))
        true(any(len(c) == 2 for c in shared.values()))


def numbers_travel_as_the_sheet_says(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        query = 'SELECT campaign.id, metrics.clicks, metrics.cost_micros, metrics.conversions, metrics.ctr FROM campaign ' + CREATED
        for row in rows(sim, token, DIRECT, query):
            equal(type(row['campaign']['id']), str)
            for name, value in row['metrics'].items():
                equal(type(value) is str, name in ('clicks', 'costMicros'), name)
        row = search(sim, token, DIRECT, 'SELECT campaign.name, campaign.id, ad_group.cpc_bid_micros, ad_group.target_cpa_micros FROM ad_group').json['results'][0]
        true(row['campaign']['resourceName'].startswith('customers/%s/campaigns/' % DIRECT))
        true(row['adGroup']['resourceName'] and row['adGroup']['cpcBidMicros'].isdigit())
        bare = search(sim, token, DIRECT, 'SELECT campaign.id FROM campaign PARAMETERS omit_unselected_resource_names = true').json['results'][0]
        equal(list(bare['campaign']), ['id'])


def leads_carry_their_own_offset_over_a_change_of_the_clocks(path):
    with Adsim(path, users=1, accounts=1, now='2026-03-20') as sim:
        token = mint(sim)['access_token']
        zone = zoneinfo.ZoneInfo('America/New_York')
        query = 'SELECT lead_form_submission_data.id, lead_form_submission_data.submission_date_time FROM lead_form_submission_data'
        got = rows(sim, token, DIRECT, query)
        offsets = set()
        for row in got:
            text = row['leadFormSubmissionData']['submissionDateTime']
            at = datetime.fromisoformat(text)
            equal(at.astimezone(zone).isoformat(' '), text)
            offsets.add(text[-6:])
        equal(offsets, {'-05:00', '-04:00'})
        later = rows(sim, token, DIRECT, query + " WHERE lead_form_submission_data.submission_date_time >= '2026-03-10 00:00:00'")
        equal(len(later), sum(r['leadFormSubmissionData']['submissionDateTime'] >= '2026-03-10' for r in got))


# ---- figures


LEVELS = {'account': 'customer', 'campaign': 'campaign', 'adset': 'ad_group', 'ad': 'ad_group_ad', 'keyword': 'keyword_view'}
FIGURES = (
    'segments.date, metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.conversions, metrics.conversions_value, '
    'metrics.all_conversions, metrics.all_conversions_value, metrics.view_through_conversions'
)


def daily(sim, token, level, days=CREATED):
    resource = LEVELS[level]
    got = {}
    for row in rows(sim, token, DIRECT, 'SELECT %s.resource_name, %s FROM %s %s' % (resource, FIGURES, resource, days)):
        name = next(v['resourceName'] for k, v in row.items() if k not in ('metrics', 'segments'))
        got[name, row['segments']['date']] = {k: float(v) for k, v in row['metrics'].items() if float(v)}
    return got


def truth_daily(sim, level, first, last):
    wanted = {}
    for line in sim.truth('insights', platform='google', account=DIRECT, level=level, **{'from': first, 'to': last}):
        row = line['row']
        main = re.sub('_(.)', lambda m: m.group(1).upper(), LEVELS[level])
        name = row[main]['resourceName']
        figures = {re.sub('_(.)', lambda m: m.group(1).upper(), f.strip()[8:]) for f in FIGURES.split(',')[1:]}
        wanted[name, row['segments']['date']] = {k: float(v) for k, v in row['metrics'].items() if k in figures and float(v)}
    return wanted


def figures_agree_with_the_truth_today_and_a_month_later(path):
    with Adsim(path, users=1, accounts=1, campaigns=50, now='2026-03-14T12:34:56Z', google_page_rows=500) as sim:
        token = mint(sim, life=10**9)['access_token']
        first = {level: daily(sim, token, level) for level in LEVELS}
        for level, got in first.items():
            equal(got, {k: v for k, v in truth_daily(sim, level, '2026-02-10', '2026-03-15').items() if v}, level)
        sim.control('now.advance', seconds=30 * 86400)
        later = daily(sim, token, 'campaign')
        equal(later, {k: v for k, v in truth_daily(sim, 'campaign', '2026-02-10', '2026-03-15').items() if v})
        grown = sum(v.get('conversions', 0) > first['campaign'].get(k, {}).get('conversions', 0) for k, v in later.items())
        shrunk = sum(v['costMicros'] < first['campaign'].get(k, {}).get('costMicros', 0) for k, v in later.items() if 'costMicros' in v)
        true(grown > 50 and shrunk, (grown, shrunk))


def figures_by_the_day_of_the_sale_do_not_move(path):
    with Adsim(path, users=1, accounts=1, now='2026-03-14T12:34:56Z') as sim:
        token = mint(sim, life=10**9)['access_token']
        query = "SELECT segments.date, metrics.conversions, metrics.conversions_by_conversion_date FROM customer WHERE segments.date BETWEEN '2026-03-01' AND '2026-03-13'"
        before = {r['segments']['date']: r['metrics'] for r in rows(sim, token, DIRECT, query)}
        sim.control('now.advance', seconds=20 * 86400)
        after = {r['segments']['date']: r['metrics'] for r in rows(sim, token, DIRECT, query)}
        moved = [d for d in before if before[d].get('conversions') != after[d].get('conversions')]
        true(len(moved) > 5, moved)
        for day, metrics in before.items():
            equal(metrics.get('conversionsByConversionDate'), after[day].get('conversionsByConversionDate'), day)


def totals(got):
    sums = {}
    for row in got:
        for name, value in row.get('metrics', {}).items():  # all of them zero: not there
            sums[name] = sums.get(name, 0) + int(value)
    return sums


def a_segment_splits_rows_and_loses_nothing(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        base = 'metrics.cost_micros, metrics.impressions, metrics.clicks FROM campaign ' + CREATED
        whole = rows(sim, token, DIRECT, 'SELECT campaign.id, ' + base)
        for segment in ('date', 'week', 'month', 'quarter', 'year', 'hour', 'device', 'ad_network_type'):
            split = rows(sim, token, DIRECT, 'SELECT campaign.id, segments.%s, %s' % (segment, base))
            equal(totals(split), totals(whole), segment)
        days = [r['segments'] for r in rows(sim, token, DIRECT, 'SELECT campaign.id, segments.date, segments.week, segments.month, segments.quarter, segments.year, ' + base)]
        for s in days:
            day = date.fromisoformat(s['date'])
            equal((s['week'], s['month'], s['year']), (str(day - timedelta(day.weekday())), s['date'][:8] + '01', day.year))
            equal(s['quarter'], '%d-%02d-01' % (day.year, (day.month - 1) // 3 * 3 + 1))


def zero_rows_are_there_only_without_segments(path):
    with Adsim(path, users=1, accounts=1, density=20) as sim:
        token = mint(sim)['access_token']
        where = "WHERE segments.date = '2026-03-10'"
        count = len(rows(sim, token, DIRECT, 'SELECT campaign.id FROM campaign'))
        equal(len(rows(sim, token, DIRECT, 'SELECT campaign.id, metrics.impressions FROM campaign ' + where)), count)
        true(0 < len(rows(sim, token, DIRECT, 'SELECT campaign.id, segments.date, metrics.impressions FROM campaign ' + where)) < count)
        future = "SELECT campaign.id, segments.date, metrics.impressions FROM campaign WHERE segments.date BETWEEN '2027-01-01' AND '2027-01-05'"
        answer = search(sim, token, DIRECT, future, call='searchStream')
        equal([sorted(batch) for batch in answer.json], [['fieldMask', 'queryResourceConsumption', 'requestId']])
        true('results' not in search(sim, token, DIRECT, future).json)


def sales_by_action_add_up_and_stand_alone(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        names = 'segments.conversion_action, segments.conversion_action_name, segments.conversion_action_category'
        got = rows(sim, token, DIRECT, 'SELECT %s, metrics.all_conversions FROM customer %s' % (names, CREATED))
        equal({r['segments']['conversionActionCategory'] for r in got}, {'PURCHASE', 'SUBMIT_LEAD_FORM', 'ADD_TO_CART', 'SIGNUP'})
        whole = rows(sim, token, DIRECT, 'SELECT metrics.all_conversions, metrics.conversions FROM customer ' + CREATED)[0]['metrics']
        true(abs(sum(r['metrics']['allConversions'] for r in got) - whole['allConversions']) < 1e-6 and whole['conversions'] < whole['allConversions'])
        refused(
            search(sim, token, DIRECT, 'SELECT segments.conversion_action, metrics.clicks FROM campaign ' + CREATED),
            400,
            'queryError',
            'PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
        )
        actions = rows(sim, token, DIRECT, select(sim, token, 'conversion_action'))
        equal({a['conversionAction']['resourceName'] for a in actions}, {r['segments']['conversionAction'] for r in got})


def a_manager_has_no_figures(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        refused(search(sim, token, ROOT, 'SELECT metrics.clicks FROM customer', ROOT), 400, 'queryError', 'REQUESTED_METRICS_FOR_MANAGER')
        equal(rows(sim, token, ROOT, 'SELECT campaign.id FROM campaign', ROOT), [])


def today_is_the_accounts_own(path):
    with Adsim(path, users=1, accounts=3, now='2026-03-15T16:30:00Z') as sim:
        token = mint(sim)['access_token']
        for cid, day in ((DIRECT, '2026-03-15'), (DEEP, '2026-03-16')):  # New York, Tokyo
            got = rows(sim, token, cid, 'SELECT segments.date, metrics.impressions FROM customer WHERE segments.date DURING TODAY', ROOT)
            equal([r['segments']['date'] for r in got], [day])


# ---- the language


def conditions_hold_as_they_read(path):
    with Adsim(path, users=1, accounts=1, campaigns=40) as sim:
        token = mint(sim)['access_token']
        every = [r['campaign'] for r in rows(sim, token, DIRECT, 'SELECT campaign.id, campaign.name, campaign.status, campaign.target_spend.cpc_bid_ceiling_micros FROM campaign')]
        some = [c['id'] for c in every[3:6]]
        name = every[2]['name'].replace('\\', '\\\\').replace("'", "\\'")
        for condition, holds in (
            ('campaign.id IN (%s)' % ', '.join(some), lambda c: c['id'] in some),
            ("campaign.id NOT IN ('%s')" % some[0], lambda c: c['id'] != some[0]),
            ('campaign.id >= %s AND campaign.id < %s' % (some[0], some[2]), lambda c: some[0] <= c['id'] < some[2]),
            ('campaign.id BETWEEN %s AND %s' % (some[0], some[2]), lambda c: some[0] <= c['id'] <= some[2]),
            ('campaign.id > ' + some[1], lambda c: c['id'] > some[1]),
            ('campaign.id <= ' + some[1], lambda c: c['id'] <= some[1]),
            ('campaign.status = PAUSED', lambda c: c['status'] == 'PAUSED'),
            ('campaign.status IN ("PAUSED", ENABLED)', lambda c: c['status'] != 'REMOVED'),
            ("campaign.name = '%s'" % name, lambda c: c['name'] == every[2]['name']),
            ("campaign.name LIKE '%Black%'", lambda c: 'Black' in c['name']),
            ("campaign.name NOT LIKE '%Black%'", lambda c: 'Black' not in c['name']),
            ("campaign.name REGEXP_MATCH '.*[0-4]'", lambda c: re.fullmatch('.*[0-4]', c['name'])),
            ("campaign.name NOT REGEXP_MATCH '.*[0-4]'", lambda c: not re.fullmatch('.*[0-4]', c['name'])),
            ('campaign.target_spend.cpc_bid_ceiling_micros IS NULL', lambda c: 'targetSpend' not in c),
            ('campaign.target_spend.cpc_bid_ceiling_micros IS NOT NULL', lambda c: 'targetSpend' in c),
        ):
            wanted = [c['id'] for c in every if holds(c)]
            got = rows(sim, token, DIRECT, 'SELECT campaign.id FROM campaign WHERE ' + condition)
            equal([r['campaign']['id'] for r in got], wanted, condition)
            true(wanted, condition)
        ads = rows(sim, token, DIRECT, "SELECT ad_group_ad.ad.final_urls FROM ad_group_ad WHERE ad_group_ad.ad.final_urls CONTAINS ANY ('https://example.com/none')")
        equal(ads, [])
        clicks = rows(sim, token, DIRECT, 'SELECT campaign.id, metrics.clicks FROM campaign WHERE metrics.clicks > 2000 AND segments.date DURING LAST_30_DAYS')
        true(clicks and all(int(r['metrics']['clicks']) > 2000 for r in clicks))


def an_order_and_a_limit_hold_over_pages(path):
    with Adsim(path, users=1, accounts=1, google_page_rows=5) as sim:
        token = mint(sim)['access_token']
        query = 'SELECT campaign.id, segments.date, metrics.cost_micros FROM campaign %s ORDER BY metrics.cost_micros DESC, segments.date' % CREATED
        every = rows(sim, token, DIRECT, query)
        costs = [(-int(r['metrics'].get('costMicros', 0)), r['segments']['date']) for r in every]
        true(len(costs) > 100)
        equal(costs, sorted(costs))
        equal(rows(sim, token, DIRECT, query + ' LIMIT 13'), every[:13])
        plain = 'SELECT campaign.id FROM campaign'
        equal(rows(sim, token, DIRECT, plain + ' LIMIT 7'), rows(sim, token, DIRECT, plain)[:7])
        equal(rows(sim, token, DIRECT, plain + ' LIMIT 5'), rows(sim, token, DIRECT, plain)[:5])


def words_for_ranges_mean_days_of_the_account(path):
    with Adsim(path, users=1, accounts=1, density=100, now='2026-03-18T15:00:00Z') as sim:  # a Wednesday
        token = mint(sim)['access_token']
        for word, first, last in (
            ('TODAY', 18, 18),
            ('YESTERDAY', 17, 17),
            ('LAST_7_DAYS', 11, 17),
            ('LAST_14_DAYS', 4, 17),
            ('LAST_BUSINESS_WEEK', 9, 13),
            ('THIS_MONTH', 1, 18),
            ('LAST_WEEK_MON_SUN', 9, 15),
            ('LAST_WEEK_SUN_SAT', 8, 14),
            ('THIS_WEEK_MON_TODAY', 16, 18),
            ('THIS_WEEK_SUN_TODAY', 15, 18),
        ):
            named = totals(rows(sim, token, DIRECT, 'SELECT metrics.impressions FROM customer WHERE segments.date DURING ' + word))
            days = "BETWEEN '2026-03-%02d' AND '2026-03-%02d'" % (first, last)
            equal(named, totals(rows(sim, token, DIRECT, 'SELECT metrics.impressions FROM customer WHERE segments.date ' + days)), word)


def what_cannot_be_read_is_refused_by_its_name(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        for query, name in (
            ('campaign.id FROM campaign', 'EXPECTED_SELECT'),
            ('SELECT campaign.id', 'EXPECTED_FROM'),
            ('SELECT campaign.nothing FROM campaign', 'UNRECOGNIZED_FIELD'),
            ('SELECT * FROM campaign', 'BAD_SYMBOL'),
            ('SELECT campaign.id FROM nothing', 'BAD_RESOURCE_TYPE_IN_FROM_CLAUSE'),
            ('SELECT campaign.id FROM campaign WHERE', 'UNEXPECTED_END_OF_QUERY'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id ~ 1', 'BAD_SYMBOL'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id ABOUT 1', 'BAD_OPERATOR'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id = x', 'BAD_NUMBER'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id IN ()', 'PROHIBITED_EMPTY_LIST_IN_CONDITION'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id IN 1', 'EXPECTED_LIST'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id = 1 OR campaign.id = 2', 'UNEXPECTED_INPUT'),
            ("SELECT campaign.id FROM campaign WHERE campaign.name = 'a", 'STRING_NOT_TERMINATED'),
            ("SELECT campaign.id FROM campaign WHERE campaign.name = 'a\nb'", 'PROHIBITED_NEWLINE_IN_STRING'),
            ("SELECT campaign.id FROM campaign WHERE campaign.name = 'a\\x'", 'BAD_ESCAPE_SEQUENCE'),
            ('SELECT campaign.id FROM campaign ORDER campaign.id', 'EXPECTED_BY'),
            ('SELECT campaign.id FROM campaign ORDER BY campaign.name', 'EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE'),
            ('SELECT campaign.id FROM campaign LIMIT 0', 'LIMIT_VALUE_TOO_LOW'),
            ('SELECT campaign.id FROM campaign LIMIT many', 'BAD_LIMIT_VALUE'),
            ('SELECT campaign.id FROM campaign PARAMETERS x = true', 'BAD_PARAMETER_NAME'),
            ('SELECT campaign.id, segments.date FROM campaign', 'EXPECTED_FILTERS_ON_DATE_RANGE'),
            ("SELECT campaign.id FROM campaign WHERE segments.date >= '2026-01-01'", 'EXPECTED_FILTERS_ON_DATE_RANGE'),
            ("SELECT campaign.id FROM campaign WHERE segments.date = '1.2.2026'", 'INVALID_DATE_FORMAT'),
            ('SELECT campaign.id FROM campaign WHERE segments.date DURING EVER', 'INVALID_VALUE_WITH_DURING_OPERATOR'),
            ("SELECT campaign.id FROM campaign WHERE segments.device = 'MOBILE'", 'EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE'),
            ('SELECT ad_group.id FROM campaign', 'PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE'),
            ('SELECT metrics.clicks FROM user_list', 'PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE'),
        ):
            for call in ('search', 'searchStream'):
                refused(search(sim, token, DIRECT, query, call=call), 400, 'queryError', name, stream=call == 'searchStream')


def a_body_that_is_not_as_it_should_be_is_refused(path):
    with Adsim(path) as sim:
        token, query = mint(sim)['access_token'], 'SELECT campaign.id FROM campaign'
        refused(search(sim, token, DIRECT, query, pageSize=10), 400, 'requestError', 'PAGE_SIZE_NOT_SUPPORTED')
        refused(search(sim, token, DIRECT, ''), 400, 'requestError', 'REQUIRED_FIELD_MISSING')
        for answer in (
            search(sim, token, DIRECT, query, returnTotalResultsCount=True),
            search(sim, token, DIRECT, query, searchSettings={'x': 1}),
            sim.ask(ADS, '/v25/customers/%s/googleAds:search' % DIRECT, token, form={'query': query}, headers=headers()),
        ):
            equal((answer.status, answer.json['error']['details'][0]['@type']), (400, 'type.googleapis.com/google.rpc.BadRequest'))
        equal(search(sim, token, DIRECT, query, validateOnly=True).json, {})
        equal('results' in search(sim, token, DIRECT, query, searchSettings={'omitResults': True, 'returnSummaryRow': True}).json, False)
        equal(search(sim, token, DIRECT, query + ' LIMIT 2', searchSettings={'returnTotalResultsCount': True}).json['totalResultsCount'], '10')


def a_page_token_belongs_to_its_query_and_dies_after_two_hours(path):
    with Adsim(path, google_page_rows=3) as sim:
        token, query = mint(sim, life=10**9)['access_token'], 'SELECT campaign.id FROM campaign'
        following = search(sim, token, DIRECT, query).json['nextPageToken']
        for bad in (dict(query=query + ' LIMIT 9'), dict(pageToken='x'), dict(cid=BELOW)):
            given = dict(dict(query=query, pageToken=following, cid=DIRECT), **bad)
            refused(search(sim, token, given['cid'], given['query'], ROOT, pageToken=given['pageToken']), 400, 'requestError', 'INVALID_PAGE_TOKEN')
        sim.control('now.advance', seconds=7201)
        refused(search(sim, token, DIRECT, query, pageToken=following), 400, 'requestError', 'EXPIRED_PAGE_TOKEN')


def a_stream_is_a_list_of_batches(path):
    with Adsim(path, google_page_rows=4) as sim:
        token = mint(sim)['access_token']
        answer = search(sim, token, DIRECT, 'SELECT campaign.id, metrics.clicks FROM campaign ' + CREATED, call='searchStream', summaryRowSetting='SUMMARY_ROW_WITH_RESULTS')
        equal((answer.header('Transfer-Encoding'), answer.header('request-id')), ('chunked', None))
        batches = answer.json
        true(len(batches) == 4 and [len(b.get('results', [])) for b in batches[:-1]] == [4, 4, 2], [sorted(b) for b in batches])
        equal(['queryResourceConsumption' in b for b in batches], [False, False, False, True])
        equal(int(batches[-1]['summaryRow']['metrics']['clicks']), totals([r for b in batches[:-1] for r in b['results']])['clicks'])
        equal(batches[0]['fieldMask'], 'campaign.id,metrics.clicks')


# ---- the change log


def changes_are_told_for_ninety_days_in_order(path):
    query = (
        'SELECT change_status.resource_name, change_status.last_change_date_time, change_status.resource_type, change_status.resource_status, '
        "change_status.campaign, change_status.ad_group, change_status.ad_group_ad FROM change_status WHERE change_status.last_change_date_time >= '%s' "
        "AND change_status.last_change_date_time <= '%s' ORDER BY change_status.last_change_date_time ASC LIMIT 10000"
    )
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim, life=10**9)['access_token']
        before = [r['changeStatus'] for r in rows(sim, token, DIRECT, query % ('2025-12-20', '2026-03-16'))]
        times = [c['lastChangeDateTime'] for c in before]
        true(times == sorted(times) and len(times) > 50)
        equal({c['resourceType'] for c in before}, {'CAMPAIGN', 'CAMPAIGN_BUDGET', 'AD_GROUP', 'AD_GROUP_AD'})
        equal({c['resourceStatus'] for c in before}, {'CHANGED', 'REMOVED'})
        names = {r['campaign']['resourceName']: r['campaign'] for r in rows(sim, token, DIRECT, 'SELECT campaign.name, campaign.status FROM campaign')}
        sim.control('now.advance', seconds=40 * 86400)
        since = {c['campaign'] for c in (r['changeStatus'] for r in rows(sim, token, DIRECT, query % (times[-1], '2026-04-25'))) if c['resourceType'] == 'CAMPAIGN'}
        changed = {r['campaign']['resourceName'] for r in rows(sim, token, DIRECT, 'SELECT campaign.name, campaign.status FROM campaign') if names[r['campaign']['resourceName']] != r['campaign']}
        true(changed and changed <= since, (changed, since))
        for bad, name in (
            (query.partition(' WHERE')[0] + ' LIMIT 10', 'CHANGE_DATE_RANGE_INFINITE'),
            (query % ('2026-04-20', '2026-04-01'), 'CHANGE_DATE_RANGE_NEGATIVE'),
            (query.partition(' LIMIT')[0] % ('2026-04-01', '2026-04-20'), 'LIMIT_NOT_SPECIFIED'),
            (query.replace('10000', '10001') % ('2026-04-01', '2026-04-20'), 'INVALID_LIMIT_CLAUSE'),
            (query % ('2025-12-20', '2026-04-20'), 'START_DATE_TOO_OLD'),
        ):
            refused(search(sim, token, DIRECT, bad), 400, 'changeStatusError', name)
        events = rows(sim, token, DIRECT, "SELECT change_event.change_date_time, change_event.resource_change_operation FROM change_event WHERE change_event.change_date_time DURING LAST_14_DAYS LIMIT 5")
        true(0 < len(events) <= 5)


# ---- limits and refusals


def operations_of_a_day_run_out_and_pages_cost_nothing(path):
    with Adsim(path, google_access='explorer', limit_scale=1, google_page_rows=5) as sim:  # 28 operations
        token, query = mint(sim, life=10**9)['access_token'], 'SELECT campaign.id FROM campaign'
        following = search(sim, token, DIRECT, query).json['nextPageToken']
        for _ in range(10):
            equal(search(sim, token, DIRECT, query, pageToken=following).status, 200)
        for _ in range(27):
            equal(search(sim, token, DIRECT, query).status, 200)
        answer = search(sim, token, DIRECT, query)
        error = refused(answer, 429, 'quotaError', 'RESOURCE_EXHAUSTED')
        details = error['details']['quotaErrorDetails']
        equal((details['rateScope'], details['rateName']), ('DEVELOPER', 'Number of operations for explorer access'))
        seconds = int(re.fullmatch(r'(\d+)s', details['retryDelay']).group(1))
        equal((error['message'], answer.header('Retry-After')), ('Too many requests. Retry in %d seconds.' % seconds, None))
        refused(search(sim, mint(sim, 1)['access_token'], '5200007919', 'SELECT customer.id FROM customer'), 429, 'quotaError', 'RESOURCE_EXHAUSTED')
        sim.control('now.advance', seconds=seconds)
        equal(search(sim, token, DIRECT, query).status, 200)


def requests_of_a_minute_run_out_for_one_customer(path):
    with Adsim(path, google_minute=5) as sim:
        token, query = mint(sim, life=10**9)['access_token'], 'SELECT campaign.id FROM campaign'
        for _ in range(5):
            equal(search(sim, token, DIRECT, query).status, 200)
        details = refused(search(sim, token, DIRECT, query), 429, 'quotaError', 'RESOURCE_TEMPORARILY_EXHAUSTED')['details']
        equal(details['quotaErrorDetails']['rateScope'], 'ACCOUNT')
        equal(search(sim, token, BELOW, query, ROOT).status, 200)
        sim.control('set', name='tier', value='off')
        equal(search(sim, token, DIRECT, query).status, 200)


CLASSES = {
    401: 'authenticationError.OAUTH_TOKEN_EXPIRED authenticationError.OAUTH_TOKEN_REVOKED authenticationError.NOT_ADS_USER '
    'authenticationError.TWO_STEP_VERIFICATION_NOT_ENROLLED authenticationError.GOOGLE_ACCOUNT_DELETED authenticationError.CLIENT_CUSTOMER_ID_INVALID',
    403: 'authorizationError.ACTION_NOT_PERMITTED authorizationError.PROJECT_DISABLED authorizationError.MISSING_TOS '
    'notAllowlistedError.CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE operationAccessDeniedError.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE '
    'mutateError.MUTATE_NOT_ALLOWED quotaError.ACCESS_PROHIBITED',
    404: 'mutateError.RESOURCE_NOT_FOUND requestError.RESOURCE_NOT_FOUND',
    429: 'quotaError.RESOURCE_EXHAUSTED quotaError.EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION',
    500: 'internalError.INTERNAL_ERROR',
    503: 'internalError.TRANSIENT_ERROR',
    504: 'internalError.DEADLINE_EXCEEDED',
    400: 'databaseError.CONCURRENT_MODIFICATION databaseError.REQUEST_TOO_LARGE headerError.INVALID_LINKED_CUSTOMER_ID '
    'mutateError.EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED campaignBudgetError.CAMPAIGN_BUDGET_IN_USE idError.NOT_FOUND',
}


def every_class_of_error_can_be_asked_for(path):
    with Adsim(path) as sim:
        token, query = mint(sim)['access_token'], 'SELECT campaign.id FROM campaign'
        for status, names in CLASSES.items():
            for name in names.split():
                sim.fault('error', error=name, count=2, host=ADS, account=DIRECT)
                for call in ('search', 'searchStream'):
                    refused(search(sim, token, DIRECT, query, call=call), status, *name.split('.'), stream=call == 'searchStream')
                equal(search(sim, token, DIRECT, query).status, 200)
        sim.fault('throttle', count=1, scope='ACCOUNT', name='RESOURCE_TEMPORARILY_EXHAUSTED', seconds=5)
        details = refused(search(sim, token, DIRECT, query), 429, 'quotaError', 'RESOURCE_TEMPORARILY_EXHAUSTED')['details']['quotaErrorDetails']
        equal((details['rateScope'], details['retryDelay']), ('ACCOUNT', '5s'))


def the_token_endpoint_fails_as_it_is_told(path):
    with Adsim(path) as sim:
        token = mint(sim)['refresh_token']
        sim.fault('error', host=TOKENS, error='temporarily_unavailable', status=400, count=1)
        flat(refresh(sim, token), 400, 'temporarily_unavailable')
        sim.fault('error', host=TOKENS, error='invalid_grant', error_subtype='invalid_rapt', status=400, count=1)
        equal(refresh(sim, token).json, {'error': 'invalid_grant', 'error_subtype': 'invalid_rapt'})
        sim.fault('throttle', host=TOKENS, count=1)
        equal(refresh(sim, token).status, 429)
        sim.fault('token_death', host=TOKENS, count=1)
        flat(refresh(sim, token), 400, 'invalid_grant', 'Token has been expired or revoked.')
        flat(refresh(sim, token), 400, 'invalid_grant', 'Token has been expired or revoked.')


def faults_on_the_bytes_do_what_they_say(path):
    with Adsim(path) as sim:
        both, query = mint(sim), 'SELECT campaign.id FROM campaign'
        token = both['access_token']
        whole = search(sim, token, DIRECT, query, call='searchStream').body
        sim.fault('html', count=1, status=502)
        equal(search(sim, token, DIRECT, query).status, 502)
        sim.fault('status', count=1, status=503)
        equal(search(sim, token, DIRECT, query).status, 503)
        sim.fault('deep', count=1, depth=500)
        true(search(sim, token, DIRECT, query).body.count(b'[') == 500)
        sim.fault('replace', count=1, **{'from': '"results"', 'to': '"risults"'})
        true('risults' in search(sim, token, DIRECT, query).json)
        for kind, more in (('truncate', dict(percent=50)), ('cut_before', {}), ('cut_after', {}), ('stall', dict(percent=50, ms=50))):
            sim.fault(kind, count=1, **more)
            try:
                answer = search(sim, token, DIRECT, query, call='searchStream')
                true(kind == 'stall' and len(answer.body) == len(whole), kind)
            except (http.client.HTTPException, OSError):
                true(kind != 'stall', kind)
        sim.fault('token_death', count=1, host=ADS)
        equal(search(sim, token, DIRECT, query).status, 401)
        equal(search(sim, token, DIRECT, query).status, 401)
        fresh = refresh(sim, both['refresh_token']).json['access_token']
        equal(search(sim, fresh, DIRECT, query).status, 200)
        sim.fault('token_death', count=1, host=ADS, grant=True)
        equal(search(sim, fresh, DIRECT, query).status, 401)
        flat(refresh(sim, both['refresh_token']), 400, 'invalid_grant')


def the_log_tells_what_arrived_and_no_secret(path):
    with Adsim(path) as sim:
        back = consent(sim)[1]
        both = exchange(sim, back['code']).json
        equal(search(sim, both['access_token'], DIRECT, 'SELECT campaign.id FROM campaign').status, 200)
        refresh(sim, both['refresh_token'])
        with open(sim.log, encoding='utf-8') as file:
            text = file.read()
        for secret in (both['access_token'], both['refresh_token'], back['code'], SECRET):
            true(secret not in text)
        line = next(r for r in sim.requests() if r['path'].endswith('googleAds:search'))
        equal((line['account'], line['action'], line['status'], line['rows'] > 9), (DIRECT, 'search', 200, True))
        equal(line['permits']['customer']['used'], 1)


# ---- recorded answers

FAILURE = {'@type': '', 'errors': [{'errorCode': {}, 'message': ''}], 'requestId': ''}
ERROR = {'error': {'code': 1, 'message': '', 'status': '', 'details': [FAILURE]}}
CAMPAIGN = {'resourceName': '', 'status': '', 'advertisingChannelType': '', 'name': '', 'id': '', 'campaignBudget': '', 'startDate': ''}
STANDINS = {  # what the samples hold, without their values
    'list_accessible_customers': {'resourceNames': ['']},
    'search_one_row': {'results': [{'campaign': {'resourceName': '', 'name': '', 'id': ''}}], 'fieldMask': '', 'queryResourceConsumption': ''},
    'customer_self_stream': [
        {
            'results': [{'customer': {'resourceName': '', 'id': '', 'descriptiveName': '', 'manager': True, 'testAccount': True, 'status': ''}}],
            'fieldMask': '',
            'requestId': '',
            'queryResourceConsumption': '',
        }
    ],
    'campaigns_with_budget_stream': [
        {'results': [{'campaign': CAMPAIGN, 'campaignBudget': {'resourceName': '', 'status': '', 'amountMicros': ''}}], 'fieldMask': '', 'requestId': ''}
    ],
    'ad_group_ads_stream': [
        {
            'results': [
                {
                    'campaign': {'resourceName': '', 'name': ''},
                    'adGroup': {'resourceName': '', 'name': ''},
                    'adGroupAd': {'resourceName': '', 'status': '', 'ad': {'type': '', 'resourceName': ''}, 'adGroup': ''},
                }
            ],
            'fieldMask': '',
            'requestId': '',
        }
    ],
    'search_stream_empty': [{'fieldMask': '', 'requestId': '', 'queryResourceConsumption': ''}],
    'metrics_row_daily': {
        'results': [
            {
                'campaign': {'resourceName': '', 'name': '', 'id': ''},
                'adGroup': {'resourceName': '', 'id': '', 'name': '', 'status': ''},
                'metrics': {'clicks': '', 'costMicros': '', 'allConversionsValue': 1, 'allConversions': 1, 'impressions': ''},
                'segments': {'date': ''},
            }
        ]
    },
    'search_paged_3_pages': [{'results': [{'campaign': {}}], 'nextPageToken': '', 'totalResultsCount': '', 'fieldMask': ''}] * 2
    + [{'results': [{'campaign': {}}], 'totalResultsCount': '', 'fieldMask': ''}],
    'error_401_no_details': {'error': {'code': 1, 'message': '', 'status': ''}},
    'error_403_user_permission_denied': ERROR,
    'error_403_developer_token_not_approved_stream': [ERROR],
    'error_403_api_disabled': {'error': {'code': 1, 'message': '', 'status': '', 'details': [{'@type': '', 'links': [{'description': '', 'url': ''}]}]}},
    'error_400_bad_request_json': {'error': {'code': 1, 'message': '', 'status': '', 'details': [{'@type': '', 'fieldViolations': [{'description': ''}]}]}},
    'error_400_concurrent_modification': ERROR,
    'error_429_resource_exhausted': ERROR,
    'oauth_token_code_exchange': {'access_token': '', 'expires_in': 1, 'refresh_token': '', 'scope': '', 'token_type': '', 'refresh_token_expires_in': 1},
    'oauth_error_invalid_grant': {'error': '', 'error_description': ''},
}


def same(name, ours):
    fits(harness.sample('google', name, STANDINS), ours, name)


def recorded_answers_have_the_same_shape(path):
    with Adsim(path, google_page_rows=4) as sim:
        token, one = mint(sim)['access_token'], 'SELECT campaign.id, campaign.name FROM campaign'
        pages, body = [], {}
        for _ in range(3):
            pages.append(search(sim, token, DIRECT, one, searchSettings={'returnTotalResultsCount': True}, **body).json)
            body = {'pageToken': pages[-1].get('nextPageToken')}
        same('search_paged_3_pages', pages)
        true('nextPageToken' not in pages[2])
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        same('list_accessible_customers', sim.ask(ADS, '/v21/customers:listAccessibleCustomers', token, headers=headers()).json)
        same('search_one_row', search(sim, token, DIRECT, one, version='v21').json)
        query = 'SELECT customer.id, customer.descriptive_name, customer.manager, customer.test_account, customer.status FROM customer'
        answer = search(sim, token, ROOT, query, ROOT, 'searchStream', 'v21')
        same('customer_self_stream', answer.json)
        equal(answer.json[0]['fieldMask'], 'customer.id,customer.descriptiveName,customer.manager,customer.testAccount,customer.status')
        query = (
            'SELECT campaign.resource_name, campaign.id, campaign.name, campaign.status, campaign.advertising_channel_type, campaign.start_date, campaign.end_date, '
            'campaign.campaign_budget, campaign.contains_eu_political_advertising, campaign_budget.resource_name, campaign_budget.amount_micros, campaign_budget.status '
            'FROM campaign WHERE campaign.end_date IS NOT NULL AND campaign_budget.amount_micros > 0'
        )
        ours = search(sim, token, DIRECT, query, call='searchStream', version='v21').json
        real = harness.sample('google', 'campaigns_with_budget_stream', STANDINS)
        fits(real[0]['results'], ours[0]['results'], 'campaigns')
        if len(real[0]['fieldMask']) > 0:
            equal(ours[0]['fieldMask'], real[0]['fieldMask'])
        query = (
            'SELECT ad_group_ad.resource_name, ad_group_ad.status, ad_group_ad.ad.name, ad_group_ad.ad.type, ad_group_ad.ad_group, ad_group.name, '
            'campaign.resource_name, campaign.name FROM ad_group_ad'
        )
        same('ad_group_ads_stream', search(sim, token, DIRECT, query, call='searchStream', version='v21').json)
        empty = search(sim, token, DIRECT, 'SELECT campaign.id FROM campaign WHERE campaign.id = 1', call='searchStream')
        same('search_stream_empty', empty.json)
        query = (
            'SELECT campaign.name, campaign.id, ad_group.id, ad_group.name, ad_group.status, metrics.clicks, metrics.cost_micros, metrics.all_conversions_value, '
            'metrics.all_conversions, metrics.impressions, segments.date FROM ad_group ' + CREATED + ' AND metrics.all_conversions_value > 1 AND metrics.clicks > 0'
        )
        real = harness.sample('google', 'metrics_row_daily', STANDINS)
        for row in real['results']:
            row.pop('searchTermView', None)  # another resource
        fits(real, search(sim, token, DIRECT, query).json, 'metrics_row_daily')


def recorded_refusals_have_the_same_shape(path):
    with Adsim(path, google_testing=1, google_approved=0) as sim:
        token, query = mint(sim)['access_token'], 'SELECT customer.id FROM customer'
        same('error_403_developer_token_not_approved_stream', search(sim, token, DIRECT, query, call='searchStream', version='v21').json)
        sim.control('set', name='google-approved', value='1')
        real = harness.sample('google', 'error_403_user_permission_denied', STANDINS)
        real['error']['details'] = real['error']['details'][:1]  # DebugInfo came to that one caller only
        fits(real, search(sim, token, BELOW, query).json, 'error_403_user_permission_denied')
        same('error_401_no_details', search(sim, 'x', DIRECT, query).json)
        sim.fault('error', error='api_disabled', count=1)
        same('error_403_api_disabled', search(sim, token, DIRECT, query).json)
        real = harness.sample('google', 'error_400_bad_request_json', STANDINS)
        for violation in real['error']['details'][0]['fieldViolations']:
            violation.pop('field', None)  # there is none at the top of a body
        fits(real, search(sim, token, DIRECT, query, paths1=1).json, 'error_400_bad_request_json')
        sim.fault('error', error='databaseError.CONCURRENT_MODIFICATION', count=1)
        same('error_400_concurrent_modification', search(sim, token, DIRECT, query).json)
        sim.fault('throttle', count=1)
        ours, real = search(sim, token, DIRECT, query).json, harness.sample('google', 'error_429_resource_exhausted', STANDINS)
        fits(real, ours, 'error_429_resource_exhausted')
        if 'details' in real['error']['details'][0]['errors'][0]:
            for part in (real, ours):
                part['error']['details'][0].pop('requestId')
                part['error']['details'][0].pop('@type')
            equal(ours, real)
        back = consent(sim)[1]
        same('oauth_token_code_exchange', exchange(sim, back['code']).json)
        sim.control('token.kill', platform='google', user=0, reason='password')
        dead = mint(sim, 1)
        sim.control('token.kill', platform='google', token=dead['refresh_token'], reason='deauthorized')
        same('oauth_error_invalid_grant', refresh(sim, dead['refresh_token']).json)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
