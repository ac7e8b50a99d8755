/* SPDX-License-Identifier: MIT */
/* Classes of data: posts and leads by lanes and rhythms of their own, and where the platform has neither. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t minute = 60000000, hour = INT64_C(3600000000), day = INT64_C(86400000000);

/* Leads as the platform has them, by when they came; it forgets them after a while. */
enum { LEADS = 400 };
static struct {
    int64_t at_us[LEADS];
    uint32_t n, forgotten, polls, lists; /* forgotten: so many of the first are no longer told */
    int64_t behind_us;                   /* its clock is so far behind ours */
    bool refuses;                        /* the consent has no right to leads */
} platform;

static const char *leads_since(world *w, int64_t since_us)
{
    static char body[4096];

    *body = 0;
    for (uint32_t i = platform.forgotten; i < platform.n; i++) {
        int64_t at = (platform.at_us[i] - platform.behind_us) / 1000000 * 1000000; /* platforms count in seconds, and tell what is after */
        if (platform.at_us[i] <= w->now_us && at > since_us / 1000000 * 1000000)
            (void)snprintf(body + strlen(body), sizeof body - strlen(body), "e l%u\n", i);
    }
    return body;
}

static const char *classes_answer(world *w, const char *url)
{
    const char *since = strstr(url, "since=");

    if (strstr(url, "kind=lead")) {
        platform.polls += since != NULL;
        platform.lists += since == NULL;
        if (platform.refuses) return "refused";
        return leads_since(w, since ? strtoll(since + 6, NULL, 10) : 0);
    }
    if (strstr(url, "kind=post")) return platform.forgotten ? "e p1\ne p2\ne p3\ne p4\ne p5" : "e p0\ne p1\ne p2\ne p3\ne p4\ne p5";
    return strstr(url, "/report") ? "" : "e c1";
}

static void classes_begin(world *w, const char *lead_minutes)
{
    memset(&platform, 0, sizeof platform);
    world_begin_as(w, classes_answer, lead_minutes, false);
}

static uint32_t classes_children(world *w, uint32_t *mask)
{
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    *mask = 0;
    assert_int_equal(adsync_job_list(w->engines[0].engine, "org", w->connection, 0, 0, &rows, NULL), ADSYNC_OK);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        if (!adsync_rows_int(rows, ADSYNC_C_PARENT)) continue;
        *mask |= 1u << adsync_rows_int(rows, ADSYNC_C_DATA);
        n++;
    }
    adsync_rows_free(rows);
    return n;
}

static void all_is_what_the_platform_has(void **state)
{
    uint32_t mask;
    int64_t job = 0;
    world w;

    (void)state;
    classes_begin(&w, "15");
    platform.at_us[platform.n++] = w.now_us - hour;
    assert_int_equal(world_ask(&w, 0, (adsync_job_options){ 0 }, &job), ADSYNC_OK);
    assert_int_equal(classes_children(&w, &mask), 4);
    assert_int_equal(mask, 1u << ADSYNC_DATA_CAMPAIGNS | 1u << ADSYNC_DATA_METRICS | 1u << ADSYNC_DATA_POSTS | 1u << ADSYNC_DATA_LEADS);
    assert_int_equal(world_wait(&w, 0, job, hour), ADSYNC_OK);
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 1 + 6 + 1);
    assert_int_equal(world_count(&w, ADSYNC_T_LANES, ADSYNC_C_CURSOR, NULL), 4);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), 5);
    world_end(&w);

    classes_begin(&w, NULL);
    assert_int_equal(world_ask(&w, 0, (adsync_job_options){ 0 }, &job), ADSYNC_OK);
    assert_int_equal(classes_children(&w, &mask), 2);
    assert_int_equal(world_wait(&w, 0, job, hour), ADSYNC_OK);
    assert_int_equal(world_ask(&w, 0, (adsync_job_options){ .data = ADSYNC_DATA_POSTS }, &job), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(world_ask(&w, 0, (adsync_job_options){ .data = ADSYNC_DATA_LEADS }, &job), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(job, 0);
    assert_int_equal(world_ask(&w, 0, (adsync_job_options){ .data = ADSYNC_DATA_LEADS + 1 }, &job), ADSYNC_E_INVALID);
    world_end(&w);
}

/* A class that takes long holds no other one. */
static void leads_come_while_campaigns_are_at_work(void **state)
{
    int64_t campaigns = 0, leads = 0;
    world w;

    (void)state;
    classes_begin(&w, "15");
    platform.at_us[platform.n++] = w.now_us - hour;
    assert_int_equal(world_ask(&w, 0, (adsync_job_options){ .data = ADSYNC_DATA_CAMPAIGNS }, &campaigns), ADSYNC_OK);
    w.engines[0].frozen = true;
    assert_int_equal(world_wait(&w, 0, campaigns, 1000), ADSYNC_PENDING);
    (void)world_open(&w, 1);
    assert_int_equal(world_ask(&w, 1, (adsync_job_options){ .data = ADSYNC_DATA_LEADS }, &leads), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 1, leads, 2000000), ADSYNC_OK);
    assert_string_equal(world_job(&w, campaigns, ADSYNC_C_STATE), "running");
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, "l0"), 1);
    world_end(&w);
}

