/* SPDX-License-Identifier: MIT */
/* Consent, codes and tokens. There is no way to inspect or to revoke one; a person takes it back in the account's own pages. */
#include "snapchat.h"

#include <stdlib.h>
#include <strings.h>

#define OAUTH_SCOPE "snapchat-marketing-api"

static const char *oauth_param(const snapchat_call *call, const char *name)
{
    const char *value = sim_pairs_get(call->request->form.count ? &call->request->form : &call->request->query, name);

    return value && *value ? value : NULL;
}

static bool oauth_is(const snapchat_call *call, const char *name, const char *wanted)
{
    const char *value = oauth_param(call, name);

    return value && !strcmp(value, wanted);
}

/* ---- the consent page */

static void oauth_agreed(snapchat_call *call, const sim_consent *consent)
{
    const char *uri = oauth_param(call, "redirect_uri"), *text;
    sim_token code = { .kind = SNAPCHAT_TOKEN_CODE, .app = consent->app, .user = consent->user };
    sim_text query = { 0 };

    code.expires = sim_now(call->site->sim) + call->site->sim->options.code_life;
    code.extra = consent->ticked | sim_redirect_hash(uri) << 32;
    text = sim_token_make(call->site, call->request->arena, &code);
    sim_puts(&query, "code=");
    sim_percent(&query, text, strlen(text));
    sim_redirect(call->answer, uri, query.p, oauth_param(call, "state"), NULL);
    sim_free(&query);
}

/* what goes back to the client in the redirect, as RFC 6749 has it; NULL: the page asks */
static const char *oauth_sent_back(const snapchat_call *call)
{
    const char *scope = oauth_param(call, "scope");

    if (!oauth_is(call, "response_type", "code")) return "error=unsupported_response_type";
    return scope && sim_scopes_known(call->site, scope) ? NULL : "error=invalid_scope";
}

static void oauth_consent(snapchat_call *call)
{
    static const char *const kept[] = { "client_id", "redirect_uri", "state", "scope", "response_type", NULL };
    const sim_app *app = sim_app_named(call->site, oauth_param(call, "client_id"));
    const char *uri = oauth_param(call, "redirect_uri"), *wrong = oauth_sent_back(call);
    sim_consent consent = {
        .site = call->site, .request = call->request, .answer = call->answer, .title = "Snapchat - Authorize", .kept = kept
    };
    sim_consented said;

    call->answer->action = "consent";
    if (!app || !uri || !sim_redirect_known(call->site->sim, uri)) {
        sim_consent_error(call->answer, consent.title, app ? "invalid redirect_uri" : "invalid client_id");
        return;
    }
    if (wrong) {
        sim_redirect(call->answer, uri, wrong, oauth_param(call, "state"), NULL);
        return;
    }
    consent.params = call->request->form.count ? &call->request->form : &call->request->query;
    consent.app = app->number;
    consent.asked = sim_scopes_read(call->site, oauth_param(call, "scope"));
    said = sim_consent_step(&consent);
    if (said == SIM_AGREED && !consent.ticked) said = SIM_DENIED;
    if (said == SIM_AGREED) oauth_agreed(call, &consent);
    if (said == SIM_DENIED) sim_redirect(call->answer, uri, "error=access_denied", oauth_param(call, "state"), NULL);
}

/* Login Kit's page, which knows nothing of marketing */
static void oauth_login_kit(snapchat_call *call)
{
    call->answer->action = "login kit";
    sim_consent_error(call->answer, "Snapchat - Login Kit", "invalid scope: this page is not the Marketing API's");
}

/* ---- tokens */

/* --snapchat-refresh: the answer to a refresh carries the same refresh token, a new one, an empty one, or none */
static void oauth_lasting(snapchat_call *call, const sim_token *from, const char *old)
{
    const char *how = old ? sim_setting_text(call->site, "refresh") : "new";
    sim_token lasting = { .kind = SNAPCHAT_TOKEN_REFRESH, .app = from->app, .user = from->user, .extra = from->extra & 0xffffffff };
    sim_text *out = &call->answer->body;

    if (!strcmp(how, "absent")) return;
    if (!strcmp(how, "empty")) old = "";
    if (!strcmp(how, "new")) {
        if (old) sim_token_kill(call->site, from->serial, 1);
        old = sim_token_make(call->site, call->request->arena, &lasting);
    }
    sim_json_pair(out, "refresh_token", old);
}

