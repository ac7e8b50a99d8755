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
    SYNC_HOT_DAYS = 3,
    SYNC_DAYS_MOST = 1200, /* 37 months and some */
    SYNC_SLICE_DAYS = 7,
    SYNC_ATTEMPTS = 4, /* the first one, then after 60, 300 and 900 s */
    SYNC_TODO = 4000,
    SYNC_SLOT = 64,
    SYNC_IDS = 200, /* of one entity job; more of them are an incremental one */
    SYNC_ID = 208,
    SYNC_CURSOR = 256 * 1024,
    SYNC_ENDS = 5, /* how often a job's end is tried where it meets another's */
    SYNC_CLASSES = 4, /* of urgency */
    SYNC_DATAS = 4,
    SYNC_TOKEN_US = 300000000, /* a token that ends so soon is refreshed before a job begins */
    SYNC_LOT = 10,             /* slots taken at once .. */
    SYNC_LOT_MOST = 80,        /* .. and by who finds the queue long again and again */
    SYNC_DEATHS_ALONE = 2,     /* so many workers died on a lane: the next one has nothing else, and is the last of a try */
    SYNC_DEFER_US = 5000000,
    SYNC_AHEAD_US = 600000000, /* what was made so long from now was made by a clock that was ahead */
    SYNC_STALES = 5, /* a list or slice is begun again so often before its job waits */
    SYNC_STANDS_US = 10000000, /* between two looks of a long list whether its connection stands */
    SYNC_LOTS = 4,             /* so often in a row, each time */
    SYNC_STOOD = 256,          /* organisations that were seen to stand in this turn */
    SYNC_OVERLAP_US = 600000000 /* of an incremental list: 10 minutes */
};

/* ---- classes.c: classes of data, and which kinds are of which */
extern const uint32_t sync_classes[SYNC_DATAS];                                            /* what `all` is made of */
bool sync_class_lists(uint32_t data);                                                      /* it brings things, not figures */
bool sync_class_keeps(uint32_t data);                                                      /* nothing of it is ever marked as removed */
bool sync_class_has(uint32_t data, uint32_t kind);
uint32_t sync_class_of(uint32_t kind);                                                     /* whose lists it comes with; 0: none */
bool sync_class_gives(const adsync_manifest *manifest, uint32_t data, uint32_t kind);      /* a kind of this class that the platform has */
bool sync_class_given(const adsync_manifest *manifest, uint32_t data);                     /* the platform has some of it */
adsync_status sync_class_check(const adsync__connector *connector, uint32_t data, adsync_error **error); /* NULL: nobody knows here */

/* ---- wish.c: what a job brings, with defaults filled in */
enum { SYNC_TYPE_MANUAL, SYNC_TYPE_SCHEDULED, SYNC_TYPE_WEBHOOK };
typedef struct sync_wish {
    int64_t org, connection, from_day, to_day, days; /* from_day 0: days back from today */
    int64_t after_us;                                /* not before; 0: now */
    uint32_t data, mode, priority, type;             /* type: SYNC_TYPE_*, who asks */
    uint32_t kind;                                   /* of a job that was asked for by ids; 0: it was not */
    const char *ids;                                 /* somebody else's; NULL: none, or they became too many */
} sync_wish;
const char *sync_type_name(const sync_wish *wish);
void sync_slot_name(const sync_wish *wish, int64_t job, char slot[SYNC_SLOT]); /* job 0: the slot; else the one with its number behind */
bool sync_slot_is(const char *slot, const char *name);                         /* it, or it with a number */
void sync_wish_settle(sync_wish *wish);
void sync_wish_read(sync_wish *wish, adsync_rows *job, int64_t org);
bool sync_wish_same(const sync_wish *a, const sync_wish *b); /* both of one slot */
bool sync_wish_widen(sync_wish *wish, const sync_wish *by);  /* both of one slot; true: it grew */
int64_t sync_wish_digest(const sync_wish *wish);
adsync_status sync_params_write(const sync_wish *wish, const char *cursor, adsync__buffer *out, adsync_error **error);
adsync_status sync_params_cursor(const char *params, char **cursor, adsync_error **error); /* owned; NULL: none is there */
void sync_wish_values(const sync_wish *wish, const adsync__buffer *params, adsync_value *values);

