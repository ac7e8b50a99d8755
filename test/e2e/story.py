# SPDX-License-Identifier: MIT
"""The main job, end to end: the adsync command against adsim, on SQLite, held against adsim's own truth.

    python3 story.py ADSYNC ADSIM

Walks through the consent page, adds an account, syncs campaigns and figures, and compares every row with the truth; syncs once more,
which must change nothing. No token may lie in the files (P3), each call is in the audit. The last line says how many checks passed."""
import http.client, json, os, shutil, signal, socket, sqlite3, ssl, subprocess, sys, tempfile, urllib.parse
from decimal import Decimal

ADSYNC, ADSIM = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
NOW = "2026-03-15T12:34:56Z"
WORLD = ["--now", NOW, "--accounts", "2", "--campaigns", "8", "--tier", "off", "--seed", "11"]
DAYS, FROM, TO = 30, "2026-02-14", "2026-03-15"
folder = tempfile.mkdtemp(prefix="adsync-story-")
passed = failed = 0


def check(name, good, what=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok       " if good else "FAILED   ") + name + ("" if good else f": {what}"), flush=True)


def path(name):
    return os.path.join(folder, name)


class Sim:
    def __init__(self):
        self.process = subprocess.Popen([ADSIM, *WORLD, "--port-file", path("ports"), "--ca-file", path("ca.pem"), "--log", path("sim.log")],
                                        stdout=subprocess.PIPE, text=True)
        self.ports = json.loads(self.process.stdout.readline())

    def control(self, **op):
        c = http.client.HTTPConnection("127.0.0.1", self.ports["control_port"], timeout=30)
        c.request("POST", "/control", json.dumps(op))
        return json.loads(c.getresponse().read())

    def browse(self, url):
        """A person's browser on the consent page who says yes; gives where it is sent back to."""
        parts = urllib.parse.urlsplit(url)
        tls = ssl.create_default_context(cafile=path("ca.pem"))
        c = http.client.HTTPSConnection("127.0.0.1", self.ports["port"], context=tls, timeout=30)
        c.sock = tls.wrap_socket(socket.create_connection(("127.0.0.1", self.ports["port"])), server_hostname=parts.hostname)
        c.request("GET", parts.path + "?" + parts.query + "&auto=1", headers={"Host": parts.hostname})
        return c.getresponse().getheader("Location")

    def truth(self, kind, *options):
        out = subprocess.run([ADSIM, *WORLD, "--truth", kind, *options], capture_output=True, text=True, check=True).stdout
        return [json.loads(line) for line in out.splitlines()]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


sim = Sim()
env = dict(os.environ, ADSYNC_META_CLIENT_ID="123456789012345", ADSYNC_META_CLIENT_SECRET="adsim-app-secret")


def command(store, *args, stdin=None):
    return [ADSYNC, "--store", "sqlite:" + path(store), "--keys", path("keys"), "--connect-to", f"127.0.0.1:{sim.ports['port']}", "--ca", path("ca.pem"),
            "--now", NOW, "--json", *args]


def run(store, *args, good=(0,), stdin=None):
    done = subprocess.run(command(store, *args), capture_output=True, text=True, env=env, input=stdin, timeout=120)
    if done.returncode not in good:
        raise SystemExit(f"adsync {' '.join(args)}: exit {done.returncode}: {done.stderr}{done.stdout}")
    return done.stdout


def consent(store):
    begun = subprocess.Popen(command(store, "connect", "meta"), stdout=subprocess.PIPE, text=True, env=env)
    back = urllib.parse.urlsplit(sim.browse(json.loads(begun.stdout.readline())["url"]))
    c = http.client.HTTPConnection(back.hostname, back.port, timeout=30)
    c.request("GET", back.path + "?" + back.query)
    page = c.getresponse()
    accounts = json.loads(begun.stdout.readline())
    return begun.wait(60), page.status, accounts


def micro(text):
    return int(Decimal(text) * 1000000)


def figures(store):
    db = sqlite3.connect(path(store))
    rows = db.execute("select level, entity_id, day, spend, impressions, clicks from adsync_metrics order by 1, 2, 3").fetchall()
    db.close()
    return rows


def entities(store):
    db = sqlite3.connect(path(store))
    rows = db.execute("select kind, id, name, status, switch, budget_daily, removed_at is null, hex(hash) from adsync_entities order by 1, 2").fetchall()
    db.close()
    return rows


def true_figures(account):
    rows = []
    for number, level in enumerate(["account", "campaign", "adset", "ad"], 1):
        for line in sim.truth("insights", "--level", level, "--account", account, "--from", FROM, "--to", TO):
            row = line["row"]
            key = row["account_id"] if level == "account" else row[level + "_id"]
            rows.append((number, key, int(row["date_start"].replace("-", "")), micro(row["spend"]), int(row["impressions"]), int(row.get("clicks", 0))))
    return sorted(rows)


def undisturbed():
    run("calm.db", "init")
    code, page, accounts = consent("calm.db")
    check("the consent page leads to a grant and its accounts", code in (0, 3) and page == 200 and len(accounts) == 2, (code, page, accounts))
    db = sqlite3.connect(path("calm.db"))
    grant = db.execute("select grant from adsync_grants".replace("grant from", '"grant" from')).fetchone()[0]
    db.close()
    account = accounts[0]["account_id"]
    added = json.loads(run("calm.db", "add", str(grant), account))
    connection = str(added["connection"])
    run("calm.db", "sync", connection, "--data", "campaigns", "--mode", "full", "--wait")
    run("calm.db", "sync", connection, "--data", "metrics", "--days", str(DAYS), "--wait")
    return account


def compare_truth(account):
    have, want = figures("calm.db"), true_figures(account)
    check("every figure equals the truth, on four levels", have == want, f"{len(have)} rows, {len(want)} true; first differences {sorted(set(have) ^ set(want))[:4]}")
    for kind, name in ((2, "campaigns"), (3, "adsets"), (4, "ads"), (5, "creatives"), (6, "audiences")):
        true = sorted(line["row"]["id"] for line in sim.truth(name, "--account", account))
        mine = sorted(row[1] for row in entities("calm.db") if row[0] == kind)
        check(f"{name}: the ids are those of the truth", mine == true, f"{len(mine)} here, {len(true)} true")
    db = sqlite3.connect(path("calm.db"))
    covered = db.execute("select level, count(*) from adsync_coverage where state in ('settled', 'provisional') group by 1").fetchall()
    check("every day is covered on each level", covered == [(level, DAYS) for level in (1, 2, 3, 4)], covered)
    calls = db.execute("select count(*) from adsync_api_calls").fetchone()[0]
    seen = sum(1 for line in open(path("sim.log")) if '"host":"graph.facebook.com"' in line)
    check("each call to the platform is in the audit", calls == seen, f"{calls} in the audit, {seen} arrived")
    check("nothing is left of what lists noted", db.execute("select count(*) from adsync_seen").fetchone()[0] == 0)
    db.close()


def again():
    before = figures("calm.db"), entities("calm.db")
    connection = str(json.loads(run("calm.db", "connections"))[0]["connection"])
    run("calm.db", "sync", connection, "--data", "campaigns", "--mode", "full", "--wait")
    run("calm.db", "sync", connection, "--data", "metrics", "--days", str(DAYS), "--wait")
    check("a second sync changes no row", before == (figures("calm.db"), entities("calm.db")))


def secrets():
    token = sim.control(op="token.mint", user=0, long=True)["token"]
    run("planted.db", "init")
    grant = json.loads(run("planted.db", "connect", "meta", "--token-stdin", stdin=token + "\n"))["grant"]
    run("planted.db", "accounts", str(grant))
    files = [name for name in os.listdir(folder) if name.startswith("planted.db")]
    found = [name for name in files if token.encode() in open(path(name), "rb").read()]
    check("a token lies in no file in clear", not found, found)
    out = subprocess.run(command("planted.db", "audit"), capture_output=True, text=True, env=env)
    check("a token is in no output", token not in out.stdout + out.stderr)
    sim.control(op="token.kill", user=0, reason="deauthorized")
    out = subprocess.run(command("planted.db", "accounts", str(grant)), capture_output=True, text=True, env=env)
    check("a revoked consent asks for a person, exit 5", out.returncode == 5, (out.returncode, out.stderr))


def limits():
    status = json.loads(run("calm.db", "status"))
    score = [limit for limit in status["limits"] if limit["key"].endswith("/score")]
    known = bool(score) and score[0]["permits"] == 7200 and 0 < score[0]["used"] <= 7200 - score[0]["left"]
    check("the status shows jobs, and what each limit leaves", status["jobs"] and known, status)
    shown = subprocess.run([word for word in command("calm.db", "status") if word != "--json"], capture_output=True, text=True, env=env).stdout
    check("the table of limits says when they are free again", "free again" in shown and "/score" in shown, shown)


try:
    compare_truth(undisturbed())
    again()
    limits()
    secrets()
finally:
    sim.stop()
    shutil.rmtree(folder, ignore_errors=True)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
