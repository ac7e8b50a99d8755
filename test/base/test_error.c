/* SPDX-License-Identifier: MIT */
#include "support/faults.h"

#include <setjmp.h>
#include <cmocka.h>

static void an_error_carries_what_it_was_given(void **state)
{
    adsync_error *error = NULL;

    (void)state;
    assert_int_equal(adsync__fail(&error, ADSYNC_E_FORMAT, "zone.format", "%s has %d faults", "it", 3), ADSYNC_E_FORMAT);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_FORMAT);
    assert_string_equal(adsync_error_name(error), "zone.format");
    assert_string_equal(adsync_error_message(error), "it has 3 faults");
    assert_int_equal(adsync_error_host_code(error), 0);
    adsync_error_free(error);
}

static void nobody_who_wants_no_error_gets_one(void **state)
{
    (void)state;
    assert_int_equal(adsync__fail(NULL, ADSYNC_E_LIMIT, "limit", "x"), ADSYNC_E_LIMIT);
    assert_int_equal(adsync__fail_memory(NULL), ADSYNC_E_MEMORY);
    assert_int_equal(adsync_error_set(NULL, ADSYNC_E_HOST, "x", 7), ADSYNC_E_HOST);
    assert_int_equal(adsync_error_status(NULL), ADSYNC_OK);
    assert_string_equal(adsync_error_name(NULL), "");
    assert_string_equal(adsync_error_message(NULL), "");
    assert_int_equal(adsync_error_host_code(NULL), 0);
    adsync_error_free(NULL);
}

static void a_message_is_one_line_of_valid_text(void **state)
{
    adsync_error *error = NULL;

    (void)state;
    (void)adsync_error_set(&error, ADSYNC_E_HOST, "first\nsecond\r\n\tthird\x1b[31m\x7f", 0);
    assert_string_equal(adsync_error_message(error), "first second   third [31m ");
    (void)adsync_error_set(&error, ADSYNC_E_HOST, "gr\xfc\xdf" "e", 0); /* not UTF-8 */
    assert_string_equal(adsync_error_message(error), "gr??e");
    (void)adsync_error_set(&error, ADSYNC_E_HOST, "gr\xc3\xbc\xc3\x9f" "e", 0);
    assert_string_equal(adsync_error_message(error), "gr\xc3\xbc\xc3\x9f" "e");
    (void)adsync_error_set(&error, ADSYNC_E_HOST, "", 0);
    assert_string_equal(adsync_error_message(error), "");
    adsync_error_free(error);
}

static void a_long_message_is_cut_between_characters(void **state)
{
    char text[3001];
    adsync_error *error = NULL;
    size_t size;

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', shift);
        for (size_t at = shift; at + 4 <= 3000; at += 4) memcpy(text + at, "\xf0\x9f\x98\x80", 4);
        text[2996 + shift > 3000 ? 2996 : 2996 + shift] = 0;
        for (int way = 0; way < 2; way++) {
            if (way) (void)adsync_error_set(&error, ADSYNC_E_HOST, text, 0);
            else (void)adsync__fail(&error, ADSYNC_E_HOST, "host", "%s", text);
            size = strlen(adsync_error_message(error));
            assert_true(size > 495 && size < 504);
            assert_true(adsync__utf8_valid(adsync_error_message(error), size));
            assert_memory_equal(adsync_error_message(error), text, size);
        }
    }
    adsync_error_free(error);
}

static void a_new_error_replaces_the_old_one(void **state)
{
    adsync_error *error = NULL;

    (void)state;
    for (int i = 0; i < 3; i++) (void)adsync__fail(&error, ADSYNC_E_FORMAT, "format", "number %d", i);
    assert_string_equal(adsync_error_message(error), "number 2");
    (void)adsync__fail_memory(&error);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_MEMORY);
    (void)adsync__fail(&error, ADSYNC_E_FORMAT, "format", "after");
    assert_string_equal(adsync_error_message(error), "after");
    adsync_error_free(error);
}

static void an_error_s_own_words_may_be_passed_on(void **state)
{
    adsync_error *error = NULL;

    (void)state;
    (void)adsync__fail(&error, ADSYNC_E_FORMAT, "zone.format", "the file is broken");
    (void)adsync__fail(&error, ADSYNC_E_HOST, adsync_error_name(error), "sync: %s", adsync_error_message(error));
    assert_string_equal(adsync_error_message(error), "sync: the file is broken");
    assert_string_equal(adsync_error_name(error), "zone.format");
    (void)adsync_error_set(&error, ADSYNC_E_STORAGE, adsync_error_message(error), adsync_error_host_code(error));
    assert_string_equal(adsync_error_message(error), "sync: the file is broken");
    assert_string_equal(adsync_error_name(error), "storage");
    adsync_error_free(error);
}

static bool refuse_all(size_t size)
{
    (void)size;
    return false;
}

