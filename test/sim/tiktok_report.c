/* SPDX-License-Identifier: MIT */
/* What a report is asked for: its level, dimensions, days, filters. What does not fit together is refused. */
#include "tiktok.h"

#include <stdlib.h>

#define SANDBOX_FROM 18604 /* 2020-12-08, and eleven days more */
#define SANDBOX_DAYS 12

static const struct {
    const char *name;
    char type;
} report_types[] = { { "BASIC", 'b' },   { "AUDIENCE", 'a' }, { "PLAYABLE_MATERIAL", 'e' },
                     { "CATALOG", 'e' }, { "BC", 'e' },       { "TT_SHOP", 'e' } };

static const struct {
    const char *name, *id;
    world_kind level;
} report_levels[] = { { "AUCTION_ADVERTISER", "advertiser_id", WORLD_ACCOUNT },
                      { "AUCTION_CAMPAIGN", "campaign_id", WORLD_CAMPAIGN },
                      { "AUCTION_ADGROUP", "adgroup_id", WORLD_ADSET },
                      { "AUCTION_AD", "ad_id", WORLD_AD } };

static const struct {
    const char *name;
    const char *values[9];
} report_parts[] = { { "gender", { "FEMALE", "MALE", "NONE" } },
                     { "age", { "AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100", "NONE" } },
                     { "country_code", { "US", "DE", "None" } },
                     { "province_id", { "5128581", "2950157", "-1" } },
                     { "platform", { "ANDROID", "IPHONE", "IPAD", "PC" } },
                     { "language", { "en", "de", "ja" } },
                     { "ac", { "WIFI", "4G", "5G" } },
                     { "placement", { "TikTok", "Pangle" } } };

int tiktok_part_named(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(report_parts); i++) {
        if (!strcmp(report_parts[i].name, name)) return (int)i;
    }
    return -1;
}

const char *tiktok_part_name(int part, int value) { return report_parts[part].values[value]; }

int tiktok_part_count(int part)
{
    int n = 0;

    while (report_parts[part].values[n]) n++;
    return n;
}

/* ---- what, of whom */

static bool report_type(tiktok_call *call, tiktok_report *r)
{
    const char *type = tiktok_param(call, "report_type"), *service = tiktok_param(call, "service_type"), *bc = tiktok_param(call, "bc_id");

    if (!type) return tiktok_fail(call, 40002, "report_type: Missing data for required field.");
    for (size_t i = 0; i < SIM_COUNT(report_types); i++) {
        if (!strcmp(report_types[i].name, type)) r->type = report_types[i].type;
    }
    if (!r->type) return tiktok_fail(call, 40002, "report_type: Invalid value '%s'.", type);
    if (service && strcmp(service, "AUCTION")) return tiktok_fail(call, 40002, "service_type: Invalid value '%s'.", service);
    if (!strcmp(type, "BC") || bc)
        return tiktok_fail(call, bc ? 40001 : 40002,
                           bc ? "Permission error: no permission to operate Business Center %s."
                              : "bc_id: Missing data for required field.%s",
                           bc ? bc : "");
    return true;
}

static bool report_level(tiktok_call *call, tiktok_report *r)
{
    const char *level = tiktok_param(call, "data_level");

    if (!level) return r->type == 'e' ? true : tiktok_fail(call, 40002, "data_level: Missing data for required field.");
    for (size_t i = 0; i < SIM_COUNT(report_levels); i++) {
        if (!strcmp(report_levels[i].name, level)) r->level = report_levels[i].level;
    }
    return r->level ? true : tiktok_fail(call, 40002, "data_level: Invalid value '%s'.", level);
}

static bool report_account(tiktok_call *call, tiktok_report *r, const char *text)
{
    world_account *account = &r->accounts[r->account_count++];

    if (!tiktok_account_find(call, text, account)) return false;
    return tiktok_readable(account) ? true : tiktok_fail(call, 40001, "Permission error: advertiser %s is closed.", text);
}

static bool report_accounts(tiktok_call *call, tiktok_report *r)
{
    const char *one = tiktok_param(call, "advertiser_id");
    const sim_json *ids, *member = call->body ? sim_json_get(call->body, "advertiser_id") : NULL;

    if (!tiktok_param_list(call, "advertiser_ids", SIM_COUNT(r->accounts), &ids)) return false;
    if (!one && (!ids || !ids->child)) return tiktok_fail(call, 40002, "advertiser_id: Missing data for required field.");
    if (one && ids) return tiktok_fail(call, 40002, "advertiser_id and advertiser_ids exclude each other.");
    if (member && member->kind != 's') return tiktok_fail(call, 40002, "advertiser_id: Not a valid string.");
    if (one) return report_account(call, r, one);
    r->many = true;
    for (ids = ids->child; ids; ids = ids->next) {
        if (!report_account(call, r, ids->text)) return false;
    }
    return true;
}

/* ---- dimensions */

