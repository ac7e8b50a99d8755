/* SPDX-License-Identifier: MIT */
/* Whatever a platform answers, and as often as it does: the job ends with words, no row is wrong, no day is called covered, no secret
 * shows. What a reader refuses is tried again over an hour of the script's clock. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct bad_answer {
    const char *name, *body;
    size_t size; /* 0: up to its NUL */
    uint32_t status;
} bad_answer;

#define ROW(fields) "{\"data\":[{\"account_id\":\"1\"," fields "}]}"
#define DAY "\"date_start\":\"2026-11-18\",\"date_stop\":\"2026-11-18\""

static char bad_deep[2 * 100000 + 16];

static const bad_answer bad_any[] = {
    { "nothing", " ", 0, 200 },
    { "cut off", "{\"data\":[{\"id\":\"11\",\"account_id\":\"1\",\"name\":\"Fir", 0, 200 },
    { "a page for people", "<!DOCTYPE html><html><body>Sorry</body></html>", 0, 200 },
    { "a page for people, 503", "<!DOCTYPE html><html><body>Sorry</body></html>", 0, 503 },
    { "only a number", "17", 0, 200 },
    { "null", "null", 0, 200 },
    { "a list", "[{\"id\":\"11\"}]", 0, 200 },
    { "no data", "{}", 0, 200 },
    { "data is an object", "{\"data\":{\"id\":\"11\",\"account_id\":\"1\"}}", 0, 200 },
    { "data is a text", "{\"data\":\"x\",\"rows\":[]}", 0, 200 },
    { "data stands twice", "{\"data\":[],\"data\":[{\"id\":\"11\",\"account_id\":\"1\"}]}", 0, 200 },
    { "rows are numbers", "{\"data\":[1,2,3]}", 0, 200 },
    { "rows are lists", "{\"data\":[[\"id\",\"11\"]]}", 0, 200 },
    { "bytes that are no text", "{\"data\":[{\"id\":\"\xff\xfe\",\"name\":\"\xc3\x28\"}]}", 0, 200 },
    { "a NUL in the middle", "{\"data\":[\0]}", 12, 200 },
    { "NULs only", "\0\0\0\0\0\0\0\0", 8, 200 },
    { "a number beyond all", "{\"data\":[{\"id\":1e999,\"account_id\":\"1\"}]}", 0, 200 },
    { "an error under 200", "{\"error\":{\"message\":\"(#200) no rights\",\"type\":\"OAuthException\",\"code\":200}}", 0, 200 },
    { "an error that is a number", "{\"error\":7}", 0, 200 },
    { "an error of errors", "{\"error\":{\"message\":{},\"code\":\"x\",\"error_data\":\"{{{\",\"error_subcode\":[]}}", 0, 400 },
    { "a next page elsewhere", "{\"data\":[],\"paging\":{\"next\":\"https://collector.example/v25.0/act_1/campaigns?after=x\"}}", 0, 200 },
    { "a next page elsewhere, dressed up",
      "{\"data\":[],\"paging\":{\"next\":\"https://graph.facebook.com@collector.example/v25.0/act_1/campaigns?after=x\"}}", 0, 200 },
    { "a next page of another list", "{\"data\":[],\"paging\":{\"next\":\"https://graph.facebook.com/v25.0/act_2/campaigns?after=x\"}}", 0,
      200 },
    { "a next page that is a number", "{\"data\":[],\"paging\":{\"next\":7}}", 0, 200 },
    { "a next page without a place", "{\"data\":[],\"paging\":{\"next\":\"https://graph.facebook.com/v25.0/act_1/campaigns?limit=5\"}}", 0,
      200 },
    { "a redirect", "", 0, 302 },
    { "too deep", bad_deep, 0, 200 },
};

