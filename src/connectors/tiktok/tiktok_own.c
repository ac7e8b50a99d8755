/* SPDX-License-Identifier: MIT */
/* What each kind has of its own, beside its fields. */
#include "tiktok_int.h"

static adsync_status own_amount(adsync__object *object, const char *name, uint32_t column)
{
    const char *currency = adsync_task_fact(object->a->task, "currency");
    int64_t micros;

    if (!adsync__figure(adsync__object_node(object, name), true, &micros))
        return adsync__bad_shape(object->a, "something else where an amount should be");
    if (!micros) return ADSYNC_OK; /* how "none" is written */
    adsync_row_int(object->row, column, micros);
    if (currency) adsync_row_text(object->row, ADSYNC_C_CURRENCY, currency, SIZE_MAX);
    return ADSYNC_OK;
}

/* One amount, and a word that says of what span. */
adsync_status tiktok_own_campaign(adsync__object *object)
{
    adsync__node mode = adsync__object_node(object, "budget_mode");

    if (adsync__node_is(mode, "BUDGET_MODE_TOTAL")) return own_amount(object, "budget", ADSYNC_C_BUDGET_LIFETIME);
    if (adsync__node_is(mode, "BUDGET_MODE_DAY") || adsync__node_is(mode, "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"))
        return own_amount(object, "budget", ADSYNC_C_BUDGET_DAILY);
    return ADSYNC_OK;
}

static void own_windows(adsync__object *object)
{
    static const char *const names[] = { "click_attribution_window", "view_attribution_window", "engaged_view_attribution_window" };
    size_t size;

    adsync__buffer_clear(&object->scratch);
    for (size_t i = 0; i < ADSYNC__COUNT(names); i++) {
        const char *text = adsync__node_text(adsync__object_node(object, names[i]), &size);
        if (!text || !size) continue;
        adsync__join(&object->scratch, names[i], strcspn(names[i], "_")); /* click=SEVEN_DAYS,view=ONE_DAY,engaged=.. */
        adsync__buffer_char(&object->scratch, '=');
        adsync__buffer_add(&object->scratch, text, size);
    }
    adsync__put_scratch(object, ADSYNC_C_ATTRIBUTION);
}

adsync_status tiktok_own_group(adsync__object *object)
{
    bool conversions = adsync__node_is(adsync__object_node(object, "billing_event"), "OCPM");
    adsync_status rc = tiktok_own_campaign(object);

    if (rc >= 0) rc = own_amount(object, conversions ? "conversion_bid_price" : "bid_price", ADSYNC_C_BID);
    own_windows(object);
    return rc;
}

/* An image may be known by an address that is signed and differs every time: that is no name of it. A name may hold a slash. */
static bool own_is_name(const char *text, size_t size)
{
    return size && size <= 200 && !memchr(text, ':', size) && !memchr(text, '?', size) && (size < 2 || memcmp(text, "//", 2));
}

static void own_media(adsync__object *object)
{
    adsync__items images = adsync__node_items(adsync__object_node(object, "image_ids"));
    size_t size = 0;
    const char *text = adsync__node_text(adsync__object_node(object, "video_id"), &size);
    adsync__node image;

    adsync__buffer_clear(&object->scratch);
    if (text) adsync__buffer_add(&object->scratch, text, size);
    while (adsync__items_next(&images, &image)) { /* their order is the carousel's */
        if (!(text = adsync__node_text(image, &size)) || !own_is_name(text, size)) continue;
        adsync__join(&object->scratch, text, size);
    }
    adsync__put_scratch(object, ADSYNC_C_MEDIA);
}

adsync_status tiktok_own_creative(adsync__object *object)
{
    size_t size = 0, type_size = 0;
    const char *id = adsync__node_text(adsync__object_node(object, "identity_id"), &size);
    const char *type = adsync__node_text(adsync__object_node(object, "identity_type"), &type_size);

    own_media(object);
    if (!id || !size) return ADSYNC_OK;
    adsync__buffer_clear(&object->scratch);
    if (type_size) adsync__buffer_add(&object->scratch, type, type_size);
    if (type_size) adsync__buffer_char(&object->scratch, ':');
    adsync__buffer_add(&object->scratch, id, size);
    adsync__put_scratch(object, ADSYNC_C_OWNER);
    return ADSYNC_OK;
}

/* Below a thousand people an audience cannot be used; one that cannot and has none is being made. */
adsync_status tiktok_own_audience(adsync__object *object)
{
    static const adsync__word states[] = {
        { "ready", "ACTIVE" }, { "small", "LIMITED" }, { "building", "PENDING" }, { "expired", "ENDED" }, { 0 }
    };
    bool valid = adsync__node_true(adsync__object_node(object, "is_valid"));
    const char *ready = valid ? "ready" : "building", *text;
    int64_t people = 0, ends;
    size_t size = 0;

    (void)adsync__node_int(adsync__object_node(object, "cover_num"), &people);
    if (people < 1000 && (valid || people > 0)) ready = "small";
    text = adsync__node_text(adsync__object_node(object, "expired_time"), &size);
    if (text && adsync__time_read(text, size, 0, &ends) >= 0 && ends <= object->a->now_us) ready = "expired";
    adsync_row_text(object->row, ADSYNC_C_READY, ready, SIZE_MAX);
    object->state = adsync__word_of(states, ready, strlen(ready));
    return ADSYNC_OK;
}
