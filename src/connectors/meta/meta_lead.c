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

enum { LEAD_PAGES = 0, LEAD_PAGES_AFTER = 1, LEAD_FORMS_AFTER = 2, LEAD_FORMS = 3, LEAD_AFTER = 4 };

/* The first of a list of ids; false: it is none. */
static bool lead_first(const char *list, char *out, size_t room)
{
    size_t size = strcspn(list, ",");

    if (!size || size >= room) return false;
    memcpy(out, list, size);
    out[size] = 0;
    return adsync__is_id(out);
}

static bool lead_has_token(const adsync_task *task, const char *page)
{
    char name[ADSYNC__ID_MOST + 8];

    (void)snprintf(name, sizeof name, "page:%.200s", page);
    return adsync_task_has_secret(task, name);
}

/* A task may name the page: with its token at hand the walk begins there. */
bool meta_lead_first(const adsync_task *task, adsync__place *at)
{
    const char *page = adsync_task_text(task, "page_id");

    if (at->step != META_AT_BEGIN || !page || !adsync__is_id(page) || lead_has_token(task, page)) return false;
    at->step = META_AT_PAGES;
    return true;
}

static void lead_begin(const adsync_task *task, adsync__place *at)
{
    const char *page = adsync_task_text(task, "page_id");

    if (at->step != META_AT_BEGIN || meta_lead_first(task, at)) return;
    at->step = META_AT_PAGES;
    if (!page || !adsync__is_id(page)) return;
    at->step = META_AT_FORMS;
    at->arg[LEAD_PAGES] = page;
}

static uint32_t lead_limit(const adsync__place *at, const adsync_task *task)
{
    if (at->limit) return at->limit;
    return at->step == META_AT_FORMS && adsync_task_kind(task) == ADSYNC_KIND_LEAD ? META_FORM_PAGE : META_PAGE;
}

/* "123/leadgen_forms" or "456/leads"; false: the cursor names none. */
static bool lead_target(const adsync__place *at, char *out, size_t room, char *page)
{
    char node[ADSYNC__ID_MOST + 1];

    if (!lead_first(at->arg[LEAD_PAGES], page, ADSYNC__ID_MOST + 1)) return false;
    if (!lead_first(at->step == META_AT_LEADS ? at->arg[LEAD_FORMS] : page, node, sizeof node)) return false;
    (void)snprintf(out, room, "%s/%s", node, at->step == META_AT_LEADS ? "leads" : "leadgen_forms");
    return true;
}

/* Which argument is the place of the page at work. */
static uint32_t lead_slot(const adsync__place *at)
{
    return at->step == META_AT_LEADS ? LEAD_AFTER : at->step == META_AT_FORMS ? LEAD_FORMS_AFTER : LEAD_PAGES;
}

adsync_status meta_lead_ask(adsync__call *call)
{
    const adsync__kind *kind = adsync__kind_of(&meta_platform, adsync_task_kind(call->task));
    char target[2 * ADSYNC__ID_MOST + 16], page[ADSYNC__ID_MOST + 1], secret[ADSYNC__ID_MOST + 8];
    bool forms_only;
    adsync_status rc;

    lead_begin(call->task, &call->at);
    if (call->at.step == META_AT_PAGES || !lead_target(&call->at, target, sizeof target, page)) return meta_pages_ask(call);
    if ((rc = meta_open(call, ADSYNC_EFFECT_READ, "GET", target)) < 0) return rc;
    forms_only = call->at.step == META_AT_FORMS && kind->kind == ADSYNC_KIND_LEAD;
    adsync__fields_list(&call->text, kind->fields, kind->n, ',');
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "fields", forms_only ? "id" : call->text.p);
    if (call->at.step == META_AT_LEADS) meta_since(call, kind);
    call->at.limit = lead_limit(&call->at, call->task);
    meta_page_ask(call, META_PAGE, lead_slot(&call->at));
    (void)snprintf(secret, sizeof secret, "page:%s", page);
    meta_token(call, ADSYNC_PLACE_QUERY, secret);
    adsync_request_cost(call->out, "page", 1);
    if (kind->kind == ADSYNC_KIND_LEAD) adsync_request_cost(call->out, "leadgen", 1);
    return ADSYNC_OK;
}

