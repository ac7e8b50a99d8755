/* SPDX-License-Identifier: MIT */
/*
 * What a sync that nothing disturbed must hold: every object and every row there is, in the platform's own terms, a JSON line each:
 * {"kind","level"?,"account_id","shown","row"}. shown: "always", or "asked" for what only shows when its state is asked for.
 */
#include "meta.h"

#include <stdlib.h>

typedef struct truth {
    meta_call call;
    sim_request request;
    sim_answer answer; /* of one line's row: Meta escapes what others do not */
    sim_grant grant;   /* may see everything */
    sim_arena arena;   /* of one object, or of a level */
    const char *fields;
    sim_truth *t;
} truth;

static void truth_begin(truth *t, const char *kind, const char *level, const world_account *account, bool asked)
{
    char id[32];

    if (account) (void)snprintf(id, sizeof id, "%lld", (long long)account->id);
    sim_truth_begin(t->t, kind, level, account ? id : NULL, asked);
    sim_clear(&t->answer.body);
}

static void truth_end(truth *t)
{
    sim_add(t->t->out, t->answer.body.p, t->answer.body.size);
    sim_truth_end(t->t);
}

static void truth_object(truth *t, const char *name, world_kind kind, const world_account *account, const void *object, bool asked)
{
    truth_begin(t, name, NULL, account, asked);
    meta_object_write(&t->call, kind, object, meta_fields_read(&t->arena, *t->fields ? t->fields : meta_all_fields(kind)));
    truth_end(t);
    sim_arena_free(&t->arena);
}

static void truth_entities(truth *t, const char *name, world_kind kind, const world_account *account)
{
    int64_t count = world_count(meta_site(t->call.sim), kind);
    world_entity e;

    for (int64_t i = 0; i < count && t->t->fine; i++) {
        if (world_entity_at(meta_site(t->call.sim), kind, account->g, i, &e))
            truth_object(t, name, kind, account, &e, kind <= WORLD_AD && e.effective >= WORLD_ARCHIVED);
    }
}

static void truth_forms(truth *t, const char *name, world_kind kind)
{
    const sim_options *o = &t->call.sim->options;
    int64_t today = sim_now(t->call.sim) / SIM_DAY;
    world_entity e;

    for (int64_t page = 0; page < o->users * o->pages && t->t->fine; page++) {
        for (int64_t form = 0; form < o->forms && t->t->fine; form++) {
            if (kind == WORLD_FORM && world_entity_at(meta_site(t->call.sim), WORLD_FORM, page, form, &e))
                truth_object(t, name, kind, NULL, &e, false);
            for (int64_t i = 0; kind == WORLD_LEAD && i < 92 * o->leads; i++) {
                if (world_entity_at(meta_site(t->call.sim), WORLD_LEAD, page, world_lead_index(form, today - i / o->leads, i % o->leads),
                                    &e))
                    truth_object(t, name, kind, NULL, &e, false);
            }
        }
    }
}

static bool truth_hidden(const meta_row *row)
{
    const world_entity *e = row->level == WORLD_AD ? &row->ad : row->level == WORLD_ADSET ? &row->adset : &row->campaign;

    return row->level != WORLD_ACCOUNT && e->effective == WORLD_DELETED;
}

static void truth_all_metrics(meta_query *q)
{
    q->field_count = 0;
    for (const meta_metric *m = meta_metrics; m->name; m++) {
        bool speaks = m->level == WORLD_ACCOUNT || (q->level != WORLD_ACCOUNT && m->level <= q->level);

        if (m->write && m->flag != 's' && speaks) q->fields[q->field_count++] = m;
    }
}

