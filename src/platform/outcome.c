/* SPDX-License-Identifier: MIT */
#include "platform.h"

#include <stdio.h>

static const char *const way_names[] = {
    [ADSYNC__WAY_NONE] = "none",   [ADSYNC__WAY_DONE] = "done",       [ADSYNC__WAY_NEXT] = "next",   [ADSYNC__WAY_MORE] = "more",
    [ADSYNC__WAY_WAIT] = "wait",   [ADSYNC__WAY_SPAWN] = "spawn",     [ADSYNC__WAY_SPLIT] = "split", [ADSYNC__WAY_NEED] = "need",
    [ADSYNC__WAY_STALE] = "stale", [ADSYNC__WAY_UNKNOWN] = "unknown", [ADSYNC__WAY_FAIL] = "fail",
};

static const char *const refusal_names[] = {
    [0] = "none",
    [ADSYNC_CLASS_AUTH_EXPIRED] = "auth_expired",
    [ADSYNC_CLASS_AUTH_REVOKED] = "auth_revoked",
    [ADSYNC_CLASS_WRONG_TOKEN_KIND] = "wrong_token_kind",
    [ADSYNC_CLASS_PERMISSION] = "permission",
    [ADSYNC_CLASS_THROTTLED] = "throttled",
    [ADSYNC_CLASS_TRANSIENT] = "transient",
    [ADSYNC_CLASS_TOO_LARGE] = "too_large",
    [ADSYNC_CLASS_INVALID] = "invalid",
    [ADSYNC_CLASS_NOT_FOUND] = "not_found",
    [ADSYNC_CLASS_CONFLICT] = "conflict",
    [ADSYNC_CLASS_CONFIG] = "config",
    [ADSYNC_CLASS_CLOCK_SKEW] = "clock_skew",
    [ADSYNC_CLASS_UNSUPPORTED] = "unsupported",
};

const char *adsync__way_name(uint32_t way) { return way < ADSYNC__COUNT(way_names) ? way_names[way] : "none"; }
const char *adsync__refusal_name(uint32_t refusal) { return refusal < ADSYNC__COUNT(refusal_names) ? refusal_names[refusal] : "none"; }

void adsync__outcome_begin(adsync_outcome *outcome)
{
    *outcome = (adsync_outcome){ 0 };
    outcome->rows_end = &outcome->rows;
    outcome->children_end = &outcome->children;
    outcome->secrets_end = &outcome->secrets;
    outcome->facts_end = &outcome->facts;
    outcome->limits_end = &outcome->limits;
    outcome->warnings_end = &outcome->warnings;
}

void adsync__outcome_free(adsync_outcome *outcome)
{
    for (adsync__out_secret *secret = outcome->secrets; secret; secret = secret->next) adsync__wipe(secret->p, secret->size);
    adsync__arena_free(&outcome->arena);
    *outcome = (adsync_outcome){ 0 };
}

static void *outcome_take(adsync_outcome *out, size_t size)
{
    void *p = adsync__arena_take(&out->arena, size);

    if (!p)
        out->failed = ADSYNC_E_MEMORY;
    else
        memset(p, 0, size);
    return p;
}

static const char *outcome_text(adsync_outcome *out, const char *text)
{
    const char *copy = text ? adsync__arena_copy(&out->arena, text, strlen(text)) : NULL;

    if (text && !copy) out->failed = ADSYNC_E_MEMORY;
    return copy;
}

/* Words for people come from outside: one line, valid, whatever they were. */
static const char *outcome_line(adsync_outcome *out, const char *text)
{
    char *copy = text ? adsync__arena_copy(&out->arena, text, strlen(text)) : NULL;

    if (text && !copy) out->failed = ADSYNC_E_MEMORY;
    if (copy) adsync__text_line(copy);
    return copy;
}

static void outcome_way(adsync_outcome *out, uint32_t way, const char *cursor)
{
    out->way = way;
    out->cursor = outcome_text(out, cursor);
}

void adsync_outcome_done(adsync_outcome *out, uint32_t complete, uint32_t evidence)
{
    outcome_way(out, ADSYNC__WAY_DONE, NULL);
    out->complete = complete != 0;
    out->evidence = evidence;
}

