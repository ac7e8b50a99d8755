/* SPDX-License-Identifier: MIT */
/* Erasing an organisation, with all that is stored of it. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

enum { ERASE_LOOK_US = 500000 }; /* between two lines of progress */

static void erase_tell(cli *c, adsync_rows *row)
{
    const char *table = adsync_rows_text(row, ADSYNC_C_NAME);
    char text[120];

    (void)snprintf(text, sizeof text, "erasing %s: %d %% %s", c->args[0], (int)(adsync_rows_int(row, ADSYNC_C_PROGRESS) / 10000),
                   table ? table : "waiting for what runs");
    cli_progress(c, text);
}

int cli_run_erase(cli *c)
{
    const adsync_call call = { .size = sizeof call, .wait_us = ERASE_LOOK_US };
    adsync_status rc = ADSYNC_PENDING;

    if (!cli_flag(c, "--yes"))
        return cli_usage("erase takes away everything of an organisation, for good: say --yes to mean it; nothing was done");
    while (rc == ADSYNC_PENDING) {
        adsync_rows *row = NULL;
        rc = adsync_org_erase(c->engine, c->args[0], &call, &row, &c->error);
        if (rc >= 0 && adsync_rows_next(row, NULL) == ADSYNC_ROW) erase_tell(c, row);
        adsync_rows_free(row);
    }
    if (rc < 0) return cli_fail(c, rc);
    cli_progress(c, NULL);
    if (c->json)
        puts("{\"state\":\"erased\"}");
    else
        printf("%s is erased\n", c->args[0]);
    return CLI_OK;
}
