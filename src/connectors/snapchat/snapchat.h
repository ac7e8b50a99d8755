/* SPDX-License-Identifier: MIT */
/* Snapchat: the Marketing API. */
#ifndef ADSYNC_SRC_SNAPCHAT_H
#define ADSYNC_SRC_SNAPCHAT_H

#include <adsync/connector.h>

extern const adsync_connector_ops adsync__snapchat;

#endif
