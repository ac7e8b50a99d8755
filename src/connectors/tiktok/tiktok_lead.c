/* SPDX-License-Identifier: MIT */
/* Leads: of each form a file is made, fetched and read. Nothing tells which leads are new, so all of a form come each time.
 *
 *     forms   PAGE - - LEFT
 *     task    NEXT FORM,FORM,.. - LEFT         the first form is at work; NEXT: the page of forms that follows
 *     poll    NEXT FORM,FORM,.. TASK LEFT      TRIES counts looks
 *     file    NEXT FORM,FORM,.. TASK LEFT PLACE   PLACE: where the next lead begins, see sheet.c
 *
 * LEFT: "left", a form could not be read; "eu", the leads of Europe are at work, where both sides are asked for. */
#include "tiktok_int.h"

#include <stdio.h>

enum { LEAD_PAGE = 0, LEAD_FORMS, LEAD_TASK, LEAD_LEFT, LEAD_PLACE };
enum { LEAD_LOOKS = 60 }; /* with the delays of adsync__look half an hour */

static void lead_begin(adsync__place *at)
{
    if (at->step == TIKTOK_AT_BEGIN) at->step = TIKTOK_AT_FORMS;
    if (at->step == TIKTOK_AT_FORMS) at->limit = TIKTOK_SMALL_PAGE;
}

static bool lead_both(const adsync_task *task)
{
    const char *region = adsync_task_fact(task, "lead_region");

    return region && !strcmp(region, "both");
}

static bool lead_europe(const char *left) { return strstr(left, "eu") != NULL; }
static bool lead_lacks(const char *left) { return strstr(left, "left") != NULL; }

/* What the cursor keeps once a form was left out. */
static const char *lead_without(const char *left) { return lead_europe(left) ? "left,eu" : "left"; }

/* Leads of some regions are kept apart, and asked for with a header. */
static void lead_region(adsync__call *call)
{
    const char *region = adsync_task_fact(call->task, "lead_region");

    if (lead_both(call->task)) region = lead_europe(call->at.arg[LEAD_LEFT]) ? "eu" : NULL;
    if (region && *region) adsync_request_field(call->out, ADSYNC_PLACE_HEADER, "x-lead-region", region);
}

/* Making the task and looking at it are the same call. */
static adsync_status lead_task_ask(adsync__call *call)
{
    const char *id, *forms = call->at.arg[LEAD_FORMS];
    adsync_status rc = adsync__account(&tiktok_platform, call->task, &id, call->error);

    if (rc < 0 || (rc = tiktok_open(call, ADSYNC_EFFECT_SAME, "POST", "page/lead/task", true)) < 0) return rc;
    adsync__buffer_add(&call->text, forms, adsync__ids_size(forms, 1));
    if (call->text.failed) return rc;
    const adsync__part parts[] = { { "advertiser_id", ADSYNC__FROM_WORDS, id },
                                   { "page_id", ADSYNC__FROM_WORDS, call->text.p },
                                   { call->at.step == TIKTOK_AT_POLL ? "task_id" : NULL, ADSYNC__FROM_WORDS, call->at.arg[LEAD_TASK] },
                                   { 0 } };
    return adsync__parts(call, ADSYNC_PLACE_JSON, parts);
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
static adsync_status lead_walk(adsync__answer *a, const char *next, const char *forms, const char *left)
{
    adsync__place to = { .step = *forms ? TIKTOK_AT_TASK : TIKTOK_AT_FORMS, .arg = { next, forms, "", left } };

    if (*forms || *next) return adsync__next(a, &to);
    if (lead_both(a->task) && !lead_europe(left)) { /* once more, for the other side */
        to.arg[LEAD_LEFT] = lead_lacks(left) ? "left,eu" : "eu";
        return adsync__next(a, &to);
    }
    adsync_outcome_done(a->out, !lead_lacks(left), ADSYNC_EVIDENCE_WEAK);
    return ADSYNC_OK;
}

static adsync_status lead_next_form(adsync__answer *a, const char *left)
{
    return lead_walk(a, a->at.arg[LEAD_PAGE], adsync__ids_rest(a->at.arg[LEAD_FORMS], 1), left);
}

static adsync_status lead_forms(adsync__answer *a)
{
    adsync__buffer ids;
    adsync__page page;
    adsync_status rc = adsync__page_open(a, &tiktok_paging, a->at.arg[LEAD_PAGE], &page);

    if (rc < 0 || page.refused) return rc;
    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST / 2);
    rc = tiktok_ids(a, "page_id", NULL, &ids);
    if (rc >= 0) rc = lead_walk(a, page.after, ids.size ? ids.p : "", a->at.arg[LEAD_LEFT]);
    adsync__buffer_free(&ids);
    return rc;
}

