/* kallsyms.h: the functions that addresses in the kernel belong to. */
#ifndef RXPATH_TRACE_KALLSYMS_H
#define RXPATH_TRACE_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/scan.h"

struct rxpath_symbol;

/* Zero-initialised it is empty and valid. */
struct rxpath_symbols {
	struct rxpath_symbol *items; /* sorted by address */
	size_t count, cap;
	struct rxpath_symbol *wanted; /* those that are being looked up, sorted by address */
	size_t wanted_count;
};

/* Begins to look up those of the addresses (which this call sorts) that have not been looked up
 * before. False when there are none, or no memory: then /proc/kallsyms need not be read. */
bool rxpath_symbols_begin(struct rxpath_symbols *symbols, uint64_t *addresses, size_t count);

/* Takes the whole lines of kallsyms that the text begins with; returns their length. */
size_t rxpath_symbols_take(struct rxpath_symbols *symbols, struct rxpath_slice text);

/* Ends the lookup. Addresses that no line explained stay without a name: the kernel may hide
 * them. */
void rxpath_symbols_end(struct rxpath_symbols *symbols);

/* Empty when it is not known. Valid until the next lookup ends. */
struct rxpath_slice rxpath_symbols_name(const struct rxpath_symbols *symbols, uint64_t address);

void rxpath_symbols_free(struct rxpath_symbols *symbols);

#endif
