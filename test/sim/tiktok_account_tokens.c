/* SPDX-License-Identifier: MIT */
/* The other kind of token: of a TikTok account, for a day, with a refresh token whose year counts from the consent. */
#include "tiktok.h"

#define ACCOUNT_SCOPES "user.info.basic,video.list,comment.list"
#define ACCOUNT_YEAR 31536000

bool tiktok_account_authorize(tiktok_call *call)
{
    static const char *const kept[] = { "client_key", "redirect_uri", "state", "scope", "response_type", NULL };
    const sim_pairs *params = call->request->form.count ? &call->request->form : &call->request->query;
    const char *uri = sim_pairs_get(params, "redirect_uri"), *scope = sim_pairs_get(params, "scope");
    const char *type = sim_pairs_get(params, "response_type"), *text;
    const sim_app *app = sim_app_named(call->site, sim_pairs_get(params, "client_key"));
    sim_consent consent = {
        .site = call->site, .request = call->request, .answer = call->answer, .title = "Log in to TikTok", .kept = kept
    };
    sim_token code = { .kind = TIKTOK_TOKEN_ACCOUNT_CODE };
    sim_text query = { 0 };
    sim_consented said;

    call->answer->action = "consent";
    if (!app || !uri || !sim_redirect_known(call->site->sim, uri) || !type || strcmp(type, "code") || !scope ||
        !sim_scopes_known(call->site, scope)) {
        sim_consent_error(call->answer, "Log in to TikTok", "Something went wrong: client_key, redirect_uri, response_type or scope");
        return true;
    }
    consent.params = params;
    consent.app = app->number;
    consent.asked = sim_scopes_read(call->site, scope) & sim_scopes_read(call->site, ACCOUNT_SCOPES);
    if ((said = sim_consent_step(&consent)) == SIM_SHOWN) return true;
    sim_puts(&query, "error=access_denied");
    if (said == SIM_AGREED) {
        code.app = app->number;
        code.user = consent.user;
        code.extra = consent.ticked | sim_redirect_hash(uri) << 32;
        code.expires = sim_now(call->site->sim) + 3600;
        text = sim_token_make(call->site, call->request->arena, &code);
        sim_clear(&query);
        sim_printf(&query, "code=%s", text);
    }
    sim_redirect(call->answer, uri, query.p, sim_pairs_get(params, "state"), NULL);
    sim_free(&query);
    return true;
}

static const char *account_open_id(tiktok_call *call, int64_t user)
{
    char *out = sim_alloc(call->request->arena, 40);

    (void)snprintf(out, 40, "-000%016llx%08llx", (unsigned long long)sim_hash(sim_seed(call->site), 0x0e1, (uint64_t)user, 0),
                   (unsigned long long)user);
    return out;
}

static void account_scopes(tiktok_call *call, uint32_t scopes)
{
    sim_text *out = &call->answer->body;

    sim_json_key(out, "scope");
    sim_putc(out, '"');
    sim_scopes_write(call->site, out, scopes, ",");
    sim_putc(out, '"');
}

/* until: when the refresh token ends; kept: it is this one again */
static bool account_answer(tiktok_call *call, const sim_token *from, int64_t until, const char *kept)
{
    sim_token access = { .kind = TIKTOK_TOKEN_ACCOUNT, .app = from->app, .user = from->user, .extra = from->extra & 0xffffffff };
    sim_token lasting = access;
    sim_text *out = &call->answer->body;
    int64_t now = sim_now(call->site->sim);

    access.expires = now + SIM_DAY;
    lasting.kind = TIKTOK_TOKEN_REFRESH;
    lasting.expires = until;
    tiktok_open(call);
    sim_puts(out, "{");
    sim_json_pair(out, "access_token", sim_token_make(call->site, call->request->arena, &access));
    sim_json_pair_int(out, "expires_in", SIM_DAY);
    sim_json_pair(out, "open_id", account_open_id(call, from->user));
    sim_json_pair(out, "refresh_token", kept ? kept : sim_token_make(call->site, call->request->arena, &lasting));
    sim_json_pair_int(out, "refresh_token_expires_in", until - now);
    account_scopes(call, (uint32_t)access.extra);
    sim_json_pair(out, "token_type", "Bearer");
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}

static bool account_grant_type(tiktok_call *call, const char *wanted)
{
    const char *given = tiktok_param(call, "grant_type");

    return given && !strcmp(given, wanted) ? true : tiktok_fail(call, 40108, "grant_type is invalid.");
}

bool tiktok_account_token(tiktok_call *call)
{
    const char *text = tiktok_param(call, "auth_code"), *uri = tiktok_param(call, "redirect_uri");
    sim_token code;

    if (!tiktok_app_read(call, "client_id", "client_secret") || !account_grant_type(call, "authorization_code")) return false;
    if (!text || !uri) return tiktok_fail(call, 40002, "%s: Missing data for required field.", text ? "redirect_uri" : "auth_code");
    if (!sim_token_read(call->site, text, &code) || code.kind != TIKTOK_TOKEN_ACCOUNT_CODE || code.app != call->app->number ||
        sim_redirect_hash(uri) != code.extra >> 32)
        return tiktok_fail_token(call, 40101);
    if (sim_now(call->site->sim) >= code.expires) return tiktok_fail(call, 40115, "The auth_code has expired.");
    if (!sim_code_spend(call->site, code.serial)) return tiktok_fail(call, 40110, "The auth_code has been used.");
    return account_answer(call, &code, sim_now(call->site->sim) + ACCOUNT_YEAR, NULL);
}

bool tiktok_account_refresh(tiktok_call *call)
{
    const char *text = tiktok_param(call, "refresh_token");
    sim_token token;

    if (!tiktok_app_read(call, "client_id", "client_secret") || !account_grant_type(call, "refresh_token")) return false;
    if (!sim_token_read(call->site, text, &token) || token.kind != TIKTOK_TOKEN_REFRESH || token.app != call->app->number)
        return tiktok_fail_token(call, 40107);
    if (token.died) return tiktok_fail_token(call, token.died == 40102 ? 40103 : 40107);
    if (!sim_setting_int(call->site, "rotate")) return account_answer(call, &token, token.expires, text);
    sim_token_kill(call->site, token.serial, 40107);
    return account_answer(call, &token, token.expires, NULL);
}

static bool account_access(tiktok_call *call)
{
    const char *text = tiktok_param(call, "access_token");

    if (!sim_token_read(call->site, text, &call->token) || call->token.kind != TIKTOK_TOKEN_ACCOUNT) return tiktok_fail_token(call, 40105);
    return call->token.died ? tiktok_fail_token(call, call->token.died) : true;
}

bool tiktok_account_revoke(tiktok_call *call)
{
    if (!tiktok_app_read(call, "client_id", "client_secret") || !account_access(call)) return false;
    sim_grant_kill(call->site, sim_grant_get(call->site, call->token.user, call->token.app, true), SIM_DEAUTHORIZED);
    tiktok_open(call);
    sim_puts(&call->answer->body, "{}");
    tiktok_close(call);
    return true;
}

bool tiktok_account_inspect(tiktok_call *call)
{
    const char *id = tiktok_param(call, "app_id");
    sim_text *out = &call->answer->body;

    call->app = sim_app_named(call->site, id);
    if (!call->app) return tiktok_fail_token(call, 40113);
    if (!account_access(call)) return false;
    tiktok_open(call);
    sim_puts(out, "{");
    sim_json_pair(out, "app_id", id);
    account_scopes(call, (uint32_t)call->token.extra);
    sim_json_pair(out, "creator_id", account_open_id(call, call->token.user));
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}
