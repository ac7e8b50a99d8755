/* SPDX-License-Identifier: MIT */
/* An engine's row: heartbeat, fence and commit marker in one. It is written in every group commit at the version the engine knows, so
 * one that was declared dead cannot commit any more, however late it wakes up. No clock is compared with another machine's: an engine
 * is dead when its row stood still for its own lease, measured on the observer's monotonic clock. */
#include "../base/switch.h"
#include "engine_int.h"

#include <stdio.h>
#include <unistd.h>

static void presence_values(const adsync_engine *engine, adsync_value values[7])
{
    values[0] = adsync__value_int(engine->number);
    values[1] = adsync__value_int(adsync__now_us(adsync__kernel_effects(engine->kernel)));
    values[2] = adsync__value_int(engine->fence + 1);
    values[3] = adsync__value_int(engine->lease_us);
    values[4] = adsync__value_int(engine->started_us);
    values[5] = adsync__value_text("alive");
    values[6] = adsync__value_text(engine->worker);
}

void adsync__presence_ride(void *user, adsync__commit_unit *unit)
{
    adsync_engine *engine = user;
    adsync_value values[7];

    if (!engine->claims || engine->fenced) return;
    presence_values(engine, values);
    engine->next_version = adsync__version_draw(adsync__kernel_effects(engine->kernel));
    adsync__unit_put(unit, ADSYNC_T_ENGINES,
                     ADSYNC__GUARD(FENCE) || engine->version == ADSYNC_EXPECT_ABSENT ? engine->version : ADSYNC_EXPECT_ANY,
                     engine->next_version, values, 7);
}

void adsync__presence_rode(void *user)
{
    adsync_engine *engine = user;

    if (!engine->claims || engine->fenced) return;
    engine->version = engine->next_version;
    engine->fence++;
    engine->beat_us = adsync__monotonic_us(adsync__kernel_effects(engine->kernel));
}

void adsync__presence_fenced(void *user)
{
    adsync_engine *engine = user;

    if (engine->fenced) return;
    engine->fenced = true;
    adsync__log(adsync__kernel_effects(engine->kernel), ADSYNC_LOG_WARN, "engine.fenced",
                "this engine was silent for longer than its lease and was declared dead; others took over its work");
    adsync__sync_drop(engine->sync);
    adsync__units_disown(engine->kernel);
}

static adsync_status presence_write(adsync_engine *engine, adsync_error **error)
{
    adsync__commit_unit *unit = adsync__unit_new(engine->kernel, 0, NULL, NULL);
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    adsync__presence_ride(engine, unit);
    rc = adsync__unit_commit(unit, error);
    if (rc >= 0) adsync__presence_rode(engine);
    return rc;
}

adsync_status adsync__presence_begin(adsync_engine *engine, const char *worker, adsync_error **error)
{
    adsync__effects *effects = adsync__kernel_effects(engine->kernel);
    char host[64] = "host";

    (void)gethostname(host, sizeof host - 1);
    engine->number = adsync__version_draw(effects) & ((INT64_C(1) << 53) - 1);
    engine->version = ADSYNC_EXPECT_ABSENT;
    engine->fence = 0;
    engine->fenced = false;
    engine->started_us = adsync__now_us(effects);
    if (worker)
        (void)snprintf(engine->worker, sizeof engine->worker, "%.*s",
                       (int)adsync__utf8_cut(worker, strlen(worker), sizeof engine->worker - 1), worker);
    else if (!*engine->worker)
        (void)snprintf(engine->worker, sizeof engine->worker, "%s:%ld:%llx", host, (long)getpid(), (unsigned long long)engine->number);
    return engine->claims ? presence_write(engine, error) : ADSYNC_OK;
}

adsync_status adsync__presence_beat(adsync_engine *engine, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel));
    adsync_status rc;

    if (!engine->claims || engine->fenced || now - engine->beat_us < engine->lease_us / 3) return ADSYNC_OK;
    rc = presence_write(engine, error);
    if (rc != ADSYNC_E_CONFLICT) return rc;
    adsync__presence_fenced(engine);
    return ADSYNC_OK;
}

/* Without memory for more, the one that was seen first is forgotten: it is seen anew, which makes its death known later. */
static engine_other *presence_remember(adsync_engine *engine, int64_t number)
{
    engine_other *oldest = engine->others, *grown;
    uint32_t room = engine->room_others ? engine->room_others * 2 : 8;

    for (uint32_t i = 0; i < engine->n_others; i++) {
        if (engine->others[i].engine == number) return &engine->others[i];
        if (engine->others[i].since_us < oldest->since_us) oldest = &engine->others[i];
    }
    if (engine->n_others == engine->room_others && room <= ENGINE_OTHERS &&
        (grown = adsync__realloc(engine->others, room, sizeof *grown))) {
        engine->others = grown;
        engine->room_others = room;
    }
    if (engine->n_others < engine->room_others) oldest = &engine->others[engine->n_others++];
    if (oldest) *oldest = (engine_other){ .engine = number };
    return oldest;
}

