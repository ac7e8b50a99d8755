/* SPDX-License-Identifier: MIT */
/* What each kind has of its own, beside its fields. */
#include "meta_int.h"

#include <stdlib.h>

enum { OWN_ISSUES = 16 };

typedef struct own_issue {
    const char *code, *words;
} own_issue;

static int own_issue_order(const void *a, const void *b)
{
    const own_issue *x = a, *y = b;
    int diff = strcmp(x->code, y->code);

    return diff ? diff : strcmp(x->words, y->words);
}

/* Issues come in no order that means anything: sorted, so that the same issues are the same text. */
adsync_status meta_own(adsync__object *object)
{
    adsync__items items = adsync__node_items(adsync__object_node(object, "issues_info"));
    adsync__digits rooms[OWN_ISSUES];
    own_issue list[OWN_ISSUES];
    adsync__node item;
    uint32_t n = 0;
    size_t size;

    while (n < OWN_ISSUES && adsync__items_next(&items, &item)) {
        list[n].code = adsync__node_digits(adsync__node_get(item, "error_code"), &rooms[n], &size);
        list[n].words = adsync__node_text(adsync__node_get(item, "error_summary"), NULL);
        if (!list[n].code) list[n].code = "";
        if (!list[n].words) list[n].words = "";
        n++;
    }
    qsort(list, n, sizeof *list, own_issue_order);
    adsync__buffer_clear(&object->scratch);
    for (uint32_t i = 0; i < n; i++) {
        if (i && !own_issue_order(&list[i - 1], &list[i])) continue;
        if (object->scratch.size) adsync__buffer_text(&object->scratch, "; ");
        adsync__buffer_text(&object->scratch, list[i].code);
        if (*list[i].code && *list[i].words) adsync__buffer_text(&object->scratch, " ");
        adsync__buffer_text(&object->scratch, list[i].words);
    }
    adsync__put_scratch(object, ADSYNC_C_STATUS_REASON);
    return ADSYNC_OK;
}

static void own_creative_data(adsync__object *object, adsync__node data)
{
    adsync__node action = adsync__node_get(data, "call_to_action"), title = adsync__node_get(data, "title"),
                 link = adsync__node_get(data, "link");
    adsync__digits room;
    size_t size = 0, hash_size = 0;
    const char *hash = adsync__node_text(adsync__node_get(data, "image_hash"), &hash_size);
    const char *video = adsync__node_digits(adsync__node_get(data, "video_id"), &room, &size);

    adsync__put_node(object->row, ADSYNC_C_TITLE, adsync__is_empty(title) ? adsync__node_get(data, "name") : title);
    adsync__put_node(object->row, ADSYNC_C_BODY, adsync__node_get(data, "message"));
    adsync__put_node(object->row, ADSYNC_C_LANDING_URL,
                     adsync__is_empty(link) ? adsync__node_get(adsync__node_get(action, "value"), "link") : link);
    adsync__put_node(object->row, ADSYNC_C_CTA, adsync__node_get(action, "type"));
    adsync__buffer_clear(&object->scratch);
    if (hash) adsync__buffer_add(&object->scratch, hash, hash_size);
    if (hash_size && size) adsync__buffer_char(&object->scratch, ',');
    if (video) adsync__buffer_add(&object->scratch, video, size);
    adsync__put_scratch(object, ADSYNC_C_MEDIA);
}

adsync_status meta_own_creative(adsync__object *object)
{
    static const struct {
        const char *name, *format;
    } parts[] = {
        { "link_data", "link" },
        { "video_data", "video" },
        { "photo_data", "photo" },
        { "template_data", "template" },
    };
    adsync__node spec = adsync__object_node(object, "object_story_spec"), owner = adsync__node_get(spec, "page_id");

    adsync_row_int(object->row, ADSYNC_C_IMMUTABLE, 1);
    adsync__put_node(object->row, ADSYNC_C_OWNER, adsync__is_empty(owner) ? adsync__node_get(spec, "instagram_user_id") : owner);
    for (size_t i = 0; i < ADSYNC__COUNT(parts); i++) {
        adsync__node data = adsync__node_get(spec, parts[i].name);
        if (adsync__node_kind(data) != ADSYNC__NODE_OBJECT) continue;
        adsync_row_text(object->row, ADSYNC_C_FORMAT, parts[i].format, SIZE_MAX);
        own_creative_data(object, data);
        break;
    }
    return ADSYNC_OK;
}

/* delivery_status: 200 can be used, 300 is too small; operation_status: 200 and 4xx go on, 47x is stopped. */
static const char *own_ready(const adsync__object *object)
{
    int64_t delivery, operation;

    (void)adsync__node_int(adsync__node_get(adsync__object_node(object, "operation_status"), "code"), &operation);
    if (operation >= 470 && operation < 480) return "error";
    if (!adsync__node_int(adsync__node_get(adsync__object_node(object, "delivery_status"), "code"), &delivery)) return NULL;
    return delivery == 200 ? "ready" : delivery == 300 ? "small" : "building";
}

adsync_status meta_own_audience(adsync__object *object)
{
    adsync__items origins = adsync__node_items(adsync__node_get(adsync__object_node(object, "lookalike_spec"), "origin"));
    adsync__node origin;

    adsync_row_text(object->row, ADSYNC_C_READY, own_ready(object), SIZE_MAX);
    if (adsync__items_next(&origins, &origin)) adsync__put_node(object->row, ADSYNC_C_SEED_ID, adsync__node_get(origin, "id"));
    return ADSYNC_OK;
}
