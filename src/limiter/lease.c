/* SPDX-License-Identifier: MIT */
/* The exchange with the storage: read the row, look at the clock, plan, commit on the version that was read. In this order: nothing in the
 * row can have been written later than the look, however long the process stood still between the two. */
#include "limiter_int.h"

#include <inttypes.h>

enum { LEASE_ATTEMPTS = 6, LEASE_LEAP = 2000000, LEASE_BACKOFF = 50000 };

int64_t adsync__limit_time(const adsync_limiter *limiter, int64_t m) { return limiter->clock.t + (m - limiter->clock.m0); }

/* A storage clock that went ahead of the monotonic one was set. What was written before has to be seen in the new time. */
static void lease_leap(const adsync_limiter *limiter, adsync__limit_clock *clock)
{
    int64_t gone = clock->m1 - limiter->clock.m0, expected = limiter->clock.t + gone;

    clock->leap_before = limiter->clock.leap_before;
    clock->leap_by = limiter->clock.leap_by;
    if (!limiter->looked || limiter->blind || clock->t - expected <= LEASE_LEAP + gone / 1000) return;
    clock->leap_before = expected;
    clock->leap_by = clock->t - expected;
    adsync__log(&limiter->effects, ADSYNC_LOG_WARN, "limit.clock", "the storage's clock leapt ahead by %" PRId64 " s",
                clock->leap_by / LIMITER_SECOND);
}

adsync_status adsync__limit_look(adsync_limiter *limiter, adsync_error **error)
{
    adsync__limit_clock clock = { .leap_before = -1 };
    adsync_status rc;

    clock.m0 = adsync__limit_now(limiter);
    if (limiter->blind) {
        clock.t = limiter->wall_start + clock.m0;
    } else if ((rc = adsync__storage_now(limiter->storage, &clock.t, error)) < 0) {
        return rc;
    }
    clock.m1 = limiter->blind ? clock.m0 : adsync__limit_now(limiter);
    if (clock.m1 - clock.m0 > LIMITER_ERROR)
        return adsync__fail(error, ADSYNC_E_RETRY, "limit.slow", "the storage took over a second to tell the time");
    if (clock.t < 0 || clock.t > LIMITER_NEVER / 8)
        return adsync__fail(error, ADSYNC_E_STORAGE, "limit.clock", "the storage's clock shows no time of this age");
    lease_leap(limiter, &clock);
    if (!limiter->looked) clock.leap_before = -1;
    limiter->clock = clock;
    limiter->looked = true;
    return ADSYNC_OK;
}

static adsync_status lease_read(adsync_limiter *limiter, const adsync__limit_key *key, adsync__limit_row *row, adsync_error **error)
{
    const adsync_value name[2] = { { ADSYNC_VALUE_TEXT, key->size, 0, adsync__limit_name(key) }, adsync__value_text("") };
    adsync_rows *rows = NULL;
    adsync_status rc;
    const void *p;
    size_t size;

    row->version = ADSYNC_EXPECT_ABSENT;
    if ((rc = adsync_storage_read(limiter->storage, 0, ADSYNC_T_LIMITS, 0, name, 1, &rows, error)) < 0) return rc;
    if (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        row->version = adsync_rows_int(rows, ADSYNC_C_VERSION);
        p = adsync_rows_bytes(rows, ADSYNC_C_STATE, &size);
        rc = adsync__limit_row_read(row, p ? p : "", size, error);
    }
    adsync_rows_free(rows);
    return rc;
}

static adsync_status lease_commit(adsync_limiter *limiter, const adsync__limit_key *key, adsync__limit_row *row, adsync_error **error)
{
    adsync_value values[4] = { { ADSYNC_VALUE_TEXT, key->size, 0, adsync__limit_name(key) }, adsync__value_text("") };
    adsync_change change = { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_LIMITS, .expected = row->version, .values = values, .n_values = 4 };
    adsync__buffer state;
    adsync_status rc;

    row->updated = limiter->clock.t;
    values[2] = adsync__value_int(row->updated);
    adsync__buffer_begin(&state, LIMITER_ROW_BYTES);
    if ((rc = adsync__limit_row_write(row, &state, error)) >= 0) {
        values[3] = adsync__value_bytes(state.p, state.size);
        rc = adsync_storage_commit(limiter->storage, 0, &change, 1, NULL, error);
    }
    adsync__buffer_free(&state);
    return rc;
}

/* Both sides know now what either knew. */
static void lease_merge(adsync_limiter *limiter, adsync__limit_key *key, adsync__limit_row *row)
{
    int64_t t = limiter->clock.t;

    if (row->learned.blocked > t + LIMITER_HORIZON) row->learned.blocked = t + LIMITER_HORIZON; /* written by a clock that was set back */
    adsync__limit_merge(&row->learned, &key->learned, t);
    key->learned = row->learned;
    if (key->left < 0 && row->reset > key->reset) key->reset = row->reset;
    if (key->left > key->cap_left) key->left = key->cap_left; /* what was taken since it was read */
}

