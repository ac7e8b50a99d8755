/* SPDX-License-Identifier: MIT */
/* Figures by day, which is UTC for all accounts: one call for all children of an account, without pages. Rows with nothing to report are
 * absent. Two things need more than one call:
 *
 *     core
 *     check                    nothing came. Who may not read figures gets the same answer, so the account's total of all years is asked
 *                              for: only where there is one is an empty answer believed
 *     campaigns                a reply ends at 15,000 rows, silently. Days are halved; of one day the campaigns are read first,
 *     pieces    ID,ID,..       then their creatives, for some campaigns at a time (LIMIT)
 *
 * A key may stand twice in a reply: its figures add up. Where a reply has more rows than an outcome carries, both are in one outcome: then
 * rows are handed over in the order of a digest of their key. */
#include "linkedin_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { REPORT_REACH_DAYS = 92, REPORT_YEARS = 9, REPORT_PIECE = 100 };
enum { REPORT_LIST = 0, REPORT_MARK }; /* arguments of the cursor: campaigns that are left; the bytes of a reply whose keys all differ */

#define FIGURE(n, c, a)                                                                                                                    \
    {                                                                                                                                      \
        .name = (n), .column = ADSYNC_C_##c, .as = ADSYNC__AS_##a, .flags = ADSYNC__OR_ZERO                                                \
    }
enum { REPORT_AT_RANGE = 0, REPORT_AT_PIVOT };
/* At most 20 names. Reach that is missing is not known, all else that is missing is 0. */
static const adsync__field report_fields[] = {
    ADSYNC__PART("dateRange", NODE),
    ADSYNC__PART("pivotValues", NODE),
    FIGURE("costInLocalCurrency", SPEND, DECIMAL), /* "-2E-18" is 0 */
    FIGURE("impressions", IMPRESSIONS, INT),
    FIGURE("clicks", CLICKS, INT),
    FIGURE("landingPageClicks", LINK_CLICKS, INT),
    FIGURE("externalWebsiteConversions", CONVERSIONS, DECIMAL),
    FIGURE("conversionValueInLocalCurrency", REVENUE, DECIMAL),
    FIGURE("externalWebsitePostClickConversions", CLICK_CONVERSIONS, DECIMAL),
    FIGURE("externalWebsitePostViewConversions", VIEW_CONVERSIONS, DECIMAL),
    FIGURE("oneClickLeads", LEADS, DECIMAL),
    FIGURE("totalEngagements", ENGAGEMENTS, INT),
    FIGURE("videoViews", VIDEO_VIEWS, INT),
    ADSYNC__FIELD("approximateMemberReach", REACH, INT),
};

/* ---- asking */

static void report_day(adsync__buffer *out, const char *name, int64_t day)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%s:(year:%d,month:%d,day:%d)", name, (int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100));
    adsync__buffer_text(out, text);
}

static void report_query(adsync__buffer *out, const char *pivot, const char *granularity, int64_t from, int64_t to)
{
    adsync__buffer_text(out, "q=analytics&pivot=");
    adsync__buffer_text(out, pivot);
    adsync__buffer_text(out, "&timeGranularity=");
    adsync__buffer_text(out, granularity);
    adsync__buffer_text(out, "&dateRange=(");
    report_day(out, "start", from);
    report_day(out, ",end", to);
    adsync__buffer_char(out, ')');
}

static void report_campaigns(adsync__buffer *out, const char *list, uint32_t n)
{
    adsync__buffer_text(out, "&campaigns=List(");
    for (const char *at = list, *end; *at && n; at = *end ? end + 1 : end, n--) {
        end = at + strcspn(at, ",");
        if (at != list) adsync__buffer_char(out, ',');
        adsync__buffer_text(out, "urn%3Ali%3AsponsoredCampaign%3A");
        adsync__buffer_add(out, at, (size_t)(end - at));
    }
    adsync__buffer_char(out, ')');
}

static void report_begin(adsync__place *at)
{
    if (at->step == LINKEDIN_AT_BEGIN) at->step = LINKEDIN_AT_CORE;
    if (at->step == LINKEDIN_AT_PIECES && !at->limit) at->limit = REPORT_PIECE;
}

