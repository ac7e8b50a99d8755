/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

adsync_status (*world_rows)(adsync_storage **out);

/* ---- effects */

static int64_t world_now(void *user) { return ((world *)user)->now_us + ((world *)user)->jump_us; }

static int64_t world_monotonic(void *user) { return ((world *)user)->now_us; }

static adsync_status world_random(void *user, void *out, uint32_t size)
{
    world *w = user;
    uint8_t *p = out;

    for (uint32_t i = 0; i < size; i++) {
        w->seed ^= w->seed << 13;
        w->seed ^= w->seed >> 7;
        w->seed ^= w->seed << 17;
        p[i] = (uint8_t)(w->seed >> 24);
    }
    return ADSYNC_OK;
}

static void world_log(void *user, uint32_t level, const char *json) { (void)user, (void)level, (void)json; }

/* ---- the platform */

static const struct {
    uint32_t kind;
    const char *setting, *scopes;
} world_scoped[] = { { ADSYNC_KIND_AUDIENCE, "scope.audience", "lists people" },
                     { ADSYNC_KIND_LEAD_FORM, "scope.lead_form", "people" },
                     { ADSYNC_KIND_LEAD, "scope.lead", "people" } };

static adsync_status world_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    const world *w = user;

    (void)error;
    adsync_manifest_host(out, "api", "api.example.test", ADSYNC_HOST_AUTH);
    adsync_manifest_host(out, "files", "files.example.test", 0);
    adsync_manifest_setting(out, "api_version", "1");
    adsync_manifest_setting(out, "revision", "1");
    if (!w->account_zone) adsync_manifest_setting(out, "day_zone", "UTC");
    if (w->account_zone) adsync_manifest_supports(out, ADSYNC_TASK_ACCOUNT_GET, 0);
    for (uint32_t i = 0; w->scoped && i < ADSYNC__COUNT(world_scoped); i++) {
        adsync_manifest_supports(out, ADSYNC_TASK_LIST, world_scoped[i].kind);
        adsync_manifest_setting(out, world_scoped[i].setting, world_scoped[i].scopes);
    }
    for (uint32_t i = 0; i + 1 < ADSYNC__COUNT(w->settings) && w->settings[i]; i += 2)
        adsync_manifest_setting(out, w->settings[i], w->settings[i + 1]);
    if (!w->settings[0]) adsync_manifest_setting(out, "report_days", "10");
    adsync_manifest_supports(out, ADSYNC_TASK_AUTH_REFRESH, 0);
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_CAMPAIGN);
    adsync_manifest_supports(out, ADSYNC_TASK_REPORT, ADSYNC_KIND_CAMPAIGN);
    if (w->account_figures) adsync_manifest_supports(out, ADSYNC_TASK_REPORT, ADSYNC_KIND_ACCOUNT);
    for (uint32_t kind = ADSYNC_KIND_CAMPAIGN; kind <= ADSYNC_KIND_AD; kind++) adsync_manifest_supports(out, ADSYNC_TASK_GET, kind);
    if (w->below) adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_ADSET);
    if (w->below) adsync_manifest_supports(out, ADSYNC_TASK_CHANGES, ADSYNC_KIND_ADSET);
    if (!w->lead_minutes) return ADSYNC_OK;
    adsync_manifest_setting(out, "lead_minutes", w->lead_minutes);
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_POST);
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_LEAD);
    adsync_manifest_supports(out, ADSYNC_TASK_CHANGES, ADSYNC_KIND_LEAD);
    return ADSYNC_OK;
}

static void world_get(const adsync_task *task, adsync_request *out)
{
    adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "api", "/get");
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "kind", adsync_kind_name(adsync_task_kind(task)));
    for (uint32_t i = 0; i < adsync_task_ids(task) && i < 8; i++)
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "id", adsync_task_id(task, i));
    adsync_request_secret(out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
}

