/* find_neighbour.c: the neighbour table, and neighbours that do not answer. */
#include "findings.h"

static bool find_neighbour_table(struct finding_ctx *ctx)
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
	return true;
}

const struct finding_rule rxpath_neighbour_findings[] = {
	{
		FINDING("neighbour-table", IP, PRESSURE, find_neighbour_table),
		.command = "ip -s neigh show",
		.fact.cause = "neighbour table full",
		.fact.meaning = "The neighbour table of the host was full: packets to hosts that "
				"are not in it, also answers, were dropped.",
		.fact.shown = "arp_cache_table_fulls or ndisc_cache_table_fulls.",
		.fact.action = "Raise net.ipv4.neigh.default.gc_thresh3 (IPv6: "
			       "net.ipv6.neigh.default.gc_thresh3) and gc_thresh2 above the "
			       "number of hosts on the links, in the host's own network namespace.",
	},
	{
		FINDING("neighbour-unresolved", IP, SUSPECT, rxpath_find_counters),
		.counters = {"arp_cache_unresolved_discards", "ndisc_cache_unresolved_discards"},
		.command = "ip neigh show nud failed nud incomplete",
		.fact.cause = "neighbours that do not answer",
		.fact.meaning = "Packets were discarded while they waited for the address of a "
				"neighbour that did not answer: forwarded ones, or this host's "
				"own.",
		.fact.shown = "arp_cache_unresolved_discards or ndisc_cache_unresolved_discards, "
			      "while packets are forwarded.",
		.fact.action = "See which neighbours do not answer: 'ip neigh show nud failed nud "
			       "incomplete'.",
	},
	{.find = NULL},
};
