/* SPDX-License-Identifier: MIT */
/* A row of the table limits: what can be read is written again as the same, and whatever it says, a plan made on it grants no more than
 * the window has and leaves a row that can be read. */
#include "fuzz.h"

#include "limiter/limiter_int.h"

enum { ROW_PERMITS = 100 };

static bool row_same(const adsync__limit_row *a, const adsync__limit_row *b)
{
    bool same = a->updated == b->updated && a->reset == b->reset && a->learned.blocked == b->learned.blocked;
    uint32_t at = 0;

    for (uint32_t i = 0; i < a->n_windows; i++) {
        if (!a->windows[i].n) continue; /* empty ones are not written */
        same = same && at < b->n_windows && b->windows[at].n == a->windows[i].n && b->windows[at].length == a->windows[i].length;
        for (uint32_t k = 0; same && k < a->windows[i].n; k++)
            same = a->windows[i].leases[k].units == b->windows[at].leases[k].units &&
                   a->windows[i].leases[k].until == b->windows[at].leases[k].until;
        at++;
    }
    return same && at == b->n_windows;
}

static void row_again(const adsync__limit_row *row)
{
    adsync__limit_row again = { 0 };
    adsync__buffer out;

    adsync__buffer_begin(&out, 1 << 20);
    FUZZ_CHECK(adsync__limit_row_write(row, &out, NULL) == ADSYNC_OK);
    FUZZ_CHECK(adsync__limit_row_read(&again, out.p, out.size, NULL) == ADSYNC_OK);
    FUZZ_CHECK(row_same(row, &again));
    adsync__limit_row_free(&again);
    adsync__buffer_free(&out);
}

static void row_plan(adsync__limit_row *row, uint32_t align, int64_t length, bool blind)
{
    adsync__limit_key *key = calloc(1, sizeof *key + sizeof *key->windows);
    adsync__limit_plan plan = { .key = key, .row = row, .holder = 5, .units = 3, .priority = 1, .pace = LIMITER_PACE };

    FUZZ_CHECK(key);
    plan.blind = blind;
    plan.error = blind ? LIMITER_BLIND : LIMITER_ERROR;
    plan.clock = (adsync__limit_clock){ .m0 = 50 * LIMITER_SECOND, .m1 = 50 * LIMITER_SECOND, .t = 1000000, .leap_before = -1 };
    key->n_windows = 1;
    key->left = -1;
    key->windows[0] = (adsync__limit_window){ .align = (uint8_t)align, .length = length, .permits = ROW_PERMITS, .seq = 1 };
    key->windows[0].how = (uint8_t)adsync__limit_how(align, length);
    if (adsync__limit_plan_make(&plan, NULL) >= 0) {
        FUZZ_CHECK(plan.next[0].units <= ROW_PERMITS);
        FUZZ_CHECK(!plan.granted || plan.next[0].units >= 3);
        row->updated = plan.clock.t;
        row_again(row);
    }
    free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct { uint32_t align; int64_t length; } windows[] = {
        { ADSYNC_WINDOW_ROLL, 60 * LIMITER_SECOND },
        { ADSYNC_WINDOW_ROLL, LIMITER_SECOND },
        { ADSYNC_WINDOW_FIXED, 900 * LIMITER_SECOND },
        { ADSYNC_WINDOW_UTC_DAY, LIMITER_DAY },
        { ADSYNC_WINDOW_HELD, 60 * LIMITER_SECOND },
    };

    for (size_t i = 0; i < 2 * ADSYNC__COUNT(windows); i++) {
        adsync__limit_row row = { 0 };
        if (adsync__limit_row_read(&row, data, size, NULL) >= 0) {
            row_again(&row);
            row_plan(&row, windows[i / 2].align, windows[i / 2].length, i % 2);
        }
        adsync__limit_row_free(&row);
    }
    return 0;
}
