# SPDX-License-Identifier: MIT
"""Starts adsim, talks to it over TLS as to the real hosts, and runs tests whose names are sentences. Standard library only."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request

GRAPH, LOGIN = 'graph.facebook.com', 'www.facebook.com'
APP, SECRET = '123456789012345', 'adsim-app-secret'
CALLBACK = 'http://127.0.0.1:1/callback'
SCOPES = 'ads_read,business_management,pages_show_list,pages_manage_ads,leads_retrieval'

# the simulator's own applications, as the command finds them in its environment
APPS = {
    'meta': {'CLIENT_ID': APP},
    'google': {'CLIENT_ID': 'adsim-client.apps.googleusercontent.com', 'DEVELOPER_TOKEN': 'ABcdeFGH93KL-NOPQ_STUv'},
    'tiktok': {'CLIENT_ID': '7512345678901234567'},
    'linkedin': {'CLIENT_ID': 'adsim-linkedin'},
    'x': {'CLIENT_ID': 'adsim-consumer-key'},
    'snapchat': {'CLIENT_ID': 'adsim-snapchat-client'},
}


def apps():
    return {'ADSYNC_%s_%s' % (platform.upper(), key): value for platform, app in APPS.items() for key, value in dict(app, CLIENT_SECRET=SECRET).items()}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json['error']


class Adsim:
    """One simulator in its own folder; options as keywords: Adsim(path, odd_pages=0, tier='limited')."""

    def __init__(self, path, **options):
        self.folder = tempfile.mkdtemp(prefix='adsim-')
        self.log = os.path.join(self.folder, 'log')
        ports, ca = os.path.join(self.folder, 'ports'), os.path.join(self.folder, 'ca.pem')
        self.args = [path, '--port-file', ports, '--ca-file', ca, '--log', self.log, '--state', os.path.join(self.folder, 'state')]
        for name, value in options.items():
            self.args += ['--' + name.replace('_', '-')] + ([] if value is True else [str(value)])
        self.kept = None
        self.start()
        with open(ports, encoding='utf-8') as file:
            if json.load(file) != self.ports:
                raise RuntimeError('the port file differs from what was printed')
        self.tls = ssl.create_default_context(cafile=ca)

    def start(self):
        # freed memory that a sanitizer keeps would count as the simulator's own
        env = dict(os.environ, ASAN_OPTIONS=os.environ.get('ASAN_OPTIONS', '') + ':quarantine_size_mb=1')
        self.process = subprocess.Popen(self.args, stdout=subprocess.PIPE, text=True, env=env)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError('adsim did not start: %s' % self.args)
        self.ports = json.loads(line)

    def end(self):
        if self.kept:
            self.kept.close()
            self.kept = None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.process.stdout.close()

    def outage(self, seconds=0):
        """connections are cut, then refused, then it is there again, as it was"""
        self.end()
        time.sleep(seconds)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.process.returncode:
            raise AssertionError('adsim ended with %d' % self.process.returncode)

    # ---- talking to it

    def connection(self, host):
        plain = socket.create_connection(('127.0.0.1', self.ports['port']), timeout=60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = http.client.HTTPConnection(host, timeout=60)  # the plain class: the socket is already wrapped
        connection.sock = self.tls.wrap_socket(plain, server_hostname=host)
        return connection

    def call(self, host, method, path, body=None, headers=None):
        """one exchange on a connection that is kept; what breaks is raised as http.client raises it"""
        if self.kept is None or self.kept.host != host:
            if self.kept:
                self.kept.close()
            self.kept = self.connection(host)
        try:
            self.kept.request(method, path, body=body, headers=headers or {})
            response = self.kept.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
            if response.will_close:
                self.kept.close()
                self.kept = None
            return answer
        except Exception:
            if self.kept:
                self.kept.close()
            self.kept = None
            raise

    def ask(self, host, path, token=None, method=None, json_body=None, form=None, headers=None):
        """any platform's call: a JSON body or a form makes it a POST"""
        headers, body = dict(headers or {}), None
        if token:
            headers['Authorization'] = 'Bearer ' + token
        if json_body is not None:
            body, headers['Content-Type'] = json.dumps(json_body), 'application/json'
        if form is not None:
            body, headers['Content-Type'] = urllib.parse.urlencode(form), 'application/x-www-form-urlencoded'
        return self.call(host, method or ('GET' if body is None else 'POST'), path, body, headers)

    def agree(self, host, path, **params):
        """a consent page with what a script adds (auto=1 unless given otherwise); the answer and what the redirect carries"""
        query = {k: v for k, v in dict(dict(auto='1'), **params).items() if v is not None}
        answer = self.call(host, 'GET', path + '?' + urllib.parse.urlencode(query))
        location = answer.header('Location')
        return answer, dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query)) if location else {}

    def graph(self, path, token=None, method='GET', headers=None, **params):
        """a Graph call: nested values as JSON text, the token in the header"""
        flat = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items() if v is not None}
        headers = dict(headers or {})
        if token:
            headers['Authorization'] = 'Bearer ' + token
        text = urllib.parse.urlencode(flat)
        if method == 'POST':
            headers['Content-Type'] = 'application/x-www-form-urlencoded'
            return self.call(GRAPH, 'POST', '/v25.0/' + path, text, headers)
        return self.call(GRAPH, method, '/v25.0/' + path + ('?' + text if text else ''), None, headers)

    def follow(self, url, token):
        """a paging link, as a careful client takes it: its own token taken out"""
        parts = urllib.parse.urlsplit(url)
        query = [(k, v) for k, v in urllib.parse.parse_qsl(parts.query) if k != 'access_token']
        return self.call(
            parts.hostname, 'GET', parts.path + '?' + urllib.parse.urlencode(query), None, {'Authorization': 'Bearer ' + token}
        )

    def pages(self, path, token, **params):
        answer = self.graph(path, token, **params)
        while True:
            if answer.status != 200:
                raise AssertionError('%s: %s' % (path, answer.body[:400]))
            yield answer.json
            following = answer.json.get('paging', {}).get('next')
            if not following:
                return
            answer = self.follow(following, token)

    def rows(self, path, token, **params):
        return [row for page in self.pages(path, token, **params) for row in page['data']]

    # ---- people

    def dialog(self, **params):
        query = dict(client_id=APP, redirect_uri=CALLBACK, state='st', scope=SCOPES, response_type='code')
        query.update(params)
        return self.agree(LOGIN, '/v25.0/dialog/oauth', **query)

    def exchange(self, code, **params):
        query = dict(client_id=APP, client_secret=SECRET, redirect_uri=CALLBACK, code=code)
        query.update(params)
        return self.graph('oauth/access_token', **query)

    def lengthen(self, token, **params):
        query = dict(grant_type='fb_exchange_token', client_id=APP, client_secret=SECRET, fb_exchange_token=token)
        query.update(params)
        return self.graph('oauth/access_token', **query)

    def consent(self, **params):
        """dialog, code, long-lived token"""
        code = self.dialog(**params)[1]['code']
        return self.lengthen(self.exchange(code).json['access_token']).json['access_token']

    def debug(self, token):
        return self.graph('debug_token', input_token=token, access_token=APP + '|' + SECRET)

    def page_token(self, token):
        row = self.rows('me/accounts', token, fields='id,access_token')[0]
        return row['id'], row['access_token']

    # ---- control and truth

    def control(self, op, **members):
        connection = http.client.HTTPConnection('127.0.0.1', self.ports['control_port'], timeout=60)
        connection.request('POST', '/control', json.dumps(dict(members, op=op)))
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        if answer.status != 200:
            raise AssertionError('%s %s: %s' % (op, members, body))
        return body

    def fault(self, kind, **members):
        return self.control('fault.add', kind=kind, **members)['id']

    def truth(self, kind, **members):
        return self.control('truth', kind=kind, **members)['rows']

    def requests(self):
        with open(self.log, encoding='utf-8') as file:
            return [json.loads(line) for line in file]

    def resident_mib(self):
        with open('/proc/%d/status' % self.process.pid, encoding='ascii') as file:
            return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1)) / 1024

