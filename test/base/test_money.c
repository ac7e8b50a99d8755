/* SPDX-License-Identifier: MIT */
#include "base/decimal.h"

#include <setjmp.h>
#include <cmocka.h>

static void amounts_have_at_least_their_currency_s_decimals(void **state)
{
    static const struct {
        int64_t micros;
        const char *currency, *text;
    } cases[] = {
        { 12500000, "EUR", "12.50 EUR" }, { 12000000, "EUR", "12.00 EUR" }, { 0, "USD", "0.00 USD" }, { -5000, "USD", "-0.005 USD" },
        { 12345678, "USD", "12.345678 USD" }, { 1000000000, "JPY", "1000 JPY" }, { 1500000, "JPY", "1.5 JPY" },
        { 12500000, "BHD", "12.500 BHD" }, { 0, "KWD", "0.000 KWD" }, { 1000000, "CLF", "1.0000 CLF" }, { 1, "VND", "0.000001 VND" },
        { 1000000, NULL, "1.00" }, { 1000000, "", "1.00" }, { 1000000, "QQQ", "1.00 QQQ" }, { 1000000, "jpy", "1.00 jpy" },
        { 1000000, "EURO", "1.00 EURO" }, { INT64_MAX, "EUR", "9223372036854.775807 EUR" },
        { INT64_MIN, "EUR", "-9223372036854.775808 EUR" },
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        assert_int_equal(adsync_money_text(cases[i].micros, cases[i].currency, out, sizeof out), strlen(cases[i].text));
        assert_string_equal(out, cases[i].text);
    }
}

static void a_small_place_gets_the_start_and_is_told_the_whole_length(void **state)
{
    char out[16];

    (void)state;
    for (size_t size = 0; size <= 12; size++) {
        size_t kept = size < 10 ? (size ? size - 1 : 0) : 9;
        memset(out, '#', sizeof out);
        assert_int_equal(adsync_money_text(12500000, "EUR", out, size), 9);
        assert_memory_equal(out, "12.50 EUR", kept);
        if (size) assert_int_equal(out[kept], 0);
        for (size_t i = size; i < sizeof out; i++) assert_int_equal(out[i], '#');
    }
    assert_int_equal(adsync_money_text(12500000, "EUR", NULL, 0), 9);
    assert_int_equal(adsync_money_text(12500000, "EUR", NULL, 9), 9);
}

static void every_currency_of_the_list_has_its_decimals(void **state)
{
    (void)state;
    assert_int_equal(adsync__currency_decimals("BIF"), 0);
    assert_int_equal(adsync__currency_decimals("XPF"), 0);
    assert_int_equal(adsync__currency_decimals("BHD"), 3);
    assert_int_equal(adsync__currency_decimals("TND"), 3);
    assert_int_equal(adsync__currency_decimals("UYW"), 4);
    assert_int_equal(adsync__currency_decimals("EUR"), 2);
    assert_int_equal(adsync__currency_decimals("F C"), 2);
    assert_int_equal(adsync__currency_decimals(NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_have_at_least_their_currency_s_decimals),
        cmocka_unit_test(a_small_place_gets_the_start_and_is_told_the_whole_length),
        cmocka_unit_test(every_currency_of_the_list_has_its_decimals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
