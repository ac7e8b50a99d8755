/* SPDX-License-Identifier: MIT */
/* Which accounts there are, and how each is reached. A person was added to some customers (roots); most of those are managers with a tree
 * of accounts below them. Whoever reads an account through a manager must name that manager with each call. */
#include "google_int.h"

#include <stdio.h>

enum { ACCOUNT_LOOKBACK_MOST = 90, ACCOUNT_LOOKBACK_USUAL = 30 };

static const adsync__word account_states[] = {
    { "ENABLED", "active" }, { "SUSPENDED", "restricted" }, { "CANCELED", "closed" }, { "CLOSED", "closed" }, { NULL, "unknown" },
};

#define ACCOUNT_FIELDS(in_)                                                                                                                \
    ADSYNC__INSIDE(in_, "id", ACCOUNT_ID, ID), ADSYNC__INSIDE(in_, "descriptiveName", NAME, TEXT),                                         \
        ADSYNC__INSIDE(in_, "currencyCode", CURRENCY, TEXT), ADSYNC__INSIDE(in_, "timeZone", TIME_ZONE, TEXT),                             \
        { .name = "status", .in = (in_), .column = ADSYNC_C_STATUS, .as = ADSYNC__AS_WORD, .words = account_states },                      \
    {                                                                                                                                      \
        .name = "manager", .in = (in_)                                                                                                     \
    }
static const adsync__field account_below[] = { ACCOUNT_FIELDS("customerClient") };
static const adsync__field account_self[] = { ACCOUNT_FIELDS("customer") };

/* The first of a list of ids, and what comes after it. */
static const char *account_first(const char *list, char out[GOOGLE_ID_ROOM])
{
    size_t size = strcspn(list, ",");

    if (!google_digits(list, size, out)) *out = 0;
    return list[size] ? list + size + 1 : list + size;
}

/* ---- roots: {"resourceNames":["customers/123",..]}, dead ones too */

static adsync_status account_roots_ask(adsync__call *call) { return google_open(call, "GET", "customers:listAccessibleCustomers", NULL); }

/* Goes on with the roots as argument 1 of `to`; without any as `none` says. */
static adsync_status account_roots(adsync__answer *a, adsync__place to, void (*none)(adsync__answer *a))
{
    adsync__items items = adsync__node_items(adsync__node_get(a->root, "resourceNames"));
    adsync__node item;
    adsync__buffer list;
    char digits[GOOGLE_ID_ROOM];
    adsync_status rc = ADSYNC_OK;

    if (adsync__node_kind(a->root) != ADSYNC__NODE_OBJECT) return adsync__bad_shape(a, "no list of customers");
    adsync__buffer_begin(&list, ADSYNC__CURSOR_MOST / 2);
    while (rc >= 0 && adsync__items_next(&items, &item)) {
        size_t size = 0;
        const char *text = adsync__node_text(item, &size);
        if (!text || !google_digits(text, size, digits)) rc = adsync__bad_shape(a, "a customer without a number");
        if (rc >= 0) adsync__join(&list, digits, strlen(digits));
    }
    if (rc >= 0 && list.failed)
        rc = list.failed == ADSYNC_E_MEMORY ? adsync__fail_memory(a->error) : adsync__bad_shape(a, "too many customers");
    to.arg[1] = list.p;
    if (rc >= 0 && list.size)
        adsync__next(a, &to);
    else if (rc >= 0)
        none(a);
    adsync__buffer_free(&list);
    return rc;
}

/* ---- what a consent reaches: roots, then the tree below each. Managers hold no campaigns and are left out. TRIES: roots that refused. */

adsync_status google_discover_ask(adsync__call *call)
{
    char root[GOOGLE_ID_ROOM];

    if (call->at.step != GOOGLE_AT_BELOW) return account_roots_ask(call);
    (void)account_first(call->at.arg[1], root);
    if (!*root) return adsync__invalid(call->platform, "cursor", "no customer is left in it", call->error);
    google_select(&call->target, account_below, ADSYNC__COUNT(account_below));
    adsync__buffer_text(&call->target, ", customer_client.level FROM customer_client");
    return google_search(call, root, root);
}

