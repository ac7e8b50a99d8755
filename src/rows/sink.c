/* SPDX-License-Identifier: MIT */
/* Sinks: what a callback found is checked and copied as it comes in, so that a storage which lies is caught at the door. */
#include "rows.h"

#include <inttypes.h>

/* Keeps the first refusal; adsync__sink_end reports it even where the callback did not pass it on. Never E_INVALID: that would blame
 * the caller of the library for what the callback did. */
static adsync_status sink_refuse(adsync_sink *sink, adsync_status status, const char *what)
{
    if (!sink->failed) {
        sink->failed = status;
        if (status == ADSYNC_E_MEMORY) (void)adsync__fail_memory(&sink->error);
        else (void)adsync__fail(&sink->error, status, "storage.answer", "the callback's answer cannot be taken: %s", what);
    }
    return sink->failed;
}

static adsync_status sink_ready(adsync_sink *sink, uint32_t mode)
{
    if (!sink || sink->mode == ADSYNC__SINK_CLOSED) return ADSYNC_E_INVALID; /* used after its callback returned */
    if (sink->failed) return sink->failed;
    if (sink->mode != mode) return sink_refuse(sink, ADSYNC_E_FORMAT, "this sink takes something else");
    return ADSYNC_OK;
}

adsync_status adsync__sink_rows(adsync_sink *sink, const uint32_t *columns, const uint8_t *kinds, uint32_t width, uint32_t n_key,
                                uint32_t wanted, adsync_error **error)
{
    uint32_t ids[ADSYNC__C_LAST + 1];
    adsync_status rc;

    if (!wanted || wanted > width) wanted = width;
    if (wanted < n_key) wanted = n_key; /* a row without its key is no use to anybody */
    *sink = (adsync_sink){ .kinds = kinds, .width = width, .n_key = n_key, .wanted = wanted };
    memcpy(ids, columns, sink->wanted * sizeof *ids);
    ids[sink->wanted] = ADSYNC_C_VERSION;
    if ((rc = adsync__rows_new(ids, sink->wanted + 1, &sink->rows, error)) < 0) return rc;
    if (!(sink->row = adsync__alloc_zero(width + 1, sizeof *sink->row))) {
        adsync_rows_free(sink->rows);
        sink->rows = NULL;
        return adsync__fail_memory(error);
    }
    sink->mode = ADSYNC__SINK_ROWS;
    return ADSYNC_OK;
}

void adsync__sink_conflicts(adsync_sink *sink, uint8_t *flags, uint32_t n_changes)
{
    *sink = (adsync_sink){ .mode = ADSYNC__SINK_CONFLICTS, .conflicts = flags, .n_changes = n_changes };
    memset(flags, 0, n_changes);
}

void adsync__sink_bytes(adsync_sink *sink, size_t max)
{
    *sink = (adsync_sink){ .mode = ADSYNC__SINK_BYTES };
    adsync__buffer_begin(&sink->bytes, max);
}

/* Brings a value to its column's kind. */
static adsync_status sink_fit(adsync_sink *sink, uint32_t column, adsync_value *value)
{
    uint32_t kind = sink->kinds[column];

    if (value->kind == ADSYNC_VALUE_NULL) {
        *value = adsync__value_null();
        return column < sink->n_key ? sink_refuse(sink, ADSYNC_E_FORMAT, "a key column is null") : ADSYNC_OK;
    }
    if (kind == ADSYNC_VALUE_INT || value->kind == ADSYNC_VALUE_INT) {
        if (kind == value->kind) {
            *value = adsync__value_int(value->i);
            return ADSYNC_OK;
        }
        return sink_refuse(sink, ADSYNC_E_FORMAT, "a number where text stands, or text where a number stands");
    }
    if (value->kind > ADSYNC_VALUE_BYTES) return sink_refuse(sink, ADSYNC_E_FORMAT, "a value of no known kind");
    if (value->size && !value->p) return sink_refuse(sink, ADSYNC_E_FORMAT, "a value of some size at no address");
    if (kind == ADSYNC_VALUE_TEXT && !adsync__utf8_valid(value->p, value->size))
        return sink_refuse(sink, ADSYNC_E_FORMAT, "text that is not UTF-8 or holds NUL");
    value->kind = kind;
    return adsync__rows_copy(sink->rows, value) ? ADSYNC_OK : sink_refuse(sink, ADSYNC_E_MEMORY, "");
}

/* Takes `sink->row`, of which `filled` columns came. */
static adsync_status sink_take(adsync_sink *sink, int64_t version)
{
    if (sink->most && adsync_rows_count(sink->rows) == sink->most)
        return sink_refuse(sink, ADSYNC_E_FORMAT, "more rows than were asked for");
    if (version < 1) return sink_refuse(sink, ADSYNC_E_FORMAT, "a version below 1");
    if (sink->filled < sink->n_key) return sink_refuse(sink, ADSYNC_E_FORMAT, "a row without its whole key");
    for (uint32_t i = sink->filled; i < sink->wanted; i++)
        sink->row[i] = adsync__value_null();
    sink->row[sink->wanted] = adsync__value_int(version);
    return adsync__rows_take(sink->rows, sink->row) ? ADSYNC_OK : sink_refuse(sink, ADSYNC_E_MEMORY, "");
}