static adsync_status world_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    bool report = adsync_task_op(task) == ADSYNC_TASK_REPORT, account = adsync_task_op(task) == ADSYNC_TASK_ACCOUNT_GET;
    char number[24];

    (void)user, (void)error;
    if (adsync_task_has_secret(task, "carried")) { /* the link that the last answer gave */
        adsync_request_url_secret(out, ADSYNC_EFFECT_READ, "GET", "carried");
        return ADSYNC_OK;
    }
    if (adsync_task_op(task) == ADSYNC_TASK_AUTH_REFRESH) {
        adsync_request_open(out, ADSYNC_EFFECT_SAME, "POST", "api", "/refresh");
        return ADSYNC_OK;
    }
    if (adsync_task_op(task) == ADSYNC_TASK_GET) {
        world_get(task, out);
        return ADSYNC_OK;
    }
    if (adsync_task_op(task) == ADSYNC_TASK_CHANGES) {
        adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "api", "/changes");
        (void)snprintf(number, sizeof number, "%lld", (long long)adsync_task_int(task, "since_us"));
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "since", number);
    } else {
        adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "api", report ? "/report" : account ? "/account" : "/list");
    }
    if (!report && adsync_task_kind(task) > ADSYNC_KIND_CAMPAIGN)
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "kind", adsync_kind_name(adsync_task_kind(task)));
    if (adsync_task_int(task, "token_us")) {
        (void)snprintf(number, sizeof number, "%lld", (long long)adsync_task_int(task, "token_us"));
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "token", number);
    }
    if (report) {
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "level", adsync_kind_name(adsync_task_kind(task)));
        (void)snprintf(number, sizeof number, "%lld", (long long)adsync_task_int(task, "from"));
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "from", number);
        (void)snprintf(number, sizeof number, "%lld", (long long)adsync_task_int(task, "to"));
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "to", number);
    }
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "after", adsync_task_text(task, "cursor"));
    adsync_request_secret(out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
    return ADSYNC_OK;
}

static bool world_fact(const char *line, adsync_outcome *out)
{
    static const char *const facts[][2] = { { "zone ", "time_zone" }, { "lookback ", "lookback_days" }, { "currency ", "currency" } };

    for (size_t i = 0; i < ADSYNC__COUNT(facts); i++) {
        if (strncmp(line, facts[i][0], strlen(facts[i][0]))) continue;
        adsync_outcome_fact(out, facts[i][1], line + strlen(facts[i][0]));
        return true;
    }
    return false;
}

