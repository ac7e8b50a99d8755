/* SPDX-License-Identifier: MIT */
/* What platforms share. A connector is tables and the few functions that no table can say; this room reads the tables. It sees what a
 * connector sees (base, json, rows, the public connector.h), and all connectors see it. doc/adding-a-platform.md walks through it. */
#ifndef ADSYNC_SRC_COMMON_H
#define ADSYNC_SRC_COMMON_H

#include "../../base/day.h"
#include "../../base/decimal.h"
#include "../../base/url.h"
#include "../../base/zone.h"
#include "../../json/json.h"

#include <adsync/connector.h>
#include <adsync/storage.h>

enum {
    ADSYNC__ROWS_MOST = 1500,  /* rows that one outcome may carry */
    ADSYNC__FIELDS_MOST = 64,  /* of a table */
    ADSYNC__ID_MOST = 200,     /* bytes of an id */
    ADSYNC__AFTER_MOST = 2000, /* of a platform's paging cursor */
    ADSYNC__CURSOR_MOST = 12 * 1024,
    ADSYNC__TOKEN_MOST = 16 * 1024,
    ADSYNC__ARGS = 5
};
#define ADSYNC__MINUTE_US (60 * ADSYNC__SECOND_US)

typedef struct adsync__platform adsync__platform;
typedef struct adsync__kind adsync__kind;
typedef struct adsync__call adsync__call;
typedef struct adsync__answer adsync__answer;
typedef struct adsync__object adsync__object;
typedef struct adsync__plan adsync__plan;
typedef adsync_status adsync__asker(adsync__call *call);
typedef adsync_status adsync__digester(adsync__answer *a);
typedef adsync_status adsync__owner(adsync__object *object);

/* ---- what a platform is: tables that end with an empty row */

typedef struct adsync__said_host { const char *id, *name; uint32_t flags; } adsync__said_host;
typedef struct adsync__said_setting { const char *name, *value; } adsync__said_setting;
typedef struct adsync__said_window { /* ADSYNC_WINDOW_LEARNED has no numbers */
    const char *limit;
    uint32_t scope, align, permits;
    int64_t seconds;
} adsync__said_window;

typedef adsync_status adsync__asker(adsync__call *call);
typedef adsync_status adsync__digester(adsync__answer *a);
typedef adsync_status adsync__owner(adsync__object *object);

/* Who asks and who digests a task. kind 0: whatever kinds and levels the tables say, or none where the task has none. A task without a
 * row is unsupported. */
typedef struct adsync__flow {
    uint32_t task, kind;
    adsync__asker *ask;
    adsync__digester *digest; /* NULL: nothing is sent (a URL for the browser) */
} adsync__flow;

/* A step of a cursor: its word, and the tasks it belongs to (a cursor that got to another task is stale). Step 0 is the begin and has
 * no row: `{ NULL, 0 }`. */
typedef struct adsync__step { const char *word; uint32_t tasks; } adsync__step;
#define ADSYNC__IN(task) (1u << ADSYNC_TASK_##task)

/* Words and what they become. The first that fits counts; a '*' at an end of `from` stands for anything. The table ends with a NULL
 * `from`, whose `to` is what all other words become (NULL: nothing). */
typedef struct adsync__word { const char *from, *to; } adsync__word;
const char *adsync__word_of(const adsync__word *words, const char *text, size_t size);

/* ---- row.c: objects become rows by a table */

/* How a member is read. What is missing or null leaves the column null, see ADSYNC__OR_ZERO. What has another shape than its table says
 * fails the answer: no number is better than a wrong one. */