static adsync_status lead_give_up(adsync__answer *a, const char *why)
{
    adsync_outcome_warning(a->out, "leads", why);
    return lead_next_form(a, lead_without(a->at.arg[LEAD_LEFT]));
}

/* {"task_id","status"}: CREATED, RUNNING, SUCCEED (not the SUCCESS of reports), FAILED. */
static adsync_status lead_task(adsync__answer *a)
{
    adsync__node status = adsync__node_path(a->root, "data.status");
    bool made = adsync__node_is(status, "SUCCEED");
    adsync__place to = a->at;
    adsync__digits room;
    adsync_status rc;

    if (a->at.step == TIKTOK_AT_TASK && (rc = tiktok_task_id(a, &room, &to.arg[LEAD_TASK])) < 0) return rc;
    if (adsync__node_is(status, "FAILED")) return lead_give_up(a, "TikTok could not make the file of a form's leads");
    to.step = made ? TIKTOK_AT_FILE : TIKTOK_AT_POLL;
    to.tries = a->at.step == TIKTOK_AT_POLL ? a->at.tries + 1 : 0;
    if (to.tries > LEAD_LOOKS) return lead_give_up(a, "TikTok did not finish the file of a form's leads");
    if (!made) return adsync__look(a, &to);
    to.tries = 0;
    return adsync__next(a, &to);
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

static adsync_status file_row(adsync__answer *a, adsync__sheet *file)
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
    adsync_row_text(row, ADSYNC_C_FORM_ID, form, adsync__ids_size(form, 1));
    adsync__buffer_clear(&file->text);
    adsync__json_begin(&json, &file->text);
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
    if (file->text.failed) return adsync__fail_memory(a->error);
    adsync_row_text(row, ADSYNC_C_ANSWERS, file->text.p, file->text.size);
    return ADSYNC_OK;
}

static adsync_status file_names(adsync__answer *a, adsync__sheet *file)
{
    size_t size;

    (void)a;
    for (uint32_t i = 0; i < file->n; i++) {
        const char *name = adsync__csv_field(&file->csv, i, &size);
        file->columns[i] = file_column(name, size);
    }
    return ADSYNC_OK;
}

static adsync_status lead_read(adsync__answer *a)
{
    adsync__sheet file = { .head = file_names, .row = file_row, .none = "a file of leads that is none", .slot = LEAD_PLACE };
    size_t size;
    const char *body = adsync_response_body(a->in, &size);
    adsync_status rc;

    if (size >= 2 && !memcmp(body, "PK", 2)) return lead_give_up(a, "the file of a form's leads is a ZIP archive, which is not read");
    rc = adsync__sheet_read(a, &file);
    return rc < 0 || file.more ? rc : lead_next_form(a, a->at.arg[LEAD_LEFT]);
}

/* A file is kept for some minutes only: then it is made once more. A form without rights hides no other. */
static adsync_status lead_refused(adsync__answer *a)
{
    if (a->at.step == TIKTOK_AT_FORMS || !adsync__is_minor(a)) return adsync__refuse(a);
    adsync__left_out(a);
    if (a->at.step != TIKTOK_AT_FILE || lead_lacks(a->at.arg[LEAD_LEFT])) return lead_next_form(a, lead_without(a->at.arg[LEAD_LEFT]));
    return lead_walk(a, a->at.arg[LEAD_PAGE], a->at.arg[LEAD_FORMS], lead_without(a->at.arg[LEAD_LEFT]));
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
