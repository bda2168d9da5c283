/* search.c: the order of numbers, hashes, and search in sorted arrays. */
#include <stdlib.h>
#include <string.h>

#include "rxpath/search.h"

int rxpath_by_number(const void *a, const void *b)
{
	return rxpath_order(*(const uint64_t *)a, *(const uint64_t *)b);
}

void rxpath_sort(void *items, size_t count, size_t item_size,
		 int (*order)(const void *, const void *))
{
	if (count > 1)
		qsort(items, count, item_size, order);
}

void *rxpath_sorted_copy(const void *items, size_t count, size_t item_size,
			 int (*order)(const void *, const void *))
{
	void *copy = malloc((count + 1) * item_size);

	if (copy && count > 0) {
		memcpy(copy, items, count * item_size);
		rxpath_sort(copy, count, item_size, order);
	}
	return copy;
}

void rxpath_sort_numbers(uint64_t *numbers, size_t *count)
{
	size_t kept = 0;

	rxpath_sort(numbers, *count, sizeof *numbers, rxpath_by_number);
	for (size_t i = 0; i < *count; i++)
		if (i == 0 || numbers[i] != numbers[kept - 1])
			numbers[kept++] = numbers[i];
	*count = kept;
}

size_t rxpath_lower_bound(const void *items, size_t count, size_t item_size, uint64_t key)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (*(const uint64_t *)((const char *)items + middle * item_size) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t rxpath_hash_of(struct rxpath_slice slice)
{
	uint64_t hash = slice.len;

	for (size_t i = 0; i < slice.len; i++)
		hash = rxpath_hash(hash, (unsigned char)slice.ptr[i]);
	return hash;
}
