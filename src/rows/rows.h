/* SPDX-License-Identifier: MIT */
/* Row sets, as they are built inside; the sinks that callbacks fill. */
#ifndef ADSYNC_SRC_ROWS_H
#define ADSYNC_SRC_ROWS_H

#include "../base/base.h"
#include "../crypto/crypto.h"

enum { ADSYNC__C_LAST = ADSYNC_C_GAP }; /* the highest column id */

adsync_status adsync__rows_new(const uint32_t *columns, uint32_t n, adsync_rows **out, adsync_error **error);
adsync_status adsync__rows_add(adsync_rows *rows, const adsync_value *values, adsync_error **error); /* one per column; copied */
bool adsync__rows_copy(adsync_rows *rows, adsync_value *value);        /* moves the value's bytes into the rows; false: no memory */
bool adsync__rows_take(adsync_rows *rows, const adsync_value *values); /* a row whose bytes lie in the rows already; false: no memory */
void adsync__rows_seek(adsync_rows *rows, size_t row); /* the next step is to that one */
const adsync_value *adsync__rows_values(const adsync_rows *rows, size_t row); /* borrowed until freed; one per column */

/* Shorthands for building values. */
adsync_value adsync__value_null(void);
adsync_value adsync__value_int(int64_t i);
adsync_value adsync__value_text(const char *text); /* NULL gives null; borrowed */
adsync_value adsync__value_bytes(const void *p, size_t size);

/* Bytes that the caller fills in. */
adsync_status adsync__bytes_room(size_t size, adsync_bytes **out, char **p, adsync_error **error);
/* Bytes whose content lies in memory for secrets; takes the secret over where it works. */
adsync_status adsync__bytes_secret(adsync__secret *secret, adsync_bytes **out, adsync_error **error);

/* A row going in: what somebody set, in the order it was set. It lies in an arena that its maker owns. */
typedef struct adsync__cell {
    uint32_t column;
    adsync_value value;
} adsync__cell;
struct adsync_row {
    adsync__arena *arena;
    adsync__cell *cells;
    uint32_t n, room;
    uint64_t set[ADSYNC__C_LAST / 64 + 1]; /* a bit per column that has a cell */
    adsync_status failed; /* E_MEMORY, E_INVALID (text that is none, a number that is no column), E_FORMAT (a value of another shape) */
};
void adsync__row_begin(adsync_row *row, adsync__arena *arena);
void adsync__row_value(adsync_row *row, uint32_t column, const adsync_value *value); /* a column set twice: the later one stands */
const adsync_value *adsync__row_get(const adsync_row *row, uint32_t column);          /* NULL: not set */
/* A text that is likely to be the one of the row before: then both hold the same bytes. `last` is that one, of rows of one arena; zeroed
 * there is none. */
void adsync__row_again(adsync_row *row, uint32_t column, const char *p, size_t size, adsync_value *last);

bool adsync__row_add(adsync_row *row, uint32_t column, int64_t number); /* to a number of the column, if it has one; false: too large */

/* Room for a value that needs neither look nor copy, a number or a text that lies in the row's arena already. NULL: there is none, or the
 * column has a value. The value is written member by member: one that is made elsewhere and copied has to wait for its own bytes. */
static inline adsync_value *adsync__row_put(adsync_row *row, uint32_t column)
{
    uint64_t bit = UINT64_C(1) << column % 64;

    if (row->n == row->room || column > ADSYNC__C_LAST || row->failed || row->set[column / 64] & bit) return NULL;
    row->set[column / 64] |= bit;
    row->cells[row->n].column = column;
    return &row->cells[row->n++].value;
}

/* adsync_row_int for rows that come by the thousand. */
static inline void adsync__row_int(adsync_row *row, uint32_t column, int64_t number)
{
    adsync_value *value = adsync__row_put(row, column);

    if (!value) {
        adsync_row_int(row, column, number);
        return;
    }
    value->kind = ADSYNC_VALUE_INT;
    value->size = 0;
    value->i = number;
    value->p = NULL;
}

/* What a sink takes. A sink lives inside the handle that calls back; between calls it is closed and refuses everything. */
enum { ADSYNC__SINK_CLOSED = 0, ADSYNC__SINK_ROWS, ADSYNC__SINK_CONFLICTS, ADSYNC__SINK_BYTES };
struct adsync_sink {
    uint32_t mode;
    adsync_status failed; /* the first refusal; its words are in `error` */
    adsync_error *error;
    adsync_rows *rows;       /* ROWS: `wanted` columns, then the version */
    const uint8_t *kinds;    /* ROWS: ADSYNC_VALUE_* of the table's columns */
    uint32_t width, n_key, wanted;
    uint32_t most;           /* ROWS: how many rows are taken; 0: any number */
    adsync_value *row;       /* ROWS: the row begun; its bytes lie in the rows' arena */
    uint32_t filled;
    bool begun;
    uint8_t *conflicts;      /* CONFLICTS: a flag per change */
    uint32_t n_changes, n_conflicts;
    adsync__buffer bytes;    /* BYTES: what was given; wiped by whoever takes it */
};
/* Opens a sink for rows of a table with these column kinds; the result goes to adsync__sink_end. */
adsync_status adsync__sink_rows(adsync_sink *sink, const uint32_t *columns, const uint8_t *kinds, uint32_t width, uint32_t n_key,
                                uint32_t wanted, adsync_error **error);
void adsync__sink_conflicts(adsync_sink *sink, uint8_t *flags, uint32_t n_changes);
void adsync__sink_bytes(adsync_sink *sink, size_t max);
/* Closes the sink: what it refused becomes the error, whatever the callback answered. */
adsync_status adsync__sink_end(adsync_sink *sink, adsync_status answered, adsync_rows **rows /* may be NULL */, adsync_error **error);

#endif
