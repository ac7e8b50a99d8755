/* SPDX-License-Identifier: MIT */
/* TZif as RFC 9636 has it. A file of version 1 is a header and a body with times of 4 bytes. Later ones follow it with a second header
 * and a body with times of 8 bytes, and a line with the rule by which time goes on after the list; of these only the second part is
 * read. What a rule says is written out into the list for one cycle of the calendar, so that every later question is a search. */
#include "zone_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_SIZE_MAX = 64 * 1024, HEADER_SIZE = 44, RULE_YEARS = 406 };

#define FILE_FIRST_S (INT64_C(-62135596800) - 200000) /* before anybody's year 1 */
#define FILE_LAST_S (INT64_C(253402300800) + 200000)  /* after anybody's year 9999 */

typedef struct file_body {
    uint32_t n_leaps, n_times, n_types;
    size_t time_size;
    const unsigned char *times, *indexes, *types, *end;
} file_body;

static int64_t file_number(const unsigned char *p, size_t size)
{
    uint64_t n = p[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < size; i++) n = n << 8 | p[i];
    return (int64_t)n;
}

/* Finds the parts of the body whose header is at p; false where it is none or does not fit before `end`. */
static bool file_look(const unsigned char *p, const unsigned char *end, size_t time_size, file_body *body)
{
    uint32_t n[6]; /* ut indicators, standard indicators, leap seconds, times, types, characters */
    uint64_t need;

    if (end - p < HEADER_SIZE || strncmp((const char *)p, "TZif", 4) != 0) return false;
    for (size_t i = 0; i < 6; i++) n[i] = (uint32_t)file_number(p + 20 + 4 * i, 4);
    p += HEADER_SIZE;
    need = (uint64_t)n[3] * (time_size + 1) + (uint64_t)n[4] * 6 + n[5] + (uint64_t)n[2] * (time_size + 4) + n[1] + n[0];
    if (need > (uint64_t)(end - p)) return false;
    *body = (file_body){ .n_leaps = n[2], .n_times = n[3], .n_types = n[4], .time_size = time_size, .times = p };
    body->indexes = p + n[3] * time_size;
    body->types = body->indexes + n[3];
    body->end = p + need;
    return true;
}

static bool file_type(const file_body *body, uint32_t index, int32_t *offset)
{
    if (index >= body->n_types) return false;
    *offset = (int32_t)file_number(body->types + (size_t)index * 6, 4);
    return *offset >= ADSYNC__ZONE_OFFSET_MIN && *offset <= ADSYNC__ZONE_OFFSET_MAX;
}

/* Appends a change that is not before the last one; one at the same instant takes its place, and what changes nothing is left out:
 * so is what lies before all years, for it becomes the offset that was there from the start. */
static void zone_push(adsync__zone *zone, int64_t at, int32_t offset)
{
    if (at < FILE_FIRST_S) zone->offset[0] = offset;
    if (zone->count && zone->at[zone->count - 1] == at) zone->count--;
    if (zone->offset[zone->count] == offset) return;
    zone->at[zone->count++] = at;
    zone->offset[zone->count] = offset;
}

static bool zone_list(adsync__zone *zone, const file_body *body, int64_t *last)
{
    if (!file_type(body, 0, &zone->offset[0])) return false;
    *last = INT64_MIN;
    for (uint32_t i = 0; i < body->n_times; i++) {
        int64_t at = file_number(body->times + i * body->time_size, body->time_size);
        int32_t offset;
        if (!file_type(body, body->indexes[i], &offset) || (i && at <= *last)) return false;
        zone_push(zone, at, offset);
        *last = at;
    }
    return true;
}

typedef struct rule_change {
    int64_t at;
    int32_t offset, unused;
} rule_change;

/* The changes of the years from `year` on, in order of time: years overlap by a few days where a rule reaches over their ends. */
static void rule_list(const adsync__zone_rule *rule, int64_t year, rule_change *out)
{
    for (size_t i = 0, k; i < 2 * RULE_YEARS; i++) {
        bool begins = i % 2 == 0;
        int64_t local = adsync__zone_edge_local(begins ? &rule->begin : &rule->end, year + (int64_t)(i / 2));
        rule_change change = { local - (begins ? rule->standard_s : rule->daylight_s), begins ? rule->daylight_s : rule->standard_s, 0 };
        for (k = i; k && out[k - 1].at > change.at; k--) out[k] = out[k - 1];
        out[k] = change;
    }
}

