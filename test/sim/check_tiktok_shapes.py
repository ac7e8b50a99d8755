#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TikTok on adsim against recorded answers of the real platform: the same keys with the same types."""
import sys

import harness
from harness import CALLBACK, Adsim, equal, fits, sample, true
from tiktok_client import ALL, APP, SECRET, WWW, advertiser, consent, data, exchange, get, mint, post, report, rows


# ---- what the samples hold, without their values


def members(text='', number='', flag='', none='', empty='', texts=''):
    got = {name: '' for name in text.split()}
    got.update({name: 1 for name in number.split()})
    got.update({name: True for name in flag.split()})
    got.update({name: None for name in none.split()})
    got.update({name: [] for name in empty.split()})
    got.update({name: [''] for name in texts.split()})
    return got


def whole(value):
    return {'code': 0, 'message': '', 'request_id': '', 'data': value}


ADGROUP = members(
    text=(
        'adgroup_id adgroup_name advertiser_id bid_display_mode bid_type billing_event brand_safety_type budget_mode '
        'campaign_automation_type campaign_id campaign_name create_time creative_material_mode dayparting gender '
        'ios14_quota_type modify_time operation_status optimization_goal pacing placement_type promotion_type '
        'schedule_end_time schedule_start_time schedule_type spending_power'
    ),
    number='bid_price budget conversion_bid_price deep_cpa_bid scheduled_budget',
    flag=(
        'auto_targeting_enabled comment_disabled inventory_filter_enabled is_hfss is_lhf_compliance is_new_structure '
        'is_smart_performance_campaign search_result_enabled share_disabled skip_learning_phase video_download_disabled'
    ),
    none=(
        'adgroup_app_profile_page_state age_groups app_config app_download_url app_id app_type '
        'automated_keywords_enabled brand_safety_partner category_id conversion_window custom_conversion_id '
        'deep_bid_type deep_funnel_event_source deep_funnel_event_source_id deep_funnel_optimization_event '
        'deep_funnel_optimization_status delivery_mode device_price_ranges feed_type frequency frequency_schedule '
        'keywords next_day_retention optimization_event pixel_id purchased_impression purchased_reach rf_estimated_cpr '
        'rf_estimated_frequency rf_purchased_type schedule_infos secondary_optimization_event smart_audience_enabled '
        'smart_interest_behavior_enabled statistic_type vbo_window'
    ),
    empty=(
        'actions audience_ids category_exclusion_ids excluded_audience_ids interest_category_ids isp_ids languages '
        'network_types operating_systems'
    ),
    texts='location_ids placements',
)
ADVERTISER = members(
    text=(
        'advertiser_account_type advertiser_id country currency display_timezone language name promotion_area status '
        'timezone'
    ),
    number='balance create_time',
    none=(
        'address brand cellphone_number company contacter description email industry license_city license_no '
        'license_province license_url promotion_center_city promotion_center_province rejection_reason role '
        'telephone_number'
    ),
)
CAMPAIGN = members(
    text=(
        'advertiser_id budget_mode campaign_automation_type campaign_id campaign_name campaign_type create_time '
        'modify_time objective objective_type operation_status'
    ),
    number='budget roas_bid',
    flag=(
        'is_advanced_dedicated_campaign is_new_structure is_search_campaign is_smart_performance_campaign '
        'rta_bid_enabled rta_product_selection_enabled'
    ),
    none='deep_bid_type disable_skan_campaign rta_id virtual_objective_type',
)
DETAILS = members(
    text='audience_id audience_sub_type create_time enhancement_status expired_time name owner_id rule type',
    number='cover_num',
    flag='audience_enhancement is_auto_refresh is_creator is_expiring is_valid shared',
    none='calculate_type error_msg lookalike_spec msg',
)
AUDIENCE = members(
    text='audience_id audience_type calculate_type create_time expired_time name',
    number='cover_num',
    flag='is_creator is_expiring is_valid shared',
)
RECORD = members(
    text=(
        'adgroup_name app_install average_video_play average_video_play_per_user campaign_name clicks '
        'clicks_on_music_disc comments conversion conversion_rate cost_per_1000_reached cost_per_conversion '
        'cost_per_result cpc cpm ctr follows frequency impressions likes mobile_app_id profile_visits promotion_type '
        'reach real_time_app_install real_time_app_install_cost real_time_conversion real_time_conversion_rate '
        'real_time_cost_per_conversion real_time_cost_per_result real_time_result real_time_result_rate result '
        'result_rate shares spend tt_app_name video_play_actions video_views_p100 video_views_p25 video_views_p50 '
        'video_views_p75 video_watched_2s video_watched_6s'
    ),
    number='campaign_id tt_app_id',
    none='cost_per_secondary_goal_result dpa_target_audience_type secondary_goal_result secondary_goal_result_rate',
)
ACCOUNT_TOKEN = members(
    text='access_token open_id refresh_token scope token_type',
    number='expires_in refresh_token_expires_in',
)
GMV = members(
    text=(
        'ad_click_rate ad_conversion_rate cost cost_per_order gross_revenue net_cost orders product_click_rate '
        'product_clicks product_impressions roi'
    ),
)
PAGE_INFO = members(number='page page_size total_page total_number')
HISTORY = members(text='action_detail editor opt_time action', none='msg')
AD_METRICS = members(text='ad_id_v2 ad_name impressions spend campaign_automation_type')
STANDINS = {
    'ad_get_empty': whole({'list': [], 'page_info': PAGE_INFO}),
    'adgroup_create': whole(ADGROUP),
    'advertiser_info': whole({'list': [ADVERTISER]}),
    'campaign_create': whole(CAMPAIGN),
    'campaign_get': whole({'list': [CAMPAIGN], 'page_info': PAGE_INFO}),
    'custom_audience_get': whole({'list': [{'audience_history': [HISTORY], 'audience_details': DETAILS}]}),
    'custom_audience_list': whole({'list': [AUDIENCE], 'page_info': PAGE_INFO}),
    'error_40001_scope': whole({}),
    'error_40002_invalid_metrics': whole({}),
    'error_40100_throttle': {'code': 1, 'message': ''},
    'error_40104_no_token': whole({}),
    'error_40105_token_revoked': {'code': 1, 'message': '', 'request_id': ''},
    'oauth2_advertiser_get': {'code': 0, 'message': '', 'data': {'list': [members(text='advertiser_id advertiser_name')]}},
    'report_adgroup_daily_records': [{'metrics': RECORD, 'dimensions': {'adgroup_id': 1, 'stat_time_day': ''}}],
    'report_basic_ad_daily': whole(
        {'page_info': PAGE_INFO, 'list': [{'dimensions': members(text='ad_id_v2 stat_time_day'), 'metrics': AD_METRICS}]}
    ),
    'report_gmvmax_dash_metric': {
        'code': 0,
        'message': '',
        'data': {'list': [{'dimensions': members(text='campaign_id stat_time_day'), 'metrics': GMV}], 'page_info': PAGE_INFO},
    },
    'report_task_check': whole(members(text='status message')),
    'report_task_download': whole(members(text='output_format file_name download_url')),
    'token_marketing_long_term': whole(dict(access_token='', scope=[1], advertiser_ids=[''])),
    'token_tt_user_refresh': whole(ACCOUNT_TOKEN),
    'token_tt_user_short_term': whole(ACCOUNT_TOKEN),
}
WORLD = dict(users=1, accounts=3, campaigns=12, tier='off', tiktok_odd_values=0)


