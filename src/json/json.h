/* SPDX-License-Identifier: MIT */
/* Writing JSON into a buffer, with commas and quotes put where they belong. Failures are the buffer's. */
#ifndef ADSYNC_SRC_JSON_H
#define ADSYNC_SRC_JSON_H

#include "../base/base.h"

enum { ADSYNC__JSON_DEPTH = 32 };

typedef struct adsync__json {
    adsync__buffer *out;
    uint32_t depth;
    bool any[ADSYNC__JSON_DEPTH]; /* something stands already at this depth */
    bool keyed;                   /* a key was written, its value comes next */
} adsync__json;

void adsync__json_begin(adsync__json *json, adsync__buffer *out);
void adsync__json_open(adsync__json *json, char bracket);  /* '{' or '[' */
void adsync__json_close(adsync__json *json, char bracket); /* '}' or ']' */
void adsync__json_key(adsync__json *json, const char *key);
void adsync__json_text(adsync__json *json, const char *p, size_t size); /* bytes that are no UTF-8 become U+FFFD */
void adsync__json_int(adsync__json *json, int64_t value);
void adsync__json_raw(adsync__json *json, const char *p, size_t size); /* JSON already */
void adsync__json_null(adsync__json *json);

#endif
