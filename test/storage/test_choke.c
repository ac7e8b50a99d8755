/* SPDX-License-Identifier: MIT */
/* P5: each unit of work has exactly one organisation, enforced at one choke point. What does not fit is refused before the storage
 * sees it; what comes back is held against the table and the organisation again. */
#include "support/faulty.h"
#include "support/values.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static faulty around;
static adsync_storage *storage;

static int begin(void **state)
{
    adsync_storage *inner = NULL;

    (void)state;
    memset(&around, 0, sizeof around);
    if (adsync_memory_open(NULL, &inner, NULL) < 0 || faulty_wrap(&around, inner, &storage, NULL) < 0) return -1;
    adsync_storage_free(inner);
    return 0;
}

static int end(void **state)
{
    (void)state;
    adsync_storage_free(storage);
    return 0;
}

/* The call answered this status, said why, and the storage never saw it. */
static void assert_kept_away(adsync_status rc, adsync_status expected, adsync_error **error, const char *word)
{
    assert_int_equal(rc, expected);
    assert_int_equal(adsync_error_status(*error), expected);
    if (!strstr(adsync_error_message(*error), word)) fail_msg("\"%s\" does not say \"%s\"", adsync_error_message(*error), word);
    assert_int_equal(around.calls, 0);
    adsync_error_free(*error);
    *error = NULL;
}

static void refuse_change(int64_t org, adsync_change change, const char *word)
{
    adsync_rows *conflicts = (adsync_rows *)storage;
    adsync_error *error = NULL;

    assert_kept_away(adsync_storage_commit(storage, org, &change, 1, &conflicts, &error), ADSYNC_E_INVALID, &error, word);
    assert_null(conflicts);
}

static void refuse_put(int64_t org, uint32_t table, const adsync_value *values, uint32_t n, const char *word)
{
    refuse_change(
        org, (adsync_change){ .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = n },
        word);
}

static void refuse_key(int64_t org, uint32_t table, const adsync_value *keys, uint32_t n, const char *word)
{
    adsync_rows *rows = (adsync_rows *)storage;
    adsync_error *error = NULL;

    assert_kept_away(adsync_storage_read(storage, org, table, 0, keys, n, &rows, &error), ADSYNC_E_INVALID, &error, word);
    assert_null(rows);
}

static void refuse_range(int64_t org, adsync_range range, const char *word)
{
    adsync_rows *rows = (adsync_rows *)storage;
    adsync_error *error = NULL;

    assert_kept_away(adsync_storage_scan(storage, org, &range, &rows, &error), ADSYNC_E_INVALID, &error, word);
    assert_null(rows);
}

/* ---- another organisation's */

static void P5_a_key_of_another_organisation_is_refused(void **state)
{
    static const adsync_value ours[] = { NUMBER(1), NUMBER(5), NUMBER(2), NUMBER(5) };

    (void)state;
    refuse_key(1, ADSYNC_T_GRANTS, ours, 2, "another organisation");
    refuse_key(2, ADSYNC_T_GRANTS, ours, 1, "another organisation");
    refuse_key(0, ADSYNC_T_GRANTS, ours, 1, "another organisation");
    refuse_key(-1, ADSYNC_T_GRANTS, ours, 1, "0 or above");
}

static void P5_a_change_of_another_organisation_is_refused(void **state)
{
    static const adsync_value theirs[] = { NUMBER(2), NUMBER(5) };

    (void)state;
    refuse_change(1, (adsync_change)PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ANY, theirs), "another organisation");
    refuse_change(1, (adsync_change)DELETE(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ANY, theirs), "another organisation");
    refuse_change(1, (adsync_change)CHECK(ADSYNC_T_GRANTS, 7, theirs), "another organisation");
    refuse_change(0, (adsync_change)PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ANY, theirs), "another organisation");
}

