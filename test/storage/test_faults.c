/* SPDX-License-Identifier: MIT */
/* Failure, rehearsed over every call of the storage: each allocation fails, and each call of the storage fails, before and after it
 * took effect, once and from then on. After each: the right answer, nothing half written, the store works on. */
#include "support/faults.h"
#include "support/faulty.h"
#include "support/values.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ORG = 1, METRICS = 40, COMMITS = 3 };

/* One story: three commits, of which the third conflicts where the first was applied, and every way to read. */
typedef struct story {
    faulty around;
    bool faulty;        /* the storage's calls fail; else allocations do */
    adsync_status done[COMMITS], worst;
    uint64_t told;
} story;

static adsync_value metrics[METRICS][8];
static adsync_change first_puts[METRICS];
static const adsync_value grant[] = { NUMBER(ORG), NUMBER(5), NUMBER(1), WORD("active"), NONE, NONE, NUMBER(100) };
static const adsync_value moved[] = { NUMBER(ORG), NUMBER(5), NUMBER(2), WORD("expired"), NONE, NONE, NUMBER(200) };
static const adsync_change second[] = { PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ANY, moved),
                                        { ADSYNC_CHANGE_DELETE, ADSYNC_T_METRICS, ADSYNC_EXPECT_ANY, 0, metrics[0], 6, 0 } };
static const adsync_change third[] = { PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ABSENT, grant),
                                       PUT(ADSYNC_T_METRICS, ADSYNC_EXPECT_ABSENT, metrics[0]) };

static int make_rows(void **state)
{
    (void)state;
    for (int64_t i = 0; i < METRICS; i++) {
        const adsync_value row[8] = { NUMBER(ORG),          NUMBER(3),    NUMBER(2), WORD("e"),
                                      NUMBER(20261101 + i), WORD("base"), NUMBER(1), WORD("EUR") };
        memcpy(metrics[i], row, sizeof row);
        first_puts[METRICS - 1 - i] = (adsync_change)PUT(ADSYNC_T_METRICS, ADSYNC_EXPECT_ABSENT, metrics[i]); /* against the order */
    }
    first_puts[0] = (adsync_change)PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ABSENT, grant);
    return 0;
}

static bool expected_failure(const story *s, adsync_status rc)
{
    if (!s->faulty) return rc == ADSYNC_E_MEMORY;
    return rc == ADSYNC_E_STORAGE || rc == ADSYNC_E_UNCERTAIN || rc == ADSYNC_E_RETRY;
}

/* A call worked, or failed as planned, with an error of that status. */
static bool fine(story *s, adsync_status rc, adsync_error **error)
{
    bool ok = rc >= 0;

    if (ok) assert_null(*error);
    else assert_true(expected_failure(s, rc));
    if (!ok) assert_int_equal(adsync_error_status(*error), rc);
    if (!ok) s->worst = rc;
    adsync_error_free(*error);
    *error = NULL;
    return ok;
}

static void read_everything(story *s, adsync_storage *storage)
{
    const adsync_value org[] = { NUMBER(ORG) }, keys[] = { NUMBER(ORG), NUMBER(5), NUMBER(ORG), NUMBER(6) };
    const adsync_range days = {
        .table = ADSYNC_T_METRICS, .index = 1, .limit = 100, .lower = org, .upper = org, .n_lower = 1, .n_upper = 1
    };
    const adsync_range due = { .table = ADSYNC_T_GRANTS, .index = 2, .limit = 5, .flags = ADSYNC_RANGE_ALL_ORGS | ADSYNC_RANGE_DESCENDING };
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;

    if (!fine(s, adsync_storage_scan(storage, ORG, &days, &rows, &error), &error)) assert_null(rows);
    if (rows && !adsync_rows_json(rows, &error)) (void)fine(s, ADSYNC_E_MEMORY, &error);
    while (rows && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        const char *text = adsync_rows_text(rows, ADSYNC_C_DAY); /* NULL without memory */
        assert_true(text ? !strncmp(text, "2026-11-", 8) : !s->faulty);
    }
    adsync_rows_free(rows);
    if (!fine(s, adsync_storage_scan(storage, 0, &due, &rows, &error), &error)) assert_null(rows);
    adsync_rows_free(rows);
    if (!fine(s, adsync_storage_read(storage, ORG, ADSYNC_T_GRANTS, 0, keys, 2, &rows, &error), &error)) assert_null(rows);
    adsync_rows_free(rows);
}

