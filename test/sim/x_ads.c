/* SPDX-License-Identifier: MIT */
/*
 * What a line item shows: promoted posts, promoted accounts, videos before others'. None of them can be paused; who pauses one in the
 * platform's own pages deletes it. Then the criteria of line items, audiences, and the tags of a website.
 */
#include "x.h"

#define ADS_TARGETS 8 /* places for criteria of a line item */

static int64_t ads_count(const sim_site *site) { return world_count(site, WORLD_AD); }

static bool ads_load(x_item *item, x_product product)
{
    if (!world_entity_at(item->site, WORLD_AD, item->account.g, item->position, &item->e)) return false;
    if (!x_parents(item->site, item->account.g, item->position, &item->campaign, &item->group)) return false;
    if (x_product_of(&item->campaign) != product || x_group_draft(&item->campaign, &item->group)) return false;
    item->group_id = x_id(item->arena, X_LINE_ITEM, item->account.g, item->e.adset);
    item->created = item->e.created;
    item->updated = item->e.updated;
    item->deleted = item->e.status == WORLD_DELETED;
    item->hidden = item->e.effective == WORLD_DELETED;
    return true;
}

static bool ads_load_post(x_item *item) { return ads_load(item, X_TWEETS); }

static bool ads_load_account(x_item *item) { return ads_load(item, X_ACCOUNTS); }

static bool ads_load_video(x_item *item) { return ads_load(item, X_VIDEOS); }

static void ads_write(sim_text *out, const x_item *item, const char *name, const char *value)
{
    sim_puts(out, "{");
    sim_json_pair(out, "id", item->id);
    sim_json_pair(out, "line_item_id", item->group_id);
    sim_json_pair(out, name, value);
    sim_json_pair(out, "entity_status", "ACTIVE");
    sim_json_pair(out, "approval_status",
                  item->e.review == WORLD_DISAPPROVED ? "REJECTED"
                  : item->e.review == WORLD_PENDING   ? "UNDER_REVIEW"
                                                      : "ACCEPTED");
    x_item_times(out, item);
}

static void ads_write_post(sim_text *out, const x_item *item)
{
    int64_t post = x_post_of(item->site, item->account.g, item->position);

    ads_write(out, item, "tweet_id", x_id(item->arena, X_TWEET, item->account.g, post));
    sim_puts(out, "}");
}

static void ads_write_account(sim_text *out, const x_item *item)
{
    char user[24];

    (void)snprintf(user, sizeof user, "%lld", (long long)x_user_id(item->account.user));
    ads_write(out, item, "user_id", user);
    sim_puts(out, "}");
}

static void ads_write_video(sim_text *out, const x_item *item)
{
    ads_write(out, item, "account_media_id", x_id(item->arena, X_EVENT_TAG, item->account.g, item->position));
    sim_json_pair(out, "landing_url", "https://shop.adsim.example/video");
    sim_puts(out, "}");
}

const x_kind x_promoted_tweets = {
    .path = "promoted_tweets",
    .param = "promoted_tweet_ids",
    .code = X_PROMOTED_TWEET,
    .count = ads_count,
    .load = ads_load_post,
    .write = ads_write_post,
    .params = "line_item_ids",
    .page = 200,
    .page_max = 1000,
    .limit = X_CORE,
    .truth = "ads ad",
};

const x_kind x_promoted_accounts = {
    .path = "promoted_accounts",
    .param = "promoted_account_ids",
    .code = X_PROMOTED_ACCOUNT,
    .count = ads_count,
    .load = ads_load_account,
    .write = ads_write_account,
    .params = "line_item_ids",
    .page = 200,
    .page_max = 1000,
    .limit = X_CORE,
    .truth = "ads promoted_account",
};

const x_kind x_media_creatives = {
    .path = "media_creatives",
    .param = "media_creative_ids",
    .code = X_MEDIA_CREATIVE,
    .count = ads_count,
    .load = ads_load_video,
    .write = ads_write_video,
    .params = "line_item_ids",
    .page = 200,
    .page_max = 1000,
    .limit = X_CORE,
    .truth = "ads media_creative",
};

/* ---- criteria: position = line item * ADS_TARGETS + k */

