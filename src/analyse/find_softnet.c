/* find_softnet.c: receive work on each CPU: budgets and backlogs. */
#include "findings.h"

/* Who dropped: "cpu1", "several CPUs". */
static const char *show_cpus(struct finding_ctx *ctx)
{
	const char *where = "a CPU";
	size_t cpus = 0;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (!rxpath_slice_is(line->name, "softnet_dropped"))
			continue;
		where = cpus++ == 0 ? line->subject.ptr : "several CPUs";
		rxpath_show_line(ctx, line);
	}
	return where;
}

/* CPUs count for all network namespaces, devices for their own. */
static bool find_backlog_elsewhere(struct finding_ctx *ctx)
{
	static const char *const names[] = {"softnet_dropped", NULL};
	uint64_t dropped = rxpath_unexplained_any(ctx, names);
	const char *command =
		ctx->match.before ? "rxpath --all-netns" : "rxpath totals --all-netns";

	if (dropped == 0)
		return false;
	ctx->draft.kind = RXPATH_KIND_SUSPECT;
	finding_summary(ctx,
			"The host's backlog queues dropped %s elsewhere: no device here counts "
			"them, so another network namespace lost them, or a device that is gone.",
			rxpath_amount(ctx, dropped, "packet"));
	show_cpus(ctx);
	if (ctx->report->of_netns)
		return true;
	finding_advice(ctx, "see whether another network namespace counts them: '%s'", command);
	finding_command(ctx, "%s", command);
	return true;
}

static bool find_backlog_overflow(struct finding_ctx *ctx)
{
	uint64_t lost = rxpath_lost(ctx, "softnet_dropped");
	const struct rxpath_line *device = rxpath_worst_backlog(ctx);
	struct busiest busiest;
	uint64_t limit;

	if (lost == 0)
		return find_backlog_elsewhere(ctx);
	finding_summary(ctx,
			"The backlog queue of %s was full: it dropped %s. Packets came "
			"faster than the CPU took them.",
			show_cpus(ctx), rxpath_amount(ctx, lost, "packet"));
	if (device) {
		/* A macvlan device counts in it what its rx_errors count as well. */
		finding_evidence(ctx, "%s counts %llu of them as its rx_dropped",
				 device->subject.ptr,
				 (unsigned long long)rxpath_min(device->accounted, lost));
		rxpath_show_rps(ctx, device->subject.ptr);
	}
	if (rxpath_busiest(ctx, &busiest))
		rxpath_show_softirq(ctx, busiest.cpu);
	if (rxpath_number_of(ctx, "net.core.netdev_max_backlog", &limit)) {
		finding_raise(ctx, "for bursts, ", "net.core.netdev_max_backlog",
			      rxpath_enough_slots(limit, lost, 1000, 32768),
			      ": costs memory and delay, and does not help against steady "
			      "overload");
	} else {
		finding_advice(ctx, "for bursts, raise net.core.netdev_max_backlog in the host's "
				    "own network namespace; it does not help against steady "
				    "overload");
		finding_setting(ctx, "net.core.netdev_max_backlog", 0);
	}
	if (rxpath_is_lopsided(ctx, &busiest))
		finding_advice(ctx, "spread the packets over more CPUs (see one-cpu)");
	else
		finding_advice(ctx, "against steady overload, reduce the work per packet: long "
				    "rule lists, captures, traffic control on the receive side");
	return true;
}

static bool find_flow_limit(struct finding_ctx *ctx)
{
	uint64_t limited = rxpath_moved(ctx, "softnet_flow_limit");

	if (limited == 0)
		return false;
	finding_summary(ctx,
			"The flow limit dropped %s of flows that had most of a backlog queue "
			"that was more than half full.",
			rxpath_amount(ctx, limited, "packet"));
	finding_evidence(ctx, "softnet_flow_limit %llu, of %s that the backlog dropped",
			 (unsigned long long)limited,
			 rxpath_amount(ctx, rxpath_moved(ctx, "softnet_dropped"), "packet"));
	finding_advice(ctx, "nothing, if a heavy flow should give way to the others: that is what "
			    "the limit is for");
	finding_advice(ctx,
		       "if that flow is what matters, remove the CPU from "
		       "net.core.flow_limit_cpu_bitmap%s: other flows then lose packets too",
		       rxpath_now(ctx, "net.core.flow_limit_cpu_bitmap"));
	return true;
}

