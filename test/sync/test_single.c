/* SPDX-License-Identifier: MIT */
/* Jobs that bring named entities. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t single_hour = INT64_C(3600000000);

/* Campaigns are c1 to c9; each has one ad set s and one ad a of its number. */
static const char *single_answer(world *w, const char *url)
{
    static char body[1024];
    const char *kind = strstr(url, "kind=");

    (void)w;
    if (!kind) return "e c1\ne c2\ne c3";
    *body = 0;
    for (const char *id = strstr(url, "id="); id; id = strstr(id + 3, "id="))
        if (!strncmp(kind, "kind=campaign", 13))
            (void)snprintf(body + strlen(body), sizeof body - strlen(body), "e %.2s\n", id + 3);
        else
            (void)snprintf(body + strlen(body), sizeof body - strlen(body), "child %.2s c%c\n", id + 3, id[4]);
    return body;
}

static adsync_status single_ask(world *w, uint32_t kind, const char *const *ids, uint32_t n, int64_t *job)
{
    return world_ask(w, 0, (adsync_job_options){ .mode = ADSYNC_SYNC_ENTITY, .kind = kind, .ids = ids, .n_ids = n }, job);
}

static uint32_t single_asked(const world *w, const char *part)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n_asked; i++) n += strstr(w->asked[i], part) != NULL;
    return n;
}

static void single_bring(world *w, uint32_t kind, const char *const *ids, uint32_t n)
{
    int64_t job = 0;

    assert_int_equal(single_ask(w, kind, ids, n, &job), ADSYNC_OK);
    assert_int_equal(world_wait(w, 0, job, single_hour), ADSYNC_OK);
}

static void an_entity_comes_with_its_children_that_are_known(void **state)
{
    static const char *const ads[] = { "a1", "a2", "a3" }, *const sets[] = { "s1" }, *const campaigns[] = { "c1", "c2" };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, single_answer);
    single_bring(&w, ADSYNC_KIND_AD, ads, 3);
    single_bring(&w, ADSYNC_KIND_ADSET, sets, 1); /* no ad is known to be of it */
    assert_int_equal(w.n_asked, 2);
    w.n_asked = 0;
    single_bring(&w, ADSYNC_KIND_CAMPAIGN, campaigns, 2);
    assert_int_equal(w.n_asked, 3);
    assert_non_null(strstr(w.asked[0], "kind=campaign&id=c1&id=c2"));
    assert_non_null(strstr(w.asked[1], "kind=adset&id=s1"));
    assert_non_null(strstr(w.asked[2], "kind=ad&id=a1&id=a2"));
    assert_null(strstr(w.asked[2], "a3"));
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 6);
    assert_int_equal(world_removed(&w), 0);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, campaigns, 2, &job), ADSYNC_OK);
    world_end(&w);
}

static void what_waits_grows_and_becomes_a_list_when_it_is_too_much(void **state)
{
    static char names[300][8];
    const char *ids[300];
    int64_t job = 0, again = 0;
    world w;

    (void)state;
    for (uint32_t i = 0; i < 300; i++) {
        (void)snprintf(names[i], sizeof names[i], "c%u", i);
        ids[i] = names[i];
    }
    world_begin(&w, single_answer);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids, 2, &job), ADSYNC_OK);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids + 1, 1, &again), ADSYNC_PENDING);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids + 1, 3, &again), ADSYNC_PENDING);
    assert_true(job == again);
    assert_non_null(strstr(world_job(&w, job, ADSYNC_C_PARAMS), "[\"c0\",\"c1\",\"c2\",\"c3\"]"));
    assert_int_equal(single_ask(&w, ADSYNC_KIND_AD, ids, 1, &again), ADSYNC_OK); /* another kind is another set */
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids, 200, &again), ADSYNC_PENDING);
    const adsync_value key[] = { adsync__value_int(w.org), adsync__value_int(job) };
    assert_int_equal(world_number(&w, ADSYNC_T_JOBS, key, ADSYNC_C_MODE), ADSYNC_SYNC_ENTITY);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids + 200, 1, &again), ADSYNC_PENDING);
    assert_int_equal(world_number(&w, ADSYNC_T_JOBS, key, ADSYNC_C_MODE), ADSYNC_SYNC_INCREMENTAL);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids, 1, &again), ADSYNC_PENDING); /* it brings that, too */
    assert_true(job == again);
    assert_int_equal(world_wait(&w, 0, job, single_hour), ADSYNC_OK);
    assert_int_equal(single_asked(&w, "/list"), 1);
    assert_int_equal(single_asked(&w, "kind=campaign"), 0);
    assert_int_equal(world_removed(&w), 0);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids, 300, &again), ADSYNC_OK);
    assert_true(!strcmp(world_job(&w, again, ADSYNC_C_PARAMS), "{\"days\":0}"));
    world_end(&w);
}

