/* SPDX-License-Identifier: MIT */
/* Consent, codes, tokens and the end of them. A code's is_long says that a refresh token comes with it, its page holds the PKCE hash. */
#include "google.h"

#include <stdlib.h>

static const char *oauth_param(const google_call *call, const char *name)
{
    const char *value = sim_pairs_get(&call->request->form, name);

    if (!value) value = sim_pairs_get(&call->request->query, name);
    return value && *value ? value : NULL;
}

static bool oauth_is(const google_call *call, const char *name, const char *wanted)
{
    const char *value = oauth_param(call, name);

    return value && !strcmp(value, wanted);
}

/* ---- the consent page */

/* 32 bits, never 0 */
static int64_t oauth_pkce_hash(const char *method, const char *challenge)
{
    return (int64_t)(sim_hash_bytes(strcmp(method, "S256") ? 1 : 2, challenge, strlen(challenge)) & 0x7fffffff) + 1;
}

static void oauth_agreed(google_call *call, sim_consent *consent, bool again)
{
    const char *uri = oauth_param(call, "redirect_uri"), *challenge = oauth_param(call, "code_challenge");
    const char *method = oauth_param(call, "code_challenge_method");
    sim_token code = { .kind = GOOGLE_TOKEN_CODE, .app = consent->app, .user = consent->user };
    uint32_t shown = oauth_is(call, "include_granted_scopes", "true") ? consent->grant->granted : consent->ticked;
    sim_text query = { 0 }, scopes = { 0 };
    const char *text;

    code.expires = sim_now(call->site->sim) + call->site->sim->options.code_life;
    code.extra = shown | sim_redirect_hash(uri) << 32;
    code.page = challenge ? oauth_pkce_hash(method ? method : "plain", challenge) : 0;
    code.is_long = oauth_is(call, "access_type", "offline") && (!again || oauth_is(call, "prompt", "consent"));
    text = sim_token_make(call->site, call->request->arena, &code);
    sim_puts(&query, "code=");
    sim_percent(&query, text, strlen(text));
    sim_scopes_write(call->site, &scopes, shown, " ");
    sim_puts(&query, "&scope=");
    if (scopes.size) sim_percent(&query, scopes.p, scopes.size);
    sim_redirect(call->answer, uri, query.p, oauth_param(call, "state"), NULL);
    sim_free(&query);
    sim_free(&scopes);
}

/* what the page says instead of asking; NULL: it asks */
static const char *oauth_consent_wrong(google_call *call, const sim_app *app)
{
    const char *uri = oauth_param(call, "redirect_uri"), *scope = oauth_param(call, "scope");

    if (!app) return "Error 401: invalid_client";
    if (!uri || !sim_redirect_known(call->site->sim, uri)) return "Error 400: redirect_uri_mismatch";
    if (!oauth_is(call, "response_type", "code") || !scope) return "Error 400: invalid_request";
    return sim_scopes_known(call->site, scope) ? NULL : "Error 400: invalid_scope";
}

static bool oauth_consent(google_call *call)
{
    static const char *const kept[] = { "client_id",
                                        "redirect_uri",
                                        "state",
                                        "scope",
                                        "response_type",
                                        "access_type",
                                        "prompt",
                                        "code_challenge",
                                        "code_challenge_method",
                                        "include_granted_scopes",
                                        "login_hint",
                                        NULL };
    const char *uri = oauth_param(call, "redirect_uri"), *user = oauth_param(call, "user");
    const sim_app *app = sim_app_named(call->site, oauth_param(call, "client_id"));
    const char *wrong = oauth_consent_wrong(call, app);
    sim_consent consent = {
        .site = call->site, .request = call->request, .answer = call->answer, .title = "Sign in with Google", .kept = kept
    };
    const sim_grant *before;
    sim_consented said;
    bool again;

    call->answer->action = "consent";
    if (wrong) {
        sim_consent_error(call->answer, "Sign in - Google Accounts", wrong);
        return true;
    }
    consent.params = call->request->form.count ? &call->request->form : &call->request->query;
    consent.app = app->number;
    consent.asked = sim_scopes_read(call->site, oauth_param(call, "scope"));
    before = sim_grant_get(call->site, user ? strtoll(user, NULL, 10) : 0, app->number, false);
    again = before && before->granted;
    said = sim_consent_step(&consent);
    if (said == SIM_AGREED && !consent.ticked) said = SIM_DENIED;
    if (said == SIM_AGREED) oauth_agreed(call, &consent, again);
    if (said == SIM_DENIED) sim_redirect(call->answer, uri, "error=access_denied", oauth_param(call, "state"), NULL);
    return true;
}

