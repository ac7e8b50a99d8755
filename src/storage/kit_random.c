/* SPDX-License-Identifier: MIT */
/* All together: random work on the storage and, change for change, on one in memory. Both must answer alike, and hold alike rows. It runs
 * where no other promise is broken, since those say more; it is there for what nobody thought of. */
#include "kit_int.h"

enum { RANDOM_STEPS = 250, RANDOM_BATCH = 7, RANDOM_ORGS = 2 };

static const uint32_t random_tables[] = { ADSYNC_T_META, ADSYNC_T_LIMITS, ADSYNC_T_ORGS, ADSYNC_T_QUEUE, ADSYNC_T_JOBS, ADSYNC_T_METRICS };
static const int64_t random_numbers[] = { 0, 1, 2, -1, 100, INT64_MAX, INT64_MIN };
static const char *const random_texts[] = {
    "", "a", "A", "b", "ab", "a ", "\xc3\xa9", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "abcdefghijklmnopqrstuvwxyz"
};

typedef struct random_run {
    kit *k;
    adsync_storage *twin;
    uint8_t held[RANDOM_BATCH];
} random_run;

static uint32_t random_below(kit *k, uint32_t n) { return (uint32_t)(adsync__kit_draw(k) % n); }

/* Few values, so that keys meet again and indexes have equals. */
static adsync_value random_value(kit *k, uint32_t table, uint32_t column, bool may_be_null)
{
    uint32_t kind = adsync_table_column_kind(table, column), max = adsync_table_column_max(table, column);
    const char *text;

    if (adsync_table_has_org(table) && !column) return KIT_I(1 + random_below(k, RANDOM_ORGS));
    if (may_be_null && !random_below(k, 4)) return KIT_N;
    if (kind == ADSYNC_VALUE_INT) return KIT_I(random_numbers[random_below(k, ADSYNC__COUNT(random_numbers))]);
    do
        text = random_texts[random_below(k, ADSYNC__COUNT(random_texts))];
    while (max && strlen(text) > max);
    return (adsync_value){ .kind = kind, .size = (uint32_t)strlen(text), .p = text };
}

static bool random_is_in_batch(const kit *k, uint32_t table, const adsync_value *key)
{
    for (uint32_t i = 0; i < k->n_batch; i++)
        if (k->batch[i].table == table && !adsync__key_compare(adsync_index_width(table, 0), k->batch[i].values, key)) return true;
    return false;
}

static void random_change(random_run *r)
{
    kit *k = r->k;
    uint32_t table = random_tables[random_below(k, ADSYNC__COUNT(random_tables))], n_key = adsync_index_width(table, 0);
    uint32_t n = n_key + random_below(k, adsync_table_width(table) - n_key + 1);
    adsync_value row[ADSYNC__WIDTH_MAX];
    const adsync_value *there;
    int64_t expected[] = { ADSYNC_EXPECT_ANY, ADSYNC_EXPECT_ANY, ADSYNC_EXPECT_ABSENT, 5 };
    uint32_t op = random_below(k, 8), expects = random_below(k, 40);

    for (uint32_t i = 0; i < n; i++)
        row[i] = random_value(k, table, i, i >= n_key);
    if (random_is_in_batch(k, table, row)) return;
    there = adsync__kit_row(k, r->twin, table, row);
    expects = expects < 39 ? expects % 3 : 3; /* seldom what cannot hold: most commits should go through */
    if (expects == 2 && there) expected[2] = there[adsync_table_width(table)].i;
    if (op == 0 && there)
        adsync__kit_demand(k, table, there[adsync_table_width(table)].i, row, n_key);
    else if (op <= 2)
        adsync__kit_delete(k, table, expected[expects] ? expected[expects] : ADSYNC_EXPECT_ANY, row, n_key);
    else
        adsync__kit_put(k, table, expected[expects], row, n);
}

/* The same batch on both. */
static void random_commit(random_run *r)
{
    kit *k = r->k;
    uint32_t n;
    adsync_status mine, twin;

    for (uint32_t i = random_below(k, RANDOM_BATCH); i < RANDOM_BATCH; i++)
        random_change(r);
    if (!(n = k->n_batch) || !adsync__kit_fine(k)) return;
    mine = adsync__kit_commit(k, random_below(k, 2) ? k->one : k->other, NULL);
    memcpy(r->held, k->held, n);
    k->n_batch = n;
    twin = adsync__kit_commit(k, r->twin, NULL);
    if (mine != twin)
        adsync__kit_broken(k, "a commit of %u random changes answered %s where %s was due", n, adsync_status_name(mine),
                           adsync_status_name(twin));
    if (memcmp(r->held, k->held, n) != 0) adsync__kit_broken(k, "a commit of %u random changes named the wrong ones as conflicts", n);
}

