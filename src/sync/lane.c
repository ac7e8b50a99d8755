/* SPDX-License-Identifier: MIT */
/* A lane at work: its flight, its units, its end. */
#include "../base/switch.h"
#include "sync_int.h"

#include <stdio.h>

/* ---- opened and closed */

bool sync_supports(const sync_lane *lane, uint32_t task, uint32_t kind)
{
    return adsync__manifest_supports(&lane->app->connector->manifest, task, kind);
}

static void lane_free(sync_lane *lane)
{
    adsync__unit_drop(lane->unit);
    adsync__secret_free(&lane->carried);
    adsync__connection_unload(&lane->connection);
    adsync__grant_unload(&lane->grant);
    sync_cursor_free(&lane->cursor);
    adsync__free(lane->seen);
    adsync__free(lane->ids);
    adsync__free(lane->kept);
    adsync__free(lane->durable);
    adsync__free(lane->next_durable);
    adsync__free(lane->end);
    adsync__free(lane);
}

void sync_lane_close(sync_lane *lane)
{
    if (lane->flight) adsync__flight_drop(lane->flight);
    lane->flight = NULL;
    if (lane->link) {
        *lane->link = lane->next;
        if (lane->next) lane->next->link = lane->link;
        lane->link = NULL;
        lane->sync->n_lanes--;
        if (lane->sync->alone == lane) lane->sync->alone = NULL;
    }
    lane->leaving = true;
    if (!lane->waiting && !lane->asking && !lane->ending) lane_free(lane); /* else the end of what is on its way frees it */
}

/* One for all lanes that need it: accounts are many, zones are few. */
adsync_status sync_zone_of(adsync__sync *sync, const char *name, const adsync__zone **out, adsync_error **error)
{
    sync_zone **at = &sync->zones, *made;
    adsync_status rc;

    for (; *at; at = &(*at)->next)
        if (!strcmp((*at)->name, name)) {
            *out = (*at)->zone;
            return ADSYNC_OK;
        }
    if (!(made = adsync__alloc_zero(1, sizeof *made + strlen(name) + 1))) return adsync__fail_memory(error);
    if ((rc = adsync__zone_load(NULL, name, &made->zone, error)) < 0) {
        adsync__free(made);
        return rc;
    }
    memcpy(made->name, name, strlen(name) + 1);
    *at = made;
    *out = made->zone;
    return ADSYNC_OK;
}

adsync_status sync_lane_zone(sync_lane *lane, adsync_error **error)
{
    const char *zone = adsync__manifest_setting(&lane->app->connector->manifest, "day_zone");

    if (lane->zone) return ADSYNC_OK;
    if (zone && strcmp(zone, "account")) return sync_zone_of(lane->sync, zone, &lane->zone, error);
    if (!lane->connection.time_zone)
        return adsync__fail(error, ADSYNC_E_FORMAT, "connection.time_zone",
                            "the account's time zone is not known, so its days are not either");
    return sync_zone_of(lane->sync, lane->connection.time_zone, &lane->zone, error);
}

/* A connection that a person has to mend first is not worth a call. */
adsync_status sync_may(const adsync__connection *connection, adsync_error **error)
{
    adsync_status rc = adsync__connection_check(connection, error);

    if (rc < 0 || !connection->status || !strcmp(connection->status, "active") || !strcmp(connection->status, "error")) return rc;
    return adsync__fail(error, ADSYNC_E_AUTH, "connection.status", "the connection is %s: it has to be connected again before it can sync",
                        connection->status);
}

static adsync_status lane_load(sync_lane *lane, adsync_error **error)
{
    adsync__kernel *kernel = lane->sync->kernel;
    adsync_status rc;

    if ((rc = adsync__connection_load(kernel, lane->org, lane->connection_id, &lane->connection, error)) < 0) return rc;
    if ((rc = sync_may(&lane->connection, error)) < 0) return rc;
    if ((rc = adsync__grant_load(kernel, lane->org, lane->connection.grant, &lane->grant, error)) < 0) return rc;
    lane->app = adsync__kernel_find_app(kernel, lane->connection.platform, lane->grant.app);
    if (lane->app) return lane->parent ? ADSYNC_OK : sync_class_check(lane->app->connector, lane->wish.data, error);
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "app.unknown", "no app named %s is registered for %s here", lane->grant.app,
                        lane->connection.platform);
}

