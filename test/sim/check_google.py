#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Google Ads on adsim, from outside: consent, tokens, the tree of managers, quotas, refusals, faults."""
import base64
import hashlib
import http.client
import re
import sys
import urllib.parse

import harness
from google_client import (
    ACCOUNTS,
    ADS,
    ADWORDS,
    AGENCY,
    BELOW,
    CLIENT,
    DEAD,
    DEEP,
    DIRECT,
    OLD,
    ROOT,
    SECRET,
    TOKENS,
    consent,
    exchange,
    flat,
    headers,
    mint,
    refresh,
    refused,
    rows,
    search,
)
from harness import CALLBACK, Adsim, equal, true


# ---- consent and tokens


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
        for version, there, gone in (
            ('v22', 'campaign.start_date', 'campaign.start_date_time'),
            ('v23', 'campaign.start_date_time', 'campaign.start_date'),
        ):
            equal(search(sim, token, DIRECT, 'SELECT %s FROM campaign' % there, version=version).status, 200)
            error = refused(
                search(sim, token, DIRECT, 'SELECT %s FROM campaign' % gone, version=version), 400, 'queryError', 'UNRECOGNIZED_FIELD'
            )
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
        refused(
            search(sim, token, DIRECT, query, AGENCY),
            403,
            'authorizationError',
            'INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION',
        )
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
        refused(
            search(sim, mint(sim, 1)['access_token'], '5200007919', 'SELECT customer.id FROM customer'),
            429,
            'quotaError',
            'RESOURCE_EXHAUSTED',
        )
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
    'authenticationError.TWO_STEP_VERIFICATION_NOT_ENROLLED authenticationError.GOOGLE_ACCOUNT_DELETED '
    'authenticationError.CLIENT_CUSTOMER_ID_INVALID',
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
        details = refused(search(sim, token, DIRECT, query), 429, 'quotaError', 'RESOURCE_TEMPORARILY_EXHAUSTED')['details'][
            'quotaErrorDetails'
        ]
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


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
