/* SPDX-License-Identifier: MIT */
/* Accounts, lists and single objects. Lists are paged only where `limit` is sent, and end only where there is no next link: a page may be
 * empty and have one. */
#include "snapchat_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { READ_ORGANISATION = 40, READ_AT_ONCE = 150 }; /* bytes of an id, and how many of them a cursor has */

static const adsync__word read_account_states[] = { { "ACTIVE", "active" }, { NULL, "restricted" } };
static const adsync__field read_account_fields[] = {
    ADSYNC__FIELD("id", ACCOUNT_ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    { .name = "status", .column = ADSYNC_C_STATUS, .as = ADSYNC__AS_WORD, .words = read_account_states },
    ADSYNC__FIELD("currency", CURRENCY, TEXT),
    ADSYNC__FIELD("timezone", TIME_ZONE, TEXT),
};

adsync_status snapchat_open(adsync__call *call, const char *target, const char *limit)
{
    char path[ADSYNC__ID_MOST + 80];
    const char *version = adsync_task_text(call->task, "api_version");

    if (!adsync__is_id(version)) return adsync__invalid(&snapchat_platform, "api_version", "the API version is written v1", call->error);
    (void)snprintf(path, sizeof path, "/%.20s/%s", version, target);
    adsync_request_open(call->out, ADSYNC_EFFECT_READ, "GET", "api", path);
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
    adsync_request_cost(call->out, "all", 1);
    if (limit) adsync_request_cost(call->out, limit, 1);
    return ADSYNC_OK;
}

/* A link that came with the last page, followed as it is. */
static bool read_follow(adsync__call *call)
{
    if (!adsync__page_follow(call, 0)) return false;
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
    adsync_request_cost(call->out, "all", 1);
    return true;
}

/* ---- what a grant reaches: organisations with their ad accounts, in one call that has no pages. Where it leaves accounts out, they are
 * listed organisation by organisation, in the order of ids:
 *
 *     accounts LINK IDS AFTER         IDS: those that are left. AFTER: there are more behind this one, which takes the first call again
 */

adsync_status snapchat_discover_ask(adsync__call *call)
{
    char target[ADSYNC__ID_MOST + 40];
    const char *organisation = call->at.arg[1];
    size_t size = strcspn(organisation, ",");
    adsync_status rc;

    if (read_follow(call)) return ADSYNC_OK;
    if (!size) {
        if ((rc = snapchat_open(call, "me/organizations", NULL)) >= 0)
            adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "with_ad_accounts", "true");
        return rc;
    }
    if (size > READ_ORGANISATION) return adsync__invalid(&snapchat_platform, "cursor", "it names no organisation", call->error);
    (void)snprintf(target, sizeof target, "organizations/%.*s/adaccounts", (int)size, organisation);
    if ((rc = snapchat_open(call, target, NULL)) >= 0) adsync__number(call->out, ADSYNC_PLACE_QUERY, "limit", SNAPCHAT_PAGE);
    return rc;
}

static adsync_status read_account(adsync__answer *a, adsync__node row)
{
    return adsync__ad_account(a, row, read_account_fields, ADSYNC__COUNT(read_account_fields), false);
}

static adsync_status read_wrapped_account(adsync__answer *a, adsync__node item)
{
    adsync__node account;
    bool fine;
    adsync_status rc = snapchat_item(a, item, "adaccount", &account, &fine);

    if (rc >= 0 && !fine) adsync__left_out(a);
    return rc < 0 || !fine ? rc : read_account(a, account);
}

typedef struct read_organisation {
    char id[READ_ORGANISATION + 1];
} read_organisation;

/* One organisation: its accounts, or itself among those that are still to be asked. Again: those were taken the first time. */
static adsync_status read_organisation_of(adsync__answer *a, adsync__node item, adsync__buffer *left)
{
    const char *after = a->at.arg[2], *id;
    adsync__node organisation, accounts, account;
    read_organisation one = { "" };
    size_t size = 0;
    bool fine;
    adsync_status rc = snapchat_item(a, item, "organization", &organisation, &fine);

    if (rc >= 0 && !fine && !*after) adsync__left_out(a);
    if (rc < 0 || !fine) return rc;
    accounts = adsync__node_get(organisation, "ad_accounts");
    if (adsync__node_kind(accounts) == ADSYNC__NODE_ARRAY) {
        adsync__items items = adsync__node_items(accounts);
        while (rc >= 0 && !*after && adsync__items_next(&items, &account)) rc = read_account(a, account);
        return rc;
    }
    id = adsync__node_text(adsync__node_get(organisation, "id"), &size);
    if (!id || size >= sizeof one.id || !adsync__is_id(id) || strlen(id) != size)
        return adsync__bad_shape(a, "an organisation without an id");
    if (strcmp(id, after) <= 0) return ADSYNC_OK;
    memcpy(one.id, id, size);
    adsync__buffer_add(left, &one, sizeof one);
    return ADSYNC_OK;
}

