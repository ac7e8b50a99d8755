/* SPDX-License-Identifier: MIT */
/* One server for all tests of a program, and for each an empty database. */
#ifndef ADSYNC_TEST_PG_PLACE_H
#define ADSYNC_TEST_PG_PLACE_H

#include "storage/storage.h"
#include "support/pg_cutter.h"
#include "support/values.h"

#include <adsync/postgres.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

extern pg_server pg; /* runs between pg_group_begin and pg_group_end */

int pg_group_begin(void **state);
int pg_group_end(void **state);
int pg_begin(void **state); /* empties the database, takes back what was set for it */

adsync_storage *pg_open(const char *conninfo, const adsync_postgres_options *options); /* it has to work */
/* It has to fail like this, with these words somewhere in its line. */
void pg_refuses(const char *conninfo, const adsync_postgres_options *options, adsync_status status, const char *words);
void pg_says(const char *conninfo, const char *sql, const char *expected); /* columns parted by |, rows by a blank */

#endif