adsync_status linkedin_report_ask(adsync__call *call)
{
    const adsync__level *level = adsync__level_of(&linkedin_platform, adsync_task_kind(call->task));
    int64_t today = adsync__day_from_number(adsync_task_int(call->task, "now_us") / ADSYNC__DAY_US);
    bool check = call->at.step == LINKEDIN_AT_CHECK, campaigns = call->at.step == LINKEDIN_AT_CAMPAIGNS;
    adsync__slice slice;
    const char *id;
    adsync_status rc;

    report_begin(&call->at);
    if ((rc = adsync__slice_of(&linkedin_platform, call->task, &slice, call->error)) < 0) return rc;
    if (slice.days > REPORT_REACH_DAYS) return adsync__invalid(&linkedin_platform, "days", "at most 92 days at once", call->error);
    if ((rc = adsync__account(&linkedin_platform, call->task, &id, call->error)) < 0) return rc;
    if (check)
        report_query(&call->text, "ACCOUNT", "ALL", today - REPORT_YEARS * 10000 - today % 10000 + 101, today);
    else
        report_query(&call->text, campaigns ? "CAMPAIGN" : level->word, "DAILY", slice.from, slice.to);
    if (call->at.step == LINKEDIN_AT_PIECES)
        report_campaigns(&call->text, call->at.arg[0], call->at.limit);
    else
        linkedin_fill(&call->text, "&accounts=List(urn%3Ali%3AsponsoredAccount%3A@)", id);
    adsync__buffer_text(&call->text, "&fields=");
    if (check || campaigns)
        adsync__buffer_text(&call->text, "pivotValues,impressions");
    else
        adsync__fields_list(&call->text, report_fields, ADSYNC__COUNT(report_fields), ',');
    adsync_request_cost(call->out, "pace", 1);
    return linkedin_send(call, "/rest/adAnalytics", NULL, "analytics");
}

/* ---- answers */

typedef struct report_walk {
    adsync__answer *a;
    const adsync__level *level;
    adsync__slice slice;
} report_walk;

typedef struct report_order { /* of a row in a long reply */
    uint64_t key;
    uint32_t position;
    adsync__node node;
} report_order;

static bool report_when(adsync__node range, int64_t *day)
{
    static const adsync__key keys[] = { ADSYNC__KEY("month"), ADSYNC__KEY("day"), ADSYNC__KEY("year") };
    adsync__node f[ADSYNC__COUNT(keys)];
    int64_t year, month, date;

    if (!adsync__node_keys(adsync__node_get(range, "start"), keys, ADSYNC__COUNT(keys), f)) return false;
    if (!adsync__node_int(f[0], &month) || !adsync__node_int(f[1], &date) || !adsync__node_int(f[2], &year)) return false;
    if (year < 1 || year > 9999 || month < 1 || month > 12 || date < 1 || date > 31) return false;
    *day = year * 10000 + month * 100 + date;
    return adsync__day_valid(*day);
}

/* The one URN that figures are of; NULL: something else. */
static const char *report_urn(adsync__node pivots, const char *prefix, size_t *size)
{
    adsync__items items = adsync__node_items(pivots);
    size_t prefix_size = strlen(prefix);
    adsync__node item;
    const char *text;

    if (adsync__node_count(pivots) != 1 || !adsync__items_next(&items, &item)) return NULL;
    text = adsync__node_text(item, size);
    return text && *size > prefix_size && *size <= ADSYNC__ID_MOST && !memcmp(text, prefix, prefix_size) ? text : NULL;
}

static adsync_status report_row(const report_walk *walk, adsync__node node)
{
    adsync__object *object = adsync__figures_object(walk->a, report_fields, ADSYNC__COUNT(report_fields));
    size_t size = 0, skip = walk->level->filter ? 0 : strlen(walk->level->id);
    const char *urn;
    int64_t day;

    if (!adsync__object_find(object, node)) return adsync__bad_shape(walk->a, "figures that are none");
    if (!report_when(object->f[REPORT_AT_RANGE], &day) || day < walk->slice.from || day > walk->slice.to)
        return adsync__bad_shape(walk->a, "figures of a day that was not asked for");
    if (!(urn = report_urn(object->f[REPORT_AT_PIVOT], walk->level->id, &size)))
        return adsync__bad_shape(walk->a, "figures without the id of what they are about");
    adsync__figures_begin(object, walk->level->level, urn + skip, size - skip, day);
    adsync__figures_words(object, ADSYNC_C_ATTRIBUTION, "conversion rule");
    return adsync__fields_read(object);
}

static uint64_t report_mix(uint64_t key, uint64_t word)
{
    key = (key ^ word) * UINT64_C(0x9fb21c651e98df25);
    return key ^ key >> 29;
}

