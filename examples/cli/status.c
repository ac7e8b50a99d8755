/* SPDX-License-Identifier: MIT */
/* What a person should see to: consents that end or ended, connections that need something; how each connection stands; jobs, newest
 * first, and what became of those of the last days; what limits leave. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const cli_column status_jobs[] = {
    { ADSYNC_C_JOB, "job" },         { ADSYNC_C_CONNECTION, "connection" }, { ADSYNC_C_TYPE, "kind" },       { ADSYNC_C_STATE, "state" },
    { ADSYNC_C_ATTEMPT, "attempt" }, { ADSYNC_C_UPDATED_US, "updated" },    { ADSYNC_C_MESSAGE, "message" },
};

static const cli_column status_health[] = {
    { ADSYNC_C_CONNECTION, "connection" }, { ADSYNC_C_PLATFORM, "platform" }, { ADSYNC_C_ACCOUNT_ID, "account" },
    { ADSYNC_C_STATE, "state" },           { ADSYNC_C_LAST_SYNC_US, "last" }, { ADSYNC_C_NEXT_SYNC_US, "next" },
    { ADSYNC_C_ADVICE, "what to do" },     { ADSYNC_C_MESSAGE, "message" },
};
static const cli_column status_counts[] = {
    { ADSYNC_C_TYPE, "work" },
    { ADSYNC_C_STATE, "end" },
    { ADSYNC_C_ROWS, "how many" },
};

enum { STATUS_KEYS = 1000 }; /* a page of limits */
static const int64_t status_day_us = INT64_C(86400000000);

typedef struct status { /* what was read */
    adsync_rows *expiring, *grants, *connections, *jobs, *health, *statistics;
    int64_t org, now_us, until_us; /* until: what ends by then is told */
} status;

static void status_free(status *s)
{
    adsync_rows_free(s->expiring);
    adsync_rows_free(s->grants);
    adsync_rows_free(s->connections);
    adsync_rows_free(s->jobs);
    adsync_rows_free(s->health);
    adsync_rows_free(s->statistics);
}

static adsync_status status_read(cli *c, int64_t days, status *s)
{
    adsync_status rc;

    s->now_us = cli_now_us(c);
    s->until_us = s->now_us + days * status_day_us;
    rc = adsync_storage_org(c->storage, c->org, 0, &s->org, NULL);
    if (rc < 0 && rc != ADSYNC_E_NOT_FOUND) return rc; /* an organisation that is not there has nothing yet */
    if ((rc = adsync_grant_expiring(c->engine, s->until_us, 100000, &s->expiring, &c->error)) < 0) return rc;
    if ((rc = adsync_grant_list(c->engine, c->org, 0, &s->grants, &c->error)) < 0) return rc;
    if ((rc = adsync_connection_list(c->engine, c->org, 0, &s->connections, &c->error)) < 0) return rc;
    if ((rc = adsync_health_list(c->engine, c->org, 0, &s->health, &c->error)) < 0) return rc;
    if ((rc = adsync_health_statistics(c->engine, c->org, 0, s->now_us > days * status_day_us ? s->now_us - days * status_day_us : 0, 0,
                                       &s->statistics, &c->error)) < 0)
        return rc;
    return adsync_job_list(c->engine, c->org, 0, 0, 50, &s->jobs, &c->error);
}

/* The consents of all organisations are in the list; this one's are told that need a person so soon. What is renewed without one is none
 * of a person's business. */
static void status_expiring(cli *c, status *s)
{
    const char *between = "";

    while (adsync_rows_next(s->expiring, NULL) == ADSYNC_ROW) {
        int64_t grant = adsync_rows_int(s->expiring, ADSYNC_C_GRANT), due = adsync_rows_int(s->expiring, ADSYNC_C_DUE_US);
        int64_t access = adsync_rows_int(s->expiring, ADSYNC_C_ACCESS_EXPIRES_US), ends = adsync_rows_int(s->expiring, ADSYNC_C_EXPIRES_US);
        const char *platform = adsync_rows_text(s->expiring, ADSYNC_C_PLATFORM);
        if (adsync_rows_int(s->expiring, ADSYNC_C_ORG) != s->org || ends <= 0 || ends > s->until_us) continue;
        if (c->json)
            printf("%s{\"grant\":%" PRId64 ",\"platform\":\"%s\",\"due_us\":%" PRId64 ",\"access_expires_us\":%" PRId64
                   ",\"expires_us\":%" PRId64 "}",
                   between, grant, platform, due, access, ends);
        else
            printf("grant %" PRId64 " of %s: it %s; adsync refresh %" PRId64 ", or connect again\n", grant, platform,
                   ends < s->now_us                   ? "ended"
                   : ends < s->now_us + status_day_us ? "ends within a day"
                                                      : "ends soon",
                   grant);
        between = ",";
    }
}