static bool report_id(tiktok_call *call, tiktok_report *r, const char *name)
{
    bool v2 = !strcmp(name, "ad_id_v2");

    for (size_t i = 0; i < SIM_COUNT(report_levels); i++) {
        if (report_levels[i].level != r->level || strcmp(report_levels[i].id, v2 ? "ad_id" : name)) continue;
        if (r->ids) return tiktok_fail(call, 40002, "dimensions: only one ID dimension is allowed.");
        r->ids = true;
        r->v2 = v2;
        return true;
    }
    return tiktok_fail(
        call, 40002, "Please correct the information in invalid dimension fields and try again. Invalid dimension fields: ['%s']. ", name);
}

static bool report_dimension(tiktok_call *call, tiktok_report *r, const char *name)
{
    int part = tiktok_part_named(name);
    bool day = !strcmp(name, "stat_time_day"), hour = !strcmp(name, "stat_time_hour");

    if (day || hour) {
        if (r->days || r->hours) return tiktok_fail(call, 40002, "dimensions: only one time dimension is allowed.");
        r->days = day;
        r->hours = hour;
        return true;
    }
    if (part < 0 || r->type != 'a') return report_id(call, r, name);
    if (r->part_count == SIM_COUNT(r->parts)) return tiktok_fail(call, 40002, "dimensions: too many audience dimensions.");
    r->parts[r->part_count++] = part;
    return true;
}

static bool report_dimensions(tiktok_call *call, tiktok_report *r)
{
    if (!tiktok_param_list(call, "dimensions", 0, &r->dimensions)) return false;
    if (!r->dimensions || !r->dimensions->child) return tiktok_fail(call, 40002, "dimensions: Missing data for required field.");
    for (const sim_json *one = r->dimensions->child; one; one = one->next) {
        if (!report_dimension(call, r, one->text)) return false;
    }
    if (r->type == 'a' && r->hours) return tiktok_fail(call, 40002, "dimensions: stat_time_hour is not supported for AUDIENCE.");
    return true;
}

/* ---- days, both ends included */

static bool report_span(tiktok_call *call, const tiktok_report *r)
{
    int64_t span = r->to - r->from;

    if (span < 0) return tiktok_fail(call, 40002, "start_date must not be after end_date.");
    if (r->days && span > 29) return tiktok_fail(call, 40002, "max time span is 30 days when use stat_time_day");
    if (r->hours && span > 0) return tiktok_fail(call, 40002, "max time span is 1 day when use stat_time_hour");
    return span > 364 ? tiktok_fail(call, 40002, "max time span is 365 days") : true;
}

/* the sandbox has twelve days, which are those of a month ago */
static void report_move(tiktok_report *r)
{
    int64_t last = SANDBOX_FROM + SANDBOX_DAYS - 1;

    if (!r->call || !r->call->sandbox) return;
    r->moved = sim_zone_day(r->accounts[0].zone, sim_now(r->site->sim)) - 30 - SANDBOX_FROM;
    if (r->from < SANDBOX_FROM) r->from = SANDBOX_FROM;
    if (r->to > last) r->to = last;
    r->from += r->moved;
    r->to += r->moved;
}

static bool report_dates(tiktok_call *call, tiktok_report *r)
{
    const char *from = tiktok_param(call, "start_date"), *to = tiktok_param(call, "end_date"),
               *whole = tiktok_param(call, "query_lifetime");

    if (whole && !strcmp(whole, "true")) {
        if (r->type == 'a') return tiktok_fail(call, 40002, "query_lifetime is not supported for AUDIENCE.");
        if (r->days || r->hours) return tiktok_fail(call, 40002, "query_lifetime does not go with a time dimension.");
        r->from = sim_day_of(2021, 6, 1);
        r->to = sim_zone_day(r->accounts[0].zone, sim_now(call->site->sim));
        report_move(r);
        return true;
    }
    if (!from || !to || strlen(from) != 10 || strlen(to) != 10 || !sim_day_read(from, &r->from) || !sim_day_read(to, &r->to))
        return tiktok_fail(call, 40002, "start_date, end_date: Not a valid date.");
    if (!report_span(call, r)) return false;
    report_move(r);
    return true;
}

/* ---- order, totals */

static bool report_order(tiktok_call *call, tiktok_report *r)
{
    const char *type = tiktok_param(call, "order_type"), *totals = tiktok_param(call, "enable_total_metrics");

    r->order = tiktok_param(call, "order_field");
    r->totals = totals && !strcmp(totals, "true");
    r->ascending = type && !strcmp(type, "ASC");
    if (call->sandbox && (r->order || r->totals)) return tiktok_fail(call, 40009, "The parameter is not supported in the sandbox.");
    if (type && strcmp(type, "ASC") && strcmp(type, "DESC")) return tiktok_fail(call, 40002, "order_type: Invalid value '%s'.", type);
    if (r->order && !tiktok_metric_named(r, r->order) && !tiktok_listed(r->dimensions, r->order))
        return tiktok_fail(call, 40002, "order_field: Invalid value '%s'.", r->order);
    return true;
}

