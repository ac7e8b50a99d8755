/* SPDX-License-Identifier: MIT */
/* The vault for the rooms below: organisations by number, secrets that never pass through ordinary memory, columns by their rows. */
#ifndef ADSYNC_SRC_VAULT_H
#define ADSYNC_SRC_VAULT_H

#include "../base/base.h"
#include "../crypto/crypto.h"
#include "../storage/storage.h"

#include <adsync/vault.h>

enum {
    ADSYNC__VAULT_OVERHEAD = 1 + 8 + ADSYNC__NONCE_SIZE + ADSYNC__TAG_SIZE, /* what a blob has beyond its secret */
    ADSYNC__VAULT_CONTEXT = 2000,                                           /* the longest context */
    ADSYNC__VAULT_MOST = 16 << 20                                           /* the largest secret */
};

/* Org 0 is the system's own key. `out` is begun by the caller; the blob is appended. */
adsync_status adsync__vault_seal(adsync_vault *vault, int64_t org, const char *context, int64_t generation, const void *p, size_t size,
                                 adsync__buffer *out, adsync_error **error);
adsync_status adsync__vault_unseal(adsync_vault *vault, int64_t org, const char *context, int64_t generation, const void *p, size_t size,
                                   adsync__secret *out, adsync_error **error);

/* A sealed column of a row, whose values start with column 0. Organisation, context and generation are the row's own (column.c), so
 * the generation column, where the table has one, must be among the `n` values, unless it is null. */
adsync_status adsync__vault_seal_column(adsync_vault *vault, uint32_t table, uint32_t column, const adsync_value *row, uint32_t n,
                                        const void *p, size_t size, adsync__buffer *out, adsync_error **error);
adsync_status adsync__vault_unseal_column(adsync_vault *vault, uint32_t table, uint32_t column, const adsync_value *row, uint32_t n,
                                          adsync__secret *out, adsync_error **error); /* E_NOT_FOUND where the column is null */

/* Forgets an organisation's data keys, as adsync_vault_forget does, where no keys are at hand. What others hold in memory they believe
 * for a minute more. */
adsync_status adsync__vault_erase(adsync_storage *storage, int64_t org, int64_t now_us, adsync_error **error);

/* The vault's own, for what belongs to its user: a token read from an answer, a MAC with a sealed secret. */
adsync__secrets *adsync__vault_secrets(adsync_vault *vault);
adsync__crypto *adsync__vault_crypto(adsync_vault *vault);

/* Numbers that tests make small. Lots of uses are small at first and grow, so that a process that seals once (a web request) does not
 * take 2^20 uses from the key with it. */
typedef struct adsync__vault_limits {
    int64_t lot_first;  /* uses leased at first: 1,024; each next lot of the key is four times as large .. */
    int64_t lot_most;   /* .. up to 2^20 */
    int64_t key_uses;   /* a new key after so many: 2^30 */
    int64_t believe_us; /* how long a key is used without a look at its row: 60 s */
    uint32_t orgs;      /* kept in memory: 1,024, with up to four data keys each */
} adsync__vault_limits;
void adsync__vault_tune(adsync_vault *vault, const adsync__vault_limits *limits);

#endif