def real(name):
    return sample('tiktok', name, STANDINS)


def fits_one(wanted, rows, name):
    """what is null in one is a text in another: one of ours is as the recorded one"""
    last = None
    for row in rows:
        try:
            fits(wanted, row, name)
            return
        except AssertionError as wrong:
            last = wrong
    raise AssertionError('none of %d: %s' % (len(rows), last))


def tokens_have_the_recorded_shape(path):
    with Adsim(path, **WORLD) as sim:
        fits(real('token_marketing_long_term'), exchange(sim, consent(sim)[1]['auth_code']).json, 'token_marketing_long_term')
        code = sim.agree(WWW, '/v2/auth/authorize/', client_key=APP, response_type='code', scope='video.list', redirect_uri=CALLBACK)[1]['code']
        mine = dict(client_id=APP, client_secret=SECRET)
        first = post(sim, None, 'tt_user/oauth2/token/', grant_type='authorization_code', auth_code=code, redirect_uri=CALLBACK, **mine)
        fits(real('token_tt_user_short_term'), first.json, 'token_tt_user_short_term')
        again = post(
            sim, None, 'tt_user/oauth2/refresh_token/', grant_type='refresh_token', refresh_token=first.json['data']['refresh_token'], **mine
        )
        fits(real('token_tt_user_refresh'), again.json, 'token_tt_user_refresh')


