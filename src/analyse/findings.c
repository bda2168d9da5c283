/* findings.c: the table of what can be found, and what all findings are made of.
 *
 * A finding is claimed only where its evidence is in the report, and advises only what fits it. A
 * host that is well has none. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "findings.h"

static const struct rule {
	struct rxpath_finding_fact fact;
	rxpath_find *find;
} rules[] = {
	{{
		.id = "device-ring",
		.stage = RXPATH_STAGE_DEVICE, .kind = RXPATH_KIND_DROP,
		.meaning = "A card had no free place in its receive ring and lost frames before "
			"the host saw them.",
		.shown = "rx_missed_errors, rx_fifo_errors or rx_over_errors of a device.",
		.action = "Enlarge the ring (ethtool -G) if it is below its maximum, then spread "
			"queues and interrupts over more CPUs.",
	 }, rxpath_find_device_ring},
	{{
		.id = "device-wire",
		.stage = RXPATH_STAGE_DEVICE, .kind = RXPATH_KIND_DROP,
		.meaning = "Frames arrived damaged, or of a length that the device does not take.",
		.shown = "rx_crc_errors, rx_frame_errors or rx_length_errors of a device.",
		.action = "Check cable, optics, switch port, duplex; for lengths the MTU; of a "
			"tunnel its packets.",
	 }, rxpath_find_device_wire},
	{{
		.id = "device-errors",
		.stage = RXPATH_STAGE_DEVICE, .kind = RXPATH_KIND_DROP,
		.meaning = "A driver counts bad receptions and names no standard reason for them.",
		.shown = "rx_errors (or dev_errs) beyond the specific counters.",
		.action = "Read the driver's own statistics with ethtool -S.",
	 }, rxpath_find_device_errors},
	{{
		.id = "device-unhandled",
		.stage = RXPATH_STAGE_DEVICE, .kind = RXPATH_KIND_SUSPECT,
		.meaning = "A device dropped frames that the backlog did not: nobody handles "
			"their type, they did not fit, or the driver had no memory. The counter "
			"does not tell.",
		.shown = "rx_dropped beyond the backlog's share.",
		.action = "Run with --trace as root, which tells; or look at such frames with "
			"tcpdump.",
	 }, rxpath_find_device_unhandled},
	{{
		.id = "device-driver",
		.stage = RXPATH_STAGE_DEVICE, .kind = RXPATH_KIND_SUSPECT,
		.meaning = "A driver counts losses in statistics of its own, and no standard "
			"counter of the device rose.",
		.shown = "ethtool.NAME without a standard counter of the same device.",
		.action = "Look the name up in the driver's documentation; it may be an XDP "
			"program.",
	 }, rxpath_find_device_driver},
	{{
		.id = "device-other-host",
		.stage = RXPATH_STAGE_DEVICE, .kind = RXPATH_KIND_REJECT,
		.meaning = "IP packets came for another MAC address, or with a VLAN tag that no "
			"device here takes.",
		.shown = "Much of rx_otherhost_dropped.",
		.action = "If traffic is missing check VLANs and MAC addresses; else see what "
			"set promiscuous mode.",
	 }, rxpath_find_device_other_host},
	{{
		.id = "capture-running",
		.stage = RXPATH_STAGE_DEVICE, .kind = RXPATH_KIND_PRESSURE,
		.meaning = "A packet capture takes a copy of everything while packets are being "
			"lost.",
		.shown = "A handler for ALL types in /proc/net/ptype, and a loss at a device or in "
			"the backlog.",
		.action = "Stop it, or narrow its filter, and measure again.",
	 }, rxpath_find_capture_running},
	{{
		.id = "backlog-overflow",
		.stage = RXPATH_STAGE_SOFTNET, .kind = RXPATH_KIND_DROP,
		.meaning = "A CPU's backlog queue was full: packets came faster than it took "
			"them.",
		.shown = "softnet_dropped beyond the flow limit's share.",
		.action = "For bursts raise net.core.netdev_max_backlog; against a steady "
			"overload use more CPUs, or make the work cheaper.",
	 }, rxpath_find_backlog_overflow},
	{{
		.id = "flow-limit",
		.stage = RXPATH_STAGE_SOFTNET, .kind = RXPATH_KIND_DROP,
		.meaning = "The flow limit took packets of a flow that dominates a half full "
			"backlog queue.",
		.shown = "softnet_flow_limit.",
		.action = "Nothing, if a greedy flow is to yield; else take the CPU out of "
			"net.core.flow_limit_cpu_bitmap.",
	 }, rxpath_find_flow_limit},
	{{
		.id = "time-squeeze",
		.stage = RXPATH_STAGE_SOFTNET, .kind = RXPATH_KIND_PRESSURE,
		.meaning = "Receive work was cut off by its budget with packets still waiting. By "
			"itself no loss.",
		.shown = "softnet_time_squeeze, ten times or together with a loss before it.",
		.action = "Only where packets are lost too: raise net.core.netdev_budget and "
			"netdev_budget_usecs.",
	 }, rxpath_find_time_squeeze},
	{{
		.id = "one-cpu",
		.stage = RXPATH_STAGE_SOFTNET, .kind = RXPATH_KIND_PRESSURE,
		.meaning = "One CPU processed nearly all packets and could not keep up, while "
			"others idled.",
		.shown = "Nine tenths of softnet_processed on one of several CPUs, and a ring or "
			"backlog that overran.",
		.action = "Spread interrupts over the queues' CPUs, or switch on RPS where there "
			"is one queue.",
	 }, rxpath_find_one_cpu},
	{{
		.id = "conntrack-full",
		.stage = RXPATH_STAGE_NETFILTER, .kind = RXPATH_KIND_DROP,
		.meaning = "The table of connections was full: packets of new connections were "
			"dropped.",
		.shown = "nf_conntrack_drop or nf_conntrack_early_drop with the table near its "
			"limit.",
		.action = "Raise net.netfilter.nf_conntrack_max, shorten timeouts, or leave bulk "
			"UDP untracked.",
	 }, rxpath_find_conntrack_full},
	{{
		.id = "conntrack-insert",
		.stage = RXPATH_STAGE_NETFILTER, .kind = RXPATH_KIND_DROP,
		.meaning = "Connection tracking dropped packets though its table had room: two "
			"packets raced for one entry, a chain was too long, or a helper refused.",
		.shown = "nf_conntrack_insert_failed, nf_conntrack_chainlength, or "
			"nf_conntrack_drop with the table not near its limit.",
		.action = "Enlarge net.netfilter.nf_conntrack_buckets for long chains; for races "
			"(DNS over one socket) leave that traffic untracked.",
	 }, rxpath_find_conntrack_insert},
	{{
		.id = "filtered",
		.stage = RXPATH_STAGE_NETFILTER, .kind = RXPATH_KIND_REJECT,
		.meaning = "A firewall rule, a policy or an unjoined multicast group took "
			"packets that no counter accounts for.",
		.shown = "Much of ip_residual or ip6_residual, beyond what martians explain.",
		.action = "Read the firewall's own counters; run with --trace as root for the "
			"reason.",
	 }, rxpath_find_filtered},
	{{
		.id = "martian",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_REJECT,
		.meaning = "Packets came from or for addresses that cannot be out there: "
			"loopback, multicast, this host's own.",
		.shown = "Much of rt_cache_in_martian_src or rt_cache_in_martian_dst beyond the "
			"reverse-path filter's share.",
		.action = "Switch on net.ipv4.conf.all.log_martians and read the kernel's log.",
	 }, rxpath_find_martian},
	{{
		.id = "reverse-path",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_REJECT,
		.meaning = "The reverse-path filter refused packets: answers would leave by "
			"another device.",
		.shown = "Much of TcpExtIPReversePathFilter.",
		.action = "Correct the routes; where asymmetric routing is intended set that "
			"device's rp_filter to 2.",
	 }, rxpath_find_reverse_path},
	{{
		.id = "reassembly-timeout",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_DROP,
		.meaning = "Fragments waited in vain for one that was lost on the way.",
		.shown = "IpReasmTimeout or Ip6ReasmTimeout.",
		.action = "Find where fragments get lost, or have the sender send what fits the "
			"path's MTU.",
	 }, rxpath_find_reassembly_timeout},
	{{
		.id = "reassembly-memory",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_DROP,
		.meaning = "Fragments were refused because those that wait already fill the memory "
			"for reassembly.",
		.shown = "IpReasmFails (Ip6ReasmFails) beyond timeouts and overlaps, IPv6 only "
			"with the memory nearly full.",
		.action = "Raise ipfrag_high_thresh (ip6frag_high_thresh) after looking why "
			"fragments pile up.",
	 }, rxpath_find_reassembly_memory},
	{{
		.id = "reassembly-overlap",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_DROP,
		.meaning = "Fragments that overlap were refused: a broken sender, reused "
			"identifiers, or an attack.",
		.shown = "IpExtReasmOverlaps, or Ip6ReasmFails that neither timeouts nor memory "
			"explain.",
		.action = "Find the sender; no setting of this host accepts such fragments.",
	 }, rxpath_find_reassembly_overlap},
	{{
		.id = "ip-header",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_DROP,
		.meaning = "IP packets arrived broken: bad header, bad header checksum, or shorter "
			"than they say.",
		.shown = "IpInHdrErrors, IpExtInTruncatedPkts or their IPv6 likes.",
		.action = "Look for the sender, tunnel or offload that breaks them.",
	 }, rxpath_find_ip_header},
	{{
		.id = "ip-discards",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_DROP,
		.meaning = "IP dropped good packets for want of memory (IPv6: also by IPsec "
			"policy).",
		.shown = "IpInDiscards, or Ip6InDiscards with IPv6 enabled everywhere.",
		.action = "Look at the memory of the machine, and at vm.min_free_kbytes.",
	 }, rxpath_find_ip_discards},
	{{
		.id = "ipv6-disabled",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_SUSPECT,
		.meaning = "IPv6 packets came to a device on which IPv6 is switched off.",
		.shown = "Ip6InDiscards, and disable_ipv6 set on a device.",
		.action = "Enable IPv6 there if that traffic is wanted; else nothing is amiss.",
	 }, rxpath_find_ipv6_disabled},
	{{
		.id = "not-for-us",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_REJECT,
		.meaning = "Packets came for addresses that are not this host's, and were not "
			"forwarded.",
		.shown = "Much of IpInAddrErrors, IpExtInNoRoutes, Ip6InAddrErrors or "
			"Ip6InNoRoutes.",
		.action = "Check this host's addresses and the sender's routes; on a router "
			"forwarding and its routes.",
	 }, rxpath_find_not_for_us},
	{{
		.id = "unknown-protocol",
		.stage = RXPATH_STAGE_IP, .kind = RXPATH_KIND_REJECT,
		.meaning = "IP packets came for a transport protocol that this kernel does not "
			"handle.",
		.shown = "Much of IpInUnknownProtos or Ip6InUnknownProtos.",
		.action = "Load its module if it is wanted (GRE, ESP, SCTP, IGMP ...).",
	 }, rxpath_find_unknown_protocol},
	{{
		.id = "udp-checksum",
		.stage = RXPATH_STAGE_TRANSPORT, .kind = RXPATH_KIND_DROP,
		.meaning = "UDP datagrams had a wrong checksum.",
		.shown = "UdpInCsumErrors and its likes.",
		.action = "Look for the damage on the path, or for a faulty checksum offload.",
	 }, rxpath_find_udp_checksum},
	{{
		.id = "udp-refused",
		.stage = RXPATH_STAGE_TRANSPORT, .kind = RXPATH_KIND_DROP,
		.meaning = "UDP refused datagrams for another reason than damage or a full "
			"queue: a filter of the socket or its cgroup, IPsec, or a malformed "
			"datagram.",
		.shown = "UdpInErrors beyond its specific counters.",
		.action = "Look at the filters of the socket that lost them.",
	 }, rxpath_find_udp_refused},
	{{
		.id = "no-listener",
		.stage = RXPATH_STAGE_TRANSPORT, .kind = RXPATH_KIND_REJECT,
		.meaning = "Datagrams came for a port that no socket here has.",
		.shown = "Much of UdpNoPorts and its likes.",
		.action = "See whether a service is down; the ICMP errors that answer name the "
			"port.",
	 }, rxpath_find_no_listener},
	{{
		.id = "tcp-damaged",
		.stage = RXPATH_STAGE_TRANSPORT, .kind = RXPATH_KIND_DROP,
		.meaning = "TCP segments arrived broken.",
		.shown = "TcpInErrs.",
		.action = "Wrong checksums: find the damage on the path; broken headers: mostly "
			"a scanner.",
	 }, rxpath_find_tcp_damaged},
	{{
		.id = "udp-receive-buffer",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_DROP,
		.meaning = "UDP sockets' receive queues were full when datagrams came.",
		.shown = "UdpRcvbufErrors and its likes.",
		.action = "If the queue is full all the time make the program read faster; if it "
			"overflows in bursts give it a larger buffer, by the setting that limits "
			"it.",
	 }, rxpath_find_udp_receive_buffer},
	{{
		.id = "udp-multicast-slow-member",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_DROP,
		.meaning = "Of several sockets that get the same datagrams some lost them and "
			"others did not.",
		.shown = "Drops of one socket of a multicast group and port, and none of another.",
		.action = "Help that one program; the network and the others are well.",
	 }, rxpath_find_multicast_slow},
	{{
		.id = "udp-memory",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_DROP,
		.meaning = "The memory that all UDP sockets of the host share was used up.",
		.shown = "UdpMemErrors and its likes, or drops of UDP sockets that no protocol "
			"counter has.",
		.action = "Find the socket that holds the memory; then raise net.ipv4.udp_mem.",
	 }, rxpath_find_udp_memory},
	{{
		.id = "udp-queue",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_PRESSURE,
		.meaning = "A UDP socket's receive queue is over half full and stays so. Nothing "
			"is lost yet.",
		.shown = "A queue over half of its limit in both samples, without drops.",
		.action = "See why the program does not read.",
	 }, rxpath_find_udp_queue},
	{{
		.id = "raw-socket",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_DROP,
		.meaning = "Raw or ping sockets lost packets: their receive queue was full.",
		.shown = "sk_drops of a socket in /proc/net/raw, raw6, icmp or icmp6.",
		.action = "See whether its program reads too slowly, or its buffer is too small.",
	 }, rxpath_find_raw_socket},
	{{
		.id = "tcp-accept-queue",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_DROP,
		.meaning = "A program did not accept its TCP connections fast enough.",
		.shown = "TcpExtListenOverflows, or a listener whose accept queue is nearly full.",
		.action = "Let it accept faster; for bursts raise its listen() backlog, and "
			"net.core.somaxconn where that limits it.",
	 }, rxpath_find_accept_queue},
	{{
		.id = "tcp-syn-queue",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_DROP,
		.meaning = "More connections were being opened than may wait half open, or a flood "
			"of SYNs came.",
		.shown = "TcpExtListenDrops beyond overflows, TcpExtTCPReqQFullDrop, or SYN "
			"cookies sent.",
		.action = "Switch on net.ipv4.tcp_syncookies; raise net.ipv4.tcp_max_syn_backlog "
			"and the listen() backlog.",
	 }, rxpath_find_syn_queue},
	{{
		.id = "tcp-receive",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_DROP,
		.meaning = "TCP threw away segments, which are sent again: a program reads too "
			"slowly, or memory is short.",
		.shown = "TcpExtTCPBacklogDrop, TCPRcvQDrop, TCPZeroWindowDrop, TCPOFODrop, "
			"RcvPruned or OfoPruned; ten of PruneCalled or TCPRcvCollapsed.",
		.action = "Make the program read faster; look at net.ipv4.tcp_rmem and tcp_mem.",
	 }, rxpath_find_tcp_receive},
	{{
		.id = "tcp-memory",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_PRESSURE,
		.meaning = "The memory that all TCP sockets of the host share, or a limit on "
			"closed ones, was reached.",
		.shown = "TcpExtTCPMemoryPressures, TCPAbortOnMemory or TCPTimeWaitOverflow.",
		.action = "Find who holds it (ss -tm); then raise net.ipv4.tcp_mem.",
	 }, rxpath_find_tcp_memory},
	{{
		.id = "memory-reserve",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_DROP,
		.meaning = "The machine was out of memory; its reserve is not for ordinary "
			"sockets.",
		.shown = "TcpExtPFMemallocDrop.",
		.action = "Find what takes the memory; raise vm.min_free_kbytes.",
	 }, rxpath_find_memory_reserve},
	{{
		.id = "capture-drops",
		.stage = RXPATH_STAGE_SOCKET, .kind = RXPATH_KIND_SUSPECT,
		.meaning = "A capture missed packets. What the host itself received is not "
			"affected.",
		.shown = "sk_drops of an AF_PACKET socket.",
		.action = "Give the capture a larger buffer, a narrower filter, or a shorter "
			"snapshot length.",
	 }, rxpath_find_capture_drops},
};
#define RULES (sizeof rules / sizeof *rules)

const struct rxpath_finding_fact *rxpath_finding_at(size_t index)
{
	return index < RULES ? &rules[index].fact : NULL;
}

static struct rxpath_slice keep(struct finding_ctx *ctx, struct rxpath_buf *text)
{
	struct rxpath_slice kept = rxpath_report_keep(ctx->report, text);

	rxpath_buf_free(text);
	ctx->failed = ctx->failed || !kept.ptr;
	return kept.ptr ? kept : rxpath_slice_of("");
}

static struct rxpath_slice format(struct finding_ctx *ctx, const char *pattern, va_list arguments)
{
	struct rxpath_buf text = {0};
	va_list copy;
	char *room;
	int len;

	va_copy(copy, arguments);
	len = vsnprintf(NULL, 0, pattern, copy);
	va_end(copy);
	room = len < 0 ? NULL : rxpath_buf_room(&text, (size_t)len + 1);
	if (room) {
		vsnprintf(room, (size_t)len + 1, pattern, arguments);
		text.len = (size_t)len;
	}
	text.failed = !room;
	return keep(ctx, &text);
}

void finding_summary(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	ctx->draft.summary = format(ctx, pattern, arguments);
	va_end(arguments);
}

static void add(struct rxpath_slice texts[MAX_TEXTS], size_t *count, struct rxpath_slice text)
{
	if (*count < MAX_TEXTS)
		texts[(*count)++] = text;
}

void finding_evidence(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	add(ctx->draft.evidence, &ctx->draft.evidence_count,
	    format(ctx, pattern, arguments));
	va_end(arguments);
}

void finding_advice(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	add(ctx->draft.advice, &ctx->draft.advice_count, format(ctx, pattern, arguments));
	va_end(arguments);
}

const char *rxpath_phrase(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;
	struct rxpath_slice text;

	va_start(arguments, pattern);
	text = format(ctx, pattern, arguments);
	va_end(arguments);
	return text.ptr;
}

const char *rxpath_phrase_of(struct finding_ctx *ctx, struct rxpath_slice text)
{
	struct rxpath_buf copy = {0};

	rxpath_buf_slice(&copy, text);
	return keep(ctx, &copy).ptr;
}

const char *rxpath_escaped_of(struct finding_ctx *ctx, struct rxpath_slice raw)
{
	struct rxpath_buf copy = {0};

	rxpath_buf_escaped(&copy, raw, "");
	return keep(ctx, &copy).ptr;
}

uint64_t rxpath_moved(const struct finding_ctx *ctx, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name))
			sum += ctx->moved[i]->delta;
	return sum;
}

uint64_t rxpath_lost(const struct finding_ctx *ctx, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name))
			sum += ctx->moved[i]->lost;
	return sum;
}

uint64_t rxpath_moved_any(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; names[i]; i++)
		sum += rxpath_moved(ctx, names[i]);
	return sum;
}

void rxpath_show_moved(struct finding_ctx *ctx, const char *const names[])
{
	struct rxpath_buf text = {0};

	for (size_t i = 0; names[i]; i++) {
		uint64_t moved = rxpath_moved(ctx, names[i]);

		if (moved > 0)
			rxpath_buf_printf(&text, "%s%s %llu", text.len > 0 ? ", " : "", names[i],
					  (unsigned long long)moved);
	}
	ctx->failed = ctx->failed || text.failed;
	if (text.len > 0)
		finding_evidence(ctx, "%s", keep(ctx, &text).ptr);
	else
		rxpath_buf_free(&text);
}

bool rxpath_is_significant(const struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage)
{
	uint64_t seen = ctx->report->stages[stage].seen;

	return count >= 10 && (seen == RXPATH_UNKNOWN || count >= seen / 100);
}

static const struct rxpath_setting *setting_of(const struct finding_ctx *ctx, const char *name)
{
	const struct rxpath_setting *setting = rxpath_sample_setting(ctx->detail, name);

	/* A stored sample may have its settings as files of their own. */
	return setting || ctx->detail == ctx->match.after ?
		       setting :
		       rxpath_sample_setting(ctx->match.after, name);
}

