/* SPDX-License-Identifier: MIT */
/* One worker: reads a few spots, changes them, and writes down what it is about to do before it does it. It may be killed anywhere;
 * what it had sent by then is in its log. A log's lines, in times of the machine's monotonic clock:
 *
 *     try N BEGUN OP:SPOT:EXPECTED:VERSION:VALUE ..     end N ENDED ANSWER
 *     saw BEGUN ENDED SPOT:VERSION:VALUE                torn SPOT            done */
#include "kit_history.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

enum { WORKER_STEPS = 300, WORKER_US = 4000000, WORKER_FAILURES = 20, WORKER_LINE = 16384 };

typedef struct worker {
    kit k; /* its draw */
    adsync_storage *on;
    adsync__effects *effects;
    adsync__buffer line;
    kit_change changes[KIT_TRY_MOST];
    uint32_t n, role, failures;
    int32_t fd;
    int64_t tries;
} worker;

typedef struct worker_spot { /* as it was read */
    int64_t value, version;
} worker_spot;

static int64_t worker_now(const worker *w) { return adsync__monotonic_us(w->effects); }

static uint32_t worker_below(worker *w, uint32_t n) { return (uint32_t)(adsync__kit_draw(&w->k) % n); }

/* One write for a line: what a kill leaves is whole lines, or one cut at the end. */
static adsync_status worker_write(worker *w, adsync_error **error)
{
    ssize_t n = 0;

    adsync__buffer_char(&w->line, '\n');
    if (w->line.failed) return adsync__fail_memory(error);
    do
        n = write(w->fd, w->line.p, w->line.size);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)w->line.size) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_HOST, "storage.log", "the worker's log cannot be written");
}

static void worker_line(worker *w, const char *word)
{
    adsync__buffer_clear(&w->line);
    adsync__buffer_text(&w->line, word);
}

static void worker_number(worker *w, char before, int64_t number)
{
    adsync__buffer_char(&w->line, before);
    adsync__buffer_int(&w->line, number);
}

static adsync_status worker_log_saw(worker *w, int64_t begun, uint32_t spot, const worker_spot *s, bool whole, adsync_error **error)
{
    worker_line(w, whole ? "saw" : "torn");
    if (!whole) {
        worker_number(w, ' ', spot);
        return worker_write(w, error);
    }
    worker_number(w, ' ', begun);
    worker_number(w, ' ', worker_now(w));
    worker_number(w, ' ', spot);
    worker_number(w, ':', s->version);
    worker_number(w, ':', s->value);
    return worker_write(w, error);
}

static adsync_status worker_read(worker *w, uint32_t spot, worker_spot *out, adsync_error **error)
{
    int64_t begun = worker_now(w);
    bool whole;
    adsync_status rc = adsync__kit_spot_read(w->on, spot, &out->value, &out->version, &whole, error);

    return rc < 0 ? rc : worker_log_saw(w, begun, spot, out, whole, error);
}

/* ---- commits */

static void worker_add(worker *w, uint32_t op, uint32_t spot, int64_t expected, int64_t value)
{
    int64_t version = op == ADSYNC_CHANGE_PUT ? adsync__version_draw(w->effects) : 0;

    w->changes[w->n++] = (kit_change){ .op = op, .spot = spot, .expected = expected, .version = version, .value = value };
}

static adsync_status worker_log_try(worker *w, adsync_error **error)
{
    worker_line(w, "try");
    worker_number(w, ' ', ++w->tries);
    worker_number(w, ' ', worker_now(w));
    for (uint32_t i = 0; i < w->n; i++) {
        worker_number(w, ' ', w->changes[i].op);
        worker_number(w, ':', w->changes[i].spot);
        worker_number(w, ':', w->changes[i].expected);
        worker_number(w, ':', w->changes[i].version);
        worker_number(w, ':', w->changes[i].value);
    }
    return worker_write(w, error);
}

static adsync_status worker_log_end(worker *w, adsync_status answer, adsync_error **error)
{
    worker_line(w, "end");
    worker_number(w, ' ', w->tries);
    worker_number(w, ' ', worker_now(w));
    worker_number(w, ' ', answer);
    return worker_write(w, error);
}

/* A unit per change: commits span organisations. */
static adsync_status worker_send(worker *w, adsync_error **error)
{
    static const uint32_t system = 0;
    kit_spot_row rows[KIT_TRY_MOST];
    adsync_change changes[KIT_TRY_MOST];
    adsync__unit units[KIT_TRY_MOST];

    for (uint32_t i = 0; i < w->n; i++) {
        const kit_change *c = &w->changes[i];
        uint32_t table = adsync__kit_spot_table(c->spot), n_key = adsync_index_width(table, 0);
        adsync__kit_spot_row(c->spot, c->value, c->version ? c->version : 1, &rows[i]);
        changes[i] = (adsync_change){ .op = c->op,
                                      .table = table,
                                      .expected = c->expected,
                                      .version = c->version,
                                      .values = rows[i].values,
                                      .n_values = c->op == ADSYNC_CHANGE_PUT ? rows[i].n : n_key };
        units[i] = (adsync__unit){ adsync_table_has_org(table) ? rows[i].values[0].i : system, &changes[i], 1, 0 };
    }
    return adsync__storage_commit(w->on, units, w->n, NULL, error);
}