adsync_status adsync_sink_values(adsync_sink *sink, int64_t version, const adsync_value *values, uint32_t n)
{
    adsync_status rc = sink_ready(sink, ADSYNC__SINK_ROWS);

    if (rc < 0) return rc;
    if (sink->begun) return sink_refuse(sink, ADSYNC_E_FORMAT, "a whole row inside one that was begun");
    if (n && !values) return sink_refuse(sink, ADSYNC_E_FORMAT, "no values");
    sink->filled = n < sink->wanted ? n : sink->wanted; /* more than asked for is fine */
    for (uint32_t i = 0; i < sink->filled; i++) {
        sink->row[i] = values[i];
        if ((rc = sink_fit(sink, i, &sink->row[i])) < 0) return rc;
    }
    return sink_take(sink, version);
}

/* A row given value by value ends where the next begins, or with the callback. Its version stands in `row[width]` meanwhile. */
static adsync_status sink_finish(adsync_sink *sink)
{
    if (!sink->begun) return ADSYNC_OK;
    sink->begun = false;
    return sink_take(sink, sink->row[sink->width].i);
}

adsync_status adsync_sink_row(adsync_sink *sink, int64_t version)
{
    adsync_status rc = sink_ready(sink, ADSYNC__SINK_ROWS);

    if (rc < 0 || (rc = sink_finish(sink)) < 0) return rc;
    sink->begun = true;
    sink->filled = 0;
    sink->row[sink->width] = adsync__value_int(version);
    return ADSYNC_OK;
}

/* What is appended is copied at once: its bytes need not last until the row is whole. */
static adsync_status sink_append(adsync_sink *sink, adsync_value value)
{
    adsync_status rc = sink_ready(sink, ADSYNC__SINK_ROWS);

    if (rc < 0) return rc;
    if (!sink->begun) return sink_refuse(sink, ADSYNC_E_FORMAT, "a value before adsync_sink_row");
    if (sink->filled == sink->wanted) return ADSYNC_OK; /* more than asked for is fine */
    if ((rc = sink_fit(sink, sink->filled, &value)) < 0) return rc;
    sink->row[sink->filled++] = value;
    return ADSYNC_OK;
}

adsync_status adsync_sink_null(adsync_sink *sink) { return sink_append(sink, adsync__value_null()); }
adsync_status adsync_sink_int(adsync_sink *sink, int64_t value) { return sink_append(sink, adsync__value_int(value)); }

static adsync_status sink_append_bytes(adsync_sink *sink, const void *p, size_t size, uint32_t kind)
{
    if (size > UINT32_MAX && sink && sink->mode != ADSYNC__SINK_CLOSED) return sink_refuse(sink, ADSYNC_E_FORMAT, "a value over 4 GiB");
    return sink_append(sink, (adsync_value){ .kind = kind, .size = (uint32_t)size, .p = p });
}

adsync_status adsync_sink_text(adsync_sink *sink, const char *p, size_t size)
{
    if (size == SIZE_MAX) size = p ? strlen(p) : 0;
    return sink_append_bytes(sink, p, size, ADSYNC_VALUE_TEXT);
}

adsync_status adsync_sink_bytes(adsync_sink *sink, const void *p, size_t size)
{
    adsync_status rc;

    if (!sink || sink->mode != ADSYNC__SINK_BYTES) return sink_append_bytes(sink, p, size, ADSYNC_VALUE_BYTES);
    if ((rc = sink_ready(sink, ADSYNC__SINK_BYTES)) < 0) return rc;
    if (size && !p) return sink_refuse(sink, ADSYNC_E_FORMAT, "bytes of some size at no address");
    adsync__buffer_add(&sink->bytes, p, size);
    return sink->bytes.failed ? sink_refuse(sink, sink->bytes.failed, "more bytes than fit") : ADSYNC_OK;
}

adsync_status adsync_sink_conflict(adsync_sink *sink, uint32_t change)
{
    adsync_status rc = sink_ready(sink, ADSYNC__SINK_CONFLICTS);

    if (rc < 0) return rc;
    if (change >= sink->n_changes) return sink_refuse(sink, ADSYNC_E_FORMAT, "a conflict of a change that was not in the commit");
    if (!sink->conflicts[change]) sink->n_conflicts++;
    sink->conflicts[change] = 1;
    return ADSYNC_OK;
}

adsync_status adsync__sink_end(adsync_sink *sink, adsync_status answered, adsync_rows **rows, adsync_error **error)
{
    adsync_status rc = answered;

    if (answered >= 0 && !sink->failed) (void)sink_finish(sink);
    if (sink->failed) {
        rc = sink->failed;
        if (error) { /* the sink's words say more than what the callback made of them */
            adsync_error_free(*error);
            *error = sink->error;
            sink->error = NULL;
        }
    }
    if (rows) *rows = rc < 0 ? NULL : sink->rows;
    if (!rows || rc < 0) adsync_rows_free(sink->rows);
    adsync__free(sink->row);
    adsync_error_free(sink->error);
    sink->rows = NULL;
    sink->row = NULL;
    sink->error = NULL;
    sink->mode = ADSYNC__SINK_CLOSED;
    return rc;
}
