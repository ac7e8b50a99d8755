/* SPDX-License-Identifier: MIT */
/* What beginning and ending a consent share. */
#ifndef ADSYNC_SRC_OAUTH_INT_H
#define ADSYNC_SRC_OAUTH_INT_H

#include "connect_int.h"

/* Positions in the oauth_states table. */
enum { OAUTH_AT_VERIFIER = 9, OAUTH_WIDTH = 11 };

void oauth_hex(const uint8_t *p, size_t size, char *out); /* and a NUL */
adsync_status oauth_digest(adsync__kernel *kernel, const char *text, size_t size, uint8_t out[ADSYNC__SHA256_SIZE], adsync_error **error);

#endif
