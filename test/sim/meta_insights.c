/* SPDX-License-Identifier: MIT */
/*
 * Reports. The possible rows of a query have positions piece * objects + object, and a row is there if anything was delivered.
 * Nothing is kept between two pages: a row is summed when it is shown.
 */
#include "meta.h"

#include <stdlib.h>

static bool insights_load(const sim_world *sim, const meta_query *q, meta_row *row)
{
    const sim_options *o = &sim->options;
    int64_t g = q->account.g, adset = row->level == WORLD_AD ? row->index / o->ads : row->index;
    int64_t campaign = row->level == WORLD_CAMPAIGN ? row->index : adset / (o->adsets ? o->adsets : 1);

    if (row->level == WORLD_ACCOUNT) return true;
    if (row->level == WORLD_AD && !world_entity_at(meta_site(sim), WORLD_AD, g, row->index, &row->ad)) return false;
    if (row->level != WORLD_CAMPAIGN && !world_entity_at(meta_site(sim), WORLD_ADSET, g, adset, &row->adset)) return false;
    return world_entity_at(meta_site(sim), WORLD_CAMPAIGN, g, campaign, &row->campaign);
}

static bool insights_asks_status(const meta_filter *f)
{
    for (; f; f = f->next) {
        if (!strcmp(f->field, "effective_status") || !strcmp(f->field, "delivery_info")) return true;
    }
    return false;
}

/* deleted objects show their numbers only where their state was asked for; the account's own sums hold them all the same */
static bool insights_shows(const sim_world *sim, const meta_query *q, const meta_row *row)
{
    const world_entity *e = row->level == WORLD_AD ? &row->ad : row->level == WORLD_ADSET ? &row->adset : &row->campaign;

    if (row->level == WORLD_ACCOUNT) return true;
    if (e->effective == WORLD_DELETED && !q->deleted_too && q->level != q->node && !insights_asks_status(q->filters)) return false;
    return meta_filter_passes(sim, q->filters, e);
}

static bool insights_numbers_pass(const meta_query *q, const meta_row *row)
{
    for (const meta_filter *f = q->filters; f; f = f->next) {
        double want = f->value->text ? strtod(f->value->text, NULL) : 0, have = (double)row->n.impressions;

        if (strcmp(f->field, "spend") && strcmp(f->field, "impressions")) continue;
        if (*f->field == 's') have = (double)row->n.spend / row->account->currency->offset;
        if (!strcmp(f->operator, "GREATER_THAN") && have <= want) return false;
        if (!strcmp(f->operator, "GREATER_THAN_OR_EQUAL") && have < want) return false;
        if (!strcmp(f->operator, "LESS_THAN") && have >= want) return false;
    }
    return true;
}

bool meta_row_at(meta_call *call, const meta_query *q, int64_t position, meta_row *row)
{
    int64_t objects = q->last - q->first + 1;

    memset(&row->n, 0, sizeof row->n);
    row->account = &q->account;
    row->level = q->level;
    row->windows = q->windows;
    row->index = q->first + position % objects;
    if (!meta_query_piece(q, position / objects, &row->from, &row->to)) return false;
    if (!insights_load(call->sim, q, row) || !insights_shows(call->sim, q, row)) return false;
    /* whatever may be shown of the ads below, they are in the sum */
    world_sum(meta_site(call->sim), &q->account, row->level, row->index, row->from, row->to, &row->n);
    return row->n.impressions && insights_numbers_pass(q, row);
}

void meta_row_write(sim_text *out, const meta_query *q, const meta_row *row)
{
    sim_json_open(out, '{');
    for (size_t i = 0; i < q->field_count; i++) q->fields[i]->write(out, q->fields[i]->name, row);
    meta_metric_get("date_start")->write(out, "date_start", row);
    meta_metric_get("date_stop")->write(out, "date_stop", row);
    sim_putc(out, '}');
}

/* ---- lists of rows */

typedef struct insights_list {
    meta_list list;
    const meta_query *query;
    meta_row row;
    int64_t loaded; /* the position that row holds; a list looks at the next row before it shows it */
    bool there;
} insights_list;

static bool insights_at(meta_list *list, int64_t position)
{
    insights_list *l = list->user;

    if (l->loaded != position) l->there = meta_row_at(list->call, l->query, position, &l->row);
    l->loaded = position;
    return l->there;
}

static void insights_write(meta_list *list)
{
    insights_list *l = list->user;

    meta_row_write(&list->call->answer->body, l->query, &l->row);
}

bool meta_insights_of(meta_call *call, meta_query *query, const char *path, bool partial)
{
    insights_list *l = sim_alloc(call->request->arena, sizeof *l);

    l->query = query;
    l->loaded = -1;
    l->list = (meta_list){ .call = call,
                           .user = l,
                           .at = insights_at,
                           .write = insights_write,
                           .path = path,
                           .field_count = query->field_count,
                           .partial = partial };
    l->list.last = meta_query_rows(query) - 1;
    return meta_list_write(&l->list);
}

bool meta_insights(meta_call *call, world_kind node, int64_t g, int64_t index, const char *node_text)
{
    meta_query *query = sim_alloc(call->request->arena, sizeof *query);
    sim_text path = { 0 };
    bool fine;

    if (!meta_query_read(call, node, g, index, query)) return false;
    if (meta_query_rows(query) > call->sim->options.sync_rows) {
        meta_fail(call,
                  &(meta_error){ .code = 100,
                                 .subcode = 1504018,
                                 .message = "(#100) Your request timed out. Please try again with less data, or use an asynchronous report",
                                 .transient = -1,
                                 .title = "Your request timed out" });
        return false;
    }
    sim_printf(&path, "%s/insights", node_text);
    fine = meta_insights_of(call, query, path.p, false);
    sim_free(&path);
    return fine;
}
