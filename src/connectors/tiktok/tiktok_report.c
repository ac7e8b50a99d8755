/* SPDX-License-Identifier: MIT */
/* Figures by day. What is deleted by now belongs to its days as well, and comes only where its state is named. A query sees the newest
 * 20,000 ids, the others it leaves out, saying so in a header alone: then it is asked for by campaigns, those that had figures at all.
 *
 *     rows    PAGE - - FEW SHORT             FEW: without the figures that this account may not know
 *     ids     PAGE - - FEW SHORT             a hundred campaigns
 *     part    PAGE ID,ID,.. NEXT FEW SHORT   their figures; NEXT: the page of ids that follows; TRIES: how many at once, 0 is all
 *     rows    PAGE GONE - FEW SHORT          what is deleted by now alone: the rest came in a file
 *     check                                  nothing came: the account's own spend must say so, too
 *
 * SHORT: a page had fewer rows than it said. Under pressure TikTok answers so; then what came is no proof of what is not there. */
#include "tiktok_int.h"

#include <stdio.h>

enum { REPORT_PAGE = 0, REPORT_IDS, REPORT_NEXT, REPORT_FEW, REPORT_SHORT }; /* arguments of the cursor */
enum { REPORT_IDS_MOST = 20000, REPORT_REFUSED_METRICS = 40002 };

/* ---- what a row has: its id and day, the figures (the first four every account has), and the campaign it belongs to */

#define MEMBER(i, n, c, a, f)                                                                                                              \
    {                                                                                                                                      \
        .in = (i), .name = (n), .column = (c), .as = (a), .flags = (f)                                                                     \
    }
#define METRIC_AS(n, c, a, f) MEMBER("metrics", n, ADSYNC_C_##c, ADSYNC__AS_##a, ADSYNC__DASH | (f))
#define METRIC(n, c, a) METRIC_AS(n, c, a, ADSYNC__OR_ZERO)
#define METRIC_ADDS(n, c) METRIC_AS(n, c, DECIMAL, ADSYNC__OR_ZERO | ADSYNC__ADDS)
#define METRIC_AGAIN(n) MEMBER("metrics", n, 0, 0, ADSYNC__AGAIN)
#define DIMENSION(n) MEMBER("dimensions", n, 0, 0, 0)
#define CAMPAIGN METRIC_AS("campaign_id", CAMPAIGN_ID, ID, 0)
#define CAMPAIGN_ITSELF MEMBER("dimensions", "campaign_id", ADSYNC_C_CAMPAIGN_ID, ADSYNC__AS_ID, ADSYNC__AGAIN)
enum { ROW_ID = 0, ROW_DAY, ROW_SPEND, ROW_FEW = 6, ROW_FAMILIES = 12 };
#define ROW(id, parent)                                                                                                                    \
    {                                                                                                                                      \
        DIMENSION(id), DIMENSION("stat_time_day"), METRIC("spend", SPEND, DECIMAL), METRIC("impressions", IMPRESSIONS, INT),               \
            METRIC("clicks", CLICKS, INT), METRIC("conversion", CONVERSIONS, DECIMAL), METRIC("reach", REACH, INT),                        \
            METRIC("cta_conversion", CLICK_CONVERSIONS, DECIMAL), METRIC("vta_conversion", VIEW_CONVERSIONS, DECIMAL),                     \
            METRIC("real_time_conversion", CONVERSIONS_BY_EVENT_DAY, DECIMAL), METRIC_ADDS("form", LEADS),                                 \
            METRIC_ADDS("onsite_form", LEADS), METRIC_ADDS("complete_payment", PURCHASES),                                                 \
            METRIC_ADDS("total_complete_payment_rate", REVENUE), METRIC_ADDS("total_purchase", PURCHASES),                                 \
            METRIC_ADDS("total_purchase_value", REVENUE), METRIC_ADDS("onsite_shopping", PURCHASES),                                       \
            METRIC_ADDS("total_onsite_shopping_value", REVENUE), parent,                                                                   \
            METRIC_AS("clicks", LINK_CLICKS, INT, ADSYNC__OR_ZERO | ADSYNC__AGAIN)                                                         \
    }
