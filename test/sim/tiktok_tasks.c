/* SPDX-License-Identifier: MIT */
/* Reports that are made in a task: asked for by POST, looked at, fetched as text or from an address that lives an hour. */
#include "tiktok.h"

#include <stdlib.h>

#define TASK_LIFE (7ll * SIM_DAY)
#define TASK_URL_LIFE 3600
#define TASK_FILE "/wsos_v2/statistics/object/"

static const char *const task_formats[] = { "CSV_STRING", "CSV_DOWNLOAD", "XLSX_DOWNLOAD" };

/* the body as it came, behind the token that made it */
static char *task_query(tiktok_call *call)
{
    sim_text out = { 0 };

    sim_printf(&out, "%lld\n", (long long)call->token.serial);
    sim_add(&out, call->request->body, call->request->body_size);
    return out.p;
}

static bool task_format_known(const char *format)
{
    for (size_t i = 0; i < SIM_COUNT(task_formats); i++) {
        if (!strcmp(task_formats[i], format)) return true;
    }
    return false;
}

bool tiktok_task_create(tiktok_call *call)
{
    tiktok_report *r = sim_alloc(call->request->arena, sizeof *r);
    const char *format = tiktok_param(call, "output_format");
    char account[32];
    sim_job *job;

    if (call->sandbox) return tiktok_fail(call, 40008, "This endpoint is not supported in the sandbox.");
    if (format && !task_format_known(format)) return tiktok_fail(call, 40002, "output_format: Invalid value '%s'.", format);
    if (tiktok_param(call, "page") || tiktok_param(call, "page_size")) return tiktok_fail(call, 40002, "page: Unknown field.");
    if (!tiktok_report_read(call, r, true)) return false;
    job = sim_job_new(call->site, r->accounts[0].g, task_query(call));
    job->node = WORLD_JOB;
    (void)snprintf(account, sizeof account, "%lld", (long long)r->accounts[0].id);
    (void)sim_job_fate(call->site, call->request, job, account, 40200, 0);
    tiktok_open(call);
    sim_puts(&call->answer->body, "{");
    sim_json_id(&call->answer->body, "task_id", tiktok_rules.id(WORLD_JOB, 0, job->number));
    sim_puts(&call->answer->body, "}");
    tiktok_close(call);
    return true;
}

static const char *task_body(const sim_job *job) { return strchr(job->query, '\n') + 1; }

/* any one of the advertisers for whom it was made */
static bool task_of(tiktok_call *call, const sim_job *job, const char *account)
{
    const sim_json *body = sim_json_parse(call->request->arena, task_body(job), strlen(task_body(job)));

    return !strcmp(sim_json_str(body, "advertiser_id", ""), account) || tiktok_listed(sim_json_get(body, "advertiser_ids"), account);
}

static sim_job *task_get(tiktok_call *call)
{
    const char *id = tiktok_param(call, "task_id"), *account = tiktok_param(call, "advertiser_id");
    int64_t number = id ? strtoll(id, NULL, 10) - tiktok_rules.id(WORLD_JOB, 0, 0) : -1;
    sim_job *job = number > 0 ? sim_job_get(call->site, number, TASK_LIFE) : NULL;

    if (!id || !account) {
        (void)tiktok_fail(call, 40002, "%s: Missing data for required field.", id ? "advertiser_id" : "task_id");
        return NULL;
    }
    if (!tiktok_account_find(call, account, &call->account)) return NULL;
    if (!job || job->node != WORLD_JOB || !task_of(call, job, account)) {
        (void)tiktok_fail(call, 40007, "task_id: the task %s does not exist.", id);
        return NULL;
    }
    if (strtoll(job->query, NULL, 10) == call->token.serial) return job;
    (void)tiktok_fail(call, 40002, "The task was created with another access token.");
    return NULL;
}

static const char *task_status(tiktok_call *call, const sim_job *job)
{
    int percent = sim_job_percent(call->site, job);

    if (job->told) return "CANCELED";
    if (job->forced && percent == 100)
        return !strcmp(job->forced, "CANCELED") || !strcmp(job->forced, "PROCESSING") ? job->forced : "FAILED";
    return percent == 100 ? "SUCCESS" : percent ? "PROCESSING" : "QUEUING";
}

bool tiktok_task_check(tiktok_call *call)
{
    sim_job *job = task_get(call);
    sim_text *out = &call->answer->body;
    const char *status;

    if (!job) return false;
    status = task_status(call, job);
    job->polls++;
    tiktok_open(call);
    sim_puts(out, "{");
    sim_json_pair(out, "status", status);
    sim_json_pair(out, "message", !strcmp(status, "FAILED") ? "The report could not be made." : "");
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}

