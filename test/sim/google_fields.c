/* SPDX-License-Identifier: MIT */
/* Which resources there are, what each row of them is made of, and the table of all fields. */
#include "google_fields.h"

#include <stdarg.h>

google_value google_text(const google_row *row, const char *format, ...)
{
    char text[512];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return value_word(sim_copy(row->arena, text, strlen(text)));
}

google_value google_list(const google_row *r, char kind, const char *name, const char *const *items, size_t count)
{
    sim_text out = { 0 };
    google_value value = { .kind = 'j' };

    sim_puts(&out, "[");
    for (size_t i = 0; i < count; i++) {
        if (kind == 'o') {
            sim_json_open(&out, '{');
            sim_json_pair(&out, name, items[i]);
            sim_putc(&out, '}');
        } else {
            sim_json_string(&out, items[i]);
        }
    }
    sim_puts(&out, "]");
    value.s = sim_copy(r->arena, out.p, out.size);
    sim_free(&out);
    return value;
}

google_value google_time(const google_row *r, int64_t at, char form)
{
    const sim_zone *zone = r->owner.account.zone;
    int64_t offset = sim_zone_offset(zone, at), local = at + offset, day = local >= 0 ? local / SIM_DAY : (local - SIM_DAY + 1) / SIM_DAY;
    int second = (int)(local - day * SIM_DAY);
    char date[16];

    sim_day_text(date, day);
    if (form == 'd') return google_text(r, "%s", date);
    if (form == 'l')
        return google_text(r, "%s %02d:%02d:%02d.%06d", date, second / 3600, second / 60 % 60, second % 60, (int)(at % 997 * 1003));
    if (form == 'z')
        return google_text(r, "%s %02d:%02d:%02d%c%02d:%02d", date, second / 3600, second / 60 % 60, second % 60, offset < 0 ? '-' : '+',
                           (int)((offset < 0 ? -offset : offset) / 3600), (int)((offset < 0 ? -offset : offset) / 60 % 60));
    return google_text(r, "%s %02d:%02d:%02d", date, second / 3600, second / 60 % 60, second % 60);
}

google_value google_entity_name(const google_row *r, const world_entity *e)
{
    char text[128];

    return google_text(r, "%s", world_name(text, sizeof text, e));
}

int64_t google_micros(const google_row *row, int64_t minor) { return minor * 1000000 / row->owner.account.currency->offset; }

const char *google_status(const world_entity *e)
{
    return e->status == WORLD_ACTIVE ? "ENABLED" : e->status == WORLD_PAUSED ? "PAUSED" : "REMOVED";
}

/* channels in turn of the campaign's draw; Performance Max has no ad groups */
bool google_pmax(const world_entity *campaign) { return world_draw(campaign->h, 101, 8) == 5; }

static bool fields_search(const world_entity *campaign) { return world_draw(campaign->h, 101, 8) < 3; }

/* ---- rows: how many places there may be, and what is at one */

static const sim_options *fields_options(const google_row *r) { return &r->site->sim->options; }

static int64_t count_one(const google_row *r)
{
    (void)r;
    return 1;
}
static int64_t count_clients(const google_row *r) { return 2 + 2 * fields_options(r)->accounts; }
static int64_t count_campaigns(const google_row *r) { return r->owner.manager ? 0 : world_count(r->site, WORLD_CAMPAIGN); }
static int64_t count_two(const google_row *r) { return 2 * count_campaigns(r); }
static int64_t count_groups(const google_row *r) { return r->owner.manager ? 0 : world_count(r->site, WORLD_ADSET); }
static int64_t count_ads(const google_row *r) { return r->owner.manager ? 0 : world_count(r->site, WORLD_AD); }
static int64_t count_criteria(const google_row *r) { return 4 * count_groups(r); }
static int64_t count_keywords(const google_row *r) { return 3 * count_groups(r); }
static int64_t count_audiences(const google_row *r) { return r->owner.manager ? 0 : fields_options(r)->audiences; }
static int64_t count_assets(const google_row *r)
{
    return r->owner.manager ? 0 : world_count(r->site, WORLD_CREATIVE) + fields_options(r)->forms;
}
static int64_t count_actions(const google_row *r) { return r->owner.manager ? 0 : 4; }
static int64_t count_leads(const google_row *r) { return r->owner.manager ? 0 : fields_options(r)->forms * fields_options(r)->leads * 62; }
static int64_t count_changes(const google_row *r) { return 2 * count_campaigns(r) + count_groups(r) + count_ads(r); }

