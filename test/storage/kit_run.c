/* SPDX-License-Identifier: MIT */
#include "kit_run.h"

#include <setjmp.h>
#include <cmocka.h>

static adsync_status memory_place_open(void *user, adsync_storage **out, adsync_error **error)
{
    memory_place *place = user;
    adsync_storage *inner = NULL;
    adsync_status rc;

    if (!place->rows && (rc = adsync_memory_open(NULL, &place->rows, error)) < 0) return rc;
    if ((rc = adsync_memory_open(place->rows, &inner, error)) < 0) return rc;
    rc = faulty_wrap(&place->faults, inner, out, error);
    adsync_storage_free(inner);
    return rc;
}

static adsync_status memory_place_wipe(void *user, adsync_error **error)
{
    memory_place *place = user;

    (void)error;
    memory_place_free(place);
    return ADSYNC_OK;
}

static adsync_status memory_place_fail_at(void *user, int64_t nth, uint32_t after)
{
    memory_place *place = user;

    faulty_fail(&place->faults, (uint64_t)nth, FAULTY_ANY, after ? FAULTY_AFTER : FAULTY_BEFORE, false, ADSYNC_OK);
    return ADSYNC_OK;
}

adsync_storage_check_options memory_place_options(memory_place *place)
{
    return (adsync_storage_check_options){
        .size = sizeof(adsync_storage_check_options),
        .user = place,
        .open = memory_place_open,
        .wipe = memory_place_wipe,
        .fail_at = memory_place_fail_at,
    };
}

void memory_place_free(memory_place *place)
{
    adsync_storage_free(place->rows);
    place->rows = NULL;
}

char *report_names(adsync_rows *report, const char *result)
{
    adsync__buffer out;

    adsync__buffer_begin(&out, 100000);
    adsync__buffer_text(&out, "");
    for (size_t i = 0; i < adsync_rows_count(report); i++) {
        const adsync_value *row = adsync__rows_values(report, i);
        if (strcmp(row[1].p, result) != 0) continue;
        adsync__buffer_text(&out, row[0].p);
        adsync__buffer_char(&out, '\n');
    }
    assert_int_equal(out.failed, ADSYNC_OK);
    return out.p;
}

void report_is_clean(adsync_rows *report)
{
    for (size_t i = 0; i < adsync_rows_count(report); i++) {
        const adsync_value *row = adsync__rows_values(report, i);
        if (strcmp(row[1].p, "broken") == 0) print_error("%s: %s\n", row[0].p, row[2].p);
    }
    for (size_t i = 0; i < adsync_rows_count(report); i++)
        assert_string_not_equal(adsync__rows_values(report, i)[1].p, "broken");
    adsync_rows_free(report);
}
