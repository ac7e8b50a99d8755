/* SPDX-License-Identifier: MIT */
/* Lead forms and leads belong to pages, and a page answers only to its own token. So a list walks: the person's pages (whose tokens are
 * stored as they come), the forms of each page, the leads of each form. What is still to be walked stands in the cursor:
 *
 *     pages   AFTER
 *     forms   PAGE,PAGE,.. AFTER-OF-PAGES AFTER
 *     leads   PAGE,PAGE,.. AFTER-OF-PAGES AFTER-OF-FORMS FORM,FORM,.. AFTER
 *
 * The first page and form of a list are those at work. `tries` counts pages that could not be read. */
#include "meta_int.h"

#include <stdio.h>

enum { LEAD_PAGES = 0, LEAD_PAGES_AFTER = 1, LEAD_FORMS_AFTER = 2, LEAD_FORMS = 3, LEAD_AFTER = 4 };

/* The first of a list of ids; false: it is none. */
static bool lead_first(const char *list, char *out, size_t room)
{
    size_t size = strcspn(list, ",");

    if (!size || size >= room) return false;
    memcpy(out, list, size);
    out[size] = 0;
    return meta_is_id(out);
}

static const char *lead_rest(const char *list)
{
    const char *comma = strchr(list, ',');

    return comma ? comma + 1 : "";
}

static bool lead_has_token(const adsync_task *task, const char *page)
{
    char name[META_ID + 8];

    (void)snprintf(name, sizeof name, "page:%.200s", page);
    return adsync_task_has_secret(task, name);
}

/* A task may name the page: with its token at hand the walk begins there. */
bool meta_lead_first(const adsync_task *task, meta_cursor *at)
{
    const char *page = adsync_task_text(task, "page_id");

    if (at->step != META_AT_BEGIN || !page || !meta_is_id(page) || lead_has_token(task, page)) return false;
    at->step = META_AT_PAGES;
    return true;
}

static void lead_begin(const adsync_task *task, meta_cursor *at)
{
    const char *page = adsync_task_text(task, "page_id");

    if (at->step != META_AT_BEGIN || meta_lead_first(task, at)) return;
    at->step = META_AT_PAGES;
    if (!page || !meta_is_id(page)) return;
    at->step = META_AT_FORMS;
    at->arg[LEAD_PAGES] = page;
}

static uint32_t lead_limit(const meta_cursor *at, const adsync_task *task)
{
    if (at->limit) return at->limit;
    return at->step == META_AT_FORMS && adsync_task_kind(task) == ADSYNC_KIND_LEAD ? META_FORM_PAGE : META_PAGE;
}

/* "123/leadgen_forms" or "456/leads"; false: the cursor names none. */
static bool lead_target(const meta_cursor *at, char *out, size_t room, char *page)
{
    char node[META_ID + 1];

    if (!lead_first(at->arg[LEAD_PAGES], page, META_ID + 1)) return false;
    if (!lead_first(at->step == META_AT_LEADS ? at->arg[LEAD_FORMS] : page, node, sizeof node)) return false;
    (void)snprintf(out, room, "%s/%s", node, at->step == META_AT_LEADS ? "leads" : "leadgen_forms");
    return true;
}

static const char *lead_after(const meta_cursor *at)
{
    return at->arg[at->step == META_AT_LEADS ? LEAD_AFTER : at->step == META_AT_FORMS ? LEAD_FORMS_AFTER : LEAD_PAGES];
}

adsync_status meta_lead_ask(meta_call *call, adsync_request *out, adsync_error **error)
{
    const meta_kind *kind = meta_kind_of(adsync_task_kind(call->task));
    char target[2 * META_ID], page[META_ID + 1], secret[META_ID + 8];
    bool forms_only;
    adsync_status rc;

    lead_begin(call->task, &call->at);
    if (call->at.step == META_AT_PAGES || !lead_target(&call->at, target, sizeof target, page)) return meta_pages_ask(call, out, error);
    if ((rc = meta_open(call->task, out, ADSYNC_EFFECT_READ, "GET", target, error)) < 0) return rc;
    forms_only = call->at.step == META_AT_FORMS && kind->kind == ADSYNC_KIND_LEAD;
    meta_fields(&call->text, kind);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "fields", forms_only ? "id" : call->text.p);
    if (call->at.step == META_AT_LEADS) meta_since(call->task, kind, out);
    meta_number(out, "limit", lead_limit(&call->at, call->task));
    if (*lead_after(&call->at)) adsync_request_field(out, ADSYNC_PLACE_QUERY, "after", lead_after(&call->at));
    (void)snprintf(secret, sizeof secret, "page:%s", page);
    meta_token(call->task, out, ADSYNC_PLACE_QUERY, secret);
    adsync_request_cost(out, "page", 1);
    if (kind->kind == ADSYNC_KIND_LEAD) adsync_request_cost(out, "leadgen", 1);
    return ADSYNC_OK;
}

