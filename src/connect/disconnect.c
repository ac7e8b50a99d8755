/* SPDX-License-Identifier: MIT */
/* Ending a connection. Its row says so first; then, where no other connection uses the grant, the consent is given back at the platform
 * if that was asked for and there is a call for it; then the secrets go, whatever the platform answered. */
#include "connect_int.h"

enum { DISCONNECT_OTHERS = 10000, DISCONNECT_SECRETS = 1000 };

typedef struct disconnect_task {
    adsync__kernel *kernel;
    int64_t org, connection, grant;
    adsync_rows **out;
    adsync__grant_done done;
    void *user;
    bool partial;
    adsync__buffer words; /* what a person still has to do */
} disconnect_task;

static void disconnect_tell(disconnect_task *task, adsync_status status, adsync_error *error)
{
    static const uint32_t columns[] = { ADSYNC_C_STATUS, ADSYNC_C_MESSAGE };
    const adsync_value values[] = { adsync__value_text("disconnected"), adsync__value_text(task->words.size ? task->words.p : NULL) };
    adsync_rows *rows = NULL;

    if (status >= 0 && task->out) {
        adsync_status rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), &rows, &error);
        if (rc >= 0) rc = adsync__rows_add(rows, values, &error);
        if (rc < 0) {
            adsync_rows_free(rows);
            rows = NULL;
            status = rc;
        }
        *task->out = rows;
    }
    task->done(task->user, status < 0 ? status : task->partial ? ADSYNC_PARTIAL : ADSYNC_OK, status < 0 ? error : NULL);
    adsync_error_free(error);
    adsync__buffer_free(&task->words);
    adsync__free(task);
}

/* ADSYNC_ROW: another connection uses the grant. */
static adsync_status disconnect_used(disconnect_task *task, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(task->org), adsync__value_int(task->grant) };
    const adsync_range range = { .table = ADSYNC_T_CONNECTIONS,
                                 .index = 2,
                                 .limit = DISCONNECT_OTHERS,
                                 .columns = 3,
                                 .lower = bound,
                                 .n_lower = 2,
                                 .upper = bound,
                                 .n_upper = 2 };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(task->kernel), task->org, &range, &rows, error);

    while (rc == ADSYNC_OK && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        if (adsync_rows_int(rows, ADSYNC_C_CONNECTION) != task->connection &&
            !adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATUS), "disconnected"))
            rc = ADSYNC_ROW;
    adsync_rows_free(rows);
    return rc;
}

/* Somebody who adds a connection meanwhile writes the grant's row too, so this does not hold, and is looked at again. */
static adsync_status disconnect_edit(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                     adsync_error **error)
{
    disconnect_task *task = user;
    const adsync_value bound[] = { adsync__value_int(task->org), adsync__value_int(task->grant) };
    const adsync_range range = {
        .table = ADSYNC_T_SECRETS, .limit = DISCONNECT_SECRETS, .columns = 4, .lower = bound, .n_lower = 2, .upper = bound, .n_upper = 2
    };
    adsync_rows *rows = NULL;
    adsync_status rc;

    (void)there;
    if ((rc = disconnect_used(task, error)) != ADSYNC_OK) return rc < 0 ? rc : ADSYNC_OK;
    if ((rc = adsync_storage_scan(adsync__kernel_storage(task->kernel), task->org, &range, &rows, error)) < 0) return rc;
    for (size_t i = 0; i < adsync_rows_count(rows); i++)
        adsync__unit_delete(unit, ADSYNC_T_SECRETS, ADSYNC_EXPECT_ANY, adsync__rows_values(rows, i));
    adsync_rows_free(rows);
    values[GRANT_AT_STATE] = adsync__value_text("revoked");
    values[GRANT_AT_DUE] = values[GRANT_AT_DEADLINE] = adsync__value_null();
    values[GRANT_AT_MESSAGE] = adsync__value_text("its last connection was ended");
    return ADSYNC_ROW;
}

static void disconnect_forget(disconnect_task *task)
{
    adsync_error *error = NULL;
    adsync_status rc = connect_grant_change(task->kernel, task->org, task->grant, disconnect_edit, task, &error);

    disconnect_tell(task, rc < 0 ? rc : ADSYNC_OK, error);
}

static void disconnect_help(disconnect_task *task, const char *why)
{
    adsync__grant there = { 0 };
    const adsync__connector *connector = NULL;
    const char *help = NULL;

    if (adsync__grant_load(task->kernel, task->org, task->grant, &there, NULL) >= 0)
        connector = adsync__kernel_find_connector(task->kernel, there.platform);
    if (connector) help = adsync__manifest_setting(&connector->manifest, "revoke_help");
    task->partial = true;
    adsync__buffer_text(&task->words, "the consent was not given back at the platform");
    if (why && *why) {
        adsync__buffer_text(&task->words, " (");
        adsync__buffer_text(&task->words, why);
        adsync__buffer_char(&task->words, ')');
    }
    adsync__buffer_text(&task->words, help ? ": " : "");
    adsync__buffer_text(&task->words, help ? help : "");
    adsync__grant_unload(&there);
}

static void disconnect_revoked(void *user, adsync_status status, const adsync_error *error)
{
    disconnect_task *task = user;

    if (status < 0 && status != ADSYNC_E_AUTH) disconnect_help(task, status == ADSYNC_E_UNSUPPORTED ? NULL : adsync_error_message(error));
    disconnect_forget(task); /* a token that the platform knows no more needs no revoking */
}

static adsync_status disconnect_start(disconnect_task *task, bool *alone, adsync_error **error)
{
    adsync__connection there;
    adsync_status rc = adsync__connection_load(task->kernel, task->org, task->connection, &there, error);

    if (rc < 0) return rc;
    task->grant = there.grant;
    adsync__connection_unload(&there);
    if ((rc = adsync__connection_learn(task->kernel, task->org, task->connection, NULL, "disconnected", NULL, error)) < 0) return rc;
    if ((rc = disconnect_used(task, error)) < 0) return rc;
    *alone = rc == ADSYNC_OK && task->grant;
    return ADSYNC_OK;
}

void adsync__connection_disconnect(adsync__kernel *kernel, int64_t org, int64_t connection, uint32_t flags, adsync_rows **out,
                                   adsync__grant_done done, void *user)
{
    disconnect_task *task = adsync__alloc_zero(1, sizeof *task);
    adsync_error *error = NULL;
    bool alone = false;
    adsync_status rc;

    if (!task) {
        (void)adsync__fail_memory(&error);
        done(user, ADSYNC_E_MEMORY, error);
        adsync_error_free(error);
        return;
    }
    *task = (disconnect_task){ .kernel = kernel, .org = org, .connection = connection, .out = out, .done = done, .user = user };
    adsync__buffer_begin(&task->words, CONNECT_LINE);
    if ((rc = disconnect_start(task, &alone, &error)) < 0 || !alone)
        disconnect_tell(task, rc, error);
    else if (flags & ADSYNC_DISCONNECT_REVOKE)
        adsync__grant_task(kernel, org, task->grant, 0, ADSYNC_TASK_AUTH_REVOKE, ADSYNC_PRIORITY_INTERACTIVE, NULL, disconnect_revoked,
                           task);
    else
        disconnect_forget(task);
}
