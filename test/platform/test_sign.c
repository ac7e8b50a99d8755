/* SPDX-License-Identifier: MIT */
/* OAuth 1.0a: the signatures that X publishes, and what is signed. */
#include "platform/kernel_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct bench {
    adsync_manifest manifest;
    adsync__finisher finisher;
    adsync_request request;
    adsync__finished finished;
    adsync_error *error;
    const char *consumer_secret, *token_secret, *token, *file;
    adsync_status find; /* what looking for token_secret answers, where that is not OK */
} bench;

static adsync_status bench_find(void *user, const char *name, adsync__secret *out, adsync_error **error)
{
    bench *b = user;
    const char *const known[][2] = {
        { "client_secret", b->consumer_secret }, { "token_secret", b->token_secret }, { "access_token", b->token }, { "carried", b->file }
    };

    if (b->find != ADSYNC_OK && !strcmp(name, "token_secret")) return b->find;
    for (size_t i = 0; i < ADSYNC__COUNT(known); i++)
        if (!strcmp(known[i][0], name) && known[i][1])
            return adsync__secret_make(b->finisher.secrets, known[i][1], strlen(known[i][1]), out, error);
    return ADSYNC_E_NOT_FOUND;
}

static void bench_open(bench *b)
{
    *b = (bench){ 0 };
    adsync_manifest_host(&b->manifest, "new", "api.x.com", ADSYNC_HOST_AUTH);
    adsync_manifest_host(&b->manifest, "old", "api.twitter.com", ADSYNC_HOST_AUTH);
    adsync_manifest_host(&b->manifest, "files", "ton.twimg.com", 0);
    b->finisher = (adsync__finisher){ .manifest = &b->manifest, .find = bench_find, .user = b };
    assert_int_equal(adsync__crypto_open(&b->finisher.crypto, NULL), ADSYNC_OK);
    assert_int_equal(adsync__secrets_open(NULL, &b->finisher.secrets, NULL), ADSYNC_OK);
    adsync__request_begin(&b->request);
}

static void bench_close(bench *b)
{
    adsync__finished_free(&b->finished);
    adsync__request_free(&b->request);
    adsync__secrets_free(b->finisher.secrets);
    adsync__crypto_free(b->finisher.crypto);
    adsync__manifest_free(&b->manifest);
    adsync_error_free(b->error);
}

static adsync_status bench_finish(bench *b)
{
    adsync__finished_free(&b->finished);
    return adsync__finish(&b->finisher, &b->request, &b->finished, &b->error);
}

static void assert_signed(bench *b, const char *signature)
{
    char wanted[80];

    assert_int_equal(bench_finish(b), ADSYNC_OK);
    (void)snprintf(wanted, sizeof wanted, "oauth_signature=\"%s\"", signature);
    if (!strstr(b->finished.message.headers, wanted)) fail_msg("%s is not in %s", wanted, b->finished.message.headers);
}

