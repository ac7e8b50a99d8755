/* SPDX-License-Identifier: MIT */
/* The descriptors as functions: nothing for a host to lay out. */
#include "storage.h"

const adsync__table *adsync__table_find(uint32_t table)
{
    return table >= 1 && table <= adsync__tables.n_tables ? &adsync__tables.tables[table - 1] : NULL;
}

static const adsync__column *schema_column(uint32_t table, uint32_t column)
{
    const adsync__table *t = adsync__table_find(table);

    return t && column < t->n_columns ? &t->columns[column] : NULL;
}

static const adsync__index *schema_index(uint32_t table, uint32_t index) /* not the key */
{
    const adsync__table *t = adsync__table_find(table);

    return t && index >= 1 && index <= t->n_indexes ? &t->indexes[index - 1] : NULL;
}

uint32_t adsync_schema_version(void) { return adsync__tables.version; }
uint32_t adsync_table_count(void) { return adsync__tables.n_tables; }

const char *adsync_table_name(uint32_t table)
{
    const adsync__table *t = adsync__table_find(table);

    return t ? t->name : NULL;
}

uint32_t adsync_table_since(uint32_t table)
{
    const adsync__table *t = adsync__table_find(table);

    return t ? t->since : 0;
}

uint32_t adsync_table_has_org(uint32_t table)
{
    const adsync__table *t = adsync__table_find(table);

    return t && t->has_org;
}

uint32_t adsync_table_width(uint32_t table)
{
    const adsync__table *t = adsync__table_find(table);

    return t ? t->n_columns : 0;
}

uint32_t adsync_table_column(uint32_t table, uint32_t column)
{
    const adsync__column *c = schema_column(table, column);

    return c ? c->id : 0;
}

uint32_t adsync_table_column_kind(uint32_t table, uint32_t column)
{
    const adsync__column *c = schema_column(table, column);

    return c ? c->kind : ADSYNC_VALUE_NULL;
}

uint32_t adsync_table_column_max(uint32_t table, uint32_t column)
{
    const adsync__column *c = schema_column(table, column);

    return c ? c->max : 0;
}

uint32_t adsync_table_column_since(uint32_t table, uint32_t column)
{
    const adsync__column *c = schema_column(table, column);

    return c ? c->since : 0;
}

uint32_t adsync_table_column_sealed(uint32_t table, uint32_t column)
{
    const adsync__column *c = schema_column(table, column);

    return c && c->flags & ADSYNC__COLUMN_SEALED;
}

uint32_t adsync_table_indexes(uint32_t table)
{
    const adsync__table *t = adsync__table_find(table);

    return t ? t->n_indexes + 1u : 0;
}

const char *adsync_index_name(uint32_t table, uint32_t index)
{
    const adsync__index *x = schema_index(table, index);

    if (x) return x->name;
    return index == 0 && adsync__table_find(table) ? "key" : NULL;
}

uint32_t adsync_index_width(uint32_t table, uint32_t index)
{
    const adsync__table *t = adsync__table_find(table);
    const adsync__index *x = schema_index(table, index);
    uint32_t n = 0;

    if (t && index == 0) return t->n_key;
    while (x && n < ADSYNC__INDEX_MAX && x->columns[n]) n++;
    return n;
}

static uint32_t schema_position(const adsync__table *t, uint32_t id)
{
    for (uint32_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].id == id) return i;
    return UINT32_MAX;
}

static bool schema_names(const adsync__index *x, uint32_t width, uint32_t id)
{
    for (uint32_t i = 0; i < width; i++)
        if (x->columns[i] == id) return true;
    return false;
}

uint32_t adsync_index_column(uint32_t table, uint32_t index, uint32_t i)
{
    const adsync__table *t = adsync__table_find(table);
    const adsync__index *x = schema_index(table, index);
    uint32_t width = adsync_index_width(table, index);

    if (!t || !width) return UINT32_MAX;
    if (!x) return i < t->n_key ? i : UINT32_MAX;
    if (i < width) return schema_position(t, x->columns[i]);
    i -= width;
    for (uint32_t k = 0; k < t->n_key; k++) {
        if (schema_names(x, width, t->columns[k].id)) continue;
        if (i-- == 0) return k;
    }
    return UINT32_MAX;
}

uint32_t adsync_index_all_orgs(uint32_t table, uint32_t index)
{
    const adsync__index *x = schema_index(table, index);

    return x && x->all_orgs;
}

uint32_t adsync_index_since(uint32_t table, uint32_t index)
{
    const adsync__index *x = schema_index(table, index);

    if (x) return x->since;
    return index == 0 ? adsync_table_since(table) : 0;
}
