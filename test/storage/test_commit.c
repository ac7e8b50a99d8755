/* SPDX-License-Identifier: MIT */
/* Committing: what the storage is given, what each of its answers becomes, and how a lost answer is found out. */
#include "support/any.h"
#include "support/faulty.h"
#include "support/values.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static faulty around;
static adsync_storage *storage, *other; /* the same rows; `other` never fails */

static int begin(void **state)
{
    (void)state;
    memset(&around, 0, sizeof around);
    if (adsync_memory_open(NULL, &other, NULL) < 0 || faulty_wrap(&around, other, &storage, NULL) < 0) return -1;
    return 0;
}

static int end(void **state)
{
    (void)state;
    adsync_storage_free(storage);
    adsync_storage_free(other);
    return 0;
}

static adsync_value a[] = { WORD("a"), NUMBER(1) }, b[] = { WORD("b"), NUMBER(1) }, c[] = { WORD("c"), NUMBER(1) };
static const adsync_value key_a[] = { WORD("a") }, key_b[] = { WORD("b") }, key_c[] = { WORD("c") };

static int64_t version_of(const adsync_value *key) /* 0: no row */
{
    adsync_rows *rows = NULL;
    int64_t version;

    assert_int_equal(adsync_storage_read(other, 0, ADSYNC_T_META, 0, key, 1, &rows, NULL), ADSYNC_OK);
    (void)adsync_rows_next(rows, NULL);
    version = adsync_rows_int(rows, ADSYNC_C_VERSION);
    adsync_rows_free(rows);
    return version;
}

static int64_t value_of(const adsync_value *key)
{
    adsync_rows *rows = NULL;
    int64_t value;

    assert_int_equal(adsync_storage_read(other, 0, ADSYNC_T_META, 0, key, 1, &rows, NULL), ADSYNC_OK);
    (void)adsync_rows_next(rows, NULL);
    value = adsync_rows_int(rows, ADSYNC_C_VALUE);
    adsync_rows_free(rows);
    return value;
}

static void put_through(adsync_storage *s, const adsync_value *row, uint32_t n, int64_t expected)
{
    const adsync_change put = { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_META, .expected = expected, .values = row, .n_values = n };

    assert_int_equal(adsync_storage_commit(s, 0, &put, 1, NULL, NULL), ADSYNC_OK);
}

/* ---- what the storage is given */

enum { MANY = 300 };

static void assert_sorted_and_versioned(faulty *f, const faulty_call *call, void *user)
{
    uint32_t *seen = user;

    (void)f;
    *seen = call->n;
    for (uint32_t i = 0; i < call->n; i++) {
        const adsync_change *x = &call->changes[i];
        if (x->op == ADSYNC_CHANGE_PUT) assert_true(x->version > 0);
        else assert_int_equal(x->version, 0);
        if (!i) continue;
        assert_true(x[-1].table <= x->table);
        if (x[-1].table < x->table) continue;
        for (uint32_t k = 0, n = adsync_index_width(x->table, 0);; k++) {
            int32_t diff;
            assert_true(k < n);
            diff = adsync_value_compare(&x[-1].values[k], &x->values[k]);
            assert_true(diff <= 0);
            if (diff) break;
        }
    }
}

static void changes_reach_the_storage_sorted_with_versions_of_their_own(void **state)
{
    static adsync_value rows[MANY][ADSYNC__WIDTH_MAX];
    static adsync_change changes[MANY];
    static const uint32_t tables[] = { ADSYNC_T_METRICS, ADSYNC_T_GRANTS, ADSYNC_T_ENTITIES, ADSYNC_T_SECRETS };
    any draw = { 3 };
    uint32_t seen = 0;

    (void)state;
    around.before = assert_sorted_and_versioned;
    around.user = &seen;
    for (int round = 0; round < 20; round++) {
        adsync_rows *conflicts = NULL;
        for (uint32_t i = 0; i < MANY; i++) {
            uint32_t table = tables[any_below(&draw, 4)], n = adsync_index_width(table, 0);
            for (uint32_t k = 0; k < n; k++)
                rows[i][k] = any_value(&draw, table, k, 1);
            rows[i][1] = adsync__value_int(any_below(&draw, 2) ? (int64_t)i : -(int64_t)i); /* no key twice */
            changes[i] = (adsync_change){ .op = any_below(&draw, 2) ? ADSYNC_CHANGE_PUT : ADSYNC_CHANGE_DELETE,
                                          .table = table,
                                          .expected = ADSYNC_EXPECT_ANY,
                                          .values = rows[i],
                                          .n_values = n };
        }
        seen = 0;
        assert_int_equal(adsync_storage_commit(storage, 1, changes, MANY, &conflicts, NULL), ADSYNC_OK);
        assert_null(conflicts);
        assert_int_equal(seen, MANY);
    }
}

