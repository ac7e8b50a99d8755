/* SPDX-License-Identifier: MIT */
/* The floor: a loop by hand for each platform over the same bytes, by somebody who knows the pages: simdjson's DOM with one parser that
 * is kept, one pass over each object, and nothing of what a connector looks at besides (refusals, shapes, keys that stand twice, days that
 * were not asked for, limits). */
#define SIMDJSON_EXCEPTIONS 0
#include "floor.h"
#include "platforms.h"

extern "C" {
#include "bench.h"
}

#include <cmath>
#include <cstring>

namespace dom = simdjson::dom;
using floors::day_of;
using floors::micros;
using floors::text_of;
using floors::whole;

namespace {

dom::parser parser;

dom::element parsed(const platforms_page *page)
{
    dom::element root;

    bench_need(!parser.parse(page->body, page->size, false).get(root), "JSON");
    return root;
}

platforms_row *begin(platforms_row *row)
{
    row->id[0] = row->campaign[0] = 0;
    std::memcpy(row->currency, "USD", 4);
    row->has = 0;
    row->day = 0;
    return row;
}

template <size_t n> void keep(char (&out)[n], std::string_view text)
{
    size_t size = text.size() < n ? text.size() : n - 1;

    if (size) std::memcpy(out, text.data(), size);
    out[size] = 0;
}

void set(platforms_row *row, int figure, int64_t value)
{
    row->figures[figure] = value;
    row->has |= 1u << figure;
}

/* A number, or a text that is one. */
int64_t number(dom::element e)
{
    int64_t value = 0;
    double part = 0;

    if (!e.get(value)) return value;
    if (!e.get(part)) return std::llround(part);
    return whole(text_of(e));
}

int64_t amount(dom::element e)
{
    int64_t value = 0;
    double part = 0;

    if (!e.get(value)) return value * 1000000;
    if (!e.get(part)) return std::llround(part * 1e6);
    return micros(text_of(e));
}

/* A name, its figure, and how it is read. */
struct known {
    std::string_view name;
    int figure;
    bool decimal;
};

template <size_t n> bool figure(platforms_row *row, const known (&table)[n], std::string_view key, dom::element value)
{
    for (const known &k : table)
        if (k.name == key) {
            set(row, k.figure, k.decimal ? amount(value) : number(value));
            return true;
        }
    return false;
}

/* ---- Meta */

enum { OMNI, PURCHASE, PIXEL, LEAD, ENGAGEMENT, ACTIONS };
constexpr std::string_view action_names[] = { "omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase", "lead",
                                              "post_engagement" };
struct action {
    bool there;
    int64_t value, click, view;
};

void meta_actions(dom::element list, action *out)
{
    dom::array array;

    if (list.get(array)) return;
    for (dom::element item : array) {
        std::string_view type = text_of(item["action_type"].value_unsafe());
        for (int i = 0; i < ACTIONS; i++) {
            if (type != action_names[i]) continue;
            dom::element e;
            out[i].there = true;
            if (!item["value"].get(e)) out[i].value += micros(text_of(e));
            if (!item["7d_click"].get(e)) out[i].click += micros(text_of(e));
            if (!item["1d_view"].get(e)) out[i].view += micros(text_of(e));
            break;
        }
    }
}

void meta_row(dom::object object, platforms_row *row)
{
    static constexpr known table[] = { { "spend", FIGURE_SPEND, true },
                                       { "impressions", FIGURE_IMPRESSIONS, false },
                                       { "clicks", FIGURE_CLICKS, false },
                                       { "inline_link_clicks", FIGURE_LINK_CLICKS, false },
                                       { "reach", FIGURE_REACH, false } };
    action counts[ACTIONS] = {}, values[ACTIONS] = {};
    int used = OMNI;

    for (auto [key, value] : object) {
        if (figure(row, table, key, value)) continue;
        if (key == "ad_id") keep(row->id, text_of(value));
        else if (key == "campaign_id") keep(row->campaign, text_of(value));
        else if (key == "account_currency") keep(row->currency, text_of(value));
        else if (key == "date_start") row->day = day_of(text_of(value));
        else if (key == "actions") meta_actions(value, counts);
        else if (key == "action_values") meta_actions(value, values);
    }
    while (used < PIXEL && !counts[used].there) used++;
    set(row, FIGURE_CONVERSIONS, counts[used].value);
    set(row, FIGURE_CLICK_CONVERSIONS, counts[used].click);
    set(row, FIGURE_VIEW_CONVERSIONS, counts[used].view);
    set(row, FIGURE_REVENUE, values[used].value);
    set(row, FIGURE_PURCHASES, counts[used].value);
    set(row, FIGURE_LEADS, counts[LEAD].value);
    set(row, FIGURE_ENGAGEMENTS, counts[ENGAGEMENT].value / 1000000);
}

/* ---- Google Ads */

void google_metrics(dom::element metrics, platforms_row *row)
{
    static constexpr known table[] = { { "clicks", FIGURE_CLICKS, false },
                                       { "conversionsValue", FIGURE_REVENUE, true },
                                       { "conversions", FIGURE_CONVERSIONS, true },
                                       { "costMicros", FIGURE_SPEND, false },
                                       { "impressions", FIGURE_IMPRESSIONS, false },
                                       { "viewThroughConversions", FIGURE_VIEW_CONVERSIONS, true },
                                       { "conversionsByConversionDate", FIGURE_BY_EVENT_DAY, true },
                                       { "engagements", FIGURE_ENGAGEMENTS, false },
                                       { "videoTrueviewViews", FIGURE_VIDEO_VIEWS, false } };
    dom::object object;

    if (metrics.get(object)) return;
    for (auto [key, value] : object) figure(row, table, key, value);
    set(row, FIGURE_LINK_CLICKS, row->figures[FIGURE_CLICKS]);
}

void google_row(dom::object object, platforms_row *row)
{
    dom::element e;

    for (auto [key, value] : object) {
        if (key == "metrics") google_metrics(value, row);
        else if (key == "segments" && !value["date"].get(e)) row->day = day_of(text_of(e));
        else if (key == "customer" && !value["currencyCode"].get(e)) keep(row->currency, text_of(e));
        else if (key == "adGroupAd" && !value["resourceName"].get(e)) {
            std::string_view name = text_of(e);
            keep(row->id, name.substr(name.rfind('/') + 1));
        }
    }
}

/* ---- TikTok */

constexpr known tiktok_table[] = { { "spend", FIGURE_SPEND, true },
                                   { "impressions", FIGURE_IMPRESSIONS, false },
                                   { "clicks", FIGURE_CLICKS, false },
                                   { "conversion", FIGURE_CONVERSIONS, true },
                                   { "reach", FIGURE_REACH, false },
                                   { "cta_conversion", FIGURE_CLICK_CONVERSIONS, true },
                                   { "vta_conversion", FIGURE_VIEW_CONVERSIONS, true },
                                   { "real_time_conversion", FIGURE_BY_EVENT_DAY, true },
                                   { "complete_payment", FIGURE_PURCHASES, true },
                                   { "total_complete_payment_rate", FIGURE_REVENUE, true } };

void tiktok_metrics(dom::element metrics, platforms_row *row)
{
    dom::object object;
    int64_t leads = 0;

    if (metrics.get(object)) return;
    for (auto [key, value] : object) {
        if (figure(row, tiktok_table, key, value)) continue;
        if (key == "form" || key == "onsite_form") leads += amount(value);
        else if (key == "campaign_id") keep(row->campaign, text_of(value));
    }
    set(row, FIGURE_LEADS, leads);
    set(row, FIGURE_LINK_CLICKS, row->figures[FIGURE_CLICKS]);
}

void tiktok_row(dom::object object, platforms_row *row)
{
    dom::element e;

    for (auto [key, value] : object) {
        if (key == "metrics") tiktok_metrics(value, row);
        if (key != "dimensions") continue;
        if (!value["ad_id"].get(e)) keep(row->id, text_of(e));
        if (!value["stat_time_day"].get(e)) row->day = day_of(text_of(e));
    }
}

/* ---- LinkedIn */

void linkedin_when(dom::element range, platforms_row *row)
{
    dom::object start;

    if (range["start"].get(start)) return;
    for (auto [key, value] : start) row->day += number(value) * (key == "year" ? 10000 : key == "month" ? 100 : 1);
}

void linkedin_row(dom::object object, platforms_row *row)
{
    static constexpr known table[] = { { "costInLocalCurrency", FIGURE_SPEND, true },
                                       { "impressions", FIGURE_IMPRESSIONS, false },
                                       { "clicks", FIGURE_CLICKS, false },
                                       { "landingPageClicks", FIGURE_LINK_CLICKS, false },
                                       { "externalWebsiteConversions", FIGURE_CONVERSIONS, true },
                                       { "conversionValueInLocalCurrency", FIGURE_REVENUE, true },
                                       { "externalWebsitePostClickConversions", FIGURE_CLICK_CONVERSIONS, true },
                                       { "externalWebsitePostViewConversions", FIGURE_VIEW_CONVERSIONS, true },
                                       { "oneClickLeads", FIGURE_LEADS, true },
                                       { "totalEngagements", FIGURE_ENGAGEMENTS, false },
                                       { "videoViews", FIGURE_VIDEO_VIEWS, false },
                                       { "approximateMemberReach", FIGURE_REACH, false } };

    for (auto [key, value] : object) {
        if (figure(row, table, key, value)) continue;
        if (key == "dateRange") linkedin_when(value, row);
        else if (key == "pivotValues") keep(row->id, text_of(value.at(0).value_unsafe()));
    }
}

/* ---- X: a list per figure, an element per day */

template <size_t n> void x_lists(dom::object metrics, const known (&table)[n], platforms_row *rows)
{
    for (auto [key, value] : metrics) {
        dom::array list;
        for (const known &k : table) {
            if (k.name != key || value.get(list)) continue;
            platforms_row *row = rows;
            for (dom::element e : list) set(row++, k.figure, k.decimal ? amount(e) : number(e));
        }
    }
}

uint32_t x_entity(dom::element entity, platforms_row *rows, uint32_t days)
{
    static constexpr known core[] = { { "impressions", FIGURE_IMPRESSIONS, false },
                                      { "clicks", FIGURE_CLICKS, false },
                                      { "url_clicks", FIGURE_LINK_CLICKS, false },
                                      { "engagements", FIGURE_ENGAGEMENTS, false },
                                      { "billed_charge_local_micro", FIGURE_SPEND, false },
                                      { "video_total_views", FIGURE_VIDEO_VIEWS, false } };
    static constexpr known sales[] = { { "metric", FIGURE_CONVERSIONS, true },
                                       { "metric", FIGURE_PURCHASES, true },
                                       { "sale_amount", FIGURE_REVENUE, false },
                                       { "post_engagement", FIGURE_CLICK_CONVERSIONS, true },
                                       { "post_view", FIGURE_VIEW_CONVERSIONS, true } };
    std::string_view id = text_of(entity["id"].value_unsafe());
    dom::object metrics, purchases;

    for (uint32_t i = 0; i < days; i++) {
        keep(begin(&rows[i])->id, id);
        rows[i].day = 20260101 + i;
    }
    bench_need(!entity["id_data"].at(0)["metrics"].get(metrics), "metrics");
    x_lists(metrics, core, rows);
    if (!metrics["conversion_purchases"].get(purchases)) x_lists(purchases, sales, rows);
    return days;
}

/* ---- Snapchat */

int64_t snapchat_instant(std::string_view text) /* of one offset: enough to compare */
{
    return day_of(text) * 1000000 + (text.size() < 19 ? 0 : whole(text.substr(11, 2)) * 10000 + whole(text.substr(14, 2)) * 100);
}

void snapchat_stats(dom::element stats, platforms_row *row)
{
    static constexpr known table[] = { { "impressions", FIGURE_IMPRESSIONS, false },
                                       { "swipes", FIGURE_CLICKS, false },
                                       { "spend", FIGURE_SPEND, false },
                                       { "video_views", FIGURE_VIDEO_VIEWS, false },
                                       { "uniques", FIGURE_REACH, false } };
    dom::object object;

    if (stats.get(object)) return;
    for (auto [key, value] : object) figure(row, table, key, value);
    set(row, FIGURE_LINK_CLICKS, row->figures[FIGURE_CLICKS]);
}

void snapchat_day(dom::object day, std::string_view id, int64_t last, platforms_row *row)
{
    keep(row->id, id);
    for (auto [key, value] : day) {
        if (key == "start_time") row->day = day_of(text_of(value));
        else if (key == "end_time") set(row, FIGURE_FINAL, snapchat_instant(text_of(value)) <= last);
        else if (key == "stats") snapchat_stats(value, row);
    }
}

typedef void (*row_reader)(dom::object object, platforms_row *row);

uint32_t each(dom::element list, row_reader reader, platforms_row *rows)
{
    dom::array array;
    uint32_t n = 0;

    bench_need(!list.get(array), "a list");
    for (dom::element item : array) {
        dom::object object;
        bench_need(!item.get(object), "a row");
        reader(object, begin(&rows[n++]));
    }
    return n;
}

} // namespace

