/* SPDX-License-Identifier: MIT */
#include "rows.h"

enum { ROW_CELLS = 24 };

void adsync__row_begin(adsync_row *row, adsync__arena *arena) { *row = (adsync_row){ .arena = arena }; }

static bool row_room(adsync_row *row)
{
    uint32_t room = row->room ? row->room * 2 : ROW_CELLS;
    adsync__cell *cells;

    if (row->n < row->room) return true;
    if (!(cells = adsync__arena_take(row->arena, room * sizeof *cells))) return false;
    if (row->n) memcpy(cells, row->cells, row->n * sizeof *cells);
    row->cells = cells;
    row->room = room;
    return true;
}

static adsync__cell *row_cell(adsync_row *row, uint32_t column)
{
    uint64_t bit = UINT64_C(1) << column % 64;

    for (uint32_t i = 0; row->set[column / 64] & bit && i < row->n; i++)
        if (row->cells[i].column == column) return &row->cells[i];
    if (!row_room(row)) {
        row->failed = ADSYNC_E_MEMORY;
        return NULL;
    }
    row->set[column / 64] |= bit;
    row->cells[row->n].column = column;
    return &row->cells[row->n++];
}

void adsync__row_value(adsync_row *row, uint32_t column, const adsync_value *value)
{
    adsync__cell *cell;
    const char *p = NULL;

    if (row->failed) return;
    if (column > ADSYNC__C_LAST || (value->kind == ADSYNC_VALUE_TEXT && !adsync__utf8_valid(value->p, value->size))) {
        row->failed = ADSYNC_E_INVALID;
        return;
    }
    if (value->kind >= ADSYNC_VALUE_TEXT && !(p = adsync__arena_copy(row->arena, value->p, value->size))) {
        row->failed = ADSYNC_E_MEMORY;
        return;
    }
    if (!(cell = row_cell(row, column))) return;
    cell->value = *value;
    cell->value.p = p;
}

const adsync_value *adsync__row_get(const adsync_row *row, uint32_t column)
{
    for (uint32_t i = 0; i < row->n; i++)
        if (row->cells[i].column == column) return &row->cells[i].value;
    return NULL;
}

void adsync_row_int(adsync_row *row, uint32_t column, int64_t value)
{
    adsync_value v = adsync__value_int(value);

    adsync__row_value(row, column, &v);
}

void adsync_row_text(adsync_row *row, uint32_t column, const char *p, size_t size)
{
    adsync_value v = { .kind = p ? ADSYNC_VALUE_TEXT : ADSYNC_VALUE_NULL, .p = p };

    if (p && size == SIZE_MAX) size = strlen(p);
    if (p && size > UINT32_MAX) {
        row->failed = ADSYNC_E_INVALID;
        return;
    }
    v.size = p ? (uint32_t)size : 0;
    adsync__row_value(row, column, &v);
}

void adsync__row_again(adsync_row *row, uint32_t column, const char *p, size_t size, adsync_value *last)
{
    adsync_value *value = last->p && last->size == size && !memcmp(last->p, p, size) ? adsync__row_put(row, column) : NULL;

    if (value) {
        *value = *last;
        return;
    }
    adsync_row_text(row, column, p, size);
    if (!row->failed && p) *last = row->cells[row->n - 1].column == column ? row->cells[row->n - 1].value : (adsync_value){ 0 };
}

bool adsync__row_add(adsync_row *row, uint32_t column, int64_t number)
{
    uint32_t i = row->n;

    while (i && row->cells[i - 1].column != column) i--;
    if (i) return !__builtin_add_overflow(row->cells[i - 1].value.i, number, &row->cells[i - 1].value.i);
    adsync_row_int(row, column, number);
    return true;
}
