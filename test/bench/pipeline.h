/* SPDX-License-Identifier: MIT */
/* What the programs about the way from a platform to a table share: where adsim listens, and the product set up on it. */
#ifndef ADSYNC_TEST_PIPELINE_H
#define ADSYNC_TEST_PIPELINE_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stdint.h>

enum { PIPELINE_SLICE = 7, PIPELINE_PAGE = 500 }; /* the product's own: days of a slice, rows of a page */

/* One row as the loop by hand has it, its columns in the order of its table; texts are the page's. */
enum { FLOOR_COLUMNS = 18 };
typedef struct floor_words {
    const char *p; /* NULL: none */
    uint32_t size;
} floor_words;
typedef struct floor_row {
    floor_words id, campaign, currency; /* columns 1, 3 and 4 */
    uint32_t has;                       /* a bit per column of numbers that is there */
    int64_t numbers[FLOOR_COLUMNS];     /* 0 level, 2 day, 5 spend .. 16 engagements, 17 when it was pulled */
} floor_row;
typedef struct floor_store { /* where its rows go; a page ends with commit */
    void *user;
    void (*put)(void *user, const floor_row *row);
    void (*commit)(void *user);
} floor_store;

typedef struct pipeline_target { /* from the environment, see pipeline.py */
    const char *port, *plain_port, *ca_file, *token, *account;
    int64_t now_us;
    char folder[64], file[96], keys[96];
    /* NULL: SQLite in `file`, for both sides */
    struct adsync_storage *(*open)(const struct pipeline_target *target);
    char *(*ask)(const struct pipeline_target *target, const char *query); /* one text; the caller frees it */
    const floor_store *store;
    const char *postgres;
} pipeline_target;

void pipeline_begin(pipeline_target *target); /* and makes a folder */
void pipeline_place(pipeline_target *target, const char *folder); /* one that is there, instead of the one that was made */
void pipeline_clean(const pipeline_target *target); /* the database's files */
void pipeline_end(const pipeline_target *target);
uint32_t pipeline_day(const pipeline_target *target, int ago); /* 20260315 */
long pipeline_kib(const char *what); /* "VmRSS:", "VmHWM:" of this process */
double pipeline_cpu(void); /* seconds of this process, of the kernel for it too */

typedef struct pipeline pipeline;
pipeline *pipeline_open(const pipeline_target *target, uint32_t plain, uint32_t at_once);
void pipeline_close(pipeline *p);
void pipeline_org(pipeline *p, const char *org); /* whose connections and jobs are meant from here on; "acme" before */
int64_t pipeline_connect(pipeline *p, const char *account);
/* Asks for the figures of these days; 20261120. */
int64_t pipeline_ask(pipeline *p, int64_t connection, uint32_t from, uint32_t to);
void pipeline_wait(pipeline *p, int64_t job);
void pipeline_drain(pipeline *p);

/* pipeline_floor.cpp: the same by hand. days: slices of a week, newest first, each level of a slice in turn. */
typedef struct pipeline_days {
    char from[16], to[16]; /* 2026-03-15 */
} pipeline_days;
typedef struct floor_side floor_side;
floor_side *floor_open(const pipeline_target *target, uint32_t plain);
void floor_sync(floor_side *f, const pipeline_days *slices, uint32_t n);
void floor_close(floor_side *f);

/* floor_postgres.c */
typedef struct floor_postgres floor_postgres;
floor_postgres *floor_postgres_open(const char *conninfo); /* and makes the table */
void floor_postgres_put(void *f, const floor_row *row);
void floor_postgres_commit(void *f);
void floor_postgres_close(floor_postgres *f);

#ifdef __cplusplus
}
#endif
#endif
