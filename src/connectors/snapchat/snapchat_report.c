/* SPDX-License-Identifier: MIT */
/* Figures by day. The account's stats are asked with a breakdown by campaign, ad squad or ad; of the account itself only the spend is
 * given. Two families, since an account without a pixel refuses the second: delivery ("", step core) and conversions ("conv").
 *
 *     core  LINK     TRIES: an amount or a view was among what came
 *     check          nothing was: of a large account an answer can be empty by accident, so the account's own spend must say so too
 *     conv  LINK
 *
 * A day begins at the account's midnight, with the offset that is in force at that instant. The end is not meant. */
#include "snapchat_int.h"

#include <stdio.h>

static const char report_attribution[] = "28_DAY,1_DAY,impression"; /* after a swipe, after a view, booked on the day of the ad */

#define FIGURE(n, c, a)                                                                                                                    \
    {                                                                                                                                      \
        .name = (n), .in = "stats", .column = ADSYNC_C_##c, .as = ADSYNC__AS_##a, .flags = ADSYNC__OR_ZERO                                 \
    }
#define FIGURE_AGAIN(n, c, a)                                                                                                              \
    {                                                                                                                                      \
        .name = (n), .in = "stats", .column = ADSYNC_C_##c, .as = ADSYNC__AS_##a, .flags = ADSYNC__OR_ZERO | ADSYNC__AGAIN                 \
    }
#define REPORT_DAY ADSYNC__PART("start_time", NODE), ADSYNC__PART("end_time", NODE)
enum { REPORT_AT_DAY = 0, REPORT_AT_END, REPORT_AT_FIGURES };

static const adsync__field report_spend[] = { REPORT_DAY, FIGURE("spend", SPEND, MICROS) };
static const adsync__field report_core[] = {
    REPORT_DAY,
    FIGURE("impressions", IMPRESSIONS, INT),
    FIGURE("swipes", CLICKS, INT),
    FIGURE("spend", SPEND, MICROS),
    FIGURE("video_views", VIDEO_VIEWS, INT),
    FIGURE("uniques", REACH, INT),
    FIGURE_AGAIN("swipes", LINK_CLICKS, INT),
};
static const adsync__field report_conv[] = {
    REPORT_DAY,
    FIGURE("conversion_purchases", CONVERSIONS, DECIMAL),
    FIGURE("conversion_purchases_value", REVENUE, MICROS),
    FIGURE("conversion_purchases_swipe_up", CLICK_CONVERSIONS, DECIMAL),
    FIGURE("conversion_purchases_view", VIEW_CONVERSIONS, DECIMAL),
    FIGURE("native_leads", LEADS, DECIMAL),
    FIGURE("total_installs", INSTALLS, DECIMAL),
    FIGURE_AGAIN("conversion_purchases", PURCHASES, DECIMAL),
};

typedef struct report_family {
    const adsync__field *fields;
    uint32_t n;
} report_family;

static report_family report_fields(const adsync__place *at, uint32_t level)
{
    if (level == ADSYNC_KIND_ACCOUNT || at->step == SNAPCHAT_AT_CHECK) return (report_family){ report_spend, ADSYNC__COUNT(report_spend) };
    if (at->step == SNAPCHAT_AT_CONV) return (report_family){ report_conv, ADSYNC__COUNT(report_conv) };
    return (report_family){ report_core, ADSYNC__COUNT(report_core) };
}

/* ---- asking */

static void report_time(adsync__call *call, const char *name, const adsync__zone *zone, int64_t us)
{
    char text[ADSYNC__TIME_ROOM];

    (void)adsync__time_write(us, adsync__zone_offset(zone, us), text);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, name, text);
}

static adsync_status report_days(adsync__call *call, const adsync__slice *slice)
{
    const char *name = adsync_task_fact(call->task, "time_zone");
    int64_t from, to, unused;
    adsync__zone *zone = NULL;
    adsync_status rc;

    if (!name || !*name)
        return adsync__invalid(&snapchat_platform, "time_zone", "days are the account's: read the account before its figures", call->error);
    if ((rc = adsync__zone_load(NULL, name, &zone, call->error)) < 0) return rc;
    (void)adsync__zone_bounds(zone, slice->from, &from, &unused);
    (void)adsync__zone_bounds(zone, slice->to, &unused, &to);
    if (from < to) {
        report_time(call, "start_time", zone, from);
        report_time(call, "end_time", zone, to);
    } else {
        rc = adsync__invalid(&snapchat_platform, "days", "the account's zone has no such day", call->error);
    }
    adsync__zone_free(zone);
    return rc;
}

static void report_names(adsync__call *call, report_family family)
{
    for (uint32_t i = REPORT_AT_FIGURES; i < family.n; i++) {
        if (family.fields[i].flags & ADSYNC__AGAIN) continue;
        adsync__join(&call->text, family.fields[i].name, strlen(family.fields[i].name));
    }
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "fields", call->text.p);
}

