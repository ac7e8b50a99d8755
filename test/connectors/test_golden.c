/* SPDX-License-Identifier: MIT */
/* Requests as they must leave and what answers must become, whole, of every platform:
 *
 *     test/fixtures/PLATFORM/requests/NAME.task.json   gives  NAME.request.json
 *     test/fixtures/PLATFORM/answers/NAME.json         gives  NAME.outcome.json
 *
 * GOLDEN_WRITE=1 writes those that are missing; read them against the platform's sheet before they are kept. */
#include "drive.h"

#include <stdlib.h>

static void golden_compare(const char *path, adsync__buffer *out)
{
    adsync__buffer wanted;
    FILE *file;

    if (!drive_read(path, &wanted)) {
        if (!getenv("GOLDEN_WRITE")) fail_msg("%s is missing; it would be\n%s", path, out->p);
        assert_non_null(file = fopen(path, "w"));
        (void)fprintf(file, "%s\n", out->p);
        (void)fclose(file);
        return;
    }
    while (wanted.size && wanted.p[wanted.size - 1] == '\n') wanted.p[--wanted.size] = 0;
    while (out->size && out->p[out->size - 1] == '\n') out->p[--out->size] = 0;
    if (strcmp(out->p, wanted.p)) fail_msg("%s:\n%s\nis not\n%s", path, out->p, wanted.p);
    adsync__buffer_free(&wanted);
}

static void golden_request(const char *platform, const char *folder, const char *name)
{
    adsync__buffer task, out;
    adsync_error *error = NULL;
    char path[4096];
    wire_task wire;

    (void)snprintf(path, sizeof path, "%s/%s.task.json", folder, name);
    assert_true(drive_read(path, &task));
    adsync__buffer_begin(&out, 1 << 20);
    if (wire_task_open(platform, task.p, task.size, &wire, &error) < 0) fail_msg("%s: %s", path, adsync_error_message(error));
    if (wire_request(&wire, &out, &error) < 0) fail_msg("%s: %s", path, adsync_error_message(error));
    (void)snprintf(path, sizeof path, "%s/%s.request.json", folder, name);
    golden_compare(path, &out);
    wire_task_close(&wire);
    adsync_error_free(error);
    adsync__buffer_free(&task);
    adsync__buffer_free(&out);
}

static void every_request_leaves_as_it_is_written_down(void **state)
{
    (void)state;
    assert_true(drive_files("requests", ".task.json", golden_request) >= 12);
}

static void golden_answer(const drive_answer_file *answer)
{
    adsync__buffer out;
    adsync_error *error = NULL;
    char path[4096];
    wire_task wire;

    adsync__buffer_begin(&out, 16 << 20);
    if (wire_task_open(answer->platform, answer->task, strlen(answer->task), &wire, &error) < 0)
        fail_msg("%s: %s", answer->name, adsync_error_message(error));
    if (wire_response(&wire, answer->status, answer->headers, answer->body, answer->size, &out, &error) < 0)
        fail_msg("%s: %s", answer->name, adsync_error_message(error));
    (void)snprintf(path, sizeof path, "%s/%s/answers/%s.outcome.json", FIXTURES_ALL, answer->platform, answer->name);
    golden_compare(path, &out);
    wire_task_close(&wire);
    adsync_error_free(error);
    adsync__buffer_free(&out);
}

static void every_answer_becomes_what_is_written_down(void **state)
{
    (void)state;
    assert_true(drive_answers(golden_answer) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_leaves_as_it_is_written_down),
        cmocka_unit_test(every_answer_becomes_what_is_written_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
