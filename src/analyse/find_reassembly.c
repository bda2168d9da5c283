/* find_reassembly.c: why fragments did not become datagrams. */
#include "findings.h"

static bool find_reassembly_timeout(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpReasmTimeout", "Ip6ReasmTimeout", NULL};
	uint64_t late = rxpath_moved_any(ctx, names);

	if (late == 0)
		return false;
	finding_summary(ctx, "IP discarded %s: a fragment did not arrive in time.",
			rxpath_amount(ctx, late, "datagram"));
	rxpath_show_moved(ctx, names);
	finding_evidence(ctx,
			 "seconds that fragments wait: net.ipv4.ipfrag_time%s, "
			 "net.ipv6.ip6frag_time%s",
			 rxpath_now(ctx, "net.ipv4.ipfrag_time"),
			 rxpath_now(ctx, "net.ipv6.ip6frag_time"));
	finding_advice(ctx, "look for losses before this host and in the stages above, and for a "
			    "firewall that drops all but first fragments");
	finding_advice(ctx, "better, have the sender send what fits the path MTU ('tracepath' from "
			    "there): one lost fragment loses the whole datagram");
	return true;
}

/* Memory of waiting fragments, and its limit. */
struct reassembly {
	const char *memory, *limit;
	bool short_if_unknown; /* IPv4's are refused for it: the other reasons are rarer */
};

static const struct reassembly ipv4 = {
	.memory = "sockstat.FRAG.memory",
	.limit = "net.ipv4.ipfrag_high_thresh",
	.short_if_unknown = true,
};
static const struct reassembly ipv6 = {
	.memory = "sockstat.FRAG6.memory",
	.limit = "net.ipv6.ip6frag_high_thresh",
};

/* False when unknown. */
static bool waiting(const struct finding_ctx *ctx, const struct reassembly *of, uint64_t *memory,
		    uint64_t *limit)
{
	return rxpath_number_of(ctx, of->memory, memory) && rxpath_number_of(ctx, of->limit, limit);
}

/* Fragments that wait keep their memory for half a minute, so it is still seen when it was
 * short. */
static bool is_short(const struct finding_ctx *ctx, const struct reassembly *of)
{
	uint64_t memory, limit;

	return waiting(ctx, of, &memory, &limit) ? memory >= limit - limit / 4
						 : of->short_if_unknown;
}

/* With the trace the kernel says it. */
static uint64_t traced(const struct finding_ctx *ctx, const char *reason)
{
	const struct rxpath_trace_result *trace = ctx->report->trace;
	uint64_t count = 0;

	for (size_t i = 0; trace && i < trace->drop_count; i++)
		if (rxpath_slice_is(trace->drops[i].reason, reason))
			count += trace->drops[i].count;
	return count;
}

/* How many failed, of which `failed` for another reason than those that have counters. */
static void show_failed(struct finding_ctx *ctx, const char *counter, uint64_t failed,
			const char *counted)
{
	uint64_t all = rxpath_moved(ctx, counter);

	if (failed > 0)
		finding_evidence(ctx, "%s %llu, %llu of them by %s", counter,
				 (unsigned long long)all, (unsigned long long)(all - failed),
				 counted);
}

static void show_waiting(struct finding_ctx *ctx, const struct reassembly *of)
{
	uint64_t memory, limit;

	if (waiting(ctx, of, &memory, &limit))
		finding_evidence(ctx, "fragments hold %llu bytes now, the limit is %llu",
				 (unsigned long long)memory, (unsigned long long)limit);
}

static bool find_reassembly_memory(struct finding_ctx *ctx)
{
	uint64_t failed4 = is_short(ctx, &ipv4) ? rxpath_lost(ctx, "IpReasmFails") : 0;
	uint64_t failed6 = is_short(ctx, &ipv6) ? rxpath_lost(ctx, "Ip6ReasmFails") : 0;
	bool v6 = failed6 > failed4;
	const char *name = v6 ? ipv6.limit : ipv4.limit;
	const char *time = v6 ? "net.ipv6.ip6frag_time" : "net.ipv4.ipfrag_time";
	uint64_t limit;

	if (failed4 + failed6 == 0)
		return false;
	finding_summary(ctx, "IP refused %s: waiting fragments used all the memory for reassembly.",
			rxpath_amount(ctx, failed4 + failed6, "fragment"));
	show_failed(ctx, "IpReasmFails", failed4, "timeouts and overlaps");
	show_failed(ctx, "Ip6ReasmFails", failed6, "timeouts");
	show_waiting(ctx, v6 ? &ipv6 : &ipv4);
	finding_advice(ctx,
		       "first find out why fragments pile up: where some are lost, the others wait "
		       "for %s seconds%s",
		       time, rxpath_now(ctx, time));
	finding_advice(ctx,
		       "then raise %s%s: anyone who sends fragments can then use that much kernel "
		       "memory",
		       name, rxpath_now(ctx, name));
	finding_setting(ctx, name,
			rxpath_number_of(ctx, name, &limit)
				? rxpath_enough_for(limit, v6 ? failed6 : failed4)
				: 0);
	return true;
}

