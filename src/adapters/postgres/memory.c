/* SPDX-License-Identifier: MIT */
#include "postgres_int.h"

#include <stdlib.h>

void *adsync__postgres_grow(void *p, size_t size) { return realloc(p, size); }
void adsync__postgres_free(void *p) { free(p); }

char *adsync__postgres_copy(const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = size ? malloc(size) : NULL;

    return copy ? memcpy(copy, text, size) : NULL;
}
