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

/* ---- tiktok_read.c: what all requests have: the path with its version and slash, what it costs, and the token unless it is without */
adsync_status tiktok_open(adsync__call *call, uint32_t effect, const char *method, const char *path, bool token);
adsync_status tiktok_get(adsync__call *call, const char *path);                  /* a GET about the task's account */
void tiktok_words(adsync__call *call, const char *name, const char *words);      /* "a,b" as ["a","b"] */
void tiktok_fields(adsync__call *call, const adsync__field *fields, uint32_t n); /* "fields": their names */
/* "filtering": {MEMBERS,"NAME":VALUE}, both JSON as it stands; either may be NULL. */
void tiktok_filter(adsync__call *call, const char *members, const char *name, const char *value);
/* Whether a cursor is one of the flow whose steps these are, with words that it writes; false: stale was said. */
bool tiktok_is_ours(adsync__answer *a, uint32_t first, uint32_t last);
/* Opens a page that must say which of how many it is; `slot`: the argument of the cursor that is its place. */
adsync_status tiktok_page(adsync__answer *a, const adsync__paging *paging, uint32_t slot, adsync__page *page);
adsync_status tiktok_ids(adsync__answer *a, const char *path, const char *only, adsync__buffer *out); /* of all rows: adsync__ids_read */
adsync_status tiktok_task_id(adsync__answer *a, adsync__digits *room, const char **out);              /* data.task_id */

extern const adsync__part tiktok_app[];    /* who the app is, and its secret */
bool tiktok_is_refused(adsync__answer *a); /* a->refused says why */

/* ---- tiktok_own.c: what a kind has that no table says */
adsync__owner tiktok_own_campaign, tiktok_own_group, tiktok_own_creative, tiktok_own_audience;

/* ---- tiktok_report.c, and figures as a file: tiktok_task.c */
void tiktok_report_names(const adsync_task *task, const adsync__place *at, adsync__buffer *out); /* "spend,impressions" */
adsync_status tiktok_report_days(adsync__call *call, adsync__slice *slice);                      /* those of the task, as many as may be */
/* What rows are read by, the same for all of an answer: a->own while rows are read. */
typedef struct tiktok_rows {
    adsync__slice slice;
    const adsync__field *fields;
    uint32_t n;
    bool counts[3]; /* which families of purchases */
} tiktok_rows;
adsync_status tiktok_rows_begin(adsync__answer *a, tiktok_rows *rows);
adsync_status tiktok_report_found(adsync__object *object); /* a row whose fields are found */
bool tiktok_task_wanted(const adsync_task *task);
adsync__asker tiktok_task_ask;
adsync__digester tiktok_task_digest;

/* ---- the tasks */
adsync__asker tiktok_begin_ask, tiktok_complete_ask, tiktok_inspect_ask, tiktok_revoke_ask;
adsync__digester tiktok_complete_digest, tiktok_inspect_digest, tiktok_revoke_digest;
adsync__asker tiktok_discover_ask, tiktok_account_ask, tiktok_list_ask, tiktok_get_ask;
adsync__digester tiktok_discover_digest, tiktok_account_digest, tiktok_list_digest, tiktok_get_digest;
adsync__asker tiktok_keyword_ask, tiktok_lead_ask, tiktok_report_ask;
adsync__digester tiktok_keyword_digest, tiktok_lead_digest, tiktok_report_digest;

#endif
