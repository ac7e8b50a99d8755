/* SPDX-License-Identifier: MIT */
/*
 * Pages of any list. A list is a range of positions, of which some hold an item; a cursor names the position of an item, so a page
 * costs what it shows and no matter how deep it lies. Now and then a page comes short, or empty with a next: as in reality.
 */
#include "meta.h"

#include <stdlib.h>

#define LIMIT_DEFAULT 25
#define LIMIT_MOST 5000

/* base64 as Meta writes it into cursors: Z escapes itself and what is no letter */
void meta_cursor_write(sim_text *out, int64_t position, bool empty, bool opaque)
{
    char text[80];
    sim_text coded = { 0 };
    int size = snprintf(text, sizeof text, "%s%lld%s%s", opaque ? "AQHS" : "", (long long)position, empty ? "e" : "", opaque ? "." : "");

    if (opaque) {
        for (int i = 0; i < 40; i++) text[size++] = (char)('A' + sim_hash((uint64_t)position, (uint64_t)i, 3, 0) % 26);
    }
    sim_base64(&coded, text, (size_t)size);
    for (size_t i = 0; i < coded.size; i++) {
        static const char from[] = "Z=+/", *const to[] = { "ZA", "ZD", "ZB", "ZC" };
        const char *at = strchr(from, coded.p[i]);

        if (at)
            sim_puts(out, to[at - from]);
        else
            sim_putc(out, coded.p[i]);
    }
    sim_free(&coded);
}

bool meta_cursor_read(const char *text, int64_t *position, bool *empty)
{
    char coded[256], plain[256], *end;
    size_t n = 0;

    for (; *text && n + 1 < sizeof coded; text++) {
        if (*text != 'Z') {
            coded[n++] = *text;
            continue;
        }
        text++;
        if (*text < 'A' || *text > 'D') return false;
        coded[n++] = "Z+/="[*text - 'A'];
    }
    n = sim_base64_read(plain, coded, n);
    plain[n < sizeof plain ? n : sizeof plain - 1] = 0;
    text = !strncmp(plain, "AQHS", 4) ? plain + 4 : plain;
    *position = strtoll(text, &end, 10);
    *empty = *end == 'e';
    return end != text && (!*end || *end == '.' || *end == 'e');
}

typedef struct list_page {
    int64_t start, limit, first, last; /* first and last: positions of items shown */
    int64_t items;
    bool was_empty, backwards;
} list_page;

static bool list_limit(meta_list *list, list_page *page)
{
    int64_t cells = list->call->sim->options.object_cells * (list->opaque ? 1 : 8);
    const char *limit = meta_param(list->call, "limit");

    if (limit) page->limit = strtoll(limit, NULL, 10);
    if (page->limit <= 0) return meta_fail_param(list->call, "(#100) Param limit must be a number greater than or equal to 1");
    if (page->limit > cells / (int64_t)(list->field_count ? list->field_count : 1)) {
        meta_fail(list->call, &(meta_error){ .status = 500,
                                             .code = 1,
                                             .no_trace = true,
                                             .message = "Please reduce the amount of data you're asking for, then retry your request" });
        return false;
    }
    if (page->limit > LIMIT_MOST) page->limit = LIMIT_MOST;
    return true;
}

static bool list_begin(meta_list *list, list_page *page)
{
    const char *after = meta_param(list->call, "after"), *before = meta_param(list->call, "before");
    int64_t position = 0;

    *page = (list_page){ .start = list->first, .limit = list->embedded_limit ? list->embedded_limit : LIMIT_DEFAULT };
    if (list->embedded_limit) return true;
    if (!list_limit(list, page)) return false;
    if ((after || before) && !meta_cursor_read(after ? after : before, &position, &page->was_empty))
        return meta_fail_param(list->call, "(#100) Invalid cursors values after/before");
    page->backwards = !after && before;
    if (after) page->start = position + 1;
    if (page->backwards) page->start = position;
    if (page->start < list->first) page->start = list->first;
    return true;
}

/* some pages come short, some empty; never the same one twice in a row, so that everybody arrives */
static void list_odd(meta_list *list, list_page *page)
{
    const sim_world *sim = list->call->sim;
    uint64_t h = sim_hash(sim_hash_bytes((uint64_t)sim->options.seed, list->path, strlen(list->path)), (uint64_t)page->start, 0x0d, 0);

    if (list->embedded_limit || page->backwards || page->was_empty || (int64_t)(h % 100) >= sim->options.odd_pages) return;
    if (h >> 20 & 1 || page->limit == 1)
        page->limit = 0;
    else
        page->limit = 1 + (int64_t)(h >> 21) % page->limit;
}

