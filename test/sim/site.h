/* SPDX-License-Identifier: MIT */
/*
 * One platform as it runs (sim_site), and what every platform needs besides the world: applications, people's consent, tokens and
 * their deaths, the consent page, report jobs, cursors, ids, the truth. README.md, "Adding a platform to adsim", tells how they fit.
 */
#ifndef ADSIM_SITE_H
#define ADSIM_SITE_H

#include "core.h"
#include "world.h"

/* ---- core_site.c: applications, people, control ------------------------------------------------------------------------------ */
typedef struct sim_app { /* --app ID:SECRET, or the platform's own */
    struct sim_app *next;
    const char *id, *secret;
    int64_t number; /* the id where it is one, else a hash of it: what tokens hold */
    char *text;
} sim_app;

/* how a person's tokens die all at once; platforms that do not tell them apart give one code for all */
typedef enum sim_death {
    SIM_DEAUTHORIZED,
    SIM_PASSWORD,
    SIM_LOGGED_OUT,
    SIM_CHECKPOINT,
    SIM_UNCONFIRMED,
    SIM_INACTIVE,
    SIM_UNUSED,
    SIM_EXPIRED,
    SIM_DEATHS
} sim_death;

typedef struct sim_grant { /* what one person said to one app */
    struct sim_grant *next;
    int64_t user, app;
    uint32_t granted, declined; /* bits of the platform's scopes */
    bool only_some;             /* chose accounts in the dialog */
    int64_t chosen[64];
    size_t chosen_count;
    int64_t consented;               /* when the person last said yes */
    int64_t dead_before[SIM_DEATHS]; /* tokens up to this serial are dead, by reason */
} sim_grant;

#define SIM_JOBS 16384
#define SIM_SPENT 4096

typedef struct sim_job { /* an asynchronous report: its parameters, and how often somebody looked */
    int64_t number, account, created, polls;
    char *query;        /* its parameters as the platform keeps them; freed with the job */
    const char *forced; /* a fate from the fault list, as it was given */
    int64_t code, subcode, index;
    world_kind node;
    bool raced, told; /* was asked for too early once; was said to be complete */
} sim_job;

struct sim_site {
    sim_world *sim;
    const sim_platform *platform;
    uint64_t salt; /* between --seed and this platform's own */
    sim_app *apps;
    sim_grant *grants;
    sim_job *jobs; /* SIM_JOBS once there is one */
    int64_t job_serial, token_serial;
    int64_t codes_spent[SIM_SPENT], tokens_dead[SIM_SPENT]; /* serials, the oldest forgotten first */
    int64_t tokens_reason[SIM_SPENT];
    size_t codes_at, tokens_at;
    uint64_t hidden[256]; /* user and account that may no longer meet */
    size_t hidden_count;
    const char **settings; /* beside platform->settings */
    void *own;             /* the platform's own state */
};

uint64_t sim_seed(const sim_site *site); /* of this platform's world */
sim_site *sim_site_of(const sim_world *sim, const sim_platform *platform);
sim_site *sim_site_named(const sim_world *sim, const char *name); /* NULL or "": the first */
sim_site *sim_site_at(const sim_world *sim, const char *host);    /* NULL: nobody plays it */
void sim_sites_make(sim_world *sim);
void sim_sites_open(sim_world *sim);
void sim_sites_close(sim_world *sim);
const char *sim_site_set(sim_world *sim, const char *name, const char *value); /* a platform's setting; NULL, or what was wrong */
int64_t sim_setting_int(const sim_site *site, const char *name);
const char *sim_setting_text(const sim_site *site, const char *name);
const char *sim_site_control(sim_world *sim, const sim_json *command, sim_text *out); /* "": not one of these */

