/* SPDX-License-Identifier: MIT */
/* The cases that LinkedIn's reading must not get wrong, by their numbers in the list of such cases, and its table of errors. */
#include "drive.h"

#define REST                                                                                                                               \
    "'account_id':'512','now_us':" DRIVE_NOW ",'api_version':'202607','random':'8000','secrets':{'access_token':'T','client_secret':'S',"  \
    "'client_id':'9','refresh_token':'R'},'facts':{'currency':'EUR','time_zone':'UTC'}}"
#define LIST(kind) "{'task':'list','kind':'" kind "'," REST
#define REPORT(level, from, to) "{'task':'report','level':'" level "','from':" from ",'to':" to "," REST
#define AT(cursor, rest) "{'cursor':'" cursor "'," rest
#define DAY(level, cursor) AT("1 202607 " cursor, "'task':'report','level':'" level "','from':20260101,'to':20260101," REST)
#define GROUPS(frame, rows) "{" frame "'elements':[" rows "]}"
#define NO_MORE "'metadata':{},"

static void d_linkedin_1_structure_stays_raw_and_what_stands_between_is_encoded(void **state)
{
    static const char *const kinds[] = { LIST("campaign"), LIST("adset"), LIST("ad"), LIST("lead"), REPORT("ad", "20260101", "20260131") };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(kinds); i++) {
        drive_task(&d, kinds[i]);
        for (const char *at = drive_request(&d); (at = strchr(at, '%')); at++)
            assert_memory_equal(at, "%3A", 3); /* of URNs; brackets, commas and colons of the structure are not touched */
        assert_null(strchr(drive_request(&d), '+'));
        assert_non_null(strstr(drive_request(&d), "\"X-Restli-Protocol-Version\",\"2.0.0\""));
        drive_end(&d);
    }
    drive_task(&d, REPORT("ad", "20260101", "20260131"));
    assert_non_null(
        strstr(drive_request(&d), "&dateRange=(start:(year:2026,month:1,day:1),end:(year:2026,month:1,day:31))&accounts=List(urn"));
    drive_end(&d);
}

static void ids(adsync__buffer *out, const char *before, int n)
{
    adsync__buffer_text(out, before);
    for (int i = 0; i < n; i++) {
        adsync__buffer_text(out, i ? "," : "");
        adsync__buffer_int(out, 360035200 + i);
    }
}

static void d_linkedin_1_a_long_query_goes_as_a_post_that_reads(void **state)
{
    adsync__buffer cursor;
    drive d;

    (void)state;
    adsync__buffer_begin(&cursor, 1 << 16);
    ids(&cursor, "1 202607 pieces 100 0 0 ", 100);
    drive_task(&d, DAY("ad", "core 0 0 0"));
    adsync__task_text(&d.wire.task, ADSYNC__TASK_PARAM, "cursor", cursor.p);
    (void)drive_request(&d);
    assert_non_null(strstr(d.text.p, "\"effect\":\"read\",\"method\":\"POST\",\"url\":\"https://api.linkedin.com/rest/adAnalytics\""));
    assert_non_null(strstr(d.text.p, "[\"X-HTTP-Method-Override\",\"GET\"],[\"Content-Type\",\"application/x-www-form-urlencoded\"]"));
    assert_non_null(strstr(d.text.p, "\"body\":\"q=analytics&pivot=CREATIVE&timeGranularity=DAILY&dateRange=(start:("));
    drive_end(&d);
    adsync__buffer_free(&cursor);
}

static void d_linkedin_2_a_short_page_is_not_the_end(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "", GROUPS("'metadata':{'nextPageToken':'DgA'},", ""));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "pageToken"), "DgA");
    drive_answer(&d, 200, "", GROUPS("'metadata':{'nextPageToken':null},", "{'id':1}"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    drive_end(&d);
    drive_task(&d, LIST("audience"));
    drive_answer(&d, 200, "", "{'paging':{'start':0,'count':100,'links':[]},'elements':[{'id':1}]}"); /* no total: an empty page ends it */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "start"), "100");
    drive_answer(&d, 200, "", "{'paging':{'start':100,'count':100,'links':[],'total':-1},'elements':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    drive_end(&d);
}

