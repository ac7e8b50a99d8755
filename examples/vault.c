/* SPDX-License-Identifier: MIT */
/* Seals a token for one organisation, opens it again, and shows what does not open. Make a key file first:
 *     (umask 077; printf 'k1:%s\n' "$(openssl rand -base64 32)" >keys)
 *     vault keys
 * The data key is kept in a storage that forgets; give adsync_sqlite_open's to keep it. */
#include <adsync/adsync.h>

#include <stdio.h>
#include <string.h>

/* [vault] */
static adsync_status keep_a_token(adsync_vault *vault, const char *token, adsync_error **error)
{
    adsync_bytes *sealed = NULL, *opened = NULL;
    const void *blob;
    size_t size;
    adsync_status rc;

    /* for whom, what it is, which one: it opens with the same three only */
    rc = adsync_vault_seal(vault, "our customer", "grant 7, access token", 1, token, strlen(token), &sealed, error);
    if (rc < 0) return rc;
    blob = adsync_bytes_data(sealed, &size); /* store it anywhere */
    printf("%zu bytes sealed\n", size);
    rc = adsync_vault_unseal(vault, "our customer", "grant 7, access token", 1, blob, size, &opened, error);
    if (rc >= 0) printf("opened: %s\n", strcmp(adsync_bytes_data(opened, NULL), token) ? "something else" : "the token");
    adsync_bytes_free(opened); /* wiped */
    if (adsync_vault_unseal(vault, "another customer", "grant 7, access token", 1, blob, size, &opened, NULL) == ADSYNC_E_FORGED)
        printf("for another customer it does not open\n");
    if (rc >= 0) rc = adsync_vault_forget(vault, "our customer", error);
    if (adsync_vault_unseal(vault, "our customer", "grant 7, access token", 1, blob, size, &opened, NULL) == ADSYNC_E_NOT_FOUND)
        printf("once forgotten it never opens again\n");
    adsync_bytes_free(sealed);
    return rc;
}
/* [vault] */

int main(int argc, char **argv)
{
    adsync_storage *storage = NULL;
    adsync_keys *keys = NULL;
    adsync_vault *vault = NULL;
    adsync_error *error = NULL;
    adsync_status rc;

    if ((rc = adsync_keys_open_file(argc > 1 ? argv[1] : "keys", &keys, &error)) < 0) goto done;
    if ((rc = adsync_memory_open(NULL, &storage, &error)) < 0) goto done;
    if ((rc = adsync_vault_open(storage, keys, NULL, &vault, &error)) < 0) goto done;
    rc = keep_a_token(vault, "EAAB-what-the-platform-gave", &error);
done:
    if (rc < 0) fprintf(stderr, "%s\n", adsync_error_message(error));
    adsync_error_free(error);
    adsync_vault_free(vault);
    adsync_keys_free(keys);
    adsync_storage_free(storage);
    return rc < 0;
}
