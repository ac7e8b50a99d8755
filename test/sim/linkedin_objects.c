/* SPDX-License-Identifier: MIT */
/* Accounts, groups, campaigns, creatives, posts, segments and conversion rules as JSON; the same writers serve calls and truth. */
#include "linkedin.h"

#define HOLDS 12

void linkedin_decimal(sim_text *out, int64_t minor, int64_t offset)
{
    int digits = offset == 1 ? 0 : offset == 1000 ? 3 : 2;

    sim_int(out, minor / offset);
    if (digits) sim_printf(out, ".%0*lld", digits, (long long)(minor % offset));
}

/* whole amounts are written without a fraction unless plain */
void linkedin_money(sim_text *out, const char *name, const world_account *account, int64_t minor, bool plain)
{
    int64_t offset = account->currency->offset;

    sim_json_key(out, name);
    sim_json_open(out, '{');
    sim_json_pair(out, "currencyCode", account->currency->code);
    sim_json_key(out, "amount");
    sim_putc(out, '"');
    if (!plain && minor % offset == 0)
        sim_int(out, minor / offset);
    else
        linkedin_decimal(out, minor, offset);
    sim_puts(out, "\"}");
}

static void object_stamp(sim_text *out, const char *name, int64_t at)
{
    sim_json_key(out, name);
    sim_json_open(out, '{');
    sim_json_pair(out, "actor", "urn:li:unknown:0");
    sim_json_pair_int(out, "time", at * 1000 + 940);
    sim_putc(out, '}');
}

static void object_stamps(sim_text *out, int64_t created, int64_t updated)
{
    sim_json_key(out, "changeAuditStamps");
    sim_json_open(out, '{');
    object_stamp(out, "created", created);
    object_stamp(out, "lastModified", updated);
    sim_putc(out, '}');
}

void linkedin_stamps(sim_text *out, const world_entity *e) { object_stamps(out, e->created, e->updated); }

static void object_version(sim_text *out, int64_t version)
{
    char tag[24];

    (void)snprintf(tag, sizeof tag, "%lld", (long long)version + 1);
    sim_json_key(out, "version");
    sim_json_open(out, '{');
    sim_json_pair(out, "versionTag", tag);
    sim_putc(out, '}');
}

static void object_words(sim_text *out, const char *name, const char *const *words, size_t count)
{
    sim_json_key(out, name);
    sim_json_open(out, '[');
    for (size_t i = 0; i < count; i++) sim_json_string(out, words[i]);
    sim_putc(out, ']');
}

static void object_urn(sim_text *out, const char *name, const sim_site *site, world_kind kind, int64_t g, int64_t index)
{
    char urn[96];

    linkedin_urn(urn, site, kind, g, index);
    sim_json_pair(out, name, urn);
}

void linkedin_write_account(sim_text *out, const sim_site *site, const world_account *account)
{
    static const char *const words[] = { "Nordlicht", "Ébène & Fils", "東京 Trading", "\"Quoted\" Co", "Blue/Green", "Plain" };
    const char *hold = linkedin_account_hold(account);
    int64_t created = 1622505600 + world_draw(account->h, 110, 1000) * SIM_DAY;
    char name[64];

    (void)snprintf(name, sizeof name, "%s %lld", words[account->g % 6], (long long)account->g);
    sim_json_open(out, '{');
    sim_json_pair_bool(out, "test", false);
    sim_json_pair_bool(out, "notifiedOnCreativeRejection", true);
    sim_json_pair_bool(out, "notifiedOnNewFeaturesEnabled", false);
    sim_json_pair_bool(out, "notifiedOnEndOfCampaign", true);
    object_words(out, "servingStatuses", &hold, 1);
    sim_json_pair_bool(out, "notifiedOnCampaignOptimization", true);
    sim_json_pair(out, "type", account->g % 5 == 4 ? "ENTERPRISE" : "BUSINESS");
    object_version(out, account->g % 4);
    object_urn(out, "reference", site, WORLD_BUSINESS, account->user, 0);
    sim_json_pair_bool(out, "notifiedOnCreativeApproval", true);
    object_stamps(out, created, created + world_draw(account->h, 111, 300) * SIM_DAY);
    sim_json_pair(out, "name", name);
    sim_json_pair(out, "currency", account->currency->code);
    sim_json_pair_int(out, "id", linkedin_id(site, WORLD_ACCOUNT, account->g, 0));
    sim_json_pair(out, "status", linkedin_account_status(account));
    sim_putc(out, '}');
}

