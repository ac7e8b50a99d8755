/* SPDX-License-Identifier: MIT */
/* ARRIVED -> whatever the outcome says. What the kernel may repeat it repeats; the rest goes up. */
#include "kernel_int.h"

#include "../base/day.h"

#include <stdio.h>

enum { DIGEST_LEAST_US = 1000000, DIGEST_MOST_US = 64000000 };

/* 1 s doubling to 64 s with full jitter: whoever failed together does not come back together. */
static int64_t digest_backoff(adsync__flight *flight)
{
    int64_t top = DIGEST_LEAST_US;

    for (uint32_t i = 1; i < flight->attempt && top < DIGEST_MOST_US; i++) top *= 2;
    return 1 + adsync__version_draw(&flight->kernel->effects) % top;
}

static bool digest_may_repeat(const adsync__flight *flight)
{
    if (flight->attempt >= KERNEL_ATTEMPTS) return false;
    return flight->effect != ADSYNC_EFFECT_ONCE || (flight->ended.failed && !flight->ended.sent);
}

/* The beginning of a text without any secret, as one line; NULL: it cannot be told. */
static const char *digest_clean(adsync__flight *flight, adsync__arena *room, const char *p, size_t size)
{
    adsync__redact_word words[ADSYNC__COUNT(flight->finished.placed)];
    adsync__buffer text;
    char *copy;

    if (size > KERNEL_EXCERPT) size = KERNEL_EXCERPT;

    for (uint32_t i = 0; i < flight->finished.n_placed; i++)
        words[i] = (adsync__redact_word){ flight->finished.placed[i].p, flight->finished.placed[i].size };
    adsync__buffer_begin(&text, 4 * KERNEL_EXCERPT);
    adsync__redact(&text, p, size, words, flight->finished.n_placed);
    size = adsync__utf8_cut(text.p ? text.p : "", text.size, text.size);
    copy = adsync__arena_copy(room, text.p ? text.p : "", size);
    for (size_t i = 0; copy && i < size; i++)
        if ((unsigned char)copy[i] < 0x20) copy[i] = ' ';
    if (copy && !adsync__utf8_valid(copy, size)) copy = NULL;
    adsync__buffer_free(&text);
    return copy;
}

/* A warning that comes with each answer is told once for each grant or connection. */
static bool digest_is_new(adsync__flight *flight, const char *code, const char *message)
{
    adsync__kernel *kernel = flight->kernel;
    uint64_t mark = 14695981039346656037u ^ (uint64_t)flight->spec.org ^ (uint64_t)flight->spec.connection << 20;

    if (!flight->spec.connection) mark ^= (uint64_t)flight->spec.grant << 7;
    for (const char *at = code; *at; at++) mark = (mark ^ (unsigned char)*at) * 1099511628211u;
    for (const char *at = message; *at; at++) mark = (mark ^ (unsigned char)*at) * 1099511628211u;
    for (uint32_t i = 0; i < KERNEL_WARNED && i < kernel->n_warned; i++)
        if (kernel->warned[i] == mark) return false;
    kernel->warned[kernel->n_warned++ % KERNEL_WARNED] = mark;
    return true;
}

static void digest_warn(adsync__flight *flight, adsync_outcome *outcome)
{
    adsync__kernel *kernel = flight->kernel;

    for (adsync__out_warning *warning = outcome->warnings; warning; warning = warning->next) {
        if (!warning->message || !(warning->message = digest_clean(flight, &outcome->arena, warning->message, strlen(warning->message))))
            warning->message = "";
        if (!digest_is_new(flight, warning->code, warning->message)) continue;
        adsync__log(&kernel->effects, ADSYNC_LOG_WARN, "platform.warning", "%s, %s of grant %lld, connection %lld: %s (%s)",
                    flight->spec.app->connector->platform, adsync__task_name(flight->spec.op), (long long)flight->spec.grant,
                    (long long)flight->spec.connection, warning->message, warning->code);
        if (kernel->hooks.warned) kernel->hooks.warned(kernel->hooks_user, &flight->spec, warning->code, warning->message);
    }
}

/* What the audit tells of an answer. */
static const char *digest_code(const adsync_outcome *outcome)
{
    if (outcome->code) return outcome->code;
    return outcome->warnings ? outcome->warnings->code : NULL;
}

static const char *digest_words(adsync__flight *flight, const adsync_outcome *outcome)
{
    if (flight->ended.failed) return flight->ended.words;
    if (outcome->way == ADSYNC__WAY_FAIL)
        return digest_clean(flight, &flight->answer, flight->body.p ? flight->body.p : "", flight->body.size);
    return outcome->warnings ? outcome->warnings->message : NULL;
}

enum { DIGEST_SUBJECT = 64 };

