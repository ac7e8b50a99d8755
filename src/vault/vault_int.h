/* SPDX-License-Identifier: MIT */
/* What the files of this room share and nobody else sees. */
#ifndef ADSYNC_SRC_VAULT_INT_H
#define ADSYNC_SRC_VAULT_INT_H

#include "vault.h"

enum {
    VAULT_ATTEMPTS = 100, /* at a row that others change */
    VAULT_ORG_KEYS = 4,   /* data keys in memory for one organisation */
    VAULT_BUCKETS = 1024,
    VAULT_NONCES = 64,    /* drawn at once */
    VAULT_MASTER = 64,    /* the longest name of a master key */
    VAULT_WRAPPED = 4000, /* the most a wrap may answer */
    VAULT_CHECK = 16,     /* bytes that tell whether an unwrapped key is the right one */
    VAULT_COUNTED = 1000  /* how far `left` is counted */
};

/* ---- cache.c: what is known in memory, bounded, the least used forgotten first */
typedef struct vault_key {
    int64_t id; /* 0: none */
    int64_t believed_us;
    uint64_t used;
    adsync__secret key;
} vault_key;

typedef struct vault_org vault_org;
struct vault_org {
    vault_org *next_number, *next_name; /* in their buckets */
    vault_org *newer, *older;
    int64_t number;
    int64_t sealing;     /* the id of the key that seals; 0: not known */
    int64_t lot;         /* uses of it that are left of the lot leased */
    int64_t lot_next;    /* how many to lease then */
    int64_t believed_us; /* until when `sealing` is believed */
    uint64_t uses;       /* counts, for vault_key.used */
    vault_key keys[VAULT_ORG_KEYS];
    uint32_t hash;
    char name[]; /* the host's; "" for the system */
};

typedef struct vault_cache {
    vault_org *by_number[VAULT_BUCKETS], *by_name[VAULT_BUCKETS];
    vault_org *newest, *oldest;
    uint32_t count;
} vault_cache;

vault_org *adsync__vault_cache_number(vault_cache *cache, int64_t number); /* NULL: not there */
vault_org *adsync__vault_cache_name(vault_cache *cache, const char *name);
vault_org *adsync__vault_cache_add(vault_cache *cache, uint32_t most, int64_t number, const char *name); /* NULL: no memory */
vault_key *adsync__vault_cache_key(vault_org *org, int64_t id);                                          /* NULL: not there */
vault_key *adsync__vault_cache_keep(vault_org *org, int64_t id, adsync__secret *key);                    /* takes the secret over */
void adsync__vault_cache_drop(vault_key *key);
void adsync__vault_cache_forget(vault_org *org); /* all its keys */
void adsync__vault_cache_clear(vault_cache *cache);

struct adsync_vault {
    adsync__guard guard;
    adsync_storage *storage;
    adsync_keys *keys;
    adsync__effects effects;
    adsync__crypto *crypto;
    adsync__secrets *secrets;
    adsync__vault_limits limits;
    vault_cache cache;
    uint32_t nonces_left;
    uint8_t nonces[VAULT_NONCES * ADSYNC__NONCE_SIZE];
};

/* ---- vault.c */
/* Enters a public call, or refuses with words: inside a callback, or in a forked child. */
adsync_status adsync__vault_enter(adsync_vault *vault, const char *what, adsync_error **error);
void adsync__vault_leave(adsync_vault *vault);
/* An organisation by its name (NULL: the system) or number. E_NOT_FOUND where it is not known and is not to be added. */
adsync_status adsync__vault_org(adsync_vault *vault, const char *name, bool add, vault_org **out, adsync_error **error);
adsync_status adsync__vault_org_number(adsync_vault *vault, int64_t number, vault_org **out, adsync_error **error);
adsync_status adsync__vault_nonce(adsync_vault *vault, uint8_t *out, adsync_error **error);

/* ---- keys.c, keyfile.c: master keys */
const char *adsync__keys_master(const adsync_keys *keys); /* the name of the one that wraps */
void adsync__keys_keep(adsync_keys *keys);
bool adsync__keys_locked(const adsync_keys *keys);
adsync_status adsync__keys_wrap(adsync_vault *vault, const char *org, const adsync__secret *key, adsync__buffer *out, adsync_error **error);
adsync_status adsync__keys_unwrap(adsync_vault *vault, const char *org, const char *master, const void *wrapped, size_t size,
                                  adsync__secret *out, adsync_error **error);

