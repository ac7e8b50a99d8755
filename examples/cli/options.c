/* SPDX-License-Identifier: MIT */
/* Arguments. Which options a command has is read from the text that its usage shows. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cli_usage(const char *what)
{
    fprintf(stderr, "adsync: %s\n", what);
    return CLI_USAGE;
}

static const char **options_global(cli *c, const char *name)
{
    const struct {
        const char *name;
        const char **to;
    } known[] = {
        { "--store", &c->store },           { "--keys", &c->keys_file }, { "--org", &c->org },
        { "--connect-to", &c->connect_to }, { "--ca", &c->ca_file },     { "--now", &c->now },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(name, known[i].name)) return known[i].to;
    return NULL;
}

/* 0: the command has no such option, 1: it stands alone, 2: a value follows. */
static int options_shape(const cli_command *command, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = command ? command->arguments : ""; (at = strstr(at, name)); at += n) {
        if (at[n] == ' ' && at[n + 1] != '|') return 2;
        if (at[n] == ' ' || at[n] == ']') return 1;
    }
    return 0;
}

/* Takes one option; gives how many words it was, 0 where it is none. */
static int options_take(cli *c, const cli_command *command, char **at)
{
    const char **to = options_global(c, *at);
    int shape = options_shape(command, *at);

    if (!strcmp(*at, "--json")) {
        c->json = true;
        return 1;
    }
    if (!to && !shape) {
        fprintf(stderr, "adsync: there is no option %s%s%s; see adsync help\n", *at, command ? " of " : "", command ? command->name : "");
        return 0;
    }
    if ((to || shape == 2) && !at[1]) {
        fprintf(stderr, "adsync: %s needs a value\n", *at);
        return 0;
    }
    if (to) {
        *to = at[1];
        return 2;
    }
    if (c->n_given == CLI_GIVEN) return cli_usage("too many options") * 0;
    c->given[c->n_given].name = *at;
    c->given[c->n_given++].value = shape == 2 ? at[1] : "";
    return shape;
}

static const cli_command *options_command(const cli_command *commands, const char *name)
{
    for (; commands->name; commands++)
        if (!strcmp(commands->name, name)) return commands;
    fprintf(stderr, "adsync: there is no command %s; see adsync help\n", name);
    return NULL;
}

const cli_command *cli_read(cli *c, int argc, char **argv, const cli_command *commands, int *code)
{
    const cli_command *command = NULL;
    uint32_t n = 0;
    int words;

    *code = CLI_USAGE;
    c->args = argv;
    for (int i = 1; i < argc; i += words) {
        words = 1;
        if (!strncmp(argv[i], "--", 2)) {
            if (!(words = options_take(c, command, argv + i))) return NULL;
        } else if (!command) {
            if (!(command = options_command(commands, argv[i]))) return NULL;
        } else {
            c->args[n++] = argv[i];
        }
    }
    c->args[n] = NULL;
    if (command && n >= command->least && n <= command->most) return command;
    fprintf(stderr, "usage: adsync %s %s\n", command ? command->name : "[options] COMMAND ..; see adsync help",
            command ? command->arguments : "");
    return NULL;
}

const char *cli_option(cli *c, const char *name)
{
    for (uint32_t i = 0; i < c->n_given; i++)
        if (!strcmp(c->given[i].name, name)) return c->given[i].value;
    return NULL;
}

bool cli_flag(cli *c, const char *name) { return cli_option(c, name) != NULL; }

bool cli_number(const char *text, int64_t *out)
{
    char *end = NULL;

    *out = text && *text ? strtoll(text, &end, 10) : 0;
    return end && !*end && *out > 0;
}

bool cli_day(const char *text, uint32_t *out)
{
    uint32_t digits = 0;

    *out = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '-') continue;
        if (*at < '0' || *at > '9' || ++digits > 8) return false;
        *out = *out * 10 + (uint32_t)(*at - '0');
    }
    return digits == 8;
}
