/* SPDX-License-Identifier: MIT */
/* What no function has to say: hosts, rights, endpoints, fields and their columns, states, errors, limits. */
#include "tiktok_int.h"

/* ---- the platform */

static const adsync__said_host tables_hosts[] = {
    { "api", "business-api.tiktok.com", ADSYNC_HOST_AUTH }, /* the dialog, too */
    { "sandbox", "sandbox-ads.tiktok.com", ADSYNC_HOST_AUTH },
    { 0 },
};

/* app_settings: sandbox "1"; report_tasks "1", figures as files; revenue, of "web app shop" those that are added up; lead_region, where
 * leads are kept: "eu", "both". */
static const adsync__said_setting tables_settings[] = {
    { "api_version", "v1.3" },
    { "refresh", "none" },
    { "report_days", "30" },
    { "daily_days", "29" },
    { "lead_minutes", "1440" },
    { "settled_days", "29" }, /* the longest window is 28 days, and past days are repaired at 12:00 UTC */
    { "sum_levels", "campaign adset" }, /* which ads stand for an automated campaign is not told */
    { "sum_rounding", "minor" },
    { "day_zone", "account" },
    { "state_parameter", "state" },
    { "app_settings", "sandbox report_tasks revenue lead_region" },
    { 0 },
};

/* The level that every app begins with: 10 a second, 600 a minute, 864,000 a day, over all accounts. What is refused for one account
 * silences that one. */
static const adsync__said_window tables_windows[] = {
    { "all", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 8, 1 },
    { "all", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 550, 60 },
    { "all", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_UTC_DAY, 691200, 86400 },
    { "all", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "report_task", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 1, 1 },
    { "report_task", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 48, 60 },
    { "report_task", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_UTC_DAY, 3600, 86400 },
    { "sandbox", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 1, 1 },
    { "sandbox", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 24, 60 },
    { "sandbox", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_UTC_DAY, 800, 86400 },
    { "sandbox", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { 0 },
};

/* ---- kinds. Money is a number in main units, times are UTC */

static const adsync__field campaign_fields[] = {
    ADSYNC__FIELD("campaign_id", ID, ID),
    ADSYNC__FIELD("campaign_name", NAME, TEXT),
    ADSYNC__FIELD("advertiser_id", ACCOUNT_ID, ID),
    ADSYNC__PART("operation_status", SWITCH),
    ADSYNC__PART("secondary_status", STATE),
    ADSYNC__FIELD("objective_type", OBJECTIVE, TEXT),
    ADSYNC__OWN("budget"),
    ADSYNC__PART("budget_mode", EXTRA),
    ADSYNC__PART("budget_optimize_on", EXTRA),
    ADSYNC__FIELD("create_time", CREATED_AT, TIME_UTC),
    ADSYNC__FIELD("modify_time", UPDATED_AT, TIME_UTC),
    ADSYNC__PART("campaign_type", EXTRA),
    ADSYNC__PART("campaign_automation_type", EXTRA),
    ADSYNC__PART("app_promotion_type", EXTRA),
    ADSYNC__PART("is_search_campaign", EXTRA),
    ADSYNC__PART("roas_bid", EXTRA),
    ADSYNC__PART("special_industries", DECLARED),
};

static const adsync__field adgroup_fields[] = {
    ADSYNC__FIELD("adgroup_id", ID, ID),
    ADSYNC__FIELD("adgroup_name", NAME, TEXT),
    ADSYNC__FIELD("advertiser_id", ACCOUNT_ID, ID),
    ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID),
    ADSYNC__PART("operation_status", SWITCH),
    ADSYNC__PART("secondary_status", STATE),
    ADSYNC__OWN("budget"),
    ADSYNC__PART("budget_mode", EXTRA),
    ADSYNC__PART("scheduled_budget", EXTRA), /* from the next midnight on */
    ADSYNC__FIELD("bid_type", BID_STRATEGY, TEXT),
    ADSYNC__OWN("bid_price"),
    ADSYNC__OWN("conversion_bid_price"),
    ADSYNC__FIELD("billing_event", BILLING_EVENT, TEXT),
    ADSYNC__FIELD("optimization_goal", OPTIMIZATION_GOAL, TEXT),
    ADSYNC__PART("optimization_event", EXTRA),
    ADSYNC__PART("promotion_type", EXTRA),
    ADSYNC__PART("pacing", EXTRA),
    ADSYNC__PART("pixel_id", EXTRA),
    ADSYNC__PART("schedule_type", EXTRA),
    ADSYNC__FIELD("schedule_start_time", START_AT, TIME_UTC),
    ADSYNC__FIELD("schedule_end_time", END_AT, TIME_UTC),
    ADSYNC__PART("dayparting", EXTRA),
    ADSYNC__PART("placement_type", TARGET),
    ADSYNC__PART("placements", TARGET),
    ADSYNC__PART("location_ids", TARGET),
    ADSYNC__PART("age_groups", TARGET),
    ADSYNC__PART("gender", TARGET),
    ADSYNC__PART("languages", TARGET),
    ADSYNC__PART("interest_category_ids", TARGET),
    ADSYNC__PART("operating_systems", TARGET),
    ADSYNC__PART("audience_ids", TARGET),
    ADSYNC__PART("excluded_audience_ids", TARGET),
    ADSYNC__PART("saved_audience_id", TARGET),
    ADSYNC__OWN("click_attribution_window"),
    ADSYNC__OWN("view_attribution_window"),
    ADSYNC__OWN("engaged_view_attribution_window"),
    ADSYNC__PART("attribution_event_count", EXTRA),
    ADSYNC__FIELD("create_time", CREATED_AT, TIME_UTC),
    ADSYNC__FIELD("modify_time", UPDATED_AT, TIME_UTC),
};

