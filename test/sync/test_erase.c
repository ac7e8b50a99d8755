/* SPDX-License-Identifier: MIT */
/* An organisation is erased: whole, once, whatever fails and whoever sleeps meanwhile; and nobody else is touched. */
#include "erased.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t erase_second = 1000000, erase_hour = INT64_C(3600000000);
static const adsync_job_options erase_campaigns = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };

static void erase_turns(world *w, uint32_t engine, int64_t us)
{
    for (int64_t until = w->now_us + us; w->now_us < until;) (void)adsync_engine_step(w->engines[engine].engine, erase_second, NULL);
}

static void erase_refuses(adsync_status rc, adsync_error **error, const char *name)
{
    assert_int_equal(rc, ADSYNC_E_NOT_FOUND);
    assert_string_equal(adsync_error_name(*error), name);
    adsync_error_free(*error);
    *error = NULL;
}

static void p5_an_organisation_is_erased_whole_and_no_other_is_touched(void **state)
{
    const char *said = NULL;
    erased e;

    (void)state;
    erased_begin(&e);
    assert_true(world_count(&e.w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, NULL) > 0);
    assert_true(world_count(&e.w, ADSYNC_T_API_CALLS, ADSYNC_C_PLATFORM, NULL) > 0);
    assert_int_equal(erased_ask(&e, 0, 600 * erase_second, &said), ADSYNC_OK);
    assert_string_equal(said, "erased");
    erased_is_clean(&e, e.w.org);
    assert_int_equal(erased_ask(&e, 0, 0, &said), ADSYNC_OK); /* asked again, it says the same */
    assert_string_equal(said, "erased");
    erased_end(&e);
}

