/* SPDX-License-Identifier: MIT */
/* adAnalytics: no pages, at most 15,000 rows and not a word when there were more; UTC days; rows without anything are not there. */
#include "linkedin.h"

#include <stdlib.h>

#define ANALYTICS_FIELDS 20
#define ANALYTICS_YEARS 3650 /* days that performance is kept */
#define ANALYTICS_MEMBER 730 /* and what is told of members */
#define ANALYTICS_MEMBER_DAILY 182
#define ANALYTICS_REACH 92
#define ANALYTICS_FACETS 6

static const struct {
    const char *name;
    world_kind kind;
} analytics_facets[ANALYTICS_FACETS] = {
    { "accounts", WORLD_ACCOUNT }, { "campaignGroups", WORLD_CAMPAIGN }, { "campaigns", WORLD_ADSET },
    { "creatives", WORLD_AD },     { "shares", WORLD_CREATIVE },         { "companies", WORLD_BUSINESS },
};

typedef struct analytics_facet {
    linkedin_ref *refs;
    size_t count;
} analytics_facet;

typedef struct analytics_query {
    linkedin_call *call;
    const linkedin_pivot *pivots[3];
    size_t pivot_count, metric_count, fields;
    const linkedin_metric *metrics[ANALYTICS_FIELDS];
    bool dates, values, money, reach, member;
    char piece; /* of time: D M Y A */
    int64_t from, to, rows, cap;
    analytics_facet facets[ANALYTICS_FACETS];
    /* of the account that is walked */
    world_account account;
    bool *ads;
} analytics_query;

/* ---- reading it */

/* a word, also as (value:WORD) */
static const char *analytics_word(const linkedin_value *value)
{
    if (value && value->kind == 'm') value = linkedin_member(value, "value");
    return value && value->kind == 's' ? value->text : NULL;
}

static bool analytics_pivots(analytics_query *q)
{
    const linkedin_value *one = linkedin_param(&q->call->query, "pivot"), *more = linkedin_param(&q->call->query, "pivots");

    if (more && (more->kind != 'l' || !more->child)) return linkedin_fail_param(q->call, "pivots");
    for (const linkedin_value *v = more ? more->child : one; v; v = more ? v->next : NULL) {
        const char *word = analytics_word(v);
        const linkedin_pivot *pivot = word ? linkedin_pivot_named(word) : NULL;

        if (!pivot || q->pivot_count == 3) return linkedin_fail_param(q->call, more ? "pivots" : "pivot");
        q->pivots[q->pivot_count++] = pivot;
        q->member |= pivot->way == 'm';
    }
    if (q->pivot_count) return true;
    return linkedin_fail_input(q->call, 400, "MISSING_FIELD", "pivot", "A pivot is required");
}

static bool analytics_day(const linkedin_value *date, int64_t *day)
{
    int64_t year, month, number;
    sim_date back;

    if (!linkedin_number(linkedin_member(date, "year"), &year) || !linkedin_number(linkedin_member(date, "month"), &month)) return false;
    if (!linkedin_number(linkedin_member(date, "day"), &number) || year < 1970 || year > 9999) return false;
    *day = sim_day_of((int)year, (int)month, (int)number);
    back = sim_date_of(*day);
    return back.month == (int)month && back.day == (int)number;
}

static bool analytics_range(analytics_query *q)
{
    const linkedin_value *range = linkedin_param(&q->call->query, "dateRange");
    int64_t today = linkedin_today(q->call->site);

    q->to = today;
    if (!range) return linkedin_fail_input(q->call, 400, "MISSING_FIELD", "dateRange", "dateRange is required");
    if (!analytics_day(linkedin_member(range, "start"), &q->from)) return linkedin_fail_param(q->call, "dateRange");
    if (linkedin_member(range, "end") && !analytics_day(linkedin_member(range, "end"), &q->to))
        return linkedin_fail_param(q->call, "dateRange");
    if (q->from > q->to) return linkedin_fail_input(q->call, 400, "START_DATE_AFTER_END_DATE", "dateRange", "The start is after the end");
    if (q->reach && q->to - q->from >= ANALYTICS_REACH)
        return linkedin_fail_input(q->call, 400, "PARAM_INVALID", "dateRange", "approximateMemberReach covers 92 days at most");
    return true;
}

