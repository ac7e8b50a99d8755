/* SPDX-License-Identifier: MIT */
/* Connections: one ad account that a grant reaches. Their rows are changed by few and seldom, always by comparing. */
#include "connect_int.h"

#include "../json/json.h"

enum { CONNECTIONS_TIMEFRAME = 90, CONNECTIONS_ID = 200, CONNECTIONS_WIDTH = 23 };
enum { CONNECTIONS_FREQUENCY_LEAST = 5, CONNECTIONS_FREQUENCY_MOST = 30 * 1440, CONNECTIONS_TIMEFRAME_MOST = 1200 };

adsync_status adsync__connection_load(adsync__kernel *kernel, int64_t org, int64_t connection, adsync__connection *out,
                                      adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(connection) };
    adsync_status rc;

    *out = (adsync__connection){ .org = org, .connection = connection };
    if ((rc = adsync_storage_read(adsync__kernel_storage(kernel), org, ADSYNC_T_CONNECTIONS, 0, key, 1, &out->rows, error)) < 0) return rc;
    if (adsync_rows_next(out->rows, NULL) != ADSYNC_ROW) {
        adsync__connection_unload(out);
        return adsync__fail(error, ADSYNC_E_NOT_FOUND, "connection.not_found", "there is no connection %lld", (long long)connection);
    }
    out->version = adsync_rows_int(out->rows, ADSYNC_C_VERSION);
    out->grant = adsync_rows_int(out->rows, ADSYNC_C_GRANT);
    out->platform = adsync_rows_text(out->rows, ADSYNC_C_PLATFORM);
    out->account_id = adsync_rows_text(out->rows, ADSYNC_C_ACCOUNT_ID);
    out->name = adsync_rows_text(out->rows, ADSYNC_C_NAME);
    out->currency = adsync_rows_text(out->rows, ADSYNC_C_CURRENCY);
    out->time_zone = adsync_rows_text(out->rows, ADSYNC_C_TIME_ZONE);
    out->status = adsync_rows_text(out->rows, ADSYNC_C_STATUS);
    out->facts = adsync_rows_text(out->rows, ADSYNC_C_FACTS);
    out->timeframe_days = adsync_rows_int(out->rows, ADSYNC_C_TIMEFRAME_DAYS);
    out->frequency_minutes = adsync_rows_int(out->rows, ADSYNC_C_FREQUENCY_MINUTES);
    out->auto_sync = adsync_rows_int(out->rows, ADSYNC_C_AUTO_SYNC);
    return ADSYNC_OK;
}

void adsync__connection_unload(adsync__connection *connection)
{
    adsync_rows_free(connection->rows);
    *connection = (adsync__connection){ 0 };
}

adsync_status adsync__connection_check(const adsync__connection *connection, adsync_error **error)
{
    if (!adsync__equal_text(connection->status, "disconnected")) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_AUTH, "connection.disconnected", "the connection of account %s was ended: add it again",
                        connection->account_id);
}

/* ---- facts */

void adsync__connection_facts(const adsync__connection *connection, adsync_task *task)
{
    adsync__task_text(task, ADSYNC__TASK_FACT, "currency", connection->currency);
    adsync__task_text(task, ADSYNC__TASK_FACT, "time_zone", connection->time_zone);
    connect_facts_give(connection->facts, task);
}

int64_t adsync__connection_fact(const adsync__connection *connection, const char *name)
{
    return connect_facts_number(connection->facts, name);
}

static uint32_t connections_fact_column(const char *name)
{
    if (!strcmp(name, "currency")) return CONNECTION_AT_CURRENCY;
    if (!strcmp(name, "time_zone")) return CONNECTION_AT_TIME_ZONE;
    return strcmp(name, "name") ? 0 : CONNECTION_AT_NAME;
}

static bool connections_has_column(const char *name) { return connections_fact_column(name) != 0; }

/* ---- changing a row: read, change, compare, again */

typedef adsync_status (*connections_edit)(void *user, const adsync__connection *there, adsync_value *values, connect_arm *arm,
                                          adsync_error **error);

