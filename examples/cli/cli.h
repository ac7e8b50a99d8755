/* SPDX-License-Identifier: MIT */
/* The `adsync` command: libadsync's public interface from a shell. */
#ifndef ADSYNC_CLI_H
#define ADSYNC_CLI_H

#include <adsync/adsync.h>
#include <adsync/sqlite.h>
#ifdef CLI_POSTGRES
#include <adsync/postgres.h>
#endif

#include <stdbool.h>

enum { CLI_NEEDS_STORE = 1, CLI_NEEDS_KEYS = 3, CLI_CLAIMS = 4 }; /* a store that is there; its key file; takes jobs */
enum { CLI_GIVEN = 8, CLI_MANY = 1000 };
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_PARTIAL = 3, CLI_PENDING = 4, CLI_RECONNECT = 5 };

typedef struct cli { /* what the options said, and what was opened */
    const char *store, *keys_file, *org, *connect_to, *ca_file, *now;
    bool json;
    int64_t lease_us; /* of an engine that takes jobs */
    int32_t keep_days[3]; /* calls, jobs, revisions; 0: the library's, -1: for ever */
    adsync_storage *storage;
    adsync_keys *keys;
    adsync_transport *transport;
    adsync_engine *engine;
    adsync_host host;
    adsync_error *error;
    char **args; /* the command's arguments without its options, ended by NULL */
    struct {
        const char *name, *value;
    } given[CLI_GIVEN]; /* the command's options */
    uint32_t n_given;
} cli;

typedef struct cli_command {
    const char *name, *arguments, *what; /* arguments name the options that there are: "[--days N] [--wait]" */
    uint32_t least, most;                /* arguments */
    uint32_t needs;                      /* CLI_NEEDS_* */
    int (*run)(cli *c);
} cli_command;

/* options.c: what stands behind a command */
const cli_command *cli_read(cli *c, int argc, char **argv, const cli_command *commands, int *code); /* NULL: code is how to end */
const char *cli_option(cli *c, const char *name);                                                   /* its value; NULL: not there */
bool cli_flag(cli *c, const char *name);
int cli_usage(const char *what); /* words on stderr; an exit code */
bool cli_number(const char *text, int64_t *out);
bool cli_day(const char *text, uint32_t *out); /* 2026-11-20 or 20261120 */

/* print.c: tables for people, JSON for programs */
typedef struct cli_column {
    uint32_t column;
    const char *title;
} cli_column;
#define CLI_COLUMNS(list) list, sizeof(list) / sizeof(list)[0]
int cli_print(cli *c, adsync_rows *rows, const cli_column *columns, uint32_t n, const char *nothing);
/* Only for people; of the rows whose column says so; is NULL: all. */
void cli_print_table(adsync_rows *rows, uint32_t where, const char *is, const cli_column *columns, uint32_t n, const char *nothing);
/* The same for what a call answered; frees the rows. */
int cli_answer(cli *c, adsync_status rc, adsync_rows *rows, const cli_column *columns, uint32_t n, const char *nothing);
void cli_progress(cli *c, const char *text); /* on a terminal only; NULL ends the line */
int cli_fail(cli *c, adsync_status status);  /* words on stderr; an exit code */

/* browser.c: waits on a loopback port for the redirect of a consent; gives its query, owned, and the browser that wants an answer */
int cli_browser_listen(uint32_t *port);
char *cli_browser_wait(int listener, int64_t wait_us, int *browser);
void cli_browser_answer(int browser, const char *text); /* closes it */

/* open.c */
adsync_status cli_open(cli *c, const cli_command *command);
adsync_status cli_open_store(cli *c, const cli_command *command); /* NULL: it may be new */
adsync_status cli_app(cli *c, const char *platform, const char *redirect_uri);
const char *cli_variable(const char *platform, const char *suffix); /* of the environment, ADSYNC_<PLATFORM>_<SUFFIX> */
int64_t cli_now_us(cli *c);
void cli_close(cli *c);

/* find.c: the grant or connection that the first argument means, with its platform's app registered; else words on stderr and an exit
 * code */
int cli_grant(cli *c, int64_t *grant);
int cli_connection(cli *c, const char *given, int64_t *connection);
const char *cli_missing(adsync_rows *rows, uint32_t column, char *const *given); /* the first account that no row is; NULL: none */
uint32_t cli_kind(const char *name); /* data.c: ADSYNC_KIND_*; 0: there is none of that name */

/* a function per command */
int cli_run_init(cli *c);
int cli_run_rotate_keys(cli *c);
int cli_run_connect(cli *c);
int cli_run_grants(cli *c);
int cli_run_accounts(cli *c);
int cli_run_add(cli *c);
int cli_run_connections(cli *c);
int cli_run_refresh(cli *c);
int cli_run_disconnect(cli *c);
int cli_run_schedule(cli *c);
int cli_run_sync(cli *c);
int cli_run_worker(cli *c);
int cli_run_jobs(cli *c);
int cli_run_cancel(cli *c);
int cli_run_status(cli *c);
int cli_run_entities(cli *c);
int cli_run_metrics(cli *c);
int cli_run_coverage(cli *c);
int cli_run_revisions(cli *c);
int cli_run_audit(cli *c);
int cli_run_erase(cli *c);

#endif
