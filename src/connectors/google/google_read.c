/* SPDX-License-Identifier: MIT */
/* Lists, single objects, and what changed. All are queries; a list costs one operation whatever its length, and shows what was removed.
 *
 *     list PASS: TOKEN                  all of a kind; the passes are the places in which it lies
 *     get PASS: TOKEN CHUNK             those that the task names, some hundred at a time
 *     log PASS: - FROM                  the change log from an instant on, in its order; it names what changed, not how
 *     ids PASS: TOKEN THEN LIST         the objects themselves; then the log goes on at THEN, where it has not been read to its end
 *
 * (PASS stands in TRIES.) The log gives at most 10,000 lines: when that many came, or more than fit, it is read again from the last
 * instant on, that one included. What the log cannot say is read as a list: more objects of one instant than fit, a time that is too long
 * ago, a shared budget of nobody knows which campaigns. */
#include "google_int.h"

#include <stdio.h>

enum { READ_CHUNK = 300, READ_LOG = 10000, READ_LIST_MOST = 7000, READ_INSTANT = 40, READ_LOG_DAYS = 88 };

static const google_source *read_source(const adsync_task *task, const adsync__place *at)
{
    return google_source_of(adsync_task_kind(task), at->tries);
}

static adsync_status read_source_ask(adsync__call *call, const google_source **source)
{
    if ((*source = read_source(call->task, &call->at))) return ADSYNC_OK;
    return adsync__invalid(call->platform, "cursor", "there is no such pass", call->error);
}

static adsync_status read_query(adsync__call *call)
{
    char account[GOOGLE_ID_ROOM], login[GOOGLE_ID_ROOM];
    adsync_status rc = google_account(call, account);

    return rc < 0 ? rc : google_search(call, account, google_login(call->task, login));
}

/* SELECT .. FROM .. WHERE, with what all queries of this kind say; `and`: whether something stands behind the WHERE. */
static void read_select(adsync__call *call, const google_source *source, bool *and)
{
    const adsync__kind *kind = source->kind;

    google_select(&call->target, kind->fields, kind->n);
    adsync__buffer_text(&call->target, " FROM ");
    adsync__buffer_text(&call->target, kind->path);
    *and = kind->filter != NULL;
    if (*and) adsync__buffer_text(&call->target, " WHERE ");
    if (*and) adsync__buffer_text(&call->target, kind->filter);
}

static void read_and(adsync__call *call, bool *and)
{
    adsync__buffer_text(&call->target, *and? " AND " : " WHERE ");
    *and = true;
}

/* ---- the account's clock */

static adsync_status read_zone(adsync__call *call, adsync__zone **zone)
{
    const char *name = adsync_task_fact(call->task, "time_zone");

    *zone = NULL;
    if (!name || !*name)
        return adsync__invalid(call->platform, "time_zone", "changes are told by the account's clock: read the account first", call->error);
    return adsync__zone_load(NULL, name, zone, call->error);
}

/* FIELD >= 'since'. Around a change of the clock a local time may be meant twice: two hours more do no harm. */
static void read_since(adsync__call *call, const char *field, const adsync__zone *zone, int64_t us)
{
    const int64_t hours = 7200 * ADSYNC__SECOND_US;

    if (adsync__zone_offset(zone, us - hours) != adsync__zone_offset(zone, us + hours)) us -= hours;
    adsync__buffer_text(&call->target, field);
    adsync__buffer_text(&call->target, " >= '");
    google_instant(&call->target, zone, us > 0 ? us : 0);
    adsync__buffer_char(&call->target, '\'');
}

/* ---- lists */

adsync_status google_list_ask(adsync__call *call)
{
    const google_source *source;
    int64_t since = adsync_task_int(call->task, "since_us");
    adsync__zone *zone = NULL;
    bool and;
    adsync_status rc;

    if ((rc = read_source_ask(call, &source)) < 0) return rc;
    read_select(call, source, &and);
    if (source->kind->since && since > 0) { /* answers come late: a day more */
        if ((rc = read_zone(call, &zone)) < 0) return rc;
        read_and(call, &and);
        read_since(call, source->kind->since, zone, since - ADSYNC__DAY_US);
        adsync__zone_free(zone);
    }
    return read_query(call);
}

