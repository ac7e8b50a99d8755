/* SPDX-License-Identifier: MIT */
/* What a job is asked to bring, and when two askings are one.
 *
 * A slot is named after the kind of work and, where days were named, after these: "manual-sync:metrics",
 * "manual-sync:metrics:20260101-20260131". Within one slot wishes differ only by how much of the same they want (mode, days back from
 * today), so the larger one holds the smaller: a queued job is widened and nothing that was asked for is lost or done twice. A job that
 * runs is nobody's to change: it answers an equal wish, and any other one is queued behind it.
 *
 * A job that waits to go on after it has run waits in the same slot, or where a newer one took that, in one with its own number
 * behind: "manual-sync:metrics~42". */
#include "sync_int.h"

#include <stdio.h>

enum { WISH_MODE_AT = 14, WISH_PRIORITY_AT = 16, WISH_PARAMS_AT = 22 };

static const char *const wish_type_names[] = {
    [SYNC_TYPE_MANUAL] = "manual-sync", [SYNC_TYPE_SCHEDULED] = "scheduled-sync", [SYNC_TYPE_WEBHOOK] = "webhook-sync"
};

/* A backfill is one whoever asks for it, so that there is one. */
const char *sync_type_name(const sync_wish *wish)
{
    return wish->mode == ADSYNC_SYNC_BACKFILL ? "initial-backfill" : wish_type_names[wish->type];
}

static uint32_t wish_type(const char *name)
{
    uint32_t type = ADSYNC__COUNT(wish_type_names) - 1;

    while (type && !adsync__equal_text(name, wish_type_names[type])) type--;
    return type;
}

void sync_slot_name(const sync_wish *wish, int64_t job, char slot[SYNC_SLOT])
{
    char days[24] = "", own[24] = "", kind[16] = "";

    if (wish->from_day) (void)snprintf(days, sizeof days, ":%lld-%lld", (long long)wish->from_day, (long long)wish->to_day);
    if (job) (void)snprintf(own, sizeof own, "~%lld", (long long)job);
    if (wish->kind) (void)snprintf(kind, sizeof kind, ":%s", adsync_kind_name(wish->kind));
    (void)snprintf(slot, SYNC_SLOT, "%s:%s%s%s%s", sync_type_name(wish), adsync_data_name(wish->data), kind, days, own);
}

bool sync_slot_is(const char *slot, const char *name)
{
    size_t n = strlen(name);

    return slot && !strncmp(slot, name, n) && (!slot[n] || slot[n] == '~');
}

/* Defaults become what they stand for; what says nothing about this class of data is dropped. */
void sync_wish_settle(sync_wish *wish)
{
    if (sync_class_lists(wish->data)) {
        wish->from_day = wish->to_day = wish->days = 0;
        return;
    }
    if (!wish->days) wish->days = wish->mode == ADSYNC_SYNC_INCREMENTAL ? SYNC_HOT_DAYS : SYNC_BACKFILL_DAYS;
    if (wish->to_day && !wish->from_day) wish->from_day = adsync__day_add(wish->to_day, 1 - wish->days);
    if (wish->from_day) wish->days = 0;
}

static int64_t wish_days(const char *params)
{
    int64_t days = 0;

    for (const char *at = params ? strpbrk(params, "0123456789") : NULL; at && *at >= '0' && *at <= '9' && days <= SYNC_DAYS_MOST; at++)
        days = days * 10 + (*at - '0');
    return days <= SYNC_DAYS_MOST ? days : 0;
}

void sync_wish_read(sync_wish *wish, adsync_rows *job, int64_t org)
{
    *wish = (sync_wish){
        .org = org,
        .connection = adsync_rows_int(job, ADSYNC_C_CONNECTION),
        .from_day = adsync_rows_int(job, ADSYNC_C_FROM_DAY),
        .to_day = adsync_rows_int(job, ADSYNC_C_TO_DAY),
        .days = wish_days(adsync_rows_text(job, ADSYNC_C_PARAMS)),
        .data = (uint32_t)adsync_rows_int(job, ADSYNC_C_DATA),
        .mode = (uint32_t)adsync_rows_int(job, ADSYNC_C_MODE),
        .priority = (uint32_t)adsync_rows_int(job, ADSYNC_C_PRIORITY),
        .type = wish_type(adsync_rows_text(job, ADSYNC_C_TYPE)),
        .kind = (uint32_t)adsync_rows_int(job, ADSYNC_C_KIND),
    };
    if (!sync_class_lists(wish->data)) sync_wish_settle(wish);
}

