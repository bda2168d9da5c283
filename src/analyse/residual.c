/* residual.c: what IP received and nothing accounts for: firewalls, unjoined groups, policy.
 *
 * A lower bound: what was received is taken as little, what became of it as much as the time
 * between the readings allows. Under a steady load without such a fault it is zero. */
#include "steps.h"

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

static uint64_t residual_of(const struct match *match, const struct terms *terms)
{
	struct change received = rxpath_change_of(match, terms->received);
	uint64_t in = rxpath_sum(received.min, rxpath_change_of(match, terms->reassembled).min);
	uint64_t out = rxpath_change_of(match, terms->fragments).max;

	for (size_t i = 0; terms->accounted[i]; i++)
		out = rxpath_sum(out, rxpath_change_of(match, terms->accounted[i]).max);
	if (received.min != received.delta || received.max != received.delta)
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
static bool reassembles_before_ip(const struct match *match)
{
	return tracks_connections(match->before) || tracks_connections(match->after) ||
	       rxpath_change_of(match, "Ip6ReasmFails").delta >
		       rxpath_change_of(match, "Ip6ReasmReqds").delta;
}

/* `tracked`: what connection tracking dropped, which has a counter of its own. */
static bool add_residual(const struct rxpath_criteria *criteria, const struct terms *terms,
			 uint64_t residual, uint64_t *tracked, struct rxpath_report *report)
{
	unsigned flags = 0;

	if (residual == 0 && !criteria->all)
		return true;
	if (residual > 0 && *tracked >= residual) {
		flags = RXPATH_FLAG_COUNTED;
		*tracked -= residual;
	}
	return rxpath_report_add_derived(report, terms->derived, residual, 0, flags);
}

bool rxpath_residuals(const struct match *match, const struct rxpath_criteria *criteria,
		      struct rxpath_report *report)
{
	const struct rxpath_unavailable withheld = {
		.source = rxpath_slice_of(ipv6.derived),
		.reason = rxpath_slice_of("connection tracking reassembles IPv6 fragments before "
					  "IP counts them"),
	};
	uint64_t tracked = rxpath_change_of(match, "nf_conntrack_drop").max;
	uint64_t residual;

	/* Half of the terms would make everything a residual. */
	if (match->comparable[RXPATH_SOURCE_SNMP] && match->comparable[RXPATH_SOURCE_NETSTAT] &&
	    !add_residual(criteria, &ipv4, residual_of(match, &ipv4), &tracked, report))
		return false;
	if (!match->comparable[RXPATH_SOURCE_SNMP6])
		return true;
	residual = residual_of(match, &ipv6);
	if (residual > 0 && reassembles_before_ip(match))
		return rxpath_report_add_unavailable(report, &withheld);
	return add_residual(criteria, &ipv6, residual, &tracked, report);
}
