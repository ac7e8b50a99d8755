/* SPDX-License-Identifier: MIT */
/* An answer's JSON for connectors that see public headers alone. A value is a node of the reader; it lies in the answer's arena. */
#include "platform.h"

#include "../base/decimal.h"
#include "../connectors/common/common.h"

enum { JSON_BODY = 64 << 20, JSON_TEXT = 4 << 20 };

static const adsync_json *json_item(adsync__arena *arena, adsync__node node)
{
    adsync_json *value = adsync__arena_take(arena, sizeof *value);

    if (value) *value = (adsync_json){ .node = node, .arena = arena }; /* else the arena knows that it lost something */
    return value;
}

static const adsync_json *json_value(adsync__arena *arena, adsync__node node)
{
    return adsync__is_empty(node) ? NULL : json_item(arena, node);
}

/* What is found of a body is kept beside it: an answer is const to connectors, not to its maker. */
const adsync_json *adsync_response_json(const adsync_response *in)
{
    adsync__parsed *parsed = (adsync__parsed *)(uintptr_t)&in->parsed;
    adsync_status rc = ADSYNC_OK;

    if (!parsed->reader && in->size) {
        parsed->json.node = (adsync__node){ 0 };
        parsed->stop = (adsync__stop){ 0 };
        if ((rc = adsync__reader_new(JSON_BODY, &parsed->reader, NULL)) >= 0)
            rc = adsync__reader_parse(parsed->reader, in->body, in->size, &parsed->json.node, NULL);
    }
    if (rc == ADSYNC_E_MEMORY) in->arena->lost = true;
    parsed->json.arena = in->arena;
    parsed->json.stop = &parsed->stop;
    return adsync__is_empty(parsed->json.node) ? NULL : &parsed->json;
}

void adsync__parsed_free(adsync__parsed *parsed)
{
    adsync__reader_free(parsed->reader);
    *parsed = (adsync__parsed){ 0 };
}

const adsync_json *adsync_json_get(const adsync_json *value, const char *path)
{
    return value ? json_value(value->arena, adsync__node_path(value->node, path)) : NULL;
}

const adsync_json *adsync_json_next(const adsync_json *list, const adsync_json *after)
{
    adsync__items items = { 0 };
    adsync__node item;

    if (!list || adsync__node_kind(list->node) != ADSYNC__NODE_ARRAY) return NULL;
    items = adsync__node_items(list->node);
    if (after) {
        items.next = after->node;
        (void)adsync__items_next(&items, &item);
    }
    return adsync__items_next(&items, &item) ? json_item(list->arena, item) : NULL;
}

const char *adsync_json_text(const adsync_json *value, size_t *size)
{
    adsync__digits room;
    size_t ignored;
    const char *text;

    if (!size) size = &ignored;
    *size = 0;
    if (!value || !(text = adsync__node_decimal(value->node, &room, size))) return NULL;
    return text == room.text ? adsync__arena_copy(value->arena, text, *size) : text;
}

adsync_status adsync_json_int(const adsync_json *value, int64_t *out)
{
    *out = 0;
    return value && adsync__node_int(value->node, out) ? ADSYNC_OK : ADSYNC_E_FORMAT;
}

/* ---- into a row */

static adsync_status json_put_text(adsync_row *row, uint32_t column, const adsync_json *value)
{
    size_t size;
    const char *text = adsync_json_text(value, &size);

    if (!text) return ADSYNC_E_FORMAT; /* or no memory, which the arena knows */
    adsync_row_text(row, column, text, size);
    return ADSYNC_OK;
}

static adsync_status json_put_figure(adsync_row *row, uint32_t column, const adsync_json *value, bool micro)
{
    int64_t number;

    if (!adsync__figure(value->node, micro, &number)) return ADSYNC_E_FORMAT;
    adsync_row_int(row, column, number);
    return ADSYNC_OK;
}

static adsync_status json_put_int(adsync_row *row, uint32_t column, const adsync_json *value)
{
    return json_put_figure(row, column, value, false);
}

static adsync_status json_put_micro(adsync_row *row, uint32_t column, const adsync_json *value)
{
    return json_put_figure(row, column, value, true);
}

static adsync_status json_put_time(adsync_row *row, uint32_t column, const adsync_json *value)
{
    int64_t us;

    if (!adsync__instant(value->node, ADSYNC__SECOND_US, ADSYNC__TIME_NEEDS_OFFSET, &us)) return ADSYNC_E_FORMAT;
    adsync_row_int(row, column, us);
    return ADSYNC_OK;
}

static adsync_status json_put_day(adsync_row *row, uint32_t column, const adsync_json *value)
{
    size_t size;
    const char *text = adsync_json_text(value, &size);
    int64_t day;

    if (!text || adsync__day_read(text, size < 10 ? size : 10, &day) < 0) return ADSYNC_E_FORMAT;
    adsync_row_int(row, column, day);
    return ADSYNC_OK;
}

static adsync_status json_put_json(adsync_row *row, uint32_t column, const adsync_json *value)
{
    adsync__buffer text;
    adsync__json json;
    adsync_status rc;

    adsync__buffer_begin(&text, JSON_TEXT);
    adsync__json_begin(&json, &text);
    if ((rc = adsync__json_node(&json, value->node)) >= 0) adsync_row_text(row, column, text.p, text.size);
    adsync__buffer_free(&text);
    return rc;
}

void adsync_row_json(adsync_row *row, uint32_t column, const adsync_json *value, uint32_t read)
{
    static adsync_status (*const puts[])(adsync_row * row, uint32_t column, const adsync_json *value) = {
        [ADSYNC_READ_TEXT] = json_put_text, [ADSYNC_READ_INT] = json_put_int, [ADSYNC_READ_MICRO] = json_put_micro,
        [ADSYNC_READ_TIME] = json_put_time, [ADSYNC_READ_DAY] = json_put_day, [ADSYNC_READ_JSON] = json_put_json,
    };
    adsync_status rc = ADSYNC_E_INVALID;

    if (!value || row->failed) return;
    if (read < ADSYNC__COUNT(puts) && puts[read]) rc = puts[read](row, column, value);
    if (rc == ADSYNC_E_TOO_BIG) rc = ADSYNC_E_FORMAT;
    if (rc < 0 && !row->failed) row->failed = rc;
}

void adsync_row_fields(adsync_row *row, const adsync_json *object, const adsync_json_field *fields, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) adsync_row_json(row, fields[i].column, adsync_json_get(object, fields[i].path), fields[i].read);
}
