/* SPDX-License-Identifier: MIT */
/* Accounts, lists and single objects. A list that Meta finds too much is asked for in pages half as long. */
#include "meta_int.h"

static const char read_pages_fields[] = "id,name,access_token";

/* ---- a page of an edge */

static uint32_t read_limit(const adsync_task *task, const meta_cursor *at, uint32_t usual)
{
    int64_t wanted = adsync_task_int(task, "page_size");

    if (at->limit) return at->limit;
    return wanted > 0 && wanted <= META_ROWS ? (uint32_t)wanted : usual;
}

static void read_page_of(meta_call *call, adsync_request *out, uint32_t usual, const char *after)
{
    meta_number(out, "limit", read_limit(call->task, &call->at, usual));
    if (*after) adsync_request_field(out, ADSYNC_PLACE_QUERY, "after", after);
}

/* ---- one account */

adsync_status meta_account_ask(meta_call *call, adsync_request *out, adsync_error **error)
{
    adsync_status rc;

    if ((rc = meta_account(call->task, &call->target, error)) < 0) return rc;
    if ((rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", call->target.p, error)) < 0) return rc;
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "fields", meta_account_fields);
    meta_token(call->task, out, ADSYNC_PLACE_QUERY, "access_token");
    adsync_request_cost(out, "score", 1);
    return ADSYNC_OK;
}

adsync_status meta_account_digest(meta_answer *a)
{
    adsync_status rc;

    if (meta_is_refused(a)) {
        meta_refuse(a);
        return ADSYNC_OK;
    }
    if ((rc = meta_ad_account(a, a->root, true)) < 0) return rc;
    adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

/* ---- what a grant reaches: ad accounts, then the pages with their tokens */

adsync_status meta_pages_ask(meta_call *call, adsync_request *out, adsync_error **error)
{
    adsync_status rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", "me/accounts", error);

    if (rc < 0) return rc;
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "fields", read_pages_fields);
    read_page_of(call, out, META_PAGE, call->at.step == META_AT_PAGES ? call->at.arg[0] : "");
    meta_token(call->task, out, ADSYNC_PLACE_QUERY, "access_token");
    return ADSYNC_OK;
}

adsync_status meta_discover_ask(meta_call *call, adsync_request *out, adsync_error **error)
{
    adsync_status rc;

    if (call->at.step == META_AT_PAGES) return meta_pages_ask(call, out, error);
    if ((rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", "me/adaccounts", error)) < 0) return rc;
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "fields", meta_account_fields);
    read_page_of(call, out, META_PAGE, call->at.arg[0]);
    meta_token(call->task, out, ADSYNC_PLACE_QUERY, "access_token");
    return ADSYNC_OK;
}

static adsync_status read_account(meta_answer *a, adsync__node row) { return meta_ad_account(a, row, false); }

/* A page whose token is not shown is one that the person may not manage. */
adsync_status meta_page_token(meta_answer *a, adsync__node row)
{
    static const char *const names[] = { "id", "access_token" };
    adsync__node f[2];
    adsync__digits room;
    adsync__buffer name;
    size_t size = 0, token_size = 0;
    const char *id, *token;

    if (!adsync__node_fields(row, names, 2, f) || !(id = adsync__node_digits(f[0], &room, &size)) || strlen(id) != size || !meta_is_id(id))
        return meta_bad_shape(a, "a page without an id, or with a field twice");
    token = adsync__node_text(f[1], &token_size);
    if (!token || !meta_is_token(token, token_size, 16 * 1024)) return ADSYNC_OK;
    adsync__buffer_begin(&name, META_ID + 8);
    adsync__buffer_text(&name, "page:");
    adsync__buffer_add(&name, id, size);
    if (!name.failed)
        adsync_outcome_secret(a->out, name.p, token, token_size, 0);
    else
        a->failed = name.failed;
    adsync__buffer_free(&name);
    return ADSYNC_OK;
}

/* Halves the pages; false: they hold one row each already. */
static bool read_shrink(meta_answer *a)
{
    if (a->refused.hint != META_HINT_SHRINK || a->at.limit <= 1) return false;
    meta_go(a, META_NEXT, a->at.step, a->at.limit / 2, 0, a->at.tries, a->at.arg, META_ARGS, 0);
    return true;
}

static void read_refused(meta_answer *a)
{
    if (!read_shrink(a)) meta_refuse(a);
}

static void read_begin(meta_answer *a, uint32_t step, uint32_t usual)
{
    if (a->at.step == META_AT_BEGIN) a->at.step = step;
    a->at.limit = read_limit(a->task, &a->at, usual);
}

static adsync_status discover_pages(meta_answer *a)
{
    meta_page page;
    adsync_status rc;

    if (meta_is_refused(a)) { /* no rights on pages: the ad accounts stand all the same */
        if (a->refused.refusal != ADSYNC_CLASS_PERMISSION && a->refused.refusal != ADSYNC_CLASS_INVALID) {
            read_refused(a);
            return ADSYNC_OK;
        }
        adsync_outcome_warning(a->out, "pages", "Meta shows no pages to this person: lead forms cannot be read");
        adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_WEAK);
        return ADSYNC_OK;
    }
    if ((rc = meta_page_open(a, "me/accounts", a->at.arg[0], &page)) < 0 || page.refused) return rc;
    if ((rc = meta_page_rows(a, &page, meta_page_token)) < 0 || page.more) return rc;
    if (page.next)
        meta_go(a, META_NEXT, META_AT_PAGES, a->at.limit, 0, 0, (const char *const[]){ page.after }, 1, 0);
    else
        adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

adsync_status meta_discover_digest(meta_answer *a)
{
    meta_page page;
    adsync_status rc;

    read_begin(a, META_AT_ACCOUNTS, META_PAGE);
    if (a->at.step == META_AT_PAGES) return discover_pages(a);
    if (meta_is_refused(a)) {
        read_refused(a);
        return ADSYNC_OK;
    }
    if ((rc = meta_page_open(a, "me/adaccounts", a->at.arg[0], &page)) < 0 || page.refused) return rc;
    if ((rc = meta_page_rows(a, &page, read_account)) < 0 || page.more) return rc;
    if (page.next)
        meta_go(a, META_NEXT, META_AT_ACCOUNTS, a->at.limit, 0, 0, (const char *const[]){ page.after }, 1, 0);
    else
        meta_go(a, META_NEXT, META_AT_PAGES, META_PAGE, 0, 0, NULL, 0, 0);
    return ADSYNC_OK;
}

/* ---- lists */

static bool read_is_of_pages(uint32_t kind) { return kind == ADSYNC_KIND_LEAD_FORM || kind == ADSYNC_KIND_LEAD; }

static adsync_status read_target(const adsync_task *task, const meta_kind *kind, adsync__buffer *out, adsync_error **error)
{
    adsync_status rc = meta_account(task, out, error);

    if (rc < 0) return rc;
    adsync__buffer_char(out, '/');
    adsync__buffer_text(out, kind->edge);
    return out->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

/* [{"field":"campaign.updated_time","operator":"GREATER_THAN","value":1700000000}] */
void meta_since(const adsync_task *task, const meta_kind *kind, adsync_request *out)
{
    int64_t since = adsync__floor_div(adsync_task_int(task, "since_us"), ADSYNC__SECOND_US);
    adsync__buffer text;
    adsync__json json;

    if (since <= 0 || !kind->filter) return;
    adsync__buffer_begin(&text, 400);
    adsync__json_begin(&json, &text);
    adsync__json_open(&json, '[');
    adsync__json_open(&json, '{');
    adsync__json_key(&json, "field");
    adsync__json_text(&json, kind->filter, strlen(kind->filter));
    adsync__json_key(&json, "operator");
    adsync__json_text(&json, "GREATER_THAN", 12);
    adsync__json_key(&json, "value");
    adsync__json_int(&json, since);
    adsync__json_close(&json, '}');
    adsync__json_close(&json, ']');
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "filtering", text.p);
    adsync__buffer_free(&text);
}

adsync_status meta_list_ask(meta_call *call, adsync_request *out, adsync_error **error)
{
    const meta_kind *kind = meta_kind_of(adsync_task_kind(call->task));
    adsync_status rc;

    if (read_is_of_pages(kind->kind)) return meta_lead_ask(call, out, error);
    if ((rc = read_target(call->task, kind, &call->target, error)) < 0) return rc;
    if ((rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", call->target.p, error)) < 0) return rc;
    meta_fields(&call->text, kind);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "fields", call->text.p);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "effective_status", kind->states);
    meta_since(call->task, kind, out);
    read_page_of(call, out, META_PAGE, call->at.arg[0]);
    meta_token(call->task, out, ADSYNC_PLACE_QUERY, "access_token");
    adsync_request_cost(out, "score", 1);
    adsync_request_cost(out, kind->limit, 1);
    return ADSYNC_OK;
}

static adsync_status read_entity(meta_answer *a, adsync__node row) { return meta_entity(a, meta_kind_of(adsync_task_kind(a->task)), row); }

adsync_status meta_list_digest(meta_answer *a)
{
    const meta_kind *kind = meta_kind_of(adsync_task_kind(a->task));
    adsync__buffer target;
    meta_page page;
    adsync_status rc;

    if (read_is_of_pages(kind->kind)) return meta_lead_digest(a);
    read_begin(a, META_AT_LIST, META_PAGE);
    if (meta_is_refused(a)) {
        read_refused(a);
        return ADSYNC_OK;
    }
    adsync__buffer_begin(&target, 3 * META_ID);
    if ((rc = read_target(a->task, kind, &target, a->error)) >= 0) rc = meta_page_open(a, target.p, a->at.arg[0], &page);
    adsync__buffer_free(&target);
    if (rc < 0 || page.refused) return rc;
    if ((rc = meta_page_rows(a, &page, read_entity)) < 0 || page.more) return rc;
    if (page.next)
        meta_go(a, META_NEXT, META_AT_LIST, a->at.limit, 0, 0, (const char *const[]){ page.after }, 1, 0);
    else
        adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

/* ---- single objects, one after the other: reading many at once by ?ids= has ended. `tries` counts them. */

adsync_status meta_get_ask(meta_call *call, adsync_request *out, adsync_error **error)
{
    const meta_kind *kind = meta_kind_of(adsync_task_kind(call->task));
    const char *id = adsync_task_id(call->task, call->at.tries), *page = adsync_task_text(call->task, "page_id");
    adsync_status rc;

    if (!meta_is_id(id)) return adsync__fail(error, ADSYNC_E_INVALID, "meta.id", "the task names no id that Meta could have given");
    if (read_is_of_pages(kind->kind) && page && (call->at.step == META_AT_PAGES || meta_lead_first(call->task, &call->at)))
        return meta_pages_ask(call, out, error);
    if ((rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", id, error)) < 0) return rc;
    meta_fields(&call->text, kind);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "fields", call->text.p);
    if (read_is_of_pages(kind->kind) && page) {
        adsync__buffer_text(&call->target, "page:");
        adsync__buffer_text(&call->target, page);
    }
    meta_token(call->task, out, ADSYNC_PLACE_QUERY, call->target.size ? call->target.p : "access_token");
    adsync_request_cost(out, "score", 1);
    adsync_request_cost(out, kind->limit, 1);
    return ADSYNC_OK;
}

static void get_next(meta_answer *a)
{
    if (a->at.tries + 1 < adsync_task_ids(a->task))
        meta_go(a, META_NEXT, META_AT_GET, 0, 0, a->at.tries + 1, NULL, 0, 0);
    else
        adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_STRONG);
}

adsync_status meta_get_digest(meta_answer *a)
{
    adsync_status rc;

    if (a->at.step == META_AT_PAGES ||
        (a->at.step == META_AT_BEGIN && read_is_of_pages(adsync_task_kind(a->task)) && meta_lead_first(a->task, &a->at)))
        return meta_lead_digest(a);
    if (meta_is_refused(a)) {
        if (a->refused.refusal != ADSYNC_CLASS_NOT_FOUND || adsync_task_ids(a->task) < 2) {
            meta_refuse(a);
            return ADSYNC_OK;
        }
        adsync_outcome_warning(a->out, "not_found", adsync_task_id(a->task, a->at.tries)); /* one that is gone does not hide the others */
        get_next(a);
        return ADSYNC_OK;
    }
    if ((rc = read_entity(a, a->root)) < 0) return rc;
    get_next(a);
    return ADSYNC_OK;
}
