/* SPDX-License-Identifier: MIT */
/* Units, and the group commit that carries those of a turn. */
#include "kernel_int.h"

enum {
    BATCH_ROUNDS = 3,
    BATCH_RETRIES = 5,
    BATCH_CHANGES = 2000,
    BATCH_BYTES = 4 << 20,
    BATCH_SPARE = 8 /* changes kept for the engine's own unit */
};

struct adsync__commit_unit {
    adsync__kernel *kernel;
    struct adsync__commit_unit *next;
    int64_t org;
    adsync__unit_done done;
    void *user;
    adsync__arena arena;
    adsync_change *changes;
    uint32_t n, room;
    size_t bytes;
    adsync_status failed;
};

adsync__commit_unit *adsync__unit_new(adsync__kernel *kernel, int64_t org, adsync__unit_done done, void *user)
{
    adsync__commit_unit *unit = adsync__alloc_zero(1, sizeof *unit);

    if (!unit) return NULL;
    unit->kernel = kernel;
    unit->org = org;
    unit->done = done;
    unit->user = user;
    return unit;
}

static bool unit_room(adsync__commit_unit *unit)
{
    uint32_t room = unit->room ? unit->room * 2 : 8;
    adsync_change *grown;

    if (unit->n < unit->room) return true;
    if (!(grown = adsync__realloc(unit->changes, room, sizeof *grown))) return false;
    unit->changes = grown;
    unit->room = room;
    return true;
}

adsync_value *adsync__unit_values(adsync__commit_unit *unit, uint32_t n)
{
    adsync_value *values = unit->failed ? NULL : adsync__arena_take(&unit->arena, n * sizeof *values);

    if (!values)
        unit->failed = ADSYNC_E_MEMORY;
    else
        memset(values, 0, n * sizeof *values);
    return values;
}

/* The values lie in the unit's memory already. */
static void unit_take(adsync__commit_unit *unit, adsync_change change, adsync_value *values)
{
    if (unit->failed) return;
    if (!unit_room(unit)) goto failed;
    for (uint32_t i = 0; i < change.n_values; i++) {
        bool bytes = values[i].kind == ADSYNC_VALUE_TEXT || values[i].kind == ADSYNC_VALUE_BYTES;
        if (bytes && !(values[i].p = adsync__arena_copy(&unit->arena, values[i].p, values[i].size))) goto failed;
        unit->bytes += bytes ? values[i].size : 8;
    }
    change.values = values;
    unit->changes[unit->n++] = change;
    return;
failed:
    unit->failed = ADSYNC_E_MEMORY;
}

static void unit_add(adsync__commit_unit *unit, adsync_change change)
{
    adsync_value *values = unit->failed ? NULL : adsync__arena_take(&unit->arena, change.n_values * sizeof *values);

    if (!values) {
        unit->failed = ADSYNC_E_MEMORY;
        return;
    }
    memcpy(values, change.values, change.n_values * sizeof *values);
    unit_take(unit, change, values);
}

void adsync__unit_put_values(adsync__commit_unit *unit, uint32_t table, adsync_value *values, uint32_t n)
{
    unit_take(unit, (adsync_change){ .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .n_values = n }, values);
}

void adsync__unit_put(adsync__commit_unit *unit, uint32_t table, int64_t expected, int64_t version, const adsync_value *values, uint32_t n)
{
    unit_add(unit,
             (adsync_change){
                 .op = ADSYNC_CHANGE_PUT, .table = table, .expected = expected, .version = version, .values = values, .n_values = n });
}

static void unit_key(adsync__commit_unit *unit, uint32_t op, uint32_t table, int64_t expected, const adsync_value *key)
{
    unit_add(unit,
             (adsync_change){ .op = op, .table = table, .expected = expected, .values = key, .n_values = adsync_index_width(table, 0) });
}

void adsync__unit_delete(adsync__commit_unit *unit, uint32_t table, int64_t expected, const adsync_value *key)
{
    unit_key(unit, ADSYNC_CHANGE_DELETE, table, expected, key);
}

void adsync__unit_check(adsync__commit_unit *unit, uint32_t table, int64_t expected, const adsync_value *key)
{
    unit_key(unit, ADSYNC_CHANGE_CHECK, table, expected, key);
}

static adsync_value unit_cut(const char *text, size_t max)
{
    adsync_value value = adsync__value_text(text);

    if (text) value.size = (uint32_t)adsync__utf8_cut(text, value.size, max);
    return value;
}

