/* SPDX-License-Identifier: MIT */
/* Operations of the Cloud project in 24 hours, and requests of a minute by customer and by project. Nothing tells of them but a 429. */
#include "google.h"

/* operations a day; 0: no end */
static int64_t limits_daily(const sim_site *site)
{
    static const struct {
        const char *level;
        int64_t daily;
    } levels[] = { { "test", 15000 }, { "explorer", 2880 }, { "basic", 15000 }, { "standard", 0 } };
    const char *level = sim_setting_text(site, "access");

    for (size_t i = 0; i < SIM_COUNT(levels); i++) {
        if (!strcmp(levels[i].level, level)) return levels[i].daily;
    }
    return strcmp(site->sim->options.tier, "limited") ? 0 : 2880;
}

static bool limits_window(google_call *call, const char *name, uint64_t key, int64_t span, int64_t allowed, int64_t *frees)
{
    sim_window *window = sim_window_get(call->site->sim, sim_hash(0x6006, key, (uint64_t)call->token.app, (uint64_t)span), span);
    int64_t left;
    bool passes = sim_window_take(call->site->sim, call->answer, name, window, allowed, &left);

    *frees = sim_window_frees_in(window, sim_now(call->site->sim), sim_scaled(call->site->sim, allowed));
    return passes;
}

bool google_limits_pass(google_call *call, bool counts)
{
    int64_t daily = limits_daily(call->site), minute = sim_setting_int(call->site, "minute"), frees;

    if (call->customer.cid && !limits_window(call, "customer", (uint64_t)call->customer.cid, 60, minute, &frees))
        return google_fail_quota(call, "RESOURCE_TEMPORARILY_EXHAUSTED", "ACCOUNT", "Requests per minute", frees);
    if (!limits_window(call, "project", 1, 60, minute * 10, &frees))
        return google_fail_quota(call, "RESOURCE_TEMPORARILY_EXHAUSTED", "DEVELOPER", "Requests per minute", frees);
    if (counts && daily && !limits_window(call, "daily", 2, SIM_DAY, daily, &frees))
        return google_fail_quota(call, "RESOURCE_EXHAUSTED", "DEVELOPER",
                                 daily == 2880 ? "Number of operations for explorer access" : "Number of operations for basic access",
                                 frees);
    return true;
}
