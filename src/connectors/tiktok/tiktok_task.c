/* SPDX-License-Identifier: MIT */
/* Figures as a file, where the host wishes it (report_tasks): a task is made, looked at, and its CSV read. A task cannot be asked for what
 * is deleted by now; that follows in pages. Whatever a task cannot do is asked for in pages from the start.
 *
 *     make
 *     made   TASK          TRIES counts looks
 *     read   TASK PLACE    PLACE: where the next line begins, see sheet.c; SKIP lines are through */
#include "tiktok_int.h"

#include <stdio.h>

enum { TASK_ID = 0, TASK_PLACE };               /* arguments of the cursor */
enum { TASK_LINE = 1 << 20, TASK_LOOKS = 100 }; /* with the delays of adsync__look about 50 minutes */

bool tiktok_task_wanted(const adsync_task *task)
{
    const char *wanted = adsync_task_fact(task, "report_tasks");

    return wanted && !strcmp(wanted, "1") && adsync_task_kind(task) != ADSYNC_KIND_ACCOUNT && !adsync_task_ids(task);
}

static adsync_status task_make_ask(adsync__call *call)
{
    const adsync__level *level = adsync__level_of(&tiktok_platform, adsync_task_kind(call->task));
    char from[ADSYNC__DAY_ROOM], to[ADSYNC__DAY_ROOM], dimensions[60];
    adsync__slice slice;
    const char *id;
    adsync_status rc;

    if ((rc = tiktok_report_days(call, &slice)) < 0) return rc;
    if ((rc = adsync__account(&tiktok_platform, call->task, &id, call->error)) < 0) return rc;
    if ((rc = tiktok_open(call, ADSYNC_EFFECT_SAME, "POST", "report/task/create", true)) < 0) return rc;
    adsync_request_cost(call->out, "report_task", 1);
    adsync__range(&slice, from, to);
    (void)snprintf(dimensions, sizeof dimensions, "[\"%s\",\"stat_time_day\"]", level->id);
    tiktok_report_names(call->task, &call->at, &call->target);
    if (!call->target.failed) adsync__ids_json(&call->text, call->target.p);
    if (call->target.failed || call->text.failed) return rc;
    const adsync__part parts[] = {
        { "advertiser_id", ADSYNC__FROM_WORDS, id },
        { "report_type", ADSYNC__FROM_WORDS, "BASIC" },
        { "data_level", ADSYNC__FROM_WORDS, level->word },
        { "dimensions", ADSYNC__FROM_JSON, dimensions },
        { "metrics", ADSYNC__FROM_JSON, call->text.p },
        { "start_date", ADSYNC__FROM_WORDS, from },
        { "end_date", ADSYNC__FROM_WORDS, to },
        { "output_format", ADSYNC__FROM_WORDS, "CSV_STRING" },
        { "enable_report_title_translation", ADSYNC__FROM_JSON, "false" }, /* columns by their own names */
        { 0 },
    };
    return adsync__parts(call, ADSYNC_PLACE_JSON, parts);
}

adsync_status tiktok_task_ask(adsync__call *call)
{
    adsync_status rc;

    if (call->at.step == TIKTOK_AT_MAKE) return task_make_ask(call);
    if (!*call->at.arg[TASK_ID]) return adsync__invalid(&tiktok_platform, "cursor", "no task is in it", call->error);
    rc = tiktok_get(call, call->at.step == TIKTOK_AT_MADE ? "report/task/check" : "report/task/download");
    if (rc >= 0) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "task_id", call->at.arg[TASK_ID]);
    return rc;
}

/* ---- answers */

static adsync_status task_pages(adsync__answer *a, const char *which)
{
    return adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_ROWS, .arg = { "", which } });
}

static adsync_status task_made(adsync__answer *a)
{
    adsync__node status = adsync__node_path(a->root, "data.status");
    adsync__place to = a->at;

    if (adsync__node_is(status, "FAILED") || adsync__node_is(status, "CANCELED")) return task_pages(a, "");
    if (!adsync__node_is(status, "SUCCESS")) return ++to.tries > TASK_LOOKS ? task_pages(a, "") : adsync__look(a, &to);
    to.step = TIKTOK_AT_READ;
    to.tries = 0;
    return adsync__next(a, &to);
}

