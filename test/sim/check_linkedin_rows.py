#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""LinkedIn on adsim: every kind of object through all its pages, and adAnalytics; what comes is compared with the truth."""
import sys
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import harness
from harness import Adsim, equal, true
from linkedin_client import (
    ACCOUNTS,
    CAMPAIGNS,
    FIRST,
    GROUPS,
    SECOND,
    analytics,
    by_text,
    cursor,
    get,
    listed,
    mint,
    objects,
    offset,
    quote,
    refused,
    tunnel,
    urn,
    word,
)

TREE = {'campaigns': 'adCampaignGroups', 'adsets': 'adCampaigns', 'ads': 'creatives'}
OWNED = 'q=owner&owner=(sponsoredAccount:%s)'
LEADS = OWNED + '&leadType=(leadType:SPONSORED)&limitedToTestLeads=false'


def truth(sim, kind, account=FIRST, **more):
    return [r['row'] for r in sim.truth(kind, platform='linkedin', account=account, **more)]


# ---- objects


def every_object_is_read_through_all_its_pages(path):
    with Adsim(path, users=1, accounts=12, linkedin_page_rows=7, odd_pages=30) as sim:
        token = mint(sim)['access_token']
        wanted = truth(sim, 'accounts', account='')
        equal(by_text(cursor(sim, token, 'adAccounts', listed(ACCOUNTS))[1]), by_text(wanted))
        for account in (FIRST, SECOND):
            for kind, name in TREE.items():
                equal(by_text(objects(sim, token, account, name)), by_text(truth(sim, kind, account)), kind)


def every_list_with_an_offset_is_read_to_its_end(path):
    with Adsim(path, users=1, accounts=2, audiences=60, forms=3, odd_pages=8) as sim:
        token = mint(sim)['access_token']
        for account in (FIRST, SECOND):
            named = urn('sponsoredAccount', account)
            for kind, name, query in (
                ('audiences', 'dmpSegments', 'q=account&account=' + named),
                ('forms', 'leadForms', OWNED % named),
                ('leads', 'leadFormResponses', LEADS % named),
                ('posts', 'posts', 'q=dscAdAccount&dscAdAccount=' + named),
            ):
                for count in (7, 100):
                    equal(by_text(offset(sim, token, name, query, count)[1]), by_text(truth(sim, kind, account)), kind)
        rules = offset(sim, token, 'conversions', 'q=account&account=' + urn('sponsoredAccount', FIRST), 2)
        equal([len(p['elements']) for p in rules[0]], [2, 1, 0])
        equal({p['paging']['total'] for p in rules[0]}, {-1})


def forms_of_a_page_are_listed_by_the_page_alone(path):
    with Adsim(path, users=1, accounts=2, forms=8, linkedin_page_forms=1) as sim:
        token = mint(sim)['access_token']
        page = get(sim, token, 'adAccounts/' + FIRST).json['reference']
        shared = offset(sim, token, 'leadForms', 'q=owner&owner=(organization:%s)' % quote(page), 3)[1]
        equal({tuple(f['owner'].items()) for f in shared}, {(('organization', page),)})
        for account in (FIRST, SECOND):
            own = offset(sim, token, 'leadForms', OWNED % urn('sponsoredAccount', account), 3)[1]
            equal({tuple(f['owner']) for f in own}, {('sponsoredAccount',)})
            equal(by_text(own + shared), by_text(truth(sim, 'forms', account)))


def a_short_page_is_not_the_last_and_the_last_has_no_token_in_three_ways(path):
    with Adsim(path, users=1, accounts=1, campaigns=60, odd_pages=50) as sim:
        token = mint(sim)['access_token']
        short, ends = 0, set()
        for size in range(5, 45):
            pages, rows = cursor(sim, token, 'adAccounts/%s/adCampaigns' % FIRST, listed(CAMPAIGNS) + '&pageSize=%d' % size)
            equal(len({r['id'] for r in rows}), len(rows))
            short += sum(len(p['elements']) < size for p in pages[:-1])
            true(all(p['elements'] for p in pages))
            ends.add(pages[-1]['metadata'].get('nextPageToken', 'none'))
        true(short > 5, 'pages of 96 of 100 with more behind them')
        equal(ends, {'none', '', None})


