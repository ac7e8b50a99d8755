/* SPDX-License-Identifier: MIT */
/*
 * Requests of a second, by token and by application, on average over --snapchat-average seconds, of which nothing tells but a 429; and
 * stats in windows of five seconds that headers tell of.
 */
#include "snapchat.h"

#define BUCKET_SECONDS 5
#define BUCKET_STATS 1666

bool snapchat_limits_pass(snapchat_call *call)
{
    int64_t span = sim_setting_int(call->site, "average"), a_second = sim_setting_int(call->site, "second"), left;
    uint64_t app = (uint64_t)call->token.app;
    sim_window *token = sim_window_get(call->site->sim, sim_hash(0x54a9, 1, app, (uint64_t)call->token.serial), span);
    sim_window *all = sim_window_get(call->site->sim, sim_hash(0x54a9, 2, app, 0), span);

    if (!sim_window_take(call->site->sim, call->answer, "token", token, a_second * span, &left)) return snapchat_fail_rate(call);
    return sim_window_take(call->site->sim, call->answer, "app", all, a_second * 2 * span, &left) ? true : snapchat_fail_rate(call);
}

void snapchat_limits_headers(snapchat_call *call, int64_t limit, int64_t left)
{
    int64_t now = sim_now(call->site->sim);
    char text[32];

    (void)snprintf(text, sizeof text, "%lld", (long long)limit);
    sim_answer_header(call->answer, "X-Rate-Limit-Limit", text);
    (void)snprintf(text, sizeof text, "%lld", (long long)left);
    sim_answer_header(call->answer, "X-Rate-Limit-Remaining", text);
    (void)snprintf(text, sizeof text, "%lld000", (long long)((now / BUCKET_SECONDS + 1) * BUCKET_SECONDS));
    sim_answer_header(call->answer, "X-Rate-Limit-Reset", text);
}

bool snapchat_limits_bucket(snapchat_call *call, const char *bucket)
{
    sim_world *sim = call->site->sim;
    int64_t now = sim_now(sim), left;
    uint64_t who = sim_hash(0x54a9, 3, (uint64_t)call->token.app, (uint64_t)call->token.user);
    uint64_t key = sim_hash(who, sim_hash_bytes(0, bucket, strlen(bucket)), (uint64_t)(now / BUCKET_SECONDS), 0);
    /* its key holds the window's number, so that all of it ends at once; a minute keeps its slots whole */
    bool passes = sim_window_take(sim, call->answer, "stats", sim_window_get(sim, key, 60), BUCKET_STATS, &left);

    snapchat_limits_headers(call, sim_scaled(sim, BUCKET_STATS), left);
    return passes ? true : snapchat_fail_rate(call);
}
