/* SPDX-License-Identifier: MIT */
/* The tables of a later version, linked in the place of src/storage/tables.c: what that file says, and after it what version 2 brings:
 * columns on a small and on wide tables, one of them sealed, an index over old columns, an index over a new one, a table. */
#define adsync__tables adsync__tables_now
#include "storage/tables.c"
#undef adsync__tables

extern const adsync__schema adsync__tables;

enum { NEXT_COLUMNS = 64, NEXT_TABLES = ADSYNC__COUNT(tables) + 1 };

static adsync__column next_queue[NEXT_COLUMNS], next_metrics[NEXT_COLUMNS], next_connections[NEXT_COLUMNS];
static adsync__index next_queue_indexes[4], next_jobs_indexes[4];
static const adsync__column next_notes[] = {
    { ADSYNC_C_ORG, ADSYNC_VALUE_INT, 0, 2, 0 },
    { ADSYNC_C_ID, ADSYNC_VALUE_TEXT, 100, 2, 0 },
    { ADSYNC_C_TEXT, ADSYNC_VALUE_TEXT, 0, 2, 0 },
};
static adsync__table next_tables[NEXT_TABLES];

const adsync__schema adsync__tables = { 2, NEXT_TABLES, next_tables };

static void next_column(adsync__table *t, adsync__column *columns, adsync__column added)
{
    memcpy(columns, t->columns, t->n_columns * sizeof *columns);
    columns[t->n_columns] = added;
    t->columns = columns;
    t->n_columns++;
}

static void next_index(adsync__table *t, adsync__index *indexes, adsync__index added)
{
    memcpy(indexes, t->indexes, t->n_indexes * sizeof *indexes);
    indexes[t->n_indexes] = added;
    t->indexes = indexes;
    t->n_indexes++;
}

__attribute__((constructor)) static void next_make(void)
{
    adsync__table *queue = &next_tables[ADSYNC_T_QUEUE - 1], *jobs = &next_tables[ADSYNC_T_JOBS - 1];

    memcpy(next_tables, tables, sizeof tables);
    next_column(queue, next_queue, (adsync__column){ ADSYNC_C_PRIORITY, ADSYNC_VALUE_INT, 0, 2, 0 });
    next_index(queue, next_queue_indexes, (adsync__index){ "by_priority", { ADSYNC_C_PRIORITY }, 2, 1 });
    next_column(&next_tables[ADSYNC_T_METRICS - 1], next_metrics, (adsync__column){ ADSYNC_C_TITLE, ADSYNC_VALUE_TEXT, 0, 2, 0 });
    next_column(&next_tables[ADSYNC_T_CONNECTIONS - 1], next_connections,
                (adsync__column){ ADSYNC_C_SEALED, ADSYNC_VALUE_BYTES, 0, 2, ADSYNC__COLUMN_SEALED });
    next_index(jobs, next_jobs_indexes, (adsync__index){ "by_state", { ADSYNC_C_ORG, ADSYNC_C_STATE }, 2, 0 });
    next_tables[NEXT_TABLES - 1] = (adsync__table){ "notes", next_notes, NULL, ADSYNC__COUNT(next_notes), 2, 0, 2, true };
}
