/* SPDX-License-Identifier: MIT */
/* Jobs: what answers a wish, who goes on where a worker died, how a job ends and when it is tried again (P1). */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t jobs_second = 1000000, jobs_hour = INT64_C(3600000000);
static const adsync_job_options jobs_campaigns = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };

/* Three pages of two campaigns, a figure a report. */
static const char *jobs_answer(world *w, const char *url)
{
    static char figure[64];
    long long from = 0;

    (void)w;
    if (strstr(url, "/report")) {
        (void)sscanf(strstr(url, "from="), "from=%lld", &from);
        (void)snprintf(figure, sizeof figure, "m c1 %lld 1000000", from);
        return figure;
    }
    if (strstr(url, "after=2")) return "e c3\ne c4\nnext 3";
    if (strstr(url, "after=3")) return "e c5\ne c6";
    return "e c1\ne c2\nnext 2";
}

static uint32_t jobs_asked(const world *w, const char *what)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n_asked; i++) n += strstr(w->asked[i], what) != NULL;
    return n;
}

/* A sync that stands behind its second page, and whose worker is dead. */
static int64_t jobs_killed(world *w)
{
    int64_t job = 0;

    assert_int_equal(world_ask(w, 0, jobs_campaigns, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 100 && !jobs_asked(w, "after=3"); i++) assert_true(adsync_engine_step(w->engines[0].engine, 1000, NULL) >= 0);
    world_kill(w, 0);
    assert_string_equal(world_job(w, job, ADSYNC_C_STATE), "running");
    return job;
}

static void an_equal_wish_is_answered_by_the_job_that_waits_and_a_larger_one_widens_it(void **state)
{
    adsync_job_options wish = { .data = ADSYNC_DATA_METRICS, .days = 5 };
    int64_t first = 0, second = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    assert_int_equal(world_ask(&w, 0, wish, &first), ADSYNC_OK);
    assert_int_equal(world_ask(&w, 0, wish, &second), ADSYNC_PENDING);
    assert_true(first && first == second);
    wish.days = 30;
    wish.priority = ADSYNC_PRIORITY_INTERACTIVE;
    assert_int_equal(world_ask(&w, 0, wish, &second), ADSYNC_PENDING);
    wish.days = 2;
    assert_int_equal(world_ask(&w, 0, wish, &second), ADSYNC_PENDING);
    assert_true(first == second);
    assert_int_equal(world_wait(&w, 0, first, jobs_hour), ADSYNC_OK);
    assert_int_equal(jobs_asked(&w, "/report"), 3); /* 30 days in slices of 10 */
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 30);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, NULL), 1);
    world_end(&w);
}

static const char *jobs_found_on_a_way(world *w, const char *url)
{
    if (!strstr(url, "/account")) return jobs_answer(w, url);
    return strstr(url, "after=manager") ? "zone Europe/Berlin" : "next manager";
}

static void figures_wait_until_the_account_told_its_zone_however_many_requests_that_takes(void **state)
{
    const adsync_job_options wish = { .data = ADSYNC_DATA_METRICS, .days = 5 };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_found_on_a_way);
    w.account_zone = true;
    (void)world_open(&w, 1);
    assert_int_equal(world_ask(&w, 1, wish, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 1, job, 60 * jobs_second), ADSYNC_OK);
    assert_int_equal(jobs_asked(&w, "/account"), 2);
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_DAY_ZONE, "Europe/Berlin"), 5);
    world_end(&w);
}

static const char *jobs_linked(world *w, const char *url)
{
    (void)w;
    if (strstr(url, "files.example.test/signed?key=k1")) return "m c1 20260101 7";
    return "carry https://files.example.test/signed?key=k1\nnext file";
}

/* P3: the link leads on within its task, and stands in no table. */
static void a_link_that_is_a_secret_is_followed_and_never_stored(void **state)
{
    const adsync_job_options wish = { .data = ADSYNC_DATA_METRICS, .from_day = 20260101, .to_day = 20260101 };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_linked);
    assert_int_equal(world_ask(&w, 0, wish, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, job, jobs_hour), ADSYNC_OK);
    assert_int_equal(jobs_asked(&w, "/report"), 1);
    assert_int_equal(jobs_asked(&w, "/signed?key=k1"), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, "c1"), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_SECRETS, ADSYNC_C_FIELD, "carried"), 0);
    world_end(&w);
}

