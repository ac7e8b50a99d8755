/* SPDX-License-Identifier: MIT */
/* Memory for secrets.
 *
 * A pool maps chunks of 64 KiB between two pages that nobody may touch. A chunk has 16 slabs of 4 KiB; a slab is cut into slots of one
 * size, so a thousand keys of 32 bytes take 12 slabs and not a thousand pages. What is larger than a slab has a chunk of its own. All
 * bookkeeping lies outside, in ordinary memory: it survives a fork, in which the kernel empties the chunks, so that a child can free
 * what it inherited and learns from a mark that it must not use it.
 *
 * A secret may be freed on another thread than the pool's own, so a lock guards the bookkeeping. */
#include "crypto.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SECRET_CHUNK = 65536, SECRET_SLAB = 4096, SECRET_SLABS = SECRET_CHUNK / SECRET_SLAB };

/* Multiples of 16, each the largest that fits a slab so often; the first takes a key and its NUL. */
static const uint16_t secret_sizes[] = { 48, 112, 240, 496, 1008, 2032, 4096 };

typedef struct secret_slab {
    uint64_t taken[2]; /* a bit per slot; 85 slots at most */
    uint16_t size;     /* of its slots; 0: the slab is free */
    uint16_t used;
} secret_slab;

typedef struct secret_chunk secret_chunk;
struct secret_chunk {
    secret_chunk *next;
    char *base; /* between the guard pages */
    size_t size;
    uint32_t used; /* slabs in use; a large secret's chunk: 1 */
    bool large;
    secret_slab slabs[SECRET_SLABS];
};

struct adsync__secrets {
    pthread_mutex_t lock;
    secret_chunk *chunks;
    secret_chunk *hint[ADSYNC__COUNT(secret_sizes)]; /* where a slot of the size was last free; may be NULL */
    adsync__effects effects;
    size_t page;
    uint64_t refs; /* the owner and every secret */
    int unlocked;  /* errno of the first mlock that failed */
    bool told, wipes, listens;
    const char *mark; /* 1 here, 0 in a child */
    pid_t pid;        /* where the kernel cannot empty pages on fork */
    adsync__secret mark_secret;
};

/* ---- chunks */

static void secret_unmap(const adsync__secrets *secrets, secret_chunk *chunk)
{
    adsync__wipe(chunk->base, chunk->size);
    (void)munmap(chunk->base - secrets->page, chunk->size + 2 * secrets->page);
    adsync__free(chunk);
}

static char *secret_pages(adsync__secrets *secrets, size_t size)
{
    char *p = mmap(NULL, size + 2 * secrets->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) return NULL;
    p += secrets->page;
    if (mprotect(p, size, PROT_READ | PROT_WRITE) < 0) {
        (void)munmap(p - secrets->page, size + 2 * secrets->page);
        return NULL;
    }
    (void)madvise(p, size, MADV_DONTDUMP);
    secrets->wipes = madvise(p, size, MADV_WIPEONFORK) == 0 && secrets->wipes;
    if (mlock(p, size) < 0 && !secrets->unlocked) secrets->unlocked = errno;
    return p;
}

static secret_chunk *secret_map(adsync__secrets *secrets, size_t size, bool large)
{
    secret_chunk *chunk = adsync__alloc_zero(1, sizeof *chunk);

    if (!chunk) return NULL;
    chunk->size = (size + secrets->page - 1) / secrets->page * secrets->page;
    chunk->large = large;
    if (!(chunk->base = secret_pages(secrets, chunk->size))) {
        adsync__free(chunk);
        return NULL;
    }
    chunk->next = secrets->chunks;
    secrets->chunks = chunk;
    return chunk;
}

