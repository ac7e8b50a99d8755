/* SPDX-License-Identifier: MIT */
/* What a restated day said before: one revision for each figure that changed or went, in the commit that changes it (P1). */
#include "world.h"

#include <adsync/data.h>

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t revisions_hour = INT64_C(3600000000);
static const adsync_job_options revisions_wish = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_FULL, .days = 10 };
static const char *revisions_says[4]; /* by page, what the platform says now; a NULL is the end */
static char revisions_many[1 << 16];

static const char *revisions_answer(world *w, const char *url)
{
    const char *after = strstr(url, "after=");

    (void)w;
    return revisions_says[after && after[6] ? after[6] - '0' : 0];
}

static void revisions_say(const char *first, const char *second)
{
    revisions_says[0] = first;
    revisions_says[1] = second;
}

static void revisions_pull(world *w)
{
    int64_t job = 0;

    w->now_us += revisions_hour;
    assert_int_equal(world_ask(w, 0, revisions_wish, &job), ADSYNC_OK);
    assert_int_equal(world_wait(w, 0, job, revisions_hour), ADSYNC_OK);
    assert_string_equal(world_job(w, job, ADSYNC_C_STATE), "succeeded");
}

static adsync_rows *revisions_list(world *w, adsync_revision_options options)
{
    adsync_rows *rows = NULL;

    options.size = sizeof options;
    assert_int_equal(adsync_revision_list(w->engines[0].engine, "org", w->connection, &options, &rows, NULL), ADSYNC_OK);
    return rows;
}

static uint32_t revisions_count(world *w) { return world_count(w, ADSYNC_T_REVISIONS, ADSYNC_C_STATE, NULL); }

static void revisions_is(adsync_rows *rows, const char *id, int64_t day, int64_t spend, const char *state)
{
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_ENTITY_ID), id);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_DAY), day);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_SPEND), spend);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATE), state);
    assert_true(adsync_rows_int(rows, ADSYNC_C_FOUND_US) > adsync_rows_int(rows, ADSYNC_C_PULLED_AT));
    assert_true(adsync_rows_int(rows, ADSYNC_C_PULL) > 0);
    assert_true(adsync_rows_int(rows, ADSYNC_C_JOB) > 0);
}

static void P1_a_figure_that_changed_leaves_what_it_said(void **state)
{
    adsync_rows *rows;
    world w;

    (void)state;
    world_begin(&w, revisions_answer);
    revisions_say("m c1 20261115 1000000\nm c2 20261115 2000000\nm c1 20261116 5", NULL);
    revisions_pull(&w);
    assert_int_equal(revisions_count(&w), 0); /* nothing was said before */
    revisions_pull(&w);
    assert_int_equal(revisions_count(&w), 0); /* and the same is no news */
    revisions_say("m c1 20261115 1500000\nm c2 20261115 2000000\nm c1 20261116 5", NULL);
    revisions_pull(&w);
    assert_int_equal(revisions_count(&w), 1);
    revisions_pull(&w);
    assert_int_equal(revisions_count(&w), 1);
    revisions_say("m c1 20261115 1700000\nm c1 20261116 5", NULL);
    revisions_pull(&w);
    rows = revisions_list(&w, (adsync_revision_options){ 0 });
    assert_int_equal(adsync_rows_count(rows), 3);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW); /* these two of one commit, in whichever order */
    adsync_rows_free(rows);
    rows = revisions_list(&w, (adsync_revision_options){ .entity_id = "c1" });
    revisions_is(rows, "c1", 20261115, 1500000, "changed");
    revisions_is(rows, "c1", 20261115, 1000000, "changed");
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_OK);
    adsync_rows_free(rows);
    rows = revisions_list(&w, (adsync_revision_options){ .entity_id = "c2" });
    revisions_is(rows, "c2", 20261115, 2000000, "gone");
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_OK);
    adsync_rows_free(rows);
    world_end(&w);
}

