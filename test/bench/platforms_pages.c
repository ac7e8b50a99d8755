/* SPDX-License-Identifier: MIT */
/* Pages of figures as each platform sends them, as full as it fills them. The members are those that the library asks for, in the
 * platform's order; the numbers are drawn, and look like real ones. */
#include "platforms.h"

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { META_ROWS = 500, GOOGLE_ROWS = 10000, TIKTOK_ROWS = 1000, TIKTOK_ADS = 500, LINKEDIN_ROWS = 14000, SNAPCHAT_ADS = 200, X_IDS = 20 };

static uint64_t draw_state;

static uint32_t draw(uint32_t below)
{
    draw_state = draw_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(draw_state >> 33) % below;
}

/* January 2026, from the 1st on. */
static uint32_t date(uint32_t i) { return 1 + i % 31; }

static void meta_fill(const platforms_case *c, platforms_page *page, void *user)
{
    FILE *out = user;

    (void)c;
    (void)fputs("{\"data\":[", out);
    for (uint32_t i = 0; i < META_ROWS; i++) {
        uint32_t sales = draw(50), seen = draw(100000), day = date(i % 7);
        (void)fprintf(out,
                      "%s{\"campaign_id\":\"238544046%08u\",\"ad_id\":\"238546957%08u\",\"account_currency\":\"USD\",\"spend\":\"%u.%02u\","
                      "\"impressions\":\"%u\",\"clicks\":\"%u\",\"inline_link_clicks\":\"%u\",\"reach\":\"%u\",\"actions\":[",
                      i ? "," : "", i / 35, i / 7, draw(300), draw(100), seen, seen / 50, seen / 70, seen * 3 / 4);
        (void)fprintf(out,
                      "{\"action_type\":\"omni_purchase\",\"value\":\"%u\",\"7d_click\":\"%u\",\"1d_view\":\"1\"},{\"action_type\":"
                      "\"offsite_conversion.fb_pixel_purchase\",\"value\":\"%u\",\"7d_click\":\"%u\",\"1d_view\":\"1\"},{\"action_type\":"
                      "\"post_engagement\",\"value\":\"%u\",\"7d_click\":\"%u\"},{\"action_type\":\"link_click\",\"value\":\"40\","
                      "\"7d_click\":\"40\"},{\"action_type\":\"page_engagement\",\"value\":\"%u\",\"7d_click\":\"%u\"}],",
                      sales + 1, sales, sales + 1, sales, seen / 40, seen / 41, seen / 30, seen / 31);
        (void)fprintf(out,
                      "\"action_values\":[{\"action_type\":\"omni_purchase\",\"value\":\"%u.5\",\"7d_click\":\"%u.5\"}],"
                      "\"date_start\":\"2026-01-%02u\",\"date_stop\":\"2026-01-%02u\"}",
                      sales * 40, sales * 39, day, day);
    }
    (void)fputs("],\"paging\":{\"cursors\":{\"before\":\"MAZDZD\",\"after\":\"NzIZD\"}}}", out);
    page->rows = META_ROWS;
}

static void google_fill(const platforms_case *c, platforms_page *page, void *user)
{
    FILE *out = user;

    (void)c;
    (void)fputs("{\"results\":[", out);
    for (uint32_t i = 0; i < GOOGLE_ROWS; i++) {
        uint32_t seen = draw(100000), group = 190000000 + i / 100, ad = 700000000 + i / 10;
        (void)fprintf(out,
                      "%s{\"customer\":{\"resourceName\":\"customers/1234567890\",\"currencyCode\":\"USD\"},\"metrics\":{\"clicks\":\"%u\","
                      "\"conversionsValue\":%u.%06u,\"conversions\":%u.%u,\"costMicros\":\"%u0000\",\"impressions\":\"%u\","
                      "\"viewThroughConversions\":\"%u\",\"conversionsByConversionDate\":%u,\"engagements\":\"%u\","
                      "\"videoTrueviewViews\":\"%u\"},\"segments\":{\"date\":\"2026-01-%02u\"},",
                      i ? "," : "", seen / 50, draw(500), draw(1000000), draw(9), draw(10), draw(90000), seen, draw(5), draw(9), seen / 60,
                      draw(40), date(i % 10));
        (void)fprintf(out,
                      "\"adGroup\":{\"resourceName\":\"customers/1234567890/adGroups/%u\",\"id\":\"%u\"},\"adGroupAd\":{\"resourceName\":"
                      "\"customers/1234567890/adGroupAds/%u~%u\",\"ad\":{\"resourceName\":\"customers/1234567890/ads/%u\",\"id\":\"%u\"}}}",
                      group, group, group, ad, ad, ad);
    }
    (void)fputs(
        "],\"fieldMask\":\"metrics.clicks,metrics.conversions\",\"nextPageToken\":\"CPii6_gE\",\"queryResourceConsumption\":\"96\"}", out);
    page->rows = GOOGLE_ROWS;
}