/* ---- ids.c: a set of platform ids, as JSON */
bool sync_ids_next(const char **at, char id[SYNC_ID]); /* *at: the set at first; false: there is no other */
bool sync_ids_has(const char *ids, const char *id);
bool sync_ids_within(const char *ids, const char *all);
uint32_t sync_ids_count(const char *ids);
adsync_status sync_ids_write(const char *const *ids, uint32_t n, adsync__buffer *out, adsync_error **error); /* out: freed by the caller */
adsync_status sync_ids_union(const char *a, const char *b, adsync__buffer *out, adsync_error **error);
adsync_status sync_params_ids(const char *params, char **ids, adsync_error **error); /* owned; NULL: none are there */

/* ---- queue.c: slots */
adsync_status sync_queue_shards(adsync__sync *sync, adsync_error **error); /* how many there are is known from then on */
uint32_t sync_queue_shard(const adsync__sync *sync, int64_t connection);
/* Where the job waits, from now on for so long; -1: it is a parent, which nobody claims. own: in the slot with its number. */
adsync_status sync_queue_put(adsync__sync *sync, const sync_wish *wish, int64_t job, bool own, int64_t delay_us, adsync__commit_unit *unit,
                             adsync_error **error);

/* ---- cursor.c: where a lane goes on, kept as one JSON text in its row */
typedef struct sync_slice {
    uint32_t level;
    int64_t from, to;
} sync_slice;
typedef struct sync_cursor {
    uint32_t kind;                                /* campaigns: the kind under way; 0: not begun */
    bool second;                                  /* a full list's second look, since the first would remove much */
    int64_t job, wish, run, page, pull, since_us; /* job, wish (its digest): whose work this is */
    int64_t water_us[ADSYNC_KIND_POST + 1];       /* changed-since watermark by kind; kept between jobs */
    adsync__buffer at;                            /* the connector's cursor; empty: from the beginning */
    sync_slice *todo;                             /* metrics: what is left, the next one last */
    uint32_t n_todo, room_todo;
    bool planned;     /* metrics: todo was filled; campaigns: no kind is left */
    int64_t rows;     /* so far, of this job */
    uint32_t partial; /* steps that were refused and left out */
    char note[200];   /* the first such refusal, for people */
} sync_cursor;
void sync_cursor_begin(sync_cursor *cursor);
void sync_cursor_free(sync_cursor *cursor);
void sync_cursor_own(sync_cursor *cursor, int64_t job, int64_t wish);                        /* begins anew where it is another's */
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
    uint32_t (*done)(const sync_lane *lane, uint32_t *of);        /* steps, for progress */
    const char *data, *steps;                                     /* for people: "entities" (NULL: the class), "kinds" */
} sync_plan;

enum { SYNC_FIGURES = 3, SYNC_SUM_DAYS = 40 }; /* spend, impressions, clicks: what adds up */
typedef struct sync_sum {                       /* of the rows of a day */
    int64_t rows, figures[SYNC_FIGURES];
    bool any[SYNC_FIGURES], mixed; /* any: some row had it; mixed: of several currencies */
    char currency[4];
} sync_sum;

struct sync_lane {
    adsync__sync *sync;
    sync_lane *next, **link;
    const sync_plan *plan;
    int64_t org, connection_id, job, version, job_version; /* versions of the lane's and the job's row as we wrote them */
    uint32_t attempt;
    int64_t parent;
    sync_wish wish;
    char *ids;  /* the wish's */
    char *kept; /* the cursor that the job took along when another one needed the lane */
    adsync__connection connection;
    adsync__grant grant;
    const adsync__app *app;
    const adsync__zone *zone; /* one of `zones` */
    sync_cursor cursor;
    adsync__flight *flight;
    adsync__secret carried;       /* from an answer to the next request of this flight; never stored */
    adsync__commit_unit *unit;    /* being filled */
    char *durable, *next_durable; /* the cursor as it is stored; next: once the unit on its way is */
    bool refreshed, token_seen, facts_asked, leaving, waiting, asking, ending; /* waiting: a unit is on its way; asking: a refresh or a look
                                                                      for what is needed; ending: its last commit */
    char needed[208], warning[200]; /* what was fetched last on an outcome's word; what a person should know */
    struct sync_end *end;           /* how it ends, once that is on its way */
    int64_t deaths;                 /* workers that ended while they had it, since it last moved */
    int64_t stands_at_us; /* monotonic: when to see again that organisation and connection stand */
    int64_t next_version, next_job_version, retry_after_us, delay_us; /* next_*: once the unit on its way is durable */
    void (*after)(sync_lane *lane);                                   /* what to do once it is durable */
    /* of the slice or list under way */
    bool fresh;           /* no row of the slice can be there from before */
    bool whole, finished; /* whole: the slice's end was proven; finished: nothing is left to do */
    uint64_t round_mark;            /* the digest of a page's cursor of this flight; 0: none yet */
    uint32_t round_steps, round_most; /* pages since then; when the mark moves on */
    uint32_t stales;                /* how often a list or slice was begun again */
    char currency[4];               /* of figures that came in another one than the account's; "": none did */
    bool compared;        /* some days of this job with the account's */
    bool summed;          /* sums: by day, of all rows of the slice since its first page */
    sync_sum sums[SYNC_SUM_DAYS];
    sync_slice covered; /* the one that was finished last */
    int64_t turn_us, started_us, sweep_alive, sweep_missing;
    char sweep_id[208]; /* the last id the sweep saw */
    int64_t sweep_day;
    char sweep_part[48];
    uint64_t *seen;
    size_t n_seen;
    double progress;
};

