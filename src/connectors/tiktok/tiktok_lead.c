/* SPDX-License-Identifier: MIT */
/* Leads: of each form a file is made, fetched and read. Nothing tells which leads are new, so all of a form come each time.
 *
 *     forms   PAGE - - LEFT
 *     task    NEXT FORM,FORM,.. - LEFT         the first form is at work; NEXT: the page of forms that follows
 *     poll    NEXT FORM,FORM,.. TASK LEFT      TRIES counts looks
 *     file    NEXT FORM,FORM,.. TASK LEFT
 *
 * LEFT: a form could not be read. */
#include "tiktok_int.h"

#include <stdio.h>

enum { LEAD_PAGE = 0, LEAD_FORMS, LEAD_TASK, LEAD_LEFT };
enum { LEAD_LOOKS = 60 }; /* with the delays of adsync__look half an hour */

static void lead_begin(adsync__place *at)
{
    if (at->step == TIKTOK_AT_BEGIN) at->step = TIKTOK_AT_FORMS;
    if (at->step == TIKTOK_AT_FORMS) at->limit = TIKTOK_SMALL_PAGE;
}

/* Leads of some regions are kept apart, and asked for with a header. */
static void lead_region(adsync__call *call)
{
    const char *region = adsync_task_fact(call->task, "lead_region");

    if (region && *region) adsync_request_field(call->out, ADSYNC_PLACE_HEADER, "x-lead-region", region);
}

static void lead_member(adsync__json *json, const char *name, const char *value, size_t size)
{
    adsync__json_key(json, name);
    adsync__json_text(json, value, size);
}

/* Making the task and looking at it are the same call. */
static adsync_status lead_task_ask(adsync__call *call)
{
    const char *id, *form = call->at.arg[LEAD_FORMS];
    adsync__json json;
    adsync_status rc = adsync__account(&tiktok_platform, call->task, &id, call->error);

    if (rc < 0 || (rc = tiktok_open(call, ADSYNC_EFFECT_SAME, "POST", "page/lead/task")) < 0) return rc;
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Access-Token", NULL, "access_token");
    adsync__buffer_clear(&call->text);
    adsync__json_begin(&json, &call->text);
    adsync__json_open(&json, '{');
    lead_member(&json, "advertiser_id", id, strlen(id));
    lead_member(&json, "page_id", form, tiktok_first(form, 1));
    if (call->at.step == TIKTOK_AT_POLL) lead_member(&json, "task_id", call->at.arg[LEAD_TASK], strlen(call->at.arg[LEAD_TASK]));
    adsync__json_close(&json, '}');
    if (!call->text.failed) adsync_request_body(call->out, "application/json", call->text.p, call->text.size);
    return ADSYNC_OK;
}

adsync_status tiktok_lead_ask(adsync__call *call)
{
    adsync_status rc;

    lead_begin(&call->at);
    if (call->at.step == TIKTOK_AT_FORMS) {
        if ((rc = tiktok_get(call, "page/get")) >= 0) adsync__page_ask(call, &tiktok_paging, TIKTOK_SMALL_PAGE, LEAD_PAGE);
        return rc;
    }
    if (!*call->at.arg[LEAD_FORMS] || (call->at.step != TIKTOK_AT_TASK && !*call->at.arg[LEAD_TASK]))
        return adsync__invalid(&tiktok_platform, "cursor", "no form is left in it", call->error);
    if (call->at.step != TIKTOK_AT_FILE) {
        rc = lead_task_ask(call);
    } else if ((rc = tiktok_get(call, "page/lead/task/download")) >= 0) {
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "task_id", call->at.arg[LEAD_TASK]);
    }
    if (rc >= 0) lead_region(call);
    return rc;
}

/* ---- where the walk goes on */