/* ---- why it does not serve */

static void hold_parents(const sim_site *site, const world_entity *e, const char **words, size_t *count)
{
    world_entity group, campaign;
    const char *status;

    (void)world_entity_at(site, WORLD_CAMPAIGN, e->account.g, e->campaign, &group);
    if (e->kind == WORLD_AD) {
        (void)world_entity_at(site, WORLD_ADSET, e->account.g, e->adset, &campaign);
        status = linkedin_status(site, &campaign);
        if (!strcmp(status, "COMPLETED"))
            words[(*count)++] = "CAMPAIGN_END_DATE_HOLD";
        else if (strcmp(status, "ACTIVE"))
            words[(*count)++] = "CAMPAIGN_STOPPED";
    }
    if (e->account.status) words[(*count)++] = "ACCOUNT_SERVING_HOLD";
    if (group.status != WORLD_ACTIVE) words[(*count)++] = "CAMPAIGN_GROUP_STATUS_HOLD";
}

static size_t hold_words(const sim_site *site, const world_entity *e, const char *words[HOLDS])
{
    static const char *const names[3][3] = {
        { "CAMPAIGN_GROUP_START_DATE_HOLD", "CAMPAIGN_GROUP_END_DATE_HOLD", "CAMPAIGN_GROUP_TOTAL_BUDGET_HOLD" },
        { "CAMPAIGN_START_DATE_HOLD", "CAMPAIGN_END_DATE_HOLD", "CAMPAIGN_TOTAL_BUDGET_HOLD" },
        { "CAMPAIGN_START_DATE_HOLD", NULL, "CAMPAIGN_AUDIENCE_COUNT_HOLD" },
    };
    const char *const *name = names[e->kind - WORLD_CAMPAIGN];
    int64_t now = sim_now(site->sim);
    size_t count = 0;

    if (e->status != WORLD_ACTIVE) words[count++] = "STOPPED";
    if (e->kind != WORLD_CAMPAIGN) hold_parents(site, e, words, &count);
    if (e->kind == WORLD_CAMPAIGN && e->account.status) words[count++] = "BILLING_HOLD";
    if (e->start > now) words[count++] = name[0];
    if (name[1] && e->stop && e->stop <= now) words[count++] = name[1];
    if (e->review == WORLD_LIMITED) words[count++] = name[2];
    return count;
}

static void object_serving(sim_text *out, const sim_site *site, const world_entity *e)
{
    const char *words[HOLDS] = { "RUNNABLE" };
    size_t count = hold_words(site, e, words);

    object_words(out, "servingStatuses", words, count ? count : 1);
}

static void object_schedule(sim_text *out, const world_entity *e)
{
    sim_json_key(out, "runSchedule");
    sim_json_open(out, '{');
    sim_json_pair_int(out, "start", e->start * 1000 + 345);
    if (e->stop) sim_json_pair_int(out, "end", e->stop * 1000);
    sim_putc(out, '}');
}

static void object_name(sim_text *out, const world_entity *e)
{
    char name[128];

    sim_json_pair(out, "name", world_name(name, sizeof name, e));
}

static const char *object_objective(const world_entity *e)
{
    static const char *const words[] = { "WEBSITE_VISIT", "LEAD_GENERATION", "WEBSITE_CONVERSION", "BRAND_AWARENESS",
                                         "VIDEO_VIEW",    "ENGAGEMENT",      "WEBSITE_TRAFFIC",    "A_WORD_OF_TOMORROW" };

    return words[world_draw(e->h, 112, 8)];
}

