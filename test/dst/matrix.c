/* SPDX-License-Identifier: MIT */
/* The crash matrix, enumerated: {each call to the world} x {before it, its answer lost, after it} x {restart, another one, a zombie that
 * goes on after the others have finished}, for each scene. What a scene leaves must be what it leaves undisturbed. */
#include "dst.h"

#include <adsync/org.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct scene {
    const char *name;
    bool consents;            /* the victim is a host that ends a consent, else a worker */
    bool works;               /* what comes before takes a worker */
    bool erases;              /* the victim erases the organisation, and works for it meanwhile */
    void (*before)(actor *a); /* undisturbed, with the victim asleep; may be NULL */
    void (*ask)(actor *a);    /* what the victim is to do; may be NULL */
} scene;

static void scene_list(actor *a) { (void)people_ask(a, 0, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0, 0); }

static void scene_report(actor *a) { (void)people_ask(a, 0, ADSYNC_DATA_METRICS, ADSYNC_SYNC_FULL, 0, 5); }

/* Rows that are there already, of which the platform has taken some back. */
static void scene_filled(actor *a, bool report)
{
    dst *w = a->w;
    server_account *account = &w->server.accounts[0];
    server_state *s;

    report ? scene_report(a) : scene_list(a);
    while (!truth_all_ended(w) && !w->over) dst_sleep(a, DST_SECOND);
    s = &account->states[account->n_states++];
    *s = account->states[0];
    s->since_us = w->now_us;
    for (uint32_t c = 0; c < DST_IDS; c += 3) {
        if (!report) s->alive[c] = !s->alive[c];
        for (uint32_t d = 0; d < DST_DAYS && report; d++) s->spend[c][d] = s->spend[c][d] ? 0 : 7;
    }
}

static void scene_swept(actor *a) { scene_filled(a, false); }

static void scene_restated(actor *a) { scene_filled(a, true); }

/* A token that has ended, so that the first request is refused. */
static void scene_outdated(actor *a) { a->w->server.tokens[1].expires_us = a->w->now_us; }

/* Something of everything, and more of it under way. */
static void scene_busy(actor *a)
{
    scene_list(a);
    while (!truth_all_ended(a->w) && !a->w->over) dst_sleep(a, DST_SECOND);
    scene_report(a);
}

static const scene scenes[] = {
    { "page", false, false, false, NULL, scene_list },
    { "report", false, false, false, NULL, scene_report },
    { "refresh", false, false, false, scene_outdated, scene_list },
    { "sweep", false, true, false, scene_swept, scene_list },
    { "restate", false, true, false, scene_restated, scene_report },
    { "code", true, false, false, NULL, NULL },
    { "erase", false, true, true, scene_busy, scene_list },
};

const char *matrix_scene(uint32_t i) { return i < sizeof scenes / sizeof *scenes ? scenes[i].name : NULL; }

/* ---- the actors */

static const scene *matrix_of(const dst *w)
{
    for (uint32_t i = 0; matrix_scene(i); i++)
        if (!strcmp(scenes[i].name, w->matrix.scene)) return &scenes[i];
    return NULL;
}

/* A person whose browser comes back: once more with the same redirect, else from the beginning. */
static void matrix_consent(actor *a)
{
    dst *w = a->w;

    while (!a->dead && !w->over && !w->matrix.consented) {
        w->matrix.consented = people_consent(a, 0, false);
        if (!w->matrix.consented) dst_sleep(a, DST_SECOND);
    }
    while (!a->dead && !w->over) dst_sleep(a, DST_MINUTE);
}

/* A worker whose host erases the organisation, once it has begun with something. */
static void matrix_erase(actor *a)
{
    const adsync_call call = { .size = sizeof call, .wait_us = DST_MINUTE };
    dst *w = a->w;

    for (uint32_t i = 0; i < 4 && !a->dead && !w->over && !w->matrix.struck; i++) people_turn(a);
    while (!a->dead && !w->over && !w->matrix.consented) {
        w->matrix.consented = adsync_org_erase(a->engine, "one", &call, NULL, NULL) == ADSYNC_OK;
        if (!w->matrix.consented) dst_sleep(a, DST_SECOND);
    }
}

/* The prepared scene is done by whoever helps; then the victim comes up, and is struck. */
static void matrix_victim(void *arg)
{
    actor *a = arg;
    dst *w = a->w;
    const scene *s = matrix_of(w);

    while (!w->matrix.ready && !w->over) dst_sleep(a, DST_SECOND);
    w->matrix.armed = true;
    while (people_open(a)) {
        if (s->consents) matrix_consent(a);
        if (s->erases) matrix_erase(a);
        while (!a->dead && !w->over) people_turn(a);
        if (w->matrix.struck && w->matrix.then != MATRIX_RESTART) break;
        if (!people_dead(a)) dst_close_engine(a);
    }
    if (a->storage) dst_close_engine(a);
}

