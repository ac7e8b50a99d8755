/* SPDX-License-Identifier: MIT */
/* Consent, codes, tokens. All scopes or none; the refresh token stays the same one until a year after the person's yes. */
#include "linkedin.h"

#include <stdlib.h>
#include <strings.h>

static const char *oauth_param(const linkedin_call *call, const char *name)
{
    const char *value = sim_pairs_get(&call->request->form, name);

    if (!value && !strcmp(call->request->method, "GET")) value = sim_pairs_get(&call->request->query, name);
    return value && *value ? value : NULL;
}

static bool oauth_is(const linkedin_call *call, const char *name, const char *wanted)
{
    const char *value = oauth_param(call, name);

    return value && !strcmp(value, wanted);
}

/* ---- the consent page */

/* the address without its query; NULL: no absolute address, or one with a fragment, or nobody registered it */
static const char *oauth_redirect(const linkedin_call *call)
{
    const char *uri = oauth_param(call, "redirect_uri"), *bare;

    if (!uri || strchr(uri, '#')) return NULL;
    bare = sim_copy(call->request->arena, uri, strcspn(uri, "?"));
    return sim_redirect_known(call->site->sim, bare) ? bare : NULL;
}

static void oauth_agreed(linkedin_call *call, sim_consent *consent)
{
    const char *uri = oauth_param(call, "redirect_uri"), *text;
    sim_token code = { .kind = LINKEDIN_TOKEN_CODE, .app = consent->app, .user = consent->user };
    sim_text query = { 0 };

    code.expires = sim_now(call->site->sim) + sim_setting_int(call->site, "code-life");
    code.extra = consent->ticked | sim_redirect_hash(uri) << 32;
    text = sim_token_make(call->site, call->request->arena, &code);
    sim_puts(&query, "code=");
    sim_percent(&query, text, strlen(text));
    sim_redirect(call->answer, uri, query.p, oauth_param(call, "state"), NULL);
    sim_free(&query);
}

static void oauth_sent_back(linkedin_call *call, const char *error, const char *description)
{
    sim_text query = { 0 };

    call->answer->action = error;
    sim_printf(&query, "error=%s&error_description=", error);
    sim_percent(&query, description, strlen(description));
    sim_redirect(call->answer, oauth_param(call, "redirect_uri"), query.p, oauth_param(call, "state"), NULL);
    sim_free(&query);
}

/* every scope must be known and belong to the app */
static bool oauth_scopes_fine(linkedin_call *call)
{
    const char *scope = oauth_param(call, "scope"), *owned = sim_setting_text(call->site, "app-scopes");

    if (!sim_scopes_known(call->site, scope)) return false;
    return !*owned || !(sim_scopes_read(call->site, scope) & ~sim_scopes_read(call->site, owned));
}

static bool oauth_consent(linkedin_call *call)
{
    static const char *const kept[] = { "response_type", "client_id", "redirect_uri", "state", "scope", NULL };
    const sim_app *app = sim_app_named(call->site, oauth_param(call, "client_id"));
    sim_consent consent = {
        .site = call->site, .request = call->request, .answer = call->answer, .title = "Sign in to LinkedIn", .kept = kept
    };
    const char *wrong = NULL;

    call->answer->action = "consent";
    if (!app)
        wrong = "The passed in client_id is invalid";
    else if (!oauth_redirect(call))
        wrong = "The redirect_uri does not match the registered value";
    else if (!oauth_is(call, "response_type", "code") || !oauth_param(call, "scope"))
        wrong = "A required parameter is missing";
    if (wrong) {
        sim_consent_error(call->answer, "LinkedIn Login, Sign in | LinkedIn", wrong);
        return true;
    }
    if (!oauth_scopes_fine(call)) {
        oauth_sent_back(call, "unauthorized_scope_error", "A requested scope is not authorized for your application");
        return true;
    }
    consent.params = call->request->form.count ? &call->request->form : &call->request->query;
    consent.app = app->number;
    consent.asked = consent.always = sim_scopes_read(call->site, oauth_param(call, "scope"));
    switch (sim_consent_step(&consent)) {
    case SIM_AGREED:
        oauth_agreed(call, &consent);
        break;
    case SIM_DENIED:
        if (oauth_is(call, "deny", "login"))
            oauth_sent_back(call, "user_cancelled_login", "The user cancelled LinkedIn login");
        else
            oauth_sent_back(call, "user_cancelled_authorize", "The user cancelled the authorization");
        break;
    default:
        break;
    }
    return true;
}