static const adsync__word tables_reviews[] = {
    { "*ADVERTISER_*", NULL },  { "*_AUDIT_DENY", "rejected" },  { "*_AUDIT", "pending" },
    { "*_REAUDIT", "pending" }, { "*_DELIVERY_OK", "approved" }, { 0 },
};

/* What all ads have. */
#define AD_FIELDS                                                                                                                          \
    ADSYNC__FIELD("ad_name", NAME, TEXT), ADSYNC__FIELD("advertiser_id", ACCOUNT_ID, ID), ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID),   \
        ADSYNC__FIELD("adgroup_id", ADSET_ID, ID), ADSYNC__PART("operation_status", SWITCH), ADSYNC__PART("secondary_status", STATE),      \
        ADSYNC__FIELD("create_time", CREATED_AT, TIME_UTC), ADSYNC__FIELD("modify_time", UPDATED_AT, TIME_UTC)
#define AD_REVIEW                                                                                                                          \
    {                                                                                                                                      \
        .name = "secondary_status", .column = ADSYNC_C_REVIEW, .as = ADSYNC__AS_WORD, .flags = ADSYNC__AGAIN, .words = tables_reviews      \
    }

static const adsync__field ad_fields[] = {
    ADSYNC__FIELD("ad_id", ID, ID),
    AD_FIELDS,
    ADSYNC__PART("ad_format", EXTRA),
    ADSYNC__PART("tracking_pixel_id", EXTRA),
    AD_REVIEW,
    ADSYNC__FLAGGED("ad_id", CREATIVE_ID, ID, ADSYNC__AGAIN), /* what it shows has no id of its own */
};

static const adsync__field smart_ad_fields[] = { ADSYNC__FIELD("smart_plus_ad_id", ID, ID), AD_FIELDS, AD_REVIEW };

/* Never addresses of previews and files: they are signed and differ every time. */
static const adsync__field creative_fields[] = {
    ADSYNC__FIELD("ad_id", ID, ID),
    ADSYNC__FIELD("ad_name", NAME, TEXT),
    ADSYNC__FIELD("advertiser_id", ACCOUNT_ID, ID),
    ADSYNC__PART("secondary_status", STATE),
    ADSYNC__FIELD("ad_format", FORMAT, TEXT),
    ADSYNC__FIELD("ad_text", BODY, TEXT),
    ADSYNC__OWN("video_id"),
    ADSYNC__OWN("image_ids"),
    ADSYNC__PART("music_id", EXTRA),
    ADSYNC__FIELD("tiktok_item_id", POST_ID, ID),
    ADSYNC__OWN("identity_type"),
    ADSYNC__OWN("identity_id"),
    ADSYNC__FIELD("call_to_action", CTA, TEXT),
    ADSYNC__PART("call_to_action_id", EXTRA),
    ADSYNC__FIELD("landing_page_url", LANDING_URL, TEXT),
    ADSYNC__PART("deeplink", EXTRA),
    ADSYNC__FIELD("page_id", LEAD_FORM_ID, ID), /* a number, where all other ids are texts */
    ADSYNC__FIELD("create_time", CREATED_AT, TIME_UTC),
    ADSYNC__FIELD("modify_time", UPDATED_AT, TIME_UTC),
};

