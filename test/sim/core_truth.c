/* SPDX-License-Identifier: MIT */
/* The ground truth: printed as it is computed, so its length is no matter. */
#include "site.h"

static const char *const truth_kinds[] = { "accounts", "campaigns", "adsets", "ads",   "creatives", "audiences",
                                           "keywords", "forms",     "leads",  "posts", "insights" };

void sim_truth_begin(sim_truth *t, const char *kind, const char *level, const char *account, bool asked)
{
    sim_puts(t->out, "{");
    sim_json_pair(t->out, "kind", kind);
    if (level) sim_json_pair(t->out, "level", level);
    if (account) sim_json_pair(t->out, "account_id", account);
    sim_json_pair(t->out, "shown", asked ? "asked" : "always");
    sim_json_key(t->out, "row");
}

void sim_truth_end(sim_truth *t)
{
    sim_puts(t->out, "}\n");
    sim_arena_free(&t->arena);
    if (t->out->size > 1u << 16) t->fine = t->fine && t->flush(t->out, t->user);
}

bool sim_truth_wants(const sim_truth *t, const char *kind) { return !strcmp(t->what->truth, kind); }

bool sim_truth_level(const sim_truth *t, const char *level) { return !*t->what->level || !strcmp(t->what->level, level); }

bool sim_truth_account(const sim_truth *t, const char *id) { return !*t->what->account || !strcmp(t->what->account, id); }

void sim_truth_days(sim_truth *t, const world_account *account, int64_t *from, int64_t *to)
{
    *to = sim_zone_day(account->zone, sim_now(t->site->sim));
    *from = *to - 89;
    if (*t->what->from) t->fine &= sim_day_read(t->what->from, from);
    if (*t->what->to) t->fine &= sim_day_read(t->what->to, to);
}

/* ---- the walk */

typedef struct truth_walk {
    sim_truth *t;
    const sim_truth_writers *w;
    world_account account;
    const char *id; /* lives while the account is walked */
} truth_walk;

static bool truth_asked(const truth_walk *k, const world_entity *e) { return e && k->w->asked && k->w->asked(k->t, e); }

static void truth_entity(truth_walk *k, const char *name, const world_entity *e)
{
    size_t before = k->t->out->size;

    sim_truth_begin(k->t, name, NULL, k->id, truth_asked(k, e));
    if (k->w->entity(k->t, e)) {
        sim_truth_end(k->t);
        return;
    }
    k->t->out->size = before;
    if (k->t->out->p) k->t->out->p[before] = 0;
}

static void truth_leads(truth_walk *k, const char *name, int64_t g)
{
    const sim_options *o = &k->t->site->sim->options;
    int64_t today = sim_now(k->t->site->sim) / SIM_DAY;
    world_entity e;

    for (int64_t form = 0; form < o->forms; form++) {
        for (int64_t i = 0; i < 92 * o->leads && k->t->fine; i++) {
            if (world_entity_at(k->t->site, WORLD_LEAD, g, world_lead_index(form, today - i / o->leads, i % o->leads), &e))
                truth_entity(k, name, &e);
        }
    }
}

static void truth_entities(truth_walk *k, const char *name, world_kind kind, int64_t g)
{
    int64_t count = world_count(k->t->site, kind);
    world_entity e;

    if (kind == WORLD_LEAD) truth_leads(k, name, g);
    for (int64_t i = 0; i < count && k->t->fine; i++) {
        if (world_entity_at(k->t->site, kind, g, i, &e)) truth_entity(k, name, &e);
    }
}

/* what hangs on pages is walked with the first account of their person */
static void truth_kind(truth_walk *k, const char *name, world_kind kind)
{
    const sim_options *o = &k->t->site->sim->options;
    const world_rules *rules = k->t->site->platform->world;
    bool paged = (kind == WORLD_FORM || kind == WORLD_LEAD || kind == WORLD_POST) && !(rules && rules->account_forms);

    if (!paged) truth_entities(k, name, kind, k->account.g);
    for (int64_t i = 0; paged && k->account.g % o->accounts == 0 && i < o->pages; i++)
        truth_entities(k, name, kind, k->account.user * o->pages + i);
}

static void truth_numbers(truth_walk *k, const char *level, world_kind kind)
{
    int64_t from, to, count = kind == WORLD_ACCOUNT ? 1 : world_count(k->t->site, kind);
    world_entity e;

    sim_truth_days(k->t, &k->account, &from, &to);
    for (int64_t i = 0; i < count; i++) {
        const world_entity *object = kind == WORLD_ACCOUNT ? NULL : &e;

        if (object && !world_entity_at(k->t->site, kind, k->account.g, i, &e)) continue;
        for (int64_t day = from; day <= to && k->t->fine; day++) {
            world_numbers n = { 0 };

            world_sum(k->t->site, &k->account, kind, i, day, day, &n);
            if (!n.impressions) continue;
            sim_truth_begin(k->t, "insights", level, k->id, truth_asked(k, object));
            k->w->numbers(k->t, &k->account, kind, object, day, &n);
            sim_truth_end(k->t);
        }
    }
}

