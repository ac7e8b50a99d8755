/* SPDX-License-Identifier: MIT */
/* Consents: a state is good once, for ten minutes, for one session and organisation; tokens are stored before anything else. */
#include "script.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char tokens[] = "{\"access_token\":\"access-planted-1\",\"refresh_token\":\"refresh-planted-1\",\"expires_in\":3600,"
                             "\"scope\":\"openid offline_access ads\"}";
static const char person[] = "{\"sub\":\"person-7\"}";

static adsync_status begin_as(script *world, const char *org, const char *session, const adsync_oauth_options *options, char query[512])
{
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync_oauth_begin(world->engines[0].engine, org, "op", session, options, NULL, &rows, &error);

    if (rc < 0) fail_msg("%s", adsync_error_message(error));
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(query, 512, "code=code-planted-1&state=%s", adsync_rows_text(rows, ADSYNC_C_STATE));
    adsync_rows_free(rows);
    return rc;
}

static adsync_status end_as(script *world, const char *org, const char *session, const char *query, int64_t *grant, char name[64])
{
    adsync_error *error = NULL;
    adsync_status rc = adsync_oauth_complete(world->engines[0].engine, org, session, query, NULL, grant, NULL, &error);

    (void)snprintf(name, 64, "%s", rc < 0 ? adsync_error_name(error) : "");
    adsync_error_free(error);
    return rc;
}

static void say_all(script *world)
{
    script_say(world, "/token", 200, tokens);
    script_say(world, "/me", 200, person);
    script_say(world, "/me", 200, person); /* the accounts */
}

static int64_t connect_one(script *world, const char *org)
{
    char query[512], name[64];
    int64_t grant = 0;

    (void)begin_as(world, org, "session-1", NULL, query);
    say_all(world);
    assert_int_equal(end_as(world, org, "session-1", query, &grant, name), ADSYNC_OK);
    assert_true(grant > 0);
    return grant;
}

static adsync_rows *grant_row(script *world, const char *org, int64_t grant)
{
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_grant_list(world->engines[0].engine, org, grant, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    return rows;
}

static void a_url_carries_state_challenge_and_scopes_but_no_secret(void **state)
{
    script world;
    adsync_rows *rows = NULL;
    const char *url;

    (void)state;
    script_begin(&world, 1);
    assert_int_equal(adsync_oauth_begin(world.engines[0].engine, "acme", "op", "session-1", NULL, NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    url = adsync_rows_text(rows, ADSYNC_C_URL);
    assert_ptr_equal(strstr(url, "https://op.example.test/auth?"), url);
    assert_non_null(strstr(url, adsync_rows_text(rows, ADSYNC_C_STATE)));
    assert_int_equal(strlen(adsync_rows_text(rows, ADSYNC_C_STATE)), 64); /* 256 bits */
    assert_non_null(strstr(url, "code_challenge="));
    assert_non_null(strstr(url, "scope=openid%20offline_access%20ads"));
    assert_null(strstr(url, "planted"));
    assert_false(script_stored(&world, adsync_rows_text(rows, ADSYNC_C_STATE))); /* only its digest is */
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_EXPIRES_US), world.now_us + 600000000);
    assert_int_equal(world.sent, 0);
    adsync_rows_free(rows);
    script_end(&world);
}

static void a_consent_becomes_a_grant_with_its_accounts(void **state)
{
    script world;
    char query[512];
    int64_t grant = 0;
    adsync_rows *rows = NULL, *row;
    adsync_error *error = NULL;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    say_all(&world);
    if (adsync_oauth_complete(world.engines[0].engine, "acme", "session-1", query, NULL, &grant, &rows, &error) != ADSYNC_OK)
        fail_msg("%s", adsync_error_message(error));
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_ACCOUNT_ID), "person-7");
    adsync_rows_free(rows);
    row = grant_row(&world, "acme", grant);
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_EXTERNAL_USER), "person-7");
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_STATE), "active");
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_SCOPES), "openid offline_access ads");
    assert_int_equal(adsync_rows_int(row, ADSYNC_C_GENERATION), 1);
    assert_true(adsync_rows_int(row, ADSYNC_C_ACCESS_EXPIRES_US) > world.now_us + 3500 * INT64_C(1000000));
    assert_in_range(adsync_rows_int(row, ADSYNC_C_DUE_US), world.now_us + 1790 * INT64_C(1000000), world.now_us + 2880 * INT64_C(1000000));
    adsync_rows_free(row);
    assert_int_equal(script_sent(&world, "code_verifier="), 1);
    assert_int_equal(script_sent(&world, "Bearer access-planted-1"), 2);
    script_end(&world);
}

