/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include "platform/kernel_int.h"

#include <stdio.h>

/* ---- small words */

static void run_bool(adsync__json *json, const char *key, bool value)
{
    adsync__json_key(json, key);
    if (value)
        adsync__json_raw(json, "true", 4);
    else
        adsync__json_raw(json, "false", 5);
}

static void run_text(adsync__json *json, const char *key, const char *text)
{
    adsync__json_key(json, key);
    if (text)
        adsync__json_text(json, text, strlen(text));
    else
        adsync__json_null(json);
}

static void run_int(adsync__json *json, const char *key, bool there, int64_t value)
{
    adsync__json_key(json, key);
    if (there)
        adsync__json_int(json, value);
    else
        adsync__json_null(json);
}

/* ---- a slot that failed says why, in the words of an outcome */

static const char *run_class(adsync_status status)
{
    switch (status) {
    case ADSYNC_E_UNSUPPORTED:
        return "unsupported";
    case ADSYNC_E_AUTH:
        return "auth_revoked";
    case ADSYNC_E_PERMISSION:
        return "permission";
    case ADSYNC_E_NOT_FOUND:
        return "not_found";
    case ADSYNC_E_TOO_BIG:
        return "too_large";
    case ADSYNC_E_TRANSIENT:
        return "transient";
    default:
        return "invalid";
    }
}

static adsync_status run_failed(adsync_status status, adsync_error *error, const char *need, adsync__buffer *out)
{
    adsync__json json;

    if (status == ADSYNC_E_MEMORY) return status;
    adsync__json_begin(&json, out);
    adsync__json_open(&json, '{');
    run_text(&json, "outcome", "fail");
    run_text(&json, "class", run_class(status));
    run_text(&json, "code", adsync_error_name(error));
    run_text(&json, "message", adsync_error_message(error));
    run_text(&json, "status", adsync_status_name(status));
    adsync__json_key(&json, "need");
    adsync__json_open(&json, '[');
    if (need) adsync__json_text(&json, need, strlen(need));
    adsync__json_close(&json, ']');
    adsync__json_key(&json, "rows");
    adsync__json_raw(&json, "[]", 2);
    adsync__json_close(&json, '}');
    return out->failed;
}

/* ---- request */

typedef struct run_finder {
    wire_task *wire;
    adsync__secrets *secrets;
    char missing[256];
} run_finder;

static adsync_status run_find(void *user, const char *name, adsync__secret *out, adsync_error **error)
{
    run_finder *finder = user;
    adsync__node secrets = adsync__node_get(finder->wire->root, "secrets");
    size_t size;
    const char *text = adsync__node_text(adsync__node_get(secrets, name), &size);

    if (text) return adsync__secret_make(finder->secrets, text, size, out, error);
    (void)snprintf(finder->missing, sizeof finder->missing, "%s", name);
    return ADSYNC_E_NOT_FOUND;
}

static void run_headers(adsync__json *json, const char *headers)
{
    const char *end, *colon;

    adsync__json_key(json, "headers");
    adsync__json_open(json, '[');
    for (const char *line = headers; line && *line; line = *end ? end + 2 : end) {
        end = line + strcspn(line, "\r\n");
        if (!(colon = memchr(line, ':', (size_t)(end - line)))) continue;
        adsync__json_open(json, '[');
        adsync__json_text(json, line, (size_t)(colon - line));
        colon += 1 + (colon[1] == ' ');
        adsync__json_text(json, colon, (size_t)(end - colon));
        adsync__json_close(json, ']');
    }
    adsync__json_close(json, ']');
}

static void run_recipe(const adsync_request *request, const adsync__finished *finished, adsync__buffer *out)
{
    static const char *const effects[] = { "none", "read", "same", "once" };
    adsync__json json;

    adsync__json_begin(&json, out);
    adsync__json_open(&json, '{');
    run_text(&json, "effect", effects[request->effect <= ADSYNC_EFFECT_ONCE ? request->effect : 0]);
    run_text(&json, "method", finished->message.method);
    run_text(&json, "url", finished->message.url);
    run_headers(&json, finished->message.headers);
    adsync__json_key(&json, "body");
    if (finished->message.body)
        adsync__json_text(&json, finished->message.body, finished->message.body_size);
    else
        adsync__json_null(&json);
    adsync__json_close(&json, '}');
}

