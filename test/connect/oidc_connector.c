/* SPDX-License-Identifier: MIT */
#include "oidc_connector.h"

#include "json/json.h"

#include <stdio.h>

static adsync_status oidc_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    static const uint32_t tasks[] = { ADSYNC_TASK_AUTH_BEGIN,   ADSYNC_TASK_AUTH_COMPLETE, ADSYNC_TASK_AUTH_REFRESH,
                                      ADSYNC_TASK_AUTH_INSPECT, ADSYNC_TASK_AUTH_REVOKE,   ADSYNC_TASK_ACCOUNT_DISCOVER };

    (void)user, (void)error;
    adsync_manifest_host(out, "op", "op.example.test", ADSYNC_HOST_AUTH);
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) adsync_manifest_supports(out, tasks[i], 0);
    adsync_manifest_setting(out, "api_version", "1");
    adsync_manifest_setting(out, "revision", "1");
    adsync_manifest_setting(out, "scopes", "openid offline_access ads");
    adsync_manifest_setting(out, "pkce", "S256");
    adsync_manifest_setting(out, "refresh", "single_use");
    adsync_manifest_setting(out, "account_prefix", "act_");
    adsync_manifest_setting(out, "account_ignore", "-");
    adsync_manifest_setting(out, "app_settings", "acr prompt");
    adsync_manifest_setting(out, "revoke_help", "Settings, Apps, Remove");
    return ADSYNC_OK;
}

static void oidc_begin(const adsync_task *task, adsync_request *out)
{
    static const struct {
        const char *name, *of;
    } fields[] = { { "client_id", "client_id" },
                   { "redirect_uri", "redirect_uri" },
                   { "scope", "scopes" },
                   { "state", "state" },
                   { "code_challenge", "challenge" } };

    adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "op", "/auth");
    adsync_request_browser(out);
    for (size_t i = 0; i < ADSYNC__COUNT(fields); i++)
        adsync_request_field(out, ADSYNC_PLACE_QUERY, fields[i].name, adsync_task_text(task, fields[i].of));
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "code_challenge_method", "S256");
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "response_type", "code");
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "prompt",
                         adsync_task_text(task, "prompt") ? adsync_task_text(task, "prompt") : "consent");
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "acr", adsync_task_fact(task, "acr"));
}

/* A refresh is called harmless here: that its token works once is said by the manifest, and the library holds to that. */
static void oidc_token(const adsync_task *task, const char *kind, const char *path, adsync_request *out)
{
    uint32_t effect = adsync_task_op(task) == ADSYNC_TASK_AUTH_REFRESH ? ADSYNC_EFFECT_SAME : ADSYNC_EFFECT_ONCE;

    adsync_request_open(out, effect, "POST", "op", path);
    if (kind) adsync_request_field(out, ADSYNC_PLACE_FORM, "grant_type", kind);
    adsync_request_field(out, ADSYNC_PLACE_FORM, "client_id", adsync_task_text(task, "client_id"));
    adsync_request_secret(out, ADSYNC_PLACE_FORM, "client_secret", NULL, "client_secret");
}

/* The code, cut out of the query as it came. */
static void oidc_code(const adsync_task *task, adsync_request *out)
{
    const char *query = adsync_task_text(task, "query"), *at = query ? strstr(query, "code=") : NULL;
    size_t size = at ? strcspn(at + 5, "&") : 0;
    char code[512] = "";

    if (size < sizeof code && at) memcpy(code, at + 5, size);
    oidc_token(task, "authorization_code", "/token", out);
    adsync_request_field(out, ADSYNC_PLACE_FORM, "code", code);
    adsync_request_field(out, ADSYNC_PLACE_FORM, "redirect_uri", adsync_task_text(task, "redirect_uri"));
    adsync_request_secret(out, ADSYNC_PLACE_FORM, "code_verifier", NULL, "verifier");
}

static void oidc_me(adsync_request *out)
{
    adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "op", "/me");
    adsync_request_secret(out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
}