bool tiktok_report_read(tiktok_call *call, tiktok_report *r, bool task)
{
    const char *titles = tiktok_param(call, "enable_report_title_translation");

    *r = (tiktok_report){ .call = call, .site = call->site, .titles = !titles || strcmp(titles, "false") };
    return report_type(call, r) && report_accounts(call, r) && report_level(call, r) && report_dimensions(call, r) &&
           tiktok_metrics_read(call, r) && report_dates(call, r) && report_order(call, r) && tiktok_report_filter(call, r, task);
}

bool tiktok_report_gmv(tiktok_call *call, tiktok_report *r)
{
    *r = (tiktok_report){ .call = call, .site = call->site, .gmv = true, .type = 'b', .level = WORLD_CAMPAIGN };
    return report_accounts(call, r) && report_dimensions(call, r) && tiktok_metrics_read(call, r) && report_dates(call, r) &&
           report_order(call, r) && tiktok_report_filter(call, r, false);
}

/* ---- filters: [{"field_name":"ad_status","filter_type":"IN","filter_value":"[\"STATUS_ALL\"]"}], another shape than the lists' */

static const char *const filter_types[] = { "IN",           "NOT_IN",      "CONTAIN_ANY_OF", "MATCH",  "GREATER_EQUAL",
                                            "GREATER_THAN", "LOWER_EQUAL", "LOWER_THAN",     "BETWEEN" };

static bool filter_type_known(const char *type)
{
    for (size_t i = 0; i < SIM_COUNT(filter_types); i++) {
        if (!strcmp(filter_types[i], type)) return true;
    }
    return false;
}

/* campaign_status, adgroup_status, ad_status: of the level that is asked for */
static bool filter_status(tiktok_call *call, tiktok_report *r, const char *name, const sim_json *value)
{
    static const struct {
        const char *name;
        world_kind kind;
    } names[] = { { "campaign_status", WORLD_CAMPAIGN }, { "adgroup_status", WORLD_ADSET }, { "ad_status", WORLD_AD } };
    const char *word = value->child && value->child->text ? value->child->text : "";

    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        if (strcmp(names[i].name, name)) continue;
        if (r->level == WORLD_ACCOUNT || names[i].kind > r->level)
            return tiktok_fail(call, 40002, "filtering: %s is not supported at this data_level.", name);
        if (strcmp(word, "STATUS_ALL") && strcmp(word, "STATUS_DELETE") && strcmp(word, "STATUS_NOT_DELETE"))
            return tiktok_fail(call, 40002, "filtering: %s: Invalid value '%s'.", name, word);
        r->status[names[i].kind] = !strcmp(word, "STATUS_ALL") ? 'a' : !strcmp(word, "STATUS_DELETE") ? 'd' : 'n';
        return true;
    }
    return tiktok_fail(call, 40002, "filtering: Invalid field_name '%s'.", name);
}

static bool filter_ids(tiktok_call *call, tiktok_report *r, const char *name, const sim_json *value, bool *mine)
{
    const sim_json **lists[] = { &r->campaigns, &r->adgroups, &r->ads };
    static const char *const names[] = { "campaign_ids", "adgroup_ids", "ad_ids" };

    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        if (strcmp(names[i], name)) continue;
        *mine = true;
        *lists[i] = value;
        return tiktok_ids(call, name, value);
    }
    return true;
}

static bool filter_one(tiktok_call *call, tiktok_report *r, const sim_json *one, bool task)
{
    const char *name = sim_json_str(one, "field_name", ""), *type = sim_json_str(one, "filter_type", "");
    const sim_json *text = sim_json_get(one, "filter_value"), *value;
    bool mine = false;

    if (one->kind != 'o' || !filter_type_known(type)) return tiktok_fail(call, 40002, "filtering: Invalid filter_type '%s'.", type);
    if (!text || text->kind != 's') return tiktok_fail(call, 40002, "filtering: filter_value: Not a valid string.");
    value = sim_json_parse(call->request->arena, text->text, text->size);
    if (!value || value->kind != 'a' || strcmp(type, "IN")) return tiktok_fail(call, 40002, "filtering: %s takes IN and a list.", name);
    if (!filter_ids(call, r, name, value, &mine)) return false;
    if (mine) return true;
    return task ? tiktok_fail(call, 40002, "filtering: Invalid field_name '%s'.", name) : filter_status(call, r, name, value);
}

bool tiktok_report_filter(tiktok_call *call, tiktok_report *r, bool task)
{
    const char *text = tiktok_param(call, "filtering");
    const sim_json *list = text ? sim_json_parse(call->request->arena, text, strlen(text)) : NULL;

    r->status[WORLD_CAMPAIGN] = r->status[WORLD_ADSET] = 'a';
    r->status[WORLD_AD] = 'a';
    if (r->level <= WORLD_AD) r->status[r->level] = 'n';
    if (text && (!list || list->kind != 'a')) return tiktok_fail(call, 40002, "filtering: Not a valid list.");
    for (const sim_json *one = list ? list->child : NULL; one; one = one->next) {
        if (!filter_one(call, r, one, task)) return false;
    }
    return true;
}
