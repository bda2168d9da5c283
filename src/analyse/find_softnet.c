/* find_softnet.c: receive work on each CPU: budgets, backlogs, and one CPU that does it all. */
#include <string.h>

#include "findings.h"

/* One CPU with 90 % of at least this many packets is an imbalance; with fewer it is chance. */
#define MIN_PACKETS 1000

static bool overran(const struct finding_ctx *ctx)
{
	static const char *const names[] = {"rx_missed_errors", "rx_fifo_errors", "rx_over_errors",
					    "softnet_dropped",	"dev_fifo",	  NULL};

	return rxpath_moved_any(ctx, names) > 0;
}

/* How many queues the device has, and of how many RPS spreads the packets. False where that is not
 * known. */
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
	return rxpath_busiest(ctx, busiest) && busiest->cpus > 1 && busiest->all >= MIN_PACKETS &&
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

/* Who dropped: "cpu1", "several CPUs". */
static const char *show_cpus(struct finding_ctx *ctx)
{
	const char *where = "a CPU";
	size_t cpus = 0;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (!rxpath_slice_is(line->name, "softnet_dropped"))
			continue;
		where = cpus++ == 0 ? rxpath_phrase_of(ctx, line->subject) : "several CPUs";
		finding_evidence(ctx, "softnet_dropped of %s: %llu",
				 rxpath_phrase_of(ctx, line->subject),
				 (unsigned long long)line->delta);
	}
	return where;
}

/* What a burst like this needs, but no more than anyone would set. */
static uint64_t enough_backlog(uint64_t limit, uint64_t lost)
{
	const uint64_t most = 32768;
	uint64_t suggested = limit < 500 ? 1000 : limit * 2;

	while (suggested < most && suggested < rxpath_sum(limit, lost))
		suggested *= 2;
	return suggested;
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
			"The host's backlog queues dropped %s that no device here counts: another "
			"network namespace lost them, or a device that is gone.",
			rxpath_amount(ctx, dropped, "packet"));
	show_cpus(ctx);
	if (ctx->report->of_netns)
		return true;
	finding_advice(ctx, "see whether another network namespace counts them: '%s'", command);
	finding_command(ctx, "%s", command);
	return true;
}

bool rxpath_find_backlog_overflow(struct finding_ctx *ctx)
{
	uint64_t lost = rxpath_lost(ctx, "softnet_dropped");
	const struct rxpath_line *device = through(ctx);
	struct busiest busiest;
	uint64_t suggested = 0;
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
				 rxpath_phrase_of(ctx, device->subject),
				 (unsigned long long)rxpath_min(device->accounted, lost));
		show_rps(ctx, rxpath_phrase_of(ctx, device->subject));
	}
	if (rxpath_busiest(ctx, &busiest))
		rxpath_show_softirq(ctx, busiest.cpu);
	if (rxpath_number_of(ctx, "net.core.netdev_max_backlog", &limit)) {
		suggested = enough_backlog(limit, lost);
		finding_advice(ctx,
			       "for bursts, raise net.core.netdev_max_backlog (now %llu), say to "
			       "%llu%s: costs memory and delay, and does not help against steady "
			       "overload",
			       (unsigned long long)limit, (unsigned long long)suggested,
			       rxpath_where(ctx, "net.core.netdev_max_backlog"));
	} else {
		finding_advice(ctx, "for bursts, raise net.core.netdev_max_backlog in the host's "
				    "own network namespace; it does not help against steady "
				    "overload");
	}
	finding_setting(ctx, "net.core.netdev_max_backlog", suggested);
	if (is_lopsided(ctx, &busiest))
		finding_advice(ctx, "spread the packets over more CPUs (see one-cpu)");
	else
		finding_advice(ctx, "against steady overload, reduce the work per packet: long "
				    "rule lists, captures, traffic control on the receive side");
	return true;
}

bool rxpath_find_flow_limit(struct finding_ctx *ctx)
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