static adsync_status connections_change_once(adsync__kernel *kernel, const adsync__connection *there, connections_edit edit, void *user,
                                             adsync_error **error)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(kernel));
    adsync_value values[CONNECTIONS_WIDTH];
    connect_arm arm = { 0 };
    adsync__commit_unit *unit;
    adsync_status rc;

    memcpy(values, adsync__rows_values(there->rows, 0), sizeof values);
    if ((rc = edit(user, there, values, &arm, error)) < 0) return rc;
    values[CONNECTION_AT_UPDATED] = adsync__value_int(now);
    if (!(unit = adsync__unit_new(kernel, there->org, NULL, NULL))) return adsync__fail_memory(error);
    connect_schedule_follow(unit, values, &arm, now);
    adsync__unit_put(unit, ADSYNC_T_CONNECTIONS, there->version, 0, values, CONNECTIONS_WIDTH);
    return adsync__unit_commit(unit, error);
}

static adsync_status connections_change(adsync__kernel *kernel, int64_t org, int64_t connection, connections_edit edit, void *user,
                                        adsync_error **error)
{
    adsync__connection there;
    adsync_status rc = ADSYNC_E_CONFLICT;

    for (uint32_t attempt = 0; attempt < CONNECT_ATTEMPTS && (rc == ADSYNC_E_CONFLICT || rc == ADSYNC_E_RETRY); attempt++) {
        if ((rc = adsync__connection_load(kernel, org, connection, &there, error)) < 0) return rc;
        rc = connections_change_once(kernel, &there, edit, user, error);
        adsync__connection_unload(&there);
    }
    return rc;
}

typedef struct connections_learn {
    const adsync_outcome *outcome;
    const char *status, *message;
    adsync__buffer facts;
} connections_learn;

static adsync_status connections_edit_learn(void *user, const adsync__connection *there, adsync_value *values, connect_arm *arm,
                                            adsync_error **error)
{
    connections_learn *learn = user;
    uint32_t column;
    adsync_status rc;

    (void)arm;

    if (learn->status && !adsync__equal_text(there->status, "disconnected")) { /* only adding it again ends that */
        values[CONNECTION_AT_STATUS] = adsync__value_text(learn->status);
        values[CONNECTION_AT_MESSAGE] = connect_line(learn->message);
    }
    if (!learn->outcome) return ADSYNC_OK;
    for (const adsync__out_fact *fact = learn->outcome->facts; fact; fact = fact->next)
        if ((column = connections_fact_column(fact->name)) && fact->value) values[column] = adsync__value_text(fact->value);
    adsync__buffer_free(&learn->facts);
    if ((rc = connect_facts_merge(there->facts, learn->outcome->facts, connections_has_column, &learn->facts, error)) >= 0)
        values[CONNECTION_AT_FACTS] = adsync__value_text(learn->facts.p);
    return rc;
}

adsync_status adsync__connection_learn(adsync__kernel *kernel, int64_t org, int64_t connection, const adsync_outcome *outcome,
                                       const char *status, const char *message, adsync_error **error)
{
    connections_learn learn = { .outcome = outcome, .status = status, .message = message };
    adsync_status rc = connections_change(kernel, org, connection, connections_edit_learn, &learn, error);

    adsync__buffer_free(&learn.facts);
    return rc;
}

static bool connections_keeps(const adsync__connection *there, const adsync__connection_end *end)
{
    const char *said = adsync_rows_text(there->rows, ADSYNC_C_MESSAGE);
    size_t n = end->keeps ? strlen(end->keeps) : 0;

    return n && !end->warning && said && !strncmp(said, end->keeps, n) && said[n] == ':';
}

