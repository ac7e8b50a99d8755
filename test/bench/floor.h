/* SPDX-License-Identifier: MIT */
/* How programs by hand read what platforms write, for the floors of benches. */
#ifndef ADSYNC_TEST_FLOOR_H
#define ADSYNC_TEST_FLOOR_H

#include <charconv>
#include <simdjson.h>
#include <string_view>

namespace floors {

inline int64_t whole(std::string_view text)
{
    int64_t value = 0;

    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

inline int64_t micros(std::string_view text)
{
    int64_t value = 0;
    int digits = -1;

    for (char c : text) {
        if (c == '.') {
            digits = 0;
            continue;
        }
        if (c < '0' || c > '9' || digits == 6) continue;
        value = value * 10 + (c - '0');
        if (digits >= 0) digits++;
    }
    for (digits = digits < 0 ? 0 : digits; digits < 6; digits++) value *= 10;
    return text.size() && text[0] == '-' ? -value : value;
}

inline std::string_view text_of(simdjson::dom::element e)
{
    std::string_view text;

    return e.get(text) ? std::string_view() : text;
}

/* 2026-01-31 and whatever follows */
inline int64_t day_of(std::string_view text)
{
    return text.size() < 10 ? 0 : whole(text.substr(0, 4)) * 10000 + whole(text.substr(5, 2)) * 100 + whole(text.substr(8, 2));
}

} // namespace floors

#endif
