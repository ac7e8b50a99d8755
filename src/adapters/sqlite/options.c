/* SPDX-License-Identifier: MIT */
#include "sqlite_int.h"

enum { OPTIONS_TIMEOUT_US = 10000000, OPTIONS_FLAGS = ADSYNC_SQLITE_NO_DDL | ADSYNC_SQLITE_READ_ONLY };

static bool options_prefix_ok(const char *prefix)
{
    size_t n = strlen(prefix);

    if (!n || n > ADSYNC__SQLITE_PREFIX_MAX || !sqlite3_strnicmp(prefix, "sqlite_", 7)) return false; /* SQLite keeps those names */
    return strspn(prefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == n;
}

static adsync_status options_copy(const adsync_sqlite_options *options, adsync_sqlite_options *out, adsync_error **error)
{
    const char *bytes = (const char *)options;
    uint32_t size = options->size;

    if (size < offsetof(adsync_sqlite_options, timeout_us))
        return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_sqlite_options: set size to sizeof(adsync_sqlite_options)", 0);
    for (uint32_t i = sizeof *out; i < size; i++)
        if (bytes[i])
            return adsync_error_set(error, ADSYNC_E_UNSUPPORTED, "adsync_sqlite_options sets something this library is too old for", 0);
    memcpy(out, options, size < sizeof *out ? size : sizeof *out);
    return ADSYNC_OK;
}

adsync_status adsync__sqlite_settings_take(const adsync_sqlite_options *options, adsync__sqlite_settings *out, adsync_error **error)
{
    adsync_sqlite_options mine = { 0 };
    adsync_status rc;

    if (options && (rc = options_copy(options, &mine, error)) < 0) return rc;
    if (mine.flags & ~(uint32_t)OPTIONS_FLAGS)
        return adsync_error_set(error, ADSYNC_E_UNSUPPORTED, "adsync_sqlite_options: unknown flags", 0);
    if (mine.timeout_us < 0) return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_sqlite_options: timeout_us is below 0", 0);
    if (mine.prefix && !options_prefix_ok(mine.prefix))
        return adsync_error_set(error, ADSYNC_E_INVALID,
                                "adsync_sqlite_options: a prefix is 1 to 64 letters, digits and _, and does not begin with sqlite_", 0);
    out->flags = mine.flags;
    out->timeout_us = mine.timeout_us ? mine.timeout_us : OPTIONS_TIMEOUT_US;
    out->prefix = mine.prefix ? mine.prefix : "adsync_";
    return ADSYNC_OK;
}
