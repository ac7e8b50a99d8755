/* SPDX-License-Identifier: MIT */
/* The objects that a connector sees, from inside. A manifest lives as long as its connector; task, recipe, response and outcome
 * live for one turn of a request and lie in arenas, so that ending them is one free. */
#ifndef ADSYNC_SRC_PLATFORM_H
#define ADSYNC_SRC_PLATFORM_H

#include "../base/base.h"
#include "../json/json.h"
#include "../rows/rows.h"

#include <adsync/connector.h>

/* ---- manifest.c */
typedef struct adsync__host_entry {
    const char *id, *name;
    uint32_t flags;
} adsync__host_entry;
typedef struct adsync__setting {
    const char *name, *value;
} adsync__setting;
typedef struct adsync__limit_class {
    const char *name;
    uint32_t scope;
    adsync_window window;
} adsync__limit_class;
typedef struct adsync__support {
    uint32_t task, kind;
} adsync__support;
struct adsync_manifest {
    adsync__arena arena;
    adsync_status failed;
    adsync__host_entry *hosts;
    adsync__setting *settings;
    adsync__limit_class *limits;
    adsync__support *supports;
    uint32_t n_hosts, n_settings, n_limits, n_supports;
    uint32_t room_hosts, room_settings, room_limits, room_supports;
};
void adsync__manifest_free(adsync_manifest *manifest); /* its content */
const adsync__host_entry *adsync__manifest_host(const adsync_manifest *manifest, const char *id);
const adsync__host_entry *adsync__manifest_host_named(const adsync_manifest *manifest, const char *name,
                                                      size_t size);                      /* case does not matter */
const char *adsync__manifest_setting(const adsync_manifest *manifest, const char *name); /* NULL: not set */
bool adsync__manifest_supports(const adsync_manifest *manifest, uint32_t task, uint32_t kind);

/* ---- task.c */
enum { ADSYNC__TASK_PARAM = 0, ADSYNC__TASK_FACT, ADSYNC__TASK_ID, ADSYNC__TASK_SECRET };
typedef struct adsync__task_field {
    uint32_t group;
    const char *name;
    char *text;
    size_t room; /* of text, without its NUL */
    int64_t i;
} adsync__task_field;
struct adsync_task {
    adsync__arena arena;
    adsync_status failed;
    uint32_t op, kind;
    adsync__task_field *fields;
    uint32_t n, room;
};
void adsync__task_begin(adsync_task *task, uint32_t op, uint32_t kind);
void adsync__task_int(adsync_task *task, const char *name, int64_t i);
void adsync__task_text(adsync_task *task, uint32_t group, const char *name,
                       const char *text); /* copied; the later one stands, ids add up; NULL text: nothing */
void adsync__task_free(adsync_task *task);
const char *adsync__task_name(uint32_t op);       /* "auth.begin" .. */
uint32_t adsync__task_op_named(const char *name); /* 0: none */

/* ---- request.c: the recipe */
typedef struct adsync__recipe_field {
    uint32_t place, raw;               /* ADSYNC_PLACE_*; raw: encoded already */
    const char *name, *value;          /* value NULL: a secret or proof */
    const char *prefix, *secret, *key; /* key: the proof's signing secret */
    const char *basic;                 /* the user whose password the secret is */
    size_t size;                       /* of value */
} adsync__recipe_field;
struct adsync_request {
    adsync__arena arena;
    adsync_status failed;
    uint32_t effect, browser, max_bytes;
    int64_t timeout_us;
    const char *method, *host, *path, *url, *url_secret, *content_type;
    struct {
        const char *consumer_key, *consumer_secret, *token_secret, *nonce; /* consumer_secret NULL: not signed */
        int64_t now_us;
    } oauth;
    adsync__recipe_field *fields; /* in the order they were added */
    uint32_t n, room;
    struct {
        const char *limit;
        uint32_t units;
    } costs[8];
    uint32_t n_costs;
};
void adsync__request_begin(adsync_request *request);
void adsync__request_free(adsync_request *request);
/* What is left of it once it became a message: the verb and what it costs. Without memory to move these all of it stays. */
void adsync__request_spend(adsync_request *request);

/* ---- response.c, json.c */
typedef struct adsync__parsed { /* a body as JSON, once somebody asked; zeroed: nobody did */
    adsync__reader *reader;
    adsync_json json;
    adsync__stop stop;
} adsync__parsed;
void adsync__parsed_free(adsync__parsed *parsed);
struct adsync_response {
    uint32_t status;
    const char *headers; /* "Name: value\r\n" lines */
    const char *body;    /* 64 zero bytes follow it */
    size_t size;
    adsync__arena *arena;  /* of what adsync_response_header joins, and of values */
    adsync__parsed parsed; /* its maker's to free */
};

/* ---- outcome.c */
enum {
    ADSYNC__WAY_NONE = 0,
    ADSYNC__WAY_DONE,
    ADSYNC__WAY_NEXT,
    ADSYNC__WAY_MORE,
    ADSYNC__WAY_WAIT,
    ADSYNC__WAY_SPAWN,
    ADSYNC__WAY_SPLIT,
    ADSYNC__WAY_NEED,
    ADSYNC__WAY_STALE,
    ADSYNC__WAY_UNKNOWN,
    ADSYNC__WAY_FAIL
};
typedef struct adsync__out_row {
    adsync_row row;
    uint32_t table, kind, twice;
    struct adsync__out_row *next;
} adsync__out_row;
typedef struct adsync__out_child {
    adsync_row row;
    const char *key;
    struct adsync__out_child *next;
} adsync__out_child;
typedef struct adsync__out_secret {
    const char *name;
    void *p;
    size_t size;
    int64_t expires_us;
    struct adsync__out_secret *next;
} adsync__out_secret;
typedef struct adsync__out_fact {
    const char *name, *value;
    struct adsync__out_fact *next;
} adsync__out_fact;
typedef struct adsync__out_limit {
    const char *limit;
    uint32_t scope, reading;
    int64_t value, reset_us;
    struct adsync__out_limit *next;
} adsync__out_limit;
typedef struct adsync__out_warning {
    const char *code, *message;
    struct adsync__out_warning *next;
} adsync__out_warning;
struct adsync_outcome {
    adsync__arena arena;
    adsync_status failed; /* E_MEMORY */
    uint32_t way, complete, evidence, refusal, scope;
    const char *cursor, *code, *message, *need;
    int64_t delay_us, retry_after_us;
    adsync__out_row *rows, **rows_end, spare_row;
    adsync__out_child *children, **children_end, spare_child;
    adsync__out_secret *secrets, **secrets_end;
    adsync__out_fact *facts, **facts_end;
    adsync__out_limit *limits, **limits_end;
    adsync__out_warning *warnings, **warnings_end;
    uint32_t n_rows;
};
void adsync__outcome_begin(adsync_outcome *outcome);
void adsync__outcome_free(adsync_outcome *outcome); /* wipes its secrets */
/* A way was said, with what it needs, and every row is whole. */
adsync_status adsync__outcome_check(const adsync_outcome *outcome, adsync_error **error);
/* What a refusal is for the caller: class, "example.190.463", words that begin with `who`. */
adsync_status adsync__outcome_error(const adsync_outcome *outcome, const char *platform, const char *who, adsync_error **error);
const char *adsync__way_name(uint32_t way);         /* "done" .. */
const char *adsync__refusal_name(uint32_t refusal); /* "auth_expired" .. */

#endif
