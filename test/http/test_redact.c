/* SPDX-License-Identifier: MIT */
#include "http/http.h"

#include <setjmp.h>
#include <cmocka.h>

static void assert_redacted(const char *text, const char *wanted)
{
    adsync__buffer out;

    adsync__buffer_begin(&out, 4096);
    adsync__redact(&out, text, strlen(text), NULL, 0);
    assert_string_equal(out.p ? out.p : "", wanted);
    adsync__buffer_free(&out);
}

/* P3 */
static void fields_that_carry_secrets_by_name_are_taken_out(void **state)
{
    (void)state;
    assert_redacted("a?x=1&access_token=EAAx&limit=2", "a?x=1&access_token=[redacted]&limit=2");
    assert_redacted("client_secret=s&fb_exchange_token=t&code=c&state=5",
                    "client_secret=[redacted]&fb_exchange_token=[redacted]&code=[redacted]&state=5");
    assert_redacted("oauth_signature=abc%3D&appsecret_proof=0f", "oauth_signature=[redacted]&appsecret_proof=[redacted]");
}

static void members_of_json_are_taken_out_also_of_json_within_json(void **state)
{
    (void)state;
    assert_redacted("{\"access_token\":\"EAA\\\"b\",\"token_type\":\"bearer\",\"expires_in\":5}",
                    "{\"access_token\":\"[redacted]\",\"token_type\":\"bearer\",\"expires_in\":5}");
    assert_redacted("{\"refresh_token\" : \"r\"}", "{\"refresh_token\" : \"[redacted]\"}");
    assert_redacted("{\"body\":\"{\\\"access_token\\\":\\\"EAAx\\\",\\\"a\\\":1}\"}",
                    "{\"body\":\"{\\\"access_token\\\":\\\"[redacted]\\\",\\\"a\\\":1}\"}");
}

static void headers_are_taken_out(void **state)
{
    (void)state;
    assert_redacted("Authorization: Bearer abc.def\r\nHost: x", "Authorization: [redacted]\r\nHost: x");
    assert_redacted("got Bearer abc.def back", "got Bearer [redacted] back");
}

static void what_people_need_to_understand_an_error_stays(void **state)
{
    static const char error[] = "{\"error\":{\"message\":\"The access token could not be read\",\"code\":190,\"error_subcode\":463}}";

    (void)state;
    assert_redacted(error, error);
    assert_redacted("code: 190, decoded", "code: 190, decoded");
}

static void an_exact_secret_is_taken_out_wherever_it_stands(void **state)
{
    const adsync__redact_word words[] = { { "s3cr3t", 6 }, { "abc", 3 } };
    adsync__buffer out;

    (void)state;
    adsync__buffer_begin(&out, 4096);
    adsync__redact(&out, "xs3cr3tx abc s3cr3t", 19, words, 2); /* one of three characters would take out half of all texts */
    assert_string_equal(out.p, "x[redacted]x abc [redacted]");
    adsync__buffer_free(&out);
}

/* Whatever comes in, it ends, and stays within its bounds (the sanitizers look on). */
static void any_bytes_are_taken(void **state)
{
    static const char pieces[] = "token=\"\\:&{}[] \0\xff\nbearer secret";
    char text[96];
    uint64_t seed = 88172645463325252u;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        adsync__buffer out;
        size_t size = 0;
        while (size < sizeof text) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            text[size++] = pieces[seed % (sizeof pieces - 1)];
        }
        adsync__buffer_begin(&out, 8192);
        adsync__redact(&out, text, size, NULL, 0);
        assert_int_equal(out.failed, ADSYNC_OK);
        adsync__buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_that_carry_secrets_by_name_are_taken_out),
        cmocka_unit_test(members_of_json_are_taken_out_also_of_json_within_json),
        cmocka_unit_test(headers_are_taken_out),
        cmocka_unit_test(what_people_need_to_understand_an_error_stays),
        cmocka_unit_test(an_exact_secret_is_taken_out_wherever_it_stands),
        cmocka_unit_test(any_bytes_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
