/* test_arena.c: memory of one lifetime, and arrays that double. */
#include <stdalign.h>

#include "support.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
	struct rxpath_arena arena = {0};
	unsigned char *last = NULL;

	(void)state;
	for (size_t size = 0; size < 3000; size += 7) {
		unsigned char *piece = rxpath_arena_take(&arena, size);

		assert_non_null(piece);
		assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(piece[i], 0);
		memset(piece, 0xff, size);
		if (last && size > 7)
			assert_int_equal(last[size - 8], 0xff);
		last = piece;
	}
	rxpath_arena_free(&arena);
	assert_null(arena.blocks);
	rxpath_arena_free(&arena);
}

static void large_pieces_have_room(void **state)
{
	struct rxpath_arena arena = {0};
	unsigned char *large = rxpath_arena_take(&arena, 1 << 20);

	(void)state;
	assert_non_null(large);
	memset(large, 1, 1 << 20);
	assert_non_null(rxpath_arena_take(&arena, 8));
	assert_null(rxpath_arena_take(&arena, SIZE_MAX));
	assert_null(rxpath_arena_take(&arena, SIZE_MAX - 8));
	rxpath_arena_free(&arena);
}

static void copies_end_with_a_nul(void **state)
{
	struct rxpath_arena arena = {0};
	char text[] = "text";
	struct rxpath_slice copy = rxpath_arena_copy(&arena, (struct rxpath_slice){text, 2});
	struct rxpath_slice none = rxpath_arena_copy(&arena, (struct rxpath_slice){NULL, 0});

	(void)state;
	text[0] = 'x';
	assert_string_equal(copy.ptr, "te");
	assert_int_equal(copy.len, 2);
	assert_string_equal(none.ptr, "");
	assert_int_equal(none.len, 0);
	rxpath_arena_free(&arena);
}

static void arrays_double(void **state)
{
	size_t *items = NULL;
	size_t cap = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		size_t *grown = rxpath_array_grow(items, i, &cap, sizeof *items);

		assert_non_null(grown);
		assert_true(cap > i);
		items = grown;
		items[i] = i;
	}
	assert_int_equal(items[999], 999);
	assert_true(cap <= 2048);
	assert_null(rxpath_array_grow(items, SIZE_MAX / 4, &cap, sizeof *items));
	assert_int_equal(items[0], 0);
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(large_pieces_have_room),
		cmocka_unit_test(copies_end_with_a_nul),
		cmocka_unit_test(arrays_double),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
