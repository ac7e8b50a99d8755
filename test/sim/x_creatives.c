/* SPDX-License-Identifier: MIT */
/*
 * Posts, cards and media. Positions of posts: one for each ad, if it has one of its own; then drafts and scheduled
 * ones; then what the account posted for everybody.
 */
#include "x.h"

#include <stdlib.h>

#define POSTS_WAITING 6

static int64_t posts_count(const sim_site *site) { return world_count(site, WORLD_AD) + POSTS_WAITING + world_count(site, WORLD_POST); }

/* the post of an ad, unless the ad shows another's */
static bool posts_of_ad(x_item *item)
{
    int64_t g = item->account.g, ad = item->position;

    if (x_post_of(item->site, g, ad) != ad || !world_entity_at(item->site, WORLD_AD, g, ad, &item->e)) return false;
    if (!x_parents(item->site, g, ad, &item->campaign, &item->group)) return false;
    item->e.h = sim_hash(item->e.h, 0x905, 0, 0); /* as a post it has other randomness than as an ad */
    item->created = item->updated = item->e.created - 60;
    item->type = "PUBLISHED";
    return x_product_of(&item->campaign) == X_TWEETS; /* also of a draft: it was written before */
}

static bool posts_waiting(x_item *item, int64_t k)
{
    item->e = (world_entity){ .kind = WORLD_CREATIVE, .index = item->position, .h = sim_hash(item->account.h, 0x906, (uint64_t)k, 0) };
    item->created = item->updated = 1735689600 + k * SIM_DAY;
    item->type = k % 2 ? "SCHEDULED" : "DRAFT";
    return true;
}

static bool posts_organic(x_item *item, int64_t index)
{
    if (!world_entity_at(item->site, WORLD_POST, item->account.g, index, &item->e)) return false;
    item->created = item->updated = item->e.created;
    item->type = "PUBLISHED";
    item->organic = true;
    return true;
}

static bool posts_load(x_item *item)
{
    int64_t ads = world_count(item->site, WORLD_AD), rest = item->position - ads;

    if (rest < 0) return posts_of_ad(item);
    return rest < POSTS_WAITING ? posts_waiting(item, rest) : posts_organic(item, rest - POSTS_WAITING);
}

/* ---- a post */

static bool posts_card(const x_item *item) { return !item->organic && world_draw(item->e.h, 140, 2) == 0; }

/* Tue Aug 27 22:22:12 +0000 2019 */
static void posts_time(sim_text *out, const char *name, int64_t at)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    sim_date d = sim_date_of(at / SIM_DAY);
    int second = (int)(at % SIM_DAY);
    char text[64];

    (void)snprintf(text, sizeof text, "%.3s %.3s %02d %02d:%02d:%02d +0000 %04d", days + (at / SIM_DAY + 4) % 7 * 3,
                   months + (size_t)(d.month - 1) * 3, d.day, second / 3600, second / 60 % 60, second % 60, d.year);
    sim_json_pair(out, name, text);
}

static const char *posts_media_key(sim_arena *arena, const world_account *account, int64_t position)
{
    static const char *const categories[] = { "3", "13", "16", "7" };
    const char *id = x_id(arena, X_MEDIA, account->g, position);
    char *out = sim_alloc(arena, 32);

    (void)snprintf(out, 32, "%s_%s", categories[position % 4], id);
    return out;
}

static const char *posts_text(const x_item *item)
{
    static const char *const texts[] = { "just setting up my shop", "Été: -50 % sur tout \"jusqu'à dimanche\" & plus",
                                         "夏のセール 🏖️ 始まりました",
                                         ("A long one: everything in our shop is hand made, sent within a day, and taken back for a year "
                                          "without a question; that is why people come back, again and again, and bring their friends") };
    char *out = sim_alloc(item->arena, 400);

    (void)snprintf(out, 400, "%s %lld%s", texts[world_draw(item->e.h, 141, (int64_t)SIM_COUNT(texts))], (long long)item->position,
                   posts_card(item) ? "" : " https://t.co/Ab0cdEfGhI");
    return out;
}

