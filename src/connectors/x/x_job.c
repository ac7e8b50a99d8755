/* SPDX-License-Identifier: MIT */
/* Jobs: created one by one, looked at together, their files taken in the queue's order. A job that nobody can tell about is looked for
 * before another one is made. */
#include "x_int.h"

#include <stdio.h>

enum { JOB_MOST = 16, JOB_FAILURES = 3, JOB_SOON_S = 2 }; /* a recorded one was ready two seconds after it was made */

/* id_str, else id: a number that fits no double. Some bodies have `id` twice, as text and as number; both are the same. */
static const char *job_id(adsync__node job, adsync__digits *room, size_t *size)
{
    adsync__node id = adsync__node_get(job, "id_str");

    if (adsync__is_empty(id)) id = adsync__node_get(job, "id");
    return adsync__node_digits(id, room, size);
}

/* One more job is there: the next is created, or they are looked at. */
adsync_status x_job_created(adsync__answer *a, adsync__node job)
{
    adsync__place to = a->at;
    adsync__digits room;
    size_t size = 0;
    const char *id = job_id(job, &room, &size);
    adsync__buffer jobs;
    x_chunk chunk;
    uint32_t n = x_count(a->at.arg[X_JOBS]) + 1;

    if (!id || !adsync__is_token(id, size, 40) || strspn(id, "0123456789") != size) return adsync__bad_shape(a, "a job without an id");
    adsync__buffer_begin(&jobs, ADSYNC__CURSOR_MOST);
    adsync__buffer_text(&jobs, a->at.arg[X_JOBS]);
    adsync__join(&jobs, id, size);
    to.arg[X_JOBS] = jobs.p;
    to.tries = 0;
    to.step = X_AT_CREATE;
    if (n >= JOB_MOST || !x_chunk_nth(a->at.arg[X_CHUNKS], n, &chunk)) to.step = X_AT_LOOK;
    if (jobs.failed)
        a->failed = ADSYNC_E_MEMORY;
    else if (to.step == X_AT_LOOK)
        adsync__wait(a, &to, JOB_SOON_S * ADSYNC__SECOND_US);
    else
        adsync__next(a, &to);
    adsync__buffer_free(&jobs);
    return ADSYNC_OK;
}

static bool job_same_ids(const x_chunk *chunk, adsync__node list)
{
    adsync__items items = adsync__node_items(list);
    adsync__node item;
    uint32_t found = 0;

    while (adsync__items_next(&items, &item)) {
        size_t size = 0;
        const char *id = adsync__node_text(item, &size);
        found += id && adsync__ids_has(chunk->ids, chunk->size, id, size);
    }
    return found == chunk->n && adsync__node_count(list) == chunk->n;
}

static bool job_alive(adsync__node job)
{
    adsync__node status = adsync__node_get(job, "status");

    return !adsync__node_is(status, "FAILED") && !adsync__node_is(status, "CANCELLED");
}

/* Whether a job is the one that was asked for. */
static bool job_ours(adsync__node job, const x_chunk *chunk, const adsync__slice *slice, const char *entity, const adsync__zone *zone)
{
    adsync__items groups = adsync__node_items(adsync__node_get(job, "metric_groups"));
    adsync__node group;
    bool mobile = false;

    while (adsync__items_next(&groups, &group)) mobile |= adsync__node_is(group, "MOBILE_CONVERSION");
    return mobile == chunk->mobile && job_alive(job) && adsync__node_is(adsync__node_get(job, "entity"), entity) &&
           adsync__node_is(adsync__node_get(job, "granularity"), "DAY") &&
           adsync__node_is(adsync__node_get(job, "placement"), chunk->placement) &&
           job_same_ids(chunk, adsync__node_get(job, "entity_ids")) &&
           x_stats_begins(zone, slice->from, adsync__node_get(job, "start_time")) &&
           x_stats_begins(zone, adsync__day_add(slice->to, 1), adsync__node_get(job, "end_time"));
}