static void d_linkedin_2_a_full_page_without_metadata_fails_and_a_short_one_proves_nothing(void **state)
{
    adsync__buffer body;
    drive d;

    (void)state;
    drive_task(&d, LIST("ad"));
    adsync__buffer_begin(&body, 1 << 20);
    adsync__buffer_text(&body, "{'elements':[");
    for (int i = 0; i < 100; i++)
        adsync__buffer_text(&body, i ? ",{'id':'urn:li:sponsoredCreative:1'}" : "{'id':'urn:li:sponsoredCreative:1'}");
    adsync__buffer_text(&body, "]}");
    drive_answer(&d, 200, "", body.p);
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    assert_int_equal(d.outcome.n_rows, 0);
    drive_answer(&d, 200, "", "{'elements':[{'id':'urn:li:sponsoredCreative:1'}]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 0);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
    adsync__buffer_free(&body);
}

static void d_linkedin_2_a_token_that_repeats_is_refused(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, AT("1 202607 list 1000 0 0 DgA", "'task':'list','kind':'campaign'," REST));
    drive_answer(&d, 200, "", GROUPS("'metadata':{'nextPageToken':'DgA'},", "{'id':1}"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    drive_end(&d);
}

/* Rows of that many creatives on each of so many days. */
static void figures(adsync__buffer *out, int creatives, int days, const char *urn)
{
    char row[300];

    adsync__buffer_begin(out, 16 << 20);
    adsync__buffer_text(out, "{'paging':{'start':0,'count':10,'links':[]},'elements':[");
    for (int i = 0; i < creatives * days; i++) {
        (void)snprintf(row, sizeof row,
                       "%s{'dateRange':{'start':{'year':2026,'month':1,'day':%d}},'pivotValues':['urn:li:%s:%d'],'clicks':1}", i ? "," : "",
                       i % days + 1, urn, i / days);
        adsync__buffer_text(out, row);
    }
    adsync__buffer_text(out, "]}");
}

static void d_linkedin_3_a_reply_of_15000_rows_splits_the_days(void **state)
{
    adsync__buffer body;
    drive d;

    (void)state;
    figures(&body, 7500, 2, "sponsoredCreative");
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    drive_answer(&d, 200, "", body.p);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_SPLIT);
    assert_int_equal(d.outcome.n_rows, 0);
    drive_end(&d);
    adsync__buffer_free(&body);
}

static void d_linkedin_3_a_day_that_is_too_much_is_asked_for_by_campaigns(void **state)
{
    adsync__buffer body, few;
    drive d;

    (void)state;
    figures(&body, 15000, 1, "sponsoredCreative");
    figures(&few, 250, 1, "sponsoredCampaign");
    drive_task(&d, REPORT("ad", "20260101", "20260101"));
    drive_answer(&d, 200, "", body.p);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "pivot"), "CAMPAIGN");
    drive_answer(&d, 200, "", few.p);
    assert_int_equal(d.outcome.n_rows, 0);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "campaigns=List(urn%3Ali%3AsponsoredCampaign%3A0,"));
    assert_null(strstr(drive_request(&d), "sponsoredCampaign%3A100"));
    drive_answer(&d, 200, "", body.p); /* still too much: fewer campaigns at a time */
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "sponsoredCampaign%3A49)"));
    drive_answer(&d, 200, "", "{'elements':[]}");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "List(urn%3Ali%3AsponsoredCampaign%3A50,"));
    drive_end(&d);
    drive_task(&d, DAY("ad", "pieces 1 0 0 7"));
    drive_answer(&d, 200, "", body.p);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TOO_LARGE);
    drive_end(&d);
    drive_task(&d, DAY("adset", "core 0 0 0"));
    adsync__buffer_free(&body);
    figures(&body, 15000, 1, "sponsoredCampaign");
    drive_answer(&d, 200, "", body.p);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TOO_LARGE);
    drive_end(&d);
    adsync__buffer_free(&body);
    adsync__buffer_free(&few);
}

#define ROW(urn, day, rest) "{'dateRange':{'start':{'month':1,'day':" day ",'year':2026}},'pivotValues':['" urn "']" rest "}"
#define AD "urn:li:sponsoredCreative:1"

static void d_linkedin_4_any_way_of_writing_an_amount_is_exact(void **state)
{
    static const struct {
        const char *text;
        int64_t micros;
    } cases[] = { { "'-2E-18'", 0 },
                  { "'24.45730000000000000000000001'", 24457300 },
                  { "'100'", 100000000 },
                  { "'-1.5'", -1500000 },
                  { "8.19", 8190000 },
                  { "null", 0 },
                  { "'1.2E3'", INT64_C(1200000000) },
                  { "'0.0000005'", 0 } };
    char body[400];
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        (void)snprintf(body, sizeof body, "{'elements':[" ROW(AD, "1", ",'costInLocalCurrency':%s") "]}", cases[i].text);
        drive_answer(&d, 200, "", body);
        assert_int_equal(d.rc, ADSYNC_OK);
        assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND), cases[i].micros);
    }
    drive_answer(&d, 200, "", "{'elements':[" ROW(AD, "1", ",'costInLocalCurrency':'12,5'") "]}");
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
}

