/* SPDX-License-Identifier: MIT */
/* A skip list over bytes. Every fourth node of a level stands in the next one, drawn, so no order of keys makes it slow. */
#include "memory_int.h"

static const uint8_t *tree_key(const adsync__tree_node *node) { return (const uint8_t *)(node->next + node->height); }

static uint32_t tree_height(adsync__tree *tree)
{
    uint32_t height = 1;
    uint64_t bits;

    tree->draw += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    bits = (tree->draw ^ tree->draw >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    bits ^= bits >> 31;
    for (; !(bits & 3) && height < ADSYNC__TREE_HEIGHT; bits >>= 2)
        height++;
    return height;
}

adsync__tree_node *adsync__tree_make(adsync__tree *tree, const void *key, size_t size)
{
    uint32_t height = tree_height(tree);
    adsync__tree_node *node = adsync__alloc(sizeof *node + height * sizeof node->next[0] + size);

    if (!node) return NULL;
    *node = (adsync__tree_node){ .size = (uint32_t)size, .height = height };
    memcpy(node->next + height, key, size);
    return node;
}

int adsync__tree_place(const adsync__tree_node *node, const void *key, size_t size)
{
    size_t n = node->size < size ? node->size : size;
    int diff = n ? memcmp(tree_key(node), key, n) : 0;

    return diff || node->size >= size ? diff : -1;
}

bool adsync__tree_is(const adsync__tree_node *node, const void *key, size_t size)
{
    return node->size == size && !adsync__tree_place(node, key, size);
}

/* On each level the pointer that leads to the first node at or beyond the place. */
static void tree_trace(adsync__tree_node **at, const void *key, size_t size, bool after, adsync__tree_node ***links)
{
    int least = after ? 1 : 0;

    for (int level = ADSYNC__TREE_HEIGHT - 1; level >= 0; level--) {
        while (at[level] && adsync__tree_place(at[level], key, size) < least)
            at = at[level]->next;
        links[level] = &at[level];
    }
}

void adsync__tree_link(adsync__tree *tree, adsync__tree_node *node)
{
    adsync__tree_node **links[ADSYNC__TREE_HEIGHT], *next;

    tree_trace(tree->next, tree_key(node), node->size, false, links);
    next = *links[0];
    node->before = next ? next->before : tree->last;
    if (next) next->before = node;
    else tree->last = node;
    for (uint32_t level = 0; level < node->height; level++) {
        node->next[level] = *links[level];
        *links[level] = node;
    }
}

void adsync__tree_unlink(adsync__tree *tree, const adsync__tree_node *node)
{
    adsync__tree_node **links[ADSYNC__TREE_HEIGHT];

    tree_trace(tree->next, tree_key(node), node->size, false, links);
    for (uint32_t level = 0; level < node->height; level++)
        *links[level] = node->next[level];
    if (node->next[0]) node->next[0]->before = node->before;
    else tree->last = node->before;
}

adsync__tree_node *adsync__tree_seek(const adsync__tree *tree, const void *key, size_t size, bool after)
{
    adsync__tree_node *const *at = tree->next;
    int least = after ? 1 : 0;

    for (int level = ADSYNC__TREE_HEIGHT - 1; level >= 0; level--)
        while (at[level] && adsync__tree_place(at[level], key, size) < least)
            at = at[level]->next;
    return at[0];
}