static void posts_entities(sim_text *out, const x_item *item)
{
    sim_json_key(out, "entities");
    sim_puts(out, "{\"hashtags\":[],\"symbols\":[],\"user_mentions\":[],\"urls\":[");
    if (!posts_card(item))
        sim_printf(out,
                   "{\"url\":\"https://t.co/Ab0cdEfGhI\",\"expanded_url\":\"https://shop.adsim.example/p/%lld\","
                   "\"display_url\":\"shop.adsim.example/p/%lld\",\"indices\":[10,33]}",
                   (long long)item->position, (long long)item->position);
    sim_puts(out, "]}");
    if (posts_card(item) || world_draw(item->e.h, 142, 2)) return;
    sim_json_key(out, "extended_entities");
    sim_puts(out, "{\"media\":[{");
    sim_json_pair(out, "id_str", x_id(item->arena, X_MEDIA, item->account.g, item->position));
    sim_json_pair(out, "type", item->position % 4 ? "video" : "photo");
    sim_json_pair(out, "media_url_https", "https://pbs.twimg.com/media/adsim.jpg");
    sim_json_pair(out, "media_key", posts_media_key(item->arena, &item->account, item->position));
    sim_puts(out, "}]}");
}

static void posts_user(sim_text *out, const x_item *item, bool whole)
{
    int64_t user = x_user_id(item->account.user);

    sim_json_key(out, "user");
    sim_puts(out, "{");
    sim_json_pair_int(out, "id", user);
    sim_json_id(out, "id_str", user);
    if (whole) sim_json_pair(out, "name", "Person \"Zero\"");
    if (whole) sim_json_pair(out, "screen_name", "person");
    sim_puts(out, "}");
}

static void posts_write_as(sim_text *out, const x_item *item, bool whole_user)
{
    char name[32];

    (void)snprintf(name, sizeof name, "post %lld", (long long)item->position);
    sim_puts(out, "{");
    posts_time(out, "created_at", item->created);
    sim_json_pair_int(out, "id", strtoll(item->id, NULL, 10));
    sim_json_pair(out, "id_str", item->id);
    sim_json_pair(out, "tweet_id", item->id);
    sim_json_pair(out, "name", world_draw(item->e.h, 143, 2) ? name : NULL);
    sim_json_pair(out, "full_text", posts_text(item));
    sim_json_pair_bool(out, "truncated", false);
    posts_entities(out, item);
    sim_json_pair(out, "source", "<a href=\"https://ads-api.twitter.com\" rel=\"nofollow\">Ads API \"Test\" App</a>");
    posts_user(out, item, whole_user);
    sim_json_pair(out, "card_uri", NULL);
    if (posts_card(item)) {
        out->size -= 4;
        sim_printf(out, "\"card://%s\"", x_id(item->arena, X_CARD, item->account.g, item->position));
    }
    sim_json_pair(out, "tweet_type", item->type);
    sim_json_pair_bool(out, "nullcast", !item->organic);
    sim_json_pair_int(out, "retweet_count", 3);
    sim_json_pair_int(out, "favorite_count", 7);
    sim_json_pair(out, "lang", "en");
    sim_json_pair(out, "scheduled_at", NULL);
    sim_json_pair(out, "scheduled_status", NULL);
    sim_json_pair(out, "in_reply_to_status_id", NULL);
    sim_json_pair(out, "place", NULL);
    sim_puts(out, "}");
}

static void posts_write(sim_text *out, const x_item *item) { posts_write_as(out, item, true); }

static void posts_write_trimmed(sim_text *out, const x_item *item) { posts_write_as(out, item, false); }

static bool posts_shows(const x_call *call, const x_item *item)
{
    const char *timeline = x_param(call, "timeline_type"), *type = x_param(call, "tweet_type");

    if (type && strcmp(type, item->type)) return false;
    if (timeline && !strcmp(timeline, "ALL")) return true;
    return item->organic == (timeline && !strcmp(timeline, "ORGANIC"));
}

static bool posts_asks(x_call *call)
{
    const char *type = x_param(call, "tweet_type"), *timeline = x_param(call, "timeline_type");

    if (!type) return x_fail(call, 400, "MISSING_PARAMETER", "tweet_type", "\"tweet_type\" is a required parameter");
    if (!x_listed("PUBLISHED,SCHEDULED,DRAFT", type))
        return x_fail(call, 400, "INVALID_PARAMETER", "tweet_type", "Expected PUBLISHED, SCHEDULED or DRAFT for tweet_type");
    return !timeline || x_listed("NULLCAST,ALL,ORGANIC", timeline)
               ? true
               : x_fail(call, 400, "INVALID_PARAMETER", "timeline_type", "Expected NULLCAST, ALL or ORGANIC for timeline_type");
}

const x_kind x_tweets = {
    .path = "tweets",
    .param = "tweet_ids",
    .code = X_TWEET,
    .count = posts_count,
    .load = posts_load,
    .write = posts_write,
    .write_trimmed = posts_write_trimmed,
    .params = "tweet_type timeline_type user_id trim_user",
    .shows = posts_shows,
    .asks = posts_asks,
    .page = 200,
    .page_max = 1000,
    .limit = X_OTHER,
    .truth = "creatives creative",
};

/* ---- cards: the position is the post's */

