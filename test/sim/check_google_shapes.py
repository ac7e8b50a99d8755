#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Google Ads on adsim against recorded answers of the real platform: the same keys with the same types."""
import sys

import harness
from google_client import ADS, BELOW, CREATED, DIRECT, ROOT, consent, exchange, headers, mint, refresh, search
from harness import Adsim, equal, fits, true


# ---- recorded answers

FAILURE = {'@type': '', 'errors': [{'errorCode': {}, 'message': ''}], 'requestId': ''}
ERROR = {'error': {'code': 1, 'message': '', 'status': '', 'details': [FAILURE]}}
CAMPAIGN = {'resourceName': '', 'status': '', 'advertisingChannelType': '', 'name': '', 'id': '', 'campaignBudget': '', 'startDate': ''}
STANDINS = {  # what the samples hold, without their values
    'list_accessible_customers': {'resourceNames': ['']},
    'search_one_row': {
        'results': [{'campaign': {'resourceName': '', 'name': '', 'id': ''}}],
        'fieldMask': '',
        'queryResourceConsumption': '',
    },
    'customer_self_stream': [
        {
            'results': [
                {'customer': {'resourceName': '', 'id': '', 'descriptiveName': '', 'manager': True, 'testAccount': True, 'status': ''}}
            ],
            'fieldMask': '',
            'requestId': '',
            'queryResourceConsumption': '',
        }
    ],
    'campaigns_with_budget_stream': [
        {
            'results': [{'campaign': CAMPAIGN, 'campaignBudget': {'resourceName': '', 'status': '', 'amountMicros': ''}}],
            'fieldMask': '',
            'requestId': '',
        }
    ],
    'ad_group_ads_stream': [
        {
            'results': [
                {
                    'campaign': {'resourceName': '', 'name': ''},
                    'adGroup': {'resourceName': '', 'name': ''},
                    'adGroupAd': {'resourceName': '', 'status': '', 'ad': {'type': '', 'resourceName': ''}, 'adGroup': ''},
                }
            ],
            'fieldMask': '',
            'requestId': '',
        }
    ],
    'search_stream_empty': [{'fieldMask': '', 'requestId': '', 'queryResourceConsumption': ''}],
    'metrics_row_daily': {
        'results': [
            {
                'campaign': {'resourceName': '', 'name': '', 'id': ''},
                'adGroup': {'resourceName': '', 'id': '', 'name': '', 'status': ''},
                'metrics': {'clicks': '', 'costMicros': '', 'allConversionsValue': 1, 'allConversions': 1, 'impressions': ''},
                'segments': {'date': ''},
            }
        ]
    },
    'search_paged_3_pages': [{'results': [{'campaign': {}}], 'nextPageToken': '', 'totalResultsCount': '', 'fieldMask': ''}] * 2
    + [{'results': [{'campaign': {}}], 'totalResultsCount': '', 'fieldMask': ''}],
    'error_401_no_details': {'error': {'code': 1, 'message': '', 'status': ''}},
    'error_403_user_permission_denied': ERROR,
    'error_403_developer_token_not_approved_stream': [ERROR],
    'error_403_api_disabled': {
        'error': {'code': 1, 'message': '', 'status': '', 'details': [{'@type': '', 'links': [{'description': '', 'url': ''}]}]}
    },
    'error_400_bad_request_json': {
        'error': {'code': 1, 'message': '', 'status': '', 'details': [{'@type': '', 'fieldViolations': [{'description': ''}]}]}
    },
    'error_400_concurrent_modification': ERROR,
    'error_429_resource_exhausted': ERROR,
    'oauth_token_code_exchange': {
        'access_token': '',
        'expires_in': 1,
        'refresh_token': '',
        'scope': '',
        'token_type': '',
        'refresh_token_expires_in': 1,
    },
    'oauth_error_invalid_grant': {'error': '', 'error_description': ''},
}


def same(name, ours):
    fits(harness.sample('google', name, STANDINS), ours, name)


