/* SPDX-License-Identifier: MIT */
/* What Meta's files share and nobody else sees. */
#ifndef ADSYNC_SRC_META_INT_H
#define ADSYNC_SRC_META_INT_H

#include "../common/common.h"
#include "meta.h"

#include <stdio.h>

enum {
    META_PAGE = 100,        /* rows to ask for at once .. */
    META_REPORT_PAGE = 500, /* .. of figures */
    META_FORM_PAGE = 50
};

/* ---- meta_tables.c */
extern const adsync__platform meta_platform;
extern const char meta_attribution[];
enum { /* steps of cursors */
       META_AT_BEGIN = 0,
       META_AT_LONG,
       META_AT_INSPECT,
       META_AT_RIGHTS,
       META_AT_NAME,
       META_AT_ACCOUNTS,
       META_AT_PAGES,
       META_AT_LIST,
       META_AT_GET,
       META_AT_SYNC,
       META_AT_RUN,
       META_AT_POLL,
       META_AT_ROWS,
       META_AT_FORMS,
       META_AT_LEADS
};

/* ---- meta_error.c */
bool meta_is_refused(adsync__answer *a);                   /* the answer is an error: a->refused says which */
void meta_classify(adsync__answer *a, adsync__node error); /* an error object, wherever it stood */
void meta_headers(adsync__answer *a);                      /* meta_limits.c */

/* ---- meta_read.c: what all requests have: the version in the path, the token in a header and its proof */
adsync_status meta_open(adsync__call *call, uint32_t effect, const char *method, const char *target);
void meta_token(adsync__call *call, uint32_t place, const char *secret);                        /* bearer and proof; place: of the proof */
adsync_status meta_account(const adsync_task *task, adsync__buffer *out, adsync_error **error); /* "act_123" */
void meta_since(adsync__call *call, const adsync__kind *kind);
void meta_page_ask(adsync__call *call, uint32_t usual, uint32_t slot);
/* Reads the frame of a page; `target`: the path that was asked, `slot`: of the cursor's place. page->refused: an outcome was given, since
 * its next link leads elsewhere or nowhere. */
adsync_status meta_page_open(adsync__answer *a, const char *target, uint32_t slot, adsync__page *page);
void meta_refused(adsync__answer *a); /* half a page, or passed on */
adsync_status meta_pages_ask(adsync__call *call);
adsync_status meta_page_token(adsync__answer *a, adsync__node row); /* of me/accounts: its token goes to the vault */

/* ---- meta_own.c: what a kind has that no table says */
adsync__owner meta_own, meta_own_ad, meta_own_creative, meta_own_audience;

/* ---- the tasks */
adsync__asker meta_begin_ask, meta_complete_ask, meta_exchange_ask, meta_inspect_ask, meta_revoke_ask, meta_app_token_ask,
    meta_discover_ask, meta_account_ask, meta_list_ask, meta_get_ask, meta_lead_ask, meta_report_ask;
adsync__digester meta_complete_digest, meta_inspect_digest, meta_revoke_digest, meta_token_digest, meta_discover_digest,
    meta_account_digest, meta_list_digest, meta_get_digest, meta_lead_digest, meta_report_digest;
bool meta_lead_first(const adsync_task *task, adsync__place *at); /* a task about pages: where it begins */
adsync_status meta_figures(adsync__answer *a, adsync__node row); /* meta_figures.c: a row of a report */

#endif
