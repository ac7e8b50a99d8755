#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""X Ads on adsim, from outside: signatures, consent, tokens, versions, limits, refusals, faults."""
import base64
import hashlib
import http.client
import json
import re
import sys
import urllib.parse

import harness
from harness import CALLBACK, Adsim, equal, fits, sample, true
from x_client import (
    ADS,
    API,
    FIRST,
    KEY,
    SECRET,
    WEB,
    access_token,
    advance,
    agree,
    base_string,
    call,
    consent,
    enc,
    form_of,
    get,
    header,
    mint,
    now_of,
    refused,
    request_token,
    rows,
    signature,
)

SMALL = dict(users=2, accounts=2, campaigns=2, adsets=1, ads=1)
CAMPAIGNS = '/12/accounts/%s/campaigns' % FIRST


# ---- signatures


VECTOR = {
    'method': 'POST',
    'url': 'https://api.x.com/1.1/statuses/update.json',
    'query': {'include_entities': 'true'},
    'form_body': {'status': 'Hello Ladies + Gentlemen, a signed OAuth request!'},
    'oauth': {
        'oauth_consumer_key': 'xvz1evFS4wEEPTGEFPHBog',
        'oauth_nonce': 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
        'oauth_signature_method': 'HMAC-SHA1',
        'oauth_timestamp': '1318622958',
        'oauth_token': '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
        'oauth_version': '1.0',
    },
    'consumer_secret': 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    'token_secret': 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
    'signature': 'Ls93hJiZbQ3akF3HF3x1Bz8/zU4=',
}

STANDINS = {
    'oauth1_signature_vectors': [VECTOR],
    'oauth_token_responses': [
        {'call': 'request_token', 'body_text': 'oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true'},
        {'call': 'callback', 'query': 'oauth_token=a&oauth_verifier=b'},
        {'call': 'access_token', 'body_text': 'oauth_token=a&oauth_token_secret=b&user_id=1&screen_name=c'},
    ],
    'errors_recorded': [
        {'http_status': 401, 'call': 'revoked', 'body': {'errors': [{'code': 89, 'message': 'Invalid or expired token.'}]}},
        {'http_status': None, 'call': 'sunset', 'body': {'errors': [{'code': 'INVALID', 'message': 'Version 5.0 is not available.'}]}},
    ],
    'throttle_and_rate_headers': [
        {'headers': {'x-access-level': '', 'x-rate-limit-limit': '2000', 'x-rate-limit-reset': '1'}},
        {'headers': {'x-account-rate-limit-limit': '10000', 'x-account-rate-limit-reset': '1'}},
    ],
}


def our_own_signature_is_that_of_the_published_requests(path):
    del path
    for vector in sample('x', 'oauth1_signature_vectors', STANDINS):
        pairs = [p for part in ('query', 'form_body', 'oauth') for p in (vector.get(part) or {}).items()]
        base = base_string(vector['method'], vector['url'], [p for p in pairs if p[0] != 'oauth_signature'])
        equal(signature(base, vector['consumer_secret'], vector.get('token_secret') or ''), vector['signature'], vector['url'])


