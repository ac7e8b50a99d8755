/* SPDX-License-Identifier: MIT */
/* Facts that a platform should not tell and may: each ends in a state with a name, nothing is lost and nothing invented. */
#include "world.h"

#include <adsync/data.h>

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t hostile_hour = INT64_C(3600000000);
static const adsync_job_options hostile_things = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL },
                                hostile_figures = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_FULL, .days = 10 };
static const char *hostile_list, *hostile_report, *hostile_account;
static uint32_t hostile_round; /* so many pages are a circle; 0: there is none */

static const char *hostile_answer(world *w, const char *url)
{
    static char page[200];
    const char *after = strstr(url, "after=");
    uint32_t n = after ? (uint32_t)strtoul(after + 6, NULL, 10) : 0;

    (void)w;
    if (strstr(url, "/account")) return hostile_account;
    if (!hostile_round) return strstr(url, "/report") ? hostile_report : hostile_list;
    (void)snprintf(page, sizeof page, strstr(url, "/report") ? "m c%u 20261115 1\nnext %u" : "e c%u\nnext %u", n, n % hostile_round + 1);
    return page;
}

static void hostile_begin(world *w)
{
    hostile_list = "e c1";
    hostile_report = "m c1 20261115 1";
    hostile_account = "";
    hostile_round = 0;
    world_begin(w, hostile_answer);
}

/* Until the job has ended, or so many hours are over. */
static int64_t hostile_sync(world *w, adsync_job_options wish)
{
    int64_t job = 0;

    w->n_asked = 0;
    w->now_us += hostile_hour;
    assert_int_equal(world_ask(w, 0, wish, &job), ADSYNC_OK);
    (void)world_wait(w, 0, job, 3 * hostile_hour);
    return job;
}

static void hostile_fails(world *w, int64_t job, const char *error, uint32_t asked_most)
{
    assert_string_equal(world_job(w, job, ADSYNC_C_STATE), "failed");
    assert_string_equal(world_job(w, job, ADSYNC_C_ERROR), error);
    assert_in_range(w->n_asked, 1, asked_most);
    assert_int_equal(world_count(w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
}

static void pages_that_lead_in_a_circle_end_the_job(void **state)
{
    static const uint32_t circles[] = { 1, 2, 3, 7 };
    world w;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(circles); i++) {
        hostile_begin(&w);
        hostile_list = "e old";
        hostile_report = "m old 20261116 1";
        (void)hostile_sync(&w, hostile_things);
        (void)hostile_sync(&w, hostile_figures);
        hostile_round = circles[i];
        hostile_fails(&w, hostile_sync(&w, hostile_things), "platform.loop", 4 * 4 * circles[i] + 16);
        hostile_fails(&w, hostile_sync(&w, hostile_figures), "platform.loop", 4 * 4 * circles[i] + 16);
        assert_int_equal(world_removed(&w), 0); /* no end was seen, so nothing is known to be gone */
        assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, "old"), 1);
        assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, "old"), 1);
        hostile_round = 0;
        assert_string_equal(world_job(&w, hostile_sync(&w, hostile_things), ADSYNC_C_STATE), "succeeded");
        world_end(&w);
    }
}

/* A list of many pages is none, whatever their number. */
static void many_pages_are_no_circle(void **state)
{
    world w;

    (void)state;
    hostile_begin(&w);
    hostile_round = 1000000;
    w.n_asked = 0;
    {
        int64_t job = 0;
        assert_int_equal(world_ask(&w, 0, hostile_things, &job), ADSYNC_OK);
        for (uint32_t i = 0; i < 20000 && w.n_asked < 700; i++) assert_true(adsync_engine_step(w.engines[0].engine, 0, NULL) >= 0);
        assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "running");
        assert_true(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL) > 600);
    }
    world_end(&w);
}

static void pages_that_are_always_forgotten_end_the_job(void **state)
{
    world w;

    (void)state;
    hostile_begin(&w);
    hostile_list = hostile_report = "stale";
    hostile_fails(&w, hostile_sync(&w, hostile_things), "platform.stale", 4 * 6);
    hostile_fails(&w, hostile_sync(&w, hostile_figures), "platform.stale", 4 * 6);
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, NULL), 0);
    world_end(&w);
}

/* Its days are not known, so no figure is asked for; the rest is synced. */
static void an_account_whose_zone_is_unknown_has_no_days(void **state)
{
    static const struct {
        const char *account, *error;
    } cases[] = { { "", "connection.time_zone" }, { "zone Mars/Olympus_Mons", "zone.unknown" } };
    world w;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        hostile_begin(&w);
        adsync_engine_free(w.engines[0].engine);
        w.account_zone = true;
        (void)world_open(&w, 0);
        hostile_account = cases[i].account;
        hostile_fails(&w, hostile_sync(&w, hostile_figures), cases[i].error, 4);
        for (uint32_t k = 0; k < w.n_asked; k++) assert_null(strstr(w.asked[k], "/report"));
        assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 0);
        assert_string_equal(world_job(&w, hostile_sync(&w, hostile_things), ADSYNC_C_STATE), "succeeded");
        hostile_account = "zone UTC"; /* and once it is known, its days are */
        assert_string_equal(world_job(&w, hostile_sync(&w, hostile_figures), ADSYNC_C_STATE), "succeeded");
        assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, "c1"), 1);
        world_end(&w);
    }
}

