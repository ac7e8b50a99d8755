/* SPDX-License-Identifier: MIT */
#include "base/url.h"

#include <setjmp.h>
#include <cmocka.h>

static void a_url_falls_into_its_pieces(void **state)
{
    adsync__url url;

    (void)state;
    assert_true(adsync__url_split("https://graph.facebook.com:8443/v25.0/me?fields=id&x=%2F", &url));
    assert_true(url.https);
    assert_int_equal(url.port, 8443);
    assert_int_equal(url.host_size, strlen("graph.facebook.com"));
    assert_memory_equal(url.host, "graph.facebook.com", url.host_size);
    assert_memory_equal(url.path, "/v25.0/me", url.path_size);
    assert_memory_equal(url.query, "fields=id&x=%2F", url.query_size);
    assert_true(adsync__url_split("http://a?b", &url));
    assert_false(url.https);
    assert_int_equal(url.path_size, 0);
    assert_int_equal(url.query_size, 1);
}

/* P3: what looks like one host to us must not be another to whoever connects. */
static void urls_that_two_readers_could_read_differently_are_refused(void **state)
{
    static const char *const bad[] = {
        "", "graph.facebook.com/x", "ftp://a/", "https://", "https:///x", "https://a@b/", "https://a:b@c/", "https://a:0/",
        "https://a:99999/",
        "https://a:/",
        "https://a:8x/", "https://a/ b", "https://a/\n", "https://a/#f", "https://a\\b/", "https://[::1]/", "https://a%2eb/",
        "https://b\xc3\xa4/",
        "javascript:x",
    };
    adsync__url url;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++)
        assert_false(adsync__url_split(bad[i], &url));
    assert_false(adsync__url_split(NULL, &url));
}

static void encoding_leaves_only_unreserved_characters(void **state)
{
    adsync__buffer out;

    (void)state;
    adsync__buffer_begin(&out, 200);
    adsync__url_encode(&out, "aZ09-._~ /?&=+%|\xc3\xa4", 18);
    assert_string_equal(out.p, "aZ09-._~%20%2F%3F%26%3D%2B%25%7C%C3%A4");
    adsync__buffer_free(&out);
}

static void decoding_undoes_it_and_refuses_broken_escapes(void **state)
{
    adsync__buffer out;

    (void)state;
    adsync__buffer_begin(&out, 200);
    assert_true(adsync__url_decode(&out, "a%20b+c%C3%a4", 13, true));
    assert_string_equal(out.p, "a b c\xc3\xa4");
    adsync__buffer_clear(&out);
    assert_true(adsync__url_decode(&out, "a+b", 3, false));
    assert_string_equal(out.p, "a+b");
    assert_false(adsync__url_decode(&out, "%", 1, true));
    assert_false(adsync__url_decode(&out, "%2", 2, true));
    assert_false(adsync__url_decode(&out, "%zz", 3, true));
    adsync__buffer_free(&out);
}

static void a_field_is_found_by_its_whole_name(void **state)
{
    static const char query[] = "xcode=1&code&code=a%2Bb&code=2";
    adsync__buffer out;

    (void)state;
    adsync__buffer_begin(&out, 200);
    assert_true(adsync__url_find(query, strlen(query), "code", &out)); /* the first one, which is empty */
    assert_int_equal(out.size, 0);
    assert_true(adsync__url_find(query + 13, strlen(query) - 13, "code", &out));
    assert_string_equal(out.p, "a+b");
    assert_false(adsync__url_find(query, strlen(query), "cod", &out));
    adsync__buffer_free(&out);
}

static void tokens_are_taken_out_of_a_paging_url(void **state)
{
    static const char *const names[] = { "access_token", "appsecret_proof" };
    static const struct { const char *url, *wanted; } cases[] = {
        { "https://h/p?a=1&access_token=EAAx&b=2", "https://h/p?a=1&b=2" },
        { "https://h/p?access_token=EAAx", "https://h/p" },
        { "https://h/p?ACCESS_TOKEN=EAAx&after=z", "https://h/p?after=z" },
        { "https://h/p?my_access_token=1&appsecret_proof=2", "https://h/p?my_access_token=1" },
        { "https://h/p", "https://h/p" },
    };
    adsync__buffer out;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        adsync__buffer_begin(&out, 200);
        adsync__url_without(&out, cases[i].url, names, 2);
        assert_string_equal(out.p, cases[i].wanted);
        adsync__buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_falls_into_its_pieces),
        cmocka_unit_test(urls_that_two_readers_could_read_differently_are_refused),
        cmocka_unit_test(encoding_leaves_only_unreserved_characters),
        cmocka_unit_test(decoding_undoes_it_and_refuses_broken_escapes),
        cmocka_unit_test(a_field_is_found_by_its_whole_name),
        cmocka_unit_test(tokens_are_taken_out_of_a_paging_url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
