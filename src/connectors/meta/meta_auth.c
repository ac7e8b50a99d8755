/* SPDX-License-Identifier: MIT */
/* Consent: a dialog in the browser, a code for a short token, the short token for a long one, then what it is good for. There is no
 * refresh token: a token that still lives is exchanged for one with a fresh clock, and a dead one needs the person again. A person can
 * untick permissions, so what was granted is asked, never assumed. */
#include "meta_int.h"

/* ---- asking */

adsync_status meta_begin_ask(adsync__call *call)
{
    static const adsync__part dialog[] = {
        { "client_id", ADSYNC__FROM_TASK, NULL },
        { "redirect_uri", ADSYNC__FROM_TASK, NULL },
        { "state", ADSYNC__FROM_TASK, NULL },
        { "response_type", ADSYNC__FROM_WORDS, "code" },
        { 0 },
    };
    /* a configuration of the dashboard says what is asked for; Meta wants commas where everybody else has blanks */
    static const adsync__part asked[] = { { "config_id", ADSYNC__FROM_MAYBE, NULL }, { "auth_type", ADSYNC__FROM_MAYBE, NULL }, { 0 } };
    static const adsync__part scopes[] = { { "scope", ADSYNC__FROM_SCOPES, "," }, { "auth_type", ADSYNC__FROM_MAYBE, NULL }, { 0 } };
    const char *config = adsync_task_text(call->task, "config_id");
    adsync_status rc;

    if ((rc = meta_open(call, ADSYNC_EFFECT_READ, "GET", "dialog/oauth")) < 0) return rc;
    if ((rc = adsync__parts(call, ADSYNC_PLACE_QUERY, dialog)) < 0) return rc;
    if ((rc = adsync__parts(call, ADSYNC_PLACE_QUERY, config && *config ? asked : scopes)) < 0) return rc;
    adsync_request_browser(call->out);
    return ADSYNC_OK;
}

/* A call to the token address. */
static adsync_status auth_app(adsync__call *call, uint32_t effect, const adsync__part *more)
{
    static const adsync__part app[] = { { "client_id", ADSYNC__FROM_TASK, NULL }, { "client_secret", ADSYNC__FROM_SECRET, NULL }, { 0 } };
    adsync_status rc;

    if ((rc = meta_open(call, effect, "GET", "oauth/access_token")) < 0) return rc;
    adsync_request_cost(call->out, "platform", 1);
    if ((rc = adsync__parts(call, ADSYNC_PLACE_QUERY, app)) < 0) return rc;
    return adsync__parts(call, ADSYNC_PLACE_QUERY, more);
}

/* The code goes back exactly as it came, still encoded. */
static adsync_status auth_ask_code(adsync__call *call)
{
    static const adsync__part code[] = { { "redirect_uri", ADSYNC__FROM_TASK, NULL }, { "code", ADSYNC__FROM_REDIRECT, NULL }, { 0 } };

    return auth_app(call, ADSYNC_EFFECT_ONCE, code);
}

adsync_status meta_exchange_ask(adsync__call *call)
{
    static const adsync__part person[] = {
        { "grant_type", ADSYNC__FROM_WORDS, "fb_exchange_token" },
        { "fb_exchange_token", ADSYNC__FROM_SECRET, "access_token" },
        { 0 },
    };
    static const adsync__part machine[] = {
        { "grant_type", ADSYNC__FROM_WORDS, "fb_exchange_token" },
        { "set_token_expires_in_60_days", ADSYNC__FROM_WORDS, "true" },
        { "fb_exchange_token", ADSYNC__FROM_SECRET, "access_token" },
        { 0 },
    };
    const char *type = adsync_task_fact(call->task, "token_type");

    return auth_app(call, ADSYNC_EFFECT_SAME, type && !strcmp(type, "SYSTEM_USER") ? machine : person);
}

adsync_status meta_app_token_ask(adsync__call *call)
{
    static const adsync__part app[] = { { "grant_type", ADSYNC__FROM_WORDS, "client_credentials" }, { 0 } };

    return auth_app(call, ADSYNC_EFFECT_SAME, app);
}

