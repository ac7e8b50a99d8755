/* SPDX-License-Identifier: MIT */
#include "x.h"
#include "x_int.h"

ADSYNC__CONNECTOR(adsync__x, x_platform);
