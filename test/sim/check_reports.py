#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""adsim from outside: reports, synchronous and as runs, and what late sales do to them."""
import json
import sys
from decimal import Decimal

import harness
from harness import Adsim, equal, refused, true

FIRST = 'act_300000000000000'
WINDOWS = ['1d_click', '7d_click', '28d_click', '1d_view', '1d_ev']
FIELDS = [
    'account_id',
    'campaign_id',
    'adset_id',
    'ad_id',
    'spend',
    'impressions',
    'clicks',
    'inline_link_clicks',
    'reach',
    'actions',
    'action_values',
    'account_currency',
]


def days(first, last):
    return {'since': first, 'until': last}


def ask(level, first, last, **more):
    return dict(
        dict(level=level, time_increment='1', time_range=days(first, last), fields=FIELDS, action_attribution_windows=WINDOWS, limit='200'),
        **more
    )


def as_asked(line):
    """a row of the truth, with the fields asked for only"""
    return {k: v for k, v in line['row'].items() if k in FIELDS + ['date_start', 'date_stop']}


def in_order(rows):
    return sorted(rows, key=lambda r: json.dumps(r, sort_keys=True))


def complete(sim, token, run):
    """polls a run to its end; what was seen on the way"""
    seen = []
    for _ in range(20):
        answer = sim.graph(run, token)
        if answer.status == 400 and answer.error['error_subcode'] == 33 and not seen:
            continue
        state = answer.json
        seen.append((state['async_status'], state['async_percent_completion']))
        if state['async_status'] in ('Job Completed', 'Job Failed', 'Job Skipped'):
            return state, seen
    raise AssertionError(seen)


def start(sim, token, account=FIRST, **params):
    answer = sim.graph(account + '/insights', token, 'POST', **params)
    equal(answer.status, 200, answer.body)
    return str(answer.json['report_run_id'])


def daily_rows_of_every_level_are_the_truth(path):
    with Adsim(path, campaigns=6) as sim:
        token = sim.consent()
        for level in ('account', 'campaign', 'adset', 'ad'):
            truth = sim.truth('insights', account=FIRST, level=level, **{'from': '2026-02-20', 'to': '2026-03-01'})
            rows = sim.rows(FIRST + '/insights', token, **ask(level, '2026-02-20', '2026-03-01'))
            equal(in_order(rows), in_order([as_asked(t) for t in truth if t['shown'] == 'always']), level)
            if level != 'account':
                status = [{'field': level + '.effective_status', 'operator': 'IN', 'value': ['DELETED']}]
                deleted = sim.rows(FIRST + '/insights', token, **ask(level, '2026-02-20', '2026-03-01', filtering=status))
                equal(in_order(deleted), in_order([as_asked(t) for t in truth if t['shown'] == 'asked']), level)


def levels_add_up_deleted_ones_included(path):
    with Adsim(path, campaigns=20) as sim:
        totals = {}
        for level in ('account', 'campaign', 'adset', 'ad'):
            for line in sim.truth('insights', account=FIRST, level=level, **{'from': '2026-02-20', 'to': '2026-02-24'}):
                day = totals.setdefault((level, line['row']['date_start']), [Decimal(0), 0])
                day[0] += Decimal(line['row']['spend'])
                day[1] += int(line['row']['impressions'])
        for (level, day), sums in totals.items():
            equal(sums, totals[('account', day)], level)
        true(any(t['shown'] == 'asked' for t in sim.truth('insights', account=FIRST, level='campaign')))


def zero_is_absence(path):
    with Adsim(path, accounts=5) as sim:
        rows = [r['row'] for r in sim.truth('insights', level='ad', fields='account_id,clicks,actions,action_values')]
        true(any('actions' not in r for r in rows) and any('clicks' not in r for r in rows) and any('action_values' not in r for r in rows))
        true(any(r.get('clicks') == '0' for r in rows), 'and yet a zero is written out now and then')
        true(all(isinstance(v, (str, list)) for r in rows for v in r.values()), 'a metric is text')
        for account in {r['account_id'] for r in rows}:
            covered = {r['date_start'] for r in rows if r['account_id'] == account}
            true(80 < len(covered) < 90, 'days without a row')
        types = [{a['action_type'] for a in r.get('actions', [])} for r in rows]
        true(any({'omni_purchase', 'purchase', 'offsite_conversion.fb_pixel_purchase'} <= t for t in types))
        true(any('offsite_conversion.fb_pixel_purchase' in t and 'purchase' not in t for t in types))
        true(any('omni_purchase' in t and 'purchase' not in t for t in types))
        values = {a['value'] for r in rows for a in r.get('actions', [])}
        true(any('.' in v for v in values), 'modelled conversions come in fractions')


