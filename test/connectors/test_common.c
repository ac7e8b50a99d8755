/* SPDX-License-Identifier: MIT */
/* What platforms share, on an invented platform. */
#include "connectors/common/common.h"
#include "engine/builtin.h"
#include "platform/platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint32_t cents(const char *currency) { return strcmp(currency, "JPY") ? 100 : 1; }

static const adsync__word states[] = {
    { "*_DELETE", "DELETED" }, { "ENABLE", "ACTIVE" }, { "DISABLE", "PAUSED" }, { "ADVERTISER_*", "LIMITED" }, { NULL, "UNKNOWN" },
};
static const adsync__word switches[] = { { "ENABLE", "ACTIVE" }, { "DISABLE", "PAUSED" }, { NULL, NULL } };
static const adsync__word kinds_of[] = { { "A", "list" }, { NULL, "other" } };

static const adsync__field fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("urn", ADSET_ID, TAIL),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("set", SWITCH),
    ADSYNC__PART("made", STATE),
    ADSYNC__FIELD("cents", BUDGET_DAILY, UNITS),
    ADSYNC__FIELD("micros", BUDGET_LIFETIME, MICROS),
    ADSYNC__FLAGGED("cap", SPEND_CAP, DECIMAL, ADSYNC__NOT_ZERO),
    ADSYNC__FLAGGED("seen", IMPRESSIONS, INT, ADSYNC__OR_ZERO | ADSYNC__DASH),
    { .name = "type", .column = ADSYNC_C_TYPE, .as = ADSYNC__AS_WORD, .words = kinds_of },
    { .name = "type", .as = ADSYNC__AS_EXTRA, .flags = ADSYNC__AGAIN },
    ADSYNC__PART("about", EXTRA),
    ADSYNC__FIELD("holds", STATUS_REASON, LIST),
    ADSYNC__INSIDE("stamps.made", "time", CREATED_AT, MILLIS),
    ADSYNC__INSIDE("stamps.made", "by", OWNER, TEXT),
    ADSYNC__FIELD("begins", START_AT, TIME_UTC),
    ADSYNC__FIELD("ends", END_AT, LOCAL),
};

static const adsync__kind kinds[] = {
    { .kind = ADSYNC_KIND_ADSET, .can = ADSYNC__CAN_LIST, .word = "group", ADSYNC__FIELDS(fields), .switches = switches, .states = states },
    { 0 },
};
static const adsync__level levels[] = { { .level = 0 } };
static const adsync__step steps[] = { { NULL, 0 }, { "list", ADSYNC__IN(LIST) } };
static const adsync__rule rules[] = {
    ADSYNC__SUBCODE(190, 458, AUTH_REVOKED), ADSYNC__CODE(190, AUTH_EXPIRED), ADSYNC__NAMED("quotaError.*", THROTTLED),
    ADSYNC__SAYS(1, "too much", TOO_LARGE),  ADSYNC__HTTP(426, CONFIG),       { 0 },
};

static adsync__paging paging = {
    .style = ADSYNC__PAGES_TOKEN, .data = "rows", .next = "meta.next", .size_name = "size", .place_name = "at"
};

static adsync_status list_ask(adsync__call *call)
{
    static const adsync__part parts[] = {
        { "grant", ADSYNC__FROM_WORDS, "code" }, { "id", ADSYNC__FROM_TASK, "account_id" }, { "none", ADSYNC__FROM_MAYBE, NULL },
        { "secret", ADSYNC__FROM_SECRET, NULL }, { "scope", ADSYNC__FROM_SCOPES, "," },     { 0 },
    };

    adsync_request_open(call->out, ADSYNC_EFFECT_READ, "POST", "api", "/x");
    adsync__page_ask(call, &paging, 7, 0);
    return adsync__parts(call, ADSYNC_PLACE_JSON, parts);
}

