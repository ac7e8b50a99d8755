/* SPDX-License-Identifier: MIT */
/* Exact decimals: text to int64 and back, without a float in between. A number is kept as an int64 of 10^-scale parts; money and
 * fractional counts have scale 6 (micro-units). */
#ifndef ADSYNC_SRC_DECIMAL_H
#define ADSYNC_SRC_DECIMAL_H

#include "base.h"

enum {
    ADSYNC__DECIMAL_MICRO = 6,  /* the scale of money */
    ADSYNC__DECIMAL_SCALES = 18, /* scales go from 0 to this */
    ADSYNC__DECIMAL_ROOM = 24   /* what any decimal needs as text, with its NUL */
};

/* A number as JSON writes it, where a '+' and leading zeros are also fine: "12.5", "-2E-18", "007". Any number of digits. What the
 * scale cannot hold is rounded half-even. E_FORMAT: it is no such number; E_TOO_BIG: it does not fit. *out is 0 then. */
adsync_status adsync__decimal_read(const char *text, size_t size, uint32_t scale, int64_t *out);
/* The same, but E_INVALID where it would have to be rounded. */
adsync_status adsync__decimal_exact(const char *text, size_t size, uint32_t scale, int64_t *out);
/* Shortest exact text: no exponent, no trailing zeros, "0" and never "-0". Answers its length. */
size_t adsync__decimal_write(int64_t value, uint32_t scale, char out[ADSYNC__DECIMAL_ROOM]);

/* Platforms that count in small units say how many of them make a main unit: the offset, 1, 10, 100 .. 1,000,000 (some: 100, or 1
 * for some currencies). "1000" is 10,000,000 micros at offset 100. Exact: E_INVALID where the unit cannot hold it. */
adsync_status adsync__micros_from_units(const char *text, size_t size, uint32_t offset, int64_t *micros);
adsync_status adsync__micros_to_units(int64_t micros, uint32_t offset, int64_t *units);

/* How many decimals a currency has by ISO 4217; 2 where it is not known, NULL or "". */
uint32_t adsync__currency_decimals(const char *currency);

#endif
