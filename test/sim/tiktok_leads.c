/* SPDX-License-Identifier: MIT */
/*
 * Leads: a task that is asked for with the call that made it, and a file that is there for ten minutes. What people in Europe gave only
 * comes with x-lead-region: eu, and nothing else does then. Of every sixth account the person is no admin.
 */
#include "tiktok.h"

#include <stdlib.h>

#define LEAD_FILE_LIFE 600

typedef struct lead_query {
    int64_t g, page, ad; /* -1: any */
    bool europe;
} lead_query;

static const char *const lead_questions[] = { "Name", "Email", "Phone number", "Was noch?" };

static const char *lead_answer(char out[96], const world_entity *e, size_t question)
{
    static const char *const names[] = { "Anna Müller", "O'Neil, Sam", "山田 太郎", "Jo \"JJ\" Smith" };
    static const char *const more[] = { "", "call me, please", "two\nlines", "=1+1" };

    (void)snprintf(out, 96, "%s", question == 0 ? names[world_draw(e->h, 190, 4)] : more[world_draw(e->h, 191, 4)]);
    if (question == 1) (void)snprintf(out, 96, "lead%lld@example.com", (long long)e->index);
    if (question == 2) (void)snprintf(out, 96, "+1555%07lld", (long long)(e->index % 10000000));
    return out;
}

/* ids and answers in one object of texts; create_time in seconds */
static int64_t lead_form(const world_entity *e)
{
    int64_t form, day, n;

    (void)world_lead_parts(e->index, &form, &day, &n);
    return form;
}

static const char *const lead_meta[] = { "lead_id", "page_id", "campaign_id", "adgroup_id", "ad_id" };

static int64_t lead_meta_id(const world_entity *e, size_t i)
{
    const world_kind kinds[] = { WORLD_LEAD, WORLD_FORM, WORLD_CAMPAIGN, WORLD_ADSET, WORLD_AD };
    const int64_t indexes[] = { e->index, lead_form(e), e->campaign, e->adset, e->ad };

    return i >= 2 && e->ad < 0 ? 0 : tiktok_rules.id(kinds[i], e->account.g, indexes[i]);
}

static void lead_pairs(sim_text *out, const world_entity *e)
{
    for (size_t i = 0; i < SIM_COUNT(lead_meta); i++) {
        if (lead_meta_id(e, i))
            sim_json_id(out, lead_meta[i], lead_meta_id(e, i));
        else
            sim_json_pair(out, lead_meta[i], NULL);
    }
    sim_json_pair_int(out, "create_time", e->created);
}

static void lead_answers(sim_text *out, const world_entity *e)
{
    char text[96];

    for (size_t i = 0; i < SIM_COUNT(lead_questions); i++) sim_json_pair(out, lead_questions[i], lead_answer(text, e, i));
}

void tiktok_lead_write(sim_text *out, sim_site *site, const world_entity *e)
{
    (void)site;
    sim_puts(out, "{");
    lead_pairs(out, e);
    lead_answers(out, e);
    sim_puts(out, "}");
}

/* ---- which leads */

static bool lead_next(tiktok_call *call, const lead_query *query, int64_t *at, world_entity *e)
{
    const sim_options *o = &call->site->sim->options;
    int64_t each = 92 * o->leads, today = sim_now(call->site->sim) / SIM_DAY;

    for (; each && *at < o->forms * each;) {
        int64_t form = *at / each, rest = *at % each;

        ++*at;
        if (query->page >= 0 && form != query->page) continue;
        if (!world_entity_at(call->site, WORLD_LEAD, query->g, world_lead_index(form, today - rest / o->leads, rest % o->leads), e))
            continue;
        if (query->ad < 0 || e->ad == query->ad) return tiktok_europe(&e->account) == query->europe;
    }
    return false;
}

static bool lead_admin(tiktok_call *call)
{
    if (call->account.g % 6 != 5) return true;
    return tiktok_fail(call, 40001, "Permission error: the user must be an admin of the advertiser.");
}