typedef struct ads_target {
    const char *type, *value, *name, *operator; /* operator NULL: left out, which means EQ */
} ads_target;

static const ads_target ads_targets[] = {
    { "LOCATION", "5122804691e5fecc", "San Francisco-Oakland-San Jose CA, US", "EQ" },
    { "AGE", "AGE_25_TO_49", "25-49", "EQ" },
    { "BROAD_KEYWORD", "running shoes", "running shoes", "EQ" },
    { "PHRASE_KEYWORD", "été à \"Paris\", 50 %", "été à \"Paris\", 50 %", NULL },
    { "EXACT_KEYWORD", "夏のセール", "夏のセール", "EQ" },
    { "UNORDERED_KEYWORD", "cheap +flights", "cheap +flights", "EQ" },
    { "BROAD_KEYWORD", "free", "free", "NE" },
    { "CUSTOM_AUDIENCE", NULL, "an audience", "EQ" },
    { "LANGUAGE", "en", "English", "EQ" },
};

static int64_t targets_count(const sim_site *site) { return world_count(site, WORLD_ADSET) * ADS_TARGETS; }

static bool targets_load(x_item *item)
{
    if (!world_entity_at(item->site, WORLD_ADSET, item->account.g, item->position / ADS_TARGETS, &item->group)) return false;
    item->e = item->group;
    item->e.h = sim_hash(item->group.h, 0x7a6, (uint64_t)(item->position % ADS_TARGETS), 0);
    if (world_draw(item->e.h, 100, 3) == 0) return false;
    item->group_id = x_id(item->arena, X_LINE_ITEM, item->account.g, item->position / ADS_TARGETS);
    item->created = item->group.created + 60;
    item->deleted = world_draw(item->e.h, 101, 12) == 0;
    item->updated = item->created + (item->deleted ? SIM_DAY : 0);
    item->hidden = item->group.effective == WORLD_DELETED;
    return item->updated <= sim_now(item->site->sim);
}

static const ads_target *targets_what(const x_item *item)
{
    return &ads_targets[(item->position % ADS_TARGETS + world_draw(item->group.h, 102, 9)) % (int64_t)SIM_COUNT(ads_targets)];
}

static void targets_write(sim_text *out, const x_item *item)
{
    const ads_target *what = targets_what(item);

    sim_puts(out, "{");
    sim_json_pair(out, "id", item->id);
    sim_json_pair(out, "line_item_id", item->group_id);
    sim_json_pair(out, "name", what->name);
    sim_json_pair(out, "targeting_type", what->type);
    sim_json_pair(out, "targeting_value", what->value ? what->value : x_id(item->arena, X_AUDIENCE, item->account.g, 0));
    if (what->operator) sim_json_pair(out, "operator_type", what->operator);
    if (!strcmp(what->type, "LOCATION")) sim_json_pair(out, "location_type", "CITY");
    x_item_times(out, item);
    sim_puts(out, "}");
}

static bool targets_asks(x_call *call)
{
    return x_param(call, "line_item_ids")
               ? true
               : x_fail(call, 400, "MISSING_PARAMETER", "line_item_ids", "\"line_item_ids\" is a required parameter");
}

const x_kind x_targeting = {
    .path = "targeting_criteria",
    .param = "targeting_criterion_ids",
    .code = X_TARGETING,
    .count = targets_count,
    .load = targets_load,
    .write = targets_write,
    .params = "line_item_ids",
    .asks = targets_asks,
    .page = 200,
    .page_max = 1000,
    .limit = X_TARGETS,
    .truth = "keywords targeting",
};

/* ---- audiences: every fourth is somebody else's and shared with this account */

static int64_t audiences_count(const sim_site *site) { return world_count(site, WORLD_AUDIENCE); }

static bool audiences_load(x_item *item)
{
    char *name = sim_alloc(item->arena, 128);

    if (!world_entity_at(item->site, WORLD_AUDIENCE, item->account.g, item->position, &item->e)) return false;
    item->name = world_name(name, 128, &item->e);
    item->created = item->e.created;
    item->updated = item->e.updated;
    item->deleted = world_draw(item->e.h, 100, 12) == 0;
    item->type = item->position % 4 == 3 ? "SHARED" : "OWNER";
    return true;
}

