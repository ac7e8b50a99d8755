/* SPDX-License-Identifier: MIT */
/* What Meta's tokens have beside sim_token: the app's own id|secret, the end of data access, and appsecret_proof. */
#include "meta.h"

#include <stdlib.h>

const int64_t meta_death_codes[SIM_DEATHS] = { 458, 460, 467, 459, 464, 493, 492, 463 };

/* id|secret: the app's own token */
static bool token_app(const sim_world *sim, const char *text, sim_token *token)
{
    char *bar;
    int64_t id = strtoll(text, &bar, 10);
    const sim_app *app = sim_app_get(meta_site(sim), id);

    if (*bar != '|' || !app || strcmp(bar + 1, app->secret)) return false;
    *token = (sim_token){ .kind = META_TOKEN_APP, .app = id };
    return true;
}

bool meta_token_read(sim_world *sim, const char *text, sim_token *token)
{
    sim_site *site = meta_site(sim);
    const sim_grant *grant;

    *token = (sim_token){ 0 };
    if (strchr(text, '|')) return token_app(sim, text, token);
    if (!sim_token_read(site, text, token)) return false;
    if (token->kind == META_TOKEN_CODE) token->died = 0;
    if (token->kind == META_TOKEN_CODE || token->died) return true;
    grant = sim_grant_get(site, token->user, token->app, true);
    if (sim_now(sim) > grant->consented + sim->options.data_life) token->died = 493;
    return true;
}

const char *meta_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out)
{
    static const char scopes[] = "ads_read,business_management,pages_show_list,pages_manage_ads,leads_retrieval";
    const sim_options *o = &site->sim->options;
    sim_arena arena = { 0 };
    bool is_long = sim_json_bool(command, "long", true);
    sim_token token = { .kind = META_TOKEN_USER, .is_long = is_long, .app = app, .user = user };
    sim_grant *grant = sim_grant_get(site, user, app, true);

    token.expires = sim_now(site->sim) + sim_json_int(command, "life", is_long ? o->long_life : o->short_life);
    grant->granted |= 1u | sim_scopes_read(site, sim_json_str(command, "scopes", scopes));
    grant->declined &= ~grant->granted;
    grant->consented = sim_now(site->sim);
    token.extra = grant->granted;
    sim_json_pair(out, "token", sim_token_make(site, &arena, &token));
    sim_json_id(out, "user_id", meta_user_id(user));
    sim_json_pair_int(out, "expires_at", token.expires);
    sim_arena_free(&arena);
    return NULL;
}

/* HMAC-SHA256 of the token under the app's secret; with appsecret_time, of token|time */
const char *meta_proof_wrong(sim_world *sim, const sim_request *request, const char *token, int64_t app_id)
{
    const char *given = sim_pairs_get(&request->query, "appsecret_proof"), *at = sim_pairs_get(&request->query, "appsecret_time");
    const sim_app *app = sim_app_get(meta_site(sim), app_id);
    sim_text message = { 0 };
    uint8_t mac[32];
    char hex[65];

    if (!given) given = sim_pairs_get(&request->form, "appsecret_proof");
    if (!at) at = sim_pairs_get(&request->form, "appsecret_time");
    if (!app) return "no app";
    if (!given) return sim->options.proof ? "missing" : NULL;
    sim_puts(&message, token);
    if (at) sim_printf(&message, "|%s", at);
    sim_hmac_sha256(mac, app->secret, message.p, message.size);
    sim_free(&message);
    sim_hex(hex, mac, sizeof mac);
    return strcmp(hex, given) ? "wrong" : NULL;
}
