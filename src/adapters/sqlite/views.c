/* SPDX-License-Identifier: MIT */
/* Views for people and their plain SQL. A column's shape says how it is shown: times as UTC text, days as dates, money and fractional
 * counts as decimal text (made from whole numbers, so no cent is ever rounded), kinds as words; the organisation by the host's name.
 * Bytes, sealed or not, are in no view. */
#include "sqlite_int.h"

typedef struct views_view {
    const char *name;
    uint32_t table, kind;    /* kind: of the entities that are meant; 0: all rows */
    const uint32_t *columns; /* after the key's; ended by 0; NULL: all of the table */
} views_view;

#define VIEWS_EVERY ADSYNC_C_NAME, ADSYNC_C_SWITCH, ADSYNC_C_STATUS, ADSYNC_C_STATUS_REASON, ADSYNC_C_PLATFORM_STATUS
#define VIEWS_TIMES ADSYNC_C_CREATED_AT, ADSYNC_C_UPDATED_AT, ADSYNC_C_REMOVED_AT, ADSYNC_C_PULLED_AT, ADSYNC_C_EXTRA

static const uint32_t views_campaign[] = {
    ADSYNC_C_ACCOUNT_ID, VIEWS_EVERY, ADSYNC_C_OBJECTIVE, ADSYNC_C_CURRENCY, ADSYNC_C_BUDGET_DAILY, ADSYNC_C_BUDGET_LIFETIME,
    ADSYNC_C_SPEND_CAP, ADSYNC_C_BUDGET_REF, ADSYNC_C_BUDGET_SHARED_BY, ADSYNC_C_BID_STRATEGY, ADSYNC_C_START_AT, ADSYNC_C_END_AT,
    ADSYNC_C_DECLARATIONS, VIEWS_TIMES, 0,
};
static const uint32_t views_adset[] = {
    ADSYNC_C_ACCOUNT_ID, ADSYNC_C_CAMPAIGN_ID, VIEWS_EVERY, ADSYNC_C_CURRENCY, ADSYNC_C_BUDGET_DAILY, ADSYNC_C_BUDGET_LIFETIME,
    ADSYNC_C_BID_STRATEGY, ADSYNC_C_BID, ADSYNC_C_BILLING_EVENT, ADSYNC_C_OPTIMIZATION_GOAL, ADSYNC_C_START_AT, ADSYNC_C_END_AT,
    ADSYNC_C_TARGETING, ADSYNC_C_ATTRIBUTION, ADSYNC_C_DECLARATIONS, VIEWS_TIMES, 0,
};
static const uint32_t views_ad[] = {
    ADSYNC_C_ACCOUNT_ID, ADSYNC_C_CAMPAIGN_ID, ADSYNC_C_ADSET_ID, VIEWS_EVERY, ADSYNC_C_CREATIVE_ID, ADSYNC_C_REVIEW,
    ADSYNC_C_REVIEW_REASON, VIEWS_TIMES, 0,
};

static const views_view views[] = {
    { "connections", ADSYNC_T_CONNECTIONS, 0, NULL },
    { "jobs", ADSYNC_T_JOBS, 0, NULL },
    { "campaigns", ADSYNC_T_ENTITIES, ADSYNC_KIND_CAMPAIGN, views_campaign },
    { "adsets", ADSYNC_T_ENTITIES, ADSYNC_KIND_ADSET, views_adset },
    { "ads", ADSYNC_T_ENTITIES, ADSYNC_KIND_AD, views_ad },
    { "metrics", ADSYNC_T_METRICS, 0, NULL },
    { "coverage", ADSYNC_T_COVERAGE, 0, NULL },
    { "api_calls", ADSYNC_T_API_CALLS, 0, NULL },
};

static void views_plain(sqlite3_str *out, const char *c) { sqlite3_str_appendf(out, "t.\"%w\"", c); }

/* 2026-11-20T14:31:05.250000Z; the fraction of a time before 1970 counts upwards too. */
static void views_time(sqlite3_str *out, const char *c)
{
    sqlite3_str_appendf(
        out,
        "strftime('%%Y-%%m-%%dT%%H:%%M:%%S', (t.\"%w\" - (t.\"%w\" %% 1000000 + 1000000) %% 1000000) / 1000000, 'unixepoch')"
        " || printf('.%%06dZ', (t.\"%w\" %% 1000000 + 1000000) %% 1000000)",
        c, c, c);
}

static void views_day(sqlite3_str *out, const char *c)
{
    sqlite3_str_appendf(out, "substr(t.\"%w\", 1, 4) || '-' || substr(t.\"%w\", 5, 2) || '-' || substr(t.\"%w\", 7, 2)", c, c, c);
}