/* All that happens from two years after the last listed change on comes from the rule. */
static bool zone_rule(adsync__zone *zone, const adsync__zone_rule *rule, int64_t last)
{
    int64_t year = 0;
    rule_change changes[2 * RULE_YEARS];

    if (!rule->has_daylight) return zone->offset[zone->count] == rule->standard_s;
    if (last > FILE_LAST_S) return true;
    if (last > FILE_FIRST_S + 400 * 86400) year = adsync__day_from_number(adsync__floor_div(last, 86400) - 10) / 10000 - 1;
    rule_list(rule, year, changes);
    for (size_t i = 0; i < ADSYNC__COUNT(changes); i++)
        if (changes[i].at > last) zone_push(zone, changes[i].at, changes[i].offset);
    zone->cycle_from = adsync__day_number((year + 4) * 10000 + 101) * 86400;
    return true;
}

/* The line after the body, between two line ends. */
static bool file_rule(const unsigned char *p, const unsigned char *end, adsync__zone *zone, int64_t last)
{
    adsync__zone_rule rule;
    const unsigned char *stop;

    if (p == end || *p++ != '\n' || !(stop = memchr(p, '\n', (size_t)(end - p)))) return false;
    if (stop == p) return true;
    return adsync__zone_rule_parse((const char *)p, (size_t)(stop - p), &rule) >= 0 && zone_rule(zone, &rule, last);
}

static adsync__zone *zone_new(size_t n)
{
    adsync__zone *zone = adsync__alloc(sizeof *zone + n * (sizeof *zone->at + sizeof *zone->offset) + sizeof *zone->offset);

    if (!zone) return NULL;
    *zone = (adsync__zone){ .at = (int64_t *)(void *)(zone + 1), .cycle_from = INT64_MAX };
    zone->offset = (int32_t *)(void *)(zone->at + n);
    return zone;
}

static adsync_status file_fail(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_FORMAT, "zone.format", "the time zone's file is not what RFC 9636 describes; install tzdata anew");
}

adsync_status adsync__zone_parse(const void *bytes, size_t size, adsync__zone **out, adsync_error **error)
{
    const unsigned char *p = size ? bytes : (const unsigned char *)"", *end = p + size;
    file_body body = { 0 };
    bool later;
    int64_t last;

    *out = NULL;
    if (size > FILE_SIZE_MAX || !file_look(p, end, 4, &body)) return file_fail(error);
    later = p[4] != 0;
    if (later && (p[4] < '2' || !file_look(body.end, end, 8, &body))) return file_fail(error);
    if (body.n_leaps)
        return adsync__fail(error, ADSYNC_E_FORMAT, "zone.leaps", "the time zone's file counts leap seconds, which no platform does");
    if (!(*out = zone_new(body.n_times + 2 * RULE_YEARS))) return adsync__fail_memory(error);
    if (zone_list(*out, &body, &last) && (!later || file_rule(body.end, end, *out, last))) return ADSYNC_OK;
    adsync__zone_free(*out);
    *out = NULL;
    return file_fail(error);
}

/* "Europe/Paris": words of letters, digits, '_', '+' and '-', with single strokes between. All names of zones begin with a capital;
 * what else lies in the directory does not. */
static bool name_valid(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t size = name ? strnlen(name, ADSYNC__ZONE_NAME + 1) : 0;

    if (!size || size > ADSYNC__ZONE_NAME || strspn(name, letters) != size) return false;
    return name[0] >= 'A' && name[0] <= 'Z' && name[size - 1] != '/' && !strstr(name, "//");
}

static adsync_status file_away(const char *name, adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "zone.unknown", "there is no time zone %s here; if it is a new one, update tzdata",
                        name);
}

static adsync_status file_errno(const char *name, int code, adsync_error **error)
{
    if (code == ENOENT || code == ENOTDIR) return file_away(name, error);
    return adsync__fail(error, ADSYNC_E_TRANSIENT, "zone.read", "the file of time zone %s could not be read (errno %d)", name, code);
}

