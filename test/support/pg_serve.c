/* SPDX-License-Identifier: MIT */
/* A server for tests in other languages: prints its folder, where the socket is too, and runs until its input ends. */
#include "pg_server.h"

#include <stdio.h>

int main(void)
{
    pg_server server;

    pg_server_make(&server);
    printf("%s\n", server.folder);
    fflush(stdout);
    while (getchar() != EOF) continue;
    pg_server_remove(&server);
    return 0;
}