void adsync_outcome_next(adsync_outcome *out, const char *cursor) { outcome_way(out, ADSYNC__WAY_NEXT, cursor); }
void adsync_outcome_more(adsync_outcome *out, const char *cursor) { outcome_way(out, ADSYNC__WAY_MORE, cursor); }
void adsync_outcome_split(adsync_outcome *out) { outcome_way(out, ADSYNC__WAY_SPLIT, NULL); }
void adsync_outcome_spawn(adsync_outcome *out, const char *cursor) { outcome_way(out, ADSYNC__WAY_SPAWN, cursor); }
void adsync_outcome_stale(adsync_outcome *out) { outcome_way(out, ADSYNC__WAY_STALE, NULL); }
void adsync_outcome_unknown(adsync_outcome *out) { outcome_way(out, ADSYNC__WAY_UNKNOWN, NULL); }

void adsync_outcome_wait(adsync_outcome *out, const char *cursor, int64_t delay_us)
{
    outcome_way(out, ADSYNC__WAY_WAIT, cursor);
    out->delay_us = delay_us;
}

void adsync_outcome_need(adsync_outcome *out, const char *what)
{
    outcome_way(out, ADSYNC__WAY_NEED, NULL);
    out->need = outcome_text(out, what);
}

void adsync_outcome_fail(adsync_outcome *out, uint32_t refusal, const char *code, const char *message, int64_t retry_after_us,
                         uint32_t scope)
{
    outcome_way(out, ADSYNC__WAY_FAIL, NULL);
    out->refusal = refusal;
    out->code = outcome_line(out, code);
    out->message = outcome_line(out, message);
    out->retry_after_us = retry_after_us;
    out->scope = scope;
}

/* Without memory a spare row takes what comes and is thrown away; `failed` ends the task. */
adsync_row *adsync_outcome_row(adsync_outcome *out, uint32_t table, uint32_t kind, uint32_t twice)
{
    adsync__out_row *made = outcome_take(out, sizeof *made);

    if (!made) made = &out->spare_row;
    adsync__row_begin(&made->row, &out->arena);
    if (made == &out->spare_row) return &made->row;
    made->table = table;
    made->kind = kind;
    made->twice = twice;
    *out->rows_end = made;
    out->rows_end = &made->next;
    out->n_rows++;
    return &made->row;
}

adsync_row *adsync_outcome_child(adsync_outcome *out, const char *key)
{
    adsync__out_child *made = outcome_take(out, sizeof *made);

    if (!made) made = &out->spare_child;
    adsync__row_begin(&made->row, &out->arena);
    if (made == &out->spare_child) return &made->row;
    made->key = outcome_text(out, key);
    *out->children_end = made;
    out->children_end = &made->next;
    return &made->row;
}

void adsync_outcome_secret(adsync_outcome *out, const char *name, const void *p, size_t size, int64_t expires_us)
{
    adsync__out_secret *made = outcome_take(out, sizeof *made);

    if (!made) return;
    if (!(made->name = outcome_text(out, name))) return;
    if (!(made->p = adsync__arena_copy(&out->arena, p, size))) { /* last: what was copied is on the list, and so is wiped */
        out->failed = ADSYNC_E_MEMORY;
        return;
    }
    made->size = size;
    made->expires_us = expires_us;
    *out->secrets_end = made;
    out->secrets_end = &made->next;
}

void adsync_outcome_fact(adsync_outcome *out, const char *name, const char *value)
{
    adsync__out_fact *made = outcome_take(out, sizeof *made);

    if (!made || !(made->name = outcome_text(out, name))) return;
    made->value = outcome_text(out, value);
    *out->facts_end = made;
    out->facts_end = &made->next;
}

void adsync_outcome_limit(adsync_outcome *out, const char *limit, uint32_t scope, uint32_t reading, int64_t value, int64_t reset_us)
{
    adsync__out_limit *made = outcome_take(out, sizeof *made);

    if (!made || !(made->limit = outcome_text(out, limit))) return;
    made->scope = scope;
    made->reading = reading;
    made->value = value;
    made->reset_us = reset_us;
    *out->limits_end = made;
    out->limits_end = &made->next;
}

void adsync_outcome_warning(adsync_outcome *out, const char *code, const char *message)
{
    adsync__out_warning *made = outcome_take(out, sizeof *made);

    if (!made || !(made->code = outcome_line(out, code))) return;
    made->message = outcome_line(out, message);
    *out->warnings_end = made;
    out->warnings_end = &made->next;
}

