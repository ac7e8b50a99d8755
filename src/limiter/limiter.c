/* SPDX-License-Identifier: MIT */
#include "limiter_int.h"

#include <inttypes.h>

typedef struct limiter_org {
    uint32_t number; /* from 1 */
    uint32_t size;
    char name[];
} limiter_org;

enum { LIMITER_TEND = 64, LIMITER_RETURNED = 256 };

/* ---- what every call does */

int64_t adsync__limit_now(adsync_limiter *limiter)
{
    int64_t m = (int64_t)((uint64_t)adsync__monotonic_us(&limiter->effects) - (uint64_t)limiter->mono_start) + LIMITER_SECOND;

    if (m > limiter->mono_last && m < LIMITER_NEVER >> 12) limiter->mono_last = m; /* a clock that goes back stands still for us */
    return limiter->mono_last;
}

adsync_status adsync__limit_enter(adsync_limiter *limiter, const char *what, adsync_error **error)
{
    if (!limiter) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "%s: limiter is NULL", what);
    return adsync__guard_enter(&limiter->guard, what, error);
}

static void limiter_key_free(adsync__limit_key *key)
{
    for (uint32_t i = 0; i < key->n_windows; i++) {
        adsync__free(key->windows[i].ring);
        adsync__limit_fair_free(key->windows[i].fair);
    }
    adsync__free(key);
}

static void limiter_free_tickets(adsync_limiter *limiter)
{
    adsync__limit_ticket *ticket;

    for (uint32_t at = 0; (ticket = adsync__map_next(&limiter->held, &at)) != NULL;)
        adsync__free(ticket);
    adsync__map_free(&limiter->held);
    adsync__free(limiter->tickets);
}

static void limiter_destroy(adsync_limiter *limiter)
{
    limiter_org *org;

    for (uint32_t i = 0; i < limiter->n_keys; i++)
        limiter_key_free(limiter->keys[i]);
    for (uint32_t at = 0; (org = adsync__map_next(&limiter->orgs, &at)) != NULL;)
        adsync__free(org);
    limiter_free_tickets(limiter);
    adsync__map_free(&limiter->orgs);
    adsync__map_free(&limiter->names);
    adsync__heap_free(&limiter->due);
    adsync__free(limiter->keys);
    adsync_storage_free(limiter->storage);
    adsync__free(limiter);
}

void adsync__limit_leave(adsync_limiter *limiter)
{
    if (adsync__guard_leave(&limiter->guard)) limiter_destroy(limiter);
}

adsync_status adsync__limit_find(adsync_limiter *limiter, const char *key, adsync__limit_key **out, adsync_error **error)
{
    if (!key) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "a limit's key is NULL");
    if ((*out = adsync__map_find(&limiter->names, key, strlen(key))) != NULL) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "limit.key",
                        "the limit \"%.200s\" has no window: give it one with adsync_limiter_window", key);
}

adsync_status adsync__limit_org(adsync_limiter *limiter, const char *name, uint32_t *number, adsync_error **error)
{
    size_t size = name ? strlen(name) : 0;
    limiter_org *org;

    *number = 0;
    if (!size || size > LIMITER_ORG_BYTES)
        return adsync__fail(error, ADSYNC_E_INVALID, "org.name", "an organisation's name has 1 to %d bytes", LIMITER_ORG_BYTES);
    if (!(org = adsync__map_find(&limiter->orgs, name, size))) {
        if (!(org = adsync__alloc(sizeof *org + size + 1))) return adsync__fail_memory(error);
        *org = (limiter_org){ limiter->n_orgs + 1, (uint32_t)size };
        memcpy(org->name, name, size + 1);
        if (!adsync__map_put(&limiter->orgs, org->name, size, org)) {
            adsync__free(org);
            return adsync__fail_memory(error);
        }
        limiter->n_orgs++;
    }
    *number = org->number;
    return ADSYNC_OK;
}

/* ---- opening */

static adsync_status limiter_start(adsync_limiter *limiter, const adsync_host *host, adsync_error **error)
{
    uint64_t seeds[2];
    adsync_status rc;

    if ((rc = adsync__effects_begin(&limiter->effects, host, error)) < 0) return rc;
    if ((rc = adsync__random(&limiter->effects, seeds, sizeof seeds, error)) < 0) return rc;
    adsync__map_begin(&limiter->names, seeds[0]);
    adsync__map_begin(&limiter->orgs, seeds[1]);
    adsync__map_begin(&limiter->held, seeds[0] ^ seeds[1]);
    limiter->holder = adsync__version_draw(&limiter->effects);
    limiter->mono_start = adsync__monotonic_us(&limiter->effects);
    limiter->wall_start = adsync__now_us(&limiter->effects);
    if (limiter->wall_start < 0 || limiter->wall_start > LIMITER_NEVER / 8)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.clock", "adsync_host.now_us shows no time of this age");
    limiter->next_ticket = 1;
    return ADSYNC_OK;
}

