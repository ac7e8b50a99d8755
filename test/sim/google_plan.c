/* SPDX-License-Identifier: MIT */
/* What a query that can be read means, and whether it may be asked: which resources go together, which days, which splits. */
#include "google.h"

#include <strings.h>

#define MONTHS_KEPT 37

/* Monday 0 .. Sunday 6 */
static int64_t plan_weekday(int64_t day) { return (day + 3) % 7; }

static int64_t plan_month(int64_t day, int months)
{
    sim_date d = sim_date_of(day);
    int at = d.year * 12 + d.month - 1 + months;

    return sim_day_of(at / 12, at % 12 + 1, 1);
}

bool google_during(const char *word, int64_t today, int64_t *from, int64_t *to)
{
    int64_t monday = today - plan_weekday(today), sunday = today - (plan_weekday(today) + 1) % 7;
    const struct {
        const char *word;
        int64_t from, to;
    } table[] = { { "TODAY", today, today },
                  { "YESTERDAY", today - 1, today - 1 },
                  { "LAST_7_DAYS", today - 7, today - 1 },
                  { "LAST_14_DAYS", today - 14, today - 1 },
                  { "LAST_30_DAYS", today - 30, today - 1 },
                  { "LAST_BUSINESS_WEEK", monday - 7, monday - 3 },
                  { "LAST_MONTH", plan_month(today, -1), plan_month(today, 0) - 1 },
                  { "THIS_MONTH", plan_month(today, 0), today },
                  { "LAST_WEEK_MON_SUN", monday - 7, monday - 1 },
                  { "LAST_WEEK_SUN_SAT", sunday - 7, sunday - 1 },
                  { "THIS_WEEK_MON_TODAY", monday, today },
                  { "THIS_WEEK_SUN_TODAY", sunday, today } };

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (strcasecmp(table[i].word, word)) continue;
        *from = table[i].from;
        *to = table[i].to;
        return true;
    }
    return false;
}

static bool plan_is(const google_field *field, const char *name) { return !strcmp(field->name, name); }

static bool plan_core_date(const google_field *field)
{
    static const char *const names[] = { "segments.date", "segments.week", "segments.month", "segments.quarter", "segments.year" };

    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        if (plan_is(field, names[i])) return true;
    }
    return false;
}

/* ---- days */

static bool plan_day(google_call *call, const char *text, int64_t *day)
{
    if (strlen(text) == 10 && sim_day_read(text, day)) return true;
    return google_fail(call, "queryError", "INVALID_DATE_FORMAT", "The date '%s' is not in the format YYYY-MM-DD.", text);
}

/* from and to of each operator that makes a range: the value's day and how many days from there, or open */
static bool plan_range(google_call *call, const google_condition *c, int64_t today, int64_t *from, int64_t *to)
{
    int64_t a, b;

    if (c->op == GOOGLE_DURING) {
        (void)google_during(c->values[0], today, &a, &b);
    } else {
        if (!plan_day(call, c->values[0], &a) || !plan_day(call, c->values[c->count - 1], &b)) return false;
        a += c->op == GOOGLE_GT;
        b -= c->op == GOOGLE_LT;
        if (c->op == GOOGLE_GE || c->op == GOOGLE_GT) b = INT64_MAX;
        if (c->op == GOOGLE_LE || c->op == GOOGLE_LT) a = INT64_MIN;
    }
    if (a > *from) *from = a;
    if (b < *to) *to = b;
    return true;
}

static bool plan_makes_range(google_operator op) { return op <= GOOGLE_DURING && op != GOOGLE_NE; }

static bool plan_days(google_call *call, google_query *q)
{
    int64_t today = sim_zone_day(call->customer.account.zone, sim_now(call->site->sim)), from = INT64_MIN, to = INT64_MAX;
    bool asked = false;

    for (const google_condition *c = q->where; c; c = c->next) {
        if (!plan_core_date(c->field)) continue;
        if (!plan_is(c->field, "segments.date") || !plan_makes_range(c->op))
            return google_fail(call, "queryError", "OPERATOR_FIELD_MISMATCH", "Error in query: the operator does not fit '%s'.",
                               c->field->name);
        asked = true;
        if (!plan_range(call, c, today, &from, &to)) return false;
    }
    for (size_t i = 0; i < q->selected; i++) asked |= plan_core_date(q->select[i]);
    q->dated = from != INT64_MIN && to != INT64_MAX;
    if (asked && !q->dated)
        return google_fail(call, "queryError", "EXPECTED_FILTERS_ON_DATE_RANGE",
                           "Error in query: selecting a core date segment needs a finite range of dates in the WHERE clause.");
    q->from_day = q->dated ? from : plan_month(today, -MONTHS_KEPT);
    q->to_day = q->dated && to < today ? to : today;
    if (q->from_day < plan_month(today, -MONTHS_KEPT)) q->from_day = plan_month(today, -MONTHS_KEPT); /* older days are no longer kept */
    return true;
}

/* ---- which fields may stand together */

static bool plan_allowed(google_call *call, const google_query *q, const google_field *field)
{
    const char *dot = strchr(field->name, '.');
    size_t size = (size_t)(dot - field->name);
    const char *list = q->from->companion;

    if (google_of(field->name, "metrics")) {
        if (q->from->level == WORLD_NONE)
            return google_fail(call, "queryError", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
                               "Cannot select or filter on the metric '%s' with '%s'.", field->name, q->from->name);
        if (call->customer.manager)
            return google_fail(
                call, "queryError", "REQUESTED_METRICS_FOR_MANAGER",
                "Metrics cannot be requested for a manager account. To retrieve metrics, issue separate requests against each "
                "client account under the manager account.");
        return true;
    }
    if (google_of(field->name, "segments"))
        return q->from->level != WORLD_NONE
                   ? true
                   : google_fail(call, "queryError", "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE",
                                 "Cannot select or filter on the segment '%s' with '%s'.", field->name, q->from->name);
    if (google_of(field->name, q->from->name)) return true;
    while (*list) {
        size_t length = strcspn(list, " ");

        if (length == size && !strncmp(list, field->name, size)) return true;
        list += length + (list[length] == ' ');
    }
    return google_fail(call, "queryError", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE",
                       "The resource of '%s' cannot be selected from '%s'.", field->name, q->from->name);
}

