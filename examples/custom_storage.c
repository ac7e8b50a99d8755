/* SPDX-License-Identifier: MIT */
/* A storage of your own, as small as it gets: rows in memory, in no order, looked through from end to end. Then the conformance kit
 * says whether it is one. doc/storage.md explains each slot.
 *
 * The shelf holds the rows; a handle is only a way to reach it, as a connection is to a database. So every handle sees what any
 * handle commits. */
#include <adsync/adsync.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct row {
    uint32_t table, n; /* n values; what is missing at the end is null */
    int64_t version;
    adsync_value values[]; /* their bytes follow them */
} row;

typedef struct shelf {
    row **rows;
    uint32_t n;
} shelf;

/* ---- reading */

/* Where the row of that key lies; shelf->n if it is not there. */
static uint32_t shelf_find(const shelf *s, uint32_t table, const adsync_value *key)
{
    uint32_t n_key = adsync_index_width(table, 0), at, i;

    for (at = 0; at < s->n; at++) {
        if (s->rows[at]->table != table) continue;
        for (i = 0; i < n_key && adsync_value_compare(&s->rows[at]->values[i], &key[i]) == 0; i++) {}
        if (i == n_key) break;
    }
    return at;
}

/* More columns than wanted are fine, so `columns` need not be looked at. */
static adsync_status shelf_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys, adsync_sink *sink,
                                adsync_error **error)
{
    const shelf *s = user;
    adsync_status rc = ADSYNC_OK;

    (void)columns, (void)error;
    for (uint32_t k = 0; k < n_keys && rc >= 0; k++) {
        uint32_t at = shelf_find(s, table, keys + (size_t)k * adsync_index_width(table, 0));
        if (at < s->n) rc = adsync_sink_values(sink, s->rows[at]->version, s->rows[at]->values, s->rows[at]->n);
    }
    return rc;
}

/* The first row of the range that comes after `last`. A row's values are padded so that every index finds its columns. */
static const row *shelf_next(const shelf *s, const adsync_range *range, const row *last)
{
    const row *next = NULL;

    for (uint32_t at = 0; at < s->n; at++) {
        const row *r = s->rows[at];
        if (r->table != range->table || adsync_range_place(range, r->values) != 0) continue;
        if (last && adsync_range_compare(range, r->values, last->values) <= 0) continue;
        if (!next || adsync_range_compare(range, r->values, next->values) < 0) next = r;
    }
    return next;
}

static adsync_status shelf_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    const row *at = NULL;
    adsync_status rc = ADSYNC_OK;

    (void)error;
    for (uint32_t given = 0; given < range->limit && rc >= 0; given++) {
        if (!(at = shelf_next(user, range, at))) break;
        rc = adsync_sink_values(sink, at->version, at->values, at->n);
    }
    return rc;
}

/* ---- writing */

/* The row that a put makes: the columns it brings, then the old row's, then nulls. */
static row *row_make(const adsync_change *put, const row *old)
{
    uint32_t n = adsync_table_width(put->table);
    size_t bytes = sizeof(row) + n * sizeof(adsync_value), text = 0;
    row *made;
    char *p;

    for (uint32_t i = 0; i < n; i++)
        text += i < put->n_values ? put->values[i].size : old ? old->values[i].size : 0;
    if (!(made = calloc(1, bytes + text + 1))) return NULL;
    made->table = put->table;
    made->n = n;
    made->version = put->version;
    p = (char *)made + bytes;
    for (uint32_t i = 0; i < n; i++) {
        if (i < put->n_values)
            made->values[i] = put->values[i];
        else if (old)
            made->values[i] = old->values[i];
        if (made->values[i].size) memcpy(p, made->values[i].p, made->values[i].size);
        made->values[i].p = p;
        p += made->values[i].size;
    }
    return made;
}

/* Compares every change, so that each that does not hold is named, and makes the rows that puts will bring. */
static adsync_status shelf_prepare(shelf *s, const adsync_change *changes, uint32_t n, row **made, adsync_sink *conflicts)
{
    adsync_status rc = ADSYNC_OK;
    row **room = realloc(s->rows, (s->n + n + 1) * sizeof *room);

    if (!room) return ADSYNC_E_MEMORY;
    s->rows = room;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = shelf_find(s, changes[i].table, changes[i].values);
        const row *old = at < s->n ? s->rows[at] : NULL;
        if (changes[i].expected != ADSYNC_EXPECT_ANY && changes[i].expected != (old ? old->version : ADSYNC_EXPECT_ABSENT)) {
            (void)adsync_sink_conflict(conflicts, i);
            rc = ADSYNC_E_CONFLICT;
        } else if (changes[i].op == ADSYNC_CHANGE_PUT && !(made[i] = row_make(&changes[i], old)))
            return ADSYNC_E_MEMORY;
    }
    return rc;
}

/* Nothing in here can fail. */
static void shelf_apply(shelf *s, const adsync_change *change, row *made)
{
    uint32_t at = shelf_find(s, change->table, change->values);

    if (change->op == ADSYNC_CHANGE_CHECK || (at == s->n && !made)) return;
    if (at < s->n)
        free(s->rows[at]);
    else
        s->n++;
    s->rows[at] = made ? made : s->rows[--s->n];
}

static adsync_status shelf_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    row **made = calloc(n, sizeof *made);
    adsync_status rc = made ? shelf_prepare(user, changes, n, made, conflicts) : ADSYNC_E_MEMORY;

    for (uint32_t i = 0; i < n && made; i++) {
        if (rc >= 0)
            shelf_apply(user, &changes[i], made[i]);
        else
            free(made[i]);
    }
    free(made);
    return rc < 0 ? adsync_error_set(error, rc, NULL, 0) : rc;
}

/* ---- opening */

static void shelf_close(void *user) { (void)user; } /* the shelf outlives its handles */

static adsync_status shelf_open(void *user, adsync_storage **out, adsync_error **error)
{
    adsync_storage_ops ops = {
        .size = sizeof ops, .user = user, .read = shelf_read, .scan = shelf_scan, .commit = shelf_commit, .close = shelf_close
    };

    ops.flags = ADSYNC_STORAGE_VOLATILE | ADSYNC_STORAGE_ONE_PROCESS | ADSYNC_STORAGE_NOT_POWER_SAFE;
    return adsync_storage_new(&ops, out, error);
}

static adsync_status shelf_wipe(void *user, adsync_error **error)
{
    shelf *s = user;

    (void)error;
    while (s->n)
        free(s->rows[--s->n]);
    return ADSYNC_OK;
}

int main(void)
{
    shelf s = { 0 };
    adsync_storage_check_options options = { .size = sizeof options, .user = &s, .open = shelf_open, .wipe = shelf_wipe };
    adsync_rows *report = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync_storage_check(&options, &report, &error);

    while (adsync_rows_next(report, NULL) == ADSYNC_ROW) {
        const char *message = adsync_rows_text(report, ADSYNC_C_MESSAGE);
        printf("%-8s %s\n", adsync_rows_text(report, ADSYNC_C_RESULT), adsync_rows_text(report, ADSYNC_C_NAME));
        if (message) printf("         %s\n", message);
    }
    if (rc < 0) fprintf(stderr, "%s\n", adsync_error_message(error));
    adsync_rows_free(report);
    adsync_error_free(error);
    (void)shelf_wipe(&s, NULL);
    free(s.rows);
    return rc < 0;
}
