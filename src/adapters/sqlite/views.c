/* SPDX-License-Identifier: MIT */
/* Views for people and their plain SQL. A column's shape says how it is shown: times as UTC text, days as dates, money and fractional
 * counts as decimal text (made from whole numbers, so no cent is ever rounded), kinds as words; the organisation by the host's name.
 * Bytes, sealed or not, are in no view. */
#include "sqlite_int.h"

/* 2026-11-20T14:31:05.250000Z; the fraction of a time before 1970 counts upwards too. */
static void views_time(adsync__sql *out, const char *c)
{
    adsync__sql_add(
        out,
        "strftime('%%Y-%%m-%%dT%%H:%%M:%%S', (t.\"%s\" - (t.\"%s\" %% 1000000 + 1000000) %% 1000000) / 1000000, 'unixepoch')"
        " || printf('.%%06dZ', (t.\"%s\" %% 1000000 + 1000000) %% 1000000)",
        c, c, c);
}

static void views_day(adsync__sql *out, const char *c)
{
    adsync__sql_add(out, "substr(t.\"%s\", 1, 4) || '-' || substr(t.\"%s\", 5, 2) || '-' || substr(t.\"%s\", 7, 2)", c, c, c);
}

/* The sign and the whole units. The sign is written apart, for -0.50; the smallest number has no positive twin, so abs is kept from it. */
static void views_units(adsync__sql *out, const char *c)
{
    adsync__sql_add(out, "iif(t.\"%s\" < 0, '-', '') || ltrim(t.\"%s\" / 1000000, '-')", c, c);
}

/* At least two decimals, more where the amount has them. */
static void views_money(adsync__sql *out, const char *c)
{
    views_units(out, c);
    adsync__sql_add(out, " || '.' || substr(printf('%%06d', abs(t.\"%s\" %% 1000000)), 1, 2)"
                         " || rtrim(substr(printf('%%06d', abs(t.\"%s\" %% 1000000)), 3), '0')", c, c);
}

static void views_micro(adsync__sql *out, const char *c)
{
    adsync__sql_add(out, "rtrim(rtrim(");
    views_units(out, c);
    adsync__sql_add(out, " || printf('.%%06d', abs(t.\"%s\" %% 1000000)), '0'), '.')", c);
}

void adsync__sqlite_views(adsync__sql *out)
{
    static adsync__sql_shape *const shapes[] = {
        [ADSYNC_SHAPE_TIME] = views_time,   [ADSYNC_SHAPE_DAY] = views_day,           [ADSYNC_SHAPE_MONEY] = views_money,
        [ADSYNC_SHAPE_MICRO] = views_micro, [ADSYNC_SHAPE_KIND] = adsync__sql_kind,
    };

    adsync__sql_views(out, shapes, sizeof shapes / sizeof *shapes, NULL);
}