/* Answers what ends the worker; a conflict, a retry or a few failures do not. */
static adsync_status worker_commit(worker *w, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc, answer;

    if (!w->n) return ADSYNC_OK;
    if ((rc = worker_log_try(w, error)) < 0) return rc;
    answer = worker_send(w, &words);
    w->n = 0;
    rc = worker_log_end(w, answer, error);
    w->failures = answer >= 0 || answer == ADSYNC_E_CONFLICT ? 0 : w->failures + 1;
    if (rc >= 0 && (answer == ADSYNC_E_MEMORY || answer == ADSYNC_E_INVALID || w->failures > WORKER_FAILURES))
        rc = adsync__fail(error, answer, "storage.worker", "the worker gave up: %s", adsync_error_message(words));
    adsync_error_free(words);
    return rc;
}

/* ---- what it does */

static adsync_status worker_setup(worker *w, adsync_error **error)
{
    for (uint32_t spot = 0; spot < KIT_AT_CLAIMS; spot++) {
        int64_t value = spot < KIT_AT_COUNTERS ? KIT_BALANCE : spot >= KIT_AT_PAIRS && spot < KIT_AT_TICKETS;
        worker_add(w, ADSYNC_CHANGE_PUT, spot, ADSYNC_EXPECT_ABSENT, value);
    }
    return worker_commit(w, error);
}

/* Rows that are not there yet: somebody else's setup is on its way, or failed. */
static bool worker_lacks(const worker_spot *spots, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!spots[i].version) return true;
    return false;
}

static adsync_status worker_transfer(worker *w, adsync_error **error)
{
    uint32_t from = worker_below(w, KIT_ACCOUNTS), to = (from + 1 + worker_below(w, KIT_ACCOUNTS - 1)) % KIT_ACCOUNTS;
    int64_t amount = 1 + worker_below(w, 20);
    worker_spot s[2];
    adsync_status rc;

    if ((rc = worker_read(w, from, &s[0], error)) < 0 || (rc = worker_read(w, to, &s[1], error)) < 0) return rc;
    if (worker_lacks(s, 2)) return worker_setup(w, error);
    worker_add(w, ADSYNC_CHANGE_PUT, from, s[0].version, s[0].value - amount);
    worker_add(w, ADSYNC_CHANGE_PUT, to, s[1].version, s[1].value + amount);
    return worker_commit(w, error);
}

static adsync_status worker_count(worker *w, adsync_error **error)
{
    uint32_t spot = KIT_AT_COUNTERS + worker_below(w, KIT_COUNTERS);
    worker_spot s;
    adsync_status rc = worker_read(w, spot, &s, error);

    if (rc < 0) return rc;
    if (worker_lacks(&s, 1)) return worker_setup(w, error);
    worker_add(w, ADSYNC_CHANGE_PUT, spot, s.version, s.value + 1);
    return worker_commit(w, error);
}

/* Off only while the other is on; back on at any time. */
static adsync_status worker_pair(worker *w, adsync_error **error)
{
    uint32_t pair = KIT_AT_PAIRS + 2 * worker_below(w, KIT_PAIRS), mine = pair + worker_below(w, 2), other = mine == pair ? pair + 1 : pair;
    worker_spot s[2];
    adsync_status rc;

    if ((rc = worker_read(w, mine, &s[0], error)) < 0 || (rc = worker_read(w, other, &s[1], error)) < 0) return rc;
    if (worker_lacks(s, 2)) return worker_setup(w, error);
    if (s[0].value && !s[1].value) return ADSYNC_OK;
    if (s[0].value) worker_add(w, ADSYNC_CHANGE_CHECK, other, s[1].version, 0);
    worker_add(w, ADSYNC_CHANGE_PUT, mine, s[0].version, !s[0].value);
    return worker_commit(w, error);
}

static adsync_status worker_claim(worker *w, adsync_error **error)
{
    uint32_t i = worker_below(w, KIT_CLAIMS);
    worker_spot s[2];
    adsync_status rc;

    if ((rc = worker_read(w, KIT_AT_CLAIMS + i, &s[0], error)) < 0 || (rc = worker_read(w, KIT_AT_TICKETS + i, &s[1], error)) < 0)
        return rc;
    if (worker_lacks(&s[1], 1)) return worker_setup(w, error);
    if (!s[0].version)
        worker_add(w, ADSYNC_CHANGE_PUT, KIT_AT_CLAIMS + i, ADSYNC_EXPECT_ABSENT, w->role);
    else {
        worker_add(w, ADSYNC_CHANGE_DELETE, KIT_AT_CLAIMS + i, s[0].version, 0);
        worker_add(w, ADSYNC_CHANGE_PUT, KIT_AT_TICKETS + i, s[1].version, s[1].value + 1);
    }
    return worker_commit(w, error);
}