static void a_version_that_is_given_is_kept_and_others_never_repeat(void **state)
{
    adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a);
    int64_t last = 0;

    (void)state;
    put.version = 4711;
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    assert_int_equal(version_of(key_a), 4711);
    put.version = 0;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_OK);
        assert_true(version_of(key_a) > 0 && version_of(key_a) != last);
        last = version_of(key_a);
    }
    assert_int_equal(put.version, 0); /* the caller's change is not touched */
}

/* ---- conflicts */

static void every_change_that_does_not_hold_is_named_by_its_place(void **state)
{
    enum { N = 5 };
    adsync_value rows[N][1] = { { WORD("e") }, { WORD("d") }, { WORD("c") }, { WORD("b") }, { WORD("a") } }; /* against the sorted order */

    (void)state;
    for (uint32_t wrong = 1; wrong < 1u << N; wrong++) {
        adsync_change changes[N];
        adsync_rows *conflicts = NULL;
        uint32_t named = 0;
        for (uint32_t i = 0; i < N; i++) {
            changes[i] = (adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, rows[i]);
            if (wrong >> i & 1) changes[i].expected = 4711;
        }
        assert_int_equal(adsync_storage_commit(storage, 0, changes, N, &conflicts, NULL), ADSYNC_E_CONFLICT);
        while (adsync_rows_next(conflicts, NULL) == ADSYNC_ROW)
            named |= 1u << adsync_rows_int(conflicts, ADSYNC_C_CHANGE);
        assert_int_equal(named, wrong);
        assert_int_equal(version_of(rows[0]) + version_of(rows[4]), 0); /* nothing was applied */
        adsync_rows_free(conflicts);
    }
}

static void a_conflict_is_counted_for_each_unit(void **state)
{
    static const adsync_value one[] = { NUMBER(1), NUMBER(1) }, two[] = { NUMBER(2), NUMBER(1) }, three[] = { NUMBER(3), NUMBER(1) },
                              more[] = { NUMBER(1), NUMBER(2) };
    const adsync_change first[] = { PUT(ADSYNC_T_GRANTS, 4711, one), PUT(ADSYNC_T_GRANTS, 4711, more) },
                        second[] = { PUT(ADSYNC_T_GRANTS, ADSYNC_EXPECT_ABSENT, two) }, third[] = { CHECK(ADSYNC_T_GRANTS, 4711, three) };
    adsync__unit units[] = { { 3, third, 1, 9 }, { 1, NULL, 0, 9 }, { 1, first, 2, 9 }, { 2, second, 1, 9 } };
    static const uint8_t expected[] = { 1, 1, 1, 0 };
    uint8_t flags[4];

    (void)state;
    assert_int_equal(adsync__storage_commit(storage, units, 4, flags, NULL), ADSYNC_E_CONFLICT);
    assert_memory_equal(flags, expected, 4);
    assert_int_equal(units[0].conflicts, 1);
    assert_int_equal(units[1].conflicts, 0);
    assert_int_equal(units[2].conflicts, 2);
    assert_int_equal(units[3].conflicts, 0);
    assert_int_equal(adsync__storage_commit(storage, units + 3, 1, NULL, NULL), ADSYNC_OK);
    assert_int_equal(units[3].conflicts, 0);
}