/* ---- tokens */

static int64_t oauth_least(int64_t a, int64_t b) { return a < b ? a : b; }

/* lasting: a refresh token that is given out again, NULL: none; first: the answer to a code, which has token_type */
static void oauth_answer(linkedin_call *call, const sim_token *from, const char *lasting, int64_t ends, bool first)
{
    int64_t now = sim_now(call->site->sim), life = sim_setting_int(call->site, "access-life");
    sim_token access = { .kind = LINKEDIN_TOKEN_ACCESS, .app = from->app, .user = from->user, .extra = from->extra & 0xffffffff };
    sim_text *out = &call->answer->body;

    if (lasting) life = oauth_least(life, ends - now);
    access.expires = now + life;
    call->answer->type = "application/json";
    sim_puts(out, "{");
    sim_json_pair(out, "access_token", sim_token_make(call->site, call->request->arena, &access));
    sim_json_pair_int(out, "expires_in", first ? life : life - 1);
    if (lasting) {
        sim_json_pair(out, "refresh_token", lasting);
        sim_json_pair_int(out, "refresh_token_expires_in", ends - now);
    }
    sim_json_key(out, "scope");
    sim_putc(out, '"');
    sim_scopes_write(call->site, out, (uint32_t)access.extra, ",");
    sim_putc(out, '"');
    if (first) sim_json_pair(out, "token_type", "Bearer");
    sim_puts(out, "}");
}

static bool oauth_from_code(linkedin_call *call, const sim_app *app)
{
    const char *text = oauth_param(call, "code"), *uri = oauth_param(call, "redirect_uri"), *lasting = NULL;
    sim_token code, refresh;

    if (!text || !uri)
        return linkedin_fail_flat(call->answer, 400, "invalid_request",
                                  text ? "A required parameter \"redirect_uri\" is missing" : "A required parameter \"code\" is missing");
    if (!sim_token_read(call->site, text, &code) || code.kind != LINKEDIN_TOKEN_CODE || code.app != app->number)
        return linkedin_fail_flat(call->answer, 400, "invalid_request", "Unable to retrieve access token: authorization code not found");
    if (sim_redirect_hash(uri) != code.extra >> 32)
        return linkedin_fail_flat(call->answer, 400, "invalid_redirect_uri", "The redirect_uri is not the one of the authorization code");
    if (code.died || sim_now(call->site->sim) >= code.expires || !sim_code_spend(call->site, code.serial))
        return linkedin_fail_flat(call->answer, 400, "invalid_request", "Unable to retrieve access token: authorization code expired");
    refresh = (sim_token){ .kind = LINKEDIN_TOKEN_REFRESH, .app = code.app, .user = code.user, .extra = code.extra & 0xffffffff };
    refresh.expires = code.expires - sim_setting_int(call->site, "code-life") + sim_setting_int(call->site, "refresh-life");
    if (sim_setting_int(call->site, "partner")) lasting = sim_token_make(call->site, call->request->arena, &refresh);
    oauth_answer(call, &code, lasting, refresh.expires, true);
    return true;
}

static bool oauth_from_refresh(linkedin_call *call, const sim_app *app)
{
    const char *text = oauth_param(call, "refresh_token");
    sim_token token;

    if (!sim_token_read(call->site, text, &token) || token.kind != LINKEDIN_TOKEN_REFRESH || token.app != app->number || token.died)
        return linkedin_fail_flat(call->answer, 400, "invalid_request",
                                  "The provided authorization grant or refresh token is invalid, expired or revoked.");
    oauth_answer(call, &token, text, token.expires, false);
    return true;
}

