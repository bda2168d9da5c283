/* residual.c: what IP received and nothing accounts for: firewalls, unjoined groups, policy.
 *
 * Two parts of the path lose packets without a counter: from arrival to delivery or forwarding, and
 * from forwarding to the device (balance.c has both).
 *
 * What netfilter rules with counters, queues and IPsec policies took is known, and comes off. A
 * rule of an inet table has one counter for both families: it comes off IPv4 first, and what it has
 * more off IPv6. */
#include "steps.h"

#define RESIDUAL6 "ip6_residual"

static uint64_t residual_of(const struct match *match, enum rxpath_family family)
{
	return rxpath_sum(rxpath_taken_on_input(match, family).min,
			  rxpath_taken_when_forwarded(match, family));
}

/* What rules and queues took of the packets that IP received. */
struct taken {
	uint64_t ipv4, ipv6, either;
};

static void take(struct taken *taken, struct rxpath_slice family, uint64_t packets)
{
	uint64_t *sum = &taken->either;

	if (rxpath_slice_is(family, "ip"))
		sum = &taken->ipv4;
	else if (rxpath_slice_is(family, "ip6"))
		sum = &taken->ipv6;
	*sum = rxpath_sum(*sum, packets);
}

/* Queues do not tell the family. What waits in one is neither delivered nor lost. */
static uint64_t in_queues(const struct match *match)
{
	uint64_t packets = rxpath_sum(rxpath_max_change_of(match, "nfqueue_queue_dropped"),
				      rxpath_max_change_of(match, "nfqueue_user_dropped"));

	for (size_t i = 0; i < match->after->reading_count; i++)
		if (rxpath_slice_is(match->after->readings[i].name, "nfqueue_queue_total"))
			packets = rxpath_sum(packets, match->after->readings[i].value);
	return packets;
}

static struct taken taken_before(const struct match *match, uint64_t silent,
				 const struct rxpath_report *report)
{
	struct taken taken = {.either = rxpath_sum(in_queues(match), silent)};

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];
		const struct rxpath_rule *rule =
			line->on.kind == RXPATH_ON_RULE
				? rxpath_sample_find_rule(match->after, line->on.name)
				: NULL;

		if (rule && rule->hooks & (RXPATH_HOOK_INPUT | RXPATH_HOOK_FORWARD) &&
		    line->max > line->accounted)
			take(&taken, rule->family, line->max - line->accounted);
	}
	return taken;
}

/* Takes what it can of *part off the residual. */
static uint64_t less(uint64_t residual, uint64_t *part)
{
	uint64_t off = *part < residual ? *part : residual;

	*part -= off;
	return residual - off;
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
static bool add_residual(const struct rxpath_criteria *criteria, const char *name,
			 uint64_t residual, uint64_t *tracked, struct rxpath_report *report)
{
	uint64_t known = *tracked < residual ? *tracked : residual;
	unsigned flags = residual > 0 && known == residual ? RXPATH_FLAG_COUNTED : 0;

	if (residual == 0 && !criteria->all)
		return true;
	*tracked -= known;
	if (!rxpath_report_add_derived(report, name, residual, 0, flags))
		return false;
	report->lines[report->line_count - 1].accounted = known;
	return true;
}

bool rxpath_residuals(const struct match *match, const struct rxpath_criteria *criteria,
		      uint64_t silent, struct rxpath_report *report)
{
	const struct rxpath_unavailable withheld = {
		.source = rxpath_slice_of(RESIDUAL6),
		.reason = rxpath_slice_of("connection tracking reassembles IPv6 fragments before "
					  "IP counts them"),
	};
	uint64_t tracked = rxpath_change_of(match, "nf_conntrack_drop").max;
	struct taken taken = taken_before(match, silent, report);
	uint64_t residual;

	/* Half of the terms would make everything a residual. */
	if (match->comparable[RXPATH_SOURCE_SNMP] && match->comparable[RXPATH_SOURCE_NETSTAT]) {
		residual = less(residual_of(match, RXPATH_IPV4), &taken.ipv4);
		residual = less(residual, &taken.either);
		if (!add_residual(criteria, "ip_residual", residual, &tracked, report))
			return false;
	}
	if (!match->comparable[RXPATH_SOURCE_SNMP6])
		return true;
	residual = less(residual_of(match, RXPATH_IPV6), &taken.ipv6);
	residual = less(residual, &taken.either);
	if (residual > 0 && rxpath_taken_on_input(match, RXPATH_IPV6).min > 0 &&
	    reassembles_before_ip(match)) {
		uint64_t forwarded = rxpath_taken_when_forwarded(match, RXPATH_IPV6);

		if (!rxpath_report_add_unavailable(report, &withheld))
			return false;
		residual = residual < forwarded ? residual : forwarded;
		if (residual == 0)
			return true;
	}
	return add_residual(criteria, RESIDUAL6, residual, &tracked, report);
}
