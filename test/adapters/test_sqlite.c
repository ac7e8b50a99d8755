/* SPDX-License-Identifier: MIT */
/* SQLite beside the memory storage, which is the reference: the same calls, drawn at random, get the same answers. */
#include "place.h"
#include "support/any.h"

enum { STEPS = 200, BATCH = 8, ORGS = 2, KNOWN = 64 };

typedef struct twins {
    any a;
    uint32_t table, width, n_key;
    adsync_storage *memory, *file;
    adsync_value known[KNOWN][ADSYNC__KEY_MAX]; /* keys that were written once */
    uint32_t n_known;
} twins;

static bool same_key(const twins *t, const adsync_value *a, const adsync_value *b)
{
    for (uint32_t i = 0; i < t->n_key; i++)
        if (adsync_value_compare(&a[i], &b[i])) return false;
    return true;
}

static void any_key(twins *t, int64_t org, adsync_value *out)
{
    const adsync_value *known = t->n_known ? t->known[any_below(&t->a, t->n_known)] : NULL;

    for (uint32_t i = 0; i < t->n_key; i++)
        out[i] = any_value(&t->a, t->table, i, org);
    if (known && any_below(&t->a, 4) && (!adsync_table_has_org(t->table) || known[0].i == org)) memcpy(out, known, t->n_key * sizeof *out);
}

static void assert_same_rows(adsync_rows *a, adsync_rows *b)
{
    uint32_t width = adsync_rows_width(a);

    assert_int_equal(adsync_rows_count(a), adsync_rows_count(b));
    assert_int_equal(width, adsync_rows_width(b));
    for (size_t r = 0; r < adsync_rows_count(a); r++) {
        const adsync_value *x = adsync__rows_values(a, r), *y = adsync__rows_values(b, r);
        for (uint32_t i = 0; i < width; i++) {
            assert_int_equal(x[i].kind, y[i].kind);
            assert_int_equal(adsync_value_compare(&x[i], &y[i]), 0);
        }
    }
}

static int64_t any_expected(twins *t, uint32_t op, const adsync_value *key, int64_t org)
{
    adsync_rows *rows = NULL;
    uint32_t draw = any_below(&t->a, 10);
    int64_t version = 0;

    assert_int_equal(adsync_storage_read(t->memory, org, t->table, t->n_key, key, 1, &rows, NULL), ADSYNC_OK);
    if (adsync_rows_next(rows, NULL) == ADSYNC_ROW) version = adsync_rows_int(rows, ADSYNC_C_VERSION);
    adsync_rows_free(rows);
    if (draw < 7 && version) return version;
    if (draw == 7) return 12345;
    if (op == ADSYNC_CHANGE_PUT && (draw == 8 || !version)) return ADSYNC_EXPECT_ABSENT;
    return op == ADSYNC_CHANGE_CHECK ? 12345 : ADSYNC_EXPECT_ANY;
}

static void learn(twins *t, const adsync_value *key)
{
    for (uint32_t i = 0; i < t->n_known; i++)
        if (same_key(t, t->known[i], key)) return;
    if (t->n_known < KNOWN) memcpy(t->known[t->n_known++], key, t->n_key * sizeof *key);
}

static void commit_both(twins *t, int64_t org)
{
    static adsync_value values[BATCH][ADSYNC__WIDTH_MAX];
    adsync_change changes[BATCH];
    adsync_rows *a = NULL, *b = NULL;
    uint32_t n = 0;

    for (uint32_t want = 1 + any_below(&t->a, BATCH); want; want--) {
        uint32_t op = 1 + any_below(&t->a, 3);
        bool twice = false;
        any_key(t, org, values[n]);
        for (uint32_t i = 0; i < n; i++)
            twice |= same_key(t, values[i], values[n]);
        if (twice) continue;
        for (uint32_t i = t->n_key; i < t->width; i++)
            values[n][i] = any_value(&t->a, t->table, i, org);
        changes[n] = (adsync_change){ .op = op, .table = t->table, .values = values[n], .n_values = t->n_key };
        changes[n].expected = any_expected(t, op, values[n], org);
        if (op == ADSYNC_CHANGE_PUT) {
            changes[n].n_values += any_below(&t->a, t->width - t->n_key + 1);
            changes[n].version = (int64_t)(any_bits(&t->a) >> 2) + 1;
            learn(t, values[n]);
        }
        n++;
    }
    assert_int_equal(adsync_storage_commit(t->memory, org, changes, n, &a, NULL),
                     adsync_storage_commit(t->file, org, changes, n, &b, NULL));
    assert_int_equal(a == NULL, b == NULL);
    if (a) assert_same_rows(a, b);
    adsync_rows_free(a);
    adsync_rows_free(b);
}

