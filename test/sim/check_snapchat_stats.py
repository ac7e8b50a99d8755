#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Snapchat on adsim: figures at each level, the rules of time, windows and restatement, pages, reports with a file."""
import csv
import io
import json
import sys
import zoneinfo
from datetime import datetime, timedelta

import harness
from harness import equal, true
from snapchat_client import (
    API,
    FILES,
    accounts,
    daily,
    day,
    file_of,
    get,
    midnight,
    mint,
    objects,
    quiet,
    refused,
    report_of,
    rows_of,
    run_of,
)

PLAIN = 'impressions,swipes,spend,video_views,view_completion,uniques,frequency,swipe_up_percent'
SALES = 'conversion_purchases,conversion_purchases_value,conversion_add_cart,conversion_sign_ups,native_leads,total_installs'
AS_STORED = dict(action_report_time='impression', swipe_up_attribution_window='28_DAY', view_attribution_window='1_DAY')
KEYS = {'campaign': 'campaigns', 'adset': 'adsquads', 'ad': 'ads'}
BREAKDOWNS = {'campaign': 'campaign', 'adset': 'adsquad', 'ad': 'ad'}


def series(answer):
    equal(answer.status, 200, answer.body[:600])
    return answer.json['timeseries_stats'][0]['timeseries_stat']


def below(sim, token, answer, name):
    """all pages of a breakdown; a child stands on one page only"""
    found = {}
    while True:
        for child in series(answer)['breakdown_stats'][name]:
            true(child['id'] not in found)
            found[child['id']] = child
        link = answer.json['paging'].get('next_link')
        if not link:
            return found
        answer = sim.ask(API, link[len('https://' + API) :], token)


def told(rows):
    """(id, day) -> figures, without days of zeros"""
    return {(i, start[:10]): stats for i, start, _, stats in rows if any(stats.values())}


def wanted(sim, level, account, first, last, fields):
    lines = sim.truth('insights', platform='snapchat', account=account, level=level, fields=fields, **{'from': first, 'to': last})
    return {(r['row']['id'], r['row']['start_time'][:10]): r['row']['stats'] for r in lines if any(r['row']['stats'].values())}


# ---- figures


def figures_of_each_level_are_those_of_the_truth_today_and_a_month_later(path):
    with quiet(path, accounts=3, campaigns=5, snapchat_stats_rows=4, odd_pages=40) as sim:
        for first, last, now in (
            ('2026-02-20', '2026-03-15', '2026-03-15T12:34:56Z'),
            ('2026-02-20', '2026-03-15', '2026-04-15T12:34:56Z'),
        ):
            sim.control('now.set', now=now)
            token = mint(sim)['access_token']
            for account in accounts(sim):
                zone, at = account['timezone'], 'adaccounts/' + account['id']
                got = told(rows_of(series(daily(sim, token, at, zone, first, last, fields='spend'))))
                equal(got, wanted(sim, 'account', account['id'], first, last, 'spend'))
                true(len(got) > 15)
                for level, name in BREAKDOWNS.items():
                    answer = daily(sim, token, at, zone, first, last, breakdown=name, fields=PLAIN + ',' + SALES, **AS_STORED)
                    children = below(sim, token, answer, name)
                    got = told(row for child in children.values() for row in rows_of(child))
                    equal(got, wanted(sim, level, account['id'], first, last, PLAIN + ',' + SALES), level)
                    true(got)
                    if level == 'adset':
                        shown = {o['id'] for o in objects(sim, token, at + '/adsquads')}
                        true(set(children) - shown, 'deleted ones have figures')
                    some = sorted(children)[0]
                    alone = daily(sim, token, KEYS[level] + '/' + some, zone, first, last, fields=PLAIN + ',' + SALES, **AS_STORED)
                    equal(rows_of(series(alone)), rows_of(children[some]))


