/* arena.c: memory of one lifetime, and arrays that double. */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rxpath/arena.h"

/* The first block is enough for an idle machine; each further one is twice as large, up to the
 * last. */
#define FIRST_BLOCK ((size_t)1024)
#define LAST_BLOCK ((size_t)32768)

struct rxpath_arena_block {
	struct rxpath_arena_block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

/* Not zeroed. */
static void *take(struct rxpath_arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct rxpath_arena_block *block = arena->blocks;
	void *piece;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + align - 1) / align * align;
	if (!block || block->size - block->used < size) {
		size_t room = block ? block->size * 2 : FIRST_BLOCK;

		room = room > LAST_BLOCK ? LAST_BLOCK : room;
		room = size > room ? size : room;
		block = malloc(sizeof *block + room);
		if (!block)
			return NULL;
		*block = (struct rxpath_arena_block){arena->blocks, 0, room};
		arena->blocks = block;
		arena->size += room;
	}
	piece = block->bytes + block->used;
	block->used += size;
	return piece;
}

void *rxpath_arena_take(struct rxpath_arena *arena, size_t size)
{
	void *piece = take(arena, size);

	return piece ? memset(piece, 0, size) : NULL;
}

struct rxpath_slice rxpath_arena_copy(struct rxpath_arena *arena, struct rxpath_slice slice)
{
	char *copy = take(arena, slice.len + 1);

	if (copy && slice.len > 0)
		memcpy(copy, slice.ptr, slice.len);
	if (copy)
		copy[slice.len] = '\0';
	return (struct rxpath_slice){copy, copy ? slice.len : 0};
}

void rxpath_arena_free(struct rxpath_arena *arena)
{
	struct rxpath_arena_block *next;

	for (struct rxpath_arena_block *block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	*arena = (struct rxpath_arena){0};
}

void *rxpath_array_grow(void *items, size_t count, size_t *cap, size_t item_size)
{
	size_t more = *cap < 8 ? 16 : *cap;
	void *grown;

	if (count < *cap)
		return items;
	while (more <= count)
		more = more > SIZE_MAX / 2 ? SIZE_MAX : more * 2;
	grown = more > SIZE_MAX / item_size ? NULL : realloc(items, more * item_size);
	if (grown)
		*cap = more;
	return grown;
}

/* The pointer is copied with memcpy: through a pointer of another type, the access would be
 * undefined. */
bool rxpath_array_append(void *items, size_t *count, size_t *cap, const void *item,
			 size_t item_size)
{
	char *array;

	memcpy(&array, items, sizeof array);
	array = rxpath_array_grow(array, *count, cap, item_size);
	if (!array)
		return false;
	memcpy(items, &array, sizeof array);
	memcpy(array + *count * item_size, item, item_size);
	++*count;
	return true;
}
