/* SPDX-License-Identifier: MIT */
/* What was synced, and what was called for it. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

uint32_t cli_kind(const char *name)
{
    for (uint32_t kind = 1; adsync_kind_name(kind); kind++)
        if (name && !strcmp(name, adsync_kind_name(kind))) return kind;
    return 0;
}

/* What there is to see of a kind; of those that are not here what campaigns have. */
static const cli_column data_campaign[] = {
    { ADSYNC_C_ID, "id" },
    { ADSYNC_C_NAME, "name" },
    { ADSYNC_C_STATUS, "status" },
    { ADSYNC_C_SWITCH, "switch" },
    { ADSYNC_C_OBJECTIVE, "objective" },
    { ADSYNC_C_BUDGET_DAILY, "daily budget" },
    { ADSYNC_C_BUDGET_LIFETIME, "lifetime budget" },
};
static const cli_column data_ad[] = {
    { ADSYNC_C_ID, "id" },         { ADSYNC_C_NAME, "name" },     { ADSYNC_C_STATUS, "status" },
    { ADSYNC_C_SWITCH, "switch" }, { ADSYNC_C_REVIEW, "review" }, { ADSYNC_C_ADSET_ID, "ad set" },
};
static const cli_column data_creative[] = {
    { ADSYNC_C_ID, "id" },
    { ADSYNC_C_NAME, "name" },
    { ADSYNC_C_FORMAT, "format" },
    { ADSYNC_C_LANDING_URL, "leads to" },
};
static const cli_column data_audience[] = {
    { ADSYNC_C_ID, "id" },       { ADSYNC_C_NAME, "name" },       { ADSYNC_C_TYPE, "type" },
    { ADSYNC_C_READY, "ready" }, { ADSYNC_C_SIZE_LOW, "people" },
};
static const cli_column data_keyword[] = {
    { ADSYNC_C_ID, "id" },   { ADSYNC_C_TEXT, "text" },     { ADSYNC_C_MATCH, "match" },     { ADSYNC_C_NEGATIVE, "excludes" },
    { ADSYNC_C_BID, "bid" }, { ADSYNC_C_STATUS, "status" }, { ADSYNC_C_ADSET_ID, "ad set" },
};
static const cli_column data_form[] = {
    { ADSYNC_C_ID, "id" },
    { ADSYNC_C_NAME, "name" },
    { ADSYNC_C_STATUS, "status" },
    { ADSYNC_C_CREATED_AT, "made" },
};
static const cli_column data_lead[] = {
    { ADSYNC_C_ID, "id" },
    { ADSYNC_C_FORM_ID, "form" },
    { ADSYNC_C_AD_ID, "ad" },
    { ADSYNC_C_SUBMITTED_AT, "submitted" },
};
static const struct {
    uint32_t kind, n;
    const cli_column *columns;
} data_views[] = {
#define DATA_VIEW(kind, list)                                                                                                              \
    {                                                                                                                                      \
        ADSYNC_KIND_##kind, sizeof(list) / sizeof(list)[0], list                                                                           \
    }
    DATA_VIEW(AD, data_ad),
    DATA_VIEW(CREATIVE, data_creative),
    DATA_VIEW(AUDIENCE, data_audience),
    DATA_VIEW(KEYWORD, data_keyword),
    DATA_VIEW(LEAD_FORM, data_form),
    DATA_VIEW(LEAD, data_lead),
    DATA_VIEW(CAMPAIGN, data_campaign),
};

static uint32_t data_view(uint32_t kind)
{
    uint32_t i = 0;

    while (i + 1 < sizeof data_views / sizeof *data_views && data_views[i].kind != kind) i++;
    return i;
}

