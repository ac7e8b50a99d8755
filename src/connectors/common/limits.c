/* SPDX-License-Identifier: MIT */
/* What headers say about limits and waiting. A header that is not what it should be is no reading. */
#include "common.h"

#include <stdio.h>

enum { LIMITS_MOST = 1000000 };

bool adsync__header_json(adsync__answer *a, const char *name, adsync__buffer *room, adsync__node *root)
{
    const char *text = adsync_response_header(a->in, name);

    *room = (adsync__buffer){ 0 };
    *root = (adsync__node){ 0 };
    return text && adsync__parse_text(a, text, room, root);
}

int64_t adsync__round_up(adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_decimal(node, &room, &size);
    int64_t micros;

    if (!text || adsync__decimal_read(text, size, ADSYNC__DECIMAL_MICRO, &micros) < 0 || micros < 0) return -1;
    micros = micros / 1000000 + (micros % 1000000 != 0);
    return micros < LIMITS_MOST ? micros : LIMITS_MOST;
}

int64_t adsync__header_int(const adsync__answer *a, const char *name)
{
    const char *text = adsync_response_header(a->in, name);
    int64_t value;

    return text && adsync__decimal_exact(text, strlen(text), 0, &value) >= 0 && value >= 0 ? value : -1;
}

/* When the window is over; 0: nobody knows. */
static int64_t limits_reset(const adsync__answer *a, const adsync__rate_header *row)
{
    int64_t value = row->reset ? adsync__header_int(a, row->reset) : -1;
    const char *date = adsync_response_header(a->in, "Date");
    int64_t there, most = row->unit == ADSYNC__RESET_MILLIS ? ADSYNC__TIME_LAST_US / 1000 : ADSYNC__TIME_LAST_US / ADSYNC__SECOND_US;

    if (value < 0 || value > most) return 0;
    value *= row->unit == ADSYNC__RESET_MILLIS ? 1000 : ADSYNC__SECOND_US;
    if (row->unit == ADSYNC__RESET_AFTER) value += a->now_us;
    if (row->unit == ADSYNC__RESET_DATED && value && date && adsync__date_read(date, &there)) value += a->now_us - there;
    return row->most_s && value > a->now_us + row->most_s * ADSYNC__SECOND_US ? a->now_us + row->most_s * ADSYNC__SECOND_US : value;
}

void adsync__rate_headers(adsync__answer *a, const adsync__rate_header *table)
{
    for (const adsync__rate_header *row = table; row->remaining; row++) {
        int64_t left = adsync__header_int(a, row->remaining), reset_us = limits_reset(a, row);
        if (left < 0) continue;
        if (!left && reset_us - a->now_us > a->regain_us) a->regain_us = reset_us - a->now_us;
        adsync_outcome_limit(a->out, row->limit, row->scope, ADSYNC_READING_REMAINING, left, reset_us);
    }
}

bool adsync__span_read(const char *text, size_t size, int64_t *us)
{
    return size > 1 && text[size - 1] == 's' && adsync__decimal_read(text, size - 1, ADSYNC__DECIMAL_MICRO, us) >= 0 && *us >= 0;
}
