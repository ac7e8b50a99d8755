/* SPDX-License-Identifier: MIT */
/* P6b: where more is to be asked than a limit lets through, at least 80 % of its permits are used, over six windows. For windows of a
 * minute at least, ten permits per engine at least, and a storage that has a clock. Nothing goes wrong here. */
#include "dst.h"

#include <stdlib.h>

enum { SATURATED_WINDOWS = 8, SATURATED_FIRST = 2 }; /* the first ones: engines find each other, shares settle */

#define SATURATED_WINDOW_US (2 * DST_MINUTE) /* as the connector says */

static void saturated_judge(dst *w, int64_t from_us)
{
    uint32_t used = 0, windows = SATURATED_WINDOWS - SATURATED_FIRST;

    for (uint32_t i = 0; i < w->server.n_arrivals; i++) used += w->server.arrivals[i] > from_us;
    dst_note(w, NULL, "%u requests in %u windows of %u permits", used, windows, w->plan.permits);
    if (used * 100 < windows * w->plan.permits * 80)
        truth_broken(w, "P6b: of %u permits %.1f were used in two minutes, by %u engines with more to ask", w->plan.permits,
                     (double)used / windows, w->plan.workers);
}

/* Every lane has a job, all along. */
static void saturated_host(void *arg)
{
    actor *a = arg;
    dst *w = a->w;
    int64_t begun, due;

    people_setup(w);
    if (!people_open(a)) return;
    begun = w->now_us;
    for (uint32_t window = 1; window <= SATURATED_WINDOWS && !w->over; window++) {
        for (due = begun + window * SATURATED_WINDOW_US; w->now_us < due && !w->over; dst_sleep(a, DST_SECOND)) {
            for (uint32_t i = 0; i < w->n_connections; i++) {
                (void)people_ask(a, i, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0, 0);
                (void)people_ask(a, i, ADSYNC_DATA_METRICS, ADSYNC_SYNC_FULL, 0, DST_DAYS - 1);
            }
        }
    }
    saturated_judge(w, begun + SATURATED_FIRST * SATURATED_WINDOW_US);
    w->over = true;
    dst_close_engine(a);
}

bool saturated_run(dst *w, uint64_t seed, bool trace)
{
    dst_plan *p = &w->plan;

    dst_begin(w, seed);
    w->trace = trace;
    *p = (dst_plan){ .accounts = DST_ACCOUNTS, .hosts = 1, .clock = true, .max_changes = 2000 };
    p->workers = 1 + draw_below(&w->draw, 4);
    p->permits = 10 * p->workers + draw_below(&w->draw, 60);
    p->lease_us = 20 * DST_SECOND; /* whoever is idle looks every third of it */
    dst_note(w, NULL, "%u workers, %u permits per two minutes", p->workers, p->permits);
    server_begin(w);
    dst_actor(w, true, saturated_host);
    for (uint32_t i = 0; i < p->workers; i++) dst_actor(w, false, people_worker);
    if (!dst_run_until(w, 60 * DST_MINUTE)) truth_broken(w, "Live: the run does not end");
    dst_end(w);
    return !*w->broken;
}
