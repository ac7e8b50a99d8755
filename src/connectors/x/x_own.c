/* SPDX-License-Identifier: MIT */
/* What a kind has that no table says. */
#include "x_int.h"

#include <stdio.h>

static bool own_deleted(adsync__object *object)
{
    if (!adsync__node_true(adsync__object_node(object, "deleted"))) return false;
    object->own = object->state = "DELETED";
    return true;
}

static bool own_holds(adsync__node list, const char *word)
{
    adsync__items items = adsync__node_items(list);
    adsync__node item;

    while (adsync__items_next(&items, &item))
        if (adsync__node_is(item, word)) return true;
    return false;
}

static const char *own_switched(adsync__object *object)
{
    adsync__node node = adsync__object_node(object, "entity_status");
    size_t size = 0;
    const char *text = adsync__node_text(node, &size), *word = text ? adsync__word_of(object->kind->switches, text, size) : NULL;

    return word ? word : "UNKNOWN";
}

/* Campaigns and line items: ended where it says so itself, unless it is the funding that ended. */
adsync_status x_own(adsync__object *object)
{
    adsync__node reasons = adsync__object_node(object, "reasons_not_servable"), servable = adsync__object_node(object, "servable");
    bool stopped = adsync__node_kind(servable) == ADSYNC__NODE_BOOL && !adsync__node_true(servable);
    const char *set = own_switched(object);
    adsync__node effective = adsync__object_node(object, "effective_status");

    if (!adsync__node_count(reasons) && !adsync__node_is(effective, "UNKNOWN")) /* which comes and goes by itself */
        adsync__put_node(object->row, ADSYNC_C_PLATFORM_STATUS, effective);
    if (own_deleted(object)) return ADSYNC_OK;
    object->state = set;
    if (!strcmp(set, "UNKNOWN") || !strcmp(set, "DRAFT")) return ADSYNC_OK;
    if (own_holds(reasons, "EXPIRED") && !own_holds(reasons, "FUNDING_PROBLEM"))
        object->state = "ENDED";
    else if (!strcmp(set, "ACTIVE") && stopped)
        object->state = own_holds(reasons, "PAUSED_BY_ADVERTISER") ? "PARENT_OFF" : "LIMITED"; /* on itself, so its parent is off */
    return ADSYNC_OK;
}

adsync_status x_own_ad(adsync__object *object)
{
    static const adsync__word reviews[] = {
        { "ACCEPTED", NULL }, { "PENDING*", "PENDING" }, { "UNDER_REVIEW", "PENDING" }, { "*", "REJECTED" }, { 0 }
    };
    adsync__node review = adsync__object_node(object, "approval_status");
    size_t size = 0;
    const char *text = adsync__node_text(review, &size), *word;

    adsync__put_node(object->row, ADSYNC_C_PLATFORM_STATUS, review);
    if (own_deleted(object)) return ADSYNC_OK;
    object->state = own_switched(object);
    if (text && (word = adsync__word_of(reviews, text, size))) object->state = word;
    return ADSYNC_OK;
}

/* Tue Aug 27 22:22:12 +0000 2019 */
static bool own_stamp(adsync__node node, int64_t *us)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    size_t size = 0;
    const char *text = adsync__node_text(node, &size), *month = months;
    char iso[40];

    if (!text) return false;
    if (size != 30) return adsync__time_read(text, size, ADSYNC__TIME_NEEDS_OFFSET, us) >= 0;
    while (*month && strncmp(month, text + 4, 3)) month += 3;
    if (!*month) return false;
    (void)snprintf(iso, sizeof iso, "%.4s-%02u-%.2sT%.8s%.5s", text + 26, (unsigned)((month - months) / 3 + 1), text + 8, text + 11,
                   text + 20);
    return adsync__time_read(iso, strlen(iso), ADSYNC__TIME_NEEDS_OFFSET, us) >= 0;
}

static void own_times(adsync__object *object)
{
    adsync__node made = adsync__object_node(object, "created_at");
    int64_t us;

    if (adsync__is_empty(made)) return;
    if (!own_stamp(made, &us)) return; /* nothing hangs on when a post was written */
    adsync_row_int(object->row, object->kind->kind == ADSYNC_KIND_POST ? ADSYNC_C_PUBLISHED_AT : ADSYNC_C_CREATED_AT, us);
}

