/* SPDX-License-Identifier: MIT */
/* P6a over random scripts: engines on one set of rows, each with clocks of its own, take, pause, die, lose answers and start anew. A
 * counter that knows nothing of lots keeps every permit with the true time and judges each window from the permits alone. */
#include "clocked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ENGINES = 6, PERMITS_MOST = 400000 };

typedef struct counted {
    int64_t at;
    uint32_t units;
} counted;

typedef struct script {
    uint64_t draw;
    uint32_t align, permits;
    int64_t length, until; /* of the window; of the script */
    uint32_t burst;
    bool clock;       /* the storage has one */
    int64_t latency;
    uint32_t greed;   /* takes per step */
    int64_t step;     /* between two steps, at most */
} script;

static clocked_world world;
static clocked engines[ENGINES];
static counted permits[PERMITS_MOST];
static size_t n_permits;
static uint64_t units_taken;

/* No stretch (t - W, t] holds more than N; it is enough to look at those that end with a permit. */
static void judge_sliding(int64_t length, uint32_t most)
{
    uint64_t sum = 0;

    for (size_t first = 0, last = 0; last < n_permits; last++) {
        sum += permits[last].units;
        while (permits[first].at <= permits[last].at - length)
            sum -= permits[first++].units;
        if (sum > most) print_error("%llu of %u in %lld us\n", (unsigned long long)sum, most, (long long)length);
        assert_true(sum <= most);
    }
}

/* On the platform's clock. */
static void judge_days(int64_t ahead, uint32_t most)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n_permits; i++) {
        if (i && (permits[i].at + ahead) / DAY != (permits[i - 1].at + ahead) / DAY) sum = 0;
        assert_true((sum += permits[i].units) <= most);
    }
}

static void start(clocked *engine, script *s)
{
    adsync_window window = { .size = sizeof window, .align = s->align, .length_us = s->length, .permits = s->permits, .burst = s->burst };
    int64_t skew = (int64_t)clocked_drawn(&s->draw, 600) * SECOND - 5 * MINUTE;

    clocked_open(engine, &world, skew, s->clock);
    assert_int_equal(adsync_limiter_window(engine->limiter, "k", &window, NULL), ADSYNC_OK);
}

/* As kill -9 does: nothing is given back. */
static void die(clocked *engine)
{
    engine->fail = true;
    clocked_close(engine);
}

static void take(clocked *engine, script *s)
{
    uint32_t units = 1 + (clocked_drawn(&s->draw, 4) == 0 ? clocked_drawn(&s->draw, s->burst ? s->burst : s->permits) / 4 : 0);
    uint32_t priority = 1 + clocked_drawn(&s->draw, 4);
    const char *key = "k", *orgs[] = { "a", "b", "c" };
    int64_t ticket = 0, wait = 0;
    const char *org = orgs[clocked_drawn(&s->draw, 3)];

    assert_int_equal(adsync_limiter_take(engine->limiter, org, &key, &units, 1, priority, &ticket, &wait, NULL), ADSYNC_OK);
    if (!ticket) return;
    if (clocked_drawn(&s->draw, 8) == 0) { /* not sent, or it cost less */
        uint32_t used = clocked_drawn(&s->draw, units + 1);
        assert_int_equal(adsync_limiter_settle(engine->limiter, ticket, used, NULL), ADSYNC_OK);
        units = used;
    }
    if (!units) return;
    units_taken += units;
    assert_true(n_permits < PERMITS_MOST);
    permits[n_permits++] = (counted){ world.now, units };
}

static void disturb(clocked *engine, script *s)
{
    uint32_t what = clocked_drawn(&s->draw, 200);

    if (what == 0) {
        die(engine);
        start(engine, s);
    }
    if (what == 1) {
        clocked_close(engine);
        start(engine, s);
    }
    if (what >= 4 && what < 8) { /* once: the storage finds out; five times: nobody knows */
        engine->lose = what < 6 ? 1 : 5;
        engine->dropped = what % 2;
    }
    if (what == 3) world.now += clocked_drawn(&s->draw, 200) * SECOND; /* everybody pauses */
    if (what < 40) (void)adsync_limiter_tend(engine->limiter, NULL, NULL);
}

