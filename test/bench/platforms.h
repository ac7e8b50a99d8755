/* SPDX-License-Identifier: MIT */
/* What both sides of the platforms' bench share: the pages, and the rows that come out of them. */
#ifndef ADSYNC_TEST_PLATFORMS_H
#define ADSYNC_TEST_PLATFORMS_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stddef.h>
#include <stdint.h>

enum {
    FIGURE_SPEND,
    FIGURE_IMPRESSIONS,
    FIGURE_CLICKS,
    FIGURE_LINK_CLICKS,
    FIGURE_CONVERSIONS,
    FIGURE_CLICK_CONVERSIONS,
    FIGURE_VIEW_CONVERSIONS,
    FIGURE_REVENUE,
    FIGURE_PURCHASES,
    FIGURE_LEADS,
    FIGURE_ENGAGEMENTS,
    FIGURE_VIDEO_VIEWS,
    FIGURE_REACH,
    FIGURE_BY_EVENT_DAY,
    FIGURE_FINAL,
    FIGURES
};

typedef struct platforms_row {
    char id[64], campaign[32], currency[4];
    uint32_t has; /* a bit per figure that was told */
    int64_t day, figures[FIGURES];
} platforms_row;

enum { PAGE_PADDING = 64 };
typedef struct platforms_page {
    const char *name;
    char *body; /* PAGE_PADDING zero bytes follow it */
    size_t size;
    uint32_t rows;
    char ids[512]; /* of the page of X, as a request names them */
} platforms_page;

/* What the task of a page is, and who reads it by hand. Ends with a NULL name. */
typedef struct platforms_case {
    const char *name, *platform, *version, *zone, *account;
    const char *attribution, *part; /* what stands in every row; NULL: nothing */
    const char *cursor;             /* %s are the page's ids; NULL: none */
    int64_t from, to;
    double promised;                                                               /* ratio; 0: nothing */
    void (*fill)(const struct platforms_case *c, platforms_page *page, void *out); /* out: FILE */
    uint32_t (*floor)(const platforms_page *page, platforms_row *rows);            /* how many rows it filled */
} platforms_case;
extern const platforms_case platforms_cases[];

void platforms_page_make(const platforms_case *c, platforms_page *page);
void platforms_page_free(platforms_page *page);

/* platforms_floor.cpp */
uint32_t floor_meta(const platforms_page *page, platforms_row *rows);
uint32_t floor_google(const platforms_page *page, platforms_row *rows);
uint32_t floor_tiktok(const platforms_page *page, platforms_row *rows);
uint32_t floor_tiktok_file(const platforms_page *page, platforms_row *rows);
uint32_t floor_linkedin(const platforms_page *page, platforms_row *rows);
uint32_t floor_x(const platforms_page *page, platforms_row *rows);
uint32_t floor_snapchat(const platforms_page *page, platforms_row *rows);

#ifdef __cplusplus
}
#endif
#endif
