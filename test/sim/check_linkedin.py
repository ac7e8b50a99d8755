#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""LinkedIn on adsim, from outside: consent, tokens, versions, the query's grammar, limits, refusals, faults."""
import http.client
import re
import sys
import urllib.parse

import harness
from harness import CALLBACK, Adsim, equal, true
from linkedin_client import (
    API,
    CLIENT,
    FIRST,
    GROUPS,
    SCOPES,
    SECRET,
    WWW,
    analytics,
    consent,
    cursor,
    exchange,
    flat,
    get,
    headers,
    listed,
    mint,
    refresh,
    refused,
    token_call,
    tunnel,
    urn,
    word,
)

YEAR = 31536000
ME = 'adAccounts', 'q=search'


# ---- consent and tokens


def the_consent_page_is_a_form_that_a_person_can_send(path):
    with Adsim(path) as sim:
        answer, _ = consent(sim, auto=None)
        page = answer.body.decode()
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        equal((answer.status, fields['client_id'], fields['scope'], fields['state']), (200, CLIENT, SCOPES, 's t'))
        true('checkbox' not in page, 'all or nothing')
        fields.update(auto='1', user='1')
        answer = sim.ask(WWW, '/oauth/v2/authorization', form=fields)
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.header('Location')).query))
        equal(back['state'], 's t')
        token = exchange(sim, back['code']).json['access_token']
        equal([e['id'] for e in cursor(sim, token, *ME)[1]], [500003039, 500004052, 500005065])


def a_code_gives_tokens_once(path):
    with Adsim(path) as sim:
        back = consent(sim)[1]
        given = exchange(sim, back['code']).json
        equal(list(given), ['access_token', 'expires_in', 'refresh_token', 'refresh_token_expires_in', 'scope', 'token_type'])
        equal((given['expires_in'], given['refresh_token_expires_in'], given['scope']), (5184000, YEAR, 'r_ads,r_ads_reporting'))
        true(450 < len(given['access_token']) < 1000, len(given['access_token']))
        equal(get(sim, given['access_token'], *ME).status, 200)
        flat(exchange(sim, back['code']), 400, 'invalid_request')
    with Adsim(path, linkedin_partner=0) as sim:
        true('refresh_token' not in exchange(sim, consent(sim)[1]['code']).json)


def a_consent_can_be_refused_in_every_way(path):
    registered = 'https://host.example/back'
    with Adsim(path, redirect_uri=registered, linkedin_app_scopes='r_ads,r_ads_reporting') as sim:
        mine = dict(redirect_uri=registered)
        for deny, error in (('1', 'user_cancelled_authorize'), ('login', 'user_cancelled_login')):
            back = consent(sim, deny=deny, auto=None, **mine)[1]
            equal((back['error'], back['state'], bool(back['error_description'])), (error, 's t', True))
        back = consent(sim, scope=SCOPES + ' rw_dmp_segments', **mine)[1]
        equal((back['error'], back['state']), ('unauthorized_scope_error', 's t'))
        equal(consent(sim, scope='r_ads nonsense', **mine)[1]['error'], 'unauthorized_scope_error')
        true('code' in consent(sim, untick='r_ads', **mine)[1], 'there is nothing to untick')
        true('code' in consent(sim, redirect_uri=registered + '?x=1')[1], 'the query of the address is ignored')
        for wrong in (
            dict(client_id='other'),
            dict(redirect_uri='https://evil.example/'),
            dict(redirect_uri=registered + '#part'),
            dict(redirect_uri='/back'),
            dict(response_type='token'),
            dict(scope=None),
        ):
            answer, back = consent(sim, **dict(mine, **wrong))
            equal((answer.status, back), (400, {}), wrong)


def an_address_with_a_fragment_is_no_redirect_address(path):
    with Adsim(path) as sim:
        equal(consent(sim, redirect_uri=CALLBACK)[0].status, 302)
        equal(consent(sim, redirect_uri=CALLBACK + '#part')[0].status, 400)


