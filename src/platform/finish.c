/* SPDX-License-Identifier: MIT */
/* A recipe becomes a message: secrets are placed last, in memory of their own, and only for hosts that the manifest names (P3). */
#include "kernel_int.h"

#include <stdio.h>

static adsync_status finish_text(adsync__secret *out, const char *text, adsync_error **error)
{
    return adsync__secret_add(out, text, strlen(text), error);
}

/* Percent-encodes in steps of a small buffer that is wiped: the text may be a secret. */
static adsync_status finish_encoded(adsync__secret *out, const char *p, size_t size, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;
    adsync__buffer piece;

    adsync__buffer_begin(&piece, 3 * 64);
    for (size_t i = 0; i < size && rc >= 0; i += 64) {
        adsync__buffer_clear(&piece);
        adsync__url_encode(&piece, p + i, size - i < 64 ? size - i : 64);
        rc = piece.failed ? adsync__fail_memory(error) : adsync__secret_add(out, piece.p, piece.size, error);
    }
    if (piece.p) adsync__wipe(piece.p, piece.room);
    adsync__buffer_free(&piece);
    return rc;
}

static adsync_status finish_json(adsync__secret *out, const char *p, size_t size, adsync_error **error)
{
    adsync__buffer text;
    adsync__json json;
    adsync_status rc;

    adsync__buffer_begin(&text, 6 * size + 8);
    adsync__json_begin(&json, &text);
    adsync__json_text(&json, p, size);
    rc = text.failed ? adsync__fail_memory(error) : adsync__secret_add(out, text.p, text.size, error);
    if (text.p) adsync__wipe(text.p, text.room);
    adsync__buffer_free(&text);
    return rc;
}

static adsync_status finish_proof(const adsync__finisher *finisher, const adsync__secret *of, const adsync__secret *key,
                                  adsync__secret *out, adsync_error **error)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t mac[ADSYNC__SHA256_SIZE];
    adsync__piece piece = { of->p, of->size };
    char text[2 * ADSYNC__SHA256_SIZE];
    adsync_status rc;

    if ((rc = adsync__hmac(finisher->crypto, ADSYNC__SHA256, key->p, key->size, &piece, 1, mac, error)) < 0) return rc;
    for (size_t i = 0; i < sizeof mac; i++) {
        text[2 * i] = hex[mac[i] >> 4];
        text[2 * i + 1] = hex[mac[i] & 15];
    }
    return adsync__secret_make(finisher->secrets, text, sizeof text, out, error);
}

/* user:password in base 64, both percent-encoded first (RFC 6749, 2.3.1). */
static adsync_status finish_basic(const adsync__finisher *finisher, const char *user, const adsync__secret *password, adsync__secret *out,
                                  adsync_error **error)
{
    adsync__buffer pair, text;
    adsync_status rc;

    adsync__buffer_begin(&pair, 3 * (strlen(user) + password->size) + 2);
    adsync__buffer_begin(&text, 2 * pair.max + 8);
    adsync__buffer_room(&pair, pair.max - 1); /* it must not move: it holds a secret */
    adsync__buffer_room(&text, text.max - 1);
    adsync__url_encode(&pair, user, strlen(user));
    adsync__buffer_char(&pair, ':');
    adsync__url_encode(&pair, password->p, password->size);
    if (!pair.failed) adsync__base64_add(&text, pair.p, pair.size);
    rc = pair.failed || text.failed ? adsync__fail_memory(error) : adsync__secret_make(finisher->secrets, text.p, text.size, out, error);
    if (pair.p) adsync__wipe(pair.p, pair.room);
    if (text.p) adsync__wipe(text.p, text.room);
    adsync__buffer_free(&pair);
    adsync__buffer_free(&text);
    return rc;
}

static adsync_status finish_find(const adsync__finisher *finisher, const char *name, adsync__secret *out, adsync_error **error)
{
    adsync_status rc = finisher->find(finisher->user, name, out, error);

    if (rc == ADSYNC_E_NOT_FOUND)
        return adsync__fail(error, ADSYNC_E_AUTH, "secret.missing", "the %s that this call needs is not there", name);
    return rc;
}

/* The value of a field: as it stands, a secret, a proof made of two, or a user with a password. */
adsync_status adsync__finish_value(const adsync__finisher *finisher, const adsync__recipe_field *field, adsync__secret *out,
                                   adsync_error **error)
{
    adsync__secret of = { 0 }, key = { 0 };
    adsync_status rc;

    if (field->value) return adsync__secret_make(finisher->secrets, field->value, field->size, out, error);
    if (!field->key && !field->basic) return finish_find(finisher, field->secret, out, error);
    if ((rc = finish_find(finisher, field->secret, &of, error)) != ADSYNC_OK) goto done;
    if (field->basic) {
        rc = finish_basic(finisher, field->basic, &of, out, error);
        goto done;
    }
    if ((rc = finish_find(finisher, field->key, &key, error)) != ADSYNC_OK) goto done;
    rc = finish_proof(finisher, &of, &key, out, error);
done:
    adsync__secret_free(&of);
    adsync__secret_free(&key);
    return rc;
}

