/* SPDX-License-Identifier: MIT */
/* Google, inside. There is one call that reads: a query in GAQL, sent by POST to an account, answered by pages of 10,000 rows. A row is
 * an object of the objects that the query touched. Queries are written in snake_case, answers come in camelCase: tables hold the latter. */
#ifndef ADSYNC_SRC_GOOGLE_INT_H
#define ADSYNC_SRC_GOOGLE_INT_H

#include "../common/common.h"

enum { GOOGLE_REPORT_DAYS = 30, GOOGLE_ID_ROOM = 24, GOOGLE_QUERY_MOST = 32 * 1024 };

enum { /* steps of cursors */
       GOOGLE_AT_BEGIN = 0,
       GOOGLE_AT_ROOTS,    /* the accounts that the person was added to */
       GOOGLE_AT_BELOW,    /* discovery: what is below one of them */
       GOOGLE_AT_DIRECT,   /* an account: without a manager */
       GOOGLE_AT_VIA,      /* .. through one of the roots */
       GOOGLE_AT_LOOKBACK, /* .. how long its conversions move */
       GOOGLE_AT_LIST,
       GOOGLE_AT_GET,
       GOOGLE_AT_LOG, /* what changed */
       GOOGLE_AT_IDS, /* .. and the objects themselves */
       GOOGLE_AT_ROWS
};

/* ---- google_tables.c */
extern const adsync__platform google_platform;

/* Where objects of a kind are read from: some kinds lie in two places (pass 0, 1). */
typedef struct google_source {
    const adsync__kind *kind;
    const char *group_key, *key; /* what an id ("GROUP~ID" or "ID") is compared with */
    const char *log_types;       /* of the change log; NULL: it says nothing about these */
    const char *log_member;      /* .. and where it names the object */
    bool log_joined;             /* its ids are "GROUP~ID" there, and only the last is ours */
} google_source;
const google_source *google_source_of(uint32_t kind, uint32_t pass); /* NULL: there is no such pass */

/* A query for figures; a level has some, one after the other. */
typedef struct google_figures {
    uint32_t level;
    const char *from, *keys; /* the resource, and the fields that name the entity */
    const char *id;          /* where a row has its id */
    const adsync__field *fields;
    uint32_t n;
    bool by_action;
} google_figures;
const google_figures *google_figures_of(uint32_t level, uint32_t pass);

adsync__owner google_own_campaign, google_own_ad_group, google_own_ad, google_own_creative, google_own_audience, google_own_keyword,
    google_own_lead_form;

/* ---- google_query.c */
/* An account's digits, as they are written in paths and headers: "123-456-7890", "customers/1234567890". false: that is none. */
bool google_digits(const char *text, size_t size, char out[GOOGLE_ID_ROOM]);
/* The account of the task. */
adsync_status google_account(adsync__call *call, char out[GOOGLE_ID_ROOM]);
/* Opens a request with version, token and headers; login: the manager through which the account is reached, NULL or "": none. */
adsync_status google_open(adsync__call *call, const char *method, const char *tail, const char *login);
/* Asks `account` what call->target says, from the page of the cursor's argument 0 on. */
adsync_status google_search(adsync__call *call, const char *account, const char *login);
const char *google_login(const adsync_task *task, char out[GOOGLE_ID_ROOM]); /* what was learned; NULL: none */
/* "SELECT campaign.id, ..": the table's fields. */
void google_select(adsync__buffer *out, const adsync__field *fields, uint32_t n);
void google_instant(adsync__buffer *out, const adsync__zone *zone, int64_t us); /* 2026-10-01 00:00:00 on the account's clock */
void google_member(adsync__buffer *out, const char *in, const char *name);       /* ad_group.id */
/* The rows of a page, then the next one, then `then`; NULL: done, with the evidence there is at best; 0: not complete. */
adsync_status google_walk(adsync__answer *a, adsync__row_reader reader, const adsync__place *then, uint32_t evidence);

/* ---- google_error.c */
bool google_is_refused(adsync__answer *a); /* a->refused says why; else a->root is one object */
adsync_status google_refuse(adsync__answer *a);

/* ---- the tasks */
adsync__asker google_begin_ask, google_complete_ask, google_refresh_ask, google_inspect_ask, google_revoke_ask, google_discover_ask,
    google_account_ask, google_list_ask, google_get_ask, google_changes_ask, google_report_ask;
adsync__digester google_token_digest, google_inspect_digest, google_revoke_digest, google_discover_digest, google_account_digest,
    google_list_digest, google_get_digest, google_changes_digest, google_report_digest;

#endif
