/* SPDX-License-Identifier: MIT */
/* What Meta's files share and nobody else sees. */
#ifndef ADSYNC_SRC_META_INT_H
#define ADSYNC_SRC_META_INT_H

#include "../../base/day.h"
#include "../../base/decimal.h"
#include "../../json/json.h"
#include "meta.h"

#include <adsync/storage.h>

enum {
    META_PAGE = 100,        /* rows to ask for at once .. */
    META_REPORT_PAGE = 500, /* .. of figures */
    META_FORM_PAGE = 50,
    META_ROWS = 1500,        /* rows that one outcome may carry */
    META_FIELDS = 24,        /* the most fields that one kind has */
    META_ID = 200,           /* the longest id, in bytes */
    META_AFTER = 2000,       /* the longest paging cursor of the platform's */
    META_CURSOR = 12 * 1024, /* the longest of ours */
    META_BODY = 64 << 20     /* the kernel caps bodies; this is only the reader's own bound */
};
#define META_MINUTE_US (60 * ADSYNC__SECOND_US)

/* ---- meta_tables.c */
extern const char meta_scopes[];
void meta_describe_tables(adsync_manifest *out);

/* How a field of an object becomes a column. */
enum { META_AS_TEXT = 0, META_AS_ID, META_AS_TIME, META_AS_BOUND, META_AS_UNIX, META_AS_MONEY, META_AS_COUNT, META_AS_JSON, META_AS_OTHER };
typedef struct meta_field {
    const char *name, *ask; /* ask: what stands in `fields` where that is not the name */
    uint32_t column, as;
} meta_field;
typedef struct meta_kind {
    uint32_t kind;
    const char *edge, *filter, *states; /* filter: the field of changed-since, NULL where there is none; states: of effective_status */
    const char *word, *limit;           /* the platform's own word; the limit class */
    const meta_field *fields;
    uint32_t n;
} meta_kind;
const meta_kind *meta_kind_of(uint32_t kind);                /* NULL: Meta has no such thing */
uint32_t meta_offset(const char *currency);                  /* how many of Meta's units make one of the currency */
const char *meta_status_word(const char *word, size_t size); /* of effective_status; NULL: unknown */

typedef struct meta_level {
    uint32_t level;
    const char *id, *states;
    int64_t sync_days;
} meta_level;
const meta_level *meta_level_of(uint32_t level);
extern const char meta_attribution[];

enum { META_HINT_NONE = 0, META_HINT_SHRINK, META_HINT_ASYNC }; /* it works with less asked; as a run */
typedef struct meta_error {
    int64_t first, last, subcode;
    const char *text;
    uint32_t refusal, hint, scope;
} meta_error;
const meta_error *meta_error_of(int64_t code, int64_t subcode, const char *text, size_t size); /* NULL: none fits */

/* ---- meta_cursor.c: where a task goes on, as small text:
 *
 *     REVISION VERSION STEP LIMIT SKIP TRIES ARGUMENT...
 *
 * SKIP: rows of the page that earlier outcomes carried. An argument that is empty is written "-". */
enum {
    META_AT_BEGIN = 0,
    META_AT_LONG,
    META_AT_INSPECT,
    META_AT_RIGHTS,
    META_AT_NAME,
    META_AT_ACCOUNTS,
    META_AT_PAGES,
    META_AT_LIST,
    META_AT_GET,
    META_AT_SYNC,
    META_AT_RUN,
    META_AT_POLL,
    META_AT_ROWS,
    META_AT_FORMS,
    META_AT_LEADS
};
enum { META_ARGS = 5 };
typedef struct meta_cursor {
    uint32_t step, limit, skip, tries;
    bool stale;
    const char *arg[META_ARGS]; /* "" where there is none */
    char text[META_CURSOR];     /* what they point into */
} meta_cursor;
void meta_cursor_read(const adsync_task *task, meta_cursor *cursor); /* of another revision, version or shape: stale */
/* Appends; NULL or "" arguments are empty. */
void meta_cursor_write(adsync__buffer *out, const adsync_task *task, uint32_t step, uint32_t limit, uint32_t skip, uint32_t tries,
                       const char *const *args, uint32_t n);
/* The first field of a URL's query, as it stands; false: not there. */
bool meta_query_find(const char *query, size_t size, const char *name, const char **value, size_t *n);
bool meta_decode(adsync__buffer *out, const char *p, size_t size); /* false: a broken escape */
bool meta_is_token(const char *p, size_t size, size_t most);       /* printable, no blanks: safe in a cursor */
bool meta_is_id(const char *text);                                 /* safe in a path */

/* ---- meta_request.c: what all requests have */
adsync_status meta_open(const adsync_task *task, adsync_request *out, uint32_t effect, const char *method, const char *target,
                        adsync_error **error);
void meta_token(const adsync_task *task, adsync_request *out, uint32_t place,
                const char *secret);                                                            /* bearer and proof; place: of the proof */
adsync_status meta_account(const adsync_task *task, adsync__buffer *out, adsync_error **error); /* "act_123" */
void meta_number(adsync_request *out, const char *name, int64_t value);
adsync_status meta_unsupported(adsync_error **error);
/* A request in the making: the target is the path after the version. */
typedef struct meta_call {
    const adsync_task *task;
    meta_cursor at;
    adsync__buffer target, text;
} meta_call;