enum {
    ADSYNC__AS_NODE = 0, /* not at all: the platform's own code asks for it, see adsync__object_node */
    ADSYNC__AS_TEXT,     /* text; numbers written out */
    ADSYNC__AS_ID,       /* text without the platform's id_prefix; "0" and "" are none */
    ADSYNC__AS_TAIL,     /* an id that is what follows the last of : / ~ (a URN, a resource name) */
    ADSYNC__AS_KEY,      /* an id that is what follows the last / (a resource name whose ~ joins two ids) */
    ADSYNC__AS_COUNT,    /* a whole number; below 0 is "not available" */
    ADSYNC__AS_INT,      /* a whole number, also written 11.0 */
    ADSYNC__AS_BOOL,     /* 1, where it is true */
    ADSYNC__AS_UNITS,    /* money in the units of platform->units; "0" is none; sets CURRENCY; needs the fact "currency" */
    ADSYNC__AS_MICROS,   /* micro-units already */
    ADSYNC__AS_DECIMAL,  /* main units, "12.345678"; rounded half-even at the 7th place */
    ADSYNC__AS_TIME,     /* ISO 8601 with an offset, or unix seconds */
    ADSYNC__AS_TIME_UTC, /* the same, without an offset it is UTC */
    ADSYNC__AS_LOCAL,    /* the same, without an offset it is the account's zone */
    ADSYNC__AS_MILLIS,   /* unix milliseconds, number or text */
    ADSYNC__AS_DAY,      /* the day that a text begins with */
    ADSYNC__AS_WORD,     /* through the field's words */
    ADSYNC__AS_LIST,     /* an array of texts: sorted, each once, joined by commas */
    ADSYNC__AS_JSON,     /* the value written again, members sorted */
    ADSYNC__AS_EXTRA,    /* a member of the object in column EXTRA */
    ADSYNC__AS_DECLARED, /* a member of the object in column DECLARATIONS */
    ADSYNC__AS_TARGET,   /* a member of the object in column TARGETING */
    ADSYNC__AS_ASKED,    /* .. in column QUESTIONS */
    ADSYNC__AS_ANSWERED, /* .. in column ANSWERS */
    ADSYNC__AS_SWITCH,   /* what the owner set, by kind->switches; SWITCH, and part of STATUS */
    ADSYNC__AS_STATE     /* what the platform made of it, by kind->states; STATUS and PLATFORM_STATUS */
};
enum { /* flags */
    ADSYNC__NOT_ZERO = 1, /* 0 is how "none" is written */
    ADSYNC__OR_ZERO = 2,  /* figures: asked for, so what is missing is 0 */
    ADSYNC__AGAIN = 4,    /* a member that stands in the table above already, read a second time */
    ADSYNC__SILENT = 8,   /* not asked for by name in a request */
    ADSYNC__DASH = 16,    /* "" and "-" are how a missing number is written */
    ADSYNC__ADDS = 32     /* a number that is added to what its column holds already */
};
/* Fields that lie in the same member object stand together, and in the order in which the platform sends them: then reading is one pass. */
typedef struct adsync__field {
    const char *name;
    uint32_t column, as;
    uint32_t flags;
    const char *in;            /* the object it lies in, "metrics" or "changeAuditStamps.lastModified"; NULL: the row itself */
    const char *ask;           /* what a request's list of fields has for it; NULL: the name */
    const adsync__word *words; /* AS_WORD */
} adsync__field;
#define ADSYNC__FIELD(n, c, a) { .name = (n), .column = ADSYNC_C_##c, .as = ADSYNC__AS_##a }
#define ADSYNC__FLAGGED(n, c, a, f) { .name = (n), .column = ADSYNC_C_##c, .as = ADSYNC__AS_##a, .flags = (f) }
#define ADSYNC__INSIDE(i, n, c, a) { .name = (n), .column = ADSYNC_C_##c, .as = ADSYNC__AS_##a, .in = (i) }
#define ADSYNC__OWN(n) { .name = (n) } /* for the platform's own code */
#define ADSYNC__PART(n, a) { .name = (n), .as = ADSYNC__AS_##a } /* EXTRA, DECLARED, SWITCH, STATE */

/* A kind of entity. The table of kinds ends with kind 0. */
enum { ADSYNC__CAN_LIST = 1, ADSYNC__CAN_GET = 2, ADSYNC__CAN_CHANGES = 4 };
struct adsync__kind {
    uint32_t kind, can;
    const char *word;  /* what the platform calls it: column PLATFORM_KIND */
    const char *path;  /* where its list is; the platform's own code reads this, limit, since and filter */
    const char *limit; /* what a request costs, beside what all cost */
    const char *since; /* the field of changed-since */
    const char *filter;
    const adsync__field *fields; /* fields[0] is the id */
    uint32_t n;
    const adsync__word *switches, *states;
    adsync__owner *own; /* what no table says; before the states are set. May be NULL */
};
#define ADSYNC__FIELDS(table) .fields = (table), .n = ADSYNC__COUNT(table)
const adsync__kind *adsync__kind_of(const adsync__platform *platform, uint32_t kind); /* NULL: it has no such thing */

/* One of the lists that hold a kind. The table ends with kind 0; what requests have beside size and path the platform's own code reads. */
typedef struct adsync__pass {
    uint32_t kind, size; /* rows of a page */
    const char *path, *filter;
    const char *since;      /* how it says what changed; NULL: it cannot */
    const adsync__kind *as; /* read as this; NULL: as the kind of the platform's table */
    const char *fields[3][2];
} adsync__pass;

