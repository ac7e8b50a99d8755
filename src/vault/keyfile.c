/* SPDX-License-Identifier: MIT */
/* A file of master keys: read once, checked line by line, kept in memory for secrets. What stands in it never reaches an error. */
#include "vault_int.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEYFILE_SIZE = 65536, KEYFILE_LINE = 512, KEYFILE_KEYS = 256 };

typedef struct keyfile_key {
    char name[VAULT_MASTER + 1];
    adsync__secret key;
} keyfile_key;

struct keyfile {
    uint32_t n;
    keyfile_key keys[KEYFILE_KEYS];
};

static adsync_status keyfile_bad(adsync_error **error, uint32_t line, const char *what)
{
    return adsync__fail(error, ADSYNC_E_FORMAT, "keys.line", "the key file, line %" PRIu32 ": %s", line, what);
}

/* ---- reading */

static adsync_status keyfile_check(int fd, adsync_error **error)
{
    struct stat s;

    if (fstat(fd, &s) < 0 || !S_ISREG(s.st_mode))
        return adsync__fail(error, ADSYNC_E_INVALID, "keys.file", "the key file is no regular file");
    if (s.st_uid != geteuid() && s.st_uid != 0)
        return adsync__fail(error, ADSYNC_E_PERMISSION, "keys.owner",
                            "the key file belongs to another user; make it this process' user's or root's");
    if (s.st_mode & (S_IRWXG | S_IRWXO))
        return adsync__fail(error, ADSYNC_E_PERMISSION, "keys.mode",
                            "the key file has mode %03o: others than its owner may reach it; chmod 600 it", (unsigned)(s.st_mode & 0777));
    if (s.st_size > KEYFILE_SIZE) return adsync__fail(error, ADSYNC_E_FORMAT, "keys.file", "the key file is larger than 64 KiB");
    return ADSYNC_OK;
}

static adsync_status keyfile_load(int fd, adsync__secret *text, adsync_error **error)
{
    ssize_t n = 1;
    adsync_status rc = keyfile_check(fd, error);

    if (rc < 0) return rc;
    while (n && text->size <= KEYFILE_SIZE) {
        n = read(fd, text->p + text->size, KEYFILE_SIZE + 1 - text->size);
        if (n < 0 && errno != EINTR)
            return adsync__fail(error, ADSYNC_E_INVALID, "keys.file", "the key file cannot be read (error %d)", errno);
        if (n > 0) text->size += (size_t)n;
        if (n < 0) n = 1;
    }
    if (text->size <= KEYFILE_SIZE) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_FORMAT, "keys.file", "the key file is larger than 64 KiB");
}

static adsync_status keyfile_open(const char *path, adsync__secret *text, adsync_error **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a pipe in its place must not hold us */
    adsync_status rc;

    if (fd < 0 && errno == EACCES)
        return adsync__fail(error, ADSYNC_E_PERMISSION, "keys.file", "the key file %s may not be read by this user", path);
    if (fd < 0) return adsync__fail(error, ADSYNC_E_NOT_FOUND, "keys.file", "there is no key file %s (error %d)", path, errno);
    rc = keyfile_load(fd, text, error);
    (void)close(fd);
    return rc;
}

/* ---- parsing */

bool adsync__keyfile_name_valid(const char *p, size_t size)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    if (!size || size > VAULT_MASTER) return false;
    for (size_t i = 0; i < size; i++)
        if (!p[i] || !strchr(letters, p[i])) return false;
    return true;
}

static adsync_status keyfile_decode(adsync__secrets *secrets, const char *p, size_t size, uint32_t line, adsync__secret *out,
                                    adsync_error **error)
{
    size_t used = 0;
    adsync_status rc = adsync__secret_make(secrets, NULL, ADSYNC__KEY_SIZE, out, error);

    if (rc < 0) return rc;
    rc = adsync__base64_read(p, size, (uint8_t *)out->p, ADSYNC__KEY_SIZE, &used);
    if (rc == ADSYNC_E_FORMAT) return keyfile_bad(error, line, "after the ':' stands no base64");
    if (rc < 0 || used != ADSYNC__KEY_SIZE) return keyfile_bad(error, line, "the key has not 32 bytes");
    return ADSYNC_OK;
}

