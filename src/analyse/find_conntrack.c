/* find_conntrack.c: what connection tracking and NAT dropped. */
#include "findings.h"

/* The table's level, as read with the second sample or a moment later. */
static bool table_of(const struct finding_ctx *ctx, uint64_t *count, uint64_t *limit)
{
	const struct rxpath_reading *entries =
		rxpath_sample_find(ctx->match.after, "nf_conntrack_entries", NULL);

	if (entries)
		*count = entries->value;
	return (entries || rxpath_number_of(ctx, "net.netfilter.nf_conntrack_count", count)) &&
	       rxpath_number_of(ctx, "net.netfilter.nf_conntrack_max", limit);
}

static bool is_nearly_full(const struct finding_ctx *ctx)
{
	uint64_t count, limit;

	return table_of(ctx, &count, &limit) && count >= limit - limit / 10;
}

/* How long an entry stays that is not used: of UDP where most is UDP, else of a closed TCP
 * connection, which is longer. */
static uint64_t seconds_of_entry(const struct finding_ctx *ctx)
{
	static const char *const delivered[] = {"IpInDelivers", "Ip6InDelivers", NULL};
	static const char *const not_udp[] = {"TcpInSegs", "IcmpInMsgs", "Icmp6InMsgs", NULL};
	uint64_t all = rxpath_changes_of(&ctx->match, delivered).delta;
	uint64_t others = rxpath_changes_of(&ctx->match, not_udp).delta;
	bool is_udp = all > others && all - others >= others;
	uint64_t seconds;

	if (rxpath_number_of(ctx,
			     is_udp ? "net.netfilter.nf_conntrack_udp_timeout"
				    : "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
			     &seconds))
		return seconds;
	return is_udp ? 30 : 120;
}

/* New connections in the interval, at least: those that were refused, those that others gave way
 * to, and those that the table has more than before. */
static uint64_t new_connections(const struct finding_ctx *ctx)
{
	const struct rxpath_reading *before =
		ctx->match.before
			? rxpath_sample_find(ctx->match.before, "nf_conntrack_entries", NULL)
			: NULL;
	uint64_t earlier = before ? before->value : 0;
	uint64_t count, limit;
	uint64_t more = table_of(ctx, &count, &limit) ? rxpath_less(count, earlier) : 0;

	return rxpath_sum(more, rxpath_moved(ctx, "nf_conntrack_drop") +
					rxpath_moved(ctx, "nf_conntrack_early_drop"));
}

#define SECOND UINT64_C(1000000000)

/* New connections a second; 0: not known. */
static uint64_t rate_of(const struct finding_ctx *ctx)
{
	uint64_t interval = rxpath_max(ctx->report->interval, SECOND);

	if (!ctx->match.before || interval == RXPATH_UNKNOWN)
		return 0;
	return (uint64_t)((long double)new_connections(ctx) * SECOND / (long double)interval) + 1;
}

/* Twice the limit at least, and room for all that come while an entry stays; in thousands. */
static uint64_t sufficient_table(const struct finding_ctx *ctx, uint64_t count, uint64_t limit)
{
	uint64_t rate = rate_of(ctx);
	uint64_t more = rate > 0 ? rate * seconds_of_entry(ctx) : new_connections(ctx);
	uint64_t need = rxpath_max(rxpath_sum(count, more), 2 * limit);

	return rxpath_sum(need, 999) / 1000 * 1000;
}

static void advise_table(struct finding_ctx *ctx, uint64_t count, uint64_t limit)
{
	uint64_t suggested = sufficient_table(ctx, count, limit);
	uint64_t rate = rate_of(ctx);
	uint64_t buckets;
	/* A hash that has a bucket for each connection needs no more of them. */
	bool roomy = rxpath_number_of(ctx, "net.netfilter.nf_conntrack_buckets", &buckets) &&
		     buckets >= suggested;
	const char *now = rxpath_now(ctx, "net.netfilter.nf_conntrack_buckets");
	const char *more =
		roomy ? "" : rxpath_phrase(ctx, ", and nf_conntrack_buckets%s with it", now);

	if (rate > 0)
		finding_evidence(
			ctx, "about %s a second, of which each stays for %s after its last packet",
			rxpath_amount(ctx, rate, "new connection"),
			rxpath_amount(ctx, seconds_of_entry(ctx), "second"));
	finding_raise(ctx, "", "net.netfilter.nf_conntrack_max", suggested,
		      rxpath_phrase(ctx, "%s: about 300 bytes per connection", more));
}

