/* SPDX-License-Identifier: MIT */
/* Creatives, media, segments, lead forms and pixels: sheet, 3.9, 3.11 and 3.12. */
#include "snapchat.h"

const char *const snapchat_creative_types[] = { "SNAP_AD", "WEB_VIEW", "APP_INSTALL", "DEEP_LINK", "LEAD_GENERATION", "COMPOSITE", NULL };
const char *const snapchat_ad_types[] = { "SNAP_AD", "REMOTE_WEBPAGE", "APP_INSTALL", "DEEP_LINK", "LEAD_GENERATION", "STORY", NULL };

static int64_t creative_draw(const snapchat_item *item, int which, int64_t below) { return world_draw(item->e.h, which, below); }

size_t snapchat_creative_type(const world_entity *creative) { return (size_t)world_draw(creative->h, 101, 6); }

static const char *creative_other(snapchat_writer *w, const snapchat_item *item, int kind, int64_t index)
{
    return snapchat_id(w->site, w->arena, kind, item->g, index);
}

static void creative_name(snapchat_writer *w, const snapchat_item *item)
{
    char name[128];

    sim_json_pair(w->out, "name", world_name(name, sizeof name, &item->e));
    sim_json_pair(w->out, "ad_account_id", creative_other(w, item, WORLD_ACCOUNT, 0));
}

static void creative_review(snapchat_writer *w, const snapchat_item *item)
{
    static const char *const words[] = { "APPROVED", "APPROVED", "APPROVED", "APPROVED", "PENDING_REVIEW", "REJECTED" };

    sim_json_pair(w->out, "packaging_status", "SUCCESS");
    sim_json_pair(w->out, "review_status", words[creative_draw(item, 102, 6)]);
}

/* what only creatives of one type have */
static void creative_of_type(snapchat_writer *w, const snapchat_item *item, size_t type)
{
    sim_text *out = w->out;

    if (type == 1) {
        sim_puts(out, ",\"web_view_properties\":{");
        sim_printf(out, "\"url\":\"https://shop.example/%lld?utm=a&b=\\u00fc\"", (long long)item->index);
        sim_puts(out, ",\"allow_snap_javascript_sdk\":false,\"use_immersive_mode\":false,\"deep_link_urls\":[],\"block_preload\":true}");
    }
    if (type == 4 && world_count(w->site, WORLD_FORM)) {
        int64_t form = creative_draw(item, 103, world_count(w->site, WORLD_FORM));

        sim_json_pair(out, "lead_generation_form_id", creative_other(w, item, WORLD_FORM, form));
    }
    if (type == 5) {
        sim_printf(out, ",\"composite_properties\":{\"creative_ids\":[\"%s\"]}", creative_other(w, item, WORLD_CREATIVE, 0));
        sim_json_pair(out, "preview_creative_id", creative_other(w, item, WORLD_CREATIVE, 0));
    }
}

void snapchat_write_creative(snapchat_writer *w, const snapchat_item *item)
{
    static const char *const calls[] = { "SHOP_NOW", "INSTALL_NOW", "MORE", "SIGN_UP" };
    size_t type = snapchat_creative_type(&item->e);
    sim_text *out = w->out;
    char text[64];

    snapchat_made(w, item);
    creative_name(w, item);
    sim_json_pair(out, "type", snapchat_creative_types[type]);
    creative_review(w, item);
    sim_json_pair_bool(out, "shareable", creative_draw(item, 104, 4) > 0);
    (void)snprintf(text, sizeof text, "Kauf \"%lld\" Stück 👻", (long long)item->index);
    sim_json_pair(out, "headline", text);
    if (creative_draw(item, 105, 2)) sim_json_pair(out, "brand_name", "Café Été");
    if (type) sim_json_pair(out, "call_to_action", calls[creative_draw(item, 106, 4)]);
    sim_json_pair(out, "render_type", "STATIC");
    sim_json_pair(out, "top_snap_media_id", creative_other(w, item, SNAPCHAT_MEDIA, item->index));
    sim_json_pair(out, "top_snap_crop_position", "MIDDLE");
    creative_of_type(w, item, type);
    sim_json_pair(out, "ad_product", type == 5 ? "STORY" : "SNAP_AD");
    sim_printf(out, ",\"profile_properties\":{\"profile_id\":\"%s\"}",
               snapchat_id(w->site, w->arena, WORLD_PAGE + 20, item->account.user, 0));
    (void)snprintf(text, sizeof text, "%lld", (long long)creative_draw(item, 107, 4000000000) - 2000000000);
    sim_json_pair(out, "semantic_id", text);
}

