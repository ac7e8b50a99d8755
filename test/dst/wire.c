/* SPDX-License-Identifier: MIT */
/* The network. A request takes a moment to the platform, which handles it when it arrives, whatever became of the sender; the answer
 * waits for the process that asked, as it would in a socket. On the way it may be refused, lost, cut off or late. */
#include "dst.h"

#include <stdio.h>
#include <stdlib.h>

static adsync_status wire_gone(adsync_error **error) { return adsync_error_set(error, ADSYNC_E_TRANSIENT, "the process is dead", 0); }

/* ---- the way there */

static flying *wire_free(dst *w)
{
    for (uint32_t i = 0; i < DST_FLYING; i++)
        if (w->flying[i].state == WIRE_FREE) return &w->flying[i];
    truth_broken(w, "more than %d requests are under way", DST_FLYING);
    return NULL;
}

static uint32_t wire_chain(const dst *w, const flying *f)
{
    const char *token = strstr(f->body, "token=r");
    uint32_t n = token ? (uint32_t)strtoul(token + 7, NULL, 10) : 0;

    return n && n <= w->server.n_tokens ? w->server.tokens[n].chain : 0;
}

static void wire_fill(flying *f, actor *a, int64_t id, const adsync_message *message)
{
    dst *w = a->w;
    size_t size = 0;
    const char *body = adsync_message_body(message, &size);

    *f = (flying){ .state = WIRE_GOING, .actor = a->number, .life = a->life, .id = id };
    (void)snprintf(f->url, sizeof f->url, "%s", adsync_message_url(message));
    (void)snprintf(f->headers, sizeof f->headers, "%s", adsync_message_headers(message));
    (void)snprintf(f->body, sizeof f->body, "%.*s", (int)size, body ? body : "");
    f->arrives_us = w->now_us + draw_span(&w->chaos, DST_SECOND / 1000, 3 * DST_SECOND / 10);
    f->answers_us = f->arrives_us + draw_span(&w->chaos, DST_SECOND / 1000, 2 * DST_SECOND);
    f->until_us = w->now_us + adsync_message_timeout_us(message);
    f->refresh = strstr(f->body, "kind=refresh");
    f->chain = f->refresh ? wire_chain(w, f) : 0;
}

static void wire_spoil(dst *w, flying *f, uint32_t fault)
{
    if (fault == SEND_UNSENT || fault == SEND_LOST_BEFORE) f->unsent = true;
    if (fault == SEND_CUT || fault == SEND_LOST_BEFORE) f->cut = true;
    if (fault == SEND_SLOW) f->answers_us = f->arrives_us + draw_span(&w->chaos, 10 * DST_SECOND, 80 * DST_SECOND);
    if (fault == SEND_500 || fault == SEND_429) {
        f->unsent = draw_once_in(&w->chaos, 2) || fault == SEND_429; /* refused at once; or in the middle of the work */
        f->answer = (reply){ .status = fault == SEND_500 ? 500 : 429 };
        (void)snprintf(f->answer.body, sizeof f->answer.body, "%s\n", fault == SEND_500 ? "trouble" : "throttled 20");
    }
}

static adsync_status wire_start(void *user, int64_t id, const adsync_message *message, adsync_error **error)
{
    actor *a = user;
    dst *w = a->w;
    uint32_t fault;
    flying *f;

    if (dst_point(a, POINT_SEND_BEFORE)) return wire_gone(error);
    fault = dst_send_fault(a);
    if (fault == SEND_REFUSED) return adsync_error_set(error, ADSYNC_E_TRANSIENT, "no route to the platform", 0);
    if (!(f = wire_free(w))) return wire_gone(error);
    wire_fill(f, a, id, message);
    dst_note(w, a, "sends %s %s (fault %u)", f->url, f->body, fault);
    wire_spoil(w, f, fault);
    if (f->arrives_us < w->wire_us) w->wire_us = f->arrives_us;
    if (f->refresh) truth_refresh_begins(w, a, f->chain, f->until_us);
    (void)dst_point(a, POINT_SEND_AFTER);
    return ADSYNC_OK;
}

/* ---- at the platform */

static void wire_look(dst *w)
{
    w->wire_us = DST_NEVER;
    for (uint32_t i = 0; i < DST_FLYING; i++)
        if (w->flying[i].state == WIRE_GOING && w->flying[i].arrives_us < w->wire_us) w->wire_us = w->flying[i].arrives_us;
}

