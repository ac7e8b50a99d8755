/* SPDX-License-Identifier: MIT */
/* Figures by day. X gives them for 20 ids at one placement at once, so the walk first asks which ids were active, then works through
 * chunks of them: up to 7 days at once, else by jobs, whose results are files on another host.
 *
 *     active AFTER                          which ids come after AFTER, and at which placements
 *     stats  AFTER QUEUE                    the first chunk of the queue
 *     create AFTER QUEUE JOBS               a job for the first chunk that has none; JOBS: ids, in the queue's order
 *     jobs   AFTER QUEUE JOBS               nobody knows whether the last one was created: it is looked for
 *     look   AFTER QUEUE JOBS               how they are doing; TRIES looks so far
 *     file   AFTER QUEUE JOBS               the first one's; `signed` where it lies on X's own host
 *
 * At the end of the ads come promoted accounts, which are another entity to X (the fifth argument). The fourth argument says how bounds are
 * written: as days; on refusal (d) with each day's own offset, (t) with today's. LIMIT counts jobs that failed. Where nothing is left the
 * task is done; conversions in apps are asked for apart, as X wants it. */
#include "x_int.h"

#include <stdio.h>

enum { REPORT_QUEUE = 5000, REPORT_FAILURES = 3, REPORT_LATE_DAYS = 2, REPORT_BYTES = 64 << 20 };

/* What is asked about. */
const char *x_entity(const adsync_task *task, const adsync__place *at)
{
    return *at->arg[X_ENTITY] ? at->arg[X_ENTITY] : adsync__level_of(&x_platform, adsync_task_kind(task))->word;
}

static bool report_by_job(const adsync__slice *slice) { return slice->days > X_SYNC_DAYS; }

/* ---- the queue of a task that names its ids: each placement, or the one of its part */

static bool report_wants(const adsync_task *task, const adsync__word *placement)
{
    const char *part = adsync_task_text(task, "part");

    return part && *part ? !strcmp(placement->from, part) : *placement->to != 'P';
}

static void report_chunk(adsync__buffer *out, char letter)
{
    if (out->size) adsync__buffer_char(out, ';');
    adsync__buffer_char(out, letter);
    adsync__buffer_char(out, ':');
}

static adsync_status report_named(const adsync_task *task, adsync__buffer *out, adsync_error **error)
{
    uint32_t n = adsync_task_ids(task);
    adsync_status rc;

    for (uint32_t first = 0; first < n; first += X_IDS)
        for (const adsync__word *placement = x_placements; placement->from; placement++) {
            if (!report_wants(task, placement)) continue;
            for (uint32_t small = 0; small <= 0x20; small += 0x20) {
                report_chunk(out, (char)(*placement->to + (int)small));
                if ((rc = adsync__join_ids(&x_platform, task, first, X_IDS, out, error)) < 0) return rc;
            }
        }
    return out->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

/* Where a task begins. */
static adsync_status report_begin(const adsync_task *task, const adsync__slice *slice, adsync__place *at, adsync__buffer *room,
                                  adsync_error **error)
{
    adsync_status rc;

    if (at->step != X_AT_BEGIN) return ADSYNC_OK;
    at->step = X_AT_ACTIVE;
    if (!adsync_task_ids(task)) return ADSYNC_OK;
    if ((rc = report_named(task, room, error)) < 0) return rc;
    at->step = report_by_job(slice) ? X_AT_CREATE : X_AT_STATS;
    at->arg[X_AFTER] = "~"; /* after all of them */
    at->arg[X_CHUNKS] = room->p ? room->p : "";
    return ADSYNC_OK;
}

/* ---- asking */

/* A day is asked for as a day: the server knows the account's midnight best. */
static adsync_status report_bound(adsync__call *call, const char *name, const adsync__zone *zone, int64_t day)
{
    char text[ADSYNC__TIME_ROOM];
    const char *bounds = call->at.arg[X_BOUNDS];
    int64_t midnight, unused;
    int32_t offset = adsync__zone_offset(zone, adsync_task_int(call->task, "now_us"));

    if (!*bounds) {
        (void)adsync__day_write(day, text);
    } else {
        if (!adsync__zone_bounds(zone, day, &midnight, &unused))
            return adsync__invalid(&x_platform, "days", "the account's zone has no such day", call->error);
        if (*bounds == 't') midnight = adsync__day_number(day) * INT64_C(86400000000) - offset * ADSYNC__SECOND_US;
        (void)adsync__time_write(midnight, 0, text);
    }
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, name, text);
    return ADSYNC_OK;
}