static void P5_one_foreign_change_among_many_stops_them_all(void **state)
{
    static const adsync_value ours[] = { NUMBER(1), NUMBER(5) }, theirs[] = { NUMBER(2), NUMBER(5) };
    const adsync_change changes[] = { PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ANY, ours), PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ANY, theirs) };
    adsync__unit units[] = { { .org = 1, .changes = changes, .n_changes = 1 }, { .org = 1, .changes = changes + 1, .n_changes = 1 } };
    adsync_error *error = NULL;

    (void)state;
    assert_kept_away(adsync_storage_commit(storage, 1, changes, 2, NULL, &error), ADSYNC_E_INVALID, &error, "another organisation");
    assert_kept_away(adsync__storage_commit(storage, units, 2, NULL, &error), ADSYNC_E_INVALID, &error, "another organisation");
    units[1].org = 2; /* each unit with its own organisation is fine */
    assert_int_equal(adsync__storage_commit(storage, units, 2, NULL, NULL), ADSYNC_OK);
}

static void P5_an_organisation_does_not_reach_the_systems_tables(void **state)
{
    static const adsync_value key[] = { WORD("next_org") };

    (void)state;
    refuse_key(1, ADSYNC_T_META, key, 1, "system table");
    refuse_put(1, ADSYNC_T_META, key, 1, "system table");
    refuse_range(1, (adsync_range){ .table = ADSYNC_T_META, .limit = 1 }, "system table");
}

static void P5_both_bounds_of_a_range_start_with_the_organisation(void **state)
{
    static const adsync_value one[] = { NUMBER(1) }, two[] = { NUMBER(2) };
    adsync_range range = { .table = ADSYNC_T_GRANTS, .limit = 1 };

    (void)state;
    refuse_range(1, range, "both bounds");
    range.lower = one;
    range.n_lower = 1;
    refuse_range(1, range, "both bounds");
    range.upper = two;
    range.n_upper = 1;
    refuse_range(1, range, "another organisation");
    refuse_range(2, range, "another organisation");
    range.upper = one;
    refuse_range(2, range, "another organisation");
    range.lower = two;
    refuse_range(1, range, "another organisation");
}

static void P5_an_index_over_all_organisations_needs_its_flag_and_the_system(void **state)
{
    static const adsync_value one[] = { NUMBER(1) };
    adsync_range range = { .table = ADSYNC_T_QUEUE, .index = 1, .limit = 10 };
    adsync_rows *rows = NULL;

    (void)state;
    refuse_range(0, range, "ALL_ORGS");
    refuse_range(1, range, "ALL_ORGS");
    range.flags = ADSYNC_RANGE_ALL_ORGS;
    refuse_range(1, range, "only the system");
    range.index = 0;
    refuse_range(0, range, "does not go over all");
    range.lower = range.upper = one;
    range.n_lower = range.n_upper = 1;
    refuse_range(1, range, "does not go over all");
    range.table = ADSYNC_T_META;
    range.n_lower = range.n_upper = 0;
    refuse_range(0, range, "does not go over all");
    range = (adsync_range){ .table = ADSYNC_T_QUEUE, .index = 1, .limit = 10, .flags = ADSYNC_RANGE_ALL_ORGS };
    assert_int_equal(adsync_storage_scan(storage, 0, &range, &rows, NULL), ADSYNC_OK);
    adsync_rows_free(rows);
}

/* ---- values, keys, ranges, changes that are none */

static void text_with_NUL_and_text_that_is_no_UTF8_is_refused(void **state)
{
    static const adsync_value bad[][3] = {
        { WORD("k\0"), NUMBER(1) },
        { WORD("\0"), NUMBER(1) },
        { WORD("\xff"), NUMBER(1) },
        { WORD("\xc3"), NUMBER(1) },
        { WORD("\xed\xa0\x80"), NUMBER(1) },
        { WORD("\xc0\x80"), NUMBER(1) },
        { WORD("k"), NUMBER(1), WORD("v\0v") },
        { WORD("k"), NUMBER(1), WORD("v\x80") },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++)
        refuse_put(0, ADSYNC_T_META, bad[i], 3, memchr(bad[i][0].p, 0, bad[i][0].size) || i == 6 ? "NUL" : "UTF-8");
    for (size_t i = 0; i < 6; i++)
        refuse_key(0, ADSYNC_T_META, bad[i], 1, i < 2 ? "NUL" : "UTF-8");
    for (size_t i = 0; i < 6; i++)
        refuse_range(0, (adsync_range){ .table = ADSYNC_T_META, .limit = 1, .lower = bad[i], .n_lower = 1 }, i < 2 ? "NUL" : "UTF-8");
}

