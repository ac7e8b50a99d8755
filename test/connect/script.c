/* SPDX-License-Identifier: MIT */
#include "script.h"

#include "oidc_connector.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- effects */

static int64_t script_now(void *user) { return ((script *)user)->now_us; }

static adsync_status script_random(void *user, void *out, uint32_t size)
{
    script *world = user;
    uint8_t *p = out;

    for (uint32_t i = 0; i < size; i++) {
        world->seed ^= world->seed << 13;
        world->seed ^= world->seed >> 7;
        world->seed ^= world->seed << 17;
        p[i] = (uint8_t)(world->seed >> 24);
    }
    return ADSYNC_OK;
}

static void script_log(void *user, uint32_t level, const char *json)
{
    script *world = user;

    (void)level;
    adsync__buffer_text(&world->log, json);
    adsync__buffer_char(&world->log, '\n');
}

/* ---- the transport */

static adsync_status script_start(void *user, int64_t id, const adsync_message *message, adsync_error **error)
{
    script_engine *engine = user;
    script *world = engine->world;
    const char *url = adsync_message_url(message), *headers = adsync_message_headers(message), *body = adsync_message_body(message, NULL);

    (void)error;
    world->sent++;
    adsync__buffer_text(&world->traffic, url);
    adsync__buffer_char(&world->traffic, '\n');
    adsync__buffer_text(&world->traffic, headers);
    if (body) adsync__buffer_text(&world->traffic, body);
    adsync__buffer_char(&world->traffic, '\n');
    if (world->on_send) world->on_send(world, url, headers, body ? body : "");
    for (uint32_t i = 0; i < 2 * world->n_replies; i++) { /* first those for one request */
        script_reply *reply = &world->replies[i % world->n_replies];
        if (reply->used || !strstr(url, reply->path) || reply->always != i / world->n_replies) continue;
        reply->used = !reply->always;
        assert_true(world->n_flying < SCRIPT_FLYING);
        world->flying[world->n_flying++] = (script_flying){ id, world->now_us + reply->delay_us, reply, engine };
        return ADSYNC_OK;
    }
    fail_msg("nobody expected %s", url);
    return ADSYNC_E_TRANSIENT;
}

static adsync_status script_deliver(script_engine *engine, adsync_exchange *ended, bool *any)
{
    script *world = engine->world;
    adsync_status rc;

    for (uint32_t i = 0; i < world->n_flying; i++) {
        script_flying f = world->flying[i];
        if (f.engine != engine || f.at_us > world->now_us) continue;
        if (f.reply->status)
            rc = adsync_exchange_done(ended, f.id, f.reply->status,
                                      f.reply->headers ? f.reply->headers : "Content-Type: application/json\r\n", f.reply->body,
                                      f.reply->size ? f.reply->size : strlen(f.reply->body));
        else if (f.reply->unsent == 2)
            rc = adsync_exchange_failed(ended, f.id, 2, "the answer is larger than 16777216 bytes");
        else
            rc = adsync_exchange_failed(ended, f.id, !f.reply->unsent, "the connection was cut");
        if (rc == ADSYNC_E_MEMORY) return rc; /* it stays, and is given again */
        assert_int_equal(rc, ADSYNC_OK);
        world->flying[i] = world->flying[--world->n_flying];
        *any = true;
        return ADSYNC_OK;
    }
    return ADSYNC_OK;
}

/* Waiting takes no time but on the script's clock. */
static adsync_status script_poll(void *user, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error)
{
    script_engine *engine = user;
    script *world = engine->world;
    int64_t wait = max_wait_us;
    adsync_status rc;
    bool any = false;

    (void)error;
    if ((rc = script_deliver(engine, ended, &any)) < 0 || any) return rc;
    for (uint32_t i = 0; i < world->n_flying; i++)
        if (world->flying[i].engine == engine && world->flying[i].at_us - world->now_us < wait)
            wait = world->flying[i].at_us - world->now_us;
    world->now_us += wait > 0 ? wait : 0;
    return script_deliver(engine, ended, &any);
}

static void script_cancel(void *user, int64_t id)
{
    script_engine *engine = user;
    script *world = engine->world;

    for (uint32_t i = 0; i < world->n_flying; i++)
        if (world->flying[i].engine == engine && world->flying[i].id == id) world->flying[i--] = world->flying[--world->n_flying];
}

static void script_close(void *user) { (void)user; }

/* ---- the world */

static void script_keys(script *world)
{
    char line[] = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
    int fd;

    (void)snprintf(world->folder, sizeof world->folder, "/tmp/adsync-connect-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    (void)snprintf(world->keys_file, sizeof world->keys_file, "%s/keys", world->folder);
    fd = open(world->keys_file, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, line, sizeof line - 1), sizeof line - 1);
    (void)close(fd);
    assert_int_equal(adsync_keys_open_file(world->keys_file, &world->keys, NULL), ADSYNC_OK);
}

