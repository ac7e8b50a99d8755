# SPDX-License-Identifier: MIT
"""Bad input over real TLS: the adsync command against adsim with faults, on SQLite.

    python3 bad_input.py ADSYNC ADSIM

Each case takes a fresh copy of a connected store, lets one fault or answer happen, and holds what is stored against adsim's truth: rows
equal the truth or are absent, days are called covered only where they are whole, the exit status and words say what happened, no secret
lies in a file or shows in an output, nobody but the platform is called."""
import http.client, json, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time, urllib.parse
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sim"))
import harness

ADSYNC, ADSIM = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
NOW, LATER, FROM, TO = "2026-03-15T12:34:56Z", "2026-03-15T12:37:56Z", "2026-03-13", "2026-03-15"
EVERY = "*/act_*/campaigns"
REPORT = "*/act_*/insights"
folder = tempfile.mkdtemp(prefix="adsync-bad-")
passed = failed = 0


def check(name, good, what=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAILED   {name}: {what}", flush=True)


def path(name):
    return os.path.join(folder, name)


sim = harness.Adsim(ADSIM, now=NOW, accounts=1, campaigns=130, adsets=1, ads=1, tier="off", odd_pages=0, seed=5)
env = dict(os.environ, ADSYNC_META_CLIENT_ID=harness.APP, ADSYNC_META_CLIENT_SECRET=harness.SECRET)
TOKEN = sim.control("token.mint", user=0, long=True)["token"]
secrets = {TOKEN, harness.SECRET}
outputs = []


def command(store, *args, now=NOW):
    return [ADSYNC, "--store", "sqlite:" + path(store), "--keys", path("keys"), "--connect-to", f"127.0.0.1:{sim.ports['port']}", "--ca",
            os.path.join(sim.folder, "ca.pem"), "--now", now, "--json", *args]


def run(store, *args, stdin=None, now=NOW):
    done = subprocess.run(command(store, *args, now=now), capture_output=True, text=True, env=env, input=stdin, timeout=150)
    outputs.append(done.stdout + done.stderr)
    return done.returncode, done.stdout, done.stderr


def good(store, *args, **more):
    code, out, err = run(store, *args, **more)
    if code:
        raise SystemExit(f"adsync {' '.join(args)}: exit {code}: {err}{out}")
    return json.loads(out)


def rows(store, sql):
    db = sqlite3.connect(path(store), timeout=10)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def leaks(store):
    """Which secrets lie in the store's files (its log of writes among them) or were printed."""
    files = b"".join(open(path(name), "rb").read() for name in os.listdir(folder) if name.startswith(store))
    return [s[:6] for s in secrets if s.encode() in files or any(s in text for text in outputs)]


# ---- the world: one connected store, and what is true

good("base.db", "init")
GRANT = good("base.db", "connect", "meta", "--token-stdin", stdin=TOKEN + "\n")["grant"]
ACCOUNT = good("base.db", "accounts", str(GRANT))[0]["account_id"]
CONNECTION = str(good("base.db", "add", str(GRANT), ACCOUNT)["connection"])
NAMES = {line["row"]["id"]: line["row"]["name"] for line in sim.truth("campaigns", account=ACCOUNT)}
FIGURES = {}
for LEVEL, WORD in enumerate(["account", "campaign", "adset", "ad"], 1):
    for LINE in sim.truth("insights", level=WORD, account=ACCOUNT, **{"from": FROM, "to": TO}):
        ROW = LINE["row"]
        KEY = (LEVEL, ROW["account_id"] if LEVEL == 1 else ROW[WORD + "_id"], int(ROW["date_start"].replace("-", "")))
        FIGURES[KEY] = (int(Decimal(ROW["spend"]) * 1000000), int(ROW["impressions"]))
CASES = 0


def fresh():
    global CASES
    CASES += 1
    store = f"case{CASES:02}.db"
    db = sqlite3.connect(path("base.db"))
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    shutil.copy(path("base.db"), path(store))
    return store


def campaigns(store):
    return dict(rows(store, "select id, name from adsync_entities where kind = 2 and removed_at is null"))


def figures(store):
    return {tuple(row[:3]): tuple(row[3:]) for row in rows(store, "select level, entity_id, day, spend, impressions from adsync_metrics")}


def right(name, store, whole):
    """No row differs from the truth; where the sync says that it is whole, none is missing; covered days are whole."""
    have, numbers = campaigns(store), figures(store)
    check(f"{name}: no campaign is wrong", have.items() <= NAMES.items(), sorted(set(have.items()) - set(NAMES.items()))[:3])
    check(f"{name}: no figure is wrong", numbers.items() <= FIGURES.items(), sorted(set(numbers.items()) - set(FIGURES.items()))[:3])
    covered = set(rows(store, "select level, day from adsync_coverage where state <> 'partial'"))
    missing = [key for key in FIGURES if (key[0], key[2]) in covered and key not in numbers]
    check(f"{name}: a day that is called covered is whole", not missing, missing[:3])
    if whole == "campaigns":
        check(f"{name}: every campaign is there", have == NAMES, f"{len(have)} of {len(NAMES)}")
    if whole == "metrics":
        check(f"{name}: every figure is there", numbers == FIGURES and len(covered) == 12, f"{len(numbers)} of {len(FIGURES)}, {len(covered)}")
    check(f"{name}: no secret lies in a file or is printed", not leaks(store), leaks(store))


def sync(store, data, **more):
    options = ["--mode", "full"] if data == "campaigns" else ["--days", "3"]
    return run(store, "sync", CONNECTION, "--data", data, *options, "--wait", **more)


def message(store):
    return rows(store, "select coalesce(last_message, '') from adsync_connections")[0][0]


# ---- what passes: asked again at once, and whole

PASSING = [
    ("cut before", dict(kind="cut_before")),
    ("cut after it was done", dict(kind="cut_after")),
    ("truncated", dict(kind="truncate", percent=60)),
    ("truncated to nothing", dict(kind="truncate", bytes=0)),
    ("a length that lies", dict(kind="length", delta=100)),
    ("500", dict(kind="status", status=500)),
    ("503 with a page for people", dict(kind="html")),
    ("200 with a page for people", dict(kind="html", status=200)),
    ("200 with nothing", dict(kind="body", text="")),
    ("NULs", dict(kind="body", base64="AAAAAAAAAAAA")),
    ("bytes that are no text", dict(kind="body", base64="//79/Pv6")),
    ("half of an emoji", dict(kind="body", base64="eyJkYXRhIjpbeyJpZCI6IjEiLCJuYW1lIjoi8J+O")),
    ("nested a hundred thousand deep", dict(kind="deep")),
    ("an error under 200", dict(kind="error", code=2, status=200)),
    ("a hostile redirect", dict(kind="redirect", location="https://collector.example/take")),
]


def what_passes_leaves_the_truth():
    for name, fault in PASSING:
        for data, where in (("campaigns", EVERY), ("metrics", REPORT)):
            store = fresh()
            sim.control("fault.add", path=where, count=1, **fault)
            code, _, err = sync(store, data)
            hits = sim.control("fault.list")["faults"][0]["hits"]
            sim.control("fault.clear")
            check(f"{name}, {data}: it happened, and the sync is whole", (code, hits) == (0, 1), (code, hits, err))
            right(f"{name}, {data}", store, data)


# ---- what does not pass: left out and named, the sync is partial

LEFT_OUT = [
    ("a next link to another host", EVERY, dict(kind="next_host"), "campaigns", "next page is not a page of this list"),
    ("rights that are missing, under 200", EVERY, dict(kind="error", code=200, status=200, message="(#200) no rights"), "campaigns", "no rights"),
    ("100 MB", EVERY, dict(kind="huge", bytes=100 * 1000 * 1000), "campaigns", "larger than"),
    ("100 MB of figures", REPORT, dict(kind="huge", bytes=100 * 1000 * 1000), "metrics", "larger than"),
    ("a report that is refused", REPORT, dict(kind="error", code=100, message="(#100) nonsense"), "metrics", "nonsense"),
]


def what_does_not_pass_is_left_out_and_named():
    for name, where, fault, data, words in LEFT_OUT:
        store = fresh()
        sim.control("fault.add", path=where, **fault)
        code, _, err = sync(store, data)
        sim.control("fault.clear")
        check(f"{name}: the sync is partial, exit 3", code == 3, (code, err))
        check(f"{name}: its words say what happened", words in message(store), message(store))
        right(name, store, None)
        code, _, err = sync(store, data)
        check(f"{name}: the next sync is whole", code == 0, (code, err))
        right(f"{name}, afterwards", store, data)


# ---- what is not what it should be: the job waits and tries again later; nothing of it is stored

def name_becomes(text):
    return {"kind": "replace", "path": EVERY, "from": '"name":', "to": text}


WRONG = [
    ("a name that is a list", name_becomes('"name":["x"],"other":'), "campaigns"),
    ("a name that stands twice", name_becomes('"name":"wrong","name":'), "campaigns"),
    ("a name with a NUL", {"kind": "replace", "path": EVERY, "from": '"name":"', "to": '"name":"\\u0000'}, "campaigns"),
    ("an id that is an object", {"kind": "replace", "path": EVERY, "from": '"id":', "to": '"id":{"a":1},"other":'}, "campaigns"),
    ("data that is an object", {"kind": "replace", "path": EVERY, "from": '"data":[', "to": '"data":{},"rows":['}, "campaigns"),
    ("spend that is a list", {"kind": "replace", "path": REPORT, "from": '"spend":', "to": '"spend":[1],"other":'}, "metrics"),
    ("spend that stands twice", {"kind": "replace", "path": REPORT, "from": '"spend":', "to": '"spend":"1.00","spend":'}, "metrics"),
    ("another day", {"kind": "replace", "path": REPORT, "from": '"date_start":"2026', "to": '"date_start":"2016'}, "metrics"),
]


def until_it_waits(store, data):
    """A sync that finds nothing it can use puts its job off by a minute; whoever waits is killed then."""
    options = ["--mode", "full"] if data == "campaigns" else ["--days", "3"]
    process = subprocess.Popen(command(store, "sync", CONNECTION, "--data", data, *options, "--wait"), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=env)
    deadline, said = time.monotonic() + 60, None
    while not said and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
        found = rows(store, "select message from adsync_jobs where state = 'queued' and attempt > 0")
        said = found[0][0] if found else None
    process.send_signal(signal.SIGKILL)
    outputs.append("".join(process.communicate()))
    return said


def what_is_wrong_is_not_stored():
    for name, fault, data in WRONG:
        store = fresh()
        sim.control("fault.add", **fault)
        said = until_it_waits(store, data)
        sim.control("fault.clear")
        check(f"{name}: the job waits, and says why", said and "meta, " in said, said)
        check(f"{name}: nothing of it is stored", not campaigns(store) and not figures(store), (campaigns(store), figures(store)))
        right(name, store, None)
        code, _, err = sync(store, data, now=LATER)
        check(f"{name}: later it is whole", code == 0, (code, err))
        right(f"{name}, later", store, data)


# ---- what is strange and right

def emoji_are_names():
    store = fresh()
    sim.control("fault.add", kind="replace", path=EVERY, **{"from": '"name":"', "to": '"name":"\U0001f680 \u00fc '})
    code, _, err = sync(store, "campaigns")
    sim.control("fault.clear")
    check("emoji in names: the sync is whole", code == 0, (code, err))
    check("emoji in names: each is there as it came", campaigns(store) == {k: "\U0001f680 \u00fc " + v for k, v in NAMES.items()})


# ---- consents

def consent(store, **query):
    """Walks through the consent page as a person would; gives the exit status, the redirect's query and what was printed."""
    begun = subprocess.Popen(command(store, "connect", "meta"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    url = json.loads(begun.stdout.readline())["url"]
    parts = urllib.parse.urlsplit(url)
    forge = query.pop("forge", None)
    extra = "&" + urllib.parse.urlencode(query or {"auto": "1"})
    back = urllib.parse.urlsplit(sim.call(parts.hostname, "GET", parts.path + "?" + parts.query + extra).header("Location"))
    asked = forge(back.query) if forge else back.query
    c = http.client.HTTPConnection(back.hostname, back.port, timeout=30)
    c.request("GET", back.path + "?" + asked)
    c.getresponse().read()
    out, err = begun.communicate(timeout=60)
    outputs.append(out + err)
    secrets.update(v for k, v in urllib.parse.parse_qsl(back.query) if k in ("code", "state"))
    return begun.returncode, err, out


def grants(store):
    return rows(store, "select count(*) from adsync_grants")[0][0]


def consents_that_fail_leave_nothing():
    cases = [
        ("a person who says no", dict(deny="1"), "the consent was not given"),
        ("a state that nobody here drew", dict(auto="1", forge=lambda q: q.replace("state=", "state=f00d")), "unknown or was used already"),
        ("a redirect without a state", dict(auto="1", forge=lambda q: "code=x"), "carries no state"),
        ("a redirect without a code", dict(auto="1", forge=lambda q: "&".join(p for p in q.split("&") if p.startswith("state"))), "no code"),
    ]
    for name, query, words in cases:
        store = fresh()
        code, err, _ = consent(store, **query)
        check(f"{name}: it fails with words", code not in (0, 3) and words in err, (code, err))
        check(f"{name}: no grant is made", grants(store) == 1, grants(store))
        secrets.difference_update(s for s in list(secrets) if len(s) < 20)
        check(f"{name}: no secret lies in a file", not [s for s in secrets if s != TOKEN and any(
            s.encode() in open(path(f), "rb").read() for f in os.listdir(folder) if f.startswith(store))])


def token_answers_that_are_bad_leave_nothing():
    for name, fault in (("truncated", dict(kind="truncate", percent=30)), ("not JSON", dict(kind="html", status=200)),
                        ("a redirect", dict(kind="redirect")), ("100 MB", dict(kind="huge", bytes=100 * 1000 * 1000)),
                        ("a number", {"kind": "replace", "from": '"access_token":', "to": '"access_token":7,"other":'})):
        store = fresh()
        sim.control("fault.add", path="*/oauth/access_token", **fault)
        code, err, _ = consent(store)
        sim.control("fault.clear")
        check(f"a token answer, {name}: it fails with words", code not in (0, 3) and len(err) > 30, (code, err))
        check(f"a token answer, {name}: no grant is made", grants(store) == 1, grants(store))


def a_scope_that_was_unticked_is_named():
    store = fresh()
    code, err, out = consent(store, auto="1", untick="ads_read", user="1")
    said = rows(store, "select coalesce(message, '') from adsync_grants where external_user is not null")
    check("a missing scope: the consent is partial, exit 3", code == 3, (code, err, out))
    check("a missing scope: the grant says which", said and "ads_read" in said[0][0], said)
    check("a missing scope: status shows it", "ads_read" in run(store, "status")[1])


# ---- what a person should know

def a_version_about_to_end_shows_in_status():
    store = fresh()
    sim.control("fault.add", kind="header", path=EVERY, name="X-Ad-Api-Version-Warning", value="v25.0 ends; see https://x.example/?access_token=" + TOKEN)
    code, _, err = sync(store, "campaigns")
    sim.control("fault.clear")
    check("an old version: the sync works", code == 0, (code, err))
    shown = json.loads(run(store, "status")[1])["connections"][0]
    check("an old version: status says so", shown["status"] == "active" and "version" in shown.get("message", ""), shown)
    check("an old version: the audit says so", rows(store, "select count(*) from adsync_api_calls where code = 'version' and success = 1")[0][0] > 0)
    right("an old version", store, "campaigns")
    sync(store, "campaigns")
    check("an old version: the next sync without a warning ends it", "message" not in json.loads(run(store, "status")[1])["connections"][0])


def a_consent_that_ends_soon_shows_in_status():
    store = fresh()
    code, err, out = consent(store, auto="1", user="1")
    check("a consent: it is whole", code == 0, (code, err, out))
    near, far = (json.loads(run(store, "status", "--within", days)[1])["expiring"] for days in ("1", "60"))
    check("a consent that ends in 60 days is told 60 days ahead, not one", not near and len(far) == 1, (near, far))


def settings_come_from_the_environment():
    store = fresh()
    begun = subprocess.Popen(command(store, "connect", "meta"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=dict(env, ADSYNC_META_CONFIG_ID="778899", ADSYNC_META_AUTH_TYPE="rerequest"))
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(json.loads(begun.stdout.readline())["url"]).query))
    begun.kill()
    begun.communicate()
    check("settings of the environment reach the URL", (query.get("config_id"), query.get("auth_type")) == ("778899", "rerequest"), query)
    done = subprocess.run(command(store, "connect", "meta"), capture_output=True, text=True, env=dict(env, ADSYNC_META_CONFIGID="7"), timeout=30)
    check("a setting that there is not is refused by name", done.returncode == 1 and "configid" in done.stderr, done.stderr)


try:
    what_passes_leaves_the_truth()
    what_does_not_pass_is_left_out_and_named()
    what_is_wrong_is_not_stored()
    emoji_are_names()
    consents_that_fail_leave_nothing()
    token_answers_that_are_bad_leave_nothing()
    a_scope_that_was_unticked_is_named()
    a_version_about_to_end_shows_in_status()
    a_consent_that_ends_soon_shows_in_status()
    settings_come_from_the_environment()
    check("nobody but the platform was called", all(r["host"] in (harness.GRAPH, harness.LOGIN) for r in sim.requests()),
          {r["host"] for r in sim.requests()})
finally:
    sim.close()
    shutil.rmtree(folder, ignore_errors=True)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
