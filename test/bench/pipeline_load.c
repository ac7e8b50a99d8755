/* SPDX-License-Identifier: MIT */
/* Syncs a week of figures of many accounts at once in one engine, over TLS, and tells the most memory that this took.
 *
 *     pipeline_load WEEKS ACCOUNT...          started by pipeline.py
 *     pipeline_load floor N                   N such pages with bare libcurl: what the connections alone take; nothing is kept */
#include "bench.h"
#include "pipeline.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t load_drop(char *p, size_t one, size_t size, void *user)
{
    (void)p;
    (void)user;
    return one * size;
}

static CURL *load_bare(const pipeline_target *target, const char *url, struct curl_slist *headers, struct curl_slist *route)
{
    CURL *easy = curl_easy_init();
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(easy, CURLOPT_URL, url);
    rc |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    rc |= curl_easy_setopt(easy, CURLOPT_CONNECT_TO, route);
    rc |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    rc |= curl_easy_setopt(easy, CURLOPT_CAINFO, target->ca_file);
    rc |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
    rc |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 4096L);
    rc |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, load_drop);
    bench_need(rc == CURLE_OK, "libcurl's options");
    return easy;
}

static void load_floor(const pipeline_target *target, int n)
{
    char url[600], bearer[600], place[64];
    struct curl_slist *headers, *route;
    CURLM *multi = curl_multi_init();
    CURL **all = calloc((size_t)n, sizeof *all);
    uint32_t from = pipeline_day(target, 8), to = pipeline_day(target, 2);
    int running = n;

    (void)snprintf(url, sizeof url, "https://graph.facebook.com/v25.0/act_%s/insights?level=ad&fields=ad_id,account_currency,spend&limit=%d"
                   "&time_increment=1&time_range=%%7B%%22since%%22:%%22%u-%02u-%02u%%22,%%22until%%22:%%22%u-%02u-%02u%%22%%7D",
                   target->account, PIPELINE_PAGE, from / 10000, from / 100 % 100, from % 100, to / 10000, to / 100 % 100, to % 100);
    (void)snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", target->token);
    (void)snprintf(place, sizeof place, "::127.0.0.1:%s", target->port);
    bench_need(multi && all, "memory");
    headers = curl_slist_append(NULL, bearer);
    route = curl_slist_append(NULL, place);
    for (int i = 0; i < n; i++) (void)curl_multi_add_handle(multi, all[i] = load_bare(target, url, headers, route));
    while (running)
        bench_need(!curl_multi_perform(multi, &running) && !curl_multi_poll(multi, NULL, 0, 1000, NULL), "libcurl");
    printf("peak %ld\n", pipeline_kib("VmHWM:"));
    for (int i = 0; i < n; i++) {
        long status = 0;
        (void)curl_easy_getinfo(all[i], CURLINFO_RESPONSE_CODE, &status);
        bench_need(status == 200, "a page");
        (void)curl_multi_remove_handle(multi, all[i]);
        curl_easy_cleanup(all[i]);
    }
    (void)curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    curl_slist_free_all(route);
    free(all);
}

int main(int argc, char **argv)
{
    uint32_t accounts = (uint32_t)argc - 2;
    pipeline_target target;
    pipeline *p;

    bench_need(argc > 2, "usage: pipeline_load WEEKS ACCOUNT...");
    pipeline_begin(&target);
    if (!strcmp(argv[1], "floor")) {
        load_floor(&target, atoi(argv[2]));
        pipeline_end(&target);
        return 0;
    }
    p = pipeline_open(&target, 0, accounts);
    for (int i = 2; i < argc; i++)
        (void)pipeline_ask(p, pipeline_connect(p, argv[i]), pipeline_day(&target, 1 + PIPELINE_SLICE * atoi(argv[1])),
                           pipeline_day(&target, 2));
    printf("begun %ld\n", pipeline_kib("VmHWM:"));
    fflush(stdout);
    pipeline_drain(p);
    printf("peak %ld\n", pipeline_kib("VmHWM:"));
    pipeline_close(p);
    pipeline_end(&target);
    return 0;
}