static bool lead_index(tiktok_call *call, const char *name, world_kind kind, int64_t *index)
{
    const char *text = tiktok_param(call, name);
    const sim_json *member = call->body ? sim_json_get(call->body, name) : NULL;

    *index = -1;
    if (!text) return true;
    if (member && member->kind != 's') return tiktok_fail(call, 40002, "%s: Not a valid string.", name);
    *index = strtoll(text, NULL, 10) - tiktok_rules.id(kind, call->account.g, 0);
    return *index >= 0 && *index < world_count(call->site, kind) ? true : tiktok_fail(call, 40007, "%s: %s does not exist.", name, text);
}

static bool lead_query_read(tiktok_call *call, lead_query *query)
{
    const char *region = sim_header(call->request, "x-lead-region");

    *query = (lead_query){ .g = call->account.g, .europe = region && !strcmp(region, "eu") };
    return lead_index(call, "page_id", WORLD_FORM, &query->page) && lead_index(call, "ad_id", WORLD_AD, &query->ad);
}

bool tiktok_lead_get(tiktok_call *call)
{
    const char *source = tiktok_param(call, "lead_source");
    sim_text *out = &call->answer->body;
    lead_query query;
    world_entity e;
    int64_t at = 0;

    if (!tiktok_form_owner(call) || !lead_admin(call) || !lead_query_read(call, &query)) return false;
    if (source && strcmp(source, "INSTANT_FORM") && strcmp(source, "DIRECT_MESSAGE"))
        return tiktok_fail(call, 40002, "lead_source: Invalid value '%s'.", source);
    tiktok_open(call);
    sim_puts(out, "{");
    if ((!source || *source == 'I') && lead_next(call, &query, &at, &e)) {
        sim_json_key(out, "lead_data");
        sim_puts(out, "{");
        lead_answers(out, &e);
        sim_puts(out, "}");
        sim_json_key(out, "meta_data");
        sim_puts(out, "{");
        lead_pairs(out, &e);
        sim_puts(out, "}");
    }
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}

/* ---- the task */

static sim_job *lead_job(tiktok_call *call, const char *text)
{
    int64_t base = tiktok_rules.id(WORLD_JOB, 0, 0), id = strtoll(text, NULL, 10) - base;
    sim_job *job = id < 0 ? NULL : sim_job_get(call->site, id, SIM_DAY);

    return job && job->node == WORLD_LEAD ? job : NULL;
}

static bool lead_job_read(const sim_job *job, lead_query *query)
{
    int europe;

    query->g = job->account;
    if (sscanf(job->query, "%lld %lld %d", (long long *)&query->page, (long long *)&query->ad, &europe) != 3) return false;
    query->europe = europe;
    return true;
}

static sim_job *lead_job_make(tiktok_call *call, const lead_query *query)
{
    sim_text text = { 0 };
    char account[32];
    sim_job *job;

    sim_printf(&text, "%lld %lld %d", (long long)query->page, (long long)query->ad, query->europe);
    job = sim_job_new(call->site, query->g, text.p);
    job->node = WORLD_LEAD;
    (void)snprintf(account, sizeof account, "%lld", (long long)call->account.id);
    (void)sim_job_fate(call->site, call->request, job, account, 40200, 0);
    return job;
}

static const char *lead_job_status(tiktok_call *call, sim_job *job)
{
    int percent = sim_job_percent(call->site, job);

    if (job->forced && percent == 100) return !strcmp(job->forced, "RUNNING") ? "RUNNING" : "FAILED";
    if (percent == 100 && !job->told) job->index = sim_now(call->site->sim);
    job->told = job->told || percent == 100;
    return percent == 100 ? "SUCCEED" : percent ? "RUNNING" : "CREATED";
}

static int64_t lead_count(tiktok_call *call, const lead_query *query)
{
    int64_t at = 0, count = 0;
    world_entity e;

    while (lead_next(call, query, &at, &e)) count++;
    return count;
}

static const char *lead_file_type(tiktok_call *call, const lead_query *query)
{
    return lead_count(call, query) > sim_setting_int(call->site, "zip-leads") ? "zip" : "csv";
}

