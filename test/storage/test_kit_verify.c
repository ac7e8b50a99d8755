/* SPDX-License-Identifier: MIT */
/* Histories that never happened, each wrong in one way: logs and rows are made by hand, and the kit must say what is wrong. */
#include "kit_run.h"
#include "storage/kit_history.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum {
    ONE = 1,
    TWO = 2,
    A = KIT_AT_ACCOUNTS,
    B = KIT_AT_ACCOUNTS + 1,
    COUNTER = KIT_AT_COUNTERS,
    PAIR = KIT_AT_PAIRS,
    TICKET = KIT_AT_TICKETS,
    CLAIM = KIT_AT_CLAIMS,
    BATCH = KIT_AT_BATCHES
};

typedef struct story {
    adsync_storage *rows;
    char folder[100];
    FILE *logs[3];
} story;

/* The version that the setup gave a spot. */
static int64_t was(uint32_t spot) { return 1000 + spot; }

static void tell(story *s, int log, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void tell(story *s, int log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(s->logs[log], format, args);
    va_end(args);
    fputc('\n', s->logs[log]);
}

static void plant(story *s, uint32_t spot, int64_t value, int64_t version)
{
    kit_spot_row row;
    uint32_t table = adsync__kit_spot_table(spot);
    adsync_change put = { .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .version = version };

    adsync__kit_spot_row(spot, value, version, &row);
    put.values = row.values;
    put.n_values = row.n;
    assert_int_equal(adsync_storage_commit(s->rows, adsync_table_has_org(table) ? row.values[0].i : 0, &put, 1, NULL, NULL), ADSYNC_OK);
}

/* Worker 0 made all that stays, between 100 and 200. */
static int story_begin(void **state)
{
    story *s = calloc(1, sizeof *s);
    const char *root = getenv("TMPDIR");
    char name[120];

    assert_non_null(s);
    snprintf(s->folder, sizeof s->folder, "%.60s/adsync-kit-XXXXXX", root && *root ? root : "/tmp");
    assert_non_null(mkdtemp(s->folder));
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s/%d.log", s->folder, i);
        assert_non_null(s->logs[i] = fopen(name, "w"));
    }
    assert_int_equal(adsync_memory_open(NULL, &s->rows, NULL), ADSYNC_OK);
    fprintf(s->logs[0], "try 1 100");
    for (uint32_t spot = 0; spot < KIT_AT_CLAIMS; spot++) {
        int64_t value = spot < KIT_AT_COUNTERS ? KIT_BALANCE : spot >= PAIR && spot < TICKET;
        fprintf(s->logs[0], " 1:%u:0:%lld:%lld", spot, (long long)was(spot), (long long)value);
        plant(s, spot, value, was(spot));
    }
    tell(s, 0, "\nend 1 200 0");
    *state = s;
    return 0;
}

static int story_end(void **state)
{
    story *s = *state;
    char name[120];

    for (int i = 0; i < 3; i++) {
        if (s->logs[i]) fclose(s->logs[i]);
        snprintf(name, sizeof name, "%s/%d.log", s->folder, i);
        (void)unlink(name);
    }
    rmdir(s->folder);
    adsync_storage_free(s->rows);
    free(s);
    return 0;
}

static void story_close(void *user) { (void)user; }

/* Memory that promises to outlive a process: what a killed writer left is judged. */
static adsync_status story_open(void *user, adsync_storage **out, adsync_error **error)
{
    adsync_storage_ops ops = *adsync__storage_ops(((story *)user)->rows);

    ops.flags = 0;
    ops.close = story_close;
    return adsync_storage_new(&ops, out, error);
}

static adsync_status story_verify(story *s, adsync_rows **report, adsync_error **error)
{
    adsync_storage_check_options options = { .size = sizeof options, .user = s, .open = story_open };

    for (int i = 0; i < 3; i++) {
        if (s->logs[i]) fclose(s->logs[i]);
        s->logs[i] = NULL;
    }
    return adsync_storage_check_verify(&options, s->folder, report, error);
}

/* Exactly these are found broken. */
static void judged(void **state, const char *broken)
{
    adsync_rows *report = NULL;
    adsync_error *error = NULL;
    adsync_status rc = story_verify(*state, &report, &error);
    char *names;

    if (!report) fail_msg("%s", adsync_error_message(error));
    names = report_names(report, "broken");
    assert_string_equal(names, broken);
    assert_int_equal(rc, *broken ? ADSYNC_E_REJECTED : ADSYNC_OK);
    adsync__free(names);
    adsync_error_free(error);
    adsync_rows_free(report);
}

