/* SPDX-License-Identifier: MIT */
#include "server_cpu.h"

#include "bench.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Ticks of a process, and of its children that it waited for; 0: it is another's, or gone. */
static unsigned long server_ticks(const char *pid, long parent, bool children)
{
    char path[64], line[512], *at = NULL;
    unsigned long user = 0, system = 0, child_user = 0, child_system = 0;
    long its = 0;
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/%.16s/stat", pid);
    if (!(file = fopen(path, "r"))) return 0;
    if (fgets(line, sizeof line, file)) at = strrchr(line, ')');
    (void)fclose(file);
    if (!at || sscanf(at + 1, " %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &its, &user, &system, &child_user,
                      &child_system) < 5)
        return 0;
    if (parent && its != parent) return 0;
    return user + system + (children ? child_user + child_system : 0);
}

double server_cpu(pid_t pid)
{
    char name[24];
    unsigned long ticks;
    struct dirent *entry;
    DIR *all = opendir("/proc");

    bench_need(all != NULL, "/proc");
    (void)snprintf(name, sizeof name, "%ld", (long)pid);
    ticks = server_ticks(name, 0, true);
    while ((entry = readdir(all)))
        if (*entry->d_name >= '1' && *entry->d_name <= '9') ticks += server_ticks(entry->d_name, pid, false);
    (void)closedir(all);
    return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}
