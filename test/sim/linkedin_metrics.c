/* SPDX-License-Identifier: MIT */
/* Figures of a row: counts are numbers; money is text, with more digits than anybody needs, sometimes almost nothing below zero. */
#include "linkedin.h"

#define OF(member) offsetof(linkedin_figures, member)
#define METRIC_REACH_DAYS 92

static const linkedin_metric metric_table[] = {
    { "impressions", 'i', OF(impressions), 1, 1 },
    { "clicks", 'i', OF(clicks), 1, 1 },
    { "costInLocalCurrency", 'm', OF(spend), 1, 1 },
    { "costInUsd", 'u', OF(spend), 1, 1 },
    { "landingPageClicks", 'i', OF(links), 1, 1 },
    { "externalWebsiteConversions", 'i', OF(conversions), 1, 1 },
    { "externalWebsitePostClickConversions", 'i', OF(post_click), 1, 1 },
    { "externalWebsitePostViewConversions", 'i', OF(post_view), 1, 1 },
    { "conversionValueInLocalCurrency", 'm', OF(value), 1, 1 },
    { "oneClickLeads", 'i', OF(leads), 1, 1 },
    { "oneClickLeadFormOpens", 'i', OF(leads), 3, 1 },
    { "qualifiedLeads", 'i', OF(leads), 1, 2 },
    { "validWorkEmailLeads", 'i', OF(leads), 1, 3 },
    { "approximateMemberReach", 'i', OF(reach), 1, 1 },
    { "totalEngagements", 'i', OF(engagements), 1, 1 },
    { "likes", 'i', OF(engagements), 1, 4 },
    { "comments", 'i', OF(engagements), 1, 7 },
    { "commentLikes", 'i', OF(engagements), 1, 31 },
    { "shares", 'i', OF(engagements), 1, 9 },
    { "follows", 'i', OF(engagements), 1, 11 },
    { "reactions", 'i', OF(engagements), 1, 3 },
    { "otherEngagements", 'i', OF(engagements), 1, 13 },
    { "companyPageClicks", 'i', OF(clicks), 1, 6 },
    { "actionClicks", 'i', OF(clicks), 1, 8 },
    { "adUnitClicks", 'i', OF(clicks), 1, 12 },
    { "textUrlClicks", 'i', OF(clicks), 1, 14 },
    { "cardClicks", 'i', OF(clicks), 1, 16 },
    { "cardImpressions", 'i', OF(impressions), 1, 16 },
    { "downloadClicks", 'i', OF(clicks), 1, 29 },
    { "documentFirstQuartileCompletions", 'i', OF(quartiles[0]), 1, 20 },
    { "documentMidpointCompletions", 'i', OF(quartiles[1]), 1, 20 },
    { "documentThirdQuartileCompletions", 'i', OF(quartiles[2]), 1, 20 },
    { "documentCompletions", 'i', OF(quartiles[3]), 1, 20 },
    { "sends", 'i', OF(impressions), 1, 5 },
    { "opens", 'i', OF(clicks), 1, 2 },
    { "videoStarts", 'i', OF(plays), 1, 1 },
    { "videoViews", 'i', OF(plays), 1, 2 },
    { "videoFirstQuartileCompletions", 'i', OF(quartiles[0]), 1, 1 },
    { "videoMidpointCompletions", 'i', OF(quartiles[1]), 1, 1 },
    { "videoThirdQuartileCompletions", 'i', OF(quartiles[2]), 1, 1 },
    { "videoCompletions", 'i', OF(quartiles[3]), 1, 1 },
    { "fullScreenPlays", 'i', OF(plays), 1, 40 },
    { "leadGenerationMailContactInfoShares", 'i', OF(leads), 1, 5 },
    { "leadGenerationMailInterestedClicks", 'i', OF(leads), 1, 4 },
    { "viralImpressions", 'i', OF(impressions), 1, 10 },
    { "viralClicks", 'i', OF(clicks), 1, 10 },
    { "viralLikes", 'i', OF(engagements), 1, 40 },
    { "viralComments", 'i', OF(engagements), 1, 70 },
    { "viralShares", 'i', OF(engagements), 1, 90 },
    { "viralFollows", 'i', OF(engagements), 1, 110 },
    { "viralReactions", 'i', OF(engagements), 1, 30 },
    { "viralLandingPageClicks", 'i', OF(links), 1, 10 },
    { "viralCompanyPageClicks", 'i', OF(clicks), 1, 60 },
    { "viralTotalEngagements", 'i', OF(engagements), 1, 10 },
    { "viralExternalWebsiteConversions", 'i', OF(conversions), 1, 10 },
    { "viralOneClickLeads", 'i', OF(leads), 1, 10 },
    { "viralVideoViews", 'i', OF(plays), 1, 20 },
    { "costPerQualifiedLead", 'q', OF(spend), 1, 1 },
    { "audiencePenetration", 'p', OF(reach), 1, 1 },
    { "averageDwellTime", 'w', OF(impressions), 1, 1 },
};