/* Of two wishes of one slot. */
bool sync_wish_same(const sync_wish *a, const sync_wish *b)
{
    if (a->kind && a->mode == ADSYNC_SYNC_ENTITY && b->ids) return sync_ids_within(b->ids, a->ids);
    if (a->kind) return true; /* they became too many: it brings all that changed */
    return (a->data == ADSYNC_DATA_METRICS || a->mode == b->mode) && (sync_class_lists(a->data) || a->days == b->days);
}

/* True: it grew. */
bool sync_wish_widen(sync_wish *wish, const sync_wish *by)
{
    sync_wish was = *wish;

    if (!wish->kind && by->mode > wish->mode) wish->mode = by->mode;
    if (by->days > wish->days) wish->days = by->days;
    if (by->priority < wish->priority) wish->priority = by->priority;
    return wish->mode != was.mode || wish->days != was.days || wish->priority != was.priority;
}

/* Of what a cursor's plan depends on: a cursor made for another wish begins anew. */
int64_t sync_wish_digest(const sync_wish *wish)
{
    int64_t digest = wish->data;

    for (const char *at = wish->ids; at && *at; at++) digest = (digest * 31 + *at) & INT32_MAX;
    if (sync_class_lists(wish->data)) return (digest * 16 + wish->kind) * 8 + wish->mode;
    return ((digest * 8 + wish->days) << 12 ^ wish->from_day) * 32 + wish->to_day;
}

/* ---- what else was asked, and where a job stood that had to leave its lane, as JSON: {"days":30,"ids":["11"],"cursor":".."} */

adsync_status sync_params_write(const sync_wish *wish, const char *cursor, adsync__buffer *out, adsync_error **error)
{
    adsync__json json;

    adsync__buffer_begin(out, SYNC_CURSOR * 2);
    adsync__json_begin(&json, out);
    adsync__json_open(&json, '{');
    adsync__json_key(&json, "days");
    adsync__json_int(&json, wish->days);
    if (wish->ids) {
        adsync__json_key(&json, "ids");
        adsync__json_raw(&json, wish->ids, strlen(wish->ids));
    }
    if (cursor) {
        adsync__json_key(&json, "cursor");
        adsync__json_text(&json, cursor, strlen(cursor));
    }
    adsync__json_close(&json, '}');
    if (!out->failed) return ADSYNC_OK;
    adsync__buffer_free(out);
    return adsync__fail_memory(error);
}

adsync_status sync_params_cursor(const char *params, char **cursor, adsync_error **error)
{
    adsync__reader *reader = NULL;
    adsync__node root;
    adsync__buffer padded;
    const char *text;
    adsync_status rc = ADSYNC_OK;

    *cursor = NULL;
    if (!params || !strstr(params, "\"cursor\"")) return ADSYNC_OK;
    adsync__buffer_begin(&padded, SYNC_CURSOR * 2 + ADSYNC__READER_PADDING);
    adsync__buffer_text(&padded, params);
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(&padded, 0);
    if (padded.failed || adsync__reader_new(SYNC_CURSOR * 2, &reader, NULL) < 0) {
        rc = adsync__fail_memory(error);
        goto done;
    }
    if (adsync__reader_parse(reader, padded.p, strlen(params), &root, NULL) < 0) goto done;
    text = adsync__node_text(adsync__node_get(root, "cursor"), NULL);
    if (text && !(*cursor = adsync__copy_text(text))) rc = adsync__fail_memory(error);
done:
    adsync__reader_free(reader);
    adsync__buffer_free(&padded);
    return rc;
}

/* A job's row with another wish or cursor; the texts of `values` are those of the row and of `params`. */
void sync_wish_values(const sync_wish *wish, const adsync__buffer *params, adsync_value *values)
{
    values[WISH_MODE_AT] = adsync__value_int(wish->mode);
    values[WISH_PRIORITY_AT] = adsync__value_int(wish->priority);
    values[WISH_PARAMS_AT] = adsync__value_text(params->p);
}
