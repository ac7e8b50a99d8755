/* SPDX-License-Identifier: MIT */
/* Tasks of a grant that are no sync: what it reaches, what it is, one account, giving the consent back. Each is one flight with the
 * grant's secrets; a token that ended is refreshed once on the way. */
#include "connect_int.h"

enum { TASKS_ACCOUNTS = 10000 };

typedef struct tasks_task { /* lives until its flight ended */
    adsync__kernel *kernel;
    int64_t org, grant, connection;
    adsync__grant there;
    adsync__connection account;
    adsync__flight *flight;
    connect_pocket pocket; /* "carried" */
    adsync_rows *rows;     /* accounts found */
    adsync_rows **out;
    adsync__grant_done done;
    void *user;
    bool refreshed;
    adsync_status failed; /* of storing what came */
    adsync_error *error;
} tasks_task;

static void tasks_tell(tasks_task *task, adsync_status status, const adsync_error *error)
{
    if (status >= 0 && task->out) {
        *task->out = task->rows;
        task->rows = NULL;
    }
    task->done(task->user, status, status < 0 ? error : NULL);
    adsync__grant_unload(&task->there);
    adsync__connection_unload(&task->account);
    connect_pocket_free(&task->pocket);
    adsync_rows_free(task->rows);
    adsync_error_free(task->error);
    adsync__free(task);
}

static adsync_status tasks_secret(void *user, adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error)
{
    tasks_task *task = user;
    adsync_status rc = connect_pocket_give(&task->pocket, adsync__kernel_secrets(task->kernel), name, out, error);

    (void)flight;
    return rc != ADSYNC_E_NOT_FOUND ? rc : adsync__grant_secret(task->kernel, task->org, task->grant, name, out, error);
}

static void tasks_audit(void *user, adsync__flight *flight, const adsync__audit *audit)
{
    connect_audit(((tasks_task *)user)->kernel, flight, audit);
}

static adsync_value tasks_cell(const adsync_row *row, uint32_t column)
{
    const adsync_value *value = adsync__row_get(row, column);

    return value ? *value : adsync__value_null();
}

/* Several managers may lead to one account. */
static bool tasks_has(const tasks_task *task, const adsync_value *id)
{
    for (size_t i = adsync_rows_count(task->rows); i > 0; i--)
        if (!adsync_value_compare(adsync__rows_values(task->rows, i - 1), id)) return true;
    return false;
}

static adsync_status tasks_rows(tasks_task *task, const adsync_outcome *outcome)
{
    static const uint32_t columns[] = { ADSYNC_C_ACCOUNT_ID, ADSYNC_C_NAME, ADSYNC_C_CURRENCY, ADSYNC_C_TIME_ZONE, ADSYNC_C_STATUS };
    adsync_value values[ADSYNC__COUNT(columns)];
    adsync_status rc;

    if (!task->rows && (rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), &task->rows, &task->error)) < 0) return rc;
    for (const adsync__out_row *row = outcome->rows; row && adsync_rows_count(task->rows) < TASKS_ACCOUNTS; row = row->next) {
        if (row->table != ADSYNC_T_CONNECTIONS) continue;
        for (size_t i = 0; i < ADSYNC__COUNT(columns); i++) values[i] = tasks_cell(&row->row, columns[i]);
        if (values[0].kind == ADSYNC_VALUE_NULL) values[0] = tasks_cell(&row->row, ADSYNC_C_ID);
        if (tasks_has(task, &values[0])) continue;
        if ((rc = adsync__rows_add(task->rows, values, &task->error)) < 0) return rc;
    }
    return ADSYNC_OK;
}

/* Secrets are the grant's; facts are the connection's where the task is about one. */
static adsync_status tasks_store(tasks_task *task, const adsync_outcome *outcome)
{
    adsync_status rc = connect_pocket_take(&task->pocket, adsync__kernel_secrets(task->kernel), outcome, &task->error);

    if (rc >= 0 && (outcome->secrets || (outcome->facts && !task->connection)))
        rc = adsync__grant_store(task->kernel, task->org, task->grant, outcome, &task->error);
    if (rc >= 0 && outcome->facts && task->connection)
        rc = adsync__connection_learn(task->kernel, task->org, task->connection, outcome, NULL, NULL, &task->error);
    return rc;
}

static void tasks_refreshed(void *user, adsync_status status, const adsync_error *error)
{
    tasks_task *task = user;

    if (status >= 0) {
        adsync__task_int(adsync__flight_task(task->flight), "token_us", adsync__now_us(adsync__kernel_effects(task->kernel)));
        adsync__flight_go(task->flight);
        return;
    }
    adsync__flight_drop(task->flight);
    tasks_tell(task, status, error);
}

/* A token that ended, seen for the first time, where a fresh one can be had. */
static bool tasks_may_refresh(const tasks_task *task, const adsync__flight_spec *about, const adsync_outcome *outcome)
{
    if (outcome->way != ADSYNC__WAY_FAIL || outcome->refusal != ADSYNC_CLASS_AUTH_EXPIRED || task->refreshed) return false;
    return about->op != ADSYNC_TASK_AUTH_REVOKE && adsync__grant_refreshable(task->kernel, task->there.platform);
}

