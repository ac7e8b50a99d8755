/* SPDX-License-Identifier: MIT */
/* What connectors say and ask for, and whether it arrives: settings of an app, warnings, things that are needed, facts of a consent. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char warned[] = "X-Ad-Api-Version-Warning: The call has been auto-upgraded to v27.0 as v25.0 will be deprecated.\r\n";
static const char denied[] = "{\"error\":{\"message\":\"(#200) Missing permissions\",\"type\":\"OAuthException\",\"code\":200}}";
static const char account[] = "{\"id\":\"act_1\",\"account_id\":\"1\",\"name\":\"One\",\"account_status\":1,\"currency\":\"EUR\","
                              "\"timezone_name\":\"Europe/Berlin\"}";
static const char budget[] = "{\"data\":[{\"id\":\"11\",\"account_id\":\"1\",\"name\":\"First\",\"daily_budget\":\"1250\"}]}";

static adsync_status add_app(adsync_engine *engine, const char *name, const char *const *settings)
{
    const adsync_app_options app = { .size = sizeof app, .name = name, .redirect_uri = "https://h.example.test/b", .settings = settings };

    return adsync_app_add(engine, "op", "client-2", NULL, &app, NULL);
}

static void settings_of_an_app_reach_its_connector(void **state)
{
    const adsync_oauth_options second = { .size = sizeof second, .app = "second" };
    adsync_rows *row = NULL;
    script s;

    (void)state;
    script_begin(&s, 1);
    assert_int_equal(add_app(s.engines[0].engine, "second", (const char *const[]){ "prompt", "login", "acr", "two & three", NULL }),
                     ADSYNC_OK);
    assert_int_equal(adsync_oauth_begin(s.engines[0].engine, "acme", "op", "s", &second, NULL, &row, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(row, NULL), ADSYNC_ROW);
    assert_non_null(strstr(adsync_rows_text(row, ADSYNC_C_URL), "prompt=login"));
    assert_non_null(strstr(adsync_rows_text(row, ADSYNC_C_URL), "acr=two%20%26%20three"));
    adsync_rows_free(row);
    script_end(&s);
}

static void a_setting_that_a_platform_does_not_have_is_refused(void **state)
{
    static char large[3000];
    script s;
    adsync_engine *engine;

    (void)state;
    memset(large, 'x', sizeof large - 1);
    script_begin(&s, 1);
    engine = s.engines[0].engine;
    assert_int_equal(add_app(engine, "a", (const char *const[]){ "promt", "login", NULL }), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(add_app(engine, "a", (const char *const[]){ "", "login", NULL }), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(add_app(engine, "a", (const char *const[]){ "prompt", NULL }), ADSYNC_E_INVALID);
    assert_int_equal(add_app(engine, "a", (const char *const[]){ "prompt", large, NULL }), ADSYNC_E_INVALID);
    assert_int_equal(add_app(engine, "a", (const char *const[]){ "prompt", "\xff", NULL }), ADSYNC_E_INVALID);
    assert_int_equal(add_app(engine, "a", (const char *const[]){ NULL }), ADSYNC_OK);
    script_end(&s);
}

static uint32_t warnings(adsync_engine *engine, char *message, size_t room)
{
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    assert_int_equal(adsync_engine_events(engine, &rows, NULL), ADSYNC_OK);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        if (strcmp(adsync_rows_text(rows, ADSYNC_C_TYPE), "warning")) continue;
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATUS), "version");
        (void)snprintf(message, room, "%s", adsync_rows_text(rows, ADSYNC_C_MESSAGE));
        n++;
    }
    adsync_rows_free(rows);
    return n;
}

static uint32_t audited(world *w, const char *code)
{
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    assert_int_equal(adsync_audit_list(w->engine, "acme", w->connection, 0, 0, &rows, NULL), ADSYNC_OK);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        n += adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_CODE), code) && adsync_rows_int(rows, ADSYNC_C_SUCCESS);
    adsync_rows_free(rows);
    return n;
}

static void a_version_that_is_about_to_end_is_told_once_and_stays_until_a_sync_without_it(void **state)
{
    char message[300] = "";
    adsync_rows *row;
    world w;

    (void)state;
    world_begin(&w);
    for (uint32_t i = 0; i < 2; i++)
        script_reply_with(
            &w.script, (script_reply){
                           .path = i ? "/act_1/adsets?" : "/act_1/campaigns?", .body = "{\"data\":[]}", .headers = warned, .status = 200 });
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    assert_int_equal(warnings(w.engine, message, sizeof message), 1);
    assert_non_null(strstr(message, "v25.0 will be deprecated"));
    assert_int_equal(audited(&w, "version"), 2);
    assert_non_null(strstr(w.script.log.p, "platform.warning"));
    row = world_connection(&w);
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_STATUS), "active");
    assert_non_null(strstr(adsync_rows_text(row, ADSYNC_C_MESSAGE), "version: The call has been auto-upgraded"));
    adsync_rows_free(row);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    row = world_connection(&w);
    assert_null(adsync_rows_text(row, ADSYNC_C_MESSAGE));
    adsync_rows_free(row);
    world_end(&w);
}

/* P3 */
static void a_warning_that_holds_a_token_is_told_without_it(void **state)
{
    char message[300] = "";
    world w;

    (void)state;
    world_begin(&w);
    script_reply_with(&w.script, (script_reply){ .path = "/act_1/campaigns?",
                                                 .body = "{\"data\":[]}",
                                                 .status = 200,
                                                 .headers = "X-Ad-Api-Version-Warning: EAAplanted will be deprecated\r\n" });
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    assert_int_equal(warnings(w.engine, message, sizeof message), 1);
    assert_null(strstr(message, "EAAplanted"));
    assert_false(world_knows(&w, "EAAplanted"));
    world_end(&w);
}

