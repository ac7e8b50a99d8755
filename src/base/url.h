/* SPDX-License-Identifier: MIT */
/* URLs, queries and forms as text. */
#ifndef ADSYNC_SRC_URL_H
#define ADSYNC_SRC_URL_H

#include "base.h"

typedef struct adsync__url { /* pieces of a text that outlives it; nothing is decoded */
    const char *host, *path, *query; /* path from its slash, "" where there is none; query without '?' */
    size_t host_size, path_size, query_size;
    uint32_t port; /* 0: the scheme's own */
    bool https;
} adsync__url;
/* http and https only; no user, no fragment, no blanks, no control characters */
bool adsync__url_split(const char *text, adsync__url *url);
void adsync__url_encode(adsync__buffer *out, const char *p, size_t size); /* strict: all but A-Z a-z 0-9 - . _ ~ */
bool adsync__url_decode(adsync__buffer *out, const char *p, size_t size, bool plus_is_blank); /* false: a broken escape */
/* Walks the fields of a query or form; *at starts as its first byte. */
typedef struct adsync__url_field { const char *name, *value; size_t name_size, value_size; } adsync__url_field;
bool adsync__url_next(const char **at, const char *end, adsync__url_field *field);
/* The first field of that name, decoded into out; false: not there, or broken. */
bool adsync__url_find(const char *query, size_t size, const char *name, adsync__buffer *out);
/* The URL without the named query fields (a token in a paging URL). */
void adsync__url_without(adsync__buffer *out, const char *url, const char *const *names, uint32_t n);
/* The first field of that name, as it stands; a fragment ends the query. false: not there. */
bool adsync__url_raw(const char *query, size_t size, const char *name, const char **value, size_t *n);

#endif