static void without_memory_the_error_is_a_static_one_and_the_status_stays(void **state)
{
    adsync_error *error = NULL, *other = NULL;

    (void)state;
    (void)adsync__fail(&error, ADSYNC_E_FORMAT, "format", "an old one that has to be freed");
    adsync__alloc_watch(refuse_all);
    assert_int_equal(adsync__fail(&error, ADSYNC_E_LIMIT, "limit", "x"), ADSYNC_E_LIMIT);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_MEMORY);
    assert_string_equal(adsync_error_name(error), "memory");
    assert_true(*adsync_error_message(error) != 0);
    assert_int_equal(adsync__fail_memory(&other), ADSYNC_E_MEMORY);
    adsync__alloc_watch(NULL);
    assert_ptr_equal(error, other);
    adsync_error_free(error);
    adsync_error_free(other); /* the same one, twice: it belongs to nobody */
}

static void a_host_s_number_comes_back(void **state)
{
    adsync_error *error = NULL;

    (void)state;
    assert_int_equal(adsync_error_set(&error, ADSYNC_E_HOST, NULL, INT64_MIN), ADSYNC_E_HOST);
    assert_true(adsync_error_host_code(error) == INT64_MIN);
    assert_string_equal(adsync_error_name(error), "host");
    assert_true(*adsync_error_message(error) != 0); /* the status' own words */
    assert_int_equal(adsync_error_set(&error, ADSYNC_E_MEMORY, "mine", 7), ADSYNC_E_MEMORY);
    assert_int_equal(adsync_error_host_code(error), 7);
    assert_int_equal(adsync_error_set(&error, ADSYNC_OK, "x", 8), ADSYNC_E_INTERNAL);
    assert_int_equal(adsync_error_set(&error, ADSYNC_ROW, "x", 8), ADSYNC_E_INTERNAL);
    assert_int_equal(adsync_error_set(&error, -12345, "x", 8), ADSYNC_E_INTERNAL);
    adsync_error_free(error);
}

static void every_status_has_its_name(void **state)
{
    (void)state;
    for (adsync_status status = ADSYNC_E_TOO_BIG; status <= ADSYNC_PASSTHROUGH; status++) {
        assert_string_not_equal(adsync_status_name(status), "UNKNOWN");
        for (adsync_status other = ADSYNC_E_TOO_BIG; other < status; other++)
            assert_string_not_equal(adsync_status_name(status), adsync_status_name(other));
    }
    assert_string_equal(adsync_status_name(ADSYNC_E_AUTH), "E_AUTH");
    assert_string_equal(adsync_status_name(ADSYNC_OK), "OK");
    assert_string_equal(adsync_status_name(6), "UNKNOWN");
    assert_string_equal(adsync_status_name(-21), "UNKNOWN");
}

typedef struct grown {
    uint32_t size, known;
    unsigned char tail[16];
} grown;

static void a_longer_struct_is_taken_if_its_tail_is_zero(void **state)
{
    grown given = { .size = sizeof given };
    adsync_error *error = NULL;

    (void)state;
    assert_int_equal(adsync__check_struct(&given, 8, 8, "grown", &error), ADSYNC_OK);
    given.known = 5;
    assert_int_equal(adsync__check_struct(&given, 8, 8, "grown", &error), ADSYNC_OK);
    for (size_t i = 0; i < sizeof given.tail; i++) {
        memset(given.tail, 0, sizeof given.tail);
        given.tail[i] = 1;
        assert_int_equal(adsync__check_struct(&given, 8, 8, "grown", &error), ADSYNC_E_UNSUPPORTED);
    }
    given.size = 8; /* the tail is not its own */
    assert_int_equal(adsync__check_struct(&given, 8, 8, "grown", &error), ADSYNC_OK);
    given.size = 7;
    assert_int_equal(adsync__check_struct(&given, 8, 8, "grown", &error), ADSYNC_E_INVALID);
    given.size = 0;
    assert_int_equal(adsync__check_struct(&given, 8, 8, "grown", &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync__check_struct(NULL, 8, 8, "grown", &error), ADSYNC_E_INVALID);
    assert_non_null(strstr(adsync_error_message(error), "grown"));
    adsync_error_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_carries_what_it_was_given),
        cmocka_unit_test(nobody_who_wants_no_error_gets_one),
        cmocka_unit_test(a_message_is_one_line_of_valid_text),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
        cmocka_unit_test(a_new_error_replaces_the_old_one),
        cmocka_unit_test(an_error_s_own_words_may_be_passed_on),
        cmocka_unit_test(without_memory_the_error_is_a_static_one_and_the_status_stays),
        cmocka_unit_test(a_host_s_number_comes_back),
        cmocka_unit_test(every_status_has_its_name),
        cmocka_unit_test(a_longer_struct_is_taken_if_its_tail_is_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
