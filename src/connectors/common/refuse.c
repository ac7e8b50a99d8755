/* SPDX-License-Identifier: MIT */
/* Refusals. The platform's table says of which class one is; what the table does not know is judged by its HTTP status. */
#include "common.h"

#include <stdio.h>

/* What begins as the platform's tokens do, or is as long and as even as one, is taken for one. */
void adsync__scrub(const adsync__platform *platform, char *text)
{
    static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
    const char *prefix = platform->token_prefix;
    char *to = text;

    for (const char *at = text; *at;) {
        size_t n = strspn(at, alphabet);
        if (n >= 40 || (prefix && n >= 8 && !strncmp(at, prefix, strlen(prefix)))) {
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

void adsync__refused_add(adsync__answer *a, const char *text, size_t size)
{
    size_t at = strlen(a->refused.message), room = sizeof a->refused.message - 1 - at;

    if (size > room) size = adsync__utf8_cut(text, size, room);
    memcpy(a->refused.message + at, text, size);
    a->refused.message[at + size] = 0;
}

uint32_t adsync__status_class(uint32_t status)
{
    if (status >= 500 || status == 408 || status < 400) return ADSYNC_CLASS_TRANSIENT;
    if (status == 401) return ADSYNC_CLASS_AUTH_EXPIRED;
    if (status == 403) return ADSYNC_CLASS_PERMISSION;
    if (status == 404) return ADSYNC_CLASS_NOT_FOUND;
    if (status == 429) return ADSYNC_CLASS_THROTTLED;
    return ADSYNC_CLASS_INVALID;
}

/* A needle in lower case, letters of any case. */
static bool refuse_holds(const char *text, size_t size, const char *needle)
{
    size_t n = strlen(needle), i;

    for (size_t at = 0; at + n <= size; at++) {
        for (i = 0; i < n && (text[at + i] | (text[at + i] >= 'A' && text[at + i] <= 'Z' ? 0x20 : 0)) == needle[i]; i++) {}
        if (i == n) return true;
    }
    return false;
}

static bool refuse_fits(const adsync__rule *rule, uint32_t status, const adsync__said *said)
{
    const adsync__word words[] = { { rule->word, "" }, { NULL, NULL } };

    if (rule->status && rule->status != status) return false;
    if ((rule->first || rule->last) && (said->code < rule->first || said->code > rule->last)) return false;
    if (rule->subcode && rule->subcode != said->subcode) return false;
    if (rule->word && (!said->word || !adsync__word_of(words, said->word, strlen(said->word)))) return false;
    return !rule->text || (said->text && refuse_holds(said->text, said->text_size, rule->text));
}

const adsync__rule *adsync__rule_of(const adsync__answer *a, const adsync__said *said)
{
    uint32_t status = adsync_response_status(a->in);

    for (const adsync__rule *rule = a->platform->rules; rule && rule->refusal; rule++)
        if (refuse_fits(rule, status, said)) return rule;
    return NULL;
}

static void refuse_wait(adsync__answer *a, int64_t wait_us)
{
    if (a->refused.refusal != ADSYNC_CLASS_THROTTLED) return;
    if (!wait_us) wait_us = a->regain_us > a->platform->patience_us ? a->regain_us : a->platform->patience_us;
    a->refused.retry_after_us = wait_us;
}

const adsync__rule *adsync__classify(adsync__answer *a, const adsync__said *said)
{
    const adsync__rule *rule = adsync__rule_of(a, said);
    adsync__refusal *r = &a->refused;

    *r = (adsync__refusal){ .code = said->code, .subcode = said->subcode };
    if (said->word)
        (void)snprintf(r->name, sizeof r->name, "%s", said->word);
    else
        (void)snprintf(r->name, sizeof r->name, said->subcode ? "%lld.%lld" : "%lld", (long long)said->code, (long long)said->subcode);
    r->refusal = rule ? rule->refusal : adsync__status_class(adsync_response_status(a->in));
    r->hint = rule ? rule->hint : 0;
    r->scope = rule ? rule->scope : 0;
    if (said->text) adsync__refused_add(a, said->text, said->text_size);
    refuse_wait(a, rule ? rule->wait_us : 0);
    return rule;
}

bool adsync__refused_bare(adsync__answer *a)
{
    uint32_t status = adsync_response_status(a->in);
    bool json = adsync__node_kind(a->root) != ADSYNC__NODE_MISSING;
    const adsync__rule *rule = adsync__rule_of(a, &(adsync__said){ 0 });

    if (json && status >= 200 && status < 300) return false;
    if (rule && !rule->status) rule = NULL; /* without words only a status can be known */
    a->refused = (adsync__refusal){ .refusal = rule ? rule->refusal : adsync__status_class(status), .scope = rule ? rule->scope : 0 };
    (void)snprintf(a->refused.name, sizeof a->refused.name, "%s", json ? "http" : "format");
    (void)snprintf(a->refused.message, sizeof a->refused.message,
                   json ? "%s refused without a reason (HTTP %u)" : "%s's answer is no JSON (HTTP %u)", a->platform->title, status);
    refuse_wait(a, rule ? rule->wait_us : 0);
    return true;
}

adsync_status adsync__refuse(adsync__answer *a)
{
    adsync__refusal *r = &a->refused;

    adsync__scrub(a->platform, r->message);
    adsync_outcome_fail(a->out, r->refusal, r->name, r->message, r->retry_after_us, r->scope);
    return ADSYNC_OK;
}

bool adsync__shrink(adsync__answer *a, uint32_t least)
{
    adsync__place to = a->at;

    if (a->refused.hint != ADSYNC__HINT_SHRINK || a->at.limit <= least) return false;
    to.limit /= 2;
    to.skip = 0;
    adsync__next(a, &to);
    return true;
}

bool adsync__is_minor(const adsync__answer *a)
{
    uint32_t refusal = a->refused.refusal;

    return refusal == ADSYNC_CLASS_PERMISSION || refusal == ADSYNC_CLASS_INVALID || refusal == ADSYNC_CLASS_NOT_FOUND ||
           refusal == ADSYNC_CLASS_UNSUPPORTED;
}

void adsync__left_out(adsync__answer *a)
{
    adsync__scrub(a->platform, a->refused.message);
    adsync_outcome_warning(a->out, a->refused.name, a->refused.message);
}

adsync_status adsync__end(adsync__answer *a, bool left_out)
{
    adsync_outcome_done(a->out, !left_out, left_out ? ADSYNC_EVIDENCE_WEAK : ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}
