/* SPDX-License-Identifier: MIT */
/* filtering=[{"field":"campaign.updated_time","operator":"GREATER_THAN","value":1700000000}] */
#include "meta.h"

#include <stdlib.h>

typedef struct filter_field {
    const char *name;
    char kind; /* i instant, w word, t text, d id, n number of a report row */
} filter_field;

static const filter_field filter_fields[] = {
    { "updated_time", 'i' },  { "created_time", 'i' },    { "time_created", 'i' }, { "effective_status", 'w' },
    { "delivery_info", 'w' }, { "delivery_status", 'w' }, { "id", 'd' },           { "name", 't' },
    { "spend", 'n' },         { "impressions", 'n' },
};

static const char *const filter_operators[] = { "EQUAL",     "NOT_EQUAL",          "GREATER_THAN", "GREATER_THAN_OR_EQUAL",
                                                "LESS_THAN", "LESS_THAN_OR_EQUAL", "IN",           "NOT_IN",
                                                "CONTAIN",   "NOT_CONTAIN" };

static char filter_kind(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(filter_fields); i++) {
        if (!strcmp(filter_fields[i].name, name)) return filter_fields[i].kind;
    }
    return 0;
}

static bool filter_operator_known(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(filter_operators); i++) {
        if (!strcmp(filter_operators[i], name)) return true;
    }
    return false;
}

static bool filter_one(meta_call *call, const sim_json *spec, meta_filter *filter)
{
    static const struct {
        const char *prefix;
        world_kind kind;
    } prefixes[] = { { "campaign.", WORLD_CAMPAIGN }, { "adset.", WORLD_ADSET }, { "ad.", WORLD_AD } };

    filter->field = sim_json_str(spec, "field", "");
    filter->operator= sim_json_str(spec, "operator", "");
    filter->value = sim_json_get(spec, "value");
    for (size_t i = 0; i < SIM_COUNT(prefixes); i++) {
        size_t size = strlen(prefixes[i].prefix);

        if (strncmp(filter->field, prefixes[i].prefix, size)) continue;
        filter->field += size;
        filter->kind = prefixes[i].kind;
    }
    if (!filter_kind(filter->field))
        return meta_fail_param(call, "(#100) Filtering field '%.80s' with operation '%.40s' is not supported", filter->field,
                               filter->operator);
    if (!filter_operator_known(filter->operator) || !filter->value)
        return meta_fail_param(call, "(#100) Param filtering[0]['operator'] must be one of {EQUAL, NOT_EQUAL, ...}");
    return true;
}

bool meta_filters_read(meta_call *call, meta_filter **out)
{
    const char *text = meta_param(call, "filtering");
    const sim_json *list = text ? sim_json_parse(call->request->arena, text, strlen(text)) : NULL;

    *out = NULL;
    if (!text) return true;
    if (!list || list->kind != 'a') return meta_fail_param(call, "(#100) Param filtering must be an array");
    for (const sim_json *spec = list->child; spec; spec = spec->next) {
        meta_filter *filter = sim_alloc(call->request->arena, sizeof *filter);

        if (!filter_one(call, spec, filter)) return false;
        *out = filter;
        out = &filter->next;
    }
    return true;
}

static bool filter_compare(const char *operator, int64_t have, int64_t want)
{
    if (!strncmp(operator, "GREATER_THAN", 12)) return operator[12] ? have >= want : have> want;
    if (!strncmp(operator, "LESS_THAN", 9)) return operator[9] ? have <= want : have<want;
    return strncmp(operator, "NOT_", 4) ? have == want : have != want;
}

static bool filter_word(const meta_filter *filter, const char *have)
{
    bool found = false, negated = !strncmp(filter->operator, "NOT_", 4);

    if (filter->value->kind != 'a') {
        found = filter->value->text &&
                (strstr(filter->operator, "CONTAIN") ? strstr(have, filter->value->text) != NULL : !strcmp(have, filter->value->text));
        return found != negated;
    }
    for (const sim_json *m = filter->value->child; m; m = m->next) found |= m->text && !strcmp(m->text, have);
    return found != negated;
}

/* delivery_info speaks in lower case; so does every caller, but one may shout */
static bool filter_delivery(const sim_world *sim, const meta_filter *filter, const world_entity *entity)
{
    return filter_word(filter, meta_delivery(sim, entity));
}

static bool filter_passes_one(const sim_world *sim, const meta_filter *filter, const world_entity *entity)
{
    char text[128];
    int64_t want = filter->value->text ? strtoll(filter->value->text, NULL, 10) : 0;

    switch (filter_kind(filter->field)) {
    case 'i':
        return filter_compare(filter->operator, !strcmp(filter->field, "updated_time") ? entity->updated : entity->created, want);
    case 'd':
        (void)snprintf(text, sizeof text, "%lld", (long long)entity->id);
        return filter_word(filter, text);
    case 't':
        return filter_word(filter, world_name(text, sizeof text, entity));
    case 'w':
        return !strncmp(filter->field, "delivery", 8) ? filter_delivery(sim, filter, entity) : filter_word(filter, meta_word(entity));
    default:
        return true; /* numbers of a report row: meta_insights.c looks at them */
    }
}

/* a filter on a parent looks at the parent: campaign.id on a list of ads */
bool meta_filter_passes(const sim_world *sim, const meta_filter *filter, const world_entity *entity)
{
    world_entity parent;

    for (; filter; filter = filter->next) {
        const world_entity *subject = entity;

        if (filter->kind && filter->kind < entity->kind && entity->kind <= WORLD_AD) {
            if (!world_entity_at(meta_site(sim), filter->kind, entity->account.g,
                                 filter->kind == WORLD_CAMPAIGN ? entity->campaign : entity->adset, &parent))
                return false;
            subject = &parent;
        }
        if (!filter_passes_one(sim, filter, subject)) return false;
    }
    return true;
}

/* what was archived or deleted shows only to those who ask for it by name */
bool meta_status_asked(const meta_filter *filters, const char *text, const world_entity *entity)
{
    char quoted[48];

    if (text) {
        (void)snprintf(quoted, sizeof quoted, "\"%s\"", meta_word(entity));
        return strstr(text, quoted) != NULL;
    }
    for (; filters; filters = filters->next) {
        if (!strcmp(filters->field, "effective_status") || !strcmp(filters->field, "delivery_info")) return true;
        if (!strcmp(filters->field, "id")) return true;
    }
    return entity->effective < WORLD_ARCHIVED;
}