static bool find_reassembly_overlap(struct finding_ctx *ctx)
{
	uint64_t overlaps = rxpath_moved(ctx, "IpExtReasmOverlaps");
	uint64_t failed6 = is_short(ctx, &ipv6) ? 0 : rxpath_lost(ctx, "Ip6ReasmFails");

	if (overlaps + failed6 == 0)
		return false;
	finding_summary(ctx, "IP discarded %s: the fragments overlap or contradict each other.",
			rxpath_amount(ctx, overlaps + failed6, "datagram"));
	if (overlaps > 0)
		finding_evidence(ctx, "IpExtReasmOverlaps %llu", (unsigned long long)overlaps);
	if (failed6 > 0)
		finding_evidence(ctx, "Ip6ReasmFails %llu beyond timeouts, with memory to spare",
				 (unsigned long long)failed6);
	return true;
}

static bool find_reassembly_given_up(struct finding_ctx *ctx)
{
	uint64_t failed = is_short(ctx, &ipv4) ? 0 : rxpath_lost(ctx, "IpReasmFails");
	uint64_t too_far = traced(ctx, "FRAG_TOO_FAR");
	uint64_t distance;

	if (failed == 0)
		return false;
	finding_summary(ctx, "IPv4 reassembly gave up %s, with memory to spare: %s.",
			rxpath_amount(ctx, failed, "time"),
			too_far >= failed ? "too many other datagrams of the same sender came "
					    "between their fragments"
					  : "too many other datagrams of the same sender came "
					    "between their fragments, or the fragments contradict "
					    "each other in length");
	show_failed(ctx, "IpReasmFails", failed, "timeouts and overlaps");
	show_waiting(ctx, &ipv4);
	if (too_far > 0)
		finding_evidence(ctx, "the trace has %s for FRAG_TOO_FAR",
				 rxpath_amount(ctx, too_far, "drop"));
	if (!rxpath_number_of(ctx, "net.ipv4.ipfrag_max_dist", &distance) || distance > 0) {
		finding_advice(ctx,
			       "set net.ipv4.ipfrag_max_dist=0%s where many datagrams of one "
			       "sender arrive out of order: fragments then wait until the timeout "
			       "(net.ipv4.ipfrag_time%s)",
			       rxpath_now(ctx, "net.ipv4.ipfrag_max_dist"),
			       rxpath_now(ctx, "net.ipv4.ipfrag_time"));
		finding_set(ctx, "net.ipv4.ipfrag_max_dist", "0");
	}
	finding_advice(ctx, "if that does not help, find the sender of the broken fragments: "
			    "tcpdump -nn -v 'ip[6:2] & 0x3fff != 0'");
	return true;
}

const struct finding_rule rxpath_reassembly_findings[] = {
	{
		FINDING("reassembly-timeout", IP, DROP, find_reassembly_timeout),
		.fact.cause = "missing fragments",
		.fact.meaning = "Datagrams were discarded because one of their fragments did not "
				"arrive in time.",
		.fact.shown = "IpReasmTimeout or Ip6ReasmTimeout.",
		.fact.action = "Find where fragments are lost, or have the sender send what fits "
			       "the path MTU.",
	},
	{
		FINDING("reassembly-memory", IP, DROP, find_reassembly_memory),
		.fact.cause = "memory for fragments full",
		.fact.meaning = "Fragments were refused: waiting fragments used all the memory "
				"for reassembly.",
		.fact.shown = "IpReasmFails (Ip6ReasmFails) beyond timeouts and overlaps, with "
			      "the memory nearly full.",
		.fact.action = "Find out why fragments pile up, then raise ipfrag_high_thresh "
			       "(ip6frag_high_thresh).",
	},
	{
		FINDING("reassembly-overlap", IP, DROP, find_reassembly_overlap),
		.fact.cause = "overlapping fragments",
		.fact.meaning = "Fragments that overlap were refused: a broken sender, reused "
				"identifiers, or an attack.",
		.fact.shown = "IpExtReasmOverlaps, or Ip6ReasmFails that neither timeouts nor "
			      "memory explain.",
		.fact.action = "Find the sender: tcpdump -nn 'ip[6:2] & 0x3fff != 0 or ip6[6] = "
			       "44'; it reuses fragment identifiers too soon, or attacks; no "
			       "setting of this host accepts such fragments.",
	},
	{
		FINDING("reassembly-given-up", IP, DROP, find_reassembly_given_up),
		.fact.cause = "fragments too far apart or contradictory",
		.fact.meaning = "Fragments were given up with memory to spare: too many other "
				"datagrams of their sender came in between, or their lengths "
				"contradict each other.",
		.fact.shown = "IpReasmFails beyond timeouts and overlaps, with the memory for "
			      "reassembly not nearly full.",
		.fact.action = "Set net.ipv4.ipfrag_max_dist to 0 where datagrams arrive out of "
			       "order; otherwise find the sender of the broken fragments.",
	},
	{.find = NULL},
};
