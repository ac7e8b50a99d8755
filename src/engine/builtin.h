/* SPDX-License-Identifier: MIT */
/* The platforms that come with the library. */
#ifndef ADSYNC_SRC_BUILTIN_H
#define ADSYNC_SRC_BUILTIN_H

#include <adsync/connector.h>

typedef struct adsync__builtin {
    const char *platform; /* NULL ends the list */
    const adsync_connector_ops *ops;
} adsync__builtin;
extern const adsync__builtin adsync__builtins[];

#endif
