/* SPDX-License-Identifier: MIT */
/* Lists: which edge of which node leads to what, and which positions of it hold something. */
#include "meta.h"

#include <stdlib.h>

typedef struct edge_entry {
    world_kind from;
    const char *name;
    world_kind to;
    const char *scopes;
} edge_entry;

static const edge_entry edge_table[] = {
    { WORLD_USER, "adaccounts", WORLD_ACCOUNT, "ads_read,ads_management" },
    { WORLD_USER, "accounts", WORLD_PAGE, "pages_show_list" },
    { WORLD_USER, "businesses", WORLD_BUSINESS, "business_management" },
    { WORLD_BUSINESS, "owned_ad_accounts", WORLD_ACCOUNT, "business_management" },
    { WORLD_BUSINESS, "client_ad_accounts", WORLD_ACCOUNT, "business_management" },
    { WORLD_ACCOUNT, "campaigns", WORLD_CAMPAIGN, NULL },
    { WORLD_ACCOUNT, "adsets", WORLD_ADSET, NULL },
    { WORLD_ACCOUNT, "ads", WORLD_AD, NULL },
    { WORLD_ACCOUNT, "adcreatives", WORLD_CREATIVE, NULL },
    { WORLD_ACCOUNT, "customaudiences", WORLD_AUDIENCE, NULL },
    { WORLD_CAMPAIGN, "adsets", WORLD_ADSET, NULL },
    { WORLD_CAMPAIGN, "ads", WORLD_AD, NULL },
    { WORLD_ADSET, "ads", WORLD_AD, NULL },
    { WORLD_AD, "adcreatives", WORLD_CREATIVE, NULL },
    { WORLD_PAGE, "leadgen_forms", WORLD_FORM, NULL },
    { WORLD_FORM, "leads", WORLD_LEAD, NULL },
    { WORLD_AD, "leads", WORLD_LEAD, NULL },
};

typedef struct edge_list {
    meta_list list;
    const edge_entry *edge;
    const meta_fields *fields;
    meta_filter *filters;
    const char *statuses;
    int64_t g, updated_since; /* g: the account, the page, the person */
    int64_t ad;               /* leads of one ad; -1: of all of them */
    int64_t form;
    union {
        world_entity entity;
        world_account account;
        int64_t number;
    } item;
} edge_list;

static const edge_entry *edge_of(world_kind kind, const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(edge_table); i++) {
        if (edge_table[i].from == kind && !strcmp(edge_table[i].name, name)) return &edge_table[i];
    }
    return NULL;
}

static bool edge_account_at(meta_list *list, int64_t position)
{
    edge_list *l = list->user;
    bool owned = position % 2 == 0;

    if (!strcmp(l->edge->name, "owned_ad_accounts") && !owned) return false;
    if (!strcmp(l->edge->name, "client_ad_accounts") && owned) return false;
    return world_account_at(meta_site(list->call->sim), position, &l->item.account) &&
           sim_may_see(meta_site(list->call->sim), list->call->grant, l->g, position);
}

static bool edge_number_at(meta_list *list, int64_t position)
{
    edge_list *l = list->user;

    l->item.number = position;
    return true;
}

static bool edge_entity_at(meta_list *list, int64_t position)
{
    edge_list *l = list->user;
    const sim_world *sim = list->call->sim;

    if (!world_entity_at(meta_site(sim), l->edge->to, l->g, position, &l->item.entity)) return false;
    if (l->updated_since && l->item.entity.updated < l->updated_since) return false;
    if (l->edge->to <= WORLD_AD && !meta_status_asked(l->filters, l->statuses, &l->item.entity)) return false;
    return meta_filter_passes(sim, l->filters, &l->item.entity);
}

/* newest first: positions count backwards from a far day, so that they stay where they are when the clock moves */
#define LEADS_END 50000000

static bool edge_lead_at(meta_list *list, int64_t position)
{
    edge_list *l = list->user;
    const sim_world *sim = list->call->sim;
    int64_t of_day = LEADS_END - position;

    if (!world_entity_at(meta_site(sim), WORLD_LEAD, l->g, world_lead_index(l->form, of_day / 1000, of_day % 1000), &l->item.entity))
        return false;
    return (l->ad < 0 || l->item.entity.ad == l->ad) && meta_filter_passes(sim, l->filters, &l->item.entity);
}

static void edge_write(meta_list *list)
{
    edge_list *l = list->user;

    meta_object_write(list->call, l->edge->to, &l->item, l->fields);
}

