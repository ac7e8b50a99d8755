/* SPDX-License-Identifier: MIT */
/* Ways to go on, and what the digesting functions lean on. */
#include "common.h"

#include <stdio.h>

enum { ANSWER_HEADER = 64 * 1024 };

adsync_status adsync__bad_shape(adsync__answer *a, const char *what)
{
    char name[48];

    if (a->failed) return adsync__fail_memory(a->error); /* what is missing could not be held */
    (void)snprintf(name, sizeof name, "%s.format", a->platform->name);
    return adsync__fail(a->error, ADSYNC_E_FORMAT, name, "%s's answer is not what it should be: %s", a->platform->title, what);
}

adsync_status adsync__done(adsync__answer *a)
{
    adsync_outcome_done(a->out, 1, ADSYNC_EVIDENCE_STRONG);
    return ADSYNC_OK;
}

adsync_status adsync__stale(adsync__answer *a)
{
    adsync_outcome_stale(a->out);
    return ADSYNC_OK;
}

/* The cursor; NULL: an outcome was given, or there is no memory. */
static const char *answer_cursor(adsync__answer *a, const adsync__place *to, adsync__buffer *text)
{
    adsync__buffer_begin(text, ADSYNC__CURSOR_MOST - 1);
    adsync__cursor_write(a->platform, a->task, to, text);
    if (!text->failed) return text->p;
    if (text->failed == ADSYNC_E_TOO_BIG)
        adsync_outcome_fail(a->out, ADSYNC_CLASS_TOO_LARGE, "cursor", "there is more to remember than a cursor holds", 0, 0);
    else
        a->failed = text->failed;
    return NULL;
}

adsync_status adsync__next(adsync__answer *a, const adsync__place *to)
{
    adsync__buffer text;

    if (answer_cursor(a, to, &text)) adsync_outcome_next(a->out, text.p);
    adsync__buffer_free(&text);
    return ADSYNC_OK;
}

adsync_status adsync__more(adsync__answer *a, const adsync__place *to)
{
    adsync__buffer text;

    if (answer_cursor(a, to, &text)) adsync_outcome_more(a->out, text.p);
    adsync__buffer_free(&text);
    return ADSYNC_OK;
}

adsync_status adsync__wait(adsync__answer *a, const adsync__place *to, int64_t delay_us)
{
    adsync__buffer text;

    if (answer_cursor(a, to, &text)) adsync_outcome_wait(a->out, text.p, delay_us);
    adsync__buffer_free(&text);
    return ADSYNC_OK;
}

adsync_status adsync__answer_zone(adsync__answer *a, const adsync__zone **out)
{
    const char *name = adsync_task_fact(a->task, "time_zone");
    adsync_status rc = ADSYNC_OK;

    if (!a->zone && name && *name && strcmp(name, "UTC")) rc = adsync__zone_load(NULL, name, &a->zone, a->error);
    *out = a->zone;
    return rc;
}

bool adsync__parse_text(adsync__answer *a, const char *text, adsync__buffer *room, adsync__node *root)
{
    size_t size = strlen(text);

    *root = (adsync__node){ 0 };
    adsync__buffer_begin(room, ANSWER_HEADER + ADSYNC__READER_PADDING);
    if (!size || size > ANSWER_HEADER) return false;
    adsync__buffer_add(room, text, size);
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(room, 0);
    if (!a->reader && adsync__reader_new(ANSWER_HEADER, &a->reader, NULL) < 0) a->failed = room->failed = ADSYNC_E_MEMORY;
    return !room->failed && adsync__reader_parse(a->reader, room->p, size, root, NULL) >= 0;
}

/* ---- the days of a report */

adsync_status adsync__slice_of(const adsync__platform *platform, const adsync_task *task, adsync__slice *slice, adsync_error **error)
{
    slice->from = adsync_task_int(task, "from");
    slice->to = adsync_task_int(task, "to");
    if (!adsync__day_valid(slice->from) || !adsync__day_valid(slice->to) || slice->from > slice->to)
        return adsync__invalid(platform, "days", "a report needs its days, from and to, both meant", error);
    slice->days = adsync__day_between(slice->from, slice->to) + 1;
    return ADSYNC_OK;
}

adsync_row *adsync__slice_child(adsync__answer *a, int64_t from, int64_t to)
{
    char key[40];
    adsync_row *child;

    (void)snprintf(key, sizeof key, "%lld-%lld", (long long)from, (long long)to);
    child = adsync_outcome_child(a->out, key);
    adsync_row_int(child, ADSYNC_C_FROM_DAY, from);
    adsync_row_int(child, ADSYNC_C_TO_DAY, to);
    return child;
}

bool adsync__slice_split(adsync__answer *a, const adsync__slice *slice)
{
    int64_t middle = adsync__day_add(slice->from, (slice->days - 1) / 2);

    if (slice->days < 2) return false;
    (void)adsync__slice_child(a, slice->from, middle);
    (void)adsync__slice_child(a, adsync__day_add(middle, 1), slice->to);
    adsync_outcome_split(a->out);
    return true;
}

void adsync__too_large(adsync__answer *a)
{
    char words[160];

    (void)snprintf(words, sizeof words, "%s cannot report this day: it is too much, and a day cannot be split", a->platform->title);
    adsync_outcome_fail(a->out, ADSYNC_CLASS_TOO_LARGE, *a->refused.name ? a->refused.name : "too_large", words, 0, 0);
}

adsync_status adsync__look(adsync__answer *a, const adsync__place *to)
{
    const int64_t first = 5 * ADSYNC__SECOND_US, most = 30 * ADSYNC__SECOND_US;
    int64_t delay = first;

    for (uint32_t i = 0; i < to->tries && delay < most; i++) delay *= 2;
    return adsync__wait(a, to, delay < most ? delay : most);
}

void adsync__range(const adsync__slice *slice, char from[ADSYNC__DAY_ROOM], char to[ADSYNC__DAY_ROOM])
{
    (void)adsync__day_write(slice->from, from);
    (void)adsync__day_write(slice->to, to);
}
