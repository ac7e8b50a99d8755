/* SPDX-License-Identifier: MIT */
/* A scratch directory with a database in it, and a look at that database past the library: SQLite itself says what is there. */
#ifndef ADSYNC_TEST_PLACE_H
#define ADSYNC_TEST_PLACE_H

#include "storage/storage.h"
#include "support/values.h"

#include <adsync/sqlite.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <cmocka.h>

typedef struct place {
    char folder[96];
    char file[128]; /* in the folder; not there yet */
} place;

/* cmocka's: *state is a new place, and the folder goes with all that is in it. */
int place_begin(void **state);
int place_end(void **state);
void place_make(place *p);
void place_remove(const place *p);

adsync_storage *place_open(const place *p, const adsync_sqlite_options *options); /* it has to work */
/* It has to fail like this, with these words somewhere in its line. */
void place_refuses(const char *path, const adsync_sqlite_options *options, adsync_status status, const char *words);

/* Past the library. The caller frees text with free. */
void place_sql(const place *p, const char *sql);
int64_t place_number(const place *p, const char *sql);
char *place_text(const place *p, const char *sql); /* all rows: columns parted by |, a row a line */
char *place_rows(const place *p);                  /* every row of every table of ours, and the file is sound */

/* One row of metrics: org 1, connection, an account's day, figures that follow from `n`. */
enum { PLACE_METRIC = 29 };
void place_metric(adsync_value *out, int64_t connection, int64_t n);

#endif