void adsync__unit_audit(adsync__commit_unit *unit, const adsync__flight_spec *about, const adsync__audit *audit)
{
    const adsync_value values[] = {
        adsync__value_int(unit->org),
        adsync__value_int(audit->called_us),
        adsync__value_int(adsync__version_draw(&unit->kernel->effects) & ((INT64_C(1) << 53) - 1)),
        about->connection ? adsync__value_int(about->connection) : adsync__value_null(),
        about->grant ? adsync__value_int(about->grant) : adsync__value_null(),
        about->job ? adsync__value_int(about->job) : adsync__value_null(),
        adsync__value_text(about->app->connector->platform),
        unit_cut(audit->endpoint, 1000),
        unit_cut(audit->method, 16),
        unit_cut(audit->action, 64),
        adsync__value_int(audit->http_status),
        unit_cut(audit->code, 128),
        unit_cut(audit->request_id, 255),
        adsync__value_int(audit->duration_us),
        adsync__value_int(audit->success),
        unit_cut(audit->excerpt, 4096),
    };

    adsync__unit_put(unit, ADSYNC_T_API_CALLS, ADSYNC_EXPECT_ANY, 0, values, ADSYNC__COUNT(values));
}

char *adsync__unit_keep(adsync__commit_unit *unit, const void *p, size_t size) { return adsync__arena_copy(&unit->arena, p, size); }

size_t adsync__unit_weight(const adsync__commit_unit *unit, uint32_t *changes)
{
    if (changes) *changes = unit->n;
    return unit->bytes;
}

static void unit_free(adsync__commit_unit *unit)
{
    adsync__arena_free(&unit->arena);
    adsync__free(unit->changes);
    adsync__free(unit);
}

void adsync__unit_drop(adsync__commit_unit *unit)
{
    if (unit) unit_free(unit);
}

/* What nobody waits for (the audit of calls that were made) outlives a storage that does not answer: it goes with the next commit. That
 * one may have been applied does no harm, since its rows have keys of their own. */
static bool unit_lasts(const adsync__commit_unit *unit, adsync_status status)
{
    if (unit->done || (status != ADSYNC_E_STORAGE && status != ADSYNC_E_RETRY && status != ADSYNC_E_UNCERTAIN)) return false;
    return unit->kernel->n_lasting < BATCH_CHANGES;
}

static void unit_tell(adsync__commit_unit *unit, adsync_status status, const adsync_error *error)
{
    if (unit_lasts(unit, status)) { /* apart, so that nobody turns for its sake alone */
        unit->next = unit->kernel->lasting;
        unit->kernel->lasting = unit;
        unit->kernel->n_lasting++;
        return;
    }
    if (unit->done) unit->done(unit->user, status, error);
    unit_free(unit);
}

void adsync__unit_submit(adsync__commit_unit *unit)
{
    adsync__kernel *kernel = unit->kernel;

    *kernel->units_end = unit;
    kernel->units_end = &unit->next;
    unit->next = NULL;
    kernel->n_changes += unit->n;
    kernel->n_bytes += unit->bytes;
}

bool adsync__batch_full(const adsync__kernel *kernel)
{
    const adsync_storage_ops *ops = adsync__storage_ops(kernel->storage);

    return kernel->n_changes + BATCH_SPARE >= (ops->max_changes < BATCH_CHANGES ? ops->max_changes : BATCH_CHANGES) ||
           kernel->n_bytes >= (ops->max_bytes < BATCH_BYTES ? ops->max_bytes : BATCH_BYTES) / 2;
}

static adsync__commit_unit *batch_detach(adsync__kernel *kernel)
{
    adsync__commit_unit *units = kernel->units;

    kernel->units = NULL;
    kernel->units_end = &kernel->units;
    kernel->n_changes = 0;
    kernel->n_bytes = 0;
    return units;
}

static void batch_again(adsync__kernel *kernel)
{
    for (adsync__commit_unit *unit; (unit = kernel->lasting);) {
        kernel->lasting = unit->next;
        adsync__unit_submit(unit);
    }
    kernel->n_lasting = 0;
}

void adsync__batch_cancel(adsync__kernel *kernel)
{
    adsync__commit_unit *next;

    batch_again(kernel);

    for (adsync__commit_unit *unit = batch_detach(kernel); unit; unit = next) {
        next = unit->next;
        unit_tell(unit, ADSYNC_E_CANCELLED, NULL);
    }
}

static void batch_disown(adsync__commit_unit *unit)
{
    if (unit->done)
        unit_tell(unit, ADSYNC_E_CONFLICT, NULL);
    else
        adsync__unit_submit(unit);
}

static void batch_disown_all(adsync__commit_unit *list)
{
    for (adsync__commit_unit *unit; (unit = list);) {
        list = unit->next;
        batch_disown(unit);
    }
}

