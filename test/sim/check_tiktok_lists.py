#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TikTok on adsim, from outside: campaigns of every family, ad groups, ads, audiences, keywords, forms, leads; pages and filters."""
import csv
import io
import json
import sys
import zipfile

import harness
from harness import Adsim, equal, true
from tiktok_client import ALL, advertiser, data, get, mint, post, refused, rows

OFF = dict(tier='off')
WORLD = dict(users=1, accounts=2, campaigns=12, **OFF)
TOP_VIEW = dict(ALL, buying_types=['RESERVATION_TOP_VIEW'])
PLAIN = 'campaign/get/', 'adgroup/get/', 'ad/get/'


def truth(sim, kind, account=0):
    return [r['row'] for r in sim.truth(kind, platform='tiktok', account=advertiser(account))]


def by(rows, key):
    known = {row[key]: row for row in rows}
    equal(len(known), len(rows), key + ' are unique')
    return known


def everything(sim, token, path, account=0, size=7):
    """both passes: what is bought by auction or reach, and TopView, which stands alone"""
    mine = dict(advertiser_id=advertiser(account), size=size)
    return rows(sim, token, path, filtering=ALL, **mine) + rows(sim, token, path, filtering=TOP_VIEW, **mine)


# ---- objects


def campaigns_of_every_family_are_found_in_three_passes(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        for account in (0, 1):
            both = everything(sim, token, 'campaign/get/', account)
            gmv = rows(sim, token, 'gmv_max/campaign/get/', advertiser_id=advertiser(account), filtering=ALL)
            shops = dict(ALL, gmv_max_promotion_types=['PRODUCT_GMV_MAX', 'LIVE_GMV_MAX'])
            equal(rows(sim, token, 'gmv_max/campaign/get/', advertiser_id=advertiser(account), filtering=shops), gmv)
            true(gmv and not {r['campaign_id'] for r in gmv} & {r['campaign_id'] for r in both})
            equal(by(both + gmv, 'campaign_id'), by(truth(sim, 'campaigns', account), 'campaign_id'))
            equal({r['campaign_automation_type'] for r in both}, {'MANUAL', 'SMART_PLUS', 'UPGRADED_SMART_PLUS'})
            plain = rows(sim, token, 'campaign/get/', advertiser_id=advertiser(account), filtering=ALL)
            missing = {r['campaign_id'] for r in both} - {r['campaign_id'] for r in plain}
            true(missing and missing == {r['campaign_id'] for r in rows(sim, token, 'campaign/get/', advertiser_id=advertiser(account), filtering=TOP_VIEW)})
            smart = rows(sim, token, 'smart_plus/campaign/get/', advertiser_id=advertiser(account), filtering=ALL)
            equal([r['campaign_automation_type'] for r in smart], ['UPGRADED_SMART_PLUS'] * len(smart))


def budgets_stand_where_the_mode_says(path):
    with Adsim(path, **WORLD) as sim:
        campaigns = {r['campaign_id']: r for r in truth(sim, 'campaigns') + truth(sim, 'campaigns', 1)}
        groups = truth(sim, 'adsets') + truth(sim, 'adsets', 1)
        for row in campaigns.values():
            if 'budget_mode' in row:
                equal(row['budget'] == 0, row['budget_mode'] == 'BUDGET_MODE_INFINITE', row)
                true(not isinstance(row['budget'], str))
        for row in groups:
            equal(row['budget'] == 0, campaigns[row['campaign_id']].get('budget_optimize_on', False), row)
            equal(bool(row['bid_price'] or row['conversion_bid_price']), row['bid_type'] == 'BID_TYPE_CUSTOM')
            equal((len(row['dayparting']), set(row['dayparting']) <= {'0', '1'}), (336, True))
        modes = {r['budget_mode'] for r in campaigns.values() if 'budget_mode' in r}
        true(modes >= {'BUDGET_MODE_DAY', 'BUDGET_MODE_TOTAL', 'BUDGET_MODE_DYNAMIC_DAILY_BUDGET'}, modes)
        true(any(isinstance(r['budget'], float) for r in groups) and any(isinstance(r['budget'], int) and r['budget'] for r in groups))


def ad_groups_and_ads_are_those_of_the_truth(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        for account in (0, 1):
            groups, ads = (everything(sim, token, name, account, 100) for name in PLAIN[1:])
            equal(by(groups, 'adgroup_id'), by(truth(sim, 'adsets', account), 'adgroup_id'))
            smart = rows(sim, token, 'smart_plus/ad/get/', advertiser_id=advertiser(account), filtering=ALL)
            known = truth(sim, 'ads', account)
            equal(by(ads, 'ad_id'), by([r for r in known if 'ad_id' in r], 'ad_id'))
            equal(by(smart, 'smart_plus_ad_id'), by([r for r in known if 'ad_id' not in r], 'smart_plus_ad_id'))
            equal(by(truth(sim, 'creatives', account), 'ad_id'), by(ads, 'ad_id'))
            upgraded = [r for r in ads if r['campaign_automation_type'] == 'UPGRADED_SMART_PLUS']
            true(upgraded and all('modify_time' not in r for r in upgraded) and all('modify_time' in r for r in smart))
            held = sum(len(r['creative_list']) for r in smart)
            equal(held, len(upgraded), 'an ad of Smart+ holds what ad/get shows as ads')
            parents = {r['adgroup_id']: r['campaign_id'] for r in groups}
            equal({(r['adgroup_id'], r['campaign_id']) for r in ads} - set(parents.items()), set())
            leads = [r for r in ads if r['page_id']]
            true(all(isinstance(r['page_id'], int) and r['page_id'] > 2**53 for r in leads))


def the_newest_come_first_and_ids_are_text(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        for name, key in zip(PLAIN, ('campaign_id', 'adgroup_id', 'ad_id')):
            got = rows(sim, token, name, advertiser_id=advertiser(0), filtering=ALL)
            equal([r['create_time'] for r in got], sorted((r['create_time'] for r in got), reverse=True))
            true(all(isinstance(r[key], str) and int(r[key]) > 2**53 for r in got))
            equal(len(data(get(sim, token, name, advertiser_id=advertiser(0)))['list']), 10 if len(got) > 14 else len(got[:10]))


def deleted_objects_are_hidden_until_they_are_asked_for(path):
    with Adsim(path, users=1, accounts=1, campaigns=50, **OFF) as sim:
        token, said = mint(sim), set()
        for name, word in zip(PLAIN, ('CAMPAIGN', 'ADGROUP', 'AD')):
            mine = dict(advertiser_id=advertiser(0), size=100)
            shown = rows(sim, token, name, **mine)
            whole = rows(sim, token, name, filtering=ALL, **mine)
            gone = rows(sim, token, name, filtering=dict(primary_status='STATUS_DELETE'), **mine)
            true(gone and {r['secondary_status'] for r in gone} == {word + '_STATUS_DELETE'})
            equal(sorted(map(str, shown + gone)), sorted(map(str, whole)))
            equal(rows(sim, token, name, filtering=dict(secondary_status=word + '_STATUS_ALL'), **mine), whole)
            equal(rows(sim, token, name, filtering=dict(secondary_status=word + '_STATUS_DELETE'), **mine), gone)
            equal(rows(sim, token, name, filtering=dict(primary_status='STATUS_NOT_DELETE'), **mine), shown)
            said |= {r['operation_status'] for r in gone}
        equal(said, {'DELETE', 'ENABLE', 'DISABLE'}, 'of some their parent alone is deleted')


def every_state_of_the_sheet_comes_about(path):
    with Adsim(path, users=1, accounts=14, campaigns=30, growth=60, **OFF) as sim:
        seen = set()
        for kind in ('campaigns', 'adsets', 'ads'):
            seen |= {r['row']['secondary_status'] for r in sim.truth(kind, platform='tiktok')}
        wanted = (
            'CAMPAIGN_STATUS_ENABLE CAMPAIGN_STATUS_DISABLE CAMPAIGN_STATUS_DELETE CAMPAIGN_STATUS_BUDGET_EXCEED ADGROUP_STATUS_DELIVERY_OK '
            'ADGROUP_STATUS_AUDIT ADGROUP_STATUS_REAUDIT ADGROUP_STATUS_AUDIT_DENY ADGROUP_STATUS_TIME_DONE ADGROUP_STATUS_NOT_START '
            'ADGROUP_STATUS_CAMPAIGN_DISABLE ADGROUP_STATUS_DISABLE ADGROUP_STATUS_DELETE ADGROUP_STATUS_FROZEN AD_STATUS_DELIVERY_OK '
            'AD_STATUS_AUDIT AD_STATUS_REAUDIT AD_STATUS_AUDIT_DENY AD_STATUS_NOT_START AD_STATUS_DONE AD_STATUS_CAMPAIGN_DISABLE '
            'AD_STATUS_ADGROUP_DISABLE AD_STATUS_DISABLE AD_STATUS_DELETE ADVERTISER_ACCOUNT_PUNISH ADVERTISER_ACCOUNT_INVALID '
            'ADVERTISER_CONTRACT_PENDING ADVERTISER_ACCOUNT_BALANCE_EXCEED'
        )
        equal(set(wanted.split()) - seen, set())


def filters_let_through_what_they_say(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        mine = dict(advertiser_id=advertiser(0), size=100)
        ads = rows(sim, token, 'ad/get/', filtering=ALL, **mine)
        some = {'campaign_ids': ads[0]['campaign_id'], 'adgroup_ids': ads[1]['adgroup_id'], 'ad_ids': ads[2]['ad_id']}
        for key, value in some.items():
            got = rows(sim, token, 'ad/get/', filtering={key: [value], **ALL}, **mine)
            equal(got, [r for r in ads if r[key[:-1]] == value], key)
        cut = sorted(r['modify_time'] for r in ads if 'modify_time' in r)[len(ads) // 2]
        got = rows(sim, token, 'ad/get/', filtering=dict(ALL, modified_after=cut), **mine)
        equal([r for r in got if 'modify_time' in r], [r for r in ads if r.get('modify_time', '') >= cut])
        created = sorted(r['create_time'] for r in ads)[len(ads) // 2]
        got = rows(sim, token, 'ad/get/', filtering=dict(ALL, creation_filter_start_time=created), **mine)
        equal(got, [r for r in ads if r['create_time'] >= created])
        groups = rows(sim, token, 'adgroup/get/', filtering=ALL, **mine)
        for key, name in (('optimization_goal', 'optimization_goal'), ('billing_events', 'billing_event')):
            value = groups[0][name]
            given = [value] if key.endswith('s') else value
            equal(rows(sim, token, 'adgroup/get/', filtering={key: given, **ALL}, **mine), [r for r in groups if r[name] == value])
        campaigns = rows(sim, token, 'campaign/get/', filtering=ALL, **mine)
        web = [r for r in campaigns if r['objective_type'] in ('WEB_CONVERSIONS', 'CONVERSIONS')]
        equal(rows(sim, token, 'campaign/get/', filtering=dict(ALL, objective_type='WEB_CONVERSIONS'), **mine), web)
        equal(len(rows(sim, token, 'campaign/get/', filtering=dict(ALL, buying_types=['RESERVATION_RF']), **mine)), 1)
        name = campaigns[0]['campaign_name']
        true(campaigns[0] in rows(sim, token, 'campaign/get/', filtering=dict(ALL, campaign_name=name[:5]), **mine))
        smart = dict(ALL, is_smart_performance_campaign=True)
        equal([r['campaign_automation_type'] for r in rows(sim, token, 'campaign/get/', filtering=smart, **mine)], ['SMART_PLUS'])


def what_a_list_does_not_know_is_refused(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        mine = dict(advertiser_id=advertiser(0))
        many = [str(i) for i in range(101)]
        for wrong, code in (
            (dict(fields=['campaign_id', 'colour']), 40002),
            (dict(fields='campaign_id'), 40002),
            (dict(page_size=1001), 40002),
            (dict(page_size=0), 40002),
            (dict(page=0), 40002),
            (dict(page_size='x'), 40002),
            (dict(filtering=dict(colour='red')), 40002),
            (dict(filtering=dict(modified_after='2026-01-01 00:00:00')), 40002),
            (dict(filtering='x'), 40002),
            (dict(filtering=dict(primary_status='STATUS_NONE')), 40002),
            (dict(filtering=dict(campaign_ids=[1])), 40002),
            (dict(filtering=dict(campaign_ids=many)), 40011),
            (dict(filtering=dict(buying_types=['AUCTION', 'RESERVATION_TOP_VIEW'])), 40002),
            (dict(filtering=dict(buying_types=['PROMOTE'])), 40002),
            (dict(filtering=dict(creation_filter_start_time='2026-01-01T00:00:00')), 40002),
        ):
            refused(get(sim, token, 'campaign/get/', **dict(mine, **wrong)), code)
        refused(get(sim, token, 'adgroup/get/', page_size=101, filtering=TOP_VIEW, **mine), 40002)
        empty = data(get(sim, token, 'campaign/get/', filtering=dict(campaign_ids=['1']), **mine))
        equal(empty, {'list': [], 'page_info': {'page': 1, 'page_size': 10, 'total_page': 0, 'total_number': 0}})
        beyond = data(get(sim, token, 'campaign/get/', page=99, **mine))
        true(not beyond['list'] and beyond['page_info']['total_number'] > 0)


def fields_are_chosen_and_nulls_left_out(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        mine = dict(advertiser_id=advertiser(0), filtering=ALL)
        whole = data(get(sim, token, 'adgroup/get/', **mine))['list']
        true(sum(v is None for v in whole[0].values()) > 30)
        lean = data(get(sim, token, 'adgroup/get/', exclude_field_types_in_response=['NULL_FIELD'], **mine))['list']
        equal(lean, [{k: v for k, v in r.items() if v is not None} for r in whole])
        few = data(get(sim, token, 'adgroup/get/', fields=['budget', 'adgroup_id'], **mine))['list']
        equal(few, [{k: r[k] for k in ('adgroup_id', 'budget')} for r in whole])


def boosted_posts_show_six_fields_to_those_who_ask(path):
    with Adsim(path, tiktok_promote=1, **WORLD) as sim:
        token = mint(sim)
        promote = dict(ALL, campaign_system_origins=['PROMOTE'])
        got = rows(sim, token, 'campaign/get/', advertiser_id=advertiser(0), filtering=promote)
        equal([len(r) for r in got], [6])
        true(got[0]['campaign_id'] not in [r['campaign_id'] for r in rows(sim, token, 'campaign/get/', advertiser_id=advertiser(0), filtering=ALL)])


def a_row_that_comes_to_life_moves_the_next_page(path):
    with Adsim(path, users=1, accounts=1, campaigns=40, growth=60, **OFF) as sim:
        token = mint(sim)
        ask = lambda page: data(get(sim, token, 'campaign/get/', advertiser_id=advertiser(0), filtering=ALL, page=page, page_size=5))
        first = ask(1)
        sim.control('now.advance', seconds=90 * 86400)
        second = ask(2)
        true(second['page_info']['total_number'] > first['page_info']['total_number'])
        true({r['campaign_id'] for r in first['list']} & {r['campaign_id'] for r in second['list']}, 'one comes twice')


# ---- audiences, keywords


def audiences_say_other_things_one_by_one(path):
    with Adsim(path, audiences=130, **OFF) as sim:
        token = mint(sim)
        mine = dict(advertiser_id=advertiser(1))  # Berlin
        got = rows(sim, token, 'dmp/custom_audience/list/', size=100, **mine)
        equal(got, truth(sim, 'audiences', 1))
        ids = [r['audience_id'] for r in got]
        one = data(get(sim, token, 'dmp/custom_audience/get/', custom_audience_ids=ids[:3], **mine))['list']
        equal([r['audience_details']['audience_id'] for r in one], ids[:3])
        for row, details in zip(got, (r['audience_details'] for r in one)):
            equal((details['type'], 'audience_type' in details), (row['audience_type'], False))
            true(details['create_time'] != row['create_time'], 'the clock of the account')
        equal(rows(sim, token, 'dmp/custom_audience/list/', custom_audience_ids=ids[5:7], **mine), got[5:7])
        true({r['is_valid'] for r in got} == {True, False} and {r['calculate_type'] for r in got} == {None, 'EMAIL_SHA256'})
        refused(get(sim, token, 'dmp/custom_audience/list/', page_size=101, **mine), 40002)
        refused(get(sim, token, 'dmp/custom_audience/list/', custom_audience_ids=ids[:101], **mine), 40011)
        refused(get(sim, token, 'dmp/custom_audience/get/', **mine), 40002)


def keywords_stand_in_the_ad_group_and_what_it_excludes_apart(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        mine = dict(advertiser_id=advertiser(0))
        known = truth(sim, 'keywords')
        groups = rows(sim, token, 'adgroup/get/', filtering=ALL, size=100, **mine)
        got = [dict(adgroup_id=r['adgroup_id'], negative=False, keyword=k) for r in groups for k in r['search_keywords'] or []]
        equal(sorted(map(str, got)), sorted(str(r) for r in known if not r['negative']))
        true({k['keyword']['match_type'] for k in got} <= {'PRECISE_WORD', 'PHRASE_WORD', 'BROAD_WORD'} and got)
        campaigns = rows(sim, token, 'campaign/get/', size=100, **mine)
        found = []
        for kind, key, objects in (('CAMPAIGN', 'campaign_id', campaigns), ('ADGROUP', 'adgroup_id', groups)):
            for row in objects:
                words = rows(
                    sim, token, 'search_ad/negative_keyword/get/', name='keywords', size=50, object_type=kind, object_id=row[key], **mine
                )
                found += [{key: row[key], 'negative': True, 'keyword': word} for word in words]
        equal(sorted(map(str, found)), sorted(str(r) for r in known if r['negative']))
        true(found)
        one = dict(mine, object_type='CAMPAIGN', object_id=campaigns[0]['campaign_id'])
        refused(get(sim, token, 'search_ad/negative_keyword/get/', **dict(one, page_size=51)), 40002)
        refused(get(sim, token, 'search_ad/negative_keyword/get/', **dict(one, object_type='AD')), 40002)
        refused(get(sim, token, 'search_ad/negative_keyword/get/', **dict(one, object_id='1')), 40007)


# ---- forms, leads


def forms_belong_to_an_advertiser_or_to_a_library(path):
    with Adsim(path, accounts=4, forms=12, **OFF) as sim:
        token = mint(sim)
        got = rows(sim, token, 'page/get/', advertiser_id=advertiser(0))
        equal(got, truth(sim, 'forms'))
        equal({r['status'] for r in got}, {'EDITED', 'PUBLISHED'})
        edited = rows(sim, token, 'page/get/', advertiser_id=advertiser(0), page_status='EDITED')
        equal(edited, [r for r in got if r['status'] == 'EDITED'])
        cut = sorted(r['update_time'] for r in got)[6]
        late = rows(sim, token, 'page/get/', advertiser_id=advertiser(0), update_time_range=dict(start=cut, end='2030-01-01 00:00:00'))
        equal(late, [r for r in got if r['update_time'] >= cut])
        equal(rows(sim, token, 'page/get/', advertiser_id=advertiser(0), business_type='STORE_FRONT'), [])
        equal(rows(sim, token, 'page/get/', advertiser_id=advertiser(0), business_type='X', business_types=['LEAD_GEN']), got)
        refused(get(sim, token, 'page/get/', advertiser_id=advertiser(3)), 40002, 'library_id')
        library = data(get(sim, token, 'page/library/get/'))['list'][0]['library_id']
        equal(rows(sim, token, 'page/get/', library_id=library), truth(sim, 'forms', 3))
        refused(get(sim, token, 'page/get/', library_id='1'), 40001)
        refused(get(sim, token, 'page/get/', advertiser_id=advertiser(0), page_size=101), 40002)
        refused(get(sim, token, 'page/get/', advertiser_id=advertiser(0), page_status='DONE'), 40002)
        questions = data(get(sim, token, 'page/field/get/', advertiser_id=advertiser(0), page_id=got[0]['page_id']))
        true('Email' in questions['question_fields'])
        refused(get(sim, token, 'page/field/get/', advertiser_id=advertiser(0), page_id='1'), 40007)


def lead_file(sim, token, account=0, region=None, **what):
    """asks the call that made the task until its file is there"""
    mine = dict(advertiser_id=advertiser(account))
    made = data(post(sim, token, 'page/lead/task/', region=region, **dict(mine, **what)))
    states = [made['status']]
    while states[-1] in ('CREATED', 'RUNNING'):
        made = data(post(sim, token, 'page/lead/task/', task_id=made['task_id'], **mine))
        states.append(made['status'])
    return made, states, get(sim, token, 'page/lead/task/download/', task_id=made['task_id'], **mine)


def table(answer):
    equal(answer.status, 200)
    true(answer.header('Content-Type').startswith('text/csv'), answer.header('Content-Type'))
    return list(csv.DictReader(io.StringIO(answer.body.decode('utf-8'), newline='')))


def plain(row):
    return {k: '' if v is None else str(v) for k, v in row.items()}


def leads_come_in_a_file_that_a_task_makes(path):
    with Adsim(path, users=1, accounts=6, forms=2, leads=3, **OFF) as sim:
        token = mint(sim)
        got = []
        for form in truth(sim, 'forms'):
            made, states, answer = lead_file(sim, token, page_id=form['page_id'])
            equal((states[0], states[-1], made['file_type'], len(states) > 2), ('CREATED', 'SUCCEED', 'csv', True))
            got += table(answer)
        known = truth(sim, 'leads')
        equal(sorted(map(str, got)), sorted(str(plain(r)) for r in known))
        true(any('\n' in r['Was noch?'] for r in got) and any('"' in r['Name'] for r in got) and any(not r['ad_id'] for r in got))
        ad = next(r['ad_id'] for r in known if r['ad_id'])
        equal([r['ad_id'] for r in table(lead_file(sim, token, ad_id=ad)[2])], [r['ad_id'] for r in known if r['ad_id'] == ad])
        refused(post(sim, token, 'page/lead/task/', advertiser_id=advertiser(0)), 40002)
        refused(post(sim, token, 'page/lead/task/', advertiser_id=int(advertiser(0)), page_id='1'), 40007)
        refused(post(sim, token, 'page/lead/task/', advertiser_id=advertiser(0), page_id='1'), 40007)
        refused(post(sim, token, 'page/lead/task/', advertiser_id=advertiser(0), task_id='1'), 40007)
        refused(post(sim, token, 'page/lead/task/', advertiser_id=advertiser(5), page_id='1'), 40001, 'admin')


def the_file_is_there_for_ten_minutes(path):
    with Adsim(path, users=1, accounts=1, forms=1, **OFF) as sim:
        token = mint(sim)
        form = truth(sim, 'forms')[0]['page_id']
        mine = dict(advertiser_id=advertiser(0))
        task = data(post(sim, token, 'page/lead/task/', page_id=form, **mine))['task_id']
        refused(get(sim, token, 'page/lead/task/download/', task_id=task, **mine), 40201)
        made, _, answer = lead_file(sim, token, page_id=form)
        true(table(answer))
        sim.control('now.advance', seconds=601)
        refused(get(sim, token, 'page/lead/task/download/', task_id=made['task_id'], **mine), 40007, 'expired')
        sim.fault('run', platform='tiktok', status='FAILED', count=1)
        made, states, answer = lead_file(sim, token, page_id=form)
        equal(states[-1], 'FAILED')
        refused(answer, 40200)


def without_looks_a_file_is_there_at_once(path):
    with Adsim(path, users=1, accounts=1, forms=1, run_polls=0, **OFF) as sim:
        token = mint(sim)
        made = data(post(sim, token, 'page/lead/task/', advertiser_id=advertiser(0), page_id=truth(sim, 'forms')[0]['page_id']))
        equal((made['status'], made['file_type']), ('SUCCEED', 'csv'))
        equal(len(table(get(sim, token, 'page/lead/task/download/', advertiser_id=advertiser(0), task_id=made['task_id']))), len(truth(sim, 'leads')))


def many_leads_come_as_a_zip(path):
    with Adsim(path, users=1, accounts=1, forms=1, leads=5, tiktok_zip_leads=10, **OFF) as sim:
        made, _, answer = lead_file(sim, mint(sim), page_id=truth(sim, 'forms')[0]['page_id'])
        equal((made['file_type'], made['file_name'][-4:]), ('zip', '.zip'))
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            equal((archive.testzip(), archive.namelist()), (None, ['leads.csv']))
            got = list(csv.DictReader(io.StringIO(archive.read('leads.csv').decode('utf-8'), newline='')))
        equal(sorted(map(str, got)), sorted(str(plain(r)) for r in truth(sim, 'leads')))


def leads_of_europe_are_asked_for_by_a_header(path):
    with Adsim(path, users=1, accounts=2, forms=1, **OFF) as sim:
        token = mint(sim)
        form = truth(sim, 'forms', 1)[0]['page_id']
        equal(table(lead_file(sim, token, 1, page_id=form)[2]), [])
        equal(len(table(lead_file(sim, token, 1, region='eu', page_id=form)[2])), len(truth(sim, 'leads', 1)))
        equal(table(lead_file(sim, token, 0, region='eu', page_id=truth(sim, 'forms')[0]['page_id'])[2]), [])


def one_lead_comes_without_a_task(path):
    with Adsim(path, users=1, accounts=1, forms=1, **OFF) as sim:
        token = mint(sim)
        form = truth(sim, 'forms')[0]['page_id']
        one = data(get(sim, token, 'lead/get/', advertiser_id=advertiser(0), page_id=form))
        known = {r['lead_id']: r for r in truth(sim, 'leads')}
        equal(dict(one['lead_data'], **one['meta_data']), known[one['meta_data']['lead_id']])
        equal(data(get(sim, token, 'lead/get/', advertiser_id=advertiser(0), page_id=form, lead_source='DIRECT_MESSAGE')), {})
        refused(get(sim, token, 'lead/get/', advertiser_id=advertiser(0), lead_source='X'), 40002)
        true('Email' in json.dumps(data(get(sim, token, 'lead/field/get/'))))


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