/* Platforms forget leads; what a person told stays here until somebody has it deleted. Posts that are gone are gone. */
static void p10_a_lead_is_never_removed_by_a_list(void **state)
{
    const adsync_job_options full[] = { { .data = ADSYNC_DATA_LEADS, .mode = ADSYNC_SYNC_FULL },
                                        { .data = ADSYNC_DATA_POSTS, .mode = ADSYNC_SYNC_FULL } };
    int64_t job = 0;
    world w;

    (void)state;
    classes_begin(&w, "15");
    for (uint32_t i = 0; i < 20; i++) platform.at_us[platform.n++] = w.now_us - hour;
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 2; i++) {
            platform.forgotten = round * 2;
            assert_int_equal(world_ask(&w, 0, full[i], &job), ADSYNC_OK);
            assert_int_equal(world_wait(&w, 0, job, hour), ADSYNC_OK);
        }
    assert_int_equal(platform.lists, 2);
    assert_int_equal(world_removed(&w), 1); /* the post */
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 20 + 6);
    assert_int_equal(world_count(&w, ADSYNC_T_SEEN, ADSYNC_C_ID, NULL), 0);
    world_end(&w);
}

static void classes_run(world *w, int64_t us)
{
    int64_t until = w->now_us + us, before;

    while (w->now_us < until) {
        before = w->now_us;
        w->n_asked = 0;
        assert_true(adsync_engine_step(w->engines[0].engine, until - w->now_us, NULL) >= 0);
        if (w->now_us == before) w->now_us += 1000;
    }
}

static uint32_t classes_known(world *w)
{
    uint32_t n = 0;
    char id[16];

    for (uint32_t i = 0; i < platform.n; i++) {
        (void)snprintf(id, sizeof id, "l%u", i);
        n += world_count(w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, id);
    }
    return n;
}

static int64_t classes_connect(world *w)
{
    const adsync_connection_options options = { .size = sizeof options };
    int64_t connection = 0;

    adsync_engine_free(w->engines[0].engine);
    (void)world_open_with(w, 0, (adsync_engine_options){ .poll_us = 5000000, .lease_us = hour });
    assert_int_equal(adsync_connection_add(w->engines[0].engine, "org", w->grant, "7", &options, &connection, NULL), ADSYNC_OK);
    return connection;
}

/* P1: over a day leads come at any second, some in the very second in which a poll begins, and by a clock that is five minutes behind ours;
 * each is here within two polls, once. */
static void p1_leads_that_come_between_polls_are_all_here(void **state)
{
    uint32_t seed = 7;
    int64_t since;
    world w;

    (void)state;
    classes_begin(&w, "15");
    platform.behind_us = 5 * minute;
    (void)classes_connect(&w);
    classes_run(&w, hour);
    since = w.now_us;
    platform.polls = platform.lists = 0;
    while (w.now_us < since + 20 * hour) {
        uint32_t before = platform.polls;
        if (platform.n < LEADS) platform.at_us[platform.n++] = w.now_us + (int64_t)(seed = seed * 1664525 + 1013904223) % (10 * minute);
        for (uint32_t i = 0; i < 60 && platform.polls == before; i++) classes_run(&w, 30000000);
        if (platform.n < LEADS) platform.at_us[platform.n++] = w.now_us / 1000000 * 1000000; /* the second of the poll */
    }
    classes_run(&w, 31 * minute);
    assert_in_range(platform.polls, 75, 90); /* four an hour */
    assert_in_range(platform.lists, 0, 1);   /* and the day's */
    assert_true(platform.n > 100);
    assert_int_equal(classes_known(&w), platform.n);
    assert_int_equal(world_removed(&w), 0);
    world_end(&w);
}