/* Rows that are not simply active, or have a message. */
static void status_troubles(adsync_rows *rows, const char *what, uint32_t number, uint32_t state)
{
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        const char *word = adsync_rows_text(rows, state), *message = adsync_rows_text(rows, ADSYNC_C_MESSAGE);
        if (word && !strcmp(word, "active") && !message) continue;
        printf("%s %" PRId64 " of %s is %s%s%s\n", what, adsync_rows_int(rows, number), adsync_rows_text(rows, ADSYNC_C_PLATFORM),
               word ? word : "-", message ? ": " : "", message ? message : "");
    }
}

/* All pages as one array. */
static int status_limits_json(cli *c, adsync_limiter *limiter)
{
    char after[512] = "";
    adsync_rows *rows = NULL;
    adsync_status rc;
    const char *json, *mark = "";

    while ((rc = adsync_limiter_list(limiter, *after ? after : NULL, STATUS_KEYS, &rows, &c->error)) >= 0 && adsync_rows_count(rows)) {
        if (!(json = adsync_rows_json(rows, &c->error))) break;
        printf("%s%.*s", mark, (int)strlen(json) - 2, json + 1);
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) (void)snprintf(after, sizeof after, "%s", adsync_rows_text(rows, ADSYNC_C_KEY));
        adsync_rows_free(rows);
        rows = NULL;
        mark = ",";
    }
    adsync_rows_free(rows);
    return c->error ? cli_fail(c, adsync_error_status(c->error)) : CLI_OK;
}

static int status_limits(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_KEY, "limit" }, { ADSYNC_C_WINDOW, "window" }, { ADSYNC_C_USED, "used" },
        { ADSYNC_C_LEFT, "left" }, { ADSYNC_C_PACE, "pace" },     { ADSYNC_C_UNTIL_US, "free again" },
    };
    adsync_limiter *limiter = NULL;
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_limiter_open(c->storage, &c->host, &limiter, &c->error);
    int code;

    if (rc >= 0 && c->json) {
        code = status_limits_json(c, limiter);
    } else {
        if (rc >= 0) rc = adsync_limiter_list(limiter, NULL, STATUS_KEYS, &rows, &c->error);
        code = rc < 0 ? cli_fail(c, rc) : cli_print(c, rows, CLI_COLUMNS(columns), "No limit was used yet.");
        adsync_rows_free(rows);
    }
    adsync_limiter_free(limiter);
    return code;
}

static int status_json(cli *c, status *s)
{
    static const char *const names[] = { "grants", "connections", "health", "statistics", "jobs" };
    adsync_rows *const all[] = { s->grants, s->connections, s->health, s->statistics, s->jobs };
    const char *text;
    int code;

    printf("{\"expiring\":[");
    status_expiring(c, s);
    printf("]");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!(text = adsync_rows_json(all[i], &c->error))) return cli_fail(c, adsync_error_status(c->error));
        printf(",\"%s\":%s", names[i], text);
    }
    fputs(",\"limits\":[", stdout);
    if ((code = status_limits(c)) == CLI_OK) puts("]}");
    return code;
}

int cli_run_status(cli *c)
{
    const char *within = cli_option(c, "--within");
    int64_t days = 7;
    status s = { 0 };
    adsync_status rc;
    int code;

    if (within && (!cli_number(within, &days) || days > 10000)) {
        fprintf(stderr, "adsync: --within takes a number of days\n");
        return CLI_USAGE;
    }
    if ((rc = status_read(c, days, &s)) < 0) {
        code = cli_fail(c, rc);
    } else if (c->json) {
        code = status_json(c, &s);
    } else {
        status_expiring(c, &s);
        status_troubles(s.grants, "grant", ADSYNC_C_GRANT, ADSYNC_C_STATE);
        status_troubles(s.connections, "connection", ADSYNC_C_CONNECTION, ADSYNC_C_STATUS);
        (void)cli_print(c, s.health, CLI_COLUMNS(status_health), "No ad account is connected yet.");
        puts("");
        if (adsync_rows_count(s.statistics)) (void)cli_print(c, s.statistics, CLI_COLUMNS(status_counts), "");
        if (adsync_rows_count(s.statistics)) puts("");
        code = cli_print(c, s.jobs, CLI_COLUMNS(status_jobs), "Nothing was synced yet.");
        puts("");
        if (code == CLI_OK) code = status_limits(c);
    }
    status_free(&s);
    return code;
}
