/* link.c: which single counters of a device stand behind which sum of /proc/net/dev. */
#include "rxpath/sample.h"

/* As dev_seq_printf_stats (net/core/net-procfs.c) adds them up, since before 2.6.32. The parts of
 * dev_frame are all in rx_errors too, so that one is enough to do without the sum. */
static const struct {
	const char *single;
	const char *sums[2];	/* that say nothing more once this is known, with their others */
	const char *part_of;	/* the sum that has it as a part */
} counters[] = {
	{"rx_packets", {"dev_packets"}, NULL},
	{"rx_errors", {"dev_errs", "dev_frame"}, NULL},
	{"rx_dropped", {"dev_drop"}, "dev_drop"},
	{"rx_missed_errors", {"dev_drop"}, "dev_drop"},
	{"rx_fifo_errors", {"dev_fifo"}, NULL},
	{"rx_length_errors", {NULL}, "dev_frame"},
	{"rx_over_errors", {NULL}, "dev_frame"},
	{"rx_crc_errors", {NULL}, "dev_frame"},
	{"rx_frame_errors", {NULL}, "dev_frame"},
	{"rx_nohandler", {NULL}, NULL},
	{"rx_otherhost_dropped", {NULL}, NULL},
	{"multicast", {NULL}, NULL},
};
#define COUNTERS (sizeof counters / sizeof *counters)

static uint32_t place_of(struct rxpath_slice name)
{
	uint32_t at = 0;

	while (at < COUNTERS && !rxpath_slice_is(name, counters[at].single))
		at++;
	return at;
}

uint32_t rxpath_link_bit(struct rxpath_slice name)
{
	return UINT32_C(1) << place_of(name);
}

const char *rxpath_link_sum(struct rxpath_slice name)
{
	uint32_t at = place_of(name);

	return at < COUNTERS ? counters[at].part_of : NULL;
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