/* The 20th begins with the world: what was fetched before it ended was growing, what was fetched after that is what the day said. */
static void a_day_that_is_not_over_grows_without_revisions(void **state)
{
    adsync_rows *rows;
    world w;

    (void)state;
    world_begin(&w, revisions_answer);
    for (uint32_t i = 0; i < 3; i++) {
        static const char *const says[] = { "m c1 20261120 1\nm c2 20261120 1", "m c1 20261120 2\nm c2 20261120 1", "m c1 20261120 3" };
        revisions_say(says[i], NULL);
        revisions_pull(&w);
    }
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, NULL), 1);
    w.now_us += 24 * revisions_hour;
    revisions_say("m c1 20261120 4", NULL);
    revisions_pull(&w);
    assert_int_equal(revisions_count(&w), 0);
    revisions_say("m c1 20261120 5", NULL);
    revisions_pull(&w);
    rows = revisions_list(&w, (adsync_revision_options){ 0 });
    assert_int_equal(adsync_rows_count(rows), 1);
    revisions_is(rows, "c1", 20261120, 4, "changed");
    adsync_rows_free(rows);
    world_end(&w);
}

static void revisions_are(world *w, adsync_revision_options options, size_t n)
{
    adsync_rows *rows = revisions_list(w, options);

    assert_int_equal(adsync_rows_count(rows), n);
    adsync_rows_free(rows);
}

static void a_list_is_of_the_days_level_and_time_that_were_asked_for(void **state)
{
    const adsync_revision_options bad[] = { { .size = sizeof bad[0], .level = 99 },
                                            { .size = sizeof bad[0], .from_day = 20261116, .to_day = 20261115 },
                                            { .size = sizeof bad[0], .from_day = 7 } };
    const adsync_revision_options flags = { .size = sizeof flags, .flags = 1 };
    adsync_rows *rows = NULL;
    int64_t between;
    world w;

    (void)state;
    world_begin(&w, revisions_answer);
    revisions_say("m c1 20261115 1\nm c1 20261116 1\nm c1 20261117 1", NULL);
    revisions_pull(&w);
    revisions_say("m c1 20261115 2\nm c1 20261116 2\nm c1 20261117 1", NULL);
    revisions_pull(&w);
    between = w.now_us += revisions_hour;
    revisions_say("m c1 20261115 2\nm c1 20261116 2\nm c1 20261117 2", NULL);
    revisions_pull(&w);
    revisions_are(&w, (adsync_revision_options){ 0 }, 3);
    revisions_are(&w, (adsync_revision_options){ .limit = 2 }, 2);
    revisions_are(&w, (adsync_revision_options){ .from_day = 20261116 }, 2);
    revisions_are(&w, (adsync_revision_options){ .to_day = 20261116 }, 2);
    revisions_are(&w, (adsync_revision_options){ .since_us = between }, 1);
    revisions_are(&w, (adsync_revision_options){ .level = ADSYNC_KIND_CAMPAIGN }, 3);
    revisions_are(&w, (adsync_revision_options){ .level = ADSYNC_KIND_AD }, 0);
    revisions_are(&w, (adsync_revision_options){ .entity_id = "c2" }, 0);
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++)
        assert_int_equal(adsync_revision_list(w.engines[0].engine, "org", w.connection, &bad[i], &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_revision_list(w.engines[0].engine, "org", w.connection, &flags, &rows, NULL), ADSYNC_E_UNSUPPORTED);
    assert_null(rows);
    world_end(&w);
}

/* Whichever commit of a pull fails or loses its answer, what was said before is there once. */
static void P1_a_page_that_comes_again_notes_nothing_twice(void **state)
{
    static const struct {
        uint32_t when;
        adsync_status status;
    } ways[] = { { FAULTY_BEFORE, ADSYNC_E_STORAGE }, { FAULTY_AFTER, ADSYNC_OK } };

    (void)state;
    for (size_t way = 0; way < ADSYNC__COUNT(ways); way++) {
        bool failed = true;
        for (uint64_t nth = 1; failed; nth++) {
            int64_t job = 0;
            world w;
            world_begin(&w, revisions_answer);
            revisions_say("m c1 20261115 1\nm c2 20261115 1\nnext 1", "m c3 20261115 1\nm c4 20261115 1");
            revisions_pull(&w);
            revisions_say("m c1 20261115 2\nm c2 20261115 1\nnext 1", "m c3 20261115 2");
            w.now_us += revisions_hour;
            assert_int_equal(world_ask(&w, 0, revisions_wish, &job), ADSYNC_OK);
            w.faults.failed = 0;
            faulty_fail(&w.faults, nth, FAULTY_COMMIT, ways[way].when, false, ways[way].status);
            for (uint32_t i = 0; i < 10 && world_wait(&w, 0, job, revisions_hour) != ADSYNC_OK;) i++;
            failed = w.faults.failed != 0;
            assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "succeeded");
            assert_int_equal(revisions_count(&w), 3); /* c1 and c3 changed, c4 is gone */
            assert_int_equal(world_count(&w, ADSYNC_T_REVISIONS, ADSYNC_C_STATE, "gone"), 1);
            assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, NULL), 3);
            world_end(&w);
        }
    }
}

