/* SPDX-License-Identifier: MIT */
/* P4: one refresh at a time over all engines, tokens stored before they are used, what was lost is named. */
#include "script.h"

#include "engine/engine_int.h"
#include "connect/connect.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

static const char second[] = "{\"access_token\":\"access-2\",\"refresh_token\":\"refresh-2\",\"expires_in\":3600}";
static const char refused[] = "{\"error\":\"invalid_grant\"}";
static const char person[] = "{\"sub\":\"person-7\"}";
static const adsync_call hurry = { .size = sizeof hurry, .wait_us = -1 };

enum { SECOND_US = 1000000 };

static int64_t add_with(script *world, const char *refresh_token, int64_t seconds)
{
    const adsync_grant_options options = { .size = sizeof options,
                                           .expires_us = world->now_us + seconds * SECOND_US,
                                           .refresh_token = refresh_token };
    int64_t grant = 0;

    assert_int_equal(adsync_grant_add(world->engines[0].engine, "acme", "op", "access-1", &options, &grant, NULL), ADSYNC_OK);
    return grant;
}

static int64_t add(script *world) { return add_with(world, "refresh-1", 3600); }

typedef struct look {
    int64_t generation, attempt, due_us;
    char state[16], message[400];
} look;

static look look_at(script *world, int64_t grant)
{
    const adsync_value key[] = { { ADSYNC_VALUE_INT, 0, 1, NULL }, { ADSYNC_VALUE_INT, 0, grant, NULL } };
    adsync_rows *rows = NULL;
    look seen;

    assert_int_equal(adsync_storage_read(world->rows, 1, ADSYNC_T_GRANTS, 0, key, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    seen = (look){ .generation = adsync_rows_int(rows, ADSYNC_C_GENERATION),
                   .attempt = adsync_rows_int(rows, ADSYNC_C_ATTEMPT),
                   .due_us = adsync_rows_int(rows, ADSYNC_C_DUE_US) };
    (void)snprintf(seen.state, sizeof seen.state, "%s", adsync_rows_text(rows, ADSYNC_C_STATE));
    (void)snprintf(seen.message, sizeof seen.message, "%s",
                   adsync_rows_text(rows, ADSYNC_C_MESSAGE) ? adsync_rows_text(rows, ADSYNC_C_MESSAGE) : "");
    adsync_rows_free(rows);
    return seen;
}

static adsync_status refresh(script *world, uint32_t engine, int64_t grant, const adsync_call *call, char name[64])
{
    adsync_error *error = NULL;
    adsync_status rc = adsync_grant_refresh(world->engines[engine].engine, "acme", grant, call, &error);

    (void)snprintf(name, 64, "%s", rc < 0 ? adsync_error_name(error) : "");
    adsync_error_free(error);
    return rc;
}

static void p4a_many_engines_refresh_one_grant_with_one_call(void **state)
{
    enum { ENGINES = 32 };
    script world;
    char name[64];
    int64_t grant;

    (void)state;
    script_begin(&world, ENGINES);
    grant = add(&world);
    script_say(&world, "/token", 200, second);
    for (uint32_t i = 0; i < ENGINES; i++) assert_int_equal(refresh(&world, i, grant, &hurry, name), ADSYNC_PENDING);
    for (uint32_t round = 0; round < 20; round++)
        for (uint32_t i = ENGINES; i-- > 0;) script_step(&world, world.engines[i].engine, 20000);
    assert_int_equal(script_sent(&world, "grant_type=refresh_token"), 1);
    assert_int_equal(look_at(&world, grant).generation, 2);
    assert_string_equal(look_at(&world, grant).state, "active");
    for (uint32_t i = 0; i < ENGINES; i++) /* nobody waits any more */
        assert_int_equal(adsync_engine_step(world.engines[i].engine, 10 * SECOND_US, NULL), ADSYNC_IDLE);
    script_end(&world);
}

static void whoever_waits_for_anothers_refresh_is_told_of_its_end(void **state)
{
    script world;
    char name[64];
    int64_t grant;

    (void)state;
    script_begin(&world, 2);
    grant = add(&world);
    script_say(&world, "/token", 200, second);
    assert_int_equal(refresh(&world, 0, grant, &hurry, name), ADSYNC_PENDING); /* the row says "refreshing" */
    assert_string_equal(look_at(&world, grant).state, "refreshing");
    assert_int_equal(refresh(&world, 1, grant, NULL, name), ADSYNC_PENDING); /* its wait ends first, and nothing was sent twice */
    assert_int_equal(world.sent, 0);
    script_step(&world, world.engines[0].engine, SECOND_US); /* too late to send: the 30 s are over */
    assert_int_equal(world.sent, 0);
    assert_string_equal(look_at(&world, grant).state, "active");
    assert_int_equal(look_at(&world, grant).attempt, 0);
    assert_int_equal(refresh(&world, 1, grant, NULL, name), ADSYNC_OK);
    script_end(&world);
}

static int64_t watched;

static void watch_for_the_generation(script *world, const char *url, const char *headers, const char *body)
{
    (void)url, (void)body;
    if (strstr(headers, "Bearer access-2")) assert_int_equal(look_at(world, watched).generation, 2);
}

static void p4b_a_token_is_used_only_after_its_generation_is_committed(void **state)
{
    script world;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    watched = add(&world);
    world.on_send = watch_for_the_generation;
    script_say(&world, "/me", 401, "{\"error\":\"invalid_token\"}"); /* the access token ended: it is refreshed on the way */
    script_say(&world, "/token", 200, second);
    script_say(&world, "/me", 200, person);
    assert_int_equal(adsync_grant_accounts(world.engines[0].engine, "acme", watched, NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    assert_int_equal(script_sent(&world, "Bearer access-2"), 1);
    adsync_rows_free(rows);
    script_end(&world);
}

static void p4d_a_single_use_token_whose_answer_was_lost_is_named(void **state)
{
    script world;
    char name[64];
    int64_t grant;
    uint32_t sent;

    (void)state;
    script_begin(&world, 2);
    grant = add(&world);
    script_lose(&world, "/token", 0);
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_E_UNCERTAIN);
    assert_string_equal(name, "grant.refresh_uncertain");
    assert_int_equal(look_at(&world, grant).attempt, 1);
    assert_non_null(strstr(look_at(&world, grant).message, "lost"));
    sent = world.sent;
    assert_int_equal(refresh(&world, 1, grant, NULL, name), ADSYNC_PENDING); /* no second try before the deadline */
    assert_int_equal(world.sent, sent);
    world.now_us += 121 * SECOND_US;
    script_say(&world, "/token", 400, refused);
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_E_AUTH);
    assert_string_equal(name, "grant.refresh_lost");
    assert_string_equal(look_at(&world, grant).state, "expired");
    assert_non_null(strstr(look_at(&world, grant).message, "lost"));
    assert_non_null(strstr(look_at(&world, grant).message, "connected again"));
    assert_non_null(strstr(world.log.p, "grant.refresh_lost"));
    sent = world.sent;
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_E_AUTH);
    assert_int_equal(world.sent, sent);
    script_end(&world);
}

static void a_lost_answer_that_changed_nothing_is_made_good(void **state)
{
    script world;
    char name[64];
    int64_t grant;

    (void)state;
    script_begin(&world, 1);
    grant = add(&world);
    script_lose(&world, "/token", 0);
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_E_UNCERTAIN);
    world.now_us += 121 * SECOND_US;
    script_say(&world, "/token", 200, second);
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_OK);
    assert_int_equal(look_at(&world, grant).generation, 2);
    assert_int_equal(look_at(&world, grant).attempt, 0);
    assert_string_equal(look_at(&world, grant).message, "");
    script_end(&world);
}

