/* SPDX-License-Identifier: MIT */
/* Consents and connections, as hosts see them. A call that a person waits for turns the engine for its own task; what it began goes on
 * when the wait ends first, and its result then stands in the rows. */
#include "engine_int.h"

#include "../connect/connect.h"

typedef struct connect_wait { /* lives until its task ended, which may be after the call */
    bool done, gone;
    adsync_status status;
    adsync_error *error;
    adsync_rows *rows;
    int64_t grant;
} connect_wait;

static void connect_wait_free(connect_wait *wait)
{
    if (!wait) return;
    adsync_error_free(wait->error);
    adsync_rows_free(wait->rows);
    adsync__free(wait);
}

static void connect_ended(void *user, adsync_status status, const adsync_error *error)
{
    connect_wait *wait = user;

    wait->done = true;
    wait->status = status;
    if (wait->gone)
        connect_wait_free(wait);
    else if (status < 0)
        (void)adsync__fail(&wait->error, status, error ? adsync_error_name(error) : adsync_status_name(status), "%s",
                           error ? adsync_error_message(error) : adsync_status_name(status));
}

static adsync_status connect_begin(connect_wait **wait, adsync_error **error)
{
    return (*wait = adsync__alloc_zero(1, sizeof **wait)) ? ADSYNC_OK : adsync__fail_memory(error);
}

/* Turns until the task ended or the time is over. The wait is used up where it answers PENDING, else the caller frees it. */
static adsync_status connect_turn(adsync_engine *engine, connect_wait **wait, int64_t until, adsync_error **error)
{
    adsync__effects *effects = adsync__kernel_effects(engine->kernel);
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_OK;
    int64_t left;

    while (!(*wait)->done && (left = until - adsync__monotonic_us(effects)) > 0) {
        rc = adsync__engine_turn(engine, left, &words);
        if (rc < 0 && rc != ADSYNC_E_STORAGE && rc != ADSYNC_E_RETRY && rc != ADSYNC_E_UNCERTAIN) break; /* there the turn's work is kept */
        adsync_error_free(words);
        words = NULL;
    }
    if (!(*wait)->done && words) {
        (*wait)->gone = true;
        *wait = NULL;
        return adsync__fail_with(error, rc, words);
    }
    if (!(*wait)->done) {
        (*wait)->gone = true;
        *wait = NULL;
        return ADSYNC_PENDING;
    }
    words = (*wait)->error;
    (*wait)->error = NULL;
    return adsync__fail_with(error, (*wait)->status, words);
}

/* When a call's wait ends; its options are checked. */
static adsync_status connect_until(adsync_engine *engine, const adsync_call *call, int64_t *until, adsync_error **error)
{
    int64_t wait_us;
    adsync_status rc = adsync__call_wait(call, &wait_us, error);

    if (rc >= 0) *until = adsync__monotonic_us(adsync__kernel_effects(engine->kernel)) + wait_us;
    return rc;
}

/* Enters, checks the call, finds the organisation; on failure nothing is entered. An organisation that must be there and is not: NOT_FOUND.
 */
static adsync_status connect_enter(adsync_engine *engine, const char *what, const char *org, bool add, int64_t *number,
                                   adsync_error **error)
{
    adsync_status rc = adsync__engine_enter(engine, what, error);

    if (rc < 0) return rc;
    if ((rc = adsync__engine_org(engine, org, add, number, error)) < 0) adsync__engine_leave(engine);
    return rc;
}

static adsync_status connect_null(const char *what, adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "%s is NULL", what);
}

/* ---- consents */

