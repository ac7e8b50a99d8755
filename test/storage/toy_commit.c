/* SPDX-License-Identifier: MIT */
#include "toy_int.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

bool toy_fails(toy *t, uint32_t after)
{
    if (!after && t->fail_in) t->fail_in--;
    if (t->fail_in != 0 || t->fail_after != after + 1) return false;
    t->fail_after = 0;
    return true;
}

/* Whether the fault lets the change pass; `stands`: the row's version, or ADSYNC_EXPECT_ABSENT. */
static bool commit_passes(toy_bug bug, const adsync_change *c, int64_t stands)
{
    bool exact = c->expected > 0, put = c->op == ADSYNC_CHANGE_PUT;

    switch (bug) {
    case TOY_CHECK_IGNORED:
        return c->op == ADSYNC_CHANGE_CHECK;
    case TOY_EXACT_DELETE_IGNORED:
        return c->op == ADSYNC_CHANGE_DELETE;
    case TOY_ABSENT_IGNORED:
        return c->expected == ADSYNC_EXPECT_ABSENT;
    case TOY_EXACT_PUT_IGNORED:
        return put && exact && stands;
    case TOY_EXACT_PUT_CREATES:
        return put && exact && !stands;
    case TOY_AGAIN_SAYS_OK:
        return put && stands == c->version;
    default:
        return false;
    }
}

static bool commit_holds(const toy_handle *h, const adsync_change *c)
{
    const toy *t = h->t;
    const toy_row *read = t->bug == TOY_COMPARES_OWN_READS ? toy_cached(h, c->table, c->values) : NULL;
    const toy_row *old = read ? read : toy_find(t, c->table, c->values);
    int64_t stands = old && !old->gone ? old->version : ADSYNC_EXPECT_ABSENT;

    if (c->op == ADSYNC_CHANGE_DELETE && t->bug == TOY_DELETE_OF_NOTHING_CONFLICTS && !stands) return false;
    if (c->expected == ADSYNC_EXPECT_ANY || commit_passes(t->bug, c, stands)) return true;
    return stands == (t->bug == TOY_VERSION_AS_DOUBLE ? toy_through_double(c->expected) : c->expected);
}

/* Names what does not hold, or some of it. */
static uint32_t commit_compare(const toy_handle *h, const adsync_change *changes, uint32_t n, adsync_sink *conflicts)
{
    const toy *t = h->t;
    uint32_t failed = 0, kind = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (commit_holds(h, &changes[i])) continue;
        if (t->bug == TOY_FIRST_CONFLICT && failed) continue;
        if (t->bug == TOY_ONE_KIND_OF_CONFLICT && kind && kind != changes[i].op) continue;
        kind = changes[i].op;
        failed++;
        if (t->bug == TOY_CONFLICT_OF_NOTHING) continue;
        (void)adsync_sink_conflict(conflicts, t->bug == TOY_STRANGE_CONFLICT ? n + 7 : i);
    }
    return failed;
}

static void commit_add(toy *t, toy_row *row)
{
    toy_row **rows = test_realloc(t->rows, (t->n + 1) * sizeof *rows);

    t->rows = rows;
    t->rows[t->n++] = row;
}

static void commit_replace(toy *t, toy_row *old, toy_row *made)
{
    for (uint32_t i = 0; i < t->n; i++) {
        if (t->rows[i] != old) continue;
        t->rows[i] = made ? made : t->rows[t->n - 1];
        if (!made) t->n--;
        break;
    }
    toy_row_free(old);
}

static void commit_delete(toy *t, toy_row *old)
{
    if (t->bug == TOY_DELETED_COLUMNS_RETURN)
        old->gone = true;
    else if (t->bug == TOY_DELETE_IS_NULLS)
        old->age = t->age;
    else
        commit_replace(t, old, NULL);
}

static void commit_apply(toy *t, const adsync_change *c)
{
    toy_row *old = toy_find(t, c->table, c->values), *made;

    t->age++;
    if (c->op == ADSYNC_CHANGE_CHECK && old && t->bug == TOY_CHECK_WRITES) old->version++;
    if (c->op == ADSYNC_CHANGE_DELETE && old) commit_delete(t, old);
    if (c->op != ADSYNC_CHANGE_PUT) return;
    made = toy_row_make(t, c, old);
    if (old)
        commit_replace(t, old, made);
    else
        commit_add(t, made);
}

/* Rolled back, and yet left behind where scans look. */
static void commit_ghosts(toy *t, const adsync_change *changes, uint32_t n)
{
    for (uint32_t i = 0; i < n && t->bug == TOY_GHOST_ROWS; i++) {
        if (changes[i].op != ADSYNC_CHANGE_PUT || toy_find(t, changes[i].table, changes[i].values)) continue;
        commit_add(t, toy_row_make(t, &changes[i], NULL));
        t->rows[t->n - 1]->ghost = true;
    }
}

static adsync_status commit_refuse(const toy_handle *h, const adsync_change *changes, uint32_t n)
{
    toy *t = h->t;

    for (uint32_t i = 0; i < n && t->bug == TOY_PARTIAL; i++)
        if (commit_holds(h, &changes[i])) commit_apply(t, &changes[i]);
    commit_ghosts(t, changes, n);
    return t->bug == TOY_OK_WITH_CONFLICTS ? ADSYNC_OK : ADSYNC_E_CONFLICT;
}

static adsync_status commit_too_much(const toy_handle *h, const adsync_change *changes, uint32_t n)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t v = 0; v < changes[i].n_values; v++)
            bytes += changes[i].values[v].size;
    if (h->t->bug == TOY_FEWER_CHANGES && n > 99) return ADSYNC_E_TOO_BIG;
    if (h->t->bug == TOY_FEWER_BYTES && bytes > 2000000) return ADSYNC_E_TOO_BIG;
    return h->t->bug == TOY_RETRY_FOR_EVER && n == 50 && h->t->last_writer && h->t->last_writer != h ? ADSYNC_E_RETRY : ADSYNC_OK;
}

static void commit_apply_all(toy *t, const adsync_change *changes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (t->bug == TOY_ONE_TABLE_A_COMMIT && changes[i].table != changes[0].table) continue;
        if (t->bug == TOY_DELETE_HIDES_PUT && n > 2 && i && changes[i].table == ADSYNC_T_METRICS && changes[i].op == ADSYNC_CHANGE_PUT &&
            changes[i - 1].op == ADSYNC_CHANGE_DELETE)
            continue;
        commit_apply(t, &changes[i]);
    }
}

static adsync_status commit_before(toy *t, const adsync_change *changes, uint32_t n, adsync_error **error)
{
    if (t->bug == TOY_FAILED_BUT_APPLIED) commit_apply_all(t, changes, n);
    return adsync_error_set(error, ADSYNC_E_STORAGE, "the commit was made to fail", 0);
}

adsync_status toy_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    toy_handle *h = user;
    toy *t = h->t;
    adsync_status rc = commit_too_much(h, changes, n);

    if (toy_fails(t, 0)) return commit_before(t, changes, n, error);
    if (rc < 0) return rc;
    if (commit_compare(h, changes, n, conflicts)) return commit_refuse(h, changes, n);
    if (toy_fails(t, 1)) {
        if (t->bug == TOY_NOT_APPLIED_SAYS_OK) return ADSYNC_OK;
        commit_apply_all(t, changes, n);
        return t->bug == TOY_APPLIED_SAYS_FAILED ? ADSYNC_E_STORAGE : ADSYNC_E_UNCERTAIN;
    }
    commit_apply_all(t, changes, n);
    toy_forget(h);
    t->last_writer = h;
    return ADSYNC_OK;
}
