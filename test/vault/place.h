/* SPDX-License-Identifier: MIT */
/* What the vault's tests stand on: a folder with a key file, a clock that is a number, a key management service that misbehaves. */
#ifndef ADSYNC_TEST_VAULT_PLACE_H
#define ADSYNC_TEST_VAULT_PLACE_H

#include "vault/vault_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Two keys and their lines; the first byte tells them apart. */
#define PLACE_K1 "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define PLACE_K2 "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define PLACE_K3 "k3:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="

typedef struct place {
    char folder[64];
    char path[96]; /* of the key file */
} place;
void place_make(place *p);
void place_write(const place *p, const char *text); /* mode 0600 */
void place_remove(place *p);
adsync_keys *place_keys(const place *p, const char *text); /* writes the file and opens it */

/* A host whose clock stands still unless moved, and which keeps its log. */
typedef struct place_host {
    int64_t clock_us;
    int lines;
    char log[8192];
    adsync_host host;
} place_host;
const adsync_host *place_host_begin(place_host *h);

typedef struct place_kms {
    enum { KMS_WORKS, KMS_FAILS, KMS_AWAY, KMS_ODD, KMS_SHORT, KMS_LONG, KMS_EMPTY, KMS_RUBBISH, KMS_OTHER_ORG } wraps, unwraps;
    int wrapped, unwrapped, closed;
    char org[256], master[65];                /* of the last call */
    void (*meanwhile)(struct place_kms *kms); /* called inside wrap */
    void *user;
} place_kms;
adsync_key_ops place_kms_ops(place_kms *kms);
adsync_keys *place_kms_keys(place_kms *kms, const char *master);

adsync_vault *place_vault(adsync_storage *storage, adsync_keys *keys, const adsync_host *host);
adsync_bytes *place_seal(adsync_vault *vault, const char *org, const char *context, int64_t generation, const char *text);
/* The status; where it is OK the text must be this one. */
adsync_status place_opens(adsync_vault *vault, const char *org, const char *context, int64_t generation, const adsync_bytes *sealed,
                          const char *text);
int64_t place_key_of(const adsync_bytes *sealed);

/* The keys rows of an organisation, highest first, as "3 active k1, 2 retired k1, 1 forgotten -". */
const char *place_ring(adsync_storage *storage, int64_t org, char *out, size_t room);
int64_t place_org(adsync_storage *storage, const char *name);

/* Puts a row of secrets with a value sealed by the rule of column.c, and reads it back. */
void place_put_secret(adsync_storage *storage, adsync_vault *vault, int64_t org, int64_t grant, const char *field, int64_t generation,
                      const char *text);
int64_t place_secret_key(adsync_storage *storage, int64_t org, int64_t grant, const char *field);
adsync_status place_get_secret(adsync_storage *storage, adsync_vault *vault, int64_t org, int64_t grant, const char *field,
                               const char *text);

#endif