static void a_right_history_is_found_right(void **state)
{
    story *s = *state;

    tell(s, 1, "saw 300 310 %d:%lld:100", A, (long long)was(A));
    tell(s, 1, "try 1 320 1:%d:%lld:5001:90 1:%d:%lld:5002:110", A, (long long)was(A), B, (long long)was(B));
    tell(s, 1, "end 1 330 0");
    tell(s, 2, "try 1 321 1:%d:%lld:6001:1", A, (long long)was(A));
    tell(s, 2, "end 1 340 %d", ADSYNC_E_CONFLICT);
    tell(s, 2, "saw 341 350 %d:5001:90", A);
    tell(s, 2, "try 2 360 1:%d:0:7001:3", CLAIM);
    tell(s, 2, "end 2 361 0");
    tell(s, 2, "try 3 370 2:%d:7001:0:0 1:%d:%lld:7002:1", CLAIM, TICKET, (long long)was(TICKET)); /* killed: both were applied */
    fprintf(s->logs[2], "end 3 3");
    plant(s, A, 90, 5001);
    plant(s, B, 110, 5002);
    plant(s, TICKET, 1, 7002);
    judged(state, "");
}

static void a_lost_update_is_seen(void **state)
{
    story *s = *state;

    tell(s, 1, "try 1 300 1:%d:%lld:5001:1\nend 1 310 0", COUNTER, (long long)was(COUNTER));
    tell(s, 2, "try 1 305 1:%d:%lld:6001:1\nend 1 315 0", COUNTER, (long long)was(COUNTER));
    plant(s, COUNTER, 1, 6001);
    judged(state,
           "2.13 no update is lost\n2.14 sums are kept and commits are counted once\n3.6 every commit that was answered OK is there\n");
}

static void a_sum_that_is_not_kept_is_seen(void **state)
{
    story *s = *state;

    tell(s, 1, "try 1 300 1:%d:%lld:5001:90\nend 1 310 0", A, (long long)was(A));
    plant(s, A, 90, 5001);
    judged(state, "2.14 sums are kept and commits are counted once\n");
}

/* Each took its own off and checked the other, at the same time. */
static void write_skew_is_seen(void **state)
{
    story *s = *state;

    tell(s, 1, "try 1 300 3:%d:%lld:0:0 1:%d:%lld:5001:0\nend 1 320 0", PAIR + 1, (long long)was(PAIR + 1), PAIR, (long long)was(PAIR));
    tell(s, 2, "try 1 301 3:%d:%lld:0:0 1:%d:%lld:6001:0\nend 1 321 0", PAIR, (long long)was(PAIR), PAIR + 1, (long long)was(PAIR + 1));
    plant(s, PAIR, 0, 5001);
    plant(s, PAIR + 1, 0, 6001);
    judged(state, "2.15 write skew does not get through\n2.19 commits are in one order that fits their times\n");
}

static void a_torn_batch_is_seen(void **state)
{
    story *s = *state;

    for (int w = 1; w < 3; w++) {
        fprintf(s->logs[w], "try 1 300");
        for (int i = 0; i < KIT_BATCH; i++) {
            fprintf(s->logs[w], " 1:%d:-1:%d:%d", BATCH + i, w * 5000 + i, w);
            if (w == 1 || i < 3) plant(s, BATCH + i, w, w * 5000 + i);
        }
        tell(s, w, "\nend 1 400 0");
    }
    judged(state, "2.16 a batch is there as a whole\n");
}

static void a_commit_over_rows_of_two_batches_is_seen(void **state)
{
    story *s = *state;

    for (int w = 0; w < 2; w++) {
        tell(s, 1, "try %d %d 1:%d:-1:%d:1 1:%d:-1:%d:1", w + 1, 300 + w * 10, BATCH, 5001 + w * 10, BATCH + 1, 5002 + w * 10);
        tell(s, 1, "end %d %d 0", w + 1, 305 + w * 10);
    }
    fprintf(s->logs[2], "try 1 400");
    for (int i = 0; i < KIT_BATCH; i++) {
        fprintf(s->logs[2], " 1:%d:%d:%d:2", BATCH + i, i == 0 ? 5001 : i == 1 ? 5012 : 0, 6000 + i);
        plant(s, BATCH + i, 2, 6000 + i);
    }
    tell(s, 2, "\nend 1 410 0");
    judged(state, "2.16 a batch is there as a whole\n3.6 every commit that was answered OK is there\n");
}

