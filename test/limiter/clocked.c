/* SPDX-License-Identifier: MIT */
#include "clocked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static int64_t clocked_now(void *user)
{
    const clocked *engine = user;

    return engine->world->now + engine->skew;
}

static int64_t clocked_monotonic(void *user)
{
    const clocked *engine = user;

    return engine->world->now - engine->frozen - engine->skew * 3; /* from any start */
}

static adsync_status clocked_call(clocked *engine, adsync_error **error)
{
    engine->calls++;
    engine->world->now += engine->world->latency;
    return engine->fail ? adsync_error_set(error, ADSYNC_E_STORAGE, "the test made it fail", 0) : ADSYNC_OK;
}

/* Once: what others do while this handle's call stands still. */
static void clocked_meanwhile(void (**what)(void))
{
    void (*once)(void) = *what;

    *what = NULL;
    if (once) once();
}

static const adsync_storage_ops *clocked_rows(const clocked *engine) { return adsync__storage_ops(engine->world->rows); }

static adsync_status clocked_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n, adsync_sink *sink,
                                  adsync_error **error)
{
    clocked *engine = user;
    adsync_status rc;

    clocked_meanwhile(&engine->meanwhile);
    rc = clocked_call(engine, error);
    engine->reads++;
    if (rc >= 0 && engine->losing) { /* nobody finds out either */
        engine->losing = --engine->lose > 0;
        return adsync_error_set(error, ADSYNC_E_STORAGE, "the test lost the answer", 0);
    }
    if (rc < 0) return rc;
    rc = clocked_rows(engine)->read(clocked_rows(engine)->user, table, columns, keys, n, sink, error);
    clocked_meanwhile(&engine->afterwards);
    return rc;
}

static adsync_status clocked_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    clocked *engine = user;
    adsync_status rc = clocked_call(engine, error);

    return rc < 0 ? rc : clocked_rows(engine)->scan(clocked_rows(engine)->user, range, sink, error);
}

static void clocked_written(clocked *engine, const adsync_value *key)
{
    for (uint32_t i = 0; i < CLOCKED_KEYS; i++) {
        bool same = engine->keys[i][0] && strlen(engine->keys[i]) == key->size && !memcmp(engine->keys[i], key->p, key->size);
        if (engine->keys[i][0] && !same) continue;
        if (same && engine->world->now - engine->written[i] < SECOND) engine->too_soon++;
        (void)snprintf(engine->keys[i], sizeof engine->keys[i], "%.*s", (int)key->size, key->p);
        engine->written[i] = engine->world->now;
        return;
    }
}

static adsync_status clocked_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *sink, adsync_error **error)
{
    clocked *engine = user;
    adsync_status rc = clocked_call(engine, error);

    if (rc < 0) return rc;
    if (engine->lose && engine->dropped) goto lost;
    rc = clocked_rows(engine)->commit(clocked_rows(engine)->user, changes, n, sink, error);
    engine->commits += rc >= 0;
    if (rc >= 0) clocked_written(engine, &changes[0].values[0]);
    if (!engine->lose) return rc;
lost:
    engine->losing = --engine->lose > 0;
    return adsync_error_set(error, ADSYNC_E_UNCERTAIN, "the test lost the answer", 0);
}

static adsync_status clocked_look(void *user, int64_t *time_us, adsync_error **error)
{
    clocked *engine = user;
    adsync_status rc = clocked_call(engine, error);

    engine->looks++;
    *time_us = engine->world->now + engine->world->storage_skew;
    return rc;
}

static void clocked_nothing(void *user) { (void)user; }

void clocked_begin(clocked_world *world)
{
    *world = (clocked_world){ .now = CLOCKED_START };
    assert_int_equal(adsync_memory_open(NULL, &world->rows, NULL), ADSYNC_OK);
}

void clocked_end(clocked_world *world) { adsync_storage_free(world->rows); }

adsync_host clocked_host(clocked *engine)
{
    return (adsync_host){ .size = sizeof(adsync_host), .user = engine, .now_us = clocked_now, .monotonic_us = clocked_monotonic };
}

void clocked_open(clocked *engine, clocked_world *world, int64_t skew, bool clock)
{
    adsync_storage_ops ops = { .size = sizeof ops,
                               .user = engine,
                               .read = clocked_read,
                               .scan = clocked_scan,
                               .commit = clocked_commit,
                               .close = clocked_nothing,
                               .now = clock ? clocked_look : NULL };
    adsync_host host;

    *engine = (clocked){ .world = world, .skew = skew };
    host = clocked_host(engine);
    assert_int_equal(adsync_storage_new(&ops, &engine->storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_limiter_open(engine->storage, &host, &engine->limiter, NULL), ADSYNC_OK);
}

void clocked_close(clocked *engine)
{
    adsync_limiter_free(engine->limiter);
    adsync_storage_free(engine->storage);
    engine->limiter = NULL;
    engine->storage = NULL;
}

void clocked_window(clocked *engine, const char *key, uint32_t align, int64_t length, uint32_t permits)
{
    const adsync_window window = { .size = sizeof window, .align = align, .length_us = length, .permits = permits };

    assert_int_equal(adsync_limiter_window(engine->limiter, key, &window, NULL), ADSYNC_OK);
}

int64_t clocked_take(clocked *engine, const char *org, const char *key, uint32_t units, uint32_t priority, int64_t *ticket)
{
    adsync_error *error = NULL;
    int64_t mine = 0, wait = 0;
    adsync_status rc = adsync_limiter_take(engine->limiter, org, &key, &units, 1, priority, &mine, &wait, &error);

    if (rc != ADSYNC_OK) print_error("take: %s\n", adsync_error_message(error));
    assert_int_equal(rc, ADSYNC_OK);
    assert_true((mine > 0) != (wait > 0)); /* taken or told to wait, never neither or both */
    if (ticket) *ticket = mine;
    return wait;
}

uint32_t clocked_drain(clocked *engine, const char *key, uint32_t priority, uint32_t most)
{
    uint32_t taken = 0;

    while (taken < most && !clocked_take(engine, "one", key, 1, priority, NULL)) taken++;
    return taken;
}

uint32_t clocked_fill(clocked *engine, const char *key, uint32_t priority, uint32_t most)
{
    uint32_t taken = clocked_drain(engine, key, priority, most);

    for (uint32_t i = 0; i < 8 && taken < most; i++) {
        engine->world->now += SECOND;
        taken += clocked_drain(engine, key, priority, most - taken);
    }
    return taken;
}

uint32_t clocked_drawn(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}
