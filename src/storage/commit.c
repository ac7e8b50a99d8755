/* SPDX-License-Identifier: MIT */
/* Committing through the choke point: check, sort, draw versions, submit; and where the answer was lost, find out.
 *
 * A lost answer: the identical commit is submitted again. If the first one was applied, the second conflicts with the versions that
 * the first one wrote. So a conflict is followed by a look: a row that carries a version drawn here proves that it was applied.
 * If no row does, somebody may have written over it since, or it was never applied: that is E_UNCERTAIN for the caller. */
#include "storage_int.h"

#include <inttypes.h>
#include <stdlib.h>

enum { COMMIT_ATTEMPTS = 5, COMMIT_LOOK = 64 };

typedef struct commit_plan {
    adsync_change *sorted;  /* with versions */
    uint32_t *place;        /* sorted[i] is the place[i]-th change over all units */
    uint8_t *held;          /* per sorted change: 1 does not hold */
    uint32_t n;
} commit_plan;

typedef struct commit_item { /* what qsort moves */
    adsync_change change;
    uint32_t place, n_key;
} commit_item;

static int commit_order(const void *a, const void *b)
{
    const commit_item *x = a, *y = b;

    if (x->change.table != y->change.table) return x->change.table < y->change.table ? -1 : 1;
    return adsync__key_compare(x->n_key, x->change.values, y->change.values);
}

static void commit_plan_free(commit_plan *plan)
{
    adsync__free(plan->sorted);
    adsync__free(plan->place);
    adsync__free(plan->held);
}

static adsync_status commit_plan_alloc(commit_plan *plan, adsync_error **error)
{
    plan->sorted = adsync__alloc_zero(plan->n, sizeof *plan->sorted);
    plan->place = adsync__alloc_zero(plan->n, sizeof *plan->place);
    plan->held = adsync__alloc_zero(plan->n, 1);
    return plan->sorted && plan->place && plan->held ? ADSYNC_OK : adsync__fail_memory(error);
}

/* Takes the units' changes into `items`, each checked against its unit's organisation. */
static adsync_status commit_collect(adsync_storage *storage, const adsync__unit *units, uint32_t n_units, commit_item *items, adsync_error **error)
{
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

static adsync_status commit_sort(commit_plan *plan, commit_item *items, adsync_error **error)
{
    bool sorted = true;

    for (uint32_t i = 1; i < plan->n && sorted; i++)
        sorted = commit_order(&items[i - 1], &items[i]) < 0;
    if (!sorted) qsort(items, plan->n, sizeof *items, commit_order);
    for (uint32_t i = 0; i < plan->n; i++) {
        if (i && !commit_order(&items[i - 1], &items[i]))
            return adsync__fail(error, ADSYNC_E_INVALID, "storage.change", "%s: two changes of one key in one commit",
                                adsync_table_name(items[i].change.table));
        plan->sorted[i] = items[i].change;
        plan->place[i] = items[i].place;
    }
    return ADSYNC_OK;
}

static adsync_status commit_plan_make(adsync_storage *storage, const adsync__unit *units, uint32_t n_units, commit_plan *plan, adsync_error **error)
{
    commit_item *items = NULL;
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
    if (!(items = adsync__alloc(plan->n * sizeof *items))) return adsync__fail_memory(error);
    if ((rc = commit_plan_alloc(plan, error)) < 0) goto done;
    if ((rc = commit_collect(storage, units, n_units, items, error)) < 0) goto done;
    rc = commit_sort(plan, items, error);
done:
    adsync__free(items);
    return rc;
}

static adsync_status commit_submit(adsync_storage *storage, commit_plan *plan, adsync_error **error)
{
    const adsync_storage_ops *ops = &storage->ops;
    adsync_status rc;
    uint32_t conflicts;

    adsync__sink_conflicts(&storage->sink, plan->held, plan->n);
    rc = ops->commit(ops->user, plan->sorted, plan->n, &storage->sink, error);
    rc = adsync__storage_answer(rc, true, error);
    conflicts = storage->sink.n_conflicts;
    if ((rc = adsync__sink_end(&storage->sink, rc, NULL, error)) < 0 && rc != ADSYNC_E_CONFLICT) return rc;
    if (rc == ADSYNC_E_CONFLICT && !conflicts)
        return adsync__fail(error, ADSYNC_E_STORAGE, "storage.answer", "the storage answered a conflict and did not say of which change");
    if (rc == ADSYNC_OK && conflicts)
        return adsync__fail(error, ADSYNC_E_UNCERTAIN, "storage.answer", "the storage answered OK and named changes that do not hold");
    return rc;
}

/* Whether a row carries the version that this put brought. */
static adsync_status commit_look(adsync_storage *storage, const adsync_change *put, bool *ours, adsync_error **error)
{
    uint32_t n_key = adsync_index_width(put->table, 0);
    int64_t org = adsync_table_has_org(put->table) ? put->values[0].i : 0;
    adsync_rows *rows = NULL;
    adsync_status rc = adsync__storage_read(storage, org, put->table, n_key, put->values, 1, &rows, error);

    *ours = rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW && adsync_rows_int(rows, ADSYNC_C_VERSION) == put->version;
    adsync_rows_free(rows);
    return rc;
}

static adsync_status commit_was_applied(adsync_storage *storage, const commit_plan *plan, bool *applied, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;
    uint32_t looks = 0;

    *applied = false;
    for (uint32_t i = 0; i < plan->n && !*applied && looks < COMMIT_LOOK && rc >= 0; i++) {
        if (plan->sorted[i].op != ADSYNC_CHANGE_PUT) continue;
        looks++;
        rc = commit_look(storage, &plan->sorted[i], applied, error);
    }
    return rc;
}

static adsync_status commit_settle(adsync_storage *storage, commit_plan *plan, adsync_error **error)
{
    adsync_status rc;
    bool applied = false;

    for (uint32_t attempt = 1; attempt < COMMIT_ATTEMPTS; attempt++) {
        rc = commit_submit(storage, plan, error);
        if (rc >= 0) return rc;
        if (rc == ADSYNC_E_CONFLICT && commit_was_applied(storage, plan, &applied, error) >= 0) {
            if (applied) return ADSYNC_OK;
            break;
        }
    }
    return adsync__fail(error, ADSYNC_E_UNCERTAIN, "storage.uncertain", "the storage lost the answer of a commit; it may or may not have been applied");
}

static void commit_report(const commit_plan *plan, adsync__unit *units, uint32_t n_units, uint8_t *flags)
{
    for (uint32_t i = 0; i < plan->n; i++) {
        uint32_t place = plan->place[i], u = 0;
        if (flags) flags[place] = plan->held[i];
        for (; u < n_units && place >= units[u].n_changes; u++)
            place -= units[u].n_changes;
        units[u].conflicts += plan->held[i];
    }
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
done:
    if (rc < 0 && error) {
        adsync_error_free(*error);
        *error = words;
        words = NULL;
    }
    adsync_error_free(words);
    commit_plan_free(&plan);
    adsync__storage_leave(storage);
    return rc;
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
    if (conflicts && !(flags = adsync__alloc_zero(n_changes, 1))) return adsync__fail_memory(error);
    rc = adsync__storage_commit(storage, &unit, 1, flags, error);
    if (rc == ADSYNC_E_CONFLICT && conflicts && (made = commit_conflict_rows(flags, n_changes, conflicts, error)) < 0) {
        adsync_rows_free(*conflicts);
        *conflicts = NULL;
        rc = made;
    }
    adsync__free(flags);
    return rc;
}
