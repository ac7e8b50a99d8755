/* SPDX-License-Identifier: MIT */
/* What no function has to say: hosts, scopes, endpoints, fields and their columns, states, errors, limits. */
#include "snapchat_int.h"

/* ---- the platform */

static const adsync__said_host tables_hosts[] = {
    { "api", "adsapi.snapchat.com", ADSYNC_HOST_AUTH },
    { "accounts", "accounts.snapchat.com", ADSYNC_HOST_AUTH }, /* the dialog and the token */
    { 0 },
};

/* The refresh token may be used many times, and nothing says that using it ends it. */
static const adsync__said_setting tables_settings[] = {
    { "api_version", "v1" },
    { "refresh", "same" },
    { "report_days", "30" }, /* 32 are refused; days around a change of the clock are longer */
    { "daily_days", "28" },
    { "settled_days", "28" },
    { "sum_levels", "campaign adset ad" }, /* spend alone: the account has no other figure */
    { "day_zone", "account" },
    { "state_parameter", "state" },
    { "revoke_help", "https://accounts.snapchat.com/v2/manage-apps" },
    { 0 },
};

/* 20 and 10 a second are documented, 1,666 for figures in 5 s were seen in headers. Four fifths of each are used. */
static const adsync__said_window tables_windows[] = {
    { "all", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 16, 1 },
    { "all", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_ROLL, 8, 1 },
    { "stats", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_FIXED, 1332, 5 },
    { 0 },
};

/* ---- kinds. Money is micro-units of the account's currency, times are ISO with Z. What is not set is not there, never null. */

static const adsync__field campaign_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("ad_account_id", ACCOUNT_ID, ID),
    ADSYNC__FIELD("daily_budget_micro", BUDGET_DAILY, MICROS),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__FIELD("objective", OBJECTIVE, TEXT),
    ADSYNC__FIELD("start_time", START_AT, TIME),
    ADSYNC__FIELD("end_time", END_AT, TIME),
    ADSYNC__FIELD("lifetime_spend_cap_micro", SPEND_CAP, MICROS),
    ADSYNC__FIELD("delivery_status", PLATFORM_STATUS, LIST),
    ADSYNC__PART("buy_model", EXTRA),
    ADSYNC__PART("measurement_spec", EXTRA),
    ADSYNC__PART("regulations", DECLARED),
    ADSYNC__OWN("deleted"),
    ADSYNC__INSIDE("objective_v2_properties", "objective_v2_type", OBJECTIVE, TEXT), /* the newer word, where there is one */
};

static const adsync__field adsquad_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID),
    ADSYNC__PART("type", EXTRA),
    ADSYNC__FIELD("targeting", TARGETING, JSON),
    ADSYNC__PART("placement_v2", EXTRA),
    ADSYNC__FIELD("billing_event", BILLING_EVENT, TEXT),
    ADSYNC__FIELD("bid_strategy", BID_STRATEGY, TEXT),
    ADSYNC__FIELD("bid_micro", BID, MICROS),
    ADSYNC__FIELD("daily_budget_micro", BUDGET_DAILY, MICROS),
    ADSYNC__FIELD("lifetime_budget_micro", BUDGET_LIFETIME, MICROS),
    ADSYNC__FIELD("start_time", START_AT, TIME),
    ADSYNC__FIELD("end_time", END_AT, TIME),
    ADSYNC__FIELD("optimization_goal", OPTIMIZATION_GOAL, TEXT),
    ADSYNC__FIELD("conversion_window", ATTRIBUTION, TEXT),
    ADSYNC__FIELD("delivery_status", PLATFORM_STATUS, LIST),
    ADSYNC__PART("targeting_reach_status", EXTRA),
    ADSYNC__PART("delivery_constraint", EXTRA),
    ADSYNC__PART("pixel_id", EXTRA),
    ADSYNC__PART("pacing_type", EXTRA),
    ADSYNC__PART("child_ad_type", EXTRA),
    ADSYNC__PART("cap_and_exclusion_config", EXTRA),
    ADSYNC__PART("forced_view_setting", EXTRA),
    ADSYNC__PART("brand_safety_config", EXTRA),
    ADSYNC__PART("skadnetwork_properties", EXTRA),
    ADSYNC__OWN("deleted"),
};

static const adsync__word tables_reviews[] = {
    { "PENDING", "pending" }, { "PENDING_REVIEW", "pending" }, { "APPROVED", "approved" }, { "REJECTED", "rejected" }, { 0 },
};