static void a_currency_that_is_needed_is_fetched_and_the_page_asked_for_again(void **state)
{
    adsync_rows *rows = NULL;
    world w;

    (void)state;
    world_begin(&w);
    script_say(&w.script, "/act_1?", 400, denied); /* the account's facts are refused at first */
    script_reply_with(&w.script, (script_reply){ .path = "/act_1/campaigns?", .body = budget, .status = 200, .always = 1 });
    script_reply_with(&w.script, (script_reply){ .path = "/act_1?", .body = account, .status = 200, .always = 1 });
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_PARTIAL);
    assert_int_equal(script_sent(&w.script, "/act_1/campaigns?"), 2);
    assert_int_equal(adsync_entity_list(w.engine, "acme", w.connection, ADSYNC_KIND_CAMPAIGN, NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_BUDGET_DAILY), 12500000);
    adsync_rows_free(rows);
    world_end(&w);
}

static void what_cannot_be_had_is_left_out_and_named(void **state)
{
    adsync_rows *row;
    world w;

    (void)state;
    world_begin(&w);
    script_reply_with(&w.script, (script_reply){ .path = "/act_1?", .body = denied, .status = 400, .always = 1 });
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_PARTIAL);
    assert_int_equal(world_campaigns(&w), 0);
    row = world_connection(&w);
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_LAST_STATUS), "partial");
    adsync_rows_free(row);
    assert_true(script_sent(&w.script, "/act_1?") <= 3);
    world_end(&w);
}

/* ---- a platform whose lists need a page's token, and then the app's own */

static adsync_status toy_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    (void)user, (void)error;
    adsync_manifest_host(out, "toy", "toy.example.test", ADSYNC_HOST_AUTH);
    adsync_manifest_setting(out, "api_version", "1");
    adsync_manifest_setting(out, "revision", "1");
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_CAMPAIGN);
    adsync_manifest_supports(out, ADSYNC_TASK_ACCOUNT_DISCOVER, 0);
    adsync_manifest_supports(out, ADSYNC_TASK_AUTH_APP_TOKEN, 0);
    return ADSYNC_OK;
}

static adsync_status toy_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    static const char *const secrets[] = { "page:9", "app_bearer" };
    const char *path = "/list";

    (void)user, (void)error;
    if (adsync_task_op(task) == ADSYNC_TASK_ACCOUNT_DISCOVER) path = "/discover";
    if (adsync_task_op(task) == ADSYNC_TASK_AUTH_APP_TOKEN) path = "/app";
    adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "toy", path);
    for (size_t i = 0; i < 2; i++)
        if (adsync_task_has_secret(task, secrets[i]))
            adsync_request_secret(out, ADSYNC_PLACE_HEADER, i ? "X-App" : "X-Page", NULL, secrets[i]);
    return ADSYNC_OK;
}