void adsync__units_disown(adsync__kernel *kernel) { batch_disown_all(batch_detach(kernel)); }

/* Commits some units, the engine's own among them; `group[0]` is that one or NULL. */
static adsync_status batch_submit(adsync__kernel *kernel, adsync__commit_unit **group, uint32_t n, adsync__unit *plain,
                                  adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_E_RETRY;
    uint32_t used = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (!group[i] || !group[i]->n) continue;
        plain[used++] = (adsync__unit){ .org = group[i]->org, .changes = group[i]->changes, .n_changes = group[i]->n };
    }
    if (!used) return ADSYNC_OK;
    for (uint32_t tries = 0; tries < BATCH_RETRIES && rc == ADSYNC_E_RETRY; tries++)
        rc = adsync__fence_commit(kernel, plain, used, &words);
    if (rc == ADSYNC_E_NOT_FOUND) rc = ADSYNC_E_CONFLICT; /* of an organisation that is gone: those units are marked */
    (void)adsync__fail_with(error, rc == ADSYNC_E_CONFLICT ? ADSYNC_OK : rc, words);
    for (uint32_t i = n; i > 0; i--) /* back to the units' own places */
        plain[i - 1] = group[i - 1] && group[i - 1]->n ? plain[--used] : (adsync__unit){ 0 };
    return rc;
}

/* Takes the units that conflicted out of the group and tells them. True: the engine's own is among them. */
static bool batch_take_out(adsync__commit_unit **group, uint32_t n, const adsync__unit *plain)
{
    for (uint32_t i = 1; i < n; i++) {
        if (!group[i] || !plain[i].conflicts) continue;
        unit_tell(group[i], ADSYNC_E_CONFLICT, NULL);
        group[i] = NULL;
    }
    return group[0] && plain[0].conflicts;
}

static void batch_tell(adsync__commit_unit **group, uint32_t n, adsync_status status, const adsync_error *error)
{
    for (uint32_t i = 1; i < n; i++) {
        if (group[i]) unit_tell(group[i], status, error);
        group[i] = NULL;
    }
}

static adsync_status batch_own(adsync__kernel *kernel, adsync__commit_unit **own, adsync_error **error)
{
    *own = NULL;
    if (!kernel->hooks.before_commit) return ADSYNC_OK;
    if (!(*own = adsync__unit_new(kernel, 0, NULL, NULL))) return adsync__fail_memory(error);
    kernel->hooks.before_commit(kernel->hooks_user, *own);
    return (*own)->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

static void batch_fenced(adsync__kernel *kernel, adsync__commit_unit **group, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        if (group[i]) batch_disown(group[i]);
        group[i] = NULL;
    }
    if (kernel->hooks.fenced) kernel->hooks.fenced(kernel->hooks_user);
}

/* Where nothing of the engine's rides along (it was declared dead, or claims nothing), what somebody waits for must not be committed: it
 * was submitted by somebody who did not know yet. */
static void batch_unowned(adsync__commit_unit **group, uint32_t n)
{
    if (!group[0] || group[0]->n) return;
    for (uint32_t i = 1; i < n; i++) {
        if (!group[i] || !group[i]->done) continue;
        unit_tell(group[i], ADSYNC_E_CONFLICT, NULL);
        group[i] = NULL;
    }
}

static adsync_status batch_once(adsync__kernel *kernel, adsync__commit_unit **group, uint32_t n, adsync__unit *plain, bool *fenced,
                                adsync_error **error)
{
    adsync_status rc = batch_own(kernel, &group[0], error);

    if (rc >= 0) batch_unowned(group, n);
    if (rc >= 0) rc = batch_submit(kernel, group, n, plain, error);
    if (rc >= 0 && group[0] && kernel->hooks.committed) kernel->hooks.committed(kernel->hooks_user);
    if (rc == ADSYNC_E_CONFLICT && batch_take_out(group, n, plain)) {
        *fenced = true;
        batch_fenced(kernel, group, n);
    }
    adsync__unit_drop(group[0]);
    group[0] = NULL;
    return rc;
}

/* A group that would not hold together: each unit goes alone, beside the engine's own. */
static adsync_status batch_singly(adsync__kernel *kernel, adsync__commit_unit **group, uint32_t n, adsync__unit *plain, bool *fenced)
{
    for (uint32_t i = 1; i < n && !*fenced; i++) {
        adsync__commit_unit *pair[2] = { NULL, group[i] };
        adsync_error *error = NULL;
        adsync_status rc;
        if (!group[i]) continue;
        group[i] = NULL;
        rc = batch_once(kernel, pair, 2, plain, fenced, &error);
        if (pair[1]) unit_tell(pair[1], rc, error);
        adsync_error_free(error);
    }
    for (uint32_t i = 1; i < n && *fenced; i++)
        if (group[i]) batch_disown(group[i]);
    return ADSYNC_OK;
}

