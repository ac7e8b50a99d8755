/* SPDX-License-Identifier: MIT */
/* A parsed value written out again so that equal values give equal bytes: members by the bytes of their keys, numbers shortest. */
#include "json.h"

#include <stdlib.h>

enum { NODE_DEPTH = ADSYNC__JSON_DEPTH - 2 };

typedef struct node_member {
    const char *key;
    size_t size;
    adsync__node value;
} node_member;

static int node_order(const void *a, const void *b)
{
    const node_member *x = a, *y = b;
    int diff = memcmp(x->key, y->key, x->size < y->size ? x->size : y->size);

    return diff ? diff : (x->size > y->size) - (x->size < y->size);
}

static adsync_status node_write(adsync__json *json, adsync__node node, uint32_t depth);

static adsync_status node_write_object(adsync__json *json, adsync__node node, uint32_t depth)
{
    uint32_t count = adsync__node_count(node), n = 0;
    node_member *members = adsync__alloc_zero((size_t)count + 1, sizeof *members);
    adsync__items items = adsync__node_items(node);
    adsync_status rc = ADSYNC_OK;

    if (!members) return ADSYNC_E_MEMORY;
    while (n < count && adsync__items_next(&items, &members[n].value)) {
        members[n].key = items.key;
        members[n++].size = items.key_size;
    }
    qsort(members, n, sizeof *members, node_order);
    adsync__json_open(json, '{');
    for (uint32_t i = 0; i < n && rc >= 0; i++) {
        if (i && !node_order(&members[i - 1], &members[i])) rc = ADSYNC_E_FORMAT;
        if (strlen(members[i].key) != members[i].size) rc = ADSYNC_E_FORMAT; /* a NUL */
        if (rc >= 0) adsync__json_key(json, members[i].key);
        if (rc >= 0) rc = node_write(json, members[i].value, depth + 1);
    }
    adsync__json_close(json, '}');
    adsync__free(members);
    return rc;
}

static adsync_status node_write_array(adsync__json *json, adsync__node node, uint32_t depth)
{
    adsync__items items = adsync__node_items(node);
    adsync__node item;
    adsync_status rc = ADSYNC_OK;

    adsync__json_open(json, '[');
    while (rc >= 0 && adsync__items_next(&items, &item)) rc = node_write(json, item, depth + 1);
    adsync__json_close(json, ']');
    return rc;
}

static adsync_status node_write(adsync__json *json, adsync__node node, uint32_t depth)
{
    adsync__digits room;
    size_t size = 0;
    const char *text;

    if (depth > NODE_DEPTH) return ADSYNC_E_TOO_BIG;
    switch (adsync__node_kind(node)) {
    case ADSYNC__NODE_OBJECT:
        return node_write_object(json, node, depth);
    case ADSYNC__NODE_ARRAY:
        return node_write_array(json, node, depth);
    case ADSYNC__NODE_TEXT:
        text = adsync__node_text(node, &size);
        adsync__json_text(json, text, size);
        return ADSYNC_OK;
    case ADSYNC__NODE_INT:
    case ADSYNC__NODE_FRACTION:
        if (!(text = adsync__node_decimal(node, &room, &size))) return ADSYNC_E_FORMAT;
        adsync__json_raw(json, text, size);
        return ADSYNC_OK;
    case ADSYNC__NODE_BOOL:
        if (adsync__node_true(node))
            adsync__json_raw(json, "true", 4);
        else
            adsync__json_raw(json, "false", 5);
        return ADSYNC_OK;
    default:
        adsync__json_null(json);
        return ADSYNC_OK;
    }
}

adsync_status adsync__json_node(adsync__json *json, adsync__node node)
{
    adsync_status rc = node_write(json, node, json->depth);

    return rc < 0 ? rc : json->out->failed;
}
