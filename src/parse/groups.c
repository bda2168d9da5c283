/* groups.c: /proc/net/snmp and /proc/net/netstat: pairs of lines, names above values.
 *
 * Printed by snmp_seq_show and netstat_seq_show (net/ipv4/proc.c) as "Udp: InDatagrams NoPorts ..."
 * and "Udp: 20 0 ...". Columns are matched by name only: they have been inserted in mid-line over
 * and over (InCsumErrors, MemErrors, ...), and IcmpMsg's appear when they first are not 0. */
#include "words.h"

/* Takes "Udp:" off the line. */
static bool take_group(struct rxpath_slice *line, struct rxpath_slice *group)
{
	return rxpath_scan_until(line, ':', group) && rxpath_parse_is_name(*group);
}

/* Tcp MaxConn is -1, "no limit" (RFC 1213). No counter is negative. */
static bool is_no_limit(struct rxpath_slice *values, struct rxpath_slice name, uint64_t *value)
{
	struct rxpath_slice rest = *values;
	struct rxpath_slice word;
	int64_t negative;

	if (!rxpath_slice_is(name, "MaxConn") || !rxpath_scan_word(&rest, &word) ||
	    !rxpath_scan_signed(word, &negative))
		return false;
	*values = rest;
	*value = 0;
	return true;
}

/* The columns show what this kernel counts, even where they are all 0. */
static bool keep_columns(struct rxpath_builder *builder, struct rxpath_slice group,
			 struct rxpath_slice names)
{
	struct rxpath_sample *sample = builder->sample;
	struct rxpath_slice *columns = rxpath_slice_is(group, "Udp") ? &sample->udp_columns
				       : rxpath_slice_is(group, "UdpLite")
					       ? &sample->udplite_columns
				       : rxpath_slice_is(group, "Icmp") ? &sample->icmp_columns
									: NULL;

	if (!columns || columns->len > 0)
		return true;
	*columns = rxpath_arena_copy(&sample->arena, names);
	return columns->ptr != NULL;
}

static bool parse_pair(struct rxpath_builder *builder, size_t number, struct rxpath_slice names,
		       struct rxpath_slice values, struct rxpath_error *error)
{
	struct rxpath_slice group, again, name, word;
	uint64_t value;

	if (!take_group(&names, &group))
		return rxpath_error_format(error, number, "not a line 'Group: names'", names);
	if (!take_group(&values, &again) || !rxpath_slice_equal(group, again))
		return rxpath_error_format(error, number + 1, "values of another group than",
					   group);
	if (!keep_columns(builder, group, names))
		return rxpath_error_memory(error);
	while (rxpath_parse_next_name(&names, &name)) {
		if (!rxpath_scan_next_dec(&values, &value) && !is_no_limit(&values, name, &value))
			return rxpath_parse_no_value(error, number + 1, RXPATH_DECIMAL, values,
						     RXPATH_FEWER_VALUES, name);
		/* RFC 1213: 1 forwarding, 2 not. */
		if (value == 1 && rxpath_slice_is(name, "Forwarding"))
			builder->sample->forwards_ipv4 = true;
		if (!rxpath_parse_add(builder, group, name, rxpath_netns, value, error))
			return false;
	}
	if (rxpath_scan_word(&names, &word))
		return rxpath_error_format(error, number, "not a counter name", word);
	if (rxpath_scan_word(&values, &word))
		return rxpath_error_format(error, number + 1, "more values than names", word);
	return true;
}

bool rxpath_parse_groups(struct rxpath_builder *builder, struct rxpath_slice text,
			 struct rxpath_error *error)
{
	struct rxpath_slice names, values;
	size_t number = 1;

	if (!rxpath_parse_has_text(text, error))
		return false;
	for (; rxpath_scan_line(&text, &names); number += 2) {
		if (!rxpath_scan_line(&text, &values))
			return rxpath_error_format(error, number, "names without values", names);
		if (!parse_pair(builder, number, names, values, error))
			return false;
	}
	return true;
}