/* a form, and the application's name and secret in it; NULL: refused */
static const sim_app *oauth_client(linkedin_call *call)
{
    const char *type = call->request->content_type ? call->request->content_type : "", *secret = oauth_param(call, "client_secret");
    const sim_app *app = sim_app_named(call->site, oauth_param(call, "client_id"));
    bool form = !strcmp(call->request->method, "POST") && !strncasecmp(type, "application/x-www-form-urlencoded", 33);

    if (form && app && secret && !strcmp(secret, app->secret)) return app;
    if (!form || !oauth_param(call, "client_id") || !secret)
        (void)linkedin_fail_flat(call->answer, 400, "invalid_request", "A required parameter \"client_id\" is missing");
    else
        (void)linkedin_fail_flat(call->answer, 401, "invalid_client", "Client authentication failed");
    return NULL;
}

static bool oauth_token(linkedin_call *call)
{
    const sim_app *app = oauth_client(call);

    call->answer->action = "token";
    if (!app) return false;
    if (oauth_is(call, "grant_type", "authorization_code")) return oauth_from_code(call, app);
    if (oauth_is(call, "grant_type", "refresh_token")) return oauth_from_refresh(call, app);
    return linkedin_fail_flat(call->answer, 400, oauth_param(call, "grant_type") ? "unsupported_grant_type" : "invalid_request",
                              "The grant_type is not one of those that are known");
}

static bool oauth_introspect(linkedin_call *call)
{
    const char *text = oauth_param(call, "token");
    const sim_app *app = oauth_client(call);
    sim_text *out = &call->answer->body;
    sim_token token;

    call->answer->action = "introspect";
    if (!app) return false;
    if (!text) return linkedin_fail_flat(call->answer, 400, "invalid_request", "A required parameter \"token\" is missing");
    call->answer->type = "application/json";
    if (!sim_token_read(call->site, text, &token) || token.kind != LINKEDIN_TOKEN_ACCESS || token.app != app->number) {
        sim_puts(out, "{\"active\":false}");
        return true;
    }
    sim_puts(out, "{");
    sim_json_pair_bool(out, "active", !token.died);
    sim_json_pair(out, "client_id", app->id);
    sim_json_pair_int(out, "authorized_at", sim_grant_get(call->site, token.user, token.app, true)->consented);
    sim_json_pair_int(out, "created_at", token.issued);
    sim_json_pair(out, "status", !token.died ? "active" : token.died == LINKEDIN_EXPIRED ? "expired" : "revoked");
    sim_json_pair_int(out, "expires_at", token.expires);
    sim_json_key(out, "scope");
    sim_putc(out, '"');
    sim_scopes_write(call->site, out, (uint32_t)token.extra, ",");
    sim_putc(out, '"');
    sim_json_pair(out, "auth_type", "3L");
    sim_puts(out, "}");
    return true;
}

bool linkedin_oauth(linkedin_call *call)
{
    static const struct {
        const char *path;
        bool (*act)(linkedin_call *);
    } table[] = { { "/oauth/v2/authorization", oauth_consent },
                  { "/oauth/v2/accessToken", oauth_token },
                  { "/oauth/v2/introspectToken", oauth_introspect } };

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (strcmp(table[i].path, call->request->path)) continue;
        (void)table[i].act(call);
        return true;
    }
    return false;
}

const char *linkedin_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out)
{
    sim_grant *grant = sim_grant_get(site, user, app, true);
    sim_token access = { .kind = LINKEDIN_TOKEN_ACCESS, .app = app, .user = user }, refresh;
    sim_arena arena = { 0 };

    grant->consented = sim_now(site->sim);
    access.extra = sim_scopes_read(site, sim_json_str(command, "scopes", sim_setting_text(site, "mint-scopes")));
    grant->granted |= (uint32_t)access.extra;
    access.expires = grant->consented + sim_json_int(command, "life", sim_setting_int(site, "access-life"));
    refresh = access;
    refresh.kind = LINKEDIN_TOKEN_REFRESH;
    refresh.expires = grant->consented + sim_setting_int(site, "refresh-life");
    sim_json_pair(out, "access_token", sim_token_make(site, &arena, &access));
    sim_json_pair(out, "refresh_token", sim_token_make(site, &arena, &refresh));
    sim_json_pair_int(out, "expires_at", access.expires);
    sim_arena_free(&arena);
    return NULL;
}