/* The same key twice is a slip of the pen in either spelling: a rotation to it would rotate nothing. */
static adsync_status keyfile_unique(const keyfile *file, const keyfile_key *key, uint32_t line, adsync_error **error)
{
    static const uint8_t zero[ADSYNC__KEY_SIZE];

    if (adsync__equal_bytes(key->key.p, zero, sizeof zero)) return keyfile_bad(error, line, "the key is all zeros");
    for (uint32_t i = 0; i < file->n; i++) {
        if (!strcmp(file->keys[i].name, key->name)) return keyfile_bad(error, line, "the name stands in the file twice");
        if (adsync__equal_bytes(file->keys[i].key.p, key->key.p, ADSYNC__KEY_SIZE))
            return keyfile_bad(error, line, "the key stands in the file twice");
    }
    return ADSYNC_OK;
}

static adsync_status keyfile_line(keyfile *file, adsync__secrets *secrets, const char *p, size_t size, uint32_t line, adsync_error **error)
{
    const char *colon = memchr(p, ':', size);
    keyfile_key *key = &file->keys[file->n];
    adsync_status rc;

    if (size > KEYFILE_LINE) return keyfile_bad(error, line, "the line is too long");
    if (!colon) return keyfile_bad(error, line, "there is no ':' between name and key");
    if (!adsync__keyfile_name_valid(p, (size_t)(colon - p)))
        return keyfile_bad(error, line, "the name is not 1 to 64 of A-Z a-z 0-9 . _ -");
    if (file->n == KEYFILE_KEYS) return keyfile_bad(error, line, "the file has more than 256 keys");
    memcpy(key->name, p, (size_t)(colon - p));
    key->name[colon - p] = 0;
    rc = keyfile_decode(secrets, colon + 1, size - (size_t)(colon + 1 - p), line, &key->key, error);
    if (rc >= 0) rc = keyfile_unique(file, key, line, error);
    if (rc >= 0)
        file->n++;
    else
        adsync__secret_free(&key->key);
    return rc;
}

static adsync_status keyfile_parse(keyfile *file, adsync__secrets *secrets, const adsync__secret *text, adsync_error **error)
{
    const char *p = text->p, *end = text->p + text->size;
    adsync_status rc = ADSYNC_OK;

    for (uint32_t line = 1; p < end && rc >= 0; line++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p)), *last = stop ? stop : end;
        const char *next = stop ? stop + 1 : end;
        while (last > p && strchr(" \t\r", last[-1]) && last[-1]) last--;
        if (last > p && *p != '#') rc = keyfile_line(file, secrets, p, (size_t)(last - p), line, error);
        p = next;
    }
    if (rc >= 0 && !file->n) return adsync__fail(error, ADSYNC_E_FORMAT, "keys.empty", "the key file holds no key");
    return rc;
}

adsync_status adsync__keyfile_read(const char *path, adsync__secrets *secrets, keyfile **out, adsync_error **error)
{
    keyfile *file = adsync__alloc_zero(1, sizeof *file);
    adsync__secret text = { 0 };
    adsync_status rc;

    *out = NULL;
    if (!file) return adsync__fail_memory(error);
    if ((rc = adsync__secret_make(secrets, NULL, KEYFILE_SIZE + 1, &text, error)) < 0) goto done;
    text.size = 0;
    if ((rc = keyfile_open(path, &text, error)) < 0) goto done;
    if ((rc = keyfile_parse(file, secrets, &text, error)) < 0) goto done;
    *out = file;
    file = NULL;
done:
    adsync__secret_free(&text);
    adsync__keyfile_free(file);
    return rc;
}

void adsync__keyfile_free(keyfile *file)
{
    if (!file) return;
    for (uint32_t i = 0; i < file->n; i++) adsync__secret_free(&file->keys[i].key);
    adsync__free(file);
}

const char *adsync__keyfile_first(const keyfile *file) { return file->keys[0].name; }

const adsync__secret *adsync__keyfile_find(const keyfile *file, const char *master)
{
    for (uint32_t i = 0; i < file->n; i++)
        if (!strcmp(file->keys[i].name, master)) return &file->keys[i].key;
    return NULL;
}
