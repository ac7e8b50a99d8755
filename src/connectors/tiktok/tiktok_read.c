/* SPDX-License-Identifier: MIT */
/* Accounts, lists and single objects. A list is walked to its last page; a kind may stand in several lists, one after the other. */
#include "tiktok_int.h"

#include <stdio.h>

enum { READ_REACH = 500 }; /* accounts that are kept in a cursor */

/* "display_timezone" is the zone's own name; "timezone" is good where that is missing: Etc/GMT-13 is UTC+13, as the name means. */
static const adsync__word read_account_states[] = {
    { "STATUS_ENABLE", "active" }, { "STATUS_LIMIT", "restricted" }, { "STATUS_DISABLE", "closed" }, { NULL, "restricted" }
};
static const adsync__field read_account_fields[] = {
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("currency", CURRENCY, TEXT),
    ADSYNC__FIELD("advertiser_id", ACCOUNT_ID, ID),
    ADSYNC__FLAGGED("timezone", TIME_ZONE, TEXT, ADSYNC__DASH),
    ADSYNC__FLAGGED("display_timezone", TIME_ZONE, TEXT, ADSYNC__DASH),
    { .name = "status", .column = ADSYNC_C_STATUS, .as = ADSYNC__AS_WORD, .words = read_account_states },
};

static bool read_is_sandbox(const adsync_task *task)
{
    const char *sandbox = adsync_task_fact(task, "sandbox");

    return sandbox && !strcmp(sandbox, "1");
}

adsync_status tiktok_open(adsync__call *call, uint32_t effect, const char *method, const char *path)
{
    const char *version = adsync_task_text(call->task, "api_version");
    bool sandbox = read_is_sandbox(call->task);
    char full[120];

    if (!version || strspn(version, "v.0123456789") != strlen(version) || strlen(version) > 20 || !*version)
        return adsync__invalid(&tiktok_platform, "api_version", "the API version is written v1.3", call->error);
    (void)snprintf(full, sizeof full, "/open_api/%s/%s/", version, path); /* without the last slash there is no such page */
    adsync_request_open(call->out, effect, method, sandbox ? "sandbox" : "api", full);
    adsync_request_cost(call->out, sandbox ? "sandbox" : "all", 1);
    return ADSYNC_OK;
}

adsync_status tiktok_get(adsync__call *call, const char *path)
{
    const char *id;
    adsync_status rc = adsync__account(&tiktok_platform, call->task, &id, call->error);

    if (rc < 0 || (rc = tiktok_open(call, ADSYNC_EFFECT_READ, "GET", path)) < 0) return rc;
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Access-Token", NULL, "access_token");
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "advertiser_id", id);
    return ADSYNC_OK;
}

void tiktok_names(adsync__call *call, const adsync__field *fields, uint32_t n)
{
    adsync__buffer_clear(&call->text);
    adsync__fields_list(&call->text, fields, n, ',');
    adsync__buffer_clear(&call->target);
    tiktok_array(&call->target, call->text.p ? call->text.p : "");
    if (!call->target.failed) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "fields", call->target.p);
}

void tiktok_array(adsync__buffer *out, const char *ids)
{
    adsync__buffer_char(out, '[');
    for (const char *at = ids; *at; at += *at == ',') {
        size_t size = strcspn(at, ",");
        if (at != ids) adsync__buffer_char(out, ',');
        adsync__buffer_char(out, '"');
        adsync__buffer_add(out, at, size);
        adsync__buffer_char(out, '"');
        at += size;
    }
    adsync__buffer_char(out, ']');
}

size_t tiktok_first(const char *ids, uint32_t n)
{
    size_t size = 0;

    for (; n && ids[size]; n--) {
        size += ids[size] == ',';
        size += strcspn(ids + size, ",");
    }
    return size;
}

bool tiktok_is_ours(adsync__answer *a, uint32_t first, uint32_t last)
{
    bool ours = a->at.step == TIKTOK_AT_BEGIN || (a->at.step >= first && a->at.step <= last);

    for (uint32_t i = 0; i < ADSYNC__ARGS; i++)
        for (const char *at = a->at.arg[i]; *at && ours; at++)
            ours = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || strchr(",_-", *at);
    if (!ours) adsync_outcome_stale(a->out);
    return ours;
}

adsync_status tiktok_ids(adsync__answer *a, adsync__node list, const char *name, const char *only, adsync__buffer *out)
{
    adsync__items items = adsync__node_items(list);
    adsync__digits room;
    adsync__node item;
    const char *id;
    size_t size;

    while (adsync__items_next(&items, &item)) {
        id = adsync__node_digits(adsync__node_path(item, name), &room, &size);
        if (!id || strlen(id) != size || size > 40 || !adsync__is_id(id))
            return adsync__bad_shape(a, "something else where an id should be");
        if (only && !adsync__node_true(adsync__node_get(item, only))) continue;
        if (out->size) adsync__buffer_char(out, ',');
        adsync__buffer_add(out, id, size);
    }
    if (out->failed == ADSYNC_E_TOO_BIG) return adsync__bad_shape(a, "more ids on a page than were asked for");
    return out->failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}