static adsync_status account_row(adsync__answer *a, adsync__node row)
{
    if (adsync__node_true(adsync__node_path(row, "customerClient.manager"))) return ADSYNC_OK;
    return adsync__ad_account(a, row, account_below, ADSYNC__COUNT(account_below), false);
}

static void account_discovered(adsync__answer *a)
{
    bool whole = !a->at.tries;

    adsync_outcome_done(a->out, whole, whole ? ADSYNC_EVIDENCE_STRONG : ADSYNC_EVIDENCE_WEAK);
}

/* A root that is closed, or that this project may not read, does not stop the others. */
static bool account_may_skip(const adsync__answer *a)
{
    return a->refused.refusal == ADSYNC_CLASS_PERMISSION || a->refused.refusal == ADSYNC_CLASS_NOT_FOUND;
}

adsync_status google_discover_digest(adsync__answer *a)
{
    char root[GOOGLE_ID_ROOM];
    const char *rest = account_first(a->at.arg[1], root);
    adsync__place then = { .step = GOOGLE_AT_BELOW, .tries = a->at.tries, .arg = { "", rest } };

    if (google_is_refused(a)) {
        if (a->at.step != GOOGLE_AT_BELOW || !account_may_skip(a)) return google_refuse(a);
        adsync__scrub(a->platform, a->refused.message);
        adsync_outcome_warning(a->out, a->refused.name, a->refused.message);
        a->at.tries = ++then.tries;
        if (*rest)
            adsync__next(a, &then);
        else
            account_discovered(a);
        return ADSYNC_OK;
    }
    if (a->at.step != GOOGLE_AT_BELOW) return account_roots(a, (adsync__place){ .step = GOOGLE_AT_BELOW }, account_discovered);
    return google_walk(a, account_row, *rest ? &then : NULL, a->at.tries ? 0 : ADSYNC_EVIDENCE_STRONG);
}

/* ---- one account: as was learned, else directly, else through each root until one may. Then how long its conversions move.
 *
 *     begin                the manager that is known, or none
 *     direct               none
 *     roots, via - ROOTS   the managers that the person was added to, one after the other
 *     lookback - - LOGIN   its conversion actions */

static const char *account_login(const adsync_task *task, const adsync__place *at, char room[GOOGLE_ID_ROOM])
{
    if (at->step == GOOGLE_AT_BEGIN) return google_login(task, room);
    if (at->step == GOOGLE_AT_DIRECT) return NULL;
    (void)account_first(at->step == GOOGLE_AT_VIA ? at->arg[1] : at->arg[2], room);
    return room;
}

adsync_status google_account_ask(adsync__call *call)
{
    char account[GOOGLE_ID_ROOM], room[GOOGLE_ID_ROOM];
    const char *login = account_login(call->task, &call->at, room);
    adsync_status rc;

    if (call->at.step == GOOGLE_AT_ROOTS) return account_roots_ask(call);
    if ((rc = google_account(call, account)) < 0) return rc;
    if (call->at.step == GOOGLE_AT_LOOKBACK) {
        adsync__buffer_text(&call->target, "SELECT conversion_action.click_through_lookback_window_days, "
                                           "conversion_action.view_through_lookback_window_days FROM conversion_action "
                                           "WHERE conversion_action.status = 'ENABLED'");
    } else {
        google_select(&call->target, account_self, ADSYNC__COUNT(account_self));
        adsync__buffer_text(&call->target, " FROM customer");
    }
    return google_search(call, account, login);
}

