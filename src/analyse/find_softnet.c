/* find_softnet.c: the work of receiving on each CPU: budgets, backlogs, and who does it all. */
#include "findings.h"

/* One CPU at nine tenths of no fewer passes than these is an imbalance; fewer are chance. */
#define PASSES 1000

static bool overran(const struct search *search)
{
	static const char *const names[] = {"rx_missed_errors", "rx_fifo_errors", "rx_over_errors",
					    "softnet_dropped", "dev_fifo", NULL};

	return rxpath_moved_any(search, names) > 0;
}

/* Whether RPS spreads any device's packets. False too when nobody told. */
static bool has_rps(struct search *search, const char *device, uint64_t *queues, uint64_t *spread)
{
	return rxpath_device_number(search, device, "queues", queues) &&
	       rxpath_device_number(search, device, "rps_queues", spread);
}

static void show_rps(struct search *search, const char *device)
{
	uint64_t queues, spread;

	if (!has_rps(search, device, &queues, &spread))
		return;
	if (spread == 0)
		finding_evidence(search, "RPS is off on %s (receive queues: %llu)", device,
			    (unsigned long long)queues);
	else
		finding_evidence(search, "RPS spreads %llu of %llu receive queues of %s",
			    (unsigned long long)spread, (unsigned long long)queues, device);
}

static bool is_lopsided(const struct search *search, struct busiest *busiest)
{
	return rxpath_busiest(search, busiest) && busiest->cpus > 1 && busiest->all >= PASSES &&
	       busiest->share >= busiest->all - busiest->all / 10;
}

/* The device that lost most to the backlog; NULL. */
static const struct rxpath_line *through(const struct search *search)
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < search->moved_count; i++) {
		const struct rxpath_line *line = search->moved[i];

		if (line->stage == RXPATH_STAGE_DEVICE && line->accounted > 0 &&
		    (rxpath_slice_is(line->name, "rx_dropped") ||
		     rxpath_slice_is(line->name, "dev_drop")) &&
		    (!worst || line->accounted > worst->accounted))
			worst = line;
	}
	return worst;
}

bool rxpath_find_backlog_overflow(struct search *search)
{
	uint64_t lost = rxpath_lost(search, "softnet_dropped");
	const struct rxpath_line *device = through(search);
	struct busiest busiest;
	const char *where = "a CPU";
	size_t cpus = 0;
	uint64_t limit;

	if (lost == 0)
		return false;
	for (size_t i = 0; i < search->moved_count; i++) {
		const struct rxpath_line *line = search->moved[i];

		if (rxpath_slice_is(line->name, "softnet_dropped")) {
			where = cpus++ == 0 ? rxpath_phrase_of(search, line->subject) :
					      "several CPUs";
			finding_evidence(search, "the queue of %s was full for %llu packets",
				    rxpath_phrase_of(search, line->subject),
				    (unsigned long long)line->delta);
		}
	}
	finding_summary(search,
		   "%llu packets were dropped because the backlog queue of %s was full: they came "
		   "faster than it took them.",
		   (unsigned long long)lost, where);
	if (device) {
		finding_evidence(search, "%s counts %llu of them as its rx_dropped",
			    rxpath_phrase_of(search, device->subject),
			    (unsigned long long)device->accounted);
		show_rps(search, rxpath_phrase_of(search, device->subject));
	}
	if (rxpath_number_of(search, "net.core.netdev_max_backlog", &limit))
		finding_advice(search,
			      "for bursts raise net.core.netdev_max_backlog (now %llu), say to "
			      "%llu: costs memory and delay, and does not help against a steady "
			      "overload",
			      (unsigned long long)limit,
			      (unsigned long long)(limit < 1000 ? 1000 : limit * 2));
	else
		finding_advice(search, "for bursts raise net.core.netdev_max_backlog in the "
				      "host's own network namespace; it does not help against a "
				      "steady overload");
	if (is_lopsided(search, &busiest))
		finding_advice(search, "spread the packets over more CPUs (see one-cpu)");
	else
		finding_advice(search, "against a steady overload make each packet cheaper: long "
				      "rule lists, captures, traffic control on the receiving "
				      "side");
	return true;
}