static bool load_one(google_row *r, int64_t position)
{
    (void)r;
    return !position;
}

/* the two managers, the accounts, and accounts again that stand below both */
static bool load_client(google_row *r, int64_t position)
{
    int64_t accounts = fields_options(r)->accounts, k = (position - 2) % (accounts ? accounts : 1);
    bool again = position >= 2 + accounts;

    if (again && (k != 1 || r->owner.manager != 1)) return false;
    if (position < 2)
        (void)google_customer_at(r->site, google_manager_id(r->owner.user, (int)position + 1), &r->client);
    else
        google_customer_of(r->site, r->owner.user * accounts + k, &r->client);
    if (!google_below(r->site, &r->owner, &r->client, &r->client_level)) return false;
    if (again) r->client_level = 2;
    return true;
}

static bool load_campaign(google_row *r, int64_t position)
{
    return world_entity_at(r->site, WORLD_CAMPAIGN, r->owner.account.g, position, &r->campaign);
}

/* every fifth campaign uses the budget of the one before */
static bool load_budget(google_row *r, int64_t position) { return position % 5 != 4 && load_campaign(r, position); }

static bool load_two(google_row *r, int64_t position)
{
    r->criterion = position % 2;
    return load_campaign(r, position / 2);
}

static bool load_asset_group(google_row *r, int64_t position) { return load_campaign(r, position) && google_pmax(&r->campaign); }

static bool load_group(google_row *r, int64_t position)
{
    return world_entity_at(r->site, WORLD_ADSET, r->owner.account.g, position, &r->adset) && load_campaign(r, r->adset.campaign) &&
           !google_pmax(&r->campaign);
}

static bool load_ad(google_row *r, int64_t position)
{
    return world_entity_at(r->site, WORLD_AD, r->owner.account.g, position, &r->ad) && load_group(r, r->ad.adset);
}

static bool load_criterion(google_row *r, int64_t position)
{
    r->criterion = position % 4;
    return load_group(r, position / 4) && fields_search(&r->campaign);
}

static bool load_keyword(google_row *r, int64_t position)
{
    r->criterion = position % 3;
    return load_group(r, position / 3) && fields_search(&r->campaign);
}

static bool load_audience(google_row *r, int64_t position)
{
    return world_entity_at(r->site, WORLD_AUDIENCE, r->owner.account.g, position, &r->item);
}

static bool load_asset(google_row *r, int64_t position)
{
    int64_t creatives = world_count(r->site, WORLD_CREATIVE);
    bool form = position >= creatives;

    return world_entity_at(r->site, form ? WORLD_FORM : WORLD_CREATIVE, r->owner.account.g, form ? position - creatives : position,
                           &r->item);
}

/* each form hangs on two campaigns */
static bool load_campaign_asset(google_row *r, int64_t position)
{
    int64_t forms = fields_options(r)->forms;

    return forms && position < 2 * forms && load_campaign(r, position) &&
           world_entity_at(r->site, WORLD_FORM, r->owner.account.g, position % forms, &r->item);
}

static bool load_action(google_row *r, int64_t position)
{
    r->criterion = position;
    return true;
}

/* the newest first; they are kept for sixty days */
static bool load_lead(google_row *r, int64_t position)
{
    const sim_options *o = fields_options(r);
    int64_t now = sim_now(r->site->sim), of_form = o->leads * 62, i = position % of_form;

    if (!world_entity_at(r->site, WORLD_LEAD, r->owner.account.g,
                         world_lead_index(position / of_form, now / SIM_DAY - i / o->leads, i % o->leads), &r->item))
        return false;
    if (r->item.ad < 0 || !load_ad(r, r->item.ad)) r->item.ad = -1;
    return r->item.created > now - 60 * SIM_DAY;
}

