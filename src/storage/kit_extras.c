/* SPDX-License-Identifier: MIT */
/* Promises about what a storage may offer: erase, drop_before, now, notify and watch. */
#include "kit_int.h"

#include <inttypes.h>
#include <poll.h>

enum { EXTRAS_WAIT_MS = 2000 };

static bool extras_offered(kit *k, bool there)
{
    if (!there) adsync__kit_skip(k, "not offered");
    return adsync__kit_fine(k);
}

static uint32_t extras_erase_some(kit *k, uint32_t limit, uint32_t *left)
{
    const adsync_value prefix[] = { KIT_I(1), KIT_I(2) };
    adsync_error *words = NULL;
    adsync_rows *rows;
    const adsync_range rest = { .table = ADSYNC_T_SEEN, .limit = 99, .n_lower = 2, .n_upper = 2, .lower = prefix, .upper = prefix };
    adsync_status rc = ADSYNC_E_RETRY;

    for (int tries = 0; tries < KIT_TRIES && rc == ADSYNC_E_RETRY; tries++)
        rc = k->one->ops.erase(k->one->ops.user, ADSYNC_T_SEEN, prefix, 2, limit, left, &words);
    (void)adsync__kit_failed(k, "erase", adsync__storage_answer(rc, false, &words), words);
    adsync_error_free(words);
    rows = adsync__kit_scan(k, k->other, &rest);
    return (uint32_t)adsync_rows_count(rows);
}

static void extras_erase(kit *k)
{
    uint32_t rest = 10, before, left = 1, rounds = 0;

    if (!extras_offered(k, k->one->ops.erase != NULL)) return;
    for (int i = 0; i < 12; i++) /* ten to go; one of another connection and one of another organisation stay */
        adsync__kit_put(k, ADSYNC_T_SEEN, ADSYNC_EXPECT_ANY,
                        KIT_ROW(KIT_I(i == 11 ? 2 : 1), KIT_I(i == 10 ? 22 : 2), KIT_I(1), KIT_I(1), KIT_I(i)));
    adsync__kit_commits(k, k->one, "puts");
    for (; left && rounds < 20 && adsync__kit_fine(k); rounds++) {
        before = rest;
        rest = extras_erase_some(k, 4, &left);
        if (before - rest > 4) adsync__kit_broken(k, "erase took %" PRIu32 " rows where at most 4 were to go", before - rest);
        if (!left && rest) adsync__kit_broken(k, "erase said that none is left, and %" PRIu32 " are", rest);
    }
    if (left) adsync__kit_broken(k, "erase did not come to an end");
    adsync__kit_has(k, k->other, ADSYNC_T_SEEN, KIT_ROW(KIT_I(1), KIT_I(22), KIT_I(1), KIT_I(1), KIT_I(10)));
    adsync__kit_has(k, k->other, ADSYNC_T_SEEN, KIT_ROW(KIT_I(2), KIT_I(2), KIT_I(1), KIT_I(1), KIT_I(11)));
}

static void extras_drop_one(kit *k, uint32_t table, int64_t time_us)
{
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_E_RETRY;

    for (int tries = 0; tries < KIT_TRIES && rc == ADSYNC_E_RETRY && adsync__kit_fine(k); tries++)
        rc = k->one->ops.drop_before(k->one->ops.user, table, time_us, &words);
    if (rc != ADSYNC_E_UNSUPPORTED) (void)adsync__kit_failed(k, "drop_before", adsync__storage_answer(rc, false, &words), words);
    adsync_error_free(words);
}

/* Before the first microsecond of 1970 nothing is old; later, what is old may stay, and what is not must. A day is over when it is over
 * everywhere on earth. */