bool rxpath_find_flow_limit(struct search *search)
{
	static const char *const settings[] = {"net.core.flow_limit_cpu_bitmap",
					       "net.core.flow_limit_table_len", NULL};
	uint64_t limited = rxpath_moved(search, "softnet_flow_limit");

	if (limited == 0)
		return false;
	finding_summary(search,
		   "The flow limit dropped %llu packets of flows that had most of a half full "
		   "backlog queue.",
		   (unsigned long long)limited);
	finding_evidence(search,
		    "softnet_flow_limit %llu, of %llu packets that the backlog dropped in all",
		    (unsigned long long)limited,
		    (unsigned long long)rxpath_moved(search, "softnet_dropped"));
	rxpath_show_settings(search, settings);
	finding_advice(search, "nothing, if one greedy flow is to yield to the others: that is what "
			      "the limit is for");
	finding_advice(search, "if that flow is what matters, take the CPU out of "
			      "net.core.flow_limit_cpu_bitmap%s: other flows then lose with it",
		      rxpath_now(search, "net.core.flow_limit_cpu_bitmap"));
	return true;
}

bool rxpath_find_time_squeeze(struct search *search)
{
	static const char *const settings[] = {"net.core.netdev_budget",
					       "net.core.netdev_budget_usecs",
					       "net.core.dev_weight", NULL};
	uint64_t squeezed = rxpath_moved(search, "softnet_time_squeeze");
	bool losing = overran(search);

	if (squeezed == 0 || (squeezed < 10 && !losing))
		return false;
	/* Sums since boot do not tell what came together. */
	finding_summary(search, "Receive work was cut off by its budget %llu times%s.",
		   (unsigned long long)squeezed,
		   !losing	       ? "; nothing was lost by it" :
		   search->pair.before ? " while a device or a backlog lost packets" :
					 "; a device or a backlog lost packets too, then or at "
					 "another time");
	finding_evidence(search, "softnet_time_squeeze %llu", (unsigned long long)squeezed);
	rxpath_show_settings(search, settings);
	if (losing)
		finding_advice(search,
			      "raise net.core.netdev_budget%s and "
			      "net.core.netdev_budget_usecs%s: other work of the CPU waits longer",
			      rxpath_now(search, "net.core.netdev_budget"),
			      rxpath_now(search, "net.core.netdev_budget_usecs"));
	else
		finding_advice(search, "nothing while rx_missed_errors and softnet_dropped stand "
				      "still");
	return true;
}

bool rxpath_find_one_cpu(struct search *search)
{
	const struct rxpath_line *line = through(search);
	struct busiest busiest;
	uint64_t queues, spread;
	const char *device = NULL;

	if (!overran(search) || !is_lopsided(search, &busiest))
		return false;
	for (size_t i = 0; !line && i < search->moved_count; i++)
		if (search->moved[i]->stage == RXPATH_STAGE_DEVICE &&
		    search->moved[i]->kind == RXPATH_KIND_DROP)
			line = search->moved[i];
	if (line)
		device = rxpath_phrase_of(search, line->subject);
	finding_summary(search,
		   "CPU %u did %llu of every 100 passes of receive work and could not keep up; "
		   "the other %zu idled.",
		   busiest.cpu, (unsigned long long)(busiest.share * 100 / busiest.all),
		   busiest.cpus - 1);
	finding_evidence(search, "softnet_processed: cpu%u %llu, all %zu CPUs %llu", busiest.cpu,
		    (unsigned long long)busiest.share, busiest.cpus,
		    (unsigned long long)busiest.all);
	if (device)
		show_rps(search, device);
	if (device && has_rps(search, device, &queues, &spread) && queues == 1 && spread == 0)
		finding_advice(search,
			      "%s has one queue: switch RPS on with a mask of CPUs in "
			      "/sys/class/net/%s/queues/rx-0/rps_cpus (costs interrupts between "
			      "CPUs; one flow stays on one CPU)",
			      device, device);
	else if (device && has_rps(search, device, &queues, &spread) && spread > 0)
		finding_advice(search,
			      "RPS hands the packets of %s to that CPU: widen the masks in "
			      "/sys/class/net/%s/queues/rx-*/rps_cpus (one flow stays on one CPU)",
			      device, device);
	else
		finding_advice(search, "spread the queues' interrupts over the CPUs "
				      "(/proc/interrupts, irqbalance), or with one queue switch "
				      "on RPS; one flow stays on one CPU either way");
	return true;
}
