/* SPDX-License-Identifier: MIT */
/* Taking: all windows of all keys, or none. First everything is asked that needs no storage; only if nothing says "wait" is leased what
 * is missing, key after key; only if then nothing says "wait" is anything spent. */
#include "limiter_int.h"

#include <inttypes.h>

enum { TAKE_SPACING = 4000, TAKE_ROUNDS = 3 };
static const uint32_t TAKE_SEVERAL = UINT32_MAX; /* more than one org was met; an enumerator is an int in C11 */

typedef struct take_order {
    adsync__limit_key *keys[LIMITER_KEYS];
    uint32_t units[LIMITER_KEYS];
    uint32_t n, org, priority;
    int64_t m;
} take_order;

static int64_t take_max(int64_t a, int64_t b) { return a > b ? a : b; }

static adsync_status take_find(adsync_limiter *limiter, const char *const *keys, const uint32_t *units, take_order *order,
                               adsync_error **error)
{
    adsync_status rc;

    for (uint32_t i = 0; i < order->n; i++) {
        adsync__limit_key *key;
        order->units[i] = units ? units[i] : 1;
        if ((rc = adsync__limit_find(limiter, keys[i], &key, error)) < 0) return rc;
        for (uint32_t k = 0; k < i; k++)
            if (order->keys[k] == key)
                return adsync__fail(error, ADSYNC_E_INVALID, "limit.key", "the limit \"%.200s\" is named twice", keys[i]);
        for (uint32_t k = 0; k < key->n_windows; k++)
            if (key->windows[k].how != LIMITER_FREE && order->units[i] > key->windows[k].permits)
                return adsync__fail(error, ADSYNC_E_INVALID, "limit.units",
                                    "%" PRIu32 " units of \"%.200s\" can never be had: a window has %" PRIu32,
                                    order->units[i], keys[i], key->windows[k].permits);
        if (order->units[i] > INT32_MAX) return adsync__fail(error, ADSYNC_E_INVALID, "limit.units", "units are 0 to 2^31-1");
        order->keys[i] = key;
    }
    return ADSYNC_OK;
}

/* The first org behind a key is only remembered; the second one makes the tables that fairness needs. */
static adsync_status take_meet(adsync__limit_key *key, uint32_t org, int64_t m, adsync_error **error)
{
    adsync_status rc;

    if (!key->org) key->org = org;
    if (key->org == org) return ADSYNC_OK;
    for (uint32_t i = 0; i < key->n_windows; i++) {
        adsync__limit_window *w = &key->windows[i];
        if (w->burst || (w->how != LIMITER_LOT && w->how != LIMITER_RATE)) continue;
        if (!w->fair && !(w->fair = adsync__limit_fair_new(key->org, w, m))) return adsync__fail_memory(error);
        if ((rc = adsync__limit_fair_meet(w, org, m, error)) < 0) return rc;
    }
    key->org = TAKE_SEVERAL;
    return ADSYNC_OK;
}

/* A limit without numbers: what is learned is looked up every minute; while the pace is down, requests keep a distance. */
static int64_t take_ask_free(const adsync_limiter *limiter, const adsync__limit_key *key, int64_t m)
{
    int64_t gap;

    if (m > key->looked) return LIMITER_LEASE;
    gap = (int64_t)(LIMITER_PACE - adsync__limit_pace(&key->learned, adsync__limit_time(limiter, m))) * TAKE_SPACING;
    return gap && key->windows[0].last ? take_max(0, key->windows[0].last + gap - m) : LIMITER_GO;
}

static int64_t take_ask_window(adsync__limit_window *w, uint32_t units, const take_order *order)
{
    int64_t more = adsync__limit_window_ask(w, units, order->priority, order->m);

    if (more != LIMITER_GO && order->m <= w->until) w->starved = 1;
    return w->fair ? adsync__limit_fair_ask(w, order->org, units, order->priority, more, order->m) : more;
}

/* GO, LEASE, or a wait. */
static int64_t take_ask_key(const adsync_limiter *limiter, uint32_t i, const take_order *order)
{
    adsync__limit_key *key = order->keys[i];
    uint32_t units = order->units[i];
    int64_t wait = 0, one;
    bool lease = false;

    if (key->blocked > order->m) return key->blocked - order->m;
    if (key->cap_until > order->m && units > key->cap_left) return key->cap_until - order->m;
    for (uint32_t k = 0; k < key->n_windows; k++) {
        adsync__limit_window *w = &key->windows[k];
        one = w->how == LIMITER_FREE ? take_ask_free(limiter, key, order->m) : take_ask_window(w, units, order);
        if (one == LIMITER_LEASE) lease = true;
        wait = take_max(wait, one);
    }
    if (!units && order->m > key->looked) lease = true; /* takes nothing, but a block counts */
    if (wait > 0 || !lease) return wait;
    return key->gate > order->m ? key->gate - order->m : LIMITER_LEASE;
}

