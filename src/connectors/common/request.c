/* SPDX-License-Identifier: MIT */
/* Parts of requests that tables can say. */
#include "common.h"

#include <stdio.h>

enum { REQUEST_WORDS = 300 };

adsync_status adsync__invalid(const adsync__platform *platform, const char *name, const char *words, adsync_error **error)
{
    char full[64];

    (void)snprintf(full, sizeof full, "%s.%s", platform->name, name);
    return adsync__fail(error, ADSYNC_E_INVALID, full, "%s: %s", platform->title, words);
}

adsync_status adsync__task_needs(const adsync_task *task, const adsync__platform *platform, const char *name, const char **out,
                                 adsync_error **error)
{
    char words[100];

    if ((*out = adsync_task_text(task, name)) && **out) return ADSYNC_OK;
    (void)snprintf(words, sizeof words, "the task needs the %.60s", name);
    return adsync__invalid(platform, "task", words, error);
}

adsync_status adsync__account(const adsync__platform *platform, const adsync_task *task, const char **out, adsync_error **error)
{
    const char *id = adsync_task_text(task, "account_id"), *prefix = platform->id_prefix;

    if (id && prefix && !strncmp(id, prefix, strlen(prefix))) id += strlen(prefix);
    if (!(*out = adsync__is_id(id) ? id : NULL))
        return adsync__invalid(platform, "account_id", "an ad account is known by its letters and digits", error);
    return ADSYNC_OK;
}

void adsync__join(adsync__buffer *out, const char *text, size_t size)
{
    if (out->size) adsync__buffer_char(out, ',');
    adsync__buffer_add(out, text, size);
}

adsync_status adsync__join_ids(const adsync__platform *platform, const adsync_task *task, uint32_t first, uint32_t most,
                               adsync__buffer *out, adsync_error **error)
{
    uint32_t n = adsync_task_ids(task);

    for (uint32_t i = first; i < n && i - first < most; i++) {
        const char *id = adsync_task_id(task, i);
        if (!adsync__is_id(id)) return adsync__invalid(platform, "id", "the task names an id that no platform could have given", error);
        if (i > first) adsync__buffer_char(out, ',');
        adsync__buffer_text(out, id);
    }
    return ADSYNC_OK;
}

uint32_t adsync__page_size(const adsync_task *task, const adsync__place *at, uint32_t usual)
{
    int64_t wanted = adsync_task_int(task, "page_size");

    if (at->limit) return at->limit;
    return wanted > 0 && wanted <= ADSYNC__ROWS_MOST ? (uint32_t)wanted : usual;
}

void adsync__number(adsync_request *out, uint32_t place, const char *name, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    adsync_request_field(out, place, name, text);
}

/* ---- parts */

static adsync_status request_denied(adsync__call *call, const char *query, size_t size)
{
    static const char *const names[] = { "error_description", "error_reason", "error" };
    const char *raw = NULL;
    adsync__buffer text;
    char full[64];
    size_t n = 0;

    adsync__buffer_begin(&text, REQUEST_WORDS + 100);
    for (size_t i = 0; i < ADSYNC__COUNT(names) && !raw; i++) (void)adsync__url_raw(query, size, names[i], &raw, &n);
    if (raw && n <= REQUEST_WORDS) (void)adsync__url_decode(&text, raw, n, true);
    if (text.p) adsync__scrub(call->platform, text.p);
    (void)snprintf(full, sizeof full, "%s.denied", call->platform->name);
    (void)adsync__fail(call->error, ADSYNC_E_REJECTED, full, "the person did not agree at %s: %s", call->platform->title,
                       text.p && *text.p ? text.p : "no reason given");
    adsync__buffer_free(&text);
    return ADSYNC_E_REJECTED;
}

/* What the redirect brought, still encoded. names: "auth_code|code". */
static adsync_status request_redirect(adsync__call *call, const char *names, const char **raw, size_t *n)
{
    const char *query;
    char name[40], words[100];
    size_t size;
    adsync_status rc = adsync__task_needs(call->task, call->platform, "query", &query, call->error);

    if (rc < 0) return rc;
    if (*query == '?') query++;
    if (adsync__url_raw(query, strlen(query), "error", raw, n)) return request_denied(call, query, strlen(query));
    for (const char *at = names; *at; at += size + (at[size] == '|')) {
        size = strcspn(at, "|");
        (void)snprintf(name, sizeof name, "%.*s", (int)size, at);
        if (adsync__url_raw(query, strlen(query), name, raw, n) && adsync__is_token(*raw, *n, ADSYNC__TOKEN_MOST)) return ADSYNC_OK;
    }
    (void)snprintf(words, sizeof words, "the redirect brought no %.*s: the consent was not given", (int)strcspn(names, "|"), names);
    return adsync__invalid(call->platform, "code", words, call->error);
}

