/* SPDX-License-Identifier: MIT */
/* Which platforms there are, and the host's registrations at them. */
#include "kernel_int.h"

enum { REGISTRY_SETTING = 2000 };

static void registry_free_connector(adsync__connector *connector)
{
    adsync__manifest_free(&connector->manifest);
    adsync__free((char *)(uintptr_t)connector->platform);
    adsync__free(connector);
}

static void registry_free_app(adsync__app *app)
{
    const char *texts[] = { app->name, app->client_id, app->redirect_uri, app->scopes, app->api_version };

    for (size_t i = 0; i < ADSYNC__COUNT(texts); i++) adsync__free((char *)(uintptr_t)texts[i]);
    for (const char *const *at = app->settings; at && *at; at++) adsync__free((char *)(uintptr_t)*at);
    adsync__free((void *)(uintptr_t)app->settings);
    adsync__secret_free(&app->client_secret);
    adsync__secret_free(&app->developer_token);
    adsync__free(app);
}

void adsync__registry_free(adsync__kernel *kernel)
{
    adsync__app *app;
    adsync__connector *connector;

    while ((app = kernel->apps)) {
        kernel->apps = app->next;
        registry_free_app(app);
    }
    while ((connector = kernel->connectors)) {
        kernel->connectors = connector->next;
        registry_free_connector(connector);
    }
}

const adsync__connector *adsync__kernel_connectors(const adsync__kernel *kernel) { return kernel->connectors; }

const adsync__connector *adsync__kernel_find_connector(const adsync__kernel *kernel, const char *platform)
{
    for (const adsync__connector *c = kernel->connectors; c; c = c->next)
        if (!strcmp(c->platform, platform)) return c;
    return NULL;
}

static adsync_status registry_check(const adsync__connector *connector, adsync_error **error)
{
    static const char *const needed[] = { "api_version", "revision" };

    if (connector->manifest.failed) return adsync__fail_memory(error);
    if (!connector->manifest.n_hosts)
        return adsync__fail(error, ADSYNC_E_INVALID, "connector.manifest", "the connector %s names no host", connector->platform);
    for (size_t i = 0; i < ADSYNC__COUNT(needed); i++)
        if (!adsync__manifest_setting(&connector->manifest, needed[i]))
            return adsync__fail(error, ADSYNC_E_INVALID, "connector.manifest", "the connector %s does not set %s", connector->platform,
                                needed[i]);
    return ADSYNC_OK;
}

adsync_status adsync__kernel_connector(adsync__kernel *kernel, const char *platform, const adsync_connector_ops *ops, adsync_error **error)
{
    adsync__connector *made = NULL;
    adsync_status rc;

    if ((rc = adsync__check_struct(ops, sizeof *ops, sizeof *ops, "adsync_connector_ops", error)) < 0) return rc;
    if (!platform || !*platform || strlen(platform) > 32 || !ops->describe || !ops->request || !ops->response || ops->flags)
        return adsync__fail(error, ADSYNC_E_INVALID, "connector.slot", "a connector needs a name, describe, request and response");
    if (adsync__kernel_find_connector(kernel, platform))
        return adsync__fail(error, ADSYNC_E_CONFLICT, "connector.twice", "there is a connector for %s already", platform);
    if (!(made = adsync__alloc_zero(1, sizeof *made))) return adsync__fail_memory(error);
    made->ops = *ops;
    if (!(made->platform = adsync__copy_text(platform))) {
        rc = adsync__fail_memory(error);
        goto failed;
    }
    if ((rc = ops->describe(ops->user, &made->manifest, error)) < 0) goto failed;
    if ((rc = registry_check(made, error)) < 0) goto failed;
    made->next = kernel->connectors;
    kernel->connectors = made;
    return ADSYNC_OK;
failed:
    registry_free_connector(made);
    return rc;
}

const adsync__app *adsync__kernel_find_app(const adsync__kernel *kernel, const char *platform, const char *name)
{
    for (const adsync__app *app = kernel->apps; app; app = app->next)
        if (!strcmp(app->connector->platform, platform) && !strcmp(app->name, name ? name : "default")) return app;
    return NULL;
}