static adsync_status report_bounds(adsync__call *call, const adsync__slice *slice, int64_t end)
{
    adsync__zone *zone = NULL;
    adsync_status rc = x_stats_zone(call->task, slice, &zone, call->error);

    if (rc < 0) return rc;
    if ((rc = report_bound(call, "start_time", zone, slice->from)) >= 0) rc = report_bound(call, "end_time", zone, end);
    adsync__zone_free(zone);
    return rc;
}

/* The windows of changes: what happened on a day is recorded then, or a little later. */
static adsync_status report_ask_active(adsync__call *call, const adsync__slice *slice)
{
    int64_t end = adsync__day_add(slice->to, 1 + REPORT_LATE_DAYS), tomorrow, switched;
    adsync__zone *zone = NULL;
    adsync_status rc = x_stats_switch(call->task, &switched, call->error);

    if (rc >= 0) rc = adsync__zone_load(NULL, adsync_task_fact(call->task, "time_zone"), &zone, call->error);
    if (rc < 0) return rc;
    tomorrow = adsync__day_add(adsync__zone_day(zone, adsync_task_int(call->task, "now_us")), 1);
    adsync__zone_free(zone);
    if (end > tomorrow && tomorrow > slice->to) end = tomorrow;
    if (adsync__day_between(slice->from, end) > X_JOB_DAYS) end = adsync__day_add(slice->from, X_JOB_DAYS);
    if ((rc = x_open_account(call, ADSYNC_EFFECT_READ, "GET", "stats/", "/active_entities")) < 0) return rc;
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "entity", x_entity(call->task, &call->at));
    return report_bounds(call, slice, end);
}

static adsync_status report_ask_figures(adsync__call *call, const adsync__slice *slice)
{
    bool job = call->at.step == X_AT_CREATE;
    x_chunk chunk;
    adsync_status rc;

    if (!x_chunk_nth(call->at.arg[X_CHUNKS], job ? x_count(call->at.arg[X_JOBS]) : 0, &chunk))
        return adsync__invalid(&x_platform, "cursor", "it names nothing to ask for", call->error);
    rc = x_open_account(call, job ? ADSYNC_EFFECT_SAME : ADSYNC_EFFECT_READ, job ? "POST" : "GET", job ? "stats/jobs/" : "stats/", "");
    if (rc < 0) return rc;
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "entity", x_entity(call->task, &call->at));
    adsync__buffer_add(&call->text, chunk.ids, chunk.size);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "entity_ids", call->text.p);
    if ((rc = report_bounds(call, slice, adsync__day_add(slice->to, 1))) < 0) return rc;
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "granularity", "DAY");
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "placement", chunk.placement);
    adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "metric_groups",
                         chunk.mobile ? "MOBILE_CONVERSION" : "ENGAGEMENT,BILLING,VIDEO,WEB_CONVERSION");
    return ADSYNC_OK;
}

static adsync_status report_ask_jobs(adsync__call *call)
{
    adsync_status rc = x_open_account(call, ADSYNC_EFFECT_READ, "GET", "stats/jobs/", "");

    if (rc < 0) return rc;
    if (call->at.step == X_AT_JOBS)
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "count", "1000");
    else
        adsync_request_field(call->out, ADSYNC_PLACE_QUERY, "job_ids", call->at.arg[X_JOBS]);
    return ADSYNC_OK;
}

/* Its address is at hand only until the first crash: then the job is asked for it again. */
static bool report_is_file(const adsync_task *task, const adsync__place *at)
{
    return (at->step == X_AT_FILE || at->step == X_AT_SIGNED) && adsync_task_has_secret(task, "carried");
}

static adsync_status report_ask_file(adsync__call *call)
{
    adsync_request_url_secret(call->out, ADSYNC_EFFECT_READ, "GET", "carried");
    adsync_request_bounds(call->out, REPORT_BYTES, 5 * ADSYNC__MINUTE_US);
    return call->at.step == X_AT_SIGNED ? x_sign(call) : ADSYNC_OK;
}

adsync_status x_report_ask(adsync__call *call)
{
    const adsync__level *level = adsync__level_of(&x_platform, adsync_task_kind(call->task));
    adsync__slice slice;
    adsync_status rc = adsync__slice_of(&x_platform, call->task, &slice, call->error);

    if (rc < 0) return rc;
    if (slice.days > level->days) return adsync__invalid(&x_platform, "days", "these are more days than X reports at once", call->error);
    if ((rc = report_begin(call->task, &slice, &call->at, &call->target, call->error)) < 0) return rc;
    if (report_is_file(call->task, &call->at)) return report_ask_file(call);
    if (call->at.step == X_AT_ACTIVE) return report_ask_active(call, &slice);
    if (call->at.step == X_AT_STATS || call->at.step == X_AT_CREATE) return report_ask_figures(call, &slice);
    return report_ask_jobs(call);
}