static adsync_status answer_of_the_liar;
static uint32_t named_by_the_liar, liar_commits, liar_reads;

static adsync_status liar_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n, adsync_sink *sink,
                               adsync_error **error)
{
    (void)user, (void)table, (void)columns, (void)keys, (void)n, (void)sink, (void)error;
    liar_reads++;
    return ADSYNC_OK;
}

static adsync_status liar_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    (void)user, (void)range, (void)sink, (void)error;
    return ADSYNC_OK;
}

static adsync_status liar_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    (void)user, (void)changes, (void)n, (void)error;
    liar_commits++;
    if (named_by_the_liar) (void)adsync_sink_conflict(conflicts, named_by_the_liar - 1);
    return answer_of_the_liar;
}

static void liar_close(void *user) { (void)user; }

/* One change goes to a storage that names change `named` - 1 and answers so. */
static void assert_lie_becomes(uint32_t named, adsync_status answer, adsync_status expected)
{
    const adsync_storage_ops ops = { .size = sizeof ops, .read = liar_read, .scan = liar_scan, .commit = liar_commit, .close = liar_close };
    const adsync_change put = PUT(ADSYNC_T_META, 7, a);
    adsync_rows *conflicts = (adsync_rows *)storage;
    adsync_storage *liar = NULL;
    adsync_error *error = NULL;

    answer_of_the_liar = answer;
    named_by_the_liar = named;
    liar_commits = liar_reads = 0;
    assert_int_equal(adsync_storage_new(&ops, &liar, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(liar, 0, &put, 1, &conflicts, &error), expected);
    assert_int_equal(adsync_error_status(error), expected < 0 ? expected : ADSYNC_OK);
    assert_true(expected < 0 ? *adsync_error_message(error) != 0 : !error);
    assert_int_equal(conflicts != NULL, expected == ADSYNC_E_CONFLICT);
    adsync_rows_free(conflicts);
    adsync_error_free(error);
    adsync_storage_free(liar);
}

static void an_answer_that_contradicts_itself_is_not_believed(void **state)
{
    (void)state;
    assert_lie_becomes(1, ADSYNC_E_CONFLICT, ADSYNC_E_CONFLICT);
    assert_lie_becomes(0, ADSYNC_E_CONFLICT, ADSYNC_E_STORAGE);   /* a conflict of nothing */
    assert_lie_becomes(2, ADSYNC_E_CONFLICT, ADSYNC_E_STORAGE);   /* of a change that was not in it */
    assert_lie_becomes(1, ADSYNC_OK, ADSYNC_E_UNCERTAIN);         /* applied, and does not hold */
    assert_lie_becomes(2, ADSYNC_OK, ADSYNC_E_UNCERTAIN);         /* OK although the sink refused */
    assert_true(liar_commits > 1 && liar_reads > 1);              /* it was looked for and submitted again */
    assert_lie_becomes(2, ADSYNC_E_UNCERTAIN, ADSYNC_E_UNCERTAIN);
    assert_true(liar_commits > 1);
    assert_lie_becomes(2, ADSYNC_E_RETRY, ADSYNC_E_STORAGE);
    assert_int_equal(liar_commits, 1);
}

static void every_answer_keeps_its_class_or_becomes_a_storage_failure(void **state)
{
    static const adsync_status kept[] = { ADSYNC_OK,      ADSYNC_E_STORAGE, ADSYNC_E_HOST, ADSYNC_E_MEMORY, ADSYNC_E_UNSUPPORTED,
                                          ADSYNC_E_RETRY, ADSYNC_E_TOO_BIG };
    static const adsync_status odd[] = {
        ADSYNC_ROW, ADSYNC_PASSTHROUGH, ADSYNC_E_INVALID, ADSYNC_E_BUSY, ADSYNC_E_AUTH, ADSYNC_E_FORMAT, -99, 99, INT32_MIN
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(kept); i++) {
        assert_lie_becomes(0, kept[i], kept[i]);
        assert_int_equal(liar_commits, 1);
    }
    for (size_t i = 0; i < ADSYNC__COUNT(odd); i++)
        assert_lie_becomes(0, odd[i], ADSYNC_E_STORAGE);
}

/* ---- lost answers */

static void a_lost_answer_of_an_applied_commit_is_OK_without_words(void **state)
{
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, b), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, a) };
    adsync_error *error = NULL;

    (void)state;
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, false, ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, &error), ADSYNC_OK);
    assert_null(error);
    assert_int_equal(around.commits, 1); /* the look was enough */
    assert_true(version_of(key_a) && version_of(key_b));
}

