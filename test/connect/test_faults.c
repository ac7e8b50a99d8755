/* SPDX-License-Identifier: MIT */
/* A consent, a refresh and an end, told again with each allocation failing, and with each storage call failing: nothing leaks, nothing is
 * used before it is stored, and no secret shows. */
#include "script.h"

#include "support/faults.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

static const char tokens[] = "{\"access_token\":\"access-planted-1\",\"refresh_token\":\"refresh-planted-1\",\"expires_in\":3600}";
static const char second[] = "{\"access_token\":\"access-planted-2\",\"refresh_token\":\"refresh-planted-2\",\"expires_in\":3600}";
static const char person[] = "{\"sub\":\"person-7\"}";

static void say(script *world)
{
    for (uint32_t i = 0; i < 3; i++) { /* more than a good day needs */
        script_say(world, "/token/revocation", 200, "");
        script_say(world, "/me", 200, person);
        script_say(world, "/me", 200, person);
    }
    script_say(world, "/token", 200, tokens);
    for (uint32_t i = 0; i < 4; i++) script_say(world, "/token", 200, second);
}

static bool told(script *world)
{
    adsync_engine *engine = world->engines[0].engine;
    adsync_rows *rows = NULL;
    char query[512];
    int64_t grant = 0, connection = 0;
    bool good;

    if (adsync_oauth_begin(engine, "acme", "op", "session-1", NULL, NULL, &rows, NULL) != ADSYNC_OK) return false;
    (void)adsync_rows_next(rows, NULL);
    (void)snprintf(query, sizeof query, "code=code-planted&state=%s", adsync_rows_text(rows, ADSYNC_C_STATE));
    adsync_rows_free(rows);
    good = adsync_oauth_complete(engine, "acme", "session-1", query, NULL, &grant, NULL, NULL) == ADSYNC_OK;
    good &= adsync_grant_refresh(engine, "acme", grant, NULL, NULL) == ADSYNC_OK;
    good &= adsync_connection_add(engine, "acme", grant, "123", NULL, &connection, NULL) == ADSYNC_OK;
    good &= adsync_connection_validate(engine, "acme", connection, NULL, NULL, NULL) == ADSYNC_OK;
    good &= adsync_connection_disconnect(engine, "acme", connection, ADSYNC_DISCONNECT_REVOKE, NULL, NULL, NULL) == ADSYNC_OK;
    return good;
}

static script *the_world;

static void a_story(void *user)
{
    (void)user;
    the_world->n_replies = 0;
    the_world->n_flying = 0;
    say(the_world);
    (void)told(the_world);
    script_step(the_world, the_world->engines[0].engine, INT64_C(200000000));
}

static void each_allocation_may_fail(void **state)
{
    script world;

    (void)state;
    script_begin(&world, 1);
    the_world = &world;
    assert_true(faults_allocations(a_story, NULL) > 0);
    assert_false(script_stored(&world, "planted"));
    script_end(&world);
}

static void each_storage_call_may_fail(void **state)
{
    static const uint32_t when[] = { FAULTY_BEFORE, FAULTY_AFTER };
    uint64_t most = 0;
    script world;

    (void)state;
    script_begin(&world, 1);
    say(&world);
    faulty_forget(&world.faults);
    assert_true(told(&world));
    most = world.faults.calls;
    script_end(&world);
    assert_true(most > 20);
    for (uint64_t nth = 1; nth <= most; nth++)
        for (size_t w = 0; w < ADSYNC__COUNT(when); w++) {
            script_begin(&world, 1);
            say(&world);
            faulty_fail(&world.faults, nth, FAULTY_ANY, when[w], false, ADSYNC_OK);
            (void)told(&world);
            script_step(&world, world.engines[0].engine, INT64_C(200000000));
            assert_false(script_stored(&world, "planted"));
            assert_true(!world.log.p || !strstr(world.log.p, "planted"));
            assert_true(script_sent(&world, "code-planted") <= 1);
            script_end(&world);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(each_storage_call_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
