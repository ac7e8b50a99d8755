/* SPDX-License-Identifier: MIT */
/* Pages. The end is where the platform says so: a page may be short or empty and have a next one. */
#include "common.h"

#include <stdio.h>
#include <strings.h>

void adsync__page_refuse(adsync__answer *a, adsync__page *page, const char *why)
{
    char words[200];

    page->refused = true;
    (void)snprintf(words, sizeof words, "%s's next page %s; it was not followed", a->platform->title, why);
    adsync_outcome_fail(a->out, ADSYNC_CLASS_INVALID, "next", words, 0, 0);
}

/* A place that carries a token is none: it would be kept in clear text. */
bool adsync__page_set(adsync__page *page, const char *text, size_t size)
{
    if (!text || !adsync__is_token(text, size, ADSYNC__AFTER_MOST) || (size == 1 && *text == '-')) return false;
    if (memmem(text, size, "access_token", 12)) return false;
    memcpy(page->after, text, size);
    page->after[size] = 0;
    return true;
}

static void page_number(adsync__page *page, int64_t value)
{
    (void)snprintf(page->after, sizeof page->after, "%lld", (long long)value);
    page->next = true;
}

static void page_numbered(adsync__answer *a, adsync__node frame, adsync__page *page)
{
    int64_t number, total;

    page->framed =
        adsync__node_int(adsync__node_get(frame, "page"), &number) && adsync__node_int(adsync__node_get(frame, "total_page"), &total);
    if (!page->framed || number >= total) return;
    if (number < 1 || number > 1000000)
        adsync__page_refuse(a, page, "does not say where it begins");
    else
        page_number(page, number + 1);
}

static void page_offset(adsync__answer *a, adsync__node frame, adsync__page *page)
{
    int64_t start, rows = adsync__node_count(page->data), total = 0, count;

    page->framed = adsync__node_int(adsync__node_get(frame, "start"), &start);
    (void)adsync__node_int(adsync__node_get(frame, "total"), &total);
    if (!page->framed || !rows) return;
    /* a short page is not the end: the next one begins after what was asked for, where that is said, else after what came */
    if (!adsync__node_int(adsync__node_get(frame, "count"), &count) || count < rows || count > 10000) count = rows;
    if (start < 0 || start > INT32_MAX)
        adsync__page_refuse(a, page, "does not say where it begins");
    else if (total <= 0 || start + count < total)
        page_number(page, start + count);
}

const char *adsync__link_query(const char *link, const char *origin, const char **path, size_t *path_size)
{
    size_t size = strlen(origin);
    const char *query;

    if (strncasecmp(link, origin, size)) return NULL;
    *path = link + size;
    *path_size = strcspn(*path, "?#");
    query = *path + *path_size;
    return *query == '?' ? query + 1 : query;
}

static void page_text(adsync__answer *a, const adsync__paging *paging, adsync__node next, adsync__page *page)
{
    size_t size = 0, path_size;
    const char *text = adsync__node_text(next, &size), *path;

    if (adsync__is_empty(next) || (text && !size)) return;
    page->next = true;
    if (paging->style == ADSYNC__PAGES_LINK && (!text || !adsync__link_query(text, paging->host, &path, &path_size)))
        adsync__page_refuse(a, page, "is not a page of this list");
    else if (!adsync__page_set(page, text, size))
        adsync__page_refuse(a, page, "does not say where it begins");
}

/* Whether the object that holds the next token is there at all. */
static bool page_has_frame(adsync__answer *a, const char *path)
{
    const char *dot = strrchr(path, '.');
    char parent[64];

    if (!dot) return true;
    (void)snprintf(parent, sizeof parent, "%.*s", (int)(dot - path), path);
    return adsync__node_kind(adsync__node_path(a->root, parent)) == ADSYNC__NODE_OBJECT;
}

adsync_status adsync__page_open(adsync__answer *a, const adsync__paging *paging, const char *current, adsync__page *page)
{
    adsync__node next = adsync__node_path(a->root, paging->next);

    *page = (adsync__page){ .data = adsync__node_path(a->root, paging->data) };
    if (adsync__node_kind(page->data) != ADSYNC__NODE_ARRAY && !(paging->may_lack && adsync__is_empty(page->data)))
        return adsync__bad_shape(a, "no list of data");
    if (paging->style == ADSYNC__PAGES_NUMBER) {
        page_numbered(a, next, page);
    } else if (paging->style == ADSYNC__PAGES_OFFSET) {
        page_offset(a, next, page);
    } else {
        page->framed = page_has_frame(a, paging->next);
        page_text(a, paging, next, page);
    }
    if (page->next && !page->refused && !strcmp(page->after, current)) adsync__page_refuse(a, page, "is the same page again");
    return ADSYNC_OK;
}

void adsync__page_ask(adsync__call *call, const adsync__paging *paging, uint32_t usual, uint32_t slot)
{
    const char *place = call->at.arg[slot];

    if (paging->size_name)
        adsync__number(call->out, ADSYNC_PLACE_QUERY, paging->size_name, adsync__page_size(call->task, &call->at, usual));
    if (paging->place_name && *place) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, paging->place_name, place);
}

bool adsync__page_follow(adsync__call *call, uint32_t slot)
{
    if (!*call->at.arg[slot]) return false;
    adsync_request_url(call->out, ADSYNC_EFFECT_READ, "GET", call->at.arg[slot]);
    return true;
}

adsync_status adsync__page_rows(adsync__answer *a, adsync__page *page, adsync__row_reader reader)
{
    adsync__items items = adsync__node_items(page->data);
    adsync__place to = a->at;
    adsync__node item;
    adsync_status rc;

    adsync__items_resume(&items, to.skip, a->stop);
    for (; to.skip - a->at.skip < ADSYNC__ROWS_MOST && adsync__items_next(&items, &item); to.skip++)
        if ((rc = reader(a, item)) < 0) return rc;
    adsync__items_stop(&items, to.skip, a->stop);
    if (!adsync__items_next(&items, &item)) return ADSYNC_OK;
    page->more = true; /* the rest of this body comes next */
    adsync__more(a, &to);
    return ADSYNC_OK;
}

adsync_status adsync__page_turn(adsync__answer *a, adsync__page *page, uint32_t slot, adsync__row_reader reader)
{
    adsync__place to;
    adsync_status rc;

    if ((page->more = page->refused)) return ADSYNC_OK;
    if ((rc = adsync__page_rows(a, page, reader)) < 0 || page->more) return rc;
    to = a->at;
    to.skip = 0;
    to.arg[slot] = page->after;
    page->more = page->next;
    return page->next ? adsync__next(a, &to) : ADSYNC_OK;
}

adsync_status adsync__page_walk(adsync__answer *a, adsync__page *page, uint32_t slot, adsync__row_reader reader, const adsync__place *then)
{
    adsync_status rc = adsync__page_turn(a, page, slot, reader);

    if (rc < 0 || page->more) return rc;
    return then ? adsync__next(a, then) : adsync__done(a);
}