static const adsync__field account_row[] = ROW("advertiser_id", METRIC_AGAIN("spend"));
static const adsync__field campaign_row[] = ROW("campaign_id", CAMPAIGN_ITSELF);
static const adsync__field group_row[] = ROW("adgroup_id", CAMPAIGN);
static const adsync__field ad_row[] = ROW("ad_id", CAMPAIGN);
static const adsync__field *const report_rows[] = {
    [ADSYNC_KIND_ACCOUNT] = account_row,
    [ADSYNC_KIND_CAMPAIGN] = campaign_row,
    [ADSYNC_KIND_ADSET] = group_row,
    [ADSYNC_KIND_AD] = ad_row,
};

/* Purchases and their value, in this order, of a website, an app and a shop. total_complete_payment_rate is the value, whatever its name.
 */
static const char *const report_families[] = { "web", "app", "shop" };

static bool report_counts(const adsync_task *task, size_t family)
{
    const char *chosen = adsync_task_fact(task, "revenue");

    return strstr(chosen && *chosen ? chosen : "web", report_families[family]) != NULL;
}

static uint32_t report_fields(const adsync__place *at)
{
    return *at->arg[REPORT_FEW] ? (uint32_t)ROW_FEW : (uint32_t)ADSYNC__COUNT(ad_row);
}

/* ---- asking */

void tiktok_report_names(const adsync_task *task, const adsync__place *at, adsync__buffer *out)
{
    const adsync__field *fields = report_rows[adsync_task_kind(task)];

    for (uint32_t i = ROW_SPEND, n = report_fields(at); i < n; i++) {
        size_t family = i >= ROW_FAMILIES ? (i - ROW_FAMILIES) / 2 : ADSYNC__COUNT(report_families);
        if (fields[i].flags & ADSYNC__AGAIN) continue;
        if (family < ADSYNC__COUNT(report_families) && !report_counts(task, family)) continue;
        if (i > ROW_SPEND) adsync__buffer_char(out, ',');
        adsync__buffer_text(out, fields[i].name);
    }
}

static void report_metrics(adsync__call *call)
{
    adsync__buffer_clear(&call->target);
    tiktok_report_names(call->task, &call->at, &call->target);
    if (!call->target.failed) tiktok_words(call, "metrics", call->target.p);
}

/* {"field_name":"ad_status","filter_type":"IN","filter_value":"[\"STATUS_ALL\"]"}: the value is a text that holds JSON. */
static void report_filter(adsync__call *call, const char *name, const char *values)
{
    adsync__json json;

    adsync__buffer_clear(&call->text);
    adsync__ids_json(&call->text, values);
    if (call->target.size > 1) adsync__buffer_char(&call->target, ',');
    adsync__json_begin(&json, &call->target);
    adsync__json_open(&json, '{');
    adsync__json_key(&json, "field_name");
    adsync__json_text(&json, name, strlen(name));
    adsync__json_key(&json, "filter_type");
    adsync__json_text(&json, "IN", 2);
    adsync__json_key(&json, "filter_value");
    if (!call->text.failed) adsync__json_text(&json, call->text.p, call->text.size);
    adsync__json_close(&json, '}');
}

static bool report_gone(const adsync__place *at) { return at->step == TIKTOK_AT_ROWS && *at->arg[REPORT_IDS]; }

/* The campaigns that are asked for now. */
static size_t report_part(const adsync__place *at) { return adsync__ids_size(at->arg[REPORT_IDS], at->tries ? at->tries : UINT32_MAX); }

