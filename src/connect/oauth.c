/* SPDX-License-Identifier: MIT */
/* Beginning a consent. The state that goes through the browser is random; what is stored is its digest, so that a copy of the database
 * is no key to a consent under way. It is bound to the organisation, the browser's session, the app and its redirect URI, good once and
 * for ten minutes. What must stay secret until the end (the PKCE verifier, OAuth 1.0a's request token secret) is sealed beside it. */
#include "oauth_int.h"

enum { OAUTH_STATE = 32, OAUTH_VERIFIER = 32, OAUTH_SWEEP = 20 };
static const int64_t oauth_life_us = 600000000;

typedef struct oauth_begin {
    adsync__kernel *kernel;
    const adsync__app *app;
    char *session, *scopes, *url;
    char state[2 * OAUTH_STATE + 1];
    int64_t org, renew_grant;
    adsync__secret verifier; /* or what the platform gave to be kept */
    connect_pocket pocket;
    adsync_rows **out;
    adsync__grant_done done;
    void *user;
    adsync_error *error;
    adsync_status failed;
} oauth_begin;

/* ---- words */

void oauth_hex(const uint8_t *p, size_t size, char *out)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        out[2 * i] = hex[p[i] >> 4];
        out[2 * i + 1] = hex[p[i] & 15];
    }
    out[2 * size] = 0;
}

adsync_status oauth_digest(adsync__kernel *kernel, const char *text, size_t size, uint8_t out[ADSYNC__SHA256_SIZE], adsync_error **error)
{
    const adsync__piece piece = { text, size };

    return adsync__digest(adsync__kernel_crypto(kernel), ADSYNC__SHA256, &piece, 1, out, error);
}

static void oauth_base64url(const uint8_t *p, size_t size, adsync__buffer *out)
{
    adsync__base64_add(out, p, size);
    for (size_t i = 0; i < out->size; i++) {
        if (out->p[i] == '+') out->p[i] = '-';
        if (out->p[i] == '/') out->p[i] = '_';
    }
    while (out->size && out->p[out->size - 1] == '=') out->p[--out->size] = 0;
}

/* ---- the row */

static adsync_status oauth_seal(oauth_begin *begin, adsync_value *row, adsync__buffer *sealed, adsync_error **error)
{
    const connect_item *kept = connect_pocket_find(&begin->pocket, "token_secret");
    const adsync__secret *secret = kept ? &kept->secret : &begin->verifier;
    adsync_vault *vault;
    adsync_status rc;

    if (!secret->p || !secret->size) return ADSYNC_OK;
    if ((rc = adsync__grant_vault(begin->kernel, &vault, error)) < 0) return rc;
    if ((rc = adsync__vault_seal_column(vault, ADSYNC_T_OAUTH_STATES, ADSYNC_C_VERIFIER, row, OAUTH_WIDTH, secret->p, secret->size, sealed,
                                        error)) >= 0)
        row[OAUTH_AT_VERIFIER] = adsync__value_bytes(sealed->p, sealed->size);
    return rc;
}

/* What a state of another name carries (X: oauth_token) is what the platform said it will bring back. */
static const char *oauth_carried(const oauth_begin *begin)
{
    const char *said = connect_pocket_fact(&begin->pocket, "state");

    return said ? said : begin->state;
}

