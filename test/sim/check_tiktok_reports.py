#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TikTok on adsim, from outside: reports on each level against the truth, now and later; what they refuse; tasks and their files."""
import csv
import io
import itertools
import sys
import xml.etree.ElementTree
import zipfile

import harness
from harness import Adsim, equal, true
from tiktok_client import ADS, LEVELS, OPEN, advertiser, data, get, mint, post, refused, report, report_rows

OFF = dict(tier='off')
WORLD = dict(users=1, accounts=3, campaigns=10, adsets=2, **OFF)
METRICS = (
    'spend impressions clicks conversion cta_conversion vta_conversion real_time_conversion complete_payment total_complete_payment_rate '
    'purchase total_purchase_value onsite_shopping total_onsite_shopping_value form onsite_form video_play_actions reach currency'
).split()
FEBRUARY = ('2026-02-14', '2026-03-15')


def truth(sim, level, account=0, days=FEBRUARY, metrics=METRICS):
    return [
        r['row']
        for r in sim.truth(
            'insights', platform='tiktok', level=level, account=advertiser(account), fields=','.join(metrics), **{'from': days[0], 'to': days[1]}
        )
    ]


def key(row):
    return tuple(sorted(row['dimensions'].items()))


def number(value):
    """text, number, '-' and null alike"""
    return 0.0 if value in (None, '-') else float(value)


def delivered(rows):
    return {key(r): r['metrics'] for r in rows if number(r['metrics']['impressions'])}


def total(rows, metric):
    return sum(number(r['metrics'][metric]) for r in rows)


# ---- figures