def a_signature_covers_everything_that_is_sent(path):
    with Adsim(path, **SMALL) as sim:
        keys = mint(sim)
        equal(call(sim, keys, CAMPAIGNS, q='Été & "plus" 100 %, a:b').status, 200)
        equal(call(sim, keys, CAMPAIGNS, host='ads-api.twitter.com').status, 200)
        url = 'https://' + ADS + CAMPAIGNS

        def sent(what, query='', method='GET', pairs=(), url=url, keys=keys, **oauth):
            given = header(sim, method, url, pairs, keys, **oauth)
            answer = sim.call(ADS, 'GET', CAMPAIGNS + query, None, {'Authorization': given})
            equal((what, answer.status), (what, 401))
            refused(answer, 401, 'UNAUTHORIZED_ACCESS')

        sent('a query that is not signed', '?count=1')
        sent('a parameter that is signed but not sent', pairs=[('count', '1')])
        sent('another verb', method='POST')
        sent('another host', url=url.replace('x.com', 'twitter.com'))
        sent('the query in the address', '?count=1', url=url + '?count=1')
        sent('a comma that is not encoded', '?campaign_ids=a,b', pairs=[('campaign_ids', 'a,b')])
        sent('a plus for a blank', '?q=a+b', pairs=[('q', 'a b')])
        raw = dict(oauth_consumer_key=KEY, oauth_nonce='raw', oauth_signature_method='HMAC-SHA1', oauth_timestamp=str(now_of(sim)),
                   oauth_token=keys[0], oauth_version='1.0')
        joined = '&'.join(sorted('%s=%s' % pair for pair in dict(raw, campaign_ids='a,b').items()))
        raw['oauth_signature'] = signature('&'.join(['GET', enc(url), enc(joined)]), SECRET, keys[1])
        sent('a comma that is encoded neither where it is signed nor where it is sent', '?campaign_ids=a,b', **raw)
        sent('small hexadecimal digits', '?q=a%2cb', pairs=[('q', 'a,b')])
        sent('a parameter twice', '?q=a&q=b', pairs=[('q', 'a'), ('q', 'b')])
        sent('a wrong secret', keys=(keys[0], 'x'))
        sent('an unknown token', keys=('1-abc', keys[1]))
        sent('the user of another token', keys=(keys[0].replace('7', '8', 1), keys[1]))
        sent('an unknown app', consumer=('other', SECRET))
        sent('another method of signing', oauth_signature_method='PLAINTEXT')
        sent('no token', oauth_token=None)
        for given in (None, 'OAuth ', 'OAuth oauth_token=x', 'Bearer abc', 'Basic abc'):
            answer = sim.call(ADS, 'GET', CAMPAIGNS, None, {'Authorization': given} if given else {})
            refused(answer, 401, 'UNAUTHORIZED_ACCESS')
            equal(answer.json['errors'][0]['message'], 'This request is not properly authenticated')


def a_nonce_is_used_once_and_a_time_must_be_near(path):
    with Adsim(path, **SMALL) as sim:
        keys, url = mint(sim), 'https://' + ADS + CAMPAIGNS
        given = {'Authorization': header(sim, 'GET', url, [], keys)}
        equal(sim.call(ADS, 'GET', CAMPAIGNS, None, given).status, 200)
        refused(sim.call(ADS, 'GET', CAMPAIGNS, None, given), 401, 'UNAUTHORIZED_ACCESS')
        for off, fine in ((-300, True), (300, True), (-301, False), (301, False)):
            answer = call(sim, keys, CAMPAIGNS, oauth=dict(oauth_timestamp=str(now_of(sim) + off)))
            equal((off, answer.status), (off, 200 if fine else 401))
            if not fine:
                refused(answer, 401, 135)
        equal(answer.header('Date')[-3:], 'GMT')
        sim.control('set', name='x-skew', value='0')
        equal(call(sim, keys, CAMPAIGNS, oauth=dict(oauth_timestamp='5')).status, 200)


def a_form_is_signed_and_a_json_body_is_not(path):
    with Adsim(path, **SMALL) as sim:
        keys = mint(sim)
        answer = call(sim, keys, '/12/stats/jobs/accounts/' + FIRST, 'POST', form=dict(entity='ACCOUNT'))
        refused(answer, 400, 'MISSING_PARAMETER')  # it was understood
        url = 'https://%s/12/stats/jobs/accounts/%s' % (ADS, FIRST)
        headers = {'Authorization': header(sim, 'POST', url, [], keys), 'Content-Type': 'application/x-www-form-urlencoded'}
        refused(sim.call(ADS, 'POST', '/12/stats/jobs/accounts/' + FIRST, 'entity=ACCOUNT', headers), 401, 'UNAUTHORIZED_ACCESS')
        headers = {'Authorization': header(sim, 'POST', url, [], keys), 'Content-Type': 'application/json'}
        answer = sim.call(ADS, 'POST', '/12/stats/jobs/accounts/' + FIRST, json.dumps({'entity': 'ACCOUNT'}), headers)
        equal(refused(answer, 400, 'MISSING_PARAMETER')['parameter'], 'entity')


# ---- consent


def three_steps_lead_to_a_token(path):
    with Adsim(path, **SMALL) as sim:
        answer = request_token(sim, CALLBACK + '?mine=a%20b')
        equal(answer.header('Content-Type'), 'text/html; charset=utf-8')
        given = form_of(answer)
        equal((given['oauth_callback_confirmed'], sorted(given)), ('true', sorted(['oauth_token', 'oauth_token_secret', 'oauth_callback_confirmed'])))
        answer, back = agree(sim, given, user=1)
        equal((answer.status, back['mine'], back['oauth_token']), (302, 'a b', given['oauth_token']))
        got = form_of(access_token(sim, given, back['oauth_verifier']))
        equal(sorted(got), ['oauth_token', 'oauth_token_secret', 'screen_name', 'user_id'])
        true(got['oauth_token'].startswith(got['user_id'] + '-'), got)
        mine = [row['id'] for row in rows(sim, (got['oauth_token'], got['oauth_token_secret']), 'accounts')]
        equal((len(mine), FIRST in mine), (2, False))
        refused(access_token(sim, given, back['oauth_verifier']), 401, 89)
        for one in sample('x', 'oauth_token_responses', STANDINS)[:3]:
            ours = next(mine for word, mine in (('request_token', given), ('callback', back), ('access_token', got)) if word in one['call'])
            real = dict(urllib.parse.parse_qsl(one.get('body_text') or one['query']))
            true(real and set(real) <= set(ours), (sorted(real), sorted(ours)))


