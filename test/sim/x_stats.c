/* SPDX-License-Identifier: MIT */
/*
 * Statistics at once: up to twenty objects, seven days, one placement. A row has no dates: its elements count from start_time as the
 * answer repeats it, by days of the account's own calendar or by hours. --x-dst says with which offset a day's midnight is reckoned:
 * the day's own, or that of the day on which somebody asks; the platform's papers and its answers differ in this.
 */
#include "x.h"

#include <stdlib.h>

#define STATS_HOUR 3600
#define STATS_WEEK 7
#define STATS_PARAMS "entity entity_ids start_time end_time granularity placement metric_groups"
#define STATS_MIDNIGHT "Expect time to be midnight in the account's local timezone for day granularity"

/* ---- reading */

static bool stats_required(x_call *call, const char *names)
{
    const char *words[10];
    size_t count = x_split(call->request->arena, names, words, SIM_COUNT(words));

    for (size_t i = 0; i < count; i++) {
        if (!x_param(call, words[i])) return x_fail(call, 400, "MISSING_PARAMETER", words[i], "\"%s\" is a required parameter", words[i]);
    }
    return true;
}

static bool stats_word(x_call *call, const char *param, const char *value, const char *const *words, int *which)
{
    for (*which = 0; words[*which]; (*which)++) {
        if (!strcmp(words[*which], value)) return true;
    }
    return x_fail(call, 400, "INVALID_PARAMETER", param, "\"%.60s\" is not a valid value for %s", value, param);
}

static bool stats_groups(x_call *call, x_query *query)
{
    const char *words[10];
    size_t count = x_split(call->request->arena, x_param(call, "metric_groups"), words, SIM_COUNT(words));
    int which;

    for (size_t i = 0; i < count; i++) {
        if (!stats_word(call, "metric_groups", words[i], x_group_names, &which)) return false;
        query->groups |= 1u << which;
    }
    if (query->groups & 1u << X_MOBILE && query->groups != 1u << X_MOBILE)
        return x_fail(call, 400, "EXCLUSIVE_PARAMETERS", "metric_groups", "MOBILE_CONVERSION cannot be combined with other metric groups");
    if (query->entity == X_OF_ACCOUNT && query->groups != 1u << X_ENGAGEMENT)
        return x_fail(call, 400, "INVALID_PARAMETER", "metric_groups", "ACCOUNT supports ENGAGEMENT only");
    if (query->entity == X_OF_FUNDING && query->groups & ~(1u << X_ENGAGEMENT | 1u << X_BILLING))
        return x_fail(call, 400, "INVALID_PARAMETER", "metric_groups", "FUNDING_INSTRUMENT supports ENGAGEMENT and BILLING only");
    return true;
}

static bool stats_words(x_call *call, x_query *query)
{
    static const char *const grains[] = { "DAY", "HOUR", "TOTAL", NULL };
    int entity, grain, placement;

    if (!stats_word(call, "entity", x_param(call, "entity"), x_entity_names, &entity) ||
        !stats_word(call, "granularity", x_param(call, "granularity"), grains, &grain) ||
        !stats_word(call, "placement", x_param(call, "placement"), x_placement_names, &placement))
        return false;
    query->entity = (x_entity)entity;
    query->grain = "dht"[grain];
    query->placement = (x_placement)placement;
    /* since June 2026 no longer one of the values */
    if (query->placement == X_NETWORK && sim_now(call->site->sim) >= 1781740800)
        return x_fail(call, 400, "INVALID_PARAMETER", "placement", "\"PUBLISHER_NETWORK\" is not a valid value for placement");
    return stats_groups(call, query);
}

/* a date stands for the account's midnight; false: no whole hour */
static bool stats_time(x_call *call, const char *name, int64_t *at)
{
    bool date_only;
    int64_t day;

    if (!x_time_read(x_param(call, name), at, &date_only)) return false;
    day = *at / SIM_DAY;
    if (date_only) *at = x_midnight(call->site, &call->account, day);
    return date_only || *at % STATS_HOUR == 0;
}