/* P4b: the first request that carries the token meets a storage that holds it already. */
static void watch_for_the_grant(script *world, const char *url, const char *headers, const char *body)
{
    adsync_rows *rows = NULL;
    const adsync_range all = { .table = ADSYNC_T_SECRETS,
                               .limit = 10,
                               .lower = (const adsync_value[]){ { ADSYNC_VALUE_INT, 0, 1, NULL } },
                               .n_lower = 1,
                               .upper = (const adsync_value[]){ { ADSYNC_VALUE_INT, 0, 1, NULL } },
                               .n_upper = 1 };

    (void)url, (void)body;
    if (!strstr(headers, "access-planted-1")) return;
    assert_int_equal(adsync_storage_scan(world->rows, 1, &all, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 2);
    adsync_rows_free(rows);
}

static void p4b_a_consents_token_is_committed_before_it_is_used(void **state)
{
    script world;

    (void)state;
    script_begin(&world, 1);
    world.on_send = watch_for_the_grant;
    (void)connect_one(&world, "acme");
    assert_int_equal(script_sent(&world, "Bearer access-planted-1"), 2);
    script_end(&world);
}

static void a_state_is_good_once(void **state)
{
    script world;
    char query[512], name[64];
    int64_t grant = 0;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    say_all(&world);
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_OK);
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_E_FORGED);
    assert_string_equal(name, "oauth.state_unknown");
    assert_int_equal(grant, 0);
    assert_int_equal(script_sent(&world, "code-planted-1"), 1);
    script_end(&world);
}

/* Somebody else ends the same consent between our look at the state and its deletion. */
static void race(faulty *f, const faulty_call *call, void *user)
{
    script *world = user;
    const adsync_change change = { .op = ADSYNC_CHANGE_DELETE, .table = ADSYNC_T_OAUTH_STATES, .expected = ADSYNC_EXPECT_ANY };
    adsync_change again = change;

    if (call->kind != FAULTY_COMMIT || call->table != ADSYNC_T_OAUTH_STATES || call->changes[0].op != ADSYNC_CHANGE_DELETE) return;
    f->before = NULL;
    again.values = call->changes[0].values;
    again.n_values = 1;
    assert_int_equal(adsync_storage_commit(world->rows, 0, &again, 1, NULL, NULL), ADSYNC_OK);
}

static void two_who_end_one_consent_exchange_its_code_once(void **state)
{
    script world;
    char query[512], name[64];
    int64_t grant = 0;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    world.faults.before = race;
    world.faults.user = &world;
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_E_FORGED);
    assert_string_equal(name, "oauth.state_used");
    assert_int_equal(world.sent, 0);
    script_end(&world);
}

static void a_state_ends_after_ten_minutes(void **state)
{
    script world;
    char query[512], name[64];
    int64_t grant = 0;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    world.now_us += 600000000;
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_E_FORGED);
    assert_string_equal(name, "oauth.state_expired");
    assert_int_equal(world.sent, 0);
    script_end(&world);
}

static void another_sessions_or_organisations_state_is_refused_and_stays_good(void **state)
{
    script world;
    char query[512], name[64];
    int64_t grant = 0, other = 0;

    (void)state;
    script_begin(&world, 1);
    assert_int_equal(adsync_storage_org(world.storage, "other", 1, &other, NULL), ADSYNC_OK);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    assert_int_equal(end_as(&world, "acme", "session-2", query, &grant, name), ADSYNC_E_FORGED);
    assert_string_equal(name, "oauth.state_session");
    assert_int_equal(end_as(&world, "other", "session-1", query, &grant, name), ADSYNC_E_FORGED);
    assert_string_equal(name, "oauth.state_org");
    assert_int_equal(end_as(&world, "nobody", "session-1", query, &grant, name), ADSYNC_E_FORGED);
    assert_int_equal(end_as(&world, "acme", "session-1", "code=1", &grant, name), ADSYNC_E_FORGED);
    assert_string_equal(name, "oauth.state_missing");
    assert_int_equal(world.sent, 0);
    say_all(&world);
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_OK);
    script_end(&world);
}

