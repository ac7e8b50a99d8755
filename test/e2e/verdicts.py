# SPDX-License-Identifier: MIT
"""What must hold when all is over, whatever was done to the workers on the way: rows, audit, limits, jobs, tokens."""
import bisect
import collections

import truths
from harness import equal, true

HOSTS = {name: platform['api'] for name, platform in truths.PLATFORMS.items()}
# what the platforms' sheets allow: paths, whose, and so many in so many seconds. A limit of a second is looked at over five: a permit is
# given out now and its request arrives when its connection stands, and on a loaded machine that takes what it takes (doc/limits.md)
LIMITS = (
    ('tiktok', '', lambda line: 'app', ((50, 5), (600, 60))),
    ('snapchat', '', lambda line: line.get('token'), ((50, 5),)),
    ('snapchat', '', lambda line: 'app', ((100, 5),)),
    ('x', '/stats/accounts/', lambda line: line.get('token'), ((250, 900),)),
)
SECOND = 1000000
UNSEEN = {('tiktok', 8)}  # forms may lie in a library
REFUSED = 0.02  # of TikTok's calls, for such a second; none for anything longer
LOST = 0.03  # of all calls, where somebody falls silent every few seconds
DEATH = 10 * SECOND  # between a silence and when the one who was silent shows under another number
GRACE = 3 * SECOND  # an arrival is seen, answered, digested and committed within it, also where others keep the machine busy


def everything(shop):
    """with versions: whoever wrote anything changed this"""
    return {table: sorted(shop.query('select * from adsync_' + table), key=repr)
            for table in ('entities', 'metrics', 'coverage', 'lanes', 'jobs', 'queue', 'seen')}


def by(rows, *at):
    out = collections.defaultdict(list)
    for row in rows:
        out[tuple(row[i] for i in at)].append(row)
    return out