/* 0 ready, 1 being built, 2 too small */
static void audiences_state(sim_text *out, const x_item *item)
{
    static const char *const reasons[] = { "[]", "[\"PROCESSING\",\"TOO_SMALL\"]", "[\"TOO_SMALL\"]" };
    int64_t state = world_draw(item->e.h, 101, 4) % 3;

    sim_json_pair_bool(out, "targetable", state == 0);
    sim_json_key(out, "reasons_not_targetable");
    sim_puts(out, reasons[state]);
    if (state == 1)
        sim_json_pair(out, "audience_size", NULL);
    else
        sim_json_pair_int(out, "audience_size", state == 2 ? 90 : 1000 + world_draw(item->e.h, 102, 3000000) + item->e.version * 10);
}

static void audiences_write(sim_text *out, const x_item *item)
{
    static const char *const types[] = { "CRM", "WEB", "MOBILE", "FLEXIBLE" };
    int64_t type = world_draw(item->e.h, 103, 4);
    bool shared = !strcmp(item->type, "SHARED");

    sim_puts(out, "{");
    sim_json_pair(out, "id", item->id);
    sim_json_pair(out, "name", item->name);
    sim_json_pair(out, "description", world_draw(item->e.h, 104, 2) ? "those who bought" : NULL);
    sim_json_pair(out, "audience_type", types[type]);
    sim_json_key(out, "targetable_types");
    sim_printf(out, "[\"%s\",\"EXCLUDED_%s\"]", types[type], types[type]);
    audiences_state(out, item);
    sim_json_pair(out, "permission_level", shared ? "READ_ONLY" : "READ_WRITE");
    sim_json_pair(out, "owner_account_id", x_id(item->arena, X_ACCOUNT, item->account.g + (shared ? 1000 : 0), 0));
    sim_json_pair(out, "partner_source", "OTHER");
    x_item_times(out, item);
    sim_puts(out, "}");
}

static bool audiences_shows(const x_call *call, const x_item *item)
{
    const char *scope = x_param(call, "permission_scope");

    return !strcmp(item->type, scope ? scope : "OWNER");
}

static bool audiences_asks(x_call *call)
{
    const char *scope = x_param(call, "permission_scope");

    return !scope || x_listed("OWNER,SHARED", scope)
               ? true
               : x_fail(call, 400, "INVALID_PARAMETER", "permission_scope", "Expected OWNER or SHARED for permission_scope");
}

const x_kind x_audiences = {
    .path = "custom_audiences",
    .param = "custom_audience_ids",
    .code = X_AUDIENCE,
    .count = audiences_count,
    .load = audiences_load,
    .write = audiences_write,
    .params = "permission_scope",
    .shows = audiences_shows,
    .asks = audiences_asks,
    .page = 200,
    .page_max = 1000,
    .limit = X_AUDIENCES,
    .truth = "audiences audience",
};

/* ---- tags of a website, with the windows in which a sale still counts */

static int64_t tags_count(const sim_site *site)
{
    (void)site;
    return 2;
}

static bool tags_load(x_item *item)
{
    item->created = item->updated = 1500000000 + item->position * SIM_DAY;
    item->name = item->position ? "Sign up" : "Purchase";
    return true;
}

static void tags_write(sim_text *out, const x_item *item)
{
    sim_puts(out, "{");
    sim_json_pair(out, "id", item->id);
    sim_json_pair(out, "name", item->name);
    sim_json_pair(out, "type", item->position ? "SIGN_UP" : "PURCHASE");
    sim_json_pair_int(out, "click_window", 14);
    sim_json_pair_int(out, "view_through_window", 1);
    x_item_times(out, item);
    sim_puts(out, "}");
}

const x_kind x_event_tags = {
    .path = "web_event_tags",
    .param = "web_event_tag_ids",
    .code = X_EVENT_TAG,
    .count = tags_count,
    .load = tags_load,
    .write = tags_write,
    .params = "",
    .page = 200,
    .page_max = 1000,
    .limit = X_OTHER,
    .truth = NULL,
};
