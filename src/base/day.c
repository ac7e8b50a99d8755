/* SPDX-License-Identifier: MIT */
/* Days are counted in the Gregorian calendar, also before it was introduced. The years of the arithmetic begin in March, so that the
 * leap day is the last of its year and the months before it fall into a pattern: (153 * month + 2) / 5 days lie before a month. */
#include "day.h"

#define DAY_FIRST (-719162) /* 0001-01-01 */
#define DAY_LAST 2932896    /* 9999-12-31 */

int64_t adsync__floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static bool day_leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool adsync__day_valid(int64_t day)
{
    static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t year = day / 10000, month = day / 100 % 100, date = day % 100;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || date < 1) return false;
    return date <= lengths[month - 1] + (month == 2 && day_leap(year));
}

int64_t adsync__day_number(int64_t day)
{
    int64_t month = day / 100 % 100, date = day % 100;
    int64_t year = day / 10000 - (month <= 2);
    int64_t era = adsync__floor_div(year, 400), year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int64_t adsync__day_from_number(int64_t number)
{
    int64_t era, rest, year, month;

    if (number < DAY_FIRST || number > DAY_LAST) return 0;
    number += 719468;
    era = number / 146097;
    rest = number % 146097;
    year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    rest -= year * 365 + year / 4 - year / 100;
    month = (5 * rest + 2) / 153;
    rest -= (153 * month + 2) / 5;
    year += era * 400 + (month >= 10);
    month = month < 10 ? month + 3 : month - 9;
    return year * 10000 + month * 100 + rest + 1;
}

int64_t adsync__day_add(int64_t day, int64_t days)
{
    int64_t number;

    if (!adsync__day_valid(day) || __builtin_add_overflow(adsync__day_number(day), days, &number)) return 0;
    return adsync__day_from_number(number);
}

int64_t adsync__day_between(int64_t from, int64_t to) { return adsync__day_number(to) - adsync__day_number(from); }

uint32_t adsync__day_weekday(int64_t day)
{
    int64_t since_monday = adsync__day_number(day) + 3; /* 1970-01-01 was a Thursday */

    return (uint32_t)(since_monday - adsync__floor_div(since_monday, 7) * 7 + 1);
}

adsync_status adsync__day_read(const char *text, size_t size, int64_t *day)
{
    int64_t n = 0;

    *day = 0;
    if (size != 8 && size != 10) return ADSYNC_E_FORMAT;
    for (size_t i = 0; i < size; i++) {
        if (size == 10 && (i == 4 || i == 7)) {
            if (text[i] != '-') return ADSYNC_E_FORMAT;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') return ADSYNC_E_FORMAT;
        n = n * 10 + (text[i] - '0');
    }
    if (!adsync__day_valid(n)) return ADSYNC_E_FORMAT;
    *day = n;
    return ADSYNC_OK;
}

size_t adsync__day_write(int64_t day, char out[ADSYNC__DAY_ROOM])
{
    out[0] = 0;
    if (!adsync__day_valid(day)) return 0;
    for (int at = ADSYNC__DAY_ROOM - 2; at >= 0; at--) {
        if (at == 4 || at == 7) {
            out[at] = '-';
            continue;
        }
        out[at] = (char)('0' + day % 10);
        day /= 10;
    }
    out[ADSYNC__DAY_ROOM - 1] = 0;
    return ADSYNC__DAY_ROOM - 1;
}
