/* SPDX-License-Identifier: MIT */
/* Refreshing a grant, one at a time over all processes (P4).
 *
 *   commit {refreshing, attempt + 1, deadline}  ->  call  ->  commit {tokens, generation + 1, attempt 0}
 *
 * `attempt` counts the tries of the generation in force whose outcome nobody knows; a try that certainly did nothing is taken back.
 * Whoever finds a refresh under way looks again until it ended or its deadline passed: after the last moment to send came the longest
 * exchange and a margin for clocks, so two tries never overlap. Secrets are handed out until that last moment only.
 *
 * Where a refresh token may be used once, an answer that was lost cannot be had again: the platform refuses the next try. That is
 * told from a consent that a person took back by `attempt`, and named (grant.refresh_lost).
 *
 * Tokens that came are kept in memory for secrets until they are stored, however often the storage fails meanwhile; no flight ends
 * before. If their parent is not the generation in force any more, they are kept beside it (alternate 1). */
#include "connect_int.h"

#include "../base/day.h"
#include "../base/switch.h"

static const int64_t refresh_send_us = 30000000;   /* within this the bytes leave, or never */
static const int64_t refresh_answer_us = 60000000; /* the longest exchange */
static const int64_t refresh_margin_us = 30000000; /* clocks, and a process that stalls between its last look and the first byte */
static const int64_t refresh_later_us = 60000000;  /* after trouble that passes */
static const int64_t refresh_look_us = 100000;     /* doubling, up to .. */
static const int64_t refresh_look_most_us = 1600000;

typedef struct refresh_waiter {
    adsync__grant_done done;
    void *user;
    struct refresh_waiter *next;
} refresh_waiter;

typedef struct refresh_task {
    adsync__kernel *kernel;
    struct refresh_task *next, **link; /* of the kernel */
    refresh_waiter *waiters;
    int64_t org, grant, seen;
    int64_t attempt, before, parent; /* before: unknown tries before ours; parent: the generation that is refreshed */
    int64_t send_before_us, look_us; /* send_before: monotonic */
    adsync__timer timer;
    adsync__flight *flight;
    connect_pocket pocket;
    uint32_t http_status;
    bool single;                  /* a used refresh token is of no use, or not for long */
    bool judged, stored, storing; /* judged: the last answer was understood; storing: tokens wait for the storage */
    bool over;                    /* nothing comes after the tokens that wait */
    adsync_error *error;
} refresh_task;

static void refresh_look(refresh_task *task);

/* ---- the end */

static void refresh_tell(refresh_task *task, adsync_status status, const adsync_error *error)
{
    refresh_waiter *waiter;

    *task->link = task->next;
    if (task->next) task->next->link = task->link;
    adsync__timer_clear(&task->timer);
    while ((waiter = task->waiters)) {
        task->waiters = waiter->next;
        waiter->done(waiter->user, status, status < 0 ? error : NULL);
        adsync__free(waiter);
    }
    connect_pocket_free(&task->pocket);
    adsync_error_free(task->error);
    adsync__free(task);
}

static void refresh_spread(refresh_task *task, adsync_status status, const char *message)
{
    static const char *const good[] = { "active", "error", NULL }, *const bad[] = { "expired", "revoked", NULL };

    if (status >= 0)
        connect_grant_spread(task->kernel, task->org, task->grant, bad, "active", NULL);
    else if (status == ADSYNC_E_AUTH)
        connect_grant_spread(task->kernel, task->org, task->grant, good, "expired", message);
}

/* ---- what came back */