def the_page_is_a_form_that_a_person_can_send(path):
    with Adsim(path, **SMALL) as sim:
        given = form_of(request_token(sim))
        page = agree(sim, given, auto=None)[0].body.decode()
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        equal(fields['oauth_token'], given['oauth_token'])
        answer = sim.ask(API, '/oauth/authorize', form=dict(fields, auto='1', user='1'))
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.header('Location')).query))
        equal(access_token(sim, given, back['oauth_verifier']).status, 200)


def a_consent_can_be_refused_in_every_way(path):
    with Adsim(path, redirect_uri=CALLBACK, **SMALL) as sim:
        given = form_of(request_token(sim))
        equal(agree(sim, given, auto=None, deny='1')[1], {'denied': given['oauth_token']})
        for page in (agree(sim, given)[0], sim.agree(API, '/oauth/authorize', oauth_token='x')[0], sim.agree(API, '/oauth/authorize')[0]):
            true(page.status == 400 and b'The request token for this page is invalid' in page.body, page.body)
        refused(access_token(sim, given, 'x'), 401, 89)
        given = form_of(request_token(sim, CALLBACK + '?state=1'))
        refused(access_token(sim, given, 'x'), 401, 89)  # nobody agreed yet
        verifier = agree(sim, given)[1]['oauth_verifier']
        refused(access_token(sim, given, verifier + 'x'), 401, 89)
        refused(access_token(sim, dict(given, oauth_token_secret='x'), verifier), 401, 32)
        refused(call(sim, (given['oauth_token'], given['oauth_token_secret']), '/oauth/access_token', 'POST', API), 401, 89)
        equal(access_token(sim, given, verifier).status, 200)
        for callback in ('https://evil.example/', CALLBACK + '/x', None):
            answer = request_token(sim, callback)
            equal((answer.status, b'<error code="415">' in answer.body), (403, True), answer.body)
        refused(request_token(sim, consumer=('other', 'x')), 401, 32)
        refused(request_token(sim, consumer=(KEY, 'x')), 401, 32)
        refused(sim.call(API, 'POST', '/oauth/request_token', None, {}), 401, 32)
        refused(call(sim, None, '/oauth/request_token', 'GET', API), 404, 34)
        given = form_of(request_token(sim))
        advance(sim, 600)
        equal(agree(sim, given)[0].status, 400, 'a request token does not wait for ever')


def a_number_is_typed_where_there_is_no_address(path):
    with Adsim(path, **SMALL) as sim:
        given = form_of(request_token(sim, 'oob'))
        page = agree(sim, given)[0].body.decode()
        pin = re.search(r'<code>(\d{7})</code>', page).group(1)
        equal(access_token(sim, given, pin).status, 200)
        given = form_of(request_token(sim, 'oob'))
        true(b'denied' in agree(sim, given, auto=None, deny='1')[0].body)


def who_agreed_before_is_not_asked_by_authenticate(path):
    with Adsim(path, **SMALL) as sim:
        true(b'<form' in agree(sim, form_of(request_token(sim)), 'authenticate', auto=None)[0].body)
        consent(sim)
        given = form_of(request_token(sim))
        equal(access_token(sim, given, agree(sim, given, 'authenticate', auto=None)[1]['oauth_verifier']).status, 200)
        true(b'<form' in agree(sim, form_of(request_token(sim)), 'authenticate', auto=None, force_login='true')[0].body)
        true(b'<form' in agree(sim, form_of(request_token(sim)), 'authorize', auto=None)[0].body)


# ---- tokens


