/* SPDX-License-Identifier: MIT */
/* Units and the group commit that carries those of a turn. */
#include "script.h"
#include "support/values.h"

#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

static script s;

typedef struct told {
    uint32_t n;
    adsync_status status;
} told;

static void tell(void *user, adsync_status status, const adsync_error *error)
{
    told *t = user;

    (void)error;
    t->n++;
    t->status = status;
}

static int open_script(void **state)
{
    (void)state;
    script_open(&s);
    return 0;
}

static int close_script(void **state)
{
    (void)state;
    script_close(&s);
    return 0;
}

static void put_job(int64_t org, int64_t job, int64_t expected, told *t)
{
    const adsync_value row[] = { NUMBER(org), NUMBER(job), WORD("queued") };
    adsync__commit_unit *unit = adsync__unit_new(s.kernel, org, tell, t);

    assert_non_null(unit);
    adsync__unit_put(unit, ADSYNC_T_JOBS, expected, 0, row, 3);
    adsync__unit_submit(unit);
}

static bool job_is_there(int64_t org, int64_t job)
{
    const adsync_value key[] = { NUMBER(org), NUMBER(job) };
    adsync_rows *rows = NULL;
    bool there;

    assert_int_equal(adsync_storage_read(s.storage, org, ADSYNC_T_JOBS, 0, key, 1, &rows, NULL), ADSYNC_OK);
    there = adsync_rows_count(rows) == 1;
    adsync_rows_free(rows);
    return there;
}

static void units_of_many_organisations_share_a_commit(void **state)
{
    told t[3] = { { 0 } };

    (void)state;
    for (int i = 0; i < 3; i++) put_job(i + 1, 7, ADSYNC_EXPECT_ABSENT, &t[i]);
    script_turn(&s, 1, 1000);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(t[i].n, 1);
        assert_int_equal(t[i].status, ADSYNC_OK);
        assert_true(job_is_there(i + 1, 7));
    }
}

static void a_unit_that_does_not_hold_is_told_and_the_others_are_committed(void **state)
{
    told first = { 0 }, again = { 0 }, other = { 0 };

    (void)state;
    put_job(1, 7, ADSYNC_EXPECT_ABSENT, &first);
    script_turn(&s, 1, 1000);
    put_job(1, 7, ADSYNC_EXPECT_ABSENT, &again);
    put_job(1, 8, ADSYNC_EXPECT_ABSENT, &other);
    script_turn(&s, 1, 1000);
    assert_int_equal(again.n, 1);
    assert_int_equal(again.status, ADSYNC_E_CONFLICT);
    assert_int_equal(other.status, ADSYNC_OK);
    assert_true(job_is_there(1, 8));
}

/* Two units of a turn on one row cannot share a commit: each goes alone, and the second sees the first. */
static void two_units_of_one_row_go_one_after_the_other(void **state)
{
    told a = { 0 }, b = { 0 };

    (void)state;
    put_job(1, 7, ADSYNC_EXPECT_ABSENT, &a);
    put_job(1, 7, ADSYNC_EXPECT_ABSENT, &b);
    script_turn(&s, 1, 1000);
    assert_int_equal(a.status, ADSYNC_OK);
    assert_int_equal(b.status, ADSYNC_E_CONFLICT);
}

/* P5 */
static void a_unit_cannot_name_another_organisation(void **state)
{
    const adsync_value row[] = { NUMBER(2), NUMBER(7), WORD("queued") };
    told bad = { 0 }, good = { 0 };
    adsync__commit_unit *unit = adsync__unit_new(s.kernel, 1, tell, &bad);

    (void)state;
    adsync__unit_put(unit, ADSYNC_T_JOBS, ADSYNC_EXPECT_ABSENT, 0, row, 3);
    adsync__unit_submit(unit);
    put_job(1, 8, ADSYNC_EXPECT_ABSENT, &good);
    script_turn(&s, 1, 1000);
    assert_int_equal(bad.status, ADSYNC_E_INVALID);
    assert_int_equal(good.status, ADSYNC_OK);
    assert_false(job_is_there(2, 7));
}

static void many_units_are_cut_into_commits_that_fit(void **state)
{
    static told t[3000];

    (void)state;
    memset(t, 0, sizeof t);
    for (int i = 0; i < 3000; i++) put_job(1, i + 1, ADSYNC_EXPECT_ABSENT, &t[i]);
    script_turn(&s, 1, 1000);
    for (int i = 0; i < 3000; i++) {
        assert_int_equal(t[i].n, 1);
        assert_int_equal(t[i].status, ADSYNC_OK);
    }
    assert_true(job_is_there(1, 3000));
}

static void what_was_not_committed_is_told_when_the_kernel_goes(void **state)
{
    told t = { 0 };

    (void)state;
    put_job(1, 7, ADSYNC_EXPECT_ABSENT, &t);
    script_close(&s);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.status, ADSYNC_E_CANCELLED);
    script_open(&s);
}

