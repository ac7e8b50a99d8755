/* SPDX-License-Identifier: MIT */
#include "core.h"

#define PLATFORM(name) extern const sim_platform sim_##name;
#include "platforms.h"
#undef PLATFORM

static const sim_platform *const platforms[] = {
#define PLATFORM(name) &sim_##name,
#include "platforms.h"
    NULL
};

const sim_platform *const *sim_platforms(void) { return platforms; }