bool x_bounds(x_call *call, int64_t *from, int64_t *to, int64_t most_days)
{
    if (!stats_required(call, "start_time,end_time")) return false;
    if (!stats_time(call, "start_time", from) || !stats_time(call, "end_time", to))
        return x_fail(call, 400, "INVALID_TIME_WINDOW", "", "Time cannot be fractional hours");
    if (*from >= *to) return x_fail(call, 400, "INVALID_TIME_WINDOW", "", "start_time must be before end_time");
    if (*to - *from > most_days * SIM_DAY + STATS_HOUR)
        return x_fail(call, 400, "INVALID_TIME_WINDOW", "", "The time window exceeds the maximum of %lld.days+1.hours",
                      (long long)most_days);
    return true;
}

/* both bounds of days must be midnights; an error for each that is none */
static bool stats_midnights(x_call *call, const x_query *query)
{
    static const x_error wrong = { .code = "INVALID_TIME_WINDOW", .message = STATS_MIDNIGHT, .parameter = "" };
    const x_error errors[] = { wrong, wrong };
    size_t count = 0;

    if (query->grain != 'd') return true;
    count += x_midnight(call->site, &call->account, x_day(call->site, &call->account, query->from)) != query->from;
    count += x_midnight(call->site, &call->account, x_day(call->site, &call->account, query->to)) != query->to;
    return count ? x_fail_with(call, 400, errors, count) : true;
}

static void stats_length(const x_call *call, x_query *query)
{
    query->first = x_day(call->site, &call->account, query->from);
    if (query->grain == 't') query->length = 1;
    if (query->grain == 'h') query->length = (query->to - query->from + STATS_HOUR - 1) / STATS_HOUR;
    if (query->grain == 'd') query->length = x_day(call->site, &call->account, query->to) - query->first;
}

static bool stats_segment(x_call *call, x_query *query)
{
    static const char *const segments[] = { "AGE", "GENDER", "METROS", "PLATFORMS", "CONVERSION_TAGS", NULL };
    int which;

    query->segment = x_param(call, "segmentation_type");
    query->country = x_param(call, "country");
    query->platform = x_param(call, "platform");
    if (!query->segment) return true;
    if (!stats_word(call, "segmentation_type", query->segment, segments, &which)) return false;
    if (which == 2 && !query->country)
        return x_fail(call, 400, "INCLUSIVE_PARAMETERS", "country", "\"country\" is required for segmentation_type METROS");
    if (which == 4 && query->groups != 1u << X_WEB)
        return x_fail(call, 400, "INVALID_PARAMETER", "segmentation_type", "CONVERSION_TAGS is for WEB_CONVERSION only");
    return true;
}

bool x_query_read(x_call *call, x_query *query, bool job)
{
    int64_t days = job ? 90 : STATS_WEEK;

    *query = (x_query){ 0 };
    if (!x_params_read(call, job ? STATS_PARAMS " segmentation_type country platform" : STATS_PARAMS)) return false;
    if (!stats_required(call, "entity,entity_ids,start_time,end_time,granularity,placement,metric_groups")) return false;
    if (!stats_words(call, query) || (job && !stats_segment(call, query))) return false;
    query->count = x_split(call->request->arena, x_param(call, "entity_ids"), query->ids, SIM_COUNT(query->ids));
    if (query->segment) days = 45;
    if (!x_bounds(call, &query->from, &query->to, days) || !stats_midnights(call, query)) return false;
    stats_length(call, query);
    if (!job && (int64_t)query->count * query->length * x_values_count(query->groups) > sim_setting_int(call->site, "cells"))
        return x_fail(call, 400, "REQUEST_TOO_COMPLEX", NULL, "The request is too complex; ask for fewer entities or a smaller window");
    return true;
}