static adsync_status report_filters(adsync__call *call, const adsync__level *level)
{
    bool by_id = call->at.step == TIKTOK_AT_ROWS && level->filter;
    char name[40];
    adsync__buffer list;

    adsync__buffer_clear(&call->target);
    adsync__buffer_char(&call->target, '[');
    if (level->filter) report_filter(call, level->filter, report_gone(&call->at) ? "STATUS_DELETE" : "STATUS_ALL");
    adsync__buffer_begin(&list, ADSYNC__CURSOR_MOST);
    if (call->at.step == TIKTOK_AT_PART) adsync__buffer_add(&list, call->at.arg[REPORT_IDS], report_part(&call->at));
    for (uint32_t i = 0; by_id && i < adsync_task_ids(call->task); i++) {
        const char *id = adsync_task_id(call->task, i);
        if (adsync__is_id(id)) adsync__join(&list, id, strlen(id));
    }
    (void)snprintf(name, sizeof name, "%ss", by_id ? level->id : "campaign_id");
    if (list.size && !list.failed) report_filter(call, name, list.p);
    if (list.failed) call->target.failed = list.failed;
    adsync__buffer_free(&list);
    adsync__buffer_char(&call->target, ']');
    if (call->target.failed == ADSYNC_E_TOO_BIG) return adsync__invalid(&tiktok_platform, "ids", "too many ids at once", call->error);
    if (call->target.size > 2 && !call->target.failed) adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "filtering", call->target.p);
    return ADSYNC_OK;
}

/* Which level the step asks about: the task's, or the campaigns and the account behind it. */
static const adsync__level *report_level(const adsync_task *task, const adsync__place *at)
{
    uint32_t level = at->step == TIKTOK_AT_IDS     ? (uint32_t)ADSYNC_KIND_CAMPAIGN
                     : at->step == TIKTOK_AT_CHECK ? (uint32_t)ADSYNC_KIND_ACCOUNT
                                                   : adsync_task_kind(task);

    return adsync__level_of(&tiktok_platform, level);
}

static void report_begin(const adsync_task *task, adsync__place *at)
{
    uint32_t size = adsync__page_size(task, at, TIKTOK_PAGE);

    if (at->step == TIKTOK_AT_BEGIN) at->step = tiktok_task_wanted(task) ? TIKTOK_AT_MAKE : TIKTOK_AT_ROWS;
    at->limit = at->step == TIKTOK_AT_IDS ? TIKTOK_IDS : size < TIKTOK_PAGE ? size : TIKTOK_PAGE;
}

adsync_status tiktok_report_days(adsync__call *call, adsync__slice *slice)
{
    adsync_status rc = adsync__slice_of(&tiktok_platform, call->task, slice, call->error);

    if (rc < 0 || slice->days <= TIKTOK_REPORT_DAYS) return rc;
    return adsync__invalid(&tiktok_platform, "days", "at most 30 days at once", call->error);
}

adsync_status tiktok_report_ask(adsync__call *call)
{
    const adsync__level *level;
    char from[ADSYNC__DAY_ROOM], to[ADSYNC__DAY_ROOM], dimensions[60];
    adsync__slice slice;
    adsync_status rc;

    report_begin(call->task, &call->at);
    if (call->at.step >= TIKTOK_AT_MAKE) return tiktok_task_ask(call);
    level = report_level(call->task, &call->at);
    if ((rc = tiktok_report_days(call, &slice)) < 0) return rc;
    if ((rc = tiktok_get(call, "report/integrated/get")) < 0) return rc;
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "report_type", "BASIC");
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "data_level", level->word);
    (void)snprintf(dimensions, sizeof dimensions, "%s%s", level->id, call->at.step == TIKTOK_AT_IDS ? "" : ",stat_time_day");
    tiktok_words(call, "dimensions", dimensions);
    if (call->at.step == TIKTOK_AT_IDS || call->at.step == TIKTOK_AT_CHECK)
        tiktok_words(call, "metrics", "spend");
    else
        report_metrics(call);
    adsync__range(&slice, from, to);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "start_date", from);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "end_date", to);
    if ((rc = report_filters(call, level)) < 0) return rc;
    adsync__page_ask(call, &tiktok_paging, TIKTOK_PAGE, REPORT_PAGE);
    return ADSYNC_OK;
}

/* ---- answers */

/* A count or an amount; "-" is none. */
static bool report_add(adsync__node node, int64_t *sum)
{
    int64_t value = 0;
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);

    if (text && (!size || (size == 1 && *text == '-'))) return true;
    return adsync__figure(node, true, &value) && !__builtin_add_overflow(*sum, value, sum);
}

/* What was not asked for adds nothing. */
static void report_chosen(const tiktok_rows *rows, adsync__node *f)
{
    for (size_t i = 0; i < ADSYNC__COUNT(report_families) && rows->n > ROW_FAMILIES; i++)
        if (!rows->counts[i]) f[ROW_FAMILIES + 2 * i] = f[ROW_FAMILIES + 2 * i + 1] = (adsync__node){ 0 };
}