def recorded_answers_have_the_same_shape(path):
    with Adsim(path, google_page_rows=4) as sim:
        token, one = mint(sim)['access_token'], 'SELECT campaign.id, campaign.name FROM campaign'
        pages, body = [], {}
        for _ in range(3):
            pages.append(search(sim, token, DIRECT, one, searchSettings={'returnTotalResultsCount': True}, **body).json)
            body = {'pageToken': pages[-1].get('nextPageToken')}
        same('search_paged_3_pages', pages)
        true('nextPageToken' not in pages[2])
    with Adsim(path) as sim:
        token = mint(sim)['access_token']
        same('list_accessible_customers', sim.ask(ADS, '/v21/customers:listAccessibleCustomers', token, headers=headers()).json)
        same('search_one_row', search(sim, token, DIRECT, one, version='v21').json)
        query = 'SELECT customer.id, customer.descriptive_name, customer.manager, customer.test_account, customer.status FROM customer'
        answer = search(sim, token, ROOT, query, ROOT, 'searchStream', 'v21')
        same('customer_self_stream', answer.json)
        equal(answer.json[0]['fieldMask'], 'customer.id,customer.descriptiveName,customer.manager,customer.testAccount,customer.status')
        query = (
            'SELECT campaign.resource_name, campaign.id, campaign.name, campaign.status, campaign.advertising_channel_type, '
            'campaign.start_date, campaign.end_date, '
            'campaign.campaign_budget, campaign.contains_eu_political_advertising, campaign_budget.resource_name, '
            'campaign_budget.amount_micros, campaign_budget.status '
            'FROM campaign WHERE campaign.end_date IS NOT NULL AND campaign_budget.amount_micros > 0'
        )
        ours = search(sim, token, DIRECT, query, call='searchStream', version='v21').json
        real = harness.sample('google', 'campaigns_with_budget_stream', STANDINS)
        fits(real[0]['results'], ours[0]['results'], 'campaigns')
        if len(real[0]['fieldMask']) > 0:
            equal(ours[0]['fieldMask'], real[0]['fieldMask'])
        query = (
            'SELECT ad_group_ad.resource_name, ad_group_ad.status, ad_group_ad.ad.name, ad_group_ad.ad.type, ad_group_ad.ad_group, '
            'ad_group.name, '
            'campaign.resource_name, campaign.name FROM ad_group_ad'
        )
        same('ad_group_ads_stream', search(sim, token, DIRECT, query, call='searchStream', version='v21').json)
        empty = search(sim, token, DIRECT, 'SELECT campaign.id FROM campaign WHERE campaign.id = 1', call='searchStream')
        same('search_stream_empty', empty.json)
        query = (
            'SELECT campaign.name, campaign.id, ad_group.id, ad_group.name, ad_group.status, metrics.clicks, metrics.cost_micros, '
            'metrics.all_conversions_value, '
            'metrics.all_conversions, metrics.impressions, segments.date FROM ad_group '
            + CREATED
            + ' AND metrics.all_conversions_value > 1 AND metrics.clicks > 0'
        )
        real = harness.sample('google', 'metrics_row_daily', STANDINS)
        for row in real['results']:
            row.pop('searchTermView', None)  # another resource
        fits(real, search(sim, token, DIRECT, query).json, 'metrics_row_daily')


def recorded_refusals_have_the_same_shape(path):
    with Adsim(path, google_testing=1, google_approved=0) as sim:
        token, query = mint(sim)['access_token'], 'SELECT customer.id FROM customer'
        same('error_403_developer_token_not_approved_stream', search(sim, token, DIRECT, query, call='searchStream', version='v21').json)
        sim.control('set', name='google-approved', value='1')
        real = harness.sample('google', 'error_403_user_permission_denied', STANDINS)
        real['error']['details'] = real['error']['details'][:1]  # DebugInfo came to that one caller only
        fits(real, search(sim, token, BELOW, query).json, 'error_403_user_permission_denied')
        same('error_401_no_details', search(sim, 'x', DIRECT, query).json)
        sim.fault('error', error='api_disabled', count=1)
        same('error_403_api_disabled', search(sim, token, DIRECT, query).json)
        real = harness.sample('google', 'error_400_bad_request_json', STANDINS)
        for violation in real['error']['details'][0]['fieldViolations']:
            violation.pop('field', None)  # there is none at the top of a body
        fits(real, search(sim, token, DIRECT, query, paths1=1).json, 'error_400_bad_request_json')
        sim.fault('error', error='databaseError.CONCURRENT_MODIFICATION', count=1)
        same('error_400_concurrent_modification', search(sim, token, DIRECT, query).json)
        sim.fault('throttle', count=1)
        ours, real = search(sim, token, DIRECT, query).json, harness.sample('google', 'error_429_resource_exhausted', STANDINS)
        fits(real, ours, 'error_429_resource_exhausted')
        if 'details' in real['error']['details'][0]['errors'][0]:
            for part in (real, ours):
                part['error']['details'][0].pop('requestId')
                part['error']['details'][0].pop('@type')
            equal(ours, real)
        back = consent(sim)[1]
        same('oauth_token_code_exchange', exchange(sim, back['code']).json)
        sim.control('token.kill', platform='google', user=0, reason='password')
        dead = mint(sim, 1)
        sim.control('token.kill', platform='google', token=dead['refresh_token'], reason='deauthorized')
        same('oauth_error_invalid_grant', refresh(sim, dead['refresh_token']).json)


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
