/* SPDX-License-Identifier: MIT */
/* What each connection does and needs, said from its row, its lanes, its slots in the queue and its consent. Lanes and slots of the
 * organisation are read once; they are few, since each stands for work that has not ended. */
#include "insight.h"

#include "../base/day.h"

#include <stdio.h>

enum { HEALTH_ENGINES = 64 /* that are looked up once */, HEALTH_LEASES = 3 };
static const int64_t health_long_us = INT64_C(600000000); /* work that is due for so long waits for nobody */

typedef struct health { /* what was read */
    adsync_storage *storage;
    int64_t org, now_us;
    adsync_rows *connections, *lanes, *slots, *grants, *out;
    struct {
        int64_t engine;
        bool silent;
    } engines[HEALTH_ENGINES];
    uint32_t n_engines;
    size_t lane_at, slot_at; /* rows of connections before the one that is looked at: all three lists are in the order of their keys */
} health;

typedef struct health_one {          /* of a connection */
    int64_t connection, job, due_us; /* due: of the slot that is due first; -1: nothing waits */
    bool runs, silent;
    const char *state, *message, *advice;
    int64_t progress;
    char words[160];
    adsync_rows *row; /* the job's */
} health_one;

static void health_free(health *h)
{
    adsync_rows_free(h->connections);
    adsync_rows_free(h->lanes);
    adsync_rows_free(h->slots);
    adsync_rows_free(h->grants);
}

/* ---- an engine: dead, gone, or without a heartbeat for some leases, by this machine's clock; nothing but words rests on it */

static adsync_status health_silent(health *h, int64_t engine, bool *silent, adsync_error **error)
{
    const adsync_value key = adsync__value_int(engine);
    adsync_rows *row = NULL;
    adsync_status rc;

    for (uint32_t i = 0; i < h->n_engines; i++)
        if (h->engines[i].engine == engine) {
            *silent = h->engines[i].silent;
            return ADSYNC_OK;
        }
    *silent = true;
    rc = adsync_storage_read(h->storage, 0, ADSYNC_T_ENGINES, 0, &key, 1, &row, error);
    if (rc >= 0 && adsync_rows_next(row, NULL) == ADSYNC_ROW)
        *silent = !adsync__equal_text(adsync_rows_text(row, ADSYNC_C_STATE), "alive") ||
                  h->now_us - adsync_rows_int(row, ADSYNC_C_HEARTBEAT_US) > HEALTH_LEASES * adsync_rows_int(row, ADSYNC_C_LEASE_US);
    adsync_rows_free(row);
    if (rc >= 0 && h->n_engines < HEALTH_ENGINES) {
        h->engines[h->n_engines].engine = engine;
        h->engines[h->n_engines++].silent = *silent;
    }
    return rc;
}

/* ---- what is under way */

static void health_seek(adsync_rows *rows, size_t *at, int64_t connection)
{
    while (*at < adsync_rows_count(rows) && adsync__rows_values(rows, *at)[1].i < connection) (*at)++;
    adsync__rows_seek(rows, *at);
}

static bool health_next(adsync_rows *rows, int64_t connection)
{
    return adsync_rows_next(rows, NULL) == ADSYNC_ROW && adsync_rows_int(rows, ADSYNC_C_CONNECTION) == connection;
}

static adsync_status health_lanes(health *h, health_one *one, adsync_error **error)
{
    bool silent = false;
    adsync_status rc = ADSYNC_OK;

    health_seek(h->lanes, &h->lane_at, one->connection);
    while (rc >= 0 && health_next(h->lanes, one->connection)) {
        int64_t engine = adsync_rows_int(h->lanes, ADSYNC_C_ENGINE);
        if (!engine) continue;
        one->runs = true;
        one->job = adsync_rows_int(h->lanes, ADSYNC_C_JOB);
        rc = health_silent(h, engine, &silent, error);
        one->silent |= silent;
    }
    return rc;
}

static void health_slots(health *h, health_one *one)
{
    one->due_us = -1;
    health_seek(h->slots, &h->slot_at, one->connection);
    while (health_next(h->slots, one->connection)) {
        int64_t due = adsync_rows_int(h->slots, ADSYNC_C_RUN_AFTER_US);
        if (adsync_rows_kind(h->slots, ADSYNC_C_RUN_AFTER_US) == ADSYNC_VALUE_NULL) continue; /* a parent: its children wait */
        if (one->due_us >= 0 && one->due_us <= due) continue;
        one->due_us = due;
        if (!one->runs) one->job = adsync_rows_int(h->slots, ADSYNC_C_JOB);
    }
}

