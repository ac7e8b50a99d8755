/* SPDX-License-Identifier: MIT */
#include "rows.h"
#include "../json/json.h"

#include <inttypes.h>
#include <stdio.h>

struct adsync_rows {
    adsync__arena arena; /* columns, rows and all they point to */
    uint32_t *columns;
    uint32_t n_columns;
    adsync_value **rows;
    size_t count, room;
    size_t at;           /* 1 + the current row; 0 before the first */
    adsync__buffer text; /* of adsync_rows_text and adsync_rows_json */
    uint16_t position[ADSYNC__C_LAST + 1]; /* 1 + where a column stands */
};

enum { ROWS_TEXT_MAX = 1 << 30 };

adsync_value adsync__value_null(void) { return (adsync_value){ 0 }; }
adsync_value adsync__value_int(int64_t i) { return (adsync_value){ .kind = ADSYNC_VALUE_INT, .i = i }; }

adsync_value adsync__value_text(const char *text)
{
    if (!text) return adsync__value_null();
    return (adsync_value){ .kind = ADSYNC_VALUE_TEXT, .size = (uint32_t)strlen(text), .p = text };
}

adsync_value adsync__value_bytes(const void *p, size_t size)
{
    return (adsync_value){ .kind = ADSYNC_VALUE_BYTES, .size = (uint32_t)size, .p = p };
}

adsync_status adsync__rows_new(const uint32_t *columns, uint32_t n, adsync_rows **out, adsync_error **error)
{
    adsync_rows *rows = adsync__alloc_zero(1, sizeof *rows);

    *out = NULL;
    if (!rows) return adsync__fail_memory(error);
    if (!(rows->columns = adsync__arena_take(&rows->arena, (n ? n : 1) * sizeof *columns))) {
        adsync_rows_free(rows);
        return adsync__fail_memory(error);
    }
    adsync__buffer_begin(&rows->text, ROWS_TEXT_MAX);
    if (n) memcpy(rows->columns, columns, n * sizeof *columns);
    rows->n_columns = n;
    for (uint32_t i = 0; i < n; i++)
        rows->position[columns[i]] = (uint16_t)(i + 1);
    *out = rows;
    return ADSYNC_OK;
}

static bool rows_room(adsync_rows *rows)
{
    size_t room = rows->room ? rows->room * 2 : 16;
    adsync_value **grown;

    if (rows->count < rows->room) return true;
    if (!(grown = adsync__realloc(rows->rows, room, sizeof *grown))) return false;
    rows->rows = grown;
    rows->room = room;
    return true;
}

bool adsync__rows_copy(adsync_rows *rows, adsync_value *value)
{
    if (value->kind != ADSYNC_VALUE_TEXT && value->kind != ADSYNC_VALUE_BYTES) return true;
    return (value->p = adsync__arena_copy(&rows->arena, value->p, value->size)) != NULL;
}

bool adsync__rows_take(adsync_rows *rows, const adsync_value *values)
{
    adsync_value *row = adsync__arena_take(&rows->arena, rows->n_columns * sizeof *row);

    if (!row || !rows_room(rows)) return false;
    memcpy(row, values, rows->n_columns * sizeof *row);
    rows->rows[rows->count++] = row;
    return true;
}

adsync_status adsync__rows_add(adsync_rows *rows, const adsync_value *values, adsync_error **error)
{
    adsync_value row[ADSYNC__C_LAST + 1];

    memcpy(row, values, rows->n_columns * sizeof *row);
    for (uint32_t i = 0; i < rows->n_columns; i++)
        if (!adsync__rows_copy(rows, &row[i])) return adsync__fail_memory(error);
    return adsync__rows_take(rows, row) ? ADSYNC_OK : adsync__fail_memory(error);
}

const adsync_value *adsync__rows_values(const adsync_rows *rows, size_t row) { return rows->rows[row]; }

adsync_status adsync_rows_next(adsync_rows *rows, adsync_error **error)
{
    if (!rows) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "rows is NULL");
    if (rows->at <= rows->count) rows->at++;
    return rows->at <= rows->count ? ADSYNC_ROW : ADSYNC_OK;
}

void adsync__rows_seek(adsync_rows *rows, size_t row) { rows->at = row < rows->count ? row : rows->count; }

/* The value of a column in the current row, NULL where there is none. */
static const adsync_value *rows_find(const adsync_rows *rows, uint32_t column)
{
    if (!rows || !rows->at || rows->at > rows->count || column > ADSYNC__C_LAST || !rows->position[column]) return NULL;
    return &rows->rows[rows->at - 1][rows->position[column] - 1];
}

int64_t adsync_rows_int(adsync_rows *rows, uint32_t column)
{
    const adsync_value *value = rows_find(rows, column);

    return value && value->kind == ADSYNC_VALUE_INT ? value->i : 0;
}

