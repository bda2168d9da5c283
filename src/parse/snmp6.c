/* snmp6.c: /proc/net/snmp6: a name and its value a line.
 *
 * Printed by snmp6_seq_show (net/ipv6/proc.c) as "%-32s\t%lu". Names come whole: Ip6InReceives,
 * Udp6RcvbufErrors. Icmp6InTypeN lines appear when they first are not 0. */
#include "words.h"

bool rxpath_parse_snmp6(struct rxpath_sample *sample, struct rxpath_slice text,
			struct rxpath_error *error)
{
	static const struct rxpath_slice none = {"", 0};
	struct rxpath_slice line, name, word;
	uint64_t value;

	if (!rxpath_parse_is_whole(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (!rxpath_parse_next_name(&line, &name))
			return rxpath_error_format(error, number, "not a counter name",
						   rxpath_parse_word(line));
		if (!rxpath_scan_next_dec(&line, &value))
			return rxpath_parse_no_value(error, number, 10, line, "no value for", name);
		if (rxpath_scan_word(&line, &word))
			return rxpath_error_format(error, number, "more than one value", word);
		if (!rxpath_parse_add(sample, none, name, RXPATH_SOURCE_SNMP6, value, error))
			return false;
	}
	return true;
}