static const bad_answer bad_campaigns[] = {
    { "no id", ROW("\"name\":\"First\""), 0, 200 },
    { "an id that is an object", ROW("\"id\":{\"a\":1}"), 0, 200 },
    { "an id that is true", ROW("\"id\":true"), 0, 200 },
    { "an id that is a fraction", ROW("\"id\":1.5"), 0, 200 },
    { "an id that stands twice", ROW("\"id\":\"11\",\"id\":\"12\""), 0, 200 },
    { "a name that stands twice", ROW("\"id\":\"11\",\"name\":\"a\",\"name\":\"b\""), 0, 200 },
    { "a name that is a list", ROW("\"id\":\"11\",\"name\":[\"a\"]"), 0, 200 },
    { "a name with a NUL", ROW("\"id\":\"11\",\"name\":\"a\\u0000b\""), 0, 200 },
    { "a name with half a pair", ROW("\"id\":\"11\",\"name\":\"a\\ud83d\""), 0, 200 },
    { "a budget that is a list", ROW("\"id\":\"11\",\"daily_budget\":[1]"), 0, 200 },
    { "a budget of half a cent", ROW("\"id\":\"11\",\"daily_budget\":\"1250.5\""), 0, 200 },
    { "a budget beyond 64 bits", ROW("\"id\":\"11\",\"daily_budget\":\"99999999999999999999\""), 0, 200 },
    { "a time that is none", ROW("\"id\":\"11\",\"start_time\":\"yesterday\""), 0, 200 },
    { "a good row beside a bad one", "{\"data\":[{\"id\":\"11\",\"name\":\"good\"},{\"name\":\"bad\"}]}", 0, 200 },
};

static const bad_answer bad_figures[] = {
    { "no day", ROW("\"spend\":\"1.00\""), 0, 200 },
    { "a day that was not asked for", ROW("\"spend\":\"1.00\",\"date_start\":\"2020-01-01\",\"date_stop\":\"2020-01-01\""), 0, 200 },
    { "a day that does not exist", ROW("\"spend\":\"1.00\",\"date_start\":\"2026-11-31\",\"date_stop\":\"2026-11-31\""), 0, 200 },
    { "two days in one row", ROW("\"spend\":\"1.00\",\"date_start\":\"2026-11-17\",\"date_stop\":\"2026-11-18\""), 0, 200 },
    { "spend that is an object", ROW("\"spend\":{\"v\":1}," DAY), 0, 200 },
    { "spend in words", ROW("\"spend\":\"a lot\"," DAY), 0, 200 },
    { "spend that stands twice", ROW("\"spend\":\"1.00\",\"spend\":\"2.00\"," DAY), 0, 200 },
    { "spend beyond 64 bits", ROW("\"spend\":\"99999999999999999999.00\"," DAY), 0, 200 },
    { "a fraction of an impression", ROW("\"impressions\":\"1.5\"," DAY), 0, 200 },
    { "actions that are a number", ROW("\"spend\":\"1.00\",\"actions\":7," DAY), 0, 200 },
    { "an action twice in itself", ROW("\"actions\":[{\"action_type\":\"purchase\",\"value\":\"1\",\"value\":\"2\"}]," DAY), 0, 200 },
};

static size_t bad_figures_stored(world *w)
{
    const adsync_metrics_options level = { .size = sizeof level, .level = ADSYNC_KIND_ACCOUNT, .group_by = ADSYNC_BY_DAY };
    adsync_rows *rows = NULL;
    size_t n;

    assert_int_equal(adsync_metrics_query(w->engine, "acme", &level, &rows, NULL), ADSYNC_OK);
    n = adsync_rows_count(rows);
    adsync_rows_free(rows);
    return n;
}

