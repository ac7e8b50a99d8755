/* SPDX-License-Identifier: MIT */
/* What SQLite means to do with each statement. A claim, a due poll or a resumed page that walks a table is as wrong as a wrong row:
 * nobody sees it until there is much data. */
#include "adapters/sqlite/sqlite_int.h"
#include "place.h"

#include <stdio.h>

static sqlite3 *plans_db;

static int plans_begin(void **state)
{
    adsync_storage *storage;

    if (place_begin(state)) return 1;
    storage = place_open(*state, NULL);
    adsync_storage_free(storage);
    return sqlite3_open(((place *)*state)->file, &plans_db);
}

static int plans_end(void **state)
{
    (void)sqlite3_close(plans_db);
    return place_end(state);
}

/* The plan's lines, one after the other. */
static char *plan_of(const adsync__sqlite_shape *shape)
{
    sqlite3_str *plan = sqlite3_str_new(plans_db);
    adsync__sql text = adsync__sqlite_sql("adsync_");
    sqlite3_stmt *stmt = NULL;

    adsync__sql_add(&text, "EXPLAIN QUERY PLAN ");
    adsync__sqlite_text(&text, shape);
    if (sqlite3_prepare_v2(plans_db, text.p, -1, &stmt, NULL) != SQLITE_OK) fail_msg("%s: %s", text.p, sqlite3_errmsg(plans_db));
    while (sqlite3_step(stmt) == SQLITE_ROW)
        sqlite3_str_appendf(plan, "%s\n", sqlite3_column_text(stmt, 3));
    sqlite3_finalize(stmt);
    sqlite3_free(text.p);
    sqlite3_str_appendall(plan, "end");
    return sqlite3_str_finish(plan);
}

static const char *column_of(const adsync__sqlite_shape *shape, uint32_t i)
{
    return adsync__sql_column(shape->range.table, adsync_index_column(shape->range.table, shape->range.index, i));
}

static void assert_in_plan(const char *plan, const char *words)
{
    if (!strstr(plan, words)) fail_msg("no \"%s\" in the plan: %s", words, plan);
}

/* The whole bound is searched for, not only its first column: "(a,b)>(?,?)". */
static void assert_bound_searched(const adsync__sqlite_shape *shape, const char *plan, uint32_t n, char sign)
{
    sqlite3_str *words = sqlite3_str_new(plans_db);
    char *text;

    for (uint32_t i = 0; i < n; i++)
        sqlite3_str_appendf(words, "%s%s", i ? "," : n > 1 ? "(" : "", column_of(shape, shape->range.equal + i));
    sqlite3_str_appendf(words, n > 1 ? ")%c(" : "%c?", sign);
    text = sqlite3_str_finish(words);
    assert_in_plan(plan, text);
    sqlite3_free(text);
}

static void assert_scan_is_a_search(const adsync__sqlite_shape *shape)
{
    char *plan = plan_of(shape), words[80];

    if (strstr(plan, "TEMP B-TREE")) fail_msg("%s is sorted: %s", adsync_table_name(shape->range.table), plan);
    if (shape->range.equal + shape->range.lower + shape->range.upper && strncmp(plan, "SEARCH ", 7) != 0)
        fail_msg("not searched: %s", plan);
    for (uint32_t i = 0; i < shape->range.equal; i++) {
        snprintf(words, sizeof words, "%s=?", column_of(shape, i));
        assert_in_plan(plan, words);
    }
    if (shape->range.lower) assert_bound_searched(shape, plan, shape->range.lower, '>');
    if (shape->range.upper) assert_bound_searched(shape, plan, shape->range.upper, '<');
    sqlite3_free(plan);
}

static uint32_t index_length(uint32_t table, uint32_t index)
{
    uint32_t n = 0;

    while (adsync_index_column(table, index, n) != UINT32_MAX) n++;
    return n;
}

