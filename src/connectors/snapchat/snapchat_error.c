/* SPDX-License-Identifier: MIT */
/* Where Snapchat says no: in the HTTP status, in the envelope, in an item of a list, in the words of the token's address. */
#include "snapchat_int.h"

#include <stdio.h>
#include <strings.h>

enum { ERROR_REGAIN_S = 60, ERROR_LINE = 200 };

void snapchat_headers(adsync__answer *a)
{
    static const adsync__rate_header figures[] = {
        { "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", ADSYNC__RESET_MILLIS, "stats", ADSYNC_SCOPE_GRANT, ERROR_REGAIN_S },
        { 0 },
    };
    const int64_t most = ERROR_REGAIN_S * ADSYNC__SECOND_US;

    if (adsync_task_op(a->task) == ADSYNC_TASK_REPORT) adsync__rate_headers(a, figures);
    if (adsync_response_status(a->in) == 429 && !a->regain_us) {
        int64_t reset = adsync__header_int(a, "X-Rate-Limit-Reset"); /* milliseconds */
        if (reset > 0 && reset < ADSYNC__TIME_LAST_US / 1000 && reset * 1000 > a->now_us) a->regain_us = reset * 1000 - a->now_us;
    }
    if (a->regain_us > most) a->regain_us = most; /* windows are 5 s long: more than this is a clock that is wrong */
}

static bool error_success(adsync__node word)
{
    size_t size = 0;
    const char *text = adsync__node_text(word, &size);

    return text && size == 7 && !strcasecmp(text, "success");
}

/* A code that no table knows in an answer of 200 is about what was asked: asking again changes nothing. */
static void error_classify(adsync__answer *a, const adsync__said *said)
{
    uint32_t status = adsync_response_status(a->in);
    bool known = adsync__classify(a, said) != NULL;

    if (!known && status >= 200 && status < 300) a->refused.refusal = ADSYNC_CLASS_INVALID;
    if (!said->word) (void)snprintf(a->refused.name, sizeof a->refused.name, "error");
}

static bool error_flat(adsync__answer *a)
{
    static const char *const names[] = { "error_code", "debug_message", "display_message", "error", "error_description" };
    adsync__node f[ADSYNC__COUNT(names)];
    adsync__said said = { 0 };
    char word[64];

    if (!adsync__node_fields(a->root, names, ADSYNC__COUNT(names), f)) return false;
    if (!(said.word = adsync__node_text(f[0], NULL))) said.word = adsync__node_text(f[3], NULL);
    for (size_t i = 1; i < ADSYNC__COUNT(names) && !said.text; i += i == 2 ? 2 : 1) said.text = adsync__node_text(f[i], &said.text_size);
    if (!said.word && !said.text) return false;
    if (said.word) (void)snprintf(word, sizeof word, "%s", said.word);
    if (said.word) said.word = word;
    error_classify(a, &said);
    return true;
}

/* "Error code: E2002, message: Property value is not allowed" */
static void error_reason(adsync__answer *a, adsync__node item)
{
    static const char before[] = "Error code: ", between[] = ", message: ";
    adsync__said said = { 0 };
    char word[24] = "";
    const char *message;

    said.text = adsync__node_text(adsync__node_get(item, "sub_request_error_reason"), &said.text_size);
    if (said.text && !strncmp(said.text, before, sizeof before - 1)) {
        (void)snprintf(word, sizeof word, "%.*s", (int)strspn(said.text + sizeof before - 1, "E0123456789"), said.text + sizeof before - 1);
        if ((message = strstr(said.text, between))) {
            said.text_size -= (size_t)(message + sizeof between - 1 - said.text);
            said.text = message + sizeof between - 1;
        }
    }
    if (*word) said.word = word;
    error_classify(a, &said);
}

/* The first item that was refused, in whichever list it stands. */
static bool error_items(adsync__answer *a)
{
    static const char *const lists[] = {
        "organizations",         "adaccounts",       "campaigns",   "adsquads", "ads", "creatives", "segments",
        "lead_generation_forms", "timeseries_stats", "total_stats", "members"
    };

    for (size_t i = 0; i < ADSYNC__COUNT(lists); i++) {
        adsync__items items = adsync__node_items(adsync__node_get(a->root, lists[i]));
        adsync__node item;
        while (adsync__items_next(&items, &item)) {
            if (error_success(adsync__node_get(item, "sub_request_status"))) continue;
            error_reason(a, item);
            return true;
        }
    }
    return false;
}

static bool error_ours(adsync__answer *a)
{
    uint32_t status = adsync_response_status(a->in);

    if (status == 401) return true;
    return status >= 400 || !error_success(adsync__node_get(a->root, "request_status"));
}

/* Some refusals are a line of plain text, which says more than that it is no JSON. A gateway's page does not. */
static bool error_bare(adsync__answer *a)
{
    size_t size = 0;
    const char *body = adsync_response_body(a->in, &size);

    if (!adsync__refused_bare(a)) return false;
    if (!size || size > ERROR_LINE) return true;
    for (size_t i = 0; i < size; i++)
        if (body[i] < ' ' || body[i] > '~' || body[i] == '<') return true;
    adsync__refused_add(a, ": ", 2);
    adsync__refused_add(a, body, size);
    return true;
}

bool snapchat_is_refused(adsync__answer *a)
{
    uint32_t status = adsync_response_status(a->in);
    bool token = adsync_task_op(a->task) == ADSYNC_TASK_AUTH_REFRESH ||
                 (adsync_task_op(a->task) == ADSYNC_TASK_AUTH_COMPLETE && a->at.step == SNAPCHAT_AT_BEGIN);

    /* a 401 may be plain text; whoever asks for tokens is told by words what it means */
    if (token && status < 400 && adsync__node_kind(a->root) != ADSYNC__NODE_MISSING) return error_flat(a) && *a->refused.name;
    if (adsync__node_kind(a->root) == ADSYNC__NODE_MISSING) return error_bare(a);
    if (!token && !error_ours(a)) return false;
    if (!error_flat(a) && !error_items(a) && !adsync__refused_bare(a)) {
        a->refused = (adsync__refusal){ .refusal = ADSYNC_CLASS_INVALID, .name = "error" };
        (void)snprintf(a->refused.message, sizeof a->refused.message, "Snapchat does not say that it worked, and not why");
    }
    if (status == 401 && !token) a->refused.refusal = ADSYNC_CLASS_AUTH_EXPIRED;
    return true;
}

adsync_status snapchat_item(adsync__answer *a, adsync__node item, const char *singular, adsync__node *out, bool *fine)
{
    *out = adsync__node_get(item, singular);
    if ((*fine = error_success(adsync__node_get(item, "sub_request_status"))))
        return adsync__node_kind(*out) == ADSYNC__NODE_OBJECT ? ADSYNC_OK : adsync__bad_shape(a, "an item without its object");
    if (adsync__node_kind(item) != ADSYNC__NODE_OBJECT) return adsync__bad_shape(a, "a list of something else");
    error_reason(a, item);
    return ADSYNC_OK;
}