static adsync_status account_lookback(adsync__answer *a)
{
    static const char *const windows[] = { "conversionAction.clickThroughLookbackWindowDays",
                                           "conversionAction.viewThroughLookbackWindowDays" };
    adsync__items items = adsync__node_items(adsync__node_get(a->root, "results"));
    int64_t most = 0, days;
    adsync__node row;
    char text[24];

    while (adsync__items_next(&items, &row))
        for (size_t i = 0; i < ADSYNC__COUNT(windows); i++)
            if (adsync__node_int(adsync__node_path(row, windows[i]), &days) && days > most) most = days;
    if (!most) most = ACCOUNT_LOOKBACK_USUAL;
    if (most > ACCOUNT_LOOKBACK_MOST) most = ACCOUNT_LOOKBACK_MOST;
    (void)snprintf(text, sizeof text, "%lld", (long long)most);
    adsync__fact_text(a, "lookback_days", text);
    return adsync__done(a);
}

static adsync_status account_learned(adsync__answer *a)
{
    adsync__items items = adsync__node_items(adsync__node_get(a->root, "results"));
    char room[GOOGLE_ID_ROOM];
    const char *login = account_login(a->task, &a->at, room);
    adsync__node row;
    bool manager;
    adsync_status rc;

    if (!adsync__items_next(&items, &row)) return adsync__bad_shape(a, "no account");
    if ((rc = adsync__ad_account(a, row, account_self, ADSYNC__COUNT(account_self), true)) < 0) return rc;
    manager = adsync__node_true(adsync__node_path(row, "customer.manager"));
    adsync_outcome_fact(a->out, "login_customer_id", login && *login ? login : NULL);
    adsync_outcome_fact(a->out, "manager", manager ? "1" : NULL);
    if (manager)
        adsync__done(a);
    else
        adsync__next(a, &(adsync__place){ .step = GOOGLE_AT_LOOKBACK, .arg = { "", "", login } });
    return ADSYNC_OK;
}

static void account_nobody(adsync__answer *a)
{
    adsync_outcome_fail(a->out, ADSYNC_CLASS_PERMISSION, "authorizationError.USER_PERMISSION_DENIED",
                        "this Google account reaches no Ads account at all", 0, 0);
}

/* Another way may be open. false: there is none left, or it is not about the way. */
static bool account_other_way(adsync__answer *a)
{
    static const adsync__word ways[] = { { "*.USER_PERMISSION_DENIED", "" }, { "*_SERVING_CUSTOMER_ID_COMBINATION", "" }, { 0 } };
    bool denied = adsync__word_of(ways, a->refused.name, strlen(a->refused.name));
    char room[GOOGLE_ID_ROOM];
    const char *rest = account_first(a->at.arg[1], room);

    if (a->at.step == GOOGLE_AT_BEGIN && denied)
        adsync__next(a, &(adsync__place){ .step = google_login(a->task, room) ? GOOGLE_AT_DIRECT : GOOGLE_AT_ROOTS });
    else if (a->at.step == GOOGLE_AT_DIRECT && denied)
        adsync__next(a, &(adsync__place){ .step = GOOGLE_AT_ROOTS });
    else if (a->at.step == GOOGLE_AT_VIA && *rest && account_may_skip(a))
        adsync__next(a, &(adsync__place){ .step = GOOGLE_AT_VIA, .arg = { "", rest } });
    else
        return false;
    return true;
}

adsync_status google_account_digest(adsync__answer *a)
{
    if (google_is_refused(a)) {
        if (account_other_way(a)) return ADSYNC_OK;
        if (a->at.step != GOOGLE_AT_LOOKBACK || (!account_may_skip(a) && a->refused.refusal != ADSYNC_CLASS_INVALID))
            return google_refuse(a);
        adsync__done(a); /* the account is known; only this is not */
        return ADSYNC_OK;
    }
    if (a->at.step == GOOGLE_AT_ROOTS) return account_roots(a, (adsync__place){ .step = GOOGLE_AT_VIA }, account_nobody);
    return a->at.step == GOOGLE_AT_LOOKBACK ? account_lookback(a) : account_learned(a);
}
