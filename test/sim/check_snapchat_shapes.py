#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Snapchat on adsim against recorded answers of the real platform: the same keys with the same types."""
import sys

import harness
from harness import equal, fits, sample
from snapchat_client import accounts, consent, daily, exchange, get, mint, objects, quiet, refresh, report_of

TIMES = {'id': '', 'updated_at': '', 'created_at': ''}
MAKERS = {'created_by_app_id': '', 'created_by_user': '', 'last_updated_by_app_id': '', 'last_updated_by_user': ''}
MEMBER = dict(TIMES, **MAKERS, email='', organization_id='', display_name='', snapchat_username='', member_status='')
NESTED = dict(TIMES, name='', type='', status='', currency='', timezone='', roles=[''])
ORGANIZATION = dict(TIMES, name='', country='', partner_orgs={}, accepted_term_version='', is_agency=True, roles=[''], ad_accounts=[NESTED])
V2 = {'objective_v2_type': '', 'is_auto_generated': True}
CAMPAIGN = dict(TIMES, name='', ad_account_id='', daily_budget_micro=1, status='', objective='', start_time='', delivery_status=[''])
CAMPAIGN.update(creation_state='', objective_v2_properties=V2, pacing_properties_version=0)
SQUAD = dict(TIMES, name='', status='', campaign_id='', type='', targeting={'geos': [{'country_code': ''}]}, placement_v2={'config': ''})
SQUAD.update(bid_micro=1, auto_bid=True, target_bid=True, bid_strategy='', daily_budget_micro=1, start_time='', delivery_constraint='')
AD = dict(TIMES, name='', ad_squad_id='', creative_id='', status='', type='', render_type='', review_status='', review_status_reasons=[])
CREATIVE = dict(TIMES, name='', ad_account_id='', type='', packaging_status='', review_status='', shareable=True, headline='')
CREATIVE.update(top_snap_media_id='', ad_product='', profile_properties={'profile_id': ''}, semantic_id='')
MEDIA = dict(TIMES, name='', ad_account_id='', type='', media_status='', is_demo_media=False, visibility='')
UPLOADED = dict(MEDIA, file_name='', download_link='', file_size_in_bytes=1, hash='', media_usages=[''])
SEGMENT = dict(TIMES, name='', ad_account_id='', description='', status='', source_type='', retention_in_days=1, approximate_number_users=1)
WINDOW = {'start_time': '', 'end_time': ''}
ROW = dict(WINDOW, stats={'impressions': 1, 'spend': 1})
SERIES = dict(WINDOW, id='', type='', granularity='', finalized_data_end_time='', timeseries=[ROW])
TOKEN = {'access_token': '', 'token_type': '', 'expires_in': 1, 'refresh_token': '', 'scope': '', 'id_token': ''}
ERROR = {'request_status': '', 'request_id': '', 'debug_message': '', 'display_message': '', 'error_code': ''}


def listed(plural, singular, one, **more):
    return dict({'request_status': '', 'request_id': '', plural: [{'sub_request_status': '', singular: one}]}, **more)


def created(plural, singular, one):
    return {'response': listed(plural, singular, one)}


