/* SPDX-License-Identifier: MIT */
/* An actor's handle on the rows that all share. Each call can fail before it does anything, or do it and lose the answer. In some runs a
 * commit takes the locks of its rows one after the other, as a database does, so that whoever sends them unsorted waits for ever. */
#include "dst.h"

#include "storage/storage_int.h"

#include <stdlib.h>

static adsync_status store_fail(adsync_status status, adsync_error **error)
{
    return adsync_error_set(error, status, "the simulation made this call fail", 4711);
}

/* Around one read or scan. */
static bool store_enters(actor *a, uint32_t *fault)
{
    *fault = FAULT_NONE;
    if (dst_point(a, POINT_STORE_BEFORE)) return false;
    *fault = dst_store_fault(a, false);
    return *fault != FAULT_BEFORE;
}

static adsync_status store_leaves(actor *a, adsync_status rc, uint32_t fault, adsync_error **error)
{
    bool dead = dst_point(a, POINT_STORE_AFTER);

    return rc >= 0 && (dead || fault == FAULT_LOST) ? store_fail(ADSYNC_E_STORAGE, error) : rc;
}

static const adsync_storage_ops *store_inner(const actor *a) { return adsync__storage_ops(a->w->rows); }

static adsync_status store_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n, adsync_sink *sink,
                                adsync_error **error)
{
    actor *a = user;
    const adsync_storage_ops *inner = store_inner(a);
    uint32_t fault;

    dst_note(a->w, a, "reads %s", adsync_table_name(table));
    if (!store_enters(a, &fault)) return store_fail(ADSYNC_E_STORAGE, error);
    return store_leaves(a, inner->read(inner->user, table, columns, keys, n, sink, error), fault, error);
}

static adsync_status store_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    actor *a = user;
    const adsync_storage_ops *inner = store_inner(a);
    uint32_t fault;

    dst_note(a->w, a, "scans %s", adsync_table_name(range->table));
    if (!store_enters(a, &fault)) return store_fail(ADSYNC_E_STORAGE, error);
    return store_leaves(a, inner->scan(inner->user, range, sink, error), fault, error);
}

/* ---- locks */

static uint64_t store_key(const adsync_change *change)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ change->table;

    for (uint32_t i = 0; i < adsync_index_width(change->table, 0); i++) {
        const adsync_value *v = &change->values[i];
        const uint8_t *p = v->kind == ADSYNC_VALUE_INT ? (const uint8_t *)&v->i : (const uint8_t *)v->p;
        uint32_t size = v->kind == ADSYNC_VALUE_INT ? sizeof v->i : v->size;
        for (uint32_t k = 0; k < size; k++) h = (h ^ p[k]) * UINT64_C(1099511628211);
        h = (h ^ 0x1f) * UINT64_C(1099511628211);
    }
    return h ? h : 1;
}

static uint32_t store_holder(const dst *w, uint64_t key)
{
    for (uint32_t i = 0; i < w->n_locks; i++)
        if (w->locks[i].key == key) return w->locks[i].holder;
    return 0;
}

/* Whether whoever holds it waits, by however many steps, for this one. */
static bool store_waits_for(const dst *w, uint32_t holder, const actor *a)
{
    for (uint32_t n = 0; holder && n <= DST_ACTORS; n++) {
        if (holder == a->number + 1) return true;
        holder = w->actors[holder - 1].waits_for;
    }
    return false;
}

static void store_lock(actor *a, const adsync_change *changes, uint32_t n)
{
    dst *w = a->w;
    uint32_t holder;

    a->locking = true;
    for (uint32_t i = 0; i < n && !w->over; i++) {
        uint64_t key = store_key(&changes[i]);
        while ((holder = store_holder(w, key)) && !w->over) {
            a->waits_for = holder;
            if (store_waits_for(w, holder, a))
                truth_broken(w, "two commits wait for each other's rows (part 1, 4: changes are sent sorted)");
            dst_sleep(a, 100);
        }
        a->waits_for = 0;
        if (w->n_locks < DST_LOCKS) w->locks[w->n_locks++] = (dst_lock){ key, a->number + 1 };
        if (draw_once_in(&w->chaos, 4)) dst_sleep(a, 50);
    }
}

