/* SPDX-License-Identifier: MIT */
/* Where X says no: a list of errors, whose codes are words (the Ads API) or numbers (the gateway before it). Several may come together:
 * the most severe one counts. */
#include "x_int.h"

#include <stdio.h>

enum { ERROR_SKEW_S = 60, ERROR_GRACE_S = 5 };

/* How far the platform's clock is ahead of ours, by this answer; 0: it does not say. */
static int64_t error_ahead(const adsync__answer *a)
{
    const char *date = adsync_response_header(a->in, "Date");
    int64_t there, clock = adsync_task_int(a->task, "clock_us");

    return date && adsync__date_read(date, &there) ? there - (clock ? clock : a->now_us) : 0;
}

const char *x_limit_of(const adsync_task *task, const adsync__place *at)
{
    static const char *const steps[] = {
        [X_AT_LINES] = "core", [X_AT_ACTIVE] = "stats", [X_AT_STATS] = "stats",  [X_AT_CREATE] = "writes", [X_AT_JOBS] = "reads",
        [X_AT_LOOK] = "reads", [X_AT_FILE] = "",        [X_AT_SIGNED] = "reads", [X_AT_CAMPAIGN] = "core"
    };
    const adsync__kind *kind = adsync__kind_of(&x_platform, adsync_task_kind(task));
    uint32_t op = adsync_task_op(task);

    if (at->step < ADSYNC__COUNT(steps) && steps[at->step]) return *steps[at->step] ? steps[at->step] : NULL;
    if (op == ADSYNC_TASK_REPORT) return "stats";
    if (op == ADSYNC_TASK_ACCOUNT_DISCOVER || (op == ADSYNC_TASK_AUTH_INSPECT && !adsync_task_text(task, "account_id"))) return "accounts";
    if (op == ADSYNC_TASK_AUTH_INSPECT || op == ADSYNC_TASK_ACCOUNT_GET) return "reads";
    return op >= ADSYNC_TASK_LIST && kind ? kind->limit : NULL;
}

/* Counted for the account where the headers say so, else for the token. */
static void error_limit(adsync__answer *a, const char *limit)
{
    const adsync__rate_header accounts[] = {
        { "x-account-rate-limit-remaining", "x-account-rate-limit-reset", ADSYNC__RESET_DATED, limit, ADSYNC_SCOPE_ACCOUNT, 0 }, { 0 }
    };
    const adsync__rate_header users[] = {
        { "x-rate-limit-remaining", "x-rate-limit-reset", ADSYNC__RESET_DATED, limit, ADSYNC_SCOPE_GRANT, 0 }, { 0 }
    };

    adsync__rate_headers(a, adsync__header_int(a, "x-account-rate-limit-remaining") >= 0 ? accounts : users);
    if (a->regain_us) a->regain_us += ERROR_GRACE_S * ADSYNC__SECOND_US; /* at the reset itself it is often too early */
}

void x_headers(adsync__answer *a)
{
    const char *warning = adsync_response_header(a->in, "x-api-warn"), *limit = x_limit_of(a->task, &a->at);

    if (limit) error_limit(a, limit);
    if (warning) adsync_outcome_warning(a->out, "api", warning);
}

static uint32_t error_weight(uint32_t refusal)
{
    static const uint8_t weights[] = {
        [ADSYNC_CLASS_AUTH_EXPIRED] = 9, [ADSYNC_CLASS_AUTH_REVOKED] = 9, [ADSYNC_CLASS_CLOCK_SKEW] = 9, [ADSYNC_CLASS_CONFIG] = 8,
        [ADSYNC_CLASS_PERMISSION] = 7,   [ADSYNC_CLASS_THROTTLED] = 6,    [ADSYNC_CLASS_TRANSIENT] = 5,
    };

    return refusal < ADSYNC__COUNT(weights) ? weights[refusal] : 1;
}

