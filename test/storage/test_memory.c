/* SPDX-License-Identifier: MIT */
/* The memory storage against a model that is too simple to be wrong: a list of rows, searched and sorted whole with
 * adsync_range_place and adsync_range_compare. The two share no code, so each proves the other. */
#include "storage/memory_int.h"
#include "support/any.h"
#include "support/faulty.h"
#include "support/values.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ROWS = 400, STEPS = 6000, BATCH = 6, ORGS = 2 };

typedef struct model_row {
    bool there;
    int64_t version;
    adsync_value values[ADSYNC__WIDTH_MAX];
} model_row;

typedef struct model {
    any a;
    uint32_t table, width, n_key, n;
    model_row rows[ROWS];
    adsync_storage *storage;
} model;

static bool same_key(const model *m, const adsync_value *a, const adsync_value *b)
{
    for (uint32_t i = 0; i < m->n_key; i++)
        if (adsync_value_compare(&a[i], &b[i])) return false;
    return true;
}

static model_row *model_find(model *m, const adsync_value *key)
{
    for (uint32_t i = 0; i < m->n; i++)
        if (m->rows[i].there && same_key(m, m->rows[i].values, key)) return &m->rows[i];
    return NULL;
}

static model_row *model_free_row(model *m)
{
    for (uint32_t i = 0; i < m->n; i++)
        if (!m->rows[i].there) return &m->rows[i];
    assert_true(m->n < ROWS);
    return &m->rows[m->n++];
}

static void model_apply(model *m, const adsync_change *c)
{
    model_row *row = model_find(m, c->values);

    if (c->op == ADSYNC_CHANGE_CHECK) return;
    if (c->op == ADSYNC_CHANGE_DELETE) {
        if (row) row->there = false;
        return;
    }
    if (!row) {
        row = model_free_row(m);
        memset(row, 0, sizeof *row);
    }
    row->there = true;
    row->version = c->version;
    memcpy(row->values, c->values, c->n_values * sizeof *c->values);
}

static void any_row(model *m, int64_t org, adsync_value *out)
{
    for (uint32_t i = 0; i < m->width; i++)
        out[i] = any_value(&m->a, m->table, i, org);
}

static void any_key_that_may_exist(model *m, int64_t org, adsync_value *out)
{
    uint32_t i = m->n ? any_below(&m->a, m->n) : 0;

    any_row(m, org, out);
    if (any_below(&m->a, 4) && m->n && m->rows[i].there && (!adsync_table_has_org(m->table) || m->rows[i].values[0].i == org))
        memcpy(out, m->rows[i].values, m->n_key * sizeof *out);
}

static int64_t any_expected(model *m, uint32_t op, const model_row *row)
{
    uint32_t draw = any_below(&m->a, 10);

    if (draw < 6 && row) return row->version;
    if (draw == 6) return 12345;
    if (op == ADSYNC_CHANGE_PUT && (draw == 7 || !row)) return ADSYNC_EXPECT_ABSENT;
    return op == ADSYNC_CHANGE_CHECK ? 12345 : ADSYNC_EXPECT_ANY;
}

static bool model_holds(model *m, const adsync_change *c)
{
    model_row *row = model_find(m, c->values);

    if (c->expected == ADSYNC_EXPECT_ANY) return true;
    return c->expected == ADSYNC_EXPECT_ABSENT ? !row : row && row->version == c->expected;
}