static adsync_status toy_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out, adsync_error **error)
{
    adsync_row *row;

    (void)user, (void)in, (void)error;
    if (adsync_task_op(task) == ADSYNC_TASK_ACCOUNT_DISCOVER) adsync_outcome_secret(out, "page:9", "page-planted", 12, 0);
    if (adsync_task_op(task) == ADSYNC_TASK_AUTH_APP_TOKEN) adsync_outcome_secret(out, "app_bearer", "app-planted", 11, 0);
    if (adsync_task_op(task) == ADSYNC_TASK_LIST && !adsync_task_has_secret(task, "page:9")) {
        adsync_outcome_need(out, "page:9");
        return ADSYNC_OK;
    }
    if (adsync_task_op(task) == ADSYNC_TASK_LIST && !adsync_task_has_secret(task, "app_bearer")) {
        adsync_outcome_need(out, "app_bearer");
        return ADSYNC_OK;
    }
    adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    if (adsync_task_op(task) != ADSYNC_TASK_LIST) return ADSYNC_OK;
    row = adsync_outcome_row(out, ADSYNC_T_ENTITIES, ADSYNC_KIND_CAMPAIGN, ADSYNC_TWICE_REPLACE);
    adsync_row_text(row, ADSYNC_C_ID, "5", 1);
    return ADSYNC_OK;
}

static void tokens_that_are_needed_are_fetched_and_placed(void **state)
{
    const adsync_connector_ops toy = { .size = sizeof toy, .describe = toy_describe, .request = toy_request, .response = toy_response };
    world w;

    (void)state;
    world_begin(&w);
    assert_int_equal(adsync_connector_register(w.engine, "toy", &toy, NULL), ADSYNC_OK);
    assert_int_equal(adsync_app_add(w.engine, "toy", "1", NULL, NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_grant_add(w.engine, "acme", "toy", "toy-planted", NULL, &w.grant, NULL), ADSYNC_OK);
    assert_int_equal(adsync_connection_add(w.engine, "acme", w.grant, "1", NULL, &w.connection, NULL), ADSYNC_OK);
    script_reply_with(&w.script, (script_reply){ .path = "toy.example.test", .body = "{}", .status = 200, .always = 1 });
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    assert_int_equal(world_campaigns(&w), 1);
    assert_int_equal(script_sent(&w.script, "/list"), 3);
    assert_int_equal(script_sent(&w.script, "X-Page: page-planted"), 2);
    assert_int_equal(script_sent(&w.script, "X-App: app-planted"), 1);
    assert_false(world_knows(&w, "planted"));
    world_end(&w);
}

/* ---- a platform that names of an ad its ad set alone, and what ad sets aim at in another list */

typedef struct aims {
    const char *name, *targeting;
    bool refuses; /* that other list */
} aims;

static adsync_status aims_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    (void)user, (void)error;
    adsync_manifest_host(out, "toy", "toy.example.test", ADSYNC_HOST_AUTH);
    adsync_manifest_setting(out, "api_version", "1");
    adsync_manifest_setting(out, "revision", "1");
    adsync_manifest_setting(out, "targeting", "apart");
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_ADSET);
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_AD);
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_KEYWORD);
    return ADSYNC_OK;
}

static void aims_row(adsync_outcome *out, uint32_t kind, uint32_t twice, const char *id, uint32_t column, const char *text)
{
    adsync_row *row = adsync_outcome_row(out, ADSYNC_T_ENTITIES, kind, twice);

    adsync_row_text(row, ADSYNC_C_ID, id, SIZE_MAX);
    adsync_row_text(row, column, text, SIZE_MAX);
    if (kind == ADSYNC_KIND_ADSET && twice == ADSYNC_TWICE_REPLACE) adsync_row_text(row, ADSYNC_C_CAMPAIGN_ID, "c", 1);
}

static adsync_status aims_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,
                                   adsync_error **error)
{
    const aims *a = user;

    (void)in, (void)error;
    adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    if (adsync_task_kind(task) == ADSYNC_KIND_ADSET) {
        aims_row(out, ADSYNC_KIND_ADSET, ADSYNC_TWICE_REPLACE, "s", ADSYNC_C_NAME, a->name);
    } else if (adsync_task_kind(task) == ADSYNC_KIND_AD) {
        aims_row(out, ADSYNC_KIND_AD, ADSYNC_TWICE_REPLACE, "a", ADSYNC_C_ADSET_ID, "s");
        aims_row(out, ADSYNC_KIND_AD, ADSYNC_TWICE_REPLACE, "b", ADSYNC_C_ADSET_ID, "nobody");
    } else if (a->refuses) {
        adsync_outcome_fail(out, ADSYNC_CLASS_PERMISSION, "no", "no", 0, 0);
    } else {
        aims_row(out, ADSYNC_KIND_ADSET, ADSYNC_TWICE_ADD, "s", ADSYNC_C_TARGETING, a->targeting);
        aims_row(out, ADSYNC_KIND_ADSET, ADSYNC_TWICE_ADD, "nobody", ADSYNC_C_TARGETING, a->targeting);
    }
    return ADSYNC_OK;
}

