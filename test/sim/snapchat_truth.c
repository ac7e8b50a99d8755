/* SPDX-License-Identifier: MIT */
/* What a sync must hold, in the words of the lists and of the daily figures; --snapchat-truth-time says by which day sales count. */
#include "snapchat.h"

static const char *truth_account_id(sim_truth *t, const world_account *account)
{
    return snapchat_id(t->site, &t->arena, WORLD_ACCOUNT, account->g, 0);
}

static bool truth_item(sim_truth *t, int kind, int64_t g, int64_t index)
{
    snapchat_writer w = { t->site, &t->arena, t->out, 0 };
    snapchat_item item;

    if (!snapchat_item_at(t->site, snapchat_kind_of(kind), g, index, &item)) return false;
    snapchat_item_write(&w, &item);
    return true;
}

static void truth_account(sim_truth *t, const world_account *account) { (void)truth_item(t, WORLD_ACCOUNT, account->g, 0); }

static bool truth_entity(sim_truth *t, const world_entity *e) { return truth_item(t, (int)e->kind, e->account.g, e->index); }

static bool truth_asked(const sim_truth *t, const world_entity *e)
{
    (void)t;
    return e->kind <= WORLD_AD && e->effective >= WORLD_ARCHIVED;
}

/* leads come by a webhook only, posts not at all */
static bool truth_has(const sim_truth *t, const world_account *account, world_kind kind)
{
    (void)t;
    (void)account;
    return kind != WORLD_LEAD && kind != WORLD_POST;
}

static void truth_fields(sim_truth *t, world_kind level, snapchat_query *q)
{
    const char *list = level == WORLD_ACCOUNT ? "spend" : snapchat_all_fields(snapchat_pixel(&q->account));

    if (*t->what->fields) list = t->what->fields;
    for (const char *at = list; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ',')) {
        if (q->count < SIM_COUNT(q->fields) && snapchat_field_read(&t->arena, at, strcspn(at, ","), &q->fields[q->count]))
            q->count++;
        else
            t->fine = false;
    }
}

static void truth_numbers(sim_truth *t, const world_account *account, world_kind level, const world_entity *e, int64_t day,
                          const world_numbers *numbers)
{
    snapchat_query *q = sim_alloc(&t->arena, sizeof *q);
    int64_t from = sim_zone_midnight(account->zone, day), to = sim_zone_midnight(account->zone, day + 1);
    snapchat_sum sum = { .account = account, .n = *numbers, .level = level, .days = 1 };
    char text[40];

    *q = (snapchat_query){ .account = *account, .level = level, .swipe = 2, .view = 4, .windows = true };
    q->arrived = !strcmp(sim_setting_text(t->site, "truth-time"), "conversion");
    truth_fields(t, level, q);
    if (q->arrived) snapchat_series_sum(t->site, q, level, e ? e->index : 0, from, to, &sum);
    sim_json_open(t->out, '{');
    sim_json_pair(t->out, "id", snapchat_id(t->site, &t->arena, level, account->g, e ? e->index : 0));
    snapchat_local(text, from, account->zone);
    sim_json_pair(t->out, "start_time", text);
    snapchat_local(text, to, account->zone);
    sim_json_pair(t->out, "end_time", text);
    snapchat_stats_write(t->out, q, &sum);
    sim_puts(t->out, "}");
}

const char *snapchat_truth(sim_truth *t)
{
    static const sim_truth_writers writers = { .account_id = truth_account_id,
                                               .account = truth_account,
                                               .entity = truth_entity,
                                               .numbers = truth_numbers,
                                               .asked = truth_asked,
                                               .has = truth_has };

    sim_truth_walk(t, &writers);
    return NULL;
}