static adsync_status oidc_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    (void)user;
    switch (adsync_task_op(task)) {
    case ADSYNC_TASK_AUTH_BEGIN:
        oidc_begin(task, out);
        return ADSYNC_OK;
    case ADSYNC_TASK_AUTH_COMPLETE:
        if (adsync_task_text(task, "cursor"))
            oidc_me(out);
        else
            oidc_code(task, out);
        return ADSYNC_OK;
    case ADSYNC_TASK_AUTH_REFRESH:
        oidc_token(task, "refresh_token", "/token", out);
        adsync_request_secret(out, ADSYNC_PLACE_FORM, "refresh_token", NULL, "refresh_token");
        return ADSYNC_OK;
    case ADSYNC_TASK_AUTH_REVOKE:
        oidc_token(task, NULL, "/token/revocation", out);
        adsync_request_secret(out, ADSYNC_PLACE_FORM, "token", NULL, "refresh_token");
        return ADSYNC_OK;
    case ADSYNC_TASK_AUTH_INSPECT:
    case ADSYNC_TASK_ACCOUNT_DISCOVER:
        oidc_me(out);
        return ADSYNC_OK;
    default:
        return adsync_error_set(error, ADSYNC_E_UNSUPPORTED, "op cannot do this", 0);
    }
}

static void oidc_secret(adsync__node root, const char *name, int64_t expires_us, adsync_outcome *out)
{
    size_t size = 0;
    const char *text = adsync__node_text(adsync__node_get(root, name), &size);

    if (text) adsync_outcome_secret(out, name, text, size, expires_us);
}

static void oidc_tokens(const adsync_task *task, adsync__node root, adsync_outcome *out)
{
    int64_t seconds = 0;
    const char *scopes = adsync__node_text(adsync__node_get(root, "scope"), NULL);

    (void)adsync__node_int(adsync__node_get(root, "expires_in"), &seconds);
    oidc_secret(root, "access_token", adsync_task_int(task, "now_us") + seconds * 1000000, out);
    oidc_secret(root, "refresh_token", 0, out);
    if (scopes) adsync_outcome_fact(out, "scopes", scopes);
    if (adsync_task_op(task) == ADSYNC_TASK_AUTH_COMPLETE)
        adsync_outcome_next(out, "me");
    else
        adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
}

static void oidc_person(const adsync_task *task, adsync__node root, adsync_outcome *out)
{
    const char *who = adsync__node_text(adsync__node_get(root, "sub"), NULL);
    adsync_row *row;

    if (who) adsync_outcome_fact(out, "external_user", who);
    for (int ways = 0; adsync_task_op(task) == ADSYNC_TASK_ACCOUNT_DISCOVER && who && ways < 2; ways++) { /* it is one account */
        row = adsync_outcome_row(out, ADSYNC_T_CONNECTIONS, ADSYNC_KIND_ACCOUNT, ADSYNC_TWICE_REPLACE);
        adsync_row_text(row, ADSYNC_C_ACCOUNT_ID, who, strlen(who));
    }
    adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
}

static void oidc_refused(const adsync_task *task, uint32_t status, adsync__node root, adsync_outcome *out)
{
    const char *code = adsync__node_text(adsync__node_get(root, "error"), NULL);
    uint32_t refusal = ADSYNC_CLASS_INVALID;

    if (status >= 500) refusal = ADSYNC_CLASS_TRANSIENT;
    if (status == 429) refusal = ADSYNC_CLASS_THROTTLED;
    if (status == 401) refusal = ADSYNC_CLASS_AUTH_EXPIRED;
    if (code && !strcmp(code, "invalid_grant"))
        refusal = adsync_task_op(task) == ADSYNC_TASK_AUTH_COMPLETE ? ADSYNC_CLASS_INVALID : ADSYNC_CLASS_AUTH_REVOKED;
    adsync_outcome_fail(out, refusal, code, "the provider refused", 0, 0);
}

static adsync_status oidc_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,
                                   adsync_error **error)
{
    adsync__reader *reader = NULL;
    adsync__node root = { 0 };
    size_t size = 0;
    const char *body = adsync_response_body(in, &size);
    adsync_status rc;

    (void)user;
    if ((rc = adsync__reader_new(1 << 20, &reader, error)) < 0) return rc;
    if (size && (rc = adsync__reader_parse(reader, body, size, &root, error)) < 0) goto done;
    if (adsync_response_status(in) >= 300)
        oidc_refused(task, adsync_response_status(in), root, out);
    else if (adsync_task_op(task) == ADSYNC_TASK_AUTH_REVOKE)
        adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    else if (adsync__node_kind(adsync__node_get(root, "access_token")) == ADSYNC__NODE_TEXT)
        oidc_tokens(task, root, out);
    else
        oidc_person(task, root, out);
done:
    adsync__reader_free(reader);
    return rc;
}

const adsync_connector_ops oidc_connector = {
    .size = sizeof oidc_connector, .describe = oidc_describe, .request = oidc_request, .response = oidc_response
};
