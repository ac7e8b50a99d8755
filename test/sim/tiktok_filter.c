/* SPDX-License-Identifier: MIT */
/* The filtering object of the lists: which keys each list knows, what they say, which rows they let through. */
#include "tiktok.h"

#define BIT(family) (1u << (family))
#define FILTER_ALL (BIT(TIKTOK_PROMOTE + 1) - 1)

/* on which lists: c campaigns (m of GMV Max alone), g ad groups, a ads; what it does: i ids, n name, = text that a field says, [ a list of
   such, + a list that lets all through */
typedef struct filter_key {
    const char *name, *lists;
    char does;
} filter_key;

static const filter_key filter_keys[] = {
    { "campaign_ids", "cga", 'i' },
    { "adgroup_ids", "ga", 'i' },
    { "ad_ids", "a", 'i' },
    { "smart_plus_ad_ids", "a", 'i' },
    { "campaign_name", "c", 'n' },
    { "adgroup_name", "g", 'n' },
    { "ad_name", "a", 'n' },
    { "primary_status", "cga", 'p' },
    { "secondary_status", "cga", 's' },
    { "objective_type", "cga", 'o' },
    { "buying_types", "cga", 'b' },
    { "campaign_system_origins", "cg", 'b' },
    { "creation_filter_start_time", "cga", 't' },
    { "creation_filter_end_time", "cga", 't' },
    { "modified_after", "a", 't' },
    { "campaign_type", "c", '=' },
    { "is_smart_performance_campaign", "c", '=' },
    { "sales_destination", "c", '=' },
    { "optimization_goal", "cga", '=' },
    { "promotion_type", "g", '=' },
    { "bid_strategy", "g", '=' },
    { "creative_material_mode", "ga", '=' },
    { "billing_events", "g", '[' },
    { "split_test_enabled", "cg", '=' },
    { "campaign_product_source", "c", '=' },
    { "gmv_max_promotion_types", "m", '+' },
    { "store_ids", "m", '+' },
    { "destination", "a", '=' },
};

static const char *const filter_statuses[] = { "STATUS_DELIVERY_OK",  "STATUS_DISABLE",   "STATUS_DELETE",
                                               "STATUS_NOT_DELIVERY", "STATUS_TIME_DONE", "STATUS_DELIVERY_PARTIAL",
                                               "STATUS_RF_CLOSED",    "STATUS_FROZEN",    "STATUS_NOT_DELETE",
                                               "STATUS_ALL" };

static const filter_key *filter_key_of(const tiktok_listing *listing, const char *name)
{
    char list = listing->kind == WORLD_CAMPAIGN ? 'c' : listing->smart_ads || listing->kind == WORLD_AD ? 'a' : 'g';

    for (size_t i = 0; i < SIM_COUNT(filter_keys); i++) {
        bool mine = strchr(filter_keys[i].lists, list) || (listing->families == BIT(TIKTOK_GMV) && *filter_keys[i].lists == 'm');

        if (mine && !strcmp(filter_keys[i].name, name)) return &filter_keys[i];
    }
    return NULL;
}

static bool filter_read_ids(tiktok_call *call, const sim_json *member, tiktok_filter *filter)
{
    if (!tiktok_ids(call, member->name, member)) return false;
    if (!strcmp(member->name, "campaign_ids"))
        filter->campaigns = member;
    else if (!strcmp(member->name, "adgroup_ids"))
        filter->adgroups = member;
    else
        filter->ads = member;
    return true;
}

static bool filter_read_status(tiktok_call *call, const sim_json *member, tiktok_filter *filter)
{
    for (size_t i = 0; i < SIM_COUNT(filter_statuses); i++) {
        if (strcmp(filter_statuses[i], member->text)) continue;
        filter->primary = member->text;
        filter->status = !strcmp(member->text, "STATUS_ALL")          ? 'a'
                         : !strcmp(member->text, "STATUS_DELETE")     ? 'd'
                         : !strcmp(member->text, "STATUS_NOT_DELETE") ? 'n'
                                                                      : 'p';
        return true;
    }
    return tiktok_fail(call, 40002, "primary_status: Invalid value '%s'.", member->text);
}