static const char *hostile_connection(world *w, uint32_t column)
{
    static char text[300];
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_connection_list(w->engines[0].engine, "org", w->connection, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(text, sizeof text, "%s", adsync_rows_text(rows, column) ? adsync_rows_text(rows, column) : "");
    adsync_rows_free(rows);
    return text;
}

static void hostile_sums(world *w, int64_t eur, int64_t usd)
{
    const adsync_metrics_options options = { .size = sizeof options, .level = ADSYNC_KIND_CAMPAIGN };
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_metrics_query(w->engines[0].engine, "org", &options, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_CURRENCY), i ? "USD" : "EUR");
        assert_int_equal(adsync_rows_int(rows, ADSYNC_C_SPEND), i ? usd : eur);
    }
    adsync_rows_free(rows);
}

static void a_currency_that_changes_is_said_and_never_added_up(void **state)
{
    const adsync_job_options hot = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_INCREMENTAL, .days = 2 };
    world w;

    (void)state;
    hostile_begin(&w);
    adsync_engine_free(w.engines[0].engine);
    w.account_zone = true;
    (void)world_open(&w, 0);
    hostile_account = "zone UTC\ncurrency EUR";
    hostile_report = "m c1 20261115 1000 EUR";
    (void)hostile_sync(&w, hostile_figures);
    assert_string_equal(hostile_connection(&w, ADSYNC_C_CURRENCY), "EUR");
    assert_string_equal(hostile_connection(&w, ADSYNC_C_MESSAGE), "");
    hostile_account = "zone UTC\ncurrency USD";
    hostile_report = "m c1 20261120 50 USD";
    assert_string_equal(world_job(&w, hostile_sync(&w, hot), ADSYNC_C_STATE), "succeeded");
    assert_non_null(strstr(hostile_connection(&w, ADSYNC_C_MESSAGE), "metrics.currency: figures came in USD"));
    assert_string_equal(hostile_connection(&w, ADSYNC_C_CURRENCY), "USD"); /* the account was asked */
    hostile_sums(&w, 1000, 50);
    (void)hostile_sync(&w, hot);
    assert_string_equal(hostile_connection(&w, ADSYNC_C_MESSAGE), "");
    hostile_sums(&w, 1000, 50);
    world_end(&w);
}

static const char *hostile_parent(world *w, const char *id)
{
    static char text[64];
    adsync_entity_options options = { .size = sizeof options, .id = id };
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_entity_list(w->engines[0].engine, "org", w->connection, ADSYNC_KIND_CAMPAIGN, &options, &rows, NULL),
                     ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(text, sizeof text, "%s", adsync_rows_text(rows, ADSYNC_C_CAMPAIGN_ID));
    adsync_rows_free(rows);
    return text;
}

/* What it is below follows; the figures of its days stay as they were told. */
static void a_thing_that_moves_takes_its_parent_along_and_not_its_past(void **state)
{
    adsync_value at[] = { adsync__value_int(0),     adsync__value_int(0),          adsync__value_int(ADSYNC_KIND_CAMPAIGN),
                          adsync__value_text("a1"), adsync__value_int(20261115), adsync__value_text("") };
    int64_t version;
    world w;

    (void)state;
    hostile_begin(&w);
    hostile_list = "child a1 c1";
    hostile_report = "m a1 20261115 7";
    (void)hostile_sync(&w, hostile_things);
    (void)hostile_sync(&w, hostile_figures);
    at[0].i = w.org;
    at[1].i = w.connection;
    version = world_number(&w, ADSYNC_T_METRICS, at, ADSYNC_C_VERSION);
    assert_true(version > 0);
    hostile_list = "child a1 c2";
    (void)hostile_sync(&w, hostile_things);
    assert_string_equal(hostile_parent(&w, "a1"), "c2");
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 1);
    assert_int_equal(world_removed(&w), 0);
    assert_int_equal(world_number(&w, ADSYNC_T_METRICS, at, ADSYNC_C_VERSION), version);
    world_end(&w);
}

/* Nothing proves that there is nothing: the day is partial, what was there stays, and nothing becomes zero. */
static void an_answer_that_is_empty_for_lack_of_access_removes_nothing(void **state)
{
    world w;

    (void)state;
    hostile_begin(&w);
    (void)hostile_sync(&w, hostile_things);
    (void)hostile_sync(&w, hostile_figures);
    hostile_list = hostile_report = "weak";
    (void)hostile_sync(&w, hostile_things);
    (void)hostile_sync(&w, hostile_figures);
    assert_int_equal(world_removed(&w), 0);
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_SPEND, "1"), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, NULL), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_REVISIONS, ADSYNC_C_STATE, NULL), 0);
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, "partial"), 10);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_that_lead_in_a_circle_end_the_job),
        cmocka_unit_test(many_pages_are_no_circle),
        cmocka_unit_test(pages_that_are_always_forgotten_end_the_job),
        cmocka_unit_test(an_account_whose_zone_is_unknown_has_no_days),
        cmocka_unit_test(a_currency_that_changes_is_said_and_never_added_up),
        cmocka_unit_test(a_thing_that_moves_takes_its_parent_along_and_not_its_past),
        cmocka_unit_test(an_answer_that_is_empty_for_lack_of_access_removes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
