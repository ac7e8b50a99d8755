# SPDX-License-Identifier: MIT
"""A client of Google Ads on adsim, for its checks: consent, tokens, queries through all their pages, refusals."""
from harness import CALLBACK, equal, true

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


def consent(sim, **params):
    query = dict(
        client_id=CLIENT, redirect_uri=CALLBACK, response_type='code', scope=ADWORDS, access_type='offline', prompt='consent', state='s t'
    )
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


def select(sim, token, resource, *more):
    """every field of a resource, from the catalogue"""
    answer = sim.ask(
        ADS, '/v25/googleAdsFields:search', token, json_body={'query': "SELECT name WHERE name LIKE '%s.%%'" % resource}, headers=headers()
    )
    names = [f['name'] for f in answer.json['results'] if f['name'].startswith(resource + '.')]
    true(names)
    return 'SELECT %s FROM %s' % (', '.join(names + list(more)), resource)