def offset_pages_come_short_and_tell_what_they_like(path):
    with Adsim(path, users=1, accounts=1, audiences=90) as sim:
        token = mint(sim)['access_token']
        query = 'q=account&account=' + urn('sponsoredAccount', FIRST)
        pages, rows = offset(sim, token, 'dmpSegments', query, 10)
        equal((len(rows), pages[0]['paging']['total'] > 90), (90, True))
        true(any(len(p['elements']) < 10 for p in pages[:-1]))
        last, links = [], []
        for count in range(10, 40):
            pages = offset(sim, token, 'dmpSegments', query, count)[0]
            last.append(len(pages[-1]['paging']['links']))
            links += [len(p['paging']['links']) for p in pages[:-1]]
        equal((set(last), set(links)), ({0, 1}, {0, 1}), 'a next link on a last page, and none on another')
        link = next(p['paging']['links'] for p in pages if p['paging']['links'])[0]
        true(link['href'].startswith('/rest/dmpSegments?q=account&account=urn%3Ali%3A') and link['rel'] == 'next', link)
        answer = get(sim, token, 'adAccountUsers', 'q=authenticatedUser')
        equal(answer.json['paging']['count'], 2147483647)
        true('total' not in get(sim, token, 'leadFormResponses', LEADS % urn('sponsoredAccount', FIRST)).json['paging'])
        refused(get(sim, token, 'dmpSegments', query + '&count=1001'), 400, 'PARAM_INVALID', 'count')
        refused(get(sim, token, 'dmpSegments', query + '&start=-1'), 400, 'PARAM_INVALID', 'start')


def a_token_belongs_to_its_query(path):
    with Adsim(path, users=1, accounts=2, campaigns=30) as sim:
        token, at = mint(sim)['access_token'], 'adAccounts/%s/adCampaigns'
        following = get(sim, token, at % FIRST, listed(CAMPAIGNS) + '&pageSize=10').json['metadata']['nextPageToken']
        good = listed(CAMPAIGNS) + '&pageSize=10&pageToken=' + following
        equal(get(sim, token, at % FIRST, good).status, 200)
        equal(get(sim, token, at % FIRST, 'pageToken=%s&pageSize=10&%s' % (following, listed(CAMPAIGNS))).status, 200, 'in any order')
        refused(get(sim, token, at % SECOND, good), 400, 'PARAM_INVALID', 'pageToken')
        refused(get(sim, token, at % FIRST, good.replace('pageSize=10', 'pageSize=11')), 400, 'PARAM_INVALID', 'pageToken')


def what_is_archived_or_gone_shows_only_to_those_who_ask(path):
    with Adsim(path, users=1, accounts=1, campaigns=120) as sim:
        token = mint(sim)['access_token']
        seen = defaultdict(set)
        for kind, name in TREE.items():
            state = 'intendedStatus' if kind == 'ads' else 'status'
            rows = sim.truth(kind, platform='linkedin', account=FIRST)
            seen[kind] = {r['row'][state] for r in rows}
            query = 'q=criteria' if kind == 'ads' else 'q=search'
            shown = cursor(sim, token, 'adAccounts/%s/%s' % (FIRST, name), query + '&pageSize=100')[1]
            equal(by_text(shown), by_text(r['row'] for r in rows if r['shown'] == 'always'), kind)
            true(len(shown) < len(rows))
            for one in ('ARCHIVED', 'REMOVED'):
                query = 'q=criteria&intendedStatuses=List(%s)' % one if kind == 'ads' else listed(one)
                got = cursor(sim, token, 'adAccounts/%s/%s' % (FIRST, name), query)[1]
                equal(len(got), sum(r['row'][state] == one for r in rows), kind)
        equal(seen['campaigns'], (set(GROUPS.split(',')) - {'CANCELED'}) | {'CANCELLED'}, 'as the schema spells it')
        equal(seen['adsets'], set(CAMPAIGNS.split(',')))
        equal(seen['ads'], set(GROUPS.split(',')))
        canceled = cursor(sim, token, 'adAccounts/%s/adCampaignGroups' % FIRST, listed('CANCELED'))[1]
        equal({g['status'] for g in canceled}, {'CANCELLED'})


