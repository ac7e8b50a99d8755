/* SPDX-License-Identifier: MIT */
/* What this room's files share and nobody else sees. */
#ifndef ADSYNC_SRC_SYNC_INT_H
#define ADSYNC_SRC_SYNC_INT_H

#include "../base/day.h"
#include "../base/zone.h"
#include "../json/json.h"
#include "sync.h"

enum {
    SYNC_ROWS = 1500, /* changes of one unit, so that lane, job and coverage rows fit beside them */
    SYNC_BYTES = 1 << 20,
    SYNC_SWEEP = 400, /* rows looked at in one step of a sweep */
    SYNC_BACKFILL_DAYS = 90,
    SYNC_DAYS_MOST = 1200, /* 37 months and some */
    SYNC_SLICE_DAYS = 7,
    SYNC_ATTEMPTS = 4, /* the first one, then after 60, 300 and 900 s */
    SYNC_TODO = 4000,
    SYNC_OVERLAP_US = 600000000 /* of an incremental list: 10 minutes */
};

/* ---- cursor.c: where a lane goes on, kept as one JSON text in its row */
typedef struct sync_slice {
    uint32_t level;
    int64_t from, to;
} sync_slice;
typedef struct sync_cursor {
    uint32_t kind;                          /* campaigns: the kind under way; 0: not begun */
    bool second;                            /* a full list's second look, since the first would remove much */
    int64_t job, run, page, pull, since_us; /* job: whose work this is */
    int64_t water_us[ADSYNC_KIND_POST + 1]; /* changed-since watermark by kind; kept between jobs */
    adsync__buffer at;                      /* the connector's cursor; empty: from the beginning */
    sync_slice *todo;                       /* metrics: what is left, the next one last */
    uint32_t n_todo, room_todo;
    bool planned;     /* todo was filled */
    uint32_t partial; /* steps that were refused and left out */
    char note[200];   /* the first such refusal, for people */
} sync_cursor;
void sync_cursor_begin(sync_cursor *cursor);
void sync_cursor_free(sync_cursor *cursor);
void sync_cursor_own(sync_cursor *cursor, int64_t job);                                      /* begins anew where it is another job's */
adsync_status sync_cursor_read(sync_cursor *cursor, const char *text, adsync_error **error); /* what it cannot read is begun anew */
adsync_status sync_cursor_write(const sync_cursor *cursor, bool idle, adsync__buffer *out,
                                adsync_error **error);        /* idle: watermarks only */
bool sync_cursor_todo(sync_cursor *cursor, sync_slice slice); /* false: no memory, or too many */

/* ---- map.c: an outcome's row in the order of its table */
typedef struct sync_map {
    uint16_t entities[ADSYNC__C_LAST + 1], metrics[ADSYNC__C_LAST + 1]; /* 1 + position; 0: not in the table */
} sync_map;
void sync_map_begin(sync_map *map);
void sync_map_row(const uint16_t *map, const adsync_row *row, adsync_value *values); /* sets what the row has; the rest is left */

/* ---- lane.c */
typedef struct sync_lane sync_lane;
typedef struct sync_plan { /* campaigns or metrics: how a lane's work is cut into tasks, and what their outcomes become */
    adsync_status (*next)(sync_lane *lane, bool *over, adsync_error **error); /* starts the next flight or step, or says it is over */
    adsync_status (*outcome)(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error); /* rows and a way to go on */
    adsync_status (*skip)(sync_lane *lane, adsync_error **error); /* the step under way is left out: moves the cursor past it */
} sync_plan;

