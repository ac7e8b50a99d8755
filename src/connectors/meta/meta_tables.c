/* SPDX-License-Identifier: MIT */
/* What no function has to say: hosts, scopes, endpoints, fields and their columns, states, errors, limits. */
#include "meta_int.h"

/* ---- the platform */

static const char meta_scopes[] = "ads_read business_management pages_show_list pages_read_engagement pages_manage_ads leads_retrieval";

static const adsync__said_host tables_hosts[] = {
    { "graph", "graph.facebook.com", ADSYNC_HOST_AUTH },
    { "www", "www.facebook.com", 0 }, /* the dialog, in a person's browser */
    { 0 },
};

static const adsync__said_setting tables_settings[] = {
    { "api_version", "v25.0" },
    { "refresh", "same" },
    { "account_prefix", "act_" },
    { "report_days", "7" },
    { "lead_minutes", "15" },
    { "daily_days", "28" },
    { "settled_days", "28" },
    { "sum_levels", "campaign adset ad" }, /* objects of every state are asked for */
    { "sum_rounding", "minor" },
    { "day_zone", "account" },
    { "state_parameter", "state" },
    { "app_settings", "config_id auth_type conversion_action insights_async" },
    { "revoke_help", "https://www.facebook.com/settings/?tab=business_tools" },
    { 0 },
};

/* The ceilings of full access; an app with limited access is held back by the percentages that every answer brings. Where Meta's
 * number depends on what only Meta knows (daily users, leads), it is learned. Four fifths of each are used. */
static const adsync__said_window tables_windows[] = {
    { "score", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 7200, 300 },
    { "ads_management", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 80000, 3600 },
    { "ads_insights", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 152000, 3600 },
    { "ads_insights", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "custom_audience", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 152000, 3600 },
    { "leadgen", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "page", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "user", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "platform", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { 0 },
};

/* ---- kinds */

static const adsync__field campaign_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("account_id", ACCOUNT_ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__PART("effective_status", STATE),
    ADSYNC__FIELD("objective", OBJECTIVE, TEXT),
    ADSYNC__PART("buying_type", EXTRA),
    ADSYNC__FIELD("bid_strategy", BID_STRATEGY, TEXT),
    ADSYNC__FIELD("daily_budget", BUDGET_DAILY, UNITS),
    ADSYNC__FIELD("lifetime_budget", BUDGET_LIFETIME, UNITS),
    ADSYNC__FIELD("spend_cap", SPEND_CAP, UNITS),
    ADSYNC__PART("special_ad_categories", DECLARED),
    ADSYNC__PART("is_adset_budget_sharing_enabled", DECLARED),
    ADSYNC__FLAGGED("start_time", START_AT, TIME, ADSYNC__NOT_ZERO),
    ADSYNC__FLAGGED("stop_time", END_AT, TIME, ADSYNC__NOT_ZERO),
    ADSYNC__FIELD("created_time", CREATED_AT, TIME),
    ADSYNC__FIELD("updated_time", UPDATED_AT, TIME),
    ADSYNC__OWN("issues_info"),
};

static const adsync__field adset_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("account_id", ACCOUNT_ID, ID),
    ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__PART("effective_status", STATE),
    ADSYNC__FIELD("daily_budget", BUDGET_DAILY, UNITS),
    ADSYNC__FIELD("lifetime_budget", BUDGET_LIFETIME, UNITS),
    ADSYNC__FIELD("bid_strategy", BID_STRATEGY, TEXT),
    ADSYNC__FIELD("bid_amount", BID, UNITS),
    ADSYNC__FIELD("billing_event", BILLING_EVENT, TEXT),
    ADSYNC__FIELD("optimization_goal", OPTIMIZATION_GOAL, TEXT),
    ADSYNC__FLAGGED("start_time", START_AT, TIME, ADSYNC__NOT_ZERO),
    ADSYNC__FLAGGED("end_time", END_AT, TIME, ADSYNC__NOT_ZERO),
    ADSYNC__FIELD("targeting", TARGETING, JSON),
    ADSYNC__FIELD("attribution_spec", ATTRIBUTION, JSON),
    ADSYNC__PART("promoted_object", EXTRA),
    ADSYNC__PART("destination_type", EXTRA),
    ADSYNC__PART("dsa_beneficiary", DECLARED),
    ADSYNC__PART("dsa_payor", DECLARED),
    ADSYNC__FIELD("created_time", CREATED_AT, TIME),
    ADSYNC__FIELD("updated_time", UPDATED_AT, TIME),
    ADSYNC__OWN("issues_info"),
};

