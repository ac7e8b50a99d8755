/* SPDX-License-Identifier: MIT */
/* What to write into a key's row. First the truth about what this handle leased before; then, where every window has room for the units
 * that are asked for, new leases in all of them; else a wish, so that the others leave something next time. */
#include "limiter_int.h"

#include <stdlib.h>

enum {
    PLAN_RESERVE = 32, /* of a window's permits: 1 part kept from webhooks, 2 from scheduled work, 3 from backfill */
    PLAN_FIRST = 16    /* permits in a first lot; but at most an eighth of a window's and at least a sixty-fourth */
};

typedef struct plan_part {
    adsync__limit_row_window *part;
    adsync__limit_lease *mine; /* in the row; NULL: none */
    int64_t limit;             /* permits, at the pace of now */
    int64_t room;              /* for this handle, its own lease given back */
    uint32_t others;           /* processes alive behind the key, without this one */
    bool wishes;               /* one of them would like more than it has */
    uint32_t target;           /* RATE and HELD: what to hold */
    int64_t retry;             /* storage time; where there is no room */
    bool fits;
} plan_part;

static int64_t plan_min(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t plan_max(int64_t a, int64_t b) { return a > b ? a : b; }

/* What less urgent work leaves, as far as that does not make the request impossible for good. */
static int64_t plan_reserve(const adsync__limit_plan *plan, int64_t limit)
{
    int64_t reserve = limit / PLAN_RESERVE * (plan->priority - ADSYNC_PRIORITY_INTERACTIVE);

    return plan_max(0, plan_min(reserve, limit - plan->units));
}

static int64_t plan_life(const adsync__limit_window *w)
{
    if (w->how == LIMITER_RATE) return LIMITER_RATE_LIFE;
    return w->how == LIMITER_LOT ? plan_min(w->length / 8, LIMITER_LIFE) : LIMITER_LIFE;
}

static void plan_company(const adsync__limit_plan *plan, plan_part *p)
{
    for (uint32_t i = 0; i < p->part->n; i++) {
        const adsync__limit_lease *lease = &p->part->leases[i];
        if (!lease->seq || lease->holder == plan->holder || lease->until < plan->clock.t) continue;
        p->others++;
        if (lease->want > lease->units) p->wishes = true;
    }
}

static int plan_by_end(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* When enough of what counts has ended, or somebody may give something back. Pairs of end and units, sorted by end. */
static bool plan_when(const adsync__limit_plan *plan, plan_part *p, int64_t lacking)
{
    int64_t(*ends)[2] = adsync__arena_take(&plan->row->arena, (p->part->n + 1) * sizeof *ends);
    int64_t back = LIMITER_NEVER;
    uint32_t n = 0;

    p->retry = plan->clock.t + LIMITER_LIFE; /* where even all of it would not do, the pace has to heal first */
    if (!ends) return false;
    for (uint32_t i = 0; i < p->part->n; i++) {
        const adsync__limit_lease *lease = &p->part->leases[i];
        ends[n][0] = adsync__limit_end(plan, p->part, lease);
        ends[n++][1] = lease->units;
        if (lease->seq && lease->units && lease != p->mine && lease->until > plan->clock.t) back = plan_min(back, lease->until);
    }
    qsort(ends, n, sizeof *ends, plan_by_end);
    for (uint32_t i = 0; i < n && lacking > 0; i++)
        if ((lacking -= ends[i][1]) <= 0) p->retry = ends[i][0] + 1;
    p->retry = plan_min(p->retry, back + LIMITER_SECOND / 4);
    return true;
}

static bool plan_weigh_lot(adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p)
{
    int64_t from, to, reserve = plan_reserve(plan, p->limit);

    if (p->mine) p->room -= w->used;
    p->fits = p->room - reserve >= plan->units;
    if (!p->fits) return plan_when(plan, p, plan->units + reserve - p->room);
    p->fits = adsync__limit_open_between(plan, p->part, &from, &to);
    p->retry = from;
    return true;
}

static void plan_weigh_rate(const adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p)
{
    int64_t used = adsync__limit_ring_used(w, plan->clock.m0), fair = p->limit / (p->others + 1);
    int64_t want = !p->others || w->starved ? p->limit : plan_max(used + plan->units, fair), mine = p->mine ? p->mine->units : 0;

    if (!plan->units) want = used;
    if (!fair) fair = mine ? 0 : 1; /* fewer permits than processes: they take turns */
    if (p->wishes) want = plan_min(want, plan_max(fair, mine ? 0 : plan->units));
    want = plan_max(plan_min(want, p->room), used);
    p->target = (uint32_t)want;
    p->fits = want - plan_min(want / PLAN_RESERVE, plan_max(0, want - plan->units)) >= plan->units;
    p->retry = plan->clock.t + LIMITER_SECOND;
}

static void plan_weigh_held(const adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p)
{
    p->target = w->used + plan->units;
    p->fits = p->room - plan_reserve(plan, p->limit) >= p->target;
    p->retry = plan->clock.t + LIMITER_SECOND;
}

/* What was used of a lot, by when. */
static bool plan_close_parts(adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p)
{
    int64_t step = (w->until - w->since) / LIMITER_PARTS + 1, over = w->since + step, last;

    for (uint32_t i = 0; i < LIMITER_PARTS; i++, over += step) {
        last = i + 1 == LIMITER_PARTS || over > w->last ? w->last : over;
        if (!adsync__limit_close(plan, p->part, w->parts[i], last)) return false;
    }
    return true;
}

/* Closes a lot that is used up or over (or any, where that is wanted): from then on only what was used counts. */
static bool plan_close_lot(adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p, adsync__limit_window *next, bool any)
{
    bool known = p->mine && p->mine->seq == w->seq; /* else its outcome was not known, and it was never used */
    bool over = !known || (w->units && w->used >= w->units) || w->shut || plan->clock.m1 > w->until;

    if (!p->mine || !(over || any)) return true;
    adsync__limit_remove(p->part, p->mine);
    p->mine = NULL;
    plan->changed = true;
    next->used = 0;
    next->until = 0;
    next->shut = 0;
    return !known || plan_close_parts(plan, w, p);
}

static bool plan_tell(adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p, adsync__limit_window *next)
{
    *next = *w;
    next->doubt = 0;
    p->mine = adsync__limit_mine(plan, p->part);
    if (w->how == LIMITER_LOT && !p->mine) next->used = 0, next->until = 0;
    if (w->how == LIMITER_LOT && !plan_close_lot(plan, w, p, next, plan->release)) return false;
    if (!w->debt) return true;
    plan->changed = true;
    next->debt = 0;
    return adsync__limit_close(plan, p->part, w->debt, plan->clock.m0);
}

static adsync_status plan_weigh(adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p, adsync__limit_window *next,
                                adsync_error **error)
{
    if (!(p->part = adsync__limit_part_of(plan->row, w)))
        return adsync__fail(error, ADSYNC_E_TOO_BIG, "limit.windows", "processes behind one key name more than %d different windows for it",
                            2 * LIMITER_WINDOWS);
    p->part->permits = w->permits;
    if (!plan_tell(plan, w, p, next)) return adsync__fail_memory(error);
    p->mine = adsync__limit_mine(plan, p->part);
    p->limit = plan_max(1, (int64_t)w->permits * plan->pace / LIMITER_PACE);
    p->room = p->limit - adsync__limit_counted(plan, p->part);
    plan_company(plan, p);
    next->room = (uint32_t)plan_max(0, p->room - (p->mine ? p->mine->units : 0));
    if (w->how == LIMITER_LOT && !plan_weigh_lot(plan, w, p)) return adsync__fail_memory(error);
    if (w->how == LIMITER_RATE) plan_weigh_rate(plan, w, p);
    if (w->how == LIMITER_HELD) plan_weigh_held(plan, w, p);
    return ADSYNC_OK;
}

/* What is known to have been used of a window: it counts, and whoever holds it has told. */
static int64_t plan_told(const plan_part *p)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < p->part->n; i++)
        if (!p->part->leases[i].seq) sum += p->part->leases[i].units;
    return sum;
}