static void extras_drop(kit *k)
{
    const int64_t day = INT64_C(86400000000), then = INT64_C(1700006400000000); /* 2023-11-15, 0:00 UTC */
    const adsync_value calls[][3] = { { KIT_I(1), KIT_I(then - 40 * day), KIT_I(1) }, { KIT_I(1), KIT_I(then - 1), KIT_I(2) },
                                      { KIT_I(1), KIT_I(then), KIT_I(3) },            { KIT_I(2), KIT_I(then + 40 * day), KIT_I(4) } };
    const int64_t days[] = { 20230930, 20231031, 20231114, 20231115, 20231201 };

    if (!extras_offered(k, k->one->ops.drop_before != NULL)) return;
    for (int i = 0; i < 4; i++) (void)adsync__kit_store(k, ADSYNC_T_API_CALLS, calls[i], 3);
    for (int i = 0; i < 5; i++)
        (void)adsync__kit_store(k, ADSYNC_T_METRICS, KIT_ROW(KIT_I(1), KIT_I(1), KIT_I(1), KIT_T("e"), KIT_I(days[i]), KIT_T("")));
    extras_drop_one(k, ADSYNC_T_API_CALLS, 0);
    for (int i = 0; i < 4; i++) adsync__kit_has(k, k->other, ADSYNC_T_API_CALLS, calls[i], 3);
    extras_drop_one(k, ADSYNC_T_API_CALLS, then);
    for (int i = 2; i < 4; i++) adsync__kit_has(k, k->other, ADSYNC_T_API_CALLS, calls[i], 3);
    extras_drop_one(k, ADSYNC_T_METRICS, then);
    for (int i = 2; i < 5; i++)
        adsync__kit_has(k, k->other, ADSYNC_T_METRICS, KIT_ROW(KIT_I(1), KIT_I(1), KIT_I(1), KIT_T("e"), KIT_I(days[i]), KIT_T("")));
}

static void extras_now(kit *k)
{
    int64_t first = 0, second = 0;
    adsync_error *words = NULL;

    if (!extras_offered(k, k->one->ops.now != NULL)) return;
    (void)adsync__kit_failed(k, "now", adsync__storage_answer(k->one->ops.now(k->one->ops.user, &first, &words), false, &words), words);
    (void)adsync__kit_failed(k, "now", adsync__storage_answer(k->other->ops.now(k->other->ops.user, &second, &words), false, &words),
                             words);
    adsync_error_free(words);
    if (first < INT64_C(1577836800000000)) adsync__kit_broken(k, "now is %" PRId64 ", which is not microseconds since 1970", first);
    if (second < first) adsync__kit_broken(k, "now went back by %" PRId64 " us from one handle to the other", first - second);
}

static bool extras_ready(int32_t fd, int wait_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, wait_ms) == 1 && (p.revents & POLLIN);
}

static void extras_watch(kit *k)
{
    const adsync_storage_ops *one = &k->one->ops, *other = &k->other->ops;
    int32_t fd;

    if (!extras_offered(k, one->watch_fd && one->notify && (fd = other->watch_fd(other->user)) >= 0)) return;
    fd = other->watch_fd(other->user);
    other->watch_clear(other->user);
    if (extras_ready(fd, 0)) adsync__kit_broken(k, "the descriptor is readable after watch_clear");
    one->notify(one->user);
    if (!extras_ready(fd, EXTRAS_WAIT_MS))
        adsync__kit_broken(k, "the descriptor was not readable %d ms after another handle notified", EXTRAS_WAIT_MS);
    other->watch_clear(other->user);
    if (extras_ready(fd, 0)) adsync__kit_broken(k, "the descriptor is readable after watch_clear");
}

const kit_promise adsync__kit_extras_list[] = {
    { "12.1 erase removes the rows of a prefix, in lots",
      "delete at most `limit` rows whose key starts with the prefix; set *left to 1 while some are there", extras_erase, 0, 0 },
    { "12.2 drop_before leaves what is not old", "drop only what is wholly older than the time", extras_drop, 0, 0 },
    { "12.3 the storage's clock goes forward", "answer microseconds UTC from one clock for all handles", extras_now, 0, 0 },
    { "12.4 a notification wakes a watching handle", "make the descriptor readable when another handle notifies, and quiet by watch_clear",
      extras_watch, 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};
