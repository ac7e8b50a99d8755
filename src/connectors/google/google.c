/* SPDX-License-Identifier: MIT */
#include "google.h"
#include "google_int.h"

ADSYNC__CONNECTOR(adsync__google, google_platform);
