/* SPDX-License-Identifier: MIT */
/* The memory storage from inside: an ordered map per index, rows that are owned once.
 *
 * The key of an index is written as bytes whose plain order is the order of the index (keycode.c), so a map knows nothing of columns:
 *
 *     metrics.by_day   (org 7, connection 3, level 2, day 20261120, ..)  ->  80..07 80..03 80..02 80..0135278000 ..
 *
 * A map is a skip list: what is inserted is made before, so that a commit first does all that may fail and then all that may not. */
#ifndef ADSYNC_SRC_STORAGE_MEMORY_INT_H
#define ADSYNC_SRC_STORAGE_MEMORY_INT_H

#include "storage_int.h"

#include <pthread.h>

/* ---- keycode.c: numbers as 8 bytes, the highest first, sign turned; all else with 00 as 00 FF and 00 01 at its end, so that a prefix
 * comes first and one column never runs into the next. */
void adsync__keycode_add(adsync__buffer *out, const adsync_value *value); /* not for null */

/* ---- memory_tree.c */
enum { ADSYNC__TREE_HEIGHT = 16 };

typedef struct adsync__memory_row adsync__memory_row;
typedef struct adsync__tree_node adsync__tree_node;
struct adsync__tree_node {
    adsync__memory_row *row;
    adsync__tree_node *before;
    uint32_t size, height;
    adsync__tree_node *next[]; /* `height` of them, then `size` bytes of key */
};

typedef struct adsync__tree { /* zeroed: empty */
    adsync__tree_node *next[ADSYNC__TREE_HEIGHT];
    adsync__tree_node *last;
    uint64_t draw;
} adsync__tree;

adsync__tree_node *adsync__tree_make(adsync__tree *tree, const void *key, size_t size); /* not linked yet; NULL without memory */
void adsync__tree_link(adsync__tree *tree, adsync__tree_node *node);
void adsync__tree_unlink(adsync__tree *tree, const adsync__tree_node *node);
bool adsync__tree_is(const adsync__tree_node *node, const void *key, size_t size);
/* <0, 0, >0: the node stands before, among or after the keys that begin with `key`. */
int adsync__tree_place(const adsync__tree_node *node, const void *key, size_t size);
/* The first node among (`after`: after) the keys that begin with `key`, or beyond; NULL: none. */
adsync__tree_node *adsync__tree_seek(const adsync__tree *tree, const void *key, size_t size, bool after);

/* ---- memory.c */
struct adsync__memory_row {
    int64_t version;
    uint8_t *cells;             /* the values, packed; see memory_row.c */
    adsync__tree_node *nodes[]; /* one per index; NULL: not in it */
};

typedef struct adsync__memory_index {
    adsync__tree tree;
    uint32_t width; /* the columns that must not be null */
    uint32_t n;     /* with the key's that it lacks */
    uint32_t columns[ADSYNC__INDEX_MAX + ADSYNC__KEY_MAX];
} adsync__memory_index;

typedef struct adsync__memory_table {
    uint32_t n_key, n_columns, n_indexes;
    adsync__memory_index *indexes;
} adsync__memory_table;

typedef struct adsync__memory_handle adsync__memory_handle;
typedef struct adsync__memory {
    pthread_mutex_t lock; /* over all that follows */
    adsync__memory_handle *handles;
    adsync__buffer lower, upper; /* keys that are looked for */
    uint32_t n_tables;
    adsync__memory_table *tables; /* by number - 1 */
} adsync__memory;

/* ---- memory_row.c */
uint8_t *adsync__cells_pack(const adsync_value *values, uint32_t n); /* NULL without memory */
uint32_t adsync__cells_unpack(const uint8_t *cells, uint32_t most, adsync_value *values); /* borrowed from the cells; how many */
/* The first n values of an index, which `values` are, as bytes. */
adsync_status adsync__memory_prefix(adsync__buffer *out, const adsync_value *values, uint32_t n, adsync_error **error);
/* The key that a row has in an index, as bytes; *in: false where a null keeps it out. */
adsync_status adsync__memory_key(adsync__buffer *out, const adsync__memory_index *index, const adsync_value *row, bool *in,
                                 adsync_error **error);
adsync__memory_row *adsync__memory_find(const adsync__memory_table *table, const adsync__buffer *key); /* NULL: none */
void adsync__memory_row_free(adsync__memory_row *row, uint32_t n_indexes); /* with its nodes, which are not linked */
void adsync__memory_remove(adsync__memory_table *table, adsync__memory_row *row);

/* ---- memory_commit.c; the lock is held */
adsync_status adsync__memory_commit(adsync__memory *memory, const adsync_change *changes, uint32_t n, adsync_sink *conflicts,
                                    adsync_error **error);

#endif
