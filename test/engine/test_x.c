/* SPDX-License-Identifier: MIT */
/* X through the whole engine: its consent, in which two calls stand before and behind the browser, and its figures, which come as files
 * from a host that must see no signature. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define DATA(rows) "{\"request\":{\"params\":{}},\"next_cursor\":null,\"data\":" rows "}"

static void x_open(world *w)
{
    const adsync_app_options app = { .size = sizeof app, .redirect_uri = "https://host.example.test/back" };

    *w = (world){ 0 };
    script_begin_with(&w->script, 1, SCRIPT_META | SCRIPT_CLAIM);
    w->engine = w->script.engines[0].engine;
    assert_int_equal(adsync_app_add(w->engine, "x", "app-key", "app-secret-planted", &app, NULL), ADSYNC_OK);
}

/* Every request but a file's is signed; a file's holds no header of ours. */
static void x_watch(script *s, const char *url, const char *headers, const char *body)
{
    (void)s, (void)body;
    if (strstr(url, "https://ton.twimg.com/") == url) {
        assert_null(strstr(headers, "Authorization"));
        return;
    }
    assert_non_null(strstr(headers, "Authorization: OAuth "));
    assert_null(strstr(url, "planted"));
}

static adsync_status x_begin(world *w)
{
    adsync_rows *rows = NULL;
    adsync_status rc;

    script_reply_with(&w->script,
                      (script_reply){ .path = "/oauth/request_token",
                                      .status = 200,
                                      .headers = "Content-Type: text/html; charset=utf-8\r\n",
                                      .body = "oauth_token=req-1&oauth_token_secret=request-planted&oauth_callback_confirmed=true" });
    rc = adsync_oauth_begin(w->engine, "acme", "x", "session", NULL, NULL, &rows, NULL);
    assert_int_equal(rc, ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_URL), "https://api.x.com/oauth/authorize?oauth_token=req-1");
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATE), "req-1");
    adsync_rows_free(rows);
    return rc;
}

