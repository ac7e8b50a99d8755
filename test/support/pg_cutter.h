/* SPDX-License-Identifier: MIT */
/* A wire between a PostgreSQL server and its clients that can be cut: it reads the messages on their way and knows a COMMIT. A process
 * of its own, which ends with the test; orders reach it through shared memory. */
#ifndef ADSYNC_TEST_PG_CUTTER_H
#define ADSYNC_TEST_PG_CUTTER_H

#include "pg_server.h"

#include <stdint.h>

enum {
    CUT_NEVER,
    CUT_STATEMENT, /* before the server gets some statement */
    CUT_BEFORE,    /* before the server gets COMMIT: it is not applied */
    CUT_AFTER,     /* when the server has answered COMMIT: it is applied, and nobody hears */
    CUT_ANY        /* at random at each of these, now and then */
};

typedef struct cut_orders {
    volatile uint32_t where;
    volatile uint32_t left; /* so many times it lets pass what it would cut at; then it cuts once and goes back to CUT_NEVER */
    volatile uint32_t cuts[CUT_ANY]; /* done, by where */
    volatile uint32_t commits; /* that were answered */
} cut_orders;

typedef struct pg_cutter {
    pg_server *server;
    char folder[48], conninfo[160]; /* as the role engine, through the wire */
    pid_t pid;
    cut_orders *orders;
} pg_cutter;

void pg_cutter_make(pg_cutter *cutter, pg_server *server);
void pg_cutter_order(const pg_cutter *cutter, uint32_t where, uint32_t left);
void pg_cutter_remove(pg_cutter *cutter);

#endif
