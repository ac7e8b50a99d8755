/* SPDX-License-Identifier: MIT */
/* Accounts, what pays for them, campaigns and line items. */
#include "x.h"

static const char *object_name(const x_item *item)
{
    char *out = sim_alloc(item->arena, 128);

    return world_name(out, 128, &item->e);
}

/* ---- accounts: the position is that among the person's own */

static int64_t accounts_count(const sim_site *site) { return site->sim->options.accounts; }

static bool accounts_load(x_item *item)
{
    int64_t g = item->account.user * item->site->sim->options.accounts + item->position;
    char *name = sim_alloc(item->arena, 64);

    if (!world_account_at(item->site, g, &item->account)) return false;
    (void)snprintf(name, 64, "%s %lld", g % 2 ? "Müller & \"Söhne\"" : "API McTestface", (long long)g);
    item->id = x_id(item->arena, X_ACCOUNT, g, 0);
    item->name = name;
    item->created = 1469140929 + world_draw(item->account.h, 120, 1000) * SIM_DAY;
    item->updated = item->created + 300 * SIM_DAY;
    item->deleted = x_account_dead(&item->account);
    return true;
}

static void accounts_write(sim_text *out, const x_item *item)
{
    static const char *const states[] = { "ACCEPTED", "UNDER_REVIEW", "ACCEPTED" };

    sim_puts(out, "{");
    sim_json_pair(out, "id", item->id);
    sim_json_pair(out, "name", item->name);
    sim_json_pair(out, "business_name", NULL);
    sim_json_pair(out, "business_id", NULL);
    sim_json_pair(out, "timezone", item->account.zone->name);
    x_json_time(out, "timezone_switch_at", x_switch_at(&item->account));
    sim_json_pair(out, "approval_status", states[item->account.status]);
    sim_json_pair(out, "industry_type", world_draw(item->account.h, 121, 2) ? "TECHNOLOGY" : NULL);
    x_item_times(out, item);
    sim_puts(out, "}");
}

static bool accounts_shows(const x_call *call, const x_item *item)
{
    return sim_may_see(call->site, call->grant, call->token.user, item->account.g);
}

const x_kind x_accounts = {
    .path = "accounts",
    .param = "account_ids",
    .code = X_ACCOUNT,
    .count = accounts_count,
    .load = accounts_load,
    .write = accounts_write,
    .params = "",
    .shows = accounts_shows,
    .page = 200,
    .page_max = 1000,
    .limit = X_GLOBAL,
    .truth = "accounts account",
};

/* ---- funding instruments: two that live and one that was deleted */

static int64_t fundings_count(const sim_site *site)
{
    (void)site;
    return 3;
}

static bool fundings_load(x_item *item)
{
    item->created = 1469161444 + world_draw(item->account.h, 122, 1000) * SIM_DAY;
    item->updated = item->created + 257 * SIM_DAY;
    item->deleted = item->position == 2;
    return true;
}

static void fundings_write(sim_text *out, const x_item *item)
{
    bool card = item->position == 0;

    sim_puts(out, "{");
    sim_json_pair(out, "id", item->id);
    sim_json_pair(out, "account_id", x_id(item->arena, X_ACCOUNT, item->account.g, 0));
    sim_json_pair(out, "type", card ? "CREDIT_CARD" : item->deleted ? "CREDIT_LINE" : "INSERTION_ORDER");
    sim_json_pair(out, "description", card ? "Visa ending in 0650" : "Adsim - Order \"7\"");
    sim_json_pair(out, "currency", item->account.currency->code);
    sim_json_pair_int(out, "credit_limit_local_micro", 200000000);
    sim_json_pair(out, "credit_remaining_local_micro", NULL);
    sim_json_pair_int(out, "funded_amount_local_micro", 645940000000);
    sim_json_pair_bool(out, "able_to_fund", card);
    sim_json_key(out, "reasons_not_able_to_fund");
    sim_puts(out, card ? "[]" : "[\"EXPIRED\"]");
    sim_json_pair(out, "entity_status", "ACTIVE");
    sim_json_pair(out, "io_header", NULL);
    x_json_time(out, "start_time", item->created);
    x_json_time(out, "end_time", card ? 0 : item->created + 3650 * SIM_DAY);
    x_item_times(out, item);
    sim_puts(out, "}");
}

const x_kind x_fundings = {
    .path = "funding_instruments",
    .param = "funding_instrument_ids",
    .code = X_FUNDING,
    .count = fundings_count,
    .load = fundings_load,
    .write = fundings_write,
    .params = "",
    .page = 200,
    .page_max = 1000,
    .limit = X_OTHER,
    .truth = "accounts funding_instrument",
};

/* ---- campaigns */

static int64_t campaigns_count(const sim_site *site) { return world_count(site, WORLD_CAMPAIGN); }