/* Only some states say what the review found; a paused parent hides it. */
static const adsync__word reviews[] = {
    { "PENDING_REVIEW", "pending" },
    { "IN_PROCESS", "pending" },
    { "PREAPPROVED", "approved" },
    { "ACTIVE", "approved" },
    { "DISAPPROVED", "rejected" },
    { "WITH_ISSUES", "limited" },
    { 0 },
};

static const adsync__field ad_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("account_id", ACCOUNT_ID, ID),
    ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID),
    ADSYNC__FIELD("adset_id", ADSET_ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__PART("effective_status", STATE),
    { .name = "id", .in = "creative", .ask = "creative{id}", .column = ADSYNC_C_CREATIVE_ID, .as = ADSYNC__AS_ID },
    ADSYNC__FIELD("ad_review_feedback", REVIEW_REASON, JSON),
    ADSYNC__FIELD("created_time", CREATED_AT, TIME),
    ADSYNC__FIELD("updated_time", UPDATED_AT, TIME),
    ADSYNC__OWN("issues_info"),
    { .name = "effective_status", .column = ADSYNC_C_REVIEW, .as = ADSYNC__AS_WORD, .flags = ADSYNC__AGAIN, .words = reviews },
};

/* Never thumbnail_url and image_url: they are signed and differ every time. */
static const adsync__field creative_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__OWN("object_story_spec"),
    ADSYNC__FIELD("object_story_id", POST_ID, ID),
    ADSYNC__PART("url_tags", EXTRA),
};

static const adsync__word audience_types[] = {
    { "CUSTOM", "list" },
    { "LOOKALIKE", "lookalike" },
    { "WEBSITE", "rule" },
    { "APP", "rule" },
    { "OFFLINE_CONVERSION", "rule" },
    { "ENGAGEMENT", "engagement" },
    { "IG_BUSINESS", "engagement" },
    { "VIDEO", "engagement" },
    { NULL, "other" },
};

static const adsync__field audience_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("subtype", EXTRA),
    ADSYNC__PART("description", EXTRA),
    ADSYNC__FIELD("approximate_count_lower_bound", SIZE_LOW, COUNT),
    ADSYNC__FIELD("approximate_count_upper_bound", SIZE_HIGH, COUNT),
    ADSYNC__OWN("delivery_status"),
    ADSYNC__OWN("operation_status"),
    ADSYNC__FIELD("retention_days", RETENTION_DAYS, COUNT),
    ADSYNC__OWN("lookalike_spec"),
    ADSYNC__FLAGGED("time_created", CREATED_AT, TIME, ADSYNC__NOT_ZERO),
    ADSYNC__FLAGGED("time_updated", UPDATED_AT, TIME, ADSYNC__NOT_ZERO),
    ADSYNC__FLAGGED("id", TARGET_ID, TEXT, ADSYNC__AGAIN),
    { .name = "subtype", .column = ADSYNC_C_TYPE, .as = ADSYNC__AS_WORD, .flags = ADSYNC__AGAIN, .words = audience_types },
};

static const adsync__field lead_form_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__PART("locale", EXTRA),
    ADSYNC__FIELD("questions", QUESTIONS, JSON),
    ADSYNC__PART("privacy_policy_url", EXTRA),
    ADSYNC__FIELD("page_id", OWNER, ID),
    ADSYNC__FIELD("created_time", CREATED_AT, TIME),
};

static const adsync__field lead_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("created_time", SUBMITTED_AT, TIME),
    ADSYNC__FIELD("ad_id", AD_ID, ID),
    ADSYNC__FIELD("adset_id", ADSET_ID, ID),
    ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID),
    ADSYNC__FIELD("form_id", FORM_ID, ID),
    ADSYNC__PART("is_organic", EXTRA),
    ADSYNC__PART("platform", EXTRA),
    ADSYNC__FIELD("field_data", ANSWERS, JSON),
};