def a_token_lives_until_somebody_ends_it(path):
    with Adsim(path, **SMALL) as sim:
        keys, other = consent(sim), consent(sim)
        advance(sim, 5 * 365 * 86400)
        equal(call(sim, keys, CAMPAIGNS).status, 200)
        answer = call(sim, keys, '/1.1/oauth/invalidate_token.json', 'POST', API)
        equal((answer.status, answer.json), (200, {'access_token': keys[0]}))
        error = refused(call(sim, keys, CAMPAIGNS), 401, 89)
        equal(error['message'], 'Invalid or expired token.')
        refused(call(sim, keys, '/1.1/oauth/invalidate_token.json', 'POST', API), 401, 89)
        equal(call(sim, other, CAMPAIGNS).status, 200)
        for reason, status, code in (
            ('deauthorized', 401, 89),
            ('password', 401, 89),
            ('checkpoint', 403, 'CURRENT_USER_SUSPENDED'),
            ('unconfirmed', 403, 'ACCOUNT_LOCKED_OUT'),
        ):
            keys = mint(sim, 1)
            sim.control('token.kill', platform='x', token=keys[0].split('-')[1], reason=reason)
            answer = call(sim, keys, '/12/accounts')
            refused(answer, status, code)


def an_app_may_be_kept_out_and_tells_its_level(path):
    with Adsim(path, **SMALL) as sim:
        keys = mint(sim)
        equal(call(sim, keys, CAMPAIGNS).header('x-access-level'), 'read-write')
        equal(call(sim, mint(sim, read_only=True), CAMPAIGNS).header('x-access-level'), 'read')
        given = form_of(request_token(sim, x_auth_access_type='read'))
        got = form_of(access_token(sim, given, agree(sim, given)[1]['oauth_verifier']))
        equal(call(sim, (got['oauth_token'], got['oauth_token_secret']), CAMPAIGNS).header('x-access-level'), 'read')
        sim.control('set', name='x-access', value='none')
        refused(call(sim, keys, CAMPAIGNS), 403, 'UNAUTHORIZED_CLIENT_APPLICATION')
    with Adsim(path, app='x=mine:two\nx=other:three', **SMALL) as sim:
        keys = mint(sim, app='mine')
        equal(call(sim, keys, CAMPAIGNS, consumer=('mine', 'two')).status, 200)
        refused(call(sim, keys, CAMPAIGNS, consumer=('other', 'three')), 401, 'UNAUTHORIZED_ACCESS')
        refused(call(sim, keys, CAMPAIGNS), 401, 'UNAUTHORIZED_ACCESS')


# ---- OAuth 2.0


VERIFIER = 'v' * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip('=')
BASIC = {'Authorization': 'Basic ' + base64.b64encode(('%s:%s' % (KEY, SECRET)).encode()).decode()}


def page2(sim, **params):
    query = dict(
        response_type='code', client_id=KEY, redirect_uri=CALLBACK, scope='ads.read offline.access', state='s t', code_challenge=CHALLENGE,
        code_challenge_method='S256',
    )
    return sim.agree(WEB, '/i/oauth2/authorize', **dict(query, **params))


def token2(sim, headers=BASIC, **form):
    return sim.ask(API, '/2/oauth2/token', form={k: v for k, v in form.items() if v is not None}, headers=headers)


def code2(sim, code, **more):
    return token2(sim, **dict(dict(grant_type='authorization_code', code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER), **more))


def wrong2(answer, error='invalid_request', status=400):
    equal((answer.status, answer.json['error'], sorted(answer.json)), (status, error, ['error', 'error_description']), answer.body)


def oauth_2_rotates_its_refresh_token(path):
    with Adsim(path, **SMALL) as sim:
        back = page2(sim)[1]
        equal(back['state'], 's t')
        got = code2(sim, back['code']).json
        equal((got['token_type'], got['expires_in'], got['scope']), ('bearer', 7200, 'ads.read offline.access'))
        wrong2(code2(sim, back['code']))
        again = token2(sim, grant_type='refresh_token', refresh_token=got['refresh_token']).json
        true(again['refresh_token'] != got['refresh_token'])
        wrong2(token2(sim, grant_type='refresh_token', refresh_token=got['refresh_token']))
        wrong2(token2(sim, grant_type='refresh_token', refresh_token=again['refresh_token']))  # the second use ended everything
        first = code2(sim, page2(sim)[1]['code']).json
        code2(sim, page2(sim)[1]['code'])
        wrong2(token2(sim, grant_type='refresh_token', refresh_token=first['refresh_token']))  # another consent ended the first
        true('refresh_token' not in code2(sim, page2(sim, scope='ads.read')[1]['code']).json)
        plain = page2(sim, code_challenge=VERIFIER, code_challenge_method='plain')[1]['code']
        equal(code2(sim, plain, client_id=KEY, headers={}).status, 200)  # a public client names itself
        equal(page2(sim, auto=None, deny='1')[1], {'error': 'access_denied', 'state': 's t'})