static bool campaigns_load(x_item *item)
{
    if (!world_entity_at(item->site, WORLD_CAMPAIGN, item->account.g, item->position, &item->e)) return false;
    item->campaign = item->e;
    item->name = object_name(item);
    item->campaign_id = item->id;
    item->funding_id = x_id(item->arena, X_FUNDING, item->account.g, x_funding_of(&item->e));
    item->created = item->e.created;
    item->updated = item->e.updated;
    item->deleted = item->e.status == WORLD_DELETED;
    item->draft = x_campaign_draft(&item->e);
    return true;
}

static const char *object_status(const x_item *item)
{
    return item->draft ? "DRAFT" : item->e.status == WORLD_PAUSED || item->e.status == WORLD_ARCHIVED ? "PAUSED" : "ACTIVE";
}

/* a campaign has no end of its own, but it has run out with the last of its line items */
static bool campaigns_ended(const x_item *item) { return item->e.stop && item->e.stop < sim_now(item->site->sim); }

static const char *campaigns_effective(const x_item *item, bool off, bool unknown)
{
    if (unknown) return "UNKNOWN";
    if (off) return "PAUSED";
    return world_draw(item->e.h, 124, 4) ? "RUNNING" : "ACTIVE";
}

static void campaigns_serving(sim_text *out, const x_item *item)
{
    bool paused = !strcmp(object_status(item), "PAUSED"), incomplete = paused && world_draw(item->e.h, 123, 3) == 0;
    const struct {
        bool so;
        const char *reason;
    } reasons[] = { { paused, "PAUSED_BY_ADVERTISER" },
                    { incomplete, "INCOMPLETE" },
                    { campaigns_ended(item), "EXPIRED" },
                    { item->e.review == WORLD_LIMITED, "FUNDING_PROBLEM" } };
    bool held = item->deleted;

    sim_json_key(out, "reasons_not_servable");
    sim_json_open(out, '[');
    for (size_t i = 0; i < SIM_COUNT(reasons); i++) {
        if (reasons[i].so) sim_json_string(out, reasons[i].reason);
        held |= reasons[i].so;
    }
    sim_putc(out, ']');
    if (item->draft)
        sim_json_pair(out, "servable", NULL);
    else
        sim_json_pair_bool(out, "servable", !held);
    sim_json_pair(out, "effective_status", campaigns_effective(item, paused || reasons[2].so, incomplete || item->draft || reasons[3].so));
}

/* by day, in all, or on the line items alone */
static void object_budgets(sim_text *out, const x_item *item)
{
    int64_t which = world_draw(item->e.h, 113, 4), amount = (1 + world_draw(item->e.h, 125, 900) + item->e.version % 3) * 5500000;

    x_json_micro(out, "daily_budget_amount_local_micro", which > 1 ? amount : 0);
    x_json_micro(out, "total_budget_amount_local_micro", which == 1 || which == 3 ? amount * 1000 : 0);
}

static void campaigns_write(sim_text *out, const x_item *item)
{
    int64_t cap = world_draw(item->e.h, 126, 5) ? 0 : 2 + world_draw(item->e.h, 127, 5);

    sim_puts(out, "{");
    sim_json_pair(out, "id", item->id);
    sim_json_pair(out, "name", item->name);
    sim_json_pair(out, "funding_instrument_id", item->funding_id);
    sim_json_pair(out, "entity_status", object_status(item));
    campaigns_serving(out, item);
    sim_json_pair(out, "budget_optimization", "LINE_ITEM");
    object_budgets(out, item);
    sim_json_pair(out, "currency", item->account.currency->code);
    x_json_micro(out, "frequency_cap", cap);
    x_json_micro(out, "duration_in_days", cap ? 7 : 0);
    sim_json_pair(out, "standard_delivery", NULL);
    sim_json_pair(out, "purchase_order_number", world_draw(item->e.h, 128, 5) ? NULL : "PO-4711");
    x_item_times(out, item);
    sim_puts(out, "}");
}

const x_kind x_campaigns = {
    .path = "campaigns",
    .param = "campaign_ids",
    .code = X_CAMPAIGN,
    .count = campaigns_count,
    .load = campaigns_load,
    .write = campaigns_write,
    .params = "funding_instrument_ids",
    .page = 200,
    .page_max = 1000,
    .limit = X_CORE,
    .truth = "campaigns campaign",
};

/* ---- line items */

typedef struct object_goal {
    const char *objective, *goal, *pays;
} object_goal;

static const object_goal object_goals[][7] = {
    [X_TWEETS] = { { "ENGAGEMENTS", "ENGAGEMENT", "ENGAGEMENT" },
                   { "WEBSITE_CLICKS", "LINK_CLICKS", "LINK_CLICK" },
                   { "WEBSITE_CLICKS", "WEBSITE_CONVERSIONS", "IMPRESSION" },
                   { "REACH", "MAX_REACH", "IMPRESSION" },
                   { "VIDEO_VIEWS", "VIEW_6S", "IMPRESSION" },
                   { "APP_INSTALLS", "APP_INSTALLS", "APP_CLICK" },
                   { "APP_ENGAGEMENTS", "APP_CLICKS", "APP_CLICK" } },
    [X_ACCOUNTS] = { { "FOLLOWERS", "FOLLOWERS", "IMPRESSION" } },
    [X_VIDEOS] = { { "PREROLL_VIEWS", "PREROLL", "IMPRESSION" } },
};

