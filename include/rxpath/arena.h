/* arena.h: many small allocations that are freed together. */
#ifndef RXPATH_ARENA_H
#define RXPATH_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "rxpath/scan.h"

struct rxpath_arena_block;

/* Zero-initialised it is empty and valid. */
struct rxpath_arena {
	struct rxpath_arena_block *blocks;
	size_t size; /* bytes of all of them */
};

/* `size` zeroed bytes, aligned for any type, that live as long as the arena; NULL without
 * memory. */
void *rxpath_arena_take(struct rxpath_arena *arena, size_t size);

/* A copy of the slice with a NUL behind it; its ptr is NULL without memory. */
struct rxpath_slice rxpath_arena_copy(struct rxpath_arena *arena, struct rxpath_slice slice);

void rxpath_arena_free(struct rxpath_arena *arena);

/* Grows an array of malloc by doubling, so that index `count` fits. `items` is the array's
 * pointer, or NULL; *cap its capacity in items. The new pointer, or NULL without memory (the old
 * one then stays). */
void *rxpath_array_grow(void *items, size_t count, size_t *cap, size_t item_size);

/* Appends a copy of the item to such an array and raises *count. `items` is the address of the
 * array's pointer. False without memory; the array is then unchanged. */
bool rxpath_array_append(void *items, size_t *count, size_t *cap, const void *item,
			 size_t item_size);

#endif
