/* SPDX-License-Identifier: MIT */
/* READY -> FLYING: the connector builds a recipe, the limiter gives permits, secrets are placed, the transport takes it. */
#include "../base/switch.h"
#include "kernel_int.h"

#include <stdio.h>

/* What a task is given anew for each request: time, randomness, version. The connector itself asks for none. */
static adsync_status send_inputs(adsync__flight *flight, adsync_error **error)
{
    static const char hex[] = "0123456789abcdef";
    adsync__kernel *kernel = flight->kernel;
    const adsync__app *app = flight->spec.app;
    uint8_t random[16];
    char text[2 * sizeof random + 1] = { 0 };
    adsync_status rc = adsync__random(&kernel->effects, random, sizeof random, error);

    if (rc < 0) return rc;
    for (size_t i = 0; i < sizeof random; i++) {
        text[2 * i] = hex[random[i] >> 4];
        text[2 * i + 1] = hex[random[i] & 15];
    }
    adsync__task_int(&flight->task, "now_us", adsync__now_us(&kernel->effects));
    if (app->connector->ahead_us)
        adsync__task_int(&flight->task, "clock_us", adsync__now_us(&kernel->effects) + app->connector->ahead_us);
    adsync__task_int(&flight->task, "attempt", flight->attempt);
    adsync__task_text(&flight->task, ADSYNC__TASK_PARAM, "random", text);
    adsync__task_text(&flight->task, ADSYNC__TASK_PARAM, "nonce", text);
    adsync__task_text(&flight->task, ADSYNC__TASK_PARAM, "api_version", app->api_version);
    adsync__task_text(&flight->task, ADSYNC__TASK_PARAM, "client_id", app->client_id);
    for (const char *const *at = app->settings; at && *at; at += 2) { /* what an account has learned goes before what the app says */
        adsync__task_text(&flight->task, ADSYNC__TASK_PARAM, at[0], at[1]);
        if (!adsync_task_fact(&flight->task, at[0])) adsync__task_text(&flight->task, ADSYNC__TASK_FACT, at[0], at[1]);
    }
    if (app->client_secret.p) adsync__task_text(&flight->task, ADSYNC__TASK_SECRET, "client_secret", "");
    if (app->developer_token.p) adsync__task_text(&flight->task, ADSYNC__TASK_SECRET, "developer_token", "");
    return flight->task.failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

static adsync_status send_recipe(adsync__flight *flight, adsync_error **error)
{
    const adsync__connector *connector = flight->spec.app->connector;
    adsync_status rc;

    adsync__request_free(&flight->request);
    adsync__request_begin(&flight->request);
    if ((rc = send_inputs(flight, error)) < 0) return rc;
    if ((rc = connector->ops.request(connector->ops.user, &flight->task, &flight->request, error)) < 0) {
        if (error && !*error) return adsync__fail(error, rc, "connector.request", "%s cannot do this", connector->platform);
        return rc;
    }
    if (flight->request.failed == ADSYNC_E_MEMORY) return adsync__fail_memory(error); /* before anybody looks into it */
    if (flight->spec.once) flight->request.effect = ADSYNC_EFFECT_ONCE;
    flight->effect = flight->request.effect;
    return ADSYNC_OK;
}

static adsync_status send_secret(void *user, const char *name, adsync__secret *out, adsync_error **error)
{
    return adsync__flight_secret(user, name, out, error);
}

static adsync_status send_finish(adsync__flight *flight, adsync_error **error)
{
    adsync__kernel *kernel = flight->kernel;
    adsync__finisher finisher = { &flight->spec.app->connector->manifest, kernel->crypto, kernel->secrets, send_secret, flight };
    adsync_status rc;

    adsync__finished_free(&flight->finished);
    flight->in_hook = true;
    rc = adsync__finish(&finisher, &flight->request, &flight->finished, error);
    flight->in_hook = false;
    if (rc != ADSYNC_OK) return rc;
    adsync__request_spend(&flight->request);
    flight->finished.message.method = flight->request.method;
    return ADSYNC_OK;
}

/* Permits are good for a request that follows at once. Where placing the secrets took longer, they are given back and asked for again: what
 * they were part of may be nobody's any more. */
static adsync_status send_permits(adsync__flight *flight, bool placed, int64_t *wait_us, adsync_error **error)
{
    int64_t now = adsync__monotonic_us(&flight->kernel->effects);
    adsync_status rc;

    if (placed && !ADSYNC__GUARD(PERMIT)) return ADSYNC_OK;
    if (flight->request.browser || (placed && (!flight->ticket || now - flight->taken_us < KERNEL_PERMIT_US))) return ADSYNC_OK;
    if ((rc = adsync__flight_take(flight, wait_us, error)) >= 0) flight->taken_us = adsync__monotonic_us(&flight->kernel->effects);
    return rc;
}

static adsync_status send_start(adsync__flight *flight, adsync_error **error)
{
    adsync__kernel *kernel = flight->kernel;
    adsync_status rc;

    if (flight->before_us && adsync__monotonic_us(&kernel->effects) >= flight->before_us)
        return adsync__fail(error, ADSYNC_E_TRANSIENT, "flight.late", "%s could not be asked in time; it is tried again later",
                            flight->spec.app->connector->platform);
    flight->id = ++kernel->next_id;
    flight->sent_us = adsync__now_us(&kernel->effects);
    flight->sent_mono_us = adsync__monotonic_us(&kernel->effects);
    if ((rc = adsync__transport_start(kernel->transport, flight->id, &flight->finished.message, error)) < 0) return rc;
    flight->state = FLIGHT_FLYING;
    flight->sent = true;
    flight->unanswered++;
    kernel->n_flying++;
    return ADSYNC_OK;
}

void adsync__flight_send(adsync__flight *flight)
{
    adsync_error *error = NULL;
    int64_t wait_us = 0;
    adsync_status rc;

    if ((rc = send_recipe(flight, &error)) < 0) goto over;
    if ((rc = send_permits(flight, false, &wait_us, &error)) < 0) goto over;
    if (wait_us > 0) {
        adsync__flight_wait(flight, wait_us);
        return;
    }
    rc = send_finish(flight, &error);
    if (flight->dropped) {
        flight->dropped = false;
        adsync__flight_drop(flight);
        goto done;
    }
    if (rc == ADSYNC_PENDING) { /* whoever gets the secret lets the flight go */
        adsync__flight_settle(flight);
        flight->state = FLIGHT_HELD;
        goto done;
    }
    if (rc < 0) goto over;
    if (flight->request.browser) { /* nothing is sent: the URL is the answer */
        flight->ended = (adsync__ended){ .http_status = 200, .headers = "" };
        flight->state = FLIGHT_ARRIVED;
        goto done;
    }
    if ((rc = send_permits(flight, true, &wait_us, &error)) < 0) goto over;
    if (wait_us > 0) {
        adsync__flight_wait(flight, wait_us);
        goto done;
    }
    if ((rc = send_start(flight, &error)) >= 0) goto done;
over:
    adsync__flight_end(flight, rc, error);
done:
    adsync_error_free(error);
}