static const adsync__field ad_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("ad_squad_id", ADSET_ID, ID),
    ADSYNC__FIELD("creative_id", CREATIVE_ID, ID),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__PART("type", EXTRA),
    ADSYNC__PART("render_type", EXTRA),
    { .name = "review_status", .column = ADSYNC_C_REVIEW, .as = ADSYNC__AS_WORD, .words = tables_reviews },
    ADSYNC__FIELD("review_status_reasons", REVIEW_REASON, LIST),
    ADSYNC__FIELD("delivery_status", PLATFORM_STATUS, LIST),
    ADSYNC__PART("paying_advertiser_name", DECLARED),
    ADSYNC__PART("third_party_paid_impression_tracking_urls", EXTRA),
    ADSYNC__PART("third_party_swipe_tracking_urls", EXTRA),
    ADSYNC__OWN("deleted"),
};

/* Never download links: they are signed. */
static const adsync__field creative_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("ad_account_id", ACCOUNT_ID, ID),
    ADSYNC__FIELD("type", FORMAT, TEXT),
    ADSYNC__PART("review_status", STATE),
    ADSYNC__PART("packaging_status", EXTRA),
    ADSYNC__PART("shareable", EXTRA),
    ADSYNC__PART("brand_name", EXTRA),
    ADSYNC__PART("render_type", EXTRA),
    ADSYNC__PART("top_snap_crop_position", EXTRA),
    ADSYNC__PART("ad_product", EXTRA),
    ADSYNC__PART("composite_properties", EXTRA), /* the creatives that a story is made of */
    ADSYNC__PART("preview_creative_id", EXTRA),
    ADSYNC__PART("preview_properties", EXTRA),
    ADSYNC__FIELD("headline", TITLE, TEXT),
    ADSYNC__FIELD("call_to_action", CTA, TEXT),
    ADSYNC__FIELD("top_snap_media_id", MEDIA, ID),
    ADSYNC__FIELD("lead_generation_form_id", LEAD_FORM_ID, ID),
    ADSYNC__OWN("deleted"),
    ADSYNC__INSIDE("web_view_properties", "url", LANDING_URL, TEXT),
    ADSYNC__INSIDE("profile_properties", "profile_id", OWNER, ID),
};

static const adsync__word audience_types[] = {
    { "FIRST_PARTY", "list" }, { "LOOKALIKE", "lookalike" }, { "ENGAGEMENT", "engagement" },      { "PROFILE_ENGAGEMENT", "engagement" },
    { "PIXEL", "rule" },       { "MOBILE", "rule" },         { "FOOT_TRAFFIC_INSIGHTS", "rule" }, { NULL, "other" },
};

static const adsync__field audience_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("ad_account_id", ACCOUNT_ID, ID),
    ADSYNC__PART("description", EXTRA),
    ADSYNC__PART("status", STATE),
    ADSYNC__OWN("upload_status"),
    ADSYNC__OWN("targetable_status"),
    ADSYNC__OWN("retention_in_days"),
    { .name = "source_type", .column = ADSYNC_C_TYPE, .as = ADSYNC__AS_WORD, .words = audience_types },
    ADSYNC__FIELD("approximate_number_users", SIZE_LOW, COUNT),
    ADSYNC__INSIDE("creation_spec", "seed_segment_id", SEED_ID, ID),
    ADSYNC__FLAGGED("approximate_number_users", SIZE_HIGH, COUNT, ADSYNC__AGAIN),
    ADSYNC__FLAGGED("id", TARGET_ID, TEXT, ADSYNC__AGAIN),
};

static const adsync__field lead_form_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("updated_at", UPDATED_AT, TIME),
    ADSYNC__FIELD("created_at", CREATED_AT, TIME),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("ad_account_id", OWNER, ID),
    ADSYNC__PART("title", EXTRA),
    ADSYNC__PART("description", EXTRA),
    ADSYNC__PART("privacy_policy_url", EXTRA),
    ADSYNC__FIELD("form_fields", QUESTIONS, JSON),
    ADSYNC__PART("legal_disclosures", EXTRA),
    ADSYNC__PART("banner_media_id", EXTRA),
    ADSYNC__PART("default_end_page", EXTRA),
};

/* "PAUSED" is the owner's; what came of it stands in delivery_status, see snapchat_own. */
static const adsync__word tables_switches[] = { { "ACTIVE", "ACTIVE" }, { "PAUSED", "PAUSED" }, { 0 } };
static const adsync__word creative_states[] = {
    { "APPROVED", "ACTIVE" }, { "PENDING", "PENDING" }, { "PENDING_REVIEW", "PENDING" }, { "REJECTED", "REJECTED" }, { NULL, "UNKNOWN" },
};
static const adsync__word audience_states[] = { { "ACTIVE", "ACTIVE" }, { "PENDING", "PENDING" }, { NULL, "UNKNOWN" } };

