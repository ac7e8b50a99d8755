# SPDX-License-Identifier: MIT
"""The Go examples, built and run as a reader would, against adsim.

    python3 examples.py ADSIM BUILD QUICKSTART

QUICKSTART is the C program: on the same platform both must print the same."""
import base64, contextlib, http.client, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'test', 'sim'))
import harness
from harness import equal, true

BUILD, QUICKSTART = (os.path.abspath(path) for path in sys.argv[2:4])
GO = os.path.join(BUILD, 'go', 'bin')
LIBRARIES = ':'.join(os.path.join(BUILD, 'src', path) for path in ('', 'adapters/sqlite'))


def build():
    os.makedirs(GO, exist_ok=True)
    subprocess.run(['sh', os.path.join(HERE, 'env.sh'), BUILD, 'go', 'build', '-o', GO] + ['./examples/' + name for name in ('quickstart', 'oauth', 'worker')], check=True)


@contextlib.contextmanager
def reader(path):
    """someone with a key file, a token and the examples, in a folder of their own"""
    folder = tempfile.mkdtemp(prefix='adsync-go-')
    with harness.Adsim(path, now=int(time.time()), tier='off', campaigns=4, seed=11) as sim:
        keys = os.open(os.path.join(folder, 'ads.keys'), os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(keys, b'k1:' + base64.b64encode(os.urandom(32)) + b'\n')
        os.close(keys)
        env = dict(os.environ, ADSYNC_TOKEN=sim.control('token.mint', user=0, long=True)['token'], ADSYNC_CA=os.path.join(sim.folder, 'ca.pem'),
                   ADSYNC_CONNECT_TO='127.0.0.1:%d' % sim.ports['port'], ADSYNC_CLIENT_ID=harness.APP, ADSYNC_CLIENT_SECRET=harness.SECRET,
                   LD_LIBRARY_PATH=LIBRARIES)
        try:
            yield sim, folder, env
        finally:
            shutil.rmtree(folder)


def quickstart(program, folder, env, *args):
    return subprocess.run([program, *args], cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def account(sim):
    return next(line['row'] for line in sim.truth('accounts') if line['row']['account_status'] == 1)['id']


def the_quickstart_in_go_prints_what_the_one_in_c_prints(path):
    with reader(path) as (sim, folder, env):
        other = os.path.join(folder, 'other')
        os.mkdir(other)
        shutil.copy(os.path.join(folder, 'ads.keys'), other)
        ran = [quickstart(program, where, env, 'meta', account(sim)) for program, where in ((QUICKSTART, other), (os.path.join(GO, 'quickstart'), folder))]
        equal([(r.returncode, r.stderr) for r in ran], [(0, ''), (0, '')])
        equal(ran[1].stdout, ran[0].stdout)
        true(len(ran[1].stdout.splitlines()) > 60, ran[1].stdout)
        equal(quickstart(os.path.join(GO, 'quickstart'), folder, env).returncode, 2)
        sim.control('token.kill', user=0, reason='deauthorized')
        ran = quickstart(os.path.join(GO, 'quickstart'), folder, env, 'meta', account(sim))
        equal((ran.returncode, ran.stdout), (1, ''))
        true('meta.190' in ran.stderr and env['ADSYNC_TOKEN'] not in ran.stderr, ran.stderr)


def get(address, path, cookie=None):
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request('GET', path, headers={'Cookie': cookie} if cookie else {})
    answer = connection.getresponse()
    return answer.status, answer.getheader('Location'), (answer.getheader('Set-Cookie') or '').split(';')[0], answer.read().decode()


@contextlib.contextmanager
def site(folder, env):
    """the web example, at its address"""
    process = subprocess.Popen([os.path.join(GO, 'oauth'), '127.0.0.1:0'], cwd=folder, env=dict(env, ADSYNC_REDIRECT_URI=harness.CALLBACK),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        true(line.startswith('http://'), line)
        yield line.strip()[7:]
        process.send_signal(signal.SIGTERM)
        equal((process.wait(30), process.stderr.read()), (0, ''))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def consent(sim, address):
    """through the consent page: the cookie and the query of the redirect"""
    status, url, cookie, body = get(address, '/connect/meta')
    equal((status, cookie.startswith('session=')), (302, True), body)
    parts = urllib.parse.urlsplit(url)
    answer = sim.call(parts.hostname, 'GET', parts.path + '?' + parts.query + '&auto=1')
    return cookie, urllib.parse.urlsplit(answer.header('Location')).query


def the_web_flow_connects_the_person_who_began_it_and_nobody_else(path):
    with reader(path) as (sim, folder, env), site(folder, env) as address:
        equal(get(address, '/connect/nowhere')[0], 404)
        cookie, query = consent(sim, address)
        status, _, _, body = get(address, '/callback?' + query)  # another browser
        equal((status, 'oauth' in body), (403, True), body)
        cookie, query = consent(sim, address)
        status, _, _, body = get(address, '/callback?' + query, cookie)
        equal(status, 200, body)
        ids = {line['row']['account_id'] for line in sim.truth('accounts')}
        true(any('<li>%s ' % one in body for one in ids), body)
        equal(get(address, '/callback?' + query, cookie)[0], 403)  # a state is good once


def the_worker_syncs_until_it_is_told_to_end(path):
    with reader(path) as (sim, folder, env):
        equal(quickstart(os.path.join(GO, 'quickstart'), folder, env, 'meta', account(sim)).returncode, 0)
        db = sqlite3.connect(os.path.join(folder, 'ads.db'))
        before = db.execute('select count(*) from adsync_jobs').fetchone()[0]
        with open(os.path.join(folder, 'out'), 'w+') as out:
            worker = subprocess.Popen([os.path.join(GO, 'worker'), 'ads.db', 'ads.keys', 'my-company', 'meta', '1h'], cwd=folder, env=env, stdout=out,
                                      stderr=subprocess.STDOUT)
            try:
                until = time.monotonic() + 60
                lines = []
                open_jobs = "select count(*) from adsync_jobs where state in ('queued', 'running')"  # also those that the schedule made
                while sum(line.startswith('job ') for line in lines) < 3 or db.execute(open_jobs).fetchone()[0]:
                    true(time.monotonic() < until and worker.poll() is None, lines)
                    time.sleep(0.1)
                    with open(out.name) as text:
                        lines = text.read().splitlines()
                began = time.monotonic()
                worker.send_signal(signal.SIGTERM)
                equal(worker.wait(20), 0, lines)
                true(time.monotonic() - began < 5, 'it took its time to end')
            finally:
                worker.kill()
                worker.wait()
        true(db.execute('select count(*) from adsync_jobs').fetchone()[0] > before, 'no new jobs')
        states = dict(db.execute('select state, count(*) from adsync_jobs group by state').fetchall())
        true(set(states) <= {'succeeded', 'partial'}, states)
        db.close()


if __name__ == '__main__':
    build()
    harness.run(harness.of(sys.modules[__name__]), sys.argv[1])
