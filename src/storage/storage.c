/* SPDX-License-Identifier: MIT */
#include "storage_int.h"

#include <inttypes.h>

enum {
    STORAGE_CHANGES = 2000,
    STORAGE_CHANGES_LEAST = 100,
    STORAGE_BYTES = 4 << 20,
    STORAGE_BYTES_LEAST = 2 << 20,
    STORAGE_FLAGS = ADSYNC_STORAGE_VOLATILE | ADSYNC_STORAGE_ONE_PROCESS | ADSYNC_STORAGE_NOT_POWER_SAFE
};

static adsync_status storage_check_slots(const adsync_storage_ops *ops, adsync_error **error)
{
    const struct {
        const char *name;
        bool there;
    } slots[] = {
        { "read", ops->read != NULL },
        { "scan", ops->scan != NULL },
        { "commit", ops->commit != NULL },
        { "close", ops->close != NULL },
        { "watch_clear (needed with watch_fd)", !ops->watch_fd || ops->watch_clear },
    };

    for (size_t i = 0; i < ADSYNC__COUNT(slots); i++)
        if (!slots[i].there)
            return adsync__fail(error, ADSYNC_E_INVALID, "storage.slot", "adsync_storage_ops: the slot %s is not set", slots[i].name);
    return ADSYNC_OK;
}

static adsync_status storage_check_limits(const adsync_storage_ops *ops, adsync_error **error)
{
    if (ops->flags & ~(uint32_t)STORAGE_FLAGS)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_storage_ops: unknown flags");
    if (ops->max_changes && ops->max_changes < STORAGE_CHANGES_LEAST)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.limits",
                            "adsync_storage_ops: max_changes is %" PRIu32 ", at least %d are needed", ops->max_changes,
                            STORAGE_CHANGES_LEAST);
    if (ops->max_bytes && ops->max_bytes < STORAGE_BYTES_LEAST)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.limits",
                            "adsync_storage_ops: max_bytes is %" PRIu32 ", at least %d are needed", ops->max_bytes, STORAGE_BYTES_LEAST);
    return ADSYNC_OK;
}

adsync_status adsync_storage_new(const adsync_storage_ops *ops, adsync_storage **out, adsync_error **error)
{
    adsync_storage *made = NULL;
    adsync_storage_ops mine = { 0 };
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = adsync__check_struct(ops, offsetof(adsync_storage_ops, notify), sizeof mine, "adsync_storage_ops", error)) < 0) return rc;
    if (ops->size % sizeof(void *)) /* half a slot would be a wild pointer */
        return adsync__fail(error, ADSYNC_E_INVALID, "invalid.size", "adsync_storage_ops: size is %" PRIu32 ", set it to sizeof",
                            ops->size);
    memcpy(&mine, ops, ops->size < sizeof mine ? ops->size : sizeof mine);
    if ((rc = storage_check_slots(&mine, error)) < 0) return rc;
    if ((rc = storage_check_limits(&mine, error)) < 0) return rc;
    if (!mine.max_changes) mine.max_changes = STORAGE_CHANGES;
    if (!mine.max_bytes) mine.max_bytes = STORAGE_BYTES;
    if (!(made = adsync__alloc_zero(1, sizeof *made))) return adsync__fail_memory(error);
    if ((rc = adsync__effects_begin(&made->effects, NULL, error)) < 0) {
        adsync__free(made);
        return rc;
    }
    made->ops = mine;
    adsync__guard_begin(&made->guard);
    *out = made;
    return ADSYNC_OK;
}

static void storage_destroy(adsync_storage *storage)
{
    adsync__storage_ahead_end(storage);
    storage->ops.close(storage->ops.user);
    adsync__free(storage);
}

void adsync_storage_free(adsync_storage *storage)
{
    if (storage && adsync__guard_drop(&storage->guard)) storage_destroy(storage);
}

