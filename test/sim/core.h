/* SPDX-License-Identifier: MIT */
/*
 * adsim plays the advertising platforms over real HTTP, so that a client can be tried against something that behaves, throttles,
 * restates and breaks as they do. One process, one thread, one loop; nothing is stored but what a caller did to it: accounts,
 * objects and numbers are computed from (seed, day, now) whenever somebody asks.
 *
 * core_*: the server, the clock, faults, limits, logs, and (site.h) people, tokens, consent, jobs, cursors, truth. world*: what there
 * is on every platform. <platform>_*: one file set per platform, reached through sim_platform only.
 * Nothing here knows the library: both are written from the same fact sheets, so that they cannot share a mistake.
 */
#ifndef ADSIM_CORE_H
#define ADSIM_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SIM_VERSION "0.1"
#define SIM_COUNT(a) (sizeof(a) / sizeof(a)[0])
#define SIM_BODY_MAX (16u * 1024 * 1024)

/* ---- text.c: growable text, JSON out, hashing ------------------------------------------------------------------------------- */
typedef struct sim_text {
    char *p;
    size_t size, room;
    bool ascii; /* JSON text as PHP writes it: \/ and \uXXXX */
} sim_text;

void sim_free(sim_text *text);
void sim_clear(sim_text *text);
void sim_add(sim_text *text, const void *p, size_t size);
void sim_puts(sim_text *text, const char *s);
void sim_putc(sim_text *text, char c);
void sim_printf(sim_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_int(sim_text *text, int64_t value);

void sim_json_key(sim_text *out, const char *name);            /* , "name": */
void sim_json_text(sim_text *out, const char *s, size_t size); /* "s", escaped */
void sim_json_string(sim_text *out, const char *s);            /* the same, up to its NUL; null for NULL */
void sim_json_open(sim_text *out, char bracket);               /* , [ or { */
void sim_json_pair(sim_text *out, const char *name, const char *s);
void sim_json_pair_int(sim_text *out, const char *name, int64_t value);
void sim_json_pair_bool(sim_text *out, const char *name, bool value);
void sim_json_id(sim_text *out, const char *name, int64_t id); /* , "name":"digits" */
void sim_comma(sim_text *out);                                 /* a comma unless a value is due here */

uint64_t sim_hash(uint64_t a, uint64_t b, uint64_t c, uint64_t d);
uint64_t sim_hash_bytes(uint64_t seed, const void *p, size_t size);
void sim_hex(char *out, const uint8_t *p, size_t size);
void sim_base64(sim_text *out, const void *p, size_t size);
size_t sim_base64_read(char *out, const char *s, size_t size);
void sim_base64url(sim_text *out, const void *p, size_t size); /* without = */
void sim_gzip(sim_text *out, const void *p, size_t size, int level);
void sim_percent(sim_text *out, const char *s, size_t size);
bool sim_glob(const char *pattern, const char *text); /* * and ? */

/* ---- arena.c: memory of one request ----------------------------------------------------------------------------------------- */
typedef struct sim_arena {
    struct sim_chunk *chunks;
} sim_arena;

void *sim_alloc(sim_arena *arena, size_t size); /* zeroed; never NULL */
char *sim_copy(sim_arena *arena, const char *s, size_t size);
void sim_arena_free(sim_arena *arena);
void *sim_need(void *p); /* stops the program where the system has no memory left */

/* ---- json.c: JSON in -------------------------------------------------------------------------------------------------------- */
typedef struct sim_json {
    char kind; /* o a s n t f 0 */
    const char *name, *text;
    size_t size;
    struct sim_json *child, *next;
} sim_json;

sim_json *sim_json_parse(sim_arena *arena, const char *text, size_t size); /* NULL: not JSON */
const sim_json *sim_json_get(const sim_json *object, const char *name);
const char *sim_json_str(const sim_json *object, const char *name, const char *otherwise); /* text and number alike */
int64_t sim_json_int(const sim_json *object, const char *name, int64_t otherwise);
double sim_json_number(const sim_json *object, const char *name, double otherwise);
bool sim_json_bool(const sim_json *object, const char *name, bool otherwise);
void sim_json_write(sim_text *out, const sim_json *value); /* compact */

/* ---- time.c ----------------------------------------------------------------------------------------------------------------- */
typedef struct sim_zone {
    const char *name;
    int platform_id; /* Meta's timezone_id */
    int offset;      /* minutes, standard time */
    char rule;       /* none: 0; E Europe, U United States, A Australia, N New Zealand, C Chile */
} sim_zone;

typedef struct sim_date {
    int year, month, day;
} sim_date;

size_t sim_zone_count(void);
const sim_zone *sim_zone_at(size_t index);
int64_t sim_zone_offset(const sim_zone *zone, int64_t at);    /* seconds east of UTC at an instant */
int64_t sim_zone_day(const sim_zone *zone, int64_t at);       /* days since 1970-01-01 on the zone's calendar */
int64_t sim_zone_midnight(const sim_zone *zone, int64_t day); /* the instant at which that day begins */
int64_t sim_day_of(int year, int month, int day);
sim_date sim_date_of(int64_t day);
bool sim_day_read(const char *text, int64_t *day);                  /* 2026-01-31 or 20260131 */
bool sim_time_read(const char *text, int64_t *at);                  /* unix seconds, 2026-01-31, 2026-01-31T10:00:00Z */
void sim_day_text(char out[16], int64_t day);                       /* 2026-01-31 */
void sim_time_text(char out[40], int64_t at, const sim_zone *zone); /* 2026-01-31T10:00:00+0100 */
void sim_http_date(char out[40], int64_t at);

/* ---- options.c -------------------------------------------------------------------------------------------------------------- */
typedef struct sim_options {
    int64_t seed, now, users, accounts, campaigns, adsets, ads, audiences, pages, forms, leads, posts;
    int64_t density, growth, odd_pages, object_cells, sync_rows, run_rows, run_polls, run_race, run_seconds;
    int64_t limit_scale, daily_users, app_insights, short_life, long_life, code_life, data_life, latency, gzip;
    bool tick, stay, plain, quiet, proof, run_number, run_wide, expired_refuse, deleted_always, strict_redirect;
    const char *tier, *port_file, *ca_file, *state, *log, *faults, *apps, *redirects, *loopback_host, *default_version;
    const char *truth, *platform, *account, *from, *to, *level, *fields;
} sim_options;

typedef struct sim_world sim_world;
typedef struct sim_site sim_site;
typedef struct sim_truth sim_truth;
int sim_options_read(sim_world *sim, int argc, char **argv);                     /* <0: go on; else the exit status */
const char *sim_option_set(sim_world *sim, const char *name, const char *value); /* NULL, or what was wrong */

/* ---- requests and answers ----------------------------------------------------------------------------------------------------- */
typedef struct sim_pair {
    const char *name, *value;
} sim_pair;

typedef struct sim_pairs {
    sim_pair *p;
    size_t count, room;
} sim_pairs;

typedef struct sim_request {
    sim_arena *arena;
    const char *method, *scheme, *host, *authority, *path, *raw_query, *content_type;
    const char *body;
    size_t body_size;
    sim_pairs query, form, headers;
    bool json_body_bad;
    int64_t number;  /* from 1 */
    int64_t peer;    /* the client's port: which of its connections */
    int64_t element; /* of a batch, from 1; 0: the request itself */
} sim_request;

typedef struct sim_answer {
    int status;
    const char *type;
    sim_text body, headers; /* headers: "Name: value" lines */
    /* what the log says of it */
    int64_t account, code, subcode, rows;
    const char *action, *token, *user, *account_text; /* account_text: where it is no number */
    bool applied;
    sim_text permits; /* JSON members: limits charged */
    /* how the bytes leave */
    int64_t cut_at;             /* bytes of the body after which the connection ends; -1: all of it */
    int64_t length_delta;       /* what Content-Length lies by */
    bool drop, chunked;         /* no answer at all; without a length, as streams come */
    int64_t delay_ms, stall_ms; /* before the answer; at cut_at, instead of ending there */
    int64_t pad;                /* so many letters between body and pad_end, made as they leave */
    const char *pad_end;
} sim_answer;

const char *sim_pairs_get(const sim_pairs *pairs, const char *name);
const char *sim_header(const sim_request *request, const char *name); /* any letter case */
void sim_pairs_add(sim_arena *arena, sim_pairs *pairs, const char *name, const char *value);
void sim_query_read(sim_arena *arena, sim_pairs *pairs, const char *text, size_t size);
void sim_form_read(sim_request *request);
void sim_answer_header(sim_answer *answer, const char *name, const char *value);
void sim_answer_free(sim_answer *answer);

/* ---- fault.c ------------------------------------------------------------------------------------------------------------------ */
typedef struct sim_fault {
    struct sim_fault *next;
    int64_t id, count, skip, hits, seen;
    double probability;
    char *text; /* as it was given: every other member is read from it */
    sim_arena arena;
    const sim_json *spec;
    const char *kind, *host, *path, *method, *account, *contains;
} sim_fault;

const char *sim_fault_add(sim_world *sim, const sim_json *spec, int64_t *id); /* NULL, or what was wrong */
bool sim_fault_remove(sim_world *sim, int64_t id);                            /* 0: all */
void sim_fault_list(sim_world *sim, sim_text *out);
const char *sim_faults_read(sim_world *sim, const char *file);
void sim_serve(sim_world *sim, sim_request *request, sim_answer *answer); /* faults, then the platform, then faults, then the log */
const sim_fault *sim_fault_pick(sim_world *sim, const sim_request *request, const char *stage, const char *account);

/* ---- limit.c ------------------------------------------------------------------------------------------------------------------ */
/* A rolling window: units of the last `window` seconds, in 60 slots. Blocked until an instant once it ran over. */
typedef struct sim_window {
    struct sim_window *next;
    uint64_t key;
    int64_t window, total, blocked_until, slot_at, allowance, tally;
    uint32_t slots[60];
} sim_window;

sim_window *sim_window_get(sim_world *sim, uint64_t key, int64_t window);
int64_t sim_window_used(sim_window *window, int64_t now);
void sim_window_charge(sim_window *window, int64_t now, int64_t units);
int64_t sim_window_frees_in(sim_window *window, int64_t now, int64_t allowed); /* seconds until under the allowance */
void sim_windows_clear(sim_world *sim);
int64_t sim_scaled(const sim_world *sim, int64_t allowed); /* by --limit-scale */
/* one unit, unless it ran over: false, but not with --tier off. The log tells of it under this name. left: of the scaled allowance */
bool sim_window_take(sim_world *sim, sim_answer *answer, const char *name, sim_window *window, int64_t allowed, int64_t *left);

/* ---- platforms ------------------------------------------------------------------------------------------------------------------ */
typedef struct sim_setting { /* an option of one platform: --google-page-rows N */
    const char *name, *otherwise, *help;
    int64_t min, max; /* both 0: text */
} sim_setting;

struct world_rules;

/* What a platform file provides. Pointers that are marked may be NULL. */
typedef struct sim_platform {
    const char *name;
    const char *const *hosts;          /* NULL at the end */
    const char *app;                   /* "id:secret" that is known where no --app is given */
    const char *const *scopes;         /* names, at most 32, NULL at the end: one bit each, from the first */
    const char *const *token_prefixes; /* by kind of token, from 1; NULL at the end */
    size_t token_more;                 /* optional: letters beyond the usual 200 */
    const int64_t *deaths;             /* optional: what sim_token.died says of each sim_death */
    const struct world_rules *world;   /* optional */
    const sim_setting *settings;       /* optional; ends with a NULL name */
    void (*open)(sim_site *site);      /* optional: sets site->own */
    void (*close)(sim_site *site);     /* optional */
    void (*handle)(sim_site *site, sim_request *request, sim_answer *answer);
    void (*refuse)(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault);       /* its own error shape */
    bool (*account_of)(sim_site *site, const sim_request *request, char out[40]);                           /* for faults that name one */
    bool (*account_read)(const sim_site *site, const char *text, int64_t *g);                               /* an id as people write it */
    const char *(*mint)(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out); /* token.mint */
    const char *(*control)(sim_site *site, const sim_json *command, sim_text *out); /* optional: NULL done, "" not mine, else wrong */
    const char *(*truth)(sim_truth *truth);                                         /* NULL, or what was wrong */
} sim_platform;

/* ---- the simulator ---------------------------------------------------------------------------------------------------------------- */
typedef struct sim_stats {
    int64_t requests, refused, faults, bytes_out, rows, connections;
    int64_t at_once, most_at_once; /* requests that came and are not answered; their most since it was last asked */
} sim_stats;

struct sim_world {
    sim_options options;
    sim_arena texts;               /* of the options, old values too */
    int64_t clock_base, tick_base; /* --tick: what the machine's clock said when now was set */
    int64_t serial, fault_serial, trace_serial;
    sim_fault *faults;
    sim_window *windows[1024];
    FILE *log;
    sim_stats stats;
    sim_site *sites; /* one for each platform, in their order */
    bool stop;
    char *cert, *key, *ca;
    int tls_port, plain_port, control_port;
};

const sim_platform *const *sim_platforms(void); /* NULL at the end */
int64_t sim_now(const sim_world *sim);          /* unix seconds on its own clock */
int64_t sim_wall_us(void);
void sim_now_set(sim_world *sim, int64_t now);
const char *sim_certificates(sim_world *sim); /* its own CA, made at each start */
int sim_run(sim_world *sim);
const char *sim_state_read(sim_world *sim);       /* --state: NULL, or what was wrong */
const char *sim_state_write(sim_world *sim);
void sim_log_write(sim_world *sim, const sim_request *request, const sim_answer *answer, const char *fault);
void sim_control(sim_world *sim, const sim_request *request, sim_answer *answer);
int sim_truth_print(sim_world *sim, FILE *to);
bool sim_truth_text(sim_world *sim, const sim_json *what, sim_text *out, const char **wrong);

/* ---- crypt.c ----------------------------------------------------------------------------------------------------------------------- */
void sim_sha256(uint8_t out[32], const void *p, size_t size);
void sim_hmac_sha1(uint8_t out[20], const char *key, const void *p, size_t size);
void sim_hmac_sha256(uint8_t out[32], const char *key, const void *p, size_t size);
const char *sim_digest(sim_arena *arena, const char *secret); /* what a log may show of a secret: 16 hex digits */

#endif