adsync_status adsync__connection_put_synced(adsync__kernel *kernel, adsync__commit_unit *unit, int64_t org, int64_t connection,
                                            const adsync__connection_end *end, adsync_error **error)
{
    connections_learn learn = { .status = end->status, .message = end->message };
    int64_t now = adsync__now_us(adsync__kernel_effects(kernel));
    adsync_value values[CONNECTIONS_WIDTH];
    adsync__connection there;
    adsync_status rc = adsync__connection_load(kernel, org, connection, &there, error);

    if (rc < 0) return rc;
    memcpy(values, adsync__rows_values(there.rows, 0), sizeof values);
    if (adsync__equal_text(there.status, "active") && !connections_keeps(&there, end))
        values[CONNECTION_AT_MESSAGE] = connect_line(end->warning);
    if (adsync__equal_text(there.status, "revoked")) learn.status = NULL; /* that says more */
    (void)connections_edit_learn(&learn, &there, values, NULL, NULL);
    values[CONNECTION_AT_LAST_SYNC] = values[CONNECTION_AT_UPDATED] = adsync__value_int(now);
    values[CONNECTION_AT_LAST_STATUS] = adsync__value_text(end->how);
    values[CONNECTION_AT_LAST_MESSAGE] = connect_line(end->message);
    connect_schedule_follow(unit, values, &(connect_arm){ 0 }, now);
    adsync__unit_put(unit, ADSYNC_T_CONNECTIONS, there.version, 0, values, CONNECTIONS_WIDTH);
    adsync__connection_unload(&there);
    return ADSYNC_OK;
}

/* ---- settings */

enum { CONNECTIONS_ALL = (1u << ADSYNC__RHYTHMS) - 1, CONNECTIONS_BACKFILL = 1u << ADSYNC__RHYTHM_BACKFILL };

static adsync_status connections_check_rates(uint32_t frequency_minutes, uint32_t timeframe_days, const char *metadata,
                                             adsync_error **error)
{
    if (frequency_minutes && (frequency_minutes < CONNECTIONS_FREQUENCY_LEAST || frequency_minutes > CONNECTIONS_FREQUENCY_MOST))
        return adsync__fail(error, ADSYNC_E_INVALID, "connection.frequency", "a connection is synced every %d minutes to %d days",
                            CONNECTIONS_FREQUENCY_LEAST, CONNECTIONS_FREQUENCY_MOST / 1440);
    if (timeframe_days > CONNECTIONS_TIMEFRAME_MOST)
        return adsync__fail(error, ADSYNC_E_INVALID, "connection.timeframe", "at most %d days back can be asked for",
                            CONNECTIONS_TIMEFRAME_MOST);
    if (metadata && (*metadata != '{' || !adsync__json_valid(metadata, strlen(metadata))))
        return adsync__fail(error, ADSYNC_E_INVALID, "connection.metadata", "metadata is not a JSON object");
    return ADSYNC_OK;
}

/* What is changed is looked at at once; more days than before are fetched by a backfill of their own. */
static adsync_status connections_edit_set(void *user, const adsync__connection *there, adsync_value *values, connect_arm *arm,
                                          adsync_error **error)
{
    const adsync_connection_settings *settings = user;

    (void)error;
    arm->which = CONNECTIONS_ALL;
    if (settings->flags & ADSYNC_CONNECTION_NOW) arm->anew |= CONNECTIONS_ALL & ~CONNECTIONS_BACKFILL;
    if (settings->flags & ADSYNC_CONNECTION_BACKFILL || settings->timeframe_days > there->timeframe_days) arm->anew |= CONNECTIONS_BACKFILL;
    if (settings->flags & (ADSYNC_CONNECTION_AUTO | ADSYNC_CONNECTION_MANUAL))
        values[CONNECTION_AT_AUTO] = adsync__value_int((settings->flags & ADSYNC_CONNECTION_AUTO) != 0);
    if (settings->flags & ADSYNC_CONNECTION_BY_KIND) values[CONNECTION_AT_FREQUENCY] = adsync__value_null();
    if (settings->frequency_minutes) values[CONNECTION_AT_FREQUENCY] = adsync__value_int(settings->frequency_minutes);
    if (settings->timeframe_days) values[CONNECTION_AT_TIMEFRAME] = adsync__value_int(settings->timeframe_days);
    if (settings->metadata) values[CONNECTION_AT_METADATA] = adsync__value_text(settings->metadata);
    return ADSYNC_OK;
}

