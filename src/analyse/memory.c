/* memory.c: how much of the memory for all sockets of a protocol is in use. */
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

bool rxpath_setting_figure(const struct rxpath_setting *setting, unsigned n, uint64_t *figure)
{
	struct rxpath_slice rest = setting ? setting->value : (struct rxpath_slice){"", 0};
	struct rxpath_slice word = {"", 0};

	for (; n > 0; n--)
		if (!rxpath_scan_word(&rest, &word))
			return false;
	return rxpath_scan_dec(word, figure);
}

enum memory_level rxpath_memory_of(const struct rxpath_sample *settings,
				   const struct rxpath_sample *sample,
				   enum rxpath_protocol protocol, struct memory *memory)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct rxpath_setting *used = rxpath_sample_setting(settings, rows[i].used);

		if (rows[i].protocol != protocol)
			continue;
		if (!used)
			used = rxpath_sample_setting(sample, rows[i].used);
		if (!rxpath_setting_figure(used, 1, &memory->used) ||
		    !rxpath_setting_figure(rxpath_sample_setting(settings, rows[i].limits), 3,
					   &memory->limit))
			return MEMORY_UNKNOWN;
		return memory->used > 0 && memory->used >= memory->limit - memory->limit / 5
			       ? MEMORY_SHORT
			       : MEMORY_ENOUGH;
	}
	return MEMORY_UNKNOWN;
}

void rxpath_note_memory(const struct match *match, struct rxpath_report *report)
{
	struct memory memory;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rxpath_memory_of(match->after, match->after, rows[i].protocol, &memory) ==
		    MEMORY_SHORT)
			rxpath_report_add_derived(report, rows[i].line, memory.used, 0, 0);
}