static void world_line(const adsync_task *task, const char *line, adsync_outcome *out, bool *ended)
{
    char id[64] = "", rest[64] = "", currency[4] = "EUR";
    long long day = 0, spend = 0, shown = -1;
    adsync_row *row;

    if (sscanf(line, "child %63s %63s", id, rest) == 2) {
        row = adsync_outcome_row(out, ADSYNC_T_ENTITIES, adsync_task_kind(task), 0);
        adsync_row_text(row, ADSYNC_C_ID, id, strlen(id));
        adsync_row_text(row, ADSYNC_C_CAMPAIGN_ID, rest, strlen(rest));
        return;
    }
    if (sscanf(line, "e %63s", id) == 1) {
        row = adsync_outcome_row(out, ADSYNC_T_ENTITIES, adsync_task_kind(task), 0);
        adsync_row_text(row, ADSYNC_C_ID, id, strlen(id));
        return;
    }
    if (sscanf(line, "m %63s %lld %lld %3s %lld", id, &day, &spend, currency, &shown) >= 3) {
        row = adsync_outcome_row(out, ADSYNC_T_METRICS, adsync_task_kind(task), 0);
        adsync_row_text(row, ADSYNC_C_ENTITY_ID, id, strlen(id));
        adsync_row_int(row, ADSYNC_C_DAY, day);
        adsync_row_int(row, ADSYNC_C_SPEND, spend);
        adsync_row_text(row, ADSYNC_C_CURRENCY, currency, 3);
        if (shown >= 0) adsync_row_int(row, ADSYNC_C_IMPRESSIONS, shown);
        return;
    }
    if (world_fact(line, out)) return;
    if (sscanf(line, "carry %63s", rest) == 1) {
        adsync_outcome_secret(out, "carried", rest, strlen(rest), 0);
        return;
    }
    *ended = true;
    if (!strcmp(line, "fresh")) {
        adsync_outcome_secret(out, "access_token", "t2", 2, -1);
        adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
        return;
    }
    if (sscanf(line, "next %63s", rest) == 1)
        adsync_outcome_next(out, rest);
    else if (!strcmp(line, "weak"))
        adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_WEAK);
    else if (!strcmp(line, "stale"))
        adsync_outcome_stale(out);
    else if (!strcmp(line, "throttled"))
        adsync_outcome_fail(out, ADSYNC_CLASS_THROTTLED, "429", "too fast", INT64_C(3600000000), ADSYNC_SCOPE_APP);
    else if (!strcmp(line, "trouble"))
        adsync_outcome_fail(out, ADSYNC_CLASS_TRANSIENT, "500", "the platform is in trouble", 0, 0);
    else if (!strcmp(line, "outdated"))
        adsync_outcome_fail(out, ADSYNC_CLASS_AUTH_EXPIRED, "401", "the token ended", 0, 0);
    else if (!strcmp(line, "refused"))
        adsync_outcome_fail(out, ADSYNC_CLASS_PERMISSION, "403", "that is not yours", 0, 0);
    else
        fail_msg("what is %s?", line);
}

