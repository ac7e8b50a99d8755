/* SPDX-License-Identifier: MIT */
/* Asking for work: a queue slot and a job in one commit, unless a job that has not ended brings what is asked for (wish.c says when).
 * A job of `all` data is a parent with children of one class each; the parent's own slot has no time, so nobody claims it, and goes
 * when the last child ends. Whatever else is asked of `all` meanwhile becomes that parent's too. */
#include "sync_int.h"

enum {
    JOBS_ATTEMPTS = 20,
    JOBS_SLOTS = 64,
    JOBS_WIDTH = 24,
    JOBS_OPEN_AT = 10,
    JOBS_PARENT_AT = 17,
    JOBS_CHILD_AT = 18,
    QUEUE_CLASS_AT = 5,
    CONNECTIONS_REQUESTED_AT = 8
};

int64_t sync_id_draw(adsync__sync *sync)
{
    int64_t id;

    do id = adsync__version_draw(adsync__kernel_effects(sync->kernel)) & ((INT64_C(1) << 53) - 1);
    while (!id);
    return id;
}

static bool jobs_days_good(const sync_wish *wish)
{
    if (wish->from_day && !adsync__day_valid(wish->from_day)) return false;
    if (wish->to_day && !adsync__day_valid(wish->to_day)) return false;
    return !wish->from_day || !wish->to_day || wish->from_day <= wish->to_day;
}

static adsync_status jobs_judge(const sync_wish *wish, adsync_error **error)
{
    const struct {
        bool good;
        const char *name, *words;
    } rules[] = {
        { adsync_data_name(wish->data) != NULL, "job.data", "there is no such class of data" },
        { wish->mode == ADSYNC_SYNC_ENTITY || wish->mode == ADSYNC_SYNC_INCREMENTAL || wish->mode == ADSYNC_SYNC_FULL ||
              wish->mode == ADSYNC_SYNC_BACKFILL,
          "job.mode", "there is no such mode of syncing" },
        { wish->days <= SYNC_DAYS_MOST, "job.days", "at most 1200 days back can be asked for" },
        { jobs_days_good(wish), "job.days", "the days are none, or the first is after the last" },
        { wish->priority <= ADSYNC_PRIORITY_BACKFILL, "job.priority", "there is no such priority" },
    };

    for (size_t i = 0; i < ADSYNC__COUNT(rules); i++)
        if (!rules[i].good) return adsync__fail(error, ADSYNC_E_INVALID, rules[i].name, "%s", rules[i].words);
    return ADSYNC_OK;
}

/* Entities that are named; so many that a list is the shorter way are asked for as one. */
static adsync_status jobs_check_ids(const adsync_job_options *options, sync_wish *wish, adsync__buffer *ids, adsync_error **error)
{
    bool entity = wish->mode == ADSYNC_SYNC_ENTITY;
    adsync_status rc;

    if (entity != (options->n_ids > 0) || entity != (options->ids != NULL) || entity != (options->kind != 0))
        return adsync__fail(error, ADSYNC_E_INVALID, "job.ids", "the mode entity takes a kind and ids, and no other mode does");
    if (!entity) return ADSYNC_OK;
    wish->data = sync_class_of(options->kind);
    if (!wish->data || options->kind == ADSYNC_KIND_ACCOUNT || (options->data && options->data != wish->data))
        return adsync__fail(error, ADSYNC_E_INVALID, "job.kind", "entities of this kind are not synced one by one, or not with this data");
    if (options->n_ids > SYNC_IDS) {
        wish->mode = ADSYNC_SYNC_INCREMENTAL;
        return ADSYNC_OK;
    }
    if ((rc = sync_ids_write(options->ids, options->n_ids, ids, error)) < 0) return rc;
    wish->kind = options->kind;
    wish->ids = ids->p;
    return ADSYNC_OK;
}

static uint32_t jobs_priority(const sync_wish *wish)
{
    if (wish->mode == ADSYNC_SYNC_BACKFILL) return ADSYNC_PRIORITY_BACKFILL;
    return wish->type == SYNC_TYPE_WEBHOOK ? ADSYNC_PRIORITY_WEBHOOK : ADSYNC_PRIORITY_SCHEDULED;
}

