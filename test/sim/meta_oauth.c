/* SPDX-License-Identifier: MIT */
/* Tokens from codes and from tokens, what a token is, permissions, the end of them. */
#include "meta.h"

#include <stdlib.h>

static const sim_app *oauth_client(meta_call *call)
{
    const char *id = meta_param(call, "client_id"), *secret = meta_param(call, "client_secret");
    const sim_app *app = id ? sim_app_get(meta_site(call->sim), strtoll(id, NULL, 10)) : NULL;

    if (!app) {
        meta_fail(call, &(meta_error){ .code = 101,
                                       .message = "Error validating application. Cannot get application info due to a system error." });
        return NULL;
    }
    if (secret && !strcmp(secret, app->secret)) return app;
    meta_fail(call, &(meta_error){ .code = 1, .message = "Error validating client secret." });
    return NULL;
}

static void oauth_answer(meta_call *call, sim_token *token)
{
    sim_text *out = &call->answer->body;

    sim_putc(out, '{');
    sim_json_pair(out, "access_token", sim_token_make(meta_site(call->sim), call->request->arena, token));
    sim_json_pair(out, "token_type", "bearer");
    if (token->expires) sim_json_pair_int(out, "expires_in", token->expires - sim_now(call->sim));
    sim_putc(out, '}');
}

static void oauth_code_wrong(meta_call *call, int subcode, const char *text)
{
    meta_fail(call, &(meta_error){ .code = 100, .subcode = subcode, .message = text });
}

static void oauth_from_code(meta_call *call, const sim_app *app)
{
    const char *text = meta_param(call, "code"), *uri = meta_param(call, "redirect_uri");
    sim_token code, token = { .kind = META_TOKEN_USER, .app = app->number };

    if (!meta_token_read(call->sim, text, &code) || code.kind != META_TOKEN_CODE || code.app != app->number) {
        oauth_code_wrong(call, 0, "Invalid verification code format.");
        return;
    }
    if (!uri || (sim_hash_bytes(0, uri, strlen(uri)) & 0xffffffff) != code.extra >> 32) {
        oauth_code_wrong(call, 36008,
                         "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the "
                         "OAuth dialog request");
        return;
    }
    if (sim_now(call->sim) >= code.expires) {
        oauth_code_wrong(call, 36007, "This authorization code has expired.");
        return;
    }
    if (!sim_code_spend(meta_site(call->sim), code.serial)) {
        oauth_code_wrong(call, 36009, "This authorization code has been used.");
        return;
    }
    token.user = code.user;
    token.extra = code.extra & 0xffffffff;
    token.expires = sim_now(call->sim) + call->sim->options.short_life;
    oauth_answer(call, &token);
}

static void oauth_from_token(meta_call *call, const sim_app *app)
{
    const char *text = meta_param(call, "fb_exchange_token");
    sim_token token;

    if (!text || !meta_token_read(call->sim, text, &token) || token.kind != META_TOKEN_USER) {
        meta_fail(call, &(meta_error){ .code = 190, .message = "Invalid OAuth access token - Cannot parse access token" });
        return;
    }
    call->token = token;
    if (token.died) {
        (void)meta_fail_token(call, token.died);
        return;
    }
    if (token.app != app->number) {
        oauth_code_wrong(call, 0, "The access token does not belong to application.");
        return;
    }
    token.is_long = true;
    token.expires = sim_now(call->sim) + call->sim->options.long_life;
    oauth_answer(call, &token);
}

static void oauth_access_token(meta_call *call)
{
    const char *grant = meta_param(call, "grant_type");
    const sim_app *app = oauth_client(call);
    sim_text *out = &call->answer->body;

    if (!app) return;
    if (grant && !strcmp(grant, "fb_exchange_token")) {
        oauth_from_token(call, app);
        return;
    }
    if (grant && !strcmp(grant, "client_credentials")) {
        sim_puts(out, "{\"access_token\":\"");
        sim_printf(out, "%lld|%s\",\"token_type\":\"bearer\"}", (long long)app->number, app->secret);
        return;
    }
    if (meta_param(call, "code"))
        oauth_from_code(call, app);
    else
        oauth_code_wrong(call, 0, "Missing redirect_uri or code parameter.");
}

/* {"success":"true"}: this one says it as text */
static void oauth_revoke(meta_call *call)
{
    const char *text = meta_param(call, "revoke_token");
    const sim_app *app = oauth_client(call);
    sim_token token;

    if (!app) return;
    if (!text || !meta_token_read(call->sim, text, &token) || token.app != app->number) {
        (void)meta_fail_param(call, "(#100) revoke_token is not a token of this app");
        return;
    }
    sim_token_kill(meta_site(call->sim), token.serial, 458);
    sim_puts(&call->answer->body, "{\"success\":\"true\"}");
}

static void oauth_granular(const meta_call *call, sim_text *out, const sim_grant *grant)
{
    sim_json_key(out, "granular_scopes");
    sim_json_open(out, '[');
    for (size_t i = 1; sim_meta.scopes[i]; i++) {
        if (!(grant->granted & 1u << i)) continue;
        sim_json_open(out, '{');
        sim_json_pair(out, "scope", sim_meta.scopes[i]);
        if (grant->only_some && !strncmp(sim_meta.scopes[i], "ads_", 4)) {
            sim_json_key(out, "target_ids");
            sim_json_open(out, '[');
            for (size_t k = 0; k < grant->chosen_count; k++) {
                sim_comma(out);
                sim_printf(out, "\"%lld\"", (long long)meta_account_id(grant->chosen[k]));
            }
            sim_putc(out, ']');
        }
        sim_putc(out, '}');
    }
    sim_putc(out, ']');
    (void)call;
}