/* word: the singular. filter: lists hide what is deleted unless asked */
#define KIND(k, w, p, table)                                                                                                               \
    .kind = ADSYNC_KIND_##k, .word = (w), .path = (p), ADSYNC__FIELDS(table), .can = ADSYNC__CAN_LIST | ADSYNC__CAN_GET
static const adsync__kind tables_kinds[] = {
    { KIND(CAMPAIGN, "campaign", "campaigns", campaign_fields), .filter = "true", .switches = tables_switches, .own = snapchat_own },
    { KIND(ADSET, "adsquad", "adsquads", adsquad_fields), .filter = "true", .switches = tables_switches, .own = snapchat_own },
    { KIND(AD, "ad", "ads", ad_fields), .filter = "true", .switches = tables_switches, .own = snapchat_own },
    { KIND(CREATIVE, "creative", "creatives", creative_fields), .states = creative_states, .own = snapchat_own_creative },
    { KIND(AUDIENCE, "segment", "segments", audience_fields), .states = audience_states, .own = snapchat_own_audience },
    { KIND(LEAD_FORM, "lead_generation_form", "lead_generation_forms", lead_form_fields) },
    { 0 },
};

/* ---- figures. word: the breakdown, or nothing for the account itself; filter: what a row says it is */
static const adsync__level tables_levels[] = {
    { ADSYNC_KIND_ACCOUNT, "adaccounts", SNAPCHAT_REPORT_DAYS, NULL, "AD_ACCOUNT" },
    { ADSYNC_KIND_CAMPAIGN, "campaigns", SNAPCHAT_REPORT_DAYS, "campaign", "CAMPAIGN" },
    { ADSYNC_KIND_ADSET, "adsquads", SNAPCHAT_REPORT_DAYS, "adsquad", "AD_SQUAD" },
    { ADSYNC_KIND_AD, "ads", SNAPCHAT_REPORT_DAYS, "ad", "AD" },
    { 0 },
};

/* ---- errors: codes as the API writes them, then words of the token's address. What is not here is judged by its HTTP status */
static const adsync__rule tables_rules[] = {
    { .status = 429, .refusal = ADSYNC_CLASS_THROTTLED, .scope = ADSYNC_SCOPE_GRANT },
    { .status = 401, .word = "E*", .refusal = ADSYNC_CLASS_AUTH_EXPIRED },
    ADSYNC__NAMED("E3002", PERMISSION),
    ADSYNC__NAMED("E3003", NOT_FOUND),
    ADSYNC__NAMED("E3004", NOT_FOUND),
    ADSYNC__NAMED("E1166", CONFLICT),
    ADSYNC__NAMED("E2023", CONFLICT),
    ADSYNC__NAMED("E4001", CONFLICT),
    ADSYNC__NAMED("E0001", INVALID),
    ADSYNC__NAMED("E1004", INVALID),
    ADSYNC__NAMED("E1008", INVALID),
    ADSYNC__NAMED("E1165", INVALID),
    ADSYNC__NAMED("E2002", INVALID),
    ADSYNC__NAMED("E2025", INVALID),
    ADSYNC__NAMED("E2652", INVALID),
    ADSYNC__NAMED("E2899", INVALID),
    ADSYNC__NAMED("E25012", INVALID),
    ADSYNC__NAMED("E25020", INVALID),
    ADSYNC__NAMED("E25022", INVALID),
    ADSYNC__NAMED("invalid_grant", AUTH_REVOKED),
    ADSYNC__NAMED("access_denied", AUTH_REVOKED),
    ADSYNC__NAMED("invalid_client", CONFIG),
    ADSYNC__NAMED("unauthorized_client", CONFIG),
    ADSYNC__NAMED("temporarily_unavailable", TRANSIENT),
    ADSYNC__NAMED("server_error", TRANSIENT),
    { 0 },
};

/* ---- steps and tasks */

static const adsync__step tables_steps[] = {
    [SNAPCHAT_AT_ME] = { "me", ADSYNC__IN(AUTH_COMPLETE) }, [SNAPCHAT_AT_ACCOUNTS] = { "accounts", ADSYNC__IN(ACCOUNT_DISCOVER) },
    [SNAPCHAT_AT_LIST] = { "list", ADSYNC__IN(LIST) },      [SNAPCHAT_AT_GET] = { "get", ADSYNC__IN(GET) },
    [SNAPCHAT_AT_CORE] = { "core", ADSYNC__IN(REPORT) },    [SNAPCHAT_AT_CHECK] = { "check", ADSYNC__IN(REPORT) },
    [SNAPCHAT_AT_CONV] = { "conv", ADSYNC__IN(REPORT) },
};

