/* SPDX-License-Identifier: MIT */
/* Recorded answers of the real platforms, where their folders stand beside the checkout. test/fixtures/PLATFORM/samples/NAME.json says what
 * each must give: {"task":..,"status":200,"outcome":"done","rows":3,"class":"permission","secrets":2}, what is left out is not looked at;
 * the outcome "none" is an answer of another shape than its task's. NAME is the recorded file's, with @SOMETHING behind it where one answer
 * is tried with several tasks. */
#include "drive.h"

#include "connectors/common/common.h"

#include <stdlib.h>

static uint32_t told;

static uint32_t secrets_of(const drive *d)
{
    uint32_t n = 0;

    for (const adsync__out_secret *secret = d->outcome.secrets; secret; secret = secret->next) n++;
    return n;
}

static void number_is(adsync__node root, const char *name, uint32_t have, const char *file)
{
    int64_t wanted;

    if (adsync__node_int(adsync__node_get(root, name), &wanted) && wanted != have)
        fail_msg("%s: %u %s, not %lld", file, have, name, (long long)wanted);
}

static void word_is(adsync__node root, const char *name, const char *have, const char *file)
{
    adsync__node wanted = adsync__node_get(root, name);

    if (adsync__node_text(wanted, NULL) && !adsync__node_is(wanted, have)) fail_msg("%s: %s is %s", file, name, have);
}

static void sample(const char *platform, const char *path, const char *name)
{
    adsync__buffer file, task;
    adsync__reader *reader;
    adsync__node root, outcome;
    adsync__json json;
    char full[8192], answer[4096];
    int64_t status = 200;
    size_t size;
    drive d;

    (void)snprintf(answer, sizeof answer, "%s/%s/%.*s.json", SAMPLES_ALL, platform, (int)strcspn(name, "@"), name);
    if (!drive_read(answer, &file)) return; /* not here, or not beside this checkout at all */
    adsync__buffer_free(&file);
    (void)snprintf(full, sizeof full, "%s/%s.json", path, name);
    assert_true(drive_read(full, &file));
    size = file.size;
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(&file, 0);
    assert_int_equal(adsync__reader_new(1 << 20, &reader, NULL), ADSYNC_OK);
    if (adsync__reader_parse(reader, file.p, size, &root, NULL) < 0) fail_msg("%s is no JSON", full);
    adsync__buffer_begin(&task, 1 << 20);
    adsync__json_begin(&json, &task);
    assert_int_equal(adsync__json_node(&json, adsync__node_get(root, "task")), ADSYNC_OK);
    if (!adsync__node_int(adsync__node_get(root, "status"), &status)) status = 200;
    outcome = adsync__node_get(root, "outcome");
    drive_platform = platform;
    drive_task(&d, task.p);
    drive_file(&d, (uint32_t)status, "", answer);
    if (d.rc < 0 && !adsync__is_empty(outcome) && !adsync__node_is(outcome, "none"))
        fail_msg("%s: %s", answer, adsync_error_message(d.error));
    word_is(root, "outcome", adsync__way_name(d.outcome.way), answer);
    word_is(root, "class", adsync__refusal_name(d.outcome.refusal), answer);
    number_is(root, "rows", d.outcome.n_rows, answer);
    number_is(root, "secrets", secrets_of(&d), answer);
    assert_false(drive_holds(&d, "access_token="));
    drive_end(&d);
    adsync__buffer_free(&task);
    adsync__buffer_free(&file);
    adsync__reader_free(reader);
    told++;
}

static void each_recorded_answer_gives_what_it_must(void **state)
{
    uint32_t listed;

    (void)state;
    told = 0;
    listed = drive_files("samples", ".json", sample);
    assert_true(listed >= 1);
    if (!told)
        print_message("no recorded answers stand beside this checkout\n");
    else
        assert_int_equal(told, listed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_recorded_answer_gives_what_it_must),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
