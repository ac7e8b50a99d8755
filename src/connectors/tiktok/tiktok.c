/* SPDX-License-Identifier: MIT */
#include "tiktok.h"
#include "tiktok_int.h"

ADSYNC__CONNECTOR(adsync__tiktok, tiktok_platform);
