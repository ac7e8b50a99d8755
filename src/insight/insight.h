/* SPDX-License-Identifier: MIT */
/* Reading what was synced. */
#ifndef ADSYNC_SRC_INSIGHT_H
#define ADSYNC_SRC_INSIGHT_H

#include "../storage/storage.h"

#include <adsync/data.h>

adsync_status adsync__metrics_query(adsync_storage *storage, int64_t org, const adsync_metrics_options *options, adsync_rows **out,
                                    adsync_error **error);
adsync_status adsync__entity_list(adsync_storage *storage, int64_t org, int64_t connection, uint32_t kind,
                                  const adsync_entity_options *options, adsync_rows **out, adsync_error **error);
adsync_status adsync__coverage_list(adsync_storage *storage, int64_t org, int64_t connection, uint32_t level, adsync_rows **out,
                                    adsync_error **error);
adsync_status adsync__audit_list(adsync_storage *storage, int64_t org, int64_t connection, int64_t since_us, uint32_t limit,
                                 adsync_rows **out, adsync_error **error);

#endif
