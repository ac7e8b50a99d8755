/* SPDX-License-Identifier: MIT */
/* Tokens a host has, accounts, and how connections end. */
#include "script.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

static const char person[] = "{\"sub\":\"person-7\"}";

static int64_t add_grant(script *world, const char *org)
{
    const adsync_grant_options options = { .size = sizeof options,
                                           .expires_us = world->now_us + INT64_C(3600000000),
                                           .refresh_token = "refresh-planted",
                                           .scopes = "openid offline_access ads" };
    int64_t grant = 0;

    assert_int_equal(adsync_grant_add(world->engines[0].engine, org, "op", "access-planted", &options, &grant, NULL), ADSYNC_OK);
    return grant;
}

static int64_t add_account(script *world, const char *org, int64_t grant, const char *account)
{
    int64_t connection = 0;
    adsync_error *error = NULL;

    if (adsync_connection_add(world->engines[0].engine, org, grant, account, NULL, &connection, &error) != ADSYNC_OK)
        fail_msg("%s", adsync_error_message(error));
    return connection;
}

static void status_is(script *world, int64_t connection, const char *status, const char *words)
{
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_connection_list(world->engines[0].engine, "acme", connection, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATUS), status);
    if (words) assert_non_null(strstr(adsync_rows_text(rows, ADSYNC_C_MESSAGE), words));
    adsync_rows_free(rows);
}

static uint32_t secrets(script *world)
{
    const adsync_value org = { ADSYNC_VALUE_INT, 0, 1, NULL };
    const adsync_range range = { .table = ADSYNC_T_SECRETS, .limit = 100, .lower = &org, .n_lower = 1, .upper = &org, .n_upper = 1 };
    adsync_rows *rows = NULL;
    uint32_t n;

    assert_int_equal(adsync_storage_scan(world->rows, 1, &range, &rows, NULL), ADSYNC_OK);
    n = (uint32_t)adsync_rows_count(rows);
    adsync_rows_free(rows);
    return n;
}

static void a_ready_token_is_sealed_and_works(void **state)
{
    script world;
    int64_t grant;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    grant = add_grant(&world, "acme");
    assert_int_equal(world.sent, 0);
    assert_int_equal(secrets(&world), 2);
    assert_false(script_stored(&world, "planted"));
    script_say(&world, "/me", 200, person);
    assert_int_equal(adsync_grant_accounts(world.engines[0].engine, "acme", grant, NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1); /* although two ways lead to it */
    assert_int_equal(script_sent(&world, "Bearer access-planted"), 1);
    adsync_rows_free(rows);
    script_end(&world);
}

static void every_spelling_of_an_account_is_one_connection(void **state)
{
    const adsync_connection_options options = { .size = sizeof options, .timeframe_days = 30, .metadata = "{\"shop\":7}" };
    script world;
    int64_t grant, connection, again = 0;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    grant = add_grant(&world, "acme");
    connection = add_account(&world, "acme", grant, "act_123");
    assert_int_equal(adsync_connection_add(world.engines[0].engine, "acme", grant, "123", &options, &again, NULL), ADSYNC_OK);
    assert_int_equal(again, connection);
    assert_int_equal(add_account(&world, "acme", grant, "act_1-2-3"), connection);
    assert_int_not_equal(add_account(&world, "acme", grant, "124"), connection);
    assert_int_equal(adsync_connection_list(world.engines[0].engine, "acme", connection, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_ACCOUNT_ID), "123");
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_TIMEFRAME_DAYS), 30);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_METADATA), "{\"shop\":7}");
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_LAST_STATUS), "never");
    adsync_rows_free(rows);
    assert_int_equal(adsync_connection_list(world.engines[0].engine, "acme", 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 2);
    adsync_rows_free(rows);
    script_end(&world);
}

