/* SPDX-License-Identifier: MIT */
/* The three slots of a connector, over its tables. */
#include "common.h"

#include <stdio.h>

enum { PLATFORM_TEXT = 64 * 1024 };

const adsync__kind *adsync__kind_of(const adsync__platform *platform, uint32_t kind)
{
    for (const adsync__kind *at = platform->kinds; at->kind; at++)
        if (at->kind == kind) return at;
    return NULL;
}

const adsync__level *adsync__level_of(const adsync__platform *platform, uint32_t level)
{
    for (const adsync__level *at = platform->levels; at->level; at++)
        if (at->level == level) return at;
    return NULL;
}

static const adsync__flow *platform_flow(const adsync__platform *platform, const adsync_task *task)
{
    uint32_t op = adsync_task_op(task), kind = adsync_task_kind(task);

    if (op == ADSYNC_TASK_REPORT && !adsync__level_of(platform, kind)) return NULL;
    if (op >= ADSYNC_TASK_LIST && op <= ADSYNC_TASK_CHANGES && !adsync__kind_of(platform, kind)) return NULL;
    for (const adsync__flow *at = platform->flows; at->task; at++)
        if (at->task == op && (!at->kind || at->kind == kind)) return at;
    return NULL;
}

static bool platform_has(const adsync__platform *platform, uint32_t task)
{
    for (const adsync__flow *at = platform->flows; at->task; at++)
        if (at->task == task) return true;
    return false;
}

static void platform_supports(const adsync__platform *platform, adsync_manifest *out)
{
    static const struct {
        uint32_t task, can;
    } lists[] = { { ADSYNC_TASK_LIST, ADSYNC__CAN_LIST },
                  { ADSYNC_TASK_GET, ADSYNC__CAN_GET },
                  { ADSYNC_TASK_CHANGES, ADSYNC__CAN_CHANGES } };

    for (uint32_t task = 1; task < ADSYNC_TASK_LIST; task++)
        if (platform_has(platform, task)) adsync_manifest_supports(out, task, 0);
    for (const adsync__kind *kind = platform->kinds; kind->kind; kind++)
        for (size_t i = 0; i < ADSYNC__COUNT(lists); i++)
            if ((kind->can & lists[i].can) && platform_has(platform, lists[i].task))
                adsync_manifest_supports(out, lists[i].task, kind->kind);
    for (const adsync__level *level = platform->levels; level->level; level++)
        adsync_manifest_supports(out, ADSYNC_TASK_REPORT, level->level);
}

void adsync__describe(const adsync__platform *platform, adsync_manifest *out)
{
    for (const adsync__said_host *host = platform->hosts; host->id; host++) adsync_manifest_host(out, host->id, host->name, host->flags);
    for (const adsync__said_setting *setting = platform->settings; setting->name; setting++)
        adsync_manifest_setting(out, setting->name, setting->value);
    adsync_manifest_setting(out, "revision", platform->revision);
    adsync_manifest_setting(out, "scopes", platform->scopes);
    platform_supports(platform, out);
    for (const adsync__said_window *said = platform->windows; said->limit; said++) {
        const adsync_window window = {
            .size = sizeof window, .align = said->align, .permits = said->permits, .length_us = said->seconds * ADSYNC__SECOND_US
        };
        adsync_manifest_window(out, said->limit, said->scope, &window);
    }
}

adsync_status adsync__platform_request(const adsync__platform *platform, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    const adsync__flow *flow = platform_flow(platform, task);
    adsync__call call = { .platform = platform, .task = task, .out = out, .error = error };
    char name[48];
    adsync_status rc;

    if (!flow) {
        (void)snprintf(name, sizeof name, "%s.unsupported", platform->name);
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, name, "%s does not have this", platform->title);
    }
    adsync__buffer_begin(&call.target, PLATFORM_TEXT);
    adsync__buffer_begin(&call.text, PLATFORM_TEXT);
    adsync__cursor_read(platform, task, &call.cursor, &call.at);
    rc = flow->ask(&call);
    if (rc >= 0 && (call.target.failed == ADSYNC_E_MEMORY || call.text.failed == ADSYNC_E_MEMORY)) rc = adsync__fail_memory(error);
    if (rc >= 0 && (call.target.failed || call.text.failed))
        rc = adsync__invalid(platform, "task", "the task holds more text than a request takes", error);
    adsync__buffer_free(&call.target);
    adsync__buffer_free(&call.text);
    return rc;
}

static adsync_status platform_digest(adsync__answer *a, const adsync__flow *flow)
{
    const adsync_json *json;
    adsync_status rc;

    if (a->platform->headers) a->platform->headers(a);
    adsync__reader_free(a->reader); /* what headers needed serves the body */
    a->reader = NULL;
    if (a->cursor.stale) return adsync__stale(a);
    json = a->platform->no_json ? NULL : adsync_response_json(a->in);
    if (json) a->root = json->node;
    if (json) a->stop = json->stop;
    if ((rc = flow->digest(a)) < 0) return rc;
    if (a->needs_currency) adsync_outcome_need(a->out, "currency");
    return a->failed ? adsync__fail_memory(a->error) : ADSYNC_OK;
}

adsync_status adsync__platform_response(const adsync__platform *platform, const adsync_task *task, const adsync_response *in,
                                        adsync_outcome *out, adsync_error **error)
{
    const adsync__flow *flow = platform_flow(platform, task);
    adsync__answer a = {
        .platform = platform, .task = task, .in = in, .out = out, .error = error, .now_us = adsync_task_int(task, "now_us")
    };
    char words[80];
    adsync_status rc;

    if (!flow || !flow->digest) {
        (void)snprintf(words, sizeof words, "%s does not have this", platform->title);
        adsync_outcome_fail(out, ADSYNC_CLASS_UNSUPPORTED, "unsupported", words, 0, 0);
        return ADSYNC_OK;
    }
    adsync__cursor_read(platform, task, &a.cursor, &a.at);
    rc = platform_digest(&a, flow);
    adsync__reader_free(a.reader);
    adsync__zone_free(a.zone);
    return rc;
}
