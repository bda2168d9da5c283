/* find_other.c: losses outside the common path: Open vSwitch, neighbour tables, SCTP, TLS, netlink
 * sockets. */
#include "findings.h"

bool rxpath_find_ovs_lost(struct finding_ctx *ctx)
{
	static const char *const names[] = {"ovs_lost", NULL};
	uint64_t lost = rxpath_moved_any(ctx, names);

	if (lost == 0)
		return false;
	finding_summary(ctx,
			"Open vSwitch lost %s: it knew no flow for them, and ovs-vswitchd "
			"did not take them in time.",
			rxpath_amount(ctx, lost, "packet"));
	rxpath_show_moved(ctx, names);
	finding_default_advice(ctx);
	finding_command(ctx, "ovs-appctl upcall/show");
	return true;
}

bool rxpath_find_neighbour_table(struct finding_ctx *ctx)
{
	static const char *const names[] = {"arp_cache_table_fulls", "ndisc_cache_table_fulls",
					    NULL};
	static const char *const settings[] = {"net.ipv4.neigh.default.gc_thresh3",
					       "net.ipv6.neigh.default.gc_thresh3", NULL};
	uint64_t full = rxpath_moved_any(ctx, names);

	if (full == 0)
		return false;
	finding_summary(ctx,
			"The neighbour table of the host was full %s: packets to hosts that "
			"are not in it, also answers, were dropped.",
			rxpath_amount(ctx, full, "time"));
	rxpath_show_moved(ctx, names);
	rxpath_show_settings(ctx, settings);
	finding_default_advice(ctx);
	finding_command(ctx, "ip -s neigh show");
	return true;
}

bool rxpath_find_neighbour_unresolved(struct finding_ctx *ctx)
{
	static const char *const names[] = {"arp_cache_unresolved_discards",
					    "ndisc_cache_unresolved_discards", NULL};

	if (rxpath_moved_any(ctx, names) == 0)
		return false;
	rxpath_show_moved(ctx, names);
	finding_default_advice(ctx);
	finding_command(ctx, "ip neigh show nud failed nud incomplete");
	return true;
}

bool rxpath_find_sctp_checksum(struct finding_ctx *ctx)
{
	static const char *const names[] = {"SctpChecksumErrors", NULL};
	uint64_t damaged = rxpath_moved_any(ctx, names);

	if (damaged == 0)
		return false;
	finding_summary(ctx, "%s had a wrong checksum.",
			rxpath_amount(ctx, damaged, "SCTP packet"));
	rxpath_show_moved(ctx, names);
	finding_default_advice(ctx);
	finding_command(ctx, "tcpdump -nn -vv -i any sctp");
	return true;
}

bool rxpath_find_sctp_discards(struct finding_ctx *ctx)
{
	static const char *const names[] = {"SctpInPktDiscards", "SctpOutOfBlues",
					    "SctpChecksumErrors", "SctpInDataChunkDiscards", NULL};
	uint64_t stray = rxpath_moved(ctx, "SctpOutOfBlues");
	uint64_t other = rxpath_moved(ctx, "SctpInPktDiscards");
	uint64_t known = stray + rxpath_moved(ctx, "SctpChecksumErrors");

	other = rxpath_less(other, known);
	if (other == 0 && !rxpath_is_significant(ctx, stray, RXPATH_STAGE_TRANSPORT))
		return false;
	if (other == 0)
		ctx->draft.kind = RXPATH_KIND_REJECT;
	finding_summary(ctx,
			"SCTP discarded %s: %llu of no association here, %llu for another "
			"reason.",
			rxpath_amount(ctx, stray + other, "packet"), (unsigned long long)stray,
			(unsigned long long)other);
	rxpath_show_moved(ctx, names);
	finding_default_advice(ctx);
	finding_command(ctx, "ss --sctp -a -n");
	return true;
}

bool rxpath_find_tls_decrypt(struct finding_ctx *ctx)
{
	static const char *const names[] = {"TlsDecryptError", NULL};

	if (rxpath_moved_any(ctx, names) == 0)
		return false;
	rxpath_show_moved(ctx, names);
	finding_default_advice(ctx);
	finding_command(ctx, "ss -t -i -e");
	return true;
}

static bool is_monitor(const struct rxpath_socket_line *line)
{
	return line->socket->protocol == RXPATH_NETLINK && rxpath_lost_some(line);
}

static const char *tell_monitor(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx, "%s missed %s", rxpath_name_of(ctx, line),
			     rxpath_amount(ctx, line->delta, "message"));
}

bool rxpath_find_netlink_drops(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_monitor);

	if (!worst)
		return false;
	finding_summary(ctx,
			"%s missed %llu messages of the kernel: its netlink receive queue was "
			"full. No packet is lost.",
			rxpath_owner_of(ctx, worst), (unsigned long long)worst->delta);
	rxpath_show_sockets(ctx, is_monitor, tell_monitor, NULL);
	finding_default_advice(ctx);
	finding_command(ctx, "ss -f netlink -p");
	return true;
}
