/* SPDX-License-Identifier: MIT */
/* Requests as they must leave, whole: test/fixtures/meta/requests/NAME.task.json gives NAME.request.json. */
#include "drive.h"

#include <dirent.h>

static void golden_pair(const char *folder, const char *name)
{
    adsync__buffer task, wanted, out;
    adsync_error *error = NULL;
    char path[4096];
    wire_task wire;

    (void)snprintf(path, sizeof path, "%s/%s.task.json", folder, name);
    assert_true(drive_read(path, &task));
    (void)snprintf(path, sizeof path, "%s/%s.request.json", folder, name);
    if (!drive_read(path, &wanted)) fail_msg("%s is missing", path);
    while (wanted.size && wanted.p[wanted.size - 1] == '\n') wanted.p[--wanted.size] = 0;
    adsync__buffer_begin(&out, 1 << 20);
    assert_int_equal(wire_task_open("meta", task.p, task.size, &wire, &error), ADSYNC_OK);
    assert_int_equal(wire_request(&wire, &out, &error), ADSYNC_OK);
    if (strcmp(out.p, wanted.p)) fail_msg("%s:\n%s\nis not\n%s", name, out.p, wanted.p);
    wire_task_close(&wire);
    adsync_error_free(error);
    adsync__buffer_free(&task);
    adsync__buffer_free(&wanted);
    adsync__buffer_free(&out);
}

static void every_request_leaves_as_it_is_written_down(void **state)
{
    static const char folder[] = FIXTURES "/requests";
    DIR *dir = opendir(folder);
    struct dirent *entry;
    uint32_t n = 0;

    (void)state;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char *end = strstr(entry->d_name, ".task.json");
        if (!end) continue;
        *end = 0;
        golden_pair(folder, entry->d_name);
        n++;
    }
    (void)closedir(dir);
    assert_true(n >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_leaves_as_it_is_written_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