def every_level_equals_the_truth(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        for level, account in itertools.product(LEVELS, (0, 2)):
            got = report_rows(sim, token, level, account, metrics=METRICS, size=300)
            equal(len(got), len({key(r) for r in got}))
            known = truth(sim, level, account)
            true(known)
            equal(delivered(got), {key(r): r['metrics'] for r in known}, level)
            true(len(got) > len(known) or level == 'account', 'some days without delivery are there with zeros')
            equal(total([r for r in got if key(r) not in delivered(got)], 'spend'), 0)


def a_month_later_past_days_say_something_else_and_still_equal_the_truth(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        days = ('2026-03-01', '2026-03-15')
        before = {level: report_rows(sim, token, level, days=days, metrics=METRICS) for level in ('account', 'ad')}
        sim.control('now.advance', seconds=30 * 86400)
        for level, old in before.items():
            new = report_rows(sim, token, level, days=days, metrics=METRICS)
            equal(delivered(new), {key(r): r['metrics'] for r in truth(sim, level, days=days)}, level)
            true(total(new, 'conversion') > total(old, 'conversion'), 'sales that came later')
            past = [d for d in delivered(old) if '2026-03-05' > dict(d)['stat_time_day']]
            equal([number(delivered(new)[d]['spend']) for d in past], [number(delivered(old)[d]['spend']) for d in past], 'settled')


def figures_come_as_text_and_sometimes_not(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        values = [v for r in report_rows(sim, token, 'ad', metrics=METRICS, size=1000) for n, v in r['metrics'].items() if n != 'currency']
        kinds = {type(v).__name__ for v in values}
        equal(kinds, {'str', 'int', 'float', 'NoneType'})
        true('-' in values and '0' in values and '0.00' in values)
        true(any(isinstance(v, str) and v[-4:-3] == '.' for v in values), 'three decimals')
        sim.control('set', name='tiktok-odd-values', value='0')
        values = [v for r in report_rows(sim, token, 'ad', metrics=['impressions', 'clicks'], size=1000) for v in r['metrics'].values()]
        equal({type(v).__name__ for v in values}, {'str'})


def deleted_objects_are_left_out_of_their_own_level_alone(path):
    with Adsim(path, users=1, accounts=1, campaigns=60, adsets=2, ads=1, **OFF) as sim:
        token = mint(sim)
        days = ('2025-06-01', '2025-06-10')
        whole = {level: report_rows(sim, token, level, days=days, size=1000) for level in ('account', 'campaign', 'adset', 'ad')}
        spend = {level: round(total(rows, 'spend'), 2) for level, rows in whole.items()}
        equal(set(spend.values()), {spend['account']}, 'with everything asked for each level adds up to the account: %s' % spend)
        for level in ('campaign', 'adset', 'ad'):
            shown = report_rows(sim, token, level, days=days, size=1000, filtering=None)
            true(total(shown, 'spend') < spend['account'] - 1, level)
            gone = [dict(field_name=LEVELS[level][2], filter_type='IN', filter_value='["STATUS_DELETE"]')]
            equal(round(total(shown, 'spend') + total(report_rows(sim, token, level, days=days, size=1000, filtering=gone), 'spend'), 2), spend['account'])


def an_ad_of_smart_plus_is_one_row_or_one_for_each_creative(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        names = ['spend', 'impressions', 'campaign_automation_type', 'ad_id_v2', 'adgroup_id']
        one, two = (report_rows(sim, token, level, metrics=names, size=1000) for level in ('ad', 'ad_v2'))
        creatives = [r for r in one if r['metrics']['campaign_automation_type'] == 'UPGRADED_SMART_PLUS_CREATIVE']
        whole = [r for r in two if r['metrics']['campaign_automation_type'] == 'UPGRADED_SMART_PLUS']
        true(creatives and whole)
        equal(round(total(creatives, 'spend'), 2), round(total(whole, 'spend'), 2))
        equal(round(total(one, 'spend'), 2), round(total(two, 'spend'), 2))
        true({r['dimensions']['ad_id_v2'] for r in whole} >= {r['metrics']['ad_id_v2'] for r in creatives if number(r['metrics']['impressions'])})


def gmv_max_is_in_its_own_report_alone(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        gmv = {r['row']['campaign_id'] for r in sim.truth('campaigns', platform='tiktok', account=advertiser(0)) if 'budget_mode' not in r['row']}
        true(gmv)
        true(not gmv & {r['dimensions']['campaign_id'] for r in report_rows(sim, token, 'campaign')})
        query = dict(
            advertiser_id=advertiser(0),
            dimensions=['campaign_id', 'stat_time_day'],
            metrics=['cost', 'orders', 'gross_revenue', 'roi'],
            start_date=FEBRUARY[0],
            end_date=FEBRUARY[1],
            page_size=1000,
        )
        got = data(get(sim, token, 'gmv_max/report/get/', **query))['list']
        equal({r['dimensions']['campaign_id'] for r in got} - gmv, set())
        refused(get(sim, token, 'gmv_max/report/get/', **dict(query, metrics=['spend'])), 40002, "['spend']")


def hours_are_those_of_the_accounts_clock(path):
    with Adsim(path, now='2026-04-20T12:00:00Z', **WORLD) as sim:
        token = mint(sim)
        for account, day, hours, absent in ((0, '2026-03-08', 23, '02'), (1, '2026-03-29', 23, '02'), (2, '2026-03-29', 24, None)):
            got = report_rows(sim, token, 'account', account, days=(day, day), time='stat_time_hour')
            seen = [r['dimensions']['stat_time_hour'] for r in got]
            equal((len(seen), all(s.startswith(day + ' ') and s.endswith(':00:00') for s in seen)), (hours, True), day)
            true(absent not in {s[11:13] for s in seen}, 'the hour that was not')
            whole = report_rows(sim, token, 'account', account, days=(day, day))
            equal(total(got, 'impressions'), total(whole, 'impressions'))
        got = report_rows(sim, token, 'account', 0, days=('2026-04-20', '2026-04-20'), time='stat_time_hour')
        equal(max(r['dimensions']['stat_time_hour'] for r in got), '2026-04-20 07:00:00', 'today ends now')


def reach_is_there_sixteen_hours_after_the_day(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        got = report_rows(sim, token, 'account', metrics=['impressions', 'reach', 'cash_spend'])
        late = {r['dimensions']['stat_time_day'][:10] for r in got if r['metrics']['reach'] == '-' and number(r['metrics']['impressions'])}
        equal(late, {'2026-03-14', '2026-03-15'})
        sim.control('now.advance', seconds=86400)
        again = report_rows(sim, token, 'account', metrics=['impressions', 'reach', 'cash_spend'])
        true('-' not in [r['metrics']['reach'] for r in again if r['dimensions']['stat_time_day'] < '2026-03-15' and number(r['metrics']['impressions'])])
        refused(get(sim, token, 'report/integrated/get/', **report(sim, token, 'campaign', metrics=['cash_spend'])), 40002, 'cash_spend')


def audiences_add_up_and_come_later(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        whole = report_rows(sim, token, 'campaign', days=('2026-03-01', '2026-03-10'))
        for dims in (['gender'], ['age', 'gender'], ['country_code'], ['platform'], ['placement']):
            got = report_rows(
                sim, token, 'campaign', days=('2026-03-01', '2026-03-10'), size=1000, report_type='AUDIENCE', dimensions=['campaign_id', 'stat_time_day'] + dims
            )
            equal(total(got, 'impressions'), total(whole, 'impressions'), dims)
            true(len({tuple(r['dimensions'][d] for d in dims) for r in got}) > 1)
        got = report_rows(sim, token, 'campaign', size=1000, report_type='AUDIENCE', dimensions=['campaign_id', 'stat_time_day', 'gender'])
        equal(max(r['dimensions']['stat_time_day'] for r in got)[:10], '2026-03-13')
        refused(get(sim, token, 'report/integrated/get/', **report(sim, token, 'campaign', dimensions=['campaign_id', 'gender'])), 40002, 'gender')


def several_advertisers_lose_the_decimals_of_money(path):
    with Adsim(path, users=1, accounts=6, campaigns=4, **OFF) as sim:
        token = mint(sim)
        ids = [advertiser(g) for g in (0, 1)]
        one = {a: report_rows(sim, token, 'account', a) for a in (0, 1)}
        both = report_rows(sim, token, 'account', advertiser_id=None, advertiser_ids=ids)
        equal(len(both), len(one[0]) + len(one[1]))
        for row in both:
            g = ids.index(row['dimensions']['advertiser_id'])
            alone = next(r for r in one[g] if key(r) == key(row))
            equal(number(row['metrics']['spend']), number(alone['metrics']['spend']) // 1)
            equal((row['metrics']['currency'], row['metrics']['advertiser_id']), (('USD', 'EUR')[g], ids[g]))
        blurred = report_rows(sim, token, 'account', advertiser_id=None, advertiser_ids=ids, dimensions=['stat_time_day'])
        equal({r['metrics']['spend'] for r in blurred}, {'-'})
        six = [advertiser(g) for g in range(6)]
        refused(get(sim, token, 'report/integrated/get/', **report(sim, token, 'account', advertiser_id=None, advertiser_ids=six)), 40011)
        refused(get(sim, token, 'report/integrated/get/', **report(sim, token, 'account', advertiser_ids=ids)), 40002)


def too_many_objects_are_left_out_without_a_word(path):
    with Adsim(path, users=1, accounts=1, campaigns=6, tiktok_report_ids=10, **OFF) as sim:
        token = mint(sim)
        query = report(sim, token, 'ad', page_size=1000)
        answer = get(sim, token, 'report/integrated/get/', **query)
        kept = {r['dimensions']['ad_id'] for r in data(answer)['list']}
        true(answer.header('X-Tt-Ads-Throttle') and 0 < len(kept) <= 10)
        sim.control('set', name='tiktok-report-ids', value='20000')
        answer = get(sim, token, 'report/integrated/get/', **query)
        equal(answer.header('X-Tt-Ads-Throttle'), None)
        created = {r['row']['ad_id']: r['row']['create_time'] for r in sim.truth('ads', platform='tiktok') if 'ad_id' in r['row']}
        rest = {r['dimensions']['ad_id'] for r in data(answer)['list']} - kept
        true(rest and min(created[i] for i in kept) >= max(created[i] for i in rest), 'the newest are kept')


def rows_come_in_the_order_that_is_asked_for_and_with_their_total(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        for order, reverse in (('ASC', False), ('DESC', True)):
            got = [number(r['metrics']['spend']) for r in report_rows(sim, token, 'campaign', order_field='spend', order_type=order)]
            equal(got, sorted(got, reverse=reverse))
        query = report(sim, token, 'campaign', enable_total_metrics='true')
        first = data(get(sim, token, 'report/integrated/get/', **query))
        equal(round(number(first['total_metrics']['spend']), 2), round(total(report_rows(sim, token, 'campaign'), 'spend'), 2))
        true('total_metrics' not in data(get(sim, token, 'report/integrated/get/', **dict(query, page=2))))


def without_time_a_report_may_be_a_year_or_all_of_it(path):
    with Adsim(path, users=1, accounts=1, campaigns=3, **OFF) as sim:
        token = mint(sim)
        month = report_rows(sim, token, 'campaign', time=None)
        days = report_rows(sim, token, 'campaign')
        equal({r['dimensions']['campaign_id']: number(r['metrics']['impressions']) for r in month}, {
            c: sum(number(r['metrics']['impressions']) for r in days if r['dimensions']['campaign_id'] == c)
            for c in {r['dimensions']['campaign_id'] for r in days if number(r['metrics']['impressions'])}
        })
        year = report_rows(sim, token, 'campaign', time=None, days=('2025-03-16', '2026-03-15'))
        life = report_rows(sim, token, 'campaign', time=None, query_lifetime='true', start_date=None, end_date=None)
        true(total(month, 'impressions') < total(year, 'impressions') < total(life, 'impressions'))
        refused(get(sim, token, 'report/integrated/get/', **report(sim, token, 'campaign', query_lifetime='true')), 40002)


# ---- refusals


def what_does_not_fit_together_is_refused(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        good = report(sim, token, 'ad')
        data(get(sim, token, 'report/integrated/get/', **good))
        status = lambda name, value='["STATUS_ALL"]', kind='IN': [dict(field_name=name, filter_type=kind, filter_value=value)]
        for wrong, code, part in (
            (dict(metrics=['spend', 'voucher_spend', 'colour']), 40002, "Invalid metric fields: ['voucher_spend', 'colour']. "),
            (dict(metrics=['placement']), 40002, 'placement'),
            (dict(start_date='2026-02-13'), 40002, 'max time span is 30 days when use stat_time_day'),
            (dict(start_date='2026-03-16'), 40002, ''),
            (dict(start_date='20260301'), 40002, ''),
            (dict(end_date=None), 40002, ''),
            (dict(dimensions=['ad_id', 'stat_time_hour']), 40002, '1 day'),
            (dict(dimensions=['ad_id'], start_date='2025-03-15'), 40002, '365'),
            (dict(dimensions=['ad_id', 'stat_time_day', 'stat_time_hour']), 40002, 'time dimension'),
            (dict(dimensions=['ad_id', 'ad_id_v2']), 40002, 'ID dimension'),
            (dict(dimensions=['campaign_id']), 40002, 'campaign_id'),
            (dict(dimensions=[]), 40002, 'dimensions'),
            (dict(dimensions='ad_id'), 40002, 'dimensions'),
            (dict(data_level='AUCTION_PIXEL'), 40002, 'data_level'),
            (dict(data_level=None), 40002, 'data_level'),
            (dict(report_type='ALL'), 40002, 'report_type'),
            (dict(report_type=None), 40002, 'report_type'),
            (dict(report_type='BC'), 40002, 'bc_id'),
            (dict(service_type='RESERVATION'), 40002, 'service_type'),
            (dict(page_size=1001), 40002, 'page_size'),
            (dict(order_field='colour'), 40002, 'order_field'),
            (dict(order_type='UP'), 40002, 'order_type'),
            (dict(filtering=status('colour')), 40002, 'colour'),
            (dict(filtering=status('ad_status', ['STATUS_ALL'])), 40002, 'filter_value'),
            (dict(filtering=status('ad_status', 'STATUS_ALL')), 40002, ''),
            (dict(filtering=status('ad_status', '["ALL"]')), 40002, 'ALL'),
            (dict(filtering=status('ad_status', kind='LIKE')), 40002, 'filter_type'),
            (dict(filtering=dict(ad_status='STATUS_ALL')), 40002, 'filtering'),
            (dict(advertiser_id=None), 40002, 'advertiser_id'),
            (dict(advertiser_id='1'), 40002, "doesn't exist"),
        ):
            refused(get(sim, token, 'report/integrated/get/', **{k: v for k, v in dict(good, **wrong).items() if v is not None}), code, part)
        refused(get(sim, token, 'report/integrated/get/', **dict(report(sim, token, 'campaign'), filtering=status('ad_status'))), 40002, 'data_level')
        equal(data(get(sim, token, 'report/integrated/get/', **dict(good, report_type='CATALOG')))['page_info']['total_number'], 0)
        one = report_rows(sim, token, 'ad')[0]['dimensions']['ad_id']
        ids = [dict(field_name='ad_ids', filter_type='IN', filter_value='["%s"]' % one), *good['filtering']]
        equal({r['dimensions']['ad_id'] for r in report_rows(sim, token, 'ad', filtering=ids)}, {one})


# ---- tasks


def make(sim, token, level='ad', **more):
    query = report(sim, token, level, filtering=None, **more)
    return data(post(sim, token, 'report/task/create/', **query))['task_id']


def wait(sim, token, task):
    mine = dict(advertiser_id=advertiser(0), task_id=task)
    states = []
    while not states or states[-1] in ('QUEUING', 'PROCESSING'):
        states.append(data(get(sim, token, 'report/task/check/', **mine))['status'])
    return states, get(sim, token, 'report/task/download/', **mine)


def a_task_gives_the_same_figures_as_text(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        task = make(sim, token, enable_report_title_translation=False)
        refused(get(sim, token, 'report/task/download/', advertiser_id=advertiser(0), task_id=task), 40201)
        states, answer = wait(sim, token, task)
        equal((states[0], states[-1], 'PROCESSING' in states), ('QUEUING', 'SUCCESS', True))
        got = list(csv.DictReader(io.StringIO(answer.body.decode('utf-8'))))
        same = report_rows(sim, token, 'ad', filtering=None, size=1000)
        figures = lambda day, ad, spend: (day, ad, number(spend))
        equal(
            sorted(figures(r['stat_time_day'], r['ad_id'], r['spend']) for r in got),
            sorted(figures(r['dimensions']['stat_time_day'], r['dimensions']['ad_id'], r['metrics']['spend']) for r in same),
        )
        titled = wait(sim, token, make(sim, token))[1].body.decode()
        equal(titled.split('\n')[0], 'Ad ID,By Day,Cost,Impression')


def a_file_lies_at_an_address_that_lives_an_hour(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        for kind in ('CSV_DOWNLOAD', 'XLSX_DOWNLOAD'):
            plain = wait(sim, token, make(sim, token, 'campaign', metrics=['campaign_name', 'spend']))[1].body
            task = make(sim, token, 'campaign', metrics=['campaign_name', 'spend'], output_format=kind, file_name='mine')
            given = data(wait(sim, token, task)[1])
            equal((given['output_format'], given['file_name']), (kind, 'mine'))
            where = given['download_url'].removeprefix('https://' + ADS)
            file = sim.call(ADS, 'GET', where)
            equal(file.status, 200)
            table = [list(row) for row in csv.reader(io.StringIO(plain.decode('utf-8')))]
            if kind == 'CSV_DOWNLOAD':
                equal(file.body, plain)
            else:
                with zipfile.ZipFile(io.BytesIO(file.body)) as book:
                    equal(book.testzip(), None)
                    sheet = xml.etree.ElementTree.fromstring(book.read('xl/worksheets/sheet1.xml'))
                space = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
                equal([[c.findtext('%sis/%st' % (space, space)) for c in row] for row in sheet.iter(space + 'row')], table)
            sim.control('now.advance', seconds=3600)
            equal(sim.call(ADS, 'GET', where).status, 403)
            equal(sim.call(ADS, 'GET', where.replace('expire=1', 'expire=2')).status, 403)


def a_task_is_refused_what_a_report_is_and_more(path):
    with Adsim(path, **WORLD) as sim:
        token, other = mint(sim), mint(sim)
        good = report(sim, token, 'campaign')
        refused(post(sim, token, 'report/task/create/', **good), 40002, 'campaign_status')
        del good['filtering']
        for wrong, part in (
            (dict(metrics=['colour']), 'colour'),
            (dict(start_date='2026-01-01'), '30 days'),
            (dict(page_size=10), 'page'),
            (dict(output_format='XML'), 'output_format'),
            (dict(advertiser_id=int(advertiser(0))), 'advertiser_id'),
        ):
            refused(post(sim, token, 'report/task/create/', **dict(good, **wrong)), 40002, part)
        task = data(post(sim, token, 'report/task/create/', **good))['task_id']
        for who, mine, code in (
            (other, dict(advertiser_id=advertiser(0), task_id=task), 40002),
            (token, dict(advertiser_id=advertiser(1), task_id=task), 40007),
            (token, dict(advertiser_id=advertiser(0), task_id='1'), 40007),
            (token, dict(advertiser_id=advertiser(0)), 40002),
        ):
            refused(get(sim, who, 'report/task/check/', **mine), code)
        mine = dict(advertiser_id=advertiser(0), task_id=task)
        data(sim.ask('business-api.tiktok.com', OPEN + 'report/task/cancel/', json_body=mine, headers={'Access-Token': token}))
        equal(data(get(sim, token, 'report/task/check/', **mine))['status'], 'CANCELED')
        refused(get(sim, token, 'report/task/download/', **mine), 40200)
        for fate in ('FAILED', 'CANCELED'):
            sim.fault('run', platform='tiktok', status=fate, count=1)
            states, answer = wait(sim, token, data(post(sim, token, 'report/task/create/', **good))['task_id'])
            equal(states[-1], fate)
            refused(answer, 40200)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
