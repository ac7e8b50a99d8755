/* SPDX-License-Identifier: MIT */
/* The invented platform's connector. A cursor says what it is of: dst:L a list, dst:J a report that is being made, dst:R a made one. */
#include "dst.h"

#include <stdio.h>
#include <stdlib.h>

static adsync_status toy_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    static const char *const settings[][2] = { { "api_version", "1" }, { "revision", "1" }, { "day_zone", "UTC" },
                                               { "report_days", "4" }, { "scopes", "ads" }, { "refresh", "single_use" },
                                               { "pkce", "S256" } };
    static const uint32_t tasks[] = { ADSYNC_TASK_AUTH_BEGIN, ADSYNC_TASK_AUTH_COMPLETE, ADSYNC_TASK_AUTH_REFRESH,
                                      ADSYNC_TASK_ACCOUNT_DISCOVER };
    const dst *w = user;
    const adsync_window window = { .size = sizeof window,
                                   .align = ADSYNC_WINDOW_ROLL,
                                   .length_us = 2 * DST_MINUTE,
                                   .permits = w->plan.permits ? w->plan.permits : 1000000 };

    (void)error;
    adsync_manifest_host(out, "api", "api.dst.test", ADSYNC_HOST_AUTH);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) adsync_manifest_setting(out, settings[i][0], settings[i][1]);
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) adsync_manifest_supports(out, tasks[i], 0);
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_CAMPAIGN);
    adsync_manifest_supports(out, ADSYNC_TASK_REPORT, ADSYNC_KIND_CAMPAIGN);
    adsync_manifest_window(out, "calls", ADSYNC_SCOPE_APP, &window);
    return ADSYNC_OK;
}

/* ---- requests */

static void toy_bearer(adsync_request *out) { adsync_request_secret(out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token"); }

static void toy_begin(const adsync_task *task, adsync_request *out)
{
    adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "api", "/consent");
    adsync_request_browser(out);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "state", adsync_task_text(task, "state"));
}

static void toy_code(const adsync_task *task, adsync_request *out)
{
    const char *query = adsync_task_text(task, "query"), *code = query ? strstr(query, "code=") : NULL;
    char number[24] = "";

    if (adsync_task_text(task, "cursor")) {
        adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "api", "/me");
        toy_bearer(out);
        return;
    }
    (void)snprintf(number, sizeof number, "%lu", code ? strtoul(code + 5, NULL, 10) : 0);
    adsync_request_open(out, ADSYNC_EFFECT_ONCE, "POST", "api", "/token");
    adsync_request_field(out, ADSYNC_PLACE_FORM, "kind", "code");
    adsync_request_field(out, ADSYNC_PLACE_FORM, "code", number);
}

static void toy_number(adsync_request *out, const char *name, int64_t value)
{
    char number[24];

    (void)snprintf(number, sizeof number, "%lld", (long long)value);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, name, number);
}

static void toy_read(const adsync_task *task, adsync_request *out)
{
    const char *cursor = adsync_task_text(task, "cursor");
    bool report = adsync_task_op(task) == ADSYNC_TASK_REPORT, made = cursor && cursor[4] == 'R', waits = cursor && cursor[4] == 'J';

    adsync_request_open(out, report && !cursor ? ADSYNC_EFFECT_SAME : ADSYNC_EFFECT_READ, report && !cursor ? "POST" : "GET", "api",
                        !report ? "/list"
                        : made  ? "/rows"
                        : waits ? "/poll"
                                : "/report");
    if (made || waits) {
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "run", cursor + 5);
    } else {
        adsync_request_field(out, ADSYNC_PLACE_QUERY, "account", adsync_task_text(task, "account_id"));
        adsync_request_query_raw(out, "after", cursor);
    }
    if (report && !cursor) {
        toy_number(out, "from", adsync_task_int(task, "from"));
        toy_number(out, "to", adsync_task_int(task, "to"));
    }
    toy_bearer(out);
    adsync_request_cost(out, "calls", 1);
}

static adsync_status toy_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    (void)user, (void)error;
    switch (adsync_task_op(task)) {
    case ADSYNC_TASK_AUTH_BEGIN:
        toy_begin(task, out);
        break;
    case ADSYNC_TASK_AUTH_COMPLETE:
        toy_code(task, out);
        break;
    case ADSYNC_TASK_AUTH_REFRESH:
        adsync_request_open(out, ADSYNC_EFFECT_SAME, "POST", "api", "/token");
        adsync_request_field(out, ADSYNC_PLACE_FORM, "kind", "refresh");
        adsync_request_secret(out, ADSYNC_PLACE_FORM, "token", NULL, "refresh_token");
        break;
    case ADSYNC_TASK_ACCOUNT_DISCOVER:
        adsync_request_open(out, ADSYNC_EFFECT_READ, "GET", "api", "/me");
        toy_bearer(out);
        break;
    default:
        toy_read(task, out);
    }
    return ADSYNC_OK;
}

/* ---- answers */

static void toy_tokens(const adsync_task *task, const char *line, adsync_outcome *out)
{
    long long life = 0;
    unsigned n = 0;
    char text[24];

    if (sscanf(line, "%u %lld", &n, &life) != 2) return;
    (void)snprintf(text, sizeof text, "a%u", n);
    adsync_outcome_secret(out, "access_token", text, strlen(text), adsync_task_int(task, "now_us") + life * DST_SECOND);
    (void)snprintf(text, sizeof text, "r%u", n);
    adsync_outcome_secret(out, "refresh_token", text, strlen(text), 0);
    if (adsync_task_op(task) == ADSYNC_TASK_AUTH_COMPLETE)
        adsync_outcome_next(out, "dst:me");
    else
        adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
}

