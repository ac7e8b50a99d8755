/* SPDX-License-Identifier: MIT */
#include "pg_server.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { SERVER_ARGUMENTS = 40, SERVER_TRIES = 3000, SERVER_PAUSE_MS = 20 };

/* The server refuses to run as root. */
static struct passwd *server_user(void)
{
    struct passwd *user = getuid() ? NULL : getpwnam("postgres");

    return user || getuid() ? user : getpwnam("nobody");
}

/* The child ends with the test, however that ends. */
static pid_t server_spawn(const pg_server *server, const char *program, char *const *arguments)
{
    char path[256], log[80], *own[SERVER_ARGUMENTS] = { path }; /* by its whole name, or it looks for itself in PATH */
    struct passwd *user = server_user();
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid) return pid;
    snprintf(path, sizeof path, "%s/%s", TEST_PG_BIN, program);
    for (size_t i = 1; i + 1 < SERVER_ARGUMENTS && arguments[i]; i++)
        own[i] = arguments[i];
    snprintf(log, sizeof log, "%s/log", server->folder);
    if (user && (setgroups(0, NULL) || setgid(user->pw_gid) || setuid(user->pw_uid))) _exit(3);
    if (prctl(PR_SET_PDEATHSIG, SIGQUIT) || chdir(server->folder)) _exit(3);
    if (dup2(open(log, O_CREAT | O_WRONLY | O_APPEND, 0600), 1) < 0 || dup2(1, 2) < 0) _exit(3);
    for (int fd = 3; fd < 256; fd++)
        (void)close(fd);
    execv(path, own);
    _exit(127);
}

static void server_wait(const pg_server *server, pid_t pid, const char *what)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    if (!WIFEXITED(status) || WEXITSTATUS(status)) fail_msg("%s ended with status %d; see %s/log", what, status, server->folder);
}

static void server_pause(void)
{
    (void)nanosleep(&(struct timespec){ .tv_nsec = SERVER_PAUSE_MS * 1000000 }, NULL);
}

void pg_server_run(pg_server *server, const char *const *settings)
{
    static const char *const always[] = { "listen_addresses=", "max_connections=80", "shared_buffers=32MB", "fsync=off",
                                          "synchronous_commit=on", "autovacuum_naptime=5s", "log_min_messages=fatal" };
    char *arguments[SERVER_ARGUMENTS] = { (char *)(uintptr_t)"postgres", (char *)(uintptr_t)"-D", (char *)(uintptr_t)"data",
                                          (char *)(uintptr_t)"-k", server->folder };
    size_t n = 5;
    char ask[200];

    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        arguments[n++] = (char *)(uintptr_t)"-c";
        arguments[n++] = (char *)(uintptr_t)always[i];
    }
    for (; settings && *settings; settings++) {
        assert_true(n + 3 < SERVER_ARGUMENTS);
        arguments[n++] = (char *)(uintptr_t)"-c";
        arguments[n++] = (char *)(uintptr_t)*settings;
    }
    server->pid = server_spawn(server, "postgres", arguments);
    snprintf(ask, sizeof ask, "host=%s dbname=postgres user=super", server->folder);
    for (int i = 0; PQping(ask) != PQPING_OK; i++) {
        if (i == SERVER_TRIES || waitpid(server->pid, NULL, WNOHANG)) fail_msg("the server does not start; see %s/log", server->folder);
        server_pause();
    }
}

void pg_server_end(pg_server *server, int signal)
{
    if (!server->pid) return;
    (void)kill(server->pid, signal);
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR) continue;
    server->pid = 0;
}

void pg_server_make(pg_server *server)
{
    static const char *const initdb[] = { "initdb", "-D", "data", "-U", "super", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                                          "--no-sync", "--no-instructions", NULL };
    const char *root = getenv("TMPDIR");
    struct passwd *user = server_user();
    char super[160];

    *server = (pg_server){ .pid = 0 };
    /* short, since a socket's path is; in memory where that is possible */
    if (!root || !*root || strlen(root) > 24) root = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
    snprintf(server->folder, sizeof server->folder, "%s/adsync-pg-XXXXXX", root);
    assert_non_null(mkdtemp(server->folder));
    if (user) assert_int_equal(chown(server->folder, user->pw_uid, user->pw_gid), 0);
    assert_int_equal(chmod(server->folder, 0711), 0);
    server_wait(server, server_spawn(server, "initdb", (char *const *)(uintptr_t)initdb), "initdb");
    pg_server_run(server, NULL);
    snprintf(super, sizeof super, "host=%s user=super dbname=postgres", server->folder);
    pg_server_sql(super, "CREATE ROLE engine LOGIN");
    pg_server_sql(super, "CREATE DATABASE adsync OWNER engine");
    snprintf(server->conninfo, sizeof server->conninfo, "host=%s user=engine dbname=adsync", server->folder);
    snprintf(server->super, sizeof server->super, "host=%s user=super dbname=adsync", server->folder);
    pg_server_sql(server->super, "ALTER SCHEMA public OWNER TO engine");
}

void pg_server_remove(pg_server *server)
{
    pid_t pid;

    pg_server_end(server, SIGQUIT);
    if (!*server->folder || (pid = fork()) < 0) return;
    if (!pid) {
        (void)execlp("rm", "rm", "-rf", server->folder, (char *)NULL);
        _exit(127);
    }
    (void)waitpid(pid, NULL, 0);
}

static PGresult *server_ask(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail_msg("%s: %s", sql, PQerrorMessage(conn));
    return result;
}

static void server_hush(void *user, const PGresult *result)
{
    (void)user;
    (void)result;
}

static PGconn *server_connect(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);

    if (PQstatus(conn) != CONNECTION_OK) fail_msg("%s: %s", conninfo, PQerrorMessage(conn));
    (void)PQsetNoticeReceiver(conn, server_hush, NULL);
    return conn;
}

void pg_server_sql(const char *conninfo, const char *sql)
{
    PGconn *conn = server_connect(conninfo);

    PQclear(server_ask(conn, sql));
    PQfinish(conn);
}

char *pg_server_text(const char *conninfo, const char *sql)
{
    PGconn *conn = server_connect(conninfo);
    PGresult *result = server_ask(conn, sql);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    for (int r = 0; r < PQntuples(result); r++) {
        for (int i = 0; i < PQnfields(result); i++)
            fprintf(out, "%s%s", i ? "|" : "", PQgetvalue(result, r, i));
        fputc('\n', out);
    }
    assert_int_equal(fclose(out), 0);
    PQclear(result);
    PQfinish(conn);
    return text;
}

pg_holder *pg_holder_begin(const char *conninfo, const char *sql)
{
    PGconn *conn = server_connect(conninfo);

    PQclear(server_ask(conn, "BEGIN"));
    PQclear(server_ask(conn, sql));
    return conn;
}

void pg_holder_end(pg_holder *holder)
{
    PQclear(server_ask(holder, "ROLLBACK")); /* over when it is answered */
    PQfinish(holder);
}

long long pg_server_number(const char *conninfo, const char *sql)
{
    char *text = pg_server_text(conninfo, sql);
    long long number = strtoll(text, NULL, 10);

    free(text);
    return number;
}
