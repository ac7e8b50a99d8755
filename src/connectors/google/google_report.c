/* SPDX-License-Identifier: MIT */
/* Figures by day: there are no jobs, each report is a query. A level takes some of them, one after the other (PASS, in TRIES): the figures
 * of what it consists of (ad groups, and the asset groups of Performance Max), then how often which action was done, as parts of their own.
 *
 *     rows PASS: TOKEN */
#include "google_int.h"

#include <stdio.h>

/* Which of the categories has a column; the others are in the core's conversions and nowhere else. */
static const struct {
    const char *category;
    uint32_t column;
} report_actions[] = { { "PURCHASE", ADSYNC_C_PURCHASES }, { "SUBMIT_LEAD_FORM", ADSYNC_C_LEADS }, { "DOWNLOAD", ADSYNC_C_INSTALLS } };

static const google_figures *report_pass(const adsync_task *task, uint32_t pass) { return google_figures_of(adsync_task_kind(task), pass); }

/* ---- asking */

static void report_query(adsync__call *call, const google_figures *pass, const adsync__slice *slice)
{
    char from[ADSYNC__DAY_ROOM], to[ADSYNC__DAY_ROOM];

    adsync__range(slice, from, to);
    google_select(&call->target, pass->fields, pass->n);
    adsync__buffer_text(&call->target, ", ");
    adsync__buffer_text(&call->target, pass->keys);
    adsync__buffer_text(&call->target, " FROM ");
    adsync__buffer_text(&call->target, pass->from);
    adsync__buffer_text(&call->target, " WHERE segments.date BETWEEN '");
    adsync__buffer_text(&call->target, from);
    adsync__buffer_text(&call->target, "' AND '");
    adsync__buffer_text(&call->target, to);
    adsync__buffer_char(&call->target, '\'');
    if (!pass->by_action) return;
    adsync__buffer_text(&call->target, " AND segments.conversion_action_category IN (");
    for (size_t i = 0; i < ADSYNC__COUNT(report_actions); i++) {
        adsync__buffer_text(&call->target, i ? ", '" : "'");
        adsync__buffer_text(&call->target, report_actions[i].category);
        adsync__buffer_char(&call->target, '\'');
    }
    adsync__buffer_char(&call->target, ')');
}

adsync_status google_report_ask(adsync__call *call)
{
    const google_figures *pass = report_pass(call->task, call->at.tries);
    char account[GOOGLE_ID_ROOM], login[GOOGLE_ID_ROOM];
    adsync__slice slice;
    adsync_status rc;

    if (!pass) return adsync__invalid(call->platform, "cursor", "there is no such pass", call->error);
    if ((rc = adsync__slice_of(call->platform, call->task, &slice, call->error)) < 0) return rc;
    if (slice.days > GOOGLE_REPORT_DAYS) return adsync__invalid(call->platform, "days", "at most 30 days at once", call->error);
    if ((rc = google_account(call, account)) < 0) return rc;
    if (adsync_task_fact(call->task, "manager"))
        return adsync__fail(call->error, ADSYNC_E_UNSUPPORTED, "google.manager", "a manager has no figures: connect the accounts below it");
    report_query(call, pass, &slice);
    return google_search(call, account, google_login(call->task, login));
}

/* ---- answers */

typedef struct report_walk {
    const google_figures *pass;
    adsync__slice slice;
    int64_t settled; /* the last day that moves no more; 0: not known */
    uint32_t date;   /* which of the fields it is */
} report_walk;

/* The last day whose clicks are too old to convert. */
static adsync_status report_settled(adsync__answer *a, int64_t *day)
{
    const char *text = adsync_task_fact(a->task, "lookback_days");
    const adsync__zone *zone = NULL;
    int64_t days = 0;
    adsync_status rc;

    *day = 0;
    if (!text || adsync__decimal_exact(text, strlen(text), 0, &days) < 0 || days < 1 || days > 1000) return ADSYNC_OK;
    if ((rc = adsync__answer_zone(a, &zone)) >= 0) *day = adsync__day_add(adsync__zone_day(zone, a->now_us), -days - 1);
    return rc;
}

