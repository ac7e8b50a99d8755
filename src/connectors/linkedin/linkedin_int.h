/* SPDX-License-Identifier: MIT */
/* LinkedIn, inside. Everything is read below /rest with a version in a header. A query is written by hand: brackets, colons and commas
 * that are structure stay as they are, and only what stands between them is percent-encoded. */
#ifndef ADSYNC_SRC_LINKEDIN_INT_H
#define ADSYNC_SRC_LINKEDIN_INT_H

#include "../common/common.h"

enum { LINKEDIN_PAGE = 1000, LINKEDIN_SMALL_PAGE = 100, LINKEDIN_BATCH = 20, LINKEDIN_REPORT_ROWS = 15000 };
enum { LINKEDIN_HINT_DAY = ADSYNC__HINT_OWN }; /* a limit that ends at midnight, UTC */

enum { /* steps of cursors */
       LINKEDIN_AT_BEGIN = 0,
       LINKEDIN_AT_WHO,
       LINKEDIN_AT_LIST,
       LINKEDIN_AT_PAGE,
       LINKEDIN_AT_GET,
       LINKEDIN_AT_CORE,
       LINKEDIN_AT_CHECK,
       LINKEDIN_AT_CAMPAIGNS,
       LINKEDIN_AT_PIECES
};

/* ---- linkedin_tables.c */
extern const adsync__platform linkedin_platform;

/* ---- linkedin_own.c: what a kind has that no table says */
adsync__owner linkedin_own_campaign, linkedin_own_adset, linkedin_own_ad, linkedin_own_creative, linkedin_own_audience, linkedin_own_lead,
    linkedin_own_post;

/* ---- linkedin_read.c */
/* Sends the query that stands in call->text: "q=search&pageSize=100". A long one goes as the body of a POST that means GET.
 * method: the Rest.li method where the verb does not say it; limit: what the request counts against. */
adsync_status linkedin_send(adsync__call *call, const char *path, const char *method, const char *limit);
/* "from", where each @ is the account's number */
void linkedin_fill(adsync__buffer *out, const char *from, const char *account);

/* ---- linkedin_error.c */
bool linkedin_is_refused(adsync__answer *a); /* a->refused says why */
void linkedin_headers(adsync__answer *a);

/* ---- the tasks */
adsync__asker linkedin_begin_ask, linkedin_complete_ask, linkedin_refresh_ask, linkedin_inspect_ask, linkedin_discover_ask,
    linkedin_account_ask, linkedin_list_ask, linkedin_get_ask, linkedin_report_ask;
adsync__digester linkedin_complete_digest, linkedin_refresh_digest, linkedin_inspect_digest, linkedin_account_digest, linkedin_get_digest,
    linkedin_report_digest;
adsync_status linkedin_list_digest(adsync__answer *a); /* of accounts, too */

#endif
