/* SPDX-License-Identifier: MIT */
/* Two counters a day for each endpoint, of the app and of the person in it, until midnight UTC; a minute's; the volume of adAnalytics. */
#include "linkedin.h"

/* false: it is used up. Days begin at midnight UTC, so each has a window of its own. */
static bool limits_take(linkedin_call *call, const char *name, const char *setting, uint64_t who, int64_t span)
{
    sim_world *sim = call->site->sim;
    int64_t allowed = sim_setting_int(call->site, setting), left;
    uint64_t day = span == SIM_DAY ? (uint64_t)(sim_now(sim) / SIM_DAY) : 0;
    sim_window *window = sim_window_get(sim, sim_hash(0x114d, who, day, (uint64_t)span), span == SIM_DAY ? 2 * span : span);

    if (!strcmp(sim->options.tier, "limited")) allowed /= 10;
    return !allowed || sim_window_take(sim, call->answer, name, window, allowed, &left);
}

bool linkedin_limits_pass(linkedin_call *call, const char *endpoint)
{
    uint64_t app = sim_hash_bytes((uint64_t)call->token.app, endpoint, strlen(endpoint)),
             member = sim_hash(app, (uint64_t)call->token.user, 1, 0);

    if (!limits_take(call, "minute", "minute", member, 60))
        return linkedin_fail_throttle(call, "APPLICATION_AND_MEMBER", "MINUTE", 60 - sim_now(call->site->sim) % 60);
    if (!limits_take(call, "member_day", "member-day", member, SIM_DAY))
        return linkedin_fail_throttle(call, "APPLICATION_AND_MEMBER", "DAY", 0);
    if (!limits_take(call, "app_day", "app-day", app, SIM_DAY)) return linkedin_fail_throttle(call, "APPLICATION", "DAY", 0);
    return true;
}

static sim_window *limits_values(linkedin_call *call)
{
    return sim_window_get(call->site->sim, sim_hash(0x114e, (uint64_t)call->token.app, 0, 0), 300);
}

/* how much a call costs is known behind it: the one that runs over still gets its rows */
bool linkedin_values_pass(linkedin_call *call)
{
    sim_world *sim = call->site->sim;

    if (sim_window_used(limits_values(call), sim_now(sim)) <= sim_scaled(sim, sim_setting_int(call->site, "values"))) return true;
    return strcmp(sim->options.tier, "off") ? linkedin_fail_volume(call) : true;
}

void linkedin_values_charge(linkedin_call *call, int64_t values)
{
    sim_window_charge(limits_values(call), sim_now(call->site->sim), values);
}
