/* SPDX-License-Identifier: MIT */
/* What no function has to say: hosts, endpoints, fields and their columns, states, errors, limits. */
#include "x_int.h"

/* ---- the platform */

static const adsync__said_host tables_hosts[] = {
    { "ads", "ads-api.x.com", ADSYNC_HOST_AUTH },
    { "api", "api.x.com", ADSYNC_HOST_AUTH }, /* tokens, and the dialog */
    { "files", "ton.twimg.com", 0 },          /* reports: a signature must never get there */
    { 0 },
};

static const adsync__said_setting tables_settings[] = {
    { "api_version", "12" },
    { "refresh", "none" },
    { "report_days", "30" }, /* a job takes 90; what changed is asked for with a few days on top, and splits stay rare */
    { "daily_days", "14" },
    { "weekly_days", "30" },
    { "settled_days", "30" }, /* nothing older is to be asked for again; no sums: the account itself has no figures */
    { "day_zone", "account" },
    { "state_parameter", "oauth_token denied" }, /* denied: the person said no */
    { "app_settings", "conversion_metric" },
    { "targeting", "apart" }, /* of ad sets, with the keywords */
    { "revoke_help", "https://x.com/settings/connected_apps" },
    { 0 },
};

/* Four fifths of what is documented. Lists of accounts: 5 in 15 minutes are documented, 2,000 were seen in headers, so headers decide. */
static const adsync__said_window tables_windows[] = {
    { "accounts", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_LEARNED, 0, 0 },    { "core", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_FIXED, 8000, 900 },
    { "reads", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_FIXED, 1600, 900 },  { "stats", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_FIXED, 200, 900 },
    { "targeting", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_FIXED, 320, 900 }, { "audiences", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_FIXED, 1200, 60 },
    { "writes", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_FIXED, 360, 60 },     { 0 },
};

/* ---- kinds. Money is micro-units of the account's currency in every currency, times are ISO with Z. */

static const adsync__field campaign_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("budget_optimization", EXTRA),
    ADSYNC__FIELD("reasons_not_servable", PLATFORM_STATUS, LIST),
    ADSYNC__OWN("servable"),
    ADSYNC__PART("purchase_order_number", EXTRA),
    ADSYNC__OWN("effective_status"),
    ADSYNC__FIELD("daily_budget_amount_local_micro", BUDGET_DAILY, MICROS),
    ADSYNC__PART("funding_instrument_id", EXTRA),
    ADSYNC__PART("duration_in_days", EXTRA),
    ADSYNC__PART("standard_delivery", EXTRA),
    ADSYNC__FIELD("total_budget_amount_local_micro", BUDGET_LIFETIME, MICROS),
    ADSYNC__PART("entity_status", SWITCH),
    ADSYNC__PART("frequency_cap", EXTRA),
    ADSYNC__FIELD("currency", CURRENCY, TEXT),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__OWN("deleted"),
};

static const adsync__field line_item_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__PART("advertiser_user_id", EXTRA),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("placements", EXTRA),
    ADSYNC__FIELD("start_time", START_AT, TIME),
    ADSYNC__FIELD("bid_amount_local_micro", BID, MICROS),
    ADSYNC__PART("advertiser_domain", EXTRA),
    ADSYNC__PART("target_cpa_local_micro", EXTRA),
    ADSYNC__PART("primary_web_event_tag", EXTRA),
    ADSYNC__FIELD("goal", OPTIMIZATION_GOAL, TEXT),
    ADSYNC__FIELD("daily_budget_amount_local_micro", BUDGET_DAILY, MICROS),
    ADSYNC__PART("product_type", EXTRA),
    ADSYNC__FIELD("end_time", END_AT, TIME),
    ADSYNC__PART("funding_instrument_id", EXTRA),
    ADSYNC__FIELD("bid_strategy", BID_STRATEGY, TEXT),
    ADSYNC__PART("duration_in_days", EXTRA),
    ADSYNC__PART("standard_delivery", EXTRA),
    ADSYNC__FIELD("total_budget_amount_local_micro", BUDGET_LIFETIME, MICROS),
    ADSYNC__FIELD("objective", OBJECTIVE, TEXT),
    ADSYNC__PART("entity_status", SWITCH),
    ADSYNC__PART("frequency_cap", EXTRA),
    ADSYNC__PART("android_app_store_identifier", EXTRA),
    ADSYNC__PART("audience_expansion", EXTRA),
    ADSYNC__PART("categories", EXTRA),
    ADSYNC__FIELD("currency", CURRENCY, TEXT),
    ADSYNC__FIELD("pay_by", BILLING_EVENT, TEXT),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__PART("ios_app_store_identifier", EXTRA),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID),
    ADSYNC__PART("creative_source", EXTRA),
    ADSYNC__PART("automatic_tweet_promotion", EXTRA),
    ADSYNC__OWN("deleted"),
    ADSYNC__FIELD("reasons_not_servable", PLATFORM_STATUS, LIST),
    ADSYNC__OWN("servable"),
    ADSYNC__OWN("effective_status"),
};

