/* attribute.c: the sockets' own drops against what their protocols counted.
 *
 * An overflow or a lack of memory raises a socket's drops and its protocol's counters together. Bad
 * checksums and refusals raise InErrors, and the socket's drops only if there was a socket. So what
 * a protocol counted of its sockets' losses lies between its overflows and all of its errors, and
 * the sockets say where. IPv4 and IPv6 are one, because an IPv6 socket takes IPv4 packets. */
#include "analyse_internal.h"

struct protocol {
	enum rxpath_protocol protocol;
	const char *overflows[4];	/* always a socket's loss too */
	const char *errors[2];		/* all of them, those above included */
};

static const struct protocol protocols[] = {
	{RXPATH_UDP,
	 {"UdpRcvbufErrors", "Udp6RcvbufErrors", "UdpMemErrors", "Udp6MemErrors"},
	 {"UdpInErrors", "Udp6InErrors"}},
	{RXPATH_UDPLITE,
	 {"UdpLiteRcvbufErrors", "UdpLite6RcvbufErrors", "UdpLiteMemErrors", "UdpLite6MemErrors"},
	 {"UdpLiteInErrors", "UdpLite6InErrors"}},
	/* Raw and ping sockets have no protocol counter at all. */
	{RXPATH_RAW, {NULL}, {NULL}},
	{RXPATH_ICMP, {NULL}, {NULL}},
};

static uint64_t errors_of(const struct pair *pair, const struct protocol *protocol)
{
	uint64_t most = 0;

	for (size_t i = 0; i < sizeof protocol->errors / sizeof *protocol->errors; i++)
		if (protocol->errors[i])
			most = rxpath_sum(most, rxpath_change_of(pair, protocol->errors[i]).most);
	return most;
}

uint64_t rxpath_counted_at_most(const struct pair *pair, enum rxpath_protocol protocol)
{
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
		if (protocols[i].protocol == protocol)
			return errors_of(pair, &protocols[i]);
	return UINT64_MAX;
}

static void attribute(const struct pair *pair, const struct protocol *protocol, uint64_t lost,
		      struct rxpath_attribution *sum)
{
	uint64_t least = 0;
	uint64_t most = errors_of(pair, protocol);
	uint64_t counted;

	for (size_t i = 0; i < sizeof protocol->overflows / sizeof *protocol->overflows; i++)
		if (protocol->overflows[i])
			least = rxpath_sum(least,
					   rxpath_change_of(pair, protocol->overflows[i]).least);
	if (most < least)
		most = least;
	counted = lost < least ? least : lost > most ? most : lost;
	sum->socket_drops += lost;
	sum->counted = rxpath_sum(sum->counted, counted);
	sum->attributed += lost < counted ? lost : counted;
	if (counted > lost)
		sum->unattributed = rxpath_sum(sum->unattributed, counted - lost);
	else
		sum->uncounted += lost - counted;
}

/* Every table of sockets that there is was read, and the counters to set them against too. IPv6 may
 * be off; where only one of its two files was read, the sums are of unlike things. */
static bool is_known(const struct pair *pair)
{
	return rxpath_pair_has(pair, RXPATH_SOURCE_SNMP) &&
	       rxpath_pair_has(pair, RXPATH_SOURCE_UDP) &&
	       rxpath_pair_has(pair, RXPATH_SOURCE_UDP6) ==
		       rxpath_pair_has(pair, RXPATH_SOURCE_SNMP6);
}

bool rxpath_attribute(const struct pair *pair, const uint64_t lost_by[RXPATH_PROTOCOLS],
		      struct rxpath_error *error)
{
	struct rxpath_attribution *sum = &pair->report->attribution;

	sum->known = is_known(pair);
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
		attribute(pair, &protocols[i], lost_by[protocols[i].protocol], sum);
	/* Losses that nothing else in the report has: on Linux 6.18 and 6.19 udp_mem's, those of
	 * raw sockets, and where the protocols' counters could not be read, all. */
	return sum->uncounted == 0 || rxpath_add_derived(pair, "sk_drops", sum->uncounted,
							 sum->uncounted, 0, error);
}
