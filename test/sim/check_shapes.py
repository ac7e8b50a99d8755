#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""adsim against recorded answers of the real platform: the same call must give the same keys with the same types, header for header.
Where the folder of samples is not beside the checkout, the shapes that are written down here stand in for them."""
import json
import sys

import harness
from harness import Adsim, equal, fits, kind, true

FIRST = 'act_300000000000000'
ERROR = {'error': {'message': '', 'type': '', 'code': 1, 'error_subcode': 1, 'fbtrace_id': ''}}
CURSORS = {'before': '', 'after': ''}
STANDINS = {  # what the samples hold, without their values
    'token_exchange_long_lived': {'access_token': '', 'token_type': '', 'expires_in': 1},
    'debug_token_granular': {
        'data': {
            'app_id': '',
            'type': '',
            'application': '',
            'data_access_expires_at': 1,
            'expires_at': 1,
            'is_valid': True,
            'scopes': [''],
            'granular_scopes': [{'scope': '', 'target_ids': ['']}],
            'user_id': '',
        }
    },
    'me_accounts_page_tokens': {'data': [{'id': '', 'access_token': ''}], 'paging': {'cursors': CURSORS}},
    'customaudiences_list': {'status': 200, 'headers': {}, 'body': {'data': [{'id': '', 'name': ''}], 'paging': {'cursors': CURSORS}}},
    'insights_rows_ad_daily': {
        'data': [
            {
                'ad_id': '',
                'spend': '',
                'date_start': '',
                'date_stop': '',
                'actions': [{'action_type': '', 'value': '', '1d_click': '', '7d_click': '', '28d_click': ''}],
            }
        ],
        'paging': {'cursors': CURSORS},
    },
    'report_run_create': {'report_run_id': 1},
    'report_run_status_completed': {
        'id': '',
        'account_id': '',
        'time_ref': 1,
        'time_completed': 1,
        'async_status': '',
        'async_percent_completion': 1,
        'date_start': '',
        'date_stop': '',
    },
    'lead': {'created_time': '', 'id': '', 'ad_id': '', 'form_id': '', 'field_data': [{'name': '', 'values': ['']}]},
    'batch_partial_failure': [
        {'code': 400, 'headers': [{'name': '', 'value': ''}], 'body': '{"error":{"message":"","type":"","code":1,"fbtrace_id":""}}'},
        {'code': 200, 'headers': [{'name': '', 'value': ''}], 'body': '{"id":"","name":""}'},
    ],
    'error_100_33_missing_or_no_access': {'status': 400, 'body': ERROR},
    'error_190_458_deauthorized': {'status': 400, 'body': ERROR},
    'error_190_463_expired': {'status': 400, 'body': {'error': dict(ERROR['error'], error_user_msg='')}},
    'error_1_reduce_data_500': {'status': 500, 'body': {'error': {'message': '', 'code': 1}}},
    'error_200_permission_403': {'status': 403, 'body': {'error': {'message': '', 'type': '', 'code': 1, 'fbtrace_id': ''}}},
    'error_2_transient': {'status': 400, 'body': {'error': {'message': '', 'type': '', 'code': 1, 'is_transient': True, 'fbtrace_id': ''}}},
    'error_80000_throttled': {
        'status': 400,
        'headers': {'x-app-usage': '{"call_count":1,"total_time":1,"total_cputime":1}'},
        'body': ERROR,
    },
    'rate_limit_headers': [
        {'header': 'x-app-usage', 'value': '{"call_count":1,"total_time":1,"total_cputime":1}'},
        {
            'header': 'x-ad-account-usage',
            'value': '{"acc_id_util_pct":9.67,"reset_time_duration":100,"ads_api_access_tier":"standard_access"}',
        },
        {
            'header': 'x-business-use-case-usage',
            'value': '{"1":[{"type":"","call_count":1,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":0}]}',
        },
        {'header': 'x-fb-ads-insights-throttle', 'value': '{"app_id_util_pct":1,"acc_id_util_pct":1,"ads_api_access_tier":""}'},
    ],
}


def sample(name):
    return harness.sample('meta', name, STANDINS)


def same_error(name, answer):
    real = sample(name)
    equal(answer.status, real['status'], name)
    fits(real['body'], answer.json, name)
    for key in ('code', 'error_subcode', 'type', 'is_transient'):
        if key in real['body']['error'] and harness.os.path.isdir(harness.FOLDER):
            equal(answer.error[key], real['body']['error'][key], name)


def tokens_and_people(path):
    with Adsim(path) as sim:
        short = sim.exchange(sim.dialog(accounts='300000000000000')[1]['code'])
        fits(sample('token_exchange_long_lived'), short.json, 'code')
        long = sim.lengthen(short.json['access_token'])
        fits(sample('token_exchange_long_lived'), long.json, 'exchange')
        equal(long.json['expires_in'], 5183944)
        token = long.json['access_token']
        real, ours = sample('debug_token_granular'), sim.debug(token).json
        ours['data']['granular_scopes'].sort(key=lambda g: 'target_ids' in g)
        real['data']['granular_scopes'].sort(key=lambda g: 'target_ids' in g)
        for scope in real['data']['granular_scopes']:
            true(any(sorted(o) == sorted(scope) for o in ours['data']['granular_scopes']))
        real['data'].pop('granular_scopes')
        fits(real, ours, 'debug', ids=('app_id', 'user_id'))
        pages = sim.graph('me/accounts', token, fields='id,access_token').json
        fits(sample('me_accounts_page_tokens'), pages, 'pages')
        equal([sorted(p) for p in pages['data']], [['access_token', 'id']] * 2)


def lists_and_their_headers(path):
    with Adsim(path, odd_pages=0) as sim:
        token = sim.consent()
        answer = sim.graph(FIRST + '/customaudiences', token, fields='id,name')
        real = sample('customaudiences_list')
        fits(real['body'], answer.json, 'audiences')
        equal(sorted(answer.json), sorted(real['body']))
        for name, value in real['headers'].items():
            if name.lower() in ('etag',):
                continue
            true(answer.header(name), name)
            if value.startswith('{'):
                theirs, ours = json.loads(value), json.loads(answer.header(name))
                fits(next(iter(theirs.values())), next(iter(ours.values())), name)
        equal(next(iter(json.loads(answer.header('x-business-use-case-usage')))), FIRST[4:])


def rows_of_reports(path):
    with Adsim(path, odd_pages=0) as sim:
        token = sim.consent()
        real = sample('insights_rows_ad_daily')
        wanted = sorted({k for row in real['data'] for k in row} - {'product_id'})
        asked = [k for k in wanted if k not in ('date_start', 'date_stop')]
        answer = sim.graph(
            FIRST + '/insights',
            token,
            level='ad',
            time_increment='1',
            fields=asked,
            limit='100',
            date_preset='last_3d',
            action_attribution_windows=['1d_click', '7d_click', '28d_click', '1d_view'],
        )
        full = [row for row in answer.json['data'] if sorted(row) == wanted]
        true(full, 'no row has every key of the recorded ones')
        for row in real['data']:
            row.pop('product_id', None)
            for key, value in row.items():
                equal(kind(full[0][key]), kind(value), key)
                if isinstance(value, list):
                    equal(kind(full[0][key][0]), 'dict', key)
                    true(set(value[0]) <= {k for r in full for a in r[key] for k in a}, key)
                    true(all(isinstance(v, str) for r in full for a in r[key] for v in a.values()), key)
        equal(sorted(answer.json['paging']['cursors']), sorted(real['paging']['cursors']))


def report_runs(path):
    with Adsim(path, run_race=0, run_polls=0, run_number=True) as sim:
        token = sim.consent()
        made = sim.graph(FIRST + '/insights', token, 'POST', level='account').json
        fits(sample('report_run_create'), made, 'run')
        real, ours = sample('report_run_status_completed'), sim.graph(str(made['report_run_id']), token).json
        fits(real, ours, 'status')
        equal(sorted(ours), sorted(real))


def leads(path):
    with Adsim(path, leads=9) as sim:
        token = sim.consent()
        page, page_token = sim.page_token(token)
        form = sim.rows(page + '/leadgen_forms', page_token)[0]['id']
        rows = sim.rows(form + '/leads', page_token, fields='created_time,id,ad_id,form_id,field_data')
        paid = next(r for r in rows if 'ad_id' in r)
        fits(sample('lead'), paid, 'lead')
        equal(sorted(sim.graph(paid['id'], page_token).json), ['created_time', 'field_data', 'id'])


def batches(path):
    with Adsim(path) as sim:
        token = sim.consent()
        real = sample('batch_partial_failure')
        ours = sim.graph('', token, 'POST', batch=[{'method': 'GET', 'relative_url': '2'}, {'method': 'GET', 'relative_url': 'me'}]).json
        fits(real, ours, 'batch')
        for one, two in zip(real, ours):
            equal(two['code'], one['code'])
            fits(json.loads(one['body']), json.loads(two['body']), 'body')
            names = {h['name'].lower() for h in two['headers']}
            true({h['name'].lower() for h in one['headers']} - {'vary', 'etag', 'x-app-usage', ''} <= names, names)


def errors(path):
    with Adsim(path) as sim:
        token = sim.consent()
        same_error('error_100_33_missing_or_no_access', sim.graph('act_1', token))
        same_error('error_1_reduce_data_500', sim.graph(FIRST + '/campaigns', token, limit='5000', fields='id,name'))
        same_error('error_200_permission_403', sim.graph(FIRST + '/campaigns', sim.consent(user='0', scope='ads_read', untick='ads_read')))
        sim.consent()
        sim.fault('error', code=2, count=1)
        same_error('error_2_transient', sim.graph('me', token))
        sim.fault('throttle', code=80000, count=1)
        same_error('error_80000_throttled', sim.graph(FIRST + '/insights', token))
        sim.control('now.advance', seconds=5183944)
        same_error('error_190_463_expired', sim.graph('me', token))
        token = sim.consent()
        sim.graph('me/permissions', token, 'DELETE')
        same_error('error_190_458_deauthorized', sim.graph('me', token))


def limit_headers(path):
    with Adsim(path) as sim:
        answer = sim.graph(FIRST + '/insights', sim.consent(), level='account')
        for entry in sample('rate_limit_headers'):
            ours, real = json.loads(answer.header(entry['header'])), json.loads(entry['value'])
            if entry['header'] == 'x-business-use-case-usage':
                ours, real = list(ours.values()), list(real.values())
            fits(real, ours, entry['header'])


if __name__ == '__main__':
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
