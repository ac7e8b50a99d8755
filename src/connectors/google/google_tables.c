/* SPDX-License-Identifier: MIT */
/* What no function has to say: hosts, scopes, fields and their columns, states, figures, errors, limits. Fields are asked for and found by
 * these lines alone: ("adGroupAd.ad", "finalUrls") is ad_group_ad.ad.final_urls in a query. */
#include "google_int.h"

/* ---- the platform */

static const adsync__said_host tables_hosts[] = {
    { "ads", "googleads.googleapis.com", ADSYNC_HOST_AUTH },
    { "oauth", "oauth2.googleapis.com", ADSYNC_HOST_AUTH },
    { "accounts", "accounts.google.com", 0 }, /* the dialog, in a person's browser */
    { 0 },
};

static const adsync__said_setting tables_settings[] = {
    { "api_version", "v25" },
    { "pkce", "S256" },
    { "refresh", "same" },
    { "account_prefix", "customers/" },
    { "account_ignore", "-" },
    { "report_days", "30" },
    { "daily_days", "30" },
    { "weekly_days", "90" },
    { "settled_days", "90" }, /* conversions are booked on the day of their click, which lies up to 90 days back */
    { "sum_levels", "campaign" }, /* campaigns of some kinds have no ad groups */
    { "day_zone", "account" },
    { "state_parameter", "state" },
    { "app_settings", "login_customer_id login_hint" },
    { "revoke_help", "https://myaccount.google.com/connections" },
    { 0 },
};

/* Basic access has 15,000 operations in any 24 hours (Standard has no such number: a host may say so). How fast they may come is not
 * published: 5 a second and account is a careful guess. */
