/* SPDX-License-Identifier: MIT */
/* The kernel's life and its turn. */
#include "kernel_int.h"

static adsync_status kernel_open_parts(adsync__kernel *kernel, const adsync__kernel_options *options, adsync_error **error)
{
    adsync_status rc;

    if ((rc = adsync__effects_begin(&kernel->effects, options->host, error)) < 0) return rc;
    if ((rc = adsync__crypto_open(&kernel->crypto, error)) < 0) return rc;
    if ((rc = adsync__secrets_open(&kernel->effects, &kernel->secrets, error)) < 0) return rc;
    return adsync_limiter_open(options->storage, options->host, &kernel->limiter, error);
}

adsync_status adsync__kernel_new(const adsync__kernel_options *options, adsync__kernel **out, adsync_error **error)
{
    adsync__kernel *kernel = adsync__alloc_zero(1, sizeof *kernel);
    adsync_status rc;

    *out = NULL;
    if (!kernel) {
        adsync_vault_free(options->vault);
        return adsync__fail_memory(error);
    }
    kernel->storage = options->storage;
    kernel->vault = options->vault;
    kernel->transport = options->transport;
    adsync__storage_keep(kernel->storage);
    adsync__transport_keep(kernel->transport);
    kernel->units_end = &kernel->units;
    kernel->max_in_flight = options->max_in_flight ? options->max_in_flight : KERNEL_IN_FLIGHT;
    kernel->max_turn_us = options->max_turn_us ? options->max_turn_us : KERNEL_TURN_US;
    if ((rc = kernel_open_parts(kernel, options, error)) < 0) {
        adsync__kernel_free(kernel);
        return rc;
    }
    *out = kernel;
    return ADSYNC_OK;
}

void adsync__kernel_free(adsync__kernel *kernel)
{
    if (!kernel) return;
    while (kernel->flights) adsync__flight_end(kernel->flights, ADSYNC_E_CANCELLED, NULL);
    adsync__timers_cancel(kernel);
    while (kernel->flights) adsync__flight_end(kernel->flights, ADSYNC_E_CANCELLED, NULL); /* what a cancelled timer let go */
    adsync__batch_cancel(kernel);
    adsync__registry_free(kernel);
    adsync__fence_free(kernel);
    adsync_limiter_free(kernel->limiter);
    adsync__secrets_free(kernel->secrets);
    adsync__crypto_free(kernel->crypto);
    adsync_vault_free(kernel->vault);
    adsync_transport_free(kernel->transport);
    adsync_storage_free(kernel->storage);
    adsync__free(kernel);
}

adsync_storage *adsync__kernel_storage(adsync__kernel *kernel) { return kernel->storage; }
adsync_vault *adsync__kernel_vault(adsync__kernel *kernel) { return kernel->vault; }
adsync_limiter *adsync__kernel_limiter(adsync__kernel *kernel) { return kernel->limiter; }
adsync__effects *adsync__kernel_effects(adsync__kernel *kernel) { return &kernel->effects; }
adsync__crypto *adsync__kernel_crypto(adsync__kernel *kernel) { return kernel->crypto; }
adsync__secrets *adsync__kernel_secrets(adsync__kernel *kernel) { return kernel->secrets; }
void **adsync__kernel_refreshes(adsync__kernel *kernel) { return &kernel->refreshes; }
uint32_t adsync__kernel_flights(const adsync__kernel *kernel) { return kernel->n_flights; }

void adsync__kernel_set_hooks(adsync__kernel *kernel, const adsync__kernel_hooks *hooks, void *user)
{
    kernel->hooks = *hooks;
    kernel->hooks_user = user;
}

static void kernel_unpack(adsync__flight *flight)
{
    if (adsync__gunzip(&flight->body, flight->finished.message.max_bytes) == ADSYNC_OK) return;
    flight->ended.failed = flight->ended.sent = 1;
    flight->ended.words = "the compressed answer is broken, or larger than what is read";
}

static bool kernel_arrived(void *user, adsync__ended *ended)
{
    adsync__kernel *kernel = user;
    adsync__flight *flight = kernel->flights;

    while (flight && (flight->state != FLIGHT_FLYING || flight->id != ended->id)) flight = flight->next;
    if (!flight) return false;
    kernel->n_flying--;
    flight->state = FLIGHT_ARRIVED;
    flight->sent = !ended->failed || ended->sent;
    if (!ended->failed || !ended->sent) flight->unanswered--;
    flight->more = false;
    adsync__flight_forget(flight);
    flight->ended = *ended;
    flight->ended.body = NULL;
    flight->ended.headers = adsync__arena_copy(&flight->answer, ended->headers, strlen(ended->headers));
    flight->ended.words = adsync__arena_copy(&flight->answer, ended->words ? ended->words : "", ended->words ? strlen(ended->words) : 0);
    if (!flight->ended.headers || !flight->ended.words) {
        flight->ended.failed = flight->ended.sent = 1;
        flight->ended.headers = "";
        flight->ended.words = "there was no memory for the answer";
    }
    if (!ended->body || flight->ended.failed) return true;
    flight->body = *ended->body;
    *ended->body = (adsync__buffer){ 0 };
    kernel_unpack(flight);
    kernel->n_unread += flight->body.size;
    return true;
}