uint32_t floor_meta(const platforms_page *page, platforms_row *rows) { return each(parsed(page)["data"].value_unsafe(), meta_row, rows); }

uint32_t floor_google(const platforms_page *page, platforms_row *rows)
{
    return each(parsed(page)["results"].value_unsafe(), google_row, rows);
}

uint32_t floor_tiktok(const platforms_page *page, platforms_row *rows)
{
    return each(parsed(page)["data"]["list"].value_unsafe(), tiktok_row, rows);
}

uint32_t floor_linkedin(const platforms_page *page, platforms_row *rows)
{
    return each(parsed(page)["elements"].value_unsafe(), linkedin_row, rows);
}

uint32_t floor_x(const platforms_page *page, platforms_row *rows)
{
    dom::element root = parsed(page);
    dom::array list;
    uint32_t n = 0, days = static_cast<uint32_t>(number(root["time_series_length"].value_unsafe()));

    bench_need(!root["data"].get(list), "a list");
    for (dom::element entity : list) n += x_entity(entity, &rows[n], days);
    return n;
}

uint32_t floor_snapchat(const platforms_page *page, platforms_row *rows)
{
    dom::element stat = parsed(page)["timeseries_stats"].at(0)["timeseries_stat"].value_unsafe();
    int64_t last = snapchat_instant(text_of(stat["finalized_data_end_time"].value_unsafe()));
    dom::array ads, days;
    uint32_t n = 0;

    bench_need(!stat["breakdown_stats"]["ad"].get(ads), "a list");
    for (dom::element ad : ads) {
        std::string_view id = text_of(ad["id"].value_unsafe());
        bench_need(!ad["timeseries"].get(days), "days");
        for (dom::element item : days) {
            dom::object day;
            bench_need(!item.get(day), "a day");
            snapchat_day(day, id, last, begin(&rows[n++]));
        }
    }
    return n;
}

