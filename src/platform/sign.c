/* SPDX-License-Identifier: MIT */
/* OAuth 1.0a, HMAC-SHA1 (RFC 5849): signed last, over what leaves. Query and form fields are signed as well as the header's own; bodies
 * that are no form are not. All of it may hold tokens, so it lies in buffers that do not grow and are wiped. */
#include "kernel_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIGN_PAIRS = 128, SIGN_NUMBER = 24, SIGN_BASE64 = 32 };

typedef struct sign_pair { /* name=value, both encoded */
    const char *p;
    size_t name, size;
    bool header; /* stands in the header too */
} sign_pair;

typedef struct sign_work {
    adsync__buffer text, base, key, header;
    sign_pair pairs[SIGN_PAIRS];
    uint32_t n;
} sign_work;

static void sign_wipe(adsync__buffer *buffer)
{
    if (buffer->p) adsync__wipe(buffer->p, buffer->room);
    adsync__buffer_free(buffer);
}

static int sign_bytes(const char *a, size_t na, const char *b, size_t nb)
{
    int diff = memcmp(a, b, na < nb ? na : nb); /* names and values are encoded; the order is what is sent */

    return diff ? diff : (na > nb) - (na < nb);
}

/* By name, then by value. */
static int sign_order(const void *x, const void *y)
{
    const sign_pair *a = x, *b = y;
    int diff = sign_bytes(a->p, a->name, b->p, b->name);

    return diff ? diff : sign_bytes(a->p + a->name, a->size - a->name, b->p + b->name, b->size - b->name);
}

static adsync_status sign_add(sign_work *work, const char *name, size_t name_size, const char *value, size_t size, bool header,
                              adsync_error **error)
{
    size_t from = work->text.size;
    sign_pair *pair = &work->pairs[work->n];

    if (work->n == SIGN_PAIRS)
        return adsync__fail(error, ADSYNC_E_INVALID, "request.oauth", "the request has more fields than are signed, %d", SIGN_PAIRS);
    adsync__url_encode(&work->text, name, name_size);
    pair->name = work->text.size - from;
    adsync__buffer_char(&work->text, '=');
    adsync__url_encode(&work->text, value, size);
    if (work->text.failed) return adsync__fail_memory(error);
    pair->p = work->text.p + from;
    pair->size = work->text.size - from;
    pair->header = header;
    work->n++;
    return ADSYNC_OK;
}

/* The fields of a query or form, as they were meant: decoded first. */
static adsync_status sign_fields(sign_work *work, const char *p, size_t size, adsync_error **error)
{
    const char *at = p;
    adsync__url_field field;
    adsync__buffer name, value;
    adsync_status rc = ADSYNC_OK;

    adsync__buffer_begin(&name, size + 1);
    adsync__buffer_begin(&value, size + 1);
    adsync__buffer_room(&value, size);
    while (rc >= 0 && adsync__url_next(&at, p + size, &field)) {
        adsync__buffer_clear(&name);
        adsync__buffer_clear(&value);
        if (adsync__url_decode(&name, field.name, field.name_size, true) && adsync__url_decode(&value, field.value, field.value_size, true))
            rc = sign_add(work, name.p ? name.p : "", name.size, value.p ? value.p : "", value.size, false, error);
        else
            rc = name.failed == ADSYNC_E_MEMORY || value.failed == ADSYNC_E_MEMORY
                     ? adsync__fail_memory(error)
                     : adsync__fail(error, ADSYNC_E_INVALID, "request.oauth", "a field of the request is not encoded as it should be");
    }
    sign_wipe(&name);
    sign_wipe(&value);
    return rc;
}

/* What the header says: key, method, time, nonce, and the fields of ADSYNC_PLACE_OAUTH. */
static adsync_status sign_header_fields(const adsync__finisher *finisher, const adsync_request *request, sign_work *work,
                                        adsync__finished *out, adsync_error **error)
{
    char seconds[SIGN_NUMBER];
    const char *const own[][2] = { { "oauth_consumer_key", request->oauth.consumer_key },
                                   { "oauth_nonce", request->oauth.nonce },
                                   { "oauth_signature_method", "HMAC-SHA1" },
                                   { "oauth_timestamp", seconds },
                                   { "oauth_version", "1.0" } };
    adsync_status rc = ADSYNC_OK;

    (void)snprintf(seconds, sizeof seconds, "%lld", (long long)(request->oauth.now_us / 1000000));
    for (size_t i = 0; i < ADSYNC__COUNT(own) && rc == ADSYNC_OK; i++)
        rc = sign_add(work, own[i][0], strlen(own[i][0]), own[i][1], strlen(own[i][1]), true, error);
    for (uint32_t i = 0; i < request->n && rc == ADSYNC_OK; i++) {
        const adsync__recipe_field *field = &request->fields[i];
        adsync__secret value = { 0 };
        if (field->place != ADSYNC_PLACE_OAUTH) continue;
        if ((rc = adsync__finish_value(finisher, field, &value, error)) == ADSYNC_OK)
            rc = sign_add(work, field->name, strlen(field->name), value.p, value.size, true, error);
        adsync__finish_keep(out, field, &value);
    }
    return rc;
}

