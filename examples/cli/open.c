/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static struct {
    int64_t start_us, given_us;
} open_clock; /* --now: the clock of the whole program */

static int64_t open_real_us(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t open_now(void *user)
{
    (void)user;
    return open_clock.given_us + (open_real_us(CLOCK_MONOTONIC) - open_clock.start_us);
}

int64_t cli_now_us(cli *c) { return c->now ? open_now(NULL) : open_real_us(CLOCK_REALTIME); }

/* 2026-11-20T12:00:00Z, or seconds since 1970. */
static bool open_time(const char *text, int64_t *us)
{
    struct tm t = { 0 };
    char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &t);

    *us = end && !*end ? (int64_t)timegm(&t) * 1000000 : strtoll(text, &end, 10) * 1000000;
    return end && !*end && *us > 0;
}

/* What `init` makes must be there: a wrong path would else be a new, empty store. */
static adsync_status open_missing(cli *c, const char *what, const char *path)
{
    char words[4200];

    (void)snprintf(words, sizeof words, "there is no %s %s; adsync init makes one", what, path);
    return adsync_error_set(&c->error, ADSYNC_E_NOT_FOUND, words, 0);
}

/* Only `init` makes tables. */
static adsync_status open_postgres(cli *c, const cli_command *command)
{
#ifdef CLI_POSTGRES
    static const char parted[] = "partitions=1 ";
    adsync_postgres_options options = { .size = sizeof options, .flags = command ? ADSYNC_POSTGRES_NO_DDL : 0 };
    const char *conninfo = c->store + strlen(CLI_POSTGRES);

    if (!strncmp(conninfo, parted, strlen(parted))) {
        options.flags |= ADSYNC_POSTGRES_PARTITIONS;
        conninfo += strlen(parted);
    }
    return adsync_postgres_open(conninfo, &options, &c->storage, &c->error);
#else
    (void)command;
    return adsync_error_set(&c->error, ADSYNC_E_UNSUPPORTED, "this adsync was built without PostgreSQL", 0);
#endif
}

adsync_status cli_open_store(cli *c, const cli_command *command)
{
    const char *path = c->store + 7;

    if (!strncmp(c->store, "postgres:", 9)) return open_postgres(c, command);
    if (strncmp(c->store, "sqlite:", 7))
        return adsync_error_set(&c->error, ADSYNC_E_INVALID, "the store must be sqlite:FILE or postgres:CONNINFO", 0);
    if (command && access(path, F_OK)) return open_missing(c, "store", path);
    return adsync_sqlite_open(path, NULL, &c->storage, &c->error);
}

static adsync_status open_keys(cli *c, const cli_command *command)
{
    if ((command->needs & CLI_NEEDS_KEYS) != CLI_NEEDS_KEYS) return ADSYNC_OK;
    if (access(c->keys_file, F_OK)) return open_missing(c, "key file", c->keys_file);
    return adsync_keys_open_file(c->keys_file, &c->keys, &c->error);
}

adsync_status cli_open(cli *c, const cli_command *command)
{
    adsync_engine_options options = { .size = sizeof options, .lease_us = c->lease_us };
    adsync_curl_options curl = { .size = sizeof curl, .ca_file = c->ca_file, .connect_to = c->connect_to };
    adsync_status rc;

    c->host = (adsync_host){ .size = sizeof c->host };
    if (c->now) {
        open_clock.start_us = open_real_us(CLOCK_MONOTONIC);
        if (!open_time(c->now, &open_clock.given_us))
            return adsync_error_set(&c->error, ADSYNC_E_INVALID, "--now takes a time such as 2026-11-20T12:00:00Z", 0);
        c->host.now_us = open_now;
    }
    if (!command->needs) return ADSYNC_OK; /* init opens what it made */
    if ((rc = cli_open_store(c, command)) < 0 || (rc = open_keys(c, command)) < 0) return rc;
    if ((rc = adsync_curl_open(&curl, &c->transport, &c->error)) < 0) return rc;
    options.flags = command->needs & CLI_CLAIMS ? 0 : ADSYNC_ENGINE_NO_CLAIM;
    options.keep_calls_days = c->keep_days[0];
    options.keep_jobs_days = c->keep_days[1];
    options.keep_revisions_days = c->keep_days[2];
    options.storage = c->storage;
    options.keys = c->keys;
    options.transport = c->transport;
    options.host = &c->host;
    return adsync_engine_open(&options, &c->engine, &c->error);
}

const char *cli_variable(const char *platform, const char *suffix)
{
    const char *value;
    char name[96];
    size_t n;

    (void)snprintf(name, sizeof name, "ADSYNC_%s_%s", platform, suffix);
    n = strlen(name);
    for (size_t i = 0; i < n; i++) name[i] = (char)toupper((unsigned char)name[i]);
    value = getenv(name);
    return value && *value ? value : NULL;
}

extern char **environ;

enum { OPEN_SETTINGS = 16, OPEN_NAME = 64 };

typedef struct open_settings { /* name, value, .., NULL */
    char names[OPEN_SETTINGS][OPEN_NAME];
    const char *list[2 * OPEN_SETTINGS + 1];
} open_settings;

/* ADSYNC_META_CONFIG_ID=7 is the setting "config_id" of meta, where it is none of the app's own variables. */
static void open_read_settings(const char *platform, open_settings *out)
{
    static const char *const own[] = { "client_id", "client_secret", "developer_token", "api_version", "scopes" };
    char prefix[64];
    size_t n = 0, size;

    (void)snprintf(prefix, sizeof prefix, "ADSYNC_%s_", platform);
    size = strlen(prefix);
    for (char **at = environ; *at && n < OPEN_SETTINGS; at++) {
        char *name = out->names[n];
        size_t length = strcspn(*at, "=");
        bool known = false;
        if (strncasecmp(*at, prefix, size) || length <= size || length - size >= OPEN_NAME || (*at)[length] != '=') continue;
        for (size_t i = size; i < length; i++) name[i - size] = (char)tolower((unsigned char)(*at)[i]);
        name[length - size] = 0;
        for (size_t i = 0; i < sizeof own / sizeof *own; i++) known |= !strcmp(name, own[i]);
        if (known) continue;
        out->list[2 * n] = name;
        out->list[2 * n++ + 1] = *at + length + 1;
    }
}

/* The app's credentials come from the environment: arguments are seen by everybody on the machine. */
adsync_status cli_app(cli *c, const char *platform, const char *redirect_uri)
{
    open_settings settings = { 0 };
    adsync_app_options app = { .size = sizeof app, .redirect_uri = redirect_uri, .settings = settings.list };

    open_read_settings(platform, &settings);
    app.developer_token = cli_variable(platform, "DEVELOPER_TOKEN");
    app.api_version = cli_variable(platform, "API_VERSION");
    app.scopes = cli_variable(platform, "SCOPES");
    return adsync_app_add(c->engine, platform, cli_variable(platform, "CLIENT_ID"), cli_variable(platform, "CLIENT_SECRET"), &app,
                          &c->error);
}

void cli_close(cli *c)
{
    adsync_engine_free(c->engine);
    adsync_transport_free(c->transport);
    adsync_keys_free(c->keys);
    adsync_storage_free(c->storage);
    adsync_error_free(c->error);
}
