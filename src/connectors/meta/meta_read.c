/* SPDX-License-Identifier: MIT */
/* What all requests have, then accounts, lists and single objects. A list that Meta finds too much is asked for in pages half as long. */
#include "meta_int.h"

static const char read_pages_fields[] = "id,name,access_token";

static const adsync__word read_account_states[] = {
    { "1", "active" },     { "2", "restricted" }, { "3", "restricted" }, { "7", "restricted" }, { "8", "restricted" },
    { "9", "restricted" }, { "100", "closed" },   { "101", "closed" },   { NULL, "unknown" },
};
static const adsync__field read_account_fields[] = {
    ADSYNC__FLAGGED("id", ACCOUNT_ID, ID, ADSYNC__SILENT),
    ADSYNC__FIELD("account_id", ACCOUNT_ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    { .name = "account_status", .column = ADSYNC_C_STATUS, .as = ADSYNC__AS_WORD, .words = read_account_states },
    ADSYNC__OWN("disable_reason"),
    ADSYNC__FIELD("currency", CURRENCY, TEXT),
    ADSYNC__FIELD("timezone_name", TIME_ZONE, TEXT),
};

/* ---- asking */

static bool read_version(const char *version)
{
    const char *at = version && *version == 'v' ? version + 1 : "";
    size_t before = strspn(at, "0123456789"), after = at[before] == '.' ? strspn(at + before + 1, "0123456789") : 0;

    return before && after && !at[before + 1 + after] && before + after < 15;
}

adsync_status meta_open(adsync__call *call, uint32_t effect, const char *method, const char *target)
{
    const char *version = adsync_task_text(call->task, "api_version");
    char path[2 * ADSYNC__ID_MOST + 64];

    if (call->target.failed) return adsync__fail_memory(call->error);
    if (!read_version(version))
        return adsync__fail(call->error, ADSYNC_E_INVALID, "meta.api_version", "Meta's API version is written v25.0, not \"%s\"",
                            version ? version : "");
    (void)snprintf(path, sizeof path, "/%s/%s", version, target);
    adsync_request_open(call->out, effect, method, strncmp(target, "dialog/", 7) ? "graph" : "www", path);
    return ADSYNC_OK;
}

void meta_token(adsync__call *call, uint32_t place, const char *secret)
{
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", secret);
    if (adsync_task_has_secret(call->task, "client_secret"))
        adsync_request_proof(call->out, place, "appsecret_proof", secret, "client_secret");
    adsync_request_cost(call->out, "user", 1);
    adsync_request_cost(call->out, "platform", 1);
}

adsync_status meta_account(const adsync_task *task, adsync__buffer *out, adsync_error **error)
{
    const char *id;
    adsync_status rc = adsync__account(&meta_platform, task, &id, error);

    if (rc < 0) return rc;
    if (id[strspn(id, "0123456789")])
        return adsync__invalid(&meta_platform, "account_id", "an ad account is known by its digits, with or without act_", error);
    adsync__buffer_text(out, "act_");
    adsync__buffer_text(out, id);
    return out->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

void meta_page_ask(adsync__call *call, uint32_t usual, uint32_t slot)
{
    static const adsync__paging paging = { .size_name = "limit", .place_name = "after" };

    adsync__page_ask(call, &paging, usual, slot);
}

static void read_fields(adsync__call *call, const adsync__field *fields, uint32_t n)
{
    adsync__buffer_clear(&call->text);
    adsync__fields_list(&call->text, fields, n, ',');
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "fields", call->text.p);
}

/* ---- pages: {"data":[..],"paging":{"cursors":{"before":"..","after":".."},"next":"https://.."}}. The end is where `next` is absent, and
 * cursors stand on the last page too. The link itself holds the token in clear text and is never kept: all that is taken from it is where
 * the next page begins, once it is proven to be a page of the same list. */

/* Whether a path below the version is the one that was asked: Meta writes the person's number where "me" was asked. */
static bool read_same(const char *path, size_t size, const char *target)
{
    size_t digits;

    if (size && path[size - 1] == '/') size--;
    if (strlen(target) == size && !memcmp(path, target, size)) return true;
    if (strncmp(target, "me/", 3)) return false;
    for (digits = 0; digits < size && path[digits] >= '0' && path[digits] <= '9'; digits++) {}
    return digits && strlen(target + 2) == size - digits && !memcmp(path + digits, target + 2, size - digits);
}

/* The query of a link to a page of the same list; NULL: it leads elsewhere. */
static const char *read_query(const char *link, const char *target)
{
    const char *path, *slash, *query;
    size_t size;

    if (!(query = adsync__link_query(link, "https://graph.facebook.com/", &path, &size)) || path[size] != '?') return NULL;
    if (*path != 'v' || !(slash = memchr(path, '/', size))) return NULL;
    return read_same(slash + 1, size - (size_t)(slash + 1 - path), target) ? query : NULL;
}

static bool read_after(adsync__answer *a, adsync__page *page, const char *query, adsync__node cursors)
{
    adsync__buffer text;
    const char *raw;
    size_t size;
    bool fine;

    adsync__buffer_begin(&text, ADSYNC__AFTER_MOST);
    if (adsync__url_raw(query, strlen(query), "after", &raw, &size)) {
        fine = adsync__url_decode(&text, raw, size, true) && adsync__page_set(page, text.p, text.size);
    } else {
        raw = adsync__node_text(adsync__node_get(cursors, "after"), &size);
        fine = adsync__page_set(page, raw, size);
    }
    if (text.failed == ADSYNC_E_MEMORY) a->failed = ADSYNC_E_MEMORY;
    adsync__buffer_free(&text);
    return fine;
}

adsync_status meta_page_open(adsync__answer *a, const char *target, uint32_t slot, adsync__page *page)
{
    static const char *const names[] = { "data", "paging" };
    adsync__node f[2], next;
    const char *link, *query;
    size_t size;

    *page = (adsync__page){ 0 };
    if (!adsync__node_fields(a->root, names, 2, f) || adsync__node_kind(f[0]) != ADSYNC__NODE_ARRAY)
        return adsync__bad_shape(a, "no list of data");
    page->data = f[0];
    next = adsync__node_get(f[1], "next");
    if (adsync__is_empty(next)) return ADSYNC_OK;
    if (!(link = adsync__node_text(next, &size)) || strlen(link) != size) return adsync__bad_shape(a, "a next page that is no link");
    page->next = true;
    if (!(query = read_query(link, target)))
        adsync__page_refuse(a, page, "is not a page of this list");
    else if (!read_after(a, page, query, adsync__node_get(f[1], "cursors")))
        adsync__page_refuse(a, page, "does not say where it begins");
    else if (!strcmp(page->after, a->at.arg[slot]))
        adsync__page_refuse(a, page, "is the same page again");
    return ADSYNC_OK;
}

void meta_refused(adsync__answer *a)
{
    if (!adsync__shrink(a, 1)) adsync__refuse(a);
}

static adsync_status read_refused(adsync__answer *a)
{
    meta_refused(a);
    return ADSYNC_OK;
}

/* ---- one account */

adsync_status meta_account_ask(adsync__call *call)
{
    adsync_status rc;

    if ((rc = meta_account(call->task, &call->target, call->error)) < 0) return rc;
    if ((rc = meta_open(call, ADSYNC_EFFECT_READ, "GET", call->target.p)) < 0) return rc;
    read_fields(call, read_account_fields, ADSYNC__COUNT(read_account_fields));
    meta_token(call, ADSYNC_PLACE_QUERY, "access_token");
    adsync_request_cost(call->out, "score", 1);
    return ADSYNC_OK;
}

adsync_status meta_account_digest(adsync__answer *a)
{
    adsync__node reason = adsync__node_get(a->root, "disable_reason");
    int64_t number;
    adsync_status rc;

    if (meta_is_refused(a)) return read_refused(a);
    if ((rc = adsync__ad_account(a, a->root, read_account_fields, ADSYNC__COUNT(read_account_fields), true)) < 0) return rc;
    if (!adsync__node_int(reason, &number) || number) adsync__fact_node(a, "disable_reason", reason);
    return adsync__done(a);
}

/* ---- what a grant reaches: ad accounts, then the pages with their tokens */

static adsync_status read_mine(adsync__call *call, const char *target)
{
    adsync_status rc = meta_open(call, ADSYNC_EFFECT_READ, "GET", target);

    if (rc < 0) return rc;
    if (call->at.step == META_AT_PAGES || !strcmp(target, "me/accounts"))
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "fields", read_pages_fields);
    else
        read_fields(call, read_account_fields, ADSYNC__COUNT(read_account_fields));
    meta_page_ask(call, META_PAGE, 0);
    meta_token(call, ADSYNC_PLACE_QUERY, "access_token");
    return ADSYNC_OK;
}