/* "list campaign" */
static const char *digest_subject(const adsync__flight *flight, char room[DIGEST_SUBJECT])
{
    (void)snprintf(room, DIGEST_SUBJECT, "%s%s%s", adsync__task_name(flight->spec.op), flight->spec.kind ? " " : "",
                   flight->spec.kind ? adsync_kind_name(flight->spec.kind) : "");
    return room;
}

adsync_status adsync__flight_error(const adsync__flight *flight, const adsync_outcome *outcome, adsync_error **error)
{
    const char *platform = flight->spec.app->connector->platform;
    char subject[DIGEST_SUBJECT], who[DIGEST_SUBJECT + 40];

    (void)snprintf(who, sizeof who, "%s, %s", platform, digest_subject(flight, subject));
    return adsync__outcome_error(outcome, platform, who, error);
}

/* What a connector cannot read is said of the task that asked for it. */
static adsync_status digest_failed(const adsync__flight *flight, adsync_status status, adsync_error **error)
{
    char subject[DIGEST_SUBJECT];

    if (status != ADSYNC_E_FORMAT && status != ADSYNC_E_TOO_BIG) return status;
    return adsync__fail(error, status, adsync_error_name(*error), "%s, %s: %s", flight->spec.app->connector->platform,
                        digest_subject(flight, subject), adsync_error_message(*error));
}

static void digest_audit(adsync__flight *flight, const adsync_outcome *outcome, const adsync_error *error)
{
    static const char *const ids[] = { "x-fb-trace-id", "x-fb-request-id",  "x-request-id", "request-id",
                                       "x-li-uuid",     "x-transaction-id", "x-tt-logid" };
    adsync_response response = { .headers = flight->ended.headers, .arena = &flight->answer };
    char action[DIGEST_SUBJECT];
    adsync__audit audit = {
        .endpoint = flight->finished.endpoint,
        .method = flight->request.method,
        .action = digest_subject(flight, action),
        .code = error ? adsync_error_name(error) : digest_code(outcome),
        .excerpt = error ? adsync_error_message(error) : digest_words(flight, outcome),
        .called_us = flight->sent_us,
        .duration_us = adsync__monotonic_us(&flight->kernel->effects) - flight->sent_mono_us,
        .http_status = flight->ended.http_status,
        .success = !flight->ended.failed && outcome->way != ADSYNC__WAY_FAIL && outcome->way != ADSYNC__WAY_NONE,
    };

    if (flight->request.browser || flight->more || !flight->spec.hooks->audit) return;
    for (size_t i = 0; i < ADSYNC__COUNT(ids) && !audit.request_id; i++) audit.request_id = adsync_response_header(&response, ids[i]);
    flight->in_hook = true;
    flight->spec.hooks->audit(flight->spec.user, flight, &audit);
    flight->in_hook = false;
}

/* A body that holds more is not parsed again for each piece of it. One is kept, whatever number of them there is: parsed, a body takes
 * several times its bytes. */
static void digest_take_parsed(adsync__flight *flight, adsync__parsed *parsed)
{
    adsync__kernel *kernel = flight->kernel;

    if (kernel->parsed_of != flight) return;
    *parsed = kernel->parsed;
    kernel->parsed = (adsync__parsed){ 0 };
    kernel->parsed_of = NULL;
}

static void digest_keep_parsed(adsync__flight *flight, adsync__parsed *parsed, bool more)
{
    adsync__kernel *kernel = flight->kernel;

    if (more) {
        adsync__parsed_free(&kernel->parsed);
        kernel->parsed = *parsed;
        kernel->parsed_of = flight;
    } else {
        adsync__parsed_free(parsed);
    }
}

static adsync_status digest_call(adsync__flight *flight, adsync_outcome *outcome, adsync_error **error)
{
    const adsync__connector *connector = flight->spec.app->connector;
    adsync_response response = { .status = flight->ended.http_status,
                                 .headers = flight->ended.headers,
                                 .body = flight->body.p ? flight->body.p : "",
                                 .size = flight->body.size,
                                 .arena = &flight->answer };
    adsync_status rc;

    if (flight->request.browser) {
        adsync_outcome_done(outcome, 1, ADSYNC_EVIDENCE_STRONG);
        adsync_outcome_fact(outcome, "url", flight->finished.url.p);
        return ADSYNC_OK;
    }
    if (flight->ended.failed) {
        bool large = flight->ended.sent == 2; /* it would be as large again */
        adsync_outcome_fail(outcome, large ? ADSYNC_CLASS_TOO_LARGE : ADSYNC_CLASS_TRANSIENT, large ? "too_large" : "network",
                            flight->ended.words, 0, 0);
        return ADSYNC_OK;
    }
    digest_take_parsed(flight, &response.parsed);
    rc = connector->ops.response(connector->ops.user, &flight->task, &response, outcome, error);
    digest_keep_parsed(flight, &response.parsed, rc >= 0 && outcome->way == ADSYNC__WAY_MORE);
    if (rc < 0) return rc;
    return flight->answer.lost ? adsync__fail_memory(error) : adsync__outcome_check(outcome, error);
}