adsync_status adsync_limiter_open(adsync_storage *storage, const adsync_host *host, adsync_limiter **out, adsync_error **error)
{
    adsync_limiter *limiter;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if (!storage) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "adsync_limiter_open: storage is NULL");
    if (!(limiter = adsync__alloc_zero(1, sizeof *limiter))) return adsync__fail_memory(error);
    if ((rc = limiter_start(limiter, host, error)) < 0) {
        adsync__free(limiter);
        return rc;
    }
    adsync__guard_begin(&limiter->guard);
    adsync__storage_keep(storage);
    limiter->storage = storage;
    limiter->blind = !adsync__storage_ops(storage)->now;
    *out = limiter;
    return ADSYNC_OK;
}

/* ---- windows */

static adsync_status window_refuse(adsync_error **error, const char *what)
{
    return adsync__fail(error, ADSYNC_E_INVALID, "limit.window", "adsync_window: %s", what);
}

static adsync_status window_check_length(const adsync_window *w, adsync_error **error)
{
    if (w->align == ADSYNC_WINDOW_UTC_DAY) {
        if (w->length_us && w->length_us != LIMITER_DAY) return window_refuse(error, "a UTC_DAY is a day long: length_us is 0 or a day");
        return ADSYNC_OK;
    }
    if (w->length_us < 1000 || w->length_us > LIMITER_LENGTH) return window_refuse(error, "length_us is 1 ms to 366 days");
    return ADSYNC_OK;
}

static adsync_status window_check(const adsync_window *w, adsync_error **error)
{
    adsync_status rc;

    if (w->align < ADSYNC_WINDOW_ROLL || w->align > ADSYNC_WINDOW_LEARNED)
        return window_refuse(error, "align is none of ADSYNC_WINDOW_*");
    if (w->align == ADSYNC_WINDOW_LEARNED) {
        if (w->permits || w->length_us || w->burst) return window_refuse(error, "a LEARNED window has no numbers");
        return ADSYNC_OK;
    }
    if (!w->permits || w->permits > INT32_MAX) return window_refuse(error, "permits are 1 to 2^31-1");
    if ((rc = window_check_length(w, error)) < 0) return rc;
    if (w->burst > w->permits || (w->burst && w->align == ADSYNC_WINDOW_HELD))
        return window_refuse(error, "burst is at most permits, and 0 for HELD");
    return ADSYNC_OK;
}

static void window_define(adsync__limit_window *out, const adsync_window *w, bool burst)
{
    *out = (adsync__limit_window){ .align = (uint8_t)w->align, .length = w->length_us, .permits = w->permits };
    if (w->align == ADSYNC_WINDOW_UTC_DAY) out->length = LIMITER_DAY;
    if (burst) { /* at most `burst` in as long as they would take evenly */
        __extension__ __int128 length = (__int128)out->length * w->burst;
        out->length = (int64_t)((length + w->permits - 1) / w->permits);
        if (out->length < 1000) out->length = 1000;
        out->permits = w->burst;
        out->burst = 1;
        out->align = ADSYNC_WINDOW_ROLL;
    }
    out->how = (uint8_t)adsync__limit_how(out->align, out->length);
}

static bool window_same(const adsync__limit_window *a, const adsync__limit_window *b)
{
    return a->align == b->align && a->length == b->length && a->burst == b->burst;
}

/* Another key with these windows, which keep what the old ones had leased. */
static adsync__limit_key *key_make(const adsync__limit_key *old, const char *name, uint32_t size, const adsync__limit_window *windows,
                                   uint32_t n)
{
    adsync__limit_key *key = adsync__alloc_zero(1, sizeof *key + n * sizeof *windows + size + 1);

    if (!key) return NULL;
    if (old) *key = *old;
    else key->left = -1;
    key->timer = (adsync__timer){ 0 };
    key->size = (uint16_t)size;
    key->n_windows = (uint8_t)n;
    memcpy(key->windows, windows, n * sizeof *windows);
    memcpy(key->windows + n, name, size);
    return key;
}

static bool key_room(adsync_limiter *limiter)
{
    uint32_t room = limiter->keys_room ? limiter->keys_room * 2 : 16;
    adsync__limit_key **grown;

    if (limiter->n_keys < limiter->keys_room) return true;
    if (room > UINT32_MAX / 4 || !(grown = adsync__realloc(limiter->keys, room, sizeof(adsync__limit_key *)))) return false;
    limiter->keys = grown;
    limiter->keys_room = room;
    return true;
}

static adsync_status key_place(adsync_limiter *limiter, adsync__limit_key *old, const char *name, const adsync__limit_window *windows,
                               uint32_t n, adsync_error **error)
{
    adsync__limit_key *key = NULL;
    uint32_t size = (uint32_t)strlen(name);

    if (!key_room(limiter) || !(key = key_make(old, name, size, windows, n))) return adsync__fail_memory(error);
    if (!adsync__map_put(&limiter->names, adsync__limit_name(key), size, key)) {
        adsync__free(key);
        return adsync__fail_memory(error);
    }
    if (!old) key->index = limiter->n_keys++;
    if (old) adsync__heap_take(&limiter->due, &old->timer);
    adsync__free(old);
    limiter->keys[key->index] = key;
    adsync__limit_due(limiter, key);
    return ADSYNC_OK;
}

