# SPDX-License-Identifier: MIT
"""A client of TikTok on adsim, for its checks: consent, tokens, lists through all their pages, reports, refusals."""
import json
import urllib.parse

from harness import CALLBACK, equal, true

API, SANDBOX, ADS, WWW = 'business-api.tiktok.com', 'sandbox-ads.tiktok.com', 'ads.tiktok.com', 'www.tiktok.com'
APP, SECRET = '7512345678901234567', 'adsim-app-secret'
OPEN = '/open_api/v1.3/'
FIRST, STEP = 7644143197000000000, 104729
ALL = dict(primary_status='STATUS_ALL')
LEVELS = {
    'account': ('AUCTION_ADVERTISER', 'advertiser_id', None),
    'campaign': ('AUCTION_CAMPAIGN', 'campaign_id', 'campaign_status'),
    'adset': ('AUCTION_ADGROUP', 'adgroup_id', 'adgroup_status'),
    'ad': ('AUCTION_AD', 'ad_id', 'ad_status'),
    'ad_v2': ('AUCTION_AD', 'ad_id_v2', 'ad_status'),
}


def advertiser(g):
    return str(FIRST + g * STEP)


def mint(sim, user=0, **more):
    return sim.control('token.mint', platform='tiktok', user=user, **more)['access_token']


def headers(token):
    return {'Access-Token': token} if token else {}


def text(value):
    return value if isinstance(value, str) else json.dumps(value)


def get(sim, token, path, host=API, region=None, **params):
    query = urllib.parse.urlencode({k: text(v) for k, v in params.items() if v is not None})
    more = {'x-lead-region': region} if region else {}
    return sim.call(host, 'GET', OPEN + path + ('?' + query if query else ''), None, dict(headers(token), **more))


def post(sim, token, path, host=API, region=None, **body):
    more = {'x-lead-region': region} if region else {}
    return sim.ask(host, OPEN + path, json_body={k: v for k, v in body.items() if v is not None}, headers=dict(headers(token), **more))


def data(answer):
    equal((answer.status, answer.json['code']), (200, 0), answer.body[:500])
    return answer.json['data']


def refused(answer, code, part=''):
    equal((answer.status, answer.json['code']), (200, code), answer.body[:500])
    true(part in answer.json['message'], answer.body[:500])


def rows(sim, token, path, name='list', size=7, **params):
    """every page; what they say of the whole must be so"""
    got, page = [], 1
    while True:
        answer = data(get(sim, token, path, page=page, page_size=size, **params))
        got += answer[name]
        info = answer['page_info']
        equal((info['page'], info['page_size'], info['total_page']), (page, size, -(-info['total_number'] // size)))
        if page >= info['total_page']:
            equal(len(got), info['total_number'], path)
            return got
        page += 1


def report(sim, token, level='ad', account=0, days=('2026-02-14', '2026-03-15'), metrics=('spend', 'impressions'), time='stat_time_day', **params):
    data_level, dimension, status = LEVELS[level]
    query = dict(
        advertiser_id=advertiser(account),
        report_type='BASIC',
        data_level=data_level,
        dimensions=[dimension] + ([time] if time else []),
        metrics=list(metrics),
        start_date=days[0],
        end_date=days[1],
    )
    if status:
        query['filtering'] = [dict(field_name=status, filter_type='IN', filter_value='["STATUS_ALL"]')]
    query.update(params)
    return {k: v for k, v in query.items() if v is not None}


def report_rows(sim, token, *args, size=100, **params):
    return rows(sim, token, 'report/integrated/get/', size=size, **report(sim, token, *args, **params))


def consent(sim, host=API, path='/portal/auth', **params):
    query = dict(app_id=APP, redirect_uri=CALLBACK, state='s t')
    query.update(params)
    return sim.agree(host, path, **query)


def exchange(sim, code, **body):
    return post(sim, None, 'oauth2/access_token/', **dict(dict(app_id=APP, secret=SECRET, auth_code=code), **body))
