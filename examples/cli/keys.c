/* SPDX-License-Identifier: MIT */
/* The store and its key file: made once, and new keys now and then. */
#include "cli.h"

#include <fcntl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A key file of one new key, readable by nobody else; one that is there stays. */
static int keys_make(const char *path)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char key[33] = { 0 };
    char line[64];
    size_t n = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), from;

    if (fd < 0) return access(path, R_OK) ? -1 : 0;
    from = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (from < 0 || read(from, key, 32) != 32) return -1;
    close(from);
    n = (size_t)snprintf(line, sizeof line, "k1:");
    for (size_t i = 0; i < 33; i += 3) {
        uint32_t bits = (uint32_t)key[i] << 16 | (uint32_t)key[i + 1] << 8 | key[i + 2];
        for (int k = 18; k >= 0; k -= 6) line[n++] = letters[bits >> k & 63];
    }
    line[n - 1] = '='; /* 32 bytes: the last group has two */
    line[n++] = '\n';
    fd = write(fd, line, n) == (ssize_t)n ? close(fd) : -1;
    explicit_bzero(key, sizeof key);
    explicit_bzero(line, sizeof line);
    return fd;
}

int cli_run_init(cli *c)
{
    int64_t number = 0;
    adsync_status rc;

    if (!strncmp(c->store, "sqlite:", 7) && !access(c->store + 7, F_OK) && access(c->keys_file, F_OK)) {
        fprintf(stderr, "adsync: %s is there already, its key file %s is not: put it back, or make another store\n", c->store,
                c->keys_file);
        return CLI_FAILED; /* a new key would open nothing of it */
    }
    if (keys_make(c->keys_file)) {
        fprintf(stderr, "adsync: the key file %s cannot be written: %s\n", c->keys_file, strerror(errno));
        return CLI_FAILED;
    }
    if ((rc = cli_open_store(c, NULL)) < 0 || (rc = adsync_storage_org(c->storage, c->org, 1, &number, &c->error)) < 0)
        return cli_fail(c, rc);
    if (c->json)
        printf("{\"org\":%" PRId64 "}\n", number);
    else
        printf("%s is ready; organisation %s; keys in %s (keep a copy: without it nothing sealed can be opened)\n", c->store, c->org,
               c->keys_file);
    return CLI_OK;
}

int cli_run_rotate_keys(cli *c)
{
    adsync_vault *vault = NULL;
    uint32_t left = 1;
    adsync_status rc = adsync_vault_open(c->storage, c->keys, &c->host, &vault, &c->error);

    while (rc >= 0 && left) rc = adsync_vault_rewrap(vault, 100, &left, &c->error);
    if (rc >= 0) rc = adsync_vault_rotate(vault, c->org, &c->error);
    for (left = 1; rc >= 0 && left;) rc = adsync_vault_reseal(vault, c->org, 100, &left, &c->error);
    adsync_vault_free(vault);
    if (rc < 0) return cli_fail(c, rc);
    puts(c->json ? "{\"result\":\"ok\"}"
                 : "Data keys are wrapped under the file's first key; a new data key seals this organisation's secrets.");
    return CLI_OK;
}