def oauth_2_refuses_what_is_wrong(path):
    with Adsim(path, redirect_uri=CALLBACK, **SMALL) as sim:
        for wrong in (
            dict(client_id='x'),
            dict(redirect_uri='https://evil.example/'),
            dict(response_type='token'),
            dict(scope='nonsense'),
            dict(scope=None),
            dict(state=None),
            dict(state='s' * 501),
            dict(code_challenge=None),
            dict(code_challenge_method='S1'),
        ):
            equal(page2(sim, **wrong)[0].status, 400, wrong)
        fresh = lambda: page2(sim)[1]['code']
        wrong2(code2(sim, 'x'))
        wrong2(code2(sim, fresh(), redirect_uri=CALLBACK + '/'))
        wrong2(code2(sim, fresh(), code_verifier='w' * 43))
        wrong2(code2(sim, fresh(), code_verifier=None))
        wrong2(code2(sim, fresh(), client_secret=SECRET))
        wrong2(code2(sim, fresh(), grant_type='password'), 'unsupported_grant_type')
        wrong2(code2(sim, fresh(), headers={}), 'unauthorized_client', 401)
        late = fresh()
        advance(sim, 30)
        wrong2(code2(sim, late))
        got = code2(sim, fresh()).json
        equal(sim.ask(API, '/2/oauth2/revoke', form={'token': got['refresh_token']}, headers=BASIC).status, 200)
        wrong2(token2(sim, grant_type='refresh_token', refresh_token=got['refresh_token']))


def the_ads_api_takes_a_bearer_only_where_it_is_told_to(path):
    with Adsim(path, **SMALL) as sim:
        got = code2(sim, page2(sim)[1]['code']).json
        refused(sim.ask(ADS, CAMPAIGNS, got['access_token']), 401, 'UNAUTHORIZED_ACCESS')
        sim.control('set', name='x-bearer', value='1')
        equal(sim.ask(ADS, CAMPAIGNS, got['access_token']).status, 200)
        writer = code2(sim, page2(sim, scope='ads.write', user=1)[1]['code']).json
        refused(sim.ask(ADS, '/12/accounts', writer['access_token']), 401, 'UNAUTHORIZED_ACCESS')
        advance(sim, 7200)
        refused(sim.ask(ADS, CAMPAIGNS, got['access_token']), 401, 'UNAUTHORIZED_ACCESS')


def an_app_has_a_token_of_its_own_that_opens_no_ads(path):
    with Adsim(path, limit_scale=1, **SMALL) as sim:
        ask = lambda headers=BASIC, **form: sim.ask(API, '/oauth2/token', form=form, headers=headers)
        got = ask(grant_type='client_credentials')
        equal((got.status, got.json['token_type'], got.json['access_token'][:4]), (200, 'bearer', 'AAAA'))
        sim.control('set', name='x-bearer', value='1')
        refused(sim.ask(ADS, CAMPAIGNS, got.json['access_token']), 401, 'UNAUTHORIZED_ACCESS')
        refused(ask(headers={}, grant_type='client_credentials'), 403, 99)
        refused(ask(), 403, 170)
        equal([ask(grant_type='client_credentials').status for _ in range(3)], [200, 200, 403])
        refused(ask(grant_type='client_credentials'), 403, 99)


# ---- routes