/* One commit of a few changes: the answer and every conflict are the model's. */
static void commit_like_the_model(model *m, int64_t org)
{
    static adsync_value values[BATCH][ADSYNC__WIDTH_MAX];
    adsync_change changes[BATCH];
    adsync_rows *conflicts = NULL;
    uint32_t n = 0, broken = 0;
    adsync_status rc;

    for (uint32_t want = 1 + any_below(&m->a, BATCH); want; want--) {
        bool twice = false;
        uint32_t op = 1 + any_below(&m->a, 3);
        any_key_that_may_exist(m, org, values[n]);
        for (uint32_t i = 0; i < n; i++)
            twice |= same_key(m, values[i], values[n]);
        if (twice) continue;
        if (m->n > ROWS - 2 * BATCH && op == ADSYNC_CHANGE_PUT) op = ADSYNC_CHANGE_DELETE;
        changes[n] = (adsync_change){ .op = op, .table = m->table, .values = values[n], .n_values = m->n_key };
        changes[n].expected = any_expected(m, op, model_find(m, values[n]));
        if (op == ADSYNC_CHANGE_PUT) {
            changes[n].n_values += any_below(&m->a, m->width - m->n_key + 1);
            changes[n].version = (int64_t)(any_bits(&m->a) >> 2) + 1;
        }
        broken += !model_holds(m, &changes[n]);
        n++;
    }
    rc = adsync_storage_commit(m->storage, org, changes, n, &conflicts, NULL);
    assert_int_equal(rc, broken ? ADSYNC_E_CONFLICT : ADSYNC_OK);
    assert_int_equal(adsync_rows_count(conflicts), broken);
    while (adsync_rows_next(conflicts, NULL) == ADSYNC_ROW)
        assert_false(model_holds(m, &changes[adsync_rows_int(conflicts, ADSYNC_C_CHANGE)]));
    for (uint32_t i = 0; i < n && !broken; i++)
        model_apply(m, &changes[i]);
    adsync_rows_free(conflicts);
}

static const adsync_range *sort_range; /* qsort has no room for it */

static int by_range(const void *a, const void *b)
{
    const model_row *const *x = a, *const *y = b;

    return adsync_range_compare(sort_range, (*x)->values, (*y)->values);
}

static void assert_same_row(const model *m, const adsync_value *row, uint32_t wanted, const model_row *expected)
{
    for (uint32_t i = 0; i < wanted; i++) {
        assert_int_equal(row[i].kind, expected->values[i].kind);
        assert_int_equal(adsync_value_compare(&row[i], &expected->values[i]), 0);
    }
    assert_int_equal(row[wanted].i, expected->version);
    (void)m;
}

/* A bound: a prefix of an index' columns, often an existing row's, led by the organisation where the index is. */
static uint32_t any_bound(model *m, uint32_t index, int64_t org, adsync_value *out)
{
    const model_row *row = m->n && any_below(&m->a, 3) ? &m->rows[any_below(&m->a, m->n)] : NULL;
    uint32_t n = 0, most = any_below(&m->a, 9);

    for (uint32_t column; n <= most && (column = adsync_index_column(m->table, index, n)) != UINT32_MAX; n++) {
        out[n] = row && any_below(&m->a, 5) ? row->values[column] : any_value(&m->a, m->table, column, org);
        if (column == 0 && adsync_table_has_org(m->table) && !adsync_index_all_orgs(m->table, index)) out[n] = adsync__value_int(org);
        if (out[n].kind == ADSYNC_VALUE_NULL) return n;
    }
    return n;
}

static void scan_like_the_model(model *m, int64_t org)
{
    adsync_value lower[12], upper[12];
    const model_row *expected[ROWS];
    adsync_range range = { .table = m->table, .index = any_below(&m->a, adsync_table_indexes(m->table)), .lower = lower, .upper = upper };
    bool all = adsync_index_all_orgs(m->table, range.index);
    adsync_rows *rows = NULL;
    uint32_t wanted, n = 0;

    range.flags = any_below(&m->a, 4) | (all ? ADSYNC_RANGE_ALL_ORGS : 0);
    range.limit = any_below(&m->a, 3) ? 1 + any_below(&m->a, 8) : 10000;
    range.columns = any_below(&m->a, m->width + 2);
    range.n_lower = any_bound(m, range.index, org, lower);
    range.n_upper = any_bound(m, range.index, org, upper);
    assert_int_equal(adsync_storage_scan(m->storage, all ? 0 : org, &range, &rows, NULL), ADSYNC_OK);
    for (uint32_t i = 0; i < m->n; i++)
        if (m->rows[i].there && adsync_range_place(&range, m->rows[i].values) == 0) expected[n++] = &m->rows[i];
    sort_range = &range;
    qsort(expected, n, sizeof *expected, by_range);
    if (n > range.limit) n = range.limit;
    assert_int_equal(adsync_rows_count(rows), n);
    wanted = adsync_rows_width(rows) - 1;
    assert_true(wanted >= m->n_key && (!range.columns || range.columns > m->width || wanted >= range.columns));
    for (uint32_t i = 0; i < n; i++)
        assert_same_row(m, adsync__rows_values(rows, i), wanted, expected[i]);
    adsync_rows_free(rows);
}

