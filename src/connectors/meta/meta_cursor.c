/* SPDX-License-Identifier: MIT */
#include "meta_int.h"

#include <stdio.h>

#define CURSOR_REVISION "1"

static const char *const cursor_steps[] = {
    [META_AT_BEGIN] = "begin", [META_AT_LONG] = "long",         [META_AT_INSPECT] = "inspect", [META_AT_RIGHTS] = "rights",
    [META_AT_NAME] = "name",   [META_AT_ACCOUNTS] = "accounts", [META_AT_PAGES] = "pages",     [META_AT_LIST] = "list",
    [META_AT_GET] = "get",     [META_AT_SYNC] = "sync",         [META_AT_RUN] = "run",         [META_AT_POLL] = "poll",
    [META_AT_ROWS] = "rows",   [META_AT_FORMS] = "forms",       [META_AT_LEADS] = "leads",
};

/* Which tasks a step belongs to: a cursor that got to another task is as good as none. */
static const struct {
    uint32_t op, first, last;
} cursor_homes[] = {
    { ADSYNC_TASK_AUTH_COMPLETE, META_AT_LONG, META_AT_NAME }, { ADSYNC_TASK_ACCOUNT_DISCOVER, META_AT_ACCOUNTS, META_AT_PAGES },
    { ADSYNC_TASK_LIST, META_AT_PAGES, META_AT_LIST },         { ADSYNC_TASK_LIST, META_AT_FORMS, META_AT_LEADS },
    { ADSYNC_TASK_CHANGES, META_AT_PAGES, META_AT_LIST },      { ADSYNC_TASK_CHANGES, META_AT_FORMS, META_AT_LEADS },
    { ADSYNC_TASK_GET, META_AT_PAGES, META_AT_PAGES },         { ADSYNC_TASK_GET, META_AT_GET, META_AT_GET },
    { ADSYNC_TASK_REPORT, META_AT_SYNC, META_AT_ROWS },
};

static bool cursor_at_home(uint32_t op, uint32_t step)
{
    for (size_t i = 0; i < ADSYNC__COUNT(cursor_homes); i++)
        if (cursor_homes[i].op == op && step >= cursor_homes[i].first && step <= cursor_homes[i].last) return true;
    return false;
}

/* The next word of the cursor, ended in place; NULL: there is none. */
static char *cursor_word(char **at)
{
    char *word = *at;

    if (!word) return NULL;
    *at = strchr(word, ' ');
    if (*at) *(*at)++ = 0;
    return *word ? word : NULL;
}

static bool cursor_number(char **at, uint32_t most, uint32_t *out)
{
    const char *word = cursor_word(at);
    int64_t value;

    *out = 0;
    if (!word || adsync__decimal_exact(word, strlen(word), 0, &value) < 0 || value < 0 || value > most) return false;
    *out = (uint32_t)value;
    return true;
}

static bool cursor_head(const adsync_task *task, meta_cursor *cursor, char **at)
{
    const char *version = adsync_task_text(task, "api_version"), *word = cursor_word(at);

    if (!word || strcmp(word, CURSOR_REVISION)) return false;
    if (!(word = cursor_word(at)) || !version || strcmp(word, version)) return false;
    if (!(word = cursor_word(at))) return false;
    for (uint32_t step = META_AT_LONG; step < ADSYNC__COUNT(cursor_steps); step++)
        if (!strcmp(word, cursor_steps[step])) cursor->step = step;
    if (!cursor_at_home(adsync_task_op(task), cursor->step)) return false;
    return cursor_number(at, 5000, &cursor->limit) && cursor_number(at, 1 << 24, &cursor->skip) &&
           cursor_number(at, 100000, &cursor->tries);
}

static bool cursor_arguments(meta_cursor *cursor, char *at)
{
    char *word;

    for (uint32_t i = 0; at; i++) {
        if (i == META_ARGS || !(word = cursor_word(&at)) || !meta_is_token(word, strlen(word), META_CURSOR)) return false;
        cursor->arg[i] = strcmp(word, "-") ? word : "";
    }
    return true;
}

static void cursor_none(meta_cursor *cursor)
{
    cursor->step = META_AT_BEGIN;
    cursor->limit = cursor->skip = cursor->tries = 0;
    for (uint32_t i = 0; i < META_ARGS; i++) cursor->arg[i] = "";
}

void meta_cursor_read(const adsync_task *task, meta_cursor *cursor)
{
    const char *text = adsync_task_text(task, "cursor");
    char *at = cursor->text;
    size_t size = text ? strlen(text) : 0;

    cursor_none(cursor);
    cursor->stale = size > 0;
    if (!size || size >= sizeof cursor->text) return;
    memcpy(cursor->text, text, size + 1);
    cursor->stale = !cursor_head(task, cursor, &at) || !cursor_arguments(cursor, at);
    if (cursor->stale) cursor_none(cursor);
}

void meta_cursor_write(adsync__buffer *out, const adsync_task *task, uint32_t step, uint32_t limit, uint32_t skip, uint32_t tries,
                       const char *const *args, uint32_t n)
{
    const char *version = adsync_task_text(task, "api_version");
    const uint32_t numbers[] = { limit, skip, tries };

    adsync__buffer_text(out, CURSOR_REVISION " ");
    adsync__buffer_text(out, version ? version : "-");
    adsync__buffer_char(out, ' ');
    adsync__buffer_text(out, cursor_steps[step]);
    for (size_t i = 0; i < ADSYNC__COUNT(numbers); i++) {
        adsync__buffer_char(out, ' ');
        adsync__buffer_int(out, numbers[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        adsync__buffer_char(out, ' ');
        adsync__buffer_text(out, args[i] && *args[i] ? args[i] : "-");
    }
}

/* ---- words that come from outside */

bool meta_is_token(const char *p, size_t size, size_t most)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)p[i] <= ' ' || (unsigned char)p[i] > '~') return false;
    return size > 0 && size <= most;
}

bool meta_is_id(const char *text)
{
    size_t size = text ? strlen(text) : 0;

    for (size_t i = 0; i < size; i++)
        if (!strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-", text[i])) return false;
    return size > 0 && size <= META_ID;
}

bool meta_query_find(const char *query, size_t size, const char *name, const char **value, size_t *n)
{
    const char *end = memchr(query, '#', size), *stop, *equals;
    size_t length = strlen(name);

    if (!end) end = query + size;
    for (const char *at = query; at < end; at = stop + 1) {
        if (!(stop = memchr(at, '&', (size_t)(end - at)))) stop = end;
        if (!(equals = memchr(at, '=', (size_t)(stop - at)))) continue;
        if ((size_t)(equals - at) != length || memcmp(at, name, length)) continue;
        *value = equals + 1;
        *n = (size_t)(stop - equals - 1);
        return true;
    }
    return false;
}

static int cursor_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool meta_decode(adsync__buffer *out, const char *p, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (p[i] != '%') {
            adsync__buffer_char(out, p[i] == '+' ? ' ' : p[i]);
            continue;
        }
        if (size - i < 3 || cursor_hex(p[i + 1]) < 0 || cursor_hex(p[i + 2]) < 0) return false;
        adsync__buffer_char(out, (char)(cursor_hex(p[i + 1]) * 16 + cursor_hex(p[i + 2])));
        i += 2;
    }
    return true;
}
