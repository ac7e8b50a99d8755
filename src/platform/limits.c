/* SPDX-License-Identifier: MIT */
/* Between recipes and the limiter: which keys a request counts against, and what its answer says about them.
 * A key is platform/app/scope:id/class; all windows of a class share it. */
#include "kernel_int.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct limits_key {
    char text[400];
} limits_key;

static const char *const limits_scopes[] = {
    [0] = "none",
    [ADSYNC_SCOPE_APP] = "app",
    [ADSYNC_SCOPE_GRANT] = "grant",
    [ADSYNC_SCOPE_MEMBER] = "member",
    [ADSYNC_SCOPE_ACCOUNT] = "account",
    [ADSYNC_SCOPE_ORG] = "org",
    [ADSYNC_SCOPE_OBJECT] = "object",
};

/* Whom a scope means for this flight; NULL: nobody, so the limit does not apply. */
static const char *limits_id(const adsync__flight *flight, uint32_t scope, char *room, size_t size)
{
    const adsync__flight_spec *spec = &flight->spec;

    if (scope == ADSYNC_SCOPE_ACCOUNT) return spec->account_id;
    if (scope == ADSYNC_SCOPE_MEMBER && spec->member) return spec->member;
    if (scope == ADSYNC_SCOPE_APP)
        (void)snprintf(room, size, "-");
    else if (spec->grant)
        (void)snprintf(room, size, "%" PRId64 ".%" PRId64, spec->org, spec->grant);
    else
        return NULL;
    return room;
}

static bool limits_key_of(const adsync__flight *flight, const char *limit, uint32_t scope, limits_key *key)
{
    const adsync__app *app = flight->spec.app;
    char room[64];
    const char *id = scope < ADSYNC__COUNT(limits_scopes) ? limits_id(flight, scope, room, sizeof room) : NULL;
    int n;

    if (!id) return false;
    n = snprintf(key->text, sizeof key->text, "%s/%s/%s:%s/%s", app->connector->platform, app->name, limits_scopes[scope], id, limit);
    return n > 0 && (size_t)n < sizeof key->text;
}

/* Adds the class' windows to the key; false: the manifest knows none. */
static adsync_status limits_windows(adsync__flight *flight, const char *limit, uint32_t scope, const char *key, bool *any,
                                    adsync_error **error)
{
    const adsync_manifest *manifest = &flight->spec.app->connector->manifest;
    adsync_status rc = ADSYNC_OK;

    for (uint32_t i = 0; i < manifest->n_limits && rc >= 0; i++) {
        if (manifest->limits[i].scope != scope || strcmp(manifest->limits[i].name, limit)) continue;
        rc = adsync_limiter_window(flight->kernel->limiter, key, &manifest->limits[i].window, error);
        *any = true;
    }
    return rc;
}

/* The scopes a class has windows for, each once. */
static bool limits_next_scope(const adsync_manifest *manifest, const char *limit, uint32_t *scope)
{
    for ((*scope)++; *scope <= ADSYNC_SCOPE_OBJECT; (*scope)++)
        for (uint32_t i = 0; i < manifest->n_limits; i++)
            if (manifest->limits[i].scope == *scope && !strcmp(manifest->limits[i].name, limit)) return true;
    return false;
}

adsync_status adsync__flight_take(adsync__flight *flight, int64_t *wait_us, adsync_error **error)
{
    const adsync_manifest *manifest = &flight->spec.app->connector->manifest;
    limits_key keys[KERNEL_COSTS];
    const char *texts[KERNEL_COSTS];
    uint32_t units[KERNEL_COSTS], n = 0;
    char org[32];
    adsync_status rc;

    *wait_us = 0;
    adsync__flight_settle(flight);
    for (uint32_t c = 0; c < flight->request.n_costs; c++) {
        uint32_t scope = 0;
        while (n < KERNEL_COSTS && limits_next_scope(manifest, flight->request.costs[c].limit, &scope)) {
            bool any = false;
            if (!limits_key_of(flight, flight->request.costs[c].limit, scope, &keys[n])) continue;
            if ((rc = limits_windows(flight, flight->request.costs[c].limit, scope, keys[n].text, &any, error)) < 0) return rc;
            texts[n] = keys[n].text;
            units[n++] = flight->request.costs[c].units;
        }
    }
    if (!n) return ADSYNC_OK;
    (void)snprintf(org, sizeof org, "%" PRId64, flight->spec.org);
    return adsync_limiter_take(flight->kernel->limiter, org, texts, units, n, flight->spec.priority, &flight->ticket, wait_us, error);
}

/* What certainly did not leave costs nothing, so that others need not wait for it. */
void adsync__flight_settle(adsync__flight *flight)
{
    int64_t units = flight->sent ? ADSYNC_SETTLE_AS_TAKEN : 0;

    if (flight->ticket) (void)adsync_limiter_settle(flight->kernel->limiter, flight->ticket, units, NULL);
    flight->ticket = 0;
    flight->sent = false;
}

static void limits_learn(adsync__flight *flight, const char *limit, uint32_t scope, uint32_t reading, int64_t value, int64_t reset_us)
{
    limits_key key;
    bool any = false;

    if (!limits_key_of(flight, limit, scope, &key)) return;
    if (limits_windows(flight, limit, scope, key.text, &any, NULL) < 0 || !any) return;
    (void)adsync_limiter_learn(flight->kernel->limiter, key.text, reading, value, reset_us,
                               NULL); /* a lost reading costs a refusal, no more */
}

/* A refusal silences what the request counted against, in the scope the platform named. */
static void limits_refused(adsync__flight *flight, const adsync_outcome *outcome)
{
    const adsync_manifest *manifest = &flight->spec.app->connector->manifest;
    uint32_t wanted = outcome->scope ? outcome->scope : ADSYNC_SCOPE_ACCOUNT;

    for (uint32_t c = 0; c < flight->request.n_costs; c++) {
        uint32_t scope = 0;
        while (limits_next_scope(manifest, flight->request.costs[c].limit, &scope)) {
            if (scope != wanted) continue;
            limits_learn(flight, flight->request.costs[c].limit, scope,
                         outcome->retry_after_us > 0 ? ADSYNC_READING_BLOCKED : ADSYNC_READING_REFUSED,
                         outcome->retry_after_us > 0 ? outcome->retry_after_us : 0, 0);
        }
    }
}

void adsync__flight_learn(adsync__flight *flight, const adsync_outcome *outcome)
{
    for (const adsync__out_limit *limit = outcome->limits; limit; limit = limit->next)
        limits_learn(flight, limit->limit, limit->scope, limit->reading, limit->value, limit->reset_us);
    if (outcome->way == ADSYNC__WAY_FAIL && outcome->refusal == ADSYNC_CLASS_THROTTLED) limits_refused(flight, outcome);
}
