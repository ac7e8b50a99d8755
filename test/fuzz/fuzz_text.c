/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

/* The first byte says where to cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data + 1;
    size_t cut;
    char *line;

    if (!size--) return 0;
    cut = adsync__utf8_cut(text, size, data[0]);
    FUZZ_CHECK(cut <= size && cut <= data[0]);
    if (adsync__utf8_valid(text, size)) {
        FUZZ_CHECK(adsync__utf8_valid(text, cut) && adsync__utf8_valid(text + cut, size - cut));
        FUZZ_CHECK(cut == size || data[0] - cut < 4); /* no more is lost than one character */
    }
    if (!(line = adsync__copy(text, size))) return 0;
    adsync__text_line(line);
    FUZZ_CHECK(adsync__utf8_valid(line, strlen(line)));
    for (const char *p = line; *p; p++) FUZZ_CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
    adsync__free(line);
    return 0;
}
