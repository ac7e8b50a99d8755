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
    REPORT_LOOKS = 100,      /* with the delays of adsync__look about 50 minutes; then it is as if it had failed */
    REPORT_UNSEEN_LOOKS = 5, /* right after its creation a run may not be there to see */
    REPORT_RUNS = 3,         /* of one slice that cannot be split */
    REPORT_LEAST = 25        /* rows a page, when pages are halved */
};

/* ---- asking */

static void report_begin(const adsync_task *task, const adsync__slice *slice, adsync__place *at)
{
    const adsync__level *level = adsync__level_of(&meta_platform, adsync_task_kind(task));
    const char *runs = adsync_task_fact(task, "insights_async");

    if (at->step == META_AT_BEGIN) at->step = slice->days > level->days || (runs && !strcmp(runs, "1")) ? META_AT_RUN : META_AT_SYNC;
    at->limit = adsync__page_size(task, at, META_REPORT_PAGE);
}

/* Figures of what is deleted by now belong to the day as well; they come only where its state is named. */
static void report_filters(adsync__call *call, uint32_t place, const adsync__level *level)
{
    uint32_t n = adsync_task_ids(call->task);
    adsync__json json;

    if (!level->filter) return;
    adsync__buffer_clear(&call->text);
    adsync__buffer_text(&call->text, "[{\"field\":\"");
    adsync__buffer_text(&call->text, level->word);
    adsync__buffer_text(&call->text, ".effective_status\",\"operator\":\"IN\",\"value\":");
    adsync__buffer_text(&call->text, level->filter);
    if (n) {
        adsync__buffer_text(&call->text, "},{\"field\":\"");
        adsync__buffer_text(&call->text, level->word);
        adsync__buffer_text(&call->text, ".id\",\"operator\":\"IN\",\"value\":");
        adsync__json_begin(&json, &call->text);
        adsync__json_open(&json, '[');
        for (uint32_t i = 0; i < n; i++) adsync__json_text(&json, adsync_task_id(call->task, i), strlen(adsync_task_id(call->task, i)));
        adsync__json_close(&json, ']');
    }
    adsync__buffer_text(&call->text, "}]");
    adsync_request_field(call->out, place, "filtering", call->text.p);
}

static void report_fields(adsync__call *call, uint32_t place, const adsync__slice *slice)
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
    const adsync__level *level = adsync__level_of(&meta_platform, adsync_task_kind(call->task));
    char since[ADSYNC__DAY_ROOM], until[ADSYNC__DAY_ROOM], range[80];

    adsync_request_field(call->out, place, "level", level->word);
    adsync__buffer_clear(&call->text);
    for (size_t i = 0; i < ADSYNC__COUNT(ids); i++)
        if (ids[i].level == level->level) adsync__buffer_text(&call->text, ids[i].ids);
    adsync__buffer_text(&call->text, ",account_currency,spend,impressions,clicks,inline_link_clicks,reach,actions,action_values");
    adsync_request_field(call->out, place, "fields", call->text.p);
    adsync__range(slice, since, until);
    (void)snprintf(range, sizeof range, "{\"since\":\"%s\",\"until\":\"%s\"}", since, until);
    adsync_request_field(call->out, place, "time_range", range);
    adsync_request_field(call->out, place, "time_increment", "1");
    adsync_request_field(call->out, place, "action_attribution_windows", "[\"7d_click\",\"1d_view\"]");
    report_filters(call, place, level);
}

static bool report_target(const adsync__place *at, adsync__buffer *out)
{
    if (at->step == META_AT_SYNC || at->step == META_AT_RUN) { /* the account stands there already */
        adsync__buffer_text(out, "/insights");
        return true;
    }
    adsync__buffer_clear(out);
    adsync__buffer_text(out, at->arg[0]);
    if (at->step == META_AT_ROWS) adsync__buffer_text(out, "/insights");
    return adsync__is_id(at->arg[0]);
}

adsync_status meta_report_ask(adsync__call *call)
{
    uint32_t run, place;
    adsync__slice slice;
    adsync_status rc;

    if ((rc = adsync__slice_of(&meta_platform, call->task, &slice, call->error)) < 0) return rc;
    if ((rc = meta_account(call->task, &call->target, call->error)) < 0) return rc;
    report_begin(call->task, &slice, &call->at);
    if (!report_target(&call->at, &call->target)) return adsync__invalid(&meta_platform, "run", "the run has no id", call->error);
    run = call->at.step == META_AT_RUN;
    place = run ? ADSYNC_PLACE_FORM : ADSYNC_PLACE_QUERY;
    rc = meta_open(call, run ? ADSYNC_EFFECT_SAME : ADSYNC_EFFECT_READ, run ? "POST" : "GET", call->target.p);
    if (rc < 0) return rc;
    if (run || call->at.step == META_AT_SYNC) report_fields(call, place, &slice);
    if (call->at.step == META_AT_SYNC || call->at.step == META_AT_ROWS)
        meta_page_ask(call, META_REPORT_PAGE, call->at.step == META_AT_ROWS);
    meta_token(call, place, "access_token");
    adsync_request_cost(call->out, "score", 1);
    adsync_request_cost(call->out, "ads_insights", 1);
    return ADSYNC_OK;
}

/* ---- answers */

static void report_run(adsync__answer *a)
{
    adsync_outcome_fact(a->out, "insights_async", "1"); /* the account's next slices begin with a run at once */
    adsync__next(a, &(adsync__place){ .step = META_AT_RUN, .limit = a->at.limit });
}

