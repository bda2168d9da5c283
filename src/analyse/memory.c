/* memory.c: how much of the memory for all sockets of a protocol is in use. */
#include "steps.h"

static const struct row {
	const char *used;   /* in pages, of all network namespaces together */
	const char *limits; /* three figures: low, pressure, high */
	const char *line;   /* of the report */
} udp = {"sockstat.UDP.mem", "net.ipv4.udp_mem", "udp_mem_used"},
  tcp = {"sockstat.TCP.mem", "net.ipv4.tcp_mem", "tcp_mem_used"};

static const struct row *row_of(enum rxpath_protocol protocol)
{
	return protocol == RXPATH_UDP ? &udp : &tcp;
}

bool rxpath_setting_figure(const struct rxpath_setting *setting, unsigned n, uint64_t *figure)
{
	struct rxpath_slice rest = setting ? setting->value : rxpath_slice_of("");
	struct rxpath_slice word = rxpath_slice_of("");

	for (; n > 0; n--)
		if (!rxpath_scan_word(&rest, &word))
			return false;
	return rxpath_scan_dec(word, figure);
}

enum memory_level rxpath_memory_of(const struct rxpath_sample *settings,
				   const struct rxpath_sample *sample,
				   enum rxpath_protocol protocol, struct memory *memory)
{
	const struct row *row = row_of(protocol);
	const struct rxpath_setting *used = rxpath_sample_setting(settings, row->used);

	if (!used)
		used = rxpath_sample_setting(sample, row->used);
	if (!rxpath_setting_figure(used, 1, &memory->used) ||
	    !rxpath_setting_figure(rxpath_sample_setting(settings, row->limits), 3, &memory->limit))
		return MEMORY_UNKNOWN;
	return memory->used > 0 && memory->used >= memory->limit - memory->limit / 5
		       ? MEMORY_SHORT
		       : MEMORY_ENOUGH;
}

static void note(const struct match *match, enum rxpath_protocol protocol,
		 struct rxpath_report *report)
{
	struct memory memory;

	if (rxpath_memory_of(match->after, match->after, protocol, &memory) == MEMORY_SHORT)
		rxpath_report_add_derived(report, row_of(protocol)->line, memory.used, 0, 0);
}

void rxpath_note_memory(const struct match *match, struct rxpath_report *report)
{
	note(match, RXPATH_UDP, report);
	note(match, RXPATH_TCP, report);
}
