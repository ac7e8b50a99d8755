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

adsync_status tiktok_open(adsync__call *call, uint32_t effect, const char *method, const char *path, bool token)
{
    const char *version = adsync_task_text(call->task, "api_version");
    bool sandbox = read_is_sandbox(call->task);
    char full[120];

    if (!version || strspn(version, "v.0123456789") != strlen(version) || strlen(version) > 20 || !*version)
        return adsync__invalid(&tiktok_platform, "api_version", "the API version is written v1.3", call->error);
    (void)snprintf(full, sizeof full, "/open_api/%s/%s/", version, path); /* without the last slash there is no such page */
    adsync_request_open(call->out, effect, method, sandbox ? "sandbox" : "api", full);
    adsync_request_cost(call->out, sandbox ? "sandbox" : "all", 1);
    if (token) adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Access-Token", NULL, "access_token");
    return ADSYNC_OK;
}

adsync_status tiktok_get(adsync__call *call, const char *path)
{
    const char *id;
    adsync_status rc = adsync__account(&tiktok_platform, call->task, &id, call->error);

    if (rc < 0 || (rc = tiktok_open(call, ADSYNC_EFFECT_READ, "GET", path, true)) < 0) return rc;
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "advertiser_id", id);
    return ADSYNC_OK;
}

void tiktok_words(adsync__call *call, const char *name, const char *words)
{
    adsync__buffer_clear(&call->text);
    adsync__ids_json(&call->text, words);
    if (!call->text.failed) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, name, call->text.p);
}

void tiktok_fields(adsync__call *call, const adsync__field *fields, uint32_t n)
{
    adsync__buffer_clear(&call->target);
    adsync__fields_list(&call->target, fields, n, ',');
    if (!call->target.failed) tiktok_words(call, "fields", call->target.p);
}

void tiktok_filter(adsync__call *call, const char *members, const char *name, const char *value)
{
    adsync__json json;

    if (!members && !value) return;
    adsync__buffer_clear(&call->text);
    adsync__json_begin(&json, &call->text);
    adsync__json_open(&json, '{');
    if (members) adsync__json_raw(&json, members, strlen(members));
    if (value) adsync__json_key(&json, name);
    if (value) adsync__json_raw(&json, value, strlen(value));
    adsync__json_close(&json, '}');
    if (!call->text.failed) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "filtering", call->text.p);
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

adsync_status tiktok_page(adsync__answer *a, const adsync__paging *paging, uint32_t slot, adsync__page *page)
{
    adsync_status rc = adsync__page_open(a, paging, a->at.arg[slot], page);

    return rc < 0 || page->framed ? rc : adsync__bad_shape(a, "a page that does not say which of how many it is");
}

adsync_status tiktok_ids(adsync__answer *a, const char *path, const char *only, adsync__buffer *out)
{
    adsync__items items = adsync__node_items(adsync__node_path(a->root, "data.list"));

    return adsync__ids_read(a, &items, UINT32_MAX, path, only, out);
}

adsync_status tiktok_task_id(adsync__answer *a, adsync__digits *room, const char **out)
{
    size_t size = 0;

    *out = adsync__node_digits(adsync__node_path(a->root, "data.task_id"), room, &size);
    return *out && strlen(*out) == size && adsync__is_id(*out) ? ADSYNC_OK : adsync__bad_shape(a, "no task");
}

/* ---- what a grant reaches: all ids at once, then what they are, by a hundred. Among them may be accounts that this token may not see any
 * more: they refuse the hundred they are in, which is halved until the others are through.
 *
 *     reach                 SKIP: how many ids are through
 *     info   ID,ID,..       SKIP: the same after these; LIMIT: how many at once */

static void read_info_fields(adsync__call *call, const char *ids, size_t size)
{
    adsync__buffer_clear(&call->target);
    adsync__buffer_add(&call->target, ids, size);
    if (!call->target.failed) tiktok_words(call, "advertiser_ids", call->target.p);
    tiktok_fields(call, read_account_fields, ADSYNC__COUNT(read_account_fields));
}

static uint32_t read_info_size(const adsync__place *at) { return at->limit && at->limit < TIKTOK_IDS ? at->limit : TIKTOK_IDS; }