static void truth_level(truth *t, const char *level, const world_account *account, const char *from, const char *to)
{
    sim_pairs *query = &t->call.query;
    meta_query *q = sim_alloc(&t->arena, sizeof *q);
    meta_row *row = sim_alloc(&t->arena, sizeof *row);
    int64_t today = sim_zone_day(account->zone, sim_now(t->call.sim));
    char range[80], first[16], last[16];

    sim_day_text(first, today - 89);
    sim_day_text(last, today);
    (void)snprintf(range, sizeof range, "{\"since\":\"%s\",\"until\":\"%s\"}", *from ? from : first, *to ? to : last);
    *query = (sim_pairs){ 0 };
    if (*t->fields) sim_pairs_add(&t->arena, query, "fields", t->fields);
    sim_pairs_add(&t->arena, query, "level", level);
    sim_pairs_add(&t->arena, query, "time_increment", "1");
    sim_pairs_add(&t->arena, query, "time_range", range);
    sim_pairs_add(&t->arena, query, "action_attribution_windows", "1d_click,7d_click,28d_click,1d_view,1d_ev");
    t->t->fine = t->t->fine && meta_query_read(&t->call, WORLD_ACCOUNT, account->g, 0, q);
    if (!*t->fields) truth_all_metrics(q);
    q->deleted_too = true;
    for (int64_t i = 0, rows = t->t->fine ? meta_query_rows(q) : 0; i < rows && t->t->fine; i++) {
        if (!meta_row_at(&t->call, q, i, row)) continue;
        truth_begin(t, "insights", level, account, truth_hidden(row));
        meta_row_write(&t->answer.body, q, row);
        truth_end(t);
    }
    sim_arena_free(&t->arena);
}

static void truth_insights(truth *t, const sim_options *what, const world_account *account)
{
    static const char *const levels[] = { "account", "campaign", "adset", "ad" };

    for (size_t i = 0; i < SIM_COUNT(levels); i++) {
        if (!*what->level || !strcmp(what->level, levels[i])) truth_level(t, levels[i], account, what->from, what->to);
    }
}

static void truth_account(truth *t, const sim_options *what, const world_account *account)
{
    static const struct {
        const char *plural, *name;
        world_kind kind;
    } kinds[] = { { "campaigns", "campaign", WORLD_CAMPAIGN },
                  { "adsets", "adset", WORLD_ADSET },
                  { "ads", "ad", WORLD_AD },
                  { "creatives", "creative", WORLD_CREATIVE },
                  { "audiences", "audience", WORLD_AUDIENCE } };

    if (!strcmp(what->truth, "accounts")) truth_object(t, "account", WORLD_ACCOUNT, account, account, false);
    if (!strcmp(what->truth, "insights")) truth_insights(t, what, account);
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        if (!strcmp(what->truth, kinds[i].plural)) truth_entities(t, kinds[i].name, kinds[i].kind, account);
    }
}

const char *meta_truth(sim_truth *ground)
{
    const char *given = ground->what->account, *id = !strncmp(given, "act_", 4) ? given + 4 : given;
    truth *t = sim_need(calloc(1, sizeof *t));
    sim_world *sim = ground->site->sim;
    world_account account;

    t->request = (sim_request){ .arena = &t->arena, .method = "GET", .path = "/", .host = "graph.facebook.com", .raw_query = "" };
    t->grant.granted = ~0u;
    t->answer.body.ascii = true;
    t->call = (meta_call){ .sim = sim, .request = &t->request, .answer = &t->answer, .method = "GET", .path = "", .grant = &t->grant };
    t->fields = ground->what->fields;
    t->t = ground;
    for (int64_t g = 0; ground->fine && world_account_at(ground->site, g, &account); g++) {
        if (!*id || strtoll(id, NULL, 10) == account.id) truth_account(t, ground->what, &account);
    }
    if (sim_truth_wants(ground, "forms")) truth_forms(t, "form", WORLD_FORM);
    if (sim_truth_wants(ground, "leads")) truth_forms(t, "lead", WORLD_LEAD);
    sim_answer_free(&t->answer);
    sim_arena_free(&t->arena);
    free(t);
    return NULL;
}
