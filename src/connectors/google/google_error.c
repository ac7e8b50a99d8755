/* SPDX-License-Identifier: MIT */
/* Where Google says no: in `error`, bare or as the only element of an array; flat where tokens are made. Which error it is stands in the
 * detail that Google Ads itself adds, as a category and a word; the HTTP status is only looked at where that is missing. */
#include "google_int.h"

#include <stdio.h>

enum { ERROR_ALL = 8 };

/* An array of one is that one: queries that stream are answered so, and their errors too. An empty one is an answer without rows. Of
 * anything else that is no object it is said that it means nothing. */
static bool error_unwrap(adsync__answer *a)
{
    adsync__items items = adsync__node_items(a->root);
    bool array = adsync__node_kind(a->root) == ADSYNC__NODE_ARRAY;
    uint32_t n = array ? adsync__node_count(a->root) : 0;
    adsync__node first;

    if (n == 1 && adsync__items_next(&items, &first)) a->root = first;
    return (array && !n) || adsync__node_kind(a->root) == ADSYNC__NODE_OBJECT || adsync__node_kind(a->root) == ADSYNC__NODE_MISSING;
}

static bool error_ends_with(adsync__node node, const char *end)
{
    size_t size = 0, n = strlen(end);
    const char *text = adsync__node_text(node, &size);

    return text && size >= n && !memcmp(text + size - n, end, n);
}

/* The detail of a type, whose version may be any. */
static adsync__node error_detail(adsync__node error, const char *type)
{
    adsync__items items = adsync__node_items(adsync__node_get(error, "details"));
    adsync__node item;

    while (adsync__items_next(&items, &item))
        if (error_ends_with(adsync__node_get(item, "@type"), type)) return item;
    return (adsync__node){ 0 };
}

/* {"quotaError":"RESOURCE_EXHAUSTED"} -> quotaError.RESOURCE_EXHAUSTED */
static bool error_word(adsync__node code, char *out, size_t room)
{
    adsync__items items = adsync__node_items(code);
    adsync__node value;
    const char *word;

    if (adsync__node_kind(code) != ADSYNC__NODE_OBJECT || !adsync__items_next(&items, &value) || !(word = adsync__node_text(value, NULL)))
        return false;
    (void)snprintf(out, room, "%.*s.%s", (int)items.key_size, items.key, word);
    return true;
}

/* How long to stay away, and who: the project or the account. Headers say neither. */
static void error_quota(adsync__answer *a, adsync__node one)
{
    adsync__node quota = adsync__node_path(one, "details.quotaErrorDetails");
    size_t size = 0;
    const char *delay = adsync__node_text(adsync__node_get(quota, "retryDelay"), &size);

    if (a->refused.refusal != ADSYNC_CLASS_THROTTLED) return;
    if (delay) (void)adsync__span_read(delay, size, &a->refused.retry_after_us);
    if (adsync__node_is(adsync__node_get(quota, "rateScope"), "DEVELOPER")) a->refused.scope = ADSYNC_SCOPE_APP;
    if (adsync__node_is(adsync__node_get(quota, "rateScope"), "ACCOUNT")) a->refused.scope = ADSYNC_SCOPE_ACCOUNT;
    if (a->refused.retry_after_us < a->platform->patience_us) a->refused.retry_after_us = a->platform->patience_us;
}

/* The first error says what it is; the words of all are kept. */
static bool error_of_ads(adsync__answer *a, adsync__node failure)
{
    adsync__items items = adsync__node_items(adsync__node_get(failure, "errors"));
    adsync__said said = { 0 };
    adsync__node item;
    char word[80];
    uint32_t n = 0;

    while (n < ERROR_ALL && adsync__items_next(&items, &item)) {
        size_t size = 0;
        const char *text = adsync__node_text(adsync__node_get(item, "message"), &size);
        if (n++) {
            if (text) adsync__refused_add(a, "; ", 2);
            if (text) adsync__refused_add(a, text, size);
            continue;
        }
        if (!error_word(adsync__node_get(item, "errorCode"), word, sizeof word)) return false;
        said.word = word;
        said.text = text;
        said.text_size = size;
        (void)adsync__classify(a, &said);
        error_quota(a, item);
    }
    return n > 0;
}

/* Without a word of Google Ads: the reason of a google.rpc.ErrorInfo, else the canonical status. */
static void error_of_rpc(adsync__answer *a, adsync__node error)
{
    adsync__said said = { .word = adsync__node_text(adsync__node_get(error_detail(error, "google.rpc.ErrorInfo"), "reason"), NULL) };
    char word[80];

    if (!said.word) said.word = adsync__node_text(adsync__node_get(error, "status"), NULL);
    if (said.word) (void)snprintf(word, sizeof word, "%s", said.word);
    if (said.word) said.word = word;
    said.text = adsync__node_text(adsync__node_get(error, "message"), &said.text_size);
    (void)adsync__classify(a, &said);
    if (!said.word) (void)snprintf(a->refused.name, sizeof a->refused.name, "http");
}

/* {"error":"invalid_grant","error_description":".."}; the word that tells may stand in either. */
static void error_of_token(adsync__answer *a, const char *text)
{
    adsync__said said = { .word = text };
    char word[80];

    said.text = adsync__node_text(adsync__node_get(a->root, "error_description"), &said.text_size);
    (void)snprintf(word, sizeof word, "%s", text);
    said.word = word;
    (void)adsync__classify(a, &said);
}

bool google_is_refused(adsync__answer *a)
{
    adsync__node error;
    const char *flat;

    if (!error_unwrap(a)) {
        a->refused = (adsync__refusal){ .refusal = ADSYNC_CLASS_TRANSIENT, .name = "format" };
        (void)snprintf(a->refused.message, sizeof a->refused.message, "Google's answer is JSON that means nothing");
        return true;
    }
    error = adsync__node_get(a->root, "error");
    if ((flat = adsync__node_text(error, NULL))) {
        error_of_token(a, flat);
        return true;
    }
    if (adsync__node_kind(error) == ADSYNC__NODE_OBJECT) {
        if (!error_of_ads(a, error_detail(error, ".errors.GoogleAdsFailure"))) error_of_rpc(a, error);
        return true;
    }
    if (!adsync__refused_bare(a)) return false;
    if (adsync_response_status(a->in) == 404) { /* a page of HTML */
        a->refused.refusal = ADSYNC_CLASS_CONFIG;
        (void)snprintf(a->refused.message, sizeof a->refused.message,
                       "Google knows no such address (HTTP 404): has the API's version ended?");
    }
    return true;
}

/* A page whose place is too old (two hours) is not wrong: the slice begins again. */
adsync_status google_refuse(adsync__answer *a)
{
    static const adsync__word places[] = { { "*_PAGE_TOKEN", "" }, { 0 } };

    if (*a->at.arg[0] && adsync__word_of(places, a->refused.name, strlen(a->refused.name)))
        adsync_outcome_stale(a->out);
    else
        adsync__refuse(a);
    return ADSYNC_OK;
}