adsync_status sync_lane_open(adsync__sync *sync, adsync_rows *job, int64_t org, sync_lane **out, adsync_error **error)
{
    sync_lane *lane = adsync__alloc_zero(1, sizeof *lane);
    adsync_status rc;

    *out = NULL;
    if (!lane) return adsync__fail_memory(error);
    if ((rc = sync_params_cursor(adsync_rows_text(job, ADSYNC_C_PARAMS), &lane->kept, error)) < 0 ||
        (rc = sync_params_ids(adsync_rows_text(job, ADSYNC_C_PARAMS), &lane->ids, error)) < 0) {
        adsync__free(lane->kept);
        adsync__free(lane);
        return rc;
    }
    lane->sync = sync;
    lane->org = org;
    lane->job = adsync_rows_int(job, ADSYNC_C_JOB);
    lane->connection_id = adsync_rows_int(job, ADSYNC_C_CONNECTION);
    lane->attempt = (uint32_t)adsync_rows_int(job, ADSYNC_C_ATTEMPT);
    sync_wish_read(&lane->wish, job, org);
    lane->parent = adsync_rows_int(job, ADSYNC_C_PARENT);
    lane->started_us = adsync_rows_int(job, ADSYNC_C_STARTED_US);
    lane->wish.ids = lane->ids;
    lane->plan = lane->wish.data == ADSYNC_DATA_METRICS ? &sync_metrics : &sync_campaigns;
    if (lane->wish.mode == ADSYNC_SYNC_ENTITY) lane->plan = &sync_single;
    sync_cursor_begin(&lane->cursor);
    *out = lane;
    return ADSYNC_OK;
}

/* ---- units */

static void lane_unit_done(void *user, adsync_status status, const adsync_error *error)
{
    sync_lane *lane = user;
    void (*after)(sync_lane *) = lane->after;

    lane->waiting = false;
    if (lane->leaving) {
        sync_lane_close(lane);
        return;
    }
    if (status == ADSYNC_E_CONFLICT) { /* somebody took the lane or cancelled the job; else it is still ours, and begun anew */
        lane->sync->lost = true;
        sync_lane_close(lane);
        return;
    }
    if (status < 0) {
        sync_lane_end(lane, status, error);
        return;
    }
    if (lane->version != lane->next_version && lane->sync->alone == lane) lane->sync->alone = NULL; /* it moved: it is not deadly */
    lane->version = lane->next_version;
    lane->job_version = lane->next_job_version;
    if (lane->next_durable) {
        adsync__free(lane->durable);
        lane->durable = lane->next_durable;
        lane->next_durable = NULL;
    }
    if (after && !lane->sync->closing) after(lane);
}

adsync__commit_unit *sync_lane_unit(sync_lane *lane, adsync_error **error)
{
    if (!lane->unit && !(lane->unit = adsync__unit_new(lane->sync->kernel, lane->org, lane_unit_done, lane)))
        (void)adsync__fail_memory(error);
    return lane->unit;
}

void sync_lane_put(sync_lane *lane, const char *cursor, bool idle)
{
    const adsync_value values[] = {
        adsync__value_int(lane->org),
        adsync__value_int(lane->connection_id),
        adsync__value_int(lane->wish.data),
        idle ? adsync__value_null() : adsync__value_int(lane->sync->engine),
        idle ? adsync__value_null() : adsync__value_int(lane->job),
        adsync__value_text(cursor),
        adsync__value_int(0), /* progress: nobody counts take-overs any more */
        adsync__value_int(adsync__now_us(adsync__kernel_effects(lane->sync->kernel))),
    };

    adsync__unit_put(lane->unit, ADSYNC_T_LANES, ADSYNC__GUARD(LANE) ? lane->version : ADSYNC_EXPECT_ANY, lane->next_version, values,
                     ADSYNC__COUNT(values));
}

