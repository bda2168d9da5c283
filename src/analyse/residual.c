/* residual.c: what IP received and nothing accounts for: firewalls, unjoined groups, policy.
 *
 * Two parts of the path lose packets without a counter: from arrival to delivery or forwarding, and
 * from forwarding to the device (balance.c has both).
 *
 * What netfilter rules with counters, queues and IPsec policies took is known, and comes off. A
 * rule that IPv4 and IPv6 packets pass, a queue and a policy have one counter for both: each
 * residual is then what is left if all of these were of its own version, and what is left of both
 * together beyond that is inet_residual. */
#include "steps.h"

#define RESIDUAL6 "ip6_residual"

/* What rules and queues took of the packets that IP received. */
struct taken {
	uint64_t ipv4, ipv6, either;
};

static void take(struct taken *taken, unsigned versions, uint64_t packets)
{
	uint64_t *sum = &taken->either;

	if (versions == RXPATH_OVER_IPV4)
		sum = &taken->ipv4;
	else if (versions == RXPATH_OVER_IPV6)
		sum = &taken->ipv6;
	*sum = rxpath_sum(*sum, packets);
}

/* What queues dropped, and what waits in them: that is neither delivered nor lost. */
static void take_queues(struct taken *taken, const struct match *match)
{
	for (size_t i = 0; i < match->after->reading_count; i++) {
		const struct rxpath_reading *reading = &match->after->readings[i];
		const uint32_t queue = reading->subject.number;
		struct change change;

		if (reading->subject.kind != RXPATH_ON_NFQUEUE ||
		    rxpath_queue_is_of_own(match, queue))
			continue;
		if (rxpath_reading_is(reading, "nfqueue_queue_total"))
			take(taken, rxpath_queue_versions(match, queue), reading->value);
		else if (reading->counter && reading->counter->accounts & RXPATH_ACCOUNTS_QUEUE &&
			 match->comparable[reading->source] &&
			 rxpath_change_since(match, reading, &change))
			take(taken, rxpath_queue_versions(match, queue), change.max);
	}
}

/* Of the rules that received packets pass (INPUT), or of those that only forwarded ones pass
 * (FORWARD). */
static void take_rules(struct taken *taken, const struct match *match,
		       const struct rxpath_report *report, enum rxpath_hook hook)
{
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];
		const struct rxpath_rule *rule = rxpath_rule_of(match, line);

		if (rule && rule->hooks & hook &&
		    (hook == RXPATH_HOOK_INPUT || !(rule->hooks & RXPATH_HOOK_INPUT)) &&
		    line->max > line->accounted)
			take(taken, rule->versions, line->max - line->accounted);
	}
}

/* What is left of the packets that disappeared after IP forwarded them. Older kernels count a
 * packet as forwarded only when the rules let it pass: what these took beyond is gone before, and
 * added to `before`. */
static struct taken left_of_forwarded(const struct match *match, const struct rxpath_report *report,
				      struct taken *before)
{
	struct taken rules = {0};
	struct taken gone = {
		.ipv4 = rxpath_taken_when_forwarded(match, RXPATH_IPV4),
		.ipv6 = rxpath_taken_when_forwarded(match, RXPATH_IPV6),
	};
	struct taken left;

	take_rules(&rules, match, report, RXPATH_HOOK_FORWARD);
	left.ipv4 = rxpath_less(gone.ipv4, rules.ipv4);
	left.ipv6 = rxpath_less(gone.ipv6, rules.ipv6);
	/* To be taken off both together. */
	left.either = rxpath_min(rules.either, rxpath_sum(left.ipv4, left.ipv6));
	take(before, RXPATH_OVER_IPV4, rxpath_less(rules.ipv4, gone.ipv4));
	take(before, RXPATH_OVER_IPV6, rxpath_less(rules.ipv6, gone.ipv6));
	take(before, RXPATH_OVER_BOTH, rxpath_less(rules.either, left.either));
	return left;
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
static void add_residual(const struct rxpath_criteria *criteria, const char *name,
			 uint64_t residual, uint64_t *tracked, struct rxpath_report *report)
{
	uint64_t known = rxpath_min(*tracked, residual);
	unsigned flags = residual > 0 && known == residual ? RXPATH_FLAG_COUNTED : 0;
	struct rxpath_line *line;

	if (residual == 0 && !criteria->all)
		return;
	*tracked -= known;
	line = rxpath_report_add_derived(report, name, residual, 0, flags);
	if (line)
		line->accounted = known;
}

/* IPv6's, where it may be nothing but fragments: only what is sure then. */
static void withhold(const struct match *match, uint64_t sure, uint64_t *residual,
		     struct rxpath_report *report)
{
	const struct rxpath_unavailable withheld = {
		.source = rxpath_slice_of(RESIDUAL6),
	};
	struct rxpath_buf reason = {0};

	if (*residual <= sure || !reassembles_before_ip(match))
		return;
	*residual = sure;
	rxpath_buf_string(&reason,
			  "connection tracking reassembles IPv6 fragments before IP counts them");
	rxpath_report_add_unavailable(report, withheld, &reason);
}

void rxpath_residuals(const struct match *match, const struct rxpath_criteria *criteria,
		      uint64_t silent, struct rxpath_report *report)
{
	/* Half of the terms would make everything a residual. */
	const bool have4 =
		match->comparable[RXPATH_SOURCE_SNMP] && match->comparable[RXPATH_SOURCE_NETSTAT];
	const bool have6 = match->comparable[RXPATH_SOURCE_SNMP6];
	uint64_t tracked = rxpath_change_of(match, "nf_conntrack_drop").max;
	/* What IPVS handed to a server was not refused. */
	struct taken taken = {
		.either = rxpath_sum(silent, rxpath_change_of(match, "ip_vs_in_packets").max),
	};
	const struct taken forwarded = left_of_forwarded(match, report, &taken);
	uint64_t ipv4, ipv6, either, sure4, sure6;

	take_queues(&taken, match);
	take_rules(&taken, match, report, RXPATH_HOOK_INPUT);
	ipv4 = rxpath_sum(rxpath_taken_on_input(match, RXPATH_IPV4).min, forwarded.ipv4);
	ipv6 = rxpath_sum(rxpath_taken_on_input(match, RXPATH_IPV6).min, forwarded.ipv6);
	ipv4 = have4 ? rxpath_less(ipv4, taken.ipv4) : 0;
	ipv6 = have6 ? rxpath_less(ipv6, taken.ipv6) : 0;
	either = rxpath_sum(taken.either, forwarded.either);
	sure4 = rxpath_less(ipv4, either);
	if (rxpath_less(rxpath_sum(ipv4, ipv6), either) > sure4)
		withhold(match, forwarded.ipv6, &ipv6, report);
	sure6 = rxpath_less(ipv6, either);
	either = rxpath_less(rxpath_less(rxpath_sum(ipv4, ipv6), either), rxpath_sum(sure4, sure6));
	if (have4)
		add_residual(criteria, "ip_residual", sure4, &tracked, report);
	if (have6)
		add_residual(criteria, RESIDUAL6, sure6, &tracked, report);
	if (either > 0)
		add_residual(criteria, "inet_residual", either, &tracked, report);
	report->path_filtered = rxpath_change_of(match, "TcpExtIPReversePathFilter").max;
	report->without_counter = rxpath_sum(sure4, either);
}