/* Lets an empty chunk go. The first one never is, for the mark lies in it: a secret made and freed in a loop costs no system call. */
static void secret_drop(adsync__secrets *secrets, secret_chunk *chunk)
{
    secret_chunk **at = &secrets->chunks;

    while (*at != chunk) at = &(*at)->next;
    *at = chunk->next;
    for (size_t i = 0; i < ADSYNC__COUNT(secrets->hint); i++)
        if (secrets->hint[i] == chunk) secrets->hint[i] = NULL;
    secret_unmap(secrets, chunk);
}

/* ---- slots */

static uint32_t secret_slots(const secret_slab *slab) { return SECRET_SLAB / slab->size; }

/* A slab of the chunk with a free slot of the size, else one that is cut into such slots now. */
static secret_slab *secret_slab_find(secret_chunk *chunk, uint16_t size)
{
    secret_slab *whole = NULL;

    if (!chunk || chunk->large) return NULL;
    for (size_t i = 0; i < SECRET_SLABS; i++) {
        secret_slab *slab = &chunk->slabs[i];
        if (slab->size == size && slab->used < secret_slots(slab)) return slab;
        if (!slab->size && !whole) whole = slab;
    }
    if (whole) *whole = (secret_slab){ .size = size };
    return whole;
}

static char *secret_slot(secret_chunk *chunk, secret_slab *slab)
{
    size_t slot = 0;

    while (slab->taken[slot / 64] >> slot % 64 & 1) slot++;
    slab->taken[slot / 64] |= UINT64_C(1) << slot % 64;
    chunk->used += slab->used++ == 0;
    return chunk->base + (slab - chunk->slabs) * SECRET_SLAB + slot * slab->size;
}

static bool secret_take_small(adsync__secrets *secrets, size_t class, adsync__secret *out)
{
    secret_chunk *chunk = secrets->hint[class];
    secret_slab *slab = secret_slab_find(chunk, secret_sizes[class]);

    for (chunk = slab ? chunk : secrets->chunks; !slab && chunk; chunk = slab ? chunk : chunk->next)
        slab = secret_slab_find(chunk, secret_sizes[class]);
    if (!slab && (chunk = secret_map(secrets, SECRET_CHUNK, false))) slab = secret_slab_find(chunk, secret_sizes[class]);
    if (!slab) return false;
    secrets->hint[class] = chunk;
    out->p = secret_slot(chunk, slab);
    out->room = secret_sizes[class] - 1u;
    out->chunk = chunk;
    return true;
}

static bool secret_take(adsync__secrets *secrets, size_t size, adsync__secret *out)
{
    secret_chunk *chunk;

    for (size_t i = 0; i < ADSYNC__COUNT(secret_sizes); i++)
        if (size < secret_sizes[i]) return secret_take_small(secrets, i, out);
    if (size > SIZE_MAX / 4 || !(chunk = secret_map(secrets, size + 1, true))) return false;
    chunk->used = 1;
    out->p = chunk->base;
    out->room = chunk->size - 1;
    out->chunk = chunk;
    return true;
}

