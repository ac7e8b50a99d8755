/* SPDX-License-Identifier: MIT */
/* What the headers say about limits: percents of an allowance, above 100 too. X-Ad-Account-Usage counts its reset in seconds,
 * X-Business-Use-Case-Usage in minutes. A header that is not what it should be is no reading. */
#include "meta_int.h"

enum { LIMITS_HEADER = 64 * 1024, LIMITS_MOST_PERCENT = 1000000, LIMITS_OBJECTS = 64 };

bool meta_parse(meta_answer *a, const char *text, adsync__buffer *room, adsync__node *root)
{
    size_t size = strlen(text);

    *root = (adsync__node){ 0 };
    adsync__buffer_begin(room, LIMITS_HEADER + ADSYNC__READER_PADDING);
    if (!size || size > LIMITS_HEADER) return false;
    adsync__buffer_add(room, text, size);
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(room, 0);
    return !room->failed && adsync__reader_parse(a->reader, room->p, size, root, NULL) >= 0;
}

/* A count with a fraction, rounded up; -1: none. */
static int64_t limits_up(adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_decimal(node, &room, &size);
    int64_t micros;

    if (!text || adsync__decimal_read(text, size, ADSYNC__DECIMAL_MICRO, &micros) < 0 || micros < 0) return -1;
    micros = micros / 1000000 + (micros % 1000000 != 0);
    return micros < LIMITS_MOST_PERCENT ? micros : LIMITS_MOST_PERCENT;
}

static int64_t limits_highest(adsync__node node)
{
    static const char *const names[] = { "call_count", "total_time", "total_cputime" };
    int64_t highest = -1, value;

    for (size_t i = 0; i < ADSYNC__COUNT(names); i++)
        if ((value = limits_up(adsync__node_get(node, names[i]))) > highest) highest = value;
    return highest;
}

static void limits_used(meta_answer *a, const char *limit, uint32_t scope, int64_t percent, int64_t reset_us)
{
    if (percent < 0) return;
    if (reset_us > 0 && percent >= 100 && reset_us > a->regain_us) a->regain_us = reset_us;
    adsync_outcome_limit(a->out, limit, scope, ADSYNC_READING_USED_PERCENT, percent, reset_us > 0 ? a->now_us + reset_us : 0);
}

static void limits_app(meta_answer *a, adsync__node root) { limits_used(a, "platform", ADSYNC_SCOPE_APP, limits_highest(root), 0); }
static void limits_page(meta_answer *a, adsync__node root) { limits_used(a, "page", ADSYNC_SCOPE_GRANT, limits_highest(root), 0); }

static void limits_account(meta_answer *a, adsync__node root)
{
    int64_t seconds = limits_up(adsync__node_get(root, "reset_time_duration"));

    limits_used(a, "score", ADSYNC_SCOPE_ACCOUNT, limits_up(adsync__node_get(root, "acc_id_util_pct")), seconds * ADSYNC__SECOND_US);
}

static void limits_insights(meta_answer *a, adsync__node root)
{
    limits_used(a, "ads_insights", ADSYNC_SCOPE_APP, limits_up(adsync__node_get(root, "app_id_util_pct")), 0);
    limits_used(a, "ads_insights", ADSYNC_SCOPE_ACCOUNT, limits_up(adsync__node_get(root, "acc_id_util_pct")), 0);
}

static void limits_case(meta_answer *a, adsync__node node)
{
    static const struct {
        const char *type, *limit;
        uint32_t scope;
    } cases[] = {
        { "ads_management", "ads_management", ADSYNC_SCOPE_ACCOUNT },
        { "ads_insights", "ads_insights", ADSYNC_SCOPE_ACCOUNT },
        { "custom_audience", "custom_audience", ADSYNC_SCOPE_ACCOUNT },
        { "leadgen", "leadgen", ADSYNC_SCOPE_ACCOUNT },
        { "pages", "page", ADSYNC_SCOPE_GRANT },
        { "page", "page", ADSYNC_SCOPE_GRANT },
    };
    int64_t minutes = limits_up(adsync__node_get(node, "estimated_time_to_regain_access")), span = minutes * META_MINUTE_US;

    if (minutes > 0 && span > a->regain_us) a->regain_us = span;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        if (!adsync__node_is(adsync__node_get(node, "type"), cases[i].type)) continue;
        limits_used(a, cases[i].limit, cases[i].scope, limits_highest(node), minutes > 0 ? span : 0);
        if (minutes > 0) adsync_outcome_limit(a->out, cases[i].limit, cases[i].scope, ADSYNC_READING_BLOCKED, span, a->now_us + span);
    }
}

/* {"<business or account>":[{"type":..},..],..} */
static void limits_cases(meta_answer *a, adsync__node root)
{
    adsync__items owners = adsync__node_items(root), list;
    adsync__node owner, item;
    uint32_t n = 0;

    while (adsync__items_next(&owners, &owner)) {
        list = adsync__node_items(owner);
        while (n++ < LIMITS_OBJECTS && adsync__items_next(&list, &item)) limits_case(a, item);
    }
}

void meta_read_limits(meta_answer *a)
{
    static const struct {
        const char *header;
        void (*read)(meta_answer *a, adsync__node root);
    } headers[] = {
        { "X-App-Usage", limits_app },
        { "X-Ad-Account-Usage", limits_account },
        { "X-Business-Use-Case-Usage", limits_cases },
        { "X-FB-Ads-Insights-Throttle", limits_insights },
        { "X-Page-Usage", limits_page },
    };
    adsync__buffer room;
    adsync__node root;
    const char *text;

    for (size_t i = 0; i < ADSYNC__COUNT(headers); i++) {
        if (!(text = adsync_response_header(a->in, headers[i].header))) continue;
        if (meta_parse(a, text, &room, &root)) headers[i].read(a, root);
        adsync__buffer_free(&room);
    }
}