/* ---- tokens */

static void oauth_answer(google_call *call, const sim_token *from, bool refresh)
{
    int64_t life = sim_setting_int(call->site, "access-life"), testing = sim_setting_int(call->site, "testing") ? 7 * SIM_DAY : 0;
    sim_token access = { .kind = GOOGLE_TOKEN_ACCESS, .app = from->app, .user = from->user, .extra = from->extra & 0xffffffff };
    sim_token lasting = access;
    sim_text *out = &call->answer->body;

    access.expires = sim_now(call->site->sim) + life;
    call->answer->type = "application/json; charset=utf-8";
    sim_puts(out, "{");
    sim_json_pair(out, "access_token", sim_token_make(call->site, call->request->arena, &access));
    sim_json_pair_int(out, "expires_in", life - 1);
    if (refresh) {
        lasting.kind = GOOGLE_TOKEN_REFRESH;
        lasting.expires = testing ? sim_now(call->site->sim) + testing : 0;
        sim_json_pair(out, "refresh_token", sim_token_make(call->site, call->request->arena, &lasting));
        if (testing) sim_json_pair_int(out, "refresh_token_expires_in", testing - 1);
    }
    sim_json_key(out, "scope");
    sim_putc(out, '"');
    sim_scopes_write(call->site, out, (uint32_t)access.extra, " ");
    sim_putc(out, '"');
    sim_json_pair(out, "token_type", "Bearer");
    sim_puts(out, "}");
}

static bool oauth_verified(google_call *call, const sim_token *code)
{
    const char *verifier = oauth_param(call, "code_verifier");

    if (!code->page) return true;
    if (!verifier) return google_fail_flat(call->answer, 400, "invalid_grant", "Missing code verifier.");
    if (code->page == oauth_pkce_hash("S256", sim_pkce_challenge(call->request->arena, verifier))) return true;
    if (code->page == oauth_pkce_hash("plain", verifier)) return true;
    return google_fail_flat(call->answer, 400, "invalid_grant", "Invalid code verifier.");
}

static bool oauth_from_code(google_call *call, const sim_app *app)
{
    const char *text = oauth_param(call, "code"), *uri = oauth_param(call, "redirect_uri");
    sim_token code;

    if (!text || !uri)
        return google_fail_flat(call->answer, 400, "invalid_request",
                                text ? "Missing parameter: redirect_uri" : "Missing required parameter: code");
    if (!sim_token_read(call->site, text, &code) || code.kind != GOOGLE_TOKEN_CODE || code.app != app->number)
        return google_fail_flat(call->answer, 400, "invalid_grant", "Malformed auth code.");
    if (sim_redirect_hash(uri) != code.extra >> 32) return google_fail_flat(call->answer, 400, "redirect_uri_mismatch", "Bad Request");
    if (!oauth_verified(call, &code)) return false;
    if (sim_now(call->site->sim) >= code.expires || code.died || !sim_code_spend(call->site, code.serial))
        return google_fail_flat(call->answer, 400, "invalid_grant", "Bad Request");
    oauth_answer(call, &code, code.is_long);
    return true;
}

static bool oauth_from_refresh(google_call *call, const sim_app *app)
{
    const char *text = oauth_param(call, "refresh_token");
    sim_token token;

    if (!text) return google_fail_flat(call->answer, 400, "invalid_request", "Missing required parameter: refresh_token");
    if (!sim_token_read(call->site, text, &token) || token.kind != GOOGLE_TOKEN_REFRESH)
        return google_fail_flat(call->answer, 400, "invalid_grant", "Bad Request");
    if (token.app != app->number) return google_fail_flat(call->answer, 401, "unauthorized_client", "Unauthorized");
    if (token.died) return google_fail_flat(call->answer, 400, "invalid_grant", "Token has been expired or revoked.");
    oauth_answer(call, &token, false);
    return true;
}

