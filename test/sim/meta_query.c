/* SPDX-License-Identifier: MIT */
/* What a report asks for: a node, a level below it, ranges of days cut into pieces, fields, filters. */
#include "meta.h"

#include <stdlib.h>

#define MONTHS_BACK 37

static bool query_level(meta_call *call, meta_query *q)
{
    static const struct {
        const char *name;
        world_kind kind;
    } levels[] = { { "account", WORLD_ACCOUNT }, { "campaign", WORLD_CAMPAIGN }, { "adset", WORLD_ADSET }, { "ad", WORLD_AD } };
    const char *text = meta_param(call, "level");

    q->level = q->node;
    for (size_t i = 0; text && i < SIM_COUNT(levels); i++) {
        if (strcmp(levels[i].name, text)) continue;
        q->level = levels[i].kind;
        /* a level above the node is the node itself */
        if (q->node != WORLD_ACCOUNT && (q->level == WORLD_ACCOUNT || q->level < q->node)) q->level = q->node;
        return true;
    }
    return !text || meta_fail_param(call, "(#100) level must be one of the following values: ad, adset, campaign, account");
}

/* objects of the level under the node lie together */
static void query_objects(const sim_world *sim, meta_query *q)
{
    int64_t per_node = world_ads_under(meta_site(sim), q->node), per_level = world_ads_under(meta_site(sim), q->level);
    int64_t each = per_level ? per_node / per_level : 0;

    q->first = q->node == WORLD_ACCOUNT ? 0 : q->node_index * each;
    q->last = q->first + each - 1;
}

static bool query_day(meta_call *call, const sim_json *range, const char *name, int64_t *day)
{
    const char *text = sim_json_str(range, name, "");

    return sim_day_read(text, day) || meta_fail_param(call, "(#100) param time_range must contain '%s' as YYYY-MM-DD", name);
}

static int64_t query_earliest(int64_t today)
{
    sim_date d = sim_date_of(today);
    int month = d.year * 12 + d.month - 1 - MONTHS_BACK;

    return sim_day_of(month / 12, month % 12 + 1, 1) + d.day - 1;
}

static bool query_range_add(meta_call *call, meta_query *q, int64_t from, int64_t to)
{
    int64_t today = sim_zone_day(q->account.zone, sim_now(call->sim));

    if (from > to) return meta_fail_param(call, "(#100) The start date of the time range cannot be after its end date");
    if (from < query_earliest(today)) {
        meta_fail(call,
                  &(meta_error){ .code = 3018,
                                 .message = "(#3018) The start date of the time range cannot be beyond 37 months from the current date" });
        return false;
    }
    if (q->ranges == SIM_COUNT(q->from)) return meta_fail_param(call, "(#100) Too many time_ranges");
    if (to > today) to = today; /* the future is cut off in silence */
    q->from[q->ranges] = from;
    q->to[q->ranges++] = to;
    return true;
}

static bool query_range(meta_call *call, meta_query *q, const sim_json *range)
{
    int64_t from, to;

    if (!range || range->kind != 'o') return meta_fail_param(call, "(#100) param time_range must be an object");
    return query_day(call, range, "since", &from) && query_day(call, range, "until", &to) && query_range_add(call, q, from, to);
}

static bool query_preset(meta_call *call, meta_query *q, const char *name)
{
    static const struct {
        const char *name;
        int from, to; /* days back */
    } presets[] = { { "today", 0, 0 },     { "yesterday", 1, 1 }, { "last_3d", 3, 1 },   { "last_7d", 7, 1 },
                    { "last_14d", 14, 1 }, { "last_28d", 28, 1 }, { "last_30d", 30, 1 }, { "last_90d", 90, 1 } };
    int64_t today = sim_zone_day(q->account.zone, sim_now(call->sim)), from = query_earliest(today), to = today;
    sim_date d = sim_date_of(today);

    for (size_t i = 0; i < SIM_COUNT(presets); i++) {
        if (!strcmp(presets[i].name, name)) return query_range_add(call, q, today - presets[i].from, today - presets[i].to);
    }
    if (!strcmp(name, "this_month"))
        from = today - d.day + 1;
    else if (!strcmp(name, "last_month")) {
        to = today - d.day;
        from = to - sim_date_of(to).day + 1;
    } else if (!strcmp(name, "this_year"))
        from = sim_day_of(d.year, 1, 1);
    else if (strcmp(name, "maximum") && strcmp(name, "data_maximum"))
        return meta_fail_param(call, "(#100) date_preset must be one of the values that are known: %.60s is none", name);
    return query_range_add(call, q, from, to);
}

static bool query_ranges(meta_call *call, meta_query *q)
{
    const char *one = meta_param(call, "time_range"), *many = meta_param(call, "time_ranges"), *preset = meta_param(call, "date_preset");
    const sim_json *list;

    if (one) return query_range(call, q, sim_json_parse(call->request->arena, one, strlen(one)));
    if (!many) return query_preset(call, q, preset ? preset : "last_30d");
    list = sim_json_parse(call->request->arena, many, strlen(many));
    if (!list || list->kind != 'a') return meta_fail_param(call, "(#100) param time_ranges must be an array");
    for (list = list->child; list; list = list->next) {
        if (!query_range(call, q, list)) return false;
    }
    return true;
}

static bool query_increment(meta_call *call, meta_query *q)
{
    const char *text = meta_param(call, "time_increment");
    char *end;

    if (!text || !strcmp(text, "all_days")) return true;
    if (!strcmp(text, "monthly")) {
        q->increment = -1;
        return true;
    }
    q->increment = strtoll(text, &end, 10);
    return (!*end && q->increment >= 1 && q->increment <= 90) ||
           meta_fail_param(call, "(#100) time_increment must be 1 to 90, monthly or all_days");
}

