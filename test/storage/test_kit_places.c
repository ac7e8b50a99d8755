/* SPDX-License-Identifier: MIT */
/* The kit on the storage that the argument names, whose calls are made to fail in between. */
#include "kit_places.h"
#include "kit_run.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static const kit_place *place;

typedef struct file {
    faulty faults;
    char folder[100], path[KIT_PATH];
} file;

static adsync_status file_open(void *user, adsync_storage **out, adsync_error **error)
{
    file *f = user;
    adsync_storage *inner = NULL;
    adsync_status rc = place->open(f->path, &inner, error);

    if (rc < 0) return rc;
    rc = faulty_wrap(&f->faults, inner, out, error);
    adsync_storage_free(inner);
    return rc;
}

static adsync_status file_wipe(void *user, adsync_error **error) { return place->wipe(((file *)user)->path, error); }

static adsync_status file_fail_at(void *user, int64_t nth, uint32_t after)
{
    faulty_fail(&((file *)user)->faults, (uint64_t)nth, FAULTY_ANY, after ? FAULTY_AFTER : FAULTY_BEFORE, false, ADSYNC_OK);
    return ADSYNC_OK;
}

static void it_keeps_every_promise(void **state)
{
    file f = { 0 };
    adsync_storage_check_options options = {
        .size = sizeof options, .user = &f, .open = file_open, .wipe = file_wipe, .fail_at = file_fail_at
    };
    const char *root = getenv("TMPDIR");
    adsync_rows *report = NULL;
    adsync_error *error = NULL;
    char *skipped;

    (void)state;
    snprintf(f.folder, sizeof f.folder, "%.60s/adsync-kit-XXXXXX", root && *root ? root : "/tmp");
    assert_non_null(mkdtemp(f.folder));
    place->begin(f.folder, f.path);
    (void)adsync_storage_check(&options, &report, &error);
    place->end(f.path);
    (void)rmdir(f.folder);
    if (!report) fail_msg("%s", adsync_error_message(error));
    skipped = report_names(report, "skipped");
    print_message("skipped:\n%s", skipped);
    assert_null(strstr(skipped, "3.2 ")); /* it outlives its handles */
    adsync__free(skipped);
    report_is_clean(report);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(it_keeps_every_promise) };

    if (argc != 2 || !(place = kit_place_find(argv[1]))) return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