/* going back: the page ends before `start`; find where it begins */
static void list_back(meta_list *list, list_page *page)
{
    int64_t position = page->start, left = page->limit;

    while (left && position > list->first) left -= list->at(list, --position);
    page->limit = page->limit - left;
    page->start = position;
}

static void list_items(meta_list *list, list_page *page, int64_t *position)
{
    *position = page->start;
    page->first = page->last = page->start - 1;
    for (; *position <= list->last && page->items < page->limit; ++*position) {
        if (!list->at(list, *position)) continue;
        if (!page->items) page->first = *position;
        page->last = *position;
        page->items++;
        list->write(list);
    }
}

static bool list_more(meta_list *list, int64_t position)
{
    for (; position <= list->last; position++) {
        if (list->at(list, position)) return true;
    }
    return false;
}

/* the link holds the token in clear text, as the real one does */
static void list_link(meta_list *list, const char *which, const list_page *page, const char *cursor, int64_t position, bool empty)
{
    static const char *const own[] = { "access_token",   "limit",  "after", "before", "appsecret_proof",
                                       "appsecret_time", "method", "ids",   "batch" };
    meta_call *call = list->call;
    sim_text url = { 0 };

    sim_printf(&url, "%s://%s/v%d.0/%s?access_token=", call->request->scheme, call->request->authority, call->version, list->path);
    sim_percent(&url, call->token_text, strlen(call->token_text));
    for (size_t i = 0; !list->embedded_limit && i < call->query.count; i++) {
        bool skip = false;

        for (size_t k = 0; k < SIM_COUNT(own); k++) skip |= !strcmp(own[k], call->query.p[i].name);
        if (skip) continue;
        sim_printf(&url, "&%s=", call->query.p[i].name);
        sim_percent(&url, call->query.p[i].value, strlen(call->query.p[i].value));
    }
    sim_printf(&url, "&limit=%lld&%s=", (long long)page->limit, cursor);
    meta_cursor_write(&url, position, empty, list->opaque);
    sim_json_pair(&call->answer->body, which, url.p);
    sim_free(&url);
}

static void list_cursor(meta_list *list, const char *name, int64_t position, bool empty)
{
    sim_text cursor = { 0 };

    meta_cursor_write(&cursor, position, empty, list->opaque);
    sim_json_pair(&list->call->answer->body, name, cursor.p);
    sim_free(&cursor);
}

static void list_paging(meta_list *list, const list_page *page, const list_page *asked, int64_t position)
{
    sim_text *out = &list->call->answer->body;
    bool more = list_more(list, position), empty = !page->items;

    if (empty && !more) return; /* nothing at all: no paging either */
    sim_json_key(out, "paging");
    sim_json_open(out, '{');
    sim_json_key(out, "cursors");
    sim_json_open(out, '{');
    list_cursor(list, "before", page->first, empty);
    list_cursor(list, "after", page->last, empty);
    sim_putc(out, '}');
    if (more) list_link(list, "next", asked, "after", page->last, empty);
    if (page->start > list->first && !list->embedded_limit) list_link(list, "previous", asked, "before", page->first, false);
    sim_putc(out, '}');
}

/* summary=true or summary=total_count: how many there are, on all pages together */
static void list_summary(meta_list *list)
{
    const char *asked = meta_param(list->call, "summary");
    int64_t total = 0;

    if (!asked || list->embedded_limit || !list->opaque || (strcmp(asked, "true") && !strstr(asked, "total_count"))) return;
    for (int64_t position = list->first; position <= list->last; position++) total += list->at(list, position);
    sim_json_key(&list->call->answer->body, "summary");
    sim_printf(&list->call->answer->body, "{\"total_count\":%lld}", (long long)total);
}

bool meta_list_write(meta_list *list)
{
    sim_text *out = &list->call->answer->body;
    list_page page, asked;
    int64_t position;

    if (list->partial) list->last = list->first + (list->last - list->first) / 2;
    if (!list_begin(list, &page)) return false;
    asked = page;
    list_odd(list, &page);
    if (page.backwards) list_back(list, &page);
    sim_json_open(out, '{');
    sim_json_key(out, "data");
    sim_json_open(out, '[');
    list_items(list, &page, &position);
    sim_putc(out, ']');
    list_paging(list, &page, &asked, position);
    list_summary(list);
    sim_putc(out, '}');
    list->call->answer->rows += page.items;
    return true;
}
