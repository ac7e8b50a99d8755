/* SPDX-License-Identifier: MIT */
/* A program with the library of today, run by a test that has the next one: pg_old CONNINFO MARK ROUNDS puts rows of meta and queue with
 * all columns that it knows, ROUNDS times over, and reads each back. MARK goes into every row. */
#include "storage/storage.h"
#include "support/values.h"

#include <adsync/postgres.h>
#include <stdio.h>
#include <stdlib.h>

static bool old_round(adsync_storage *storage, int64_t n, int64_t mark, adsync_error **error)
{
    const adsync_value slot[] = {
        NUMBER(1), adsync__value_int(n), WORD("slot"), adsync__value_int(mark), NUMBER(0), NUMBER(1), NUMBER(4), NONE, NUMBER(9)
    };
    const adsync_change change = PUT(ADSYNC_T_QUEUE, ADSYNC_EXPECT_ANY, slot);
    adsync_rows *rows = NULL;
    bool there;

    if (adsync_storage_commit(storage, 1, &change, 1, NULL, error) < 0) return false;
    if (adsync_storage_read(storage, 1, ADSYNC_T_QUEUE, 0, slot, 1, &rows, error) < 0) return false;
    there = adsync_rows_count(rows) == 1;
    adsync_rows_free(rows);
    return there;
}

int main(int argc, char **argv)
{
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;
    bool fine = argc == 4 && adsync_postgres_open(argv[1], NULL, &storage, &error) >= 0;

    for (int i = 0; fine && i < atoi(argv[3]); i++)
        fine = old_round(storage, i % 40, atoi(argv[2]), &error);
    if (!fine) fprintf(stderr, "%s\n", adsync_error_message(error));
    adsync_storage_free(storage);
    adsync_error_free(error);
    return fine ? 0 : 1;
}