/* Sets up what the next request or look at the body needs, then tells whoever started the flight. */
static void digest_tell(adsync__flight *flight, const adsync_outcome *outcome)
{
    bool over = outcome->way == ADSYNC__WAY_DONE || outcome->way == ADSYNC__WAY_SPLIT || outcome->way == ADSYNC__WAY_UNKNOWN ||
                outcome->way == ADSYNC__WAY_STALE || outcome->way == ADSYNC__WAY_FAIL;

    flight->state = FLIGHT_HELD;
    flight->more = outcome->way == ADSYNC__WAY_MORE;
    flight->keep = false;
    if (outcome->way != ADSYNC__WAY_FAIL) flight->attempt = 0;
    if (outcome->cursor) adsync__task_text(&flight->task, ADSYNC__TASK_PARAM, "cursor", outcome->cursor);
    flight->in_hook = true;
    flight->spec.hooks->outcome(flight->spec.user, flight, outcome);
    flight->in_hook = false;
    if (flight->dropped) {
        flight->dropped = false;
        adsync__flight_drop(flight);
        return;
    }
    if (over && !flight->keep && flight->state == FLIGHT_HELD) {
        adsync_error *error = NULL;
        adsync_status status = ADSYNC_OK;
        if (outcome->way == ADSYNC__WAY_FAIL) status = adsync__flight_error(flight, outcome, &error);
        adsync__flight_end(flight, status, error);
        adsync_error_free(error);
    }
}

/* The time that an answer tells; 0: none. */
static int64_t digest_date(adsync__flight *flight)
{
    adsync_response response = { .headers = flight->ended.headers, .arena = &flight->answer };
    const char *date = adsync_response_header(&response, "Date");
    int64_t us;

    return date && adsync__date_read(date, &us) ? us : 0;
}

/* Refused for its time alone, a request did nothing: it is sent again, whatever its effect, with the time that the answer tells. Once. */
static bool digest_corrects_clock(adsync__flight *flight, int64_t date_us)
{
    if (flight->clocked || !date_us) return false;
    flight->clocked = true;
    for (adsync__connector *at = flight->kernel->connectors; at; at = at->next)
        if (at == flight->spec.app->connector) at->ahead_us = date_us - adsync__now_us(&flight->kernel->effects);
    adsync__log(&flight->kernel->effects, ADSYNC_LOG_WARN, "platform.clock", "%s says that our clock is wrong; its own is used",
                flight->spec.app->connector->platform);
    adsync__flight_wait(flight, 0);
    return true;
}

static bool digest_repeats(adsync__flight *flight, const adsync_outcome *outcome, int64_t date_us)
{
    int64_t delay = outcome->retry_after_us;

    if (outcome->way != ADSYNC__WAY_FAIL) return false;
    if (outcome->refusal == ADSYNC_CLASS_CLOCK_SKEW) return digest_corrects_clock(flight, date_us);
    if (outcome->refusal == ADSYNC_CLASS_THROTTLED && flight->effect != ADSYNC_EFFECT_ONCE && delay <= KERNEL_PATIENCE_US) {
        adsync__flight_wait(flight, delay + digest_backoff(flight)); /* the limiter learned of it: the next take waits as long as needed */
        return true;
    }
    if (outcome->refusal != ADSYNC_CLASS_TRANSIENT || !digest_may_repeat(flight)) return false;
    flight->attempt++;
    adsync__flight_wait(flight, delay > 0 ? delay : digest_backoff(flight));
    return true;
}

void adsync__flight_digest(adsync__flight *flight)
{
    adsync_outcome outcome;
    adsync_error *error = NULL;
    int64_t date_us;
    adsync_status rc;

    adsync__outcome_begin(&outcome);
    rc = digest_call(flight, &outcome, &error);
    if (!flight->more) adsync__flight_settle(flight);
    adsync__flight_learn(flight, &outcome);
    digest_warn(flight, &outcome);
    if (rc < 0) rc = digest_failed(flight, rc, &error);
    digest_audit(flight, &outcome, error);
    date_us = outcome.refusal == ADSYNC_CLASS_CLOCK_SKEW ? digest_date(flight) : 0;
    if (outcome.way != ADSYNC__WAY_MORE) adsync__flight_forget(flight); /* rows may wait long for their commit, and for the next page */
    if (rc < 0)
        adsync__flight_end(flight, rc, error);
    else if (!digest_repeats(flight, &outcome, date_us))
        digest_tell(flight, &outcome);
    adsync__outcome_free(&outcome);
    adsync_error_free(error);
}