/* ---- where the walk goes on */

/* Leads that are older than about 90 days drop out of the list by themselves, so their list proves nothing about what is gone. */
static void lead_done(meta_answer *a, uint32_t skipped, bool any)
{
    bool weak = adsync_task_kind(a->task) == ADSYNC_KIND_LEAD || skipped || !any;

    adsync_outcome_done(a->out, !skipped, weak ? ADSYNC_EVIDENCE_WEAK : ADSYNC_EVIDENCE_STRONG);
}

/* The page at work is through. */
static void lead_next_page(meta_answer *a, uint32_t skipped)
{
    const char *const args[] = { lead_rest(a->at.arg[LEAD_PAGES]), a->at.arg[LEAD_PAGES_AFTER] };

    if (*args[0])
        meta_go(a, META_NEXT, META_AT_FORMS, 0, 0, skipped, args, 2, 0);
    else if (*args[1])
        meta_go(a, META_NEXT, META_AT_PAGES, 0, 0, skipped, &args[1], 1, 0);
    else
        lead_done(a, skipped, true);
}

static void lead_next_form(meta_answer *a)
{
    const char *const args[META_ARGS] = { a->at.arg[LEAD_PAGES], a->at.arg[LEAD_PAGES_AFTER], a->at.arg[LEAD_FORMS_AFTER],
                                          lead_rest(a->at.arg[LEAD_FORMS]) };

    if (*args[LEAD_FORMS])
        meta_go(a, META_NEXT, META_AT_LEADS, 0, 0, a->at.tries, args, META_ARGS, 0);
    else if (*args[LEAD_FORMS_AFTER])
        meta_go(a, META_NEXT, META_AT_FORMS, 0, 0, a->at.tries, args, LEAD_FORMS, 0);
    else
        lead_next_page(a, a->at.tries);
}

/* ---- answers */

/* The ids of a page of rows, joined by commas. */
static adsync_status lead_ids(meta_answer *a, const meta_page *page, bool tokens, adsync__buffer *out)
{
    const char *only = tokens ? adsync_task_text(a->task, "page_id") : NULL, *id;
    adsync__items items = adsync__node_items(page->data);
    adsync__node item;
    adsync__digits room;
    size_t size;

    while (adsync__items_next(&items, &item)) {
        id = adsync__node_digits(adsync__node_get(item, "id"), &room, &size);
        if (!id || strlen(id) != size || !meta_is_id(id)) return meta_bad_shape(a, "something else where an id should be");
        if (only && strcmp(only, id)) continue;
        if (tokens && !adsync__node_text(adsync__node_get(item, "access_token"), NULL)) continue;
        if (out->size) adsync__buffer_char(out, ',');
        adsync__buffer_add(out, id, size);
    }
    if (out->failed == ADSYNC_E_TOO_BIG) return meta_bad_shape(a, "more ids on a page than were asked for");
    return out->failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}

static void lead_need(meta_answer *a, const char *page)
{
    char what[META_ID + 8];

    (void)snprintf(what, sizeof what, "page:%.200s", page);
    adsync_outcome_need(a->out, what);
}

static adsync_status lead_pages(meta_answer *a)
{
    const char *only = adsync_task_text(a->task, "page_id");
    adsync__buffer ids;
    meta_page page;
    adsync_status rc = meta_page_open(a, "me/accounts", lead_after(&a->at), &page);

    if (rc < 0 || page.refused) return rc;
    if ((rc = meta_page_rows(a, &page, meta_page_token)) < 0 || page.more) return rc;
    adsync__buffer_begin(&ids, META_CURSOR / 2);
    if ((rc = lead_ids(a, &page, true, &ids)) < 0) goto done;
    if (ids.size && adsync_task_op(a->task) == ADSYNC_TASK_GET)
        meta_go(a, META_NEXT, META_AT_GET, 0, 0, 0, NULL, 0, 0);
    else if (ids.size)
        meta_go(a, META_NEXT, META_AT_FORMS, 0, 0, a->at.tries, (const char *const[]){ ids.p, only ? "" : page.after }, 2, 0);
    else if (page.next)
        meta_go(a, META_NEXT, META_AT_PAGES, a->at.limit, 0, a->at.tries, (const char *const[]){ page.after }, 1, 0);
    else if (only)
        lead_need(a, only);
    else
        lead_done(a, a->at.tries, false);
done:
    adsync__buffer_free(&ids);
    return rc;
}