static bool registry_copy(const char *from, const char **to) { return !from || (*to = adsync__copy_text(from)); }

static bool registry_copy_settings(const char *const *settings, adsync__app *made)
{
    size_t n = 0;
    const char **copy;

    while (settings && settings[n]) n++;
    if (!n) return true;
    if (!(copy = adsync__alloc_zero(n + 1, sizeof *copy))) return false;
    made->settings = copy;
    for (size_t i = 0; i < n; i++)
        if (!(copy[i] = adsync__copy_text(settings[i]))) return false;
    return true;
}

static bool registry_copy_texts(const adsync__app *app, const char *name, const char *version, adsync__app *made)
{
    return registry_copy(name, &made->name) && registry_copy(app->client_id, &made->client_id) &&
           registry_copy(app->redirect_uri, &made->redirect_uri) && registry_copy(app->scopes, &made->scopes) &&
           registry_copy(version, &made->api_version) && registry_copy_settings(app->settings, made);
}

static adsync_status registry_copy_secret(adsync__kernel *kernel, const adsync__secret *from, adsync__secret *to, adsync_error **error)
{
    return from->p ? adsync__secret_make(kernel->secrets, from->p, from->size, to, error) : ADSYNC_OK;
}

/* What the connector does not name is refused, never ignored: a word that is spelt wrong would change what is asked for. */
static adsync_status registry_check_settings(const adsync__connector *connector, const char *const *settings, adsync_error **error)
{
    const char *names = adsync__manifest_setting(&connector->manifest, "app_settings");

    for (const char *const *at = settings; at && *at; at += 2) {
        if (!at[1])
            return adsync__fail(error, ADSYNC_E_INVALID, "app.settings", "%s's app setting %s has no value", connector->platform, *at);
        if (!**at || !names || !adsync__words_have(names, *at, strlen(*at)))
            return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "app.settings", "%s has no app setting %s; it has: %s", connector->platform,
                                *at, names ? names : "none");
        if (strlen(at[1]) > REGISTRY_SETTING || !adsync__utf8_valid(at[1], strlen(at[1])))
            return adsync__fail(error, ADSYNC_E_INVALID, "app.settings", "%s's app setting %s is too long, or not UTF-8",
                                connector->platform, *at);
    }
    return ADSYNC_OK;
}

adsync_status adsync__kernel_app(adsync__kernel *kernel, const char *platform, const char *name, const adsync__app *app,
                                 adsync_error **error)
{
    const adsync__connector *connector = platform ? adsync__kernel_find_connector(kernel, platform) : NULL;
    const char *version = app->api_version;
    adsync__app *made;
    adsync_status rc;

    if (!connector)
        return adsync__fail(error, ADSYNC_E_NOT_FOUND, "platform.unknown", "there is no platform %s",
                            platform ? platform : "without a name");
    if (!name) name = "default";
    if (adsync__kernel_find_app(kernel, platform, name))
        return adsync__fail(error, ADSYNC_E_CONFLICT, "app.twice", "%s has an app named %s already", platform, name);
    if ((rc = registry_check_settings(connector, app->settings, error)) < 0) return rc;
    if (!version) version = adsync__manifest_setting(&connector->manifest, "api_version");
    if (!(made = adsync__alloc_zero(1, sizeof *made))) return adsync__fail_memory(error);
    made->connector = connector;
    rc = registry_copy_texts(app, name, version, made) ? ADSYNC_OK : adsync__fail_memory(error);
    if (rc >= 0) rc = registry_copy_secret(kernel, &app->client_secret, &made->client_secret, error);
    if (rc >= 0) rc = registry_copy_secret(kernel, &app->developer_token, &made->developer_token, error);
    if (rc < 0) {
        registry_free_app(made);
        return rc;
    }
    made->next = kernel->apps;
    kernel->apps = made;
    return ADSYNC_OK;
}
