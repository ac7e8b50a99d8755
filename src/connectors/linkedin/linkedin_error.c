/* SPDX-License-Identifier: MIT */
/* Where LinkedIn says no. Four shapes of a refusal: an old one with a number, a newer one with a word, one of a validation with a list of
 * what is wrong, and the one of the token's host. */
#include "linkedin_int.h"

#include <stdio.h>
#include <stdlib.h>

static const int64_t error_retry_most_us = 300 * ADSYNC__SECOND_US; /* Retry-After is not documented: more than this is not meant */
static const int64_t error_young_us = 60 * ADSYNC__SECOND_US;       /* a new token is unknown here and there for some seconds */
static const int64_t error_lag_us = 5 * ADSYNC__SECOND_US;

void linkedin_headers(adsync__answer *a)
{
    int64_t wait_us = adsync_response_retry_after_us(a->in, a->now_us);

    if (wait_us <= error_retry_most_us) a->regain_us = wait_us;
}

/* A code is a word; now and then a whole sentence stands in its place. */
static const char *error_word(adsync__node node)
{
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);

    return text && size < 64 && adsync__is_id(text) && strlen(text) == size ? text : NULL;
}

static adsync__node error_first_input(adsync__node details)
{
    static const char *const lists[] = { "inputErrors", "conditionalInputErrors" };
    adsync__node item = { 0 };

    for (size_t i = 0; i < ADSYNC__COUNT(lists); i++) {
        adsync__items items = adsync__node_items(adsync__node_get(details, lists[i]));
        if (adsync__items_next(&items, &item)) return item;
    }
    return (adsync__node){ 0 };
}

static void error_read(adsync__answer *a)
{
    static const char *const names[] = { "code", "serviceErrorCode", "message", "error", "error_description", "errorDetails" };
    adsync__node f[ADSYNC__COUNT(names)], input;
    adsync__said said = { 0 };

    if (!adsync__node_fields(a->root, names, ADSYNC__COUNT(names), f)) {
        (void)adsync__refused_bare(a);
        return;
    }
    input = error_first_input(f[5]);
    if (!(said.word = error_word(f[0])) && !(said.word = error_word(adsync__node_get(input, "code")))) said.word = error_word(f[3]);
    (void)adsync__node_int(f[1], &said.code);
    if (!(said.text = adsync__node_text(f[2], &said.text_size))) said.text = adsync__node_text(f[4], &said.text_size);
    (void)adsync__classify(a, &said);
    if (!said.word && !said.code) (void)snprintf(a->refused.name, sizeof a->refused.name, "http");
    if (!said.text) adsync__refused_add(a, "no reason was given", 19);
}

/* Until the next midnight, and up to ten minutes more so that not all come back at once. */
static int64_t error_midnight_us(const adsync__answer *a)
{
    const char *random = adsync_task_text(a->task, "random");
    char digits[5] = "0";

    if (random) (void)snprintf(digits, sizeof digits, "%.4s", random);
    return ADSYNC__DAY_US - a->now_us % ADSYNC__DAY_US + strtol(digits, NULL, 16) * 600 * ADSYNC__SECOND_US / 0xFFFF;
}

static bool error_young(const adsync__answer *a)
{
    int64_t token_us = adsync_task_int(a->task, "token_us");

    return a->at.step == LINKEDIN_AT_WHO || (token_us > 0 && a->now_us - token_us < error_young_us);
}

/* Answers of the token's host: a 401 is about the app, and what a refresh token is refused with needs a person. */
static void error_of_tokens(adsync__answer *a)
{
    adsync__refusal *r = &a->refused;
    bool dead = !strcmp(r->name, "invalid_request") || !strcmp(r->name, "invalid_grant");

    if (adsync_task_op(a->task) == ADSYNC_TASK_AUTH_REFRESH && dead && adsync_response_status(a->in) == 400)
        r->refusal = ADSYNC_CLASS_AUTH_REVOKED;
    else if (r->refusal == ADSYNC_CLASS_AUTH_EXPIRED)
        r->refusal = ADSYNC_CLASS_CONFIG;
}

static void error_of_access(adsync__answer *a)
{
    adsync__refusal *r = &a->refused;
    bool unknown = r->code == 65600 || !strcmp(r->name, "INVALID_ACCESS_TOKEN");

    if (r->refusal != ADSYNC_CLASS_AUTH_EXPIRED && r->refusal != ADSYNC_CLASS_AUTH_REVOKED) return;
    if (error_young(a)) {
        r->refusal = ADSYNC_CLASS_TRANSIENT;
        r->retry_after_us = error_lag_us;
    } else if (r->refusal == ADSYNC_CLASS_AUTH_EXPIRED && unknown && strcmp(r->name, "EXPIRED_ACCESS_TOKEN") &&
               !adsync_task_has_secret(a->task, "refresh_token")) {
        r->refusal = ADSYNC_CLASS_AUTH_REVOKED;
    }
}

static bool error_is_of_tokens(const adsync__answer *a)
{
    uint32_t op = adsync_task_op(a->task);

    return op == ADSYNC_TASK_AUTH_REFRESH || op == ADSYNC_TASK_AUTH_INSPECT ||
           (op == ADSYNC_TASK_AUTH_COMPLETE && a->at.step == LINKEDIN_AT_BEGIN);
}

bool linkedin_is_refused(adsync__answer *a)
{
    uint32_t kind = adsync__node_kind(a->root);

    if (adsync_response_status(a->in) < 300 && kind != ADSYNC__NODE_MISSING) return false;
    if (kind != ADSYNC__NODE_OBJECT)
        (void)adsync__refused_bare(a);
    else
        error_read(a);
    if (error_is_of_tokens(a))
        error_of_tokens(a);
    else
        error_of_access(a);
    if (a->refused.hint == LINKEDIN_HINT_DAY) a->refused.retry_after_us = error_midnight_us(a);
    return true;
}
