/* SPDX-License-Identifier: MIT */
/* Consent: a dialog in the browser, a code for a short token, the short token for a long one, then what it is good for. There is no
 * refresh token: a token that still lives is exchanged for one with a fresh clock, and a dead one needs the person again. A person can
 * untick permissions, so what was granted is asked, never assumed. */
#include "meta_int.h"

#include <stdio.h>

enum { AUTH_TOKEN = 16 * 1024 };

/* ---- asking */

static adsync_status auth_needs(const adsync_task *task, const char *name, const char **out, adsync_error **error)
{
    if ((*out = adsync_task_text(task, name)) && **out) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_INVALID, "meta.auth", "connecting Meta needs the %s", name);
}

/* Meta wants commas where everybody else has blanks. */
static void auth_scopes(const char *scopes, adsync__buffer *out)
{
    for (const char *at = scopes + strspn(scopes, " ,"); *at; at += strspn(at, " ,")) {
        size_t n = strcspn(at, " ,");
        if (out->size) adsync__buffer_char(out, ',');
        adsync__buffer_add(out, at, n);
        at += n;
    }
}

adsync_status meta_auth_begin(meta_call *call, adsync_request *out, adsync_error **error)
{
    static const char *const needed[] = { "client_id", "redirect_uri", "state" };
    const char *config = adsync_task_text(call->task, "config_id"), *scopes = adsync_task_text(call->task, "scopes"), *text;
    adsync_status rc;

    if ((rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", "dialog/oauth", error)) < 0) return rc;
    for (size_t i = 0; i < ADSYNC__COUNT(needed); i++) {
        if ((rc = auth_needs(call->task, needed[i], &text, error)) < 0) return rc;
        adsync_request_field(out, ADSYNC_PLACE_QUERY, needed[i], text);
    }
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "response_type", "code");
    if (config && *config) { /* a configuration of the dashboard says what is asked for */
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "config_id", config);
    } else {
        auth_scopes(scopes && *scopes ? scopes : meta_scopes, &call->text);
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "scope", call->text.p);
    }
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "auth_type", adsync_task_text(call->task, "auth_type"));
    adsync_request_browser(out);
    return ADSYNC_OK;
}

/* What every call to the token address has. */
static adsync_status auth_app(meta_call *call, adsync_request *out, uint32_t effect, adsync_error **error)
{
    const char *client_id;
    adsync_status rc;

    if ((rc = auth_needs(call->task, "client_id", &client_id, error)) < 0) return rc;
    if ((rc = meta_open(call->task, out, effect, "GET", "oauth/access_token", error)) < 0) return rc;
    adsync_request_cost(out, "platform", 1);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "client_id", client_id);
    adsync_request_secret(out, ADSYNC_PLACE_QUERY, "client_secret", NULL, "client_secret");
    return ADSYNC_OK;
}

static adsync_status auth_denied(const char *query, size_t size, adsync_error **error)
{
    const char *raw = NULL;
    adsync__buffer text;
    size_t n = 0;

    adsync__buffer_begin(&text, 400);
    if (!meta_query_find(query, size, "error_description", &raw, &n)) (void)meta_query_find(query, size, "error_reason", &raw, &n);
    if (!raw) (void)meta_query_find(query, size, "error", &raw, &n);
    if (raw && n <= 300) (void)meta_decode(&text, raw, n);
    if (text.p) meta_scrub(text.p);
    (void)adsync__fail(error, ADSYNC_E_REJECTED, "meta.denied", "the person did not agree at Meta: %s",
                       text.p && *text.p ? text.p : "no reason given");
    adsync__buffer_free(&text);
    return ADSYNC_E_REJECTED;
}

/* The code goes back exactly as it came, still encoded. */
static adsync_status auth_ask_code(meta_call *call, adsync_request *out, adsync_error **error)
{
    const char *query, *redirect, *raw;
    size_t n;
    adsync_status rc;

    if ((rc = auth_needs(call->task, "query", &query, error)) < 0) return rc;
    if (*query == '?') query++;
    if (meta_query_find(query, strlen(query), "error", &raw, &n)) return auth_denied(query, strlen(query), error);
    if (!meta_query_find(query, strlen(query), "code", &raw, &n) || !meta_is_token(raw, n, AUTH_TOKEN))
        return adsync__fail(error, ADSYNC_E_INVALID, "meta.code", "the redirect from Meta brought no code");
    if ((rc = auth_needs(call->task, "redirect_uri", &redirect, error)) < 0) return rc;
    if ((rc = auth_app(call, out, ADSYNC_EFFECT_ONCE, error)) < 0) return rc;
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "redirect_uri", redirect);
    adsync__buffer_add(&call->text, raw, n);
    adsync_request_query_raw(out, "code", call->text.p);
    return ADSYNC_OK;
}

