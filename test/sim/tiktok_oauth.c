/* SPDX-License-Identifier: MIT */
/* Consent of an advertiser, the token that has no end of its own, and how it ends. */
#include "tiktok.h"

#include <stdlib.h>

/* ---- permissions: a parent implies its children */

static const char *const oauth_parents[][2] = {
    { "10", "1" },
    { "20", "2" },
    { "200", "20" },
    { "201", "20" },
    { "21", "2" },
    { "210", "21" },
    { "211", "21" },
    { "22", "2" },
    { "220", "22" },
    { "221", "22" },
    { "23", "2" },
    { "230", "23" },
    { "7133464587805982722", "2" },
    { "7133464587805999106", "2" },
    { "30", "3" },
    { "31", "3" },
    { "44", "4" },
    { "600", "6" },
    { "610", "6" },
    { "680", "68" },
    { "12010100", "12000000" },
    { "12020100", "12000000" },
};

bool tiktok_permits(const sim_site *site, uint32_t held, const char *scope)
{
    if (held & sim_scope(site, scope)) return true;
    for (size_t i = 0; i < SIM_COUNT(oauth_parents); i++) {
        if (!strcmp(oauth_parents[i][0], scope)) return tiktok_permits(site, held, oauth_parents[i][1]);
    }
    return false;
}

uint32_t tiktok_permissions(const sim_site *site) { return sim_scopes_read(site, sim_setting_text(site, "permissions")); }

/* integers, some of them beyond 2^53 */
void tiktok_scopes_write(sim_text *out, const sim_site *site, uint32_t scopes)
{
    sim_json_open(out, '[');
    sim_scopes_write(site, out, scopes, ",");
    sim_putc(out, ']');
}

/* ---- the consent page */

static const char *oauth_page_param(const tiktok_call *call, const char *name)
{
    const char *value = sim_pairs_get(&call->request->form, name);

    if (!value) value = sim_pairs_get(&call->request->query, name);
    return value && *value ? value : NULL;
}

static uint32_t oauth_asked(tiktok_call *call, bool *known)
{
    const char *scope = oauth_page_param(call, "scope");
    char *text;

    *known = true;
    if (!scope) return tiktok_permissions(call->site);
    text = sim_copy(call->request->arena, scope, strlen(scope));
    for (char *c = text; *c; c++) {
        if (*c == '[' || *c == ']' || *c == '"') *c = ' ';
    }
    *known = sim_scopes_known(call->site, text);
    return sim_scopes_read(call->site, text);
}

static void oauth_agreed(tiktok_call *call, const sim_consent *consent)
{
    const char *uri = oauth_page_param(call, "redirect_uri"), *text;
    sim_token code = { .kind = TIKTOK_TOKEN_CODE, .app = consent->app, .user = consent->user, .extra = consent->ticked };
    sim_text query = { 0 };

    code.expires = sim_now(call->site->sim) + 3600;
    text = sim_token_make(call->site, call->request->arena, &code);
    sim_printf(&query, "auth_code=%s", text);
    if (sim_setting_int(call->site, "code-copy")) sim_printf(&query, "&code=%s", text);
    sim_redirect(call->answer, uri, query.p, oauth_page_param(call, "state"), NULL);
    sim_free(&query);
}

/* who says no goes back with the state and without a code: what else the platform adds is not known */
static bool oauth_consent(tiktok_call *call)
{
    static const char *const kept[] = { "app_id", "redirect_uri", "state", "scope", NULL };
    const char *uri = oauth_page_param(call, "redirect_uri");
    const sim_app *app = sim_app_named(call->site, oauth_page_param(call, "app_id"));
    sim_consent consent = {
        .site = call->site, .request = call->request, .answer = call->answer, .title = "TikTok for Business", .kept = kept
    };
    const char *wrong = NULL;
    sim_consented said;
    bool known;

    call->answer->action = "consent";
    consent.asked = oauth_asked(call, &known);
    if (!app) wrong = "app_id is invalid";
    if (!wrong && (!uri || !sim_redirect_known(call->site->sim, uri))) wrong = "redirect_uri does not match a registered one";
    if (!wrong && !known) wrong = "scope is invalid";
    if (wrong) {
        sim_consent_error(call->answer, "TikTok for Business", wrong);
        return true;
    }
    consent.params = call->request->form.count ? &call->request->form : &call->request->query;
    consent.app = app->number;
    said = sim_consent_step(&consent);
    if (said == SIM_AGREED && consent.ticked) oauth_agreed(call, &consent);
    if (said == SIM_DENIED || (said == SIM_AGREED && !consent.ticked))
        sim_redirect(call->answer, uri, "", oauth_page_param(call, "state"), NULL);
    return true;
}

