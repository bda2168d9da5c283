/* name_value.c: files of a name and its value on each line.
 *
 * /proc/net/snmp6 is printed by snmp6_seq_show (net/ipv6/proc.c) as "%-32s\t%lu"; its lines
 * Icmp6InTypeN appear when they first are not 0. Other files have the same form with another width
 * of the names. */
#include "words.h"

bool rxpath_parse_name_value(struct rxpath_builder *builder, struct rxpath_slice text,
			     struct rxpath_error *error)
{
	const char *of_source = rxpath_source_row(builder->source)->prefix;
	const struct rxpath_slice prefix = rxpath_slice_of(of_source ? of_source : "");
	struct rxpath_slice line, name, word;
	uint64_t value;

	if (!rxpath_parse_has_text(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (!rxpath_parse_next_name(&line, &name))
			return rxpath_error_format(error, number, "not a counter name",
						   rxpath_parse_word(line));
		if (!rxpath_scan_next_dec(&line, &value))
			return rxpath_parse_no_value(error, number, RXPATH_DECIMAL, line,
						     "no value for", name);
		if (rxpath_scan_word(&line, &word))
			return rxpath_error_format(error, number, "more than one value", word);
		if (!rxpath_parse_add(builder, prefix, name, rxpath_netns, value, error))
			return false;
	}
	return true;
}
