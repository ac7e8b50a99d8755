/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous reports. A run is its parameters and how often somebody looked: with a clock that stands still, looks are what moves
 * it on. It passes through "Job Running" at 100 %, when its rows are there only in part, and may not be found at the first look.
 */
#include "meta.h"

#include <stdlib.h>

#define RUN_LIFE (30ll * SIM_DAY)

typedef struct run_state {
    const char *status;
    int percent;
    bool complete;
} run_state;

static sim_job *run_get(meta_call *call, int64_t g, int64_t number)
{
    sim_job *run = sim_job_get(meta_site(call->sim), number, RUN_LIFE);

    return run && run->account == g ? run : NULL;
}

static run_state run_now(const meta_call *call, const sim_job *run)
{
    int64_t wanted = call->sim->options.run_polls;

    if (run->forced) return (run_state){ run->forced, !strcmp(run->forced, "Job Skipped") ? 0 : 100, false };
    if (run->polls >= wanted) return run->code ? (run_state){ "Job Failed", 100, false } : (run_state){ "Job Completed", 100, true };
    if (run->polls + 1 >= wanted) return (run_state){ "Job Running", 100, false };
    if (!run->polls) return (run_state){ "Job Not Started", 0, false };
    return (run_state){ run->polls == 1 ? "Job Started" : "Job Running", (int)(run->polls * 90 / wanted), false };
}

/* the parameters as one form text; the token is no part of them */
static char *run_query(const meta_call *call)
{
    sim_text out = { 0 };

    sim_puts(&out, "");
    for (size_t i = 0; i < call->query.count; i++) {
        const sim_pair *p = &call->query.p[i];

        if (!strcmp(p->name, "access_token") || !strncmp(p->name, "appsecret_", 10) || !strcmp(p->name, "batch") ||
            !strcmp(p->name, "limit"))
            continue;
        sim_printf(&out, "%s%s=", out.size ? "&" : "", p->name);
        sim_percent(&out, p->value, strlen(p->value));
    }
    return sim_need(realloc(out.p, out.size + 1));
}

static void run_fate(meta_call *call, sim_job *run, int64_t rows)
{
    char account[32];

    (void)snprintf(account, sizeof account, "%lld", (long long)call->account.id);
    if (rows > call->sim->options.run_rows) {
        run->code = 100;
        run->subcode = 1487534;
    }
    if (!sim_job_fate(meta_site(call->sim), call->request, run, account, 2, 1504043) || !run->forced) return;
    if (strcmp(run->forced, "Job Skipped") && strcmp(run->forced, "Job Running")) run->forced = "Job Failed";
}

bool meta_run_start(meta_call *call, world_kind node, int64_t g, int64_t index, const char *node_text)
{
    meta_query *query = sim_alloc(call->request->arena, sizeof *query);
    sim_job *run;
    int64_t id;

    if (node != WORLD_ACCOUNT && (node < WORLD_CAMPAIGN || node > WORLD_AD)) return meta_fail_missing(call, node_text);
    if (!meta_query_read(call, node, g, index, query)) return false;
    run = sim_job_new(meta_site(call->sim), g, run_query(call));
    run->node = node;
    run->index = index;
    run_fate(call, run, meta_query_rows(query));
    id = meta_run_id(call->sim, g, run->number);
    sim_puts(&call->answer->body, "{");
    if (call->sim->options.run_number || run->number % 2)
        sim_json_pair_int(&call->answer->body, "report_run_id", id);
    else
        sim_json_id(&call->answer->body, "report_run_id", id);
    sim_puts(&call->answer->body, "}");
    return true;
}

/* the parameters come from the run; limit and cursor from the call */
static bool run_read(meta_call *call, const sim_job *run, meta_query *query)
{
    meta_call inner = *call;

    inner.query = (sim_pairs){ 0 };
    sim_query_read(call->request->arena, &inner.query, run->query, strlen(run->query));
    return meta_query_read(&inner, run->node, run->account, run->index, query);
}

static void run_failure(sim_text *out, const sim_job *run)
{
    bool big = run->subcode == 1487534;

    sim_json_pair_int(out, "error_code", run->code);
    if (run->subcode) sim_json_pair_int(out, "error_subcode", run->subcode);
    sim_json_pair(out, "error_message",
                  big ? "Please reduce the amount of data you're asking for" : "An unexpected error occurred while the report was made");
    sim_json_pair(out, "error_user_title", big ? "Too much data" : "Report failed");
    sim_json_pair(out, "error_user_msg",
                  big ? "The report holds too much data. Ask for fewer days or fewer objects." : "Please try again later.");
}

bool meta_run_status(meta_call *call, int64_t g, int64_t number)
{
    sim_job *run = run_get(call, g, number);
    meta_query *query = sim_alloc(call->request->arena, sizeof *query);
    sim_text *out = &call->answer->body;
    int64_t race = call->sim->options.run_race;
    char id[32], day[16];
    run_state now;

    (void)snprintf(id, sizeof id, "%lld", (long long)meta_run_id(call->sim, g, number));
    if (!run) return meta_fail_missing(call, id);
    if (race && !run->raced && number % race == 0) {
        run->raced = true;
        return meta_fail_missing(call, id);
    }
    if (!run_read(call, run, query)) return false;
    now = run_now(call, run);
    run->polls++;
    run->told = now.complete;
    sim_puts(out, "{");
    sim_json_pair(out, "id", id);
    sim_json_id(out, "account_id", call->account.id);
    sim_json_pair_int(out, "time_ref", run->created);
    if (now.complete) sim_json_pair_int(out, "time_completed", sim_now(call->sim));
    sim_json_pair(out, "async_status", now.status);
    sim_json_pair_int(out, "async_percent_completion", now.percent);
    sim_day_text(day, query->from[0]);
    sim_json_pair(out, "date_start", day);
    sim_day_text(day, query->to[query->ranges - 1]);
    sim_json_pair(out, "date_stop", day);
    if (!strcmp(now.status, "Job Failed") && call->served >= 25) run_failure(out, run);
    sim_puts(out, "}");
    return true;
}

bool meta_run_insights(meta_call *call, int64_t g, int64_t number)
{
    sim_job *run = run_get(call, g, number);
    meta_query *query = sim_alloc(call->request->arena, sizeof *query);
    sim_text path = { 0 };
    char id[32];
    bool fine;

    (void)snprintf(id, sizeof id, "%lld", (long long)meta_run_id(call->sim, g, number));
    if (!run) return meta_fail_missing(call, id);
    if (!run_read(call, run, query)) return false;
    sim_printf(&path, "%s/insights", id);
    fine = meta_insights_of(call, query, path.p, !run->told);
    sim_free(&path);
    return fine;
}
