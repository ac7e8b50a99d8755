/* SPDX-License-Identifier: MIT */
/*
 * Days, instants and time zones. The zones' rules are written out here (those in force since 2023) instead of being read from the
 * system: a simulator whose answers change with tzdata could not be compared with yesterday's run.
 */
#include "core.h"

#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define DAY 86400

/* the n-th Sunday of a month on or after `from`, or the last one (from 0), at `minutes` of the clock in `clock` */
typedef struct time_turn {
    int month, from, minutes;
    char clock; /* u UTC, s standard time, w the wall clock before the turn */
} time_turn;

typedef struct time_rule {
    char name;
    time_turn on, off; /* daylight saving begins, ends */
} time_rule;

static const time_rule time_rules[] = {
    { 'E', { 3, 0, 60, 'u' }, { 10, 0, 60, 'u' } },   { 'U', { 3, 8, 120, 's' }, { 11, 1, 60, 's' } },
    { 'A', { 10, 1, 120, 's' }, { 4, 1, 120, 's' } }, { 'N', { 9, 0, 120, 's' }, { 4, 1, 120, 's' } },
    { 'C', { 9, 2, 240, 'u' }, { 4, 2, 180, 'u' } }, /* Chile turns at its own midnight: one day a year begins at 01:00 */
};

static const sim_zone time_zones[] = {
    { "America/New_York", 7, -300, 'U' },    { "Europe/Berlin", 47, 60, 'E' },      { "Asia/Tokyo", 75, 540, 0 },
    { "America/Los_Angeles", 1, -480, 'U' }, { "Asia/Jakarta", 66, 420, 0 },        { "Asia/Bahrain", 20, 180, 0 },
    { "Europe/London", 58, 0, 'E' },         { "Australia/Sydney", 14, 600, 'A' },  { "Asia/Kolkata", 71, 330, 0 },
    { "America/Santiago", 37, -240, 'C' },   { "Pacific/Auckland", 110, 720, 'N' }, { "America/Sao_Paulo", 25, -180, 0 },
    { "Asia/Kathmandu", 200, 345, 0 },       { "America/St_Johns", 28, -210, 'U' },
};

size_t sim_zone_count(void) { return SIM_COUNT(time_zones); }

const sim_zone *sim_zone_at(size_t index) { return &time_zones[index % SIM_COUNT(time_zones)]; }

int64_t sim_day_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

sim_date sim_date_of(int64_t day)
{
    int64_t z = day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;

    return (sim_date){ (int)(year + era * 400 + (month >= 10)), (int)(month < 10 ? month + 3 : month - 9),
                       (int)(of_year - (153 * month + 2) / 5 + 1) };
}

static int64_t time_turn_at(const sim_zone *zone, const time_turn *turn, int year)
{
    int64_t day;
    int64_t at;

    if (turn->from) {
        day = sim_day_of(year, turn->month, turn->from);
        day += (7 - (day + 4) % 7) % 7; /* 1970-01-01 was a Thursday; Sunday is 0 */
    } else {
        day = sim_day_of(year + turn->month / 12, turn->month % 12 + 1, 1) - 1;
        day -= (day + 4) % 7;
    }
    at = day * DAY + turn->minutes * 60;
    return turn->clock == 'u' ? at : at - zone->offset * 60;
}

int64_t sim_zone_offset(const sim_zone *zone, int64_t at)
{
    for (size_t i = 0; zone->rule && i < SIM_COUNT(time_rules); i++) {
        const time_rule *rule = &time_rules[i];
        int year = sim_date_of((at + zone->offset * 60) / DAY).year;
        int64_t on, off;
        bool saving;

        if (rule->name != zone->rule) continue;
        on = time_turn_at(zone, &rule->on, year);
        off = time_turn_at(zone, &rule->off, year);
        saving = on < off ? at >= on && at < off : at >= on || at < off;
        return zone->offset * 60 + (saving ? 3600 : 0);
    }
    return zone->offset * 60;
}

int64_t sim_zone_day(const sim_zone *zone, int64_t at)
{
    int64_t local = at + sim_zone_offset(zone, at);

    return (local >= 0 ? local : local - DAY + 1) / DAY;
}

int64_t sim_zone_midnight(const sim_zone *zone, int64_t day)
{
    int64_t at = day * DAY - sim_zone_offset(zone, day * DAY);

    at = day * DAY - sim_zone_offset(zone, at);
    while (sim_zone_day(zone, at) < day) at += 900; /* a midnight that does not exist */
    while (sim_zone_day(zone, at - 900) == day) at -= 900;
    return at;
}

bool sim_day_read(const char *text, int64_t *day)
{
    int y, m, d, used = 0;

    if ((sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &used) != 3 || used != 10) &&
        (sscanf(text, "%4d%2d%2d%n", &y, &m, &d, &used) != 3 || used != 8))
        return false;
    if (text[used] || y < 1970 || m < 1 || m > 12 || d < 1) return false;
    *day = sim_day_of(y, m, d);
    return sim_date_of(*day).day == d;
}

/* 10:00, 10:00:00, each with or without a Z */
static bool time_clock(const char *text, int64_t *seconds)
{
    int h, m, s = 0, used = 0, more = 0;

    if (sscanf(text, "%2d:%2d%n", &h, &m, &used) != 2) return false;
    if (text[used] == ':' && sscanf(text + used, ":%2d%n", &s, &more) == 1) used += more;
    *seconds = h * 3600 + m * 60 + s;
    return (!text[used] || !strcmp(text + used, "Z")) && h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 60;
}

bool sim_time_read(const char *text, int64_t *at)
{
    char *end, date[11];
    int64_t day, seconds = 0;

    *at = strtoll(text, &end, 10);
    if (*text && !*end && end - text > 8) return true;
    (void)snprintf(date, sizeof date, "%s", text);
    if (!sim_day_read(date, &day)) return false;
    if (strlen(text) > 10 && (text[10] != 'T' || !time_clock(text + 11, &seconds))) return false;
    *at = day * DAY + seconds;
    return true;
}

void sim_day_text(char out[16], int64_t day)
{
    sim_date d = sim_date_of(day);

    (void)snprintf(out, 16, "%04u-%02u-%02u", (unsigned)d.year % 10000u, (unsigned)d.month % 100u, (unsigned)d.day % 100u);
}

void sim_time_text(char out[40], int64_t at, const sim_zone *zone)
{
    int64_t offset = zone ? sim_zone_offset(zone, at) : 0;
    int64_t local = at + offset;
    int64_t day = (local >= 0 ? local : local - DAY + 1) / DAY;
    int64_t rest = local - day * DAY;
    int64_t minutes = (offset < 0 ? -offset : offset) / 60;
    char date[16];

    sim_day_text(date, day);
    (void)snprintf(out, 40, "%sT%02d:%02d:%02d%c%02d%02d", date, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60),
                   offset < 0 ? '-' : '+', (int)(minutes / 60), (int)(minutes % 60));
}

void sim_http_date(char out[40], int64_t at)
{
    time_t t = (time_t)at;
    struct tm tm;

    gmtime_r(&t, &tm);
    (void)strftime(out, 40, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

int64_t sim_wall_us(void)
{
    struct timeval tv;

    gettimeofday(&tv, NULL);
    return (int64_t)tv.tv_sec * 1000000 + tv.tv_usec;
}

int64_t sim_now(const sim_world *sim) { return sim->clock_base + (sim->options.tick ? sim_wall_us() / 1000000 - sim->tick_base : 0); }

void sim_now_set(sim_world *sim, int64_t now)
{
    sim->clock_base = now;
    sim->tick_base = sim_wall_us() / 1000000;
}
