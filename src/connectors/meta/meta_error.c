/* SPDX-License-Identifier: MIT */
/* Refusals: an envelope {"error":{..}} under any status, also 200, or a body that is no JSON. Codes decide, the type never does: nearly
 * everything is an OAuthException. */
#include "meta_int.h"

#include <stdio.h>

enum { ERROR_BLOCK_HOURS = 4 }; /* 368: an integrity block lasts for hours, and asking prolongs it */

/* Tokens begin with EAA; what else is as long and as even as a token is taken for one. */
void meta_scrub(char *text)
{
    static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
    char *to = text;

    for (const char *at = text; *at;) {
        size_t n = strspn(at, alphabet);
        if (n >= 40 || (n >= 8 && !strncmp(at, "EAA", 3))) {
            memcpy(to, "***", 3);
            to += 3;
            at += n;
            continue;
        }
        if (!n) n = 1;
        memmove(to, at, n);
        to += n;
        at += n;
    }
    *to = 0;
}

static void error_add(meta_answer *a, const char *text, size_t size)
{
    size_t at = strlen(a->refused.message), room = sizeof a->refused.message - 1 - at;

    if (size > room) size = adsync__utf8_cut(text, size, room);
    memcpy(a->refused.message + at, text, size);
    a->refused.message[at + size] = 0;
}

/* Which field of ours it was, where Meta says so: error_data is an object, or the text of one. */
static void error_blame(meta_answer *a, adsync__node data)
{
    adsync__items specs, path;
    adsync__node spec, word;
    size_t size;
    const char *text;

    specs = adsync__node_items(adsync__node_get(data, "blame_field_specs"));
    for (uint32_t n = 0; n < 4 && adsync__items_next(&specs, &spec); n++) {
        path = adsync__node_items(spec);
        if (!adsync__items_next(&path, &word) || !(text = adsync__node_text(word, &size)) || !size) continue;
        error_add(a, n ? ", " : " (", 2);
        error_add(a, text, size);
        if (n) continue;
        error_add(a, ")", 1);
        return;
    }
}

static void error_data(meta_answer *a, adsync__node data)
{
    const char *text = adsync__node_text(data, NULL);
    adsync__buffer room;
    adsync__node root;

    if (!text) {
        error_blame(a, data);
        return;
    }
    if (meta_parse(a, text, &room, &root)) error_blame(a, root); /* the last look at the answer: its parse may go */
    adsync__buffer_free(&room);
}

static uint32_t error_by_status(uint32_t status)
{
    if (status >= 500 || status == 408 || status < 400) return ADSYNC_CLASS_TRANSIENT;
    if (status == 401) return ADSYNC_CLASS_AUTH_EXPIRED;
    if (status == 403) return ADSYNC_CLASS_PERMISSION;
    if (status == 404) return ADSYNC_CLASS_NOT_FOUND;
    if (status == 429) return ADSYNC_CLASS_THROTTLED;
    return ADSYNC_CLASS_INVALID;
}

static void error_throttle(meta_answer *a)
{
    meta_refusal *r = &a->refused;

    if (r->refusal != ADSYNC_CLASS_THROTTLED) return;
    r->retry_after_us = a->regain_us > META_MINUTE_US ? a->regain_us : META_MINUTE_US;
    if (r->code == 368) r->retry_after_us = ERROR_BLOCK_HOURS * 60 * META_MINUTE_US;
}

/* An answer that holds no error of Meta's. */
static void error_bare(meta_answer *a, const char *name, const char *message)
{
    uint32_t status = adsync_response_status(a->in);

    a->refused = (meta_refusal){ .refusal = error_by_status(status) };
    (void)snprintf(a->refused.name, sizeof a->refused.name, "%s", name);
    (void)snprintf(a->refused.message, sizeof a->refused.message, "%s (HTTP %u)", message, status);
    error_throttle(a);
}

