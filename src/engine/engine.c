/* SPDX-License-Identifier: MIT */
#include "engine_int.h"

#include "builtin.h"

#include <stdio.h>

adsync_status adsync__engine_enter(adsync_engine *engine, const char *what, adsync_error **error)
{
    if (!engine) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "%s: engine is NULL", what);
    return adsync__guard_enter(&engine->guard, what, error);
}

static void engine_destroy(adsync_engine *engine)
{
    bool clean;

    adsync__watch_end(engine);
    if (engine->sync) adsync__sync_close(engine->sync);
    clean = adsync__sync_free(engine->sync);
    if (engine->kernel) adsync__presence_end(engine, clean);
    adsync__kernel_free(engine->kernel);
    adsync__free(engine->others);
    adsync__free(engine->events);
    adsync__free(engine);
}

void adsync__engine_leave(adsync_engine *engine)
{
    if (adsync__guard_leave(&engine->guard)) engine_destroy(engine);
}

void adsync_engine_free(adsync_engine *engine)
{
    if (engine && adsync__guard_drop(&engine->guard)) engine_destroy(engine);
}

adsync_status adsync__engine_org(adsync_engine *engine, const char *org, bool add, int64_t *number, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = adsync_storage_org(adsync__kernel_storage(engine->kernel), org, add, number, &words);

    if (rc == ADSYNC_E_NOT_FOUND && !add && adsync__equal_text(adsync_error_name(words), "org.not_found")) {
        adsync_error_free(words);
        *number = 0;
        return ADSYNC_OK;
    }
    if (rc < 0 && error) {
        adsync_error_free(*error);
        *error = words;
        return rc;
    }
    adsync_error_free(words);
    return rc;
}