adsync_status wire_request(wire_task *task, adsync__buffer *out, adsync_error **error)
{
    run_finder finder = { .wire = task };
    adsync__finisher finisher = { .manifest = &task->manifest, .find = run_find, .user = &finder };
    adsync__finished finished = { 0 };
    adsync_request request;
    adsync_error *words = NULL;
    adsync_status rc;

    adsync__request_begin(&request);
    if ((rc = adsync__crypto_open(&finisher.crypto, error)) < 0) goto done;
    if ((rc = adsync__secrets_open(NULL, &finder.secrets, error)) < 0) goto done;
    finisher.secrets = finder.secrets;
    rc = task->ops->request(task->ops->user, &task->task, &request, &words);
    if (rc >= 0) rc = adsync__finish(&finisher, &request, &finished, &words);
    if (rc < 0) {
        rc = run_failed(rc, words, *finder.missing ? finder.missing : NULL, out);
    } else {
        run_recipe(&request, &finished, out);
        rc = out->failed;
    }
    if (rc < 0) (void)adsync__fail_memory(error);
done:
    adsync_error_free(words);
    adsync__finished_free(&finished);
    adsync__request_free(&request);
    adsync__secrets_free(finder.secrets);
    adsync__crypto_free(finisher.crypto);
    return rc;
}

/* ---- response */

enum { WIRE_BODY = 128 << 20 };

adsync_status wire_digest(wire_task *task, uint32_t status, const char *headers, const char *body, size_t size, adsync_outcome *outcome,
                          adsync__arena *answer, adsync_error **error)
{
    adsync_response response = { .status = status, .headers = headers, .arena = answer };
    adsync__buffer padded;
    adsync_status rc;

    adsync__outcome_begin(outcome);
    adsync__buffer_begin(&padded, WIRE_BODY);
    adsync__buffer_add(&padded, body, size);
    if (padded.failed || !adsync__body_pad(&padded) || adsync__gunzip(&padded, WIRE_BODY) == ADSYNC_E_MEMORY) {
        adsync__buffer_free(&padded);
        return adsync__fail_memory(error);
    }
    response.body = padded.p;
    response.size = padded.size;
    rc = task->ops->response(task->ops->user, &task->task, &response, outcome, error);
    adsync__parsed_free(&response.parsed);
    if (rc >= 0) rc = answer->lost ? adsync__fail_memory(error) : adsync__outcome_check(outcome, error);
    adsync__buffer_free(&padded);
    return rc;
}

static void run_cells(adsync__json *json, const adsync_row *row)
{
    for (uint32_t i = 0; i < row->n; i++) {
        const adsync_value *v = &row->cells[i].value;
        adsync__json_key(json, adsync_column_name(row->cells[i].column));
        if (v->kind == ADSYNC_VALUE_INT)
            adsync__json_int(json, v->i);
        else if (v->kind == ADSYNC_VALUE_NULL)
            adsync__json_null(json);
        else if (adsync_column_shape(row->cells[i].column) == ADSYNC_SHAPE_JSON)
            adsync__json_raw(json, v->p, v->size);
        else
            adsync__json_text(json, v->p, v->size);
    }
}

static void run_rows(adsync__json *json, const adsync_outcome *outcome)
{
    adsync__json_key(json, "rows");
    adsync__json_open(json, '[');
    for (const adsync__out_row *row = outcome->rows; row; row = row->next) {
        adsync__json_open(json, '{');
        run_text(json, "table", row->table == ADSYNC_T_CONNECTIONS ? "accounts" : adsync_table_name(row->table));
        run_text(json, "kind", adsync_kind_name(row->kind));
        if (row->table == ADSYNC_T_METRICS) run_text(json, "level", adsync_kind_name(row->kind));
        run_cells(json, &row->row);
        adsync__json_close(json, '}');
    }
    adsync__json_close(json, ']');
}