def objects_have_the_recorded_shape(path):
    with Adsim(path, **dict(WORLD, campaigns=60)) as sim:
        token = mint(sim)
        mine = dict(advertiser_id=advertiser(0))
        fits(real('oauth2_advertiser_get'), get(sim, token, 'oauth2/advertiser/get/', app_id=APP, secret=SECRET).json, 'advertiser_get')
        accounts = data(get(sim, token, 'advertiser/info/', advertiser_ids=[advertiser(g) for g in range(3)]))['list']
        fits_one(real('advertiser_info')['data']['list'][0], accounts, 'advertiser_info')
        answer = get(sim, token, 'campaign/get/', page_size=1000, filtering=ALL, **mine).json
        for row in real('campaign_get')['data']['list'] + [real('campaign_create')['data']]:
            fits_one(row, answer['data']['list'], 'campaign_get')
        fits({k: v for k, v in real('campaign_get').items() if k != 'data'}, answer, 'campaign_get')
        fits(real('campaign_get')['data']['page_info'], answer['data']['page_info'], 'page_info')
        groups = rows(sim, token, 'adgroup/get/', size=100, filtering=ALL, **mine)
        wanted = {k: v for k, v in real('adgroup_create')['data'].items() if k not in ('location_ids', 'placements')}
        fits_one(wanted, groups, 'adgroup_create')
        true(all(isinstance(r[k], list) for r in groups for k in ('location_ids', 'placements')))
        empty = get(sim, token, 'ad/get/', filtering=dict(ad_ids=['1']), **mine).json
        fits(real('ad_get_empty'), empty, 'ad_get_empty')
        equal(empty['data'], {'list': [], 'page_info': {'page': 1, 'page_size': 10, 'total_page': 0, 'total_number': 0}})


def audiences_have_the_recorded_shape(path):
    with Adsim(path, audiences=40, **WORLD) as sim:
        token = mint(sim)
        mine = dict(advertiser_id=advertiser(0))
        listed = get(sim, token, 'dmp/custom_audience/list/', page_size=100, **mine).json
        fits(real('custom_audience_list')['data']['page_info'], listed['data']['page_info'], 'page_info')
        fits_one(real('custom_audience_list')['data']['list'][0], listed['data']['list'], 'custom_audience_list')
        ids = [r['audience_id'] for r in listed['data']['list']]
        details = data(get(sim, token, 'dmp/custom_audience/get/', custom_audience_ids=ids, **mine))['list']
        fits_one(real('custom_audience_get')['data']['list'][0], details, 'custom_audience_get')


def reports_have_the_recorded_shape(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        query = report(sim, token, 'ad_v2', metrics=['ad_id_v2', 'ad_name', 'impressions', 'spend', 'campaign_automation_type'])
        fits(real('report_basic_ad_daily'), get(sim, token, 'report/integrated/get/', **query).json, 'report_basic_ad_daily')
        for record in real('report_adgroup_daily_records'):
            record['metrics'].pop('placement', None)  # since removed
            query = report(sim, token, 'adset', days=('2026-02-01', '2026-02-20'), metrics=list(record['metrics']), page_size=1000)
            got = data(get(sim, token, 'report/integrated/get/', **query))['list']
            for row in got[:50]:
                fits(record, row, 'record', ids=('campaign_id', 'adgroup_id', 'tt_app_id'))
        gmv = real('report_gmvmax_dash_metric')
        query = dict(
            advertiser_id=advertiser(1),
            dimensions=['campaign_id', 'stat_time_day'],
            metrics=list(gmv['data']['list'][0]['metrics']),
            start_date='2026-02-14',
            end_date='2026-03-15',
        )
        answer = get(sim, token, 'gmv_max/report/get/', **query).json
        true(answer['data']['list'])
        fits(gmv, answer, 'report_gmvmax_dash_metric')
        query = report(sim, token, 'campaign', filtering=None, output_format='XLSX_DOWNLOAD')
        task = dict(advertiser_id=advertiser(0), task_id=data(post(sim, token, 'report/task/create/', **query))['task_id'])
        for _ in range(4):
            answer = get(sim, token, 'report/task/check/', **task)
            fits(real('report_task_check'), answer.json, 'report_task_check')
        fits(real('report_task_download'), get(sim, token, 'report/task/download/', **task).json, 'report_task_download')


def errors_have_the_recorded_shape(path):
    with Adsim(path, **WORLD) as sim:
        token = mint(sim)
        mine = dict(advertiser_id=advertiser(0))
        for name, answer in (
            ('error_40104_no_token', get(sim, None, 'user/info/')),
            ('error_40105_token_revoked', get(sim, 'x', 'user/info/')),
            ('error_40001_scope', get(sim, mint(sim, scopes='10'), 'report/integrated/get/', **mine)),
            (
                'error_40002_invalid_metrics',
                get(sim, token, 'report/integrated/get/', **report(sim, token, 'ad', metrics=['voucher_spend', 'cash_spend'])),
            ),
        ):
            fits(real(name), answer.json, name)
            equal(set(answer.json), set(real(name)), name)
            if real(name)['message']:
                equal(answer.json['message'], real(name)['message'])
        sim.fault('throttle', platform='tiktok', count=2)
        shapes = [get(sim, token, 'user/info/').json for _ in range(2)]
        for shape in shapes:
            fits(real('error_40100_throttle'), shape, 'error_40100_throttle')
        true(set(real('error_40100_throttle')) in [set(shape) for shape in shapes])


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