static void tasks_go_on(tasks_task *task, adsync__flight *flight, const adsync_outcome *outcome)
{
    bool over = outcome->way == ADSYNC__WAY_DONE || outcome->way == ADSYNC__WAY_FAIL;

    if (outcome->way == ADSYNC__WAY_NEED || outcome->way == ADSYNC__WAY_SPAWN)
        task->failed = adsync__fail(&task->error, ADSYNC_E_INTERNAL, "connector.outcome", "the connector cannot do %s with %s",
                                    adsync__task_name(adsync__flight_about(flight)->op), adsync__way_name(outcome->way));
    if (task->failed < 0 && !over) {
        adsync__flight_drop(flight);
        tasks_tell(task, task->failed, task->error);
    } else if (outcome->way == ADSYNC__WAY_WAIT) {
        adsync__flight_go_at(flight, adsync__monotonic_us(adsync__kernel_effects(task->kernel)) + outcome->delay_us);
    } else if (outcome->way == ADSYNC__WAY_NEXT || outcome->way == ADSYNC__WAY_MORE) {
        adsync__flight_go(flight);
    }
}

static void tasks_outcome(void *user, adsync__flight *flight, const adsync_outcome *outcome)
{
    tasks_task *task = user;

    if (tasks_may_refresh(task, adsync__flight_about(flight), outcome)) {
        task->refreshed = true;
        adsync__flight_hold(flight);
        adsync__grant_refresh(task->kernel, task->org, task->grant, task->there.generation, tasks_refreshed, task);
        return;
    }
    if (outcome->way != ADSYNC__WAY_FAIL && task->failed >= 0) task->failed = tasks_rows(task, outcome);
    if (task->failed >= 0) task->failed = tasks_store(task, outcome);
    tasks_go_on(task, flight, outcome);
}

static void tasks_ended(void *user, adsync__flight *flight, adsync_status status, const adsync_error *error)
{
    tasks_task *task = user;

    (void)flight;
    if (status >= 0 && task->failed < 0)
        tasks_tell(task, task->failed, task->error);
    else
        tasks_tell(task, status, error);
}

static const adsync__flight_hooks tasks_hooks = { tasks_secret, tasks_audit, tasks_outcome, tasks_ended };

static adsync_status tasks_start(tasks_task *task, uint32_t op, uint32_t priority, adsync_error **error)
{
    adsync__flight_spec spec = { .org = task->org,
                                 .grant = task->grant,
                                 .connection = task->connection,
                                 .priority = priority,
                                 .op = op,
                                 .hooks = &tasks_hooks,
                                 .user = task };
    adsync_status rc;

    if ((rc = adsync__grant_load(task->kernel, task->org, task->grant, &task->there, error)) < 0) return rc;
    if (adsync__equal_text(task->there.state, "revoked"))
        return adsync__fail(error, ADSYNC_E_AUTH, "grant.state", "the consent was ended here: the account has to be connected again");
    if (task->connection && (rc = adsync__connection_load(task->kernel, task->org, task->connection, &task->account, error)) < 0) return rc;
    if ((rc = connect_app(task->kernel, task->there.platform, task->there.app, &spec.app, error)) < 0) return rc;
    spec.member = task->there.external_user;
    spec.account_id = task->account.account_id;
    if (!adsync__manifest_supports(&spec.app->connector->manifest, op, 0))
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "platform.unsupported", "%s does not offer %s", task->there.platform,
                            adsync__task_name(op));
    if ((rc = adsync__flight_new(task->kernel, &spec, &task->flight, error)) < 0) return rc;
    adsync__task_text(adsync__flight_task(task->flight), ADSYNC__TASK_SECRET, "access_token", "");
    adsync__task_text(adsync__flight_task(task->flight), ADSYNC__TASK_PARAM, "external_user", task->there.external_user);
    adsync__task_text(adsync__flight_task(task->flight), ADSYNC__TASK_PARAM, "account_id", task->account.account_id);
    adsync__grant_facts(&task->there, adsync__flight_task(task->flight));
    if (task->connection) adsync__connection_facts(&task->account, adsync__flight_task(task->flight));
    adsync__flight_go(task->flight);
    return ADSYNC_OK;
}

void adsync__grant_task(adsync__kernel *kernel, int64_t org, int64_t grant, int64_t connection, uint32_t op, uint32_t priority,
                        adsync_rows **out, adsync__grant_done done, void *user)
{
    tasks_task *task = adsync__alloc_zero(1, sizeof *task);
    adsync_error *error = NULL;
    adsync_status rc;

    if (!task) {
        (void)adsync__fail_memory(&error);
        done(user, ADSYNC_E_MEMORY, error);
        adsync_error_free(error);
        return;
    }
    *task = (tasks_task){ .kernel = kernel, .org = org, .grant = grant, .connection = connection, .out = out, .done = done, .user = user };
    if ((rc = tasks_start(task, op, priority, &error)) < 0) tasks_tell(task, rc, error);
    adsync_error_free(error);
}

void adsync__grant_discover(adsync__kernel *kernel, int64_t org, int64_t grant, uint32_t priority, adsync_rows **out,
                            adsync__grant_done done, void *user)
{
    adsync__grant_task(kernel, org, grant, 0, ADSYNC_TASK_ACCOUNT_DISCOVER, priority, out, done, user);
}