static adsync_status auth_ask_exchange(meta_call *call, adsync_request *out, adsync_error **error)
{
    const char *type = adsync_task_fact(call->task, "token_type");
    adsync_status rc = auth_app(call, out, ADSYNC_EFFECT_SAME, error);

    if (rc < 0) return rc;
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "grant_type", "fb_exchange_token");
    if (type && !strcmp(type, "SYSTEM_USER")) adsync_request_field(out, ADSYNC_PLACE_QUERY, "set_token_expires_in_60_days", "true");
    adsync_request_secret(out, ADSYNC_PLACE_QUERY, "fb_exchange_token", NULL, "access_token");
    return ADSYNC_OK;
}

/* The app's own token is its id and secret; without them a token may still ask about itself. */
static adsync_status auth_ask_inspect(meta_call *call, adsync_request *out, adsync_error **error)
{
    const char *client_id = adsync_task_text(call->task, "client_id");
    adsync_status rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", "debug_token", error);

    if (rc < 0) return rc;
    adsync_request_secret(out, ADSYNC_PLACE_QUERY, "input_token", NULL, "access_token");
    if (!client_id || !adsync_task_has_secret(call->task, "client_secret")) {
        meta_token(call->task, out, ADSYNC_PLACE_QUERY, "access_token");
        return ADSYNC_OK;
    }
    adsync__buffer_text(&call->text, "Bearer ");
    adsync__buffer_text(&call->text, client_id);
    adsync__buffer_char(&call->text, '|');
    adsync_request_secret(out, ADSYNC_PLACE_HEADER, "Authorization", call->text.p, "client_secret");
    adsync_request_cost(out, "platform", 1);
    return ADSYNC_OK;
}

static adsync_status auth_ask_me(meta_call *call, adsync_request *out, const char *target, adsync_error **error)
{
    adsync_status rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", target, error);

    if (rc < 0) return rc;
    if (strcmp(target, "me"))
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "limit", "100");
    else
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "fields", "id,name");
    meta_token(call->task, out, ADSYNC_PLACE_QUERY, "access_token");
    return ADSYNC_OK;
}

static adsync_status auth_ask_revoke(meta_call *call, adsync_request *out, adsync_error **error)
{
    const char *user = adsync_task_fact(call->task, "external_user");
    adsync_status rc;

    if (!user) user = adsync_task_text(call->task, "external_user");
    adsync__buffer_text(&call->target, meta_is_id(user) ? user : "me");
    adsync__buffer_text(&call->target, "/permissions");
    if (call->target.failed) return adsync__fail_memory(error);
    if ((rc = meta_open(call->task, out, ADSYNC_EFFECT_SAME, "DELETE", call->target.p, error)) < 0) return rc;
    meta_token(call->task, out, ADSYNC_PLACE_QUERY, "access_token");
    return ADSYNC_OK;
}

static adsync_status auth_ask_app_token(meta_call *call, adsync_request *out, adsync_error **error)
{
    adsync_status rc = auth_app(call, out, ADSYNC_EFFECT_SAME, error);

    if (rc >= 0) adsync_request_field(out, ADSYNC_PLACE_QUERY, "grant_type", "client_credentials");
    return rc;
}

adsync_status meta_auth_ask(meta_call *call, adsync_request *out, adsync_error **error)
{
    switch (adsync_task_op(call->task)) {
    case ADSYNC_TASK_AUTH_REFRESH:
        return auth_ask_exchange(call, out, error);
    case ADSYNC_TASK_AUTH_INSPECT:
        return auth_ask_inspect(call, out, error);
    case ADSYNC_TASK_AUTH_REVOKE:
        return auth_ask_revoke(call, out, error);
    case ADSYNC_TASK_AUTH_APP_TOKEN:
        return auth_ask_app_token(call, out, error);
    default:
        break;
    }
    switch (call->at.step) {
    case META_AT_LONG:
        return auth_ask_exchange(call, out, error);
    case META_AT_INSPECT:
        return auth_ask_inspect(call, out, error);
    case META_AT_RIGHTS:
        return auth_ask_me(call, out, "me/permissions", error);
    case META_AT_NAME:
        return auth_ask_me(call, out, "me", error);
    default:
        return auth_ask_code(call, out, error);
    }
}