static adsync_status presence_bury(adsync_engine *engine, adsync_rows *row, bool *alive, adsync_error **error)
{
    const adsync_value values[] = {
        adsync__value_int(adsync_rows_int(row, ADSYNC_C_ENGINE)),     adsync__value_int(adsync_rows_int(row, ADSYNC_C_HEARTBEAT_US)),
        adsync__value_int(adsync_rows_int(row, ADSYNC_C_FENCE)),      adsync__value_int(adsync_rows_int(row, ADSYNC_C_LEASE_US)),
        adsync__value_int(adsync_rows_int(row, ADSYNC_C_STARTED_US)), adsync__value_text("dead"),
    };
    adsync__commit_unit *unit = adsync__unit_new(engine->kernel, 0, NULL, NULL);
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    adsync__unit_put(unit, ADSYNC_T_ENGINES, adsync_rows_int(row, ADSYNC_C_VERSION), 0, values, ADSYNC__COUNT(values));
    rc = adsync__unit_commit(unit, error);
    *alive = rc == ADSYNC_E_CONFLICT; /* it moved: it lives after all */
    return rc == ADSYNC_E_CONFLICT ? ADSYNC_OK : rc;
}

/* The row of another engine: whether it is alive; one that stood still for its lease is declared dead here. *until: when to look again. */
static adsync_status presence_judge(adsync_engine *engine, adsync_rows *row, bool *alive, int64_t *until_us, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel)), lease = adsync_rows_int(row, ADSYNC_C_LEASE_US);
    int64_t number = adsync_rows_int(row, ADSYNC_C_ENGINE), version = adsync_rows_int(row, ADSYNC_C_VERSION);
    engine_other *other;

    *alive = adsync__equal_text(adsync_rows_text(row, ADSYNC_C_STATE), "alive");
    if (!*alive || (number == engine->number && !engine->fenced)) return ADSYNC_OK;
    if (!(other = presence_remember(engine, number))) return adsync__fail_memory(error);
    if (lease <= 0) lease = ENGINE_LEASE_US;
    if (other->version != version) {
        other->version = version;
        other->since_us = now;
    } else if (now - other->since_us > lease) {
        return presence_bury(engine, row, alive, error);
    }
    if (other->since_us + lease + 1 < *until_us) *until_us = other->since_us + lease + 1;
    return ADSYNC_OK;
}

adsync_status adsync__presence_alive(void *user, int64_t number, bool *alive, adsync_error **error)
{
    adsync_engine *engine = user;
    const adsync_value key = adsync__value_int(number);
    int64_t until = INT64_MAX;
    adsync_rows *row = NULL;
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(engine->kernel), 0, ADSYNC_T_ENGINES, 0, &key, 1, &row, error);

    *alive = false;
    if (rc >= 0 && adsync_rows_next(row, NULL) == ADSYNC_ROW) rc = presence_judge(engine, row, alive, &until, error);
    adsync_rows_free(row);
    if (until < engine->look_at_us) engine->look_at_us = until;
    return rc;
}

/* ---- looking for the dead */

/* Whoever is dead has no new lanes, and its row keeps those it had from being nobody's: it goes when they are free. */
static adsync_status presence_tidy(adsync_engine *engine, adsync_rows *row, adsync_error **error)
{
    const adsync_value key = adsync__value_int(adsync_rows_int(row, ADSYNC_C_ENGINE));
    adsync__commit_unit *unit = adsync__unit_new(engine->kernel, 0, NULL, NULL);
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    adsync__unit_delete(unit, ADSYNC_T_ENGINES, adsync_rows_int(row, ADSYNC_C_VERSION), &key);
    rc = adsync__unit_commit(unit, error);
    return rc == ADSYNC_E_CONFLICT ? ADSYNC_OK : rc; /* somebody else was first, or buried it just now */
}

static uint32_t presence_room(const adsync_engine *engine)
{
    uint32_t lanes = adsync__sync_lanes(engine->sync);

    return lanes < engine->max_claim ? engine->max_claim - lanes : 0;
}

