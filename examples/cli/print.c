/* SPDX-License-Identifier: MIT */
/* Tables for people: aligned, money with its currency, times in UTC. JSON for programs: as the library writes it. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PRINT_CELL = 80, PRINT_COLUMNS = 16 };

static void print_time(int64_t us, char *out, size_t size)
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm t;

    if (us <= 0 || !gmtime_r(&seconds, &t) || !strftime(out, size, "%Y-%m-%d %H:%M:%SZ", &t))
        (void)snprintf(out, size, us < 0 ? "never" : "-");
}

static void print_micro(int64_t micros, char *out, size_t size) { (void)adsync_money_text(micros, NULL, out, size); }

/* One cell as people read it. */
static void print_cell(adsync_rows *rows, uint32_t column, char *out, size_t size)
{
    const char *text;

    if (adsync_rows_kind(rows, column) == ADSYNC_VALUE_NULL) {
        (void)snprintf(out, size, "-");
        return;
    }
    switch (adsync_column_shape(column)) {
    case ADSYNC_SHAPE_TIME:
        print_time(adsync_rows_int(rows, column), out, size);
        return;
    case ADSYNC_SHAPE_MONEY:
        (void)adsync_money_text(adsync_rows_int(rows, column), adsync_rows_text(rows, ADSYNC_C_CURRENCY), out, size);
        return;
    case ADSYNC_SHAPE_MICRO:
        print_micro(adsync_rows_int(rows, column), out, size);
        return;
    default:
        break;
    }
    text = adsync_rows_text(rows, column);
    (void)snprintf(out, size, "%s", text ? text : "-");
    for (char *at = out; *at; at++)
        if ((unsigned char)*at < 0x20) *at = ' ';
}

/* How many places text takes: those of most scripts take one a character, East Asian letters and emoji two. */
static size_t print_width(const char *text)
{
    size_t n = 0;

    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        bool wide = at[0] >= 0xf0 || (at[0] >= 0xe3 && at[0] <= 0xed) || (at[0] == 0xe2 && at[1] >= 0xba);
        n += (*at & 0xc0) != 0x80 ? wide ? 2u : 1u : 0u;
    }
    return n;
}

static bool print_right(adsync_rows *rows, uint32_t column)
{
    uint32_t shape = adsync_column_shape(column);

    return adsync_rows_kind(rows, column) == ADSYNC_VALUE_INT && shape != ADSYNC_SHAPE_TIME && shape != ADSYNC_SHAPE_DAY &&
           shape != ADSYNC_SHAPE_KIND;
}

typedef struct print_line {
    char cells[PRINT_COLUMNS][PRINT_CELL];
    bool right[PRINT_COLUMNS];
} print_line;

static void print_padded(const print_line *line, const size_t *widths, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        size_t width = print_width(line->cells[i]), pad = widths[i] - width;
        if (line->right[i])
            printf("%*s%s", (int)pad, "", line->cells[i]);
        else
            printf("%s%*s", line->cells[i], i + 1 < n ? (int)pad : 0, "");
        fputs(i + 1 < n ? "  " : "\n", stdout);
    }
}

static bool print_shows(adsync_rows *rows, uint32_t where, const char *is)
{
    const char *text = is ? adsync_rows_text(rows, where) : NULL;

    return !is || (text && !strcmp(text, is));
}

static void print_line_of(adsync_rows *rows, const cli_column *columns, uint32_t n, print_line *titles, print_line *line)
{
    for (uint32_t i = 0; i < n; i++) {
        print_cell(rows, columns[i].column, line->cells[i], PRINT_CELL);
        line->right[i] = print_right(rows, columns[i].column);
        titles->right[i] = titles->right[i] || line->right[i];
    }
}

static void print_lines(const print_line *lines, size_t count, uint32_t n)
{
    size_t widths[PRINT_COLUMNS] = { 0 };

    for (size_t l = 0; l < count; l++)
        for (uint32_t i = 0; i < n; i++)
            if (print_width(lines[l].cells[i]) > widths[i]) widths[i] = print_width(lines[l].cells[i]);
    for (size_t l = 0; l < count; l++) print_padded(&lines[l], widths, n);
}

void cli_print_table(adsync_rows *rows, uint32_t where, const char *is, const cli_column *columns, uint32_t n, const char *nothing)
{
    static print_line lines[2000]; /* a screenful times forty: longer lists are for --json; the first holds the titles */
    size_t count = 1;

    memset(lines[0].right, 0, sizeof lines[0].right);
    for (uint32_t i = 0; i < n; i++) (void)snprintf(lines[0].cells[i], PRINT_CELL, "%s", columns[i].title);
    while (count < sizeof lines / sizeof *lines && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        if (print_shows(rows, where, is)) print_line_of(rows, columns, n, &lines[0], &lines[count++]);
    if (count == 1) {
        puts(nothing);
        return;
    }
    print_lines(lines, count, n);
    if (adsync_rows_next(rows, NULL) == ADSYNC_ROW) printf(".. and more: --json gives all of them\n");
}

int cli_print(cli *c, adsync_rows *rows, const cli_column *columns, uint32_t n, const char *nothing)
{
    const char *json;

    if (c->json) {
        if (!(json = adsync_rows_json(rows, &c->error))) return cli_fail(c, adsync_error_status(c->error));
        puts(json);
        return CLI_OK;
    }
    cli_print_table(rows, 0, NULL, columns, n, nothing);
    return CLI_OK;
}

int cli_answer(cli *c, adsync_status rc, adsync_rows *rows, const cli_column *columns, uint32_t n, const char *nothing)
{
    int code = rc < 0 || rc == ADSYNC_PENDING ? cli_fail(c, rc) : cli_print(c, rows, columns, n, nothing);

    adsync_rows_free(rows);
    return code;
}

void cli_progress(cli *c, const char *text)
{
    if (c->json || !isatty(STDERR_FILENO)) return;
    if (text)
        fprintf(stderr, "\r\033[K%s", text);
    else
        fputs("\r\033[K", stderr);
    fflush(stderr);
}

/* What the last call to a platform ended with, where it failed; owned by the rows. */
static const char *print_last_call(cli *c, adsync_rows **rows)
{
    if (!c->engine || adsync_audit_list(c->engine, c->org, 0, 0, 1, rows, NULL) < 0) return NULL;
    if (adsync_rows_next(*rows, NULL) != ADSYNC_ROW || adsync_rows_int(*rows, ADSYNC_C_SUCCESS)) return NULL;
    return adsync_rows_text(*rows, ADSYNC_C_EXCERPT);
}

static int print_pending(cli *c)
{
    adsync_rows *rows = NULL;
    const char *why = print_last_call(c, &rows);

    fprintf(stderr, "adsync: no answer came in time; what comes is stored%s%s\n", why ? "; the last call failed: " : "", why ? why : "");
    adsync_rows_free(rows);
    return CLI_PENDING;
}

int cli_fail(cli *c, adsync_status status)
{
    const char *message = adsync_error_message(c->error);

    cli_progress(c, NULL);
    if (status == ADSYNC_PENDING) return print_pending(c);
    fprintf(stderr, "adsync: %s", *message ? message : adsync_status_name(status));
    if (*adsync_error_name(c->error)) fprintf(stderr, " (%s)", adsync_error_name(c->error));
    fputc('\n', stderr);
    if (status != ADSYNC_E_AUTH) return CLI_FAILED;
    fputs("adsync: a person has to connect again: adsync connect PLATFORM\n", stderr);
    return CLI_RECONNECT;
}
