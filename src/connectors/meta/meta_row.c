/* SPDX-License-Identifier: MIT */
/* An object becomes a row: the field maps do most of it, the rest is what each kind has of its own. What is missing or null stays
 * null. Nothing that changes by itself (delivery, signed addresses, orders that mean nothing) reaches a column. */
#include "meta_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROW_TEXT = 4 << 20, ROW_ISSUES = 16 };

/* One object on its way. */
typedef struct row_job {
    meta_answer *a;
    const meta_kind *kind;
    adsync_row *row;
    adsync__node f[META_FIELDS];
    int64_t start_us, end_us; /* 0: none */
    adsync__buffer scratch;
} row_job;

static adsync__node row_node(const row_job *job, const char *name)
{
    for (uint32_t i = 0; i < job->kind->n; i++)
        if (!strcmp(job->kind->fields[i].name, name)) return job->f[i];
    return (adsync__node){ 0 };
}

static bool row_is_empty(adsync__node node) { return adsync__node_kind(node) <= ADSYNC__NODE_NULL; }

static void row_put(adsync_row *row, uint32_t column, const char *text, size_t size)
{
    if (text && size) adsync_row_text(row, column, text, size);
}

static void row_put_node(adsync_row *row, uint32_t column, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    row_put(row, column, text, size);
}

/* ---- one way of reading per kind of field */

static adsync_status row_text(row_job *job, uint32_t column, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    if (!text) return meta_bad_shape(job->a, "something else where a text should be");
    adsync_row_text(job->row, column, text, size);
    return ADSYNC_OK;
}

/* "0" and "" are how an organic lead says that there is none. */
static adsync_status row_id(row_job *job, uint32_t column, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    if (!text || size > META_ID) return meta_bad_shape(job->a, "something else where an id should be");
    if (size > 4 && !memcmp(text, "act_", 4)) {
        text += 4;
        size -= 4;
    }
    if (size != 1 || *text != '0') row_put(job->row, column, text, size);
    return ADSYNC_OK;
}

static adsync_status row_time(row_job *job, uint32_t column, adsync__node node, bool bound)
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
static adsync_status row_money(row_job *job, uint32_t column, adsync__node node)
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

static adsync_status row_count(row_job *job, uint32_t column, adsync__node node)
{
    int64_t value;

    if (!adsync__node_int(node, &value)) return meta_bad_shape(job->a, "something else where a count should be");
    if (value >= 0) adsync_row_int(job->row, column, value); /* -1: not available */
    return ADSYNC_OK;
}

static adsync_status row_failed(row_job *job, adsync_status rc)
{
    if (rc == ADSYNC_E_MEMORY) return adsync__fail_memory(job->a->error);
    return meta_bad_shape(job->a, "a value that is too deep, too long, or has a key twice");
}

static adsync_status row_json(row_job *job, uint32_t column, adsync__node node)
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
static adsync_status row_object(row_job *job, uint32_t column, const char *const *names, uint32_t n)
{
    adsync__json json;
    adsync_status rc;
    bool any = false;

    adsync__buffer_clear(&job->scratch);
    adsync__json_begin(&json, &job->scratch);
    adsync__json_open(&json, '{');
    for (uint32_t i = 0; i < n; i++) {
        adsync__node node = row_node(job, names[i]);
        if (row_is_empty(node)) continue;
        any = true;
        adsync__json_key(&json, names[i]);
        if ((rc = adsync__json_node(&json, node)) < 0) return row_failed(job, rc);
    }
    adsync__json_close(&json, '}');
    if (job->scratch.failed) return row_failed(job, job->scratch.failed);
    if (any) adsync_row_text(job->row, column, job->scratch.p, job->scratch.size);
    return ADSYNC_OK;
}

