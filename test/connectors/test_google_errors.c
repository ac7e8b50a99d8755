/* SPDX-License-Identifier: MIT */
/* Google's table of errors, every line, and every state. */
#include "drive.h"

#define LIST                                                                                                                               \
    "{'task':'list','kind':'campaign','account_id':'1234567890','now_us':" DRIVE_NOW ",'api_version':'v25',"                               \
    "'secrets':{'access_token':'ya29.T'},'facts':{'currency':'EUR','time_zone':'Europe/Berlin'}}"

static const struct {
    const char *category, *word;
    uint32_t status, refusal;
} errors_table[] = {
    { "authenticationError", "OAUTH_TOKEN_EXPIRED", 401, ADSYNC_CLASS_AUTH_EXPIRED },
    { "authenticationError", "OAUTH_TOKEN_INVALID", 401, ADSYNC_CLASS_AUTH_EXPIRED },
    { "authenticationError", "OAUTH_TOKEN_HEADER_INVALID", 401, ADSYNC_CLASS_AUTH_EXPIRED },
    { "authenticationError", "AUTHENTICATION_ERROR", 401, ADSYNC_CLASS_AUTH_EXPIRED },
    { "authenticationError", "OAUTH_TOKEN_REVOKED", 401, ADSYNC_CLASS_AUTH_REVOKED },
    { "authenticationError", "OAUTH_TOKEN_DISABLED", 401, ADSYNC_CLASS_AUTH_REVOKED },
    { "authenticationError", "GOOGLE_ACCOUNT_DELETED", 401, ADSYNC_CLASS_AUTH_REVOKED },
    { "authenticationError", "GOOGLE_ACCOUNT_AUTHENTICATION_FAILED", 401, ADSYNC_CLASS_AUTH_REVOKED },
    { "authenticationError", "GOOGLE_ACCOUNT_COOKIE_INVALID", 401, ADSYNC_CLASS_AUTH_REVOKED },
    { "authenticationError", "NOT_ADS_USER", 401, ADSYNC_CLASS_PERMISSION },
    { "authenticationError", "TWO_STEP_VERIFICATION_NOT_ENROLLED", 401, ADSYNC_CLASS_PERMISSION },
    { "authenticationError", "ADVANCED_PROTECTION_NOT_ENROLLED", 401, ADSYNC_CLASS_PERMISSION },
    { "authenticationError", "CUSTOMER_NOT_FOUND", 401, ADSYNC_CLASS_NOT_FOUND },
    { "authenticationError", "CLIENT_CUSTOMER_ID_INVALID", 401, ADSYNC_CLASS_INVALID },
    { "authenticationError", "DEVELOPER_TOKEN_INVALID", 401, ADSYNC_CLASS_PERMISSION },
    { "authenticationError", "ORGANIZATION_NOT_RECOGNIZED", 401, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "USER_PERMISSION_DENIED", 403, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "CUSTOMER_NOT_ENABLED", 403, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT", 403, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "INCOMPLETE_SIGNUP", 403, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "MISSING_TOS", 403, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "DEVELOPER_TOKEN_NOT_APPROVED", 403, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", 403, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "METRIC_ACCESS_DENIED", 403, ADSYNC_CLASS_PERMISSION },
    { "authorizationError", "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION", 403, ADSYNC_CLASS_PERMISSION },
    { "headerError", "INVALID_LOGIN_CUSTOMER_ID", 400, ADSYNC_CLASS_INVALID },
    { "headerError", "INVALID_LINKED_CUSTOMER_ID", 400, ADSYNC_CLASS_INVALID },
    { "notAllowlistedError", "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", 403, ADSYNC_CLASS_PERMISSION },
    { "operationAccessDeniedError", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE", 400, ADSYNC_CLASS_PERMISSION },
    { "mutateError", "MUTATE_NOT_ALLOWED", 400, ADSYNC_CLASS_PERMISSION },
    { "mutateError", "RESOURCE_READ_ONLY", 400, ADSYNC_CLASS_PERMISSION },
    { "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", 429, ADSYNC_CLASS_THROTTLED },
    { "quotaError", "RESOURCE_EXHAUSTED", 429, ADSYNC_CLASS_THROTTLED },
    { "quotaError", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION", 429, ADSYNC_CLASS_THROTTLED },
    { "quotaError", "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION", 429, ADSYNC_CLASS_THROTTLED },
    { "quotaError", "ACCESS_PROHIBITED", 403, ADSYNC_CLASS_PERMISSION },
    { "internalError", "INTERNAL_ERROR", 500, ADSYNC_CLASS_TRANSIENT },
    { "internalError", "TRANSIENT_ERROR", 500, ADSYNC_CLASS_TRANSIENT },
    { "internalError", "DEADLINE_EXCEEDED", 504, ADSYNC_CLASS_TRANSIENT },
    { "databaseError", "CONCURRENT_MODIFICATION", 400, ADSYNC_CLASS_TRANSIENT },
    { "databaseError", "REQUEST_TOO_LARGE", 400, ADSYNC_CLASS_TOO_LARGE },
    { "batchJobError", "REQUEST_TOO_LARGE", 400, ADSYNC_CLASS_TOO_LARGE },
    { "requestError", "EXPIRED_PAGE_TOKEN", 400, ADSYNC_CLASS_INVALID },
    { "requestError", "UNSUPPORTED_VERSION", 400, ADSYNC_CLASS_CONFIG },
    { "requestError", "DEVELOPER_TOKEN_PARAMETER_MISSING", 400, ADSYNC_CLASS_CONFIG },
    { "requestError", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT", 400, ADSYNC_CLASS_INVALID },
    { "requestError", "RESOURCE_NOT_FOUND", 404, ADSYNC_CLASS_NOT_FOUND },
    { "mutateError", "RESOURCE_NOT_FOUND", 400, ADSYNC_CLASS_NOT_FOUND },
    { "idError", "NOT_FOUND", 400, ADSYNC_CLASS_NOT_FOUND },
    { "campaignBudgetError", "DUPLICATE_NAME", 400, ADSYNC_CLASS_CONFLICT },
    { "userListError", "NAME_ALREADY_USED", 400, ADSYNC_CLASS_CONFLICT },
    { "campaignError", "DUPLICATE_CAMPAIGN_NAME", 400, ADSYNC_CLASS_CONFLICT },
    { "adGroupError", "DUPLICATE_ADGROUP_NAME", 400, ADSYNC_CLASS_CONFLICT },
    { "mutateError", "RESOURCE_ALREADY_EXISTS", 400, ADSYNC_CLASS_CONFLICT },
    { "mutateError", "ID_EXISTS_IN_MULTIPLE_MUTATES", 400, ADSYNC_CLASS_CONFLICT },
    { "campaignBudgetError", "CAMPAIGN_BUDGET_IN_USE", 400, ADSYNC_CLASS_CONFLICT },
    { "mutateError", "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED", 400, ADSYNC_CLASS_INVALID },
    { "queryError", "UNRECOGNIZED_FIELD", 400, ADSYNC_CLASS_INVALID },
    { "queryError", "REQUESTED_METRICS_FOR_MANAGER", 400, ADSYNC_CLASS_INVALID },
    { "aNewError", "A_NEW_WORD", 400, ADSYNC_CLASS_INVALID },
    { "aNewError", "A_NEW_WORD", 403, ADSYNC_CLASS_PERMISSION },
    { "aNewError", "A_NEW_WORD", 503, ADSYNC_CLASS_TRANSIENT },
};

static void every_error_of_the_table_has_its_class(void **state)
{
    char body[600];
    drive d;

    (void)state;
    drive_task(&d, LIST);
    for (size_t i = 0; i < ADSYNC__COUNT(errors_table); i++) {
        (void)snprintf(body, sizeof body,
                       "{'error':{'code':1,'details':[{'@type':'x/google.rpc.DebugInfo'},{'@type':'x/"
                       "google.ads.googleads.v99.errors.GoogleAdsFailure',"
                       "'errors':[{'errorCode':{'%s':'%s'},'message':'no'}]}]}}",
                       errors_table[i].category, errors_table[i].word);
        drive_answer(&d, errors_table[i].status, "", body);
        if (d.outcome.way != ADSYNC__WAY_FAIL || d.outcome.refusal != errors_table[i].refusal)
            fail_msg("%s.%s is %s", errors_table[i].category, errors_table[i].word, adsync__refusal_name(d.outcome.refusal));
    }
    drive_end(&d);
}

static void what_google_ads_does_not_say_itself_is_judged_by_its_canonical_status(void **state)
{
    static const struct {
        const char *word;
        uint32_t refusal;
    } cases[] = {
        { "UNAUTHENTICATED", ADSYNC_CLASS_AUTH_EXPIRED },
        { "PERMISSION_DENIED", ADSYNC_CLASS_PERMISSION },
        { "NOT_FOUND", ADSYNC_CLASS_NOT_FOUND },
        { "RESOURCE_EXHAUSTED", ADSYNC_CLASS_THROTTLED },
        { "INVALID_ARGUMENT", ADSYNC_CLASS_INVALID },
        { "INTERNAL", ADSYNC_CLASS_TRANSIENT },
        { "UNAVAILABLE", ADSYNC_CLASS_TRANSIENT },
        { "DEADLINE_EXCEEDED", ADSYNC_CLASS_TRANSIENT },
        { "ABORTED", ADSYNC_CLASS_TRANSIENT },
    };
    char body[200];
    drive d;

    (void)state;
    drive_task(&d, LIST);
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        (void)snprintf(body, sizeof body,
                       "{'error':{'status':'%s','message':'ya29.a0AfH6SMBx0123456789_0123456789-0123456789 is no good'}}", cases[i].word);
        drive_answer(&d, 418, "", body);
        assert_int_equal(d.outcome.refusal, cases[i].refusal);
        assert_null(strstr(d.outcome.message, "a0AfH6SMBx")); /* tokens are taken out of messages */
    }
    drive_answer(&d, 404, "", "<!DOCTYPE html>");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_CONFIG);
    drive_end(&d);
}

static void every_state_of_a_campaign(void **state)
{
    static const struct {
        const char *set, *made, *status, *owned;
    } cases[] = {
        { "ENABLED", "ELIGIBLE", "ACTIVE", "ACTIVE" },      { "ENABLED", "LEARNING", "ACTIVE", "ACTIVE" },
        { "ENABLED", "LIMITED", "LIMITED", "ACTIVE" },      { "ENABLED", "MISCONFIGURED", "LIMITED", "ACTIVE" },
        { "ENABLED", "NOT_ELIGIBLE", "LIMITED", "ACTIVE" }, { "ENABLED", "PENDING", "SCHEDULED", "ACTIVE" },
        { "ENABLED", "ENDED", "ENDED", "ACTIVE" },          { "PAUSED", "ENDED", "ENDED", "PAUSED" },
        { "PAUSED", "PAUSED", "PAUSED", "PAUSED" },         { "PAUSED", "PENDING", "PAUSED", "PAUSED" },
        { "REMOVED", "REMOVED", "DELETED", "DELETED" },     { "ENABLED", "A_NEW_WORD", "UNKNOWN", "ACTIVE" },
        { "REMOVED", "ENDED", "DELETED", "DELETED" },
    };
    char body[200];
    drive d;

    (void)state;
    drive_task(&d, LIST);
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        (void)snprintf(body, sizeof body, "{'results':[{'campaign':{'id':'1','status':'%s','primaryStatus':'%s'}}]}", cases[i].set,
                       cases[i].made);
        drive_answer(&d, 200, "", body);
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_STATUS), cases[i].status);
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_SWITCH), cases[i].owned);
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_PLATFORM_STATUS), cases[i].made);
    }
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_of_the_table_has_its_class),
        cmocka_unit_test(what_google_ads_does_not_say_itself_is_judged_by_its_canonical_status),
        cmocka_unit_test(every_state_of_a_campaign),
    };

    drive_platform = "google";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
