/* SPDX-License-Identifier: MIT */
#include "bridge.h"

#include "_cgo_export.h"

#include <stdlib.h>
#include <string.h>

enum { BRIDGE_COLUMNS = 256 };

/* ---- flat rows */

static const char *bridge_value(const char *at, adsync_value *out)
{
    uint32_t kind, size;

    memcpy(&kind, at, 4);
    memcpy(&size, at + 4, 4);
    at += 8;
    *out = (adsync_value){ .kind = kind };
    if (kind == ADSYNC_VALUE_INT) {
        memcpy(&out->i, at, 8);
        return at + 8;
    }
    out->size = size;
    out->p = at;
    return at + size;
}

adsync_status bridge_answer(adsync_sink *sink, const void *flat, size_t size)
{
    adsync_value values[BRIDGE_COLUMNS];
    const char *at = flat, *end = at + size;
    adsync_status rc = ADSYNC_OK;
    int64_t version;
    uint32_t n;

    while (at < end && rc >= 0) {
        memcpy(&version, at, 8);
        memcpy(&n, at + 8, 4);
        at += 12;
        for (uint32_t i = 0; i < n; i++) {
            adsync_value one;
            at = bridge_value(at, &one);
            if (i < BRIDGE_COLUMNS) values[i] = one;
        }
        rc = adsync_sink_values(sink, version, values, n < BRIDGE_COLUMNS ? n : BRIDGE_COLUMNS);
    }
    return rc;
}

adsync_value *bridge_values(const void *flat, size_t size, uint32_t n)
{
    adsync_value *values = malloc(n * sizeof *values + size + 1);
    char *copy = (char *)(values + n);
    const char *at = copy;

    if (!values) return NULL;
    memcpy(copy, flat, size);
    for (uint32_t i = 0; i < n; i++) at = bridge_value(at, &values[i]);
    return values;
}

void bridge_free(void *p) { free(p); }

/* ---- a storage */

static adsync_status storage_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys,
                                  adsync_sink *sink, adsync_error **error)
{
    return adsyncGoRead((uintptr_t)user, table, columns, (adsync_value *)keys, n_keys, sink, error);
}

static adsync_status storage_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    return adsyncGoScan((uintptr_t)user, (adsync_range *)range, sink, error);
}

static adsync_status storage_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    return adsyncGoCommit((uintptr_t)user, (adsync_change *)changes, n, conflicts, error);
}

static void storage_close(void *user) { adsyncGoClose((uintptr_t)user); }

static void storage_notify(void *user) { adsyncGoNotify((uintptr_t)user); }

static int32_t storage_watch_fd(void *user) { return adsyncGoWatchFD((uintptr_t)user); }

static void storage_watch_clear(void *user) { adsyncGoWatchClear((uintptr_t)user); }

static adsync_status storage_erase(void *user, uint32_t table, const adsync_value *prefix, uint32_t n, uint32_t limit, uint32_t *left,
                                   adsync_error **error)
{
    return adsyncGoErase((uintptr_t)user, table, (adsync_value *)prefix, n, limit, left, error);
}

static adsync_status storage_drop_before(void *user, uint32_t table, int64_t time_us, adsync_error **error)
{
    return adsyncGoDropBefore((uintptr_t)user, table, time_us, error);
}

static adsync_status storage_now(void *user, int64_t *time_us, adsync_error **error)
{
    return adsyncGoStorageNow((uintptr_t)user, time_us, error);
}

adsync_status bridge_storage_new(uintptr_t handle, uint32_t slots, adsync_storage_ops *limits, adsync_storage **out, adsync_error **error)
{
    adsync_storage_ops ops = *limits;

    ops.size = sizeof ops;
    ops.user = (void *)handle;
    ops.read = storage_read;
    ops.scan = storage_scan;
    ops.commit = storage_commit;
    ops.close = storage_close;
    if (slots & BRIDGE_NOTIFY) ops.notify = storage_notify;
    if (slots & BRIDGE_WATCH) ops.watch_fd = storage_watch_fd;
    if (slots & BRIDGE_WATCH) ops.watch_clear = storage_watch_clear;
    if (slots & BRIDGE_ERASE) ops.erase = storage_erase;
    if (slots & BRIDGE_DROP) ops.drop_before = storage_drop_before;
    if (slots & BRIDGE_NOW) ops.now = storage_now;
    return adsync_storage_new(&ops, out, error);
}

