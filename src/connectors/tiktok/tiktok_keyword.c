/* SPDX-License-Identifier: MIT */
/* Keywords: only campaigns of search have any. Those that are bid on stand in their ad group, those that exclude have a list of their own,
 * of the campaign and of each group. (W: the list of campaigns that follows, and those that are left: NEXT ID,ID,..)
 *
 *     search     PAGE
 *     negative   W - - PAGE                   of the first campaign
 *     groups     W PAGE                       its ad groups
 *     negative   W GROUPS-NEXT ID,ID,.. PAGE  of the first of these groups
 *
 * TRIES: some of it could not be read. */
#include "tiktok_int.h"

#include <stdio.h>

enum { KEYWORD_NEXT = 0, KEYWORD_CAMPAIGNS, KEYWORD_GROUPS_NEXT, KEYWORD_GROUPS, KEYWORD_PAGE };
enum { KEYWORD_CAMPAIGN_PAGE = 250, KEYWORD_NEGATIVE_PAGE = 50 }; /* so many campaigns as a cursor has room for */

static const adsync__word keyword_matches[] = {
    { "BROAD_WORD", "broad" }, { "PHRASE_WORD", "phrase" }, { "PRECISE_WORD", "exact" }, { NULL, "other" }
};
static const adsync__paging keyword_negative_paging = {
    .style = ADSYNC__PAGES_NUMBER, .data = "data.keywords", .next = "data.page_info", .size_name = "page_size", .place_name = "page"
};

/* What each step asks for, by how many at once, and which argument of the cursor is its page. */
static const struct {
    const char *path, *fields;
    const adsync__paging *paging;
    uint32_t most, slot;
} keyword_steps[] = {
    [TIKTOK_AT_SEARCH] = { "campaign/get", "campaign_id,is_search_campaign", &tiktok_paging, KEYWORD_CAMPAIGN_PAGE, KEYWORD_NEXT },
    [TIKTOK_AT_GROUPS] = { "adgroup/get", "adgroup_id,search_keywords", &tiktok_paging, TIKTOK_SMALL_PAGE, KEYWORD_GROUPS_NEXT },
    [TIKTOK_AT_NEGATIVE] = { "search_ad/negative_keyword/get", NULL, &keyword_negative_paging, KEYWORD_NEGATIVE_PAGE, KEYWORD_PAGE },
};

static void keyword_begin(adsync__place *at)
{
    if (at->step == TIKTOK_AT_BEGIN) at->step = TIKTOK_AT_SEARCH;
    at->limit = keyword_steps[at->step].most;
}

/* ---- asking */

adsync_status tiktok_keyword_ask(adsync__call *call)
{
    bool group = *call->at.arg[KEYWORD_GROUPS] != 0;
    const char *ids = call->at.arg[group ? KEYWORD_GROUPS : KEYWORD_CAMPAIGNS];
    uint32_t step;
    char id[60], list[80];
    adsync_status rc;

    keyword_begin(&call->at);
    step = call->at.step;
    (void)snprintf(id, sizeof id, "%.*s", (int)adsync__ids_size(ids, 1), ids);
    if (step != TIKTOK_AT_SEARCH && !adsync__is_id(id))
        return adsync__invalid(&tiktok_platform, "cursor", "no campaign is left in it", call->error);
    if ((rc = tiktok_get(call, keyword_steps[step].path)) < 0) return rc;
    if (keyword_steps[step].fields) tiktok_words(call, "fields", keyword_steps[step].fields);
    if (step == TIKTOK_AT_GROUPS) {
        (void)snprintf(list, sizeof list, "[\"%s\"]", id);
        tiktok_filter(call, NULL, "campaign_ids", list);
    } else if (step == TIKTOK_AT_NEGATIVE) {
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "object_type", group ? "ADGROUP" : "CAMPAIGN");
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "object_id", id);
    }
    adsync__page_ask(call, keyword_steps[step].paging, keyword_steps[step].most, keyword_steps[step].slot);
    return rc;
}

/* ---- where the walk goes on */