static void rows_write_int(adsync__buffer *out, uint32_t column, int64_t i)
{
    char day[40];

    if (adsync_column_shape(column) == ADSYNC_SHAPE_KIND && i > 0 && i <= UINT32_MAX && adsync_kind_name((uint32_t)i)) {
        adsync__buffer_text(out, adsync_kind_name((uint32_t)i));
        return;
    }
    if (adsync_column_shape(column) != ADSYNC_SHAPE_DAY || i < 10101 || i > 99991231) {
        adsync__buffer_int(out, i);
        return;
    }
    (void)snprintf(day, sizeof day, "%04" PRId64 "-%02" PRId64 "-%02" PRId64, i / 10000, i / 100 % 100, i % 100);
    adsync__buffer_text(out, day);
}

const char *adsync_rows_text(adsync_rows *rows, uint32_t column)
{
    const adsync_value *value = rows_find(rows, column);

    if (!value || value->kind == ADSYNC_VALUE_NULL) return NULL;
    if (value->kind == ADSYNC_VALUE_TEXT) return value->p;
    adsync__buffer_clear(&rows->text);
    if (value->kind == ADSYNC_VALUE_INT) rows_write_int(&rows->text, column, value->i);
    else adsync__base64_add(&rows->text, value->p, value->size);
    if (rows->text.failed) return NULL;
    return rows->text.p ? rows->text.p : "";
}

const void *adsync_rows_bytes(adsync_rows *rows, uint32_t column, size_t *size)
{
    const adsync_value *value = rows_find(rows, column);
    bool has = value && (value->kind == ADSYNC_VALUE_TEXT || value->kind == ADSYNC_VALUE_BYTES);

    if (size) *size = has ? value->size : 0;
    return has ? value->p : NULL;
}

uint32_t adsync_rows_kind(adsync_rows *rows, uint32_t column)
{
    const adsync_value *value = rows_find(rows, column);

    return value ? value->kind : ADSYNC_VALUE_NULL;
}

uint32_t adsync_rows_width(adsync_rows *rows) { return rows ? rows->n_columns : 0; }

uint32_t adsync_rows_column(adsync_rows *rows, uint32_t position)
{
    return rows && position < rows->n_columns ? rows->columns[position] : 0;
}

size_t adsync_rows_count(adsync_rows *rows) { return rows ? rows->count : 0; }

static bool rows_int_is_word(uint32_t column, int64_t i)
{
    uint32_t shape = adsync_column_shape(column);

    if (shape == ADSYNC_SHAPE_DAY) return i >= 10101 && i <= 99991231;
    return shape == ADSYNC_SHAPE_KIND && i > 0 && i <= UINT32_MAX && adsync_kind_name((uint32_t)i);
}

static void rows_write_value(adsync__json *json, uint32_t column, const adsync_value *value)
{
    if (value->kind == ADSYNC_VALUE_NULL) return;
    adsync__json_key(json, adsync_column_name(column));
    if (value->kind == ADSYNC_VALUE_INT) {
        if (!rows_int_is_word(column, value->i)) {
            adsync__json_int(json, value->i);
            return;
        }
        adsync__json_raw(json, "\"", 1);
        rows_write_int(json->out, column, value->i);
        adsync__buffer_char(json->out, '"');
        return;
    }
    if (value->kind == ADSYNC_VALUE_BYTES) {
        adsync__json_raw(json, "\"", 1);
        adsync__base64_add(json->out, value->p, value->size);
        adsync__buffer_char(json->out, '"');
        return;
    }
    if (adsync_column_shape(column) == ADSYNC_SHAPE_JSON && adsync__json_valid(value->p, value->size))
        adsync__json_raw(json, value->p, value->size);
    else adsync__json_text(json, value->p, value->size);
}

const char *adsync_rows_json(adsync_rows *rows, adsync_error **error)
{
    adsync__json json;

    if (!rows) {
        (void)adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "rows is NULL");
        return NULL;
    }
    adsync__buffer_clear(&rows->text);
    adsync__json_begin(&json, &rows->text);
    adsync__json_open(&json, '[');
    for (size_t r = rows->at < rows->count ? rows->at : rows->count; r < rows->count; r++) {
        adsync__json_open(&json, '{');
        for (uint32_t i = 0; i < rows->n_columns; i++)
            rows_write_value(&json, rows->columns[i], &rows->rows[r][i]);
        adsync__json_close(&json, '}');
    }
    adsync__json_close(&json, ']');
    if (!rows->text.failed) return rows->text.p;
    if (rows->text.failed == ADSYNC_E_MEMORY) (void)adsync__fail_memory(error);
    else (void)adsync__fail(error, rows->text.failed, "rows.too_big", "the rows are too many for one JSON text");
    return NULL;
}

void adsync_rows_free(adsync_rows *rows)
{
    if (!rows) return;
    adsync__buffer_free(&rows->text);
    adsync__arena_free(&rows->arena);
    adsync__free(rows->rows);
    adsync__free(rows);
}
