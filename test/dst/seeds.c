/* SPDX-License-Identifier: MIT */
/* A run: who is there and what may go wrong, drawn from its seed. Each run has some troubles and not others, so that none hides behind
 * another. */
#include "dst.h"

#include <stdlib.h>

/* A trouble that half of the runs have, once in `often` to `seldom` chances. */
static uint32_t seed_trouble(dst *w, uint32_t often, uint32_t seldom)
{
    uint32_t n = (uint32_t)draw_span(&w->draw, often, seldom);

    return draw_once_in(&w->draw, 2) ? n : 0;
}

static void seed_plan(dst *w)
{
    dst_plan *p = &w->plan;

    p->accounts = 1 + draw_below(&w->draw, DST_ACCOUNTS);
    p->workers = 1 + draw_below(&w->draw, 4);
    p->hosts = 1 + draw_below(&w->draw, DST_HOSTS);
    p->schedules = draw_once_in(&w->draw, 4);
    p->kill = seed_trouble(w, 60, 1000);
    p->pause = seed_trouble(w, 60, 600);
    p->store = seed_trouble(w, 20, 300);
    p->send = seed_trouble(w, 4, 40);
    p->lose = seed_trouble(w, 6, 40);
    p->jump = seed_trouble(w, 2, 6);
    p->mutate = seed_trouble(w, 1, 4);
    p->stale = seed_trouble(w, 4, 12);
    p->weak = draw_once_in(&w->draw, 4) ? 4 : 0;
    p->locks = draw_once_in(&w->draw, 4);
    p->clock = draw_once_in(&w->draw, 2);
    p->skew_us = p->clock ? 5 * DST_MINUTE : 10 * DST_SECOND; /* without a clock of the storage's, wall clocks have to be better */
    if (!p->clock) p->jump = 0;
    p->permits = draw_once_in(&w->draw, 3) ? 8 + draw_below(&w->draw, 30) : 0;
    p->max_changes = draw_once_in(&w->draw, 3) ? 100 : 2000;
    p->lease_us = draw_span(&w->draw, 20 * DST_SECOND, DST_MINUTE);
    p->haste_us = draw_span(&w->draw, 10 * DST_SECOND, 2 * DST_MINUTE);
    p->calm_us = draw_span(&w->draw, 8 * DST_MINUTE, 25 * DST_MINUTE);
}

static void seed_tell(dst *w)
{
    const dst_plan *p = &w->plan;

    dst_note(w, NULL, "%u accounts, %u workers, %u hosts, lease %lld s, calm after %lld s, %s", p->accounts, p->workers, p->hosts,
             (long long)(p->lease_us / DST_SECOND), (long long)(p->calm_us / DST_SECOND),
             p->clock ? "the storage has a clock" : "the storage has no clock");
    dst_note(w, NULL,
             "once in: kill %u, pause %u, storage %u, send %u, lose %u, jump %u, mutate %u, stale %u, weak %u; locks %u, permits %u",
             p->kill, p->pause, p->store, p->send, p->lose, p->jump, p->mutate, p->stale, p->weak, p->locks, p->permits);
}

/* ---- keys: what wraps them is of no matter here */

static adsync_status seed_wrap(void *user, const char *org, const void *key, uint32_t size, adsync_sink *wrapped, adsync_error **error)
{
    (void)user, (void)org, (void)error;
    return adsync_sink_bytes(wrapped, key, size);
}

static adsync_status seed_unwrap(void *user, const char *org, const char *master, const void *wrapped, uint32_t size, adsync_sink *key,
                                 adsync_error **error)
{
    (void)user, (void)org, (void)master, (void)error;
    return adsync_sink_bytes(key, wrapped, size);
}

void dst_begin(dst *w, uint64_t seed)
{
    const adsync_key_ops ops = { .size = sizeof ops, .wrap = seed_wrap, .unwrap = seed_unwrap };
    void *stacks[DST_ACTORS];

    for (uint32_t i = 0; i < DST_ACTORS; i++) stacks[i] = w->actors[i].fiber.stack; /* used again */
    memset(w, 0, sizeof *w);
    for (uint32_t i = 0; i < DST_ACTORS; i++) w->actors[i].fiber.stack = stacks[i];
    w->seed = seed;
    w->draw = seed * 4 + 1;
    w->faults = seed * 4 + 2;
    w->chaos = seed * 4 + 3;
    w->setup = true;
    w->wire_us = DST_NEVER;
    if (adsync_memory_open(NULL, &w->rows, NULL) < 0 || adsync_keys_new(&ops, "k", &w->keys, NULL) < 0) abort();
    for (uint32_t i = 0; i < 4; i++) adsync__storage_effects(w->rows)->draw[i] = draw_next(&w->draw);
}

void dst_actor(dst *w, bool host, void (*body)(void *arg))
{
    actor *a = &w->actors[w->n_actors];
    void *stack = a->fiber.stack;

    *a = (actor){ .w = w, .number = w->n_actors++, .host = host, .draw = draw_next(&w->draw) };
    a->fiber.stack = stack;
    a->mono_us = draw_span(&a->draw, 0, 1000 * DST_MINUTE);
    a->skew_us = draw_span(&a->draw, -w->plan.skew_us, w->plan.skew_us);
    fiber_start(&a->fiber, body, a);
}

/* Whoever is still there is killed where it stands, so that all of its memory comes back. */
void dst_end(dst *w)
{
    w->over = true;
    for (uint32_t i = 0; i < w->n_actors; i++)
        while (!w->actors[i].fiber.over) fiber_resume(&w->actors[i].fiber);
    adsync_keys_free(w->keys);
    adsync_storage_free(w->rows);
}

bool seed_run(dst *w, uint64_t seed, bool trace)
{
    dst_begin(w, seed);
    w->trace = trace;
    seed_plan(w);
    seed_tell(w);
    server_begin(w);
    for (uint32_t i = 0; i < w->plan.hosts; i++) dst_actor(w, true, people_host);
    for (uint32_t i = 0; i < w->plan.workers; i++) dst_actor(w, false, people_worker);
    if (!dst_run_until(w, w->plan.calm_us)) {
        w->calm = true;
        dst_note(w, NULL, "nothing goes wrong any more");
        if (!dst_run_until(w, w->plan.calm_us + 48 * 60 * DST_MINUTE)) truth_broken(w, "Live: the run does not end");
    }
    dst_end(w);
    return !*w->broken;
}
