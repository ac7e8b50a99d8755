/* SPDX-License-Identifier: MIT */
#include "platform.h"

void adsync__request_begin(adsync_request *request) { *request = (adsync_request){ 0 }; }

void adsync__request_free(adsync_request *request)
{
    adsync__arena_free(&request->arena);
    *request = (adsync_request){ 0 };
}

static const char *request_text(adsync_request *out, const char *text)
{
    const char *copy = text ? adsync__arena_copy(&out->arena, text, strlen(text)) : NULL;

    if (text && !copy) out->failed = ADSYNC_E_MEMORY;
    return copy;
}

static void request_add(adsync_request *out, adsync__recipe_field field)
{
    uint32_t room = out->room ? out->room * 2 : 16;
    adsync__recipe_field *grown;

    if (out->failed) return;
    if (out->n == out->room) {
        if (!(grown = adsync__arena_take(&out->arena, room * sizeof *grown))) {
            out->failed = ADSYNC_E_MEMORY;
            return;
        }
        if (out->n) memcpy(grown, out->fields, out->n * sizeof *grown);
        out->fields = grown;
        out->room = room;
    }
    out->fields[out->n++] = field;
}

static void request_start(adsync_request *out, uint32_t effect, const char *method)
{
    out->effect = effect;
    out->method = request_text(out, method);
}

void adsync__request_spend(adsync_request *request)
{
    adsync_request left = *request;

    left.arena = (adsync__arena){ 0 };
    left.fields = NULL;
    left.n = left.room = 0;
    left.host = left.path = left.url = left.url_secret = left.content_type = NULL;
    memset(&left.oauth, 0, sizeof left.oauth);
    left.method = request_text(&left, request->method);
    for (uint32_t i = 0; i < left.n_costs; i++) left.costs[i].limit = request_text(&left, request->costs[i].limit);
    adsync__arena_free(left.failed ? &left.arena : &request->arena);
    if (!left.failed) *request = left;
}

void adsync_request_open(adsync_request *out, uint32_t effect, const char *method, const char *host, const char *path)
{
    request_start(out, effect, method);
    out->host = request_text(out, host);
    out->path = request_text(out, path);
}

void adsync_request_url(adsync_request *out, uint32_t effect, const char *method, const char *url)
{
    request_start(out, effect, method);
    out->url = request_text(out, url);
}

void adsync_request_url_secret(adsync_request *out, uint32_t effect, const char *method, const char *secret)
{
    request_start(out, effect, method);
    out->url_secret = request_text(out, secret);
}

static void request_value(adsync_request *out, uint32_t place, const char *name, const char *value, uint32_t raw)
{
    if (!value) return;
    request_add(
        out, (adsync__recipe_field){
                 .place = place, .raw = raw, .name = request_text(out, name), .value = request_text(out, value), .size = strlen(value) });
}

void adsync_request_field(adsync_request *out, uint32_t place, const char *name, const char *value)
{
    request_value(out, place, name, value, 0);
}

void adsync_request_query_raw(adsync_request *out, const char *name, const char *value)
{
    request_value(out, ADSYNC_PLACE_QUERY, name, value, 1);
}

void adsync_request_body(adsync_request *out, const char *content_type, const void *p, size_t size)
{
    const char *copy = adsync__arena_copy(&out->arena, p, size);

    if (!out->content_type) out->content_type = request_text(out, content_type);
    if (!copy)
        out->failed = ADSYNC_E_MEMORY;
    else
        request_add(out, (adsync__recipe_field){ .place = ADSYNC_PLACE_RAW, .value = copy, .size = size });
}

void adsync_request_secret(adsync_request *out, uint32_t place, const char *name, const char *prefix, const char *secret)
{
    request_add(out, (adsync__recipe_field){ .place = place,
                                             .name = request_text(out, name),
                                             .prefix = request_text(out, prefix),
                                             .secret = request_text(out, secret) });
}

void adsync_request_proof(adsync_request *out, uint32_t place, const char *name, const char *of, const char *key)
{
    request_add(out, (adsync__recipe_field){
                         .place = place, .name = request_text(out, name), .secret = request_text(out, of), .key = request_text(out, key) });
}

void adsync_request_basic(adsync_request *out, const char *user, const char *secret)
{
    request_add(out, (adsync__recipe_field){ .place = ADSYNC_PLACE_HEADER,
                                             .name = "Authorization",
                                             .prefix = "Basic ",
                                             .basic = request_text(out, user),
                                             .secret = request_text(out, secret) });
    if (!user) out->failed = ADSYNC_E_INVALID;
}

void adsync_request_oauth1(adsync_request *out, const char *consumer_key, const char *consumer_secret, const char *token_secret,
                           const char *nonce, int64_t now_us)
{
    out->oauth.consumer_key = request_text(out, consumer_key);
    out->oauth.consumer_secret = request_text(out, consumer_secret);
    out->oauth.token_secret = request_text(out, token_secret);
    out->oauth.nonce = request_text(out, nonce);
    out->oauth.now_us = now_us;
    if (!consumer_key || !nonce) out->failed = ADSYNC_E_INVALID;
}

void adsync_request_cost(adsync_request *out, const char *limit, uint32_t units)
{
    if (out->n_costs == ADSYNC__COUNT(out->costs)) {
        out->failed = ADSYNC_E_INVALID;
        return;
    }
    out->costs[out->n_costs].limit = request_text(out, limit);
    out->costs[out->n_costs++].units = units;
}

void adsync_request_browser(adsync_request *out) { out->browser = 1; }

void adsync_request_bounds(adsync_request *out, uint32_t max_bytes, int64_t timeout_us)
{
    out->max_bytes = max_bytes;
    out->timeout_us = timeout_us;
}