static const adsync__word promoted_reviews[] = {
    { "ACCEPTED", "approved" }, { "PENDING*", "pending" }, { "UNDER_REVIEW", "pending" }, { "*", "rejected" }, { 0 },
};

#define PROMOTED_TIMES ADSYNC__FIELD("created_at", CREATED_AT, TIME), ADSYNC__FIELD("updated_at", UPDATED_AT, TIME)
#define PROMOTED                                                                                                                           \
    ADSYNC__FIELD("id", ID, ID), ADSYNC__FIELD("line_item_id", ADSET_ID, ID), ADSYNC__PART("entity_status", SWITCH), PROMOTED_TIMES,       \
        { .name = "approval_status", .column = ADSYNC_C_REVIEW, .as = ADSYNC__AS_WORD, .words = promoted_reviews }, ADSYNC__OWN("deleted")

static const adsync__field promoted_fields[] = {
    PROMOTED,
    ADSYNC__FIELD("tweet_id", CREATIVE_ID, ID),
    ADSYNC__FLAGGED("tweet_id", POST_ID, ID, ADSYNC__AGAIN),
};
static const adsync__field promoted_account_fields[] = { PROMOTED, ADSYNC__PART("user_id", EXTRA) };

/* A video before others' videos: an ad, and its own creative. */
static const adsync__field media_ad_fields[] = { PROMOTED, ADSYNC__FLAGGED("id", CREATIVE_ID, ID, ADSYNC__AGAIN) };
static const adsync__field media_creative_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("account_media_id", MEDIA, TEXT),
    ADSYNC__FIELD("landing_url", LANDING_URL, TEXT),
    ADSYNC__OWN("entity_status"),
    ADSYNC__OWN("approval_status"),
    PROMOTED_TIMES,
    ADSYNC__OWN("deleted"),
};

#define TWEET_FIELDS                                                                                                                       \
    ADSYNC__FIELD("name", NAME, TEXT), ADSYNC__FIELD("text", BODY, TEXT), ADSYNC__FIELD("full_text", BODY, TEXT),                          \
        ADSYNC__FIELD("tweet_type", FORMAT, TEXT), ADSYNC__FIELD("card_uri", MEDIA, TEXT), ADSYNC__FIELD("media_keys", MEDIA, LIST),       \
        ADSYNC__PART("nullcast", EXTRA), ADSYNC__PART("lang", EXTRA), ADSYNC__OWN("created_at"), ADSYNC__OWN("entities"),                  \
        ADSYNC__OWN("deleted"), ADSYNC__INSIDE("user", "id_str", OWNER, ID)

static const adsync__field tweet_fields[] = { ADSYNC__FIELD("tweet_id", ID, ID), TWEET_FIELDS };
static const adsync__field unnamed_fields[] = { ADSYNC__FIELD("id_str", ID, ID), TWEET_FIELDS };

static const adsync__field card_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__OWN("components"),
    ADSYNC__OWN("slides"),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("card_uri", TARGET_ID, TEXT), /* what a post names it by */
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__OWN("deleted"),
    ADSYNC__FIELD("card_type", FORMAT, TEXT),
};

static const adsync__word audience_types[] = { { "CRM", "list" }, { "WEB", "rule" }, { "MOBILE", "rule" }, { NULL, "other" } };

static const adsync__field audience_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__OWN("targetable"),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("targetable_types", EXTRA),
    { .name = "audience_type", .column = ADSYNC_C_TYPE, .as = ADSYNC__AS_WORD, .words = audience_types },
    ADSYNC__PART("description", EXTRA),
    ADSYNC__PART("permission_level", EXTRA),
    ADSYNC__FIELD("owner_account_id", OWNER, ID),
    ADSYNC__FIELD("reasons_not_targetable", PLATFORM_STATUS, LIST),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__PART("partner_source", EXTRA),
    ADSYNC__OWN("deleted"),
    ADSYNC__FIELD("audience_size", SIZE_LOW, COUNT),
    ADSYNC__FLAGGED("audience_size", SIZE_HIGH, COUNT, ADSYNC__AGAIN),
    ADSYNC__FLAGGED("id", TARGET_ID, TEXT, ADSYNC__AGAIN),
};

