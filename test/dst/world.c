/* SPDX-License-Identifier: MIT */
/* Time, actors, and what goes wrong. */
#include "dst.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- draws (splitmix64) */

uint64_t draw_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t draw_below(uint64_t *state, uint32_t n) { return n ? (uint32_t)(draw_next(state) % n) : 0; }

int64_t draw_span(uint64_t *state, int64_t from, int64_t to) { return from + (int64_t)(draw_next(state) % (uint64_t)(to - from + 1)); }

bool draw_once_in(uint64_t *state, uint32_t n) { return n && draw_next(state) % n == 0; }

/* ---- what is said */

void dst_mix(dst *w, uint64_t value) { w->digest = (w->digest ^ value) * UINT64_C(1099511628211) ^ w->digest >> 29; }

void dst_note(dst *w, const actor *a, const char *format, ...)
{
    va_list args;

    if (!w->trace) return;
    (void)printf("%10.3f  ", (double)w->now_us / 1e6);
    if (a) (void)printf("%s%u.%u%s  ", a->host ? "host" : "worker", a->number, a->life, a->dead ? " (dead)" : "");
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    (void)printf("\n");
}

/* ---- an actor's clocks */

int64_t dst_wall(const actor *a) { return DST_START + a->w->now_us + a->skew_us; }

static int64_t world_wall(void *user) { return dst_wall(user); }

static int64_t world_monotonic(void *user)
{
    const actor *a = user;

    return a->w->now_us + a->mono_us;
}

static adsync_status world_random(void *user, void *out, uint32_t size)
{
    actor *a = user;
    uint8_t *p = out;

    for (uint32_t i = 0; i < size; i++) p[i] = (uint8_t)(draw_next(&a->draw) >> 32);
    return ADSYNC_OK;
}

static void world_log(void *user, uint32_t level, const char *json)
{
    const actor *a = user;

    if (level <= ADSYNC_LOG_INFO) dst_note(a->w, a, "log: %s", json);
}

/* ---- life and death */

static bool world_engine(actor *a)
{
    const adsync_host host = {
        .size = sizeof host, .user = a, .now_us = world_wall, .monotonic_us = world_monotonic, .random = world_random, .log = world_log
    };
    adsync_connector_ops connector = dst_connector;
    const adsync_app_options app = { .size = sizeof app, .redirect_uri = "https://host.test/back" };
    const adsync_engine_options options = { .size = sizeof options,
                                            .flags = ADSYNC_ENGINE_NO_PLATFORMS | (a->host ? ADSYNC_ENGINE_NO_CLAIM : 0),
                                            .lease_us = a->w->plan.lease_us,
                                            .poll_us = a->w->plan.lease_us / 3,
                                            .storage = a->storage,
                                            .keys = a->w->keys,
                                            .transport = a->transport,
                                            .host = &host,
                                            .worker = "dst" };

    connector.user = a->w;
    if (adsync_engine_open(&options, &a->engine, NULL) < 0) return false;
    if (adsync_connector_register(a->engine, "toy", &connector, NULL) < 0) return false;
    return adsync_app_add(a->engine, "toy", "client", "secret", &app, NULL) >= 0;
}

bool dst_open_engine(actor *a)
{
    if (store_open(a, &a->storage) < 0 || wire_open(a, &a->transport) < 0) {
        (void)fputs("dst: no memory\n", stderr);
        exit(2);
    }
    a->engine_number = 0;
    if (world_engine(a)) return true;
    dst_close_engine(a);
    return false;
}

void dst_close_engine(actor *a)
{
    adsync_engine_free(a->engine);
    adsync_transport_free(a->transport);
    adsync_storage_free(a->storage);
    a->engine = NULL;
    a->transport = NULL;
    a->storage = NULL;
}

void dst_kill(actor *a)
{
    if (a->dead) return;
    dst_note(a->w, a, "is killed");
    a->dead = true;
    truth_died(a);
    wire_forget(a);
    store_unlock(a);
}

/* ---- time */

/* Whether nobody else has anything to do before then: it goes on without a detour. */
static bool world_alone(const actor *a, int64_t until_us)
{
    const dst *w = a->w;

    if (w->wire_us <= until_us || w->chaos_us <= until_us || w->until_us <= until_us) return false;
    for (uint32_t i = 0; i < w->n_actors; i++)
        if (&w->actors[i] != a && !w->actors[i].fiber.over && w->actors[i].wake_us <= until_us) return false;
    return true;
}

void dst_sleep(actor *a, int64_t us)
{
    dst *w = a->w;

    if (w->over) dst_kill(a); /* the run is over: it leaves without a trace */
    if (a->dead) return;
    a->wake_us = w->now_us + (us > 0 ? us : 0);
    if (world_alone(a, a->wake_us))
        w->now_us = a->wake_us;
    else
        fiber_yield();
    if (w->over) dst_kill(a);
}

/* Now and then the platform's truth changes, and somebody's wall clock jumps. */
static void world_chaos(dst *w)
{
    actor *a = &w->actors[draw_below(&w->faults, w->n_actors)];

    w->chaos_us = w->now_us + draw_span(&w->faults, 20 * DST_SECOND, 3 * DST_MINUTE);
    if (w->calm || w->setup || w->matrix.scene) return;
    if (draw_once_in(&w->faults, w->plan.mutate)) server_mutate(w, draw_below(&w->faults, w->n_connections), &w->faults);
    if (!draw_once_in(&w->faults, w->plan.jump)) return;
    a->skew_us = draw_span(&w->faults, -30 * DST_MINUTE, 30 * DST_MINUTE);
    dst_note(w, a, "its wall clock is %lld s off from now on", (long long)(a->skew_us / DST_SECOND));
}

