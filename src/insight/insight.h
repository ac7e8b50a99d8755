/* SPDX-License-Identifier: MIT */
/* Reading what was synced. */
#ifndef ADSYNC_SRC_INSIGHT_H
#define ADSYNC_SRC_INSIGHT_H

#include "../storage/storage.h"

#include <adsync/data.h>
#include <adsync/health.h>

/* ---- metrics.c */
typedef struct adsync__metrics_walk {
    adsync_storage *storage;
    int64_t org, connection, from_day, to_day; /* connection, from_day, to_day 0: all */
    uint32_t level;
    int64_t after_connection, after_day;
    const char *after_entity; /* begins behind the rows of this one on that day; NULL: with the first */
    adsync_status (*row)(void *user, adsync_rows *row, int64_t connection, const char *platform, adsync_error **error);
    adsync_status (*ends)(void *user, int64_t connection, const char *platform, adsync_error **error); /* of a connection; may be NULL */
    void *user;
    bool enough; /* `row` wants no more */
} adsync__metrics_walk;
adsync_status adsync__metrics_each(adsync__metrics_walk *walk, adsync_error **error); /* by connection, day, entity, part */
adsync_status adsync__metrics_days(int64_t from, int64_t to, adsync_error **error);   /* E_INVALID: no days, or the wrong way round */
adsync_status adsync__metrics_query(adsync_storage *storage, int64_t org, const adsync_metrics_options *options, adsync_rows **out,
                                    adsync_error **error);

/* ---- payload.c */
adsync_status adsync__payload_list(adsync_storage *storage, int64_t org, const adsync_payload_options *options, adsync_rows **out,
                                   adsync_error **error);

/* ---- lists.c */
adsync_status adsync__entity_list(adsync_storage *storage, int64_t org, int64_t connection, uint32_t kind,
                                  const adsync_entity_options *options, adsync_rows **out, adsync_error **error);
/* shown.c: rows of a kind with what they do not say themselves; takes *rows and gives others, or NULL where it fails. */
adsync_status adsync__entity_shown(adsync_storage *storage, int64_t org, int64_t connection, uint32_t kind, adsync_rows **rows,
                                   adsync_error **error);
adsync_status adsync__coverage_list(adsync_storage *storage, int64_t org, int64_t connection, uint32_t level, adsync_rows **out,
                                    adsync_error **error);
adsync_status adsync__revision_list(adsync_storage *storage, int64_t org, int64_t connection, const adsync_revision_options *options,
                                    adsync_rows **out, adsync_error **error);
adsync_status adsync__audit_list(adsync_storage *storage, int64_t org, int64_t connection, int64_t since_us, uint32_t limit,
                                 adsync_rows **out, adsync_error **error);
adsync_status adsync__health_list(adsync_storage *storage, int64_t now_us, int64_t org, int64_t connection, adsync_rows **out,
                                  adsync_error **error);
adsync_status adsync__health_count(adsync_storage *storage, int64_t now_us, int64_t org, adsync_rows **out, adsync_error **error);
adsync_status adsync__health_statistics(adsync_storage *storage, int64_t org, int64_t connection, int64_t from_us, int64_t to_us,
                                        adsync_rows **out, adsync_error **error);

#endif