static bool filter_read_time(tiktok_call *call, const sim_json *member, tiktok_filter *filter)
{
    int64_t at;

    if (!tiktok_time_read(member->text, &at)) return tiktok_fail(call, 40002, "%s: Not a valid datetime.", member->name);
    if (!strcmp(member->name, "modified_after"))
        filter->modified = at;
    else if (strstr(member->name, "start"))
        filter->from = at;
    else
        filter->to = at;
    return true;
}

/* TopView stands alone */
static bool filter_read_buying(tiktok_call *call, const sim_json *member, tiktok_filter *filter)
{
    static const struct {
        const char *word;
        uint32_t families;
    } words[] = { { "AUCTION", BIT(TIKTOK_AUCTION) | BIT(TIKTOK_SMART) | BIT(TIKTOK_OLD_SMART) | BIT(TIKTOK_PROMOTE) },
                  { "RESERVATION_RF", BIT(TIKTOK_RF) },
                  { "RESERVATION_TOP_VIEW", BIT(TIKTOK_TOP_VIEW) },
                  { "TT_ADS_PLATFORM", FILTER_ALL & ~BIT(TIKTOK_PROMOTE) },
                  { "PROMOTE", BIT(TIKTOK_PROMOTE) } };
    bool origins = !strcmp(member->name, "campaign_system_origins");
    uint32_t families = 0;

    if (member->kind != 'a') return tiktok_fail(call, 40002, "%s: Not a valid list.", member->name);
    for (const sim_json *one = member->child; one; one = one->next) {
        size_t i = 0;

        while (i < SIM_COUNT(words) && (strcmp(words[i].word, one->text ? one->text : "") || (i >= 3) != origins)) i++;
        if (i == SIM_COUNT(words)) return tiktok_fail(call, 40002, "%s: Invalid value '%s'.", member->name, one->text ? one->text : "");
        families |= words[i].families;
    }
    if (!origins && families & BIT(TIKTOK_TOP_VIEW) && families != BIT(TIKTOK_TOP_VIEW))
        return tiktok_fail(call, 40002, "buying_types: RESERVATION_TOP_VIEW cannot be used with other buying types.");
    filter->families &= origins ? families : families | BIT(TIKTOK_GMV);
    return true;
}

static bool filter_read_text(const sim_json *member, const char *name, const char **value)
{
    if (strcmp(member->name, name)) return false;
    *value = member->text;
    return true;
}

static bool filter_read_one(tiktok_call *call, const filter_key *key, const sim_json *member, tiktok_filter *filter)
{
    if (key->does == 'i') return filter_read_ids(call, member, filter);
    if (key->does == 'b') return filter_read_buying(call, member, filter);
    if (key->does == '[' || key->does == '+')
        return member->kind == 'a' ? true : tiktok_fail(call, 40002, "%s: Not a valid list.", member->name);
    if (key->does == '=') return true;
    if (member->kind != 's') return tiktok_fail(call, 40002, "%s: Not a valid string.", member->name);
    if (key->does == 't') return filter_read_time(call, member, filter);
    if (key->does == 'p') return filter_read_status(call, member, filter);
    if (key->does == 'n') filter->name = member->text;
    (void)(filter_read_text(member, "secondary_status", &filter->secondary) ||
           filter_read_text(member, "objective_type", &filter->objective));
    return true;
}

static bool filter_has(const sim_json *object, const char *name) { return object && sim_json_get(object, name); }

void tiktok_filter_all(const tiktok_listing *listing, tiktok_filter *filter)
{
    *filter = (tiktok_filter){ .listing = listing, .status = 'a', .families = listing->families, .to = INT64_MAX };
    if (!filter->families) filter->families = FILTER_ALL & ~BIT(TIKTOK_GMV);
}

bool tiktok_filter_read(tiktok_call *call, const tiktok_listing *listing, tiktok_filter *filter)
{
    const char *text = tiktok_param(call, "filtering");
    const sim_json *object = text ? sim_json_parse(call->request->arena, text, strlen(text)) : NULL;

    tiktok_filter_all(listing, filter);
    filter->status = 'n';
    filter->rest = object;
    if (text && (!object || object->kind != 'o')) return tiktok_fail(call, 40002, "filtering: Not a valid object.");
    for (const sim_json *member = object ? object->child : NULL; member; member = member->next) {
        const filter_key *key = filter_key_of(listing, member->name);

        if (!key) return tiktok_fail(call, 40002, "filtering: Unknown field '%s'.", member->name);
        if (!filter_read_one(call, key, member, filter)) return false;
    }
    if (listing->families) return true;
    if (!filter_has(object, "buying_types")) filter->families &= ~BIT(TIKTOK_TOP_VIEW);
    if (!filter_has(object, "campaign_system_origins")) filter->families &= ~BIT(TIKTOK_PROMOTE);
    return true;
}