static adsync_status health_job(health *h, health_one *one, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(h->org), adsync__value_int(one->job) };
    adsync_status rc;

    if (!one->job) return ADSYNC_OK;
    rc = adsync_storage_read(h->storage, h->org, ADSYNC_T_JOBS, 0, key, 1, &one->row, error);
    if (rc >= 0 && adsync_rows_next(one->row, NULL) == ADSYNC_ROW) {
        one->message = adsync_rows_text(one->row, ADSYNC_C_MESSAGE);
        one->progress = adsync_rows_int(one->row, ADSYNC_C_PROGRESS);
    }
    return rc;
}

/* ---- in words */

static const char *health_scopes(health *h, int64_t grant)
{
    static const char missing[] = "not granted:";
    const char *message;

    adsync__rows_seek(h->grants, 0);
    while (adsync_rows_next(h->grants, NULL) == ADSYNC_ROW) {
        if (adsync_rows_int(h->grants, ADSYNC_C_GRANT) != grant) continue;
        message = adsync_rows_text(h->grants, ADSYNC_C_MESSAGE);
        return message && !strncmp(message, missing, sizeof missing - 1) ? message : NULL;
    }
    return NULL;
}

static void health_until(health_one *one, const char *what, int64_t us)
{
    char time[ADSYNC__TIME_ROOM];

    (void)adsync__time_write(us - us % 1000000, 0, time);
    (void)snprintf(one->words, sizeof one->words, "%s %s", what, time);
    one->advice = one->words;
}

static void health_ended(health *h, health_one *one)
{
    static const struct {
        const char *last, *state, *advice;
    } ends[] = {
        { "success", "success", NULL },
        { "partial", "partial", "see what was refused, give the permission, or leave it" },
        { "error", "failed", "see what it says, then sync again" },
    };
    const char *last = adsync_rows_text(h->connections, ADSYNC_C_LAST_STATUS);
    const char *scopes = adsync__equal_text(last, "success") ? NULL : health_scopes(h, adsync_rows_int(h->connections, ADSYNC_C_GRANT));
    int64_t next = adsync_rows_int(h->connections, ADSYNC_C_NEXT_SYNC_US);

    one->state = next && next <= h->now_us ? "pending" : "never";
    for (size_t i = 0; i < ADSYNC__COUNT(ends); i++)
        if (adsync__equal_text(last, ends[i].last)) {
            one->state = ends[i].state;
            one->advice = ends[i].advice;
            one->message = adsync_rows_text(h->connections, ADSYNC_C_LAST_MESSAGE);
        }
    if (scopes) {
        one->advice = "give the scope: connect again and say yes to all that is asked";
        one->message = scopes;
    }
}

static void health_working(health *h, health_one *one)
{
    if (one->runs && one->silent) {
        one->state = "stuck";
        one->advice = "its worker is silent: another one takes over; start one if none runs";
    } else if (one->runs) {
        one->state = "syncing";
    } else if (one->due_us > h->now_us) {
        one->state = "waiting";
        health_until(one, "wait until", one->due_us);
    } else if (h->now_us - one->due_us > health_long_us) {
        one->state = "stuck";
        health_until(one, "no worker takes it: start one; it is due since", one->due_us);
    } else {
        one->state = "pending";
    }
}

static void health_judge(health *h, health_one *one)
{
    const char *status = adsync_rows_text(h->connections, ADSYNC_C_STATUS);

    if (adsync__equal_text(status, "disconnected")) {
        one->state = status;
    } else if (adsync__equal_text(status, "expired") || adsync__equal_text(status, "revoked")) {
        one->state = "reconnect";
        one->advice = "reconnect: a person has to give the consent again";
        one->message = adsync_rows_text(h->connections, ADSYNC_C_MESSAGE);
    } else if (one->runs || one->due_us >= 0) {
        health_working(h, one);
    } else {
        health_ended(h, one);
    }
}

static adsync_value health_text(adsync_rows *row, uint32_t column) { return adsync__value_text(adsync_rows_text(row, column)); }

static adsync_value health_number(int64_t number) { return number > 0 ? adsync__value_int(number) : adsync__value_null(); }