/* A level of reports. The table ends with level 0. */
typedef struct adsync__level {
    uint32_t level;
    const char *id;   /* the member (or dimension) that names the entity */
    int64_t days;     /* how many are asked for at once at most; the platform's own code reads it, word and filter */
    const char *word, *filter;
} adsync__level;
const adsync__level *adsync__level_of(const adsync__platform *platform, uint32_t level);

/* One object on its way into a row. */
struct adsync__object {
    adsync__answer *a;
    const adsync__kind *kind; /* NULL: figures */
    const adsync__field *fields;
    uint32_t n;
    adsync_row *row;
    adsync__node node, *f; /* f: ADSYNC__FIELDS_MOST of them, its maker's */
    int64_t start_us, end_us; /* 0: none */
    const char *own, *state;  /* normalised words; own code may set them */
    adsync__buffer scratch;
};
/* find.c: finds the table's members. false: not an object, or a member stands twice: refuse it with adsync__bad_shape. */
bool adsync__object_find(adsync__object *object, adsync__node node);
adsync__plan *adsync__object_plan(const adsync__object *object); /* of its table */
bool adsync__is_read(const adsync__field *field); /* it has a way of reading: it is neither the platform's own nor gathered */
/* Reads what was found into object->row. */
adsync_status adsync__fields_read(adsync__object *object);
/* A row of ADSYNC_T_ENTITIES from an object of a kind. */
adsync_status adsync__entity(adsync__answer *a, const adsync__kind *kind, adsync__node node);
/* The object of a row of figures, by this table. There is one at a time. */
adsync__object *adsync__figures_object(adsync__answer *a, const adsync__field *fields, uint32_t n);
/* A row of figures begins: what it is about. CURRENCY is the fact's until something else is read. What the table names was found;
 * adsync__fields_read follows, then whatever else the platform puts into object->row. */
void adsync__figures_begin(adsync__object *object, uint32_t level, const char *id, size_t id_size, int64_t day);
void adsync__figures_words(adsync__object *object, uint32_t column, const char *text); /* a text that is the same in most rows */
adsync__node adsync__object_node(const adsync__object *object, const char *name); /* a member of the table, by its name */
bool adsync__is_empty(adsync__node node);                                         /* missing or null */
void adsync__put(adsync_row *row, uint32_t column, const char *text, size_t size); /* nothing where it is empty */
void adsync__put_node(adsync_row *row, uint32_t column, adsync__node node);        /* text or number; nothing where it is neither */
void adsync__put_scratch(adsync__object *object, uint32_t column);                 /* what own code wrote into object->scratch */
adsync__node adsync__node_path(adsync__node node, const char *path);               /* "data.page_info" */
/* A number of figures: missing and null are 0; micros: main units into micro-units. false: no number. */
bool adsync__figure(adsync__node node, bool micros, int64_t *out);
/* An instant: a number of units since 1970, or where those are seconds also ISO 8601; offset_s holds where a text names none, see
 * adsync__time_read. false: none. */
bool adsync__instant(adsync__node node, int64_t unit_us, int32_t offset_s, int64_t *us);
/* An ad account as a row of ADSYNC_T_CONNECTIONS: fields fill ACCOUNT_ID, NAME, CURRENCY, TIME_ZONE and STATUS. facts: they become facts
 * too ("currency", "time_zone", "name", "account_status"). */
adsync_status adsync__ad_account(adsync__answer *a, adsync__node node, const adsync__field *fields, uint32_t n, bool facts);
/* "a,b,c{d}": what a request asks for */
void adsync__fields_list(adsync__buffer *out, const adsync__field *fields, uint32_t n, char separator);
/* Which status is true now, by the order that all platforms share: DELETED ARCHIVED DRAFT REJECTED, ENDED, PAUSED of its own, PENDING
 * PARENT_OFF, SCHEDULED, else `state`. own may be NULL. */
const char *adsync__status_of(const char *own, const char *state, int64_t start_us, int64_t end_us, int64_t now_us);

/* ---- cursor.c: where a task goes on, as small text:
 *
 *     REVISION VERSION STEP LIMIT SKIP TRIES ARGUMENT...
 *
 * SKIP: rows of the page that earlier outcomes carried. An argument that is empty is written "-"; they hold no blanks, and no tokens. */