static uint64_t report_key(const report_walk *walk, adsync__node node)
{
    uint64_t key = UINT64_C(14695981039346656037), word;
    const char *urn;
    size_t size = 0;
    int64_t day = 0;

    (void)report_when(adsync__node_get(node, "dateRange"), &day);
    urn = report_urn(adsync__node_get(node, "pivotValues"), walk->level->id, &size);
    for (size_t i = 0, n; urn && i < size; i += n) {
        n = size - i < sizeof word ? size - i : sizeof word;
        word = 0;
        memcpy(&word, urn + i, n);
        key = report_mix(key, word);
    }
    return report_mix(key, (uint64_t)day);
}

/* Whether a key stands twice, or may do: two of one hash. Told once for a reply. */
static adsync_status report_repeats(const report_walk *walk, adsync__node list, uint32_t n, bool *repeats)
{
    adsync__items items = adsync__node_items(list);
    uint64_t *seen, room = 1, key;
    adsync__node node;

    while (room < 2 * (uint64_t)n) room *= 2;
    if (!(seen = adsync__alloc_zero(room, sizeof *seen))) return adsync__fail_memory(walk->a->error);
    for (*repeats = false; !*repeats && adsync__items_next(&items, &node);) {
        key = report_key(walk, node) | 1; /* 0 is room that is free */
        uint64_t at = key >> 20 & (room - 1);
        while (seen[at] && seen[at] != key) at = (at + 1) & (room - 1);
        *repeats = seen[at] != 0;
        seen[at] = key;
    }
    adsync__free(seen);
    return ADSYNC_OK;
}

static int report_by_key(const void *a, const void *b)
{
    const report_order *x = a, *y = b;

    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

/* A long reply, from the row `skip` on; what is one key is not parted. */
static adsync_status report_pieces(const report_walk *walk, adsync__node list, uint32_t n, uint32_t *through)
{
    adsync__answer *a = walk->a;
    adsync__items items = adsync__node_items(list);
    report_order *rows = adsync__alloc(n * sizeof *rows);
    uint32_t i = 0, end = a->at.skip + ADSYNC__ROWS_MOST;
    adsync_status rc = ADSYNC_OK;

    if (!rows) return adsync__fail_memory(a->error);
    for (; i < n && adsync__items_next(&items, &rows[i].node); i++) {
        rows[i].position = i;
        rows[i].key = report_key(walk, rows[i].node);
    }
    n = i;
    qsort(rows, n, sizeof *rows, report_by_key);
    if (end >= n) end = n;
    while (end < n && end > a->at.skip && rows[end].key == rows[end - 1].key) end--;
    if (end == a->at.skip && end < n) rc = adsync__bad_shape(a, "one day of one thing, more often than can be");
    for (i = a->at.skip; i < end && rc >= 0; i++) rc = report_row(walk, rows[i].node);
    *through = end;
    adsync__free(rows);
    return rc;
}

/* A long reply in its own order. */
static adsync_status report_plain(const report_walk *walk, adsync__node list, uint32_t *through)
{
    adsync__items items = adsync__node_items(list);
    uint32_t end = *through + ADSYNC__ROWS_MOST;
    adsync__node node;
    adsync_status rc = ADSYNC_OK;

    adsync__items_resume(&items, *through, walk->a->stop);
    for (; *through < end && rc >= 0 && adsync__items_next(&items, &node); ++*through) rc = report_row(walk, node);
    adsync__items_stop(&items, *through, walk->a->stop);
    return rc;
}

/* In its own order where no key stands twice, which the cursor then knows; else by the digest of the keys. */
static adsync_status report_long(const report_walk *walk, adsync__node list, uint32_t n, bool *more)
{
    adsync__answer *a = walk->a;
    adsync__place to = a->at;
    char mark[24];
    size_t size;
    bool repeats = false;
    adsync_status rc;

    (void)adsync_response_body(a->in, &size);
    (void)snprintf(mark, sizeof mark, "%zu", size);
    *more = true;
    if (*to.arg[REPORT_MARK] && strcmp(to.arg[REPORT_MARK], mark)) { /* another reply than the one that was looked through */
        adsync_outcome_stale(a->out);
        return ADSYNC_OK;
    }
    if (!to.skip && (rc = report_repeats(walk, list, n, &repeats)) < 0) return rc;
    if (!to.skip && !repeats) to.arg[REPORT_MARK] = mark;
    rc = *to.arg[REPORT_MARK] ? report_plain(walk, list, &to.skip) : report_pieces(walk, list, n, &to.skip);
    if (rc < 0) return rc;
    if ((*more = to.skip < n)) adsync__more(a, &to);
    return ADSYNC_OK;
}

static adsync_status report_rows(const report_walk *walk, adsync__node list, bool *more)
{
    adsync__items items = adsync__node_items(list);
    uint32_t n = adsync__node_count(list);
    adsync__place to = walk->a->at;
    adsync__node item;
    adsync_status rc = ADSYNC_OK;

    if ((*more = to.skip && (n <= ADSYNC__ROWS_MOST || to.skip >= n))) { /* another reply than the one that was cut */
        adsync_outcome_stale(walk->a->out);
        return ADSYNC_OK;
    }
    if (n > ADSYNC__ROWS_MOST) return report_long(walk, list, n, more);
    while (rc >= 0 && adsync__items_next(&items, &item)) rc = report_row(walk, item);
    return rc;
}

/* More than one reply holds: less is asked for. */
static void report_cut(adsync__answer *a, const adsync__slice *slice)
{
    adsync__place to = a->at;

    if (a->at.step == LINKEDIN_AT_PIECES && a->at.limit > 1) {
        to.limit /= 2;
        adsync__next(a, &to);
    } else if (a->at.step != LINKEDIN_AT_CORE || adsync_task_kind(a->task) != ADSYNC_KIND_AD || slice->days > 1) {
        if (a->at.step != LINKEDIN_AT_CORE || !adsync__slice_split(a, slice)) adsync__too_large(a);
    } else {
        adsync__next(a, &(adsync__place){ .step = LINKEDIN_AT_CAMPAIGNS });
    }
}

/* The campaigns that delivered on this day. */
static adsync_status report_campaign_ids(adsync__answer *a, adsync__node list)
{
    static const char prefix[] = "urn:li:sponsoredCampaign:";
    adsync__items items = adsync__node_items(list);
    adsync__buffer ids;
    adsync__node item;
    size_t size = 0, skip = sizeof prefix - 1;
    const char *urn;
    adsync_status rc = ADSYNC_OK;

    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST - 200);
    while (rc >= 0 && adsync__items_next(&items, &item)) {
        urn = report_urn(adsync__node_get(item, "pivotValues"), prefix, &size);
        if (!urn || strspn(urn + skip, "0123456789") != size - skip) {
            rc = adsync__bad_shape(a, "figures without the id of what they are about");
            break;
        }
        adsync__join(&ids, urn + skip, size - skip);
    }
    if (rc >= 0 && ids.failed == ADSYNC_E_MEMORY)
        rc = adsync__fail_memory(a->error);
    else if (rc >= 0 && (ids.failed || !ids.size))
        adsync__too_large(a); /* more campaigns than a cursor holds, or none */
    else if (rc >= 0)
        adsync__next(a, &(adsync__place){ .step = LINKEDIN_AT_PIECES, .limit = REPORT_PIECE, .arg = { ids.p } });
    adsync__buffer_free(&ids);
    return rc;
}

