#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""LinkedIn on adsim against recorded answers of the real platform: the same keys with the same types."""
import sys

import harness
from harness import Adsim, equal, fits, true
from linkedin_client import (
    API,
    FIRST,
    GROUPS,
    SECOND,
    analytics,
    consent,
    exchange,
    get,
    listed,
    mint,
    refresh,
    token_call,
    urn,
)

STAMPS = {'created': {'actor': '', 'time': 1}, 'lastModified': {'actor': '', 'time': 1}}
BARE = {'created': {'time': 1}, 'lastModified': {'time': 1}}
FLAGS = ('CreativeRejection', 'NewFeaturesEnabled', 'EndOfCampaign', 'CampaignOptimization', 'CreativeApproval')
MONEY = {'amount': '', 'currencyCode': ''}
DAY = {'month': 1, 'day': 1, 'year': 1}
ROW = {'dateRange': {'start': DAY, 'end': DAY}, 'pivotValues': ['']}
PAGING = {'start': 1, 'count': 1, 'links': []}
ENGLISH = {'localized': {'sv_SE': ''}}
FLAT = {'status': 1, 'serviceErrorCode': 1, 'code': '', 'message': ''}
LINK = {'type': '', 'rel': '', 'href': ''}
ANSWERS = [
    {'answerDetails': {'textQuestionAnswer': {'answer': ''}}, 'questionId': 1},
    {'answerDetails': {'multipleChoiceAnswer': {'options': [1]}}, 'questionId': 1},
]
ACCOUNT = dict(
    {'notifiedOn' + f: True for f in FLAGS},
    test=True, servingStatuses=[''], type='', version={'versionTag': ''}, reference='', changeAuditStamps=STAMPS, name='', currency='', id=1, status='',
)
GROUP = dict(
    runSchedule={'start': 1, 'end': 1}, changeAuditStamps=BARE, name='', test=False, servingStatuses=[''], allowedCampaignTypes=[''], backfilled=False,
    id=1, account='', status='',
)
CAMPAIGN = dict(
    test=False, storyDeliveryEnabled=False, format='', targetingCriteria={'include': {'and': [{'or': {}}]}}, servingStatuses=[''],
    locale={'country': '', 'language': ''}, type='', version={'versionTag': ''}, objectiveType='', associatedEntity='', optimizationTargetType='',
    runSchedule={'start': 1}, changeAuditStamps=STAMPS, campaignGroup='', dailyBudget=MONEY, costType='', creativeSelection='', unitCost=MONEY, name='',
    offsiteDeliveryEnabled=False, id=1, audienceExpansionEnabled=True, account='', status='',
)
CREATIVE = dict(
    createdAt=1, servingHoldReasons=[''], lastModifiedAt=1, isTest=False, createdBy='', isServing=False, lastModifiedBy='', campaign='', id='',
    intendedStatus='', account='', content={'reference': ''},
)
RULE = dict(
    postClickAttributionWindowSize=1, conversionMethod='', viewThroughAttributionWindowSize=1, created=1, type='', enabled=True, associatedCampaigns=[],
    campaigns=[], name='', id=1, lastModified=1, attributionType='', urlRules=[], account='',
)
QUESTION = dict(
    questionId=1, question=ENGLISH, responseEditable=True, name='', questionDetails={'textQuestionDetails': {'maxResponseLength': 1}}, predefinedField='',
    responseRequired=True,
)
FORM = dict(
    reviewInfo={'rejectionReasons': [], 'lastUpdated': 1, 'reviewStatus': ''}, owner={'sponsoredAccount': ''}, hiddenFields=[], versionId=1, created=1,
    creationLocale={'country': '', 'language': ''}, name='', id=1, lastModified=1, state='',
    content=dict(
        questions=[QUESTION], description=ENGLISH, headline=ENGLISH,
        postSubmissionInfo={'message': ENGLISH, 'callToAction': {'callToActionTarget': {'landingPageUrl': ''}, 'callToActionLabel': ''}},
        legalInfo={'consents': [], 'legalInfoId': 1, 'privacyPolicyUrl': '', 'legalDisclaimer': ENGLISH},
    ),
)
LEAD = dict(
    owner={'sponsoredAccount': ''}, submitter='', leadType='', leadMetadata={'sponsoredLeadMetadata': {'campaign': ''}}, versionedLeadGenFormUrn='', id='',
    submittedAt=1, testLead=True, associatedEntity={'associatedCreative': ''},
    formResponse={'consentResponses': [{'accepted': True, 'consentId': 1}], 'answers': ANSWERS},
)
INPUT = {'errorDetailType': '', 'message': '', 'errorDetails': {'inputErrors': [{'description': '', 'input': {}, 'code': ''}]}}
STANDINS = {  # what the samples hold, without their values
    'token_introspect': dict(active=True, client_id='', authorized_at=1, created_at=1, status='', expires_at=1, scope='', auth_type=''),
    'token_refresh': dict(access_token='', expires_in=1, refresh_token='', refresh_token_expires_in=1, scope=''),
    'adaccounts_search_cursor': {'metadata': {'nextPageToken': ''}, 'elements': [ACCOUNT]},
    'adaccountusers_authenticated_http': {'body': {'paging': dict(PAGING, total=1), 'elements': [{'user': '', 'account': '', 'role': ''}]}},
    'adcampaigns_search_next_link_http': {'body': {'paging': dict(PAGING, total=1, links=[LINK]), 'elements': [{'name': '', 'id': 1}]}},
    'adcampaigns_search_full': {'elements': [CAMPAIGN]},
    'adcampaigngroups_search_cursor': {'metadata': {'nextPageToken': ''}, 'elements': [GROUP]},
    'adcampaigngroups_batch_get': {'errors': {}, 'results': {'1': {'account': '', 'id': 1, 'totalBudget': MONEY}}, 'statuses': {}},
    'creatives_criteria_cursor': {'metadata': {'nextPageToken': ''}, 'elements': [CREATIVE]},
    'adanalytics_daily_creative_chunk1': {'paging': PAGING, 'elements': [dict(ROW, costInUsd='', costInLocalCurrency='', clicks=1)]},
    'adanalytics_daily_creative_chunk2': {'paging': PAGING, 'elements': [dict(ROW, impressions=1, opens=1)]},
    'adanalytics_member_company_size_http': {'body': {'paging': PAGING, 'elements': [{'pivotValues': [''], 'externalWebsiteConversions': 1}]}},
    'conversion_create_201_http': {'body': RULE},
    'leadforms_owner_http': {'body': {'paging': dict(PAGING, total=1), 'elements': [FORM]}},
    'leadformresponse_get_http': {'body': LEAD},
    'error_400_param_invalid': dict(INPUT),
    'error_401_revoked': FLAT,
    'error_403_not_enough_permissions': {'serviceErrorCode': 1, 'message': '', 'status': 1},
    'error_422_duplicate_post_http': {'body': dict(INPUT)},
    'error_426_nonexistent_version': {'status': 1, 'code': '', 'message': ''},
    'error_429_data_volume': {'message': ''},
    'error_429_day_limit': FLAT,
}


