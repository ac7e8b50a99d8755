/* SPDX-License-Identifier: MIT */
/* One function per command; the table at the end is what --help prints. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

enum { COMMANDS_TOKEN = 65536 };
static const int64_t commands_consent_us = 600000000; /* a state lives ten minutes */

static const cli_column accounts_columns[] = {
    { ADSYNC_C_ACCOUNT_ID, "account" },  { ADSYNC_C_NAME, "name" },     { ADSYNC_C_CURRENCY, "currency" },
    { ADSYNC_C_TIME_ZONE, "time zone" }, { ADSYNC_C_STATUS, "status" },
};
#define COLUMNS(list) list, sizeof(list) / sizeof(list)[0]

static int commands_print(cli *c, adsync_status rc, adsync_rows *rows, const cli_column *columns, uint32_t n, const char *nothing)
{
    int code = rc < 0 ? cli_fail(c, rc) : cli_print(c, rows, columns, n, nothing);

    adsync_rows_free(rows);
    return code;
}

static int commands_usage(const char *what)
{
    fprintf(stderr, "adsync: %s\n", what);
    return CLI_USAGE;
}

/* ---- init */

/* A key file of one new key, readable by nobody else; one that is there stays. */
static int commands_make_keys(const char *path)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char key[33] = { 0 };
    char line[64];
    size_t n = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), from;

    if (fd < 0) return access(path, R_OK) ? -1 : 0;
    from = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (from < 0 || read(from, key, 32) != 32) return -1;
    close(from);
    n = (size_t)snprintf(line, sizeof line, "k1:");
    for (size_t i = 0; i < 33; i += 3) {
        uint32_t bits = (uint32_t)key[i] << 16 | (uint32_t)key[i + 1] << 8 | key[i + 2];
        for (int k = 18; k >= 0; k -= 6) line[n++] = letters[bits >> k & 63];
    }
    line[n - 1] = '='; /* 32 bytes: the last group has two */
    line[n++] = '\n';
    if (write(fd, line, n) != (ssize_t)n) return -1;
    return close(fd);
}

static int run_init(cli *c)
{
    int64_t number = 0;
    adsync_status rc = adsync_storage_org(c->storage, c->org, 1, &number, &c->error);

    if (rc < 0) return cli_fail(c, rc);
    if (commands_make_keys(c->keys_file)) {
        fprintf(stderr, "adsync: the key file %s cannot be written\n", c->keys_file);
        return CLI_FAILED;
    }
    if (c->json)
        printf("{\"org\":%" PRId64 "}\n", number);
    else
        printf("%s is ready; organisation %s; keys in %s (keep a copy: without it nothing sealed can be opened)\n", c->store, c->org,
               c->keys_file);
    return CLI_OK;
}

/* ---- connect */

/* Tokens come on standard input, a line each, and are never an argument. */
static int connect_token(cli *c, const char *platform)
{
    static char lines[2][COMMANDS_TOKEN];
    adsync_grant_options options = { .size = sizeof options };
    int64_t grant = 0;
    adsync_status rc;

    for (int i = 0; i < 2; i++) {
        if (!fgets(lines[i], sizeof lines[i], stdin)) break;
        lines[i][strcspn(lines[i], "\r\n")] = 0;
    }
    if (!*lines[0]) return commands_usage("no token came on standard input");
    if (*lines[1]) options.refresh_token = lines[1];
    rc = adsync_grant_add(c->engine, c->org, platform, lines[0], &options, &grant, &c->error);
    memset(lines, 0, sizeof lines);
    if (rc < 0) return cli_fail(c, rc);
    if (c->json)
        printf("{\"grant\":%" PRId64 "}\n", grant);
    else
        printf("grant %" PRId64 "\n", grant);
    return CLI_OK;
}