typedef struct keyfile keyfile;
adsync_status adsync__keyfile_read(const char *path, adsync__secrets *secrets, keyfile **out, adsync_error **error);
void adsync__keyfile_free(keyfile *file);
const char *adsync__keyfile_first(const keyfile *file);
const adsync__secret *adsync__keyfile_find(const keyfile *file, const char *master); /* NULL: not there */
bool adsync__keyfile_name_valid(const char *p, size_t size);

/* ---- blob.c: the format. P3, and "never garbage". */
adsync_status adsync__blob_seal(adsync_vault *vault, const vault_org *org, const vault_key *key, const char *context, int64_t generation,
                                const void *p, size_t size, uint8_t *out, adsync_error **error);   /* size + ADSYNC__VAULT_OVERHEAD */
adsync_status adsync__blob_key(const void *blob, size_t size, int64_t *key, adsync_error **error); /* E_FORGED: no blob */
adsync_status adsync__blob_open(adsync_vault *vault, const vault_org *org, const vault_key *key, const char *context, int64_t generation,
                                const void *blob, size_t size, adsync__secret *out, adsync_error **error);

/* ---- ring.c, ringrow.c: the data keys of an organisation, in the table keys */
typedef struct ring_row {
    adsync_rows *rows; /* what the pointers below point into; freed by adsync__ring_row_free */
    int64_t key, uses, version;
    const char *state, *cursor, *master;
    const void *wrapped;
    size_t wrapped_size;
    bool there;
} ring_row;
adsync_status adsync__ring_top(adsync_storage *storage, int64_t org, ring_row *out, adsync_error **error);
adsync_status adsync__ring_read(adsync_vault *vault, int64_t org, int64_t key, ring_row *out, adsync_error **error);
adsync_status adsync__ring_above(adsync_vault *vault, int64_t org, int64_t key, ring_row *out, adsync_error **error); /* the next higher */
bool adsync__ring_forgotten(const ring_row *row);
void adsync__ring_row_free(ring_row *row);
/* The key's bytes, checked: the envelope is right and the key is the one that was wrapped. */
adsync_status adsync__ring_unwrap(adsync_vault *vault, const vault_org *org, const ring_row *row, adsync__secret *out,
                                  adsync_error **error);
/* Wraps under the current master key, and unwraps again before anybody relies on it. */
adsync_status adsync__ring_wrap(adsync_vault *vault, const vault_org *org, int64_t key, const adsync__secret *secret, adsync__buffer *out,
                                adsync_error **error);
adsync_status adsync__ring_forgotten_refuse(adsync_error **error);

adsync_status adsync__ring_sealing(adsync_vault *vault, vault_org *org, vault_key **out, adsync_error **error); /* takes one use */
adsync_status adsync__ring_opening(adsync_vault *vault, vault_org *org, int64_t id, vault_key **out, adsync_error **error);
adsync_status adsync__ring_rotate(adsync_vault *vault, vault_org *org, adsync_error **error);
adsync_status adsync__ring_forget(adsync_vault *vault, vault_org *org, adsync_error **error);

/* Whether a try at a row may be repeated: somebody else was first, or nobody knows. */
bool adsync__vault_again(adsync_status status);

/* ---- column.c: a sealed column's context and generation, made of its row; and rows' keys as text */
void adsync__column_context(uint32_t table, uint32_t column, const adsync_value *row, char out[ADSYNC__VAULT_CONTEXT + 1]);
const adsync_value *adsync__column_find(uint32_t table, uint32_t column, const adsync_value *row, uint32_t n); /* NULL: not among them */
int64_t adsync__column_generation(uint32_t table, const adsync_value *row, uint32_t n);
uint32_t adsync__column_width(uint32_t table); /* leading columns that hold all of a row's sealed ones and its generation; 0: none sealed */
/* "table/key/key": where a pass stands; reading it back answers false where it is no such thing. */
void adsync__column_place(uint32_t table, const adsync_value *row, char out[ADSYNC__VAULT_CONTEXT + 1]);
bool adsync__column_place_read(const char *place, int64_t org, uint32_t *table, adsync_value key[ADSYNC__KEY_MAX],
                               char store[ADSYNC__VAULT_CONTEXT + 1]);

#endif
