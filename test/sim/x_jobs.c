/* SPDX-License-Identifier: MIT */
/*
 * Statistics by job: made, looked at until it is ready, its file taken from another host without a signature. Of these files' addresses
 * some are written twice, some lead to the Ads API, and one in a few jobs is successful a look before it says where its file is.
 */
#include "x.h"

#include <stdlib.h>

#define JOB_LIFE (30ll * SIM_DAY)
#define JOB_FILE_LIFE (2 * SIM_DAY)
#define JOB_LIMIT 100

/* ---- what a job remembers: its parameters as a form; job->code: when it was ready */

static char *jobs_remember(const x_call *call)
{
    sim_text out = { 0 };

    for (size_t i = 0; i < call->params.count; i++) {
        sim_printf(&out, "%s%s=", i ? "&" : "", call->params.p[i].name);
        sim_percent(&out, call->params.p[i].value, strlen(call->params.p[i].value));
    }
    return out.p;
}

/* the parameters come from the job, everything else from the call; the bounds are those of the day on which the job was made */
static bool jobs_query(const x_call *call, const sim_job *job, x_query *query)
{
    sim_answer unused = { 0 };
    x_call inner = *call;
    bool fine;

    inner.answer = &unused;
    inner.params = (sim_pairs){ 0 };
    inner.echo = (sim_text){ 0 };
    sim_query_read(call->request->arena, &inner.params, job->query, strlen(job->query));
    fine = world_account_at(call->site, job->account, &inner.account) && x_query_read(&inner, query, true);
    sim_free(&inner.echo);
    sim_answer_free(&unused);
    return fine;
}

/* ---- how far it is */

static const char *jobs_status(const x_call *call, const sim_job *job)
{
    int percent = sim_job_percent(call->site, job);

    if (job->forced) return job->forced;
    if (percent == 100) return "SUCCESS";
    if (percent > 50) return "UPLOADING";
    return percent || job->number % 2 ? "PROCESSING" : "QUEUED";
}

static bool jobs_running(const x_call *call, const sim_job *job) { return x_listed("QUEUED,PROCESSING,UPLOADING", jobs_status(call, job)); }

static bool jobs_done(const x_call *call, sim_job *job)
{
    if (strcmp(jobs_status(call, job), "SUCCESS")) return false;
    if (!job->code) job->code = sim_now(call->site->sim);
    return true;
}

static sim_job *jobs_at(const x_call *call, int64_t number, int64_t g)
{
    sim_job *job = sim_job_get(call->site, number, JOB_LIFE);

    return job && job->account == g ? job : NULL;
}

static int64_t jobs_count_running(const x_call *call)
{
    int64_t count = 0, last = call->site->job_serial;

    for (int64_t i = last; i > 0 && i > last - SIM_JOBS; i--) {
        const sim_job *job = jobs_at(call, i, call->account.g);

        count += job && jobs_running(call, job);
    }
    return count;
}

/* ---- a job as JSON */

static void jobs_url(sim_text *out, const x_call *call, sim_job *job)
{
    const char *host = job->number % 7 == 5 ? X_ADS : X_FILES;
    int64_t race = call->site->sim->options.run_race;
    bool doubled = job->number % 7 == 3, early = race && !job->raced && job->number % race == 0;
    char url[256];

    (void)snprintf(url, sizeof url, "%s%shttps://%s%s%lld.json.gz", doubled ? "https://" : "", doubled ? X_FILES "/" : "", host,
                   X_FILE_PATH, (long long)x_job_id(job->account, job->number));
    sim_json_pair(out, "url", jobs_done(call, job) && !early ? url : NULL);
    x_json_time(out, "expires_at", jobs_done(call, job) && !early ? job->code + JOB_FILE_LIFE : 0);
    if (jobs_done(call, job)) job->raced = true;
}

static void jobs_write(x_call *call, sim_job *job, sim_text *out)
{
    sim_arena *arena = call->request->arena;
    int64_t id = x_job_id(job->account, job->number);
    x_query query;

    if (!jobs_query(call, job, &query)) query = (x_query){ 0 };
    sim_json_open(out, '{');
    x_query_echo(&query, arena, out);
    if (job->number % 5 == 0) sim_json_id(out, "id", id); /* twice, as it happens */
    sim_json_pair_int(out, "id", id);
    sim_json_id(out, "id_str", id);
    sim_json_pair(out, "account_id", x_id(arena, X_ACCOUNT, job->account, 0));
    sim_json_pair(out, "status", jobs_status(call, job));
    jobs_url(out, call, job);
    x_json_time(out, "created_at", job->created);
    x_json_time(out, "updated_at", job->code ? job->code : job->created);
    sim_putc(out, '}');
}

static void jobs_headers(x_call *call)
{
    int64_t allowed = JOB_LIMIT * call->site->sim->options.limit_scale / 100;

    sim_printf(&call->answer->headers, "x-concurrent-job-limit: %lld\nx-concurrent-job-limit-remaining: %lld\n", (long long)allowed,
               (long long)(allowed - jobs_count_running(call)));
}

/* ---- calls */