typedef struct sync_zone {
    struct sync_zone *next;
    adsync__zone *zone;
    char name[];
} sync_zone;

typedef struct sync_stood { /* an organisation that stood; org 0: none */
    int64_t org, turn;
} sync_stood;

struct adsync__sync {
    adsync__kernel *kernel;
    int64_t engine;
    adsync__sync_hooks hooks;
    void *user;
    sync_lane *lanes, *alone; /* alone: the one beside which nothing else may run */
    uint32_t n_lanes;
    uint32_t lot, full_lots;      /* slots taken at once, now; so many lots of that size were full */
    int64_t turn;
    uint32_t n_shards, shard;     /* of the queue, 0: not looked up yet; the one whose turn it is */
    int64_t circle[SYNC_CLASSES]; /* by class: the organisation whose turn it is */
    bool closing;                 /* no lane goes on */
    bool busy, lost, hush;        /* more than one slot was due; a lane was forgotten that stands under our number; takes nothing more */
    sync_zone *zones;             /* read so far */
    sync_map map;
    sync_stood stood[SYNC_STOOD];
    adsync__reader *reader; /* of cursors and facts */
    int64_t put_off_us; /* monotonic: until when a slot waits whose lane is busy */
    int64_t clock_ahead_us, mend_from[3]; /* schedule.c: the wall clock before the monotonic one; due, org and connection of a row */
    bool clock_known, mends;
};

/* A flight of this lane for a task; its parameters are set by the caller, then sync_lane_fly lets it go. */
adsync_status sync_lane_task(sync_lane *lane, uint32_t op, uint32_t kind, adsync_task **task, adsync_error **error);
void sync_lane_fly(sync_lane *lane);
adsync__commit_unit *sync_lane_unit(sync_lane *lane, adsync_error **error); /* the one being filled; NULL: no memory */
/* Puts the lane's row with its cursor into the unit (or only checks it) and submits; `after` runs once it is durable. */
adsync_status sync_lane_commit(sync_lane *lane, bool move, void (*after)(sync_lane *lane), adsync_error **error);
void sync_lane_go(sync_lane *lane);                                    /* the flight goes on */
void sync_lane_next(sync_lane *lane);                                  /* the plan says what comes next */
/* A zone by its name, kept for all that ask. */
adsync_status sync_zone_of(adsync__sync *sync, const char *name, const adsync__zone **out, adsync_error **error);
adsync_status sync_lane_zone(sync_lane *lane, adsync_error **error);   /* lane->zone, once the account's is known */
adsync_status sync_lane_reload(sync_lane *lane, adsync_error **error); /* the connection's facts may have changed */
adsync_status sync_kind_done(sync_lane *lane, adsync_error **error);
adsync_status sync_lane_open(adsync__sync *sync, adsync_rows *job, int64_t org, sync_lane **out, adsync_error **error);
void sync_lane_close(sync_lane *lane);
bool sync_supports(const sync_lane *lane, uint32_t task, uint32_t kind);

/* ---- claim.c */
typedef struct sync_slot { /* where a job waits; version 0: nowhere */
    int64_t org, connection, job, version, run_after;
    char name[SYNC_SLOT];
} sync_slot;
adsync_status sync_claim_find(adsync__sync *sync, int64_t org, adsync_rows *job, sync_slot *slot, adsync_error **error); /* of a job */
enum { SYNC_TAKEN = 1, SYNC_BLOCKED = 2, SYNC_SOON = 3 };
/* *how: 0: there is nothing to take; TAKEN: it is ours, or will be once the turn's commit holds; BLOCKED: its lane is somebody's; SOON:
 * ours, and free with the turn's commit. */