static void days_that_are_named_are_a_wish_of_their_own(void **state)
{
    adsync_job_options wish = { .data = ADSYNC_DATA_METRICS, .from_day = 20260101, .to_day = 20260103 };
    int64_t first = 0, second = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    assert_int_equal(world_ask(&w, 0, wish, &first), ADSYNC_OK);
    wish.to_day = 20260104;
    assert_int_equal(world_ask(&w, 0, wish, &second), ADSYNC_OK);
    assert_true(first != second);
    wish.from_day = 0; /* four days back from that one */
    wish.days = 4;
    assert_int_equal(world_ask(&w, 0, wish, &first), ADSYNC_PENDING);
    assert_true(first == second);
    world_end(&w);
}

static void p1_a_killed_sync_is_given_back_and_goes_on_from_its_cursor(void **state)
{
    int64_t job, again = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    job = jobs_killed(&w);
    (void)world_open(&w, 1);
    assert_int_equal(world_ask(&w, 1, jobs_campaigns, &again), ADSYNC_PENDING);
    assert_true(job == again);
    assert_int_equal(world_wait(&w, 1, job, 20 * jobs_second), ADSYNC_PENDING); /* its lease is not over */
    assert_int_equal(world_wait(&w, 1, job, jobs_hour), ADSYNC_OK);
    assert_int_equal(jobs_asked(&w, "/list"), 4); /* the last page twice, the others once */
    assert_int_equal(jobs_asked(&w, "after=3"), 2);
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 6);
    assert_int_equal(world_count(&w, ADSYNC_T_SEEN, ADSYNC_C_RUN, NULL), 0);
    world_end(&w);
}

static void a_living_worker_keeps_its_lane(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    (void)world_open(&w, 1);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(adsync_engine_step(w.engines[0].engine, 0, NULL), ADSYNC_OK);
    for (uint32_t i = 0; i < 20; i++) { /* it is slow, but it beats */
        w.engines[0].frozen = true;
        assert_true(adsync_engine_step(w.engines[0].engine, 5 * jobs_second, NULL) >= 0);
        assert_int_equal(world_wait(&w, 1, job, jobs_second), ADSYNC_PENDING);
    }
    w.engines[0].frozen = false;
    assert_int_equal(world_wait(&w, 0, job, jobs_hour), ADSYNC_OK);
    assert_int_equal(jobs_asked(&w, "/list"), 3);
    world_end(&w);
}

/* Somebody wrote the job's row between two of its pages: the worker's next commit does not hold, and it begins again where it stood. */
static void a_lane_that_met_another_writer_is_taken_up_again(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 100 && !jobs_asked(&w, "after=2"); i++)
        assert_true(adsync_engine_step(w.engines[0].engine, 1000, NULL) >= 0);
    const adsync_value row[] = { adsync__value_int(w.org), adsync__value_int(job), adsync__value_text("running") };
    const adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_JOBS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 3
    };
    assert_true(adsync_storage_commit(w.rows, w.org, &put, 1, NULL, NULL) >= 0);
    for (uint32_t i = 0; i < 100; i++) assert_true(adsync_engine_step(w.engines[0].engine, jobs_second, NULL) >= 0);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "succeeded");
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 6);
    world_end(&w);
}

static void p1b_a_worker_that_was_declared_dead_writes_nothing(void **state)
{
    uint32_t audits;
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    (void)world_open(&w, 1);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(adsync_engine_step(w.engines[0].engine, 0, NULL), ADSYNC_OK); /* its first page is under way */
    assert_int_equal(world_wait(&w, 1, job, jobs_hour), ADSYNC_OK);
    audits = world_count(&w, ADSYNC_T_API_CALLS, ADSYNC_C_JOB, NULL);
    assert_true(adsync_engine_step(w.engines[0].engine, 0, NULL) >= 0);
    assert_int_equal(world_count(&w, ADSYNC_T_API_CALLS, ADSYNC_C_JOB, NULL), audits);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "succeeded");
    assert_int_equal(world_wait(&w, 0, job, jobs_second), ADSYNC_OK); /* born again, it knows */
    world_end(&w);
}