def versions_routes_verbs_and_accounts_are_refused_as_they_are(path):
    with Adsim(path, users=2, accounts=9, campaigns=1, adsets=1, ads=1) as sim:
        keys = mint(sim)
        equal(call(sim, keys, CAMPAIGNS).header('x-current-api-version'), '12')
        equal(call(sim, keys, CAMPAIGNS.replace('12', '11', 1)).status, 200)
        error = refused(call(sim, keys, '/5/accounts'), 400, 'INVALID')
        equal(error['message'], 'Version 5.0 is not available.')
        for wrong in ('/accounts', '/12/nothing', '/12/accounts/%s/nothing' % FIRST, '/12/stats/accounts/%s/x' % FIRST, CAMPAIGNS + '/a/b'):
            refused(call(sim, keys, wrong), 404, 'ROUTE_NOT_FOUND')
        refused(call(sim, keys, CAMPAIGNS, 'PUT'), 405, 'METHOD_NOT_ALLOWED')
        refused(call(sim, keys, '/12/stats/accounts/' + FIRST, 'POST', form={}), 405, 'METHOD_NOT_ALLOWED')
        for wrong in ('938627011618263040', '18CE54D4X5T', str(int(FIRST, 36)), 'x'):
            error = refused(call(sim, keys, '/12/accounts/%s/campaigns' % wrong), 403, 'NOT_FOUND')
            equal(error['message'], 'Account %s was not found' % wrong)
            refused(call(sim, keys, '/12/accounts/' + wrong), 403, 'NOT_FOUND')
        refused(call(sim, mint(sim, 1), CAMPAIGNS), 403, 'NOT_FOUND')
        sim.control('access', platform='x', user=0, account=FIRST, allow=False)
        refused(call(sim, keys, CAMPAIGNS), 403, 'NOT_FOUND')
        true(FIRST not in [row['id'] for row in rows(sim, keys, 'accounts')])
        dead = next(row for row in rows(sim, keys, 'accounts', with_deleted=True) if row['deleted'])['id']
        refused(call(sim, keys, '/12/accounts/%s/campaigns' % dead), 404, 'ACCOUNT_NOT_FOUND')
        refused(call(sim, keys, '/12/accounts/' + dead), 404, 'NOT_FOUND')
        equal(get(sim, keys, 'accounts/' + dead, with_deleted=True)['data']['deleted'], True)


def what_is_recorded_of_refusals_is_what_we_say(path):
    """calls of the recorded refusals, and the bodies"""
    with Adsim(path, **SMALL) as sim:
        keys = mint(sim)
        stats = dict(entity='CAMPAIGN', entity_ids='a', granularity='DAY', placement='ALL_ON_TWITTER', metric_groups='ENGAGEMENT')
        url = '/12/stats/accounts/' + FIRST
        killed = mint(sim)
        sim.control('token.kill', platform='x', token=killed[0].split('-')[1], reason='expired')
        answers = {
            'empty start_time': call(sim, keys, url, start_time='', end_time='2026-03-02', **stats),
            'not account-local': call(sim, keys, url, start_time='2026-03-01T01:00:00Z', end_time='2026-03-02T01:00:00Z', **stats),
            'signature or token': call(sim, (keys[0], 'x'), url),
            'revoked': call(sim, killed, url),
            'cannot see': call(sim, keys, '/12/accounts/938627011618263040'),
            'sunset': call(sim, keys, '/5/accounts'),
            'allow-listed': request_token(sim, 'ftp://x'),
        }
        sim.control('set', name='x-access', value='none')
        answers['no Ads API access'] = call(sim, keys, url)
        for one in sample('x', 'errors_recorded', STANDINS):
            if '100 jobs' in one['call']:
                continue  # with the jobs
            if 'not account-local' not in one['call'] and 'account-local midnight' in one['call']:
                ours = answers['not account-local']
            else:
                ours = next(answers[k] for k in answers if k in one['call'])
            if one['http_status']:
                equal(ours.status, one['http_status'], one['call'])
            if 'body_text' in one:
                equal(ours.body.decode(), one['body_text'])
                continue
            fits({k: v for k, v in one['body'].items() if k != 'request'}, ours.json, one['call'])
            for real, mine in zip(one['body']['errors'], ours.json['errors']):
                equal({k: mine[k] for k in real}, real, one['call'])
            equal(len(ours.json['errors']), len(one['body']['errors']))


# ---- limits


def left(answer, who='x-account-rate-limit'):
    return tuple(int(answer.header('%s-%s' % (who, part))) for part in ('limit', 'remaining', 'reset'))


def an_accounts_lists_and_a_persons_calls_run_out_apart(path):
    with Adsim(path, limit_scale=1, **SMALL) as sim:  # 100 and 20 in a quarter of an hour
        keys, begun = mint(sim), now_of(sim)
        answer = call(sim, keys, CAMPAIGNS)
        equal(left(answer), (100, 99, begun + 900))
        equal(left(answer, 'x-rate-limit')[0], 1000)
        advance(sim, 60)
        for _ in range(99):
            answer = call(sim, keys, CAMPAIGNS)
        equal((answer.status, left(answer)), (200, (100, 0, begun + 900)))
        answer = call(sim, keys, CAMPAIGNS)
        refused(answer, 429, 'TOO_MANY_REQUESTS')
        equal(left(answer), (100, 0, begun + 900))
        second = rows(sim, keys, 'accounts')[1]['id']
        equal(call(sim, keys, '/12/accounts/%s/campaigns' % second).status, 200)
        equal(call(sim, keys, '/12/accounts/%s/line_items' % FIRST).status, 200)
        refused(call(sim, mint(sim), CAMPAIGNS), 429, 'TOO_MANY_REQUESTS')
        answer = call(sim, keys, '/12/accounts/%s/funding_instruments' % FIRST)
        equal((left(answer, 'x-rate-limit')[0], answer.header('x-account-rate-limit-limit')), (20, None))
        advance(sim, 840)  # when it was told to end; it ends two seconds later
        refused(call(sim, keys, CAMPAIGNS), 429, 'TOO_MANY_REQUESTS')
        advance(sim, 2)
        equal(left(call(sim, keys, CAMPAIGNS))[1], 99)
        sim.control('set', name='tier', value='off')
        sim.control('set', name='limit-scale', value='1')
        equal({call(sim, keys, CAMPAIGNS).status for _ in range(120)}, {200})