/* The one ad set as it is now: its name and what it aims at; gives its version. */
static int64_t aims_are(const world *w, const char *name, const char *targeting)
{
    adsync_rows *rows = NULL;
    int64_t version;

    assert_int_equal(adsync_entity_list(w->engine, "acme", w->connection, ADSYNC_KIND_ADSET, NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1); /* nothing is made of what is added to nobody */
    (void)adsync_rows_next(rows, NULL);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_NAME), name);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_CAMPAIGN_ID), "c");
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_TARGETING), targeting);
    version = adsync_rows_int(rows, ADSYNC_C_VERSION);
    adsync_rows_free(rows);
    return version;
}

/* P1, P10 */
static void what_belongs_to_a_row_and_comes_apart_from_it_is_added_and_kept(void **state)
{
    aims a = { "n", "[1]", false };
    const adsync_connector_ops ops = {
        .size = sizeof ops, .describe = aims_describe, .request = toy_request, .response = aims_response, .user = &a
    };
    adsync_rows *rows = NULL;
    int64_t version;
    world w;

    (void)state;
    world_begin(&w);
    assert_int_equal(adsync_connector_register(w.engine, "toy", &ops, NULL), ADSYNC_OK);
    assert_int_equal(adsync_app_add(w.engine, "toy", "1", NULL, NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_grant_add(w.engine, "acme", "toy", "toy-planted", NULL, &w.grant, NULL), ADSYNC_OK);
    assert_int_equal(adsync_connection_add(w.engine, "acme", w.grant, "1", NULL, &w.connection, NULL), ADSYNC_OK);
    script_reply_with(&w.script, (script_reply){ .path = "toy.example.test", .body = "{}", .status = 200, .always = 1 });
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    version = aims_are(&w, "n", "[1]");
    assert_int_equal(adsync_entity_list(w.engine, "acme", w.connection, ADSYNC_KIND_AD, NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 2);
    (void)adsync_rows_next(rows, NULL);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_CAMPAIGN_ID), "c"); /* its ad set's */
    (void)adsync_rows_next(rows, NULL);
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_CAMPAIGN_ID), ADSYNC_VALUE_NULL);
    adsync_rows_free(rows);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    assert_int_equal(aims_are(&w, "n", "[1]"), version); /* what did not change is not written */
    a = (aims){ "other", "[2]", true };
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_PARTIAL);
    (void)aims_are(&w, "other", "[1]"); /* kept, though the rest is another */
    a.refuses = false;
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    version = aims_are(&w, "other", "[2]");
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    assert_int_equal(aims_are(&w, "other", "[2]"), version);
    world_end(&w);
}

static void a_refresh_knows_what_was_learned_of_the_consent(void **state)
{
    char query[512];
    adsync_rows *row = NULL;
    int64_t grant = 0;
    world w;

    (void)state;
    world_begin(&w);
    assert_int_equal(adsync_oauth_begin(w.engine, "acme", "meta", "s", NULL, NULL, &row, NULL), ADSYNC_OK);
    (void)adsync_rows_next(row, NULL);
    (void)snprintf(query, sizeof query, "code=code-planted&state=%s", adsync_rows_text(row, ADSYNC_C_STATE));
    adsync_rows_free(row);
    script_reply_with(&w.script,
                      (script_reply){ .path = "/oauth/access_token?",
                                      .always = 1,
                                      .status = 200,
                                      .body = "{\"access_token\":\"EAAsystemplanted\",\"token_type\":\"bearer\",\"expires_in\":5000000}" });
    script_say(&w.script, "/debug_token?", 200,
               "{\"data\":{\"is_valid\":true,\"type\":\"SYSTEM_USER\",\"user_id\":\"7\",\"scopes\":[\"ads_read\"]}}");
    script_say(&w.script, "/me/permissions", 200, "{\"data\":[{\"permission\":\"ads_read\",\"status\":\"granted\"}]}");
    script_say(&w.script, "/me?", 200, "{\"id\":\"7\",\"name\":\"Machine\"}");
    world_answers(&w);
    assert_int_equal(adsync_oauth_complete(w.engine, "acme", "s", query, NULL, &grant, NULL, NULL),
                     ADSYNC_PARTIAL); /* scopes are missing */
    assert_int_equal(script_sent(&w.script, "set_token_expires_in_60_days"), 0);
    assert_int_equal(adsync_grant_refresh(w.engine, "acme", grant, NULL, NULL), ADSYNC_OK);
    assert_int_equal(script_sent(&w.script, "set_token_expires_in_60_days=true"), 1);
    assert_false(world_knows(&w, "planted"));
    world_end(&w);
}

