/* SPDX-License-Identifier: MIT */
/* Syncs a week of figures of many accounts at once in one engine, over TLS, and tells the most memory that this took.
 *
 *     pipeline_load WEEKS ACCOUNT...          started by pipeline.py */
#include "bench.h"
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint32_t load_day(const pipeline_target *target, int ago)
{
    time_t t = (time_t)(target->now_us / 1000000) - 86400 * ago;
    struct tm day;

    bench_need(gmtime_r(&t, &day) != NULL, "a day");
    return (uint32_t)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
}

static long load_peak_kib(void)
{
    char line[128];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");

    bench_need(file != NULL, "/proc/self/status");
    while (fgets(line, sizeof line, file))
        if (!strncmp(line, "VmHWM:", 6)) kib = strtol(line + 6, NULL, 10);
    (void)fclose(file);
    return kib;
}

int main(int argc, char **argv)
{
    uint32_t accounts = (uint32_t)argc - 2;
    pipeline_target target;
    pipeline *p;

    bench_need(argc > 2, "usage: pipeline_load WEEKS ACCOUNT...");
    pipeline_begin(&target);
    p = pipeline_open(&target, 0, accounts);
    for (int i = 2; i < argc; i++)
        (void)pipeline_ask(p, pipeline_connect(p, argv[i]), load_day(&target, 1 + PIPELINE_SLICE * atoi(argv[1])), load_day(&target, 2));
    printf("begun %ld\n", load_peak_kib());
    fflush(stdout);
    pipeline_drain(p);
    printf("peak %ld\n", load_peak_kib());
    pipeline_close(p);
    pipeline_end(&target);
    return 0;
}