typedef struct adsync__place {
    uint32_t step, limit, skip, tries;
    const char *arg[ADSYNC__ARGS]; /* NULL or "": none */
} adsync__place;
typedef struct adsync__cursor {
    bool stale; /* of another revision, version, task or shape */
    char text[ADSYNC__CURSOR_MOST];
} adsync__cursor;
/* Arguments that are not there are "". They point into the cursor. */
void adsync__cursor_read(const adsync__platform *platform, const adsync_task *task, adsync__cursor *cursor, adsync__place *at);
void adsync__cursor_write(const adsync__platform *platform, const adsync_task *task, const adsync__place *at, adsync__buffer *out);
bool adsync__is_token(const char *p, size_t size, size_t most); /* printable, no blanks: safe in a cursor */
bool adsync__is_id(const char *text);                           /* letters, digits, - and _: safe in a path */

/* ---- request.c: a request in the making */
struct adsync__call {
    const adsync__platform *platform;
    const adsync_task *task;
    adsync_request *out;
    adsync_error **error;
    adsync__place at;
    adsync__cursor cursor;
    adsync__buffer target, text; /* scratch; a failure of theirs ends the request */
};
void adsync__number(adsync_request *out, uint32_t place, const char *name, int64_t value);
/* A text that the task must have. */
adsync_status adsync__task_needs(const adsync_task *task, const adsync__platform *platform, const char *name, const char **out,
                                 adsync_error **error);
/* E_INVALID with the name "<platform>.<name>". */
adsync_status adsync__invalid(const adsync__platform *platform, const char *name, const char *words, adsync_error **error);
/* account_id as its digits, without the platform's id_prefix; fails where it is something else than letters, digits, - and _. */
adsync_status adsync__account(const adsync__platform *platform, const adsync_task *task, const char **out, adsync_error **error);
void adsync__join(adsync__buffer *out, const char *text, size_t size); /* after a comma, where something stands there already */
/* At most `most` ids of the task from `first` on, joined by commas; fails where one is no adsync__is_id. */
adsync_status adsync__join_ids(const adsync__platform *platform, const adsync_task *task, uint32_t first, uint32_t most,
                               adsync__buffer *out, adsync_error **error);
uint32_t adsync__page_size(const adsync_task *task, const adsync__place *at, uint32_t usual); /* of the cursor, the task, or the usual */

/* Parts of a request that a table can say, in their order. Ends with an empty row. */
enum {
    ADSYNC__FROM_WORDS = 1, /* value as it stands */
    ADSYNC__FROM_JSON,      /* JSON as it stands: "false"; in a body of JSON */
    ADSYNC__FROM_TASK,      /* the task's text `value` (NULL: of that name), which must be there */
    ADSYNC__FROM_MAYBE,     /* the same, where it is there */
    ADSYNC__FROM_SECRET,    /* the secret `value` (NULL: of that name) */
    ADSYNC__FROM_AT_HAND,   /* the same, where it is at hand */
    ADSYNC__FROM_SCOPES,    /* scopes of the task or the manifest, joined by `value`; left out where there are none */
    ADSYNC__FROM_REDIRECT   /* a field of the redirect's query, `value` naming it; "auth_code|code": the first that is there */
};
typedef struct adsync__part { const char *name; uint32_t from; const char *value; } adsync__part;
/* place: ADSYNC_PLACE_QUERY, _FORM, _HEADER, or _JSON: one object with these members is the body. A redirect that says `error` fails
 * with what the platform said. In a query, what the redirect brought leaves byte for byte as it came. */
adsync_status adsync__parts(adsync__call *call, uint32_t place, const adsync__part *parts);

