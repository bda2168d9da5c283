/* ipvs.c: /proc/net/ip_vs_stats_percpu: packets that IPVS took in and sent. Two lines of
 * headings, a hexadecimal row for each possible CPU, then a row of sums.
 *
 * Printed by ip_vs_stats_percpu_show (net/netfilter/ipvs/ip_vs_ctl.c). The sums, like everything
 * in ip_vs_stats, are up to two seconds old. */
#include "words.h"

#define HEADINGS 2
#define RATES 5

static bool is_heading(struct rxpath_slice line, size_t number)
{
	static const char *const first[HEADINGS] = {"Total", "CPU"};
	struct rxpath_slice word;

	return rxpath_scan_word(&line, &word) && rxpath_slice_is(word, first[number - 1]);
}

/* "CPU Conns Packets Packets Bytes Bytes" */
static bool take_row(struct rxpath_slice line, size_t number, uint64_t *packets,
		     struct rxpath_error *error)
{
	static const char *const names[] = {
		"CPU",		 "Conns", "incoming packets", "outgoing packets", "incoming bytes",
		"outgoing bytes"};
	uint64_t value;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!rxpath_scan_next_hex(&line, &value))
			return rxpath_parse_no_value(error, number, RXPATH_HEXADECIMAL, line,
						     RXPATH_FEWER_VALUES,
						     rxpath_slice_of(names[i]));
		if (i == 2)
			*packets += value;
	}
	return true;
}

/* "Conns/s Pkts/s ...", and the rates below. */
static bool take_rates(struct rxpath_slice line, size_t number, struct rxpath_error *error)
{
	struct rxpath_slice word;
	uint64_t value;

	for (size_t i = 0; rxpath_scan_word(&line, &word); i++) {
		bool is_name = word.len > 2 && word.len < 16 && word.ptr[word.len - 2] == '/';

		if (!is_name && !rxpath_scan_hex(word, &value))
			return rxpath_parse_not_a_number(error, number, RXPATH_HEXADECIMAL, word);
		if (i >= RATES)
			return rxpath_error_format(error, number, "too many columns", word);
	}
	return true;
}

bool rxpath_parse_ipvs(struct rxpath_builder *builder, struct rxpath_slice text,
		       struct rxpath_error *error)
{
	const struct rxpath_subject netns = {.kind = RXPATH_ON_NETNS};
	struct rxpath_slice line, rest, word;
	uint64_t packets = 0;
	bool has_sums = false;

	if (!rxpath_parse_is_whole(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		rest = line;
		if (number <= HEADINGS) {
			if (!is_heading(line, number))
				return rxpath_error_format(error, number, "not the heading of IPVS",
							   line);
		} else if (has_sums) {
			if (!take_rates(line, number, error))
				return false;
		} else if (rxpath_scan_word(&rest, &word) && rxpath_slice_is(word, "~")) {
			has_sums = true;
		} else if (!take_row(line, number, &packets, error)) {
			return false;
		}
	}
	if (!has_sums)
		return rxpath_error_format(error, 0, "no row of sums", rxpath_slice_of(""));
	return rxpath_builder_add(builder, rxpath_slice_of("ip_vs_in_packets"), netns, packets) ||
	       rxpath_error_memory(error);
}
