/* SPDX-License-Identifier: MIT */
/* Lists of ids as cursors hold them: "1,2,3". */
#include "common.h"

enum { IDS_ONE = 40 };

size_t adsync__ids_size(const char *ids, uint32_t n)
{
    size_t size = 0;

    for (; n && ids[size]; n--) {
        size += ids[size] == ',';
        size += strcspn(ids + size, ",");
    }
    return size;
}

const char *adsync__ids_rest(const char *ids, uint32_t n)
{
    const char *rest = ids + adsync__ids_size(ids, n);

    return rest + (*rest == ',');
}

uint32_t adsync__ids_count(const char *ids, size_t size)
{
    uint32_t n = size > 0;

    for (size_t i = 0; i < size; i++) n += ids[i] == ',';
    return n;
}

bool adsync__ids_has(const char *ids, size_t size, const char *id, size_t n)
{
    for (size_t at = 0, one; at < size; at += one + 1) {
        for (one = 0; at + one < size && ids[at + one] != ',';) one++;
        if (one == n && !memcmp(ids + at, id, n)) return true;
    }
    return false;
}

void adsync__ids_json(adsync__buffer *out, const char *ids)
{
    adsync__json json;

    adsync__json_begin(&json, out);
    adsync__json_open(&json, '[');
    for (const char *at = ids; *at; at = adsync__ids_rest(at, 1)) adsync__json_text(&json, at, adsync__ids_size(at, 1));
    adsync__json_close(&json, ']');
}

adsync_status adsync__ids_read(adsync__answer *a, adsync__items *items, uint32_t n, const char *path, const char *only, adsync__buffer *out)
{
    adsync__digits room;
    adsync__node item;
    const char *id;
    size_t size;

    for (; n && adsync__items_next(items, &item); n--) {
        id = adsync__node_digits(adsync__node_path(item, path), &room, &size);
        if (!id || strlen(id) != size || size > IDS_ONE || !adsync__is_id(id))
            return adsync__bad_shape(a, "something else where an id should be");
        if (!only || adsync__node_true(adsync__node_get(item, only))) adsync__join(out, id, size);
    }
    if (out->failed == ADSYNC_E_TOO_BIG) return adsync__bad_shape(a, "more ids on a page than were asked for");
    return out->failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}
