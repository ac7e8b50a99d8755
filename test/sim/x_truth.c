/* SPDX-License-Identifier: MIT */
/* What a sync must hold: every object as its list writes it, and the figures of each day in each placement. */
#include "x.h"

static bool truth_named(const char *truth, const sim_truth *t, const char **kind)
{
    size_t size = strlen(t->what->truth);

    if (!truth || strncmp(truth, t->what->truth, size) || truth[size] != ' ') return false;
    *kind = truth + size + 1;
    return true;
}

/* a post for everybody is a post, a criterion with words is a keyword */
static const char *truth_kind(const x_kind *kind, const x_item *item, const char *name, const char *row)
{
    if (kind == &x_tweets) return item->organic ? "post" : "creative";
    return kind == &x_targeting && strstr(row, "_KEYWORD\"") ? "keyword" : name;
}

static bool truth_asked(const x_kind *kind, const x_item *item)
{
    if (item->deleted || item->hidden || item->draft) return true;
    if (kind == &x_tweets) return strcmp(item->type, "PUBLISHED") != 0;
    return item->type && (!strcmp(item->type, "SHARED") || !strcmp(item->type, "LEGACY"));
}

static void truth_list(sim_truth *t, const x_kind *kind, const char *name, const world_account *account, const char *id)
{
    bool posts = sim_truth_wants(t, "posts");

    for (int64_t i = 0; t->fine && i < kind->count(t->site); i++) {
        x_item item = { .site = t->site, .arena = &t->arena, .account = *account };
        sim_text row = { 0 };

        if (!x_load(kind, &item, i) || (kind == &x_tweets && item.organic != posts)) continue;
        kind->write(&row, &item);
        sim_truth_begin(t, truth_kind(kind, &item, name, row.p), NULL, id, truth_asked(kind, &item));
        sim_add(t->out, row.p, row.size);
        sim_truth_end(t);
        sim_free(&row);
    }
}

static void truth_days(sim_truth *t, const char *level, const char *id, const world_account *account, x_entity entity, const x_item *item)
{
    unsigned groups = entity == X_OF_ACCOUNT ? 1u << X_ENGAGEMENT : (1u << X_GROUPS) - 1;
    int64_t from, to;
    char day[16];

    sim_truth_days(t, account, &from, &to);
    for (int64_t d = from; t->fine && d <= to; d++) {
        for (int p = X_EVERYWHERE; p < X_NETWORK; p++) {
            x_values values = { 0 };

            x_values_add(t->site, account, entity, item->position, d, (x_placement)p, &values);
            if (!x_values_any(&values, groups)) continue;
            sim_day_text(day, d);
            sim_truth_begin(t, "insights", level, id, item->deleted || item->hidden);
            sim_puts(t->out, "{");
            sim_json_pair(t->out, "id", entity == X_OF_ACCOUNT ? id : item->id);
            sim_json_pair(t->out, "entity", x_entity_names[entity]);
            sim_json_pair(t->out, "day", day);
            sim_json_pair(t->out, "placement", x_placement_names[p]);
            x_values_write(t->out, &values, 1, groups, 100, 0, false);
            sim_puts(t->out, "}");
            sim_truth_end(t);
        }
    }
}

static void truth_insights(sim_truth *t, const world_account *account, const char *id)
{
    static const struct {
        const char *level;
        x_entity entity;
    } levels[] = { { "account", X_OF_ACCOUNT },
                   { "campaign", X_OF_CAMPAIGN },
                   { "adset", X_OF_LINE_ITEM },
                   { "ad", X_OF_TWEET },
                   { "ad", X_OF_PROMOTED_ACCOUNT } };

    for (size_t i = 0; i < SIM_COUNT(levels); i++) {
        const x_kind *kind = x_entity_kind(levels[i].entity);
        int64_t count = kind ? kind->count(t->site) : 1;

        for (int64_t k = 0; sim_truth_level(t, levels[i].level) && t->fine && k < count; k++) {
            sim_arena arena = { 0 }; /* lives while an object's days are written */
            x_item item = { .site = t->site, .arena = &arena, .account = *account };

            if (!kind || x_load(kind, &item, k)) truth_days(t, levels[i].level, id, account, levels[i].entity, &item);
            sim_arena_free(&arena);
        }
    }
}

static void truth_account(sim_truth *t, const world_account *account, const char *id)
{
    x_item item = { .site = t->site, .arena = &t->arena, .account = *account };
    const x_kind *kind;
    const char *name;

    if (sim_truth_wants(t, "accounts")) {
        (void)x_load(&x_accounts, &item, account->g % t->site->sim->options.accounts);
        sim_truth_begin(t, "account", NULL, id, item.deleted);
        x_accounts.write(t->out, &item);
        sim_truth_end(t);
    }
    if (x_account_dead(account)) return;
    for (size_t i = 0; (kind = x_kind_at(i)); i++) {
        if (truth_named(kind->truth, t, &name) || (kind == &x_tweets && sim_truth_wants(t, "posts")))
            truth_list(t, kind, name, account, id);
    }
    if (sim_truth_wants(t, "insights")) truth_insights(t, account, id);
}

const char *x_truth(sim_truth *t)
{
    world_account account;

    for (int64_t g = 0; t->fine && world_account_at(t->site, g, &account); g++) {
        sim_arena arena = { 0 };
        const char *id = x_id(&arena, X_ACCOUNT, g, 0);

        if (sim_truth_account(t, id)) truth_account(t, &account, id);
        sim_arena_free(&arena);
    }
    return NULL;
}