void sync_lane_put_job(sync_lane *lane, const char *state, const char *message, const char *name, bool ended)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
    const adsync_value values[] = {
        adsync__value_int(lane->org),
        adsync__value_int(lane->job),
        adsync__value_text(state),
        adsync__value_int(lane->attempt),
        adsync__value_int((int64_t)(lane->progress * 1000000)),
        adsync__value_text(message),
        adsync__value_text(name),
        adsync__value_int(now),
        adsync__value_int(lane->started_us),
        ended ? adsync__value_int(now) : adsync__value_null(),
    };

    adsync__unit_put(lane->unit, ADSYNC_T_JOBS, ADSYNC__GUARD(LANE) ? lane->job_version : ADSYNC_EXPECT_ANY, lane->next_job_version, values,
                     ADSYNC__COUNT(values));
}

/* With its guard off: the cursor goes ahead of the rows, in a commit of its own. */
static adsync_status lane_cursor_ahead(sync_lane *lane, const char *cursor, adsync_error **error)
{
    adsync__commit_unit *rows = lane->unit;
    adsync_status rc;

    lane->unit = NULL;
    if (!sync_lane_unit(lane, error)) return ADSYNC_E_MEMORY;
    sync_lane_put(lane, cursor, false);
    lane->ending = true; /* so that it outlives being fenced */
    rc = adsync__unit_commit_fenced(lane->unit, error);
    lane->ending = false;
    lane->unit = rows;
    lane->version = lane->next_version;
    return rc;
}

/* 1240567 as 1,240,567. */
static void lane_number(int64_t n, char out[32])
{
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%lld", (long long)n), to = 0;

    for (int i = 0; i < size; i++) {
        if (i && (size - i) % 3 == 0) out[to++] = ',';
        out[to++] = digits[i];
    }
    out[to] = 0;
}

/* "campaigns: 3 of 7 kinds, 1,240 rows" */
static void lane_progress(sync_lane *lane, char *out, size_t room)
{
    uint32_t of = 0, done = lane->plan->done(lane, &of);
    char rows[32];

    lane->progress = of ? (double)done / of : 0;
    lane_number(lane->cursor.rows, rows);
    (void)snprintf(out, room, "%s: %u of %u %s, %s row%s", lane->plan->data ? lane->plan->data : adsync_data_name(lane->wish.data), done,
                   of, lane->plan->steps, rows, lane->cursor.rows == 1 ? "" : "s");
}

adsync_status sync_lane_commit(sync_lane *lane, bool move, void (*after)(sync_lane *lane), adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(lane->wish.data) };
    adsync__effects *effects = adsync__kernel_effects(lane->sync->kernel);
    adsync__buffer text;
    char message[120];
    adsync_status rc;

    if (!sync_lane_unit(lane, error)) return ADSYNC_E_MEMORY;
    lane->next_version = lane->version;
    lane->next_job_version = lane->job_version;
    if (!move && ADSYNC__GUARD(LANE)) adsync__unit_check(lane->unit, ADSYNC_T_LANES, lane->version, key);
    if (move) {
        if ((rc = sync_cursor_write(&lane->cursor, false, &text, error)) < 0) return rc;
        lane->next_version = adsync__version_draw(effects);
        lane->next_job_version = adsync__version_draw(effects);
        lane_progress(lane, message, sizeof message);
        if (ADSYNC__GUARD(CURSOR))
            sync_lane_put(lane, text.p, false);
        else
            (void)lane_cursor_ahead(lane, text.p, error);
        sync_lane_put_job(lane, "running", message, NULL, false);
        adsync__free(lane->next_durable);
        lane->next_durable = text.p;
    }
    lane->after = after;
    lane->waiting = true;
    adsync__unit_submit(lane->unit);
    lane->unit = NULL;
    return ADSYNC_OK;
}

/* ---- flights */

static adsync_status lane_secret(void *user, adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error)
{
    sync_lane *lane = user;

    (void)flight;
    if (!strcmp(name, "carried") && lane->carried.p)
        return adsync__secret_make(adsync__kernel_secrets(lane->sync->kernel), lane->carried.p, lane->carried.size, out, error);
    return adsync__grant_secret(lane->sync->kernel, lane->org, lane->connection.grant, name, out, error);
}

static void lane_audit(void *user, adsync__flight *flight, const adsync__audit *audit)
{
    sync_lane *lane = user;
    adsync__commit_unit *unit = adsync__unit_new(lane->sync->kernel, lane->org, NULL, NULL);

    if (!unit) return; /* without memory the next storage call fails loudly enough */
    adsync__unit_audit(unit, adsync__flight_about(flight), audit);
    adsync__unit_submit(unit);
}