/* Lists hide what is archived or deleted unless its state is named. */
#define CAMPAIGN_STATES "[\"ACTIVE\",\"PAUSED\",\"ARCHIVED\",\"DELETED\",\"IN_PROCESS\",\"WITH_ISSUES\"]"
#define ADSET_STATES "[\"ACTIVE\",\"PAUSED\",\"ARCHIVED\",\"DELETED\",\"IN_PROCESS\",\"WITH_ISSUES\",\"CAMPAIGN_PAUSED\"]"
#define AD_STATES                                                                                                                          \
    "[\"ACTIVE\",\"PAUSED\",\"ARCHIVED\",\"DELETED\",\"IN_PROCESS\",\"WITH_ISSUES\",\"CAMPAIGN_PAUSED\",\"ADSET_PAUSED\",\"DISAPPROVED\"," \
    "\"PENDING_BILLING_INFO\",\"PENDING_REVIEW\",\"PREAPPROVED\"]"

static const adsync__word tables_switches[] = {
    { "ACTIVE", "ACTIVE" }, { "PAUSED", "PAUSED" }, { "ARCHIVED", "ARCHIVED" }, { "DELETED", "DELETED" }, { "DRAFT", "DRAFT" }, { 0 },
};

static const adsync__word tables_states[] = {
    { "DELETED", "DELETED" },
    { "ARCHIVED", "ARCHIVED" },
    { "DRAFT", "DRAFT" },
    { "DISAPPROVED", "REJECTED" },
    { "PAUSED", "PAUSED" },
    { "PENDING_REVIEW", "PENDING" },
    { "PREAPPROVED", "PENDING" },
    { "IN_PROCESS", "PENDING" },
    { "PENDING_BILLING_INFO", "PENDING" },
    { "CAMPAIGN_PAUSED", "PARENT_OFF" },
    { "ADSET_PAUSED", "PARENT_OFF" },
    { "WITH_ISSUES", "LIMITED" },
    { "ACTIVE", "ACTIVE" },
    { NULL, "UNKNOWN" },
};

#define KIND(k, w, p, l, table)                                                                                                            \
    .kind = ADSYNC_KIND_##k, .word = (w), .path = (p), .limit = (l), ADSYNC__FIELDS(table), .switches = tables_switches,                   \
    .states = tables_states
#define CAN_READ (ADSYNC__CAN_LIST | ADSYNC__CAN_GET)
#define SINCE(field) .can = CAN_READ | ADSYNC__CAN_CHANGES, .since = (field)
static const adsync__kind tables_kinds[] = {
    { KIND(CAMPAIGN, "campaign", "campaigns", "ads_management", campaign_fields), SINCE("campaign.updated_time"), .filter = CAMPAIGN_STATES,
      .own = meta_own },
    { KIND(ADSET, "adset", "adsets", "ads_management", adset_fields), SINCE("adset.updated_time"), .filter = ADSET_STATES,
      .own = meta_own },
    { KIND(AD, "ad", "ads", "ads_management", ad_fields), SINCE("ad.updated_time"), .filter = AD_STATES, .own = meta_own },
    { KIND(CREATIVE, "adcreative", "adcreatives", "ads_management", creative_fields), .can = CAN_READ, .own = meta_own_creative },
    { KIND(AUDIENCE, "customaudience", "customaudiences", "custom_audience", audience_fields), .can = CAN_READ, .own = meta_own_audience },
    { KIND(LEAD_FORM, "leadgen_form", "leadgen_forms", "page", lead_form_fields), .can = CAN_READ },
    { KIND(LEAD, "lead", "leads", "leadgen", lead_fields), SINCE("time_created") },
    { 0 },
};

/* ---- figures: up to how many days are asked for at once is a guess at what comes back within a request's time */

const char meta_attribution[] = "7d_click,1d_view";

static const adsync__level tables_levels[] = {
    { ADSYNC_KIND_ACCOUNT, "account_id", 92, "account", NULL },
    { ADSYNC_KIND_CAMPAIGN, "campaign_id", 31, "campaign", CAMPAIGN_STATES },
    { ADSYNC_KIND_ADSET, "adset_id", 14, "adset", ADSET_STATES },
    { ADSYNC_KIND_AD, "ad_id", 7, "ad", AD_STATES },
    { 0 },
};

/* Meta's own list: it differs from ISO 4217 in both directions (COP, HUF, TWD; BHD, JOD). */
static uint32_t tables_units(const char *currency)
{
    static const char whole[][4] = { "CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND" };

    for (size_t i = 0; i < ADSYNC__COUNT(whole); i++)
        if (!strcmp(currency, whole[i])) return 1;
    return 100;
}

