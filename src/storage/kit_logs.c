/* SPDX-License-Identifier: MIT */
/* Reads what workers logged. A log may end in the middle of a line: its worker was killed. */
#include "kit_history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOGS_MOST = 256 << 20, LOGS_PIECE = 65536 };

typedef struct log_reader {
    kit_history *history;
    const char *name;
    uint32_t line, first_try; /* the log's first attempt in the history */
} log_reader;

/* Room for one more of `size` bytes each; grows by doubling. */
static adsync_status logs_room(void **array, uint32_t n, uint32_t *room, size_t size, adsync_error **error)
{
    uint32_t more = *room ? *room * 2 : 256;
    void *grown;

    if (n < *room) return ADSYNC_OK;
    if (!(grown = adsync__realloc(*array, more, size))) return adsync__fail_memory(error);
    *array = grown;
    *room = more;
    return ADSYNC_OK;
}

static adsync_status logs_bad(const log_reader *r, adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_FORMAT, "storage.log", "%s, line %" PRIu32 ": no line of a worker", r->name, r->line);
}

/* Numbers parted by single signs. */
static bool logs_number(const char **at, int64_t *out)
{
    char *end = NULL;

    if ((**at < '0' || **at > '9') && **at != '-') return false;
    errno = 0;
    *out = strtoll(*at, &end, 10);
    if (errno) return false;
    *at = *end ? end + 1 : end;
    return true;
}

static bool logs_change(const char **at, kit_change *c)
{
    int64_t op, spot;

    if (!logs_number(at, &op) || !logs_number(at, &spot) || !logs_number(at, &c->expected) || !logs_number(at, &c->version) ||
        !logs_number(at, &c->value))
        return false;
    c->op = (uint32_t)op;
    c->spot = (uint32_t)spot;
    return op >= ADSYNC_CHANGE_PUT && op <= ADSYNC_CHANGE_CHECK && spot >= 0 && spot < KIT_SPOTS;
}

static adsync_status logs_try(log_reader *r, const char *at, adsync_error **error)
{
    kit_history *h = r->history;
    kit_try try = { .first = h->n_changes, .ended = INT64_MAX };
    int64_t n;
    adsync_status rc;

    if (!logs_number(&at, &n) || !logs_number(&at, &try.begun) || n != h->n_tries - r->first_try + 1) return logs_bad(r, error);
    while (*at) {
        kit_change c = { 0 };
        if (!logs_change(&at, &c)) return logs_bad(r, error);
        if ((rc = logs_room((void **)&h->changes, h->n_changes, &h->room_changes, sizeof c, error)) < 0) return rc;
        h->changes[h->n_changes++] = c;
        try.n++;
    }
    if (!try.n) return logs_bad(r, error);
    if ((rc = logs_room((void **)&h->tries, h->n_tries, &h->room_tries, sizeof try, error)) < 0) return rc;
    h->tries[h->n_tries++] = try;
    return ADSYNC_OK;
}

static adsync_status logs_end(log_reader *r, const char *at, adsync_error **error)
{
    int64_t n, ended, answer;
    kit_try *try;

    if (!logs_number(&at, &n) || !logs_number(&at, &ended) || !logs_number(&at, &answer)) return logs_bad(r, error);
    if (n < 1 || n != r->history->n_tries - r->first_try) return logs_bad(r, error);
    try = &r->history->tries[r->history->n_tries - 1];
    try->answer = (adsync_status)answer;
    try->answered = answer != ADSYNC_E_UNCERTAIN;
    if (try->answered) try->ended = ended;
    return ADSYNC_OK;
}

static adsync_status logs_saw(log_reader *r, const char *at, adsync_error **error)
{
    kit_history *h = r->history;
    kit_saw saw = { 0 };
    int64_t spot;
    adsync_status rc;

    if (!logs_number(&at, &saw.begun) || !logs_number(&at, &saw.ended) || !logs_number(&at, &spot) || !logs_number(&at, &saw.version) ||
        !logs_number(&at, &saw.value) || spot < 0 || spot >= KIT_SPOTS)
        return logs_bad(r, error);
    saw.spot = (uint32_t)spot;
    if ((rc = logs_room((void **)&h->saws, h->n_saws, &h->room_saws, sizeof saw, error)) < 0) return rc;
    h->saws[h->n_saws++] = saw;
    return ADSYNC_OK;
}