static void request_scopes(adsync__call *call, const char *separator, adsync__buffer *out)
{
    const char *scopes = adsync_task_text(call->task, "scopes");

    if (!scopes || !*scopes) scopes = call->platform->scopes;
    for (const char *at = scopes + strspn(scopes, " ,"); *at; at += strspn(at, " ,")) {
        size_t n = strcspn(at, " ,");
        if (out->size) adsync__buffer_text(out, separator);
        adsync__buffer_add(out, at, n);
        at += n;
    }
}

/* The body's next member of a JSON object: its name, and its value as a piece of its own where it is a secret. */
static void request_json(adsync__call *call, const adsync__part *part, const char *value, bool first)
{
    adsync__buffer text;
    adsync__json json;

    adsync__buffer_begin(&text, 2 * ADSYNC__TOKEN_MOST);
    adsync__buffer_char(&text, first ? '{' : ',');
    adsync__json_begin(&json, &text);
    adsync__json_text(&json, part->name, strlen(part->name));
    adsync__buffer_char(&text, ':');
    adsync__json_begin(&json, &text);
    if (value && part->from == ADSYNC__FROM_JSON)
        adsync__json_raw(&json, value, strlen(value));
    else if (value)
        adsync__json_text(&json, value, strlen(value));
    if (!text.failed) adsync_request_body(call->out, "application/json", text.p, text.size);
    if (text.failed) call->text.failed = text.failed;
    if (!value) adsync_request_secret(call->out, ADSYNC_PLACE_JSON, NULL, NULL, part->value ? part->value : part->name);
    adsync__buffer_free(&text);
}

typedef struct request_value {
    const char *text; /* NULL with `there`: a secret */
    bool there, raw;
} request_value;

static adsync_status request_brought(adsync__call *call, const char *names, uint32_t place, adsync__buffer *room, request_value *out)
{
    const char *raw;
    size_t n;
    adsync_status rc = request_redirect(call, names, &raw, &n);

    if (rc < 0) return rc;
    out->raw = place == ADSYNC_PLACE_QUERY;
    if (out->raw)
        adsync__buffer_add(room, raw, n);
    else if (!adsync__url_decode(room, raw, n, true) && !room->failed)
        return adsync__invalid(call->platform, "code", "what the redirect brought is not encoded as it should be", call->error);
    return rc;
}

static adsync_status request_read(adsync__call *call, const adsync__part *part, uint32_t place, adsync__buffer *room, request_value *out)
{
    const char *name = part->value ? part->value : part->name;
    adsync_status rc = ADSYNC_OK;

    *out = (request_value){ .there = true };
    switch (part->from) {
    case ADSYNC__FROM_WORDS:
    case ADSYNC__FROM_JSON:
        out->text = part->value;
        return rc;
    case ADSYNC__FROM_TASK:
        return adsync__task_needs(call->task, call->platform, name, &out->text, call->error);
    case ADSYNC__FROM_MAYBE:
        out->text = adsync_task_text(call->task, name);
        out->there = out->text && *out->text;
        return rc;
    case ADSYNC__FROM_AT_HAND:
        out->there = adsync_task_has_secret(call->task, name);
        return rc;
    case ADSYNC__FROM_SCOPES:
        request_scopes(call, part->value, room);
        out->there = room->size || room->failed;
        break;
    case ADSYNC__FROM_REDIRECT:
        if ((rc = request_brought(call, name, place, room, out)) < 0) return rc;
        break;
    default:
        return rc;
    }
    out->text = room->p ? room->p : "";
    return room->failed ? adsync__fail_memory(call->error) : rc;
}

adsync_status adsync__parts(adsync__call *call, uint32_t place, const adsync__part *parts)
{
    adsync__buffer room;
    request_value value;
    bool any = false;
    adsync_status rc = ADSYNC_OK;

    adsync__buffer_begin(&room, ADSYNC__TOKEN_MOST + 1);
    for (const adsync__part *part = parts; part->name && rc >= 0; part++) {
        adsync__buffer_clear(&room);
        if ((rc = request_read(call, part, place, &room, &value)) < 0 || !value.there) continue;
        if (place == ADSYNC_PLACE_JSON)
            request_json(call, part, value.text, !any);
        else if (!value.text)
            adsync_request_secret(call->out, place, part->name, NULL, part->value ? part->value : part->name);
        else if (value.raw)
            adsync_request_query_raw(call->out, part->name, value.text);
        else
            adsync_request_field(call->out, place, part->name, value.text);
        any = true;
    }
    if (rc >= 0 && place == ADSYNC_PLACE_JSON) adsync_request_body(call->out, "application/json", any ? "}" : "{}", any ? 1 : 2);
    adsync__buffer_free(&room);
    return rc;
}
