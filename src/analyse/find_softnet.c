/* find_softnet.c: the work of receiving on each CPU: budgets, backlogs, and who does it all. */
#include "findings.h"

/* One CPU at nine tenths of no fewer passes than these is an imbalance; fewer are chance. */
#define PASSES 1000

static bool overran(const struct finding_ctx *ctx)
{
	static const char *const names[] = {"rx_missed_errors", "rx_fifo_errors", "rx_over_errors",
					    "softnet_dropped", "dev_fifo", NULL};

	return rxpath_moved_any(ctx, names) > 0;
}

/* Whether RPS spreads any device's packets. False too when nobody told. */
static bool has_rps(struct finding_ctx *ctx, const char *device, uint64_t *queues, uint64_t *spread)
{
	return rxpath_device_number(ctx, device, "queues", queues) &&
	       rxpath_device_number(ctx, device, "rps_queues", spread);
}

static void show_rps(struct finding_ctx *ctx, const char *device)
{
	uint64_t queues, spread;

	if (!has_rps(ctx, device, &queues, &spread))
		return;
	if (spread == 0)
		finding_evidence(ctx, "RPS is off on %s (receive queues: %llu)", device,
			    (unsigned long long)queues);
	else
		finding_evidence(ctx, "RPS spreads %llu of %llu receive queues of %s",
			    (unsigned long long)spread, (unsigned long long)queues, device);
}

static bool is_lopsided(const struct finding_ctx *ctx, struct busiest *busiest)
{
	return rxpath_busiest(ctx, busiest) && busiest->cpus > 1 && busiest->all >= PASSES &&
	       busiest->share >= busiest->all - busiest->all / 10;
}

/* The device that lost most to the backlog; NULL. */
static const struct rxpath_line *through(const struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (line->stage == RXPATH_STAGE_DEVICE && line->accounted > 0 &&
		    (rxpath_slice_is(line->name, "rx_dropped") ||
		     rxpath_slice_is(line->name, "dev_drop")) &&
		    (!worst || line->accounted > worst->accounted))
			worst = line;
	}
	return worst;
}

bool rxpath_find_backlog_overflow(struct finding_ctx *ctx)
{
	uint64_t lost = rxpath_lost(ctx, "softnet_dropped");
	const struct rxpath_line *device = through(ctx);
	struct busiest busiest;
	const char *where = "a CPU";
	size_t cpus = 0;
	uint64_t limit;

	if (lost == 0)
		return false;
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (rxpath_slice_is(line->name, "softnet_dropped")) {
			where = cpus++ == 0 ? rxpath_phrase_of(ctx, line->subject) :
					      "several CPUs";
			finding_evidence(ctx, "the queue of %s was full for %llu packets",
				    rxpath_phrase_of(ctx, line->subject),
				    (unsigned long long)line->delta);
		}
	}
	finding_summary(ctx,
		   "%llu packets were dropped because the backlog queue of %s was full: they came "
		   "faster than it took them.",
		   (unsigned long long)lost, where);
	if (device) {
		finding_evidence(ctx, "%s counts %llu of them as its rx_dropped",
			    rxpath_phrase_of(ctx, device->subject),
			    (unsigned long long)device->accounted);
		show_rps(ctx, rxpath_phrase_of(ctx, device->subject));
	}
	if (rxpath_number_of(ctx, "net.core.netdev_max_backlog", &limit))
		finding_advice(ctx,
			      "for bursts raise net.core.netdev_max_backlog (now %llu), say to "
			      "%llu: costs memory and delay, and does not help against a steady "
			      "overload",
			      (unsigned long long)limit,
			      (unsigned long long)(limit < 1000 ? 1000 : limit * 2));
	else
		finding_advice(ctx, "for bursts raise net.core.netdev_max_backlog in the "
				      "host's own network namespace; it does not help against a "
				      "steady overload");
	if (is_lopsided(ctx, &busiest))
		finding_advice(ctx, "spread the packets over more CPUs (see one-cpu)");
	else
		finding_advice(ctx, "against a steady overload make each packet cheaper: long "
				      "rule lists, captures, traffic control on the receiving "
				      "side");
	return true;
}