adsync_status meta_pages_ask(adsync__call *call)
{
    if (call->at.step != META_AT_PAGES) call->at.arg[0] = ""; /* of another walk */
    return read_mine(call, "me/accounts");
}

adsync_status meta_discover_ask(adsync__call *call)
{
    return call->at.step == META_AT_PAGES ? meta_pages_ask(call) : read_mine(call, "me/adaccounts");
}

static adsync_status read_account(adsync__answer *a, adsync__node row)
{
    return adsync__ad_account(a, row, read_account_fields, ADSYNC__COUNT(read_account_fields), false);
}

/* A page whose token is not shown is one that the person may not manage. */
adsync_status meta_page_token(adsync__answer *a, adsync__node row)
{
    static const char *const names[] = { "id", "access_token" };
    char name[ADSYNC__ID_MOST + 8];
    adsync__node f[2];
    adsync__digits room;
    size_t size = 0;
    const char *id;

    if (!adsync__node_fields(row, names, 2, f) || !(id = adsync__node_digits(f[0], &room, &size)) || strlen(id) != size ||
        !adsync__is_id(id))
        return adsync__bad_shape(a, "a page without an id, or with a field twice");
    (void)snprintf(name, sizeof name, "page:%s", id);
    adsync__secret_node(a, name, f[1], 0);
    return ADSYNC_OK;
}

