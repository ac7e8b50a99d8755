/* SPDX-License-Identifier: MIT */
/* One worker of the kit as a process: kit_worker STORAGE PATH SEED ROLE LOG */
#include "kit_places.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const kit_place *place = argc == 6 ? kit_place_find(argv[1]) : NULL;
    adsync_storage_check_options options = { .size = sizeof options };
    adsync_error *error = NULL;
    adsync_status rc;
    int log;

    if (!place) {
        fprintf(stderr, "usage: kit_worker STORAGE PATH SEED ROLE LOG\n");
        return 2;
    }
    if ((log = open(argv[5], O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) < 0) {
        perror(argv[5]);
        return 2;
    }
    options.user = argv[2];
    options.open = place->open;
    rc = adsync_storage_check_worker(&options, strtoll(argv[3], NULL, 10), (uint32_t)strtoul(argv[4], NULL, 10), log, &error);
    if (rc < 0) fprintf(stderr, "worker %s: %s\n", argv[4], adsync_error_message(error));
    adsync_error_free(error);
    (void)close(log);
    return rc < 0;
}