static bool analytics_field(analytics_query *q, const char *name, size_t size)
{
    const linkedin_metric *metric = linkedin_metric_named(name, size);

    q->fields++;
    if (size == 9 && !strncmp(name, "dateRange", 9)) return q->dates = true;
    if (size == 11 && !strncmp(name, "pivotValues", 11)) return q->values = true;
    if (!metric || q->fields > ANALYTICS_FIELDS) {
        const char *copy = sim_copy(q->call->request->arena, name, size);

        if (!metric) return linkedin_fail_input(q->call, 400, "FIELD_INVALID", "fields", copy);
        return linkedin_fail_input(q->call, 400, "PARAM_INVALID", "fields", "More than 20 fields were requested");
    }
    q->money |= metric->kind == 'm' || metric->kind == 'u';
    q->reach |= !strcmp(metric->name, "approximateMemberReach");
    q->metrics[q->metric_count++] = metric;
    return true;
}

static bool analytics_fields(analytics_query *q)
{
    const char *at = q->call->query.fields ? q->call->query.fields : "impressions,clicks";

    while (*at) {
        size_t size = strcspn(at, ",");

        if (!analytics_field(q, at, size)) return false;
        at += size + (at[size] == ',');
    }
    return true;
}

static bool analytics_facets_read(analytics_query *q)
{
    bool any = false;

    for (size_t i = 0; i < ANALYTICS_FACETS; i++) {
        const linkedin_value *list = linkedin_param(&q->call->query, analytics_facets[i].name);
        analytics_facet *facet = &q->facets[i];

        if (!list) continue;
        if (list->kind != 'l' || !list->child) return linkedin_fail_param(q->call, analytics_facets[i].name);
        for (const linkedin_value *v = list->child; v; v = v->next) facet->count++;
        facet->refs = sim_alloc(q->call->request->arena, facet->count * sizeof *facet->refs);
        facet->count = 0;
        for (const linkedin_value *v = list->child; v; v = v->next) {
            linkedin_ref ref = linkedin_urn_read(q->call->site, v->kind == 's' ? v->text : "");

            if (!ref.urn) return linkedin_fail_urn(q->call, analytics_facets[i].name, facet->count);
            if (ref.kind != analytics_facets[i].kind)
                return linkedin_fail_input(q->call, 400, "INVALID_URN_TYPE", analytics_facets[i].name, "The URN is of another type");
            facet->refs[facet->count++] = ref;
        }
        any = true;
    }
    return any ? true : linkedin_fail_input(q->call, 400, "MISSING_FIELD", "accounts", "At least one facet is required");
}

static bool analytics_read(analytics_query *q)
{
    static const char *const words[] = { "DAILY", "MONTHLY", "YEARLY", "ALL" };
    const char *piece = analytics_word(linkedin_param(&q->call->query, "timeGranularity"));
    const linkedin_value *start = linkedin_param(&q->call->query, "start");
    int64_t page = 0;

    if (start && (!linkedin_number(start, &page) || page)) return linkedin_fail_param(q->call, "start"); /* there is no second page */
    for (size_t i = 0; piece && i < SIM_COUNT(words); i++) {
        if (!strcmp(words[i], piece)) q->piece = *piece;
    }
    if (!q->piece) return linkedin_fail_param(q->call, "timeGranularity");
    return analytics_pivots(q) && analytics_fields(q) && analytics_range(q) && analytics_facets_read(q);
}

/* ---- whose figures */

/* is the ad below one of the facet's objects? */
static bool analytics_below(const analytics_query *q, const analytics_facet *facet, int64_t ad)
{
    const sim_options *o = &q->call->site->sim->options;
    world_entity e;

    for (size_t i = 0; i < facet->count; i++) {
        const linkedin_ref *ref = &facet->refs[i];
        int64_t g = ref->kind == WORLD_BUSINESS ? q->account.user : q->account.g;

        if (ref->g != g) continue;
        if (ref->kind == WORLD_ACCOUNT || ref->kind == WORLD_BUSINESS) return true;
        if (ref->kind == WORLD_CAMPAIGN && ref->index == ad / (o->ads * o->adsets)) return true;
        if (ref->kind == WORLD_ADSET && ref->index == ad / o->ads) return true;
        if (ref->kind == WORLD_AD && ref->index == ad) return true;
        if (ref->kind == WORLD_CREATIVE && world_entity_at(q->call->site, WORLD_AD, g, ad, &e) &&
            linkedin_post_index(q->call->site, &e) == ref->index)
            return true;
    }
    return false;
}

static void analytics_choose(analytics_query *q)
{
    int64_t count = world_count(q->call->site, WORLD_AD);

    for (int64_t ad = 0; ad < count; ad++) {
        q->ads[ad] = true;
        for (size_t i = 0; q->ads[ad] && i < ANALYTICS_FACETS; i++)
            q->ads[ad] = !q->facets[i].refs || analytics_below(q, &q->facets[i], ad);
    }
}

