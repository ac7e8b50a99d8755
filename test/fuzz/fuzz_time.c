/* SPDX-License-Identifier: MIT */
#include "base/zone.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    char written[ADSYNC__TIME_ROOM];
    adsync__time t;
    int64_t us = 7, back = 7, utc = 7;
    adsync_status rc = adsync__time_parse(text, size, &t), timed;

    FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT);
    if (rc == ADSYNC_OK) FUZZ_CHECK(adsync__day_valid(t.day) && t.us >= 0 && t.us <= ADSYNC__DAY_US + ADSYNC__SECOND_US);
    timed = adsync__time_read(text, size, 0, &us);
    FUZZ_CHECK(timed == ADSYNC_E_FORMAT || rc == ADSYNC_OK);
    FUZZ_CHECK(adsync__zone_time_read(NULL, text, size, &utc) == timed && utc == us);
    if (adsync__time_read(text, size, ADSYNC__TIME_NEEDS_OFFSET, &back) == ADSYNC_OK) FUZZ_CHECK(t.has_offset && back == us);
    if (timed != ADSYNC_OK) return 0;
    size = adsync__time_write(us, t.offset_s, written);
    FUZZ_CHECK(size && size == strlen(written) && size < sizeof written);
    FUZZ_CHECK(adsync__time_read(written, size, ADSYNC__TIME_NEEDS_OFFSET, &back) == ADSYNC_OK && back == us);
    return 0;
}