static adsync_status lead_row(meta_answer *a, adsync__node row) { return meta_entity(a, meta_kind_of(adsync_task_kind(a->task)), row); }

static adsync_status lead_forms(meta_answer *a, const char *target)
{
    const char *args[META_ARGS] = { a->at.arg[LEAD_PAGES], a->at.arg[LEAD_PAGES_AFTER] };
    adsync__buffer ids;
    meta_page page;
    adsync_status rc = meta_page_open(a, target, lead_after(&a->at), &page);

    if (rc < 0 || page.refused) return rc;
    args[LEAD_FORMS_AFTER] = page.after;
    if (adsync_task_kind(a->task) == ADSYNC_KIND_LEAD_FORM) {
        if ((rc = meta_page_rows(a, &page, lead_row)) < 0 || page.more) return rc;
        if (page.next)
            meta_go(a, META_NEXT, META_AT_FORMS, a->at.limit, 0, a->at.tries, args, LEAD_FORMS, 0);
        else
            lead_next_page(a, a->at.tries);
        return ADSYNC_OK;
    }
    adsync__buffer_begin(&ids, META_CURSOR / 4);
    if ((rc = lead_ids(a, &page, false, &ids)) < 0) goto done;
    args[LEAD_FORMS] = ids.p;
    if (ids.size)
        meta_go(a, META_NEXT, META_AT_LEADS, 0, 0, a->at.tries, args, META_ARGS, 0);
    else if (page.next)
        meta_go(a, META_NEXT, META_AT_FORMS, a->at.limit, 0, a->at.tries, args, LEAD_FORMS, 0);
    else
        lead_next_page(a, a->at.tries);
done:
    adsync__buffer_free(&ids);
    return rc;
}

static adsync_status lead_leads(meta_answer *a, const char *target)
{
    const char *args[META_ARGS];
    meta_page page;
    adsync_status rc = meta_page_open(a, target, lead_after(&a->at), &page);

    if (rc < 0 || page.refused) return rc;
    if ((rc = meta_page_rows(a, &page, lead_row)) < 0 || page.more) return rc;
    memcpy(args, a->at.arg, sizeof args);
    args[LEAD_AFTER] = page.after;
    if (page.next)
        meta_go(a, META_NEXT, META_AT_LEADS, a->at.limit, 0, a->at.tries, args, META_ARGS, 0);
    else
        lead_next_form(a);
    return ADSYNC_OK;
}

/* A dead token of a page says nothing about the grant: the page's token is fetched again. A page without rights hides no other. */
static void lead_refused(meta_answer *a, const char *page)
{
    uint32_t refusal = a->refused.refusal;

    if (a->refused.hint == META_HINT_SHRINK && a->at.limit > 1) {
        meta_go(a, META_NEXT, a->at.step, a->at.limit / 2, 0, a->at.tries, a->at.arg, META_ARGS, 0);
    } else if (*page && (refusal == ADSYNC_CLASS_AUTH_EXPIRED || refusal == ADSYNC_CLASS_AUTH_REVOKED)) {
        lead_need(a, page);
    } else if (*page && (refusal == ADSYNC_CLASS_PERMISSION || refusal == ADSYNC_CLASS_NOT_FOUND)) {
        meta_scrub(a->refused.message);
        adsync_outcome_warning(a->out, a->refused.name, a->refused.message);
        lead_next_page(a, a->at.tries + 1);
    } else {
        meta_refuse(a);
    }
}

adsync_status meta_lead_digest(meta_answer *a)
{
    char target[2 * META_ID] = "", page[META_ID + 1] = "";

    lead_begin(a->task, &a->at);
    a->at.limit = lead_limit(&a->at, a->task);
    if (a->at.step != META_AT_PAGES && !lead_target(&a->at, target, sizeof target, page)) {
        adsync_outcome_stale(a->out);
        return ADSYNC_OK;
    }
    if (meta_is_refused(a)) {
        lead_refused(a, page);
        return ADSYNC_OK;
    }
    if (a->at.step == META_AT_PAGES) return lead_pages(a);
    return a->at.step == META_AT_FORMS ? lead_forms(a, target) : lead_leads(a, target);
}
