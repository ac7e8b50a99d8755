/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    adsync__buffer out;
    uint8_t *back = malloc(size + 1);
    size_t used = 7;

    if (!back) return 0;
    adsync__buffer_begin(&out, size * 2 + 8);
    if (adsync__base64_read((const char *)data, size, back, size, &used) == ADSYNC_OK) { /* one text for the same bytes */
        adsync__base64_add(&out, back, used);
        FUZZ_CHECK(out.size == size && (!size || strncmp(out.p, (const char *)data, size) == 0));
        if (used) FUZZ_CHECK(adsync__base64_read((const char *)data, size, back, used - 1, &used) == ADSYNC_E_TOO_BIG);
    }
    FUZZ_CHECK(used == 0 || size);
    adsync__buffer_clear(&out);
    adsync__base64_add(&out, data, size);
    FUZZ_CHECK(adsync__base64_read(out.p ? out.p : "", out.size, back, size, &used) == ADSYNC_OK && used == size);
    for (size_t i = 0; i < size; i++) FUZZ_CHECK(back[i] == data[i]);
    adsync__buffer_free(&out);
    free(back);
    return 0;
}