static void tiktok_fill(const platforms_case *c, platforms_page *page, void *user)
{
    FILE *out = user;

    (void)c;
    (void)fputs("{\"code\":0,\"message\":\"OK\",\"request_id\":\"20260101080000AAAA\",\"data\":{\"list\":[", out);
    for (uint32_t i = 0; i < TIKTOK_ROWS; i++) {
        uint32_t seen = draw(100000);
        (void)fprintf(
            out,
            "%s{\"metrics\":{\"spend\":\"%u.%02u\",\"impressions\":\"%u\",\"clicks\":\"%u\",\"conversion\":\"%u\",\"reach\":\"%u\","
            "\"cta_conversion\":\"%u\",\"vta_conversion\":\"%u\",\"real_time_conversion\":\"%u\",\"form\":\"%u\","
            "\"onsite_form\":\"0\",\"complete_payment\":\"%u\",\"total_complete_payment_rate\":\"%u.90\","
            "\"campaign_id\":\"18662485045%05u\"},\"dimensions\":{\"ad_id\":\"18662485046%05u\",\"stat_time_day\":"
            "\"2026-01-%02u 00:00:00\"}}",
            i ? "," : "", draw(300), draw(100), seen, seen / 50, draw(20), seen * 3 / 4, draw(15), draw(5), draw(20), draw(4), draw(9),
            draw(400), i / 150, i / 30, date(i % 30));
    }
    (void)fputs("],\"page_info\":{\"page\":1,\"page_size\":1000,\"total_page\":7,\"total_number\":6400}}}", out);
    page->rows = TIKTOK_ROWS;
}

static void tiktok_file_fill(const platforms_case *c, platforms_page *page, void *user)
{
    FILE *out = user;

    (void)c;
    (void)fputs("ad_id,stat_time_day,spend,impressions,clicks,conversion,reach,cta_conversion,vta_conversion,real_time_conversion,form,"
                "onsite_form,complete_payment,total_complete_payment_rate,campaign_id\n",
                out);
    for (uint32_t i = 0; i < TIKTOK_ADS * 30; i++) {
        uint32_t seen = draw(100000);
        (void)fprintf(out, "18662485046%05u,2026-01-%02u 00:00:00,%u.%02u,%u,%u,%u,%u,%u,%u,%u,%u,0,%u,%u.90,18662485045%05u\n", i / 30,
                      date(i % 30), draw(300), draw(100), seen, seen / 50, draw(20), seen * 3 / 4, draw(15), draw(5), draw(20), draw(4),
                      draw(9), draw(400), i / 150);
    }
    page->rows = TIKTOK_ADS * 30;
}