/* P5 */
static void another_organisation_sees_neither_grant_nor_connection(void **state)
{
    script world;
    int64_t grant, connection, other = 0;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    grant = add_grant(&world, "acme");
    connection = add_account(&world, "acme", grant, "123");
    (void)add_grant(&world, "other");
    assert_int_equal(adsync_connection_add(world.engines[0].engine, "other", grant, "123", NULL, &other, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_grant_refresh(world.engines[0].engine, "other", grant, NULL, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_connection_disconnect(world.engines[0].engine, "other", connection, 0, NULL, NULL, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_connection_validate(world.engines[0].engine, "nobody", connection, NULL, NULL, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_connection_list(world.engines[0].engine, "other", 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0);
    adsync_rows_free(rows);
    script_end(&world);
}

static void validating_writes_down_what_the_platform_says(void **state)
{
    script world;
    int64_t connection;
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;

    (void)state;
    script_begin(&world, 1);
    connection = add_account(&world, "acme", add_grant(&world, "acme"), "123");
    script_say(&world, "/me", 200, person);
    assert_int_equal(adsync_connection_validate(world.engines[0].engine, "acme", connection, NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATUS), "active");
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_SCOPES), "openid offline_access ads");
    adsync_rows_free(rows);
    script_say(&world, "/me", 401, "{\"error\":\"invalid_token\"}");
    script_say(&world, "/token", 400, "{\"error\":\"invalid_grant\"}");
    assert_int_equal(adsync_connection_validate(world.engines[0].engine, "acme", connection, NULL, &rows, &error), ADSYNC_E_AUTH);
    adsync_error_free(error);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATUS), "expired");
    adsync_rows_free(rows);
    status_is(&world, connection, "expired", "refused");
    script_end(&world);
}

static void the_last_connection_gives_the_consent_back_and_takes_the_secrets_along(void **state)
{
    script world;
    int64_t grant, one, two;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    grant = add_grant(&world, "acme");
    one = add_account(&world, "acme", grant, "1");
    two = add_account(&world, "acme", grant, "2");
    assert_int_equal(adsync_connection_disconnect(world.engines[0].engine, "acme", one, ADSYNC_DISCONNECT_REVOKE, NULL, &rows, NULL),
                     ADSYNC_OK);
    adsync_rows_free(rows);
    assert_int_equal(world.sent, 0); /* the other one needs it */
    assert_int_equal(secrets(&world), 2);
    script_say(&world, "/token/revocation", 200, "");
    assert_int_equal(adsync_connection_disconnect(world.engines[0].engine, "acme", two, ADSYNC_DISCONNECT_REVOKE, NULL, &rows, NULL),
                     ADSYNC_OK);
    adsync_rows_free(rows);
    assert_int_equal(world.sent, 1);
    assert_int_equal(secrets(&world), 0);
    status_is(&world, two, "disconnected", NULL);
    assert_int_equal(adsync_grant_refresh(world.engines[0].engine, "acme", grant, NULL, NULL), ADSYNC_E_AUTH);
    assert_int_equal(adsync_connection_add(world.engines[0].engine, "acme", grant, "3", NULL, &one, NULL), ADSYNC_E_AUTH);
    assert_int_equal(adsync_connection_validate(world.engines[0].engine, "acme", two, NULL, NULL, NULL), ADSYNC_E_AUTH);
    script_end(&world);
}

static void a_platform_that_will_not_revoke_leaves_words_for_a_person(void **state)
{
    script world;
    int64_t connection;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    connection = add_account(&world, "acme", add_grant(&world, "acme"), "1");
    script_say(&world, "/token/revocation", 400, "{\"error\":\"unsupported_token_type\"}");
    assert_int_equal(adsync_connection_disconnect(world.engines[0].engine, "acme", connection, ADSYNC_DISCONNECT_REVOKE, NULL, &rows, NULL),
                     ADSYNC_PARTIAL);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATUS), "disconnected");
    assert_non_null(strstr(adsync_rows_text(rows, ADSYNC_C_MESSAGE), "Settings, Apps, Remove"));
    adsync_rows_free(rows);
    assert_int_equal(secrets(&world), 0);
    script_end(&world);
}

