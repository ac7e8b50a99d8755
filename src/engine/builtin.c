/* SPDX-License-Identifier: MIT */
#include "builtin.h"

#include "../connectors/meta/meta.h"

const adsync__builtin adsync__builtins[] = {
    { "meta", &adsync__meta },
    { 0 },
};
