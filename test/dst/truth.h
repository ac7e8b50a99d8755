/* SPDX-License-Identifier: MIT */
/* What truth.c and truth_calls.c share. */
#ifndef ADSYNC_TEST_DST_TRUTH_H
#define ADSYNC_TEST_DST_TRUTH_H

#include "dst.h"

enum { METRICS_AT_ID = 3, METRICS_AT_DAY = 4, METRICS_AT_PULL = 6, METRICS_AT_SPEND = 8 };

adsync_rows *truth_read(dst *w, uint32_t table, int64_t org, const adsync_value *key); /* stepped to its row; NULL: there is none */
adsync_rows *truth_scan(dst *w, uint32_t table, uint32_t index, int64_t org, const adsync_value *bound, uint32_t n);
dst_connection *truth_connection(dst *w, int64_t org, int64_t connection);
int truth_id(const adsync_value *value); /* -1: none of ours */
void truth_revisions(dst *w, const adsync_change *changes, uint32_t n);
void truth_grant(actor *a, const adsync_change *change);
void truth_secret(actor *a, const adsync_change *change);
void truth_tokens_at_rest(dst *w);

#endif