/* What nobody waits for is what was done already, such as calls: a storage that comes back is told. */
static void what_nobody_waits_for_is_committed_once_the_storage_answers_again(void **state)
{
    static const struct {
        uint32_t when;
        adsync_status status;
    } ways[] = { { FAULTY_BEFORE, ADSYNC_E_STORAGE }, { FAULTY_BEFORE, ADSYNC_E_UNCERTAIN }, { FAULTY_AFTER, ADSYNC_E_STORAGE } };
    told t;

    (void)state;
    for (uint32_t i = 0; i < ADSYNC__COUNT(ways); i++) {
        const adsync_value row[] = { NUMBER(1), NUMBER(i + 1), WORD("queued") };
        adsync__commit_unit *unit = adsync__unit_new(s.kernel, 1, NULL, NULL);
        t = (told){ 0 };
        put_job(1, 100 + i, ADSYNC_EXPECT_ABSENT, &t);
        adsync__unit_put(unit, ADSYNC_T_JOBS, ADSYNC_EXPECT_ANY, 0, row, 3);
        adsync__unit_submit(unit);
        faulty_fail(&s.faulty, 1, FAULTY_COMMIT, ways[i].when, true, ways[i].status);
        assert_true(adsync__kernel_turn(s.kernel, 0, NULL) < 0);
        assert_int_equal(t.n, 1); /* who waits is told at once */
        assert_true(t.status < 0);
        faulty_fail(&s.faulty, 0, FAULTY_ANY, FAULTY_BEFORE, false, ADSYNC_OK);
        put_job(1, 200 + i, ADSYNC_EXPECT_ABSENT, &t);
        script_turn(&s, 1, 1000);
        assert_true(job_is_there(1, i + 1));
        assert_int_equal(t.n, 2);
    }
}

/* ---- the engine's own unit */

static int64_t own_expected, own_version;
static uint32_t own_committed, own_fenced;

static void own_ride(void *user, adsync__commit_unit *unit)
{
    const adsync_value row[] = { NUMBER(1), NUMBER(0), NUMBER(0) };

    (void)user;
    own_version++;
    adsync__unit_put(unit, ADSYNC_T_ENGINES, own_expected, own_version, row, 3);
}

static void own_rode(void *user)
{
    (void)user;
    own_committed++;
    own_expected = own_version;
}

static void own_lost(void *user)
{
    (void)user;
    own_fenced++;
}

static const adsync__kernel_hooks own_hooks = { own_ride, own_rode, own_lost, NULL };

static void begin_own(void)
{
    own_expected = ADSYNC_EXPECT_ABSENT;
    own_version = 100;
    own_committed = own_fenced = 0;
    adsync__kernel_set_hooks(s.kernel, &own_hooks, NULL);
}

static void the_engines_row_rides_in_every_group_commit(void **state)
{
    told a = { 0 }, b = { 0 };

    (void)state;
    begin_own();
    put_job(1, 7, ADSYNC_EXPECT_ABSENT, &a);
    script_turn(&s, 1, 1000);
    put_job(1, 8, ADSYNC_EXPECT_ABSENT, &b);
    script_turn(&s, 1, 1000);
    assert_int_equal(own_committed, 2);
    assert_int_equal(b.status, ADSYNC_OK);
}

/* P1b: no commit of an engine follows the commit that declared it dead. */
static void an_engine_that_was_declared_dead_commits_nothing(void **state)
{
    const adsync_value row[] = { NUMBER(1), NUMBER(0), NUMBER(0) };
    const adsync_change dead = PUT(ADSYNC_T_ENGINES, ADSYNC_EXPECT_ANY, row);
    told a = { 0 }, b = { 0 }, c = { 0 };

    (void)state;
    begin_own();
    put_job(1, 7, ADSYNC_EXPECT_ABSENT, &a);
    script_turn(&s, 1, 1000);
    assert_int_equal(adsync_storage_commit(s.storage, 0, &dead, 1, NULL, NULL), ADSYNC_OK);
    put_job(1, 8, ADSYNC_EXPECT_ABSENT, &b);
    put_job(1, 9, ADSYNC_EXPECT_ABSENT, &c);
    script_turn(&s, 1, 1000);
    assert_int_equal(own_fenced, 1);
    assert_int_equal(b.status, ADSYNC_E_CONFLICT);
    assert_int_equal(c.status, ADSYNC_E_CONFLICT);
    assert_false(job_is_there(1, 8));
    assert_false(job_is_there(1, 9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(units_of_many_organisations_share_a_commit, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_unit_that_does_not_hold_is_told_and_the_others_are_committed, open_script, close_script),
        cmocka_unit_test_setup_teardown(two_units_of_one_row_go_one_after_the_other, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_unit_cannot_name_another_organisation, open_script, close_script),
        cmocka_unit_test_setup_teardown(many_units_are_cut_into_commits_that_fit, open_script, close_script),
        cmocka_unit_test_setup_teardown(what_was_not_committed_is_told_when_the_kernel_goes, open_script, close_script),
        cmocka_unit_test_setup_teardown(what_nobody_waits_for_is_committed_once_the_storage_answers_again, open_script, close_script),
        cmocka_unit_test_setup_teardown(the_engines_row_rides_in_every_group_commit, open_script, close_script),
        cmocka_unit_test_setup_teardown(an_engine_that_was_declared_dead_commits_nothing, open_script, close_script),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
