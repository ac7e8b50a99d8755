/* SPDX-License-Identifier: MIT */
#include "linkedin.h"
#include "linkedin_int.h"

ADSYNC__CONNECTOR(adsync__linkedin, linkedin_platform);
