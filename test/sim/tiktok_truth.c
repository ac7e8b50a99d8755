/* SPDX-License-Identifier: MIT */
/*
 * The truth: the rows of every list with everything asked for, and figures as reports show them. Ads are those of ad/get and of
 * smart_plus/ad/get; creatives the rows of ad/get again. --level ad_v2: figures by ad_id_v2.
 */
#include "tiktok.h"

#include <stdlib.h>

static void truth_begin(sim_truth *t, const char *kind, const char *level, const world_account *account, bool asked)
{
    char id[24];

    (void)snprintf(id, sizeof id, "%lld", (long long)account->id);
    sim_truth_begin(t, kind, level, id, asked);
}

/* ---- lists */

static void truth_list(sim_truth *t, const world_account *account, const tiktok_listing *listing, const char *kind)
{
    tiktok_filter filter;
    int64_t *indexes;
    size_t count;
    tiktok_row row;

    tiktok_filter_all(listing, &filter);
    indexes = tiktok_list_indexes(t->site, &filter, account->g, &count);
    for (size_t i = 0; i < count && t->fine; i++) {
        (void)tiktok_row_at(t->site, listing->kind, account->g, indexes[i], &row);
        row.smart_ad = listing->smart_ads;
        truth_begin(t, kind, NULL, account, tiktok_gone(&row.item) || row.family == TIKTOK_PROMOTE);
        tiktok_row_write(t->out, row.family == TIKTOK_PROMOTE && listing->kind == WORLD_CAMPAIGN ? tiktok_promote_fields : listing->fields,
                         &row, NULL);
        sim_truth_end(t);
    }
    free(indexes);
}

static void truth_lists(sim_truth *t, const world_account *account)
{
    static const struct {
        const char *plural, *kind, *path;
    } lists[] = { { "campaigns", "campaign", "campaign/get/" }, { "campaigns", "campaign", "gmv_max/campaign/get/" },
                  { "adsets", "adset", "adgroup/get/" },        { "ads", "ad", "ad/get/" },
                  { "ads", "ad", "smart_plus/ad/get/" },        { "creatives", "creative", "ad/get/" } };

    for (size_t i = 0; i < SIM_COUNT(lists); i++) {
        const tiktok_listing *listing = tiktok_listings;

        if (!sim_truth_wants(t, lists[i].plural)) continue;
        while (strcmp(listing->path, lists[i].path)) listing++;
        truth_list(t, account, listing, lists[i].kind);
    }
}

/* ---- keywords: those of ad groups, and what campaigns and ad groups exclude */

static void truth_keyword(sim_truth *t, const tiktok_row *row, bool negative, int64_t i)
{
    truth_begin(t, "keyword", NULL, &row->account, tiktok_gone(&row->item));
    sim_puts(t->out, "{");
    sim_json_id(t->out, row->item.kind == WORLD_CAMPAIGN ? "campaign_id" : "adgroup_id", row->item.id);
    sim_json_pair_bool(t->out, "negative", negative);
    sim_json_key(t->out, "keyword");
    if (negative)
        tiktok_negative_write(t->out, row, i);
    else
        tiktok_keyword_write(t->out, row, i);
    sim_puts(t->out, "}");
    sim_truth_end(t);
}

static void truth_keywords(sim_truth *t, const world_account *account)
{
    static const world_kind kinds[] = { WORLD_CAMPAIGN, WORLD_ADSET };

    for (size_t k = 0; sim_truth_wants(t, "keywords") && k < SIM_COUNT(kinds); k++) {
        for (int64_t at = 0; at < world_count(t->site, kinds[k]); at++) {
            tiktok_row row;

            if (!tiktok_row_at(t->site, kinds[k], account->g, at, &row)) continue;
            for (int64_t i = 0; kinds[k] == WORLD_ADSET && i < tiktok_keywords(&row); i++) truth_keyword(t, &row, false, i);
            for (int64_t i = 0; i < tiktok_negatives(&row); i++) truth_keyword(t, &row, true, i);
        }
    }
}

/* ---- audiences, forms, leads */

static void truth_entity(sim_truth *t, const world_account *account, const char *kind, const world_entity *e)
{
    truth_begin(t, kind, NULL, account, false);
    if (e->kind == WORLD_AUDIENCE) tiktok_audience_write(t->out, e, false);
    if (e->kind == WORLD_FORM) tiktok_form_write(t->out, e);
    if (e->kind == WORLD_LEAD) tiktok_lead_write(t->out, t->site, e);
    sim_truth_end(t);
}

static void truth_leads(sim_truth *t, const world_account *account)
{
    const sim_options *o = &t->site->sim->options;
    int64_t today = sim_now(t->site->sim) / SIM_DAY;
    world_entity e;

    for (int64_t form = 0; sim_truth_wants(t, "leads") && form < o->forms; form++) {
        for (int64_t i = 0; i < 92 * o->leads && t->fine; i++) {
            if (world_entity_at(t->site, WORLD_LEAD, account->g, world_lead_index(form, today - i / o->leads, i % o->leads), &e))
                truth_entity(t, account, "lead", &e);
        }
    }
}

static void truth_others(sim_truth *t, const world_account *account)
{
    static const struct {
        const char *plural, *kind;
        world_kind of;
    } kinds[] = { { "audiences", "audience", WORLD_AUDIENCE }, { "forms", "form", WORLD_FORM } };
    world_entity e;

    for (size_t k = 0; k < SIM_COUNT(kinds); k++) {
        for (int64_t i = 0; sim_truth_wants(t, kinds[k].plural) && i < world_count(t->site, kinds[k].of); i++) {
            if (world_entity_at(t->site, kinds[k].of, account->g, i, &e)) truth_entity(t, account, kinds[k].kind, &e);
        }
    }
    truth_leads(t, account);
}

