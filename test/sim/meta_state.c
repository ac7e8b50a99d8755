/* SPDX-License-Identifier: MIT */
/* The little that is remembered: which apps there are, what people consented to, what was killed. */
#include "meta.h"

#include <stdlib.h>

const char *const meta_scopes[META_SCOPES] = { "public_profile",
                                               "ads_read",
                                               "ads_management",
                                               "business_management",
                                               "pages_show_list",
                                               "pages_read_engagement",
                                               "pages_manage_ads",
                                               "pages_manage_metadata",
                                               "leads_retrieval",
                                               "read_insights",
                                               "email",
                                               "catalog_management" };

const int meta_death_codes[META_DEATHS] = { 458, 460, 467, 459, 464, 493, 492, 463 };

static const char *const state_death_names[META_DEATHS] = { "deauthorized", "password", "logged_out", "checkpoint",
                                                            "unconfirmed",  "inactive", "unused",     "expired" };

uint32_t meta_scope(const char *name)
{
    for (size_t i = 0; i < META_SCOPES; i++) {
        if (!strcmp(meta_scopes[i], name)) return 1u << i;
    }
    return 0;
}

/* separated by commas; spaces are said to do as well. An unknown word is passed over here: the dialog refuses it. */
uint32_t meta_scopes_read(const char *text)
{
    uint32_t mask = 0;
    char name[64];

    while (*text) {
        size_t size = strcspn(text, ", ");

        (void)snprintf(name, sizeof name, "%.*s", (int)(size < 63 ? size : 63), text);
        mask |= meta_scope(name);
        text += size + (text[size] != 0);
    }
    return mask;
}

const meta_app *meta_app_get(const sim_world *sim, int64_t id)
{
    for (const meta_app *app = meta_of(sim)->apps; app; app = app->next) {
        if (app->id == id) return app;
    }
    return NULL;
}

meta_grant *meta_grant_get(sim_world *sim, int64_t user, int64_t app, bool make)
{
    meta_state *state = meta_of(sim);
    meta_grant *grant;

    for (grant = state->grants; grant; grant = grant->next) {
        if (grant->user == user && grant->app == app) return grant;
    }
    if (!make) return NULL;
    grant = sim_need(calloc(1, sizeof *grant));
    grant->user = user;
    grant->app = app;
    grant->next = state->grants;
    return state->grants = grant;
}

static uint64_t state_pair(int64_t user, int64_t g) { return (uint64_t)user << 32 | (uint64_t)g; }

bool meta_may_see(const sim_world *sim, const meta_grant *grant, int64_t user, int64_t g)
{
    const meta_state *state = meta_of(sim);

    if (g / sim->options.accounts != user) return false;
    for (size_t i = 0; i < state->hidden_count; i++) {
        if (state->hidden[i] == state_pair(user, g)) return false;
    }
    if (!grant || !grant->only_some) return true;
    for (size_t i = 0; i < grant->chosen_count; i++) {
        if (grant->chosen[i] == g) return true;
    }
    return false;
}

/* ---- control */

static int64_t state_command_app(const sim_world *sim, const sim_json *command)
{
    return sim_json_int(command, "app", meta_of(sim)->apps ? meta_of(sim)->apps->id : 0);
}

static const char *state_kill(sim_world *sim, const sim_json *command, sim_text *out)
{
    const char *reason = sim_json_str(command, "reason", "expired"), *text = sim_json_str(command, "token", NULL);
    meta_grant *grant = meta_grant_get(sim, sim_json_int(command, "user", 0), state_command_app(sim, command), true);
    meta_token token;

    (void)out;
    for (int i = 0; i < META_DEATHS; i++) {
        if (strcmp(state_death_names[i], reason)) continue;
        if (!text)
            grant->dead_before[i] = meta_of(sim)->token_serial;
        else if (meta_token_read(sim, text, &token))
            meta_token_kill(sim, token.serial, meta_death_codes[i]);
        else
            return "no such token";
        return NULL;
    }
    return "reason must be deauthorized, password, logged_out, checkpoint, unconfirmed, inactive, unused or expired";
}

static const char *state_access(sim_world *sim, const sim_json *command, sim_text *out)
{
    meta_state *state = meta_of(sim);
    const char *text = sim_json_str(command, "account", "");
    int64_t g, index, user = sim_json_int(command, "user", 0);
    uint64_t pair;

    (void)out;
    if (meta_id_read(sim, strtoll(!strncmp(text, "act_", 4) ? text + 4 : text, NULL, 10), &g, &index) != META_ACCOUNT)
        return "no such account";
    pair = state_pair(user, g);
    for (size_t i = 0; i < state->hidden_count; i++) {
        if (state->hidden[i] == pair) state->hidden[i--] = state->hidden[--state->hidden_count];
    }
    if (sim_json_bool(command, "allow", false)) return NULL;
    if (state->hidden_count == SIM_COUNT(state->hidden)) return "too many accounts are hidden";
    state->hidden[state->hidden_count++] = pair;
    return NULL;
}

static const char *state_scopes(sim_world *sim, const sim_json *command, sim_text *out)
{
    meta_grant *grant = meta_grant_get(sim, sim_json_int(command, "user", 0), state_command_app(sim, command), true);
    uint32_t off = meta_scopes_read(sim_json_str(command, "decline", "")), on = meta_scopes_read(sim_json_str(command, "grant", ""));

    (void)out;
    grant->granted = (grant->granted | on) & ~off;
    grant->declined = (grant->declined | off) & ~on;
    return NULL;
}

/* a token without the dialog, for tests that are about something else */
static const char *state_mint(sim_world *sim, const sim_json *command, sim_text *out)
{
    sim_arena arena = { 0 };
    const sim_options *o = &sim->options;
    bool is_long = sim_json_bool(command, "long", true);
    meta_token token = {
        .kind = META_TOKEN_USER, .is_long = is_long, .app = state_command_app(sim, command), .user = sim_json_int(command, "user", 0)
    };
    meta_grant *grant = meta_grant_get(sim, token.user, token.app, true);

    if (!meta_app_get(sim, token.app)) return "no such app";
    if (token.user < 0 || token.user >= o->users) return "no such user";
    token.expires = sim_now(sim) + sim_json_int(command, "life", is_long ? o->long_life : o->short_life);
    grant->granted |= 1u | meta_scopes_read(sim_json_str(command, "scopes",
                                                         "ads_read,business_management,pages_show_list,pages_manage_ads,leads_retrieval"));
    grant->declined &= ~grant->granted;
    grant->consented = sim_now(sim);
    token.extra = grant->granted;
    sim_json_pair(out, "token", meta_token_make(sim, &arena, &token));
    sim_json_id(out, "user_id", meta_user_id(token.user));
    sim_json_pair_int(out, "expires_at", token.expires);
    sim_arena_free(&arena);
    return NULL;
}

const char *meta_control(sim_world *sim, const sim_json *command, sim_text *out)
{
    static const struct {
        const char *op, *(*act)(struct sim_world *, const sim_json *, sim_text *);
    } table[] = { { "token.kill", state_kill }, { "access", state_access }, { "scopes", state_scopes }, { "token.mint", state_mint } };
    const char *op = sim_json_str(command, "op", "");

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (!strcmp(table[i].op, op)) return table[i].act(sim, command, out);
    }
    return "";
}