static void x_complete(world *w)
{
    adsync_rows *accounts = NULL;

    (void)x_begin(w);
    script_say(&w->script, "/oauth/access_token", 200,
               "oauth_token=756-token-planted&oauth_token_secret=secret-planted&user_id=756&screen_name=shop");
    script_reply_with(&w->script, (script_reply){ .path = "/12/accounts?",
                                                  .status = 200,
                                                  .always = 1,
                                                  .body = DATA("[{\"id\":\"18ce\",\"name\":\"Shop\","
                                                               "\"timezone\":\"America/New_York\",\"approval_status\":\"ACCEPTED\"}]") });
    assert_int_equal(
        adsync_oauth_complete(w->engine, "acme", "session", "oauth_token=req-1&oauth_verifier=v1", NULL, &w->grant, &accounts, NULL),
        ADSYNC_OK);
    assert_int_equal(adsync_rows_next(accounts, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(accounts, ADSYNC_C_ACCOUNT_ID), "18ce");
    adsync_rows_free(accounts);
}

static void a_consent_goes_over_a_request_token_whose_secret_waits_sealed(void **state)
{
    static const char *const secrets[] = { "request-planted", "secret-planted", "756-token-planted", "app-secret-planted" };
    int64_t grant = 0;
    world w;

    (void)state;
    x_open(&w);
    w.script.on_send = x_watch;
    x_complete(&w);
    assert_int_equal(script_sent(&w.script, "oauth_callback=\"https%3A%2F%2Fhost.example.test%2Fback\""), 1);
    assert_int_equal(script_sent(&w.script, "oauth_verifier=v1"), 1);
    assert_int_equal(script_sent(&w.script, "oauth_token=\"756-token-planted\""), 1); /* the list of accounts */
    for (size_t i = 0; i < ADSYNC__COUNT(secrets); i++) assert_false(world_knows(&w, secrets[i]));
    assert_int_equal(adsync_oauth_complete(w.engine, "acme", "session", "oauth_token=req-1&oauth_verifier=v1", NULL, &grant, NULL, NULL),
                     ADSYNC_E_FORGED); /* good once */
    world_end(&w);
}

static void a_person_who_says_no_is_told_apart_from_a_redirect_that_nobody_began(void **state)
{
    adsync_error *error = NULL;
    int64_t grant = 0;
    world w;

    (void)state;
    x_open(&w);
    (void)x_begin(&w);
    assert_int_equal(adsync_oauth_complete(w.engine, "acme", "session", "denied=req-2", NULL, &grant, NULL, NULL), ADSYNC_E_FORGED);
    assert_int_equal(adsync_oauth_complete(w.engine, "acme", "session", "denied=req-1", NULL, &grant, NULL, &error), ADSYNC_E_REJECTED);
    assert_string_equal(adsync_error_name(error), "oauth.denied");
    adsync_error_free(error);
    world_end(&w);
}

static void x_always(world *w, const char *path, const char *body)
{
    script_reply_with(&w->script, (script_reply){ .path = path, .body = body, .status = 200, .always = 1, .delay_us = 1000 });
}

/* 30 days of 1.00 each for the one that was active; the file lies on the other host. */
static const char *x_month(void)
{
    static char body[2000];
    size_t n = (size_t)snprintf(body, sizeof body,
                                "{\"data\":[{\"id\":\"8v7jo\",\"id_data\":[{\"segment\":null,\"metrics\":{"
                                "\"impressions\":null,\"billed_charge_local_micro\":[1000000");

    for (int i = 1; i < 30; i++) n += (size_t)snprintf(body + n, sizeof body - n, ",1000000");
    (void)snprintf(body + n, sizeof body - n, "]}}]}]}");
    return body;
}

static void x_answers(world *w)
{
    static char file[2000];

    (void)snprintf(file, sizeof file, "%s", x_month());
    x_always(w, "https://ton.twimg.com/signed-planted", file);
    x_always(w, "/active_entities?entity=PROMOTED_ACCOUNT", DATA("[]"));
    x_always(w, "/active_entities?", DATA("[{\"entity_id\":\"8v7jo\",\"placements\":[\"ALL_ON_TWITTER\"]}]"));
    x_always(w, "?job_ids=", DATA("[{\"id_str\":\"5\",\"status\":\"SUCCESS\",\"url\":\"https://ton.twimg.com/signed-planted.json.gz\"}]"));
    x_always(w, "/12/stats/jobs/accounts/18ce?entity=", DATA("{\"id\":5,\"id_str\":\"5\",\"status\":\"QUEUED\",\"url\":null}"));
    x_always(w, "/funding_instruments?", DATA("[{\"currency\":\"USD\"}]"));
    x_always(w, "/18ce/campaigns?", DATA("[{\"id\":\"8wku2\",\"name\":\"Spring\",\"entity_status\":\"PAUSED\",\"currency\":\"USD\"}]"));
    x_always(w, "/18ce/line_items?", DATA("[{\"id\":\"8v7jo\",\"campaign_id\":\"8wku2\",\"entity_status\":\"ACTIVE\"}]"));
    x_always(w, "/18ce/targeting_criteria?",
             DATA("[{\"id\":\"al2\",\"line_item_id\":\"8v7jo\",\"targeting_type\":\"EXACT_KEYWORD\","
                  "\"targeting_value\":\"shoes\"}]"));
    x_always(w, "/18ce/promoted_tweets?", DATA("[]"));
    x_always(w, "/18ce/promoted_accounts?", DATA("[]"));
    x_always(w, "/18ce/media_creatives?", DATA("[]"));
    x_always(w, "/18ce/tweets?", DATA("[]"));
    x_always(w, "/18ce/cards?", DATA("[]"));
    x_always(w, "/18ce/custom_audiences?", DATA("[]"));
    x_always(w, "/12/accounts/18ce",
             DATA("{\"id\":\"18ce\",\"name\":\"Shop\",\"timezone\":\"America/New_York\","
                  "\"approval_status\":\"ACCEPTED\"}"));
}

static int64_t x_spend(world *w, uint32_t level)
{
    const adsync_metrics_options options = { .size = sizeof options, .level = level, .connection = w->connection };
    adsync_rows *rows = NULL;
    int64_t spend;

    assert_int_equal(adsync_metrics_query(w->engine, "acme", &options, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_CURRENCY), "USD");
    spend = adsync_rows_int(rows, ADSYNC_C_SPEND);
    adsync_rows_free(rows);
    return spend;
}

static void an_account_is_synced_at_all_levels_by_jobs_whose_files_see_no_signature(void **state)
{
    static const uint32_t levels[] = { ADSYNC_KIND_ACCOUNT, ADSYNC_KIND_CAMPAIGN, ADSYNC_KIND_ADSET, ADSYNC_KIND_AD };
    char name[64];
    world w;

    (void)state;
    x_open(&w);
    x_complete(&w);
    w.script.on_send = x_watch;
    x_answers(&w);
    assert_int_equal(adsync_connection_add(w.engine, "acme", w.grant, "18ce", NULL, &w.connection, NULL), ADSYNC_OK);
    if (world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, name) != ADSYNC_OK) fail_msg("%s", name);
    assert_int_equal(world_campaigns(&w), 1);
    if (world_sync(&w, ADSYNC_DATA_METRICS, 30, name) != ADSYNC_OK) fail_msg("%s", name);
    for (size_t i = 0; i < ADSYNC__COUNT(levels); i++) assert_int_equal(x_spend(&w, levels[i]), 30000000);
    assert_int_equal(world_covered(&w, "provisional") + world_covered(&w, "settled"), 4 * 30);
    assert_int_equal(script_sent(&w.script, "https://ton.twimg.com/"), 8); /* two families of four levels */
    assert_false(world_knows(&w, "signed-planted"));
    if (world_sync(&w, ADSYNC_DATA_METRICS, 30, name) != ADSYNC_OK) fail_msg("%s", name);
    for (size_t i = 0; i < ADSYNC__COUNT(levels); i++) assert_int_equal(x_spend(&w, levels[i]), 30000000); /* replaced, not added */
    world_end(&w);
}

static void a_wrong_clock_costs_one_refusal_and_is_known_from_then_on(void **state)
{
    adsync_rows *accounts = NULL;
    world w;

    (void)state;
    x_open(&w);
    x_complete(&w);
    script_reply_with(&w.script, (script_reply){ .path = "/12/accounts?",
                                                 .status = 401,
                                                 .headers = "Date: Tue, 01 Jan 2030 00:00:00 GMT\r\n",
                                                 .body = "{\"errors\":[{\"code\":135,\"message\":\"Timestamp out of bounds.\"}]}" });
    for (int i = 0; i < 2; i++) {
        assert_int_equal(adsync_grant_accounts(w.engine, "acme", w.grant, NULL, &accounts, NULL), ADSYNC_OK);
        adsync_rows_free(accounts);
    }
    assert_int_equal(script_sent(&w.script, "/12/accounts?"), 4); /* at the consent, refused, again, and once more at once */
    assert_int_equal(script_sent(&w.script, "oauth_timestamp=\"18934560"), 2);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_consent_goes_over_a_request_token_whose_secret_waits_sealed),
        cmocka_unit_test(a_person_who_says_no_is_told_apart_from_a_redirect_that_nobody_began),
        cmocka_unit_test(an_account_is_synced_at_all_levels_by_jobs_whose_files_see_no_signature),
        cmocka_unit_test(a_wrong_clock_costs_one_refusal_and_is_known_from_then_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