adsync_status tiktok_rows_begin(adsync__answer *a, tiktok_rows *rows)
{
    *rows = (tiktok_rows){ .fields = report_rows[adsync_task_kind(a->task)], .n = report_fields(&a->at) };
    for (size_t i = 0; i < ADSYNC__COUNT(report_families); i++) rows->counts[i] = report_counts(a->task, i);
    a->own = rows;
    return adsync__slice_of(&tiktok_platform, a->task, &rows->slice, a->error);
}

adsync_status tiktok_report_found(adsync__object *object)
{
    adsync__answer *a = object->a;
    const tiktok_rows *rows = a->own;
    adsync__digits room;
    const char *id, *text;
    size_t size = 0, text_size = 0;
    int64_t day;

    if (!(id = adsync__node_digits(object->f[ROW_ID], &room, &size)) || !size || size > ADSYNC__ID_MOST)
        return adsync__bad_shape(a, "a row without the id of its level");
    text = adsync__node_text(object->f[ROW_DAY], &text_size);
    if (!text || text_size < 10 || adsync__day_read(text, 10, &day) < 0 || day < rows->slice.from || day > rows->slice.to)
        return adsync__bad_shape(a, "figures of a day that was not asked for");
    adsync__figures_begin(object, adsync_task_kind(a->task), id, size, day);
    report_chosen(rows, object->f);
    return adsync__fields_read(object);
}

static adsync_status report_row(adsync__answer *a, adsync__node node)
{
    const tiktok_rows *rows = a->own;
    adsync__object *object = adsync__figures_object(a, rows->fields, rows->n);

    if (!adsync__object_find(object, node)) return adsync__bad_shape(a, "a row that is none, or that has a field twice");
    return tiktok_report_found(object);
}

/* More ids than a query sees. */
static bool report_is_cut(const adsync__answer *a)
{
    int64_t total = 0;

    (void)adsync__node_int(adsync__node_path(a->root, "data.page_info.total_number"), &total);
    return adsync_response_header(a->in, "X-Tt-Ads-Throttle") || total >= REPORT_IDS_MOST;
}

static adsync_status report_done(adsync__answer *a) { return adsync__end(a, *a->at.arg[REPORT_SHORT]); }

/* The part, or all, is too much at once. false: it is not. */
static bool report_cut(adsync__answer *a)
{
    adsync__place to = { .step = TIKTOK_AT_IDS, .arg = { "", "", "", a->at.arg[REPORT_FEW], a->at.arg[REPORT_SHORT] } };
    uint32_t n = adsync__ids_count(a->at.arg[REPORT_IDS], report_part(&a->at));
    adsync__slice slice;

    if (adsync_task_kind(a->task) == ADSYNC_KIND_ACCOUNT || !report_is_cut(a)) return false;
    if (a->at.step == TIKTOK_AT_ROWS && !adsync_task_ids(a->task)) {
        adsync__next(a, &to);
        return true;
    }
    if (a->at.step == TIKTOK_AT_PART && n > 1) {
        to = a->at;
        to.tries = n / 2;
        to.arg[REPORT_PAGE] = "";
        adsync__next(a, &to);
    } else if (adsync__slice_of(&tiktok_platform, a->task, &slice, NULL) < 0 || !adsync__slice_split(a, &slice)) {
        adsync__too_large(a);
    }
    return true;
}

static void report_short(adsync__answer *a, const adsync__page *page)
{
    int64_t size = a->at.limit;

    (void)adsync__node_int(adsync__node_path(a->root, "data.page_info.page_size"), &size);
    if (page->next && adsync__node_count(page->data) < size) a->at.arg[REPORT_SHORT] = "short";
}