def the_token_endpoint_refuses_what_is_wrong(path):
    with Adsim(path, app='linkedin=other:two', linkedin_code_life=60) as sim:
        equal(consent(sim)[0].status, 400)  # --app takes the place of the platform's own
        mine = dict(client_id='other', client_secret='two')
        code = consent(sim, client_id='other')[1]['code']
        flat(exchange(sim, code), 401, 'invalid_client')
        flat(exchange(sim, code, client_id='other'), 401, 'invalid_client')
        flat(exchange(sim, code, client_id=None), 400, 'invalid_request')
        flat(exchange(sim, code, redirect_uri=CALLBACK + '/', **mine), 400, 'invalid_redirect_uri')
        flat(exchange(sim, code, redirect_uri=None, **mine), 400, 'invalid_request')
        flat(exchange(sim, 'x', **mine), 400, 'invalid_request')
        flat(exchange(sim, code, grant_type='password', **mine), 400, 'unsupported_grant_type')
        body = dict(mine, grant_type='authorization_code', code=code, redirect_uri=CALLBACK)
        flat(sim.ask(WWW, '/oauth/v2/accessToken', json_body=body), 400, 'invalid_request')
        flat(sim.ask(WWW, '/oauth/v2/accessToken?' + urllib.parse.urlencode(body)), 400, 'invalid_request')
        sim.control('now.advance', seconds=60)
        flat(exchange(sim, code, **mine), 400, 'invalid_request')
        equal(sim.ask(WWW, '/nowhere').status, 404)


def a_refresh_token_stays_the_same_and_its_year_only_gets_shorter(path):
    with Adsim(path) as sim:
        lasting = exchange(sim, consent(sim)[1]['code']).json['refresh_token']
        for day, left, life in ((59, 306, 60), (360, 5, 5)):
            sim.control('now.set', now=1773578096 + day * 86400)
            given = refresh(sim, lasting).json
            equal((given['refresh_token'], given['refresh_token_expires_in']), (lasting, left * 86400))
            equal((given['expires_in'], 'token_type' in given), (life * 86400 - 1, False))
            equal(get(sim, given['access_token'], *ME, version='202607').status, 200)
        sim.control('now.advance', seconds=5 * 86400)
        refused(get(sim, given['access_token'], *ME, version='202607'), 401, 'EXPIRED_ACCESS_TOKEN')
        flat(refresh(sim, lasting), 400, 'invalid_request')
        flat(refresh(sim, 'nothing'), 400, 'invalid_request')


def tokens_are_refused_each_in_its_own_word(path):
    with Adsim(path, linkedin_access_life=1000) as sim:
        both = mint(sim)
        token = both['access_token']
        refused(get(sim, None, *ME), 401, 'EMPTY_ACCESS_TOKEN')
        equal(refused(get(sim, 'x', *ME), 401, 'INVALID_ACCESS_TOKEN')['serviceErrorCode'], 65600)
        equal(refused(get(sim, both['refresh_token'], *ME), 401, 'INVALID_ACCESS_TOKEN')['status'], 401)
        sim.control('now.advance', seconds=1000)
        equal(refused(get(sim, token, *ME), 401, 'EXPIRED_ACCESS_TOKEN')['serviceErrorCode'], 65602)
        token = refresh(sim, both['refresh_token']).json['access_token']
        equal(get(sim, token, *ME).status, 200)
        sim.control('token.kill', platform='linkedin', user=0, reason='deauthorized')
        equal(refused(get(sim, token, *ME), 401, 'REVOKED_ACCESS_TOKEN')['serviceErrorCode'], 65601)
        flat(refresh(sim, both['refresh_token']), 400, 'invalid_request')
        sim.fault('error', error='unverified', count=1)
        answer = get(sim, token, *ME)
        equal((answer.status, answer.json['serviceErrorCode'], word(answer)), (401, 65604, None))


def a_new_token_may_need_some_seconds(path):
    with Adsim(path, linkedin_lag=20) as sim:
        token = mint(sim)['access_token']
        equal(get(sim, token, *ME).status, 401)
        sim.control('now.advance', seconds=20)
        equal(get(sim, token, *ME).status, 200)