static adsync_status list_digest(adsync__answer *a)
{
    adsync__said said = { 0 };
    adsync__page page;
    size_t size;
    adsync_status rc;

    a->at.step = 1;
    if (adsync__node_int(adsync__node_get(a->root, "code"), &said.code)) {
        said.text = adsync__node_text(adsync__node_get(a->root, "message"), &said.text_size);
        (void)adsync__node_int(adsync__node_get(a->root, "subcode"), &said.subcode);
        if ((said.word = adsync__node_text(adsync__node_get(a->root, "word"), &size))) said.code = 0;
        (void)adsync__classify(a, &said);
        adsync__refuse(a);
        return ADSYNC_OK;
    }
    if (adsync__refused_bare(a)) {
        adsync__refuse(a);
        return ADSYNC_OK;
    }
    if ((rc = adsync__page_open(a, &paging, a->at.arg[0], &page)) < 0) return rc;
    return adsync__page_walk(a, &page, 0, adsync__read_entity, NULL);
}

static const adsync__flow flows[] = { { ADSYNC_TASK_LIST, 0, list_ask, list_digest }, { 0 } };
static const adsync__platform invented = {
    .name = "invented",
    .title = "Invented",
    .revision = "3",
    .id_prefix = "act_",
    .token_prefix = "TOK",
    .scopes = "a b",
    .flows = flows,
    .kinds = kinds,
    .levels = levels,
    .steps = steps,
    .n_steps = ADSYNC__COUNT(steps),
    .rules = rules,
    .patience_us = ADSYNC__MINUTE_US,
    .units = cents,
};

/* ---- an answer, and a look at it */
typedef struct given {
    adsync_task task;
    adsync_outcome out;
    adsync__arena arena;
    adsync_status rc;
    adsync_error *error;
} given;

static void give(given *g, const char *cursor, uint32_t status, const char *body)
{
    static char text[8192];
    adsync_response in = { .status = status, .headers = "", .body = text, .size = strlen(body), .arena = &g->arena };

    assert_true(strlen(body) + 64 < sizeof text);
    memset(text, 0, sizeof text);
    memcpy(text, body, strlen(body));
    *g = (given){ 0 };
    adsync__task_begin(&g->task, ADSYNC_TASK_LIST, ADSYNC_KIND_ADSET);
    adsync__task_text(&g->task, ADSYNC__TASK_PARAM, "api_version", "v1");
    adsync__task_text(&g->task, ADSYNC__TASK_PARAM, "account_id", "act_5");
    if (cursor) adsync__task_text(&g->task, ADSYNC__TASK_PARAM, "cursor", cursor);
    adsync__task_text(&g->task, ADSYNC__TASK_FACT, "currency", "USD");
    adsync__task_text(&g->task, ADSYNC__TASK_FACT, "time_zone", "America/New_York");
    adsync__outcome_begin(&g->out);
    g->rc = adsync__platform_response(&invented, &g->task, &in, &g->out, &g->error);
    adsync__parsed_free(&in.parsed);
}

static void end(given *g)
{
    adsync__outcome_free(&g->out);
    adsync__task_free(&g->task);
    adsync__arena_free(&g->arena);
    adsync_error_free(g->error);
}

static const char *text_of(const given *g, uint32_t column)
{
    const adsync_value *value = adsync__row_get(&g->out.rows->row, column);

    return value ? value->p : NULL;
}

static int64_t int_of(const given *g, uint32_t column)
{
    const adsync_value *value = adsync__row_get(&g->out.rows->row, column);

    assert_non_null(value);
    return value->i;
}