bool rxpath_number_of(const struct finding_ctx *ctx, const char *name, uint64_t *value)
{
	const struct rxpath_setting *setting = setting_of(ctx, name);
	struct rxpath_slice rest, word;

	if (!setting)
		return false;
	rest = setting->value;
	return rxpath_scan_word(&rest, &word) && rxpath_scan_dec(word, value);
}

/* The setting's words, each escaped, behind what is in the text already. False when it
 * is not known. */
static bool put_value(const struct finding_ctx *ctx, const char *name, const char *before,
		      struct rxpath_buf *text)
{
	const struct rxpath_setting *setting = setting_of(ctx, name);
	struct rxpath_slice rest, word;

	if (!setting)
		return false;
	rxpath_buf_string(text, before);
	rest = setting->value;
	while (rxpath_scan_word(&rest, &word)) {
		rxpath_buf_char(text, ' ');
		rxpath_buf_escaped(text, word, "");
	}
	return true;
}

/* These a network namespace of its own does not even show. */
static bool is_of_host(const char *name)
{
	static const char *const prefixes[] = {"net.core.netdev_", "net.core.flow_limit_",
					       "net.ipv4.udp_mem", "net.ipv4.tcp_mem"};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (rxpath_slice_starts(rxpath_slice_of(name), prefixes[i]))
			return true;
	return false;
}