static void bad_job_has_words(world *w, int64_t job, const char *name, const char *what)
{
    adsync_rows *row = NULL;
    const char *message;

    assert_int_equal(adsync_job_list(w->engine, "acme", 0, job, 0, &row, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(row, NULL), ADSYNC_ROW);
    message = adsync_rows_text(row, ADSYNC_C_MESSAGE);
    if (!message || strlen(message) < 20 || !strstr(message, "meta, ") || !strstr(message, what))
        fail_msg("%s: the job says \"%s\"", name, message ? message : "nothing");
    adsync_rows_free(row);
}

static void bad_try(const bad_answer *bad, const char *path, uint32_t data)
{
    adsync_status rc;
    int64_t job;
    world w;

    world_begin(&w);
    script_reply_with(&w.script, (script_reply){ .path = path,
                                                 .body = bad->body,
                                                 .size = bad->size,
                                                 .status = bad->status,
                                                 .always = 1,
                                                 .headers = bad->status == 302 ? "Location: https://collector.example/take\r\n" : NULL });
    world_answers(&w);
    job = world_enqueue(&w, data, ADSYNC_SYNC_FULL, 3);
    script_step(&w.script, w.engine, 90 * 60 * INT64_C(1000000)); /* a wait would look four times a second whether it has ended */
    rc = world_wait(&w, job, NULL);
    if (rc >= 0 && rc != ADSYNC_PARTIAL) fail_msg("%s: the job ended with %d", bad->name, rc);
    bad_job_has_words(&w, job, bad->name, data == ADSYNC_DATA_METRICS ? "report account" : "list campaign");
    if (data == ADSYNC_DATA_CAMPAIGNS && world_campaigns(&w)) fail_msg("%s: a campaign was stored", bad->name);
    if (data == ADSYNC_DATA_METRICS && bad_figures_stored(&w)) fail_msg("%s: figures were stored", bad->name);
    if (data == ADSYNC_DATA_METRICS && world_covered(&w, "settled") + world_covered(&w, "provisional"))
        fail_msg("%s: days are called covered", bad->name);
    if (world_knows(&w, "planted")) fail_msg("%s: a secret shows", bad->name);
    if (script_sent(&w.script, "https://collector.example")) fail_msg("%s: a foreign host was called", bad->name);
    world_end(&w);
}

static void bad_deepen(void)
{
    size_t at = (size_t)snprintf(bad_deep, sizeof bad_deep, "{\"data\":");

    memset(bad_deep + at, '[', 100000);
    memset(bad_deep + at + 100000, ']', 100000);
    bad_deep[at + 200000] = '}';
}

static void no_list_that_is_not_one_becomes_a_campaign(void **state)
{
    (void)state;
    bad_deepen();
    for (size_t i = 0; i < ADSYNC__COUNT(bad_any); i++) bad_try(&bad_any[i], "/act_1/campaigns?", ADSYNC_DATA_CAMPAIGNS);
    for (size_t i = 0; i < ADSYNC__COUNT(bad_campaigns); i++) bad_try(&bad_campaigns[i], "/act_1/campaigns?", ADSYNC_DATA_CAMPAIGNS);
}

static void no_report_that_is_not_one_becomes_figures(void **state)
{
    (void)state;
    bad_deepen();
    for (size_t i = 0; i < ADSYNC__COUNT(bad_any); i++) bad_try(&bad_any[i], "/act_1/insights?", ADSYNC_DATA_METRICS);
    for (size_t i = 0; i < ADSYNC__COUNT(bad_figures); i++) bad_try(&bad_figures[i], "/act_1/insights?", ADSYNC_DATA_METRICS);
}

/* The same tables without what is bad: else the tests above could pass for another reason. */
static void good_answers_become_rows(void **state)
{
    static const char row[] = "{\"data\":[{\"account_id\":\"1\",\"spend\":\"1.00\",\"impressions\":\"5\"," DAY "}]}";
    adsync_rows *rows = NULL;
    world w;

    (void)state;
    world_begin(&w);
    script_reply_with(&w.script, (script_reply){ .path = "level=account", .body = row, .status = 200, .always = 1 });
    script_say(
        &w.script, "/act_1/campaigns?", 200,
        "{\"data\":[{\"id\":\"12\",\"account_id\":\"1\",\"name\":\"\\ud83d\\ude80 f\xc3\xbcr \xf0\x9f\x8e\x89\"}],\"paging\":{\"next\":"
        "\"https://graph.facebook.com/v25.0/act_1/campaigns?access_token=EAAplanted&limit=5&after=QVFI\"}}");
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_METRICS, 3, NULL), ADSYNC_OK);
    assert_int_equal(world_campaigns(&w), 2);
    assert_int_equal(bad_figures_stored(&w), 1);
    assert_int_equal(world_covered(&w, "provisional"), 12);
    assert_int_equal(adsync_entity_list(w.engine, "acme", w.connection, ADSYNC_KIND_CAMPAIGN, NULL, &rows, NULL), ADSYNC_OK);
    (void)adsync_rows_next(rows, NULL);
    (void)adsync_rows_next(rows, NULL);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_NAME), "\xf0\x9f\x9a\x80 f\xc3\xbcr \xf0\x9f\x8e\x89");
    adsync_rows_free(rows);
    assert_int_equal(script_sent(&w.script, "after=QVFI"), 1);
    assert_int_equal(script_sent(&w.script, "access_token=EAAplanted"), 0); /* P3: never in a URL of ours */
    assert_false(world_knows(&w, "planted"));
    world_end(&w);
}