static void a_table_reads_every_shape_of_a_field(void **state)
{
    given g;

    (void)state;
    give(&g, NULL, 200,
         "{\"rows\":[{\"id\":\"act_77\",\"urn\":\"urn:li:group:123\",\"name\":8,\"set\":\"DISABLE\",\"made\":\"X_DELETE\",\"cents\":"
         "\"1000\","
         "\"micros\":\"5\",\"cap\":0.0,\"seen\":\"-\",\"type\":\"A\",\"about\":{\"b\":1,\"a\":2},\"holds\":[\"z\",\"a\",\"z\"],"
         "\"begins\":\"2026-01-02 03:04:05\",\"ends\":\"2026-07-01 "
         "00:00:00\",\"stamps\":{\"made\":{\"time\":\"1700000000123\",\"by\":\"me\"}}}],"
         "\"meta\":{}}");
    assert_int_equal(g.rc, ADSYNC_OK);
    assert_int_equal(g.out.way, ADSYNC__WAY_DONE);
    assert_string_equal(text_of(&g, ADSYNC_C_ID), "77");
    assert_string_equal(text_of(&g, ADSYNC_C_ACCOUNT_ID), "5");
    assert_string_equal(text_of(&g, ADSYNC_C_ADSET_ID), "123");
    assert_string_equal(text_of(&g, ADSYNC_C_NAME), "8");
    assert_string_equal(text_of(&g, ADSYNC_C_SWITCH), "PAUSED");
    assert_string_equal(text_of(&g, ADSYNC_C_STATUS), "DELETED");
    assert_string_equal(text_of(&g, ADSYNC_C_PLATFORM_STATUS), "X_DELETE");
    assert_int_equal(int_of(&g, ADSYNC_C_BUDGET_DAILY), 10000000);
    assert_int_equal(int_of(&g, ADSYNC_C_BUDGET_LIFETIME), 5);
    assert_null(text_of(&g, ADSYNC_C_SPEND_CAP));
    assert_int_equal(int_of(&g, ADSYNC_C_IMPRESSIONS), 0);
    assert_string_equal(text_of(&g, ADSYNC_C_TYPE), "list");
    assert_string_equal(text_of(&g, ADSYNC_C_EXTRA), "{\"about\":{\"a\":2,\"b\":1},\"type\":\"A\"}");
    assert_string_equal(text_of(&g, ADSYNC_C_STATUS_REASON), "a,z");
    assert_int_equal(int_of(&g, ADSYNC_C_CREATED_AT), INT64_C(1700000000123000));
    assert_string_equal(text_of(&g, ADSYNC_C_OWNER), "me");
    assert_int_equal(int_of(&g, ADSYNC_C_START_AT), INT64_C(1767323045000000));
    assert_int_equal(int_of(&g, ADSYNC_C_END_AT), INT64_C(1782878400000000)); /* 04:00 UTC */
    end(&g);
}

static void a_field_of_another_shape_fails_the_answer(void **state)
{
    static const char *const bodies[] = {
        "{\"rows\":[{\"id\":\"1\",\"name\":[]}],\"meta\":{}}",
        "{\"rows\":[{\"id\":\"1\",\"id\":\"2\"}],\"meta\":{}}",
        "{\"rows\":[{\"id\":\"1\",\"cents\":\"1.5\"}]}",
        "{\"rows\":[{\"id\":\"1\",\"stamps\":{\"made\":[]}}]}",
        "{\"rows\":[{\"id\":\"1\",\"begins\":\"soon\"}]}",
        "{\"rows\":[{\"id\":\"1\",\"seen\":\"\\\"\"}]}",
        "{\"rows\":{}}",
        "{\"rows\":[[]]}",
        "{\"rows\":[{\"name\":\"x\"}]}",
    };
    given g;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        give(&g, NULL, 200, bodies[i]);
        assert_int_equal(g.rc, ADSYNC_E_FORMAT);
        assert_string_equal(adsync_error_name(g.error), "invented.format");
        end(&g);
    }
}

static void a_token_leads_to_the_next_page_until_there_is_none(void **state)
{
    given g;

    (void)state;
    give(&g, NULL, 200, "{\"rows\":[],\"meta\":{\"next\":\"AB\"}}");
    assert_int_equal(g.out.way, ADSYNC__WAY_NEXT);
    assert_string_equal(g.out.cursor, "3 v1 list 0 0 0 AB");
    end(&g);
    give(&g, "3 v1 list 0 0 0 AB", 200, "{\"rows\":[],\"meta\":{\"next\":\"AB\"}}");
    assert_int_equal(g.out.way, ADSYNC__WAY_FAIL);
    end(&g);
    give(&g, "3 v1 list 0 0 0 AB", 200, "{\"rows\":[],\"meta\":{\"next\":null}}");
    assert_int_equal(g.out.way, ADSYNC__WAY_DONE);
    end(&g);
    give(&g, NULL, 200, "{\"rows\":[],\"meta\":{\"next\":\"x?access_token=1\"}}");
    assert_int_equal(g.out.way, ADSYNC__WAY_FAIL);
    end(&g);
    give(&g, "2 v1 list 0 0 0 AB", 200, "{\"rows\":[]}");
    assert_int_equal(g.out.way, ADSYNC__WAY_STALE);
    end(&g);
}