static int connect_done(cli *c, const char *session, const char *query)
{
    adsync_rows *accounts = NULL;
    int64_t grant = 0;
    adsync_status rc = adsync_oauth_complete(c->engine, c->org, session, query, NULL, &grant, &accounts, &c->error);
    int code;

    if (rc < 0) {
        adsync_rows_free(accounts);
        return cli_fail(c, rc);
    }
    if (!c->json) printf("grant %" PRId64 "\n", grant);
    code = commands_print(c, ADSYNC_OK, accounts, COLUMNS(accounts_columns), "The consent reaches no account.");
    return code == CLI_OK && rc == ADSYNC_PARTIAL ? CLI_PARTIAL : code;
}

static int connect_browser(cli *c, const char *platform, int listener, uint32_t port)
{
    char redirect[64], session[40], *query;
    adsync_rows *begun = NULL;
    adsync_status rc;
    int code;

    (void)snprintf(redirect, sizeof redirect, "http://127.0.0.1:%u/callback", port);
    (void)snprintf(session, sizeof session, "cli-%ld-%u", (long)getpid(), port);
    if ((rc = cli_app(c, platform, redirect)) < 0) return cli_fail(c, rc);
    if ((rc = adsync_oauth_begin(c->engine, c->org, platform, session, NULL, NULL, &begun, &c->error)) < 0) return cli_fail(c, rc);
    (void)adsync_rows_next(begun, NULL);
    if (c->json)
        printf("{\"url\":\"%s\"}\n", adsync_rows_text(begun, ADSYNC_C_URL));
    else
        printf("Open this in a browser:\n\n  %s\n\n", adsync_rows_text(begun, ADSYNC_C_URL));
    fflush(stdout);
    adsync_rows_free(begun);
    if (!(query = cli_browser_wait(listener, commands_consent_us))) {
        fprintf(stderr, "adsync: nobody came back from the platform within ten minutes\n");
        return CLI_FAILED;
    }
    code = connect_done(c, session, query);
    memset(query, 0, strlen(query));
    free(query);
    return code;
}

static int run_connect(cli *c)
{
    bool token = cli_flag(c, "--token-stdin");
    const char *port_text = cli_option(c, "--port"), *platform = c->args[0];
    int64_t wanted = 0;
    uint32_t port;
    adsync_status rc;
    int listener, code;

    if (!platform) return commands_usage("connect needs a PLATFORM");
    if (token) {
        if ((rc = cli_app(c, platform, NULL)) < 0) return cli_fail(c, rc);
        return connect_token(c, platform);
    }
    if (port_text && (!cli_number(port_text, &wanted) || wanted > 65535)) return commands_usage("--port takes a port number");
    port = (uint32_t)wanted;
    if ((listener = cli_browser_listen(&port)) < 0) {
        fprintf(stderr, "adsync: no port to wait on\n");
        return CLI_FAILED;
    }
    code = connect_browser(c, platform, listener, port);
    close(listener);
    return code;
}

/* ---- grants, accounts, connections */

/* Registers the app of the platform that a grant is of. */
static adsync_status commands_grant_app(cli *c, int64_t grant)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_grant_list(c->engine, c->org, grant, &rows, &c->error);

    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        rc = cli_app(c, adsync_rows_text(rows, ADSYNC_C_PLATFORM), NULL);
    else if (rc >= 0)
        rc = adsync_error_set(&c->error, ADSYNC_E_NOT_FOUND, "there is no such grant", 0);
    adsync_rows_free(rows);
    return rc;
}

static adsync_status commands_connection_app(cli *c, int64_t connection)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_connection_list(c->engine, c->org, connection, &rows, &c->error);

    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        rc = cli_app(c, adsync_rows_text(rows, ADSYNC_C_PLATFORM), NULL);
    else if (rc >= 0)
        rc = adsync_error_set(&c->error, ADSYNC_E_NOT_FOUND, "there is no such connection", 0);
    adsync_rows_free(rows);
    return rc;
}

