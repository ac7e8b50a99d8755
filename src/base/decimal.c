/* SPDX-License-Identifier: MIT */
/* A number is found in two steps. The first checks its form and says where its significant digits lie and where its point stands
 * among them: "-0.00120e1" is minus, the digits 1 2 0, and the point 1 before them (0.0120). The second takes as many digits as the
 * scale asks for and rounds by the rest. So digits and exponent may be of any length, and nothing is ever approximated. */
#include "decimal.h"

#define DECIMAL_EXPONENT_MAX ((int64_t)1 << 60) /* far beyond any text's length: the sum below cannot overflow */

typedef struct decimal_form {
    bool negative;
    const char *first, *end; /* first digit that is not 0, and the end of the digits; a point may stand between */
    int64_t point;           /* how many digits of them stand before the point; negative: zeros after the point */
} decimal_form;

static bool decimal_digit(const char *p, const char *end) { return p < end && *p >= '0' && *p <= '9'; }

static bool decimal_exponent(const char *p, const char *end, int64_t *out)
{
    bool negative = p < end && *p == '-';
    int64_t n = 0;

    if (p < end && (*p == '-' || *p == '+')) p++;
    if (!decimal_digit(p, end)) return false;
    for (; decimal_digit(p, end); p++)
        if (n < DECIMAL_EXPONENT_MAX / 16) n = n * 10 + (*p - '0');
    *out = negative ? -n : n;
    return p == end;
}

static const char *decimal_digits(const char *p, const char *end)
{
    while (decimal_digit(p, end)) p++;
    return p;
}

static bool decimal_look(const char *text, size_t size, decimal_form *form)
{
    const char *p = text, *end = text + size, *point, *first;
    int64_t exponent = 0;

    *form = (decimal_form){ .negative = *p == '-' };
    if (*p == '-' || *p == '+') p++;
    if (!decimal_digit(p, end)) return false;
    first = p;
    point = p = decimal_digits(p, end);
    if (p < end && *p == '.') {
        if (!decimal_digit(++p, end)) return false;
        p = decimal_digits(p, end);
    }
    form->end = p;
    while (first < p && (*first == '0' || *first == '.')) first++;
    form->first = first;
    form->point = first <= point ? point - first : point + 1 - first;
    if (p < end && (*p == 'e' || *p == 'E')) {
        if (!decimal_exponent(p + 1, end, &exponent)) return false;
        p = end;
    }
    form->point += exponent;
    return p == end;
}

/* The first `keep` digits as a number, zeros where there are no more; *rest is -1, 0 or 1 where what follows is below, at or above a
 * half of the last digit's unit, and *exact where nothing follows. */
static uint64_t decimal_take(const decimal_form *form, int64_t keep, int *rest, bool *exact)
{
    const char *p = form->first;
    uint64_t n = 0;

    for (int64_t i = 0; i < keep; i++) {
        if (p < form->end && *p == '.') p++;
        n = n * 10 + (p < form->end ? (uint64_t)(*p++ - '0') : 0);
    }
    if (p < form->end && *p == '.') p++;
    *rest = p < form->end && *p >= '5' ? *p > '5' : -1;
    *exact = p >= form->end || *p == '0';
    for (p += p < form->end; p < form->end; p++) {
        if (*p == '0' || *p == '.') continue;
        *exact = false;
        if (*rest == 0) *rest = 1;
        break;
    }
    return n;
}

/* Short and plain, as most are: digits, perhaps a point and no more digits than the scale has. */
static bool decimal_plain(const char *text, size_t size, uint32_t scale, int64_t *out)
{
    const char *end; /* text may be NULL where size is 0, and nothing may be added to that */
    int64_t n = 0;
    uint32_t digits = 0;

    if (!size || size > 12 || scale > ADSYNC__DECIMAL_MICRO || *text == '.' || text[size - 1] == '.') return false;
    end = text + size;
    for (; text < end && *text != '.'; text++) {
        if (*text < '0' || *text > '9') return false;
        n = n * 10 + (*text - '0');
    }
    for (text += text < end; text < end; text++) {
        if (*text < '0' || *text > '9' || ++digits > scale) return false;
        n = n * 10 + (*text - '0');
    }
    for (; digits < scale; digits++) n *= 10;
    *out = n;
    return true;
}