static void pages_by_number_offset_and_link_end_where_they_say(void **state)
{
    static const struct {
        uint32_t style;
        const char *body, *cursor; /* cursor: NULL: the end; "": refused */
    } cases[] = {
        { ADSYNC__PAGES_NUMBER, "{\"rows\":[],\"meta\":{\"next\":{\"page\":1,\"total_page\":3}}}", "3 v1 list 0 0 0 2" },
        { ADSYNC__PAGES_NUMBER, "{\"rows\":[],\"meta\":{\"next\":{\"page\":3,\"total_page\":3}}}", NULL },
        { ADSYNC__PAGES_NUMBER, "{\"rows\":[],\"meta\":{\"next\":{\"page\":-1,\"total_page\":3}}}", "" },
        { ADSYNC__PAGES_OFFSET, "{\"rows\":[{\"id\":\"1\"}],\"meta\":{\"next\":{\"start\":0,\"count\":100}}}", "3 v1 list 0 0 0 100" },
        { ADSYNC__PAGES_OFFSET, "{\"rows\":[{\"id\":\"1\"}],\"meta\":{\"next\":{\"start\":0,\"count\":2147483647,\"total\":-1}}}",
          "3 v1 list 0 0 0 1" },
        { ADSYNC__PAGES_OFFSET, "{\"rows\":[{\"id\":\"1\"}],\"meta\":{\"next\":{\"start\":5,\"count\":1,\"total\":6}}}", NULL },
        { ADSYNC__PAGES_OFFSET, "{\"rows\":[],\"meta\":{\"next\":{\"start\":5,\"count\":1,\"total\":9}}}", NULL },
        { ADSYNC__PAGES_LINK, "{\"rows\":[],\"meta\":{\"next\":\"https://api.invented/v1/x?c=1\"}}",
          "3 v1 list 0 0 0 https://api.invented/v1/x?c=1" },
        { ADSYNC__PAGES_LINK, "{\"rows\":[],\"meta\":{\"next\":\"https://api.invented.evil/v1/x?c=1\"}}", "" },
        { ADSYNC__PAGES_LINK, "{\"rows\":[],\"meta\":{}}", NULL },
    };
    given g;

    (void)state;
    paging.host = "https://api.invented/v1/";
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        paging.style = cases[i].style;
        give(&g, NULL, 200, cases[i].body);
        assert_int_equal(g.rc, ADSYNC_OK);
        assert_int_equal(g.out.way, !cases[i].cursor ? ADSYNC__WAY_DONE : *cases[i].cursor ? ADSYNC__WAY_NEXT : ADSYNC__WAY_FAIL);
        if (g.out.cursor) assert_string_equal(g.out.cursor, cases[i].cursor);
        end(&g);
    }
    paging.style = ADSYNC__PAGES_TOKEN;
}