/* ---- answers */

static void auth_done(meta_answer *a) { adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_STRONG); }
static void auth_next(meta_answer *a, uint32_t step) { meta_go(a, META_NEXT, step, 0, 0, 0, NULL, 0, 0); }

/* {"access_token":"..","token_type":"bearer","expires_in":5183944}; without expires_in its end is not known, which is not "at once". */
static adsync_status auth_token(meta_answer *a, const char *name)
{
    static const char *const names[] = { "access_token", "expires_in" };
    adsync__node f[2];
    size_t size;
    int64_t seconds, expires_us = 0;
    const char *token;

    if (!adsync__node_fields(a->root, names, 2, f) || !(token = adsync__node_text(f[0], &size)) || !meta_is_token(token, size, AUTH_TOKEN))
        return meta_bad_shape(a, "no token");
    if (adsync__node_int(f[1], &seconds) && seconds > 0 && seconds < INT64_C(10000000000))
        expires_us = a->now_us + seconds * ADSYNC__SECOND_US;
    adsync_outcome_secret(a->out, name, token, size, expires_us);
    return ADSYNC_OK;
}

static void auth_fact_time(meta_answer *a, const char *name, adsync__node node, bool zero_is_never)
{
    char text[24];
    int64_t seconds;

    if (!adsync__node_int(node, &seconds) || seconds < 0 || seconds > ADSYNC__TIME_LAST_US / ADSYNC__SECOND_US) return;
    if (!seconds && !zero_is_never) return;
    (void)snprintf(text, sizeof text, "%lld", (long long)(seconds ? seconds * ADSYNC__SECOND_US : -1));
    adsync_outcome_fact(a->out, name, text);
}

static void auth_word(adsync__buffer *out, adsync__node node)
{
    size_t size;
    const char *text = adsync__node_text(node, &size);

    if (!text || !meta_is_token(text, size, 200)) return;
    if (out->size) adsync__buffer_char(out, ' ');
    adsync__buffer_add(out, text, size);
}

static void auth_fact_words(meta_answer *a, const char *name, adsync__buffer *words)
{
    if (words->failed == ADSYNC_E_MEMORY)
        a->failed = words->failed;
    else if (words->size)
        adsync_outcome_fact(a->out, name, words->p);
    adsync__buffer_free(words);
}

static void auth_fact_scopes(meta_answer *a, adsync__node scopes)
{
    adsync__items items = adsync__node_items(scopes);
    adsync__node item;
    adsync__buffer words;

    adsync__buffer_begin(&words, 4000);
    while (adsync__items_next(&items, &item)) auth_word(&words, item);
    auth_fact_words(a, "scopes", &words);
}

/* Which assets a scope is limited to; one that is not named reaches all. */
static void auth_fact_granular(meta_answer *a, adsync__node scopes)
{
    adsync__buffer text;
    adsync__json json;

    if (adsync__node_kind(scopes) != ADSYNC__NODE_ARRAY) return;
    adsync__buffer_begin(&text, 64 * 1024);
    adsync__json_begin(&json, &text);
    if (adsync__json_node(&json, scopes) >= 0 || text.failed == ADSYNC_E_MEMORY)
        auth_fact_words(a, "granular_scopes", &text);
    else
        adsync__buffer_free(&text);
}

enum { DEBUG_VALID = 0, DEBUG_ERROR, DEBUG_TYPE, DEBUG_USER, DEBUG_EXPIRES, DEBUG_DATA, DEBUG_SCOPES, DEBUG_GRANULAR, DEBUG_N };

/* A dead token is reported inside of an answer that went well. False: an outcome was given. */
static bool auth_inspect(meta_answer *a, adsync_status *rc)
{
    static const char *const names[DEBUG_N] = { "is_valid", "error",          "type", "user_id", "expires_at", "data_access_expires_at",
                                                "scopes",   "granular_scopes" };
    adsync__node f[DEBUG_N];
    adsync__digits room;
    size_t size;
    const char *text;

    *rc = ADSYNC_OK;
    if (!adsync__node_fields(adsync__node_get(a->root, "data"), names, DEBUG_N, f) ||
        adsync__node_kind(f[DEBUG_VALID]) != ADSYNC__NODE_BOOL) {
        *rc = meta_bad_shape(a, "nothing about the token");
        return false;
    }
    if (!adsync__node_true(f[DEBUG_VALID])) {
        a->refused = (meta_refusal){ .refusal = ADSYNC_CLASS_AUTH_EXPIRED, .name = "190", .message = "the token is not valid any more" };
        if (adsync__node_kind(f[DEBUG_ERROR]) == ADSYNC__NODE_OBJECT) meta_classify(a, f[DEBUG_ERROR]);
        meta_refuse(a);
        return false;
    }
    if ((text = adsync__node_digits(f[DEBUG_USER], &room, &size)) && size) adsync_outcome_fact(a->out, "external_user", text);
    if ((text = adsync__node_text(f[DEBUG_TYPE], &size))) adsync_outcome_fact(a->out, "token_type", text);
    auth_fact_time(a, "access_expires_us", f[DEBUG_EXPIRES], true);
    auth_fact_time(a, "data_expires_us", f[DEBUG_DATA], false);
    auth_fact_scopes(a, f[DEBUG_SCOPES]);
    auth_fact_granular(a, f[DEBUG_GRANULAR]);
    return true;
}