adsync_status tiktok_discover_ask(adsync__call *call)
{
    bool info = call->at.step == TIKTOK_AT_INFO;
    adsync_status rc = tiktok_open(call, ADSYNC_EFFECT_READ, "GET", info ? "advertiser/info" : "oauth2/advertiser/get", true);

    if (rc < 0) return rc;
    if (!info) return adsync__parts(call, ADSYNC_PLACE_QUERY, tiktok_app);
    if (!*call->at.arg[0]) return adsync__invalid(&tiktok_platform, "cursor", "no account is left in it", call->error);
    read_info_fields(call, call->at.arg[0], adsync__ids_size(call->at.arg[0], read_info_size(&call->at)));
    return ADSYNC_OK;
}

/* The next ids of the list, from SKIP on. */
static adsync_status read_reach(adsync__answer *a)
{
    adsync__node list = adsync__node_path(a->root, "data.list");
    adsync__items items = adsync__node_items(list);
    adsync__place to = { .step = TIKTOK_AT_INFO, .skip = a->at.skip + READ_REACH };
    adsync__buffer ids;
    adsync_status rc;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of accounts");
    if (to.skip >= adsync__node_count(list)) to.skip = 0;
    adsync__items_resume(&items, a->at.skip, NULL);
    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST - 200);
    rc = adsync__ids_read(a, &items, READ_REACH, "advertiser_id", NULL, &ids);
    to.arg[0] = ids.p;
    if (rc >= 0) rc = ids.size ? adsync__next(a, &to) : adsync__done(a);
    adsync__buffer_free(&ids);
    return rc;
}

/* These are through: the rest of them, the rest of the list, or the end. */
static adsync_status read_info_next(adsync__answer *a, uint32_t size)
{
    const char *rest = adsync__ids_rest(a->at.arg[0], read_info_size(&a->at));
    adsync__place to = { .step = TIKTOK_AT_INFO, .skip = a->at.skip, .limit = size, .arg = { rest } };

    if (!*rest) to = (adsync__place){ .step = TIKTOK_AT_REACH, .skip = a->at.skip };
    return *rest || a->at.skip ? adsync__next(a, &to) : adsync__done(a);
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
    uint32_t size = read_info_size(&a->at), n;
    adsync__place half = a->at;
    adsync_status rc;

    if (!tiktok_is_ours(a, TIKTOK_AT_REACH, TIKTOK_AT_INFO)) return ADSYNC_OK;
    if (a->at.step != TIKTOK_AT_INFO) return tiktok_is_refused(a) ? adsync__refuse(a) : read_reach(a);
    if (!tiktok_is_refused(a)) return (rc = read_accounts(a, false, &n)) < 0 ? rc : read_info_next(a, size * 2);
    if (!adsync__is_minor(a)) return adsync__refuse(a);
    half.limit = adsync__ids_count(a->at.arg[0], adsync__ids_size(a->at.arg[0], size)) / 2;
    if (half.limit) return adsync__next(a, &half);
    adsync__left_out(a);
    return read_info_next(a, TIKTOK_IDS);
}

/* ---- one account */

adsync_status tiktok_account_ask(adsync__call *call)
{
    const char *id;
    adsync_status rc = adsync__account(&tiktok_platform, call->task, &id, call->error);

    if (rc < 0 || (rc = tiktok_open(call, ADSYNC_EFFECT_READ, "GET", "advertiser/info", true)) < 0) return rc;
    read_info_fields(call, id, strlen(id));
    return ADSYNC_OK;
}

adsync_status tiktok_account_digest(adsync__answer *a)
{
    uint32_t n;
    adsync_status rc;

    if (tiktok_is_refused(a)) return adsync__refuse(a);
    if ((rc = read_accounts(a, true, &n)) < 0) return rc;
    if (n) return adsync__done(a);
    adsync_outcome_fail(a->out, ADSYNC_CLASS_NOT_FOUND, "account", "TikTok knows no such account, or does not show it", 0, 0);
    return ADSYNC_OK;
}

/* ---- lists: TRIES is which list of the kind it is; argument 1 says that one of them was left out */

enum { READ_PAGE = 0, READ_WEAK = 1 };

/* "2026-01-01 00:00:00", with its quotes; NULL: all are asked for */
static const char *read_since(const adsync_task *task, const adsync__pass *pass, char out[32])
{
    int64_t since = adsync_task_op(task) == ADSYNC_TASK_CHANGES ? adsync_task_int(task, "since_us") : 0;
    const int64_t most = INT64_C(180) * 86400 * ADSYNC__SECOND_US; /* further back than that all are asked for */
    char text[ADSYNC__TIME_ROOM];

    if (!pass->since || !since || adsync_task_int(task, "now_us") - since > most) return NULL;
    (void)adsync__time_write(since, 0, text);
    (void)snprintf(out, 32, "\"%.10s %.8s\"", text, text + 11);
    return out;
}