/* How many a lot should have: what the last one had, and more if that did not do; no more than a share of what is there. Who is alone
 * need not share, but a crash loses the lot for the length of the window: so the first is small, and each later one has up to as many as
 * were really used in this window. Of a long window a lot has little anyway. */
static uint32_t plan_lot(const adsync__limit_plan *plan, const adsync__limit_window *w, const plan_part *p)
{
    int64_t room = p->room - plan_reserve(plan, p->limit), first = plan_max(p->limit / 64, plan_min(p->limit / 8, PLAN_FIRST)), cap;
    int64_t ask = (int64_t)w->used + w->used / 4 + plan->units;

    cap = room / (p->others + 1) * (p->wishes || !p->others ? 1 : 2);
    if (!p->others && w->length > 300 * LIMITER_SECOND) cap = plan_max(p->limit / 16, room / (w->length / (300 * LIMITER_SECOND)));
    if (w->starved) ask = plan_max(ask, 2 * (int64_t)w->units + plan->units);
    if (!w->units) ask = first;
    if (!p->others) ask = plan_max(first, plan_told(p));
    return (uint32_t)plan_min(room, plan_max(plan->units, plan_min(ask, cap)));
}

static bool plan_put(adsync__limit_plan *plan, plan_part *p, adsync__limit_window *next, uint32_t units, int64_t want, int64_t until)
{
    adsync__limit_lease *mine = adsync__limit_mine(plan, p->part);
    adsync__limit_lease lease = { .holder = plan->holder, .until = until, .units = units, .want = (uint32_t)plan_min(want, INT32_MAX) };

    plan->changed = true;
    if (!++next->seq) next->seq = 1;
    lease.seq = next->seq;
    next->shut = 0;
    next->units = units;
    next->until = plan->clock.m0 + (until - plan->clock.t);
    next->since = plan->clock.m1;
    next->turn = next->since + (next->until - next->since) / LIMITER_PARTS + 1;
    next->part = 0;
    memset(next->parts, 0, sizeof next->parts);
    next->holders = (uint16_t)plan_min(UINT16_MAX, (int64_t)p->others + 1);
    if (mine) *mine = lease;
    return mine || adsync__limit_row_add(plan->row, p->part, &lease);
}