static void oauth_debug_person(meta_call *call, sim_text *out, const sim_token *token, const sim_grant *grant)
{
    sim_json_pair_int(out, "data_access_expires_at", grant->consented + call->sim->options.data_life);
    sim_json_pair_int(out, "expires_at", token->expires);
    sim_json_pair_bool(out, "is_valid", !token->died);
    sim_json_pair_int(out, "issued_at", token->issued);
    sim_json_key(out, "metadata");
    sim_puts(out, "{}");
    if (token->kind == META_TOKEN_PAGE) sim_json_id(out, "profile_id", meta_page_id(token->page));
    sim_json_key(out, "scopes");
    sim_json_open(out, '[');
    for (size_t i = 0; sim_meta.scopes[i]; i++) {
        if (grant->granted & 1u << i) sim_json_string(out, sim_meta.scopes[i]);
    }
    sim_putc(out, ']');
    oauth_granular(call, out, grant);
    /* ids come as text or as numbers, nobody says when */
    if (token->serial % 2)
        sim_json_id(out, "user_id", meta_user_id(token->user));
    else
        sim_json_pair_int(out, "user_id", meta_user_id(token->user));
}

static void oauth_debug_dead(meta_call *call, sim_text *out, const sim_token *token)
{
    meta_call inner = *call;
    const sim_json *error;
    sim_answer answer = { .body.ascii = true };

    inner.answer = &answer;
    inner.token = *token;
    (void)meta_fail_token(&inner, token->died);
    error = sim_json_get(sim_json_parse(call->request->arena, answer.body.p, answer.body.size), "error");
    sim_json_key(out, "error");
    sim_json_open(out, '{');
    sim_json_pair_int(out, "code", 190);
    sim_json_pair(out, "message", sim_json_str(error, "message", ""));
    sim_json_pair_int(out, "subcode", token->died);
    sim_putc(out, '}');
    sim_answer_free(&answer);
}

/* a dead token is no error of this call: 200, is_valid false and the reason inside */
static void oauth_debug(meta_call *call)
{
    static const char *const types[] = { "", "USER", "PAGE", "APP" };
    const char *text = meta_param(call, "input_token");
    sim_text *out = &call->answer->body;
    sim_token token;

    if (!meta_authorize(call)) return;
    if (!text || !meta_token_read(call->sim, text, &token) || token.kind == META_TOKEN_CODE) {
        sim_puts(out, "{\"data\":{\"error\":{\"code\":190,\"message\":\"Invalid OAuth access token - Cannot parse access "
                      "token\"},\"is_valid\":false,\"scopes\":[]}}");
        return;
    }
    if (token.app != call->token.app) {
        (void)meta_fail_param(call, "(#100) The App_id in the input_token did not match the Viewing App");
        return;
    }
    sim_puts(out, "{\"data\":{");
    if (token.serial % 2)
        sim_json_id(out, "app_id", token.app);
    else
        sim_json_pair_int(out, "app_id", token.app);
    sim_json_pair(out, "type", types[token.kind]);
    sim_json_pair(out, "application", "adsim");
    if (token.kind != META_TOKEN_APP)
        oauth_debug_person(call, out, &token, sim_grant_get(meta_site(call->sim), token.user, token.app, true));
    else
        sim_json_pair_bool(out, "is_valid", true);
    if (token.died) oauth_debug_dead(call, out, &token);
    sim_puts(out, "}}");
}

static void oauth_permission_list(meta_call *call)
{
    sim_text *out = &call->answer->body;

    sim_puts(out, "{\"data\":[");
    for (size_t i = 0; sim_meta.scopes[i]; i++) {
        bool granted = call->grant->granted & 1u << i;

        if (!granted && !(call->grant->declined & 1u << i)) continue;
        sim_json_open(out, '{');
        sim_json_pair(out, "permission", sim_meta.scopes[i]);
        sim_json_pair(out, "status", granted ? "granted" : "declined");
        sim_putc(out, '}');
    }
    sim_puts(out, "]}");
}

bool meta_permissions(meta_call *call, int64_t user, const char *rest)
{
    uint32_t one = *rest == '/' ? sim_scope(meta_site(call->sim), rest + 1) : 0;

    if (call->token.kind != META_TOKEN_USER || user != call->token.user) return meta_fail_missing(call, "me");
    if (!strcmp(call->method, "GET")) {
        oauth_permission_list(call);
        return true;
    }
    if (strcmp(call->method, "DELETE") || (*rest && !one)) return meta_fail_param(call, "(#100) Unknown permission or method");
    if (one) {
        call->grant->granted &= ~one;
        call->grant->declined |= one;
    } else {
        call->grant->granted = call->grant->declined = 0;
        sim_grant_kill(meta_site(call->sim), call->grant, SIM_DEAUTHORIZED);
    }
    sim_puts(&call->answer->body, "{\"success\":true}");
    return true;
}

bool meta_oauth(meta_call *call, const char *path)
{
    static const struct {
        const char *path;
        void (*act)(meta_call *);
    } table[] = { { "oauth/access_token", oauth_access_token }, { "oauth/revoke", oauth_revoke }, { "debug_token", oauth_debug } };

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (strcmp(table[i].path, path)) continue;
        call->answer->action = table[i].path;
        table[i].act(call);
        return true;
    }
    return false;
}
