/* SPDX-License-Identifier: MIT */
/* Who may, of the organisations behind one window. Two clocks that run ahead of time as permits go out (virtual scheduling):
 *
 *   Each org's own runs at the pace of its equal share, N / n / W for n orgs seen of late. While it is less than 3/4 W ahead (a burst of
 *   3/4 of the share), the org is within its share.
 *   The window's runs at the full pace, N / W, for everybody's permits. An org beyond its share may take when this clock is not ahead:
 *   so it gets exactly what the others leave, evenly spread.
 *
 * An org within its share that finds no permit gets a turn, an interval after the turn before. While turns are out, the others, within
 * their share too, line up behind them, and nobody takes beyond its share. An org has one turn at a time; it loses it by not coming.
 * Example, N = 600 in 60 s, 3 orgs: a share is 200 in 60 s. A wants all: it takes 150 at once, then its share's 3.3 a second, then what
 * B and C, who take 1 a second each, leave of 10 a second: 8. B and C never wait.
 * Where a share of the window is less than 8 permits, an org may be 8 permits ahead. One org alone has no such table and all permits.
 * Times here are in 1/256 us, so that a permit's interval is never 0; the interval is 37/32 W / N: a little more than what lots and the
 * reserve leave of W / N, so that permits wait for orgs and not orgs for permits. */
#include "limiter_int.h"

enum { FAIR_UNIT = 256, FAIR_LEAST = 8, FAIR_SOME = 8 };

typedef struct fair_org {
    uint32_t org;      /* 1 + its number; 0: free */
    uint32_t reserved; /* no padding */
    int64_t ahead;     /* its clock */
    int64_t turn;      /* when it is let through; 0: it does not wait */
    int64_t seen;      /* m */
} fair_org;

struct adsync__limit_fair {
    int64_t ahead; /* the window's clock */
    int64_t turn;  /* the next turn to give to an org within its share */
    int64_t queue; /* and to one beyond it */
    int64_t swept; /* m */
    uint32_t count, room;
    uint32_t waiting; /* turns out */
    uint32_t reserved;
    fair_org *orgs;
};

static int64_t fair_max(int64_t a, int64_t b) { return a > b ? a : b; }

/* a x b, cut where it would be absurd */
static int64_t fair_product(int64_t a, int64_t b)
{
    int64_t product = 0;

    if (__builtin_mul_overflow(a, b, &product) || product > LIMITER_NEVER / 4) return LIMITER_NEVER / 4;
    return product;
}

/* Between two permits of this handle, all orgs together. */
static int64_t fair_interval(const adsync__limit_window *w)
{
    int64_t interval = w->length * (FAIR_UNIT / 32 * 37) / w->permits + 1;

    return fair_product(interval, w->holders ? w->holders : 1);
}

/* An org that is not seen for so long has no share. */
static int64_t fair_memory(const adsync__limit_window *w)
{
    if (w->length < 10 * LIMITER_SECOND) return 10 * LIMITER_SECOND;
    return w->length < 3600 * LIMITER_SECOND ? w->length : 3600 * LIMITER_SECOND;
}

static fair_org *fair_place(fair_org *orgs, uint32_t room, uint32_t org)
{
    uint32_t at = org * UINT32_C(2654435761) & (room - 1);

    while (orgs[at].org && orgs[at].org != org) at = (at + 1) & (room - 1);
    return &orgs[at];
}

/* Who was told to come back later is not forgotten before then, however long that is. */
static bool fair_stays(const fair_org *org, int64_t since) { return org->org && (org->seen >= since || org->turn / FAIR_UNIT >= since); }

/* Another table with those seen since `since`, and room for as many again. */
static bool fair_rebuild(adsync__limit_fair *fair, int64_t since)
{
    uint32_t room = FAIR_LEAST, count = 0, waiting = 0;
    fair_org *orgs;

    for (uint32_t i = 0; i < fair->room; i++) {
        if (!fair_stays(&fair->orgs[i], since)) continue;
        count++;
        waiting += fair->orgs[i].turn != 0;
    }
    while (room < 2 * count + 2) room *= 2;
    if (!(orgs = adsync__alloc_zero(room, sizeof *orgs))) return false;
    for (uint32_t i = 0; i < fair->room; i++)
        if (fair_stays(&fair->orgs[i], since)) *fair_place(orgs, room, fair->orgs[i].org) = fair->orgs[i];
    adsync__free(fair->orgs);
    fair->orgs = orgs;
    fair->room = room;
    fair->count = count;
    if (waiting < fair->waiting) fair->waiting = waiting; /* the turns of those who did not come are not out any more */
    return true;
}

/* How far an org's clock may be ahead: 3/4 of its share of the window, but at least some permits where a share is less than one. */
static int64_t fair_depth(const adsync__limit_window *w)
{
    int64_t some = w->fair ? fair_product(fair_interval(w), FAIR_SOME * (int64_t)w->fair->count) : 0;

    return fair_max(w->length * FAIR_UNIT / 4 * 3, some);
}