/* A worker dies after its first page: the one that takes over finds what changed, and what changed meanwhile. */
static void P1_who_takes_over_a_pull_notes_what_is_left(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, revisions_answer);
    revisions_say("m c1 20261115 1\nnext 1", "m c2 20261115 1");
    revisions_pull(&w);
    revisions_say("m c1 20261115 2\nnext 1", "m c2 20261115 2");
    assert_int_equal(world_ask(&w, 0, revisions_wish, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 50 && !revisions_count(&w); i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    assert_int_equal(revisions_count(&w), 1);
    (void)world_open(&w, 1);
    world_kill(&w, 0);
    assert_int_equal(world_wait(&w, 1, job, revisions_hour), ADSYNC_OK);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "succeeded");
    assert_int_equal(revisions_count(&w), 2);
    world_end(&w);
}

static const char *revisions_page(uint32_t n, uint32_t spend)
{
    size_t size = 0;

    for (uint32_t i = 0; i < n; i++)
        size += (size_t)snprintf(revisions_many + size, sizeof revisions_many - size, "m c%04u 20261115 %u\n", i, spend);
    return revisions_many;
}

/* A page whose rows all changed is more than one commit takes, and so is the sweep of a page that went. */
static void P1_a_page_of_which_all_changed_is_stored_in_lots(void **state)
{
    adsync_rows *rows;
    world w;

    (void)state;
    world_begin(&w, revisions_answer);
    revisions_say(revisions_page(1400, 1), NULL);
    revisions_pull(&w);
    revisions_say(revisions_page(1400, 2), NULL);
    revisions_pull(&w);
    assert_int_equal(revisions_count(&w), 1400);
    revisions_say("m c0000 20261115 2", NULL);
    revisions_pull(&w);
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, NULL), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_REVISIONS, ADSYNC_C_STATE, "gone"), 1399);
    rows = revisions_list(&w, (adsync_revision_options){ .limit = 10000 });
    assert_int_equal(adsync_rows_count(rows), 2799);
    adsync_rows_free(rows);
    revisions_are(&w, (adsync_revision_options){ .limit = 10000, .entity_id = "c0007" }, 2);
    world_end(&w);
}

/* Figures of before stay in the currency in which they were told. */
static void a_day_that_is_told_in_another_currency_leaves_what_it_said(void **state)
{
    adsync_rows *rows;
    world w;

    (void)state;
    world_begin(&w, revisions_answer);
    revisions_say("m c1 20261115 1000000 EUR", NULL);
    revisions_pull(&w);
    revisions_say("m c1 20261115 1000000 USD", NULL);
    revisions_pull(&w);
    rows = revisions_list(&w, (adsync_revision_options){ 0 });
    revisions_is(rows, "c1", 20261115, 1000000, "changed");
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_CURRENCY), "EUR");
    adsync_rows_free(rows);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P1_a_figure_that_changed_leaves_what_it_said),
        cmocka_unit_test(a_day_that_is_not_over_grows_without_revisions),
        cmocka_unit_test(a_list_is_of_the_days_level_and_time_that_were_asked_for),
        cmocka_unit_test(P1_a_page_that_comes_again_notes_nothing_twice),
        cmocka_unit_test(P1_who_takes_over_a_pull_notes_what_is_left),
        cmocka_unit_test(P1_a_page_of_which_all_changed_is_stored_in_lots),
        cmocka_unit_test(a_day_that_is_told_in_another_currency_leaves_what_it_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
