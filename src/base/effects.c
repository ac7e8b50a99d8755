/* SPDX-License-Identifier: MIT */
#include "base.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

static int64_t effects_clock(clockid_t id)
{
    struct timespec t = { 0 };

    (void)clock_gettime(id, &t); /* cannot fail for these two clocks */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t system_now(void *user)
{
    (void)user;
    return effects_clock(CLOCK_REALTIME);
}

static int64_t system_monotonic(void *user)
{
    (void)user;
    return effects_clock(CLOCK_MONOTONIC);
}

static adsync_status system_random(void *user, void *out, uint32_t size)
{
    uint8_t *at = out;

    (void)user;
    for (uint32_t done = 0; done < size;) {
        ssize_t n = getrandom(at + done, size - done, 0);
        if (n < 0 && errno != EINTR) return ADSYNC_E_INTERNAL;
        if (n > 0) done += (uint32_t)n;
    }
    return ADSYNC_OK;
}

/* What a host calls random may hardly be so; mixed (splitmix64, which loses nothing), even zeros make a generator that does not
 * begin by repeating itself. */
static void draw_mix(uint64_t *draw, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t z = draw[i] + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        draw[i] = z ^ z >> 31;
    }
}

adsync_status adsync__effects_begin(adsync__effects *out, const adsync_host *host, adsync_error **error)
{
    adsync_status rc;

    *out = (adsync__effects){ 0 };
    if (host) {
        if ((rc = adsync__check_struct(host, sizeof *host, sizeof *host, "adsync_host", error)) < 0) return rc;
        if (host->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_host: unknown flags");
        out->host = *host;
    }
    if (!out->host.now_us) out->host.now_us = system_now;
    if (!out->host.monotonic_us) out->host.monotonic_us = system_monotonic;
    if (!out->host.random) out->host.random = system_random;
    if ((rc = adsync__random(out, out->draw, sizeof out->draw, error)) < 0) return rc;
    draw_mix(out->draw, ADSYNC__COUNT(out->draw));
    return ADSYNC_OK;
}

int64_t adsync__now_us(const adsync__effects *effects) { return effects->host.now_us(effects->host.user); }
int64_t adsync__monotonic_us(const adsync__effects *effects) { return effects->host.monotonic_us(effects->host.user); }

adsync_status adsync__random(const adsync__effects *effects, void *out, uint32_t size, adsync_error **error)
{
    adsync_status rc = effects->host.random(effects->host.user, out, size);

    if (rc == ADSYNC_PASSTHROUGH) rc = system_random(NULL, out, size);
    if (rc == ADSYNC_OK) return ADSYNC_OK; /* any other answer may have left the bytes as they were */
    return adsync__fail(error, ADSYNC_E_HOST, "host.random", "there is no randomness to be had");
}

static uint64_t draw_turn(uint64_t x, int by) { return x << by | x >> (64 - by); }

/* xoshiro256**, seeded from the host's randomness: versions are drawn by the thousand and must only not repeat. */
int64_t adsync__version_draw(adsync__effects *effects)
{
    uint64_t *s = effects->draw, drawn, t;

    do {
        drawn = draw_turn(s[1] * 5, 7) * 9;
        t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = draw_turn(s[3], 45);
        if (!(s[0] | s[1] | s[2] | s[3])) s[0] = 1; /* all zeros would give zeros for ever */
    } while (!(drawn >> 1));
    return (int64_t)(drawn >> 1);
}

/* The message is one line of valid text: only quotes and backslashes are left that JSON wants marked. */
static void log_quote(char *out, size_t room, const char *text)
{
    size_t n = 0;

    for (; *text && n + 3 < room; text++) {
        if (*text == '"' || *text == '\\') out[n++] = '\\';
        out[n++] = *text;
    }
    out[n] = 0;
}

void adsync__log(const adsync__effects *effects, uint32_t level, const char *event, const char *format, ...)
{
    char message[512], quoted[1032], line[1200];
    va_list args;

    if (!effects->host.log) return;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    message[adsync__utf8_cut(message, strlen(message), sizeof message - 4)] = 0;
    adsync__text_line(message);
    log_quote(quoted, sizeof quoted, message);
    (void)snprintf(line, sizeof line, "{\"event\":\"%s\",\"message\":\"%s\"}", event, quoted);
    effects->host.log(effects->host.user, level, line);
}
