/* SPDX-License-Identifier: MIT */
/* Consents and connections. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_TOKEN = 65536 };
static const int64_t connect_wait_us = 600000000; /* a state lives ten minutes */
static const int64_t connect_look_us = 10000000;

static const cli_column accounts_columns[] = {
    { ADSYNC_C_ACCOUNT_ID, "account" },  { ADSYNC_C_NAME, "name" },     { ADSYNC_C_CURRENCY, "currency" },
    { ADSYNC_C_TIME_ZONE, "time zone" }, { ADSYNC_C_STATUS, "status" },
};
/* Tokens come on standard input, a line each, and are never an argument. */
static int connect_token(cli *c, const char *platform)
{
    static char lines[2][CONNECT_TOKEN];
    adsync_grant_options options = { .size = sizeof options };
    int64_t grant = 0;
    adsync_status rc;

    for (int i = 0; i < 2; i++) {
        if (!fgets(lines[i], sizeof lines[i], stdin)) break;
        lines[i][strcspn(lines[i], "\r\n")] = 0;
    }
    if (!*lines[0]) return cli_usage("no token came on standard input");
    if (*lines[1]) options.refresh_token = lines[1];
    rc = adsync_grant_add(c->engine, c->org, platform, lines[0], &options, &grant, &c->error);
    explicit_bzero(lines, sizeof lines);
    if (rc < 0) return cli_fail(c, rc);
    if (c->json)
        printf("{\"grant\":%" PRId64 "}\n", grant);
    else
        printf("grant %" PRId64 "\n", grant);
    return CLI_OK;
}

/* What a grant still lacks: a scope, the list of accounts. */
static void connect_lacks(cli *c, int64_t grant)
{
    adsync_rows *rows = NULL;

    if (adsync_grant_list(c->engine, c->org, grant, &rows, NULL) >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW &&
        adsync_rows_text(rows, ADSYNC_C_MESSAGE))
        fprintf(stderr, "adsync: connected, but: %s\n", adsync_rows_text(rows, ADSYNC_C_MESSAGE));
    adsync_rows_free(rows);
}

static int connect_done(cli *c, const char *session, const char *query, int browser)
{
    adsync_rows *accounts = NULL;
    int64_t grant = 0;
    adsync_status rc = adsync_oauth_complete(c->engine, c->org, session, query, NULL, &grant, &accounts, &c->error);
    int code;

    cli_browser_answer(browser, rc < 0 ? "Not connected; the terminal says why." : "Connected. This window can be closed.");
    if (rc < 0 || rc == ADSYNC_PENDING) {
        adsync_rows_free(accounts);
        return cli_fail(c, rc);
    }
    if (!c->json) printf("grant %" PRId64 "\n", grant);
    if (rc == ADSYNC_PARTIAL) connect_lacks(c, grant);
    if (!accounts) return CLI_PARTIAL; /* they could not be listed */
    code = cli_answer(c, ADSYNC_OK, accounts, CLI_COLUMNS(accounts_columns), "The consent reaches no ad account.");
    return code == CLI_OK && rc == ADSYNC_PARTIAL ? CLI_PARTIAL : code;
}

static int connect_browser(cli *c, const char *platform, int listener, uint32_t port)
{
    char redirect[64], session[40], *query;
    adsync_rows *begun = NULL;
    adsync_status rc;
    int code, browser = -1;

    (void)snprintf(redirect, sizeof redirect, "http://127.0.0.1:%u/callback", port);
    (void)snprintf(session, sizeof session, "cli-%ld-%u", (long)getpid(), port);
    if ((rc = cli_app(c, platform, redirect)) < 0) return cli_fail(c, rc);
    if (!cli_variable(platform, "CLIENT_ID") || !cli_variable(platform, "CLIENT_SECRET")) {
        fprintf(stderr, "adsync: connecting %s needs its app: set ADSYNC_<PLATFORM>_CLIENT_ID and _CLIENT_SECRET\n", platform);
        return CLI_FAILED;
    }
    if ((rc = adsync_oauth_begin(c->engine, c->org, platform, session, NULL, NULL, &begun, &c->error)) < 0) return cli_fail(c, rc);
    (void)adsync_rows_next(begun, NULL);
    printf(c->json ? "{\"url\":\"%s\"}\n" : "Open this in a browser:\n\n  %s\n\n", adsync_rows_text(begun, ADSYNC_C_URL));
    fflush(stdout);
    adsync_rows_free(begun);
    if (!(query = cli_browser_wait(listener, connect_wait_us, &browser))) {
        fprintf(stderr, "adsync: nobody came back from %s within ten minutes; begin again\n", platform);
        return CLI_FAILED;
    }
    code = connect_done(c, session, query, browser);
    explicit_bzero(query, strlen(query));
    free(query);
    return code;
}

int cli_run_connect(cli *c)
{
    bool token = cli_flag(c, "--token-stdin");
    const char *port_text = cli_option(c, "--port"), *platform = c->args[0];
    int64_t wanted = 0;
    uint32_t port;
    adsync_status rc;
    int listener, code;

    if (token && port_text) return cli_usage("connect takes --port or --token-stdin, not both");
    if (token) {
        if ((rc = cli_app(c, platform, NULL)) < 0) return cli_fail(c, rc);
        return connect_token(c, platform);
    }
    if (port_text && (!cli_number(port_text, &wanted) || wanted > 65535)) return cli_usage("--port takes a port number");
    port = (uint32_t)wanted;
    if ((listener = cli_browser_listen(&port)) < 0) {
        fprintf(stderr, "adsync: port %u of 127.0.0.1 cannot be listened on; name another with --port\n", port);
        return CLI_FAILED;
    }
    code = connect_browser(c, platform, listener, port);
    close(listener);
    return code;
}