const sim_app *sim_app_get(const sim_site *site, int64_t number);
const sim_app *sim_app_named(const sim_site *site, const char *id); /* NULL: unknown */
sim_grant *sim_grant_get(sim_site *site, int64_t user, int64_t app, bool make);
bool sim_may_see(const sim_site *site, const sim_grant *grant, int64_t user, int64_t g);
uint32_t sim_scope(const sim_site *site, const char *name);       /* its bit; 0: there is none of that name */
uint32_t sim_scopes_read(const sim_site *site, const char *text); /* separated by commas or spaces; unknown ones are passed over */
bool sim_scopes_known(const sim_site *site, const char *text);
void sim_scopes_write(const sim_site *site, sim_text *out, uint32_t mask, const char *between);

/* ---- core_token.c: sealed with the seed, so none has to be stored and a restarted simulator still knows them ------------------ */
typedef struct sim_token {
    int kind; /* the platform's own, 1..15: token_prefixes[kind] is how its text begins; a code is a token as well */
    bool is_long;
    int64_t app, user, page, issued, expires; /* expires 0: never; page: 32 bits for the platform */
    int64_t serial;
    uint64_t extra; /* low half: scopes; high half: of a code the redirect address, hashed */
    int64_t died;   /* 0 alive; else the platform's code of the reason (platform->deaths), or 1 + the reason */
} sim_token;

const char *sim_token_make(sim_site *site, sim_arena *arena, sim_token *token); /* sets serial and issued */
bool sim_token_read(sim_site *site, const char *text, sim_token *token);      /* false: not one of ours; else died says whether it lives */
void sim_token_kill(sim_site *site, int64_t serial, int64_t code);            /* this one; code: what died says from now on */
void sim_grant_kill(sim_site *site, sim_grant *grant, sim_death reason);      /* all that were given out until now */
void sim_bearer_kill(sim_site *site, const sim_request *request, bool grant); /* the request's own; grant: and all of its person's */
/* control token.mint where an access token is of kind 1, a refresh token of kind 2 */
void sim_mint_pair(sim_site *site, int64_t user, int64_t app, const sim_json *command, const char *scopes, int64_t life, sim_text *out);
bool sim_code_spend(sim_site *site, int64_t serial);                               /* false: it was */
const char *sim_token_secret(sim_site *site, sim_arena *arena, const char *token); /* of a token that has one: 45 letters */
uint64_t sim_redirect_hash(const char *uri);                                       /* 32 bits, for a code's extra >> 32 */
const char *sim_pkce_challenge(sim_arena *arena, const char *verifier);            /* S256 */

/* ---- core_consent.c: the page on which a person says yes ---------------------------------------------------------------------- */
/*
 * A script adds auto=1 (yes to everything) or deny=1; user=N says who, untick=a,b which scopes are declined, accounts=1,2 which
 * accounts are chosen. Without auto and deny the page is a form whose hidden fields carry the parameters in `kept` on.
 */
typedef struct sim_consent {
    sim_site *site;
    sim_request *request;
    sim_answer *answer;
    const sim_pairs *params;
    int64_t app;
    const char *title;       /* of the page */
    const char *const *kept; /* NULL at the end */
    uint32_t asked, always;  /* scopes; always: cannot be unticked */
    /* what came of it */
    int64_t user;
    uint32_t ticked;
    sim_grant *grant;
} sim_consent;

typedef enum sim_consented { SIM_SHOWN, SIM_DENIED, SIM_AGREED } sim_consented; /* SHOWN: the answer is written, be it an error */

sim_consented sim_consent_step(sim_consent *consent);
void sim_consent_error(sim_answer *answer, const char *title, const char *text);          /* a 400 page */
bool sim_redirect_known(const sim_world *sim, const char *uri);                           /* --redirect-uri; none: https and loopback */
void sim_oauth_fail(sim_answer *answer, int status, const char *error, const char *text); /* RFC 6749, 5.2; text may be NULL */
/* 302 to uri?query, then &state= where there is one, then the tail (NULL: none) */
void sim_redirect(sim_answer *answer, const char *uri, const char *query, const char *state, const char *tail);
void sim_html(sim_text *out, const char *s);

