/* SPDX-License-Identifier: MIT */
/* Fields of creatives and audiences. */
#include "meta_field_tools.h"

static int64_t field_page_id(const meta_call *call, const world_entity *e)
{
    int64_t pages = call->sim->options.pages;

    return meta_page_id(e->account.user * pages + (pages ? e->account.g % pages : 0));
}

FIELD(field_story)
{
    ENTITY;
    sim_printf(out,
               "{\"page_id\":\"%lld\",\"link_data\":{\"link\":\"https:\\/\\/shop.example\\/%lld?a=1&b=2\",\"message\":\"Gr\\u00f6\\u00dfte "
               "Auswahl \\ud83d\\ude80\","
               "\"name\":\"Title "
               "%lld\",\"image_hash\":\"%016llx%016llx\",\"call_to_action\":{\"type\":\"SHOP_NOW\",\"value\":{\"link\":\"https:\\/\\/"
               "shop.example\\/\"}}}}",
               (long long)field_page_id(call, e), (long long)e->index, (long long)e->index, (unsigned long long)e->h,
               (unsigned long long)sim_hash(e->h, 1, 0, 0));
    return true;
}

FIELD(field_story_id)
{
    ENTITY;
    sim_printf(out, "\"%lld_%lld\"", (long long)field_page_id(call, e), (long long)(e->h >> 2));
    return true;
}

/* signed and short-lived: another one at each read */
FIELD(field_thumbnail)
{
    ENTITY;
    sim_printf(out, "\"https:\\/\\/scontent.example\\/v\\/t45.%llx?_nc_cat=1&oh=%016llx&oe=%llX\"", (unsigned long long)e->h & 0xffffff,
               (unsigned long long)sim_hash(e->h, (uint64_t)call->request->number, 2, 0), (unsigned long long)sim_now(call->sim) + 86400);
    return true;
}

FIELD(field_url_tags)
{
    ENTITY;
    return field_draw(e, 16, 2) && field_string(out, "utm_source=facebook&utm_campaign={{campaign.id}}");
}

FIELD(field_object_type)
{
    ENTITY;
    return field_string(out, "SHARE");
}

/* ---- audiences */

FIELD(field_subtype)
{
    static const char *const words[] = { "CUSTOM", "LOOKALIKE", "WEBSITE", "ENGAGEMENT" };

    ENTITY;
    return field_pick(out, e, 20, words, 4);
}

FIELD(field_description)
{
    ENTITY;
    return field_draw(e, 21, 2) && field_string(out, "Customers of the last season");
}

FIELD(field_count_low)
{
    ENTITY;
    return field_number(out, field_draw(e, 22, 5) ? 1000 + field_draw(e, 23, 100000) : -1);
}

FIELD(field_count_high)
{
    ENTITY;
    return field_number(out, field_draw(e, 22, 5) ? 1200 + field_draw(e, 23, 100000) : -1);
}

FIELD(field_delivery)
{
    ENTITY;
    sim_puts(out, field_draw(e, 24, 4) ? "{\"code\":200,\"description\":\"This audience is ready for use.\"}"
                                       : "{\"code\":300,\"description\":\"This audience is too small to be used.\"}");
    return true;
}

FIELD(field_operation)
{
    ENTITY;
    sim_puts(out, "{\"code\":200,\"description\":\"Normal\"}");
    return true;
}

FIELD(field_time_created)
{
    ENTITY;
    return field_number(out, e->created);
}

FIELD(field_time_updated)
{
    ENTITY;
    return field_number(out, e->updated);
}

FIELD(field_retention)
{
    ENTITY;
    return field_draw(e, 20, 4) == 2 && field_number(out, 30 + field_draw(e, 25, 150));
}

FIELD(field_lookalike)
{
    ENTITY;
    if (field_draw(e, 20, 4) != 1) return false;
    sim_printf(out, "{\"country\":\"US\",\"ratio\":0.0%d,\"type\":\"custom_ratio\",\"origin\":[{\"id\":\"%lld\"}]}",
               (int)(1 + field_draw(e, 26, 9)), (long long)meta_id(WORLD_AUDIENCE, e->account.g, 0));
    return true;
}

FIELD(field_source)
{
    ENTITY;
    return field_draw(e, 20, 4) == 0 && field_string(out, "USER_PROVIDED_ONLY");
}

const meta_field meta_creative_fields[] = {
    { "id", field_id, 'd' },
    { "account_id", field_account_id, 0 },
    { "name", field_name, 0 },
    { "status", field_effective, 0 },
    { "object_story_spec", field_story, 0 },
    { "object_story_id", field_story_id, 0 },
    { "effective_object_story_id", field_story_id, 0 },
    { "thumbnail_url", field_thumbnail, 0 },
    { "image_url", field_thumbnail, 0 },
    { "url_tags", field_url_tags, 0 },
    { "object_type", field_object_type, 0 },
    { "title", NULL, 'x' },
    { "body", NULL, 'x' },
    { "image_hash", NULL, 'x' },
    { "video_id", NULL, 'x' },
    { "call_to_action_type", NULL, 'x' },
    { "link_url", NULL, 'x' },
    { "asset_feed_spec", NULL, 'x' },
    { "instagram_user_id", NULL, 'x' },
    { "degrees_of_freedom_spec", NULL, 'x' },
    { "product_set_id", NULL, 'x' },
    { "actor_id", NULL, 'x' },
    { "object_id", NULL, 'x' },
    { "object_url", NULL, 'x' },
    { "template_url", NULL, 'x' },
    { NULL, NULL, 0 },
};

const meta_field meta_audience_fields[] = {
    { "id", field_id, 'd' },
    { "account_id", field_account_id, 0 },
    { "name", field_name, 0 },
    { "subtype", field_subtype, 0 },
    { "description", field_description, 0 },
    { "approximate_count_lower_bound", field_count_low, 0 },
    { "approximate_count_upper_bound", field_count_high, 0 },
    { "delivery_status", field_delivery, 0 },
    { "operation_status", field_operation, 0 },
    { "time_created", field_time_created, 0 },
    { "time_updated", field_time_updated, 0 },
    { "time_content_updated", field_time_updated, 0 },
    { "retention_days", field_retention, 0 },
    { "lookalike_spec", field_lookalike, 0 },
    { "customer_file_source", field_source, 0 },
    { "data_source", NULL, 'x' },
    { "rule", NULL, 'x' },
    { "sharing_status", NULL, 'x' },
    { NULL, NULL, 0 },
};
