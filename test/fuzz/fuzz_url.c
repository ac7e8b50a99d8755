/* SPDX-License-Identifier: MIT */
/* Any text as a URL that a platform sent. What we take for its host is what libcurl would connect to: a URL that two readers read
 * differently would carry a token to somebody else. */
#include "fuzz.h"
#include "base/url.h"

#include <curl/curl.h>
#include <strings.h>

static const char *const secret_names[] = { "access_token", "appsecret_proof" };

/* Numbers are written otherwise by libcurl (127.1 is 127.0.0.1); no platform's host is one. */
static bool is_number(const char *host) { return !host[strspn(host, "0123456789.")]; }

static void check_host(const char *text, const adsync__url *url)
{
    CURLU *other = curl_url();
    char *host = NULL, *user = NULL, *scheme = NULL;

    if (other && curl_url_set(other, CURLUPART_URL, text, 0) == CURLUE_OK) {
        FUZZ_CHECK(curl_url_get(other, CURLUPART_HOST, &host, 0) == CURLUE_OK);
        FUZZ_CHECK(curl_url_get(other, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK);
        FUZZ_CHECK(curl_url_get(other, CURLUPART_USER, &user, 0) == CURLUE_NO_USER);
        FUZZ_CHECK(!strcmp(scheme, url->https ? "https" : "http"));
        if (!is_number(host)) FUZZ_CHECK(strlen(host) == url->host_size && !strncasecmp(host, url->host, url->host_size));
    }
    curl_free(host);
    curl_free(user);
    curl_free(scheme);
    curl_url_cleanup(other);
}

static void check_pieces(const char *text, size_t size, const adsync__url *url)
{
    const char *end = text + size;

    FUZZ_CHECK(url->host > text && url->host_size && url->port <= 65535);
    FUZZ_CHECK(url->path >= url->host + url->host_size && url->path + url->path_size <= end);
    FUZZ_CHECK(url->query >= url->path + url->path_size && url->query + url->query_size == end);
    FUZZ_CHECK(!memchr(url->host, '@', url->host_size) && !strchr(text, '#'));
}

static void check_without(const char *text, size_t size)
{
    adsync__buffer once, twice;
    const char *value;
    size_t n;

    adsync__buffer_begin(&once, size + 1);
    adsync__buffer_begin(&twice, size + 1);
    adsync__url_without(&once, text, secret_names, 2);
    FUZZ_CHECK(!once.failed && once.size <= size);
    if (once.size) {
        const char *query = strchr(once.p, '?');
        for (uint32_t i = 0; query && i < 2; i++) {
            bool there = adsync__url_raw(query + 1, strlen(query + 1), secret_names[i], &value, &n);
            FUZZ_CHECK(!there);
        }
        adsync__url_without(&twice, once.p, secret_names, 2);
        FUZZ_CHECK(!twice.failed && twice.size == once.size && !memcmp(twice.p, once.p, once.size));
    }
    adsync__buffer_free(&once);
    adsync__buffer_free(&twice);
}

static void check_codes(const char *text, size_t size)
{
    adsync__buffer coded, plain;

    adsync__buffer_begin(&coded, 3 * size + 1);
    adsync__buffer_begin(&plain, size + 1);
    adsync__url_encode(&coded, text, size);
    FUZZ_CHECK(!coded.failed && coded.size >= size && coded.size <= 3 * size);
    FUZZ_CHECK(adsync__url_decode(&plain, coded.p ? coded.p : "", coded.size, true));
    FUZZ_CHECK(plain.size == size && (!size || !memcmp(plain.p, text, size)));
    adsync__buffer_clear(&plain);
    if (adsync__url_decode(&plain, text, size, true)) FUZZ_CHECK(plain.size <= size);
    adsync__buffer_free(&coded);
    adsync__buffer_free(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(1, size + 1);
    const char *at = text;
    adsync__url_field field;
    adsync__url url;

    if (!text) return 0;
    if (size) memcpy(text, data, size);
    check_codes(text, size); /* with NUL as with any byte */
    while (adsync__url_next(&at, text + size, &field))
        FUZZ_CHECK(field.name >= text && field.value >= field.name + field.name_size && field.value + field.value_size <= text + size);
    size = strlen(text);
    check_without(text, size);
    if (adsync__url_split(text, &url)) {
        check_pieces(text, size, &url);
        check_host(text, &url);
    }
    free(text);
    return 0;
}
