/* SPDX-License-Identifier: MIT */
#include "base.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Set by tests before anything runs, never by the library: no state of a process that uses it. */
static adsync__alloc_hook memory_hook;

void adsync__alloc_watch(adsync__alloc_hook hook) { memory_hook = hook; }

static bool memory_allowed(size_t size) { return !memory_hook || memory_hook(size); }

void *adsync__alloc(size_t size) { return memory_allowed(size) ? malloc(size ? size : 1) : NULL; }

void *adsync__alloc_zero(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) return NULL;
    if (!memory_allowed(count * size)) return NULL;
    return calloc(count ? count : 1, size ? size : 1);
}

void *adsync__realloc(void *p, size_t count, size_t size)
{
    size_t bytes = count * size;

    if (size && count > SIZE_MAX / size) return NULL;
    if (!memory_allowed(bytes)) return NULL;
    return realloc(p, bytes ? bytes : 1);
}

void *adsync__copy(const void *p, size_t size)
{
    char *copy;

    if (size == SIZE_MAX || !(copy = adsync__alloc(size + 1))) return NULL;
    if (size) memcpy(copy, p, size);
    copy[size] = 0;
    return copy;
}

char *adsync__copy_text(const char *text) { return text ? adsync__copy(text, strlen(text)) : NULL; }

void adsync__free(void *p) { free(p); }

/* A few runs of pages are kept for whoever needs the next: a page fault each 4 KiB costs more than filling them. Each says in its first
 * bytes how long it is. */
enum { MEMORY_RUNS = 1, MEMORY_RUN = 1280 * 1024 };
static size_t *memory_runs[MEMORY_RUNS];

static size_t *memory_swap(uint32_t i, size_t *run) { return __atomic_exchange_n(&memory_runs[i], run, __ATOMIC_ACQ_REL); }

void *adsync__pages_take(size_t *size)
{
    size_t *run = NULL;
    void *made;

    if (!memory_allowed(*size)) return NULL;
    for (uint32_t i = 0; i < MEMORY_RUNS && *size <= MEMORY_RUN; i++) {
        if (!(run = memory_swap(i, NULL))) continue;
        if (*run >= *size) {
            *size = *run;
            return run;
        }
        adsync__pages_free(run, *run);
    }
    made = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return made == MAP_FAILED ? NULL : made;
}

void *adsync__pages_grow(void *p, size_t old, size_t size)
{
    void *grown = memory_allowed(size) ? mremap(p, old, size, MREMAP_MAYMOVE) : NULL;

    return grown == MAP_FAILED ? NULL : grown;
}

void adsync__pages_free(void *p, size_t size)
{
    size_t *run = p;

    if (size <= MEMORY_RUN) *run = size;
    for (uint32_t i = 0; i < MEMORY_RUNS && run && size <= MEMORY_RUN; i++) {
        run = memory_swap(i, run);
        size = run ? *run : 0;
    }
    if (run) (void)munmap(run, size);
}

void adsync__wipe(void *p, size_t size)
{
    if (!size) return;
    memset(p, 0, size);
    __asm__ __volatile__("" : : "r"(p) : "memory"); /* the compiler must not drop the memset of memory that is about to be freed */
}

struct adsync__arena_block {
    adsync__arena_block *next;
    size_t room;
    _Alignas(max_align_t) char bytes[];
};

enum { ARENA_BLOCK = 256 - sizeof(adsync__arena_block) };

/* Blocks double up to 64 KiB, so that a large result costs few allocations and a small one little memory. */
static adsync__arena_block *arena_block(const adsync__arena *arena, size_t size)
{
    size_t room = arena->blocks ? arena->blocks->room * 2 : ARENA_BLOCK;
    adsync__arena_block *block;

    if (room > 64 * 1024) room = 64 * 1024;
    if (room < size) room = size;
    if (size > SIZE_MAX / 2 || !(block = adsync__alloc(sizeof *block + room))) return NULL;
    block->room = room;
    return block;
}

void *adsync__arena_take(adsync__arena *arena, size_t size)
{
    adsync__arena_block *block = arena->blocks;
    size_t step = _Alignof(max_align_t);
    void *taken;

    if (size > SIZE_MAX / 2) return NULL;
    size = (size + step - 1) / step * step;
    if (!block || block->room - arena->used < size) {
        if (!(block = arena_block(arena, size))) {
            arena->lost = true;
            return NULL;
        }
        block->next = arena->blocks;
        arena->blocks = block;
        arena->used = 0;
    }
    taken = block->bytes + arena->used;
    arena->used += size;
    return taken;
}

char *adsync__arena_copy(adsync__arena *arena, const void *p, size_t size)
{
    char *copy = size == SIZE_MAX ? NULL : adsync__arena_take(arena, size + 1);

    if (!copy) return NULL;
    if (size) memcpy(copy, p, size);
    copy[size] = 0;
    return copy;
}

void adsync__arena_free(adsync__arena *arena)
{
    adsync__arena_block *block, *next;

    for (block = arena->blocks; block; block = next) {
        next = block->next;
        adsync__free(block);
    }
    *arena = (adsync__arena){ 0 };
}