static bool jobs_create(x_call *call)
{
    int64_t allowed = JOB_LIMIT * call->site->sim->options.limit_scale / 100;
    sim_text data = { 0 };
    x_query query;
    sim_job *job;

    if (!x_limits_pass(call, X_JOBS, "create") || !x_query_read(call, &query, true)) return false;
    if (jobs_count_running(call) >= allowed && strcmp(call->site->sim->options.tier, "off") != 0) {
        jobs_headers(call);
        return x_fail(call, 400, "TOO_MANY_JOBS", NULL, "A maximum of %lld jobs can be in processing state", (long long)allowed);
    }
    job = sim_job_new(call->site, call->account.g, jobs_remember(call));
    if (sim_job_fate(call->site, call->request, job, call->account_id, 0, 0) && !job->forced) job->forced = "FAILED";
    job->code = 0;
    jobs_headers(call);
    jobs_write(call, job, &data);
    sim_clear(&call->echo);
    x_query_echo(&query, call->request->arena, &call->echo);
    x_answer(call, &data, NULL);
    sim_free(&data);
    return true;
}

/* by their ids, or the latest; what it says of a next page means nothing where ids were given */
static bool jobs_list(x_call *call)
{
    const char *words[X_LIST_MAX], *ids, *noise = "1120828505715920896";
    sim_text data = { 0 }, extra = { 0 };
    int64_t shown = 0, last = call->site->job_serial;
    size_t count = 0;

    if (!x_limits_pass(call, X_OTHER, "jobs") || !x_params_read(call, "job_ids count cursor")) return false;
    ids = x_param(call, "job_ids");
    if (ids) count = x_split(call->request->arena, ids, words, X_LIST_MAX);
    sim_puts(&data, "[");
    for (size_t i = 0; i < count; i++) {
        int64_t g, number;
        sim_job *job = x_id_read(X_JOB, words[i], &g, &number) && g == call->account.g ? jobs_at(call, number, g) : NULL;

        if (!job) continue;
        job->polls++;
        jobs_write(call, job, &data);
    }
    for (int64_t i = last; !ids && i > 0 && i > last - SIM_JOBS && shown < X_LIST_MAX; i--) {
        sim_job *job = jobs_at(call, i, call->account.g);

        if (!job) continue;
        jobs_write(call, job, &data);
        shown++;
    }
    sim_puts(&data, "]");
    sim_puts(&extra, ",\"next_cursor\":");
    sim_json_string(&extra, ids ? noise : NULL);
    jobs_headers(call);
    x_answer(call, &data, extra.p);
    sim_free(&data);
    sim_free(&extra);
    return true;
}

static bool jobs_one(x_call *call, const char *id, bool cancel)
{
    sim_text data = { 0 };
    int64_t g, number;
    sim_job *job = x_id_read(X_JOB, id, &g, &number) && g == call->account.g ? jobs_at(call, number, g) : NULL;

    if (!x_limits_pass(call, X_OTHER, "jobs") || !x_params_read(call, "")) return false;
    if (!job) return x_fail(call, 404, "NOT_FOUND", NULL, "job %s was not found", id);
    if (cancel && jobs_running(call, job)) job->forced = "CANCELLED";
    sim_json_pair_int(&call->echo, "job_id", x_job_id(g, number));
    jobs_write(call, job, &data);
    x_answer(call, &data, ",\"data_type\":\"job\"");
    sim_free(&data);
    return true;
}

bool x_jobs(x_call *call, const char *id)
{
    bool post = !strcmp(call->request->method, "POST");

    call->answer->action = post ? "job_create" : id ? "job" : "jobs";
    if (id) return jobs_one(call, id, !strcmp(call->request->method, "DELETE"));
    return post ? jobs_create(call) : jobs_list(call);
}

/* ---- the file */

static bool jobs_no_file(x_call *call, int status, const char *text)
{
    call->answer->status = status;
    call->answer->type = "text/plain";
    sim_puts(&call->answer->body, text);
    return false;
}

static void jobs_file(x_call *call, const x_query *query)
{
    sim_text text = { 0 };

    sim_printf(&text, "{\"data_type\":\"stats\",\"time_series_length\":%lld,\"data\":[", (long long)query->length);
    x_query_rows(call, query, &text);
    sim_puts(&text, "],\"request\":{\"params\":{");
    x_query_echo(query, call->request->arena, &text);
    sim_puts(&text, "}}}");
    sim_gzip(&call->answer->body, text.p, text.size, 6);
    sim_free(&text);
}

bool x_file(x_call *call)
{
    const char *path = call->request->path;
    size_t before = strlen(X_FILE_PATH);
    char id[32];
    int64_t g, number;
    sim_job *job = NULL;
    x_query query;

    call->answer->action = "file";
    if (!strcmp(call->request->host, X_FILES) && sim_header(call->request, "Authorization"))
        return jobs_no_file(call, 400, "This host takes no authorization\n");
    if (!strncmp(path, X_FILE_PATH, before) && strcmp(call->request->method, "GET") == 0) {
        (void)snprintf(id, sizeof id, "%.*s", (int)(strspn(path + before, "0123456789") % 24), path + before);
        if (!strcmp(path + before + strlen(id), ".json.gz") && x_id_read(X_JOB, id, &g, &number)) job = jobs_at(call, number, g);
    }
    if (!job || !job->code || !jobs_done(call, job) || sim_now(call->site->sim) > job->code + JOB_FILE_LIFE ||
        !world_account_at(call->site, job->account, &call->account))
        return jobs_no_file(call, 404, "Not Found\n");
    call->account_id = x_id(call->request->arena, X_ACCOUNT, job->account, 0);
    if (!jobs_query(call, job, &query)) return jobs_no_file(call, 404, "Not Found\n");
    call->answer->type = "application/gzip";
    jobs_file(call, &query);
    return true;
}
