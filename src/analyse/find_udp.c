/* find_udp.c: datagrams that UDP refused, or had no memory for. */
#include "findings.h"

/* The UDP socket that holds most, in the second sample. */
static const struct rxpath_socket *largest_queue(const struct finding_ctx *ctx)
{
	const struct rxpath_sample *after = ctx->match.after;
	const struct rxpath_socket *largest = NULL;

	for (size_t i = 0; i < after->socket_count; i++)
		if (rxpath_socket_is_udp(&after->sockets[i]) &&
		    (!largest || after->sockets[i].rx_queue > largest->rx_queue))
			largest = &after->sockets[i];
	return largest && largest->rx_queue > 0 ? largest : NULL;
}

static const char *subject_of(struct finding_ctx *ctx, const struct rxpath_socket *socket)
{
	struct rxpath_buf text = {0};
	const char *kept;

	rxpath_socket_subject(&text, socket);
	ctx->failed = ctx->failed || text.failed;
	kept = rxpath_phrase_of(ctx, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	return kept;
}

static void summarise_memory(struct finding_ctx *ctx, uint64_t counted, uint64_t silent)
{
	if (rxpath_memory_level(ctx, RXPATH_UDP) == MEMORY_ENOUGH)
		finding_summary(ctx,
				"UDP refused %s for lack of memory, although UDP as a whole has "
				"memory left now: the memory limit of a cgroup, or a shortage that "
				"is over.",
				rxpath_amount(ctx, counted + silent, "datagram"));
	else if (counted > 0)
		finding_summary(ctx,
				"UDP dropped %s: the memory that all UDP sockets of the host share "
				"was used up.",
				rxpath_amount(ctx, counted + silent, "datagram"));
	else
		finding_summary(
			ctx,
			"UDP sockets lost %s that no protocol counter shows: this is what a "
			"shortage of UDP memory looks like on Linux 6.18 and 6.19.",
			rxpath_amount(ctx, silent, "datagram"));
}

static const char *const memory_names[] = {"UdpMemErrors", "Udp6MemErrors", "UdpLiteMemErrors",
					   "UdpLite6MemErrors", NULL};

/* What sockets lost and no counter of UDP has. Where the protocols' counters were not read, they do
 * not prove anything. */
static uint64_t uncounted(const struct finding_ctx *ctx)
{
	uint64_t silent = rxpath_lost(ctx, "sk_drops");
	uint64_t raw = rxpath_lost_by_raw(ctx);

	return ctx->report->attribution.known ? rxpath_less(silent, raw) : 0;
}

uint64_t rxpath_udp_short_of_memory(const struct finding_ctx *ctx)
{
	return rxpath_moved_any(ctx, memory_names) + uncounted(ctx);
}

bool rxpath_find_udp_memory(struct finding_ctx *ctx)
{
	uint64_t counted = rxpath_moved_any(ctx, memory_names);
	uint64_t silent = uncounted(ctx);
	const struct rxpath_socket *largest = largest_queue(ctx);
	uint64_t pages = 0;

	if (rxpath_has_finding(ctx, "memory-cgroup"))
		return false;
	if (counted + silent > 0)
		summarise_memory(ctx, counted, silent);
	else if (!rxpath_find_memory_used(ctx, "UDP", "udp_mem_used"))
		return false;
	rxpath_show_moved(ctx, memory_names);
	if (silent > 0)
		finding_evidence(ctx,
				 "sk_drops of UDP sockets beyond the protocol's counters: %llu",
				 (unsigned long long)silent);
	if (rxpath_number_of(ctx, "sockstat.UDP.mem", &pages))
		finding_evidence(ctx, "UDP holds %s now (accurate to about a hundred per CPU)",
				 rxpath_amount(ctx, pages, "page"));
	if (largest) {
		finding_evidence(ctx, "the largest queue here: %s with %u bytes",
				 subject_of(ctx, largest), largest->rx_queue);
		finding_advice(ctx,
			       "find out why %s is not read: what waits in queues holds the memory",
			       subject_of(ctx, largest));
	}
	rxpath_show_sockets(ctx, rxpath_is_lossy_udp, rxpath_tell_udp_socket, NULL);
	if (rxpath_memory_level(ctx, RXPATH_UDP) == MEMORY_ENOUGH)
		finding_advice(ctx, "read the limits of the cgroup of the process that lost them: "
				    "memory.max and memory.events (cgroup v2), "
				    "memory.kmem.tcp.limit_in_bytes and memory.kmem.tcp.failcnt "
				    "(v1)");
	finding_advice(ctx,
		       "%s net.ipv4.udp_mem%s: pages; refused above the third value; UDP can then "
		       "take that much from everything else",
		       rxpath_memory_level(ctx, RXPATH_UDP) == MEMORY_ENOUGH
			       ? "if it was short before, raise"
		       : largest ? "then raise"
				 : "raise",
		       rxpath_now(ctx, "net.ipv4.udp_mem"));
	rxpath_suggest_memory(ctx, "net.ipv4.udp_mem", pages, counted + silent);
	return true;
}

bool rxpath_find_udp_checksum(struct finding_ctx *ctx)
{
	static const char *const names[] = {"UdpInCsumErrors", "Udp6InCsumErrors",
					    "UdpLiteInCsumErrors", "UdpLite6InCsumErrors", NULL};
	uint64_t bad = rxpath_moved_any(ctx, names);

	if (bad == 0)
		return false;
	finding_summary(ctx, "%s had a wrong checksum%s.", rxpath_amount(ctx, bad, "UDP datagram"),
			rxpath_moved(ctx, "Udp6InCsumErrors") > 0 ? " (or, with IPv6, none)" : "");
	rxpath_show_moved(ctx, names);
	/* Where queues overflowed too, a socket's drops do not tell which was which. */
	if (rxpath_worst_socket(ctx, rxpath_is_lossy_udp) && rxpath_udp_overflows(ctx) == 0)
		rxpath_show_sockets(ctx, rxpath_is_lossy_udp, rxpath_tell_udp_socket, NULL);
	finding_evidence(ctx,
			 "most are counted when the program reads: they may have come earlier");
	finding_default_advice(ctx);
	finding_advice(ctx, "if all senders do, try without the card's offload: 'ethtool -K DEVICE "
			    "rx off' (costs CPU)");
	return true;
}

bool rxpath_find_udp_refused(struct finding_ctx *ctx)
{
	static const char *const names[] = {"UdpInErrors", "Udp6InErrors", "UdpLiteInErrors",
					    "UdpLite6InErrors", NULL};
	uint64_t refused = rxpath_unexplained_any(ctx, names);

	if (refused == 0)
		return false;
	if (rxpath_lost_any(ctx, names) == 0)
		ctx->draft.kind = RXPATH_KIND_SUSPECT;
	finding_summary(ctx,
			"UDP refused %s without a specific counter: a filter of the socket "
			"or its cgroup, IPsec, or a malformed datagram.",
			rxpath_amount(ctx, refused, "datagram"));
	rxpath_show_moved(ctx, names);
	if (rxpath_worst_socket(ctx, rxpath_is_lossy_udp) && rxpath_udp_overflows(ctx) > 0) {
		finding_evidence(ctx, "queues overflowed as well, so the drops of sockets do not "
				      "tell which it was");
		finding_advice(ctx, "check which programs attach a filter to their socket "
				    "(SO_ATTACH_FILTER) and which cgroups have one ('bpftool "
				    "cgroup tree'), and look for malformed datagrams (tcpdump -nn "
				    "-vv udp)");
	} else if (rxpath_worst_socket(ctx, rxpath_is_lossy_udp)) {
		rxpath_show_sockets(ctx, rxpath_is_lossy_udp, rxpath_tell_udp_socket, NULL);
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

bool rxpath_find_no_listener(struct finding_ctx *ctx)
{
	static const char *const ports[] = {"UdpNoPorts", "Udp6NoPorts", "UdpLiteNoPorts",
					    "UdpLite6NoPorts", NULL};
	static const char *const groups[] = {"UdpIgnoredMulti", "Udp6IgnoredMulti",
					     "UdpLiteIgnoredMulti", NULL};
	uint64_t refused = rxpath_moved_any(ctx, ports);

	/* Multicast and broadcast without a receiver are everywhere, and no news. */
	if (!rxpath_is_significant(ctx, refused, RXPATH_STAGE_TRANSPORT))
		return false;
	finding_summary(ctx, "%s%s came for a port that no socket here has.",
			rxpath_amount(ctx, refused, "datagram"),
			rxpath_share(ctx, refused, RXPATH_STAGE_TRANSPORT));
	rxpath_show_moved(ctx, ports);
	rxpath_show_moved(ctx, groups);
	finding_advice(ctx, "check whether a service is down or bound to another address; the ICMP "
			    "errors sent in reply show the port");
	finding_command(ctx, "tcpdump -nn -i any 'icmp[0]=3 and icmp[1]=3 or icmp6[0]=1'");
	return true;
}
