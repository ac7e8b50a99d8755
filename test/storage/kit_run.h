/* SPDX-License-Identifier: MIT */
/* Running the kit in tests: on a memory storage whose calls can be made to fail, and looking into reports. */
#ifndef ADSYNC_TEST_KIT_RUN_H
#define ADSYNC_TEST_KIT_RUN_H

#include "storage/kit_int.h"
#include "support/faulty.h"

typedef struct memory_place {
    adsync_storage *rows; /* keeps the rows while the kit opens and frees handles */
    faulty faults;
} memory_place;

adsync_storage_check_options memory_place_options(memory_place *place); /* with fail_at */
void memory_place_free(memory_place *place);

/* Text of all rows whose result is `result`: names, one a line. The caller frees it with adsync__free. */
char *report_names(adsync_rows *report, const char *result);
/* Fails the test where the report has a broken row, and says which; frees the report. */
void report_is_clean(adsync_rows *report);

#endif
