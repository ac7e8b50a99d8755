/* SPDX-License-Identifier: MIT */
/* What counts in a row, and until when. */
#include "../base/switch.h"
#include "limiter_int.h"

enum { COUNT_PARTS = 64 }; /* closed lots of a window are kept in steps of W/64 */

static bool count_add(int64_t *to, int64_t by) { return !__builtin_add_overflow(*to, by, to); }

/* FIXED without a known reset slides; so does it where the clock is too poor for its boundaries. */
static bool count_bounded(const adsync__limit_plan *plan, const adsync__limit_row_window *part)
{
    if (adsync__limit_how(part->align, part->length) != LIMITER_LOT || part->burst) return false;
    if (part->align == ADSYNC_WINDOW_UTC_DAY) return true;
    return part->align == ADSYNC_WINDOW_FIXED && plan->row->reset && plan->error <= part->length / 16;
}

static int64_t count_edge(const adsync__limit_plan *plan, const adsync__limit_row_window *part)
{
    int64_t edge = part->length / 32;

    return (edge < 5 * LIMITER_SECOND ? edge : 5 * LIMITER_SECOND) + plan->error;
}

/* The first boundary at or after t. */
static int64_t count_boundary(const adsync__limit_plan *plan, const adsync__limit_row_window *part, int64_t t)
{
    int64_t from = part->align == ADSYNC_WINDOW_UTC_DAY ? 0 : plan->row->reset, over = (t - from) % part->length;

    if (over < 0) over += part->length;
    return over ? t + part->length - over : t;
}

/* How long something used up to t counts. */
static int64_t count_tail(const adsync__limit_plan *plan, const adsync__limit_row_window *part, int64_t t)
{
    int64_t step = part->length / COUNT_PARTS + 1;

    if (count_bounded(plan, part)) return count_boundary(plan, part, t) + count_edge(plan, part);
    if (ADSYNC__GUARD(TAIL)) t += plan->error + part->length;
    return (t + step - 1) / step * step;
}

uint32_t adsync__limit_how(uint32_t align, int64_t length)
{
    if (align == ADSYNC_WINDOW_LEARNED) return LIMITER_FREE;
    if (align == ADSYNC_WINDOW_HELD) return LIMITER_HELD;
    return length < LIMITER_LONG ? LIMITER_RATE : LIMITER_LOT;
}

bool adsync__limit_open_between(const adsync__limit_plan *plan, const adsync__limit_row_window *part, int64_t *from, int64_t *to)
{
    int64_t t = plan->clock.t, edge, boundary;

    *from = t;
    *to = LIMITER_NEVER;
    if (!count_bounded(plan, part)) return true;
    edge = count_edge(plan, part);
    boundary = count_boundary(plan, part, t);
    *to = boundary - edge;
    if (t < boundary - part->length + edge) *from = boundary - part->length + edge;
    if (t >= *to) *from = boundary + edge;
    return *from == t;
}

int64_t adsync__limit_end(const adsync__limit_plan *plan, const adsync__limit_row_window *part, const adsync__limit_lease *lease)
{
    int64_t end = lease->seq ? count_tail(plan, part, lease->until) : lease->until;

    return plan->blind && lease->holder == plan->holder ? end - plan->error + LIMITER_ERROR : end; /* what is on its way still counts */
}

int64_t adsync__limit_counted(const adsync__limit_plan *plan, const adsync__limit_row_window *part)
{
    const adsync__limit_lease *mine = adsync__limit_mine(plan, part);
    int64_t sum = 0;

    for (uint32_t i = 0; i < part->n; i++)
        if (&part->leases[i] != mine && ADSYNC__GUARD(SHARE)) sum += part->leases[i].units;
    return sum;
}

adsync__limit_lease *adsync__limit_mine(const adsync__limit_plan *plan, const adsync__limit_row_window *part)
{
    for (uint32_t i = 0; i < part->n; i++)
        if (part->leases[i].seq && part->leases[i].holder == plan->holder) return &part->leases[i];
    return NULL;
}

void adsync__limit_remove(adsync__limit_row_window *part, adsync__limit_lease *lease)
{
    *lease = part->leases[--part->n];
}

/* Nobody can have leased later than now: what would count longer was written by a clock that has since been set back. */
static void count_clamp(const adsync__limit_plan *plan, const adsync__limit_row_window *part, adsync__limit_lease *lease)
{
    int64_t open = plan->clock.t + LIMITER_LIFE, closed = open + part->length + part->length / 32 + 2 * plan->error + 6 * LIMITER_SECOND;

    if (plan->row->reset > plan->clock.t && closed < plan->row->reset + count_edge(plan, part))
        closed = plan->row->reset + count_edge(plan, part);
    if (plan->blind || !lease->units) return; /* wall clocks differ anyway; a wish counts nothing */
    if (lease->seq && lease->until > open) lease->until = open;
    if (!lease->seq && lease->until > closed) lease->until = closed;
}

