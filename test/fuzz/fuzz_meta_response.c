/* SPDX-License-Identifier: MIT */
/* Any body as the answer to any of Meta's tasks: the first letter picks the task, the second the status, the third a cursor. */
#include "connectors/meta/meta_int.h"
#include "fuzz.h"
#include "platform/platform.h"

static const struct {
    uint32_t op, kind;
} tasks[] = {
    { ADSYNC_TASK_LIST, ADSYNC_KIND_CAMPAIGN },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_ADSET },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_AD },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_CREATIVE },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_AUDIENCE },
    { ADSYNC_TASK_LIST, ADSYNC_KIND_LEAD_FORM },
    { ADSYNC_TASK_CHANGES, ADSYNC_KIND_LEAD },
    { ADSYNC_TASK_GET, ADSYNC_KIND_AD },
    { ADSYNC_TASK_GET, ADSYNC_KIND_LEAD },
    { ADSYNC_TASK_ACCOUNT_DISCOVER, 0 },
    { ADSYNC_TASK_ACCOUNT_GET, 0 },
    { ADSYNC_TASK_AUTH_COMPLETE, 0 },
    { ADSYNC_TASK_AUTH_REFRESH, 0 },
    { ADSYNC_TASK_AUTH_INSPECT, 0 },
    { ADSYNC_TASK_AUTH_REVOKE, 0 },
    { ADSYNC_TASK_AUTH_APP_TOKEN, 0 },
    { ADSYNC_TASK_REPORT, ADSYNC_KIND_ACCOUNT },
    { ADSYNC_TASK_REPORT, ADSYNC_KIND_AD },
    { ADSYNC_TASK_REPORT, ADSYNC_KIND_CAMPAIGN },
};
static const uint32_t statuses[] = { 200, 400, 500, 429 };
static const char *const cursors[] = {
    "",
    "1 v25.0 list 100 0 0 AAA",
    "1 v25.0 pages 100 0 0 AAA",
    "1 v25.0 forms 0 0 0 55,56 - -",
    "1 v25.0 leads 0 0 0 55,56 PA FA 71,72 LA",
    "1 v25.0 poll 500 0 3 6023920149050 0",
    "1 v25.0 rows 500 0 0 6023920149050 RA",
    "1 v25.0 inspect 0 0 0",
    "1 v25.0 rights 0 0 0",
    "1 v25.0 get 0 0 1",
};

static void fill(adsync_task *task, uint32_t op, uint32_t kind, const char *cursor)
{
    static const char *const texts[][2] = {
        { "account_id", "123" }, { "api_version", "v25.0" }, { "client_id", "99" }, { "query", "code=c" }, { "redirect_uri", "https://h/" }
    };

    adsync__task_begin(task, op, kind);
    for (size_t i = 0; i < ADSYNC__COUNT(texts); i++) adsync__task_text(task, ADSYNC__TASK_PARAM, texts[i][0], texts[i][1]);
    adsync__task_int(task, "now_us", INT64_C(1767225600000000));
    adsync__task_int(task, "from", 20260101);
    adsync__task_int(task, "to", 20260103);
    adsync__task_text(task, ADSYNC__TASK_FACT, "currency", "USD");
    adsync__task_text(task, ADSYNC__TASK_SECRET, "client_secret", "");
    adsync__task_text(task, ADSYNC__TASK_ID, "id", "11");
    adsync__task_text(task, ADSYNC__TASK_ID, "id", "12");
    if (*cursor) adsync__task_text(task, ADSYNC__TASK_PARAM, "cursor", cursor);
}

/* What the outcome says can be gone on with: its cursor is one of ours, and gives a request. */
static void check_cursor(adsync_task *task, const char *text)
{
    adsync_request request;
    static adsync__cursor cursor;
    adsync__place at;

    FUZZ_CHECK(strlen(text) < ADSYNC__CURSOR_MOST);
    FUZZ_CHECK(!strstr(text, "access_token=")); /* ids may hold the word */
    adsync__task_text(task, ADSYNC__TASK_PARAM, "cursor", text);
    adsync__cursor_read(&meta_platform, task, &cursor, &at);
    FUZZ_CHECK(!cursor.stale);
    adsync__request_begin(&request);
    FUZZ_CHECK(adsync__meta.request(NULL, task, &request, NULL) == ADSYNC_OK);
    FUZZ_CHECK(!request.failed && request.method && !strcmp(request.host, "graph"));
    adsync__request_free(&request);
}

static void check_outcome(adsync_task *task, const adsync_outcome *outcome)
{
    FUZZ_CHECK(outcome->n_rows <= ADSYNC__ROWS_MOST);
    for (const adsync__out_row *row = outcome->rows; row; row = row->next) {
        FUZZ_CHECK(row->kind >= ADSYNC_KIND_ACCOUNT && row->kind <= ADSYNC_KIND_LEAD);
        FUZZ_CHECK(adsync__row_get(&row->row, row->table == ADSYNC_T_METRICS ? ADSYNC_C_ENTITY_ID : ADSYNC_C_ID));
    }
    for (const adsync__out_secret *secret = outcome->secrets; secret; secret = secret->next) FUZZ_CHECK(secret->size);
    if (outcome->cursor) check_cursor(task, outcome->cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t at[3] = { 0 };
    adsync__arena answer = { 0 };
    adsync_outcome outcome;
    adsync_task task;
    adsync_error *error = NULL;
    adsync_status rc;
    char *body;

    for (size_t i = 0; i < 3 && size; i++, data++, size--) at[i] = *data >= 'a' ? (size_t)(*data - 'a') : *data;
    if (!(body = calloc(1, size + 64))) return 0;
    if (size) memcpy(body, data, size);
    adsync_response in = { .status = statuses[at[1] % ADSYNC__COUNT(statuses)],
                           .body = body,
                           .size = size,
                           .arena = &answer,
                           .headers = "X-App-Usage: {\"call_count\":5}\r\n" };
    fill(&task, tasks[at[0] % ADSYNC__COUNT(tasks)].op, tasks[at[0] % ADSYNC__COUNT(tasks)].kind, cursors[at[2] % ADSYNC__COUNT(cursors)]);
    adsync__outcome_begin(&outcome);
    rc = adsync__meta.response(NULL, &task, &in, &outcome, &error);
    FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT);
    FUZZ_CHECK(rc == ADSYNC_OK || error);
    if (rc == ADSYNC_OK) {
        rc = adsync__outcome_check(&outcome, NULL);
        FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT);
        if (rc == ADSYNC_OK) check_outcome(&task, &outcome);
    }
    adsync_error_free(error);
    adsync__outcome_free(&outcome);
    adsync__task_free(&task);
    adsync__arena_free(&answer);
    free(body);
    return 0;
}