/* ---- group, campaign, creative */

static void object_group(sim_text *out, const sim_site *site, const world_entity *e)
{
    static const char *const types[] = { "SPONSORED_UPDATES", "TEXT_AD" };
    static const char *const bids[] = { "MAXIMUM_DELIVERY", "MANUAL", "COST_CAP" };
    int64_t optimized = world_draw(e->h, 113, 3), minor = (5000 + 100 * world_draw(e->h, 114, 400) + 250 * e->version) * 10;

    sim_json_open(out, '{');
    object_schedule(out, e);
    linkedin_stamps(out, e);
    object_name(out, e);
    sim_json_pair_bool(out, "test", false);
    object_serving(out, site, e);
    object_words(out, "allowedCampaignTypes", types, 2);
    sim_json_pair_bool(out, "backfilled", e->index == 0);
    if (e->stop) linkedin_money(out, "totalBudget", &e->account, minor * 30, world_draw(e->h, 115, 2));
    if (!optimized) {
        linkedin_money(out, "dailyBudget", &e->account, minor, world_draw(e->h, 116, 2));
        sim_json_key(out, "budgetOptimization");
        sim_json_open(out, '{');
        sim_json_pair(out, "bidStrategy", bids[world_draw(e->h, 117, 3)]);
        sim_json_pair(out, "budgetOptimizationStrategy", "DYNAMIC");
        sim_putc(out, '}');
    }
    if (world_draw(e->h, 118, 3)) sim_json_pair(out, "objectiveType", object_objective(e));
    sim_json_pair_int(out, "id", linkedin_id(site, e->kind, e->account.g, e->index));
    object_urn(out, "account", site, WORLD_ACCOUNT, e->account.g, 0);
    sim_json_pair(out, "status", linkedin_status(site, e));
    sim_putc(out, '}');
}

static void object_targeting(sim_text *out, const world_entity *e)
{
    sim_printf(out,
               ",\"targetingCriteria\":{\"include\":{\"and\":[{\"or\":{\"urn:li:adTargetingFacet:locations\":[\"urn:li:geo:%lld\","
               "\"urn:li:geo:103644278\"]}},{\"or\":{\"urn:li:adTargetingFacet:interfaceLocales\":[\"urn:li:locale:en_US\"]}}]}",
               (long long)(90000084 + world_draw(e->h, 119, 40)));
    if (world_draw(e->h, 120, 2))
        sim_puts(out, ",\"exclude\":{\"or\":{\"urn:li:adTargetingFacet:employers\":[\"urn:li:organization:1035\"]}}");
    sim_putc(out, '}');
}

static void object_campaign_money(sim_text *out, const world_entity *e)
{
    int64_t minor = 1500 + 25 * world_draw(e->h, 121, 400) + 100 * e->version, way = world_draw(e->h, 122, 3);

    if (way != 1) linkedin_money(out, "dailyBudget", &e->account, minor, world_draw(e->h, 123, 2));
    if (way >= 1) linkedin_money(out, "totalBudget", &e->account, minor * 40, world_draw(e->h, 123, 2));
    linkedin_money(out, "unitCost", &e->account, world_draw(e->h, 124, 5) ? 819 + world_draw(e->h, 125, 900) : 0, false);
}

