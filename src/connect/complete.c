/* SPDX-License-Identifier: MIT */
/* Ending a consent.
 *
 *   the state's row is deleted, exactly the version that was read   ->   the code is exchanged   ->   the tokens are committed
 *
 * So a state works once, whoever is faster. The first tokens make a grant of their own at once (evidence): who gave them is often only
 * known after another call. At the end that grant is joined, in one commit, with the one the same person gave before or that was to be
 * renewed; a crash in between leaves a grant that is listed and works. */
#include "oauth_int.h"

#include "../base/switch.h"
#include "../http/http.h"

#include <stdio.h>

enum { COMPLETE_QUERY = 16384, COMPLETE_SECRETS = 1000, COMPLETE_WORDS = 200 };

typedef struct complete_task {
    adsync__kernel *kernel;
    const adsync__app *app;
    adsync__flight *flight;
    int64_t org, renew_grant, made, generation; /* made: the grant of these tokens; 0: none yet; generation: of them there */
    char *redirect_uri, *asked;                 /* asked: scopes */
    connect_pocket pocket;
    bool over, storing, settling; /* settling: waits for who refreshes what it made */
    adsync__timer timer;
    int64_t *grant;
    adsync__grant_done done;
    void *user;
    adsync_error *error;
    char missing[COMPLETE_WORDS], note[COMPLETE_WORDS]; /* note: it works, but a person should know */
} complete_task;

static void complete_tell(complete_task *task, adsync_status status, const adsync_error *error)
{
    adsync__timer_clear(&task->timer);
    if (status >= 0) *task->grant = task->made;
    task->done(task->user, status, error);
    connect_pocket_free(&task->pocket);
    adsync_error_free(task->error);
    adsync__free(task->redirect_uri);
    adsync__free(task->asked);
    adsync__free(task);
}

/* ---- the tokens */

static adsync_status complete_first(complete_task *task, adsync_error **error)
{
    int64_t number = connect_draw(task->kernel);
    adsync_value values[GRANT_WIDTH] = { adsync__value_int(task->org), adsync__value_int(number) };
    adsync__commit_unit *unit = adsync__unit_new(task->kernel, task->org, NULL, NULL);
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    connect_grant_new(values, task->app, adsync__now_us(adsync__kernel_effects(task->kernel)));
    values[GRANT_AT_SCOPES] = adsync__value_text(task->asked); /* a platform that says nothing gave what was asked for */
    if ((rc = connect_grant_fill(task->kernel, unit, &task->pocket, 1, values, error)) < 0) {
        adsync__unit_drop(unit);
        return rc;
    }
    values[GRANT_AT_DUE] = connect_grant_due(task->kernel, values, adsync__grant_refreshable(task->kernel, task->app->connector->platform));
    adsync__unit_put(unit, ADSYNC_T_GRANTS, ADSYNC_EXPECT_ABSENT, 0, values, GRANT_WIDTH);
    if ((rc = adsync__unit_commit(unit, error)) < 0) return rc;
    task->made = number;
    task->generation = 1;
    return ADSYNC_OK;
}

static adsync_status complete_edit_more(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                        adsync_error **error)
{
    complete_task *task = user;
    adsync_status rc = connect_grant_fill(task->kernel, unit, &task->pocket, there->generation + 1, values, error);

    if (rc < 0) return rc;
    task->generation = there->generation + 1;
    values[GRANT_AT_DUE] = connect_grant_due(task->kernel, values, adsync__grant_refreshable(task->kernel, there->platform));
    return ADSYNC_ROW;
}

/* An organisation that was deleted meanwhile has no use for them; all else passes. */
static bool complete_is_over(adsync_status rc) { return rc == ADSYNC_E_NOT_FOUND || rc == ADSYNC_E_REJECTED; }

/* What cannot be stored yet waits; what never can ends the consent with words. */
static adsync_status complete_store(complete_task *task)
{
    adsync_error *error = NULL;
    adsync_status rc = !ADSYNC__GUARD(STORED) ? ADSYNC_OK
                       : task->made           ? connect_grant_change(task->kernel, task->org, task->made, complete_edit_more, task, &error)
                                              : complete_first(task, &error);

    if (complete_is_over(rc)) {
        adsync_error_free(task->error);
        task->error = error;
        return rc;
    }
    if (rc < 0)
        adsync__log(adsync__kernel_effects(task->kernel), ADSYNC_LOG_ERROR, "grant.store",
                    "the tokens of a consent wait for the storage: %s", adsync_error_message(error));
    adsync_error_free(error);
    return rc < 0 ? rc : ADSYNC_OK;
}

