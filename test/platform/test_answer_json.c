/* SPDX-License-Identifier: MIT */
/* An answer as a connector sees it that has public headers alone: its JSON, what goes into a row, what status and Retry-After say. */
#include "platform/platform.h"
#include "base/day.h"
#include "storage/storage.h"
#include "support/faults.h"

#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

/* An answer, and a row that it fills. */
typedef struct given {
    char body[4096];
    adsync__arena arena;
    adsync_response in;
    adsync_outcome out;
    adsync_row *row;
} given;

static const adsync_json *give(given *g, const char *body)
{
    *g = (given){ 0 };
    assert_true(strlen(body) + 64 < sizeof g->body);
    memcpy(g->body, body, strlen(body));
    g->in = (adsync_response){ .status = 200, .headers = "", .body = g->body, .size = strlen(body), .arena = &g->arena };
    adsync__outcome_begin(&g->out);
    g->row = adsync_outcome_row(&g->out, ADSYNC_T_ENTITIES, ADSYNC_KIND_CAMPAIGN, ADSYNC_TWICE_REPLACE);
    adsync_outcome_done(&g->out, 1, ADSYNC_EVIDENCE_STRONG);
    return adsync_response_json(&g->in);
}

static void end(given *g)
{
    adsync__parsed_free(&g->in.parsed);
    adsync__outcome_free(&g->out);
    adsync__arena_free(&g->arena);
}

static void assert_says(const adsync_json *root, const char *path, const char *wanted)
{
    size_t size = 99;
    const char *text = adsync_json_text(adsync_json_get(root, path), &size);

    if (!wanted) {
        assert_null(text);
        assert_int_equal(size, 0);
        return;
    }
    assert_non_null(text);
    assert_string_equal(text, wanted);
    assert_int_equal(size, strlen(wanted));
}

static void members_are_found_by_their_path(void **state)
{
    given g;
    const adsync_json *root = give(&g, "{\"a\":{\"b\":{\"c\":\"deep\",\"n\":null}},\"id\":18446744073709551615,\"less\":-9007199254740993,"
                                       "\"half\":0.5,\"yes\":true,\"list\":[1],\"a\":1,\"nul\":\"x\"}");

    (void)state;
    assert_says(root, "a.b.c", "deep");
    assert_says(root, "id", "18446744073709551615"); /* a double holds neither */
    assert_says(root, "less", "-9007199254740993");
    assert_says(root, "half", "0.5");
    assert_says(root, "yes", NULL);
    assert_says(root, "list", NULL);
    assert_says(root, "a.b", NULL);
    assert_says(root, "a.x.c", NULL);
    assert_says(root, "nul.x", NULL);
    assert_null(adsync_json_get(root, "a.b.n")); /* null is as if it were not there */
    assert_null(adsync_json_get(root, ""));
    assert_null(adsync_json_get(NULL, "a"));
    assert_null(adsync_json_text(NULL, NULL));
    assert_ptr_equal(adsync_response_json(&g.in), root); /* parsed once */
    end(&g);
}

static void an_array_is_walked_whatever_is_in_it(void **state)
{
    static const char *const wanted[] = { "1", NULL, NULL, "two", NULL, "3.5" };
    given g;
    const adsync_json *root =
        give(&g, "{\"items\":[1,null,[7,8],\"two\",{\"k\":[9]},3.5],\"none\":[],\"object\":{\"a\":1},\"text\":\"t\"}");
    const adsync_json *items = adsync_json_get(root, "items"), *item = NULL;
    size_t n = 0;

    (void)state;
    while ((item = adsync_json_next(items, item))) {
        const char *text = adsync_json_text(item, NULL);
        assert_true(n < ADSYNC__COUNT(wanted));
        assert_true(wanted[n] ? text && !strcmp(text, wanted[n]) : !text);
        n++;
    }
    assert_int_equal(n, ADSYNC__COUNT(wanted));
    assert_null(adsync_json_next(adsync_json_get(root, "none"), NULL));
    assert_null(adsync_json_next(adsync_json_get(root, "object"), NULL));
    assert_null(adsync_json_next(adsync_json_get(root, "text"), NULL));
    assert_null(adsync_json_next(NULL, NULL));
    end(&g);
}

static void what_is_no_json_is_not_there(void **state)
{
    static const char *const bodies[] = { "", "<html>", "{\"a\":", "{} x", "\"\xff\"", "null" };
    given g;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        assert_null(give(&g, bodies[i]));
        assert_null(adsync_response_json(&g.in));
        assert_false(g.arena.lost);
        end(&g);
    }
}

static void a_whole_number_is_one_or_is_refused(void **state)
{
    given g;
    const adsync_json *root = give(&g, "{\"n\":-7,\"t\":\"42\",\"f\":1.5,\"w\":\"4x\",\"b\":true,\"big\":9223372036854775808}");
    int64_t n = 1;

    (void)state;
    assert_int_equal(adsync_json_int(adsync_json_get(root, "n"), &n), ADSYNC_OK);
    assert_int_equal(n, -7);
    assert_int_equal(adsync_json_int(adsync_json_get(root, "t"), &n), ADSYNC_OK);
    assert_int_equal(n, 42);
    for (const char *const *at = (const char *const[]){ "f", "w", "b", "big", "missing", NULL }; *at; at++) {
        n = 1;
        assert_int_equal(adsync_json_int(adsync_json_get(root, *at), &n), ADSYNC_E_FORMAT);
        assert_int_equal(n, 0);
    }
    end(&g);
}