static bool count_stays(const adsync__limit_plan *plan, const adsync__limit_row_window *part, const adsync__limit_lease *lease)
{
    if (lease->seq && lease->holder == plan->holder) return true;
    if (lease->seq && !lease->units) return lease->until > plan->clock.t; /* a wish */
    return adsync__limit_end(plan, part, lease) > plan->clock.t;
}

static void count_clean_part(const adsync__limit_plan *plan, adsync__limit_row_window *part)
{
    const adsync__limit_clock *clock = &plan->clock;

    for (uint32_t i = 0; i < part->n;) {
        adsync__limit_lease *lease = &part->leases[i];
        if (plan->row->updated <= clock->leap_before) (void)count_add(&lease->until, clock->leap_by);
        count_clamp(plan, part, lease);
        if (count_stays(plan, part, lease)) i++;
        else adsync__limit_remove(part, lease);
    }
}

void adsync__limit_clean(const adsync__limit_plan *plan)
{
    for (uint32_t i = 0; i < plan->row->n_windows; i++)
        count_clean_part(plan, &plan->row->windows[i]);
}

adsync__limit_row_window *adsync__limit_part_of(adsync__limit_row *row, const adsync__limit_window *w)
{
    adsync__limit_row_window *part;

    for (uint32_t i = 0; i < row->n_windows; i++) {
        part = &row->windows[i];
        if (part->align == w->align && part->length == w->length && part->burst == w->burst) return part;
    }
    if (row->n_windows == ADSYNC__COUNT(row->windows)) return NULL;
    part = &row->windows[row->n_windows++];
    *part = (adsync__limit_row_window){ .align = w->align, .burst = w->burst, .length = w->length };
    return part;
}

static bool count_put(adsync__limit_plan *plan, adsync__limit_row_window *part, uint32_t units, int64_t until)
{
    adsync__limit_lease closed = { .holder = plan->blind ? plan->holder : 0, .until = until, .units = units };

    if (!units || until <= plan->clock.t) return true;
    for (uint32_t i = 0; i < part->n; i++) {
        adsync__limit_lease *lease = &part->leases[i];
        if (lease->seq || lease->until != until || lease->holder != closed.holder || lease->units > INT32_MAX - units) continue;
        lease->units += units;
        return true;
    }
    return adsync__limit_row_add(plan->row, part, &closed);
}

bool adsync__limit_close(adsync__limit_plan *plan, adsync__limit_row_window *part, uint32_t units, int64_t last)
{
    int64_t t = plan->clock.t + (last - plan->clock.m0); /* the latest that it can have been */

    return count_put(plan, part, units, count_tail(plan, part, t < plan->clock.t ? t : plan->clock.t));
}

/* The window that a REMAINING reading is about: the one with boundaries, else the longest. */
const adsync__limit_window *adsync__limit_subject(const adsync__limit_key *key)
{
    const adsync__limit_window *best = NULL;

    for (uint32_t i = 0; i < key->n_windows; i++) {
        const adsync__limit_window *w = &key->windows[i];
        if (w->how != LIMITER_LOT || w->burst) continue;
        if (!best || (best->align != ADSYNC_WINDOW_FIXED && (w->align == ADSYNC_WINDOW_FIXED || w->length > best->length))) best = w;
    }
    return best;
}

/* FIXED: the boundaries are where the last reset was; what was closed counts until there. */
static void count_rephase(adsync__limit_plan *plan, adsync__limit_row_window *part, int64_t until)
{
    if (part->align != ADSYNC_WINDOW_FIXED || plan->row->reset == plan->key->reset) return;
    plan->row->reset = plan->key->reset;
    for (uint32_t i = 0; count_bounded(plan, part) && i < part->n; i++)
        if (!part->leases[i].seq) part->leases[i].until = until;
}

/* What may still be used, by anybody: what is not leased, what this handle leased and did not use, and what others lease (they may not
 * have used any of it). Where the platform leaves less than that, the difference is used up until the reset. */
bool adsync__limit_remaining(adsync__limit_plan *plan)
{
    const adsync__limit_window *w = adsync__limit_subject(plan->key);
    adsync__limit_row_window *part = w ? adsync__limit_part_of(plan->row, w) : NULL;
    const adsync__limit_lease *mine;
    int64_t until, left = plan->key->left, beyond;

    if (!part || left < 0 || plan->key->reset <= plan->clock.t) return true;
    until = plan->key->reset + count_edge(plan, part);
    count_rephase(plan, part, until);
    mine = adsync__limit_mine(plan, part);
    beyond = w->permits - adsync__limit_counted(plan, part) - (mine ? mine->units : 0); /* not leased */
    if (mine && mine->seq == w->seq) left += w->used;
    for (uint32_t i = 0; i < part->n; i++)
        if (part->leases[i].seq) left -= part->leases[i].units;
    if (left > 0) beyond -= left;
    if (beyond <= 0) return true;
    plan->changed = true;
    return count_put(plan, part, beyond > INT32_MAX ? INT32_MAX : (uint32_t)beyond, until);
}