/* the deepest object among the pivots, whose ads are counted together */
static world_kind analytics_level(const analytics_query *q)
{
    static const int depth[WORLD_POST + 1] = { [WORLD_CAMPAIGN] = 1, [WORLD_ADSET] = 2, [WORLD_CREATIVE] = 3, [WORLD_AD] = 4 };
    world_kind level = WORLD_ACCOUNT;

    for (size_t i = 0; i < q->pivot_count; i++) {
        if (q->pivots[i]->way == 'o' && depth[q->pivots[i]->kind] > depth[level]) level = q->pivots[i]->kind;
    }
    return level;
}

static bool analytics_sum(const analytics_query *q, world_kind level, int64_t index, int64_t from, int64_t to, world_numbers *n)
{
    const sim_site *site = q->call->site;
    int64_t ads = level == WORLD_CREATIVE ? 2 : world_ads_under(site, level), first = level == WORLD_ACCOUNT ? 0 : index * ads;
    world_entity e;
    bool any = false;

    if (level == WORLD_CREATIVE) first = index;
    for (int64_t ad = first; ad < first + ads && ad < world_count(site, WORLD_AD); ad++) {
        bool posted = level != WORLD_CREATIVE || (world_entity_at(site, WORLD_AD, q->account.g, ad, &e) &&
                                                  linkedin_content_of(site, &e) <= LINKEDIN_UGC && linkedin_post_index(site, &e) == index);

        if (!q->ads[ad] || !posted) continue;
        any = true;
        for (int64_t day = from; day <= to; day++) world_numbers_add(site, &q->account, ad, day, n);
    }
    return any;
}

/* ---- rows */

/* what a pivot says of a row; index: of the deepest object; part: of a split */
static const char *analytics_value(const analytics_query *q, const linkedin_pivot *pivot, world_kind level, int64_t index, int64_t part)
{
    const sim_site *site = q->call->site;
    const sim_options *o = &site->sim->options;
    char *out = sim_alloc(q->call->request->arena, 96);
    int64_t ad = level == WORLD_AD || level == WORLD_CREATIVE ? index : index * world_ads_under(site, level);
    world_entity e;

    if (pivot->words) return pivot->words[part];
    if (pivot->format) (void)snprintf(out, 96, pivot->format, (long long)(pivot->base + part));
    if (pivot->way == 'c') linkedin_urn(out, site, WORLD_PIXEL, q->account.g, part);
    if (pivot->way != 'o') return out;
    if (!strcmp(pivot->name, "COMPANY")) {
        linkedin_urn(out, site, WORLD_BUSINESS, q->account.user, 0);
    } else if (pivot->kind == WORLD_CREATIVE) {
        if (world_entity_at(site, WORLD_AD, q->account.g, ad, &e)) linkedin_reference(out, site, &e);
    } else {
        int64_t own = pivot->kind == WORLD_CAMPAIGN ? ad / (o->ads * o->adsets) : pivot->kind == WORLD_ADSET ? ad / o->ads : ad;

        linkedin_urn(out, site, pivot->kind, q->account.g, own);
    }
    return out;
}

static void analytics_write(analytics_query *q, const linkedin_row *row, int piece)
{
    sim_text *out = &q->call->answer->body;

    if (q->rows == q->cap) return;
    q->rows++;
    sim_json_open(out, '{');
    if (q->dates && row->h % 2) linkedin_row_dates(out, row);
    linkedin_row_write(out, row, q->metrics, q->metric_count, piece, true);
    if (q->dates && !(row->h % 2)) linkedin_row_dates(out, row);
    if (q->values) linkedin_row_pivots(out, row);
    sim_putc(out, '}');
}

/* now and then a row comes in two pieces, or with one of nothing before it, which is to be summed */
static void analytics_row(analytics_query *q, const linkedin_row *row)
{
    bool pieces = q->money && row->h % 19 == 1;

    if (linkedin_row_empty(row, q->metrics, q->metric_count) && (!q->money || row->h % 31)) return;
    if (q->money && row->h % 17 == 0) analytics_write(q, row, LINKEDIN_NOTHING);
    analytics_write(q, row, pieces ? LINKEDIN_FIRST : LINKEDIN_WHOLE);
    if (pieces) analytics_write(q, row, LINKEDIN_SECOND);
}