static void error_one(adsync__answer *a, adsync__node node, adsync__refusal *worst)
{
    adsync__node code = adsync__node_get(node, "code"), parameter = adsync__node_get(node, "parameter");
    adsync__said said = { 0 };
    adsync__digits room;
    size_t size = 0;
    const char *text;

    if (adsync__node_kind(code) == ADSYNC__NODE_TEXT)
        said.word = adsync__node_text(code, NULL);
    else
        (void)adsync__node_int(code, &said.code);
    said.text = adsync__node_text(adsync__node_get(node, "message"), &said.text_size);
    (void)adsync__classify(a, &said);
    if ((text = adsync__node_digits(parameter, &room, &size)) && size) {
        adsync__refused_add(a, " (", 2);
        adsync__refused_add(a, text, size);
        adsync__refused_add(a, ")", 1);
    }
    if (!worst->refusal || error_weight(a->refused.refusal) > error_weight(worst->refusal)) *worst = a->refused;
}

/* A 401: our clock first, one new signature next, then the consent is over. */
static void error_unauthorized(adsync__answer *a)
{
    int64_t ahead = error_ahead(a), most = ERROR_SKEW_S * ADSYNC__SECOND_US;

    if (adsync_response_status(a->in) != 401 || a->refused.refusal == ADSYNC_CLASS_CLOCK_SKEW) return;
    a->refused.refusal = ADSYNC_CLASS_AUTH_REVOKED; /* such a token never just expires */
    if (a->refused.code == 89) return;
    if (ahead > most || ahead < -most)
        a->refused.refusal = ADSYNC_CLASS_CLOCK_SKEW;
    else if (a->refused.code == 32 && !adsync_task_int(a->task, "attempt") && adsync_task_op(a->task) > ADSYNC_TASK_AUTH_APP_TOKEN)
        a->refused.refusal = ADSYNC_CLASS_TRANSIENT;
}

/* Words that are no JSON: an XML of one error (a callback that the app does not list), or a gateway's page. */
static bool error_bare(adsync__answer *a)
{
    static const char callback[] = "code=\"415\"";
    size_t size;
    const char *body = adsync_response_body(a->in, &size);
    uint32_t op = adsync_task_op(a->task), status = adsync_response_status(a->in);

    if (status >= 200 && status < 300 && (op == ADSYNC_TASK_AUTH_BEGIN || op == ADSYNC_TASK_AUTH_COMPLETE)) return false; /* a form */
    if (!adsync__refused_bare(a)) return false;
    if (!memmem(body, size, callback, sizeof callback - 1)) return true;
    a->refused.refusal = ADSYNC_CLASS_CONFIG;
    (void)snprintf(a->refused.name, sizeof a->refused.name, "415");
    (void)snprintf(a->refused.message, sizeof a->refused.message, "the app at X does not list this redirect_uri among its callbacks");
    return true;
}

bool x_is_refused(adsync__answer *a)
{
    adsync__items items = adsync__node_items(adsync__node_get(a->root, "errors")),
                  parts = adsync__node_items(adsync__node_get(a->root, "operation_errors"));
    adsync__refusal worst = { 0 };
    adsync__node item;
    int64_t retry = adsync_response_retry_after_us(a->in, a->now_us);

    if (retry > a->regain_us) a->regain_us = retry;
    while (adsync__items_next(&items, &item)) error_one(a, item, &worst);
    while (adsync__items_next(&parts, &item)) { /* null, an object, or a list of them; any of them: nothing was applied */
        adsync__items of = adsync__node_items(item);
        adsync__node one;
        if (adsync__node_kind(item) == ADSYNC__NODE_OBJECT) error_one(a, item, &worst);
        while (adsync__node_kind(item) == ADSYNC__NODE_ARRAY && adsync__items_next(&of, &one)) error_one(a, one, &worst);
    }
    if (worst.refusal)
        a->refused = worst;
    else if (!error_bare(a))
        return false;
    error_unauthorized(a);
    if (a->refused.refusal == ADSYNC_CLASS_THROTTLED && !a->refused.scope) /* whom the headers are about */
        a->refused.scope = adsync__header_int(a, "x-account-rate-limit-remaining") >= 0 ? ADSYNC_SCOPE_ACCOUNT : ADSYNC_SCOPE_GRANT;
    if (a->refused.refusal == ADSYNC_CLASS_TRANSIENT) a->refused.retry_after_us = retry;
    return true;
}