static adsync_status health_put(health *h, const health_one *one, adsync_error **error)
{
    adsync_rows *c = h->connections;
    const adsync_value values[] = {
        adsync__value_int(one->connection),
        health_text(c, ADSYNC_C_PLATFORM),
        health_text(c, ADSYNC_C_ACCOUNT_ID),
        health_text(c, ADSYNC_C_NAME),
        adsync__value_text(one->state),
        adsync__value_text(one->advice),
        adsync__value_text(one->message),
        health_number(one->job),
        one->job ? adsync__value_int(one->progress) : adsync__value_null(),
        health_number(one->due_us),
        health_number(adsync_rows_int(c, ADSYNC_C_LAST_SYNC_US)),
        health_text(c, ADSYNC_C_LAST_STATUS),
        health_number(adsync_rows_int(c, ADSYNC_C_NEXT_SYNC_US)),
        health_number(adsync_rows_int(c, ADSYNC_C_REQUESTED_US)),
    };

    return adsync__rows_add(h->out, values, error);
}

static adsync_status health_of(health *h, adsync_error **error)
{
    health_one one = { .connection = adsync_rows_int(h->connections, ADSYNC_C_CONNECTION) };
    adsync_status rc = health_lanes(h, &one, error);

    if (rc < 0) return rc;
    health_slots(h, &one);
    if ((rc = health_job(h, &one, error)) >= 0) {
        health_judge(h, &one);
        rc = health_put(h, &one, error);
    }
    adsync_rows_free(one.row);
    return rc;
}

adsync_status adsync__health_list(adsync_storage *storage, int64_t now_us, int64_t org, int64_t connection, adsync_rows **out,
                                  adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_CONNECTION,  ADSYNC_C_PLATFORM,     ADSYNC_C_ACCOUNT_ID,   ADSYNC_C_NAME,
                                        ADSYNC_C_STATE,       ADSYNC_C_ADVICE,       ADSYNC_C_MESSAGE,      ADSYNC_C_JOB,
                                        ADSYNC_C_PROGRESS,    ADSYNC_C_RUN_AFTER_US, ADSYNC_C_LAST_SYNC_US, ADSYNC_C_LAST_STATUS,
                                        ADSYNC_C_NEXT_SYNC_US, ADSYNC_C_REQUESTED_US };
    health h = { .storage = storage, .org = org, .now_us = now_us };
    adsync_status rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), out, error);

    h.out = *out;
    if (rc >= 0) rc = adsync__storage_all(storage, org, ADSYNC_T_CONNECTIONS, connection, &h.connections, error);
    if (rc >= 0) rc = adsync__storage_all(storage, org, ADSYNC_T_LANES, connection, &h.lanes, error);
    if (rc >= 0) rc = adsync__storage_all(storage, org, ADSYNC_T_QUEUE, connection, &h.slots, error);
    if (rc >= 0) rc = adsync__storage_all(storage, org, ADSYNC_T_GRANTS, 0, &h.grants, error);
    while (rc >= 0 && adsync_rows_next(h.connections, NULL) == ADSYNC_ROW) rc = health_of(&h, error);
    health_free(&h);
    if (rc >= 0) return ADSYNC_OK;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}

adsync_status adsync__health_count(adsync_storage *storage, int64_t now_us, int64_t org, adsync_rows **out, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_STATE, ADSYNC_C_ROWS };
    static const char *const states[] = { "reconnect", "stuck",   "failed",  "partial", "syncing",
                                          "pending",   "waiting", "success", "never",   "disconnected" };
    int64_t counts[ADSYNC__COUNT(states)] = { 0 };
    adsync_rows *list = NULL;
    adsync_status rc = adsync__health_list(storage, now_us, org, 0, &list, error);

    if (rc < 0) return rc;
    while (adsync_rows_next(list, NULL) == ADSYNC_ROW)
        for (size_t i = 0; i < ADSYNC__COUNT(states); i++)
            counts[i] += adsync__equal_text(adsync_rows_text(list, ADSYNC_C_STATE), states[i]);
    adsync_rows_free(list);
    rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), out, error);
    for (size_t i = 0; i < ADSYNC__COUNT(states) && rc >= 0; i++) {
        const adsync_value values[] = { adsync__value_text(states[i]), adsync__value_int(counts[i]) };
        if (counts[i]) rc = adsync__rows_add(*out, values, error);
    }
    if (rc >= 0) return ADSYNC_OK;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}