static int run_accounts(cli *c)
{
    adsync_rows *rows = NULL;
    int64_t grant;
    adsync_status rc;

    if (!cli_number(c->args[0], &grant)) return commands_usage("accounts needs a GRANT's number");
    if ((rc = commands_grant_app(c, grant)) >= 0) rc = adsync_grant_accounts(c->engine, c->org, grant, NULL, &rows, &c->error);
    return commands_print(c, rc, rows, COLUMNS(accounts_columns), "The consent reaches no account.");
}

static int run_add(cli *c)
{
    int64_t grant, connection;
    adsync_status rc;

    if (!cli_number(c->args[0], &grant)) return commands_usage("add needs a GRANT's number, then ACCOUNTs");
    if ((rc = commands_grant_app(c, grant)) < 0) return cli_fail(c, rc);
    for (char **account = c->args + 1; *account; account++) {
        if ((rc = adsync_connection_add(c->engine, c->org, grant, *account, NULL, &connection, &c->error)) < 0) return cli_fail(c, rc);
        if (c->json)
            printf("{\"account_id\":\"%s\",\"connection\":%" PRId64 "}\n", *account, connection);
        else
            printf("connection %" PRId64 "  account %s\n", connection, *account);
    }
    return CLI_OK;
}

static int run_connections(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_CONNECTION, "connection" }, { ADSYNC_C_PLATFORM, "platform" },
        { ADSYNC_C_ACCOUNT_ID, "account" },    { ADSYNC_C_NAME, "name" },
        { ADSYNC_C_CURRENCY, "currency" },     { ADSYNC_C_TIME_ZONE, "time zone" },
        { ADSYNC_C_STATUS, "status" },         { ADSYNC_C_LAST_SYNC_US, "last sync" },
        { ADSYNC_C_LAST_STATUS, "result" },
    };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_connection_list(c->engine, c->org, 0, &rows, &c->error);

    return commands_print(c, rc, rows, COLUMNS(columns), "No account is connected yet: adsync connect PLATFORM");
}

static int run_refresh(cli *c)
{
    int64_t grant;
    adsync_status rc;

    if (!cli_number(c->args[0], &grant)) return commands_usage("refresh needs a GRANT's number");
    if ((rc = commands_grant_app(c, grant)) >= 0) rc = adsync_grant_refresh(c->engine, c->org, grant, NULL, &c->error);
    if (rc < 0 || rc == ADSYNC_PENDING) return cli_fail(c, rc);
    if (!c->json)
        printf("grant %" PRId64 " is fresh\n", grant);
    else
        printf("{\"grant\":%" PRId64 ",\"result\":\"ok\"}\n", grant);
    return CLI_OK;
}

static int run_disconnect(cli *c)
{
    static const cli_column columns[] = { { ADSYNC_C_STATUS, "status" }, { ADSYNC_C_MESSAGE, "message" } };
    uint32_t flags = cli_flag(c, "--revoke") ? ADSYNC_DISCONNECT_REVOKE : 0;
    adsync_rows *rows = NULL;
    int64_t connection;
    adsync_status rc;

    if (!cli_number(c->args[0], &connection)) return commands_usage("disconnect needs a CONNECTION's number");
    if ((rc = commands_connection_app(c, connection)) >= 0)
        rc = adsync_connection_disconnect(c->engine, c->org, connection, flags, NULL, &rows, &c->error);
    return commands_print(c, rc, rows, COLUMNS(columns), "disconnected");
}

/* ---- sync */

typedef struct sync_word {
    const char *name;
    uint32_t value;
} sync_word;

/* A word among those known; nothing given leaves what is there. */
static bool sync_choose(const char *given, const sync_word *words, uint32_t *out)
{
    if (!given) return true;
    for (; words->name; words++) {
        if (strcmp(given, words->name)) continue;
        *out = words->value;
        return true;
    }
    return false;
}