static void a_person_may_say_no(void **state)
{
    script world;
    char query[512], denied[600], name[64];
    int64_t grant = 0;
    adsync_error *error = NULL;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    (void)snprintf(denied, sizeof denied, "error=access_denied&error_description=They%%20said%%0Ano&%s", strstr(query, "state="));
    assert_int_equal(adsync_oauth_complete(world.engines[0].engine, "acme", "session-1", denied, NULL, &grant, NULL, &error),
                     ADSYNC_E_REJECTED);
    assert_string_equal(adsync_error_name(error), "oauth.denied");
    assert_non_null(strstr(adsync_error_message(error), "access_denied): They said no"));
    adsync_error_free(error);
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_E_FORGED); /* and the state is spent */
    assert_int_equal(world.sent, 0);
    script_end(&world);
}

static void a_missing_scope_makes_a_consent_partial_and_is_named(void **state)
{
    static const char less[] = "{\"access_token\":\"access-planted-1\",\"expires_in\":3600,\"scope\":\"openid offline_access adsx\"}";
    script world;
    char query[512], name[64];
    int64_t grant = 0;
    adsync_rows *row;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    script_say(&world, "/token", 200, less);
    script_say(&world, "/me", 200, person);
    script_say(&world, "/me", 200, person);
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_PARTIAL);
    row = grant_row(&world, "acme", grant);
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_MESSAGE), "not granted: ads");
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_STATE), "active");
    adsync_rows_free(row);
    script_end(&world);
}

static void the_same_person_again_updates_the_grant(void **state)
{
    static const char second[] =
        "{\"access_token\":\"access-planted-2\",\"expires_in\":3600,\"refresh_token\":\"\",\"scope\":\"openid offline_access ads\"}";
    script world;
    char query[512], name[64];
    int64_t grant, again = 0;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    grant = connect_one(&world, "acme");
    (void)begin_as(&world, "acme", "session-9", NULL, query);
    script_say(&world, "/token", 200, second);
    script_say(&world, "/me", 200, person);
    script_say(&world, "/me", 200, person);
    assert_int_equal(end_as(&world, "acme", "session-9", query, &again, name), ADSYNC_OK);
    assert_int_equal(again, grant);
    assert_int_equal(adsync_grant_list(world.engines[0].engine, "acme", 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_GENERATION), 2);
    adsync_rows_free(rows);
    /* an empty refresh token never overwrites one: the first one is still in force */
    script_say(&world, "/token", 200, tokens);
    assert_int_equal(adsync_grant_refresh(world.engines[0].engine, "acme", grant, NULL, NULL), ADSYNC_OK);
    assert_int_equal(script_sent(&world, "refresh_token=refresh-planted-1"), 1);
    script_end(&world);
}

static void renewing_takes_the_same_person_only(void **state)
{
    script world;
    char query[512], name[64];
    int64_t grant, again = 0;
    adsync_oauth_options options = { .size = sizeof options };
    adsync_rows *row;

    (void)state;
    script_begin(&world, 1);
    grant = connect_one(&world, "acme");
    options.renew_grant = grant;
    (void)begin_as(&world, "acme", "session-1", &options, query);
    script_say(&world, "/token", 200, tokens);
    script_say(&world, "/me", 200, "{\"sub\":\"person-8\"}");
    script_say(&world, "/me", 200, "{\"sub\":\"person-8\"}");
    assert_int_equal(end_as(&world, "acme", "session-1", query, &again, name), ADSYNC_PARTIAL);
    assert_int_not_equal(again, grant);
    row = grant_row(&world, "acme", again);
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_EXTERNAL_USER), "person-8");
    assert_non_null(strstr(adsync_rows_text(row, ADSYNC_C_MESSAGE), "another person"));
    adsync_rows_free(row);
    row = grant_row(&world, "acme", grant);
    assert_int_equal(adsync_rows_int(row, ADSYNC_C_GENERATION), 1);
    adsync_rows_free(row);
    script_end(&world);
}

static void an_answer_with_tokens_that_was_lost_is_said_to_be(void **state)
{
    script world;
    char query[512], name[64];
    int64_t grant = 0;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    script_lose(&world, "/token", 0);
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_E_UNCERTAIN);
    assert_string_equal(name, "oauth.answer_lost");
    assert_int_equal(world.sent, 1); /* a code is not sent twice */
    script_end(&world);
}

/* P4c: what came is kept until the storage takes it. */
static void tokens_wait_for_a_storage_that_fails(void **state)
{
    script world;
    char query[512], name[64];
    int64_t grant = 0;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    say_all(&world);
    faulty_fail(&world.faults, 2, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_OK); /* after the state's deletion: the tokens' */
    assert_int_equal(end_as(&world, "acme", "session-1", query, &grant, name), ADSYNC_OK);
    assert_true(world.faults.failed > 0);
    assert_true(grant > 0);
    script_end(&world);
}