/* ---- what a grant reaches: all ids at once, then what they are, by a hundred. Among them may be accounts that this token may not see any
 * more: they refuse the hundred they are in, which is halved until the others are through.
 *
 *     reach                 SKIP: how many ids are through
 *     info   ID,ID,..       SKIP: the same after these; LIMIT: how many at once */

static void read_info_fields(adsync__call *call, const char *ids, size_t size)
{
    char list[TIKTOK_IDS * 42];

    (void)snprintf(list, sizeof list, "%.*s", (int)size, ids);
    adsync__buffer_clear(&call->target);
    tiktok_array(&call->target, list);
    if (!call->target.failed) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "advertiser_ids", call->target.p);
    tiktok_names(call, read_account_fields, ADSYNC__COUNT(read_account_fields));
}

static uint32_t read_info_size(const adsync__place *at) { return at->limit && at->limit < TIKTOK_IDS ? at->limit : TIKTOK_IDS; }

adsync_status tiktok_discover_ask(adsync__call *call)
{
    static const adsync__part app[] = { { "app_id", ADSYNC__FROM_TASK, "client_id" },
                                        { "secret", ADSYNC__FROM_SECRET, "client_secret" },
                                        { 0 } };
    bool info = call->at.step == TIKTOK_AT_INFO;
    adsync_status rc = tiktok_open(call, ADSYNC_EFFECT_READ, "GET", info ? "advertiser/info" : "oauth2/advertiser/get");

    if (rc < 0) return rc;
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Access-Token", NULL, "access_token");
    if (!info) return adsync__parts(call, ADSYNC_PLACE_QUERY, app);
    if (!*call->at.arg[0]) return adsync__invalid(&tiktok_platform, "cursor", "no account is left in it", call->error);
    read_info_fields(call, call->at.arg[0], tiktok_first(call->at.arg[0], read_info_size(&call->at)));
    return ADSYNC_OK;
}

/* The next ids of the list, from SKIP on. */
static adsync_status read_reach(adsync__answer *a)
{
    adsync__node list = adsync__node_path(a->root, "data.list"), item;
    adsync__items items = adsync__node_items(list);
    uint32_t n = 0, most = a->at.skip + READ_REACH;
    adsync__digits room;
    adsync__buffer ids;
    const char *id;
    size_t size;
    adsync_status rc = ADSYNC_OK;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of accounts");
    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST - 200);
    while (n < most && adsync__items_next(&items, &item)) {
        if (n++ < a->at.skip) continue;
        id = adsync__node_digits(adsync__node_get(item, "advertiser_id"), &room, &size);
        if (!id || strlen(id) != size || size > 20 || !adsync__is_id(id)) {
            rc = adsync__bad_shape(a, "an account without an id");
            goto done;
        }
        if (ids.size) adsync__buffer_char(&ids, ',');
        adsync__buffer_add(&ids, id, size);
    }
    if (ids.failed)
        rc = adsync__fail_memory(a->error);
    else if (ids.size)
        adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_INFO, .skip = n < adsync__node_count(list) ? n : 0, .arg = { ids.p } });
    else
        adsync__done(a);
done:
    adsync__buffer_free(&ids);
    return rc;
}

/* These are through: the rest of them, the rest of the list, or the end. */
static void read_info_next(adsync__answer *a, uint32_t size)
{
    const char *ids = a->at.arg[0], *rest = ids + tiktok_first(ids, read_info_size(&a->at));
    adsync__place to = { .step = TIKTOK_AT_INFO, .skip = a->at.skip, .limit = size, .arg = { rest + (*rest == ',') } };

    if (*rest)
        adsync__next(a, &to);
    else if (a->at.skip)
        adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_REACH, .skip = a->at.skip });
    else
        adsync__done(a);
}

static adsync_status read_accounts(adsync__answer *a, bool facts, uint32_t *n)
{
    adsync__node list = adsync__node_path(a->root, "data.list"), item;
    adsync__items items = adsync__node_items(list);
    adsync_status rc;

    *n = 0;
    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of accounts");
    for (; adsync__items_next(&items, &item); (*n)++)
        if ((rc = adsync__ad_account(a, item, read_account_fields, ADSYNC__COUNT(read_account_fields), facts)) < 0) return rc;
    return ADSYNC_OK;
}