static adsync_status finish_header(adsync__finished *out, const adsync__recipe_field *field, const adsync__secret *value,
                                   adsync_error **error)
{
    adsync_status rc;

    if (memchr(value->p, '\r', value->size) || memchr(value->p, '\n', value->size) || strpbrk(field->name, "\r\n: "))
        return adsync__fail(error, ADSYNC_E_INVALID, "request.header", "the header %s cannot be sent: it holds a line break", field->name);
    if ((rc = finish_text(&out->headers, field->name, error)) < 0) return rc;
    if ((rc = finish_text(&out->headers, ": ", error)) < 0) return rc;
    if (field->prefix && (rc = finish_text(&out->headers, field->prefix, error)) < 0) return rc;
    if ((rc = adsync__secret_add(&out->headers, value->p, value->size, error)) < 0) return rc;
    return finish_text(&out->headers, "\r\n", error);
}

static adsync_status finish_pair(adsync__secret *out, const char *mark, const adsync__recipe_field *field, const adsync__secret *value,
                                 adsync_error **error)
{
    adsync_status rc;

    if ((rc = finish_text(out, mark, error)) < 0) return rc;
    if ((rc = finish_encoded(out, field->name, strlen(field->name), error)) < 0) return rc;
    if ((rc = finish_text(out, "=", error)) < 0) return rc;
    if (field->prefix && (rc = finish_encoded(out, field->prefix, strlen(field->prefix), error)) < 0) return rc;
    if (field->raw) return adsync__secret_add(out, value->p, value->size, error);
    return finish_encoded(out, value->p, value->size, error);
}

static adsync_status finish_place(adsync__finished *out, const adsync__recipe_field *field, const adsync__secret *value,
                                  adsync_error **error)
{
    adsync_status rc;

    switch (field->place) {
    case ADSYNC_PLACE_HEADER:
        return finish_header(out, field, value, error);
    case ADSYNC_PLACE_QUERY:
        return finish_pair(&out->url, memchr(out->url.p, '?', out->url.size) ? "&" : "?", field, value, error);
    case ADSYNC_PLACE_FORM:
        return finish_pair(&out->body, out->body.size ? "&" : "", field, value, error);
    case ADSYNC_PLACE_JSON:
        if ((rc = finish_json(&out->body, value->p, value->size, error)) < 0) return rc;
        return ADSYNC_OK;
    default:
        return adsync__secret_add(&out->body, value->p, value->size, error);
    }
}

void adsync__finish_keep(adsync__finished *out, const adsync__recipe_field *field, adsync__secret *value)
{
    if (!field->value && value->p && out->n_placed < ADSYNC__COUNT(out->placed))
        out->placed[out->n_placed++] = *value;
    else
        adsync__secret_free(value);
    *value = (adsync__secret){ 0 };
}

static adsync_status finish_field(const adsync__finisher *finisher, const adsync__recipe_field *field, adsync__finished *out,
                                  adsync_error **error)
{
    adsync__secret value = { 0 };
    adsync_status rc;

    if (field->place == ADSYNC_PLACE_OAUTH) return ADSYNC_OK; /* of the signature, which comes last */
    if ((rc = adsync__finish_value(finisher, field, &value, error)) == ADSYNC_OK) rc = finish_place(out, field, &value, error);
    adsync__finish_keep(out, field, &value);
    return rc;
}

static bool finish_has_secret(const adsync_request *request)
{
    for (uint32_t i = 0; i < request->n; i++)
        if (request->fields[i].secret) return true;
    return request->oauth.consumer_secret != NULL;
}

static adsync_status finish_host(const adsync__finisher *finisher, const adsync_request *request, const adsync__host_entry **host,
                                 adsync__finished *out, adsync_error **error)
{
    adsync_status rc;

    if (!(*host = adsync__manifest_host(finisher->manifest, request->host ? request->host : "")))
        return adsync__fail(error, ADSYNC_E_INTERNAL, "connector.host", "the connector names a host that its manifest lacks");
    if ((rc = finish_text(&out->url, "https://", error)) < 0) return rc;
    if ((rc = finish_text(&out->url, (*host)->name, error)) < 0) return rc;
    (void)snprintf(out->endpoint, sizeof out->endpoint, "%s%s", (*host)->name, request->path);
    return finish_text(&out->url, request->path, error);
}