static adsync_status logs_line(log_reader *r, const char *line, adsync_error **error)
{
    r->line++;
    if (!strncmp(line, "try ", 4)) return logs_try(r, line + 4, error);
    if (!strncmp(line, "end ", 4)) return logs_end(r, line + 4, error);
    if (!strncmp(line, "saw ", 4)) return logs_saw(r, line + 4, error);
    if (!strncmp(line, "torn ", 5)) {
        r->history->n_torn++;
        return ADSYNC_OK;
    }
    return strcmp(line, "done") ? logs_bad(r, error) : ADSYNC_OK;
}

static adsync_status logs_lines(log_reader *r, char *text, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (char *end; rc >= 0 && (end = strchr(text, '\n')); text = end + 1) {
        *end = 0;
        rc = logs_line(r, text, error);
    }
    return rc; /* what follows the last line end was cut by a kill */
}

static adsync_status logs_load(int folder, const char *name, adsync__buffer *text, adsync_error **error)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    char piece[LOGS_PIECE];
    ssize_t n = fd < 0 ? -1 : 0;

    while (fd >= 0 && (n = read(fd, piece, sizeof piece)) > 0)
        adsync__buffer_add(text, piece, (size_t)n);
    if (fd >= 0) (void)close(fd);
    if (n < 0) return adsync__fail(error, ADSYNC_E_HOST, "storage.log", "%s cannot be read", name);
    adsync__buffer_char(text, 0);
    if (text->failed == ADSYNC_E_MEMORY) return adsync__fail_memory(error);
    return text->failed ? adsync__fail(error, text->failed, "storage.log", "%s is too long", name) : ADSYNC_OK;
}

static adsync_status logs_file(kit_history *history, int folder, const char *name, adsync_error **error)
{
    log_reader r = { .history = history, .name = name, .first_try = history->n_tries };
    adsync__buffer text;
    adsync_status rc;

    adsync__buffer_begin(&text, LOGS_MOST);
    if ((rc = logs_load(folder, name, &text, error)) >= 0) rc = logs_lines(&r, text.p, error);
    adsync__buffer_free(&text);
    history->n_logs++;
    return rc;
}

static bool logs_is_log(const char *name)
{
    size_t n = strlen(name);

    return n > 4 && !strcmp(name + n - 4, ".log");
}

static int logs_order(const void *a, const void *b)
{
    const kit_version *x = a, *y = b;

    return (x->version > y->version) - (x->version < y->version);
}

/* Who put which version. Two puts never share one: they are random. */
static adsync_status logs_index(kit_history *h, adsync_error **error)
{
    if (!(h->versions = adsync__alloc_zero(h->n_changes, sizeof *h->versions))) return adsync__fail_memory(error);
    for (uint32_t t = 0; t < h->n_tries; t++) {
        for (uint32_t c = h->tries[t].first; c < h->tries[t].first + h->tries[t].n; c++)
            if (h->changes[c].op == ADSYNC_CHANGE_PUT) h->versions[h->n_versions++] = (kit_version){ h->changes[c].version, t, c };
    }
    qsort(h->versions, h->n_versions, sizeof *h->versions, logs_order);
    return ADSYNC_OK;
}

adsync_status adsync__kit_history_read(kit_history *history, const char *directory, adsync_error **error)
{
    DIR *folder = opendir(directory);
    adsync_status rc = ADSYNC_OK;

    if (!folder) return adsync__fail(error, ADSYNC_E_HOST, "storage.log", "the directory of the logs cannot be opened");
    for (struct dirent *entry; rc >= 0 && (entry = readdir(folder));)
        if (logs_is_log(entry->d_name)) rc = logs_file(history, dirfd(folder), entry->d_name, error);
    (void)closedir(folder);
    if (rc >= 0 && !history->n_tries)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.log", "there is no log of a worker that did anything");
    return rc < 0 ? rc : logs_index(history, error);
}

const kit_version *adsync__kit_history_put(const kit_history *history, int64_t version)
{
    const kit_version key = { .version = version };

    return bsearch(&key, history->versions, history->n_versions, sizeof key, logs_order);
}

void adsync__kit_history_free(kit_history *history)
{
    adsync__free(history->tries);
    adsync__free(history->changes);
    adsync__free(history->saws);
    adsync__free(history->versions);
}