static void another_wish_waits_behind_a_dead_workers_job_and_loses_it_nothing(void **state)
{
    adsync_job_options other = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_INCREMENTAL };
    int64_t job, second = 0, again = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    job = jobs_killed(&w);
    (void)world_open(&w, 1);
    assert_int_equal(world_ask(&w, 1, other, &second), ADSYNC_OK);
    assert_true(job != second);
    assert_int_equal(world_wait(&w, 1, second, jobs_hour), ADSYNC_OK);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "queued"); /* not forgotten */
    w.n_asked = 0;
    assert_int_equal(world_ask(&w, 1, jobs_campaigns, &again), ADSYNC_PENDING);
    assert_true(job == again);
    assert_int_equal(world_wait(&w, 1, job, jobs_hour), ADSYNC_OK);
    assert_int_equal(w.n_asked, 3); /* once from the start: what it had noted was the other's to forget */
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 6);
    assert_int_equal(world_removed(&w), 0);
    assert_int_equal(world_count(&w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
    world_end(&w);
}

static void all_data_is_one_job_with_two_children_that_end_it(void **state)
{
    adsync_job_options wish = { .mode = ADSYNC_SYNC_BACKFILL, .days = 10 };
    int64_t parent = 0, again = 0, child = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    assert_int_equal(world_ask(&w, 0, wish, &parent), ADSYNC_OK);
    assert_int_equal(world_ask(&w, 0, wish, &again), ADSYNC_PENDING);
    assert_true(parent == again);
    wish.data = ADSYNC_DATA_METRICS;
    assert_int_equal(world_ask(&w, 0, wish, &child), ADSYNC_PENDING);
    assert_true(child != parent);
    wish.data = ADSYNC_DATA_ALL;
    wish.days = 20;
    assert_int_equal(world_ask(&w, 0, wish, &again), ADSYNC_PENDING);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, NULL), 3);
    assert_int_equal(world_wait(&w, 0, parent, jobs_hour), ADSYNC_OK);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), 3);
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 20);
    assert_int_equal(world_count(&w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
    assert_int_equal(world_ask(&w, 0, wish, &again), ADSYNC_OK); /* it has ended: a new one */
    assert_true(parent != again);
    world_end(&w);
}

static void what_is_added_to_a_parent_that_runs_is_waited_for(void **state)
{
    adsync_job_options wish = { .mode = ADSYNC_SYNC_BACKFILL, .days = 10 };
    int64_t parent = 0, again = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    assert_int_equal(world_ask(&w, 0, wish, &parent), ADSYNC_OK);
    w.engines[0].frozen = true;
    assert_int_equal(world_wait(&w, 0, parent, jobs_second), ADSYNC_PENDING);
    wish.days = 30;
    assert_int_equal(world_ask(&w, 0, wish, &again), ADSYNC_PENDING);
    assert_true(parent == again);
    w.engines[0].frozen = false;
    assert_int_equal(world_wait(&w, 0, parent, jobs_hour), ADSYNC_OK);
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 30);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, NULL));
    world_end(&w);
}

static void the_queued_job_of_an_ended_connection_ends_with_words_and_no_call(void **state)
{
    int64_t job = 0, again = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_answer);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
    assert_true(adsync_connection_disconnect(w.engines[0].engine, "org", w.connection, 0, NULL, NULL, NULL) >= 0);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &again), ADSYNC_E_AUTH);
    assert_int_equal(world_wait(&w, 0, job, jobs_hour), ADSYNC_E_AUTH);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "failed");
    assert_non_null(strstr(world_job(&w, job, ADSYNC_C_MESSAGE), "add it again"));
    assert_int_equal(w.n_asked, 0);
    world_end(&w);
}

/* ---- ends */

static const char *jobs_trouble(world *w, const char *url) { return (void)w, (void)url, "trouble"; }