adsync_status x_own_tweet(adsync__object *object)
{
    adsync__items urls = adsync__node_items(adsync__node_get(adsync__object_node(object, "entities"), "urls"));
    adsync__node type = adsync__object_node(object, "tweet_type"), url;
    adsync__node dark = adsync__object_node(object, "nullcast"); /* shown as an ad only */
    bool post = adsync_task_kind(object->a->task) == ADSYNC_KIND_POST;

    own_times(object);
    if (post && !adsync__is_empty(dark)) adsync_row_int(object->row, ADSYNC_C_ORGANIC, !adsync__node_true(dark));
    if (adsync__items_next(&urls, &url))
        adsync__put_node(object->row, post ? ADSYNC_C_URL : ADSYNC_C_LANDING_URL, adsync__node_get(url, "expanded_url"));
    if (!post) {
        adsync__put_node(object->row, ADSYNC_C_POST_ID, object->f[0]);
        adsync_row_int(object->row, ADSYNC_C_IMMUTABLE, 1);
    }
    if (own_deleted(object)) return ADSYNC_OK;
    object->state = "ACTIVE";
    if (adsync__node_is(type, "DRAFT")) object->state = "DRAFT";
    if (adsync__node_is(type, "SCHEDULED")) object->state = "SCHEDULED";
    return ADSYNC_OK;
}

/* A text, or an object that holds one as `value`. */
static adsync__node own_words(adsync__node node)
{
    return adsync__node_kind(node) == ADSYNC__NODE_OBJECT ? adsync__node_get(node, "value") : node;
}

static void own_media(adsync__object *object, adsync__node node)
{
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);

    if (text && size) adsync__join(&object->scratch, text, size);
}

static void own_component(adsync__object *object, adsync__node part)
{
    adsync__items keys = adsync__node_items(adsync__node_get(part, "media_keys"));
    adsync__node key;

    own_media(object, adsync__node_get(part, "media_key"));
    while (adsync__items_next(&keys, &key)) own_media(object, key);
    adsync__put_node(object->row, ADSYNC_C_TITLE, own_words(adsync__node_get(part, "title")));
    adsync__put_node(object->row, ADSYNC_C_CTA, own_words(adsync__node_get(part, "label")));
    adsync__put_node(object->row, ADSYNC_C_LANDING_URL, adsync__node_path(part, "destination.url"));
}

/* Components, or slides that are lists of them. What is said last stands. */
adsync_status x_own_card(adsync__object *object)
{
    static const char *const lists[] = { "components", "slides" };

    adsync__buffer_clear(&object->scratch);
    for (size_t i = 0; i < ADSYNC__COUNT(lists); i++) {
        adsync__items items = adsync__node_items(adsync__object_node(object, lists[i]));
        adsync__node item, part;
        while (adsync__items_next(&items, &item)) {
            adsync__items parts = adsync__node_items(item);
            if (adsync__node_kind(item) == ADSYNC__NODE_OBJECT) own_component(object, item);
            while (adsync__node_kind(item) == ADSYNC__NODE_ARRAY && adsync__items_next(&parts, &part)) own_component(object, part);
        }
    }
    adsync__put_scratch(object, ADSYNC_C_MEDIA);
    if (!own_deleted(object)) object->state = "ACTIVE";
    return ADSYNC_OK;
}

adsync_status x_own_audience(adsync__object *object)
{
    adsync__node reasons = adsync__object_node(object, "reasons_not_targetable");
    bool ready = adsync__node_true(adsync__object_node(object, "targetable")), building = own_holds(reasons, "PROCESSING"),
         small = own_holds(reasons, "TOO_SMALL");

    adsync_row_text(object->row, ADSYNC_C_READY, ready ? "ready" : building ? "building" : small ? "small" : "error", SIZE_MAX);
    if (!own_deleted(object)) object->state = ready ? "ACTIVE" : building ? "PENDING" : "LIMITED";
    return ADSYNC_OK;
}

adsync_status x_own_keyword(adsync__object *object)
{
    adsync_row_int(object->row, ADSYNC_C_NEGATIVE, adsync__node_is(adsync__object_node(object, "operator_type"), "NE"));
    if (!own_deleted(object)) object->state = "ACTIVE";
    return ADSYNC_OK;
}
