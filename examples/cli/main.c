/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static int main_help(cli *c);

static const cli_command main_commands[] = {
    { "init", "", "make the store and a key file", 0, 0, 0, cli_run_init },
    { "connect", "PLATFORM [--port N | --token-stdin]", "ask for consent in a browser; or take a token, and a refresh token, a line each",
      1, 1, CLI_NEEDS_KEYS, cli_run_connect },
    { "grants", "", "consents, and when their tokens end", 0, 0, CLI_NEEDS_STORE, cli_run_grants },
    { "accounts", "GRANT", "the ad accounts that a consent reaches", 1, 1, CLI_NEEDS_KEYS, cli_run_accounts },
    { "add", "GRANT ACCOUNT.. [--days N] [--manual] [--unchecked]",
      "connect ad accounts that the consent reaches; a worker syncs them from then on, unless manually", 2, CLI_MANY,
      CLI_NEEDS_KEYS, cli_run_add },
    { "connections", "", "the connected ad accounts", 0, 0, CLI_NEEDS_STORE, cli_run_connections },
    { "sync",
      "CONNECTION [--data campaigns|metrics|posts|leads|all] [--mode full|incremental] [--days N] [--entity KIND:ID,..] [--wait]",
      "fetch, all or the named ones with what is below them; with --wait here and now, else where a worker runs", 1, 1,
      CLI_NEEDS_KEYS | CLI_CLAIMS, cli_run_sync },
    { "schedule", "CONNECTION [--every MINUTES] [--by-kind] [--days N] [--auto] [--manual] [--force] [--backfill]",
      "when it is synced by itself: change it, make it due now, fetch all its days again", 1, 1, CLI_NEEDS_STORE, cli_run_schedule },
    { "worker", "[--until-idle] [--engines N] [--lease SECONDS] [--keep-calls DAYS] [--keep-jobs DAYS] [--keep-revisions DAYS]",
      "take whatever is due, of every organisation, until it is stopped or nothing is due any more; each engine is a process of its own;\n"
      "      calls and jobs older than 90 days are dropped, revisions after 400, unless it says otherwise (DAYS: a number, or ever)",
      0, 0, 0, cli_run_worker },
    { "jobs", "[--connection CONNECTION] [--state STATE]", "jobs, newest first: queued, running, succeeded, partial, failed, cancelled", 0,
      0, CLI_NEEDS_STORE, cli_run_jobs },
    { "cancel", "JOB", "call a job off, wherever it runs", 1, 1, CLI_NEEDS_STORE, cli_run_cancel },
    { "status", "[--within DAYS]", "what a person should see to, jobs, newest first, and what the platforms' limits leave", 0, 0,
      CLI_NEEDS_STORE, cli_run_status },
    { "entities", "CONNECTION KIND [--removed]", "campaign, adset, ad, creative, audience, lead_form, lead ..", 2, 2, CLI_NEEDS_STORE,
      cli_run_entities },
    { "metrics", "[--connection CONNECTION] [--from DAY] [--to DAY] [--by day,campaign,.. | --payload]",
      "figures, never added up over currencies; or a JSON record for each connection, day and campaign", 0, 0, CLI_NEEDS_STORE,
      cli_run_metrics },
    { "coverage", "CONNECTION", "which days are here, and how final", 1, 1, CLI_NEEDS_STORE, cli_run_coverage },
    { "revisions", "CONNECTION [--from DAY] [--to DAY] [--level LEVEL] [--limit N]",
      "what figures said before the platform restated them, newest first", 1, 1, CLI_NEEDS_STORE, cli_run_revisions },
    { "audit", "[--limit N]", "calls to platforms, newest first", 0, 0, CLI_NEEDS_STORE, cli_run_audit },
    { "refresh", "GRANT", "fresh tokens now", 1, 1, CLI_NEEDS_KEYS, cli_run_refresh },
    { "disconnect", "CONNECTION [--revoke]", "end a connection; its data stay", 1, 1, CLI_NEEDS_KEYS, cli_run_disconnect },
    { "erase", "ORG [--yes]", "erase an organisation and everything that is stored of it, for good; asked again after a crash it goes on",
      1, 1, CLI_NEEDS_STORE, cli_run_erase },
    { "rotate-keys", "", "wrap under the key file's first key, seal under a new data key", 0, 0, CLI_NEEDS_KEYS, cli_run_rotate_keys },
    { "help", "", "this", 0, 0, 0, main_help },
    { 0 },
};

static int main_help(cli *c)
{
    (void)c;
    puts("usage: adsync [options] COMMAND ..\n\n"
         "  --store sqlite:FILE    where everything is kept (sqlite:adsync.db)\n"
         "          postgres:CONNINFO  in a PostgreSQL database, \"host=.. dbname=..\" or a URI\n"
         "          \"postgres:partitions=1 CONNINFO\"  init makes figures and calls in partitions by time\n"
         "  --keys FILE            lines \"id:base64 of 32 bytes\", mode 0600 (adsync.keys)\n"
         "  --org ORG              the organisation (default)\n"
         "  --connect-to HOST:PORT every connection goes there: a simulator\n"
         "  --ca FILE              trust these certificates instead of the system's\n"
         "  --now TIME             begin at this time, 2026-11-20T12:00:00Z\n"
         "  --json                 for programs\n");
    for (const cli_command *command = main_commands; command->name; command++)
        printf("  %s%s%s\n      %s\n", command->name, *command->arguments ? " " : "", command->arguments, command->what);
    puts("\nA GRANT is its number, or its platform where that has one. A CONNECTION is its number or its ad account\n"
         "in any spelling (123-456-7890, act_123).\n"
         "The app's credentials come from ADSYNC_<PLATFORM>_CLIENT_ID, _CLIENT_SECRET, _DEVELOPER_TOKEN, _API_VERSION and _SCOPES;\n"
         "any other ADSYNC_<PLATFORM>_<NAME> is a setting of the platform: ADSYNC_META_CONFIG_ID, ADSYNC_META_CONVERSION_ACTION ..\n\n"
         "exit status\n"
         "  0  done\n"
         "  1  failed: the line on stderr says what, and ends with the error's name\n"
         "  2  wrong usage; nothing was done\n"
         "  3  done in part: the line says what is missing\n"
         "  4  it goes on: the wait ended first\n"
         "  5  a person has to connect again");
    return CLI_OK;
}

int main(int argc, char **argv)
{
    cli c = { .store = "sqlite:adsync.db", .keys_file = "adsync.keys", .org = "default", .lease_us = 5000000 };
    const cli_command *command;
    adsync_status rc;
    int code;

    if (argc == 2 && !strcmp(argv[1], "--help")) return main_help(&c);
    if (!(command = cli_read(&c, argc, argv, main_commands, &code))) return code;
    if (command->run == main_help) return main_help(&c);
    if ((rc = cli_open(&c, command)) >= 0)
        code = command->run(&c);
    else
        code = cli_fail(&c, rc) == CLI_FAILED && rc == ADSYNC_E_INVALID ? CLI_USAGE : CLI_FAILED;
    cli_close(&c);
    return code;
}