static adsync_status refresh_edit_tokens(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                         adsync_error **error)
{
    const adsync_value *row = adsync__rows_values(there->rows, 0);
    refresh_task *task = user;
    bool another = adsync__equal_text(there->state, "refreshing") && connect_number(&row[GRANT_AT_ATTEMPT]) != task->attempt;
    adsync_status rc;

    if (adsync__equal_text(there->state, "revoked")) return ADSYNC_OK; /* the consent was ended meanwhile */
    if (there->generation != task->parent && ADSYNC__GUARD(GENERATION)) {
        adsync__log(adsync__kernel_effects(task->kernel), ADSYNC_LOG_WARN, "grant.late_answer",
                    "tokens for generation %lld of grant %lld came when %lld was in force; they are kept beside it",
                    (long long)task->parent + 1, (long long)task->grant, (long long)there->generation);
        rc = connect_grant_seal(task->kernel, unit, &task->pocket, task->org, task->grant, 1, task->parent + 1, error);
        return rc < 0 ? rc : ADSYNC_ROW;
    }
    if ((rc = connect_grant_fill(task->kernel, unit, &task->pocket, there->generation + 1, values, error)) < 0) return rc;
    values[GRANT_AT_DUE] = connect_grant_due(task->kernel, values, true);
    if (task->over && !another) return ADSYNC_ROW;
    values[GRANT_AT_STATE] = adsync__value_text("refreshing"); /* another step follows, or somebody else tries: none before its deadline */
    values[GRANT_AT_DEADLINE] = row[GRANT_AT_DEADLINE];
    if (another) values[GRANT_AT_DUE] = row[GRANT_AT_DEADLINE];
    return ADSYNC_ROW;
}

static adsync_status refresh_store(refresh_task *task)
{
    adsync_error *error = NULL;
    adsync_status rc = connect_grant_change(task->kernel, task->org, task->grant, refresh_edit_tokens, task, &error);

    if (rc == ADSYNC_E_NOT_FOUND) rc = ADSYNC_OK; /* the consent is not here any more: nothing is left to put them in force for */
    if (rc < 0)
        adsync__log(adsync__kernel_effects(task->kernel), ADSYNC_LOG_ERROR, "grant.store",
                    "fresh tokens of grant %lld wait for the storage: %s", (long long)task->grant, adsync_error_message(error));
    adsync_error_free(error);
    if (rc < 0) return rc;
    task->stored = true;
    task->parent++;
    return ADSYNC_OK;
}

static void refresh_store_later(refresh_task *task)
{
    task->storing = true;
    adsync__timer_set(task->kernel, &task->timer, adsync__monotonic_us(adsync__kernel_effects(task->kernel)) + CONNECT_AGAIN_US);
}

static bool refresh_goes_on(uint32_t way) { return way == ADSYNC__WAY_NEXT || way == ADSYNC__WAY_MORE || way == ADSYNC__WAY_WAIT; }

static void refresh_outcome(void *user, adsync__flight *flight, const adsync_outcome *outcome)
{
    refresh_task *task = user;
    bool tokens = false;

    task->judged = true;
    task->over = !refresh_goes_on(outcome->way);
    for (const adsync__out_secret *secret = outcome->secrets; secret; secret = secret->next)
        tokens |= secret->size && adsync__equal_text(secret->name, "access_token");
    if (connect_pocket_take(&task->pocket, adsync__kernel_secrets(task->kernel), outcome, &task->error) < 0) task->judged = tokens = false;
    if (tokens && refresh_store(task) < 0 && ADSYNC__GUARD(EVIDENCE)) {
        refresh_store_later(task);
        adsync__flight_hold(flight);
        return;
    }
    if (outcome->way == ADSYNC__WAY_WAIT)
        adsync__flight_go_at(flight, adsync__monotonic_us(adsync__kernel_effects(task->kernel)) + outcome->delay_us);
    else if (!task->over)
        adsync__flight_go(flight);
    else if (outcome->way == ADSYNC__WAY_NEED || outcome->way == ADSYNC__WAY_SPAWN) {
        task->flight = NULL; /* no refresh needs children */
        adsync__flight_drop(flight);
        (void)adsync__fail(&task->error, ADSYNC_E_INTERNAL, "connector.outcome", "the connector cannot refresh with %s",
                           adsync__way_name(outcome->way));
        refresh_tell(task, ADSYNC_E_INTERNAL, task->error);
    }
}

/* ---- nothing came back */

static void refresh_tended(void *user, adsync_status status, const adsync_error *error) { (void)user, (void)status, (void)error; }

/* Some apps get no refresh tokens. Where nobody asks but the clock, the token in force is good until it ends. */
static bool refresh_is_early(const refresh_task *task, const adsync_error *why)
{
    const refresh_waiter *waiter = task->waiters;

    while (waiter && waiter->done == refresh_tended) waiter = waiter->next;
    return !waiter && why && adsync__equal_text(adsync_error_name(why), "secret.missing");
}

