/* SPDX-License-Identifier: MIT */
/* R7: inside a callback, calls on the handle that is being served answer E_BUSY, what is marked [cb] works, and other handles work.
 * The table below names every function of storage.h; the test holds it against the header and its [cb] marks, so that a function
 * which is added has to be entered here. */
#include "support/values.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const adsync_value key[] = { WORD("k") };
static const adsync_value values[] = { WORD("k"), NUMBER(1) };
static const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, values);
static const adsync_range all = { .table = ADSYNC_T_META, .limit = 10 };
static int poison;

/* ---- each function as one call on a handle; a failing one must leave its outputs NULL or 0 */

static adsync_status call_org(adsync_storage *s, adsync_error **error)
{
    int64_t number = 7;
    adsync_status rc = adsync_storage_org(s, "acme", 1, &number, error);

    assert_true(rc < 0 ? number == 0 : number > 0);
    return rc;
}

static adsync_status call_read(adsync_storage *s, adsync_error **error)
{
    adsync_rows *rows = (adsync_rows *)&poison;
    adsync_status rc = adsync_storage_read(s, 0, ADSYNC_T_META, 0, key, 1, &rows, error);

    if (rc < 0) assert_null(rows);
    adsync_rows_free(rows);
    return rc;
}

static adsync_status call_scan(adsync_storage *s, adsync_error **error)
{
    adsync_rows *rows = (adsync_rows *)&poison;
    adsync_status rc = adsync_storage_scan(s, 0, &all, &rows, error);

    if (rc < 0) assert_null(rows);
    adsync_rows_free(rows);
    return rc;
}

static adsync_status call_commit(adsync_storage *s, adsync_error **error)
{
    adsync_rows *conflicts = (adsync_rows *)&poison;
    adsync_status rc = adsync_storage_commit(s, 0, &put, 1, &conflicts, error);

    assert_null(conflicts);
    return rc;
}

static adsync_status call_new(adsync_storage *s, adsync_error **error);

static adsync_status call_memory_open(adsync_storage *s, adsync_error **error)
{
    adsync_storage *another = NULL;
    adsync_status rc = adsync_memory_open(NULL, &another, error);

    (void)s;
    adsync_storage_free(another);
    return rc;
}

static adsync_status call_free(adsync_storage *s, adsync_error **error) /* of one owner among two */
{
    (void)error;
    adsync__storage_keep(s);
    adsync_storage_free(s);
    adsync_storage_free(NULL);
    return ADSYNC_OK;
}

static adsync_status call_descriptors(adsync_storage *s, adsync_error **error)
{
    const adsync_range by_class = { .table = ADSYNC_T_QUEUE, .index = 2 };
    adsync_value row[9] = { NUMBER(1), NUMBER(1), WORD("s"), NUMBER(1), NUMBER(1), NUMBER(1) };

    (void)s, (void)error;
    assert_int_equal(adsync_range_compare(&by_class, row, row) | adsync_range_place(&by_class, row), 0);
    assert_int_equal(adsync_value_compare(row, row + 1), 0);
    assert_int_equal(adsync_table_count(), ADSYNC_T_REVISIONS);
    assert_string_equal(adsync_table_name(ADSYNC_T_QUEUE), "queue");
    assert_string_equal(adsync_index_name(ADSYNC_T_QUEUE, 2), "by_class");
    return ADSYNC_OK;
}

enum { WORKS = 1, BUSY = 2, NO_HANDLE = 3 }; /* NO_HANDLE: takes none, so there is none to be busy */

static const struct { const char *name; int inside; adsync_status (*call)(adsync_storage *, adsync_error **); } functions[] = {
    { "adsync_schema_version", WORKS, call_descriptors },
    { "adsync_table_count", WORKS, call_descriptors },
    { "adsync_table_name", WORKS, call_descriptors },
    { "adsync_table_since", WORKS, call_descriptors },
    { "adsync_table_has_org", WORKS, call_descriptors },
    { "adsync_table_width", WORKS, call_descriptors },
    { "adsync_table_column", WORKS, call_descriptors },
    { "adsync_table_column_kind", WORKS, call_descriptors },
    { "adsync_table_column_max", WORKS, call_descriptors },
    { "adsync_table_column_since", WORKS, call_descriptors },
    { "adsync_table_column_sealed", WORKS, call_descriptors },
    { "adsync_table_indexes", WORKS, call_descriptors },
    { "adsync_index_name", WORKS, call_descriptors },
    { "adsync_index_width", WORKS, call_descriptors },
    { "adsync_index_column", WORKS, call_descriptors },
    { "adsync_index_all_orgs", WORKS, call_descriptors },
    { "adsync_index_since", WORKS, call_descriptors },
    { "adsync_storage_new", WORKS, call_new },
    { "adsync_memory_open", WORKS, call_memory_open },
    { "adsync_storage_free", WORKS, call_free },
    { "adsync_storage_org", BUSY, call_org },
    { "adsync_storage_read", BUSY, call_read },
    { "adsync_storage_scan", BUSY, call_scan },
    { "adsync_storage_commit", BUSY, call_commit },
    { "adsync_value_compare", WORKS, call_descriptors },
    { "adsync_range_compare", WORKS, call_descriptors },
    { "adsync_range_place", WORKS, call_descriptors },
    { "adsync_storage_check", NO_HANDLE, NULL },
    { "adsync_storage_check_worker", NO_HANDLE, NULL },
    { "adsync_storage_check_verify", NO_HANDLE, NULL },
};