static void oauth_answer(snapchat_call *call, const sim_token *from, const char *old)
{
    int64_t life = sim_setting_int(call->site, "access-life");
    sim_token access = { .kind = SNAPCHAT_TOKEN_ACCESS, .app = from->app, .user = from->user, .extra = from->extra & 0xffffffff };
    sim_text *out = &call->answer->body;

    access.expires = sim_now(call->site->sim) + life;
    sim_puts(out, "{");
    sim_json_pair(out, "access_token", sim_token_make(call->site, call->request->arena, &access));
    sim_json_pair(out, "token_type", "Bearer");
    sim_json_pair_int(out, "expires_in", life);
    oauth_lasting(call, from, old);
    sim_json_key(out, "scope");
    sim_putc(out, '"');
    sim_scopes_write(call->site, out, (uint32_t)access.extra, " ");
    sim_putc(out, '"');
    sim_json_pair(out, "id_token", "");
    sim_puts(out, "}");
}

static bool oauth_from_code(snapchat_call *call, const sim_app *app)
{
    const char *text = oauth_param(call, "code"), *uri = oauth_param(call, "redirect_uri");
    sim_token code;

    if (!text || !uri)
        return snapchat_fail_flat(call->answer, 400, "invalid_request", text ? "redirect_uri is missing" : "code is missing");
    if (!sim_token_read(call->site, text, &code) || code.kind != SNAPCHAT_TOKEN_CODE || code.app != app->number ||
        sim_redirect_hash(uri) != code.extra >> 32 || code.died || !sim_code_spend(call->site, code.serial))
        return snapchat_fail_flat(call->answer, 400, "invalid_grant", "The authorization code is invalid, expired, or was used.");
    oauth_answer(call, &code, NULL);
    return true;
}

static bool oauth_from_refresh(snapchat_call *call, const sim_app *app)
{
    const char *text = oauth_param(call, "refresh_token");
    sim_token token;

    if (!text) return snapchat_fail_flat(call->answer, 400, "invalid_request", "refresh_token is missing");
    if (!sim_token_read(call->site, text, &token) || token.kind != SNAPCHAT_TOKEN_REFRESH || token.app != app->number || token.died)
        return snapchat_fail_flat(call->answer, 400, "invalid_grant", "The refresh token is invalid or was revoked.");
    oauth_answer(call, &token, text);
    return true;
}

/* everything stands in a form; a query, a JSON body or a Basic header count for nothing */
static bool oauth_token(snapchat_call *call)
{
    const char *type = call->request->content_type ? call->request->content_type : "";
    const sim_app *app;
    const char *secret;

    call->answer->action = "token";
    if (strncasecmp(type, "application/x-www-form-urlencoded", 33) || !call->request->form.count)
        return snapchat_fail_flat(call->answer, 400, "invalid_request", "The request needs a form.");
    app = sim_app_named(call->site, oauth_param(call, "client_id"));
    secret = oauth_param(call, "client_secret");
    if (!app || !secret || strcmp(secret, app->secret))
        return snapchat_fail_flat(call->answer, 401, "invalid_client", "Client authentication failed.");
    if (oauth_is(call, "grant_type", "authorization_code")) return oauth_from_code(call, app);
    if (oauth_is(call, "grant_type", "refresh_token")) return oauth_from_refresh(call, app);
    return snapchat_fail_flat(call->answer, 400, "unsupported_grant_type", "grant_type is not one of ours");
}

void snapchat_oauth(snapchat_call *call)
{
    const char *path = call->request->path;

    if (!strcmp(path, "/login/oauth2/authorize"))
        oauth_consent(call);
    else if (!strcmp(path, "/accounts/oauth2/auth"))
        oauth_login_kit(call);
    else if (!strcmp(path, "/login/oauth2/access_token") && !strcmp(call->request->method, "POST"))
        (void)oauth_token(call);
    else
        (void)snapchat_fail_text(call, 404, "Not Found");
}

const char *snapchat_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out)
{
    sim_mint_pair(site, user, app, command, OAUTH_SCOPE, sim_setting_int(site, "access-life"), out);
    return NULL;
}