static void double_setting(struct finding_ctx *ctx, const char *name, const char *cost)
{
	uint64_t value;

	if (!rxpath_number_of(ctx, name, &value))
		return;
	finding_advice(ctx, "raise %s (now %llu), say to %llu%s%s", name, (unsigned long long)value,
		       (unsigned long long)value * 2, rxpath_where(ctx, name), cost);
	finding_setting(ctx, name, value * 2);
}

/* Work stops at whichever of the two it reaches first. */
static void advise_budget(struct finding_ctx *ctx)
{
	static const char packets[] = "net.core.netdev_budget";
	static const char time[] = "net.core.netdev_budget_usecs";

	double_setting(ctx, packets, ": other work of the CPU waits longer");
	double_setting(ctx, time, ", together with it");
	if (ctx->draft.advice_count > 0)
		return;
	finding_advice(ctx,
		       "double both; in the host's own network namespace, 'sysctl %s %s' "
		       "shows them: other work of the CPU waits longer",
		       packets, time);
	finding_command(ctx, "sysctl %s %s", packets, time);
}

bool rxpath_find_time_squeeze(struct finding_ctx *ctx)
{
	uint64_t squeezed = rxpath_moved(ctx, "softnet_time_squeeze");
	bool losing = overran(ctx);

	if (squeezed == 0 || (squeezed < 10 && !losing))
		return false;
	/* Sums since boot do not tell what came together. */
	finding_summary(ctx, "Receive work stopped at its budget %s%s.",
			rxpath_amount(ctx, squeezed, "time"),
			!losing ? "; nothing was lost"
			: ctx->match.before
				? " while a device or a backlog lost packets"
				: "; a device or a backlog lost packets too, then or at "
				  "another time");
	finding_evidence(ctx, "softnet_time_squeeze %llu", (unsigned long long)squeezed);
	if (losing)
		advise_budget(ctx);
	return true;
}

/* The device whose packets the CPU could not keep up with; NULL where that is not known. */
static const char *overrun_device(struct finding_ctx *ctx)
{
	const struct rxpath_line *line = through(ctx);

	for (size_t i = 0; !line && i < ctx->moved_count; i++)
		if (ctx->moved[i]->stage == RXPATH_STAGE_DEVICE &&
		    ctx->moved[i]->kind == RXPATH_KIND_DROP)
			line = ctx->moved[i];
	return line ? rxpath_phrase_of(ctx, line->subject) : NULL;
}

/* An interrupt of a device: "device.eth0.irq.33" is "1 4711 0-3 virtio2-input.0". */
struct interrupt {
	struct rxpath_slice number, allowed, name;
	uint64_t count;
};

/* The one that comes to that CPU most often. */
static bool busiest_interrupt(const struct finding_ctx *ctx, const char *prefix, uint32_t cpu,
			      struct interrupt *busiest)
{
	*busiest = (struct interrupt){.count = 0};
	for (size_t i = 0; i < ctx->settings->setting_count; i++) {
		const struct rxpath_setting *setting = &ctx->settings->settings[i];
		struct rxpath_slice rest = setting->value;
		struct interrupt found = {.number = setting->name};
		struct rxpath_slice word;
		uint64_t to;

		if (!rxpath_slice_starts(setting->name, prefix) ||
		    !rxpath_scan_word(&rest, &word) || !rxpath_scan_dec(word, &to) || to != cpu ||
		    !rxpath_scan_word(&rest, &word) || !rxpath_scan_dec(word, &found.count) ||
		    !rxpath_scan_word(&rest, &found.allowed) ||
		    !rxpath_scan_word(&rest, &found.name) || found.count <= busiest->count)
			continue;
		rxpath_slice_skip(&found.number, strlen(prefix));
		*busiest = found;
	}
	return busiest->count > 0;
}

/* "3": a mask of the CPUs that there are; NULL beyond 64 of them. */
static const char *mask_of_cpus(struct finding_ctx *ctx)
{
	const struct rxpath_sample *after = ctx->match.after;
	uint64_t mask = 0;

	for (size_t i = 0; i < after->cpu_count; i++) {
		if (after->cpus[i] >= 64)
			return NULL;
		mask |= UINT64_C(1) << after->cpus[i];
	}
	if (mask >> 32)
		return rxpath_phrase(ctx, "%llx,%08llx", (unsigned long long)(mask >> 32),
				     (unsigned long long)(mask & UINT32_MAX));
	return rxpath_phrase(ctx, "%llx", (unsigned long long)mask);
}