/* ---- joining with the grant there was */

static adsync_status complete_target(complete_task *task, int64_t *target, adsync_error **error)
{
    const char *who = connect_pocket_fact(&task->pocket, "external_user");
    const adsync_value bound[] = { adsync__value_int(task->org), adsync__value_text(task->app->connector->platform),
                                   adsync__value_text(task->app->name), adsync__value_text(who) };
    const adsync_range range = {
        .table = ADSYNC_T_GRANTS, .index = 1, .limit = 2, .columns = 2, .lower = bound, .n_lower = 4, .upper = bound, .n_upper = 4
    };
    adsync__grant renewed;
    adsync_rows *rows = NULL;
    adsync_status rc;

    *target = task->made;
    if (task->renew_grant && adsync__grant_load(task->kernel, task->org, task->renew_grant, &renewed, NULL) >= 0) {
        bool same = !who || !renewed.external_user || !strcmp(who, renewed.external_user);
        adsync__grant_unload(&renewed);
        if (same)
            *target = task->renew_grant;
        else if (!*task->missing)
            (void)snprintf(task->missing, sizeof task->missing, "another person gave this consent: grant %lld was not renewed",
                           (long long)task->renew_grant);
    }
    if (*target != task->made || !who) return ADSYNC_OK;
    if ((rc = adsync_storage_scan(adsync__kernel_storage(task->kernel), task->org, &range, &rows, error)) < 0) return rc;
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        if (adsync_rows_int(rows, ADSYNC_C_GRANT) != task->made) *target = adsync_rows_int(rows, ADSYNC_C_GRANT);
    adsync_rows_free(rows);
    return ADSYNC_OK;
}

/* The grant of these tokens may be due while the consent waits for its end, and others refresh what is due: then what they got is joined,
 * not what came first. PENDING: somebody is at it now. */
static adsync_status complete_catch_up(complete_task *task, const adsync__grant *made, adsync_error **error)
{
    adsync__secrets *secrets = adsync__kernel_secrets(task->kernel);
    int64_t now = connect_shared_now(task->kernel), deadline = adsync_rows_int(made->rows, ADSYNC_C_DEADLINE_US);
    adsync_status rc = ADSYNC_OK;

    if (!ADSYNC__GUARD(CATCH_UP)) return ADSYNC_OK;
    if (adsync__equal_text(made->state, "refreshing") && deadline > now) return ADSYNC_PENDING;
    for (const connect_item *item = task->pocket.items; item && rc >= 0 && made->generation > task->generation; item = item->next) {
        int64_t expires_us = strcmp(item->name, "access_token") ? item->expires_us : made->access_expires_us;
        adsync__secret there = { 0 };
        rc = adsync__grant_secret(task->kernel, task->org, task->made, item->name, &there, error);
        if (rc >= 0) rc = connect_pocket_add(&task->pocket, secrets, item->name, there.p, there.size, expires_us, error);
        if (rc == ADSYNC_E_NOT_FOUND) rc = ADSYNC_OK; /* of this exchange only */
        adsync__secret_free(&there);
    }
    if (rc >= 0) task->generation = made->generation;
    return rc;
}

/* Its row is compared: whoever refreshes it in between must not lose what came. */
static adsync_status complete_forget_made(complete_task *task, int64_t version, adsync__commit_unit *unit, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(task->org), adsync__value_int(task->made) };
    const adsync_range range = {
        .table = ADSYNC_T_SECRETS, .limit = COMPLETE_SECRETS, .columns = 4, .lower = bound, .n_lower = 2, .upper = bound, .n_upper = 2
    };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(task->kernel), task->org, &range, &rows, error);

    if (rc < 0) return rc;
    for (size_t i = 0; i < adsync_rows_count(rows); i++)
        adsync__unit_delete(unit, ADSYNC_T_SECRETS, ADSYNC_EXPECT_ANY, adsync__rows_values(rows, i));
    adsync__unit_delete(unit, ADSYNC_T_GRANTS, version, bound);
    adsync_rows_free(rows);
    return ADSYNC_OK;
}

