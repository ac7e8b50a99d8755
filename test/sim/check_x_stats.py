#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""X Ads on adsim, from outside: statistics at once and by job on every level against the truth, days and zones, active entities."""
import datetime
import gzip
import json
import re
import sys

import harness
from harness import Adsim, equal, fits, sample, true
from x_client import ADS, FILES, FIRST, advance, call, get, mint, now_of, refused, rows, truth

WORLD = dict(users=1, accounts=1, campaigns=8, adsets=2, ads=2, seed=9, odd_pages=0)
GROUPS = ('ENGAGEMENT', 'BILLING', 'VIDEO', 'WEB_CONVERSION')
PLACEMENTS = ('ALL_ON_TWITTER', 'SPOTLIGHT', 'TREND')
LEVELS = (('CAMPAIGN', 'campaign', 'campaigns'), ('LINE_ITEM', 'adset', 'line_items'), ('PROMOTED_TWEET', 'ad', 'promoted_tweets'))
ALL = dict(with_deleted=True, with_draft=True)


def days_of(first, count):
    first = datetime.date.fromisoformat(first)
    return [(first + datetime.timedelta(n)).isoformat() for n in range(count)]


def later(day, count):
    return days_of(day, count + 1)[-1]


def stats(sim, keys, account=FIRST, **params):
    query = dict(entity='LINE_ITEM', granularity='DAY', placement='ALL_ON_TWITTER', metric_groups=GROUPS)
    return call(sim, keys, '/12/stats/accounts/' + account, **dict(query, **params))


def elements(metrics, i):
    """the i-th of each figure that is not zero"""
    out = {}
    for name, value in metrics.items():
        if isinstance(value, dict):
            inner = {k: v[i] for k, v in value.items() if v and v[i]}
            if inner:
                out[name] = inner
        elif value and value[i]:
            out[name] = value[i]
    return out


def table(bodies):
    """(id, day, placement) -> figures, of answers with days"""
    got = {}
    for body, first in bodies:
        params = body['request']['params']
        for row in body['data']:
            equal([part['segment'] for part in row['id_data']], [None])
            for i, day in enumerate(days_of(first, body['time_series_length'])):
                figures = elements(row['id_data'][0]['metrics'], i)
                if figures:
                    got[row['id'], day, params['placement']] = figures
    return got


def known(sim, level, first, last, groups=GROUPS, account=FIRST):
    """the same from the truth"""
    mobile = 'MOBILE_CONVERSION' in groups
    out = {}
    for line in truth(sim, 'insights', level=level, account=account, **{'from': first, 'to': last}):
        row = line['row']
        figures = {k: v for k, v in elements(row['metrics'], 0).items() if k.startswith('mobile') == mobile}
        if figures:
            out[row['id'], row['day'], row['placement']] = figures
    return out


def ids_of(sim, keys, name, account=FIRST):
    return [row['id'] for row in rows(sim, keys, 'accounts/%s/%s' % (account, name), count=1000, **ALL)]


def read(sim, keys, entity, ids, first, days, groups=GROUPS, account=FIRST):
    """in windows of a week, twenty ids, one placement"""
    bodies = []
    for placement in PLACEMENTS:
        for start in range(0, days, 7):
            at, end = later(first, start), later(first, min(start + 7, days))
            for i in range(0, len(ids), 20):
                params = dict(entity=entity, entity_ids=ids[i : i + 20], start_time=at, end_time=end, placement=placement, metric_groups=groups)
                answer = stats(sim, keys, account, **params)
                equal(answer.status, 200, answer.body[:300])
                bodies.append((answer.json, at))
    return bodies


# ---- figures


