/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static void options_drop(char **at, int n)
{
    do at[0] = at[n];
    while (*at++);
}

const char *cli_option(cli *c, const char *name)
{
    const char *value;

    for (char **at = c->args; *at; at++) {
        if (strcmp(*at, name) || !at[1]) continue;
        value = at[1];
        options_drop(at, 2);
        return value;
    }
    return NULL;
}

bool cli_flag(cli *c, const char *name)
{
    for (char **at = c->args; *at; at++) {
        if (strcmp(*at, name)) continue;
        options_drop(at, 1);
        return true;
    }
    return false;
}

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