/* Every count of values that both bounds begin with, and that each has beyond them. */
static uint32_t check_scans(uint32_t table, uint32_t index)
{
    adsync__sqlite_shape shape = { .what = ADSYNC__SQLITE_SCAN, .range = { .table = (uint16_t)table, .index = (uint16_t)index } };
    adsync__sql_range *range = &shape.range;
    uint32_t n = index_length(table, index), checked = 0;

    range->columns = (uint16_t)adsync_table_width(table);
    for (range->equal = 0; range->equal <= n; range->equal++)
        for (range->lower = 0; range->equal + range->lower <= n; range->lower++)
            for (range->upper = 0; range->equal + range->upper <= n; range->upper++)
                for (range->flags = 0; range->flags < 4; range->flags++, checked++)
                    assert_scan_is_a_search(&shape);
    return checked;
}

static void every_range_of_every_index_is_one_search_in_order(void **state)
{
    uint32_t checked = 0;

    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++)
        for (uint32_t x = 0; x < adsync_table_indexes(t); x++)
            checked += check_scans(t, x);
    assert_true(checked > 5000);
}

static void assert_by_key(uint32_t table, uint16_t what)
{
    const adsync__sqlite_shape shape = { .what = what,
                                         .range = { .table = (uint16_t)table, .columns = (uint16_t)adsync_table_width(table) } };
    char *plan = plan_of(&shape), words[80];

    assert_int_equal(strncmp(plan, "SEARCH ", 7), 0);
    for (uint32_t i = 0; i < adsync_index_width(table, 0); i++) {
        snprintf(words, sizeof words, "%s=?", adsync__sql_column(table, i));
        assert_in_plan(plan, words);
    }
    sqlite3_free(plan);
}

static void reads_and_writes_find_their_row_by_its_whole_key(void **state)
{
    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        assert_by_key(t, ADSYNC__SQLITE_READ);
        assert_by_key(t, ADSYNC__SQLITE_VERSION);
        assert_by_key(t, ADSYNC__SQLITE_UPDATE);
        assert_by_key(t, ADSYNC__SQLITE_DELETE);
        assert_by_key(t, ADSYNC__SQLITE_DELETE_AT);
    }
}

static void erasing_under_a_prefix_walks_nothing_else(void **state)
{
    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        for (uint32_t n = 1; n <= adsync_index_width(t, 0); n++) {
            const adsync__sqlite_shape erase = { .what = ADSYNC__SQLITE_ERASE, .range = { .table = (uint16_t)t, .columns = (uint16_t)n } };
            const adsync__sqlite_shape left = { .what = ADSYNC__SQLITE_LEFT, .range = { .table = (uint16_t)t, .columns = (uint16_t)n } };
            char *plan = plan_of(&erase);
            assert_null(strstr(plan, "SCAN"));
            sqlite3_free(plan);
            plan = plan_of(&left);
            assert_null(strstr(plan, "SCAN"));
            sqlite3_free(plan);
        }
    }
}

/* Rows in which the index' columns are null are no burden: a finished grant has no due time. */
static void a_partial_index_holds_only_rows_without_nulls(void **state)
{
    const adsync_value due[] = { NUMBER(1), NUMBER(1), NUMBER(1), NONE, NONE, NONE, NUMBER(5) }, idle[] = { NUMBER(1), NUMBER(2) };
    const adsync_change changes[] = { PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ANY, due), PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ANY, idle) };
    adsync_storage *storage = place_open(*state, NULL);

    assert_int_equal(adsync_storage_commit(storage, 1, changes, 2, NULL, NULL), ADSYNC_OK);
    adsync_storage_free(storage);
    assert_int_equal(place_number(*state, "SELECT count(*) FROM adsync_grants INDEXED BY adsync_grants_by_due WHERE due_us IS NOT NULL"),
                     1);
    assert_int_equal(
        place_number(*state, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE 'adsync%' AND sql NOT LIKE '%NOT NULL%'"
                             " AND name NOT IN ('adsync_metrics_by_day', 'adsync_revisions_by_time')"),
        0); /* which name columns of the key alone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_range_of_every_index_is_one_search_in_order, plans_begin, plans_end),
        cmocka_unit_test_setup_teardown(reads_and_writes_find_their_row_by_its_whole_key, plans_begin, plans_end),
        cmocka_unit_test_setup_teardown(erasing_under_a_prefix_walks_nothing_else, plans_begin, plans_end),
        cmocka_unit_test_setup_teardown(a_partial_index_holds_only_rows_without_nulls, place_begin, place_end),
    };

    return cmocka_run_group_tests_name("sqlite plans", tests, NULL, NULL);
}
