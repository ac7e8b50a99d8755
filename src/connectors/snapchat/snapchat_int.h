/* SPDX-License-Identifier: MIT */
/* Snapchat, inside. Everything is GET below /v1; every answer is an envelope whose word of success counts, not its HTTP status. */
#ifndef ADSYNC_SRC_SNAPCHAT_INT_H
#define ADSYNC_SRC_SNAPCHAT_INT_H

#include "../common/common.h"

enum { SNAPCHAT_PAGE = 1000, SNAPCHAT_REPORT_PAGE = 200, SNAPCHAT_REPORT_DAYS = 30 };

enum { /* steps of cursors */
       SNAPCHAT_AT_BEGIN = 0,
       SNAPCHAT_AT_ME,
       SNAPCHAT_AT_ACCOUNTS,
       SNAPCHAT_AT_LIST,
       SNAPCHAT_AT_GET,
       SNAPCHAT_AT_CORE,
       SNAPCHAT_AT_CHECK,
       SNAPCHAT_AT_CONV
};

/* ---- snapchat_tables.c */
extern const adsync__platform snapchat_platform;
const char *snapchat_singular(uint32_t kind); /* what an item of a list is wrapped in */
adsync__owner snapchat_own, snapchat_own_creative, snapchat_own_audience;

/* ---- snapchat_read.c */
/* Opens a GET of /v1/TARGET with the token; class: what it counts against beside "all". */
adsync_status snapchat_open(adsync__call *call, const char *target, const char *limit);
/* "https://adsapi.snapchat.com/v1/adaccounts/ID/": where pages of this account are. */
adsync_status snapchat_origin(const adsync_task *task, adsync__buffer *out, adsync_error **error);

/* ---- snapchat_error.c */
bool snapchat_is_refused(adsync__answer *a); /* the answer as a whole says no: a->refused says why */
/* An item of a list. NULL with ADSYNC_OK: this one was refused, a->refused says why. */
adsync_status snapchat_item(adsync__answer *a, adsync__node item, const char *singular, adsync__node *out, bool *fine);
void snapchat_headers(adsync__answer *a);

/* ---- the tasks */
adsync__asker snapchat_begin_ask, snapchat_complete_ask, snapchat_refresh_ask, snapchat_inspect_ask, snapchat_discover_ask,
    snapchat_account_ask, snapchat_list_ask, snapchat_get_ask, snapchat_report_ask;
adsync__digester snapchat_complete_digest, snapchat_refresh_digest, snapchat_inspect_digest, snapchat_discover_digest,
    snapchat_account_digest, snapchat_list_digest, snapchat_get_digest, snapchat_report_digest;

#endif