static adsync_status task_make(adsync__answer *a)
{
    adsync__place to = { .step = TIKTOK_AT_MADE };
    adsync__digits room;
    adsync_status rc = tiktok_task_id(a, &room, &to.arg[TASK_ID]);

    return rc < 0 ? rc : adsync__look(a, &to);
}

/* A line becomes what is found in a row of a page: what names the level and the day, and the figures. */
static adsync_status task_row(adsync__answer *a, adsync__sheet *file)
{
    const tiktok_rows *rows = a->own;
    adsync__object *object = adsync__figures_object(a, rows->fields, rows->n);
    adsync__node nodes[ADSYNC__FIELDS_MOST];
    uint32_t n = file->n < file->csv.n ? file->n : file->csv.n;

    if (!a->reader && adsync__reader_new(TASK_LINE, &a->reader, NULL) < 0) return adsync__fail_memory(a->error);
    if (!adsync__reader_texts(a->reader, file->csv.fields, file->csv.sizes, n, nodes)) return adsync__fail_memory(a->error);
    for (uint32_t i = 0; i < rows->n; i++) object->f[i] = file->columns[i] < n ? nodes[file->columns[i]] : (adsync__node){ 0 };
    return tiktok_report_found(object);
}

/* Where the fields of a row stand. false: one of them stands twice. */
static bool task_names(adsync__sheet *file, const tiktok_rows *rows)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        size_t size = strlen(rows->fields[i].name);
        file->columns[i] = adsync__sheet_column(file, rows->fields[i].name, size, 0);
        if (adsync__sheet_column(file, rows->fields[i].name, size, file->columns[i] + 1) < file->n) return false;
    }
    return true;
}

/* The line of names. Figures that are missing would be read as zeros: all that was asked for must be there, else pages are asked for. */
static adsync_status task_head(adsync__answer *a, adsync__sheet *file)
{
    bool whole = true;

    if (!task_names(file, a->own)) return adsync__bad_shape(a, "a file that has a column twice");
    adsync__buffer_text(&file->text, adsync__level_of(&tiktok_platform, adsync_task_kind(a->task))->id);
    adsync__buffer_text(&file->text, ",stat_time_day,");
    tiktok_report_names(a->task, &a->at, &file->text);
    if (file->text.failed) return adsync__fail_memory(a->error);
    for (const char *at = file->text.p; *at && whole; at = adsync__ids_rest(at, 1))
        whole = adsync__sheet_column(file, at, adsync__ids_size(at, 1), 0) < file->n;
    file->more = !whole;
    return whole ? ADSYNC_OK : task_pages(a, "");
}

static adsync_status task_read(adsync__answer *a)
{
    adsync__sheet file = { .head = task_head, .row = task_row, .none = "a file of figures that is none", .slot = TASK_PLACE };
    tiktok_rows rows;
    adsync_status rc;

    if ((rc = tiktok_rows_begin(a, &rows)) < 0) return rc;
    if (!adsync_task_fact(a->task, "currency")) a->needs_currency = true;
    rc = adsync__sheet_read(a, &file);
    return rc < 0 || file.more ? rc : task_pages(a, file.rows ? "gone" : "gone,none");
}

adsync_status tiktok_task_digest(adsync__answer *a)
{
    bool file = a->at.step == TIKTOK_AT_READ && adsync__node_kind(a->root) != ADSYNC__NODE_OBJECT;

    if (file && adsync_response_status(a->in) == 200) return task_read(a);
    if (tiktok_is_refused(a)) return adsync__is_minor(a) ? task_pages(a, "") : adsync__refuse(a);
    if (a->at.step == TIKTOK_AT_READ) return adsync__bad_shape(a, "no file of figures");
    return a->at.step == TIKTOK_AT_MAKE ? task_make(a) : task_made(a);
}