/* It may have read what is told now before it happened: a job at work is no answer, one that waits is. */
static void what_is_asked_while_one_is_at_work_is_brought_after_it(void **state)
{
    static const char *const ids[] = { "c1" };
    int64_t job = 0, after = 0;
    world w;

    (void)state;
    world_begin(&w, single_answer);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids, 1, &job), ADSYNC_OK);
    w.engines[0].frozen = true;
    assert_int_equal(world_wait(&w, 0, job, 1000), ADSYNC_PENDING);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, ids, 1, &after), ADSYNC_OK);
    assert_true(job != after);
    w.engines[0].frozen = false;
    assert_int_equal(world_wait(&w, 0, job, single_hour), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, after, single_hour), ADSYNC_OK);
    assert_int_equal(single_asked(&w, "id=c1"), 2);
    world_end(&w);
}

static void what_the_platform_gives_no_single_one_of_is_listed_and_said_so(void **state)
{
    static const char *const ids[] = { "7" };
    adsync_rows *row = NULL;
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, single_answer);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_AUDIENCE, ids, 1, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, job, single_hour), ADSYNC_OK);
    assert_int_equal(single_asked(&w, "/list"), 1);
    assert_int_equal(adsync_connection_list(w.engines[0].engine, "org", w.connection, &row, NULL), ADSYNC_OK);
    (void)adsync_rows_next(row, NULL);
    assert_non_null(strstr(adsync_rows_text(row, ADSYNC_C_MESSAGE), "toy gives no single audience"));
    adsync_rows_free(row);
    world_end(&w);
}

static void what_names_nothing_is_refused(void **state)
{
    static const char *const good[] = { "c1" }, *const empty[] = { "" }, *const odd[] = { "a\"b" }, *const gap[] = { NULL };
    adsync_job_options plain = { .mode = ADSYNC_SYNC_FULL, .kind = ADSYNC_KIND_AD };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, single_answer);
    assert_int_equal(single_ask(&w, 0, good, 1, &job), ADSYNC_E_INVALID);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_ACCOUNT, good, 1, &job), ADSYNC_E_INVALID);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_POST + 1, good, 1, &job), ADSYNC_E_INVALID);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_AD, NULL, 0, &job), ADSYNC_E_INVALID);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_AD, empty, 1, &job), ADSYNC_E_INVALID);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_AD, odd, 1, &job), ADSYNC_E_INVALID);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_AD, gap, 1, &job), ADSYNC_E_INVALID);
    assert_int_equal(world_ask(&w, 0, plain, &job), ADSYNC_E_INVALID);
    assert_int_equal(job, 0);
    world_end(&w);
}