/* ---- answer.c: an answer being digested */
enum { /* it works with less asked; as a job; from OWN on the platform has hints of its own */
    ADSYNC__HINT_NONE = 0, ADSYNC__HINT_SHRINK, ADSYNC__HINT_ASYNC, ADSYNC__HINT_OWN
};
typedef struct adsync__refusal {
    uint32_t refusal, hint, scope; /* ADSYNC_CLASS_*, ADSYNC__HINT_*, ADSYNC_SCOPE_* */
    int64_t code, subcode, retry_after_us;
    char name[80], message[600];
} adsync__refusal;
/* How a table is found in an object and read; made once an answer, as long as one table is read at a time. */
struct adsync__plan {
    const adsync__field *fields;
    uint32_t n, n_own, n_groups, n_copies, n_reads;
    struct {
        uint32_t first, n, own; /* fields first .. first + n - 1 lie in one member object, the one at `own` */
        bool deep;              /* below that: its name is a path */
    } groups[ADSYNC__FIELDS_MOST];
    struct {
        uint32_t field, from; /* what is a member of the object itself, or stands in the table once more */
        bool again;
    } copies[ADSYNC__FIELDS_MOST];
    uint8_t reads[ADSYNC__FIELDS_MOST]; /* the fields that have a way of reading */
    uint8_t how[ADSYNC__FIELDS_MOST];   /* of adsync__node_row */
    adsync__key keys[ADSYNC__FIELDS_MOST], own[ADSYNC__FIELDS_MOST];
    adsync_value last[ADSYNC__FIELDS_MOST]; /* of figures: a field's text in the row before */
};
struct adsync__answer {
    const adsync__platform *platform;
    const adsync_task *task;
    const adsync_response *in;
    adsync_outcome *out;
    adsync_error **error;
    adsync__reader *reader; /* of texts beside the body, once one is read */
    adsync__node root;  /* missing where the body is no JSON */
    adsync__stop *stop; /* where the walk over the body's rows ended; NULL: nobody keeps it */
    adsync__place at;
    adsync__cursor cursor;
    adsync__refusal refused;
    adsync__zone *zone;        /* of adsync__answer_zone */
    int64_t now_us, regain_us; /* regain: how long the headers say to stay away */
    bool needs_currency;       /* an amount stood there, and how large its unit is, is not known */
    const void *own;           /* the platform's, for those whom rows are handed to */
    const char *currency;      /* of figures, once there was one */
    adsync_value last_id, last_currency, last_part, last_words; /* of the row before */
    adsync__plan plan;
    adsync__object figures;    /* of adsync__figures_object: clearing one for each row would cost more than reading it */
    adsync__node found[ADSYNC__FIELDS_MOST];
    adsync_status failed;      /* E_MEMORY */
};
adsync_status adsync__bad_shape(adsync__answer *a, const char *what); /* "no list of data" */
/* What an answer comes to. All say ADSYNC_OK, so that digesting ends with them; want of memory is kept in a->failed. */
adsync_status adsync__done(adsync__answer *a);  /* complete, with strong evidence */
adsync_status adsync__stale(adsync__answer *a); /* the cursor means nothing any more */
adsync_status adsync__next(adsync__answer *a, const adsync__place *to);
adsync_status adsync__more(adsync__answer *a, const adsync__place *to);
adsync_status adsync__wait(adsync__answer *a, const adsync__place *to, int64_t delay_us);
/* The account's zone, by the fact "time_zone"; NULL with ADSYNC_OK: UTC. Loaded once an answer. */
adsync_status adsync__answer_zone(adsync__answer *a, const adsync__zone **out);
/* Parses a text that has no padding of its own; borrowed until the reader's next parse. false: no JSON. Free room afterwards. */
bool adsync__parse_text(adsync__answer *a, const char *text, adsync__buffer *room, adsync__node *root);

/* ---- refuse.c: which class a refusal is of, by the platform's table. The first row that fits counts; it ends with refusal 0. */
typedef struct adsync__rule {
    uint32_t status;     /* HTTP; 0: any */
    int64_t first, last; /* of a code that is a number; both 0: any */
    const char *word;    /* of a code that is a word; a '*' at an end stands for anything; NULL: any */
    int64_t subcode;     /* 0: any */
    const char *text;    /* in the message, lower case; NULL: any */
    uint32_t refusal, hint, scope;
    int64_t wait_us;     /* how long to stay away; 0: what headers say, at least platform->patience_us */
} adsync__rule;
#define ADSYNC__CODE(c, r) { .first = (c), .last = (c), .refusal = ADSYNC_CLASS_##r }
#define ADSYNC__CODES(f, l, r) { .first = (f), .last = (l), .refusal = ADSYNC_CLASS_##r }
#define ADSYNC__SUBCODE(c, s, r) { .first = (c), .last = (c), .subcode = (s), .refusal = ADSYNC_CLASS_##r }
#define ADSYNC__SAYS(c, t, r) { .first = (c), .last = (c), .text = (t), .refusal = ADSYNC_CLASS_##r }
#define ADSYNC__NAMED(w, r) { .word = (w), .refusal = ADSYNC_CLASS_##r }
#define ADSYNC__HTTP(s, r) { .status = (s), .refusal = ADSYNC_CLASS_##r }
#define ADSYNC__SLOWER(c, s, w) { .first = (c), .last = (c), .subcode = (s), .refusal = ADSYNC_CLASS_THROTTLED, .scope = ADSYNC_SCOPE_##w }
typedef struct adsync__said {
    int64_t code, subcode;
    const char *word, *text; /* may be NULL */
    size_t text_size;
} adsync__said;
const adsync__rule *adsync__rule_of(const adsync__answer *a, const adsync__said *said); /* NULL: none fits */
/* Fills a->refused: class, hint, scope and wait by the table, else by the HTTP status; name "code", "code.subcode" or the word; message. */
const adsync__rule *adsync__classify(adsync__answer *a, const adsync__said *said);
void adsync__refused_add(adsync__answer *a, const char *text, size_t size); /* to the message */
/* An answer without words of the platform's: no JSON, or an HTTP status alone. true: there was one to refuse. */
bool adsync__refused_bare(adsync__answer *a);
uint32_t adsync__status_class(uint32_t status);
adsync_status adsync__refuse(adsync__answer *a); /* ADSYNC_OK; passes a->refused on, tokens taken out of its message */
void adsync__scrub(const adsync__platform *platform, char *text);
/* Half the page where less asked helps (hint SHRINK) and it can be less. false: it cannot. */
bool adsync__shrink(adsync__answer *a, uint32_t least);
bool adsync__is_minor(const adsync__answer *a); /* a->refused says nothing of the rest, which can go on without */
void adsync__left_out(adsync__answer *a);       /* then it is said as a warning */
adsync_status adsync__end(adsync__answer *a, bool left_out); /* done; what was left out makes it a part, which proves little */

