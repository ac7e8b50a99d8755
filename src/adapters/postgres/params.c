/* SPDX-License-Identifier: MIT */
/* Values in PostgreSQL's binary form: numbers of 8 bytes in network order, text and bytes as they are, arrays as a header and a length
 * before each element. */
#include "postgres_int.h"

enum { PARAMS_INT8 = 20, PARAMS_TEXT = 25, PARAMS_BYTEA = 17, PARAMS_INT8S = 1016, PARAMS_TEXTS = 1009, PARAMS_BYTEAS = 1001 };

static Oid params_type(uint32_t kind, bool array)
{
    if (kind == ADSYNC_VALUE_INT) return array ? PARAMS_INT8S : PARAMS_INT8;
    if (kind == ADSYNC_VALUE_TEXT) return array ? PARAMS_TEXTS : PARAMS_TEXT;
    return array ? PARAMS_BYTEAS : PARAMS_BYTEA;
}

static char *params_room(adsync__postgres *s, size_t more)
{
    size_t room = s->params.room ? s->params.room : 4096;
    char *p;

    while (room < s->params.size + more) room *= 2;
    if (room != s->params.room) {
        if (!(p = adsync__postgres_grow(s->params.p, room))) {
            s->params.failed = true;
            return NULL;
        }
        s->params.p = p;
        s->params.room = room;
    }
    p = s->params.p + s->params.size;
    s->params.size += more;
    return p;
}

static void params_number(char *p, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, value >>= 8)
        p[i] = (char)(value & 0xff);
}

static void params_add_number(adsync__postgres *s, uint64_t value, int bytes)
{
    char *p = params_room(s, (size_t)bytes);

    if (p) params_number(p, value, bytes);
}

static void params_add_bytes(adsync__postgres *s, uint32_t kind, const adsync_value *value)
{
    char *p;

    if (kind == ADSYNC_VALUE_INT) params_add_number(s, (uint64_t)value->i, 8);
    else if ((p = params_room(s, value->size)) && value->size) memcpy(p, value->p, value->size);
}

static int params_next(adsync__postgres *s, uint32_t kind, bool array)
{
    int n = s->params.n++;

    s->params.types[n] = params_type(kind, array);
    s->params.at[n] = s->params.size;
    s->params.formats[n] = 1;
    return n;
}

void adsync__postgres_params_begin(adsync__postgres *s)
{
    s->params.size = 0;
    s->params.n = 0;
    s->params.failed = false;
}

void adsync__postgres_params_value(adsync__postgres *s, uint32_t kind, const adsync_value *value)
{
    int n = params_next(s, kind, false);

    if (value->kind != ADSYNC_VALUE_NULL) params_add_bytes(s, kind, value);
    s->params.sizes[n] = value->kind == ADSYNC_VALUE_NULL ? -1 : (int)(s->params.size - s->params.at[n]);
}

void adsync__postgres_params_int(adsync__postgres *s, int64_t value)
{
    const adsync_value v = { .kind = ADSYNC_VALUE_INT, .i = value };

    adsync__postgres_params_value(s, ADSYNC_VALUE_INT, &v);
}

static int params_array(adsync__postgres *s, uint32_t kind, uint32_t count)
{
    int n = params_next(s, kind, true);

    params_add_number(s, 1, 4); /* one dimension */
    params_add_number(s, 1, 4); /* nulls may be in it */
    params_add_number(s, params_type(kind, false), 4);
    params_add_number(s, count, 4);
    params_add_number(s, 1, 4); /* counted from 1 */
    return n;
}

static void params_element(adsync__postgres *s, uint32_t kind, const adsync_value *value)
{
    if (value->kind == ADSYNC_VALUE_NULL) {
        params_add_number(s, UINT32_MAX, 4);
        return;
    }
    params_add_number(s, kind == ADSYNC_VALUE_INT ? 8 : value->size, 4);
    params_add_bytes(s, kind, value);
}

static void params_array_end(adsync__postgres *s, int n) { s->params.sizes[n] = (int)(s->params.size - s->params.at[n]); }

static adsync_value params_of(const adsync_change *change, uint32_t column)
{
    if (column == ADSYNC__POSTGRES_GIVEN) return (adsync_value){ .kind = ADSYNC_VALUE_INT, .i = change->version };
    if (column == ADSYNC__POSTGRES_EXPECTED) return (adsync_value){ .kind = ADSYNC_VALUE_INT, .i = change->expected };
    return change->values[column];
}

void adsync__postgres_params_column(adsync__postgres *s, const adsync_change *changes, uint32_t n, uint32_t column)
{
    uint32_t kind = column >= ADSYNC__POSTGRES_GIVEN ? ADSYNC_VALUE_INT : adsync_table_column_kind(changes->table, column);
    adsync_value value = params_of(changes, column);
    int at;

    if (n == 1) {
        adsync__postgres_params_value(s, kind, &value);
        return;
    }
    at = params_array(s, kind, n);
    for (uint32_t i = 0; i < n; i++) {
        value = params_of(&changes[i], column);
        params_element(s, kind, &value);
    }
    params_array_end(s, at);
}

void adsync__postgres_params_key(adsync__postgres *s, uint32_t table, const adsync_value *keys, uint32_t n, uint32_t column)
{
    uint32_t kind = adsync_table_column_kind(table, column), n_key = adsync_index_width(table, 0);
    int at = params_array(s, kind, n);

    for (uint32_t i = 0; i < n; i++)
        params_element(s, kind, &keys[(size_t)i * n_key + column]);
    params_array_end(s, at);
}

bool adsync__postgres_params_end(adsync__postgres *s)
{
    if (s->params.failed) return false;
    for (int i = 0; i < s->params.n; i++)
        s->params.values[i] = s->params.sizes[i] < 0 ? NULL : s->params.p ? s->params.p + s->params.at[i] : "";
    return true;
}
