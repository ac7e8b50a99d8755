/* SPDX-License-Identifier: MIT */
/* Comparing two ways of doing one thing. Both run in turn, pair after pair, and who goes first alternates, so that what the machine
 * does besides hits both alike. What counts is the median over the pairs of ours divided by the floor.
 *
 *     int main(int argc, char **argv)
 *     {
 *         bench b;
 *         if (bench_begin(&b, "sqlite", argc, argv)) return 2;
 *         bench_case(&b, "upsert", 0.70, upsert_ours, upsert_floor, &user);
 *         return bench_end(&b);
 *     } */
#ifndef ADSYNC_TEST_BENCH_H
#define ADSYNC_TEST_BENCH_H

#include <stdbool.h>
#include <stdint.h>

enum { BENCH_PAIRS_MAX = 99 };

typedef struct bench {
    const char *name;
    bool quick;     /* --quick: one short pair that shows that it runs; its ratio is not judged */
    uint32_t pairs; /* --pairs=N: at least 5, 15 unless told: many short pairs judge better than few long ones */
    const char *only; /* --case=NAME */
    uint32_t below; /* cases under their floor so far */
} bench;

/* One run: how much was done per second. Preparing and cleaning up is its own affair and not in the time. */
typedef double (*bench_run)(const bench *b, void *user);

int bench_begin(bench *b, const char *name, int argc, char **argv); /* 0, or 1: the arguments are not understood */
/* `least`: the ratio that must be reached; more per second is better. Answers the ratio; 0 where another case was asked for. */
double bench_case(bench *b, const char *name, double least, bench_run ours, bench_run floor, void *user);
/* The same for what was measured otherwise, a number for each pair: the last line, and whether it is below. */
double bench_judge(bench *b, const char *name, double least, const double *ours, const double *floor);
int bench_end(const bench *b); /* what main returns: 0, or 1 if a case is below */

/* How often one run does its thing: `quick` times with --quick, a tenth of that under valgrind. */
uint32_t bench_times(const bench *b, uint32_t whole, uint32_t quick);
double bench_seconds(void); /* a clock that never goes back */
void bench_need(bool fine, const char *what); /* a bench that does not work ends */

#endif