static bool plan_selected(const google_query *q, const google_field *field)
{
    for (size_t i = 0; i < q->selected; i++) {
        if (q->select[i] == field) return true;
    }
    return false;
}

static bool plan_fields(google_call *call, google_query *q)
{
    for (size_t i = 0; i < q->selected; i++) {
        if (!plan_allowed(call, q, q->select[i])) return false;
        q->metrics |= google_of(q->select[i]->name, "metrics");
        q->segments |= google_of(q->select[i]->name, "segments");
        q->arrived |= strstr(q->select[i]->name, "by_conversion_date") != NULL;
    }
    for (const google_condition *c = q->where; c; c = c->next) {
        if (!plan_allowed(call, q, c->field)) return false;
        q->metrics |= google_of(c->field->name, "metrics");
        q->arrived |= strstr(c->field->name, "by_conversion_date") != NULL;
        if (google_of(c->field->name, "segments") && !plan_core_date(c->field) && !plan_selected(q, c->field))
            return google_fail(call, "queryError", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
                               "Error in query: '%s' must be present in the SELECT clause.", c->field->name);
    }
    for (size_t i = 0; i < q->orders; i++) {
        if (!plan_selected(q, q->order[i].field))
            return google_fail(call, "queryError", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
                               "Error in query: '%s' must be present in the SELECT clause.", q->order[i].field->name);
    }
    return true;
}

/* the smallest of them decides: days before weeks before months before quarters before years */
static char plan_piece(const google_query *q)
{
    static const struct {
        const char *name;
        char piece;
    } pieces[] = {
        { "segments.date", 'd' }, { "segments.week", 'w' }, { "segments.month", 'm' }, { "segments.quarter", 'q' }, { "segments.year", 'y' }
    };

    for (size_t i = 0; i < SIM_COUNT(pieces); i++) {
        for (size_t k = 0; k < q->selected; k++) {
            if (plan_is(q->select[k], pieces[i].name)) return pieces[i].piece;
        }
    }
    return 0;
}

/* sales by action do not go with what an action has no part in */
static bool plan_splits(google_call *call, google_query *q)
{
    q->hours = q->devices = q->networks = q->actions = 1;
    q->piece = plan_piece(q);
    for (size_t i = 0; i < q->selected; i++) {
        if (plan_is(q->select[i], "segments.hour")) q->hours = 24;
        if (plan_is(q->select[i], "segments.device")) q->devices = 3;
        if (plan_is(q->select[i], "segments.ad_network_type")) q->networks = 2;
        if (!strncmp(q->select[i]->name, "segments.conversion_action", 26)) q->actions = 4;
    }
    for (size_t i = 0; q->actions > 1 && i < q->selected; i++) {
        const char *name = q->select[i]->name;

        if (google_of(name, "metrics") && !strstr(name, "conversions"))
            return google_fail(
                call, "queryError", "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
                "Cannot select or filter on the following segments: 'segments.conversion_action', since they are incompatible with "
                "the metric '%s'.",
                name);
    }
    return true;
}

/* ---- the change log: a finite range, a limit, and not too old */

static bool plan_change_range(google_call *call, const google_query *q, int64_t today, int64_t *from, int64_t *to)
{
    *from = INT64_MIN;
    *to = INT64_MAX;
    for (const google_condition *c = q->where; c; c = c->next) {
        google_condition days = *c;

        if (!strstr(c->field->name, "change_date_time") || !plan_makes_range(c->op)) continue;
        for (size_t i = 0; c->op != GOOGLE_DURING && i < c->count; i++)
            days.values[i] = sim_copy(call->request->arena, c->values[i], strnlen(c->values[i], 10));
        if (days.op == GOOGLE_LT) days.op = GOOGLE_LE; /* an hour of that day may be before it */
        if (!plan_range(call, &days, today, from, to)) return false;
    }
    return true;
}

static bool plan_changes(google_call *call, google_query *q)
{
    int64_t today = sim_zone_day(call->customer.account.zone, sim_now(call->site->sim)), from, to;
    bool event = !strcmp(q->from->name, "change_event");
    const char *category = event ? "changeEventError" : "changeStatusError", *name = NULL;

    if (!event && strcmp(q->from->name, "change_status")) return true;
    if (!plan_change_range(call, q, today, &from, &to)) return false;
    if (from < today - (event ? 30 : 90)) name = "START_DATE_TOO_OLD";
    if (q->limit > 10000) name = "INVALID_LIMIT_CLAUSE";
    if (q->limit < 0) name = "LIMIT_NOT_SPECIFIED";
    if (from > to) name = "CHANGE_DATE_RANGE_NEGATIVE";
    if (from == INT64_MIN || to == INT64_MAX) name = "CHANGE_DATE_RANGE_INFINITE";
    return name ? google_fail(
                      call, category, name,
                      "The change search request needs a finite range of time, a LIMIT of at most 10000, and a start that is not too old.")
                : true;
}

bool google_query_plan(google_call *call, google_query *q)
{
    if (!plan_fields(call, q) || !plan_splits(call, q) || !plan_changes(call, q) || !plan_days(call, q)) return false;
    google_query_write(q, call->version);
    return true;
}
