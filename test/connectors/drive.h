/* SPDX-License-Identifier: MIT */
/* A connector's functions, driven from a test: a task in JSON (with ' for "), a body, and a look at what came of it.
 *
 *     drive d;
 *     drive_task(&d, "{'task':'list','kind':'campaign',..}");
 *     drive_answer(&d, 200, "", "{'data':[]}");
 *     assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
 *     drive_end(&d); */
#ifndef ADSYNC_TEST_DRIVE_H
#define ADSYNC_TEST_DRIVE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tools/wire.h"

extern const char *drive_platform; /* whose tasks these are; "meta" until a test's main says otherwise */

/* What most of Meta's tasks have beside what they are about. */
#define DRIVE_NOW "1767225600000000" /* 2026-01-01T00:00:00Z */
#define DRIVE_REST                                                                                                                         \
    "'now_us':" DRIVE_NOW ",'api_version':'v25.0','secrets':{'access_token':'user-token','client_secret':'app-secret','client_id':'99'},"  \
    "'facts':{'currency':'USD','time_zone':'America/New_York'}}"
#define DRIVE_LIST(kind) "{'task':'list','kind':'" kind "','account_id':'123'," DRIVE_REST
#define DRIVE_REPORT(level, from, to) "{'task':'report','level':'" level "','account_id':'123','from':" from ",'to':" to "," DRIVE_REST

typedef struct drive {
    wire_task wire;
    adsync_outcome outcome;
    adsync__arena answer;
    adsync_status rc; /* of the response slot and the check of its outcome */
    adsync_error *error;
    adsync__buffer text; /* of the last request or body */
} drive;

void drive_task(drive *d, const char *json);
void drive_raw(drive *d, uint32_t status, const char *headers, const char *body, size_t size); /* the body as it is */
void drive_answer(drive *d, uint32_t status, const char *headers, const char *json);
void drive_file(drive *d, uint32_t status, const char *headers,
                const char *path); /* the body of a file; of "body" or "response" in it where it has one */
void drive_go_on(drive *d);        /* the task again, with the cursor that the outcome gave */
void drive_fact(drive *d, const char *name, const char *value);
void drive_secret(drive *d, const char *name);
/* What `wire request` prints: borrowed until the next call. */
const char *drive_request(drive *d);
/* A query or form field of that request, decoded; "(none)" where it is not there. Borrowed likewise. */
const char *drive_field(drive *d, const char *name);
void drive_end(drive *d);

const adsync__out_row *drive_row(const drive *d, uint32_t n);          /* NULL beyond the last */
int64_t drive_int(const drive *d, uint32_t row, uint32_t column);      /* fails the test where it is no number */
const char *drive_text(const drive *d, uint32_t row, uint32_t column); /* NULL where it is not set or null */
const char *drive_said(const drive *d, const char *name);              /* a fact of the outcome */
bool drive_holds(const drive *d, const char *word);                    /* the word stands in the cursor, the message or a row */
const adsync__out_secret *drive_given(const drive *d, const char *name);

/* Each answer that is written down: FIXTURES_ALL/PLATFORM/answers/NAME.json, {"task":..,"status":200,"headers":"..","body":..}; a body that
 * is a text is that text. */
typedef struct drive_answer_file {
    const char *platform, *name;
    const char *task; /* as JSON */
    uint32_t status;
    const char *headers;
    const char *body;
    size_t size;
} drive_answer_file;
uint32_t drive_answers(void (*visit)(const drive_answer_file *answer)); /* how many there were */
/* Calls visit with each file of FIXTURES_ALL/PLATFORM/folder whose name ends so; the name without that end. */
uint32_t drive_files(const char *folder, const char *end, void (*visit)(const char *platform, const char *path, const char *name));

bool drive_read(const char *path, adsync__buffer *out); /* false: there is no such file */

#endif