/* ---- page.c: a page of rows, and what follows it */
typedef struct adsync__page {
    adsync__node data;
    char after[ADSYNC__AFTER_MOST + 1]; /* where the next page begins */
    bool next, refused, more;           /* refused, more: an outcome was given */
    bool framed;                        /* what says whether there is a next page was there */
} adsync__page;
enum {
    ADSYNC__PAGES_TOKEN = 1, /* `next` is the next page's token; missing, null or "" at the end */
    ADSYNC__PAGES_NUMBER,    /* `next` is an object with page and total_page */
    ADSYNC__PAGES_OFFSET,    /* `next` is an object with start, count and total: the end is an empty page, or start+count >= total > 0 */
    ADSYNC__PAGES_LINK       /* `next` is a link to `host`, which is followed as it is (never with a token in it) */
};
typedef struct adsync__paging {
    uint32_t style;
    const char *data, *next;            /* paths: "data.list" */
    const char *host;                   /* LINK: "https://api.example.com/v1/" */
    const char *size_name, *place_name; /* what requests call them: "pageSize", "pageToken"; NULL: not sent */
    bool may_lack;                      /* data that is not there is an empty page */
} adsync__paging;
/* Reads the frame; `current`: where this page begins. A next page that is this page again is refused. */
adsync_status adsync__page_open(adsync__answer *a, const adsync__paging *paging, const char *current, adsync__page *page);
/* Adds size and place of the page to a GET. slot: which argument of the cursor is the place. */
void adsync__page_ask(adsync__call *call, const adsync__paging *paging, uint32_t usual, uint32_t slot);
/* LINK: begins the request with the link of the cursor. false: there is none, begin with the list's own address. */
bool adsync__page_follow(adsync__call *call, uint32_t slot);
bool adsync__page_set(adsync__page *page, const char *text, size_t size); /* after; false: no place that can be kept */
void adsync__page_refuse(adsync__answer *a, adsync__page *page, const char *why);
typedef adsync_status (*adsync__row_reader)(adsync__answer *a, adsync__node row);
/* Hands over the rows from at.skip on; page->more: some are left, and an outcome was given. */
adsync_status adsync__page_rows(adsync__answer *a, adsync__page *page, adsync__row_reader reader);
/* The rows, then the next page with its place in argument `slot`. page->more: an outcome was given; else that was the last page. */
adsync_status adsync__page_turn(adsync__answer *a, adsync__page *page, uint32_t slot, adsync__row_reader reader);
/* The same, after the last page `then`; NULL: done, with strong evidence. */
adsync_status adsync__page_walk(adsync__answer *a, adsync__page *page, uint32_t slot, adsync__row_reader reader, const adsync__place *then);
adsync_status adsync__read_entity(adsync__answer *a, adsync__node row); /* a row of the task's kind */
/* The query of a link that begins with origin ("https://api.example.com/"); *path: what stands between. NULL: it leads elsewhere. */
const char *adsync__link_query(const char *link, const char *origin, const char **path, size_t *path_size);

/* ---- pass.c: a kind that lies in several lists, walked one after the other: TRIES of the cursor counts them, its arguments are the place
 * of the page and whether one was left out */
const adsync__pass *adsync__pass_of(const adsync__platform *platform, const adsync_task *task, uint32_t n); /* NULL beyond the last */
adsync_status adsync__pass_refused(adsync__answer *a); /* one beside the first is left out */
adsync_status adsync__pass_row(adsync__answer *a, adsync__node row);
/* The rows, then the next page, the next list, or the end. */
adsync_status adsync__pass_walk(adsync__answer *a, adsync__page *page, adsync__row_reader reader);