/* The tokens move to the grant there was, and the one that held them goes. */
static adsync_status complete_move(complete_task *task, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                   adsync_error **error)
{
    adsync__grant made;
    adsync_status rc = adsync__grant_load(task->kernel, task->org, task->made, &made, error);

    if (rc < 0) return rc;
    if ((rc = complete_catch_up(task, &made, error)) == ADSYNC_OK &&
        (rc = connect_grant_fill(task->kernel, unit, &task->pocket, there->generation + 1, values, error)) >= 0)
        rc = complete_forget_made(task, ADSYNC__GUARD(CATCH_UP) ? made.version : ADSYNC_EXPECT_ANY, unit, error);
    adsync__grant_unload(&made);
    return rc;
}

static adsync_status complete_edit_join(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                        adsync_error **error)
{
    complete_task *task = user;
    adsync_status rc;

    if (there->grant == task->made) {
        if ((rc = connect_grant_learn(unit, task->pocket.facts, values, error)) < 0) return rc;
    } else {
        if ((rc = complete_move(task, there, values, unit, error)) != ADSYNC_OK) return rc;
        if (!connect_pocket_fact(&task->pocket, "scopes")) values[GRANT_AT_SCOPES] = adsync__value_text(task->asked);
    }
    values[GRANT_AT_APP] = adsync__value_text(task->app->name);
    values[GRANT_AT_MESSAGE] =
        *task->missing || *task->note ? connect_line(*task->missing ? task->missing : task->note) : adsync__value_null();
    values[GRANT_AT_DUE] = connect_grant_due(task->kernel, values, adsync__grant_refreshable(task->kernel, there->platform));
    return ADSYNC_ROW;
}

static void complete_settle(complete_task *task)
{
    static const char *const stopped[] = { "expired", "revoked", "error", NULL };
    adsync_error *error = NULL;
    int64_t target = 0;
    adsync_status rc;

    (void)connect_missing(task->asked, connect_pocket_fact(&task->pocket, "scopes"), task->missing + strlen(task->missing),
                          *task->missing ? 0 : sizeof task->missing);
    if ((rc = complete_target(task, &target, &error)) >= 0)
        rc = connect_grant_change(task->kernel, task->org, target, complete_edit_join, task, &error);
    if (rc == ADSYNC_PENDING) {
        task->settling = true;
        adsync__timer_set(task->kernel, &task->timer, adsync__monotonic_us(adsync__kernel_effects(task->kernel)) + CONNECT_AGAIN_US);
        return;
    }
    if (rc >= 0) {
        task->made = target;
        connect_grant_spread(task->kernel, task->org, target, stopped, "active", NULL);
        if (*task->missing) rc = adsync__fail(&error, ADSYNC_E_PERMISSION, "oauth.scopes", "%s", task->missing);
    } else { /* the tokens are stored, under a grant of their own */
        adsync__log(adsync__kernel_effects(task->kernel), ADSYNC_LOG_ERROR, "oauth.join",
                    "a consent could not be joined with the grant before it: %s", adsync_error_message(error));
    }
    complete_tell(task, rc < 0 ? ADSYNC_PARTIAL : ADSYNC_OK, error);
    adsync_error_free(error);
}

/* ---- the flight */

static adsync_status complete_secret(void *user, adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error)
{
    complete_task *task = user;

    (void)flight;
    return connect_pocket_give(&task->pocket, adsync__kernel_secrets(task->kernel), name, out, error);
}

static void complete_audit(void *user, adsync__flight *flight, const adsync__audit *audit)
{
    connect_audit(((complete_task *)user)->kernel, flight, audit);
}

static void complete_store_later(complete_task *task)
{
    task->storing = true;
    adsync__timer_set(task->kernel, &task->timer, adsync__monotonic_us(adsync__kernel_effects(task->kernel)) + CONNECT_AGAIN_US);
}

static bool complete_has_token(const adsync_outcome *outcome)
{
    for (const adsync__out_secret *secret = outcome->secrets; secret; secret = secret->next)
        if (secret->size && adsync__equal_text(secret->name, "access_token")) return true;
    return false;
}

/* With task->error. */
static void complete_stop(complete_task *task, adsync__flight *flight, adsync_status status)
{
    if (flight) adsync__flight_drop(flight);
    complete_tell(task, status, task->error);
}

