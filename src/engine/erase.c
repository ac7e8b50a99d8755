/* SPDX-License-Identifier: MIT */
/* Erasing an organisation.
 *
 *   marked "deleting"   nothing new is committed for it from here on (platform/fence.c), every call refuses
 *   schedules, queue    no more work
 *   lanes               what runs is told, and waited for, but not for long: it is fenced in the next step
 *   keys                forgotten: no secret opens any more
 *   tables              anchors first: a grant is made of nothing else than a consent, which is fenced; a connection needs its grant, a
 *                       job of a schedule its connection, a slot its job, a lane both. So what is empty once stays so, and behind the
 *                       anchors everything else does
 *   again               until a whole round has found nothing
 *   buried              the row says "erased", and the note by which workers find it goes
 *
 * A step is one lot. All of them may be done any number of times and by several engines at once, so there is nothing to remember: a crash
 * anywhere, and whoever comes next begins from the first step and finds the tables as they are. */
#include "engine_int.h"

#include "../vault/vault.h"

#include <adsync/org.h>
#include <stdio.h>

enum {
    ERASE_LOT = 400,           /* rows of a commit */
    ERASE_LOTS = 4,            /* of a turn */
    ERASE_WAIT_US = 20000000,  /* for lanes; each looks every ten seconds whether it stands */
    ERASE_AGAIN_US = 500000,   /* while it waits */
    ERASE_LOOK_US = 10000000,  /* between two looks of a worker whether anything is to be erased */
    ERASE_LEASE_US = 10000000, /* how long whoever does it is left alone */
    ERASE_AHEAD_US = 60000000, /* a lease beyond is of a clock that was ahead */
    ERASE_ORGS = 8
};
enum { ERASE_MORE, ERASE_WAITS, ERASE_DONE };

/* What comes before the rounds. */
enum { ERASE_SCHEDULES, ERASE_QUEUE, ERASE_LANES, ERASE_KEYS, ERASE_FIRST };

static const uint32_t erase_anchors[] = { ADSYNC_T_GRANTS, ADSYNC_T_CONNECTIONS, ADSYNC_T_SCHEDULES,
                                          ADSYNC_T_JOBS,   ADSYNC_T_QUEUE,       ADSYNC_T_LANES };

static bool erase_is_anchor(uint32_t table)
{
    for (size_t i = 0; i < ADSYNC__COUNT(erase_anchors); i++)
        if (erase_anchors[i] == table) return true;
    return false;
}

/* Steps of a round: the anchors, every table there is, then what the system's tables hold of it. */
static uint32_t erase_steps(void) { return (uint32_t)ADSYNC__COUNT(erase_anchors) + adsync_table_count() + 2; }

/* The table of a round's step; 0: none, this step has nothing to do. */
static uint32_t erase_table(uint32_t step)
{
    uint32_t table;

    if (step < ADSYNC__COUNT(erase_anchors)) return erase_anchors[step];
    table = step - (uint32_t)ADSYNC__COUNT(erase_anchors) + 1;
    return adsync_table_has_org(table) && table != ADSYNC_T_KEYS && !erase_is_anchor(table) ? table : 0;
}

/* ---- what the system's tables hold */

static bool erase_state_is_of(adsync_rows *row, int64_t org) { return adsync_rows_int(row, ADSYNC_C_ORG) == org; }

/* platform/app/scope:ORG.GRANT/class; accounts and people are the platform's, and may be others' too. */
static bool erase_limit_is_of(adsync_rows *row, int64_t org)
{
    static const char *const scopes[] = { "none", "grant", "member", "org", "object" };
    const char *key = adsync_rows_text(row, ADSYNC_C_KEY);
    char part[48];

    for (size_t i = 0; key && i < ADSYNC__COUNT(scopes); i++) {
        (void)snprintf(part, sizeof part, "/%s:%lld.", scopes[i], (long long)org);
        if (strstr(key, part)) return true;
    }
    return false;
}

typedef struct erase_system {
    uint32_t table, columns;
    bool (*is_of)(adsync_rows *row, int64_t org);
} erase_system;

static const erase_system erase_systems[] = {
    { ADSYNC_T_OAUTH_STATES, 2, erase_state_is_of },
    { ADSYNC_T_LIMITS, 2, erase_limit_is_of },
};