static adsync_status world_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,
                                    adsync_error **error)
{
    static char body[1 << 16];
    char *state = NULL;
    bool ended = false;

    (void)user, (void)error;
    (void)snprintf(body, sizeof body, "%s", adsync_response_body(in, NULL));
    for (char *line = strtok_r(body, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) world_line(task, line, out, &ended);
    if (!ended) adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

/* ---- the transport: an answer is there at the next look */

static adsync_status world_start(void *user, int64_t id, const adsync_message *message, adsync_error **error)
{
    world_engine *e = user;

    (void)error;
    assert_true(e->n_flying < WORLD_FLYING);
    (void)snprintf(e->urls[e->n_flying], sizeof e->urls[0], "%s", adsync_message_url(message));
    if (e->world->n_asked < WORLD_ASKED)
        (void)snprintf(e->world->asked[e->world->n_asked], sizeof e->urls[0], "%s", adsync_message_url(message));
    e->world->n_asked++;
    e->flying[e->n_flying++] = id;
    return ADSYNC_OK;
}

static adsync_status world_poll(void *user, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error)
{
    world_engine *e = user;
    const char *body;
    adsync_status rc;

    (void)error;
    if (!e->n_flying || e->frozen) {
        e->world->now_us += max_wait_us > 0 ? max_wait_us : 0;
        return ADSYNC_OK;
    }
    body = e->world->answer(e->world, e->urls[0]);
    rc = adsync_exchange_done(ended, e->flying[0], 200, "Content-Type: text/plain\r\n", body, strlen(body));
    if (rc == ADSYNC_E_MEMORY) return rc; /* it stays, and is given again */
    e->n_flying--;
    memmove(e->flying, e->flying + 1, e->n_flying * sizeof *e->flying);
    memmove(e->urls, e->urls + 1, e->n_flying * sizeof *e->urls);
    return ADSYNC_OK;
}

static void world_cancel(void *user, int64_t id)
{
    world_engine *e = user;

    for (uint32_t i = 0; i < e->n_flying; i++) {
        if (e->flying[i] != id) continue;
        e->n_flying--;
        memmove(e->flying + i, e->flying + i + 1, (e->n_flying - i) * sizeof *e->flying);
        memmove(e->urls + i, e->urls + i + 1, (e->n_flying - i) * sizeof *e->urls);
    }
}

static void world_close(void *user) { (void)user; }

adsync_engine *world_open(world *w, uint32_t n) { return world_open_with(w, n, (adsync_engine_options){ 0 }); }

adsync_engine *world_open_with(world *w, uint32_t n, adsync_engine_options options)
{
    const adsync_transport_ops ops = {
        .size = sizeof ops, .user = &w->engines[n], .start = world_start, .poll = world_poll, .cancel = world_cancel, .close = world_close
    };
    const adsync_connector_ops connector = {
        .size = sizeof connector, .user = w, .describe = world_describe, .request = world_request, .response = world_response
    };
    const adsync_host host = {
        .size = sizeof host, .user = w, .now_us = world_now, .monotonic_us = world_monotonic, .random = world_random, .log = world_log
    };
    world_engine *e = &w->engines[n];
    adsync_error *error = NULL;

    options.size = sizeof options;
    options.flags |= ADSYNC_ENGINE_NO_PLATFORMS;
    if (!options.storage) options.storage = w->storage;
    options.keys = w->keys;
    options.host = &host;
    *e = (world_engine){ .world = w };
    assert_int_equal(adsync_transport_new(&ops, &options.transport, NULL), ADSYNC_OK);
    if (adsync_engine_open(&options, &e->engine, &error) < 0) fail_msg("%s", adsync_error_message(error));
    adsync_transport_free(options.transport);
    assert_int_equal(adsync_connector_register(e->engine, "toy", &connector, NULL), ADSYNC_OK);
    assert_int_equal(adsync_app_add(e->engine, "toy", "client", "secret", NULL, NULL), ADSYNC_OK);
    return e->engine;
}

void world_begin(world *w, const char *(*answer)(world *w, const char *url)) { world_begin_as(w, answer, NULL, false); }

void world_begin_as(world *w, const char *(*answer)(world *w, const char *url), const char *lead_minutes, bool below)
{
    const adsync_grant_options grant = { .size = sizeof grant, .expires_us = -1 };
    const adsync_connection_options manual = { .size = sizeof manual, .flags = ADSYNC_CONNECTION_MANUAL };
    char line[] = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
    int fd;

    *w = (world){ .now_us = INT64_C(1795132800000000), .seed = 88172645463325252, .answer = answer };
    w->lead_minutes = lead_minutes;
    w->below = below;
    (void)snprintf(w->folder, sizeof w->folder, "/tmp/adsync-sync-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    (void)snprintf(w->keys_file, sizeof w->keys_file, "%s/keys", w->folder);
    assert_true((fd = open(w->keys_file, O_WRONLY | O_CREAT, 0600)) >= 0);
    assert_int_equal(write(fd, line, sizeof line - 1), sizeof line - 1);
    (void)close(fd);
    assert_int_equal(adsync_keys_open_file(w->keys_file, &w->keys, NULL), ADSYNC_OK);
    assert_int_equal(world_rows ? world_rows(&w->rows) : adsync_memory_open(NULL, &w->rows, NULL), ADSYNC_OK);
    assert_int_equal(faulty_wrap(&w->faults, w->rows, &w->storage, NULL), ADSYNC_OK);
    (void)world_open(w, 0);
    assert_int_equal(adsync_storage_org(w->rows, "org", 1, &w->org, NULL), ADSYNC_OK);
    assert_int_equal(adsync_grant_add(w->engines[0].engine, "org", "toy", "token-1", &grant, &w->grant, NULL), ADSYNC_OK);
    assert_int_equal(adsync_connection_add(w->engines[0].engine, "org", w->grant, "1", &manual, &w->connection, NULL), ADSYNC_OK);
}

void world_connect(world *w, const char *org, int64_t *connections, uint32_t n)
{
    const adsync_grant_options ends = { .size = sizeof ends, .expires_us = -1 };
    const adsync_connection_options manual = { .size = sizeof manual, .flags = ADSYNC_CONNECTION_MANUAL };
    adsync_engine *engine = w->engines[0].engine;
    char account[16];
    int64_t grant;

    assert_int_equal(adsync_grant_add(engine, org, "toy", "token-1", &ends, &grant, NULL), ADSYNC_OK);
    for (uint32_t i = 0; i < n; i++) {
        (void)snprintf(account, sizeof account, "%u", i + 100);
        assert_int_equal(adsync_connection_add(engine, org, grant, account, &manual, &connections[i], NULL), ADSYNC_OK);
    }
}

void world_end(world *w)
{
    for (uint32_t i = 0; i < WORLD_ENGINES; i++) adsync_engine_free(w->engines[i].engine);
    adsync_keys_free(w->keys);
    adsync_storage_free(w->storage);
    adsync_storage_free(w->rows);
    (void)unlink(w->keys_file);
    (void)rmdir(w->folder);
}

/* From then on the storage refuses it everything, so it goes without a trace. */
void world_kill(world *w, uint32_t n)
{
    faulty_fail(&w->faults, 1, FAULTY_ANY, FAULTY_BEFORE, true, ADSYNC_OK);
    adsync_engine_free(w->engines[n].engine);
    w->engines[n].engine = NULL;
    faulty_fail(&w->faults, 0, FAULTY_ANY, FAULTY_BEFORE, false, ADSYNC_OK);
}

adsync_status world_ask(world *w, uint32_t n, adsync_job_options options, int64_t *job)
{
    options.size = sizeof options;
    return adsync_job_enqueue(w->engines[n].engine, "org", w->connection, &options, job, NULL);
}

adsync_status world_wait(world *w, uint32_t n, int64_t job, int64_t us)
{
    const adsync_call call = { .size = sizeof call, .wait_us = us };

    return adsync_job_wait(w->engines[n].engine, "org", job, &call, NULL, NULL);
}

/* ---- looking */

int64_t world_number(world *w, uint32_t table, const adsync_value *key, uint32_t column)
{
    adsync_rows *rows = NULL;
    int64_t number = 0;

    assert_true(adsync_storage_read(w->rows, w->org, table, 0, key, 1, &rows, NULL) >= 0);
    if (adsync_rows_next(rows, NULL) == ADSYNC_ROW) number = adsync_rows_int(rows, column);
    adsync_rows_free(rows);
    return number;
}

const char *world_job(world *w, int64_t job, uint32_t column)
{
    static char text[1100];
    const adsync_value key[] = { adsync__value_int(w->org), adsync__value_int(job) };
    adsync_rows *rows = NULL;

    assert_true(adsync_storage_read(w->rows, w->org, ADSYNC_T_JOBS, 0, key, 1, &rows, NULL) >= 0);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(text, sizeof text, "%s", adsync_rows_text(rows, column) ? adsync_rows_text(rows, column) : "");
    adsync_rows_free(rows);
    return text;
}

uint32_t world_count(world *w, uint32_t table, uint32_t column, const char *text)
{
    const adsync_value bound[] = { adsync__value_int(w->org) };
    const adsync_range range = { .table = table, .limit = 10000, .lower = bound, .n_lower = 1, .upper = bound, .n_upper = 1 };
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    assert_true(adsync_storage_scan(w->rows, w->org, &range, &rows, NULL) >= 0);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) n += !text || adsync__equal_text(adsync_rows_text(rows, column), text);
    adsync_rows_free(rows);
    return n;
}

uint32_t world_removed(world *w)
{
    const adsync_value bound[] = { adsync__value_int(w->org) };
    const adsync_range range = { .table = ADSYNC_T_ENTITIES, .limit = 10000, .lower = bound, .n_lower = 1, .upper = bound, .n_upper = 1 };
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    assert_true(adsync_storage_scan(w->rows, w->org, &range, &rows, NULL) >= 0);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) n += adsync_rows_int(rows, ADSYNC_C_REMOVED_AT) != 0;
    adsync_rows_free(rows);
    return n;
}
