/* SPDX-License-Identifier: MIT */
/* How a query is written and sent. */
#include "google_int.h"

#include <stdio.h>

static const adsync__paging query_paging = { .style = ADSYNC__PAGES_TOKEN, .data = "results", .next = "nextPageToken", .may_lack = true };

bool google_digits(const char *text, size_t size, char out[GOOGLE_ID_ROOM])
{
    static const char prefix[] = "customers/";
    size_t n = 0;

    if (size > sizeof prefix - 1 && !memcmp(text, prefix, sizeof prefix - 1)) {
        text += sizeof prefix - 1;
        size -= sizeof prefix - 1;
    }
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '-') continue;
        if (text[i] < '0' || text[i] > '9' || n == GOOGLE_ID_ROOM - 1) return false;
        out[n++] = text[i];
    }
    out[n] = 0;
    return n > 0;
}

adsync_status google_account(adsync__call *call, char out[GOOGLE_ID_ROOM])
{
    const char *id = adsync_task_text(call->task, "account_id");

    if (id && google_digits(id, strlen(id), out)) return ADSYNC_OK;
    return adsync__invalid(call->platform, "account_id", "an account is known by its digits", call->error);
}

/* A manager that is not written as one is none: the header is refused when it is empty, "null" or has dashes. */
const char *google_login(const adsync_task *task, char out[GOOGLE_ID_ROOM])
{
    const char *login = adsync_task_fact(task, "login_customer_id");

    return login && google_digits(login, strlen(login), out) ? out : NULL;
}

adsync_status google_open(adsync__call *call, const char *method, const char *tail, const char *login)
{
    const char *version = adsync_task_text(call->task, "api_version");
    char path[120];

    if (!adsync__is_id(version)) return adsync__invalid(call->platform, "api_version", "the API version is written v25", call->error);
    (void)snprintf(path, sizeof path, "/%.20s/%s", version, tail);
    adsync_request_open(call->out, ADSYNC_EFFECT_READ, method, "ads", path);
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
    if (adsync_task_has_secret(call->task, "developer_token"))
        adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "developer-token", NULL, "developer_token");
    if (login && *login) adsync_request_field(call->out, ADSYNC_PLACE_HEADER, "login-customer-id", login);
    if (!*call->at.arg[0]) adsync_request_cost(call->out, "operations", 1); /* further pages are free */
    adsync_request_cost(call->out, "qps", 1);
    return ADSYNC_OK;
}

adsync_status google_search(adsync__call *call, const char *account, const char *login)
{
    const char *token = call->at.arg[0];
    char tail[GOOGLE_ID_ROOM + 40];
    adsync__json json;
    adsync_status rc;

    (void)snprintf(tail, sizeof tail, "customers/%s/googleAds:search", account);
    if ((rc = google_open(call, "POST", tail, login)) < 0 || call->target.failed) return rc;
    adsync__json_begin(&json, &call->text);
    adsync__json_open(&json, '{');
    adsync__json_key(&json, "query");
    adsync__json_text(&json, call->target.p, call->target.size);
    if (*token) {
        adsync__json_key(&json, "pageToken");
        adsync__json_text(&json, token, strlen(token));
    }
    adsync__json_close(&json, '}');
    if (call->text.failed) return rc; /* its owner says so */
    adsync_request_body(call->out, "application/json", call->text.p, call->text.size);
    adsync_request_bounds(call->out, 0, 3 * ADSYNC__MINUTE_US); /* large queries take their time */
    return rc;
}

/* adGroup.cpcBidMicros is asked for as ad_group.cpc_bid_micros. */
static void query_snake(adsync__buffer *out, const char *camel)
{
    for (; *camel; camel++) {
        if (*camel >= 'A' && *camel <= 'Z') adsync__buffer_char(out, '_');
        adsync__buffer_char(out, *camel >= 'A' && *camel <= 'Z' ? (char)(*camel + 'a' - 'A') : *camel);
    }
}

void google_member(adsync__buffer *out, const char *in, const char *name)
{
    query_snake(out, in);
    adsync__buffer_char(out, '.');
    query_snake(out, name);
}

void google_select(adsync__buffer *out, const adsync__field *fields, uint32_t n)
{
    adsync__buffer_text(out, "SELECT ");
    for (uint32_t i = 0, any = 0; i < n; i++) {
        if (fields[i].flags & (ADSYNC__AGAIN | ADSYNC__SILENT)) continue;
        if (any++) adsync__buffer_text(out, ", ");
        google_member(out, fields[i].in, fields[i].name);
    }
}

void google_instant(adsync__buffer *out, const adsync__zone *zone, int64_t us)
{
    char text[ADSYNC__TIME_ROOM];

    if (adsync__time_write(us + adsync__zone_offset(zone, us) * ADSYNC__SECOND_US, 0, text) < 19) return;
    text[10] = ' ';
    adsync__buffer_add(out, text, 19);
}

/* A page without rows has no list of them, but it says which fields it would have had. What says nothing at all is no proof of absence:
 * LIMIT, which is not needed, remembers that. */
adsync_status google_walk(adsync__answer *a, adsync__row_reader reader, const adsync__place *then, uint32_t evidence)
{
    bool says = !adsync__is_empty(adsync__node_get(a->root, "results")) || !adsync__is_empty(adsync__node_get(a->root, "fieldMask"));
    adsync__place to = { 0 };
    adsync__page page;
    adsync_status rc = adsync__page_open(a, &query_paging, a->at.arg[0], &page);

    if (rc < 0) return rc;
    if (!says) a->at.limit = 1;
    if (then) to = *then;
    to.limit = a->at.limit;
    if ((rc = adsync__page_walk(a, &page, 0, reader, then ? &to : NULL)) < 0 || page.refused || page.more || page.next || then) return rc;
    if (a->at.limit || evidence != ADSYNC_EVIDENCE_STRONG) adsync_outcome_done(a->out, evidence != 0, ADSYNC_EVIDENCE_WEAK);
    return rc;
}
