/* SPDX-License-Identifier: MIT */
/* Consent by OAuth 1.0a: a request token, the person's browser, an access token with its secret. It never ends by itself and cannot be
 * refreshed. There is no state: the request token comes back, so it is the state, and its secret waits sealed under the name "verifier".
 * The addresses of tokens answer in form encoding, whatever they call it. */
#include "x_int.h"

#include <stdio.h>

enum { AUTH_FIELD = 1000 };

static adsync_status auth_sign(adsync__call *call, const char *token_secret)
{
    const char *key, *nonce = adsync_task_text(call->task, "nonce");
    int64_t clock = adsync_task_int(call->task, "clock_us");
    adsync_status rc = adsync__task_needs(call->task, &x_platform, "client_id", &key, call->error);

    if (rc < 0) return rc;
    if (!nonce && (rc = adsync__task_needs(call->task, &x_platform, "random", &nonce, call->error)) < 0) return rc;
    adsync_request_oauth1(call->out, key, "client_secret", token_secret, nonce, clock ? clock : adsync_task_int(call->task, "now_us"));
    return ADSYNC_OK;
}

adsync_status x_sign(adsync__call *call)
{
    adsync_request_secret(call->out, ADSYNC_PLACE_OAUTH, "oauth_token", NULL, "access_token");
    return auth_sign(call, "token_secret");
}

adsync_status x_open(adsync__call *call, uint32_t effect, const char *method, const char *target)
{
    char path[ADSYNC__ID_MOST + 120];
    const char *version = adsync_task_text(call->task, "api_version"), *limit = x_limit_of(call->task, &call->at);

    if (!adsync__is_id(version)) return adsync__invalid(&x_platform, "api_version", "the API version is written 12", call->error);
    (void)snprintf(path, sizeof path, "/%.20s/%s", version, target);
    adsync_request_open(call->out, effect, method, "ads", path);
    if (limit) adsync_request_cost(call->out, limit, 1);
    return x_sign(call);
}

adsync_status x_open_account(adsync__call *call, uint32_t effect, const char *method, const char *before, const char *after)
{
    char target[ADSYNC__ID_MOST + 90];
    const char *id;
    adsync_status rc = adsync__account(&x_platform, call->task, &id, call->error);

    if (rc < 0) return rc;
    (void)snprintf(target, sizeof target, "%saccounts/%s%s", before, id, after);
    return x_open(call, effect, method, target);
}

/* A field of a body in form encoding; empty where it is not there. */
static const char *auth_field(adsync__answer *a, const char *name, adsync__buffer *out)
{
    size_t size;
    const char *body = adsync_response_body(a->in, &size);
    bool there;

    adsync__buffer_begin(out, AUTH_FIELD);
    there = adsync__url_find(body, size, name, out);
    if (out->failed == ADSYNC_E_MEMORY) a->failed = out->failed;
    return there && out->p && out->size && adsync__is_token(out->p, out->size, AUTH_FIELD) ? out->p : "";
}

static bool auth_secret(adsync__answer *a, const char *field, const char *name)
{
    adsync__buffer text;
    const char *value = auth_field(a, field, &text);
    bool there = *value;

    if (there) adsync_outcome_secret(a->out, name, value, strlen(value), -1);
    if (text.p) adsync__wipe(text.p, text.room);
    adsync__buffer_free(&text);
    return there;
}

/* ---- begin: the request token, then the dialog */

adsync_status x_begin_ask(adsync__call *call)
{
    const char *redirect;
    adsync_status rc;

    if (call->at.step == X_AT_DIALOG) {
        adsync_request_open(call->out, ADSYNC_EFFECT_READ, "GET", "api", "/oauth/authorize");
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "oauth_token", call->at.arg[0]);
        adsync_request_browser(call->out);
        return ADSYNC_OK;
    }
    if ((rc = adsync__task_needs(call->task, &x_platform, "redirect_uri", &redirect, call->error)) < 0) return rc;
    adsync_request_open(call->out, ADSYNC_EFFECT_SAME, "POST", "api", "/oauth/request_token");
    adsync_request_field(call->out, ADSYNC_PLACE_OAUTH, "oauth_callback", redirect);
    return auth_sign(call, NULL);
}

adsync_status x_begin_digest(adsync__answer *a)
{
    adsync__buffer token, confirmed;
    adsync_status rc = ADSYNC_OK;

    if (x_is_refused(a)) return adsync__refuse(a);
    (void)auth_field(a, "oauth_token", &token);
    if (strcmp(auth_field(a, "oauth_callback_confirmed", &confirmed), "true") || !token.size || token.size > ADSYNC__ID_MOST ||
        !adsync__is_token(token.p, token.size, ADSYNC__ID_MOST) || !auth_secret(a, "oauth_token_secret", "token_secret")) {
        rc = adsync__bad_shape(a, "no request token, or its callback was not confirmed");
    } else {
        adsync_outcome_fact(a->out, "state", token.p);
        adsync__next(a, &(adsync__place){ .step = X_AT_DIALOG, .arg = { token.p } });
    }
    adsync__buffer_free(&token);
    adsync__buffer_free(&confirmed);
    return rc;
}