static actor *world_next(dst *w)
{
    actor *best = NULL;

    for (uint32_t i = 0; i < w->n_actors; i++)
        if (!w->actors[i].fiber.over && w->actors[i].wake_us != DST_NEVER && (!best || w->actors[i].wake_us < best->wake_us))
            best = &w->actors[i];
    return best;
}

bool dst_run_until(dst *w, int64_t until_us)
{
    w->until_us = until_us;
    while (!w->over) {
        actor *a = world_next(w);
        int64_t next = a ? a->wake_us : DST_NEVER;
        if (w->chaos_us < next) next = w->chaos_us;
        if (w->wire_us < next) next = w->wire_us;
        if (next >= until_us) {
            w->now_us = until_us > w->now_us ? until_us : w->now_us;
            return false;
        }
        if (next > w->now_us) w->now_us = next;
        if (w->wire_us <= w->now_us)
            wire_arrive(w);
        else if (w->chaos_us <= w->now_us)
            world_chaos(w);
        else
            fiber_resume(&a->fiber);
    }
    return true;
}

/* ---- points */

enum { MATRIX_GOES_ON = 4 };

static void matrix_strike(actor *a)
{
    dst_matrix *m = &a->w->matrix;

    m->struck = true;
    m->armed = false;
    dst_note(a->w, a, "is struck at call %u", m->point);
    if (m->then != MATRIX_ZOMBIE) {
        dst_kill(a);
        return;
    }
    while (!m->released && !a->w->over) dst_sleep(a, DST_SECOND);
    dst_note(a->w, a, "goes on");
}

static void matrix_point(actor *a, bool before)
{
    dst_matrix *m = &a->w->matrix;

    if (!m->armed || a->number != a->w->victim) return;
    if (before) m->seen++;
    if (m->struck || !m->point) return;
    if (before ? m->seen == m->point && m->when == MATRIX_BEFORE : m->seen == m->point && m->when == MATRIX_AFTER)
        matrix_strike(a);
    else if (before && m->lost && m->seen == m->point + MATRIX_GOES_ON)
        matrix_strike(a); /* what it makes of the loss is begun */
}

bool dst_loses(actor *a)
{
    dst_matrix *m = &a->w->matrix;

    if (!m->armed || a->number != a->w->victim || m->when != MATRIX_LOST || m->seen != m->point || m->lost) return false;
    m->lost = true;
    return true;
}

/* Between its last look at the clock and the first byte no process stalls for long: that margin is part of the promises (P2, P4, P6). */
static void world_trouble(actor *a, uint32_t kind)
{
    dst *w = a->w;

    if (w->setup || w->calm || a->locking) return;
    if (draw_once_in(&w->faults, w->plan.kill)) {
        dst_kill(a);
        return;
    }
    if (draw_once_in(&w->faults, w->plan.pause)) {
        int64_t us = draw_span(&w->faults, w->plan.lease_us / 2, 5 * w->plan.lease_us);
        if (kind == POINT_SEND_BEFORE) us = draw_span(&w->faults, 0, DST_SECOND / 4);
        dst_note(w, a, "is paused for %lld s", (long long)(us / DST_SECOND));
        dst_sleep(a, us);
    }
}

bool dst_point(actor *a, uint32_t kind)
{
    dst *w = a->w;
    bool before = kind == POINT_STORE_BEFORE || kind == POINT_SEND_BEFORE || kind == POINT_RECEIVE_BEFORE;

    if (a->dead) return true;
    if (++w->points == DST_POINTS) truth_broken(w, "Live: the run does not end");
    dst_mix(w, (uint64_t)w->now_us << 8 | a->number << 4 | kind);
    if (w->matrix.scene)
        matrix_point(a, before);
    else
        world_trouble(a, kind);
    if (!a->dead) dst_sleep(a, (int64_t)(draw_next(&w->chaos) % 2000));
    return a->dead;
}

uint32_t dst_store_fault(actor *a, bool commit)
{
    static const uint32_t faults[] = { FAULT_BEFORE, FAULT_RETRY, FAULT_LOST, FAULT_LOST_BEFORE };
    dst *w = a->w;

    if (dst_loses(a)) return FAULT_LOST;
    if (w->setup || w->calm || w->matrix.scene || !draw_once_in(&w->faults, w->plan.store)) return FAULT_NONE;
    return commit ? faults[draw_below(&w->faults, 4)] : FAULT_BEFORE;
}

uint32_t dst_send_fault(actor *a)
{
    dst *w = a->w;

    if (dst_loses(a)) return SEND_CUT;
    if (w->setup || w->calm || w->matrix.scene) return SEND_FINE;
    if (draw_once_in(&w->faults, w->plan.lose)) return SEND_CUT;
    return draw_once_in(&w->faults, w->plan.send) ? SEND_REFUSED + draw_below(&w->faults, SEND_429) : SEND_FINE;
}
