/* SPDX-License-Identifier: MIT */
#include "sqlite_int.h"

#include <stddef.h>

enum { OPTIONS_TIMEOUT_US = 10000000, OPTIONS_FLAGS = ADSYNC_SQLITE_NO_DDL | ADSYNC_SQLITE_READ_ONLY };

static bool options_prefix_ok(const char *prefix)
{
    size_t n = strlen(prefix);

    if (!n || n > ADSYNC__SQLITE_PREFIX_MAX || !sqlite3_strnicmp(prefix, "sqlite_", 7)) return false; /* SQLite keeps those names */
    return strspn(prefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == n;
}

adsync_status adsync__sqlite_settings_take(const adsync_sqlite_options *options, adsync__sqlite_settings *out, adsync_error **error)
{
    adsync_sqlite_options mine = { 0 };
    adsync_status rc;

    if (options && (rc = adsync__sql_options(options, offsetof(adsync_sqlite_options, timeout_us), &mine, sizeof mine,
                                             "adsync_sqlite_options", error)) < 0)
        return rc;
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
