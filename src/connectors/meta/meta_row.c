/* SPDX-License-Identifier: MIT */
/* An object becomes a row: the field maps do most of it, the rest is what each kind has of its own. What is missing or null stays
 * null. Nothing that changes by itself (delivery, signed addresses, orders that mean nothing) reaches a column. */
#include "meta_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROW_TEXT = 4 << 20, ROW_ISSUES = 16 };

adsync__node meta_row_node(const meta_row *job, const char *name)
{
    for (uint32_t i = 0; i < job->kind->n; i++)
        if (!strcmp(job->kind->fields[i].name, name)) return job->f[i];
    return (adsync__node){ 0 };
}

bool meta_is_empty(adsync__node node) { return adsync__node_kind(node) <= ADSYNC__NODE_NULL; }

void meta_put(adsync_row *row, uint32_t column, const char *text, size_t size)
{
    if (text && size) adsync_row_text(row, column, text, size);
}

void meta_put_node(adsync_row *row, uint32_t column, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    meta_put(row, column, text, size);
}

/* ---- one way of reading per kind of field */

static adsync_status row_text(meta_row *job, uint32_t column, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    if (!text) return meta_bad_shape(job->a, "something else where a text should be");
    adsync_row_text(job->row, column, text, size);
    return ADSYNC_OK;
}

/* "0" and "" are how an organic lead says that there is none. */
static adsync_status row_id(meta_row *job, uint32_t column, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    if (!text || size > META_ID) return meta_bad_shape(job->a, "something else where an id should be");
    if (size > 4 && !memcmp(text, "act_", 4)) {
        text += 4;
        size -= 4;
    }
    if (size != 1 || *text != '0') meta_put(job->row, column, text, size);
    return ADSYNC_OK;
}

static adsync_status row_time(meta_row *job, uint32_t column, adsync__node node, bool bound)
{
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);
    int64_t us = 0;
    bool read;

    if (adsync__node_int(node, &us))
        read = !__builtin_mul_overflow(us, ADSYNC__SECOND_US, &us) && us >= 0 && us <= ADSYNC__TIME_LAST_US;
    else
        read = text && adsync__time_read(text, size, ADSYNC__TIME_NEEDS_OFFSET, &us) >= 0;
    if (!read) return meta_bad_shape(job->a, "something else where a time should be");
    if (us <= 0 && bound) return ADSYNC_OK; /* 1970 is how "without end" is written */
    adsync_row_int(job->row, column, us);
    if (column == ADSYNC_C_START_AT) job->start_us = us;
    if (column == ADSYNC_C_END_AT) job->end_us = us;
    return ADSYNC_OK;
}

/* Minor units as Meta defines them; 0 is how "not set" is written. */
static adsync_status row_money(meta_row *job, uint32_t column, adsync__node node)
{
    const char *currency = adsync_task_fact(job->a->task, "currency"), *text;
    adsync__digits room;
    size_t size = 0;
    int64_t micros;

    if (!(text = adsync__node_decimal(node, &room, &size))) return meta_bad_shape(job->a, "something else where an amount should be");
    if (!size || (size == 1 && *text == '0')) return ADSYNC_OK;
    if (!currency || !*currency) { /* how large the unit is, is not known: no number is better than a wrong one */
        job->a->needs_currency = true;
        return ADSYNC_OK;
    }
    if (adsync__micros_from_units(text, size, meta_offset(currency), &micros) < 0)
        return meta_bad_shape(job->a, "an amount that is no whole number of units");
    adsync_row_int(job->row, column, micros);
    adsync_row_text(job->row, ADSYNC_C_CURRENCY, currency, SIZE_MAX);
    return ADSYNC_OK;
}

static adsync_status row_count(meta_row *job, uint32_t column, adsync__node node)
{
    int64_t value;

    if (!adsync__node_int(node, &value)) return meta_bad_shape(job->a, "something else where a count should be");
    if (value >= 0) adsync_row_int(job->row, column, value); /* -1: not available */
    return ADSYNC_OK;
}