static void a_value_of_another_kind_or_with_no_address_is_refused(void **state)
{
    static const adsync_value bad[][3] = {
        { NUMBER(1) },
        { OCTETS("k") },
        { NONE },
        { { 9, 1, 0, "k" } },
        { { ADSYNC_VALUE_TEXT, 3, 0, NULL } },
        { WORD("k"), WORD("1") },
        { WORD("k"), NUMBER(1), NUMBER(1) },
        { WORD("k"), NONE, OCTETS("x") },
        { WORD("k"), NONE, { ADSYNC_VALUE_TEXT, 1, 0, NULL } },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++)
        refuse_put(0, ADSYNC_T_META, bad[i], 3, i == 2 ? "null" : i == 4 || i == 8 ? "address" : "another kind");
    for (size_t i = 0; i < 5; i++)
        refuse_key(0, ADSYNC_T_META, bad[i], 1, i == 2 ? "null" : i == 4 ? "address" : "another kind");
}

static void a_value_longer_than_its_column_is_refused(void **state)
{
    char text[66];
    adsync_value put[] = { { ADSYNC_VALUE_TEXT, 65, 0, text } };

    (void)state;
    memset(text, 'k', sizeof text);
    refuse_put(0, ADSYNC_T_META, put, 1, "longer");
    put[0].size = 64;
    assert_int_equal(adsync_storage_commit(storage, 0, &(adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, put), 1, NULL, NULL),
                     ADSYNC_OK);
}

/* No table of the list can have such a key, since its columns' own limits are tighter; the guard stands for those to come. */
static void every_column_at_its_longest_still_makes_a_key_that_fits(void **state)
{
    static char text[512];
    adsync_value key[ADSYNC__KEY_MAX];

    (void)state;
    memset(text, 'k', sizeof text);
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        uint32_t n = adsync_index_width(t, 0);
        adsync_rows *rows = NULL;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t kind = adsync_table_column_kind(t, i);
            key[i] = (adsync_value){ kind, kind == ADSYNC_VALUE_INT ? 0 : adsync_table_column_max(t, i), INT64_MAX, text };
        }
        assert_int_equal(adsync_storage_read(storage, adsync_table_has_org(t) ? INT64_MAX : 0, t, 0, key, 1, &rows, NULL), ADSYNC_OK);
        adsync_rows_free(rows);
    }
}

static void unknown_tables_indexes_flags_and_ops_are_refused(void **state)
{
    static const adsync_value key[] = { WORD("k"), NONE, NONE, NONE };
    static const uint32_t no_tables[] = { 0, ADSYNC_T_REVISIONS + 1, UINT32_MAX }, no_ops[] = { 0, 4, UINT32_MAX };
    adsync_change change = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        refuse_key(0, no_tables[i], key, 1, "no table");
        refuse_put(0, no_tables[i], key, 1, "no table");
        refuse_range(0, (adsync_range){ .table = no_tables[i], .limit = 1 }, "no table");
        change.n_values = 1;
        change.op = no_ops[i];
        refuse_change(0, change, "no known kind");
    }
    change = (adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key);
    change.n_values = 1;
    change.reserved = 1;
    refuse_change(0, change, "no known kind");
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_META, .index = 1, .limit = 1 }, "no index");
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_META, .limit = 1, .flags = 8 }, "flags");
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_META, .limit = 1, .reserved = 1 }, "flags");
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_META }, "limit");
}