static void batches_that_are_refused_again_and_again_are_seen(void **state)
{
    story *s = *state;

    for (int i = 1; i < 4; i++)
        tell(s, 1, "try %d 300 1:%d:-1:%d:1\nend %d 310 %d", i, BATCH, 5000 + i, i, i == 1 ? 0 : ADSYNC_E_RETRY);
    for (int i = 0; i < KIT_BATCH; i++)
        if (i == 0) plant(s, BATCH, 1, 5001);
    judged(state, "2.16 a batch is there as a whole\n2.17 batches in opposite orders make progress\n");
}

static void what_a_refused_commit_left_is_seen(void **state)
{
    story *s = *state;

    tell(s, 1, "try 1 300 1:%d:%lld:5001:100\nend 1 310 %d", A, (long long)was(A), ADSYNC_E_CONFLICT);
    plant(s, A, 100, 5001);
    judged(state, "2.18 a commit that was refused left nothing\n3.6 every commit that was answered OK is there\n");
}

static void a_version_that_nobody_put_is_seen(void **state)
{
    story *s = *state;

    plant(s, A, 100, 77);
    judged(state, "2.18 a commit that was refused left nothing\n3.6 every commit that was answered OK is there\n");
}

/* The second commit expects what the first wrote, and had ended before the first began. */
static void an_order_that_does_not_fit_the_times_is_seen(void **state)
{
    story *s = *state;

    tell(s, 1, "try 1 500 1:%d:%lld:5001:1\nend 1 510 0", COUNTER, (long long)was(COUNTER));
    tell(s, 2, "try 1 300 1:%d:5001:6001:2\nend 1 310 0", COUNTER);
    plant(s, COUNTER, 2, 6001);
    judged(state, "2.19 commits are in one order that fits their times\n");
}

/* The same through a third one: each step fits, all together do not. */
static void an_order_that_does_not_fit_over_three_is_seen(void **state)
{
    story *s = *state;

    tell(s, 0, "try 2 500 1:%d:%lld:5001:1\nend 2 900 0", COUNTER, (long long)was(COUNTER));
    tell(s, 1, "try 1 300 1:%d:5001:5002:2 1:%d:%lld:5003:1\nend 1 800 0", COUNTER, COUNTER + 1, (long long)was(COUNTER + 1));
    tell(s, 2, "try 1 310 1:%d:5003:6001:2\nend 1 400 0", COUNTER + 1);
    plant(s, COUNTER, 2, 5002);
    plant(s, COUNTER + 1, 2, 6001);
    judged(state, "2.19 commits are in one order that fits their times\n");
}

static void a_lost_commit_is_seen(void **state)
{
    story *s = *state;

    tell(s, 1, "try 1 300 1:%d:%lld:5001:0\nend 1 310 0", PAIR, (long long)was(PAIR));
    judged(state, "3.6 every commit that was answered OK is there\n");
}

static void half_of_what_a_killed_writer_sent_is_seen(void **state)
{
    story *s = *state;

    tell(s, 1, "try 1 300 1:%d:%lld:5001:100 1:%d:%lld:5002:100", A, (long long)was(A), B, (long long)was(B));
    plant(s, A, 100, 5001);
    judged(state, "3.7 what a killed writer left is whole\n");
}

static void what_a_killed_writer_did_not_send_is_no_fault(void **state)
{
    tell(*state, 1, "try 1 300 1:%d:%lld:5001:100 1:%d:%lld:5002:100", A, (long long)was(A), B, (long long)was(B));
    judged(state, "");
}

static void a_stale_read_is_seen(void **state)
{
    story *s = *state;

    tell(s, 1, "try 1 300 1:%d:%lld:5001:1\nend 1 310 0", COUNTER, (long long)was(COUNTER));
    tell(s, 2, "saw 320 330 %d:%lld:0", COUNTER, (long long)was(COUNTER));
    plant(s, COUNTER, 1, 5001);
    judged(state, "3.8 a read sees every commit that ended before it\n");
}

static void a_row_that_is_not_seen_after_it_was_put_is_a_stale_read(void **state)
{
    tell(*state, 2, "saw 201 330 %d:0:0", COUNTER);
    judged(state, "3.8 a read sees every commit that ended before it\n");
}

