/* SPDX-License-Identifier: MIT */
/* What a sync must hold. Posts are the creatives; figures come in one piece and with their zeros. */
#include "linkedin.h"

static const char *truth_account_id(sim_truth *t, const world_account *account)
{
    char *out = sim_alloc(&t->arena, 24);

    (void)snprintf(out, 24, "%lld", (long long)linkedin_id(t->site, WORLD_ACCOUNT, account->g, 0));
    return out;
}

/* an object as it is written, of which --fields leaves some */
static void truth_object(sim_truth *t, const sim_text *object) { linkedin_project(t->out, &t->arena, object, t->what->fields); }

static void truth_account(sim_truth *t, const world_account *account)
{
    sim_text text = { 0 };

    linkedin_write_account(&text, t->site, account);
    truth_object(t, &text);
    sim_free(&text);
}

static bool truth_entity(sim_truth *t, const world_entity *e)
{
    sim_text text = { 0 };

    linkedin_write_entity(&text, t->site, e);
    truth_object(t, &text);
    sim_free(&text);
    return true;
}

static bool truth_asked(const sim_truth *t, const world_entity *e)
{
    return e->kind <= WORLD_AD && linkedin_hidden(linkedin_status(t->site, e));
}

static bool truth_has(const sim_truth *t, const world_account *account, world_kind kind)
{
    (void)t;
    if (kind == WORLD_CREATIVE || kind == WORLD_POST) return false; /* truth_posts writes them */
    return (kind != WORLD_FORM && kind != WORLD_LEAD) || linkedin_page_role(account);
}

static void truth_numbers(sim_truth *t, const world_account *account, world_kind level, const world_entity *e, int64_t day,
                          const world_numbers *n)
{
    const linkedin_metric *metrics[96];
    linkedin_row row = { .site = t->site, .account = account, .from = day, .to = day, .pivot_count = 1 };
    int64_t index = e ? e->index : 0;
    size_t count = 0;
    char urn[96];
    sim_text text = { 0 };

    while (count < SIM_COUNT(metrics) && (metrics[count] = linkedin_metric_at(count))) count++;
    linkedin_urn(urn, t->site, level, account->g, index);
    row.pivots[0] = urn;
    row.h = sim_hash(account->h, (uint64_t)level << 40 | (uint64_t)index, (uint64_t)day, 0);
    linkedin_figures_of(t->site, account, n, &row.figures);
    sim_json_open(&text, '{');
    linkedin_row_dates(&text, &row);
    linkedin_row_pivots(&text, &row);
    linkedin_row_write(&text, &row, metrics, count, LINKEDIN_WHOLE, false);
    sim_putc(&text, '}');
    truth_object(t, &text);
    sim_free(&text);
}

/* what creatives show: a post with its text, a message by its name alone */
static void truth_posts(sim_truth *t, const world_account *account, bool creatives)
{
    int64_t count = world_count(t->site, WORLD_AD);
    world_entity ad;

    for (int64_t i = 0; i < count && t->fine; i++) {
        sim_text text = { 0 };
        char reference[96];

        if (!world_entity_at(t->site, WORLD_AD, account->g, i, &ad) || linkedin_post_index(t->site, &ad) != i) continue;
        linkedin_reference(reference, t->site, &ad);
        if (!*reference || (!creatives && linkedin_content_of(t->site, &ad) > LINKEDIN_UGC)) continue;
        if (linkedin_content_of(t->site, &ad) > LINKEDIN_UGC) {
            sim_puts(&text, "{");
            sim_json_pair(&text, "id", reference);
            sim_puts(&text, "}");
        } else {
            linkedin_write_post(&text, t->site, &ad);
        }
        sim_truth_begin(t, creatives ? "creative" : "post", NULL, truth_account_id(t, account), false);
        truth_object(t, &text);
        sim_truth_end(t);
        sim_free(&text);
    }
}

/* the Page's forms of the person's other accounts: whoever asks for one account's finds them as well */
static void truth_page_forms(sim_truth *t, const world_account *account)
{
    int64_t count = world_count(t->site, WORLD_FORM), accounts = t->site->sim->options.accounts, first = account->user * accounts;
    world_account other;
    world_entity form;

    for (int64_t i = 0; i < accounts * count && t->fine; i++) {
        int64_t g = first + i / count;

        if (g == account->g || !world_account_at(t->site, g, &other) || !linkedin_page_role(&other)) continue;
        if (!world_entity_at(t->site, WORLD_FORM, g, i % count, &form) || !linkedin_page_form(t->site, &form)) continue;
        sim_truth_begin(t, "form", NULL, truth_account_id(t, account), false);
        (void)truth_entity(t, &form);
        sim_truth_end(t);
    }
}

const char *linkedin_truth(sim_truth *t)
{
    static const sim_truth_writers writers = { truth_account_id, truth_account, truth_entity, truth_numbers, truth_asked, truth_has };
    bool creatives = sim_truth_wants(t, "creatives");
    world_account account;

    sim_truth_walk(t, &writers);
    for (int64_t g = 0; (creatives || sim_truth_wants(t, "posts")) && t->fine && world_account_at(t->site, g, &account); g++) {
        if (sim_truth_account(t, truth_account_id(t, &account))) truth_posts(t, &account, creatives);
    }
    for (int64_t g = 0; sim_truth_wants(t, "forms") && t->fine && world_account_at(t->site, g, &account); g++) {
        if (linkedin_page_role(&account) && sim_truth_account(t, truth_account_id(t, &account))) truth_page_forms(t, &account);
    }
    return NULL;
}