/* Leads drop out by themselves after 90 days, so that a file proves nothing about what is gone. */
static void lead_next_form(adsync__answer *a, const char *left)
{
    const char *forms = a->at.arg[LEAD_FORMS], *rest = forms + tiktok_first(forms, 1);
    adsync__place to = { .step = TIKTOK_AT_TASK, .arg = { a->at.arg[LEAD_PAGE], rest + (*rest == ','), "", left } };

    if (*rest) {
        adsync__next(a, &to);
    } else if (*a->at.arg[LEAD_PAGE]) {
        to = (adsync__place){ .step = TIKTOK_AT_FORMS, .arg = { a->at.arg[LEAD_PAGE], "", "", left } };
        adsync__next(a, &to);
    } else {
        adsync_outcome_done(a->out, !*left, ADSYNC_EVIDENCE_WEAK);
    }
}

static adsync_status lead_forms(adsync__answer *a)
{
    const char *left = a->at.arg[LEAD_LEFT];
    adsync__buffer ids;
    adsync__page page;
    adsync_status rc = adsync__page_open(a, &tiktok_paging, a->at.arg[LEAD_PAGE], &page);

    if (rc < 0 || page.refused) return rc;
    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST / 2);
    if ((rc = tiktok_ids(a, page.data, "page_id", NULL, &ids)) < 0) goto done;
    if (ids.size)
        adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_TASK, .arg = { page.after, ids.p, "", left } });
    else if (page.next)
        adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_FORMS, .arg = { page.after, "", "", left } });
    else
        adsync_outcome_done(a->out, !*left, ADSYNC_EVIDENCE_WEAK);
done:
    adsync__buffer_free(&ids);
    return rc;
}

static adsync_status lead_give_up(adsync__answer *a, const char *why)
{
    adsync_outcome_warning(a->out, "leads", why);
    lead_next_form(a, "left");
    return ADSYNC_OK;
}

/* {"task_id","status"}: CREATED, RUNNING, SUCCEED (not the SUCCESS of reports), FAILED. */
static adsync_status lead_task(adsync__answer *a)
{
    adsync__node status = adsync__node_path(a->root, "data.status");
    adsync__place to = a->at;
    adsync__digits room;
    size_t size = 0;
    const char *task = adsync__node_digits(adsync__node_path(a->root, "data.task_id"), &room, &size);

    if (a->at.step == TIKTOK_AT_TASK) {
        if (!task || strlen(task) != size || !adsync__is_id(task)) return adsync__bad_shape(a, "no task");
        to.arg[LEAD_TASK] = task;
    }
    if (adsync__node_is(status, "FAILED")) return lead_give_up(a, "TikTok could not make the file of a form's leads");
    to.step = adsync__node_is(status, "SUCCEED") ? TIKTOK_AT_FILE : TIKTOK_AT_POLL;
    to.tries = a->at.step == TIKTOK_AT_POLL ? a->at.tries + 1 : 0;
    if (to.tries > LEAD_LOOKS) return lead_give_up(a, "TikTok did not finish the file of a form's leads");
    if (to.step == TIKTOK_AT_FILE) {
        to.tries = 0;
        adsync__next(a, &to);
    } else {
        adsync__look(a, &to);
    }
    return ADSYNC_OK;
}

/* ---- the file: a line of names, then one for each lead. Names come as words for people or for machines */

enum { FILE_ID = 0, FILE_TIME, FILE_CAMPAIGN, FILE_GROUP, FILE_AD, FILE_FORM, FILE_SKIP, FILE_ANSWER };

