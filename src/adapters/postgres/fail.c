/* SPDX-License-Identifier: MIT */
/* What the server answers, as a status and one line: what happened, what it said, what to do. Only the first line of its message is
 * passed on; what it adds (DETAIL) may quote values of rows. */
#include "postgres_int.h"

#include <stdio.h>

typedef struct fail_words {
    const char *state; /* SQLSTATE, or what it begins with */
    adsync_status status;
    const char *words;
} fail_words;

static const fail_words fail_table[] = {
    { "40", ADSYNC_E_RETRY, "it stood in the way of another transaction; nothing was done, try again" },
    { "55P03", ADSYNC_E_RETRY, "another writer kept a row for as long as was to be waited; nothing was done, try again" },
    { "57014", ADSYNC_E_STORAGE,
      "it took longer than the server's statement_timeout, or somebody cancelled it; nothing was done, raise the time-out for this role" },
    { "57P03", ADSYNC_E_STORAGE, "the server is starting or stopping; nothing was done, try again later" },
    { "57P", ADSYNC_E_RETRY, "the server ended the connection; nothing was done, try again" },
    { "08", ADSYNC_E_RETRY, "the connection was lost; nothing was done, try again" },
    { "25006", ADSYNC_E_STORAGE, "the server takes no writes, it is a replica; nothing was done, name the primary" },
    { "26000", ADSYNC_E_STORAGE, "what was prepared is gone: a pooler stands between; nothing was done, open it with POOLED" },
    { "42P05", ADSYNC_E_STORAGE, "what is to be prepared is there: a pooler stands between; nothing was done, open it with POOLED" },
    { "28", ADSYNC_E_STORAGE, "the server does not let this user in; check user, password and pg_hba.conf" },
    { "3D000", ADSYNC_E_STORAGE, "there is no such database; create it first" },
    { "42501", ADSYNC_E_STORAGE, "this role may not do that; nothing was done, give it the right or log in as another" },
    { "42P01", ADSYNC_E_STORAGE, "a table is not there, or the search_path does not lead to it; nothing was done" },
    { "42703", ADSYNC_E_STORAGE, "a column is not there: the tables were changed by hand; nothing was done" },
    { "53100", ADSYNC_E_STORAGE, "the server's disk is full; nothing was written, make room and try again" },
    { "53300", ADSYNC_E_STORAGE, "the server takes no more connections; nothing was done, raise max_connections or use a pooler" },
    { "53200", ADSYNC_E_STORAGE, "the server is out of memory; nothing was done" },
    { "58", ADSYNC_E_STORAGE, "the server could not read or write its disk; nothing was done, see its log" },
    { "XX", ADSYNC_E_STORAGE, "the server found damage in itself; stop all writers and look at its log" },
};

adsync_status adsync__postgres_memory(adsync_error **error) { return adsync_error_set(error, ADSYNC_E_MEMORY, NULL, 0); }

void adsync__postgres_forgive(adsync_error **error)
{
    if (!error) return;
    adsync_error_free(*error);
    *error = NULL;
}

adsync_status adsync__postgres_refuse(adsync_status status, const char *words, adsync_error **error)
{
    char message[800];

    (void)snprintf(message, sizeof message, "PostgreSQL: %s", words);
    return adsync_error_set(error, status, message, 0);
}

/* The first line of what it said, at most `room` bytes and never half a character. */
static int fail_line(const char *said, int room)
{
    int n = (int)strcspn(said, "\n");

    if (n <= room) return n;
    while (room && ((unsigned char)said[room] & 0xc0) == 0x80) room--;
    return room;
}

static const fail_words *fail_find(const char *state)
{
    for (size_t i = 0; i < sizeof fail_table / sizeof *fail_table; i++)
        if (!strncmp(state, fail_table[i].state, strlen(fail_table[i].state))) return &fail_table[i];
    return NULL;
}

adsync_status adsync__postgres_fail(adsync__postgres *s, const PGresult *result, adsync_error **error)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *said = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const fail_words *found;
    char words[700];

    if (!said) said = PQerrorMessage(s->conn);
    if (!s->conn || !strncmp(said, "out of memory", 13)) return adsync__postgres_memory(error);
    if (!state && adsync__postgres_lost(s)) state = "08006";
    found = fail_find(state ? state : "");
    (void)snprintf(words, sizeof words, "%s (%.*s%s%s)", found ? found->words : "the server refused; nothing was done",
                   fail_line(said, 300), said, state ? ", " : "", state ? state : "");
    return adsync__postgres_refuse(found ? found->status : ADSYNC_E_STORAGE, words, error);
}
