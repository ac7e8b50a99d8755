/* SPDX-License-Identifier: MIT */
/* A row as one run of bytes: the number of its values (nulls at the end left out), then for each its kind, and after that a number's 8
 * bytes, or the size and bytes of all else. A row of metrics takes 260 bytes where the values themselves would take 700. */
#include "memory_int.h"

static uint8_t *cells_put(uint8_t *at, const void *p, size_t size)
{
    if (size) memcpy(at, p, size);
    return at + size;
}

static size_t cells_size(const adsync_value *v)
{
    if (v->kind == ADSYNC_VALUE_NULL) return 1;
    return v->kind == ADSYNC_VALUE_INT ? 1 + sizeof v->i : 1 + sizeof v->size + v->size;
}

uint8_t *adsync__cells_pack(const adsync_value *values, uint32_t n)
{
    size_t size = sizeof n;
    uint8_t *cells, *at;

    while (n && values[n - 1].kind == ADSYNC_VALUE_NULL) n--;
    for (uint32_t i = 0; i < n; i++)
        size += cells_size(&values[i]);
    if (!(cells = adsync__alloc(size))) return NULL;
    at = cells_put(cells, &n, sizeof n);
    for (uint32_t i = 0; i < n; i++) {
        const adsync_value *v = &values[i];
        *at++ = (uint8_t)v->kind;
        if (v->kind == ADSYNC_VALUE_NULL) continue;
        if (v->kind == ADSYNC_VALUE_INT) {
            at = cells_put(at, &v->i, sizeof v->i);
            continue;
        }
        at = cells_put(at, &v->size, sizeof v->size);
        at = cells_put(at, v->p, v->size);
    }
    return cells;
}

uint32_t adsync__cells_unpack(const uint8_t *cells, uint32_t most, adsync_value *values)
{
    uint32_t n;

    memcpy(&n, cells, sizeof n);
    cells += sizeof n;
    if (n > most) n = most;
    for (uint32_t i = 0; i < n; i++) {
        adsync_value v = { .kind = *cells++ };
        if (v.kind == ADSYNC_VALUE_INT) {
            memcpy(&v.i, cells, sizeof v.i);
            cells += sizeof v.i;
        }
        if (v.kind > ADSYNC_VALUE_INT) {
            memcpy(&v.size, cells, sizeof v.size);
            v.p = (const char *)cells + sizeof v.size;
            cells += sizeof v.size + v.size;
        }
        values[i] = v;
    }
    return n;
}

static adsync_status row_written(const adsync__buffer *out, adsync_error **error)
{
    return out->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

adsync_status adsync__memory_prefix(adsync__buffer *out, const adsync_value *values, uint32_t n, adsync_error **error)
{
    adsync__buffer_clear(out);
    for (uint32_t i = 0; i < n; i++)
        adsync__keycode_add(out, &values[i]);
    return row_written(out, error);
}

adsync_status adsync__memory_key(adsync__buffer *out, const adsync__memory_index *index, const adsync_value *row, bool *in,
                                 adsync_error **error)
{
    adsync__buffer_clear(out);
    *in = true;
    for (uint32_t i = 0; i < index->width && *in; i++)
        *in = row[index->columns[i]].kind != ADSYNC_VALUE_NULL;
    for (uint32_t i = 0; i < index->n && *in; i++)
        adsync__keycode_add(out, &row[index->columns[i]]);
    return row_written(out, error);
}

adsync__memory_row *adsync__memory_find(const adsync__memory_table *table, const adsync__buffer *key)
{
    adsync__tree_node *node = adsync__tree_seek(&table->indexes[0].tree, key->p, key->size, false);

    return node && adsync__tree_is(node, key->p, key->size) ? node->row : NULL;
}

void adsync__memory_row_free(adsync__memory_row *row, uint32_t n_indexes)
{
    if (!row) return;
    for (uint32_t i = 0; i < n_indexes; i++)
        adsync__free(row->nodes[i]);
    adsync__free(row->cells);
    adsync__free(row);
}

void adsync__memory_remove(adsync__memory_table *table, adsync__memory_row *row)
{
    for (uint32_t i = 0; i < table->n_indexes; i++)
        if (row->nodes[i]) adsync__tree_unlink(&table->indexes[i].tree, row->nodes[i]);
    adsync__memory_row_free(row, table->n_indexes);
}