static uint32_t any_bound(twins *t, uint32_t index, int64_t org, adsync_value *out)
{
    const adsync_value *known = t->n_known ? t->known[any_below(&t->a, t->n_known)] : NULL;
    uint32_t n = 0, most = any_below(&t->a, 9);

    for (uint32_t column; n < most && (column = adsync_index_column(t->table, index, n)) != UINT32_MAX; n++) {
        out[n] = known && column < t->n_key && any_below(&t->a, 5) ? known[column] : any_value(&t->a, t->table, column, org);
        if (column == 0 && adsync_table_has_org(t->table) && !adsync_index_all_orgs(t->table, index)) out[n] = adsync__value_int(org);
        if (out[n].kind == ADSYNC_VALUE_NULL) return n;
    }
    return n;
}

static void scan_both(twins *t, int64_t org)
{
    adsync_value lower[12], upper[12];
    adsync_range range = { .table = t->table, .index = any_below(&t->a, adsync_table_indexes(t->table)), .lower = lower, .upper = upper };
    bool all = adsync_index_all_orgs(t->table, range.index);
    adsync_rows *a = NULL, *b = NULL;
    adsync_status rc;

    range.flags = any_below(&t->a, 4) | (all ? ADSYNC_RANGE_ALL_ORGS : 0);
    range.limit = any_below(&t->a, 3) ? 1 + any_below(&t->a, 8) : 10000;
    range.columns = any_below(&t->a, t->width + 2);
    range.n_lower = any_bound(t, range.index, org, lower);
    range.n_upper = any_bound(t, range.index, org, upper);
    if (range.n_lower && !any_below(&t->a, 4)) { /* both bounds begin alike: an equality, then a range */
        range.n_upper = 1 + any_below(&t->a, range.n_lower);
        memcpy(upper, lower, range.n_upper * sizeof *upper);
    }
    rc = adsync_storage_scan(t->memory, all ? 0 : org, &range, &a, NULL);
    assert_int_equal(adsync_storage_scan(t->file, all ? 0 : org, &range, &b, NULL), rc);
    if (rc == ADSYNC_OK) assert_same_rows(a, b);
    adsync_rows_free(a);
    adsync_rows_free(b);
}

static void read_both(twins *t, int64_t org)
{
    adsync_value key[ADSYNC__KEY_MAX];

    for (uint32_t i = 0; i < BATCH; i++) {
        adsync_rows *a = NULL, *b = NULL;
        uint32_t columns = any_below(&t->a, t->width + 2);
        any_key(t, org, key);
        assert_int_equal(adsync_storage_read(t->memory, org, t->table, columns, key, 1, &a, NULL), ADSYNC_OK);
        assert_int_equal(adsync_storage_read(t->file, org, t->table, columns, key, 1, &b, NULL), ADSYNC_OK);
        assert_same_rows(a, b);
        adsync_rows_free(a);
        adsync_rows_free(b);
    }
}

static void follow(const place *p, uint32_t table)
{
    const uint32_t steps = any_rounds(STEPS);
    twins *t = calloc(1, sizeof *t);

    assert_non_null(t);
    t->a.state = 77 + table;
    t->table = table;
    t->width = adsync_table_width(table);
    t->n_key = adsync_index_width(table, 0);
    t->file = place_open(p, NULL);
    assert_int_equal(adsync_memory_open(NULL, &t->memory, NULL), ADSYNC_OK);
    for (uint32_t i = 0; i < steps; i++) {
        int64_t org = adsync_table_has_org(table) ? 1 + any_below(&t->a, ORGS) : 0;
        commit_both(t, org);
        for (uint32_t k = 0; k < 3; k++)
            scan_both(t, org);
        if (i % 8 == 0) read_both(t, org);
        if (i == steps / 2) { /* what is there is there for the next handle too */
            adsync_storage_free(t->file);
            t->file = place_open(p, NULL);
        }
    }
    assert_true(t->n_known > 3);
    adsync_storage_free(t->memory);
    adsync_storage_free(t->file);
    free(t);
}

static void it_does_what_the_memory_storage_does_on_every_table(void **state)
{
    for (uint32_t table = 1; table <= adsync_table_count(); table++)
        follow(*state, table);
}

static void many_keys_are_read_at_once(void **state)
{
    adsync_value keys[300], value[2];
    adsync_storage *storage = place_open(*state, NULL);
    adsync_rows *rows = NULL;
    char names[300][8];

    for (int i = 0; i < 300; i++) {
        const adsync_change put = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_META, .expected = ADSYNC_EXPECT_ANY, .values = value, .n_values = 2
        };
        sqlite3_snprintf(sizeof names[i], names[i], "k%d", i);
        keys[i] = value[0] = adsync__value_text(names[i]);
        value[1] = adsync__value_int(i);
        if (i % 3 == 0) assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    }
    assert_int_equal(adsync_storage_read(storage, 0, ADSYNC_T_META, 0, keys, 300, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 100);
    adsync_rows_free(rows);
    adsync_storage_free(storage);
}