/* The sign and the whole units. The sign is written apart, for -0.50; the smallest number has no positive twin, so abs is kept from it. */
static void views_units(sqlite3_str *out, const char *c)
{
    sqlite3_str_appendf(out, "iif(t.\"%w\" < 0, '-', '') || ltrim(t.\"%w\" / 1000000, '-')", c, c);
}

/* At least two decimals, more where the amount has them. */
static void views_money(sqlite3_str *out, const char *c)
{
    views_units(out, c);
    sqlite3_str_appendf(out, " || '.' || substr(printf('%%06d', abs(t.\"%w\" %% 1000000)), 1, 2)"
                             " || rtrim(substr(printf('%%06d', abs(t.\"%w\" %% 1000000)), 3), '0')", c, c);
}

static void views_micro(sqlite3_str *out, const char *c)
{
    sqlite3_str_appendall(out, "rtrim(rtrim(");
    views_units(out, c);
    sqlite3_str_appendf(out, " || printf('.%%06d', abs(t.\"%w\" %% 1000000)), '0'), '.')", c);
}

static void views_kind(sqlite3_str *out, const char *c)
{
    sqlite3_str_appendf(out, "CASE t.\"%w\"", c);
    for (uint32_t kind = 1; adsync_kind_name(kind); kind++)
        sqlite3_str_appendf(out, " WHEN %u THEN %Q", kind, adsync_kind_name(kind));
    sqlite3_str_appendf(out, " ELSE CAST(t.\"%w\" AS TEXT) END", c);
}

/* Text that SQL calls `called_at` is no number of microseconds any more: the unit leaves the name. */
static void views_name(sqlite3_str *out, const char *c, uint32_t shape)
{
    size_t n = strlen(c);

    if (shape == ADSYNC_SHAPE_TIME && n > 3 && !strcmp(c + n - 3, "_us")) sqlite3_str_appendf(out, " AS \"%.*w_at\"", (int)(n - 3), c);
    else sqlite3_str_appendf(out, " AS \"%w\"", c);
}

static void views_column(sqlite3_str *out, uint32_t id)
{
    static void (*const shapes[])(sqlite3_str *, const char *) = {
        [ADSYNC_SHAPE_PLAIN] = views_plain, [ADSYNC_SHAPE_TIME] = views_time,   [ADSYNC_SHAPE_DAY] = views_day,
        [ADSYNC_SHAPE_MONEY] = views_money, [ADSYNC_SHAPE_MICRO] = views_micro, [ADSYNC_SHAPE_JSON] = views_plain,
        [ADSYNC_SHAPE_KIND] = views_kind,
    };
    const char *name = adsync_column_name(id);
    uint32_t shape = adsync_column_shape(id);

    sqlite3_str_appendall(out, ",\n  ");
    (shape < sizeof shapes / sizeof *shapes ? shapes[shape] : views_plain)(out, name); /* a newer core may know more shapes */
    views_name(out, name, shape);
}

static bool views_has(const views_view *view, uint32_t column)
{
    uint32_t id = adsync_table_column(view->table, column);

    if (adsync_table_column_sealed(view->table, column) || adsync_table_column_kind(view->table, column) == ADSYNC_VALUE_BYTES)
        return false;
    if (!view->columns || column < adsync_index_width(view->table, 0)) return true;
    for (const uint32_t *c = view->columns; *c; c++)
        if (*c == id) return true;
    return false;
}

static void views_create(sqlite3_str *out, const char *prefix, const views_view *view)
{
    sqlite3_str_appendf(out, "DROP VIEW IF EXISTS \"%wv_%w\";\nCREATE VIEW \"%wv_%w\" AS SELECT\n  o.\"name\" AS \"org\"", prefix,
                        view->name, prefix, view->name);
    for (uint32_t i = 1; i < adsync_table_width(view->table); i++) /* column 0 is the organisation's number */
        if (views_has(view, i)) views_column(out, adsync_table_column(view->table, i));
    sqlite3_str_appendf(out, "\nFROM \"%w%w\" t LEFT JOIN \"%w%w\" o ON o.\"org\" = t.\"org\"", prefix, adsync_table_name(view->table),
                        prefix, adsync_table_name(ADSYNC_T_ORGS));
    if (view->kind) sqlite3_str_appendf(out, " WHERE t.\"kind\" = %u", view->kind);
    sqlite3_str_appendall(out, ";\n");
}

void adsync__sqlite_views(sqlite3_str *out, const char *prefix)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        views_create(out, prefix, &views[i]);
}
