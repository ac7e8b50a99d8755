/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double bench_seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_need(bool fine, const char *what)
{
    if (fine) return;
    fprintf(stderr, "the bench does not work: %s\n", what);
    exit(2);
}

static bool bench_argument(bench *b, const char *argument)
{
    if (!strcmp(argument, "--quick")) b->quick = true;
    else if (!strncmp(argument, "--pairs=", 8)) b->pairs = (uint32_t)strtoul(argument + 8, NULL, 10);
    else if (!strncmp(argument, "--case=", 7)) b->only = argument + 7;
    else return false;
    return true;
}

int bench_begin(bench *b, const char *name, int argc, char **argv)
{
    *b = (bench){ .name = name, .pairs = 15 };
    for (int i = 1; i < argc; i++) {
        if (bench_argument(b, argv[i])) continue;
        fprintf(stderr, "usage: bench_%s [--quick] [--pairs=N] [--case=NAME]\n", name);
        return 1;
    }
    if (b->pairs < 5) b->pairs = 5;
    if (b->pairs > BENCH_PAIRS_MAX) b->pairs = BENCH_PAIRS_MAX;
    if (b->quick) b->pairs = 1;
    return 0;
}

uint32_t bench_times(const bench *b, uint32_t whole, uint32_t quick)
{
    if (!b->quick) return whole;
    return getenv("ADSYNC_TEST_SLOW") ? quick / 10 : quick;
}

static int bench_order(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double bench_median(const double *values, uint32_t n)
{
    double sorted[BENCH_PAIRS_MAX];

    memcpy(sorted, values, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, bench_order);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double bench_judge(bench *b, const char *name, double least, const double *ours, const double *floor)
{
    double ratio[BENCH_PAIRS_MAX], median;

    for (uint32_t i = 0; i < b->pairs; i++) ratio[i] = ours[i] / floor[i];
    median = bench_median(ratio, b->pairs);
    printf("bench %s %s ours=%.1f floor=%.1f ratio=%.3f\n", b->name, name, bench_median(ours, b->pairs), bench_median(floor, b->pairs),
           median);
    fflush(stdout);
    if (b->quick || median >= least) return median;
    fprintf(stderr, "%s %s: a ratio of %.3f, at least %.2f is promised\n", b->name, name, median, least);
    b->below++;
    return median;
}

double bench_case(bench *b, const char *name, double least, bench_run ours, bench_run floor, void *user)
{
    double mine[BENCH_PAIRS_MAX], theirs[BENCH_PAIRS_MAX];

    if (b->only && strcmp(b->only, name) != 0) return 0;
    printf("%-6s %14s %14s %8s   %s %s, per second\n", "pair", "ours", "floor", "ratio", b->name, name);
    for (uint32_t i = 0; i < b->pairs; i++) {
        if (i % 2) theirs[i] = floor(b, user);
        mine[i] = ours(b, user);
        if (i % 2 == 0) theirs[i] = floor(b, user);
        printf("%-6u %14.1f %14.1f %8.3f\n", i + 1, mine[i], theirs[i], mine[i] / theirs[i]);
        fflush(stdout);
    }
    return bench_judge(b, name, least, mine, theirs);
}

int bench_end(const bench *b) { return b->below ? 1 : 0; }