static void bounds_that_are_none_are_refused(void **state)
{
    static const adsync_value word[] = { WORD("k"), WORD("w"), WORD("x") }, null[] = { WORD("k"), NONE }, number[] = { NUMBER(1) };

    (void)state;
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_LIMITS, .limit = 1, .lower = null, .n_lower = 2 }, "bound is null");
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_LIMITS, .limit = 1, .upper = null, .n_upper = 2 }, "bound is null");
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_LIMITS, .limit = 1, .upper = word, .n_upper = 3 }, "longer than its index");
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_LIMITS, .limit = 1, .upper = number, .n_upper = 1 }, "another kind");
    refuse_range(0, (adsync_range){ .table = ADSYNC_T_LIMITS, .limit = 1, .n_upper = 1 }, "no address");
}

static void changes_that_make_no_sense_are_refused(void **state)
{
    static const adsync_value key[] = { WORD("k") }, row[] = { WORD("k"), NUMBER(1), WORD("t"), WORD("more") };
    adsync_change change;

    (void)state;
    refuse_change(0, (adsync_change)DELETE(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, key), "cannot expect");
    refuse_change(0, (adsync_change)CHECK(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, key), "cannot expect");
    refuse_change(0, (adsync_change)CHECK(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key), "cannot expect");
    refuse_change(0, (adsync_change)PUT(ADSYNC_T_META, -2, key), "cannot expect");
    change = (adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key);
    change.version = -1;
    refuse_change(0, change, "version");
    change = (adsync_change)DELETE(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key);
    change.version = 1;
    refuse_change(0, change, "version");
    refuse_change(0, (adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, row), "values");
    refuse_put(0, ADSYNC_T_META, row, 0, "values");
    refuse_put(0, ADSYNC_T_META, NULL, 1, "values");
    change = (adsync_change)DELETE(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key);
    change.values = row;
    change.n_values = 2;
    refuse_change(0, change, "values");
}

static void nothing_at_all_is_refused(void **state)
{
    static const adsync_value key[] = { WORD("k") };
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key);
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;

    (void)state;
    assert_kept_away(adsync_storage_commit(storage, 0, &put, 0, NULL, &error), ADSYNC_E_INVALID, &error, "nothing");
    assert_kept_away(adsync_storage_commit(storage, 0, NULL, 1, NULL, &error), ADSYNC_E_INVALID, &error, "NULL");
    assert_kept_away(adsync_storage_commit(NULL, 0, &put, 1, NULL, &error), ADSYNC_E_INVALID, &error, "NULL");
    assert_kept_away(adsync_storage_read(storage, 0, ADSYNC_T_META, 0, NULL, 1, &rows, &error), ADSYNC_E_INVALID, &error, "no keys");
    assert_kept_away(adsync_storage_read(storage, 0, ADSYNC_T_META, 0, key, 0, &rows, &error), ADSYNC_E_INVALID, &error, "no keys");
    assert_kept_away(adsync_storage_read(storage, 0, ADSYNC_T_META, 0, key, 1, NULL, &error), ADSYNC_E_INVALID, &error, "NULL");
    assert_kept_away(adsync_storage_read(NULL, 0, ADSYNC_T_META, 0, key, 1, &rows, &error), ADSYNC_E_INVALID, &error, "NULL");
    assert_kept_away(adsync_storage_scan(storage, 0, NULL, &rows, &error), ADSYNC_E_INVALID, &error, "NULL");
    assert_kept_away(adsync_storage_scan(storage, 0, &(adsync_range){ .table = ADSYNC_T_META, .limit = 1 }, NULL, &error), ADSYNC_E_INVALID,
                     &error, "NULL");
    assert_kept_away(adsync_storage_scan(NULL, 0, &(adsync_range){ .table = ADSYNC_T_META, .limit = 1 }, &rows, &error), ADSYNC_E_INVALID,
                     &error, "NULL");
}

