/* SPDX-License-Identifier: MIT */
#include "base/decimal.h"
#include "fuzz.h"

/* The first byte is the scale, the rest the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data + 1;
    char written[ADSYNC__DECIMAL_ROOM];
    int64_t rounded = 7, exact = 7, back = 7, units = 7;
    uint32_t scale;
    adsync_status rc, strict;

    if (!size--) return 0;
    scale = data[0] % (ADSYNC__DECIMAL_SCALES + 2);
    rc = adsync__decimal_read(text, size, scale, &rounded);
    strict = adsync__decimal_exact(text, size, scale, &exact);
    FUZZ_CHECK(rc == ADSYNC_OK || rounded == 0);
    FUZZ_CHECK(strict == ADSYNC_OK || exact == 0);
    if (strict == ADSYNC_OK) FUZZ_CHECK(rc == ADSYNC_OK && exact == rounded);
    if (rc == ADSYNC_E_FORMAT) FUZZ_CHECK(strict == ADSYNC_E_FORMAT);
    if (rc != ADSYNC_OK) return 0;
    FUZZ_CHECK(strict == ADSYNC_OK || strict == ADSYNC_E_INVALID);
    size = adsync__decimal_write(rounded, scale, written);
    FUZZ_CHECK(size == strlen(written) && size < sizeof written);
    FUZZ_CHECK(adsync__decimal_exact(written, size, scale, &back) == ADSYNC_OK && back == rounded);
    for (uint32_t offset = 1; offset <= 1000000; offset *= 10) {
        if (adsync__micros_to_units(rounded, offset, &units) < 0) continue;
        size = adsync__decimal_write(units, 0, written);
        FUZZ_CHECK(adsync__micros_from_units(written, size, offset, &back) == ADSYNC_OK && back == rounded);
    }
    return 0;
}