def real(name):
    return harness.sample('linkedin', name, STANDINS)


def same(name, ours):
    fits(real(name), ours, name)


def best(elements, wanted):
    """the element of a list that has the optional members of the recorded one"""
    return next(e for e in elements if all(key in e for key in wanted))


def tokens_have_the_recorded_shape(path):
    with Adsim(path) as sim:
        both = exchange(sim, consent(sim)[1]['code']).json
        same('token_refresh', refresh(sim, both['refresh_token']).json)
        same('token_introspect', token_call(sim, 'introspectToken', token=both['access_token']).json)


def objects_have_the_recorded_shape(path):
    with Adsim(path, users=1, accounts=2, odd_pages=0) as sim:
        token, at = mint(sim)['access_token'], 'adAccounts/%s/' % FIRST
        same('adaccounts_search_cursor', get(sim, token, 'adAccounts', 'q=search&pageSize=1').json)
        same('adaccountusers_authenticated_http', dict(real('adaccountusers_authenticated_http'), body=get(sim, token, 'adAccountUsers', 'q=authenticatedUser').json))
        for name, call, query, more in (
            ('adcampaigngroups_search_cursor', 'adCampaignGroups', listed(GROUPS), None),
            ('adcampaigns_search_full', 'adCampaigns', listed('ACTIVE,PAUSED'), None),
            ('creatives_criteria_cursor', 'creatives', 'q=criteria&intendedStatuses=List(%s)' % GROUPS, 'content'),
        ):
            wanted, page = real(name)['elements'][0], get(sim, token, at + call, query + '&pageSize=35').json
            if 'runSchedule' in wanted:  # not every run has an end
                page['elements'] = [e for e in page['elements'] if set(wanted['runSchedule']) <= set(e['runSchedule'])]
            if more:
                page['elements'] = [e for e in page['elements'] if set(wanted[more]) <= set(e[more])]
            ours = best(page['elements'], wanted)
            fits(wanted, ours, name)
            fits(real(name).get('metadata', {}), page['metadata'], name)
        named = get(sim, token, at + 'adCampaigns', listed('ACTIVE,DRAFT') + '&fields=id,name').json['elements']
        fits(real('adcampaigns_search_next_link_http')['body']['elements'], named, 'adcampaigns_search_next_link_http')
        budgets = [str(r['row']['id']) for r in sim.truth('campaigns', platform='linkedin', account=FIRST) if 'totalBudget' in r['row']][:2]
        got = get(sim, token, at + 'adCampaignGroups', 'ids=List(%s)' % ','.join(budgets)).json
        wanted = real('adcampaigngroups_batch_get')
        wanted['results'] = dict(zip(budgets, wanted['results'].values()))
        fits(wanted, got, 'adcampaigngroups_batch_get')