/* Between the look for other connections and the deletion of the secrets somebody adds one. */
static int64_t raced_grant, raced_connection;

static void race(faulty *f, const faulty_call *call, void *user)
{
    script *world = user;

    if (call->kind != FAULTY_COMMIT || call->table != ADSYNC_T_GRANTS) return;
    f->before = NULL;
    raced_connection = 0;
    assert_int_equal(adsync_connection_add(world->engines[1].engine, "acme", raced_grant, "2", NULL, &raced_connection, NULL), ADSYNC_OK);
}

static void a_connection_added_meanwhile_keeps_the_secrets(void **state)
{
    script world;
    adsync_storage *second = NULL;
    int64_t connection;

    (void)state;
    script_begin(&world, 1);
    second = world.storage; /* another handle for the other engine: the first one is being served when the hook runs */
    world.storage = world.rows;
    (void)script_open(&world, &world.engines[1]);
    world.storage = second;
    raced_grant = add_grant(&world, "acme");
    connection = add_account(&world, "acme", raced_grant, "1");
    world.faults.before = race;
    world.faults.user = &world;
    assert_int_equal(adsync_connection_disconnect(world.engines[0].engine, "acme", connection, 0, NULL, NULL, NULL), ADSYNC_OK);
    assert_true(raced_connection > 0);
    assert_int_equal(secrets(&world), 2);
    script_end(&world);
}

