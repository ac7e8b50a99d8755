/* SPDX-License-Identifier: MIT */
/* Whether token, scopes and account still stand: the consent is inspected, then the account is looked at, where the platform has a call
 * for it; what they say is written into grant and connection. */
#include "connect_int.h"

#include <stdio.h>

typedef struct validate_task {
    adsync__kernel *kernel;
    int64_t org, connection, grant;
    const char *asked; /* the app's scopes */
    adsync_rows **out;
    adsync__grant_done done;
    void *user;
} validate_task;

static adsync_status validate_rows(validate_task *task, adsync_rows **out, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_STATUS, ADSYNC_C_MESSAGE, ADSYNC_C_SCOPES, ADSYNC_C_ACCESS_EXPIRES_US };
    adsync__connection connection = { 0 };
    adsync__grant grant = { 0 };
    adsync_value values[ADSYNC__COUNT(columns)];
    adsync_rows *rows = NULL;
    adsync_status rc;

    if ((rc = adsync__connection_load(task->kernel, task->org, task->connection, &connection, error)) < 0) goto done;
    if ((rc = adsync__grant_load(task->kernel, task->org, task->grant, &grant, error)) < 0) goto done;
    values[0] = adsync__value_text(connection.status);
    values[1] = adsync__value_text(adsync_rows_text(connection.rows, ADSYNC_C_MESSAGE));
    values[2] = adsync__value_text(grant.scopes);
    values[3] = grant.access_expires_us ? adsync__value_int(grant.access_expires_us) : adsync__value_null();
    if ((rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), &rows, error)) < 0) goto done;
    if ((rc = adsync__rows_add(rows, values, error)) < 0) goto done;
    *out = rows;
    rows = NULL;
done:
    adsync_rows_free(rows);
    adsync__grant_unload(&grant);
    adsync__connection_unload(&connection);
    return rc;
}

static void validate_tell(validate_task *task, adsync_status status, const adsync_error *error)
{
    if (task->grant) (void)validate_rows(task, task->out, NULL);
    task->done(task->user, status, status < 0 ? error : NULL);
    adsync__free(task);
}

/* What the platform said about the connection becomes its status; trouble that passes changes nothing. */
static void validate_end(validate_task *task, adsync_status status, const adsync_error *error)
{
    static const struct {
        adsync_status status;
        const char *word;
    } words[] = { { ADSYNC_E_AUTH, "expired" }, { ADSYNC_E_PERMISSION, "error" }, { ADSYNC_E_NOT_FOUND, "error" } };
    const char *message = status < 0 ? adsync_error_message(error) : NULL;

    if (status >= 0) (void)adsync__connection_learn(task->kernel, task->org, task->connection, NULL, "active", NULL, NULL);
    for (size_t i = 0; i < ADSYNC__COUNT(words); i++)
        if (words[i].status == status)
            (void)adsync__connection_learn(task->kernel, task->org, task->connection, NULL, words[i].word, message, NULL);
    validate_tell(task, status, error);
}

static void validate_seen(void *user, adsync_status status, const adsync_error *error)
{
    if (status == ADSYNC_E_UNSUPPORTED)
        validate_end(user, ADSYNC_OK, NULL);
    else
        validate_end(user, status, error);
}

/* The app asks for scopes that this consent does not hold. */
static adsync_status validate_scopes(validate_task *task, adsync_error **error)
{
    adsync__grant grant;
    char missing[200];
    adsync_status rc = adsync__grant_load(task->kernel, task->org, task->grant, &grant, error);

    if (rc < 0) return rc;
    if (connect_missing(task->asked, grant.scopes, missing, sizeof missing))
        rc = adsync__fail(error, ADSYNC_E_PERMISSION, "grant.scopes", "%s", missing);
    adsync__grant_unload(&grant);
    return rc;
}

static void validate_inspected(void *user, adsync_status status, const adsync_error *error)
{
    validate_task *task = user;
    adsync_error *words = NULL;

    if (status >= 0 && (status = validate_scopes(task, &words)) < 0) error = words;
    if (status < 0 && status != ADSYNC_E_UNSUPPORTED)
        validate_end(task, status, error);
    else
        adsync__grant_task(task->kernel, task->org, task->grant, task->connection, ADSYNC_TASK_ACCOUNT_GET, ADSYNC_PRIORITY_INTERACTIVE,
                           NULL, validate_seen, task);
    adsync_error_free(words);
}

static adsync_status validate_start(validate_task *task, adsync_error **error)
{
    adsync__connection connection;
    adsync__grant grant;
    const adsync__app *app = NULL;
    adsync_status rc = adsync__connection_load(task->kernel, task->org, task->connection, &connection, error);
    int64_t number;

    if (rc < 0) return rc;
    number = connection.grant;
    rc = adsync__connection_check(&connection, error);
    adsync__connection_unload(&connection);
    if (rc < 0 || (rc = adsync__grant_load(task->kernel, task->org, number, &grant, error)) < 0) return rc;
    rc = connect_app(task->kernel, grant.platform, grant.app, &app, error);
    if (rc >= 0) task->asked = app->scopes;
    adsync__grant_unload(&grant);
    if (rc >= 0) task->grant = number;
    return rc;
}

void adsync__connection_validate(adsync__kernel *kernel, int64_t org, int64_t connection, adsync_rows **out, adsync__grant_done done,
                                 void *user)
{
    validate_task *task = adsync__alloc_zero(1, sizeof *task);
    adsync_error *error = NULL;
    adsync_status rc;

    if (!task) {
        (void)adsync__fail_memory(&error);
        done(user, ADSYNC_E_MEMORY, error);
        adsync_error_free(error);
        return;
    }
    *task = (validate_task){ .kernel = kernel, .org = org, .connection = connection, .out = out, .done = done, .user = user };
    if ((rc = validate_start(task, &error)) < 0)
        validate_tell(task, rc, error);
    else
        adsync__grant_task(kernel, org, task->grant, 0, ADSYNC_TASK_AUTH_INSPECT, ADSYNC_PRIORITY_INTERACTIVE, NULL, validate_inspected,
                           task);
    adsync_error_free(error);
}
