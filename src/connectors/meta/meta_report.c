/* SPDX-License-Identifier: MIT */
/* Figures by day. A small slice is read at once; a large one, or one that Meta could not answer in time, is a run: created, polled until
 * it is "Job Completed" at 100 % (one of the two is not enough), then read in pages. What is too much is split by days, and a single day
 * that is still too much is said to be so.
 *
 *     sync   AFTER
 *     run
 *     poll   RUN FAILED       TRIES counts looks, FAILED the runs of this slice that came to nothing
 *     rows   RUN AFTER */
#include "meta_int.h"

#include <stdio.h>

enum {
    REPORT_LOOKS = 100,      /* with the delays below about 50 minutes; then it is as if it had failed */
    REPORT_UNSEEN_LOOKS = 5, /* right after its creation a run may not be there to see */
    REPORT_RUNS = 3,         /* of one slice that cannot be split */
    REPORT_LEAST = 25        /* rows a page, when pages are halved */
};
static const int64_t report_first_us = 5 * ADSYNC__SECOND_US, report_most_us = 30 * ADSYNC__SECOND_US,
                     report_again_us = 60 * ADSYNC__SECOND_US;

/* ---- asking */

typedef struct report_slice {
    const meta_level *level;
    int64_t from, to, days;
} report_slice;

static bool report_slice_of(const adsync_task *task, report_slice *slice)
{
    slice->level = meta_level_of(adsync_task_kind(task));
    slice->from = adsync_task_int(task, "from");
    slice->to = adsync_task_int(task, "to");
    if (!adsync__day_valid(slice->from) || !adsync__day_valid(slice->to) || slice->from > slice->to) return false;
    slice->days = adsync__day_between(slice->from, slice->to) + 1;
    return true;
}

static void report_begin(const adsync_task *task, const report_slice *slice, meta_cursor *at)
{
    const char *runs = adsync_task_fact(task, "insights_async");
    int64_t wanted = adsync_task_int(task, "page_size");

    if (at->step == META_AT_BEGIN)
        at->step = slice->days > slice->level->sync_days || (runs && !strcmp(runs, "1")) ? META_AT_RUN : META_AT_SYNC;
    if (!at->limit) at->limit = wanted > 0 && wanted <= META_ROWS ? (uint32_t)wanted : META_REPORT_PAGE;
}

static void report_text(adsync__json *json, const char *key, const char *value)
{
    adsync__json_key(json, key);
    adsync__json_text(json, value, strlen(value));
}

static void report_range(adsync_request *out, uint32_t place, const report_slice *slice)
{
    char since[ADSYNC__DAY_ROOM], until[ADSYNC__DAY_ROOM], text[80];

    (void)adsync__day_write(slice->from, since);
    (void)adsync__day_write(slice->to, until);
    (void)snprintf(text, sizeof text, "{\"since\":\"%s\",\"until\":\"%s\"}", since, until);
    adsync_request_field(out, place, "time_range", text);
}

/* Figures of what is deleted by now belong to the day as well; they come only where its state is named. */
static void report_filters(meta_call *call, adsync_request *out, uint32_t place, const report_slice *slice)
{
    const char *word = adsync_kind_name(slice->level->level);
    uint32_t n = adsync_task_ids(call->task);
    adsync__json json;
    char field[40];

    if (!slice->level->states) return;
    adsync__buffer_clear(&call->text);
    adsync__json_begin(&json, &call->text);
    adsync__json_open(&json, '[');
    adsync__json_open(&json, '{');
    (void)snprintf(field, sizeof field, "%s.effective_status", word);
    report_text(&json, "field", field);
    report_text(&json, "operator", "IN");
    adsync__json_key(&json, "value");
    adsync__json_raw(&json, slice->level->states, strlen(slice->level->states));
    adsync__json_close(&json, '}');
    if (n) {
        adsync__json_open(&json, '{');
        (void)snprintf(field, sizeof field, "%s.id", word);
        report_text(&json, "field", field);
        report_text(&json, "operator", "IN");
        adsync__json_key(&json, "value");
        adsync__json_open(&json, '[');
        for (uint32_t i = 0; i < n; i++) adsync__json_text(&json, adsync_task_id(call->task, i), strlen(adsync_task_id(call->task, i)));
        adsync__json_close(&json, ']');
        adsync__json_close(&json, '}');
    }
    adsync__json_close(&json, ']');
    adsync_request_field(out, place, "filtering", call->text.p);
}