static int sync_options(cli *c, adsync_job_options *job)
{
    static const sync_word data[] = {
        { "campaigns", ADSYNC_DATA_CAMPAIGNS }, { "metrics", ADSYNC_DATA_METRICS }, { "all", ADSYNC_DATA_ALL }, { 0 }
    };
    static const sync_word modes[] = { { "full", ADSYNC_SYNC_FULL }, { "incremental", ADSYNC_SYNC_INCREMENTAL }, { 0 } };
    const char *days = cli_option(c, "--days");
    int64_t number = 0;

    *job =
        (adsync_job_options){ .size = sizeof *job, .data = ADSYNC_DATA_ALL, .mode = days ? ADSYNC_SYNC_BACKFILL : ADSYNC_SYNC_INCREMENTAL };
    if (!sync_choose(cli_option(c, "--data"), data, &job->data)) return commands_usage("--data takes campaigns, metrics or all");
    if (!sync_choose(cli_option(c, "--mode"), modes, &job->mode)) return commands_usage("--mode takes full or incremental");
    if (days && (!cli_number(days, &number) || number > 1200)) return commands_usage("--days takes a number up to 1200");
    job->days = (uint32_t)number;
    return CLI_OK;
}

static int sync_wait(cli *c, int64_t job)
{
    adsync_call call = { .size = sizeof call, .wait_us = 500000 };
    adsync_rows *row = NULL;
    adsync_status rc = ADSYNC_PENDING;
    char line[160];
    int code;

    while (rc == ADSYNC_PENDING) {
        adsync_rows_free(row);
        row = NULL;
        rc = adsync_job_wait(c->engine, c->org, job, &call, &row, &c->error);
        if (rc != ADSYNC_PENDING || adsync_rows_next(row, NULL) != ADSYNC_ROW) continue;
        (void)snprintf(line, sizeof line, "%3" PRId64 " %%  %s", adsync_rows_int(row, ADSYNC_C_PROGRESS) / 10000,
                       adsync_rows_text(row, ADSYNC_C_MESSAGE) ? adsync_rows_text(row, ADSYNC_C_MESSAGE)
                                                               : adsync_rows_text(row, ADSYNC_C_STATE));
        cli_progress(c, line);
    }
    cli_progress(c, NULL);
    if (rc < 0) {
        adsync_rows_free(row);
        return cli_fail(c, rc);
    }
    code = commands_print(c, ADSYNC_OK, row, cli_jobs_columns, CLI_JOBS_COLUMNS, "");
    return rc == ADSYNC_PARTIAL && code == CLI_OK ? CLI_PARTIAL : code;
}

static int run_sync(cli *c)
{
    adsync_job_options options;
    bool wait = cli_flag(c, "--wait");
    int64_t connection, job;
    adsync_status rc;
    int code;

    if ((code = sync_options(c, &options))) return code;
    if (!cli_number(c->args[0], &connection)) return commands_usage("sync needs a CONNECTION's number");
    if ((rc = commands_connection_app(c, connection)) >= 0)
        rc = adsync_job_enqueue(c->engine, c->org, connection, &options, &job, &c->error);
    if (rc < 0) return cli_fail(c, rc);
    if (wait) return sync_wait(c, job);
    if (c->json)
        printf("{\"job\":%" PRId64 "}\n", job);
    else
        printf("job %" PRId64 " is queued; it runs where a worker runs, or now with --wait\n", job);
    return CLI_OK;
}

/* ---- what was synced */

static uint32_t commands_kind(const char *name)
{
    for (uint32_t kind = 1; adsync_kind_name(kind); kind++)
        if (name && !strcmp(name, adsync_kind_name(kind))) return kind;
    return 0;
}