static void object_campaign(sim_text *out, const sim_site *site, const world_entity *e)
{
    static const char *const costs[] = { "CPM", "CPC", "CPV" }, *const intents[] = { "NOT_POLITICAL", "NOT_DECLARED", "POLITICAL" };
    static const char *const goals[] = { "NONE", "MAX_CLICK", "MAX_REACH", "MAX_CONVERSION" };
    int type = linkedin_type(e);

    sim_json_open(out, '{');
    sim_json_pair_bool(out, "test", false);
    sim_json_pair_bool(out, "storyDeliveryEnabled", false);
    sim_json_pair(out, "format", linkedin_formats[type]);
    object_targeting(out, e);
    object_serving(out, site, e);
    sim_puts(out, ",\"locale\":{\"country\":\"US\",\"language\":\"en\"}");
    sim_json_pair(out, "type", linkedin_types[type]);
    object_version(out, e->version);
    sim_json_pair(out, "objectiveType", object_objective(e));
    object_urn(out, "associatedEntity", site, WORLD_BUSINESS, e->account.user, 0);
    sim_json_pair(out, "optimizationTargetType", goals[world_draw(e->h, 126, 4)]);
    object_schedule(out, e);
    linkedin_stamps(out, e);
    object_urn(out, "campaignGroup", site, WORLD_CAMPAIGN, e->account.g, e->campaign);
    object_campaign_money(out, e);
    sim_json_pair(out, "costType", costs[world_draw(e->h, 127, 3)]);
    sim_json_pair(out, "creativeSelection", world_draw(e->h, 128, 2) ? "OPTIMIZED" : "ROUND_ROBIN");
    sim_json_pair(out, "pacingStrategy", "LIFETIME");
    sim_json_pair(out, "politicalIntent", intents[world_draw(e->h, 129, 3)]);
    object_name(out, e);
    sim_json_pair_bool(out, "offsiteDeliveryEnabled", false);
    sim_json_pair_int(out, "id", linkedin_id(site, e->kind, e->account.g, e->index));
    sim_json_pair_bool(out, "audienceExpansionEnabled", true);
    object_urn(out, "account", site, WORLD_ACCOUNT, e->account.g, 0);
    sim_json_pair(out, "status", linkedin_status(site, e));
    sim_putc(out, '}');
}

static void object_content(sim_text *out, const sim_site *site, const world_entity *e)
{
    enum linkedin_content content = linkedin_content_of(site, e);
    char reference[96], landing[96];

    linkedin_reference(reference, site, e);
    (void)snprintf(landing, sizeof landing, "https://shop.example/%lld?a=1&b=2", (long long)e->index);
    sim_json_key(out, "content");
    sim_json_open(out, '{');
    if (*reference) sim_json_pair(out, "reference", reference);
    if (content == LINKEDIN_TEXT) {
        sim_json_key(out, "textAd");
        sim_json_open(out, '{');
        sim_json_pair(out, "headline", "Read \"this\"");
        sim_json_pair(out, "description", "Für alle, die lesen");
        sim_json_pair(out, "landingPage", landing);
        sim_putc(out, '}');
    }
    if (content == LINKEDIN_SPOTLIGHT) {
        sim_json_key(out, "spotlight");
        sim_json_open(out, '{');
        sim_json_pair(out, "headline", "See what is new");
        sim_json_pair(out, "landingPage", landing);
        sim_json_pair(out, "organizationName", "Nordlicht");
        sim_putc(out, '}');
    }
    sim_putc(out, '}');
}

static void object_review(sim_text *out, const world_entity *e)
{
    static const char *const words[] = {
        [WORLD_DISAPPROVED] = "REJECTED", [WORLD_PENDING] = "PENDING",  [WORLD_PREAPPROVED] = "NEEDS_REVIEW",
        [WORLD_BILLING] = "APPROVED",     [WORLD_LIMITED] = "APPROVED", [WORLD_IN_PROCESS] = "PENDING",
        [WORLD_APPROVED] = "APPROVED",
    };
    static const char *const reasons[] = { "BROKEN_LINK", "INAPPROPRIATE_LANGUAGE" };

    sim_json_key(out, "review");
    sim_json_open(out, '{');
    sim_json_pair(out, "status", words[e->review]);
    if (e->review == WORLD_DISAPPROVED) object_words(out, "rejectionReasons", reasons, 1 + (size_t)world_draw(e->h, 130, 2));
    sim_putc(out, '}');
}