adsync_status adsync__connection_set(adsync__kernel *kernel, int64_t org, int64_t connection, const adsync_connection_settings *settings,
                                     adsync_error **error)
{
    adsync_connection_settings mine = *settings;
    adsync_status rc = connections_check_rates(mine.frequency_minutes, mine.timeframe_days, mine.metadata, error);

    return rc < 0 ? rc : connections_change(kernel, org, connection, connections_edit_set, &mine, error);
}

/* ---- adding */

typedef struct connections_wish {
    adsync__kernel *kernel;
    const adsync_connection_options *options;
    const char *account_id, *platform; /* bare */
    int64_t org, grant, connection;
} connections_wish;

/* "act_123" and "123" are one account: the manifest's account_prefix names what may stand before an id, several separated by blanks. So
 * are "123-456" and "123456", where account_ignore has the dash. */
static const char *connections_bare(adsync__kernel *kernel, const char *platform, const char *account_id, char room[CONNECTIONS_ID + 1])
{
    const adsync__connector *connector = adsync__kernel_find_connector(kernel, platform);
    const char *prefix = connector ? adsync__manifest_setting(&connector->manifest, "account_prefix") : NULL;
    const char *ignored = connector ? adsync__manifest_setting(&connector->manifest, "account_ignore") : NULL;
    size_t n = 0;

    for (; prefix && *prefix; prefix += strcspn(prefix, " ")) {
        prefix += strspn(prefix, " ");
        if (!*prefix || strncmp(account_id, prefix, strcspn(prefix, " "))) continue;
        account_id += strcspn(prefix, " ");
        break;
    }
    if (!ignored || strlen(account_id) > CONNECTIONS_ID) return account_id;
    for (const char *at = account_id; *at; at++)
        if (!strchr(ignored, *at)) room[n++] = *at;
    room[n] = 0;
    return room;
}

/* The number of an account, so that two who add it at once meet in one row. `n`: the next one, where a number is taken by another. */
static adsync_status connections_number(const connections_wish *wish, uint32_t n, int64_t *number, adsync_error **error)
{
    uint8_t digest[ADSYNC__SHA256_SIZE];
    const char again = (char)n;
    const adsync__piece pieces[] = {
        { wish->platform, strlen(wish->platform) }, { "/", 1 }, { wish->account_id, strlen(wish->account_id) }, { &again, 1 }
    };
    adsync_status rc = adsync__digest(adsync__kernel_crypto(wish->kernel), ADSYNC__SHA256, pieces, ADSYNC__COUNT(pieces), digest, error);

    *number = 0;
    for (uint32_t i = 0; i < 7; i++) *number = *number << 8 | digest[i];
    *number &= (INT64_C(1) << 53) - 1;
    if (!*number) *number = 1;
    return rc;
}

static adsync_status connections_place(connections_wish *wish, adsync__connection *there, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_OK;

    for (uint32_t n = 0; n < 8; n++) {
        if ((rc = connections_number(wish, n, &wish->connection, error)) < 0) return rc;
        rc = adsync__connection_load(wish->kernel, wish->org, wish->connection, there, &words);
        if (rc == ADSYNC_E_NOT_FOUND) {
            adsync_error_free(words);
            return ADSYNC_OK;
        }
        if (rc < 0) return adsync__fail_with(error, rc, words);
        if (adsync__equal_text(there->account_id, wish->account_id) && adsync__equal_text(there->platform, wish->platform))
            return ADSYNC_OK;
        adsync__connection_unload(there);
    }
    return adsync__fail(error, ADSYNC_E_INTERNAL, "connection.number", "no number is free for account %s", wish->account_id);
}

static void connections_fill(const connections_wish *wish, int64_t now, adsync_value *values)
{
    const adsync_connection_options *options = wish->options;

    values[CONNECTION_AT_STATUS] = adsync__value_text("active");
    values[CONNECTION_AT_MESSAGE] = adsync__value_null();
    values[CONNECTION_AT_UPDATED] = adsync__value_int(now);
    values[CONNECTION_AT_GRANT] = adsync__value_int(wish->grant);
    if (options->flags) values[CONNECTION_AT_AUTO] = adsync__value_int(options->flags == ADSYNC_CONNECTION_AUTO);
    if (options->frequency_minutes) values[CONNECTION_AT_FREQUENCY] = adsync__value_int(options->frequency_minutes);
    if (options->timeframe_days) values[CONNECTION_AT_TIMEFRAME] = adsync__value_int(options->timeframe_days);
    if (options->metadata) values[CONNECTION_AT_METADATA] = adsync__value_text(options->metadata);
}