static void a_lost_answer_of_a_commit_that_was_not_applied_is_submitted_again(void **state)
{
    adsync_change changes[] = { PUT(ADSYNC_T_META, 1, a), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, b) };
    adsync_error *error = NULL;

    (void)state;
    put_through(other, a, 2, ADSYNC_EXPECT_ANY);
    changes[0].expected = version_of(key_a);
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_E_UNCERTAIN);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, &error), ADSYNC_OK);
    assert_null(error);
    assert_int_equal(around.commits, 2);
    assert_true(version_of(key_a) != changes[0].expected && version_of(key_b));
}

/* Another writer comes between: after the call that lost its answer, before the look. */
static adsync_change their_change;
static adsync_status their_status;

static void slip_in_their_change(faulty *f, const faulty_call *call, void *user)
{
    (void)user;
    if (call->kind != FAULTY_COMMIT || !their_change.op) return;
    f->after = NULL;
    if (their_change.expected > 0) their_change.expected = version_of(their_change.values); /* whatever was just written */
    their_status = adsync_storage_commit(other, 0, &their_change, 1, NULL, NULL);
}

static void other_writes(adsync_change change)
{
    their_change = change;
    their_status = ADSYNC_E_INTERNAL;
    around.after = slip_in_their_change;
}

static adsync_value theirs[] = { WORD("a"), NUMBER(99) };

static void a_commit_whose_rows_were_all_overwritten_since_is_uncertain(void **state)
{
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, a);
    adsync_rows *conflicts = (adsync_rows *)storage;
    adsync_error *error = NULL;

    (void)state;
    other_writes((adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, theirs));
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, false, ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, &conflicts, &error), ADSYNC_E_UNCERTAIN);
    assert_null(conflicts);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_UNCERTAIN);
    assert_int_equal(their_status, ADSYNC_OK);
    assert_int_equal(value_of(key_a), 99); /* theirs stands */
    adsync_error_free(error);
}

static void one_row_that_is_still_ours_proves_the_commit(void **state)
{
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, a), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, b) };

    (void)state;
    other_writes((adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, theirs));
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, false, ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, NULL), ADSYNC_OK);
    assert_int_equal(value_of(key_a), 99);
}

enum { N = 150 };
static adsync_change many[N];

static void overwrite_many(faulty *f, const faulty_call *call, void *user)
{
    (void)call, (void)user;
    f->after = NULL;
    for (uint32_t i = 0; i < N; i++)
        many[i].expected = ADSYNC_EXPECT_ANY;
    their_status = adsync_storage_commit(other, 1, many, N, NULL, NULL);
}

/* All rows but the last were overwritten, which is of another table and organisation than they are. */
static void the_one_row_left_is_found_among_many(void **state)
{
    static adsync_value rows[N][5], last[] = { NUMBER(7), NUMBER(1), NUMBER(1), NUMBER(1), NUMBER(1) };
    const adsync_change ours[] = { PUT(ADSYNC_T_SEEN, ADSYNC_EXPECT_ABSENT, last) };
    adsync__unit units[] = { { 1, many, N, 0 }, { 7, ours, 1, 0 } };

    (void)state;
    for (int64_t i = 0; i < N; i++) {
        const adsync_value row[5] = { NUMBER(1), NUMBER(i), NUMBER(1), NUMBER(1), NUMBER(1) };
        memcpy(rows[i], row, sizeof row);
        many[i] = (adsync_change)PUT(i % 2 ? ADSYNC_T_SEEN : ADSYNC_T_COVERAGE, ADSYNC_EXPECT_ABSENT, rows[i]);
        if (i % 2 == 0) rows[i][3] = adsync__value_text("part");
    }
    around.after = overwrite_many;
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, false, ADSYNC_OK);
    assert_int_equal(adsync__storage_commit(storage, units, 2, NULL, NULL), ADSYNC_OK);
    assert_int_equal(their_status, ADSYNC_OK);
    assert_in_range(around.reads, 2, 10); /* in lots, not one by one */
    assert_int_equal(around.commits, 1);
}