/* The path of a zone's file. */
static adsync_status file_path(const char *directory, const char *name, adsync__buffer *path, adsync_error **error)
{
    adsync__buffer_text(path, directory ? directory : ADSYNC__ZONE_DIRECTORY);
    adsync__buffer_char(path, '/');
    adsync__buffer_text(path, name);
    if (path->failed == ADSYNC_E_MEMORY) return adsync__fail_memory(error);
    return path->failed ? file_away(name, error) : ADSYNC_OK;
}

/* All of the file, up to one byte more than is allowed. */
static adsync_status file_read(int fd, const char *name, unsigned char *out, size_t *used, adsync_error **error)
{
    ssize_t n;

    for (*used = 0; *used <= FILE_SIZE_MAX; *used += (size_t)n) {
        do n = read(fd, out + *used, FILE_SIZE_MAX + 1 - *used);
        while (n < 0 && errno == EINTR);
        if (n < 0) return file_errno(name, errno, error);
        if (n == 0) break;
    }
    return ADSYNC_OK;
}

/* A zone is 400 years of changes, which take longer to work out than a small answer to digest, and the next answer mostly is of the same
 * zone: the one that was freed last is kept for whoever loads it again, as long as its file is the same. */
static adsync__zone *file_spare;

/* A path that is too long is none. */
static void file_name(adsync__zone *zone, const char *path, const struct stat *info)
{
    zone->file.device = (uint64_t)info->st_dev;
    zone->file.node = (uint64_t)info->st_ino;
    zone->file.size = (uint64_t)info->st_size;
    zone->file.changed_s = info->st_mtim.tv_sec;
    zone->file.changed_ns = info->st_mtim.tv_nsec;
    zone->file.path[0] = 0;
    if (strlen(path) <= ADSYNC__ZONE_NAME) memcpy(zone->file.path, path, strlen(path) + 1);
}

static adsync__zone *file_take_spare(const char *path)
{
    adsync__zone *spare = __atomic_exchange_n(&file_spare, NULL, __ATOMIC_ACQ_REL), asked;
    struct stat info;

    if (!spare) return NULL;
    if (stat(path, &info) < 0) goto other;
    file_name(&asked, path, &info);
    if (!strcmp(spare->file.path, path) && spare->file.device == asked.file.device && spare->file.node == asked.file.node &&
        spare->file.size == asked.file.size && spare->file.changed_s == asked.file.changed_s &&
        spare->file.changed_ns == asked.file.changed_ns)
        return spare;
other:
    adsync__free(spare);
    return NULL;
}

void adsync__zone_free(adsync__zone *zone)
{
    if (zone && *zone->file.path) zone = __atomic_exchange_n(&file_spare, zone, __ATOMIC_ACQ_REL);
    adsync__free(zone);
}

adsync_status adsync__zone_load(const char *directory, const char *name, adsync__zone **out, adsync_error **error)
{
    adsync__buffer path;
    struct stat info;
    unsigned char *bytes = NULL;
    size_t size;
    int fd = -1;
    adsync_status rc;

    *out = NULL;
    if (!name_valid(name))
        return adsync__fail(error, ADSYNC_E_INVALID, "zone.name", "a time zone's name is like Europe/Paris; this is none");
    adsync__buffer_begin(&path, 4095);
    if ((rc = file_path(directory, name, &path, error)) < 0 || (*out = file_take_spare(path.p))) goto done;
    fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* not blocked by what is no file */
    rc = fd < 0 ? file_errno(name, errno, error) : ADSYNC_OK;
    if (rc < 0) goto done;
    rc = fstat(fd, &info) < 0 ? file_errno(name, errno, error) : S_ISREG(info.st_mode) ? ADSYNC_OK : file_away(name, error);
    if (rc < 0) goto done;
    if (!(bytes = adsync__alloc(FILE_SIZE_MAX + 1)))
        rc = adsync__fail_memory(error);
    else if ((rc = file_read(fd, name, bytes, &size, error)) >= 0)
        rc = adsync__zone_parse(bytes, size, out, error);
    if (rc >= 0) file_name(*out, path.p, &info);
done:
    if (fd >= 0) (void)close(fd);
    adsync__free(bytes);
    adsync__buffer_free(&path);
    return rc;
}