/* ---- where the walk goes on */

/* Leads that are older than about 90 days drop out of the list by themselves, so their list proves nothing about what is gone. */
static void lead_done(adsync__answer *a, uint32_t skipped, bool any)
{
    bool weak = adsync_task_kind(a->task) == ADSYNC_KIND_LEAD || skipped || !any;

    adsync_outcome_done(a->out, !skipped, weak ? ADSYNC_EVIDENCE_WEAK : ADSYNC_EVIDENCE_STRONG);
}

/* The page at work is through. */
static adsync_status lead_next_page(adsync__answer *a, uint32_t skipped)
{
    const char *rest = adsync__ids_rest(a->at.arg[LEAD_PAGES], 1), *after = a->at.arg[LEAD_PAGES_AFTER];

    if (*rest)
        adsync__next(a, &(adsync__place){ .step = META_AT_FORMS, .tries = skipped, .arg = { rest, after } });
    else if (*after)
        adsync__next(a, &(adsync__place){ .step = META_AT_PAGES, .tries = skipped, .arg = { after } });
    else
        lead_done(a, skipped, true);
    return ADSYNC_OK;
}

/* The forms of a page, from the place on. */
static adsync_status lead_next_forms(adsync__answer *a, const char *after, uint32_t limit)
{
    adsync__place to = { .step = META_AT_FORMS, .limit = limit, .tries = a->at.tries };

    if (!*after) return lead_next_page(a, a->at.tries);
    to.arg[LEAD_PAGES] = a->at.arg[LEAD_PAGES];
    to.arg[LEAD_PAGES_AFTER] = a->at.arg[LEAD_PAGES_AFTER];
    to.arg[LEAD_FORMS_AFTER] = after;
    adsync__next(a, &to);
    return ADSYNC_OK;
}

/* The leads of the first of these forms; without any, the forms' next page. */
static adsync_status lead_next_leads(adsync__answer *a, const char *forms, const char *after, uint32_t limit)
{
    adsync__place to = { .step = META_AT_LEADS, .tries = a->at.tries };

    if (!forms || !*forms) return lead_next_forms(a, after, limit);
    to.arg[LEAD_PAGES] = a->at.arg[LEAD_PAGES];
    to.arg[LEAD_PAGES_AFTER] = a->at.arg[LEAD_PAGES_AFTER];
    to.arg[LEAD_FORMS_AFTER] = after;
    to.arg[LEAD_FORMS] = forms;
    adsync__next(a, &to);
    return ADSYNC_OK;
}

/* ---- answers */

/* The ids of a page of rows, joined by commas. */
static adsync_status lead_ids(adsync__answer *a, const adsync__page *page, bool tokens, adsync__buffer *out)
{
    const char *only = tokens ? adsync_task_text(a->task, "page_id") : NULL, *id;
    adsync__items items = adsync__node_items(page->data);
    adsync__node item;
    adsync__digits room;
    size_t size;

    while (adsync__items_next(&items, &item)) {
        id = adsync__node_digits(adsync__node_get(item, "id"), &room, &size);
        if (!id || strlen(id) != size || !adsync__is_id(id)) return adsync__bad_shape(a, "something else where an id should be");
        if (only && strcmp(only, id)) continue;
        if (tokens && !adsync__node_text(adsync__node_get(item, "access_token"), NULL)) continue;
        if (out->size) adsync__buffer_char(out, ',');
        adsync__buffer_add(out, id, size);
    }
    if (out->failed == ADSYNC_E_TOO_BIG) return adsync__bad_shape(a, "more ids on a page than were asked for");
    return out->failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}

static void lead_need(adsync__answer *a, const char *page)
{
    char what[ADSYNC__ID_MOST + 8];

    (void)snprintf(what, sizeof what, "page:%.200s", page);
    adsync_outcome_need(a->out, what);
}

