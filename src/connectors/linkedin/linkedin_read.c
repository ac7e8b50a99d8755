/* SPDX-License-Identifier: MIT */
/* Accounts, lists and single objects. Searches below an account have a token for the next page; all other lists count from a start. A
 * short page is not the end. There is no "changed since" but for leads: lists name every state, so that what ended is seen to end. */
#include "linkedin_int.h"

#include <stdio.h>

enum { READ_QUERY = 4000 }; /* longer ones are refused as addresses */
enum { READ_PLACE = 0, READ_FIRST }; /* arguments of a list's cursor: where the page begins; of the second list, how the first one ended */

static const char read_accounts[] = "/rest/adAccounts";

static const adsync__word read_states[] = {
    { "ACTIVE", "active" },  { "CANCELED", "closed" },         { "CANCELLED", "closed" },
    { "REMOVED", "closed" }, { "PENDING_DELETION", "closed" }, { NULL, "unknown" },
};
static const adsync__word read_held[] = { { "ACTIVE", "restricted" }, { NULL, "unknown" } };
static const adsync__word read_zone[] = { { NULL, "UTC" } }; /* days are UTC for all accounts */
enum { READ_STATUS = 3 };
static const adsync__field read_account_fields[] = {
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("currency", CURRENCY, TEXT),
    ADSYNC__FIELD("id", ACCOUNT_ID, ID),
    { .name = "status", .column = ADSYNC_C_STATUS, .as = ADSYNC__AS_WORD, .words = read_states },
    { .name = "id", .column = ADSYNC_C_TIME_ZONE, .as = ADSYNC__AS_WORD, .flags = ADSYNC__AGAIN, .words = read_zone },
};

/* ---- requests */

void linkedin_fill(adsync__buffer *out, const char *from, const char *account)
{
    for (const char *at = from, *mark; at; at = mark ? mark + 1 : NULL) {
        mark = strchr(at, '@');
        adsync__buffer_add(out, at, mark ? (size_t)(mark - at) : strlen(at));
        if (mark) adsync__buffer_text(out, account);
    }
}

/* Taken apart in place: names and values go as they are. */
static void read_fields(adsync__call *call)
{
    for (char *at = call->text.size ? call->text.p : NULL, *end, *value; at; at = end) {
        if ((end = strchr(at, '&'))) *end++ = 0;
        if (!(value = strchr(at, '='))) continue;
        *value++ = 0;
        adsync_request_query_raw(call->out, at, value);
    }
}

adsync_status linkedin_send(adsync__call *call, const char *path, const char *method, const char *limit)
{
    const char *version = adsync_task_text(call->task, "api_version");
    bool tunnel = call->text.size > READ_QUERY;

    if (!version || strlen(version) < 6 || version[strspn(version, "0123456789.")])
        return adsync__invalid(&linkedin_platform, "api_version", "the API version is a month, written 202607", call->error);
    adsync_request_open(call->out, ADSYNC_EFFECT_READ, tunnel ? "POST" : "GET", "api", path);
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
    adsync_request_field(call->out, ADSYNC_PLACE_HEADER, "LinkedIn-Version", version);
    adsync_request_field(call->out, ADSYNC_PLACE_HEADER, "X-Restli-Protocol-Version", "2.0.0");
    adsync_request_field(call->out, ADSYNC_PLACE_HEADER, "X-RestLi-Method", method);
    adsync_request_cost(call->out, limit, 1);
    if (tunnel) {
        adsync_request_field(call->out, ADSYNC_PLACE_HEADER, "X-HTTP-Method-Override", "GET");
        adsync_request_body(call->out, "application/x-www-form-urlencoded", call->text.p, call->text.size);
    } else {
        read_fields(call);
    }
    return ADSYNC_OK;
}

static void read_number(adsync__call *call, const char *name, int64_t value)
{
    adsync__buffer_text(&call->text, name);
    adsync__buffer_int(&call->text, value);
}

/* ---- how lists are paged */

static const adsync__paging read_tokens = { .style = ADSYNC__PAGES_TOKEN, .data = "elements", .next = "metadata.nextPageToken" };
static const adsync__paging read_offsets = { .style = ADSYNC__PAGES_OFFSET, .data = "elements", .next = "paging" };

