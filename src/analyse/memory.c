/* memory.c: how much of the memory for all sockets of a protocol is in use, in the second sample.
 */
#include "steps.h"

static const struct {
	enum rxpath_protocol protocol;
	const char *used;   /* in pages, of all network namespaces together */
	const char *limits; /* three figures: low, pressure, high */
	const char *line;   /* of the report */
} rows[] = {
	{RXPATH_UDP, "sockstat.UDP.mem", "net.ipv4.udp_mem", "udp_mem_used"},
	{RXPATH_TCP, "sockstat.TCP.mem", "net.ipv4.tcp_mem", "tcp_mem_used"},
};

#define SHORT_PERCENT 80

/* The n-th figure of the setting, from 1; 0: there is none. */
static uint64_t figure_of(const struct rxpath_sample *sample, const char *name, unsigned n)
{
	const struct rxpath_setting *setting = rxpath_sample_setting(sample, name);
	struct rxpath_slice rest = setting ? setting->value : (struct rxpath_slice){"", 0};
	struct rxpath_slice word = {"", 0};
	uint64_t value;

	for (; n > 0; n--)
		if (!rxpath_scan_word(&rest, &word))
			return 0;
	return rxpath_scan_dec(word, &value) ? value : 0;
}

/* How many pages are in use, where that is nearly as many as may be; else 0. */
static uint64_t short_memory(const struct rxpath_sample *sample, size_t row)
{
	uint64_t used = figure_of(sample, rows[row].used, 1);
	uint64_t limit = figure_of(sample, rows[row].limits, 3);

	return limit > 0 && used >= limit / 100 * SHORT_PERCENT + limit % 100 * SHORT_PERCENT / 100
		       ? used
		       : 0;
}

bool rxpath_memory_is_short(const struct match *match, enum rxpath_protocol protocol)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].protocol == protocol)
			return short_memory(match->after, i) > 0;
	return false;
}

bool rxpath_note_memory(const struct match *match, struct rxpath_report *report)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t used = short_memory(match->after, i);

		if (used > 0 && !rxpath_report_add_derived(report, rows[i].line, used, 0, 0))
			return false;
	}
	return true;
}