static adsync_status jobs_check(const adsync_job_options *options, sync_wish *wish, adsync__buffer *ids, adsync_error **error)
{
    static const adsync_job_options none = { .size = sizeof none };
    adsync_status rc;

    if (!options) options = &none;
    if ((rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_job_options", error)) < 0) return rc;
    if (options->flags & ~(uint32_t)ADSYNC_JOB_WEBHOOK)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_job_options: unknown flags");
    if (options->flags & ADSYNC_JOB_WEBHOOK) wish->type = SYNC_TYPE_WEBHOOK;
    wish->data = options->data ? options->data : ADSYNC_DATA_ALL;
    wish->mode = options->mode ? options->mode : ADSYNC_SYNC_INCREMENTAL;
    wish->days = options->days;
    wish->from_day = options->from_day;
    wish->to_day = options->to_day;
    wish->priority = options->priority ? options->priority : jobs_priority(wish);
    if ((rc = jobs_judge(wish, error)) >= 0) rc = jobs_check_ids(options, wish, ids, error);
    if (rc >= 0) sync_wish_settle(wish);
    return rc;
}

/* ---- what is there */

typedef struct jobs_there { /* a job that has not ended; 0: none */
    int64_t job, parent, slot_version;
    bool running;
    adsync_rows *rows, *slots; /* its row; all slots of the connection */
    size_t at;                 /* its own slot among them */
    char *ids;                 /* the wish's, where it has some */
    adsync__buffer all;        /* and with others added */
    sync_wish wish;
} jobs_there;

static void jobs_there_free(jobs_there *there)
{
    adsync_rows_free(there->rows);
    adsync_rows_free(there->slots);
    adsync__free(there->ids);
    adsync__buffer_free(&there->all);
    *there = (jobs_there){ 0 };
}

static adsync_status jobs_there_load(adsync__sync *sync, const sync_wish *wish, int64_t job, jobs_there *there, adsync_error **error)
{
    adsync_status rc;

    adsync_rows_free(there->rows);
    adsync__free(there->ids);
    there->rows = NULL;
    there->ids = NULL;
    if ((rc = adsync__job_row(sync, wish->org, job, &there->rows, error)) < 0) return rc;
    (void)adsync_rows_next(there->rows, NULL);
    there->job = job;
    there->parent = adsync_rows_int(there->rows, ADSYNC_C_PARENT);
    there->running = adsync__equal_text(adsync_rows_text(there->rows, ADSYNC_C_STATE), "running");
    sync_wish_read(&there->wish, there->rows, wish->org);
    rc = sync_params_ids(adsync_rows_text(there->rows, ADSYNC_C_PARAMS), &there->ids, error);
    there->wish.ids = there->ids;
    return rc;
}

/* The job that waits in the wish's slot; or one that waits behind its own number and brings exactly this. */
static adsync_status jobs_waiting(adsync__sync *sync, const sync_wish *wish, jobs_there *there, adsync_error **error)
{
    char name[SYNC_SLOT];
    adsync_value bound[] = { adsync__value_int(wish->org), adsync__value_int(wish->connection), adsync__value_null() };
    const adsync_range range = { .table = ADSYNC_T_QUEUE, .limit = JOBS_SLOTS, .lower = bound, .n_lower = 3, .upper = bound, .n_upper = 2 };
    const char *slot;
    adsync_status rc;

    sync_slot_name(wish, 0, name);
    bound[2] = adsync__value_text(name);
    rc = adsync_storage_scan(adsync__kernel_storage(sync->kernel), wish->org, &range, &there->slots, error);
    for (size_t i = 0; rc >= 0 && adsync_rows_next(there->slots, NULL) == ADSYNC_ROW; i++) { /* the slot comes before those with numbers */
        if (!sync_slot_is((slot = adsync_rows_text(there->slots, ADSYNC_C_SLOT)), name)) continue;
        if ((rc = jobs_there_load(sync, wish, adsync_rows_int(there->slots, ADSYNC_C_JOB), there, error)) < 0) return rc;
        there->slot_version = adsync_rows_int(there->slots, ADSYNC_C_VERSION);
        there->at = i;
        if (there->running && wish->data != ADSYNC_DATA_ALL) { /* it was claimed since the slots were read: its row is its worker's */
            there->job = 0;
            continue;
        }
        if (!slot[strlen(name)] || sync_wish_same(&there->wish, wish)) return ADSYNC_OK;
        there->job = 0;
    }
    return rc;
}

/* The job that runs in the lane, where it brings exactly this and belongs to `parent` (0: whoever it belongs to). One of named entities is
 * no answer: it may have read them before what is told now happened. */
static adsync_status jobs_running(adsync__sync *sync, const sync_wish *wish, int64_t parent, jobs_there *there, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(wish->org), adsync__value_int(wish->connection), adsync__value_int(wish->data) };
    char mine[SYNC_SLOT], its[SYNC_SLOT];
    adsync_rows *lane = NULL;
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), wish->org, ADSYNC_T_LANES, 0, key, 1, &lane, error);

    if (rc < 0 || adsync_rows_next(lane, NULL) != ADSYNC_ROW || !adsync_rows_int(lane, ADSYNC_C_JOB)) goto done;
    if ((rc = jobs_there_load(sync, wish, adsync_rows_int(lane, ADSYNC_C_JOB), there, error)) < 0) goto done;
    sync_slot_name(wish, 0, mine);
    sync_slot_name(&there->wish, 0, its);
    if (!there->running || wish->kind || strcmp(mine, its) || !sync_wish_same(&there->wish, wish) || (parent && there->parent != parent))
        there->job = 0;
