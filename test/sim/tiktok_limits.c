/* SPDX-License-Identifier: MIT */
/* Calls of an app in a second, a minute and a day. Nothing tells of them but a 40100, and who goes on asking stays out. */
#include "tiktok.h"

#define LIMIT_BLOCK 300

typedef struct limit_level {
    const char *name;
    int64_t second, minute, day;
} limit_level;

static const limit_level limit_levels[] = {
    { "basic", 10, 600, 864000 },
    { "advanced", 20, 1200, 1728000 },
    { "premium", 30, 1800, 2592000 },
    { "ultimate", 50, 3000, 4320000 },
};

/* paths with limits of their own, at the basic level */
static const limit_level limit_paths[] = {
    { "report/task/create/", 2, 60, 4500 },
    { "gmv_max/report/get/", 8, 240, 20000 },
};

static const limit_level limit_sandbox = { "sandbox", 1, 30, 1000 };

static const limit_level *limit_of_app(const tiktok_call *call)
{
    const char *level = sim_setting_text(call->site, "level");

    if (!strcmp(level, "auto") && !strcmp(call->site->sim->options.tier, "full")) return &limit_levels[SIM_COUNT(limit_levels) - 1];
    for (size_t i = 0; i < SIM_COUNT(limit_levels); i++) {
        if (!strcmp(limit_levels[i].name, level)) return &limit_levels[i];
    }
    return &limit_levels[0];
}

static void limit_permit(tiktok_call *call, const char *name, int64_t used, int64_t allowed, bool refused)
{
    sim_text *out = &call->answer->permits;

    sim_json_key(out, name);
    sim_json_open(out, '{');
    sim_json_pair_int(out, "used", used);
    sim_json_pair_int(out, "allowed", allowed);
    sim_json_pair_bool(out, "refused", refused);
    sim_putc(out, '}');
}

/* true: there was room, or nobody refuses. What is refused counts as well; over the minute's end it is five minutes */
static bool limit_window(tiktok_call *call, const char *name, uint64_t key, int64_t span, int64_t allowed, int64_t block)
{
    int64_t now = sim_now(call->site->sim), used;
    sim_window *window = sim_window_get(call->site->sim, sim_hash(0x71c, key, (uint64_t)call->token.app, (uint64_t)span), span);
    bool over;

    allowed = allowed * call->site->sim->options.limit_scale / 100;
    if (allowed < 1) allowed = 1;
    used = sim_window_used(window, now);
    sim_window_charge(window, now, 1);
    over = used >= allowed;
    if (over && block) window->blocked_until = now + block;
    over = (over || window->blocked_until > now) && strcmp(call->site->sim->options.tier, "off") != 0;
    limit_permit(call, name, used + 1, allowed, over);
    return !over;
}

static bool limit_three(tiktok_call *call, const limit_level *level, uint64_t key)
{
    uint64_t second = (uint64_t)sim_now(call->site->sim), day = second / SIM_DAY; /* until midnight of UTC */

    if (!limit_window(call, "day", sim_hash(key, day, 3, 0), SIM_DAY, level->day, 0))
        return tiktok_fail(call, 40100, "App reaches the QPD limit.");
    if (!limit_window(call, "minute", sim_hash(key, 2, 0, 0), 60, level->minute, LIMIT_BLOCK))
        return tiktok_fail(call, 40100, "Due to too many requests, requests from App %s are temporarily restricted.",
                           call->app ? call->app->id : "");
    return limit_window(call, "second", sim_hash(key, second, 1, 0), 60, level->second, 0)
               ? true
               : tiktok_fail(call, 40100, "App reaches the QPS limit.");
}

static bool limit_account(tiktok_call *call, uint64_t path)
{
    int64_t most = sim_setting_int(call->site, "account-qps");
    uint64_t second = (uint64_t)sim_now(call->site->sim);
    char id[32] = "";

    if (!most || !sim_tiktok.account_of(call->site, call->request, id)) return true;
    if (limit_window(call, "advertiser", sim_hash(path, sim_hash_bytes(0, id, strlen(id)), second, 4), 60, most, 0)) return true;
    return tiktok_fail(call, 40133, "Advertiser (%s)'s QPS (%lld) reaches QPS limit %lld for current path.", id, (long long)most + 1,
                       (long long)most);
}

bool tiktok_limits_pass(tiktok_call *call)
{
    uint64_t path = sim_hash_bytes(7, call->path, strlen(call->path));

    if (call->sandbox) return limit_three(call, &limit_sandbox, path);
    if (!limit_account(call, path)) return false;
    for (size_t i = 0; i < SIM_COUNT(limit_paths); i++) {
        if (!strcmp(limit_paths[i].name, call->path) && !limit_three(call, &limit_paths[i], path)) return false;
    }
    return limit_three(call, limit_of_app(call), 0);
}