def zeros_are_written_and_what_had_nothing_is_left_out(path):
    with quiet(path, accounts=1, campaigns=40, density=30) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]
        at, zone = 'adaccounts/' + account['id'], account['timezone']
        children = below(sim, token, daily(sim, token, at, zone, '2026-03-12', '2026-03-20', breakdown='ad'), 'ad')
        true(0 < len(children) < len(objects(sim, token, at + '/ads', read_deleted_entities='true')))
        for child in children.values():
            rows = child['timeseries']
            equal([r['start_time'][:10] for r in rows], ['2026-03-%d' % d for d in range(12, 21)])
            equal([r['stats'] for r in rows[-5:]], [{'impressions': 0, 'spend': 0}] * 5, 'days to come')
            true(any(r['stats']['impressions'] for r in rows))
        bare = below(sim, token, daily(sim, token, at, zone, '2026-03-12', '2026-03-20', breakdown='ad', omit_empty='true'), 'ad')
        equal(told(r for c in bare.values() for r in rows_of(c)), told(r for c in children.values() for r in rows_of(c)))
        true(all(r['stats']['impressions'] for c in bare.values() for r in c['timeseries']))
        nothing = series(daily(sim, token, at, zone, '2027-01-01', '2027-01-02'))
        equal([r['stats'] for r in nothing['timeseries']], [{'spend': 0}] * 2)


def totals_days_and_hours_agree(path):
    with quiet(path, accounts=2, campaigns=4) as sim:
        token = mint(sim)['access_token']
        for account in accounts(sim):
            zone = account['timezone']
            some = 'campaigns/' + objects(sim, token, 'adaccounts/%s/campaigns' % account['id'])[0]['id']
            fields = 'impressions,spend,swipes,conversion_purchases'
            span = dict(start_time=midnight(zone, day('2026-03-07')), end_time=midnight(zone, day('2026-03-12')), fields=fields)
            days = [r['stats'] for r in series(get(sim, token, some + '/stats', granularity='DAY', **span))['timeseries']]
            hours = series(get(sim, token, some + '/stats', granularity='HOUR', **span))['timeseries']
            total = get(sim, token, some + '/stats', granularity='TOTAL', **span).json['total_stats'][0]['total_stat']
            equal(len(hours), 119 if zone == 'America/New_York' else 120, 'the 8th of March has 23 hours in New York')
            for name in fields.split(','):
                equal(total['stats'][name], sum(d[name] for d in days), name)
                equal(total['stats'][name], sum(h['stats'][name] for h in hours), name)
                for i, one in enumerate(days):
                    part = sum(h['stats'][name] for h in hours if h['start_time'][:10] == '2026-03-%02d' % (7 + i))
                    equal(part, one[name], name)
            total = get(sim, token, some + '/stats', granularity='TOTAL', **dict(span, fields='uniques')).json['total_stats'][0][
                'total_stat'
            ]
            people = [
                r['stats']['uniques']
                for r in series(get(sim, token, some + '/stats', granularity='DAY', **dict(span, fields='uniques')))['timeseries']
            ]
            true(0 < total['stats']['uniques'] < sum(people), 'people do not add up')
            ever = get(sim, token, some + '/stats', granularity='LIFETIME').json['lifetime_stats'][0]['lifetime_stat']
            open_end = get(sim, token, some + '/stats', granularity='TOTAL').json['total_stats'][0]['total_stat']
            equal(ever['stats'], open_end['stats'])
            true(ever['stats']['impressions'] > total['stats']['uniques'] and 'start_time' not in open_end)


def children_and_their_parent_are_told_side_by_side(path):
    with quiet(path, accounts=1, campaigns=4) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]
        some = 'campaigns/' + objects(sim, token, 'adaccounts/%s/campaigns' % account['id'])[0]['id']
        total = get(sim, token, some + '/stats', granularity='TOTAL', breakdown='ad', fields='spend,impressions').json['total_stats'][0][
            'total_stat'
        ]
        ads = total['breakdown_stats']['ad']
        equal(total['stats'], {k: sum(a['stats'][k] for a in ads) for k in ('spend', 'impressions')})
        true(len(ads) > 2 and set(ads[0]) == {'id', 'stats'})
        dayly = series(daily(sim, token, some, account['timezone'], '2026-03-01', '2026-03-05', breakdown='adsquad'))
        true(
            'timeseries' not in dayly
            and [c['type'] for c in dayly['breakdown_stats']['adsquad']] == ['AD_SQUAD'] * len(dayly['breakdown_stats']['adsquad'])
        )


def money_is_micro_of_every_currency_and_finer_than_a_cent(path):
    with quiet(path, accounts=5, campaigns=3) as sim:
        token = mint(sim)['access_token']
        for account in accounts(sim):
            rows = series(daily(sim, token, 'adaccounts/' + account['id'], account['timezone'], '2026-03-01', '2026-03-10'))['timeseries']
            true(
                all(type(r['stats']['spend']) is int for r in rows) and any(r['stats']['spend'] % 10000 for r in rows), account['currency']
            )
        equal([a['currency'] for a in accounts(sim)], ['USD', 'EUR', 'JPY', 'IDR', 'BHD'])