int cli_run_entities(cli *c)
{
    adsync_entity_options options = { .size = sizeof options, .flags = cli_flag(c, "--removed") ? ADSYNC_ENTITY_REMOVED : 0 };
    adsync_rows *rows = NULL;
    int64_t connection;
    uint32_t kind = cli_kind(c->args[1]);
    adsync_status rc;
    int code;

    if (!kind) return cli_usage("KIND is account, campaign, adset, ad, creative, audience, keyword, lead_form, lead or post");
    if ((code = cli_connection(c, c->args[0], &connection)) != CLI_OK) return code;
    rc = adsync_entity_list(c->engine, c->org, connection, kind, &options, &rows, &c->error);
    return cli_answer(c, rc, rows, data_views[data_view(kind)].columns, data_views[data_view(kind)].n, "None.");
}

static bool metrics_group(const char *by, adsync_metrics_options *options)
{
    static const struct {
        const char *name;
        uint32_t group, level;
    } words[] = {
        { "day", ADSYNC_BY_DAY, 0 },
        { "connection", ADSYNC_BY_CONNECTION, 0 },
        { "platform", ADSYNC_BY_PLATFORM, 0 },
        { "campaign", ADSYNC_BY_ENTITY, ADSYNC_KIND_CAMPAIGN },
        { "adset", ADSYNC_BY_ENTITY, ADSYNC_KIND_ADSET },
        { "ad", ADSYNC_BY_ENTITY, ADSYNC_KIND_AD },
    };

    while (*by) {
        size_t n = strcspn(by, ","), found = 0;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (strlen(words[i].name) != n || strncmp(by, words[i].name, n)) continue;
            options->group_by |= words[i].group;
            if (words[i].level) options->level = words[i].level;
            found = 1;
        }
        if (!found) return false;
        by += n;
        by += *by == ',';
    }
    return true;
}

static int data_days(cli *c, uint32_t *from_day, uint32_t *to_day)
{
    const char *from = cli_option(c, "--from"), *to = cli_option(c, "--to");

    if (from && !cli_day(from, from_day)) return cli_usage("--from takes a day such as 2026-11-20");
    if (to && !cli_day(to, to_day)) return cli_usage("--to takes a day such as 2026-11-20");
    return CLI_OK;
}

static int data_limit(cli *c, uint32_t *limit)
{
    const char *given = cli_option(c, "--limit");
    int64_t number = 0;

    if (given && (!cli_number(given, &number) || number > 100000)) return cli_usage("--limit takes a number");
    *limit = (uint32_t)number;
    return CLI_OK;
}

static int metrics_options(cli *c, adsync_metrics_options *options)
{
    const char *by = cli_option(c, "--by"), *connection = cli_option(c, "--connection");
    int code;

    *options = (adsync_metrics_options){ .size = sizeof *options };
    if ((code = data_days(c, &options->from_day, &options->to_day))) return code;
    if (!metrics_group(by ? by : "day", options))
        return cli_usage("--by takes day, connection, platform, campaign, adset, ad, with commas between");
    return connection ? cli_connection(c, connection, &options->connection) : CLI_OK;
}

/* A record a line, for programs, however many there are. */
static int metrics_payload(cli *c, const adsync_metrics_options *asked)
{
    adsync_payload_options options = {
        .size = sizeof options, .from_day = asked->from_day, .to_day = asked->to_day, .connection = asked->connection
    };
    adsync_rows *rows = NULL, *before = NULL; /* whose last cursor is the page's bound */
    adsync_status rc;

    do {
        if ((rc = adsync_payload_list(c->engine, c->org, &options, &rows, &c->error)) < 0) break;
        options.after = NULL;
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
            puts(adsync_rows_text(rows, ADSYNC_C_PAYLOAD));
            options.after = adsync_rows_text(rows, ADSYNC_C_CURSOR);
        }
        adsync_rows_free(before);
        before = rows;
    } while (options.after);
    adsync_rows_free(before);
    return rc < 0 ? cli_fail(c, rc) : CLI_OK;
}