/* ---- does it let a row through */

static bool filter_ends(const char *text, const char *end)
{
    size_t a = strlen(text), b = strlen(end);

    return a >= b && !strcmp(text + a - b, end);
}

static bool filter_primary(const char *primary, const char *word)
{
    bool fine = filter_ends(word, "_DELIVERY_OK") || filter_ends(word, "_ENABLE");

    if (!strcmp(primary, "STATUS_DELIVERY_OK")) return fine;
    if (!strcmp(primary, "STATUS_DISABLE")) return filter_ends(word, "_STATUS_DISABLE");
    if (!strcmp(primary, "STATUS_TIME_DONE")) return filter_ends(word, "_DONE");
    if (!strcmp(primary, "STATUS_FROZEN")) return filter_ends(word, "_FROZEN");
    return !strcmp(primary, "STATUS_NOT_DELIVERY") && !fine;
}

static bool filter_state(const tiktok_filter *f, const tiktok_row *row)
{
    const char *word = tiktok_secondary(row);
    bool gone = tiktok_gone(&row->item);

    if (f->secondary && filter_ends(f->secondary, "_STATUS_ALL")) return true;
    if (f->secondary) return !strcmp(f->secondary, word);
    if (f->status == 'a') return true;
    if (f->status == 'd') return gone;
    return !gone && (f->status == 'n' || filter_primary(f->primary, word));
}

/* WEB_CONVERSIONS finds the old CONVERSIONS as well */
static bool filter_objective(const tiktok_filter *f, const tiktok_row *row)
{
    const char *mine = tiktok_objective(row);

    return !f->objective || !strcmp(f->objective, mine) || (!strcmp(f->objective, "WEB_CONVERSIONS") && !strcmp(mine, "CONVERSIONS"));
}

static bool filter_name(const tiktok_filter *f, const tiktok_row *row)
{
    char name[128];

    return !f->name || strstr(world_name(name, sizeof name, &row->item), f->name);
}

/* what a key says against what the field of the same name shows */
static bool filter_field(const tiktok_filter *f, const tiktok_row *row, const filter_key *key, const sim_json *member)
{
    char name[64];
    const tiktok_field *field;
    sim_text out = { 0 };
    bool fine = false;

    (void)snprintf(name, sizeof name, "%.*s", (int)(strlen(key->name) - (key->does == '[')), key->name);
    field = tiktok_field_named(f->listing->fields, name);
    sim_puts(&out, ":");
    if (field && field->literal) sim_puts(&out, field->literal);
    if (field && !field->literal) (void)field->write(&out, row);
    if (out.size > 2 && out.p[out.size - 1] == '"') out.p[out.size - 1] = 0;
    if (key->does == '[')
        fine = tiktok_listed(member, out.p + 2);
    else
        fine = member->kind == 's' ? !strcmp(member->text, out.p + 1 + (out.p[1] == '"')) : *(out.p + 1) == member->kind;
    sim_free(&out);
    return fine;
}

static bool filter_rest(const tiktok_filter *f, const tiktok_row *row)
{
    for (const sim_json *member = f->rest ? f->rest->child : NULL; member; member = member->next) {
        const filter_key *key = filter_key_of(f->listing, member->name);

        if ((key->does == '=' || key->does == '[') && !filter_field(f, row, key, member)) return false;
    }
    return true;
}

bool tiktok_filter_takes(const tiktok_filter *f, const tiktok_row *row)
{
    int64_t id = f->listing->smart_ads ? tiktok_smart_id(row) : row->ad.id;

    if (!(f->families & BIT(row->family)) || !filter_state(f, row) || !filter_objective(f, row) || !filter_name(f, row)) return false;
    if (f->campaigns && !tiktok_listed_id(f->campaigns, row->campaign.id)) return false;
    if (f->adgroups && !tiktok_listed_id(f->adgroups, row->adset.id)) return false;
    if (f->ads && !tiktok_listed_id(f->ads, id)) return false;
    if (row->item.created < f->from || row->item.created > f->to || row->item.updated < f->modified) return false;
    return filter_rest(f, row);
}