bool tiktok_oauth(tiktok_call *call)
{
    static const struct {
        const char *host, *path;
        bool (*act)(tiktok_call *);
    } table[] = {
        { TIKTOK_API, "/portal/auth", oauth_consent },
        { "ads.tiktok.com", "/marketing_api/auth", oauth_consent },
        { "www.tiktok.com", "/v2/auth/authorize/", tiktok_account_authorize },
    };

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (!strcmp(table[i].host, call->request->host) && !strcmp(table[i].path, call->request->path)) return table[i].act(call);
    }
    return false;
}

/* ---- the token */

bool tiktok_app_read(tiktok_call *call, const char *id, const char *secret)
{
    const char *given = tiktok_param(call, secret);

    if (!tiktok_param(call, id)) return tiktok_fail(call, 40002, "%s: Missing data for required field.", id);
    if (!given) return tiktok_fail(call, 40002, "%s: Missing data for required field.", secret);
    call->app = sim_app_named(call->site, tiktok_param(call, id));
    if (call->app && !strcmp(call->app->secret, given)) return true;
    return tiktok_fail_token(call, 40113);
}

static bool oauth_slow(tiktok_call *call)
{
    call->answer->status = 504;
    call->answer->type = "text/html";
    sim_puts(&call->answer->body, "<html><head><title>504 Gateway Time-out</title></head><body>504 Gateway Time-out</body></html>\n");
    return false;
}

bool tiktok_exchange(tiktok_call *call)
{
    const char *text, *ids;
    sim_token code, token = { .kind = TIKTOK_TOKEN_ADS };
    sim_text *out = &call->answer->body;

    if (!tiktok_app_read(call, "app_id", "secret")) return false;
    if (!(text = tiktok_param(call, "auth_code"))) return tiktok_fail(call, 40002, "auth_code: Missing data for required field.");
    if (!sim_token_read(call->site, text, &code) || code.kind != TIKTOK_TOKEN_CODE || code.app != call->app->number)
        return tiktok_fail_token(call, 40101);
    if (sim_now(call->site->sim) >= code.expires) return tiktok_fail(call, 40115, "The auth_code has expired.");
    ids = tiktok_param(call, "return_advertiser_ids");
    ids = ids && !strcmp(ids, "false") ? NULL : "";
    if (ids && call->site->sim->options.accounts > sim_setting_int(call->site, "ids-most")) return oauth_slow(call);
    if (!sim_code_spend(call->site, code.serial)) return tiktok_fail(call, 40110, "The auth_code has been used.");
    token.app = call->token.app = code.app;
    token.user = call->token.user = code.user;
    token.extra = code.extra & 0xffffffff;
    tiktok_open(call);
    sim_puts(out, "{");
    sim_json_pair(out, "access_token", sim_token_make(call->site, call->request->arena, &token));
    sim_json_key(out, "scope");
    tiktok_scopes_write(out, call->site, (uint32_t)token.extra);
    if (ids) tiktok_account_ids(out, call, code.user);
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}

bool tiktok_no_refresh(tiktok_call *call) { return tiktok_fail_token(call, 40107); }

bool tiktok_revoke(tiktok_call *call)
{
    const char *text;
    sim_text *out = &call->answer->body;

    if (!tiktok_app_read(call, "app_id", "secret")) return false;
    text = tiktok_param(call, "access_token");
    if (!text) return tiktok_fail(call, 40002, "access_token: Missing data for required field.");
    if (!sim_token_read(call->site, text, &call->token) || call->token.kind != TIKTOK_TOKEN_ADS || call->token.died ||
        call->token.app != call->app->number)
        return tiktok_fail_token(call, 40105);
    sim_token_kill(call->site, call->token.serial, 40105);
    tiktok_open(call);
    sim_puts(out, "{");
    sim_json_pair(out, "app_id", call->app->id);
    tiktok_account_ids(out, call, call->token.user);
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}

/* long (the default): of the ads' API; long false: a TikTok account's, with its refresh token */
const char *tiktok_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out)
{
    sim_grant *grant = sim_grant_get(site, user, app, true);
    const char *scopes = sim_json_str(command, "scopes", NULL);
    sim_token token = { .kind = TIKTOK_TOKEN_ADS, .app = app, .user = user };
    sim_arena arena = { 0 };

    token.extra = scopes ? sim_scopes_read(site, scopes) : tiktok_permissions(site);
    grant->granted |= (uint32_t)token.extra;
    grant->consented = sim_now(site->sim);
    if (sim_json_bool(command, "long", true)) {
        if (sim_json_int(command, "life", 0)) token.expires = sim_now(site->sim) + sim_json_int(command, "life", 0);
        sim_json_pair(out, "access_token", sim_token_make(site, &arena, &token));
    } else {
        token.kind = TIKTOK_TOKEN_ACCOUNT;
        token.expires = sim_now(site->sim) + sim_json_int(command, "life", 86400);
        sim_json_pair(out, "access_token", sim_token_make(site, &arena, &token));
        token.kind = TIKTOK_TOKEN_REFRESH;
        token.expires = sim_now(site->sim) + 31536000;
        sim_json_pair(out, "refresh_token", sim_token_make(site, &arena, &token));
    }
    sim_arena_free(&arena);
    return NULL;
}
