/* SPDX-License-Identifier: MIT */
#include "base.h"

#include <stdlib.h>

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

enum { ARENA_BLOCK = 4096 - sizeof(adsync__arena_block) };

/* Blocks double up to 256 KiB, so that a large result costs few allocations and a small one little memory. */
static adsync__arena_block *arena_block(const adsync__arena *arena, size_t size)
{
    size_t room = arena->blocks ? arena->blocks->room * 2 : ARENA_BLOCK;
    adsync__arena_block *block;

    if (room > 256 * 1024) room = 256 * 1024;
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
        if (!(block = arena_block(arena, size))) return NULL;
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
