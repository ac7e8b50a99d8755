/* SPDX-License-Identifier: MIT */
/* A target that fails on purpose: who runs it and sees nothing is blind. It has to be found; no file of its corpus fails as it is. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *p;

    if (size < 2 || data[0] != 'L' || data[1] != 'E') return 0;
    if (!(p = adsync__alloc(2))) return 0;
#ifdef CANARY_OVERFLOW
    p[size] = 'x';
    adsync__free(p);
#endif
    return 0; /* otherwise it is never freed */
}