/* D X.1 */
static void a_status_is_signed_as_published_on_both_hosts(void **state)
{
    static const char *const hosts[][2] = { { "new", "Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D" }, { "old", "hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D" } };
    bench b;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(hosts); i++) {
        bench_open(&b);
        b.consumer_secret = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw";
        b.token_secret = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE";
        b.token = "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb";
        adsync_request_open(&b.request, ADSYNC_EFFECT_ONCE, "POST", hosts[i][0], "/1.1/statuses/update.json");
        adsync_request_field(&b.request, ADSYNC_PLACE_QUERY, "include_entities", "true");
        adsync_request_field(&b.request, ADSYNC_PLACE_FORM, "status", "Hello Ladies + Gentlemen, a signed OAuth request!");
        adsync_request_secret(&b.request, ADSYNC_PLACE_OAUTH, "oauth_token", NULL, "access_token");
        adsync_request_oauth1(&b.request, "xvz1evFS4wEEPTGEFPHBog", "client_secret", "token_secret",
                              "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", INT64_C(1318622958999999));
        assert_signed(&b, hosts[i][1]);
        assert_int_equal(b.finished.message.once, 1);
        assert_non_null(
            strstr(b.finished.message.headers, "Authorization: OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", oauth_nonce="));
        bench_close(&b);
    }
}

/* D X.1 */
static void a_request_token_is_asked_for_as_published(void **state)
{
    bench b;

    (void)state;
    bench_open(&b);
    b.consumer_secret = "L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg";
    adsync_request_open(&b.request, ADSYNC_EFFECT_SAME, "POST", "old", "/oauth/request_token");
    adsync_request_field(&b.request, ADSYNC_PLACE_OAUTH, "oauth_callback", "http://localhost/sign-in-with-twitter/");
    adsync_request_oauth1(&b.request, "cChZNFj6T5R0TigYB9yd1w", "client_secret", NULL, "ea9ec8429b68d6b77cd5600adbbb0456",
                          INT64_C(1318467427000000));
    assert_signed(&b, "F1Li3tvehgcraF8DMJ7OyxO4w9Y%3D");
    assert_int_equal(b.finished.message.once, 2); /* on any connection, but never again with this nonce */
    assert_non_null(strstr(b.finished.message.headers, "oauth_callback=\"http%3A%2F%2Flocalhost%2Fsign-in-with-twitter%2F\""));
    bench_close(&b);
}

/* D X.1 */
static void an_access_token_is_asked_for_as_published(void **state)
{
    bench b;

    (void)state;
    bench_open(&b);
    b.consumer_secret = "L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg";
    b.token_secret = "veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI";
    adsync_request_open(&b.request, ADSYNC_EFFECT_ONCE, "POST", "old", "/oauth/access_token");
    adsync_request_field(&b.request, ADSYNC_PLACE_FORM, "oauth_verifier", "uw7NjWHT6OJ1MpJOXsHfNxoAhPKpgI8BlYDhxEjIBY");
    adsync_request_field(&b.request, ADSYNC_PLACE_OAUTH, "oauth_token", "NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0");
    adsync_request_oauth1(&b.request, "cChZNFj6T5R0TigYB9yd1w", "client_secret", "token_secret", "a9900fe68e2573b27a37f10fbad6a755",
                          INT64_C(1318467427000000));
    assert_signed(&b, "39cipBtIOHEEnybAR4sATQTpl2I%3D");
    bench_close(&b);
}

static void signature_of(bench *b, char out[64])
{
    const char *at;

    assert_int_equal(bench_finish(b), ADSYNC_OK);
    assert_non_null(at = strstr(b->finished.message.headers, "oauth_signature=\""));
    (void)snprintf(out, 64, "%.40s", at + 17);
}

static void a_body_that_is_no_form_is_not_signed_and_a_raw_query_is(void **state)
{
    char one[64], two[64];
    bench b;

    (void)state;
    bench_open(&b);
    b.consumer_secret = "s";
    adsync_request_open(&b.request, ADSYNC_EFFECT_SAME, "POST", "new", "/12/x");
    adsync_request_oauth1(&b.request, "k", "client_secret", NULL, "n", 1000000);
    signature_of(&b, one);
    adsync_request_body(&b.request, "application/json", "{}", 2);
    signature_of(&b, two);
    assert_string_equal(one, two);
    adsync_request_query_raw(&b.request, "a", "1%2C2");
    signature_of(&b, two);
    assert_string_not_equal(one, two);
    bench_close(&b);
}

static void a_signature_needs_its_secrets_and_a_host_that_may_have_them(void **state)
{
    bench b;

    (void)state;
    bench_open(&b);
    adsync_request_open(&b.request, ADSYNC_EFFECT_READ, "GET", "new", "/12/x");
    adsync_request_oauth1(&b.request, "k", "client_secret", "token_secret", "n", 1000000);
    assert_int_equal(bench_finish(&b), ADSYNC_E_AUTH);
    b.consumer_secret = "s";
    b.find = ADSYNC_PENDING;
    assert_int_equal(bench_finish(&b), ADSYNC_PENDING);
    bench_close(&b);
    bench_open(&b);
    b.consumer_secret = "s";
    adsync_request_open(&b.request, ADSYNC_EFFECT_READ, "GET", "files", "/x");
    adsync_request_oauth1(&b.request, "k", "client_secret", NULL, "n", 1000000);
    assert_int_equal(bench_finish(&b), ADSYNC_E_INTERNAL);
    bench_close(&b);
}

/* P3: the link to a file is a secret: the audit gets its host, and other hosts get nothing */
static void a_secret_link_is_followed_to_hosts_of_the_manifest_only(void **state)
{
    static const char *const bad[] = { "https://ton.twimg.com.evil.org/f", "http://ton.twimg.com/f", "https://u@ton.twimg.com/f", "", "x" };
    bench b;

    (void)state;
    bench_open(&b);
    b.file = "https://ton.twimg.com/advertiser/abc.json.gz?sig=1";
    adsync_request_url_secret(&b.request, ADSYNC_EFFECT_READ, "GET", "carried");
    assert_int_equal(bench_finish(&b), ADSYNC_OK);
    assert_string_equal(b.finished.message.url, b.file);
    assert_string_equal(b.finished.endpoint, "ton.twimg.com");
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        b.file = bad[i];
        adsync_error_free(b.error);
        b.error = NULL;
        assert_int_equal(bench_finish(&b), ADSYNC_E_REJECTED);
    }
    bench_close(&b);
}

/* RFC 6749, 2.3.1: both are encoded before they are joined. */
static void an_app_shows_itself_by_basic_credentials(void **state)
{
    bench b;

    (void)state;
    bench_open(&b);
    b.consumer_secret = "se:cr et";
    adsync_request_open(&b.request, ADSYNC_EFFECT_SAME, "POST", "new", "/oauth2/token");
    adsync_request_basic(&b.request, "k:1", "client_secret");
    assert_int_equal(bench_finish(&b), ADSYNC_OK);
    assert_non_null(strstr(b.finished.message.headers, "Authorization: Basic ayUzQTE6c2UlM0FjciUyMGV0\r\n"));
    assert_int_equal(b.finished.n_placed, 1); /* for redaction */
    adsync__request_free(&b.request);
    adsync_request_open(&b.request, ADSYNC_EFFECT_SAME, "POST", "files", "/oauth2/token");
    adsync_request_basic(&b.request, "k:1", "client_secret");
    assert_int_equal(bench_finish(&b), ADSYNC_E_INTERNAL); /* to no host that must not have it */
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_is_signed_as_published_on_both_hosts),
        cmocka_unit_test(a_request_token_is_asked_for_as_published),
        cmocka_unit_test(an_app_shows_itself_by_basic_credentials),
        cmocka_unit_test(an_access_token_is_asked_for_as_published),
        cmocka_unit_test(a_body_that_is_no_form_is_not_signed_and_a_raw_query_is),
        cmocka_unit_test(a_signature_needs_its_secrets_and_a_host_that_may_have_them),
        cmocka_unit_test(a_secret_link_is_followed_to_hosts_of_the_manifest_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
