/* SPDX-License-Identifier: MIT */
/* What one window has in this handle: the lease and how much of it is used. */
#include "limiter_int.h"

static int64_t local_bucket(const adsync__limit_window *w) { return (w->length + LIMITER_RING - 2) / (LIMITER_RING - 1); }

/* Leaves out the buckets that no stretch of W ending at m can touch. */
static void ring_turn(adsync__limit_ring *ring, int64_t at)
{
    if (at - ring->at >= LIMITER_RING) {
        *ring = (adsync__limit_ring){ .at = at };
        return;
    }
    for (; ring->at < at; ring->at++) {
        uint32_t *oldest = &ring->count[(ring->at + 1) % LIMITER_RING];
        ring->sum -= *oldest;
        *oldest = 0;
    }
}

uint32_t adsync__limit_ring_used(const adsync__limit_window *window, int64_t m)
{
    if (!window->ring) return 0;
    ring_turn(window->ring, m / local_bucket(window));
    return window->ring->sum;
}

/* How long until at most `most` of what was handed out lies in the window. */
static int64_t ring_wait(const adsync__limit_window *w, uint32_t most, int64_t m)
{
    uint32_t left = adsync__limit_ring_used(w, m);
    int64_t at = w->ring ? w->ring->at - LIMITER_RING + 1 : 0;

    for (uint32_t i = 0; i < LIMITER_RING && left > most; i++, at++)
        left -= at < 0 ? 0 : w->ring->count[at % LIMITER_RING];
    return at <= 0 ? 1 : (at + LIMITER_RING - 1) * local_bucket(w) - m; /* bucket at - 1 has left when the ring's newest is at + 16 */
}

static uint32_t local_kept(const adsync__limit_window *w, uint32_t priority)
{
    if (priority == ADSYNC_PRIORITY_INTERACTIVE) return 0;
    return priority == ADSYNC_PRIORITY_WEBHOOK ? w->keep / 2 : w->keep;
}

/* What to do where the lease does not suffice: lease again, or wait for what the row was seen to have later. */
static int64_t local_more(const adsync__limit_window *w, uint32_t units, uint32_t priority, int64_t m)
{
    if (m < w->retry && units >= w->retry_units && priority >= w->retry_priority) return w->retry - m;
    return LIMITER_LEASE;
}

static int64_t rate_ask(const adsync__limit_window *w, uint32_t units, uint32_t priority, int64_t m)
{
    uint64_t need = (uint64_t)units + local_kept(w, priority);

    if (adsync__limit_ring_used(w, m) + need <= w->units) return LIMITER_GO;
    if (w->units < w->permits && local_more(w, units, priority, m) == LIMITER_LEASE) return LIMITER_LEASE;
    if (need > w->units) return local_more(w, units, priority, m);
    return ring_wait(w, w->units - (uint32_t)need, m);
}

int64_t adsync__limit_window_ask(const adsync__limit_window *w, uint32_t units, uint32_t priority, int64_t m)
{
    if (!units || w->how == LIMITER_FREE) return LIMITER_GO;
    if (w->doubt || w->shut || m > w->until) return local_more(w, units, priority, m);
    if (w->how == LIMITER_RATE) return rate_ask(w, units, priority, m);
    if ((uint64_t)w->used + units + local_kept(w, priority) <= w->units) return LIMITER_GO;
    return local_more(w, units, priority, m);
}

bool adsync__limit_window_ready(adsync__limit_window *w)
{
    if (w->how != LIMITER_RATE || w->ring) return true;
    return (w->ring = adsync__alloc_zero(1, sizeof *w->ring)) != NULL;
}

static void lot_spend(adsync__limit_window *w, uint32_t units, int64_t m)
{
    int64_t step = (w->until - w->since) / LIMITER_PARTS + 1;

    for (; m >= w->turn && w->part + 1 < LIMITER_PARTS; w->turn += step)
        w->part++;
    w->parts[w->part] += units;
    w->used += units;
}

/* The earliest go first: what stays counts longer, which errs on the safe side. */
static void lot_return(adsync__limit_window *w, uint32_t units)
{
    w->used -= units;
    for (uint32_t i = 0; units; i++) {
        uint32_t some = units < w->parts[i] ? units : w->parts[i];
        w->parts[i] -= some;
        units -= some;
    }
}

void adsync__limit_window_spend(adsync__limit_window *w, uint32_t units, int64_t m)
{
    if (!units) return;
    w->last = m;
    if (w->how == LIMITER_HELD) w->used += units;
    if (w->how == LIMITER_LOT) lot_spend(w, units, m);
    if (w->how != LIMITER_RATE) return;
    (void)adsync__limit_ring_used(w, m);
    w->ring->count[w->ring->at % LIMITER_RING] += units;
    w->ring->sum += units;
}

static uint32_t local_sum(uint32_t a, uint32_t b) { return a > INT32_MAX - b ? INT32_MAX : a + b; }

static void lot_settle(adsync__limit_window *w, uint32_t taken, uint32_t used, int64_t when, int64_t m)
{
    uint32_t more, fit;

    if (used <= taken) {
        if (when >= w->since && !w->doubt && taken - used <= w->used) lot_return(w, taken - used);
        return;
    }
    more = used - taken;
    fit = m <= w->until && !w->doubt && !w->shut ? w->units - w->used : 0;
    if (fit > more) fit = more;
    if (fit) lot_spend(w, fit, m);
    w->debt = local_sum(w->debt, more - fit);
    w->last = m;
}

static void ring_settle(adsync__limit_window *w, uint32_t taken, uint32_t used, int64_t when, int64_t m)
{
    int64_t at = when / local_bucket(w);
    uint32_t *count, less;

    (void)adsync__limit_ring_used(w, m);
    if (used >= taken) {
        used -= taken;
        if (used > INT32_MAX - w->ring->sum) used = INT32_MAX - w->ring->sum;
        w->ring->count[w->ring->at % LIMITER_RING] += used;
        w->ring->sum += used;
        return;
    }
    if (at <= w->ring->at - LIMITER_RING) return; /* it left the window already */
    count = &w->ring->count[at % LIMITER_RING];
    less = taken - used > *count ? *count : taken - used;
    *count -= less;
    w->ring->sum -= less;
}

void adsync__limit_window_settle(adsync__limit_window *w, uint32_t taken, uint32_t used, int64_t when, int64_t m)
{
    if (w->how == LIMITER_LOT) lot_settle(w, taken, used, when, m);
    if (w->how == LIMITER_RATE && w->ring) ring_settle(w, taken, used, when, m);
    if (w->how == LIMITER_HELD) w->used -= taken > w->used ? w->used : taken;
}
