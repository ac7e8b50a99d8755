/* SPDX-License-Identifier: MIT */
/* Asking for a sync, waiting for it; what is going on. */
#include "cli.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { SYNC_IDS = 1000 };

typedef struct sync_ids {
    char text[SYNC_IDS * 64];
    const char *list[SYNC_IDS];
} sync_ids;

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

/* campaign:11,12: a kind, and the platform's ids of some of it; the text is cut where it stands. */
static int sync_entity(cli *c, sync_ids *ids, adsync_job_options *job)
{
    const char *given = cli_option(c, "--entity");
    char *state = NULL, *kind;

    if (!given) return CLI_OK;
    if (cli_option(c, "--data") || cli_option(c, "--mode") || cli_option(c, "--days"))
        return cli_usage("--entity stands without --data, --mode and --days");
    if (strlen(given) >= sizeof ids->text) return cli_usage("--entity takes a few hundred ids; sync all instead");
    (void)snprintf(ids->text, sizeof ids->text, "%s", given);
    kind = strtok_r(ids->text, ":", &state);
    while (job->n_ids < SYNC_IDS && (ids->list[job->n_ids] = strtok_r(NULL, ",", &state))) job->n_ids++;
    if (!(job->kind = cli_kind(kind)) || !job->n_ids || (state && *state))
        return cli_usage("--entity takes KIND:ID or KIND:ID,ID.., such as campaign:11,12");
    job->data = 0;
    job->mode = ADSYNC_SYNC_ENTITY;
    job->ids = ids->list;
    return CLI_OK;
}

static int sync_options(cli *c, sync_ids *ids, adsync_job_options *job)
{
    static const sync_word data[] = {
        { "campaigns", ADSYNC_DATA_CAMPAIGNS },
        { "metrics", ADSYNC_DATA_METRICS },
        { "posts", ADSYNC_DATA_POSTS },
        { "leads", ADSYNC_DATA_LEADS },
        { "all", ADSYNC_DATA_ALL },
        { 0 },
    };
    static const sync_word modes[] = { { "full", ADSYNC_SYNC_FULL }, { "incremental", ADSYNC_SYNC_INCREMENTAL }, { 0 } };
    const char *days = cli_option(c, "--days");
    int64_t number = 0;

    *job =
        (adsync_job_options){ .size = sizeof *job, .data = ADSYNC_DATA_ALL, .mode = days ? ADSYNC_SYNC_BACKFILL : ADSYNC_SYNC_INCREMENTAL };
    if (!sync_choose(cli_option(c, "--data"), data, &job->data)) return cli_usage("--data takes campaigns, metrics, posts, leads or all");
    if (!sync_choose(cli_option(c, "--mode"), modes, &job->mode)) return cli_usage("--mode takes full or incremental");
    if (days && (!cli_number(days, &number) || number > 1200)) return cli_usage("--days takes a number up to 1200");
    job->days = (uint32_t)number;
    return sync_entity(c, ids, job);
}

static adsync_engine *sync_stopped; /* whose turn an interrupt ends */
static volatile sig_atomic_t sync_stop;

static void sync_interrupt(int number)
{
    (void)number;
    sync_stop = 1;
    adsync_engine_wake(sync_stopped);
}

/* What went wrong and will be tried again is told once, also where no terminal is: it may take minutes. */
static void sync_waits(cli *c, int64_t data, const char *state, const char *message)
{
    static char told[ADSYNC_DATA_LEADS + 1][256];

    if (!message || strcmp(state, "queued") || !strncmp(told[data], message, sizeof told[data] - 1)) return;
    (void)snprintf(told[data], sizeof told[data], "%s", message);
    cli_progress(c, NULL);
    fprintf(stderr, "adsync: %s will be tried again: %s\n", adsync_data_name((uint32_t)data), message);
}

/* Surely tried again; of what else was refused the sync may leave out what it is about, which its end says. */
static bool sync_is_repeated(int64_t status) { return status == 0 || status == 408 || status == 429 || status >= 500; }

/* A call that failed is told once, too: the library tries it again for a minute before the job waits. */
static void sync_trouble(cli *c, int64_t connection, int64_t since_us)
{
    static char told[256];
    adsync_rows *rows = NULL;
    const char *text = NULL;
    bool again = false;

    if (adsync_audit_list(c->engine, c->org, connection, since_us, 1, &rows, NULL) >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW &&
        !adsync_rows_int(rows, ADSYNC_C_SUCCESS)) {
        text = adsync_rows_text(rows, ADSYNC_C_EXCERPT);
        again = sync_is_repeated(adsync_rows_int(rows, ADSYNC_C_HTTP_STATUS));
    }
    if (text && strncmp(told, text, sizeof told - 1)) {
        (void)snprintf(told, sizeof told, "%s", text);
        cli_progress(c, NULL);
        fprintf(stderr, "adsync: a call failed%s: %s\n", again ? " and is tried again" : "", told);
    }
    adsync_rows_free(rows);
}

