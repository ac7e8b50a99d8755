/* SPDX-License-Identifier: MIT */
/* What a person means by a grant or a connection: a number, the name of a platform, an ad account. */
#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The end of an id without its dashes: 123-456-7890 is 1234567890. */
static const char *find_bare(const char *text, char *room, size_t size)
{
    size_t n = 0;

    for (; *text && n + 1 < size; text++)
        if (*text != '-') room[n++] = *text;
    room[n] = 0;
    return *text ? text : room;
}

/* Two spellings of one account. */
static bool find_same(const char *text, const char *given)
{
    char rooms[2][256];
    size_t n, size;

    if (!text || !*text) return false;
    text = find_bare(text, rooms[0], sizeof rooms[0]);
    given = find_bare(given, rooms[1], sizeof rooms[1]);
    n = strlen(text);
    size = strlen(given);
    if (size < n || strcmp(given + size - n, text)) return false;
    return size == n || !isalnum((unsigned char)given[size - n - 1]); /* act_123 is 123 */
}

/* Whether the current row is what was given: by its number, or by its name where that is what people see. */
static bool find_is(adsync_rows *rows, uint32_t number, uint32_t name, const char *given)
{
    const char *state = adsync_rows_text(rows, ADSYNC_C_STATE);
    int64_t wanted;

    if (cli_number(given, &wanted) && wanted == adsync_rows_int(rows, number)) return true;
    if (state && !strcmp(state, "revoked")) return false; /* a consent that is over is meant by its number only */
    return find_same(adsync_rows_text(rows, name), given);
}

/* The one row that is meant; its platform's app is registered. */
static int find_one(cli *c, adsync_rows *rows, uint32_t number, uint32_t name, const char *given, const char *what, int64_t *out)
{
    char platform[40] = "";
    uint32_t found = 0;
    adsync_status rc;

    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        if (!find_is(rows, number, name, given)) continue;
        *out = adsync_rows_int(rows, number);
        (void)snprintf(platform, sizeof platform, "%s", adsync_rows_text(rows, ADSYNC_C_PLATFORM));
        found++;
    }
    if (found != 1) {
        fprintf(stderr, "adsync: organisation %s has %s %s %s; adsync %ss lists their numbers\n", c->org, found ? "more than one" : "no",
                what, given, what);
        return CLI_FAILED;
    }
    return (rc = cli_app(c, platform, NULL)) < 0 ? cli_fail(c, rc) : CLI_OK;
}

int cli_grant(cli *c, int64_t *grant)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_grant_list(c->engine, c->org, 0, &rows, &c->error);
    int code = rc < 0 ? cli_fail(c, rc) : find_one(c, rows, ADSYNC_C_GRANT, ADSYNC_C_PLATFORM, c->args[0], "grant", grant);

    adsync_rows_free(rows);
    return code;
}

int cli_connection(cli *c, const char *given, int64_t *connection)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_connection_list(c->engine, c->org, 0, &rows, &c->error);
    int code = rc < 0 ? cli_fail(c, rc) : find_one(c, rows, ADSYNC_C_CONNECTION, ADSYNC_C_ACCOUNT_ID, given, "connection", connection);

    adsync_rows_free(rows);
    return code;
}

const char *cli_missing(adsync_rows *rows, uint32_t column, char *const *given)
{
    bool found[CLI_MANY] = { false };
    size_t n = 0;

    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        for (n = 0; given[n] && n < CLI_MANY; n++) found[n] |= find_same(adsync_rows_text(rows, column), given[n]);
    for (n = 0; given[n] && n < CLI_MANY; n++)
        if (!found[n]) return given[n];
    return NULL;
}
