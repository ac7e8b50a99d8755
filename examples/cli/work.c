/* SPDX-License-Identifier: MIT */
/* Workers: engines that take whatever is due, one in each process; looking at jobs, and calling them off. */
#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORK_LAST_US = 60000000, WORK_ENGINES = 64, WORK_PATIENCE = 30, WORK_LISTED = 1000 };

static adsync_engine *work_engine; /* whose turn an interrupt ends */
static volatile sig_atomic_t work_stop;

static void work_interrupt(int number)
{
    (void)number;
    work_stop = 1;
    adsync_engine_wake(work_engine);
}

static void work_signals(void)
{
    const int numbers[] = { SIGINT, SIGTERM };
    struct sigaction action = { .sa_handler = work_interrupt };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) (void)sigaction(numbers[i], &action, NULL);
}

/* Whatever platform a job is of. */
static adsync_status work_apps(cli *c)
{
    static const char *const platforms[] = { "meta", "google", "tiktok", "linkedin", "x", "snapchat" };
    adsync_status rc = ADSYNC_OK;

    for (size_t i = 0; i < sizeof platforms / sizeof *platforms && rc >= 0; i++) rc = cli_app(c, platforms[i], NULL);
    return rc;
}

/* A line for each job that ended. */
static void work_tell(cli *c)
{
    adsync_rows *rows = NULL;
    const char *json, *message;

    if (adsync_engine_events(c->engine, &rows, NULL) < 0) return;
    if (c->json && adsync_rows_count(rows) && (json = adsync_rows_json(rows, NULL))) puts(json);
    while (!c->json && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        message = adsync_rows_text(rows, ADSYNC_C_MESSAGE);
        printf("%s %" PRId64 " of connection %" PRId64 ": %s%s%s\n", adsync_rows_text(rows, ADSYNC_C_TYPE),
               adsync_rows_int(rows, ADSYNC_C_JOB), adsync_rows_int(rows, ADSYNC_C_CONNECTION), adsync_rows_text(rows, ADSYNC_C_STATUS),
               message ? ": " : "", message ? message : "");
    }
    (void)fflush(stdout);
    adsync_rows_free(rows);
}

/* A store that does not answer is told once and asked again: a worker outlives the restart of a database. */
static bool work_endures(cli *c, adsync_status rc, uint32_t *failures)
{
    const struct timespec second = { .tv_sec = 1 };

    if (rc >= 0) {
        *failures = 0;
        return true;
    }
    if (rc != ADSYNC_E_STORAGE && rc != ADSYNC_E_RETRY && rc != ADSYNC_E_UNCERTAIN) return false;
    if (!(*failures)++) fprintf(stderr, "adsync: the store does not answer and is asked again: %s\n", adsync_error_message(c->error));
    (void)nanosleep(&second, NULL);
    return *failures < WORK_PATIENCE || !cli_flag(c, "--until-idle");
}

static int work_turn(cli *c)
{
    adsync_status rc = ADSYNC_OK;
    uint32_t failures = 0;

    while (!work_stop) {
        adsync_error_free(c->error);
        c->error = NULL;
        rc = adsync_engine_step(c->engine, 1000000, &c->error);
        if (!work_endures(c, rc, &failures)) return cli_fail(c, rc);
        work_tell(c);
        if (rc != ADSYNC_IDLE || !cli_flag(c, "--until-idle")) continue;
        rc = adsync_engine_drain(c->engine, WORK_LAST_US, &c->error); /* and what is done when nothing else is */
        work_tell(c);
        return rc < 0 ? cli_fail(c, rc) : CLI_OK;
    }
    return CLI_OK;
}

static int work_one(cli *c)
{
    static const cli_command opened = { .needs = CLI_NEEDS_KEYS | CLI_CLAIMS };
    adsync_status rc;

    if ((rc = cli_open(c, &opened)) < 0) return cli_fail(c, rc);
    work_engine = c->engine;
    if ((rc = work_apps(c)) < 0) return cli_fail(c, rc);
    return work_turn(c);
}

/* A handle is never used across fork, so each process opens its own; none outlives the first one. */
static pid_t work_fork(cli *c)
{
    pid_t first = getpid(), pid = fork();

    if (pid) return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == first) {
        int code = work_one(c);
        cli_close(c);
        (void)fflush(NULL);
        _exit(code);
    }
    _exit(CLI_FAILED);
}

static void work_stop_all(const pid_t *engines, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (engines[i]) (void)kill(engines[i], SIGTERM);
}

static int work_ended(pid_t *engines, int64_t n, pid_t pid, int status)
{
    for (int64_t i = 0; i < n; i++)
        if (engines[i] == pid) engines[i] = 0;
    if (WIFSIGNALED(status))
        fprintf(stderr, "adsync: the worker %d ended by signal %d; others go on with its work\n", (int)pid, WTERMSIG(status));
    return WIFEXITED(status) ? WEXITSTATUS(status) : CLI_FAILED;
}