bool tiktok_lead_task(tiktok_call *call)
{
    const char *id = tiktok_param(call, "task_id"), *status;
    sim_text *out = &call->answer->body;
    lead_query query;
    char name[48];
    sim_job *job;

    if (!tiktok_form_owner(call) || !lead_admin(call)) return false;
    if (!id && !lead_query_read(call, &query)) return false;
    if (!id && query.page < 0 && query.ad < 0) return tiktok_fail(call, 40002, "page_id: Missing data for required field.");
    job = id ? lead_job(call, id) : lead_job_make(call, &query);
    if (!job || job->account != call->account.g || !lead_job_read(job, &query))
        return tiktok_fail(call, 40007, "task_id: %s does not exist.", id);
    status = lead_job_status(call, job); /* with --run-polls 0 it is there at once */
    if (id) job->polls++;
    tiktok_open(call);
    sim_puts(out, "{");
    sim_json_id(out, "task_id", tiktok_rules.id(WORLD_JOB, 0, job->number));
    sim_json_pair(out, "status", status);
    if (!strcmp(status, "SUCCEED")) {
        (void)snprintf(name, sizeof name, "leads_%lld.%s", (long long)job->number, lead_file_type(call, &query));
        sim_json_pair(out, "file_name", name);
        sim_json_pair(out, "file_type", lead_file_type(call, &query));
    }
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}

/* ---- the file */

void tiktok_csv_cell(sim_text *out, const char *text)
{
    if (out->size && out->p[out->size - 1] != '\n') sim_putc(out, ',');
    if (!*text || !text[strcspn(text, ",\"\r\n")]) {
        sim_puts(out, *text ? text : "\"\"");
        return;
    }
    sim_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"') sim_putc(out, '"');
        sim_putc(out, *text);
    }
    sim_putc(out, '"');
}

static void lead_csv(sim_text *out, tiktok_call *call, const lead_query *query)
{
    char text[96];
    world_entity e;
    int64_t at = 0;

    for (size_t i = 0; i < SIM_COUNT(lead_meta); i++) tiktok_csv_cell(out, lead_meta[i]);
    tiktok_csv_cell(out, "create_time");
    for (size_t i = 0; i < SIM_COUNT(lead_questions); i++) tiktok_csv_cell(out, lead_questions[i]);
    sim_putc(out, '\n');
    while (lead_next(call, query, &at, &e)) {
        for (size_t i = 0; i < SIM_COUNT(lead_meta); i++) {
            (void)snprintf(text, sizeof text, "%lld", (long long)lead_meta_id(&e, i));
            tiktok_csv_cell(out, lead_meta_id(&e, i) ? text : "");
        }
        (void)snprintf(text, sizeof text, "%lld", (long long)e.created);
        tiktok_csv_cell(out, text);
        for (size_t i = 0; i < SIM_COUNT(lead_questions); i++) tiktok_csv_cell(out, lead_answer(text, &e, i));
        sim_putc(out, '\n');
        call->answer->rows++;
    }
}

bool tiktok_lead_download(tiktok_call *call)
{
    const char *id = tiktok_param(call, "task_id");
    tiktok_zip_file file = { .name = "leads.csv" };
    lead_query query;
    sim_job *job;

    if (!tiktok_form_owner(call) || !lead_admin(call)) return false;
    job = id ? lead_job(call, id) : NULL;
    if (!job || job->account != call->account.g || !lead_job_read(job, &query))
        return tiktok_fail(call, 40007, "task_id: the task does not exist.");
    if (job->forced || !job->told) return job->forced ? tiktok_fail_token(call, 40200) : tiktok_fail_token(call, 40201);
    if (sim_now(call->site->sim) - job->index > LEAD_FILE_LIFE) return tiktok_fail(call, 40007, "The file has expired.");
    if (!strcmp(lead_file_type(call, &query), "csv")) {
        call->answer->type = "text/csv; charset=utf-8";
        lead_csv(&call->answer->body, call, &query);
        return true;
    }
    call->answer->type = "application/zip";
    lead_csv(&file.text, call, &query);
    tiktok_zip(&call->answer->body, &file, 1);
    sim_free(&file.text);
    return true;
}