static void stats_list(sim_text *out, const char *name, const char *const *words, size_t count)
{
    sim_json_key(out, name);
    sim_json_open(out, '[');
    for (size_t i = 0; i < count; i++) sim_json_string(out, words[i]);
    sim_putc(out, ']');
}

void x_query_echo(const x_query *query, sim_arena *arena, sim_text *out)
{
    const char *groups[X_GROUPS];
    size_t count = 0;

    for (int i = 0; i < X_GROUPS; i++) {
        if (query->groups & 1u << i) groups[count++] = x_group_names[i];
    }
    sim_json_pair(out, "start_time", x_time(arena, query->from));
    sim_json_pair(out, "segmentation_type", query->segment);
    stats_list(out, "entity_ids", query->ids, query->count);
    sim_json_pair(out, "end_time", x_time(arena, query->to));
    sim_json_pair(out, "country", query->country);
    sim_json_pair(out, "placement", x_placement_names[query->placement]);
    sim_json_pair(out, "granularity", query->grain == 'd' ? "DAY" : query->grain == 'h' ? "HOUR" : "TOTAL");
    sim_json_pair(out, "entity", x_entity_names[query->entity]);
    sim_json_pair(out, "platform", query->platform);
    stats_list(out, "metric_groups", groups, count);
}

/* ---- figures */

/* the part of a day's figures that falls between two instants, by quarters of an hour; of today, those that have passed */
static void stats_spread(const x_call *call, const x_query *query, int64_t day, const x_values *whole, x_values *elements)
{
    int64_t begin = x_midnight(call->site, &call->account, day), end = x_midnight(call->site, &call->account, day + 1), quarters;
    int64_t now = sim_now(call->site->sim), step = query->grain == 'h' ? STATS_HOUR : query->to - query->from;

    if (end > now) end = now - (now - begin) % X_QUARTER_HOUR;
    quarters = end > begin ? (end - begin) / X_QUARTER_HOUR : 1;
    for (int64_t i = 0; i < query->length; i++) {
        int64_t from = query->from + i * step, to = from + step;
        int64_t a = from <= begin ? 0 : (from - begin) / X_QUARTER_HOUR, b = to <= begin ? 0 : (to - begin) / X_QUARTER_HOUR;

        if (a > quarters) a = quarters;
        if (b > quarters) b = quarters;
        for (int k = 0; a < b && k < X_VALUES; k++) elements[i].v[k] += whole->v[k] * b / quarters - whole->v[k] * a / quarters;
    }
}

static void stats_elements(const x_call *call, const x_query *query, int64_t index, x_values *elements)
{
    int64_t last = x_day(call->site, &call->account, query->to - 1);

    for (int64_t day = query->first; day <= last; day++) {
        x_values whole = { 0 };

        if (query->grain == 'd') {
            x_values_add(call->site, &call->account, query->entity, index, day, query->placement, &elements[day - query->first]);
            continue;
        }
        x_values_add(call->site, &call->account, query->entity, index, day, query->placement, &whole);
        if (x_values_any(&whole, query->groups)) stats_spread(call, query, day, &whole, elements);
    }
}

/* shares of the whole that need not add up to it */
typedef struct stats_part {
    const char *type, *name, *value;
    int64_t percent;
} stats_part;

static const stats_part stats_parts[] = {
    { "AGE", "18-24", "AGE_18_TO_24", 40 },
    { "AGE", "25-34", "AGE_25_TO_34", 35 },
    { "AGE", "35-49", "AGE_35_TO_49", 15 },
    { "GENDER", "Male", "1", 50 },
    { "GENDER", "Female", "2", 40 },
    { "PLATFORMS", "iOS", "0", 45 },
    { "PLATFORMS", "Android", "1", 30 },
    { "PLATFORMS", "Desktop", "4", 20 },
    { "METROS", "New York, NY", "501", 30 },
    { "METROS", "Los Angeles, CA", "803", 20 },
    { "CONVERSION_TAGS", "Purchase", "t1", 60 },
    { "CONVERSION_TAGS", "Sign up", "t2", 30 },
};