static uint32_t read_size(const adsync_task *task, const adsync__place *at, uint32_t most)
{
    uint32_t size = adsync__page_size(task, at, most);

    return size < most ? size : most;
}

static adsync_status read_open(adsync__call *call, const adsync__pass *pass)
{
    adsync_status rc = tiktok_get(call, pass->path);

    if (rc < 0 || !pass->as->filter) return rc; /* it takes no list of fields */
    tiktok_fields(call, pass->as->fields, pass->as->n);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "exclude_field_types_in_response", "[\"NULL_FIELD\"]");
    return rc;
}

adsync_status tiktok_list_ask(adsync__call *call)
{
    const adsync__pass *pass = adsync__pass_of(&tiktok_platform, call->task, call->at.tries);
    char since[32];
    adsync_status rc;

    if (!pass) return adsync__invalid(&tiktok_platform, "cursor", "there is no such list", call->error);
    if ((rc = read_open(call, pass)) < 0) return rc;
    tiktok_filter(call, pass->filter, pass->since, read_since(call->task, pass, since));
    call->at.limit = read_size(call->task, &call->at, pass->size);
    adsync__page_ask(call, &tiktok_paging, pass->size, READ_PAGE);
    return ADSYNC_OK;
}

adsync_status tiktok_list_digest(adsync__answer *a)
{
    const adsync__pass *pass = adsync__pass_of(&tiktok_platform, a->task, a->at.tries);
    adsync__page page;
    adsync_status rc;

    if (!tiktok_is_ours(a, TIKTOK_AT_LIST, TIKTOK_AT_LIST)) return ADSYNC_OK;
    if (!pass) return adsync__stale(a);
    a->at.step = TIKTOK_AT_LIST;
    a->at.limit = read_size(a->task, &a->at, pass->size);
    if (tiktok_is_refused(a)) return adsync__pass_refused(a); /* an account without TikTok Shop has no list of GMV Max */
    if ((rc = tiktok_page(a, &tiktok_paging, READ_PAGE, &page)) < 0) return rc;
    return adsync__pass_walk(a, &page, adsync__pass_row);
}

/* ---- single objects, by a hundred; TRIES counts the hundreds that are through */

adsync_status tiktok_get_ask(adsync__call *call)
{
    const adsync__pass *pass = adsync__pass_of(&tiktok_platform, call->task, 0);
    uint32_t first = call->at.tries * TIKTOK_IDS, n = adsync_task_ids(call->task);
    adsync__json json;
    adsync_status rc;

    if (first >= n) return adsync__invalid(&tiktok_platform, "id", "the task names no id", call->error);
    if ((rc = read_open(call, pass)) < 0) return rc;
    adsync__buffer_clear(&call->target);
    adsync__json_begin(&json, &call->target);
    adsync__json_open(&json, '[');
    for (uint32_t i = first; i < n && i < first + TIKTOK_IDS; i++) {
        const char *id = adsync_task_id(call->task, i);
        if (!adsync__is_id(id))
            return adsync__invalid(&tiktok_platform, "id", "the task names an id that TikTok could not have given", call->error);
        adsync__json_text(&json, id, strlen(id));
    }
    adsync__json_close(&json, ']');
    if (pass->as->filter)
        tiktok_filter(call, pass->filter, pass->as->filter, call->target.p);
    else if (!call->target.failed)
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "custom_audience_ids", call->target.p);
    adsync__number(call->out, ADSYNC_PLACE_QUERY, "page_size", TIKTOK_IDS);
    return ADSYNC_OK;
}

adsync_status tiktok_get_digest(adsync__answer *a)
{
    const adsync__place to = { .step = TIKTOK_AT_GET, .tries = a->at.tries + 1 };
    adsync__page page;
    adsync_status rc;

    if (tiktok_is_refused(a)) return adsync__refuse(a);
    a->at.step = TIKTOK_AT_GET;
    a->at.tries = 0; /* the first list of the kind */
    if ((rc = adsync__page_open(a, &tiktok_paging, "", &page)) < 0 || page.refused) return rc;
    if ((rc = adsync__page_rows(a, &page, adsync__pass_row)) < 0 || page.more) return rc;
    return to.tries * TIKTOK_IDS < adsync_task_ids(a->task) ? adsync__next(a, &to) : adsync__done(a);
}
