/* SPDX-License-Identifier: MIT */
/* Figures of a row, and the segments that split them: sheet, 4.3. int64 is text, a double stays a number, money is micros or it is not. */
#include "google_fields.h"

static void metric_splits(const google_row *r, world_numbers *n)
{
    if (!strcmp(r->query->from->name, "keyword_view")) world_numbers_part(n, r->criterion, 3);
    if (r->hour >= 0) world_numbers_part(n, r->hour, 24);
    if (r->device >= 0) world_numbers_part(n, r->device, 3);
    if (r->network >= 0) world_numbers_part(n, r->network, 2);
}

void google_row_numbers(google_row *r)
{
    world_kind level = r->query->from->level;
    int64_t index = level == WORLD_CAMPAIGN ? r->campaign.index : level == WORLD_ADSET ? r->adset.index : r->ad.index;
    int64_t ads = world_ads_under(r->site, level), first = level == WORLD_ACCOUNT ? 0 : index * ads;

    r->n = r->arrived = (world_numbers){ 0 };
    if (r->owner.manager || (!r->query->metrics && !r->query->segments)) return;
    world_sum(r->site, &r->owner.account, level, index, r->from, r->to, &r->n);
    for (int64_t ad = first; r->query->arrived && ad < first + ads; ad++) {
        for (int64_t day = r->from; day <= r->to; day++) world_arrived_add(r->site, &r->owner.account, ad, day, &r->arrived);
    }
    metric_splits(r, &r->n);
    metric_splits(r, &r->arrived);
}

/* ---- sales: the first two actions are primary; clicks and engaged views make a conversion, views alone do not */

static double metric_share(const google_row *r) { return r->owner.account.purchase == 3 ? 0.973171 : 1.0; }

static int64_t metric_actions(const google_row *r, const int64_t table[WORLD_EVENTS][WORLD_WINDOWS], bool all)
{
    int64_t sum = 0;

    for (int event = 0; event < (all ? WORLD_EVENTS : WORLD_CART); event++) {
        if (r->action < 0 || r->action == event) sum += table[event][WORLD_28D_CLICK] + table[event][WORLD_1D_EV];
    }
    return sum;
}

static google_value metric_count(const google_row *r, const world_numbers *n, bool all)
{
    return value_number((double)metric_actions(r, n->count, all) / 100.0 * metric_share(r));
}

static google_value metric_worth(const google_row *r, const world_numbers *n, bool all)
{
    return value_number((double)metric_actions(r, n->value, all) / (double)r->owner.account.currency->offset * metric_share(r));
}

static google_value metric_ratio(double a, double b) { return b > 0 ? value_number(a / b) : value_none(); }

static double metric_cost_of(const google_row *r) { return (double)google_micros(r, r->n.spend); }

FIELD(m_cost) { return value_int(google_micros(r, r->n.spend)); }
FIELD(m_impressions) { return value_int(r->n.impressions); }
FIELD(m_clicks) { return value_int(r->n.clicks); }
FIELD(m_interactions) { return value_int(r->n.clicks + r->n.engagements); }
FIELD(m_engagements) { return value_int(r->n.engagements); }
FIELD(m_conversions) { return metric_count(r, &r->n, false); }
FIELD(m_value) { return metric_worth(r, &r->n, false); }
FIELD(m_all) { return metric_count(r, &r->n, true); }
FIELD(m_all_value) { return metric_worth(r, &r->n, true); }
FIELD(m_conversions_by_date) { return metric_count(r, &r->arrived, false); }
FIELD(m_value_by_date) { return metric_worth(r, &r->arrived, false); }
FIELD(m_all_by_date) { return metric_count(r, &r->arrived, true); }
FIELD(m_all_value_by_date) { return metric_worth(r, &r->arrived, true); }
FIELD(m_views)
{
    int64_t sum = 0;

    for (int event = 0; event < WORLD_EVENTS; event++) sum += r->n.count[event][WORLD_1D_VIEW];
    return value_int(sum / 100);
}
FIELD(m_cpc) { return metric_ratio(metric_cost_of(r), (double)r->n.clicks); }
FIELD(m_cpm) { return metric_ratio(metric_cost_of(r) * 1000, (double)r->n.impressions); }
FIELD(m_cpa) { return metric_ratio(metric_cost_of(r), m_conversions(r).d); }
FIELD(m_ctr) { return metric_ratio((double)r->n.clicks, (double)r->n.impressions); }
FIELD(m_share)
{
    return r->n.impressions ? value_number(r->n.impressions % 4 ? (double)(r->n.impressions % 97) / 100.0 : 0.0999) : value_none();
}
FIELD(m_video) { return value_int(r->n.plays); }