/* children lie together: ad sets of campaign c are c*n .. c*n+n-1 */
static void edge_span(edge_list *l, world_kind kind, int64_t index)
{
    const sim_options *o = &l->list.call->sim->options;
    int64_t each = 1, today = sim_now(l->list.call->sim) / SIM_DAY;

    if (kind == WORLD_CAMPAIGN) each = l->edge->to == WORLD_ADSET ? o->adsets : o->adsets * o->ads;
    if (kind == WORLD_ADSET) each = o->ads;
    l->list.first = index * each;
    l->list.last = index * each + each - 1;
    if (kind == WORLD_ACCOUNT || kind == WORLD_PAGE) {
        l->list.first = 0;
        l->list.last = world_count(meta_site(l->list.call->sim), l->edge->to) - 1;
    }
    if (kind == WORLD_AD && l->edge->to == WORLD_CREATIVE) l->list.first = l->list.last = index / 2;
    if (l->edge->to == WORLD_LEAD) {
        l->list.first = LEADS_END - (today * 1000 + 999);
        l->list.last = LEADS_END - (today - 91) * 1000;
    }
}

static void edge_person_span(edge_list *l)
{
    const sim_options *o = &l->list.call->sim->options;
    int64_t each = l->edge->to == WORLD_ACCOUNT ? o->accounts : l->edge->to == WORLD_PAGE ? o->pages : 1;

    l->list.first = l->g * each;
    l->list.last = l->g * each + each - 1;
    l->list.at = l->edge->to == WORLD_ACCOUNT ? edge_account_at : edge_number_at;
}

static void edge_set_up(edge_list *l, meta_call *call, const edge_entry *edge, int64_t g, int64_t index)
{
    *l = (edge_list){ .edge = edge, .g = g, .ad = -1 };
    l->list = (meta_list){ .call = call, .user = l, .at = edge_entity_at, .write = edge_write, .opaque = true };
    if (edge->from == WORLD_USER || edge->from == WORLD_BUSINESS)
        edge_person_span(l);
    else
        edge_span(l, edge->from, index);
    if (edge->to != WORLD_LEAD) return;
    l->list.at = edge_lead_at;
    l->form = index;
    if (edge->from != WORLD_AD) return;
    l->g = g / call->sim->options.accounts * call->sim->options.pages; /* leads of one ad: those of the first form of the first page */
    l->form = 0;
    l->ad = index;
    if (g % call->sim->options.accounts) l->list.last = l->list.first - 1; /* forms advertise through the first account */
}

static bool edge_params(meta_call *call, edge_list *l)
{
    const char *fields = meta_param(call, "fields"), *since = meta_param(call, "updated_since");

    l->statuses = meta_param(call, "effective_status");
    if (l->statuses && *l->statuses && *l->statuses != '[') return meta_fail_param(call, "(#100) Param effective_status must be an array");
    if (since && (l->edge->to == WORLD_ADSET || l->edge->to == WORLD_AD)) l->updated_since = strtoll(since, NULL, 10);
    if (fields && !(l->fields = meta_fields_read(call->request->arena, fields))) return meta_fail_syntax(call);
    l->list.field_count = meta_fields_count(l->fields);
    return meta_object_check(call, l->edge->to, l->fields) && meta_filters_read(call, &l->filters);
}

bool meta_edge(meta_call *call, world_kind kind, int64_t g, int64_t index, const char *node, const char *name)
{
    const edge_entry *edge = edge_of(kind, name);
    sim_text path = { 0 };
    edge_list l;
    bool fine;

    if (!strcmp(name, "insights") && (kind == WORLD_ACCOUNT || (kind >= WORLD_CAMPAIGN && kind <= WORLD_AD)))
        return meta_insights(call, kind, g, index, node);
    if (!edge) {
        char text[160];

        (void)snprintf(text, sizeof text, "Unknown path components: /%.100s", name);
        meta_fail(call, &(meta_error){ .code = 2500, .message = text });
        return false;
    }
    if (edge->scopes && !meta_needs(call, edge->scopes)) return false;
    if (kind == WORLD_AD && edge->to == WORLD_LEAD && !meta_needs(call, "leads_retrieval")) return false;
    edge_set_up(&l, call, edge, g, index);
    if (!edge_params(call, &l)) return false;
    sim_printf(&path, "%s/%s", node, name);
    l.list.path = path.p;
    fine = meta_list_write(&l.list);
    sim_free(&path);
    return fine;
}

/* fields=name,ads.limit(5){id}: the first page of an edge inside an object */
void meta_edge_embedded(meta_call *call, world_kind kind, const void *object, const meta_fields *field)
{
    const world_entity *entity = object;
    const world_account *account = kind == WORLD_ACCOUNT ? object : &entity->account;
    const edge_entry *edge = edge_of(kind, field->name);
    sim_text path = { 0 };
    edge_list l;

    edge_set_up(&l, call, edge, account->g, kind == WORLD_ACCOUNT ? 0 : entity->index);
    l.fields = field->child;
    l.list.embedded_limit = field->limit > 0 ? field->limit : 25;
    if (kind == WORLD_ACCOUNT)
        sim_printf(&path, "act_%lld/%s", (long long)account->id, field->name);
    else
        sim_printf(&path, "%lld/%s", (long long)entity->id, field->name);
    l.list.path = path.p;
    (void)meta_list_write(&l.list);
    sim_free(&path);
}