static void report_look(adsync__answer *a, const char *run, const char *failed, uint32_t looks)
{
    adsync__look(a, &(adsync__place){ .step = META_AT_POLL, .limit = a->at.limit, .tries = looks, .arg = { run, failed } });
}

static void report_refused(adsync__answer *a, const adsync__slice *slice)
{
    const adsync__refusal *r = &a->refused;

    if (a->at.step == META_AT_ROWS && adsync__shrink(a, REPORT_LEAST)) return;
    if (r->hint == ADSYNC__HINT_SHRINK && adsync__slice_split(a, slice)) return;
    if (r->hint && a->at.step == META_AT_SYNC)
        report_run(a);
    else if (r->hint == ADSYNC__HINT_SHRINK)
        adsync__too_large(a);
    else if (a->at.step == META_AT_POLL && r->refusal == ADSYNC_CLASS_NOT_FOUND && a->at.tries < REPORT_UNSEEN_LOOKS)
        report_look(a, a->at.arg[0], a->at.arg[1], a->at.tries + 1);
    else
        adsync__refuse(a);
}

static adsync_status report_created(adsync__answer *a)
{
    static const char *const names[] = { "report_run_id" };
    adsync__node f[1];
    adsync__digits room;
    char failed[12];
    size_t size;
    const char *run;

    if (!adsync__node_fields(a->root, names, 1, f) || !(run = adsync__node_digits(f[0], &room, &size)) || strlen(run) != size ||
        !adsync__is_id(run))
        return adsync__bad_shape(a, "no id of the run");
    (void)snprintf(failed, sizeof failed, "%u", a->at.tries);
    report_look(a, run, failed, 0);
    return ADSYNC_OK;
}

/* The run came to nothing. From v25 on it may say why; trouble that passes and what is too much are answered with a smaller or a new one.
 */
static void report_failed(adsync__answer *a, const adsync__slice *slice)
{
    adsync__said said = { 0 };
    const adsync__rule *rule;
    int64_t failed = 0;

    if (adsync__node_int(adsync__node_get(a->root, "error_code"), &said.code)) {
        (void)adsync__node_int(adsync__node_get(a->root, "error_subcode"), &said.subcode);
        said.text = adsync__node_text(adsync__node_get(a->root, "error_message"), &said.text_size);
        rule = adsync__classify(a, &said);
        if (rule && rule->refusal != ADSYNC_CLASS_TRANSIENT && rule->refusal != ADSYNC_CLASS_TOO_LARGE) {
            *a->refused.message = 0;
            adsync__refused_add(a, "the report failed: ", 19);
            if (said.text) adsync__refused_add(a, said.text, said.text_size);
            adsync__refuse(a);
            return;
        }
        *a->refused.name = 0;
    }
    if (adsync__slice_split(a, slice)) return;
    (void)adsync__decimal_exact(a->at.arg[1], strlen(a->at.arg[1]), 0, &failed);
    if (failed + 1 >= REPORT_RUNS || failed < 0)
        adsync__too_large(a);
    else
        adsync__wait(a, &(adsync__place){ .step = META_AT_RUN, .limit = a->at.limit, .tries = (uint32_t)failed + 1 }, ADSYNC__MINUTE_US);
}

static adsync_status report_polled(adsync__answer *a, const adsync__slice *slice)
{
    static const char *const names[] = { "async_status", "async_percent_completion" };
    adsync__node f[2];
    int64_t percent;

    if (!adsync__node_fields(a->root, names, 2, f) || !adsync__node_text(f[0], NULL)) return adsync__bad_shape(a, "no state of the run");
    (void)adsync__node_int(f[1], &percent);
    if (adsync__node_is(f[0], "Job Failed") || adsync__node_is(f[0], "Job Skipped"))
        report_failed(a, slice);
    else if (adsync__node_is(f[0], "Job Completed") && percent == 100)
        adsync__next(a, &(adsync__place){ .step = META_AT_ROWS, .limit = a->at.limit, .arg = { a->at.arg[0] } });
    else if (a->at.tries + 1 >= REPORT_LOOKS)
        report_failed(a, slice);
    else
        report_look(a, a->at.arg[0], a->at.arg[1], a->at.tries + 1);
    return ADSYNC_OK;
}

/* A day without a row is a day without delivery. */
static adsync_status report_page(adsync__answer *a)
{
    uint32_t slot = a->at.step == META_AT_ROWS;
    adsync__buffer target;
    adsync__page page;
    adsync_status rc;

    adsync__buffer_begin(&target, 3 * ADSYNC__ID_MOST);
    if ((rc = meta_account(a->task, &target, a->error)) >= 0 && !report_target(&a->at, &target))
        rc = adsync__bad_shape(a, "a run without an id");
    if (rc >= 0 && target.failed) rc = adsync__fail_memory(a->error);
    if (rc >= 0) rc = meta_page_open(a, target.p, slot, &page);
    adsync__buffer_free(&target);
    return rc < 0 ? rc : adsync__page_walk(a, &page, slot, meta_figures, NULL);
}

adsync_status meta_report_digest(adsync__answer *a)
{
    adsync__slice slice;
    adsync_status rc;

    if ((rc = adsync__slice_of(&meta_platform, a->task, &slice, a->error)) < 0) return rc;
    report_begin(a->task, &slice, &a->at);
    if (meta_is_refused(a)) {
        report_refused(a, &slice);
        return ADSYNC_OK;
    }
    if (a->at.step == META_AT_RUN) return report_created(a);
    return a->at.step == META_AT_POLL ? report_polled(a, &slice) : report_page(a);
}
