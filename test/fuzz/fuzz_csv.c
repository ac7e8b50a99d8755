/* SPDX-License-Identifier: MIT */
/* Any bytes as a CSV: lines come to an end, fields lie where they say, and what is written again reads the same. */
#include "connectors/common/common.h"
#include "fuzz.h"

static void quote(adsync__buffer *out, const char *p, size_t size)
{
    adsync__buffer_char(out, '"');
    for (size_t i = 0; i < size; i++) {
        if (p[i] == '"') adsync__buffer_char(out, '"');
        adsync__buffer_char(out, p[i]);
    }
    adsync__buffer_char(out, '"');
}

static void check_again(const adsync__csv *line)
{
    adsync__buffer text;
    adsync__csv again;
    adsync_status rc;
    size_t size, same;

    adsync__buffer_begin(&text, 8 << 20);
    for (uint32_t i = 0; i < line->n; i++) {
        const char *p = adsync__csv_field(line, i, &size);
        if (i) adsync__buffer_char(&text, ',');
        quote(&text, p, size);
    }
    adsync__csv_begin(&again, text.p, text.size);
    FUZZ_CHECK(adsync__csv_next(&again, &rc) && rc == ADSYNC_OK && again.n == line->n);
    for (uint32_t i = 0; i < line->n; i++) {
        const char *p = adsync__csv_field(line, i, &size), *q = adsync__csv_field(&again, i, &same);
        FUZZ_CHECK(size == same && !memcmp(p, q, size));
    }
    FUZZ_CHECK(!adsync__csv_next(&again, &rc) && rc == ADSYNC_OK);
    adsync__csv_end(&again);
    adsync__buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    adsync__csv csv;
    adsync_status rc;

    adsync__csv_begin(&csv, (const char *)data, size);
    for (size_t lines = 0; adsync__csv_next(&csv, &rc); lines++) {
        FUZZ_CHECK(lines < size && csv.n && csv.n <= ADSYNC__FIELDS_MOST);
        check_again(&csv);
    }
    FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT);
    adsync__csv_end(&csv);
    return 0;
}
