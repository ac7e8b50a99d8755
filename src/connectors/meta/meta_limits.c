/* SPDX-License-Identifier: MIT */
/* What the headers say about limits: percents of an allowance, above 100 too. X-Ad-Account-Usage counts its reset in seconds,
 * X-Business-Use-Case-Usage in minutes. A header that is not what it should be is no reading. */
#include "meta_int.h"

#include <strings.h>

enum { LIMITS_OBJECTS = 64 };

static int64_t limits_highest(adsync__node node)
{
    static const char *const names[] = { "call_count", "total_time", "total_cputime" };
    int64_t highest = -1, value;

    for (size_t i = 0; i < ADSYNC__COUNT(names); i++)
        if ((value = adsync__round_up(adsync__node_get(node, names[i]))) > highest) highest = value;
    return highest;
}

static void limits_used(adsync__answer *a, const char *limit, uint32_t scope, int64_t percent, int64_t reset_us)
{
    if (percent < 0) return;
    if (reset_us > 0 && percent >= 100 && reset_us > a->regain_us) a->regain_us = reset_us;
    adsync_outcome_limit(a->out, limit, scope, ADSYNC_READING_USED_PERCENT, percent, reset_us > 0 ? a->now_us + reset_us : 0);
}

static void limits_app(adsync__answer *a, adsync__node root) { limits_used(a, "platform", ADSYNC_SCOPE_APP, limits_highest(root), 0); }
static void limits_page(adsync__answer *a, adsync__node root) { limits_used(a, "page", ADSYNC_SCOPE_GRANT, limits_highest(root), 0); }

static void limits_account(adsync__answer *a, adsync__node root)
{
    int64_t seconds = adsync__round_up(adsync__node_get(root, "reset_time_duration"));

    limits_used(a, "score", ADSYNC_SCOPE_ACCOUNT, adsync__round_up(adsync__node_get(root, "acc_id_util_pct")), seconds * ADSYNC__SECOND_US);
}

static void limits_insights(adsync__answer *a, adsync__node root)
{
    limits_used(a, "ads_insights", ADSYNC_SCOPE_APP, adsync__round_up(adsync__node_get(root, "app_id_util_pct")), 0);
    limits_used(a, "ads_insights", ADSYNC_SCOPE_ACCOUNT, adsync__round_up(adsync__node_get(root, "acc_id_util_pct")), 0);
}

static void limits_case(adsync__answer *a, adsync__node node)
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
    int64_t minutes = adsync__round_up(adsync__node_get(node, "estimated_time_to_regain_access")), span = minutes * ADSYNC__MINUTE_US;

    if (minutes > 0 && span > a->regain_us) a->regain_us = span;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        if (!adsync__node_is(adsync__node_get(node, "type"), cases[i].type)) continue;
        limits_used(a, cases[i].limit, cases[i].scope, limits_highest(node), minutes > 0 ? span : 0);
        if (minutes > 0) adsync_outcome_limit(a->out, cases[i].limit, cases[i].scope, ADSYNC_READING_BLOCKED, span, a->now_us + span);
    }
}

/* {"<business or account>":[{"type":..},..],..} */
static void limits_cases(adsync__answer *a, adsync__node root)
{
    adsync__items owners = adsync__node_items(root), list;
    adsync__node owner, item;
    uint32_t n = 0;

    while (adsync__items_next(&owners, &owner)) {
        list = adsync__node_items(owner);
        while (n++ < LIMITS_OBJECTS && adsync__items_next(&list, &item)) limits_case(a, item);
    }
}

/* The version that answered may not be the one that was asked: Meta raises what has ended. */
static void limits_version(adsync__answer *a)
{
    const char *warning = adsync_response_header(a->in, "X-Ad-Api-Version-Warning");
    const char *answered = adsync_response_header(a->in, "facebook-api-version"), *asked = adsync_task_text(a->task, "api_version");
    char text[120];

    if (warning) {
        adsync_outcome_warning(a->out, "version", warning);
    } else if (answered && asked && strcasecmp(answered, asked)) {
        (void)snprintf(text, sizeof text, "Meta answered with version %.20s, %.20s was asked", answered, asked);
        adsync_outcome_warning(a->out, "version", text);
    }
}

void meta_headers(adsync__answer *a)
{
    static const struct {
        const char *header;
        void (*read)(adsync__answer *a, adsync__node root);
    } headers[] = {
        { "X-App-Usage", limits_app },
        { "X-Ad-Account-Usage", limits_account },
        { "X-Business-Use-Case-Usage", limits_cases },
        { "X-FB-Ads-Insights-Throttle", limits_insights },
        { "X-Page-Usage", limits_page },
    };
    adsync__buffer room;
    adsync__node root;

    for (size_t i = 0; i < ADSYNC__COUNT(headers); i++) {
        if (adsync__header_json(a, headers[i].header, &room, &root)) headers[i].read(a, root);
        adsync__buffer_free(&room);
    }
    limits_version(a);
}