static void toy_entity(const adsync_task *task, const char *line, adsync_outcome *out)
{
    char id[16] = "", name[16] = "";
    adsync_row *row;

    if (sscanf(line, "%15s %15s", id, name) != 2) return;
    row = adsync_outcome_row(out, ADSYNC_T_ENTITIES, adsync_task_kind(task), 0);
    adsync_row_text(row, ADSYNC_C_ID, id, strlen(id));
    adsync_row_text(row, ADSYNC_C_NAME, name, strlen(name));
}

static void toy_figure(const adsync_task *task, const char *line, adsync_outcome *out)
{
    long long day = 0, spend = 0;
    char id[16] = "";
    adsync_row *row;

    if (sscanf(line, "%15s %lld %lld", id, &day, &spend) != 3) return;
    row = adsync_outcome_row(out, ADSYNC_T_METRICS, adsync_task_kind(task), 0);
    adsync_row_text(row, ADSYNC_C_ENTITY_ID, id, strlen(id));
    adsync_row_int(row, ADSYNC_C_DAY, day);
    adsync_row_int(row, ADSYNC_C_SPEND, spend);
    adsync_row_text(row, ADSYNC_C_CURRENCY, "EUR", 3);
}

static void toy_user(const adsync_task *task, const char *line, adsync_outcome *out)
{
    (void)task;
    adsync_outcome_fact(out, "external_user", line);
}

static void toy_account(const adsync_task *task, const char *line, adsync_outcome *out)
{
    adsync_row *row;

    if (adsync_task_op(task) != ADSYNC_TASK_ACCOUNT_DISCOVER) return;
    row = adsync_outcome_row(out, ADSYNC_T_CONNECTIONS, ADSYNC_KIND_ACCOUNT, ADSYNC_TWICE_REPLACE);
    adsync_row_text(row, ADSYNC_C_ACCOUNT_ID, line, strlen(line));
}

static void toy_next(const adsync_task *task, const char *line, adsync_outcome *out)
{
    (void)task;
    adsync_outcome_next(out, line);
}

static void toy_wait(const adsync_task *task, const char *line, adsync_outcome *out)
{
    (void)task;
    adsync_outcome_wait(out, line, 5 * DST_SECOND);
}

static void toy_weak(const adsync_task *task, const char *line, adsync_outcome *out)
{
    (void)task, (void)line;
    adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_WEAK);
}

static void toy_throttled(const adsync_task *task, const char *line, adsync_outcome *out)
{
    (void)task;
    adsync_outcome_fail(out, ADSYNC_CLASS_THROTTLED, "429", "too fast", strtoll(line, NULL, 10) * DST_SECOND, ADSYNC_SCOPE_APP);
}

static void toy_gone(const adsync_task *task, const char *line, adsync_outcome *out)
{
    (void)task, (void)line;
    adsync_outcome_stale(out);
}

static const struct toy_word {
    const char *word;
    void (*take)(const adsync_task *task, const char *line, adsync_outcome *out);
    uint32_t refusal; /* or this */
} toy_words[] = {
    { "e ", toy_entity, 0 },
    { "m ", toy_figure, 0 },
    { "next ", toy_next, 0 },
    { "wait ", toy_wait, 0 },
    { "weak", toy_weak, 0 },
    { "gone", toy_gone, 0 },
    { "tokens ", toy_tokens, 0 },
    { "user ", toy_user, 0 },
    { "account ", toy_account, 0 },
    { "throttled ", toy_throttled, 0 },
    { "trouble", NULL, ADSYNC_CLASS_TRANSIENT },
    { "outdated", NULL, ADSYNC_CLASS_AUTH_EXPIRED },
    { "revoked", NULL, ADSYNC_CLASS_AUTH_REVOKED },
    { "used", NULL, ADSYNC_CLASS_INVALID },
    { "unknown", NULL, ADSYNC_CLASS_NOT_FOUND },
    { "invalid", NULL, ADSYNC_CLASS_INVALID },
};

static void toy_line(const adsync_task *task, const char *line, adsync_outcome *out)
{
    for (size_t i = 0; i < sizeof toy_words / sizeof *toy_words; i++) {
        size_t size = strlen(toy_words[i].word);
        if (strncmp(line, toy_words[i].word, size)) continue;
        if (toy_words[i].take)
            toy_words[i].take(task, line + size, out);
        else
            adsync_outcome_fail(out, toy_words[i].refusal, line, line, 0, 0);
        return;
    }
}

static adsync_status toy_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out, adsync_error **error)
{
    char body[DST_BODY], *state = NULL;

    (void)user, (void)error;
    (void)snprintf(body, sizeof body, "%s", adsync_response_body(in, NULL));
    adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG); /* unless a line says otherwise */
    for (char *line = strtok_r(body, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) toy_line(task, line, out);
    return ADSYNC_OK;
}

const adsync_connector_ops dst_connector = {
    .size = sizeof dst_connector, .describe = toy_describe, .request = toy_request, .response = toy_response
};
