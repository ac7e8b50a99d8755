/* SPDX-License-Identifier: MIT */
/* Rows of the queue. A slot waits in one of a store's shards, so that many engines begin at different places; which one follows from the
 * connection, so the work of a large organisation lies in all of them. How many there are is a row in meta, 1 where there is none. */
#include "sync_int.h"

enum { QUEUE_SHARDS_MOST = 1024 };

adsync_status sync_queue_shards(adsync__sync *sync, adsync_error **error)
{
    const adsync_value key = adsync__value_text("queue_shards");
    adsync_rows *rows = NULL;
    int64_t n = 0;
    adsync_status rc;

    if (sync->n_shards) return ADSYNC_OK;
    if ((rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), 0, ADSYNC_T_META, 0, &key, 1, &rows, error)) < 0) return rc;
    if (adsync_rows_next(rows, NULL) == ADSYNC_ROW) n = adsync_rows_int(rows, ADSYNC_C_VALUE);
    adsync_rows_free(rows);
    sync->n_shards = n < 1 ? 1 : n > QUEUE_SHARDS_MOST ? QUEUE_SHARDS_MOST : (uint32_t)n;
    sync->shard = (uint32_t)((uint64_t)sync->engine % sync->n_shards);
    return ADSYNC_OK;
}

uint32_t sync_queue_shard(const adsync__sync *sync, int64_t connection)
{
    return (uint32_t)(((uint64_t)connection * UINT64_C(0x9e3779b97f4a7c15) >> 32) % sync->n_shards);
}

adsync_status sync_queue_put(adsync__sync *sync, const sync_wish *wish, int64_t job, bool own, int64_t delay_us, adsync__commit_unit *unit,
                             adsync_error **error)
{
    const adsync_value null = adsync__value_null();
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel));
    bool waits = delay_us >= 0;
    char slot[SYNC_SLOT];
    adsync_status rc;

    if ((rc = sync_queue_shards(sync, error)) < 0) return rc;
    sync_slot_name(wish, own ? job : 0, slot);
    const adsync_value row[] = {
        adsync__value_int(wish->org),
        adsync__value_int(wish->connection),
        adsync__value_text(slot),
        waits ? adsync__value_int(now + delay_us) : null,
        waits ? adsync__value_int(sync_queue_shard(sync, wish->connection)) : null,
        waits ? adsync__value_int(wish->priority) : null,
        adsync__value_int(job),
        null,
        adsync__value_int(now),
    };
    adsync__unit_put(unit, ADSYNC_T_QUEUE, ADSYNC_EXPECT_ABSENT, 0, row, ADSYNC__COUNT(row));
    return ADSYNC_OK;
}