static adsync_status oauth_store(oauth_begin *begin, int64_t now, adsync_error **error)
{
    adsync__commit_unit *unit = adsync__unit_new(begin->kernel, 0, NULL, NULL);
    uint8_t key[ADSYNC__SHA256_SIZE], session[ADSYNC__SHA256_SIZE];
    char text[2 * ADSYNC__SHA256_SIZE + 1];
    adsync__buffer sealed;
    adsync_status rc;

    adsync__buffer_begin(&sealed, 8192);
    if (!unit) return adsync__fail_memory(error);
    if ((rc = oauth_digest(begin->kernel, oauth_carried(begin), strlen(oauth_carried(begin)), key, error)) < 0) goto done;
    if ((rc = oauth_digest(begin->kernel, begin->session, strlen(begin->session), session, error)) < 0) goto done;
    oauth_hex(key, sizeof key, text);
    {
        adsync_value row[OAUTH_WIDTH] = {
            adsync__value_text(text),
            adsync__value_int(begin->org),
            adsync__value_int(now + oauth_life_us),
            adsync__value_text(begin->app->connector->platform),
            adsync__value_text(begin->app->name),
            adsync__value_bytes(session, sizeof session),
            adsync__value_text(begin->app->redirect_uri),
            adsync__value_text(begin->scopes),
            begin->renew_grant ? adsync__value_int(begin->renew_grant) : adsync__value_null(),
            adsync__value_null(),
            adsync__value_int(now),
        };
        if ((rc = oauth_seal(begin, row, &sealed, error)) < 0) goto done;
        adsync__unit_put(unit, ADSYNC_T_OAUTH_STATES, ADSYNC_EXPECT_ABSENT, 0, row, OAUTH_WIDTH);
    }
    rc = adsync__unit_commit(unit, error);
    unit = NULL;
done:
    adsync__unit_drop(unit);
    adsync__buffer_free(&sealed);
    return rc;
}

/* Consents that nobody ended leave their row: each new one takes a few away. */
static void oauth_sweep(adsync__kernel *kernel, int64_t now)
{
    const adsync_value upper = adsync__value_int(now);
    const adsync_range range = {
        .table = ADSYNC_T_OAUTH_STATES, .index = 1, .limit = OAUTH_SWEEP, .columns = 1, .upper = &upper, .n_upper = 1
    };
    adsync_rows *rows = NULL;

    if (adsync_storage_scan(adsync__kernel_storage(kernel), 0, &range, &rows, NULL) < 0) return;
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        const adsync_value key = adsync__value_text(adsync_rows_text(rows, ADSYNC_C_KEY));
        adsync__commit_unit *unit = adsync__unit_new(kernel, 0, NULL, NULL);
        if (!unit) break;
        adsync__unit_delete(unit, ADSYNC_T_OAUTH_STATES, adsync_rows_int(rows, ADSYNC_C_VERSION), &key);
        (void)adsync__unit_commit(unit, NULL);
    }
    adsync_rows_free(rows);
}

/* ---- the flight */

static void oauth_free(oauth_begin *begin)
{
    adsync__secret_free(&begin->verifier);
    connect_pocket_free(&begin->pocket);
    adsync_error_free(begin->error);
    adsync__free(begin->session);
    adsync__free(begin->scopes);
    adsync__free(begin->url);
    adsync__free(begin);
}

static void oauth_tell(oauth_begin *begin, adsync_status status, const adsync_error *error)
{
    begin->done(begin->user, status, status < 0 ? error : NULL);
    oauth_free(begin);
}

static adsync_status oauth_secret(void *user, adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error)
{
    oauth_begin *begin = user;

    (void)flight;
    return connect_pocket_give(&begin->pocket, adsync__kernel_secrets(begin->kernel), name, out, error);
}

static void oauth_audit(void *user, adsync__flight *flight, const adsync__audit *audit)
{
    connect_audit(((oauth_begin *)user)->kernel, flight, audit);
}

static void oauth_outcome(void *user, adsync__flight *flight, const adsync_outcome *outcome)
{
    oauth_begin *begin = user;
    const char *url;

    begin->failed = connect_pocket_take(&begin->pocket, adsync__kernel_secrets(begin->kernel), outcome, &begin->error);
    if (begin->failed >= 0 && (outcome->way == ADSYNC__WAY_NEXT || outcome->way == ADSYNC__WAY_MORE)) {
        adsync__flight_go(flight);
        return;
    }
    url = connect_pocket_fact(&begin->pocket, "url");
    if (url && !(begin->url = adsync__copy_text(url))) begin->failed = adsync__fail_memory(&begin->error);
    if (outcome->way == ADSYNC__WAY_DONE || outcome->way == ADSYNC__WAY_FAIL) return;
    adsync__flight_drop(flight);
    (void)adsync__fail(&begin->error, ADSYNC_E_INTERNAL, "connector.outcome", "the connector cannot begin a consent with %s",
                       adsync__way_name(outcome->way));
    oauth_tell(begin, ADSYNC_E_INTERNAL, begin->error);
}