adsync_status adsync__call_wait(const adsync_call *call, int64_t *wait_us, adsync_error **error)
{
    adsync_status rc;

    *wait_us = ENGINE_WAIT_US;
    if (!call) return ADSYNC_OK;
    if ((rc = adsync__check_struct(call, sizeof *call, sizeof *call, "adsync_call", error)) < 0) return rc;
    if (call->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_call: unknown flags");
    if (call->wait_us < -1) return adsync__fail(error, ADSYNC_E_INVALID, "call.wait", "adsync_call: wait_us is negative");
    if (call->wait_us) *wait_us = call->wait_us;
    return ADSYNC_OK;
}

static void engine_event_copy(char *out, size_t room, const char *text)
{
    (void)snprintf(out, room, "%.*s", text ? (int)adsync__utf8_cut(text, strlen(text), room - 1) : 0, text ? text : "");
}

static void engine_tell(adsync_engine *engine, engine_event what, const char *type, const char *state, const char *message)
{
    engine_event *event;

    if (!engine->events && !(engine->events = adsync__alloc_zero(ENGINE_EVENTS, sizeof *event))) return;
    if (engine->n_events == ENGINE_EVENTS)
        engine->first_event = (engine->first_event + 1) % ENGINE_EVENTS;
    else
        engine->n_events++;
    event = &engine->events[(engine->first_event + engine->n_events - 1) % ENGINE_EVENTS];
    *event = what;
    engine_event_copy(event->type, sizeof event->type, type);
    engine_event_copy(event->state, sizeof event->state, state);
    engine_event_copy(event->message, sizeof event->message, message);
}

static void engine_ended(void *user, int64_t org, int64_t job, int64_t connection, const char *state, const char *message)
{
    engine_tell(user, (engine_event){ .org = org, .job = job, .connection = connection }, "job", state, message);
}

static void engine_warned(void *user, const adsync__flight_spec *about, const char *code, const char *message)
{
    const engine_event what = { .org = about->org, .job = about->job, .grant = about->grant, .connection = about->connection };

    engine_tell(user, what, "warning", code, message);
}

static const adsync__kernel_hooks engine_kernel_hooks = { adsync__presence_ride, adsync__presence_rode, adsync__presence_fenced,
                                                          engine_warned };
static const adsync__sync_hooks engine_sync_hooks = { adsync__presence_alive, engine_ended };

/* ---- opening */

static adsync_status engine_check(const adsync_engine_options *options, adsync_error **error)
{
    adsync_status rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_engine_options", error);

    if (rc < 0) return rc;
    if (options->flags & ~(uint32_t)(ADSYNC_ENGINE_NO_PLATFORMS | ADSYNC_ENGINE_NO_CLAIM) || options->reserved)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_engine_options: unknown flags");
    if (!options->storage) return adsync__fail(error, ADSYNC_E_INVALID, "engine.storage", "adsync_engine_options: storage is not set");
    if (options->lease_us < 0 || (options->lease_us && options->lease_us < 1000000) || options->poll_us < 0 || options->max_turn_us < 0)
        return adsync__fail(error, ADSYNC_E_INVALID, "engine.times",
                            "adsync_engine_options: a lease is at least a second, and no time is negative");
    return ADSYNC_OK;
}

static adsync_status engine_kernel(adsync_engine *engine, const adsync_engine_options *options, adsync_error **error)
{
    adsync__kernel_options kernel = { .storage = options->storage,
                                      .transport = options->transport,
                                      .host = options->host,
                                      .max_in_flight = options->max_in_flight,
                                      .max_turn_us = options->max_turn_us };
    adsync_transport *own = NULL;
    adsync_status rc;

    if (options->keys && (rc = adsync_vault_open(options->storage, options->keys, options->host, &kernel.vault, error)) < 0) return rc;
    if (!kernel.transport && (rc = adsync_curl_open(NULL, &own, error)) < 0) {
        adsync_vault_free(kernel.vault);
        return rc;
    }
    if (own) kernel.transport = own;
    rc = adsync__kernel_new(&kernel, &engine->kernel, error);
    adsync_transport_free(own); /* the kernel keeps it */
    return rc;
}

static adsync_status engine_platforms(adsync_engine *engine, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (const adsync__builtin *b = adsync__builtins; b->platform && rc >= 0; b++)
        rc = adsync__kernel_connector(engine->kernel, b->platform, b->ops, error);
    return rc;
}

adsync_status adsync_engine_open(const adsync_engine_options *options, adsync_engine **out, adsync_error **error)
{
    adsync_engine *engine;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = engine_check(options, error)) < 0) return rc;
    if (!(engine = adsync__alloc_zero(1, sizeof *engine))) return adsync__fail_memory(error);
    const int32_t days[] = { options->keep_calls_days, options->keep_jobs_days, options->keep_revisions_days };
    adsync__guard_begin(&engine->guard);
    engine->claims = !(options->flags & ADSYNC_ENGINE_NO_CLAIM);
    engine->lease_us = options->lease_us ? options->lease_us : ENGINE_LEASE_US;
    engine->poll_us = options->poll_us ? options->poll_us : ENGINE_POLL_US;
    engine->max_claim = options->max_claim ? options->max_claim : ENGINE_CLAIM;
    engine->due_us = INT64_MAX;
    engine->epoll = engine->watch = -1;
    if ((rc = engine_kernel(engine, options, error)) < 0) goto failed;
    if ((rc = adsync__keep_begin(engine, days, error)) < 0) goto failed;
    adsync__kernel_set_hooks(engine->kernel, &engine_kernel_hooks, engine);
    if (!(options->flags & ADSYNC_ENGINE_NO_PLATFORMS) && (rc = engine_platforms(engine, error)) < 0) goto failed;
    if ((rc = adsync__presence_begin(engine, options->worker, error)) < 0) goto failed;
    if ((rc = adsync__sync_new(engine->kernel, engine->claims ? engine->number : 0, &engine_sync_hooks, engine, &engine->sync, error)) < 0)
        goto failed;
    adsync__watch_begin(engine);
    *out = engine;
    return ADSYNC_OK;