static void complete_outcome(void *user, adsync__flight *flight, const adsync_outcome *outcome)
{
    complete_task *task = user;
    adsync_status rc = ADSYNC_OK;

    task->over = outcome->way != ADSYNC__WAY_NEXT && outcome->way != ADSYNC__WAY_MORE;
    if (outcome->warnings && !*task->note)
        (void)snprintf(task->note, sizeof task->note, "%.*s",
                       (int)adsync__utf8_cut(outcome->warnings->message, strlen(outcome->warnings->message), COMPLETE_WORDS - 1),
                       outcome->warnings->message);
    if (connect_pocket_take(&task->pocket, adsync__kernel_secrets(task->kernel), outcome, &task->error) < 0) {
        complete_stop(task, flight, ADSYNC_E_MEMORY);
        return;
    }
    for (const connect_item *item = task->pocket.items; item && !task->over; item = item->next)
        adsync__task_text(adsync__flight_task(flight), ADSYNC__TASK_SECRET, item->name, "");
    if (complete_has_token(outcome)) rc = complete_store(task); /* a token is used only after it was committed */
    if (complete_is_over(rc))
        complete_stop(task, flight, rc);
    else if (rc < 0) {
        complete_store_later(task);
        adsync__flight_hold(flight);
    } else if (!task->over)
        adsync__flight_go(flight);
    else if (outcome->way == ADSYNC__WAY_NEED || outcome->way == ADSYNC__WAY_SPAWN || outcome->way == ADSYNC__WAY_WAIT) {
        (void)adsync__fail(&task->error, ADSYNC_E_INTERNAL, "connector.outcome", "the connector cannot end a consent with %s",
                           adsync__way_name(outcome->way));
        complete_stop(task, flight, ADSYNC_E_INTERNAL);
    }
}

static void complete_ended(void *user, adsync__flight *flight, adsync_status status, const adsync_error *error)
{
    complete_task *task = user;

    task->flight = NULL;
    if (task->made && !task->storing) {
        if (status < 0) { /* what came after the tokens failed: they stand */
            (void)snprintf(task->missing, sizeof task->missing, "%.*s",
                           (int)adsync__utf8_cut(adsync_error_message(error), strlen(adsync_error_message(error)), 190),
                           adsync_error_message(error));
        }
        complete_settle(task);
        return;
    }
    if (task->storing || adsync__flight_unanswered(flight)) {
        adsync_error_free(task->error);
        task->error = NULL;
        status = adsync__fail(&task->error, ADSYNC_E_UNCERTAIN, "oauth.answer_lost",
                              "the platform's answer with the tokens was lost (%s): connect again",
                              error ? adsync_error_message(error) : "the engine was freed");
        error = task->error;
    } else if (task->error) {
        status = adsync_error_status(task->error);
        error = task->error;
    } else if (status >= 0) {
        status = adsync__fail(&task->error, ADSYNC_E_FORMAT, "oauth.no_token", "the platform ended the consent without a token");
        error = task->error;
    }
    complete_tell(task, status, error);
}

static const adsync__flight_hooks complete_hooks = { complete_secret, complete_audit, complete_outcome, complete_ended };

static void complete_due(void *user, bool cancelled)
{
    complete_task *task = user;
    adsync_status rc;

    if (cancelled) {
        if (task->flight) adsync__flight_drop(task->flight);
        complete_tell(task, ADSYNC_E_CANCELLED, NULL);
        return;
    }
    if (task->settling) {
        complete_settle(task);
        return;
    }
    rc = complete_store(task);
    if (complete_is_over(rc)) {
        complete_stop(task, task->flight, rc);
        return;
    }
    if (rc < 0) {
        complete_store_later(task);
        return;
    }
    task->storing = false;
    if (!task->over) {
        adsync__flight_go(task->flight);
        return;
    }
    adsync__flight_drop(task->flight);
    task->flight = NULL;
    complete_settle(task);
}

/* ---- the state */

/* One of several names, in their order. */
static bool complete_find_named(const char *query, const char *names, adsync__buffer *state)
{
    char name[40];
    size_t n;

    for (const char *at = names; *at; at += n + strspn(at + n, " ")) {
        n = strcspn(at, " ");
        (void)snprintf(name, sizeof name, "%.*s", (int)n, at);
        adsync__buffer_clear(state);
        if (adsync__url_find(query, strlen(query), name, state)) return true;
    }
    return false;
}

/* The state, from whichever field some platform brings it back in. */
static bool complete_find_state(adsync__kernel *kernel, const char *query, adsync__buffer *state)
{
    if (adsync__url_find(query, strlen(query), "state", state)) return true;
    for (const adsync__connector *c = adsync__kernel_connectors(kernel); c; c = c->next) {
        const char *names = adsync__manifest_setting(&c->manifest, "state_parameter");
        if (names && complete_find_named(query, names, state)) return true;
    }
    return false;
}

static adsync_status complete_forged(adsync_error **error, const char *name, const char *words)
{
    return adsync__fail(error, ADSYNC_E_FORGED, name, "%s: begin again", words);
}

