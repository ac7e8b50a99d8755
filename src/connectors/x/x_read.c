/* SPDX-License-Identifier: MIT */
/* Accounts, lists, what changed, single objects. A page may be shorter than asked for; a list ends where next_cursor is null. */
#include "x_int.h"

#include <stdio.h>

enum { READ_ACCOUNTS = 1000 };

const adsync__paging x_paging = {
    .style = ADSYNC__PAGES_TOKEN, .data = "data", .next = "next_cursor", .size_name = "count", .place_name = "cursor"
};
static const adsync__word read_account_states[] = { { "ACCEPTED", "active" }, { NULL, "restricted" } };
static const adsync__field read_account_fields[] = {
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("timezone", TIME_ZONE, TEXT),
    ADSYNC__FIELD("id", ACCOUNT_ID, ID),
    { .name = "approval_status", .column = ADSYNC_C_STATUS, .as = ADSYNC__AS_WORD, .words = read_account_states },
};

/* ---- what a token reaches. No account says its currency: reading one account brings it */

adsync_status x_discover_ask(adsync__call *call)
{
    adsync_status rc = x_open(call, ADSYNC_EFFECT_READ, "GET", "accounts");

    if (rc >= 0) adsync__page_ask(call, &x_paging, READ_ACCOUNTS, 0);
    return rc;
}

static adsync_status read_account(adsync__answer *a, adsync__node row)
{
    return adsync__ad_account(a, row, read_account_fields, ADSYNC__COUNT(read_account_fields), false);
}

adsync_status x_discover_digest(adsync__answer *a)
{
    adsync__page page;
    adsync_status rc;

    if (x_is_refused(a)) return adsync__refuse(a);
    a->at.step = X_AT_ACCOUNTS;
    if ((rc = adsync__page_open(a, &x_paging, a->at.arg[0], &page)) < 0) return rc;
    return adsync__page_walk(a, &page, 0, read_account, NULL);
}

/* ---- one account: itself, then the currency that its funding has; where it has none, a campaign's */

adsync_status x_account_ask(adsync__call *call)
{
    static const char *const after[] = { [X_AT_BEGIN] = "", [X_AT_CURRENCY] = "/funding_instruments", [X_AT_CAMPAIGN] = "/campaigns" };
    bool campaign = call->at.step == X_AT_CAMPAIGN;
    adsync_status rc = x_open_account(call, ADSYNC_EFFECT_READ, "GET", "", after[call->at.step]);

    if (rc < 0 || call->at.step == X_AT_BEGIN) return rc;
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "with_deleted", "true");
    if (campaign) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "count", "1");
    return rc;
}

static adsync_status read_currency(adsync__answer *a)
{
    adsync__node list = adsync__node_get(a->root, "data"), item, found = { 0 };
    adsync__items items = adsync__node_items(list);
    size_t size = 0;
    const char *currency;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of data");
    while (adsync__items_next(&items, &item)) {
        adsync__node one = adsync__node_get(item, "currency");
        if (adsync__is_empty(one)) continue;
        if (adsync__is_empty(found) || !adsync__node_true(adsync__node_get(item, "deleted"))) found = one;
        if (!adsync__node_true(adsync__node_get(item, "deleted"))) break;
    }
    currency = adsync__node_text(found, &size);
    if (currency && size == 3) adsync_outcome_fact(a->out, "currency", currency);
    if (currency || a->at.step == X_AT_CAMPAIGN) return adsync__done(a);
    return adsync__next(a, &(adsync__place){ .step = X_AT_CAMPAIGN });
}

adsync_status x_account_digest(adsync__answer *a)
{
    adsync__node data = adsync__node_get(a->root, "data"), since = adsync__node_get(data, "timezone_switch_at");
    adsync_status rc;

    if (x_is_refused(a)) return adsync__refuse(a);
    if (a->at.step != X_AT_BEGIN) return read_currency(a);
    if ((rc = adsync__ad_account(a, data, read_account_fields, ADSYNC__COUNT(read_account_fields), true)) < 0) return rc;
    if (adsync__node_true(adsync__node_get(data, "deleted"))) adsync_outcome_fact(a->out, "account_status", "closed");
    adsync__fact_node(a, "timezone_switch_at", since);
    return adsync__next(a, &(adsync__place){ .step = X_AT_CURRENCY });
}

/* ---- lists: the passes of a kind, one after the other */

static void read_pass_fields(adsync__call *call, const adsync__pass *pass)
{
    for (size_t i = 0; i < ADSYNC__COUNT(pass->fields) && pass->fields[i][0]; i++)
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, pass->fields[i][0], pass->fields[i][1]);
}

/* What changed stands first, where the list can be sorted so; else all of it is read. */
static bool read_sorted(const adsync_task *task, const adsync__pass *pass)
{
    return adsync_task_op(task) == ADSYNC_TASK_CHANGES && pass->since;
}