/* Where no key stands twice nothing has to be sorted; the cursor knows it of this reply alone. */
static void a_long_reply_whose_keys_all_differ_comes_in_its_own_order(void **state)
{
    adsync__buffer body, other;
    char urn[48];
    uint32_t n = 0;
    drive d;

    (void)state;
    figures(&body, 2000, 2, "sponsoredCreative");
    figures(&other, 2001, 2, "sponsoredCreative"); /* a little more: its size tells */
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    do {
        drive_answer(&d, 200, "", body.p);
        for (uint32_t i = 0; i < d.outcome.n_rows; i++, n++) {
            (void)snprintf(urn, sizeof urn, "urn:li:sponsoredCreative:%u", n / 2);
            assert_string_equal(drive_text(&d, i, ADSYNC_C_ENTITY_ID), urn);
            assert_int_equal(drive_int(&d, i, ADSYNC_C_DAY), 20260101 + n % 2);
        }
        if (d.outcome.way == ADSYNC__WAY_MORE) drive_go_on(&d);
    } while (d.outcome.way == ADSYNC__WAY_MORE && n < 5000);
    assert_int_equal(n, 4000);
    drive_answer(&d, 200, "", other.p);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
    drive_end(&d);
    adsync__buffer_free(&other);
    adsync__buffer_free(&body);
}

/* A key that stands at both ends of a reply of several outcomes is in one of them, twice. */
static void d_linkedin_4_two_rows_of_a_key_are_in_one_outcome_to_be_added_up(void **state)
{
    adsync__buffer body;
    uint32_t rows = 0, outcomes = 0, together = 0;
    drive d;

    (void)state;
    figures(&body, 4000, 1, "sponsoredCreative");
    body.size -= 2;
    adsync__buffer_text(&body, "," ROW("urn:li:sponsoredCreative:0", "1", ",'clicks':2") "]}");
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    do {
        uint32_t twice = 0;
        drive_answer(&d, 200, "", body.p);
        assert_int_equal(d.rc, ADSYNC_OK);
        for (const adsync__out_row *row = d.outcome.rows; row; row = row->next) {
            assert_int_equal(row->twice, ADSYNC_TWICE_SUM);
            twice += !strcmp(adsync__row_get(&row->row, ADSYNC_C_ENTITY_ID)->p, "urn:li:sponsoredCreative:0");
        }
        together += twice == 2;
        rows += d.outcome.n_rows;
        outcomes++;
        if (d.outcome.way == ADSYNC__WAY_MORE) drive_go_on(&d);
    } while (d.outcome.way == ADSYNC__WAY_MORE && outcomes < 10);
    assert_int_equal(rows, 4001);
    assert_int_equal(outcomes, 3);
    assert_int_equal(together, 1);
    drive_answer(&d, 200, "", "{'elements':[]}"); /* asked again after a crash, and it is another reply now */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
    adsync__buffer_free(&body);
    figures(&body, 2000, 1, "sponsoredCreative"); /* shorter than what is through */
    drive_answer(&d, 200, "", body.p);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
    drive_end(&d);
    adsync__buffer_free(&body);
}

static void d_linkedin_5_all_figures_fit_one_call_so_that_no_chunk_can_lose_rows(void **state)
{
    uint32_t names = 1;
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    for (const char *at = drive_field(&d, "fields"); *at; at++) names += *at == ',';
    assert_true(names <= 20);
    assert_memory_equal(drive_field(&d, "fields"), "dateRange,pivotValues,", 22);
    drive_answer(&d, 200, "", "{'elements':[" ROW(AD, "1", "") "]}");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_IMPRESSIONS), 0); /* asked for, and none */
    assert_null(drive_text(&d, 0, ADSYNC_C_PART));
    drive_end(&d);
}

typedef struct error_case {
    uint32_t status;
    const char *body;
    uint32_t refusal;
} error_case;

