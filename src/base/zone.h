/* SPDX-License-Identifier: MIT */
/* IANA time zones, read from the system's TZif files: never from TZ, never through tzset, so that nothing of the process changes.
 * A zone is read once and never changes: any number of threads may ask one. Wherever one is asked, NULL is UTC. */
#ifndef ADSYNC_SRC_ZONE_H
#define ADSYNC_SRC_ZONE_H

#include "day.h"

#define ADSYNC__ZONE_DIRECTORY "/usr/share/zoneinfo"

typedef struct adsync__zone adsync__zone;

/* Reads the zone of an IANA name such as "America/Sao_Paulo" or "Etc/GMT-13" (13 hours east: the sign is POSIX's). `directory` may be
 * NULL: the system's. E_INVALID: that is no zone's name; E_NOT_FOUND: there is no such zone; E_FORMAT: its file is broken. */
adsync_status adsync__zone_load(const char *directory, const char *name, adsync__zone **out, adsync_error **error);
/* The same from the bytes of a TZif file, version 1 and later. Files that count leap seconds ("right/") are refused. */
adsync_status adsync__zone_parse(const void *bytes, size_t size, adsync__zone **out, adsync_error **error);
void adsync__zone_free(adsync__zone *zone);

/* Seconds east of UTC at an instant. */
int32_t adsync__zone_offset(const adsync__zone *zone, int64_t us);

/* Local days cut time into pieces without gap or overlap: a day begins at the first instant at which the local clock shows its
 * midnight or anything later, and ends where the next begins. So a day begins at 01:00 where midnight is skipped, at the first of two
 * midnights, and has no instant at all where a zone leapt over it (Pacific/Apia had no 2011-12-30). */
int64_t adsync__zone_day(const adsync__zone *zone, int64_t us); /* the day an instant belongs to; 0 outside of the years 1 to 9999 */
/* The first instant of a day, and the one after its last. False, and both the same, where the zone has no such day. */
bool adsync__zone_bounds(const adsync__zone *zone, int64_t day, int64_t *from_us, int64_t *to_us);

/* The instant at which a local clock shows a valid day and the microseconds since its midnight. Where the clock shows it twice, the
 * first; where it leapt over it, as far after the leap as the time is after the leap's start (02:30 becomes 03:30). */
int64_t adsync__zone_instant(const adsync__zone *zone, int64_t day, int64_t us);
/* adsync__time_read, where a text without an offset is meant in the zone. E_FORMAT. */
adsync_status adsync__zone_time_read(const adsync__zone *zone, const char *text, size_t size, int64_t *us);

#endif