static adsync_status oauth_answer(oauth_begin *begin, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_URL, ADSYNC_C_STATE, ADSYNC_C_EXPIRES_US };
    int64_t now = adsync__now_us(adsync__kernel_effects(begin->kernel));
    const adsync_value values[] = { adsync__value_text(begin->url), adsync__value_text(oauth_carried(begin)),
                                    adsync__value_int(now + oauth_life_us) };
    adsync_rows *rows = NULL;
    adsync_status rc;

    if (!begin->url)
        return adsync__fail(error, ADSYNC_E_FORMAT, "oauth.no_url", "%s gave no address to send the browser to",
                            begin->app->connector->platform);
    if ((rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), &rows, error)) < 0) return rc;
    if ((rc = adsync__rows_add(rows, values, error)) < 0 || (rc = oauth_store(begin, now, error)) < 0) {
        adsync_rows_free(rows);
        return rc;
    }
    *begin->out = rows;
    oauth_sweep(begin->kernel, now);
    return ADSYNC_OK;
}

static void oauth_ended(void *user, adsync__flight *flight, adsync_status status, const adsync_error *error)
{
    oauth_begin *begin = user;

    (void)flight;
    if (status >= 0 && (status = begin->failed) >= 0) {
        adsync_error_free(begin->error);
        begin->error = NULL;
        status = oauth_answer(begin, &begin->error);
        error = begin->error;
    } else if (begin->failed < 0)
        error = begin->error;
    oauth_tell(begin, status, error);
}

static const adsync__flight_hooks oauth_hooks = { oauth_secret, oauth_audit, oauth_outcome, oauth_ended };

/* ---- beginning */

static adsync_status oauth_draw(oauth_begin *begin, adsync_error **error)
{
    uint8_t random[OAUTH_STATE];
    adsync_status rc = adsync__random(adsync__kernel_effects(begin->kernel), random, sizeof random, error);

    if (rc < 0) return rc;
    oauth_hex(random, sizeof random, begin->state);
    return ADSYNC_OK;
}

/* PKCE: the verifier stays here, its digest goes with the browser. */
static adsync_status oauth_challenge(oauth_begin *begin, adsync_task *task, adsync_error **error)
{
    uint8_t random[OAUTH_VERIFIER], digest[ADSYNC__SHA256_SIZE];
    adsync__buffer text;
    adsync_status rc = adsync__random(adsync__kernel_effects(begin->kernel), random, sizeof random, error);

    adsync__buffer_begin(&text, 128);
    if (rc < 0) goto done;
    oauth_base64url(random, sizeof random, &text);
    if (text.failed) rc = adsync__fail_memory(error);
    if (rc >= 0) rc = adsync__secret_make(adsync__kernel_secrets(begin->kernel), text.p, text.size, &begin->verifier, error);
    if (rc < 0 || (rc = oauth_digest(begin->kernel, text.p, text.size, digest, error)) < 0) goto done;
    adsync__wipe(text.p, text.room);
    adsync__buffer_clear(&text);
    oauth_base64url(digest, sizeof digest, &text);
    if (text.failed)
        rc = adsync__fail_memory(error);
    else
        adsync__task_text(task, ADSYNC__TASK_PARAM, "challenge", text.p);
done:
    adsync__wipe(random, sizeof random);
    if (text.p) adsync__wipe(text.p, text.room);
    adsync__buffer_free(&text);
    return rc;
}

