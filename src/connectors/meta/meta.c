/* SPDX-License-Identifier: MIT */
#include "meta_int.h"

ADSYNC__CONNECTOR(adsync__meta, meta_platform);
