/* kallsyms.c: from an address in the kernel to the name of its function.
 *
 * /proc/kallsyms has a line a symbol, "ffffffff81000000 T _stext" or "... t veth_poll\t[veth]"
 * (s_show, kernel/kallsyms.c), some hundred thousand of them and not all in order. It is read once,
 * a piece at a time, for a few addresses together. */
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "rxpath/arena.h"
#include "rxpath/search.h"

/* No function is longer: an address farther from a symbol belongs to one that is not listed. */
#define FUNCTION_LIMIT ((uint64_t)256 << 10)

struct rxpath_symbol {
	uint64_t address; /* the key */
	uint64_t start;	  /* of the nearest symbol at or before it */
	char name[64];	  /* "": looked for, and not found */
};

static const struct rxpath_symbol *known(const struct rxpath_symbols *symbols, uint64_t address)
{
	return symbols->count == 0 ? NULL
				   : bsearch(&address, symbols->items, symbols->count,
					     sizeof *symbols->items, rxpath_by_number);
}

/* The first of `wanted` at or after the symbol's address. The symbol may be the nearest one for
 * later addresses too; keep() copies it to them. */
static struct rxpath_symbol *first_behind(struct rxpath_symbol *wanted, size_t count,
					  uint64_t address)
{
	size_t at = rxpath_lower_bound(wanted, count, sizeof *wanted, address);

	return at < count ? &wanted[at] : NULL;
}

/* One function, one name: without ".isra.0", ".part.0", ".constprop.0", ".cold". */
static size_t plain_length(struct rxpath_slice name)
{
	const char *dot = memchr(name.ptr, '.', name.len);

	return dot ? (size_t)(dot - name.ptr) : name.len;
}

static void take_line(struct rxpath_slice line, struct rxpath_symbol *wanted, size_t count)
{
	struct rxpath_slice address, type, name;
	struct rxpath_symbol *symbol;
	uint64_t start;
	size_t len;

	if (!rxpath_scan_word(&line, &address) || !rxpath_scan_word(&line, &type) ||
	    !rxpath_scan_word(&line, &name) || !rxpath_scan_hex(address, &start))
		return;
	/* Text symbols alone are functions. */
	if (type.len != 1 || !strchr("tTwW", type.ptr[0]))
		return;
	symbol = first_behind(wanted, count, start);
	/* Of several names of one address the first is kept; hidden addresses are 0
	 * (kptr_restrict). */
	if (!symbol || symbol->start >= start)
		return;
	len = plain_length(name);
	if (len == 0 || len >= sizeof symbol->name)
		return;
	memcpy(symbol->name, name.ptr, len);
	symbol->name[len] = '\0';
	symbol->start = start;
}

size_t rxpath_symbols_take(struct rxpath_symbols *symbols, struct rxpath_slice text)
{
	const char *end = memrchr(text.ptr, '\n', text.len);
	struct rxpath_slice rest = {text.ptr, end ? (size_t)(end - text.ptr) + 1 : 0};
	size_t whole = rest.len;
	struct rxpath_slice line;

	while (rxpath_scan_line(&rest, &line))
		take_line(line, symbols->wanted, symbols->wanted_count);
	return whole;
}

static void keep(struct rxpath_symbols *symbols, struct rxpath_symbol *wanted, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct rxpath_symbol *grown = rxpath_array_grow(symbols->items, symbols->count,
								&symbols->cap, sizeof *grown);

		if (!grown)
			return;
		symbols->items = grown;
		if (i > 0 && wanted[i].start < wanted[i - 1].start) {
			wanted[i].start = wanted[i - 1].start;
			memcpy(wanted[i].name, wanted[i - 1].name, sizeof wanted[i].name);
		}
		grown[symbols->count] = wanted[i];
		if (wanted[i].address - wanted[i].start >= FUNCTION_LIMIT)
			grown[symbols->count].name[0] = '\0';
		symbols->count++;
	}
	rxpath_sort(symbols->items, symbols->count, sizeof *symbols->items, rxpath_by_number);
}

/* Sorts the addresses; leaves out those that are known and those that are there twice. */
static size_t only_new(const struct rxpath_symbols *symbols, uint64_t *addresses, size_t count)
{
	size_t left = 0;

	rxpath_sort_numbers(addresses, &count);
	for (size_t i = 0; i < count; i++)
		if (!known(symbols, addresses[i]))
			addresses[left++] = addresses[i];
	return left;
}

bool rxpath_symbols_begin(struct rxpath_symbols *symbols, uint64_t *addresses, size_t count)
{
	count = only_new(symbols, addresses, count);
	symbols->wanted = count == 0 ? NULL : calloc(count, sizeof *symbols->wanted);
	symbols->wanted_count = symbols->wanted ? count : 0;
	for (size_t i = 0; i < symbols->wanted_count; i++)
		symbols->wanted[i].address = addresses[i];
	return symbols->wanted_count > 0;
}

void rxpath_symbols_end(struct rxpath_symbols *symbols)
{
	keep(symbols, symbols->wanted, symbols->wanted_count);
	free(symbols->wanted);
	symbols->wanted = NULL;
}

struct rxpath_slice rxpath_symbols_name(const struct rxpath_symbols *symbols, uint64_t address)
{
	const struct rxpath_symbol *symbol = known(symbols, address);

	return rxpath_slice_of(symbol ? symbol->name : "");
}

void rxpath_symbols_free(struct rxpath_symbols *symbols)
{
	free(symbols->items);
	free(symbols->wanted);
	*symbols = (struct rxpath_symbols){0};
}