static void p4d_an_engine_that_dies_between_rotation_and_commit_is_found_out(void **state)
{
    script world;
    char name[64];
    int64_t grant;

    (void)state;
    script_begin(&world, 2);
    grant = add(&world);
    script_say(&world, "/token", 200, second);
    world.replies[0].delay_us = INT64_C(3600) * SECOND_US;
    assert_int_equal(refresh(&world, 0, grant, &hurry, name), ADSYNC_PENDING);
    assert_int_equal(adsync_engine_step(world.engines[0].engine, 0, NULL), ADSYNC_OK);
    assert_int_equal(world.sent, 1);
    adsync_engine_free(world.engines[0].engine);
    world.engines[0].engine = NULL;
    assert_int_equal(look_at(&world, grant).attempt, 1);
    world.now_us += 121 * SECOND_US;
    script_say(&world, "/token", 400, refused);
    assert_int_equal(refresh(&world, 1, grant, NULL, name), ADSYNC_E_AUTH);
    assert_string_equal(name, "grant.refresh_lost");
    script_end(&world);
}

static void a_consent_that_was_taken_back_is_not_called_lost(void **state)
{
    script world;
    char name[64];
    int64_t grant;

    (void)state;
    script_begin(&world, 1);
    grant = add(&world);
    for (uint32_t i = 0; i < 16; i++) script_lose(&world, "/token", 1); /* nothing leaves: no harm is done */
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_PENDING);
    script_step(&world, world.engines[0].engine, 200 * INT64_C(1000000));
    assert_string_equal(look_at(&world, grant).state, "active");
    assert_int_equal(look_at(&world, grant).attempt, 0);
    world.n_replies = 0;
    script_say(&world, "/token", 400, refused);
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_E_AUTH);
    assert_string_equal(name, "op.invalid_grant");
    assert_string_equal(look_at(&world, grant).state, "expired");
    script_end(&world);
}

