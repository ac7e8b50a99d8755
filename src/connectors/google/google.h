/* SPDX-License-Identifier: MIT */
/* Google: Google Ads. */
#ifndef ADSYNC_SRC_GOOGLE_H
#define ADSYNC_SRC_GOOGLE_H

#include <adsync/connector.h>

extern const adsync_connector_ops adsync__google;

#endif
