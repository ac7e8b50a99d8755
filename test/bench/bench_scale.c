/* SPDX-License-Identifier: MIT */
/* Many connections that are due, in one worker: how long one takes and how much memory all of them take. Each is a connection of Meta with
 * a job for a day of figures: the account's own row and a report of each of four levels, five exchanges over TLS. They are asked for by a
 * process before this one, so that this one holds nothing but the work. Started by scale.py:
 *
 *     bench_scale ask FOLDER ORGS ACCOUNT...    each account in each organisation: a connection and a job, into FOLDER/a.db
 *     bench_scale work FOLDER                   all that is due; says "wall S cpu S begun KIB peak KIB" */
#include "bench.h"
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLAIM = 1000 }; /* twice as many jobs at once as exchanges are allowed */

static void scale_ask(const pipeline_target *target, int accounts, char **ids, int orgs)
{
    pipeline *p = pipeline_open(target, 0, 0);
    uint32_t day = pipeline_day(target, 2);
    char org[32];

    for (int o = 0; o < orgs; o++) {
        (void)snprintf(org, sizeof org, "org-%d", o);
        pipeline_org(p, org);
        for (int i = 0; i < accounts; i++) (void)pipeline_ask(p, pipeline_connect(p, ids[i]), day, day);
    }
    pipeline_close(p);
}

static void scale_work(const pipeline_target *target)
{
    pipeline *p = pipeline_open(target, 0, CLAIM);
    long begun = pipeline_kib("VmRSS:");
    double wall = bench_seconds(), cpu = pipeline_cpu();

    pipeline_drain(p);
    printf("wall %.6f cpu %.6f begun %ld peak %ld\n", bench_seconds() - wall, pipeline_cpu() - cpu, begun, pipeline_kib("VmHWM:"));
    pipeline_close(p);
}

int main(int argc, char **argv)
{
    pipeline_target target;

    bench_need(argc > 2 && (argc == 3 || argc > 4), "run it with: sh test/bench/run.sh scale");
    pipeline_begin(&target);
    pipeline_place(&target, argv[2]);
    if (!strcmp(argv[1], "ask")) scale_ask(&target, argc - 4, argv + 4, atoi(argv[3]));
    else scale_work(&target);
    return 0;
}