static const adsync__word keyword_matches[] = {
    { "BROAD_KEYWORD", "broad" },
    { "PHRASE_KEYWORD", "phrase" },
    { "EXACT_KEYWORD", "exact" },
    { NULL, "other" },
};

static const adsync__field keyword_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("line_item_id", ADSET_ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__OWN("operator_type"),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("targeting_value", TEXT, TEXT),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__OWN("deleted"),
    { .name = "targeting_type", .column = ADSYNC_C_MATCH, .as = ADSYNC__AS_WORD, .words = keyword_matches },
};

/* A promoted tweet has no switch of its own that could be set; it says what it is all the same. */
static const adsync__word tables_switches[] = { { "ACTIVE", "ACTIVE" }, { "PAUSED", "PAUSED" }, { "DRAFT", "DRAFT" }, { 0 } };

/* filter: what ids are called in the query */
#define KIND(k, w, f, l, table) .kind = ADSYNC_KIND_##k, .word = (w), .filter = (f), .limit = (l), ADSYNC__FIELDS(table)
#define CAN_READ ADSYNC__CAN_LIST | ADSYNC__CAN_GET
static const adsync__kind tables_kinds[] = {
    { KIND(CAMPAIGN, "campaign", "campaign_ids", "core", campaign_fields), .path = "campaigns", .can = CAN_READ | ADSYNC__CAN_CHANGES,
      .switches = tables_switches, .own = x_own },
    { KIND(ADSET, "line_item", "line_item_ids", "core", line_item_fields), .path = "line_items", .can = CAN_READ | ADSYNC__CAN_CHANGES,
      .switches = tables_switches, .own = x_own },
    { KIND(AD, "promoted_tweet", "promoted_tweet_ids", "core", promoted_fields), .path = "promoted_tweets",
      .can = CAN_READ | ADSYNC__CAN_CHANGES, .switches = tables_switches, .own = x_own_ad },
    { KIND(CREATIVE, "tweet", "tweet_ids", "reads", tweet_fields), .path = "tweets", .can = CAN_READ, .own = x_own_tweet },
    { KIND(AUDIENCE, "custom_audience", "custom_audience_ids", "audiences", audience_fields), .path = "custom_audiences", .can = CAN_READ,
      .own = x_own_audience },
    { KIND(KEYWORD, "targeting_criterion", NULL, "targeting", keyword_fields), .can = ADSYNC__CAN_LIST, .own = x_own_keyword },
    { KIND(POST, "tweet", "tweet_ids", "reads", tweet_fields), .path = "tweets", .can = CAN_READ, .own = x_own_tweet },
    { 0 },
};
const adsync__kind x_tweet_unnamed = { KIND(CREATIVE, "tweet", NULL, "reads", unnamed_fields), .own = x_own_tweet };
static const adsync__kind tables_promoted_account = { KIND(AD, "promoted_account", NULL, "core", promoted_account_fields),
                                                      .switches = tables_switches, .own = x_own_ad };
static const adsync__kind tables_media_ad = { KIND(AD, "media_creative", NULL, "core", media_ad_fields), .switches = tables_switches,
                                              .own = x_own_ad };
static const adsync__kind tables_media_creative = { KIND(CREATIVE, "media_creative", NULL, "core", media_creative_fields),
                                                    .switches = tables_switches, .own = x_own_ad };
static const adsync__kind tables_card = { KIND(CREATIVE, "card", NULL, "reads", card_fields), .own = x_own_card };