static void refused(const char *task, const error_case *cases, size_t n)
{
    drive d;

    drive_task(&d, task);
    for (size_t i = 0; i < n; i++) {
        drive_answer(&d, cases[i].status, "", cases[i].body);
        assert_int_equal(d.rc, ADSYNC_OK);
        if (d.outcome.way != ADSYNC__WAY_FAIL || d.outcome.refusal != cases[i].refusal)
            fail_msg("%u %s: way %u, class %u", cases[i].status, cases[i].body, d.outcome.way, d.outcome.refusal);
        if (cases[i].refusal == ADSYNC_CLASS_THROTTLED) assert_true(d.outcome.retry_after_us > 0);
    }
    drive_end(&d);
}

#define WORD(code) "{'status':400,'code':'" code "','message':'no'}"
#define NUMBER(code) "{'serviceErrorCode':" code ",'message':'no','status':400}"
#define INPUT(code)                                                                                                                        \
    "{'errorDetailType':'x','message':'no','errorDetails':{'inputErrors':[{'description':'d','input':{},'code':'" code "'}]}}"
#define MESSAGE(text) "{'status':429,'serviceErrorCode':101,'code':'TOO_MANY_REQUESTS','message':'" text "'}"

static void each_line_of_the_table_of_errors_has_its_class(void **state)
{
    static const error_case cases[] = {
        { 401, WORD("EXPIRED_ACCESS_TOKEN"), ADSYNC_CLASS_AUTH_EXPIRED },
        { 401, "{'status':401,'code':'EXPIRED_ACCESS_TOKEN','serviceErrorCode':65601,'message':'no'}", ADSYNC_CLASS_AUTH_EXPIRED },
        { 401, NUMBER("65602"), ADSYNC_CLASS_AUTH_EXPIRED },
        { 401, WORD("INVALID_ACCESS_TOKEN"), ADSYNC_CLASS_AUTH_EXPIRED },
        { 401, NUMBER("65600"), ADSYNC_CLASS_AUTH_EXPIRED },
        { 401, WORD("EMPTY_ACCESS_TOKEN"), ADSYNC_CLASS_INVALID },
        { 401, WORD("REVOKED_ACCESS_TOKEN"), ADSYNC_CLASS_AUTH_REVOKED },
        { 401, NUMBER("65601"), ADSYNC_CLASS_AUTH_REVOKED },
        { 401, NUMBER("65604"), ADSYNC_CLASS_AUTH_EXPIRED },
        { 401, "", ADSYNC_CLASS_AUTH_EXPIRED },
        { 401, "Unable to verify access token", ADSYNC_CLASS_AUTH_EXPIRED },
        { 403, WORD("ACCESS_DENIED"), ADSYNC_CLASS_PERMISSION },
        { 403, NUMBER("100"), ADSYNC_CLASS_PERMISSION },
        { 403, WORD("NO_PERMISSION_ON_ENTITY"), ADSYNC_CLASS_PERMISSION },
        { 400, WORD("NO_PERMISSION_ON_FIELD"), ADSYNC_CLASS_PERMISSION },
        { 403, WORD("NO_PERMISSION_TO_UPDATE"), ADSYNC_CLASS_PERMISSION },
        { 404, WORD("NOT_FOUND"), ADSYNC_CLASS_NOT_FOUND },
        { 404, WORD("RESOURCE_NOT_FOUND"), ADSYNC_CLASS_NOT_FOUND },
        { 405, "{}", ADSYNC_CLASS_INVALID },
        { 411, "{}", ADSYNC_CLASS_INVALID },
        { 414, "<html>", ADSYNC_CLASS_INVALID },
        { 408, WORD("TIMEOUT"), ADSYNC_CLASS_TRANSIENT },
        { 409, WORD("CONFLICT"), ADSYNC_CLASS_CONFLICT },
        { 412, WORD("PRECONDITION_FAILED"), ADSYNC_CLASS_CONFLICT },
        { 400, WORD("ENTITY_WITH_SAME_KEY_ALREADY_EXISTS"), ADSYNC_CLASS_CONFLICT },
        { 400, INPUT("INVALID_VALUE_DUPLICATE_EXIST"), ADSYNC_CLASS_CONFLICT },
        { 422, INPUT("DUPLICATE_POST"), ADSYNC_CLASS_CONFLICT },
        { 400, INPUT("PARAM_INVALID"), ADSYNC_CLASS_INVALID },
        { 422, INPUT("ERROR :: /account/values/0 :: Invalid Urn Format"), ADSYNC_CLASS_INVALID },
        { 400, WORD("QUERY_PARAM_NOT_ALLOWED"), ADSYNC_CLASS_INVALID },
        { 400, "{'code':400,'message':'a code that is a number'}", ADSYNC_CLASS_INVALID },
        { 426, WORD("NONEXISTENT_VERSION"), ADSYNC_CLASS_CONFIG },
        { 426, "", ADSYNC_CLASS_CONFIG },
        { 429, MESSAGE("Resource level throttle limit"), ADSYNC_CLASS_THROTTLED },
        { 429, "", ADSYNC_CLASS_THROTTLED },
        { 403, WORD("QUOTA_EXCEEDED"), ADSYNC_CLASS_THROTTLED },
        { 429, WORD("SEGMENT_LIMIT_EXCEEDED"), ADSYNC_CLASS_INVALID },
        { 500, WORD("INTERNAL_ERROR"), ADSYNC_CLASS_TRANSIENT },
        { 500, WORD("FAILED_TO_SETUP_ACCOUNT_REPORTING"), ADSYNC_CLASS_TRANSIENT },
        { 501, WORD("NOT_IMPLEMENTED"), ADSYNC_CLASS_INVALID },
        { 503, WORD("UNDER_MAINTENANCE"), ADSYNC_CLASS_TRANSIENT },
        { 502, "<html>bad gateway</html>", ADSYNC_CLASS_TRANSIENT },
        { 504, "[]", ADSYNC_CLASS_TRANSIENT },
    };
    static const error_case tokens[] = {
        { 400, "{'error':'invalid_request','error_description':'revoked'}", ADSYNC_CLASS_AUTH_REVOKED },
        { 400, "{'error':'invalid_grant'}", ADSYNC_CLASS_AUTH_REVOKED },
        { 401, "{'error':'invalid_client'}", ADSYNC_CLASS_CONFIG },
        { 401, "", ADSYNC_CLASS_CONFIG },
        { 429, "", ADSYNC_CLASS_THROTTLED },
        { 500, "<html>", ADSYNC_CLASS_TRANSIENT },
    };
    static const error_case codes[] = {
        { 400, "{'error':'invalid_request'}", ADSYNC_CLASS_INVALID },
        { 400, "{'error':'unauthorized_client'}", ADSYNC_CLASS_CONFIG },
    };

    (void)state;
    refused(LIST("campaign"), cases, ADSYNC__COUNT(cases));
    refused(REPORT("account", "20260101", "20260101"), cases, ADSYNC__COUNT(cases));
    refused("{'task':'account.discover'," REST, cases, ADSYNC__COUNT(cases));
    refused("{'task':'auth.refresh'," REST, tokens, ADSYNC__COUNT(tokens));
    refused("{'task':'auth.complete','params':{'query':'code=c'}," REST, codes, ADSYNC__COUNT(codes));
}

