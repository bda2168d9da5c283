/* kallsyms.h: the functions that addresses in the kernel belong to. */
#ifndef RXPATH_CAPTURE_KALLSYMS_H
#define RXPATH_CAPTURE_KALLSYMS_H

#include <stddef.h>
#include <stdint.h>

#include "rxpath/scan.h"

struct rxpath_symbol;

/* Zero-initialised it is empty and valid. */
struct rxpath_symbols {
	struct rxpath_symbol *items;	/* sorted by address */
	size_t count, cap;
};

/* Looks up those of the addresses (sorted by this call) that have not been looked up before: at
 * most one pass over /proc/kallsyms. Where that is not readable, or hides its addresses, they stay
 * nameless. */
void rxpath_symbols_find(struct rxpath_symbols *symbols, uint64_t *places, size_t count);

/* The same with what kallsyms would say, from a file that is open for reading. */
void rxpath_symbols_read(struct rxpath_symbols *symbols, int file, uint64_t *places, size_t count);

/* Empty when it is not known. Valid until the next find. */
struct rxpath_slice rxpath_symbols_name(const struct rxpath_symbols *symbols, uint64_t place);

void rxpath_symbols_free(struct rxpath_symbols *symbols);

#endif
