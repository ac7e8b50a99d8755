/* SPDX-License-Identifier: MIT */
/* A lane's cursor as text: {"v":1,"kind":2,"run":..,"at":"..","todo":[[4,20261101,20261107],..],"water":{"2":..}}. A cursor of another
 * shape, or one that was damaged, begins anew: nothing is lost by doing work again. */
#include "sync_int.h"

enum { CURSOR_VERSION = 1, CURSOR_AT = 16 * 1024 };

void sync_cursor_begin(sync_cursor *cursor)
{
    *cursor = (sync_cursor){ 0 };
    adsync__buffer_begin(&cursor->at, CURSOR_AT);
}

void sync_cursor_free(sync_cursor *cursor)
{
    adsync__buffer_free(&cursor->at);
    adsync__free(cursor->todo);
    cursor->todo = NULL;
}

bool sync_cursor_todo(sync_cursor *cursor, sync_slice slice)
{
    uint32_t room = cursor->room_todo ? cursor->room_todo * 2 : 16;
    sync_slice *grown;

    if (cursor->n_todo == SYNC_TODO) return false;
    if (cursor->n_todo == cursor->room_todo) {
        if (!(grown = adsync__realloc(cursor->todo, room, sizeof *grown))) return false;
        cursor->todo = grown;
        cursor->room_todo = room;
    }
    cursor->todo[cursor->n_todo++] = slice;
    return true;
}

/* Where another job, or this one with another wish, stood says nothing about this one; watermarks hold for both. */
void sync_cursor_own(sync_cursor *cursor, int64_t job, int64_t wish)
{
    int64_t water_us[ADSYNC_KIND_POST + 1];

    if (cursor->job != job || cursor->wish != wish) {
        memcpy(water_us, cursor->water_us, sizeof water_us);
        sync_cursor_free(cursor);
        sync_cursor_begin(cursor);
        memcpy(cursor->water_us, water_us, sizeof water_us);
    }
    cursor->job = job;
    cursor->wish = wish;
}

static int64_t cursor_int(adsync__node node, const char *key)
{
    int64_t value = 0;

    (void)adsync__node_int(adsync__node_get(node, key), &value);
    return value;
}

static bool cursor_read_todo(sync_cursor *cursor, adsync__node list)
{
    adsync__items items = adsync__node_items(list), fields;
    adsync__node item, field;
    int64_t numbers[3];

    while (adsync__items_next(&items, &item)) {
        uint32_t n = 0;
        fields = adsync__node_items(item);
        while (n < 3 && adsync__items_next(&fields, &field))
            if (!adsync__node_int(field, &numbers[n++])) return true;
        if (n < 3 || numbers[0] < 1 || numbers[0] > ADSYNC_KIND_POST || !adsync__day_valid(numbers[1]) || !adsync__day_valid(numbers[2]))
            continue;
        if (!sync_cursor_todo(cursor, (sync_slice){ (uint32_t)numbers[0], numbers[1], numbers[2] })) return false;
    }
    return true;
}

static void cursor_read_water(sync_cursor *cursor, adsync__node water)
{
    char key[12];

    for (uint32_t kind = 1; kind <= ADSYNC_KIND_POST; kind++) {
        key[0] = (char)('0' + kind / 10);
        key[1] = (char)('0' + kind % 10);
        key[2] = 0;
        cursor->water_us[kind] = cursor_int(water, kind < 10 ? key + 1 : key);
    }
}

static bool cursor_read_root(sync_cursor *cursor, adsync__node root)
{
    int64_t kind = cursor_int(root, "kind");
    size_t size;
    const char *at = adsync__node_text(adsync__node_get(root, "at"), &size);

    cursor_read_water(cursor, adsync__node_get(root, "water"));
    cursor->kind = kind > 0 && kind <= ADSYNC_KIND_POST ? (uint32_t)kind : 0;
    cursor->second = adsync__node_true(adsync__node_get(root, "second"));
    cursor->planned = adsync__node_true(adsync__node_get(root, "planned"));
    cursor->job = cursor_int(root, "job");
    cursor->wish = cursor_int(root, "wish");
    cursor->run = cursor_int(root, "run");
    cursor->page = cursor_int(root, "page");
    cursor->pull = cursor_int(root, "pull");
    cursor->since_us = cursor_int(root, "since");
    cursor->rows = cursor_int(root, "rows");
    cursor->partial = (uint32_t)cursor_int(root, "partial");
    if (at) adsync__buffer_add(&cursor->at, at, size);
    at = adsync__node_text(adsync__node_get(root, "note"), &size);
    if (at && size < sizeof cursor->note) memcpy(cursor->note, at, size);
    return !cursor->at.failed && cursor_read_todo(cursor, adsync__node_get(root, "todo"));
}

