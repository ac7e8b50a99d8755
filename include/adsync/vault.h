/* SPDX-License-Identifier: MIT */
/** @file vault.h
 * Secrets that are stored sealed: data keys per organisation, wrapped by a key of yours; rotation; forgetting. Usable alone; the
 * shortest useful program is examples/vault.c. doc/security.md is the format and the threat model in words. */
#ifndef ADSYNC_VAULT_H
#define ADSYNC_VAULT_H

#include "base.h"
#include "host.h"
#include "rows.h"
#include "storage.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** The key that wraps data keys: a key file, or callbacks to a key management service. */
typedef struct adsync_keys adsync_keys;
/** Seals and opens secrets. */
typedef struct adsync_vault adsync_vault;

/** @defgroup keys Master keys
 * A data key of 32 random bytes seals an organisation's secrets. It is stored wrapped by a master key, which never leaves the host's
 * hands: a file that only the host's user reads, or a key management service (KMS) behind two callbacks. Master keys have names of 1
 * to 64 characters out of A-Z a-z 0-9 . _ -, stored beside what they wrapped.
 * @{ */

/** A key management service. Slots run on the thread of the call, may block (nothing is locked meanwhile), and may call what is
 * marked [cb]. They may fail with #ADSYNC_E_HOST, #ADSYNC_E_TRANSIENT, #ADSYNC_E_PERMISSION, #ADSYNC_E_CANCELLED or #ADSYNC_E_MEMORY,
 * which reach the caller; any other answer reaches it as #ADSYNC_E_HOST. In a garbage-collected language prefer the key file: a
 * callback sees data keys in clear and cannot wipe its copies. */
typedef struct adsync_key_ops {
    uint32_t size;  /**< sizeof(adsync_key_ops) */
    uint32_t flags; /**< 0 */
    void *user;     /**< given back to every slot */
    /** MUST. Encrypts `key_size` bytes under the current master key and answers with adsync_sink_bytes, at most 4,000 bytes. `org` is
     * the host's name of the organisation, "" for the system's own key: bind it (an "encryption context"), so that a wrapped key moved
     * to another organisation does not open. What it answers is unwrapped once before it is stored. */
    adsync_status (*wrap)(void *user, const char *org, const void *key, uint32_t key_size, adsync_sink *wrapped, adsync_error **error);
    /** MUST. Decrypts what `wrap` gave for this org under the master key of this name, and answers the same bytes. */
    adsync_status (*unwrap)(void *user, const char *org, const char *master, const void *wrapped, uint32_t wrapped_size, adsync_sink *key,
                            adsync_error **error);
    /** MAY. The last handle is gone. */
    void (*close)(void *user);
} adsync_key_ops;

/** Makes master keys of callbacks, which are copied. After a failure `close` was not called.
 * @param ops the callbacks
 * @param master the name of the key that `wrap` uses; adsync_vault_rewrap wraps again what stands under another name
 * @param out gets the owned keys
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (a slot is missing, a bad name), #ADSYNC_E_UNSUPPORTED (a longer struct with something in its
 *         tail, unknown flags), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_keys_new(const adsync_key_ops *ops, const char *master, adsync_keys **out, adsync_error **error);

/** Reads master keys from a file: lines `name:base64 of 32 random bytes`, blank lines and lines that begin with '#'. The first key
 * wraps, all unwrap. The file must be a regular one of this process' user or root with no rights for group and others (chmod 600).
 * `printf 'k1:%s\n' "$(openssl rand -base64 32)"` makes a line. Read once; its content is kept in memory for secrets only.
 * @param path the file
 * @param out gets the owned keys
 * @param error may be NULL; names the line that is wrong, never what stands in it
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND (no such file), #ADSYNC_E_PERMISSION (not readable, or readable by others), #ADSYNC_E_FORMAT
 *         (a line is no key, or stands there twice; no key at all), #ADSYNC_E_INVALID, #ADSYNC_E_MEMORY, #ADSYNC_E_UNSUPPORTED
 * @since 0.1 */
adsync_status adsync_keys_open_file(const char *path, adsync_keys **out, adsync_error **error);

/** Wipes and frees master keys. Vaults that use them keep them alive.
 * @param keys may be NULL
 * @since 0.1 */
void adsync_keys_free(adsync_keys *keys);

/** @} */

/** @defgroup vault The vault
 * Every sealed value is bound to its organisation, to a context (what it is: "grant 17, access token") and to a generation (which one
 * of many over time). It opens with exactly the same three, or answers #ADSYNC_E_FORGED; moved elsewhere, cut or changed by a bit it
 * never gives garbage.
 *
 * Any number of processes may seal, open, rotate, rewrap and reseal at once over one storage. A process believes for at most a minute
 * that the key it seals with is still the newest.
 * @snippet vault.c vault
 * @{ */

/** Opens a vault on a storage. It uses both handles inside its calls, on their thread: vaults on different threads take a storage and
 * keys of their own.
 * @param storage where data keys are kept; kept alive by the vault
 * @param keys wrap the data keys; kept alive by the vault
 * @param host clocks, randomness and log; NULL: the system's, no log
 * @param out gets the owned vault
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_MEMORY, #ADSYNC_E_HOST (no randomness), #ADSYNC_E_UNSUPPORTED (an OpenSSL without
 *         AES-256-GCM, a longer adsync_host with something in its tail)
 * @since 0.1 */