adsync_status tiktok_discover_digest(adsync__answer *a)
{
    uint32_t size = read_info_size(&a->at), n = 1;
    adsync__place half = a->at;
    adsync_status rc;

    if (!tiktok_is_ours(a, TIKTOK_AT_REACH, TIKTOK_AT_INFO)) return ADSYNC_OK;
    if (a->at.step != TIKTOK_AT_INFO) return tiktok_is_refused(a) ? tiktok_passed_on(a) : read_reach(a);
    if (!tiktok_is_refused(a)) {
        if ((rc = read_accounts(a, false, &n)) >= 0) read_info_next(a, size * 2);
        return rc;
    }
    if (!tiktok_is_minor(a)) return tiktok_passed_on(a);
    for (size_t i = 0, end = tiktok_first(a->at.arg[0], size); i < end; i++) n += a->at.arg[0][i] == ',';
    half.limit = n / 2;
    if (half.limit) {
        adsync__next(a, &half);
    } else {
        tiktok_left_out(a);
        read_info_next(a, TIKTOK_IDS);
    }
    return ADSYNC_OK;
}

/* ---- one account */

adsync_status tiktok_account_ask(adsync__call *call)
{
    const char *id;
    adsync_status rc = adsync__account(&tiktok_platform, call->task, &id, call->error);

    if (rc < 0 || (rc = tiktok_open(call, ADSYNC_EFFECT_READ, "GET", "advertiser/info")) < 0) return rc;
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Access-Token", NULL, "access_token");
    read_info_fields(call, id, strlen(id));
    return ADSYNC_OK;
}

adsync_status tiktok_account_digest(adsync__answer *a)
{
    uint32_t n;
    adsync_status rc;

    if (tiktok_is_refused(a)) return tiktok_passed_on(a);
    if ((rc = read_accounts(a, true, &n)) < 0) return rc;
    if (n)
        adsync__done(a);
    else
        adsync_outcome_fail(a->out, ADSYNC_CLASS_NOT_FOUND, "account", "TikTok knows no such account, or does not show it", 0, 0);
    return ADSYNC_OK;
}

/* ---- lists: TRIES is which list of the kind it is; argument 1 says that one of them was left out */

enum { READ_PAGE = 0, READ_WEAK = 1 };

/* "2026-01-01 00:00:00" */
static void read_since(int64_t us, char *out, size_t room)
{
    char text[ADSYNC__TIME_ROOM];

    (void)adsync__time_write(us, 0, text);
    (void)snprintf(out, room, "%.10s %.8s", text, text + 11);
}

static void read_filter(adsync__call *call, const tiktok_pass *pass)
{
    int64_t since = adsync_task_op(call->task) == ADSYNC_TASK_CHANGES ? adsync_task_int(call->task, "since_us") : 0;
    const int64_t most = INT64_C(180) * 86400 * ADSYNC__SECOND_US; /* further back than that all are asked for */
    char text[32];

    if (!pass->since || adsync_task_int(call->task, "now_us") - since > most) since = 0;
    if (!pass->filter && !since) return;
    adsync__buffer_clear(&call->text);
    adsync__buffer_char(&call->text, '{');
    if (pass->filter) adsync__buffer_text(&call->text, pass->filter);
    if (since) {
        read_since(since, text, sizeof text);
        if (pass->filter) adsync__buffer_char(&call->text, ',');
        adsync__buffer_char(&call->text, '"');
        adsync__buffer_text(&call->text, pass->since);
        adsync__buffer_text(&call->text, "\":\"");
        adsync__buffer_text(&call->text, text);
        adsync__buffer_char(&call->text, '"');
    }
    adsync__buffer_char(&call->text, '}');
    if (!call->text.failed) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "filtering", call->text.p);
}

static uint32_t read_size(const adsync_task *task, const adsync__place *at, uint32_t most)
{
    uint32_t size = adsync__page_size(task, at, most);

    return size < most ? size : most;
}

adsync_status tiktok_list_ask(adsync__call *call)
{
    const tiktok_pass *pass = tiktok_pass_of(adsync_task_kind(call->task), call->at.tries);
    adsync_status rc;

    if (!pass) return adsync__invalid(&tiktok_platform, "cursor", "there is no such list", call->error);
    if ((rc = tiktok_get(call, pass->path)) < 0) return rc;
    if (pass->as->filter) { /* it takes a list of fields */
        tiktok_names(call, pass->as->fields, pass->as->n);
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "exclude_field_types_in_response", "[\"NULL_FIELD\"]");
    }
    read_filter(call, pass);
    call->at.limit = read_size(call->task, &call->at, pass->page);
    adsync__page_ask(call, &tiktok_paging, pass->page, READ_PAGE);
    return ADSYNC_OK;
}

static adsync_status read_row(adsync__answer *a, adsync__node row)
{
    return adsync__entity(a, tiktok_pass_of(adsync_task_kind(a->task), a->at.tries)->as, row);
}

