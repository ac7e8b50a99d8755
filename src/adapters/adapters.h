/* SPDX-License-Identifier: MIT */
/* What the adapters of SQL databases share: texts made from the descriptors, their views, their options. It sees the public headers
 * alone, as they do. Each adapter compiles it in for itself. */
#ifndef ADSYNC_SRC_ADAPTERS_H
#define ADSYNC_SRC_ADAPTERS_H

#include <adsync/error.h>
#include <adsync/rows.h>
#include <adsync/storage.h>

#include <stdbool.h>
#include <string.h>

#define ADSYNC__SQL_VERSION "\"_version\"" /* the column that holds a row's version */

enum { ADSYNC__SQL_NEEDS = 1 }; /* the oldest schema version whose library may use what this one writes */

/* ---- sql.c: a text that grows. The first failure sticks. */
typedef struct adsync__sql {
    char *p; /* ends in NUL; NULL until something was added */
    size_t size, room;
    void *(*grow)(void *p, size_t size); /* the adapter's realloc */
    const char *prefix;                  /* of all names; checked, so that it needs no quoting */
    char mark;                           /* of a parameter: ?1 or $1 */
    bool failed;
} adsync__sql;
__attribute__((format(printf, 2, 3))) void adsync__sql_add(adsync__sql *out, const char *format, ...);

const char *adsync__sql_column(uint32_t table, uint32_t column);
void adsync__sql_table(adsync__sql *out, uint32_t table); /* "adsync_metrics" */
void adsync__sql_columns(adsync__sql *out, const char *before, uint32_t table, uint32_t from, uint32_t to); /* before"a", before"b" */
/* All columns of a table and its key as a CREATE TABLE names them, the version behind the key; types: by ADSYNC_VALUE_*. */
void adsync__sql_define(adsync__sql *out, uint32_t table, const char *const *types);
void adsync__sql_add_columns(adsync__sql *out, uint32_t table, uint32_t from, const char *const *types); /* newer than `from` */
/* CREATE INDEX: without rows that have a null in it, and going on with the key's columns that it lacks. */
void adsync__sql_index(adsync__sql *out, uint32_t table, uint32_t index);

/* ---- range.c: a stretch of an index. All members count: two equal ones are one text. */
typedef struct adsync__sql_range {
    uint16_t table, columns; /* wanted, the key's at least */
    uint16_t index, flags;
    uint16_t equal, lower, upper; /* values both bounds begin with; what they have beyond */
} adsync__sql_range;
bool adsync__sql_range_take(const adsync_range *range, adsync__sql_range *out); /* false: nothing can lie in it */
uint16_t adsync__sql_wanted(uint32_t table, uint32_t columns);
/* WHERE, ORDER BY and LIMIT; parameters: what both bounds begin with, the rest of the lower one, of the upper one, the limit. */
void adsync__sql_range_text(adsync__sql *out, const adsync__sql_range *range);

/* ---- views.c: for people and their plain SQL. */
typedef void adsync__sql_shape(adsync__sql *out, const char *column); /* the column `t."column"` as people read it */
/* shapes: by ADSYNC_SHAPE_*, n_shapes of them, NULL: as it is. `with` stands before AS in a view that replaces the one that is there;
 * NULL: that one is dropped first. */
void adsync__sql_views(adsync__sql *out, adsync__sql_shape *const *shapes, size_t n_shapes, const char *with);
void adsync__sql_kind(adsync__sql *out, const char *column);
const char *adsync__sql_view(size_t i, uint32_t *table); /* the i-th view's name and table; NULL: no more */

/* ---- options.c */
/* Copies a host's struct as far as it goes; `least` bytes have to be there. */
adsync_status adsync__sql_options(const void *options, size_t least, void *out, size_t size, const char *name, adsync_error **error);

#endif