/* every selected metric is zero */
bool google_row_zero(const google_row *row)
{
    bool any = false;

    for (size_t i = 0; i < row->query->selected; i++) {
        const google_field *field = row->query->select[i];
        google_value value;

        if (!google_of(field->name, "metrics")) continue;
        any = true;
        value = field->get(row);
        if (value.i || value.d > 0) return false;
    }
    return any || !row->n.impressions;
}

/* ---- segments */

static google_value segment_day(const google_row *r, int64_t day)
{
    char text[16];

    sim_day_text(text, day);
    return google_text(r, "%s", text);
}

static google_value segment_month(const google_row *r, int months)
{
    sim_date d = sim_date_of(r->from);

    return segment_day(r, sim_day_of(d.year, (d.month - 1) / months * months + 1, 1));
}

FIELD(s_date) { return segment_day(r, r->from); }
FIELD(s_week) { return segment_day(r, r->from - (r->from + 3) % 7); }
FIELD(s_month) { return segment_month(r, 1); }
FIELD(s_quarter) { return segment_month(r, 3); }
FIELD(s_year) { return value_small(sim_date_of(r->from).year); }
FIELD(s_hour) { return value_small(r->hour); }
FIELD(s_device)
{
    static const char *const words[] = { "DESKTOP", "MOBILE", "TABLET" };

    return value_word(words[r->device]);
}
FIELD(s_network) { return value_word(r->network ? "SEARCH_PARTNERS" : "SEARCH"); }

const google_field google_metric_fields[] = {
    { "metrics.cost_micros", 'i', m_cost, 0, 0 },
    { "metrics.impressions", 'i', m_impressions, 0, 0 },
    { "metrics.clicks", 'i', m_clicks, 0, 0 },
    { "metrics.interactions", 'i', m_interactions, 0, 0 },
    { "metrics.engagements", 'i', m_engagements, 0, 0 },
    { "metrics.conversions", 'd', m_conversions, 0, 0 },
    { "metrics.conversions_value", 'd', m_value, 0, 0 },
    { "metrics.all_conversions", 'd', m_all, 0, 0 },
    { "metrics.all_conversions_value", 'd', m_all_value, 0, 0 },
    { "metrics.view_through_conversions", 'i', m_views, 0, 0 },
    { "metrics.conversions_by_conversion_date", 'd', m_conversions_by_date, 0, 0 },
    { "metrics.conversions_value_by_conversion_date", 'd', m_value_by_date, 0, 0 },
    { "metrics.all_conversions_by_conversion_date", 'd', m_all_by_date, 0, 0 },
    { "metrics.all_conversions_value_by_conversion_date", 'd', m_all_value_by_date, 0, 0 },
    { "metrics.average_cpc", 'd', m_cpc, 0, 0 },
    { "metrics.average_cpm", 'd', m_cpm, 0, 0 },
    { "metrics.cost_per_conversion", 'd', m_cpa, 0, 0 },
    { "metrics.ctr", 'd', m_ctr, 0, 0 },
    { "metrics.search_impression_share", 'd', m_share, 0, 0 },
    { "metrics.video_trueview_views", 'i', m_video, 23, 0 },
    { "metrics.video_views", 'i', m_video, 0, 22 },
    { NULL, 0, NULL, 0, 0 },
};

const google_field google_segment_fields[] = {
    { "segments.date", 't', s_date, 0, 0 },
    { "segments.week", 't', s_week, 0, 0 },
    { "segments.month", 't', s_month, 0, 0 },
    { "segments.quarter", 't', s_quarter, 0, 0 },
    { "segments.year", 'n', s_year, 0, 0 },
    { "segments.hour", 'n', s_hour, 0, 0 },
    { "segments.device", 'e', s_device, 0, 0 },
    { "segments.ad_network_type", 'e', s_network, 0, 0 },
    { NULL, 0, NULL, 0, 0 },
};
