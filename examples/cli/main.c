/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static void main_help(FILE *to)
{
    fputs("usage: adsync [options] COMMAND ..\n\n"
          "  --store sqlite:FILE    where everything is kept (sqlite:adsync.db)\n"
          "  --keys FILE            lines \"id:base64 of 32 bytes\", mode 0600 (adsync.keys)\n"
          "  --org ORG              the organisation (default)\n"
          "  --connect-to HOST:PORT every connection goes there: a simulator\n"
          "  --ca FILE              trust these certificates instead of the system's\n"
          "  --now TIME             begin at this time, 2026-11-20T12:00:00Z\n"
          "  --json                 for programs\n\n",
          to);
    for (const cli_command *command = cli_commands; command->name; command++)
        fprintf(to, "  %s %s\n      %s\n", command->name, command->arguments, command->what);
    fputs("\nThe app's credentials come from ADSYNC_<PLATFORM>_CLIENT_ID, _CLIENT_SECRET, _DEVELOPER_TOKEN, _API_VERSION and _SCOPES;\n"
          "any other ADSYNC_<PLATFORM>_<NAME> is a setting of the platform: ADSYNC_META_CONFIG_ID, ADSYNC_META_CONVERSION_ACTION ..\n"
          "exit status: 0 done, 1 failed, 2 wrong usage, 3 done in part, 4 not ended in time, 5 a person has to connect again\n",
          to);
}

static bool main_option(cli *c, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **to;
    } known[] = {
        { "--store", &c->store },           { "--keys", &c->keys_file }, { "--org", &c->org },
        { "--connect-to", &c->connect_to }, { "--ca", &c->ca_file },     { "--now", &c->now },
    };

    for (size_t i = 0; value && i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name)) continue;
        *known[i].to = value;
        return true;
    }
    return false;
}

static const cli_command *main_command(const char *name)
{
    for (const cli_command *command = cli_commands; name && command->name; command++)
        if (!strcmp(command->name, name)) return command;
    return NULL;
}

static int main_run(cli *c, const cli_command *command)
{
    uint32_t n = 0;
    adsync_status rc;
    int code;

    while (c->args[n]) n++;
    if (n < command->least) {
        fprintf(stderr, "usage: adsync %s %s\n", command->name, command->arguments);
        return CLI_USAGE;
    }
    code = (rc = cli_open(c, command)) < 0 ? cli_fail(c, rc) : command->run(c);
    cli_close(c);
    return code;
}

int main(int argc, char **argv)
{
    cli c = { .store = "sqlite:adsync.db", .keys_file = "adsync.keys", .org = "default" };
    const cli_command *command;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (!strcmp(argv[i], "--help")) {
            main_help(stdout);
            return CLI_OK;
        }
        if (!strcmp(argv[i], "--json"))
            c.json = true;
        else if (main_option(&c, argv[i], argv[i + 1]))
            i++;
        else {
            fprintf(stderr, "adsync: what is %s? See adsync --help\n", argv[i]);
            return CLI_USAGE;
        }
    }
    if (!(command = main_command(argv[i]))) {
        main_help(stderr);
        return CLI_USAGE;
    }
    for (int k = i + 1; k < argc; k++)
        if (!strcmp(argv[k], "--json")) { /* also behind the command */
            c.json = true;
            for (int m = k; m < argc; m++) argv[m] = argv[m + 1];
            argc--, k--;
        }
    c.args = argv + i + 1;
    return main_run(&c, command);
}