def environment(sim):
    """what programs of the benches are told: where Meta is, a token, an account"""
    token = sim.control('token.mint', user=0, long=True)['token']
    account = sim.truth('accounts')[0]['account_id']
    ports = {'PORT': sim.ports['port'], 'PLAIN_PORT': sim.ports['plain_port'], 'NOW': sim.ports['now'], 'TOKEN': token, 'ACCOUNT': account}
    return dict(os.environ, ADSIM_CA=os.path.join(sim.folder, 'ca.pem'), **{'ADSIM_' + name: str(value) for name, value in ports.items()})


def equal(got, wanted, what=''):
    if got != wanted:
        raise AssertionError('%s: %.1500r is not %.1500r' % (what, got, wanted))


def true(value, what=''):
    if not value:
        raise AssertionError(what or 'it is not so')


def refused(answer, code, subcode=None, status=400):
    equal((answer.status, answer.error['code'], answer.error.get('error_subcode')), (status, code, subcode), answer.body)


def connect(sim, command, user=0):
    """`adsync --json connect ..` that was started; a person who says yes without a look. The active accounts, and how it ended"""
    url = urllib.parse.urlsplit(json.loads(command.stdout.readline())['url'])
    answer = sim.call(url.hostname, 'GET', '%s?%s&auto=1&user=%d' % (url.path, url.query, user))
    with urllib.request.urlopen(answer.header('Location'), timeout=30) as page:
        page.read()
    accounts = [row['account_id'] for row in json.loads(command.stdout.readline()) if row['status'] == 'active']
    command.stdout.close()
    return accounts, command.wait(30)