adsync_status sync_cursor_read(sync_cursor *cursor, const char *text, adsync_error **error)
{
    adsync__reader *reader = NULL;
    adsync__buffer padded;
    adsync__node root;
    adsync_status rc = ADSYNC_OK;

    sync_cursor_begin(cursor);
    if (!text || !*text) return ADSYNC_OK;
    adsync__buffer_begin(&padded, SYNC_CURSOR + ADSYNC__READER_PADDING);
    adsync__buffer_text(&padded, text);
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(&padded, 0);
    if (padded.failed == ADSYNC_E_MEMORY || adsync__reader_new(SYNC_CURSOR, &reader, NULL) < 0) {
        rc = adsync__fail_memory(error);
        goto done;
    }
    if (padded.failed || adsync__reader_parse(reader, padded.p, strlen(text), &root, NULL) < 0) goto done;
    if (cursor_int(root, "v") == CURSOR_VERSION && !cursor_read_root(cursor, root)) rc = adsync__fail_memory(error);
done:
    adsync__reader_free(reader);
    adsync__buffer_free(&padded);
    return rc;
}

static void cursor_write_int(adsync__json *json, const char *key, int64_t value)
{
    if (!value) return;
    adsync__json_key(json, key);
    adsync__json_int(json, value);
}

static void cursor_write_water(const sync_cursor *cursor, adsync__json *json)
{
    char key[3] = { 0 };

    adsync__json_key(json, "water");
    adsync__json_open(json, '{');
    for (uint32_t kind = 1; kind <= ADSYNC_KIND_POST; kind++) {
        key[0] = (char)('0' + kind / 10);
        key[1] = (char)('0' + kind % 10);
        cursor_write_int(json, kind < 10 ? key + 1 : key, cursor->water_us[kind]);
    }
    adsync__json_close(json, '}');
}

static void cursor_write_todo(const sync_cursor *cursor, adsync__json *json)
{
    adsync__json_key(json, "todo");
    adsync__json_open(json, '[');
    for (uint32_t i = 0; i < cursor->n_todo; i++) {
        adsync__json_open(json, '[');
        adsync__json_int(json, cursor->todo[i].level);
        adsync__json_int(json, cursor->todo[i].from);
        adsync__json_int(json, cursor->todo[i].to);
        adsync__json_close(json, ']');
    }
    adsync__json_close(json, ']');
}

static void cursor_write_job(const sync_cursor *cursor, adsync__json *json)
{
    cursor_write_int(json, "job", cursor->job);
    cursor_write_int(json, "wish", cursor->wish);
    cursor_write_int(json, "kind", cursor->kind);
    cursor_write_int(json, "second", cursor->second);
    cursor_write_int(json, "planned", cursor->planned);
    cursor_write_int(json, "run", cursor->run);
    cursor_write_int(json, "page", cursor->page);
    cursor_write_int(json, "pull", cursor->pull);
    cursor_write_int(json, "since", cursor->since_us);
    cursor_write_int(json, "rows", cursor->rows);
    cursor_write_int(json, "partial", cursor->partial);
    if (*cursor->note) {
        adsync__json_key(json, "note");
        adsync__json_text(json, cursor->note, strlen(cursor->note));
    }
    if (cursor->at.size) {
        adsync__json_key(json, "at");
        adsync__json_text(json, cursor->at.p, cursor->at.size);
    }
    if (cursor->n_todo) cursor_write_todo(cursor, json);
}

adsync_status sync_cursor_write(const sync_cursor *cursor, bool idle, adsync__buffer *out, adsync_error **error)
{
    adsync__json json;

    adsync__buffer_begin(out, SYNC_CURSOR);
    adsync__json_begin(&json, out);
    adsync__json_open(&json, '{');
    cursor_write_int(&json, "v", CURSOR_VERSION);
    if (!idle) cursor_write_job(cursor, &json);
    cursor_write_water(cursor, &json);
    adsync__json_close(&json, '}');
    if (!out->failed) return ADSYNC_OK;
    adsync__buffer_free(out);
    return adsync__fail_memory(error);
}