/* Searches: those of accounts and below one. */
static const adsync__paging *read_paging(const char *path)
{
    return strncmp(path, read_accounts, sizeof read_accounts - 1) ? &read_offsets : &read_tokens;
}

static uint32_t read_size(const adsync_task *task, const adsync__place *at, const adsync__kind *kind)
{
    bool large = !kind || kind->kind == ADSYNC_KIND_CAMPAIGN || kind->kind == ADSYNC_KIND_ADSET;
    uint32_t most = large ? LINKEDIN_PAGE : LINKEDIN_SMALL_PAGE, size = adsync__page_size(task, at, most);

    return size < most ? size : most;
}

static void read_page(adsync__call *call, const char *path, uint32_t size)
{
    const char *place = call->at.arg[0];

    if (read_paging(path)->style == ADSYNC__PAGES_OFFSET) {
        adsync__buffer_text(&call->text, "&start=");
        adsync__buffer_text(&call->text, *place ? place : "0");
        read_number(call, "&count=", size);
        return;
    }
    read_number(call, "&pageSize=", size);
    if (!*place) return;
    adsync__buffer_text(&call->text, "&pageToken=");
    adsync__url_encode(&call->text, place, strlen(place));
}

/* ---- accounts. One that nobody mapped to the app is not seen at all: no account is a healthy answer */

static adsync_status read_account(adsync__answer *a, adsync__node node, bool facts)
{
    adsync__field fields[ADSYNC__COUNT(read_account_fields)];
    adsync__items holds = adsync__node_items(adsync__node_get(node, "servingStatuses"));
    adsync__node hold;

    memcpy(fields, read_account_fields, sizeof fields);
    while (adsync__items_next(&holds, &hold))
        if (!adsync__node_is(hold, "RUNNABLE") && adsync__node_is(adsync__node_get(node, "status"), "ACTIVE"))
            fields[READ_STATUS].words = read_held;
    return adsync__ad_account(a, node, fields, ADSYNC__COUNT(fields), facts);
}

static adsync_status read_account_row(adsync__answer *a, adsync__node row) { return read_account(a, row, false); }

adsync_status linkedin_discover_ask(adsync__call *call)
{
    adsync__buffer_text(&call->text, "q=search&sortOrder=ASCENDING");
    read_page(call, read_accounts, read_size(call->task, &call->at, NULL));
    return linkedin_send(call, read_accounts, NULL, "accounts");
}

adsync_status linkedin_account_ask(adsync__call *call)
{
    const char *id;
    adsync_status rc = adsync__account(&linkedin_platform, call->task, &id, call->error);

    if (rc < 0) return rc;
    linkedin_fill(&call->target, "/rest/adAccounts/@", id);
    return linkedin_send(call, call->target.p, NULL, "accounts");
}

adsync_status linkedin_account_digest(adsync__answer *a)
{
    adsync_status rc = ADSYNC_OK;

    if (linkedin_is_refused(a)) return adsync__refuse(a);
    if ((rc = read_account(a, a->root, true)) < 0) return rc;
    adsync__fact_node(a, "organization", adsync__node_get(a->root, "reference"));
    return adsync__done(a);
}

/* ---- lists. Lead forms are the account's or its Page's: the Page's come after the account's own. */

/* The Page that stands behind the account; NULL: none, or it is a person. */
static const char *read_organization(const adsync_task *task)
{
    static const char prefix[] = "urn:li:organization:";
    const char *urn = adsync_task_kind(task) == ADSYNC_KIND_LEAD_FORM ? adsync_task_fact(task, "organization") : NULL;

    if (!urn || strncmp(urn, prefix, sizeof prefix - 1) || strlen(urn) > ADSYNC__ID_MOST) return NULL;
    return adsync__is_id(urn + sizeof prefix - 1) ? urn : NULL;
}

static void read_filter(adsync__call *call, const adsync__kind *kind, const char *account)
{
    const char *page = call->at.step == LINKEDIN_AT_PAGE ? read_organization(call->task) : NULL;

    if (!page) {
        linkedin_fill(&call->text, kind->filter, account);
        return;
    }
    adsync__buffer_text(&call->text, "q=owner&owner=(organization:");
    adsync__url_encode(&call->text, page, strlen(page));
    adsync__buffer_char(&call->text, ')');
}

