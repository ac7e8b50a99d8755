/* SPDX-License-Identifier: MIT */
/* Rows of the table keys: reading them, and the envelope around what the master key wrapped.
 *
 * `wrapped` is one byte of format (1), 16 bytes of check, then the wrapped key. The check is the start of HMAC-SHA256 under the data key
 * over a label, the organisation's number and the key's id: whoever unwraps learns whether a key is the right one before anything is
 * sealed under it. A key management service that answers rubbish, or another organisation's key, is caught here. */
#include "vault_int.h"

#include <inttypes.h>

enum { RING_FORMAT = 1, RING_BEFORE = 1 + VAULT_CHECK, RING_COLUMNS = 7 /* to `wrapped` */ };

static adsync_status ring_scan(adsync_storage *storage, const adsync_range *range, int64_t org, ring_row *out, adsync_error **error)
{
    adsync_status rc;

    *out = (ring_row){ 0 };
    if ((rc = adsync_storage_scan(storage, org, range, &out->rows, error)) < 0) return rc;
    if (adsync_rows_next(out->rows, NULL) != ADSYNC_ROW) return ADSYNC_OK;
    out->there = true;
    out->key = adsync_rows_int(out->rows, ADSYNC_C_KEY);
    out->uses = adsync_rows_int(out->rows, ADSYNC_C_USES);
    out->version = adsync_rows_int(out->rows, ADSYNC_C_VERSION);
    out->state = adsync_rows_bytes(out->rows, ADSYNC_C_STATE, NULL);
    out->cursor = adsync_rows_bytes(out->rows, ADSYNC_C_CURSOR, NULL);
    out->master = adsync_rows_bytes(out->rows, ADSYNC_C_MASTER, NULL);
    out->wrapped = adsync_rows_bytes(out->rows, ADSYNC_C_WRAPPED, &out->wrapped_size);
    return ADSYNC_OK;
}

adsync_status adsync__ring_top(adsync_storage *storage, int64_t org, ring_row *out, adsync_error **error)
{
    const adsync_value bound = adsync__value_int(org);
    const adsync_range range = { .table = ADSYNC_T_KEYS,
                                 .flags = ADSYNC_RANGE_DESCENDING,
                                 .limit = 1,
                                 .columns = RING_COLUMNS,
                                 .lower = &bound,
                                 .n_lower = 1,
                                 .upper = &bound,
                                 .n_upper = 1 };

    return ring_scan(storage, &range, org, out, error);
}

adsync_status adsync__ring_read(adsync_vault *vault, int64_t org, int64_t key, ring_row *out, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(org), adsync__value_int(key) };
    const adsync_range range = {
        .table = ADSYNC_T_KEYS, .limit = 1, .columns = RING_COLUMNS, .lower = bound, .n_lower = 2, .upper = bound, .n_upper = 2
    };

    return ring_scan(vault->storage, &range, org, out, error);
}

adsync_status adsync__ring_above(adsync_vault *vault, int64_t org, int64_t key, ring_row *out, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(org), adsync__value_int(key) };
    const adsync_range range = { .table = ADSYNC_T_KEYS,
                                 .flags = ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = 1,
                                 .columns = RING_COLUMNS,
                                 .lower = bound,
                                 .n_lower = 2,
                                 .upper = bound,
                                 .n_upper = 1 };

    return ring_scan(vault->storage, &range, org, out, error);
}

bool adsync__ring_forgotten(const ring_row *row) { return row->there && adsync__equal_text(row->state, "forgotten"); }

void adsync__ring_row_free(ring_row *row)
{
    adsync_rows_free(row->rows);
    *row = (ring_row){ 0 };
}

static adsync_status ring_check(adsync_vault *vault, const vault_org *org, int64_t key, const adsync__secret *secret, uint8_t *out,
                                adsync_error **error)
{
    static const char label[] = "adsync data key check"; /* with its NUL */
    uint8_t numbers[16];
    const adsync__piece pieces[] = { { label, sizeof label }, { numbers, sizeof numbers } };

    for (size_t i = 0; i < 8; i++) {
        numbers[i] = (uint8_t)((uint64_t)org->number >> (56 - 8 * i));
        numbers[8 + i] = (uint8_t)((uint64_t)key >> (56 - 8 * i));
    }
    return adsync__hmac(vault->crypto, ADSYNC__SHA256, secret->p, secret->size, pieces, 2, out, error);
}

/* What stands in `wrapped`, opened with the master key of that name and held against its check. */
static adsync_status ring_open(adsync_vault *vault, const vault_org *org, int64_t key, const char *master, const void *wrapped, size_t size,
                               adsync__secret *out, adsync_error **error)
{
    const uint8_t *p = wrapped;
    uint8_t check[ADSYNC__SHA256_SIZE];
    adsync_status rc;

    *out = (adsync__secret){ 0 };
    if (!p || !master || size <= RING_BEFORE || *p != RING_FORMAT)
        return adsync__fail(error, ADSYNC_E_FORGED, "keys.forged",
                            "data key %" PRId64 " of organisation %" PRId64 " is not stored as it was written", key, org->number);
    if ((rc = adsync__keys_unwrap(vault, org->name, master, p + RING_BEFORE, size - RING_BEFORE, out, error)) < 0) goto done;
    if ((rc = ring_check(vault, org, key, out, check, error)) < 0) goto done;
    if (!adsync__equal_bytes(check, p + 1, VAULT_CHECK))
        rc =
            adsync__fail(error, ADSYNC_E_HOST, "keys.wrong",
                         "unwrapping data key %" PRId64 " of organisation %" PRId64 " gave another key than was wrapped", key, org->number);
done:
    if (rc < 0) adsync__secret_free(out);
    return rc;
}

adsync_status adsync__ring_unwrap(adsync_vault *vault, const vault_org *org, const ring_row *row, adsync__secret *out, adsync_error **error)
{
    return ring_open(vault, org, row->key, row->master, row->wrapped, row->wrapped_size, out, error);
}

adsync_status adsync__ring_wrap(adsync_vault *vault, const vault_org *org, int64_t key, const adsync__secret *secret, adsync__buffer *out,
                                adsync_error **error)
{
    uint8_t before[1 + ADSYNC__SHA256_SIZE] = { RING_FORMAT };
    adsync__secret again = { 0 };
    adsync_status rc;

    adsync__buffer_begin(out, RING_BEFORE + VAULT_WRAPPED);
    if ((rc = ring_check(vault, org, key, secret, before + 1, error)) < 0) return rc;
    adsync__buffer_add(out, before, RING_BEFORE);
    if ((rc = adsync__keys_wrap(vault, org->name, secret, out, error)) < 0) return rc;
    if (out->failed) return adsync__fail_memory(error);
    rc = ring_open(vault, org, key, adsync__keys_master(vault->keys), out->p, out->size, &again, error);
    adsync__secret_free(&again);
    return rc;
}

adsync_status adsync__ring_forgotten_refuse(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_REJECTED, "vault.forgotten",
                        "the secrets of this organisation were forgotten; adsync_vault_rotate lets it begin anew");
}