/* Needed for what comes before, and instead of one that does not come back. */
static bool matrix_needs(const dst *w)
{
    return !w->setup && (!w->matrix.prepared || (w->matrix.struck && w->matrix.then != MATRIX_RESTART));
}

static void matrix_helper(void *arg)
{
    actor *a = arg;
    dst *w = a->w;

    while (!w->over) {
        if (!matrix_needs(w)) {
            dst_sleep(a, DST_SECOND);
            continue;
        }
        if (!people_open(a)) return;
        if (matrix_of(w)->consents) matrix_consent(a);
        while (!w->over && matrix_needs(w)) {
            people_turn(a);
            if (matrix_of(w)->erases && w->matrix.struck) matrix_erase(a);
        }
        dst_close_engine(a);
    }
}

static bool matrix_done(dst *w, const scene *s) { return s->consents || s->erases ? w->matrix.consented : truth_all_ended(w); }

/* Of an organisation that was erased nothing is left, and nothing came back. */
static void matrix_bare(dst *w)
{
    const adsync_value bound = adsync__value_int(w->connections[0].org);

    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        const adsync_range range = { .table = t, .limit = 1, .lower = &bound, .n_lower = 1, .upper = &bound, .n_upper = 1 };
        adsync_rows *rows = NULL;
        if (!adsync_table_has_org(t) || t == ADSYNC_T_KEYS) continue;
        if (adsync_storage_scan(w->rows, bound.i, &range, &rows, NULL) < 0 || adsync_rows_count(rows))
            truth_broken(w, "P5: the organisation was erased, and %s holds rows of it", adsync_table_name(t));
        adsync_rows_free(rows);
    }
    w->over = true;
}

static void matrix_close(actor *a, const scene *s)
{
    dst *w = a->w;
    int64_t until = w->now_us + 4 * 60 * DST_MINUTE;
    bool bereft;

    while (!matrix_done(w, s) && !w->over && w->now_us < until) dst_sleep(a, DST_SECOND);
    if (!matrix_done(w, s)) truth_broken(w, "Live: %s has not come to its end after four hours", s->name);
    if (w->matrix.struck && w->matrix.then == MATRIX_ZOMBIE) {
        w->matrix.released = true;
        dst_sleep(a, 10 * DST_MINUTE);
    }
    w->matrix.armed = false;
    if (s->erases) {
        matrix_bare(w);
        return;
    }
    truth_at_rest(w);
    bereft = truth_bereft(w) || s->before == scene_outdated; /* where tokens are lost, or come late, a job may end without them */
    if (!bereft && truth_any_failed(w, 0)) truth_broken(w, "Live: a job of %s does not succeed", s->name);
    w->matrix.rows = bereft && truth_any_failed(w, 0) ? 0 : truth_rows_digest(w);
    w->calm = true;
    if (!w->over) people_end(a);
}

static void matrix_first(void *arg)
{
    actor *a = arg;
    dst *w = a->w;
    const scene *s = matrix_of(w);

    people_setup(w);
    if (!people_open(a)) return;
    if (s->before) s->before(a);
    w->matrix.prepared = true;
    if (s->ask) s->ask(a);
    w->matrix.ready = true;
    matrix_close(a, s);
    dst_close_engine(a);
}

/* The worker of a scene that has none: it does what is asked for at the end. */
static void matrix_late(void *arg)
{
    actor *a = arg;

    while (!a->w->calm && !a->w->over) dst_sleep(a, DST_SECOND);
    if (people_open(a)) {
        while (!a->w->over) people_turn(a);
        dst_close_engine(a);
    }
}

bool matrix_run(dst *w, uint32_t n, uint32_t point, uint32_t when, uint32_t then, bool trace)
{
    dst_begin(w, 1000 + n);
    w->trace = trace;
    w->matrix = (dst_matrix){ .scene = scenes[n].name, .point = point, .when = when, .then = then };
    w->matrix.prepared = !scenes[n].works;
    w->erases = scenes[n].erases;
    w->victim = 1;
    w->plan = (dst_plan){ .accounts = 1, .clock = true, .max_changes = 2000, .lease_us = 30 * DST_SECOND };
    server_begin(w);
    dst_actor(w, true, matrix_first);
    dst_actor(w, scenes[n].consents, matrix_victim);
    dst_actor(w, scenes[n].consents, matrix_helper);
    if (scenes[n].consents) dst_actor(w, false, matrix_late);
    if (!dst_run_until(w, 48 * 60 * DST_MINUTE)) truth_broken(w, "Live: the run does not end");
    dst_end(w);
    return !*w->broken;
}