static void d_linkedin_6_a_version_that_ended_is_configuration_and_not_repeated(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 426, "", "{'status':426,'code':'NONEXISTENT_VERSION','message':'Requested version 20260701 is not active'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_CONFIG);
    assert_int_equal(d.outcome.retry_after_us, 0);
    drive_end(&d);
}

static void d_linkedin_7_each_kind_of_429_waits_as_long_as_it_says(void **state)
{
    static const struct {
        const char *message, *headers;
        int64_t seconds; /* least */
        uint32_t scope;
    } cases[] = {
        { "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.", "", 86400,
          ADSYNC_SCOPE_MEMBER },
        { "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.", "Retry-After: 1\r\n", 86400,
          ADSYNC_SCOPE_APP },
        { "Resource level throttle MEMBER DAY limit for calls to this resource is reached.", "", 86400, ADSYNC_SCOPE_MEMBER },
        { "The daily request limit is reached", "", 86400, ADSYNC_SCOPE_MEMBER },
        { "THE DAILY REQUEST LIMIT", "", 86400, ADSYNC_SCOPE_MEMBER },
        { "More than 45 million metric values were requested in a 5-minute window.", "", 330, ADSYNC_SCOPE_APP },
        { "Resource level throttle MEMBER MINUTE limit", "", 60, ADSYNC_SCOPE_MEMBER },
        { "Resource level throttle APPLICATION MINUTE limit", "", 60, ADSYNC_SCOPE_APP },
        { "Resource level throttle limit", "Retry-After: 120\r\n", 120, ADSYNC_SCOPE_MEMBER },
        { "Resource level throttle limit", "Retry-After: 9999\r\n", 2, ADSYNC_SCOPE_MEMBER }, /* not sane */
        { "Resource level throttle limit", "", 2, ADSYNC_SCOPE_MEMBER },
    };
    char body[300];
    drive d;

    (void)state;
    drive_task(&d, LIST("ad"));
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        int64_t jitter = cases[i].seconds == 86400 ? 300 : 0; /* the task's random digits are half of all */
        (void)snprintf(body, sizeof body, MESSAGE("%s"), cases[i].message);
        drive_answer(&d, 429, cases[i].headers, body);
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
        assert_int_equal(d.outcome.retry_after_us / 1000000, cases[i].seconds + jitter);
        assert_int_equal(d.outcome.scope, cases[i].scope);
    }
    drive_answer(&d, 429, "", "{'status':429,'code':'SEGMENT_LIMIT_EXCEEDED','message':'1,000 per DAY and account'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_INVALID);
    drive_end(&d);
}

