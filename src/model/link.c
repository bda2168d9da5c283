/* link.c: which single counters of a device stand behind which sum of /proc/net/dev. */
#include "rxpath/sample.h"

/* As dev_seq_printf_stats (net/core/net-procfs.c) adds them up, since before 2.6.32. The parts of
 * dev_frame are all in rx_errors too, so that one is enough to do without the sum. */
static const struct {
	const char *single;
	const char *sums[2];
} counters[] = {
	{"rx_packets", {"dev_packets"}},
	{"rx_errors", {"dev_errs", "dev_frame"}},
	{"rx_dropped", {"dev_drop"}},
	{"rx_missed_errors", {"dev_drop"}},
	{"rx_fifo_errors", {"dev_fifo"}},
	{"rx_length_errors", {NULL}},
	{"rx_over_errors", {NULL}},
	{"rx_crc_errors", {NULL}},
	{"rx_frame_errors", {NULL}},
	{"rx_nohandler", {NULL}},
	{"rx_otherhost_dropped", {NULL}},
	{"multicast", {NULL}},
};
#define COUNTERS (sizeof counters / sizeof *counters)

uint32_t rxpath_link_bit(struct rxpath_slice name)
{
	uint32_t at = 0;

	while (at < COUNTERS && !rxpath_slice_is(name, counters[at].single))
		at++;
	return UINT32_C(1) << at;
}

uint32_t rxpath_link_bits_of_sum(struct rxpath_slice name)
{
	uint32_t bits = 0;

	for (uint32_t i = 0; i < COUNTERS; i++)
		for (size_t j = 0; j < 2 && counters[i].sums[j]; j++)
			if (rxpath_slice_is(name, counters[i].sums[j]))
				bits |= UINT32_C(1) << i;
	return bits;
}
