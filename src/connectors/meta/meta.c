/* SPDX-License-Identifier: MIT */
/* The connector: which function asks and which digests, per task. */
#include "meta_int.h"

#include <stdio.h>
#include <strings.h>

static const struct {
    meta_asker ask;
    meta_digester digest;
} meta_tasks[] = {
    [ADSYNC_TASK_AUTH_BEGIN] = { meta_auth_begin, NULL },
    [ADSYNC_TASK_AUTH_COMPLETE] = { meta_auth_ask, meta_auth_digest },
    [ADSYNC_TASK_AUTH_REFRESH] = { meta_auth_ask, meta_auth_digest },
    [ADSYNC_TASK_AUTH_INSPECT] = { meta_auth_ask, meta_auth_digest },
    [ADSYNC_TASK_AUTH_REVOKE] = { meta_auth_ask, meta_auth_digest },
    [ADSYNC_TASK_AUTH_APP_TOKEN] = { meta_auth_ask, meta_auth_digest },
    [ADSYNC_TASK_ACCOUNT_DISCOVER] = { meta_discover_ask, meta_discover_digest },
    [ADSYNC_TASK_ACCOUNT_GET] = { meta_account_ask, meta_account_digest },
    [ADSYNC_TASK_LIST] = { meta_list_ask, meta_list_digest },
    [ADSYNC_TASK_GET] = { meta_get_ask, meta_get_digest },
    [ADSYNC_TASK_CHANGES] = { meta_list_ask, meta_list_digest },
    [ADSYNC_TASK_REPORT] = { meta_report_ask, meta_report_digest },
};

static adsync_status meta_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    (void)user, (void)error;
    meta_describe_tables(out);
    return ADSYNC_OK;
}

static bool meta_can(const adsync_task *task)
{
    uint32_t op = adsync_task_op(task), kind = adsync_task_kind(task);

    if (op >= ADSYNC__COUNT(meta_tasks) || !meta_tasks[op].ask) return false;
    if (op == ADSYNC_TASK_REPORT) return meta_level_of(kind) != NULL;
    return op < ADSYNC_TASK_LIST || meta_kind_of(kind) != NULL;
}

static adsync_status meta_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    meta_call call = { .task = task };
    adsync_status rc;

    (void)user;
    if (!meta_can(task)) return meta_unsupported(error);
    adsync__buffer_begin(&call.target, 3 * META_ID);
    adsync__buffer_begin(&call.text, 64 * 1024);
    meta_cursor_read(task, &call.at);
    rc = meta_tasks[adsync_task_op(task)].ask(&call, out, error);
    if (rc >= 0 && (call.target.failed == ADSYNC_E_MEMORY || call.text.failed == ADSYNC_E_MEMORY)) rc = adsync__fail_memory(error);
    if (rc >= 0 && (call.target.failed || call.text.failed))
        rc = adsync__fail(error, ADSYNC_E_INVALID, "meta.task", "the task holds more text than a request takes");
    adsync__buffer_free(&call.target);
    adsync__buffer_free(&call.text);
    return rc;
}

/* The version that answered may not be the one that was asked: Meta raises what has ended. */
static void meta_warn(meta_answer *a)
{
    const char *warning = adsync_response_header(a->in, "X-Ad-Api-Version-Warning");
    const char *answered = adsync_response_header(a->in, "facebook-api-version"), *asked = adsync_task_text(a->task, "api_version");
    char text[120];

    if (warning) {
        adsync_outcome_warning(a->out, "version", warning);
    } else if (answered && asked && strcasecmp(answered, asked)) {
        (void)snprintf(text, sizeof text, "Meta answered with version %.20s, %.20s was asked", answered, asked);
        adsync_outcome_warning(a->out, "version", text);
    }
}

static adsync_status meta_digest(meta_answer *a)
{
    uint32_t op = adsync_task_op(a->task);
    size_t size;
    const char *body = adsync_response_body(a->in, &size);
    adsync_status rc;

    if (!meta_can(a->task) || !meta_tasks[op].digest) {
        adsync_outcome_fail(a->out, ADSYNC_CLASS_UNSUPPORTED, "unsupported", "Meta does not have this", 0, 0);
        return ADSYNC_OK;
    }
    meta_read_limits(a);
    meta_warn(a);
    if (a->at.stale) {
        adsync_outcome_stale(a->out);
        return ADSYNC_OK;
    }
    a->root = (adsync__node){ 0 };
    rc = size ? adsync__reader_parse(a->reader, body, size, &a->root, NULL) : ADSYNC_E_FORMAT;
    if (rc == ADSYNC_E_MEMORY) return adsync__fail_memory(a->error);
    if (rc == ADSYNC_E_TOO_BIG) return adsync__fail(a->error, rc, "meta.body", "Meta's answer is larger than what is read");
    if ((rc = meta_tasks[op].digest(a)) < 0) return rc;
    if (a->needs_currency) adsync_outcome_need(a->out, "currency");
    return a->failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}

static adsync_status meta_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,
                                   adsync_error **error)
{
    meta_answer a = { .task = task, .in = in, .out = out, .error = error, .now_us = adsync_task_int(task, "now_us") };
    adsync_status rc = adsync__reader_new(META_BODY, &a.reader, error);

    (void)user;
    if (rc < 0) return rc;
    meta_cursor_read(task, &a.at);
    rc = meta_digest(&a);
    adsync__reader_free(a.reader);
    return rc;
}

const adsync_connector_ops adsync__meta = {
    .size = sizeof(adsync_connector_ops),
    .describe = meta_describe,
    .request = meta_request,
    .response = meta_response,
};