/* ---- into a row */

#define BODY                                                                                                                               \
    "{\"text\":\"x\",\"id\":9007199254740993,\"n\":5,\"nt\":\"5\",\"money\":\"12.3456785\",\"m\":0.1,\"iso\":\"2026-03-15T01:00:00+"       \
    "0100\","                                                                                                                              \
    "\"unix\":1767225600,\"bare\":\"2026-03-15T01:00:00\",\"day\":\"2026-03-15\",\"long\":\"2026-03-15T00:00:00Z\",\"plain\":20260315,"    \
    "\"no\":\"2026-02-30\",\"o\":{\"b\":1,\"a\":[2]},\"twice\":{\"k\":1,\"k\":2},\"yes\":true,\"nil\":null,\"dash\":\"-\"}"

static void each_way_of_reading_takes_what_fits_and_refuses_the_rest(void **state)
{
    static const struct {
        const char *path;
        uint32_t read;
        int64_t number;
        const char *text; /* NULL and number INT64_MIN: refused */
    } cases[] = {
        { "text", ADSYNC_READ_TEXT, 0, "x" },
        { "id", ADSYNC_READ_TEXT, 0, "9007199254740993" },
        { "m", ADSYNC_READ_TEXT, 0, "0.1" },
        { "yes", ADSYNC_READ_TEXT, INT64_MIN, NULL },
        { "o", ADSYNC_READ_TEXT, INT64_MIN, NULL },
        { "n", ADSYNC_READ_INT, 5, NULL },
        { "nt", ADSYNC_READ_INT, 5, NULL },
        { "m", ADSYNC_READ_INT, INT64_MIN, NULL },
        { "dash", ADSYNC_READ_INT, INT64_MIN, NULL },
        { "money", ADSYNC_READ_MICRO, 12345678, NULL }, /* half to even */
        { "m", ADSYNC_READ_MICRO, 100000, NULL },
        { "n", ADSYNC_READ_MICRO, 5000000, NULL },
        { "dash", ADSYNC_READ_MICRO, INT64_MIN, NULL },
        { "id", ADSYNC_READ_MICRO, INT64_MIN, NULL }, /* its micro-units do not fit */
        { "iso", ADSYNC_READ_TIME, INT64_C(1773532800000000), NULL },
        { "unix", ADSYNC_READ_TIME, INT64_C(1767225600000000), NULL },
        { "bare", ADSYNC_READ_TIME, INT64_MIN, NULL }, /* of which zone? */
        { "day", ADSYNC_READ_DAY, 20260315, NULL },
        { "long", ADSYNC_READ_DAY, 20260315, NULL },
        { "plain", ADSYNC_READ_DAY, 20260315, NULL },
        { "no", ADSYNC_READ_DAY, INT64_MIN, NULL },
        { "o", ADSYNC_READ_JSON, 0, "{\"a\":[2],\"b\":1}" },
        { "twice", ADSYNC_READ_JSON, INT64_MIN, NULL },
        { "yes", ADSYNC_READ_JSON, 0, "true" },
    };
    given g;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        const adsync_json *root = give(&g, BODY);
        adsync_error *error = NULL;
        const adsync_value *value;

        adsync_row_json(g.row, ADSYNC_C_EXTRA, adsync_json_get(root, cases[i].path), cases[i].read);
        value = adsync__row_get(g.row, ADSYNC_C_EXTRA);
        if (cases[i].number == INT64_MIN) {
            assert_null(value);
            assert_int_equal(adsync__outcome_check(&g.out, &error), ADSYNC_E_FORMAT);
            assert_string_equal(adsync_error_name(error), "connector.row");
            assert_non_null(strstr(adsync_error_message(error), "something else"));
        } else {
            assert_non_null(value);
            assert_int_equal(adsync__outcome_check(&g.out, &error), ADSYNC_OK);
            if (cases[i].text)
                assert_string_equal(value->p, cases[i].text);
            else
                assert_int_equal(value->i, cases[i].number);
        }
        adsync_error_free(error);
        end(&g);
    }
}

static void what_is_not_told_stays_null_and_is_not_0(void **state)
{
    static const adsync_json_field fields[] = { { "nil", ADSYNC_C_SPEND, ADSYNC_READ_MICRO },
                                                { "missing.deep", ADSYNC_C_CLICKS, ADSYNC_READ_INT },
                                                { "n", ADSYNC_C_IMPRESSIONS, ADSYNC_READ_INT } };
    given g;
    const adsync_json *root = give(&g, BODY);

    (void)state;
    adsync_row_fields(g.row, root, fields, ADSYNC__COUNT(fields));
    assert_null(adsync__row_get(g.row, ADSYNC_C_SPEND));
    assert_null(adsync__row_get(g.row, ADSYNC_C_CLICKS));
    assert_int_equal(adsync__row_get(g.row, ADSYNC_C_IMPRESSIONS)->i, 5);
    adsync_row_fields(g.row, NULL, fields, ADSYNC__COUNT(fields));
    assert_int_equal(g.row->failed, ADSYNC_OK);
    end(&g);
}