static bool oauth_token(google_call *call)
{
    const sim_app *app = sim_app_named(call->site, oauth_param(call, "client_id"));
    const char *secret = oauth_param(call, "client_secret");

    call->answer->action = "token";
    if (strcmp(call->request->method, "POST")) return google_fail_html(call, 404);
    if (!app) return google_fail_flat(call->answer, 401, "invalid_client", "The OAuth client was not found.");
    if (!secret || strcmp(secret, app->secret)) return google_fail_flat(call->answer, 401, "invalid_client", "Unauthorized");
    if (oauth_is(call, "grant_type", "authorization_code")) return oauth_from_code(call, app);
    if (oauth_is(call, "grant_type", "refresh_token")) return oauth_from_refresh(call, app);
    return google_fail_flat(call->answer, 400, "unsupported_grant_type", "Invalid grant_type");
}

static bool oauth_revoke(google_call *call)
{
    const char *text = oauth_param(call, "token");
    sim_grant *grant;
    sim_token token;

    call->answer->action = "revoke";
    if (!text || !sim_token_read(call->site, text, &token) || token.kind == GOOGLE_TOKEN_CODE || token.died)
        return google_fail_flat(call->answer, 400, "invalid_token", "Token expired or revoked");
    grant = sim_grant_get(call->site, token.user, token.app, true);
    sim_grant_kill(call->site, grant, SIM_DEAUTHORIZED);
    grant->granted = 0;
    call->answer->type = "application/json; charset=utf-8";
    sim_puts(&call->answer->body, "{}");
    return true;
}

static bool oauth_info(google_call *call)
{
    const char *header = sim_header(call->request, "Authorization"), *text = oauth_param(call, "access_token");
    bool first = strstr(call->request->path, "/v1/") != NULL;
    sim_text *out = &call->answer->body;
    const sim_app *app;
    sim_token token;

    call->answer->action = "tokeninfo";
    if (!text && header && !strncmp(header, "Bearer ", 7)) text = header + 7;
    if (!text || !sim_token_read(call->site, text, &token) || token.kind != GOOGLE_TOKEN_ACCESS || token.died)
        return google_fail_flat(call->answer, 400, "invalid_token", "Invalid Value");
    app = sim_app_get(call->site, token.app);
    call->answer->type = "application/json; charset=utf-8";
    sim_puts(out, "{");
    sim_json_pair(out, first ? "issued_to" : "azp", app->id);
    sim_json_pair(out, first ? "audience" : "aud", app->id);
    sim_json_key(out, "scope");
    sim_putc(out, '"');
    sim_scopes_write(call->site, out, (uint32_t)token.extra, " ");
    sim_putc(out, '"');
    if (first)
        sim_json_pair_int(out, "expires_in", token.expires - sim_now(call->site->sim));
    else
        sim_json_id(out, "expires_in", token.expires - sim_now(call->site->sim));
    sim_json_pair(out, "access_type", "offline");
    sim_puts(out, "}");
    return true;
}

bool google_oauth(google_call *call)
{
    static const struct {
        const char *host, *path;
        bool (*act)(google_call *);
    } table[] = {
        { "accounts.google.com", "/o/oauth2/v2/auth", oauth_consent }, { "accounts.google.com", "/o/oauth2/auth", oauth_consent },
        { "accounts.google.com", "/o/oauth2/token", oauth_token },     { "oauth2.googleapis.com", "/token", oauth_token },
        { "www.googleapis.com", "/oauth2/v3/token", oauth_token },     { "www.googleapis.com", "/oauth2/v4/token", oauth_token },
        { "oauth2.googleapis.com", "/revoke", oauth_revoke },          { "oauth2.googleapis.com", "/tokeninfo", oauth_info },
        { "www.googleapis.com", "/oauth2/v1/tokeninfo", oauth_info },  { "www.googleapis.com", "/oauth2/v3/tokeninfo", oauth_info },
    };

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (strcmp(table[i].host, call->request->host) || strcmp(table[i].path, call->request->path)) continue;
        (void)table[i].act(call);
        return true;
    }
    return false;
}

const char *google_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out)
{
    sim_mint_pair(site, user, app, command, "https://www.googleapis.com/auth/adwords", sim_setting_int(site, "access-life"), out);
    return NULL;
}
