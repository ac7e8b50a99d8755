/* SPDX-License-Identifier: MIT */
#ifndef ADSYNC_TEST_SERVER_CPU_H
#define ADSYNC_TEST_SERVER_CPU_H

#include <sys/types.h>

/* Seconds of processor time of a server with all its processes, those that ended too. */
double server_cpu(pid_t pid);

#endif