def windows_are_alternatives_and_the_value_is_seven_days_click_and_one_day_view(path):
    with Adsim(path, density=100) as sim:
        seen = set()
        for line in sim.truth('insights', level='ad', fields='actions'):
            for action in line['row'].get('actions', []):
                if action['action_type'] != 'purchase':
                    continue
                n = {w: Decimal(action.get(w, 0)) for w in WINDOWS}
                true(n['1d_click'] <= n['7d_click'] <= n['28d_click'], action)
                equal(Decimal(action['value']), n['7d_click'] + n['1d_view'], action)
                seen |= {w for w in WINDOWS if n[w]}
        equal(seen, set(WINDOWS))
        token = sim.consent()
        plain = sim.rows(FIRST + '/insights', token, fields='actions', level='account', date_preset='last_3d')
        true(plain and all(sorted(a) == ['action_type', 'value'] for r in plain for a in r['actions']))
        old = sim.rows(
            FIRST + '/insights', token, fields='actions', date_preset='last_3d', action_attribution_windows=['7d_view', '28d_view']
        )
        equal(old, plain, 'the ended windows say nothing')
        refused(sim.graph(FIRST + '/insights', token, action_attribution_windows=['3d_click']), 100)


def sales(sim, first, last):
    out = {}
    for line in sim.truth('insights', account=FIRST, level='account', **{'from': first, 'to': last}):
        found = [a for a in line['row'].get('actions', []) if a['action_type'] == 'omni_purchase']
        out[line['row']['date_start']] = (Decimal(found[0]['value']) if found else Decimal(0), Decimal(line['row']['spend']))
    return out


def late_sales_restate_a_day_for_four_weeks(path):
    with Adsim(path, density=100) as sim:
        first, last = '2026-03-05', '2026-03-14'
        before = sales(sim, first, last)
        grown, steady = 0, None
        for _ in range(5):
            sim.control('now.advance', seconds=7 * 86400)
            after = sales(sim, first, last)
            true(all(after[d][0] >= before[d][0] for d in before), 'a sale was lost')
            true(all(after[d][1] <= before[d][1] for d in before), 'spend grew')
            grown += sum(after[d][0] > before[d][0] for d in before)
            steady = after == before
            before = after
        true(grown > 8 and steady, (grown, steady))
        sim.control('now.set', now='2026-03-15T12:34:56Z')
        equal(sales(sim, first, last)['2026-03-05'][0] < before['2026-03-05'][0], True)


def today_grows_and_the_future_is_not_there(path):
    with Adsim(path, density=100) as sim:
        token = sim.consent()
        day = '2026-03-15'
        if not sim.truth('insights', account=FIRST, level='account', **{'from': day, 'to': day}):
            day = '2026-03-16'
            sim.control('now.advance', seconds=86400)
        morning = sim.rows(FIRST + '/insights', token, level='account', time_range=days(day, '2026-12-31'), time_increment='1')
        equal([r['date_start'] for r in morning], [day])
        sim.control('now.advance', seconds=8 * 3600)
        evening = sim.rows(FIRST + '/insights', token, level='account', time_range=days(day, '2026-12-31'), time_increment='1')
        true(int(evening[0]['impressions']) > 1.5 * int(morning[0]['impressions']))
        equal(sim.rows(FIRST + '/insights', token, level='account', time_range=days('2026-12-01', '2026-12-31')), [])


def days_are_those_of_the_accounts_zone(path):
    with Adsim(path, users=1, accounts=3, density=100) as sim:
        sim.control('now.set', now='2026-03-15T20:00:00Z')  # already the 16th in Tokyo
        last = {}
        for line in sim.truth('insights', level='account'):
            last[line['account_id']] = max(last.get(line['account_id'], ''), line['row']['date_start'])
        tokyo = [r['row']['account_id'] for r in sim.truth('accounts') if r['row']['timezone_name'] == 'Asia/Tokyo']
        equal([a for a in last if last[a] == '2026-03-16'], tokyo)


