/* SPDX-License-Identifier: MIT */
/* A platform that the library does not know, written by a host and synced like the others: three functions, and a table of fields for
 * each kind of row. Lantern Ads does not exist; the simulator plays it, and test/sim/lantern_platform.c says what it promises.
 *
 *     LANTERN_TOKEN=.. LANTERN_KEY=.. ./custom_connector 700000
 *
 * ads.keys, ADSYNC_CLIENT_ID, _CLIENT_SECRET, _CONNECT_TO and _CA are those of quickstart.c. */
#include <adsync/adsync.h>
#include <adsync/sqlite.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define SECOND_US INT64_C(1000000)

/* ---- what the platform is */

static adsync_status lantern_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    static const uint32_t can[][2] = {
        { ADSYNC_TASK_AUTH_REFRESH, 0 },
        { ADSYNC_TASK_ACCOUNT_DISCOVER, 0 },
        { ADSYNC_TASK_ACCOUNT_GET, 0 },
        { ADSYNC_TASK_LIST, ADSYNC_KIND_CAMPAIGN },
        { ADSYNC_TASK_REPORT, ADSYNC_KIND_ACCOUNT },
        { ADSYNC_TASK_REPORT, ADSYNC_KIND_CAMPAIGN },
    };
    static const char *const settings[][2] = {
        { "api_version", "v1" }, { "revision", "1" }, { "refresh", "same" }, { "report_days", "31" }, { "settled_days", "28" },
    };
    const adsync_window minute = { /* four fifths of what the platform says */
                                   .size = sizeof minute,
                                   .align = ADSYNC_WINDOW_ROLL,
                                   .permits = 96,
                                   .length_us = 60 * SECOND_US
    };

    (void)user, (void)error;
    adsync_manifest_host(out, "api", "api.lantern.example", ADSYNC_HOST_AUTH);
    for (size_t i = 0; i < COUNT(can); i++) adsync_manifest_supports(out, can[i][0], can[i][1]);
    for (size_t i = 0; i < COUNT(settings); i++) adsync_manifest_setting(out, settings[i][0], settings[i][1]);
    adsync_manifest_window(out, "minute", ADSYNC_SCOPE_GRANT, &minute);
    return ADSYNC_OK;
}

/* ---- what to ask */

static adsync_status lantern_ask_token(const adsync_task *task, adsync_request *out)
{
    adsync_request_open(out, ADSYNC_EFFECT_SAME, "POST", "api", "/v1/token");
    adsync_request_field(out, ADSYNC_PLACE_FORM, "client_id", adsync_task_text(task, "client_id"));
    adsync_request_secret(out, ADSYNC_PLACE_FORM, "client_secret", NULL, "client_secret");
    adsync_request_secret(out, ADSYNC_PLACE_FORM, "key", NULL, "refresh_token");
    return ADSYNC_OK;
}

static adsync_status lantern_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    uint32_t op = adsync_task_op(task);
    const char *account = op == ADSYNC_TASK_ACCOUNT_DISCOVER ? "" : adsync_task_text(task, "account_id");
    const char *part = op == ADSYNC_TASK_REPORT ? "/days" : op == ADSYNC_TASK_LIST ? "/campaigns" : "";
    char path[80];

    (void)user;
    if (op == ADSYNC_TASK_AUTH_REFRESH) return lantern_ask_token(task, out);
    if (!account || strlen(account) > 20 || account[strspn(account, "0123456789")])
        return adsync_error_set(error, ADSYNC_E_INVALID, "an account of Lantern Ads is a number", 0);
    (void)snprintf(path, sizeof path, "/v1/accounts%s%s%s", *account ? "/" : "", account, part);
    adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "api", path);
    adsync_request_secret(out, ADSYNC_PLACE_HEADER, "Authorization", "Lantern ", "access_token");
    adsync_request_cost(out, "minute", 1);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "size", "100");
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "page", adsync_task_text(task, "cursor")); /* what is not there is left out */
    if (op != ADSYNC_TASK_REPORT) return ADSYNC_OK;
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "by", adsync_kind_name(adsync_task_kind(task)));
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "from", adsync_task_text(task, "from"));
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "to", adsync_task_text(task, "to"));
    return ADSYNC_OK;
}

/* ---- what the answer means: a line per field */