def criteria_narrow_a_search(path):
    with Adsim(path, users=1, accounts=3) as sim:
        token, at = mint(sim)['access_token'], 'adAccounts/%s/' % FIRST
        campaigns = truth(sim, 'adsets')
        group = campaigns[0]['campaignGroup']
        both = 'q=search&search=(campaignGroup:(values:List(%s)),status:(values:List(%s)))' % (quote(group), CAMPAIGNS)
        wanted = [c for c in campaigns if c['campaignGroup'] == group]
        equal(by_text(cursor(sim, token, at + 'adCampaigns', both)[1]), by_text(wanted))
        ids = [str(c['id']) for c in campaigns[:3]]
        equal(len(cursor(sim, token, at + 'adCampaigns', 'q=search&search=(id:(values:List(%s)),status:(values:List(%s)))' % (','.join(ids), CAMPAIGNS))[1]), 3)
        equal(cursor(sim, token, at + 'adCampaigns', 'q=search&search=(test:true)')[1], [])
        for value in (FIRST, urn('sponsoredAccount', FIRST)):
            rows = cursor(sim, token, 'adAccounts', 'q=search&search=(id:(values:List(%s)))' % value)[1]
            equal([r['id'] for r in rows], [int(FIRST)])
        query = 'q=criteria&intendedStatuses=List(%s)&campaigns=List(%s)' % (GROUPS, urn('sponsoredCampaign', ids[0]))
        rows = cursor(sim, token, at + 'creatives', query)[1]
        equal({r['campaign'] for r in rows}, {'urn:li:sponsoredCampaign:' + ids[0]})
        shared = next(r['content']['reference'] for r in truth(sim, 'ads') if 'reference' in r['content'])
        query = 'q=criteria&intendedStatuses=List(%s)&contentReferences=List(%s)' % (GROUPS, quote(shared))
        equal({r['content']['reference'] for r in cursor(sim, token, at + 'creatives', query)[1]}, {shared})
        refused(get(sim, token, at + 'creatives', 'q=criteria&pageSize=500'), 400, 'PARAM_INVALID', 'pageSize')
        refused(get(sim, token, at + 'creatives', 'q=criteria&intendedStatuses=List(COMPLETED)'), 400, 'PARAM_INVALID', 'intendedStatuses')
        refused(get(sim, token, at + 'creatives', 'q=criteria&campaigns=ACTIVE'), 400, 'PARAM_INVALID', 'campaigns')
        downwards = cursor(sim, token, at + 'adCampaigns', listed(CAMPAIGNS) + '&sortOrder=DESCENDING&pageSize=9')[1]
        equal([c['id'] for c in downwards], [c['id'] for c in campaigns][::-1])