static int run_entities(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_ID, "id" },
        { ADSYNC_C_NAME, "name" },
        { ADSYNC_C_STATUS, "status" },
        { ADSYNC_C_SWITCH, "switch" },
        { ADSYNC_C_OBJECTIVE, "objective" },
        { ADSYNC_C_BUDGET_DAILY, "daily budget" },
        { ADSYNC_C_BUDGET_LIFETIME, "lifetime budget" },
    };
    adsync_entity_options options = { .size = sizeof options, .flags = cli_flag(c, "--removed") ? ADSYNC_ENTITY_REMOVED : 0 };
    adsync_rows *rows = NULL;
    int64_t connection;
    uint32_t kind = c->args[0] ? commands_kind(c->args[1]) : 0;
    adsync_status rc;

    if (!cli_number(c->args[0], &connection) || !kind)
        return commands_usage("entities needs a CONNECTION's number and a KIND: campaign, adset, ad ..");
    rc = adsync_entity_list(c->engine, c->org, connection, kind, &options, &rows, &c->error);
    return commands_print(c, rc, rows, COLUMNS(columns), "None.");
}

static bool metrics_group(const char *by, adsync_metrics_options *options)
{
    static const struct {
        const char *name;
        uint32_t group, level;
    } words[] = {
        { "day", ADSYNC_BY_DAY, 0 },
        { "connection", ADSYNC_BY_CONNECTION, 0 },
        { "platform", ADSYNC_BY_PLATFORM, 0 },
        { "campaign", ADSYNC_BY_ENTITY, ADSYNC_KIND_CAMPAIGN },
        { "adset", ADSYNC_BY_ENTITY, ADSYNC_KIND_ADSET },
        { "ad", ADSYNC_BY_ENTITY, ADSYNC_KIND_AD },
    };

    while (*by) {
        size_t n = strcspn(by, ","), found = 0;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (strlen(words[i].name) != n || strncmp(by, words[i].name, n)) continue;
            options->group_by |= words[i].group;
            if (words[i].level) options->level = words[i].level;
            found = 1;
        }
        if (!found) return false;
        by += n;
        by += *by == ',';
    }
    return true;
}

static int metrics_options(cli *c, adsync_metrics_options *options)
{
    const char *from = cli_option(c, "--from"), *to = cli_option(c, "--to"), *by = cli_option(c, "--by"),
               *connection = cli_option(c, "--connection");

    *options = (adsync_metrics_options){ .size = sizeof *options };
    if (from && !cli_day(from, &options->from_day)) return commands_usage("--from takes a day such as 2026-11-20");
    if (to && !cli_day(to, &options->to_day)) return commands_usage("--to takes a day such as 2026-11-20");
    if (connection && !cli_number(connection, &options->connection)) return commands_usage("--connection takes a number");
    if (!metrics_group(by ? by : "day", options))
        return commands_usage("--by takes day, connection, platform, campaign, adset, ad, with commas between");
    return CLI_OK;
}

static int run_metrics(cli *c)
{
    static const cli_column all[] = {
        { ADSYNC_C_DAY, "day" },           { ADSYNC_C_CONNECTION, "connection" },
        { ADSYNC_C_PLATFORM, "platform" }, { ADSYNC_C_ENTITY_ID, "id" },
        { ADSYNC_C_SPEND, "spend" },       { ADSYNC_C_IMPRESSIONS, "impressions" },
        { ADSYNC_C_CLICKS, "clicks" },     { ADSYNC_C_CONVERSIONS, "conversions" },
        { ADSYNC_C_REVENUE, "revenue" },
    };
    cli_column columns[sizeof all / sizeof *all];
    adsync_metrics_options options;
    adsync_rows *rows = NULL;
    uint32_t n = 0;
    adsync_status rc;
    int code;

    if ((code = metrics_options(c, &options))) return code;
    for (uint32_t i = 0; i < sizeof all / sizeof *all; i++)
        if (i > 3 || options.group_by & (1u << i)) columns[n++] = all[i];
    rc = adsync_metrics_query(c->engine, c->org, &options, &rows, &c->error);
    return commands_print(c, rc, rows, columns, n, "No figures are here yet.");
}