static void an_organisation_that_never_was_is_not_erased(void **state)
{
    adsync_error *error = NULL;
    erased e;

    (void)state;
    erased_begin(&e);
    erase_refuses(adsync_org_erase(e.w.engines[0].engine, "nobody", NULL, NULL, &error), &error, "org.not_found");
    assert_int_equal(adsync_org_erase(e.w.engines[0].engine, "", NULL, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_org_erase(e.w.engines[0].engine, NULL, NULL, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_org_erase(NULL, "org", NULL, NULL, NULL), ADSYNC_E_INVALID);
    assert_true(erased_digest(&e, e.other) == e.untouched);
    erased_end(&e);
}

/* Marked, and not a step further: every call that names it says why it does nothing. */
static void while_it_is_deleted_every_call_refuses_with_words(void **state)
{
    const adsync_grant_options ends = { .size = sizeof ends, .expires_us = -1 };
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;
    const char *said = NULL;
    int64_t number = 0;
    erased e;

    (void)state;
    erased_begin(&e);
    assert_int_equal(erased_ask(&e, 1, -1, &said), ADSYNC_PENDING);
    assert_string_equal(said, "deleting");
    adsync_engine *engine = e.w.engines[0].engine;
    erase_refuses(adsync_job_enqueue(engine, "org", e.w.connection, NULL, &number, &error), &error, "org.deleting");
    erase_refuses(adsync_grant_add(engine, "org", "toy", "t", &ends, &number, &error), &error, "org.deleting");
    erase_refuses(adsync_connection_add(engine, "org", e.w.grant, "9", NULL, &number, &error), &error, "org.deleting");
    erase_refuses(adsync_oauth_begin(engine, "org", "toy", "s", NULL, NULL, &rows, &error), &error, "org.deleting");
    erase_refuses(adsync_connection_list(engine, "org", 0, &rows, &error), &error, "org.deleting"); /* half of it would be wrong (P10) */
    erase_refuses(adsync_storage_org(e.w.rows, "org", 1, &number, &error), &error, "org.deleting");
    assert_int_equal(erased_ask(&e, 0, 600 * erase_second, NULL), ADSYNC_OK);
    erased_is_clean(&e, e.w.org);
    erased_end(&e);
}

/* A sync is in the middle of its list. Its worker lives, and ends it with words; nothing of it is left. */
static void what_runs_in_mid_sync_ends_by_name(void **state)
{
    adsync_rows *events = NULL;
    bool told = false;
    uint32_t asked;
    int64_t job = 0;
    erased e;

    (void)state;
    erased_begin(&e);
    assert_int_equal(world_ask(&e.w, 0, erase_campaigns, &job), ADSYNC_OK);
    asked = e.w.n_asked;
    for (uint32_t i = 0; i < 50 && e.w.n_asked < asked + 2; i++) assert_true(adsync_engine_step(e.w.engines[0].engine, 0, NULL) >= 0);
    assert_string_equal(world_job(&e.w, job, ADSYNC_C_STATE), "running");
    assert_int_equal(adsync_engine_events(e.w.engines[0].engine, &events, NULL), ADSYNC_OK); /* what was before */
    adsync_rows_free(events);
    assert_int_equal(erased_ask(&e, 1, -1, NULL), ADSYNC_PENDING);
    asked = e.w.n_asked;
    e.w.engines[0].frozen = true; /* the answer to its second page takes long */
    erase_turns(&e.w, 0, 11 * erase_second);
    e.w.engines[0].frozen = false;
    erase_turns(&e.w, 0, 5 * erase_second);
    assert_int_equal(e.w.n_asked, asked);
    assert_int_equal(adsync_engine_events(e.w.engines[0].engine, &events, NULL), ADSYNC_OK);
    while (adsync_rows_next(events, NULL) == ADSYNC_ROW)
        told |= adsync_rows_int(events, ADSYNC_C_JOB) == job && adsync__equal_text(adsync_rows_text(events, ADSYNC_C_STATUS), "failed");
    adsync_rows_free(events);
    assert_true(told);
    erase_turns(&e.w, 0, 60 * erase_second); /* the worker goes on with what nobody waits for */
    erased_is_clean(&e, e.w.org);
    assert_int_equal(adsync_job_wait(e.w.engines[0].engine, "org", job, NULL, NULL, NULL), ADSYNC_E_NOT_FOUND);
    erased_end(&e);
}

static void workers_finish_what_nobody_waits_for(void **state)
{
    erased e;

    (void)state;
    erased_begin(&e);
    (void)world_open(&e.w, 2);
    assert_int_equal(erased_ask(&e, 1, -1, NULL), ADSYNC_PENDING);
    for (uint32_t i = 0; i < 60; i++) { /* both at once: neither is in the other's way */
        (void)adsync_engine_step(e.w.engines[0].engine, erase_second, NULL);
        (void)adsync_engine_step(e.w.engines[2].engine, erase_second, NULL);
    }
    erased_is_clean(&e, e.w.org);
    assert_int_equal(adsync_engine_drain(e.w.engines[0].engine, erase_hour, NULL), ADSYNC_IDLE);
    erased_end(&e);
}

static void its_name_may_be_used_again_and_its_number_never(void **state)
{
    const char *said = NULL;
    int64_t before, again = 0;
    erased e;

    (void)state;
    erased_begin(&e);
    before = e.w.org;
    assert_int_equal(erased_ask(&e, 0, 600 * erase_second, NULL), ADSYNC_OK);
    world_connect(&e.w, "org", &e.w.connection, 1);
    assert_int_equal(adsync_storage_org(e.w.rows, "org", 0, &again, NULL), ADSYNC_OK);
    assert_true(again > before && again != e.other);
    assert_int_equal(adsync__org_stands(e.w.rows, before, NULL), ADSYNC_E_NOT_FOUND);
    erased_is_clean(&e, before);
    e.w.org = again;
    int64_t job = 0;
    assert_int_equal(world_ask(&e.w, 0, erase_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&e.w, 0, job, erase_hour), ADSYNC_OK);
    assert_int_equal(world_count(&e.w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 6);
    erased_is_clean(&e, before);
    assert_int_equal(erased_ask(&e, 0, 600 * erase_second, &said), ADSYNC_OK); /* and erased again */
    assert_string_equal(said, "erased");
    erased_is_clean(&e, again);
    erased_is_clean(&e, before);
    erased_end(&e);
}

/* A vault that lives long remembers which number a name had. */
static void a_vault_that_knew_the_name_seals_for_whoever_has_it_now(void **state)
{
    adsync_bytes *sealed = NULL, *open = NULL;
    adsync_vault *vault = NULL;
    size_t size = 0;
    erased e;

    (void)state;
    erased_begin(&e);
    assert_int_equal(adsync_vault_open(e.w.rows, e.w.keys, NULL, &vault, NULL), ADSYNC_OK);
    assert_int_equal(adsync_vault_seal(vault, "org", "mine", 1, "secret", 6, &sealed, NULL), ADSYNC_OK);
    assert_int_equal(erased_ask(&e, 0, 600 * erase_second, NULL), ADSYNC_OK);
    assert_true(adsync_vault_rotate(vault, "nobody", NULL) >= 0);
    adsync_bytes_free(sealed);
    sealed = NULL;
    assert_int_equal(adsync_vault_rotate(vault, "org", NULL), ADSYNC_OK); /* a new one of that name */
    erased_is_clean(&e, e.w.org);
    assert_int_equal(adsync_vault_seal(vault, "org", "mine", 1, "secret", 6, &sealed, NULL), ADSYNC_OK);
    const void *p = adsync_bytes_data(sealed, &size);
    assert_int_equal(adsync_vault_unseal(vault, "org", "mine", 1, p, size, &open, NULL), ADSYNC_OK);
    erased_is_clean(&e, e.w.org);
    adsync_bytes_free(sealed);
    adsync_bytes_free(open);
    adsync_vault_free(vault);
    erased_end(&e);
}

/* ---- P1b, P5: whoever was asleep brings nothing back */

static void p5_p1b_erased_under_any_storage_call_nothing_comes_back(void **state)
{
    (void)state;
    assert_true(erased_under(1) > 150);
}

/* ---- a crash anywhere */

static void p5_any_storage_call_of_the_erasure_may_fail_and_asked_again_it_ends_the_same(void **state)
{
    static const struct {
        uint32_t when;
        adsync_status status;
    } ways[] = { { FAULTY_BEFORE, ADSYNC_E_STORAGE }, { FAULTY_BEFORE, ADSYNC_E_RETRY }, { FAULTY_AFTER, ADSYNC_OK } };
    uint64_t most = 0;

    (void)state;
    for (size_t way = 0; way < ADSYNC__COUNT(ways); way++) {
        bool failed = true;
        for (uint64_t nth = 1; failed; nth++) {
            erased e;
            erased_begin(&e);
            e.w.faults.failed = 0;
            faulty_fail(&e.w.faults, nth, FAULTY_ANY, ways[way].when, false, ways[way].status);
            (void)erased_ask(&e, 0, 600 * erase_second, NULL);
            failed = e.w.faults.failed != 0;
            faulty_fail(&e.w.faults, 0, FAULTY_ANY, FAULTY_BEFORE, false, ADSYNC_OK);
            assert_int_equal(erased_ask(&e, 0, 600 * erase_second, NULL), ADSYNC_OK);
            erased_is_clean(&e, e.w.org);
            erased_end(&e);
            if (nth > most) most = nth;
        }
    }
    assert_true(most > 40);
}

/* kill -9 before each call; another worker, whom nobody asks, carries it to its end. */
static void p5_whoever_erases_may_be_killed_anywhere_and_a_worker_carries_on(void **state)
{
    bool killed = true;

    (void)state;
    for (uint64_t nth = 1; killed; nth++) {
        bool marked;
        erased e;
        erased_begin(&e);
        e.w.faults.failed = 0;
        faulty_fail(&e.w.faults, nth, FAULTY_ANY, FAULTY_BEFORE, true, ADSYNC_OK);
        (void)erased_ask(&e, 0, 600 * erase_second, NULL);
        killed = e.w.faults.failed != 0;
        world_kill(&e.w, 0);
        marked = adsync__org_stands(e.w.rows, e.w.org, NULL) == ADSYNC_E_NOT_FOUND;
        erase_turns(&e.w, 1, 60 * erase_second);
        if (marked) erased_is_clean(&e, e.w.org);
        if (!marked) assert_int_equal(erased_ask(&e, 1, 600 * erase_second, NULL), ADSYNC_OK);
        erased_is_clean(&e, e.w.org);
        erased_end(&e);
    }
}

/* More rows than a lot, in a storage that takes little at once and has no means of its own. */
static void it_goes_in_lots(void **state)
{
    adsync_change puts[100];
    adsync_value values[100][5];
    erased e;

    (void)state;
    erased_begin(&e);
    for (int64_t lot = 0; lot < 30; lot++) {
        for (int64_t i = 0; i < 100; i++) {
            const adsync_value one[] = { adsync__value_int(e.w.org), adsync__value_int(lot), adsync__value_int(2), adsync__value_int(1),
                                         adsync__value_int(i) };
            memcpy(values[i], one, sizeof one);
            puts[i] = (adsync_change){
                .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_SEEN, .expected = ADSYNC_EXPECT_ANY, .values = values[i], .n_values = 5
            };
        }
        assert_int_equal(adsync_storage_commit(e.w.rows, e.w.org, puts, 100, NULL, NULL), ADSYNC_OK);
    }
    faulty_forget(&e.w.faults);
    assert_int_equal(erased_ask(&e, 0, 600 * erase_second, NULL), ADSYNC_OK);
    assert_true(e.w.faults.erases >= 8); /* of 400 rows each */
    for (uint32_t i = 0; i < FAULTY_RECORDED && i < e.w.faults.calls; i++)
        if (e.w.faults.recorded[i].kind & (FAULTY_ERASE | FAULTY_COMMIT)) assert_true(e.w.faults.recorded[i].n <= 400);
    erased_is_clean(&e, e.w.org);
    erased_end(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p5_an_organisation_is_erased_whole_and_no_other_is_touched),
        cmocka_unit_test(an_organisation_that_never_was_is_not_erased),
        cmocka_unit_test(while_it_is_deleted_every_call_refuses_with_words),
        cmocka_unit_test(what_runs_in_mid_sync_ends_by_name),
        cmocka_unit_test(workers_finish_what_nobody_waits_for),
        cmocka_unit_test(its_name_may_be_used_again_and_its_number_never),
        cmocka_unit_test(a_vault_that_knew_the_name_seals_for_whoever_has_it_now),
        cmocka_unit_test(p5_p1b_erased_under_any_storage_call_nothing_comes_back),
        cmocka_unit_test(p5_any_storage_call_of_the_erasure_may_fail_and_asked_again_it_ends_the_same),
        cmocka_unit_test(p5_whoever_erases_may_be_killed_anywhere_and_a_worker_carries_on),
        cmocka_unit_test(it_goes_in_lots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