static adsync_status read_entity(adsync__answer *a, adsync__node row) { return adsync__entity(a, read_source(a->task, &a->at)->kind, row); }

/* The next pass from its beginning. */
static bool read_next_pass(const adsync__answer *a, adsync__place *then)
{
    *then = (adsync__place){ .step = a->at.step, .tries = a->at.tries + 1 };
    return read_source(a->task, then) != NULL;
}

/* Answers to forms drop out by age. */
static adsync_status read_walk(adsync__answer *a, const adsync__place *then)
{
    bool fades = adsync_task_kind(a->task) == ADSYNC_KIND_LEAD;

    if (!read_source(a->task, &a->at)) return adsync__bad_shape(a, "there is no such pass");
    return google_walk(a, read_entity, then, fades ? ADSYNC_EVIDENCE_WEAK : ADSYNC_EVIDENCE_STRONG);
}

adsync_status google_list_digest(adsync__answer *a)
{
    adsync__place then;

    if (google_is_refused(a)) return google_refuse(a);
    a->at.step = GOOGLE_AT_LIST;
    return read_walk(a, read_next_pass(a, &then) ? &then : NULL);
}

/* ---- some, by their ids: "1" or "GROUP~1" */

static bool read_is_id(const char *id, size_t size)
{
    size_t n = 0, joints = 0;

    while (n < size && ((id[n] >= '0' && id[n] <= '9') || id[n] == '~')) joints += id[n++] == '~';
    return size && n == size && size <= 60 && joints <= 1 && id[0] != '~' && id[size - 1] != '~';
}

/* `field` IN (..): of each id what stands before its ~, or behind it. The list is of ids, separated by commas. */
static void read_in(adsync__call *call, const char *field, const char *list, bool group, bool quoted)
{
    bool any = false;

    adsync__buffer_text(&call->target, field);
    adsync__buffer_text(&call->target, " IN (");
    for (const char *at = list; *at; at += strcspn(at, ",")) {
        at += *at == ',';
        size_t size = strcspn(at, ","), joint = 0;
        while (joint < size && at[joint] != '~') joint++;
        const char *from = group || joint == size ? at : at + joint + 1;
        if (any) adsync__buffer_text(&call->target, ", ");
        if (quoted) adsync__buffer_char(&call->target, '\'');
        adsync__buffer_add(&call->target, from, group ? joint : size - (size_t)(from - at));
        if (quoted) adsync__buffer_char(&call->target, '\'');
        any = true;
    }
    adsync__buffer_char(&call->target, ')');
}

/* Both halves of a joined id are compared on their own: what is read besides is true as well. */
static adsync_status read_some(adsync__call *call, const google_source *source, const char *list, bool joined)
{
    bool and;

    read_select(call, source, &and);
    if (source->group_key && joined) {
        read_and(call, &and);
        read_in(call, source->group_key, list, true, false);
    }
    read_and(call, &and);
    read_in(call, source->key, list, false, source->kind->kind == ADSYNC_KIND_LEAD);
    return read_query(call);
}

static int64_t read_number(const char *text)
{
    int64_t value = 0;

    return adsync__decimal_exact(text, strlen(text), 0, &value) >= 0 && value > 0 && value < 1000000 ? value : 0;
}

adsync_status google_get_ask(adsync__call *call)
{
    const google_source *source;
    uint32_t first = (uint32_t)read_number(call->at.arg[1]) * READ_CHUNK, n = adsync_task_ids(call->task);
    adsync__buffer list;
    bool joined = true;
    adsync_status rc;

    if ((rc = read_source_ask(call, &source)) < 0) return rc;
    adsync__buffer_begin(&list, GOOGLE_QUERY_MOST);
    for (uint32_t i = first; i < n && i - first < READ_CHUNK && rc >= 0; i++) {
        const char *id = adsync_task_id(call->task, i);
        bool fine = source->kind->kind == ADSYNC_KIND_LEAD ? adsync__is_id(id) : read_is_id(id, strlen(id));
        if (!fine) rc = adsync__invalid(call->platform, "id", "the task names an id that Google could not have given", call->error);
        joined = joined && strchr(id, '~');
        adsync__join(&list, id, strlen(id));
    }
    if (rc >= 0 && list.failed) rc = adsync__fail_memory(call->error);
    if (rc >= 0 && !list.size) rc = adsync__invalid(call->platform, "id", "the task names no id", call->error);
    if (rc >= 0) rc = read_some(call, source, list.p, joined);
    adsync__buffer_free(&list);
    return rc;
}