static adsync_status decimal_value(const char *text, size_t size, uint32_t scale, bool may_round, int64_t *out)
{
    decimal_form form;
    uint64_t n = 0;
    int64_t keep;
    int rest = -1;
    bool exact = false;

    *out = 0;
    if (scale > ADSYNC__DECIMAL_SCALES) return ADSYNC_E_INVALID;
    if (decimal_plain(text, size, scale, out)) return ADSYNC_OK;
    if (!size || !decimal_look(text, size, &form)) return ADSYNC_E_FORMAT;
    if (form.first == form.end) return ADSYNC_OK; /* all zeros, whatever the exponent */
    keep = form.point + (int64_t)scale;
    if (keep > 19) return ADSYNC_E_TOO_BIG; /* its first digit is not 0, so it is above 10^19 */
    if (keep >= 0) n = decimal_take(&form, keep, &rest, &exact);
    if (!exact && !may_round) return ADSYNC_E_INVALID;
    if (rest > 0 || (rest == 0 && n & 1)) n++;
    if (n > (uint64_t)INT64_MAX + form.negative) return ADSYNC_E_TOO_BIG;
    *out = form.negative ? (int64_t)(0 - n) : (int64_t)n;
    return ADSYNC_OK;
}

adsync_status adsync__decimal_read(const char *text, size_t size, uint32_t scale, int64_t *out)
{
    return decimal_value(text, size, scale, true, out);
}

adsync_status adsync__decimal_exact(const char *text, size_t size, uint32_t scale, int64_t *out)
{
    return decimal_value(text, size, scale, false, out);
}

/* From the last digit to the first; zeros at the end of the fraction are left out. */
size_t adsync__decimal_write(int64_t value, uint32_t scale, char out[ADSYNC__DECIMAL_ROOM])
{
    uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char turned[ADSYNC__DECIMAL_ROOM];
    size_t size = 0, used = 0;

    if (scale > ADSYNC__DECIMAL_SCALES) scale = ADSYNC__DECIMAL_SCALES;
    for (; scale && n % 10 == 0; scale--) n /= 10;
    for (uint32_t i = 0; n || i <= scale; i++, n /= 10) {
        if (i && i == scale) turned[used++] = '.';
        turned[used++] = (char)('0' + n % 10);
    }
    if (value < 0) turned[used++] = '-';
    while (used) out[size++] = turned[--used];
    out[size] = 0;
    return size;
}

/* The power of ten that an offset is; false where it is none or finer than a micro-unit. */
static bool units_scale(uint32_t offset, uint32_t *scale)
{
    *scale = 0;
    for (uint32_t n = 1; *scale <= ADSYNC__DECIMAL_MICRO; n *= 10, ++*scale)
        if (n == offset) return true;
    return false;
}

adsync_status adsync__micros_from_units(const char *text, size_t size, uint32_t offset, int64_t *micros)
{
    uint32_t scale;
    int64_t units;
    adsync_status rc;

    *micros = 0;
    if (!units_scale(offset, &scale)) return ADSYNC_E_INVALID;
    if ((rc = adsync__decimal_exact(text, size, 0, &units)) < 0) return rc;
    if (__builtin_mul_overflow(units, (int64_t)(1000000 / offset), micros)) {
        *micros = 0;
        return ADSYNC_E_TOO_BIG;
    }
    return ADSYNC_OK;
}

adsync_status adsync__micros_to_units(int64_t micros, uint32_t offset, int64_t *units)
{
    uint32_t scale;

    *units = 0;
    if (!units_scale(offset, &scale) || micros % (1000000 / (int64_t)offset)) return ADSYNC_E_INVALID;
    *units = micros / (1000000 / (int64_t)offset);
    return ADSYNC_OK;
}