def introspection_tells_what_a_token_is(path):
    with Adsim(path) as sim:
        both = mint(sim, scopes='r_ads')
        told = token_call(sim, 'introspectToken', token=both['access_token']).json
        equal((told['active'], told['status'], told['scope'], told['auth_type'], told['client_id']), (True, 'active', 'r_ads', '3L', CLIENT))
        equal((told['created_at'], told['expires_at']), (1773578096, 1773578096 + 5184000))
        equal(token_call(sim, 'introspectToken', token='x').json, {'active': False})
        flat(token_call(sim, 'introspectToken', token='x', client_secret='y'), 401, 'invalid_client')
        flat(token_call(sim, 'introspectToken'), 400, 'invalid_request')
        sim.control('token.kill', platform='linkedin', token=both['access_token'], reason='password')
        told = token_call(sim, 'introspectToken', token=both['access_token']).json
        equal((told['active'], told['status']), (False, 'revoked'))
        token = mint(sim, life=10)['access_token']
        sim.control('now.advance', seconds=10)
        equal(token_call(sim, 'introspectToken', token=token).json['status'], 'expired')


def scopes_decide_what_a_token_opens(path):
    wanted = {
        'adAccounts?q=search': 'rw_ads',
        'adAccounts/%s/creatives?q=criteria' % FIRST: 'r_ads',
        'conversions?q=account&account=' + urn('sponsoredAccount', FIRST): 'rw_conversions',
        'dmpSegments?q=account&account=' + urn('sponsoredAccount', FIRST): 'rw_dmp_segments',
        'leadForms?q=owner&owner=(sponsoredAccount:%s)' % urn('sponsoredAccount', FIRST): 'r_marketing_leadgen_automation',
        'posts?q=dscAdAccount&dscAdAccount=' + urn('sponsoredAccount', FIRST): 'r_organization_social',
        'me': 'r_basicprofile',
    }
    with Adsim(path) as sim:
        other = mint(sim, scopes='r_events')['access_token']
        for call, scope in wanted.items():
            name, _, query = call.partition('?')
            equal(get(sim, mint(sim, scopes=scope)['access_token'], name, query).status, 200, call)
            answer = get(sim, other, name, query)
            equal((answer.status, answer.json['serviceErrorCode']), (403, 100), call)
            start = 'partnerApiPostsExternal' if name == 'posts' else 'GET /' + name
            true(answer.json['message'].startswith('Not enough permissions to access: ' + start), answer.body)
        equal(analytics(sim, other, FIRST, 'ACCOUNT', (2026, 3, 1), (2026, 3, 2)).status, 403)
        who = mint(sim, scopes='openid,profile')['access_token']
        equal(sim.ask(API, '/v2/userinfo', who).json['sub'], 'p0xR')
        equal(sim.ask(API, '/v2/userinfo', other).status, 403)
        answer = get(sim, other, 'adCreatives')
        equal((answer.status, answer.json['serviceErrorCode']), (403, 100), 'what is gone looks like a lack of rights')


# ---- versions and the grammar of a query


def a_version_is_needed_and_ends_on_its_day(path):
    with Adsim(path) as sim:
        token = mint(sim, life=10**9)['access_token']
        refused(get(sim, token, *ME, version=None), 400, 'VERSION_MISSING')
        for version, told in (('202501', '20250101'), ('202512', '20251201'), ('2026', '2026'), ('202601.1', '202601.1')):
            body = refused(get(sim, token, *ME, version=version), 426, 'NONEXISTENT_VERSION')
            equal(body['message'], 'Requested version %s is not active' % told)
        for version in ('202503', '202601', '202602.01', '202607'):
            equal(get(sim, token, *ME, version=version).status, 200, version)
        sim.control('now.set', now='2026-03-16')
        refused(get(sim, token, *ME, version='202503'), 426, 'NONEXISTENT_VERSION')
        sim.control('now.set', now='2027-07-15')
        refused(get(sim, token, *ME, version='202607'), 426, 'NONEXISTENT_VERSION')