adsync__limit_fair *adsync__limit_fair_new(uint32_t first_org, const adsync__limit_window *w, int64_t m)
{
    adsync__limit_fair *fair = adsync__alloc_zero(1, sizeof *fair);
    fair_org *first;

    if (!fair || !fair_rebuild(fair, 0)) {
        adsync__free(fair);
        return NULL;
    }
    fair->swept = m;
    fair->ahead = m * FAIR_UNIT;
    first = fair_place(fair->orgs, fair->room, first_org);
    *first = (fair_org){ first_org, 0, m * FAIR_UNIT + fair_depth(w), 0, m }; /* while it was alone it may have taken everything */
    fair->count = 1;
    return fair;
}

adsync_status adsync__limit_fair_meet(adsync__limit_window *w, uint32_t org, int64_t m, adsync_error **error)
{
    adsync__limit_fair *fair = w->fair;
    int64_t memory = fair_memory(w);
    fair_org *place;

    if (m - fair->swept > memory / 4) {
        if (!fair_rebuild(fair, m - memory)) return adsync__fail_memory(error);
        fair->swept = m;
    }
    place = fair_place(fair->orgs, fair->room, org);
    if (!place->org) {
        if (fair->count >= fair->room / 2) {
            if (!fair_rebuild(fair, 0)) return adsync__fail_memory(error);
            place = fair_place(fair->orgs, fair->room, org);
        }
        *place = (fair_org){ .org = org };
        fair->count++;
    }
    place->seen = m;
    return ADSYNC_OK;
}

static bool fair_within(const adsync__limit_window *w, const fair_org *org, uint32_t units, int64_t now)
{
    int64_t cost = fair_product(fair_product(fair_interval(w), w->fair->count), units);

    return org->ahead <= now + fair_max(0, fair_depth(w) - cost);
}

static int64_t fair_wait(int64_t until, int64_t now) { return until > now ? (until - now) / FAIR_UNIT + 1 : 1; }

/* Beyond its share: what the others leave, one at a time. */
static int64_t fair_beyond(const adsync__limit_window *w, uint32_t units, int64_t more, int64_t now)
{
    adsync__limit_fair *fair = w->fair;
    int64_t open = fair->waiting ? fair_max(fair->ahead, fair->turn) : fair->ahead, at;

    if (more > 0) open = fair_max(open, now + more * FAIR_UNIT);
    if (open <= now) return more;
    at = fair_max(fair->queue, open);
    if (at > open + fair_depth(w)) at = open; /* many did not come back */
    fair->queue = at + fair_product(fair_interval(w), units);
    return fair_wait(at, now);
}

/* Within its share, but there is no permit, or others were told to come first. */
static int64_t fair_line_up(const adsync__limit_window *w, fair_org *org, uint32_t units, int64_t more, int64_t now)
{
    adsync__limit_fair *fair = w->fair;
    int64_t ready = more > 0 ? now + more * FAIR_UNIT : now, interval = fair_interval(w);

    if (org->turn > now) return fair_wait(org->turn, now) + fair_product(interval, fair->count) / FAIR_UNIT; /* one more of this org's */
    if (!org->turn) {
        fair->waiting++;
        org->turn = fair_max(fair->turn, ready);
        if (org->turn > ready + 4 * fair_depth(w)) org->turn = ready;
        fair->turn = org->turn + fair_product(interval, units);
    }
    org->turn = fair_max(org->turn, ready); /* its turn came and the permit did not: it stays the first */
    fair->turn = fair_max(fair->turn, org->turn);
    return fair_wait(org->turn, now);
}

int64_t adsync__limit_fair_ask(adsync__limit_window *w, uint32_t org, uint32_t units, uint32_t priority, int64_t more, int64_t m)
{
    adsync__limit_fair *fair = w->fair;
    fair_org *mine = fair_place(fair->orgs, fair->room, org);
    int64_t now = m * FAIR_UNIT, grace = 2 * LIMITER_SECOND * FAIR_UNIT + 2 * fair_interval(w);

    if (priority == ADSYNC_PRIORITY_INTERACTIVE || !units) return more;
    if (now > fair->turn + grace) fair->waiting = 0;
    if (mine->turn && (!fair->waiting || now > mine->turn + grace)) {
        mine->turn = 0; /* it did not come */
        if (fair->waiting) fair->waiting--;
    }
    if (!fair_within(w, mine, units, now)) return fair_beyond(w, units, more, now);
    if (more <= 0 && (!fair->waiting || (mine->turn && mine->turn <= now))) return more;
    return fair_line_up(w, mine, units, more, now);
}

void adsync__limit_fair_spend(adsync__limit_window *w, uint32_t org, uint32_t units, int64_t m)
{
    adsync__limit_fair *fair = w->fair;
    fair_org *mine = fair_place(fair->orgs, fair->room, org);
    int64_t now = m * FAIR_UNIT, cost = fair_product(fair_interval(w), units);

    if (!units) return;
    if (fair_within(w, mine, units, now)) mine->ahead = fair_max(mine->ahead, now) + fair_product(cost, fair->count);
    fair->ahead = fair_max(fair->ahead, now - w->length * (FAIR_UNIT / 32)) + cost;
    if (!mine->turn || mine->turn > now) return;
    mine->turn = 0;
    if (fair->waiting) fair->waiting--;
}

void adsync__limit_fair_free(adsync__limit_fair *fair)
{
    if (!fair) return;
    adsync__free(fair->orgs);
    adsync__free(fair);
}