/* ---- what was active: the next ids after AFTER, in their order, whatever order they came in */

typedef struct report_entity {
    const char *id;
    uint32_t places; /* bits, as in x_placements */
} report_entity;

static uint32_t report_places(adsync__node list)
{
    adsync__items items = adsync__node_items(list);
    adsync__node item;
    uint32_t places = 0;

    while (adsync__items_next(&items, &item))
        for (uint32_t i = 0; x_placements[i].from; i++) places |= (uint32_t)adsync__node_is(item, x_placements[i].from) << i;
    return places;
}

/* Whether what changed lies in other days altogether. */
static bool report_elsewhere(adsync__node item, int64_t from_us, int64_t to_us)
{
    adsync__node start = adsync__node_get(item, "activity_start_time"), end = adsync__node_get(item, "activity_end_time");
    int64_t us;

    if (adsync__instant(start, ADSYNC__SECOND_US, ADSYNC__TIME_NEEDS_OFFSET, &us) && us >= to_us) return true;
    return adsync__instant(end, ADSYNC__SECOND_US, ADSYNC__TIME_NEEDS_OFFSET, &us) && us < from_us;
}

static adsync_status report_next_id(adsync__answer *a, adsync__node list, const char *after, const int64_t bounds[2], report_entity *out)
{
    adsync__items items = adsync__node_items(list);
    adsync__node item;

    *out = (report_entity){ 0 };
    while (adsync__items_next(&items, &item)) {
        const char *id = adsync__node_text(adsync__node_get(item, "entity_id"), NULL);
        int order;
        if (!id || !adsync__is_id(id)) return adsync__bad_shape(a, "something active without an id");
        if (strcmp(id, after) <= 0 || report_elsewhere(item, bounds[0], bounds[1])) continue;
        order = out->id ? strcmp(id, out->id) : -1;
        if (order < 0) *out = (report_entity){ .id = id };
        if (order <= 0) out->places |= report_places(adsync__node_get(item, "placements"));
    }
    return ADSYNC_OK;
}

static void report_add_chunks(const report_entity *chunk, uint32_t n, adsync__buffer *queue)
{
    for (uint32_t place = 0; x_placements[place].from; place++)
        for (int small = 0; small <= 0x20; small += 0x20) {
            bool any = false;
            for (uint32_t i = 0; i < n; i++) {
                if (!(chunk[i].places & 1u << place)) continue;
                if (any)
                    adsync__buffer_char(queue, ',');
                else
                    report_chunk(queue, (char)(*x_placements[place].to + small));
                any = true;
                adsync__buffer_text(queue, chunk[i].id);
            }
        }
}

static adsync_status report_queue(adsync__answer *a, const int64_t bounds[2], adsync__buffer *queue, const char **after)
{
    adsync__node list = adsync__node_get(a->root, "data");
    report_entity chunk[X_IDS];
    uint32_t n;
    adsync_status rc;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of what was active");
    do {
        for (n = 0; n < X_IDS; n++) {
            if ((rc = report_next_id(a, list, *after, bounds, &chunk[n])) < 0) return rc;
            if (!chunk[n].id) break;
            *after = chunk[n].id;
        }
        report_add_chunks(chunk, n, queue);
    } while (n == X_IDS && queue->size < REPORT_QUEUE);
    if (n < X_IDS) *after = "~";
    return queue->failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}

/* The days before the account's zone was switched are days of another zone: they are asked for apart. */
static adsync_status report_cut(adsync__answer *a, const adsync__slice *slice, bool *cut)
{
    int64_t day;
    adsync_status rc = x_stats_switch(a->task, &day, a->error);

    *cut = rc >= 0 && day > slice->from && day <= slice->to;
    if (!*cut) return rc;
    (void)adsync__slice_child(a, slice->from, adsync__day_add(day, -1));
    (void)adsync__slice_child(a, day, slice->to);
    adsync_outcome_split(a->out);
    return rc;
}

/* All that was active is through. */
static adsync_status report_end(adsync__answer *a)
{
    adsync__place to = { .step = X_AT_ACTIVE, .arg = { "", "", "", a->at.arg[X_BOUNDS], "PROMOTED_ACCOUNT" } };
    bool more = adsync_task_kind(a->task) == ADSYNC_KIND_AD && !*a->at.arg[X_ENTITY] && !adsync_task_ids(a->task);

    return more ? adsync__next(a, &to) : adsync__done(a);
}