static void read_since(adsync__call *call, const adsync__kind *kind)
{
    if (adsync_task_op(call->task) != ADSYNC_TASK_CHANGES) return;
    adsync__buffer_char(&call->text, '&');
    adsync__buffer_text(&call->text, kind->since);
    read_number(call, "=(start:", adsync_task_int(call->task, "since_us") / 1000);
    read_number(call, ",end:", adsync_task_int(call->task, "now_us") / 1000);
    adsync__buffer_char(&call->text, ')');
}

adsync_status linkedin_list_ask(adsync__call *call)
{
    const adsync__kind *kind = adsync__kind_of(&linkedin_platform, adsync_task_kind(call->task));
    const char *id;
    adsync_status rc = adsync__account(&linkedin_platform, call->task, &id, call->error);

    if (rc < 0) return rc;
    linkedin_fill(&call->target, kind->path, id);
    read_filter(call, kind, id);
    read_since(call, kind);
    read_page(call, kind->path, read_size(call->task, &call->at, kind));
    return linkedin_send(call, call->target.p, strncmp(kind->filter, "q=criteria", 10) ? NULL : "FINDER", kind->limit);
}

/* What came with no frame, or with no row at all, proves nothing about what did not come; nor do leads, which drop out by age. */
static adsync_status read_end(adsync__answer *a, const adsync__kind *kind, const adsync__page *page)
{
    const char *first = a->at.arg[READ_FIRST];
    bool second = a->at.step == LINKEDIN_AT_PAGE, framed = page->framed && strcmp(first, "bare");
    bool nothing = !adsync__node_count(page->data) && !*a->at.arg[READ_PLACE] && (!second || !strcmp(first, "none"));
    bool weak = !framed || (kind && (nothing || kind->kind == ADSYNC_KIND_LEAD));

    if (!second && read_organization(a->task))
        return adsync__next(a, &(adsync__place){ .step = LINKEDIN_AT_PAGE, .arg = { "", !framed ? "bare" : nothing ? "none" : "some" } });
    adsync_outcome_done(a->out, framed, weak ? ADSYNC_EVIDENCE_WEAK : ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

/* A person without a role on the Page still has the forms of the account. */
static adsync_status read_refused(adsync__answer *a)
{
    if (adsync__shrink(a, 1)) return ADSYNC_OK;
    if (a->at.step != LINKEDIN_AT_PAGE || !adsync__is_minor(a)) return adsync__refuse(a);
    adsync__left_out(a);
    return adsync__end(a, true);
}

adsync_status linkedin_list_digest(adsync__answer *a)
{
    bool accounts = adsync_task_op(a->task) == ADSYNC_TASK_ACCOUNT_DISCOVER;
    const adsync__kind *kind = accounts ? NULL : adsync__kind_of(&linkedin_platform, adsync_task_kind(a->task));
    adsync__page page;
    adsync__place to;
    adsync_status rc;

    if (a->at.step == LINKEDIN_AT_BEGIN) a->at.step = LINKEDIN_AT_LIST;
    a->at.limit = read_size(a->task, &a->at, kind);
    if (linkedin_is_refused(a)) return read_refused(a);
    if ((rc = adsync__page_open(a, read_paging(kind ? kind->path : read_accounts), a->at.arg[0], &page)) < 0 || page.refused) return rc;
    if (!page.framed && adsync__node_count(page.data) >= a->at.limit)
        return adsync__bad_shape(a, "a full page that does not say whether there is another");
    if ((rc = adsync__page_rows(a, &page, accounts ? read_account_row : adsync__read_entity)) < 0 || page.more) return rc;
    to = a->at;
    to.skip = 0;
    to.arg[0] = page.after;
    return page.next ? adsync__next(a, &to) : read_end(a, kind, &page);
}

/* ---- objects by id: what lies below an account in batches, the rest one by one; `tries` counts those that are through */

static uint32_t read_batch(const adsync__kind *kind) { return strchr(kind->path, '@') ? LINKEDIN_BATCH : 1; }

/* Numbers, the texts of leads, and URNs. */
static bool read_is_id(const char *id)
{
    size_t size = id ? strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-:") : 0;

    return size > 0 && size <= ADSYNC__ID_MOST && !id[size];
}

static adsync_status read_id(adsync__call *call, uint32_t i, adsync__buffer *out)
{
    const char *id = adsync_task_id(call->task, i);

    if (!read_is_id(id))
        return adsync__invalid(&linkedin_platform, "id", "the task names no id that LinkedIn could have given", call->error);
    adsync__url_encode(out, id, strlen(id));
    return ADSYNC_OK;
}

adsync_status linkedin_get_ask(adsync__call *call)
{
    const adsync__kind *kind = adsync__kind_of(&linkedin_platform, adsync_task_kind(call->task));
    uint32_t n = adsync_task_ids(call->task), most = read_batch(kind);
    const char *account, *fields;
    adsync_status rc = adsync__account(&linkedin_platform, call->task, &account, call->error);

    if (rc < 0) return rc;
    linkedin_fill(&call->target, kind->path, account);
    if (most == 1) {
        adsync__buffer_char(&call->target, '/');
        if ((rc = read_id(call, call->at.tries, &call->target)) < 0) return rc;
        if ((fields = strstr(kind->filter, "fields="))) adsync__buffer_text(&call->text, fields);
        return linkedin_send(call, call->target.p, NULL, kind->limit);
    }
    adsync__buffer_text(&call->text, "ids=List(");
    for (uint32_t i = call->at.tries; rc >= 0 && (i == call->at.tries || (i < n && i - call->at.tries < most)); i++) {
        if (i > call->at.tries) adsync__buffer_char(&call->text, ',');
        rc = read_id(call, i, &call->text);
    }
    adsync__buffer_char(&call->text, ')');
    return rc < 0 ? rc : linkedin_send(call, call->target.p, "BATCH_GET", kind->limit);
}

/* One that is gone does not hide the others; whatever else is wrong with one is. */
static bool read_missing(adsync__answer *a, const adsync__items *at, adsync__node error)
{
    char id[ADSYNC__ID_MOST + 1];
    int64_t status = 0;

    (void)snprintf(id, sizeof id, "%.*s", (int)(at->key_size < ADSYNC__ID_MOST ? at->key_size : ADSYNC__ID_MOST), at->key);
    (void)adsync__node_int(adsync__node_get(error, "status"), &status);
    if (status == 404) {
        adsync_outcome_warning(a->out, "not_found", id);
        return true;
    }
    adsync_outcome_fail(a->out, adsync__status_class(status > 0 && status < 1000 ? (uint32_t)status : 500), "batch",
                        "LinkedIn refused one object of several", 0, 0);
    return false;
}

/* {"results":{"1":{..}},"statuses":{},"errors":{"2":{"status":404}}} */
static adsync_status read_batch_digest(adsync__answer *a, const adsync__kind *kind, bool *fine)
{
    adsync__node results = adsync__node_get(a->root, "results"), item;
    adsync__items items = adsync__node_items(results), errors = adsync__node_items(adsync__node_get(a->root, "errors"));
    adsync_status rc = ADSYNC_OK;

    if (adsync__node_kind(results) != ADSYNC__NODE_OBJECT) return adsync__bad_shape(a, "no results");
    while (rc >= 0 && adsync__items_next(&items, &item)) rc = adsync__entity(a, kind, item);
    while (*fine && adsync__items_next(&errors, &item)) *fine = read_missing(a, &errors, item);
    return rc;
}

adsync_status linkedin_get_digest(adsync__answer *a)
{
    const adsync__kind *kind = adsync__kind_of(&linkedin_platform, adsync_task_kind(a->task));
    const adsync__place to = { .step = LINKEDIN_AT_GET, .tries = a->at.tries + read_batch(kind) };
    bool fine = true, many = read_batch(kind) > 1;
    adsync_status rc = ADSYNC_OK;

    if (linkedin_is_refused(a)) {
        fine = !many && a->refused.refusal == ADSYNC_CLASS_NOT_FOUND && adsync_task_ids(a->task) > 1;
        if (fine)
            adsync_outcome_warning(a->out, "not_found", adsync_task_id(a->task, a->at.tries));
        else
            adsync__refuse(a);
    } else {
        rc = many ? read_batch_digest(a, kind, &fine) : adsync__entity(a, kind, a->root);
    }
    if (rc < 0 || !fine) return rc;
    if (to.tries < adsync_task_ids(a->task))
        adsync__next(a, &to);
    else
        adsync__done(a);
    return ADSYNC_OK;
}
