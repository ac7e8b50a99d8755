/* SPDX-License-Identifier: MIT */
/* Storage from inside: table descriptors, the handle, and the org choke point, through which every read and change passes. */
#ifndef ADSYNC_SRC_STORAGE_H
#define ADSYNC_SRC_STORAGE_H

#include "../base/base.h"
#include "../rows/rows.h"

#include <adsync/storage.h>

/* ---- tables.c, schema.c: the one list of what is stored. Everything that knows tables is made from it. */
enum { ADSYNC__COLUMN_SEALED = 1 };
enum { ADSYNC__KEY_MAX = 8, ADSYNC__KEY_BYTES = 512, ADSYNC__WIDTH_MAX = 96, ADSYNC__INDEX_MAX = 4 };

typedef struct adsync__column {
    uint32_t id;    /* ADSYNC_C_* */
    uint32_t kind;  /* ADSYNC_VALUE_INT, _TEXT, _BYTES */
    uint32_t max;   /* bytes; 0: only what a commit takes */
    uint16_t since; /* schema version */
    uint16_t flags; /* ADSYNC__COLUMN_* */
} adsync__column;

typedef struct adsync__index {
    const char *name;
    uint32_t columns[ADSYNC__INDEX_MAX]; /* ADSYNC_C_*; 0 ends them */
    uint16_t since;
    uint16_t all_orgs;
} adsync__index;

typedef struct adsync__table {
    const char *name;
    const adsync__column *columns; /* the key's first */
    const adsync__index *indexes;  /* without the key */
    uint16_t n_columns, n_key, n_indexes, since;
    bool has_org;
} adsync__table;

typedef struct adsync__schema {
    uint32_t version;
    uint32_t n_tables;
    const adsync__table *tables;
} adsync__schema;
extern const adsync__schema adsync__tables; /* tables.c; tests link a later one in its place */

const adsync__table *adsync__table_find(uint32_t table); /* NULL: none */

/* ---- storage.c: the handle. Engine, limiter and vault keep it alive with these. */
void adsync__storage_keep(adsync_storage *storage);
const adsync_storage_ops *adsync__storage_ops(const adsync_storage *storage);
adsync__effects *adsync__storage_effects(adsync_storage *storage); /* tests make versions repeatable through it */
adsync_status adsync__storage_now(adsync_storage *storage, int64_t *time_us, adsync_error **error); /* E_UNSUPPORTED: it has no clock */

/* Pieces that are wholly older than a time go; E_UNSUPPORTED: it keeps none. */
adsync_status adsync__storage_drop_before(adsync_storage *storage, uint32_t table, int64_t time_us, adsync_error **error);

/* Waking the other processes, and being woken: nothing happens where the storage cannot. */
void adsync__storage_notify(adsync_storage *storage);
int32_t adsync__storage_watch(adsync_storage *storage); /* a descriptor that is readable when somebody notified; -1: none */
void adsync__storage_watched(adsync_storage *storage);  /* makes it quiet again */

/* ---- ahead.c: rows of up to four tables whose keys are numbers, for single reads until the turn ends. */
adsync_status adsync__storage_ahead(adsync_storage *storage, uint32_t table, const adsync_value *keys, uint32_t n_keys, adsync_rows **out,
                                    adsync_error **error); /* *out is borrowed; NULL: none were asked for, or four tables are there */
void adsync__storage_ahead_end(adsync_storage *storage);

/* ---- choke.c, commit.c (P5): a unit is the changes of exactly one org; a commit may carry many units. */
typedef struct adsync__unit {
    int64_t org; /* 0: the system's own tables and rows */
    const adsync_change *changes;
    uint32_t n_changes;
    uint32_t conflicts; /* out: how many of its changes do not hold */
} adsync__unit;

/* What a change or bound must be before a storage sees it; E_INVALID with words otherwise. */
adsync_status adsync__choke_change(int64_t org, const adsync_change *change, adsync_error **error);
adsync_status adsync__choke_keys(int64_t org, uint32_t table, const adsync_value *keys, uint32_t n_keys, adsync_error **error);
adsync_status adsync__choke_range(int64_t org, const adsync_range *range, adsync_error **error);

/* ---- orgs.c: what becomes of organisations. A number is given once. */
enum { ADSYNC__ORG_UNKNOWN = 0 /* a number that nobody was given */, ADSYNC__ORG_ACTIVE, ADSYNC__ORG_DELETING, ADSYNC__ORG_ERASED };
/* Its row, stepped to; an empty one where the number is nobody's, or was somebody's whose name is another's now (ERASED). */
adsync_status adsync__org_row(adsync_storage *storage, int64_t number, adsync_rows **out, uint32_t *state, adsync_error **error);
/* Whether an organisation is there and not being deleted: E_NOT_FOUND. */
adsync_status adsync__org_stands(adsync_storage *storage, int64_t number, adsync_error **error);
/* From then on it stands no more. *state: DELETING, or ERASED where that was done before. E_NOT_FOUND: there never was one. */
adsync_status adsync__org_delete(adsync_storage *storage, const char *org, int64_t *number, uint32_t *state, adsync_error **error);
/* Those that are being deleted: rows of meta, VALUE free for who does it. */
adsync_status adsync__org_deleting(adsync_storage *storage, uint32_t limit, adsync_rows **out, adsync_error **error);
int64_t adsync__org_deleting_number(adsync_rows *row);
adsync_status adsync__org_bury(adsync_storage *storage, int64_t number, adsync_error **error); /* nothing of it is left */

/* ---- erase.c: some rows of an organisation's table. *had: there were some; *left: there may be more. */
adsync_status adsync__erase_lot(adsync_storage *storage, int64_t org, uint32_t table, uint32_t limit, bool *had, bool *left,
                                adsync_error **error);

/* All units or none. E_CONFLICT sets each unit's `conflicts`; `flags`, if given, gets a byte per change over all units in order. */
adsync_status adsync__storage_commit(adsync_storage *storage, adsync__unit *units, uint32_t n_units, uint8_t *flags, adsync_error **error);

/* ---- pages.c: all rows of an organisation's table by their key, or those whose second key is `number` (0: all), however many there are */
adsync_status adsync__storage_all(adsync_storage *storage, int64_t org, uint32_t table, int64_t number, adsync_rows **out,
                                  adsync_error **error);

#endif