bool tiktok_task_cancel(tiktok_call *call)
{
    sim_job *job = task_get(call);

    if (!job) return false;
    if (!strcmp(task_status(call, job), "SUCCESS")) return tiktok_fail(call, 40200, "The task has ended.");
    job->told = true;
    tiktok_open(call);
    sim_puts(&call->answer->body, "{}");
    tiktok_close(call);
    return true;
}

/* ---- the file */

static void task_address(tiktok_call *call, const sim_job *job, const char *format, const char *file)
{
    sim_text *out = &call->answer->body, url = { 0 };
    int64_t until = sim_now(call->site->sim) + TASK_URL_LIFE;

    sim_printf(&url, "https://ads.tiktok.com%swsos%llx?expire=%lld&skipCookie=true&timeStamp=%lld&sign=%016llx", TASK_FILE,
               (unsigned long long)job->number, (long long)until, (long long)sim_now(call->site->sim),
               (unsigned long long)sim_hash(sim_seed(call->site), 0x51e, (uint64_t)job->number, (uint64_t)until));
    tiktok_open(call);
    sim_puts(out, "{");
    sim_json_pair(out, "output_format", format);
    sim_json_pair(out, "file_name", file);
    sim_json_pair(out, "download_url", url.p);
    sim_puts(out, "}");
    tiktok_close(call);
    sim_free(&url);
}

/* the report that the body asks for, made now */
static void task_write(tiktok_call *call, const sim_job *job)
{
    sim_request request = { .arena = call->request->arena, .method = "POST", .content_type = "application/json", .body = task_body(job) };
    tiktok_call inner = *call;
    tiktok_report *r = sim_alloc(call->request->arena, sizeof *r);
    sim_answer answer = { 0 };
    sim_text cells = { 0 };
    bool xlsx;

    request.body_size = strlen(request.body);
    sim_form_read(&request);
    inner.request = &request;
    inner.answer = &answer;
    inner.body = sim_json_parse(request.arena, request.body, request.body_size);
    xlsx = !strcmp(sim_json_str(inner.body, "output_format", ""), "XLSX_DOWNLOAD");
    if (tiktok_report_read(&inner, r, true)) {
        tiktok_report_make(r);
        tiktok_report_cells(&cells, r, !xlsx);
        call->answer->rows = (int64_t)r->cell_count;
        tiktok_report_free(r);
    }
    call->answer->type = xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
    if (xlsx)
        tiktok_xlsx(&call->answer->body, cells.p ? cells.p : "");
    else if (cells.size)
        sim_add(&call->answer->body, cells.p, cells.size);
    sim_free(&cells);
    sim_answer_free(&answer);
}

bool tiktok_task_download(tiktok_call *call)
{
    sim_job *job = task_get(call);
    const sim_json *body;
    const char *format, *status;
    char file[64];

    if (!job) return false;
    status = task_status(call, job);
    if (strcmp(status, "SUCCESS"))
        return tiktok_fail(call, !strcmp(status, "QUEUING") || !strcmp(status, "PROCESSING") ? 40201 : 40200, "The task is %s.", status);
    body = sim_json_parse(call->request->arena, task_body(job), strlen(task_body(job)));
    format = sim_json_str(body, "output_format", "CSV_STRING");
    (void)snprintf(file, sizeof file, "report_%lld.%s", (long long)job->number, *format == 'X' ? "xlsx" : "csv");
    if (strcmp(format, "CSV_STRING"))
        task_address(call, job, format, sim_json_str(body, "file_name", file));
    else
        task_write(call, job);
    return true;
}

bool tiktok_task_file(tiktok_call *call)
{
    const char *path = call->request->path, *until = sim_pairs_get(&call->request->query, "expire");
    const char *sign = sim_pairs_get(&call->request->query, "sign");
    int64_t number, expires = until ? strtoll(until, NULL, 10) : 0;
    char mine[24];
    sim_job *job;

    if (strcmp(call->request->host, "ads.tiktok.com") || strncmp(path, TASK_FILE "wsos", sizeof TASK_FILE + 3)) return false;
    call->answer->action = "file";
    number = strtoll(path + sizeof TASK_FILE + 3, NULL, 16);
    (void)snprintf(mine, sizeof mine, "%016llx",
                   (unsigned long long)sim_hash(sim_seed(call->site), 0x51e, (uint64_t)number, (uint64_t)expires));
    job = sim_job_get(call->site, number, TASK_LIFE);
    if (job && sign && !strcmp(sign, mine) && sim_now(call->site->sim) < expires) {
        call->token.user = job->account / call->site->sim->options.accounts; /* whoever holds the address */
        call->token.app = call->site->apps->number;
        task_write(call, job);
        return true;
    }
    call->answer->status = 403;
    call->answer->type = "application/xml";
    sim_puts(&call->answer->body,
             "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>\n");
    return true;
}
