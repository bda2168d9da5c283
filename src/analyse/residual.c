/* residual.c: what IP received and nothing accounts for: firewalls, unjoined groups, policy.
 *
 * A lower bound: what was received is taken as little, what became of it as much as the time
 * between the readings allows. Under a steady load without such a fault it is zero. */
#include "analyse_internal.h"

/* Packets that one NAPI poll hands to IP together: received, and for a moment neither delivered nor
 * lost. Only while packets keep coming during the reading itself can there be any. */
#define IN_FLIGHT 64

struct terms {
	const char *derived;
	const char *received;
	const char *fragments;		/* each enters as a packet of its own ... */
	const char *reassembled;	/* ... and leaves as part of one of these */
	const char *accounted[12];
};

/* Fragments in and datagrams out, so failures of reassembly are contained already. */
static const struct terms ipv4 = {
	.derived = "ip_residual",
	.received = "IpInReceives",
	.fragments = "IpReasmReqds",
	.reassembled = "IpReasmOKs",
	.accounted = {"IpInDelivers", "IpForwDatagrams", "IpInHdrErrors", "IpInAddrErrors",
		      "IpInUnknownProtos", "IpInDiscards", "IpExtInTruncatedPkts",
		      "IpExtInNoRoutes", "TcpExtIPReversePathFilter"},
};

static const struct terms ipv6 = {
	.derived = "ip6_residual",
	.received = "Ip6InReceives",
	.fragments = "Ip6ReasmReqds",
	.reassembled = "Ip6ReasmOKs",
	.accounted = {"Ip6InDelivers", "Ip6OutForwDatagrams", "Ip6InHdrErrors", "Ip6InAddrErrors",
		      "Ip6InUnknownProtos", "Ip6InDiscards", "Ip6InTruncatedPkts", "Ip6InNoRoutes",
		      "Ip6InTooBigErrors"},
};

static uint64_t residual_of(const struct pair *pair, const struct terms *terms)
{
	struct change received = rxpath_change_of(pair, terms->received);
	uint64_t in = rxpath_sum(received.least, rxpath_change_of(pair, terms->reassembled).least);
	uint64_t out = rxpath_change_of(pair, terms->fragments).most;

	for (size_t i = 0; terms->accounted[i]; i++)
		out = rxpath_sum(out, rxpath_change_of(pair, terms->accounted[i]).most);
	if (received.least != received.delta || received.most != received.delta)
		out = rxpath_sum(out, IN_FLIGHT);
	return in > out ? in - out : 0;
}

static bool tracks_connections(const struct rxpath_sample *sample)
{
	const struct rxpath_reading *entries =
		sample ? rxpath_sample_find(sample, "nf_conntrack_entries", NULL) : NULL;

	return entries && entries->value > 0;
}

/* Whether netfilter may have taken fragments in: it keeps entries, or a reassembly failed that IP
 * never asked for. Its own takes them and hands one packet on without counting either. */
static bool reassembles_before_ip(const struct pair *pair)
{
	return tracks_connections(pair->before) || tracks_connections(pair->after) ||
	       rxpath_change_of(pair, "Ip6ReasmFails").delta >
		       rxpath_change_of(pair, "Ip6ReasmReqds").delta;
}

static bool add_residual(const struct pair *pair, const struct terms *terms, uint64_t residual,
			 uint64_t *tracked, bool all, struct rxpath_error *error)
{
	unsigned flags = 0;

	if (residual == 0 && !all)
		return true;
	/* What connection tracking dropped has a counter of its own. */
	if (residual > 0 && *tracked >= residual) {
		flags = RXPATH_FLAG_COUNTED;
		*tracked -= residual;
	}
	return rxpath_add_derived(pair, terms->derived, residual, 0, flags, error);
}

bool rxpath_residuals(const struct pair *pair, bool all, struct rxpath_error *error)
{
	const struct rxpath_unavailable withheld = {
		.source = rxpath_slice_of(ipv6.derived),
		.reason = rxpath_slice_of("connection tracking reassembles IPv6 fragments before "
					  "IP counts them"),
	};
	uint64_t tracked = rxpath_change_of(pair, "nf_conntrack_drop").most;
	uint64_t residual;

	/* Half of the terms would make everything a residual. */
	if (rxpath_pair_has(pair, RXPATH_SOURCE_SNMP) &&
	    rxpath_pair_has(pair, RXPATH_SOURCE_NETSTAT) &&
	    !add_residual(pair, &ipv4, residual_of(pair, &ipv4), &tracked, all, error))
		return false;
	if (!rxpath_pair_has(pair, RXPATH_SOURCE_SNMP6))
		return true;
	residual = residual_of(pair, &ipv6);
	if (residual > 0 && reassembles_before_ip(pair))
		return rxpath_report_add_unavailable(pair->report, &withheld) ||
		       rxpath_error_memory(error);
	return add_residual(pair, &ipv6, residual, &tracked, all, error);
}