done:
    adsync_rows_free(lane);
    return rc;
}

/* ---- what is written */

static adsync_status jobs_put(adsync__sync *sync, const sync_wish *wish, int64_t job, int64_t parent, uint32_t children,
                              adsync__commit_unit *unit, adsync_error **error)
{
    adsync__buffer params;
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel));
    bool waits = wish->data != ADSYNC_DATA_ALL;
    const adsync_value null = adsync__value_null();
    adsync_status rc;

    if ((rc = sync_queue_put(sync, wish, job, false, !waits ? -1 : wish->after_us > now ? wish->after_us - now : 0, unit, error)) < 0)
        return rc;
    if ((rc = sync_params_write(wish, NULL, &params, error)) < 0) return rc;
    const adsync_value row[] = {
        adsync__value_int(wish->org),
        adsync__value_int(job),
        adsync__value_text(waits ? "queued" : "running"),
        adsync__value_int(0),
        adsync__value_int(0),
        null,
        null,
        adsync__value_int(now),
        null,
        null,
        children ? adsync__value_int(children) : null,
        adsync__value_int(wish->connection),
        adsync__value_text(sync_type_name(wish)),
        adsync__value_int(wish->data),
        adsync__value_int(wish->mode),
        adsync__value_int(1),
        adsync__value_int(wish->priority),
        parent ? adsync__value_int(parent) : null,
        parent ? adsync__value_text(adsync_data_name(wish->data)) : null,
        wish->kind ? adsync__value_int(wish->kind) : null,
        wish->from_day ? adsync__value_int(wish->from_day) : null,
        wish->to_day ? adsync__value_int(wish->to_day) : null,
        adsync__value_text(params.p),
        adsync__value_int(now),
    };

    adsync__unit_put(unit, ADSYNC_T_JOBS, ADSYNC_EXPECT_ABSENT, 0, row, ADSYNC__COUNT(row));
    adsync__buffer_free(&params);
    return ADSYNC_OK;
}