static void lane_stop_flight(sync_lane *lane)
{
    if (lane->flight) adsync__flight_drop(lane->flight);
    lane->flight = NULL;
}

static void lane_again(sync_lane *lane)
{
    lane_stop_flight(lane);
    sync_lane_next(lane);
}

/* A step that the platform refuses is left out and noted; the job goes on and ends as partial. */
static void lane_skip(sync_lane *lane, const char *why)
{
    adsync_error *error = NULL;
    adsync_status rc;

    lane_stop_flight(lane);
    lane->cursor.partial++;
    if (!*lane->cursor.note)
        (void)snprintf(lane->cursor.note, sizeof lane->cursor.note, "%.*s", (int)adsync__utf8_cut(why, strlen(why), 190), why);
    if ((rc = lane->plan->skip(lane, &error)) >= 0)
        rc = sync_lane_commit(lane, true, lane->finished ? sync_lane_finish : sync_lane_next, &error);
    if (rc < 0) sync_lane_end(lane, rc, error);
    adsync_error_free(error);
}

/* What is in force now, so that its own end can be told from that of the token before it. */
static void lane_renew(sync_lane *lane)
{
    adsync__grant there;

    lane->refreshed = true;
    if (adsync__grant_load(lane->sync->kernel, lane->org, lane->connection.grant, &there, NULL) < 0) return;
    lane->grant.generation = there.generation;
    lane->grant.access_expires_us = there.access_expires_us;
    adsync__grant_unload(&there);
}

static void lane_refreshed(void *user, adsync_status status, const adsync_error *error)
{
    sync_lane *lane = user;

    lane->asking = false;
    if (lane->leaving) {
        sync_lane_close(lane);
        return;
    }
    if (status < 0) {
        sync_lane_end(lane, status, error);
        return;
    }
    lane_renew(lane);
    if (!lane->flight) {
        sync_lane_next(lane);
        return;
    }
    adsync__task_int(adsync__flight_task(lane->flight), "token_us", adsync__now_us(adsync__kernel_effects(lane->sync->kernel)));
    adsync__flight_go(lane->flight);
}

/* Who brings what an outcome needs. */
static const struct lane_need {
    const char *prefix; /* the last one fits all */
    uint32_t op;
    bool secret;
    const char *words;
} lane_needs_known[] = {
    { "page:", ADSYNC_TASK_ACCOUNT_DISCOVER, true, "the token" },
    { "app_bearer", ADSYNC_TASK_AUTH_APP_TOKEN, true, "the token" },
    { "", ADSYNC_TASK_ACCOUNT_GET, false, "the account's" },
};

static const struct lane_need *lane_need_of(const char *what)
{
    const struct lane_need *need = lane_needs_known;

    while (strncmp(what, need->prefix, strlen(need->prefix))) need++;
    return need;
}

/* What was needed is in its row now; the flight under way gets it as well. */
static void lane_fetched(void *user, adsync_status status, const adsync_error *error)
{
    sync_lane *lane = user;
    const adsync__zone *zone = lane->zone;

    (void)status, (void)error; /* without it the next answer says what is missing */
    lane->asking = false;
    if (lane->leaving || !lane->flight) {
        if (lane->leaving) sync_lane_close(lane);
        return;
    }
    lane->zone = NULL;
    (void)sync_lane_reload(lane, NULL);
    lane->zone = zone;
    if (lane_need_of(lane->needed)->secret) adsync__task_text(adsync__flight_task(lane->flight), ADSYNC__TASK_SECRET, lane->needed, "");
    if (lane->connection.rows) adsync__connection_facts(&lane->connection, adsync__flight_task(lane->flight));
    adsync__flight_go(lane->flight);
}

/* An account that is not there for this grant leaves nothing to do; any other step can be left out. */
static bool lane_may_skip(sync_lane *lane, uint32_t refusal)
{
    if (refusal == ADSYNC_CLASS_NOT_FOUND && adsync_task_op(adsync__flight_task(lane->flight)) == ADSYNC_TASK_ACCOUNT_GET) return false;
    return refusal == ADSYNC_CLASS_PERMISSION || refusal == ADSYNC_CLASS_NOT_FOUND || refusal == ADSYNC_CLASS_UNSUPPORTED ||
           refusal == ADSYNC_CLASS_INVALID || refusal == ADSYNC_CLASS_WRONG_TOKEN_KIND || refusal == ADSYNC_CLASS_TOO_LARGE;
}

