/* SPDX-License-Identifier: MIT */
#include "builtin.h"

#include "../connectors/google/google.h"
#include "../connectors/linkedin/linkedin.h"
#include "../connectors/meta/meta.h"
#include "../connectors/snapchat/snapchat.h"
#include "../connectors/tiktok/tiktok.h"
#include "../connectors/x/x.h"

const adsync__builtin adsync__builtins[] = {
    { "google", &adsync__google },
    { "linkedin", &adsync__linkedin },
    { "meta", &adsync__meta },
    { "snapchat", &adsync__snapchat },
    { "tiktok", &adsync__tiktok },
    { "x", &adsync__x },
    { 0 },
};