static const adsync__flow tables_flows[] = {
    { ADSYNC_TASK_AUTH_BEGIN, 0, snapchat_begin_ask, NULL },
    { ADSYNC_TASK_AUTH_COMPLETE, 0, snapchat_complete_ask, snapchat_complete_digest },
    { ADSYNC_TASK_AUTH_REFRESH, 0, snapchat_refresh_ask, snapchat_refresh_digest },
    { ADSYNC_TASK_AUTH_INSPECT, 0, snapchat_inspect_ask, snapchat_inspect_digest },
    { ADSYNC_TASK_ACCOUNT_DISCOVER, 0, snapchat_discover_ask, snapchat_discover_digest },
    { ADSYNC_TASK_ACCOUNT_GET, 0, snapchat_account_ask, snapchat_account_digest },
    { ADSYNC_TASK_LIST, 0, snapchat_list_ask, snapchat_list_digest },
    { ADSYNC_TASK_GET, 0, snapchat_get_ask, snapchat_get_digest },
    { ADSYNC_TASK_REPORT, 0, snapchat_report_ask, snapchat_report_digest },
    { 0 },
};

const adsync__platform snapchat_platform = {
    .name = "snapchat",
    .title = "Snapchat",
    .revision = "1",
    .scopes = "snapchat-marketing-api", /* reads and writes; there is none that only reads */
    .hosts = tables_hosts,
    .settings = tables_settings,
    .windows = tables_windows,
    .flows = tables_flows,
    .kinds = tables_kinds,
    .levels = tables_levels,
    .steps = tables_steps,
    .n_steps = ADSYNC__COUNT(tables_steps),
    .rules = tables_rules,
    .patience_us = 5 * ADSYNC__SECOND_US,
    .headers = snapchat_headers,
};

/* ---- what no table says */

static bool tables_deleted(adsync__object *object)
{
    if (!adsync__node_true(adsync__object_node(object, "deleted"))) return false;
    object->own = object->state = "DELETED";
    return true;
}

/* ACTIVE by its owner, and held back for a reason; the reasons come in any order. */
adsync_status snapchat_own(adsync__object *object)
{
    static const adsync__word holds[] = { { "NOT_DELIVERING_*", "LIMITED" }, { "INVALID_*", "LIMITED" }, { NULL, "ACTIVE" } };
    static const adsync__word reviews[] = { { "REJECTED", "REJECTED" }, { "PENDING", "PENDING" }, { "PENDING_REVIEW", "PENDING" }, { 0 } };
    adsync__items items = adsync__node_items(adsync__object_node(object, "delivery_status"));
    adsync__node item, review = adsync__object_node(object, "review_status"), status = adsync__object_node(object, "status");
    size_t size = 0;
    const char *text;

    if (tables_deleted(object)) return ADSYNC_OK;
    if ((text = adsync__node_text(review, &size))) object->state = adsync__word_of(reviews, text, size);
    if (object->state || adsync__node_is(status, "PAUSED")) return ADSYNC_OK;
    object->state = adsync__node_is(status, "ACTIVE") ? "ACTIVE" : "UNKNOWN";
    if (*object->state != 'A') return ADSYNC_OK;
    while (adsync__items_next(&items, &item))
        if ((text = adsync__node_text(item, &size)) && strcmp(adsync__word_of(holds, text, size), "ACTIVE")) object->state = "LIMITED";
    return ADSYNC_OK;
}

adsync_status snapchat_own_creative(adsync__object *object)
{
    (void)tables_deleted(object);
    return ADSYNC_OK;
}

adsync_status snapchat_own_audience(adsync__object *object)
{
    static const adsync__word targetable[] = {
        { "READY", "ready" },
        { "TOO_FEW_USERS", "small" },
        { "NOT_READY", "building" },
        { 0 },
    };
    size_t size = 0;
    const char *text = adsync__node_text(adsync__object_node(object, "targetable_status"), &size);
    int64_t days;

    adsync_row_text(object->row, ADSYNC_C_READY, text ? adsync__word_of(targetable, text, size) : NULL, SIZE_MAX);
    if (adsync__node_int(adsync__object_node(object, "retention_in_days"), &days) && days > 0 && days != 9999) /* 9999: for ever */
        adsync_row_int(object->row, ADSYNC_C_RETENTION_DAYS, days);
    return ADSYNC_OK;
}