static adsync_status lead_pages(adsync__answer *a)
{
    const char *only = adsync_task_text(a->task, "page_id");
    adsync__buffer ids;
    adsync__page page;
    adsync_status rc = meta_page_open(a, "me/accounts", lead_slot(&a->at), &page);

    if (rc < 0 || page.refused) return rc;
    if ((rc = adsync__page_rows(a, &page, meta_page_token)) < 0 || page.more) return rc;
    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST / 2);
    if ((rc = lead_ids(a, &page, true, &ids)) < 0) goto done;
    if (ids.size && adsync_task_op(a->task) == ADSYNC_TASK_GET)
        adsync__next(a, &(adsync__place){ .step = META_AT_GET });
    else if (ids.size)
        adsync__next(a, &(adsync__place){ .step = META_AT_FORMS, .tries = a->at.tries, .arg = { ids.p, only ? "" : page.after } });
    else if (page.next)
        adsync__next(a, &(adsync__place){ .step = META_AT_PAGES, .limit = a->at.limit, .tries = a->at.tries, .arg = { page.after } });
    else if (only)
        lead_need(a, only);
    else
        lead_done(a, a->at.tries, false);
done:
    adsync__buffer_free(&ids);
    return rc;
}

static adsync_status lead_forms(adsync__answer *a, const char *target)
{
    adsync__buffer ids;
    adsync__page page;
    adsync_status rc = meta_page_open(a, target, LEAD_FORMS_AFTER, &page);

    if (rc < 0 || page.refused) return rc;
    if (adsync_task_kind(a->task) == ADSYNC_KIND_LEAD_FORM) {
        if ((rc = adsync__page_rows(a, &page, adsync__read_entity)) < 0 || page.more) return rc;
        return lead_next_forms(a, page.after, a->at.limit);
    }
    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST / 4);
    if ((rc = lead_ids(a, &page, false, &ids)) >= 0) rc = lead_next_leads(a, ids.p, page.after, a->at.limit);
    adsync__buffer_free(&ids);
    return rc;
}

static adsync_status lead_leads(adsync__answer *a, const char *target)
{
    adsync__place to = a->at;
    adsync__page page;
    adsync_status rc = meta_page_open(a, target, LEAD_AFTER, &page);

    if (rc < 0 || page.refused) return rc;
    if ((rc = adsync__page_rows(a, &page, adsync__read_entity)) < 0 || page.more) return rc;
    if (!page.next) return lead_next_leads(a, adsync__ids_rest(a->at.arg[LEAD_FORMS], 1), a->at.arg[LEAD_FORMS_AFTER], 0);
    to.skip = 0;
    to.arg[LEAD_AFTER] = page.after;
    adsync__next(a, &to);
    return ADSYNC_OK;
}

/* A dead token of a page says nothing about the grant: the page's token is fetched again. A page without rights hides no other. */
static void lead_refused(adsync__answer *a, const char *page)
{
    uint32_t refusal = a->refused.refusal;

    if (adsync__shrink(a, 1)) return;
    if (*page && (refusal == ADSYNC_CLASS_AUTH_EXPIRED || refusal == ADSYNC_CLASS_AUTH_REVOKED)) {
        lead_need(a, page);
    } else if (*page && (refusal == ADSYNC_CLASS_PERMISSION || refusal == ADSYNC_CLASS_NOT_FOUND)) {
        adsync__left_out(a);
        (void)lead_next_page(a, a->at.tries + 1);
    } else {
        adsync__refuse(a);
    }
}

adsync_status meta_lead_digest(adsync__answer *a)
{
    char target[2 * ADSYNC__ID_MOST] = "", page[ADSYNC__ID_MOST + 1] = "";

    lead_begin(a->task, &a->at);
    a->at.limit = lead_limit(&a->at, a->task);
    if (a->at.step != META_AT_PAGES && !lead_target(&a->at, target, sizeof target, page)) return adsync__stale(a);
    if (meta_is_refused(a)) {
        lead_refused(a, page);
        return ADSYNC_OK;
    }
    if (a->at.step == META_AT_PAGES) return lead_pages(a);
    return a->at.step == META_AT_FORMS ? lead_forms(a, target) : lead_leads(a, target);
}