def pieces_of_time_add_up(path):
    with Adsim(path) as sim:
        token = sim.consent()

        def spend(**params):
            rows = sim.rows(
                FIRST + '/insights', token, level='account', fields='spend', time_range=days('2026-01-01', '2026-02-28'), **params
            )
            return [(r['date_start'], r['date_stop']) for r in rows], sum(Decimal(r['spend']) for r in rows)

        whole, total = spend()
        equal(whole, [('2026-01-01', '2026-02-28')])
        months, monthly = spend(time_increment='monthly')
        equal((months, monthly), ([('2026-01-01', '2026-01-31'), ('2026-02-01', '2026-02-28')], total))
        weeks, weekly = spend(time_increment='7')
        equal((len(weeks), weekly), (9, total))
        equal(spend(time_increment='1')[1], total)
        two = sim.rows(
            FIRST + '/insights',
            token,
            level='account',
            fields='spend',
            time_ranges=[days('2026-01-01', '2026-01-31'), days('2026-02-01', '2026-02-28')],
        )
        equal(sum(Decimal(r['spend']) for r in two), total)


def a_node_reports_what_is_below_it(path):
    with Adsim(path) as sim:
        token = sim.consent()
        ads = sim.rows(FIRST + '/insights', token, **ask('ad', '2026-02-20', '2026-02-22'))
        campaign = ads[0]['campaign_id']
        wanted = [r for r in ads if r['campaign_id'] == campaign]
        equal(sim.rows(campaign + '/insights', token, **ask('ad', '2026-02-20', '2026-02-22')), wanted)
        chosen = [{'field': 'campaign.id', 'operator': 'IN', 'value': [campaign]}]
        equal(sim.rows(FIRST + '/insights', token, **ask('ad', '2026-02-20', '2026-02-22', filtering=chosen)), wanted)
        spent = [{'field': 'spend', 'operator': 'GREATER_THAN', 'value': 10}]
        equal(
            sim.rows(FIRST + '/insights', token, **ask('ad', '2026-02-20', '2026-02-22', filtering=spent)),
            [r for r in ads if Decimal(r['spend']) > 10],
        )


def what_cannot_be_asked_is_refused(path):
    with Adsim(path) as sim:
        token = sim.consent()
        refused(sim.graph(FIRST + '/insights', token, time_range=days('2023-02-14', '2023-02-16')), 3018)
        equal(sim.graph(FIRST + '/insights', token, time_range=days('2023-02-15', '2023-02-16')).status, 200)
        refused(sim.graph(FIRST + '/insights', token, time_range=days('2026-03-02', '2026-03-01')), 100)
        refused(sim.graph(FIRST + '/insights', token, breakdowns='age'), 100)
        refused(sim.graph(FIRST + '/insights', token, fields='spend,cost_per_conversion_lead'), 100)
        refused(sim.graph(FIRST + '/insights', token, level='planet'), 100)
        refused(sim.graph(FIRST + '/insights', token, time_increment='91'), 100)
        refused(sim.graph(FIRST + '/insights', token, level='ad', time_increment='1', date_preset='last_90d'), 100, 1504018)


def a_run_passes_all_its_states_and_ends_with_the_truth(path):
    with Adsim(path, run_wide=True) as sim:
        token = sim.consent()
        truth = sim.truth('insights', account=FIRST, level='ad')
        first, last = '2025-12-16', '2026-03-15'
        kinds, raced = set(), 0
        for _ in range(8):
            answer = sim.graph(FIRST + '/insights', token, 'POST', **ask('ad', first, last))
            kinds.add(type(answer.json['report_run_id']))
            run = str(answer.json['report_run_id'])
            equal(len(run), 19)
            raced += sim.graph(run, token).status == 400
            state, seen = complete(sim, token, run)
        equal(kinds, {str, int})
        equal(raced, 2, 'a run may not be found at the first look')
        equal(
            (state['async_status'], state['async_percent_completion'], state['account_id'], state['date_start'], state['date_stop']),
            ('Job Completed', 100, FIRST[4:], first, last),
        )
        rows = sim.rows(run + '/insights', token, limit='500')
        equal(in_order(rows), in_order([as_asked(t) for t in truth if t['shown'] == 'always']))


def a_run_at_a_hundred_percent_may_still_be_running(path):
    with Adsim(path, run_race=0) as sim:
        token = sim.consent()
        run = start(sim, token, **ask('ad', '2026-02-01', '2026-02-28'))
        for _ in range(5):
            state = sim.graph(run, token).json
            if (state['async_status'], state['async_percent_completion']) == ('Job Running', 100):
                early = sim.rows(run + '/insights', token, limit='500')
        state, seen = complete(sim, token, run)
        full = sim.rows(run + '/insights', token, limit='500')
        true(0 < len(early) < len(full), 'rows that are taken too early are not all there')
        run = start(sim, token, **ask('ad', '2026-02-01', '2026-02-28'))
        _, seen = complete(sim, token, run)
        true(('Job Running', 100) in seen and seen[0][0] == 'Job Not Started', seen)