static void report_fields(meta_call *call, adsync_request *out, uint32_t place, const report_slice *slice)
{
    static const struct {
        uint32_t level;
        const char *ids;
    } ids[] = {
        { ADSYNC_KIND_ACCOUNT, "account_id" },
        { ADSYNC_KIND_CAMPAIGN, "campaign_id" },
        { ADSYNC_KIND_ADSET, "campaign_id,adset_id" },
        { ADSYNC_KIND_AD, "campaign_id,adset_id,ad_id" },
    };

    adsync_request_field(out, place, "level", adsync_kind_name(slice->level->level));
    adsync__buffer_clear(&call->text);
    for (size_t i = 0; i < ADSYNC__COUNT(ids); i++)
        if (ids[i].level == slice->level->level) adsync__buffer_text(&call->text, ids[i].ids);
    adsync__buffer_text(&call->text, ",account_currency,spend,impressions,clicks,inline_link_clicks,reach,actions,action_values");
    adsync_request_field(out, place, "fields", call->text.p);
    report_range(out, place, slice);
    adsync_request_field(out, place, "time_increment", "1");
    adsync_request_field(out, place, "action_attribution_windows", "[\"7d_click\",\"1d_view\"]");
    report_filters(call, out, place, slice);
}

static adsync_status report_bad_task(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_INVALID, "meta.days", "a report needs its days, from and to, both meant");
}

static bool report_target(const meta_cursor *at, adsync__buffer *out)
{
    if (at->step == META_AT_SYNC || at->step == META_AT_RUN) { /* the account stands there already */
        adsync__buffer_text(out, "/insights");
        return true;
    }
    adsync__buffer_clear(out);
    adsync__buffer_text(out, at->arg[0]);
    if (at->step == META_AT_ROWS) adsync__buffer_text(out, "/insights");
    return meta_is_id(at->arg[0]);
}

adsync_status meta_report_ask(meta_call *call, adsync_request *out, adsync_error **error)
{
    uint32_t run, place;
    report_slice slice;
    adsync_status rc;

    if (!report_slice_of(call->task, &slice)) return report_bad_task(error);
    if ((rc = meta_account(call->task, &call->target, error)) < 0) return rc;
    report_begin(call->task, &slice, &call->at);
    if (!report_target(&call->at, &call->target)) return report_bad_task(error);
    if (call->target.failed) return adsync__fail_memory(error);
    run = call->at.step == META_AT_RUN;
    place = run ? ADSYNC_PLACE_FORM : ADSYNC_PLACE_QUERY;
    rc = meta_open(call->task, out, run ? ADSYNC_EFFECT_SAME : ADSYNC_EFFECT_READ, run ? "POST" : "GET", call->target.p, error);
    if (rc < 0) return rc;
    if (run || call->at.step == META_AT_SYNC) report_fields(call, out, place, &slice);
    if (call->at.step == META_AT_SYNC || call->at.step == META_AT_ROWS) {
        const char *after = call->at.arg[call->at.step == META_AT_ROWS];
        meta_number(out, "limit", call->at.limit);
        if (*after) adsync_request_field(out, ADSYNC_PLACE_QUERY, "after", after);
    }
    meta_token(call->task, out, place, "access_token");
    adsync_request_cost(out, "score", 1);
    adsync_request_cost(out, "ads_insights", 1);
    return ADSYNC_OK;
}

/* ---- answers */