static void an_answer_that_is_too_large_is_not_asked_for_again_and_again(void **state)
{
    adsync_rows *row;
    world w;

    (void)state;
    world_begin(&w);
    script_reply_with(&w.script, (script_reply){ .path = "/act_1/insights?", .unsent = 2, .always = 1 });
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_METRICS, 3, NULL), ADSYNC_PARTIAL);
    assert_in_range(script_sent(&w.script, "/act_1/insights?"), 1, 4); /* a level each */
    assert_int_equal(world_covered(&w, "settled") + world_covered(&w, "provisional"), 0);
    row = world_connection(&w);
    assert_non_null(strstr(adsync_rows_text(row, ADSYNC_C_LAST_MESSAGE), "larger than 16777216 bytes"));
    adsync_rows_free(row);
    world_end(&w);
}

/* ---- consents */

static adsync_status bad_consent(world *w, const char *token, uint32_t status, char message[512])
{
    char query[512];
    adsync_rows *row = NULL;
    adsync_error *error = NULL;
    int64_t grant = 0;
    adsync_status rc;

    assert_int_equal(adsync_oauth_begin(w->engine, "acme", "meta", "s", NULL, NULL, &row, NULL), ADSYNC_OK);
    (void)adsync_rows_next(row, NULL);
    (void)snprintf(query, sizeof query, "code=code-planted&state=%s", adsync_rows_text(row, ADSYNC_C_STATE));
    adsync_rows_free(row);
    script_say(&w->script, "/oauth/access_token?", status, token);
    rc = adsync_oauth_complete(w->engine, "acme", "s", query, NULL, &grant, NULL, &error);
    (void)snprintf(message, 512, "%s", adsync_error_message(error));
    adsync_error_free(error);
    assert_int_equal(grant, 0);
    return rc;
}