const linkedin_metric *linkedin_metric_at(size_t index) { return index < SIM_COUNT(metric_table) ? &metric_table[index] : NULL; }

const linkedin_metric *linkedin_metric_named(const char *name, size_t size)
{
    for (size_t i = 0; i < SIM_COUNT(metric_table); i++) {
        if (strlen(metric_table[i].name) == size && !strncmp(metric_table[i].name, name, size)) return &metric_table[i];
    }
    return NULL;
}

/* what counts as a conversion follows from the window of the account's first rule */
void linkedin_figures_of(const sim_site *site, const world_account *account, const world_numbers *n, linkedin_figures *f)
{
    int64_t days = linkedin_click_days(site, account->g, 0);
    int window = days == 1 ? WORLD_1D_CLICK : days == 7 ? WORLD_7D_CLICK : WORLD_28D_CLICK;

    *f = (linkedin_figures){ .impressions = n->impressions, .clicks = n->clicks, .links = n->links, .engagements = n->engagements };
    f->landings = n->landings;
    f->spend = n->spend;
    f->reach = n->reach;
    f->plays = n->plays;
    memcpy(f->quartiles, n->quartiles, sizeof f->quartiles);
    f->post_click = (n->count[WORLD_PURCHASE][window] + 50) / 100;
    f->post_view = (n->count[WORLD_PURCHASE][WORLD_1D_VIEW] + 50) / 100;
    f->conversions = f->post_click + f->post_view;
    f->value = n->value[WORLD_PURCHASE][window] + n->value[WORLD_PURCHASE][WORLD_1D_VIEW];
    f->leads = n->count[WORLD_LEADS][WORLD_28D_CLICK] / 100;
}

static int64_t metric_value(const linkedin_row *row, const linkedin_metric *metric, int piece)
{
    int64_t value = *(const int64_t *)((const char *)&row->figures + metric->of) * metric->times / metric->by;

    if (piece == LINKEDIN_FIRST) return value / 3;
    if (piece == LINKEDIN_SECOND) return value - value / 3;
    return piece == LINKEDIN_NOTHING ? 0 : value;
}

static bool metric_adds(const linkedin_metric *metric) { return metric->kind == 'i' || metric->kind == 'm' || metric->kind == 'u'; }

bool linkedin_row_empty(const linkedin_row *row, const linkedin_metric *const *metrics, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (metric_adds(metrics[i]) && metric_value(row, metrics[i], LINKEDIN_WHOLE)) return false;
    }
    return true;
}

/* ---- money */

static void metric_nines(sim_text *out, int64_t minor, int64_t offset)
{
    linkedin_decimal(out, minor - 1, offset);
    sim_puts(out, offset == 1 ? ".99999999999999999" : "99999999999999999");
}

/* the same amount in one of the ways in which it comes */
static void metric_money(sim_text *out, const linkedin_row *row, int64_t minor, int piece)
{
    int64_t offset = row->account->currency->offset, way = (int64_t)(row->h / 7 % 5);

    if (piece == LINKEDIN_NOTHING) {
        sim_puts(out, "-2E-18");
        return;
    }
    if (!minor || piece != LINKEDIN_WHOLE || way < 2) {
        linkedin_decimal(out, minor, offset);
    } else if (way == 2) {
        linkedin_decimal(out, minor, offset);
        sim_printf(out, "%s0000000000000%02d", offset == 1 ? ".000" : "0000", (int)(row->h % 89 + 1));
    } else if (way == 3 && minor % offset == 0) {
        sim_int(out, minor / offset);
    } else {
        metric_nines(out, minor, offset);
    }
}