adsync_engine *script_open(script *world, script_engine *engine)
{
    const adsync_transport_ops ops = {
        .size = sizeof ops, .user = engine, .start = script_start, .poll = script_poll, .cancel = script_cancel, .close = script_close
    };
    const adsync_host host = {
        .size = sizeof host, .user = world, .now_us = script_now, .monotonic_us = script_now, .random = script_random, .log = script_log
    };
    const adsync_app_options app = { .size = sizeof app, .redirect_uri = "https://host.example.test/back" };
    adsync_engine_options options = { .size = sizeof options,
                                      .flags = (world->engine_flags & SCRIPT_META ? 0 : ADSYNC_ENGINE_NO_PLATFORMS) |
                                               (world->engine_flags & SCRIPT_CLAIM ? 0 : ADSYNC_ENGINE_NO_CLAIM),
                                      .storage = world->storage,
                                      .keys = world->keys,
                                      .host = &host };
    adsync_error *error = NULL;

    engine->world = world;
    assert_int_equal(adsync_transport_new(&ops, &engine->transport, NULL), ADSYNC_OK);
    options.transport = engine->transport;
    if (adsync_engine_open(&options, &engine->engine, &error) < 0) fail_msg("%s", adsync_error_message(error));
    adsync_transport_free(engine->transport);
    assert_int_equal(adsync_connector_register(engine->engine, "op", &oidc_connector, NULL), ADSYNC_OK);
    assert_int_equal(adsync_app_add(engine->engine, "op", "client-1", "client-secret-planted", &app, NULL), ADSYNC_OK);
    if (world->engine_flags & SCRIPT_META)
        assert_int_equal(adsync_app_add(engine->engine, "meta", "123", "client-secret-planted", &app, NULL), ADSYNC_OK);
    return engine->engine;
}

void script_begin(script *world, uint32_t engines) { script_begin_with(world, engines, 0); }

void script_begin_with(script *world, uint32_t engines, uint32_t flags)
{
    *world = (script){ .now_us = INT64_C(1795132800000000), .seed = 88172645463325252, .engine_flags = flags };
    adsync__buffer_begin(&world->log, 16 << 20);
    adsync__buffer_begin(&world->traffic, 16 << 20);
    script_keys(world);
    assert_int_equal(adsync_memory_open(NULL, &world->rows, NULL), ADSYNC_OK);
    assert_int_equal(faulty_wrap(&world->faults, world->rows, &world->storage, NULL), ADSYNC_OK);
    for (uint32_t i = 0; i < engines; i++) (void)script_open(world, &world->engines[i]);
}

void script_end(script *world)
{
    for (uint32_t i = 0; i < SCRIPT_ENGINES; i++) adsync_engine_free(world->engines[i].engine);
    adsync_keys_free(world->keys);
    adsync_storage_free(world->storage);
    adsync_storage_free(world->rows);
    adsync__buffer_free(&world->log);
    adsync__buffer_free(&world->traffic);
    (void)unlink(world->keys_file);
    (void)rmdir(world->folder);
}

void script_reply_with(script *world, script_reply reply)
{
    assert_true(world->n_replies < SCRIPT_REPLIES);
    world->replies[world->n_replies++] = reply;
}

void script_say(script *world, const char *path, uint32_t status, const char *body)
{
    script_reply_with(world, (script_reply){ .path = path, .body = body, .status = status, .delay_us = 1000 });
}

void script_lose(script *world, const char *path, uint32_t unsent)
{
    script_reply_with(world, (script_reply){ .path = path, .unsent = unsent, .delay_us = 1000 });
}

void script_step(script *world, adsync_engine *engine, int64_t us)
{
    int64_t until = world->now_us + us;

    while (world->now_us < until) {
        int64_t before = world->now_us;
        (void)adsync_engine_step(engine, until - world->now_us, NULL);
        if (world->now_us == before) world->now_us += 1000;
    }
}

uint32_t script_sent(const script *world, const char *what)
{
    uint32_t n = 0;

    for (const char *at = world->traffic.p; at && (at = strstr(at, what)); at++) n++;
    return n;
}

/* Around the choke point, as a thief of the database would. */
bool script_stored(script *world, const char *planted)
{
    const adsync_storage_ops *ops = adsync__storage_ops(world->rows);
    bool found = false;

    for (uint32_t table = 1; table <= adsync_table_count() && !found; table++) {
        const adsync_range range = { .table = table, .limit = 100000, .columns = adsync_table_width(table) };
        uint32_t columns[ADSYNC__WIDTH_MAX];
        uint8_t kinds[ADSYNC__WIDTH_MAX];
        adsync_rows *rows = NULL;
        adsync_sink sink = { 0 };
        for (uint32_t c = 0; c < range.columns; c++) {
            columns[c] = adsync_table_column(table, c);
            kinds[c] = (uint8_t)adsync_table_column_kind(table, c);
        }
        assert_int_equal(adsync__sink_rows(&sink, columns, kinds, range.columns, adsync_index_width(table, 0), range.columns, NULL),
                         ADSYNC_OK);
        assert_int_equal(adsync__sink_end(&sink, ops->scan(ops->user, &range, &sink, NULL), &rows, NULL), ADSYNC_OK);
        for (size_t r = 0; r < adsync_rows_count(rows); r++)
            for (uint32_t c = 0; c < range.columns; c++) {
                const adsync_value *value = &adsync__rows_values(rows, r)[c];
                if ((value->kind == ADSYNC_VALUE_TEXT || value->kind == ADSYNC_VALUE_BYTES) && value->size &&
                    memmem(value->p, value->size, planted, strlen(planted)))
                    found = true;
            }
        adsync_rows_free(rows);
    }
    return found;
}