# ---- time


def refused_as_stats(answer, text, code='E1008'):
    refused(answer, 400, code, text)


def bounds_stand_on_midnights_of_the_account(path):
    with quiet(path, accounts=14, campaigns=1) as sim:
        token = mint(sim)['access_token']
        turns = {
            'America/New_York': ('2026-03-08', '2025-11-02'),
            'Europe/Berlin': ('2026-03-29', '2025-10-26'),
            'America/Santiago': ('2025-09-07', '2026-04-05'),
            'Asia/Kathmandu': ('2026-03-01', '2026-03-02'),
            'Australia/Sydney': ('2026-04-05', '2025-10-05'),
        }
        for account in accounts(sim):
            zone, at = account['timezone'], 'adaccounts/%s/stats' % account['id']
            for turn in turns.get(zone, ()):
                first, end = midnight(zone, day(turn) - timedelta(days=1)), midnight(zone, day(turn) + timedelta(days=2))
                rows = series(get(sim, token, at, granularity='DAY', start_time=first, end_time=end))['timeseries']
                equal([r['start_time'] for r in rows], [midnight(zone, day(turn) + timedelta(days=i)) for i in (-1, 0, 1)])
                equal([r['end_time'] for r in rows], [midnight(zone, day(turn) + timedelta(days=i)) for i in (0, 1, 2)])
                instants = [
                    datetime.fromisoformat(t).astimezone(zoneinfo.ZoneInfo('UTC')).strftime('%Y-%m-%dT%H:%M:%SZ') for t in (first, end)
                ]
                equal(
                    get(sim, token, at, granularity='DAY', start_time=instants[0], end_time=instants[1]).status,
                    200,
                    'the same instants with Z',
                )
                bare = [t[:19] for t in (first, end)]
                equal(
                    get(sim, token, at, granularity='DAY', start_time=bare[0], end_time=bare[1]).status,
                    200,
                    'without an offset: in account time',
                )
        zone, at = 'America/New_York', 'adaccounts/%s/stats' % accounts(sim)[0]['id']
        wrong = '2026-03-09T00:00:00-05:00'  # the offset of the day before
        ask = lambda start, end, granularity='DAY': get(sim, token, at, granularity=granularity, start_time=start, end_time=end)
        refused_as_stats(ask(wrong, midnight(zone, day('2026-03-12'))), 'must have a start time that is the start of day (00:00:00)')
        refused_as_stats(ask(midnight(zone, day('2026-03-01')), wrong), 'must have an end time that is the start of day')
        refused_as_stats(ask('2026-03-01T00:30:00-05:00', wrong), 'Start time should start at the beginning of an hour')
        refused_as_stats(ask('2026-03-01T00:00:00-05:00', '2026-03-01T23:59:59-05:00'), 'End time should end at the beginning of an hour')
        refused_as_stats(ask('2026-03-01T00:00:00-05:00', '2026-03-01T00:00:00-05:00'), 'End time should be after start time')
        turned = series(ask('2026-03-08T04:00:00', '2026-03-08T05:00:00', 'HOUR'))
        equal((turned['start_time'], len(turned['timeseries'])), ('2026-03-08T04:00:00.000-04:00', 1), 'two hours after the clocks went')
        refused_as_stats(ask(None, '2026-03-01T00:00:00-05:00'), 'start_time')
        refused_as_stats(ask('2026-03-01', '2026-03-02'), 'start_time')
        plus = '/v1/%s?granularity=DAY&start_time=2026-03-01T00:00:00+02:00&end_time=2026-03-02T00:00:00+02:00' % at
        refused_as_stats(sim.ask(API, plus, token), 'start_time')  # a plus that is not encoded is a blank


