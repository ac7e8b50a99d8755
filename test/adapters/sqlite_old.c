/* SPDX-License-Identifier: MIT */
/* A program with the library of today, run by a test that has the next one: sqlite_old FILE MARK ROUNDS puts rows of metrics and
 * queue, ROUNDS times over, all columns that it knows, and reads each back. MARK goes into every row. */
#include "place.h"

#include <stdio.h>

static adsync_error *old_error;

static bool old_says(adsync_status rc, const char *what)
{
    if (rc >= 0) return true;
    fprintf(stderr, "%s: %s\n", what, adsync_error_message(old_error));
    return false;
}

static bool old_round(adsync_storage *storage, int64_t n, int64_t mark)
{
    adsync_value metric[PLACE_METRIC];
    const adsync_value slot[] = {
        NUMBER(1), adsync__value_int(n), WORD("slot"), adsync__value_int(mark), NUMBER(0), NUMBER(1), NUMBER(4), NONE, NUMBER(9)
    };
    const adsync_change changes[] = { PUT(ADSYNC_T_METRICS, ADSYNC_EXPECT_ANY, metric), PUT(ADSYNC_T_QUEUE, ADSYNC_EXPECT_ANY, slot) };
    adsync_rows *rows = NULL;
    adsync_status rc;

    place_metric(metric, 1, n);
    metric[6] = adsync__value_int(mark);
    do {
        rc = adsync_storage_commit(storage, 1, changes, 2, NULL, &old_error);
    } while (rc == ADSYNC_E_RETRY);
    if (!old_says(rc, "commit")) return false;
    if (!old_says(adsync_storage_read(storage, 1, ADSYNC_T_METRICS, 0, metric, 1, &rows, &old_error), "read")) return false;
    rc = adsync_rows_count(rows) == 1 ? ADSYNC_OK : ADSYNC_E_INTERNAL;
    adsync_rows_free(rows);
    return old_says(rc, "the row is gone");
}

int main(int argc, char **argv)
{
    adsync_storage *storage = NULL;
    bool fine = argc == 4;

    for (int i = 0; fine && i < atoi(argv[3]); i++) {
        if (!storage) fine = old_says(adsync_sqlite_open(argv[1], NULL, &storage, &old_error), "open");
        fine = fine && old_round(storage, i % 40, atoi(argv[2]));
        if (i % 25 == 24) {
            adsync_storage_free(storage);
            storage = NULL;
        }
    }
    adsync_storage_free(storage);
    adsync_error_free(old_error);
    return fine ? 0 : 1;
}
