/* SPDX-License-Identifier: MIT */
/* Figures as a file, where the host wishes it (report_tasks): a task is made, looked at, and its CSV read. A task cannot be asked for what
 * is deleted by now; that follows in pages. Whatever a task cannot do is asked for in pages from the start.
 *
 *     make
 *     made   TASK          TRIES counts looks
 *     read   TASK PLACE    PLACE: where the next line begins, of how many bytes; SKIP lines are through */
#include "tiktok_int.h"

#include <stdio.h>

enum { TASK_ID = 0, TASK_PLACE };               /* arguments of the cursor */
enum { TASK_LINE = 1 << 20, TASK_LOOKS = 100 }; /* with the delays of adsync__look about 50 minutes */

bool tiktok_task_wanted(const adsync_task *task)
{
    const char *wanted = adsync_task_fact(task, "report_tasks");

    return wanted && !strcmp(wanted, "1") && adsync_task_kind(task) != ADSYNC_KIND_ACCOUNT && !adsync_task_ids(task);
}

static void task_member(adsync__json *json, const char *name, const char *value)
{
    adsync__json_key(json, name);
    adsync__json_text(json, value, strlen(value));
}

static void task_array(adsync__json *json, const char *name, const char *first, const char *names)
{
    adsync__json_key(json, name);
    adsync__json_open(json, '[');
    if (*first) adsync__json_text(json, first, strlen(first));
    for (const char *at = names; *at; at += *at == ',') {
        size_t size = strcspn(at, ",");
        adsync__json_text(json, at, size);
        at += size;
    }
    adsync__json_close(json, ']');
}

static adsync_status task_make_ask(adsync__call *call)
{
    const adsync__level *level = adsync__level_of(&tiktok_platform, adsync_task_kind(call->task));
    char from[ADSYNC__DAY_ROOM], to[ADSYNC__DAY_ROOM];
    adsync__slice slice;
    adsync__json json;
    const char *id;
    adsync_status rc;

    if ((rc = adsync__slice_of(&tiktok_platform, call->task, &slice, call->error)) < 0) return rc;
    if (slice.days > TIKTOK_REPORT_DAYS) return adsync__invalid(&tiktok_platform, "days", "at most 30 days at once", call->error);
    if ((rc = adsync__account(&tiktok_platform, call->task, &id, call->error)) < 0) return rc;
    if ((rc = tiktok_open(call, ADSYNC_EFFECT_SAME, "POST", "report/task/create")) < 0) return rc;
    adsync_request_cost(call->out, "report_task", 1);
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Access-Token", NULL, "access_token");
    adsync__range(&slice, from, to);
    tiktok_report_names(call->task, &call->at, &call->target);
    adsync__json_begin(&json, &call->text);
    adsync__json_open(&json, '{');
    task_member(&json, "advertiser_id", id);
    task_member(&json, "report_type", "BASIC");
    task_member(&json, "data_level", level->word);
    task_array(&json, "dimensions", level->id, "stat_time_day");
    task_array(&json, "metrics", "", call->target.p ? call->target.p : "");
    task_member(&json, "start_date", from);
    task_member(&json, "end_date", to);
    task_member(&json, "output_format", "CSV_STRING");
    adsync__json_key(&json, "enable_report_title_translation");
    adsync__json_raw(&json, "false", 5); /* columns by their own names */
    adsync__json_close(&json, '}');
    if (!call->text.failed && !call->target.failed) adsync_request_body(call->out, "application/json", call->text.p, call->text.size);
    return ADSYNC_OK;
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
    adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_ROWS, .arg = { "", which } });
    return ADSYNC_OK;
}

static adsync_status task_made(adsync__answer *a)
{
    adsync__node status = adsync__node_path(a->root, "data.status");
    adsync__place to = a->at;

    if (adsync__node_is(status, "SUCCESS")) {
        to.step = TIKTOK_AT_READ;
        to.tries = 0;
        adsync__next(a, &to);
    } else if (adsync__node_is(status, "FAILED") || adsync__node_is(status, "CANCELED") || ++to.tries > TASK_LOOKS) {
        return task_pages(a, "");
    } else {
        adsync__look(a, &to);
    }
    return ADSYNC_OK;
}