static adsync_status row_failed(meta_row *job, adsync_status rc)
{
    if (rc == ADSYNC_E_MEMORY) return adsync__fail_memory(job->a->error);
    return meta_bad_shape(job->a, "a value that is too deep, too long, or has a key twice");
}

static adsync_status row_json(meta_row *job, uint32_t column, adsync__node node)
{
    adsync__json json;
    adsync_status rc;

    adsync__buffer_clear(&job->scratch);
    adsync__json_begin(&json, &job->scratch);
    if ((rc = adsync__json_node(&json, node)) < 0) return row_failed(job, rc);
    adsync_row_text(job->row, column, job->scratch.p, job->scratch.size);
    return ADSYNC_OK;
}

/* The named members as an object of their own, where any is there. */
adsync_status meta_put_object(meta_row *job, uint32_t column, const char *const *names, uint32_t n)
{
    adsync__json json;
    adsync_status rc;
    bool any = false;

    adsync__buffer_clear(&job->scratch);
    adsync__json_begin(&json, &job->scratch);
    adsync__json_open(&json, '{');
    for (uint32_t i = 0; i < n; i++) {
        adsync__node node = meta_row_node(job, names[i]);
        if (meta_is_empty(node)) continue;
        any = true;
        adsync__json_key(&json, names[i]);
        if ((rc = adsync__json_node(&json, node)) < 0) return row_failed(job, rc);
    }
    adsync__json_close(&json, '}');
    if (job->scratch.failed) return row_failed(job, job->scratch.failed);
    if (any) adsync_row_text(job->row, column, job->scratch.p, job->scratch.size);
    return ADSYNC_OK;
}

static adsync_status row_field(meta_row *job, const meta_field *field, adsync__node node)
{
    if (meta_is_empty(node)) return ADSYNC_OK;
    switch (field->as) {
    case META_AS_TEXT:
        return row_text(job, field->column, node);
    case META_AS_ID:
        return row_id(job, field->column, node);
    case META_AS_TIME:
        return row_time(job, field->column, node, false);
    case META_AS_BOUND:
    case META_AS_UNIX:
        return row_time(job, field->column, node, true);
    case META_AS_MONEY:
        return row_money(job, field->column, node);
    case META_AS_COUNT:
        return row_count(job, field->column, node);
    case META_AS_JSON:
        return row_json(job, field->column, node);
    default:
        return ADSYNC_OK;
    }
}

/* ---- states */

static const char *row_word(adsync__node node)
{
    size_t size;
    const char *text = adsync__node_text(node, &size), *word = text ? meta_status_word(text, size) : NULL;

    return text && !word ? "UNKNOWN" : word;
}

static bool row_either(const char *own, const char *state, const char *word) { return (own && !strcmp(own, word)) || !strcmp(state, word); }

/* What is true now: the first that fits. `own` is the object's own switch, `state` what Meta makes of it. */
static const char *row_status(const meta_row *job, const char *own, const char *state)
{
    static const char *const ends[] = { "DELETED", "ARCHIVED", "DRAFT", "REJECTED" };
    static const char *const holds[] = { "UNKNOWN", "PENDING", "PARENT_OFF" };

    for (size_t i = 0; i < ADSYNC__COUNT(ends); i++)
        if (row_either(own, state, ends[i])) return ends[i];
    if (job->end_us && job->end_us <= job->a->now_us) return "ENDED";
    if (row_either(own, state, "PAUSED")) return "PAUSED";
    for (size_t i = 0; i < ADSYNC__COUNT(holds); i++)
        if (!strcmp(state, holds[i])) return holds[i];
    if (job->start_us > job->a->now_us) return "SCHEDULED";
    return state;
}

