/* SPDX-License-Identifier: MIT */
/* LinkedIn: the versioned Marketing APIs. */
#ifndef ADSYNC_SRC_LINKEDIN_H
#define ADSYNC_SRC_LINKEDIN_H

#include <adsync/connector.h>

extern const adsync_connector_ops adsync__linkedin;

#endif