void adsync__storage_keep(adsync_storage *storage) { adsync__guard_keep(&storage->guard); }
const adsync_storage_ops *adsync__storage_ops(const adsync_storage *storage) { return &storage->ops; }
adsync__effects *adsync__storage_effects(adsync_storage *storage) { return &storage->effects; }

adsync_status adsync__storage_enter(adsync_storage *storage, const char *what, adsync_error **error)
{
    if (!storage) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "%s: storage is NULL", what);
    return adsync__guard_enter(&storage->guard, what, error);
}

void adsync__storage_leave(adsync_storage *storage)
{
    if (adsync__guard_leave(&storage->guard)) storage_destroy(storage);
}

static bool storage_may_answer(adsync_status status, bool commits)
{
    static const adsync_status always[] = { ADSYNC_E_STORAGE, ADSYNC_E_HOST, ADSYNC_E_MEMORY, ADSYNC_E_UNSUPPORTED, ADSYNC_E_RETRY };
    static const adsync_status commit[] = { ADSYNC_E_CONFLICT, ADSYNC_E_UNCERTAIN, ADSYNC_E_TOO_BIG };

    for (size_t i = 0; i < ADSYNC__COUNT(always); i++)
        if (status == always[i]) return true;
    for (size_t i = 0; commits && i < ADSYNC__COUNT(commit); i++)
        if (status == commit[i]) return true;
    return false;
}

adsync_status adsync__storage_answer(adsync_status answered, bool commits, adsync_error **error)
{
    if (answered == ADSYNC_OK) return ADSYNC_OK;
    if (!storage_may_answer(answered, commits))
        return adsync__fail(error, ADSYNC_E_STORAGE, "storage.answer", "the storage answered %s (%" PRId32 "): %s",
                            adsync_status_name(answered), answered, error && *error ? adsync_error_message(*error) : "no words were left");
    if (error && adsync_error_status(*error) != answered) (void)adsync_error_set(error, answered, NULL, 0);
    return answered;
}

adsync_status adsync__storage_now(adsync_storage *storage, int64_t *time_us, adsync_error **error)
{
    adsync_status rc;

    *time_us = 0;
    if (!storage->ops.now) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "storage.now", "the storage has no clock");
    if ((rc = adsync__storage_enter(storage, "adsync__storage_now", error)) < 0) return rc;
    rc = adsync__storage_answer(storage->ops.now(storage->ops.user, time_us, error), false, error);
    adsync__storage_leave(storage);
    return rc;
}

adsync_status adsync__storage_drop_before(adsync_storage *storage, uint32_t table, int64_t time_us, adsync_error **error)
{
    adsync_status rc;

    if (!storage->ops.drop_before)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "storage.drop_before", "the storage keeps no pieces by time");
    if ((rc = adsync__storage_enter(storage, "adsync__storage_drop_before", error)) < 0) return rc;
    adsync__storage_ahead_end(storage);
    rc = adsync__storage_answer(storage->ops.drop_before(storage->ops.user, table, time_us, error), false, error);
    adsync__storage_leave(storage);
    return rc;
}

void adsync__storage_notify(adsync_storage *storage)
{
    if (!storage->ops.notify || adsync__storage_enter(storage, "adsync__storage_notify", NULL) < 0) return;
    storage->ops.notify(storage->ops.user);
    adsync__storage_leave(storage);
}

int32_t adsync__storage_watch(adsync_storage *storage)
{
    int32_t fd;

    if (!storage->ops.watch_fd || adsync__storage_enter(storage, "adsync__storage_watch", NULL) < 0) return -1;
    fd = storage->ops.watch_fd(storage->ops.user);
    adsync__storage_leave(storage);
    return fd;
}

void adsync__storage_watched(adsync_storage *storage)
{
    if (adsync__storage_enter(storage, "adsync__storage_watched", NULL) < 0) return;
    storage->ops.watch_clear(storage->ops.user);
    adsync__storage_leave(storage);
}