/* The row of a job that waits, or of a parent, with more in it: compared, so that it holds only while nobody claimed or ended it. */
static adsync_status jobs_put_more(const jobs_there *there, int64_t parent, uint32_t children, adsync__commit_unit *unit,
                                   adsync_error **error)
{
    adsync_value values[JOBS_WIDTH], slot[QUEUE_CLASS_AT + 4];
    adsync__buffer params = { 0 };
    char *cursor = NULL;
    adsync_status rc;

    if ((rc = sync_params_cursor(adsync_rows_text(there->rows, ADSYNC_C_PARAMS), &cursor, error)) < 0) return rc;
    if ((rc = sync_params_write(&there->wish, cursor, &params, error)) < 0) goto done;
    memcpy(values, adsync__rows_values(there->rows, 0), sizeof values);
    sync_wish_values(&there->wish, &params, values);
    if (parent && !there->parent) {
        values[JOBS_PARENT_AT] = adsync__value_int(parent);
        values[JOBS_CHILD_AT] = adsync__value_text(adsync_data_name(there->wish.data));
    }
    if (children) values[JOBS_OPEN_AT] = adsync__value_int(adsync_rows_int(there->rows, ADSYNC_C_OPEN_CHILDREN) + children);
    adsync__unit_put(unit, ADSYNC_T_JOBS, adsync_rows_int(there->rows, ADSYNC_C_VERSION), 0, values, JOBS_WIDTH);
    memcpy(slot, adsync__rows_values(there->slots, there->at), sizeof slot);
    if (slot[QUEUE_CLASS_AT].kind == ADSYNC_VALUE_INT && slot[QUEUE_CLASS_AT].i != there->wish.priority) {
        slot[QUEUE_CLASS_AT] = adsync__value_int(there->wish.priority);
        adsync__unit_put(unit, ADSYNC_T_QUEUE, there->slot_version, 0, slot, ADSYNC__COUNT(slot));
    }
done:
    adsync__buffer_free(&params);
    adsync__free(cursor);
    return rc;
}

/* ---- one class */

/* One set for both; where it becomes too large the job lists whatever changed. */
static adsync_status jobs_add_ids(jobs_there *there, const sync_wish *wish, bool *more, adsync_error **error)
{
    adsync_status rc;

    if (there->wish.mode != ADSYNC_SYNC_ENTITY || sync_wish_same(&there->wish, wish)) return ADSYNC_OK;
    if ((rc = sync_ids_union(there->wish.ids, wish->ids, &there->all, error)) < 0) return rc;
    *more = true;
    there->wish.ids = there->all.p;
    if (sync_ids_count(there->wish.ids) <= SYNC_IDS) return ADSYNC_OK;
    there->wish.ids = NULL;
    there->wish.mode = ADSYNC_SYNC_INCREMENTAL;
    return ADSYNC_OK;
}

static adsync_status jobs_take_waiting(const sync_wish *wish, int64_t parent, jobs_there *there, adsync__commit_unit *unit,
                                       sync_answer *answer, adsync_error **error)
{
    bool more = false;
    adsync_status rc;

    if (wish->kind && (rc = jobs_add_ids(there, wish, &more, error)) < 0) return rc;
    if (sync_wish_widen(&there->wish, wish)) more = true;
    *answer = (sync_answer){ .job = there->job, .found = true, .adopts = parent && !there->parent };
    return more || answer->adopts ? jobs_put_more(there, parent, 0, unit, error) : ADSYNC_OK;
}

adsync_status sync_job_want(adsync__sync *sync, const sync_wish *wish, int64_t parent, adsync__commit_unit *unit, sync_answer *answer,
                            adsync_error **error)
{
    jobs_there there = { 0 };
    adsync_status rc = jobs_running(sync, wish, parent, &there, error);

    *answer = (sync_answer){ .job = there.job, .found = there.job };
    if (rc >= 0 && !there.job && (rc = jobs_waiting(sync, wish, &there, error)) >= 0) {
        if (there.job) {
            rc = jobs_take_waiting(wish, parent, &there, unit, answer, error);
        } else {
            *answer = (sync_answer){ .job = sync_id_draw(sync), .adopts = parent != 0 };
            rc = jobs_put(sync, wish, answer->job, parent, 0, unit, error);
        }
    }
    jobs_there_free(&there);
    return rc;
}

/* ---- all classes */

static adsync_status jobs_want_all(adsync__sync *sync, const adsync__connector *connector, const sync_wish *wish,
                                   adsync__commit_unit *unit, sync_answer *answer, adsync_error **error)
{
    jobs_there there = { 0 };
    sync_answer child;
    uint32_t children = 0;
    adsync_status rc = jobs_waiting(sync, wish, &there, error);

    *answer = (sync_answer){ .job = there.job ? there.job : sync_id_draw(sync), .found = there.job };
    if (rc < 0 || (there.job && sync_wish_same(&there.wish, wish))) goto done; /* also where one of its children ended already */
    for (size_t i = 0; rc >= 0 && i < SYNC_DATAS; i++) {
        sync_wish one = *wish;
        one.data = sync_classes[i];
        if (connector && !sync_class_given(&connector->manifest, one.data)) continue;
        rc = sync_job_want(sync, &one, answer->job, unit, &child, error);
        children += child.adopts;
    }
    if (rc >= 0 && !there.job)
        rc = jobs_put(sync, wish, answer->job, 0, children, unit, error);
    else if (rc >= 0 && (sync_wish_widen(&there.wish, wish) || children))
        rc = jobs_put_more(&there, 0, children, unit, error);
done:
    jobs_there_free(&there);
    return rc;
}