static void report_child(meta_answer *a, int64_t from, int64_t to)
{
    char key[40];
    adsync_row *child;

    (void)snprintf(key, sizeof key, "%lld-%lld", (long long)from, (long long)to);
    child = adsync_outcome_child(a->out, key);
    adsync_row_int(child, ADSYNC_C_FROM_DAY, from);
    adsync_row_int(child, ADSYNC_C_TO_DAY, to);
}

static void report_split(meta_answer *a, const report_slice *slice)
{
    int64_t middle = adsync__day_add(slice->from, (slice->days - 1) / 2);

    report_child(a, slice->from, middle);
    report_child(a, adsync__day_add(middle, 1), slice->to);
    adsync_outcome_split(a->out);
}

static void report_too_large(meta_answer *a)
{
    adsync_outcome_fail(a->out, ADSYNC_CLASS_TOO_LARGE, *a->refused.name ? a->refused.name : "too_large",
                        "Meta cannot report this day: it is too much, and a day cannot be split", 0, 0);
}

static void report_run(meta_answer *a)
{
    adsync_outcome_fact(a->out, "insights_async", "1"); /* the account's next slices begin with a run at once */
    meta_go(a, META_NEXT, META_AT_RUN, a->at.limit, 0, 0, NULL, 0, 0);
}

static void report_look(meta_answer *a, const char *run, const char *failed, uint32_t looks)
{
    int64_t delay = report_first_us;

    for (uint32_t i = 0; i < looks && delay < report_most_us; i++) delay *= 2;
    meta_go(a, META_WAIT, META_AT_POLL, a->at.limit, 0, looks, (const char *const[]){ run, failed }, 2,
            delay < report_most_us ? delay : report_most_us);
}

static void report_refused(meta_answer *a, const report_slice *slice)
{
    bool sync = a->at.step == META_AT_SYNC;

    if (a->refused.hint == META_HINT_SHRINK && a->at.step == META_AT_ROWS && a->at.limit > REPORT_LEAST)
        meta_go(a, META_NEXT, META_AT_ROWS, a->at.limit / 2, 0, 0, a->at.arg, 2, 0);
    else if (a->refused.hint == META_HINT_SHRINK && slice->days > 1)
        report_split(a, slice);
    else if (a->refused.hint && sync)
        report_run(a);
    else if (a->refused.hint == META_HINT_SHRINK)
        report_too_large(a);
    else if (a->at.step == META_AT_POLL && a->refused.refusal == ADSYNC_CLASS_NOT_FOUND && a->at.tries < REPORT_UNSEEN_LOOKS)
        report_look(a, a->at.arg[0], a->at.arg[1], a->at.tries + 1);
    else
        meta_refuse(a);
}

static adsync_status report_created(meta_answer *a)
{
    static const char *const names[] = { "report_run_id" };
    adsync__node f[1];
    adsync__digits room;
    char failed[12];
    size_t size;
    const char *run;

    if (!adsync__node_fields(a->root, names, 1, f) || !(run = adsync__node_digits(f[0], &room, &size)) || strlen(run) != size ||
        !meta_is_id(run))
        return meta_bad_shape(a, "no id of the run");
    (void)snprintf(failed, sizeof failed, "%u", a->at.tries);
    report_look(a, run, failed, 0);
    return ADSYNC_OK;
}