static adsync_status complete_read(complete_task *task, const char *query, adsync_rows **row, adsync_error **error)
{
    uint8_t digest[ADSYNC__SHA256_SIZE];
    char text[2 * ADSYNC__SHA256_SIZE + 1];
    adsync_value key;
    adsync__buffer state;
    adsync_status rc;

    adsync__buffer_begin(&state, COMPLETE_QUERY);
    if (strlen(query) > COMPLETE_QUERY || !complete_find_state(task->kernel, query, &state) || !state.size) {
        adsync__buffer_free(&state);
        return complete_forged(error, "oauth.state_missing", "the redirect carries no state, so nobody here began it");
    }
    rc = oauth_digest(task->kernel, state.p, state.size, digest, error);
    adsync__buffer_free(&state);
    if (rc < 0) return rc;
    oauth_hex(digest, sizeof digest, text);
    key = adsync__value_text(text);
    if ((rc = adsync_storage_read(adsync__kernel_storage(task->kernel), 0, ADSYNC_T_OAUTH_STATES, 0, &key, 1, row, error)) < 0) return rc;
    if (adsync_rows_next(*row, NULL) == ADSYNC_ROW) return ADSYNC_OK;
    return complete_forged(error, "oauth.state_unknown", "the state of this redirect is unknown or was used already");
}

static adsync_status complete_check(complete_task *task, adsync_rows *row, const char *session, adsync_error **error)
{
    uint8_t digest[ADSYNC__SHA256_SIZE];
    size_t size = 0;
    const void *bound = adsync_rows_bytes(row, ADSYNC_C_SESSION, &size);
    adsync_status rc = oauth_digest(task->kernel, session, strlen(session), digest, error);

    if (rc < 0) return rc;
    if (adsync_rows_int(row, ADSYNC_C_ORG) != task->org)
        return complete_forged(error, "oauth.state_org", "this consent was begun for another organisation");
    if (size != sizeof digest || !adsync__equal_bytes(bound, digest, sizeof digest))
        return complete_forged(error, "oauth.state_session", "this consent was begun in another browser session");
    if (adsync_rows_int(row, ADSYNC_C_EXPIRES_US) <= adsync__now_us(adsync__kernel_effects(task->kernel)))
        return complete_forged(error, "oauth.state_expired", "this consent was begun more than ten minutes ago");
    return ADSYNC_OK;
}

/* What was sealed beside the state, under the names that it may be asked for by. */
static adsync_status complete_unseal(complete_task *task, adsync_rows *row, adsync_error **error)
{
    const adsync_value *values = adsync__rows_values(row, 0);
    adsync__secrets *secrets = adsync__kernel_secrets(task->kernel);
    adsync__secret secret = { 0 };
    adsync_vault *vault;
    adsync_status rc;

    if (values[OAUTH_AT_VERIFIER].kind == ADSYNC_VALUE_NULL) return ADSYNC_OK;
    if ((rc = adsync__grant_vault(task->kernel, &vault, error)) < 0) return rc;
    if ((rc = adsync__vault_unseal_column(vault, ADSYNC_T_OAUTH_STATES, ADSYNC_C_VERIFIER, values, OAUTH_WIDTH, &secret, error)) < 0)
        return rc;
    rc = connect_pocket_add(&task->pocket, secrets, "verifier", secret.p, secret.size, 0, error);
    adsync__secret_free(&secret);
    return rc;
}

static adsync_status complete_burn(complete_task *task, adsync_rows *row, adsync_error **error)
{
    adsync__commit_unit *unit = ADSYNC__GUARD(STATE) ? adsync__unit_new(task->kernel, 0, NULL, NULL) : NULL;
    adsync_status rc;

    if (!ADSYNC__GUARD(STATE)) return ADSYNC_OK;
    if (!unit) return adsync__fail_memory(error);
    adsync__unit_delete(unit, ADSYNC_T_OAUTH_STATES, adsync_rows_int(row, ADSYNC_C_VERSION), adsync__rows_values(row, 0));
    rc = adsync__unit_commit(unit, error);
    return rc == ADSYNC_E_CONFLICT ? complete_forged(error, "oauth.state_used", "the state of this redirect was used already") : rc;
}

