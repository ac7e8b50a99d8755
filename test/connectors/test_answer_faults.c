/* SPDX-License-Identifier: MIT */
/* Every allocation of each answer that is written down fails once, and from then on: the slot says so, or what it says is whole. */
#include "drive.h"

#include "support/faults.h"

static wire_task wire;
static const drive_answer_file *telling;
static uint32_t whole_way, whole_rows;
static bool undisturbed;

static void story(void *user)
{
    adsync_outcome outcome;
    adsync__arena room = { 0 };
    adsync_request request;
    adsync_error *error = NULL;
    adsync_status rc;

    (void)user;
    adsync__request_begin(&request);
    rc = wire.ops->request(wire.ops->user, &wire.task, &request, &error);
    assert_true(rc == ADSYNC_OK || rc == ADSYNC_E_MEMORY);
    if (rc == ADSYNC_OK && !request.failed) assert_non_null(request.method);
    adsync__request_free(&request);
    adsync_error_free(error);
    error = NULL;
    rc = wire_digest(&wire, telling->status, telling->headers, telling->body, telling->size, &outcome, &room, &error);
    if (undisturbed) {
        whole_way = outcome.way;
        whole_rows = outcome.n_rows;
        undisturbed = false;
    }
    if (rc == ADSYNC_OK) {
        assert_int_equal(outcome.way, whole_way);
        assert_int_equal(outcome.n_rows, whole_rows);
    } else if (rc != ADSYNC_E_MEMORY && (rc != ADSYNC_E_FORMAT || whole_way != ADSYNC__WAY_NONE)) {
        fail_msg("%s, %s: %s", telling->platform, telling->name, adsync_error_message(error));
    }
    adsync__outcome_free(&outcome);
    adsync__arena_free(&room);
    adsync_error_free(error);
}

static void told(const drive_answer_file *answer)
{
    adsync_error *error = NULL;

    assert_int_equal(wire_task_open(answer->platform, answer->task, strlen(answer->task), &wire, &error), ADSYNC_OK);
    telling = answer;
    undisturbed = true;
    assert_true(faults_allocations(story, NULL) > 1);
    wire_task_close(&wire);
    adsync_error_free(error);
}

static void without_memory_a_slot_says_so_or_what_it_says_is_whole(void **state)
{
    (void)state;
    assert_true(drive_answers(told) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_a_slot_says_so_or_what_it_says_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