static int64_t cards_count(const sim_site *site) { return world_count(site, WORLD_AD); }

static bool cards_load(x_item *item)
{
    char *name = sim_alloc(item->arena, 48);

    if (!posts_of_ad(item) || !posts_card(item)) return false;
    item->created = item->updated = item->created - 3600;
    item->type = world_draw(item->e.h, 144, 10) ? "CARD" : "LEGACY";
    (void)snprintf(name, 48, "card %lld", (long long)item->position);
    item->name = name;
    return true;
}

static void cards_app(sim_text *out, const x_item *item)
{
    sim_printf(out, "{\"type\":\"SWIPEABLE_MEDIA\",\"media_keys\":[\"%s\",\"3_1075096386931052545\"]},",
               posts_media_key(item->arena, &item->account, item->position));
    sim_puts(out, "{\"type\":\"BUTTON\",\"label\":{\"type\":\"ENUM\",\"value\":\"OPEN\"},\"destination\":{\"type\":\"APP\","
                  "\"country_code\":\"US\",\"googleplay_app_id\":\"com.adsim.android\","
                  "\"googleplay_deep_link\":\"adsim://user?screen_name=person\"}}");
}

static void cards_website(sim_text *out, const x_item *item)
{
    sim_printf(out, "{\"type\":\"MEDIA\",\"media_key\":\"%s\"},", posts_media_key(item->arena, &item->account, item->position));
    sim_printf(out,
               "{\"type\":\"DETAILS\",\"title\":\"Shop %lld: été & \\\"más\\\"\",\"destination\":{\"type\":\"WEBSITE\","
               "\"url\":\"https://shop.adsim.example/c/%lld\"}}",
               (long long)item->position, (long long)item->position);
}

static void cards_write(sim_text *out, const x_item *item)
{
    bool app = world_draw(item->e.h, 145, 3) == 0, slides = world_draw(item->e.h, 146, 6) == 0;

    sim_puts(out, "{");
    sim_json_pair(out, "name", item->name);
    sim_json_key(out, slides ? "slides" : "components");
    sim_puts(out, slides ? "[[" : "[");
    if (app)
        cards_app(out, item);
    else
        cards_website(out, item);
    sim_puts(out, slides ? "]]" : "]");
    sim_json_key(out, "card_uri");
    sim_printf(out, "\"card://%s\"", item->id);
    sim_json_pair(out, "id", item->id);
    x_item_times(out, item);
    sim_json_pair(out, "card_type", app ? "IMAGE_CAROUSEL_APP" : item->position % 4 ? "VIDEO_WEBSITE" : "IMAGE_WEBSITE");
    sim_puts(out, "}");
}

static bool cards_shows(const x_call *call, const x_item *item)
{
    const char *uris = x_param(call, "card_uris");
    char uri[40];

    (void)snprintf(uri, sizeof uri, "card://%s", item->id);
    if (uris) return x_listed(uris, uri);
    return strcmp(item->type, "LEGACY") != 0 || x_flag(call, "include_legacy_cards");
}

const x_kind x_cards = {
    .path = "cards",
    .param = "card_ids",
    .code = X_CARD,
    .count = cards_count,
    .load = cards_load,
    .write = cards_write,
    .params = "include_legacy_cards card_uris",
    .shows = cards_shows,
    .page = 100,
    .page_max = 200,
    .limit = X_OTHER,
    .one_is_list = true,
    .truth = "creatives card",
};

/* ---- media */

static bool media_load(x_item *item)
{
    if (!posts_of_ad(item)) return false;
    item->id = posts_media_key(item->arena, &item->account, item->position);
    return true;
}

static void media_write(sim_text *out, const x_item *item)
{
    bool video = strncmp(item->id, "3_", 2) != 0;

    sim_puts(out, "{");
    sim_json_pair(out, "media_key", item->id);
    sim_json_pair(out, "name", NULL);
    sim_json_pair(out, "media_type", video ? "VIDEO" : "IMAGE");
    sim_json_pair(out, "media_category", video ? "AMPLIFY_VIDEO" : "TWEET_IMAGE");
    sim_json_pair(out, "media_status", "TRANSCODE_COMPLETED");
    sim_json_pair(out, "media_url", video ? "https://video.twimg.com/adsim.mp4" : "https://pbs.twimg.com/media/adsim.jpg");
    x_item_times(out, item);
    sim_puts(out, "}");
}

const x_kind x_media = {
    .path = "media_library",
    .param = "media_keys",
    .code = X_MEDIA,
    .count = cards_count,
    .load = media_load,
    .write = media_write,
    .params = "",
    .page = 20,
    .page_max = 50,
    .limit = X_OTHER,
    .truth = NULL,
};
