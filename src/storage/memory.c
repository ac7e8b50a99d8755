/* SPDX-License-Identifier: MIT */
/* The memory storage: the reference that others are measured by.
 *
 * All handles on the same rows share one `adsync__memory` behind one lock, so a commit is one moment and a scan sees a whole one.
 * `drop_before` is not set, since nothing here is kept in pieces by time, and neither is `now`: one process has one clock already, the
 * host's, and where that is a simulated one the system's would be a lie. */
#include "memory_int.h"

#include <sys/eventfd.h>
#include <unistd.h>

struct adsync__memory_handle {
    adsync__memory *memory;
    adsync__memory_handle *next; /* on the same rows */
    int watch;                   /* -1 until somebody watches */
};

enum { MEMORY_KEY_MAX = 1 << 24 };

/* ---- the rows' house */

static void memory_index_begin(adsync__memory_index *index, uint32_t table, uint32_t number)
{
    index->width = adsync_index_width(table, number);
    for (uint32_t column; (column = adsync_index_column(table, number, index->n)) != UINT32_MAX; index->n++)
        index->columns[index->n] = column;
    index->tree.draw = (uint64_t)table << 32 | number;
}

static bool memory_table_begin(adsync__memory_table *t, uint32_t table)
{
    *t = (adsync__memory_table){ adsync_index_width(table, 0), adsync_table_width(table), adsync_table_indexes(table), NULL };
    if (!(t->indexes = adsync__alloc_zero(t->n_indexes, sizeof *t->indexes))) return false;
    for (uint32_t i = 0; i < t->n_indexes; i++)
        memory_index_begin(&t->indexes[i], table, i);
    return true;
}

static void memory_free(adsync__memory *memory)
{
    for (uint32_t i = 0; memory->tables && i < memory->n_tables; i++) {
        adsync__memory_table *t = &memory->tables[i];
        adsync__tree_node *next;
        for (adsync__tree_node *node = t->indexes ? t->indexes[0].tree.next[0] : NULL; node; node = next) {
            next = node->next[0];
            adsync__memory_row_free(node->row, t->n_indexes);
        }
        adsync__free(t->indexes);
    }
    adsync__buffer_free(&memory->lower);
    adsync__buffer_free(&memory->upper);
    adsync__free(memory->tables);
    (void)pthread_mutex_destroy(&memory->lock);
    adsync__free(memory);
}

static adsync__memory *memory_make(void)
{
    adsync__memory *memory = adsync__alloc_zero(1, sizeof *memory);
    bool made;

    if (!memory) return NULL;
    if (pthread_mutex_init(&memory->lock, NULL)) {
        adsync__free(memory);
        return NULL;
    }
    adsync__buffer_begin(&memory->lower, MEMORY_KEY_MAX);
    adsync__buffer_begin(&memory->upper, MEMORY_KEY_MAX);
    memory->n_tables = adsync_table_count();
    memory->tables = adsync__alloc_zero(memory->n_tables, sizeof *memory->tables);
    made = memory->tables != NULL;
    for (uint32_t i = 0; made && i < memory->n_tables; i++)
        made = memory_table_begin(&memory->tables[i], i + 1);
    if (made) return memory;
    memory_free(memory);
    return NULL;
}

/* ---- read, scan, commit, erase */

static adsync_status memory_answer(const adsync__memory_table *t, const adsync__memory_row *row, uint32_t columns, adsync_sink *sink)
{
    adsync_value values[ADSYNC__WIDTH_MAX];
    uint32_t n = adsync__cells_unpack(row->cells, columns && columns < t->n_columns ? columns : t->n_columns, values);

    return adsync_sink_values(sink, row->version, values, n);
}