def daily_figures_are_the_truth_on_every_level_and_a_month_later_too(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        for _ in range(2):
            for entity, level, name in LEVELS:
                ids = ids_of(sim, keys, name)
                got, want = table(read(sim, keys, entity, ids, '2026-02-27', 17)), known(sim, level, '2026-02-27', '2026-03-15')
                want = {k: v for k, v in want.items() if k[0] in ids}
                true(len(want) > 50 and {k[2] for k in want} == set(PLACEMENTS))
                equal(got, want, entity)
            advance(sim, 30 * 86400)
        accounts = table(read(sim, keys, 'ACCOUNT', [FIRST], '2026-03-01', 7, 'ENGAGEMENT'))
        equal(accounts, known(sim, 'account', '2026-03-01', '2026-03-07'))
        ids = ids_of(sim, keys, 'promoted_accounts')
        true(ids)
        got = table(read(sim, keys, 'PROMOTED_ACCOUNT', ids, '2026-03-01', 7))
        true(got)
        equal(got, {k: v for k, v in known(sim, 'ad', '2026-03-01', '2026-03-07').items() if k[0] in ids})
        ids = ids_of(sim, keys, 'line_items')
        mobile = table(read(sim, keys, 'LINE_ITEM', ids, '2026-03-01', 7, 'MOBILE_CONVERSION'))
        equal(mobile, known(sim, 'adset', '2026-03-01', '2026-03-07', ['MOBILE_CONVERSION']))
        true(mobile)


def what_is_told_of_a_day_changes_for_weeks_and_spend_falls(path):
    with Adsim(path, **dict(WORLD, campaigns=60)) as sim:
        fetch = lambda: known(sim, 'adset', '2026-03-13', '2026-03-14')
        before = fetch()
        advance(sim, 3 * 86400)
        soon = fetch()
        advance(sim, 25 * 86400)
        after = fetch()
        spend = lambda table_: sum(v.get('billed_charge_local_micro', 0) for v in table_.values())
        sales = lambda table_: sum(v.get('conversion_purchases', {}).get('metric', 0) for v in table_.values())
        true(spend(before) > spend(soon) == spend(after), 'some is given back')
        true(sales(before) < sales(soon) < sales(after), 'sales come later')
        for figures in after.values():
            sale = figures.get('conversion_purchases', {})
            equal(sale.get('metric', 0), sale.get('post_view', 0) + sale.get('post_engagement', 0))
            equal(sale.get('order_quantity', 0) % 1000000, 0)


def levels_and_placements_add_up_but_shared_posts_count_twice(path):
    with Adsim(path, **dict(WORLD, campaigns=30)) as sim:
        keys = mint(sim)
        lines = {row['id']: row for row in rows(sim, keys, 'accounts/%s/line_items' % FIRST, count=1000, **ALL)}
        by_line, by_campaign = known(sim, 'adset', '2026-03-10', '2026-03-10'), known(sim, 'campaign', '2026-03-10', '2026-03-10')
        for name in ('impressions', 'billed_charge_local_micro'):
            added = {}
            for (line, _, placement), figures in by_line.items():
                key = lines[line]['campaign_id'], placement
                added[key] = added.get(key, 0) + figures.get(name, 0)
            equal(added, {(k[0], k[2]): v.get(name, 0) for k, v in by_campaign.items()}, name)
        ads = {row['id']: row for row in rows(sim, keys, 'accounts/%s/promoted_tweets' % FIRST, count=1000, **ALL)}
        by_ad, posts = known(sim, 'ad', '2026-03-10', '2026-03-10'), {}
        for (ad, _, placement), figures in by_ad.items():
            if ad in ads:
                posts.setdefault((ads[ad]['tweet_id'], placement), []).append(figures)
        single = {ad for ad in ads if [row['tweet_id'] for row in ads.values()].count(ads[ad]['tweet_id']) == 1}
        parts = {}
        for (ad, _, placement), figures in by_ad.items():
            true(placement == 'ALL_ON_TWITTER' or not any(k.startswith('conversion') for k in figures), 'a sale has no place')
            if ad in single:
                parts.setdefault(ad, {})[placement] = figures.get('impressions', 0)
        wide = [part for part in parts.values() if len(part) > 1]
        true(wide)
        for part in wide:
            equal((part['SPOTLIGHT'], part['TREND']), (sum(part.values()) // 10, sum(part.values()) // 20))
        twice = [v for v in posts.values() if len(v) > 1]
        true(twice and all(one == v[0] for v in twice for one in v), 'the same under each')


def hours_and_totals_are_parts_and_sums_of_days(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        ids = ids_of(sim, keys, 'line_items')
        want = known(sim, 'adset', '2026-03-09', '2026-03-15')
        for first, last in (('2026-03-09', '2026-03-12'), ('2026-03-15', '2026-03-16')):
            hours = stats(sim, keys, entity_ids=ids, start_time=first, end_time=last, granularity='HOUR', metric_groups='ENGAGEMENT').json
            total = stats(sim, keys, entity_ids=ids, start_time=first, end_time=last, granularity='TOTAL', metric_groups='ENGAGEMENT').json
            equal((hours['time_series_length'], total['time_series_length']), (72 if last == '2026-03-12' else 24, 1))
            sums = {}
            for (line, day, placement), figures in want.items():
                if first <= day < last and placement == 'ALL_ON_TWITTER':
                    sums[line] = sums.get(line, 0) + figures.get('impressions', 0)
            true(sums)
            for body in (hours, total):
                got = {row['id']: sum(row['id_data'][0]['metrics'].get('impressions') or [0]) for row in body['data']}
                equal({k: v for k, v in got.items() if v}, sums)
        today = next(row for row in hours['data'] if row['id_data'][0]['metrics'].get('impressions'))['id_data'][0]['metrics']['impressions']
        true(today[0] and not any(today[9:]), 'of today there is only what has passed: 08:30 in New York')


# ---- days


def bound(sim, keys, account, first, last, **more):
    answer = stats(sim, keys, account, entity='ACCOUNT', entity_ids=account, start_time=first, end_time=last, metric_groups='ENGAGEMENT', **more)
    if answer.status != 200:
        return answer
    params = answer.json['request']['params']
    return params['start_time'], params['end_time'], answer.json['time_series_length']


ZONES = [
    # which account, dates, what they stand for: over a change of clocks, and where a midnight does not exist
    ('America/New_York', '2026-03-05', '2026-03-12', ('2026-03-05T05:00:00Z', '2026-03-12T04:00:00Z', 7)),
    ('America/New_York', '2025-10-29', '2025-11-05', ('2025-10-29T04:00:00Z', '2025-11-05T05:00:00Z', 7)),
    ('America/Los_Angeles', '2026-03-08', '2026-03-09', ('2026-03-08T08:00:00Z', '2026-03-09T07:00:00Z', 1)),
    ('Asia/Tokyo', '2026-03-08', '2026-03-10', ('2026-03-07T15:00:00Z', '2026-03-09T15:00:00Z', 2)),
    ('Europe/Berlin', '2026-03-09', '2026-03-13', ('2026-03-09T07:00:00Z', '2026-03-12T23:00:00Z', 4)),  # which left Los Angeles' time
    ('Asia/Kolkata', '2026-03-01', '2026-03-08', ('2026-02-28T18:30:00Z', '2026-03-07T18:30:00Z', 7)),
    ('America/Santiago', '2025-09-06', '2025-09-09', ('2025-09-06T04:00:00Z', '2025-09-09T03:00:00Z', 3)),
    ('America/Santiago', '2025-09-07', '2025-09-08', ('2025-09-07T04:00:00Z', '2025-09-08T03:00:00Z', 1)),
]


def a_date_is_the_accounts_own_midnight(path):
    with Adsim(path, **dict(WORLD, accounts=12, campaigns=1)) as sim:
        keys = mint(sim)
        zones = {row['timezone']: row for row in rows(sim, keys, 'accounts', with_deleted=True) if not row['deleted']}
        for zone, first, last, want in ZONES:
            account = zones[zone]['id']
            equal(bound(sim, keys, account, first, last), want, zone)
            whole = all(word.endswith(':00:00Z') for word in want[:2])
            again = bound(sim, keys, account, want[0], want[1])
            if whole:
                equal(again, want, zone + ' as instants')
            else:
                equal(refused(again, 400, 'INVALID_TIME_WINDOW')['message'], 'Time cannot be fractional hours')
        equal(zones['Europe/Berlin']['timezone_switch_at'], '2026-03-10T23:00:00Z')
        for form in ('2026-03-05T00:00:00-05:00', '2026-03-05T00:00:00-0500', '2026-03-05T00:00:00-05', '2026-03-05T05:00:00Z'):
            equal(bound(sim, keys, FIRST, form, '2026-03-06')[0], '2026-03-05T05:00:00Z', form)
        hours = bound(sim, keys, FIRST, '2026-03-08', '2026-03-09', granularity='HOUR')
        equal(hours, ('2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', 23))


def the_offset_may_be_that_of_the_day_of_asking(path):
    with Adsim(path, **dict(WORLD, campaigns=1, x_dst='today')) as sim:
        keys = mint(sim)
        for first, last, want in (
            ('2026-03-05', '2026-03-12', ('2026-03-05T04:00:00Z', '2026-03-12T04:00:00Z', 7)),
            ('2026-03-05T04:00:00Z', '2026-03-12T04:00:00Z', ('2026-03-05T04:00:00Z', '2026-03-12T04:00:00Z', 7)),
        ):
            equal(bound(sim, keys, FIRST, first, last), want)
        refused(bound(sim, keys, FIRST, '2026-03-05T05:00:00Z', '2026-03-12T04:00:00Z'), 400, 'INVALID_TIME_WINDOW')
    with Adsim(path, **dict(WORLD, campaigns=1)) as sim:
        refused(bound(sim, mint(sim), FIRST, '2026-03-05T04:00:00Z', '2026-03-12T04:00:00Z'), 400, 'INVALID_TIME_WINDOW')


# ---- what is null, missing, refused


def nothing_is_null_or_missing_or_no_row(path):
    with Adsim(path, **dict(WORLD, campaigns=20, x_absent=40)) as sim:
        keys = mint(sim)
        ids = ids_of(sim, keys, 'campaigns')
        rows_, names = [], set()
        for i in range(0, len(ids), 20):
            rows_ += stats(sim, keys, entity='CAMPAIGN', entity_ids=ids[i : i + 20], start_time='2026-03-01', end_time='2026-03-03').json['data']
        true(len(rows_) < len(ids), 'some have no row')
        metrics = [row['id_data'][0]['metrics'] for row in rows_]
        true(any(all(v is None for v in m.values()) for m in metrics), 'some have only nulls')
        for m in metrics:
            names |= set(m)
        true(any(set(m) < names for m in metrics), 'some figures are missing')
        true(all(v is None or isinstance(v, dict) or len(v) == 2 for m in metrics for v in m.values()))
        for wrong in (ids_of(sim, keys, 'line_items')[:1], ['zzz'], [FIRST]):
            answer = stats(sim, keys, entity='CAMPAIGN', entity_ids=wrong, start_time='2026-03-01', end_time='2026-03-03')
            equal((answer.status, answer.json['data']), (200, []))
        sim.control('set', name='x-null-elements', value='1')
        body = stats(sim, keys, entity='CAMPAIGN', entity_ids=ids[:20], start_time='2026-03-01', end_time='2026-03-08').body
        true(re.search(rb'\[[^\]]*\d[^\]]*null', body) or re.search(rb'\[[^\]]*null[^\]]*\d', body), 'a null among numbers')


def windows_words_and_ids_are_refused(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        good = dict(entity_ids='a', start_time='2026-03-01', end_time='2026-03-02')
        for wrong, code in (
            (dict(entity='AD'), 'INVALID_PARAMETER'),
            (dict(entity='MEDIA_CREATIVE'), 'INVALID_PARAMETER'),
            (dict(granularity='WEEK'), 'INVALID_PARAMETER'),
            (dict(placement='TWITTER_SEARCH'), 'INVALID_PARAMETER'),
            (dict(placement='ALL_ON_TWITTER,TREND'), 'INVALID_PARAMETER'),
            (dict(metric_groups='MEDIA'), 'INVALID_PARAMETER'),
            (dict(metric_groups=['ENGAGEMENT', 'MOBILE_CONVERSION']), 'EXCLUSIVE_PARAMETERS'),
            (dict(entity='ACCOUNT'), 'INVALID_PARAMETER'),
            (dict(entity='FUNDING_INSTRUMENT'), 'INVALID_PARAMETER'),
            (dict(entity_ids=['a'] * 21), 'INVALID_PARAMETER'),
            (dict(segmentation_type='AGE'), 'UNKNOWN_PARAMETER'),
            (dict(cursor='x'), 'UNKNOWN_PARAMETER'),
            (dict(start_time='yesterday'), 'INVALID_PARAMETER'),
            (dict(start_time='1772323200'), 'INVALID_PARAMETER'),
            (dict(end_time='2026-03-01'), 'INVALID_TIME_WINDOW'),
            (dict(end_time='2026-03-09'), 'INVALID_TIME_WINDOW'),
            (dict(granularity='HOUR', end_time='2026-03-01T12:30:00Z'), 'INVALID_TIME_WINDOW'),
        ):
            refused(stats(sim, keys, **dict(good, **wrong)), 400, code)
        for name in ('entity', 'entity_ids', 'start_time', 'end_time', 'granularity', 'placement', 'metric_groups'):
            error = refused(stats(sim, keys, **dict(good, **{name: None})), 400, 'MISSING_PARAMETER')
            equal(error['parameter'], name)
        error = refused(stats(sim, keys, **dict(good, end_time='2026-03-09')), 400, 'INVALID_TIME_WINDOW')
        true('maximum of 7.days+1.hours' in error['message'])
        equal(stats(sim, keys, **dict(good, start_time='2026-03-01T05:00:00Z', end_time='2026-03-08T06:00:00Z', granularity='HOUR')).status, 200)
        two = dict(good, start_time='2026-03-01T06:00:00Z', end_time='2026-03-02T06:00:00Z')
        refused(stats(sim, keys, **two), 400, 'INVALID_TIME_WINDOW', 'INVALID_TIME_WINDOW')
        refused(stats(sim, keys, **dict(two, start_time='2026-03-01T05:00:00Z')), 400, 'INVALID_TIME_WINDOW')
        sim.control('set', name='x-cells', value='30')
        refused(stats(sim, keys, **dict(good, end_time='2026-03-03')), 400, 'REQUEST_TOO_COMPLEX')
        sim.control('set', name='x-cells', value='100000')
        network = dict(good, placement='PUBLISHER_NETWORK', entity='CAMPAIGN', entity_ids=ids_of(sim, keys, 'campaigns'))
        true(not table([(stats(sim, keys, **network).json, '2026-03-01')]), 'nothing is served there')
        advance(sim, 100 * 86400)
        refused(stats(sim, keys, **network), 400, 'INVALID_PARAMETER')


# ---- jobs


def job(sim, keys, account=FIRST, **params):
    query = dict(entity='LINE_ITEM', granularity='DAY', placement='ALL_ON_TWITTER', metric_groups=GROUPS)
    return call(sim, keys, '/12/stats/jobs/accounts/' + account, 'POST', form=dict(query, **params))


def look(sim, keys, job_id):
    page = get(sim, keys, 'stats/jobs/accounts/' + FIRST, job_ids=[job_id])
    equal(page['request']['params']['job_ids'], [int(job_id)])
    return page['data'][0], page['next_cursor']


def wait(sim, keys, job_id):
    """looks until there is a file; what was seen on the way"""
    seen = []
    for _ in range(12):
        one, noise = look(sim, keys, job_id)
        true(noise, 'a next page that means nothing')
        seen.append((one['status'], one['url'] is not None))
        if one['url'] or one['status'] in ('FAILED', 'CANCELLED'):
            break
    return one, seen


def file(sim, keys, url):
    """as a client takes it: the last of two addresses, signed only for the Ads API"""
    host, path = re.match(r'https://([^/]+)(/.*)', url[url.rindex('https://') :]).groups()
    answer = call(sim, keys, path, host=host) if host == ADS else sim.call(host, 'GET', path)
    equal((answer.status, answer.header('Content-Type'), answer.header('Content-Encoding')), (200, 'application/gzip', None))
    equal(answer.body[:2], b'\x1f\x8b')
    return json.loads(gzip.decompress(answer.body))


def jobs_are_looked_at_until_their_file_is_there(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        ids = ids_of(sim, keys, 'line_items')
        bodies, statuses, urls, early, twice = [], set(), set(), 0, 0
        for placement in PLACEMENTS:
            for i in range(0, len(ids), 5):
                answer = job(sim, keys, entity_ids=ids[i : i + 5], start_time='2025-12-16', end_time='2026-03-16', placement=placement)
                equal(answer.status, 200, answer.body)
                made = answer.json['data']
                twice += (b'"id":"%s"' % made['id_str'].encode() in answer.body) and (b'"id":%s' % made['id_str'].encode() in answer.body)
                equal((made['url'], made['expires_at'], str(made['id']), answer.header('x-concurrent-job-limit')), (None, None, made['id_str'], '100'))
                statuses.add(made['status'])
                done, seen = wait(sim, keys, made['id_str'])
                statuses |= {status for status, _ in seen}
                early += seen.count(('SUCCESS', False))
                urls.add(re.sub(r'\d+', 'N', done['url']))
                bodies.append((file(sim, keys, done['url']), '2025-12-16'))
        equal(statuses, {'QUEUED', 'PROCESSING', 'UPLOADING', 'SUCCESS'})
        true(early, 'successful, and yet without a file')
        true(twice, 'an id as text and as a number under one name')
        base = 'https://%s/advertiser-api-async-analytics/stats_job_N.json.gz'
        equal(urls, {base % FILES, 'https://%s/' % FILES + base % FILES, base % ADS})
        equal(table(bodies), known(sim, 'adset', '2025-12-16', '2026-03-15'))


def a_job_ends_in_every_way(path):
    with Adsim(path, run_race=0, **WORLD) as sim:
        keys = mint(sim)
        params = dict(entity_ids=ids_of(sim, keys, 'line_items')[:2], start_time='2026-03-01', end_time='2026-03-08')
        for status in ('FAILED', 'CANCELLED', 'PROCESSING'):
            sim.fault('run', status=status, count=1)
            one, _ = wait(sim, keys, job(sim, keys, **params).json['data']['id_str'])
            equal((one['status'], one['url']), (status, None))
        made = job(sim, keys, **dict(params, segmentation_type='AGE')).json['data']['id_str']
        gone = call(sim, keys, '/12/stats/jobs/accounts/%s/%s' % (FIRST, made), 'DELETE')
        equal((gone.json['data']['status'], gone.json['data_type']), ('CANCELLED', 'job'))
        equal(wait(sim, keys, made)[0]['status'], 'CANCELLED')
        fits(sample('x', 'stats_job_cancelled', STANDINS), gone.json, 'stats_job_cancelled')
        sim.fault('error', code='SERVICE_UNAVAILABLE', applied=True, count=1, method='POST')
        refused(job(sim, keys, **dict(params, end_time='2026-03-05')), 503, 'SERVICE_UNAVAILABLE')
        listed = get(sim, keys, 'stats/jobs/accounts/' + FIRST)['data']
        equal((len(listed), listed[0]['end_time']), (5, '2026-03-05T05:00:00Z'), 'it is there all the same')
        done, _ = wait(sim, keys, listed[0]['id_str'])
        url = done['url'][done['url'].rindex('https://') :].replace(ADS, FILES)
        at = url[len('https://' + FILES) :]
        equal(sim.call(FILES, 'GET', at).status, 200)
        equal(sim.call(FILES, 'GET', at, headers={'Authorization': 'OAuth x'}).status, 400)
        equal(sim.call(FILES, 'GET', at.replace(listed[0]['id_str'], made)).status, 404)
        advance(sim, 2 * 86400)
        equal(sim.call(FILES, 'GET', at).status, 200)
        advance(sim, 2)
        equal(sim.call(FILES, 'GET', at).status, 404)
        refused(call(sim, keys, '/12/stats/jobs/accounts/%s/%s' % (FIRST, '12')), 404, 'NOT_FOUND')
        equal(get(sim, keys, 'stats/jobs/accounts/' + FIRST, job_ids=['12'])['data'], [])


def a_hundred_jobs_run_at_once_and_no_more(path):
    with Adsim(path, limit_scale=3, **WORLD) as sim:
        keys = mint(sim)
        params = dict(entity_ids='a', start_time='2026-03-01', end_time='2026-03-08')
        left = [job(sim, keys, **params).header('x-concurrent-job-limit-remaining') for _ in range(3)]
        equal(left, ['2', '1', '0'])
        error = refused(job(sim, keys, **params), 400, 'TOO_MANY_JOBS')
        equal((error['message'], sorted(error)), ('A maximum of 3 jobs can be in processing state', ['code', 'message']))
        wait(sim, keys, get(sim, keys, 'stats/jobs/accounts/' + FIRST)['data'][0]['id_str'])
        equal(job(sim, keys, **params).status, 200)


def jobs_are_refused_as_statistics_are_and_may_be_split(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        ids = ids_of(sim, keys, 'line_items')[:3]
        good = dict(entity_ids=ids, start_time='2025-12-16', end_time='2026-03-16')
        for wrong, code in (
            (dict(start_time='2025-12-14'), 'INVALID_TIME_WINDOW'),
            (dict(segmentation_type='AGE'), 'INVALID_TIME_WINDOW'),
            (dict(segmentation_type='LOCATIONS'), 'INVALID_PARAMETER'),
            (dict(segmentation_type='METROS', start_time='2026-03-01'), 'INCLUSIVE_PARAMETERS'),
            (dict(segmentation_type='CONVERSION_TAGS', start_time='2026-03-01'), 'INVALID_PARAMETER'),
            (dict(entity_ids=['a'] * 21), 'INVALID_PARAMETER'),
            (dict(metric_groups=None), 'MISSING_PARAMETER'),
            (dict(fields='x'), 'UNKNOWN_PARAMETER'),
        ):
            refused(job(sim, keys, **dict(good, **wrong)), 400, code)
        for kind, more in (('AGE', {}), ('GENDER', {}), ('PLATFORMS', {}), ('METROS', dict(country='96683cc9126741d1')), ('CONVERSION_TAGS', dict(metric_groups='WEB_CONVERSION'))):
            made = job(sim, keys, **dict(good, start_time='2026-03-01', segmentation_type=kind, **more)).json['data']
            equal((made['segmentation_type'], made['country']), (kind, more.get('country')))
            body = file(sim, keys, wait(sim, keys, made['id_str'])[0]['url'])
            parts = [part['segment'] for row in body['data'] for part in row['id_data']]
            true(parts and all(sorted(part) == ['segment_name', 'segment_value'] for part in parts), kind)


# ---- what was active


def active_entities_tell_of_everything_that_changed(path):
    with Adsim(path, **dict(WORLD, campaigns=12)) as sim:
        keys = mint(sim)
        fetch = lambda: {k: v for k, v in known(sim, 'adset', '2026-02-10', '2026-03-20').items()}
        before, at = fetch(), now_of(sim)
        advance(sim, 2 * 86400)
        after = fetch()
        changed = {k for k in set(before) | set(after) if before.get(k) != after.get(k)}
        page = get(sim, keys, 'stats/accounts/%s/active_entities' % FIRST, entity='LINE_ITEM', start_time='2026-03-15', end_time='2026-03-18')
        told = {row['entity_id']: row for row in page['data']}
        equal(page['request']['params']['start_time'], '2026-03-15T04:00:00Z')
        for line, day, placement in changed:
            true(line in told, (line, day))
            true(told[line]['activity_start_time'][:10] <= later(day, 1) and told[line]['activity_end_time'][:10] >= day, (day, told[line]))
            true(placement in told[line]['placements'], (placement, told[line]))
        true(changed and any(row['activity_start_time'] < '2026-03-15' for row in told.values()), 'often from before the window')
        true(any('PUBLISHER_NETWORK' in row['placements'] for row in told.values()))
        true(len(told) < len(ids_of(sim, keys, 'line_items')), 'not everything')
        equal(at, now_of(sim) - 2 * 86400)
        campaign = rows(sim, keys, 'accounts/%s/line_items' % FIRST, line_item_ids=[next(iter(told))], **ALL)[0]['campaign_id']
        narrow = get(sim, keys, 'stats/accounts/%s/active_entities' % FIRST, entity='LINE_ITEM', start_time='2026-03-15', end_time='2026-03-18', campaign_ids=campaign)
        true(0 < len(narrow['data']) < len(told))
        for wrong, code in (
            (dict(entity='ACCOUNT'), 'INVALID_PARAMETER'),
            (dict(start_time='2025-12-01'), 'INVALID_TIME_WINDOW'),
            (dict(campaign_ids='a', line_item_ids='b'), 'EXCLUSIVE_PARAMETERS'),
            (dict(entity=None), 'MISSING_PARAMETER'),
            (dict(count=5), 'UNKNOWN_PARAMETER'),
        ):
            query = dict(dict(entity='LINE_ITEM', start_time='2026-03-15', end_time='2026-03-18'), **wrong)
            refused(call(sim, keys, '/12/stats/accounts/%s/active_entities' % FIRST, **query), 400, code)


def reach_is_a_call_of_its_own(path):
    with Adsim(path, **WORLD) as sim:
        keys = mint(sim)
        ids = ids_of(sim, keys, 'campaigns')
        at = 'stats/accounts/%s/reach/campaigns' % FIRST
        got = get(sim, keys, at, campaign_ids=ids, start_time='2026-03-01', end_time='2026-03-08')['data']
        true(got and any(row['total_audience_reach'] > 0 and row['average_frequency'] >= 1 for row in got), got)
        refused(call(sim, keys, '/12/' + at, start_time='2026-03-01', end_time='2026-03-08'), 400, 'MISSING_PARAMETER')
        refused(call(sim, keys, '/12/' + at, campaign_ids=['a'] * 21, start_time='2026-03-01', end_time='2026-03-08'), 400, 'INVALID_PARAMETER')


# ---- recorded shapes


PARAMS = {
    'start_time': '', 'segmentation_type': None, 'entity_ids': [''], 'end_time': '', 'country': None, 'placement': '', 'granularity': '',
    'entity': '', 'platform': None, 'metric_groups': [''],
}
JOB = dict(PARAMS, url=None, id_str='', id=1, expires_at=None, account_id='', status='', created_at='', updated_at='')
STANDINS = {
    'stats_job_cancelled': {'request': {'params': {'job_id': 1, 'account_id': ''}}, 'data_type': 'job', 'data': dict(JOB, segmentation_type='')},
    'stats_job_create': {'request': {'params': {'start_time': '', 'entity_ids': [''], 'entity': ''}}, 'data': JOB},
    'stats_job_success': {'request': {'params': {'job_ids': [1]}}, 'next_cursor': '', 'data': [dict(JOB, url='', expires_at='')]},
    'stats_job_file': {'data_type': 'stats', 'time_series_length': 1, 'data': [
        {'id': '', 'id_data': [{'segment': None, 'metrics': {'impressions': [1], 'poll_card_vote': None}}]}], 'request': {'params': PARAMS}},
    'stats_sync_hour': {'data_type': 'stats', 'time_series_length': 24, 'data': [
        {'id': '', 'id_data': [{'segment': None, 'metrics': {'impressions': [1], 'video_total_views': [1]}}]}], 'request': {}},
    'stats_web_conversion_total': {'data_type': 'stats', 'time_series_length': 1, 'data': [
        {'id': '', 'id_data': [{'segment': None, 'metrics': {'conversion_purchases': {'metric': [1], 'post_view': [1], 'assisted': None}}}]}]},
    'active_entities': {'request': {'params': {'account_id': '', 'entity': '', 'start_time': '', 'end_time': ''}}, 'data': [
        {'entity_id': '', 'activity_start_time': '', 'activity_end_time': '', 'placements': ['']}]},
}


def alike(real, body):
    """one row of ours that has something wherever the real row has something; what is null there may be null or not here"""
    wanted = {k for k, v in real['metrics'].items() if v is not None}
    for row in body['data']:
        metrics = row['id_data'][0]['metrics']
        full = all(metrics.get(k) for k in wanted)
        if full and all(v[k] for k in ('metric', 'post_view', 'post_engagement') for v in [metrics.get('conversion_purchases')] if v):
            return row
    raise AssertionError('no row has %s' % sorted(wanted))


def same_metrics(real, ours, name):
    for metric, value in real.items():
        true(metric in ours, '%s lacks %s' % (name, metric))
        if isinstance(value, dict):
            same_metrics(value, ours[metric], name + '.' + metric)
        elif value is not None and ours[metric] is not None:
            fits(value, ours[metric], name + '.' + metric)


def recorded_statistics_have_our_shape(path):
    with Adsim(path, **dict(WORLD, campaigns=10, x_absent=0, run_race=0)) as sim:
        keys = mint(sim)
        ids = ids_of(sim, keys, 'line_items')[:20]
        spans = dict(entity_ids=ids, start_time='2026-02-11', end_time='2026-02-18')
        hours = stats(sim, keys, entity_ids=ids[:20], start_time='2026-03-10', end_time='2026-03-11', granularity='HOUR', metric_groups=['ENGAGEMENT', 'VIDEO']).json
        web = stats(sim, keys, **dict(spans, granularity='TOTAL', metric_groups='WEB_CONVERSION')).json
        created = job(sim, keys, **dict(spans, granularity='TOTAL', metric_groups='ENGAGEMENT')).json
        done = call(sim, keys, '/12/stats/jobs/accounts/' + FIRST, job_ids=[created['data']['id_str']]).json
        while not done['data'][0]['url']:
            done = call(sim, keys, '/12/stats/jobs/accounts/' + FIRST, job_ids=[created['data']['id_str']]).json
        content = file(sim, keys, done['data'][0]['url'])
        for name, ours in (('stats_sync_hour', hours), ('stats_web_conversion_total', web), ('stats_job_file', content)):
            real = sample('x', name, STANDINS)
            equal(ours['data_type'], real['data_type'])
            equal(ours['time_series_length'], real['time_series_length'], name)
            part = real['data'][0]['id_data'][0]
            same_metrics(part['metrics'], alike(part, ours)['id_data'][0]['metrics'], name)
            fits(real.get('request', {}), ours['request'], name)
        daily = sample('x', 'stats_sync_day', dict(STANDINS, stats_sync_day=STANDINS['stats_job_file']))
        ours = stats(sim, keys, **spans).json
        equal(sorted(ours['request']['params']), sorted(daily['request']['params']))
        fits({k: v for k, v in daily.items() if k not in ('data',)}, ours, 'stats_sync_day')
        fits(sample('x', 'stats_job_create', STANDINS), created, 'stats_job_create')
        fits(sample('x', 'stats_job_success', STANDINS), done, 'stats_job_success')
        active = get(sim, keys, 'stats/accounts/%s/active_entities' % FIRST, entity='PROMOTED_TWEET', start_time='2026-02-28', end_time='2026-03-01')
        fits(sample('x', 'active_entities', STANDINS), active, 'active_entities')


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
