/* SPDX-License-Identifier: MIT */
/* Servers that mean no good, or are gone: what the process must live through, and what it may cost. */
#include "served.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { UPLOAD = 8 << 20, GROWTH_KIB = 16 << 10, FRESH = 15, FRESH_US = 3000 };

/* ---- a peer that is gone */

static uint32_t broken_pipes; /* sends into a connection that the peer has reset */
static bool careless;         /* sends as a program does that never heard of MSG_NOSIGNAL */
static bool looking, changed; /* a signal's disposition is not what it was */
static struct sigaction before[NSIG];

static void note_signals(void)
{
    for (int n = 1; n < NSIG; n++)
        (void)sigaction(n, NULL, &before[n]);
    looking = true;
}

static void look_at_signals(void)
{
    for (int n = 1; n < NSIG; n++) {
        struct sigaction now = { 0 };
        (void)sigaction(n, NULL, &now);
        changed = changed || now.sa_handler != before[n].sa_handler || now.sa_flags != before[n].sa_flags;
    }
}

/* What libcurl sends by: in the middle of its work. */
ssize_t send(int fd, const void *p, size_t size, int flags)
{
    ssize_t n = syscall(SYS_sendto, fd, p, size, careless ? flags & ~MSG_NOSIGNAL : flags, NULL, 0);
    int error = errno;

    if (n < 0 && error == EPIPE) broken_pipes++;
    if (looking) look_at_signals();
    errno = error;
    return n;
}

/* In a process of its own, with SIGPIPE as a host may have it: kills. 0: it lived, and did send into a dead connection. */
static int meet_dead_peers(void)
{
    char *body = malloc(UPLOAD + 1);
    answer *a;

    (void)signal(SIGPIPE, SIG_DFL);
    note_signals();
    if (!body || served_open(NULL)) return 2;
    memset(body, 'x', UPLOAD);
    body[UPLOAD] = 0;
    for (uint32_t once = 0; once < 2; once++) { /* HTTP/2, then HTTP/1.1 */
        a = begin("POST", URL("/cut-upload"), body, once);
        if (!ends(a) || !a->failed) return 3;
    }
    a = begin("GET", URL("/ok"), NULL, 0); /* this connection is kept, then reset while nobody looks */
    if (!ends(a) || a->status != 200) return 4;
    a = begin("POST", URL("/reset-all"), NULL, 1);
    if (!ends(a) || !a->failed) return 5;
    (void)served_close(NULL);
    free(body);
    look_at_signals();
    if (changed) return 6;
    return broken_pipes ? 0 : 7;
}

