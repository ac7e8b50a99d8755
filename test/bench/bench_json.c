/* SPDX-License-Identifier: MIT */
/* Reading pages of Meta's insights through the C face, a reader for each page as a connector does it, against direct simdjson. */
#include "bench.h"
#include "bench_json.h"

#include "json/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_CURRENCY, ROW_AD, ROW_CAMPAIGN, ROW_SPEND, ROW_FROM, ROW_TO, ROW_IMPRESSIONS, ROW_CLICKS, ROW_LINK, ROW_REACH, ROW_ACTIONS,
       ROW_VALUES, ROW_N };
static const adsync__key row_keys[ROW_N] = {
    ADSYNC__KEY("account_currency"), ADSYNC__KEY("ad_id"), ADSYNC__KEY("campaign_id"),
    ADSYNC__KEY("spend"), ADSYNC__KEY("date_start"), ADSYNC__KEY("date_stop"),
    ADSYNC__KEY("impressions"), ADSYNC__KEY("clicks"), ADSYNC__KEY("inline_link_clicks"),
    ADSYNC__KEY("reach"), ADSYNC__KEY("actions"), ADSYNC__KEY("action_values"),
};

typedef struct page {
    char *body;
    size_t size;
} page;

/* ---- the pages: rows as the platform sends them, until the page is full */

static size_t page_row(char *out, size_t room, uint32_t i)
{
    return (size_t)snprintf(
        out, room,
        "%s{\"account_currency\":\"USD\",\"ad_id\":\"238546957%08u\",\"campaign_id\":\"238544046%08u\",\"actions\":["
        "{\"action_type\":\"omni_purchase\",\"value\":\"%u\",\"7d_click\":\"1\",\"1d_view\":\"10\"},"
        "{\"action_type\":\"offsite_conversion.fb_pixel_purchase\",\"value\":\"%u\",\"7d_click\":\"1\",\"1d_view\":\"10\"},"
        "{\"action_type\":\"post_engagement\",\"value\":\"%u\"},{\"action_type\":\"link_click\",\"value\":\"40\"}],"
        "\"action_values\":[{\"action_type\":\"omni_purchase\",\"value\":\"99.5\"}],\"spend\":\"%u.35\",\"impressions\":\"%u\","
        "\"clicks\":\"%u\",\"inline_link_clicks\":\"9\",\"reach\":\"%u\",\"date_start\":\"2026-01-01\",\"date_stop\":\"2026-01-01\"}",
        i ? "," : "", i, i / 7, i % 50, i % 50, i % 90, i % 300, i * 7 % 100000, i % 5000, i % 80000);
}

static void page_make(page *p, size_t size)
{
    static const char end[] = "],\"paging\":{\"cursors\":{\"before\":\"MAZDZD\",\"after\":\"NzIZD\"}}}";
    size_t at = 0, n;

    bench_need((p->body = calloc(1, size + PAGE_PADDING)) != NULL, "memory");
    at = (size_t)snprintf(p->body, size, "{\"data\":[");
    for (uint32_t i = 0; at + 1024 < size; i++, at += n) n = page_row(p->body + at, size - at, i);
    p->size = at + (size_t)snprintf(p->body + at, size - at, "%s", end);
}

/* ---- ours */

static void ours_text(adsync__node node, page_sum *sum)
{
    size_t size;

    if (adsync__node_text(node, &size)) sum->text_bytes += size;
}

static void ours_figure(adsync__node node, page_sum *sum)
{
    int64_t number;

    if (adsync__node_int(node, &number)) sum->figures += number;
}

static void ours_actions(adsync__node node, page_sum *sum)
{
    static const adsync__key keys[] = { ADSYNC__KEY("action_type"), ADSYNC__KEY("value") };
    adsync__items items = adsync__node_items(node);
    adsync__node item, f[2];

    while (adsync__items_next(&items, &item)) {
        bench_need(adsync__node_keys(item, keys, 2, f), "an action");
        sum->actions++;
        ours_text(f[0], sum);
        ours_text(f[1], sum);
    }
}

static void ours_row(adsync__node row, page_sum *sum)
{
    adsync__node f[ROW_N];

    bench_need(adsync__node_keys(row, row_keys, ROW_N, f), "a row");
    sum->rows++;
    for (uint32_t i = ROW_CURRENCY; i <= ROW_TO; i++) ours_text(f[i], sum);
    for (uint32_t i = ROW_IMPRESSIONS; i <= ROW_REACH; i++) ours_figure(f[i], sum);
    ours_actions(f[ROW_ACTIONS], sum);
    ours_actions(f[ROW_VALUES], sum);
}

static void ours_page(const page *p, page_sum *sum)
{
    adsync__reader *reader = NULL;
    adsync__node root, row;
    adsync__items rows;

    bench_need(adsync__reader_new(16 << 20, &reader, NULL) == ADSYNC_OK, "a reader");
    bench_need(adsync__reader_parse(reader, p->body, p->size, &root, NULL) == ADSYNC_OK, "a page");
    rows = adsync__node_items(adsync__node_get(root, "data"));
    while (adsync__items_next(&rows, &row)) ours_row(row, sum);
    ours_text(adsync__node_get(adsync__node_get(adsync__node_get(root, "paging"), "cursors"), "after"), sum);
    adsync__reader_free(reader);
}

/* ---- both, over some 50 MB a run */

static uint32_t page_times(const bench *b, const page *p) { return b->quick ? 2 : (uint32_t)((50 << 20) / p->size); }

static page_sum page_last; /* what the other side saw */

static double page_rate(const page *p, uint32_t n, double begun, const page_sum *sum)
{
    double seconds = bench_seconds() - begun;

    bench_need(sum->rows && sum->actions, "an empty page");
    bench_need(!page_last.rows || !memcmp(&page_last, sum, sizeof *sum), "the two sides read different things");
    page_last = *sum;
    return (double)n * (double)p->size / 1e6 / seconds;
}

static double ours(const bench *b, void *user)
{
    const page *p = user;
    uint32_t n = page_times(b, p);
    page_sum sum = { 0 };
    double begun = bench_seconds();

    for (uint32_t i = 0; i < n; i++) ours_page(p, &sum);
    return page_rate(p, n, begun, &sum);
}

static double floor_simdjson(const bench *b, void *user)
{
    const page *p = user;
    uint32_t n = page_times(b, p);
    page_sum sum = { 0 };
    double begun = bench_seconds();

    bench_need(page_read_floor(p->body, p->size, n, &sum), "the floor");
    return page_rate(p, n, begun, &sum);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        size_t size;
    } cases[] = { { "page-4k", 4 << 10 }, { "page-64k", 64 << 10 }, { "page-1m", 1 << 20 }, { "page-7m", 7 << 20 } };
    bench b;

    if (bench_begin(&b, "json", argc, argv)) return 2;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        page p;
        page_make(&p, cases[i].size);
        page_last = (page_sum){ 0 };
        (void)bench_case(&b, cases[i].name, 1 / 1.5, ours, floor_simdjson, &p); /* MB per second; at most 1.5 times its time */
        free(p.body);
    }
    return bench_end(&b);
}
