# SPDX-License-Identifier: MIT
"""A platform, end to end: the adsync command against adsim, on SQLite, held against adsim's own truth.

    python3 platforms.py ADSYNC ADSIM PLATFORM

Walks through the consent page, adds accounts, syncs everything and 90 days of figures, and compares every object and figure with the
truth on each level; then the first account some days later once more, incrementally, while connections
break. What differs between platforms is a table (truths.py). The last line says how many checks passed."""
import datetime, http.client, json, os, shutil, signal, socket, sqlite3, ssl, subprocess, sys, tempfile, urllib.parse

import truths
from truths import ENTITIES, KINDS, LEVELS, follow

ADSYNC, ADSIM, NAME = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
FIRST, LATER_S = "2026-03-15T12:34:56Z", 4 * 86400
folder = tempfile.mkdtemp(prefix="adsync-platform-")
passed = failed = 0


def check(name, good, what=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok       " if good else "FAILED   ") + name + ("" if good else f": {what}"), flush=True)


def path(name):
    return os.path.join(folder, name)


P = truths.PLATFORMS[NAME]
DAYS = P.get("days", 90)
LATER_DAYS = P.get("later_days", DAYS)
SECOND_DAYS = P.get("second_days", LATER_DAYS)
WORLD = ["--accounts", "2", "--campaigns", "6", "--tier", "off", "--seed", "11", "--app", f"{NAME}=platform-app:platform-secret",
         *P.get("world", [])]


class Sim:
    def __init__(self):
        self.process = subprocess.Popen([ADSIM, "--now", FIRST, *WORLD, "--port-file", path("ports"), "--ca-file", path("ca.pem"), "--log",
                                         path("sim.log")], stdout=subprocess.PIPE, text=True)
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

    def truth(self, now, kind, *options, whole=False):
        out = subprocess.run([ADSIM, "--now", now, *WORLD, "--platform", NAME, "--truth", kind, *options], capture_output=True, text=True,
                             check=True).stdout
        lines = [json.loads(line) for line in out.splitlines()]
        return [line["row"] for line in (lines if whole else truths.wanted(P, kind, lines))]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


sim = Sim()
env = dict(os.environ, **{f"ADSYNC_{NAME.upper()}_{key}": value for key, value in
                          dict(P["environment"], CLIENT_ID="platform-app", CLIENT_SECRET="platform-secret").items()})
now = truths.instant[0] = FIRST


def command(*args):
    return [ADSYNC, "--store", "sqlite:" + path("store.db"), "--keys", path("keys"), "--connect-to", f"127.0.0.1:{sim.ports['port']}",
            "--ca", path("ca.pem"), "--now", now, "--json", *args]


def run(*args, good=(0,)):
    done = subprocess.run(command(*args), capture_output=True, text=True, env=env, timeout=150)
    if done.returncode not in good:
        raise SystemExit(f"adsync {' '.join(args)}: exit {done.returncode}: {done.stderr}{done.stdout}")
    return done.stdout


def stored(query, *values):
    db = sqlite3.connect(path("store.db"))
    with db:
        rows = db.execute(query, values).fetchall()
    db.close()
    return rows


def consent():
    begun = subprocess.Popen(command("connect", NAME), stdout=subprocess.PIPE, text=True, env=env)
    back = urllib.parse.urlsplit(sim.browse(json.loads(begun.stdout.readline())["url"]))
    c = http.client.HTTPConnection(back.hostname, back.port, timeout=30)
    c.request("GET", back.path + "?" + back.query)
    page = c.getresponse()
    accounts = json.loads(begun.stdout.readline())
    code = begun.wait(60)
    check("the consent page leads to a grant and its accounts", code in (0, 3) and page.status == 200 and accounts, (code, page.status, accounts))
    return accounts


def advance(seconds):
    """for all there is: limits are counted by the machine's clock, which does not move with ours"""
    global now
    stored("delete from adsync_limits")
    now = truths.instant[0] = f"{datetime.datetime.fromisoformat(now[:-1]) + datetime.timedelta(seconds=seconds)}Z".replace(" ", "T")
    sim.control(op="now.advance", seconds=seconds)


LISTS = ("campaigns", 2), ("posts", 10), ("leads", 9) # classes, and a kind of each


def sync(connection, mode, days):
    for data in (data for data, kind in LISTS if kind in P["kinds"]):
        run("sync", connection, "--data", data, "--mode", mode, "--wait")
    run("sync", connection, "--data", "metrics", "--days", str(days), "--wait")


def compare_lean(connection, account, scopes, left_out, paths):
    """a consent of few scopes: what it does not cover is neither asked for, nor removed, nor a fault"""
    count = lambda: stored("select kind, count(*) from adsync_entities where connection = ? and removed_at is null group by 1", int(connection))
    asked = lambda: sum(any(part in line for part in paths) for line in open(path("sim.log")))
    before = count(), asked()
    env[f"ADSYNC_{NAME.upper()}_SCOPES"] = scopes
    consent()
    run("add", str(stored('select max("grant") from adsync_grants')[0][0]), account)
    message = ""
    for data in (data for data, kind in LISTS if kind in P["kinds"]):
        run("sync", connection, "--data", data, "--mode", "full", "--wait") # partial would be exit 3
        message += stored("select message from adsync_connections where connection = ? and last_status = 'success'", int(connection))[0][0]
    check("what a consent does not cover is left out and named", all(f"{kind} (" in message for kind in left_out), message)
    check("and is neither asked for nor removed", (count(), asked()) == before, (before, count(), asked()))


def compare_objects(account, connection, kinds, later=False):
    truth = lambda kind, **how: sim.truth(now, kind, "--account", account, **how)
    truths.relate(P, truth)
    for kind in kinds:
        rows = truth(KINDS[kind])
        want = truths.ids(P, kind, rows, truth)
        have = stored('select id, switch from adsync_entities where connection = ? and kind = ? and removed_at is null order by 1', connection, kind)
        same = set(want) <= {row[0] for row in have} if kind == 9 else [row[0] for row in have] == sorted(set(want)) # we keep old leads
        check(f"{account}: {KINDS[kind]} are those of the truth", same,
              f"{len(have)} here, {len(want)} true, {sorted(set(want) ^ {row[0] for row in have})[:4]}")
        if kind == 7:
            bare = stored('select id from adsync_entities where connection = ? and kind = 7 and (text is null or "match" is null)', connection)
            check(f"{account}: keywords have their text and how it matches", have and not bare, bare[:4])
        columns = P.get("columns", {}).get(kind, {})
        if later:
            columns = {column: way for column, way in columns.items() if column not in P.get("unseen", ())}
        for column, way in columns.items():
            mine = dict(stored(f'select id, {column} from adsync_entities where connection = ? and kind = ?', connection, kind))
            true = [(P["id"](row), way(row) if callable(way) else follow(row, way)) for row in rows]
            wrong = [(id, mine.get(id), value) for id, value in true if mine.get(id) != value]
            check(f"{account}: {column} of the {KINDS[kind]} is what the truth says", not wrong, wrong[:2])
        for column, way in P.get("seen", {}).get(kind, {}).items(): # as people see it, in the views and by the command
            view = dict(stored(f"select id, {column} from adsync_v_{KINDS[kind]} where connection = ?", connection))
            told = {row["id"]: row.get(column) for row in json.loads(run("entities", str(connection), ENTITIES[kind]))}
            true = {P["id"](row): way(row) for row in rows}
            wrong = [(id, view.get(id), told.get(id), value) for id, value in true.items() if not view.get(id) == told.get(id) == value]
            check(f"{account}: {column} of the {KINDS[kind]} is shown as it is", true and not wrong, wrong[:3])
        if columns and kind in (2, 3):
            bare = stored("select id from adsync_entities where connection = ? and kind = ? and currency is null"
                          " and coalesce(budget_daily, budget_lifetime, spend_cap, bid) is not null", connection, kind)
            check(f"{account}: amounts of the {KINDS[kind]} have their currency", not bare, bare[:2])
        if kind in (2, 3, 4):
            wrong = [(row, mine) for row in rows for mine in [dict(have).get(P["id"](row))] if mine != P["switch"](row)]
            check(f"{account}: {KINDS[kind]} are switched as they are", not wrong, wrong[:2])


def compare_figures(account, connection, days):
    """of the last days, which were asked for: what is older may have moved"""
    last = stored("select max(day) from adsync_coverage where connection = ?", connection)[0][0] # today in the account's zone
    last = datetime.date(last // 10000, last // 100 % 100, last % 100)
    first = last - datetime.timedelta(days - 1)
    since = int(first.strftime("%Y%m%d"))
    for level in P["levels"]:
        rows = sim.truth(now, "insights", "--level", truths.level_word(P, level), "--account", account, "--from", str(first), "--to", str(last))
        want = truths.figures(P, level, account, rows)
        have = [row for row in stored("select entity_id, day, sum(spend), sum(impressions), sum(clicks), sum(conversions), sum(revenue)"
                                      " from adsync_metrics where connection = ? and level = ? and day >= ? group by 1, 2 order by 1, 2", # of all its parts
                                      connection, level, since) if any(row[2:])]
        check(f"{account}: every figure of the {LEVELS[level]} equals the truth", have == want,
              f"{len(have)} rows, {len(want)} true; first differences {sorted(set(have) ^ set(want), key=str)[:4]}")
        covered = stored("select count(*) from adsync_coverage where connection = ? and level = ? and day >= ? and state != 'partial'", connection,
                         level, since)[0][0]
        check(f"{account}: every day is covered", covered == days, covered)
        gaps = stored("select day, gap from adsync_coverage where connection = ? and level = ? and gap is not null", connection, level)
        check(f"{account}: nothing is said to be missing", not gaps, gaps[:4])
        if "lookback" in P:
            settled = stored("select count(*) from adsync_coverage where connection = ? and level = ? and day >= ? and state = 'settled'", connection,
                             level, since)[0][0]
            check(f"{account}: days are settled once the longest window is over", settled == days - P["lookback"] - 1, settled)


def compare_summary(account, connection, days):
    """an account whose platform gives of itself a part of the figures alone: the rest is that of its campaigns"""
    last = stored("select max(day) from adsync_coverage where connection = ?", connection)[0][0]
    first = datetime.date(last // 10000, last // 100 % 100, last % 100) - datetime.timedelta(days - 1)
    rows = json.loads(run("metrics", "--connection", str(connection), "--from", str(first), "--by", "platform"))
    want = [sum(figures) for figures in zip(*(P["figures"](row)[1:] for row in sim.truth(
        now, "insights", "--level", "campaign", "--account", account, "--from", str(first))))]
    have = [[row.get(name) for name in ("spend", "impressions", "clicks", "conversions", "revenue")] for row in rows]
    check(f"{account}: the summary by platform lacks no figure", have == [want] and all(want[:3]), (have, want))


try:
    run("init")
    accounts = [account["account_id"] for account in consent() if account["status"] == "active"]
    grant = stored('select "grant" from adsync_grants')[0][0]
    ends = json.loads(run("status"))["expiring"]
    check("a token that is renewed, or never ends, is no warning", not ends, ends)
    spelled = P.get("spelled", lambda account: account) # as people write it
    connections = {account: str(json.loads(run("add", str(grant), spelled(account)))["connection"]) for account in accounts[:P.get("accounts", 2)]}
    for i, (account, connection) in enumerate(connections.items()):
        if i:
            advance(60)
        sync(connection, "full", SECOND_DAYS if i else DAYS)
        compare_objects(account, int(connection), P["kinds"])
        compare_figures(account, int(connection), SECOND_DAYS if i else DAYS)
        if P.get("summary"):
            compare_summary(account, int(connection), SECOND_DAYS if i else DAYS)
    calls = stored("select count(*) from adsync_api_calls")[0][0]
    seen = sum(1 for line in open(path("sim.log")) if f'"host":"{P["api"]}"' in line and '"action":"consent"' not in line)
    check("each call to the platform is in the audit", calls >= seen > 0, f"{calls} in the audit, {seen} arrived")
    advance(LATER_S)
    # one after the other: what fails twice at once is waited for longer each time. A cut comes twice, since a request on a connection
    # that was kept is sent once more without a word
    for i, fault in enumerate((dict(kind="cut_before"), dict(kind="html", status=502), dict(kind="truncate", percent=50), dict(kind="cut_after"))):
        sim.control(op="fault.add", platform=NAME, host=P["api"], skip=5 + 4 * i, count=1 + fault["kind"].startswith("cut"), **fault)
    for account, connection in list(connections.items())[:1]:
        sync(spelled(account), "incremental", LATER_DAYS)
        # leads came meanwhile, and are asked for by when they came
        compare_objects(account, int(connection), [kind for kind in (2, 3, 4, 9) if kind in P["kinds"]], later=True)
        compare_figures(account, int(connection), LATER_DAYS)
        run("sync", connection, "--data", "campaigns", "--mode", "full", "--wait")
        for data, kind in LISTS[1:]:
            done = subprocess.run(command("sync", connection, "--data", data), capture_output=True, text=True, env=env, timeout=30)
            check(f"{data} are asked for where there are some", (done.returncode == 0) == (kind in P["kinds"]) and (
                not done.returncode or "job.data" in done.stderr), done.stderr)
            if kind in P["kinds"]:
                run("sync", connection, "--data", data, "--wait")
        gone = stored("select count(*) from adsync_entities where kind = 9 and removed_at is not null")[0][0]
        check("no lead was ever removed", gone == 0, gone)
        compare_objects(account, int(connection), P["kinds"])
    if "lean" in P:
        compare_lean(connection, account, *P["lean"])
    broken = stored("select count(*) from adsync_api_calls where success = 0")[0][0]
    faults = [line["fault"] for line in map(json.loads, open(path("sim.log"))) if "fault" in line]
    answered = sum(1 for fault in faults if "html" in fault or "truncate" in fault) # curl repeats on a new connection what an old one swallowed
    check("connections broke, and what was lost was asked for again", len(faults) >= 4 and broken >= answered > 0, (faults, broken))
finally:
    sim.stop()
    shutil.rmtree(folder, ignore_errors=True)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
