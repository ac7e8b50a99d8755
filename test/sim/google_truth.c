/* SPDX-License-Identifier: MIT */
/* What a sync must hold, as rows of a query for everything; what an account that cannot be read holds is shown to those who ask. */
#include "google.h"

typedef struct truth_kind {
    const char *plural, *kind, *level, *from, *where;
} truth_kind;

static const truth_kind truth_kinds[] = {
    { "accounts", "account", NULL, "customer", "" },
    { "campaigns", "campaign", NULL, "campaign", "" },
    { "adsets", "adset", NULL, "ad_group", "" },
    { "adsets", "adset", NULL, "asset_group", "" },
    { "ads", "ad", NULL, "ad_group_ad", "" },
    { "creatives", "creative", NULL, "asset", "WHERE asset.type != 'LEAD_FORM'" },
    { "audiences", "audience", NULL, "user_list", "" },
    { "keywords", "keyword", NULL, "ad_group_criterion", "" },
    { "forms", "form", NULL, "asset", "WHERE asset.type = 'LEAD_FORM'" },
    { "leads", "lead", NULL, "lead_form_submission_data", "" },
    { "insights", "insights", "account", "customer", "d" },
    { "insights", "insights", "campaign", "campaign", "d" },
    { "insights", "insights", "adset", "ad_group", "d" },
    { "insights", "insights", "adset", "asset_group", "d" },
    { "insights", "insights", "ad", "ad_group_ad", "d" },
    { "insights", "insights", "keyword", "keyword_view", "d" },
};

/* everything but what costs much: figures by the day of the sale must be named in --fields */
static void truth_select(sim_text *out, const truth_kind *k, const char *fields)
{
    const google_field *field;
    const char *comma = "";

    sim_puts(out, "SELECT ");
    if (*fields) sim_puts(out, fields);
    for (size_t i = 0; !*fields && (field = google_field_at(i)); i++) {
        bool figure = google_of(field->name, "metrics") && !strstr(field->name, "by_conversion_date");
        bool name = google_of(field->name, k->from) && (!k->level || strstr(field->name, "resource_name") || strstr(field->name, ".id"));
        bool budget = !strcmp(k->plural, "campaigns") && google_of(field->name, "campaign_budget");

        if (field->until || !(name || budget || (k->level && (figure || !strcmp(field->name, "segments.date"))))) continue;
        sim_printf(out, "%s%s", comma, field->name);
        comma = ", ";
    }
    sim_printf(out, " FROM %s ", k->from);
}

static void truth_rows(sim_truth *t, const truth_kind *k, const google_customer *customer)
{
    sim_arena arena = { 0 };
    sim_request request = { .arena = &arena, .method = "POST", .path = "/v25/customers", .host = GOOGLE_ADS, .raw_query = "" };
    sim_answer answer = { 0 };
    google_call call = { .site = t->site, .request = &request, .answer = &answer, .version = 25, .customer = *customer };
    google_query *query = sim_alloc(&arena, sizeof *query);
    google_rows *rows = sim_alloc(&arena, sizeof *rows);
    char id[24], from[16], to[16];
    int64_t first, last, place;
    sim_text text = { 0 };

    (void)snprintf(id, sizeof id, "%lld", (long long)customer->cid);
    sim_truth_days(t, &customer->account, &first, &last);
    sim_day_text(from, first);
    sim_day_text(to, last);
    truth_select(&text, k, t->what->fields);
    if (*k->where == 'd')
        sim_printf(&text, "WHERE segments.date BETWEEN '%s' AND '%s'", from, to);
    else
        sim_puts(&text, k->where);
    t->fine = t->fine && google_query_read(&call, text.p, query);
    if (t->fine) google_rows_begin(rows, &call, query);
    while (t->fine && google_rows_next(rows, &place)) {
        sim_truth_begin(t, k->kind, k->level, id, !google_readable(customer));
        google_row_write(t->out, &rows->row);
        sim_truth_end(t);
    }
    sim_free(&text);
    sim_answer_free(&answer);
    sim_arena_free(&arena);
}

static void truth_customer(sim_truth *t, const google_customer *customer)
{
    char id[24];

    (void)snprintf(id, sizeof id, "%lld", (long long)customer->cid);
    for (size_t i = 0; sim_truth_account(t, id) && i < SIM_COUNT(truth_kinds); i++) {
        const truth_kind *k = &truth_kinds[i];

        if (!sim_truth_wants(t, k->plural) || (k->level && !sim_truth_level(t, k->level))) continue;
        if (!customer->manager || !strcmp(k->plural, "accounts")) truth_rows(t, k, customer);
    }
}

const char *google_truth(sim_truth *t)
{
    const sim_options *o = &t->site->sim->options;
    google_customer customer;

    for (int64_t user = 0; user < o->users; user++) {
        for (int which = 1; which <= 2; which++) {
            (void)google_customer_at(t->site, google_manager_id(user, which), &customer);
            truth_customer(t, &customer);
        }
        for (int64_t k = 0; k < o->accounts; k++) {
            google_customer_of(t->site, user * o->accounts + k, &customer);
            truth_customer(t, &customer);
        }
    }
    return NULL;
}