static int run_coverage(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_LEVEL, "level" },   { ADSYNC_C_DAY, "day" },          { ADSYNC_C_STATE, "state" },
        { ADSYNC_C_DAY_ZONE, "zone" }, { ADSYNC_C_PULLED_AT, "pulled" },
    };
    adsync_rows *rows = NULL;
    int64_t connection;
    adsync_status rc;

    if (!cli_number(c->args[0], &connection)) return commands_usage("coverage needs a CONNECTION's number");
    rc = adsync_coverage_list(c->engine, c->org, connection, 0, &rows, &c->error);
    return commands_print(c, rc, rows, COLUMNS(columns), "No day is here yet.");
}

static int run_audit(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_CALLED_US, "called" },  { ADSYNC_C_ACTION, "action" },      { ADSYNC_C_METHOD, "method" },
        { ADSYNC_C_ENDPOINT, "endpoint" }, { ADSYNC_C_HTTP_STATUS, "status" }, { ADSYNC_C_CODE, "code" },
        { ADSYNC_C_DURATION_US, "us" },
    };
    const char *limit = cli_option(c, "--limit");
    adsync_rows *rows = NULL;
    int64_t number = 0;
    adsync_status rc;

    if (limit && (!cli_number(limit, &number) || number > 100000)) return commands_usage("--limit takes a number");
    rc = adsync_audit_list(c->engine, c->org, 0, 0, (uint32_t)number, &rows, &c->error);
    return commands_print(c, rc, rows, COLUMNS(columns), "No platform was called yet.");
}

/* ---- keys */

static int run_rotate_keys(cli *c)
{
    adsync_vault *vault = NULL;
    uint32_t left = 1;
    adsync_status rc = adsync_vault_open(c->storage, c->keys, &c->host, &vault, &c->error);

    while (rc >= 0 && left) rc = adsync_vault_rewrap(vault, 100, &left, &c->error);
    if (rc >= 0) rc = adsync_vault_rotate(vault, c->org, &c->error);
    for (left = 1; rc >= 0 && left;) rc = adsync_vault_reseal(vault, c->org, 100, &left, &c->error);
    adsync_vault_free(vault);
    if (rc < 0) return cli_fail(c, rc);
    puts(c->json ? "{\"result\":\"ok\"}"
                 : "Data keys are wrapped under the file's first key; a new data key seals this organisation's secrets.");
    return CLI_OK;
}

const cli_command cli_commands[] = {
    { "init", "", "make the store and a key file", 0, false, false, run_init },
    { "connect", "PLATFORM [--port N | --token-stdin]", "ask for consent, or take over a token", 1, true, false, run_connect },
    { "accounts", "GRANT", "what a consent reaches", 1, true, false, run_accounts },
    { "add", "GRANT ACCOUNT..", "connect ad accounts", 2, true, false, run_add },
    { "connections", "", "the connected ad accounts", 0, false, false, run_connections },
    { "sync", "CONNECTION [--data campaigns|metrics|all] [--mode full|incremental] [--days N] [--wait]", "fetch", 1, true, true, run_sync },
    { "status", "[--within DAYS]", "what a person should see to, jobs, newest first, and what the platforms' limits leave", 0, false, false,
      cli_status },
    { "entities", "CONNECTION KIND [--removed]", "campaigns, adsets, ads ..", 2, false, false, run_entities },
    { "metrics", "[--connection N] [--from D] [--to D] [--by day,campaign,..]", "figures, never added over currencies", 0, false, false,
      run_metrics },
    { "coverage", "CONNECTION", "which days are here, and how final", 1, false, false, run_coverage },
    { "audit", "[--limit N]", "every call to a platform", 0, false, false, run_audit },
    { "refresh", "GRANT", "fresh tokens now", 1, true, false, run_refresh },
    { "disconnect", "CONNECTION [--revoke]", "end a connection; its data stay", 1, true, false, run_disconnect },
    { "rotate-keys", "", "rewrap and reseal under new keys", 0, true, false, run_rotate_keys },
    { 0 },
};
