/* SPDX-License-Identifier: MIT */
#include "snapchat.h"
#include "snapchat_int.h"

ADSYNC__CONNECTOR(adsync__snapchat, snapchat_platform);
