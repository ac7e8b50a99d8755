/* SPDX-License-Identifier: MIT */
/* Anything, drawn from a seed: values that a column can hold, few enough to meet again and odd enough to sort wrongly. */
#ifndef ADSYNC_TEST_ANY_H
#define ADSYNC_TEST_ANY_H

#include "storage/storage.h"

typedef struct any { uint64_t state; } any;

uint64_t any_bits(any *a);
uint32_t any_below(any *a, uint32_t n); /* 0 .. n - 1 */
/* A value of the column; its bytes last for good. Null one time in four where the column may be. `org` for an organisation's number. */
adsync_value any_value(any *a, uint32_t table, uint32_t column, int64_t org);
adsync_value any_of_kind(any *a, uint32_t kind);
/* How often something is tried that is drawn or counted: a tenth of it where a step costs fifty times as much (test/tools/valgrind.sh). */
uint32_t any_rounds(uint32_t n);

#endif
