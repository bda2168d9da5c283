/* kallsyms.c: from an address in the kernel to the name of its function.
 *
 * /proc/kallsyms has a line a symbol, "ffffffff81000000 T _stext" or "... t veth_poll\t[veth]"
 * (s_show, kernel/kallsyms.c), some hundred thousand of them and not all in order. It is read once,
 * a piece at a time, for a few addresses together. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kallsyms.h"
#include "rxpath/arena.h"

/* No function is longer: what is farther from a symbol belongs to another that was not shown. */
#define FUNCTION_LIMIT ((uint64_t)256 << 10)

struct rxpath_symbol {
	uint64_t place;
	uint64_t start;		/* of the nearest symbol that is not behind it */
	char name[64];		/* "": looked for, and not found */
};

static int by_place(const void *a, const void *b)
{
	const struct rxpath_symbol *left = a;
	const struct rxpath_symbol *right = b;

	return left->place < right->place ? -1 : left->place > right->place;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return *left < *right ? -1 : *left > *right;
}

static const struct rxpath_symbol *known(const struct rxpath_symbols *symbols, uint64_t place)
{
	struct rxpath_symbol key = {.place = place};

	if (symbols->count == 0)
		return NULL;
	return bsearch(&key, symbols->items, symbols->count, sizeof key, by_place);
}

/* The first of `wanted` that does not lie before the symbol's address. The symbol may also be the
 * nearest of others further on: they get it from their neighbour in keep(). */
static struct rxpath_symbol *first_behind(struct rxpath_symbol *wanted, size_t count,
					  uint64_t address)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (wanted[middle].place < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count ? &wanted[low] : NULL;
}

/* One function, one name: without ".isra.0", ".part.0", ".constprop.0", ".cold". */
static size_t plain_length(struct rxpath_slice name)
{
	const char *dot = name.len == 0 ? NULL : memchr(name.ptr, '.', name.len);

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
	/* Hidden addresses are 0 (kptr_restrict); text symbols alone are functions. */
	if (start == 0 || type.len != 1 || !strchr("tTwW", type.ptr[0]))
		return;
	symbol = first_behind(wanted, count, start);
	/* Of several names of one address the first stays. */
	if (!symbol || symbol->start >= start)
		return;
	len = plain_length(name);
	if (len == 0 || len >= sizeof symbol->name)
		return;
	memcpy(symbol->name, name.ptr, len);
	symbol->name[len] = '\0';
	symbol->start = start;
}

static void take_lines(int file, struct rxpath_symbol *wanted, size_t count)
{
	static const size_t cap = 65536;
	char *text = malloc(cap);
	size_t used = 0;
	ssize_t got;

	while (text && (got = read(file, text + used, cap - used)) > 0) {
		struct rxpath_slice rest, line;
		const char *end;
		size_t whole;

		used += (size_t)got;
		end = memrchr(text, '\n', used);
		if (!end && used == cap)
			break;
		whole = end ? (size_t)(end - text) + 1 : 0;
		rest = (struct rxpath_slice){text, whole};
		while (rxpath_scan_line(&rest, &line))
			take_line(line, wanted, count);
		used -= whole;
		memmove(text, text + whole, used);
	}
	free(text);
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
		if (wanted[i].place - wanted[i].start >= FUNCTION_LIMIT)
			grown[symbols->count].name[0] = '\0';
		symbols->count++;
	}
	qsort(symbols->items, symbols->count, sizeof *symbols->items, by_place);
}

/* Sorts the addresses and leaves out the ones that are known, or twice there. */
static size_t only_new(const struct rxpath_symbols *symbols, uint64_t *places, size_t count)
{
	size_t left = 0;

	if (count > 0)
		qsort(places, count, sizeof *places, by_number);
	for (size_t i = 0; i < count; i++)
		if ((left == 0 || places[left - 1] != places[i]) && !known(symbols, places[i]))
			places[left++] = places[i];
	return left;
}

void rxpath_symbols_read(struct rxpath_symbols *symbols, int file, uint64_t *places, size_t count)
{
	struct rxpath_symbol *wanted;

	count = only_new(symbols, places, count);
	wanted = count == 0 ? NULL : calloc(count, sizeof *wanted);
	if (!wanted)
		return;
	for (size_t i = 0; i < count; i++)
		wanted[i].place = places[i];
	take_lines(file, wanted, count);
	keep(symbols, wanted, count);
	free(wanted);
}

void rxpath_symbols_find(struct rxpath_symbols *symbols, uint64_t *places, size_t count)
{
	int file;

	count = only_new(symbols, places, count);
	if (count == 0)
		return;
	file = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return;
	rxpath_symbols_read(symbols, file, places, count);
	close(file);
}

struct rxpath_slice rxpath_symbols_name(const struct rxpath_symbols *symbols, uint64_t place)
{
	const struct rxpath_symbol *symbol = known(symbols, place);

	return rxpath_slice_of(symbol ? symbol->name : "");
}

void rxpath_symbols_free(struct rxpath_symbols *symbols)
{
	free(symbols->items);
	*symbols = (struct rxpath_symbols){0};
}