STANDINS = {  # what the samples hold, without their values
    'token_refresh': {'response': TOKEN},
    'me': {'me': MEMBER, 'members': [MEMBER], 'request_status': '', 'request_id': ''},
    'org_list_with_ad_accounts': listed('organizations', 'organization', ORGANIZATION),
    'paging_next_link': listed(
        'billingcenters', 'billingcenter', {'id': '', 'organization_id': '', 'name': '', 'email_address': ''}, paging={'next_link': ''}
    ),
    'campaigns_list_last_page': created('campaigns', 'campaign', CAMPAIGN),
    'campaign_create': created('campaigns', 'campaign', dict(CAMPAIGN, end_time='', lifetime_spend_cap_micro=1)),
    'campaign_put_drops_omitted_fields': {'put': created('campaigns', 'campaign', dict(CAMPAIGN, **MAKERS))},
    'campaign_delete': {'response': {'request_status': '', 'request_id': '', 'campaigns': []}},
    'adsquad_create': created('adsquads', 'adsquad', SQUAD),
    'ad_create': created('ads', 'ad', AD),
    'creative_create': created('creatives', 'creative', CREATIVE),
    'media_create_then_upload': {'create': created('media', 'media', MEDIA), 'upload': {'response': {'result': UPLOADED}}},
    'segment_create': listed('segments', 'segment', SEGMENT),
    'lookalike_create': listed('segments', 'segment', dict(SEGMENT, creation_spec={'seed_segment_id': '', 'country': '', 'type': ''})),
    'stats_day_campaign_default_fields': created('timeseries_stats', 'timeseries_stat', dict(SERIES, attributing_party='')),
    'stats_day_with_values': listed(
        'timeseries_stats', 'timeseries_stat', dict(SERIES, swipe_up_attribution_window='', view_attribution_window='')
    ),
    'stats_total_campaign': created(
        'total_stats', 'total_stat', dict(WINDOW, id='', type='', granularity='', stats={'impressions': 1, 'spend': 1})
    ),
    'stats_breakdown_shape': {
        'timeseries': {'timeseries_stats': [{'timeseries_stat': {'breakdown_stats': {'ad': [{'id': '', 'timeseries': [ROW]}]}}}]},
        'total': {'total_stats': [{'total_stat': {'breakdown_stats': {'ad': [{'id': '', 'stats': ROW['stats']}]}}}]},
    },
    'async_report_shape': {
        'submit': {'async_stats_reports': [{'async_stats_report': {'report_run_id': '', 'async_status': ''}}]},
        'poll_done': {'async_stats_reports': [{'async_stats_report': {'report_run_id': '', 'async_status': '', 'result': ''}}]},
    },
    'error_200_E2002': {
        'response': {'request_status': '', 'request_id': '', 'creatives': [{'sub_request_error_reason': '', 'sub_request_status': ''}]}
    },
    'error_sub_request_E3004': {
        'request_status': '',
        'request_id': '',
        'members': [{'sub_request_error_reason': '', 'sub_request_status': ''}],
    },
    'error_403_E3002': {'response': ERROR},
    'error_flat_E3003': ERROR,
}


def real(name):
    return sample('snapchat', name, STANDINS)


def fit(name, ours, of=lambda body: body):
    fits(of(real(name)), ours, name)


def body_of(recorded):
    return recorded['response']


def the_one_that(found, *keys, **values):
    return next(o for o in found if all(k in o for k in keys) and all(o[k] == v for k, v in values.items()))