adsync_status meta_discover_digest(adsync__answer *a)
{
    const adsync__place then = { .step = META_AT_PAGES, .limit = META_PAGE };
    bool pages;
    adsync__page page;
    adsync_status rc;

    if (a->at.step == META_AT_BEGIN) a->at.step = META_AT_ACCOUNTS;
    a->at.limit = adsync__page_size(a->task, &a->at, META_PAGE);
    pages = a->at.step == META_AT_PAGES;
    if (meta_is_refused(a)) {
        if (!pages || (a->refused.refusal != ADSYNC_CLASS_PERMISSION && a->refused.refusal != ADSYNC_CLASS_INVALID)) return read_refused(a);
        /* no rights on pages: the ad accounts stand all the same */
        adsync_outcome_warning(a->out, "pages", "Meta shows no pages to this person: lead forms cannot be read");
        adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_WEAK);
        return ADSYNC_OK;
    }
    if ((rc = meta_page_open(a, pages ? "me/accounts" : "me/adaccounts", 0, &page)) < 0) return rc;
    return adsync__page_walk(a, &page, 0, pages ? meta_page_token : read_account, pages ? NULL : &then);
}

/* ---- lists */

static adsync_status read_target(const adsync_task *task, const adsync__kind *kind, adsync__buffer *out, adsync_error **error)
{
    adsync_status rc = meta_account(task, out, error);

    if (rc < 0) return rc;
    adsync__buffer_char(out, '/');
    adsync__buffer_text(out, kind->path);
    return out->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

void meta_since(adsync__call *call, const adsync__kind *kind)
{
    int64_t since = adsync__floor_div(adsync_task_int(call->task, "since_us"), ADSYNC__SECOND_US);
    char text[160];

    if (since <= 0 || !kind->since) return;
    (void)snprintf(text, sizeof text, "[{\"field\":\"%s\",\"operator\":\"GREATER_THAN\",\"value\":%lld}]", kind->since, (long long)since);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "filtering", text);
}

