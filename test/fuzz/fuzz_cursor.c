/* SPDX-License-Identifier: MIT */
/* Any text as a cursor of Meta's: it is stale, or it says the same when it is written again; either way a request comes of it. The first
 * letter picks the task. */
#include "connectors/meta/meta_int.h"
#include "fuzz.h"
#include "platform/platform.h"

static const struct {
    uint32_t op, kind;
} tasks[] = {
    { ADSYNC_TASK_LIST, ADSYNC_KIND_AD }, { ADSYNC_TASK_LIST, ADSYNC_KIND_LEAD }, { ADSYNC_TASK_REPORT, ADSYNC_KIND_AD },
    { ADSYNC_TASK_GET, ADSYNC_KIND_AD },  { ADSYNC_TASK_AUTH_COMPLETE, 0 },       { ADSYNC_TASK_ACCOUNT_DISCOVER, 0 },
};

static void check_same(const adsync_task *task, const adsync__place *at)
{
    adsync__buffer text;
    static adsync__cursor copied;
    adsync__place again;
    adsync_task copy;

    adsync__buffer_begin(&text, 2 * ADSYNC__CURSOR_MOST);
    adsync__cursor_write(&meta_platform, task, at, &text);
    FUZZ_CHECK(!text.failed);
    adsync__task_begin(&copy, task->op, task->kind);
    adsync__task_text(&copy, ADSYNC__TASK_PARAM, "api_version", "v25.0");
    adsync__task_text(&copy, ADSYNC__TASK_PARAM, "cursor", text.p);
    adsync__cursor_read(&meta_platform, &copy, &copied, &again);
    if (text.size < ADSYNC__CURSOR_MOST) {
        FUZZ_CHECK(!copied.stale && again.step == at->step && again.limit == at->limit && again.skip == at->skip &&
                   again.tries == at->tries);
        for (uint32_t i = 0; i < ADSYNC__ARGS; i++) FUZZ_CHECK(!strcmp(again.arg[i], at->arg[i]));
    }
    adsync__task_free(&copy);
    adsync__buffer_free(&text);
}

static void check_query(const char *p, size_t size)
{
    adsync__buffer text;
    const char *value;
    size_t n;

    if (!adsync__url_raw(p, size, "after", &value, &n)) return;
    FUZZ_CHECK(value >= p && value + n <= p + size);
    adsync__buffer_begin(&text, size + 1);
    if (adsync__url_decode(&text, value, n, true)) FUZZ_CHECK(!text.failed && text.size <= n);
    adsync__buffer_free(&text);
}

static void fill(adsync_task *task, uint32_t op, uint32_t kind, const char *text)
{
    adsync__task_begin(task, op, kind);
    adsync__task_text(task, ADSYNC__TASK_PARAM, "api_version", "v25.0");
    adsync__task_text(task, ADSYNC__TASK_PARAM, "account_id", "123");
    adsync__task_text(task, ADSYNC__TASK_PARAM, "client_id", "99");
    adsync__task_text(task, ADSYNC__TASK_PARAM, "query", text);
    adsync__task_text(task, ADSYNC__TASK_PARAM, "redirect_uri", "https://h/");
    adsync__task_text(task, ADSYNC__TASK_ID, "id", "11");
    adsync__task_int(task, "from", 20260101);
    adsync__task_int(task, "to", 20260131);
    adsync__task_text(task, ADSYNC__TASK_PARAM, "cursor", text);
}

static void check_request(const adsync_task *task)
{
    adsync_request request;
    adsync_status rc;

    adsync__request_begin(&request);
    rc = adsync__meta.request(NULL, task, &request, NULL);
    FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_INVALID || rc == ADSYNC_E_REJECTED);
    if (rc == ADSYNC_OK) FUZZ_CHECK(!request.failed && !strcmp(request.host, "graph") && !strncmp(request.path, "/v25.0/", 7));
    adsync__request_free(&request);
}

static void check_response(const adsync_task *task, bool stale)
{
    static const char empty[64 + 12] = "{\"data\":[]}";
    adsync__arena answer = { 0 };
    adsync_response in = { .status = 200, .headers = "", .body = empty, .size = 11, .arena = &answer };
    adsync_outcome outcome;
    adsync_status rc;

    adsync__outcome_begin(&outcome);
    rc = adsync__meta.response(NULL, task, &in, &outcome, NULL);
    FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT);
    if (rc == ADSYNC_OK) FUZZ_CHECK(adsync__outcome_check(&outcome, NULL) == ADSYNC_OK);
    if (stale) FUZZ_CHECK(rc == ADSYNC_OK && outcome.way == ADSYNC__WAY_STALE);
    adsync__outcome_free(&outcome);
    adsync__parsed_free(&in.parsed);
    adsync__arena_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t which = size ? (*data >= 'a' ? (size_t)(*data - 'a') : *data) % ADSYNC__COUNT(tasks) : 0;
    adsync_task task;
    static adsync__cursor cursor;
    adsync__place at;
    char *text;

    if (!(text = calloc(1, size + 1))) return 0;
    if (size > 1) memcpy(text, data + 1, size - 1);
    check_query(text, size ? size - 1 : 0);
    fill(&task, tasks[which].op, tasks[which].kind, text);
    adsync__cursor_read(&meta_platform, &task, &cursor, &at);
    if (!cursor.stale && at.step != META_AT_BEGIN) check_same(&task, &at);
    check_request(&task);
    check_response(&task, cursor.stale);
    adsync__task_free(&task);
    free(text);
    return 0;
}
