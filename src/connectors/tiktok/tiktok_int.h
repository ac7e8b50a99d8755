/* SPDX-License-Identifier: MIT */
/* TikTok, inside. Every path ends with a slash; every answer is {"code","message","request_id","data"}, with HTTP 200 whatever the code
 * is. Arrays and objects in a query are JSON. Times of objects are UTC without saying so, days of figures are the account's. */
#ifndef ADSYNC_SRC_TIKTOK_INT_H
#define ADSYNC_SRC_TIKTOK_INT_H

#include "../common/common.h"

enum { TIKTOK_PAGE = 1000, TIKTOK_SMALL_PAGE = 100, TIKTOK_IDS = 100, TIKTOK_REPORT_DAYS = 30 };

enum { /* steps of cursors */
       TIKTOK_AT_BEGIN = 0,
       TIKTOK_AT_USER,
       TIKTOK_AT_REACH,
       TIKTOK_AT_INFO,
       TIKTOK_AT_LIST,
       TIKTOK_AT_GET,
       TIKTOK_AT_SEARCH,
       TIKTOK_AT_GROUPS,
       TIKTOK_AT_NEGATIVE,
       TIKTOK_AT_FORMS,
       TIKTOK_AT_TASK,
       TIKTOK_AT_POLL,
       TIKTOK_AT_FILE,
       TIKTOK_AT_ROWS,
       TIKTOK_AT_IDS,
       TIKTOK_AT_PART,
       TIKTOK_AT_CHECK,
       TIKTOK_AT_MAKE,
       TIKTOK_AT_MADE,
       TIKTOK_AT_READ
};

/* ---- tiktok_tables.c */
extern const adsync__platform tiktok_platform;
extern const adsync__paging tiktok_paging; /* of data.list */
/* One of the lists that hold a kind: some objects are in none but a list of their own. The table ends with kind 0. */
typedef struct tiktok_pass {
    uint32_t kind, page;
    const char *path, *filter; /* filter: members of the object "filtering"; NULL: there is none */
    const char *since;         /* the filter of what changed; NULL: it has none */
    const adsync__kind *as;    /* read as this */
} tiktok_pass;
const tiktok_pass *tiktok_pass_of(uint32_t kind, uint32_t n); /* NULL beyond the last */

/* ---- tiktok_read.c: what all requests have: the path with its version and slash, the token, what it costs */
adsync_status tiktok_open(adsync__call *call, uint32_t effect, const char *method, const char *path);
adsync_status tiktok_get(adsync__call *call, const char *path);                 /* the same, a GET about the task's account */
void tiktok_names(adsync__call *call, const adsync__field *fields, uint32_t n); /* "fields": ["a","b"] */
void tiktok_array(adsync__buffer *out, const char *ids);                        /* "1,2" -> ["1","2"] */
adsync_status tiktok_passed_on(adsync__answer *a);                              /* a refusal */
size_t tiktok_first(const char *ids, uint32_t n); /* how long the first n of "1,2,3" are, without what follows */
/* Whether a cursor is one of the flow whose steps these are, with words that it writes; false: stale was said. */
bool tiktok_is_ours(adsync__answer *a, uint32_t first, uint32_t last);
/* Ids of rows, "1,2"; those whose `only` is not true are left out. */
adsync_status tiktok_ids(adsync__answer *a, adsync__node list, const char *name, const char *only, adsync__buffer *out);

/* ---- tiktok_error.c */
bool tiktok_is_refused(adsync__answer *a);     /* a->refused says why */
bool tiktok_is_minor(const adsync__answer *a); /* it says nothing of the rest, which can go on without */
void tiktok_left_out(adsync__answer *a);       /* then it is said as a warning */

/* ---- tiktok_own.c: what a kind has that no table says */
adsync_status tiktok_own_campaign(adsync__object *object);
adsync_status tiktok_own_group(adsync__object *object);
adsync_status tiktok_own_creative(adsync__object *object);
adsync_status tiktok_own_audience(adsync__object *object);

/* ---- tiktok_report.c, and figures as a file: tiktok_task.c */
void tiktok_report_names(const adsync_task *task, const adsync__place *at, adsync__buffer *out); /* "spend,impressions" */
/* What rows are read by, the same for all of an answer: a->own while tiktok_report_row is at work. */
typedef struct tiktok_rows {
    adsync__slice slice;
    const adsync__field *fields;
    uint32_t n;
    bool counts[3]; /* which families of purchases */
} tiktok_rows;
adsync_status tiktok_rows_begin(adsync__answer *a, tiktok_rows *rows);
adsync_status tiktok_report_row(adsync__answer *a, adsync__node node);
adsync_status tiktok_report_found(adsync__answer *a, adsync__node *f); /* the same, its fields found already */
bool tiktok_task_wanted(const adsync_task *task);
adsync_status tiktok_task_ask(adsync__call *call);
adsync_status tiktok_task_digest(adsync__answer *a);

/* ---- the tasks */
adsync_status tiktok_begin_ask(adsync__call *call);
adsync_status tiktok_complete_ask(adsync__call *call);
adsync_status tiktok_complete_digest(adsync__answer *a);
adsync_status tiktok_inspect_ask(adsync__call *call);
adsync_status tiktok_inspect_digest(adsync__answer *a);
adsync_status tiktok_revoke_ask(adsync__call *call);
adsync_status tiktok_revoke_digest(adsync__answer *a);
adsync_status tiktok_discover_ask(adsync__call *call);
adsync_status tiktok_discover_digest(adsync__answer *a);
adsync_status tiktok_account_ask(adsync__call *call);
adsync_status tiktok_account_digest(adsync__answer *a);
adsync_status tiktok_list_ask(adsync__call *call);
adsync_status tiktok_list_digest(adsync__answer *a);
adsync_status tiktok_get_ask(adsync__call *call);
adsync_status tiktok_get_digest(adsync__answer *a);
adsync_status tiktok_keyword_ask(adsync__call *call);
adsync_status tiktok_keyword_digest(adsync__answer *a);
adsync_status tiktok_lead_ask(adsync__call *call);
adsync_status tiktok_lead_digest(adsync__answer *a);
adsync_status tiktok_report_ask(adsync__call *call);
adsync_status tiktok_report_digest(adsync__answer *a);

#endif
