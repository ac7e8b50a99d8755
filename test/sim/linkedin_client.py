# SPDX-License-Identifier: MIT
"""A client of LinkedIn on adsim, for its checks: consent, tokens, Rest.li queries, lists through all their pages, refusals."""
import json
import urllib.parse

from harness import CALLBACK, equal, true

API, WWW = 'api.linkedin.com', 'www.linkedin.com'
CLIENT, SECRET = 'adsim-linkedin', 'adsim-app-secret'
SCOPES = 'r_ads r_ads_reporting'
FIRST, SECOND, HELD = '500000000', '500001013', '500002026'
VERSION = '202601'
GROUPS = 'ACTIVE,ARCHIVED,CANCELED,DRAFT,PAUSED,PENDING_DELETION,REMOVED'
CAMPAIGNS = 'ACTIVE,PAUSED,ARCHIVED,COMPLETED,CANCELED,DRAFT,PENDING_DELETION,REMOVED'
ACCOUNTS = 'ACTIVE,CANCELED,DRAFT,PENDING_DELETION,REMOVED'


def mint(sim, user=0, **more):
    return sim.control('token.mint', platform='linkedin', user=user, **more)


def headers(version=VERSION, protocol='2.0.0', **more):
    given = dict({'LinkedIn-Version': version, 'X-Restli-Protocol-Version': protocol}, **more)
    return {k: v for k, v in given.items() if v is not None}


def urn(kind, number):
    return 'urn%%3Ali%%3A%s%%3A%s' % (kind, number)


def get(sim, token, path, query='', **more):
    return sim.ask(API, '/rest/' + path + ('?' + query if query else ''), token, headers=headers(**more))


def tunnel(sim, token, path, query, **more):
    given = headers(**{'X-HTTP-Method-Override': 'GET', 'Content-Type': 'application/x-www-form-urlencoded', 'Authorization': 'Bearer ' + token}, **more)
    return sim.call(API, 'POST', '/rest/' + path, query, given)


def cursor(sim, token, path, query):
    """all pages of a list with a cursor: the pages, and their elements"""
    pages, at = [], ''
    while True:
        answer = get(sim, token, path, query + at)
        equal(answer.status, 200, answer.body[:500])
        pages.append(answer.json)
        following = answer.json['metadata'].get('nextPageToken')
        if not following:
            return pages, [e for page in pages for e in page['elements']]
        at = '&pageToken=' + following
        true(len(pages) < 500, 'it does not end')


def offset(sim, token, path, query, count=10):
    """all pages of a list with start and count, by the rules of the sheet"""
    pages, start = [], 0
    while True:
        answer = get(sim, token, path, '%s&start=%d&count=%d' % (query, start, count))
        equal(answer.status, 200, answer.body[:500])
        page, start = answer.json, start + count
        pages.append(page)
        total = page['paging'].get('total', -1)
        if not page['elements'] or start >= total > 0:
            return pages, [e for page in pages for e in page['elements']]
        true(len(pages) < 500, 'it does not end')


def listed(statuses):
    return 'q=search&search=(status:(values:List(%s)))' % statuses


def below(account, kind, query, sim, token):
    return cursor(sim, token, 'adAccounts/%s/%s' % (account, kind), query)[1]


def objects(sim, token, account, kind, size=None):
    """every object of a kind, in every state"""
    query = {
        'adCampaignGroups': listed(GROUPS),
        'adCampaigns': listed(CAMPAIGNS),
        'creatives': 'q=criteria&intendedStatuses=List(%s)' % GROUPS,
    }[kind]
    return below(account, kind, query + ('&pageSize=%d' % size if size else ''), sim, token)


def analytics(sim, token, account, pivot, start, end, fields='impressions,clicks', granularity='DAILY', facet='accounts', kind='sponsoredAccount', **more):
    """rows by date and pivot; what comes twice is summed by whoever asks"""
    dates = '(start:(year:%d,month:%d,day:%d),end:(year:%d,month:%d,day:%d))' % (start + end)
    query = 'q=analytics&pivot=%s&timeGranularity=%s&dateRange=%s&%s=List(%s)' % (pivot, granularity, dates, facet, urn(kind, account))
    return get(sim, token, 'adAnalytics', query + '&fields=dateRange,pivotValues,' + fields, **more)


def word(answer):
    """the stable word of a refusal, wherever it stands"""
    errors = answer.json.get('errorDetails', {}).get('inputErrors', [])
    return errors[0]['code'] if errors else answer.json.get('code')


def field(answer):
    return answer.json['errorDetails']['inputErrors'][0]['input'].get('inputPath', {}).get('fieldPath')


def refused(answer, status, code, where=None):
    equal((answer.status, word(answer)), (status, code), answer.body)
    equal(answer.header('x-restli-error-response'), 'true')
    if where:
        equal(field(answer), where, answer.body)
    return answer.json


def flat(answer, status, error):
    equal((answer.status, answer.json['error']), (status, error), answer.body)
    true(answer.json['error_description'])


def consent(sim, **params):
    query = dict(client_id=CLIENT, redirect_uri=CALLBACK, response_type='code', scope=SCOPES, state='s t')
    query.update(params)
    return sim.agree(WWW, '/oauth/v2/authorization', **query)


def token_call(sim, path='accessToken', **form):
    full = dict(client_id=CLIENT, client_secret=SECRET)
    full.update(form)
    return sim.ask(WWW, '/oauth/v2/' + path, form={k: v for k, v in full.items() if v is not None})


def exchange(sim, code, **form):
    return token_call(sim, **dict(dict(grant_type='authorization_code', code=code, redirect_uri=CALLBACK), **form))


def refresh(sim, token, **form):
    return token_call(sim, **dict(dict(grant_type='refresh_token', refresh_token=token), **form))


def by_text(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def quote(text):
    return urllib.parse.quote(text, safe='')