static adsync_status batch_group(adsync__kernel *kernel, adsync__commit_unit **group, uint32_t n, adsync__unit *plain, bool *fenced,
                                 adsync_error **error)
{
    adsync_status rc = ADSYNC_E_CONFLICT;

    for (uint32_t round = 0; round < BATCH_ROUNDS && rc == ADSYNC_E_CONFLICT && !*fenced; round++)
        rc = batch_once(kernel, group, n, plain, fenced, error);
    if (*fenced) return ADSYNC_OK; /* the engine knows */
    if (rc == ADSYNC_E_CONFLICT || rc == ADSYNC_E_INVALID || rc == ADSYNC_E_TOO_BIG) return batch_singly(kernel, group, n, plain, fenced);
    batch_tell(group, n, rc, error ? *error : NULL);
    return rc;
}

/* As many units as one commit takes; those that could not be built are told at once. */
static uint32_t batch_gather(adsync__commit_unit **list, adsync__commit_unit **group, uint32_t most_units, uint32_t changes, size_t bytes)
{
    uint32_t n = 1;

    group[0] = NULL;
    for (adsync__commit_unit *unit; (unit = *list) && n < most_units;) {
        if (n > 1 && (unit->n >= changes || unit->bytes > bytes)) break; /* one more where its organisation has to be checked */
        *list = unit->next;
        unit->next = NULL;
        if (unit->failed) {
            unit_tell(unit, unit->failed, NULL);
            continue;
        }
        changes -= unit->n < changes ? unit->n + 1 : changes;
        bytes -= unit->bytes < bytes ? unit->bytes : bytes;
        group[n++] = unit;
    }
    return n;
}

adsync_status adsync__batch_commit(adsync__kernel *kernel, adsync_error **error)
{
    enum { UNITS = 512 };
    const adsync_storage_ops *ops = adsync__storage_ops(kernel->storage);
    adsync__commit_unit *group[UNITS], *list;
    adsync__unit plain[UNITS];
    adsync_status rc = ADSYNC_OK, one;
    bool fenced = false;
    uint32_t n;

    if (kernel->units) batch_again(kernel);
    list = batch_detach(kernel);
    while (list && !fenced) {
        n = batch_gather(&list, group, UNITS, ops->max_changes - BATCH_SPARE, ops->max_bytes - 4096);
        if (n == 1) continue;
        one = batch_group(kernel, group, n, plain, &fenced, error);
        if (one < 0) rc = one;
    }
    batch_disown_all(list);
    return rc;
}

adsync_status adsync__commit_now(adsync__kernel *kernel, adsync__unit *units, uint32_t n, adsync_error **error)
{
    adsync_status rc = ADSYNC_E_RETRY;

    for (uint32_t tries = 0; tries < BATCH_RETRIES && rc == ADSYNC_E_RETRY; tries++)
        rc = adsync__fence_commit(kernel, units, n, error);
    return rc;
}

adsync_status adsync__unit_commit(adsync__commit_unit *unit, adsync_error **error)
{
    adsync__unit plain = { .org = unit->org, .changes = unit->changes, .n_changes = unit->n };
    adsync_status rc = ADSYNC_OK;

    if (unit->failed)
        rc = adsync__fail_memory(error);
    else if (unit->n)
        rc = adsync__commit_now(unit->kernel, &plain, 1, error);
    unit_free(unit);
    return rc;
}

adsync_status adsync__unit_commit_fenced(adsync__commit_unit *unit, adsync_error **error)
{
    adsync__commit_unit *pair[2] = { NULL, unit };
    adsync__unit plain[2] = { 0 };
    adsync__kernel *kernel = unit->kernel;
    bool fenced = false;
    adsync_status rc = unit->failed ? adsync__fail_memory(error) : batch_own(kernel, &pair[0], error);

    if (rc >= 0) rc = batch_submit(kernel, pair, 2, plain, error);
    if (rc >= 0 && pair[0] && kernel->hooks.committed) kernel->hooks.committed(kernel->hooks_user);
    fenced = rc == ADSYNC_E_CONFLICT && pair[0] && plain[0].conflicts;
    adsync__unit_drop(pair[0]);
    unit_free(unit);
    if (fenced && kernel->hooks.fenced) kernel->hooks.fenced(kernel->hooks_user);
    return rc;
}
