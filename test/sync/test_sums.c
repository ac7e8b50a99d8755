/* SPDX-License-Identifier: MIT */
/* Whether what a level's rows say adds up to what the account itself says, and that it is told where it does not. */
#include "world.h"

#include <adsync/data.h>

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t sums_hour = INT64_C(3600000000);
static const adsync_job_options sums_wish = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_FULL, .days = 10 };
static const char *sums_account, *sums_campaigns[2]; /* what the platform says; campaigns: by page */

static const char *sums_answer(world *w, const char *url)
{
    (void)w;
    if (strstr(url, "level=account")) return sums_account;
    if (!strstr(url, "/report")) return "e c1";
    return strstr(url, "after=1") ? sums_campaigns[1] : sums_campaigns[0];
}

static void sums_say(const char *account, const char *first, const char *second)
{
    sums_account = account;
    sums_campaigns[0] = first;
    sums_campaigns[1] = second;
}

/* rounding NULL: amounts are exact */
static void sums_begin_with(world *w, const char *levels, const char *rounding)
{
    world_begin(w, sums_answer);
    adsync_engine_free(w->engines[0].engine);
    w->account_figures = true;
    w->settings[0] = "report_days", w->settings[1] = "10";
    w->settings[2] = "sum_levels", w->settings[3] = levels;
    if (rounding) w->settings[4] = "sum_rounding", w->settings[5] = rounding;
    (void)world_open(w, 0);
}

static void sums_begin(world *w) { sums_begin_with(w, "adset campaign ad", NULL); }

static void sums_pull(world *w, adsync_job_options wish)
{
    int64_t job = 0;

    w->now_us += sums_hour;
    assert_int_equal(world_ask(w, 0, wish, &job), ADSYNC_OK);
    assert_true(world_wait(w, 0, job, sums_hour) >= 0); /* what was refused makes it partial */
}

static const char *sums_gap(world *w, int64_t day)
{
    static char text[300];
    const adsync_value key[] = { adsync__value_int(w->org), adsync__value_int(w->connection), adsync__value_int(ADSYNC_KIND_CAMPAIGN),
                                 adsync__value_text(""), adsync__value_int(day) };
    adsync_rows *rows = NULL;

    assert_true(adsync_storage_read(w->rows, w->org, ADSYNC_T_COVERAGE, 0, key, 1, &rows, NULL) >= 0);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(text, sizeof text, "%s", adsync_rows_text(rows, ADSYNC_C_GAP) ? adsync_rows_text(rows, ADSYNC_C_GAP) : "");
    adsync_rows_free(rows);
    return text;
}

static uint32_t sums_gaps(world *w)
{
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    assert_int_equal(adsync_coverage_list(w->engines[0].engine, "org", w->connection, 0, &rows, NULL), ADSYNC_OK);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) n += adsync_rows_text(rows, ADSYNC_C_GAP) != NULL;
    adsync_rows_free(rows);
    return n;
}

static bool sums_warned(world *w)
{
    adsync_rows *rows = NULL;
    bool warned;

    assert_int_equal(adsync_connection_list(w->engines[0].engine, "org", w->connection, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    warned = adsync_rows_text(rows, ADSYNC_C_MESSAGE) && strstr(adsync_rows_text(rows, ADSYNC_C_MESSAGE), "metrics.gap: ");
    adsync_rows_free(rows);
    return warned;
}

static void a_row_that_is_missing_is_told_until_it_is_there(void **state)
{
    const adsync_job_options hot = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_INCREMENTAL, .days = 3 },
                             campaigns = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };
    world w;

    (void)state;
    sums_begin(&w);
    sums_say("m a 20261115 3000000 EUR 300\nm a 20261116 7",
             "m c1 20261115 1000000 EUR 100\nm c2 20261115 2000000 EUR 200\nm c1 20261116 7", NULL);
    sums_pull(&w, sums_wish);
    assert_int_equal(sums_gaps(&w), 0);
    assert_false(sums_warned(&w));
    sums_campaigns[0] = "m c1 20261115 1000000 EUR 100\nm c1 20261116 7";
    sums_pull(&w, sums_wish);
    assert_int_equal(sums_gaps(&w), 1);
    assert_string_equal(sums_gap(&w, 20261115),
                        "{\"spend\":{\"sum\":1000000,\"account\":3000000},\"impressions\":{\"sum\":100,\"account\":300}}");
    assert_true(sums_warned(&w));
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, "a"), 2); /* no figure is touched */
    assert_int_equal(world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, "c1"), 2);
    sums_say("", "", NULL);
    sums_pull(&w, hot); /* it looks at other days */
    sums_pull(&w, campaigns);
    assert_int_equal(sums_gaps(&w), 1);
    assert_true(sums_warned(&w));
    sums_say("m a 20261115 3000000 EUR 300", "m c1 20261115 1000000 EUR 100\nm c2 20261115 2000000 EUR 200", NULL);
    sums_pull(&w, sums_wish);
    assert_int_equal(sums_gaps(&w), 0);
    assert_false(sums_warned(&w));
    world_end(&w);
}

