/* SPDX-License-Identifier: MIT */
/*
 * OAuth 2.0 with PKCE, as the X API v2 and the Ads MCP server have it, and the token of an application alone. A code lives thirty seconds;
 * a refresh token is used once, its second use ends the consent, and so does another consent of the same person for the same app.
 */
#include "x.h"

#include <stdlib.h>

#define CODE_LIFE 30
#define ACCESS_LIFE 7200
#define REFRESH_LIFE (183ll * SIM_DAY)

static const char *oauth2_param(const x_call *call, const char *name)
{
    const char *value = x_param(call, name);

    return value && *value ? value : NULL;
}

static bool oauth2_is(const x_call *call, const char *name, const char *wanted)
{
    const char *value = oauth2_param(call, name);

    return value && !strcmp(value, wanted);
}

static bool oauth2_fail(x_call *call, int status, const char *error, const char *text)
{
    call->answer->status = status;
    call->answer->type = "application/json; charset=utf-8";
    sim_puts(&call->answer->body, "{");
    sim_json_pair(&call->answer->body, "error", error);
    sim_json_pair(&call->answer->body, "error_description", text);
    sim_puts(&call->answer->body, "}");
    return false;
}

/* ---- the page */

/* 31 bits, never 0 */
static int64_t oauth2_pkce_hash(const char *challenge)
{
    return (int64_t)(sim_hash_bytes(3, challenge, strlen(challenge)) & 0x7ffffffe) + 1;
}

static void oauth2_agreed(x_call *call, const sim_consent *consent)
{
    const char *uri = oauth2_param(call, "redirect_uri");
    sim_token code = { .kind = X_TOKEN_CODE, .app = consent->app, .user = consent->user };
    sim_text query = { 0 };
    const char *text;

    sim_grant_kill(call->site, consent->grant, SIM_LOGGED_OUT); /* one living grant for each app and person */
    code.expires = sim_now(call->site->sim) + CODE_LIFE;
    code.extra = consent->ticked | sim_redirect_hash(uri) << 32;
    code.page = oauth2_pkce_hash(oauth2_param(call, "code_challenge"));
    code.is_long = oauth2_is(call, "code_challenge_method", "S256");
    text = sim_token_make(call->site, call->request->arena, &code);
    sim_printf(&query, "code=%s", text);
    sim_redirect(call->answer, uri, query.p, oauth2_param(call, "state"), NULL);
    sim_free(&query);
}

/* what the page says instead of asking; NULL: it asks */
static const char *oauth2_wrong(const x_call *call, const sim_app *app)
{
    const char *uri = oauth2_param(call, "redirect_uri"), *scope = oauth2_param(call, "scope"), *state = oauth2_param(call, "state");

    if (!app) return "Something went wrong: the client is not known";
    if (!uri || !sim_redirect_known(call->site->sim, uri)) return "Something went wrong: the redirect address is not registered";
    if (!oauth2_is(call, "response_type", "code")) return "Something went wrong: response_type must be code";
    if (!scope || !sim_scopes_known(call->site, scope)) return "Something went wrong: a scope is not known";
    if (!state || strlen(state) > 500) return "Something went wrong: state is missing or too long";
    if (!oauth2_is(call, "code_challenge_method", "S256") && !oauth2_is(call, "code_challenge_method", "plain"))
        return "Something went wrong: code_challenge_method must be S256 or plain";
    return oauth2_param(call, "code_challenge") ? NULL : "Something went wrong: code_challenge is missing";
}

static bool oauth2_consent(x_call *call)
{
    static const char *const kept[] = { "client_id",      "redirect_uri",          "state", "scope", "response_type",
                                        "code_challenge", "code_challenge_method", NULL };
    const sim_app *app = sim_app_named(call->site, oauth2_param(call, "client_id"));
    const char *wrong = oauth2_wrong(call, app);
    sim_consent consent = { .site = call->site, .request = call->request, .answer = call->answer, .params = &call->params, .kept = kept };
    sim_consented said;

    call->answer->action = "consent";
    consent.title = "X / Authorize an application";
    if (wrong) {
        sim_consent_error(call->answer, consent.title, wrong);
        return false;
    }
    consent.app = app->number;
    consent.asked = consent.always = sim_scopes_read(call->site, oauth2_param(call, "scope"));
    said = sim_consent_step(&consent);
    if (said == SIM_AGREED) oauth2_agreed(call, &consent);
    if (said == SIM_DENIED)
        sim_redirect(call->answer, oauth2_param(call, "redirect_uri"), "error=access_denied", oauth2_param(call, "state"), NULL);
    return true;
}

/* ---- tokens */

static bool oauth2_give(x_call *call, const sim_token *from)
{
    sim_token access = { .kind = X_TOKEN_BEARER, .app = from->app, .user = from->user, .extra = from->extra & 0xffffffff };
    sim_token lasting = access;
    sim_text *out = &call->answer->body;

    access.expires = sim_now(call->site->sim) + ACCESS_LIFE;
    lasting.kind = X_TOKEN_REFRESH;
    lasting.expires = sim_now(call->site->sim) + REFRESH_LIFE;
    call->answer->type = "application/json; charset=utf-8";
    sim_puts(out, "{");
    sim_json_pair(out, "token_type", "bearer");
    sim_json_pair_int(out, "expires_in", ACCESS_LIFE);
    sim_json_pair(out, "access_token", sim_token_make(call->site, call->request->arena, &access));
    sim_json_key(out, "scope");
    sim_putc(out, '"');
    sim_scopes_write(call->site, out, (uint32_t)access.extra, " ");
    sim_putc(out, '"');
    if (access.extra & sim_scope(call->site, "offline.access"))
        sim_json_pair(out, "refresh_token", sim_token_make(call->site, call->request->arena, &lasting));
    sim_puts(out, "}");
    return true;
}