static uint32_t file_column(const char *name, size_t size)
{
    static const struct {
        const char *name;
        uint32_t column;
    } known[] = {
        { "lead_id", FILE_ID },           { "id", FILE_ID },
        { "create_time", FILE_TIME },     { "created_time", FILE_TIME },
        { "creation_time", FILE_TIME },   { "submit_time", FILE_TIME },
        { "campaign_id", FILE_CAMPAIGN }, { "adgroup_id", FILE_GROUP },
        { "ad_group_id", FILE_GROUP },    { "ad_id", FILE_AD },
        { "page_id", FILE_FORM },         { "form_id", FILE_FORM },
        { "campaign_name", FILE_SKIP },   { "adgroup_name", FILE_SKIP },
        { "ad_group_name", FILE_SKIP },   { "ad_name", FILE_SKIP },
        { "page_name", FILE_SKIP },       { "form_name", FILE_SKIP },
        { "advertiser_id", FILE_SKIP },   { "advertiser_name", FILE_SKIP },
    };
    char word[40];
    size_t n = 0;

    for (size_t i = 0; i < size && n < sizeof word - 1; i++)
        word[n++] = name[i] == ' ' ? '_' : name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
    word[n] = 0;
    for (size_t i = 0; i < ADSYNC__COUNT(known); i++)
        if (!strcmp(known[i].name, word)) return known[i].column;
    return FILE_ANSWER;
}

typedef struct lead_file {
    adsync__csv csv;
    adsync__buffer names, answers; /* names: of the first line, each ended by NUL */
    uint32_t columns[ADSYNC__FIELDS_MOST], n;
} lead_file;

static void file_time(adsync_row *row, const char *text, size_t size)
{
    int64_t us;

    if (size && strspn(text, "0123456789") == size && size < 12 && adsync__decimal_exact(text, size, 0, &us) >= 0)
        adsync_row_int(row, ADSYNC_C_SUBMITTED_AT, us * ADSYNC__SECOND_US);
    else if (size && adsync__time_read(text, size, 0, &us) >= 0)
        adsync_row_int(row, ADSYNC_C_SUBMITTED_AT, us);
}

static void file_answer(adsync__json *json, const char *name, const char *text, size_t size)
{
    adsync__json_open(json, '{');
    adsync__json_key(json, "name");
    adsync__json_text(json, name, strlen(name));
    adsync__json_key(json, "values");
    adsync__json_open(json, '[');
    adsync__json_text(json, text, size);
    adsync__json_close(json, ']');
    adsync__json_close(json, '}');
}

static adsync_status file_row(adsync__answer *a, lead_file *file)
{
    static const uint32_t to[] = { [FILE_ID] = ADSYNC_C_ID,
                                   [FILE_CAMPAIGN] = ADSYNC_C_CAMPAIGN_ID,
                                   [FILE_GROUP] = ADSYNC_C_ADSET_ID,
                                   [FILE_AD] = ADSYNC_C_AD_ID,
                                   [FILE_FORM] = ADSYNC_C_FORM_ID };
    adsync_row *row = adsync_outcome_row(a->out, ADSYNC_T_ENTITIES, ADSYNC_KIND_LEAD, ADSYNC_TWICE_REPLACE);
    const char *name = file->names.p, *form = a->at.arg[LEAD_FORMS], *text;
    bool known = false;
    adsync__json json;
    size_t size;

    adsync_row_text(row, ADSYNC_C_ACCOUNT_ID, adsync_task_text(a->task, "account_id"), SIZE_MAX);
    adsync_row_text(row, ADSYNC_C_PLATFORM_KIND, "lead", SIZE_MAX);
    adsync_row_text(row, ADSYNC_C_FORM_ID, form, tiktok_first(form, 1));
    adsync__buffer_clear(&file->answers);
    adsync__json_begin(&json, &file->answers);
    adsync__json_open(&json, '[');
    for (uint32_t i = 0; i < file->n; i++, name += strlen(name) + 1) {
        if (!(text = adsync__csv_field(&file->csv, i, &size)) || !size || file->columns[i] == FILE_SKIP) continue;
        if (file->columns[i] == FILE_ANSWER)
            file_answer(&json, name, text, size);
        else if (file->columns[i] == FILE_TIME)
            file_time(row, text, size);
        else if (size > ADSYNC__ID_MOST)
            return adsync__bad_shape(a, "something else where an id should be");
        else if (size != 1 || *text != '0')
            adsync_row_text(row, to[file->columns[i]], text, size);
        known |= file->columns[i] == FILE_ID && (size != 1 || *text != '0');
    }
    adsync__json_close(&json, ']');
    if (!known) return adsync__bad_shape(a, "a lead without an id");
    if (file->answers.failed) return adsync__fail_memory(a->error);
    adsync_row_text(row, ADSYNC_C_ANSWERS, file->answers.p, file->answers.size);
    return ADSYNC_OK;
}