/* The campaigns that are left, then the next page of them. */
static adsync_status keyword_campaigns(adsync__answer *a, const char *next, const char *left)
{
    adsync__place to = { .step = *left ? TIKTOK_AT_NEGATIVE : TIKTOK_AT_SEARCH, .tries = a->at.tries, .arg = { next, left } };

    return *left || *next ? adsync__next(a, &to) : adsync__end(a, a->at.tries > 0);
}

/* What excludes is asked for of these groups, then the next page of them; without either this campaign is through. */
static adsync_status keyword_groups_next(adsync__answer *a, const char *next, const char *groups)
{
    const char *campaigns = a->at.arg[KEYWORD_CAMPAIGNS];
    adsync__place to = { .step = *groups ? TIKTOK_AT_NEGATIVE : TIKTOK_AT_GROUPS,
                         .tries = a->at.tries,
                         .arg = { a->at.arg[KEYWORD_NEXT], campaigns, next, groups } };

    if (*groups || *next) return adsync__next(a, &to);
    return keyword_campaigns(a, a->at.arg[KEYWORD_NEXT], adsync__ids_rest(campaigns, 1));
}

/* What excludes is through, of the campaign or of a group. */
static adsync_status keyword_next_object(adsync__answer *a)
{
    adsync__place to = { .step = TIKTOK_AT_GROUPS, .tries = a->at.tries, .arg = { a->at.arg[KEYWORD_NEXT], a->at.arg[KEYWORD_CAMPAIGNS] } };

    if (!*a->at.arg[KEYWORD_GROUPS]) return adsync__next(a, &to);
    return keyword_groups_next(a, a->at.arg[KEYWORD_GROUPS_NEXT], adsync__ids_rest(a->at.arg[KEYWORD_GROUPS], 1));
}

/* ---- answers */

static adsync_row *keyword_row(adsync__answer *a, adsync__node match, bool negative)
{
    adsync_row *row = adsync_outcome_row(a->out, ADSYNC_T_ENTITIES, ADSYNC_KIND_KEYWORD, ADSYNC_TWICE_REPLACE);
    size_t size = 0;
    const char *text = adsync__node_text(match, &size), *campaigns = a->at.arg[KEYWORD_CAMPAIGNS];

    adsync_row_text(row, ADSYNC_C_ACCOUNT_ID, adsync_task_text(a->task, "account_id"), SIZE_MAX);
    adsync_row_text(row, ADSYNC_C_PLATFORM_KIND, negative ? "negative_keyword" : "search_keyword", SIZE_MAX);
    adsync_row_text(row, ADSYNC_C_CAMPAIGN_ID, campaigns, adsync__ids_size(campaigns, 1));
    adsync_row_text(row, ADSYNC_C_MATCH, adsync__word_of(keyword_matches, text ? text : "", size), SIZE_MAX);
    adsync_row_int(row, ADSYNC_C_NEGATIVE, negative);
    return row;
}

/* One that excludes: {"keyword_id","name","match_type"} */
static adsync_status keyword_negative(adsync__answer *a, adsync__node node)
{
    const char *groups = a->at.arg[KEYWORD_GROUPS];
    adsync__node id = adsync__node_get(node, "keyword_id"), name = adsync__node_get(node, "name");
    adsync__digits room;
    adsync_row *row;
    size_t size = 0;

    if (!adsync__node_digits(id, &room, &size) || !size || size > ADSYNC__ID_MOST || !adsync__node_text(name, NULL))
        return adsync__bad_shape(a, "a keyword without an id or a text");
    row = keyword_row(a, adsync__node_get(node, "match_type"), true);
    adsync__put_node(row, ADSYNC_C_ID, id);
    adsync__put_node(row, ADSYNC_C_TEXT, name);
    adsync__put(row, ADSYNC_C_ADSET_ID, groups, adsync__ids_size(groups, 1));
    return ADSYNC_OK;
}

