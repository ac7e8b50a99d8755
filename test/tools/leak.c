/* SPDX-License-Identifier: MIT */
/* Goes wrong on purpose, in the way its argument names: to see that the tools that watch the tests are awake. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void *volatile leak_last; /* what stands here is reachable; overwritten it is lost */

int main(int argc, char **argv)
{
    volatile int many = INT_MAX;
    volatile char *p = malloc(16);

    if (!p) return 2;
    if (argc > 1 && !strcmp(argv[1], "leak")) {
        leak_last = malloc(64);
        leak_last = NULL;
    }
    if (argc > 1 && !strcmp(argv[1], "overrun")) p[16 + argc - 2] = 1;
    if (argc > 1 && !strcmp(argv[1], "overflow")) many += argc;
    free((void *)p);
    return 0;
}