static void a_put_that_expects_anything_does_not_wipe_what_was_built_on_it(void **state)
{
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, b) };

    (void)state;
    other_writes((adsync_change)PUT(ADSYNC_T_META, 1, theirs)); /* they read our row, and write the next version of it */
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, false, ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, NULL), ADSYNC_OK);
    assert_int_equal(their_status, ADSYNC_OK);
    assert_int_equal(value_of(key_a), 99);
}

/* Applied, and then others took the row away for good: submitted again it would come back. */
static void what_could_hold_twice_is_not_submitted_again(void **state)
{
    static const int64_t expected[] = { ADSYNC_EXPECT_ABSENT, ADSYNC_EXPECT_ANY };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(expected); i++) {
        const adsync_change put = PUT(ADSYNC_T_META, expected[i], a);
        other_writes((adsync_change)DELETE(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key_a));
        around.commits = 0;
        faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, false, ADSYNC_OK);
        assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_E_UNCERTAIN);
        assert_int_equal(their_status, ADSYNC_OK);
        assert_int_equal(version_of(key_a), 0);
        assert_int_equal(around.commits, 1);
    }
}

static void a_commit_that_was_not_applied_and_lost_the_race_is_uncertain(void **state)
{
    adsync_change put = PUT(ADSYNC_T_META, 1, a);

    (void)state;
    put_through(other, a, 2, ADSYNC_EXPECT_ANY);
    put.expected = version_of(key_a);
    other_writes((adsync_change)PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, theirs));
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_E_UNCERTAIN);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_E_UNCERTAIN);
    assert_int_equal(value_of(key_a), 99);
    assert_int_equal(around.commits, 2); /* after a conflict it is not tried any more */
}

static void a_delete_whose_answer_was_lost_is_uncertain_where_nothing_tells(void **state)
{
    adsync_change del = DELETE(ADSYNC_T_META, 1, key_a);

    (void)state;
    put_through(other, a, 2, ADSYNC_EXPECT_ANY);
    del.expected = version_of(key_a);
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, false, ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, &del, 1, NULL, NULL), ADSYNC_E_UNCERTAIN);
    assert_int_equal(version_of(key_a), 0);
    put_through(other, a, 2, ADSYNC_EXPECT_ANY);
    del.expected = version_of(key_a);
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_E_UNCERTAIN);
    assert_int_equal(adsync_storage_commit(storage, 0, &del, 1, NULL, NULL), ADSYNC_OK);
    assert_int_equal(version_of(key_a), 0);
}

static void a_look_that_fails_is_repeated_and_nothing_is_submitted_blindly(void **state)
{
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a);
    adsync_error *error = NULL;

    (void)state;
    faulty_fail(&around, 1, FAULTY_ANY, FAULTY_AFTER, true, ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, &error), ADSYNC_E_UNCERTAIN);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_UNCERTAIN);
    assert_int_equal(around.commits, 1);
    assert_true(around.reads > 1 && around.reads < 20);
    adsync_error_free(error);
}

static void fail_the_first_look(faulty *f, const faulty_call *call, void *user)
{
    (void)user;
    if (call->kind == FAULTY_COMMIT) faulty_fail(f, 1, FAULTY_READ, FAULTY_BEFORE, false, ADSYNC_OK);
}

static void a_look_that_works_the_second_time_is_enough(void **state)
{
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, a);

    (void)state;
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, false, ADSYNC_OK);
    around.after = fail_the_first_look;
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    assert_int_equal(around.commits, 1);
    assert_int_equal(around.reads, 2);
}