def windows_have_a_widest_span(path):
    with quiet(path, accounts=1, campaigns=1) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]
        at, zone = 'adaccounts/' + account['id'], account['timezone']
        last = lambda days, first='2026-01-01': str(day(first) + timedelta(days=days - 1))
        equal(len(series(daily(sim, token, at, zone, '2026-01-01', last(32)))['timeseries']), 32)
        refused_as_stats(daily(sim, token, at, zone, '2026-01-01', last(33)), 'cannot query time intervals of more than 32 days')
        refused_as_stats(daily(sim, token, at, zone, '2025-10-15', last(32, '2025-10-15')), '32 days')  # an hour too much in autumn
        equal(daily(sim, token, at, zone, '2025-10-15', last(31, '2025-10-15')).status, 200)
        equal(daily(sim, token, at, zone, '2026-01-01', last(7), granularity='HOUR').status, 200)
        refused_as_stats(daily(sim, token, at, zone, '2026-01-01', last(8), granularity='HOUR'), '7 days')
        equal(daily(sim, token, at, zone, '2025-01-01', '2026-01-01', granularity='TOTAL').status, 200)


# ---- what may be asked


def wrong_questions_are_refused(path):
    with quiet(path, accounts=4, campaigns=2) as sim:
        token, known = mint(sim)['access_token'], accounts(sim)
        account, zone = 'adaccounts/' + known[0]['id'], known[0]['timezone']
        some = 'campaigns/' + objects(sim, token, account + '/campaigns')[0]['id']
        ask = lambda at=some, **more: daily(sim, token, at, zone, '2026-03-01', '2026-03-02', **more)
        refused_as_stats(ask(account, fields='spend,impressions'), "Only field 'spend' should be used when querying AdAccount stats")
        for word in ('ad_squad', 'campaign', 'country'):
            refused_as_stats(ask(breakdown=word), word, 'E1004')
        equal(ask(breakdown='adsquad').status, 200)
        for wrong in (
            dict(fields='clicks'),
            dict(fields='spend_swipe_up'),
            dict(granularity='WEEK'),
            dict(granularity=None),
            dict(swipe_up_attribution_window='none'),
            dict(view_attribution_window='2_DAY'),
            dict(action_report_time='click'),
            dict(conversion_source_types='shop'),
            dict(dimension='country'),
            dict(pivot='age'),
            dict(report_dimension='country'),
            dict(test='true'),
        ):
            refused_as_stats(
                ask(**wrong), 'Unsupported Stats Query' if 'dimension' not in wrong and 'pivot' not in wrong else 'Unknown parameter'
            )
        for field in ('uniques', 'frequency', 'attachment_uniques', 'attachment_frequency', 'total_reach', 'earned_reach'):
            refused_as_stats(ask(fields=field, granularity='HOUR'), field)
            equal(ask(fields=field).status, 200)
        for limit in ('0', '1001'):
            refused(ask(breakdown='ad', limit=limit), 400, 'E2002')
        refused(ask(breakdown='ad', cursor='x'), 400, 'E2002')
        bare = 'adaccounts/' + known[3]['id']
        equal(objects(sim, token, bare + '/pixels'), [])
        zone = known[3]['timezone']
        refused_as_stats(ask(bare, breakdown='ad', fields='spend,conversion_purchases'), 'Unsupported Stats Query')
        equal(ask(bare, breakdown='ad', fields='spend,native_leads,total_installs').status, 200)
        true(
            not any(
                'conversion' in k
                for r in sim.truth('insights', platform='snapchat', account=known[3]['id'], level='ad')
                for k in r['row']['stats']
            )
        )