static bool find_conntrack_full(struct finding_ctx *ctx)
{
	static const char *const names[] = {"nf_conntrack_drop", "nf_conntrack_early_drop", NULL};
	uint64_t dropped = rxpath_lost(ctx, "nf_conntrack_drop");
	uint64_t evicted = rxpath_moved(ctx, "nf_conntrack_early_drop");
	uint64_t count, limit;

	if (dropped + evicted == 0 || (evicted == 0 && !is_nearly_full(ctx)))
		return false;
	if (dropped == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	if (dropped > 0)
		finding_summary(ctx,
				"The connection table was full: it dropped %s of new connections.",
				rxpath_amount(ctx, dropped, "packet"));
	else
		finding_summary(
			ctx,
			"The connection table was full: it removed %s early to make room for "
			"new ones.",
			rxpath_amount(ctx, evicted, "connection"));
	rxpath_show_moved(ctx, names);
	if (table_of(ctx, &count, &limit)) {
		finding_evidence(ctx, "%s of at most %llu now%s",
				 rxpath_amount(ctx, count, "connection"), (unsigned long long)limit,
				 is_nearly_full(ctx) ? ""
						     : ": it has emptied, or was enlarged, since");
		advise_table(ctx, count, limit);
	} else {
		finding_advice(ctx, "raise net.netfilter.nf_conntrack_max as root in the host's "
				    "own network namespace: about 300 bytes per connection");
	}
	finding_advice(ctx,
		       "or track fewer connections: a 'notrack' rule for bulk UDP without NAT, or "
		       "shorter timeouts (net.netfilter.nf_conntrack_udp_timeout%s)",
		       rxpath_now(ctx, "net.netfilter.nf_conntrack_udp_timeout"));
	return true;
}

/* A port that is taken is found in the table, again and again while one is looked for; two packets
 * of one new connection never look for one. */
static bool has_no_free_port(const struct finding_ctx *ctx, uint64_t failed)
{
	return failed > 0 && rxpath_change_of(&ctx->match, "nf_conntrack_found").delta >= failed;
}

static bool find_conntrack_insert(struct finding_ctx *ctx)
{
	static const char *const names[] = {"nf_conntrack_insert_failed",
					    "nf_conntrack_chainlength", "nf_conntrack_drop", NULL};
	uint64_t failed = rxpath_moved(ctx, "nf_conntrack_insert_failed");
	uint64_t chains = rxpath_moved(ctx, "nf_conntrack_chainlength");
	uint64_t dropped = rxpath_lost(ctx, "nf_conntrack_drop");
	bool no_port = has_no_free_port(ctx, failed);
	uint64_t count, limit;

	if (rxpath_moved(ctx, "nf_conntrack_early_drop") > 0 || is_nearly_full(ctx))
		dropped = 0;
	if (failed + chains + dropped == 0)
		return false;
	finding_summary(ctx, "Connection tracking dropped %s: %s.",
			rxpath_amount(ctx,
				      (chains > 0   ? chains
				       : failed > 0 ? failed
						    : dropped),
				      "packet"),
			chains > 0 ? "a chain of its hash table would have become too long"
			: no_port  ? "NAT found no free port for new connections"
			: failed > 0
				? "another packet had just made the same entry"
				: "its table has room, so a helper refused them, or memory was "
				  "short");
	rxpath_show_moved(ctx, names);
	if (no_port)
		finding_evidence(
			ctx, "nf_conntrack_found %llu: ports that were taken already",
			(unsigned long long)rxpath_change_of(&ctx->match, "nf_conntrack_found")
				.delta);
	if (table_of(ctx, &count, &limit))
		finding_evidence(ctx, "%s of at most %llu", rxpath_amount(ctx, count, "connection"),
				 (unsigned long long)limit);
	if (chains > 0)
		finding_advice(ctx,
			       "raise net.netfilter.nf_conntrack_buckets%s in the host's own "
			       "network namespace: 8 bytes each",
			       rxpath_now(ctx, "net.netfilter.nf_conntrack_buckets"));
	else if (no_port)
		finding_advice(ctx, "give the NAT rule more ports or more addresses ('nft list "
				    "ruleset': snat or masquerade to a range; 'conntrack -L' shows "
				    "who holds the ports)");
	else if (failed > 0)
		finding_advice(ctx, "usually two packets of one new socket at once (DNS queries "
				    "for A and AAAA through NAT): do not track that traffic, or "
				    "use a local resolver");
	else
		finding_advice(ctx, "see which helpers are in use (lsmod; 'ct helper' in 'nft list "
				    "ruleset'), and the kernel log for nf_conntrack");
	return true;
}

const struct finding_rule rxpath_conntrack_findings[] = {
	{
		FINDING("conntrack-full", NETFILTER, DROP, find_conntrack_full),
		.fact.cause = "connection table full",
		.fact.meaning = "The connection table was full: packets of new connections were "
				"dropped.",
		.fact.shown = "nf_conntrack_drop or nf_conntrack_early_drop with the table near "
			      "its limit.",
		.fact.action = "Raise net.netfilter.nf_conntrack_max, shorten timeouts, or do not "
			       "track bulk UDP.",
	},
	{
		FINDING("conntrack-insert", NETFILTER, DROP, find_conntrack_insert),
		.fact.cause = "connection tracking refused them",
		.fact.meaning = "Connection tracking dropped packets although its table had room: "
				"two packets raced for one entry, a hash chain was too long, or a "
				"helper refused.",
		.fact.shown = "nf_conntrack_insert_failed, nf_conntrack_chainlength, or "
			      "nf_conntrack_drop with the table not near its limit.",
		.fact.action = "Raise net.netfilter.nf_conntrack_buckets for long chains; for "
			       "races (DNS over one socket) do not track that traffic.",
	},
	{.find = NULL},
};