const char *rxpath_now(struct finding_ctx *ctx, const char *name)
{
	struct rxpath_buf text = {0};

	if (!put_value(ctx, name, " (now", &text))
		return is_of_host(name) ? " (in the host's own network namespace)" : "";
	rxpath_buf_char(&text, ')');
	return keep(ctx, &text).ptr;
}

void rxpath_show_settings(struct finding_ctx *ctx, const char *const names[])
{
	struct rxpath_buf text = {0};

	for (size_t i = 0; names[i]; i++) {
		size_t start = text.len;

		rxpath_buf_printf(&text, "%s%s is", start > 0 ? ", " : "", names[i]);
		if (!put_value(ctx, names[i], "", &text))
			text.len = start;
	}
	if (text.len > 0)
		finding_evidence(ctx, "%s", keep(ctx, &text).ptr);
	else
		rxpath_buf_free(&text);
}

bool rxpath_device_number(struct finding_ctx *ctx, const char *device, const char *word,
			  uint64_t *value)
{
	return rxpath_number_of(ctx, rxpath_phrase(ctx, "device.%s.%s", device, word), value);
}

const char *rxpath_owner_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	struct rxpath_buf text = {0};

	if (line->process_count == 0)
		return rxpath_phrase(ctx, "a process of uid %u", line->socket.uid);
	rxpath_buf_escaped(&text, line->processes[0].comm, "");
	rxpath_buf_printf(&text, "[%llu]", (unsigned long long)line->processes[0].pid);
	if (line->process_count > 1)
		rxpath_buf_printf(&text, " and %zu more", line->process_count - 1);
	return keep(ctx, &text).ptr;
}

