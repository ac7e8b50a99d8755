/* SPDX-License-Identifier: MIT */
/* Memory of one request: taken in chunks, given back at once when the answer has left. */
#include "core.h"

#include <stdlib.h>

#define CHUNK_SIZE 8192u

typedef struct sim_chunk {
    struct sim_chunk *next;
    size_t used, room;
    _Alignas(16) char bytes[];
} sim_chunk;

void *sim_alloc(sim_arena *arena, size_t size)
{
    sim_chunk *chunk = arena->chunks;
    void *p;

    size = (size + 15) & ~(size_t)15;
    if (!chunk || chunk->room - chunk->used < size) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;

        chunk = sim_need(malloc(sizeof *chunk + room));
        *chunk = (sim_chunk){ .next = arena->chunks, .room = room };
        arena->chunks = chunk;
    }
    p = memset(chunk->bytes + chunk->used, 0, size);
    chunk->used += size;
    return p;
}

char *sim_copy(sim_arena *arena, const char *s, size_t size)
{
    char *p = sim_alloc(arena, size + 1);

    if (size) memcpy(p, s, size);
    return p;
}

void sim_arena_free(sim_arena *arena)
{
    while (arena->chunks) {
        sim_chunk *next = arena->chunks->next;

        free(arena->chunks);
        arena->chunks = next;
    }
}