static void linkedin_fill(const platforms_case *c, platforms_page *page, void *user)
{
    FILE *out = user;

    (void)c;
    (void)fputs("{\"paging\":{\"start\":0,\"count\":10,\"links\":[]},\"elements\":[", out);
    for (uint32_t i = 0; i < LINKEDIN_ROWS; i++) {
        uint32_t seen = draw(100000), day = date(i % 28);
        (void)fprintf(out,
                      "%s{\"dateRange\":{\"start\":{\"month\":1,\"day\":%u,\"year\":2026},\"end\":{\"month\":1,\"day\":%u,\"year\":2026}},"
                      "\"pivotValues\":[\"urn:li:sponsoredCreative:1403%06u\"],\"costInLocalCurrency\":\"%u.%04u\",\"impressions\":%u,"
                      "\"clicks\":%u,\"landingPageClicks\":%u,\"externalWebsiteConversions\":%u,\"conversionValueInLocalCurrency\":"
                      "\"%u.5\",",
                      i ? "," : "", day, day, i / 28, draw(300), draw(10000), seen, seen / 50, seen / 70, draw(20), draw(400));
        (void)fprintf(out,
                      "\"externalWebsitePostClickConversions\":%u,\"externalWebsitePostViewConversions\":%u,\"oneClickLeads\":%u,"
                      "\"totalEngagements\":%u,\"videoViews\":%u,\"approximateMemberReach\":%u}",
                      draw(15), draw(5), draw(4), seen / 40, draw(100), seen * 3 / 4);
    }
    (void)fputs("]}", out);
    page->rows = LINKEDIN_ROWS;
}

static void snapchat_fill(const platforms_case *c, platforms_page *page, void *user)
{
    FILE *out = user;

    (void)c;
    (void)fputs("{\"request_status\":\"SUCCESS\",\"request_id\":\"5de0f99900ff02f49ea1540d1c0001737e\",\"paging\":{},\"timeseries_stats\":["
                "{\"sub_request_status\":\"SUCCESS\",\"timeseries_stat\":{\"id\":\"dbb95f66-4e45-46f0-9760-14ea841db3b4\",\"type\":"
                "\"AD_ACCOUNT\",\"granularity\":\"DAY\",\"finalized_data_end_time\":\"2026-01-20T00:00:00.000+01:00\",\"breakdown_stats\":"
                "{\"ad\":[",
                out);
    for (uint32_t i = 0; i < SNAPCHAT_ADS * 30; i++) {
        uint32_t seen = draw(100000), day = date(i % 30);
        if (i % 30 == 0)
            (void)fprintf(out, "%s{\"id\":\"69d120bd-b319-4201-9a2a-0e64b2%06x\",\"type\":\"AD\",\"granularity\":\"DAY\",\"timeseries\":[",
                          i ? "," : "", i / 30);
        (void)fprintf(out,
                      "%s{\"start_time\":\"2026-01-%02uT00:00:00.000+01:00\",\"end_time\":\"2026-01-%02uT00:00:00.000+01:00\",\"stats\":{"
                      "\"impressions\":%u,\"swipes\":%u,\"spend\":%u0000,\"video_views\":%u,\"uniques\":%u}}",
                      i % 30 ? "," : "", day, day + 1, seen, seen / 50, draw(90000), seen / 3, seen * 3 / 4);
        if (i % 30 == 29) (void)fputs("]}", out);
    }
    (void)fputs("]}}}]}", out);
    page->rows = SNAPCHAT_ADS * 30;
}

static void x_list(FILE *out, const char *name, uint32_t days, uint32_t below, const char *end)
{
    (void)fprintf(out, "\"%s\":[", name);
    for (uint32_t i = 0; i < days; i++) (void)fprintf(out, "%s%u", i ? "," : "", draw(below));
    (void)fprintf(out, "]%s", end);
}

