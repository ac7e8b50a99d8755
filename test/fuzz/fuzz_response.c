/* SPDX-License-Identifier: MIT */
/* Any body as the answer to any task of any platform. Four letters say which: the platform's first, task, kind, HTTP status; then a line
 * with the cursor, then the body. Whatever comes, an outcome is whole, and the cursor it gives can be gone on with. */
#include "fuzz.h"

#include "connectors/common/common.h"
#include "engine/builtin.h"
#include "platform/platform.h"

static const uint32_t statuses[] = { 200, 400, 500, 429, 401, 403 };
static adsync_manifest manifests[16];

/* All that a task may hold. What a platform does not ask for, it does not look at. */
static void fill(adsync_task *task, const adsync_manifest *manifest, uint32_t op, uint32_t kind, const char *cursor)
{
    static const struct {
        uint32_t place;
        const char *name, *value;
    } texts[] = {
        { ADSYNC__TASK_PARAM, "account_id", "123" },
        { ADSYNC__TASK_PARAM, "client_id", "99" },
        { ADSYNC__TASK_PARAM, "redirect_uri", "https://h/" },
        { ADSYNC__TASK_PARAM, "query", "code=c&auth_code=c&oauth_token=t&oauth_verifier=v" },
        { ADSYNC__TASK_PARAM, "state", "s" },
        { ADSYNC__TASK_PARAM, "random", "00112233445566778899aabbccddeeff" },
        { ADSYNC__TASK_FACT, "currency", "USD" },
        { ADSYNC__TASK_FACT, "time_zone", "UTC" },
        { ADSYNC__TASK_SECRET, "access_token", "" },
        { ADSYNC__TASK_SECRET, "refresh_token", "" },
        { ADSYNC__TASK_SECRET, "client_secret", "" },
        { ADSYNC__TASK_SECRET, "token_secret", "" },
        { ADSYNC__TASK_SECRET, "developer_token", "" },
        { ADSYNC__TASK_SECRET, "carried", "" },
        { ADSYNC__TASK_ID, "id", "11" },
        { ADSYNC__TASK_ID, "id", "12" },
    };

    adsync__task_begin(task, op, kind);
    for (size_t i = 0; i < ADSYNC__COUNT(texts); i++) adsync__task_text(task, texts[i].place, texts[i].name, texts[i].value);
    adsync__task_text(task, ADSYNC__TASK_PARAM, "api_version", adsync__manifest_setting(manifest, "api_version"));
    adsync__task_int(task, "now_us", INT64_C(1767225600000000));
    adsync__task_int(task, "from", 20260101);
    adsync__task_int(task, "to", 20260103);
    adsync__task_int(task, "since_us", INT64_C(1767139200000000));
    if (*cursor) adsync__task_text(task, ADSYNC__TASK_PARAM, "cursor", cursor);
}

/* What the outcome says can be gone on with: its cursor gives a request, to a host of the platform or (without our secrets) a file. */
static void check_cursor(adsync_task *task, const adsync_connector_ops *ops, const char *text, bool first)
{
    adsync_request request;
    adsync_error *error = NULL;
    adsync_status rc;

    FUZZ_CHECK(strlen(text) < ADSYNC__CURSOR_MOST);
    FUZZ_CHECK(!strstr(text, "access_token=")); /* ids may hold the word */
    adsync__task_text(task, ADSYNC__TASK_PARAM, "cursor", text);
    adsync__request_begin(&request);
    rc = ops->request(NULL, task, &request, &error);
    FUZZ_CHECK(rc == ADSYNC_OK || (rc == ADSYNC_E_INVALID && !first)); /* a forged cursor may lead to one that is refused */
    FUZZ_CHECK(rc != ADSYNC_OK || !first || (!request.failed && request.method));
    adsync_error_free(error);
    adsync__request_free(&request);
}

static void check_outcome(adsync_task *task, const adsync_connector_ops *ops, const adsync_outcome *outcome)
{
    FUZZ_CHECK(outcome->n_rows <= ADSYNC__ROWS_MOST);
    for (const adsync__out_row *row = outcome->rows; row; row = row->next) {
        FUZZ_CHECK(row->kind >= ADSYNC_KIND_ACCOUNT && row->kind <= ADSYNC_KIND_POST);
        FUZZ_CHECK(adsync__row_get(&row->row, row->table == ADSYNC_T_METRICS ? ADSYNC_C_ENTITY_ID : ADSYNC_C_ID));
    }
    for (const adsync__out_secret *secret = outcome->secrets; secret; secret = secret->next) FUZZ_CHECK(secret->size);
    if (outcome->cursor) check_cursor(task, ops, outcome->cursor, !adsync_task_text(task, "cursor"));
}

static void run(const adsync_connector_ops *ops, adsync_task *task, uint32_t status, char *body, size_t size)
{
    adsync__arena answer = { 0 };
    adsync_outcome outcome;
    adsync_error *error = NULL;
    adsync_response in = { .status = status,
                           .body = body,
                           .size = size,
                           .arena = &answer,
                           .headers =
                               "X-App-Usage: {\"call_count\":5}\r\nX-Rate-Limit-Remaining: 0\r\nX-Rate-Limit-Reset: 1767225605000\r\n" };
    adsync_status rc;

    adsync__outcome_begin(&outcome);
    rc = ops->response(NULL, task, &in, &outcome, &error);
    FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT);
    FUZZ_CHECK(rc == ADSYNC_OK || error);
    if (rc == ADSYNC_OK) {
        rc = adsync__outcome_check(&outcome, NULL);
        FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT);
        if (rc == ADSYNC_OK) check_outcome(task, ops, &outcome);
    }
    adsync_error_free(error);
    adsync__outcome_free(&outcome);
    adsync__parsed_free(&in.parsed);
    adsync__arena_free(&answer);
}

static uint32_t platforms(void)
{
    uint32_t n = 0;

    for (; adsync__builtins[n].platform && n < ADSYNC__COUNT(manifests); n++)
        if (!manifests[n].n_hosts) FUZZ_CHECK(adsync__builtins[n].ops->describe(NULL, &manifests[n], NULL) == ADSYNC_OK);
    return n;
}

static uint32_t platform_of(char letter, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (*adsync__builtins[i].platform == letter) return i;
    return (unsigned char)letter % n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t letter[4], n = platforms();
    const adsync_connector_ops *ops;
    char *copy, *body;
    adsync_task task;

    if (size < ADSYNC__COUNT(letter)) return 0;
    letter[0] = platform_of((char)data[0], n);
    for (size_t i = 1; i < ADSYNC__COUNT(letter); i++) letter[i] = data[i] >= 'a' ? data[i] - 'a' : data[i];
    ops = adsync__builtins[letter[0]].ops;
    data += ADSYNC__COUNT(letter);
    size -= ADSYNC__COUNT(letter);
    if (!(copy = calloc(1, size + 1 + ADSYNC__READER_PADDING))) return 0;
    memcpy(copy, data, size);
    if (!(body = memchr(copy, '\n', size)) || memchr(copy, 0, (size_t)(body - copy))) {
        free(copy);
        return 0;
    }
    *body++ = 0;
    fill(&task, &manifests[letter[0]], 1 + letter[1] % ADSYNC_TASK_REPORT, letter[2] % (ADSYNC_KIND_POST + 1), copy);
    run(ops, &task, statuses[letter[3] % ADSYNC__COUNT(statuses)], body, size - (size_t)(body - copy));
    adsync__task_free(&task);
    free(copy);
    return 0;
}