static void read_like_the_model(model *m, int64_t org)
{
    static adsync_value values[BATCH][ADSYNC__WIDTH_MAX];
    adsync_value keys[BATCH * ADSYNC__KEY_MAX];
    adsync_rows *rows = NULL;
    uint32_t there = 0;

    for (uint32_t i = 0; i < BATCH; i++) {
        any_key_that_may_exist(m, org, values[i]);
        memcpy(keys + i * m->n_key, values[i], m->n_key * sizeof *keys);
        there += model_find(m, values[i]) != NULL;
    }
    assert_int_equal(adsync_storage_read(m->storage, org, m->table, 0, keys, BATCH, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), there);
    for (uint32_t i = 0; i < there; i++) {
        const adsync_value *row = adsync__rows_values(rows, i);
        const model_row *expected = model_find(m, row);
        assert_non_null(expected);
        assert_same_row(m, row, m->width, expected);
    }
    adsync_rows_free(rows);
}

static void follow_the_model(uint32_t table, uint64_t seed)
{
    model *m = calloc(1, sizeof *m);
    bool has_org = adsync_table_has_org(table);

    assert_non_null(m);
    m->a.state = seed;
    m->table = table;
    m->width = adsync_table_width(table);
    m->n_key = adsync_index_width(table, 0);
    assert_int_equal(adsync_memory_open(NULL, &m->storage, NULL), ADSYNC_OK);
    for (uint32_t i = 0; i < any_rounds(STEPS); i++) {
        int64_t org = has_org ? 1 + any_below(&m->a, ORGS) : 0;
        commit_like_the_model(m, org);
        if (i % 4 == 0) scan_like_the_model(m, org);
        if (i % 16 == 0) read_like_the_model(m, org);
    }
    assert_true(m->n > 3);
    adsync_storage_free(m->storage);
    free(m);
}

static void it_does_what_a_simple_list_of_rows_does_on_every_table(void **state)
{
    (void)state;
    for (uint32_t table = 1; table <= adsync_table_count(); table++)
        follow_the_model(table, 1000 + table);
}

static void encoded_keys_sort_as_their_values_do(void **state)
{
    any a = { 7 };
    adsync__buffer x, y;

    (void)state;
    adsync__buffer_begin(&x, 4096);
    adsync__buffer_begin(&y, 4096);
    for (uint32_t round = 0; round < any_rounds(200000); round++) {
        adsync_value left[3], right[3];
        int32_t diff = 0;
        size_t least;
        int bytes;
        adsync__buffer_clear(&x);
        adsync__buffer_clear(&y);
        for (uint32_t i = 0; i < 3; i++) {
            uint32_t kind = 1 + any_below(&a, 3);
            left[i] = any_of_kind(&a, kind);
            right[i] = any_below(&a, 2) ? left[i] : any_of_kind(&a, kind);
            if (!diff) diff = adsync_value_compare(&left[i], &right[i]);
            adsync__keycode_add(&x, &left[i]);
            adsync__keycode_add(&y, &right[i]);
        }
        least = x.size < y.size ? x.size : y.size;
        bytes = memcmp(x.p, y.p, least);
        if (!bytes) bytes = (x.size > y.size) - (x.size < y.size);
        assert_int_equal((bytes > 0) - (bytes < 0), (diff > 0) - (diff < 0));
    }
    adsync__buffer_free(&x);
    adsync__buffer_free(&y);
}

static void columns_do_not_run_into_each_other(void **state)
{
    static const adsync_value one[] = { WORD("a"), WORD("bc") }, other[] = { WORD("ab"), WORD("c") };
    const adsync_change changes[] = { PUT(ADSYNC_T_LIMITS, ADSYNC_EXPECT_ABSENT, one), PUT(ADSYNC_T_LIMITS, ADSYNC_EXPECT_ABSENT, other) };
    adsync_storage *storage = NULL;
    adsync_rows *rows = NULL;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_read(storage, 0, ADSYNC_T_LIMITS, 0, other, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_KEY), "ab");
    adsync_rows_free(rows);
    adsync_storage_free(storage);
}