static void wire_settle(dst *w, flying *f)
{
    if (f->refresh && f->answers_us < f->until_us && w->server.tokens[f->chain].refresh_actor == f->actor)
        w->server.tokens[f->chain].refresh_until_us = f->answers_us;
    f->state = f->cancelled ? WIRE_FREE : WIRE_COMING;
}

void wire_arrive(dst *w)
{
    for (uint32_t i = 0; i < DST_FLYING; i++) {
        flying *f = &w->flying[i];
        reply made;
        if (f->state != WIRE_GOING || f->arrives_us > w->now_us) continue;
        if (!f->unsent) {
            server_handle(w, &w->actors[f->actor], f->url, f->headers, f->body, &made);
            dst_note(w, &w->actors[f->actor], "%s is answered %u %.60s", f->url, made.status, made.body);
            if (f->answer.status) made = f->answer; /* a refusal stands for whatever was done */
            f->answer = made;
        }
        wire_settle(w, f);
    }
    wire_look(w);
}

/* ---- the way back */

static int64_t wire_when(const flying *f) { return f->answers_us < f->until_us ? f->answers_us : f->until_us; }

static flying *wire_due(actor *a)
{
    flying *best = NULL;

    for (uint32_t i = 0; i < DST_FLYING; i++) {
        flying *f = &a->w->flying[i];
        if (f->state == WIRE_FREE || f->cancelled || f->actor != a->number || f->life != a->life) continue;
        if (!best || wire_when(f) < wire_when(best)) best = f;
    }
    return best;
}

static adsync_status wire_deliver(actor *a, flying *f, adsync_exchange *ended)
{
    dst *w = a->w;
    bool late = f->answers_us >= f->until_us, lost = dst_loses(a);
    int64_t id = f->id;

    if (f->refresh) truth_refresh_ends(w, f->chain);
    f->cancelled = true; /* it is reported once; the way there goes on where it is still under way */
    if (f->state == WIRE_COMING) f->state = WIRE_FREE;
    if (f->unsent && !f->cut && !f->answer.status) return adsync_exchange_failed(ended, id, 0, "the platform could not be reached");
    if (late || f->cut || lost || !f->answer.status)
        return adsync_exchange_failed(ended, id, 1, late ? "the time is over" : "the connection was cut");
    if (f->answer.token) truth_delivered(a, f->answer.token);
    return adsync_exchange_done(ended, id, f->answer.status, "Content-Type: text/plain\r\n", f->answer.body, strlen(f->answer.body));
}

static adsync_status wire_poll(void *user, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error)
{
    actor *a = user;
    dst *w = a->w;
    flying *f = wire_due(a);
    int64_t wait = max_wait_us;
    adsync_status rc;

    if (a->dead) return wire_gone(error);
    if (f && wire_when(f) - w->now_us < wait) wait = wire_when(f) - w->now_us;
    dst_sleep(a, wait > 20 ? wait : 20);
    while (!a->dead && (f = wire_due(a)) && wire_when(f) <= w->now_us) {
        if (dst_point(a, POINT_RECEIVE_BEFORE)) break;
        if ((f = wire_due(a)) && (rc = wire_deliver(a, f, ended)) < 0) return rc;
        (void)dst_point(a, POINT_RECEIVE_AFTER);
    }
    return a->dead ? wire_gone(error) : ADSYNC_OK;
}

static void wire_cancel(void *user, int64_t id)
{
    actor *a = user;

    for (uint32_t i = 0; i < DST_FLYING; i++) {
        flying *f = &a->w->flying[i];
        if (f->state == WIRE_FREE || f->actor != a->number || f->life != a->life || f->id != id) continue;
        f->cancelled = true;
        if (f->state == WIRE_COMING) f->state = WIRE_FREE;
    }
}

void wire_forget(actor *a)
{
    for (uint32_t i = 0; i < DST_FLYING; i++) {
        flying *f = &a->w->flying[i];
        if (f->state == WIRE_FREE || f->actor != a->number || f->life != a->life) continue;
        f->cancelled = true;
        if (f->state == WIRE_COMING) f->state = WIRE_FREE;
    }
}

static void wire_close(void *user) { (void)user; }

adsync_status wire_open(actor *a, adsync_transport **out)
{
    const adsync_transport_ops ops = {
        .size = sizeof ops, .user = a, .start = wire_start, .poll = wire_poll, .cancel = wire_cancel, .close = wire_close
    };

    return adsync_transport_new(&ops, out, NULL);
}