/* A page of it; the next step goes on behind it. */
static adsync_status erase_system_page(adsync_engine *engine, engine_erase *e, const erase_system *system, adsync_error **error)
{
    adsync_storage *storage = adsync__kernel_storage(engine->kernel);
    const adsync_value after = adsync__value_text(e->after);
    const adsync_range range = { .table = system->table,
                                 .flags = *e->after ? ADSYNC_RANGE_EXCLUSIVE : 0,
                                 .limit = ERASE_LOT,
                                 .columns = system->columns,
                                 .lower = &after,
                                 .n_lower = *e->after ? 1 : 0 };
    adsync_change changes[ERASE_LOT];
    adsync_rows *rows = NULL;
    uint32_t n = 0;
    size_t all;
    adsync_status rc = adsync_storage_scan(storage, 0, &range, &rows, error);

    if (rc < 0) return rc;
    all = adsync_rows_count(rows);
    for (size_t i = 0; adsync_rows_next(rows, NULL) == ADSYNC_ROW; i++) {
        (void)snprintf(e->after, sizeof e->after, "%s", adsync_rows_text(rows, ADSYNC_C_KEY));
        if (!system->is_of(rows, e->org)) continue;
        changes[n++] = (adsync_change){ .op = ADSYNC_CHANGE_DELETE,
                                        .table = system->table,
                                        .expected = ADSYNC_EXPECT_ANY,
                                        .values = adsync__rows_values(rows, i),
                                        .n_values = adsync_index_width(system->table, 0) };
    }
    for (uint32_t done = 0, lot; rc >= 0 && done < n; done += lot) {
        lot = n - done < 100 ? n - done : 100; /* any storage takes so many */
        rc = adsync_storage_commit(storage, 0, changes + done, lot, NULL, error);
    }
    adsync_rows_free(rows);
    if (rc < 0 || all < ERASE_LOT) *e->after = 0;
    if (rc >= 0 && all < ERASE_LOT) e->step++;
    return rc;
}

/* ---- steps */

static adsync_status erase_rows(adsync_engine *engine, engine_erase *e, uint32_t table, adsync_error **error)
{
    bool had = false, left = false;
    adsync_status rc = ADSYNC_OK;

    if (table) rc = adsync__erase_lot(adsync__kernel_storage(engine->kernel), e->org, table, ERASE_LOT, &had, &left, error);
    e->found |= had;
    if (rc >= 0 && !left) e->step++;
    return rc;
}

/* Whether some engine has a lane of it. */
static adsync_status erase_runs(adsync_engine *engine, int64_t org, bool *runs, adsync_error **error)
{
    const adsync_value bound = adsync__value_int(org);
    adsync_value from[3] = { bound };
    adsync_range range = {
        .table = ADSYNC_T_LANES, .limit = ERASE_LOT, .columns = 4, .lower = from, .n_lower = 1, .upper = &bound, .n_upper = 1
    };
    adsync_rows *rows = NULL;
    size_t n = ERASE_LOT;
    adsync_status rc = ADSYNC_OK;

    *runs = false;
    while (rc >= 0 && n == ERASE_LOT && !*runs) {
        if ((rc = adsync_storage_scan(adsync__kernel_storage(engine->kernel), org, &range, &rows, error)) < 0) return rc;
        n = adsync_rows_count(rows);
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
            *runs |= adsync_rows_int(rows, ADSYNC_C_ENGINE) != 0;
            from[1] = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_CONNECTION));
            from[2] = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_DATA));
        }
        range.n_lower = 3;
        range.flags = ADSYNC_RANGE_EXCLUSIVE;
        adsync_rows_free(rows);
        rows = NULL;
    }
    return rc;
}

static adsync_status erase_lanes(adsync_engine *engine, engine_erase *e, uint32_t *how, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel));
    bool runs = false;
    adsync_status rc;

    adsync__sync_leave(engine->sync, e->org);
    if ((rc = erase_runs(engine, e->org, &runs, error)) < 0) return rc;
    if (!e->until_us) e->until_us = now + ERASE_WAIT_US;
    if (runs && now < e->until_us)
        *how = ERASE_WAITS;
    else
        e->step++;
    return ADSYNC_OK;
}

