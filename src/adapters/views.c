/* SPDX-License-Identifier: MIT */
/* Views for people and their plain SQL. A column's shape says how it is shown, and each database has its own way to show it: times,
 * days, money and fractional counts (made from whole numbers, so no cent is ever rounded), kinds as words; the organisation by the
 * host's name. Bytes, sealed or not, are in no view. */
#include "adapters.h"

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
    { "revisions", ADSYNC_T_REVISIONS, 0, NULL },
    { "api_calls", ADSYNC_T_API_CALLS, 0, NULL },
};

void adsync__sql_kind(adsync__sql *out, const char *column)
{
    adsync__sql_add(out, "CASE t.\"%s\"", column);
    for (uint32_t kind = 1; adsync_kind_name(kind); kind++)
        adsync__sql_add(out, " WHEN %u THEN '%s'", kind, adsync_kind_name(kind));
    adsync__sql_add(out, " ELSE CAST(t.\"%s\" AS TEXT) END", column);
}

/* What SQL calls `called_at` is no number of microseconds any more: the unit leaves the name. */
static void views_name(adsync__sql *out, const char *c, uint32_t shape)
{
    size_t n = strlen(c);

    if (shape == ADSYNC_SHAPE_TIME && n > 3 && !strcmp(c + n - 3, "_us")) adsync__sql_add(out, " AS \"%.*s_at\"", (int)(n - 3), c);
    else adsync__sql_add(out, " AS \"%s\"", c);
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

/* What a row does not say by itself, as adsync_entity_list says it: s is its ad set, p its campaign, c its creative. */
static void views_parents(adsync__sql *out, uint32_t kind)
{
    static const struct {
        uint32_t of, kind;
        const char *name, *id;
    } others[] = { { ADSYNC_KIND_ADSET, ADSYNC_KIND_CAMPAIGN, "p", "campaign_id" },
                   { ADSYNC_KIND_AD, ADSYNC_KIND_CAMPAIGN, "p", "campaign_id" },
                   { ADSYNC_KIND_AD, ADSYNC_KIND_ADSET, "s", "adset_id" },
                   { ADSYNC_KIND_AD, ADSYNC_KIND_CREATIVE, "c", "creative_id" } };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *name = others[i].name;
        if (others[i].of != kind) continue;
        adsync__sql_add(out, "\n  LEFT JOIN ");
        adsync__sql_table(out, ADSYNC_T_ENTITIES);
        adsync__sql_add(out, " %s ON %s.\"org\" = t.\"org\" AND %s.\"connection\" = t.\"connection\" AND %s.\"kind\" = %u", name, name,
                        name, name, others[i].kind);
        adsync__sql_add(out, " AND %s.\"id\" = t.\"%s\"", name, others[i].id);
    }
}

/* false: the column is what it is. */
static bool views_shown(adsync__sql *out, uint32_t kind, uint32_t id)
{
    if (kind != ADSYNC_KIND_AD && (kind != ADSYNC_KIND_ADSET || id != ADSYNC_C_STATUS)) return false;
    if (id == ADSYNC_C_STATUS) {
        adsync__sql_add(out, ",\n  CASE WHEN t.\"status\" IN ('SCHEDULED', 'LIMITED', 'ACTIVE') AND (p.\"switch\" <> 'ACTIVE'"
                             " OR p.\"status\" = 'DELETED'%s) THEN 'PARENT_OFF' ELSE t.\"status\" END AS \"status\"",
                        kind == ADSYNC_KIND_AD ? " OR s.\"switch\" <> 'ACTIVE' OR s.\"status\" = 'DELETED'" : "");
        return true;
    }
    if (id != ADSYNC_C_NAME) return false;
    adsync__sql_add(out, ",\n  coalesce(t.\"name\", substr(coalesce(c.\"title\", c.\"body\", c.\"name\"), 1, 80)) AS \"name\"");
    return true;
}

static void views_column(adsync__sql *out, uint32_t kind, uint32_t id, adsync__sql_shape *const *shapes, size_t n_shapes)
{
    const char *name = adsync_column_name(id);
    uint32_t shape = adsync_column_shape(id);

    if (views_shown(out, kind, id)) return;
    adsync__sql_add(out, ",\n  ");
    if (shape < n_shapes && shapes[shape]) shapes[shape](out, name); /* a newer core may know more shapes */
    else adsync__sql_add(out, "t.\"%s\"", name);
    views_name(out, name, shape);
}

void adsync__sql_views(adsync__sql *out, adsync__sql_shape *const *shapes, size_t n_shapes, const char *with)
{
    for (const views_view *v = views; v < views + sizeof views / sizeof *views; v++) {
        if (!with) adsync__sql_add(out, "DROP VIEW IF EXISTS \"%sv_%s\";\n", out->prefix, v->name);
        adsync__sql_add(out, "CREATE%s VIEW \"%sv_%s\"%s AS SELECT\n  o.\"name\" AS \"org\"", with ? " OR REPLACE" : "", out->prefix,
                        v->name, with ? with : "");
        for (uint32_t i = 1; i < adsync_table_width(v->table); i++) /* column 0 is the organisation's number */
            if (views_has(v, i)) views_column(out, v->kind, adsync_table_column(v->table, i), shapes, n_shapes);
        adsync__sql_add(out, "\nFROM ");
        adsync__sql_table(out, v->table);
        adsync__sql_add(out, " t LEFT JOIN ");
        adsync__sql_table(out, ADSYNC_T_ORGS);
        adsync__sql_add(out, " o ON o.\"org\" = t.\"org\"");
        views_parents(out, v->kind);
        if (v->kind) adsync__sql_add(out, " WHERE t.\"kind\" = %u", v->kind);
        adsync__sql_add(out, ";\n");
    }
}

const char *adsync__sql_view(size_t i, uint32_t *table)
{
    if (i >= sizeof views / sizeof *views) return NULL;
    *table = views[i].table;
    return views[i].name;
}
