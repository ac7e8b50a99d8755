/* SPDX-License-Identifier: MIT */
/* Linked into the command: ADSYNC_SWITCHED_OFF=fence,lane names the guards that this process goes without. */
#include "../dst/dst.h"
#include "base/switch.h"

#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void unguarded(void)
{
    const char *names = getenv("ADSYNC_SWITCHED_OFF");
    uint32_t off = 0;
    char name[32];

    for (size_t size; names && *names; names += size + (names[size] == ',')) {
        size = strcspn(names, ",");
        (void)snprintf(name, sizeof name, "%.*s", (int)size, names);
        if (!guards_set(name)) {
            fprintf(stderr, "there is no guard %s\n", name);
            exit(2);
        }
        off |= adsync__switched_off;
    }
    adsync__switched_off = off;
}