void store_unlock(actor *a)
{
    dst *w = a->w;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < w->n_locks; i++)
        if (w->locks[i].holder != a->number + 1) w->locks[kept++] = w->locks[i];
    w->n_locks = kept;
    a->locking = false;
    a->waits_for = 0;
}

/* ---- commits */

static int store_order(const void *a, const void *b)
{
    const adsync_change *x = a, *y = b;

    if (x->table != y->table) return x->table < y->table ? -1 : 1;
    return adsync__key_compare(adsync_index_width(x->table, 0), x->values, y->values);
}

/* The storage behind refuses what comes unsorted; a database would take it, so it is sorted here, after the locks were taken as it came.
 * (Which changes conflict is then told in another order: nobody sends unsorted changes but with that guard off.) NULL: it is sorted. */
static adsync_change *store_sorted(const adsync_change *changes, uint32_t n)
{
    adsync_change *copy;
    bool sorted = true;

    for (uint32_t i = 1; i < n && sorted; i++) sorted = store_order(&changes[i - 1], &changes[i]) < 0;
    if (sorted || !(copy = malloc(n * sizeof *copy))) return NULL;
    memcpy(copy, changes, n * sizeof *copy);
    qsort(copy, n, sizeof *copy, store_order);
    return copy;
}

static adsync_status store_answer(actor *a, adsync_status rc, uint32_t fault, adsync_error **error)
{
    bool dead = dst_point(a, POINT_STORE_AFTER);

    if (dead) return store_fail(ADSYNC_E_STORAGE, error);
    return rc == ADSYNC_OK && fault == FAULT_LOST ? store_fail(ADSYNC_E_UNCERTAIN, error) : rc;
}

static adsync_status store_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    actor *a = user;
    const adsync_storage_ops *inner = store_inner(a);
    adsync_change *sorted;
    uint32_t fault;
    adsync_status rc;

    if (dst_point(a, POINT_STORE_BEFORE)) return store_fail(ADSYNC_E_STORAGE, error);
    fault = dst_store_fault(a, true);
    if (fault == FAULT_BEFORE) return store_fail(ADSYNC_E_STORAGE, error);
    if (fault == FAULT_RETRY) return store_fail(ADSYNC_E_RETRY, error);
    if (fault == FAULT_LOST_BEFORE) return store_fail(ADSYNC_E_UNCERTAIN, error);
    if (a->w->plan.locks) store_lock(a, changes, n);
    if ((sorted = store_sorted(changes, n))) changes = sorted;
    truth_removals(a, changes, n);
    rc = inner->commit(inner->user, changes, n, conflicts, error);
    store_unlock(a);
    dst_note(a->w, a, "commits %u changes from %s on: %s%s", n, adsync_table_name(changes[0].table), adsync_status_name(rc),
             fault ? ", the answer is lost" : "");
    if (rc == ADSYNC_OK) truth_commit(a, changes, n);
    free(sorted);
    return store_answer(a, rc, fault, error);
}

static adsync_status store_now(void *user, int64_t *time_us, adsync_error **error)
{
    const actor *a = user;

    (void)error;
    *time_us = DST_START + a->w->now_us;
    return ADSYNC_OK;
}

static void store_close(void *user) { (void)user; }

adsync_status store_open(actor *a, adsync_storage **out)
{
    const adsync_storage_ops ops = {
        .size = sizeof ops,
        .max_changes = a->w->plan.max_changes,
        .user = a,
        .read = store_read,
        .scan = store_scan,
        .commit = store_commit,
        .close = store_close,
        .now = a->w->plan.clock ? store_now : NULL,
    };
    adsync_status rc = adsync_storage_new(&ops, out, NULL);

    for (uint32_t i = 0; rc >= 0 && i < 4; i++) adsync__storage_effects(*out)->draw[i] = draw_next(&a->draw); /* versions repeat, too */
    return rc;
}