static void trouble_is_tried_again_after_60_300_and_900_s_then_it_is_told(void **state)
{
    static const int64_t pauses[] = { 60, 300, 900 };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_trouble);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
    const adsync_value slot[] = { adsync__value_int(w.org), adsync__value_int(w.connection), adsync__value_text("manual-sync:campaigns") };
    const adsync_value row[] = { adsync__value_int(w.org), adsync__value_int(job) };
    for (uint32_t n = 0; n < 3; n++) {
        while (world_number(&w, ADSYNC_T_JOBS, row, ADSYNC_C_ATTEMPT) != n + 1 || strcmp(world_job(&w, job, ADSYNC_C_STATE), "queued"))
            assert_int_equal(world_wait(&w, 0, job, jobs_second), ADSYNC_PENDING);
        assert_in_range(world_number(&w, ADSYNC_T_QUEUE, slot, ADSYNC_C_RUN_AFTER_US) - w.now_us, (pauses[n] - 2) * jobs_second,
                        pauses[n] * jobs_second);
    }
    assert_true(world_wait(&w, 0, job, 2 * jobs_hour) < 0);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "failed");
    assert_non_null(strstr(world_job(&w, job, ADSYNC_C_MESSAGE), "trouble"));
    world_end(&w);
}

static const char *jobs_throttled(world *w, const char *url)
{
    return w->now_us < INT64_C(1795132800000000) + 3 * jobs_hour && strstr(url, "after=2") ? "throttled" : jobs_answer(w, url);
}

static void waiting_for_a_limit_spends_no_attempt_and_keeps_the_cursor(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_throttled);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, job, 24 * jobs_hour), ADSYNC_OK);
    const adsync_value row[] = { adsync__value_int(w.org), adsync__value_int(job) };
    assert_int_equal(world_number(&w, ADSYNC_T_JOBS, row, ADSYNC_C_ATTEMPT), 1);
    assert_true(jobs_asked(&w, "after=2") > 1);
    assert_int_equal(w.n_asked - jobs_asked(&w, "after="), 1); /* the first page once */
    world_end(&w);
}

static const char *jobs_outdated(world *w, const char *url)
{
    if (strstr(url, "/refresh")) return "fresh";
    return strstr(url, "after=2") && !strstr(url, "token=") ? "outdated" : jobs_answer(w, url);
}

static void a_task_is_told_when_its_token_was_refreshed_on_the_way(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_outdated);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, job, jobs_hour), ADSYNC_OK);
    assert_int_equal(jobs_asked(&w, "/refresh"), 1);
    assert_int_equal(jobs_asked(&w, "/list?after=2"), 1);
    assert_int_equal(jobs_asked(&w, "token=1795132"), 2); /* pages 2 and 3 */
    world_end(&w);
}

/* Each token lives for one page. */
static const char *jobs_short_lives(world *w, const char *url)
{
    const char *after = strstr(url, "after=");

    if (strstr(url, "/refresh")) return "fresh";
    return after && jobs_asked(w, "/refresh") + 1 < (uint32_t)atoi(after + 6) ? "outdated" : jobs_answer(w, url);
}

static void a_job_outlives_more_than_one_token(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_short_lives);
    assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, job, jobs_hour), ADSYNC_OK);
    assert_int_equal(jobs_asked(&w, "/refresh"), 2); /* before pages 2 and 3 */
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "succeeded");
    assert_int_equal(world_count(&w, ADSYNC_T_CONNECTIONS, ADSYNC_C_STATUS, "active"), 1);
    world_end(&w);
}

static const char *jobs_refused(world *w, const char *url) { return strstr(url, "from=20260111") ? "refused" : jobs_answer(w, url); }

static void a_slice_that_is_refused_is_left_out_and_named(void **state)
{
    adsync_job_options wish = { .data = ADSYNC_DATA_METRICS, .from_day = 20260101, .to_day = 20260130 };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_refused);
    assert_int_equal(world_ask(&w, 0, wish, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, job, jobs_hour), ADSYNC_PARTIAL);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "partial");
    assert_non_null(strstr(world_job(&w, job, ADSYNC_C_MESSAGE), "not yours"));
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 20);
    world_end(&w);
}

static const char *jobs_people_refused(world *w, const char *url)
{
    (void)w, (void)url;
    return w->n_asked == 3 ? "refused" : "e 1";
}