static void what_makes_no_sense_is_refused(void **state)
{
    const adsync_connection_options list = { .size = sizeof list, .metadata = "[1]" };
    const adsync_grant_options past = { .size = sizeof past, .expires_us = -2 };
    script world;
    adsync_engine *engine;
    int64_t grant, n = 0;

    (void)state;
    script_begin(&world, 1);
    engine = world.engines[0].engine;
    grant = add_grant(&world, "acme");
    assert_int_equal(adsync_connection_add(engine, "acme", grant, "", NULL, &n, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_connection_add(engine, "acme", grant, "act_", NULL, &n, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_connection_add(engine, "acme", grant, "act_--", NULL, &n, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_connection_add(engine, "acme", grant, "1 2", NULL, &n, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_connection_add(engine, "acme", grant, "1", &list, &n, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_connection_add(engine, "acme", grant + 1, "1", NULL, &n, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_connection_disconnect(engine, "acme", 5, 2, NULL, NULL, NULL), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(adsync_connection_disconnect(engine, "acme", 5, 0, NULL, NULL, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_grant_add(engine, "acme", "op", "", NULL, &n, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_grant_add(engine, "acme", "op", "t", &past, &n, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_grant_add(engine, "acme", "none", "t", NULL, &n, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(n, 0);
    script_end(&world);
}

/* A token that ends at this time, of an organisation. */
static int64_t ends_at(script *world, const char *org, int64_t us)
{
    const adsync_grant_options o = { .size = sizeof o, .expires_us = us, .refresh_token = "refresh-planted" };
    int64_t grant = 0;

    assert_int_equal(adsync_grant_add(world->engines[0].engine, org, "op", "access-planted", &o, &grant, NULL), ADSYNC_OK);
    return grant;
}

static uint32_t expiring(script *world, int64_t until_us, uint32_t limit, int64_t *first)
{
    adsync_rows *rows = NULL;
    uint32_t n = 0;
    int64_t before = 0;

    assert_int_equal(adsync_grant_expiring(world->engines[0].engine, until_us, limit, &rows, NULL), ADSYNC_OK);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        assert_true(adsync_rows_int(rows, ADSYNC_C_DUE_US) >= before && adsync_rows_int(rows, ADSYNC_C_DUE_US) <= until_us);
        before = adsync_rows_int(rows, ADSYNC_C_DUE_US);
        assert_true(adsync_rows_int(rows, ADSYNC_C_ACCESS_EXPIRES_US) > before); /* told ahead */
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_PLATFORM), "op");
        if (!n++) *first = adsync_rows_int(rows, ADSYNC_C_GRANT);
    }
    adsync_rows_free(rows);
    return n;
}

/* P4 */
static void what_ends_soon_is_listed_ahead_the_most_urgent_first(void **state)
{
    const int64_t hour = INT64_C(3600000000);
    int64_t late, soon, first = 0;
    script world;

    (void)state;
    script_begin(&world, 1);
    late = ends_at(&world, "acme", world.now_us + 240 * hour);
    soon = ends_at(&world, "globex", world.now_us + 10 * hour); /* of all organisations, for whoever watches over them */
    (void)ends_at(&world, "acme", -1);
    (void)ends_at(&world, "acme", 0);
    assert_int_equal(expiring(&world, world.now_us + 4 * hour, 0, &first), 0);
    assert_int_equal(expiring(&world, world.now_us + 10 * hour, 0, &first), 1);
    assert_int_equal(first, soon);
    assert_int_equal(expiring(&world, world.now_us + 240 * hour, 0, &first), 2); /* not those that never end, or nobody knows when */
    assert_int_equal(first, soon);
    assert_int_equal(expiring(&world, world.now_us + 240 * hour, 1, &first), 1);
    assert_int_equal(first, soon);
    assert_true(late != soon);
    script_end(&world);
}

/* A person is needed when nothing renews the tokens any more: an hourly token beside a refresh token calls for nobody. */
static void what_is_renewed_by_itself_needs_no_person(void **state)
{
    const int64_t hour = INT64_C(3600000000);
    adsync_grant_options o = { .size = sizeof o };
    int64_t renewed, bare = 0, consent = 0, grant;
    adsync_rows *rows = NULL;
    script world;

    (void)state;
    script_begin(&world, 1);
    renewed = ends_at(&world, "acme", world.now_us + hour);
    o.expires_us = world.now_us + 10 * hour;
    assert_int_equal(adsync_grant_add(world.engines[0].engine, "acme", "op", "t", &o, &bare, NULL), ADSYNC_OK);
    o = (adsync_grant_options){
        .size = sizeof o, .expires_us = world.now_us + hour, .refresh_token = "r", .refresh_expires_us = world.now_us + 20 * hour
    };
    assert_int_equal(adsync_grant_add(world.engines[0].engine, "acme", "op", "t", &o, &consent, NULL), ADSYNC_OK);
    assert_int_equal(adsync_grant_expiring(world.engines[0].engine, INT64_MAX, 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 3);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        grant = adsync_rows_int(rows, ADSYNC_C_GRANT);
        if (grant == renewed) assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_EXPIRES_US), ADSYNC_VALUE_NULL);
        if (grant == bare) assert_int_equal(adsync_rows_int(rows, ADSYNC_C_EXPIRES_US), world.now_us + 10 * hour);
        if (grant == consent) assert_int_equal(adsync_rows_int(rows, ADSYNC_C_EXPIRES_US), world.now_us + 20 * hour);
    }
    adsync_rows_free(rows);
    script_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ready_token_is_sealed_and_works),
        cmocka_unit_test(every_spelling_of_an_account_is_one_connection),
        cmocka_unit_test(another_organisation_sees_neither_grant_nor_connection),
        cmocka_unit_test(validating_writes_down_what_the_platform_says),
        cmocka_unit_test(the_last_connection_gives_the_consent_back_and_takes_the_secrets_along),
        cmocka_unit_test(a_platform_that_will_not_revoke_leaves_words_for_a_person),
        cmocka_unit_test(a_connection_added_meanwhile_keeps_the_secrets),
        cmocka_unit_test(what_ends_soon_is_listed_ahead_the_most_urgent_first),
        cmocka_unit_test(what_is_renewed_by_itself_needs_no_person),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
