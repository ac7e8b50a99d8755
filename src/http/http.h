/* SPDX-License-Identifier: MIT */
/* HTTP from inside: messages, transports, URLs, redaction. */
#ifndef ADSYNC_SRC_HTTP_H
#define ADSYNC_SRC_HTTP_H

#include "../base/url.h"

#include <adsync/http.h>

/* ---- transport.c */
struct adsync_message { /* made by the kernel; url, headers and body hold secrets and are wiped by it */
    const char *method, *url, *headers, *body;
    size_t body_size, max_bytes;
    int64_t timeout_us;
    uint32_t once; /* 1: on a connection of its own; 2: on any, but nothing may repeat it there: it is signed for one use */
};

/* How an exchange ended. */
typedef struct adsync__ended {
    int64_t id;
    uint32_t failed;       /* 1: no whole answer; then `sent` and `words` count */
    uint32_t sent;         /* 2: and the answer was larger than max_bytes */
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
/* gunzip.c: a body that begins as a gzip file does becomes what is in it, padded; any other stays. TOO_BIG: more than `max`; FORMAT: it is
 * broken; the body stays as it came then. */
adsync_status adsync__gunzip(adsync__buffer *body, size_t max);
bool adsync__body_pad(adsync__buffer *body); /* zero bytes after the body, not counted in its size; false: no memory */

adsync_status adsync__transport_start(adsync_transport *transport, int64_t id, const adsync_message *message, adsync_error **error);
adsync_status adsync__transport_poll(adsync_transport *transport, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error);
void adsync__transport_cancel(adsync_transport *transport, int64_t id);
int32_t adsync__transport_fd(adsync_transport *transport);           /* -1: none */
int64_t adsync__transport_timeout_us(adsync_transport *transport);   /* -1: no need */
void adsync__transport_wake(adsync_transport *transport);            /* any thread */
void adsync__transport_keep(adsync_transport *transport);

/* ---- redact.c: what must not be read by people goes. Query and form fields, JSON members and headers that carry secrets by name,
 * "Bearer" values, and the exact secrets given. */
typedef struct adsync__redact_word { const char *p; size_t size; } adsync__redact_word;
void adsync__redact(adsync__buffer *out, const char *text, size_t size, const adsync__redact_word *secrets, uint32_t n);

#endif
