/* SPDX-License-Identifier: MIT */
/* An engine's row: heartbeat, fence and commit marker in one. It is written in every group commit at the version the engine knows, so
 * one that was declared dead cannot commit any more, however late it wakes up. No clock is compared with another machine's: an engine
 * is dead when its row stood still for its own lease, measured on the observer's monotonic clock. */
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
    adsync__unit_put(unit, ADSYNC_T_ENGINES, engine->version, engine->next_version, values, 7);
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

    engine->fenced = true;
    adsync__log(adsync__kernel_effects(engine->kernel), ADSYNC_LOG_WARN, "engine.fenced",
                "this engine was silent for longer than its lease and was declared dead; others took over its work");
    adsync__sync_drop(engine->sync);
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

static engine_other *presence_remember(adsync_engine *engine, int64_t number)
{
    engine_other *oldest = &engine->others[0];

    for (uint32_t i = 0; i < ENGINE_OTHERS; i++) {
        if (engine->others[i].engine == number) return &engine->others[i];
        if (engine->others[i].since_us < oldest->since_us) oldest = &engine->others[i];
    }
    *oldest = (engine_other){ .engine = number };
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

adsync_status adsync__presence_alive(void *user, int64_t number, bool *alive, adsync_error **error)
{
    adsync_engine *engine = user;
    const adsync_value key = adsync__value_int(number);
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel)), lease;
    adsync_rows *row = NULL;
    engine_other *other;
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(engine->kernel), 0, ADSYNC_T_ENGINES, 0, &key, 1, &row, error);

    *alive = false;
    if (rc < 0 || adsync_rows_next(row, NULL) != ADSYNC_ROW || !adsync__equal_text(adsync_rows_text(row, ADSYNC_C_STATE), "alive"))
        goto done;
    *alive = true;
    if (number == engine->number && !engine->fenced) goto done;
    other = presence_remember(engine, number);
    lease = adsync_rows_int(row, ADSYNC_C_LEASE_US);
    if (other->version != adsync_rows_int(row, ADSYNC_C_VERSION)) {
        other->version = adsync_rows_int(row, ADSYNC_C_VERSION);
        other->since_us = now;
    } else if (now - other->since_us > (lease > 0 ? lease : ENGINE_LEASE_US)) {
        rc = presence_bury(engine, row, alive, error);
    }
done:
    adsync_rows_free(row);
    return rc;
}

void adsync__presence_end(adsync_engine *engine)
{
    const adsync_value key = adsync__value_int(engine->number);
    adsync__commit_unit *unit;

    if (!engine->claims || engine->fenced || engine->version == ADSYNC_EXPECT_ABSENT ||
        !(unit = adsync__unit_new(engine->kernel, 0, NULL, NULL)))
        return;
    adsync__unit_delete(unit, ADSYNC_T_ENGINES, engine->version, &key);
    (void)adsync__unit_commit(unit, NULL); /* else the row stands until somebody finds it silent */
}