static void two_handles_see_the_same_rows_and_the_last_one_frees_them(void **state)
{
    static const adsync_value row[] = { WORD("k"), NUMBER(5) };
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, row);
    adsync_storage *a = NULL, *b = NULL, *other = NULL;
    adsync_rows *rows = NULL;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &a, NULL), ADSYNC_OK);
    assert_int_equal(adsync_memory_open(a, &b, NULL), ADSYNC_OK);
    assert_int_equal(adsync_memory_open(NULL, &other, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(a, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    adsync_storage_free(a);
    assert_int_equal(adsync_storage_read(b, 0, ADSYNC_T_META, 0, row, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    assert_int_equal(adsync_storage_read(other, 0, ADSYNC_T_META, 0, row, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0);
    adsync_rows_free(rows);
    adsync_storage_free(b);
    adsync_storage_free(other);
}

static bool readable(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, 0) == 1;
}

static void a_notification_wakes_the_others_until_they_clear_it(void **state)
{
    adsync_storage *a = NULL, *b = NULL;
    const adsync_storage_ops *mine, *theirs;
    int fd, own;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &a, NULL), ADSYNC_OK);
    assert_int_equal(adsync_memory_open(a, &b, NULL), ADSYNC_OK);
    mine = adsync__storage_ops(a);
    theirs = adsync__storage_ops(b);
    mine->notify(mine->user); /* nobody watches yet */
    fd = theirs->watch_fd(theirs->user);
    own = mine->watch_fd(mine->user);
    assert_true(fd >= 0 && own >= 0 && fd != own);
    assert_int_equal(theirs->watch_fd(theirs->user), fd);
    assert_false(readable(fd));
    mine->notify(mine->user);
    mine->notify(mine->user);
    assert_true(readable(fd));
    assert_false(readable(own));
    theirs->watch_clear(theirs->user);
    theirs->watch_clear(theirs->user);
    assert_false(readable(fd));
    adsync_storage_free(b);
    mine->notify(mine->user);
    adsync_storage_free(a);
}

static void erase_takes_a_prefix_and_no_more_than_its_limit(void **state)
{
    adsync_value key[] = { NUMBER(0), NUMBER(0), NUMBER(0), NUMBER(1), NUMBER(1) };
    adsync_change put = PUT(ADSYNC_T_SEEN, ADSYNC_EXPECT_ABSENT, key);
    const adsync_storage_ops *ops;
    adsync_storage *storage = NULL;
    adsync_range all = { .table = ADSYNC_T_SEEN, .limit = 100, .n_lower = 1, .n_upper = 1, .lower = key, .upper = key };
    adsync_rows *rows = NULL;
    uint32_t left = 7;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    ops = adsync__storage_ops(storage);
    for (int64_t org = 1; org <= 2; org++)
        for (int64_t connection = 1; connection <= 2; connection++)
            for (int64_t kind = 1; kind <= 5; kind++) {
                key[0].i = org, key[1].i = connection, key[2].i = kind;
                assert_int_equal(adsync_storage_commit(storage, org, &put, 1, NULL, NULL), ADSYNC_OK);
            }
    key[0].i = 1, key[1].i = 2;
    assert_int_equal(ops->erase(ops->user, ADSYNC_T_SEEN, key, 2, 3, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 1);
    assert_int_equal(ops->erase(ops->user, ADSYNC_T_SEEN, key, 2, 2, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
    assert_int_equal(ops->erase(ops->user, ADSYNC_T_SEEN, key, 2, 2, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
    assert_int_equal(adsync_storage_scan(storage, 1, &all, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 5);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        assert_int_equal(adsync_rows_int(rows, ADSYNC_C_CONNECTION), 1);
    adsync_rows_free(rows);
    key[0].i = 2;
    assert_int_equal(adsync_storage_scan(storage, 2, &all, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 10);
    adsync_rows_free(rows);
    adsync_storage_free(storage);
}

static void unsorted_changes_are_refused_and_nothing_is_applied(void **state)
{
    static const adsync_value one[] = { WORD("a"), NUMBER(1) }, two[] = { WORD("b"), NUMBER(1) };
    const adsync_change wrong[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, two), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, one) };
    const adsync_change twice[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, one), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, one) };
    adsync_sink sink = { 0 };
    adsync_range all = { .table = ADSYNC_T_META, .limit = 10 };
    adsync_storage *storage = NULL;
    const adsync_storage_ops *ops;
    adsync_rows *rows = NULL;
    uint8_t flags[2];

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    ops = adsync__storage_ops(storage);
    adsync__sink_conflicts(&sink, flags, 2);
    assert_int_equal(ops->commit(ops->user, wrong, 2, &sink, NULL), ADSYNC_E_STORAGE);
    assert_int_equal(ops->commit(ops->user, twice, 2, &sink, NULL), ADSYNC_E_STORAGE);
    assert_int_equal(adsync_storage_scan(storage, 0, &all, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0);
    adsync_rows_free(rows);
    adsync_storage_free(storage);
}

static void only_a_memory_storage_lends_its_rows(void **state)
{
    adsync_storage *storage = NULL, *other = NULL, *again;
    adsync_error *error = NULL;
    static faulty around;

    again = (adsync_storage *)&around; /* anything that is not NULL */
    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync__storage_ops(storage)->flags,
                     ADSYNC_STORAGE_VOLATILE | ADSYNC_STORAGE_ONE_PROCESS | ADSYNC_STORAGE_NOT_POWER_SAFE);
    assert_int_equal(faulty_wrap(&around, storage, &other, NULL), ADSYNC_OK);
    adsync_storage_free(storage);
    assert_int_equal(adsync_memory_open(other, &again, &error), ADSYNC_E_INVALID);
    assert_null(again);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_memory_open(NULL, NULL, &error), ADSYNC_E_INVALID);
    adsync_error_free(error);
    adsync_storage_free(other);
}

/* ---- threads */

enum { THREADS = 4, TURNS = 10000 };

static pthread_barrier_t start; /* or the first would be done before the last began */

static void *count_up(void *storage)
{
    static const adsync_value key[] = { WORD("counter") };
    adsync_value row[2] = { key[0], NUMBER(0) };
    adsync_change put = PUT(ADSYNC_T_META, 0, row);
    adsync_rows *rows;
    adsync_status rc;

    (void)pthread_barrier_wait(&start);
    for (int turn = 0; turn < TURNS;) {
        if (adsync_storage_read(storage, 0, ADSYNC_T_META, 0, key, 1, &rows, NULL) < 0) return storage;
        (void)adsync_rows_next(rows, NULL);
        row[1].i = adsync_rows_int(rows, ADSYNC_C_VALUE) + 1;
        put.expected = adsync_rows_int(rows, ADSYNC_C_VERSION);
        adsync_rows_free(rows);
        rc = adsync_storage_commit(storage, 0, &put, 1, NULL, NULL);
        if (rc < 0 && rc != ADSYNC_E_CONFLICT) return storage;
        turn += rc >= 0;
    }
    return NULL;
}

static void handles_on_different_threads_lose_no_update(void **state)
{
    static const adsync_value key[] = { WORD("counter") };
    adsync_storage *handles[THREADS] = { NULL };
    pthread_t threads[THREADS];
    adsync_rows *rows = NULL;
    void *failed;

    (void)state;
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(adsync_memory_open(handles[0], &handles[i], NULL), ADSYNC_OK);
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, handles[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(adsync_storage_read(handles[1], 0, ADSYNC_T_META, 0, key, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VALUE), THREADS * TURNS);
    adsync_rows_free(rows);
    for (int i = 0; i < THREADS; i++)
        adsync_storage_free(handles[i]);
    assert_int_equal(pthread_barrier_destroy(&start), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_does_what_a_simple_list_of_rows_does_on_every_table),
        cmocka_unit_test(encoded_keys_sort_as_their_values_do),
        cmocka_unit_test(columns_do_not_run_into_each_other),
        cmocka_unit_test(two_handles_see_the_same_rows_and_the_last_one_frees_them),
        cmocka_unit_test(a_notification_wakes_the_others_until_they_clear_it),
        cmocka_unit_test(erase_takes_a_prefix_and_no_more_than_its_limit),
        cmocka_unit_test(unsorted_changes_are_refused_and_nothing_is_applied),
        cmocka_unit_test(only_a_memory_storage_lends_its_rows),
        cmocka_unit_test(handles_on_different_threads_lose_no_update),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