int cli_run_grants(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_GRANT, "grant" },
        { ADSYNC_C_PLATFORM, "platform" },
        { ADSYNC_C_EXTERNAL_USER, "person" },
        { ADSYNC_C_STATE, "state" },
        { ADSYNC_C_ACCESS_EXPIRES_US, "access ends" },
        { ADSYNC_C_REFRESH_EXPIRES_US, "refresh ends" },
        { ADSYNC_C_MESSAGE, "message" },
    };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_grant_list(c->engine, c->org, 0, &rows, &c->error);

    return cli_answer(c, rc, rows, CLI_COLUMNS(columns), "Nobody gave a consent yet: adsync connect PLATFORM");
}

int cli_run_accounts(cli *c)
{
    adsync_rows *rows = NULL;
    int64_t grant;
    adsync_status rc;
    int code;

    if ((code = cli_grant(c, &grant)) != CLI_OK) return code;
    rc = adsync_grant_accounts(c->engine, c->org, grant, NULL, &rows, &c->error);
    return cli_answer(c, rc, rows, CLI_COLUMNS(accounts_columns), "The consent reaches no ad account.");
}

/* Whether the grant reaches all that was named. Where the platform cannot be asked now, that is said and they are added all the same. */
static int connect_reaches(cli *c, int64_t grant)
{
    const adsync_call call = { .size = sizeof call, .wait_us = connect_look_us };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_grant_accounts(c->engine, c->org, grant, &call, &rows, &c->error);
    const char *missing;

    if (rc == ADSYNC_E_AUTH) return cli_fail(c, rc);
    if (rc < 0 || rc == ADSYNC_PENDING) {
        fprintf(stderr, "adsync: nobody can tell now whether the consent reaches this: %s\n",
                rc < 0 ? adsync_error_message(c->error) : "the platform does not answer");
        adsync_error_free(c->error);
        c->error = NULL;
        return CLI_OK;
    }
    missing = cli_missing(rows, ADSYNC_C_ACCOUNT_ID, c->args + 1);
    adsync_rows_free(rows);
    if (!missing) return CLI_OK;
    fprintf(stderr, "adsync: the consent reaches no ad account %s; adsync accounts %s lists those it does, --unchecked adds it anyway\n",
            missing, c->args[0]);
    return CLI_FAILED;
}

int cli_run_add(cli *c)
{
    adsync_connection_options options = { .size = sizeof options, .flags = cli_flag(c, "--manual") ? ADSYNC_CONNECTION_MANUAL : 0 };
    const char *days = cli_option(c, "--days");
    int64_t grant, connection, back = 0;
    adsync_status rc;
    int code;

    if (days && (!cli_number(days, &back) || back > 1000000)) return cli_usage("--days takes a number of days");
    options.timeframe_days = (uint32_t)back;
    if ((code = cli_grant(c, &grant)) != CLI_OK) return code;
    if (!cli_flag(c, "--unchecked") && (code = connect_reaches(c, grant)) != CLI_OK) return code;
    for (char **account = c->args + 1; *account; account++) {
        if ((rc = adsync_connection_add(c->engine, c->org, grant, *account, &options, &connection, &c->error)) < 0) return cli_fail(c, rc);
        if (c->json)
            printf("{\"account_id\":\"%s\",\"connection\":%" PRId64 "}\n", *account, connection);
        else
            printf("connection %" PRId64 "  account %s\n", connection, *account);
    }
    return CLI_OK;
}

int cli_run_connections(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_CONNECTION, "connection" }, { ADSYNC_C_PLATFORM, "platform" },
        { ADSYNC_C_ACCOUNT_ID, "account" },    { ADSYNC_C_NAME, "name" },
        { ADSYNC_C_CURRENCY, "currency" },     { ADSYNC_C_TIME_ZONE, "time zone" },
        { ADSYNC_C_STATUS, "status" },         { ADSYNC_C_LAST_SYNC_US, "last sync" },
        { ADSYNC_C_LAST_STATUS, "result" },    { ADSYNC_C_NEXT_SYNC_US, "next sync" },
    };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_connection_list(c->engine, c->org, 0, &rows, &c->error);

    return cli_answer(c, rc, rows, CLI_COLUMNS(columns),
                      "No ad account is connected yet: adsync connect PLATFORM, then adsync add GRANT ACCOUNT");
}

int cli_run_refresh(cli *c)
{
    int64_t grant;
    adsync_status rc;
    int code;

    if ((code = cli_grant(c, &grant)) != CLI_OK) return code;
    rc = adsync_grant_refresh(c->engine, c->org, grant, NULL, &c->error);
    if (rc < 0 || rc == ADSYNC_PENDING) return cli_fail(c, rc);
    if (!c->json)
        printf("grant %" PRId64 " is fresh\n", grant);
    else
        printf("{\"grant\":%" PRId64 ",\"result\":\"ok\"}\n", grant);
    return CLI_OK;
}

int cli_run_disconnect(cli *c)
{
    static const cli_column columns[] = { { ADSYNC_C_STATUS, "status" }, { ADSYNC_C_MESSAGE, "message" } };
    uint32_t flags = cli_flag(c, "--revoke") ? ADSYNC_DISCONNECT_REVOKE : 0;
    adsync_rows *rows = NULL;
    int64_t connection;
    adsync_status rc;
    int code;

    if ((code = cli_connection(c, c->args[0], &connection)) != CLI_OK) return code;
    rc = adsync_connection_disconnect(c->engine, c->org, connection, flags, NULL, &rows, &c->error);
    code = cli_answer(c, rc, rows, CLI_COLUMNS(columns), "disconnected");
    return rc == ADSYNC_PARTIAL && code == CLI_OK ? CLI_PARTIAL : code;
}