static void x_fill(const platforms_case *c, platforms_page *page, void *user)
{
    FILE *out = user;
    uint32_t days = (uint32_t)(c->to - c->from + 1);

    (void)fprintf(out, "{\"data_type\":\"stats\",\"time_series_length\":%u,\"data\":[", days);
    for (uint32_t i = 0; i < X_IDS; i++) {
        size_t n = strlen(page->ids);
        (void)snprintf(page->ids + n, sizeof page->ids - n, "%s8v7%02x", i ? "," : "", i);
        (void)fprintf(out, "%s{\"id\":\"8v7%02x\",\"id_data\":[{\"segment\":null,\"metrics\":{", i ? "," : "", i);
        x_list(out, "impressions", days, 100000, ",\"tweets_send\":null,");
        x_list(out, "billed_charge_local_micro", days, 90000000, ",\"qualified_impressions\":null,\"follows\":null,");
        x_list(out, "clicks", days, 2000, ",\"app_clicks\":null,\"retweets\":null,\"likes\":null,");
        x_list(out, "engagements", days, 3000, ",");
        x_list(out, "url_clicks", days, 1000, ",");
        x_list(out, "video_total_views", days, 5000, ",\"conversion_sign_ups\":null,\"conversion_purchases\":{");
        x_list(out, "assisted", days, 3, ",");
        x_list(out, "metric", days, 20, ",");
        x_list(out, "order_quantity", days, 20, ",");
        x_list(out, "post_engagement", days, 15, ",");
        x_list(out, "post_view", days, 5, ",");
        x_list(out, "sale_amount", days, 90000000, "}}}]}");
    }
    (void)fprintf(
        out,
        "],\"request\":{\"params\":{\"start_time\":\"2026-01-01T05:00:00Z\",\"end_time\":\"2026-01-%02uT05:00:00Z\",\"placement\":"
        "\"ALL_ON_TWITTER\",\"granularity\":\"DAY\",\"segmentation_type\":null}}}",
        days + 1);
    page->rows = X_IDS * days;
}

#define NEW_YORK "America/New_York"
#define PROMISED (1 / 1.5)
#define ADVERTISER "7000000000000000123"
const platforms_case platforms_cases[] = {
    { "meta", "meta", "v25.0", NEW_YORK, "123", "7d_click,1d_view", NULL, NULL, 20260101, 20260107, PROMISED, meta_fill, floor_meta },
    { "google", "google", "v25", NEW_YORK, "1234567890", NULL, NULL, NULL, 20260101, 20260110, PROMISED, google_fill, floor_google },
    { "tiktok", "tiktok", "v1.3", NEW_YORK, ADVERTISER, NULL, NULL, NULL, 20260101, 20260130, PROMISED, tiktok_fill, floor_tiktok },
    { "tiktok-file", "tiktok", "v1.3", NEW_YORK, ADVERTISER, NULL, NULL, "1 v1.3 read 0 0 0 7001", 20260101, 20260130, 0, tiktok_file_fill,
      floor_tiktok_file },
    { "linkedin", "linkedin", "202607", "UTC", "512", "conversion rule", NULL, NULL, 20260101, 20260128, PROMISED, linkedin_fill,
      floor_linkedin },
    { "x", "x", "12", NEW_YORK, "18ce54d4x5t", NULL, "ALL_ON_TWITTER", "1 12 stats 0 0 0 ~ A:%s", 20260101, 20260107, PROMISED, x_fill,
      floor_x },
    { "x-file", "x", "12", NEW_YORK, "18ce54d4x5t", NULL, "ALL_ON_TWITTER", "1 12 file 0 0 4 ~ A:%s 1120829647711653888", 20260101,
      20260130, PROMISED, x_fill, floor_x },
    { "snapchat", "snapchat", "v1", "Europe/Berlin", "dbb95f66-4e45-46f0-9760-14ea841db3b4", "28_DAY,1_DAY,impression", NULL, NULL,
      20260101, 20260130, PROMISED, snapchat_fill, floor_snapchat },
    { 0 },
};

void platforms_page_make(const platforms_case *c, platforms_page *page)
{
    FILE *out;
    size_t size = 0;

    *page = (platforms_page){ .name = c->name };
    draw_state = 1;
    bench_need((out = open_memstream(&page->body, &size)) != NULL, "memory");
    c->fill(c, page, out);
    bench_need(!fflush(out) && !ferror(out), "a page");
    page->size = size;
    for (int i = 0; i < PAGE_PADDING; i++) (void)fputc(0, out);
    bench_need(!fclose(out), "a page");
}

void platforms_page_free(platforms_page *page) { free(page->body); }