/* Posts that are only ads and those that anybody sees are promoted alike. Shared audiences are hidden unless asked for. */
#define PASS(k, n, p) .kind = ADSYNC_KIND_##k, .size = (n), .path = (p)
#define SORTED .since = "updated_at-desc"
static const adsync__pass tables_passes[] = {
    { PASS(CAMPAIGN, 1000, "campaigns"), SORTED, .fields = { { "with_deleted", "true" }, { "with_draft", "true" } } },
    { PASS(ADSET, 1000, "line_items"), SORTED, .fields = { { "with_deleted", "true" }, { "with_draft", "true" } } },
    { PASS(AD, 1000, "promoted_tweets"), SORTED, .fields = { { "with_deleted", "true" } } },
    { PASS(AD, 1000, "promoted_accounts"), SORTED, .as = &tables_promoted_account, .fields = { { "with_deleted", "true" } } },
    { PASS(AD, 1000, "media_creatives"), .as = &tables_media_ad, .fields = { { "with_deleted", "true" } } },
    { PASS(CREATIVE, 1000, "tweets"), .fields = { { "tweet_type", "PUBLISHED" }, { "timeline_type", "ALL" } } },
    { PASS(CREATIVE, 1000, "tweets"), .fields = { { "tweet_type", "SCHEDULED" }, { "timeline_type", "ALL" } } },
    { PASS(CREATIVE, 1000, "tweets"), .fields = { { "tweet_type", "DRAFT" }, { "timeline_type", "ALL" } } },
    { PASS(CREATIVE, 100, "cards"), .as = &tables_card, .fields = { { "with_deleted", "true" }, { "include_legacy_cards", "true" } } },
    { PASS(CREATIVE, 1000, "media_creatives"), .as = &tables_media_creative, .fields = { { "with_deleted", "true" } } },
    { PASS(AUDIENCE, 1000, "custom_audiences"), .fields = { { "with_deleted", "true" }, { "permission_scope", "OWNER" } } },
    { PASS(AUDIENCE, 1000, "custom_audiences"), .fields = { { "with_deleted", "true" }, { "permission_scope", "SHARED" } } },
    { PASS(POST, 1000, "tweets"), .fields = { { "tweet_type", "PUBLISHED" }, { "timeline_type", "ALL" } } },
    { 0 },
};

/* ---- figures. Conversions in apps have the placement's letter in lower case */
const adsync__word x_placements[] = {
    { "ALL_ON_TWITTER", "A" }, { "SPOTLIGHT", "S" }, { "TREND", "T" }, { "PUBLISHER_NETWORK", "P" }, { 0 }
};

/* word: what X calls it. Of the account itself no amounts are given: its line items are added up */
static const adsync__level tables_levels[] = {
    { ADSYNC_KIND_ACCOUNT, "id", ADSYNC__ROWS_MOST / X_IDS, "LINE_ITEM", NULL },
    { ADSYNC_KIND_CAMPAIGN, "id", X_JOB_DAYS, "CAMPAIGN", NULL },
    { ADSYNC_KIND_ADSET, "id", X_JOB_DAYS, "LINE_ITEM", NULL },
    { ADSYNC_KIND_AD, "id", X_JOB_DAYS, "PROMOTED_TWEET", NULL },
    { 0 },
};

/* ---- errors. One code has several meanings by its HTTP status. What is not here is judged by the status alone */
#define HTTP(s, w, r)                                                                                                                      \
    {                                                                                                                                      \
        .status = (s), .word = (w), .refusal = ADSYNC_CLASS_##r                                                                            \
    }
static const adsync__rule tables_rules[] = {
    ADSYNC__CODE(135, CLOCK_SKEW),
    ADSYNC__CODE(32, AUTH_REVOKED),
    ADSYNC__CODE(89, AUTH_REVOKED),
    ADSYNC__CODE(88, THROTTLED),
    ADSYNC__SLOWER(99, 0, APP),
    ADSYNC__CODE(415, CONFIG),
    ADSYNC__NAMED("UNAUTHORIZED_ACCESS", AUTH_REVOKED),
    { .word = "TOO_MANY_JOBS", .refusal = ADSYNC_CLASS_THROTTLED, .scope = ADSYNC_SCOPE_ACCOUNT, .wait_us = ADSYNC__MINUTE_US },
    { .word = "TWEET_RATE_LIMIT_EXCEEDED",
      .refusal = ADSYNC_CLASS_THROTTLED,
      .scope = ADSYNC_SCOPE_GRANT,
      .wait_us = 15 * ADSYNC__MINUTE_US },
    ADSYNC__NAMED("TOO_MANY_REQUESTS", THROTTLED),
    { .status = 429, .refusal = ADSYNC_CLASS_THROTTLED },
    { .word = "REQUEST_TOO_COMPLEX", .refusal = ADSYNC_CLASS_INVALID, .hint = ADSYNC__HINT_SHRINK },
    ADSYNC__NAMED("FEATURE_NOT_AVAILABLE", PERMISSION),
    ADSYNC__NAMED("INVALID_ACCOUNT_SERVICE_LEVEL", PERMISSION),
    ADSYNC__NAMED("DUPLICATE_TWEET", CONFLICT),
    ADSYNC__NAMED("DUPLICATE_PROMOTABLE_ENTITY", CONFLICT),
    HTTP(403, "FUNDING_INSTRUMENT_EXCEEDS_AVAILABLE_CREDIT_LIMIT", INVALID),
    HTTP(403, "GENERIC_TWEET_ERROR", INVALID),
    HTTP(403, "TWEET_IS_SPAM", INVALID),
    HTTP(403, "*", PERMISSION), /* NOT_FOUND too: an account that this person cannot see */
    { .word = "INVALID", .text = "is not available", .refusal = ADSYNC_CLASS_CONFIG }, /* a version that ended */
    HTTP(404, "ROUTE_NOT_FOUND", CONFIG),
    HTTP(405, "*", INVALID),
    HTTP(408, "*", TRANSIENT),
    HTTP(423, "*", TRANSIENT),
    ADSYNC__NAMED("*NOT_FOUND", NOT_FOUND),
    ADSYNC__NAMED("CANCELLED_REQUEST", TRANSIENT),
    ADSYNC__NAMED("LOCK_ACQUISITION_TIMEOUT", TRANSIENT),
    ADSYNC__NAMED("INTERNAL_ERROR", TRANSIENT),
    ADSYNC__NAMED("SERVICE_UNAVAILABLE", TRANSIENT),
    ADSYNC__NAMED("OVER_CAPACITY", TRANSIENT),
    { 0 },
};