/* ---- TikTok's file: lines and commas, columns found by the header */

namespace {

enum { COLUMN_ID = FIGURES, COLUMN_DAY, COLUMN_CAMPAIGN, COLUMN_FORM, COLUMN_NONE };

int file_column(std::string_view name)
{
    for (const known &k : tiktok_table)
        if (k.name == name) return k.figure;
    if (name == "ad_id") return COLUMN_ID;
    if (name == "stat_time_day") return COLUMN_DAY;
    if (name == "campaign_id") return COLUMN_CAMPAIGN;
    return name == "form" || name == "onsite_form" ? COLUMN_FORM : COLUMN_NONE;
}

void file_field(platforms_row *row, int column, std::string_view text)
{
    bool count = column == FIGURE_IMPRESSIONS || column == FIGURE_CLICKS || column == FIGURE_REACH;

    if (column < FIGURES) set(row, column, count ? whole(text) : micros(text));
    else if (column == COLUMN_ID) keep(row->id, text);
    else if (column == COLUMN_DAY) row->day = day_of(text);
    else if (column == COLUMN_CAMPAIGN) keep(row->campaign, text);
    else if (column == COLUMN_FORM) row->figures[FIGURE_LEADS] += micros(text);
}

} // namespace

uint32_t floor_tiktok_file(const platforms_page *page, platforms_row *rows)
{
    const char *at = page->body, *end = page->body + page->size;
    int columns[32], n = 0;
    uint32_t row = 0;

    for (bool header = true; at < end; header = false) {
        const char *stop = static_cast<const char *>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
        if (!stop) stop = end;
        if (!header) begin(&rows[row])->figures[FIGURE_LEADS] = 0;
        for (int i = 0; at < stop; i++) {
            const char *comma = static_cast<const char *>(std::memchr(at, ',', static_cast<size_t>(stop - at)));
            if (!comma) comma = stop;
            std::string_view text(at, static_cast<size_t>(comma - at));
            if (header) columns[n++] = file_column(text);
            else file_field(&rows[row], columns[i], text);
            at = comma + 1;
        }
        if (!header) {
            set(&rows[row], FIGURE_LEADS, rows[row].figures[FIGURE_LEADS]);
            set(&rows[row], FIGURE_LINK_CLICKS, rows[row].figures[FIGURE_CLICKS]);
            row++;
        }
        at = stop + 1;
    }
    return row;
}