static adsync_status memory_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys, adsync_sink *sink,
                                 adsync_error **error)
{
    adsync__memory *memory = ((adsync__memory_handle *)user)->memory;
    adsync__memory_table *t = &memory->tables[table - 1];
    adsync_status rc = ADSYNC_OK;

    (void)pthread_mutex_lock(&memory->lock);
    for (uint32_t i = 0; i < n_keys && rc >= 0; i++) {
        const adsync__memory_row *row;
        if ((rc = adsync__memory_prefix(&memory->lower, keys + (size_t)i * t->n_key, t->n_key, error)) < 0) break;
        if ((row = adsync__memory_find(t, &memory->lower))) rc = memory_answer(t, row, columns, sink);
    }
    (void)pthread_mutex_unlock(&memory->lock);
    return rc;
}

/* The first node of a range in the scan's direction. An open bound is an empty one: every key begins with nothing. */
static adsync__tree_node *memory_first(const adsync__memory *memory, const adsync__tree *tree, uint32_t flags)
{
    bool exclusive = flags & ADSYNC_RANGE_EXCLUSIVE;
    adsync__tree_node *node;

    if (!(flags & ADSYNC_RANGE_DESCENDING))
        return adsync__tree_seek(tree, memory->lower.p, memory->lower.size, exclusive && memory->lower.size);
    node = adsync__tree_seek(tree, memory->upper.p, memory->upper.size, !exclusive || !memory->upper.size);
    return node ? node->before : tree->last;
}

static bool memory_within(const adsync__memory *memory, const adsync__tree_node *node, uint32_t flags)
{
    if (flags & ADSYNC_RANGE_DESCENDING) return adsync__tree_place(node, memory->lower.p, memory->lower.size) >= 0;
    return adsync__tree_place(node, memory->upper.p, memory->upper.size) <= 0;
}

static adsync_status memory_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    adsync__memory *memory = ((adsync__memory_handle *)user)->memory;
    adsync__memory_table *t = &memory->tables[range->table - 1];
    adsync__tree_node *node;
    adsync_status rc;

    (void)pthread_mutex_lock(&memory->lock);
    if ((rc = adsync__memory_prefix(&memory->lower, range->lower, range->n_lower, error)) < 0) goto done;
    if ((rc = adsync__memory_prefix(&memory->upper, range->upper, range->n_upper, error)) < 0) goto done;
    node = memory_first(memory, &t->indexes[range->index].tree, range->flags);
    for (uint32_t n = 0; node && n < range->limit && rc >= 0 && memory_within(memory, node, range->flags); n++) {
        rc = memory_answer(t, node->row, range->columns, sink);
        node = range->flags & ADSYNC_RANGE_DESCENDING ? node->before : node->next[0];
    }
done:
    (void)pthread_mutex_unlock(&memory->lock);
    return rc;
}

static adsync_status memory_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    adsync__memory *memory = ((adsync__memory_handle *)user)->memory;
    adsync_status rc;

    (void)pthread_mutex_lock(&memory->lock);
    rc = adsync__memory_commit(memory, changes, n, conflicts, error);
    (void)pthread_mutex_unlock(&memory->lock);
    return rc;
}

static adsync_status memory_erase(void *user, uint32_t table, const adsync_value *prefix, uint32_t n_prefix, uint32_t limit, uint32_t *left,
                                  adsync_error **error)
{
    adsync__memory *memory = ((adsync__memory_handle *)user)->memory;
    adsync__memory_table *t = &memory->tables[table - 1];
    const adsync__buffer *key = &memory->lower;
    adsync__tree_node *node, *next;
    adsync_status rc;

    *left = 0;
    (void)pthread_mutex_lock(&memory->lock);
    if ((rc = adsync__memory_prefix(&memory->lower, prefix, n_prefix, error)) < 0) goto done;
    for (node = adsync__tree_seek(&t->indexes[0].tree, key->p, key->size, false); node && limit; node = next, limit--) {
        if (adsync__tree_place(node, key->p, key->size)) break;
        next = node->next[0];
        adsync__memory_remove(t, node->row);
    }
    *left = node && !adsync__tree_place(node, key->p, key->size);
done:
    (void)pthread_mutex_unlock(&memory->lock);
    return rc;
}