static adsync_status oauth_check(oauth_begin *begin, const adsync__oauth_wish *wish, adsync_error **error)
{
    adsync_vault *vault;
    adsync__grant there;
    adsync_status rc;

    if ((rc = connect_app(begin->kernel, wish->platform, wish->app, &begin->app, error)) < 0) return rc;
    if (!adsync__manifest_supports(&begin->app->connector->manifest, ADSYNC_TASK_AUTH_BEGIN, 0))
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "platform.unsupported", "%s does not offer consents: add a token instead",
                            wish->platform);
    if (!begin->app->redirect_uri)
        return adsync__fail(error, ADSYNC_E_INVALID, "app.redirect_uri", "%s's app %s was registered without a redirect_uri",
                            wish->platform, begin->app->name);
    if ((rc = adsync__grant_vault(begin->kernel, &vault, error)) < 0) return rc; /* the tokens could not be kept */
    if (!wish->renew_grant) return ADSYNC_OK;
    if ((rc = adsync__grant_load(begin->kernel, wish->org, wish->renew_grant, &there, error)) < 0) return rc;
    if (!adsync__equal_text(there.platform, wish->platform))
        rc = adsync__fail(error, ADSYNC_E_INVALID, "grant.platform", "grant %lld is one of %s", (long long)wish->renew_grant,
                          there.platform);
    adsync__grant_unload(&there);
    return rc;
}

static adsync_status oauth_fly(oauth_begin *begin, const adsync__oauth_wish *wish, adsync_error **error)
{
    adsync__flight_spec spec = {
        .org = wish->org, .priority = ADSYNC_PRIORITY_INTERACTIVE, .op = ADSYNC_TASK_AUTH_BEGIN, .hooks = &oauth_hooks, .user = begin
    };
    const char *scopes = wish->scopes;
    adsync__flight *flight;
    adsync_task *task;
    adsync_status rc;

    if ((rc = oauth_check(begin, wish, error)) < 0) return rc;
    if (!scopes) scopes = begin->app->scopes ? begin->app->scopes : adsync__manifest_setting(&begin->app->connector->manifest, "scopes");
    if (!(begin->session = adsync__copy_text(wish->session)) || (scopes && !(begin->scopes = adsync__copy_text(scopes))))
        return adsync__fail_memory(error);
    if ((rc = oauth_draw(begin, error)) < 0) return rc;
    spec.app = begin->app;
    if ((rc = adsync__flight_new(begin->kernel, &spec, &flight, error)) < 0) return rc;
    task = adsync__flight_task(flight);
    adsync__task_text(task, ADSYNC__TASK_PARAM, "redirect_uri", begin->app->redirect_uri);
    adsync__task_text(task, ADSYNC__TASK_PARAM, "state", begin->state);
    adsync__task_text(task, ADSYNC__TASK_PARAM, "scopes", begin->scopes);
    if (adsync__equal_text(adsync__manifest_setting(&begin->app->connector->manifest, "pkce"), "S256"))
        rc = oauth_challenge(begin, task, error);
    if (rc < 0)
        adsync__flight_drop(flight);
    else
        adsync__flight_go(flight);
    return rc;
}

void adsync__oauth_begin(adsync__kernel *kernel, const adsync__oauth_wish *wish, adsync_rows **out, adsync__grant_done done, void *user)
{
    oauth_begin *begin = adsync__alloc_zero(1, sizeof *begin);
    adsync_error *error = NULL;
    adsync_status rc;

    if (!begin) {
        (void)adsync__fail_memory(&error);
        done(user, ADSYNC_E_MEMORY, error);
        adsync_error_free(error);
        return;
    }
    *begin = (oauth_begin){ .kernel = kernel, .org = wish->org, .renew_grant = wish->renew_grant, .out = out, .done = done, .user = user };
    if ((rc = oauth_fly(begin, wish, &error)) < 0) oauth_tell(begin, rc, error);
    adsync_error_free(error);
}