static bool plan_grant(adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p, adsync__limit_window *next)
{
    int64_t from, to, until = plan->clock.t + plan_life(w);
    uint32_t units = w->how == LIMITER_LOT ? plan_lot(plan, w, p) : p->target;

    if (w->how == LIMITER_LOT && adsync__limit_open_between(plan, p->part, &from, &to)) until = plan_min(until, to);
    next->keep = w->how == LIMITER_HELD ? 0 : (uint32_t)plan_min(units / PLAN_RESERVE, units - plan_min(units, plan->units));
    next->starved = 0;
    next->retry = 0;
    next->room = (uint32_t)plan_max(0, p->room - units);
    if (units < w->permits && w->how == LIMITER_RATE && (w->starved || units >= p->limit)) { /* no use in asking for more soon */
        next->retry = plan->clock.m1 + 2 * LIMITER_SECOND;
        next->retry_units = 1;
        next->retry_priority = ADSYNC_PRIORITY_INTERACTIVE;
    }
    return plan_put(plan, p, next, units, units, until);
}

/* No room: remember when to ask again, and leave a wish where nothing of ours stands. */
static bool plan_wish(adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p, adsync__limit_window *next)
{
    int64_t life = plan_life(w), until = plan_max(plan->clock.t, w->how == LIMITER_LOT ? p->retry : 0) + life;
    bool fresh = p->mine && p->mine->until > until - life * 3 / 4; /* it stands until this handle asks again */
    uint32_t units = 0;

    next->retry = plan->clock.m1 + (p->retry - plan->clock.t) + (p->others ? plan->holder % 32 * 1000 : 0); /* not all at one moment */
    next->retry_units = plan->units;
    next->retry_priority = (uint8_t)plan->priority;
    next->starved = 1;
    if (w->how == LIMITER_LOT && p->mine && p->mine->units) return true;
    if (w->how == LIMITER_HELD) return !w->used || fresh || plan_put(plan, p, next, w->used, w->used, until);
    if (w->how == LIMITER_RATE) units = p->target;
    if (fresh && p->mine->units == units && p->mine->want > units) return true;
    return plan_put(plan, p, next, units, (int64_t)units + plan->units, until);
}

/* Only telling: what is still used stays. A handle that ends uses nothing any more: what it used counts until it leaves the window, and
 * a program of a moment leaves a short window as good as it found it. */
static bool plan_keep(adsync__limit_plan *plan, const adsync__limit_window *w, plan_part *p, adsync__limit_window *next)
{
    bool ends = plan->release && w->how == LIMITER_RATE;

    if (w->how == LIMITER_LOT) return true;
    if (ends && p->target && !adsync__limit_close(plan, p->part, p->target, plan->clock.m1)) return false;
    if (p->target && !ends) return plan_put(plan, p, next, p->target, p->target, plan->clock.t + plan_life(w));
    if (p->mine) {
        adsync__limit_remove(p->part, p->mine);
        plan->changed = true;
    }
    next->until = 0;
    next->units = 0;
    return true;
}

static bool plan_write(adsync__limit_plan *plan, uint32_t i, plan_part *p)
{
    const adsync__limit_window *w = &plan->key->windows[i];
    adsync__limit_window *next = &plan->next[i];

    if (!plan->units) return plan_keep(plan, w, p, next);
    if (!plan->granted) return p->fits || plan_wish(plan, w, p, next);
    if (w->how == LIMITER_LOT && !plan_close_lot(plan, w, p, next, true)) return false;
    return plan_grant(plan, w, p, next);
}

adsync_status adsync__limit_plan_make(adsync__limit_plan *plan, adsync_error **error)
{
    plan_part parts[LIMITER_WINDOWS] = { 0 };
    adsync_status rc;

    adsync__limit_clean(plan);
    if (!adsync__limit_remaining(plan)) return adsync__fail_memory(error);
    plan->granted = plan->units > 0;
    for (uint32_t i = 0; i < plan->key->n_windows; i++) {
        plan->next[i] = plan->key->windows[i];
        if (plan->key->windows[i].how == LIMITER_FREE) continue;
        if ((rc = plan_weigh(plan, &plan->key->windows[i], &parts[i], &plan->next[i], error)) < 0) return rc;
        if (!parts[i].fits) plan->granted = false;
    }
    for (uint32_t i = 0; i < plan->key->n_windows; i++)
        if (parts[i].part && !plan_write(plan, i, &parts[i])) return adsync__fail_memory(error);
    return ADSYNC_OK;
}