static int read_order(const void *a, const void *b) { return strcmp(a, b); }

/* The first of those that are left, whatever order they came in. */
static adsync_status read_left(adsync__answer *a, adsync__buffer *left)
{
    read_organisation *all = (read_organisation *)left->p;
    size_t n = left->size / sizeof *all, now = n < READ_AT_ONCE ? n : READ_AT_ONCE;
    adsync__buffer ids;

    if (left->failed) return adsync__fail_memory(a->error);
    if (!n) return adsync__done(a);
    qsort(all, n, sizeof *all, read_order);
    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST);
    for (size_t i = 0; i < now; i++) adsync__join(&ids, all[i].id, strlen(all[i].id));
    if (ids.failed)
        a->failed = ADSYNC_E_MEMORY;
    else
        adsync__next(a, &(adsync__place){ .step = SNAPCHAT_AT_ACCOUNTS, .arg = { "", ids.p, now < n ? all[now - 1].id : "" } });
    adsync__buffer_free(&ids);
    return ADSYNC_OK;
}

static adsync_status read_organisations(adsync__answer *a)
{
    adsync__node list = adsync__node_get(a->root, "organizations"), item;
    adsync__items items = adsync__node_items(list);
    adsync__buffer left;
    adsync_status rc = ADSYNC_OK;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of organisations");
    adsync__buffer_begin(&left, (size_t)64 << 20); /* more than a body has */
    while (rc >= 0 && adsync__items_next(&items, &item)) rc = read_organisation_of(a, item, &left);
    if (rc >= 0) rc = read_left(a, &left);
    adsync__buffer_free(&left);
    return rc;
}

adsync_status snapchat_discover_digest(adsync__answer *a)
{
    static const adsync__paging paging = { .style = ADSYNC__PAGES_LINK,
                                           .data = "adaccounts",
                                           .next = "paging.next_link",
                                           .host = "https://adsapi.snapchat.com/v1/organizations/" };
    const char *rest = strchr(a->at.arg[1], ',');
    const adsync__place then = { .step = SNAPCHAT_AT_ACCOUNTS, .arg = { "", rest ? rest + 1 : "", a->at.arg[2] } };
    adsync__page page;
    adsync_status rc;

    if (snapchat_is_refused(a)) return adsync__refuse(a);
    if (!*a->at.arg[1]) return read_organisations(a);
    if ((rc = adsync__page_open(a, &paging, a->at.arg[0], &page)) < 0) return rc;
    return adsync__page_walk(a, &page, 0, read_wrapped_account, rest || *then.arg[2] ? &then : NULL);
}

/* ---- one account */

adsync_status snapchat_account_ask(adsync__call *call)
{
    char target[ADSYNC__ID_MOST + 40];
    const char *id;
    adsync_status rc = adsync__account(&snapchat_platform, call->task, &id, call->error);

    if (rc < 0) return rc;
    (void)snprintf(target, sizeof target, "adaccounts/%s", id);
    return snapchat_open(call, target, NULL);
}

/* The one item of a list. */
static adsync_status read_single(adsync__answer *a, const char *plural, const char *singular, adsync__node *out)
{
    adsync__items items = adsync__node_items(adsync__node_get(a->root, plural));
    adsync__node item;
    bool fine;

    if (!adsync__items_next(&items, &item)) return adsync__bad_shape(a, "nothing in its list");
    return snapchat_item(a, item, singular, out, &fine);
}

adsync_status snapchat_account_digest(adsync__answer *a)
{
    adsync__node account;
    adsync_status rc;

    if (snapchat_is_refused(a)) return adsync__refuse(a);
    if ((rc = read_single(a, "adaccounts", "adaccount", &account)) < 0) return rc;
    if ((rc = adsync__ad_account(a, account, read_account_fields, ADSYNC__COUNT(read_account_fields), true)) >= 0) adsync__done(a);
    return rc;
}

/* ---- lists */