static int in_a_process(int (*story)(void))
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (!pid) {
        (void)alarm(50);
        _exit(story());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* P9 */
static void a_peer_that_is_gone_kills_nobody_and_changes_no_signal(void **state)
{
    int status = in_a_process(meet_dead_peers);

    (void)state;
    if (WIFSIGNALED(status)) fail_msg("killed by signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* The peers of the test above are such that a careless program dies of them. */
static void a_peer_that_is_gone_kills_the_careless(void **state)
{
    int status;

    (void)state;
    careless = true;
    status = in_a_process(meet_dead_peers);
    careless = false;
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
}

/* ---- bodies without end */

static void bounded(const char *url, uint32_t once)
{
    struct rusage from, to;
    const answer *a;

    assert_int_equal(getrusage(RUSAGE_SELF, &from), 0);
    a = finish(begin("GET", url, NULL, once));
    assert_int_equal(getrusage(RUSAGE_SELF, &to), 0);
    assert_true(a->failed);
    assert_non_null(strstr(a->words, "larger than 300000 bytes"));
    assert_true(to.ru_maxrss - from.ru_maxrss < GROWTH_KIB);
}

static void a_body_of_100_MiB_ends_at_its_bound(void **state)
{
    (void)state;
    bounded(URL("/endless"), 0);
    bounded(URL("/endless"), 1);
}

static void a_gzip_bomb_ends_at_its_bound(void **state)
{
    (void)state;
    bounded(URL("/bomb"), 0);
    bounded(URL("/bomb"), 1);
}

static void a_truncated_body_is_a_failure_over_http_1_too(void **state)
{
    const answer *a = finish(begin("GET", URL("/truncated"), NULL, 1));

    (void)state;
    assert_true(a->failed && a->sent);
}

/* ---- a redirect to somebody else, who would be trusted */

static int foreign(void)
{
    int n = -1;

    assert_int_equal(sscanf(finish(begin("GET", URL("/counts"), NULL, 0))->body, "%*d %*d %*d %d", &n), 1);
    return n;
}

static void a_redirect_to_another_host_takes_nothing_there(void **state)
{
    (void)state;
    assert_int_equal(finish(begin("GET", "https://evil.example.test/ok", NULL, 0))->status, 200); /* who asks for it gets it */
    assert_int_equal(foreign(), 1);
    for (uint32_t once = 0; once < 2; once++) {
        assert_int_equal(finish(begin("GET", URL("/redirect?access_token=t"), NULL, once))->status, 302);
        assert_int_equal(finish(begin("POST", URL("/redirect"), "access_token=t", once))->status, 307);
    }
    assert_int_equal(foreign(), 1);
}

/* ---- what a fresh connection costs */

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static int64_t cpu_us(void)
{
    struct rusage used;

    assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
    return ((int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

/* The median of what whole exchanges cost this process, each on a connection of its own. */
static int64_t fresh_median_us(bool trusted)
{
    int64_t spent[FRESH], from;

    for (int i = 0; i < FRESH; i++) {
        const answer *a;
        from = cpu_us();
        a = finish(begin("POST", URL("/ok"), NULL, 1));
        spent[i] = cpu_us() - from;
        assert_int_equal(a->failed, !trusted);
    }
    qsort(spent, FRESH, sizeof *spent, by_size);
    print_message("a fresh connection: %d us at first, median %d us\n", (int)spent[FRESH - 1], (int)spent[FRESH / 2]);
    return spent[FRESH / 2];
}

/* A busy machine makes it more, never less. */
static int64_t fresh_us(bool trusted)
{
    int64_t best = INT64_MAX;

    for (int i = 0; i < 4 && best > FRESH_US; i++) {
        int64_t median = fresh_median_us(trusted);
        if (median < best) best = median;
    }
    return best;
}

/* The system's bundle and the server's CA in one file: the handshake is whole. */
static void a_fresh_connection_costs_less_than_3_ms_with_a_bundle_of_the_systems_size(void **state)
{
    char path[64];
    (void)state;

    served_run("cat /etc/ssl/certs/ca-certificates.crt ca.pem >bundle.pem");
    assert_int_equal(served_open_with(served_path("bundle.pem", path, sizeof path)), 0);
    assert_in_range(fresh_us(true), 1, FRESH_US);
    (void)served_close(NULL);
}

/* The system's bundle as it lies there: the handshake goes as far as the server's certificate, which it does not know. */
static void a_fresh_connection_costs_less_than_3_ms_with_the_systems_bundle(void **state)
{
    (void)state;

    assert_int_equal(served_open_with(NULL), 0);
    assert_in_range(fresh_us(false), 1, FRESH_US);
    (void)served_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_that_is_gone_kills_nobody_and_changes_no_signal),
        cmocka_unit_test(a_peer_that_is_gone_kills_the_careless),
        cmocka_unit_test(a_fresh_connection_costs_less_than_3_ms_with_a_bundle_of_the_systems_size),
        cmocka_unit_test(a_fresh_connection_costs_less_than_3_ms_with_the_systems_bundle),
        cmocka_unit_test_setup_teardown(a_body_of_100_MiB_ends_at_its_bound, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_gzip_bomb_ends_at_its_bound, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_truncated_body_is_a_failure_over_http_1_too, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_redirect_to_another_host_takes_nothing_there, served_open, served_close),
    };

    return cmocka_run_group_tests(tests, served_begin, served_end);
}