/* Due once more in time for a person to act, at last when the token ends. */
static void refresh_put_off(adsync_value *values, int64_t now)
{
    static const char words[] = "nothing renews this consent by itself: the account has to be connected again before it ends";
    int64_t ends = connect_number(&values[GRANT_AT_ACCESS_EXPIRES]), left = ends - now;

    values[GRANT_AT_STATE] = adsync__value_text("active");
    values[GRANT_AT_DEADLINE] = adsync__value_null();
    values[GRANT_AT_MESSAGE] = adsync__value_text(words);
    values[GRANT_AT_DUE] = adsync__value_int(left > ADSYNC__DAY_US ? now + left / 5 * 4 : ends);
}

typedef struct refresh_verdict {
    refresh_task *task;
    adsync_status status;
    const adsync_error *error;
    bool unknown; /* the try may have changed the tokens */
    bool early;
} refresh_verdict;

static adsync_status refresh_edit_failed(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                         adsync_error **error)
{
    refresh_verdict *verdict = user;
    refresh_task *task = verdict->task;
    int64_t now = adsync__now_us(adsync__kernel_effects(task->kernel));

    (void)unit, (void)error;
    if (there->generation > task->parent) return ADSYNC_OK; /* somebody's newer tokens are in force: nothing failed */
    if (connect_number(&values[GRANT_AT_ATTEMPT]) != task->attempt) return ADSYNC_PENDING; /* somebody else tries by now */
    values[GRANT_AT_MESSAGE] = connect_line(adsync_error_message(verdict->error));
    if (verdict->unknown && task->single) { /* nobody may try before the deadline; until then it stays "refreshing" */
        values[GRANT_AT_DUE] = values[GRANT_AT_DEADLINE];
        return ADSYNC_ROW;
    }
    if (!verdict->unknown) values[GRANT_AT_ATTEMPT] = adsync__value_int(task->before);
    if (verdict->early && connect_number(&values[GRANT_AT_ACCESS_EXPIRES]) > now) {
        verdict->status = ADSYNC_E_UNSUPPORTED;
        refresh_put_off(values, now);
        return ADSYNC_ROW;
    }
    values[GRANT_AT_STATE] = adsync__value_text(verdict->status == ADSYNC_E_AUTH ? "expired" : "active");
    values[GRANT_AT_DEADLINE] = adsync__value_null();
    values[GRANT_AT_DUE] = verdict->status == ADSYNC_E_AUTH ? adsync__value_null() : adsync__value_int(now + refresh_later_us);
    return ADSYNC_ROW;
}

/* What a failed try is called. */
static adsync_status refresh_name(refresh_task *task, adsync_status status, const adsync_error *why, bool unknown, adsync_error **error)
{
    if (status == ADSYNC_E_AUTH && task->single && task->before)
        return adsync__fail(
            error, ADSYNC_E_AUTH, "grant.refresh_lost",
            "the answer to an earlier refresh was lost after the platform had exchanged the single-use refresh token, and it refuses the "
            "old one now (%s): the account has to be connected again",
            why ? adsync_error_message(why) : "no words");
    if (unknown && task->single)
        return adsync__fail(
            error, ADSYNC_E_UNCERTAIN, "grant.refresh_uncertain",
            "the answer to a refresh was lost, and its refresh token works once only: whether it was used will show at the next try, in "
            "about %d s (%s)",
            (int)((refresh_send_us + refresh_answer_us + refresh_margin_us) / 1000000), why ? adsync_error_message(why) : "no words");
    if (status >= 0) return adsync__fail(error, ADSYNC_E_FORMAT, "grant.refresh_empty", "the platform's answer to a refresh held no token");
    return adsync__fail(error, status, why ? adsync_error_name(why) : "grant.refresh", "%s",
                        why ? adsync_error_message(why) : adsync_status_name(status));
}

