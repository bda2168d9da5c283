/* attribute.c: the sockets' own drops against what their protocols counted. */
#include "steps.h"

static void attribute(const struct match *match, enum rxpath_protocol protocol, uint64_t lost,
		      struct rxpath_attribution *sum)
{
	struct bounds losses = rxpath_protocol_losses(match, protocol);
	uint64_t counted = rxpath_max(rxpath_min(lost, losses.max), losses.min);

	if (rxpath_max(lost, counted) - rxpath_min(lost, counted) <=
	    rxpath_held_up(match, losses.max))
		counted = lost;

	sum->socket_drops += lost;
	sum->counted = rxpath_sum(sum->counted, counted);
	sum->attributed += rxpath_min(lost, counted);
	sum->unattributed = rxpath_sum(sum->unattributed, rxpath_less(counted, lost));
	sum->uncounted += rxpath_less(lost, counted);
}

/* Every table of sockets that there is was read, and the counters to compare them with too. IPv6
 * may be off; where only one of its two files was read, the sums are of unlike things. */
static bool is_known(const struct match *match)
{
	return match->comparable[RXPATH_SOURCE_SNMP] && match->comparable[RXPATH_SOURCE_UDP] &&
	       match->comparable[RXPATH_SOURCE_UDP6] == match->comparable[RXPATH_SOURCE_SNMP6];
}

/* A packet that an AF_XDP socket could not take is to most drivers a redirect that failed. */
static uint64_t lost_by_drivers(const struct rxpath_report *report)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].source == RXPATH_SOURCE_ETHTOOL)
			sum = rxpath_sum(sum, report->lines[i].lost);
	return sum;
}

void rxpath_attribute(const struct match *match, const uint64_t lost_by[RXPATH_PROTOCOLS],
		      struct rxpath_report *report)
{
	static const enum rxpath_protocol protocols[] = {RXPATH_UDP, RXPATH_UDPLITE, RXPATH_RAW,
							 RXPATH_ICMP};
	struct rxpath_attribution *sum = &report->attribution;

	sum->known = is_known(match);
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
		attribute(match, protocols[i], lost_by[protocols[i]], sum);
	sum->uncounted += rxpath_less(lost_by[RXPATH_XDP], lost_by_drivers(report));
	/* Losses that nothing else in the report has: on Linux 6.18 and 6.19 udp_mem's, those of
	 * raw and AF_XDP sockets, and where the protocols' counters could not be read, all. */
	if (sum->uncounted > 0)
		rxpath_report_add_derived(report, "sk_drops", sum->uncounted, sum->uncounted, 0);
}