/* Work stops at whichever of the two it reaches first. */
static void advise_budget(struct finding_ctx *ctx)
{
	static const char packets[] = "net.core.netdev_budget";
	static const char time[] = "net.core.netdev_budget_usecs";

	uint64_t value;

	if (rxpath_number_of(ctx, packets, &value))
		finding_raise(ctx, "", packets, value * 2, ": other work of the CPU waits longer");
	if (rxpath_number_of(ctx, time, &value))
		finding_raise(ctx, "", time, value * 2, ", together with it");
	if (ctx->draft.advice_count > 0)
		return;
	finding_advice(
		ctx,
		"double both of these as root on the host (sysctl -w): other work of the CPU "
		"waits longer; to see them: '" ON_HOST "sysctl %s %s'",
		packets, time);
	finding_command(ctx, ON_HOST "sysctl %s %s", packets, time);
}

static bool find_time_squeeze(struct finding_ctx *ctx)
{
	uint64_t squeezed = rxpath_moved(ctx, "softnet_time_squeeze");
	bool losing = rxpath_overran(ctx);

	if (squeezed == 0 || (squeezed < 10 && !losing))
		return false;
	finding_summary(ctx, "Receive work stopped at its budget %s%s.",
			rxpath_amount(ctx, squeezed, "time"),
			!losing		    ? "; nothing was lost"
			: ctx->match.before ? " while a device or a backlog lost packets"
					    : ": it matters only if packets are lost then");
	finding_evidence(ctx, "softnet_time_squeeze %llu", (unsigned long long)squeezed);
	/* Sums since boot do not tell what came together. */
	if (losing && !ctx->match.before) {
		finding_advice(ctx, "see whether it still happens, and packets are lost then: "
				    "'rxpath -i 10'");
		finding_command(ctx, "rxpath -i 10");
	} else if (losing) {
		advise_budget(ctx);
	}
	return true;
}

const struct finding_rule rxpath_softnet_findings[] = {
	{
		FINDING("backlog-overflow", SOFTNET, DROP, find_backlog_overflow),
		.fact.cause = "backlog queue of a CPU full",
		.fact.meaning = "A CPU's backlog queue was full: packets came faster than the CPU "
				"took them.",
		.fact.shown = "softnet_dropped beyond the flow limit's share.",
		.fact.action = "For bursts, raise net.core.netdev_max_backlog; against steady "
			       "overload, use more CPUs or less work per packet.",
	},
	{
		FINDING("flow-limit", SOFTNET, DROP, find_flow_limit),
		.fact.cause = "flow limit of the backlog",
		.fact.meaning = "The flow limit dropped packets of a flow that had most of a "
				"backlog queue that was more than half full.",
		.fact.shown = "softnet_flow_limit.",
		.fact.action = "Nothing, if a heavy flow should give way to the others; otherwise "
			       "remove the CPU from net.core.flow_limit_cpu_bitmap.",
	},
	{
		FINDING("time-squeeze", SOFTNET, PRESSURE, find_time_squeeze),
		.fact.cause = "receive work cut off by its budget",
		.fact.meaning = "Receive work stopped at its budget while packets were waiting. "
				"This alone is no loss.",
		.fact.shown = "softnet_time_squeeze, ten times or together with a loss before it.",
		.fact.action = "Nothing while rx_missed_errors and softnet_dropped do not "
			       "increase; otherwise raise net.core.netdev_budget and "
			       "net.core.netdev_budget_usecs.",
	},
	{.find = NULL},
};