/* The app's own token is its id and secret; without them a token may still ask about itself. */
adsync_status meta_inspect_ask(adsync__call *call)
{
    const char *client_id = adsync_task_text(call->task, "client_id");
    adsync_status rc = meta_open(call, ADSYNC_EFFECT_READ, "GET", "debug_token");

    if (rc < 0) return rc;
    adsync_request_secret(call->out, ADSYNC_PLACE_QUERY, "input_token", NULL, "access_token");
    if (!client_id || !adsync_task_has_secret(call->task, "client_secret")) {
        meta_token(call, ADSYNC_PLACE_QUERY, "access_token");
        return ADSYNC_OK;
    }
    adsync__buffer_text(&call->text, "Bearer ");
    adsync__buffer_text(&call->text, client_id);
    adsync__buffer_char(&call->text, '|');
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Authorization", call->text.p, "client_secret");
    adsync_request_cost(call->out, "platform", 1);
    return ADSYNC_OK;
}

static adsync_status auth_ask_me(adsync__call *call, const char *target, const char *name, const char *value)
{
    adsync_status rc = meta_open(call, ADSYNC_EFFECT_READ, "GET", target);

    if (rc < 0) return rc;
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, name, value);
    meta_token(call, ADSYNC_PLACE_QUERY, "access_token");
    return ADSYNC_OK;
}

adsync_status meta_revoke_ask(adsync__call *call)
{
    const char *user = adsync_task_fact(call->task, "external_user");
    adsync_status rc;

    if (!user) user = adsync_task_text(call->task, "external_user");
    adsync__buffer_text(&call->target, adsync__is_id(user) ? user : "me");
    adsync__buffer_text(&call->target, "/permissions");
    if ((rc = meta_open(call, ADSYNC_EFFECT_SAME, "DELETE", call->target.p)) >= 0) meta_token(call, ADSYNC_PLACE_QUERY, "access_token");
    return rc;
}

adsync_status meta_complete_ask(adsync__call *call)
{
    switch (call->at.step) {
    case META_AT_LONG:
        return meta_exchange_ask(call);
    case META_AT_INSPECT:
        return meta_inspect_ask(call);
    case META_AT_RIGHTS:
        return auth_ask_me(call, "me/permissions", "limit", "100");
    case META_AT_NAME:
        return auth_ask_me(call, "me", "fields", "id,name");
    default:
        return auth_ask_code(call);
    }
}

/* ---- answers */

static adsync_status auth_next(adsync__answer *a, uint32_t step)
{
    adsync__next(a, &(adsync__place){ .step = step });
    return ADSYNC_OK;
}

/* Of a refresh or of the app: {"access_token":"..","token_type":"bearer","expires_in":5183944} */
adsync_status meta_token_digest(adsync__answer *a)
{
    adsync_status rc;

    if (meta_is_refused(a)) return adsync__refuse(a);
    rc = adsync__tokens(a, a->root, adsync_task_op(a->task) == ADSYNC_TASK_AUTH_REFRESH ? "access_token" : "app_bearer");
    return rc < 0 ? rc : adsync__done(a);
}

adsync_status meta_revoke_digest(adsync__answer *a)
{
    if (meta_is_refused(a))
        return a->refused.refusal == ADSYNC_CLASS_AUTH_REVOKED ? adsync__done(a) : adsync__refuse(a); /* given back already */
    if (!adsync__node_true(a->root) && !adsync__node_true(adsync__node_get(a->root, "success")))
        return adsync__bad_shape(a, "no word of success");
    return adsync__done(a);
}

static void auth_fact_time(adsync__answer *a, const char *name, adsync__node node, bool zero_is_never)
{
    int64_t seconds;

    if (!adsync__node_int(node, &seconds) || seconds < 0 || seconds > ADSYNC__TIME_LAST_US / ADSYNC__SECOND_US) return;
    if (seconds || zero_is_never) adsync__fact_us(a, name, seconds ? seconds * ADSYNC__SECOND_US : -1);
}

/* Which assets a scope is limited to; one that is not named reaches all. */
static void auth_fact_granular(adsync__answer *a, adsync__node scopes)
{
    adsync__buffer text;
    adsync__json json;

    if (adsync__node_kind(scopes) != ADSYNC__NODE_ARRAY) return;
    adsync__buffer_begin(&text, 64 * 1024);
    adsync__json_begin(&json, &text);
    if (adsync__json_node(&json, scopes) >= 0 || text.failed == ADSYNC_E_MEMORY)
        adsync__fact_words(a, "granular_scopes", &text);
    else
        adsync__buffer_free(&text);
}

