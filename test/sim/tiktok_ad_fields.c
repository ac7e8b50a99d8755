/* SPDX-License-Identifier: MIT */
/* Ads, which carry their creative, and the ads of Upgraded Smart+, which hold several. */
#include "tiktok.h"

#define FIELD(name) static bool name(sim_text *out, const tiktok_row *r)
#define DRAW(which, below) world_draw(r->ad.h, which, below)

static bool ad_word(sim_text *out, const char *word)
{
    sim_json_string(out, word);
    return true;
}

/* video, picture, carousel, a post of somebody's */
static int ad_kind(const tiktok_row *r) { return (int)DRAW(150, 4); }

FIELD(a_id)
{
    tiktok_put_id(out, r->ad.id);
    return true;
}

/* those of Upgraded Smart+ do not say when they were changed */
FIELD(a_modified) { return r->family == TIKTOK_SMART ? false : tiktok_f_modified(out, r); }

FIELD(a_format)
{
    static const char *const words[] = { "SINGLE_VIDEO", "SINGLE_IMAGE", "CAROUSEL_ADS", "SINGLE_VIDEO" };

    return ad_word(out, words[ad_kind(r)]);
}

FIELD(a_text)
{
    static const char *const words[] = { "Jetzt kaufen – nur heute", "See \"more\" \\ less", "新作が登場 🎉", "Plain words" };

    return ad_word(out, words[DRAW(151, 4)]);
}

FIELD(a_video)
{
    char text[48];

    if (ad_kind(r) == 1 || ad_kind(r) == 2) return ad_word(out, NULL);
    (void)snprintf(text, sizeof text, "v10033g50000%020llx", (unsigned long long)r->ad.h);
    return ad_word(out, text);
}

FIELD(a_images)
{
    sim_putc(out, '[');
    for (int i = 0; i < ad_kind(r) && ad_kind(r) < 3; i++) {
        char text[64];

        (void)snprintf(text, sizeof text, "ad-site-i18n-sg/%016llx%d", (unsigned long long)r->ad.h, i);
        sim_json_string(out, text);
    }
    sim_putc(out, ']');
    return true;
}

FIELD(a_music)
{
    if (ad_kind(r) != 2) return ad_word(out, NULL);
    tiktok_put_id(out, 6900000000000000000 + (int64_t)(r->ad.h % 100000));
    return true;
}

FIELD(a_item)
{
    if (ad_kind(r) != 3) return ad_word(out, NULL);
    tiktok_put_id(out, 7300000000000000000 + (int64_t)(r->ad.h % 1000000000000));
    return true;
}

FIELD(a_identity_type) { return ad_word(out, ad_kind(r) == 3 ? "AUTH_CODE" : r->ad.h % 2 ? "TT_USER" : "CUSTOMIZED_USER"); }

FIELD(a_identity)
{
    tiktok_put_id(out, 7100000000000000000 + r->account.g);
    return true;
}

FIELD(a_cta)
{
    static const char *const words[] = { "SHOP_NOW", "LEARN_MORE", NULL, "SIGN_UP" };

    return ad_word(out, words[DRAW(152, 4)]);
}

FIELD(a_landing)
{
    if (tiktok_leg(r) == 'l' || tiktok_leg(r) == 'a') return ad_word(out, NULL);
    sim_printf(out, "\"https://shop.example/p/%lld?utm=a%%20b\"", (long long)r->ad.index);
    return true;
}

FIELD(a_page) /* a number, with more digits than a double holds */
{
    int64_t forms = world_count(r->site, WORLD_FORM);

    if (tiktok_leg(r) != 'l' || !forms) return ad_word(out, NULL);
    sim_int(out, tiktok_rules.id(WORLD_FORM, r->account.g, DRAW(153, forms)));
    return true;
}

FIELD(a_pixel)
{
    if (tiktok_leg(r) != 'w') return ad_word(out, NULL);
    sim_int(out, tiktok_rules.id(WORLD_PIXEL, r->account.g, 0));
    return true;
}

