/* SPDX-License-Identifier: MIT */
#include "base/base.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

typedef struct sample {
    const char *p;
    size_t size;
} sample;

#define SAMPLE(text) { text, sizeof text - 1 }

static void only_strict_utf8_is_valid(void **state)
{
    static const sample good[] = {
        SAMPLE(""), SAMPLE("plain"), SAMPLE("\xc2\x80"), SAMPLE("\xdf\xbf"), SAMPLE("\xe0\xa0\x80"), SAMPLE("\xed\x9f\xbf"),
        SAMPLE("\xee\x80\x80"), SAMPLE("\xef\xbf\xbf"), SAMPLE("\xf0\x90\x80\x80"), SAMPLE("\xf4\x8f\xbf\xbf"), SAMPLE("\x01\x7f"),
        SAMPLE("gr\xc3\xb6\xc3\x9f" "e \xe2\x82\xac"),
    };
    static const sample bad[] = {
        SAMPLE("\0"), SAMPLE("a\0b"), SAMPLE("\x80"), SAMPLE("\xbf"),
        SAMPLE("\xc0\x80"), SAMPLE("\xc1\xbf"), SAMPLE("\xe0\x9f\xbf"), /* overlong */
        SAMPLE("\xf0\x8f\xbf\xbf"), SAMPLE("\xed\xa0\x80"), SAMPLE("\xed\xbf\xbf"), /* surrogates */
        SAMPLE("\xf4\x90\x80\x80"), SAMPLE("\xf5\x80\x80\x80"), SAMPLE("\xff"), SAMPLE("\xfe"), /* beyond the last character */
        SAMPLE("\xc3"), SAMPLE("\xe2\x82"), SAMPLE("\xf0\x9f\x98"), SAMPLE("\xc3("), SAMPLE("\xe2\x28\xa1"), SAMPLE("\xf0\x9f\x98\x28"),
        SAMPLE("ok\xe2\x82\xac\x82"),
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(good); i++)
        if (!adsync__utf8_valid(good[i].p, good[i].size)) fail_msg("good sample %zu was refused", i);
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++)
        if (adsync__utf8_valid(bad[i].p, bad[i].size)) fail_msg("bad sample %zu was taken", i);
}

static size_t put_point(unsigned char *p, uint32_t c) /* one character as UTF-8 */
{
    if (c < 0x80) return p[0] = (unsigned char)c, 1;
    if (c < 0x800) return p[0] = (unsigned char)(0xc0 | c >> 6), p[1] = 0x80 | (c & 63), 2;
    if (c < 0x10000) return p[0] = (unsigned char)(0xe0 | c >> 12), p[1] = 0x80 | (c >> 6 & 63), p[2] = 0x80 | (c & 63), 3;
    return p[0] = (unsigned char)(0xf0 | c >> 18), p[1] = 0x80 | (c >> 12 & 63), p[2] = 0x80 | (c >> 6 & 63), p[3] = 0x80 | (c & 63), 4;
}

static void every_character_is_valid_and_whole(void **state)
{
    unsigned char p[4];

    (void)state;
    for (uint32_t c = 1; c < 0x110800; c++) {
        size_t size = put_point(p, c);
        bool character = c < 0x110000 && (c < 0xd800 || c > 0xdfff);
        if (adsync__utf8_valid((const char *)p, size) != character) fail_msg("U+%X", c);
        if (size > 1 && adsync__utf8_valid((const char *)p, size - 1)) fail_msg("U+%X, cut", c);
    }
}

static void a_cut_falls_between_characters(void **state)
{
    static const char text[] = "a\xc3\xb6\xe2\x82\xac\xf0\x9f\x98\x80z"; /* of 1, 2, 3, 4 and 1 bytes */
    static const size_t expected[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11 };

    (void)state;
    for (size_t max = 0; max < ADSYNC__COUNT(expected); max++)
        assert_int_equal(adsync__utf8_cut(text, sizeof text - 1, max), expected[max]);
    assert_int_equal(adsync__utf8_cut("\x80\x80\x80", 3, 2), 0);
    assert_int_equal(adsync__utf8_cut("", 0, 0), 0);
}

