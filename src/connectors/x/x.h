/* SPDX-License-Identifier: MIT */
/* X: the Ads API. */
#ifndef ADSYNC_SRC_X_H
#define ADSYNC_SRC_X_H

#include <adsync/connector.h>

extern const adsync_connector_ops adsync__x;

#endif