/* Puts a window among the n there are, or in the place of its like; false: no room. */
static bool window_join(adsync__limit_window *windows, uint32_t *n, const adsync__limit_window *add)
{
    for (uint32_t i = 0; i < *n; i++) {
        if (!window_same(&windows[i], add)) continue;
        if (add->permits < windows[i].permits) windows[i].shut = 1; /* the next lease is smaller */
        windows[i].permits = add->permits;
        return true;
    }
    if (*n == LIMITER_WINDOWS) return false;
    windows[(*n)++] = *add;
    return true;
}

static adsync_status window_locked(adsync_limiter *limiter, const char *name, const adsync_window *window, adsync_error **error)
{
    adsync__limit_key *old = adsync__map_find(&limiter->names, name, strlen(name));
    adsync__limit_window windows[LIMITER_WINDOWS + 1], add;
    uint32_t n = old ? old->n_windows : 0;
    bool fits = true;

    if (old) memcpy(windows, old->windows, n * sizeof *windows);
    if (n && (windows[0].how == LIMITER_FREE) != (window->align == ADSYNC_WINDOW_LEARNED))
        return window_refuse(error, "a LEARNED window stands alone at its key");
    window_define(&add, window, false);
    fits = window_join(windows, &n, &add);
    if (window->burst) {
        window_define(&add, window, true);
        fits = fits && window_join(windows, &n, &add);
    }
    if (!fits) return adsync__fail(error, ADSYNC_E_TOO_BIG, "limit.windows", "a limit has at most %d windows", LIMITER_WINDOWS);
    return key_place(limiter, old, name, windows, n, error);
}

adsync_status adsync_limiter_window(adsync_limiter *limiter, const char *key, const adsync_window *window, adsync_error **error)
{
    size_t size = key ? strlen(key) : 0;
    adsync_window given = { 0 };
    adsync_status rc;

    if (!key) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "a limit's key is NULL");
    if (!size || size > LIMITER_KEY_BYTES || !adsync__utf8_valid(key, size))
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.key", "a limit's key has 1 to %d bytes of UTF-8", LIMITER_KEY_BYTES);
    if ((rc = adsync__check_struct(window, sizeof given, sizeof given, "adsync_window", error)) < 0) return rc;
    memcpy(&given, window, sizeof given);
    if ((rc = window_check(&given, error)) < 0) return rc;
    if ((rc = adsync__limit_enter(limiter, "adsync_limiter_window", error)) < 0) return rc;
    rc = window_locked(limiter, key, &given, error);
    adsync__limit_leave(limiter);
    return rc;
}

/* ---- tending */

static adsync_status tend_due(adsync_limiter *limiter, adsync_error **error)
{
    int64_t m = adsync__limit_now(limiter);
    adsync_status rc = ADSYNC_OK;

    for (uint32_t i = 0; i < LIMITER_TEND && rc >= 0; i++) {
        adsync__limit_key *key = (adsync__limit_key *)adsync__heap_first(&limiter->due); /* the timer is its first member */
        if (!key || key->timer.due > m) break;
        if (key->gate > m) (void)adsync__heap_set(&limiter->due, &key->timer, key->gate);
        else rc = adsync__limit_tell(limiter, key, false, error);
    }
    return rc;
}

adsync_status adsync_limiter_tend(adsync_limiter *limiter, int64_t *next_us, adsync_error **error)
{
    const adsync__timer *first;
    int64_t wait;
    adsync_status rc;

    if (next_us) *next_us = 0;
    if ((rc = adsync__limit_enter(limiter, "adsync_limiter_tend", error)) < 0) return rc;
    rc = tend_due(limiter, error);
    first = adsync__heap_first(&limiter->due);
    wait = first ? first->due - adsync__limit_now(limiter) : LIMITER_LIFE;
    if (wait > LIMITER_LIFE) wait = LIMITER_LIFE;
    if (next_us && rc >= 0) *next_us = wait > 0 ? wait : 0;
    adsync__limit_leave(limiter);
    return rc;
}

/* ---- the end */

void adsync_limiter_free(adsync_limiter *limiter)
{
    adsync__timer *first;

    if (!limiter) return;
    if (!limiter->guard.entered && limiter->guard.refs == 1) {
        limiter->guard.entered = 1; /* the storage's callbacks must find it busy */
        for (uint32_t i = 0; i < LIMITER_RETURNED && (first = adsync__heap_first(&limiter->due)) != NULL; i++) {
            adsync__limit_key *key = (adsync__limit_key *)first;
            /* also within a second of the last write: a program that runs for a moment must not take a lot with it */
            if (adsync__limit_tell(limiter, key, true, NULL) < 0) break; /* what is not given back counts until it is over */
            adsync__heap_take(&limiter->due, &key->timer);
        }
        limiter->guard.entered = 0;
    }
    if (adsync__guard_drop(&limiter->guard)) limiter_destroy(limiter);
}
