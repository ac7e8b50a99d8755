/* SPDX-License-Identifier: MIT */
/* The `adsync` command: libadsync's public interface from a shell. */
#ifndef ADSYNC_CLI_H
#define ADSYNC_CLI_H

#include <adsync/adsync.h>
#include <adsync/sqlite.h>

#include <stdbool.h>

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_PARTIAL = 3, CLI_PENDING = 4, CLI_RECONNECT = 5 };

typedef struct cli { /* what the options said, and what was opened */
    const char *store, *keys_file, *org, *connect_to, *ca_file, *now;
    bool json, claims;
    adsync_storage *storage;
    adsync_keys *keys;
    adsync_transport *transport;
    adsync_engine *engine;
    adsync_host host;
    adsync_error *error;
    char **args; /* of the command, ended by NULL */
} cli;

typedef struct cli_command {
    const char *name, *arguments, *what;
    uint32_t least; /* arguments */
    bool keys;      /* needs the key file */
    bool claims;    /* takes jobs */
    int (*run)(cli *c);
} cli_command;

extern const cli_command cli_commands[]; /* ended by a NULL name */

/* options.c: what stands among a command's arguments */
const char *cli_option(cli *c, const char *name); /* its value, taken out of args; NULL: not there */
bool cli_flag(cli *c, const char *name);          /* taken out of args */
bool cli_number(const char *text, int64_t *out);
bool cli_day(const char *text, uint32_t *out); /* 2026-11-20 or 20261120 */

/* print.c: tables for people, JSON for programs */
typedef struct cli_column {
    uint32_t column;
    const char *title;
} cli_column;
int cli_print(cli *c, adsync_rows *rows, const cli_column *columns, uint32_t n, const char *nothing);
void cli_progress(cli *c, const char *text); /* on a terminal only; NULL ends the line */
int cli_fail(cli *c, adsync_status status);  /* words on stderr; an exit code */

/* browser.c: waits on a loopback port for the redirect of a consent; gives its query, owned */
char *cli_browser_wait(int listener, int64_t wait_us);
int cli_browser_listen(uint32_t *port);

/* status.c */
enum { CLI_JOBS_COLUMNS = 7 };
extern const cli_column cli_jobs_columns[CLI_JOBS_COLUMNS];
int cli_status(cli *c);

/* open.c */
adsync_status cli_open(cli *c, const cli_command *command);
adsync_status cli_app(cli *c, const char *platform, const char *redirect_uri);
void cli_close(cli *c);

#endif