static void d_linkedin_10_a_refresh_keeps_the_same_token_with_what_is_left_of_its_life(void **state)
{
    const int64_t now = INT64_C(1767225600000000), day = INT64_C(86400000000);
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.refresh'," REST);
    drive_answer(
        &d, 200, "",
        "{'access_token':'AQ2','expires_in':5184000,'refresh_token':'R','refresh_token_expires_in':26438400,'scope':'r_ads,rw_ads'}");
    assert_int_equal(drive_given(&d, "refresh_token")->expires_us, now + 306 * day);
    assert_int_equal(drive_given(&d, "access_token")->expires_us, now + 60 * day);
    assert_string_equal(drive_said(&d, "scopes"), "r_ads rw_ads");
    assert_null(d.outcome.warnings);
    drive_answer(&d, 200, "", "{'access_token':'AQ3','expires_in':432000,'refresh_token':'R','refresh_token_expires_in':432000}");
    assert_int_equal(drive_given(&d, "refresh_token")->expires_us, now + 5 * day);
    assert_string_equal(d.outcome.warnings->code, "consent_ends");
    drive_answer(&d, 200, "", "{'access_token':'AQ4','expires_in':5184000}"); /* an app without refresh tokens */
    assert_null(drive_given(&d, "refresh_token"));
    drive_end(&d);
}

static void d_linkedin_10_a_401_on_a_token_under_a_minute_old_is_lag(void **state)
{
    static const char expired[] = "{'status':401,'serviceErrorCode':65602,'code':'EXPIRED_ACCESS_TOKEN','message':'expired'}";
    static const char revoked[] = "{'status':401,'serviceErrorCode':65601,'code':'REVOKED_ACCESS_TOKEN','message':'revoked'}";
    const int64_t now = INT64_C(1767225600000000);
    drive d;

    (void)state;
    drive_task(&d, LIST("ad"));
    adsync__task_int(&d.wire.task, "token_us", now - 59000000);
    drive_answer(&d, 401, "", expired);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    assert_int_equal(d.outcome.retry_after_us, 5000000);
    drive_answer(&d, 401, "", revoked);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 403, "", "{'status':403,'serviceErrorCode':100,'message':'no'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_PERMISSION);
    adsync__task_int(&d.wire.task, "token_us", now - 60000000);
    drive_answer(&d, 401, "", expired);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_EXPIRED);
    drive_answer(&d, 401, "", revoked);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    drive_end(&d);
}

static void an_invalid_token_without_a_refresh_token_is_revoked(void **state)
{
    static const char task[] =
        "{'task':'list','kind':'ad','account_id':'5','now_us':" DRIVE_NOW ",'secrets':{'access_token':'T'},'facts':{}}";
    static const error_case cases[] = {
        { 401, WORD("INVALID_ACCESS_TOKEN"), ADSYNC_CLASS_AUTH_REVOKED },
        { 401, NUMBER("65600"), ADSYNC_CLASS_AUTH_REVOKED },
        { 401, "{'status':401,'serviceErrorCode':65600,'code':'EXPIRED_ACCESS_TOKEN','message':'x'}", ADSYNC_CLASS_AUTH_EXPIRED },
    };

    (void)state;
    refused(task, cases, ADSYNC__COUNT(cases));
}

static void d_linkedin_12_no_account_at_all_is_a_healthy_answer(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'account.discover'," REST);
    drive_answer(&d, 200, "", GROUPS(NO_MORE, ""));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 1);
    drive_end(&d);
}

