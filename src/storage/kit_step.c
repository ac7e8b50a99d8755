/* SPDX-License-Identifier: MIT */
/* The steps that promises are made of. Each does nothing once the promise is seen to be broken. */
#include "kit_int.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct kit_kept {
    kit_kept *next;
    adsync_rows *rows;
};

bool adsync__kit_fine(const kit *k) { return k->result == KIT_OK && !k->fatal; }

void adsync__kit_broken(kit *k, const char *format, ...)
{
    va_list args;

    if (!adsync__kit_fine(k)) return;
    k->result = KIT_BROKEN;
    va_start(args, format);
    (void)vsnprintf(k->message, sizeof k->message, format, args);
    va_end(args);
    k->message[adsync__utf8_cut(k->message, strlen(k->message), sizeof k->message - 5)] = 0; /* no half character at the end */
}

void adsync__kit_skip(kit *k, const char *why)
{
    if (!adsync__kit_fine(k)) return;
    k->result = KIT_SKIPPED;
    (void)snprintf(k->message, sizeof k->message, "%s", why);
}

static bool step_memory(kit *k, const void *p)
{
    if (!p) k->fatal = ADSYNC_E_MEMORY;
    return p != NULL;
}

bool adsync__kit_failed(kit *k, const char *what, adsync_status rc, const adsync_error *words)
{
    if (rc >= 0) return false;
    if (rc == ADSYNC_E_MEMORY) k->fatal = rc;
    adsync__kit_broken(k, "%s answered %s: %s", what, adsync_status_name(rc), adsync_error_message(words));
    return true;
}

/* splitmix64: repeatable from options.seed */
uint64_t adsync__kit_draw(kit *k)
{
    uint64_t x = k->draw += 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

int64_t adsync__kit_version(kit *k)
{
    int64_t drawn = (int64_t)(adsync__kit_draw(k) >> 1);

    return drawn ? drawn : 1;
}

void *adsync__kit_take(kit *k, size_t size)
{
    void *taken = adsync__arena_take(&k->arena, size);

    if (step_memory(k, taken)) memset(taken, 0, size);
    return taken;
}

char *adsync__kit_text(kit *k, const char *format, ...)
{
    char text[256], *copy;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    copy = adsync__arena_copy(&k->arena, text, strlen(text));
    return step_memory(k, copy) ? copy : NULL;
}

char *adsync__kit_long_text(kit *k, size_t size, uint64_t seed)
{
    char *text = adsync__kit_take(k, size + 1);

    for (size_t i = 0; text && i < size; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        text[i] = (char)('a' + (seed >> 33) % 26);
    }
    return text;
}

void adsync__kit_show(char out[64], const adsync_value *value)
{
    size_t n = 0;

    if (value->kind == ADSYNC_VALUE_NULL) (void)snprintf(out, 64, "null");
    if (value->kind == ADSYNC_VALUE_INT) (void)snprintf(out, 64, "%" PRId64, value->i);
    if (value->kind != ADSYNC_VALUE_TEXT && value->kind != ADSYNC_VALUE_BYTES) return;
    out[n++] = '\'';
    for (uint32_t i = 0; i < value->size && n < 32; i++) {
        unsigned char c = (unsigned char)value->p[i];
        bool plain = value->kind == ADSYNC_VALUE_TEXT && c >= 0x20 && c < 0x7f;
        n += (size_t)snprintf(out + n, 64 - n, plain ? "%c" : "\\x%02x", c);
    }
    (void)snprintf(out + n, 64 - n, n >= 32 ? "..' (%" PRIu32 " bytes)" : "'", value->size);
}

/* ---- batches */

static const adsync_value *step_copy(kit *k, const adsync_value *values, uint32_t n)
{
    adsync_value *copy = adsync__kit_take(k, n * sizeof *copy);

    for (uint32_t i = 0; copy && i < n; i++) {
        copy[i] = values[i];
        if (values[i].kind < ADSYNC_VALUE_TEXT || !values[i].size) continue;
        copy[i].p = adsync__arena_copy(&k->arena, values[i].p, values[i].size);
        if (!step_memory(k, copy[i].p)) return NULL;
    }
    return copy;
}

static bool step_room(kit *k)
{
    uint32_t room = k->room_batch ? k->room_batch * 2 : 32;
    adsync_change *batch;
    uint8_t *held;

    if (k->n_batch < k->room_batch) return true;
    if (!step_memory(k, batch = adsync__realloc(k->batch, room, sizeof *batch))) return false;
    k->batch = batch;
    if (!step_memory(k, held = adsync__realloc(k->held, room, 1))) return false;
    k->held = held;
    k->room_batch = room;
    return true;
}

void adsync__kit_change(kit *k, const adsync_change *change)
{
    adsync_change copy = *change;

    if (!adsync__kit_fine(k) || !step_room(k) || !(copy.values = step_copy(k, change->values, change->n_values))) return;
    k->batch[k->n_batch++] = copy;
}

int64_t adsync__kit_put(kit *k, uint32_t table, int64_t expected, const adsync_value *values, uint32_t n)
{
    adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = table, .expected = expected, .version = adsync__kit_version(k), .values = values, .n_values = n
    };

    adsync__kit_change(k, &put);
    return put.version;
}

