/* SPDX-License-Identifier: MIT */
/* What SQLite answers, as a status and one line: what happened, to which file, what to do. */
#include "sqlite_int.h"

#include <errno.h>

enum { FAIL_PATH_MAX = 250 };

typedef struct fail_words {
    int code;
    adsync_status opening, working;
    const char *words;
} fail_words;

static const fail_words fail_table[] = {
    { SQLITE_BUSY, ADSYNC_E_RETRY, ADSYNC_E_RETRY,
      "another program kept it locked for as long as was to be waited; nothing was done, try again" },
    { SQLITE_LOCKED, ADSYNC_E_RETRY, ADSYNC_E_RETRY, "another user of the file kept a table locked; nothing was done, try again" },
    { SQLITE_PROTOCOL, ADSYNC_E_RETRY, ADSYNC_E_RETRY, "too many programs opened it at once; nothing was done, try again" },
    { SQLITE_NOMEM, ADSYNC_E_MEMORY, ADSYNC_E_MEMORY, "there is no memory left; nothing was done" },
    { SQLITE_FULL, ADSYNC_E_STORAGE, ADSYNC_E_STORAGE,
      "there is no room: the disk is full, or the file is as large as it may get; nothing was written, make room and try again" },
    { SQLITE_READONLY, ADSYNC_E_STORAGE, ADSYNC_E_STORAGE,
      "it, or its directory, cannot be written; nothing was written, give this user the right to write or open it with READ_ONLY" },
    { SQLITE_PERM, ADSYNC_E_STORAGE, ADSYNC_E_STORAGE,
      "this user may not use it; nothing was done, give this user the right to read and write" },
    { SQLITE_CORRUPT, ADSYNC_E_FORMAT, ADSYNC_E_STORAGE,
      "the file is damaged; nothing was written, stop all writers and bring back a backup, or save what is left with sqlite3's .recover" },
    { SQLITE_NOTADB, ADSYNC_E_FORMAT, ADSYNC_E_STORAGE,
      "the file is not an SQLite database, or an encrypted one; nothing was written, check the path" },
    { SQLITE_IOERR, ADSYNC_E_STORAGE, ADSYNC_E_STORAGE,
      "reading or writing the disk failed; nothing was applied, check the disk and try again" },
};

static const char *fail_cannot_open(const adsync__sqlite *s)
{
    switch (s->db ? sqlite3_system_errno(s->db) : 0) {
    case ENOENT:
        return "there is no such file or directory; create the directory first";
    case EACCES:
    case EPERM:
    case EROFS:
        return "this user may not open it, or not make files beside it; give this user the right to read and write there";
    case EISDIR:
        return "it is a directory; name a file";
    case EMFILE:
    case ENFILE:
        return "too many files are open; close some";
    default:
        return "it cannot be opened; check that it is a file in a directory that this user may write to";
    }
}

/* Paths end in what tells files apart, so a long one loses its beginning; never in the middle of a character. */
static const char *fail_path(const char *path)
{
    size_t n = path ? strlen(path) : 0;
    const char *from;

    if (!path) return "the file";
    if (n <= FAIL_PATH_MAX) return path;
    from = path + n - FAIL_PATH_MAX;
    while (((unsigned char)*from & 0xc0) == 0x80) from++;
    return from;
}

adsync_status adsync__sqlite_refuse(const adsync__sqlite *s, adsync_status status, const char *words, adsync_error **error)
{
    char message[800];

    sqlite3_snprintf(sizeof message, message, "%s: %s", fail_path(s->path), words);
    return adsync_error_set(error, status, message, 0);
}

adsync_status adsync__sqlite_fail(const adsync__sqlite *s, int code, uint32_t flags, adsync_error **error)
{
    char message[800];
    int primary = code & 0xff;

    if (primary == SQLITE_CANTOPEN) return adsync__sqlite_refuse(s, ADSYNC_E_STORAGE, fail_cannot_open(s), error);
    for (size_t i = 0; i < sizeof fail_table / sizeof *fail_table; i++) {
        const fail_words *w = &fail_table[i];
        if (w->code == primary) return adsync__sqlite_refuse(s, flags & ADSYNC__SQLITE_OPENING ? w->opening : w->working, w->words, error);
    }
    sqlite3_snprintf(sizeof message, message, "SQLite refused, and nothing was applied: %s (%d)",
                     s->db ? sqlite3_errmsg(s->db) : "no connection", code);
    return adsync__sqlite_refuse(s, ADSYNC_E_STORAGE, message, error);
}