static adsync_status connect_check_oauth(const adsync_oauth_options *options, adsync_error **error)
{
    adsync_status rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_oauth_options", error);

    if (rc < 0) return rc;
    if (options->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_oauth_options: unknown flags");
    return ADSYNC_OK;
}

adsync_status adsync_oauth_begin(adsync_engine *engine, const char *org, const char *platform, const char *session,
                                 const adsync_oauth_options *options, const adsync_call *call, adsync_rows **out, adsync_error **error)
{
    static const adsync_oauth_options none = { .size = sizeof none };
    adsync__oauth_wish wish = { .platform = platform, .session = session };
    connect_wait *wait = NULL;
    int64_t until = 0;
    adsync_status rc;

    if (!out) return connect_null("out", error);
    *out = NULL;
    if (!platform || !session || !*session) return connect_null(platform ? "session" : "platform", error);
    if (!options) options = &none;
    if ((rc = connect_check_oauth(options, error)) < 0) return rc;
    if ((rc = connect_enter(engine, "adsync_oauth_begin", org, true, &wish.org, error)) < 0) return rc;
    wish.app = options->app;
    wish.scopes = options->scopes;
    wish.renew_grant = options->renew_grant;
    if ((rc = connect_until(engine, call, &until, error)) < 0 || (rc = connect_begin(&wait, error)) < 0) goto done;
    adsync__oauth_begin(engine->kernel, &wish, &wait->rows, connect_ended, wait);
    if ((rc = connect_turn(engine, &wait, until, error)) != ADSYNC_OK) goto done;
    *out = wait->rows;
    wait->rows = NULL;
done:
    if (rc == ADSYNC_PENDING)
        rc = adsync__fail(error, ADSYNC_E_TRANSIENT, "oauth.slow", "%s did not answer in time: begin again", platform);
    connect_wait_free(wait);
    adsync__engine_leave(engine);
    return rc;
}

/* The accounts of a fresh consent. What is missing makes the whole partial. */
static adsync_status connect_first_look(adsync_engine *engine, int64_t org, int64_t grant, int64_t until, adsync_rows **accounts)
{
    connect_wait *wait = NULL;
    adsync_error *words = NULL;
    adsync_status rc = connect_begin(&wait, NULL);

    if (rc < 0) return ADSYNC_PARTIAL;
    adsync__grant_discover(engine->kernel, org, grant, ADSYNC_PRIORITY_INTERACTIVE, &wait->rows, connect_ended, wait);
    rc = connect_turn(engine, &wait, until, &words);
    if (rc < 0 && rc != ADSYNC_E_UNSUPPORTED) (void)adsync__grant_unlisted(engine->kernel, org, grant, adsync_error_message(words), NULL);
    adsync_error_free(words);
    if (rc == ADSYNC_OK && accounts) {
        *accounts = wait->rows;
        wait->rows = NULL;
    }
    connect_wait_free(wait);
    return rc == ADSYNC_OK || rc == ADSYNC_E_UNSUPPORTED ? ADSYNC_OK : ADSYNC_PARTIAL;
}

adsync_status adsync_oauth_complete(adsync_engine *engine, const char *org, const char *session, const char *query, const adsync_call *call,
                                    int64_t *grant, adsync_rows **accounts, adsync_error **error)
{
    connect_wait *wait = NULL;
    int64_t number = 0, until = 0;
    adsync_status rc;

    if (accounts) *accounts = NULL;
    if (!grant) return connect_null("grant", error);
    *grant = 0;
    if (!session || !query) return connect_null(session ? "query" : "session", error);
    if ((rc = connect_enter(engine, "adsync_oauth_complete", org, false, &number, error)) < 0) return rc;
    if ((rc = connect_until(engine, call, &until, error)) < 0 || (rc = connect_begin(&wait, error)) < 0) goto done;
    adsync__oauth_complete(engine->kernel, number, session, query, &wait->grant, connect_ended, wait);
    if ((rc = connect_turn(engine, &wait, until, error)) < 0 || rc == ADSYNC_PENDING) goto done;
    *grant = wait->grant;
    if (connect_first_look(engine, number, *grant, until, accounts) == ADSYNC_PARTIAL) rc = ADSYNC_PARTIAL;
done:
    connect_wait_free(wait);
    adsync__engine_leave(engine);
    return rc;
}

/* ---- grants */

adsync_status adsync_grant_add(adsync_engine *engine, const char *org, const char *platform, const char *access_token,
                               const adsync_grant_options *options, int64_t *grant, adsync_error **error)
{
    static const adsync_grant_options none = { .size = sizeof none };
    int64_t number = 0;
    adsync_status rc;

    if (!grant) return connect_null("grant", error);
    *grant = 0;
    if (!platform || !access_token || !*access_token) return connect_null(platform ? "access_token" : "platform", error);
    if (!options) options = &none;
    if ((rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_grant_options", error)) < 0) return rc;
    if (options->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_grant_options: unknown flags");
    if (options->expires_us < -1 || options->refresh_expires_us < 0)
        return adsync__fail(error, ADSYNC_E_INVALID, "grant.expires", "adsync_grant_options: an expiry is negative");
    if ((rc = connect_enter(engine, "adsync_grant_add", org, true, &number, error)) < 0) return rc;
    rc = adsync__grant_add(engine->kernel, number, platform, access_token, options, grant, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_grant_list(adsync_engine *engine, const char *org, int64_t grant, adsync_rows **out, adsync_error **error)
{
    int64_t number = 0;
    adsync_status rc;

    if (!out) return connect_null("out", error);
    *out = NULL;
    if ((rc = connect_enter(engine, "adsync_grant_list", org, false, &number, error)) < 0) return rc;
    rc = adsync__grant_list(engine->kernel, number, grant, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_grant_accounts(adsync_engine *engine, const char *org, int64_t grant, const adsync_call *call, adsync_rows **out,
                                    adsync_error **error)
{
    connect_wait *wait = NULL;
    int64_t number = 0, until = 0;
    adsync_status rc;

    if (!out) return connect_null("out", error);
    *out = NULL;
    if ((rc = connect_enter(engine, "adsync_grant_accounts", org, false, &number, error)) < 0) return rc;
    if ((rc = connect_until(engine, call, &until, error)) < 0 || (rc = connect_begin(&wait, error)) < 0) goto done;
    adsync__grant_discover(engine->kernel, number, grant, ADSYNC_PRIORITY_INTERACTIVE, &wait->rows, connect_ended, wait);
    if ((rc = connect_turn(engine, &wait, until, error)) != ADSYNC_OK) goto done;
    *out = wait->rows;
    wait->rows = NULL;
    (void)adsync__grant_unlisted(engine->kernel, number, grant, NULL, NULL);
done:
    connect_wait_free(wait);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_grant_refresh(adsync_engine *engine, const char *org, int64_t grant, const adsync_call *call, adsync_error **error)
{
    connect_wait *wait = NULL;
    adsync__grant there = { 0 };
    int64_t number = 0, until = 0;
    adsync_status rc;

    if ((rc = connect_enter(engine, "adsync_grant_refresh", org, false, &number, error)) < 0) return rc;
    if ((rc = connect_until(engine, call, &until, error)) < 0) goto done;
    if ((rc = adsync__grant_load(engine->kernel, number, grant, &there, error)) < 0 || (rc = connect_begin(&wait, error)) < 0) goto done;
    adsync__grant_refresh(engine->kernel, number, grant, there.generation, connect_ended, wait);
    rc = connect_turn(engine, &wait, until, error);
done:
    adsync__grant_unload(&there);
    connect_wait_free(wait);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_grant_expiring(adsync_engine *engine, int64_t until_us, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    adsync_status rc;

    if (!out) return connect_null("out", error);
    *out = NULL;
    if ((rc = adsync__engine_enter(engine, "adsync_grant_expiring", error)) < 0) return rc;
    rc = adsync__grant_ending(engine->kernel, until_us, limit, out, error);
    adsync__engine_leave(engine);
    return rc;
}

/* ---- connections */

static adsync_status connect_one_way(uint32_t flags, adsync_error **error)
{
    const uint32_t both = ADSYNC_CONNECTION_MANUAL | ADSYNC_CONNECTION_AUTO;

    if ((flags & both) != both) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_INVALID, "connection.flags", "a connection is synced by the schedule or manually, not both");
}

/* What is due now is looked for at once, here and by whoever else listens. */
static void connect_look(adsync_engine *engine)
{
    engine->schedule_at_us = 0;
    adsync__storage_notify(adsync__kernel_storage(engine->kernel));
}

adsync_status adsync_connection_add(adsync_engine *engine, const char *org, int64_t grant, const char *account_id,
                                    const adsync_connection_options *options, int64_t *connection, adsync_error **error)
{
    static const adsync_connection_options none = { .size = sizeof none };
    int64_t number = 0;
    adsync_status rc;

    if (!connection) return connect_null("connection", error);
    *connection = 0;
    if (!account_id) return connect_null("account_id", error);
    if (!options) options = &none;
    if ((rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_connection_options", error)) < 0) return rc;
    if (options->flags & ~(uint32_t)(ADSYNC_CONNECTION_MANUAL | ADSYNC_CONNECTION_AUTO))
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_connection_options: unknown flags");
    if ((rc = connect_one_way(options->flags, error)) < 0) return rc;
    if ((rc = connect_enter(engine, "adsync_connection_add", org, false, &number, error)) < 0) return rc;
    rc = adsync__connection_add(engine->kernel, number, grant, account_id, options, connection, error);
    if (rc >= 0) connect_look(engine);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_connection_set(adsync_engine *engine, const char *org, int64_t connection, const adsync_connection_settings *settings,
                                    adsync_error **error)
{
    static const uint32_t known =
        ADSYNC_CONNECTION_MANUAL | ADSYNC_CONNECTION_AUTO | ADSYNC_CONNECTION_BY_KIND | ADSYNC_CONNECTION_NOW | ADSYNC_CONNECTION_BACKFILL;
    int64_t number = 0;
    adsync_status rc;

    if ((rc = adsync__check_struct(settings, sizeof *settings, sizeof *settings, "adsync_connection_settings", error)) < 0) return rc;
    if (settings->flags & ~known)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_connection_settings: unknown flags");
    if ((rc = connect_one_way(settings->flags, error)) < 0) return rc;
    if ((rc = connect_enter(engine, "adsync_connection_set", org, false, &number, error)) < 0) return rc;
    rc = adsync__connection_set(engine->kernel, number, connection, settings, error);
    if (rc >= 0) connect_look(engine);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_schedule_list(adsync_engine *engine, const char *org, int64_t connection, adsync_rows **out, adsync_error **error)
{
    int64_t number = 0;
    adsync_status rc;

    if (!out) return connect_null("out", error);
    *out = NULL;
    if ((rc = connect_enter(engine, "adsync_schedule_list", org, false, &number, error)) < 0) return rc;
    rc = adsync__schedule_list(engine->kernel, number, connection, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_connection_list(adsync_engine *engine, const char *org, int64_t connection, adsync_rows **out, adsync_error **error)
{
    int64_t number = 0;
    adsync_status rc;

    if (!out) return connect_null("out", error);
    *out = NULL;
    if ((rc = connect_enter(engine, "adsync_connection_list", org, false, &number, error)) < 0) return rc;
    rc = adsync__connection_list(engine->kernel, number, connection, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_connection_validate(adsync_engine *engine, const char *org, int64_t connection, const adsync_call *call,
                                         adsync_rows **out, adsync_error **error)
{
    connect_wait *wait = NULL;
    int64_t number = 0, until = 0;
    adsync_status rc;

    if (out) *out = NULL;
    if ((rc = connect_enter(engine, "adsync_connection_validate", org, false, &number, error)) < 0) return rc;
    if ((rc = connect_until(engine, call, &until, error)) < 0 || (rc = connect_begin(&wait, error)) < 0) goto done;
    adsync__connection_validate(engine->kernel, number, connection, &wait->rows, connect_ended, wait);
    rc = connect_turn(engine, &wait, until, error);
    if (rc != ADSYNC_PENDING && out) {
        *out = wait->rows;
        wait->rows = NULL;
    }
done:
    connect_wait_free(wait);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_connection_disconnect(adsync_engine *engine, const char *org, int64_t connection, uint32_t flags,
                                           const adsync_call *call, adsync_rows **out, adsync_error **error)
{
    connect_wait *wait = NULL;
    int64_t number = 0, until = 0;
    adsync_status rc;

    if (out) *out = NULL;
    if (flags & ~(uint32_t)ADSYNC_DISCONNECT_REVOKE)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_connection_disconnect: unknown flags");
    if ((rc = connect_enter(engine, "adsync_connection_disconnect", org, false, &number, error)) < 0) return rc;
    if ((rc = connect_until(engine, call, &until, error)) < 0 || (rc = connect_begin(&wait, error)) < 0) goto done;
    adsync__connection_disconnect(engine->kernel, number, connection, flags, &wait->rows, connect_ended, wait);
    rc = connect_turn(engine, &wait, until, error);
    if (rc >= 0 && rc != ADSYNC_PENDING && out) {
        *out = wait->rows;
        wait->rows = NULL;
    }
done:
    connect_wait_free(wait);
    adsync__engine_leave(engine);
    return rc;
}