/* ---- the conformance kit */

static adsync_status check_open(void *user, adsync_storage **out, adsync_error **error)
{
    return adsyncGoCheckOpen((uintptr_t)user, out, error);
}

static adsync_status check_wipe(void *user, adsync_error **error) { return adsyncGoCheckWipe((uintptr_t)user, error); }

static adsync_status check_fail_at(void *user, int64_t nth, uint32_t after) { return adsyncGoCheckFailAt((uintptr_t)user, nth, after); }

adsync_status bridge_check(uintptr_t handle, adsync_storage_check_options *options, uint32_t faults, adsync_rows **report,
                           adsync_error **error)
{
    adsync_storage_check_options full = *options;

    full.size = sizeof full;
    full.user = (void *)handle;
    full.open = check_open;
    full.wipe = check_wipe;
    if (faults) full.fail_at = check_fail_at;
    return adsync_storage_check(&full, report, error);
}

/* ---- the host's effects */

static int64_t host_now(void *user) { return adsyncGoNow((uintptr_t)user); }

static int64_t host_monotonic(void *user) { return adsyncGoMonotonic((uintptr_t)user); }

static adsync_status host_random(void *user, void *out, uint32_t size) { return adsyncGoRandom((uintptr_t)user, out, size); }

static void host_log(void *user, uint32_t level, const char *json) { adsyncGoLog((uintptr_t)user, level, (char *)json); }

adsync_host *bridge_host(uintptr_t handle, uint32_t slots)
{
    adsync_host *out = malloc(sizeof *out);

    if (!out) return NULL;
    *out = (adsync_host){ .size = sizeof *out, .user = (void *)handle };
    if (slots & BRIDGE_CLOCK) out->now_us = host_now;
    if (slots & BRIDGE_CLOCK) out->monotonic_us = host_monotonic;
    if (slots & BRIDGE_RANDOM) out->random = host_random;
    if (slots & BRIDGE_LOG) out->log = host_log;
    return out;
}

/* ---- master keys */

static adsync_status keys_wrap(void *user, const char *org, const void *key, uint32_t size, adsync_sink *wrapped, adsync_error **error)
{
    return adsyncGoWrap((uintptr_t)user, (char *)org, (void *)key, size, wrapped, error);
}

static adsync_status keys_unwrap(void *user, const char *org, const char *master, const void *wrapped, uint32_t size, adsync_sink *key,
                                 adsync_error **error)
{
    return adsyncGoUnwrap((uintptr_t)user, (char *)org, (char *)master, (void *)wrapped, size, key, error);
}

static void keys_close(void *user) { adsyncGoKeysClose((uintptr_t)user); }

adsync_status bridge_keys_new(uintptr_t handle, const char *master, adsync_keys **out, adsync_error **error)
{
    adsync_key_ops ops = { .size = sizeof ops, .user = (void *)handle, .wrap = keys_wrap, .unwrap = keys_unwrap, .close = keys_close };

    return adsync_keys_new(&ops, master, out, error);
}

/* ---- a connector */

static adsync_status connector_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    return adsyncGoDescribe((uintptr_t)user, out, error);
}

static adsync_status connector_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    return adsyncGoRequest((uintptr_t)user, (adsync_task *)task, out, error);
}

static adsync_status connector_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,
                                        adsync_error **error)
{
    return adsyncGoResponse((uintptr_t)user, (adsync_task *)task, (adsync_response *)in, out, error);
}

adsync_status bridge_connector(uintptr_t handle, adsync_engine *engine, const char *platform, adsync_error **error)
{
    adsync_connector_ops ops = { .size = sizeof ops,
                                 .user = (void *)handle,
                                 .describe = connector_describe,
                                 .request = connector_request,
                                 .response = connector_response };

    return adsync_connector_register(engine, platform, &ops, error);
}