def lists_with_an_offset_have_the_recorded_shape(path):
    with Adsim(path, users=1, accounts=2, audiences=90, odd_pages=0) as sim:
        token, account = mint(sim)['access_token'], urn('sponsoredAccount', FIRST)
        pages = [get(sim, token, 'dmpSegments', 'q=account&account=%s&start=%d&count=10' % (account, s)).json for s in range(0, 80, 10)]
        linked = next(p for p in pages if p['paging']['links'])
        fits(real('adcampaigns_search_next_link_http')['body']['paging'], linked['paging'], 'adcampaigns_search_next_link_http')
        same('conversion_create_201_http', dict(real('conversion_create_201_http'), body=get(sim, token, 'conversions', 'q=account&account=' + account).json['elements'][0]))
        owner = 'q=owner&owner=(sponsoredAccount:%s)' % account
        forms = get(sim, token, 'leadForms', owner + '&start=0&count=10').json
        for form in forms['elements']:
            form['content']['questions'] = form['content']['questions'][:4]  # the recorded one asks for texts only
        same('leadforms_owner_http', dict(real('leadforms_owner_http'), body=forms))
        lead = next(r['row'] for r in sim.truth('leads', platform='linkedin', account=FIRST) if not r['row']['testLead'])
        ours = get(sim, token, 'leadFormResponses/' + lead['id']).json
        wanted = real('leadformresponse_get_http')['body']
        kinds = {next(iter(a['answerDetails'])): a for a in ours['formResponse']['answers']}
        for answer in wanted['formResponse'].pop('answers'):
            fits(answer, kinds[next(iter(answer['answerDetails']))], 'leadformresponse_get_http.answers')
        fits(wanted, ours, 'leadformresponse_get_http')
        head = get(sim, token, 'leadForms', owner)
        for name in real('leadforms_owner_http').get('headers', {}):
            if name not in ('Date', 'Content-Type'):
                true(head.header(name), name)