enum { DEBUG_VALID = 0, DEBUG_ERROR, DEBUG_TYPE, DEBUG_USER, DEBUG_EXPIRES, DEBUG_DATA, DEBUG_SCOPES, DEBUG_GRANULAR, DEBUG_N };

/* A dead token is reported inside of an answer that went well. False: an outcome was given. */
static bool auth_inspect(adsync__answer *a, adsync_status *rc)
{
    static const char *const names[DEBUG_N] = { "is_valid", "error",          "type", "user_id", "expires_at", "data_access_expires_at",
                                                "scopes",   "granular_scopes" };
    adsync__node f[DEBUG_N];

    *rc = ADSYNC_OK;
    if (!adsync__node_fields(adsync__node_get(a->root, "data"), names, DEBUG_N, f) ||
        adsync__node_kind(f[DEBUG_VALID]) != ADSYNC__NODE_BOOL) {
        *rc = adsync__bad_shape(a, "nothing about the token");
        return false;
    }
    if (!adsync__node_true(f[DEBUG_VALID])) {
        a->refused = (adsync__refusal){ .refusal = ADSYNC_CLASS_AUTH_EXPIRED, .name = "190", .message = "the token is not valid any more" };
        if (adsync__node_kind(f[DEBUG_ERROR]) == ADSYNC__NODE_OBJECT) meta_classify(a, f[DEBUG_ERROR]);
        adsync__refuse(a);
        return false;
    }
    adsync__fact_node(a, "external_user", f[DEBUG_USER]);
    adsync__fact_node(a, "token_type", f[DEBUG_TYPE]);
    auth_fact_time(a, "access_expires_us", f[DEBUG_EXPIRES], true);
    auth_fact_time(a, "data_expires_us", f[DEBUG_DATA], false);
    adsync__fact_scopes(a, f[DEBUG_SCOPES]);
    auth_fact_granular(a, f[DEBUG_GRANULAR]);
    return true;
}

adsync_status meta_inspect_digest(adsync__answer *a)
{
    adsync_status rc = ADSYNC_OK;

    if (meta_is_refused(a)) return adsync__refuse(a);
    return auth_inspect(a, &rc) ? adsync__done(a) : rc;
}

/* {"data":[{"permission":"ads_read","status":"granted"},..]} */
static adsync_status auth_rights(adsync__answer *a)
{
    adsync__node list = adsync__node_get(a->root, "data"), item;
    adsync__items items = adsync__node_items(list);
    adsync__buffer words;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of permissions");
    adsync__buffer_begin(&words, 4000);
    while (adsync__items_next(&items, &item))
        if (adsync__node_is(adsync__node_get(item, "status"), "granted")) adsync__words_add(&words, adsync__node_get(item, "permission"));
    adsync__fact_words(a, "scopes", &words);
    return ADSYNC_OK;
}

/* A token that cannot be made longer (a system user's) is good as it is, and a missing name stops nobody. */
static adsync_status auth_goes_on(adsync__answer *a)
{
    uint32_t refusal = a->refused.refusal;

    if (a->at.step == META_AT_LONG && (refusal == ADSYNC_CLASS_INVALID || refusal == ADSYNC_CLASS_UNSUPPORTED)) {
        adsync_outcome_warning(a->out, "long_lived", "Meta did not exchange the token for a long-lived one");
        return auth_next(a, META_AT_INSPECT);
    }
    if (a->at.step != META_AT_NAME || refusal == ADSYNC_CLASS_TRANSIENT || refusal == ADSYNC_CLASS_THROTTLED) return adsync__refuse(a);
    return adsync__done(a);
}

adsync_status meta_complete_digest(adsync__answer *a)
{
    adsync_status rc = ADSYNC_OK;

    if (meta_is_refused(a)) return auth_goes_on(a);
    switch (a->at.step) {
    case META_AT_INSPECT:
        return auth_inspect(a, &rc) ? auth_next(a, META_AT_RIGHTS) : rc;
    case META_AT_RIGHTS:
        return (rc = auth_rights(a)) < 0 ? rc : auth_next(a, META_AT_NAME);
    case META_AT_NAME:
        adsync__fact_node(a, "name", adsync__node_get(a->root, "name"));
        return adsync__done(a);
    default:
        rc = adsync__tokens(a, a->root, "access_token");
        return rc < 0 ? rc : auth_next(a, a->at.step == META_AT_LONG ? META_AT_INSPECT : META_AT_LONG);
    }
}
