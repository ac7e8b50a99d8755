/* SPDX-License-Identifier: MIT */
/* A PostgreSQL server of a test's own: a fresh cluster in a folder of its own, reached by a socket there and nowhere else, run by a user
 * without rights where the test is root, and ended by its process id. */
#ifndef ADSYNC_TEST_PG_SERVER_H
#define ADSYNC_TEST_PG_SERVER_H

#include <signal.h>
#include <sys/types.h>

typedef struct pg_server {
    char folder[48];
    char conninfo[160]; /* as the role engine, which owns the database adsync and is no superuser */
    char super[160];    /* as the superuser, in the same database */
    pid_t pid;          /* 0: does not run */
} pg_server;

/* All fail the test where they do not work. */
void pg_server_make(pg_server *server);                          /* a cluster; it runs, without fsync */
void pg_server_run(pg_server *server, const char *const *settings); /* "fsync=on", ..; NULL ends them, or there are none */
void pg_server_end(pg_server *server, int signal);               /* SIGINT: properly; SIGQUIT: at once, like a crash */
void pg_server_remove(pg_server *server);                        /* ends it and leaves nothing */

/* Past the library. */
void pg_server_sql(const char *conninfo, const char *sql);
char *pg_server_text(const char *conninfo, const char *sql); /* all rows: columns parted by |, a row a line; the caller frees it */
typedef struct pg_conn pg_holder; /* a transaction that stays open */
pg_holder *pg_holder_begin(const char *conninfo, const char *sql);
void pg_holder_end(pg_holder *holder); /* rolls back */
long long pg_server_number(const char *conninfo, const char *sql);

#endif