static void report_begin(adsync__place *at)
{
    if (at->step == SNAPCHAT_AT_BEGIN) at->step = SNAPCHAT_AT_CORE;
}

adsync_status snapchat_report_ask(adsync__call *call)
{
    const adsync__level *level = adsync__level_of(&snapchat_platform, adsync_task_kind(call->task));
    char target[ADSYNC__ID_MOST + 40];
    adsync__slice slice;
    const char *id;
    adsync_status rc;

    report_begin(&call->at);
    if ((rc = adsync__slice_of(&snapchat_platform, call->task, &slice, call->error)) < 0) return rc;
    if (slice.days > SNAPCHAT_REPORT_DAYS) return adsync__invalid(&snapchat_platform, "days", "at most 30 days at once", call->error);
    if ((rc = adsync__account(&snapchat_platform, call->task, &id, call->error)) < 0) return rc;
    if (adsync__page_follow(call, 0)) {
        adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
        adsync_request_cost(call->out, "all", 1);
        adsync_request_cost(call->out, "stats", 1);
        return ADSYNC_OK;
    }
    (void)snprintf(target, sizeof target, "adaccounts/%s/stats", id);
    if ((rc = snapchat_open(call, target, "stats")) < 0) return rc;
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "granularity", "DAY");
    if ((rc = report_days(call, &slice)) < 0) return rc;
    if (call->at.step != SNAPCHAT_AT_CHECK && level->word) {
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "breakdown", level->word);
        adsync__number(call->out, ADSYNC_PLACE_QUERY, "limit", adsync__page_size(call->task, &call->at, SNAPCHAT_REPORT_PAGE));
    }
    report_names(call, report_fields(&call->at, level->level));
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "swipe_up_attribution_window", "28_DAY");
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "view_attribution_window", "1_DAY");
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "action_report_time", "impression");
    return ADSYNC_OK;
}

/* ---- answers */

typedef struct report_walk {
    adsync__answer *a;
    const adsync__level *level;
    report_family family;
    adsync__slice slice;
    int64_t final_us;
    uint32_t n, rows; /* days seen, and handed over */
    bool more, any;
} report_walk;

static bool report_instant(adsync__node node, int64_t *us)
{
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);

    return text && adsync__time_read(text, size, ADSYNC__TIME_NEEDS_OFFSET, us) >= 0;
}

/* A day's figures. Its day is the local one that its start is written in. */
static adsync_status report_row(report_walk *walk, const char *id, size_t id_size, adsync__node node)
{
    adsync__object *object = adsync__figures_object(walk->a, walk->family.fields, walk->family.n);
    size_t size = 0;
    const char *text;
    int64_t day, end, value;

    if (!adsync__object_find(object, node)) return adsync__bad_shape(walk->a, "a day that is none");
    text = adsync__node_text(object->f[REPORT_AT_DAY], &size);
    if (!text || size < 10 || adsync__day_read(text, 10, &day) < 0 || day < walk->slice.from || day > walk->slice.to)
        return adsync__bad_shape(walk->a, "figures of a day that was not asked for");
    for (uint32_t i = REPORT_AT_FIGURES; i < object->n; i++) walk->any |= adsync__node_int(object->f[i], &value) && value;
    if (walk->a->at.step == SNAPCHAT_AT_CHECK) return ADSYNC_OK;
    adsync__figures_begin(object, walk->level->level, id, id_size, day);
    adsync__figures_words(object, ADSYNC_C_ATTRIBUTION, report_attribution);
    if (walk->a->at.step == SNAPCHAT_AT_CONV)
        adsync__figures_words(object, ADSYNC_C_PART, "conv");
    else if (walk->final_us && report_instant(object->f[REPORT_AT_END], &end))
        adsync_row_int(object->row, ADSYNC_C_FINAL, end <= walk->final_us);
    walk->rows++;
    return adsync__fields_read(object);
}

/* An entity's days. */
static adsync_status report_series(report_walk *walk, adsync__node node, adsync__node id_node)
{
    adsync__items days = adsync__node_items(adsync__node_get(node, "timeseries"));
    size_t size = 0;
    const char *id = adsync__node_text(id_node, &size);
    adsync__node day;
    adsync_status rc;

    if (!id || !size || size > ADSYNC__ID_MOST) return adsync__bad_shape(walk->a, "figures without the id of what they are about");
    while (adsync__items_next(&days, &day)) {
        if (walk->n++ < walk->a->at.skip) continue;
        if (walk->rows == ADSYNC__ROWS_MOST) {
            walk->n--;
            walk->more = true;
            return ADSYNC_OK;
        }
        if ((rc = report_row(walk, id, size, day)) < 0) return rc;
    }
    return ADSYNC_OK;
}