/* ---- a storage that walks the table inside each of its callbacks */

typedef struct trap {
    adsync_storage *self, *another;
    uint32_t walks, closed;
    bool free_inside;
    adsync_status commit_answer;
} trap;

static void walk_inside(trap *t)
{
    if (t->free_inside) {
        t->free_inside = false;
        adsync_storage_free(t->self);
        assert_int_equal(t->closed, 0); /* the call still needs it */
    }
    for (size_t i = 0; i < ADSYNC__COUNT(functions); i++) {
        adsync_error *error = NULL;
        adsync_status rc;
        if (functions[i].inside == NO_HANDLE) continue;
        rc = functions[i].call(t->self, &error);
        if (rc != (functions[i].inside == BUSY ? ADSYNC_E_BUSY : ADSYNC_OK))
            fail_msg("%s answers %s", functions[i].name, adsync_status_name(rc));
        assert_int_equal(adsync_error_status(error), rc);
        adsync_error_free(error);
        assert_int_equal(functions[i].call(t->another, NULL), ADSYNC_OK); /* another handle works */
    }
    t->walks++;
}

static adsync_status trap_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n, adsync_sink *sink,
                               adsync_error **error)
{
    (void)table, (void)columns, (void)keys, (void)n, (void)error;
    assert_int_equal(adsync_sink_row(sink, 5), ADSYNC_OK);
    assert_int_equal(adsync_sink_text(sink, "k", SIZE_MAX), ADSYNC_OK);
    walk_inside(user); /* in the middle of a row */
    return adsync_sink_int(sink, 3);
}

static adsync_status trap_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    (void)error;
    walk_inside(user);
    return range->table == ADSYNC_T_META ? adsync_sink_values(sink, 5, values, 2) : ADSYNC_OK;
}

static adsync_status trap_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    trap *t = user;

    (void)changes, (void)n, (void)error;
    walk_inside(t);
    return t->commit_answer == ADSYNC_E_CONFLICT && adsync_sink_conflict(conflicts, 0) < 0 ? ADSYNC_E_STORAGE : t->commit_answer;
}

static void trap_close(void *user) { ((trap *)user)->closed++; }

static adsync_storage_ops trap_ops(trap *t)
{
    return (adsync_storage_ops){
        .size = sizeof(adsync_storage_ops), .user = t, .read = trap_read, .scan = trap_scan, .commit = trap_commit, .close = trap_close
    };
}

static adsync_status call_new(adsync_storage *s, adsync_error **error)
{
    trap throwaway = { 0 };
    const adsync_storage_ops ops = trap_ops(&throwaway);
    adsync_storage *another = NULL;
    adsync_status rc = adsync_storage_new(&ops, &another, error);

    (void)s;
    adsync_storage_free(another);
    assert_int_equal(throwaway.closed, 1);
    return rc;
}

static void open_trap(trap *t)
{
    const adsync_storage_ops ops = trap_ops(t);

    assert_int_equal(adsync_storage_new(&ops, &t->self, NULL), ADSYNC_OK);
    assert_int_equal(adsync_memory_open(NULL, &t->another, NULL), ADSYNC_OK);
}

static void R7_inside_a_read_the_handle_is_busy_and_its_answer_unharmed(void **state)
{
    trap t = { 0 };
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;

    (void)state;
    open_trap(&t);
    assert_int_equal(adsync_storage_read(t.self, 0, ADSYNC_T_META, 0, key, 1, &rows, &error), ADSYNC_OK);
    assert_null(error);
    assert_int_equal(t.walks, 1);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_KEY), "k");
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VALUE), 3);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VERSION), 5);
    adsync_rows_free(rows);
    adsync_storage_free(t.self);
    assert_int_equal(t.closed, 1);
    adsync_storage_free(t.another);
}

