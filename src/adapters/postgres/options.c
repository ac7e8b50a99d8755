/* SPDX-License-Identifier: MIT */
#include "postgres_int.h"

#include <stddef.h>

enum { OPTIONS_TIMEOUT_US = 10000000, OPTIONS_FLAGS = ADSYNC_POSTGRES_NO_DDL | ADSYNC_POSTGRES_POOLED | ADSYNC_POSTGRES_PARTITIONS };

/* Small letters only: what people write without quotes. */
static bool options_prefix_ok(const char *prefix)
{
    size_t n = strlen(prefix);

    if (!n || n > ADSYNC__POSTGRES_PREFIX_MAX || strspn(prefix, "0123456789")) return false;
    return strspn(prefix, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* A role stands between quotes in DDL. */
static bool options_role_ok(const char *role)
{
    size_t n = role ? strlen(role) : 1;

    return n && n <= ADSYNC__POSTGRES_ROLE_MAX && (!role || !strchr(role, '"'));
}

adsync_status adsync__postgres_settings_take(const adsync_postgres_options *options, adsync__postgres_settings *out, adsync_error **error)
{
    adsync_postgres_options mine = { 0 };
    adsync_status rc;

    if (options && (rc = adsync__sql_options(options, offsetof(adsync_postgres_options, timeout_us), &mine, sizeof mine,
                                             "adsync_postgres_options", error)) < 0)
        return rc;
    if (mine.flags & ~(uint32_t)OPTIONS_FLAGS)
        return adsync_error_set(error, ADSYNC_E_UNSUPPORTED, "adsync_postgres_options: unknown flags", 0);
    if (mine.timeout_us < 0) return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_postgres_options: timeout_us is below 0", 0);
    if (mine.prefix && !options_prefix_ok(mine.prefix))
        return adsync_error_set(error, ADSYNC_E_INVALID,
                                "adsync_postgres_options: a prefix is 1 to 24 small letters, digits and _, and no digit comes first", 0);
    if (!options_role_ok(mine.engine) || !options_role_ok(mine.reader))
        return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_postgres_options: a role is 1 to 63 bytes without a quotation mark", 0);
    *out = (adsync__postgres_settings){ .flags = mine.flags, .engine = mine.engine, .reader = mine.reader, .listen = mine.listen };
    out->timeout_us = mine.timeout_us ? mine.timeout_us : OPTIONS_TIMEOUT_US;
    out->prefix = mine.prefix ? mine.prefix : "adsync_";
    return ADSYNC_OK;
}