static void a_level_without_any_row_is_told(void **state)
{
    world w;

    (void)state;
    sums_begin(&w);
    sums_say("m a 20261115 3000000", "", NULL);
    sums_pull(&w, sums_wish);
    assert_string_equal(sums_gap(&w, 20261115), "{\"spend\":{\"sum\":0,\"account\":3000000}}");
    sums_say("", "m c1 20261115 3000000", NULL);
    sums_pull(&w, sums_wish);
    assert_string_equal(sums_gap(&w, 20261115), "{\"spend\":{\"sum\":3000000,\"account\":0}}");
    world_end(&w);
}

/* Three rows of a cent's rounding each, and the account's own: two cents either way. */
static void what_rounding_explains_is_no_gap(void **state)
{
    static const struct {
        const char *account, *rounding;
        uint32_t gaps;
    } cases[] = {
        { "m a 20261115 3020000", "minor", 0 }, { "m a 20261115 2980000", "minor", 0 },    { "m a 20261115 3020001", "minor", 1 },
        { "m a 20261115 2979999", "minor", 1 }, { "m a 20261115 3000002", "1", 0 },        { "m a 20261115 3000003", "1", 1 },
        { "m a 20261115 3000000", NULL, 0 },    { "m a 20261115 3000001", NULL, 1 },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        world w;
        sums_begin_with(&w, "campaign", cases[i].rounding);
        sums_say(cases[i].account, "m c1 20261115 1000000\nm c2 20261115 1000000\nm c3 20261115 1000000", NULL);
        sums_pull(&w, sums_wish);
        assert_int_equal(sums_gaps(&w), cases[i].gaps);
        world_end(&w);
    }
}

/* What a platform may leave out, and what was not read by one job as a whole. */
static void what_cannot_be_compared_is_not(void **state)
{
    static const struct {
        const char *why, *levels, *account, *campaigns;
    } cases[] = {
        { "the platform does not say that it adds up", "ad", "m a 20261115 9", "m c1 20261115 1" },
        { "a word that only begins like it", "campaigns", "m a 20261115 9", "m c1 20261115 1" },
        { "days that still move", "campaign", "m a 20261118 9\nm a 20261120 9", "m c1 20261118 1\nm c1 20261120 1" },
        { "the account has no access", "campaign", "refused", "m c1 20261115 1" },
        { "the account's empty answer without proof", "campaign", "weak", "m c1 20261115 1" },
        { "an empty answer without proof", "campaign", "m a 20261115 9", "weak" },
        { "the account has no such figure", "campaign", "m a 20261115 1", "m c1 20261115 1 EUR 100" },
        { "other currencies", "campaign", "m a 20261115 9 EUR", "m c1 20261115 1 USD" },
        { "several currencies", "campaign", "m a 20261115 9 EUR", "m c1 20261115 1 USD\nm c2 20261115 1 EUR" },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        world w;
        sums_begin_with(&w, cases[i].levels, NULL);
        sums_say(cases[i].account, cases[i].campaigns, NULL);
        sums_pull(&w, sums_wish);
        if (sums_gaps(&w)) fail_msg("%s: %s", cases[i].why, sums_gap(&w, 20261115));
        if (!strcmp(cases[i].account, "refused")) { /* nor is what another job read */
            sums_say("m a 20261115 1", "m c1 20261115 1", NULL);
            sums_pull(&w, sums_wish);
            sums_say("refused", "m c1 20261115 9", NULL);
            sums_pull(&w, sums_wish);
            assert_int_equal(sums_gaps(&w), 0);
        }
        world_end(&w);
    }
}

/* A row that pages bring twice counts once; what two workers read, one after the other, is compared with the next run. */
static void rows_are_summed_as_they_are_stored(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    sums_begin(&w);
    sums_say("m a 20261115 3", "m c1 20261115 1\nm c2 20261115 2\nnext 1", "m c2 20261115 2");
    for (uint32_t i = 0; i < 2; i++) {
        sums_pull(&w, sums_wish);
        assert_int_equal(sums_gaps(&w), 0);
    }
    (void)world_open(&w, 1);
    sums_say("m a 20261115 3", "m c1 20261115 1\nnext 1", "m c2 20261115 1");
    assert_int_equal(world_ask(&w, 0, sums_wish, &job), ADSYNC_OK);
    w.n_asked = 0;
    for (uint32_t i = 0; i < 50 && w.n_asked < 3; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    world_kill(&w, 0);
    assert_int_equal(world_wait(&w, 1, job, sums_hour), ADSYNC_OK);
    (void)world_open(&w, 0);
    assert_int_equal(sums_gaps(&w), 0);
    sums_pull(&w, sums_wish);
    assert_string_equal(sums_gap(&w, 20261115), "{\"spend\":{\"sum\":2,\"account\":3}}");
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_is_missing_is_told_until_it_is_there),
        cmocka_unit_test(a_level_without_any_row_is_told),
        cmocka_unit_test(what_rounding_explains_is_no_gap),
        cmocka_unit_test(what_cannot_be_compared_is_not),
        cmocka_unit_test(rows_are_summed_as_they_are_stored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
