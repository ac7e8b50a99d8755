/* SPDX-License-Identifier: MIT */
/* The toy's handles, its extras, and how the kit reaches it. */
#include "toy_int.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static void toy_wipe_rows(toy *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        toy_row_free(t->rows[i]);
    test_free(t->rows);
    t->rows = NULL;
    t->n = 0;
    t->last_writer = NULL;
}

static void toy_close(void *user)
{
    toy_handle *h = user;

    toy_forget(h);
    if (!--h->t->handles && h->t->bug == TOY_LOST_AT_CLOSE) toy_wipe_rows(h->t);
    test_free(h);
}

static bool toy_has_prefix(const toy *t, const toy_row *row, uint32_t table, const adsync_value *prefix, uint32_t n)
{
    if (row->table != table) return false;
    if (t->bug == TOY_ERASE_TOO_MUCH) n = 1;
    for (uint32_t i = 0; i < n; i++)
        if (adsync_value_compare(&row->values[i], &prefix[i])) return false;
    return true;
}

static adsync_status toy_erase(void *user, uint32_t table, const adsync_value *prefix, uint32_t n_prefix, uint32_t limit, uint32_t *left,
                               adsync_error **error)
{
    toy *t = ((toy_handle *)user)->t;
    uint32_t gone = 0;

    (void)error;
    *left = 0;
    for (uint32_t i = 0; i < t->n;) {
        if (!toy_has_prefix(t, t->rows[i], table, prefix, n_prefix)) {
            i++;
            continue;
        }
        if (gone == limit && t->bug != TOY_ERASE_NO_LIMIT) {
            *left = t->bug != TOY_ERASE_STOPS_EARLY;
            break;
        }
        toy_row_free(t->rows[i]);
        t->rows[i] = t->rows[--t->n];
        gone++;
    }
    return ADSYNC_OK;
}

static adsync_status toy_drop_before(void *user, uint32_t table, int64_t time_us, adsync_error **error)
{
    (void)table, (void)time_us, (void)error;
    if (((toy_handle *)user)->t->bug == TOY_DROPS_ALL) toy_wipe_rows(((toy_handle *)user)->t);
    return ADSYNC_OK;
}

static adsync_status toy_now(void *user, int64_t *time_us, adsync_error **error)
{
    toy *t = ((toy_handle *)user)->t;

    (void)error;
    t->now += t->bug == TOY_NOW_BACK ? -5 : 5;
    *time_us = t->bug == TOY_NOW_IN_SECONDS ? 1700000000 : INT64_C(1700000000000000) + t->now;
    return ADSYNC_OK;
}

static void toy_notify(void *user)
{
    toy *t = ((toy_handle *)user)->t;

    if (t->bug != TOY_NEVER_WAKES && write(t->pipe[1], "x", 1) != 1) fail();
}

static int32_t toy_watch_fd(void *user) { return ((toy_handle *)user)->t->pipe[0]; }

static void toy_watch_clear(void *user)
{
    toy *t = ((toy_handle *)user)->t;
    char byte;

    while (t->bug != TOY_STAYS_AWAKE && read(t->pipe[0], &byte, 1) == 1) {}
}

static adsync_status toy_open(void *user, adsync_storage **out, adsync_error **error)
{
    toy *t = user;
    toy_handle *h = test_calloc(1, sizeof *h);
    adsync_storage_ops ops = {
        .size = sizeof ops,
        .max_changes = 100,
        .max_bytes = 2 << 20,
        .user = h,
        .read = toy_read,
        .scan = toy_scan,
        .commit = toy_commit,
        .close = toy_close,
        .notify = toy_notify,
        .watch_fd = toy_watch_fd,
        .watch_clear = toy_watch_clear,
        .erase = toy_erase,
        .drop_before = toy_drop_before,
        .now = toy_now,
    };

    if (!t->pipe[0]) assert_int_equal(pipe2(t->pipe, O_NONBLOCK | O_CLOEXEC), 0);
    h->t = t;
    t->handles++;
    assert_int_equal(adsync_storage_new(&ops, out, error), ADSYNC_OK);
    return ADSYNC_OK;
}

static adsync_status toy_wipe(void *user, adsync_error **error)
{
    (void)error;
    toy_wipe_rows(user);
    return ADSYNC_OK;
}

static adsync_status toy_fail_at(void *user, int64_t nth, uint32_t after)
{
    toy *t = user;

    t->fail_in = nth;
    t->fail_after = nth ? after + 1 : 0;
    return ADSYNC_OK;
}

adsync_storage_check_options toy_options(toy *t)
{
    return (adsync_storage_check_options){
        .size = sizeof(adsync_storage_check_options),
        .user = t,
        .open = toy_open,
        .wipe = toy_wipe,
        .fail_at = toy_fail_at,
    };
}

void toy_free(toy *t)
{
    toy_wipe_rows(t);
    if (t->pipe[0]) {
        (void)close(t->pipe[0]);
        (void)close(t->pipe[1]);
    }
    t->pipe[0] = t->pipe[1] = 0;
}
