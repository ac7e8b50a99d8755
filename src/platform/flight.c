/* SPDX-License-Identifier: MIT */
/* A flight's life: made, held, let go, ended. */
#include "kernel_int.h"

static bool flight_copy(adsync__flight *flight, const char **text)
{
    return !*text || (*text = adsync__arena_copy(&flight->arena, *text, strlen(*text)));
}

void adsync__flight_forget(adsync__flight *flight)
{
    flight->kernel->n_unread -= flight->body.size;
    if (flight->kernel->parsed_of == flight) {
        adsync__parsed_free(&flight->kernel->parsed);
        flight->kernel->parsed_of = NULL;
    }
    if (flight->body.p) adsync__wipe(flight->body.p, flight->body.size);
    adsync__buffer_free(&flight->body);
    adsync__arena_free(&flight->answer);
    flight->ended.headers = flight->ended.words = "";
}

static void flight_free(adsync__flight *flight)
{
    adsync__kernel *kernel = flight->kernel;

    if (flight->state == FLIGHT_FLYING) {
        adsync__transport_cancel(kernel->transport, flight->id);
        kernel->n_flying--;
    }
    adsync__flight_settle(flight);
    *flight->link = flight->next;
    if (flight->next) flight->next->link = flight->link;
    kernel->n_flights--;
    adsync__flight_forget(flight);
    adsync__finished_free(&flight->finished);
    adsync__request_free(&flight->request);
    adsync__task_free(&flight->task);
    adsync__arena_free(&flight->arena);
    adsync__free(flight);
}

adsync_status adsync__flight_new(adsync__kernel *kernel, const adsync__flight_spec *spec, adsync__flight **out, adsync_error **error)
{
    adsync__flight *flight = adsync__alloc_zero(1, sizeof *flight);

    *out = NULL;
    if (!flight) return adsync__fail_memory(error);
    flight->kernel = kernel;
    flight->spec = *spec;
    adsync__buffer_begin(&flight->body, 0);
    adsync__task_begin(&flight->task, spec->op, spec->kind);
    flight->next = kernel->flights;
    flight->link = &kernel->flights;
    if (flight->next) flight->next->link = &flight->next;
    kernel->flights = flight;
    kernel->n_flights++;
    if (!flight_copy(flight, &flight->spec.account_id) || !flight_copy(flight, &flight->spec.member)) {
        flight_free(flight);
        return adsync__fail_memory(error);
    }
    *out = flight;
    return ADSYNC_OK;
}

adsync_task *adsync__flight_task(adsync__flight *flight) { return &flight->task; }
const adsync__flight_spec *adsync__flight_about(const adsync__flight *flight) { return &flight->spec; }

bool adsync__flight_unanswered(const adsync__flight *flight) { return flight->unanswered > 0; }

void adsync__flight_go(adsync__flight *flight)
{
    if (flight->state != FLIGHT_HELD) return;
    flight->state = flight->more ? FLIGHT_ARRIVED : FLIGHT_READY;
    flight->ending = false;
}

void adsync__flight_go_at(adsync__flight *flight, int64_t monotonic_us)
{
    if (flight->state != FLIGHT_HELD) return;
    flight->state = FLIGHT_WAITING;
    flight->wake_us = monotonic_us;
    flight->ending = false;
}

void adsync__flight_wait(adsync__flight *flight, int64_t delay_us)
{
    flight->state = FLIGHT_WAITING;
    flight->wake_us = adsync__monotonic_us(&flight->kernel->effects) + (delay_us > 0 ? delay_us : 0);
}

void adsync__flight_send_before(adsync__flight *flight, int64_t monotonic_us) { flight->before_us = monotonic_us; }

void adsync__flight_hold(adsync__flight *flight) { flight->keep = true; }

void adsync__flight_drop(adsync__flight *flight)
{
    if (flight->in_hook)
        flight->dropped = true; /* freed when the hook returns */
    else
        flight_free(flight);
}

void adsync__flight_end(adsync__flight *flight, adsync_status status, const adsync_error *error)
{
    flight->in_hook = true;
    flight->spec.hooks->ended(flight->spec.user, flight, status, error);
    flight_free(flight);
}

adsync_status adsync__flight_secret(adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error)
{
    const adsync__app *app = flight->spec.app;
    const struct {
        const char *name;
        const adsync__secret *secret;
    } own[] = {
        { "client_secret", &app->client_secret },
        { "developer_token", &app->developer_token },
    };

    for (size_t i = 0; i < ADSYNC__COUNT(own); i++) {
        if (strcmp(name, own[i].name)) continue;
        if (!own[i].secret->p) return ADSYNC_E_NOT_FOUND;
        return adsync__secret_make(flight->kernel->secrets, own[i].secret->p, own[i].secret->size, out, error);
    }
    if (!strcmp(name, "client_id")) {
        if (!app->client_id) return ADSYNC_E_NOT_FOUND;
        return adsync__secret_make(flight->kernel->secrets, app->client_id, strlen(app->client_id), out, error);
    }
    return flight->spec.hooks->secret(flight->spec.user, flight, name, out, error);
}