bool rxpath_busiest(const struct finding_ctx *ctx, struct busiest *busiest)
{
	const struct rxpath_sample *after = ctx->match.after;

	*busiest = (struct busiest){.cpus = after->cpu_count};
	if (!ctx->match.comparable[RXPATH_SOURCE_SOFTNET])
		return false;
	for (size_t i = 0; i < after->reading_count; i++) {
		const struct rxpath_reading *reading = &after->readings[i];
		struct change change;

		if (!rxpath_slice_is(reading->name, "softnet_processed") ||
		    !rxpath_change_since(&ctx->match, reading, &change))
			continue;
		busiest->all += change.delta;
		if (change.delta > busiest->share) {
			busiest->share = change.delta;
			busiest->cpu = reading->subject.number;
		}
	}
	return busiest->all > 0;
}

unsigned rxpath_analyse_detail(const struct rxpath_report *report, bool all)
{
	unsigned stages = 0;

	if (all)
		return (1u << RXPATH_STAGES) - 1;
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && !(report->lines[i].flags & RXPATH_FLAG_ALLOWED))
			stages |= 1u << report->lines[i].stage;
	if (report->socket_count > 0)
		stages |= 1u << RXPATH_STAGE_SOCKET;
	return stages;
}

static bool add_finding(struct finding_ctx *ctx, const struct rule *rule)
{
	struct rxpath_report *report = ctx->report;
	const struct draft *draft = &ctx->draft;
	struct rxpath_finding *findings;
	struct rxpath_slice *texts;
	size_t count = draft->evidence_count + draft->advice_count;

	findings = rxpath_array_grow(report->findings, report->finding_count, &report->finding_cap,
				     sizeof *findings);
	texts = rxpath_arena_take(&report->arena, (count + 1) * sizeof *texts);
	if (findings)
		report->findings = findings;
	if (!findings || !texts)
		return false;
	for (size_t i = 0; i < draft->evidence_count; i++)
		texts[i] = draft->evidence[i];
	for (size_t i = 0; i < draft->advice_count; i++)
		texts[draft->evidence_count + i] = draft->advice[i];
	findings[report->finding_count++] = (struct rxpath_finding){
		.id = rule->fact.id,
		.stage = rule->fact.stage,
		.kind = draft->kind,
		.summary = draft->summary,
		.evidence = texts,
		.evidence_count = draft->evidence_count,
		.advice = texts + draft->evidence_count,
		.advice_count = draft->advice_count,
	};
	return true;
}

