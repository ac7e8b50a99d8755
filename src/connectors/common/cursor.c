/* SPDX-License-Identifier: MIT */
#include "common.h"

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

static bool cursor_head(const adsync__platform *platform, const adsync_task *task, adsync__place *place, char **at)
{
    const char *version = adsync_task_text(task, "api_version"), *word = cursor_word(at);

    if (!word || strcmp(word, platform->revision)) return false;
    if (!(word = cursor_word(at)) || !version || strcmp(word, version)) return false;
    if (!(word = cursor_word(at))) return false;
    for (uint32_t step = 1; step < platform->n_steps; step++)
        if (!strcmp(word, platform->steps[step].word)) place->step = step;
    if (!place->step || !(platform->steps[place->step].tasks & 1u << adsync_task_op(task))) return false;
    return cursor_number(at, 10000, &place->limit) && cursor_number(at, 1 << 24, &place->skip) && cursor_number(at, 100000, &place->tries);
}

static bool cursor_arguments(adsync__place *place, char *at)
{
    char *word;

    for (uint32_t i = 0; at; i++) {
        if (i == ADSYNC__ARGS || !(word = cursor_word(&at)) || !adsync__is_token(word, strlen(word), ADSYNC__CURSOR_MOST)) return false;
        place->arg[i] = strcmp(word, "-") ? word : "";
    }
    return true;
}

static void cursor_none(adsync__place *place)
{
    *place = (adsync__place){ 0 };
    for (uint32_t i = 0; i < ADSYNC__ARGS; i++) place->arg[i] = "";
}

void adsync__cursor_read(const adsync__platform *platform, const adsync_task *task, adsync__cursor *cursor, adsync__place *at)
{
    const char *text = adsync_task_text(task, "cursor");
    char *rest = cursor->text;
    size_t size = text ? strlen(text) : 0;

    cursor_none(at);
    cursor->stale = size > 0;
    if (!size || size >= sizeof cursor->text) return;
    memcpy(cursor->text, text, size + 1);
    cursor->stale = !cursor_head(platform, task, at, &rest) || !cursor_arguments(at, rest);
    if (cursor->stale) cursor_none(at);
}

void adsync__cursor_write(const adsync__platform *platform, const adsync_task *task, const adsync__place *at, adsync__buffer *out)
{
    const char *version = adsync_task_text(task, "api_version");
    const uint32_t numbers[] = { at->limit, at->skip, at->tries };
    uint32_t n = ADSYNC__ARGS;

    while (n && (!at->arg[n - 1] || !*at->arg[n - 1])) n--;
    adsync__buffer_text(out, platform->revision);
    adsync__buffer_char(out, ' ');
    adsync__buffer_text(out, version ? version : "-");
    adsync__buffer_char(out, ' ');
    adsync__buffer_text(out, platform->steps[at->step].word);
    for (size_t i = 0; i < ADSYNC__COUNT(numbers); i++) {
        adsync__buffer_char(out, ' ');
        adsync__buffer_int(out, numbers[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        adsync__buffer_char(out, ' ');
        adsync__buffer_text(out, at->arg[i] && *at->arg[i] ? at->arg[i] : "-");
    }
}

/* ---- words that come from outside */

bool adsync__is_token(const char *p, size_t size, size_t most)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)p[i] <= ' ' || (unsigned char)p[i] > '~') return false;
    return size > 0 && size <= most;
}

bool adsync__is_id(const char *text)
{
    size_t size = text ? strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") : 0;

    return size > 0 && size <= ADSYNC__ID_MOST && !text[size];
}

static bool cursor_fits(const char *pattern, const char *text, size_t size)
{
    size_t n = strlen(pattern);
    bool open = *pattern == '*', end = n > 1 && pattern[n - 1] == '*';

    pattern += open;
    n -= (size_t)open + end;
    if (n > size || (!open && !end && n != size)) return false;
    if (open && end) return !n || memmem(text, size, pattern, n);
    return !memcmp(open ? text + size - n : text, pattern, n);
}

const char *adsync__word_of(const adsync__word *words, const char *text, size_t size)
{
    while (words->from && !cursor_fits(words->from, text, size)) words++;
    return words->to;
}
