/* SPDX-License-Identifier: MIT */
/* Who may, of the organisations behind one window. Two clocks that run ahead of time as permits go out (virtual scheduling):
 *
 *   Each org's own runs at the pace of its equal share, N / n / W for n orgs seen of late. While it is less than 3/4 W ahead (a burst of
 *   3/4 of the share), the org is within its share and is asked nothing.
 *   The window's runs at the full pace, N / W, for everybody's permits. An org beyond its share may take when this clock is not ahead:
 *   so it gets exactly what the others leave, evenly spread.
 *
 * Who is within its share and finds no permit gets a turn, one interval after the turn before; until the last turn given out nobody takes
 * beyond its share. Example, N = 600 in 60 s, 3 orgs: a share is 200 in 60 s. A wants all: it takes 150 at once, then its share's 3.3 a
 * second, then what B and C, who take 1 a second each, leave of 10 a second: 8. B never waits.
 * One org alone has no such table and all permits. Times here are in 1/256 us, so that a permit's interval is never 0; the interval is an
 * eighth longer than W / N, which is what lots give under load. */
#include "limiter_int.h"

enum { FAIR_UNIT = 256, FAIR_LEAST = 8 };

typedef struct fair_org {
    uint32_t org; /* 1 + its number; 0: free */
    uint32_t reserved; /* no padding */
    int64_t ahead; /* its clock */
    int64_t seen;  /* m */
} fair_org;

struct adsync__limit_fair {
    int64_t ahead; /* the window's clock */
    int64_t turn;  /* the last turn given to an org within its share */
    int64_t queue; /* the last turn given to one beyond it */
    int64_t swept; /* m */
    uint32_t count, room;
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
    int64_t interval = w->length * (FAIR_UNIT / 8 * 9) / w->permits + 1;

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

    while (orgs[at].org && orgs[at].org != org)
        at = (at + 1) & (room - 1);
    return &orgs[at];
}

/* Another table with those seen since `since`, and room for as many again. */
static bool fair_rebuild(adsync__limit_fair *fair, int64_t since)
{
    uint32_t room = FAIR_LEAST, count = 0;
    fair_org *orgs;

    for (uint32_t i = 0; i < fair->room; i++)
        count += fair->orgs[i].org && fair->orgs[i].seen >= since;
    while (room < 2 * count + 2)
        room *= 2;
    if (!(orgs = adsync__alloc_zero(room, sizeof *orgs))) return false;
    for (uint32_t i = 0; i < fair->room; i++)
        if (fair->orgs[i].org && fair->orgs[i].seen >= since) *fair_place(orgs, room, fair->orgs[i].org) = fair->orgs[i];
    adsync__free(fair->orgs);
    fair->orgs = orgs;
    fair->room = room;
    fair->count = count;
    return true;
}

static int64_t fair_depth(const adsync__limit_window *w) { return w->length * FAIR_UNIT / 4 * 3; }

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
    *first = (fair_org){ first_org, 0, m * FAIR_UNIT + fair_depth(w), m }; /* while it was alone it may have taken everything */
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
        *place = (fair_org){ org, 0, 0, m };
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

static int64_t fair_wait(int64_t until, int64_t now) { return (until - now) / FAIR_UNIT + 1; }

int64_t adsync__limit_fair_ask(adsync__limit_window *w, uint32_t org, uint32_t units, uint32_t priority, int64_t m)
{
    adsync__limit_fair *fair = w->fair;
    int64_t now = m * FAIR_UNIT, open;

    if (priority == ADSYNC_PRIORITY_INTERACTIVE || !units) return 0;
    if (fair_within(w, fair_place(fair->orgs, fair->room, org), units, now)) return 0;
    open = fair_max(fair->ahead, fair->turn);
    if (open <= now) return 0;
    fair->queue = fair_max(fair->queue, open);
    if (fair->queue > open + fair_depth(w)) fair->queue = open; /* many did not come back */
    open = fair->queue;
    fair->queue += fair_product(fair_interval(w), units);
    return fair_wait(open, now);
}

int64_t adsync__limit_fair_turn(adsync__limit_window *w, uint32_t org, uint32_t units, int64_t wait, int64_t m)
{
    adsync__limit_fair *fair = w->fair;
    int64_t now = m * FAIR_UNIT, ready = now + wait * FAIR_UNIT, *turn = &fair->queue;

    if (fair_within(w, fair_place(fair->orgs, fair->room, org), units, now)) turn = &fair->turn;
    if (*turn < ready || *turn > ready + fair_depth(w) / 3) *turn = ready;
    ready = *turn;
    *turn += fair_product(fair_interval(w), units);
    return fair_wait(ready, now);
}

void adsync__limit_fair_spend(adsync__limit_window *w, uint32_t org, uint32_t units, int64_t m)
{
    adsync__limit_fair *fair = w->fair;
    fair_org *mine = fair_place(fair->orgs, fair->room, org);
    int64_t now = m * FAIR_UNIT, interval = fair_interval(w), cost = fair_product(interval, units);
    bool within = fair_within(w, mine, units, now);

    fair->ahead = fair_max(fair->ahead, now - w->length * (FAIR_UNIT / 32)) + cost;
    if (within) mine->ahead = fair_max(mine->ahead, now) + fair_product(cost, fair->count);
}

void adsync__limit_fair_free(adsync__limit_fair *fair)
{
    if (!fair) return;
    adsync__free(fair->orgs);
    adsync__free(fair);
}