static const adsync__said_window tables_windows[] = {
    { "operations", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 12000, 86400 },
    { "qps", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 5, 1 },
    { "qps", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { 0 },
};

/* ---- kinds. Money is micro-units of the account's currency, int64 as text; ids are resource names or int64 as text. */

#define IN(i, n, c, a) ADSYNC__INSIDE(i, n, c, a)
#define IN_FLAGGED(i, n, c, a, f)                                                                                                          \
    {                                                                                                                                      \
        .name = (n), .in = (i), .column = ADSYNC_C_##c, .as = ADSYNC__AS_##a, .flags = (f)                                                 \
    }
#define IN_WORD(i, n, c, w)                                                                                                                \
    {                                                                                                                                      \
        .name = (n), .in = (i), .column = ADSYNC_C_##c, .as = ADSYNC__AS_WORD, .words = (w)                                                \
    }
#define PART(i, n, a)                                                                                                                      \
    {                                                                                                                                      \
        .name = (n), .in = (i), .as = ADSYNC__AS_##a                                                                                       \
    }
#define OWN(i, n)                                                                                                                          \
    {                                                                                                                                      \
        .name = (n), .in = (i)                                                                                                             \
    }
#define NAME_OF(i) IN_FLAGGED(i, "resourceName", ID, KEY, ADSYNC__SILENT) /* stands in every object, asked for or not */

static const adsync__field campaign_fields[] = {
    IN("campaign", "id", ID, ID),
    IN("campaign", "name", NAME, TEXT),
    PART("campaign", "status", SWITCH),
    PART("campaign", "primaryStatus", STATE),
    IN("campaign", "advertisingChannelType", OBJECTIVE, TEXT),
    IN("campaign", "biddingStrategyType", BID_STRATEGY, TEXT),
    IN("campaign", "campaignBudget", BUDGET_REF, TEXT),
    IN("campaign", "startDateTime", START_AT, LOCAL),
    OWN("campaign", "endDateTime"),
    PART("campaign", "containsEuPoliticalAdvertising", DECLARED),
    OWN("campaignBudget", "amountMicros"),
    OWN("campaignBudget", "period"),
    IN_FLAGGED("campaignBudget", "totalAmountMicros", BUDGET_LIFETIME, MICROS, ADSYNC__NOT_ZERO),
    IN("campaignBudget", "referenceCount", BUDGET_SHARED_BY, COUNT),
    PART("campaignBudget", "explicitlyShared", EXTRA),
};

static const adsync__field ad_group_fields[] = {
    IN("adGroup", "id", ID, ID),
    IN("adGroup", "name", NAME, TEXT),
    PART("adGroup", "status", SWITCH),
    PART("adGroup", "type", EXTRA),
    IN("adGroup", "campaign", CAMPAIGN_ID, TAIL),
    OWN("adGroup", "cpcBidMicros"),
    OWN("adGroup", "cpmBidMicros"),
    OWN("adGroup", "cpvBidMicros"),
    OWN("adGroup", "targetCpaMicros"),
    OWN("campaign", "status"),
};

/* Performance Max has these instead. */
static const adsync__field asset_group_fields[] = {
    IN("assetGroup", "id", ID, ID),
    IN("assetGroup", "name", NAME, TEXT),
    PART("assetGroup", "status", SWITCH),
    IN("assetGroup", "campaign", CAMPAIGN_ID, TAIL),
    OWN("campaign", "status"),
};

static const adsync__word ad_reviews[] = {
    { "DISAPPROVED", "rejected" },
    { "APPROVED", "approved" },
    { "APPROVED_LIMITED", "limited" },
    { "AREA_OF_INTEREST_ONLY", "limited" },
    { 0 },
};

/* One ad may be in several ad groups: the key is "adgroup~ad". */
static const adsync__field ad_fields[] = {
    NAME_OF("adGroupAd"),
    PART("adGroupAd", "status", SWITCH),
    IN("adGroupAd", "adGroup", ADSET_ID, TAIL),
    IN("adGroupAd.ad", "id", CREATIVE_ID, ID),
    IN("adGroupAd.ad", "name", NAME, TEXT),
    PART("adGroupAd.ad", "type", EXTRA),
    OWN("adGroupAd.ad.responsiveSearchAd", "headlines"),
    IN_WORD("adGroupAd.policySummary", "approvalStatus", REVIEW, ad_reviews),
    OWN("adGroupAd.policySummary", "reviewStatus"),
    OWN("adGroupAd.policySummary", "policyTopicEntries"),
    IN("campaign", "id", CAMPAIGN_ID, ID),
    OWN("campaign", "status"),
    OWN("adGroup", "status"),
};

static const adsync__field creative_fields[] = {
    IN("adGroupAd.ad", "id", ID, ID),
    IN("adGroupAd.ad", "name", NAME, TEXT),
    IN("adGroupAd.ad", "type", FORMAT, TEXT),
    OWN("adGroupAd.ad", "finalUrls"),
    OWN("adGroupAd.ad.responsiveSearchAd", "headlines"),
    OWN("adGroupAd.ad.responsiveSearchAd", "descriptions"),
};

/* What ads are put together from. */
static const adsync__field asset_fields[] = {
    IN("asset", "id", ID, ID),
    IN("asset", "name", NAME, TEXT),
    IN("asset", "type", FORMAT, TEXT),
};

static const adsync__word audience_types[] = {
    { "CRM_BASED", "list" },   { "LOOKALIKE", "lookalike" }, { "SIMILAR", "lookalike" }, { "RULE_BASED", "rule" },
    { "REMARKETING", "rule" }, { "LOGICAL", "rule" },        { NULL, "other" },
};

static const adsync__field audience_fields[] = {
    IN("userList", "id", ID, ID),
    IN_FLAGGED("userList", "resourceName", TARGET_ID, TEXT, ADSYNC__SILENT),
    IN("userList", "name", NAME, TEXT),
    PART("userList", "description", EXTRA),
    PART("userList", "type", EXTRA),
    IN("userList", "membershipStatus", PLATFORM_STATUS, TEXT),
    IN_FLAGGED("userList", "membershipLifeSpan", RETENTION_DAYS, COUNT, ADSYNC__NOT_ZERO),
    OWN("userList", "sizeForSearch"),
    OWN("userList", "sizeForDisplay"),
    OWN("userList", "eligibleForSearch"),
    OWN("userList.lookalikeUserList", "seedUserListIds"),
    { .name = "type", .in = "userList", .column = ADSYNC_C_TYPE, .as = ADSYNC__AS_WORD, .flags = ADSYNC__AGAIN, .words = audience_types },
};

static const adsync__word keyword_matches[] = { { "BROAD", "broad" }, { "PHRASE", "phrase" }, { "EXACT", "exact" }, { NULL, "other" } };

/* A criterion's number is its own only within its ad group: the key is "adgroup~criterion". */
static const adsync__field keyword_fields[] = {
    NAME_OF("adGroupCriterion"),
    PART("adGroupCriterion", "status", SWITCH),
    IN("adGroupCriterion", "adGroup", ADSET_ID, TAIL),
    OWN("adGroupCriterion", "negative"),
    IN_FLAGGED("adGroupCriterion", "cpcBidMicros", BID, MICROS, ADSYNC__NOT_ZERO),
    PART("adGroupCriterion", "approvalStatus", EXTRA),
    PART("adGroupCriterion", "systemServingStatus", EXTRA),
    PART("adGroupCriterion", "finalUrls", EXTRA),
    IN("adGroupCriterion.keyword", "text", TEXT, TEXT),
    IN_WORD("adGroupCriterion.keyword", "matchType", MATCH, keyword_matches),
    PART("adGroupCriterion.qualityInfo", "qualityScore", EXTRA),
    IN("campaign", "id", CAMPAIGN_ID, ID),
    OWN("campaign", "status"),
    OWN("adGroup", "status"),
    IN_FLAGGED("adGroupCriterion.keyword", "text", NAME, TEXT, ADSYNC__AGAIN),
};

/* Never its delivery methods: the webhook's secret stands in there. */
static const adsync__field lead_form_fields[] = {
    IN("asset", "id", ID, ID),
    IN("asset", "name", NAME, TEXT),
    PART("asset.leadFormAsset", "businessName", EXTRA),
    PART("asset.leadFormAsset", "headline", EXTRA),
    PART("asset.leadFormAsset", "description", EXTRA),
    PART("asset.leadFormAsset", "callToActionType", EXTRA),
    PART("asset.leadFormAsset", "privacyPolicyUrl", EXTRA),
    PART("asset.leadFormAsset", "fields", ASKED),
    PART("asset.leadFormAsset", "customQuestionFields", ASKED),
};

static const adsync__field lead_fields[] = {
    IN("leadFormSubmissionData", "id", ID, TEXT),
    IN("leadFormSubmissionData", "asset", FORM_ID, TAIL),
    IN("leadFormSubmissionData", "campaign", CAMPAIGN_ID, TAIL),
    IN("leadFormSubmissionData", "adGroup", ADSET_ID, TAIL),
    IN("leadFormSubmissionData", "adGroupAd", AD_ID, KEY),
    IN("leadFormSubmissionData", "submissionDateTime", SUBMITTED_AT, LOCAL), /* it has an offset */
    PART("leadFormSubmissionData", "gclid", ANSWERED),
    PART("leadFormSubmissionData", "leadFormSubmissionFields", ANSWERED),
    PART("leadFormSubmissionData", "customLeadFormSubmissionFields", ANSWERED),
};

/* What the owner set; what became of a campaign is its primary status, what became of the rest google_own_.. sees. */
static const adsync__word tables_switches[] = { { "ENABLED", "ACTIVE" }, { "PAUSED", "PAUSED" }, { "REMOVED", "DELETED" }, { 0 } };
static const adsync__word tables_states[] = {
    { "REMOVED", "DELETED" }, { "ENDED", "ENDED" },           { "PAUSED", "PAUSED" },        { "PENDING", "SCHEDULED" },
    { "LIMITED", "LIMITED" }, { "MISCONFIGURED", "LIMITED" }, { "NOT_ELIGIBLE", "LIMITED" }, { "ELIGIBLE", "ACTIVE" },
    { "LEARNING", "ACTIVE" }, { "ENABLED", "ACTIVE" },        { NULL, "UNKNOWN" },
};

/* path: FROM; filter: WHERE */
#define KIND(k, w, p, table) .kind = ADSYNC_KIND_##k, .word = (w), .path = (p), ADSYNC__FIELDS(table)
#define STATES .switches = tables_switches, .states = tables_states
#define CAN_READ (ADSYNC__CAN_LIST | ADSYNC__CAN_GET)
#define CAN_ALL (CAN_READ | ADSYNC__CAN_CHANGES)
enum { AT_CAMPAIGN = 0, AT_AD_GROUP, AT_AD, AT_CREATIVE, AT_AUDIENCE, AT_KEYWORD, AT_LEAD_FORM, AT_LEAD };
static const adsync__kind tables_kinds[] = {
    [AT_CAMPAIGN] = { KIND(CAMPAIGN, "campaign", "campaign", campaign_fields), STATES, .can = CAN_ALL, .own = google_own_campaign },
    [AT_AD_GROUP] = { KIND(ADSET, "ad_group", "ad_group", ad_group_fields), STATES, .can = CAN_ALL, .own = google_own_ad_group },
    [AT_AD] = { KIND(AD, "ad_group_ad", "ad_group_ad", ad_fields), STATES, .can = CAN_ALL, .own = google_own_ad },
    [AT_CREATIVE] = { KIND(CREATIVE, "ad", "ad_group_ad", creative_fields), .can = CAN_ALL, .own = google_own_creative },
    [AT_AUDIENCE] = { KIND(AUDIENCE, "user_list", "user_list", audience_fields), .can = CAN_READ, .own = google_own_audience },
    [AT_KEYWORD] = { KIND(KEYWORD, "ad_group_criterion", "ad_group_criterion", keyword_fields), STATES, .can = CAN_ALL,
                     .filter = "ad_group_criterion.type = 'KEYWORD'", .own = google_own_keyword },
    [AT_LEAD_FORM] = { KIND(LEAD_FORM, "asset", "asset", lead_form_fields), .can = CAN_ALL, .filter = "asset.type = 'LEAD_FORM'",
                       .own = google_own_lead_form },
    [AT_LEAD] = { KIND(LEAD, "lead_form_submission_data", "lead_form_submission_data", lead_fields), .can = CAN_ALL,
                  .since = "lead_form_submission_data.submission_date_time" },
    { 0 },
};
static const adsync__kind tables_asset = { KIND(CREATIVE, "asset", "asset", asset_fields), .can = CAN_ALL,
                                           .filter = "asset.type != 'LEAD_FORM'" };
static const adsync__kind tables_asset_group = { KIND(ADSET, "asset_group", "asset_group", asset_group_fields), STATES, .can = CAN_ALL,
                                                 .own = google_own_ad_group };

const google_source *google_source_of(uint32_t kind, uint32_t pass)
{
    static const google_source sources[] = {
        { &tables_kinds[AT_CAMPAIGN], NULL, "campaign.id", "'CAMPAIGN', 'CAMPAIGN_BUDGET'", "campaign", false },
        { &tables_kinds[AT_AD_GROUP], NULL, "ad_group.id", "'AD_GROUP'", "adGroup", false },
        { &tables_asset_group, NULL, "asset_group.id", "'ASSET_GROUP'", "assetGroup", false },
        { &tables_kinds[AT_AD], "ad_group.id", "ad_group_ad.ad.id", "'AD_GROUP_AD'", "adGroupAd", false },
        { &tables_kinds[AT_CREATIVE], NULL, "ad_group_ad.ad.id", "'AD_GROUP_AD'", "adGroupAd", true },
        { &tables_asset, NULL, "asset.id", "'ASSET'", "asset", false },
        { &tables_kinds[AT_AUDIENCE], NULL, "user_list.id", NULL, NULL, false },
        { &tables_kinds[AT_KEYWORD], "ad_group.id", "ad_group_criterion.criterion_id", "'AD_GROUP_CRITERION'", "adGroupCriterion", false },
        { &tables_kinds[AT_LEAD_FORM], NULL, "asset.id", "'ASSET'", "asset", false },
        { &tables_kinds[AT_LEAD], NULL, "lead_form_submission_data.id", NULL, NULL, false },
    };

    for (size_t i = 0; i < ADSYNC__COUNT(sources); i++)
        if (sources[i].kind->kind == kind && !pass--) return &sources[i];
    return NULL;
}

/* ---- figures. Days without any have no row. */

#define FIGURE(n, c, a) IN_FLAGGED("metrics", n, c, a, ADSYNC__OR_ZERO)
#define FIGURE_AGAIN(n, c, a) IN_FLAGGED("metrics", n, c, a, ADSYNC__OR_ZERO | ADSYNC__AGAIN)
#define ROW_DAY IN("segments", "date", DAY, DAY)
#define ROW_CORE                                                                                                                           \
    FIGURE("clicks", CLICKS, INT), FIGURE("conversionsValue", REVENUE, DECIMAL), FIGURE("conversions", CONVERSIONS, DECIMAL),              \
        FIGURE("costMicros", SPEND, MICROS), FIGURE("impressions", IMPRESSIONS, INT),                                                      \
        FIGURE("viewThroughConversions", VIEW_CONVERSIONS, DECIMAL)
#define ROW_REST FIGURE_AGAIN("clicks", LINK_CLICKS, INT), ROW_DAY, IN("customer", "currencyCode", CURRENCY, TEXT)

static const adsync__field figures_core[] = {
    ROW_CORE,
    FIGURE("conversionsByConversionDate", CONVERSIONS_BY_EVENT_DAY, DECIMAL),
    FIGURE("engagements", ENGAGEMENTS, INT),
    FIGURE("videoTrueviewViews", VIDEO_VIEWS, INT),
    ROW_REST,
};
static const adsync__field figures_group[] = { ROW_CORE, ROW_REST };

/* What was done cannot be asked together with clicks and cost, and how often it was done stands in the core rows already: a part of its
 * own for each category, with none of the columns of the core. */
static const adsync__field figures_action[] = {
    OWN("metrics", "conversions"),
    ROW_DAY,
    OWN("segments", "conversionActionCategory"),
    IN("customer", "currencyCode", CURRENCY, TEXT),
};

#define LEVEL(k) .level = ADSYNC_KIND_##k
#define CORE(f, i, m, table) .from = (f), .keys = (i), .id = (m), ADSYNC__FIELDS(table)
#define ACTION(f, i, m) CORE(f, i, m, figures_action), .by_action = true
#define AD_KEYS "ad_group.id, ad_group_ad.ad.id"
#define KEYWORD_KEYS "ad_group.id, ad_group_criterion.criterion_id"
const google_figures *google_figures_of(uint32_t level, uint32_t pass)
{
    static const google_figures figures[] = {
        { LEVEL(ACCOUNT), CORE("customer", "customer.id", "customer.id", figures_core) },
        { LEVEL(ACCOUNT), ACTION("customer", "customer.id", "customer.id") },
        { LEVEL(CAMPAIGN), CORE("campaign", "campaign.id", "campaign.id", figures_core) },
        { LEVEL(CAMPAIGN), ACTION("campaign", "campaign.id", "campaign.id") },
        { LEVEL(ADSET), CORE("ad_group", "ad_group.id", "adGroup.id", figures_core) },
        { LEVEL(ADSET), CORE("asset_group", "asset_group.id", "assetGroup.id", figures_group) },
        { LEVEL(ADSET), ACTION("ad_group", "ad_group.id", "adGroup.id") },
        { LEVEL(ADSET), ACTION("asset_group", "asset_group.id", "assetGroup.id") },
        { LEVEL(AD), CORE("ad_group_ad", AD_KEYS, "adGroupAd.resourceName", figures_core) },
        { LEVEL(AD), ACTION("ad_group_ad", AD_KEYS, "adGroupAd.resourceName") },
        { LEVEL(KEYWORD), CORE("keyword_view", KEYWORD_KEYS, "keywordView.resourceName", figures_core) },
        { LEVEL(KEYWORD), ACTION("keyword_view", KEYWORD_KEYS, "keywordView.resourceName") },
    };

    for (size_t i = 0; i < ADSYNC__COUNT(figures); i++)
        if (figures[i].level == level && !pass--) return &figures[i];
    return NULL;
}

static const adsync__level tables_levels[] = {
    { ADSYNC_KIND_ACCOUNT, "customer.id", GOOGLE_REPORT_DAYS, NULL, NULL },
    { ADSYNC_KIND_CAMPAIGN, "campaign.id", GOOGLE_REPORT_DAYS, NULL, NULL },
    { ADSYNC_KIND_ADSET, "adGroup.id", GOOGLE_REPORT_DAYS, NULL, NULL },
    { ADSYNC_KIND_AD, "adGroupAd.resourceName", GOOGLE_REPORT_DAYS, NULL, NULL },
    { ADSYNC_KIND_KEYWORD, "keywordView.resourceName", GOOGLE_REPORT_DAYS, NULL, NULL },
    { 0 },
};

/* ---- errors: category and word, in the order of the platform's own table; then words of the token's address; then canonical statuses.
 * What is not here is judged by its HTTP status. */

#define SLOWER(w, s, us)                                                                                                                   \
    {                                                                                                                                      \
        .word = (w), .refusal = ADSYNC_CLASS_THROTTLED, .scope = ADSYNC_SCOPE_##s, .wait_us = (us)                                         \
    }
#define TABLES_SHORT_US (10 * ADSYNC__SECOND_US)
static const adsync__rule tables_rules[] = {
    ADSYNC__NAMED("authenticationError.OAUTH_TOKEN_EXPIRED", AUTH_EXPIRED),
    ADSYNC__NAMED("authenticationError.OAUTH_TOKEN_INVALID", AUTH_EXPIRED),
    ADSYNC__NAMED("authenticationError.OAUTH_TOKEN_HEADER_INVALID", AUTH_EXPIRED),
    ADSYNC__NAMED("authenticationError.AUTHENTICATION_ERROR", AUTH_EXPIRED),
    ADSYNC__NAMED("authenticationError.OAUTH_TOKEN_REVOKED", AUTH_REVOKED),
    ADSYNC__NAMED("authenticationError.OAUTH_TOKEN_DISABLED", AUTH_REVOKED),
    ADSYNC__NAMED("authenticationError.GOOGLE_ACCOUNT_*", AUTH_REVOKED),
    ADSYNC__NAMED("authenticationError.NOT_ADS_USER", PERMISSION),
    ADSYNC__NAMED("authenticationError.TWO_STEP_VERIFICATION_NOT_ENROLLED", PERMISSION),
    ADSYNC__NAMED("authenticationError.ADVANCED_PROTECTION_NOT_ENROLLED", PERMISSION),
    ADSYNC__NAMED("authenticationError.CUSTOMER_NOT_FOUND", NOT_FOUND),
    ADSYNC__NAMED("authenticationError.CLIENT_CUSTOMER_ID_INVALID", INVALID),
    ADSYNC__NAMED("authenticationError.DEVELOPER_TOKEN_INVALID", PERMISSION),
    ADSYNC__NAMED("authenticationError.ORGANIZATION_*", PERMISSION),
    ADSYNC__NAMED("authorizationError.*", PERMISSION), /* all of them */
    ADSYNC__NAMED("headerError.*", INVALID),
    ADSYNC__NAMED("notAllowlistedError.*", PERMISSION),
    ADSYNC__NAMED("operationAccessDeniedError.*", PERMISSION),
    ADSYNC__NAMED("mutateError.MUTATE_NOT_ALLOWED", PERMISSION),
    ADSYNC__NAMED("*.RESOURCE_READ_ONLY", PERMISSION),
    ADSYNC__NAMED("quotaError.ACCESS_PROHIBITED", PERMISSION),
    SLOWER("quotaError.RESOURCE_TEMPORARILY_EXHAUSTED", ACCOUNT, TABLES_SHORT_US),
    SLOWER("quotaError.EXCESSIVE_SHORT_*", ACCOUNT, 5 * ADSYNC__MINUTE_US),
    SLOWER("quotaError.EXCESSIVE_LONG_*", ACCOUNT, 60 * ADSYNC__MINUTE_US),
    SLOWER("quotaError.RESOURCE_EXHAUSTED", APP, 10 * ADSYNC__MINUTE_US), /* the day's; whoever asks again soon only spends more */
    SLOWER("quotaError.*", ACCOUNT, 0),
    ADSYNC__NAMED("internalError.*", TRANSIENT),
    ADSYNC__NAMED("databaseError.CONCURRENT_MODIFICATION", TRANSIENT), /* although it is a 400 */
    { .word = "*.REQUEST_TOO_LARGE", .refusal = ADSYNC_CLASS_TOO_LARGE, .hint = ADSYNC__HINT_SHRINK },
    ADSYNC__NAMED("requestError.UNSUPPORTED_VERSION", CONFIG),
    ADSYNC__NAMED("requestError.DEVELOPER_TOKEN_PARAMETER_MISSING", CONFIG),
    ADSYNC__NAMED("requestError.RESOURCE_NOT_FOUND", NOT_FOUND),
    ADSYNC__NAMED("requestError.*", INVALID),
    ADSYNC__NAMED("mutateError.RESOURCE_NOT_FOUND", NOT_FOUND),
    ADSYNC__NAMED("idError.NOT_FOUND", NOT_FOUND),
    ADSYNC__NAMED("*Error.DUPLICATE_*", CONFLICT),
    ADSYNC__NAMED("*.NAME_ALREADY_USED", CONFLICT),
    ADSYNC__NAMED("*.RESOURCE_ALREADY_EXISTS", CONFLICT),
    ADSYNC__NAMED("*.ID_EXISTS_IN_MULTIPLE_MUTATES", CONFLICT),
    ADSYNC__NAMED("*.CAMPAIGN_BUDGET_IN_USE", CONFLICT),
    ADSYNC__NAMED("queryError.*", INVALID),
    /* where tokens are made */
    ADSYNC__NAMED("invalid_grant", AUTH_REVOKED),
    ADSYNC__NAMED("invalid_token", AUTH_EXPIRED),
    ADSYNC__NAMED("invalid_client", CONFIG),
    ADSYNC__NAMED("unauthorized_client", CONFIG),
    ADSYNC__NAMED("redirect_uri_mismatch", CONFIG),
    ADSYNC__NAMED("invalid_scope", CONFIG),
    ADSYNC__NAMED("internal_failure", TRANSIENT),
    ADSYNC__NAMED("server_error", TRANSIENT),
    ADSYNC__NAMED("temporarily_unavailable", TRANSIENT),
    { .text = "internal_failure", .refusal = ADSYNC_CLASS_TRANSIENT },
    { .text = "temporarily_unavailable", .refusal = ADSYNC_CLASS_TRANSIENT },
    /* without a word of Google Ads */
    ADSYNC__NAMED("ACCESS_TOKEN_SCOPE_INSUFFICIENT", PERMISSION),
    ADSYNC__NAMED("UNAUTHENTICATED", AUTH_EXPIRED),
    ADSYNC__NAMED("PERMISSION_DENIED", PERMISSION),
    ADSYNC__NAMED("NOT_FOUND", NOT_FOUND),
    SLOWER("RESOURCE_EXHAUSTED", ACCOUNT, 0),
    ADSYNC__NAMED("INVALID_ARGUMENT", INVALID),
    ADSYNC__NAMED("ABORTED", TRANSIENT),
    ADSYNC__NAMED("INTERNAL", TRANSIENT),
    ADSYNC__NAMED("UNAVAILABLE", TRANSIENT),
    ADSYNC__NAMED("DEADLINE_EXCEEDED", TRANSIENT),
    { 0 },
};

/* ---- steps and tasks */

static const adsync__step tables_steps[] = {
    [GOOGLE_AT_ROOTS] = { "roots", ADSYNC__IN(ACCOUNT_GET) },
    [GOOGLE_AT_BELOW] = { "below", ADSYNC__IN(ACCOUNT_DISCOVER) },
    [GOOGLE_AT_DIRECT] = { "direct", ADSYNC__IN(ACCOUNT_GET) },
    [GOOGLE_AT_VIA] = { "via", ADSYNC__IN(ACCOUNT_GET) },
    [GOOGLE_AT_LOOKBACK] = { "lookback", ADSYNC__IN(ACCOUNT_GET) },
    [GOOGLE_AT_LIST] = { "list", ADSYNC__IN(LIST) | ADSYNC__IN(CHANGES) },
    [GOOGLE_AT_GET] = { "get", ADSYNC__IN(GET) },
    [GOOGLE_AT_LOG] = { "log", ADSYNC__IN(CHANGES) },
    [GOOGLE_AT_IDS] = { "ids", ADSYNC__IN(CHANGES) },
    [GOOGLE_AT_ROWS] = { "rows", ADSYNC__IN(REPORT) },
};

static const adsync__flow tables_flows[] = {
    { ADSYNC_TASK_AUTH_BEGIN, 0, google_begin_ask, NULL },
    { ADSYNC_TASK_AUTH_COMPLETE, 0, google_complete_ask, google_token_digest },
    { ADSYNC_TASK_AUTH_REFRESH, 0, google_refresh_ask, google_token_digest },
    { ADSYNC_TASK_AUTH_INSPECT, 0, google_inspect_ask, google_inspect_digest },
    { ADSYNC_TASK_AUTH_REVOKE, 0, google_revoke_ask, google_revoke_digest },
    { ADSYNC_TASK_ACCOUNT_DISCOVER, 0, google_discover_ask, google_discover_digest },
    { ADSYNC_TASK_ACCOUNT_GET, 0, google_account_ask, google_account_digest },
    { ADSYNC_TASK_LIST, 0, google_list_ask, google_list_digest },
    { ADSYNC_TASK_GET, 0, google_get_ask, google_get_digest },
    { ADSYNC_TASK_CHANGES, 0, google_changes_ask, google_changes_digest },
    { ADSYNC_TASK_REPORT, 0, google_report_ask, google_report_digest },
    { 0 },
};

const adsync__platform google_platform = {
    .name = "google",
    .title = "Google",
    .revision = "1",
    .id_prefix = "customers/",
    .scopes = "https://www.googleapis.com/auth/adwords", /* reads and writes; there is none that only reads */
    .hosts = tables_hosts,
    .settings = tables_settings,
    .windows = tables_windows,
    .flows = tables_flows,
    .kinds = tables_kinds,
    .levels = tables_levels,
    .steps = tables_steps,
    .n_steps = ADSYNC__COUNT(tables_steps),
    .rules = tables_rules,
    .patience_us = TABLES_SHORT_US,
};
