/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

/* ---- the connector: bodies say in words what comes next */

static adsync_status platform_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    const adsync_window window = { .size = sizeof window, .align = ADSYNC_WINDOW_ROLL, .length_us = 10000000, .permits = 2 };

    (void)user, (void)error;
    adsync_manifest_host(out, "api", "api.example.test", ADSYNC_HOST_AUTH);
    adsync_manifest_host(out, "files", "files.example.test", 0);
    adsync_manifest_setting(out, "api_version", "v1");
    adsync_manifest_setting(out, "revision", "1");
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_CAMPAIGN);
    adsync_manifest_window(out, "calls", ADSYNC_SCOPE_APP, &window);
    return ADSYNC_OK;
}

static adsync_status platform_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    script *s = user;

    (void)error;
    s->clock_us = adsync_task_int(task, "clock_us");
    if (s->whole_url) adsync_request_url(out, s->effect, "GET", s->whole_url);
    else adsync_request_open(out, s->effect, s->effect == ADSYNC_EFFECT_ONCE ? "POST" : "GET", s->host ? s->host : "api", "/things");
    adsync_request_field(out, ADSYNC_PLACE_QUERY, "after", adsync_task_text(task, "cursor"));
    adsync_request_secret(out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
    adsync_request_field(out, ADSYNC_PLACE_HEADER, "X-Extra", s->header_value);
    if (s->cost) adsync_request_cost(out, "calls", 1);
    return ADSYNC_OK;
}

/* A list is digested in three pieces, each of which spoils the bytes: who parses them again finds no list. */
static void platform_pieces(const adsync_task *task, const adsync_response *in, adsync_outcome *out)
{
    const char *cursor = adsync_task_text(task, "cursor"), *body = adsync_response_body(in, NULL);
    const adsync_json *list = adsync_response_json(in);

    if (!adsync_json_next(list, NULL))
        adsync_outcome_fail(out, ADSYNC_CLASS_INVALID, "parsed", "it was parsed again", 0, 0);
    else if (cursor && !strcmp(cursor, "third"))
        adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    else
        adsync_outcome_more(out, cursor ? "third" : "second");
    ((char *)(uintptr_t)body)[1] = 'x';
}