/* ---- slice.c: the days of a report */
typedef struct adsync__slice { int64_t from, to, days; } adsync__slice;
/* from and to of the task, both meant; fails where they are not. */
adsync_status adsync__slice_of(const adsync__platform *platform, const adsync_task *task, adsync__slice *slice, adsync_error **error);
adsync_row *adsync__slice_child(adsync__answer *a, int64_t from, int64_t to);
bool adsync__slice_split(adsync__answer *a, const adsync__slice *slice); /* halves; false: it is one day */
void adsync__too_large(adsync__answer *a);                              /* a day that cannot be split */
/* Asks for a job's state again: 5, 10, 20, 30 s and so on, by to->tries. */
adsync_status adsync__look(adsync__answer *a, const adsync__place *to);
void adsync__range(const adsync__slice *slice, char from[ADSYNC__DAY_ROOM], char to[ADSYNC__DAY_ROOM]); /* 2026-11-20 */

/* ---- auth.c */
/* {"access_token","expires_in","refresh_token","refresh_token_expires_in","scope"}: token into the secret `name`, an empty refresh token
 * is none, scopes into the fact. FORMAT where there is no token. */
adsync_status adsync__tokens(adsync__answer *a, adsync__node node, const char *name);
void adsync__fact_node(adsync__answer *a, const char *name, adsync__node node);  /* text or number; nothing where it is empty */
void adsync__fact_text(adsync__answer *a, const char *name, const char *text);   /* nothing where it is NULL or "" */
void adsync__fact_us(adsync__answer *a, const char *name, int64_t us);
void adsync__fact_words(adsync__answer *a, const char *name, adsync__buffer *words); /* and frees them */
void adsync__words_add(adsync__buffer *words, adsync__node node);                /* a text or number, after a blank */
void adsync__fact_scopes(adsync__answer *a, adsync__node node);                  /* an array, or a text with blanks or commas */
/* A secret of a node that is a token; nothing where it is none. */
void adsync__secret_node(adsync__answer *a, const char *name, adsync__node node, int64_t expires_us);

/* ---- limits.c: what headers say */
bool adsync__header_json(adsync__answer *a, const char *name, adsync__buffer *room, adsync__node *root); /* free room afterwards */
int64_t adsync__round_up(adsync__node node); /* a count with a fraction, rounded up and capped; -1: none */
enum { /* unix seconds, milliseconds; seconds from now; unix seconds of a clock that the answer's Date tells */
    ADSYNC__RESET_SECONDS = 1, ADSYNC__RESET_MILLIS, ADSYNC__RESET_AFTER, ADSYNC__RESET_DATED
};
typedef struct adsync__rate_header { /* ends with an empty row */
    const char *remaining, *reset; /* names of headers */
    uint32_t unit;
    const char *limit;
    uint32_t scope, most_s; /* most_s: a reset that is further away is a clock that is wrong; 0: believed */
} adsync__rate_header;
/* Readings of all rows whose `remaining` is there; at 0 the reset is what regain_us becomes. */
void adsync__rate_headers(adsync__answer *a, const adsync__rate_header *table);
int64_t adsync__header_int(const adsync__answer *a, const char *name); /* -1: none */
bool adsync__span_read(const char *text, size_t size, int64_t *us);    /* 40591s, 1.5s */

/* ---- csv.c: RFC 4180, any line ends, a byte order mark is skipped; fields are borrowed from the text, and have no NUL behind them */
typedef struct adsync__csv {
    const char *at, *end;
    adsync__buffer room; /* of the fields of one line that were quoted */
    uint64_t quoted;     /* a bit for each of those */
    uint32_t n;          /* fields of the line */
    const char *fields[ADSYNC__FIELDS_MOST];
    size_t sizes[ADSYNC__FIELDS_MOST];
} adsync__csv;
void adsync__csv_begin(adsync__csv *csv, const char *p, size_t size);
/* The next line that is not empty. false: the end, or *rc is FORMAT (a quote that does not end, too many fields) or MEMORY. */
bool adsync__csv_next(adsync__csv *csv, adsync_status *rc);
const char *adsync__csv_field(const adsync__csv *csv, uint32_t i, size_t *size); /* NULL beyond the last */
void adsync__csv_end(adsync__csv *csv);