/* What was learned since the last write is told as soon as a write is allowed; where that fails, it is told later. */
static void take_tell(adsync_limiter *limiter, take_order *order, adsync__limit_key *key)
{
    if (!key->dirty || order->m < key->gate) return;
    (void)adsync__limit_tell(limiter, key, false, NULL);
    order->m = adsync__limit_now(limiter);
}

/* One round: asks all keys; where none says "wait", leases for those that need it. *more: something was leased, ask again. */
static adsync_status take_round(adsync_limiter *limiter, take_order *order, int64_t *wait, bool *more, adsync_error **error)
{
    bool lease[LIMITER_KEYS] = { false };
    adsync_status rc = ADSYNC_OK;

    *more = false;
    for (uint32_t i = 0; i < order->n; i++) {
        int64_t one = take_ask_key(limiter, i, order);
        lease[i] = one == LIMITER_LEASE;
        *wait = take_max(*wait, one);
    }
    for (uint32_t i = 0; i < order->n && !*wait && rc >= 0; i++) {
        if (!lease[i]) continue;
        rc = adsync__limit_acquire(limiter, order->keys[i], order->units[i], order->priority, error);
        order->m = adsync__limit_now(limiter);
        *more = true;
    }
    return rc;
}

/* Storage takes its time: what was fine before it was asked may be over now, so everything is asked again after it. */
static adsync_status take_wait(adsync_limiter *limiter, take_order *order, int64_t *wait, adsync_error **error)
{
    bool more = true;
    adsync_status rc;

    for (uint32_t i = 0; i < order->n; i++) {
        if ((rc = take_meet(order->keys[i], order->org, order->m, error)) < 0) return rc;
        take_tell(limiter, order, order->keys[i]);
    }
    for (uint32_t round = 0; round < TAKE_ROUNDS && more; round++)
        if ((rc = take_round(limiter, order, wait, &more, error)) < 0) return rc;
    if (more && !*wait) *wait = LIMITER_SECOND / 20;
    return ADSYNC_OK;
}

static bool take_ready(const take_order *order, bool *held)
{
    for (uint32_t i = 0; i < order->n; i++) {
        for (uint32_t k = 0; k < order->keys[i]->n_windows; k++) {
            adsync__limit_window *w = &order->keys[i]->windows[k];
            if (!adsync__limit_window_ready(w)) return false;
            *held |= w->how == LIMITER_HELD && order->units[i];
        }
    }
    return true;
}

static void take_spend(const take_order *order, adsync__limit_ticket *ticket)
{
    ticket->taken = order->m;
    ticket->n = order->n;
    for (uint32_t i = 0; i < order->n; i++) {
        adsync__limit_key *key = order->keys[i];
        uint32_t units = order->units[i];
        ticket->parts[i] = (adsync__limit_part){ key->index, units };
        if (key->cap_until > order->m) key->cap_left -= units;
        for (uint32_t k = 0; k < key->n_windows; k++) {
            if (key->windows[k].fair) adsync__limit_fair_spend(&key->windows[k], order->org, units, order->m);
            adsync__limit_window_spend(&key->windows[k], units, order->m);
        }
    }
}

static adsync_status take_locked(adsync_limiter *limiter, const char *org, const char *const *keys, const uint32_t *units,
                                 take_order *order, int64_t *ticket, int64_t *wait_us, adsync_error **error)
{
    adsync__limit_ticket *made;
    bool held = false;
    int64_t wait = 0;
    adsync_status rc;

    order->m = adsync__limit_now(limiter);
    if ((rc = take_find(limiter, keys, units, order, error)) < 0) return rc;
    if ((rc = adsync__limit_org(limiter, org, &order->org, error)) < 0) return rc;
    if ((rc = take_wait(limiter, order, &wait, error)) < 0) return rc;
    if (wait) {
        *wait_us = wait;
        return ADSYNC_OK;
    }
    if (!take_ready(order, &held) || !(made = adsync__limit_ticket_new(limiter, held))) return adsync__fail_memory(error);
    take_spend(order, made);
    *ticket = limiter->next_ticket++;
    return ADSYNC_OK;
}

adsync_status adsync_limiter_take(adsync_limiter *limiter, const char *org, const char *const *keys, const uint32_t *units, uint32_t n,
                                  uint32_t priority, int64_t *ticket, int64_t *wait_us, adsync_error **error)
{
    take_order order = { .n = n, .priority = priority };
    adsync_status rc;

    if (ticket) *ticket = 0;
    if (wait_us) *wait_us = 0;
    if (!ticket || !wait_us || !keys)
        return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "adsync_limiter_take: keys, ticket or wait_us is NULL");
    if (!n || n > LIMITER_KEYS)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.keys", "adsync_limiter_take: 1 to %d keys at once", LIMITER_KEYS);
    if (priority < ADSYNC_PRIORITY_INTERACTIVE || priority > ADSYNC_PRIORITY_BACKFILL)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.priority", "there is no priority %" PRIu32, priority);
    if ((rc = adsync__limit_enter(limiter, "adsync_limiter_take", error)) < 0) return rc;
    rc = take_locked(limiter, org, keys, units, &order, ticket, wait_us, error);
    adsync__limit_leave(limiter);
    return rc;
}