static int work_wait(pid_t *engines, int64_t n)
{
    const struct timespec tenth = { .tv_nsec = 100000000 };
    bool told = false;
    int status, code = CLI_OK, one;

    for (int64_t left = n; left;) {
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid < 0 && errno != EINTR) break;
        if (pid > 0) {
            one = work_ended(engines, n, pid, status);
            if (one) code = one;
            left--;
            continue;
        }
        if (work_stop && !told) work_stop_all(engines, n);
        told = work_stop != 0;
        (void)nanosleep(&tenth, NULL);
    }
    return code;
}

/* --keep-calls 30, or never. */
static bool work_keeps(cli *c)
{
    static const char *const names[] = { "--keep-calls", "--keep-jobs", "--keep-revisions" };
    int64_t days;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *given = cli_option(c, names[i]);
        if (!given) continue;
        days = -1;
        if (strcmp(given, "ever") && (!cli_number(given, &days) || days > 100000)) return false;
        c->keep_days[i] = (int32_t)days;
    }
    return true;
}

int cli_run_worker(cli *c)
{
    const char *engines = cli_option(c, "--engines"), *lease = cli_option(c, "--lease");
    pid_t pids[WORK_ENGINES];
    int64_t n = 1, seconds = 30, made = 0;

    if (engines && (!cli_number(engines, &n) || n > WORK_ENGINES)) return cli_usage("--engines takes a number up to 64");
    if (lease && (!cli_number(lease, &seconds) || seconds > 3600)) return cli_usage("--lease takes a number of seconds");
    if (!work_keeps(c)) return cli_usage("--keep-calls, --keep-jobs and --keep-revisions take a number of days, or ever");
    c->lease_us = seconds * 1000000;
    work_signals();
    if (n == 1) return work_one(c);
    while (made < n && (pids[made] = work_fork(c)) > 0) made++;
    if (made < n) {
        perror("adsync: fork");
        work_stop = 1;
    }
    return made < n && !made ? CLI_FAILED : work_wait(pids, made);
}

/* ---- jobs */

static const cli_column work_jobs[] = {
    { ADSYNC_C_JOB, "job" },     { ADSYNC_C_CONNECTION, "connection" }, { ADSYNC_C_TYPE, "kind" },          { ADSYNC_C_STATE, "state" },
    { ADSYNC_C_ATTEMPT, "try" }, { ADSYNC_C_CREATED_US, "asked" },      { ADSYNC_C_UPDATED_US, "updated" }, { ADSYNC_C_MESSAGE, "message" },
};

/* The library gives rows as they are in its table, so each one is asked for by its number. */
static int work_json(cli *c, adsync_rows *jobs, const char *state)
{
    const char *json, *mark = "";
    adsync_status rc = ADSYNC_OK;

    putchar('[');
    while (rc >= 0 && adsync_rows_next(jobs, NULL) == ADSYNC_ROW) {
        adsync_rows *job = NULL;
        if (strcmp(adsync_rows_text(jobs, ADSYNC_C_STATE), state)) continue;
        rc = adsync_job_list(c->engine, c->org, 0, adsync_rows_int(jobs, ADSYNC_C_JOB), 1, &job, &c->error);
        if (rc >= 0 && (json = adsync_rows_json(job, &c->error))) printf("%s%.*s", mark, (int)strlen(json) - 2, json + 1);
        adsync_rows_free(job);
        mark = ",";
    }
    puts("]");
    return rc < 0 ? cli_fail(c, rc) : CLI_OK;
}

int cli_run_jobs(cli *c)
{
    static const char *const states[] = { "queued", "running", "succeeded", "partial", "failed", "cancelled" };
    const char *given = cli_option(c, "--connection"), *state = cli_option(c, "--state");
    adsync_rows *rows = NULL;
    int64_t connection = 0;
    adsync_status rc;
    size_t known = 0;
    int code;

    while (state && known < sizeof states / sizeof *states && strcmp(states[known], state)) known++;
    if (known == sizeof states / sizeof *states) return cli_usage("--state takes queued, running, succeeded, partial, failed or cancelled");
    if (given && (code = cli_connection(c, given, &connection)) != CLI_OK) return code;
    rc = adsync_job_list(c->engine, c->org, connection, 0, WORK_LISTED, &rows, &c->error);
    if (rc < 0) return cli_fail(c, rc);
    code = CLI_OK;
    if (c->json && state)
        code = work_json(c, rows, state);
    else if (c->json)
        code = cli_print(c, rows, CLI_COLUMNS(work_jobs), "");
    else
        cli_print_table(rows, ADSYNC_C_STATE, state, CLI_COLUMNS(work_jobs), "There is no such job.");
    adsync_rows_free(rows);
    return code;
}

int cli_run_cancel(cli *c)
{
    int64_t job;
    adsync_status rc;

    if (!cli_number(c->args[0], &job)) return cli_usage("cancel takes the number of a job; adsync jobs lists them");
    if ((rc = adsync_job_cancel(c->engine, c->org, job, &c->error)) < 0) return cli_fail(c, rc);
    if (c->json)
        printf("{\"job\":%" PRId64 ",\"state\":\"cancelled\"}\n", job);
    else
        printf("job %" PRId64 " is called off\n", job);
    return CLI_OK;
}