/* A page of campaigns: their figures come next. */
static adsync_status report_ids(adsync__answer *a, const adsync__page *page)
{
    adsync__place to = a->at;
    adsync__buffer ids;
    adsync_status rc;

    adsync__buffer_begin(&ids, ADSYNC__CURSOR_MOST / 2);
    rc = tiktok_ids(a, "dimensions.campaign_id", NULL, &ids);
    to.step = TIKTOK_AT_PART;
    to.tries = to.skip = to.limit = 0;
    to.arg[REPORT_PAGE] = "";
    to.arg[REPORT_IDS] = ids.p;
    to.arg[REPORT_NEXT] = page->after;
    if (rc >= 0) rc = ids.size ? adsync__next(a, &to) : report_done(a);
    adsync__buffer_free(&ids);
    return rc;
}

/* Nothing came at all, not in a file either. */
static bool report_is_empty(const adsync__answer *a)
{
    if (a->at.step != TIKTOK_AT_ROWS || *a->at.arg[REPORT_PAGE] || adsync_task_kind(a->task) == ADSYNC_KIND_ACCOUNT) return false;
    return !report_gone(&a->at) || strstr(a->at.arg[REPORT_IDS], "none");
}

/* The last page of rows is through. */
static adsync_status report_after(adsync__answer *a, bool any)
{
    const char *rest = a->at.arg[REPORT_IDS] + report_part(&a->at);
    adsync__place to = a->at;

    to.limit = to.skip = 0;
    to.arg[REPORT_PAGE] = "";
    to.arg[REPORT_IDS] = rest + (*rest == ',');
    if (a->at.step == TIKTOK_AT_PART && *rest) return adsync__next(a, &to);
    if (a->at.step == TIKTOK_AT_PART && *a->at.arg[REPORT_NEXT]) {
        to = (adsync__place){ .step = TIKTOK_AT_IDS,
                              .arg = { a->at.arg[REPORT_NEXT], "", "", a->at.arg[REPORT_FEW], a->at.arg[REPORT_SHORT] } };
        return adsync__next(a, &to);
    }
    return !any && report_is_empty(a) ? adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_CHECK }) : report_done(a);
}

/* Nothing is known of any entity: if the account spent, that was no answer. */
static adsync_status report_check(adsync__answer *a, const adsync__page *page)
{
    adsync__items items = adsync__node_items(page->data);
    int64_t spend = 0;
    adsync__node row;

    while (adsync__items_next(&items, &row))
        if (!report_add(adsync__node_path(row, "metrics.spend"), &spend)) return adsync__bad_shape(a, "a spend that is no number");
    a->at.arg[REPORT_SHORT] = spend ? "short" : "";
    return report_done(a);
}

/* One figure that this account may not know refuses all of them. */
static adsync_status report_refused(adsync__answer *a)
{
    adsync__place to = a->at;

    if (report_gone(&to) && adsync__is_minor(a))
        return adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_ROWS }); /* all of it in pages */
    if (a->refused.code != REPORT_REFUSED_METRICS || *to.arg[REPORT_FEW] || to.step == TIKTOK_AT_IDS || to.step == TIKTOK_AT_CHECK)
        return adsync__refuse(a);
    adsync__left_out(a);
    to.arg[REPORT_FEW] = "few";
    to.skip = 0;
    return adsync__next(a, &to);
}

adsync_status tiktok_report_digest(adsync__answer *a)
{
    adsync__page page;
    tiktok_rows rows;
    adsync_status rc;

    if (!tiktok_is_ours(a, TIKTOK_AT_ROWS, TIKTOK_AT_READ)) return ADSYNC_OK;
    report_begin(a->task, &a->at);
    if (a->at.step >= TIKTOK_AT_MAKE) return tiktok_task_digest(a);
    if (tiktok_is_refused(a)) return report_refused(a);
    if (!adsync_task_fact(a->task, "currency")) a->needs_currency = true;
    if ((rc = tiktok_page(a, &tiktok_paging, REPORT_PAGE, &page)) < 0 || page.refused) return rc;
    if (a->at.step == TIKTOK_AT_CHECK) return report_check(a, &page);
    if (report_cut(a)) return ADSYNC_OK;
    report_short(a, &page);
    if (a->at.step == TIKTOK_AT_IDS) return report_ids(a, &page);
    if ((rc = tiktok_rows_begin(a, &rows)) < 0) return rc;
    if ((rc = adsync__page_turn(a, &page, REPORT_PAGE, report_row)) < 0 || page.more) return rc;
    return report_after(a, adsync__node_count(page.data) > 0);
}