static void d_linkedin_12_empty_figures_are_believed_only_where_the_account_ever_had_some(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    drive_answer(&d, 200, "", "{'paging':{'start':0,'count':10,'links':[]},'elements':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "timeGranularity"), "ALL");
    assert_string_equal(drive_field(&d, "pivot"), "ACCOUNT");
    drive_answer(&d, 200, "", "{'elements':[{'pivotValues':['urn:li:sponsoredAccount:512'],'impressions':1}]}");
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    assert_int_equal(d.outcome.n_rows, 0);
    drive_answer(&d, 200, "", "{'elements':[]}"); /* P10: no access looks like this, too */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "", GROUPS(NO_MORE, ""));
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
}

static void holds_in_another_order_are_the_same_row(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "",
                 GROUPS(NO_MORE, "{'id':1,'status':'ACTIVE','servingStatuses':['STOPPED','BILLING_HOLD']},"
                                 "{'id':2,'status':'ACTIVE','servingStatuses':['BILLING_HOLD','STOPPED'],'version':{'versionTag':'9'}}"));
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_PLATFORM_STATUS), "BILLING_HOLD,STOPPED");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_PLATFORM_STATUS), "BILLING_HOLD,STOPPED");
    drive_end(&d);
}

static void who_a_lead_is_stands_in_its_answers_only(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("lead"));
    drive_answer(&d, 200, "",
                 "{'paging':{'start':0,'count':100,'total':1},'elements':[{'id':'a-1','submitter':'urn:li:person:Secret','submittedAt':1,"
                 "'formResponse':{'answers':[{'questionId':1,'answerDetails':{'textQuestionAnswer':{'answer':'ada@example.com'}}}]}}]}");
    assert_int_equal(d.outcome.n_rows, 1);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK); /* old ones drop out by themselves */
    assert_false(drive_holds(&d, "Secret"));
    assert_non_null(strstr(drive_text(&d, 0, ADSYNC_C_ANSWERS), "ada@example.com"));
    assert_null(drive_text(&d, 0, ADSYNC_C_EXTRA));
    drive_end(&d);
}

static void what_is_no_answer_of_linkedins_gives_no_row(void **state)
{
    static const struct {
        const char *task, *body;
    } cases[] = {
        { LIST("campaign"), "{'elements':{}}" },
        { LIST("campaign"), "{}" },
        { LIST("campaign"), "[]" },
        { LIST("campaign"), GROUPS(NO_MORE, "{'name':'no id'}") },
        { LIST("campaign"), GROUPS(NO_MORE, "{'id':1,'id':2}") },
        { LIST("campaign"), GROUPS(NO_MORE, "{'id':1,'dailyBudget':{'amount':'a lot','currencyCode':'EUR'}}") },
        { LIST("campaign"), GROUPS(NO_MORE, "{'id':1,'servingStatuses':'RUNNABLE'}") },
        { LIST("campaign"), GROUPS(NO_MORE, "{'id':1,'runSchedule':{'start':'soon'}}") },
        { REPORT("ad", "20260101", "20260102"), "{'elements':[" ROW("urn:li:sponsoredCampaign:1", "1", "") "]}" },
        { REPORT("ad", "20260101", "20260102"), "{'elements':[" ROW(AD "','" AD, "1", "") "]}" },
        { REPORT("ad", "20260101", "20260102"), "{'elements':[" ROW(AD, "3", "") "]}" },
        { REPORT("ad", "20260101", "20260102"), "{'elements':[" ROW(AD, "'x'", "") "]}" },
        { REPORT("ad", "20260101", "20260102"), "{'elements':[" ROW(AD, "1", ",'clicks':1.5") "]}" },
        { REPORT("ad", "20260101", "20260102"), "{'elements':[{'impressions':1,'clicks':2}]}" },
        { REPORT("ad", "20260101", "20260102"), "{'elements':7}" },
        { "{'task':'account.get'," REST, "{'name':'no id'}" },
        { "{'task':'auth.refresh'," REST, "{'token_type':'Bearer'}" },
        { "{'task':'auth.inspect'," REST, "{'status':'active'}" },
        { "{'task':'get','kind':'ad','params':{'ids':['urn:li:sponsoredCreative:1']}," REST, "{'errors':{}}" },
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, cases[i].task);
        drive_answer(&d, 200, "", cases[i].body);
        if (d.rc != ADSYNC_E_FORMAT) fail_msg("%s: %d", cases[i].body, (int)d.rc);
        drive_end(&d);
    }
}