/* ---- steps and tasks */

static const adsync__step tables_steps[] = {
    [X_AT_DIALOG] = { "dialog", ADSYNC__IN(AUTH_BEGIN) },
    [X_AT_CURRENCY] = { "currency", ADSYNC__IN(ACCOUNT_GET) },
    [X_AT_CAMPAIGN] = { "campaign", ADSYNC__IN(ACCOUNT_GET) },
    [X_AT_ACCOUNTS] = { "accounts", ADSYNC__IN(ACCOUNT_DISCOVER) },
    [X_AT_LIST] = { "list", ADSYNC__IN(LIST) | ADSYNC__IN(CHANGES) },
    [X_AT_LINES] = { "lines", ADSYNC__IN(LIST) },
    [X_AT_CRITERIA] = { "criteria", ADSYNC__IN(LIST) },
    [X_AT_GET] = { "get", ADSYNC__IN(GET) },
    [X_AT_ACTIVE] = { "active", ADSYNC__IN(REPORT) },
    [X_AT_STATS] = { "stats", ADSYNC__IN(REPORT) },
    [X_AT_CREATE] = { "create", ADSYNC__IN(REPORT) },
    [X_AT_JOBS] = { "jobs", ADSYNC__IN(REPORT) },
    [X_AT_LOOK] = { "look", ADSYNC__IN(REPORT) },
    [X_AT_FILE] = { "file", ADSYNC__IN(REPORT) },
    [X_AT_SIGNED] = { "signed", ADSYNC__IN(REPORT) },
};

static const adsync__flow tables_flows[] = {
    { ADSYNC_TASK_AUTH_BEGIN, 0, x_begin_ask, x_begin_digest },
    { ADSYNC_TASK_AUTH_COMPLETE, 0, x_complete_ask, x_complete_digest },
    { ADSYNC_TASK_AUTH_INSPECT, 0, x_inspect_ask, x_inspect_digest },
    { ADSYNC_TASK_AUTH_REVOKE, 0, x_revoke_ask, x_revoke_digest },
    { ADSYNC_TASK_AUTH_APP_TOKEN, 0, x_app_ask, x_app_digest },
    { ADSYNC_TASK_ACCOUNT_DISCOVER, 0, x_discover_ask, x_discover_digest },
    { ADSYNC_TASK_ACCOUNT_GET, 0, x_account_ask, x_account_digest },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_KEYWORD, x_keywords_ask, x_keywords_digest },
    { ADSYNC_TASK_LIST, 0, x_list_ask, x_list_digest },
    { ADSYNC_TASK_GET, 0, x_get_ask, x_get_digest },
    { ADSYNC_TASK_CHANGES, 0, x_list_ask, x_list_digest },
    { ADSYNC_TASK_REPORT, 0, x_report_ask, x_report_digest },
    { 0 },
};

const adsync__platform x_platform = {
    .name = "x",
    .title = "X",
    .revision = "1",
    .scopes = "", /* there are none: what the app may, and the person's role on the account */
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
    .patience_us = ADSYNC__MINUTE_US,
    .headers = x_headers,
};