static void kernel_wake_due(adsync__kernel *kernel, int64_t now)
{
    adsync__timers_due(kernel, now);
    for (adsync__flight *flight = kernel->flights; flight; flight = flight->next)
        if (flight->state == FLIGHT_WAITING && flight->wake_us <= now) flight->state = FLIGHT_READY;
}

static adsync__flight *kernel_pick(adsync__kernel *kernel, uint32_t state)
{
    adsync__flight *best = NULL;

    for (adsync__flight *flight = kernel->flights; flight; flight = flight->next)
        if (flight->state == state && (!best || flight->spec.priority <= best->spec.priority))
            best = flight; /* of equals the oldest, which is last */
    return best;
}

static void kernel_digest(adsync__kernel *kernel, int64_t from)
{
    adsync__flight *flight;

    while (!adsync__batch_full(kernel) && (flight = kernel_pick(kernel, FLIGHT_ARRIVED))) {
        adsync__flight_digest(flight);
        if (adsync__monotonic_us(&kernel->effects) - from >= kernel->max_turn_us) return;
    }
}

static void kernel_send(adsync__kernel *kernel)
{
    adsync__flight *flight;

    while (kernel->n_flying < kernel->max_in_flight && (flight = kernel_pick(kernel, FLIGHT_READY))) adsync__flight_send(flight);
}

static int64_t kernel_sooner(int64_t a, int64_t b) { return a < 0 || (b >= 0 && b < a) ? b : a; }

/* When the earliest flight or timer that waits is due; -1: none does, 0: something is ready. */
static int64_t kernel_due(const adsync__kernel *kernel, int64_t now)
{
    int64_t due = adsync__timers_next(kernel);

    for (adsync__flight *flight = kernel->flights; flight; flight = flight->next) {
        if (flight->state == FLIGHT_ARRIVED || (flight->state == FLIGHT_READY && kernel->n_flying < kernel->max_in_flight)) return 0;
        if (flight->state == FLIGHT_WAITING && flight->wake_us < due) due = flight->wake_us;
    }
    if (due == INT64_MAX) return -1;
    return due > now ? due - now : 0;
}

int64_t adsync__kernel_timeout_us(adsync__kernel *kernel)
{
    if (kernel->units || __atomic_load_n(&kernel->wakes, __ATOMIC_RELAXED)) return 0;
    return kernel_sooner(kernel_due(kernel, adsync__monotonic_us(&kernel->effects)), adsync__transport_timeout_us(kernel->transport));
}

int32_t adsync__kernel_fd(adsync__kernel *kernel) { return adsync__transport_fd(kernel->transport); }

void adsync__kernel_wake(adsync__kernel *kernel)
{
    __atomic_store_n(&kernel->wakes, 1, __ATOMIC_RELAXED);
    adsync__transport_wake(kernel->transport);
}

adsync_status adsync__kernel_turn(adsync__kernel *kernel, int64_t max_wait_us, adsync_error **error)
{
    adsync_exchange exchange = { kernel_arrived, kernel };
    int64_t wait = adsync__kernel_timeout_us(kernel), from;
    adsync_status rc = ADSYNC_OK, committed;
    bool arrived;

    if (wait < 0 || wait > max_wait_us) wait = max_wait_us;
    __atomic_store_n(&kernel->wakes, 0, __ATOMIC_RELAXED);
    kernel_send(kernel); /* what became ready since the last turn must not wait for an answer to something else */
    arrived = kernel_pick(kernel, FLIGHT_ARRIVED);
    if (arrived || kernel->units) wait = 0;
    if (!arrived || kernel->n_unread <= KERNEL_UNREAD) rc = adsync__transport_poll(kernel->transport, wait, &exchange, error);
    if (rc < 0) return rc;
    from = adsync__monotonic_us(&kernel->effects);
    kernel_wake_due(kernel, from);
    kernel_digest(kernel, from);
    committed = adsync__batch_commit(kernel, error);
    kernel_send(kernel);
    if (committed < 0) return committed;
    return kernel->n_flights || kernel->units || kernel->timers ? ADSYNC_OK : ADSYNC_IDLE;
}

adsync_status adsync__kernel_settle(adsync__kernel *kernel, adsync_error **error) { return adsync__batch_commit(kernel, error); }

adsync_status adsync__kernel_await(adsync__kernel *kernel, const bool *done, int64_t wait_us, adsync_error **error)
{
    int64_t until = adsync__monotonic_us(&kernel->effects) + wait_us, left;
    adsync_status rc = ADSYNC_OK;

    while (!*done && rc != ADSYNC_IDLE) {
        if ((left = until - adsync__monotonic_us(&kernel->effects)) <= 0) return ADSYNC_PENDING;
        if ((rc = adsync__kernel_turn(kernel, left, error)) < 0) return rc;
    }
    return *done ? ADSYNC_OK : ADSYNC_PENDING;
}
