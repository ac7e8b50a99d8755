/* SPDX-License-Identifier: MIT */
/* Committing through the choke point: check, sort, draw versions, submit; and where the answer was lost, find out.
 *
 * A lost answer: first a look. A row that carries a version of ours proves that the commit was applied. If none does, the identical
 * commit is submitted again, but only where it cannot hold twice: it writes over, or deletes, a row at one exact version, which is gone
 * for good after the first time. A put that expects no row may hold again once others took the row away, and one that expects anything
 * always does; both would bring back what others have dealt with. If the first one was applied meanwhile, the second conflicts with what
 * the first one wrote, so a conflict is followed by a look as well. Where it still finds nothing, somebody wrote over it since, or it was
 * never applied and somebody else was first: that is E_UNCERTAIN for the caller. */
#include "../base/switch.h"
#include "storage_int.h"

#include <inttypes.h>
#include <stdlib.h>

enum { COMMIT_ATTEMPTS = 5, COMMIT_LOOK = 32 };

typedef struct commit_item { /* what qsort moves */
    adsync_change change;
    uint32_t place, n_key;
} commit_item;

typedef struct commit_plan {
    commit_item *items;    /* the one piece of memory that all the others lie in too */
    adsync_change *sorted; /* with versions */
    uint32_t *place;       /* sorted[i] is the place[i]-th change over all units */
    uint8_t *held;         /* per sorted change: 1 does not hold */
    uint8_t *flags;        /* the same in the order of the units */
    uint32_t n;
} commit_plan;

static int commit_order(const void *a, const void *b)
{
    const commit_item *x = a, *y = b;

    if (x->change.table != y->change.table) return x->change.table < y->change.table ? -1 : 1;
    return adsync__key_compare(x->n_key, x->change.values, y->change.values);
}

static adsync_status commit_plan_alloc(commit_plan *plan, adsync_error **error)
{
    size_t n = plan->n;

    plan->items = adsync__alloc(n * (sizeof *plan->items + sizeof *plan->sorted + sizeof *plan->place + 2));
    if (!plan->items) return adsync__fail_memory(error);
    plan->sorted = (adsync_change *)(plan->items + n);
    plan->place = (uint32_t *)(plan->sorted + n);
    plan->held = (uint8_t *)(plan->place + n);
    plan->flags = plan->held + n;
    return ADSYNC_OK;
}

/* Takes the units' changes into `items`, each checked against its unit's organisation. */
static adsync_status commit_collect(adsync_storage *storage, const adsync__unit *units, uint32_t n_units, commit_plan *plan,
                                    adsync_error **error)
{
    commit_item *items = plan->items;
    uint32_t n = 0;
    uint64_t bytes = 0;
    adsync_status rc;

    for (uint32_t u = 0; u < n_units; u++) {
        for (uint32_t i = 0; i < units[u].n_changes; i++, n++) {
            const adsync_change *c = &units[u].changes[i];
            if ((rc = adsync__choke_change(units[u].org, c, error)) < 0) return rc;
            for (uint32_t k = 0; k < c->n_values; k++)
                bytes += adsync__value_weight(&c->values[k]);
            items[n] = (commit_item){ *c, n, adsync_index_width(c->table, 0) };
            if (c->op == ADSYNC_CHANGE_PUT && !c->version) items[n].change.version = adsync__version_draw(&storage->effects);
        }
    }
    if (bytes <= storage->ops.max_bytes) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_TOO_BIG, "storage.too_big", "a commit of %" PRIu64 " bytes, the storage takes %" PRIu32, bytes,
                        storage->ops.max_bytes);
}

static adsync_status commit_sort(commit_plan *plan, adsync_error **error)
{
    commit_item *items = plan->items;
    bool sorted = true;

    for (uint32_t i = 1; i < plan->n && sorted; i++)
        sorted = commit_order(&items[i - 1], &items[i]) < 0;
    if (!sorted && ADSYNC__GUARD(SORTED)) qsort(items, plan->n, sizeof *items, commit_order);
    for (uint32_t i = 0; i < plan->n; i++) {
        if (i && !commit_order(&items[i - 1], &items[i]))
            return adsync__fail(error, ADSYNC_E_INVALID, "storage.change", "%s: two changes of one key in one commit",
                                adsync_table_name(items[i].change.table));
        plan->sorted[i] = items[i].change;
        plan->place[i] = items[i].place;
    }
    return ADSYNC_OK;
}

