/* SPDX-License-Identifier: MIT */
#include "base/day.h"
#include "fuzz.h"

static void look_at_number(int64_t number)
{
    int64_t day = adsync__day_from_number(number), weekday = adsync__day_weekday(number);
    char text[ADSYNC__DAY_ROOM], time[ADSYNC__TIME_ROOM];

    FUZZ_CHECK(day == 0 || (adsync__day_valid(day) && adsync__day_number(day) == number));
    FUZZ_CHECK(weekday >= 1 && weekday <= 7);
    (void)adsync__day_number(number);
    (void)adsync__day_between(number, number / -2);
    FUZZ_CHECK(adsync__day_write(number, text) == (adsync__day_valid(number) ? 10 : 0));
    FUZZ_CHECK(adsync__time_write(number, (int32_t)(number >> 8), time) < sizeof time);
    if (!adsync__day_valid(number)) FUZZ_CHECK(adsync__day_add(number, 1) == 0);
    else if (adsync__day_add(number, 1)) FUZZ_CHECK(adsync__day_add(adsync__day_add(number, 1), -1) == number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[ADSYNC__DAY_ROOM];
    int64_t day = 7, number = 0;

    if (adsync__day_read((const char *)data, size, &day) == ADSYNC_OK) {
        FUZZ_CHECK(adsync__day_valid(day));
        FUZZ_CHECK(adsync__day_write(day, text) == 10);
        if (size == 10) FUZZ_CHECK(strncmp(text, (const char *)data, size) == 0);
        look_at_number(adsync__day_number(day));
    } else {
        FUZZ_CHECK(day == 0);
    }
    if (size) memcpy(&number, data, size < sizeof number ? size : sizeof number);
    look_at_number(number);
    look_at_number(number % 3000000);
    return 0;
}