const tiktok_field tiktok_ad_fields[] = {
    { "ad_id", NULL, a_id },
    { "ad_name", NULL, tiktok_f_name },
    { "advertiser_id", NULL, tiktok_f_advertiser },
    { "campaign_id", NULL, tiktok_f_campaign },
    { "campaign_name", NULL, tiktok_f_campaign_name },
    { "adgroup_id", NULL, tiktok_f_adgroup },
    { "adgroup_name", NULL, tiktok_f_adgroup_name },
    { "campaign_automation_type", NULL, tiktok_f_automation },
    { "operation_status", NULL, tiktok_f_operation },
    { "secondary_status", NULL, tiktok_f_secondary },
    { "ad_format", NULL, a_format },
    { "ad_text", NULL, a_text },
    { "video_id", NULL, a_video },
    { "image_ids", NULL, a_images },
    { "music_id", NULL, a_music },
    { "tiktok_item_id", NULL, a_item },
    { "identity_type", NULL, a_identity_type },
    { "identity_id", NULL, a_identity },
    { "identity_authorized_bc_id", "null", NULL },
    { "call_to_action", NULL, a_cta },
    { "call_to_action_id", "null", NULL },
    { "landing_page_url", NULL, a_landing },
    { "deeplink", "null", NULL },
    { "page_id", NULL, a_page },
    { "tracking_pixel_id", NULL, a_pixel },
    { "creative_material_mode", "\"CUSTOM\"", NULL },
    { "create_time", NULL, tiktok_f_created },
    { "modify_time", NULL, a_modified },
    { NULL, NULL, NULL },
};

/* ---- Upgraded Smart+: one ad for each ad group, which holds what ad/get shows as ads */

FIELD(s_id)
{
    tiktok_put_id(out, tiktok_smart_id(r));
    return true;
}

FIELD(s_name)
{
    sim_printf(out, "\"Smart+ %lld\"", (long long)r->adset.index);
    return true;
}

FIELD(s_creatives)
{
    static const tiktok_field fields[] = {
        { "ad_format", NULL, a_format },
        { "video_id", NULL, a_video },
        { "image_ids", NULL, a_images },
        { "tiktok_item_id", NULL, a_item },
        { "identity_type", NULL, a_identity_type },
        { "identity_id", NULL, a_identity },
        { "music_id", NULL, a_music },
        { NULL, NULL, NULL },
    };
    int64_t ads = world_ads_under(r->site, WORLD_ADSET);
    tiktok_row ad;

    sim_putc(out, '[');
    for (int64_t i = r->adset.index * ads; i < (r->adset.index + 1) * ads; i++) {
        if (!tiktok_row_at(r->site, WORLD_AD, r->account.g, i, &ad)) continue;
        sim_json_open(out, '{');
        sim_json_key(out, "creative_info");
        tiktok_row_write(out, fields, &ad, NULL);
        sim_putc(out, '}');
    }
    sim_putc(out, ']');
    return true;
}

const tiktok_field tiktok_smart_ad_fields[] = {
    { "smart_plus_ad_id", NULL, s_id },
    { "ad_name", NULL, s_name },
    { "advertiser_id", NULL, tiktok_f_advertiser },
    { "campaign_id", NULL, tiktok_f_campaign },
    { "campaign_name", NULL, tiktok_f_campaign_name },
    { "adgroup_id", NULL, tiktok_f_adgroup },
    { "adgroup_name", NULL, tiktok_f_adgroup_name },
    { "operation_status", NULL, tiktok_f_operation },
    { "secondary_status", NULL, tiktok_f_secondary },
    { "creative_list", NULL, s_creatives },
    { "create_time", NULL, tiktok_f_created },
    { "modify_time", NULL, tiktok_f_modified },
    { NULL, NULL, NULL },
};