static void secret_give(adsync__secrets *secrets, const adsync__secret *secret)
{
    secret_chunk *chunk = secret->chunk;
    secret_slab *slab;
    size_t slot;

    adsync__wipe(secret->p, secret->room + 1);
    if (chunk->large) {
        secret_drop(secrets, chunk);
        return;
    }
    slab = &chunk->slabs[(secret->p - chunk->base) / SECRET_SLAB];
    slot = (size_t)(secret->p - chunk->base) % SECRET_SLAB / slab->size;
    slab->taken[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    if (--slab->used) return;
    slab->size = 0;
    if (!--chunk->used) secret_drop(secrets, chunk);
}

/* ---- the pool */

static void secret_destroy(adsync__secrets *secrets)
{
    while (secrets->chunks) {
        secret_chunk *chunk = secrets->chunks;
        secrets->chunks = chunk->next;
        secret_unmap(secrets, chunk);
    }
    (void)pthread_mutex_destroy(&secrets->lock);
    adsync__free(secrets);
}

static void secret_release(adsync__secrets *secrets, const adsync__secret *secret) /* of a secret, or of the owner: NULL */
{
    bool last;

    (void)pthread_mutex_lock(&secrets->lock);
    if (secret) secret_give(secrets, secret);
    last = --secrets->refs == 0;
    (void)pthread_mutex_unlock(&secrets->lock);
    if (last) secret_destroy(secrets);
}

/* Outside the lock: the host's log may free secrets. */
static void secret_tell(adsync__secrets *secrets)
{
    if (!secrets->unlocked || secrets->told || !secrets->listens) return;
    secrets->told = true;
    adsync__log(&secrets->effects, ADSYNC_LOG_WARN, "secrets.not_locked",
                "memory for secrets cannot be locked (error %d): the system may swap it to disk; raise RLIMIT_MEMLOCK (ulimit -l) "
                "or turn swap off",
                secrets->unlocked);
}

adsync_status adsync__secrets_open(const adsync__effects *effects, adsync__secrets **out, adsync_error **error)
{
    adsync__secrets *made = adsync__alloc_zero(1, sizeof *made);
    adsync_status rc;

    *out = NULL;
    if (!made) return adsync__fail_memory(error);
    (void)pthread_mutex_init(&made->lock, NULL);
    if (effects) made->effects = *effects;
    made->listens = effects != NULL;
    made->page = (size_t)sysconf(_SC_PAGESIZE);
    made->wipes = true;
    made->refs = 1;
    made->pid = getpid();
    if ((rc = adsync__secret_make(made, "\1", 1, &made->mark_secret, error)) < 0) {
        secret_release(made, NULL);
        return rc;
    }
    made->mark = made->mark_secret.p;
    made->refs--; /* the mark lives and dies with the pool */
    *out = made;
    return ADSYNC_OK;
}

void adsync__secrets_free(adsync__secrets *secrets)
{
    if (secrets) secret_release(secrets, NULL);
}

bool adsync__secrets_forked(const adsync__secrets *secrets) { return secrets->wipes ? !*secrets->mark : getpid() != secrets->pid; }
bool adsync__secrets_locked(const adsync__secrets *secrets) { return !secrets->unlocked; }

adsync_status adsync__secret_make(adsync__secrets *secrets, const void *p, size_t size, adsync__secret *out, adsync_error **error)
{
    bool taken;

    *out = (adsync__secret){ 0 };
    (void)pthread_mutex_lock(&secrets->lock);
    taken = secret_take(secrets, size, out);
    secrets->refs += taken;
    (void)pthread_mutex_unlock(&secrets->lock);
    secret_tell(secrets);
    if (!taken) return adsync__fail_memory(error);
    if (p && size) memcpy(out->p, p, size);
    out->p[size] = 0;
    out->size = size;
    out->home = secrets;
    return ADSYNC_OK;
}

adsync_status adsync__secret_add(adsync__secret *secret, const void *p, size_t size, adsync_error **error)
{
    adsync__secret grown;
    adsync_status rc;

    if (size > SIZE_MAX / 8 - secret->size) return adsync__fail_memory(error);
    if (size > secret->room - secret->size) {
        if ((rc = adsync__secret_make(secret->home, NULL, 2 * (secret->size + size), &grown, error)) < 0) return rc;
        memcpy(grown.p, secret->p, secret->size);
        grown.size = secret->size;
        adsync__secret_free(secret);
        *secret = grown;
    }
    if (size) memcpy(secret->p + secret->size, p, size);
    secret->size += size;
    secret->p[secret->size] = 0;
    return ADSYNC_OK;
}

void adsync__secret_cut(adsync__secret *secret, size_t size)
{
    if (size >= secret->size) return;
    adsync__wipe(secret->p + size, secret->size - size);
    secret->size = size;
}

void adsync__secret_free(adsync__secret *secret)
{
    if (secret->home) secret_release(secret->home, secret);
    *secret = (adsync__secret){ 0 };
}