static void lease_apply(adsync_limiter *limiter, adsync__limit_key *key, const adsync__limit_plan *plan, bool written)
{
    int64_t m = adsync__limit_now(limiter);

    memcpy(key->windows, plan->next, key->n_windows * sizeof *plan->next);
    key->looked = plan->asked + LIMITER_LIFE;
    key->dirty = 0;
    key->left = -1;
    if (written) key->gate = m + LIMITER_GATE;
    adsync__limit_follow(limiter, key, m);
}

static void lease_doubt(adsync_limiter *limiter, adsync__limit_key *key)
{
    for (uint32_t i = 0; i < key->n_windows; i++) key->windows[i].doubt = 1;
    key->gate = adsync__limit_now(limiter) + LIMITER_GATE;
}

static adsync_status lease_once(adsync_limiter *limiter, adsync__limit_key *key, adsync__limit_plan *plan, adsync_error **error)
{
    adsync__limit_row row = { 0 };
    bool write;
    adsync_status rc;

    plan->asked = adsync__limit_now(limiter);
    if ((rc = lease_read(limiter, key, &row, error)) < 0) goto done;
    if ((rc = adsync__limit_look(limiter, error)) < 0) goto done;
    lease_merge(limiter, key, &row);
    plan->key = key;
    plan->clock = limiter->clock;
    plan->row = &row;
    plan->holder = limiter->holder;
    plan->blind = limiter->blind;
    plan->error = limiter->blind ? LIMITER_BLIND : LIMITER_ERROR;
    plan->pace = adsync__limit_pace(&key->learned, limiter->clock.t);
    plan->changed = false;
    if ((rc = adsync__limit_plan_make(plan, error)) < 0) goto done;
    write = plan->changed || key->dirty;
    if (write) rc = lease_commit(limiter, key, &row, error);
    if (rc == ADSYNC_E_UNCERTAIN) lease_doubt(limiter, key);
    if (rc >= 0) lease_apply(limiter, key, plan, write);
done:
    adsync__limit_row_free(&row);
    return rc;
}

/* When the row should hear of a window again. */
static int64_t lease_due(const adsync__limit_key *key, const adsync__limit_window *w)
{
    if (w->debt || w->doubt) return key->gate;
    if (!w->until || !w->units) return LIMITER_NEVER;
    if (w->how == LIMITER_LOT) return w->used < w->units ? w->until + 1 : LIMITER_NEVER;
    if (w->how == LIMITER_HELD) return w->used < w->units ? key->gate : w->until - LIMITER_LIFE / 2;
    return w->until + 1;
}

void adsync__limit_due(adsync_limiter *limiter, adsync__limit_key *key)
{
    int64_t due = key->dirty ? key->gate : LIMITER_NEVER, at;

    for (uint32_t i = 0; i < key->n_windows; i++) {
        at = lease_due(key, &key->windows[i]);
        if (at < due) due = at;
    }
    if (due == LIMITER_NEVER)
        adsync__heap_take(&limiter->due, &key->timer);
    else
        (void)adsync__heap_set(&limiter->due, &key->timer, due); /* without memory it is only told later */
}

static adsync_status lease_try(adsync_limiter *limiter, adsync__limit_key *key, adsync__limit_plan *plan, adsync_error **error)
{
    adsync_error *words = NULL; /* of a try that a later one made good */
    adsync_status rc = ADSYNC_OK;

    for (uint32_t attempt = 0; attempt < LEASE_ATTEMPTS; attempt++) {
        rc = lease_once(limiter, key, plan, &words);
        if (rc != ADSYNC_E_CONFLICT) break;
    }
    if (rc == ADSYNC_E_CONFLICT || rc == ADSYNC_E_RETRY) {
        key->gate = adsync__limit_now(limiter) + LEASE_BACKOFF + limiter->holder % LEASE_BACKOFF;
        rc = ADSYNC_PENDING; /* somebody else was first, again and again: a little later */
    }
    if (rc == ADSYNC_E_UNCERTAIN) rc = ADSYNC_PENDING;
    if (rc < 0) key->gate = adsync__limit_now(limiter) + LIMITER_GATE; /* a storage that fails is not asked for every request */
    if (rc < 0 && error) {
        adsync_error_free(*error);
        *error = words;
        words = NULL;
    }
    adsync_error_free(words);
    adsync__limit_due(limiter, key);
    return rc < 0 ? rc : ADSYNC_OK;
}

adsync_status adsync__limit_acquire(adsync_limiter *limiter, adsync__limit_key *key, uint32_t units, uint32_t priority,
                                    adsync_error **error)
{
    adsync__limit_plan plan = { .units = units, .priority = priority };

    return lease_try(limiter, key, &plan, error);
}

adsync_status adsync__limit_tell(adsync_limiter *limiter, adsync__limit_key *key, bool release, adsync_error **error)
{
    adsync__limit_plan plan = { .release = release, .priority = ADSYNC_PRIORITY_INTERACTIVE };

    return lease_try(limiter, key, &plan, error);
}
