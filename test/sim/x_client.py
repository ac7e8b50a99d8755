# SPDX-License-Identifier: MIT
"""A client of X Ads on adsim, for its checks: signatures written from the standard, consent, lists through all pages, refusals."""
import base64
import hashlib
import hmac
import json
import urllib.parse

from harness import CALLBACK, equal

ADS, API, WEB, FILES = 'ads-api.x.com', 'api.x.com', 'x.com', 'ton.twimg.com'
KEY, SECRET = 'adsim-consumer-key', 'adsim-app-secret'
FIRST = '18ce54d4x5t'  # the first person's first account
serial = [0]


def enc(text):
    return urllib.parse.quote(str(text), safe='-._~')


def pairs_text(pairs):
    return '&'.join(enc(k) + '=' + enc(v) for k, v in pairs)


def flat(params):
    """parameters as pairs: lists with commas, true and false as words"""
    words = {True: 'true', False: 'false'}
    return [
        (k, ','.join(str(one) for one in v) if isinstance(v, (list, tuple)) else words[v] if isinstance(v, bool) else str(v))
        for k, v in params.items()
        if v is not None
    ]


def base_string(method, url, pairs):
    """of pairs that are not yet encoded"""
    signed = sorted((enc(k), enc(v)) for k, v in pairs)
    return '&'.join([method, enc(url), enc('&'.join(k + '=' + v for k, v in signed))])


def signature(base, secret, token_secret):
    key = enc(secret) + '&' + enc(token_secret)
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def now_of(sim):
    return sim.now if hasattr(sim, 'now') else sim.ports['now']


def advance(sim, seconds):
    sim.now = now_of(sim) + seconds
    sim.control('now.advance', seconds=seconds)


def header(sim, method, url, pairs, keys=None, consumer=(KEY, SECRET), **oauth):
    """the Authorization header; keys: (token, secret) or None; oauth_* members may be given, None leaves one out"""
    serial[0] += 1
    members = dict(
        oauth_consumer_key=consumer[0],
        oauth_nonce='nonce%d' % serial[0],
        oauth_signature_method='HMAC-SHA1',
        oauth_timestamp=str(now_of(sim)),
        oauth_token=keys[0] if keys else None,
        oauth_version='1.0',
    )
    members.update(oauth)
    members = {k: v for k, v in members.items() if v is not None}
    if 'oauth_signature' not in members:
        base = base_string(method, url, list(pairs) + list(members.items()))
        members['oauth_signature'] = signature(base, consumer[1], keys[1] if keys else '')
    return 'OAuth ' + ', '.join('%s="%s"' % (k, enc(v)) for k, v in sorted(members.items()))


def call(sim, keys, path, method='GET', host=ADS, form=None, oauth=None, consumer=(KEY, SECRET), **params):
    query = flat(params)
    body = None if form is None else pairs_text(flat(form))
    headers = {'Authorization': header(sim, method, 'https://%s%s' % (host, path), query + flat(form or {}), keys, consumer, **(oauth or {}))}
    if body is not None:
        headers['Content-Type'] = 'application/x-www-form-urlencoded'
    return sim.call(host, method, path + ('?' + pairs_text(query) if query else ''), body, headers)


def mint(sim, user=0, **more):
    given = sim.control('token.mint', platform='x', user=user, **more)
    return given['access_token'], given['access_token_secret']


def get(sim, keys, path, **params):
    """of an answer that is good"""
    answer = call(sim, keys, '/12/' + path, **params)
    equal(answer.status, 200, '%s %s: %s' % (path, params, answer.body[:400]))
    return answer.json


def rows(sim, keys, path, **params):
    """through all pages"""
    got, cursor = [], None
    while True:
        page = get(sim, keys, path, cursor=cursor, **params)
        got += page['data']
        cursor = page['next_cursor']
        if cursor is None:
            return got


def refused(answer, status, *codes):
    """the codes of all errors, in their order"""
    equal((answer.status, tuple(e['code'] for e in answer.json['errors'])), (status, codes), answer.body[:400])
    return answer.json['errors'][0]


def form_of(answer):
    equal(answer.status, 200, answer.body)
    return dict(urllib.parse.parse_qsl(answer.body.decode()))


def request_token(sim, callback=CALLBACK, **more):
    return call(sim, None, '/oauth/request_token', 'POST', API, oauth=dict(oauth_callback=callback), **more)


def agree(sim, given, page='authorize', **params):
    return sim.agree(API, '/oauth/' + page, oauth_token=given['oauth_token'], **params)


def access_token(sim, given, verifier, **more):
    keys = given['oauth_token'], given['oauth_token_secret']
    return call(sim, keys, '/oauth/access_token', 'POST', API, form=dict(oauth_verifier=verifier), **more)


def consent(sim, **params):
    """all three steps: a token and its secret"""
    given = form_of(request_token(sim))
    back = agree(sim, given, **params)[1]
    got = form_of(access_token(sim, given, back['oauth_verifier']))
    return got['oauth_token'], got['oauth_token_secret']


def truth(sim, kind, name=None, **members):
    """rows of the truth: those that always show, by default all kinds"""
    lines = sim.truth(kind, platform='x', **members)
    return [line for line in lines if name is None or line['kind'] == name]


def by_id(objects):
    return sorted(objects, key=lambda row: json.dumps(row.get('id') or row.get('id_str')))
