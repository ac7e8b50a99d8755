/* SPDX-License-Identifier: MIT */
/* What both sides of the JSON bench read of a page of insights, so that their sums are equal. */
#ifndef ADSYNC_TEST_BENCH_JSON_H
#define ADSYNC_TEST_BENCH_JSON_H

#include <stddef.h>
#include <stdint.h>

enum { PAGE_PADDING = 64 };

typedef struct page_sum {
    uint64_t rows, actions, text_bytes;
    int64_t figures;
} page_sum;

#ifdef __cplusplus
extern "C"
#endif
/* Parses a page n times with simdjson's DOM, by one parser that is kept, and walks it. false: it is no such page. */
int page_read_floor(const char *body, size_t size, uint32_t n, page_sum *sum);

#endif