/* A child is the parent's task but for what the connector changed; its secrets are not repeated. */
static void run_child(adsync__json *json, const wire_task *task, const adsync__out_child *child)
{
    static const struct {
        const char *name;
        uint32_t column;
    } changed[] = {
        { "from", ADSYNC_C_FROM_DAY }, { "to", ADSYNC_C_TO_DAY }, { "level", ADSYNC_C_LEVEL },   { "kind", ADSYNC_C_KIND },
        { "part", ADSYNC_C_PART },     { "ids", ADSYNC_C_IDS },   { "cursor", ADSYNC_C_CURSOR },
    };
    adsync__items items = adsync__node_items(task->root);
    adsync__node item;
    const adsync_value *v;

    adsync__json_open(json, '{');
    run_text(json, "key", child->key);
    for (size_t i = 0; i < ADSYNC__COUNT(changed); i++) {
        if (!(v = adsync__row_get(&child->row, changed[i].column))) continue;
        adsync__json_key(json, changed[i].name);
        if (changed[i].column == ADSYNC_C_LEVEL || changed[i].column == ADSYNC_C_KIND)
            adsync__json_text(json, adsync_kind_name((uint32_t)v->i), strlen(adsync_kind_name((uint32_t)v->i)));
        else if (v->kind == ADSYNC_VALUE_INT)
            adsync__json_int(json, v->i);
        else if (changed[i].column == ADSYNC_C_IDS)
            adsync__json_raw(json, v->p, v->size);
        else
            adsync__json_text(json, v->p, v->size);
    }
    while (adsync__items_next(&items, &item)) {
        bool skip = !strcmp(items.key, "secrets") || !strcmp(items.key, "cursor") || !strcmp(items.key, "key");
        for (size_t i = 0; i < ADSYNC__COUNT(changed); i++)
            skip = skip || (!strcmp(items.key, changed[i].name) && adsync__row_get(&child->row, changed[i].column));
        if (skip) continue;
        adsync__json_key(json, items.key);
        (void)adsync__json_node(json, item);
    }
    adsync__json_close(json, '}');
}

static void run_limit(adsync__json *json, const wire_task *task, const adsync__out_limit *limit)
{
    static const char *const scopes[] = { "none", "app", "grant", "member", "account", "org", "object" };
    const char *account = adsync_task_text(&task->task, "account_id");
    int64_t window_us = 0, until;
    char key[400];

    for (uint32_t i = 0; i < task->manifest.n_limits; i++)
        if (task->manifest.limits[i].scope == limit->scope && !strcmp(task->manifest.limits[i].name, limit->limit))
            window_us = task->manifest.limits[i].window.length_us;
    (void)snprintf(key, sizeof key, "%s/default/%s:%s/%s", task->platform, scopes[limit->scope <= ADSYNC_SCOPE_OBJECT ? limit->scope : 0],
                   limit->scope == ADSYNC_SCOPE_ACCOUNT && account ? account : "-", limit->limit);
    until = limit->reset_us ? limit->reset_us : adsync_task_int(&task->task, "now_us") + limit->value;
    adsync__json_open(json, '{');
    run_text(json, "key", key);
    run_int(json, "window_us", true, window_us);
    run_int(json, "used_percent", limit->reading == ADSYNC_READING_USED_PERCENT, limit->value);
    run_int(json, "remaining", limit->reading == ADSYNC_READING_REMAINING, limit->value);
    run_int(json, "reset_us", limit->reset_us > 0, limit->reset_us);
    run_int(json, "blocked_until_us", limit->reading == ADSYNC_READING_BLOCKED, until);
    run_int(json, "units", false, 0);
    adsync__json_close(json, '}');
}