/* the newest change of each resource; the log lags three minutes */
static bool load_change(google_row *r, int64_t position)
{
    int64_t campaigns = count_campaigns(r), groups = count_groups(r);
    long long cid = row_cid(r);
    bool there;

    memset(&r->adset, 0, sizeof r->adset);
    memset(&r->ad, 0, sizeof r->ad);
    if (position < campaigns) {
        r->change_type = "CAMPAIGN";
        there = load_campaign(r, position);
        r->item = r->campaign;
        r->change_name = google_text(r, "customers/%lld/campaigns/%lld", cid, value_id(WORLD_CAMPAIGN, &r->item)).s;
    } else if (position < 2 * campaigns) {
        r->change_type = "CAMPAIGN_BUDGET";
        there = load_budget(r, position - campaigns);
        r->item = r->campaign;
        r->change_name = google_text(r, "customers/%lld/campaignBudgets/%lld", cid, value_id(WORLD_BUSINESS, &r->item)).s;
    } else if (position < 2 * campaigns + groups) {
        r->change_type = "AD_GROUP";
        there = load_group(r, position - 2 * campaigns);
        r->item = r->adset;
        r->change_name = google_text(r, "customers/%lld/adGroups/%lld", cid, value_id(WORLD_ADSET, &r->item)).s;
    } else {
        r->change_type = "AD_GROUP_AD";
        there = load_ad(r, position - 2 * campaigns - groups);
        r->item = r->ad;
        r->change_name =
            google_text(r, "customers/%lld/adGroupAds/%lld~%lld", cid, value_id(WORLD_ADSET, &r->adset), value_id(WORLD_AD, &r->ad)).s;
    }
    return there && r->item.updated <= sim_now(r->site->sim) - 180 && r->item.updated > sim_now(r->site->sim) - 90 * SIM_DAY;
}

const google_resource google_resources[] = {
    { "customer", WORLD_ACCOUNT, "", count_one, load_one },
    { "customer_client", WORLD_NONE, "customer", count_clients, load_client },
    { "campaign", WORLD_CAMPAIGN, "customer campaign_budget", count_campaigns, load_campaign },
    { "campaign_budget", WORLD_NONE, "customer", count_campaigns, load_budget },
    { "ad_group", WORLD_ADSET, "customer campaign", count_groups, load_group },
    { "ad_group_ad", WORLD_AD, "customer campaign ad_group", count_ads, load_ad },
    { "asset_group", WORLD_CAMPAIGN, "customer campaign", count_campaigns, load_asset_group },
    { "ad_group_criterion", WORLD_NONE, "customer campaign ad_group", count_criteria, load_criterion },
    { "keyword_view", WORLD_ADSET, "customer campaign ad_group ad_group_criterion", count_keywords, load_keyword },
    { "campaign_criterion", WORLD_NONE, "customer campaign", count_two, load_two },
    { "user_list", WORLD_NONE, "customer", count_audiences, load_audience },
    { "asset", WORLD_NONE, "customer", count_assets, load_asset },
    { "campaign_asset", WORLD_NONE, "customer campaign asset", count_campaigns, load_campaign_asset },
    { "conversion_action", WORLD_NONE, "customer", count_actions, load_action },
    { "lead_form_submission_data", WORLD_NONE, "customer", count_leads, load_lead },
    { "change_status", WORLD_NONE, "customer campaign ad_group", count_changes, load_change },
    { "change_event", WORLD_NONE, "customer campaign ad_group", count_changes, load_change },
    { NULL, WORLD_NONE, NULL, NULL, NULL },
};

const google_resource *google_resource_named(const char *name, size_t size)
{
    for (const google_resource *r = google_resources; r->name; r++) {
        if (strlen(r->name) == size && !strncmp(r->name, name, size)) return r;
    }
    return NULL;
}

bool google_of(const char *field, const char *resource)
{
    size_t size = strlen(resource);

    return !strncmp(field, resource, size) && (field[size] == '.' || !field[size]);
}

const google_field *google_field_at(size_t index)
{
    static const google_field *const tables[] = { google_account_fields, google_campaign_fields, google_group_fields,
                                                  google_other_fields,   google_metric_fields,   google_segment_fields };

    for (size_t t = 0; t < SIM_COUNT(tables); t++) {
        size_t n = 0;

        while (tables[t][n].name) {
            if (n == index) return &tables[t][n];
            n++;
        }
        index -= n;
    }
    return NULL;
}

const google_field *google_field_named(const char *name, int version)
{
    const google_field *field;

    for (size_t i = 0; (field = google_field_at(i)); i++) {
        if (!strcmp(field->name, name) && field->since <= version && (!field->until || version <= field->until)) return field;
    }
    return NULL;
}