enum { ERROR_CODE = 0, ERROR_SUBCODE, ERROR_MESSAGE, ERROR_TRANSIENT, ERROR_TITLE, ERROR_USER, ERROR_DATA, ERROR_N };

static void error_class(meta_answer *a, const adsync__node *f, const char *message, size_t size)
{
    meta_refusal *r = &a->refused;
    const meta_error *known = meta_error_of(r->code, r->subcode, message, size);
    uint32_t status = adsync_response_status(a->in);
    bool transient = adsync__node_true(f[ERROR_TRANSIENT]);
    bool denied = adsync__node_kind(f[ERROR_TRANSIENT]) == ADSYNC__NODE_BOOL && !transient;

    if (known) {
        r->refusal = known->refusal;
        r->hint = known->hint;
        r->scope = known->scope;
        /* a code 1 or 2 that is said to last, and is told to the user, is about what was asked */
        if (known->refusal == ADSYNC_CLASS_TRANSIENT && (r->code == 1 || r->code == 2) && denied && adsync__node_text(f[ERROR_TITLE], NULL))
            r->refusal = ADSYNC_CLASS_INVALID;
        return;
    }
    r->refusal = transient ? ADSYNC_CLASS_TRANSIENT : status < 400 ? ADSYNC_CLASS_INVALID : error_by_status(status);
}

void meta_classify(meta_answer *a, adsync__node error)
{
    static const char *const names[ERROR_N] = { "code",           "error_subcode", "message", "is_transient", "error_user_title",
                                                "error_user_msg", "error_data" };
    adsync__node f[ERROR_N];
    meta_refusal *r = &a->refused;
    const char *text;
    size_t size = 0;

    for (uint32_t i = 0; i < ERROR_N; i++) f[i] = adsync__node_get(error, names[i]);
    *r = (meta_refusal){ 0 };
    (void)adsync__node_int(f[ERROR_CODE], &r->code);
    if (!adsync__node_int(f[ERROR_SUBCODE], &r->subcode)) (void)adsync__node_int(adsync__node_get(error, "subcode"), &r->subcode);
    if (r->subcode)
        (void)snprintf(r->name, sizeof r->name, "%lld.%lld", (long long)r->code, (long long)r->subcode);
    else
        (void)snprintf(r->name, sizeof r->name, "%lld", (long long)r->code);
    text = adsync__node_text(f[ERROR_MESSAGE], &size);
    error_class(a, f, text ? text : "", size);
    if (!text || !size) text = adsync__node_text(f[ERROR_USER], &size);
    if (!text) text = adsync__node_text(error, &size); /* {"error":"words"} */
    if (text)
        error_add(a, text, size);
    else
        error_add(a, "Meta gave no reason", 19);
    error_throttle(a);
    if (adsync__node_kind(f[ERROR_DATA]) != ADSYNC__NODE_MISSING) error_data(a, f[ERROR_DATA]);
}

bool meta_is_refused(meta_answer *a)
{
    uint32_t status = adsync_response_status(a->in), kind = adsync__node_kind(a->root);
    adsync__node error = adsync__node_get(a->root, "error");

    if (adsync__node_kind(error) > ADSYNC__NODE_BOOL)
        meta_classify(a, error);
    else if (kind == ADSYNC__NODE_MISSING)
        error_bare(a, "format", "Meta's answer is no JSON");
    else if (status < 200 || status >= 300)
        error_bare(a, "http", "Meta refused without a reason");
    else
        return false;
    return true;
}

void meta_refuse(meta_answer *a)
{
    meta_refusal *r = &a->refused;

    meta_scrub(r->message);
    adsync_outcome_fail(a->out, r->refusal, r->name, r->message, r->retry_after_us, r->scope);
}

adsync_status meta_bad_shape(meta_answer *a, const char *what)
{
    return adsync__fail(a->error, ADSYNC_E_FORMAT, "meta.format", "Meta's answer is not what it should be: %s", what);
}