/* The end of a round: what found something is followed by another one. */
static adsync_status erase_round(adsync_engine *engine, engine_erase *e, uint32_t *how, adsync_error **error)
{
    adsync_status rc;

    if (e->found) {
        e->found = false;
        e->step = ERASE_FIRST;
        return ADSYNC_OK;
    }
    if ((rc = adsync__org_bury(adsync__kernel_storage(engine->kernel), e->org, error)) >= 0) *how = ERASE_DONE;
    return rc;
}

static adsync_status erase_step(adsync_engine *engine, engine_erase *e, uint32_t *how, adsync_error **error)
{
    const uint32_t of_round = e->step - ERASE_FIRST, systems = erase_steps() - 2;
    adsync_status rc;

    *how = ERASE_MORE;
    if (e->step == ERASE_SCHEDULES) return erase_rows(engine, e, ADSYNC_T_SCHEDULES, error);
    if (e->step == ERASE_QUEUE) return erase_rows(engine, e, ADSYNC_T_QUEUE, error);
    if (e->step == ERASE_LANES) return erase_lanes(engine, e, how, error);
    if (e->step == ERASE_KEYS) {
        rc = adsync__vault_erase(adsync__kernel_storage(engine->kernel), e->org, adsync__now_us(adsync__kernel_effects(engine->kernel)),
                                 error);
        if (rc >= 0) e->step++;
        return rc;
    }
    if (of_round < systems) return erase_rows(engine, e, erase_table(of_round), error);
    if (of_round < erase_steps()) return erase_system_page(engine, e, &erase_systems[of_round - systems], error);
    return erase_round(engine, e, how, error);
}

static void erase_begin(adsync_engine *engine, int64_t org)
{
    if (engine->erase.org != org) engine->erase = (engine_erase){ .org = org };
}

/* Some lots. */
static adsync_status erase_lots(adsync_engine *engine, uint32_t *how, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;
    uint32_t lots = 0;

    *how = ERASE_MORE;
    while (rc >= 0 && *how == ERASE_MORE && lots < ERASE_LOTS) {
        uint32_t before = engine->erase.step;
        rc = erase_step(engine, &engine->erase, how, error);
        lots += engine->erase.step == before || engine->erase.found; /* tables that were empty cost little */
    }
    if (rc >= 0 && *how == ERASE_DONE) engine->erase = (engine_erase){ 0 };
    return rc;
}

/* ---- by a worker, while nobody waits */

/* The first that nobody else is at, for some seconds ours. 0: none. */
static adsync_status erase_lease(adsync_engine *engine, adsync_rows *row, int64_t *org, adsync_error **error)
{
    const int64_t now = adsync__now_us(adsync__kernel_effects(engine->kernel)), until = adsync_rows_int(row, ADSYNC_C_VALUE);
    const adsync_value note[] = { adsync__value_text(adsync_rows_text(row, ADSYNC_C_KEY)), adsync__value_int(now + ERASE_LEASE_US) };
    const adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_META, .expected = adsync_rows_int(row, ADSYNC_C_VERSION), .values = note, .n_values = 2
    };
    int64_t number = adsync__org_deleting_number(row);
    adsync_status rc;

    *org = 0;
    if (number != engine->erase.org && until > now && until < now + ERASE_AHEAD_US) return ADSYNC_OK;
    if ((rc = adsync_storage_commit(adsync__kernel_storage(engine->kernel), 0, &put, 1, NULL, error)) >= 0) *org = number;
    return rc == ADSYNC_E_CONFLICT ? ADSYNC_OK : rc;
}

static adsync_status erase_look(adsync_engine *engine, int64_t *org, adsync_error **error)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync__org_deleting(adsync__kernel_storage(engine->kernel), ERASE_ORGS, &rows, error);

    *org = 0;
    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        adsync__sync_leave(engine->sync, adsync__org_deleting_number(rows));
        if (!*org) rc = erase_lease(engine, rows, org, error);
    }
    adsync_rows_free(rows);
    return rc;
}