static void R7_inside_a_scan_the_handle_is_busy_and_its_answer_unharmed(void **state)
{
    trap t = { 0 };
    adsync_rows *rows = NULL;

    (void)state;
    open_trap(&t);
    assert_int_equal(adsync_storage_scan(t.self, 0, &all, &rows, NULL), ADSYNC_OK);
    assert_int_equal(t.walks, 1);
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    adsync_storage_free(t.self);
    adsync_storage_free(t.another);
    assert_int_equal(t.closed, 1);
}

static void R7_inside_a_commit_the_handle_is_busy_and_its_answer_unharmed(void **state)
{
    trap t = { 0 };
    adsync_rows *conflicts = NULL;

    (void)state;
    open_trap(&t);
    assert_int_equal(adsync_storage_commit(t.self, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    t.commit_answer = ADSYNC_E_CONFLICT;
    assert_int_equal(adsync_storage_commit(t.self, 0, &put, 1, &conflicts, NULL), ADSYNC_E_CONFLICT);
    assert_int_equal(adsync_rows_count(conflicts), 1);
    adsync_rows_free(conflicts);
    t.commit_answer = ADSYNC_E_UNCERTAIN; /* the look for a lost answer is a callback as well */
    t.walks = 0;
    assert_int_equal(adsync_storage_commit(t.self, 0, &put, 1, NULL, NULL), ADSYNC_E_UNCERTAIN);
    assert_true(t.walks > 1);
    adsync_storage_free(t.self);
    adsync_storage_free(t.another);
    assert_int_equal(t.closed, 1);
}

/* The callback frees the only owner's handle; it is closed when the call ends, not before. */
static void R7_a_handle_freed_inside_its_callback_closes_when_the_call_ends(void **state)
{
    static adsync_status (*const calls[])(adsync_storage *, adsync_error **) = { call_read, call_scan, call_commit, call_org };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(calls); i++) {
        trap t = { .free_inside = true };
        open_trap(&t);
        assert_int_equal(calls[i](t.self, NULL), ADSYNC_OK);
        assert_true(t.walks >= 1);
        assert_int_equal(t.closed, 1);
        adsync_storage_free(t.another);
    }
}

static void the_handle_works_again_after_a_refused_call(void **state)
{
    trap t = { 0 };

    (void)state;
    open_trap(&t);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call_read(t.self, NULL), ADSYNC_OK);
        assert_int_equal(call_scan(t.self, NULL), ADSYNC_OK);
        assert_int_equal(call_commit(t.self, NULL), ADSYNC_OK);
    }
    assert_int_equal(t.walks, 9);
    adsync_storage_free(t.self);
    adsync_storage_free(t.another);
}

/* ---- the table against the header */

static size_t function_place(const char *name)
{
    for (size_t i = 0; i < ADSYNC__COUNT(functions); i++)
        if (!strcmp(functions[i].name, name)) return i;
    fail_msg("%s is missing in the table", name);
    return 0;
}

static void the_table_names_every_function_and_its_mark_as_the_header_does(void **state)
{
    char line[512], name[80];
    size_t seen = 0;
    bool marked = false;
    FILE *file = fopen(TEST_HEADERS "/storage.h", "r");

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        const char *open = strchr(line, '('), *at = open;
        if (!strncmp(line, "/**", 3)) marked = false;
        if (strstr(line, "[cb]")) marked = true;
        if (!open || strchr(" /*#", line[0])) continue; /* a declaration begins its line */
        while (at > line && strchr("abcdefghijklmnopqrstuvwxyz_", at[-1])) at--;
        if (strncmp(at, "adsync_", 7)) continue;
        (void)snprintf(name, sizeof name, "%.*s", (int)(open - at), at);
        if (marked != (functions[function_place(name)].inside == WORKS)) fail_msg("%s: the header and the table differ", name);
        seen++;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(seen, ADSYNC__COUNT(functions));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(R7_inside_a_read_the_handle_is_busy_and_its_answer_unharmed),
        cmocka_unit_test(R7_inside_a_scan_the_handle_is_busy_and_its_answer_unharmed),
        cmocka_unit_test(R7_inside_a_commit_the_handle_is_busy_and_its_answer_unharmed),
        cmocka_unit_test(R7_a_handle_freed_inside_its_callback_closes_when_the_call_ends),
        cmocka_unit_test(the_handle_works_again_after_a_refused_call),
        cmocka_unit_test(the_table_names_every_function_and_its_mark_as_the_header_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