static void the_first_rule_that_fits_says_the_class(void **state)
{
    static const struct {
        uint32_t status, refusal;
        const char *body, *code;
    } cases[] = {
        { 400, ADSYNC_CLASS_AUTH_REVOKED, "{\"code\":190,\"subcode\":458}", "190.458" },
        { 200, ADSYNC_CLASS_AUTH_EXPIRED, "{\"code\":190,\"subcode\":1}", "190.1" },
        { 400, ADSYNC_CLASS_TOO_LARGE, "{\"code\":1,\"message\":\"Too MUCH data\"}", "1" },
        { 429, ADSYNC_CLASS_THROTTLED, "{\"code\":0,\"word\":\"quotaError.X\"}", "quotaError.X" },
        { 426, ADSYNC_CLASS_CONFIG, "{\"code\":5}", "5" },
        { 403, ADSYNC_CLASS_PERMISSION, "{\"code\":5}", "5" },
        { 200, ADSYNC_CLASS_TRANSIENT, "<html>", "format" },
        { 404, ADSYNC_CLASS_NOT_FOUND, "{}", "http" },
    };
    given g;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        give(&g, NULL, cases[i].status, cases[i].body);
        assert_int_equal(g.out.way, ADSYNC__WAY_FAIL);
        assert_int_equal(g.out.refusal, cases[i].refusal);
        assert_string_equal(g.out.code, cases[i].code);
        assert_int_equal(g.out.retry_after_us, cases[i].refusal == ADSYNC_CLASS_THROTTLED ? ADSYNC__MINUTE_US : 0);
        end(&g);
    }
    give(&g, NULL, 400, "{\"code\":5,\"message\":\"token TOKabcdefgh is bad\"}");
    assert_string_equal(g.out.message, "token *** is bad");
    end(&g);
}

static void a_status_follows_the_order_that_all_share(void **state)
{
    static const struct {
        const char *own, *state;
        int64_t start, end;
        const char *status;
    } cases[] = {
        { "ACTIVE", "ACTIVE", 0, 0, "ACTIVE" },       { "PAUSED", "ACTIVE", 200, 0, "PAUSED" },
        { "ACTIVE", "LIMITED", 200, 0, "SCHEDULED" }, { "PAUSED", "REJECTED", 0, 50, "REJECTED" },
        { "PAUSED", "ACTIVE", 0, 50, "ENDED" },       { "ACTIVE", "PARENT_OFF", 200, 0, "PARENT_OFF" },
        { NULL, "LIMITED", 0, 0, "LIMITED" },         { "DELETED", "ACTIVE", 0, 50, "DELETED" },
        { "PAUSED", "ENDED", 0, 0, "ENDED" },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++)
        assert_string_equal(adsync__status_of(cases[i].own, cases[i].state, cases[i].start, cases[i].end, 100), cases[i].status);
}

static void dates_and_spans_of_headers_are_read(void **state)
{
    int64_t us;

    (void)state;
    assert_true(adsync__date_read("Tue, 29 Jul 2025 11:53:32 GMT", &us));
    assert_int_equal(us, INT64_C(1753790012000000));
    assert_false(adsync__date_read("Tue, 29 Jux 2025 11:53:32 GMT", &us));
    assert_false(adsync__date_read("Tue, 29 Jul 2025 11:53:32 CET", &us));
    assert_false(adsync__date_read("", &us));
    assert_true(adsync__span_read("40591s", 6, &us));
    assert_int_equal(us, INT64_C(40591000000));
    assert_false(adsync__span_read("40591", 5, &us));
    assert_false(adsync__span_read("-1s", 3, &us));
}

static void a_table_of_parts_becomes_a_body(void **state)
{
    adsync_task task;
    adsync_request request;
    adsync__buffer body;

    (void)state;
    adsync__task_begin(&task, ADSYNC_TASK_LIST, ADSYNC_KIND_ADSET);
    adsync__task_text(&task, ADSYNC__TASK_PARAM, "account_id", "5\"");
    adsync__request_begin(&request);
    assert_int_equal(adsync__platform_request(&invented, &task, &request, NULL), ADSYNC_OK);
    adsync__buffer_begin(&body, 1000);
    for (uint32_t i = 0; i < request.n; i++) {
        if (request.fields[i].place == ADSYNC_PLACE_RAW) adsync__buffer_add(&body, request.fields[i].value, request.fields[i].size);
        if (request.fields[i].place == ADSYNC_PLACE_JSON) adsync__buffer_text(&body, request.fields[i].secret);
    }
    assert_string_equal(body.p, "{\"grant\":\"code\",\"id\":\"5\\\"\",\"secret\":secret,\"scope\":\"a,b\"}");
    assert_string_equal(request.content_type, "application/json");
    adsync__buffer_free(&body);
    adsync__request_free(&request);
    adsync__task_free(&task);
}