static void lane_refused(sync_lane *lane, const adsync_outcome *outcome)
{
    adsync_error *error = NULL;
    adsync_status status = adsync__flight_error(lane->flight, outcome, &error);

    if (outcome->refusal == ADSYNC_CLASS_AUTH_EXPIRED && !lane->refreshed) {
        adsync__flight_hold(lane->flight);
        lane->asking = true;
        adsync__grant_refresh(lane->sync->kernel, lane->org, lane->connection.grant, lane->grant.generation, lane_refreshed, lane);
    } else if (lane_may_skip(lane, outcome->refusal)) {
        lane_skip(lane, adsync_error_message(error));
    } else {
        lane->retry_after_us = outcome->retry_after_us;
        sync_lane_end(lane, status, error);
    }
    adsync_error_free(error);
}

/* Needed again right after it was fetched, it cannot be had. */
static void lane_needs(sync_lane *lane, const char *what)
{
    const struct lane_need *need = lane_need_of(what);
    char why[300];

    if (strcmp(lane->needed, what) && strlen(what) < sizeof lane->needed) {
        (void)snprintf(lane->needed, sizeof lane->needed, "%s", what);
        lane->asking = true;
        adsync__grant_task(lane->sync->kernel, lane->org, lane->connection.grant, need->secret ? 0 : lane->connection_id, need->op,
                           lane->wish.priority, NULL, lane_fetched, lane);
        return;
    }
    (void)snprintf(why, sizeof why, "%s, %s: %s %s is not given to this connection", lane->connection.platform,
                   adsync_kind_name(adsync__flight_about(lane->flight)->kind), need->words, what);
    lane_skip(lane, why);
}

/* What an answer gave for the next request alone stays here; the rest is the grant's. */
static adsync_status lane_take_secrets(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    bool others = false;
    adsync_status rc = ADSYNC_OK;

    for (const adsync__out_secret *secret = outcome->secrets; secret && rc >= 0; secret = secret->next) {
        if (!adsync__equal_text(secret->name, "carried")) {
            others = true;
            continue;
        }
        adsync__secret_free(&lane->carried);
        rc = adsync__secret_make(adsync__kernel_secrets(lane->sync->kernel), secret->p, secret->size, &lane->carried, error);
        if (rc >= 0) adsync__task_text(adsync__flight_task(lane->flight), ADSYNC__TASK_SECRET, "carried", "");
    }
    if (rc < 0 || !others) return rc;
    return adsync__grant_store(lane->sync->kernel, lane->org, lane->connection.grant, outcome, error);
}

static uint64_t lane_digest(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (; *text; text++) h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h ? h : 1;
}

/* Whether the pages lead back to one that was read: against a page before, which is one further on each time as many more were read. So a
 * circle of any length is seen within a few rounds, and nothing has to be kept of the pages. */
static bool lane_goes_round(sync_lane *lane, const char *cursor)
{
    uint64_t digest = lane_digest(cursor);

    if (digest == lane->round_mark) return true;
    if (lane->round_mark && ++lane->round_steps < lane->round_most) return false;
    lane->round_mark = digest;
    lane->round_most = lane->round_most ? 2 * lane->round_most : 1;
    lane->round_steps = 0;
    return false;
}

/* What a platform may do for ever, and a job must not. */
static adsync_status lane_gets_on(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    const char *kind = adsync_kind_name(adsync__flight_about(lane->flight)->kind);

    if (outcome->way == ADSYNC__WAY_DONE) lane->stales = 0;
    if (outcome->way == ADSYNC__WAY_STALE && ++lane->stales > SYNC_STALES)
        return adsync__fail(error, ADSYNC_E_TRANSIENT, "platform.stale", "%s, %s: the platform forgets its pages while they are read",
                            lane->connection.platform, kind);
    if (outcome->way == ADSYNC__WAY_NEXT && outcome->cursor && lane_goes_round(lane, outcome->cursor))
        return adsync__fail(error, ADSYNC_E_FORMAT, "platform.loop", "%s, %s: the pages lead back to one that was read",
                            lane->connection.platform, kind);
    return ADSYNC_OK;
}