static adsync_status task_make(adsync__answer *a)
{
    adsync__place to = { .step = TIKTOK_AT_MADE };
    adsync__digits room;
    size_t size = 0;
    const char *task = adsync__node_digits(adsync__node_path(a->root, "data.task_id"), &room, &size);

    if (!task || strlen(task) != size || !adsync__is_id(task)) return adsync__bad_shape(a, "no task");
    to.arg[TASK_ID] = task;
    adsync__look(a, &to);
    return ADSYNC_OK;
}

typedef struct task_file {
    adsync__csv csv;
    adsync__buffer names, row; /* names: of the first line, each ended by NUL */
    uint32_t n;
    uint32_t place[ADSYNC__FIELDS_MOST]; /* which field's text stands in which column; ADSYNC__FIELDS_MOST: none */
} task_file;

/* A line becomes what is found in a row of a page: what names the level and the day, and the figures. */
static adsync_status task_row(adsync__answer *a, const task_file *file)
{
    const tiktok_rows *rows = a->own;
    adsync__node nodes[ADSYNC__FIELDS_MOST], f[ADSYNC__FIELDS_MOST];
    const char *texts[ADSYNC__FIELDS_MOST];
    size_t sizes[ADSYNC__FIELDS_MOST];
    uint32_t n = file->n < file->csv.n ? file->n : file->csv.n;

    for (uint32_t i = 0; i < n; i++) texts[i] = adsync__csv_field(&file->csv, i, &sizes[i]);
    if (!a->reader && adsync__reader_new(TASK_LINE, &a->reader, NULL) < 0) return adsync__fail_memory(a->error);
    if (!adsync__reader_texts(a->reader, texts, sizes, n, nodes)) return adsync__fail_memory(a->error);
    for (uint32_t i = 0; i < rows->n; i++) f[i] = file->place[i] < n ? nodes[file->place[i]] : (adsync__node){ 0 };
    return tiktok_report_found(a, f);
}

/* false: a column that is read stands twice. */
static bool task_names(task_file *file, const tiktok_rows *rows)
{
    size_t size;

    for (uint32_t i = 0; i < rows->n; i++) file->place[i] = ADSYNC__FIELDS_MOST;
    for (file->n = 0; file->n < file->csv.n; file->n++) {
        const char *name = adsync__csv_field(&file->csv, file->n, &size);
        adsync__buffer_add(&file->names, name, strlen(name));
        adsync__buffer_char(&file->names, 0);
        for (uint32_t i = 0; i < rows->n; i++) {
            if (strcmp(rows->fields[i].name, name)) continue;
            if (file->place[i] != ADSYNC__FIELDS_MOST) return false;
            file->place[i] = file->n;
        }
    }
    return true;
}

/* Whether the file has a column of this name. */
static bool task_has(const task_file *file, const char *name, size_t size)
{
    const char *at = file->names.p;

    for (uint32_t i = 0; i < file->n; i++, at += strlen(at) + 1)
        if (strlen(at) == size && !memcmp(at, name, size)) return true;
    return false;
}

/* Figures that are missing would be read as zeros: all that was asked for must be there. false, too: no memory, see file->row. */
static bool task_is_whole(adsync__answer *a, task_file *file)
{
    bool whole = true;

    adsync__buffer_text(&file->row, adsync__level_of(&tiktok_platform, adsync_task_kind(a->task))->id);
    adsync__buffer_text(&file->row, ",stat_time_day,");
    tiktok_report_names(a->task, &a->at, &file->row);
    if (file->row.failed || file->names.failed) return false;
    for (const char *at = file->row.p; *at && whole; at += *at == ',') {
        size_t size = strcspn(at, ",");
        whole = task_has(file, at, size);
        at += size;
    }
    return whole;
}