static void a_storage_that_loses_every_answer_ends_uncertain_or_proven(void **state)
{
    adsync_change put = PUT(ADSYNC_T_META, 1, a);

    (void)state;
    put_through(other, a, 2, ADSYNC_EXPECT_ANY);
    put.expected = version_of(key_a);
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_BEFORE, true, ADSYNC_E_UNCERTAIN);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_E_UNCERTAIN);
    assert_true(around.commits > 1 && around.commits < 20);
    assert_int_equal(version_of(key_a), put.expected);
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_AFTER, true, ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    assert_int_not_equal(version_of(key_a), put.expected);
}

static void RETRY_goes_to_the_caller_and_nothing_was_applied(void **state)
{
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, a);
    adsync_error *error = NULL;

    (void)state;
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_E_RETRY);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, &error), ADSYNC_E_RETRY);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_RETRY);
    assert_int_equal(around.commits, 1);
    assert_int_equal(version_of(key_a), 0);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, NULL), ADSYNC_OK); /* the same call works at once */
    adsync_error_free(error);
}

static void the_words_of_the_failure_reach_the_caller(void **state)
{
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, c);
    adsync_error *error = NULL;

    (void)state;
    (void)adsync_error_set(&error, ADSYNC_E_STORAGE, "an old one", 1);
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, &error), ADSYNC_E_STORAGE);
    assert_string_equal(adsync_error_message(error), "the test made this call fail");
    assert_int_equal(adsync_error_host_code(error), 4711);
    assert_int_equal(version_of(key_c), 0);
    adsync_error_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_reach_the_storage_sorted_with_versions_of_their_own, begin, end),
        cmocka_unit_test_setup_teardown(a_version_that_is_given_is_kept_and_others_never_repeat, begin, end),
        cmocka_unit_test_setup_teardown(every_change_that_does_not_hold_is_named_by_its_place, begin, end),
        cmocka_unit_test_setup_teardown(a_conflict_is_counted_for_each_unit, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_that_contradicts_itself_is_not_believed, begin, end),
        cmocka_unit_test_setup_teardown(every_answer_keeps_its_class_or_becomes_a_storage_failure, begin, end),
        cmocka_unit_test_setup_teardown(a_lost_answer_of_an_applied_commit_is_OK_without_words, begin, end),
        cmocka_unit_test_setup_teardown(a_lost_answer_of_a_commit_that_was_not_applied_is_submitted_again, begin, end),
        cmocka_unit_test_setup_teardown(a_commit_whose_rows_were_all_overwritten_since_is_uncertain, begin, end),
        cmocka_unit_test_setup_teardown(one_row_that_is_still_ours_proves_the_commit, begin, end),
        cmocka_unit_test_setup_teardown(the_one_row_left_is_found_among_many, begin, end),
        cmocka_unit_test_setup_teardown(a_put_that_expects_anything_does_not_wipe_what_was_built_on_it, begin, end),
        cmocka_unit_test_setup_teardown(what_could_hold_twice_is_not_submitted_again, begin, end),
        cmocka_unit_test_setup_teardown(a_commit_that_was_not_applied_and_lost_the_race_is_uncertain, begin, end),
        cmocka_unit_test_setup_teardown(a_delete_whose_answer_was_lost_is_uncertain_where_nothing_tells, begin, end),
        cmocka_unit_test_setup_teardown(a_look_that_fails_is_repeated_and_nothing_is_submitted_blindly, begin, end),
        cmocka_unit_test_setup_teardown(a_look_that_works_the_second_time_is_enough, begin, end),
        cmocka_unit_test_setup_teardown(a_storage_that_loses_every_answer_ends_uncertain_or_proven, begin, end),
        cmocka_unit_test_setup_teardown(RETRY_goes_to_the_caller_and_nothing_was_applied, begin, end),
        cmocka_unit_test_setup_teardown(the_words_of_the_failure_reach_the_caller, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