/* ---- complete */

adsync_status x_complete_ask(adsync__call *call)
{
    static const adsync__part token[] = { { "oauth_token", ADSYNC__FROM_REDIRECT, NULL }, { 0 } };
    static const adsync__part verifier[] = { { "oauth_verifier", ADSYNC__FROM_REDIRECT, NULL }, { 0 } };
    adsync_status rc;

    adsync_request_open(call->out, ADSYNC_EFFECT_ONCE, "POST", "api", "/oauth/access_token");
    if ((rc = adsync__parts(call, ADSYNC_PLACE_OAUTH, token)) < 0) return rc;
    if ((rc = adsync__parts(call, ADSYNC_PLACE_FORM, verifier)) < 0) return rc;
    return auth_sign(call, "verifier");
}

adsync_status x_complete_digest(adsync__answer *a)
{
    adsync__buffer token, text;
    const char *id, *name;

    if (x_is_refused(a)) return adsync__refuse(a);
    if (!auth_secret(a, "oauth_token", "access_token") || !auth_secret(a, "oauth_token_secret", "token_secret"))
        return adsync__bad_shape(a, "no token");
    id = auth_field(a, "user_id", &text);
    if (*id) adsync_outcome_fact(a->out, "external_user", id);
    if (!*id) { /* a token begins with the person's number and a dash */
        (void)auth_field(a, "oauth_token", &token);
        size_t n = token.p ? strspn(token.p, "0123456789") : 0;
        if (n && token.p[n] == '-') {
            token.p[n] = 0;
            adsync_outcome_fact(a->out, "external_user", token.p);
        }
        if (token.p) adsync__wipe(token.p, token.room);
        adsync__buffer_free(&token);
    }
    adsync__buffer_free(&text);
    name = auth_field(a, "screen_name", &text);
    adsync__fact_text(a, "name", name);
    adsync__buffer_free(&text);
    return adsync__done(a);
}

/* ---- inspect, revoke: there is nothing to ask a token about but whether it reaches what it should */

adsync_status x_inspect_ask(adsync__call *call)
{
    adsync_status rc;

    if (adsync_task_text(call->task, "account_id"))
        return x_open_account(call, ADSYNC_EFFECT_READ, "GET", "", "/authenticated_user_access");
    if ((rc = x_open(call, ADSYNC_EFFECT_READ, "GET", "accounts")) >= 0) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "count", "1");
    return rc;
}

adsync_status x_inspect_digest(adsync__answer *a)
{
    adsync__node data = adsync__node_get(a->root, "data");
    adsync__items items = adsync__node_items(adsync__node_get(data, "permissions"));
    adsync__node item;
    adsync__buffer words;

    if (x_is_refused(a)) return adsync__refuse(a);
    if (adsync__is_empty(data)) return adsync__bad_shape(a, "nothing of what the token reaches");
    adsync__fact_node(a, "external_user", adsync__node_get(data, "user_id"));
    adsync__fact_text(a, "access_level", adsync_response_header(a->in, "x-access-level"));
    adsync__buffer_begin(&words, AUTH_FIELD);
    while (adsync__items_next(&items, &item)) adsync__words_add(&words, item);
    adsync__fact_words(a, "roles", &words);
    return adsync__done(a);
}

adsync_status x_revoke_ask(adsync__call *call)
{
    adsync_request_open(call->out, ADSYNC_EFFECT_SAME, "POST", "api", "/1.1/oauth/invalidate_token.json");
    return x_sign(call);
}

adsync_status x_revoke_digest(adsync__answer *a) { return x_is_refused(a) ? adsync__refuse(a) : adsync__done(a); }

/* ---- the app's own token: for webhooks only, the Ads API does not take it */

adsync_status x_app_ask(adsync__call *call)
{
    const char *key;
    adsync_status rc = adsync__task_needs(call->task, &x_platform, "client_id", &key, call->error);

    if (rc < 0) return rc;
    adsync_request_open(call->out, ADSYNC_EFFECT_SAME, "POST", "api", "/oauth2/token");
    adsync_request_basic(call->out, key, "client_secret");
    adsync_request_field(call->out, ADSYNC_PLACE_FORM, "grant_type", "client_credentials");
    return ADSYNC_OK;
}

adsync_status x_app_digest(adsync__answer *a)
{
    size_t size = 0;
    const char *token;

    if (x_is_refused(a)) return adsync__refuse(a);
    token = adsync__node_text(adsync__node_get(a->root, "access_token"), &size);
    if (!adsync__node_is(adsync__node_get(a->root, "token_type"), "bearer") || !token || !adsync__is_token(token, size, ADSYNC__TOKEN_MOST))
        return adsync__bad_shape(a, "no token");
    adsync_outcome_secret(a->out, "app_bearer", token, size, -1); /* as it is given: it is not decoded */
    return adsync__done(a);
}