static bool query_windows(meta_call *call, meta_query *q)
{
    /* 7d_view and 28d_view are still known, and have said nothing since 12 Jan 2026 */
    static const char *const names[] = { "1d_click", "7d_click", "28d_click", "1d_view", "1d_ev", "7d_view", "28d_view", "dda", "default" };
    const char *text = meta_param(call, "action_attribution_windows");
    const meta_fields *list = text ? meta_fields_read(call->request->arena, text) : NULL;

    if (text && !list) return meta_fail_param(call, "(#100) param action_attribution_windows must be an array");
    for (; list; list = list->next) {
        size_t i = 0;

        while (i < SIM_COUNT(names) && strcmp(names[i], list->name)) i++;
        if (i == SIM_COUNT(names))
            return meta_fail_param(
                call, "(#100) action_attribution_windows[0] must be one of the following values: 1d_view, 7d_click, ...: %.40s",
                list->name);
        if (i < WORLD_WINDOWS) q->windows |= 1u << i;
    }
    return true;
}

static bool query_above(world_kind a, world_kind b) { return a == WORLD_ACCOUNT ? b != WORLD_ACCOUNT : b != WORLD_ACCOUNT && a < b; }

static bool query_field_add(meta_call *call, meta_query *q, const char *name)
{
    const meta_metric *m = meta_metric_get(name);

    if (!m) {
        return meta_fail_param(call,
                               "(#100) %.80s is not valid for fields param. please check "
                               "https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values",
                               name);
    }
    if (q->field_count == SIM_COUNT(q->fields)) return meta_fail_param(call, "(#100) Too many fields");
    if (m->flag != 's' && m->flag != 'x' && !query_above(q->level, m->level)) q->fields[q->field_count++] = m;
    return true;
}

static bool query_fields(meta_call *call, meta_query *q)
{
    const char *text = meta_param(call, "fields");
    const meta_fields *list = text ? meta_fields_read(call->request->arena, text) : NULL;

    if (text && !list) return meta_fail_syntax(call);
    for (const meta_metric *m = meta_metrics; !list && m->name; m++) {
        if (m->flag == 'd' && !query_above(q->level, m->level)) q->fields[q->field_count++] = m;
    }
    for (; list; list = list->next) {
        if (!query_field_add(call, q, list->name)) return false;
    }
    return true;
}

static bool query_refused_params(meta_call *call)
{
    static const char *const refused[] = { "breakdowns",      "sort", "summary", "default_summary", "summary_action_breakdowns",
                                           "product_id_limit" };
    const char *breakdowns = meta_param(call, "action_breakdowns");

    for (size_t i = 0; i < SIM_COUNT(refused); i++) {
        const char *text = meta_param(call, refused[i]);

        if (text && strcmp(text, "[]") && strcmp(text, "false")) {
            (void)meta_fail_param(call, "(#100) adsim does not play the parameter %s", refused[i]);
            return true;
        }
    }
    if (!breakdowns || !strcmp(breakdowns, "action_type") || !strcmp(breakdowns, "[\"action_type\"]")) return false;
    (void)meta_fail_param(call, "(#100) adsim plays action_breakdowns=action_type only");
    return true;
}

bool meta_query_read(meta_call *call, world_kind node, int64_t g, int64_t index, meta_query *q)
{
    *q = (meta_query){ .node = node, .node_index = index, .deleted_too = call->sim->options.deleted_always };
    if (!world_account_at(meta_site(call->sim), g, &q->account) || query_refused_params(call)) return false;
    if (!query_level(call, q) || !query_ranges(call, q) || !query_increment(call, q)) return false;
    if (!query_windows(call, q) || !query_fields(call, q) || !meta_filters_read(call, &q->filters)) return false;
    query_objects(call->sim, q);
    return true;
}

/* ---- pieces of time */

static int64_t query_month_end(int64_t day)
{
    sim_date d = sim_date_of(day);

    return d.month == 12 ? sim_day_of(d.year + 1, 1, 1) - 1 : sim_day_of(d.year, d.month + 1, 1) - 1;
}

static int64_t query_pieces_of(const meta_query *q, size_t range)
{
    int64_t days = q->to[range] - q->from[range] + 1, pieces = 1;

    if (days <= 0) return 0;
    if (q->increment == 0) return 1;
    if (q->increment > 0) return (days + q->increment - 1) / q->increment;
    for (int64_t day = query_month_end(q->from[range]) + 1; day <= q->to[range]; day = query_month_end(day) + 1) pieces++;
    return pieces;
}

bool meta_query_piece(const meta_query *q, int64_t piece, int64_t *from, int64_t *to)
{
    for (size_t range = 0; range < q->ranges; range++) {
        int64_t pieces = query_pieces_of(q, range);

        if (piece >= pieces) {
            piece -= pieces;
            continue;
        }
        *from = q->from[range] + (q->increment > 0 ? piece * q->increment : 0);
        for (int64_t i = 0; q->increment < 0 && i < piece; i++) *from = query_month_end(*from) + 1;
        *to = q->increment > 0 ? *from + q->increment - 1 : q->increment < 0 ? query_month_end(*from) : q->to[range];
        if (*to > q->to[range]) *to = q->to[range];
        return true;
    }
    return false;
}

int64_t meta_query_rows(const meta_query *q)
{
    int64_t pieces = 0;

    for (size_t range = 0; range < q->ranges; range++) pieces += query_pieces_of(q, range);
    return pieces * (q->last - q->first + 1);
}
