#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Google Ads on adsim: GAQL, every kind of object, the change log, figures; what comes is compared with the truth."""
import json
import re
import sys
import zoneinfo
from datetime import date, datetime, timedelta

import harness
from google_client import ADS, BELOW, CREATED, DEEP, DIRECT, ROOT, headers, mint, refused, rows, search, select
from harness import Adsim, equal, true


# ---- objects


KINDS = {
    'accounts': ('customer', ''),
    'campaigns': ('campaign', ''),
    'adsets': ('ad_group', ''),
    'ads': ('ad_group_ad', ''),
    'creatives': ('asset', " WHERE asset.type != 'LEAD_FORM'"),
    'audiences': ('user_list', ''),
    'keywords': ('ad_group_criterion', ''),
    'forms': ('asset', " WHERE asset.type IN ('LEAD_FORM')"),
    'leads': ('lead_form_submission_data', ''),
}


def by_text(lines):
    return sorted(json.dumps(line, sort_keys=True) for line in lines)


def every_object_is_read_through_all_its_pages(path):
    with Adsim(path, users=1, accounts=4, google_page_rows=7) as sim:
        token = mint(sim)['access_token']
        for kind, (resource, where) in KINDS.items():
            query = select(sim, token, resource) + where
            if kind == 'campaigns':
                budget = select(sim, token, 'campaign_budget')[7:].partition(' FROM')[0]
                query = query.replace(' FROM', ', ' + budget + ' FROM')
            for cid in (DIRECT, BELOW, DEEP):
                wanted = [r['row'] for r in sim.truth(kind, platform='google', account=cid)]
                got = rows(sim, token, cid, query, ROOT)
                if kind == 'adsets':  # Performance Max has asset groups in the place of ad groups
                    got += rows(sim, token, cid, select(sim, token, 'asset_group'), ROOT)
                equal(by_text(got), by_text(wanted), kind)
                true(wanted, kind)


def every_state_is_visible_until_it_is_filtered(path):
    with Adsim(path, users=1, accounts=1, campaigns=60) as sim:
        token = mint(sim)['access_token']
        got = rows(sim, token, DIRECT, 'SELECT campaign.id, campaign.status, campaign.primary_status FROM campaign')
        equal({r['campaign']['status'] for r in got}, {'ENABLED', 'PAUSED', 'REMOVED'})
        primary = {r['campaign']['primaryStatus'] for r in got}
        true({'ELIGIBLE', 'PAUSED', 'REMOVED', 'ENDED', 'MISCONFIGURED'} <= primary, primary)
        left = rows(sim, token, DIRECT, "SELECT campaign.id, campaign.status FROM campaign WHERE campaign.status != 'REMOVED'")
        equal(len(left), sum(r['campaign']['status'] != 'REMOVED' for r in got))
        ads = rows(
            sim,
            token,
            DIRECT,
            'SELECT ad_group_ad.policy_summary.approval_status, ad_group_ad.policy_summary.review_status FROM ad_group_ad',
        )
        words = {r['adGroupAd']['policySummary'].get('approvalStatus') for r in ads}
        equal(words, {None, 'APPROVED', 'APPROVED_LIMITED', 'DISAPPROVED'})


def performance_max_has_no_ad_groups_and_budgets_can_be_shared(path):
    with Adsim(path, users=1, accounts=1, campaigns=30) as sim:
        token = mint(sim)['access_token']
        kinds = {
            r['campaign']['id']: r['campaign']
            for r in rows(
                sim, token, DIRECT, 'SELECT campaign.id, campaign.advertising_channel_type, campaign.campaign_budget FROM campaign'
            )
        }
        full = {i for i, c in kinds.items() if c['advertisingChannelType'] == 'PERFORMANCE_MAX'}
        true(full)
        having = {r['campaign']['id'] for r in rows(sim, token, DIRECT, 'SELECT ad_group.id, campaign.id FROM ad_group')}
        true(having and not having & full)
        equal({r['campaign']['id'] for r in rows(sim, token, DIRECT, 'SELECT asset_group.id, campaign.id FROM asset_group')}, full)
        shared = {}
        for campaign in kinds.values():
            shared.setdefault(campaign['campaignBudget'], []).append(campaign)
        for row in rows(
            sim,
            token,
            DIRECT,
            'SELECT campaign_budget.id, campaign_budget.reference_count, campaign_budget.explicitly_shared FROM campaign_budget',
        ):
            budget = row['campaignBudget']
            equal(budget['explicitlyShared'], budget['referenceCount'] == '2')
            true(len(shared[budget['resourceName']]) <= int(budget['referenceCount']))
        true(any(len(c) == 2 for c in shared.values()))