static adsync_status file_names(adsync__answer *a, lead_file *file)
{
    size_t size;

    file->n = file->csv.n;
    for (uint32_t i = 0; i < file->n; i++) {
        const char *name = adsync__csv_field(&file->csv, i, &size);
        file->columns[i] = file_column(name, size);
        adsync__buffer_add(&file->names, name, strlen(name));
        adsync__buffer_char(&file->names, 0);
    }
    return file->names.failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}

/* The leads from SKIP on; *more: an outcome was given, some are left. */
static adsync_status file_rows(adsync__answer *a, lead_file *file, bool *more)
{
    adsync__place to = a->at;
    uint32_t n = 0;
    adsync_status rc = ADSYNC_OK;

    while (adsync__csv_next(&file->csv, &rc)) {
        if (!file->n) {
            if ((rc = file_names(a, file)) < 0) return rc;
            continue;
        }
        if (n++ < a->at.skip) continue;
        if (n - 1 - a->at.skip == ADSYNC__ROWS_MOST) {
            to.skip = n - 1;
            *more = true;
            adsync__more(a, &to);
            return ADSYNC_OK;
        }
        if ((rc = file_row(a, file)) < 0) return rc;
    }
    if (rc == ADSYNC_E_FORMAT) return adsync__bad_shape(a, "a file of leads that is none");
    return rc < 0 ? adsync__fail_memory(a->error) : rc;
}

static adsync_status lead_read(adsync__answer *a)
{
    lead_file file = { .n = 0 };
    bool more = false;
    size_t size;
    const char *body = adsync_response_body(a->in, &size);
    adsync_status rc;

    if (size >= 2 && !memcmp(body, "PK", 2)) return lead_give_up(a, "the file of a form's leads is a ZIP archive, which is not read");
    adsync__csv_begin(&file.csv, body, size);
    adsync__buffer_begin(&file.names, 64 * 1024);
    adsync__buffer_begin(&file.answers, 1 << 20);
    rc = file_rows(a, &file, &more);
    adsync__csv_end(&file.csv);
    adsync__buffer_free(&file.names);
    adsync__buffer_free(&file.answers);
    if (rc >= 0 && !more) lead_next_form(a, a->at.arg[LEAD_LEFT]);
    return rc;
}

/* A file is kept for some minutes only: then it is made once more. A form without rights hides no other. */
static adsync_status lead_refused(adsync__answer *a)
{
    adsync__place to = a->at;

    if (a->at.step == TIKTOK_AT_FORMS || !tiktok_is_minor(a)) return tiktok_passed_on(a);
    tiktok_left_out(a);
    to.step = TIKTOK_AT_TASK;
    to.skip = 0;
    to.arg[LEAD_TASK] = "";
    to.arg[LEAD_LEFT] = "left";
    if (a->at.step == TIKTOK_AT_FILE && !*a->at.arg[LEAD_LEFT])
        adsync__next(a, &to);
    else
        lead_next_form(a, "left");
    return ADSYNC_OK;
}

adsync_status tiktok_lead_digest(adsync__answer *a)
{
    bool file = a->at.step == TIKTOK_AT_FILE && adsync__node_kind(a->root) != ADSYNC__NODE_OBJECT;

    if (!tiktok_is_ours(a, TIKTOK_AT_FORMS, TIKTOK_AT_FILE)) return ADSYNC_OK;
    lead_begin(&a->at);
    if (file && adsync_response_status(a->in) == 200) return lead_read(a);
    if (tiktok_is_refused(a)) return lead_refused(a);
    if (file || a->at.step == TIKTOK_AT_FILE) return adsync__bad_shape(a, "no file of leads");
    return a->at.step == TIKTOK_AT_FORMS ? lead_forms(a) : lead_task(a);
}