adsync_status google_get_digest(adsync__answer *a)
{
    int64_t chunk = read_number(a->at.arg[1]) + 1;
    bool more = chunk * READ_CHUNK < adsync_task_ids(a->task);
    adsync__place then;
    char text[24];

    if (google_is_refused(a)) return google_refuse(a);
    a->at.step = GOOGLE_AT_GET;
    if (!read_next_pass(a, &then)) {
        (void)snprintf(text, sizeof text, "%lld", (long long)chunk);
        then = (adsync__place){ .step = GOOGLE_AT_GET, .arg = { "", text } };
        return read_walk(a, more ? &then : NULL);
    }
    then.arg[1] = a->at.arg[1];
    return read_walk(a, &then);
}

/* ---- what changed */

/* In a cursor an instant of the log has a T for its blank. */
static adsync_status read_log_ask(adsync__call *call, const google_source *source)
{
    const char *from = call->at.arg[1];
    adsync__zone *zone = NULL;
    adsync_status rc = read_zone(call, &zone);

    if (rc < 0) return rc;
    adsync__buffer_text(&call->target, "SELECT change_status.last_change_date_time, change_status.resource_type, ");
    google_member(&call->target, "changeStatus", source->log_member);
    adsync__buffer_text(&call->target, " FROM change_status WHERE ");
    if (*from) {
        adsync__buffer_text(&call->target, "change_status.last_change_date_time >= '");
        for (; *from; from++) adsync__buffer_char(&call->target, *from == 'T' ? ' ' : *from);
        adsync__buffer_char(&call->target, '\'');
    } else {
        read_since(call, "change_status.last_change_date_time", zone, adsync_task_int(call->task, "since_us"));
    }
    adsync__buffer_text(&call->target, " AND change_status.last_change_date_time <= '");
    google_instant(&call->target, zone, adsync_task_int(call->task, "now_us") + ADSYNC__DAY_US);
    adsync__buffer_text(&call->target, "' AND change_status.resource_type IN (");
    adsync__buffer_text(&call->target, source->log_types);
    adsync__buffer_text(&call->target, ") ORDER BY change_status.last_change_date_time ASC LIMIT ");
    adsync__buffer_int(&call->target, READ_LOG);
    adsync__zone_free(zone);
    return read_query(call);
}

/* Whether the log goes back that far; else all is read. */
static bool read_log_reaches(const adsync_task *task, const google_source *source)
{
    int64_t since = adsync_task_int(task, "since_us");

    return source->log_types && since > adsync_task_int(task, "now_us") - READ_LOG_DAYS * ADSYNC__DAY_US;
}

adsync_status google_changes_ask(adsync__call *call)
{
    const google_source *source;
    adsync_status rc = read_source_ask(call, &source);

    if (rc < 0) return rc;
    if (call->at.step == GOOGLE_AT_IDS)
        return *call->at.arg[2] ? read_some(call, source, call->at.arg[2], strchr(call->at.arg[2], '~'))
                                : adsync__invalid(call->platform, "cursor", "it names nothing that changed", call->error);
    if (call->at.step == GOOGLE_AT_LIST || !read_log_reaches(call->task, source)) return google_list_ask(call);
    return read_log_ask(call, source);
}

/* What came of the log: ids, each once, as long as they fit; up to which instant; whether that was all. */
typedef struct read_log {
    const google_source *source;
    adsync__buffer ids;
    char last[READ_INSTANT];
    uint32_t lines;
    bool all, blind; /* blind: it does not say of which objects */
} read_log;

static bool read_log_has(const read_log *log, const char *id, size_t size)
{
    for (const char *at = log->ids.size ? log->ids.p : ""; *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == size && !memcmp(at, id, size)) return true;
    return false;
}