/* What follows the last /: an id, or two that are joined. */
static const char *report_id(const google_figures *pass, adsync__node row, adsync__digits *room, size_t *size)
{
    const char *text = adsync__node_digits(adsync__node_path(row, pass->id), room, size), *slash = text ? strrchr(text, '/') : NULL;

    if (slash) *size -= (size_t)(slash + 1 - text);
    return slash ? slash + 1 : text;
}

/* Which of the actions that have a column; -1: none. */
static int report_action(const adsync__object *object)
{
    adsync__node category = adsync__object_node(object, "conversionActionCategory");

    for (size_t i = 0; i < ADSYNC__COUNT(report_actions); i++)
        if (adsync__node_is(category, report_actions[i].category)) return (int)i;
    return -1;
}

static adsync_status report_part(adsync__object *object, int action)
{
    char part[40];
    int64_t count;

    if (!adsync__figure(adsync__object_node(object, "conversions"), true, &count))
        return adsync__bad_shape(object->a, "something else where a number should be");
    (void)snprintf(part, sizeof part, "by_action:%s", report_actions[action].category);
    adsync__figures_words(object, ADSYNC_C_PART, part);
    adsync_row_int(object->row, report_actions[action].column, count);
    return ADSYNC_OK;
}

static adsync_status report_row(adsync__answer *a, adsync__node row)
{
    const report_walk *walk = a->own;
    const google_figures *pass = walk->pass;
    adsync__object *object = adsync__figures_object(a, pass->fields, pass->n);
    adsync__digits room;
    size_t size = 0, id_size = 0;
    const char *text, *id;
    int64_t day;
    int action = 0;
    adsync_status rc;

    if (!adsync__object_find(object, row)) return adsync__bad_shape(a, "a row that is none");
    text = adsync__node_text(object->f[walk->date], &size);
    if (!text || adsync__day_read(text, size, &day) < 0 || day < walk->slice.from || day > walk->slice.to)
        return adsync__bad_shape(a, "figures of a day that was not asked for");
    if (!(id = report_id(pass, row, &room, &id_size)) || !id_size || id_size > ADSYNC__ID_MOST)
        return adsync__bad_shape(a, "figures without the id of what they are about");
    if (pass->by_action && (action = report_action(object)) < 0) return ADSYNC_OK;
    adsync__figures_begin(object, pass->level, id, id_size, day);
    if (walk->settled) adsync_row_int(object->row, ADSYNC_C_FINAL, day <= walk->settled);
    rc = adsync__fields_read(object);
    return rc < 0 || !pass->by_action ? rc : report_part(object, action);
}

adsync_status google_report_digest(adsync__answer *a)
{
    adsync__place then = { .step = GOOGLE_AT_ROWS, .tries = a->at.tries + 1 };
    report_walk walk = { .pass = report_pass(a->task, a->at.tries) };
    adsync_status rc;

    if (!walk.pass) return adsync__bad_shape(a, "there is no such pass");
    if ((rc = adsync__slice_of(a->platform, a->task, &walk.slice, a->error)) < 0) return rc;
    if (google_is_refused(a)) {
        if (a->refused.hint != ADSYNC__HINT_SHRINK) return google_refuse(a);
        if (!adsync__slice_split(a, &walk.slice)) adsync__too_large(a);
        return ADSYNC_OK;
    }
    if ((rc = report_settled(a, &walk.settled)) < 0) return rc;
    while (walk.pass->fields[walk.date].column != ADSYNC_C_DAY) walk.date++;
    a->own = &walk;
    a->at.step = GOOGLE_AT_ROWS;
    return google_walk(a, report_row, report_pass(a->task, then.tries) ? &then : NULL, ADSYNC_EVIDENCE_STRONG);
}
