# SPDX-License-Identifier: MIT
"""A client of Snapchat on adsim, for its checks: consent, tokens, lists through all their pages, figures, refusals."""
import urllib.parse
import zoneinfo
from datetime import date, datetime, timedelta, timezone

from harness import CALLBACK, Adsim, equal, true

API, LOGIN, FILES = 'adsapi.snapchat.com', 'accounts.snapchat.com', 'storage.googleapis.com'
CLIENT, SECRET = 'adsim-snapchat-client', 'adsim-app-secret'
SCOPE = 'snapchat-marketing-api'
REASON = 'Error code: %s, message: '


def quiet(path, **options):
    """without limits: its clock stands still, so the requests of a second would run out"""
    return Adsim(path, **dict(dict(users=1, tier='off'), **options))


def mint(sim, user=0, **more):
    return sim.control('token.mint', platform='snapchat', user=user, **more)


def get(sim, token, path, **params):
    query = urllib.parse.urlencode({k: v for k, v in params.items() if v is not None})
    return sim.ask(API, '/v1/' + path + ('?' + query if query else ''), token)


def refused(answer, status, code, message=None):
    body = answer.json
    equal((answer.status, body['request_status'], body['error_code']), (status, 'ERROR', code), answer.body)
    equal(answer.header('X-Request-Id'), body['request_id'])
    if message:
        true(message in body['debug_message'], body)


def missing(answer, plural, code='E3004'):
    equal((answer.status, answer.json['request_status']), (200, 'ERROR'), answer.body)
    item = answer.json[plural][0]
    equal((item['sub_request_status'], len(item)), ('ERROR', 2))
    true(item['sub_request_error_reason'].startswith(REASON % code), item)


def flat(answer, status, error):
    equal((answer.status, answer.json['error']), (status, error), answer.body)


def unwrapped(body, plural, singular):
    """the objects of a list; each level must say success, in whatever case"""
    equal(body['request_status'].upper(), 'SUCCESS')
    for item in body[plural]:
        equal(item['sub_request_status'].upper(), 'SUCCESS')
    return [item[singular] for item in body[plural]]


SINGULAR = {
    'adaccounts': 'adaccount',
    'campaigns': 'campaign',
    'adsquads': 'adsquad',
    'ads': 'ad',
    'creatives': 'creative',
    'media': 'media',
    'segments': 'segment',
    'lead_generation_forms': 'lead_generation_form',
    'pixels': 'pixel',
    'billingcenters': 'billingcenter',
    'fundingsources': 'fundingsource',
    'members': 'member',
}


def pages(sim, token, path, **params):
    """every page of a list, along next_link as it stands"""
    answer = get(sim, token, path, **params)
    while True:
        equal(answer.status, 200, answer.body[:500])
        yield answer.json
        link = answer.json.get('paging', {}).get('next_link')
        if not link:
            return
        true(link.startswith('https://%s/v1/' % API), link)
        answer = sim.ask(API, link[len('https://' + API) :], token)


def objects(sim, token, path, **params):
    plural = path.rsplit('/', 1)[1]
    return [o for page in pages(sim, token, path, **dict(dict(limit=50), **params)) for o in unwrapped(page, plural, SINGULAR[plural])]


def consent(sim, **params):
    query = dict(client_id=CLIENT, redirect_uri=CALLBACK, response_type='code', scope=SCOPE, state='s t')
    query.update(params)
    return sim.agree(LOGIN, '/login/oauth2/authorize', **query)


def exchange(sim, code, **params):
    form = dict(grant_type='authorization_code', code=code, client_id=CLIENT, client_secret=SECRET, redirect_uri=CALLBACK)
    form.update(params)
    return sim.ask(LOGIN, '/login/oauth2/access_token', form={k: v for k, v in form.items() if v is not None})


def refresh(sim, token, **params):
    form = dict(grant_type='refresh_token', refresh_token=token, client_id=CLIENT, client_secret=SECRET)
    form.update(params)
    return sim.ask(LOGIN, '/login/oauth2/access_token', form=form)


def accounts(sim, **params):
    return [line['row'] for line in sim.truth('accounts', platform='snapchat', **params)]


# ---- time


def midnight(zone, day):
    """the instant at which a day begins on the zone's calendar, written with the offset in force then"""
    zone, at = zoneinfo.ZoneInfo(zone), datetime(day.year, day.month, day.day)
    first = at.replace(tzinfo=zone).astimezone(timezone.utc).astimezone(zone)  # where there is no such midnight, an hour later
    text = first.isoformat(timespec='milliseconds')
    return text


def day(text):
    return date.fromisoformat(text)


def daily(sim, token, path, zone, first, last, **params):
    """DAY stats of an object from the first to the last day, both included"""
    begin, end = midnight(zone, day(first)), midnight(zone, day(last) + timedelta(days=1))
    return get(sim, token, path + '/stats', **dict(dict(granularity='DAY', start_time=begin, end_time=end), **params))


def rows_of(stat):
    return [(stat['id'], row['start_time'], row['end_time'], row['stats']) for row in stat['timeseries']]


# ---- reports


def run_of(answer):
    equal((answer.status, answer.json['request_status']), (200, 'SUCCESS'), answer.body)
    return answer.json['async_stats_reports'][0]['async_stats_report']


def report_of(sim, token, started, account):
    """looks at a run until it has come to an end; every answer"""
    run, looks = run_of(started)['report_run_id'], []
    while len(looks) < 20 and not (looks and run_of(looks[-1])['async_status'] in ('COMPLETED', 'FAILED')):
        looks.append(get(sim, token, 'adaccounts/%s/stats_report' % account, report_run_id=run))
    return looks


def file_of(sim, answer, **headers):
    """what a report made; where there is none, None"""
    where = run_of(answer).get('result')
    return where and sim.ask(FILES, where[len('https://' + FILES) :], headers=headers)