adsync_status snapchat_origin(const adsync_task *task, adsync__buffer *out, adsync_error **error)
{
    const char *id;
    adsync_status rc = adsync__account(&snapchat_platform, task, &id, error);

    if (rc < 0) return rc;
    adsync__buffer_text(out, "https://adsapi.snapchat.com/v1/adaccounts/");
    adsync__buffer_text(out, id);
    adsync__buffer_char(out, '/');
    return out->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

adsync_status snapchat_list_ask(adsync__call *call)
{
    const adsync__kind *kind = adsync__kind_of(&snapchat_platform, adsync_task_kind(call->task));
    char target[ADSYNC__ID_MOST + 60];
    const char *id;
    adsync_status rc;

    if ((rc = adsync__account(&snapchat_platform, call->task, &id, call->error)) < 0 || read_follow(call)) return rc;
    (void)snprintf(target, sizeof target, "adaccounts/%s/%s", id, kind->path);
    if ((rc = snapchat_open(call, target, NULL)) < 0) return rc;
    adsync__number(call->out, ADSYNC_PLACE_QUERY, "limit", adsync__page_size(call->task, &call->at, SNAPCHAT_PAGE));
    if (kind->filter) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "read_deleted_entities", kind->filter);
    return ADSYNC_OK;
}

/* An item that was refused is left out; then the list is no evidence of what is not in it (tries: one was). */
static adsync_status read_item(adsync__answer *a, adsync__node item)
{
    const adsync__kind *kind = adsync__kind_of(&snapchat_platform, adsync_task_kind(a->task));
    adsync__node object;
    bool fine;
    adsync_status rc = snapchat_item(a, item, kind->word, &object, &fine);

    if (rc < 0 || fine) return rc < 0 ? rc : adsync__entity(a, kind, object);
    adsync__left_out(a);
    a->at.tries = 1;
    return ADSYNC_OK;
}

adsync_status snapchat_list_digest(adsync__answer *a)
{
    const adsync__kind *kind = adsync__kind_of(&snapchat_platform, adsync_task_kind(a->task));
    adsync__paging paging = { .style = ADSYNC__PAGES_LINK, .data = kind->path, .next = "paging.next_link" };
    adsync__buffer origin;
    adsync__page page;
    adsync_status rc;

    if (snapchat_is_refused(a)) return adsync__refuse(a);
    a->at.step = SNAPCHAT_AT_LIST;
    a->at.limit = adsync__page_size(a->task, &a->at, SNAPCHAT_PAGE);
    adsync__buffer_begin(&origin, 400);
    if ((rc = snapchat_origin(a->task, &origin, a->error)) < 0) goto done;
    paging.host = origin.p;
    if ((rc = adsync__page_open(a, &paging, a->at.arg[0], &page)) < 0 || page.refused) goto done;
    if ((rc = adsync__page_turn(a, &page, 0, read_item)) >= 0 && !page.more) rc = adsync__end(a, a->at.tries > 0);
done:
    adsync__buffer_free(&origin);
    return rc;
}

/* ---- single objects, one by one; `tries` counts those that are through */

adsync_status snapchat_get_ask(adsync__call *call)
{
    const adsync__kind *kind = adsync__kind_of(&snapchat_platform, adsync_task_kind(call->task));
    const char *id = adsync_task_id(call->task, call->at.tries);
    char target[ADSYNC__ID_MOST + 60];

    if (!adsync__is_id(id))
        return adsync__invalid(&snapchat_platform, "id", "the task names no id that Snapchat could have given", call->error);
    (void)snprintf(target, sizeof target, "%s/%s", kind->path, id);
    return snapchat_open(call, target, NULL);
}

adsync_status snapchat_get_digest(adsync__answer *a)
{
    const adsync__kind *kind = adsync__kind_of(&snapchat_platform, adsync_task_kind(a->task));
    const adsync__place to = { .step = SNAPCHAT_AT_GET, .tries = a->at.tries + 1 };
    adsync__node object;
    adsync_status rc;

    if (!snapchat_is_refused(a)) {
        if ((rc = read_single(a, kind->path, kind->word, &object)) < 0 || (rc = adsync__entity(a, kind, object)) < 0) return rc;
    } else if (a->refused.refusal != ADSYNC_CLASS_NOT_FOUND || adsync_task_ids(a->task) < 2) {
        return adsync__refuse(a);
    } else {
        adsync_outcome_warning(a->out, "not_found", adsync_task_id(a->task, a->at.tries)); /* one that is gone does not hide the others */
    }
    if (to.tries < adsync_task_ids(a->task))
        adsync__next(a, &to);
    else
        adsync__done(a);
    return ADSYNC_OK;
}