static adsync_status presence_take(adsync_engine *engine, int64_t number, bool elected, bool *left, adsync_error **error)
{
    enum { LOT = 10 };
    uint32_t room = presence_room(engine);
    adsync_status rc;

    *left = true;
    if (!room) return ADSYNC_OK;
    rc = adsync__sync_take_over(engine->sync, number, room < LOT ? room : LOT, elected, left, error);
    if (*left) engine->look_at_us = 0; /* there may be more of them */
    return rc;
}

/* `dead` stands before the one that was just declared so: its row changed, and goes with the next look. */
static adsync_status presence_visit(adsync_engine *engine, adsync_rows *row, bool elected, adsync_error **error)
{
    bool dead = !adsync__equal_text(adsync_rows_text(row, ADSYNC_C_STATE), "alive"), alive = true, left = false;
    int64_t number = adsync_rows_int(row, ADSYNC_C_ENGINE);
    adsync_status rc = presence_judge(engine, row, &alive, &engine->look_at_us, error);

    if (rc < 0 || alive) return rc;
    if ((rc = presence_take(engine, number, elected, &left, error)) < 0 || left || !dead) return rc;
    return presence_tidy(engine, row, error);
}

/* The first of those that live, by their numbers, takes what must run alone. */
static bool presence_elected(const adsync_engine *engine, const adsync_rows *rows, size_t n)
{
    size_t first = 0;

    while (first < n && !adsync__equal_text(adsync__rows_values(rows, first)[5].p, "alive")) first++;
    return first == n || adsync__rows_values(rows, first)[0].i == engine->number;
}

static adsync_status presence_scan(adsync_engine *engine, adsync_error **error)
{
    const adsync_range range = { .table = ADSYNC_T_ENGINES, .limit = ENGINE_OTHERS };
    adsync_rows *rows = NULL;
    bool elected;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(engine->kernel), 0, &range, &rows, error);

    if (rc < 0) return rc;
    elected = presence_elected(engine, rows, adsync_rows_count(rows));
    while (rc >= 0 && !engine->fenced && adsync_rows_next(rows, NULL) == ADSYNC_ROW) rc = presence_visit(engine, rows, elected, error);
    adsync_rows_free(rows);
    return rc;
}

/* A lane may stand under a number that no engine has: each look holds the lanes of one owner against its row. */
static adsync_status presence_orphans(adsync_engine *engine, adsync_error **error)
{
    bool alive = true, left;
    adsync_status rc = adsync__sync_owner(engine->sync, engine->owner, &engine->owner, error);

    if (rc < 0 || !engine->owner) return rc;
    if (engine->owner != engine->number && (rc = adsync__presence_alive(engine, engine->owner, &alive, error)) < 0) return rc;
    return alive ? ADSYNC_OK : presence_take(engine, engine->owner, false, &left, error);
}

adsync_status adsync__presence_look(adsync_engine *engine, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel));
    bool left = false;
    adsync_status rc = ADSYNC_OK;

    if (!engine->claims || engine->fenced || now < engine->look_at_us) return ADSYNC_OK;
    engine->look_at_us = now + engine->lease_us / 3;
    if (adsync__sync_begin_look(engine->sync))
        rc = adsync__sync_take_over(engine->sync, engine->number, presence_room(engine), false, &left, error);
    if (rc >= 0) rc = presence_scan(engine, error);
    if (rc >= 0 && !engine->fenced) rc = presence_orphans(engine, error);
    if (rc >= 0 && !engine->fenced) rc = adsync__sync_mend(engine->sync, error);
    if (adsync__sync_hushed(engine->sync)) engine->look_at_us = 0;
    if (engine->look_at_us < now + ENGINE_LOOK_US) engine->look_at_us = now + ENGINE_LOOK_US;
    return rc;
}

void adsync__presence_end(adsync_engine *engine, bool clean)
{
    adsync__effects *effects = adsync__kernel_effects(engine->kernel);
    const adsync_value row[] = { adsync__value_int(engine->number),     adsync__value_int(adsync__now_us(effects)),
                                 adsync__value_int(engine->fence + 1),  adsync__value_int(engine->lease_us),
                                 adsync__value_int(engine->started_us), adsync__value_text("dead") };
    adsync__commit_unit *unit;

    if (!engine->claims || engine->fenced || engine->version == ADSYNC_EXPECT_ABSENT ||
        !(unit = adsync__unit_new(engine->kernel, 0, NULL, NULL)))
        return;
    if (clean)
        adsync__unit_delete(unit, ADSYNC_T_ENGINES, engine->version, row);
    else
        adsync__unit_put(unit, ADSYNC_T_ENGINES, engine->version, 0, row, ADSYNC__COUNT(row)); /* others go on with what is left at once */
    (void)adsync__unit_commit(unit, NULL); /* else the row stands until somebody finds it silent */
}