static void two_changes_of_one_key_are_refused(void **state)
{
    static const adsync_value a[] = { WORD("a") }, b[] = { WORD("b") };
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, b),
                                      DELETE(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a) };
    adsync_error *error = NULL;

    (void)state;
    assert_kept_away(adsync_storage_commit(storage, 0, changes, 3, NULL, &error), ADSYNC_E_INVALID, &error, "one key");
}

static void a_commit_over_its_limits_is_refused(void **state)
{
    enum { MOST = 2000, BYTES = 4 << 20 };
    static adsync_value keys[MOST + 1][2];
    static adsync_change changes[MOST + 1];
    static char names[MOST + 1][8];
    char *big = malloc(BYTES);
    adsync_value heavy[] = { WORD("k"), NONE, { ADSYNC_VALUE_TEXT, BYTES, 0, big } };
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, heavy);
    adsync_rows *conflicts = NULL;
    adsync_error *error = NULL;

    (void)state;
    assert_non_null(big);
    memset(big, 'x', BYTES);
    for (int i = 0; i <= MOST; i++) {
        (void)snprintf(names[i], sizeof names[i], "%d", i);
        keys[i][0] = adsync__value_text(names[i]);
        changes[i] = (adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, keys[i]);
    }
    assert_kept_away(adsync_storage_commit(storage, 0, changes, MOST + 1, &conflicts, &error), ADSYNC_E_TOO_BIG, &error, "2001 changes");
    assert_kept_away(adsync_storage_commit(storage, 0, changes, UINT32_MAX, &conflicts, &error), ADSYNC_E_TOO_BIG, &error, "changes");
    assert_kept_away(adsync_storage_commit(storage, 0, &put, 1, NULL, &error), ADSYNC_E_TOO_BIG, &error, "bytes");
    heavy[2].size = BYTES - 1; /* the key has one byte: exactly the most */
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    heavy[1] = adsync__value_int(0); /* a number counts 8 */
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_E_TOO_BIG);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, MOST, NULL, NULL), ADSYNC_OK);
    free(big);
}

static void an_error_replaces_the_last_one_and_success_leaves_it_alone(void **state)
{
    static const adsync_value key[] = { WORD("k") };
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;

    (void)state;
    (void)adsync_error_set(&error, ADSYNC_E_STORAGE, "an old one", 7);
    assert_int_equal(adsync_storage_read(storage, 0, ADSYNC_T_META, 0, key, 1, &rows, &error), ADSYNC_OK);
    assert_string_equal(adsync_error_message(error), "an old one");
    adsync_rows_free(rows);
    assert_int_equal(adsync_storage_read(storage, 1, ADSYNC_T_META, 0, key, 1, &rows, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_INVALID);
    adsync_error_free(error);
}

/* ---- what comes back */

typedef adsync_status (*lie)(adsync_sink *sink, adsync_error **error);
static lie telling;
static uint32_t columns_asked;

static adsync_status lie_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n, adsync_sink *sink,
                              adsync_error **error)
{
    (void)user, (void)table, (void)keys, (void)n;
    columns_asked = columns;
    return telling(sink, error);
}

static adsync_status lie_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    (void)user;
    columns_asked = range->columns;
    return telling(sink, error);
}

static adsync_status lie_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    (void)user, (void)changes, (void)n;
    return telling(conflicts, error);
}

static void lie_close(void *user) { (void)user; }

static adsync_storage *liar(lie what)
{
    const adsync_storage_ops ops = { .size = sizeof ops, .read = lie_read, .scan = lie_scan, .commit = lie_commit, .close = lie_close };
    adsync_storage *made = NULL;

    telling = what;
    assert_int_equal(adsync_storage_new(&ops, &made, NULL), ADSYNC_OK);
    return made;
}

