/* SPDX-License-Identifier: MIT */
/* X, inside. Every request is signed by OAuth 1.0a; every list ends where next_cursor is null. */
#ifndef ADSYNC_SRC_X_INT_H
#define ADSYNC_SRC_X_INT_H

#include "../common/common.h"

enum { X_IDS = 20, X_IDS_LIST = 200, X_SYNC_DAYS = 7, X_JOB_DAYS = 90, X_LOOKS = 200 };
enum { X_AFTER = 0, X_CHUNKS, X_JOBS, X_BOUNDS, X_ENTITY }; /* arguments of a report's cursor, see x_report.c */

enum { /* steps of cursors */
       X_AT_BEGIN = 0,
       X_AT_DIALOG,
       X_AT_CURRENCY,
       X_AT_CAMPAIGN,
       X_AT_ACCOUNTS,
       X_AT_LIST,
       X_AT_LINES,
       X_AT_CRITERIA,
       X_AT_GET,
       X_AT_ACTIVE,
       X_AT_STATS,
       X_AT_CREATE,
       X_AT_JOBS,
       X_AT_LOOK,
       X_AT_FILE,
       X_AT_SIGNED
};

/* ---- x_tables.c */
extern const adsync__platform x_platform;
extern const adsync__kind x_tweet_unnamed; /* a post that has no tweet_id */
enum { X_UNSORTED = 1 << 8 };              /* `can`: its list is in no order of changes */
extern const adsync__word x_placements[];  /* and the letter that a queue has for each */
/* ---- x_own.c: what a kind has that no table says */
adsync__owner x_own, x_own_ad, x_own_tweet, x_own_card, x_own_audience, x_own_keyword;

/* ---- x_read.c */
extern const adsync__paging x_paging;

/* ---- x_auth.c */
adsync_status x_sign(adsync__call *call); /* by app and token */
/* Opens a signed request of /VERSION/TARGET. */
adsync_status x_open(adsync__call *call, uint32_t effect, const char *method, const char *target);
/* The same of BEFOREaccounts/IDAFTER. */
adsync_status x_open_account(adsync__call *call, uint32_t effect, const char *method, const char *before, const char *after);

/* ---- x_error.c */
bool x_is_refused(adsync__answer *a); /* a->refused says why */
void x_headers(adsync__answer *a);
const char *x_limit_of(const adsync_task *task, const adsync__place *at); /* what its request counts against; NULL: nothing */

/* ---- x_stats.c: figures */
typedef struct x_chunk { /* the first of a queue: up to 20 ids at one placement, of one family */
    const char *placement;
    bool mobile;
    const char *ids, *rest; /* ids: until rest, without its ';' */
    size_t size;
    uint32_t n;
} x_chunk;
bool x_chunk_read(const char *queue, x_chunk *chunk); /* false: the queue is empty */
bool x_chunk_nth(const char *queue, uint32_t n, x_chunk *chunk);
uint32_t x_count(const char *ids); /* "" has none */
adsync_status x_stats_zone(const adsync_task *task, const adsync__slice *slice, adsync__zone **out, adsync_error **error);
/* The day on which the account's time zone was changed, 0: none, or it changed nothing. */
adsync_status x_stats_switch(const adsync_task *task, int64_t *day, adsync_error **error);
bool x_stats_begins(const adsync__zone *zone, int64_t day, adsync__node node); /* the instant it writes is where that day begins */
/* A body of figures: rows from a->at.skip on. more: some are left, they begin at *skip. */
adsync_status x_stats_read(adsync__answer *a, const adsync__slice *slice, const x_chunk *chunk, bool *more, uint32_t *skip);

/* ---- x_report.c */
const char *x_entity(const adsync_task *task, const adsync__place *at);

/* ---- x_job.c: answers about jobs */
adsync_status x_job_created(adsync__answer *a, adsync__node job);
adsync_status x_job_find(adsync__answer *a, const adsync__slice *slice);
adsync_status x_job_look(adsync__answer *a, const adsync__slice *slice);

/* ---- the tasks */
adsync__asker x_begin_ask, x_complete_ask, x_inspect_ask, x_revoke_ask, x_app_ask, x_discover_ask, x_account_ask, x_list_ask,
    x_keywords_ask, x_get_ask, x_report_ask;
adsync__digester x_begin_digest, x_complete_digest, x_inspect_digest, x_revoke_digest, x_app_digest, x_discover_digest, x_account_digest,
    x_list_digest, x_keywords_digest, x_get_digest, x_report_digest;

#endif