/* ---- errors: the first row that fits counts */

#define TABLES_BLOCK_US (240 * ADSYNC__MINUTE_US) /* an integrity block lasts for hours, and asking prolongs it */
static const adsync__rule tables_rules[] = {
    ADSYNC__SUBCODE(190, 458, AUTH_REVOKED),
    ADSYNC__SUBCODE(190, 459, AUTH_REVOKED),
    ADSYNC__SUBCODE(190, 460, AUTH_REVOKED),
    ADSYNC__SUBCODE(190, 464, AUTH_REVOKED),
    ADSYNC__SUBCODE(190, 492, AUTH_REVOKED),
    ADSYNC__SUBCODE(190, 493, AUTH_REVOKED),
    ADSYNC__SUBCODE(190, 2069032, WRONG_TOKEN_KIND),
    ADSYNC__SAYS(190, "page access token", WRONG_TOKEN_KIND),
    ADSYNC__CODE(190, AUTH_EXPIRED),
    ADSYNC__CODE(102, AUTH_EXPIRED),
    /* throttles before everything that is said to pass by itself: 17 and 80004 come with is_transient */
    ADSYNC__SLOWER(4, 0, APP),
    ADSYNC__SLOWER(17, 2446079, ACCOUNT),
    ADSYNC__SLOWER(17, 1885172, ACCOUNT),
    ADSYNC__SLOWER(17, 0, GRANT),
    ADSYNC__SLOWER(32, 0, GRANT),
    ADSYNC__SLOWER(341, 0, APP),
    { .first = 368, .last = 368, .refusal = ADSYNC_CLASS_THROTTLED, .scope = ADSYNC_SCOPE_GRANT, .wait_us = TABLES_BLOCK_US },
    ADSYNC__SLOWER(613, 0, ACCOUNT),
    { .first = 80000, .last = 80014, .refusal = ADSYNC_CLASS_THROTTLED, .scope = ADSYNC_SCOPE_ACCOUNT },
    ADSYNC__SUBCODE(100, 33, NOT_FOUND),
    ADSYNC__CODE(803, NOT_FOUND),
    ADSYNC__CODE(1487366, NOT_FOUND),
    { .subcode = 1487366, .refusal = ADSYNC_CLASS_NOT_FOUND },
    ADSYNC__SUBCODE(100, 3191001, PERMISSION),
    ADSYNC__SUBCODE(1, 2853001, PERMISSION),
    ADSYNC__SAYS(100, "missing permission", PERMISSION),
    ADSYNC__CODE(3, PERMISSION),
    ADSYNC__CODE(10, PERMISSION),
    ADSYNC__CODES(200, 299, PERMISSION),
    ADSYNC__CODE(2655, PERMISSION),
    ADSYNC__CODE(506, CONFLICT),
    ADSYNC__CODE(2654, CONFLICT),
    ADSYNC__CODES(3979, 3980, CONFLICT),
    ADSYNC__CODE(1487809, CONFLICT),
    { .subcode = 1487809, .refusal = ADSYNC_CLASS_CONFLICT },
    ADSYNC__CODE(2635, CONFIG),
    { .first = 100, .last = 100, .subcode = 1487534, .refusal = ADSYNC_CLASS_TOO_LARGE, .hint = ADSYNC__HINT_SHRINK },
    { .first = -3, .last = -3, .subcode = 1504045, .refusal = ADSYNC_CLASS_TOO_LARGE, .hint = ADSYNC__HINT_SHRINK },
    { .first = 1, .last = 1, .text = "reduce the amount of data", .refusal = ADSYNC_CLASS_TOO_LARGE, .hint = ADSYNC__HINT_SHRINK },
    { .first = 100, .last = 100, .subcode = 1504018, .refusal = ADSYNC_CLASS_TRANSIENT, .hint = ADSYNC__HINT_ASYNC },
    ADSYNC__SUBCODE(2, 1504041, INVALID),
    ADSYNC__SUBCODE(2, 1504042, INVALID),
    ADSYNC__CODES(1, 2, TRANSIENT),
    ADSYNC__CODES(-3, -1, TRANSIENT),
    ADSYNC__CODE(960, TRANSIENT),
    ADSYNC__SUBCODE(2601, 1815107, TRANSIENT),
    ADSYNC__CODE(12, INVALID),
    ADSYNC__CODES(104, 105, INVALID),
    ADSYNC__CODE(2500, INVALID),
    ADSYNC__CODE(2650, INVALID),
    ADSYNC__CODE(3018, INVALID),
    { 0 },
};