adsync_status x_job_find(adsync__answer *a, const adsync__slice *slice)
{
    adsync__items items = adsync__node_items(adsync__node_get(a->root, "data"));
    adsync__place to = a->at;
    adsync__zone *zone = NULL;
    adsync__node job;
    x_chunk chunk;
    adsync_status rc;

    if (!x_chunk_nth(a->at.arg[X_CHUNKS], x_count(a->at.arg[X_JOBS]), &chunk)) return adsync__stale(a);
    if ((rc = x_stats_zone(a->task, slice, &zone, a->error)) < 0) return rc;
    to.step = X_AT_CREATE;
    while (adsync__items_next(&items, &job))
        if (job_ours(job, &chunk, slice, x_entity(a->task, &a->at), zone)) {
            rc = x_job_created(a, job);
            goto done;
        }
    adsync__next(a, &to);
done:
    adsync__zone_free(zone);
    return rc;
}

/* All that are left are made anew; a slice whose jobs keep failing is cut. */
static void job_failed(adsync__answer *a, const adsync__slice *slice, const char *status)
{
    adsync__place to = a->at;
    char words[100];

    to.step = X_AT_CREATE;
    to.tries = 0;
    to.limit++;
    to.arg[X_JOBS] = "";
    if (to.limit < JOB_FAILURES) {
        adsync__wait(a, &to, 30 * ADSYNC__SECOND_US);
        return;
    }
    (void)snprintf(words, sizeof words, "X's report job ended as %.30s, again and again", status);
    if (!adsync__slice_split(a, slice)) adsync_outcome_fail(a->out, ADSYNC_CLASS_INVALID, "job", words, 0, 0);
}

/* Sometimes two addresses are glued together: the last one is meant. */
static void job_follow(adsync__answer *a, const char *url)
{
    adsync__place to = a->at;
    adsync__url parts;
    const adsync__said_host *host = NULL;

    for (const char *next; (next = strstr(url + 1, "https://"));) url = next;
    if (adsync__url_split(url, &parts) && parts.https && !parts.port)
        for (host = x_platform.hosts; host->id; host++)
            if (strlen(host->name) == parts.host_size && !memcmp(host->name, parts.host, parts.host_size)) break;
    if (!host || !host->id) {
        adsync_outcome_fail(a->out, ADSYNC_CLASS_INVALID, "foreign_host",
                            "X gave a report on a host that is not its own; it was not fetched", 0, 0);
        return;
    }
    to.step = host->flags & ADSYNC_HOST_AUTH ? X_AT_SIGNED : X_AT_FILE;
    adsync_outcome_secret(a->out, "carried", url, strlen(url), 0);
    adsync__next(a, &to);
}

adsync_status x_job_look(adsync__answer *a, const adsync__slice *slice)
{
    adsync__node list = adsync__node_get(a->root, "data"), job, found = { 0 }, status, url;
    adsync__items items = adsync__node_items(list);
    adsync__place to = a->at;
    const char *first = a->at.arg[X_JOBS];
    size_t n = strcspn(first, ","), size = 0;
    adsync__digits room;

    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no list of jobs");
    while (adsync__items_next(&items, &job)) {
        const char *id = job_id(job, &room, &size);
        if (id && size == n && !memcmp(id, first, n)) found = job;
    }
    status = adsync__node_get(found, "status");
    url = adsync__node_get(found, "url");
    to.step = X_AT_LOOK;
    to.tries++;
    if (adsync__node_is(status, "SUCCESS") && adsync__node_text(url, &size) && size > 8)
        job_follow(a, adsync__node_text(url, NULL));
    else if ((adsync__node_kind(found) == ADSYNC__NODE_OBJECT && !job_alive(found)) || to.tries > X_LOOKS)
        job_failed(a, slice, adsync__node_text(status, NULL) ? adsync__node_text(status, NULL) : "lost");
    else
        adsync__look(a, &to); /* also where it succeeded and has no address yet */
    return ADSYNC_OK;
}