static void play(script *s)
{
    uint64_t too_soon = 0;

    clocked_begin(&world);
    n_permits = 0;
    units_taken = 0;
    world.latency = s->latency;
    for (uint32_t i = 0; i < ENGINES; i++)
        start(&engines[i], s);
    for (int64_t end = world.now + s->until; world.now < end;) {
        clocked *engine = &engines[clocked_drawn(&s->draw, ENGINES)];
        for (uint32_t i = clocked_drawn(&s->draw, s->greed + 1); i > 0; i--)
            take(engine, s);
        disturb(engine, s);
        too_soon += engine->too_soon;
        world.now += clocked_drawn(&s->draw, (uint32_t)s->step);
    }
    for (uint32_t i = 0; i < ENGINES; i++)
        die(&engines[i]);
    clocked_end(&world);
    assert_int_equal(too_soon, 0);
    assert_true(units_taken >= s->permits / 2); /* the judge had something to judge */
}

static void P6a_no_sliding_window_is_ever_exceeded(void **state)
{
    static const int64_t lengths[] = { MINUTE, 97 * SECOND, 15 * MINUTE, HOUR };
    (void)state;

    for (uint32_t seed = 1; seed <= 120; seed++) {
        script s = { .draw = seed * 77777, .align = ADSYNC_WINDOW_ROLL, .length = lengths[seed % 4], .clock = seed % 5 != 0 };
        s.permits = 1 + clocked_drawn(&s.draw, seed % 3 ? 60 : 3000);
        s.until = 12 * s.length;
        s.latency = seed % 2 ? 0 : clocked_drawn(&s.draw, 90000);
        s.greed = 1 + clocked_drawn(&s.draw, seed % 3 ? 20 : 100);
        s.step = 1 + s.length / (seed % 3 ? 80 : 40);
        play(&s);
        judge_sliding(s.length, s.permits);
    }
}

static void P6a_no_short_window_is_ever_exceeded(void **state)
{
    static const int64_t lengths[] = { SECOND, 5 * SECOND, 10 * SECOND, 59 * SECOND, SECOND / 10 };
    (void)state;

    for (uint32_t seed = 1; seed <= 120; seed++) {
        script s = { .draw = seed * 4242, .align = seed % 2 ? ADSYNC_WINDOW_ROLL : ADSYNC_WINDOW_FIXED, .length = lengths[seed % 5],
                     .clock = seed % 7 != 0 };
        s.permits = 1 + clocked_drawn(&s.draw, seed % 3 ? 12 : 500);
        s.until = 10 * MINUTE;
        s.latency = seed % 2 ? 0 : clocked_drawn(&s.draw, 90000);
        s.greed = 1 + clocked_drawn(&s.draw, 30);
        s.step = SECOND / 2;
        play(&s);
        judge_sliding(s.length, s.permits);
    }
}

static void P6a_a_burst_is_held_beside_its_window(void **state)
{
    (void)state;

    for (uint32_t seed = 1; seed <= 40; seed++) {
        script s = { .draw = seed * 99, .align = ADSYNC_WINDOW_ROLL, .length = 10 * MINUTE, .permits = 600, .clock = true };
        s.burst = seed % 2 ? 20 : 120;
        s.until = HOUR;
        s.greed = 40;
        s.step = 2 * SECOND;
        play(&s);
        judge_sliding(s.length, s.permits);
        judge_sliding(s.length * s.burst / s.permits, s.burst);
    }
}

static void P6a_no_day_of_UTC_is_ever_exceeded(void **state)
{
    (void)state;

    for (uint32_t seed = 1; seed <= 40; seed++) {
        script s = { .draw = seed * 31337, .align = ADSYNC_WINDOW_UTC_DAY, .clock = seed % 4 != 0 };
        s.permits = 1 + clocked_drawn(&s.draw, 3000);
        s.until = 4 * DAY;
        s.greed = 1 + clocked_drawn(&s.draw, 60);
        s.step = 10 * MINUTE;
        play(&s);
        judge_days(0, s.permits);
        judge_days(4 * SECOND, s.permits);
        judge_days(-4 * SECOND, s.permits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P6a_no_sliding_window_is_ever_exceeded),
        cmocka_unit_test(P6a_no_short_window_is_ever_exceeded),
        cmocka_unit_test(P6a_a_burst_is_held_beside_its_window),
        cmocka_unit_test(P6a_no_day_of_UTC_is_ever_exceeded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