static void stats_data(const x_call *call, const x_query *query, uint64_t odd, const x_values *elements, sim_text *out)
{
    bool nulls = sim_setting_int(call->site, "null-elements") != 0;

    if (!query->segment) {
        sim_puts(out, "{\"segment\":null");
        x_values_write(out, elements, query->length, query->groups, 100, odd, nulls);
        sim_putc(out, '}');
        return;
    }
    for (size_t i = 0; i < SIM_COUNT(stats_parts); i++) {
        const stats_part *part = &stats_parts[i];

        if (strcmp(part->type, query->segment)) continue;
        sim_json_open(out, '{');
        sim_json_key(out, "segment");
        sim_puts(out, "{");
        sim_json_pair(out, "segment_name", part->name);
        sim_json_pair(out, "segment_value", part->value);
        sim_putc(out, '}');
        x_values_write(out, elements, query->length, query->groups, part->percent, odd, nulls);
        sim_putc(out, '}');
    }
}

const x_kind *x_entity_kind(x_entity entity)
{
    static const x_kind *const kinds[] = { [X_OF_FUNDING] = &x_fundings,
                                           [X_OF_CAMPAIGN] = &x_campaigns,
                                           [X_OF_LINE_ITEM] = &x_line_items,
                                           [X_OF_TWEET] = &x_promoted_tweets,
                                           [X_OF_PROMOTED_ACCOUNT] = &x_promoted_accounts };

    return entity == X_OF_ACCOUNT ? NULL : kinds[entity];
}

/* false: of another kind or account, or not there: it has no row */
static bool stats_index(const x_call *call, const x_query *query, const char *id, int64_t *index)
{
    x_item item = { .site = call->site, .arena = call->request->arena, .account = call->account };
    const x_kind *kind = x_entity_kind(query->entity);

    *index = 0;
    if (!kind) return !strcmp(id, call->account_id);
    return x_index_of(call, kind, id, index) && *index < kind->count(call->site) && x_load(kind, &item, *index);
}

void x_query_rows(const x_call *call, const x_query *query, sim_text *out)
{
    int64_t absent = sim_setting_int(call->site, "absent"), index;
    x_values *elements = sim_need(calloc((size_t)query->length + 1, sizeof *elements));

    for (size_t i = 0; i < query->count; i++) {
        uint64_t odd = sim_hash_bytes(sim_seed(call->site), query->ids[i], strlen(query->ids[i]));
        bool any = false;

        if (!stats_index(call, query, query->ids[i], &index)) continue;
        memset(elements, 0, ((size_t)query->length + 1) * sizeof *elements);
        stats_elements(call, query, index, elements);
        for (int64_t k = 0; k < query->length; k++) any |= x_values_any(&elements[k], query->groups);
        if (!any && (int64_t)(odd % 100) < absent) continue; /* nothing to tell may also be no row */
        sim_json_open(out, '{');
        sim_json_pair(out, "id", query->ids[i]);
        sim_json_key(out, "id_data");
        sim_putc(out, '[');
        stats_data(call, query, absent ? odd : 0, elements, out);
        sim_puts(out, "]}");
        call->answer->rows++;
    }
    free(elements);
}

bool x_stats(x_call *call)
{
    sim_text data = { 0 };
    char extra[80];
    x_query query;

    call->answer->action = "stats";
    if (!x_limits_pass(call, X_STATS, "") || !x_query_read(call, &query, false)) return false;
    sim_puts(&data, "[");
    x_query_rows(call, &query, &data);
    sim_puts(&data, "]");
    sim_clear(&call->echo);
    x_query_echo(&query, call->request->arena, &call->echo);
    call->account_id = NULL; /* which is the one place that does not repeat it */
    (void)snprintf(extra, sizeof extra, ",\"data_type\":\"stats\",\"time_series_length\":%lld", (long long)query.length);
    x_answer(call, &data, extra);
    sim_free(&data);
    return true;
}
