/* search.h: sums and the order of numbers, hashes, and search in sorted arrays. */
#ifndef RXPATH_SEARCH_H
#define RXPATH_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "rxpath/scan.h"

/* A sum that stops at UINT64_MAX: a saved sample may hold any value, and a loss must not wrap to a
 * small one. */
static inline uint64_t rxpath_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* The difference, but not below 0. */
static inline uint64_t rxpath_less(uint64_t whole, uint64_t part)
{
	return whole > part ? whole - part : 0;
}

static inline uint64_t rxpath_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t rxpath_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* <0, 0 or >0, as a comparison of qsort gives it. */
static inline int rxpath_order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* The comparison for qsort and bsearch of items that begin with a uint64_t, their key. */
int rxpath_by_number(const void *a, const void *b);

/* qsort, with `items` NULL where there are none, which qsort does not allow. */
void rxpath_sort(void *items, size_t count, size_t item_size,
		 int (*order)(const void *, const void *));

/* A copy of the items in that order; the caller frees it, also where there are none. NULL without
 * memory. */
void *rxpath_sorted_copy(const void *items, size_t count, size_t item_size,
			 int (*order)(const void *, const void *));

/* Sorts the numbers and removes duplicates. */
void rxpath_sort_numbers(uint64_t *numbers, size_t *count);

/* The index of the first item whose key is not below `key`; `count` where all are. The items are
 * sorted, and each begins with its key, a uint64_t. */
size_t rxpath_lower_bound(const void *items, size_t count, size_t item_size, uint64_t key);

/* Adds a value to the hash; begin with 0. Only for tables: an attacker can choose values with the
 * same hash. */
static inline uint64_t rxpath_hash(uint64_t hash, uint64_t value)
{
	hash ^= value;
	hash = (hash ^ hash >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* The hash of a name. */
uint64_t rxpath_hash_of(struct rxpath_slice slice);

#endif
