/* SPDX-License-Identifier: MIT */
/* Of which objects something was recorded in a window, and of which days it told; and how many people saw a campaign. */
#include "x.h"

#define ACTIVE_LATEST 27 /* days until the last sale of a day is known */

typedef struct active_span {
    int64_t first, last; /* days of which something changed; first > last: nothing did */
} active_span;

/* a day tells of itself, of the spend of two days before, and of sales of up to four weeks */
static active_span active_days(const x_call *call, x_entity entity, int64_t index, int64_t from, int64_t to)
{
    int64_t begin = x_day(call->site, &call->account, from), end = x_day(call->site, &call->account, to - 1), late = begin;
    active_span span = { INT64_MAX, -1 };

    for (int64_t day = begin; day <= end; day++) {
        if (x_arrived(call->site, &call->account, entity, index, day)) late = begin - ACTIVE_LATEST;
    }
    if (late == begin) late = begin - 2;
    for (int64_t day = late; day <= end; day++) {
        x_values values = { 0 };

        x_values_add(call->site, &call->account, entity, index, day, X_EVERYWHERE, &values);
        if (!x_values_any(&values, (1u << X_GROUPS) - 1)) continue;
        if (span.first == INT64_MAX) span.first = day;
        span.last = day;
    }
    return span;
}

static void active_write(const x_call *call, sim_text *data, const x_item *item, const active_span *span, bool wide)
{
    int64_t begin = x_midnight(call->site, &call->account, span->first) + world_draw(item->e.h, 150, 7200);
    int64_t end = x_midnight(call->site, &call->account, span->last + 1) - 1 - world_draw(item->e.h, 151, 3600);

    if (end > sim_now(call->site->sim)) end = sim_now(call->site->sim);
    sim_json_open(data, '{');
    sim_json_pair(data, "entity_id", item->id);
    x_json_time(data, "activity_start_time", begin);
    x_json_time(data, "activity_end_time", end);
    sim_json_key(data, "placements");
    sim_json_open(data, '[');
    sim_json_string(data, x_placement_names[X_EVERYWHERE]);
    if (wide) sim_json_string(data, x_placement_names[X_SPOTLIGHT]);
    if (wide) sim_json_string(data, x_placement_names[X_TREND]);
    if (world_draw(item->e.h, 152, 3) == 0) sim_json_string(data, x_placement_names[X_NETWORK]);
    sim_puts(data, "]}");
}

static bool active_wanted(const x_call *call, const x_item *item)
{
    const char *campaigns = x_param(call, "campaign_ids"), *groups = x_param(call, "line_item_ids");
    const char *fundings = x_param(call, "funding_instrument_ids");

    if (campaigns) return item->campaign_id && x_listed(campaigns, item->campaign_id);
    if (groups) return item->group_id && x_listed(groups, item->group_id);
    return !fundings || (item->funding_id && x_listed(fundings, item->funding_id));
}

static bool active_read(x_call *call, x_entity *entity, int64_t *from, int64_t *to)
{
    const char *word;
    int given = 0;

    if (!x_limits_pass(call, X_STATS, "") ||
        !x_params_read(call, "entity start_time end_time campaign_ids line_item_ids funding_instrument_ids"))
        return false;
    word = x_param(call, "entity");
    if (!word) return x_fail(call, 400, "MISSING_PARAMETER", "entity", "\"entity\" is a required parameter");
    for (*entity = X_OF_FUNDING; x_entity_names[*entity] && strcmp(x_entity_names[*entity], word);) (*entity)++;
    if (!x_entity_names[*entity])
        return x_fail(call, 400, "INVALID_PARAMETER", "entity", "\"%.60s\" is not a valid value for entity", word);
    given += x_param(call, "campaign_ids") != NULL;
    given += x_param(call, "line_item_ids") != NULL;
    given += x_param(call, "funding_instrument_ids") != NULL;
    if (given > 1)
        return x_fail(call, 400, "EXCLUSIVE_PARAMETERS", NULL,
                      "campaign_ids, line_item_ids and funding_instrument_ids are mutually exclusive");
    return x_bounds(call, from, to, 90);
}

bool x_active(x_call *call)
{
    x_item item = { .site = call->site, .arena = call->request->arena, .account = call->account };
    sim_text data = { 0 };
    const x_kind *kind;
    x_entity entity = X_OF_FUNDING;
    int64_t from, to;

    call->answer->action = "active_entities";
    if (!active_read(call, &entity, &from, &to)) return false;
    kind = x_entity_kind(entity);
    sim_json_pair(&call->echo, "start_time", x_time(call->request->arena, from));
    sim_json_pair(&call->echo, "end_time", x_time(call->request->arena, to));
    sim_puts(&data, "[");
    for (int64_t i = 0; i < kind->count(call->site); i++) {
        active_span span;

        if (!x_load(kind, &item, i) || !active_wanted(call, &item)) continue;
        span = active_days(call, entity, i, from, to);
        if (span.last < 0) continue;
        active_write(call, &data, &item, &span, x_wide(call->site, &call->account, entity, i));
        call->answer->rows++;
    }
    sim_puts(&data, "]");
    x_answer(call, &data, NULL);
    sim_free(&data);
    return true;
}

bool x_reach(x_call *call, bool campaigns)
{
    const x_kind *kind = campaigns ? &x_campaigns : &x_fundings;
    const char *param = campaigns ? "campaign_ids" : "funding_instrument_ids", *words[20];
    x_item item = { .site = call->site, .arena = call->request->arena, .account = call->account };
    int64_t from, to, index;
    sim_text data = { 0 };
    char allowed[80];
    size_t count;

    call->answer->action = "reach";
    (void)snprintf(allowed, sizeof allowed, "%s start_time end_time", param);
    if (!x_limits_pass(call, X_STATS, "") || !x_params_read(call, allowed)) return false;
    if (!x_param(call, param)) return x_fail(call, 400, "MISSING_PARAMETER", param, "\"%s\" is a required parameter", param);
    count = x_split(call->request->arena, x_param(call, param), words, SIM_COUNT(words));
    if (count > SIM_COUNT(words)) return x_fail(call, 400, "INVALID_PARAMETER", param, "A maximum of 20 values is allowed for %s", param);
    if (!x_bounds(call, &from, &to, 90)) return false;
    sim_puts(&data, "[");
    for (size_t i = 0; i < count; i++) {
        world_numbers n = { 0 };

        if (!campaigns || !x_index_of(call, kind, words[i], &index) || !x_load(kind, &item, index)) continue;
        world_sum(call->site, &call->account, WORLD_CAMPAIGN, index, x_day(call->site, &call->account, from),
                  x_day(call->site, &call->account, to - 1), &n);
        sim_json_open(&data, '{');
        sim_json_pair(&data, "id", words[i]);
        sim_json_pair_int(&data, "total_audience_reach", n.reach);
        sim_json_key(&data, "average_frequency");
        sim_printf(&data, "%.2f}", n.reach ? (double)n.impressions / (double)n.reach : 0.0);
    }
    sim_puts(&data, "]");
    x_answer(call, &data, NULL);
    sim_free(&data);
    return true;
}
