/* SPDX-License-Identifier: MIT */
/* From the platform's pages to rows in SQLite: the product, with all that it promises, against a loop by hand over the same pages of
 * adsim. Both start with an empty file and an open connection. What counts is the processor time of this process, the kernel's for it
 * included; adsim is another process. Started by pipeline.py. */
#include "pipeline_sides.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    sides s = { .plain = 1 };
    bench b;

    if (bench_begin(&b, "pipeline", argc, argv)) return 2;
    pipeline_begin(&s.target);
    sides_days(&s, b.quick ? 1 : 8);
    (void)bench_case(&b, "plain", 1 / 1.5, sides_ours, sides_floor, &s);
    s.plain = 0;
    (void)bench_case(&b, "tls", 1 / 1.5, sides_ours, sides_floor, &s);
    printf("%.0f metric rows a run; microseconds of processor time a row are 1,000,000 by the numbers above\n", s.rows);
    pipeline_end(&s.target);
    return bench_end(&b);
}