static void refresh_failed(refresh_task *task, adsync_status status, const adsync_error *why, bool unknown)
{
    adsync__effects *effects = adsync__kernel_effects(task->kernel);
    adsync_error *error = NULL;
    refresh_verdict verdict = { task, refresh_name(task, status, why, unknown, &error), error, unknown, refresh_is_early(task, why) };
    adsync_status rc = connect_grant_change(task->kernel, task->org, task->grant, refresh_edit_failed, &verdict, NULL);

    if (rc == ADSYNC_PENDING) { /* wait for whoever tries now */
        adsync_error_free(error);
        refresh_look(task);
        return;
    }
    if (rc == ADSYNC_OK) verdict.status = ADSYNC_OK;
    if (verdict.status < 0)
        adsync__log(effects, verdict.status == ADSYNC_E_AUTH || unknown ? ADSYNC_LOG_ERROR : ADSYNC_LOG_WARN, adsync_error_name(error),
                    "grant %lld: %s", (long long)task->grant, adsync_error_message(error));
    refresh_spread(task, verdict.status, adsync_error_message(error));
    refresh_tell(task, verdict.status, error);
    adsync_error_free(error);
}

/* The steps after the tokens did not end well, but the tokens are in force. */
static adsync_status refresh_edit_settled(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                          adsync_error **error)
{
    const refresh_task *task = user;

    (void)unit, (void)error;
    if (there->generation != task->parent || !adsync__equal_text(there->state, "refreshing")) return ADSYNC_OK;
    values[GRANT_AT_STATE] = adsync__value_text("active");
    values[GRANT_AT_DEADLINE] = adsync__value_null();
    return ADSYNC_ROW;
}

static void refresh_done(refresh_task *task)
{
    if (!task->over) (void)connect_grant_change(task->kernel, task->org, task->grant, refresh_edit_settled, task, NULL);
    refresh_spread(task, ADSYNC_OK, NULL);
    refresh_tell(task, ADSYNC_OK, NULL);
}

static void refresh_ended(void *user, adsync__flight *flight, adsync_status status, const adsync_error *error)
{
    refresh_task *task = user;
    bool unknown = adsync__flight_unanswered(flight) || (task->http_status && !task->judged) || task->http_status >= 500;

    task->flight = NULL;
    if (task->storing) {
        adsync__log(adsync__kernel_effects(task->kernel), ADSYNC_LOG_ERROR, "grant.tokens_dropped",
                    "the engine was freed before fresh tokens of grant %lld could be stored", (long long)task->grant);
        refresh_tell(task, ADSYNC_E_UNCERTAIN, NULL);
    } else if (!task->attempt) /* it only waited */
        refresh_tell(task, status, error);
    else if (task->stored)
        refresh_done(task);
    else
        refresh_failed(task, status, task->error ? task->error : error, unknown);
}

/* A consent may have brought newer tokens meanwhile: they are not this try's to use. */
static adsync_status refresh_stands(refresh_task *task, adsync_error **error)
{
    adsync__grant there;
    adsync_status rc = adsync__grant_load(task->kernel, task->org, task->grant, &there, error);

    if (rc < 0) return rc;
    if (there.generation != task->parent)
        rc = adsync__fail(error, ADSYNC_E_TRANSIENT, "grant.refresh_superseded", "newer tokens came before the refresh was sent");
    adsync__grant_unload(&there);
    return rc;
}

static adsync_status refresh_secret(void *user, adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error)
{
    refresh_task *task = user;
    adsync_status rc;

    (void)flight;
    if (adsync__monotonic_us(adsync__kernel_effects(task->kernel)) >= task->send_before_us)
        return adsync__fail(error, ADSYNC_E_TRANSIENT, "grant.refresh_late",
                            "the refresh could not be sent in time; it is tried again later");
    task->http_status = 0;
    task->judged = false;
    rc = connect_pocket_give(&task->pocket, adsync__kernel_secrets(task->kernel), name, out, error);
    if (rc != ADSYNC_E_NOT_FOUND) return rc;
    if ((rc = adsync__grant_secret(task->kernel, task->org, task->grant, name, out, error)) < 0) return rc;
    if ((rc = refresh_stands(task, error)) < 0) adsync__secret_free(out);
    return rc;
}

static void refresh_audit(void *user, adsync__flight *flight, const adsync__audit *audit)
{
    refresh_task *task = user;

    task->http_status = audit->http_status;
    connect_audit(task->kernel, flight, audit);
}

static const adsync__flight_hooks refresh_hooks = { refresh_secret, refresh_audit, refresh_outcome, refresh_ended };

/* ---- beginning */