static void lane_outcome(void *user, adsync__flight *flight, const adsync_outcome *outcome)
{
    sync_lane *lane = user;
    adsync_error *error = NULL;
    adsync_status rc = ADSYNC_OK;

    (void)flight;
    if (outcome->warnings && !*lane->warning)
        (void)snprintf(lane->warning, sizeof lane->warning, "%s: %.*s", outcome->warnings->code,
                       (int)adsync__utf8_cut(outcome->warnings->message, strlen(outcome->warnings->message), 150),
                       outcome->warnings->message);
    lane->delay_us = outcome->way == ADSYNC__WAY_WAIT ? outcome->delay_us : 0;
    if (outcome->way != ADSYNC__WAY_FAIL) lane->refreshed = false; /* the token was good: when it ends there will be another */
    if (outcome->facts &&
        (rc = adsync__connection_learn(lane->sync->kernel, lane->org, lane->connection_id, outcome, NULL, NULL, &error)) < 0)
        goto failed;
    if ((rc = lane_take_secrets(lane, outcome, &error)) < 0) goto failed;
    if ((rc = lane_gets_on(lane, outcome, &error)) < 0) goto failed;
    switch (outcome->way) {
    case ADSYNC__WAY_FAIL:
        lane_refused(lane, outcome);
        return;
    case ADSYNC__WAY_NEED:
        lane_needs(lane, outcome->need);
        return;
    case ADSYNC__WAY_STALE:
        adsync__buffer_clear(&lane->cursor.at);
        lane_again(lane);
        return;
    case ADSYNC__WAY_UNKNOWN:
        rc = adsync__fail(&error, ADSYNC_E_TRANSIENT, "platform.unknown", "nobody can tell what the platform's answer means");
        break;
    default:
        rc = lane->plan->outcome(lane, outcome, &error);
    }
    if (rc >= 0) return;
failed:
    sync_lane_end(lane, rc, error);
    adsync_error_free(error);
}

/* Over by itself after done or split: the plan's unit is on its way. Anything else is a failure that no answer came with. */
static void lane_ended(void *user, adsync__flight *flight, adsync_status status, const adsync_error *error)
{
    sync_lane *lane = user;

    (void)flight;
    lane->flight = NULL;
    if (status < 0 && !lane->leaving) sync_lane_end(lane, status, error);
}

static const adsync__flight_hooks lane_hooks = { lane_secret, lane_audit, lane_outcome, lane_ended };

adsync_status sync_lane_task(sync_lane *lane, uint32_t op, uint32_t kind, adsync_task **task, adsync_error **error)
{
    const adsync__flight_spec spec = {
        .app = lane->app,
        .org = lane->org,
        .grant = lane->connection.grant,
        .connection = lane->connection_id,
        .job = lane->job,
        .account_id = lane->connection.account_id,
        .member = lane->grant.external_user,
        .priority = lane->wish.priority,
        .op = op,
        .kind = kind,
        .hooks = &lane_hooks,
        .user = lane,
    };
    adsync_status rc = adsync__flight_new(lane->sync->kernel, &spec, &lane->flight, error);

    if (rc < 0) return rc;
    lane->round_mark = lane->round_steps = lane->round_most = 0;
    *task = adsync__flight_task(lane->flight);
    adsync__task_text(*task, ADSYNC__TASK_PARAM, "account_id", lane->connection.account_id);
    adsync__task_text(*task, ADSYNC__TASK_SECRET, "access_token", "");
    adsync__grant_facts(&lane->grant, *task);
    adsync__connection_facts(&lane->connection, *task);
    if (lane->cursor.at.size) adsync__task_text(*task, ADSYNC__TASK_PARAM, "cursor", lane->cursor.at.p);
    return ADSYNC_OK;
}

void sync_lane_fly(sync_lane *lane) { adsync__flight_go(lane->flight); }

/* Whether the connection was ended meanwhile. */
static adsync_status lane_connection_stands(sync_lane *lane, adsync_error **error)
{
    adsync__connection there;
    adsync_status rc = adsync__connection_load(lane->sync->kernel, lane->org, lane->connection_id, &there, error);

    if (rc < 0) return rc;
    rc = adsync__connection_check(&there, error);
    adsync__connection_unload(&there);
    return rc;
}