static void run_lists(adsync__json *json, const wire_task *task, const adsync_outcome *outcome)
{
    adsync__json_key(json, "children");
    adsync__json_open(json, '[');
    for (const adsync__out_child *child = outcome->children; child; child = child->next) run_child(json, task, child);
    adsync__json_close(json, ']');
    adsync__json_key(json, "need");
    adsync__json_open(json, '[');
    if (outcome->way == ADSYNC__WAY_NEED && outcome->need) adsync__json_text(json, outcome->need, strlen(outcome->need));
    adsync__json_close(json, ']');
    run_rows(json, outcome);
    adsync__json_key(json, "items");
    adsync__json_raw(json, "[]", 2);
    adsync__json_key(json, "limits");
    adsync__json_open(json, '[');
    for (const adsync__out_limit *limit = outcome->limits; limit; limit = limit->next) run_limit(json, task, limit);
    adsync__json_close(json, ']');
    adsync__json_key(json, "facts");
    adsync__json_open(json, '{');
    for (const adsync__out_fact *fact = outcome->facts; fact; fact = fact->next) run_text(json, fact->name, fact->value);
    adsync__json_close(json, '}');
    adsync__json_key(json, "secrets");
    adsync__json_open(json, '[');
    for (const adsync__out_secret *secret = outcome->secrets; secret; secret = secret->next)
        adsync__json_text(json, secret->name, strlen(secret->name));
    adsync__json_close(json, ']');
    adsync__json_key(json, "warnings");
    adsync__json_open(json, '[');
    for (const adsync__out_warning *warning = outcome->warnings; warning; warning = warning->next) {
        adsync__json_open(json, '{');
        run_text(json, "code", warning->code);
        run_text(json, "message", warning->message);
        adsync__json_close(json, '}');
    }
    adsync__json_close(json, ']');
}

static void run_outcome(const wire_task *task, const adsync_outcome *outcome, adsync__buffer *out)
{
    static const char *const evidences[] = { NULL, "weak", "strong" };
    bool done = outcome->way == ADSYNC__WAY_DONE, failed = outcome->way == ADSYNC__WAY_FAIL;
    adsync__json json;
    char code[160];

    (void)snprintf(code, sizeof code, "%s.%s", task->platform, outcome->code ? outcome->code : adsync__refusal_name(outcome->refusal));
    adsync__json_begin(&json, out);
    adsync__json_open(&json, '{');
    run_text(&json, "outcome", adsync__way_name(outcome->way));
    run_bool(&json, "complete", done && outcome->complete);
    run_text(&json, "evidence", done && outcome->evidence <= ADSYNC_EVIDENCE_STRONG ? evidences[outcome->evidence] : NULL);
    run_text(&json, "cursor", outcome->cursor);
    run_int(&json, "delay_us", outcome->way == ADSYNC__WAY_WAIT, outcome->delay_us);
    run_text(&json, "class", failed ? adsync__refusal_name(outcome->refusal) : NULL);
    run_text(&json, "code", failed ? code : NULL);
    run_text(&json, "message", failed ? outcome->message : NULL);
    run_int(&json, "retry_after_us", failed && outcome->retry_after_us, outcome->retry_after_us);
    run_lists(&json, task, outcome);
    adsync__json_close(&json, '}');
}

adsync_status wire_response(wire_task *task, uint32_t status, const char *headers, const char *body, size_t size, adsync__buffer *out,
                            adsync_error **error)
{
    adsync_outcome outcome;
    adsync__arena answer = { 0 };
    adsync_error *words = NULL;
    adsync_status rc = wire_digest(task, status, headers, body, size, &outcome, &answer, &words);

    if (rc < 0) {
        rc = run_failed(rc, words, NULL, out);
    } else {
        run_outcome(task, &outcome, out);
        rc = out->failed;
    }
    if (rc < 0) (void)adsync__fail_memory(error);
    adsync__outcome_free(&outcome);
    adsync__arena_free(&answer);
    adsync_error_free(words);
    return rc;
}