adsync_status adsync_vault_open(adsync_storage *storage, adsync_keys *keys, const adsync_host *host, adsync_vault **out,
                                adsync_error **error);

/** Seals a secret. The first one of an organisation makes its data key.
 * @param vault the vault
 * @param org the host's name for the organisation, 1 to 255 bytes; it need not be known yet
 * @param context what it is, 1 to 2,000 bytes of UTF-8
 * @param generation which one, any number
 * @param p the secret; may be NULL where size is 0
 * @param size at most 16 MiB
 * @param sealed gets the owned blob: 37 bytes more than the secret; to be stored anywhere
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_TOO_BIG, #ADSYNC_E_REJECTED (the organisation was forgotten), #ADSYNC_E_BUSY,
 *         #ADSYNC_E_MEMORY, #ADSYNC_E_NOT_FOUND (the key file lacks the master key), #ADSYNC_E_FORGED (the stored data key was tampered
 *         with), or what keys, host or storage answered
 * @since 0.1 */
adsync_status adsync_vault_seal(adsync_vault *vault, const char *org, const char *context, int64_t generation, const void *p, size_t size,
                                adsync_bytes **sealed, adsync_error **error);

/** Opens a sealed secret.
 * @param vault the vault
 * @param org as it was sealed
 * @param context as it was sealed
 * @param generation as it was sealed
 * @param p the blob
 * @param size of the blob
 * @param out gets the owned secret, in memory that is locked, not dumped and wiped when freed. It may outlive the vault.
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_FORGED (anything is not as it was sealed), #ADSYNC_E_NOT_FOUND (its key was forgotten, or the key file
 *         lacks the master key), #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY, or what keys, host or storage answered
 * @since 0.1 */
adsync_status adsync_vault_unseal(adsync_vault *vault, const char *org, const char *context, int64_t generation, const void *p, size_t size,
                                  adsync_bytes **out, adsync_error **error);

/** Wraps data keys of all organisations under the current master key, where they stand under another one. Sealed secrets are not
 * touched. Call it until *left is 0. Others seal and open meanwhile, as long as their keys hold both masters. A data key that cannot
 * be unwrapped stays as it is; the others are done all the same and the first failure is answered.
 * @param vault the vault
 * @param max_keys the most to wrap in this call, at least 1
 * @param left gets how many are left, counted up to 1,000; may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_NOT_FOUND (the key file lacks a master key), #ADSYNC_E_FORGED (a stored data key was
 *         tampered with), #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY, or what keys, host or storage answered
 * @since 0.1 */
adsync_status adsync_vault_rewrap(adsync_vault *vault, uint32_t max_keys, uint32_t *left, adsync_error **error);

/** Makes a new data key for what an organisation seals next; what is sealed already keeps opening. Also the only way to seal again for
 * an organisation that was forgotten. (A key that was used 2^30 times is replaced without being asked.)
 * @param vault the vault
 * @param org its name; NULL: the system's own key
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY, or what keys, host or storage answered
 * @since 0.1 */
adsync_status adsync_vault_rotate(adsync_vault *vault, const char *org, adsync_error **error);

/** Seals an organisation's stored secrets again under its newest data key: every column that adsync_table_column_sealed names. Call it
 * until *left is 0; where it stands is stored, so another process goes on where one was stopped. Others seal and open meanwhile. Run
 * once more a minute after adsync_vault_rotate, it finds what others sealed in that minute under the old key. Blobs a host keeps
 * elsewhere are the host's to open and seal again.
 * @param vault the vault
 * @param org its name; NULL: what the system's own key sealed
 * @param max_secrets the most to seal in this call, at least 1
 * @param left gets how many are left, counted up to 1,000, at least 1 while some may be; may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_PARTIAL (some did not open and were left as they are; the log says where), #ADSYNC_E_REJECTED (the
 *         organisation was forgotten), #ADSYNC_E_INVALID, #ADSYNC_E_NOT_FOUND (no such organisation; the key file lacks a master key),
 *         #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY, or what keys, host or storage answered
 * @since 0.1 */
adsync_status adsync_vault_reseal(adsync_vault *vault, const char *org, uint32_t max_secrets, uint32_t *left, adsync_error **error);

/** Drops all data keys of an organisation: nothing that was sealed for it opens again (in other processes after at most a minute), once
 * backups of the keys table are gone too. A mark stays, so that sealing for it is refused until adsync_vault_rotate begins anew.
 * @param vault the vault
 * @param org its name
 * @param error may be NULL
 * @return #ADSYNC_OK (also if it was forgotten before), #ADSYNC_E_NOT_FOUND (no such organisation), #ADSYNC_E_INVALID, #ADSYNC_E_BUSY,
 *         #ADSYNC_E_MEMORY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_vault_forget(adsync_vault *vault, const char *org, adsync_error **error);

/** Wipes the keys it holds and frees the vault. Allowed inside a callback: it goes when that call ends.
 * @param vault may be NULL
 * @since 0.1 */
void adsync_vault_free(adsync_vault *vault);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