def windows_sources_and_days_of_sales_are_what_was_asked(path):
    with quiet(path, accounts=1, campaigns=8, now='2026-03-15T12:00:00Z') as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]
        at, zone = 'adaccounts/' + account['id'], account['timezone']

        def total(fields='conversion_purchases', **more):
            answer = daily(
                sim, token, at, zone, '2026-01-01', '2026-03-15', granularity='TOTAL', breakdown='campaign', fields=fields, **more
            )
            children = answer.json['total_stats'][0]['total_stat']['breakdown_stats']['campaign']
            return {k: sum(c['stats'][k] for c in children) for k in children[0]['stats']}

        by = lambda **more: total(action_report_time='impression', **more)['conversion_purchases']
        swipes = [by(swipe_up_attribution_window=w, view_attribution_window='none') for w in ('1_DAY', '7_DAY', '28_DAY')]
        views = [by(view_attribution_window=w) for w in ('none', '1_HOUR', '3_HOUR', '6_HOUR', '1_DAY', '7_DAY')]
        true(
            0 < swipes[0] < swipes[1] < swipes[2] == views[0] and views == sorted(views) and views[0] < views[4] < views[5], (swipes, views)
        )
        equal(by(), by(swipe_up_attribution_window='28_DAY', view_attribution_window='1_DAY'), 'the defaults')
        parts = total(
            'conversion_purchases,conversion_purchases_swipe_up,conversion_purchases_view,conversion_purchases_value',
            conversion_source_types='web,app,total',
        )
        equal(parts['conversion_purchases'], parts['conversion_purchases_swipe_up'] + parts['conversion_purchases_view'])
        for name in ('conversion_purchases', 'conversion_purchases_value'):
            equal(parts[name], parts[name + '_web'] + parts[name + '_app'], name)
        stat = series(
            daily(
                sim,
                token,
                at,
                zone,
                '2026-03-01',
                '2026-03-02',
                breakdown='ad',
                fields='conversion_purchases',
                view_attribution_window='none',
            )
        )
        equal((stat['swipe_up_attribution_window'], stat['view_attribution_window']), ('28_DAY', 'none'))
        true('swipe_up_attribution_window' not in series(daily(sim, token, at, zone, '2026-03-01', '2026-03-02', breakdown='ad')))
        # by the day of the conversion what was told stays; by the day of the impression it grows
        ask = lambda when: [
            sum(
                c['timeseries'][i]['stats']['conversion_purchases']
                for c in below(
                    sim,
                    token,
                    daily(
                        sim,
                        token,
                        at,
                        zone,
                        '2026-03-01',
                        '2026-03-14',
                        breakdown='campaign',
                        fields='conversion_purchases',
                        action_report_time=when,
                    ),
                    'campaign',
                ).values()
            )
            for i in range(13)
        ]
        before = ask('conversion'), ask('impression')
        sim.control('now.advance', seconds=30 * 86400)
        token = mint(sim)['access_token']
        equal(ask('conversion'), before[0])
        later = ask('impression')
        true(all(a <= b for a, b in zip(before[1], later)) and sum(later) > sum(before[1]))
        sim.control('set', name='snapchat-truth-time', value='conversion')
        got = told(
            row
            for c in below(
                sim,
                token,
                daily(sim, token, at, zone, '2026-03-01', '2026-03-14', breakdown='campaign', fields='impressions,conversion_purchases'),
                'campaign',
            ).values()
            for row in rows_of(c)
        )
        true(wanted(sim, 'campaign', account['id'], '2026-03-01', '2026-03-14', 'impressions,conversion_purchases').items() <= got.items())


def what_is_called_final_changes_no_more(path):
    with quiet(path, accounts=3, campaigns=8) as sim:
        before = {}
        for later in (0, 86400, 86400 * 20):
            sim.control('now.advance', seconds=later)
            token = mint(sim)['access_token']
            for account in accounts(sim):
                zone, at = account['timezone'], 'adaccounts/' + account['id']
                stat = series(daily(sim, token, at, zone, '2026-03-05', '2026-03-15'))
                final = datetime.fromisoformat(stat['finalized_data_end_time'].replace('Z', '+00:00'))
                true(stat['finalized_data_end_time'].endswith('Z') and not stat['start_time'].endswith('Z'))
                for row in stat['timeseries']:
                    key = account['id'], row['start_time']
                    if before.get(key, (None, True))[1] is False:
                        equal(row['stats'], before[key][0], 'it was final')
                    before[key] = row['stats'], datetime.fromisoformat(row['end_time']) > final
        true(all(not moving for _, moving in before.values()))


# ---- much of it


def a_breakdown_that_is_too_large_is_an_empty_success(path):
    with quiet(path, accounts=1, campaigns=4, snapchat_huge_rows=100) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]
        at, zone = 'adaccounts/' + account['id'], account['timezone']
        answer = daily(sim, token, at, zone, '2026-03-01', '2026-03-10', breakdown='ad')
        equal((answer.json['request_status'], series(answer)['breakdown_stats'], answer.json['paging']), ('SUCCESS', {'ad': []}, {}))
        true(
            any(r['stats']['spend'] for r in series(daily(sim, token, at, zone, '2026-03-01', '2026-03-10'))['timeseries']),
            'which the account gives away',
        )
        true(series(daily(sim, token, at, zone, '2026-03-01', '2026-03-04', breakdown='ad'))['breakdown_stats']['ad'])
        data = report(
            sim,
            token,
            daily(sim, token, at, zone, '2026-03-01', '2026-03-10', breakdown='ad', **{'async': 'true', 'async_format': 'json'}),
            account['id'],
        )
        true(json.loads(data.body)['timeseries_stats'][0]['timeseries_stat']['breakdown_stats']['ad'], 'a report has all of it')