/* Given in opposite orders by odd and even workers; whatever is there, or only over one whole batch. */
static adsync_status worker_batch(worker *w, adsync_error **error)
{
    uint32_t first = KIT_AT_BATCHES + KIT_BATCH * worker_below(w, KIT_BATCHES);
    bool exact = worker_below(w, 2);
    worker_spot s[KIT_BATCH];
    adsync_status rc = ADSYNC_OK;

    for (uint32_t i = 0; i < KIT_BATCH && exact && rc >= 0; i++)
        rc = worker_read(w, first + i, &s[i], error);
    if (rc < 0) return rc;
    for (uint32_t i = 0; i < KIT_BATCH; i++) {
        uint32_t at = w->role & 1 ? KIT_BATCH - 1 - i : i;
        worker_add(w, ADSYNC_CHANGE_PUT, first + at, exact ? s[at].version : ADSYNC_EXPECT_ANY, w->tries);
    }
    return worker_commit(w, error);
}

static adsync_status worker_scan(worker *w, adsync_error **error)
{
    const bool lanes = worker_below(w, 2);
    const adsync_value low[] = { adsync__value_int(lanes ? 0 : 2) }, high[] = { adsync__value_int(lanes ? 1 : 2) };
    const adsync_range range = { .table = lanes ? ADSYNC_T_LANES : ADSYNC_T_METRICS,
                                 .index = lanes,
                                 .flags = lanes ? ADSYNC_RANGE_ALL_ORGS : 0,
                                 .limit = 50,
                                 .n_lower = 1,
                                 .n_upper = 1,
                                 .lower = low,
                                 .upper = high };
    int64_t begun = worker_now(w);
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_scan(w->on, lanes ? 0 : 2, &range, &rows, error);

    for (size_t i = 0; i < adsync_rows_count(rows) && rc >= 0; i++) {
        uint32_t spot = adsync__kit_spot_of(range.table, adsync__rows_values(rows, i));
        worker_spot s;
        if (spot == KIT_SPOTS) continue;
        bool whole = adsync__kit_spot_whole(spot, adsync__rows_values(rows, i), &s.value, &s.version);
        rc = worker_log_saw(w, begun, spot, &s, whole, error);
    }
    adsync_rows_free(rows);
    return rc;
}

static adsync_status (*const worker_kinds[])(worker *, adsync_error **) = {
    worker_transfer, worker_transfer, worker_pair,  worker_pair,  worker_count,
    worker_claim,    worker_claim,    worker_batch, worker_batch, worker_scan,
};

/* A read that the storage refused for now is one more failure, not the end. */
static adsync_status worker_step(worker *w, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = worker_kinds[worker_below(w, ADSYNC__COUNT(worker_kinds))](w, &words);

    w->n = 0;
    if ((rc == ADSYNC_E_RETRY || rc == ADSYNC_E_STORAGE) && ++w->failures <= WORKER_FAILURES) rc = ADSYNC_OK;
    if (rc < 0 && error) {
        adsync_error_free(*error);
        *error = words;
        words = NULL;
    }
    adsync_error_free(words);
    return rc;
}

static adsync_status worker_run(worker *w, adsync_error **error)
{
    int64_t end = worker_now(w) + WORKER_US;
    adsync_status rc = worker_setup(w, error);

    for (uint32_t i = 0; i < WORKER_STEPS && rc >= 0 && worker_now(w) < end; i++)
        rc = worker_step(w, error);
    if (rc < 0) return rc;
    worker_line(w, "done");
    return worker_write(w, error);
}

adsync_status adsync_storage_check_worker(const adsync_storage_check_options *options, int64_t seed, uint32_t role, int32_t log_fd,
                                          adsync_error **error)
{
    adsync_storage_check_options mine;
    worker w = { .role = role, .fd = log_fd };
    adsync_status rc;

    if ((rc = adsync__kit_options(options, false, &mine, error)) < 0) return rc;
    if (log_fd < 0) return adsync__fail(error, ADSYNC_E_INVALID, "storage.log", "log_fd is no descriptor");
    if ((rc = adsync__kit_open_one(&mine, &w.on, error)) < 0) return rc;
    w.effects = adsync__storage_effects(w.on);
    w.k.draw = (uint64_t)mine.seed * 0x9e3779b97f4a7c15u + (uint64_t)seed * 1000003u + role;
    adsync__buffer_begin(&w.line, WORKER_LINE);
    rc = worker_run(&w, error);
    adsync__buffer_free(&w.line);
    adsync_storage_free(w.on);
    return rc;
}