static adsync_status platform_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,
                                       adsync_error **error)
{
    const char *body = adsync_response_body(in, NULL);

    (void)user, (void)error;
    if (*body == '[') platform_pieces(task, in, out);
    else if (!strncmp(body, "next ", 5)) adsync_outcome_next(out, body + 5);
    else if (!strncmp(body, "wait", 4)) adsync_outcome_wait(out, "poll", 5000000);
    else if (!strncmp(body, "throttled", 9)) adsync_outcome_fail(out, ADSYNC_CLASS_THROTTLED, "429", "too fast", 3000000, ADSYNC_SCOPE_APP);
    else if (!strncmp(body, "trouble", 7)) adsync_outcome_fail(out, ADSYNC_CLASS_TRANSIENT, "500", "trouble", 0, 0);
    else if (!strncmp(body, "clock", 5)) adsync_outcome_fail(out, ADSYNC_CLASS_CLOCK_SKEW, "135", "what time is it", 0, 0);
    else if (!strncmp(body, "gone", 4)) adsync_outcome_fail(out, ADSYNC_CLASS_NOT_FOUND, "404", "it is gone", 0, 0);
    else if (!strncmp(body, "mute", 4)) return ADSYNC_OK; /* says no way to go on */
    else adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

/* ---- the transport */

static adsync_status transport_start(void *user, int64_t id, const adsync_message *message, adsync_error **error)
{
    script *s = user;
    size_t size;
    const char *body = adsync_message_body(message, &size);

    (void)error;
    assert_true(s->n_sent < SCRIPT_SENT && s->n_waiting < SCRIPT_SENT);
    (void)snprintf(s->url, sizeof s->url, "%s", adsync_message_url(message));
    (void)snprintf(s->headers, sizeof s->headers, "%s", adsync_message_headers(message));
    (void)snprintf(s->body, sizeof s->body, "%.*s", (int)size, body ? body : "");
    s->sent_at[s->n_sent++] = s->mono_us;
    s->n_once += adsync_message_once(message);
    s->waiting[s->n_waiting].id = id;
    s->waiting[s->n_waiting++].live = true;
    return ADSYNC_OK;
}

static adsync_status transport_poll(void *user, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error)
{
    script *s = user;

    (void)max_wait_us, (void)error;
    for (uint32_t i = 0; i < s->n_waiting; i++) {
        const script_reply *reply;
        if (!s->waiting[i].live || s->next_reply == s->n_replies) continue;
        reply = &s->replies[s->next_reply++];
        s->waiting[i].live = false;
        if (reply->http_status)
            assert_int_equal(
                adsync_exchange_done(ended, s->waiting[i].id, reply->http_status, reply->headers, reply->body, strlen(reply->body)),
                ADSYNC_OK);
        else
            assert_int_equal(adsync_exchange_failed(ended, s->waiting[i].id, reply->sent, "the connection was cut"), ADSYNC_OK);
    }
    return ADSYNC_OK;
}

static void transport_cancel(void *user, int64_t id)
{
    script *s = user;

    for (uint32_t i = 0; i < s->n_waiting; i++) {
        if (s->waiting[i].id != id || !s->waiting[i].live) continue;
        s->waiting[i].live = false;
        s->n_cancelled++;
    }
}

static void transport_close(void *user) { (void)user; }

static int64_t script_now(void *user) { return ((script *)user)->now_us; }
static int64_t script_mono(void *user) { return ((script *)user)->mono_us; }

void script_open(script *s)
{
    const adsync_transport_ops transport = { .size = sizeof transport, .user = s, .start = transport_start, .poll = transport_poll,
                                             .cancel = transport_cancel, .close = transport_close };
    const adsync_connector_ops connector = {
        .size = sizeof connector, .user = s, .describe = platform_describe, .request = platform_request, .response = platform_response
    };
    const adsync_host host = { .size = sizeof host, .user = s, .now_us = script_now, .monotonic_us = script_mono };
    adsync__kernel_options options = { .host = &host };
    adsync__app app = { 0 };
    adsync_storage *memory;
    char secret[] = "app-secret";

    memset(s, 0, sizeof *s);
    s->now_us = INT64_C(1793000000000000);
    s->mono_us = 1000000;
    s->effect = ADSYNC_EFFECT_READ;
    assert_int_equal(adsync_memory_open(NULL, &memory, NULL), ADSYNC_OK);
    assert_int_equal(faulty_wrap(&s->faulty, memory, &s->storage, NULL), ADSYNC_OK);
    adsync_storage_free(memory);
    assert_int_equal(adsync_transport_new(&transport, &s->transport, NULL), ADSYNC_OK);
    options.storage = s->storage;
    options.transport = s->transport;
    assert_int_equal(adsync__kernel_new(&options, &s->kernel, NULL), ADSYNC_OK);
    assert_int_equal(adsync__kernel_connector(s->kernel, "script", &connector, NULL), ADSYNC_OK);
    app.client_secret = (adsync__secret){ .p = secret, .size = strlen(secret) };
    assert_int_equal(adsync__kernel_app(s->kernel, "script", NULL, &app, NULL), ADSYNC_OK);
}

void script_close(script *s)
{
    adsync__kernel_free(s->kernel);
    adsync_transport_free(s->transport);
    adsync_storage_free(s->storage);
}

void script_add(script *s, uint32_t http_status, const char *body)
{
    s->replies[s->n_replies++] = (script_reply){ http_status, 1, "Content-Type: text/plain\r\n", body };
}

void script_turn(script *s, uint32_t turns, int64_t step_us)
{
    for (uint32_t i = 0; i < turns; i++) {
        s->now_us += step_us;
        s->mono_us += step_us;
        assert_true(adsync__kernel_turn(s->kernel, 0, NULL) >= 0);
    }
}

const adsync__app *script_app(script *s) { return adsync__kernel_find_app(s->kernel, "script", NULL); }

/* ---- flights */

static adsync_status flight_secret(void *user, adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error)
{
    script_flight *f = user;

    (void)flight;
    if (strcmp(name, "access_token")) return ADSYNC_E_NOT_FOUND;
    if (f->pending) return ADSYNC_PENDING;
    return adsync__secret_make(adsync__kernel_secrets(f->kernel), "planted-token-4711", 18, out, error);
}

static void flight_audit(void *user, adsync__flight *flight, const adsync__audit *audit)
{
    script_flight *f = user;

    (void)flight;
    f->audits++;
    (void)snprintf(f->excerpt, sizeof f->excerpt, "%s", audit->excerpt ? audit->excerpt : "");
    (void)snprintf(f->endpoint, sizeof f->endpoint, "%s", audit->endpoint);
}

static void flight_outcome(void *user, adsync__flight *flight, const adsync_outcome *outcome)
{
    script_flight *f = user;

    if (f->outcomes < 32) f->ways[f->outcomes] = outcome->way;
    f->outcomes++;
    if (f->go && outcome->way == ADSYNC__WAY_WAIT) adsync__flight_go_at(flight, 0);
    else if (f->go && (outcome->way == ADSYNC__WAY_NEXT || outcome->way == ADSYNC__WAY_MORE)) adsync__flight_go(flight);
}

static void flight_ended(void *user, adsync__flight *flight, adsync_status status, const adsync_error *error)
{
    script_flight *f = user;

    (void)flight;
    f->ended++;
    f->flight = NULL;
    f->status = status;
    (void)snprintf(f->error, sizeof f->error, "%s", adsync_error_name(error));
    (void)snprintf(f->message, sizeof f->message, "%s", adsync_error_message(error));
}

static const adsync__flight_hooks script_hooks = { flight_secret, flight_audit, flight_outcome, flight_ended };

void script_start(script *s, script_flight *f, uint32_t priority)
{
    const adsync__flight_spec spec = { .app = script_app(s), .org = 1, .grant = 2, .connection = 3, .account_id = "4", .priority = priority,
                                       .op = ADSYNC_TASK_LIST, .kind = ADSYNC_KIND_CAMPAIGN, .hooks = &script_hooks, .user = f };

    f->kernel = s->kernel;
    assert_int_equal(adsync__flight_new(s->kernel, &spec, &f->flight, NULL), ADSYNC_OK);
    adsync__flight_go(f->flight);
}