def each_limit_has_its_own_measure(path):
    with Adsim(path, limit_scale=4, tier='limited', **SMALL) as sim:
        keys = mint(sim)
        account = '/12/accounts/%s/' % FIRST
        stats = dict(
            entity='ACCOUNT', entity_ids=FIRST, start_time='2026-03-01', end_time='2026-03-02', granularity='DAY',
            placement='ALL_ON_TWITTER', metric_groups='ENGAGEMENT',
        )
        for calls, ask in (
            (10, lambda: call(sim, keys, '/12/stats/accounts/' + FIRST, **stats)),
            (16, lambda: call(sim, keys, account + 'targeting_criteria', line_item_ids='a')),
            (60, lambda: call(sim, keys, account + 'custom_audiences')),
            (8, lambda: call(sim, keys, account + 'campaigns', with_total_count=True)),
            (80, lambda: call(sim, keys, account + 'features')),
        ):
            equal([ask().status for _ in range(calls)], [200] * calls)
            refused(ask(), 429, 'TOO_MANY_REQUESTS')
        advance(sim, 62)
        equal(call(sim, keys, account + 'custom_audiences').status, 200, 'a minute for audiences')
        refused(call(sim, keys, '/12/stats/accounts/' + FIRST, **stats), 429, 'TOO_MANY_REQUESTS')
        sim.control('set', name='limit-scale', value='100')
        for _ in range(5):
            equal(call(sim, keys, '/12/accounts').status, 200)
        refused(call(sim, keys, '/12/accounts'), 429, 'TOO_MANY_REQUESTS')  # five where the tier is limited, as the table says


def the_recorded_headers_are_ours(path):
    with Adsim(path, **SMALL) as sim:
        keys = mint(sim)
        answers = [call(sim, keys, '/12/accounts'), call(sim, keys, CAMPAIGNS)]
        for real, ours in zip(sample('x', 'throttle_and_rate_headers', STANDINS), answers):
            for name in real['headers']:
                if name.startswith('x-'):
                    true(ours.header(name), name)
            equal(ours.header('x-account-rate-limit-limit') or '2000', real['headers'].get('x-account-rate-limit-limit', '2000'))


# ---- faults


CODES = {
    400: 'INVALID_PARAMETER MISSING_PARAMETER INVALID_TIME_WINDOW TOO_MANY_JOBS REQUEST_TOO_COMPLEX FEATURE_NOT_AVAILABLE '
    'INVALID_ACCOUNT_SERVICE_LEVEL DUPLICATE_TWEET ILLEGAL_CHARACTERS',
    401: 'UNAUTHORIZED_ACCESS 32 89 135',
    403: 'UNAUTHORIZED_CLIENT_APPLICATION READONLY_CLIENT_APPLICATION NOT_FOUND ACCOUNT_NOT_FOUND USER_NOT_FOUND ACTION_NOT_ALLOWED '
    'FUNDING_INSTRUMENT_ACCESS_NOT_ALLOWED CURRENT_USER_SUSPENDED ACCOUNT_LOCKED_OUT MALWARE_STATUS GENERIC_TWEET_ERROR 99',
    404: 'ROUTE_NOT_FOUND CAMPAIGN_NOT_FOUND',
    405: 'METHOD_NOT_ALLOWED',
    408: 'CANCELLED_REQUEST',
    423: 'LOCK_ACQUISITION_TIMEOUT',
    429: 'TOO_MANY_REQUESTS TWEET_RATE_LIMIT_EXCEEDED 88',
    500: 'INTERNAL_ERROR',
    503: 'SERVICE_UNAVAILABLE OVER_CAPACITY',
}