/* a campaign for leads leads to a form */
static void object_call_to_action(sim_text *out, const sim_site *site, const world_entity *e)
{
    world_entity campaign;

    (void)world_entity_at(site, WORLD_ADSET, e->account.g, e->adset, &campaign);
    if (strcmp(object_objective(&campaign), "LEAD_GENERATION") || !site->sim->options.forms) return;
    sim_json_key(out, "leadgenCallToAction");
    sim_json_open(out, '{');
    object_urn(out, "destination", site, WORLD_FORM, e->account.g, e->index % site->sim->options.forms);
    sim_json_pair(out, "label", world_draw(e->h, 131, 2) ? "SIGN_UP" : "LEARN_MORE");
    sim_putc(out, '}');
}

static void object_creative(sim_text *out, const sim_site *site, const world_entity *e)
{
    const char *words[HOLDS], *status = linkedin_status(site, e);
    size_t count = hold_words(site, e, words);
    char person[48];

    (void)snprintf(person, sizeof person, "urn:li:person:p%lldxR", (long long)e->account.user);
    if (e->review < WORLD_LIMITED) words[count++] = e->review == WORLD_DISAPPROVED ? "REJECTED" : "UNDER_REVIEW";
    sim_json_open(out, '{');
    sim_json_pair_int(out, "createdAt", e->created * 1000);
    if (count) object_words(out, "servingHoldReasons", words, count);
    sim_json_pair_int(out, "lastModifiedAt", e->updated * 1000);
    sim_json_pair_bool(out, "isTest", false);
    sim_json_pair(out, "createdBy", person);
    sim_json_pair_bool(out, "isServing", !count);
    sim_json_pair(out, "lastModifiedBy", person);
    object_urn(out, "campaign", site, WORLD_ADSET, e->account.g, e->adset);
    object_urn(out, "id", site, WORLD_AD, e->account.g, e->index);
    sim_json_pair(out, "intendedStatus", status);
    object_urn(out, "account", site, WORLD_ACCOUNT, e->account.g, 0);
    if (world_draw(e->h, 132, 3)) object_name(out, e);
    if (strcmp(status, "DRAFT")) object_review(out, e);
    object_content(out, site, e);
    object_call_to_action(out, site, e);
    sim_putc(out, '}');
}

/* ---- beside the tree */

void linkedin_write_post(sim_text *out, const sim_site *site, const world_entity *ad)
{
    int64_t created = ad->created * 1000;
    char reference[96], text[160], name[128];

    linkedin_reference(reference, site, ad);
    (void)snprintf(text, sizeof text, "%s: läuft #%lld\nzweite Zeile", world_name(name, sizeof name, ad), (long long)ad->index);
    sim_json_open(out, '{');
    sim_json_pair(out, "id", reference);
    object_urn(out, "author", site, WORLD_BUSINESS, ad->account.user, 0);
    sim_json_pair(out, "commentary", text);
    sim_json_pair(out, "visibility", "PUBLIC");
    sim_puts(out, ",\"distribution\":{\"feedDistribution\":\"NONE\",\"targetEntities\":[],\"thirdPartyDistributionChannels\":[]}");
    sim_printf(out, ",\"content\":{\"article\":{\"source\":\"https://shop.example/%lld?a=1&b=2\",\"title\":", (long long)ad->index);
    (void)snprintf(text, sizeof text, "Title %lld \"now\"", (long long)ad->index);
    sim_json_string(out, text);
    sim_puts(out, "}}");
    sim_json_pair(out, "lifecycleState", "PUBLISHED");
    sim_json_key(out, "adContext");
    sim_json_open(out, '{');
    object_urn(out, "dscAdAccount", site, WORLD_ACCOUNT, ad->account.g, 0);
    sim_json_pair(out, "dscAdType", ad->index % 4 ? "STANDARD" : "VIDEO");
    sim_putc(out, '}');
    sim_json_pair_int(out, "createdAt", created);
    sim_json_pair_int(out, "publishedAt", created + 1500);
    sim_json_pair_int(out, "lastModifiedAt", ad->updated * 1000 + 1500);
    sim_putc(out, '}');
}

