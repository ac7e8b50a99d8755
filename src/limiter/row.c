/* SPDX-License-Identifier: MIT */
/* A limit's row as bytes: a format number, then numbers of 7 bits a byte, the low ones first, the high bit saying that more follow:
 *
 *     1  updated reset  blocked pace_since refused_until pace refused
 *     n_windows, each:  align burst permits length  n_leases, each:  holder until seq units want   (want only where seq is not 0)  */
#include "limiter_int.h"

#include <inttypes.h>

enum { ROW_FORMAT = 1, ROW_LEASES = 8192 };

typedef struct row_reader {
    const uint8_t *p, *end;
    bool bad;
} row_reader;

static uint64_t row_get(row_reader *in, uint64_t most)
{
    uint64_t value = 0;

    for (uint32_t shift = 0; shift < 63 && in->p < in->end; shift += 7) {
        uint8_t byte = *in->p++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80) continue;
        if (value > most) break;
        return value;
    }
    in->bad = true;
    return 0;
}

static int64_t row_time(row_reader *in) { return (int64_t)row_get(in, LIMITER_NEVER / 4); } /* so that sums of times fit */
static uint32_t row_count(row_reader *in, uint32_t most) { return (uint32_t)row_get(in, most); }

static void row_put(adsync__buffer *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        adsync__buffer_char(out, (char)(value | 0x80));
    adsync__buffer_char(out, (char)value);
}

static adsync_status row_bad(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_FORMAT, "limit.row",
                        "a row of the table limits is damaged: nothing is taken from it; delete the row to start anew");
}

static void row_read_lease(row_reader *in, adsync__limit_lease *lease)
{
    lease->holder = (int64_t)row_get(in, INT64_MAX);
    lease->until = row_time(in);
    lease->seq = row_count(in, UINT32_MAX);
    lease->units = row_count(in, INT32_MAX);
    lease->want = lease->seq ? row_count(in, INT32_MAX) : 0;
}

static adsync_status row_read_window(adsync__limit_row *row, row_reader *in, adsync_error **error)
{
    adsync__limit_row_window *w = &row->windows[row->n_windows++];

    w->align = row_count(in, ADSYNC_WINDOW_LEARNED);
    w->burst = row_count(in, 1);
    w->permits = row_count(in, INT32_MAX);
    w->length = (int64_t)row_get(in, LIMITER_LENGTH);
    w->n = row_count(in, ROW_LEASES);
    if (in->bad || !w->align || !w->length) return row_bad(error);
    w->room = w->n + 4;
    if (!(w->leases = adsync__arena_take(&row->arena, w->room * sizeof *w->leases))) return adsync__fail_memory(error);
    for (uint32_t i = 0; i < w->n; i++)
        row_read_lease(in, &w->leases[i]);
    return in->bad ? row_bad(error) : ADSYNC_OK;
}

adsync_status adsync__limit_row_read(adsync__limit_row *row, const void *p, size_t size, adsync_error **error)
{
    row_reader in = { p, (const uint8_t *)p + size, false };
    uint64_t format = row_get(&in, INT64_MAX);
    uint32_t n;
    adsync_status rc = ADSYNC_OK;

    if (in.bad || !format) return row_bad(error);
    if (format > ROW_FORMAT)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "limit.format",
                            "a row of the table limits was written by a newer library (format %" PRIu64 ")", format);
    row->updated = row_time(&in);
    row->reset = row_time(&in);
    row->learned.blocked = row_time(&in);
    row->learned.pace_since = row_time(&in);
    row->learned.refused_until = row_time(&in);
    row->learned.pace = row_count(&in, LIMITER_PACE);
    row->learned.refused = row_count(&in, INT32_MAX);
    n = row_count(&in, ADSYNC__COUNT(row->windows));
    for (uint32_t i = 0; i < n && rc >= 0 && !in.bad; i++)
        rc = row_read_window(row, &in, error);
    if (rc < 0) return rc;
    return in.bad || in.p != in.end ? row_bad(error) : ADSYNC_OK;
}

static void row_write_window(const adsync__limit_row_window *w, adsync__buffer *out)
{
    row_put(out, w->align);
    row_put(out, w->burst);
    row_put(out, w->permits);
    row_put(out, (uint64_t)w->length);
    row_put(out, w->n);
    for (uint32_t i = 0; i < w->n; i++) {
        const adsync__limit_lease *lease = &w->leases[i];
        row_put(out, (uint64_t)lease->holder);
        row_put(out, (uint64_t)lease->until);
        row_put(out, lease->seq);
        row_put(out, lease->units);
        if (lease->seq) row_put(out, lease->want);
    }
}

adsync_status adsync__limit_row_write(const adsync__limit_row *row, adsync__buffer *out, adsync_error **error)
{
    const adsync__limit_learned *learned = &row->learned;
    uint32_t n = 0;

    for (uint32_t i = 0; i < row->n_windows; i++)
        n += row->windows[i].n > 0;
    row_put(out, ROW_FORMAT);
    row_put(out, (uint64_t)row->updated);
    row_put(out, (uint64_t)row->reset);
    row_put(out, (uint64_t)learned->blocked);
    row_put(out, (uint64_t)learned->pace_since);
    row_put(out, (uint64_t)learned->refused_until);
    row_put(out, learned->pace);
    row_put(out, learned->refused);
    row_put(out, n);
    for (uint32_t i = 0; i < row->n_windows; i++)
        if (row->windows[i].n) row_write_window(&row->windows[i], out);
    if (!out->failed) return ADSYNC_OK;
    if (out->failed == ADSYNC_E_MEMORY) return adsync__fail_memory(error);
    return adsync__fail(error, ADSYNC_E_TOO_BIG, "limit.too_big",
                        "too many processes lease from one key: its row would be over %d bytes", LIMITER_ROW_BYTES);
}

bool adsync__limit_row_add(adsync__limit_row *row, adsync__limit_row_window *window, const adsync__limit_lease *lease)
{
    if (window->n == window->room) {
        uint32_t room = window->room * 2 + 4;
        adsync__limit_lease *grown = adsync__arena_take(&row->arena, room * sizeof *grown);
        if (!grown) return false;
        if (window->n) memcpy(grown, window->leases, window->n * sizeof *grown);
        window->leases = grown;
        window->room = room;
    }
    window->leases[window->n++] = *lease;
    return true;
}

void adsync__limit_row_free(adsync__limit_row *row)
{
    adsync__arena_free(&row->arena);
    *row = (adsync__limit_row){ 0 };
}
