/* SPDX-License-Identifier: MIT */
/* HTTP from inside: messages, transports, URLs, redaction. */
#ifndef ADSYNC_SRC_HTTP_H
#define ADSYNC_SRC_HTTP_H

#include "../base/base.h"

#include <adsync/http.h>

/* ---- transport.c */
struct adsync_message { /* made by the kernel; url, headers and body hold secrets and are wiped by it */
    const char *method, *url, *headers, *body;
    size_t body_size, max_bytes;
    int64_t timeout_us;
    uint32_t once;
};

/* How an exchange ended. */
typedef struct adsync__ended {
    int64_t id;
    uint32_t failed;       /* 1: no whole answer; then `sent` and `words` count */
    uint32_t sent;
    uint32_t http_status;
    const char *words;     /* borrowed */
    const char *headers;   /* borrowed */
    adsync__buffer *body;  /* ADSYNC__BODY_PADDING zero bytes follow it; take it by copying the struct and zeroing this one */
} adsync__ended;
enum { ADSYNC__BODY_PADDING = 64 };

/* Called by the transport's poll for each ended exchange; false: there is no such exchange. */
typedef bool (*adsync__exchange_hook)(void *user, adsync__ended *ended);
struct adsync_exchange {
    adsync__exchange_hook hook;
    void *user;
};
/* Like adsync_exchange_done, for a body that is ours to give away. */
adsync_status adsync__exchange_give(adsync_exchange *exchange, int64_t id, uint32_t http_status, const char *headers, adsync__buffer *body);
bool adsync__body_pad(adsync__buffer *body); /* zero bytes after the body, not counted in its size; false: no memory */

adsync_status adsync__transport_start(adsync_transport *transport, int64_t id, const adsync_message *message, adsync_error **error);
adsync_status adsync__transport_poll(adsync_transport *transport, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error);
void adsync__transport_cancel(adsync_transport *transport, int64_t id);
int32_t adsync__transport_fd(adsync_transport *transport);           /* -1: none */
int64_t adsync__transport_timeout_us(adsync_transport *transport);   /* -1: no need */
void adsync__transport_wake(adsync_transport *transport);            /* any thread */
void adsync__transport_keep(adsync_transport *transport);

/* ---- url.c */
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

/* ---- redact.c: what must not be read by people goes. Query and form fields, JSON members and headers that carry secrets by name,
 * "Bearer" values, and the exact secrets given. */
typedef struct adsync__redact_word { const char *p; size_t size; } adsync__redact_word;
void adsync__redact(adsync__buffer *out, const char *text, size_t size, const adsync__redact_word *secrets, uint32_t n);

#endif