def numbers_travel_as_the_sheet_says(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        query = 'SELECT campaign.id, metrics.clicks, metrics.cost_micros, metrics.conversions, metrics.ctr FROM campaign ' + CREATED
        for row in rows(sim, token, DIRECT, query):
            equal(type(row['campaign']['id']), str)
            for name, value in row['metrics'].items():
                equal(type(value) is str, name in ('clicks', 'costMicros'), name)
        row = search(
            sim, token, DIRECT, 'SELECT campaign.name, campaign.id, ad_group.cpc_bid_micros, ad_group.target_cpa_micros FROM ad_group'
        ).json['results'][0]
        true(row['campaign']['resourceName'].startswith('customers/%s/campaigns/' % DIRECT))
        true(row['adGroup']['resourceName'] and row['adGroup']['cpcBidMicros'].isdigit())
        bare = search(sim, token, DIRECT, 'SELECT campaign.id FROM campaign PARAMETERS omit_unselected_resource_names = true').json[
            'results'
        ][0]
        equal(list(bare['campaign']), ['id'])


def leads_carry_their_own_offset_over_a_change_of_the_clocks(path):
    with Adsim(path, users=1, accounts=1, now='2026-03-20') as sim:
        token = mint(sim)['access_token']
        zone = zoneinfo.ZoneInfo('America/New_York')
        query = 'SELECT lead_form_submission_data.id, lead_form_submission_data.submission_date_time FROM lead_form_submission_data'
        got = rows(sim, token, DIRECT, query)
        offsets = set()
        for row in got:
            text = row['leadFormSubmissionData']['submissionDateTime']
            at = datetime.fromisoformat(text)
            equal(at.astimezone(zone).isoformat(' '), text)
            offsets.add(text[-6:])
        equal(offsets, {'-05:00', '-04:00'})
        later = rows(sim, token, DIRECT, query + " WHERE lead_form_submission_data.submission_date_time >= '2026-03-10 00:00:00'")
        equal(len(later), sum(r['leadFormSubmissionData']['submissionDateTime'] >= '2026-03-10' for r in got))


# ---- figures


LEVELS = {'account': 'customer', 'campaign': 'campaign', 'adset': 'ad_group asset_group', 'ad': 'ad_group_ad', 'keyword': 'keyword_view'}
FIGURES = (
    'segments.date, metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.conversions, metrics.conversions_value, '
    'metrics.all_conversions, metrics.all_conversions_value, metrics.view_through_conversions'
)


def daily(sim, token, level, days=CREATED):
    got = {}
    for resource in LEVELS[level].split():
        for row in rows(sim, token, DIRECT, 'SELECT %s.resource_name, %s FROM %s %s' % (resource, FIGURES, resource, days)):
            got[name_of(row), row['segments']['date']] = {k: float(v) for k, v in row['metrics'].items() if float(v)}
    return got


def name_of(row):
    return next(v['resourceName'] for k, v in row.items() if k not in ('metrics', 'segments'))


def truth_daily(sim, level, first, last):
    wanted = {}
    for line in sim.truth('insights', platform='google', account=DIRECT, level=level, **{'from': first, 'to': last}):
        row = line['row']
        figures = {re.sub('_(.)', lambda m: m.group(1).upper(), f.strip()[8:]) for f in FIGURES.split(',')[1:]}
        wanted[name_of(row), row['segments']['date']] = {k: float(v) for k, v in row['metrics'].items() if k in figures and float(v)}
    return wanted


def figures_agree_with_the_truth_today_and_a_month_later(path):
    with Adsim(path, users=1, accounts=1, campaigns=50, now='2026-03-14T12:34:56Z', google_page_rows=500) as sim:
        token = mint(sim, life=10**9)['access_token']
        first = {level: daily(sim, token, level) for level in LEVELS}
        for level, got in first.items():
            equal(got, {k: v for k, v in truth_daily(sim, level, '2026-02-10', '2026-03-15').items() if v}, level)
        sim.control('now.advance', seconds=30 * 86400)
        later = daily(sim, token, 'campaign')
        equal(later, {k: v for k, v in truth_daily(sim, 'campaign', '2026-02-10', '2026-03-15').items() if v})
        grown = sum(v.get('conversions', 0) > first['campaign'].get(k, {}).get('conversions', 0) for k, v in later.items())
        shrunk = sum(v['costMicros'] < first['campaign'].get(k, {}).get('costMicros', 0) for k, v in later.items() if 'costMicros' in v)
        true(grown > 50 and shrunk, (grown, shrunk))


def figures_by_the_day_of_the_sale_do_not_move(path):
    with Adsim(path, users=1, accounts=1, now='2026-03-14T12:34:56Z') as sim:
        token = mint(sim, life=10**9)['access_token']
        query = (
            "SELECT segments.date, metrics.conversions, metrics.conversions_by_conversion_date FROM customer WHERE "
            "segments.date BETWEEN '2026-03-01' AND '2026-03-13'"
        )
        before = {r['segments']['date']: r['metrics'] for r in rows(sim, token, DIRECT, query)}
        sim.control('now.advance', seconds=20 * 86400)
        after = {r['segments']['date']: r['metrics'] for r in rows(sim, token, DIRECT, query)}
        moved = [d for d in before if before[d].get('conversions') != after[d].get('conversions')]
        true(len(moved) > 5, moved)
        for day, metrics in before.items():
            equal(metrics.get('conversionsByConversionDate'), after[day].get('conversionsByConversionDate'), day)


def totals(got):
    sums = {}
    for row in got:
        for name, value in row.get('metrics', {}).items():  # all of them zero: not there
            sums[name] = sums.get(name, 0) + int(value)
    return sums


def a_segment_splits_rows_and_loses_nothing(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        base = 'metrics.cost_micros, metrics.impressions, metrics.clicks FROM campaign ' + CREATED
        whole = rows(sim, token, DIRECT, 'SELECT campaign.id, ' + base)
        for segment in ('date', 'week', 'month', 'quarter', 'year', 'hour', 'device', 'ad_network_type'):
            split = rows(sim, token, DIRECT, 'SELECT campaign.id, segments.%s, %s' % (segment, base))
            equal(totals(split), totals(whole), segment)
        days = [
            r['segments']
            for r in rows(
                sim,
                token,
                DIRECT,
                'SELECT campaign.id, segments.date, segments.week, segments.month, segments.quarter, segments.year, ' + base,
            )
        ]
        for s in days:
            day = date.fromisoformat(s['date'])
            equal((s['week'], s['month'], s['year']), (str(day - timedelta(day.weekday())), s['date'][:8] + '01', day.year))
            equal(s['quarter'], '%d-%02d-01' % (day.year, (day.month - 1) // 3 * 3 + 1))


def zero_rows_are_there_only_without_segments(path):
    with Adsim(path, users=1, accounts=1, density=20) as sim:
        token = mint(sim)['access_token']
        where = "WHERE segments.date = '2026-03-10'"
        count = len(rows(sim, token, DIRECT, 'SELECT campaign.id FROM campaign'))
        equal(len(rows(sim, token, DIRECT, 'SELECT campaign.id, metrics.impressions FROM campaign ' + where)), count)
        true(0 < len(rows(sim, token, DIRECT, 'SELECT campaign.id, segments.date, metrics.impressions FROM campaign ' + where)) < count)
        future = (
            "SELECT campaign.id, segments.date, metrics.impressions FROM campaign WHERE segments.date BETWEEN '2027-01-01' AND '2027-01-05'"
        )
        answer = search(sim, token, DIRECT, future, call='searchStream')
        equal([sorted(batch) for batch in answer.json], [['fieldMask', 'queryResourceConsumption', 'requestId']])
        true('results' not in search(sim, token, DIRECT, future).json)


def sales_by_action_add_up_and_stand_alone(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        names = 'segments.conversion_action, segments.conversion_action_name, segments.conversion_action_category'
        got = rows(sim, token, DIRECT, 'SELECT %s, metrics.all_conversions FROM customer %s' % (names, CREATED))
        equal({r['segments']['conversionActionCategory'] for r in got}, {'PURCHASE', 'SUBMIT_LEAD_FORM', 'ADD_TO_CART', 'SIGNUP'})
        whole = rows(sim, token, DIRECT, 'SELECT metrics.all_conversions, metrics.conversions FROM customer ' + CREATED)[0]['metrics']
        true(
            abs(sum(r['metrics']['allConversions'] for r in got) - whole['allConversions']) < 1e-6
            and whole['conversions'] < whole['allConversions']
        )
        refused(
            search(sim, token, DIRECT, 'SELECT segments.conversion_action, metrics.clicks FROM campaign ' + CREATED),
            400,
            'queryError',
            'PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
        )
        actions = rows(sim, token, DIRECT, select(sim, token, 'conversion_action'))
        equal({a['conversionAction']['resourceName'] for a in actions}, {r['segments']['conversionAction'] for r in got})


def a_manager_has_no_figures(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        refused(search(sim, token, ROOT, 'SELECT metrics.clicks FROM customer', ROOT), 400, 'queryError', 'REQUESTED_METRICS_FOR_MANAGER')
        equal(rows(sim, token, ROOT, 'SELECT campaign.id FROM campaign', ROOT), [])


def today_is_the_accounts_own(path):
    with Adsim(path, users=1, accounts=3, now='2026-03-15T16:30:00Z') as sim:
        token = mint(sim)['access_token']
        for cid, day in ((DIRECT, '2026-03-15'), (DEEP, '2026-03-16')):  # New York, Tokyo
            got = rows(sim, token, cid, 'SELECT segments.date, metrics.impressions FROM customer WHERE segments.date DURING TODAY', ROOT)
            equal([r['segments']['date'] for r in got], [day])


# ---- the language


def conditions_hold_as_they_read(path):
    with Adsim(path, users=1, accounts=1, campaigns=40) as sim:
        token = mint(sim)['access_token']
        every = [
            r['campaign']
            for r in rows(
                sim,
                token,
                DIRECT,
                'SELECT campaign.id, campaign.name, campaign.status, campaign.target_spend.cpc_bid_ceiling_micros FROM campaign',
            )
        ]
        some = [c['id'] for c in every[3:6]]
        name = every[2]['name'].replace('\\', '\\\\').replace("'", "\\'")
        for condition, holds in (
            ('campaign.id IN (%s)' % ', '.join(some), lambda c: c['id'] in some),
            ("campaign.id NOT IN ('%s')" % some[0], lambda c: c['id'] != some[0]),
            ('campaign.id >= %s AND campaign.id < %s' % (some[0], some[2]), lambda c: some[0] <= c['id'] < some[2]),
            ('campaign.id BETWEEN %s AND %s' % (some[0], some[2]), lambda c: some[0] <= c['id'] <= some[2]),
            ('campaign.id > ' + some[1], lambda c: c['id'] > some[1]),
            ('campaign.id <= ' + some[1], lambda c: c['id'] <= some[1]),
            ('campaign.status = PAUSED', lambda c: c['status'] == 'PAUSED'),
            ('campaign.status IN ("PAUSED", ENABLED)', lambda c: c['status'] != 'REMOVED'),
            ("campaign.name = '%s'" % name, lambda c: c['name'] == every[2]['name']),
            ("campaign.name LIKE '%Black%'", lambda c: 'Black' in c['name']),
            ("campaign.name NOT LIKE '%Black%'", lambda c: 'Black' not in c['name']),
            ("campaign.name REGEXP_MATCH '.*[0-4]'", lambda c: re.fullmatch('.*[0-4]', c['name'])),
            ("campaign.name NOT REGEXP_MATCH '.*[0-4]'", lambda c: not re.fullmatch('.*[0-4]', c['name'])),
            ('campaign.target_spend.cpc_bid_ceiling_micros IS NULL', lambda c: 'targetSpend' not in c),
            ('campaign.target_spend.cpc_bid_ceiling_micros IS NOT NULL', lambda c: 'targetSpend' in c),
        ):
            wanted = [c['id'] for c in every if holds(c)]
            got = rows(sim, token, DIRECT, 'SELECT campaign.id FROM campaign WHERE ' + condition)
            equal([r['campaign']['id'] for r in got], wanted, condition)
            true(wanted, condition)
        ads = rows(
            sim,
            token,
            DIRECT,
            "SELECT ad_group_ad.ad.final_urls FROM ad_group_ad WHERE ad_group_ad.ad.final_urls CONTAINS ANY ('https://example.com/none')",
        )
        equal(ads, [])
        clicks = rows(
            sim,
            token,
            DIRECT,
            'SELECT campaign.id, metrics.clicks FROM campaign WHERE metrics.clicks > 2000 AND segments.date DURING LAST_30_DAYS',
        )
        true(clicks and all(int(r['metrics']['clicks']) > 2000 for r in clicks))


def an_order_and_a_limit_hold_over_pages(path):
    with Adsim(path, users=1, accounts=1, google_page_rows=5) as sim:
        token = mint(sim)['access_token']
        query = (
            'SELECT campaign.id, segments.date, metrics.cost_micros FROM campaign %s ORDER BY metrics.cost_micros DESC, segments.date'
            % CREATED
        )
        every = rows(sim, token, DIRECT, query)
        costs = [(-int(r['metrics'].get('costMicros', 0)), r['segments']['date']) for r in every]
        true(len(costs) > 100)
        equal(costs, sorted(costs))
        equal(rows(sim, token, DIRECT, query + ' LIMIT 13'), every[:13])
        plain = 'SELECT campaign.id FROM campaign'
        equal(rows(sim, token, DIRECT, plain + ' LIMIT 7'), rows(sim, token, DIRECT, plain)[:7])
        equal(rows(sim, token, DIRECT, plain + ' LIMIT 5'), rows(sim, token, DIRECT, plain)[:5])


def words_for_ranges_mean_days_of_the_account(path):
    with Adsim(path, users=1, accounts=1, density=100, now='2026-03-18T15:00:00Z') as sim:  # a Wednesday
        token = mint(sim)['access_token']
        for word, first, last in (
            ('TODAY', 18, 18),
            ('YESTERDAY', 17, 17),
            ('LAST_7_DAYS', 11, 17),
            ('LAST_14_DAYS', 4, 17),
            ('LAST_BUSINESS_WEEK', 9, 13),
            ('THIS_MONTH', 1, 18),
            ('LAST_WEEK_MON_SUN', 9, 15),
            ('LAST_WEEK_SUN_SAT', 8, 14),
            ('THIS_WEEK_MON_TODAY', 16, 18),
            ('THIS_WEEK_SUN_TODAY', 15, 18),
        ):
            named = totals(rows(sim, token, DIRECT, 'SELECT metrics.impressions FROM customer WHERE segments.date DURING ' + word))
            days = "BETWEEN '2026-03-%02d' AND '2026-03-%02d'" % (first, last)
            equal(named, totals(rows(sim, token, DIRECT, 'SELECT metrics.impressions FROM customer WHERE segments.date ' + days)), word)


def what_cannot_be_read_is_refused_by_its_name(path):
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        for query, name in (
            ('campaign.id FROM campaign', 'EXPECTED_SELECT'),
            ('SELECT campaign.id', 'EXPECTED_FROM'),
            ('SELECT campaign.nothing FROM campaign', 'UNRECOGNIZED_FIELD'),
            ('SELECT * FROM campaign', 'BAD_SYMBOL'),
            ('SELECT campaign.id FROM nothing', 'BAD_RESOURCE_TYPE_IN_FROM_CLAUSE'),
            ('SELECT campaign.id FROM campaign WHERE', 'UNEXPECTED_END_OF_QUERY'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id ~ 1', 'BAD_SYMBOL'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id ABOUT 1', 'BAD_OPERATOR'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id = x', 'BAD_NUMBER'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id IN ()', 'PROHIBITED_EMPTY_LIST_IN_CONDITION'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id IN 1', 'EXPECTED_LIST'),
            ('SELECT campaign.id FROM campaign WHERE campaign.id = 1 OR campaign.id = 2', 'UNEXPECTED_INPUT'),
            ("SELECT campaign.id FROM campaign WHERE campaign.name = 'a", 'STRING_NOT_TERMINATED'),
            ("SELECT campaign.id FROM campaign WHERE campaign.name = 'a\nb'", 'PROHIBITED_NEWLINE_IN_STRING'),
            ("SELECT campaign.id FROM campaign WHERE campaign.name = 'a\\x'", 'BAD_ESCAPE_SEQUENCE'),
            ('SELECT campaign.id FROM campaign ORDER campaign.id', 'EXPECTED_BY'),
            ('SELECT campaign.id FROM campaign ORDER BY campaign.name', 'EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE'),
            ('SELECT campaign.id FROM campaign LIMIT 0', 'LIMIT_VALUE_TOO_LOW'),
            ('SELECT campaign.id FROM campaign LIMIT many', 'BAD_LIMIT_VALUE'),
            ('SELECT campaign.id FROM campaign PARAMETERS x = true', 'BAD_PARAMETER_NAME'),
            ('SELECT campaign.id, segments.date FROM campaign', 'EXPECTED_FILTERS_ON_DATE_RANGE'),
            ("SELECT campaign.id FROM campaign WHERE segments.date >= '2026-01-01'", 'EXPECTED_FILTERS_ON_DATE_RANGE'),
            ("SELECT campaign.id FROM campaign WHERE segments.date = '1.2.2026'", 'INVALID_DATE_FORMAT'),
            ('SELECT campaign.id FROM campaign WHERE segments.date DURING EVER', 'INVALID_VALUE_WITH_DURING_OPERATOR'),
            ("SELECT campaign.id FROM campaign WHERE segments.device = 'MOBILE'", 'EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE'),
            ('SELECT ad_group.id FROM campaign', 'PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE'),
            ('SELECT metrics.clicks FROM user_list', 'PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE'),
        ):
            for call in ('search', 'searchStream'):
                refused(search(sim, token, DIRECT, query, call=call), 400, 'queryError', name, stream=call == 'searchStream')


def a_body_that_is_not_as_it_should_be_is_refused(path):
    with Adsim(path) as sim:
        token, query = mint(sim)['access_token'], 'SELECT campaign.id FROM campaign'
        refused(search(sim, token, DIRECT, query, pageSize=10), 400, 'requestError', 'PAGE_SIZE_NOT_SUPPORTED')
        refused(search(sim, token, DIRECT, ''), 400, 'requestError', 'REQUIRED_FIELD_MISSING')
        for answer in (
            search(sim, token, DIRECT, query, returnTotalResultsCount=True),
            search(sim, token, DIRECT, query, searchSettings={'x': 1}),
            sim.ask(ADS, '/v25/customers/%s/googleAds:search' % DIRECT, token, form={'query': query}, headers=headers()),
        ):
            equal((answer.status, answer.json['error']['details'][0]['@type']), (400, 'type.googleapis.com/google.rpc.BadRequest'))
        equal(search(sim, token, DIRECT, query, validateOnly=True).json, {})
        equal('results' in search(sim, token, DIRECT, query, searchSettings={'omitResults': True, 'returnSummaryRow': True}).json, False)
        equal(
            search(sim, token, DIRECT, query + ' LIMIT 2', searchSettings={'returnTotalResultsCount': True}).json['totalResultsCount'], '10'
        )


def a_page_token_belongs_to_its_query_and_dies_after_two_hours(path):
    with Adsim(path, google_page_rows=3) as sim:
        token, query = mint(sim, life=10**9)['access_token'], 'SELECT campaign.id FROM campaign'
        following = search(sim, token, DIRECT, query).json['nextPageToken']
        for bad in (dict(query=query + ' LIMIT 9'), dict(pageToken='x'), dict(cid=BELOW)):
            given = dict(dict(query=query, pageToken=following, cid=DIRECT), **bad)
            refused(
                search(sim, token, given['cid'], given['query'], ROOT, pageToken=given['pageToken']),
                400,
                'requestError',
                'INVALID_PAGE_TOKEN',
            )
        sim.control('now.advance', seconds=7201)
        refused(search(sim, token, DIRECT, query, pageToken=following), 400, 'requestError', 'EXPIRED_PAGE_TOKEN')


def a_stream_is_a_list_of_batches(path):
    with Adsim(path, google_page_rows=4) as sim:
        token = mint(sim)['access_token']
        answer = search(
            sim,
            token,
            DIRECT,
            'SELECT campaign.id, metrics.clicks FROM campaign ' + CREATED,
            call='searchStream',
            summaryRowSetting='SUMMARY_ROW_WITH_RESULTS',
        )
        equal((answer.header('Transfer-Encoding'), answer.header('request-id')), ('chunked', None))
        batches = answer.json
        true(len(batches) == 4 and [len(b.get('results', [])) for b in batches[:-1]] == [4, 4, 2], [sorted(b) for b in batches])
        equal(['queryResourceConsumption' in b for b in batches], [False, False, False, True])
        equal(int(batches[-1]['summaryRow']['metrics']['clicks']), totals([r for b in batches[:-1] for r in b['results']])['clicks'])
        equal(batches[0]['fieldMask'], 'campaign.id,metrics.clicks')


# ---- the change log


def changes_are_told_for_ninety_days_in_order(path):
    query = (
        'SELECT change_status.resource_name, change_status.last_change_date_time, change_status.resource_type, '
        'change_status.resource_status, '
        "change_status.campaign, change_status.ad_group, change_status.ad_group_ad FROM change_status WHERE "
        "change_status.last_change_date_time >= '%s' "
        "AND change_status.last_change_date_time <= '%s' ORDER BY change_status.last_change_date_time ASC LIMIT 10000"
    )
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim, life=10**9)['access_token']
        before = [r['changeStatus'] for r in rows(sim, token, DIRECT, query % ('2025-12-20', '2026-03-16'))]
        times = [c['lastChangeDateTime'] for c in before]
        true(times == sorted(times) and len(times) > 50)
        equal({c['resourceType'] for c in before}, {'CAMPAIGN', 'CAMPAIGN_BUDGET', 'AD_GROUP', 'AD_GROUP_AD'})
        equal({c['resourceStatus'] for c in before}, {'CHANGED', 'REMOVED'})
        names = {
            r['campaign']['resourceName']: r['campaign']
            for r in rows(sim, token, DIRECT, 'SELECT campaign.name, campaign.status FROM campaign')
        }
        sim.control('now.advance', seconds=40 * 86400)
        since = {
            c['campaign']
            for c in (r['changeStatus'] for r in rows(sim, token, DIRECT, query % (times[-1], '2026-04-25')))
            if c['resourceType'] == 'CAMPAIGN'
        }
        changed = {
            r['campaign']['resourceName']
            for r in rows(sim, token, DIRECT, 'SELECT campaign.name, campaign.status FROM campaign')
            if names[r['campaign']['resourceName']] != r['campaign']
        }
        true(changed and changed <= since, (changed, since))
        for bad, name in (
            (query.partition(' WHERE')[0] + ' LIMIT 10', 'CHANGE_DATE_RANGE_INFINITE'),
            (query % ('2026-04-20', '2026-04-01'), 'CHANGE_DATE_RANGE_NEGATIVE'),
            (query.partition(' LIMIT')[0] % ('2026-04-01', '2026-04-20'), 'LIMIT_NOT_SPECIFIED'),
            (query.replace('10000', '10001') % ('2026-04-01', '2026-04-20'), 'INVALID_LIMIT_CLAUSE'),
            (query % ('2025-12-20', '2026-04-20'), 'START_DATE_TOO_OLD'),
        ):
            refused(search(sim, token, DIRECT, bad), 400, 'changeStatusError', name)
        events = rows(
            sim,
            token,
            DIRECT,
            "SELECT change_event.change_date_time, change_event.resource_change_operation FROM change_event WHERE "
            "change_event.change_date_time DURING LAST_14_DAYS LIMIT 5",
        )
        true(0 < len(events) <= 5)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