static void object_segment(sim_text *out, const sim_site *site, const world_entity *e)
{
    static const char *const types[] = { "USER", "COMPANY", "USER_LIST_UPLOAD", "COMPANY_LIST_UPLOAD" };
    static const char *const states[] = { "READY", "READY", "BUILDING", "UPDATING", "EXPIRED", "FAILED", "ARCHIVED", "ERROR" };
    int64_t state = world_draw(e->h, 133, 8);
    char key[48];

    (void)snprintf(key, sizeof key, "crm-%lld", (long long)e->index);
    sim_json_open(out, '{');
    object_urn(out, "account", site, WORLD_ACCOUNT, e->account.g, 0);
    sim_json_pair(out, "sourcePlatform", world_draw(e->h, 134, 2) ? "DIRECT_API" : "LIST_UPLOAD");
    sim_json_pair(out, "sourceSegmentId", key);
    object_name(out, e);
    sim_json_pair_int(out, "id", linkedin_id(site, e->kind, e->account.g, e->index));
    sim_json_pair(out, "type", types[world_draw(e->h, 135, 4)]);
    sim_json_pair_int(out, "inputCount", world_draw(e->h, 136, 5000));
    sim_puts(out, ",\"destinations\":[{\"destination\":\"LINKEDIN\"");
    sim_json_pair(out, "status", states[state]);
    if (state != 2) object_urn(out, "destinationSegmentId", site, WORLD_AUDIENCE, e->account.g, e->index);
    sim_puts(out, "}]}");
}

void linkedin_write_conversion(sim_text *out, const sim_site *site, const world_account *account, int64_t index)
{
    static const char *const methods[] = { "CONVERSIONS_API", "INSIGHT_TAG_URL_MATCH_RULES", "INSIGHT_TAG_JAVASCRIPT_EVENT" };
    static const char *const types[] = { "LEAD", "PURCHASE", "SIGN_UP" };
    int64_t days = linkedin_click_days(site, account->g, index);
    char name[48];

    (void)snprintf(name, sizeof name, "Conversion %lld", (long long)index);
    sim_json_open(out, '{');
    sim_json_pair_int(out, "postClickAttributionWindowSize", days);
    sim_json_pair(out, "conversionMethod", methods[index % 3]);
    sim_json_pair_int(out, "viewThroughAttributionWindowSize", days < 7 ? 1 : 7);
    sim_json_pair_int(out, "created", 1698115671440 + index);
    sim_json_pair(out, "type", types[index % 3]);
    sim_json_pair_bool(out, "enabled", index != 2);
    sim_puts(out, ",\"associatedCampaigns\":[],\"campaigns\":[]");
    sim_json_pair(out, "name", name);
    sim_json_pair_int(out, "id", linkedin_id(site, WORLD_PIXEL, account->g, index));
    sim_json_pair_int(out, "lastModified", 1698115671440 + index);
    sim_json_pair(out, "attributionType", index % 2 ? "LAST_TOUCH_BY_CONVERSION" : "LAST_TOUCH_BY_CAMPAIGN");
    sim_puts(out, ",\"urlRules\":[]");
    object_urn(out, "account", site, WORLD_ACCOUNT, account->g, 0);
    sim_putc(out, '}');
}

static void object_lead(sim_text *out, const sim_site *site, const world_entity *e) { linkedin_write_lead(out, site, e, false); }

void linkedin_write_entity(sim_text *out, const sim_site *site, const world_entity *e)
{
    static void (*const writers[WORLD_LEAD + 1])(sim_text *, const sim_site *, const world_entity *) = {
        [WORLD_CAMPAIGN] = object_group,   [WORLD_ADSET] = object_campaign,    [WORLD_AD] = object_creative,
        [WORLD_AUDIENCE] = object_segment, [WORLD_FORM] = linkedin_write_form, [WORLD_LEAD] = object_lead,
    };

    writers[e->kind](out, site, e);
}