static void a_torn_row_is_seen(void **state)
{
    story *s = *state;
    const adsync_value row[] = { adsync__value_int(COUNTER), adsync__value_int(0), adsync__value_int(5) };
    const adsync_change put = { .op = ADSYNC_CHANGE_PUT,
                                .table = ADSYNC_T_ENGINES,
                                .expected = ADSYNC_EXPECT_ANY,
                                .version = was(COUNTER),
                                .values = row,
                                .n_values = 3 };

    assert_int_equal(adsync_storage_commit(s->rows, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    judged(state, "9.6 workers see whole rows\n");
}

static void a_torn_row_that_a_worker_saw_is_told(void **state)
{
    tell(*state, 1, "torn %d", A);
    judged(state, "9.6 workers see whole rows\n");
}

static void logs_that_are_none_are_refused(void **state)
{
    static const char *const lines[] = { "hello",
                                         "try 1",
                                         "try 1 300",
                                         "try 2 300 1:0:0:1:1",
                                         "try 1 300 9:0:0:1:1",
                                         "try 1 300 1:999:0:1:1",
                                         "end 1 2 0",
                                         "saw 1 2",
                                         "saw 1 2 99:1:1",
                                         "try 1 300 1:0:0:99999999999999999999:1" };
    story *s = *state;
    char name[120];

    for (size_t i = 0; i < ADSYNC__COUNT(lines); i++) {
        adsync_rows *report = NULL;
        adsync_error *error = NULL;
        snprintf(name, sizeof name, "%s/1.log", s->folder);
        if (!s->logs[1]) assert_non_null(s->logs[1] = fopen(name, "w"));
        tell(s, 1, "%s", lines[i]);
        assert_int_equal(story_verify(s, &report, &error), ADSYNC_E_FORMAT);
        assert_null(report);
        assert_non_null(strstr(adsync_error_message(error), "1.log, line 1"));
        adsync_error_free(error);
    }
}

static void arguments_that_are_no_good_are_refused(void **state)
{
    story *s = *state;
    adsync_storage_check_options options = { .size = sizeof options, .user = s, .open = story_open };
    adsync_rows *report = NULL;

    assert_int_equal(adsync_storage_check_verify(&options, s->folder, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_storage_check_verify(&options, NULL, &report, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_storage_check_verify(NULL, s->folder, &report, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_storage_check_verify(&options, "/nowhere/at/all", &report, NULL), ADSYNC_E_HOST);
    assert_int_equal(adsync_storage_check_worker(&options, 1, 0, -1, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_storage_check_worker(NULL, 1, 0, 1, NULL), ADSYNC_E_INVALID);
    options.open = NULL;
    assert_int_equal(adsync_storage_check_worker(&options, 1, 0, 1, NULL), ADSYNC_E_INVALID);
}

static void without_logs_there_is_nothing_to_judge(void **state)
{
    story *s = *state;
    adsync_rows *report = NULL;
    char name[120];

    fclose(s->logs[0]);
    snprintf(name, sizeof name, "%s/0.log", s->folder);
    s->logs[0] = fopen(name, "w");
    assert_int_equal(story_verify(s, &report, NULL), ADSYNC_E_INVALID);
    assert_null(report);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, story_begin, story_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_right_history_is_found_right),
        STORY(a_lost_update_is_seen),
        STORY(a_sum_that_is_not_kept_is_seen),
        STORY(write_skew_is_seen),
        STORY(a_torn_batch_is_seen),
        STORY(a_commit_over_rows_of_two_batches_is_seen),
        STORY(batches_that_are_refused_again_and_again_are_seen),
        STORY(what_a_refused_commit_left_is_seen),
        STORY(a_version_that_nobody_put_is_seen),
        STORY(an_order_that_does_not_fit_the_times_is_seen),
        STORY(an_order_that_does_not_fit_over_three_is_seen),
        STORY(a_lost_commit_is_seen),
        STORY(half_of_what_a_killed_writer_sent_is_seen),
        STORY(what_a_killed_writer_did_not_send_is_no_fault),
        STORY(a_stale_read_is_seen),
        STORY(a_row_that_is_not_seen_after_it_was_put_is_a_stale_read),
        STORY(a_torn_row_is_seen),
        STORY(a_torn_row_that_a_worker_saw_is_told),
        STORY(logs_that_are_none_are_refused),
        STORY(arguments_that_are_no_good_are_refused),
        STORY(without_logs_there_is_nothing_to_judge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
