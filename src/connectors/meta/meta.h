/* SPDX-License-Identifier: MIT */
/* Meta: Facebook and Instagram ads, over the Graph API. */
#ifndef ADSYNC_SRC_META_H
#define ADSYNC_SRC_META_H

#include <adsync/connector.h>

extern const adsync_connector_ops adsync__meta;

#endif
