/* SPDX-License-Identifier: MIT */
#include "postgres_int.h"

#include <unistd.h>

enum { OPEN_BESIDE = 4 }; /* parameters beyond the widest row: version, expected version, a limit */

static void open_close(void *user)
{
    adsync__postgres *s = user;

    if (!s) return;
    PQfinish(s->conn);
    PQfinish(s->ear);
    if (s->epoll >= 0) (void)close(s->epoll);
    adsync__postgres_statements_free(s);
    void *const owned[] = { s->conninfo, s->listen, s->prefix, s->engine, s->reader, s->row, s->params.p, s->params.at, s->params.types,
                            s->params.values, s->params.sizes, s->params.formats, s->runs, s->held, s };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        adsync__postgres_free(owned[i]);
}

static bool open_params(adsync__postgres *s)
{
    uint32_t n = 0;

    for (uint32_t t = 1; t <= adsync_table_count(); t++)
        if (adsync_table_width(t) > n) n = adsync_table_width(t);
    n += OPEN_BESIDE;
    s->row = adsync__postgres_grow(NULL, n * sizeof *s->row);
    s->params.at = adsync__postgres_grow(NULL, n * sizeof *s->params.at);
    s->params.types = adsync__postgres_grow(NULL, n * sizeof *s->params.types);
    s->params.values = adsync__postgres_grow(NULL, n * sizeof *s->params.values);
    s->params.sizes = adsync__postgres_grow(NULL, n * sizeof *s->params.sizes);
    s->params.formats = adsync__postgres_grow(NULL, n * sizeof *s->params.formats);
    return s->row && s->params.at && s->params.types && s->params.values && s->params.sizes && s->params.formats;
}

static adsync_status open_alloc(const char *conninfo, const adsync__postgres_settings *settings, adsync__postgres **out,
                                adsync_error **error)
{
    const char *listen = settings->listen ? settings->listen : settings->flags & ADSYNC_POSTGRES_POOLED ? NULL : conninfo;
    adsync__postgres *s = adsync__postgres_grow(NULL, sizeof *s);

    if (!(*out = s)) return adsync__postgres_memory(error);
    *s = (adsync__postgres){ .flags = settings->flags, .timeout_us = settings->timeout_us, .epoll = -1 };
    s->conninfo = adsync__postgres_copy(conninfo);
    s->listen = adsync__postgres_copy(listen);
    s->prefix = adsync__postgres_copy(settings->prefix);
    s->engine = adsync__postgres_copy(settings->engine);
    s->reader = adsync__postgres_copy(settings->reader);
    if (s->conninfo && !s->listen == !listen && s->prefix && !s->engine == !settings->engine && !s->reader == !settings->reader &&
        open_params(s))
        return ADSYNC_OK;
    return adsync__postgres_memory(error);
}

/* What libpq says about a string that it cannot read would quote parts of it: perhaps the password. */
static adsync_status open_conninfo(const char *conninfo, const char *name, adsync_error **error)
{
    char *said = NULL;
    PQconninfoOption *parts = conninfo ? PQconninfoParse(conninfo, &said) : NULL;
    bool memory = conninfo && !parts && !said;

    PQconninfoFree(parts);
    PQfreemem(said);
    if (parts) return ADSYNC_OK;
    if (memory) return adsync__postgres_memory(error);
    return adsync_error_set(error, ADSYNC_E_INVALID, name, 0);
}

static adsync_status open_storage(adsync__postgres *s, adsync_storage **out, adsync_error **error)
{
    const adsync_storage_ops ops = {
        .size = sizeof ops,
        .flags = s->power_safe ? 0 : ADSYNC_STORAGE_NOT_POWER_SAFE,
        .user = s,
        .read = adsync__postgres_read,
        .scan = adsync__postgres_scan,
        .commit = adsync__postgres_commit,
        .close = open_close,
        .notify = adsync__postgres_notify,
        .watch_fd = adsync__postgres_watch_fd,
        .watch_clear = adsync__postgres_watch_clear,
        .erase = adsync__postgres_erase,
        .drop_before = adsync__postgres_pieces_any(s) ? adsync__postgres_drop_before : NULL,
        .now = adsync__postgres_now,
    };

    return adsync_storage_new(&ops, out, error);
}

adsync_status adsync_postgres_open(const char *conninfo, const adsync_postgres_options *options, adsync_storage **out,
                                   adsync_error **error)
{
    adsync__postgres_settings settings;
    adsync__postgres *s = NULL;
    adsync_status rc;

    if (!out) return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_postgres_open: out is NULL", 0);
    *out = NULL;
    if ((rc = open_conninfo(conninfo, "adsync_postgres_open: conninfo is no connection string that libpq understands", error)) < 0)
        return rc;
    if ((rc = adsync__postgres_settings_take(options, &settings, error)) < 0) return rc;
    if (settings.listen &&
        (rc = open_conninfo(settings.listen, "adsync_postgres_options: listen is no connection string that libpq understands", error)) < 0)
        return rc;
    if ((rc = open_alloc(conninfo, &settings, &s, error)) < 0) goto done;
    if ((rc = adsync__postgres_connect(s, error)) < 0) goto done;
    if ((rc = adsync__postgres_migrate(s, error)) < 0) goto done;
    if ((rc = adsync__postgres_pieces_look(s, error)) < 0) goto done;
    if ((rc = open_storage(s, out, error)) < 0) goto done;
    s = NULL; /* the storage's now */
done:
    open_close(s);
    return rc;
}