/* The grant's row is written too: whoever ends its last connection meanwhile meets a conflict and looks again. */
static adsync_status connections_edit_add(void *user, const adsync__grant *grant, adsync_value *grant_values, adsync__commit_unit *unit,
                                          adsync_error **error)
{
    connections_wish *wish = user;
    int64_t now = adsync__now_us(adsync__kernel_effects(wish->kernel));
    adsync_value values[CONNECTIONS_WIDTH];
    adsync__connection there = { 0 };
    adsync_status rc;

    (void)grant_values;
    if (adsync__equal_text(grant->state, "revoked"))
        return adsync__fail(error, ADSYNC_E_AUTH, "grant.state", "the consent was given back: the account has to be connected again");
    wish->platform = grant->platform;
    if ((rc = connections_place(wish, &there, error)) < 0) return rc;
    for (uint32_t i = 0; i < CONNECTIONS_WIDTH; i++) values[i] = adsync__value_null();
    values[0] = adsync__value_int(wish->org);
    values[1] = adsync__value_int(wish->connection);
    values[6] = adsync__value_text("never");
    values[11] = adsync__value_text(wish->platform);
    values[12] = adsync__value_text(wish->account_id);
    values[CONNECTION_AT_AUTO] = adsync__value_int(1);
    values[CONNECTION_AT_TIMEFRAME] = adsync__value_int(CONNECTIONS_TIMEFRAME);
    values[22] = adsync__value_int(now);
    if (there.rows) memcpy(values, adsync__rows_values(there.rows, 0), sizeof values);
    connections_fill(wish, now, values);
    connect_schedule_follow(unit, values, &(connect_arm){ 0 }, now);
    adsync__unit_put(unit, ADSYNC_T_CONNECTIONS, there.rows ? there.version : ADSYNC_EXPECT_ABSENT, 0, values, CONNECTIONS_WIDTH);
    adsync__connection_unload(&there);
    return ADSYNC_ROW;
}

static adsync_status connections_check_wish(const connections_wish *wish, adsync_error **error)
{
    const adsync_connection_options *options = wish->options;
    size_t size = strlen(wish->account_id);

    if (!size || size > CONNECTIONS_ID || !adsync__utf8_valid(wish->account_id, size) || strpbrk(wish->account_id, " \t\r\n"))
        return adsync__fail(error, ADSYNC_E_INVALID, "connection.account", "that is no account id: it is empty, too long, or holds blanks");
    return connections_check_rates(options->frequency_minutes, options->timeframe_days, options->metadata, error);
}

adsync_status adsync__connection_add(adsync__kernel *kernel, int64_t org, int64_t grant, const char *account_id,
                                     const adsync_connection_options *options, int64_t *connection, adsync_error **error)
{
    connections_wish wish = { .kernel = kernel, .options = options, .org = org, .grant = grant };
    char room[CONNECTIONS_ID + 1];
    adsync__grant there;
    adsync_status rc = adsync__grant_load(kernel, org, grant, &there, error);

    if (rc < 0) return rc;
    wish.account_id = connections_bare(kernel, there.platform, account_id, room);
    adsync__grant_unload(&there);
    if ((rc = connections_check_wish(&wish, error)) < 0) return rc;
    if ((rc = connect_grant_change(kernel, org, grant, connections_edit_add, &wish, error)) < 0) return rc;
    *connection = wish.connection;
    return ADSYNC_OK;
}

adsync_status adsync__connection_list(adsync__kernel *kernel, int64_t org, int64_t connection, adsync_rows **out, adsync_error **error)
{
    return adsync__storage_all(adsync__kernel_storage(kernel), org, ADSYNC_T_CONNECTIONS, connection, out, error);
}