static adsync_status commit_plan_make(adsync_storage *storage, const adsync__unit *units, uint32_t n_units, commit_plan *plan,
                                      adsync_error **error)
{
    uint64_t n = 0;
    adsync_status rc;

    for (uint32_t u = 0; u < n_units; u++) {
        if (!units[u].changes && units[u].n_changes) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "changes is NULL");
        n += units[u].n_changes;
    }
    if (!n) return adsync__fail(error, ADSYNC_E_INVALID, "storage.change", "a commit of nothing");
    if (n > storage->ops.max_changes)
        return adsync__fail(error, ADSYNC_E_TOO_BIG, "storage.too_big", "a commit of %" PRIu64 " changes, the storage takes %" PRIu32, n,
                            storage->ops.max_changes);
    plan->n = (uint32_t)n;
    if ((rc = commit_plan_alloc(plan, error)) < 0) return rc;
    if ((rc = commit_collect(storage, units, n_units, plan, error)) < 0) return rc;
    return commit_sort(plan, error);
}

/* The storage named a change that is not there. Where it also says that nothing was applied, that much is believed. */
static adsync_status commit_misnamed(adsync_status answered, adsync_error **error)
{
    bool maybe_applied = answered == ADSYNC_OK || answered == ADSYNC_E_UNCERTAIN;

    return adsync_error_set(error, maybe_applied ? ADSYNC_E_UNCERTAIN : ADSYNC_E_STORAGE, adsync_error_message(*error), 0);
}

static adsync_status commit_submit(adsync_storage *storage, commit_plan *plan, adsync_error **error)
{
    const adsync_storage_ops *ops = &storage->ops;
    adsync_status rc;
    uint32_t conflicts;
    bool refused;

    adsync__sink_conflicts(&storage->sink, plan->held, plan->n);
    rc = adsync__storage_answer(ops->commit(ops->user, plan->sorted, plan->n, &storage->sink, error), true, error);
    conflicts = storage->sink.n_conflicts;
    refused = storage->sink.failed < 0;
    (void)adsync__sink_end(&storage->sink, rc, NULL, error);
    if (refused) return commit_misnamed(rc, error);
    if (rc == ADSYNC_E_CONFLICT && !conflicts)
        return adsync__fail(error, ADSYNC_E_STORAGE, "storage.answer", "the storage answered a conflict and did not say of which change");
    if (rc == ADSYNC_OK && conflicts)
        return adsync__fail(error, ADSYNC_E_UNCERTAIN, "storage.answer", "the storage answered OK and named changes that do not hold");
    return rc;
}

static int64_t commit_org(const adsync_change *change) { return adsync_table_has_org(change->table) ? change->values[0].i : 0; }

/* How many puts of the same table and organisation stand from here on, at most COMMIT_LOOK. Their keys go to `keys`. */
static uint32_t commit_run(const commit_plan *plan, uint32_t from, adsync_value *keys)
{
    const adsync_change *first = &plan->sorted[from];
    uint32_t n_key = adsync_index_width(first->table, 0), n = 0;

    for (; n < COMMIT_LOOK && from + n < plan->n; n++) {
        const adsync_change *c = &plan->sorted[from + n];
        if (c->op != ADSYNC_CHANGE_PUT || c->table != first->table || commit_org(c) != commit_org(first)) break;
        memcpy(keys + (size_t)n * n_key, c->values, n_key * sizeof *keys);
    }
    return n;
}

/* Whether one of these puts is in the storage, with the version that it brought. */
static adsync_status commit_look(adsync_storage *storage, const adsync_change *puts, uint32_t n, const adsync_value *keys, bool *ours,
                                 adsync_error **error)
{
    uint32_t n_key = adsync_index_width(puts->table, 0);
    adsync_rows *rows = NULL;
    adsync_status rc = adsync__storage_read(storage, commit_org(puts), puts->table, n_key, keys, n, &rows, error);

    for (size_t r = 0; rc >= 0 && r < adsync_rows_count(rows) && !*ours; r++) {
        const adsync_value *row = adsync__rows_values(rows, r);
        for (uint32_t i = 0; i < n && !*ours; i++)
            *ours = row[n_key].i == puts[i].version && !adsync__key_compare(n_key, row, puts[i].values);
    }
    adsync_rows_free(rows);
    return rc;
}