/* ---- waking the others */

static void memory_notify(void *user)
{
    adsync__memory_handle *handle = user;
    uint64_t one = 1;

    (void)pthread_mutex_lock(&handle->memory->lock);
    for (adsync__memory_handle *h = handle->memory->handles; h; h = h->next)
        if (h != handle && h->watch >= 0 && write(h->watch, &one, sizeof one) < 0) continue; /* it is readable already */
    (void)pthread_mutex_unlock(&handle->memory->lock);
}

static int32_t memory_watch_fd(void *user)
{
    adsync__memory_handle *handle = user;
    int32_t watch;

    (void)pthread_mutex_lock(&handle->memory->lock);
    if (handle->watch < 0) handle->watch = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watch = handle->watch;
    (void)pthread_mutex_unlock(&handle->memory->lock);
    return watch < 0 ? -1 : watch;
}

static void memory_watch_clear(void *user)
{
    adsync__memory_handle *handle = user;
    uint64_t count;

    if (handle->watch >= 0 && read(handle->watch, &count, sizeof count) < 0) return; /* it was quiet */
}

/* ---- handles */

static void memory_close(void *user)
{
    adsync__memory_handle *handle = user, **at;
    adsync__memory *memory = handle->memory;
    bool last;

    (void)pthread_mutex_lock(&memory->lock);
    for (at = &memory->handles; *at != handle; at = &(*at)->next) {}
    *at = handle->next;
    last = !memory->handles;
    (void)pthread_mutex_unlock(&memory->lock);
    if (handle->watch >= 0) (void)close(handle->watch);
    adsync__free(handle);
    if (last) memory_free(memory);
}

static const adsync_storage_ops memory_ops = {
    .size = sizeof memory_ops,
    .flags = ADSYNC_STORAGE_VOLATILE | ADSYNC_STORAGE_ONE_PROCESS | ADSYNC_STORAGE_NOT_POWER_SAFE,
    .read = memory_read,
    .scan = memory_scan,
    .commit = memory_commit,
    .close = memory_close,
    .notify = memory_notify,
    .watch_fd = memory_watch_fd,
    .watch_clear = memory_watch_clear,
    .erase = memory_erase,
};

static adsync_status memory_rows_of(adsync_storage *same_rows, adsync__memory **out, adsync_error **error)
{
    const adsync_storage_ops *ops = same_rows ? adsync__storage_ops(same_rows) : NULL;

    if (ops && ops->read != memory_read) return adsync__fail(error, ADSYNC_E_INVALID, "storage.other", "same_rows is no memory storage");
    *out = ops ? ((adsync__memory_handle *)ops->user)->memory : memory_make();
    return *out ? ADSYNC_OK : adsync__fail_memory(error);
}

adsync_status adsync_memory_open(adsync_storage *same_rows, adsync_storage **out, adsync_error **error)
{
    adsync_storage_ops ops = memory_ops;
    adsync__memory_handle *handle = NULL;
    adsync__memory *memory = NULL;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = memory_rows_of(same_rows, &memory, error)) < 0) return rc;
    rc = ADSYNC_E_MEMORY;
    if (!(handle = adsync__alloc_zero(1, sizeof *handle))) goto failed;
    *handle = (adsync__memory_handle){ .memory = memory, .watch = -1 };
    ops.user = handle;
    if ((rc = adsync_storage_new(&ops, out, error)) < 0) goto failed;
    (void)pthread_mutex_lock(&memory->lock);
    handle->next = memory->handles;
    memory->handles = handle;
    (void)pthread_mutex_unlock(&memory->lock);
    return ADSYNC_OK;
failed:
    adsync__free(handle);
    if (!same_rows) memory_free(memory);
    return rc == ADSYNC_E_MEMORY ? adsync__fail_memory(error) : rc;
}