/* ---- core_job.c -------------------------------------------------------------------------------------------------------------- */
sim_job *sim_job_new(sim_site *site, int64_t g, char *query);       /* takes query, which is malloc'ed; number from 1 */
sim_job *sim_job_get(sim_site *site, int64_t number, int64_t life); /* NULL: unknown, forgotten, or older than that many seconds */
/* 0 to 100; 100: ready. Moves with the looks (--run-polls) and, where it is set, with the clock (--run-seconds). Counts no look. */
int sim_job_percent(const sim_site *site, const sim_job *job);
/* a fault of stage "run" for this account sets forced, code and subcode (these two when the fault names none) */
bool sim_job_fate(sim_site *site, const sim_request *request, sim_job *job, const char *account, int64_t code, int64_t subcode);

/* ---- core_page.c: cursors and ids --------------------------------------------------------------------------------------------- */
/* An opaque cursor that holds a position, binds what it was made for (check: a hash of the query) and knows when it was made. */
const char *sim_cursor_make(sim_site *site, sim_arena *arena, int64_t position, uint64_t check);
bool sim_cursor_read(sim_site *site, const char *text, uint64_t check, int64_t *position, int64_t *made); /* false: not one, or another's */
/* the positions from `from` of a list whose items need not all be there; fills at most `limit` and returns the position of the
   first item after them, -1: none */
int64_t sim_walk(int64_t from, int64_t end, int64_t limit, bool (*there)(void *user, int64_t position), void *user, int64_t *found,
                 size_t *count);

/* ids that can be resolved without a table. Numbers: base + kind * 10^16 + g * 10^10 + index */
int64_t sim_id(int64_t base, world_kind kind, int64_t g, int64_t index);
world_kind sim_id_read(int64_t base, int64_t id, int64_t *g, int64_t *index); /* WORLD_NONE: none of these */
void sim_base36(char out[16], int64_t number);
bool sim_base36_read(const char *text, int64_t *number);
void sim_uuid(char out[40], uint64_t seed, world_kind kind, int64_t g, int64_t index);
world_kind sim_uuid_read(const char *text, uint64_t seed, int64_t *g, int64_t *index); /* WORLD_NONE: not one of ours */

/* ---- core_truth.c: what a sync that nothing disturbed must hold, a JSON line each --------------------------------------------- */
/* {"kind","level"?,"account_id","shown","row"}. shown: "always", or "asked" for what only shows when its state is asked for. */
struct sim_truth {
    sim_site *site;
    const sim_options *what;
    sim_arena arena; /* of one line */
    sim_text *out;
    bool (*flush)(sim_text *, void *);
    void *user;
    bool fine;
};

void sim_truth_begin(sim_truth *t, const char *kind, const char *level, const char *account, bool asked); /* then the row into t->out */
void sim_truth_end(sim_truth *t);
bool sim_truth_wants(const sim_truth *t, const char *kind); /* --truth names it */
bool sim_truth_level(const sim_truth *t, const char *level);
bool sim_truth_account(const sim_truth *t, const char *id);                                  /* --account, or all */
void sim_truth_days(sim_truth *t, const world_account *account, int64_t *from, int64_t *to); /* --from, --to, else 90 days to today */

/* The walk that suits most platforms: every account, every object in it, every day on which something was delivered. A writer writes
   one JSON object to t->out; NULL: the platform has no such kind. shown NULL: all "always". */
typedef struct sim_truth_writers {
    const char *(*account_id)(sim_truth *t, const world_account *account); /* in t->arena or static */
    void (*account)(sim_truth *t, const world_account *account);
    bool (*entity)(sim_truth *t, const world_entity *entity); /* asked for each kind; false: not shown at all (nothing written) */
    void (*numbers)(sim_truth *t, const world_account *account, world_kind level, const world_entity *entity, int64_t day,
                    const world_numbers *numbers); /* entity NULL: the account's own row */
    bool (*asked)(const sim_truth *t, const world_entity *entity);
    bool (*has)(const sim_truth *t, const world_account *account, world_kind kind); /* NULL: all kinds; WORLD_JOB: daily figures */
} sim_truth_writers;

void sim_truth_walk(sim_truth *t, const sim_truth_writers *writers);

#endif