/* That somebody asked is noted at the connection. The row is compared: whoever changed it meanwhile may have ended it. */
static void jobs_note_asking(adsync__sync *sync, const adsync__connection *connection, adsync__commit_unit *unit)
{
    adsync_value values[CONNECTIONS_REQUESTED_AT + 1];

    memcpy(values, adsync__rows_values(connection->rows, 0), sizeof values);
    values[CONNECTIONS_REQUESTED_AT] = adsync__value_int(adsync__now_us(adsync__kernel_effects(sync->kernel)));
    adsync__unit_put(unit, ADSYNC_T_CONNECTIONS, connection->version, 0, values, ADSYNC__COUNT(values));
}

/* Once. E_CONFLICT: somebody else was first, look again. PENDING: the job is one that was asked for before. */
static adsync_status jobs_try(adsync__sync *sync, const sync_wish *wish, const adsync__connection *connection, int64_t *job,
                              adsync_error **error)
{
    const adsync__connector *connector = adsync__kernel_find_connector(sync->kernel, connection->platform);
    adsync__commit_unit *unit;
    sync_answer answer;
    adsync_status rc;

    if ((rc = sync_class_check(connector, wish->data, error)) < 0) return rc;
    if (!(unit = adsync__unit_new(sync->kernel, wish->org, NULL, NULL))) return adsync__fail_memory(error);
    rc = wish->data == ADSYNC_DATA_ALL ? jobs_want_all(sync, connector, wish, unit, &answer, error)
                                       : sync_job_want(sync, wish, 0, unit, &answer, error);
    if (rc < 0) {
        adsync__unit_drop(unit);
        return rc;
    }
    jobs_note_asking(sync, connection, unit);
    if ((rc = adsync__unit_commit(unit, error)) < 0) return rc;
    *job = answer.job;
    return answer.found ? ADSYNC_PENDING : ADSYNC_OK;
}

static adsync_status jobs_ask(adsync__sync *sync, const sync_wish *wish, int64_t *job, adsync_error **error)
{
    adsync__connection connection;
    adsync_status rc;

    if ((rc = adsync__connection_load(sync->kernel, wish->org, wish->connection, &connection, error)) < 0) return rc;
    if ((rc = adsync__org_stands(adsync__kernel_storage(sync->kernel), wish->org, error)) >= 0) rc = sync_may(&connection, error);
    if (rc >= 0) rc = jobs_try(sync, wish, &connection, job, error);
    adsync__connection_unload(&connection);
    return rc;
}

adsync_status adsync__job_enqueue(adsync__sync *sync, int64_t org, int64_t connection, const adsync_job_options *options, int64_t *job,
                                  adsync_error **error)
{
    sync_wish wish = { .org = org, .connection = connection };
    adsync__buffer ids = { 0 };
    adsync_status rc;

    *job = 0;
    if ((rc = jobs_check(options, &wish, &ids, error)) < 0) goto done;
    for (uint32_t attempt = 0; attempt < JOBS_ATTEMPTS; attempt++)
        if ((rc = jobs_ask(sync, &wish, job, error)) != ADSYNC_E_CONFLICT && rc != ADSYNC_E_RETRY) break;
    if (rc == ADSYNC_OK) adsync__storage_notify(adsync__kernel_storage(sync->kernel));
done:
    adsync__buffer_free(&ids);
    return rc;
}

adsync_status adsync__job_row(adsync__sync *sync, int64_t org, int64_t job, adsync_rows **out, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(job) };
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), org, ADSYNC_T_JOBS, 0, key, 1, out, error);

    if (rc < 0 || adsync_rows_count(*out)) return rc;
    adsync_rows_free(*out);
    *out = NULL;
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "job.not_found", "there is no job %lld", (long long)job);
}