/* A URL of the platform's. One that is a secret itself leaves only its host in the audit. */
static adsync_status finish_given(const adsync__finisher *finisher, const adsync_request *request, const adsync__host_entry **host,
                                  adsync__finished *out, adsync_error **error)
{
    const adsync__recipe_field field = { .secret = request->url_secret };
    adsync__secret secret = { 0 };
    adsync__url url;
    adsync_status rc = request->url ? finish_text(&out->url, request->url, error) : adsync__finish_value(finisher, &field, &secret, error);

    if (rc == ADSYNC_OK && secret.p) rc = adsync__secret_add(&out->url, secret.p, secret.size, error);
    adsync__finish_keep(out, &field, &secret);
    if (rc != ADSYNC_OK) return rc;
    if (strlen(out->url.p) != out->url.size || !adsync__url_split(out->url.p, &url) || !url.https || url.port)
        return adsync__fail(error, ADSYNC_E_REJECTED, "platform.url", "the platform gave a URL that is not safe to follow");
    if (!(*host = adsync__manifest_host_named(finisher->manifest, url.host, url.host_size)))
        return adsync__fail(error, ADSYNC_E_REJECTED, "platform.foreign_host",
                            "the platform gave a URL on another host (%.*s); it was not followed",
                            (int)(url.host_size < 100 ? url.host_size : 100), url.host);
    (void)snprintf(out->endpoint, sizeof out->endpoint, "%s%.*s", (*host)->name, request->url ? (int)url.path_size : 0, url.path);
    return ADSYNC_OK;
}

/* The host must be one of the manifest's; to carry a secret it must be one that may. */
static adsync_status finish_url(const adsync__finisher *finisher, const adsync_request *request, adsync__finished *out,
                                adsync_error **error)
{
    const adsync__host_entry *host = NULL;
    adsync_status rc = request->url || request->url_secret ? finish_given(finisher, request, &host, out, error)
                                                           : finish_host(finisher, request, &host, out, error);

    if (rc == ADSYNC_OK && finish_has_secret(request) && !(host->flags & ADSYNC_HOST_AUTH) && !request->browser)
        return adsync__fail(error, ADSYNC_E_INTERNAL, "connector.host",
                            "the connector would send a secret to a host that must not have one");
    return rc;
}

static adsync_status finish_type(const adsync_request *request, adsync__finished *out, adsync_error **error)
{
    adsync__recipe_field field = { .name = "Content-Type" };
    adsync__secret value;
    bool form = false;

    for (uint32_t i = 0; i < request->n; i++) form |= request->fields[i].place == ADSYNC_PLACE_FORM;
    field.value = request->content_type ? request->content_type : form ? "application/x-www-form-urlencoded" : NULL;
    if (!field.value) return ADSYNC_OK;
    value = (adsync__secret){ .p = adsync__copy_text(field.value), .size = strlen(field.value) };
    if (!value.p) return adsync__fail_memory(error);
    {
        adsync_status rc = finish_header(out, &field, &value, error);
        adsync__free(value.p);
        return rc;
    }
}

static adsync_status finish_begin(const adsync__finisher *finisher, adsync__finished *out, adsync_error **error)
{
    adsync_status rc;

    if ((rc = adsync__secret_make(finisher->secrets, "", 0, &out->url, error)) < 0) return rc;
    if ((rc = adsync__secret_make(finisher->secrets, "", 0, &out->headers, error)) < 0) return rc;
    return adsync__secret_make(finisher->secrets, "", 0, &out->body, error);
}

/* What may not arrive twice, see http.h. */
static uint32_t finish_once(const adsync_request *request)
{
    if (request->effect == ADSYNC_EFFECT_ONCE) return 1;
    return request->oauth.consumer_secret ? 2 : 0;
}

adsync_status adsync__finish(const adsync__finisher *finisher, const adsync_request *request, adsync__finished *out, adsync_error **error)
{
    adsync_status rc;

    *out = (adsync__finished){ 0 };
    if (request->failed == ADSYNC_E_MEMORY) return adsync__fail_memory(error);
    if (request->failed || !request->method)
        return adsync__fail(error, ADSYNC_E_INTERNAL, "connector.request", "the connector built no whole request");
    if ((rc = finish_begin(finisher, out, error)) < 0) goto failed;
    if ((rc = finish_url(finisher, request, out, error)) != ADSYNC_OK) goto failed;
    for (uint32_t i = 0; i < request->n; i++)
        if ((rc = finish_field(finisher, &request->fields[i], out, error)) != ADSYNC_OK) goto failed;
    if ((rc = finish_type(request, out, error)) < 0) goto failed;
    if (request->oauth.consumer_secret && (rc = adsync__sign(finisher, request, out, error)) != ADSYNC_OK) goto failed;
    out->message = (adsync_message){
        .method = request->method,
        .url = out->url.p,
        .headers = out->headers.p,
        .body = out->body.size ? out->body.p : NULL,
        .body_size = out->body.size,
        .max_bytes = request->max_bytes ? request->max_bytes : KERNEL_BODY,
        .timeout_us = request->timeout_us ? request->timeout_us : KERNEL_TIMEOUT_US,
        .once = finish_once(request),
    };
    return ADSYNC_OK;
failed:
    adsync__finished_free(out);
    return rc;
}

void adsync__finished_free(adsync__finished *finished)
{
    for (uint32_t i = 0; i < finished->n_placed; i++) adsync__secret_free(&finished->placed[i]);
    adsync__secret_free(&finished->url);
    adsync__secret_free(&finished->headers);
    adsync__secret_free(&finished->body);
    *finished = (adsync__finished){ 0 };
}