static void row_states(meta_row *job)
{
    static const char *const switches[] = { "ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "DRAFT" };
    adsync__node set = meta_row_node(job, "status"), made = meta_row_node(job, "effective_status");
    const char *own = row_word(set), *state = row_word(made);

    for (size_t i = 0; i < ADSYNC__COUNT(switches); i++)
        if (adsync__node_is(set, switches[i])) adsync_row_text(job->row, ADSYNC_C_SWITCH, switches[i], SIZE_MAX);
    if (!state) {
        state = own;
        made = set;
    }
    if (!state) return;
    adsync_row_text(job->row, ADSYNC_C_STATUS, row_status(job, own, state), SIZE_MAX);
    meta_put_node(job->row, ADSYNC_C_PLATFORM_STATUS, made);
}

typedef struct row_issue {
    const char *code, *words;
} row_issue;

static int row_issue_order(const void *a, const void *b)
{
    const row_issue *x = a, *y = b;
    int diff = strcmp(x->code, y->code);

    return diff ? diff : strcmp(x->words, y->words);
}

/* Issues come in no order that means anything: sorted, so that the same issues are the same text. */
static void row_issues(meta_row *job)
{
    adsync__items items = adsync__node_items(meta_row_node(job, "issues_info"));
    adsync__digits rooms[ROW_ISSUES];
    row_issue list[ROW_ISSUES];
    adsync__node item;
    uint32_t n = 0;
    size_t size;

    while (n < ROW_ISSUES && adsync__items_next(&items, &item)) {
        list[n].code = adsync__node_digits(adsync__node_get(item, "error_code"), &rooms[n], &size);
        list[n].words = adsync__node_text(adsync__node_get(item, "error_summary"), NULL);
        if (!list[n].code) list[n].code = "";
        if (!list[n].words) list[n].words = "";
        n++;
    }
    if (!n) return;
    qsort(list, n, sizeof *list, row_issue_order);
    adsync__buffer_clear(&job->scratch);
    for (uint32_t i = 0; i < n; i++) {
        if (i && !row_issue_order(&list[i - 1], &list[i])) continue;
        if (job->scratch.size) adsync__buffer_text(&job->scratch, "; ");
        adsync__buffer_text(&job->scratch, list[i].code);
        if (*list[i].code && *list[i].words) adsync__buffer_text(&job->scratch, " ");
        adsync__buffer_text(&job->scratch, list[i].words);
    }
    if (!job->scratch.failed)
        meta_put(job->row, ADSYNC_C_STATUS_REASON, job->scratch.p, job->scratch.size);
    else
        job->a->failed = job->scratch.failed;
}

static adsync_status row_fill(meta_row *job)
{
    const char *account = adsync_task_text(job->a->task, "account_id");
    adsync__digits room;
    size_t size = 0;
    const char *id = adsync__node_digits(job->f[0], &room, &size);
    adsync_status rc;

    if (!id || !size || (size == 1 && *id == '0')) return meta_bad_shape(job->a, "an object without an id");
    if (account) adsync_row_text(job->row, ADSYNC_C_ACCOUNT_ID, strncmp(account, "act_", 4) ? account : account + 4, SIZE_MAX);
    adsync_row_text(job->row, ADSYNC_C_PLATFORM_KIND, job->kind->word, SIZE_MAX);
    for (uint32_t i = 0; i < job->kind->n; i++)
        if ((rc = row_field(job, &job->kind->fields[i], job->f[i])) < 0) return rc;
    row_states(job);
    row_issues(job);
    return meta_row_own(job);
}

adsync_status meta_entity(meta_answer *a, const meta_kind *kind, adsync__node node)
{
    const char *names[META_FIELDS];
    meta_row job = { .a = a, .kind = kind };
    adsync_status rc;

    for (uint32_t i = 0; i < kind->n; i++) names[i] = kind->fields[i].name;
    if (!adsync__node_fields(node, names, kind->n, job.f)) return meta_bad_shape(a, "an object that is none, or that has a field twice");
    job.row = adsync_outcome_row(a->out, ADSYNC_T_ENTITIES, kind->kind, ADSYNC_TWICE_REPLACE);
    adsync__buffer_begin(&job.scratch, ROW_TEXT);
    rc = row_fill(&job);
    adsync__buffer_free(&job.scratch);
    return rc;
}

void meta_fields(adsync__buffer *out, const meta_kind *kind)
{
    for (uint32_t i = 0; i < kind->n; i++) {
        if (i) adsync__buffer_char(out, ',');
        adsync__buffer_text(out, kind->fields[i].ask ? kind->fields[i].ask : kind->fields[i].name);
    }
}