static void a_cursor_of_somebody_else_begins_again(void **state)
{
    static const char *const cursors[] = {
        "2 202607 list 100 0 0 a",  "1 202606 list 100 0 0 a", "1 202607 core 0 0 0", "1 202607 nowhere 0 0 0", "rubbish",
        "1 202607 list 99999 0 0 a"
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cursors); i++) {
        drive_task(&d, LIST("ad"));
        adsync__task_text(&d.wire.task, ADSYNC__TASK_PARAM, "cursor", cursors[i]);
        drive_answer(&d, 200, "", GROUPS(NO_MORE, ""));
        assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
        drive_end(&d);
    }
}

static adsync_status asked(const char *task)
{
    adsync_request request;
    adsync_error *error = NULL;
    adsync_status rc;
    drive d;

    drive_task(&d, task);
    adsync__request_begin(&request);
    rc = d.wire.ops->request(d.wire.ops->user, &d.wire.task, &request, &error);
    adsync__request_free(&request);
    adsync_error_free(error);
    drive_end(&d);
    return rc;
}

static void what_linkedin_cannot_be_asked_is_refused(void **state)
{
    (void)state;
    assert_int_equal(asked(LIST("keyword")), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(asked("{'task':'auth.revoke'," REST), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(asked("{'task':'changes','kind':'campaign'," REST), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(asked("{'task':'report','level':'keyword','from':20260101,'to':20260101," REST), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(asked(REPORT("ad", "20260102", "20260101")), ADSYNC_E_INVALID);
    assert_int_equal(asked(REPORT("ad", "20260101", "20260402")), ADSYNC_OK);
    assert_int_equal(asked(REPORT("ad", "20260101", "20260403")), ADSYNC_E_INVALID); /* reach ends at 92 days */
    assert_int_equal(asked("{'task':'get','kind':'ad','params':{'ids':['1/../2']}," REST), ADSYNC_E_INVALID);
    assert_int_equal(asked("{'task':'list','kind':'ad','account_id':'5)','now_us':1,'secrets':{},'facts':{}}"), ADSYNC_E_INVALID);
    assert_int_equal(asked("{'task':'list','kind':'ad','account_id':'5','api_version':'v1','now_us':1,'secrets':{},'facts':{}}"),
                     ADSYNC_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d_linkedin_1_structure_stays_raw_and_what_stands_between_is_encoded),
        cmocka_unit_test(d_linkedin_1_a_long_query_goes_as_a_post_that_reads),
        cmocka_unit_test(d_linkedin_2_a_short_page_is_not_the_end),
        cmocka_unit_test(d_linkedin_2_a_full_page_without_metadata_fails_and_a_short_one_proves_nothing),
        cmocka_unit_test(d_linkedin_2_a_token_that_repeats_is_refused),
        cmocka_unit_test(a_long_reply_whose_keys_all_differ_comes_in_its_own_order),
        cmocka_unit_test(d_linkedin_3_a_reply_of_15000_rows_splits_the_days),
        cmocka_unit_test(d_linkedin_3_a_day_that_is_too_much_is_asked_for_by_campaigns),
        cmocka_unit_test(d_linkedin_4_any_way_of_writing_an_amount_is_exact),
        cmocka_unit_test(d_linkedin_4_two_rows_of_a_key_are_in_one_outcome_to_be_added_up),
        cmocka_unit_test(d_linkedin_5_all_figures_fit_one_call_so_that_no_chunk_can_lose_rows),
        cmocka_unit_test(each_line_of_the_table_of_errors_has_its_class),
        cmocka_unit_test(d_linkedin_6_a_version_that_ended_is_configuration_and_not_repeated),
        cmocka_unit_test(d_linkedin_7_each_kind_of_429_waits_as_long_as_it_says),
        cmocka_unit_test(d_linkedin_10_a_refresh_keeps_the_same_token_with_what_is_left_of_its_life),
        cmocka_unit_test(d_linkedin_10_a_401_on_a_token_under_a_minute_old_is_lag),
        cmocka_unit_test(an_invalid_token_without_a_refresh_token_is_revoked),
        cmocka_unit_test(d_linkedin_12_no_account_at_all_is_a_healthy_answer),
        cmocka_unit_test(d_linkedin_12_empty_figures_are_believed_only_where_the_account_ever_had_some),
        cmocka_unit_test(holds_in_another_order_are_the_same_row),
        cmocka_unit_test(who_a_lead_is_stands_in_its_answers_only),
        cmocka_unit_test(what_is_no_answer_of_linkedins_gives_no_row),
        cmocka_unit_test(a_cursor_of_somebody_else_begins_again),
        cmocka_unit_test(what_linkedin_cannot_be_asked_is_refused),
    };

    drive_platform = "linkedin";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