def who_and_what_there_is_looks_as_recorded(path):
    with quiet(path, accounts=3, campaigns=40, audiences=30, odd_pages=0, snapchat_page_rows=1) as sim:
        code = consent(sim)[1]['code']
        token = exchange(sim, code).json['access_token']
        fit('token_refresh', refresh(sim, mint(sim)['refresh_token']).json, body_of)
        me = get(sim, token, 'me').json
        fit('me', me)
        equal(list(me), list(real('me')))
        organizations = get(sim, token, 'me/organizations', with_ad_accounts='true').json
        recorded = real('org_list_with_ad_accounts')
        recorded['organizations'][0]['organization']['partner_orgs'] = {}  # ids are its keys
        fits(recorded, organizations, 'org_list_with_ad_accounts')
        first = organizations['organizations'][0]['organization']['id']
        fit('paging_next_link', get(sim, token, 'organizations/%s/billingcenters' % first, limit=100).json)
        account = accounts(sim)[0]['id']
        sim.control('set', name='snapchat-page-rows', value='1000')
        of = {
            k: objects(sim, token, 'adaccounts/%s/%s' % (account, k))
            for k in ('campaigns', 'adsquads', 'ads', 'creatives', 'segments', 'media')
        }
        one = lambda plural, *keys, **values: get(sim, token, plural + '/' + the_one_that(of[plural], *keys, **values)['id']).json
        both = ('daily_budget_micro', 'objective_v2_properties')
        body = get(sim, token, 'adaccounts/%s/campaigns' % account).json
        body['campaigns'] = [one('campaigns', *both)['campaigns'][0]]
        fit('campaigns_list_last_page', body, body_of)
        fit('campaign_create', one('campaigns', 'end_time', 'lifetime_spend_cap_micro', *both), body_of)
        fit('campaign_put_drops_omitted_fields', one('campaigns', 'created_by_user', *both), lambda r: r['put']['response'])
        fit('adsquad_create', one('adsquads', 'bid_micro', 'daily_budget_micro'), body_of)
        for name, ours in (('ad_create', one('ads')), ('creative_create', one('creatives', type='SNAP_AD'))):
            fit(name, ours, body_of)
        fit('segment_create', one('segments', 'description'))
        spec = next(s for s in of['segments'] if 'description' in s and 'country' in s.get('creation_spec', {}))
        fit('lookalike_create', get(sim, token, 'segments/' + spec['id']).json)
        fit('media_create_then_upload', one('media'), lambda r: r['create']['response'])
        ready = the_one_that(of['media'], 'image_metadata', 'created_by_user')
        fits(real('media_create_then_upload')['upload']['response']['result'], ready, 'upload')
        empty = next(
            i
            for i in (o['organization']['id'] for o in organizations['organizations'])
            if not objects(sim, token, 'organizations/%s/adaccounts' % i)
        )
        nothing = get(sim, token, 'organizations/%s/adaccounts' % empty).json
        fits(body_of(real('campaign_delete')), dict(nothing, campaigns=nothing['adaccounts']), 'an empty list')


def figures_look_as_recorded(path):
    with quiet(path, accounts=2, campaigns=6) as sim:
        token, account = mint(sim)['access_token'], accounts(sim)[1]
        some, zone = 'campaigns/' + objects(sim, token, 'adaccounts/%s/campaigns' % account['id'])[0]['id'], account['timezone']
        ask = lambda **more: daily(sim, token, some, zone, '2026-03-10', '2026-03-13', **more)
        ours = ask().json
        fit('stats_day_campaign_default_fields', ours, body_of)
        recorded = body_of(real('stats_day_campaign_default_fields'))['timeseries_stats'][0]['timeseries_stat']
        equal(list(ours['timeseries_stats'][0]['timeseries_stat']['timeseries'][0]), list(recorded['timeseries'][0]))
        ours = ask(fields='impressions,swipes,spend,conversion_purchases', conversion_source_types='web,app,total').json
        fit('stats_day_with_values', dict(ours, paging={}))
        fit('stats_total_campaign', ask(granularity='TOTAL').json, body_of)
        fit('stats_breakdown_shape', ask(breakdown='ad').json, lambda r: r['timeseries'])
        fit('stats_breakdown_shape', ask(breakdown='ad', granularity='TOTAL').json, lambda r: r['total'])
        started = ask(**{'async': 'true', 'async_format': 'csv'})
        fit('async_report_shape', started.json, lambda r: r['submit'])
        fit('async_report_shape', report_of(sim, token, started, account['id'])[-1].json, lambda r: r['poll_done'])


def refusals_look_as_recorded(path):
    with quiet(path, users=2, accounts=1) as sim:
        token, account = mint(sim, 1)['access_token'], accounts(sim)[0]['id']
        fit('error_403_E3002', get(sim, token, 'adaccounts/' + account).json, body_of)
        equal(
            get(sim, token, 'adaccounts/' + account).json['display_message'],
            real('error_403_E3002').get('response', {}).get('display_message')
            or "We're sorry, but the requested resource is not available at this time",
        )
        fit('error_flat_E3003', get(sim, token, 'organizations/x').json)
        equal(list(get(sim, token, 'organizations/x').json), list(real('error_flat_E3003')))
        lost = get(sim, token, 'campaigns/x').json
        fit('error_sub_request_E3004', dict(lost, members=lost['campaigns']))
        sim.fault('error', item='creatives', error='E2002', count=1)
        fit('error_200_E2002', get(sim, token, 'me').json, body_of)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
