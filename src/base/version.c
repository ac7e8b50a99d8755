/* SPDX-License-Identifier: MIT */
#include "base.h"

uint32_t adsync_version(void) { return ADSYNC__VERSION; } /* given by the build, which is where the number stands */