/* A whole bound; how many values of it count. */
static uint32_t random_bound(kit *k, const adsync_range *range, adsync_value *bound)
{
    uint32_t whole = 0, column;

    for (; (column = adsync_index_column(range->table, range->index, whole)) != UINT32_MAX; whole++)
        bound[whole] = random_value(k, range->table, column, false);
    return random_below(k, whole + 1);
}

static void random_same(kit *k, const adsync_range *range, adsync_rows *mine, adsync_rows *twin)
{
    const char *table = adsync_table_name(range->table), *index = adsync_index_name(range->table, range->index);

    if (!adsync__kit_fine(k)) return;
    if (adsync_rows_count(mine) != adsync_rows_count(twin))
        adsync__kit_broken(k, "after random work a scan of %s.%s gave %zu rows where %zu were due", table, index, adsync_rows_count(mine),
                           adsync_rows_count(twin));
    for (size_t r = 0; r < adsync_rows_count(twin) && adsync__kit_fine(k); r++) {
        const adsync_value *a = adsync__rows_values(mine, r), *b = adsync__rows_values(twin, r);
        for (uint32_t i = 0; i < adsync_rows_width(twin); i++)
            if (a[i].kind != b[i].kind || adsync_value_compare(&a[i], &b[i]))
                adsync__kit_broken(k, "after random work a scan of %s.%s gave another %s at place %zu", table, index,
                                   adsync_column_name(adsync_rows_column(twin, i)), r + 1);
    }
}

static void random_scan(random_run *r)
{
    kit *k = r->k;
    adsync_value lower[ADSYNC__INDEX_MAX + ADSYNC__KEY_MAX], upper[ADSYNC__INDEX_MAX + ADSYNC__KEY_MAX];
    adsync_range range = { .table = random_tables[random_below(k, ADSYNC__COUNT(random_tables))],
                           .limit = 1 + random_below(k, 30),
                           .lower = lower,
                           .upper = upper };
    bool all;

    range.index = random_below(k, adsync_table_indexes(range.table));
    range.flags = random_below(k, 4); /* descending, exclusive */
    range.columns = random_below(k, adsync_table_width(range.table) + 1);
    range.n_lower = random_bound(k, &range, lower);
    range.n_upper = random_bound(k, &range, upper);
    all = adsync_index_all_orgs(range.table, range.index);
    if (all) range.flags |= ADSYNC_RANGE_ALL_ORGS;
    if (adsync_table_has_org(range.table) && !all) {
        upper[0] = lower[0];
        range.n_lower += !range.n_lower;
        range.n_upper += !range.n_upper;
    }
    random_same(k, &range, adsync__kit_scan(k, random_below(k, 2) ? k->one : k->other, &range), adsync__kit_scan(k, r->twin, &range));
}

/* Every row of every table, by every index. */
static void random_all(random_run *r)
{
    for (size_t t = 0; t < ADSYNC__COUNT(random_tables); t++) {
        for (uint32_t index = 0; index < adsync_table_indexes(random_tables[t]); index++) {
            const adsync_range range = { .table = random_tables[t], .index = index, .limit = 100000 };
            random_same(r->k, &range, adsync__kit_raw_scan(r->k, r->k->one, &range), adsync__kit_raw_scan(r->k, r->twin, &range));
        }
    }
}

static bool random_is_worth_it(kit *k)
{
    for (size_t i = 0; i < adsync_rows_count(k->report); i++)
        if (!strcmp(adsync__rows_values(k->report, i)[1].p, "broken"))
            adsync__kit_skip(k, "not tried: the promises that are broken say more");
    return adsync__kit_fine(k);
}

static void random_work(kit *k)
{
    random_run r = { .k = k };
    adsync_error *words = NULL;

    if (!random_is_worth_it(k)) return;
    (void)adsync__kit_failed(k, "opening memory", adsync_memory_open(NULL, &r.twin, &words), words);
    adsync_error_free(words);
    for (int step = 0; step < RANDOM_STEPS && adsync__kit_fine(k); step++) {
        random_commit(&r);
        random_scan(&r);
        if (step % 50 == 49) random_all(&r);
    }
    adsync_storage_free(r.twin);
}

const kit_promise adsync__kit_random_list[] = {
    { "13.1 random work leaves what it leaves in memory",
      "find the smallest work that does it with options.seed; doc/storage.md says what each step means", random_work, 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};