/* ---- steps and tasks */

#define IN_LISTS (ADSYNC__IN(LIST) | ADSYNC__IN(CHANGES))
static const adsync__step tables_steps[] = {
    [META_AT_LONG] = { "long", ADSYNC__IN(AUTH_COMPLETE) },
    [META_AT_INSPECT] = { "inspect", ADSYNC__IN(AUTH_COMPLETE) },
    [META_AT_RIGHTS] = { "rights", ADSYNC__IN(AUTH_COMPLETE) },
    [META_AT_NAME] = { "name", ADSYNC__IN(AUTH_COMPLETE) },
    [META_AT_ACCOUNTS] = { "accounts", ADSYNC__IN(ACCOUNT_DISCOVER) },
    [META_AT_PAGES] = { "pages", ADSYNC__IN(ACCOUNT_DISCOVER) | ADSYNC__IN(GET) | IN_LISTS },
    [META_AT_LIST] = { "list", IN_LISTS },
    [META_AT_GET] = { "get", ADSYNC__IN(GET) },
    [META_AT_SYNC] = { "sync", ADSYNC__IN(REPORT) },
    [META_AT_RUN] = { "run", ADSYNC__IN(REPORT) },
    [META_AT_POLL] = { "poll", ADSYNC__IN(REPORT) },
    [META_AT_ROWS] = { "rows", ADSYNC__IN(REPORT) },
    [META_AT_FORMS] = { "forms", IN_LISTS },
    [META_AT_LEADS] = { "leads", IN_LISTS },
};

static const adsync__flow tables_flows[] = {
    { ADSYNC_TASK_AUTH_BEGIN, 0, meta_begin_ask, NULL },
    { ADSYNC_TASK_AUTH_COMPLETE, 0, meta_complete_ask, meta_complete_digest },
    { ADSYNC_TASK_AUTH_REFRESH, 0, meta_exchange_ask, meta_token_digest },
    { ADSYNC_TASK_AUTH_INSPECT, 0, meta_inspect_ask, meta_inspect_digest },
    { ADSYNC_TASK_AUTH_REVOKE, 0, meta_revoke_ask, meta_revoke_digest },
    { ADSYNC_TASK_AUTH_APP_TOKEN, 0, meta_app_token_ask, meta_token_digest },
    { ADSYNC_TASK_ACCOUNT_DISCOVER, 0, meta_discover_ask, meta_discover_digest },
    { ADSYNC_TASK_ACCOUNT_GET, 0, meta_account_ask, meta_account_digest },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_LEAD_FORM, meta_lead_ask, meta_lead_digest },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_LEAD, meta_lead_ask, meta_lead_digest },
    { ADSYNC_TASK_LIST, 0, meta_list_ask, meta_list_digest },
    { ADSYNC_TASK_CHANGES, ADSYNC_KIND_LEAD_FORM, meta_lead_ask, meta_lead_digest },
    { ADSYNC_TASK_CHANGES, ADSYNC_KIND_LEAD, meta_lead_ask, meta_lead_digest },
    { ADSYNC_TASK_CHANGES, 0, meta_list_ask, meta_list_digest },
    { ADSYNC_TASK_GET, 0, meta_get_ask, meta_get_digest },
    { ADSYNC_TASK_REPORT, 0, meta_report_ask, meta_report_digest },
    { 0 },
};

const adsync__platform meta_platform = {
    .name = "meta",
    .title = "Meta",
    .revision = "1", /* raise it whenever a cursor's shape changes */
    .id_prefix = "act_",
    .token_prefix = "EAA",
    .scopes = meta_scopes,
    .hosts = tables_hosts,
    .settings = tables_settings,
    .windows = tables_windows,
    .flows = tables_flows,
    .kinds = tables_kinds,
    .levels = tables_levels,
    .steps = tables_steps,
    .n_steps = ADSYNC__COUNT(tables_steps),
    .rules = tables_rules,
    .patience_us = ADSYNC__MINUTE_US,
    .units = tables_units,
    .headers = meta_headers,
};
