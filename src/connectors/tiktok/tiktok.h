/* SPDX-License-Identifier: MIT */
/* TikTok: the Marketing API of TikTok API for Business. */
#ifndef ADSYNC_SRC_TIKTOK_H
#define ADSYNC_SRC_TIKTOK_H

#include <adsync/connector.h>

extern const adsync_connector_ops adsync__tiktok;

#endif