static adsync_status outcome_check_row(const adsync_row *row, adsync_error **error)
{
    if (row->failed == ADSYNC_E_MEMORY) return adsync__fail_memory(error);
    if (row->failed == ADSYNC_E_FORMAT)
        return adsync__fail(error, ADSYNC_E_FORMAT, "connector.row", "the platform's answer holds something else where a value should be");
    if (row->failed)
        return adsync__fail(error, ADSYNC_E_FORMAT, "connector.row", "the platform's answer holds text that is not UTF-8 or holds NUL");
    return ADSYNC_OK;
}

/* What each way needs beside its name. */
static bool outcome_is_said(const adsync_outcome *outcome)
{
    bool cursor = outcome->cursor && *outcome->cursor;

    switch (outcome->way) {
    case ADSYNC__WAY_NONE:
        return false;
    case ADSYNC__WAY_DONE:
        return outcome->evidence - ADSYNC_EVIDENCE_WEAK <= ADSYNC_EVIDENCE_STRONG - ADSYNC_EVIDENCE_WEAK;
    case ADSYNC__WAY_SPAWN:
        return cursor && outcome->children;
    case ADSYNC__WAY_SPLIT:
        return outcome->children;
    case ADSYNC__WAY_NEED:
        return outcome->need && *outcome->need;
    case ADSYNC__WAY_FAIL:
        return outcome->refusal - 1 < ADSYNC__COUNT(refusal_names) - 1;
    case ADSYNC__WAY_STALE:
    case ADSYNC__WAY_UNKNOWN:
        return true;
    default:
        return cursor && outcome->delay_us >= 0;
    }
}

adsync_status adsync__outcome_check(const adsync_outcome *outcome, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    if (outcome->failed) return adsync__fail_memory(error);
    if (!outcome_is_said(outcome))
        return adsync__fail(error, ADSYNC_E_INTERNAL, "connector.outcome", "the connector did not say how to go on");
    for (const adsync__out_row *row = outcome->rows; row && rc >= 0; row = row->next) rc = outcome_check_row(&row->row, error);
    for (const adsync__out_child *child = outcome->children; child && rc >= 0; child = child->next)
        rc = outcome_check_row(&child->row, error);
    return rc;
}

adsync_status adsync__outcome_error(const adsync_outcome *outcome, const char *platform, const char *who, adsync_error **error)
{
    static const adsync_status statuses[] = {
        [0] = ADSYNC_E_INTERNAL,
        [ADSYNC_CLASS_AUTH_EXPIRED] = ADSYNC_E_AUTH,
        [ADSYNC_CLASS_AUTH_REVOKED] = ADSYNC_E_AUTH,
        [ADSYNC_CLASS_WRONG_TOKEN_KIND] = ADSYNC_E_REJECTED,
        [ADSYNC_CLASS_PERMISSION] = ADSYNC_E_PERMISSION,
        [ADSYNC_CLASS_THROTTLED] = ADSYNC_E_LIMIT,
        [ADSYNC_CLASS_TRANSIENT] = ADSYNC_E_TRANSIENT,
        [ADSYNC_CLASS_TOO_LARGE] = ADSYNC_E_TOO_BIG,
        [ADSYNC_CLASS_INVALID] = ADSYNC_E_REJECTED,
        [ADSYNC_CLASS_NOT_FOUND] = ADSYNC_E_NOT_FOUND,
        [ADSYNC_CLASS_CONFLICT] = ADSYNC_E_CONFLICT,
        [ADSYNC_CLASS_CONFIG] = ADSYNC_E_REJECTED,
        [ADSYNC_CLASS_CLOCK_SKEW] = ADSYNC_E_TRANSIENT,
        [ADSYNC_CLASS_UNSUPPORTED] = ADSYNC_E_UNSUPPORTED,
    };
    adsync_status status = outcome->refusal < ADSYNC__COUNT(statuses) ? statuses[outcome->refusal] : ADSYNC_E_INTERNAL;
    char name[64];

    (void)snprintf(name, sizeof name, "%s.%s", platform, outcome->code ? outcome->code : adsync__refusal_name(outcome->refusal));
    return adsync__fail(error, status, name, "%s: %s", who, outcome->message ? outcome->message : adsync__refusal_name(outcome->refusal));
}