adsync_status x_list_ask(adsync__call *call)
{
    const adsync__pass *pass = adsync__pass_of(&x_platform, call->task, call->at.tries);
    char after[60];
    adsync_status rc;

    if (!pass) return adsync__invalid(&x_platform, "cursor", "there is no such list", call->error);
    (void)snprintf(after, sizeof after, "/%s", pass->path);
    if ((rc = x_open_account(call, ADSYNC_EFFECT_READ, "GET", "", after)) < 0) return rc;
    read_pass_fields(call, pass);
    if (read_sorted(call->task, pass)) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "sort_by", pass->since);
    adsync__page_ask(call, &x_paging, pass->size, 0);
    return ADSYNC_OK;
}

static adsync_status read_row(adsync__answer *a, adsync__node row)
{
    const adsync__pass *pass = adsync__pass_of(&x_platform, a->task, a->at.tries);
    const adsync__kind *kind = adsync__kind_of(&x_platform, adsync_task_kind(a->task));
    adsync__kind as;

    if (kind->own != x_own_tweet || pass->as || !adsync__is_empty(adsync__node_get(row, "tweet_id"))) return adsync__pass_row(a, row);
    as = x_tweet_unnamed; /* not out yet, so it has only an id */
    as.kind = kind->kind;
    return adsync__entity(a, &as, row);
}

/* Newest first: whatever follows a row that is older than the watermark is older still. */
static bool read_through(const adsync__answer *a, const adsync__pass *pass, const adsync__page *page)
{
    adsync__items items = adsync__node_items(page->data);
    int64_t since = adsync_task_int(a->task, "since_us"), us = since;
    adsync__node item, stamp = { 0 };

    if (!read_sorted(a->task, pass)) return false;
    while (adsync__items_next(&items, &item)) stamp = adsync__node_get(item, "updated_at");
    return adsync__instant(stamp, ADSYNC__SECOND_US, ADSYNC__TIME_NEEDS_OFFSET, &us) && us < since;
}

adsync_status x_list_digest(adsync__answer *a)
{
    const adsync__pass *pass = adsync__pass_of(&x_platform, a->task, a->at.tries);
    adsync__page page;
    adsync_status rc;

    if (!pass) return adsync__stale(a);
    a->at.step = X_AT_LIST;
    a->at.limit = adsync__page_size(a->task, &a->at, pass->size);
    if (x_is_refused(a)) return adsync__shrink(a, 1) ? ADSYNC_OK : adsync__pass_refused(a);
    if ((rc = adsync__page_open(a, &x_paging, a->at.arg[0], &page)) < 0) return rc;
    if (read_through(a, pass, &page)) page.next = page.refused = false;
    return adsync__pass_walk(a, &page, read_row);
}

/* ---- single objects, 200 at once; tries: how many hundreds are through */

adsync_status x_get_ask(adsync__call *call)
{
    const adsync__kind *kind = adsync__kind_of(&x_platform, adsync_task_kind(call->task));
    char after[60];
    adsync_status rc;

    (void)snprintf(after, sizeof after, "/%s", kind->path);
    if ((rc = x_open_account(call, ADSYNC_EFFECT_READ, "GET", "", after)) < 0) return rc;
    if ((rc = adsync__join_ids(&x_platform, call->task, call->at.tries * X_IDS_LIST, X_IDS_LIST, &call->text, call->error)) < 0) return rc;
    if (!adsync_task_ids(call->task)) return adsync__invalid(&x_platform, "id", "the task names no ids", call->error);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, kind->filter, call->text.p);
    read_pass_fields(
        call, adsync__pass_of(&x_platform, call->task, 0)); /* ids are hidden from those who do not ask for their state, as in lists */
    adsync__number(call->out, ADSYNC_PLACE_QUERY, "count", X_IDS_LIST);
    return ADSYNC_OK;
}

adsync_status x_get_digest(adsync__answer *a)
{
    adsync__place to = { .step = X_AT_GET, .tries = a->at.tries + 1 };
    adsync__node data = adsync__node_get(a->root, "data");
    adsync__page page = { .data = data };
    adsync_status rc = ADSYNC_OK;

    if (x_is_refused(a)) return adsync__refuse(a);
    if (adsync__node_kind(data) != ADSYNC__NODE_OBJECT && adsync__node_kind(data) != ADSYNC__NODE_ARRAY)
        return adsync__bad_shape(a, "no data");
    if (adsync__node_kind(data) == ADSYNC__NODE_OBJECT) /* one alone comes as itself */
        rc = adsync__read_entity(a, data);
    else
        rc = adsync__page_rows(a, &page, adsync__read_entity);
    if (rc < 0 || page.more) return rc;
    return to.tries * X_IDS_LIST < adsync_task_ids(a->task) ? adsync__next(a, &to) : adsync__done(a);
}
