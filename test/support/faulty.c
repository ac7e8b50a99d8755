/* SPDX-License-Identifier: MIT */
#include "faulty.h"

#include <stdlib.h>

typedef struct faulty_handle { /* not from the library's allocator: tests that count allocations count only the library's */
    faulty *f;
    adsync_storage *inner;
    const adsync_storage_ops *ops;
} faulty_handle;

/* Begins a call; true if it is one of those that fail. */
static bool faulty_begin(faulty *f, const faulty_call *call)
{
    bool mine = f->nth && (call->kind & f->kinds), fails;

    f->calls++;
    f->reads += call->kind == FAULTY_READ;
    f->scans += call->kind == FAULTY_SCAN;
    f->commits += call->kind == FAULTY_COMMIT;
    f->erases += call->kind == FAULTY_ERASE;
    if (mine) f->seen++;
    fails = mine && (f->from_then_on ? f->seen >= f->nth : f->seen == f->nth);
    if (f->before) f->before(f, call, f->user); /* what it plans is for later calls */
    return fails;
}

static adsync_status faulty_status(const faulty *f, const faulty_call *call)
{
    if (f->status) return f->status;
    return f->when == FAULTY_AFTER && call->kind == FAULTY_COMMIT ? ADSYNC_E_UNCERTAIN : ADSYNC_E_STORAGE;
}

static adsync_status faulty_end(faulty *f, faulty_call *call, bool fails, adsync_error **error)
{
    uint64_t place = f->calls - 1;

    call->answered = fails ? faulty_status(f, call) : call->inner;
    f->failed += fails;
    if (f->after) f->after(f, call, f->user);
    call->changes = NULL;
    call->range = NULL;
    call->keys = NULL;
    if (place < FAULTY_RECORDED) f->recorded[place] = *call;
    return fails ? adsync_error_set(error, call->answered, "the test made this call fail", 4711) : call->answered;
}

static adsync_status faulty_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys, adsync_sink *sink,
                                 adsync_error **error)
{
    faulty_handle *h = user;
    faulty_call call = { .kind = FAULTY_READ, .table = table, .n = n_keys, .keys = keys, .inner = ADSYNC_PASSTHROUGH };
    bool fails = faulty_begin(h->f, &call);

    if (!fails || h->f->when == FAULTY_AFTER) call.inner = h->ops->read(h->ops->user, table, columns, keys, n_keys, sink, error);
    return faulty_end(h->f, &call, fails, error);
}

static adsync_status faulty_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    faulty_handle *h = user;
    faulty_call call = { .kind = FAULTY_SCAN, .table = range->table, .n = range->limit, .range = range, .inner = ADSYNC_PASSTHROUGH };
    bool fails = faulty_begin(h->f, &call);

    if (!fails || h->f->when == FAULTY_AFTER) call.inner = h->ops->scan(h->ops->user, range, sink, error);
    return faulty_end(h->f, &call, fails, error);
}

static adsync_status faulty_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    faulty_handle *h = user;
    faulty_call call = { .kind = FAULTY_COMMIT, .table = changes[0].table, .n = n, .changes = changes, .inner = ADSYNC_PASSTHROUGH };
    bool fails = faulty_begin(h->f, &call);

    if (!fails || h->f->when == FAULTY_AFTER) call.inner = h->ops->commit(h->ops->user, changes, n, conflicts, error);
    return faulty_end(h->f, &call, fails, error);
}

static adsync_status faulty_erase(void *user, uint32_t table, const adsync_value *prefix, uint32_t n_prefix, uint32_t limit, uint32_t *left,
                                  adsync_error **error)
{
    faulty_handle *h = user;
    faulty_call call = { .kind = FAULTY_ERASE, .table = table, .n = limit, .keys = prefix, .inner = ADSYNC_PASSTHROUGH };
    bool fails = faulty_begin(h->f, &call);

    if (!fails || h->f->when == FAULTY_AFTER) call.inner = h->ops->erase(h->ops->user, table, prefix, n_prefix, limit, left, error);
    return faulty_end(h->f, &call, fails, error);
}

static void faulty_notify(void *user)
{
    faulty_handle *h = user;

    h->ops->notify(h->ops->user);
}

static int32_t faulty_watch_fd(void *user)
{
    faulty_handle *h = user;

    return h->ops->watch_fd(h->ops->user);
}

static void faulty_watch_clear(void *user)
{
    faulty_handle *h = user;

    h->ops->watch_clear(h->ops->user);
}

static adsync_status faulty_drop_before(void *user, uint32_t table, int64_t time_us, adsync_error **error)
{
    faulty_handle *h = user;

    return h->ops->drop_before(h->ops->user, table, time_us, error);
}

static adsync_status faulty_now(void *user, int64_t *time_us, adsync_error **error)
{
    faulty_handle *h = user;

    return h->ops->now(h->ops->user, time_us, error);
}

static void faulty_close(void *user)
{
    faulty_handle *h = user;

    adsync_storage_free(h->inner);
    free(h);
}

adsync_status faulty_wrap(faulty *f, adsync_storage *inner, adsync_storage **out, adsync_error **error)
{
    const adsync_storage_ops *ops = adsync__storage_ops(inner);
    faulty_handle *h = calloc(1, sizeof *h);
    adsync_storage_ops mine = {
        .size = sizeof mine, .flags = ops->flags, .max_changes = ops->max_changes, .max_bytes = ops->max_bytes, .user = h,
        .read = faulty_read, .scan = faulty_scan, .commit = faulty_commit, .close = faulty_close,
        .notify = ops->notify ? faulty_notify : NULL,
        .watch_fd = ops->watch_fd ? faulty_watch_fd : NULL,
        .watch_clear = ops->watch_clear ? faulty_watch_clear : NULL,
        .erase = ops->erase ? faulty_erase : NULL,
        .drop_before = ops->drop_before ? faulty_drop_before : NULL,
        .now = ops->now ? faulty_now : NULL,
    };
    adsync_status rc;

    *out = NULL;
    if (!h) return adsync__fail_memory(error);
    *h = (faulty_handle){ f, inner, ops };
    if ((rc = adsync_storage_new(&mine, out, error)) < 0) {
        free(h);
        return rc;
    }
    adsync__storage_keep(inner);
    return ADSYNC_OK;
}

void faulty_fail(faulty *f, uint64_t nth, uint32_t kinds, uint32_t when, bool from_then_on, adsync_status status)
{
    f->nth = nth;
    f->seen = 0;
    f->kinds = kinds;
    f->when = when;
    f->from_then_on = from_then_on;
    f->status = status;
}

void faulty_forget(faulty *f)
{
    f->calls = f->reads = f->scans = f->commits = f->erases = f->failed = 0;
    memset(f->recorded, 0, sizeof f->recorded);
}
