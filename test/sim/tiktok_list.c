/* SPDX-License-Identifier: MIT */
/* Lists of campaigns, ad groups and ads, the newest first: what comes to life between two pages moves the rest. */
#include "tiktok.h"

#include <stdlib.h>

#define LIST_PAGE 1000
#define LIST_TOP_VIEW 100 /* ad groups of TopView */

const tiktok_listing tiktok_listings[] = {
    { "campaign/get/", WORLD_CAMPAIGN, tiktok_campaign_fields, 0, false },
    { "gmv_max/campaign/get/", WORLD_CAMPAIGN, tiktok_gmv_fields, 1u << TIKTOK_GMV, false },
    { "adgroup/get/", WORLD_ADSET, tiktok_adgroup_fields, 0, false },
    { "ad/get/", WORLD_AD, tiktok_ad_fields, 0, false },
    { "smart_plus/ad/get/", WORLD_ADSET, tiktok_smart_ad_fields, 1u << TIKTOK_SMART, true },
    { "smart_plus/campaign/get/", WORLD_CAMPAIGN, tiktok_campaign_fields, 1u << TIKTOK_SMART, false },
    { "smart_plus/adgroup/get/", WORLD_ADSET, tiktok_adgroup_fields, 1u << TIKTOK_SMART, false },
    { NULL, WORLD_NONE, NULL, 0, false },
};

typedef struct list_item {
    int64_t index, created;
} list_item;

static int list_newer(const void *a, const void *b)
{
    const list_item *x = a, *y = b;

    if (x->created != y->created) return x->created < y->created ? 1 : -1;
    return (x->index < y->index) - (x->index > y->index);
}

/* an ad of Upgraded Smart+ is there with the first of its creatives */
static bool list_row(sim_site *site, const tiktok_listing *listing, int64_t g, int64_t index, tiktok_row *row)
{
    world_entity ad;

    if (!tiktok_row_at(site, listing->kind, g, index, row)) return false;
    row->smart_ad = listing->smart_ads;
    if (row->family == TIKTOK_GMV && listing->kind != WORLD_CAMPAIGN) return false;
    return !listing->smart_ads || world_entity_at(site, WORLD_AD, g, index * world_ads_under(site, WORLD_ADSET), &ad);
}

int64_t *tiktok_list_indexes(sim_site *site, const tiktok_filter *filter, int64_t g, size_t *count)
{
    int64_t all = world_count(site, filter->listing->kind), *indexes = sim_need(calloc((size_t)all + 1, sizeof *indexes));
    list_item *items = sim_need(calloc((size_t)all + 1, sizeof *items));
    tiktok_row row;

    *count = 0;
    for (int64_t i = 0; i < all; i++) {
        if (!list_row(site, filter->listing, g, i, &row) || !tiktok_filter_takes(filter, &row)) continue;
        items[(*count)++] = (list_item){ i, row.item.created };
    }
    qsort(items, *count, sizeof *items, list_newer);
    for (size_t i = 0; i < *count; i++) indexes[i] = items[i].index;
    free(items);
    return indexes;
}

static void list_write(tiktok_call *call, const tiktok_listing *listing, const tiktok_shape *shape, const int64_t *indexes, int64_t from,
                       int64_t to)
{
    sim_text *out = &call->answer->body;
    tiktok_row row;

    for (int64_t i = from; i < to; i++) {
        const tiktok_field *fields = listing->fields;

        (void)list_row(call->site, listing, call->account.g, indexes[i], &row);
        row.sandbox = call->sandbox;
        if (row.family == TIKTOK_PROMOTE && listing->kind == WORLD_CAMPAIGN) fields = tiktok_promote_fields;
        tiktok_row_write(out, fields, &row, shape);
        call->answer->rows++;
    }
}

static int64_t list_most(const tiktok_listing *listing, const tiktok_filter *filter)
{
    return listing->kind == WORLD_ADSET && filter->families == 1u << TIKTOK_TOP_VIEW ? LIST_TOP_VIEW : LIST_PAGE;
}

bool tiktok_list(tiktok_call *call)
{
    const tiktok_listing *listing = tiktok_listings;
    sim_text *out = &call->answer->body;
    int64_t page, size, from, *indexes;
    tiktok_filter filter;
    tiktok_shape shape;
    size_t count;

    while (strcmp(listing->path, call->path)) listing++;
    if (!tiktok_shape_read(call, listing->fields, &shape) || !tiktok_filter_read(call, listing, &filter)) return false;
    if (!tiktok_page(call, list_most(listing, &filter), &page, &size)) return false;
    indexes = tiktok_list_indexes(call->site, &filter, call->account.g, &count);
    from = (page - 1) * size;
    tiktok_open(call);
    sim_puts(out, "{\"list\":[");
    list_write(call, listing, &shape, indexes, from, from + size < (int64_t)count ? from + size : (int64_t)count);
    sim_putc(out, ']');
    tiktok_page_info(out, page, size, (int64_t)count);
    sim_puts(out, "}");
    tiktok_close(call);
    free(indexes);
    return true;
}