static bool find_all(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;

	ctx->moved = malloc((report->line_count + 1) * sizeof(const struct rxpath_line *));
	if (!ctx->moved || !rxpath_match(&ctx->match))
		return false;
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && !(report->lines[i].flags & RXPATH_FLAG_ALLOWED))
			ctx->moved[ctx->moved_count++] = &report->lines[i];
	for (size_t i = 0; i < RULES; i++) {
		if (report->stages[rules[i].fact.stage].state == RXPATH_STATE_SKIPPED)
			continue;
		ctx->draft = (struct draft){.kind = rules[i].fact.kind};
		if (rules[i].find(ctx) && !add_finding(ctx, &rules[i]))
			return false;
	}
	return !ctx->failed;
}

bool rxpath_analyse_findings(struct rxpath_report *report, const struct rxpath_sample *before,
			     const struct rxpath_sample *after, const struct rxpath_sample *detail,
			     struct rxpath_error *error)
{
	struct finding_ctx ctx = {
		.match = {.before = before, .after = after},
		.report = report,
		.detail = detail,
	};
	bool done;

	if (report->line_count == 0 && report->socket_count == 0)
		return true;
	done = find_all(&ctx);
	free(ctx.moved);
	rxpath_match_free(&ctx.match);
	return done || rxpath_error_memory(error);
}