static adsync_status row_field(row_job *job, const meta_field *field, adsync__node node)
{
    if (row_is_empty(node)) return ADSYNC_OK;
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
static const char *row_status(const row_job *job, const char *own, const char *state)
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

static void row_states(row_job *job)
{
    static const char *const switches[] = { "ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "DRAFT" };
    adsync__node set = row_node(job, "status"), made = row_node(job, "effective_status");
    const char *own = row_word(set), *state = row_word(made);

    for (size_t i = 0; i < ADSYNC__COUNT(switches); i++)
        if (adsync__node_is(set, switches[i])) adsync_row_text(job->row, ADSYNC_C_SWITCH, switches[i], SIZE_MAX);
    if (!state) {
        state = own;
        made = set;
    }
    if (!state) return;
    adsync_row_text(job->row, ADSYNC_C_STATUS, row_status(job, own, state), SIZE_MAX);
    row_put_node(job->row, ADSYNC_C_PLATFORM_STATUS, made);
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
static void row_issues(row_job *job)
{
    adsync__items items = adsync__node_items(row_node(job, "issues_info"));
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
        row_put(job->row, ADSYNC_C_STATUS_REASON, job->scratch.p, job->scratch.size);
    else
        job->a->failed = job->scratch.failed;
}

/* ---- what each kind has of its own */

static adsync_status row_campaign(row_job *job)
{
    static const char *const declared[] = { "is_adset_budget_sharing_enabled", "special_ad_categories" };
    static const char *const extra[] = { "buying_type" };
    adsync_status rc = row_object(job, ADSYNC_C_DECLARATIONS, declared, ADSYNC__COUNT(declared));

    return rc < 0 ? rc : row_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

static adsync_status row_adset(row_job *job)
{
    static const char *const declared[] = { "dsa_beneficiary", "dsa_payor" };
    static const char *const extra[] = { "destination_type", "promoted_object" };
    adsync_status rc = row_object(job, ADSYNC_C_DECLARATIONS, declared, ADSYNC__COUNT(declared));

    return rc < 0 ? rc : row_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

/* Only some states say what the review found; a paused parent hides it. */
static adsync_status row_ad(row_job *job)
{
    static const struct {
        const char *state, *review;
    } reviews[] = {
        { "PENDING_REVIEW", "pending" }, { "IN_PROCESS", "pending" },   { "PREAPPROVED", "approved" },
        { "ACTIVE", "approved" },        { "DISAPPROVED", "rejected" }, { "WITH_ISSUES", "limited" },
    };

    row_put_node(job->row, ADSYNC_C_CREATIVE_ID, adsync__node_get(row_node(job, "creative"), "id"));
    for (size_t i = 0; i < ADSYNC__COUNT(reviews); i++)
        if (adsync__node_is(row_node(job, "effective_status"), reviews[i].state))
            adsync_row_text(job->row, ADSYNC_C_REVIEW, reviews[i].review, SIZE_MAX);
    return ADSYNC_OK;
}

static void row_creative_data(row_job *job, adsync__node data)
{
    adsync__node action = adsync__node_get(data, "call_to_action"), title = adsync__node_get(data, "title"),
                 link = adsync__node_get(data, "link");
    adsync__digits room;
    size_t size = 0, hash_size = 0;
    const char *hash = adsync__node_text(adsync__node_get(data, "image_hash"), &hash_size);
    const char *video = adsync__node_digits(adsync__node_get(data, "video_id"), &room, &size);

    row_put_node(job->row, ADSYNC_C_TITLE, row_is_empty(title) ? adsync__node_get(data, "name") : title);
    row_put_node(job->row, ADSYNC_C_BODY, adsync__node_get(data, "message"));
    row_put_node(job->row, ADSYNC_C_LANDING_URL, row_is_empty(link) ? adsync__node_get(adsync__node_get(action, "value"), "link") : link);
    row_put_node(job->row, ADSYNC_C_CTA, adsync__node_get(action, "type"));
    adsync__buffer_clear(&job->scratch);
    if (hash) adsync__buffer_add(&job->scratch, hash, hash_size);
    if (hash_size && size) adsync__buffer_char(&job->scratch, ',');
    if (video) adsync__buffer_add(&job->scratch, video, size);
    row_put(job->row, ADSYNC_C_MEDIA, job->scratch.p, job->scratch.size);
}

static adsync_status row_creative(row_job *job)
{
    static const struct {
        const char *name, *format;
    } parts[] = {
        { "link_data", "link" },
        { "video_data", "video" },
        { "photo_data", "photo" },
        { "template_data", "template" },
    };
    static const char *const extra[] = { "url_tags" };
    adsync__node spec = row_node(job, "object_story_spec"), owner = adsync__node_get(spec, "page_id");

    adsync_row_int(job->row, ADSYNC_C_IMMUTABLE, 1);
    row_put_node(job->row, ADSYNC_C_OWNER, row_is_empty(owner) ? adsync__node_get(spec, "instagram_user_id") : owner);
    for (size_t i = 0; i < ADSYNC__COUNT(parts); i++) {
        adsync__node data = adsync__node_get(spec, parts[i].name);
        if (adsync__node_kind(data) != ADSYNC__NODE_OBJECT) continue;
        adsync_row_text(job->row, ADSYNC_C_FORMAT, parts[i].format, SIZE_MAX);
        row_creative_data(job, data);
        break;
    }
    return row_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

/* delivery_status: 200 can be used, 300 is too small; operation_status: 200 and 4xx go on, 47x is stopped. */
static const char *row_ready(const row_job *job)
{
    int64_t delivery, operation;

    (void)adsync__node_int(adsync__node_get(row_node(job, "operation_status"), "code"), &operation);
    if (operation >= 470 && operation < 480) return "error";
    if (!adsync__node_int(adsync__node_get(row_node(job, "delivery_status"), "code"), &delivery)) return NULL;
    return delivery == 200 ? "ready" : delivery == 300 ? "small" : "building";
}

static adsync_status row_audience(row_job *job)
{
    static const struct {
        const char *subtype, *type;
    } types[] = {
        { "CUSTOM", "list" },
        { "LOOKALIKE", "lookalike" },
        { "WEBSITE", "rule" },
        { "APP", "rule" },
        { "OFFLINE_CONVERSION", "rule" },
        { "ENGAGEMENT", "engagement" },
        { "IG_BUSINESS", "engagement" },
        { "VIDEO", "engagement" },
    };
    static const char *const extra[] = { "description", "subtype" };
    adsync__node subtype = row_node(job, "subtype"), origin;
    adsync__items origins = adsync__node_items(adsync__node_get(row_node(job, "lookalike_spec"), "origin"));
    const char *type = "other";

    for (size_t i = 0; i < ADSYNC__COUNT(types); i++)
        if (adsync__node_is(subtype, types[i].subtype)) type = types[i].type;
    if (!row_is_empty(subtype)) adsync_row_text(job->row, ADSYNC_C_TYPE, type, SIZE_MAX);
    adsync_row_text(job->row, ADSYNC_C_READY, row_ready(job), SIZE_MAX);
    row_put_node(job->row, ADSYNC_C_TARGET_ID, row_node(job, "id"));
    if (adsync__items_next(&origins, &origin)) row_put_node(job->row, ADSYNC_C_SEED_ID, adsync__node_get(origin, "id"));
    return row_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

static adsync_status row_lead_form(row_job *job)
{
    static const char *const extra[] = { "locale", "privacy_policy_url" };

    return row_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

static adsync_status row_lead(row_job *job)
{
    static const char *const extra[] = { "is_organic", "platform" };

    return row_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

static adsync_status row_own(row_job *job)
{
    static adsync_status (*const own[])(row_job * job) = {
        [ADSYNC_KIND_CAMPAIGN] = row_campaign, [ADSYNC_KIND_ADSET] = row_adset,       [ADSYNC_KIND_AD] = row_ad,
        [ADSYNC_KIND_CREATIVE] = row_creative, [ADSYNC_KIND_AUDIENCE] = row_audience, [ADSYNC_KIND_LEAD_FORM] = row_lead_form,
        [ADSYNC_KIND_LEAD] = row_lead,
    };

    return own[job->kind->kind](job);
}

static adsync_status row_fill(row_job *job)
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
    return row_own(job);
}

adsync_status meta_entity(meta_answer *a, const meta_kind *kind, adsync__node node)
{
    const char *names[META_FIELDS];
    row_job job = { .a = a, .kind = kind };
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

/* ---- ad accounts */

const char meta_account_fields[] = "account_id,name,account_status,disable_reason,currency,timezone_name";
enum { ACCOUNT_ID = 0, ACCOUNT_NODE, ACCOUNT_NAME, ACCOUNT_STATUS, ACCOUNT_REASON, ACCOUNT_CURRENCY, ACCOUNT_ZONE, ACCOUNT_N };

static const char *account_state(adsync__node node)
{
    static const int64_t held[] = { 2, 3, 7, 8, 9 };
    int64_t status;

    if (!adsync__node_int(node, &status)) return NULL;
    if (status == 1) return "active";
    if (status == 100 || status == 101) return "closed";
    for (size_t i = 0; i < ADSYNC__COUNT(held); i++)
        if (status == held[i]) return "restricted";
    return "unknown";
}

static void account_fact(meta_answer *a, const char *name, const char *text)
{
    if (text && *text) adsync_outcome_fact(a->out, name, text);
}

adsync_status meta_ad_account(meta_answer *a, adsync__node node, bool facts)
{
    static const char *const names[ACCOUNT_N] = { "account_id",     "id",       "name",         "account_status",
                                                  "disable_reason", "currency", "timezone_name" };
    adsync__node f[ACCOUNT_N];
    adsync__digits room;
    adsync_row *row;
    size_t size = 0;
    const char *id, *reason;

    if (!adsync__node_fields(node, names, ACCOUNT_N, f)) return meta_bad_shape(a, "an account that is none, or that has a field twice");
    id = adsync__node_digits(row_is_empty(f[ACCOUNT_ID]) ? f[ACCOUNT_NODE] : f[ACCOUNT_ID], &room, &size);
    if (id && !strncmp(id, "act_", 4)) {
        id += 4;
        size -= 4;
    }
    if (!id || !size || size > META_ID) return meta_bad_shape(a, "an account without an id");
    row = adsync_outcome_row(a->out, ADSYNC_T_CONNECTIONS, ADSYNC_KIND_ACCOUNT, ADSYNC_TWICE_REPLACE);
    adsync_row_text(row, ADSYNC_C_ID, id, size);
    adsync_row_text(row, ADSYNC_C_ACCOUNT_ID, id, size);
    row_put_node(row, ADSYNC_C_NAME, f[ACCOUNT_NAME]);
    row_put_node(row, ADSYNC_C_CURRENCY, f[ACCOUNT_CURRENCY]);
    row_put_node(row, ADSYNC_C_TIME_ZONE, f[ACCOUNT_ZONE]);
    adsync_row_text(row, ADSYNC_C_STATUS, account_state(f[ACCOUNT_STATUS]), SIZE_MAX);
    if (!facts) return ADSYNC_OK;
    account_fact(a, "currency", adsync__node_text(f[ACCOUNT_CURRENCY], NULL));
    account_fact(a, "time_zone", adsync__node_text(f[ACCOUNT_ZONE], NULL));
    account_fact(a, "name", adsync__node_text(f[ACCOUNT_NAME], NULL));
    account_fact(a, "account_status", account_state(f[ACCOUNT_STATUS]));
    reason = adsync__node_digits(f[ACCOUNT_REASON], &room, &size);
    account_fact(a, "disable_reason", reason && strcmp(reason, "0") ? reason : NULL);
    return ADSYNC_OK;
}
