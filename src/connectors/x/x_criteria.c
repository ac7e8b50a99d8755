/* SPDX-License-Identifier: MIT */
/* Criteria: keywords, which are rows of their own, and all else that a line item is aimed by. They are only given for line items that are
 * named, and of each they are its targeting once they are here whole: so where an answer does not hold all of them, it is asked for half
 * as many line items.
 *
 *     lines    PAGE                    200 line items
 *     criteria PAGE IDS LINES          TRIES (0: all of a page) of IDS at once; LINES: the next page of line items
 */
#include "x_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { CRITERIA_PAGE = 1000 };

/* Which of the ids are being asked for. */
static uint32_t criteria_now(const adsync__place *at)
{
    uint32_t n = x_count(at->arg[1]);

    return at->tries && at->tries < n ? at->tries : n;
}

adsync_status x_keywords_ask(adsync__call *call)
{
    bool criteria = call->at.step == X_AT_CRITERIA;
    adsync_status rc;

    if (!criteria) call->at.step = X_AT_LINES;
    rc = x_open_account(call, ADSYNC_EFFECT_READ, "GET", "", criteria ? "/targeting_criteria" : "/line_items");
    if (rc < 0) return rc;
    adsync__buffer_add(&call->text, call->at.arg[1], adsync__ids_size(call->at.arg[1], criteria_now(&call->at)));
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "with_deleted", "true");
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, criteria ? "line_item_ids" : "with_draft", criteria ? call->text.p : "true");
    adsync__page_ask(call, &x_paging, criteria ? CRITERIA_PAGE : X_IDS_LIST, 0);
    return ADSYNC_OK;
}

static adsync_status criteria_keyword(adsync__answer *a, adsync__node row)
{
    static const adsync__word keywords[] = { { "*_KEYWORD", "" }, { 0 } };
    size_t size = 0;
    const char *type = adsync__node_text(adsync__node_get(row, "targeting_type"), &size);

    return type && adsync__word_of(keywords, type, size) ? adsync__read_entity(a, row) : ADSYNC_OK; /* places, interests .. are none */
}

static adsync_status criteria_lines(adsync__answer *a, adsync__page *page)
{
    adsync__place to = { .step = X_AT_CRITERIA, .arg = { "", NULL, page->after } };
    adsync__items items = adsync__node_items(page->data);
    adsync__buffer ids;
    adsync_status rc;

    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST / 2);
    rc = adsync__ids_read(a, &items, X_IDS_LIST, "id", NULL, &ids);
    to.arg[1] = ids.p;
    if (!ids.size) to = (adsync__place){ .step = X_AT_LINES, .arg = { page->after } };
    if (rc >= 0) rc = ids.size || page->next ? adsync__next(a, &to) : adsync__done(a);
    adsync__buffer_free(&ids);
    return rc;
}

/* ---- targeting: [{"name":"25-49","operator_type":"EQ","targeting_type":"AGE","targeting_value":"AGE_25_TO_49"},..], in the order of types
 * and values, so that the same criteria are the same text however they come */

enum { CRITERIA_TYPE = 1, CRITERIA_MEMBERS = 5 };
static const char *const criteria_names[CRITERIA_MEMBERS] = { "line_item_id", "targeting_type", "targeting_value", "operator_type",
                                                              "name" };
typedef struct criteria_one {
    const char *member[CRITERIA_MEMBERS];
} criteria_one;

static int criteria_order(const void *a, const void *b)
{
    const criteria_one *x = a, *y = b;
    int order = 0;

    for (size_t i = 0; i < CRITERIA_MEMBERS && !order; i++) order = strcmp(x->member[i], y->member[i]);
    return order;
}

static uint32_t criteria_living(adsync__node data, criteria_one *all)
{
    adsync__items items = adsync__node_items(data);
    adsync__node item;
    uint32_t n = 0;

    while (adsync__items_next(&items, &item)) {
        if (adsync__node_true(adsync__node_get(item, "deleted"))) continue;
        for (size_t i = 0; i < CRITERIA_MEMBERS; i++) {
            const char *text = adsync__node_text(adsync__node_get(item, criteria_names[i]), NULL);
            all[n].member[i] = text ? text : i == 3 ? "EQ" : ""; /* an operator that is left out means this one */
        }
        n++;
    }
    qsort(all, n, sizeof *all, criteria_order);
    return n;
}