static void report_after(adsync__answer *a, uint32_t n)
{
    adsync__place to = a->at;

    to.skip = 0;
    to.arg[REPORT_MARK] = "";
    if (a->at.step == LINKEDIN_AT_CORE && !n) {
        adsync__next(a, &(adsync__place){ .step = LINKEDIN_AT_CHECK });
    } else if (a->at.step == LINKEDIN_AT_PIECES && *(to.arg[0] = adsync__ids_rest(a->at.arg[0], a->at.limit))) {
        adsync__next(a, &to);
    } else {
        adsync__done(a);
    }
}

adsync_status linkedin_report_digest(adsync__answer *a)
{
    report_walk walk = { .a = a, .level = adsync__level_of(&linkedin_platform, adsync_task_kind(a->task)) };
    adsync__node list = adsync__node_get(a->root, "elements");
    uint32_t n = adsync__node_count(list);
    bool more = false;
    adsync_status rc;

    report_begin(&a->at);
    if (linkedin_is_refused(a)) return adsync__refuse(a);
    if ((rc = adsync__slice_of(&linkedin_platform, a->task, &walk.slice, a->error)) < 0) return rc;
    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of elements");
    if (a->at.step == LINKEDIN_AT_CHECK) {
        adsync_outcome_done(a->out, 1, n ? ADSYNC_EVIDENCE_STRONG : ADSYNC_EVIDENCE_WEAK);
        return ADSYNC_OK;
    }
    if (n >= LINKEDIN_REPORT_ROWS) {
        report_cut(a, &walk.slice);
        return ADSYNC_OK;
    }
    if (a->at.step == LINKEDIN_AT_CAMPAIGNS) return report_campaign_ids(a, list);
    if (!adsync_task_fact(a->task, "currency")) a->needs_currency = true;
    if ((rc = report_rows(&walk, list, &more)) < 0 || more) return rc;
    report_after(a, n);
    return ADSYNC_OK;
}