class Verdict:
    def __init__(self, shop, chaos, size, lease):
        self.shop, self.chaos, self.size, self.lease = shop, chaos, size, lease
        self.connections = shop.query('select connection, platform, account_id from adsync_connections')
        self.said = []

    def say(self, text):
        print('ok       ' + text, flush=True)

    # ---- (a) rows

    def truth(self, platform, kind, whole=False, **members):
        """by account; whole: also the rows that are not to be held as such"""
        lines = self.shop.sim.truth(kind, platform=platform, **members)
        lines = lines if whole else truths.wanted(truths.PLATFORMS[platform], kind, lines)
        out = collections.defaultdict(list)
        for line in lines:
            out[line['account_id']].append(line['row'])
        return out

    def objects(self):
        """P1c: every object of every kind, and what its columns hold. The world goes on: what was edited meanwhile may be there as it was"""
        columns = sorted({column for platform in truths.PLATFORMS.values() for table in platform.get('columns', {}).values() for column in table})
        have = by(self.shop.query('select connection, kind, id, switch, %s from adsync_entities where removed_at is null' % ', '.join(columns)), 0, 1)
        compared, wrong = self.differences(have, columns)
        if wrong:
            self.shop.sim.control('now.set', now=truths.instant[0])
            _, before = self.differences(have, columns)
            wrong = {key: before[key] for key in wrong if key in before}
        equal(list(wrong.values())[:5], [], '%d objects differ from the truth' % len(wrong))
        self.say('(a) %d objects equal the truth' % compared)

    def differences(self, have, columns):
        compared, wrong = 0, {}
        for name, platform in truths.PLATFORMS.items():
            every = {kind: self.truth(name, truths.KINDS[kind]) for kind in platform['kinds']}
            for connection, _, account in [row for row in self.connections if row[1] == name]:
                def truth(word, whole=False):
                    kind = (word, 'whole') if whole else next(kind for kind, known in truths.KINDS.items() if known == word)
                    if kind not in every:  # one that is asked for another's sake
                        every[kind] = self.truth(name, word, whole)
                    return every[kind][account]
                truths.relate(platform, truth)
                for kind in set(platform['kinds']) - {kind for there, kind in UNSEEN if there == name}:
                    rows = every[kind][account]
                    mine = {row[2]: row for row in have[connection, kind]}
                    want = set(truths.ids(platform, kind, rows, truth))
                    compared += len(want)
                    # leads come for as many days as were asked for, and stay
                    for id in (set(mine) - want) | (set() if kind == 9 else want - set(mine)):
                        wrong[name, account, kind, id] = (name, account, truths.KINDS[kind], id, 'missing' if id in want else 'too much')
                    ways = [(columns.index(column) + 4, way) for column, way in platform.get('columns', {}).get(kind, {}).items()]
                    ways += [(3, platform['switch'])] if kind in (2, 3, 4) else []
                    for row, at, way in ((row, at, way) for row in rows for at, way in ways):
                        id, value = platform['id'](row), way(row) if callable(way) else truths.follow(row, way)
                        if id in mine and mine[id][at] != value:
                            wrong[name, account, kind, id, at] = (name, account, kind, id, ['switch', *columns][at - 3], mine[id][at], value)
        return compared, wrong

    def figures(self):
        """P1c, P10: every figure of every level, and which days are here"""
        have = by(self.shop.query('select connection, level, entity_id, day, sum(spend), sum(impressions), sum(clicks), sum(conversions), sum(revenue)'
                                  ' from adsync_metrics group by 1, 2, 3, 4'), 0, 1)
        days = by(self.shop.query("select connection, level, day from adsync_coverage where state in ('provisional', 'settled')"), 0, 1)
        first, last = (str(edge(row[2] for rows in days.values() for row in rows)) for edge in (min, max))
        span = {'from': '%s-%s-%s' % (first[:4], first[4:6], first[6:]), 'to': '%s-%s-%s' % (last[:4], last[4:6], last[6:])}
        compared = 0
        for name, platform in truths.PLATFORMS.items():
            for level in platform['levels']:
                every = self.truth(name, 'insights', level=truths.level_word(platform, level), **span)
                for connection, _, account in [row for row in self.connections if row[1] == name]:
                    covered = {row[2] for row in days[connection, level]}
                    equal(len(covered), self.size.days, '%s, %s: days on level %d' % (name, account, level))
                    want = [row for row in truths.figures(platform, level, account, every[account]) if row[1] in covered]
                    mine = sorted((row[2:2 + len(want[0])] if want else row[2:]) for row in have[connection, level] if any(row[4:]))
                    compared += len(want)
                    equal(mine == want, True, '%s, %s: %d figures on level %d, %d are true; %r' % (
                        name, account, len(mine), level, len(want), sorted(set(mine) ^ set(want), key=repr)[:4]))
        self.say('(a) %d figures equal the truth, on every day of every level' % compared)

    # ---- (b) the audit

    def audit(self):
        """Each exchange is in the audit once, under the id that its answer told. Missing may only be what the process that sent it never
        committed: what was under way when it was killed, or dropped when it was declared dead, and what was lost on the way: the last of a
        connection that was cut. libcurl sends again by itself what an old connection swallowed."""
        lines = [line for line in self.shop.sim.requests() if line.get('action') != 'consent' and 'element' not in line and line['path'] != '/v25.0/dialog/oauth']
        rows = self.shop.query('select endpoint, method, http_status, request_id, called_us from adsync_api_calls')
        ids = collections.Counter(row[3] for row in rows if row[3])
        arrived = {line['request_id']: line for line in lines if 'request_id' in line}
        equal([name for name, n in ids.items() if n > 1 or name not in arrived][:5], [], 'calls that nobody made, or that stand there twice')
        missing = [line for line in lines if line.get('request_id') and line['request_id'] not in ids]
        missing += self.unnamed(lines, rows)
        lost = [line for line in missing if not self.explained(line, lines, missing)]
        equal([(self.words(line), self.around(line)) for line in lost][:4], [], '%d calls that arrived and are not in the audit' % len(lost))
        true(len(missing) <= LOST * len(lines), '%d of %d calls are not in the audit' % (len(missing), len(lines)))
        self.say('(b) %d calls arrived, %d are in the audit; %d were under way when their process fell silent or their connection was cut'
                 % (len(lines), len(rows), len(missing)))

    @staticmethod
    def words(line):
        return {name: line.get(name) for name in ('n', 'wall_us', 'peer', 'host', 'path', 'status', 'action', 'fault')}

    def around(self, line):
        """what happened just then: seconds from the arrival on"""
        at = line['wall_us'] / SECOND
        events = [(round(when - at, 2), how, line['peer'] in ports) for when, ports, how in self.chaos.silences]
        events += [(round(when - at, 2), 'outage' if how else 'cut', 0) for when, how in [(b, 1) for b, _ in self.chaos.outages] + [(c, 0) for c in self.chaos.cuts]]
        return sorted(event for event in events if abs(event[0]) < 8)

    @staticmethod
    def unnamed(lines, rows):
        """of exchanges without an id: those beyond what the audit holds of their kind, the latest of each connection first"""
        kinds = collections.defaultdict(list)
        for line in lines:
            if not line.get('request_id'):
                kinds[line['host'] + line['path'], line['method']].append(line)
        held = collections.Counter((row[0], row[1]) for row in rows if not row[3] and row[2])
        over = [(kind, n, len(kinds.get(kind, ()))) for kind, n in held.items() if n > len(kinds.get(kind, ()))]
        equal(over[:5], [], 'calls that nobody made')
        last = {line['peer']: line['n'] for line in lines}
        out = []
        for kind, arrived in kinds.items():
            arrived.sort(key=lambda line: (line['n'] != last[line['peer']], 'fault' not in line))
            out += arrived[:len(arrived) - held[kind]]
        return out

    def explained(self, line, lines, missing):
        wall, gone = line['wall_us'], {other['n'] for other in missing}
        if any(word in line.get('fault', '') for word in ('cut', 'truncate')):
            return True
        if any(line['peer'] in ports and abs(wall - at * SECOND) <= GRACE for at, ports, _ in self.chaos.silences):
            return True  # its process was killed, or was paused and dropped it when it found out that it had been declared dead
        if any(how == 'dead' and at * SECOND - DEATH <= wall <= at * SECOND for at, _, how in self.chaos.silences):
            return True  # the same without anybody's doing, on a machine that is busy
        if any(how == 'woke' and 0 <= wall - at * SECOND <= GRACE for at, _, how in self.chaos.silences):
            return True  # what it was about to send when it was paused left before it could know
        if any(other['peer'] == line['peer'] and other['n'] > line['n'] and other['n'] not in gone for other in lines):
            return False  # its connection brought something that was written down later
        if any(0 <= at * SECOND - wall <= DEATH for at, _, how in self.chaos.silences if how != 'woke'):
            return True  # taken off its connection by somebody who fell silent before the turn was committed
        return any(began * SECOND - GRACE <= wall <= ended * SECOND for began, ended in self.chaos.outages)

    # ---- (c) limits

    def limits(self):
        """P6a, by the simulator's clock: no window held more than the platform allows, and nothing was refused"""
        lines = self.shop.sim.requests()
        refused = collections.Counter(name for line in lines for name, permit in line['permits'].items() if permit['refused'])
        hasty, calls = refused.pop('second', 0), sum(line['host'] == HOSTS['tiktok'] for line in lines)
        true(hasty <= REFUSED * calls, '%d of %d calls were refused for a second that was full' % (hasty, calls))
        equal(dict(refused), {}, 'refused for a limit')
        most = {}
        for platform, path, whose, windows in LIMITS:
            arrivals = collections.defaultdict(list)
            for line in lines:
                if line['host'] == HOSTS[platform] and path in line['path'] and line['permits']:
                    arrivals[whose(line)].append(line['wall_us'])
            for permits, seconds in windows:
                for who, times in arrivals.items():
                    times.sort()
                    worst = max(i + 1 - bisect.bisect_right(times, at - seconds * SECOND) for i, at in enumerate(times))
                    true(worst <= permits, 'P6a: %s%s of %s: %d arrivals in %g s, %d are allowed' % (platform, path, who, worst, seconds, permits))
                    key = '%s%s in %g s' % (platform, path, seconds)
                    most[key] = max(most.get(key, (0, 0)), (worst, permits))
        self.say('(c) most at once: ' + ', '.join('%s %d of %d' % (key, *value) for key, value in most.items()))

    # ---- (d) jobs, (e) takeovers, (f) tokens

    def jobs(self):
        rows = self.shop.query('select job, data, type, state, message, connection from adsync_jobs')
        equal([row for row in rows if row[3] not in ('succeeded', 'partial')][:5], [], 'jobs that did not end well')
        equal([row for row in rows if row[3] == 'partial' and not row[4]][:5], [], 'what is partial says why')
        for kind, exactly in (('initial-backfill', True), ('scheduled-sync', False)):
            begun = collections.Counter(row[5] for row in rows if row[2] == kind)
            equal([row for row in self.connections if not begun[row[0]] or (exactly and begun[row[0]] > 1)][:3], [], kind + ' of each connection')
        for table, what in (('queue', '1 = 1'), ('seen', '1 = 1'), ('lanes', 'engine is not null')):
            equal(self.shop.query('select count(*) from adsync_%s where %s' % (table, what)), [(0,)], 'nothing is left in ' + table)
        states = collections.Counter(row[3] for row in rows)
        self.say('(d) %s' % ', '.join('%d jobs %s' % (n, state) for state, n in states.items()))

    def takeovers(self):
        within = 60 / 30 * self.lease + 4  # the promise is 60 s for a lease of 30 s; a loaded machine is paid for as well
        took = sorted(seconds for seconds, _ in self.chaos.takeovers)
        true(took, 'nobody who held a lane fell silent')
        true(took[-1] <= within, 'lanes were taken over after %.1f s, %.1f were allowed' % (took[-1], within))
        self.say('(e) lanes of %d that fell silent were taken over after %.1f s in the middle, %.1f s at most, with a lease of %d s'
                 % (len(took), took[len(took) // 2], took[-1], self.lease))

    def tokens(self):
        """P4: nobody has to connect again, and what is stored is in force"""
        equal(self.shop.query("select platform, state from adsync_grants where state <> 'active'"), [], 'grants')
        equal(self.shop.query("select platform, status, message from adsync_connections where status <> 'active'")[:3], [], 'connections')
        equal({row[0] for row in self.shop.query('select last_status from adsync_connections')} - {'success', 'partial'}, set())
        grants = [row[0] for row in self.shop.query('select "grant" from adsync_grants')]
        for grant in grants:
            self.shop.good('accounts %d' % grant)
        renewed = self.shop.query('select sum(generation) - count(*) from adsync_grants')[0][0]
        self.say('(f) %d grants are active and each token works; %d generations of tokens were stored after the first' % (len(grants), renewed))


def judge(shop, chaos, size, lease):
    shop.sim.control('fault.clear')
    verdict = Verdict(shop, chaos, size, lease)
    verdict.limits()
    verdict.jobs()
    verdict.objects()
    verdict.figures()
    verdict.audit()
    verdict.takeovers()
    verdict.tokens()