static const adsync__word audience_types[] = {
    { "Customer File*", "list" },
    { "Lookalike*", "lookalike" },
    { "*Engagement*", "engagement" },
    { "Website*", "rule" },
    { "App*", "rule" },
    { NULL, "other" },
};

static const adsync__field audience_fields[] = {
    ADSYNC__FIELD("audience_id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    { .name = "audience_type", .column = ADSYNC_C_TYPE, .as = ADSYNC__AS_WORD, .words = audience_types },
    ADSYNC__FIELD("cover_num", SIZE_LOW, COUNT),
    ADSYNC__OWN("is_valid"),
    ADSYNC__OWN("expired_time"),
    ADSYNC__FIELD("create_time", CREATED_AT, TIME_UTC),
    ADSYNC__PART("calculate_type", EXTRA),
    ADSYNC__PART("shared", EXTRA),
    ADSYNC__PART("is_creator", EXTRA),
    ADSYNC__PART("owner_id", EXTRA),
    ADSYNC__FLAGGED("cover_num", SIZE_HIGH, COUNT, ADSYNC__AGAIN),
    ADSYNC__FLAGGED("audience_id", TARGET_ID, ID, ADSYNC__AGAIN),
};

static const adsync__word form_states[] = { { "EDITED", "DRAFT" }, { "PUBLISHED", "ACTIVE" }, { NULL, "UNKNOWN" } };
static const adsync__field form_fields[] = {
    ADSYNC__FIELD("page_id", ID, ID),
    ADSYNC__FIELD("title", NAME, TEXT),
    ADSYNC__PART("status", STATE),
    ADSYNC__FIELD("create_time", CREATED_AT, TIME_UTC),
    ADSYNC__FIELD("update_time", UPDATED_AT, TIME_UTC),
    ADSYNC__FIELD("publish_time", PUBLISHED_AT, TIME_UTC),
};

/* "*_STATUS_DISABLE" is its own switch, longer words are its parents'. What is held back by the account is neither deleted nor denied. */
static const adsync__word tables_switches[] = { { "ENABLE", "ACTIVE" }, { "DISABLE", "PAUSED" }, { "DELETE", "DELETED" }, { 0 } };
static const adsync__word tables_states[] = {
    { "*ADVERTISER_*", "LIMITED" },
    { "*_CAMPAIGN_DISABLE", "PARENT_OFF" },
    { "*_ADGROUP_DISABLE", "PARENT_OFF" },
    { "*_DELETE", "DELETED" },
    { "*_AUDIT_DENY", "REJECTED" },
    { "*_AUDIT", "PENDING" },
    { "*_REAUDIT", "PENDING" },
    { "*_DONE", "ENDED" },
    { "*_NOT_START", "SCHEDULED" },
    { "*_STATUS_DISABLE", "PAUSED" },
    { "*BUDGET_EXCEED", "LIMITED" },
    { "*BALANCE_EXCEED", "LIMITED" },
    { "*FROZEN", "LIMITED" },
    { "*_DELIVERY_OK", "ACTIVE" },
    { "*_ENABLE", "ACTIVE" },
    { "ENABLE", "ACTIVE" }, /* the sandbox says no more than the switch */
    { "DISABLE", "PAUSED" },
    { "DELETE", "DELETED" },
    { NULL, "UNKNOWN" },
};

/* filter: by which ids single ones are asked for; those take a list of fields, too */
#define KIND(k, w, table) .kind = ADSYNC_KIND_##k, .word = (w), ADSYNC__FIELDS(table)
#define READ (ADSYNC__CAN_LIST | ADSYNC__CAN_GET)
enum { AT_CAMPAIGN = 0, AT_ADGROUP, AT_AD, AT_CREATIVE, AT_AUDIENCE, AT_FORM };
#define STATES .switches = tables_switches, .states = tables_states
static const adsync__kind tables_kinds[] = {
    [AT_CAMPAIGN] = { KIND(CAMPAIGN, "campaign", campaign_fields), STATES, .can = READ, .filter = "campaign_ids",
                      .own = tiktok_own_campaign },
    [AT_ADGROUP] = { KIND(ADSET, "adgroup", adgroup_fields), STATES, .can = READ, .filter = "adgroup_ids", .own = tiktok_own_group },
    [AT_AD] = { KIND(AD, "ad", ad_fields), STATES, .can = READ | ADSYNC__CAN_CHANGES, .filter = "ad_ids" },
    [AT_CREATIVE] = { KIND(CREATIVE, "creative", creative_fields), .states = tables_states, .can = READ | ADSYNC__CAN_CHANGES,
                      .filter = "ad_ids", .own = tiktok_own_creative },
    [AT_AUDIENCE] = { KIND(AUDIENCE, "custom_audience", audience_fields), .can = READ, .own = tiktok_own_audience },
    [AT_FORM] = { KIND(LEAD_FORM, "page", form_fields), .states = form_states, .can = ADSYNC__CAN_LIST },
    { .kind = ADSYNC_KIND_KEYWORD, .can = ADSYNC__CAN_LIST, .word = "keyword" },
    { .kind = ADSYNC_KIND_LEAD, .can = ADSYNC__CAN_LIST, .word = "lead" },
    { 0 },
};
static const adsync__kind tables_gmv_max = { KIND(CAMPAIGN, "gmv_max_campaign", campaign_fields), STATES, .own = tiktok_own_campaign };
static const adsync__kind tables_smart_ad = { KIND(AD, "smart_plus_ad", smart_ad_fields), STATES };

/* Deleted objects are in no list unless asked for; TopView's only where they are the only ones asked for. */
#define ALL "\"primary_status\":\"STATUS_ALL\""
#define GMV_MAX ALL ",\"gmv_max_promotion_types\":[\"PRODUCT_GMV_MAX\",\"LIVE_GMV_MAX\"]"
#define TOP_VIEW ALL ",\"buying_types\":[\"RESERVATION_TOP_VIEW\"]"
/* filter: members of the object "filtering" */
#define PASS(k, n, p, what) .kind = ADSYNC_KIND_##k, .size = (n), .path = (p), .as = &(what)
static const adsync__pass tables_passes[] = {
    { PASS(CAMPAIGN, TIKTOK_PAGE, "campaign/get", tables_kinds[AT_CAMPAIGN]), .filter = ALL },
    { PASS(CAMPAIGN, TIKTOK_PAGE, "campaign/get", tables_kinds[AT_CAMPAIGN]), .filter = TOP_VIEW },
    { PASS(CAMPAIGN, TIKTOK_SMALL_PAGE, "gmv_max/campaign/get", tables_gmv_max), .filter = GMV_MAX },
    { PASS(ADSET, TIKTOK_PAGE, "adgroup/get", tables_kinds[AT_ADGROUP]), .filter = ALL },
    { PASS(ADSET, TIKTOK_SMALL_PAGE, "adgroup/get", tables_kinds[AT_ADGROUP]), .filter = TOP_VIEW },
    { PASS(AD, TIKTOK_PAGE, "ad/get", tables_kinds[AT_AD]), .filter = ALL, .since = "modified_after" },
    { PASS(AD, TIKTOK_PAGE, "ad/get", tables_kinds[AT_AD]), .filter = TOP_VIEW, .since = "modified_after" },
    { PASS(AD, TIKTOK_SMALL_PAGE, "smart_plus/ad/get", tables_smart_ad), .filter = ALL, .since = "modified_after" },
    { PASS(CREATIVE, TIKTOK_PAGE, "ad/get", tables_kinds[AT_CREATIVE]), .filter = ALL, .since = "modified_after" },
    { PASS(CREATIVE, TIKTOK_PAGE, "ad/get", tables_kinds[AT_CREATIVE]), .filter = TOP_VIEW, .since = "modified_after" },
    { PASS(AUDIENCE, TIKTOK_SMALL_PAGE, "dmp/custom_audience/list", tables_kinds[AT_AUDIENCE]) },
    { PASS(LEAD_FORM, TIKTOK_SMALL_PAGE, "page/get", tables_kinds[AT_FORM]) },
    { 0 },
};

const adsync__paging tiktok_paging = {
    .style = ADSYNC__PAGES_NUMBER, .data = "data.list", .next = "data.page_info", .size_name = "page_size", .place_name = "page"
};

/* ---- figures. word: what a report calls the level; filter: whose state would hide what is deleted by now */
static const adsync__level tables_levels[] = {
    { ADSYNC_KIND_ACCOUNT, "advertiser_id", TIKTOK_REPORT_DAYS, "AUCTION_ADVERTISER", NULL },
    { ADSYNC_KIND_CAMPAIGN, "campaign_id", TIKTOK_REPORT_DAYS, "AUCTION_CAMPAIGN", "campaign_status" },
    { ADSYNC_KIND_ADSET, "adgroup_id", TIKTOK_REPORT_DAYS, "AUCTION_ADGROUP", "adgroup_status" },
    { ADSYNC_KIND_AD, "ad_id", TIKTOK_REPORT_DAYS, "AUCTION_AD", "ad_status" },
    { 0 },
};

/* ---- errors, by code. A throttle says nothing of how long: silence of 1, 2, 4 s, then 5 minutes */
static const adsync__rule tables_rules[] = {
    ADSYNC__SLOWER(40100, 0, APP),
    ADSYNC__SLOWER(40016, 0, APP),
    ADSYNC__SLOWER(61000, 0, APP),
    ADSYNC__SLOWER(40132, 0, ACCOUNT),
    ADSYNC__SLOWER(40133, 0, ACCOUNT),
    ADSYNC__CODE(40102, AUTH_EXPIRED),
    ADSYNC__CODE(40103, AUTH_REVOKED),
    ADSYNC__CODES(40105, 40107, AUTH_REVOKED),
    ADSYNC__CODES(40113, 40114, AUTH_REVOKED),
    ADSYNC__CODE(40120, AUTH_REVOKED),
    ADSYNC__CODE(40309, AUTH_REVOKED),
    ADSYNC__CODE(40104, CONFIG), /* no token was sent */
    ADSYNC__CODE(40006, CONFIG),
    ADSYNC__CODE(40051, CONFIG),
    ADSYNC__CODE(40001, PERMISSION),
    ADSYNC__CODE(40003, PERMISSION),
    ADSYNC__CODES(40118, 40119, PERMISSION),
    ADSYNC__CODES(40121, 40122, PERMISSION),
    ADSYNC__CODES(40124, 40131, PERMISSION),
    ADSYNC__CODE(41000, PERMISSION),
    ADSYNC__CODE(40007, NOT_FOUND),
    ADSYNC__CODES(40300, 40302, NOT_FOUND),
    ADSYNC__CODE(40400, NOT_FOUND),
    ADSYNC__CODES(40008, 40009, UNSUPPORTED), /* the sandbox has less */
    ADSYNC__CODES(40013, 40014, UNSUPPORTED),
    ADSYNC__CODE(41001, UNSUPPORTED),
    ADSYNC__CODE(40050, CONFLICT),
    ADSYNC__CODE(40052, CONFLICT),
    ADSYNC__CODE(40202, CONFLICT),
    ADSYNC__CODE(40911, CONFLICT),
    ADSYNC__CODES(40200, 40201, TRANSIENT),
    ADSYNC__CODE(40700, TRANSIENT),
    ADSYNC__CODES(40901, 40903, TRANSIENT),
    ADSYNC__CODE(40913, TRANSIENT),
    ADSYNC__CODES(40000, 49999, INVALID), /* about what was asked: asking again changes nothing */
    ADSYNC__CODES(50000, 69999, TRANSIENT),
    { 0 },
};

/* ---- steps and tasks */

#define IN_LISTS (ADSYNC__IN(LIST) | ADSYNC__IN(CHANGES))
static const adsync__step tables_steps[] = {
    [TIKTOK_AT_USER] = { "user", ADSYNC__IN(AUTH_COMPLETE) },
    [TIKTOK_AT_REACH] = { "reach", ADSYNC__IN(ACCOUNT_DISCOVER) },
    [TIKTOK_AT_INFO] = { "info", ADSYNC__IN(ACCOUNT_DISCOVER) },
    [TIKTOK_AT_LIST] = { "list", IN_LISTS },
    [TIKTOK_AT_GET] = { "get", ADSYNC__IN(GET) },
    [TIKTOK_AT_SEARCH] = { "search", ADSYNC__IN(LIST) },
    [TIKTOK_AT_GROUPS] = { "groups", ADSYNC__IN(LIST) },
    [TIKTOK_AT_NEGATIVE] = { "negative", ADSYNC__IN(LIST) },
    [TIKTOK_AT_FORMS] = { "forms", ADSYNC__IN(LIST) },
    [TIKTOK_AT_TASK] = { "task", ADSYNC__IN(LIST) },
    [TIKTOK_AT_POLL] = { "poll", ADSYNC__IN(LIST) },
    [TIKTOK_AT_FILE] = { "file", ADSYNC__IN(LIST) },
    [TIKTOK_AT_ROWS] = { "rows", ADSYNC__IN(REPORT) },
    [TIKTOK_AT_IDS] = { "ids", ADSYNC__IN(REPORT) },
    [TIKTOK_AT_PART] = { "part", ADSYNC__IN(REPORT) },
    [TIKTOK_AT_CHECK] = { "check", ADSYNC__IN(REPORT) },
    [TIKTOK_AT_MAKE] = { "make", ADSYNC__IN(REPORT) },
    [TIKTOK_AT_MADE] = { "made", ADSYNC__IN(REPORT) },
    [TIKTOK_AT_READ] = { "read", ADSYNC__IN(REPORT) },
};

static const adsync__flow tables_flows[] = {
    { ADSYNC_TASK_AUTH_BEGIN, 0, tiktok_begin_ask, NULL },
    { ADSYNC_TASK_AUTH_COMPLETE, 0, tiktok_complete_ask, tiktok_complete_digest },
    { ADSYNC_TASK_AUTH_INSPECT, 0, tiktok_inspect_ask, tiktok_inspect_digest },
    { ADSYNC_TASK_AUTH_REVOKE, 0, tiktok_revoke_ask, tiktok_revoke_digest },
    { ADSYNC_TASK_ACCOUNT_DISCOVER, 0, tiktok_discover_ask, tiktok_discover_digest },
    { ADSYNC_TASK_ACCOUNT_GET, 0, tiktok_account_ask, tiktok_account_digest },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_KEYWORD, tiktok_keyword_ask, tiktok_keyword_digest },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_LEAD, tiktok_lead_ask, tiktok_lead_digest },
    { ADSYNC_TASK_LIST, 0, tiktok_list_ask, tiktok_list_digest },
    { ADSYNC_TASK_CHANGES, ADSYNC_KIND_AD, tiktok_list_ask, tiktok_list_digest },
    { ADSYNC_TASK_CHANGES, ADSYNC_KIND_CREATIVE, tiktok_list_ask, tiktok_list_digest },
    { ADSYNC_TASK_GET, ADSYNC_KIND_CAMPAIGN, tiktok_get_ask, tiktok_get_digest },
    { ADSYNC_TASK_GET, ADSYNC_KIND_ADSET, tiktok_get_ask, tiktok_get_digest },
    { ADSYNC_TASK_GET, ADSYNC_KIND_AD, tiktok_get_ask, tiktok_get_digest },
    { ADSYNC_TASK_GET, ADSYNC_KIND_CREATIVE, tiktok_get_ask, tiktok_get_digest },
    { ADSYNC_TASK_GET, ADSYNC_KIND_AUDIENCE, tiktok_get_ask, tiktok_get_digest },
    { ADSYNC_TASK_REPORT, 0, tiktok_report_ask, tiktok_report_digest },
    { 0 },
};

const adsync__platform tiktok_platform = {
    .name = "tiktok",
    .title = "TikTok",
    .revision = "1", /* raise it whenever a cursor's shape changes */
    .scopes = "",    /* all that the app may have */
    .hosts = tables_hosts,
    .settings = tables_settings,
    .windows = tables_windows,
    .flows = tables_flows,
    .kinds = tables_kinds,
    .passes = tables_passes,
    .levels = tables_levels,
    .steps = tables_steps,
    .n_steps = ADSYNC__COUNT(tables_steps),
    .rules = tables_rules,
};