/* A redirect that says no. */
static adsync_status complete_refused(const char *query, adsync_error **error)
{
    static const char *const names[] = { "error", "denied", "error_code" };
    adsync__buffer why, words;
    adsync_status rc = ADSYNC_OK;
    bool refused = false;

    adsync__buffer_begin(&why, COMPLETE_QUERY);
    adsync__buffer_begin(&words, COMPLETE_QUERY);
    for (size_t i = 0; i < ADSYNC__COUNT(names) && !refused; i++) {
        adsync__buffer_clear(&why);
        refused = adsync__url_find(query, strlen(query), names[i], &why);
    }
    if (refused) {
        if (!adsync__url_find(query, strlen(query), "error_description", &words)) adsync__buffer_clear(&words);
        if (words.p) adsync__text_line(words.p);
        if (why.p) adsync__text_line(why.p);
        rc = adsync__fail(error, ADSYNC_E_REJECTED, "oauth.denied", "the consent was not given (%.*s)%s%.*s",
                          (int)adsync__utf8_cut(why.p ? why.p : "", why.size, 64), why.p ? why.p : "", words.size ? ": " : "",
                          (int)adsync__utf8_cut(words.p ? words.p : "", words.size, COMPLETE_WORDS), words.p ? words.p : "");
    }
    adsync__buffer_free(&why);
    adsync__buffer_free(&words);
    return rc;
}

static adsync_status complete_open(complete_task *task, adsync_rows *row, adsync_error **error)
{
    const char *redirect_uri = adsync_rows_text(row, ADSYNC_C_REDIRECT_URI), *asked = adsync_rows_text(row, ADSYNC_C_SCOPES);
    adsync_status rc;

    if ((rc = connect_app(task->kernel, adsync_rows_text(row, ADSYNC_C_PLATFORM), adsync_rows_text(row, ADSYNC_C_APP), &task->app, error)) <
        0)
        return rc;
    if (redirect_uri && !(task->redirect_uri = adsync__copy_text(redirect_uri))) return adsync__fail_memory(error);
    if (asked && !(task->asked = adsync__copy_text(asked))) return adsync__fail_memory(error);
    task->renew_grant = adsync_rows_int(row, ADSYNC_C_GRANT);
    return complete_unseal(task, row, error);
}

static adsync_status complete_fly(complete_task *task, const char *query, adsync_error **error)
{
    adsync__flight_spec spec = { .app = task->app,
                                 .org = task->org,
                                 .priority = ADSYNC_PRIORITY_INTERACTIVE,
                                 .op = ADSYNC_TASK_AUTH_COMPLETE,
                                 .hooks = &complete_hooks,
                                 .user = task };
    adsync_status rc = adsync__flight_new(task->kernel, &spec, &task->flight, error);
    adsync_task *about;

    if (rc < 0) return rc;
    about = adsync__flight_task(task->flight);
    adsync__task_text(about, ADSYNC__TASK_PARAM, "query", query);
    adsync__task_text(about, ADSYNC__TASK_PARAM, "redirect_uri", task->redirect_uri);
    adsync__task_text(about, ADSYNC__TASK_PARAM, "scopes", task->asked);
    if (connect_pocket_find(&task->pocket, "verifier")) adsync__task_text(about, ADSYNC__TASK_SECRET, "verifier", "");
    adsync__flight_go(task->flight);
    return ADSYNC_OK;
}

static adsync_status complete_start(complete_task *task, const char *session, const char *query, adsync_error **error)
{
    adsync_rows *row = NULL;
    adsync_status rc;

    if ((rc = complete_read(task, query, &row, error)) < 0) goto done;
    if ((rc = complete_check(task, row, session, error)) < 0) goto done;
    if ((rc = complete_open(task, row, error)) < 0) goto done;
    if ((rc = complete_burn(task, row, error)) < 0) goto done;
    if ((rc = complete_refused(query, error)) < 0) goto done;
    rc = complete_fly(task, query, error);
done:
    adsync_rows_free(row);
    return rc;
}

void adsync__oauth_complete(adsync__kernel *kernel, int64_t org, const char *session, const char *query, int64_t *grant,
                            adsync__grant_done done, void *user)
{
    complete_task *task = adsync__alloc_zero(1, sizeof *task);
    adsync_error *error = NULL;
    adsync_status rc;

    if (!task) {
        (void)adsync__fail_memory(&error);
        done(user, ADSYNC_E_MEMORY, error);
        adsync_error_free(error);
        return;
    }
    *task = (complete_task){ .kernel = kernel, .org = org, .grant = grant, .done = done, .user = user, .timer = { .due = complete_due } };
    task->timer.user = task;
    if ((rc = complete_start(task, session, query, &error)) < 0) complete_tell(task, rc, error);
    adsync_error_free(error);
}