/* What takes the packets of a queue: "device.eth0.napi.3" is "37 -", its interrupt and its thread.
 * The one with that interrupt, or of `irq` 0 the next with a thread, from *at on. */
static bool find_napi(const struct finding_ctx *ctx, const char *prefix, uint64_t irq, size_t *at,
		      struct rxpath_slice *queue, uint64_t *thread)
{
	for (; *at < ctx->settings->setting_count; ++*at) {
		const struct rxpath_setting *setting = &ctx->settings->settings[*at];
		struct rxpath_slice rest = setting->value;
		struct rxpath_slice word;
		uint64_t number;

		if (!rxpath_slice_starts(setting->name, prefix) || !rxpath_scan_word(&rest, &word))
			continue;
		if (irq != 0 && (!rxpath_scan_dec(word, &number) || number != irq))
			continue;
		if (!rxpath_scan_word(&rest, &word) || !rxpath_scan_dec(word, thread))
			*thread = 0;
		if (irq == 0 && *thread == 0)
			continue;
		*queue = setting->name;
		rxpath_slice_skip(queue, strlen(prefix));
		return true;
	}
	return false;
}

/* Threads of the kernel that take packets (threaded NAPI), which any CPU may run. False: it has
 * none. */
static bool explain_threads(struct finding_ctx *ctx, const char *device)
{
	const char *prefix = rxpath_phrase(ctx, "device.%s.napi.", device);
	struct rxpath_slice queue;
	uint64_t threaded, thread;
	const char *mask;
	size_t at = 0;

	if (!rxpath_device_number(ctx, device, "threaded", &threaded))
		return false;
	if (!find_napi(ctx, prefix, 0, &at, &queue, &thread)) {
		finding_evidence(ctx,
				 "%s takes its packets in threads (threaded NAPI): see which CPUs "
				 "they may use (taskset -p on the threads napi/%s-*)",
				 device, device);
		return true;
	}
	finding_evidence(ctx,
			 "%s takes its packets in threads (threaded NAPI), of queue %s in thread "
			 "%llu",
			 device, rxpath_phrase_of(ctx, queue), (unsigned long long)thread);
	mask = mask_of_cpus(ctx);
	if (!mask)
		return true;
	finding_advice(
		ctx,
		"let the threads run on any CPU, that of queue %s by 'taskset -p %s %llu' (a "
		"single flow cannot be spread, it stays in one thread)",
		rxpath_phrase_of(ctx, queue), mask, (unsigned long long)thread);
	finding_command(ctx, "taskset -p %s %llu", mask, (unsigned long long)thread);
	return true;
}

/* A CPU that is not this one. */
static uint64_t another_cpu(const struct finding_ctx *ctx, uint32_t cpu)
{
	const struct rxpath_sample *after = ctx->match.after;

	for (size_t i = 0; i < after->cpu_count; i++)
		if (after->cpus[i] != cpu)
			return after->cpus[i];
	return cpu;
}

/* Which interrupt brings the device's packets to that CPU, and how to move it. False: nothing moves
 * them to others but RPS. */