static adsync_status refresh_edit_begin(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                        adsync_error **error)
{
    refresh_task *task = user;
    const char *message = adsync_rows_text(there->rows, ADSYNC_C_MESSAGE);
    int64_t now = connect_shared_now(task->kernel);

    (void)unit;
    task->parent = there->generation;
    if (there->generation > task->seen) return ADSYNC_OK; /* done already */
    if (adsync__equal_text(there->state, "expired") || adsync__equal_text(there->state, "revoked"))
        return adsync__fail(error, ADSYNC_E_AUTH, "grant.state", "the consent is %s: %s", there->state,
                            message ? message : "the account has to be connected again");
    if (adsync__equal_text(there->state, "refreshing") && connect_number(&values[GRANT_AT_DEADLINE]) > now && ADSYNC__GUARD(DEADLINE))
        return ADSYNC_PENDING;
    task->before = connect_number(&values[GRANT_AT_ATTEMPT]);
    task->attempt = task->before + 1;
    values[GRANT_AT_STATE] = adsync__value_text("refreshing");
    values[GRANT_AT_ATTEMPT] = adsync__value_int(task->attempt);
    values[GRANT_AT_DEADLINE] = adsync__value_int(now + refresh_send_us + refresh_answer_us + refresh_margin_us);
    values[GRANT_AT_DUE] = values[GRANT_AT_DEADLINE];
    task->send_before_us = adsync__monotonic_us(adsync__kernel_effects(task->kernel)) + refresh_send_us;
    return ADSYNC_ROW;
}

/* Before the row says "refreshing": what makes a refresh impossible here. */
static adsync_status refresh_prepare(refresh_task *task, adsync_error **error)
{
    adsync__flight_spec spec = { .org = task->org,
                                 .grant = task->grant,
                                 .priority = ADSYNC_PRIORITY_INTERACTIVE,
                                 .op = ADSYNC_TASK_AUTH_REFRESH,
                                 .hooks = &refresh_hooks,
                                 .user = task };
    const char *reuse;
    adsync_vault *vault;
    adsync__grant there;
    adsync_status rc = adsync__grant_load(task->kernel, task->org, task->grant, &there, error);

    if (rc < 0) return rc;
    if ((rc = connect_app(task->kernel, there.platform, there.app, &spec.app, error)) < 0) goto done;
    reuse = adsync__manifest_setting(&spec.app->connector->manifest, "refresh");
    if ((rc = adsync__grant_vault(task->kernel, &vault, error)) < 0) goto done;
    if (!adsync__grant_refreshable(task->kernel, there.platform)) {
        rc = adsync__fail(error, ADSYNC_E_UNSUPPORTED, "refresh.none",
                          "%s's tokens cannot be refreshed: the account has to be connected again", there.platform);
        goto done;
    }
    task->single = adsync__equal_text(reuse, "single_use") || adsync__equal_text(reuse, "grace");
    spec.member = there.external_user;
    spec.once = task->single;
    if ((rc = adsync__flight_new(task->kernel, &spec, &task->flight, error)) >= 0)
        adsync__grant_facts(&there, adsync__flight_task(task->flight));
done:
    adsync__grant_unload(&there);
    return rc;
}

static void refresh_fly(refresh_task *task)
{
    static const char *const names[] = { "access_token", "refresh_token", "token_secret" };

    for (size_t i = 0; i < ADSYNC__COUNT(names); i++) {
        adsync__secret there = { 0 };
        if (adsync__grant_secret(task->kernel, task->org, task->grant, names[i], &there, NULL) >= 0)
            adsync__task_text(adsync__flight_task(task->flight), ADSYNC__TASK_SECRET, names[i], "");
        adsync__secret_free(&there);
    }
    adsync__flight_send_before(task->flight, task->send_before_us);
    adsync__flight_go(task->flight);
}