static void commit_everything(story *s, adsync_storage *storage)
{
    adsync_rows *conflicts = NULL;
    adsync_error *error = NULL;

    s->done[0] = adsync_storage_commit(storage, ORG, first_puts, METRICS, NULL, &error);
    (void)fine(s, s->done[0], &error);
    s->done[1] = adsync_storage_commit(storage, ORG, second, 2, NULL, &error);
    (void)fine(s, s->done[1], &error);
    s->done[2] = adsync_storage_commit(storage, ORG, third, 2, &conflicts, &error);
    if (s->done[2] != ADSYNC_E_CONFLICT) (void)fine(s, s->done[2], &error);
    if (s->done[2] == ADSYNC_E_CONFLICT)
        assert_int_equal(adsync_rows_count(conflicts), s->done[1] >= 0 ? 1 : 2); /* the second takes one of the rows away */
    else assert_null(conflicts);
    adsync_rows_free(conflicts);
    adsync_error_free(error);
}

static int64_t count(adsync_storage *storage, uint32_t table, int64_t *generation)
{
    const adsync_value org[] = { NUMBER(ORG) };
    const adsync_range range = { .table = table, .limit = 1000, .lower = org, .upper = org, .n_lower = 1, .n_upper = 1 };
    adsync_rows *rows = NULL;
    int64_t n;

    assert_int_equal(adsync_storage_scan(storage, ORG, &range, &rows, NULL), ADSYNC_OK);
    n = (int64_t)adsync_rows_count(rows);
    (void)adsync_rows_next(rows, NULL);
    if (generation) *generation = adsync_rows_int(rows, ADSYNC_C_GENERATION);
    adsync_rows_free(rows);
    return n;
}