static bool oauth2_from_code(x_call *call, const sim_app *app)
{
    static const char wrong[] = "Value passed for the authorization code was invalid.";
    const char *text = oauth2_param(call, "code"), *uri = oauth2_param(call, "redirect_uri"),
               *verifier = oauth2_param(call, "code_verifier");
    sim_token code;

    if (!text || !sim_token_read(call->site, text, &code) || code.kind != X_TOKEN_CODE || code.app != app->number)
        return oauth2_fail(call, 400, "invalid_request", wrong);
    if (!uri || sim_redirect_hash(uri) != code.extra >> 32)
        return oauth2_fail(call, 400, "invalid_request",
                           "Value passed for the redirect uri did not match the uri of the authorization code.");
    if (!verifier || code.page != oauth2_pkce_hash(code.is_long ? sim_pkce_challenge(call->request->arena, verifier) : verifier))
        return oauth2_fail(call, 400, "invalid_request", "Value passed for the code verifier did not match the code challenge.");
    if (code.died || !sim_code_spend(call->site, code.serial)) return oauth2_fail(call, 400, "invalid_request", wrong);
    return oauth2_give(call, &code);
}

static bool oauth2_from_refresh(x_call *call, const sim_app *app)
{
    const char *text = oauth2_param(call, "refresh_token");
    sim_token token;

    if (!text || !sim_token_read(call->site, text, &token) || token.kind != X_TOKEN_REFRESH || token.app != app->number || token.died)
        return oauth2_fail(call, 400, "invalid_request", "Value passed for the token was invalid.");
    if (sim_code_spend(call->site, token.serial)) return oauth2_give(call, &token);
    sim_grant_kill(call->site, sim_grant_get(call->site, token.user, token.app, true), SIM_UNUSED);
    return oauth2_fail(call, 400, "invalid_request", "Value passed for the token was invalid.");
}

/* a public client names itself in the form, a confidential one in the header; a secret in the form is refused */
static bool oauth2_client(x_call *call, const sim_app **app)
{
    if (oauth2_param(call, "client_secret")) return oauth2_fail(call, 400, "invalid_request", "client_secret is not a known parameter.");
    if (!x_basic(call->site, call->request, app)) *app = sim_app_named(call->site, oauth2_param(call, "client_id"));
    return *app ? true : oauth2_fail(call, 401, "unauthorized_client", "Missing valid authorization header");
}

static bool oauth2_token(x_call *call)
{
    const sim_app *app;

    call->answer->action = "token";
    if (!oauth2_client(call, &app)) return false;
    if (oauth2_is(call, "grant_type", "authorization_code")) return oauth2_from_code(call, app);
    if (oauth2_is(call, "grant_type", "refresh_token")) return oauth2_from_refresh(call, app);
    return oauth2_fail(call, 400, "unsupported_grant_type", "Value passed for the grant_type was invalid.");
}

static bool oauth2_revoke(x_call *call)
{
    const char *text = oauth2_param(call, "token");
    const sim_app *app;
    sim_token token;

    call->answer->action = "revoke";
    if (!oauth2_client(call, &app)) return false;
    if (!text || !sim_token_read(call->site, text, &token) || token.app != app->number || token.kind < X_TOKEN_BEARER)
        return oauth2_fail(call, 400, "invalid_request", "Value passed for the token was invalid.");
    sim_token_kill(call->site, token.serial, X_DIED_TOKEN);
    call->answer->type = "application/json; charset=utf-8";
    sim_puts(&call->answer->body, "{\"revoked\":true}");
    return true;
}

/* one of each application, given as often as it is asked for until that is too often */
static bool oauth2_app_token(x_call *call)
{
    const sim_app *app;
    sim_token token = { .kind = X_TOKEN_APP };
    sim_window *window;

    call->answer->action = "app_token";
    if (!x_basic(call->site, call->request, &app) || !app) return x_gateway(call->answer, 403, 99, "Unable to verify your credentials");
    if (!oauth2_is(call, "grant_type", "client_credentials"))
        return x_gateway(call->answer, 403, 170, "Missing required parameter: grant_type");
    window = sim_window_get(call->site->sim, sim_hash(0x0a2, (uint64_t)app->number, 0, 0), 900);
    if (sim_window_used(window, sim_now(call->site->sim)) >= 300 * call->site->sim->options.limit_scale / 100)
        return x_gateway(call->answer, 403, 99, "Unable to verify your credentials");
    sim_window_charge(window, sim_now(call->site->sim), 1);
    token.app = app->number;
    call->answer->type = "application/json; charset=utf-8";
    sim_puts(&call->answer->body, "{");
    sim_json_pair(&call->answer->body, "token_type", "bearer");
    sim_json_pair(&call->answer->body, "access_token", sim_token_make(call->site, call->request->arena, &token));
    sim_puts(&call->answer->body, "}");
    return true;
}

bool x_oauth2(x_call *call)
{
    static const struct {
        const char *host, *path, *method;
        bool (*act)(x_call *);
    } table[] = {
        { "x.com", "/i/oauth2/authorize", NULL, oauth2_consent }, { "twitter.com", "/i/oauth2/authorize", NULL, oauth2_consent },
        { NULL, "/2/oauth2/token", "POST", oauth2_token },        { NULL, "/2/oauth2/revoke", "POST", oauth2_revoke },
        { NULL, "/oauth2/token", "POST", oauth2_app_token },
    };

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        const char *host = table[i].host ? table[i].host : "api.*";

        if (!sim_glob(host, call->request->host) || strcmp(table[i].path, call->request->path)) continue;
        if (table[i].method && strcmp(table[i].method, call->request->method)) continue;
        (void)table[i].act(call);
        return true;
    }
    return false;
}