static void a_way_of_reading_that_there_is_not_is_refused(void **state)
{
    given g;
    const adsync_json *root = give(&g, BODY);

    (void)state;
    adsync_row_json(g.row, ADSYNC_C_SPEND, adsync_json_get(root, "n"), 7);
    assert_int_equal(adsync__outcome_check(&g.out, NULL), ADSYNC_E_FORMAT);
    end(&g);
    root = give(&g, BODY);
    adsync_row_json(g.row, ADSYNC_C_SPEND, adsync_json_get(root, "n"), 0);
    assert_int_equal(adsync__outcome_check(&g.out, NULL), ADSYNC_E_FORMAT);
    end(&g);
}

/* Each allocation fails once: what could not be held must never look as if the platform had not told it. */
static void story(void *user)
{
    static const adsync_json_field fields[] = { { "id", ADSYNC_C_ID, ADSYNC_READ_TEXT },
                                                { "m", ADSYNC_C_SPEND, ADSYNC_READ_MICRO },
                                                { "o", ADSYNC_C_EXTRA, ADSYNC_READ_JSON } };
    given g;
    const adsync_json *root = give(&g, BODY);
    bool kept;

    (void)user;
    adsync_row_fields(g.row, root, fields, ADSYNC__COUNT(fields));
    kept = root && adsync__row_get(g.row, ADSYNC_C_ID) && adsync__row_get(g.row, ADSYNC_C_SPEND) && adsync__row_get(g.row, ADSYNC_C_EXTRA);
    assert_true(kept || g.arena.lost || adsync__outcome_check(&g.out, NULL) == ADSYNC_E_MEMORY);
    end(&g);
}

static void without_memory_nothing_looks_as_if_it_were_not_told(void **state)
{
    (void)state;
    assert_true(faults_allocations(story, NULL) > 3);
}

/* ---- refusals */

static void a_status_alone_is_of_a_class(void **state)
{
    static const uint32_t classes[][2] = {
        { 200, 0 },
        { 204, 0 },
        { 299, 0 },
        { 199, ADSYNC_CLASS_TRANSIENT },
        { 302, ADSYNC_CLASS_TRANSIENT },
        { 400, ADSYNC_CLASS_INVALID },
        { 401, ADSYNC_CLASS_AUTH_EXPIRED },
        { 403, ADSYNC_CLASS_PERMISSION },
        { 404, ADSYNC_CLASS_NOT_FOUND },
        { 408, ADSYNC_CLASS_TRANSIENT },
        { 429, ADSYNC_CLASS_THROTTLED },
        { 500, ADSYNC_CLASS_TRANSIENT },
        { 599, ADSYNC_CLASS_TRANSIENT },
    };
    adsync_response in = { 0 };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(classes); i++) {
        in.status = classes[i][0];
        assert_int_equal(adsync_response_class(&in), classes[i][1]);
    }
}

static void retry_after_is_a_span_however_it_is_written(void **state)
{
    static const int64_t now_us = INT64_C(1753790000000000); /* 2025-07-29 11:53:20 */
    static const struct {
        const char *header;
        int64_t span_s;
    } cases[] = {
        { "Retry-After: 7\r\n", 7 },
        { "retry-after: Tue, 29 Jul 2025 11:53:32 GMT\r\n", 12 },
        { "Retry-After: Tue, 29 Jul 2025 11:53:10 GMT\r\n", 0 }, /* it is over */
        { "Retry-After: -3\r\n", 0 },
        { "Retry-After: soon\r\n", 0 },
        { "Retry-After: 99999999999\r\n", 0 }, /* nobody means that */
        { "", 0 },
    };
    given g;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        (void)give(&g, "");
        g.in.headers = cases[i].header;
        assert_int_equal(adsync_response_retry_after_us(&g.in, now_us), cases[i].span_s * ADSYNC__SECOND_US);
        end(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_by_their_path),
        cmocka_unit_test(an_array_is_walked_whatever_is_in_it),
        cmocka_unit_test(what_is_no_json_is_not_there),
        cmocka_unit_test(a_whole_number_is_one_or_is_refused),
        cmocka_unit_test(each_way_of_reading_takes_what_fits_and_refuses_the_rest),
        cmocka_unit_test(what_is_not_told_stays_null_and_is_not_0),
        cmocka_unit_test(a_way_of_reading_that_there_is_not_is_refused),
        cmocka_unit_test(without_memory_nothing_looks_as_if_it_were_not_told),
        cmocka_unit_test(a_status_alone_is_of_a_class),
        cmocka_unit_test(retry_after_is_a_span_however_it_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