/* of what a split gives to one part; false: too few to be shown */
static bool analytics_part(const analytics_query *q, const linkedin_pivot *pivot, int64_t part, linkedin_row *row, world_numbers *n)
{
    linkedin_figures *f = &row->figures;

    if (pivot->way == 'p' || pivot->way == 'm') world_numbers_part(n, part, pivot->parts);
    linkedin_figures_of(q->call->site, &q->account, n, f);
    if (pivot->way == 'c')
        *f = (linkedin_figures){ .post_click = (f->post_click + part) / 2,
                                 .conversions = (f->conversions + part) / 2,
                                 .value = f->value / 2 };
    if (pivot->way != 'm') return true;
    f->impressions -= f->impressions % 3; /* noise */
    f->clicks -= f->clicks % 3;
    return f->impressions >= 3;
}

/* all combinations of the parts of the pivots that split, at most two */
static void analytics_split(analytics_query *q, world_kind level, int64_t index, const world_numbers *n, linkedin_row *row)
{
    int64_t parts[3] = { 1, 1, 1 }, total = 1;

    for (size_t i = 0; i < q->pivot_count; i++) total *= parts[i] = q->pivots[i]->parts;
    row->pivot_count = q->pivot_count;
    for (int64_t at = 0; at < total; at++) {
        world_numbers share = *n;
        int64_t rest = at;
        bool shown = true;

        linkedin_figures_of(q->call->site, &q->account, &share, &row->figures);
        for (size_t i = 0; i < q->pivot_count; i++) {
            int64_t part = rest % parts[i];

            rest /= parts[i];
            row->pivots[i] = analytics_value(q, q->pivots[i], level, index, part);
            if (q->pivots[i]->way != 'o') shown = shown && analytics_part(q, q->pivots[i], part, row, &share);
        }
        row->h = sim_hash(q->account.h, (uint64_t)level << 40 | (uint64_t)index, (uint64_t)row->from, (uint64_t)at);
        if (shown) analytics_row(q, row);
    }
}

static int64_t analytics_piece_end(const analytics_query *q, int64_t from)
{
    sim_date d = sim_date_of(from);
    int64_t end = q->to;

    if (q->piece == 'D') end = from;
    if (q->piece == 'M') end = sim_day_of(d.month == 12 ? d.year + 1 : d.year, d.month == 12 ? 1 : d.month + 1, 1) - 1;
    if (q->piece == 'Y') end = sim_day_of(d.year + 1, 1, 1) - 1;
    return end < q->to ? end : q->to;
}

static void analytics_object(analytics_query *q, world_kind level, int64_t index)
{
    int64_t today = linkedin_today(q->call->site), kept = ANALYTICS_YEARS, end;

    if (q->member) kept = q->piece == 'D' ? ANALYTICS_MEMBER_DAILY : ANALYTICS_MEMBER;
    for (int64_t from = q->from; from <= q->to && q->rows < q->cap; from = end + 1) {
        world_numbers n = { 0 };
        linkedin_row row = { .site = q->call->site, .account = &q->account, .from = from };

        row.to = end = analytics_piece_end(q, from);
        if (end < today - kept || !analytics_sum(q, level, index, from < today - kept ? today - kept : from, end < today ? end : today, &n))
            continue;
        analytics_split(q, level, index, &n, &row);
    }
}

static void analytics_account(analytics_query *q)
{
    const sim_site *site = q->call->site;
    world_kind level = analytics_level(q);
    int64_t count = level == WORLD_ACCOUNT ? 1 : world_count(site, level == WORLD_CREATIVE ? WORLD_AD : level);

    analytics_choose(q);
    for (int64_t index = 0; index < count && q->rows < q->cap; index++) analytics_object(q, level, index);
}

bool linkedin_analytics(linkedin_call *call)
{
    const sim_options *o = &call->site->sim->options;
    analytics_query *q = sim_alloc(call->request->arena, sizeof *q);
    bool revenue = !strcmp(linkedin_param(&call->query, "q")->text, "attributedRevenueMetrics");

    q->call = call;
    q->cap = sim_setting_int(call->site, "row-cap");
    q->ads = sim_alloc(call->request->arena, (size_t)world_count(call->site, WORLD_AD) + 1);
    if (!revenue && !analytics_read(q)) return false;
    if (!linkedin_values_pass(call)) return false;
    sim_puts(&call->answer->body, "{\"paging\":{\"start\":0,\"count\":10,\"links\":[]},\"elements\":[");
    for (int64_t g = call->token.user * o->accounts; !revenue && g < (call->token.user + 1) * o->accounts; g++) {
        if (linkedin_opens(call, g) && world_account_at(call->site, g, &q->account)) analytics_account(q); /* no access: no rows */
    }
    sim_puts(&call->answer->body, "]}");
    call->answer->rows = q->rows;
    linkedin_values_charge(call, q->rows * (int64_t)q->fields);
    return true;
}