static adsync_status erase_tend(adsync_engine *engine, int64_t now, adsync_error **error)
{
    uint32_t how;
    int64_t org = engine->erase.org;
    adsync_status rc = ADSYNC_OK;

    if (!org || now >= engine->erase_lease_us) {
        if ((rc = erase_look(engine, &org, error)) < 0) return rc;
        engine->erase_lease_us = now + ERASE_LEASE_US / 2;
        if (!org) engine->erase = (engine_erase){ 0 };
    }
    engine->erase_at_us = now + ERASE_LOOK_US;
    if (!org) return ADSYNC_OK;
    erase_begin(engine, org);
    if ((rc = erase_lots(engine, &how, error)) < 0) return rc;
    engine->erase_at_us = how == ERASE_WAITS ? now + ERASE_AGAIN_US : now; /* where it is done there may be another one */
    return ADSYNC_OK;
}

/* Trouble is the erasure's own: other work goes on. */
void adsync__erase_tend(adsync_engine *engine)
{
    adsync__effects *effects = adsync__kernel_effects(engine->kernel);
    int64_t now = adsync__monotonic_us(effects);
    adsync_error *words = NULL;

    if (!engine->claims || engine->fenced || now < engine->erase_at_us) return;
    if (erase_tend(engine, now, &words) < 0) {
        adsync__log(effects, ADSYNC_LOG_WARN, "org.erase", "an organisation that is being deleted is gone on with later: %s",
                    adsync_error_message(words));
        engine->erase_at_us = now + ERASE_LOOK_US;
    }
    adsync_error_free(words);
}

/* ---- by whoever asks */

static adsync_status erase_answer(const engine_erase *e, bool erased, adsync_rows **out, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_STATE, ADSYNC_C_NAME, ADSYNC_C_PROGRESS };
    const uint32_t of_round = e->step < ERASE_FIRST ? 0 : e->step - ERASE_FIRST, table = e->step < ERASE_FIRST ? 0 : erase_table(of_round);
    const adsync_value values[] = { adsync__value_text(erased ? "erased" : "deleting"),
                                    adsync__value_text(table ? adsync_table_name(table) : NULL),
                                    adsync__value_int(erased ? 1000000 : (int64_t)1000000 * of_round / (erase_steps() + 1)) };
    adsync_status rc;

    if (!out) return ADSYNC_OK;
    if ((rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), out, error)) >= 0) rc = adsync__rows_add(*out, values, error);
    if (rc >= 0) return rc;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}

/* Until it is done, or until the time is over; the engine turns in between, for its heartbeat and for what else it has. */
static adsync_status erase_wait(adsync_engine *engine, int64_t org, int64_t wait_us, adsync_error **error)
{
    adsync__effects *effects = adsync__kernel_effects(engine->kernel);
    int64_t until = adsync__monotonic_us(effects) + wait_us;
    uint32_t how = ERASE_MORE;
    adsync_status rc = ADSYNC_OK;

    erase_begin(engine, org);
    while (wait_us >= 0 && how != ERASE_DONE && adsync__monotonic_us(effects) < until) {
        if ((rc = erase_lots(engine, &how, error)) < 0 || how == ERASE_DONE) break;
        if ((rc = adsync__engine_turn(engine, how == ERASE_WAITS ? ERASE_AGAIN_US : 0, error)) < 0) break;
        erase_begin(engine, org); /* the turn may have gone on with another one's */
    }
    if (rc < 0) return rc;
    return how == ERASE_DONE ? ADSYNC_OK : ADSYNC_PENDING;
}

adsync_status adsync_org_erase(adsync_engine *engine, const char *org, const adsync_call *call, adsync_rows **out, adsync_error **error)
{
    adsync_error *words = NULL;
    int64_t number = 0, wait_us;
    uint32_t state = 0;
    adsync_status rc, answered;

    if (out) *out = NULL;
    if ((rc = adsync__call_wait(call, &wait_us, error)) < 0) return rc;
    if ((rc = adsync__engine_enter(engine, "adsync_org_erase", error)) < 0) return rc;
    rc = adsync__org_delete(adsync__kernel_storage(engine->kernel), org, &number, &state, &words);
    if (rc >= 0 && state == ADSYNC__ORG_DELETING) {
        adsync__storage_notify(adsync__kernel_storage(engine->kernel)); /* what runs elsewhere is to end soon */
        rc = erase_wait(engine, number, wait_us, &words);
    }
    if (rc >= 0 && (answered = erase_answer(&engine->erase, rc == ADSYNC_OK, out, &words)) < 0) rc = answered;
    adsync__engine_leave(engine);
    return adsync__fail_with(error, rc, words);
}