static void what_is_worth_a_day_comes_with_the_days_run(void **state)
{
    world w;

    (void)state;
    classes_begin(&w, "1440");
    (void)classes_connect(&w);
    platform.at_us[platform.n++] = w.now_us - hour;
    classes_run(&w, hour);
    assert_int_equal(platform.lists, 1);
    classes_run(&w, 3 * day);
    assert_int_equal(platform.lists, 3); /* at once, and on the next two mornings */
    assert_int_equal(platform.polls, 0);
    assert_int_equal(classes_known(&w), 1);
    world_end(&w);
}

/* One that wants to be called seldom is not asked for leads more often than for all else. */
static void a_connection_that_is_left_alone_is_not_polled(void **state)
{
    adsync_connection_settings settings = { .size = sizeof settings, .frequency_minutes = 120 };
    int64_t connection;
    world w;

    (void)state;
    classes_begin(&w, "15");
    connection = classes_connect(&w);
    assert_int_equal(adsync_connection_set(w.engines[0].engine, "org", connection, &settings, NULL), ADSYNC_OK);
    classes_run(&w, 3 * hour);
    platform.polls = 0;
    classes_run(&w, 20 * hour);
    assert_in_range(platform.polls, 8, 11);
    world_end(&w);
}

/* A right that is missing is not asked for every quarter of an hour, only once a day beside the day's own run, and found when it comes. */
static void leads_that_are_refused_are_asked_for_once_a_day(void **state)
{
    world w;

    (void)state;
    classes_begin(&w, "15");
    platform.refuses = true;
    (void)classes_connect(&w);
    classes_run(&w, hour);
    assert_int_equal(platform.lists + platform.polls, 1);
    classes_run(&w, 4 * day);
    assert_in_range(platform.lists + platform.polls, 1 + 6, 1 + 9);
    platform.refuses = false;
    platform.at_us[platform.n++] = w.now_us;
    classes_run(&w, 30 * hour);
    assert_int_equal(classes_known(&w), 1);
    platform.polls = 0;
    classes_run(&w, 5 * hour);
    assert_in_range(platform.polls, 19, 21);
    world_end(&w);
}

/* A lane of before there were classes may stand at a kind that is another class's now: it goes on behind it. */
static void a_lane_that_stood_at_another_classs_kind_goes_on(void **state)
{
    const adsync_job_options full = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };
    char cursor[200];
    int64_t job = 0;
    world w;

    (void)state;
    classes_begin(&w, "15");
    assert_int_equal(world_ask(&w, 0, full, &job), ADSYNC_OK);
    (void)snprintf(cursor, sizeof cursor, "{\"v\":1,\"job\":%lld,\"wish\":130,\"kind\":9,\"run\":5,\"at\":\"x\",\"water\":{\"9\":7}}",
                   (long long)job);
    {
        const adsync_value lane[] = { adsync__value_int(w.org),   adsync__value_int(w.connection), adsync__value_int(ADSYNC_DATA_CAMPAIGNS),
                                      adsync__value_null(),       adsync__value_null(),            adsync__value_text(cursor),
                                      adsync__value_int(0),       adsync__value_int(w.now_us) };
        const adsync_change put = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_LANES, .expected = ADSYNC_EXPECT_ABSENT, .values = lane, .n_values = 8
        };
        assert_int_equal(adsync_storage_commit(w.rows, w.org, &put, 1, NULL, NULL), ADSYNC_OK);
    }
    assert_int_equal(world_wait(&w, 0, job, hour), ADSYNC_OK);
    assert_int_equal(w.n_asked, 0); /* all kinds before it had been listed */
    assert_int_equal(platform.lists + platform.polls, 0);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_what_the_platform_has),
        cmocka_unit_test(leads_come_while_campaigns_are_at_work),
        cmocka_unit_test(p10_a_lead_is_never_removed_by_a_list),
        cmocka_unit_test(p1_leads_that_come_between_polls_are_all_here),
        cmocka_unit_test(what_is_worth_a_day_comes_with_the_days_run),
        cmocka_unit_test(a_connection_that_is_left_alone_is_not_polled),
        cmocka_unit_test(leads_that_are_refused_are_asked_for_once_a_day),
        cmocka_unit_test(a_lane_that_stood_at_another_classs_kind_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