static adsync_status report_active(adsync__answer *a, const adsync__slice *slice)
{
    adsync__place to = { .step = report_by_job(slice) ? X_AT_CREATE : X_AT_STATS };
    const char *after = a->at.arg[X_AFTER];
    adsync__zone *zone = NULL;
    int64_t bounds[2], unused;
    adsync__buffer queue;
    bool cut;
    adsync_status rc;

    if ((rc = report_cut(a, slice, &cut)) < 0 || cut) return rc;
    if ((rc = x_stats_zone(a->task, slice, &zone, a->error)) < 0) return rc;
    (void)adsync__zone_bounds(zone, slice->from, &bounds[0], &unused);
    (void)adsync__zone_bounds(zone, slice->to, &unused, &bounds[1]);
    adsync__zone_free(zone);
    adsync__buffer_begin(&queue, ADSYNC__CURSOR_MOST);
    if ((rc = report_queue(a, bounds, &queue, &after)) >= 0) {
        to.arg[X_AFTER] = after;
        to.arg[X_CHUNKS] = queue.p;
        to.arg[X_BOUNDS] = a->at.arg[X_BOUNDS];
        to.arg[X_ENTITY] = a->at.arg[X_ENTITY];
        rc = queue.size ? adsync__next(a, &to) : report_end(a);
    }
    adsync__buffer_free(&queue);
    return rc;
}

/* ---- on from a chunk that is through */

static adsync_status report_through(adsync__answer *a, const x_chunk *chunk)
{
    const char *jobs = strchr(a->at.arg[X_JOBS], ',');
    adsync__place to = { .step = X_AT_STATS };

    for (uint32_t i = 0; i < ADSYNC__ARGS; i++) to.arg[i] = a->at.arg[i];
    to.arg[X_CHUNKS] = chunk->rest;
    to.arg[X_JOBS] = jobs ? jobs + 1 : "";
    if (a->at.step != X_AT_STATS) to.step = jobs ? X_AT_LOOK : X_AT_CREATE;
    if (*chunk->rest) return adsync__next(a, &to);
    if (!strcmp(a->at.arg[X_AFTER], "~")) return report_end(a);
    to = (adsync__place){ .step = X_AT_ACTIVE, .arg = { a->at.arg[X_AFTER], "", "", a->at.arg[X_BOUNDS], a->at.arg[X_ENTITY] } };
    return adsync__next(a, &to);
}

static adsync_status report_figures(adsync__answer *a, const adsync__slice *slice)
{
    adsync__place to = a->at;
    bool more;
    x_chunk chunk;
    adsync_status rc;

    if (!x_chunk_read(a->at.arg[X_CHUNKS], &chunk)) return adsync__stale(a);
    if ((rc = x_stats_read(a, slice, &chunk, &more, &to.skip)) < 0) return rc;
    return more ? adsync__more(a, &to) : report_through(a, &chunk);
}

/* ---- refusals */

/* The first half of the first chunk, then the rest of it. false: it is one id. */
static bool report_halve(adsync__answer *a, const x_chunk *chunk)
{
    adsync__place to = a->at;
    adsync__buffer queue;
    uint32_t k = 0;
    size_t half = 0;

    if (chunk->n < 2 || *a->at.arg[X_JOBS]) return false;
    for (size_t i = 0; i < chunk->size && !half; i++)
        if (chunk->ids[i] == ',' && ++k == chunk->n / 2) half = i;
    adsync__buffer_begin(&queue, ADSYNC__CURSOR_MOST);
    adsync__buffer_add(&queue, a->at.arg[X_CHUNKS], 2 + half);
    adsync__buffer_char(&queue, ';');
    adsync__buffer_add(&queue, a->at.arg[X_CHUNKS], 2);
    adsync__buffer_text(&queue, chunk->ids + half + 1);
    to.arg[X_CHUNKS] = queue.p;
    to.skip = 0;
    if (queue.failed)
        a->failed = ADSYNC_E_MEMORY;
    else
        adsync__next(a, &to);
    adsync__buffer_free(&queue);
    return true;
}

/* Bounds that are no midnight to X are written another way, each way once. */
static bool report_bounds_again(adsync__answer *a)
{
    const char *bounds = a->at.arg[X_BOUNDS];
    adsync__place to = a->at;

    if (strcmp(a->refused.name, "INVALID_TIME_WINDOW") || *bounds == 't') return false;
    to.arg[X_BOUNDS] = *bounds ? "t" : "d";
    adsync__next(a, &to);
    return true;
}