/* METHOD&https%3A%2F%2Fhost%2Fpath&name%3Dvalue%26.. */
static void sign_base(const adsync_request *request, const adsync__finished *out, sign_work *work)
{
    const char *query = memchr(out->url.p, '?', out->url.size), *path = out->url.p + sizeof "https://" - 1;
    size_t size = query ? (size_t)(query - out->url.p) : out->url.size;

    path += strcspn(path, "/?");
    adsync__buffer_text(&work->base, request->method);
    adsync__buffer_char(&work->base, '&');
    for (const char *at = out->url.p; at < path; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 0x20) : *at;
        adsync__url_encode(&work->base, &c, 1);
    }
    adsync__url_encode(&work->base, path, size - (size_t)(path - out->url.p));
    adsync__buffer_char(&work->base, '&');
    for (uint32_t i = 0; i < work->n; i++) {
        if (i) adsync__url_encode(&work->base, "&", 1);
        adsync__url_encode(&work->base, work->pairs[i].p, work->pairs[i].size);
    }
}

static adsync_status sign_key(const adsync__finisher *finisher, const adsync_request *request, sign_work *work, adsync_error **error)
{
    const char *const names[] = { request->oauth.consumer_secret, request->oauth.token_secret };
    adsync_status rc = ADSYNC_OK;

    for (size_t i = 0; i < ADSYNC__COUNT(names) && rc == ADSYNC_OK; i++) {
        const adsync__recipe_field field = { .secret = names[i] };
        adsync__secret secret = { 0 };
        if (i) adsync__buffer_char(&work->key, '&');
        if (names[i] && (rc = adsync__finish_value(finisher, &field, &secret, error)) == ADSYNC_OK)
            adsync__url_encode(&work->key, secret.p, secret.size);
        adsync__secret_free(&secret);
    }
    return rc == ADSYNC_OK && work->key.failed ? adsync__fail_memory(error) : rc;
}

static void sign_header(sign_work *work, const uint8_t *mac)
{
    adsync__buffer signature;
    bool any = false;

    adsync__buffer_begin(&signature, SIGN_BASE64);
    adsync__base64_add(&signature, mac, ADSYNC__SHA1_SIZE);
    adsync__buffer_text(&work->header, "Authorization: OAuth ");
    for (uint32_t i = 0; i < work->n; i++) {
        const sign_pair *pair = &work->pairs[i];
        if (!pair->header) continue;
        if (any) adsync__buffer_text(&work->header, ", ");
        any = true;
        adsync__buffer_add(&work->header, pair->p, pair->name);
        adsync__buffer_text(&work->header, "=\"");
        adsync__buffer_add(&work->header, pair->p + pair->name + 1, pair->size - pair->name - 1);
        adsync__buffer_char(&work->header, '"');
    }
    adsync__buffer_text(&work->header, ", oauth_signature=\"");
    if (!signature.failed) adsync__url_encode(&work->header, signature.p, signature.size);
    adsync__buffer_text(&work->header, "\"\r\n");
    if (signature.failed) work->header.failed = signature.failed;
    adsync__buffer_free(&signature);
}

static adsync_status sign_all(const adsync__finisher *finisher, const adsync_request *request, sign_work *work, adsync__finished *out,
                              adsync_error **error)
{
    const char *query = memchr(out->url.p, '?', out->url.size);
    uint8_t mac[ADSYNC__SHA1_SIZE];
    adsync__piece base;
    bool form = false;
    adsync_status rc;

    for (uint32_t i = 0; i < request->n; i++) form |= request->fields[i].place == ADSYNC_PLACE_FORM && !request->content_type;
    if ((rc = sign_header_fields(finisher, request, work, out, error)) != ADSYNC_OK) return rc;
    if (query && (rc = sign_fields(work, query + 1, out->url.size - (size_t)(query + 1 - out->url.p), error)) < 0) return rc;
    if (form && (rc = sign_fields(work, out->body.p, out->body.size, error)) < 0) return rc;
    qsort(work->pairs, work->n, sizeof *work->pairs, sign_order);
    sign_base(request, out, work);
    if ((rc = sign_key(finisher, request, work, error)) != ADSYNC_OK) return rc;
    if (work->base.failed) return adsync__fail_memory(error);
    base = (adsync__piece){ work->base.p, work->base.size };
    if ((rc = adsync__hmac(finisher->crypto, ADSYNC__SHA1, work->key.p, work->key.size, &base, 1, mac, error)) < 0) return rc;
    sign_header(work, mac);
    if (work->header.failed) return adsync__fail_memory(error);
    return adsync__secret_add(&out->headers, work->header.p, work->header.size, error);
}

adsync_status adsync__sign(const adsync__finisher *finisher, const adsync_request *request, adsync__finished *out, adsync_error **error)
{
    size_t most = 3 * (out->url.size + out->body.size) + 64 * 1024;
    sign_work *work = adsync__alloc_zero(1, sizeof *work);
    adsync_status rc;

    if (!work) return adsync__fail_memory(error);
    adsync__buffer_begin(&work->text, most);
    adsync__buffer_begin(&work->base, 3 * most);
    adsync__buffer_begin(&work->key, most);
    adsync__buffer_begin(&work->header, most);
    adsync__buffer_room(&work->text, most - 1); /* pairs point into it: it must not move */
    adsync__buffer_room(&work->base, most);
    adsync__buffer_room(&work->key, 4096);
    adsync__buffer_room(&work->header, 8192);
    rc = sign_all(finisher, request, work, out, error);
    sign_wipe(&work->text);
    sign_wipe(&work->base);
    sign_wipe(&work->key);
    sign_wipe(&work->header);
    adsync__free(work);
    return rc;
}