static int64_t metric_rate(const char *currency)
{
    static const struct {
        const char *code;
        int64_t micro;
    } rates[] = { { "USD", 1000000 }, { "EUR", 1087643 }, { "JPY", 6712 }, { "IDR", 61 }, { "BHD", 2652519 }, { "GBP", 1267331 } };

    for (size_t i = 0; i < SIM_COUNT(rates); i++) {
        if (!strcmp(rates[i].code, currency)) return rates[i].micro;
    }
    return 10007;
}

/* two pieces make the whole again, to the last digit */
static void metric_usd(sim_text *out, const linkedin_row *row, int64_t minor, int piece)
{
    int64_t rate = metric_rate(row->account->currency->code), offset = row->account->currency->offset;
    int64_t micro = row->figures.spend * rate / offset, first = row->figures.spend / 3 * rate / offset;

    if (rate == 1000000 || piece == LINKEDIN_NOTHING || !minor) {
        metric_money(out, row, minor, piece);
        return;
    }
    if (piece == LINKEDIN_FIRST) micro = first;
    if (piece == LINKEDIN_SECOND) micro -= first;
    sim_printf(out, "%lld.%06lld", (long long)(micro / 1000000), (long long)(micro % 1000000));
    if (piece != LINKEDIN_FIRST) sim_printf(out, "%012llu", (unsigned long long)(row->h % 1000000000000u));
}

/* ---- ratios: text, a number, or null */

static void metric_ratio(sim_text *out, const linkedin_row *row, char kind)
{
    int64_t qualified = row->figures.leads / 2;

    if (kind == 'q' && qualified)
        sim_printf(out, "\"%lld.%04lld\"", (long long)(row->figures.spend / 100 / qualified), (long long)(row->h % 10000));
    else if (kind == 'p' && row->to - row->from < METRIC_REACH_DAYS)
        sim_printf(out, "0.%04lld", (long long)(row->figures.reach % 10000));
    else if (kind == 'w')
        sim_printf(out, row->h % 2 ? "%lld.%lld" : "\"%lld.%lld\"", (long long)(row->h % 9), (long long)(row->h % 7));
    else
        sim_puts(out, "null");
}

/* a zero may be left out */
static bool metric_left_out(const linkedin_row *row, const linkedin_metric *metric, int piece)
{
    if (!metric_adds(metric)) return piece > LINKEDIN_FIRST;
    return piece != LINKEDIN_NOTHING && !metric_value(row, metric, piece) &&
           sim_hash_bytes(row->h, metric->name, strlen(metric->name)) % 4 == 0;
}

void linkedin_row_write(sim_text *out, const linkedin_row *row, const linkedin_metric *const *metrics, size_t count, int piece, bool sparse)
{
    for (size_t i = 0; i < count; i++) {
        const linkedin_metric *m = metrics[i];
        int64_t value = metric_value(row, m, piece);

        if (sparse && metric_left_out(row, m, piece)) continue;
        sim_json_key(out, m->name);
        if (m->kind == 'i') {
            sim_int(out, value);
        } else if (m->kind == 'm' || m->kind == 'u') {
            sim_putc(out, '"');
            (m->kind == 'm' ? metric_money : metric_usd)(out, row, value, piece);
            sim_putc(out, '"');
        } else {
            metric_ratio(out, row, m->kind);
        }
    }
}

static void metric_date(sim_text *out, const char *name, int64_t day)
{
    sim_date d = sim_date_of(day);

    sim_json_key(out, name);
    sim_printf(out, "{\"month\":%d,\"day\":%d,\"year\":%d}", d.month, d.day, d.year);
}

void linkedin_row_dates(sim_text *out, const linkedin_row *row)
{
    sim_json_key(out, "dateRange");
    sim_json_open(out, '{');
    metric_date(out, "start", row->from);
    metric_date(out, "end", row->to);
    sim_putc(out, '}');
}

void linkedin_row_pivots(sim_text *out, const linkedin_row *row)
{
    sim_json_key(out, "pivotValues");
    sim_json_open(out, '[');
    for (size_t i = 0; i < row->pivot_count; i++) sim_json_string(out, row->pivots[i]);
    sim_putc(out, ']');
}