/* Placements that ended and conversions in apps are not every account's: without them the rest stands. */
static bool report_spares(adsync__answer *a, const x_chunk *chunk)
{
    bool may = a->refused.refusal == ADSYNC_CLASS_INVALID || a->refused.refusal == ADSYNC_CLASS_PERMISSION;
    char words[200];

    if (!may || *a->at.arg[X_JOBS] || (!chunk->mobile && strcmp(chunk->placement, "PUBLISHER_NETWORK"))) return false;
    (void)snprintf(words, sizeof words, "X refuses %s%s: %s; the rest stands", chunk->placement,
                   chunk->mobile ? ", conversions in apps" : "", a->refused.name);
    adsync_outcome_warning(a->out, "left_out", words);
    report_through(a, chunk);
    return true;
}

static bool report_refused_create(adsync__answer *a)
{
    adsync__place to = a->at;
    uint32_t status = adsync_response_status(a->in);
    int64_t wait = adsync_response_retry_after_us(a->in, a->now_us);

    if (a->at.step != X_AT_CREATE) return false;
    if (!strcmp(a->refused.name, "TOO_MANY_JOBS") && *a->at.arg[X_JOBS]) { /* ours among them */
        to.step = X_AT_LOOK;
        to.tries = 0;
        adsync__next(a, &to);
        return true;
    }
    if (status != 503 || to.tries >= REPORT_FAILURES) return false;
    to.step = X_AT_JOBS; /* it may be there */
    to.tries++;
    adsync__wait(a, &to, wait ? wait : 5 * ADSYNC__SECOND_US);
    return true;
}

/* What was active of promoted accounts is refused: the rest stands. */
static bool report_stands(adsync__answer *a)
{
    if (a->at.step != X_AT_ACTIVE || !*a->at.arg[X_ENTITY] || !adsync__is_minor(a)) return false;
    adsync__left_out(a);
    adsync__done(a);
    return true;
}

/* A chunk that was refused: asked for in another way, or given up where the rest stands without it. */
static bool report_mended(adsync__answer *a, const adsync__slice *slice)
{
    bool asking = a->at.step == X_AT_ACTIVE || a->at.step == X_AT_STATS || a->at.step == X_AT_CREATE, any;
    x_chunk chunk = { 0 };

    if (!asking) return false;
    any = a->at.step != X_AT_ACTIVE && x_chunk_read(a->at.arg[X_CHUNKS], &chunk);
    if (report_bounds_again(a) || report_refused_create(a) || (any && report_spares(a, &chunk))) return true;
    if (a->refused.hint != ADSYNC__HINT_SHRINK) return report_stands(a);
    if (!(any && report_halve(a, &chunk)) && !adsync__slice_split(a, slice)) adsync__too_large(a);
    return true;
}

static adsync_status report_refused(adsync__answer *a, const adsync__slice *slice)
{
    adsync__place to = a->at;

    if (report_mended(a, slice)) return ADSYNC_OK;
    if (report_is_file(a->task, &a->at) && adsync_response_status(a->in) < 500 && to.tries < X_LOOKS) { /* it may have ended */
        to.step = X_AT_LOOK;
        to.tries++;
        return adsync__look(a, &to);
    }
    return adsync__refuse(a);
}

/* ---- answers */

adsync_status x_report_digest(adsync__answer *a)
{
    adsync__buffer room;
    adsync__slice slice;
    adsync_status rc;

    if ((rc = adsync__slice_of(&x_platform, a->task, &slice, a->error)) < 0) return rc;
    adsync__buffer_begin(&room, ADSYNC__CURSOR_MOST);
    if ((rc = report_begin(a->task, &slice, &a->at, &room, a->error)) < 0) goto done;
    if (x_is_refused(a))
        rc = report_refused(a, &slice);
    else if (report_is_file(a->task, &a->at) || a->at.step == X_AT_STATS)
        rc = report_figures(a, &slice);
    else if (a->at.step == X_AT_ACTIVE)
        rc = report_active(a, &slice);
    else if (a->at.step == X_AT_CREATE)
        rc = x_job_created(a, adsync__node_get(a->root, "data"));
    else if (a->at.step == X_AT_JOBS)
        rc = x_job_find(a, &slice);
    else
        rc = x_job_look(a, &slice);
done:
    adsync__buffer_free(&room);
    return rc;
}