FOLDER = os.environ.get('ADSYNC_SAMPLES') or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'shared', 'platforms'
)


def sample(platform, name, standins):
    """a recorded answer of the real platform; where the folder of samples is not beside the checkout, its shape as written down"""
    try:
        with open(os.path.join(FOLDER, platform, name + '.json'), encoding='utf-8') as file:
            return json.load(file)
    except FileNotFoundError:
        return standins[name]


def kind(value):
    return 'number' if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def fits(real, ours, where, ids=()):
    """every key of the real answer is in ours with the same type; ids may be text or number"""
    if where.rsplit('.', 1)[-1] in ids:
        true(kind(ours) in ('str', 'number'), where)
        return
    equal(kind(ours), kind(real), where)
    if isinstance(real, dict):
        for key in real:
            true(key in ours, '%s lacks %s' % (where, key))
            fits(real[key], ours[key], '%s.%s' % (where, key), ids)
    if isinstance(real, list) and real:
        true(ours, where + ' is empty')
        for i, element in enumerate(real):
            fits(element, ours[min(i, len(ours) - 1)], where + '[]', ids)


def run(tests, path):
    """tests: functions that take the path of adsim. Ends the program."""
    failed = []
    print('[==========] Running %d test(s).' % len(tests))
    for test in tests:
        name = test.__name__
        began = time.monotonic()
        try:
            test(path)
            print('[       OK ] %s (%.1f s)' % (name, time.monotonic() - began))
        except Exception:  # every kind: a test that breaks has failed
            failed.append(name)
            print('[  FAILED  ] %s\n%s' % (name, traceback.format_exc()))
        sys.stdout.flush()
    print('[==========] %d test(s) run.' % len(tests))
    print('[  PASSED  ] %d test(s).' % (len(tests) - len(failed)))
    if failed:
        print('[  FAILED  ] %d test(s), listed below:\n%s' % (len(failed), '\n'.join(failed)))
    sys.exit(1 if failed else 0)


def of(module):
    """the tests of a module, in the order in which they stand there: functions of one argument called path"""
    return [
        f
        for n, f in vars(module).items()
        if hasattr(f, '__code__') and getattr(f, '__module__', '') == module.__name__ and f.__code__.co_varnames[: f.__code__.co_argcount] == ('path',)
    ]