/* A consent of one scope too few: campaigns and audiences are listed, forms and leads are not asked for. */
static void kinds_that_the_consent_does_not_cover_are_left_out_and_named_and_the_sync_succeeds(void **state)
{
    const adsync_grant_options scoped = { .size = sizeof scoped, .expires_us = -1, .scopes = "read lists" };
    const adsync_connection_options manual = { .size = sizeof manual, .flags = ADSYNC_CONNECTION_MANUAL };
    int64_t job = 0, unscoped;
    world w;

    (void)state;
    world_begin(&w, jobs_people_refused);
    unscoped = w.connection;
    w.scoped = true;
    (void)world_open(&w, 1);
    assert_int_equal(adsync_grant_add(w.engines[1].engine, "org", "toy", "token-2", &scoped, &w.grant, NULL), ADSYNC_OK);
    assert_int_equal(adsync_connection_add(w.engines[1].engine, "org", w.grant, "2", &manual, &w.connection, NULL), ADSYNC_OK);
    assert_int_equal(world_ask(&w, 1, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 1, job, jobs_hour), ADSYNC_OK);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "succeeded");
    assert_int_equal(w.n_asked, 2);
    assert_int_equal(world_count(&w, ADSYNC_T_CONNECTIONS, ADSYNC_C_MESSAGE, "not in the consent, so left out: lead_form (people)"), 1);
    assert_int_equal(world_ask(&w, 1, (adsync_job_options){ .data = ADSYNC_DATA_LEADS }, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 1, job, jobs_hour), ADSYNC_OK);
    assert_int_equal(w.n_asked, 2); /* a class of which nothing is left */
    assert_int_equal(world_count(&w, ADSYNC_T_CONNECTIONS, ADSYNC_C_MESSAGE, "not in the consent, so left out: lead (people)"), 1);
    w.connection = unscoped; /* nobody knows what its consent covers: what is refused is a fault */
    w.n_asked = 0;
    assert_int_equal(world_ask(&w, 1, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 1, job, jobs_hour), ADSYNC_PARTIAL);
    assert_int_equal(w.n_asked, 3);
    world_end(&w);
}

static const char *jobs_short_window(world *w, const char *url)
{
    return strstr(url, "/account") ? "zone UTC\nlookback 7" : jobs_answer(w, url);
}

static void days_are_settled_as_soon_as_the_account_s_own_windows_are_over(void **state)
{
    const adsync_job_options wish = { .data = ADSYNC_DATA_METRICS, .days = 20 };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_short_window);
    w.account_zone = true;
    (void)world_open(&w, 1);
    assert_int_equal(world_ask(&w, 1, wish, &job), ADSYNC_OK);
    assert_true(world_wait(&w, 1, job, jobs_hour) >= 0);
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, "settled"), 12); /* all but today and the 7 days before */
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, "provisional"), 8);
    world_end(&w);
}

/* ---- removal: `jobs_left` campaigns are listed; once after the first short list all of them again */

static int jobs_left;
static bool jobs_contradicts;

static const char *jobs_shrinking(world *w, const char *url)
{
    static char body[2048];
    int n = jobs_left;

    (void)url;
    if (jobs_contradicts && w->n_asked > 2) n = 20; /* the second look */
    *body = 0;
    for (int i = 1; i <= n; i++) (void)snprintf(body + strlen(body), sizeof body - strlen(body), "e c%d\n", i);
    return body;
}

/* A report of three days that breaks off behind its first page, of two days that has a figure less, and of the last day. */
static const char *jobs_half(world *w, const char *url)
{
    (void)w;
    if (strstr(url, "from=20261103")) return "m c1 20261103 1";
    if (strstr(url, "to=20261102")) return "m c1 20261101 1";
    return strstr(url, "after=") ? "refused" : "m c1 20261101 1\nm c2 20261102 1\nnext 2";
}

static adsync_status jobs_report(world *w, uint32_t from, uint32_t to)
{
    const adsync_job_options wish = { .data = ADSYNC_DATA_METRICS, .from_day = from, .to_day = to };
    int64_t job = 0;

    assert_int_equal(world_ask(w, 0, wish, &job), ADSYNC_OK);
    return world_wait(w, 0, job, jobs_hour);
}

/* One of its days was covered before, so it covered none: its rows of the others are dropped all the same by whoever covers them. */
static void p1a_what_a_broken_report_left_goes_when_its_days_are_covered(void **state)
{
    world w;

    (void)state;
    world_begin(&w, jobs_half);
    assert_int_equal(jobs_report(&w, 20261103, 20261103), ADSYNC_OK);
    assert_int_not_equal(jobs_report(&w, 20261101, 20261103), ADSYNC_OK);
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ID, NULL), 3);
    assert_int_equal(jobs_report(&w, 20261101, 20261102), ADSYNC_OK);
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ID, NULL), 2);
    world_end(&w);
}

