/* same_address.c: the sockets that share an address, and how they share what is sent to it. */
#include <string.h>

#include "findings.h"

struct same_address rxpath_same_address(const struct finding_ctx *ctx,
					const struct rxpath_socket *socket)
{
	const struct rxpath_sample *after = ctx->match.after;
	const struct rxpath_report *report = ctx->report;
	uint32_t group = rxpath_socket_reuse_group(socket);
	size_t count = 0;
	size_t lossy = 0;

	if (group == 0)
		return (struct same_address){0};
	for (size_t i = 0; i < after->socket_count; i++)
		count += rxpath_socket_reuse_group(&after->sockets[i]) == group;
	for (size_t i = 0; i < after->skipped_group_count; i++)
		count += after->skipped_groups[i] == group;
	for (size_t i = 0; i < report->socket_count; i++)
		lossy += report->sockets[i].delta > 0 &&
			 rxpath_socket_reuse_group(report->sockets[i].socket) == group;
	if (count < 2 || lossy > count)
		return (struct same_address){0};
	return (struct same_address){.others = count - 1, .unharmed = count - lossy};
}

static bool is_multicast(const struct rxpath_socket *socket)
{
	return socket->v6 ? socket->local.bytes[0] == 0xff
			  : (socket->local.bytes[0] & 0xf0) == 0xe0;
}

/* How many more datagrams UDP had than IP delivered: a copy for each further member of a group. */
static uint64_t copies(const struct finding_ctx *ctx)
{
	static const char *const ended[] = {
		"UdpInDatagrams", "UdpInErrors", "UdpNoPorts", "Udp6InDatagrams", "Udp6InErrors",
		"Udp6NoPorts",	  "TcpInSegs",	 "IcmpInMsgs", "Icmp6InMsgs",	  NULL};
	static const char *const delivered[] = {"IpInDelivers", "Ip6InDelivers", NULL};

	return rxpath_less(rxpath_changes_of(&ctx->match, ended).delta,
			   rxpath_changes_of(&ctx->match, delivered).delta);
}

/* What came to this host's own addresses, at most: what was delivered, less what was for a group or
 * for everyone. IPv6 also counts groups that no socket joined. */
static uint64_t unicast(const struct finding_ctx *ctx, enum rxpath_family family)
{
	const bool v6 = family == RXPATH_IPV6;
	uint64_t all = rxpath_change_of(&ctx->match, v6 ? "Ip6InDelivers" : "IpInDelivers").max;
	uint64_t unjoined = v6 ? rxpath_taken_on_input(&ctx->match, RXPATH_IPV6).max : 0;
	uint64_t others =
		rxpath_change_of(&ctx->match, v6 ? "Ip6InMcastPkts" : "IpExtInMcastPkts").min;

	others = rxpath_less(others, unjoined);
	if (!v6)
		others = rxpath_sum(others, rxpath_change_of(&ctx->match, "IpExtInBcastPkts").min);
	return rxpath_less(all, others);
}

/* Bound to any address, a socket may get packets for this host, for a group it joined, or for
 * everyone; one of IPv6, those of IPv4 too. What it lost of them is more than came of two of these
 * only if it was the third. */
static enum sharing by_figures(const struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	static const char *const read[] = {"UdpInDatagrams", "Udp6InDatagrams", NULL};
	bool v6 = line->socket->v6;
	uint64_t half = line->delta / 2;
	uint64_t multicast =
		rxpath_change_of(&ctx->match, v6 ? "Ip6InMcastPkts" : "IpExtInMcastPkts").max;
	uint64_t broadcast = rxpath_change_of(&ctx->match, "IpExtInBcastPkts").max;
	uint64_t own = rxpath_sum(unicast(ctx, RXPATH_IPV4), v6 ? unicast(ctx, RXPATH_IPV6) : 0);

	if (rxpath_sum(multicast, broadcast) < half)
		return SHARES_FLOWS;
	if (half >= rxpath_sum(own, broadcast))
		return SHARES_MULTICAST;
	if (half >= rxpath_sum(own, multicast))
		return SHARES_BROADCAST;
	/* UDP counts a copy only when it is read. */
	return copies(ctx) < half && rxpath_changes_of(&ctx->match, read).delta > 0
		       ? SHARES_FLOWS
		       : SHARES_UNCLEAR;
}

enum sharing rxpath_sharing_of(const struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	static const uint8_t any[16];

	if (rxpath_same_address(ctx, line->socket).others == 0)
		return SHARES_NOTHING;
	if (is_multicast(line->socket))
		return SHARES_MULTICAST;
	return memcmp(line->socket->local.bytes, any, sizeof any) == 0 ? by_figures(ctx, line)
								       : SHARES_FLOWS;
}

void rxpath_show_sharing(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	struct same_address same = rxpath_same_address(ctx, line->socket);
	const char *spared =
		same.unharmed == 0 ? "all of them lost datagrams"
				   : rxpath_phrase(ctx, "%zu of them lost nothing", same.unharmed);
	const char *others = same.others == 1
				     ? "1 more socket shares"
				     : rxpath_phrase(ctx, "%zu more sockets share", same.others);

	switch (rxpath_sharing_of(ctx, line)) {
	case SHARES_FLOWS:
		finding_evidence(ctx,
				 "%s its address (SO_REUSEPORT); %s; each flow goes to one of them",
				 others, spared);
		break;
	case SHARES_UNCLEAR:
		finding_evidence(
			ctx,
			"%s its address; %s; they are one SO_REUSEPORT group, or receive the "
			"same multicast or broadcast",
			others, spared);
		break;
	case SHARES_MULTICAST:
	case SHARES_BROADCAST:
		if (same.unharmed > 0)
			finding_evidence(ctx,
					 "%zu of %zu sockets that get the same datagrams lost "
					 "nothing: the network delivers them",
					 same.unharmed, same.others + 1);
		break;
	case SHARES_NOTHING:
		break;
	}
}