static const adsync_json_field account_fields[] = {
    { "id", ADSYNC_C_ACCOUNT_ID, ADSYNC_READ_TEXT },
    { "title", ADSYNC_C_NAME, ADSYNC_READ_TEXT },
    { "currency", ADSYNC_C_CURRENCY, ADSYNC_READ_TEXT },
    { "zone", ADSYNC_C_TIME_ZONE, ADSYNC_READ_TEXT },
};
static const adsync_json_field campaign_fields[] = {
    { "id", ADSYNC_C_ID, ADSYNC_READ_TEXT },
    { "title", ADSYNC_C_NAME, ADSYNC_READ_TEXT },
    { "state", ADSYNC_C_PLATFORM_STATUS, ADSYNC_READ_TEXT },
    { "daily", ADSYNC_C_BUDGET_DAILY, ADSYNC_READ_MICRO },
    { "starts", ADSYNC_C_START_AT, ADSYNC_READ_TIME },
    { "ends", ADSYNC_C_END_AT, ADSYNC_READ_TIME },
};
static const adsync_json_field day_fields[] = {
    { "id", ADSYNC_C_ENTITY_ID, ADSYNC_READ_TEXT },         { "day", ADSYNC_C_DAY, ADSYNC_READ_DAY },
    { "spend", ADSYNC_C_SPEND, ADSYNC_READ_MICRO },         { "views", ADSYNC_C_IMPRESSIONS, ADSYNC_READ_INT },
    { "clicks", ADSYNC_C_CLICKS, ADSYNC_READ_INT },         { "sales", ADSYNC_C_CONVERSIONS, ADSYNC_READ_MICRO },
    { "sales_value", ADSYNC_C_REVENUE, ADSYNC_READ_MICRO },
};
static const char *const states[][3] = {
    { "live", "ACTIVE", "ACTIVE" }, /* what Lantern says, STATUS, SWITCH */
    { "resting", "PAUSED", "PAUSED" },
    { "closed", "ARCHIVED", "PAUSED" },
    { "open", "active", NULL },
};

static const char *text_of(const adsync_json *object, const char *path) { return adsync_json_text(adsync_json_get(object, path), NULL); }

static void lantern_item(const adsync_task *task, const adsync_json *item, adsync_outcome *out)
{
    static const struct {
        uint32_t op, table, n;
        const adsync_json_field *fields;
    } tables[] = {
        { ADSYNC_TASK_REPORT, ADSYNC_T_METRICS, COUNT(day_fields), day_fields },
        { ADSYNC_TASK_LIST, ADSYNC_T_ENTITIES, COUNT(campaign_fields), campaign_fields },
        { 0, ADSYNC_T_CONNECTIONS, COUNT(account_fields), account_fields },
    };
    uint32_t kind = adsync_task_kind(task), t = 0;
    const char *state = text_of(item, "state");
    adsync_row *row;

    while (tables[t].op && tables[t].op != adsync_task_op(task)) t++;
    row = adsync_outcome_row(out, tables[t].table, kind ? kind : ADSYNC_KIND_ACCOUNT, ADSYNC_TWICE_REPLACE);
    adsync_row_text(row, ADSYNC_C_CURRENCY, adsync_task_fact(task, "currency"), SIZE_MAX); /* of its figures and budgets */
    adsync_row_fields(row, item, tables[t].fields, tables[t].n);
    for (size_t i = 0; state && i < COUNT(states); i++) {
        if (strcmp(states[i][0], state)) continue;
        adsync_row_text(row, ADSYNC_C_STATUS, states[i][1], SIZE_MAX);
        adsync_row_text(row, ADSYNC_C_SWITCH, states[i][2], SIZE_MAX);
    }
}

static adsync_status lantern_list(const adsync_task *task, const adsync_json *root, adsync_outcome *out, adsync_error **error)
{
    const adsync_json *items = adsync_json_get(root, "items");
    const char *next = text_of(root, "next");

    if (!items) return adsync_error_set(error, ADSYNC_E_FORMAT, "Lantern Ads sent no list", 0);
    for (const adsync_json *i = adsync_json_next(items, NULL); i; i = adsync_json_next(items, i)) lantern_item(task, i, out);
    adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    if (next) adsync_outcome_next(out, next); /* the last one said counts */
    return ADSYNC_OK;
}