int cli_run_metrics(cli *c)
{
    static const cli_column all[] = {
        { ADSYNC_C_DAY, "day" },           { ADSYNC_C_CONNECTION, "connection" },
        { ADSYNC_C_PLATFORM, "platform" }, { ADSYNC_C_ENTITY_ID, "id" },
        { ADSYNC_C_SPEND, "spend" },       { ADSYNC_C_IMPRESSIONS, "impressions" },
        { ADSYNC_C_CLICKS, "clicks" },     { ADSYNC_C_CONVERSIONS, "conversions" },
        { ADSYNC_C_REVENUE, "revenue" },
    };
    cli_column columns[sizeof all / sizeof *all];
    adsync_metrics_options options;
    adsync_rows *rows = NULL;
    uint32_t n = 0;
    adsync_status rc;
    int code;

    if ((code = metrics_options(c, &options))) return code;
    if (cli_flag(c, "--payload")) return metrics_payload(c, &options);
    for (uint32_t i = 0; i < sizeof all / sizeof *all; i++)
        if (i > 3 || options.group_by & (1u << i)) columns[n++] = all[i];
    rc = adsync_metrics_query(c->engine, c->org, &options, &rows, &c->error);
    return cli_answer(c, rc, rows, columns, n, "No figures are here yet.");
}

int cli_run_coverage(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_LEVEL, "level" },   { ADSYNC_C_DAY, "day" },          { ADSYNC_C_STATE, "state" },
        { ADSYNC_C_DAY_ZONE, "zone" }, { ADSYNC_C_PULLED_AT, "pulled" }, { ADSYNC_C_GAP, "does not add up" },
    };
    adsync_rows *rows = NULL;
    int64_t connection;
    adsync_status rc;
    int code;

    if ((code = cli_connection(c, c->args[0], &connection)) != CLI_OK) return code;
    rc = adsync_coverage_list(c->engine, c->org, connection, 0, &rows, &c->error);
    return cli_answer(c, rc, rows, CLI_COLUMNS(columns), "No day is here yet.");
}

int cli_run_revisions(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_FOUND_US, "found" },  { ADSYNC_C_LEVEL, "level" },
        { ADSYNC_C_DAY, "day" },         { ADSYNC_C_ENTITY_ID, "id" },
        { ADSYNC_C_STATE, "state" },     { ADSYNC_C_SPEND, "spend before" },
        { ADSYNC_C_IMPRESSIONS, "impressions" }, { ADSYNC_C_CLICKS, "clicks" },
        { ADSYNC_C_CONVERSIONS, "conversions" }, { ADSYNC_C_REVENUE, "revenue" },
    };
    adsync_revision_options options = { .size = sizeof options };
    const char *level = cli_option(c, "--level");
    adsync_rows *rows = NULL;
    int64_t connection;
    adsync_status rc;
    int code;

    if (level && !(options.level = cli_kind(level))) return cli_usage("--level takes account, campaign, adset, ad or keyword");
    if ((code = data_days(c, &options.from_day, &options.to_day)) || (code = data_limit(c, &options.limit))) return code;
    if ((code = cli_connection(c, c->args[0], &connection)) != CLI_OK) return code;
    rc = adsync_revision_list(c->engine, c->org, connection, &options, &rows, &c->error);
    return cli_answer(c, rc, rows, CLI_COLUMNS(columns), "No figure was restated yet.");
}

int cli_run_audit(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_CALLED_US, "called" },  { ADSYNC_C_ACTION, "action" },      { ADSYNC_C_METHOD, "method" },
        { ADSYNC_C_ENDPOINT, "endpoint" }, { ADSYNC_C_HTTP_STATUS, "status" }, { ADSYNC_C_CODE, "code" },
        { ADSYNC_C_DURATION_US, "us" },    { ADSYNC_C_EXCERPT, "answer" },
    };
    adsync_rows *rows = NULL;
    uint32_t limit = 0;
    adsync_status rc;
    int code;

    if ((code = data_limit(c, &limit))) return code;
    rc = adsync_audit_list(c->engine, c->org, 0, 0, limit, &rows, &c->error);
    return cli_answer(c, rc, rows, CLI_COLUMNS(columns), "No platform was called yet.");
}