static void refresh_look(refresh_task *task)
{
    adsync__effects *effects = adsync__kernel_effects(task->kernel);
    adsync_error *error = NULL;
    adsync_status rc = task->flight ? ADSYNC_OK : refresh_prepare(task, &error);

    adsync_error_free(task->error);
    task->error = NULL;
    if (rc >= 0) rc = connect_grant_change(task->kernel, task->org, task->grant, refresh_edit_begin, task, &error);
    if (rc == ADSYNC_ROW) {
        refresh_fly(task);
        return;
    }
    if (rc == ADSYNC_PENDING) {
        task->look_us = !task->look_us ? refresh_look_us : task->look_us < refresh_look_most_us ? task->look_us * 2 : task->look_us;
        adsync__timer_set(task->kernel, &task->timer,
                          adsync__monotonic_us(effects) + task->look_us / 2 + adsync__version_draw(effects) % task->look_us);
        return;
    }
    if (task->flight) adsync__flight_drop(task->flight);
    task->flight = NULL;
    refresh_tell(task, rc, error);
    adsync_error_free(error);
}

static void refresh_store_again(refresh_task *task)
{
    if (refresh_store(task) < 0) {
        refresh_store_later(task);
        return;
    }
    task->storing = false;
    if (!task->over) {
        adsync__flight_go(task->flight);
        return;
    }
    adsync__flight_drop(task->flight);
    task->flight = NULL;
    refresh_done(task);
}

static void refresh_due(void *user, bool cancelled)
{
    refresh_task *task = user;

    if (cancelled) {
        if (task->flight) adsync__flight_drop(task->flight);
        task->flight = NULL;
        refresh_tell(task, ADSYNC_E_CANCELLED, NULL);
    } else if (task->storing)
        refresh_store_again(task);
    else
        refresh_look(task);
}

/* Whoever wants what a refresh under way in this process will bring joins it. */
static refresh_task *refresh_under_way(adsync__kernel *kernel, int64_t org, int64_t grant, int64_t seen)
{
    refresh_task *task = *adsync__kernel_refreshes(kernel);

    while (task && (task->org != org || task->grant != grant || task->seen < seen)) task = task->next;
    return task;
}

static refresh_task *refresh_new(adsync__kernel *kernel, int64_t org, int64_t grant, int64_t seen)
{
    refresh_task **first = (refresh_task **)adsync__kernel_refreshes(kernel), *task = adsync__alloc_zero(1, sizeof *task);

    if (!task) return NULL;
    *task = (refresh_task){
        .kernel = kernel, .org = org, .grant = grant, .seen = seen, .timer = { .due = refresh_due }, .next = *first, .link = first
    };
    task->timer.user = task;
    if (task->next) task->next->link = &task->next;
    *first = task;
    return task;
}

void adsync__grant_refresh(adsync__kernel *kernel, int64_t org, int64_t grant, int64_t seen, adsync__grant_done done, void *user)
{
    refresh_task *there = refresh_under_way(kernel, org, grant, seen), *task = there;
    refresh_waiter *waiter = adsync__alloc(sizeof *waiter);

    if (!waiter || (!task && !(task = refresh_new(kernel, org, grant, seen)))) {
        adsync_error *error = NULL;
        (void)adsync__fail_memory(&error);
        adsync__free(waiter);
        done(user, ADSYNC_E_MEMORY, error);
        adsync_error_free(error);
        return;
    }
    *waiter = (refresh_waiter){ done, user, task->waiters };
    task->waiters = waiter;
    if (!there) refresh_look(task);
}

adsync_status adsync__grant_tend(adsync__kernel *kernel, adsync_error **error)
{
    enum { AT_ONCE = 8 };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync__grant_expiring(kernel, adsync__now_us(adsync__kernel_effects(kernel)), AT_ONCE, &rows, error);

    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        const char *platform = adsync_rows_text(rows, ADSYNC_C_PLATFORM), *state = adsync_rows_text(rows, ADSYNC_C_STATE);
        if (adsync__equal_text(state, "expired") || adsync__equal_text(state, "revoked") || !adsync__grant_refreshable(kernel, platform))
            continue;
        if (!adsync__kernel_find_app(kernel, platform, adsync_rows_text(rows, ADSYNC_C_APP))) continue;
        adsync__grant_refresh(kernel, adsync_rows_int(rows, ADSYNC_C_ORG), adsync_rows_int(rows, ADSYNC_C_GRANT),
                              adsync_rows_int(rows, ADSYNC_C_GENERATION), refresh_tended, NULL);
    }
    adsync_rows_free(rows);
    return rc < 0 ? rc : ADSYNC_OK;
}