struct sync_lane {
    adsync__sync *sync;
    sync_lane *next, **link;
    const sync_plan *plan;
    int64_t org, connection_id, job, version, job_version; /* versions of the lane's and the job's row as we wrote them */
    uint32_t data, mode, attempt, priority;
    int64_t parent, from_day, to_day, days;
    adsync__connection connection;
    adsync__grant grant;
    const adsync__app *app;
    adsync__zone *zone;
    sync_cursor cursor;
    adsync__flight *flight;
    adsync__commit_unit *unit; /* being filled */
    bool refreshed, facts_asked, leaving, waiting,
        asking; /* waiting: a unit is on its way; asking: a refresh or a look for what is needed */
    char needed[208], warning[200]; /* what was fetched last on an outcome's word; what a person should know */
    int64_t next_version, next_job_version, retry_after_us, delay_us; /* next_*: once the unit on its way is durable */
    void (*after)(sync_lane *lane);                                   /* what to do once it is durable */
    /* of the slice or list under way */
    bool fresh;           /* no row of the slice can be there from before */
    bool whole, finished; /* whole: the slice's end was proven; finished: nothing is left to do */
    int64_t turn_us, started_us, rows, sweep_alive, sweep_missing;
    char sweep_id[208]; /* the last id the sweep saw */
    int64_t sweep_day;
    char sweep_part[48];
    uint64_t *seen;
    size_t n_seen;
    double progress;
};

struct adsync__sync {
    adsync__kernel *kernel;
    int64_t engine;
    adsync__sync_hooks hooks;
    void *user;
    sync_lane *lanes;
    uint32_t n_lanes;
    sync_map map;
    adsync__reader *reader; /* of cursors and facts */
};

/* A flight of this lane for a task; its parameters are set by the caller, then sync_lane_fly lets it go. */
adsync_status sync_lane_task(sync_lane *lane, uint32_t op, uint32_t kind, adsync_task **task, adsync_error **error);
void sync_lane_fly(sync_lane *lane);
adsync__commit_unit *sync_lane_unit(sync_lane *lane, adsync_error **error); /* the one being filled; NULL: no memory */
/* Puts the lane's row with its cursor into the unit (or only checks it) and submits; `after` runs once it is durable. */
adsync_status sync_lane_commit(sync_lane *lane, bool move, void (*after)(sync_lane *lane), adsync_error **error);
void sync_lane_go(sync_lane *lane);                                    /* the flight goes on */
void sync_lane_next(sync_lane *lane);                                  /* the plan says what comes next */
void sync_lane_finish(sync_lane *lane);                                /* nothing is left to do: ends it well */
void sync_lane_release(sync_lane *lane);                               /* gives it back as it is, for whoever goes on */
adsync_status sync_lane_zone(sync_lane *lane, adsync_error **error);   /* lane->zone, once the account's is known */
adsync_status sync_lane_reload(sync_lane *lane, adsync_error **error); /* the connection's facts may have changed */
adsync_status sync_kind_done(sync_lane *lane, adsync_error **error);
void sync_lane_end(sync_lane *lane, adsync_status status, const adsync_error *error);
adsync_status sync_lane_open(adsync__sync *sync, adsync_rows *job, int64_t org, sync_lane **out, adsync_error **error);
void sync_lane_close(sync_lane *lane);
bool sync_supports(const sync_lane *lane, uint32_t task, uint32_t kind);

extern const sync_plan sync_campaigns, sync_metrics;

/* ---- entities.c, seen.c */
adsync_status sync_entities_put(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error);
adsync_status sync_seen_put(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error);
void sync_seen_forget(sync_lane *lane); /* drops what was noted of the kind in the cursor, then ends the kind */
adsync_status sync_sweep_begin(sync_lane *lane, adsync_error **error); /* of the kind in the cursor; goes on with sync_lane_next */

/* ---- jobs.c, claim.c */
adsync_status sync_parent_settle(adsync__sync *sync, int64_t org, int64_t parent,
                                 adsync_error **error); /* ends a parent whose children all ended */
int64_t sync_id_draw(adsync__sync *sync);               /* 1 .. 2^53-1 */
const char *sync_data_name(uint32_t data);
int64_t sync_params_days(const char *params); /* of a job's row; 0: not asked */

#endif
