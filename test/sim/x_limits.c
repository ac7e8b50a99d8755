/* SPDX-License-Identifier: MIT */
/*
 * Fixed windows: the first call opens one, the headers tell when it ends, and it ends a little later than told. Some belong to a person's
 * token, those of the core lists to an ad account; with these comes the person's own, which is the app's quota and far wider.
 */
#include "x.h"

#define LIMIT_WIDE 100000

typedef struct limit_class {
    const char *name;
    int64_t allowed, span;
    bool account, endpoint; /* whose: the account's or the token's; each endpoint's or all together */
} limit_class;

static const limit_class limit_classes[] = {
    [X_GLOBAL] = { "global", 2000, 900, false, true },      [X_CORE] = { "core", 10000, 900, true, true },
    [X_OTHER] = { "other", 2000, 900, false, true },        [X_TARGETS] = { "targeting", 400, 900, false, false },
    [X_AUDIENCES] = { "audiences", 1500, 60, false, true }, [X_STATS] = { "stats", 250, 900, false, false },
    [X_JOBS] = { "jobs", 10000, 900, false, true },         [X_COUNTED] = { "counted", 200, 900, false, false },
};

typedef struct limit_state {
    int64_t allowed, used, reset;
    bool over;
} limit_state;

/* a window of core's keeps its end in blocked_until and its count in tally */
static limit_state limit_charge(x_call *call, uint64_t key, int64_t span, int64_t allowed)
{
    int64_t now = sim_now(call->site->sim), lag = sim_setting_int(call->site, "reset-lag");
    sim_window *window = sim_window_get(call->site->sim, key, span);
    limit_state state = { .allowed = allowed * call->site->sim->options.limit_scale / 100 };

    if (now >= window->blocked_until) {
        window->blocked_until = now + span + lag;
        window->tally = 0;
    }
    state.over = window->tally >= state.allowed && strcmp(call->site->sim->options.tier, "off") != 0;
    if (!state.over) window->tally++;
    state.used = window->tally;
    state.reset = window->blocked_until - lag;
    return state;
}

void x_limit_headers(sim_answer *answer, bool account, int64_t limit, int64_t remaining, int64_t reset)
{
    const int64_t values[] = { limit, remaining < 0 ? 0 : remaining, reset };
    static const char *const names[] = { "limit", "remaining", "reset" };

    for (size_t i = 0; i < SIM_COUNT(names); i++)
        sim_printf(&answer->headers, "%s-%s: %lld\n", account ? "x-account-rate-limit" : "x-rate-limit", names[i], (long long)values[i]);
}

static void limit_log(x_call *call, const limit_class *class, const limit_state *state)
{
    sim_text *out = &call->answer->permits;

    sim_json_key(out, class->name);
    sim_json_open(out, '{');
    sim_json_pair_int(out, "used", state->used);
    sim_json_pair_int(out, "allowed", state->allowed);
    sim_json_pair_bool(out, "refused", state->over);
    sim_putc(out, '}');
}

bool x_limits_pass(x_call *call, x_limit limit, const char *endpoint)
{
    const limit_class *class = &limit_classes[limit];
    uint64_t name = sim_hash_bytes(9, class->endpoint ? endpoint : "", class->endpoint ? strlen(endpoint) : 0);
    uint64_t who = sim_hash(0x11, (uint64_t)call->token.user, (uint64_t)call->token.app, (uint64_t)limit);
    int64_t allowed = class->allowed;
    limit_state state;

    if (limit == X_GLOBAL && !strcmp(call->site->sim->options.tier, "limited")) allowed = 5;
    if (class->account) {
        limit_state app = limit_charge(call, sim_hash(0x12, (uint64_t)call->token.app, name, 0), class->span, LIMIT_WIDE);

        x_limit_headers(call->answer, false, app.allowed, app.allowed - app.used, app.reset);
        who = sim_hash(0x13, (uint64_t)call->account.g, (uint64_t)call->token.app, 0);
    }
    state = limit_charge(call, sim_hash(who, name, 0, 0), class->span, allowed);
    x_limit_headers(call->answer, class->account, state.allowed, state.allowed - state.used, state.reset);
    limit_log(call, class, &state);
    return state.over ? x_fail(call, 429, "TOO_MANY_REQUESTS", NULL, "You have exceeded the rate limit for this endpoint") : true;
}
