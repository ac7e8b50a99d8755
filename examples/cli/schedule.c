/* SPDX-License-Identifier: MIT */
/* When a connection is synced by itself. */
#include "cli.h"

static int schedule_settings(cli *c, adsync_connection_settings *settings)
{
    static const struct {
        const char *option;
        uint32_t flag;
    } flags[] = { { "--auto", ADSYNC_CONNECTION_AUTO },
                  { "--manual", ADSYNC_CONNECTION_MANUAL },
                  { "--by-kind", ADSYNC_CONNECTION_BY_KIND },
                  { "--force", ADSYNC_CONNECTION_NOW },
                  { "--backfill", ADSYNC_CONNECTION_BACKFILL } };
    const char *every = cli_option(c, "--every"), *days = cli_option(c, "--days");
    int64_t minutes = 0, back = 0;

    if (every && (!cli_number(every, &minutes) || minutes > 1000000)) return cli_usage("--every takes a number of minutes");
    if (days && (!cli_number(days, &back) || back > 1000000)) return cli_usage("--days takes a number of days");
    *settings = (adsync_connection_settings){ .size = sizeof *settings };
    settings->frequency_minutes = (uint32_t)minutes;
    settings->timeframe_days = (uint32_t)back;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (cli_flag(c, flags[i].option)) settings->flags |= flags[i].flag;
    return CLI_OK;
}

int cli_run_schedule(cli *c)
{
    static const cli_column columns[] = {
        { ADSYNC_C_NAME, "sync" },
        { ADSYNC_C_DUE_US, "due" },
        { ADSYNC_C_STARTED_US, "last begun" },
        { ADSYNC_C_JOB, "job" },
    };
    adsync_connection_settings settings;
    adsync_rows *rows = NULL;
    int64_t connection;
    adsync_status rc;
    int code;

    if ((code = schedule_settings(c, &settings)) != CLI_OK) return code;
    if ((code = cli_connection(c, c->args[0], &connection)) != CLI_OK) return code;
    if (c->n_given && (rc = adsync_connection_set(c->engine, c->org, connection, &settings, &c->error)) < 0) return cli_fail(c, rc);
    rc = adsync_schedule_list(c->engine, c->org, connection, &rows, &c->error);
    return cli_answer(c, rc, rows, CLI_COLUMNS(columns), "It is synced when somebody asks: adsync schedule CONNECTION --auto");
}