/* One that is bid on has no id: its group, its match and its text are what tells it from others. */
static adsync_status keyword_positive(adsync__answer *a, const char *group, adsync__node node)
{
    adsync__node word = adsync__node_get(node, "keyword"), match = adsync__node_get(node, "match_type");
    const char *currency = adsync_task_fact(a->task, "currency"), *text = adsync__node_text(word, NULL),
               *how = adsync__node_text(match, NULL);
    char id[ADSYNC__ID_MOST + 1];
    adsync_row *row;
    int64_t bid = 0;

    if (!text || !*text || !adsync__figure(adsync__node_get(node, "keyword_bid"), true, &bid))
        return adsync__bad_shape(a, "a keyword without a text, or with a bid that is no number");
    if (snprintf(id, sizeof id, "%s~%s~%s", group, how ? how : "", text) >= (int)sizeof id) {
        adsync_outcome_warning(a->out, "keyword", "a keyword is too long to be kept");
        a->at.tries = 1;
        return ADSYNC_OK;
    }
    row = keyword_row(a, match, false);
    adsync_row_text(row, ADSYNC_C_ID, id, SIZE_MAX);
    adsync__put_node(row, ADSYNC_C_TEXT, word);
    adsync_row_text(row, ADSYNC_C_ADSET_ID, group, SIZE_MAX);
    if (bid) adsync_row_int(row, ADSYNC_C_BID, bid);
    if (bid && currency) adsync_row_text(row, ADSYNC_C_CURRENCY, currency, SIZE_MAX);
    return ADSYNC_OK;
}

/* The keywords of a page of groups, from SKIP on; *more: an outcome was given, some are left. */
static adsync_status keyword_positives(adsync__answer *a, adsync__node groups, bool *more)
{
    adsync__items items = adsync__node_items(groups);
    uint32_t skip = a->at.skip, n = 0;
    adsync__place to = a->at;
    adsync__digits room;
    adsync__node group, node;
    const char *id;
    size_t size;
    adsync_status rc;

    while (adsync__items_next(&items, &group)) {
        adsync__items words = adsync__node_items(adsync__node_get(group, "search_keywords"));
        id = adsync__node_digits(adsync__node_get(group, "adgroup_id"), &room, &size);
        while (id && adsync__items_next(&words, &node)) {
            if (n++ < skip) continue;
            if (n - skip > ADSYNC__ROWS_MOST) {
                to.skip = n - 1;
                to.tries = a->at.tries;
                *more = true;
                return adsync__more(a, &to);
            }
            if ((rc = keyword_positive(a, id, node)) < 0) return rc;
        }
    }
    return ADSYNC_OK;
}

static adsync_status keyword_groups(adsync__answer *a, const adsync__page *page)
{
    adsync__buffer ids;
    bool more = false;
    adsync_status rc = keyword_positives(a, page->data, &more);

    if (rc < 0 || more) return rc;
    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST / 4);
    if ((rc = tiktok_ids(a, "adgroup_id", NULL, &ids)) >= 0) rc = keyword_groups_next(a, page->after, ids.size ? ids.p : "");
    adsync__buffer_free(&ids);
    return rc;
}

static adsync_status keyword_search(adsync__answer *a, const adsync__page *page)
{
    adsync__buffer ids;
    adsync_status rc;

    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST - 4000);
    rc = tiktok_ids(a, "campaign_id", "is_search_campaign", &ids);
    if (rc >= 0) rc = keyword_campaigns(a, page->after, ids.size ? ids.p : "");
    adsync__buffer_free(&ids);
    return rc;
}

adsync_status tiktok_keyword_digest(adsync__answer *a)
{
    adsync__page page;
    adsync_status rc;

    if (!tiktok_is_ours(a, TIKTOK_AT_SEARCH, TIKTOK_AT_NEGATIVE)) return ADSYNC_OK;
    keyword_begin(&a->at);
    if (tiktok_is_refused(a)) {
        if (a->at.step != TIKTOK_AT_NEGATIVE || !adsync__is_minor(a)) return adsync__refuse(a);
        adsync__left_out(a);
        a->at.tries = 1;
        return keyword_next_object(a);
    }
    rc = tiktok_page(a, keyword_steps[a->at.step].paging, keyword_steps[a->at.step].slot, &page);
    if (rc < 0 || page.refused) return rc;
    if (a->at.step == TIKTOK_AT_SEARCH) return keyword_search(a, &page);
    if (a->at.step == TIKTOK_AT_GROUPS) return keyword_groups(a, &page);
    if ((rc = adsync__page_turn(a, &page, KEYWORD_PAGE, keyword_negative)) < 0 || page.more) return rc;
    return keyword_next_object(a);
}