/* One line. false: it is none. */
static bool read_log_line(read_log *log, adsync__node row)
{
    adsync__node line = adsync__node_get(row, "changeStatus");
    size_t size = 0, stamp_size = 0;
    const char *name = adsync__node_text(adsync__node_get(line, log->source->log_member), &size);
    const char *stamp = adsync__node_text(adsync__node_get(line, "lastChangeDateTime"), &stamp_size), *id;
    char joint = log->source->log_joined ? '~' : '/';

    if (!stamp || stamp_size < 19 || stamp_size >= sizeof log->last || strspn(stamp, "0123456789-:. T") != stamp_size) return false;
    if (adsync__node_is(adsync__node_get(line, "resourceType"), "CAMPAIGN_BUDGET") || !name) {
        log->blind = true;
        return true;
    }
    for (id = name + size; id > name && id[-1] != '/' && id[-1] != joint; id--) {}
    size -= (size_t)(id - name);
    if (!read_is_id(id, size)) return false;
    if (log->ids.size + size > READ_LIST_MOST) {
        log->all = false;
        return true;
    }
    memcpy(log->last, stamp, stamp_size + 1);
    log->last[10] = 'T';
    if (read_log_has(log, id, size)) return true;
    adsync__join(&log->ids, id, size);
    return true;
}

static adsync_status read_log_lines(adsync__answer *a, read_log *log)
{
    adsync__items items = adsync__node_items(adsync__node_get(a->root, "results"));
    size_t next = 0;
    adsync__node row;

    (void)adsync__node_text(adsync__node_get(a->root, "nextPageToken"), &next);
    while (log->all && !log->blind && adsync__items_next(&items, &row)) {
        log->lines++;
        if (!read_log_line(log, row)) return adsync__bad_shape(a, "a line of the change log that is none");
    }
    if (log->lines >= READ_LOG || next) log->all = false;
    return log->ids.failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}

static adsync_status read_log_digest(adsync__answer *a, const google_source *source)
{
    read_log log = { .source = source, .all = true };
    adsync__place then, to = { .step = GOOGLE_AT_IDS, .tries = a->at.tries };
    adsync_status rc;

    adsync__buffer_begin(&log.ids, READ_LIST_MOST + 64);
    rc = read_log_lines(a, &log);
    to.arg[1] = log.all ? "" : log.last;
    to.arg[2] = log.ids.p;
    a->at.step = GOOGLE_AT_LOG;
    if (rc < 0)
        goto done;
    else if (log.blind || (!log.all && !strcmp(log.last, a->at.arg[1]))) /* or no step forward */
        adsync__next(a, &(adsync__place){ .step = GOOGLE_AT_LIST, .tries = a->at.tries });
    else if (log.ids.size)
        adsync__next(a, &to);
    else if (read_next_pass(a, &then))
        adsync__next(a, &then);
    else
        adsync__done(a);
done:
    adsync__buffer_free(&log.ids);
    return rc;
}

adsync_status google_changes_digest(adsync__answer *a)
{
    static const adsync__word log_refused[] = { { "*.START_DATE_TOO_OLD", "" }, { "*.CHANGE_DATE_RANGE_*", "" }, { 0 } };
    const google_source *source = read_source(a->task, &a->at);
    bool list = a->at.step == GOOGLE_AT_LIST || !source || !read_log_reaches(a->task, source);
    adsync__place then = { .step = GOOGLE_AT_LOG, .tries = a->at.tries, .arg = { "", a->at.arg[1] } };

    if (!source) return adsync__bad_shape(a, "there is no such pass");
    if (google_is_refused(a)) {
        if (list || !adsync__word_of(log_refused, a->refused.name, strlen(a->refused.name))) return google_refuse(a);
        adsync__next(a, &(adsync__place){ .step = GOOGLE_AT_LIST, .tries = a->at.tries });
        return ADSYNC_OK;
    }
    if (a->at.step != GOOGLE_AT_IDS && !list) return read_log_digest(a, source);
    if (list) a->at.step = GOOGLE_AT_LIST;
    if (!list && *a->at.arg[1]) return read_walk(a, &then);
    if (!read_next_pass(a, &then)) return read_walk(a, NULL);
    then.step = GOOGLE_AT_LOG;
    return read_walk(a, &then);
}