/* download links are as good as secrets and change with the hour */
void snapchat_write_media(snapchat_writer *w, const snapchat_item *item)
{
    const char *id = creative_other(w, item, SNAPCHAT_MEDIA, item->index);
    bool video = creative_draw(item, 110, 3) == 0, ready = creative_draw(item, 111, 9) > 0;
    sim_text *out = w->out;

    snapchat_made(w, item);
    creative_name(w, item);
    sim_json_pair(out, "type", video ? "VIDEO" : "IMAGE");
    sim_json_pair(out, "media_status", ready ? "READY" : "PENDING_UPLOAD");
    if (ready) {
        sim_printf(out, ",\"file_name\":\"%.8s.%s\"", id, video ? "mp4" : "png");
        sim_printf(out, ",\"download_link\":\"https://%s/ad-manager-creatives/%s/%.8s.%s?X-Goog-Date=%lld\"", SNAPCHAT_FILES, id, id,
                   video ? "mp4" : "png", (long long)sim_now(w->site->sim) / 3600);
        if (!video) sim_puts(out, ",\"image_metadata\":{\"height_px\":1920,\"width_px\":1080,\"image_format\":\"PNG\"}");
        if (video) sim_puts(out, ",\"video_metadata\":{\"width_px\":1080,\"height_px\":1920}");
        sim_json_pair_int(out, "file_size_in_bytes", 1000 + creative_draw(item, 112, 900000));
    }
    sim_json_pair_bool(out, "is_demo_media", false);
    if (ready) sim_json_pair(out, "hash", "xh5uzA==");
    sim_json_pair(out, "visibility", "VISIBLE");
    if (ready) sim_puts(out, ",\"media_usages\":[\"TOP_SNAP\"]");
}

/* ---- segments */

void snapchat_write_segment(snapchat_writer *w, const snapchat_item *item)
{
    static const char *const sources[] = { "FIRST_PARTY", "LOOKALIKE", "PIXEL", "ENGAGEMENT", "MOBILE", "FOOT_TRAFFIC_INSIGHTS" };
    static const char *const ready[][2] = { { "COMPLETE", "READY" },
                                            { "COMPLETE", "TOO_FEW_USERS" },
                                            { "PROCESSING", "NOT_READY" },
                                            { "NO_UPLOAD", "NOT_READY" },
                                            { "COMPLETE", "READY" } };
    int64_t source = creative_draw(item, 101, 6), state = creative_draw(item, 102, 5);
    sim_text *out = w->out;

    sim_json_pair(out, "id", creative_other(w, item, WORLD_AUDIENCE, item->index));
    snapchat_stamp(out, "updated_at", item->updated, item->e.h >> 3);
    snapchat_stamp(out, "created_at", item->created, item->e.h);
    creative_name(w, item);
    if (creative_draw(item, 103, 3)) sim_json_pair(out, "description", "everybody who came \"twice\"");
    sim_json_pair(out, "status", state == 2 ? "PENDING" : "ACTIVE");
    sim_json_pair(out, "targetable_status", ready[state][1]);
    sim_json_pair(out, "upload_status", ready[state][0]);
    sim_json_pair(out, "source_type", sources[source]);
    sim_json_pair_int(out, "retention_in_days", creative_draw(item, 104, 3) ? 1 + creative_draw(item, 105, 180) : 9999);
    sim_json_pair_int(out, "approximate_number_users", state == 2 || state == 3 ? 0 : 100 * creative_draw(item, 106, 90000));
    sim_puts(out, ",\"visible_to\":[\"AdAccountEntity_");
    sim_puts(out, creative_other(w, item, WORLD_ACCOUNT, 0));
    sim_puts(out, "\"]");
    if (source != 1) return;
    sim_printf(out, ",\"creation_spec\":{\"seed_segment_id\":\"%s\",", creative_other(w, item, WORLD_AUDIENCE, 0));
    sim_puts(out, creative_draw(item, 107, 2) ? "\"countries\":[\"US\",\"CA\"]" : "\"country\":\"US\"");
    sim_puts(out, ",\"type\":\"BALANCE\"}");
}

/* ---- forms and pixels */

void snapchat_write_form(snapchat_writer *w, const snapchat_item *item)
{
    sim_text *out = w->out;

    snapchat_made(w, item);
    creative_name(w, item);
    sim_json_pair(out, "title", "Ruf uns an");
    sim_json_pair(out, "description", "We call you \"back\".");
    sim_puts(out, ",\"form_fields\":[{\"type\":\"FIRST_NAME\"},{\"type\":\"LAST_NAME\"},{\"type\":\"EMAIL\"}");
    if (item->index % 2)
        sim_puts(out, ",{\"type\":\"PHONE_NUMBER\"},{\"type\":\"CUSTOM\",\"custom_form_field_properties\":{\"type\":\"TEXT\"}}");
    sim_puts(out, "]");
    sim_json_pair(out, "privacy_policy_url", "https://example.com/privacy");
    sim_puts(out, ",\"default_end_page\":{\"headline\":\"Danke\",\"description\":\"Bis bald\",\"end_page_properties\":"
                  "[{\"call_to_action\":\"LEARN_MORE\",\"url\":\"https://example.com/\"}]}");
}

void snapchat_write_pixel(snapchat_writer *w, const snapchat_item *item)
{
    snapchat_made(w, item);
    sim_json_pair(w->out, "name", "Pixel");
    sim_json_pair(w->out, "ad_account_id", creative_other(w, item, WORLD_ACCOUNT, 0));
    sim_json_pair(w->out, "status", "ACTIVE");
}
