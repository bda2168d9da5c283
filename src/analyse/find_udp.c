/* find_udp.c: datagrams that UDP refused, or had no memory for. */
#include "findings.h"

static bool find_udp_checksum(struct finding_ctx *ctx)
{
	uint64_t bad = rxpath_moved_any(ctx, rxpath_udp_checksums);

	if (bad == 0)
		return false;
	finding_summary(ctx, "%s had a wrong checksum%s.", rxpath_amount(ctx, bad, "UDP datagram"),
			rxpath_moved(ctx, "Udp6InCsumErrors") > 0 ? " (or, with IPv6, none)" : "");
	rxpath_show_moved(ctx, rxpath_udp_checksums);
	/* Where queues overflowed too, a socket's drops do not tell which was which. */
	if (rxpath_worst_socket(ctx, rxpath_is_lossy_udp) &&
	    rxpath_moved_any(ctx, rxpath_udp_overflows) == 0)
		rxpath_show_sockets(ctx, NULL, rxpath_is_lossy_udp, rxpath_tell_udp_socket);
	finding_evidence(ctx,
			 "most are counted when the program reads: they may have come earlier");
	finding_default_advice(ctx);
	finding_advice(ctx, "if all senders do, try without the card's offload: 'ethtool -K DEVICE "
			    "rx off' (costs CPU)");
	return true;
}

static bool find_udp_refused(struct finding_ctx *ctx)
{
	uint64_t refused = rxpath_unexplained_any(ctx, rxpath_udp_errors);

	if (refused == 0)
		return false;
	if (rxpath_lost_any(ctx, rxpath_udp_errors) == 0)
		ctx->draft.kind = RXPATH_KIND_SUSPECT;
	finding_summary(ctx,
			"UDP refused %s without a specific counter: a filter of the socket "
			"or its cgroup, IPsec, or a malformed datagram.",
			rxpath_amount(ctx, refused, "datagram"));
	rxpath_show_moved(ctx, rxpath_udp_errors);
	if (rxpath_worst_socket(ctx, rxpath_is_lossy_udp) &&
	    rxpath_moved_any(ctx, rxpath_udp_overflows) > 0) {
		finding_evidence(ctx, "queues overflowed as well, so the drops of sockets do not "
				      "tell which it was");
		finding_advice(ctx, "check which programs attach a filter to their socket "
				    "(SO_ATTACH_FILTER) and which cgroups have one ('bpftool "
				    "cgroup tree'), and look for malformed datagrams (tcpdump -nn "
				    "-vv udp)");
	} else if (rxpath_worst_socket(ctx, rxpath_is_lossy_udp)) {
		rxpath_show_sockets(ctx, NULL, rxpath_is_lossy_udp, rxpath_tell_udp_socket);
		finding_advice(ctx, "check whether its program attaches a filter to it "
				    "(SO_ATTACH_FILTER; ss does not show it) and which programs "
				    "its cgroup has ('bpftool cgroup tree'): one that does its job "
				    "is no fault");
	} else {
		finding_evidence(ctx, "no socket lost any, so they were malformed, or their socket "
				      "is closed");
		finding_advice(ctx, "capture some (tcpdump -nn -vv udp): usually a length that "
				    "does not match the packet");
	}
	finding_advice(ctx, "where IPsec is in use, read /proc/net/xfrm_stat");
	return true;
}

static bool find_no_listener(struct finding_ctx *ctx)
{
	static const char *const ports[] = {"UdpNoPorts", "Udp6NoPorts", "UdpLiteNoPorts",
					    "UdpLite6NoPorts", NULL};
	static const char *const groups[] = {"UdpIgnoredMulti", "Udp6IgnoredMulti",
					     "UdpLiteIgnoredMulti", NULL};
	uint64_t refused = rxpath_moved_any(ctx, ports);

	/* Multicast and broadcast without a receiver are everywhere, and no news. */
	if (!rxpath_is_significant(ctx, refused, RXPATH_STAGE_TRANSPORT))
		return false;
	finding_summary(ctx, "%s%s came for a port on which no socket here takes them.",
			rxpath_amount(ctx, refused, "datagram"),
			rxpath_share(ctx, refused, RXPATH_STAGE_TRANSPORT));
	rxpath_show_moved(ctx, ports);
	rxpath_show_moved(ctx, groups);
	finding_advice(ctx, "check whether a service is down, or its socket bound to another "
			    "address or device or connected to another peer; the ICMP errors sent "
			    "in reply show the port");
	finding_command(ctx, "tcpdump -nn -i any 'icmp[0]=3 and icmp[1]=3 or icmp6[0]=1'");
	return true;
}

const struct finding_rule rxpath_udp_findings[] = {
	{
		FINDING("udp-checksum", TRANSPORT, DROP, find_udp_checksum),
		.fact.cause = "wrong UDP checksums",
		.fact.meaning = "UDP datagrams had a wrong checksum.",
		.fact.shown = "UdpInCsumErrors, or its IPv6 and UDP-Lite equivalents.",
		.fact.action = "See who sends them (tcpdump -nn -vv udp shows 'bad udp cksum'): "
			       "damage on the path, or a NAT or tunnel that does not correct the "
			       "checksum.",
	},
	{
		FINDING("udp-refused", TRANSPORT, DROP, find_udp_refused),
		.fact.cause = "refused by UDP",
		.fact.meaning = "UDP refused datagrams without a specific counter: a filter of "
				"the socket or its cgroup, IPsec, or a malformed datagram.",
		.fact.shown = "UdpInErrors beyond its specific counters.",
		.fact.action = "Check the filters of the socket that lost them.",
	},
	{
		FINDING("no-listener", TRANSPORT, REJECT, find_no_listener),
		.fact.cause = "no socket has the port",
		.fact.meaning = "Datagrams came for a port on which no socket here takes them.",
		.fact.shown = "UdpNoPorts, or its IPv6 and UDP-Lite equivalents: ten or more, and "
			      "at least 1 % of the packets delivered.",
		.fact.action = "Check whether a service is down or bound to another address; the "
			       "ICMP errors sent in reply show the port (tcpdump -nn -i any "
			       "'icmp[0]=3 and icmp[1]=3 or icmp6[0]=1').",
	},
	{.find = NULL},
};
