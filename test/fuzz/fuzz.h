/* SPDX-License-Identifier: MIT */
/* What every target has. A target looks at some bytes and says with FUZZ_CHECK what must hold whatever they are. Every run is given the
 * bytes in memory of exactly their size. It must free all it makes and keep nothing between runs. */
#ifndef ADSYNC_TEST_FUZZ_H
#define ADSYNC_TEST_FUZZ_H

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C"
#endif
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(holds)                                                           \
    do {                                                                            \
        if (holds) break;                                                           \
        fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__, __LINE__, #holds); \
        abort();                                                                    \
    } while (0)

#endif