/* What a breakdown is asked for stands below the parent's own figures, which are the same amounts once more. */
static adsync_status report_stat(report_walk *walk, adsync__node stat)
{
    adsync__node parts = adsync__node_get(stat, "breakdown_stats"), list, item, granularity = adsync__node_get(stat, "granularity");
    bool asked = walk->level->word && walk->a->at.step != SNAPCHAT_AT_CHECK;
    adsync_status rc = ADSYNC_OK;

    if (!adsync__is_empty(granularity) && !adsync__node_is(granularity, "DAY"))
        return adsync__bad_shape(walk->a, "figures of no whole days");
    (void)report_instant(adsync__node_get(stat, "finalized_data_end_time"), &walk->final_us);
    if (asked && !adsync__is_empty(parts)) {
        list = adsync__node_get(parts, walk->level->word);
        adsync__items items = adsync__node_items(list);
        while (rc >= 0 && !walk->more && adsync__items_next(&items, &item)) rc = report_series(walk, item, adsync__node_get(item, "id"));
        return rc;
    }
    if (!adsync__node_is(adsync__node_get(stat, "type"), walk->a->at.step == SNAPCHAT_AT_CHECK ? "AD_ACCOUNT" : walk->level->filter))
        return ADSYNC_OK; /* the parent alone: of what was asked for there is nothing */
    return report_series(walk, stat, adsync__node_get(stat, "id"));
}

static adsync_status report_walk_all(report_walk *walk)
{
    adsync__answer *a = walk->a;
    adsync__node list = adsync__node_get(a->root, "timeseries_stats"), item, stat;
    adsync__items items = adsync__node_items(list);
    bool fine;
    adsync_status rc = ADSYNC_OK;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no figures");
    while (rc >= 0 && !walk->more && adsync__items_next(&items, &item)) {
        if ((rc = snapchat_item(a, item, "timeseries_stat", &stat, &fine)) < 0) return rc;
        if (!fine) return adsync__bad_shape(a, "figures that were refused in part");
        rc = report_stat(walk, stat);
    }
    return rc;
}

/* Delivery is through: conversions come next, unless there is reason to ask whether an empty answer can be true. */
static void report_after(adsync__answer *a, const report_walk *walk)
{
    if (walk->level->level == ADSYNC_KIND_ACCOUNT || a->at.step == SNAPCHAT_AT_CONV)
        adsync__done(a);
    else if (a->at.step == SNAPCHAT_AT_CORE && !a->at.tries)
        adsync__next(a, &(adsync__place){ .step = SNAPCHAT_AT_CHECK });
    else
        adsync__next(a, &(adsync__place){ .step = SNAPCHAT_AT_CONV });
}

static adsync_status report_refused(adsync__answer *a)
{
    if (a->at.step == SNAPCHAT_AT_CONV && a->refused.refusal == ADSYNC_CLASS_INVALID && !strcmp(a->refused.name, "E1008")) {
        adsync_outcome_warning(a->out, "conversions", "Snapchat gives this account no conversions (no pixel?); the rest stands");
        adsync__done(a);
        return ADSYNC_OK;
    }
    return adsync__refuse(a);
}

adsync_status snapchat_report_digest(adsync__answer *a)
{
    adsync__paging paging = { .style = ADSYNC__PAGES_LINK, .data = "timeseries_stats", .next = "paging.next_link" };
    report_walk walk = { .a = a, .level = adsync__level_of(&snapchat_platform, adsync_task_kind(a->task)) };
    adsync__place to;
    adsync__buffer origin;
    adsync__page page = { .next = false };
    adsync_status rc;

    report_begin(&a->at);
    if (snapchat_is_refused(a)) return report_refused(a);
    if ((rc = adsync__slice_of(&snapchat_platform, a->task, &walk.slice, a->error)) < 0) return rc;
    if (!adsync_task_fact(a->task, "currency")) a->needs_currency = true;
    walk.family = report_fields(&a->at, walk.level->level);
    adsync__buffer_begin(&origin, 400);
    if ((rc = snapchat_origin(a->task, &origin, a->error)) < 0) goto done;
    paging.host = origin.p;
    if ((rc = adsync__page_open(a, &paging, a->at.arg[0], &page)) < 0 || page.refused) goto done;
    if ((rc = report_walk_all(&walk)) < 0) goto done;
    to = a->at;
    to.tries |= walk.any;
    if (walk.more) {
        to.skip = walk.n;
        adsync__more(a, &to);
    } else if (page.next) {
        to.skip = 0;
        to.arg[0] = page.after;
        adsync__next(a, &to);
    } else if (a->at.step == SNAPCHAT_AT_CHECK && walk.any) {
        if (!adsync__slice_split(a, &walk.slice)) adsync__too_large(a); /* it spent, and nobody knows on what */
    } else {
        a->at.tries |= walk.any;
        report_after(a, &walk);
    }
done:
    adsync__buffer_free(&origin);
    return rc;
}