static void no_answer_without_a_token_becomes_a_grant(void **state)
{
    static const bad_answer answers[] = {
        { "cut off", "{\"access_token\":\"EAAplan", 0, 200 },
        { "a page", "<html>", 0, 200 },
        { "no token", "{\"token_type\":\"bearer\"}", 0, 200 },
        { "an empty token", "{\"access_token\":\"\"}", 0, 200 },
        { "a token that is a number", "{\"access_token\":17}", 0, 200 },
        { "a token with blanks", "{\"access_token\":\"EAAplanted x\"}", 0, 200 },
        { "a token that stands twice", "{\"access_token\":\"EAAplanted1\",\"access_token\":\"EAAplanted2\"}", 0, 200 },
        { "an error under 200", "{\"error\":{\"message\":\"This authorization code has expired.\",\"code\":100,\"error_subcode\":36007}}",
          0, 200 },
        { "a redirect", "", 0, 302 },
        { "deep", bad_deep, 0, 200 },
    };
    adsync_rows *rows = NULL;
    char message[512];
    adsync_status rc;
    world w;

    (void)state;
    bad_deepen();
    for (size_t i = 0; i < ADSYNC__COUNT(answers); i++) {
        world_begin(&w);
        rc = bad_consent(&w, answers[i].body, answers[i].status, message);
        if (rc >= 0 || strlen(message) < 10) fail_msg("%s: %d, \"%s\"", answers[i].name, rc, message);
        assert_int_equal(adsync_grant_list(w.engine, "acme", 0, &rows, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_count(rows), 1); /* the one of the world */
        adsync_rows_free(rows);
        assert_int_equal(script_sent(&w.script, "/oauth/access_token?"), 1); /* a code is good once */
        if (world_knows(&w, "planted")) fail_msg("%s: a secret shows", answers[i].name);
        world_end(&w);
    }
}

/* The platform's clock is an hour behind ours, or ours is ahead: the token's end lies in the past although it is valid. */
static void an_end_that_is_past_already_is_refreshed_once_and_not_for_ever(void **state)
{
    char query[512], end[200];
    adsync_rows *row = NULL;
    int64_t grant = 0;
    uint32_t sent;
    world w;

    (void)state;
    world_begin(&w);
    assert_int_equal(adsync_oauth_begin(w.engine, "acme", "meta", "s", NULL, NULL, &row, NULL), ADSYNC_OK);
    (void)adsync_rows_next(row, NULL);
    (void)snprintf(query, sizeof query, "code=code-planted&state=%s", adsync_rows_text(row, ADSYNC_C_STATE));
    adsync_rows_free(row);
    (void)snprintf(end, sizeof end, "{\"data\":{\"is_valid\":true,\"user_id\":\"7\",\"expires_at\":%lld,\"scopes\":[\"ads_read\"]}}",
                   (long long)(w.script.now_us / 1000000 - 3600));
    script_reply_with(&w.script, (script_reply){ .path = "/oauth/access_token?",
                                                 .always = 1,
                                                 .status = 200,
                                                 .body = "{\"access_token\":\"EAAplanted7\",\"expires_in\":5000000}" });
    script_say(&w.script, "/debug_token?", 200, end);
    script_say(&w.script, "/me/permissions", 200, "{\"data\":[{\"permission\":\"ads_read\",\"status\":\"granted\"}]}");
    script_say(&w.script, "/me?", 200, "{\"id\":\"7\",\"name\":\"Person\"}");
    world_answers(&w);
    assert_int_equal(adsync_oauth_complete(w.engine, "acme", "s", query, NULL, &grant, NULL, NULL), ADSYNC_PARTIAL);
    sent = script_sent(&w.script, "/oauth/access_token?");
    script_step(&w.script, w.engine, INT64_C(600000000));
    assert_int_equal(script_sent(&w.script, "/oauth/access_token?"), sent + 1);
    assert_int_equal(adsync_grant_list(w.engine, "acme", grant, &row, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(row, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_STATE), "active");
    assert_true(adsync_rows_int(row, ADSYNC_C_ACCESS_EXPIRES_US) > w.script.now_us);
    adsync_rows_free(row);
    world_end(&w);
}

/* Seconds of life that are no number, or none that anybody lives. */
static void a_life_that_makes_no_sense_is_not_known(void **state)
{
    static const char *const lives[] = { "-5", "0", "99999999999999", "\"soon\"", "null", "[60]" };
    char query[512], token[200];
    adsync_rows *row = NULL;
    int64_t grant = 0;
    world w;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(lives); i++) {
        world_begin(&w);
        assert_int_equal(adsync_oauth_begin(w.engine, "acme", "meta", "s", NULL, NULL, &row, NULL), ADSYNC_OK);
        (void)adsync_rows_next(row, NULL);
        (void)snprintf(query, sizeof query, "code=code-planted&state=%s", adsync_rows_text(row, ADSYNC_C_STATE));
        adsync_rows_free(row);
        (void)snprintf(token, sizeof token, "{\"access_token\":\"EAAplanted7\",\"expires_in\":%s}", lives[i]);
        script_reply_with(&w.script, (script_reply){ .path = "/oauth/access_token?", .always = 1, .status = 200, .body = token });
        script_say(&w.script, "/debug_token?", 200, "{\"data\":{\"is_valid\":true,\"user_id\":\"7\",\"scopes\":[\"ads_read\"]}}");
        script_say(&w.script, "/me/permissions", 200, "{\"data\":[{\"permission\":\"ads_read\",\"status\":\"granted\"}]}");
        script_say(&w.script, "/me?", 200, "{\"id\":\"7\",\"name\":\"Person\"}");
        world_answers(&w);
        assert_int_equal(adsync_oauth_complete(w.engine, "acme", "s", query, NULL, &grant, NULL, NULL), ADSYNC_PARTIAL);
        assert_int_equal(adsync_grant_list(w.engine, "acme", grant, &row, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_next(row, NULL), ADSYNC_ROW);
        assert_int_equal(adsync_rows_int(row, ADSYNC_C_ACCESS_EXPIRES_US), 0);
        adsync_rows_free(row);
        world_end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_answers_become_rows),
        cmocka_unit_test(no_list_that_is_not_one_becomes_a_campaign),
        cmocka_unit_test(no_report_that_is_not_one_becomes_figures),
        cmocka_unit_test(an_answer_that_is_too_large_is_not_asked_for_again_and_again),
        cmocka_unit_test(no_answer_without_a_token_becomes_a_grant),
        cmocka_unit_test(an_end_that_is_past_already_is_refreshed_once_and_not_for_ever),
        cmocka_unit_test(a_life_that_makes_no_sense_is_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