/* Every index of both tables holds the same rows as the key: nothing was half linked. */
static void assert_indexes_agree(adsync_storage *storage)
{
    const adsync_value org[] = { NUMBER(ORG) };
    static const struct { uint32_t table, index; } indexes[] = { { ADSYNC_T_METRICS, 1 }, { ADSYNC_T_GRANTS, 2 } };

    for (size_t i = 0; i < ADSYNC__COUNT(indexes); i++) {
        bool all = adsync_index_all_orgs(indexes[i].table, indexes[i].index);
        adsync_range range = { .table = indexes[i].table,
                               .index = indexes[i].index,
                               .limit = 1000,
                               .flags = all ? ADSYNC_RANGE_ALL_ORGS : 0,
                               .lower = org,
                               .upper = org,
                               .n_lower = !all,
                               .n_upper = !all };
        adsync_rows *rows = NULL;
        assert_int_equal(adsync_storage_scan(storage, all ? 0 : ORG, &range, &rows, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_count(rows), count(storage, indexes[i].table, NULL));
        adsync_rows_free(rows);
    }
}

/* What a commit's answer says is what is there: all of it, none of it, or, where that is uncertain, one of the two. */
static void assert_whole(const story *s, adsync_storage *storage)
{
    bool first = s->done[0] >= 0,
         unsure = s->done[0] == ADSYNC_E_UNCERTAIN || s->done[1] == ADSYNC_E_UNCERTAIN || s->done[2] == ADSYNC_E_UNCERTAIN;
    int64_t generation = 0, n_metrics = count(storage, ADSYNC_T_METRICS, NULL), n_grants = count(storage, ADSYNC_T_GRANTS, &generation);

    assert_indexes_agree(storage);
    assert_true(n_grants == 0 || n_grants == 1);
    assert_true(n_metrics <= 1 || n_metrics == METRICS - 1 || n_metrics == METRICS - 2 || n_metrics == METRICS);
    if (unsure) return;
    assert_int_equal(n_grants, first || s->done[1] >= 0 || s->done[2] >= 0);
    if (s->done[1] >= 0) assert_int_equal(generation, 2);
    if (first) assert_true(n_metrics >= METRICS - 2);
    else assert_true(n_metrics <= 1);
}

/* With nothing failing any more, the store takes and gives as ever. */
static void assert_usable(adsync_storage *storage)
{
    static const adsync_value row[] = { NUMBER(ORG), NUMBER(77), NUMBER(7) };
    const adsync_change put = PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ABSENT, row);
    const adsync_change gone = {
        .op = ADSYNC_CHANGE_DELETE, .table = ADSYNC_T_GRANTS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 2
    };
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_storage_commit(storage, ORG, &put, 1, NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_read(storage, ORG, ADSYNC_T_GRANTS, 0, row, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    assert_int_equal(adsync_storage_commit(storage, ORG, &gone, 1, NULL, NULL), ADSYNC_OK);
}

static void use(story *s, adsync_storage *storage, adsync_storage *healthy)
{
    adsync_error *error = NULL;
    int64_t number = 7;

    s->worst = ADSYNC_OK;
    if (!fine(s, adsync_storage_org(storage, "acme", 1, &number, &error), &error)) assert_int_equal(number, 0);
    commit_everything(s, storage);
    read_everything(s, storage);
    adsync__alloc_watch(NULL);
    faulty_fail(&s->around, 0, 0, 0, false, ADSYNC_OK);
    assert_whole(s, healthy);
    assert_usable(storage);
    assert_int_equal(adsync_storage_org(storage, "acme", 1, &number, NULL), ADSYNC_OK);
    assert_int_equal(number, 1);
}

static void tell_with_failing_allocations(void *user)
{
    story *s = user;
    adsync_storage *storage = NULL, *another = NULL;
    adsync_bytes *bytes = NULL;
    adsync_error *error = NULL;

    s->told++;
    if (!fine(s, adsync_bytes_new("abc", 3, &bytes, &error), &error)) assert_null(bytes);
    adsync_bytes_free(bytes);
    if (!fine(s, adsync_memory_open(NULL, &storage, &error), &error)) {
        assert_null(storage);
        return;
    }
    if (!fine(s, adsync_memory_open(storage, &another, &error), &error)) assert_null(another);
    (void)adsync_error_set(&error, ADSYNC_E_HOST, "one more allocation", 1);
    assert_int_equal(adsync_error_status(error) == ADSYNC_E_HOST || adsync_error_status(error) == ADSYNC_E_MEMORY, 1);
    adsync_error_free(error);
    use(s, storage, storage);
    adsync_storage_free(another);
    adsync_storage_free(storage);
}

static void each_allocation_fails_and_nothing_is_half_written(void **state)
{
    static story s;
    uint64_t n = faults_allocations(tell_with_failing_allocations, &s);

    (void)state;
    assert_true(n > 100);
    assert_int_equal(s.told, 1 + 2 * n);
}

/* Tells the story with the n-th storage call failing, for every n; answers how many calls it has. */
static uint64_t tell_with_failing_calls(uint32_t when, bool from_then_on, adsync_status status)
{
    static story s;

    for (uint64_t n = 1;; n++) {
        adsync_storage *inner = NULL, *storage = NULL;
        memset(&s, 0, sizeof s);
        s.faulty = true;
        assert_int_equal(adsync_memory_open(NULL, &inner, NULL), ADSYNC_OK);
        assert_int_equal(faulty_wrap(&s.around, inner, &storage, NULL), ADSYNC_OK);
        faulty_fail(&s.around, n, FAULTY_ANY, when, from_then_on, status);
        use(&s, storage, inner);
        adsync_storage_free(storage);
        adsync_storage_free(inner);
        if (!s.around.failed) {
            assert_int_equal(s.worst, ADSYNC_OK);
            assert_int_equal(s.done[2], ADSYNC_E_CONFLICT);
            return n - 1;
        }
    }
}

static void each_storage_call_fails_before_it_took_effect(void **state)
{
    (void)state;
    assert_int_equal(tell_with_failing_calls(FAULTY_BEFORE, false, ADSYNC_OK), 9);
    assert_int_equal(tell_with_failing_calls(FAULTY_BEFORE, true, ADSYNC_OK), 9);
    assert_int_equal(tell_with_failing_calls(FAULTY_BEFORE, false, ADSYNC_E_RETRY), 9);
}

static void each_storage_call_fails_after_it_took_effect(void **state)
{
    (void)state;
    assert_int_equal(tell_with_failing_calls(FAULTY_AFTER, false, ADSYNC_OK), 9);
    assert_int_equal(tell_with_failing_calls(FAULTY_AFTER, true, ADSYNC_OK), 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_fails_and_nothing_is_half_written),
        cmocka_unit_test(each_storage_call_fails_before_it_took_effect),
        cmocka_unit_test(each_storage_call_fails_after_it_took_effect),
    };

    return cmocka_run_group_tests(tests, make_rows, NULL);
}