failed:
    adsync_engine_free(engine);
    return rc;
}

/* ---- turning */

/* An engine that was declared dead is born again under another number. */
static adsync_status engine_revive(adsync_engine *engine, adsync_error **error)
{
    adsync_status rc;

    if (!engine->fenced) return ADSYNC_OK;
    (void)adsync__sync_free(engine->sync);
    engine->sync = NULL;
    if ((rc = adsync__presence_begin(engine, NULL, error)) < 0) {
        engine->fenced = true;
        (void)adsync__sync_new(engine->kernel, 0, &engine_sync_hooks, engine, &engine->sync, NULL);
        return rc;
    }
    return adsync__sync_new(engine->kernel, engine->number, &engine_sync_hooks, engine, &engine->sync, error);
}

static adsync_status engine_claim(adsync_engine *engine, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel)), next = -1;
    uint32_t lanes = adsync__sync_lanes(engine->sync);
    adsync_status rc;

    if (!engine->claims || now < engine->poll_at_us || lanes >= engine->max_claim) return ADSYNC_OK;
    rc = adsync__sync_claim_due(engine->sync, engine->max_claim - lanes, &next, error);
    engine->due_us = next < 0 ? INT64_MAX : now + next;
    engine->poll_at_us = next == 0 && rc >= 0 ? now : now + (next > 0 && next < engine->poll_us ? next : engine->poll_us);
    return rc;
}

/* What the schedules make in this turn is committed with it, and claimed in the next. */
static adsync_status engine_schedule(adsync_engine *engine, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel)), next = -1;
    int64_t most = engine->poll_us > ENGINE_SCHEDULE_US ? engine->poll_us : ENGINE_SCHEDULE_US;
    adsync_status rc;

    if (!engine->claims || now < engine->schedule_at_us) return ADSYNC_OK;
    rc = adsync__sync_schedule(engine->sync, &next, error);
    engine->schedule_at_us = now + (rc < 0 ? engine->poll_us : next < 0 || next > most ? most : next);
    if (next == 0) engine->poll_at_us = engine->due_us = now;
    return rc;
}

/* Tokens are refreshed ahead of their end by whoever claims work. */
static adsync_status engine_tend_grants(adsync_engine *engine, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel));

    if (!engine->claims || now < engine->tend_at_us) return ADSYNC_OK;
    engine->tend_at_us = now + ENGINE_TEND_US;
    return adsync__grant_tend(engine->kernel, error);
}

/* What is due besides flights: the heartbeat, work to claim, tokens to refresh, permits to give back. *next_us: when the limiter wants
 * to be looked after again. */
static adsync_status engine_chores(adsync_engine *engine, bool claim, int64_t *next_us, adsync_error **error)
{
    adsync_status rc;

    if ((rc = engine_revive(engine, error)) < 0) return rc;
    if ((rc = adsync__presence_beat(engine, error)) < 0) return rc;
    if (claim && (rc = adsync__presence_look(engine, error)) < 0) return rc;
    if (claim && (rc = engine_claim(engine, error)) < 0) return rc;
    if (claim && (rc = engine_schedule(engine, error)) < 0) return rc;
    if (claim && (rc = engine_tend_grants(engine, error)) < 0) return rc;
    if (claim) adsync__erase_tend(engine);
    if (claim) adsync__keep_tend(engine);
    adsync__watch_tend(engine);
    return adsync_limiter_tend(adsync__kernel_limiter(engine->kernel), next_us, error);
}

static int64_t engine_least(int64_t wait, int64_t other) { return other >= 0 && other < wait ? other : wait; }

static int64_t engine_look_at(const adsync_engine *engine)
{
    return engine_least(engine_least(engine->poll_at_us, engine->schedule_at_us), engine_least(engine->erase_at_us, engine->keep.at_us));
}