/* This list is through: the next one of the kind, or the end. */
static void read_next_list(adsync__answer *a, const char *weak)
{
    adsync__place to = { .step = TIKTOK_AT_LIST, .tries = a->at.tries + 1, .arg = { "", weak } };

    if (tiktok_pass_of(adsync_task_kind(a->task), to.tries))
        adsync__next(a, &to);
    else
        adsync_outcome_done(a->out, !*weak, *weak ? ADSYNC_EVIDENCE_WEAK : ADSYNC_EVIDENCE_STRONG);
}

adsync_status tiktok_list_digest(adsync__answer *a)
{
    const tiktok_pass *pass = tiktok_pass_of(adsync_task_kind(a->task), a->at.tries);
    adsync__page page;
    adsync__place to;
    adsync_status rc;

    if (!tiktok_is_ours(a, TIKTOK_AT_LIST, TIKTOK_AT_LIST)) return ADSYNC_OK;
    if (!pass) {
        adsync_outcome_stale(a->out);
        return ADSYNC_OK;
    }
    a->at.step = TIKTOK_AT_LIST;
    a->at.limit = read_size(a->task, &a->at, pass->page);
    if (tiktok_is_refused(a)) {
        if (!a->at.tries || !tiktok_is_minor(a)) return tiktok_passed_on(a);
        tiktok_left_out(a);
        read_next_list(a, "w"); /* an account without TikTok Shop has no such list */
        return ADSYNC_OK;
    }
    if ((rc = adsync__page_open(a, &tiktok_paging, a->at.arg[READ_PAGE], &page)) < 0 || page.refused) return rc;
    if (!page.framed) return adsync__bad_shape(a, "a page that does not say which of how many it is");
    if ((rc = adsync__page_rows(a, &page, read_row)) < 0 || page.more) return rc;
    to = a->at;
    to.skip = 0;
    to.arg[READ_PAGE] = page.after;
    if (page.next)
        adsync__next(a, &to);
    else
        read_next_list(a, a->at.arg[READ_WEAK]);
    return ADSYNC_OK;
}

/* ---- single objects, by a hundred; TRIES counts the hundreds that are through */

adsync_status tiktok_get_ask(adsync__call *call)
{
    const tiktok_pass *pass = tiktok_pass_of(adsync_task_kind(call->task), 0);
    uint32_t first = call->at.tries * TIKTOK_IDS, n = adsync_task_ids(call->task);
    const char *ids = pass->as->filter ? pass->as->filter : "custom_audience_ids";
    adsync_status rc;

    if (first >= n) return adsync__invalid(&tiktok_platform, "id", "the task names no id", call->error);
    if ((rc = tiktok_get(call, pass->path)) < 0) return rc;
    if (pass->as->filter) {
        tiktok_names(call, pass->as->fields, pass->as->n);
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "exclude_field_types_in_response", "[\"NULL_FIELD\"]");
    }
    adsync__buffer_clear(&call->target);
    for (uint32_t i = first; i < n && i < first + TIKTOK_IDS; i++) {
        if (!adsync__is_id(adsync_task_id(call->task, i)))
            return adsync__invalid(&tiktok_platform, "id", "the task names an id that TikTok could not have given", call->error);
        if (i > first) adsync__buffer_char(&call->target, ',');
        adsync__buffer_text(&call->target, adsync_task_id(call->task, i));
    }
    adsync__buffer_clear(&call->text);
    if (pass->as->filter) {
        adsync__buffer_char(&call->text, '{');
        adsync__buffer_text(&call->text, pass->filter);
        adsync__buffer_text(&call->text, ",\"");
        adsync__buffer_text(&call->text, ids);
        adsync__buffer_text(&call->text, "\":");
    }
    tiktok_array(&call->text, call->target.p ? call->target.p : "");
    if (pass->as->filter) adsync__buffer_char(&call->text, '}');
    if (!call->text.failed) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, pass->as->filter ? "filtering" : ids, call->text.p);
    adsync__number(call->out, ADSYNC_PLACE_QUERY, "page_size", TIKTOK_IDS);
    return ADSYNC_OK;
}

adsync_status tiktok_get_digest(adsync__answer *a)
{
    const adsync__place to = { .step = TIKTOK_AT_GET, .tries = a->at.tries + 1 };
    adsync__page page;
    adsync_status rc;

    if (tiktok_is_refused(a)) return tiktok_passed_on(a);
    a->at.step = TIKTOK_AT_GET;
    a->at.tries = 0; /* the first list of the kind */
    if ((rc = adsync__page_open(a, &tiktok_paging, "", &page)) < 0 || page.refused) return rc;
    if ((rc = adsync__page_rows(a, &page, read_row)) < 0 || page.more) return rc;
    if (to.tries * TIKTOK_IDS < adsync_task_ids(a->task))
        adsync__next(a, &to);
    else
        adsync__done(a);
    return ADSYNC_OK;
}