adsync_status sync_claim_slot(adsync__sync *sync, const sync_slot *slot, uint32_t *how, adsync_error **error);
adsync_status sync_claim_dead(adsync__sync *sync, int64_t org, adsync_rows *job, uint32_t *how, adsync_error **error); /* a running one */

adsync_status sync_may(const adsync__connection *connection, adsync_error **error); /* E_AUTH: a person has to mend it first */
void sync_lane_put(sync_lane *lane, const char *cursor, bool idle);                 /* into the unit, under next_version */
void sync_lane_put_job(sync_lane *lane, const char *state, const char *message, const char *name, bool ended);

/* ---- end.c */
/* With the turn's commit; the lane is held until then. */
void sync_lane_end(sync_lane *lane, adsync_status status, const adsync_error *error);
void sync_lane_finish(sync_lane *lane);           /* nothing is left to do: ends it well */
adsync_status sync_lane_release(sync_lane *lane); /* gives it back as it is, for whoever goes on */

extern const sync_plan sync_campaigns, sync_metrics, sync_single;
int64_t sync_setting(const adsync_manifest *manifest, const char *name, int64_t otherwise); /* a number above 0 */
/* After how many days one no longer changes: as the platform says, or sooner where the account's own windows are shorter. */
int64_t sync_settled_days(const adsync_manifest *manifest, const adsync__connection *connection, int64_t otherwise);

/* ---- figures.c, revisions.c: rows of figures, in the order of their table */
enum { METRICS_DAY = 4, METRICS_KEY = 6, METRICS_PULL = 6, METRICS_CURRENCY, METRICS_SPEND, METRICS_REACH = 22 /* between: figures */,
       METRICS_PULLED_AT = 24 };
uint32_t sync_figures_room(const sync_lane *lane);
adsync_status sync_figures_put(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error); /* of the slice under way */
adsync_status sync_revisions_stored(sync_lane *lane, const adsync_value *keys, uint32_t n, adsync_rows **out, adsync_error **error);
bool sync_revision_is(const adsync_value *was, const adsync_value *is); /* a figure, or its currency, was another one */
void sync_revision_put(const sync_lane *lane, adsync__commit_unit *unit, const adsync_value *was, bool gone);

/* ---- reconcile.c: whether a level adds up to its account */
#define SYNC_GAP "metrics.gap" /* the warning's code */
void sync_sums_begin(sync_lane *lane, const sync_slice *slice);
void sync_sums_add(sync_lane *lane, const sync_slice *slice, const adsync_value *row);
/* Compares the days of a slice that was read as a whole, up to last_day. *n: coverage rows that went into the unit. */
adsync_status sync_reconcile(sync_lane *lane, sync_slice slice, int64_t last_day, uint32_t *n, adsync_error **error);

/* ---- entities.c, seen.c */
adsync_status sync_entities_put(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error);
adsync_status sync_seen_put(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error);
void sync_seen_forget(sync_lane *lane); /* drops what was noted of the kind in the cursor, then ends the kind */
adsync_status sync_sweep_begin(sync_lane *lane, adsync_error **error); /* of the kind in the cursor; goes on with sync_lane_next */

/* ---- jobs.c */
int64_t sync_id_draw(adsync__sync *sync); /* 1 .. 2^53-1 */
typedef struct sync_answer {
    int64_t job;
    bool found;      /* it was asked for before */
    uint32_t adopts; /* 1: the parent has one more child that has not ended */
} sync_answer;
/* One class of data: the job that brings the wish, or a new one into the unit. parent 0: none. */
adsync_status sync_job_want(adsync__sync *sync, const sync_wish *wish, int64_t parent, adsync__commit_unit *unit, sync_answer *answer,
                            adsync_error **error);

/* ---- parent.c */
typedef struct sync_child_end { /* job 0: none ends now */
    int64_t job;
    const char *state, *message, *name;
} sync_child_end;
typedef struct sync_parent_end {
    bool ends;
    int64_t connection;
    char state[16], message[200];
} sync_parent_end;
adsync_status sync_children(adsync__sync *sync, int64_t org, int64_t parent, adsync_rows **out, adsync_error **error);
/* Puts what a child's end means for its parent into the child's unit. */
adsync_status sync_parent_ride(adsync__sync *sync, int64_t org, int64_t parent, const sync_child_end *child, adsync__commit_unit *unit,
                               sync_parent_end *end, adsync_error **error);
void sync_parent_tell(adsync__sync *sync, int64_t org, int64_t parent, const sync_parent_end *end);      /* once that is durable */
adsync_status sync_parent_settle(adsync__sync *sync, int64_t org, int64_t parent, adsync_error **error); /* ends it if nothing is open */

#endif