static adsync_status engine_turn_once(adsync_engine *engine, int64_t max_wait_us, bool claim, adsync_error **error)
{
    adsync__effects *effects = adsync__kernel_effects(engine->kernel);
    int64_t next = -1, wait, left;
    adsync_status rc = engine_chores(engine, claim, &next, error);

    if (rc < 0) return rc;
    wait = engine_least(max_wait_us, next);
    if (engine->claims) wait = engine_least(wait, engine->lease_us / 3);
    left = engine_look_at(engine) - adsync__monotonic_us(effects);
    if (engine->claims && claim) wait = engine_least(wait, left > 0 ? left : 0);
    wait = adsync__watch_wait(engine, wait);
    if ((rc = adsync__kernel_turn(engine->kernel, wait, error)) != ADSYNC_IDLE) return rc;
    if (adsync__sync_lanes(engine->sync) || engine->erase.org) return ADSYNC_OK;
    left = adsync__sync_put_off(engine->sync); /* what waits for its lane is waited for */
    if (engine->due_us <= (left > adsync__monotonic_us(effects) ? left : adsync__monotonic_us(effects))) return ADSYNC_OK;
    return engine->keep.busy ? ADSYNC_OK : ADSYNC_IDLE;
}

/* What was read for the work of this turn is not good for the next. */
static adsync_status engine_turn(adsync_engine *engine, int64_t max_wait_us, bool claim, adsync_error **error)
{
    adsync_status rc = engine_turn_once(engine, max_wait_us, claim, error);

    adsync__sync_turned(engine->sync);
    return rc;
}

adsync_status adsync_engine_step(adsync_engine *engine, int64_t max_wait_us, adsync_error **error)
{
    adsync_status rc = adsync__engine_enter(engine, "adsync_engine_step", error);

    if (rc < 0) return rc;
    rc = engine_turn(engine, max_wait_us > 0 ? max_wait_us : 0, true, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_engine_run(adsync_engine *engine, adsync_error **error)
{
    adsync_status rc = adsync__engine_enter(engine, "adsync_engine_run", error);

    if (rc < 0) return rc;
    while (rc >= 0 && !__atomic_load_n(&engine->stop, __ATOMIC_RELAXED)) rc = engine_turn(engine, engine->poll_us, true, error);
    __atomic_store_n(&engine->stop, 0, __ATOMIC_RELAXED);
    adsync__engine_leave(engine);
    return rc < 0 ? rc : ADSYNC_OK;
}

adsync_status adsync_engine_drain(adsync_engine *engine, int64_t max_us, adsync_error **error)
{
    adsync_status rc = adsync__engine_enter(engine, "adsync_engine_drain", error);
    int64_t until, left;

    if (rc < 0) return rc;
    until = adsync__monotonic_us(adsync__kernel_effects(engine->kernel)) + max_us;
    engine->poll_at_us = engine->schedule_at_us = engine->erase_at_us = 0; /* look at once */
    while (rc >= 0 && rc != ADSYNC_IDLE) {
        if ((left = until - adsync__monotonic_us(adsync__kernel_effects(engine->kernel))) <= 0) break;
        rc = engine_turn(engine, left < engine->poll_us ? left : engine->poll_us, true, error);
        if (rc == ADSYNC_IDLE && adsync__keep_idle(engine)) rc = ADSYNC_OK; /* what has the lowest rank is done as well */
    }
    adsync__engine_leave(engine);
    return rc < 0 || rc == ADSYNC_IDLE ? rc : ADSYNC_PENDING;
}

int32_t adsync_engine_fd(adsync_engine *engine)
{
    if (!engine) return -1;
    return engine->epoll >= 0 ? engine->epoll : adsync__kernel_fd(engine->kernel);
}

int64_t adsync_engine_timeout_us(adsync_engine *engine)
{
    int64_t now, least, left;

    if (!engine) return -1;
    now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel));
    least = adsync__kernel_timeout_us(engine->kernel);
    if (!engine->claims) return least;
    left = engine_look_at(engine) > now ? engine_look_at(engine) - now : 0;
    if (least < 0 || left < least) least = left;
    return least < engine->lease_us / 3 ? least : engine->lease_us / 3;
}