static void jobs_shrink(world *w, int left, bool contradicts)
{
    int64_t job = 0;

    jobs_left = 20;
    jobs_contradicts = false;
    world_begin(w, jobs_shrinking);
    assert_int_equal(world_ask(w, 0, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(w, 0, job, jobs_hour), ADSYNC_OK);
    jobs_left = left;
    jobs_contradicts = contradicts;
    assert_int_equal(world_ask(w, 0, jobs_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(w, 0, job, jobs_hour), ADSYNC_OK);
}

static void what_a_whole_list_no_longer_holds_is_removed(void **state)
{
    world w;

    (void)state;
    jobs_shrink(&w, 16, false); /* a fifth is believed at once */
    assert_int_equal(w.n_asked, 2);
    assert_int_equal(world_removed(&w), 4);
    world_end(&w);
}

static void more_than_a_fifth_is_removed_after_a_second_look_only(void **state)
{
    world w;

    (void)state;
    jobs_shrink(&w, 15, false);
    assert_int_equal(w.n_asked, 3);
    assert_int_equal(world_removed(&w), 5);
    world_end(&w);
}

static void a_second_look_that_contradicts_removes_nothing(void **state)
{
    world w;

    (void)state;
    jobs_shrink(&w, 2, true);
    assert_int_equal(w.n_asked, 3);
    assert_int_equal(world_removed(&w), 0);
    world_end(&w);
}

static const char *jobs_weak(world *w, const char *url) { return (void)url, w->n_asked > 1 ? "e c1\nweak" : "e c1\ne c2\ne c3"; }

static void an_end_without_proof_removes_nothing(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, jobs_weak);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(world_ask(&w, 0, jobs_campaigns, &job), ADSYNC_OK);
        assert_int_equal(world_wait(&w, 0, job, jobs_hour), ADSYNC_OK);
    }
    assert_int_equal(world_removed(&w), 0);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_wait_until_the_account_told_its_zone_however_many_requests_that_takes),
        cmocka_unit_test(an_equal_wish_is_answered_by_the_job_that_waits_and_a_larger_one_widens_it),
        cmocka_unit_test(a_link_that_is_a_secret_is_followed_and_never_stored),
        cmocka_unit_test(days_that_are_named_are_a_wish_of_their_own),
        cmocka_unit_test(p1_a_killed_sync_is_given_back_and_goes_on_from_its_cursor),
        cmocka_unit_test(a_living_worker_keeps_its_lane),
        cmocka_unit_test(a_lane_that_met_another_writer_is_taken_up_again),
        cmocka_unit_test(p1b_a_worker_that_was_declared_dead_writes_nothing),
        cmocka_unit_test(another_wish_waits_behind_a_dead_workers_job_and_loses_it_nothing),
        cmocka_unit_test(all_data_is_one_job_with_two_children_that_end_it),
        cmocka_unit_test(what_is_added_to_a_parent_that_runs_is_waited_for),
        cmocka_unit_test(the_queued_job_of_an_ended_connection_ends_with_words_and_no_call),
        cmocka_unit_test(trouble_is_tried_again_after_60_300_and_900_s_then_it_is_told),
        cmocka_unit_test(waiting_for_a_limit_spends_no_attempt_and_keeps_the_cursor),
        cmocka_unit_test(a_task_is_told_when_its_token_was_refreshed_on_the_way),
        cmocka_unit_test(a_job_outlives_more_than_one_token),
        cmocka_unit_test(a_slice_that_is_refused_is_left_out_and_named),
        cmocka_unit_test(kinds_that_the_consent_does_not_cover_are_left_out_and_named_and_the_sync_succeeds),
        cmocka_unit_test(days_are_settled_as_soon_as_the_account_s_own_windows_are_over),
        cmocka_unit_test(p1a_what_a_broken_report_left_goes_when_its_days_are_covered),
        cmocka_unit_test(what_a_whole_list_no_longer_holds_is_removed),
        cmocka_unit_test(more_than_a_fifth_is_removed_after_a_second_look_only),
        cmocka_unit_test(a_second_look_that_contradicts_removes_nothing),
        cmocka_unit_test(an_end_without_proof_removes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