/* Both ways of reading grant 5 of organisation 1 answer this, without rows. */
static void assert_read_answers(lie what, adsync_status expected, const char *word)
{
    static const adsync_value key[] = { NUMBER(1), NUMBER(5) };
    const adsync_range range = { .table = ADSYNC_T_GRANTS, .limit = 1, .lower = key, .upper = key, .n_lower = 2, .n_upper = 2 };
    adsync_storage *s = liar(what);
    adsync_rows *rows = (adsync_rows *)s;
    adsync_error *error = NULL;

    (void)adsync_error_set(&error, expected, "old words", 0);
    assert_int_equal(adsync_storage_read(s, 1, ADSYNC_T_GRANTS, 0, key, 1, &rows, &error), expected);
    assert_null(rows);
    assert_int_equal(adsync_error_status(error), expected);
    if (!strstr(adsync_error_message(error), word)) fail_msg("\"%s\" does not say \"%s\"", adsync_error_message(error), word);
    rows = (adsync_rows *)s;
    assert_int_equal(adsync_storage_scan(s, 1, &range, &rows, &error), expected);
    assert_null(rows);
    assert_int_equal(adsync_error_status(error), expected);
    if (!strstr(adsync_error_message(error), word)) fail_msg("\"%s\" does not say \"%s\"", adsync_error_message(error), word);
    adsync_error_free(error);
    adsync_storage_free(s);
}

static const adsync_value our_row[] = { NUMBER(1), NUMBER(5) }, their_row[] = { NUMBER(2), NUMBER(5) };

static adsync_status tell_another_orgs_row(adsync_sink *sink, adsync_error **error)
{
    (void)error;
    return adsync_sink_values(sink, 1, their_row, 2);
}

static adsync_status tell_two_rows(adsync_sink *sink, adsync_error **error)
{
    (void)error;
    (void)adsync_sink_values(sink, 1, our_row, 2);
    return adsync_sink_values(sink, 1, our_row, 2);
}

static adsync_status tell_a_bad_row_and_say_OK(adsync_sink *sink, adsync_error **error)
{
    (void)error;
    (void)adsync_sink_values(sink, 0, our_row, 2);
    (void)adsync_sink_values(sink, 1, our_row, 2);
    return ADSYNC_OK;
}

static adsync_status tell_a_number_for_text(adsync_sink *sink, adsync_error **error)
{
    static const adsync_value row[] = { NUMBER(1), NUMBER(5), NUMBER(1), NUMBER(1) };

    (void)error;
    return adsync_sink_values(sink, 1, row, 4);
}

static adsync_status misuse_the_sink(adsync_sink *sink, adsync_error **error)
{
    (void)error;
    return adsync_sink_int(sink, 1);
}

static adsync_status fail_with_words(adsync_sink *sink, adsync_error **error)
{
    (void)adsync_sink_values(sink, 1, our_row, 2);
    return adsync_error_set(error, ADSYNC_E_HOST, "the database is away", 7);
}

static adsync_status fail_without_words(adsync_sink *sink, adsync_error **error)
{
    (void)sink, (void)error;
    return ADSYNC_E_STORAGE;
}

static adsync_status fail_oddly(adsync_sink *sink, adsync_error **error)
{
    (void)sink;
    return adsync_error_set(error, ADSYNC_E_AUTH, "who are you", 0);
}

static adsync_status say_conflict(adsync_sink *sink, adsync_error **error)
{
    (void)sink, (void)error;
    return ADSYNC_E_CONFLICT;
}

static adsync_status say_row(adsync_sink *sink, adsync_error **error)
{
    (void)sink, (void)error;
    return ADSYNC_ROW;
}

static void P5_a_storage_that_leaks_another_organisations_row_is_caught(void **state)
{
    (void)state;
    assert_read_answers(tell_another_orgs_row, ADSYNC_E_FORMAT, "another organisation");
}