/* ---- sheet.c: such a file with a line of names, then rows, of which an outcome carries no more than it may */
typedef struct adsync__sheet adsync__sheet;
struct adsync__sheet {
    adsync_status (*head)(adsync__answer *a, adsync__sheet *sheet); /* the line of names; it may give an outcome and set `more` */
    adsync_status (*row)(adsync__answer *a, adsync__sheet *sheet);
    const char *none;           /* what a file is that is none: "a file of leads that is none" */
    uint32_t slot;              /* which argument of the cursor is where it goes on */
    adsync__csv csv;            /* the line at hand */
    adsync__buffer names, text; /* names: of the columns, each ended by NUL; text: head's and row's */
    uint32_t n, rows;           /* columns; rows that are through */
    bool more;                  /* an outcome was given */
    uint32_t columns[ADSYNC__FIELDS_MOST]; /* head's and row's */
};
adsync_status adsync__sheet_read(adsync__answer *a, adsync__sheet *sheet); /* the answer's body */
/* The first column of this name, of those from `from` on; ADSYNC__FIELDS_MOST: there is none. */
uint32_t adsync__sheet_column(const adsync__sheet *sheet, const char *name, size_t size, uint32_t from);

/* ---- ids.c: lists of ids as cursors hold them: "1,2,3" */
size_t adsync__ids_size(const char *ids, uint32_t n);          /* how long the first n are, without the comma that follows */
const char *adsync__ids_rest(const char *ids, uint32_t n);     /* those behind the first n */
uint32_t adsync__ids_count(const char *ids, size_t size);      /* how many begin in so many bytes */
void adsync__ids_json(adsync__buffer *out, const char *ids);   /* ["1","2"] */
bool adsync__ids_has(const char *ids, size_t size, const char *id, size_t n); /* among those in so many bytes */
/* Adds the ids of the next n objects, members of this path; those whose `only` is not true are left out. NULL: all count. */
adsync_status adsync__ids_read(adsync__answer *a, adsync__items *items, uint32_t n, const char *path, const char *only,
                               adsync__buffer *out);

/* ---- platform.c: the three slots of a connector, over its tables */
struct adsync__platform {
    const char *name, *title;  /* "example", what errors begin with; "Example", for people */
    const char *revision;      /* of cursors: raise it whenever the shape of one changes */
    const char *id_prefix;     /* before ids that are stored bare: "act_"; may be NULL */
    const char *token_prefix;  /* what tokens begin with: taken out of messages; may be NULL */
    const char *scopes;        /* asked for where the host names none */
    const adsync__said_host *hosts;
    const adsync__said_setting *settings;
    const adsync__said_window *windows;
    const adsync__flow *flows; /* end with task 0 */
    const adsync__kind *kinds;
    const adsync__pass *passes; /* may be NULL */
    const adsync__level *levels;
    const adsync__step *steps;
    uint32_t n_steps;
    const adsync__rule *rules;
    int64_t patience_us;                        /* how long a throttle without a word lasts at least */
    uint32_t (*units)(const char *currency);    /* how many of its units make one of a currency; for AS_UNITS */
    void (*headers)(adsync__answer *a);         /* before anything is digested: limits, warnings. May be NULL */
    bool no_json;                               /* bodies are not parsed: the platform's own code does it */
};
void adsync__describe(const adsync__platform *platform, adsync_manifest *out);
adsync_status adsync__platform_request(const adsync__platform *platform, const adsync_task *task, adsync_request *out,
                                       adsync_error **error);
adsync_status adsync__platform_response(const adsync__platform *platform, const adsync_task *task, const adsync_response *in,
                                        adsync_outcome *out, adsync_error **error);
/* Defines the connector `ops` over the tables of `tables`. */
#define ADSYNC__CONNECTOR(ops, tables)                                                                                                 \
    static adsync_status connector_describe(void *user, adsync_manifest *out, adsync_error **error)                                       \
    {                                                                                                                                      \
        (void)user, (void)error;                                                                                                           \
        adsync__describe(&(tables), out);                                                                                                  \
        return ADSYNC_OK;                                                                                                                  \
    }                                                                                                                                      \
    static adsync_status connector_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)                \
    {                                                                                                                                      \
        (void)user;                                                                                                                        \
        return adsync__platform_request(&(tables), task, out, error);                                                                     \
    }                                                                                                                                      \
    static adsync_status connector_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,          \
                                            adsync_error **error)                                                                         \
    {                                                                                                                                      \
        (void)user;                                                                                                                        \
        return adsync__platform_response(&(tables), task, in, out, error);                                                                \
    }                                                                                                                                      \
    const adsync_connector_ops ops = { .size = sizeof(adsync_connector_ops),                                                              \
                                       .describe = connector_describe,                                                                    \
                                       .request = connector_request,                                                                      \
                                       .response = connector_response }

#endif