def report(sim, token, answer, account, seen=None):
    """looks at a run until it is there, and takes the file"""
    looks = report_of(sim, token, answer, account)
    if seen is not None:
        seen += [run_of(look)['async_status'] for look in looks]
    return file_of(sim, looks[-1])


def reports_come_as_files_from_another_host(path):
    with quiet(path, accounts=2, campaigns=3) as sim:
        token, known = mint(sim)['access_token'], accounts(sim)
        at, zone = 'adaccounts/' + known[0]['id'], known[0]['timezone']
        ask = lambda **more: daily(
            sim, token, at, zone, '2026-03-01', '2026-03-10', breakdown='ad', fields='impressions,spend,conversion_purchases', **more
        )
        wanted_rows = sorted((s[0], s[1], *map(str, s[3].values())) for c in below(sim, token, ask(), 'ad').values() for s in rows_of(c))
        seen = []
        started = ask(**{'async': 'true', 'async_format': 'csv'})
        equal(run_of(started)['async_status'], 'STARTED')
        true(run_of(started)['report_run_id'].startswith('ASYNC_STATS:%s:' % known[0]['id']))
        data = report(sim, token, started, known[0]['id'], seen)
        equal((seen[0], seen[-1], 'RUNNING' in seen), ('STARTED', 'COMPLETED', True))
        table = list(csv.DictReader(io.StringIO(data.body.decode(), newline='')))
        equal(list(table[0]), ['start_time', 'end_time', 'id', 'impressions', 'spend', 'conversion_purchases'])
        got = {(r['id'], r['start_time'], r['impressions'], r['spend'], r['conversion_purchases']) for r in table}
        true(set(wanted_rows) <= got and all(r[2:] == ('0', '0', '0') for r in got - set(wanted_rows)))
        other = run_of(ask(**{'async': 'true', 'async_format': 'json'}))['report_run_id']
        refused(get(sim, token, 'adaccounts/%s/stats_report' % known[1]['id'], report_run_id=other), 404, 'E3003')
        refused(get(sim, token, at + '/stats_report', report_run_id=other + '9'), 404, 'E3003')
        refused_as_stats(ask(**{'async': 'true', 'async_format': 'xml'}), 'async_format')
        while True:
            now = run_of(get(sim, token, at + '/stats_report', report_run_id=other))
            if now['async_status'] == 'COMPLETED':
                break
        where = now['result'][len('https://' + FILES) :]
        equal(sim.ask(FILES, where, token).status, 400, 'no token goes there')
        equal(sim.ask(FILES, where[:-20] + 'x').status, 404)
        whole = json.loads(sim.ask(FILES, where).body)['timeseries_stats'][0]['timeseries_stat']['breakdown_stats']['ad']
        equal(sorted((c['id'], r['start_time'], *map(str, r['stats'].values())) for c in whole for r in c['timeseries']), wanted_rows)
        sim.control('set', name='gzip', value='6')
        packed = sim.ask(FILES, where, headers={'Accept-Encoding': 'gzip'})
        equal((packed.header('Content-Encoding'), packed.body[:2]), ('gzip', b'\x1f\x8b'))
        sim.control('now.advance', seconds=8 * 86400)
        equal(sim.ask(FILES, where).status, 404, 'seven days')


def reports_fail_hang_and_take_their_time(path):
    with quiet(path, accounts=1, campaigns=2, run_seconds=60) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[0]
        at, zone = 'adaccounts/' + account['id'], account['timezone']
        ask = lambda: daily(sim, token, at, zone, '2026-03-01', '2026-03-02', **{'async': 'true'})
        run, seen = ask(), []
        equal(report(sim, token, run, account['id'], seen), None)
        equal(set(seen), {'STARTED', 'RUNNING'})
        sim.control('now.advance', seconds=60)
        true(report(sim, token, run, account['id']).body.startswith(b'start_time,'))
        for status in ('FAILED', 'RUNNING'):
            sim.fault('run', count=1, account=account['id'], status=status)
            seen = []
            equal(report(sim, token, ask(), account['id'], seen), None)
            equal(seen[-1], status)
        sim.fault('run', count=1)
        run, seen = ask(), []
        sim.control('now.advance', seconds=60)
        equal((report(sim, token, run, account['id'], seen), seen[-1]), (None, 'FAILED'))


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