/* "campaigns 100 %  metrics 43 %  metrics: 6 of 14 reports, 2,312 rows": the job's children, or itself where it has none. */
static void sync_progress(cli *c, int64_t connection, int64_t job)
{
    adsync_rows *rows = NULL;
    char line[160] = "", rest[64] = "";
    int n = 0;

    if (adsync_job_list(c->engine, c->org, connection, 0, 20, &rows, NULL) < 0) return;
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        int64_t data = adsync_rows_int(rows, ADSYNC_C_DATA);
        const char *message = adsync_rows_text(rows, ADSYNC_C_MESSAGE);
        if ((adsync_rows_int(rows, ADSYNC_C_PARENT) != job && adsync_rows_int(rows, ADSYNC_C_JOB) != job) || data == ADSYNC_DATA_ALL)
            continue;
        n += snprintf(line + n, sizeof line - (size_t)n, "%s %3" PRId64 " %%  ", adsync_data_name((uint32_t)data),
                      adsync_rows_int(rows, ADSYNC_C_PROGRESS) / 10000);
        if (message) (void)snprintf(rest, sizeof rest, "%s", message);
        sync_waits(c, data, adsync_rows_text(rows, ADSYNC_C_STATE), message);
        if (n > 80) break;
    }
    adsync_rows_free(rows);
    (void)snprintf(line + n, sizeof line - (size_t)n, "%s", rest);
    cli_progress(c, line);
}

static int sync_wait(cli *c, int64_t connection, int64_t job)
{
    adsync_call call = { .size = sizeof call, .wait_us = 200000 };
    adsync_rows *row = NULL;
    adsync_status rc = ADSYNC_PENDING;
    int64_t since_us = cli_now_us(c);
    int code;

    sync_stopped = c->engine;
    (void)signal(SIGINT, sync_interrupt);
    (void)signal(SIGTERM, sync_interrupt);
    while (rc == ADSYNC_PENDING && !sync_stop) {
        adsync_rows_free(row);
        row = NULL;
        if ((rc = adsync_job_wait(c->engine, c->org, job, &call, &row, &c->error)) != ADSYNC_PENDING) continue;
        sync_trouble(c, connection, since_us);
        sync_progress(c, connection, job);
    }
    cli_progress(c, NULL);
    if (rc < 0 || rc == ADSYNC_PENDING) {
        adsync_rows_free(row);
        if (rc < 0) return cli_fail(c, rc);
        fputs("adsync: interrupted; the same command goes on where it was\n", stderr);
        return CLI_PENDING;
    }
    if (!c->json && adsync_rows_next(row, NULL) == ADSYNC_ROW) {
        const char *message = adsync_rows_text(row, ADSYNC_C_MESSAGE);
        printf("%s: %s%s%s\n", c->args[0], adsync_rows_text(row, ADSYNC_C_STATE), message ? ": " : "", message ? message : "");
    }
    code = c->json ? cli_print(c, row, NULL, 0, "") : CLI_OK;
    adsync_rows_free(row);
    return rc == ADSYNC_PARTIAL && code == CLI_OK ? CLI_PARTIAL : code;
}

int cli_run_sync(cli *c)
{
    static sync_ids ids;
    adsync_job_options options;
    bool wait = cli_flag(c, "--wait");
    int64_t connection, job;
    adsync_status rc;
    int code;

    if ((code = sync_options(c, &ids, &options))) return code;
    if ((code = cli_connection(c, c->args[0], &connection)) != CLI_OK) return code;
    if ((rc = adsync_job_enqueue(c->engine, c->org, connection, &options, &job, &c->error)) < 0) return cli_fail(c, rc);
    if (wait && rc == ADSYNC_PENDING && !c->json) printf("job %" PRId64 " was asked for before and goes on\n", job);
    if (wait) return sync_wait(c, connection, job);
    if (c->json)
        printf("{\"job\":%" PRId64 ",\"new\":%s}\n", job, rc == ADSYNC_OK ? "true" : "false");
    else
        printf("job %" PRId64 " %s; it runs where a worker runs, or now with --wait\n", job,
               rc == ADSYNC_OK ? "is queued" : "was asked for before and has not ended");
    return CLI_OK;
}