/* Another process was faster: it stored a generation while our request was on its way. */
static void be_faster(script *world, const char *url, const char *headers, const char *body)
{
    const adsync_value key[] = { { ADSYNC_VALUE_INT, 0, 1, NULL }, { ADSYNC_VALUE_INT, 0, watched, NULL } };
    adsync_value values[64];
    adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_GRANTS, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = 3
    };
    adsync_rows *rows = NULL;

    (void)headers, (void)url;
    if (!strstr(body, "grant_type=refresh_token")) return;
    assert_int_equal(adsync_storage_read(world->rows, 1, ADSYNC_T_GRANTS, 0, key, 1, &rows, NULL), ADSYNC_OK);
    memcpy(values, adsync__rows_values(rows, 0), 3 * sizeof *values);
    values[2].i++;
    assert_int_equal(adsync_storage_commit(world->rows, 1, &change, 1, NULL, NULL), ADSYNC_OK);
    adsync_rows_free(rows);
}

static void a_refusal_is_nothing_where_a_newer_generation_is_in_force(void **state)
{
    script world;
    char name[64];

    (void)state;
    script_begin(&world, 1);
    watched = add(&world);
    world.on_send = be_faster;
    script_say(&world, "/token", 400, refused);
    assert_int_equal(refresh(&world, 0, watched, NULL, name), ADSYNC_OK);
    assert_int_equal(look_at(&world, watched).generation, 2);
    script_end(&world);
}