static void ids_of_a_task_are_joined_some_at_a_time_and_none_leads_elsewhere(void **state)
{
    static const char *const ids[] = { "1", "b-2", "c_3", "1/../2" };
    adsync_task task;
    adsync__buffer out;

    (void)state;
    adsync__task_begin(&task, ADSYNC_TASK_GET, ADSYNC_KIND_ADSET);
    for (size_t i = 0; i < ADSYNC__COUNT(ids); i++) adsync__task_text(&task, ADSYNC__TASK_ID, "ids", ids[i]);
    adsync__buffer_begin(&out, 100);
    assert_int_equal(adsync__join_ids(&invented, &task, 0, 2, &out, NULL), ADSYNC_OK);
    assert_string_equal(out.p, "1,b-2");
    adsync__buffer_clear(&out);
    assert_int_equal(adsync__join_ids(&invented, &task, 2, 1, &out, NULL), ADSYNC_OK);
    assert_string_equal(out.p, "c_3");
    assert_int_equal(adsync__join_ids(&invented, &task, 4, 2, &out, NULL), ADSYNC_OK);
    assert_string_equal(out.p, "c_3");
    assert_int_equal(adsync__join_ids(&invented, &task, 2, 2, &out, NULL), ADSYNC_E_INVALID);
    adsync__buffer_free(&out);
    adsync__task_free(&task);
}

static void lines_of_a_csv_are_told_apart(void **state)
{
    static const char text[] = "\xEF\xBB\xBF"
                               "a,\"b \"\"x\"\", y\",\r\n\n\"line\nbreak\",2\n\"open";
    static const char *const wanted[] = { "a", "b \"x\", y", "", "line\nbreak", "2" };
    adsync__csv csv;
    adsync_status rc;
    uint32_t n = 0;
    size_t size;

    (void)state;
    adsync__csv_begin(&csv, text, sizeof text - 1);
    while (adsync__csv_next(&csv, &rc))
        for (uint32_t i = 0; i < csv.n; i++, n++) {
            const char *field = adsync__csv_field(&csv, i, &size);
            assert_int_equal(size, strlen(wanted[n]));
            assert_memory_equal(field, wanted[n], size);
        }
    assert_int_equal(n, 5);
    assert_int_equal(rc, ADSYNC_E_FORMAT); /* a quote that does not end */
    assert_null(adsync__csv_field(&csv, 70, &size));
    adsync__csv_end(&csv);
}

/* The limiter refuses another window beside a learned one, and then nothing that counts against it is ever sent. */
static void a_limit_that_is_learned_has_no_other_window_on_any_platform(void **state)
{
    (void)state;
    for (const adsync__builtin *at = adsync__builtins; at->platform; at++) {
        adsync_manifest manifest = { 0 };
        assert_int_equal(at->ops->describe(at->ops->user, &manifest, NULL), ADSYNC_OK);
        for (uint32_t i = 0; i < manifest.n_limits; i++)
            for (uint32_t k = 0; k < manifest.n_limits; k++)
                if (i != k && manifest.limits[i].window.align == ADSYNC_WINDOW_LEARNED &&
                    manifest.limits[i].scope == manifest.limits[k].scope && !strcmp(manifest.limits[i].name, manifest.limits[k].name))
                    fail_msg("%s: %s", at->platform, manifest.limits[i].name);
        adsync__manifest_free(&manifest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_reads_every_shape_of_a_field),
        cmocka_unit_test(a_field_of_another_shape_fails_the_answer),
        cmocka_unit_test(a_token_leads_to_the_next_page_until_there_is_none),
        cmocka_unit_test(pages_by_number_offset_and_link_end_where_they_say),
        cmocka_unit_test(the_first_rule_that_fits_says_the_class),
        cmocka_unit_test(a_status_follows_the_order_that_all_share),
        cmocka_unit_test(dates_and_spans_of_headers_are_read),
        cmocka_unit_test(a_table_of_parts_becomes_a_body),
        cmocka_unit_test(ids_of_a_task_are_joined_some_at_a_time_and_none_leads_elsewhere),
        cmocka_unit_test(lines_of_a_csv_are_told_apart),
        cmocka_unit_test(a_limit_that_is_learned_has_no_other_window_on_any_platform),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
