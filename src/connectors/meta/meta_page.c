/* SPDX-License-Identifier: MIT */
/* {"data":[..],"paging":{"cursors":{"before":"..","after":".."},"next":"https://.."}}. The end is where `next` is absent: a page may be
 * short or empty and have one, and cursors stand on the last page too. The link itself holds the token in clear text and is never
 * kept: all that is taken from it is where the next page begins, once it is proven to be a page of the same list. */
#include "meta_int.h"

#include <stdio.h>
#include <strings.h>

static const char page_origin[] = "https://graph.facebook.com/";

/* Whether a path below the version is the one that was asked: Meta writes the person's number where "me" was asked. */
static bool page_same(const char *path, size_t size, const char *target)
{
    size_t digits;

    if (size && path[size - 1] == '/') size--;
    if (strlen(target) == size && !memcmp(path, target, size)) return true;
    if (strncmp(target, "me/", 3)) return false;
    for (digits = 0; digits < size && path[digits] >= '0' && path[digits] <= '9'; digits++) {}
    return digits && strlen(target + 2) == size - digits && !memcmp(path + digits, target + 2, size - digits);
}

/* The query of a link to a page of the same list; NULL: it leads elsewhere. */
static const char *page_query(const char *link, const char *target)
{
    const char *path, *query = strchr(link, '?');

    if (!query || strncasecmp(link, page_origin, sizeof page_origin - 1)) return NULL;
    path = link + sizeof page_origin - 1;
    if (*path != 'v' || !(path = memchr(path, '/', (size_t)(query - path)))) return NULL;
    path++;
    return page_same(path, (size_t)(query - path), target) ? query + 1 : NULL;
}

static bool page_after(meta_answer *a, meta_page *page, const char *query, adsync__node cursors)
{
    adsync__buffer text;
    const char *raw;
    size_t size;
    bool fine;

    adsync__buffer_begin(&text, META_AFTER);
    if (meta_query_find(query, strlen(query), "after", &raw, &size)) {
        fine = meta_decode(&text, raw, size);
    } else {
        raw = adsync__node_text(adsync__node_get(cursors, "after"), &size);
        if ((fine = raw)) adsync__buffer_add(&text, raw, size);
    }
    fine = fine && !text.failed && meta_is_token(text.p ? text.p : "", text.size, META_AFTER) && strcmp(text.p, "-");
    fine = fine && !strstr(text.p, "access_token"); /* a place that carries one is none: it would be kept in clear text */
    if (fine) memcpy(page->after, text.p, text.size + 1);
    if (text.failed == ADSYNC_E_MEMORY) a->failed = ADSYNC_E_MEMORY;
    adsync__buffer_free(&text);
    return fine;
}

static void page_refuse(meta_answer *a, meta_page *page, const char *why)
{
    page->refused = true;
    adsync_outcome_fail(a->out, ADSYNC_CLASS_INVALID, "next", why, 0, 0);
}

adsync_status meta_page_open(meta_answer *a, const char *target, const char *current, meta_page *page)
{
    static const char *const names[] = { "data", "paging" };
    adsync__node f[2], next;
    const char *link, *query;
    size_t size;

    *page = (meta_page){ 0 };
    if (!adsync__node_fields(a->root, names, 2, f) || adsync__node_kind(f[0]) != ADSYNC__NODE_ARRAY)
        return meta_bad_shape(a, "no list of data");
    page->data = f[0];
    next = adsync__node_get(f[1], "next");
    if (adsync__node_kind(next) <= ADSYNC__NODE_NULL) return ADSYNC_OK;
    if (!(link = adsync__node_text(next, &size)) || strlen(link) != size) return meta_bad_shape(a, "a next page that is no link");
    page->next = true;
    if (!(query = page_query(link, target))) {
        page_refuse(a, page, "Meta's next page is not a page of this list; it was not followed");
    } else if (!page_after(a, page, query, adsync__node_get(f[1], "cursors"))) {
        page_refuse(a, page, "Meta's next page does not say where it begins; it was not followed");
    } else if (!strcmp(page->after, current)) {
        page_refuse(a, page, "Meta's next page is the same page again; it was not followed");
    }
    return ADSYNC_OK;
}

void meta_go(meta_answer *a, uint32_t way, uint32_t step, uint32_t limit, uint32_t skip, uint32_t tries, const char *const *args,
             uint32_t n, int64_t delay_us)
{
    adsync__buffer text;

    adsync__buffer_begin(&text, META_CURSOR - 1);
    meta_cursor_write(&text, a->task, step, limit, skip, tries, args, n);
    if (text.failed == ADSYNC_E_TOO_BIG)
        adsync_outcome_fail(a->out, ADSYNC_CLASS_TOO_LARGE, "cursor", "there is more to remember than a cursor holds", 0, 0);
    else if (text.failed)
        a->failed = text.failed;
    else if (way == META_MORE)
        adsync_outcome_more(a->out, text.p);
    else if (way == META_WAIT)
        adsync_outcome_wait(a->out, text.p, delay_us);
    else
        adsync_outcome_next(a->out, text.p);
    adsync__buffer_free(&text);
}

adsync_status meta_page_rows(meta_answer *a, meta_page *page, meta_row_reader reader)
{
    adsync__items items = adsync__node_items(page->data);
    adsync__node item;
    uint32_t n = 0, limit = a->at.limit;
    adsync_status rc;

    while (adsync__items_next(&items, &item)) {
        if (n++ < a->at.skip) continue;
        if (n - 1 - a->at.skip == META_ROWS) { /* more than was asked for: the rest of this body comes next */
            page->more = true;
            meta_go(a, META_MORE, a->at.step, limit, n - 1, a->at.tries, a->at.arg, META_ARGS, 0);
            return ADSYNC_OK;
        }
        if ((rc = reader(a, item)) < 0) return rc;
    }
    return ADSYNC_OK;
}
