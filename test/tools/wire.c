/* SPDX-License-Identifier: MIT */
/* Runs one function of a connector:
 *
 *     wire request  PLATFORM TASK.json
 *     wire response PLATFORM TASK.json [--status 200] [--header 'Name: value']... BODY-FILE
 *     wire webhook  PLATFORM TASK.json [--method POST] [--query Q] [--header ...] BODY-FILE
 *
 * A file may be "-", standard input. One JSON document comes out; the exit status is 0 unless the tool itself failed. */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>

enum { WIRE_FILE = 128 << 20 };

typedef struct wire_options {
    const char *verb, *platform, *task, *body;
    uint32_t status;
    adsync__buffer headers;
} wire_options;

static int wire_usage(const char *why)
{
    (void)fprintf(stderr,
                  "wire: %s\nusage: wire request PLATFORM TASK.json\n"
                  "       wire response PLATFORM TASK.json [--status N] [--header 'Name: value']... BODY-FILE\n"
                  "       wire webhook PLATFORM TASK.json [--method M] [--query Q] [--header 'Name: value']... BODY-FILE\n",
                  why);
    return 2;
}

static int wire_trouble(const char *what, adsync_error *error)
{
    (void)fprintf(stderr, "wire: %s: %s\n", what, error ? adsync_error_message(error) : "it cannot be read");
    adsync_error_free(error);
    return 1;
}

static bool wire_read(const char *path, adsync__buffer *out)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    char piece[65536];
    size_t n;
    bool fine;

    adsync__buffer_begin(out, WIRE_FILE);
    if (!file) return false;
    while ((n = fread(piece, 1, sizeof piece, file)) > 0) adsync__buffer_add(out, piece, n);
    fine = !ferror(file) && !out->failed;
    if (file != stdin) (void)fclose(file);
    return fine;
}

static bool wire_option(wire_options *o, const char *name, const char *value)
{
    if (!strcmp(name, "--status")) {
        o->status = (uint32_t)strtoul(value, NULL, 10);
    } else if (!strcmp(name, "--header")) {
        adsync__buffer_text(&o->headers, value);
        adsync__buffer_text(&o->headers, "\r\n");
    } else {
        return !strcmp(name, "--method") || !strcmp(name, "--query");
    }
    return true;
}

static const char *wire_arguments(wire_options *o, int argc, char **argv)
{
    const char **places[] = { &o->verb, &o->platform, &o->task, &o->body };
    size_t n = 0;

    for (int i = 1; i < argc; i++) {
        if (!strncmp(argv[i], "--", 2)) {
            if (i + 1 == argc || !wire_option(o, argv[i], argv[i + 1])) return "an option that is none, or has no value";
            i++;
            continue;
        }
        if (n == ADSYNC__COUNT(places)) return "too many arguments";
        *places[n++] = argv[i];
    }
    if (!o->task) return "a verb, a platform and a task are needed";
    if (!strcmp(o->verb, "request")) return o->body ? "a request takes no body" : NULL;
    if (strcmp(o->verb, "response") && strcmp(o->verb, "webhook")) return "the verb is request, response or webhook";
    return o->body ? NULL : "the file with the body is missing";
}

static adsync_status wire_run(wire_options *o, wire_task *task, const adsync__buffer *body, adsync__buffer *out, adsync_error **error)
{
    static const char later[] =
        "{\"outcome\":\"fail\",\"class\":\"unsupported\",\"code\":\"unsupported\",\"message\":\"webhooks are not offered yet\"}";

    if (!strcmp(o->verb, "request")) return wire_request(task, out, error);
    if (!strcmp(o->verb, "response"))
        return wire_response(task, o->status, o->headers.p ? o->headers.p : "", body->p, body->size, out, error);
    adsync__buffer_text(out, later);
    return out->failed;
}

int main(int argc, char **argv)
{
    wire_options o = { .status = 200 };
    adsync__buffer file = { 0 }, body = { 0 }, out;
    adsync_error *error = NULL;
    wire_task task = { 0 };
    const char *why;
    int status = 0;

    adsync__buffer_begin(&o.headers, 1 << 20);
    adsync__buffer_begin(&out, (size_t)1 << 30);
    if ((why = wire_arguments(&o, argc, argv)))
        status = wire_usage(why);
    else if (!wire_read(o.task, &file))
        status = wire_trouble(o.task, NULL);
    else if (o.body && !wire_read(o.body, &body))
        status = wire_trouble(o.body, NULL);
    else if (wire_task_open(o.platform, file.p ? file.p : "", file.size, &task, &error) < 0)
        status = wire_trouble(o.task, error);
    else if (wire_run(&o, &task, &body, &out, &error) < 0)
        status = wire_trouble(o.verb, error);
    else
        (void)printf("%s\n", out.p);
    wire_task_close(&task);
    adsync__buffer_free(&file);
    adsync__buffer_free(&body);
    adsync__buffer_free(&o.headers);
    adsync__buffer_free(&out);
    return status;
}