static void a_storage_that_lies_about_rows_is_caught(void **state)
{
    (void)state;
    assert_read_answers(tell_two_rows, ADSYNC_E_FORMAT, "more rows");
    assert_read_answers(tell_a_bad_row_and_say_OK, ADSYNC_E_FORMAT, "version");
    assert_read_answers(tell_a_number_for_text, ADSYNC_E_FORMAT, "number");
    assert_read_answers(misuse_the_sink, ADSYNC_E_FORMAT, "adsync_sink_row");
}

static void answers_that_the_contract_does_not_know_count_as_storage_failures(void **state)
{
    (void)state;
    assert_read_answers(fail_with_words, ADSYNC_E_HOST, "the database is away");
    assert_read_answers(fail_without_words, ADSYNC_E_STORAGE, "the storage failed");
    assert_read_answers(fail_oddly, ADSYNC_E_STORAGE, "who are you");
    assert_read_answers(say_conflict, ADSYNC_E_STORAGE, "E_CONFLICT");
    assert_read_answers(say_row, ADSYNC_E_STORAGE, "ROW");
}

static adsync_status tell_nothing(adsync_sink *sink, adsync_error **error)
{
    (void)sink, (void)error;
    return ADSYNC_OK;
}

static void a_storage_is_asked_for_the_key_at_least_and_never_for_more_than_there_is(void **state)
{
    static const struct {
        uint32_t wanted, asked;
    } cases[] = { { 0, 20 }, { 1, 2 }, { 2, 2 }, { 3, 3 }, { 20, 20 }, { 21, 20 }, { UINT32_MAX, 20 } };
    adsync_storage *s = liar(tell_nothing);

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        const adsync_range range = {
            .table = ADSYNC_T_GRANTS, .limit = 1, .lower = our_row, .upper = our_row, .n_lower = 2, .n_upper = 2, .columns = cases[i].wanted
        };
        adsync_rows *rows = NULL;
        columns_asked = 0;
        assert_int_equal(adsync_storage_read(s, 1, ADSYNC_T_GRANTS, cases[i].wanted, our_row, 1, &rows, NULL), ADSYNC_OK);
        assert_int_equal(columns_asked, cases[i].asked);
        assert_int_equal(adsync_rows_width(rows), cases[i].asked + 1);
        adsync_rows_free(rows);
        columns_asked = 0;
        assert_int_equal(adsync_storage_scan(s, 1, &range, &rows, NULL), ADSYNC_OK);
        assert_int_equal(columns_asked, cases[i].asked);
        adsync_rows_free(rows);
    }
    adsync_storage_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(P5_a_key_of_another_organisation_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(P5_a_change_of_another_organisation_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(P5_one_foreign_change_among_many_stops_them_all, begin, end),
        cmocka_unit_test_setup_teardown(P5_an_organisation_does_not_reach_the_systems_tables, begin, end),
        cmocka_unit_test_setup_teardown(P5_both_bounds_of_a_range_start_with_the_organisation, begin, end),
        cmocka_unit_test_setup_teardown(P5_an_index_over_all_organisations_needs_its_flag_and_the_system, begin, end),
        cmocka_unit_test_setup_teardown(text_with_NUL_and_text_that_is_no_UTF8_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_value_of_another_kind_or_with_no_address_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_value_longer_than_its_column_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(every_column_at_its_longest_still_makes_a_key_that_fits, begin, end),
        cmocka_unit_test_setup_teardown(unknown_tables_indexes_flags_and_ops_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(bounds_that_are_none_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(changes_that_make_no_sense_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(nothing_at_all_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(two_changes_of_one_key_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_commit_over_its_limits_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(an_error_replaces_the_last_one_and_success_leaves_it_alone, begin, end),
        cmocka_unit_test(P5_a_storage_that_leaks_another_organisations_row_is_caught),
        cmocka_unit_test(a_storage_that_lies_about_rows_is_caught),
        cmocka_unit_test(answers_that_the_contract_does_not_know_count_as_storage_failures),
        cmocka_unit_test(a_storage_is_asked_for_the_key_at_least_and_never_for_more_than_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