def a_run_that_is_too_large_fails_and_says_so(path):
    with Adsim(path, run_rows=3000, run_race=0) as sim:
        token = sim.consent()
        run = start(sim, token, **ask('ad', '2025-12-16', '2026-03-15'))
        state, _ = complete(sim, token, run)
        equal((state['async_status'], state['error_code'], state['error_subcode']), ('Job Failed', 100, 1487534))
        true(state['error_message'] and 'time_completed' not in state)
        half = start(sim, token, **ask('ad', '2026-02-01', '2026-03-01'))
        equal(complete(sim, token, half)[0]['async_status'], 'Job Completed')
        old = sim.call(harness.GRAPH, 'GET', '/v24.0/' + run, None, {'Authorization': 'Bearer ' + token}).json
        true(old['async_status'] == 'Job Failed' and 'error_code' not in old, 'versions before 25 do not say why')


def a_run_can_be_made_to_fail_to_be_skipped_and_to_hang(path):
    with Adsim(path, run_race=0) as sim:
        token = sim.consent()
        for status in ('Job Failed', 'Job Skipped'):
            sim.fault('run', status=status, count=1, account=FIRST[4:])
            state, _ = complete(sim, token, start(sim, token, **ask('ad', '2026-02-01', '2026-02-02')))
            equal(state['async_status'], status)
        sim.fault('run', status='Job Running', count=1)
        run = start(sim, token, **ask('ad', '2026-02-01', '2026-02-02'))
        equal({sim.graph(run, token).json['async_status'] for _ in range(9)}, {'Job Running'})


def a_run_belongs_to_its_account_and_lives_thirty_days(path):
    with Adsim(path, run_race=0) as sim:
        token = sim.consent()
        run = start(sim, token, **ask('ad', '2026-02-01', '2026-02-02'))
        refused(sim.graph(run, sim.consent(user='1')), 100, 33)
        sim.control('now.advance', seconds=31 * 86400)
        refused(sim.graph(run, token), 100, 33)


def runs_are_polled_in_one_batch(path):
    with Adsim(path, run_race=0, run_polls=0) as sim:
        token = sim.consent()
        runs = [start(sim, token, **ask('account', '2026-02-01', '2026-02-02')) for _ in range(3)]
        answer = sim.graph('', token, 'POST', batch=[{'method': 'GET', 'relative_url': r} for r in runs]).json
        equal([json.loads(e['body'])['async_status'] for e in answer], ['Job Completed'] * 3)
        equal([json.loads(e['body'])['id'] for e in answer], runs)


def a_json_body_makes_a_run_as_well(path):
    with Adsim(path, run_race=0, run_polls=0) as sim:
        token = sim.consent()
        body = json.dumps(
            dict(level='campaign', time_increment=1, time_range=days('2026-02-01', '2026-02-03'), fields=['campaign_id', 'spend'])
        )
        answer = sim.call(
            harness.GRAPH, 'POST', '/v25.0/%s/insights?access_token=%s' % (FIRST, token), body, {'Content-Type': 'application/json'}
        )
        run = str(answer.json['report_run_id'])
        equal(complete(sim, token, run)[0]['async_status'], 'Job Completed')
        rows = sim.rows(run + '/insights', token)
        equal(
            rows,
            sim.rows(
                FIRST + '/insights',
                token,
                level='campaign',
                time_increment='1',
                time_range=days('2026-02-01', '2026-02-03'),
                fields='campaign_id,spend',
            ),
        )


def millions_of_rows_take_no_memory(path):
    with Adsim(path, users=1, accounts=1000, campaigns=10, adsets=5, ads=5, tier='off', odd_pages=0) as sim:
        token = sim.consent()
        accounts = sim.rows('me/adaccounts', token, fields='id', limit='500')
        equal(len(accounts), 1000)
        before, rows = sim.resident_mib(), 0
        for account in (accounts[0], accounts[500], accounts[999]):
            run = start(sim, token, account['id'], **ask('ad', '2025-12-16', '2026-03-15'))
            complete(sim, token, run)
            rows += sum(len(p['data']) for p in sim.pages(run + '/insights', token, limit='500', fields='spend'))
        true(rows > 30000, rows)
        true(sim.resident_mib() < before + 24, (before, sim.resident_mib()))


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