/* Of many lanes that begin in one turn, one asks for all of their organisation. */
static adsync_status lane_org_stands(sync_lane *lane, adsync_error **error)
{
    adsync__sync *sync = lane->sync;
    sync_stood *stood = &sync->stood[lane->org % SYNC_STOOD];
    adsync_status rc;

    if (stood->org == lane->org && stood->turn == sync->turn) return ADSYNC_OK;
    if ((rc = adsync__org_stands(adsync__kernel_storage(sync->kernel), lane->org, error)) >= 0)
        *stood = (sync_stood){ lane->org, sync->turn };
    return rc;
}

/* Between two steps, and now and then between two pages of a long one: whether there is still somebody to work for. */
static adsync_status lane_stands(sync_lane *lane, bool step, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(lane->sync->kernel));
    bool due = !lane->stands_at_us || now >= lane->stands_at_us;
    adsync_status rc = ADSYNC_OK;

    if (due) lane->stands_at_us = now + SYNC_STANDS_US;
    if (due) rc = lane_org_stands(lane, error);
    return rc >= 0 && (due || step) ? lane_connection_stands(lane, error) : rc;
}

void sync_lane_go(sync_lane *lane)
{
    adsync_error *error = NULL;
    adsync_status rc;

    if (!lane->flight) return;
    if ((rc = lane_stands(lane, false, &error)) < 0)
        sync_lane_end(lane, rc, error);
    else if (lane->delay_us > 0)
        adsync__flight_go_at(lane->flight, adsync__monotonic_us(adsync__kernel_effects(lane->sync->kernel)) + lane->delay_us);
    else
        adsync__flight_go(lane->flight);
    adsync_error_free(error);
}

/* Refreshed ahead of its end. Where that could not be done now the token at hand is tried: its end will be told. (A lane that is leaving
 * may have outlived what it belonged to.) */
static void lane_token_came(void *user, adsync_status status, const adsync_error *error)
{
    sync_lane *lane = user;

    if (!lane->leaving && status < 0 && status != ADSYNC_E_AUTH &&
        lane->grant.access_expires_us > adsync__now_us(adsync__kernel_effects(lane->sync->kernel)))
        status = ADSYNC_OK;
    lane_refreshed(lane, status, error);
}

/* A token that ended, or ends while the job is at work, is not worth a call: it is refreshed first, or a person has to. PENDING: asked. */
static adsync_status lane_token(sync_lane *lane, adsync_error **error)
{
    int64_t ends = lane->grant.access_expires_us, left = ends - adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
    bool over = adsync__equal_text(lane->grant.state, "expired") || adsync__equal_text(lane->grant.state, "revoked");

    if (lane->token_seen) return ADSYNC_OK;
    lane->token_seen = true;
    if (over)
        return adsync__fail(error, ADSYNC_E_AUTH, "grant.state", "the consent is %s: connect %s again", lane->grant.state,
                            lane->connection.platform);
    if (ends <= 0 || left > SYNC_TOKEN_US) return ADSYNC_OK;
    if (adsync__grant_refreshable(lane->sync->kernel, lane->connection.platform)) {
        lane->asking = true;
        adsync__grant_refresh(lane->sync->kernel, lane->org, lane->connection.grant, lane->grant.generation, lane_token_came, lane);
        return ADSYNC_PENDING;
    }
    if (left > 0) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_AUTH, "grant.expired", "the access token ended and cannot be renewed: connect %s again",
                        lane->connection.platform);
}

void sync_lane_next(sync_lane *lane)
{
    adsync_error *error = NULL;
    bool over = false;
    adsync_status rc = lane_stands(lane, lane->app != NULL, &error);

    if (rc >= 0 && !lane->app) rc = lane_load(lane, &error);
    if (rc >= 0 && (rc = lane_token(lane, &error)) == ADSYNC_PENDING) return;
    if (rc >= 0) rc = lane->plan->next(lane, &over, &error);
    if (rc < 0 || over) sync_lane_end(lane, rc < 0 ? rc : ADSYNC_OK, error);
    adsync_error_free(error);
}

adsync_status sync_lane_reload(sync_lane *lane, adsync_error **error)
{
    adsync__connection_unload(&lane->connection);
    lane->zone = NULL;
    return adsync__connection_load(lane->sync->kernel, lane->org, lane->connection_id, &lane->connection, error);
}