adsync_status meta_list_ask(adsync__call *call)
{
    const adsync__kind *kind = adsync__kind_of(&meta_platform, adsync_task_kind(call->task));
    adsync_status rc;

    if ((rc = read_target(call->task, kind, &call->target, call->error)) < 0) return rc;
    if ((rc = meta_open(call, ADSYNC_EFFECT_READ, "GET", call->target.p)) < 0) return rc;
    read_fields(call, kind->fields, kind->n);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "effective_status", kind->filter);
    meta_since(call, kind);
    meta_page_ask(call, META_PAGE, 0);
    meta_token(call, ADSYNC_PLACE_QUERY, "access_token");
    adsync_request_cost(call->out, "score", 1);
    adsync_request_cost(call->out, kind->limit, 1);
    return ADSYNC_OK;
}

adsync_status meta_list_digest(adsync__answer *a)
{
    adsync__buffer target;
    adsync__page page;
    adsync_status rc;

    a->at.step = META_AT_LIST;
    a->at.limit = adsync__page_size(a->task, &a->at, META_PAGE);
    if (meta_is_refused(a)) return read_refused(a);
    adsync__buffer_begin(&target, 3 * ADSYNC__ID_MOST);
    rc = read_target(a->task, adsync__kind_of(&meta_platform, adsync_task_kind(a->task)), &target, a->error);
    if (rc >= 0) rc = meta_page_open(a, target.p, 0, &page);
    adsync__buffer_free(&target);
    return rc < 0 ? rc : adsync__page_walk(a, &page, 0, adsync__read_entity, NULL);
}

/* ---- single objects, one by one: the root's read of many ids is going away. `tries` counts those that are through. */

static bool read_is_of_pages(uint32_t kind) { return kind == ADSYNC_KIND_LEAD_FORM || kind == ADSYNC_KIND_LEAD; }

adsync_status meta_get_ask(adsync__call *call)
{
    const adsync__kind *kind = adsync__kind_of(&meta_platform, adsync_task_kind(call->task));
    const char *id = adsync_task_id(call->task, call->at.tries), *page = adsync_task_text(call->task, "page_id");
    char secret[ADSYNC__ID_MOST + 8] = "access_token";
    adsync_status rc;

    if (!adsync__is_id(id)) return adsync__invalid(&meta_platform, "id", "the task names no id that Meta could have given", call->error);
    if (read_is_of_pages(kind->kind) && page && (call->at.step == META_AT_PAGES || meta_lead_first(call->task, &call->at)))
        return meta_pages_ask(call);
    if ((rc = meta_open(call, ADSYNC_EFFECT_READ, "GET", id)) < 0) return rc;
    read_fields(call, kind->fields, kind->n);
    if (read_is_of_pages(kind->kind) && page) (void)snprintf(secret, sizeof secret, "page:%.200s", page);
    meta_token(call, ADSYNC_PLACE_QUERY, secret);
    adsync_request_cost(call->out, "score", 1);
    adsync_request_cost(call->out, kind->limit, 1);
    return ADSYNC_OK;
}

static adsync_status read_another(adsync__answer *a)
{
    const adsync__place to = { .step = META_AT_GET, .tries = a->at.tries + 1 };

    if (to.tries < adsync_task_ids(a->task))
        adsync__next(a, &to);
    else
        adsync__done(a);
    return ADSYNC_OK;
}

adsync_status meta_get_digest(adsync__answer *a)
{
    adsync_status rc;

    if (a->at.step == META_AT_PAGES || (read_is_of_pages(adsync_task_kind(a->task)) && meta_lead_first(a->task, &a->at)))
        return meta_lead_digest(a);
    if (!meta_is_refused(a)) return (rc = adsync__read_entity(a, a->root)) < 0 ? rc : read_another(a);
    if (a->refused.refusal != ADSYNC_CLASS_NOT_FOUND || adsync_task_ids(a->task) < 2) return adsync__refuse(a);
    adsync_outcome_warning(a->out, "not_found", adsync_task_id(a->task, a->at.tries)); /* one that is gone does not hide the others */
    return read_another(a);
}