void adsync__kit_delete(kit *k, uint32_t table, int64_t expected, const adsync_value *key, uint32_t n)
{
    adsync__kit_change(k,
                       &(adsync_change){ .op = ADSYNC_CHANGE_DELETE, .table = table, .expected = expected, .values = key, .n_values = n });
}

void adsync__kit_demand(kit *k, uint32_t table, int64_t version, const adsync_value *key, uint32_t n)
{
    adsync__kit_change(k, &(adsync_change){ .op = ADSYNC_CHANGE_CHECK, .table = table, .expected = version, .values = key, .n_values = n });
}

/* One unit per change: a promise may span organisations, as a group commit does. */
static adsync_status step_submit(kit *k, adsync_storage *on, adsync_error **error)
{
    adsync__unit *units = adsync__alloc_zero(k->n_batch, sizeof *units);
    adsync_status rc = ADSYNC_E_RETRY;

    if (!units) return adsync__fail_memory(error);
    memset(k->held, 0, k->n_batch);
    for (uint32_t i = 0; i < k->n_batch; i++)
        units[i] = (adsync__unit){ adsync_table_has_org(k->batch[i].table) ? k->batch[i].values[0].i : 0, &k->batch[i], 1, 0 };
    for (int tries = 0; tries < KIT_TRIES && rc == ADSYNC_E_RETRY; tries++)
        rc = adsync__storage_commit(on, units, k->n_batch, k->held, error);
    adsync__free(units);
    return rc;
}

adsync_status adsync__kit_commit(kit *k, adsync_storage *on, adsync_error **error)
{
    adsync_status rc;

    if (!adsync__kit_fine(k) || !k->n_batch) return ADSYNC_OK;
    rc = step_submit(k, on, error);
    if (rc == ADSYNC_E_MEMORY) k->fatal = rc;
    k->n_batch = 0;
    return rc;
}

void adsync__kit_commits(kit *k, adsync_storage *on, const char *what)
{
    adsync_error *words = NULL;

    (void)adsync__kit_failed(k, what, adsync__kit_commit(k, on, &words), words);
    adsync_error_free(words);
}

void adsync__kit_refuses(kit *k, adsync_storage *on, const char *held, const char *what)
{
    adsync_error *words = NULL;
    adsync_status rc;
    uint32_t n = k->n_batch;

    if (!adsync__kit_fine(k)) return;
    rc = adsync__kit_commit(k, on, &words);
    if (rc >= 0)
        adsync__kit_broken(k, "%s was committed", what);
    else if (rc != ADSYNC_E_CONFLICT)
        (void)adsync__kit_failed(k, what, rc, words);
    for (uint32_t i = 0; i < n && adsync__kit_fine(k); i++)
        if (k->held[i] != (held[i] == '1'))
            adsync__kit_broken(k, "%s: change %" PRIu32 " of %" PRIu32 " %s", what, i + 1, n,
                               k->held[i] ? "was named as a conflict, and holds" : "does not hold, and was not named");
    adsync_error_free(words);
}

int64_t adsync__kit_store(kit *k, uint32_t table, const adsync_value *values, uint32_t n)
{
    int64_t version = adsync__kit_put(k, table, ADSYNC_EXPECT_ANY, values, n);

    adsync__kit_commits(k, k->one, "a put");
    return version;
}

/* ---- looking */

void adsync__kit_keep(kit *k, adsync_rows *rows)
{
    kit_kept *kept = rows ? adsync__kit_take(k, sizeof *kept) : NULL;

    if (!kept) {
        adsync_rows_free(rows);
        return;
    }
    *kept = (kit_kept){ k->kept, rows };
    k->kept = kept;
}

void adsync__kit_forget(kit *k)
{
    for (; k->kept; k->kept = k->kept->next)
        adsync_rows_free(k->kept->rows);
    adsync__arena_free(&k->arena);
    k->n_batch = 0;
}

