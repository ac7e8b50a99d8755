/* SPDX-License-Identifier: MIT */
/* One function of a connector, run from the shell: tasks in, recipes and outcomes out, all as JSON. */
#ifndef ADSYNC_TEST_WIRE_H
#define ADSYNC_TEST_WIRE_H

#include "json/json.h"
#include "platform/platform.h"

/* A task as it was given, and what does not belong into one: the secrets' values. */
typedef struct wire_task {
    adsync__reader *reader;
    adsync__buffer text; /* padded */
    adsync__node root;
    adsync_task task;
    adsync_manifest manifest;
    const adsync_connector_ops *ops;
    const char *platform;
} wire_task;

/* The platform must be built in. Failures are the tool's own. */
adsync_status wire_task_open(const char *platform, const char *json, size_t size, wire_task *out, adsync_error **error);
void wire_task_close(wire_task *task);

/* What `wire request` and `wire response` print. `headers`: "Name: value\r\n" lines. `body`: any bytes. Out is begun by the caller. */
adsync_status wire_request(wire_task *task, adsync__buffer *out, adsync_error **error);
adsync_status wire_response(wire_task *task, uint32_t status, const char *headers, const char *body, size_t size, adsync__buffer *out,
                            adsync_error **error);
/* The response slot alone; `outcome` and `answer` are the caller's to free, also on failure. */
adsync_status wire_digest(wire_task *task, uint32_t status, const char *headers, const char *body, size_t size, adsync_outcome *outcome,
                          adsync__arena *answer, adsync_error **error);

#endif