static void a_mebibyte_of_bytes_comes_back_whole(void **state)
{
    static char bytes[60000], text[1 << 20];
    adsync_value row[] = { WORD("big"), NUMBER(1), { ADSYNC_VALUE_TEXT, sizeof text, 0, text } };
    adsync_value limit[] = { WORD("big"), WORD("w"), NUMBER(1), { ADSYNC_VALUE_BYTES, sizeof bytes, 0, bytes } };
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, row), PUT(ADSYNC_T_LIMITS, ADSYNC_EXPECT_ABSENT, limit) };
    adsync_storage *storage = place_open(*state, NULL);
    adsync_rows *rows = NULL;
    size_t size;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 31);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_read(storage, 0, ADSYNC_T_META, 0, row, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_memory_equal(adsync_rows_bytes(rows, ADSYNC_C_TEXT, &size), text, sizeof text);
    assert_int_equal(size, sizeof text);
    adsync_rows_free(rows);
    assert_int_equal(adsync_storage_read(storage, 0, ADSYNC_T_LIMITS, 0, limit, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_memory_equal(adsync_rows_bytes(rows, ADSYNC_C_STATE, &size), bytes, sizeof bytes);
    assert_int_equal(size, sizeof bytes);
    adsync_rows_free(rows);
    adsync_storage_free(storage);
}

static void erase_takes_what_is_under_a_prefix_in_lots(void **state)
{
    adsync_value row[PLACE_METRIC];
    const adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_METRICS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = PLACE_METRIC
    };
    adsync_storage *storage = place_open(*state, NULL);
    const adsync_storage_ops *ops = adsync__storage_ops(storage);
    uint32_t left, lots = 0;

    for (int64_t i = 0; i < 50; i++) {
        place_metric(row, i % 2 ? 5 : 6, i);
        assert_int_equal(adsync_storage_commit(storage, 1, &put, 1, NULL, NULL), ADSYNC_OK);
    }
    place_metric(row, 5, 0);
    do {
        assert_int_equal(ops->erase(ops->user, ADSYNC_T_METRICS, row, 2, 10, &left, NULL), ADSYNC_OK);
        lots++;
    } while (left);
    assert_int_equal(lots, 3);
    assert_int_equal(place_number(*state, "SELECT count(*) FROM adsync_metrics WHERE connection = 5"), 0);
    assert_int_equal(place_number(*state, "SELECT count(*) FROM adsync_metrics WHERE connection = 6"), 25);
    assert_int_equal(ops->erase(ops->user, ADSYNC_T_METRICS, row, 0, 25, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
    adsync_storage_free(storage);
}

static void its_clock_is_the_wall_clock(void **state)
{
    adsync_storage *storage = place_open(*state, NULL);
    const adsync_storage_ops *ops = adsync__storage_ops(storage);
    int64_t before = adsync__now_us(adsync__storage_effects(storage)), now = 0;

    assert_int_equal(ops->now(ops->user, &now, NULL), ADSYNC_OK);
    assert_true(now >= before - 1000);
    assert_true(now <= adsync__now_us(adsync__storage_effects(storage)) + 1000);
    adsync_storage_free(storage);
}

/* Shapes are what statements are cached by: far more of them than the cache holds come and go. */
static void more_kinds_of_scans_than_it_remembers_still_work(void **state)
{
    const adsync_value lower[] = { NUMBER(1), NUMBER(1) }, upper[] = { NUMBER(1), NUMBER(5) };
    adsync_range range = { .table = ADSYNC_T_ENTITIES, .limit = 1, .n_lower = 2, .lower = lower, .upper = upper };
    adsync_storage *storage = place_open(*state, NULL);
    uint32_t shapes = 0;

    for (range.columns = 5; range.columns <= adsync_table_width(ADSYNC_T_ENTITIES); range.columns++) {
        for (range.flags = 0; range.flags < 4; range.flags++) {
            for (range.n_upper = 1; range.n_upper <= 2; range.n_upper++, shapes++) {
                adsync_rows *rows = NULL;
                assert_int_equal(adsync_storage_scan(storage, 1, &range, &rows, NULL), ADSYNC_OK);
                adsync_rows_free(rows);
            }
        }
    }
    assert_true(shapes > 400);
    adsync_storage_free(storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_does_what_the_memory_storage_does_on_every_table, place_begin, place_end),
        cmocka_unit_test_setup_teardown(many_keys_are_read_at_once, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_mebibyte_of_bytes_comes_back_whole, place_begin, place_end),
        cmocka_unit_test_setup_teardown(erase_takes_what_is_under_a_prefix_in_lots, place_begin, place_end),
        cmocka_unit_test_setup_teardown(its_clock_is_the_wall_clock, place_begin, place_end),
        cmocka_unit_test_setup_teardown(more_kinds_of_scans_than_it_remembers_still_work, place_begin, place_end),
    };

    return cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
}