static adsync_status lantern_token(const adsync_task *task, const adsync_json *root, adsync_outcome *out, adsync_error **error)
{
    const char *token = text_of(root, "token");
    int64_t lives;

    if (!token || adsync_json_int(adsync_json_get(root, "lives"), &lives) < 0)
        return adsync_error_set(error, ADSYNC_E_FORMAT, "Lantern Ads sent no token", 0);
    adsync_outcome_secret(out, "access_token", token, strlen(token), adsync_task_int(task, "now_us") + lives * SECOND_US);
    adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

static adsync_status lantern_account(const adsync_task *task, const adsync_json *root, adsync_outcome *out)
{
    lantern_item(task, root, out);
    adsync_outcome_fact(out, "currency", text_of(root, "currency")); /* later tasks know them */
    adsync_outcome_fact(out, "time_zone", text_of(root, "zone"));
    adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

static adsync_status lantern_refused(const adsync_task *task, const adsync_response *in, adsync_outcome *out)
{
    const adsync_json *error = adsync_json_get(adsync_response_json(in), "error");
    const char *kind = text_of(error, "kind") ? text_of(error, "kind") : "format";
    uint32_t refusal = adsync_response_class(in);

    if (!strcmp(kind, "token_revoked") || !strcmp(kind, "bad_key")) refusal = ADSYNC_CLASS_AUTH_REVOKED;
    adsync_outcome_fail(out, refusal ? refusal : ADSYNC_CLASS_TRANSIENT, kind, text_of(error, "text"),
                        adsync_response_retry_after_us(in, adsync_task_int(task, "now_us")), ADSYNC_SCOPE_GRANT);
    if (!strcmp(kind, "bad_page")) adsync_outcome_stale(out); /* the page outlived its list: begin again */
    return ADSYNC_OK;
}

static adsync_status lantern_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,
                                      adsync_error **error)
{
    const char *left = adsync_response_header(in, "Lantern-Left"), *reset = adsync_response_header(in, "Lantern-Reset");
    const adsync_json *root = adsync_response_json(in);

    (void)user;
    if (left && reset)
        adsync_outcome_limit(out, "minute", ADSYNC_SCOPE_GRANT, ADSYNC_READING_REMAINING, strtoll(left, NULL, 10),
                             adsync_task_int(task, "now_us") + strtoll(reset, NULL, 10) * SECOND_US);
    if (adsync_response_class(in) || !root) return lantern_refused(task, in, out);
    if (adsync_task_op(task) == ADSYNC_TASK_AUTH_REFRESH) return lantern_token(task, root, out, error);
    if (adsync_task_op(task) == ADSYNC_TASK_ACCOUNT_GET) return lantern_account(task, root, out);
    return lantern_list(task, root, out, error);
}

/* ---- synced like any other */

static adsync_status sync_and_print(adsync_engine *engine, const char *account, adsync_error **error)
{
    const adsync_grant_options key = { .size = sizeof key, .refresh_token = getenv("LANTERN_KEY") };
    const adsync_job_options ninety_days = { .size = sizeof ninety_days, .mode = ADSYNC_SYNC_BACKFILL, .days = 90 };
    const adsync_call patient = { .size = sizeof patient, .wait_us = 600 * SECOND_US };
    adsync_metrics_options by_day = { .size = sizeof by_day, .group_by = ADSYNC_BY_DAY };
    adsync_rows *rows = NULL;
    int64_t grant, job;
    adsync_status rc;
    char spend[64];

    if ((rc = adsync_grant_add(engine, "my-company", "lantern", getenv("LANTERN_TOKEN"), &key, &grant, error)) < 0) return rc;
    if ((rc = adsync_connection_add(engine, "my-company", grant, account, NULL, &by_day.connection, error)) < 0) return rc;
    if ((rc = adsync_job_enqueue(engine, "my-company", by_day.connection, &ninety_days, &job, error)) < 0) return rc;
    if ((rc = adsync_job_wait(engine, "my-company", job, &patient, NULL, error)) < 0) return rc;
    if ((rc = adsync_metrics_query(engine, "my-company", &by_day, &rows, error)) < 0) return rc;
    while ((rc = adsync_rows_next(rows, error)) == ADSYNC_ROW) {
        (void)adsync_money_text(adsync_rows_int(rows, ADSYNC_C_SPEND), adsync_rows_text(rows, ADSYNC_C_CURRENCY), spend, sizeof spend);
        printf("%s  %16s\n", adsync_rows_text(rows, ADSYNC_C_DAY), spend);
    }
    adsync_rows_free(rows);
    return rc;
}

int main(int argc, char **argv)
{
    const adsync_connector_ops lantern = { sizeof lantern, 0, NULL, lantern_describe, lantern_request, lantern_response };
    adsync_curl_options network = { .size = sizeof network, .connect_to = getenv("ADSYNC_CONNECT_TO"), .ca_file = getenv("ADSYNC_CA") };
    adsync_engine_options options = { .size = sizeof options };
    adsync_engine *engine = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync_sqlite_open("ads.db", NULL, &options.storage, &error);

    if (rc >= 0) rc = adsync_keys_open_file("ads.keys", &options.keys, &error);
    if (rc >= 0) rc = adsync_curl_open(&network, &options.transport, &error);
    if (rc >= 0) rc = adsync_engine_open(&options, &engine, &error);
    if (rc >= 0) rc = adsync_connector_register(engine, "lantern", &lantern, &error);
    if (rc >= 0) rc = adsync_app_add(engine, "lantern", getenv("ADSYNC_CLIENT_ID"), getenv("ADSYNC_CLIENT_SECRET"), NULL, &error);
    if (rc >= 0) rc = sync_and_print(engine, argc > 1 ? argv[1] : "", &error);
    if (rc < 0) fprintf(stderr, "%s: %s\n", adsync_error_name(error), adsync_error_message(error));
    adsync_engine_free(engine);
    adsync_transport_free(options.transport);
    adsync_keys_free(options.keys);
    adsync_storage_free(options.storage);
    adsync_error_free(error);
    return rc < 0;
}