bool rxpath_find_flow_limit(struct finding_ctx *ctx)
{
	static const char *const settings[] = {"net.core.flow_limit_cpu_bitmap",
					       "net.core.flow_limit_table_len", NULL};
	uint64_t limited = rxpath_moved(ctx, "softnet_flow_limit");

	if (limited == 0)
		return false;
	finding_summary(ctx,
		   "The flow limit dropped %llu packets of flows that had most of a half full "
		   "backlog queue.",
		   (unsigned long long)limited);
	finding_evidence(ctx,
		    "softnet_flow_limit %llu, of %llu packets that the backlog dropped in all",
		    (unsigned long long)limited,
		    (unsigned long long)rxpath_moved(ctx, "softnet_dropped"));
	rxpath_show_settings(ctx, settings);
	finding_advice(ctx, "nothing, if one greedy flow is to yield to the others: that is what "
			      "the limit is for");
	finding_advice(ctx, "if that flow is what matters, take the CPU out of "
			      "net.core.flow_limit_cpu_bitmap%s: other flows then lose with it",
		      rxpath_now(ctx, "net.core.flow_limit_cpu_bitmap"));
	return true;
}

bool rxpath_find_time_squeeze(struct finding_ctx *ctx)
{
	static const char *const settings[] = {"net.core.netdev_budget",
					       "net.core.netdev_budget_usecs",
					       "net.core.dev_weight", NULL};
	uint64_t squeezed = rxpath_moved(ctx, "softnet_time_squeeze");
	bool losing = overran(ctx);

	if (squeezed == 0 || (squeezed < 10 && !losing))
		return false;
	/* Sums since boot do not tell what came together. */
	finding_summary(ctx, "Receive work was cut off by its budget %llu times%s.",
		   (unsigned long long)squeezed,
		   !losing	       ? "; nothing was lost by it" :
		   ctx->match.before ? " while a device or a backlog lost packets" :
					 "; a device or a backlog lost packets too, then or at "
					 "another time");
	finding_evidence(ctx, "softnet_time_squeeze %llu", (unsigned long long)squeezed);
	rxpath_show_settings(ctx, settings);
	if (losing)
		finding_advice(ctx,
			      "raise net.core.netdev_budget%s and "
			      "net.core.netdev_budget_usecs%s: other work of the CPU waits longer",
			      rxpath_now(ctx, "net.core.netdev_budget"),
			      rxpath_now(ctx, "net.core.netdev_budget_usecs"));
	else
		finding_advice(ctx, "nothing while rx_missed_errors and softnet_dropped stand "
				      "still");
	return true;
}

bool rxpath_find_one_cpu(struct finding_ctx *ctx)
{
	const struct rxpath_line *line = through(ctx);
	struct busiest busiest;
	uint64_t queues, spread;
	const char *device = NULL;

	if (!overran(ctx) || !is_lopsided(ctx, &busiest))
		return false;
	for (size_t i = 0; !line && i < ctx->moved_count; i++)
		if (ctx->moved[i]->stage == RXPATH_STAGE_DEVICE &&
		    ctx->moved[i]->kind == RXPATH_KIND_DROP)
			line = ctx->moved[i];
	if (line)
		device = rxpath_phrase_of(ctx, line->subject);
	finding_summary(ctx,
		   "CPU %u did %llu of every 100 passes of receive work and could not keep up; "
		   "the other %zu idled.",
		   busiest.cpu, (unsigned long long)(busiest.share * 100 / busiest.all),
		   busiest.cpus - 1);
	finding_evidence(ctx, "softnet_processed: cpu%u %llu, all %zu CPUs %llu", busiest.cpu,
		    (unsigned long long)busiest.share, busiest.cpus,
		    (unsigned long long)busiest.all);
	if (device)
		show_rps(ctx, device);
	if (device && has_rps(ctx, device, &queues, &spread) && queues == 1 && spread == 0)
		finding_advice(ctx,
			      "%s has one queue: switch RPS on with a mask of CPUs in "
			      "/sys/class/net/%s/queues/rx-0/rps_cpus (costs interrupts between "
			      "CPUs; one flow stays on one CPU)",
			      device, device);
	else if (device && has_rps(ctx, device, &queues, &spread) && spread > 0)
		finding_advice(ctx,
			      "RPS hands the packets of %s to that CPU: widen the masks in "
			      "/sys/class/net/%s/queues/rx-*/rps_cpus (one flow stays on one CPU)",
			      device, device);
	else
		finding_advice(ctx, "spread the queues' interrupts over the CPUs "
				      "(/proc/interrupts, irqbalance), or with one queue switch "
				      "on RPS; one flow stays on one CPU either way");
	return true;
}
