/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous reports: the same question with async=true, a run that is looked at, and a file on another host that wants no token. A
 * file of JSON is the synchronous answer in one piece; a file of CSV has the times, the id and the fields (nobody has published one).
 */
#include "snapchat.h"

#include <stdlib.h>

#define JOB_LIFE (7ll * SIM_DAY)

static const char *job_id(snapchat_call *call, const sim_job *job)
{
    char *out = sim_alloc(call->request->arena, 96);

    (void)snprintf(out, 96, "ASYNC_STATS:%s:%lld", snapchat_id(call->site, call->request->arena, WORLD_ACCOUNT, job->account, 0),
                   (long long)job->number);
    return out;
}

static const char *job_status(const snapchat_call *call, const sim_job *job)
{
    int percent = sim_job_percent(call->site, job);

    if (job->forced) return job->forced;
    if (percent < 100) return job->polls ? "RUNNING" : "STARTED";
    return job->code ? "FAILED" : "COMPLETED";
}

static bool job_write(snapchat_call *call, const sim_job *job, const char *status)
{
    sim_text *out = snapchat_open(call, "SUCCESS");

    sim_json_key(out, "async_stats_reports");
    sim_puts(out, "[{");
    sim_json_pair(out, "sub_request_status", "SUCCESS");
    sim_json_key(out, "async_stats_report");
    sim_json_open(out, '{');
    sim_json_pair(out, "report_run_id", job_id(call, job));
    sim_json_pair(out, "async_status", status);
    if (!strcmp(status, "COMPLETED"))
        sim_printf(out, ",\"result\":\"%s://%s/snap-async-stats/%s.%s\"", call->request->scheme, SNAPCHAT_FILES,
                   snapchat_id(call->site, call->request->arena, WORLD_JOB, job->account, job->number), job->subcode ? "csv" : "json");
    sim_puts(out, "}}]}");
    return true;
}

/* subcode: a file of CSV */
bool snapchat_job_start(snapchat_call *call, const snapchat_query *q, bool csv)
{
    size_t size = strlen(call->request->raw_query) + 1;
    char *query = sim_need(malloc(size));
    sim_job *job;

    memcpy(query, call->request->raw_query, size);
    call->answer->action = "report";
    job = sim_job_new(call->site, q->account.g, query);
    job->node = q->level;
    job->index = q->index;
    (void)sim_job_fate(call->site, call->request, job, snapchat_id(call->site, call->request->arena, WORLD_ACCOUNT, job->account, 0), 1, 0);
    job->subcode = csv;
    return job_write(call, job, "STARTED");
}

bool snapchat_job_look(snapchat_call *call, int64_t g)
{
    const char *text = snapchat_param(call, "report_run_id"), *number = text ? strrchr(text, ':') : NULL, *status;
    sim_job *job = number ? sim_job_get(call->site, strtoll(number + 1, NULL, 10), JOB_LIFE) : NULL;

    call->answer->action = "stats_report";
    if (!job || job->account != g || strcmp(job_id(call, job), text)) return snapchat_fail(call, "E3003", "Resource can not be found");
    status = job_status(call, job);
    job->polls++;
    return job_write(call, job, status);
}

/* ---- the file */

static void job_file_fail(snapchat_call *call, int status, const char *code)
{
    call->answer->status = status;
    call->answer->type = "application/xml; charset=UTF-8";
    sim_printf(&call->answer->body, "<?xml version='1.0' encoding='UTF-8'?><Error><Code>%s</Code></Error>", code);
}

static void job_csv_rows(snapchat_call *call, const snapchat_query *q, world_kind level, int64_t index)
{
    sim_text *out = &call->answer->body, stats = { 0 };
    sim_arena *arena = call->request->arena;
    char from[40], to[40];

    for (int64_t at = q->start, next; at < q->end; at = next) {
        snapchat_sum sum;
        const sim_json *row;

        next = q->granularity == 'D' || q->granularity == 'H' ? snapchat_series_step(q, at) : q->end;
        snapchat_series_sum(call->site, q, level, index, at, next, &sum);
        snapchat_local(from, at, q->account.zone);
        snapchat_local(to, next, q->account.zone);
        sim_printf(out, "%s,%s,%s", from, to, snapchat_id(call->site, arena, level, q->account.g, index));
        sim_clear(&stats);
        sim_puts(&stats, "{");
        snapchat_stats_write(&stats, q, &sum);
        sim_puts(&stats, "}");
        row = sim_json_get(sim_json_parse(arena, stats.p, stats.size), "stats");
        for (const sim_json *m = row->child; m; m = m->next) sim_printf(out, ",%.*s", (int)m->size, m->text);
        sim_puts(out, "\r\n");
        call->answer->rows++;
    }
    sim_free(&stats);
}

static void job_csv(snapchat_call *call, const snapchat_query *q)
{
    world_kind level = q->breakdown ? q->breakdown : q->level;
    int64_t count = world_ads_under(call->site, q->level) / world_ads_under(call->site, level);
    int64_t first = q->level == WORLD_ACCOUNT ? 0 : q->index * count;
    world_entity e;

    call->answer->type = "text/csv";
    sim_puts(&call->answer->body, "start_time,end_time,id");
    for (size_t i = 0; i < q->count; i++) sim_printf(&call->answer->body, ",%s", q->fields[i].name);
    sim_puts(&call->answer->body, "\r\n");
    for (int64_t i = first; i < first + count; i++) {
        if (level == WORLD_ACCOUNT || world_entity_at(call->site, level, q->account.g, i, &e)) job_csv_rows(call, q, level, i);
    }
}

void snapchat_file(snapchat_call *call)
{
    const char *path = call->request->path, *name = strrchr(path, '/');
    snapchat_query *q = sim_alloc(call->request->arena, sizeof *q);
    int64_t g = 0, number = 0;
    char id[40] = "";
    sim_job *job;

    call->answer->action = "file";
    if (sim_header(call->request, "Authorization")) {
        job_file_fail(call, 400, "InvalidArgument"); /* two ways of proving oneself at once; and the token is out */
        return;
    }
    if (name) (void)snprintf(id, sizeof id, "%.*s", (int)(strcspn(name + 1, ".") % 40), name + 1);
    job = snapchat_id_read(call->site, id, &g, &number) == WORLD_JOB ? sim_job_get(call->site, number, JOB_LIFE) : NULL;
    if (!job || job->account != g || strcmp(job_status(call, job), "COMPLETED") || strncmp(path, "/snap-async-stats/", 18)) {
        job_file_fail(call, 404, "NoSuchKey");
        return;
    }
    call->request->query = (sim_pairs){ 0 };
    sim_query_read(call->request->arena, &call->request->query, job->query, strlen(job->query));
    if (!snapchat_stats_read(call, job->node, job->account, job->index, q)) return;
    if (job->subcode)
        job_csv(call, q);
    else
        (void)snapchat_series_write(call, q, true);
}