def reports_have_the_recorded_shape(path):
    with Adsim(path, users=1, accounts=1) as sim:
        token = mint(sim)['access_token']
        for name in ('adanalytics_daily_creative_chunk1', 'adanalytics_daily_creative_chunk2'):
            wanted = real(name)
            fields = [f for f in wanted['elements'][0] if f not in ('dateRange', 'pivotValues')]
            for row in wanted['elements']:
                row.pop('approximateUniqueImpressions', None)  # another name has taken its place since
            fields = [f for f in fields if f != 'approximateUniqueImpressions']
            ours = analytics(sim, token, FIRST, 'CREATIVE', (2026, 2, 1), (2026, 2, 28), ','.join(fields)).json
            whole = [row for row in ours['elements'] if set(wanted['elements'][0]) <= set(row)]
            true(whole and (len(fields) < 14 or any(row['costInUsd'] == '-2E-18' for row in whole)), name)
            fits(wanted, dict(ours, elements=whole), name)
        query = 'q=analytics&pivot=MEMBER_COMPANY_SIZE&timeGranularity=ALL&dateRange=(start:(year:2026,month:1,day:1))&accounts=List(%s)'
        ours = get(sim, token, 'adAnalytics', query % urn('sponsoredAccount', FIRST) + '&fields=externalWebsiteConversions,pivotValues').json
        same('adanalytics_member_company_size_http', dict(real('adanalytics_member_company_size_http'), body=ours))
        words = {r['pivotValues'][0] for r in real('adanalytics_member_company_size_http')['body']['elements']} - {''}
        true(words <= {r['pivotValues'][0] for r in ours['elements']})


def refusals_have_the_recorded_shape(path):
    with Adsim(path, linkedin_values=1) as sim:
        token, at = mint(sim)['access_token'], 'adAccounts/%s/adCampaigns' % FIRST
        same('error_400_param_invalid', get(sim, token, at, 'q=search&search=%28status%3A%28values%3AList%28ACTIVE%29%29%29').json)
        dead = mint(sim, scopes='r_events')['access_token']
        fits(real('error_403_not_enough_permissions'), get(sim, dead, 'me').json, 'error_403')
        if real('error_403_not_enough_permissions')['message']:
            equal(sim.ask(API, '/v2/me', dead).json, real('error_403_not_enough_permissions'), 'to the letter')
        sim.fault('error', error='DUPLICATE_POST', status=422, count=2)
        pair = [get(sim, token, at, 'q=search').json for _ in range(2)]
        fits(real('error_422_duplicate_post_http')['body'], next(p for p in pair if 'status' in p), 'error_422_duplicate_post_http')
        equal({'status' in p for p in pair}, {True, False}, 'the status is sometimes left out')
        ours = get(sim, token, at, 'q=search', version='202501').json
        same('error_426_nonexistent_version', ours)
        if real('error_426_nonexistent_version')['message']:
            equal(ours, real('error_426_nonexistent_version'))
        for unit, name in (('DAY', 'error_429_day_limit'), ('volume', 'error_429_data_volume')):
            sim.fault('throttle', unit=unit, count=1)
            ours = get(sim, token, at, 'q=search').json
            same(name, ours)
            if real(name)['message']:
                equal(ours, real(name))
        analytics(sim, token, FIRST, 'ACCOUNT', (2026, 3, 1), (2026, 3, 9))
        equal(analytics(sim, token, SECOND, 'ACCOUNT', (2026, 3, 1), (2026, 3, 9)).json, ours)
        sim.control('token.kill', platform='linkedin', user=0, reason='deauthorized')
        ours = get(sim, token, at, 'q=search').json
        same('error_401_revoked', ours)
        if real('error_401_revoked')['message']:
            equal(ours, real('error_401_revoked'))


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
