/* SPDX-License-Identifier: MIT */
#include "platform.h"

#include "../base/day.h"
#include "../base/decimal.h"
#include "../connectors/common/common.h"

#include <strings.h>

uint32_t adsync_response_status(const adsync_response *in) { return in->status; }

const char *adsync_response_body(const adsync_response *in, size_t *size)
{
    if (size) *size = in->size;
    return in->body;
}

/* The value of a line "Name: value" if it is of that name; *size gets its length without the blanks around it. */
static const char *response_line(const char *line, size_t length, const char *name, size_t *size)
{
    size_t n = strlen(name);

    if (length <= n || line[n] != ':' || strncasecmp(line, name, n)) return NULL;
    for (n++; n < length && (line[n] == ' ' || line[n] == '\t'); n++) {}
    while (length > n && (line[length - 1] == ' ' || line[length - 1] == '\t')) length--;
    *size = length - n;
    return line + n;
}

const char *adsync_response_header(const adsync_response *in, const char *name)
{
    adsync__buffer joined;
    const char *value, *end, *copy = NULL;
    size_t size = 0;
    uint32_t found = 0;

    adsync__buffer_begin(&joined, 1 << 20);
    for (const char *line = in->headers; line && *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        if (!(value = response_line(line, (size_t)(end - line) - (end > line && end[-1] == '\r'), name, &size))) continue;
        if (found++) adsync__buffer_text(&joined, ", ");
        adsync__buffer_add(&joined, value, size);
    }
    if (found && !joined.failed) copy = adsync__arena_copy(in->arena, joined.p ? joined.p : "", joined.size);
    in->arena->lost |= joined.failed == ADSYNC_E_MEMORY; /* a header that says something must not be taken for one that is not there */
    adsync__buffer_free(&joined);
    return copy;
}

uint32_t adsync_response_class(const adsync_response *in)
{
    return in->status >= 200 && in->status < 300 ? 0 : adsync__status_class(in->status);
}

int64_t adsync_response_retry_after_us(const adsync_response *in, int64_t now_us)
{
    const char *text = adsync_response_header(in, "Retry-After");
    int64_t value;

    if (!text) return 0;
    if (adsync__decimal_exact(text, strlen(text), 0, &value) >= 0) return value > 0 && value < 366 * 86400 ? value * ADSYNC__SECOND_US : 0;
    return adsync__date_read(text, &value) && value > now_us ? value - now_us : 0;
}
