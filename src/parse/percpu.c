/* percpu.c: /proc/net/stat/nf_conntrack and rt_cache: names, then a hexadecimal row a possible CPU.
 *
 * Printed by ct_cpu_seq_show (net/netfilter/nf_conntrack_standalone.c) and rt_cpu_seq_show
 * (net/ipv4/route.c). Rows are those of possible CPUs, also of ones that were never there, so only
 * the sums have a meaning. "entries" is one figure for all, repeated on every row. */
#include "words.h"

#define MAX_COLUMNS 32

struct table {
	struct rxpath_slice names[MAX_COLUMNS];
	uint64_t sums[MAX_COLUMNS];
	size_t count;
	size_t repeated; /* the column that is the same in each row; MAX_COLUMNS: none */
};

static bool parse_names(struct rxpath_slice line, struct table *table, struct rxpath_error *error)
{
	struct rxpath_slice word;

	while (rxpath_scan_word(&line, &word)) {
		if (table->count == MAX_COLUMNS || !rxpath_parse_is_name(word))
			return rxpath_error_format(error, 1, "not a column name", word);
		if (rxpath_slice_is(word, "entries"))
			table->repeated = table->count;
		table->names[table->count++] = word;
	}
	if (table->count == 0)
		return rxpath_error_format(error, 1, "a header without columns", line);
	return true;
}

static bool parse_row(struct rxpath_slice line, size_t number, struct table *table,
		      struct rxpath_error *error)
{
	struct rxpath_slice word;
	uint64_t value;

	for (size_t i = 0; i < table->count; i++) {
		if (!rxpath_scan_next_hex(&line, &value))
			return rxpath_parse_no_value(error, number, RXPATH_HEXADECIMAL, line,
						     RXPATH_FEWER_VALUES, table->names[i]);
		if (i == table->repeated)
			table->sums[i] = value;
		else
			table->sums[i] += value;
	}
	if (rxpath_scan_word(&line, &word))
		return rxpath_error_format(error, number, "more values than names", word);
	return true;
}

/* The kernel pads to eight digits, so fewer at the very end mean that the file was cut. */
static bool ends_in_a_cut_number(struct rxpath_slice text)
{
	size_t digits = 0;

	while (digits < text.len && digits < 8 && text.ptr[text.len - 1 - digits] > ' ')
		digits++;
	return digits < 8;
}

bool rxpath_parse_per_cpu(struct rxpath_builder *builder, struct rxpath_slice text,
			  struct rxpath_error *error)
{
	const struct rxpath_slice prefix =
		rxpath_slice_of(rxpath_source_row(builder->source)->prefix);
	struct table table = {.repeated = MAX_COLUMNS};
	struct rxpath_slice line;
	size_t number = 1;

	if (!rxpath_parse_has_text(text, error) ||
	    (ends_in_a_cut_number(text) && !rxpath_parse_is_whole(text, error)))
		return false;
	for (; rxpath_scan_line(&text, &line); number++) {
		if (number == 1 ? !parse_names(line, &table, error)
				: !parse_row(line, number, &table, error))
			return false;
	}
	if (number == 2)
		return rxpath_error_format(error, 1, "names without values", line);
	for (size_t i = 0; i < table.count; i++)
		if (!rxpath_parse_add(builder, prefix, table.names[i], rxpath_netns, table.sums[i],
				      error))
			return false;
	return true;
}