static bool explain_interrupt(struct finding_ctx *ctx, const char *device, uint32_t cpu,
			      uint64_t queues)
{
	struct interrupt interrupt;
	struct rxpath_slice queue;
	uint64_t irq, thread;
	const char *of_queue = "";
	size_t at = 0;
	bool threaded = explain_threads(ctx, device) && queues > 1;

	if (!busiest_interrupt(ctx, rxpath_phrase(ctx, "device.%s.irq.", device), cpu,
			       &interrupt) ||
	    !rxpath_scan_dec(interrupt.number, &irq) || irq == 0)
		return threaded;
	if (find_napi(ctx, rxpath_phrase(ctx, "device.%s.napi.", device), irq, &at, &queue,
		      &thread))
		of_queue = rxpath_phrase(ctx, " of queue %s", rxpath_phrase_of(ctx, queue));
	finding_evidence(ctx, "interrupt %llu (%s)%s of %s comes to CPU %u; it may go to CPUs %s",
			 (unsigned long long)irq, rxpath_phrase_of(ctx, interrupt.name), of_queue,
			 device, cpu, rxpath_phrase_of(ctx, interrupt.allowed));
	if (queues <= 1)
		return false;
	finding_advice(ctx,
		       "give each queue's interrupt another CPU (stop irqbalance first, or start "
		       "it to do that): 'echo %llu > /proc/irq/%llu/smp_affinity_list' moves this "
		       "one (a single flow cannot be spread, it stays on one queue)",
		       (unsigned long long)another_cpu(ctx, cpu), (unsigned long long)irq);
	finding_command(ctx, "echo %llu > /proc/irq/%llu/smp_affinity_list",
			(unsigned long long)another_cpu(ctx, cpu), (unsigned long long)irq);
	return true;
}

static void tell_rps(struct finding_ctx *ctx, const char *device, uint64_t queues, uint64_t spread)
{
	const char *mask = mask_of_cpus(ctx);
	const bool is_known = mask && rxpath_is_plain(device);

	mask = mask ? mask : "MASK";
	if (queues > 1 || spread > 0) {
		if (spread > 0)
			finding_advice(ctx,
				       "RPS sends the packets of %s to that CPU: add CPUs to the "
				       "masks in /sys/class/net/%s/queues/rx-*/rps_cpus (a single "
				       "flow cannot be spread, it stays on one CPU)",
				       device, device);
		else
			finding_advice(
				ctx,
				"the interrupts of %s are not known; RPS spreads its packets "
				"without them: write all CPUs to the masks in "
				"/sys/class/net/%s/queues/rx-*/rps_cpus (a single flow "
				"cannot be spread, it stays on one CPU)",
				device, device);
		if (is_known)
			finding_command(ctx,
					"for queue in /sys/class/net/%s/queues/rx-*; do echo %s > "
					"$queue/rps_cpus; done",
					device, mask);
		return;
	}
	finding_advice(ctx,
		       "%s has one queue: enable RPS, 'echo %s > "
		       "/sys/class/net/%s/queues/rx-0/rps_cpus' (costs interrupts between CPUs; a "
		       "single flow cannot be spread, it stays on one CPU)",
		       device, mask, device);
	if (is_known)
		finding_command(ctx, "echo %s > /sys/class/net/%s/queues/rx-0/rps_cpus", mask,
				device);
}

bool rxpath_find_one_cpu(struct finding_ctx *ctx)
{
	struct busiest busiest;
	uint64_t queues = 0;
	uint64_t spread = 0;
	const char *device, *others;

	if (!overran(ctx) || !is_lopsided(ctx, &busiest))
		return false;
	device = overrun_device(ctx);
	others = busiest.cpus == 2 ? "the other CPU"
				   : rxpath_phrase(ctx, "the other %zu CPUs", busiest.cpus - 1);
	finding_summary(
		ctx,
		"CPU %u handled %llu %% of the packets and could not keep up; %s handled %llu of %llu.",
		busiest.cpu, (unsigned long long)(busiest.share * 100 / busiest.all), others,
		(unsigned long long)(busiest.all - busiest.share), (unsigned long long)busiest.all);
	finding_evidence(ctx, "softnet_processed: cpu%u %llu, all %zu CPUs %llu", busiest.cpu,
			 (unsigned long long)busiest.share, busiest.cpus,
			 (unsigned long long)busiest.all);
	rxpath_show_softirq(ctx, busiest.cpu);
	if (!device)
		return true;
	show_rps(ctx, device);
	if (!has_rps(ctx, device, &queues, &spread)) {
		explain_interrupt(ctx, device, busiest.cpu, 0);
		return true;
	}
	if (!explain_interrupt(ctx, device, busiest.cpu, queues) || spread > 0)
		tell_rps(ctx, device, queues, spread);
	return true;
}
