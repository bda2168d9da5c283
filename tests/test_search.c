/* test_search.c: sorted numbers, search in them, hashes. */
#include "rxpath/search.h"
#include "support.h"

struct item {
	uint64_t key;
	char name;
};

static void lower_bounds_are_found(void **state)
{
	static const struct item items[] = {{2, 'a'}, {4, 'b'}, {4, 'c'}, {UINT64_MAX, 'd'}};

	(void)state;
	assert_int_equal(rxpath_lower_bound(NULL, 0, sizeof *items, 1), 0);
	assert_int_equal(rxpath_lower_bound(items, 4, sizeof *items, 0), 0);
	assert_int_equal(rxpath_lower_bound(items, 4, sizeof *items, 2), 0);
	assert_int_equal(rxpath_lower_bound(items, 4, sizeof *items, 3), 1);
	assert_int_equal(rxpath_lower_bound(items, 4, sizeof *items, 4), 1);
	assert_int_equal(rxpath_lower_bound(items, 4, sizeof *items, 5), 3);
	assert_int_equal(rxpath_lower_bound(items, 3, sizeof *items, UINT64_MAX), 3);
}

static void numbers_are_sorted_and_kept_once(void **state)
{
	const uint64_t sorted[] = {0, 3, UINT64_C(1) << 32, UINT64_MAX};
	uint64_t numbers[] = {UINT64_MAX, 3, UINT64_C(1) << 32, 0, 3, UINT64_MAX};
	size_t count = 6;

	(void)state;
	rxpath_sort_numbers(numbers, &count);
	assert_int_equal(count, 4);
	assert_memory_equal(numbers, sorted, sizeof sorted);
	memcpy(numbers, (const uint64_t[]){3, 0}, 2 * sizeof *numbers);
	count = 2;
	rxpath_sort_numbers(numbers, &count);
	assert_memory_equal(numbers, sorted, 2 * sizeof *numbers);
	count = 0;
	rxpath_sort_numbers(NULL, &count);
	assert_int_equal(count, 0);
}

/* Tables take the lower bits: neighbours must not fall together there. */
static void hashes_spread(void **state)
{
	size_t taken[256] = {0};

	(void)state;
	for (uint64_t i = 0; i < 256; i++) {
		taken[rxpath_hash(0, i << 40) & 255]++;
		taken[rxpath_hash(0, i) & 255]++;
	}
	for (size_t i = 0; i < 256; i++)
		assert_true(taken[i] < 16);
	assert_true(rxpath_hash_of(rxpath_slice_of("eth0")) !=
		    rxpath_hash_of(rxpath_slice_of("eth1")));
	assert_true(rxpath_hash_of((struct rxpath_slice){"", 1}) !=
		    rxpath_hash_of((struct rxpath_slice){"", 0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lower_bounds_are_found),
		cmocka_unit_test(numbers_are_sorted_and_kept_once),
		cmocka_unit_test(hashes_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