/* {"data":[{"permission":"ads_read","status":"granted"},..]} */
static adsync_status auth_rights(meta_answer *a)
{
    adsync__node list = adsync__node_get(a->root, "data"), item;
    adsync__items items = adsync__node_items(list);
    adsync__buffer words;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return meta_bad_shape(a, "no list of permissions");
    adsync__buffer_begin(&words, 4000);
    while (adsync__items_next(&items, &item))
        if (adsync__node_is(adsync__node_get(item, "status"), "granted")) auth_word(&words, adsync__node_get(item, "permission"));
    auth_fact_words(a, "scopes", &words);
    return ADSYNC_OK;
}

static adsync_status auth_complete(meta_answer *a)
{
    adsync_status rc = ADSYNC_OK;

    switch (a->at.step) {
    case META_AT_INSPECT:
        if (auth_inspect(a, &rc)) auth_next(a, META_AT_RIGHTS);
        return rc;
    case META_AT_RIGHTS:
        if ((rc = auth_rights(a)) >= 0) auth_next(a, META_AT_NAME);
        return rc;
    case META_AT_NAME:
        if (adsync__node_text(adsync__node_get(a->root, "name"), NULL))
            adsync_outcome_fact(a->out, "name", adsync__node_text(adsync__node_get(a->root, "name"), NULL));
        auth_done(a);
        return ADSYNC_OK;
    default:
        if ((rc = auth_token(a, "access_token")) >= 0) auth_next(a, a->at.step == META_AT_LONG ? META_AT_INSPECT : META_AT_LONG);
        return rc;
    }
}

/* A token that cannot be made longer (a system user's) is good as it is, and a missing name stops nobody. */
static bool auth_goes_on(meta_answer *a)
{
    uint32_t refusal = a->refused.refusal;

    if (adsync_task_op(a->task) == ADSYNC_TASK_AUTH_REVOKE && refusal == ADSYNC_CLASS_AUTH_REVOKED) {
        auth_done(a); /* it was given back already */
        return true;
    }
    if (a->at.step == META_AT_LONG && (refusal == ADSYNC_CLASS_INVALID || refusal == ADSYNC_CLASS_UNSUPPORTED)) {
        adsync_outcome_warning(a->out, "long_lived", "Meta did not exchange the token for a long-lived one");
        auth_next(a, META_AT_INSPECT);
        return true;
    }
    if (a->at.step != META_AT_NAME || refusal == ADSYNC_CLASS_TRANSIENT || refusal == ADSYNC_CLASS_THROTTLED) return false;
    auth_done(a);
    return true;
}

adsync_status meta_auth_digest(meta_answer *a)
{
    uint32_t op = adsync_task_op(a->task);
    adsync_status rc = ADSYNC_OK;

    if (meta_is_refused(a)) {
        if (!auth_goes_on(a)) meta_refuse(a);
        return ADSYNC_OK;
    }
    if (op == ADSYNC_TASK_AUTH_COMPLETE) return auth_complete(a);
    if (op == ADSYNC_TASK_AUTH_INSPECT) {
        if (auth_inspect(a, &rc)) auth_done(a);
        return rc;
    }
    if (op == ADSYNC_TASK_AUTH_REVOKE) {
        if (!adsync__node_true(a->root) && !adsync__node_true(adsync__node_get(a->root, "success")))
            return meta_bad_shape(a, "no word of success");
    } else if ((rc = auth_token(a, op == ADSYNC_TASK_AUTH_REFRESH ? "access_token" : "app_bearer")) < 0) {
        return rc;
    }
    auth_done(a);
    return ADSYNC_OK;
}