/* ---- figures: every metric of the level, or those of --fields; a row with zeros is none */

static const sim_json *truth_dimensions(sim_truth *t, const char *id)
{
    char text[64];

    (void)snprintf(text, sizeof text, "[\"%s\",\"stat_time_day\"]", id);
    return sim_json_parse(&t->arena, text, strlen(text));
}

static bool truth_asked(const tiktok_report *r, const tiktok_cell *cell)
{
    tiktok_row row;

    if (r->level == WORLD_ACCOUNT) return false;
    tiktok_object_row(r, &r->objects[cell->object], &row);
    return tiktok_gone(&row.item);
}

static void truth_metrics(sim_truth *t, tiktok_report *r)
{
    static const char *const standard[] = { "spend",
                                            "impressions",
                                            "clicks",
                                            "conversion",
                                            "cta_conversion",
                                            "vta_conversion",
                                            "real_time_conversion",
                                            "complete_payment",
                                            "total_complete_payment_rate",
                                            "purchase",
                                            "total_purchase_value",
                                            "onsite_shopping",
                                            "total_onsite_shopping_value",
                                            "form",
                                            "onsite_form",
                                            "video_play_actions",
                                            "reach",
                                            "currency",
                                            "campaign_id",
                                            "adgroup_id" };
    const char *list = t->what->fields;

    for (size_t i = 0; !*list && i < SIM_COUNT(standard); i++) {
        const tiktok_metric *m = tiktok_metric_named(r, standard[i]);

        if (m) r->metrics[r->metric_count++] = m;
    }
    while (*list && r->metric_count < TIKTOK_METRICS_MOST) {
        char name[64];
        size_t size = strcspn(list, ",");

        (void)snprintf(name, sizeof name, "%.*s", (int)size, list);
        r->metrics[r->metric_count] = tiktok_metric_named(r, name);
        t->fine = t->fine && r->metrics[r->metric_count];
        if (!t->fine) return;
        r->metric_count++;
        list += size + (list[size] == ',');
    }
    for (size_t i = 0; i < r->metric_count; i++)
        r->arrived = r->arrived || !strncmp(tiktok_metric_name(r->metrics[i], false), "real_time_", 10);
}

static void truth_report(sim_truth *t, const world_account *account, const char *level, world_kind kind, const char *id)
{
    tiktok_report *r = sim_need(calloc(1, sizeof *r));
    sim_arena kept = { 0 };

    *r = (tiktok_report){ .site = t->site, .ids = true, .days = true, .type = 'b', .level = kind, .account_count = 1 };
    r->v2 = !strcmp(level, "ad_v2");
    r->accounts[0] = *account;
    r->dimensions = truth_dimensions(t, id);
    memset(r->status, 'a', sizeof r->status);
    sim_truth_days(t, account, &r->from, &r->to);
    truth_metrics(t, r);
    kept = t->arena; /* the end of a line frees t->arena */
    t->arena = (sim_arena){ 0 };
    if (t->fine) tiktok_report_make(r);
    for (size_t i = 0; i < r->cell_count && t->fine; i++) {
        tiktok_sums sums;

        tiktok_report_sums(r, &r->cells[i], &sums);
        if (!sums.n.impressions) continue;
        truth_begin(t, "insights", level, account, truth_asked(r, &r->cells[i]));
        tiktok_report_row(t->out, r, &r->cells[i]);
        sim_truth_end(t);
    }
    tiktok_report_free(r);
    sim_arena_free(&kept);
    free(r);
}

static void truth_figures(sim_truth *t, const world_account *account)
{
    static const struct {
        const char *level, *id;
        world_kind kind;
    } levels[] = { { "account", "advertiser_id", WORLD_ACCOUNT },
                   { "campaign", "campaign_id", WORLD_CAMPAIGN },
                   { "adset", "adgroup_id", WORLD_ADSET },
                   { "ad", "ad_id", WORLD_AD },
                   { "ad_v2", "ad_id_v2", WORLD_AD } };

    for (size_t i = 0; sim_truth_wants(t, "insights") && i < SIM_COUNT(levels); i++) {
        if (i < 4 ? sim_truth_level(t, levels[i].level) : !strcmp(t->what->level, levels[i].level))
            truth_report(t, account, levels[i].level, levels[i].kind, levels[i].id);
    }
}

const char *tiktok_truth(sim_truth *t)
{
    tiktok_row row = { .site = t->site };
    char id[24];

    for (int64_t g = 0; t->fine && world_account_at(t->site, g, &row.account); g++) {
        (void)snprintf(id, sizeof id, "%lld", (long long)row.account.id);
        if (!sim_truth_account(t, id)) continue;
        if (sim_truth_wants(t, "accounts")) {
            truth_begin(t, "account", NULL, &row.account, false);
            tiktok_row_write(t->out, tiktok_account_fields, &row, NULL);
            sim_truth_end(t);
        }
        if (!tiktok_readable(&row.account)) continue; /* nothing of it can be read */
        truth_lists(t, &row.account);
        truth_keywords(t, &row.account);
        truth_others(t, &row.account);
        truth_figures(t, &row.account);
    }
    return NULL;
}