/* The first line. *more: something else than its rows follows. */
static adsync_status task_head(adsync__answer *a, task_file *file, bool *more)
{
    if (!task_names(file, a->own)) return adsync__bad_shape(a, "a file that has a column twice");
    if (task_is_whole(a, file)) return ADSYNC_OK;
    if (file->names.failed || file->row.failed) return adsync__fail_memory(a->error);
    *more = true;
    return task_pages(a, "");
}

/* Goes on behind the lines that are through: where that is, the cursor knows of a file of this size. */
static void task_resume(adsync__answer *a, task_file *file, const char *body, size_t size, uint32_t *n)
{
    const char *place = a->at.arg[TASK_PLACE], *mark = strchr(place, '_');
    int64_t at, of;

    if (!mark || adsync__decimal_exact(place, (size_t)(mark - place), 0, &at) < 0) return;
    if (adsync__decimal_exact(mark + 1, strlen(mark + 1), 0, &of) < 0 || of != (int64_t)size || at < 1 || at > of) return;
    if (body[at - 1] != '\n' && body[at - 1] != '\r' && body[at] != '\n' && body[at] != '\r') return;
    file->csv.at = body + at;
    *n = a->at.skip;
}

/* More lines than an outcome carries: behind the last one that it does. */
static void task_more(adsync__answer *a, const char *body, size_t size, const char *at, uint32_t n)
{
    adsync__place to = a->at;
    char place[48];

    (void)snprintf(place, sizeof place, "%zu_%zu", (size_t)(at - body), size);
    to.skip = n;
    to.arg[TASK_PLACE] = place;
    adsync__more(a, &to);
}

static adsync_status task_rows(adsync__answer *a, task_file *file, uint32_t *n, bool *more)
{
    size_t size;
    const char *body = adsync_response_body(a->in, &size), *at = body;
    adsync_status rc = ADSYNC_OK;

    for (; adsync__csv_next(&file->csv, &rc); at = file->csv.at) {
        if (!file->n) {
            if ((rc = task_head(a, file, more)) < 0 || *more) return rc;
            task_resume(a, file, body, size, n);
            continue;
        }
        if ((*n)++ < a->at.skip) continue;
        if (*n - a->at.skip > ADSYNC__ROWS_MOST) {
            *more = true;
            task_more(a, body, size, at, *n - 1);
            return ADSYNC_OK;
        }
        if ((rc = task_row(a, file)) < 0) return rc;
    }
    if (rc == ADSYNC_E_FORMAT) return adsync__bad_shape(a, "a file of figures that is none");
    return rc < 0 ? adsync__fail_memory(a->error) : rc;
}

static adsync_status task_read(adsync__answer *a)
{
    task_file file = { .n = 0 };
    bool more = false;
    uint32_t n = 0;
    size_t size;
    const char *body = adsync_response_body(a->in, &size);
    tiktok_rows rows;
    adsync_status rc;

    if ((rc = tiktok_rows_begin(a, &rows)) < 0) return rc;
    if (!adsync_task_fact(a->task, "currency")) a->needs_currency = true;
    adsync__csv_begin(&file.csv, body, size);
    adsync__buffer_begin(&file.names, 64 * 1024);
    adsync__buffer_begin(&file.row, 64 * 1024);
    rc = task_rows(a, &file, &n, &more);
    adsync__csv_end(&file.csv);
    adsync__buffer_free(&file.names);
    adsync__buffer_free(&file.row);
    return rc < 0 || more ? rc : task_pages(a, n ? "gone" : "gone,none");
}

adsync_status tiktok_task_digest(adsync__answer *a)
{
    bool file = a->at.step == TIKTOK_AT_READ && adsync__node_kind(a->root) != ADSYNC__NODE_OBJECT;

    if (file && adsync_response_status(a->in) == 200) return task_read(a);
    if (tiktok_is_refused(a)) return tiktok_is_minor(a) ? task_pages(a, "") : tiktok_passed_on(a);
    if (a->at.step == TIKTOK_AT_READ) return adsync__bad_shape(a, "no file of figures");
    return a->at.step == TIKTOK_AT_MAKE ? task_make(a) : task_made(a);
}