void adsync_engine_wake(adsync_engine *engine)
{
    if (engine) adsync__kernel_wake(engine->kernel);
}

void adsync_engine_stop(adsync_engine *engine)
{
    if (!engine) return;
    __atomic_store_n(&engine->stop, 1, __ATOMIC_RELAXED);
    adsync__kernel_wake(engine->kernel);
}

adsync_status adsync_engine_events(adsync_engine *engine, adsync_rows **out, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_TYPE,       ADSYNC_C_ORG,    ADSYNC_C_JOB,    ADSYNC_C_GRANT,
                                        ADSYNC_C_CONNECTION, ADSYNC_C_STATUS, ADSYNC_C_MESSAGE };
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = adsync__engine_enter(engine, "adsync_engine_events", error)) < 0) return rc;
    rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), out, error);
    for (; engine->n_events && rc >= 0; engine->n_events--) {
        const engine_event *event = &engine->events[engine->first_event];
        const adsync_value values[] = { adsync__value_text(event->type),
                                        adsync__value_int(event->org),
                                        adsync__value_int(event->job),
                                        adsync__value_int(event->grant),
                                        adsync__value_int(event->connection),
                                        adsync__value_text(event->state),
                                        *event->message ? adsync__value_text(event->message) : adsync__value_null() };
        if ((rc = adsync__rows_add(*out, values, error)) < 0) break;
        engine->first_event = (engine->first_event + 1) % ENGINE_EVENTS;
    }
    if (rc < 0) {
        adsync_rows_free(*out);
        *out = NULL;
    }
    adsync__engine_leave(engine);
    return rc;
}

/* ---- the host's registrations */

static adsync_status engine_app_secrets(adsync_engine *engine, const char *client_secret, const char *developer_token, adsync__app *app,
                                        adsync_error **error)
{
    adsync__secrets *secrets = adsync__kernel_secrets(engine->kernel);
    adsync_status rc;

    if (client_secret && (rc = adsync__secret_make(secrets, client_secret, strlen(client_secret), &app->client_secret, error)) < 0)
        return rc;
    if (!developer_token) return ADSYNC_OK;
    return adsync__secret_make(secrets, developer_token, strlen(developer_token), &app->developer_token, error);
}

adsync_status adsync_app_add(adsync_engine *engine, const char *platform, const char *client_id, const char *client_secret,
                             const adsync_app_options *options, adsync_error **error)
{
    static const adsync_app_options none = { .size = sizeof none };
    adsync__app app = { 0 };
    adsync_status rc;

    if (!options) options = &none;
    if ((rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_app_options", error)) < 0) return rc;
    if (options->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_app_options: unknown flags");
    if ((rc = adsync__engine_enter(engine, "adsync_app_add", error)) < 0) return rc;
    app.client_id = client_id;
    app.redirect_uri = options->redirect_uri;
    app.scopes = options->scopes;
    app.api_version = options->api_version;
    app.settings = options->settings;
    if ((rc = engine_app_secrets(engine, client_secret, options->developer_token, &app, error)) >= 0)
        rc = adsync__kernel_app(engine->kernel, platform, options->name, &app, error);
    adsync__secret_free(&app.client_secret);
    adsync__secret_free(&app.developer_token);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_connector_register(adsync_engine *engine, const char *platform, const adsync_connector_ops *ops, adsync_error **error)
{
    adsync_status rc = adsync__engine_enter(engine, "adsync_connector_register", error);

    if (rc < 0) return rc;
    rc = adsync__kernel_connector(engine->kernel, platform, ops, error);
    adsync__engine_leave(engine);
    return rc;
}

/* ---- for the other files of this room */

adsync_status adsync__engine_turn(adsync_engine *engine, int64_t max_wait_us, adsync_error **error)
{
    return engine_turn(engine, max_wait_us, false, error);
}