static void base64_is_written_as_rfc_4648_has_it(void **state)
{
    static const char *const pairs[][2] = {
        { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" }, { "\xfb\xf0", "+/A=" },
    };
    uint8_t back[8];
    size_t used;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(pairs); i++) {
        size_t size = strlen(pairs[i][0]);
        adsync__buffer out;
        adsync__buffer_begin(&out, 100);
        adsync__base64_add(&out, pairs[i][0], size);
        assert_string_equal(out.p ? out.p : "", pairs[i][1]);
        adsync__buffer_free(&out);
        assert_int_equal(adsync__base64_read(pairs[i][1], strlen(pairs[i][1]), back, sizeof back, &used), ADSYNC_OK);
        assert_int_equal(used, size);
        assert_memory_equal(back, pairs[i][0], size);
    }
}

static void only_canonical_base64_is_read(void **state)
{
    static const char *const bad[] = { "Z", "Zg", "Zg=", "====", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zg==\n", "Zm9v\nZg", "Zm-_", "Zm 9",
                                       "=Zg=", "Zg=a", "Zm9v=" };
    uint8_t out[16];
    size_t used = 7;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        if (adsync__base64_read(bad[i], strlen(bad[i]), out, sizeof out, &used) != ADSYNC_E_FORMAT) fail_msg("\"%s\" was taken", bad[i]);
        assert_int_equal(used, 0);
    }
    assert_int_equal(adsync__base64_read("Zm\0v", 4, out, sizeof out, &used), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__base64_read("Zm\xc3v", 4, out, sizeof out, &used), ADSYNC_E_FORMAT);
}

static void base64_keeps_to_its_room(void **state)
{
    uint8_t out[4] = { 9, 9, 9, 9 };
    size_t used;

    (void)state;
    assert_int_equal(adsync__base64_read("Zm9v", 4, out, 2, &used), ADSYNC_E_TOO_BIG);
    assert_int_equal(used, 0);
    assert_int_equal(out[2], 9);
    assert_int_equal(adsync__base64_read("Zm9v", 4, out, 3, &used), ADSYNC_OK);
    assert_int_equal(used, 3);
    assert_int_equal(out[3], 9);
    assert_int_equal(adsync__base64_read("", 0, NULL, 0, &used), ADSYNC_OK);
}

static void any_bytes_come_back_from_base64(void **state)
{
    uint8_t bytes[300], back[300];
    size_t used;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 167 + i / 7);
    for (size_t size = 0; size < sizeof bytes; size++) {
        adsync__buffer out;
        adsync__buffer_begin(&out, 1000);
        adsync__base64_add(&out, bytes, size);
        assert_int_equal(out.size, (size + 2) / 3 * 4);
        assert_int_equal(adsync__base64_read(out.p, out.size, back, sizeof back, &used), ADSYNC_OK);
        assert_int_equal(used, size);
        assert_memory_equal(back, bytes, size);
        adsync__buffer_free(&out);
    }
}

static void a_text_equals_itself_and_null_only_null(void **state)
{
    char copy[] = "same";

    (void)state;
    assert_true(adsync__equal_text("same", copy));
    assert_false(adsync__equal_text("same", "Same"));
    assert_false(adsync__equal_text("same", NULL));
    assert_false(adsync__equal_text(NULL, "same"));
    assert_true(adsync__equal_text(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_strict_utf8_is_valid),
        cmocka_unit_test(every_character_is_valid_and_whole),
        cmocka_unit_test(a_cut_falls_between_characters),
        cmocka_unit_test(base64_is_written_as_rfc_4648_has_it),
        cmocka_unit_test(only_canonical_base64_is_read),
        cmocka_unit_test(base64_keeps_to_its_room),
        cmocka_unit_test(any_bytes_come_back_from_base64),
        cmocka_unit_test(a_text_equals_itself_and_null_only_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