adsync_rows *adsync__kit_read(kit *k, adsync_storage *on, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys)
{
    int64_t org = adsync_table_has_org(table) ? keys[0].i : 0;
    adsync_error *words = NULL;
    adsync_rows *rows = NULL;
    adsync_status rc = ADSYNC_E_RETRY;

    if (!adsync__kit_fine(k)) return NULL;
    for (int tries = 0; tries < KIT_TRIES && rc == ADSYNC_E_RETRY; tries++)
        rc = adsync_storage_read(on, org, table, columns, keys, n_keys, &rows, &words);
    (void)adsync__kit_failed(k, "a read", rc, words);
    adsync_error_free(words);
    adsync__kit_keep(k, rows);
    return k->fatal ? NULL : rows;
}

const adsync_value *adsync__kit_row(kit *k, adsync_storage *on, uint32_t table, const adsync_value *key)
{
    adsync_rows *rows = adsync__kit_read(k, on, table, 0, key, 1);
    const adsync_value *row;

    if (!rows || !adsync_rows_count(rows)) return NULL;
    row = adsync__rows_values(rows, 0);
    if (!adsync__key_compare(adsync_index_width(table, 0), row, key)) return row;
    adsync__kit_broken(k, "a read of %s answered a row of another key", adsync_table_name(table));
    return NULL;
}

int64_t adsync__kit_version_of(kit *k, uint32_t table, const adsync_value *key)
{
    const adsync_value *row = adsync__kit_row(k, k->one, table, key);

    if (row) return row[adsync_table_width(table)].i;
    adsync__kit_broken(k, "%s: a row that was put is not there", adsync_table_name(table));
    return 0;
}

void adsync__kit_has(kit *k, adsync_storage *on, uint32_t table, const adsync_value *values, uint32_t n)
{
    const adsync_value *row = adsync__kit_row(k, on, table, values), null = adsync__value_null(), *due;
    char seen[64], wanted[64];

    if (!row) {
        adsync__kit_broken(k, "%s: a row that was put is not there", adsync_table_name(table));
        return;
    }
    for (uint32_t i = 0; i < adsync_table_width(table); i++) {
        due = i < n ? &values[i] : &null;
        if (row[i].kind == due->kind && !adsync_value_compare(&row[i], due)) continue;
        adsync__kit_show(seen, &row[i]);
        adsync__kit_show(wanted, due);
        adsync__kit_broken(k, "%s.%s is %s where %s was due", adsync_table_name(table), adsync_column_name(adsync_table_column(table, i)),
                           seen, wanted);
        return;
    }
}

void adsync__kit_lacks(kit *k, adsync_storage *on, uint32_t table, const adsync_value *key, uint32_t n)
{
    (void)n;
    if (adsync__kit_row(k, on, table, key)) adsync__kit_broken(k, "%s: a row is there that should not be", adsync_table_name(table));
}

static int64_t step_org(const adsync_range *range)
{
    bool all = adsync_index_all_orgs(range->table, range->index);

    return !all && adsync_table_has_org(range->table) && range->n_lower ? range->lower[0].i : 0;
}

adsync_rows *adsync__kit_scan(kit *k, adsync_storage *on, const adsync_range *range)
{
    adsync_error *words = NULL;
    adsync_rows *rows = NULL;
    adsync_status rc = ADSYNC_E_RETRY;

    if (!adsync__kit_fine(k)) return NULL;
    for (int tries = 0; tries < KIT_TRIES && rc == ADSYNC_E_RETRY; tries++)
        rc = adsync_storage_scan(on, step_org(range), range, &rows, &words);
    (void)adsync__kit_failed(k, "a scan", rc, words);
    adsync_error_free(words);
    adsync__kit_keep(k, rows);
    return k->fatal ? NULL : rows;
}

void adsync__kit_gives(kit *k, adsync_storage *on, const adsync_range *range, uint32_t column, const adsync_value *due, uint32_t n)
{
    adsync_rows *rows = adsync__kit_scan(k, on, range);
    const char *table = adsync_table_name(range->table), *index = adsync_index_name(range->table, range->index);
    char seen[64], wanted[64];

    if (!adsync__kit_fine(k)) return;
    for (uint32_t i = 0; i < n && i < adsync_rows_count(rows); i++) {
        const adsync_value *value = &adsync__rows_values(rows, i)[column];
        if (!adsync_value_compare(value, &due[i])) continue;
        adsync__kit_show(seen, value);
        adsync__kit_show(wanted, &due[i]);
        adsync__kit_broken(k, "a scan of %s.%s gave %s at place %" PRIu32 " where %s was due", table, index, seen, i + 1, wanted);
        return;
    }
    if (adsync_rows_count(rows) != n)
        adsync__kit_broken(k, "a scan of %s.%s gave %zu rows where %" PRIu32 " were due", table, index, adsync_rows_count(rows), n);
}