static int64_t groups_count(const sim_site *site) { return world_count(site, WORLD_ADSET); }

static bool groups_load(x_item *item)
{
    if (!world_entity_at(item->site, WORLD_ADSET, item->account.g, item->position, &item->e)) return false;
    if (!world_entity_at(item->site, WORLD_CAMPAIGN, item->account.g, item->e.campaign, &item->campaign)) return false;
    item->group = item->e;
    item->name = object_name(item);
    item->group_id = item->id;
    item->campaign_id = x_id(item->arena, X_CAMPAIGN, item->account.g, item->e.campaign);
    item->funding_id = x_id(item->arena, X_FUNDING, item->account.g, x_funding_of(&item->campaign));
    item->created = item->e.created;
    item->updated = item->e.updated;
    item->deleted = item->e.status == WORLD_DELETED;
    item->hidden = item->e.effective == WORLD_DELETED;
    item->draft = x_group_draft(&item->campaign, &item->e);
    return true;
}

/* all line items of a campaign share product and objective */
static const object_goal *groups_goal(const x_item *item)
{
    x_product product = x_product_of(&item->campaign);

    return &object_goals[product][product == X_TWEETS ? world_draw(item->campaign.h, 112, 7) : 0];
}

static void groups_placements(sim_text *out, const x_item *item)
{
    static const char *const placements[] = { "[\"ALL_ON_TWITTER\"]", "[\"ALL_ON_TWITTER\"]", "[\"TWITTER_SEARCH\",\"TWITTER_TIMELINE\"]",
                                              "[\"ALL_ON_TWITTER\",\"PUBLISHER_NETWORK\"]" };
    int64_t which = world_draw(item->e.h, 129, 4);

    sim_json_key(out, "placements");
    sim_puts(out, placements[which]);
    sim_json_key(out, "categories");
    sim_puts(out, which == 3 ? "[\"IAB1\",\"IAB3\"]" : "[]");
    sim_json_pair(out, "advertiser_domain", which == 3 ? "adsim.example" : NULL);
}

static void groups_bid(sim_text *out, const x_item *item, const object_goal *goal)
{
    static const char *const strategies[] = { "AUTO", "MAX", "TARGET" };
    int64_t which = world_draw(item->e.h, 130, 3);

    sim_json_pair(out, "bid_strategy", strategies[which]);
    x_json_micro(out, "bid_amount_local_micro", which ? (1 + world_draw(item->e.h, 131, 200)) * 10000 : 0);
    sim_json_pair(out, "target_cpa_local_micro", NULL);
    sim_json_pair(out, "goal", goal->goal);
    sim_json_pair(out, "pay_by", goal->pays);
    sim_json_pair(out, "primary_web_event_tag",
                  strcmp(goal->goal, "WEBSITE_CONVERSIONS") ? NULL : x_id(item->arena, X_EVENT_TAG, item->account.g, 0));
}

static void groups_write(sim_text *out, const x_item *item)
{
    static const char *const products[] = { "PROMOTED_TWEETS", "PROMOTED_ACCOUNT", "MEDIA" };
    const object_goal *goal = groups_goal(item);
    char user[24];

    (void)snprintf(user, sizeof user, "%lld", (long long)x_user_id(item->account.user));
    sim_puts(out, "{");
    sim_json_pair(out, "id", item->id);
    sim_json_pair(out, "name", item->name);
    sim_json_pair(out, "campaign_id", item->campaign_id);
    if (world_draw(item->e.h, 132, 10)) sim_json_pair(out, "funding_instrument_id", item->funding_id);
    sim_json_pair(out, "advertiser_user_id", user);
    sim_json_pair(out, "entity_status", object_status(item));
    sim_json_pair(out, "product_type", products[x_product_of(&item->campaign)]);
    sim_json_pair(out, "objective", goal->objective);
    groups_placements(out, item);
    groups_bid(out, item, goal);
    object_budgets(out, item);
    x_json_time(out, "start_time", item->e.start);
    x_json_time(out, "end_time", item->e.stop);
    sim_json_pair(out, "currency", item->account.currency->code);
    sim_json_pair(out, "standard_delivery", NULL);
    sim_json_pair(out, "frequency_cap", NULL);
    sim_json_pair(out, "duration_in_days", NULL);
    sim_json_pair(out, "automatic_tweet_promotion", NULL);
    sim_json_pair(out, "android_app_store_identifier", NULL);
    sim_json_pair(out, "ios_app_store_identifier", NULL);
    sim_json_pair(out, "creative_source", "MANUAL");
    x_item_times(out, item);
    sim_puts(out, "}");
}

const x_kind x_line_items = {
    .path = "line_items",
    .param = "line_item_ids",
    .code = X_LINE_ITEM,
    .count = groups_count,
    .load = groups_load,
    .write = groups_write,
    .params = "campaign_ids funding_instrument_ids",
    .page = 200,
    .page_max = 1000,
    .limit = X_CORE,
    .truth = "adsets adset",
};