def every_error_of_the_sheet_can_be_asked_for(path):
    with Adsim(path, **SMALL) as sim:
        keys = mint(sim)
        for status, codes in CODES.items():
            for code in codes.split():
                sim.fault('error', code=code, count=1, host=ADS, account=FIRST, platform='x')
                refused(call(sim, keys, CAMPAIGNS), status, int(code) if code.isdigit() else code)
                equal(call(sim, keys, CAMPAIGNS).status, 200)
        sim.fault('error', code='NOT_FOUND', status=404, message='gone', parameter='x', count=1)
        error = refused(call(sim, keys, CAMPAIGNS), 404, 'NOT_FOUND')
        equal((error['message'], error['parameter']), ('gone', 'x'))
        sim.fault('error', code='OVER_CAPACITY', seconds=30, count=1)
        equal(call(sim, keys, CAMPAIGNS).header('retry-after'), '30')
        sim.fault('error', code='415', host=API, count=1)
        true(b'<error code="415">' in request_token(sim).body)
        sim.fault('error', code=32, host=API, count=1)
        refused(request_token(sim), 401, 32)


def a_throttle_tells_of_itself_or_does_not(path):
    with Adsim(path, **SMALL) as sim:
        keys = mint(sim)
        for scope, header_ in (('account', 'x-account-rate-limit'), ('token', 'x-rate-limit')):
            sim.fault('throttle', count=1, scope=scope, seconds=7)
            answer = call(sim, keys, CAMPAIGNS)
            refused(answer, 429, 'TOO_MANY_REQUESTS')
            equal(left(answer, header_)[1:], (0, now_of(sim) + 7))
        sim.fault('throttle', count=1, scope='none', code=88)
        answer = call(sim, keys, CAMPAIGNS)
        equal(refused(answer, 429, 88)['message'], 'Rate limit exceeded')
        equal((answer.header('x-rate-limit-reset'), answer.header('x-account-rate-limit-reset')), (None, None))
        sim.fault('throttle', count=1, seconds=-60)
        true(left(call(sim, keys, CAMPAIGNS), 'x-rate-limit')[2] < now_of(sim), 'a reset that has passed')


def faults_on_the_bytes_do_what_they_say(path):
    with Adsim(path, **SMALL) as sim:
        keys = mint(sim)
        whole = call(sim, keys, CAMPAIGNS).body
        for kind, status in (('html', 502), ('status', 503)):
            sim.fault(kind, count=1, status=status)
            equal(call(sim, keys, CAMPAIGNS).status, status)
        sim.fault('deep', count=1, depth=500)
        true(call(sim, keys, CAMPAIGNS).body.count(b'[') == 500)
        sim.fault('redirect', count=1, location='https://evil.example/')
        equal(call(sim, keys, CAMPAIGNS).header('Location'), 'https://evil.example/')
        sim.fault('replace', count=1, **{'from': '"data"', 'to': '"dat"'})
        true('dat' in call(sim, keys, CAMPAIGNS).json)
        for kind, more in (('truncate', dict(percent=50)), ('cut_before', {}), ('cut_after', {}), ('stall', dict(percent=50, ms=50))):
            sim.fault(kind, count=1, **more)
            try:
                answer = call(sim, keys, CAMPAIGNS)
                true(kind == 'stall' and len(answer.body) == len(whole), kind)
            except (http.client.HTTPException, OSError):
                true(kind != 'stall', kind)
        sim.fault('token_death', count=1, host=ADS)
        refused(call(sim, keys, CAMPAIGNS), 401, 89)
        refused(call(sim, keys, CAMPAIGNS), 401, 89)
        equal(call(sim, mint(sim), CAMPAIGNS).status, 200)


def the_log_tells_what_arrived_and_no_secret(path):
    with Adsim(path, **SMALL) as sim:
        given = form_of(request_token(sim))
        back = agree(sim, given)[1]
        got = form_of(access_token(sim, given, back['oauth_verifier']))
        keys = got['oauth_token'], got['oauth_token_secret']
        equal(call(sim, keys, CAMPAIGNS).status, 200)
        with open(sim.log, encoding='utf-8') as file:
            text = file.read()
        for secret in (keys[0], keys[1], enc(keys[0]), given['oauth_token_secret'], back['oauth_verifier'], SECRET):
            true(secret not in text, secret)
        line = next(r for r in sim.requests() if r['path'] == CAMPAIGNS)
        equal((line['account'], line['action'], line['status'], line['rows']), (str(int(FIRST, 36)), 'campaigns', 200, 2))
        equal(line['permits']['core']['used'], 1)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