/* P1: its worker dies between two kinds; who takes over brings the rest, by the same ids. */
static void p1_a_killed_one_goes_on_with_its_ids(void **state)
{
    static const char *const sets[] = { "s1" }, *const campaigns[] = { "c1" };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, single_answer);
    single_bring(&w, ADSYNC_KIND_ADSET, sets, 1);
    w.n_asked = 0;
    assert_int_equal(single_ask(&w, ADSYNC_KIND_CAMPAIGN, campaigns, 1, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 20 && w.n_asked < 2; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    assert_string_equal(world_job(&w, job, ADSYNC_C_MESSAGE), "entities: 1 of 3 kinds, 1 row");
    world_kill(&w, 0);
    (void)world_open(&w, 1);
    assert_int_equal(world_wait(&w, 1, job, single_hour), ADSYNC_OK);
    assert_int_equal(single_asked(&w, "kind=campaign"), 1);
    assert_int_equal(single_asked(&w, "kind=adset&id=s1"), 2);
    world_end(&w);
}

/* The platform lists ad sets and says what changed: one that is new there comes with its campaign, though nobody here knew of it. */
static const char *single_new_answer(world *w, const char *url)
{
    if (strstr(url, "/changes") && strstr(url, "kind=adset")) return "child s9 c1";
    if (strstr(url, "/list") && strstr(url, "kind=adset")) return "child s1 c1\nchild s2 c2";
    return single_answer(w, url);
}

static void children_that_nobody_knew_come_too(void **state)
{
    static const char *const campaigns[] = { "c1" };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin_as(&w, single_new_answer, NULL, true);
    single_bring(&w, ADSYNC_KIND_CAMPAIGN, campaigns, 1); /* nothing was listed before: all ad sets are */
    assert_int_equal(single_asked(&w, "/list?kind=adset"), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, "s1"), 1);
    assert_int_equal(world_ask(&w, 0, (adsync_job_options){ .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL }, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, job, single_hour), ADSYNC_OK);
    w.n_asked = 0;
    single_bring(&w, ADSYNC_KIND_CAMPAIGN, campaigns, 1); /* since then only what changed, and those that are known */
    assert_int_equal(single_asked(&w, "/list"), 0);
    assert_int_equal(single_asked(&w, "/changes?"), 1);
    assert_int_equal(single_asked(&w, "kind=adset&id=s1&id=s9"), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, "s9"), 1);
    assert_int_equal(world_removed(&w), 0);
    world_end(&w);
}

static void what_a_webhook_told_is_a_job_of_its_own(void **state)
{
    static const char *const ads[] = { "a1" };
    adsync_job_options told = { .flags = ADSYNC_JOB_WEBHOOK, .mode = ADSYNC_SYNC_ENTITY, .kind = ADSYNC_KIND_AD, .ids = ads, .n_ids = 1 };
    int64_t job = 0, other = 0;
    world w;

    (void)state;
    world_begin(&w, single_answer);
    assert_int_equal(world_ask(&w, 0, told, &job), ADSYNC_OK);
    assert_string_equal(world_job(&w, job, ADSYNC_C_TYPE), "webhook-sync");
    const adsync_value key[] = { adsync__value_int(w.org), adsync__value_int(job) };
    assert_int_equal(world_number(&w, ADSYNC_T_JOBS, key, ADSYNC_C_PRIORITY), ADSYNC_PRIORITY_WEBHOOK);
    assert_int_equal(single_ask(&w, ADSYNC_KIND_AD, ads, 1, &other), ADSYNC_OK);
    assert_true(job != other);
    assert_int_equal(world_wait(&w, 0, job, single_hour), ADSYNC_OK);
    assert_int_equal(single_asked(&w, "kind=ad&id=a1"), 1);
    told.flags = 2;
    assert_int_equal(world_ask(&w, 0, told, &job), ADSYNC_E_UNSUPPORTED);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entity_comes_with_its_children_that_are_known),
        cmocka_unit_test(what_waits_grows_and_becomes_a_list_when_it_is_too_much),
        cmocka_unit_test(what_is_asked_while_one_is_at_work_is_brought_after_it),
        cmocka_unit_test(what_the_platform_gives_no_single_one_of_is_listed_and_said_so),
        cmocka_unit_test(what_names_nothing_is_refused),
        cmocka_unit_test(children_that_nobody_knew_come_too),
        cmocka_unit_test(what_a_webhook_told_is_a_job_of_its_own),
        cmocka_unit_test(p1_a_killed_one_goes_on_with_its_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