/* The run came to nothing. From v25 on it may say why. */
static void report_failed(meta_answer *a, const report_slice *slice)
{
    adsync__node message = adsync__node_get(a->root, "error_message");
    int64_t code, subcode, failed = 0;
    const meta_error *known;
    size_t size = 0;
    const char *text = adsync__node_text(message, &size);

    if (adsync__node_int(adsync__node_get(a->root, "error_code"), &code)) {
        (void)adsync__node_int(adsync__node_get(a->root, "error_subcode"), &subcode);
        known = meta_error_of(code, subcode, text ? text : "", size);
        if (known && known->refusal != ADSYNC_CLASS_TRANSIENT && known->refusal != ADSYNC_CLASS_TOO_LARGE) {
            a->refused = (meta_refusal){ .refusal = known->refusal,
                                         .scope = known->scope,
                                         .retry_after_us = known->refusal == ADSYNC_CLASS_THROTTLED ? META_MINUTE_US : 0 };
            (void)snprintf(a->refused.name, sizeof a->refused.name, subcode ? "%lld.%lld" : "%lld", (long long)code, (long long)subcode);
            (void)snprintf(a->refused.message, sizeof a->refused.message, "the report failed: %.*s",
                           (int)(text ? adsync__utf8_cut(text, size, 500) : 0), text ? text : "");
            meta_refuse(a);
            return;
        }
    }
    if (slice->days > 1) {
        report_split(a, slice);
        return;
    }
    (void)adsync__decimal_exact(a->at.arg[1], strlen(a->at.arg[1]), 0, &failed);
    if (failed + 1 >= REPORT_RUNS || failed < 0)
        report_too_large(a);
    else
        meta_go(a, META_WAIT, META_AT_RUN, a->at.limit, 0, (uint32_t)failed + 1, NULL, 0, report_again_us);
}

static adsync_status report_polled(meta_answer *a, const report_slice *slice)
{
    static const char *const names[] = { "async_status", "async_percent_completion" };
    adsync__node f[2];
    int64_t percent;

    if (!adsync__node_fields(a->root, names, 2, f) || !adsync__node_text(f[0], NULL)) return meta_bad_shape(a, "no state of the run");
    (void)adsync__node_int(f[1], &percent);
    if (adsync__node_is(f[0], "Job Failed") || adsync__node_is(f[0], "Job Skipped"))
        report_failed(a, slice);
    else if (adsync__node_is(f[0], "Job Completed") && percent == 100)
        meta_go(a, META_NEXT, META_AT_ROWS, a->at.limit, 0, 0, a->at.arg, 1, 0);
    else if (a->at.tries + 1 >= REPORT_LOOKS)
        report_failed(a, slice);
    else
        report_look(a, a->at.arg[0], a->at.arg[1], a->at.tries + 1);
    return ADSYNC_OK;
}

static adsync_status report_page(meta_answer *a)
{
    bool rows = a->at.step == META_AT_ROWS;
    adsync__buffer target;
    meta_page page;
    adsync_status rc;

    adsync__buffer_begin(&target, 3 * META_ID);
    if ((rc = meta_account(a->task, &target, a->error)) >= 0 && !report_target(&a->at, &target))
        rc = meta_bad_shape(a, "a run without an id");
    if (rc >= 0 && target.failed) rc = adsync__fail_memory(a->error);
    if (rc >= 0) rc = meta_page_open(a, target.p, a->at.arg[rows], &page);
    adsync__buffer_free(&target);
    if (rc < 0 || page.refused) return rc;
    if ((rc = meta_page_rows(a, &page, meta_figures)) < 0 || page.more) return rc;
    if (!page.next)
        adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_STRONG); /* a day without a row is a day without delivery */
    else if (rows)
        meta_go(a, META_NEXT, META_AT_ROWS, a->at.limit, 0, 0, (const char *const[]){ a->at.arg[0], page.after }, 2, 0);
    else
        meta_go(a, META_NEXT, META_AT_SYNC, a->at.limit, 0, 0, (const char *const[]){ page.after }, 1, 0);
    return ADSYNC_OK;
}

adsync_status meta_report_digest(meta_answer *a)
{
    report_slice slice;

    if (!report_slice_of(a->task, &slice)) return report_bad_task(a->error);
    report_begin(a->task, &slice, &a->at);
    if (meta_is_refused(a)) {
        report_refused(a, &slice);
        return ADSYNC_OK;
    }
    if (a->at.step == META_AT_RUN) return report_created(a);
    return a->at.step == META_AT_POLL ? report_polled(a, &slice) : report_page(a);
}