def structure_is_raw_and_values_are_encoded(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        at = 'adAccounts/%s/adCampaignGroups' % FIRST
        name = next(r['row']['name'] for r in sim.truth('campaigns', platform='linkedin', account=FIRST) if '"' in r['row']['name'])
        coded = urllib.parse.quote(name, safe='')
        equal(get(sim, token, at, 'q=search&search=(name:(values:List(%s)))' % coded).json['elements'][0]['name'], name)
        twice = urllib.parse.quote(coded, safe='')
        equal(get(sim, token, at, 'q=search&search=(name:(values:List(%s)))' % twice).json['elements'], [], 'encoded twice: a clean nothing')
        for wrong, where in (
            ('search=' + urllib.parse.quote('(status:(values:List(ACTIVE)))', safe=''), 'search'),
            ('search=(name:(values:List(a+b)))', 'search'),
            ('search=(name:(values:List(a:b)))', 'search'),
            ('search=(status:(values:List(ACTIVE))', 'search'),
            ('search=(status:(values:ACTIVE))', 'search'),
            ('search=(status:ACTIVE)', 'search'),
            ('search=(status:(values:List(NONSENSE)))', 'search'),
            ('search=(colour:(values:List(1)))', 'search'),
            ('search=()', 'search'),
            ('search=(status:(values:List()))', 'search'),
            ('search=', 'search'),
            ('search=(name:(values:List(a,,b)))', 'search'),
            ('search=(name:(values:List(%4)))', 'search'),
            ('pageToken=', 'pageToken'),
            ('fields=List(id,name)', 'fields'),
            ('pageSize=0', 'pageSize'),
            ('pageSize=01', 'pageSize'),
            ('pageSize=1001', 'pageSize'),
            ('sortOrder=UP', 'sortOrder'),
            ('pageToken=abc', 'pageToken'),
        ):
            refused(get(sim, token, at, 'q=search&' + wrong), 400, 'PARAM_INVALID', where)
        for foreign in ('start=0', 'count=10', 'search.status.values%5B0%5D=ACTIVE'):
            refused(get(sim, token, at, 'q=search&' + foreign), 400, 'QUERY_PARAM_NOT_ALLOWED')
        true('java.net.URISyntaxException' in get(sim, token, at, 'q=search&search=(name:(values:List(a|b)))').json['message'])
        refused(get(sim, token, at, 'q=nothing'), 400, 'PARAM_INVALID', 'q')
        equal(get(sim, token, at, "q=search&search=(name:(values:List('')))").json['elements'], [])
        bad = get(sim, token, 'adAccounts/%s/adCampaigns' % FIRST, 'q=search&search=(campaignGroup:(values:List(7)))')
        equal(word(bad), 'ERROR :: /campaignGroup/values/0 :: Invalid Urn Format')


def the_protocol_and_the_method_must_fit(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        equal(get(sim, token, *ME).header('x-restli-protocol-version'), '2.0.0')
        equal(get(sim, token, 'adAccountUsers', 'q=authenticatedUser').header('x-restli-protocol-version'), '1.0.0')
        refused(get(sim, token, 'adAccounts', listed('ACTIVE'), protocol=None), 400, 'PARAM_INVALID', 'search')
        refused(get(sim, token, *ME, protocol='3.0.0'), 400, 'ILLEGAL_ARGUMENT')
        for method, status in (('FINDER', 200), ('finder', 200), ('BATCH_GET', 400)):
            equal(get(sim, token, *ME, **{'X-RestLi-Method': method}).status, status, method)
        given = dict(headers(), Authorization='Bearer ' + token)
        equal(sim.call(API, 'PATCH', '/rest/adAccounts/' + FIRST, '{}', given).status, 405)
        refused(sim.call(API, 'POST', '/rest/adAccounts', '{"name":"x"}', dict(given, **{'Content-Type': 'application/json'})), 501, 'NOT_IMPLEMENTED')
        kept = sim.connection(API)
        kept.putrequest('POST', '/rest/adAccounts')
        for name, value in given.items():
            kept.putheader(name, value)
        kept.endheaders()
        equal(kept.getresponse().status, 411)
        kept.close()


def a_long_query_comes_as_a_post(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        at = 'adAccounts/%s/adCampaigns' % FIRST
        query = 'q=search&search=(id:(values:List(%s)))' % ','.join(str(360000000 + i) for i in range(500))
        refused(get(sim, token, at, query), 414, 'URI_TOO_LONG')
        answer = tunnel(sim, token, at, query)
        equal((answer.status, len(answer.json['elements']) > 20), (200, True), answer.body[:300])
        equal(tunnel(sim, token, at, query.replace('(id', '%28id')).status, 400)
        given = headers(**{'X-HTTP-Method-Override': 'GET', 'Content-Type': 'application/json', 'Authorization': 'Bearer ' + token})
        refused(sim.call(API, 'POST', '/rest/' + at, query, given), 400, 'ILLEGAL_ARGUMENT')


def every_answer_can_be_traced(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        names = set()
        for _ in range(2):
            answer = get(sim, token, *ME)
            true(len(answer.header('x-li-uuid')) == 24 and answer.header('x-li-fabric').startswith('prod-') and answer.header('x-li-proto'))
            true(not [n for n, _ in answer.headers if n.lower().startswith('x-ratelimit')], 'no headers tell of limits')
            names |= {n for n, _ in answer.headers if n.lower() == 'x-li-uuid'}
        equal(names, {'X-LI-UUID', 'x-li-uuid'}, 'in either case')


# ---- who may see what


def an_account_that_is_not_ones_own_is_refused_and_an_empty_list_is_healthy(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        foreign, at = '500003039', 'adAccounts/%s/adCampaigns'
        answer = get(sim, token, at % foreign, 'q=search')
        equal((answer.status, answer.json['serviceErrorCode']), (403, 100))
        equal(get(sim, token, 'adAccounts/' + foreign).status, 404)
        equal(get(sim, token, 'adAccounts/77').json, {'code': 'NOT_FOUND', 'message': 'Not Found.', 'status': 404})
        rows = analytics(sim, token, foreign, 'ACCOUNT', (2026, 3, 1), (2026, 3, 9))
        equal((rows.status, rows.json['elements']), (200, []), 'no access: no rows, and no refusal')
        equal(get(sim, token, 'conversions', 'q=account&account=' + urn('sponsoredAccount', foreign)).status, 403)
        sim.control('access', platform='linkedin', user=0, account=FIRST, allow=False)
        equal(get(sim, token, at % FIRST, 'q=search').status, 403)
        equal([e['id'] for e in cursor(sim, token, *ME)[1]], [500001013, 500002026])
        sim.control('set', name='linkedin-unmapped', value='1')
        answer = get(sim, token, *ME)
        equal((answer.status, answer.json['elements']), (200, []))
        equal(get(sim, token, 'adAccountUsers', 'q=authenticatedUser').json['elements'], [])


def leads_need_a_role_on_the_page(path):
    with Adsim(path) as sim:
        token = mint(sim, 1)['access_token']
        for call, more in (('leadForms', ''), ('leadFormResponses', '&leadType=(leadType:SPONSORED)')):
            query = 'q=owner&owner=(sponsoredAccount:%s)' + more
            refused(get(sim, token, call, query % urn('sponsoredAccount', '500003039')), 403, 'NO_PERMISSION_ON_ENTITY')
            equal(get(sim, token, call, query % urn('sponsoredAccount', '500004052')).status, 200)
            equal(get(sim, token, call, 'q=owner&owner=(organization:%s)' % urn('organization', '2400001') + more).json['elements'], [])
            refused(get(sim, token, call, 'q=owner&owner=(person:%s)' % urn('person', '1') + more), 400, 'PARAM_INVALID', 'owner')


# ---- limits


def a_day_runs_out_for_one_person_on_one_endpoint_until_midnight_utc(path):
    with Adsim(path, linkedin_member_day=5, linkedin_app_day=7) as sim:
        one, two = mint(sim)['access_token'], mint(sim, 1)['access_token']
        for _ in range(5):
            equal(get(sim, one, *ME).status, 200)
        answer = get(sim, one, *ME)
        body = refused(answer, 429, 'TOO_MANY_REQUESTS')
        equal((body['serviceErrorCode'], answer.header('Retry-After')), (101, None))
        equal(body['message'], 'Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.')
        equal(get(sim, one, 'adAccountUsers', 'q=authenticatedUser').status, 200, 'another endpoint goes on')
        for _ in range(2):
            equal(get(sim, two, *ME).status, 200)
        true(' APPLICATION DAY ' in refused(get(sim, two, *ME), 429, 'TOO_MANY_REQUESTS')['message'])
        sim.control('now.set', now='2026-03-15T23:59:59Z')
        equal(get(sim, one, *ME).status, 429)
        sim.control('now.set', now='2026-03-16')
        equal(get(sim, one, *ME).status, 200)
        sim.control('set', name='tier', value='off')
        for _ in range(9):
            equal(get(sim, one, *ME).status, 200)


def a_minute_tells_when_to_come_again(path):
    with Adsim(path, linkedin_minute=3) as sim:
        token = mint(sim)['access_token']
        for _ in range(3):
            equal(get(sim, token, *ME).status, 200)
        answer = get(sim, token, *ME)
        true(' MINUTE ' in refused(answer, 429, 'TOO_MANY_REQUESTS')['message'])
        sim.control('now.advance', seconds=int(answer.header('Retry-After')) + 60)
        equal(get(sim, token, *ME).status, 200)


def the_volume_of_five_minutes_runs_out(path):
    with Adsim(path, linkedin_values=2000) as sim:
        token = mint(sim)['access_token']
        ask = lambda: analytics(sim, token, FIRST, 'CREATIVE', (2026, 2, 1), (2026, 2, 28))
        answer = ask()
        true(len(answer.json['elements']) * 4 > 2000)
        answer = ask()
        equal((answer.status, list(answer.json)), (429, ['message']))
        true('45 million metric values' in answer.json['message'])
        equal(get(sim, token, *ME).status, 200)
        sim.control('now.advance', seconds=330)
        equal(ask().status, 200)


# ---- faults

WORDS = {
    'EXPIRED_ACCESS_TOKEN': 401,
    'REVOKED_ACCESS_TOKEN': 401,
    'EMPTY_ACCESS_TOKEN': 401,
    'ACCESS_DENIED': 403,
    'NO_PERMISSION_ON_FIELD': 403,
    'RESOURCE_NOT_FOUND': 404,
    'TIMEOUT': 408,
    'CONFLICT': 409,
    'PRECONDITION_FAILED': 412,
    'NONEXISTENT_VERSION': 426,
    'QUOTA_EXCEEDED': 429,
    'SEGMENT_LIMIT_EXCEEDED': 429,
    'INTERNAL_ERROR': 500,
    'FAILED_TO_RETRIEVE_ENTITIES': 500,
    'FAILED_TO_SETUP_ACCOUNT_REPORTING': 500,
    'NOT_IMPLEMENTED': 501,
    'UNDER_MAINTENANCE': 503,
    'MULTIPLE_VALIDATIONS_FAILED': 400,
    'DATE_TOO_EARLY': 400,
    'INVALID_VALUE_DUPLICATE_EXIST': 400,
}


def every_word_of_the_table_can_be_asked_for(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        for name, status in WORDS.items():
            sim.fault('error', error=name, count=1, host=API)
            refused(get(sim, token, *ME), status, name)
        sim.fault('error', error='MISSING_FIELD', status=422, field='name', count=1)
        refused(get(sim, token, *ME), 422, 'MISSING_FIELD', 'name')
        for unit, scope in (('DAY', 'MEMBER'), ('SECOND', 'APPLICATION')):
            sim.fault('throttle', count=1, unit=unit, scope=scope, seconds=7)
            answer = get(sim, token, *ME)
            true(' throttle %s %s limit' % (scope, unit) in answer.json['message'], answer.body)
            equal((answer.status, answer.header('Retry-After')), (429, '7'))
        sim.fault('throttle', count=1, unit='', scope='')
        true('Resource level throttle limit' in get(sim, token, *ME).json['message'])
        sim.fault('throttle', count=1, unit='volume')
        equal(list(get(sim, token, *ME).json), ['message'])
        sim.fault('error', error='INTERNAL_ERROR', account=FIRST, count=2)
        equal(get(sim, token, *ME).status, 200)
        equal(get(sim, token, 'adAccounts/' + FIRST).status, 500)
        equal(analytics(sim, token, FIRST, 'ACCOUNT', (2026, 3, 1), (2026, 3, 2)).status, 500, 'a fault knows the account of a facet')
        equal(get(sim, token, 'adAccounts/' + FIRST).status, 200)


def the_token_endpoint_fails_as_it_is_told(path):
    with Adsim(path) as sim:
        lasting = mint(sim)['refresh_token']
        sim.fault('error', host=WWW, count=1, status=503)
        flat(refresh(sim, lasting), 503, 'server_error')
        sim.fault('throttle', host=WWW, count=1)
        equal(refresh(sim, lasting).status, 429)
        equal(refresh(sim, lasting).status, 200)
        sim.fault('token_death', host=WWW, count=1, error='invalid_grant')
        flat(refresh(sim, lasting), 400, 'invalid_grant')
        flat(refresh(sim, lasting), 400, 'invalid_request')


def faults_on_the_bytes_do_what_they_say(path):
    with Adsim(path) as sim:
        both = mint(sim)
        token = both['access_token']
        whole = get(sim, token, *ME).body
        for kind, more, status in (('html', dict(status=502), 502), ('status', dict(status=503), 503), ('deep', dict(depth=500), 200)):
            sim.fault(kind, count=1, **more)
            equal(get(sim, token, *ME).status, status)
        sim.fault('replace', count=1, **{'from': '"metadata"', 'to': '"metadote"'})
        true('metadote' in get(sim, token, *ME).json)
        for kind, more in (('truncate', dict(percent=50)), ('cut_before', {}), ('cut_after', {}), ('stall', dict(percent=50, ms=50))):
            sim.fault(kind, count=1, **more)
            try:
                answer = get(sim, token, *ME)
                true(kind == 'stall' and abs(len(answer.body) - len(whole)) < 30, kind)
            except (http.client.HTTPException, OSError):
                true(kind != 'stall', kind)
        sim.fault('token_death', count=1, host=API)
        refused(get(sim, token, *ME), 401, 'REVOKED_ACCESS_TOKEN')
        refused(get(sim, token, *ME), 401, 'REVOKED_ACCESS_TOKEN')
        fresh = refresh(sim, both['refresh_token']).json['access_token']
        equal(get(sim, fresh, *ME).status, 200)
        sim.fault('token_death', count=1, host=API, grant=True)
        refused(get(sim, fresh, *ME), 401, 'REVOKED_ACCESS_TOKEN')
        flat(refresh(sim, both['refresh_token']), 400, 'invalid_request')


def the_log_tells_what_arrived_and_no_secret(path):
    with Adsim(path) as sim:
        back = consent(sim)[1]
        both = exchange(sim, back['code']).json
        equal(get(sim, both['access_token'], 'adAccounts/%s/adCampaignGroups' % FIRST, listed(GROUPS)).status, 200)
        refresh(sim, both['refresh_token'])
        token_call(sim, 'introspectToken', token=both['access_token'])
        with open(sim.log, encoding='utf-8') as file:
            text = file.read()
        for secret in (both['access_token'], both['refresh_token'], back['code'], SECRET):
            true(secret not in text)
        line = next(r for r in sim.requests() if r['path'].endswith('adCampaignGroups'))
        equal((line['account'], line['action'], line['status']), (FIRST, 'adAccounts/*/adCampaignGroups', 200))
        true(line['rows'] > 9 and line['permits']['member_day']['used'] == 1, line)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