static adsync_status commit_was_applied(adsync_storage *storage, const commit_plan *plan, bool *applied, adsync_error **error)
{
    adsync_value keys[COMMIT_LOOK * ADSYNC__KEY_MAX];
    adsync_status rc = ADSYNC_OK;

    *applied = false;
    for (uint32_t i = 0, n; i < plan->n && !*applied && rc >= 0; i += n ? n : 1)
        if ((n = commit_run(plan, i, keys))) rc = commit_look(storage, &plan->sorted[i], n, keys, applied, error);
    return rc;
}

static bool commit_holds_once(const commit_plan *plan)
{
    for (uint32_t i = 0; i < plan->n; i++)
        if (plan->sorted[i].op != ADSYNC_CHANGE_CHECK && plan->sorted[i].expected > ADSYNC_EXPECT_ABSENT) return true;
    return false;
}

static adsync_status commit_settle(adsync_storage *storage, commit_plan *plan, adsync_error **error)
{
    const bool once = commit_holds_once(plan);
    adsync_status rc = ADSYNC_OK;
    bool applied = false;

    for (uint32_t attempt = 1; attempt < COMMIT_ATTEMPTS; attempt++) {
        if (commit_was_applied(storage, plan, &applied, error) < 0) continue; /* not submitted blindly */
        if (applied) return ADSYNC_OK;
        if (rc == ADSYNC_E_CONFLICT || !once) break;
        if ((rc = commit_submit(storage, plan, error)) >= 0) return rc;
    }
    return adsync__fail(error, ADSYNC_E_UNCERTAIN, "storage.uncertain",
                        "the storage lost the answer of a commit; it may or may not have been applied");
}

static void commit_report(const commit_plan *plan, adsync__unit *units, uint32_t n_units, uint8_t *flags)
{
    const uint8_t *flag = plan->flags;

    for (uint32_t i = 0; i < plan->n; i++)
        plan->flags[plan->place[i]] = plan->held[i];
    for (uint32_t u = 0; u < n_units; u++)
        for (uint32_t i = 0; i < units[u].n_changes; i++)
            units[u].conflicts += *flag++;
    if (flags) memcpy(flags, plan->flags, plan->n);
}

adsync_status adsync__storage_commit(adsync_storage *storage, adsync__unit *units, uint32_t n_units, uint8_t *flags, adsync_error **error)
{
    adsync_error *words = NULL; /* an error that a later try made good must not reach the caller */
    commit_plan plan = { 0 };
    adsync_status rc;

    for (uint32_t u = 0; u < n_units; u++)
        units[u].conflicts = 0;
    if ((rc = adsync__storage_enter(storage, "adsync_storage_commit", error)) < 0) return rc;
    if ((rc = commit_plan_make(storage, units, n_units, &plan, &words)) < 0) goto done;
    rc = commit_submit(storage, &plan, &words);
    if (rc == ADSYNC_E_UNCERTAIN) rc = commit_settle(storage, &plan, &words);
    if (rc == ADSYNC_E_CONFLICT) commit_report(&plan, units, n_units, flags);
    adsync__ahead_written(storage, plan.sorted, plan.n, rc);
done:
    adsync__free(plan.items);
    adsync__storage_leave(storage);
    return adsync__fail_with(error, rc, words);
}

static adsync_status commit_conflict_rows(const uint8_t *flags, uint32_t n, adsync_rows **out, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_CHANGE };
    adsync_status rc = adsync__rows_new(columns, 1, out, error);
    adsync_value value;

    for (uint32_t i = 0; i < n && rc >= 0; i++) {
        value = adsync__value_int(i);
        if (flags[i]) rc = adsync__rows_add(*out, &value, error);
    }
    return rc;
}

adsync_status adsync_storage_commit(adsync_storage *storage, int64_t org, const adsync_change *changes, uint32_t n_changes,
                                    adsync_rows **conflicts, adsync_error **error)
{
    adsync__unit unit = { .org = org, .changes = changes, .n_changes = n_changes };
    uint8_t *flags = NULL;
    adsync_status rc, made;

    if (conflicts) *conflicts = NULL;
    if (!storage) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "adsync_storage_commit: storage is NULL");
    if (conflicts && n_changes <= storage->ops.max_changes && !(flags = adsync__alloc_zero(n_changes, 1)))
        return adsync__fail_memory(error);
    rc = adsync__storage_commit(storage, &unit, 1, flags, error);
    if (rc == ADSYNC_E_CONFLICT && conflicts && (made = commit_conflict_rows(flags, n_changes, conflicts, error)) < 0) {
        adsync_rows_free(*conflicts);
        *conflicts = NULL;
        rc = made;
    }
    adsync__free(flags);
    return rc;
}