static void p4c_a_late_answer_is_kept_beside_what_is_in_force(void **state)
{
    script world;
    char name[64];
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    watched = add(&world);
    world.on_send = be_faster;
    script_say(&world, "/token", 200, second);
    assert_int_equal(refresh(&world, 0, watched, NULL, name), ADSYNC_OK);
    assert_int_equal(look_at(&world, watched).generation, 2);
    {
        const adsync_value keys[] = {
            adsync__value_int(1), adsync__value_int(watched), adsync__value_text("refresh_token"), adsync__value_int(0),
            adsync__value_int(1), adsync__value_int(watched), adsync__value_text("refresh_token"), adsync__value_int(1),
        };
        int64_t kept = 0, in_force = 0;
        assert_int_equal(adsync_storage_read(world.rows, 1, ADSYNC_T_SECRETS, 0, keys, 2, &rows, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_count(rows), 2);
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
            *(adsync_rows_int(rows, ADSYNC_C_ALTERNATE) ? &kept : &in_force) = adsync_rows_int(rows, ADSYNC_C_GENERATION);
        assert_int_equal(in_force, 1);
        assert_int_equal(kept, 2);
    }
    adsync_rows_free(rows);
    script_end(&world);
}

static const int64_t another_until_us = INT64_C(4000000000000000);

/* Ours stood still beyond its deadline: somebody else's try is under way when our answer comes. */
static void be_followed(script *world, const char *url, const char *headers, const char *body)
{
    const adsync_value key[] = { { ADSYNC_VALUE_INT, 0, 1, NULL }, { ADSYNC_VALUE_INT, 0, watched, NULL } };
    adsync_value values[64];
    uint32_t n = adsync_table_width(ADSYNC_T_GRANTS);
    adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_GRANTS, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = n
    };
    adsync_rows *rows = NULL;

    (void)headers, (void)url;
    if (!strstr(body, "grant_type=refresh_token")) return;
    assert_int_equal(adsync_storage_read(world->rows, 1, ADSYNC_T_GRANTS, 0, key, 1, &rows, NULL), ADSYNC_OK);
    memcpy(values, adsync__rows_values(rows, 0), n * sizeof *values);
    for (uint32_t i = 0; i < n; i++) {
        if (adsync_table_column(ADSYNC_T_GRANTS, i) == ADSYNC_C_ATTEMPT) values[i].i++;
        if (adsync_table_column(ADSYNC_T_GRANTS, i) == ADSYNC_C_DEADLINE_US) values[i] = adsync__value_int(another_until_us);
    }
    assert_int_equal(adsync_storage_commit(world->rows, 1, &change, 1, NULL, NULL), ADSYNC_OK);
    adsync_rows_free(rows);
}

static void p4a_a_late_answer_leaves_the_deadline_of_who_tries_by_now(void **state)
{
    script world;
    char name[64];
    look seen;

    (void)state;
    script_begin(&world, 1);
    watched = add(&world);
    world.on_send = be_followed;
    script_say(&world, "/token", 200, second);
    assert_int_equal(refresh(&world, 0, watched, NULL, name), ADSYNC_OK);
    seen = look_at(&world, watched);
    assert_int_equal(seen.generation, 2); /* what came is in force, */
    assert_string_equal(seen.state, "refreshing"); /* and no third try begins beside the second */
    assert_int_equal(seen.due_us, another_until_us);
    script_end(&world);
}

/* Evidence: the storage fails for a while, the tokens are stored all the same. */
static void p4c_tokens_outlive_a_storage_that_fails(void **state)
{
    script world;
    char name[64];
    int64_t grant;

    (void)state;
    script_begin(&world, 1);
    grant = add(&world);
    script_say(&world, "/token", 200, second);
    faulty_fail(&world.faults, 2, FAULTY_COMMIT, FAULTY_BEFORE, true, ADSYNC_OK); /* all from the tokens' on */
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_PENDING);
    assert_int_equal(look_at(&world, grant).generation, 1);
    faulty_fail(&world.faults, 0, 0, 0, false, ADSYNC_OK);
    script_step(&world, world.engines[0].engine, 5 * SECOND_US);
    assert_int_equal(look_at(&world, grant).generation, 2);
    assert_int_equal(script_sent(&world, "grant_type=refresh_token"), 1);
    script_end(&world);
}

static void an_answer_that_nobody_understands_counts_as_lost(void **state)
{
    script world;
    char name[64];
    int64_t grant;

    (void)state;
    script_begin(&world, 1);
    grant = add(&world);
    script_say(&world, "/token", 200, "{\"access_token\":\"acc");
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_E_UNCERTAIN);
    assert_int_equal(look_at(&world, grant).attempt, 1);
    script_end(&world);
}

static void a_platform_in_trouble_is_asked_again_later(void **state)
{
    script world;
    char name[64];
    int64_t grant;

    (void)state;
    script_begin(&world, 1);
    grant = add(&world);
    script_say(&world, "/token", 400, "{\"error\":\"invalid_request\"}");
    assert_int_equal(refresh(&world, 0, grant, NULL, name), ADSYNC_E_REJECTED);
    assert_string_equal(look_at(&world, grant).state, "active");
    assert_int_equal(look_at(&world, grant).attempt, 0);
    assert_true(look_at(&world, grant).due_us > world.now_us);
    script_end(&world);
}