/* ---- meta_error.c */
typedef struct meta_refusal {
    uint32_t refusal, hint, scope; /* ADSYNC_CLASS_*, META_HINT_* */
    int64_t code, subcode, retry_after_us;
    char name[48], message[600];
} meta_refusal;

/* An answer being digested. */
typedef struct meta_answer {
    const adsync_task *task;
    const adsync_response *in;
    adsync_outcome *out;
    adsync__reader *reader;
    adsync__node root;
    meta_cursor at;
    meta_refusal refused;
    int64_t now_us, regain_us; /* regain: how long the headers say to stay away */
    bool needs_currency;       /* an amount stood there, and how large its unit is, is not known */
    adsync_status failed;      /* E_MEMORY */
    adsync_error **error;
} meta_answer;
bool meta_is_refused(meta_answer *a);                   /* the answer is an error: `refused` says which */
void meta_classify(meta_answer *a, adsync__node error); /* an error object, wherever it stood */
void meta_refuse(meta_answer *a);                       /* passes `refused` on */
void meta_scrub(char *text);                            /* takes what looks like a token out of a text */
/* Parses a text that has no padding of its own; borrowed until the reader's next parse. False: no JSON. */
bool meta_parse(meta_answer *a, const char *text, adsync__buffer *room, adsync__node *root);
adsync_status meta_bad_shape(meta_answer *a, const char *what);

/* ---- meta_limits.c */
void meta_read_limits(meta_answer *a);

/* ---- meta_page.c: a page of rows, and what follows it */
typedef adsync_status (*meta_row_reader)(meta_answer *a, adsync__node row);
typedef struct meta_page {
    adsync__node data;
    char after[META_AFTER + 1];
    bool next, refused, more;
} meta_page;
/* Reads the frame of a page; `target`: the path that was asked, `current`: where it begins. refused: an outcome was given, since its
 * next link leads elsewhere or nowhere. */
adsync_status meta_page_open(meta_answer *a, const char *target, const char *current, meta_page *page);
/* Hands over the rows from at.skip on; more: some are left, and an outcome was given. */
adsync_status meta_page_rows(meta_answer *a, meta_page *page, meta_row_reader reader);
void meta_go(meta_answer *a, uint32_t way, uint32_t step, uint32_t limit, uint32_t skip, uint32_t tries, const char *const *args,
             uint32_t n, int64_t delay_us);
enum { META_NEXT = 0, META_MORE, META_WAIT };

/* ---- meta_row.c: an object becomes a row */
/* One object on its way. */
typedef struct meta_row {
    meta_answer *a;
    const meta_kind *kind;
    adsync_row *row;
    adsync__node f[META_FIELDS];
    int64_t start_us, end_us; /* 0: none */
    adsync__buffer scratch;
} meta_row;
adsync__node meta_row_node(const meta_row *row, const char *name);              /* a field of the object, by its name */
bool meta_is_empty(adsync__node node);                                          /* missing or null */
void meta_put(adsync_row *row, uint32_t column, const char *text, size_t size); /* nothing where it is empty */
void meta_put_node(adsync_row *row, uint32_t column, adsync__node node);
/* The named fields as an object of their own, where any is there. */
adsync_status meta_put_object(meta_row *job, uint32_t column, const char *const *names, uint32_t n);
adsync_status meta_entity(meta_answer *a, const meta_kind *kind, adsync__node node);
void meta_fields(adsync__buffer *out, const meta_kind *kind);

/* ---- meta_own.c */
adsync_status meta_row_own(meta_row *job);
adsync_status meta_ad_account(meta_answer *a, adsync__node node, bool facts);
extern const char meta_account_fields[];

/* ---- the tasks: meta_auth.c, meta_read.c, meta_lead.c, meta_report.c */
typedef adsync_status (*meta_asker)(meta_call *call, adsync_request *out, adsync_error **error);
typedef adsync_status (*meta_digester)(meta_answer *a);
adsync_status meta_auth_begin(meta_call *call, adsync_request *out, adsync_error **error);
adsync_status meta_auth_ask(meta_call *call, adsync_request *out, adsync_error **error);
adsync_status meta_auth_digest(meta_answer *a);
adsync_status meta_discover_ask(meta_call *call, adsync_request *out, adsync_error **error);
adsync_status meta_discover_digest(meta_answer *a);
adsync_status meta_account_ask(meta_call *call, adsync_request *out, adsync_error **error);
adsync_status meta_account_digest(meta_answer *a);
adsync_status meta_list_ask(meta_call *call, adsync_request *out, adsync_error **error);
adsync_status meta_list_digest(meta_answer *a);
adsync_status meta_get_ask(meta_call *call, adsync_request *out, adsync_error **error);
adsync_status meta_get_digest(meta_answer *a);
adsync_status meta_lead_ask(meta_call *call, adsync_request *out, adsync_error **error);
adsync_status meta_lead_digest(meta_answer *a);
bool meta_lead_first(const adsync_task *task, meta_cursor *at);  /* a task about pages: where it begins */
adsync_status meta_page_token(meta_answer *a, adsync__node row); /* of me/accounts: its token goes to the vault */
void meta_since(const adsync_task *task, const meta_kind *kind, adsync_request *out);
adsync_status meta_report_ask(meta_call *call, adsync_request *out, adsync_error **error);
adsync_status meta_report_digest(meta_answer *a);
adsync_status meta_figures(meta_answer *a, adsync__node row); /* meta_figures.c: a row of a report */
adsync_status meta_pages_ask(meta_call *call, adsync_request *out, adsync_error **error);

#endif