def fields_leave_only_what_they_name(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token, at = mint(sim)['access_token'], 'adAccounts/%s/adCampaigns' % FIRST
        rows = cursor(sim, token, at, listed(CAMPAIGNS) + '&fields=id,name,changeAuditStamps:(lastModified:(time))')[1]
        equal({tuple(sorted(r)) for r in rows}, {('changeAuditStamps', 'id', 'name')})
        equal({tuple(r['changeAuditStamps']['lastModified']) for r in rows}, {('time',)})
        equal({tuple(r['changeAuditStamps']) for r in rows}, {('lastModified',)})
        query = LEADS % urn('sponsoredAccount', FIRST) + '&fields=id,submittedAt'
        equal({tuple(sorted(r)) for r in offset(sim, token, 'leadFormResponses', query)[1]}, {('id', 'submittedAt')})


def an_unpaged_result_that_is_too_large_is_refused(path):
    with Adsim(path, users=1, accounts=1, campaigns=400) as sim:
        token, at = mint(sim)['access_token'], 'adAccounts/%s/adCampaigns' % FIRST
        answer = get(sim, token, at, listed(CAMPAIGNS))
        equal((answer.status, answer.json), (400, {'message': 'Request would return too many entities. ', 'status': 400}))
        equal(len(get(sim, token, at, listed(CAMPAIGNS) + '&pageSize=1000').json['elements']) > 900, True)


def an_object_is_read_by_its_key_and_several_at_once(path):
    with Adsim(path, users=1, accounts=2) as sim:
        token, at = mint(sim)['access_token'], 'adAccounts/%s/' % FIRST
        account = urn('sponsoredAccount', FIRST)
        equal(get(sim, token, 'adAccounts/' + FIRST).json, truth(sim, 'accounts')[0])
        for kind, name in TREE.items():
            rows = truth(sim, kind)
            one, two = quote(str(rows[0]['id'])), quote(str(rows[-1]['id']))
            equal(get(sim, token, at + name + '/' + one).json, rows[0])
            absent = quote(str(rows[-1]['id'])[:-8] + '99999999')
            got = get(sim, token, at + name, 'ids=List(%s,%s,%s)' % (one, two, absent)).json
            equal((got['results'], list(got['errors']), got['statuses']), ({one: rows[0], two: rows[-1]}, [absent], {absent: 404}))
            equal(get(sim, token, at + name + '/' + absent).status, 404)
            equal(get(sim, token, 'adAccounts/%s/%s/%s' % (SECOND, name, one)).status, 404, 'of another account')
        for kind, name in (('audiences', 'dmpSegments'), ('forms', 'leadForms'), ('leads', 'leadFormResponses'), ('posts', 'posts')):
            row = truth(sim, kind)[0]
            equal(get(sim, token, '%s/%s' % (name, quote(str(row['id'])))).json, row, kind)
            equal(get(sim, token, name + '/77').status, 404)
        rule = get(sim, token, 'conversions', 'q=account&account=' + account).json['elements'][0]
        equal(get(sim, token, 'conversions/%d' % rule['id'], 'account=' + account).json, rule)
        posts = [quote(r['id']) for r in truth(sim, 'posts')[:2]]
        equal(list(get(sim, token, 'posts', 'ids=List(%s)' % ','.join(posts)).json['results']), posts)
        answer = get(sim, token, 'conversions', 'q=account')
        equal((answer.status, answer.json['message']), (400, "Parameter 'account' is required"))


def ids_may_be_wider_than_a_double(path):
    with Adsim(path, users=1, accounts=1, linkedin_wide_ids=1) as sim:
        token = mint(sim)['access_token']
        account = cursor(sim, token, 'adAccounts', 'q=search')[1][0]['id']
        equal(account, 9007199254740993 + int(FIRST))
        rows = objects(sim, token, account, 'adCampaigns')
        true(all(r['id'] > 2**53 for r in rows) and int(float(account)) != account)
        equal(rows[0]['account'], 'urn:li:sponsoredAccount:%d' % account)


def reviews_holds_and_parents_agree(path):
    with Adsim(path, users=1, accounts=3, campaigns=60) as sim:
        groups = {'urn:li:sponsoredCampaignGroup:%d' % r['id']: r for r in truth(sim, 'campaigns')}
        campaigns = {'urn:li:sponsoredCampaign:%d' % r['id']: r for r in truth(sim, 'adsets')}
        creatives = truth(sim, 'ads')
        for c in campaigns.values():
            off = groups[c['campaignGroup']]['status'] != 'ACTIVE'
            equal('CAMPAIGN_GROUP_STATUS_HOLD' in c['servingStatuses'], off, c)
            if c['servingStatuses'] == ['RUNNABLE']:
                equal(c['status'], 'ACTIVE')
        for c in creatives:
            equal(c['isServing'], 'servingHoldReasons' not in c)
            equal('CAMPAIGN_STOPPED' in c.get('servingHoldReasons', []), campaigns[c['campaign']]['status'] not in ('ACTIVE', 'COMPLETED'))
            equal('review' in c, c['intendedStatus'] != 'DRAFT')
        equal({c['review']['status'] for c in creatives if 'review' in c}, {'APPROVED', 'PENDING', 'REJECTED', 'NEEDS_REVIEW'})
        true(any(c['review'].get('rejectionReasons') for c in creatives if 'review' in c))
        true(any('name' not in c for c in creatives) and any('leadgenCallToAction' in c for c in creatives))
        kinds = {next(iter(c['content'])) for c in creatives}
        equal(kinds, {'reference', 'textAd', 'spotlight'})
        references = [c['content']['reference'] for c in creatives if 'reference' in c['content']]
        equal({r.split(':')[2] for r in references}, {'share', 'ugcPost', 'adInMailContent'})
        true(len(set(references)) < len(references), 'two creatives share a post')
        held = truth(sim, 'adsets', account='500002026')
        true(all('ACCOUNT_SERVING_HOLD' in c['servingStatuses'] for c in held))


def money_is_text_in_whole_units_and_times_are_milliseconds(path):
    with Adsim(path, users=1, accounts=5) as sim:
        for account, currency, digits in ((FIRST, 'USD', 2), ('500002026', 'JPY', 0), ('500004052', 'BHD', 3)):
            amounts = [c[n]['amount'] for c in truth(sim, 'adsets', account) for n in ('dailyBudget', 'totalBudget', 'unitCost') if n in c]
            equal({c['unitCost']['currencyCode'] for c in truth(sim, 'adsets', account)}, {currency})
            true(all(isinstance(a, str) and len(a.partition('.')[2]) in (0, digits) for a in amounts), amounts[:9])
            if digits:
                true(any('.' in a for a in amounts) and any('.' not in a for a in amounts), 'in either form')
        for row in truth(sim, 'campaigns'):
            true(10**12 < row['runSchedule']['start'] < 10**13 and row['changeAuditStamps']['lastModified']['time'] > 10**12)


def objects_are_edited_and_others_come_to_life(path):
    with Adsim(path, users=1, accounts=1, campaigns=60) as sim:
        before = {r['id']: r for r in truth(sim, 'adsets')}
        sim.control('now.advance', seconds=280 * 86400)
        token = mint(sim)['access_token']
        after = {r['id']: r for r in objects(sim, token, FIRST, 'adCampaigns', 50)}
        equal(by_text(after.values()), by_text(truth(sim, 'adsets')))
        true(set(after) > set(before), 'some are new')
        edited = [i for i in before if after[i]['changeAuditStamps']['lastModified'] != before[i]['changeAuditStamps']['lastModified']]
        true(edited and any(after[i]['version'] != before[i]['version'] for i in edited))


def leads_are_narrowed_by_time_form_and_test_and_join_their_questions(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token, base = mint(sim)['access_token'], LEADS % urn('sponsoredAccount', FIRST)
        leads, forms = truth(sim, 'leads'), {f['id']: f for f in truth(sim, 'forms')}
        times = sorted(l['submittedAt'] for l in leads)
        start, end = times[len(times) // 3], times[len(times) // 2]
        got = offset(sim, token, 'leadFormResponses', base + '&submittedAtTimeRange=(start:%d,end:%d)' % (start, end), 100)[1]
        equal(by_text(got), by_text(l for l in leads if start <= l['submittedAt'] < end))
        form = leads[0]['versionedLeadGenFormUrn']
        got = offset(sim, token, 'leadFormResponses', base + '&versionedLeadGenFormUrn=' + quote(form), 100)[1]
        equal(by_text(got), by_text(l for l in leads if l['versionedLeadGenFormUrn'] == form))
        got = offset(sim, token, 'leadFormResponses', base.replace('Leads=false', 'Leads=true'), 100)[1]
        equal(by_text(got), by_text(l for l in leads if l['testLead']))
        equal(get(sim, token, 'leadFormResponses', base.replace('SPONSORED)', 'EVENT)')).json['elements'], [])
        versions = set()
        for lead in leads:
            inner = lead['versionedLeadGenFormUrn'].partition('(')[2].rstrip(')')
            number, version = inner.rsplit(':', 1)[1].split(',')
            asked = {q['questionId']: q for q in forms[int(number)]['content']['questions']}
            versions.add(int(version) - forms[int(number)]['versionId'])
            for answer in lead['formResponse']['answers']:
                question = asked[answer['questionId']]
                equal('textQuestionAnswer' in answer['answerDetails'], 'textQuestionDetails' in question['questionDetails'])
        true(min(versions) < 0 and 0 in versions, 'some answered an older version')
        named = offset(sim, token, 'leadFormResponses', base + '&fields=id,versionedLeadGenFormUrn,form:(id,versionId,content)', 100)[1]
        equal(len(named), len(leads))
        for lead in named:
            ends = '(urn:li:leadGenForm:%d,%d)' % (lead['form']['id'], lead['form']['versionId'])
            true(lead['versionedLeadGenFormUrn'].endswith(ends), 'the form comes as the person saw it')
            equal(sorted(lead['form']), ['content', 'id', 'versionId'])
            choices = lead['form']['content']['questions'][4]['questionDetails']['multipleChoiceQuestionDetails']['options']
            equal([c['id'] for c in choices], list(range(lead['form']['versionId'] + 1)))
        for wrong, where in (
            (base.replace('leadType:SPONSORED', 'leadType:OTHER'), 'leadType'),
            (base.replace('(leadType:SPONSORED)', 'SPONSORED'), 'leadType'),
            (base + '&submittedAtTimeRange=(start:x)', 'submittedAtTimeRange'),
            (base + '&versionedLeadGenFormUrn=7', 'versionedLeadGenFormUrn'),
        ):
            refused(get(sim, token, 'leadFormResponses', wrong), 400, 'PARAM_INVALID', where)


# ---- adAnalytics

LEVELS = {'account': 'ACCOUNT', 'campaign': 'CAMPAIGN_GROUP', 'adset': 'CAMPAIGN', 'ad': 'CREATIVE'}
SUMS = 'costInLocalCurrency,costInUsd,impressions,clicks,landingPageClicks,externalWebsiteConversions,externalWebsitePostClickConversions'
MORE = 'externalWebsitePostViewConversions,conversionValueInLocalCurrency,oneClickLeads,totalEngagements,videoViews,approximateMemberReach'
MONEY = ('costInLocalCurrency', 'costInUsd', 'conversionValueInLocalCurrency')


def micro(text):
    return int((Decimal(text) * 1000000).to_integral_value(ROUND_HALF_EVEN))


def day_of(row):
    start = row['dateRange']['start']
    return date(start['year'], start['month'], start['day'])


def summed(rows, names):
    """by pivot and day, what is missing as zero, rows of one key together"""
    sums = defaultdict(lambda: dict.fromkeys(names, 0))
    for row in rows:
        at = sums[(tuple(row['pivotValues']), day_of(row))]
        for name in names:
            at[name] += micro(row[name]) if name in MONEY and name in row else row.get(name, 0)
    return {k: v for k, v in sums.items() if any(v.values())}


def both(sim, token, account, pivot, start, end):
    """two chunks of fields, joined as an outer join"""
    rows = []
    for fields in (SUMS, MORE):
        answer = analytics(sim, token, account, pivot, start, end, fields)
        equal(answer.status, 200, answer.body[:300])
        rows += answer.json['elements']
    return summed(rows, (SUMS + ',' + MORE).split(','))


def every_figure_of_every_level_equals_the_truth(path):
    with Adsim(path, users=1, accounts=4, campaigns=4) as sim:
        for now, start, end in (
            ('2026-03-15T12:34:56Z', (2026, 2, 14), (2026, 3, 15)),
            ('2026-04-14T09:00:00Z', (2026, 2, 14), (2026, 3, 15)),
        ):
            sim.control('now.set', now=now)
            token = mint(sim)['access_token']
            for account in (FIRST, '500002026'):
                for level, pivot in LEVELS.items():
                    wanted = truth(sim, 'insights', account, level=level, **{'from': '2026-02-14', 'to': '2026-03-15'})
                    wanted = summed(wanted, (SUMS + ',' + MORE).split(','))
                    got = both(sim, token, account, pivot, start, end)
                    equal(len(got), len(wanted))
                    equal(got, wanted, '%s %s' % (pivot, now))
        true(sum(v['externalWebsiteConversions'] for v in wanted.values()) > 0)


def today_grows_and_old_days_are_restated(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        ask = lambda: summed(
            analytics(sim, token, FIRST, 'ACCOUNT', (2026, 3, 1), (2026, 3, 15), SUMS + ',conversionValueInLocalCurrency').json['elements'],
            (SUMS + ',conversionValueInLocalCurrency').split(','),
        )
        first = ask()
        sim.control('now.set', now='2026-03-15T23:59:59Z')
        evening = ask()
        today = (('urn:li:sponsoredAccount:' + FIRST,), date(2026, 3, 15))
        true(evening[today]['impressions'] > first[today]['impressions'])
        sim.control('now.set', now='2026-03-17')
        later = ask()
        true(any(later[k]['costInLocalCurrency'] < evening[k]['costInLocalCurrency'] for k in evening), 'a little is taken back')
        sim.control('now.set', now='2026-04-12')
        late = ask()
        true(any(late[k]['externalWebsiteConversions'] > later[k]['externalWebsiteConversions'] for k in later), 'sales come late')
        equal({k: v['impressions'] for k, v in late.items()}, {k: v['impressions'] for k, v in later.items()})


def money_has_odd_forms_and_rows_come_twice(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        rows = analytics(sim, token, FIRST, 'CREATIVE', (2026, 2, 1), (2026, 2, 28), SUMS).json['elements']
        texts = [r['costInLocalCurrency'] for r in rows if 'costInLocalCurrency' in r]
        true('-2E-18' in texts and all(isinstance(t, str) for t in texts))
        true(any(len(t) > 20 for t in texts) and any('.' not in t for t in texts) and any('99999999999' in t for t in texts))
        keys = [(r['pivotValues'][0], day_of(r)) for r in rows]
        true(len(set(keys)) < len(keys), 'one key, two rows')
        true(any('clicks' not in r for r in rows) and any(r.get('clicks') == 0 for r in rows), 'a zero is there or not')
        orders = {list(r).index('dateRange') == 0 for r in rows}
        equal(orders, {True, False})
        equal(list(rows[0]['dateRange']['start']), ['month', 'day', 'year'])
        few = analytics(sim, token, FIRST, 'CREATIVE', (2026, 2, 1), (2026, 2, 28), 'oneClickLeads').json['elements']
        true(0 < len(few) < len(rows), 'each chunk has rows of its own')


def days_are_utc_and_pieces_of_time_add_up(path):
    with Adsim(path, users=1, accounts=1, now='2026-03-29T00:20:00Z') as sim:
        token = mint(sim)['access_token']
        ask = lambda piece, *ends: analytics(sim, token, FIRST, 'ACCOUNT', *ends, fields='impressions', granularity=piece).json['elements']
        ends = (2026, 1, 10), (2026, 3, 29)
        days = ask('DAILY', *ends)
        true(max(day_of(r) for r in days) <= date(2026, 3, 29))
        months, whole = ask('MONTHLY', *ends), ask('ALL', *ends)
        equal([day_of(r) for r in months], [date(2026, 1, 10), date(2026, 2, 1), date(2026, 3, 1)])
        total = sum(r['impressions'] for r in days)
        equal((sum(r['impressions'] for r in months), [r['impressions'] for r in whole]), (total, [total]))
        equal(whole[0]['dateRange']['end'], {'month': 3, 'day': 29, 'year': 2026})
        equal(len(ask('YEARLY', (2025, 6, 1), (2026, 3, 1))), 2)
        equal(analytics(sim, token, FIRST, '(value:ACCOUNT)', *ends, granularity='(value:ALL)').json['elements'][0]['impressions'], total)
        opened = 'q=analytics&pivot=ACCOUNT&timeGranularity=ALL&dateRange=(start:(year:2026,month:1,day:10))&accounts=List(%s)'
        row = get(sim, token, 'adAnalytics', opened % urn('sponsoredAccount', FIRST)).json['elements'][0]
        equal((row['impressions'], sorted(row)), (total, ['clicks', 'impressions']), 'without fields no date and no pivot')


def facets_choose_and_pivots_split(path):
    with Adsim(path, users=1, accounts=2) as sim:
        token, ends = mint(sim)['access_token'], ((2026, 2, 1), (2026, 2, 28))
        whole = lambda rows: sum(r.get('impressions', 0) for r in rows)
        ask = lambda pivot, facet, kind, number: analytics(
            sim, token, number, pivot, *ends, fields='impressions', granularity='ALL', facet=facet, kind=kind
        ).json['elements']
        campaigns = ask('CAMPAIGN', 'accounts', 'sponsoredAccount', FIRST)
        one = campaigns[0]['pivotValues'][0]
        equal(ask('CAMPAIGN', 'campaigns', 'sponsoredCampaign', one.rsplit(':', 1)[1]), campaigns[:1])
        equal(whole(ask('CREATIVE', 'campaigns', 'sponsoredCampaign', one.rsplit(':', 1)[1])), campaigns[0]['impressions'])
        equal(whole(ask('ACCOUNT', 'campaigns', 'sponsoredCampaign', one.rsplit(':', 1)[1])), campaigns[0]['impressions'])
        for pivot in ('IMPRESSION_DEVICE_TYPE', 'PLACEMENT_NAME', 'SERVING_LOCATION', 'CARD_INDEX'):
            rows = ask(pivot, 'accounts', 'sponsoredAccount', FIRST)
            true(len(rows) > 1 and not rows[0]['pivotValues'][0].startswith('urn:'))
            equal(whole(rows), whole(campaigns), pivot)
        member = ask('MEMBER_JOB_TITLE', 'accounts', 'sponsoredAccount', FIRST)
        true(0 < whole(member) <= whole(campaigns) and member[0]['pivotValues'][0].startswith('urn:li:title:'))
        shares = ask('SHARE', 'accounts', 'sponsoredAccount', FIRST)
        true({r['pivotValues'][0].split(':')[2] for r in shares} <= {'share', 'ugcPost'} and whole(shares) < whole(campaigns))
        sales = analytics(sim, token, FIRST, 'CONVERSION', *ends, fields='externalWebsiteConversions', granularity='ALL').json['elements']
        true(sales[0]['pivotValues'][0].startswith('urn:lla:llaPartnerConversion:'))
        real = analytics(sim, token, FIRST, 'ACCOUNT', *ends, fields='externalWebsiteConversions', granularity='ALL').json['elements']
        true(sum(r['externalWebsiteConversions'] for r in sales) != real[0]['externalWebsiteConversions'], 'they do not add up')
        two = 'q=statistics&pivots=List(CAMPAIGN,IMPRESSION_DEVICE_TYPE)&timeGranularity=ALL&dateRange=(start:(year:2026,month:2,day:1),end:(year:2026,month:2,day:28))'
        two += '&accounts=List(%s,%s)&fields=impressions,pivotValues' % (urn('sponsoredAccount', FIRST), urn('sponsoredAccount', SECOND))
        rows = get(sim, token, 'adAnalytics', two).json['elements']
        equal({len(r['pivotValues']) for r in rows}, {2})
        equal(whole(r for r in rows if r['pivotValues'][0] == one), campaigns[0]['impressions'])
        revenue = 'q=attributedRevenueMetrics&dateRange=(start:(year:2026,month:2,day:1))&account=' + urn('sponsoredAccount', FIRST)
        equal(get(sim, token, 'adAnalytics', revenue).json['elements'], [], 'no CRM is connected')


def what_is_known_of_members_is_kept_for_half_a_year(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        for pivot, start, there in (
            ('MEMBER_COUNTRY_V2', (2025, 10, 1), True),
            ('MEMBER_COUNTRY_V2', (2025, 8, 1), False),
            ('CAMPAIGN', (2025, 8, 1), True),
        ):
            rows = analytics(sim, token, FIRST, pivot, start, start[:2] + (9,)).json['elements']
            equal(bool(rows), there, pivot)
        rows = analytics(sim, token, FIRST, 'MEMBER_COUNTRY_V2', (2025, 8, 1), (2025, 8, 31), granularity='ALL').json['elements']
        true(rows, 'two years where days are not asked for')


def rows_beyond_the_cap_are_cut_without_a_word(path):
    with Adsim(path, users=1, accounts=1, linkedin_row_cap=50) as sim:
        token = mint(sim)['access_token']
        for cap in range(50, 80):  # between the two pieces of a row, too
            sim.control('set', name='linkedin-row-cap', value=str(cap))
            answer = analytics(sim, token, FIRST, 'CREATIVE', (2026, 2, 1), (2026, 2, 28), 'costInUsd')
            equal((len(answer.json['elements']), answer.json['paging']), (cap, {'start': 0, 'count': 10, 'links': []}))
    with Adsim(path, users=1, accounts=1, campaigns=40) as sim:
        token = mint(sim)['access_token']
        rows = analytics(sim, token, FIRST, 'CREATIVE', (2025, 11, 1), (2026, 3, 14)).json['elements']
        equal(len(rows), 15000)


def a_report_that_cannot_be_is_refused(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token, account = mint(sim)['access_token'], urn('sponsoredAccount', FIRST)
        good = 'q=analytics&pivot=ACCOUNT&timeGranularity=DAILY&dateRange=(start:(year:2026,month:1,day:2),end:(year:2026,month:1,day:9))&accounts=List(%s)'
        good %= account
        equal(get(sim, token, 'adAnalytics', good).status, 200)
        equal(get(sim, token, 'adAnalytics', good + '&start=0&count=10').status, 200)
        many = ','.join(['impressions', 'clicks', 'likes', 'shares', 'follows', 'comments', 'reactions', 'sends', 'opens', 'videoViews'] * 2)
        for wrong, code, where in (
            (good + '&fields=impressions,nonsense', 'FIELD_INVALID', 'fields'),
            (good + '&fields=pivotValue', 'FIELD_INVALID', 'fields'),
            (good + '&fields=approximateUniqueImpressions', 'FIELD_INVALID', 'fields'),
            (good + '&fields=List(impressions)', 'PARAM_INVALID', 'fields'),
            (good + '&fields=dateRange,' + many, 'PARAM_INVALID', 'fields'),
            (good + '&start=10', 'PARAM_INVALID', 'start'),
            (good.replace('ACCOUNT', 'KEYWORD'), 'PARAM_INVALID', 'pivot'),
            (good.replace('pivot=ACCOUNT&', ''), 'MISSING_FIELD', 'pivot'),
            (good.replace('DAILY', 'HOURLY'), 'PARAM_INVALID', 'timeGranularity'),
            (good.replace('month:1', 'month:01'), 'PARAM_INVALID', 'dateRange'),
            (good.replace('day:9', 'day:32'), 'PARAM_INVALID', 'dateRange'),
            (good.replace('(year:2026,month:1,day:9)', '2026-01-09'), 'PARAM_INVALID', 'dateRange'),
            (good.replace('day:9', 'day:1'), 'START_DATE_AFTER_END_DATE', 'dateRange'),
            (good.replace('&accounts=List(%s)' % account, ''), 'MISSING_FIELD', 'accounts'),
            (good.replace('List(%s)' % account, account), 'PARAM_INVALID', 'accounts'),
            (good.replace(account, urn('sponsoredCampaign', 360000000)), 'INVALID_URN_TYPE', 'accounts'),
            (good.replace('year:2026,month:1,day:2', 'year:2025,month:6,day:2') + '&fields=approximateMemberReach', 'PARAM_INVALID', 'dateRange'),
            (good.replace('pivot=', 'pivots='), 'QUERY_PARAM_NOT_ALLOWED', 'pivots'),
            (good.replace('q=analytics&pivot=ACCOUNT', 'q=statistics&pivots=List(ACCOUNT,CAMPAIGN,CREATIVE,SHARE)'), 'PARAM_INVALID', 'pivots'),
        ):
            refused(get(sim, token, 'adAnalytics', wrong), 400, code, where)
        equal(word(get(sim, token, 'adAnalytics', good.replace(account, FIRST))), 'ERROR :: /accounts/values/0 :: Invalid Urn Format')
        many = good.replace(account, ','.join([account] * 150))
        equal((get(sim, token, 'adAnalytics', many).status, tunnel(sim, token, 'adAnalytics', many).status), (414, 200))
        refused(get(sim, token, 'adAnalytics', good, protocol=None), 400, 'PARAM_INVALID')
        dotted = 'q=analytics&pivot=ACCOUNT&timeGranularity=DAILY&dateRange.start.day=1&accounts%5B0%5D=' + account
        refused(get(sim, token, 'adAnalytics', dotted), 400, 'QUERY_PARAM_NOT_ALLOWED')


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
