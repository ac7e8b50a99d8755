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
    sim_answer answer;
    sim_arena arena;
    meta_grant grant; /* may see everything */
    const char *fields;
    sim_text *out;
    bool (*flush)(sim_text *, void *);
    void *user;
    bool fine;
} truth;

static void truth_begin(truth *t, const char *kind, const char *level, const meta_account *account, bool asked)
{
    sim_text *line = &t->answer.body;

    sim_clear(line);
    sim_puts(line, "{");
    sim_json_pair(line, "kind", kind);
    if (level) sim_json_pair(line, "level", level);
    if (account) sim_json_id(line, "account_id", account->id);
    sim_json_pair(line, "shown", asked ? "asked" : "always");
    sim_json_key(line, "row");
}

static void truth_end(truth *t)
{
    sim_puts(&t->answer.body, "}\n");
    sim_add(t->out, t->answer.body.p, t->answer.body.size);
    if (t->out->size > 1u << 16) t->fine = t->fine && t->flush(t->out, t->user);
}

static void truth_object(truth *t, const char *name, meta_kind kind, const meta_account *account, const void *object, bool asked)
{
    truth_begin(t, name, NULL, account, asked);
    meta_object_write(&t->call, kind, object, meta_fields_read(&t->arena, *t->fields ? t->fields : meta_all_fields(kind)));
    truth_end(t);
    sim_arena_free(&t->arena);
}

static void truth_entities(truth *t, const char *name, meta_kind kind, const meta_account *account)
{
    int64_t count = meta_count(t->call.sim, kind);
    meta_entity e;

    for (int64_t i = 0; i < count && t->fine; i++) {
        if (meta_entity_at(t->call.sim, kind, account->g, i, &e))
            truth_object(t, name, kind, account, &e, kind <= META_AD && e.effective >= META_ARCHIVED);
    }
}

static void truth_forms(truth *t, const char *name, meta_kind kind)
{
    const sim_options *o = &t->call.sim->options;
    int64_t today = sim_now(t->call.sim) / META_DAY;
    meta_entity e;

    for (int64_t page = 0; page < o->users * o->pages && t->fine; page++) {
        for (int64_t form = 0; form < o->forms && t->fine; form++) {
            if (kind == META_FORM && meta_entity_at(t->call.sim, META_FORM, page, form, &e)) truth_object(t, name, kind, NULL, &e, false);
            for (int64_t i = 0; kind == META_LEAD && i < 92 * o->leads; i++) {
                if (meta_entity_at(t->call.sim, META_LEAD, page, meta_lead_index(form, today - i / o->leads, i % o->leads), &e))
                    truth_object(t, name, kind, NULL, &e, false);
            }
        }
    }
}

static bool truth_hidden(const meta_row *row)
{
    const meta_entity *e = row->level == META_AD ? &row->ad : row->level == META_ADSET ? &row->adset : &row->campaign;

    return row->level != META_ACCOUNT && e->effective == META_DELETED;
}

static void truth_all_metrics(meta_query *q)
{
    q->field_count = 0;
    for (const meta_metric *m = meta_metrics; m->name; m++) {
        bool speaks = m->level == META_ACCOUNT || (q->level != META_ACCOUNT && m->level <= q->level);

        if (m->write && m->flag != 's' && speaks) q->fields[q->field_count++] = m;
    }
}

static void truth_level(truth *t, const char *level, const meta_account *account, const char *from, const char *to)
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
    t->fine = t->fine && meta_query_read(&t->call, META_ACCOUNT, account->g, 0, q);
    if (!*t->fields) truth_all_metrics(q);
    q->deleted_too = true;
    for (int64_t i = 0, rows = t->fine ? meta_query_rows(q) : 0; i < rows && t->fine; i++) {
        if (!meta_row_at(&t->call, q, i, row)) continue;
        truth_begin(t, "insights", level, account, truth_hidden(row));
        meta_row_write(&t->answer.body, q, row);
        truth_end(t);
    }
    sim_arena_free(&t->arena);
}

static void truth_insights(truth *t, const sim_options *what, const meta_account *account)
{
    static const char *const levels[] = { "account", "campaign", "adset", "ad" };

    for (size_t i = 0; i < SIM_COUNT(levels); i++) {
        if (!*what->level || !strcmp(what->level, levels[i])) truth_level(t, levels[i], account, what->from, what->to);
    }
}

static void truth_account(truth *t, const sim_options *what, const meta_account *account)
{
    static const struct {
        const char *plural, *name;
        meta_kind kind;
    } kinds[] = { { "campaigns", "campaign", META_CAMPAIGN },
                  { "adsets", "adset", META_ADSET },
                  { "ads", "ad", META_AD },
                  { "creatives", "creative", META_CREATIVE },
                  { "audiences", "audience", META_AUDIENCE } };

    if (!strcmp(what->truth, "accounts")) truth_object(t, "account", META_ACCOUNT, account, account, false);
    if (!strcmp(what->truth, "insights")) truth_insights(t, what, account);
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        if (!strcmp(what->truth, kinds[i].plural)) truth_entities(t, kinds[i].name, kinds[i].kind, account);
    }
}

static bool truth_known(const char *kind)
{
    static const char *const kinds[] = { "accounts", "campaigns", "adsets", "ads", "creatives", "audiences", "forms", "leads", "insights" };

    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        if (!strcmp(kinds[i], kind)) return true;
    }
    return false;
}

const char *meta_truth(sim_world *sim, const sim_options *what, sim_text *out, bool (*flush)(sim_text *, void *), void *user)
{
    truth *t = sim_need(calloc(1, sizeof *t));
    const char *id = !strncmp(what->account, "act_", 4) ? what->account + 4 : what->account, *wrong = NULL;
    meta_account account;

    t->request = (sim_request){ .arena = &t->arena, .method = "GET", .path = "/", .host = "graph.facebook.com", .raw_query = "" };
    t->grant.granted = ~0u;
    t->answer.body.ascii = true;
    t->call = (meta_call){ .sim = sim, .request = &t->request, .answer = &t->answer, .method = "GET", .path = "", .grant = &t->grant };
    t->fields = what->fields;
    t->out = out;
    t->flush = flush;
    t->user = user;
    t->fine = true;
    if (!truth_known(what->truth))
        wrong = "the kind must be accounts, campaigns, adsets, ads, creatives, audiences, forms, leads or insights";
    for (int64_t g = 0; !wrong && t->fine && meta_account_at(sim, g, &account); g++) {
        if (!*id || strtoll(id, NULL, 10) == account.id) truth_account(t, what, &account);
    }
    if (!wrong && !strcmp(what->truth, "forms")) truth_forms(t, "form", META_FORM);
    if (!wrong && !strcmp(what->truth, "leads")) truth_forms(t, "lead", META_LEAD);
    if (!wrong && !t->fine) wrong = "it is too long, or a parameter cannot be read";
    sim_answer_free(&t->answer);
    sim_arena_free(&t->arena);
    free(t);
    return wrong;
}