static void truth_one_account(truth_walk *k)
{
    static const struct {
        const char *plural, *name;
        world_kind kind;
    } kinds[] = { { "campaigns", "campaign", WORLD_CAMPAIGN },
                  { "adsets", "adset", WORLD_ADSET },
                  { "ads", "ad", WORLD_AD },
                  { "creatives", "creative", WORLD_CREATIVE },
                  { "audiences", "audience", WORLD_AUDIENCE },
                  { "forms", "form", WORLD_FORM },
                  { "leads", "lead", WORLD_LEAD },
                  { "posts", "post", WORLD_POST } };
    static const struct {
        const char *name;
        world_kind kind;
    } levels[] = { { "account", WORLD_ACCOUNT }, { "campaign", WORLD_CAMPAIGN }, { "adset", WORLD_ADSET }, { "ad", WORLD_AD } };

    if (sim_truth_wants(k->t, "accounts")) {
        sim_truth_begin(k->t, "account", NULL, k->id, false);
        k->w->account(k->t, &k->account);
        sim_truth_end(k->t);
    }
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        if (sim_truth_wants(k->t, kinds[i].plural) && (!k->w->has || k->w->has(k->t, &k->account, kinds[i].kind)))
            truth_kind(k, kinds[i].name, kinds[i].kind);
    }
    for (size_t i = 0; sim_truth_wants(k->t, "insights") && i < SIM_COUNT(levels); i++) {
        if (sim_truth_level(k->t, levels[i].name) && (!k->w->has || k->w->has(k->t, &k->account, WORLD_JOB)))
            truth_numbers(k, levels[i].name, levels[i].kind);
    }
}

void sim_truth_walk(sim_truth *t, const sim_truth_writers *writers)
{
    truth_walk k = { .t = t, .w = writers };

    for (int64_t g = 0; t->fine && world_account_at(t->site, g, &k.account); g++) {
        const char *id = writers->account_id(t, &k.account);
        char text[128];

        (void)snprintf(text, sizeof text, "%s", id);
        k.id = text;
        if (sim_truth_account(t, id)) truth_one_account(&k);
    }
}

/* ---- from the command line and from the control port */

static bool truth_flush(sim_text *out, void *user)
{
    FILE *to = user;
    bool fine;

    if (!to) return out->size < 64u * 1024 * 1024; /* kept in memory: a bound */
    fine = fwrite(out->p, 1, out->size, to) == out->size;
    sim_clear(out);
    return fine;
}

static const char *truth_of(sim_world *sim, const sim_options *what, sim_text *out, void *to)
{
    sim_site *site = sim_site_named(sim, what->platform);
    sim_truth t = { .site = site, .what = what, .out = out, .flush = truth_flush, .user = to, .fine = true };
    const char *wrong =
        "the kind must be accounts, campaigns, adsets, ads, creatives, audiences, keywords, forms, leads, posts or insights";

    if (!site) return "no such platform";
    for (size_t i = 0; i < SIM_COUNT(truth_kinds); i++) {
        if (!strcmp(truth_kinds[i], what->truth)) wrong = NULL;
    }
    if (!wrong) wrong = site->platform->truth(&t);
    if (!wrong && !t.fine) wrong = "it is too long, or a parameter cannot be read";
    sim_arena_free(&t.arena);
    return wrong;
}

int sim_truth_print(sim_world *sim, FILE *to)
{
    sim_text out = { 0 };
    const char *wrong = truth_of(sim, &sim->options, &out, to);
    if (!wrong && out.size && !truth_flush(&out, to)) wrong = "the output cannot be written";
    sim_free(&out);
    if (wrong) fprintf(stderr, "adsim: %s\n", wrong);
    return wrong ? 2 : 0;
}

bool sim_truth_text(sim_world *sim, const sim_json *what, sim_text *out, const char **wrong)
{
    sim_options options = sim->options;
    sim_text lines = { 0 };

    options.truth = sim_json_str(what, "kind", "");
    options.platform = sim_json_str(what, "platform", sim->options.platform);
    options.account = sim_json_str(what, "account", "");
    options.level = sim_json_str(what, "level", "");
    options.fields = sim_json_str(what, "fields", "");
    options.from = sim_json_str(what, "from", "");
    options.to = sim_json_str(what, "to", "");
    *wrong = truth_of(sim, &options, &lines, NULL);
    sim_json_key(out, "rows");
    sim_json_open(out, '[');
    for (size_t i = 0; i + 1 < lines.size; i++) {
        if (lines.p[i] == '\n') lines.p[i] = ',';
    }
    if (lines.size) sim_add(out, lines.p, lines.size - 1);
    sim_putc(out, ']');
    sim_free(&lines);
    return !*wrong;
}