static void a_connection_that_was_ended_syncs_no_more_and_says_so(void **state)
{
    adsync_error *error = NULL;
    int64_t other = 0, job;
    char name[64];
    uint32_t sent;
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    assert_int_equal(adsync_connection_add(w.engine, "acme", w.grant, "2", NULL, &other, NULL), ADSYNC_OK); /* the tokens stay */
    job = world_enqueue(&w, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0);
    assert_int_equal(adsync_connection_disconnect(w.engine, "acme", w.connection, 0, NULL, NULL, NULL), ADSYNC_OK);
    sent = w.script.sent;
    assert_int_equal(world_wait(&w, job, name), ADSYNC_E_AUTH);
    assert_string_equal(name, "connection.disconnected");
    assert_int_equal(w.script.sent, sent);
    assert_int_equal(adsync_job_enqueue(w.engine, "acme", w.connection, NULL, &job, &error), ADSYNC_E_AUTH);
    assert_string_equal(adsync_error_name(error), "connection.disconnected");
    assert_non_null(strstr(adsync_error_message(error), "add it again"));
    adsync_error_free(error);
    assert_int_equal(adsync_connection_add(w.engine, "acme", w.grant, "1", NULL, &other, NULL), ADSYNC_OK);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    world_end(&w);
}

static void a_consent_that_was_ended_here_is_not_asked_any_more(void **state)
{
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;
    world w;

    (void)state;
    world_begin(&w);
    assert_int_equal(adsync_connection_disconnect(w.engine, "acme", w.connection, 0, NULL, NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_grant_accounts(w.engine, "acme", w.grant, NULL, &rows, &error), ADSYNC_E_AUTH);
    assert_string_equal(adsync_error_name(error), "grant.state");
    adsync_error_free(error);
    assert_int_equal(w.script.sent, 0);
    world_end(&w);
}

/* Between two steps of a sync the connection is ended. */
static void end_it(script *at, const char *url, const char *headers, const char *body)
{
    world *w = (world *)at; /* its first member */
    const adsync_value key[] = { adsync__value_int(1), adsync__value_int(w->connection) };
    adsync_rows *row = NULL;
    adsync_value values[23];
    adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_CONNECTIONS, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = 23
    };

    (void)headers, (void)body;
    if (!strstr(url, "/act_1/adsets?")) return;
    assert_int_equal(adsync_storage_read(w->script.rows, 1, ADSYNC_T_CONNECTIONS, 0, key, 1, &row, NULL), ADSYNC_OK);
    memcpy(values, adsync__rows_values(row, 0), sizeof values);
    values[2] = adsync__value_text("disconnected");
    assert_int_equal(adsync_storage_commit(w->script.rows, 1, &put, 1, NULL, NULL), ADSYNC_OK);
    adsync_rows_free(row);
}

static void a_sync_under_way_ends_with_its_connection(void **state)
{
    char name[64];
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    w.script.on_send = end_it;
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, name), ADSYNC_E_AUTH);
    assert_string_equal(name, "connection.disconnected");
    assert_int_equal(script_sent(&w.script, "/act_1/adsets?"), 1);
    assert_int_equal(script_sent(&w.script, "/act_1/ads?"), 0);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_of_an_app_reach_its_connector),
        cmocka_unit_test(a_setting_that_a_platform_does_not_have_is_refused),
        cmocka_unit_test(a_version_that_is_about_to_end_is_told_once_and_stays_until_a_sync_without_it),
        cmocka_unit_test(a_warning_that_holds_a_token_is_told_without_it),
        cmocka_unit_test(a_currency_that_is_needed_is_fetched_and_the_page_asked_for_again),
        cmocka_unit_test(what_cannot_be_had_is_left_out_and_named),
        cmocka_unit_test(tokens_that_are_needed_are_fetched_and_placed),
        cmocka_unit_test(what_belongs_to_a_row_and_comes_apart_from_it_is_added_and_kept),
        cmocka_unit_test(a_refresh_knows_what_was_learned_of_the_consent),
        cmocka_unit_test(a_connection_that_was_ended_syncs_no_more_and_says_so),
        cmocka_unit_test(a_consent_that_was_ended_here_is_not_asked_any_more),
        cmocka_unit_test(a_sync_under_way_ends_with_its_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