static void what_is_due_is_refreshed_in_the_background(void **state)
{
    script world;
    int64_t grant, due;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    grant = add(&world);
    due = look_at(&world, grant).due_us;
    assert_in_range(due, world.now_us + INT64_C(1800) * SECOND_US, world.now_us + INT64_C(2881) * SECOND_US);
    assert_int_equal(adsync_grant_expiring(world.engines[0].engine, due - 1, 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0);
    adsync_rows_free(rows);
    assert_int_equal(adsync_grant_expiring(world.engines[0].engine, due, 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    assert_int_equal(adsync__grant_tend(world.engines[0].engine->kernel, NULL), ADSYNC_OK);
    assert_string_equal(look_at(&world, grant).state, "active");
    world.now_us = due;
    script_say(&world, "/token", 200, second);
    assert_int_equal(adsync__grant_tend(world.engines[0].engine->kernel, NULL), ADSYNC_OK);
    script_step(&world, world.engines[0].engine, SECOND_US);
    assert_int_equal(look_at(&world, grant).generation, 2);
    script_end(&world);
}

/* Days before its end a token is as good as ever: only who is told by the platform that it ended has to have a person. */
static void a_grant_without_a_refresh_token_lives_until_its_token_ends(void **state)
{
    const int64_t day = INT64_C(86400) * SECOND_US;
    uint32_t tries = 0;
    script world;
    int64_t grant, demanded, end;
    char name[64];

    (void)state;
    script_begin(&world, 1);
    grant = add_with(&world, NULL, 60 * 86400);
    demanded = add_with(&world, NULL, 60 * 86400);
    end = world.now_us + 60 * day;
    for (world.now_us = look_at(&world, grant).due_us; world.now_us < end; world.now_us = look_at(&world, grant).due_us) {
        assert_int_equal(adsync__grant_tend(world.engines[0].engine->kernel, NULL), ADSYNC_OK);
        script_step(&world, world.engines[0].engine, SECOND_US);
        assert_string_equal(look_at(&world, grant).state, "active");
        assert_int_equal(look_at(&world, grant).attempt, 0);
        assert_true(look_at(&world, grant).due_us > world.now_us);
        assert_true(tries++ < 8);
    }
    assert_non_null(strstr(look_at(&world, grant).message, "connected again before it ends"));
    world.now_us = end - day;
    assert_int_equal(refresh(&world, 0, demanded, NULL, name), ADSYNC_E_AUTH);
    assert_string_equal(look_at(&world, demanded).state, "expired");
    world.now_us = end;
    assert_int_equal(adsync__grant_tend(world.engines[0].engine->kernel, NULL), ADSYNC_OK);
    script_step(&world, world.engines[0].engine, SECOND_US);
    assert_string_equal(look_at(&world, grant).state, "expired");
    assert_int_equal(script_sent(&world, "/token"), 0);
    script_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p4a_many_engines_refresh_one_grant_with_one_call),
        cmocka_unit_test(whoever_waits_for_anothers_refresh_is_told_of_its_end),
        cmocka_unit_test(p4b_a_token_is_used_only_after_its_generation_is_committed),
        cmocka_unit_test(p4d_a_single_use_token_whose_answer_was_lost_is_named),
        cmocka_unit_test(a_lost_answer_that_changed_nothing_is_made_good),
        cmocka_unit_test(p4d_an_engine_that_dies_between_rotation_and_commit_is_found_out),
        cmocka_unit_test(a_consent_that_was_taken_back_is_not_called_lost),
        cmocka_unit_test(a_refusal_is_nothing_where_a_newer_generation_is_in_force),
        cmocka_unit_test(p4c_a_late_answer_is_kept_beside_what_is_in_force),
        cmocka_unit_test(p4a_a_late_answer_leaves_the_deadline_of_who_tries_by_now),
        cmocka_unit_test(p4c_tokens_outlive_a_storage_that_fails),
        cmocka_unit_test(an_answer_that_nobody_understands_counts_as_lost),
        cmocka_unit_test(a_platform_in_trouble_is_asked_again_later),
        cmocka_unit_test(what_is_due_is_refreshed_in_the_background),
        cmocka_unit_test(a_grant_without_a_refresh_token_lives_until_its_token_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