/* A row of the ad set with this alone. */
static void criteria_row(adsync__answer *a, const char *id, size_t size, const criteria_one *all, uint32_t n, adsync__buffer *text)
{
    static const uint32_t order[] = { 4, 3, CRITERIA_TYPE, 2 }; /* members as JSON sorts them */
    adsync_row *row = adsync_outcome_row(a->out, ADSYNC_T_ENTITIES, ADSYNC_KIND_ADSET, ADSYNC_TWICE_ADD);
    adsync__json json;

    adsync__buffer_clear(text);
    adsync__json_begin(&json, text);
    adsync__json_open(&json, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (strlen(all[i].member[0]) != size || memcmp(all[i].member[0], id, size)) continue;
        adsync__json_open(&json, '{');
        for (size_t m = 0; m < ADSYNC__COUNT(order); m++) {
            const char *value = all[i].member[order[m]];
            if (!*value) continue;
            adsync__json_key(&json, criteria_names[order[m]]);
            adsync__json_text(&json, value, strlen(value));
        }
        adsync__json_close(&json, '}');
    }
    adsync__json_close(&json, ']');
    if (text->failed) a->failed = ADSYNC_E_MEMORY;
    adsync_row_text(row, ADSYNC_C_ID, id, size);
    adsync_row_text(row, ADSYNC_C_TARGETING, text->p, text->size);
}

static adsync_status criteria_targeting(adsync__answer *a, adsync__node data, uint32_t now)
{
    criteria_one *all = adsync__alloc_zero((size_t)adsync__node_count(data) + 1, sizeof *all);
    const char *ids = a->at.arg[1];
    adsync__buffer text;
    uint32_t n;

    if (!all) return adsync__fail_memory(a->error);
    adsync__buffer_begin(&text, (size_t)16 << 20);
    n = criteria_living(data, all);
    for (uint32_t i = 0; i < now; i++, ids = adsync__ids_rest(ids, 1)) criteria_row(a, ids, adsync__ids_size(ids, 1), all, n, &text);
    adsync__buffer_free(&text);
    adsync__free(all);
    return ADSYNC_OK;
}

/* The line items that are left of this page, then the next page. */
static adsync_status criteria_after(adsync__answer *a, uint32_t now)
{
    adsync__place to = { .step = X_AT_CRITERIA, .tries = a->at.tries, .arg = { "", adsync__ids_rest(a->at.arg[1], now), a->at.arg[2] } };

    if (*to.arg[1]) return adsync__next(a, &to);
    return *to.arg[2] ? adsync__next(a, &(adsync__place){ .step = X_AT_LINES, .arg = { to.arg[2] } }) : adsync__done(a);
}

static adsync_status criteria_halve(adsync__answer *a, uint32_t now)
{
    adsync__place to = a->at;

    to.tries = now / 2;
    return adsync__next(a, &to);
}

static adsync_status criteria_digest(adsync__answer *a, adsync__page *page)
{
    uint32_t now = criteria_now(&a->at);
    bool whole = !page->next && !*a->at.arg[0];
    char words[120];
    adsync_status rc;

    if (!now) return adsync__stale(a);
    if (page->next && !*a->at.arg[0] && now > 1) return criteria_halve(a, now);
    if (!whole && !*a->at.arg[0]) {
        (void)snprintf(words, sizeof words, "line item %.40s has more than %d criteria: they are not told together", a->at.arg[1],
                       CRITERIA_PAGE);
        adsync_outcome_warning(a->out, "targeting", words);
    }
    if ((rc = adsync__page_turn(a, page, 0, criteria_keyword)) < 0 || page->more) return rc;
    if (whole && (rc = criteria_targeting(a, page->data, now)) < 0) return rc;
    return criteria_after(a, now);
}

adsync_status x_keywords_digest(adsync__answer *a)
{
    uint32_t now = criteria_now(&a->at);
    adsync__page page;
    adsync_status rc;

    if (x_is_refused(a) && a->refused.hint == ADSYNC__HINT_SHRINK && a->at.step == X_AT_CRITERIA && now > 1) return criteria_halve(a, now);
    if (x_is_refused(a)) return adsync__refuse(a);
    if ((rc = adsync__page_open(a, &x_paging, a->at.arg[0], &page)) < 0 || page.refused) return rc;
    return a->at.step == X_AT_CRITERIA ? criteria_digest(a, &page) : criteria_lines(a, &page);
}