static void a_wait_that_ends_first_loses_nothing(void **state)
{
    const adsync_call hurry = { .size = sizeof hurry, .wait_us = -1 };
    script world;
    char query[512];
    int64_t grant = 0;
    adsync_rows *rows = NULL;

    (void)state;
    script_begin(&world, 1);
    (void)begin_as(&world, "acme", "session-1", NULL, query);
    script_say(&world, "/token", 200, tokens);
    script_say(&world, "/me", 200, person);
    assert_int_equal(adsync_oauth_complete(world.engines[0].engine, "acme", "session-1", query, &hurry, &grant, NULL, NULL),
                     ADSYNC_PENDING);
    script_step(&world, world.engines[0].engine, 1000000);
    assert_int_equal(adsync_grant_list(world.engines[0].engine, "acme", 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    script_end(&world);
}

/* P3 */
static void no_secret_is_found_in_rows_log_or_errors(void **state)
{
    static const char *const planted[] = { "access-planted", "refresh-planted", "client-secret-planted", "code-planted" };
    script world;
    int64_t grant;
    adsync_error *error = NULL;

    (void)state;
    script_begin(&world, 1);
    grant = connect_one(&world, "acme");
    script_say(&world, "/token", 400,
               "{\"error\":\"invalid_grant\",\"hint\":\"refresh-planted-1 with client-secret-planted is "
               "gone\",\"access_token\":\"access-planted-9\"}");
    assert_int_equal(adsync_grant_refresh(world.engines[0].engine, "acme", grant, NULL, &error), ADSYNC_E_AUTH);
    script_step(&world, world.engines[0].engine, 1000);
    assert_true(world.log.size > 0);
    assert_true(script_stored(&world, "invalid_grant")); /* the search finds what is there */
    for (size_t i = 0; i < ADSYNC__COUNT(planted); i++) {
        assert_false(script_stored(&world, planted[i]));
        assert_null(strstr(world.log.p, planted[i]));
        assert_null(strstr(adsync_error_message(error), planted[i]));
    }
    adsync_error_free(error);
    script_end(&world);
}

static void what_makes_no_sense_is_refused(void **state)
{
    script world;
    const adsync_oauth_options unknown = { .size = sizeof unknown, .app = "second" }, renew = { .size = sizeof renew, .renew_grant = 5 };
    adsync_rows *rows = NULL;
    int64_t grant = 0;
    adsync_engine *engine;

    (void)state;
    script_begin(&world, 1);
    engine = world.engines[0].engine;
    assert_int_equal(adsync_oauth_begin(engine, "acme", "nothing", "s", NULL, NULL, &rows, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_oauth_begin(engine, "acme", "op", "s", &unknown, NULL, &rows, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_oauth_begin(engine, "acme", "op", "s", &renew, NULL, &rows, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_oauth_begin(engine, "acme", "op", "", NULL, NULL, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_oauth_begin(engine, "acme", "op", "s", NULL, NULL, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_oauth_complete(engine, "acme", "s", NULL, NULL, &grant, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_oauth_complete(engine, "acme", "s", "state=%zz", NULL, &grant, NULL, NULL), ADSYNC_E_FORGED);
    assert_null(rows);
    script_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_carries_state_challenge_and_scopes_but_no_secret),
        cmocka_unit_test(a_consent_becomes_a_grant_with_its_accounts),
        cmocka_unit_test(p4b_a_consents_token_is_committed_before_it_is_used),
        cmocka_unit_test(a_state_is_good_once),
        cmocka_unit_test(two_who_end_one_consent_exchange_its_code_once),
        cmocka_unit_test(a_state_ends_after_ten_minutes),
        cmocka_unit_test(another_sessions_or_organisations_state_is_refused_and_stays_good),
        cmocka_unit_test(a_person_may_say_no),
        cmocka_unit_test(a_missing_scope_makes_a_consent_partial_and_is_named),
        cmocka_unit_test(the_same_person_again_updates_the_grant),
        cmocka_unit_test(renewing_takes_the_same_person_only),
        cmocka_unit_test(an_answer_with_tokens_that_was_lost_is_said_to_be),
        cmocka_unit_test(tokens_wait_for_a_storage_that_fails),
        cmocka_unit_test(a_wait_that_ends_first_loses_nothing),
        cmocka_unit_test(no_secret_is_found_in_rows_log_or_errors),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
