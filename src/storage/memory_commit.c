/* SPDX-License-Identifier: MIT */
/* A commit in three passes: compare all versions and name every change that does not hold; make everything that needs memory; then,
 * where nothing can fail any more, put it in its place. */
#include "memory_int.h"

#include <inttypes.h>

typedef struct commit_move { /* of one row in one index */
    bool moves;
    adsync__tree_node *fresh; /* where it goes; NULL: out of the index */
} commit_move;

typedef struct commit_step {
    const adsync_change *change;
    adsync__memory_table *table;
    adsync__memory_row *row;  /* that stands; NULL: none */
    adsync__memory_row *made; /* put where none stands, without its nodes */
    uint8_t *cells;           /* put: what it holds then */
    commit_move *moves;       /* put: one per index */
} commit_step;

static bool commit_holds(const commit_step *step)
{
    int64_t expected = step->change->expected;

    if (expected == ADSYNC_EXPECT_ANY) return true;
    if (expected == ADSYNC_EXPECT_ABSENT) return !step->row;
    return step->row && step->row->version == expected;
}

static adsync_status commit_order(const adsync_change *before, const adsync_change *change, uint32_t n_key, adsync_error **error)
{
    if (before->table < change->table) return ADSYNC_OK;
    if (before->table == change->table && adsync__key_compare(n_key, before->values, change->values) < 0) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_STORAGE, "storage.order", "the changes of a commit are not sorted by table and key");
}

static adsync_status commit_compare(adsync__memory *memory, commit_step *steps, const adsync_change *changes, uint32_t n,
                                    adsync_sink *conflicts, adsync_error **error)
{
    bool holds = true;
    adsync_status rc;

    for (uint32_t i = 0; i < n; i++) {
        commit_step *step = &steps[i];
        step->change = &changes[i];
        step->table = &memory->tables[changes[i].table - 1];
        if (i && (rc = commit_order(&changes[i - 1], &changes[i], step->table->n_key, error)) < 0) return rc;
        if ((rc = adsync__memory_prefix(&memory->lower, changes[i].values, step->table->n_key, error)) < 0) return rc;
        step->row = adsync__memory_find(step->table, &memory->lower);
        if (commit_holds(step)) continue;
        holds = false;
        if ((rc = adsync_sink_conflict(conflicts, i)) < 0) return rc;
    }
    return holds ? ADSYNC_OK : ADSYNC_E_CONFLICT;
}

static adsync_status commit_make_moves(adsync__memory *memory, commit_step *step, const adsync_value *values, adsync_error **error)
{
    adsync_status rc;
    bool in;

    for (uint32_t i = 0; i < step->table->n_indexes; i++) {
        adsync__memory_index *index = &step->table->indexes[i];
        adsync__tree_node *old = step->row ? step->row->nodes[i] : NULL;
        commit_move *move = &step->moves[i];
        if (i == 0 && old) continue; /* a row keeps its key */
        if ((rc = adsync__memory_key(&memory->lower, index, values, &in, error)) < 0) return rc;
        move->moves = in ? !old || !adsync__tree_is(old, memory->lower.p, memory->lower.size) : old != NULL;
        if (!in || !move->moves) continue;
        if (!(move->fresh = adsync__tree_make(&index->tree, memory->lower.p, memory->lower.size))) return adsync__fail_memory(error);
    }
    return ADSYNC_OK;
}

/* A put may carry a prefix of the columns: what stands after it stays. */
static adsync_status commit_make(adsync__memory *memory, adsync__arena *arena, commit_step *step, adsync_error **error)
{
    adsync_value values[ADSYNC__WIDTH_MAX] = { 0 };
    const adsync_change *change = step->change;
    size_t n = step->table->n_indexes;

    if (change->op != ADSYNC_CHANGE_PUT) return ADSYNC_OK;
    if (step->row) (void)adsync__cells_unpack(step->row->cells, step->table->n_columns, values);
    memcpy(values, change->values, change->n_values * sizeof *values);
    if (!(step->moves = adsync__arena_take(arena, n * sizeof *step->moves))) return adsync__fail_memory(error);
    memset(step->moves, 0, n * sizeof *step->moves);
    if (!(step->cells = adsync__cells_pack(values, step->table->n_columns))) return adsync__fail_memory(error);
    if (!step->row && !(step->made = adsync__alloc_zero(1, sizeof *step->made + n * sizeof step->made->nodes[0])))
        return adsync__fail_memory(error);
    return commit_make_moves(memory, step, values, error);
}

static void commit_apply_put(commit_step *step)
{
    adsync__memory_row *row = step->row ? step->row : step->made;

    for (uint32_t i = 0; i < step->table->n_indexes; i++) {
        adsync__tree *tree = &step->table->indexes[i].tree;
        commit_move *move = &step->moves[i];
        if (!move->moves) continue;
        if (row->nodes[i]) adsync__tree_unlink(tree, row->nodes[i]);
        adsync__free(row->nodes[i]);
        row->nodes[i] = move->fresh;
        if (!move->fresh) continue;
        move->fresh->row = row;
        adsync__tree_link(tree, move->fresh);
        move->fresh = NULL;
    }
    adsync__free(row->cells);
    row->cells = step->cells;
    row->version = step->change->version;
    step->cells = NULL;
    step->made = NULL;
}

static void commit_apply(commit_step *step)
{
    if (step->change->op == ADSYNC_CHANGE_PUT) commit_apply_put(step);
    if (step->change->op == ADSYNC_CHANGE_DELETE && step->row) adsync__memory_remove(step->table, step->row);
}

static void commit_drop(commit_step *step) /* what was made and not put in its place */
{
    for (uint32_t i = 0; step->moves && i < step->table->n_indexes; i++)
        adsync__free(step->moves[i].fresh);
    adsync__free(step->cells);
    adsync__free(step->made);
}

adsync_status adsync__memory_commit(adsync__memory *memory, const adsync_change *changes, uint32_t n, adsync_sink *conflicts,
                                    adsync_error **error)
{
    adsync__arena arena = { 0 };
    commit_step *steps = adsync__alloc_zero(n, sizeof *steps);
    adsync_status rc;

    if (!steps) return adsync__fail_memory(error);
    if ((rc = commit_compare(memory, steps, changes, n, conflicts, error)) < 0) goto done;
    for (uint32_t i = 0; i < n; i++)
        if ((rc = commit_make(memory, &arena, &steps[i], error)) < 0) goto done;
    for (uint32_t i = 0; i < n; i++)
        commit_apply(&steps[i]);
done:
    for (uint32_t i = 0; i < n; i++)
        commit_drop(&steps[i]);
    adsync__arena_free(&arena);
    adsync__free(steps);
    return rc;
}
